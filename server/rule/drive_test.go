package rule_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"iocwall/server/rule"
	"iocwall/server/world"
)

// start is when every script begins: 20 November 2026, 09:00 in Vietnam.
const start = world.Time(1_795_140_000_000)

// step is one line of events.yaml.
type step struct {
	// At is when it is learnt, from the start. Was is when it was so, At when
	// left out.
	At   string         `yaml:"at"`
	Was  string         `yaml:"was"`
	Kind string         `yaml:"kind"`
	Body map[string]any `yaml:"body"`
	// Source is who says it, "test" when left out.
	Source string `yaml:"source"`
	// Do is "tick" (only let time pass), "restart" (a new set over the same
	// state) or "reload FILE".
	Do string `yaml:"do"`
}

func offset(t testing.TB, s string) world.Time {
	t.Helper()
	d, err := time.ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return start.Add(d)
}

// driver does what the core loop does, without a journal.
type driver struct {
	t     testing.TB
	state *world.State
	set   *rule.Set
	out   []world.Observation
	// held keeps what the set returns from being applied until flush.
	held    bool
	waiting []world.Observation
}

func (d *driver) flush(now world.Time) {
	obs := d.waiting
	d.waiting = nil
	for _, o := range obs {
		d.apply(now, rule.Source, o, 1)
	}
}

func newDriver(t testing.TB, src []byte) *driver {
	d := &driver{t: t, state: world.New(1), set: parse(t, src)}
	d.emit(start, d.set.Resume(start, d.state), 0)
	return d
}

func parse(t testing.TB, src []byte) *rule.Set {
	t.Helper()
	set, problems := rule.Parse("rules.yaml", src)
	for _, p := range problems {
		t.Error(p)
	}
	if set == nil {
		t.FailNow()
	}
	return set
}

func (d *driver) feed(now world.Time, source string, o world.Observation) {
	d.pass(now)
	d.apply(now, source, o, 0)
}

// pass lets time pass, waking the set whenever it asked to be.
func (d *driver) pass(now world.Time) {
	for n := 0; ; n++ {
		next := d.set.Next()
		if next == 0 || next > now {
			return
		}
		if n > 10_000 {
			d.t.Fatalf("the set asks to be woken at %s again and again", next)
		}
		d.emit(next, d.set.Tick(next, d.state), 0)
	}
}

func (d *driver) apply(now world.Time, source string, o world.Observation, round int) {
	c, err := d.state.Apply(world.Event{Seq: d.state.At().Seq + 1, Seen: now, Source: source, Observation: o})
	if err != nil {
		d.t.Fatal(err)
	}
	d.emit(now, d.set.Eval(now, d.state, c), round+1)
}

func (d *driver) emit(now world.Time, obs []world.Observation, round int) {
	if round > 8 {
		d.t.Fatal("rules set each other off without end")
	}
	for _, o := range obs {
		d.out = append(d.out, o)
		if d.held {
			d.waiting = append(d.waiting, o)
			continue
		}
		d.apply(now, rule.Source, o, round)
	}
}

func (d *driver) restart(now world.Time, src []byte) {
	snap, err := d.state.Snapshot()
	if err != nil {
		d.t.Fatal(err)
	}
	if d.state, err = world.Restore(snap); err != nil {
		d.t.Fatal(err)
	}
	d.set = parse(d.t, src)
	d.emit(now, d.set.Resume(now, d.state), 0)
}

func (d *driver) run(steps []step, src []byte, dir string) {
	for _, s := range steps {
		now := offset(d.t, s.At)
		d.pass(now)
		word, arg, _ := strings.Cut(s.Do, " ")
		switch word {
		case "tick":
		case "restart":
			d.restart(now, src)
		case "reload":
			var err error
			if src, err = os.ReadFile(dir + "/" + arg); err != nil {
				d.t.Fatal(err)
			}
			next := parse(d.t, src)
			d.emit(now, next.Take(d.set, now, d.state), 0)
			d.set = next
		case "":
			d.feed(now, orTest(s.Source), observation(d.t, s))
		default:
			d.t.Fatalf("cannot do %q", s.Do)
		}
	}
	for _, f := range d.set.Faults() {
		d.t.Errorf("rule %s failed %d times: %s", f.Rule, f.Count, f.Last)
	}
}

func orTest(s string) string {
	if s == "" {
		return "test"
	}
	return s
}

func observation(t testing.TB, s step) world.Observation {
	t.Helper()
	body, err := json.Marshal(s.Body)
	if err != nil {
		t.Fatal(err)
	}
	raw := fmt.Sprintf(`{"q":1,"k":%q,"b":%s}`, s.Kind, body)
	var e world.Event
	if err := json.Unmarshal([]byte(raw), &e); err != nil {
		t.Fatalf("%s: %v", s.Kind, err)
	}
	if _, unknown := e.Body.(world.Unknown); unknown {
		t.Fatalf("unknown kind %q", s.Kind)
	}
	at := s.Was
	if at == "" {
		at = s.At
	}
	e.Time = offset(t, at)
	return e.Observation
}

func readSteps(t testing.TB, path string) []step {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var steps []step
	if err := yaml.UnmarshalWithOptions(data, &steps, yaml.Strict()); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return steps
}

// written writes observations as the golden files hold them.
func written(obs []world.Observation) string {
	var b strings.Builder
	since := func(t world.Time) string { return t.Sub(start).String() }
	for _, o := range obs {
		fmt.Fprintf(&b, "%-8s ", since(o.Time))
		switch x := o.Body.(type) {
		case world.AlertRaised:
			fmt.Fprintf(&b, "raised   %s\n", x.ID)
			fmt.Fprintf(&b, "         %s | %s%s\n", x.Severity, x.Title, number(x.Value))
			b.WriteString(beside(x.Called, x.Unit, x.Limit, x.Where))
			fmt.Fprintf(&b, "         rule %s about %q in %q since %s placed %v\n", x.Rule, x.About, x.Area, since(x.Since), x.Placed)
			for _, line := range strings.Split(x.Text, "\n") {
				if line != "" {
					fmt.Fprintf(&b, "         text: %s\n", line)
				}
			}
			for _, line := range strings.Split(x.Instruction, "\n") {
				if line != "" {
					fmt.Fprintf(&b, "         do: %s\n", line)
				}
			}
		case world.AlertUpdated:
			fmt.Fprintf(&b, "updated  %s\n         %s | %s%s\n", x.ID, x.Severity, x.Title, number(x.Value))
			b.WriteString(beside("", x.Unit, x.Limit, x.Where))
			if x.Text != "" {
				fmt.Fprintf(&b, "         text: %s\n", x.Text)
			}
		case world.AlertResolved:
			fmt.Fprintf(&b, "resolved %s\n         %s\n", x.ID, x.Reason)
		default:
			fmt.Fprintf(&b, "%s\n", x.Kind())
		}
	}
	return b.String()
}

// beside is what an alert tells beside its words, empty for nothing.
func beside(called, unit string, limit *float64, where string) string {
	out := ""
	if called != "" {
		out += fmt.Sprintf(" called %q", called)
	}
	if limit != nil {
		out += fmt.Sprintf(" limit %g", *limit)
	}
	if unit != "" {
		out += " in " + unit
	}
	if where != "" {
		out += fmt.Sprintf(" at %q", where)
	}
	if out == "" {
		return ""
	}
	return "        " + out + "\n"
}

func number(v *float64) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf(" | value %g", *v)
}
