package expr_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/server/expr"
	"iocwall/server/world"
)

func testEnv(t testing.TB) *expr.Env {
	t.Helper()
	env, err := expr.NewEnv(
		expr.Var{Name: "level", Type: expr.Number},
		expr.Var{Name: "missing", Type: expr.Number},
		expr.Var{Name: "name", Type: expr.Text},
		expr.Var{Name: "on", Type: expr.Truth},
		expr.Var{Name: "time", Type: expr.Moment},
		expr.Var{Name: "now", Type: expr.Moment},
		expr.Var{Name: "place", Type: expr.Place},
		expr.Var{Name: "payload", Type: expr.Any},
	)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

func testVars() expr.Vars {
	now := time.Date(2026, 11, 20, 2, 41, 0, 0, time.UTC) // 09:41 in Vietnam, a Friday
	return expr.Vars{
		"level": 4.12, "missing": math.NaN(), "name": "Cầu Câu Lâu", "on": true,
		"time": now.Add(-40 * time.Minute), "now": now, "place": geo.Pt(108.2, 15.9),
		"payload": map[string]any{"t": 31.5, "tags": []any{"a", "b"}, "rows": []any{map[string]any{"v": 1.0}, map[string]any{"v": 3.0}}},
	}
}

// evaluated feeds the evaluation test and the fuzzer.
var evaluated = []struct {
	src  string
	want any
}{
	{`level > 4`, true},
	{`level >= 2 && level < 3`, false},
	{`level + 1 == 5.12`, true},
	{`missing > 0 || missing <= 0`, false},
	{`missing != 0`, true},
	{`known(level) && !known(missing)`, true},
	{`max(level, 7, 2)`, 7.0},
	{`min(level, 7)`, 4.12},
	{`round(level)`, 4.0},
	{`round(level * 10, 0) / 10`, 4.1},
	{`round(level, 1)`, 4.1},
	{`abs(-3)`, 3.0},
	{`floor(4.9) + ceil(4.1)`, 9.0},
	{`age(time) > 30m`, true},
	{`age(time) > 1h`, false},
	{`age(time) == 40m`, true},
	{`time + 1h30m > now`, true},
	{`minutes(1d2h)`, 1560.0},
	{`0.5h == 30m`, true},
	{`hour(now)`, 9.0},
	{`weekday(now)`, 5.0},
	{`fold(name) contains "cau lau"`, true},
	{`lower(name)`, "cầu câu lâu"},
	{`upper("đà nẵng")`, "ĐÀ NẴNG"},
	{`name matches "^C.*u$"`, true},
	{`name in ["a", "Cầu Câu Lâu"]`, true},
	{`name startsWith "Cầu" and not on`, false},
	{`len(name)`, 11.0},
	{`len(payload.tags)`, 2.0},
	{`trim("  x ")`, "x"},
	{`on ? "có" : "không"`, "có"},
	{`round(distance(place, point(15.9, 108.3)) / 1000)`, 11.0},
	{`payload.t > 30`, true},
	{`payload.nothing ?? 5`, 5},
	{`any(payload.tags, # == "b")`, true},
	{`count(payload.rows, .v > 2)`, 1},
	{`sum(map(payload.rows, .v))`, 4.0},
	{`number("12.5") + number("x1")`, math.NaN()},
	{`number(payload.t)`, 31.5},
	{`text(level) + " m"`, "4.12 m"},
	{`moment("2026-11-20T09:41:00+07:00") == now`, true},
	{`moment(1795142460) == now`, true},
	{`"30m" == '30m' // 30m`, true},
	{`len(` + "`10m`" + `) /* 10m */ == 3`, true},
}

func TestEval(t *testing.T) {
	env, vars := testEnv(t), testVars()
	var m expr.Machine
	for _, c := range evaluated {
		p, err := expr.Compile(c.src, env, expr.Options{})
		if err != nil {
			t.Errorf("%s: %v", c.src, err)
			continue
		}
		got, err := m.Eval(p, vars)
		if err != nil {
			t.Errorf("%s: %v", c.src, err)
			continue
		}
		agree(t, &m, p, vars)
		agree(t, &m, p, expr.Vars{})
		if f, ok := got.(float64); ok {
			if w, _ := c.want.(float64); f != w && !(math.IsNaN(f) && math.IsNaN(w)) {
				t.Errorf("%s = %v, want %v", c.src, got, c.want)
			}
		} else if got != c.want {
			t.Errorf("%s = %v (%T), want %v", c.src, got, got, c.want)
		}
	}
}

// refused feeds the error test and the fuzzer. at is line:column in a document
// where the source starts at 10:5 and later lines are indented by four.
var refused = []struct {
	src, at, msg, hint string
	want               expr.Type
}{
	{src: ``, at: "10:5", msg: "empty"},
	{src: `levle > 4`, at: "10:5", msg: "unknown name levle", hint: "did you mean level?"},
	{src: `on && levle > 4`, at: "10:11", msg: "unknown name levle"},
	{src: `age(time) > 30m && levle > 4`, at: "10:24", msg: "unknown name levle"},
	{src: "level > 4 &&\n  nmae == \"x\"", at: "11:7", msg: "unknown name nmae", hint: "did you mean name?"},
	{src: `rond(level)`, at: "10:5", msg: "unknown function rond", hint: "did you mean round?"},
	{src: `level > "4"`, at: "10:11", msg: "invalid operation: > (mismatched types number and text)"},
	{src: `name > 4`, at: "10:10", msg: "mismatched types text and number"},
	{src: `level > 30m`, at: "10:11", msg: "mismatched types number and span"},
	{src: `time > 5`, at: "10:10", msg: "mismatched types moment and number"},
	{src: `level`, at: "10:5", msg: "this is a number, a truth is needed here", want: expr.Truth},
	{src: `on and name`, at: "10:8", msg: "mismatched types truth and text"},
	{src: `level >`, at: "10:11", msg: "unexpected token EOF"},
	{src: `level > 4)`, at: "10:14", msg: "unexpected token"},
	{src: `(level > 4`, at: "10:14", msg: "unexpected token EOF"},
	{src: `level > 4x`, at: "10:14", msg: "bad number syntax"},
	{src: `now()`, at: "10:5", msg: "unknown function now"},
	{src: `date("2026-01-01")`, at: "10:5", msg: "unknown function date"},
	{src: `$env`, at: "10:5", msg: "$ is not part"},
	{src: `all(payload.tags, any(payload.rows, true))`, at: "10:23", msg: "a loop inside a loop"},
	{src: `len(1..1000000)`, at: "10:10", msg: "ranges are not part"},
	{src: `let a = 5; a > 3`, at: "10:9", msg: "let and ; are not part"},
	{src: `name matches name`, at: "10:18", msg: "must be a text in quotes"},
	{src: `name matches "("`, at: "10:10", msg: "missing closing )"},
	{src: `now.Local() == now`, at: "10:9", msg: "only functions of the language"},
	{src: `time.Year`, at: "10:10", msg: "a moment has no parts"},
	{src: `name.length`, at: "10:10", msg: "type text has no field"},
	{src: `round`, at: "10:5", msg: "round is a function", hint: "write round(…)"},
	{src: `round(level, 1, 2)`, at: "10:5", msg: "too many arguments"},
	{src: `age(level)`, at: "10:9", msg: "cannot use number as argument (type moment)"},
	{src: `within("x")`, at: "10:5", msg: "unknown function within"},
	{src: `place[0] > 1`, at: "10:10", msg: "has no parts"},
	{src: strings.Repeat("level > 4 || ", 200) + "on", at: "10:", msg: "exceeds maximum allowed nodes"},
	{src: strings.Repeat("(", 5000), at: "10:5", msg: "at most 4096"},
}

func TestRefused(t *testing.T) {
	env := testEnv(t)
	for _, c := range refused {
		_, err := expr.Compile(c.src, env, expr.Options{Want: c.want, At: expr.Pos{Line: 10, Column: 5}, Indent: 4})
		var e *expr.Error
		if !errors.As(err, &e) {
			t.Errorf("%.60s: error is %v, want an *expr.Error", c.src, err)
			continue
		}
		got := e.Error()
		if !strings.HasPrefix(got, c.at) || !strings.Contains(e.Msg, c.msg) || !strings.Contains(e.Hint, c.hint) {
			t.Errorf("%.60s:\n got %s\nwant %s: %s (%s)", c.src, got, c.at, c.msg, c.hint)
		}
	}
}

func TestEvaluationErrorsHaveAPlace(t *testing.T) {
	env := testEnv(t)
	var m expr.Machine
	for _, c := range []struct{ src, want string }{
		{`on && payload.tags > 4`, "10:24: "},
		{`name == "x" || point(200, 1) == place`, "10:20: point takes a latitude"},
	} {
		p, err := expr.Compile(c.src, env, expr.Options{At: expr.Pos{Line: 10, Column: 5}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = m.Truth(p, testVars()); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s…", c.src, err, c.want)
		}
		if ok, err := m.Truth(mustCompile(t, `level > 4`, env), testVars()); !ok || err != nil {
			t.Errorf("after an error the machine gives %v, %v", ok, err)
		}
	}
}

func TestMemoryBudget(t *testing.T) {
	env := testEnv(t)
	vars := testVars()
	rows := make([]any, 300_000)
	for i := range rows {
		rows[i] = 1.0
	}
	vars["payload"] = rows
	var m expr.Machine
	if _, err := m.Eval(mustCompile(t, `map(payload, # + 1)`, env), vars); err == nil || !strings.Contains(err.Error(), "memory budget exceeded") {
		t.Fatalf("a list of 300,000 gave the error %v", err)
	}
}

func mustCompile(t testing.TB, src string, env *expr.Env) *expr.Program {
	t.Helper()
	p, err := expr.Compile(src, env, expr.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEntities(t *testing.T) {
	s := world.New(1)
	apply := func(at world.Time, b world.Body) {
		if _, err := s.Apply(world.Event{Seq: s.At().Seq + 1, Seen: at, Observation: world.Observation{Time: at, Body: b}}); err != nil {
			t.Fatal(err)
		}
	}
	at := world.Time(1_795_142_460_000)
	apply(at, world.AreaDefined{ID: "qn", Name: "Quảng Nam"})
	apply(at, world.AreaDefined{ID: "dx", Name: "Duy Xuyên", Parent: "qn"})
	apply(at, world.StationDefined{ID: "cl", Name: "Câu Lâu", What: world.StationLevel, Area: "dx", Pos: geo.Pt(108.28, 15.85)})
	apply(at, world.Reading{Station: "cl", Quantity: "level", Value: 4.12})
	apply(at, world.VesselPosition{MMSI: "574012345", Speed: -1, Course: 90, Area: "qn"})

	for _, c := range []struct{ ref, src string }{
		{"station/cl", `reading("level") > 4 && !known(reading("wqi")) && has("level") && !has("wqi")`},
		{"station/cl", `station.name == "Câu Lâu" && what == "level" && id == "cl"`},
		{"station/cl", `within("qn") && within("dx") && !within("other") && areaName == "Duy Xuyên"`},
		{"station/cl", `placed && distance(place, point(15.85, 108.28)) < 1`},
		{"station/cl", `age(read("level")) == 1m && age(time) == 1m && !stale`},
		{"vessel/574012345", `!known(speed) && course == 90 && name == "574012345" && !lost && category == ""`},
	} {
		env, ok := expr.ForKind(world.Ref(c.ref).Kind())
		if !ok {
			t.Fatalf("no environment for %s", c.ref)
		}
		p := mustCompile(t, c.src, env)
		e, _ := s.Entity(world.Ref(c.ref))
		vars := expr.Vars{}
		env.Loader(p).Load(vars, at.Add(time.Minute), s, e)
		var m expr.Machine
		if got, err := m.Truth(p, vars); err != nil || !got {
			t.Errorf("%s: %v, %v", c.src, got, err)
		}
	}
}

// TestEveryFieldLoads reads every variable of every kind, from an entity that
// is there and from one that is not, and checks the declared type.
func TestEveryFieldLoads(t *testing.T) {
	s := world.New(1)
	things := map[string]world.Entity{
		world.KindVessel: world.Vessel{}, world.KindAid: world.Aid{}, world.KindBase: world.Base{}, world.KindStation: world.Station{},
		world.KindCamera: world.Camera{}, world.KindReport: world.Report{}, world.KindFigure: world.Figure{}, world.KindSource: world.SourceStatus{},
	}
	for _, kind := range expr.Kinds() {
		env, ok := expr.ForKind(kind)
		if !ok {
			t.Fatalf("no environment for %s", kind)
		}
		var m expr.Machine
		for _, v := range env.Vars() {
			p, err := expr.Compile(v.Name, env, expr.Options{Want: v.Type})
			if err != nil {
				t.Fatal(err)
			}
			vars := expr.Vars{}
			env.Loader(p).Load(vars, 1, s, things[kind])
			got, err := m.Eval(p, vars)
			if err != nil {
				t.Errorf("%s.%s: %v", kind, v.Name, err)
			}
			if typ := typeName(got); typ != v.Type {
				t.Errorf("%s.%s is %s, declared %s", kind, v.Name, typ, v.Type)
			}
			if v.Doc == "" {
				t.Errorf("%s.%s says nothing about itself", kind, v.Name)
			}
		}
	}
}

func typeName(v any) expr.Type {
	switch v.(type) {
	case float64:
		return expr.Number
	case string:
		return expr.Text
	case bool:
		return expr.Truth
	case time.Time:
		return expr.Moment
	case time.Duration:
		return expr.Span
	case geo.Point:
		return expr.Place
	}
	return expr.Any
}

func TestNearest(t *testing.T) {
	names := []string{"when", "where", "level", "levels", "title"}
	for _, c := range []struct{ word, want string }{
		{"wehn", "when"}, {"were", "where"}, {"titel", "title"}, {"level", "level"}, {"Levels", "levels"}, {"zzz", ""}, {"x", ""},
	} {
		if got := expr.Nearest(c.word, names); got != c.want {
			t.Errorf("Nearest(%q) = %q, want %q", c.word, got, c.want)
		}
	}
}

func TestParseSpan(t *testing.T) {
	for _, c := range []struct {
		in   string
		want time.Duration
		ok   bool
	}{
		{"30s", 30 * time.Second, true},
		{"1h30m", 90 * time.Minute, true},
		{"2d", 48 * time.Hour, true},
		{"250ms", 250 * time.Millisecond, true},
		{"1.5h", 90 * time.Minute, true},
		{"30m1h", 0, false},
		{"1h1h", 0, false},
		{"5", 0, false},
		{"m", 0, false},
		{"", 0, false},
		{"5x", 0, false},
		{"99999999d", 0, false},
		{"1.2.3s", 0, false},
	} {
		if got, ok := expr.ParseSpan(c.in); got != c.want || ok != c.ok {
			t.Errorf("ParseSpan(%q) = %v, %v", c.in, got, ok)
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, c := range evaluated {
		f.Add(c.src)
	}
	for _, c := range refused {
		f.Add(c.src)
	}
	env, vars := testEnv(f), testVars()
	var m expr.Machine
	f.Fuzz(func(t *testing.T, src string) {
		p, err := expr.Compile(src, env, expr.Options{At: expr.Pos{Line: 3, Column: 9}, Indent: 8})
		if err != nil {
			var e *expr.Error
			if !errors.As(err, &e) || e.Line < 3 || e.Column < 1 || e.Msg == "" {
				t.Fatalf("%q: error %v", src, err)
			}
			return
		}
		for _, v := range []expr.Vars{vars, {}} {
			agree(t, &m, p, v)
		}
	})
}

// agree holds that an evaluation gives the same as the library's machine, which
// Eval always uses.
func agree(t *testing.T, m *expr.Machine, p *expr.Program, vars expr.Vars) {
	t.Helper()
	want, wantErr := m.Eval(p, vars)
	switch w := want.(type) {
	case bool:
		if got, err := m.Truth(p, vars); err != nil || got != w {
			t.Fatalf("%q: %v, %v; the machine says %v", p.Source(), got, err, w)
		}
	case float64:
		if got, err := m.Number(p, vars); err != nil || got != w && !(math.IsNaN(got) && math.IsNaN(w)) {
			t.Fatalf("%q: %v, %v; the machine says %v", p.Source(), got, err, w)
		}
	}
	if wantErr != nil {
		if got, err := m.Truth(p, vars); err == nil {
			t.Fatalf("%q: %v; the machine says %v", p.Source(), got, wantErr)
		}
	}
}

func BenchmarkCompare(b *testing.B) {
	env, vars := testEnv(b), testVars()
	for _, src := range []string{`level > 4`, `name == "x" && level > 4`, `on && level >= 2 && level < 3`, `age(time) > 30m`, `fold(name) contains "cau"`} {
		p := mustCompile(b, src, env)
		b.Run(src, func(b *testing.B) {
			var m expr.Machine
			b.ReportAllocs()
			for b.Loop() {
				if _, err := m.Truth(p, vars); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
