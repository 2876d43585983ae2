package rule_test

import (
	"fmt"
	"strings"
	"testing"

	"iocwall/geo"
	"iocwall/server/rule"
	"iocwall/server/world"
)

// manyRules returns n rules, of which vessels of every hundred are about
// vessels; the rest is about the other kinds. None fires.
func manyRules(n, vessels int) string {
	var b strings.Builder
	b.WriteString("rules:\n")
	for i := range n {
		on := "vessel"
		var key string
		switch {
		case i*100/n >= vessels:
			on, key = "station", `when: reading("level") > 100`
		case i%5 == 0:
			key = "where: category == \"fishing\"\n    absent: 30m"
		case i%5 == 1:
			key = "when: speed > 90 && category == \"fishing\""
		case i%5 == 2:
			key = fmt.Sprintf("where: area == \"area-%d\"\n    when: speed > 1", i)
		case i%5 == 3:
			key = "when: distance(place, point(10, 100)) < 1000"
		default:
			key = "when: heading > 400\n    for: 10m"
		}
		fmt.Fprintf(&b, "  - id: r%d\n    on: %s\n    %s\n    severity: notice\n    title: \"{{name}}\"\n", i, on, key)
	}
	return b.String()
}

// fleet returns a state of 2,000 vessels, half of them fishing, and a change
// for each.
func fleet(b *testing.B) (*world.State, []world.Change) {
	b.Helper()
	s := world.New(1)
	apply := func(body world.Body) world.Change {
		c, err := s.Apply(world.Event{Seq: s.At().Seq + 1, Seen: start, Source: "ais", Observation: world.Observation{Time: start, Body: body}})
		if err != nil {
			b.Fatal(err)
		}
		return c
	}
	var cs []world.Change
	for i := range 2000 {
		mmsi := fmt.Sprintf("57400%04d", i)
		cat := world.VesselCargo
		if i%2 == 0 {
			cat = world.VesselFishing
		}
		apply(world.VesselStatic{MMSI: mmsi, Particulars: &world.VesselParticulars{Category: cat}})
		cs = append(cs, apply(world.VesselPosition{MMSI: mmsi, Pos: geo.Pt(108+float64(i)/1e4, 16), Speed: 7, Course: 90, Heading: 90, Area: "sea"}))
	}
	return s, cs
}

func benchEval(b *testing.B, src string) {
	set, ps := rule.Parse("bench", []byte(src))
	if len(ps) > 0 {
		b.Fatal(ps)
	}
	s, cs := fleet(b)
	set.Resume(start, s)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if out := set.Eval(start, s, cs[i%len(cs)]); len(out) > 0 {
			b.Fatal("a rule fired")
		}
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkEval is one vessel position against 150 rules: none of them, a
// third, and all of them about vessels.
func BenchmarkEval(b *testing.B) {
	for _, share := range []int{0, 33, 100} {
		b.Run(fmt.Sprintf("150 rules, %d%% about vessels", share), func(b *testing.B) { benchEval(b, manyRules(150, share)) })
	}
}

// BenchmarkResume is a start with 2,000 vessels and 150 rules, a third of them
// about vessels.
func BenchmarkResume(b *testing.B) {
	set, ps := rule.Parse("bench", []byte(manyRules(150, 33)))
	if len(ps) > 0 {
		b.Fatal(ps)
	}
	s, _ := fleet(b)
	for b.Loop() {
		set.Resume(start, s)
	}
}

// BenchmarkFire is an event that fires a rule among 150 and one that ends it.
func BenchmarkFire(b *testing.B) {
	src := manyRules(150, 33) + "  - {id: fire, on: vessel, when: speed > 50, severity: warning, title: \"{{name}} {{speed|vi 1}} nút\"}\n"
	set, ps := rule.Parse("bench", []byte(src))
	if len(ps) > 0 {
		b.Fatal(ps)
	}
	s, _ := fleet(b)
	set.Resume(start, s)
	now := start
	seq := s.At().Seq
	b.ReportAllocs()
	for b.Loop() {
		seq++
		now++
		speed := 7.0
		if seq%2 == 0 {
			speed = 60
		}
		c, err := s.Apply(world.Event{Seq: seq, Seen: now, Source: "ais", Observation: world.Observation{Time: now, Body: world.VesselPosition{MMSI: "574000001", Pos: geo.Pt(108, 16), Speed: speed, Course: 1, Heading: 1}}})
		if err != nil {
			b.Fatal(err)
		}
		set.Eval(now, s, c)
	}
}
