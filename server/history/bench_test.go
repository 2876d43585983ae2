package history

import (
	"fmt"
	"testing"

	"iocwall/geo"
	"iocwall/server/world"
)

// BenchmarkTake is one event of a coast with 20,000 vessels.
func BenchmarkTake(b *testing.B) {
	x, err := New(Options{Log: &book{}})
	if err != nil {
		b.Fatal(err)
	}
	ids := make([]string, 20_000)
	for i := range ids {
		ids[i] = fmt.Sprint(574_000_000 + i)
	}
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		at := world.Time(n) // 1,000 events a second
		x.take(&world.Event{Seq: uint64(n), Seen: at, Source: "ais", Observation: world.Observation{Time: at, Body: world.VesselPosition{MMSI: ids[n%len(ids)], Pos: geo.Point{108, 15}, Speed: 7}}})
	}
	events, bytes := x.Size()
	b.ReportMetric(float64(events), "held")
	b.ReportMetric(float64(bytes)/1e6, "MB")
}

// BenchmarkOf is one question.
func BenchmarkOf(b *testing.B) {
	bk := &book{}
	for i := range 300 {
		bk.add(i, world.AlertAcknowledged{ID: "A", Name: "M"})
	}
	x := read(b, bk, Options{})
	for b.Loop() {
		if a, err := x.Of("alert/A", 0, 100); err != nil || len(a.Entries) != 100 {
			b.Fatal(err)
		}
	}
}
