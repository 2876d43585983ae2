package rule_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"iocwall/server/rule"
	"iocwall/server/world"
)

// mistakes feeds the error test and the fuzzer. want holds a line for each
// problem, in order: line:column, a part of the message, a part of the hint.
var mistakes = []struct {
	name, src string
	want      []string
}{
	{"not YAML", "rules: [", []string{"1:8|not YAML|"}},
	{"unknown key at the top", "ruels: []\n", []string{`1:1|unknown key|did you mean "rules"?`}},
	{"rules is not a list", "rules: 5\n", []string{"1:8|expected a list|"}},
	{"a rule without anything", "rules:\n  - {}\n", []string{"2:5|needs an id", "2:5|needs a title", "2:5|says nothing about what it looks at"}},
	{
		"misspelt keys, all at once",
		"rules:\n  - id: a\n    on: station\n    wehn: value > 1\n    severity: warning\n    titel: x\n",
		[]string{`2:5|needs a title|`, `2:5|needs a condition`, `4:5|unknown key|did you mean "when"?`, `6:5|unknown key|did you mean "title"?`},
	},
	{
		"misspelt names",
		"rules:\n  - id: a\n    on: vesel\n    when: speed > 1\n    severity: warning\n    title: x\n" +
			"  - id: b\n    on: vessel\n    when: sped > 1\n    severity: warnig\n    title: x {{nmae}}\n",
		[]string{`3:9|"vesel" is not a kind|did you mean "vessel"?`, `9:11|unknown name sped|did you mean speed?`, `10:15|"warnig" is not a severity|did you mean "warning"?`, `11:16|unknown name nmae|did you mean name?`},
	},
	{
		"expression in quotes",
		one(`when: "speed > levle"`),
		[]string{"4:20|unknown name levle"},
	},
	{
		"expression in a block",
		one("when: |\n      speed > 1 &&\n        levle > 3"),
		[]string{"6:9|unknown name levle"},
	},
	{
		"expression behind Vietnamese letters on one line",
		"rules:\n  - {title: Tàu lạ ở đảo, id: a, on: vessel, severity: notice, when: levle > 1}\n",
		[]string{"2:70|unknown name levle"},
	},
	{"types", one(`when: speed > "12"`), []string{"4:17|mismatched types number and text"}},
	{"not a truth", one(`when: speed + 1`), []string{"4:11|this is a number, a truth is needed here"}},
	{"empty condition", one(`when: ""`), []string{"4:12|the expression is empty"}},
	{"a condition on the clock", one(`when: age(time) > 30m`), []string{"4:11|cannot look at the clock|absent: 30m"}},
	{"value without value:", one(`when: value > 5`), []string{"4:11|unknown name value"}},
	{"bad duration", one("when: speed > 1\n    for: 10 minutes"), []string{`5:10|is not a duration`}},
	{"negative duration", one("when: speed > 1\n    for: -10m"), []string{`5:10|`}},
	{"an anchor", one("when: &x speed > 1"), []string{"4:11|anchors", "4:11|needs a condition"}},
	{"absent and when", one("when: speed > 1\n    absent: 5m"), []string{"5:13|cannot stand beside when:"}},
	{"absent and for", one("absent: 10m\n    for: 5m"), []string{"5:10|cannot stand beside absent:"}},
	{"absent too short", one("absent: 10ms"), []string{"4:13|at least 1s"}},
	{"on and count", one("count: report\n    when: value > 3"), []string{"4:12|cannot stand beside on:"}},
	{
		"count with a value and silence",
		"rules:\n  - id: a\n    count: report\n    value: due\n    absent: 5m\n    severity: notice\n    title: x\n",
		[]string{"4:12|cannot stand in a rule that counts", "5:13|cannot stand in a rule that counts"},
	},
	{
		"the same id twice",
		"rules:\n  - {id: a, on: vessel, when: lost, severity: notice, title: x}\n  - {id: a, on: vessel, when: lost, severity: notice, title: x}\n",
		[]string{`3:10|"a" is used twice|line 2 has it already`},
	},
	{"a strange id", "rules:\n  - {id: Lũ 1, on: vessel, when: lost, severity: notice, title: x}\n", []string{"2:10|is not an id"}},
	{
		"levels out of order",
		one("levels:\n      - {severity: severe, when: speed > 1}\n      - {severity: notice, when: speed > 2}"),
		[]string{"6:20|notice is not worse than the level before"},
	},
	{
		"levels beside when",
		one("when: speed > 1\n    levels:\n      - {severity: severe, when: speed > 1}"),
		[]string{"4:11|cannot stand beside levels:|put it into each level"},
	},
	{"a level without anything", one("levels:\n      - {name: x}"), []string{"5:10|needs a severity", "5:10|needs a condition"}},
	{"template without an end", words("x {{name"), []string{"3:15|{{ without }}"}},
	{"template with an unknown format", words("x {{speed|vn 2}}"), []string{`3:23|unknown format "vn"|did you mean vi?`}},
	{"template with a wrong type", words("x {{name|vi}}"), []string{"3:17|this is a text, a number is needed here"}},
	{"template with too many decimals", words("{{speed|vi 9}}"), []string{`3:21|"9" cannot follow vi`}},
	{"template of a rule that counts", "rules:\n  - id: a\n    count: report\n    when: value > 1\n    severity: notice\n    title: '{{value|vi}} {{name}}'\n", []string{"6:28|unknown name name"}},
	{"instruction is not a list", one("when: lost\n    instruction: báo"), []string{"5:18|expected a list"}},
	{"instruction with a mistake", one("when: lost\n    instruction:\n      - báo {{xyz}}"), []string{"6:15|unknown name xyz"}},
	{"too many cameras", one("when: lost\n    show: {cameras: 9}"), []string{"5:21|from 0 to 6"}},
	{"no time at all", one("when: lost\n    show: {limit: 1s}"), []string{"5:19|from 10s to 24h"}},
	{"not a zone", one("when: lost\n    show: {zone: Báo động}"), []string{"5:18|not the id of a zone|scenes"}},
	{"two documents", "rules: []\n---\nrules: []\n", []string{"3:6|second document"}},
}

