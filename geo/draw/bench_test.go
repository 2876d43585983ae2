package draw_test

import (
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/geo/draw"
)

func picture(v geo.View) *image.RGBA {
	r := v.Visible()
	return image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
}

// cpu returns the processor time that the process has used, which other work on
// the machine does not stretch as it does the wall clock.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// reportCPU adds the processor time per operation to a benchmark's results.
func reportCPU(b *testing.B) func() {
	from := cpu(b)
	return func() { b.ReportMetric(float64(cpu(b)-from)/1e6/float64(b.N), "cpu-ms/op") }
}

// warm fills the caches that a running map has.
func warm(b *testing.B, r *draw.Renderer, dst *image.RGBA, f *draw.Frame) {
	for range 3 {
		if _, err := r.Draw(dst, f); err != nil {
			b.Fatal(err)
		}
	}
}

// measure draws frames for the benchmark, each after change, and prints the
// median processor time of one and the allocations a frame. At least as many
// frames are drawn as the median needs.
func measure(b *testing.B, name, words string, r *draw.Renderer, f *draw.Frame, change func(i int)) {
	const least = 40
	dst := picture(f.View)
	frame := func() {
		if _, err := r.Draw(dst, f); err != nil {
			b.Fatal(err)
		}
	}
	warm(b, r, dst, f)
	var times []time.Duration
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	measured := func(i int) {
		change(i)
		at := cpu(b)
		frame()
		times = append(times, cpu(b)-at)
	}
	n := 0
	for ; b.Loop(); n++ {
		measured(n)
	}
	for ; n < least; n++ {
		measured(n)
	}
	runtime.ReadMemStats(&after)
	slices.Sort(times)
	median, allocs := float64(times[n/2])/1e6, float64(after.Mallocs-before.Mallocs)/float64(n)
	b.ReportMetric(median, "cpu-ms/frame")
	b.ReportMetric(float64(times[0])/1e6, "least-cpu-ms/frame")
	b.ReportMetric(allocs, "allocs/frame")
	fmt.Printf("\nMEASURED %s %.1f ms CPU a frame (%s; least %.1f ms; %.0f allocations a frame; 1920 × 1080, one core, median of %d frames)\n",
		name, median, words, float64(times[0])/1e6, allocs, n)
}

// moved moves a position by up to 50 m.
func moved(p *geo.Point, rnd *rand.Rand) {
	p[0] += (rnd.Float64() - 0.5) * 1e-3
	p[1] += (rnd.Float64() - 0.5) * 1e-3
}

// BenchmarkBaseMap1080 draws the base map of a view that moves every time.
func BenchmarkBaseMap1080(b *testing.B) {
	r := renderer(b, draw.Dark(), draw.Desk())
	f := &draw.Frame{View: coast(1920, 1080), Home: []string{"da-nang"}}
	measure(b, "map-pan", "base map of a view that is panned by 24 pixels every frame", r, f, func(i int) {
		f.View = coast(1920, 1080).Pan(float64(i%40*24), float64(i%40*6))
	})
}

// BenchmarkZoom1080 draws the base map of a view whose scale changes every time.
func BenchmarkZoom1080(b *testing.B) {
	r := renderer(b, draw.Dark(), draw.Desk())
	f := &draw.Frame{View: coast(1920, 1080), Home: []string{"da-nang"}}
	measure(b, "map-zoom", "base map of a view that zooms every frame", r, f, func(i int) {
		f.View = coast(1920, 1080).ZoomAt(700, 300, 1+float64(i%50+1)/50)
	})
}

// BenchmarkVessels2000 draws 2,000 vessels with 20-point trails, all moved.
func BenchmarkVessels2000(b *testing.B) {
	r := renderer(b, draw.Dark(), draw.Desk())
	f := &draw.Frame{View: coast(1920, 1080), Vessels: vessels(2000), Furniture: draw.Furniture{Scale: true, Attribution: true}}
	rnd := rand.New(rand.NewPCG(3, 4))
	for i := range f.Vessels {
		v := &f.Vessels[i]
		for k := range 20 {
			v.Trail = append(v.Trail, geo.Destination(v.At, v.Heading+180, float64(20-k)*200))
		}
	}
	measure(b, "map-2000-trails", "2,000 vessels with 20-point trails and names, all moved", r, f, func(int) {
		for i := range f.Vessels {
			moved(&f.Vessels[i].At, rnd)
		}
	})
}

// BenchmarkVessels20000 is BenchmarkVessels2000 with ten times the vessels and
// without trails and names.
func BenchmarkVessels20000(b *testing.B) {
	r := renderer(b, draw.Dark(), draw.Desk())
	f := &draw.Frame{View: coast(1920, 1080), Vessels: vessels(20000)}
	for i := range f.Vessels {
		f.Vessels[i].Importance = 0
	}
	rnd := rand.New(rand.NewPCG(3, 4))
	measure(b, "map-20000", "20,000 vessels with speed lines, without trails and names, all moved", r, f, func(int) {
		for i := range f.Vessels {
			moved(&f.Vessels[i].At, rnd)
		}
	})
}

// BenchmarkPoints50000 draws 50,000 plain symbols, all moved.
func BenchmarkPoints50000(b *testing.B) {
	r := renderer(b, draw.Dark(), draw.Desk())
	f := &draw.Frame{View: coast(1920, 1080), Dots: dots(50000)}
	rnd := rand.New(rand.NewPCG(5, 6))
	measure(b, "map-50000-points", "50,000 plain symbols, all moved", r, f, func(int) {
		for i := range f.Dots {
			moved(&f.Dots[i].At, rnd)
		}
	})
}

// BenchmarkCrops draws the same picture twice: as a map on one screen, and as the
// middle one of five screens that a map spans.
func BenchmarkCrops(b *testing.B) {
	alone := coast(1920, 1080)
	whole := alone
	whole.Width *= 5
	span := &draw.Frame{View: whole.CropTo(image.Rect(2*1920, 0, 3*1920, 1080))}
	for i := range 5 {
		span.Screens = append(span.Screens, image.Rect(i*1920, 0, (i+1)*1920, 1080))
	}
	for _, c := range []struct {
		name, words string
		frame       *draw.Frame
	}{
		{"map-alone", "2,000 vessels with names on one screen, all moved", &draw.Frame{View: alone}},
		{"map-crop", "the same, the middle one of five screens that a map spans", span},
	} {
		b.Run(c.name, func(b *testing.B) {
			c.frame.Vessels = vessels(2000)
			rnd := rand.New(rand.NewPCG(3, 4))
			measure(b, c.name, c.words, renderer(b, draw.Dark(), draw.Desk()), c.frame, func(int) {
				for i := range c.frame.Vessels {
					moved(&c.frame.Vessels[i].At, rnd)
				}
			})
		})
	}
}

// dots scatters n plain symbols over the coast, the same every time.
func dots(n int) []draw.Dot {
	rnd := rand.New(rand.NewPCG(5, 6))
	colors := []color.RGBA{{200, 210, 220, 255}, {255, 211, 77, 255}, {125, 182, 255, 255}}
	out := make([]draw.Dot, n)
	for i := range out {
		out[i] = draw.Dot{At: geo.Pt(107.3+rnd.Float64()*2.7, 14.95+rnd.Float64()*1.2), Color: colors[i%3]}
	}
	return out
}
