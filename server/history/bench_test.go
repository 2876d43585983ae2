package history

import (
	"encoding/json"
	"fmt"
	"testing"

	"iocwall/geo"
	"iocwall/server/auth"
	"iocwall/server/world"
	"iocwall/server/world/track"
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

// BenchmarkTracks is one question about as many vessels as it may name, each with a
// trail of twenty minutes.
func BenchmarkTracks(b *testing.B) {
	bk, q := &book{}, track.Question{}
	for v := range track.AtOnce {
		q.IDs = append(q.IDs, fmt.Sprint(574_000_000+v))
	}
	for min := range 20 {
		for v, id := range q.IDs {
			bk.add(60*min+v%60, world.VesselPosition{MMSI: id, Pos: geo.Point{108 + float64(v)/1000 + float64(min)*0.00213, 15 - float64(min)*0.00187}, Speed: 7})
		}
	}
	st := world.New(1)
	for _, e := range bk.events {
		if _, err := st.Apply(e); err != nil {
			b.Fatal(err)
		}
	}
	x, size := read(b, bk, Options{}), 0
	for b.Loop() {
		of, areas := x.courses(q)
		raw, err := json.Marshal(track.Answer{Tracks: known(st, auth.Identity{Role: auth.Node}, of, areas)})
		if size = len(raw); err != nil || size == 0 {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(size)/float64(20*len(q.IDs)), "B/position")
}