// one is a rule on vessels with one more key in line 4.
func one(key string) string {
	s := "rules:\n  - id: a\n    on: vessel\n    " + key + "\n    title: x\n"
	if !strings.Contains(key, "levels:") {
		s += "    severity: notice\n"
	}
	return s
}

// words is a rule whose title, in line 3, is the text.
func words(title string) string {
	return "rules:\n  - id: a\n    title: " + "'" + title + "'\n    on: vessel\n    when: lost\n    severity: notice\n"
}

// What pops up is told by the alert.
func TestAlertSaysWhatPopsUp(t *testing.T) {
	set, problems := rule.Parse("r.yaml", []byte(one("when: lost\n    show: {zone: bao-dong, cameras: 3, map: true, limit: 10m}")))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	st := world.New(1)
	now := world.Time(1_800_000_000_000)
	set.Resume(now, st)
	var out []world.Observation
	for i, b := range []world.Body{world.VesselPosition{MMSI: "574000001"}, world.EntityStale{Ref: "vessel/574000001", Last: now}} {
		c, err := st.Apply(world.Event{Seq: uint64(i + 1), Seen: now, Observation: world.Observation{Time: now, Body: b}})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, set.Eval(now, st, c)...)
	}
	if len(out) != 1 {
		t.Fatalf("%d observations", len(out))
	}
	got, _ := out[0].Body.(world.AlertRaised)
	if want := (world.AlertShow{Zone: "bao-dong", Cameras: 3, Map: true, Limit: 600_000}); got.Show == nil || *got.Show != want {
		t.Errorf("the alert shows %+v, want %+v", got.Show, want)
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range mistakes {
		t.Run(c.name, func(t *testing.T) {
			set, got := rule.Parse("r.yaml", []byte(c.src))
			if set != nil {
				t.Error("a set came with the problems")
			}
			if len(got) != len(c.want) {
				t.Errorf("%d problems, want %d", len(got), len(c.want))
			}
			for i, p := range got {
				if i >= len(c.want) {
					t.Errorf("more: %s", p)
					continue
				}
				w := strings.SplitN(c.want[i]+"||", "|", 4)
				if at := fmt.Sprintf("%d:%d", p.Line, p.Column); at != w[0] || !strings.Contains(p.Msg, w[1]) || !strings.Contains(p.Hint, w[2]) {
					t.Errorf("got  %s\nwant %s", p, c.want[i])
				}
			}
		})
	}
}

func TestProblemNamesTheFile(t *testing.T) {
	_, ps := rule.Parse("rules/flood.yaml", []byte(one("wehn: lost")))
	var all []string
	for _, p := range ps {
		all = append(all, p.String())
	}
	if got := strings.Join(all, "\n"); !strings.Contains(got, `rules/flood.yaml:4:5: rules[0].wehn: unknown key (did you mean "when"?)`) {
		t.Errorf("got %s", got)
	}
}

func TestEmptyFile(t *testing.T) {
	for _, src := range []string{"", "# nothing\n", "rules: []\n", "rules:\ntests: []\n"} {
		set, ps := rule.Parse("r.yaml", []byte(src))
		if set == nil || len(ps) != 0 {
			t.Fatalf("%q: %v", src, ps)
		}
		if set.Next() != 0 || len(set.Rules()) != 0 || set.Resume(start, world.New(1)) != nil {
			t.Errorf("%q is not an empty set", src)
		}
	}
}

func TestRulesDescribeThemselves(t *testing.T) {
	src, err := os.ReadFile("testdata/flapping/rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d := newDriver(t, src)
	d.run(readSteps(t, "testdata/flapping/events.yaml")[:6], src, "")
	if got := d.set.Rules()[0]; got.Pending != 1 || got.Open != 0 || got.On != "camera" || got.What != rule.Threshold || got.Line != 2 {
		t.Errorf("pending: %+v", got)
	}
	d.pass(start + 10*60*1000)
	if got := d.set.Rules()[0]; got.Pending != 0 || got.Open != 1 {
		t.Errorf("open: %+v", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range mistakes {
		f.Add([]byte(c.src))
	}
	for _, dir := range []string{"flood", "flapping", "absence", "count", "figure"} {
		src, err := os.ReadFile("testdata/" + dir + "/rules.yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		set, ps := rule.Parse("r.yaml", src)
		if (set == nil) != (len(ps) > 0) {
			t.Fatalf("set %v, problems %v", set, ps)
		}
		for _, p := range ps {
			if p.File != "r.yaml" || p.Line < 1 || p.Column < 1 || p.Msg == "" {
				t.Fatalf("problem %+v", p)
			}
		}
	})
}
