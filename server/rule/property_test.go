package rule_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"iocwall/geo"
	"iocwall/server/rule"
	"iocwall/server/world"
)

// mixed are rules of all kinds without for: and keep:, whose memory can be
// rebuilt from the state alone.
const mixed = `
rules:
  - id: level
    on: station
    value: reading("level")
    levels:
      - {name: BĐ1, severity: warning, when: value >= 2}
      - {name: BĐ2, severity: severe, when: value >= 3}
    title: "{{name}} {{value|vi 1}} {{level}}"
  - id: hysteresis
    on: station
    when: reading("level") > 4
    clear: reading("level") < 3
    severity: critical
    title: "{{name}} trên 4"
  - id: silent
    on: station
    absent: 90s
    severity: notice
    title: "{{name}} im từ {{time|clock}}"
  - id: overdue
    count: report
    where: overdue
    levels:
      - {severity: notice, when: value > 0}
      - {severity: warning, when: value > 2}
    title: "{{value|vi}} quá hạn"
`

// timed adds rules whose clocks run.
const timed = mixed + `
  - id: timed
    on: station
    value: reading("level")
    for: 40s
    keep: 20s
    levels:
      - {severity: warning, when: value >= 2}
      - {severity: severe, when: value >= 3, for: 0s}
    title: "{{name}} {{value|vi 1}}"
`

type happening struct {
	after int64
	body  world.Body
	late  int64
}

func happenings(t *rapid.T) []happening {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) happening {
		h := happening{after: rapid.Int64Range(0, 60_000).Draw(t, "after")}
		if rapid.IntRange(0, 9).Draw(t, "is late") == 0 {
			h.late = rapid.Int64Range(0, 120_000).Draw(t, "late")
		}
		id := fmt.Sprintf("s%d", rapid.IntRange(1, 3).Draw(t, "station"))
		report := fmt.Sprintf("r%d", rapid.IntRange(1, 4).Draw(t, "report"))
		switch rapid.IntRange(0, 9).Draw(t, "what") {
		case 0:
			h.body = world.StationDefined{ID: id, Name: "Trạm " + id, What: world.StationLevel, Pos: geo.Pt(108, 16)}
		case 1:
			h.body = world.ReportOpened{ID: report, Due: start}
		case 2:
			h.body = world.ReportOverdue{ID: report, Due: start}
		case 3:
			h.body = world.ReportChanged{ID: report, State: world.ReportDone}
		case 4:
			h.body = world.EntityGone{Ref: world.NewRef(world.KindReport, report), Reason: "closed"}
		default:
			h.body = world.Reading{Station: id, Quantity: "level", Value: float64(rapid.IntRange(0, 50).Draw(t, "value")) / 10}
		}
		return h
	}), 1, 25).Draw(t, "happenings")
}

// play runs the happenings through a set, with a restart after each that stop
// says.
func play(t testing.TB, src string, hs []happening, stop func(i int) bool) *driver {
	d := newDriver(t, []byte(src))
	now := start
	for i, h := range hs {
		now += world.Time(h.after)
		d.feed(now, "test", world.Observation{Time: now - world.Time(h.late), Body: h.body})
		if stop(i) {
			d.restart(now, []byte(src))
		}
	}
	d.pass(now + 600_000)
	return d
}

func never(int) bool { return false }

// TestReplayGivesTheSameAlerts plays random histories twice.
func TestReplayGivesTheSameAlerts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		hs := happenings(rt)
		a, b := play(t, timed, hs, never), play(t, timed, hs, never)
		if written(a.out) != written(b.out) {
			rt.Fatalf("first:\n%s\nsecond:\n%s", written(a.out), written(b.out))
		}
	})
}

// TestRestartGivesTheSameAlerts restarts after random events. Rules without
// for: and keep: say exactly the same; what clocks delay may begin at another
// time, but what is open at the end, when all clocks have run out, is the same.
func TestRestartGivesTheSameAlerts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		hs := happenings(rt)
		stops := rapid.SliceOfN(rapid.IntRange(0, 3), len(hs), len(hs)).Draw(rt, "restart")
		stop := func(i int) bool { return stops[i] == 1 }
		a, b := play(t, mixed, hs, never), play(t, mixed, hs, stop)
		if written(a.out) != written(b.out) {
			rt.Fatalf("without restart:\n%s\nwith:\n%s", written(a.out), written(b.out))
		}
		a, b = play(t, timed, hs, never), play(t, timed, hs, stop)
		// The state lists alerts by when they began, which may differ here.
		if x, y := sortedLines(openAlerts(a.state)), sortedLines(openAlerts(b.state)); x != y {
			rt.Fatalf("open without restart:\n%s\nwith:\n%s", x, y)
		}
	})
}

