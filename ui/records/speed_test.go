package records

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/geo"
	"iocwall/server/world"
	"iocwall/ui/page/pagetest"
)

// BenchmarkVessels is one of ten refreshes a second of the list of 20,000 vessels of
// which one in ten moved since the last one.
func BenchmarkVessels(b *testing.B) {
	d := pagetest.New(b, "vi", "dark", 1)
	d.Env().Trace = nil
	for i := range 20_000 {
		mmsi := fmt.Sprint(574_000_000 + i)
		d.Tell(b, world.VesselStatic{MMSI: mmsi, Name: &world.VesselName{Name: fmt.Sprintf("QNa-%05d-TS", i*7919%20000)}})
		d.Tell(b, world.VesselPosition{MMSI: mmsi, Pos: geo.Point{108, 15}, Speed: 3, Course: 90})
	}
	p := New(d).(*Page)
	defer p.Close()
	p.choose(world.KindVessel)
	p.Object().Resize(fyne.NewSize(1600, 900))
	p.Refresh(d.Clock)
	n := 0
	for b.Loop() {
		b.StopTimer()
		d.Clock = d.Clock.Add(100 * time.Millisecond)
		for range 2000 {
			n++
			d.Tell(b, world.VesselPosition{MMSI: fmt.Sprint(574_000_000 + n*97%20_000), Pos: geo.Point{108, 15}, Speed: float64(n%300) / 10, Course: 90})
		}
		b.StartTimer()
		p.Refresh(d.Clock)
	}
}
