package maps

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"iocwall/geo"
	"iocwall/server/world"
)

// crowd is a state of n vessels at sea that a Maps follows.
func crowd(b *testing.B, n int) (*Maps, *world.State) {
	m := newMaps(b, "vi", Options{})
	s := world.New(1)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		move(b, m, s, i, geo.Point{108 + 4*r.Float64(), 12 + 6*r.Float64()}, ago(0))
	}
	return m, s
}

func move(b *testing.B, m *Maps, s *world.State, i int, at geo.Point, t world.Time) {
	c, err := s.Apply(world.Event{Seq: s.At().Seq + 1, Observation: world.Observation{Time: t, Body: world.VesselPosition{
		MMSI: fmt.Sprintf("5740%05d", i), Pos: at, Heading: float64(i % 360), Course: float64(i % 360), Speed: 6,
	}}})
	if err != nil {
		b.Fatal(err)
	}
	m.Observe(c)
}

// BenchmarkPicture20k makes the frame of a map with 20,000 vessels, all of them in
// view, after a tenth of them moved: one second's work at sea.
func BenchmarkPicture20k(b *testing.B) {
	for _, c := range []struct {
		name   string
		params []world.Param
	}{
		{"plain", param("bounds", "107,11,113,19", "layers", "vessels")},
		{"filter", param("bounds", "107,11,113,19", "layers", "vessels", "filter.vessels", `speed > 3 and category != "cargo"`)},
		{"timely", param("bounds", "107,11,113,19", "layers", "vessels", "filter.vessels", `now - time < 1h`)},
		{"part", param("bounds", "109,14,110,15", "layers", "vessels")},
	} {
		b.Run(c.name, func(b *testing.B) {
			m, s := crowd(b, 20_000)
			p := m.Open(c.params)
			view := p.View(s, 1920, 1080)
			b.ReportAllocs()
			k := 0
			for b.Loop() {
				b.StopTimer()
				for range 2000 {
					k++
					move(b, m, s, k%20_000, geo.Point{108 + float64(k%400)/100, 12 + float64(k%600)/100}, ago(0)+world.Time(k))
				}
				b.StartTimer()
				p.Picture(Now{State: s, Time: noon, View: view, Text: 14})
			}
		})
	}
}