// TestMemoryAgreesWithState holds that what a set believes open is open in the
// state, and that no condition has two alerts.
func TestMemoryAgreesWithState(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := play(t, timed, happenings(rt), never)
		n := 0
		for _, r := range d.set.Rules() {
			n += r.Open
		}
		seen := map[string]bool{}
		for _, a := range d.state.Alerts() {
			if !a.Open() {
				continue
			}
			n--
			if k := a.Rule + " " + string(a.About); seen[k] {
				rt.Fatalf("two alerts for %s", k)
			} else {
				seen[k] = true
			}
		}
		if n != 0 {
			rt.Fatalf("the set has %d more open alerts than the state", n)
		}
	})
}

func openAlerts(s *world.State) string {
	out := ""
	for _, a := range s.Alerts() {
		if a.Open() {
			out += fmt.Sprintf("%s %s %s %s\n", a.Rule, a.About, a.Severity, a.Title)
		}
	}
	return out
}

func sortedLines(text string) string {
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// TestCorrectionAtOneInstant: a source corrects itself twice for one instant;
// the second alert must not vanish behind the id of the first.
func TestCorrectionAtOneInstant(t *testing.T) {
	src := "rules:\n  - {id: a, on: station, when: 'reading(\"level\") < 1000', severity: notice, title: x}\n"
	d := newDriver(t, []byte(src))
	// At one instant the greater encoding wins: these grow.
	for _, r := range []world.Reading{{Value: 1}, {Value: 1001}, {Value: 999, Unit: "m"}} {
		r.Station, r.Quantity = "s", "level"
		d.feed(start, "test", world.Observation{Time: start, Body: r})
	}
	n := 0
	for _, o := range d.out {
		if _, ok := o.Body.(world.AlertRaised); ok {
			n++
		}
	}
	if n != 2 || openAlerts(d.state) == "" {
		t.Errorf("raised %d times, open %q\n%s", n, openAlerts(d.state), written(d.out))
	}
}

// TestOutputAppliedLater: in the core loop other events come between what a set
// returns and its being applied. That must not confuse the set.
func TestOutputAppliedLater(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		hs := happenings(rt)
		flush := rapid.SliceOfN(rapid.Bool(), len(hs), len(hs)).Draw(rt, "flush")
		want := play(t, timed, hs, never)
		d := newDriver(t, []byte(timed))
		d.held = true
		now := start
		for i, h := range hs {
			now += world.Time(h.after)
			d.feed(now, "test", world.Observation{Time: now - world.Time(h.late), Body: h.body})
			if flush[i] {
				d.flush(now)
			}
		}
		d.pass(now + 600_000)
		d.flush(now + 600_000)
		if written(d.out) != written(want.out) {
			rt.Fatalf("at once:\n%s\nlater:\n%s", written(want.out), written(d.out))
		}
		if x, y := openAlerts(want.state), openAlerts(d.state); x != y {
			rt.Fatalf("open at once:\n%s\nlater:\n%s", x, y)
		}
	})
}

// TestFaultsAreCounted: an evaluation that fails is not silent and changes
// nothing.
func TestFaultsAreCounted(t *testing.T) {
	src := "rules:\n  - {id: a, on: station, when: 'distance(place, point(reading(\"level\"), 0)) > 1', severity: notice, title: x}\n"
	d := newDriver(t, []byte(src))
	d.feed(start, "test", world.Observation{Time: start, Body: world.Reading{Station: "s", Quantity: "level", Value: 5}})
	d.feed(start+1, "test", world.Observation{Time: start + 1, Body: world.Reading{Station: "s", Quantity: "level", Value: 95}})
	fs := d.set.Faults()
	if len(fs) != 1 || fs[0].Count != 1 || fs[0].Rule != "a" || fs[0].Entity != "station/s" || fs[0].At != start+1 {
		t.Errorf("faults %+v", fs)
	}
	if got := openAlerts(d.state); got == "" {
		t.Error("the alert is gone")
	}
}

// TestClockDoesNotGoBack: an earlier time counts as the latest one seen.
func TestClockDoesNotGoBack(t *testing.T) {
	src, err := os.ReadFile("testdata/flapping/rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	set, _ := rule.Parse("r", src)
	s := world.New(1)
	feed := func(now world.Time, state world.CameraState) []world.Observation {
		c, err := s.Apply(world.Event{Seq: s.At().Seq + 1, Seen: now, Observation: world.Observation{Time: s.Seen() + 1, Body: world.CameraHealth{Camera: "c", State: state}}})
		if err != nil {
			t.Fatal(err)
		}
		return set.Eval(now, s, c)
	}
	if _, err := s.Apply(world.Event{Seq: 1, Observation: world.Observation{Time: 1, Body: world.CameraDefined{ID: "c"}}}); err != nil {
		t.Fatal(err)
	}
	feed(start+100_000, world.CameraSilent)
	feed(start, world.CameraSilent)
	if got := set.Next(); got != start+160_000 {
		t.Errorf("next is %v after the start, want 160 s", got.Sub(start))
	}
}
