package draw_test

import (
	"image"
	"image/color"
	"math/rand/v2"
	"syscall"
	"testing"

	"iocwall/geo"
	"iocwall/geo/draw"
)

func picture(v geo.View) *image.RGBA {
	r := v.Visible()
	return image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
}

// reportCPU adds the processor time per frame, which other work on the machine
// does not stretch as it does the wall clock.
func reportCPU(b *testing.B) func() {
	var from syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &from); err != nil {
		b.Fatal(err)
	}
	return func() {
		var to syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &to); err != nil {
			b.Fatal(err)
		}
		spent := to.Utime.Nano() + to.Stime.Nano() - from.Utime.Nano() - from.Stime.Nano()
		b.ReportMetric(float64(spent)/1e6/float64(b.N), "cpu-ms/op")
	}
}

// warm fills the caches that a running map has.
func warm(b *testing.B, r *draw.Renderer, dst *image.RGBA, f *draw.Frame) {
	for range 3 {
		if _, err := r.Draw(dst, f); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBaseMap1080 draws the base map of a view that moves every time.
func BenchmarkBaseMap1080(b *testing.B) {
	r := renderer(b, draw.Dark(), draw.Desk())
	f := &draw.Frame{View: coast(1920, 1080), Home: []string{"da-nang"}}
	dst := picture(f.View)
	b.ReportAllocs()
	warm(b, r, dst, f)
	defer reportCPU(b)()
	for i := 0; b.Loop(); i++ {
		f.View = coast(1920, 1080).Pan(float64(i%50), 0)
		if _, err := r.Draw(dst, f); err != nil {
			b.Fatal(err)
		}
	}
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
	dst := picture(f.View)
	b.ReportAllocs()
	warm(b, r, dst, f)
	defer reportCPU(b)()
	for b.Loop() {
		for i := range f.Vessels {
			f.Vessels[i].At[0] += (rnd.Float64() - 0.5) * 1e-3
			f.Vessels[i].At[1] += (rnd.Float64() - 0.5) * 1e-3
		}
		if _, err := r.Draw(dst, f); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPoints20000 draws 20,000 vessels' symbols without trails, all moved.
func BenchmarkPoints20000(b *testing.B) {
	r := renderer(b, draw.Dark(), draw.Desk())
	f := &draw.Frame{View: coast(1920, 1080)}
	rnd := rand.New(rand.NewPCG(5, 6))
	colors := []color.RGBA{{200, 210, 220, 255}, {255, 211, 77, 255}, {125, 182, 255, 255}}
	for i := range 20000 {
		f.Dots = append(f.Dots, draw.Dot{At: geo.Pt(107.3+rnd.Float64()*2.7, 14.95+rnd.Float64()*1.2), Color: colors[i%3]})
	}
	dst := picture(f.View)
	b.ReportAllocs()
	warm(b, r, dst, f)
	defer reportCPU(b)()
	for b.Loop() {
		for i := range f.Dots {
			f.Dots[i].At[0] += (rnd.Float64() - 0.5) * 1e-3
		}
		if _, err := r.Draw(dst, f); err != nil {
			b.Fatal(err)
		}
	}
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
	dst := picture(f.View)
	b.ReportAllocs()
	warm(b, r, dst, f)
	defer reportCPU(b)()
	for b.Loop() {
		for i := range f.Vessels {
			f.Vessels[i].At[0] += (rnd.Float64() - 0.5) * 1e-3
		}
		if _, err := r.Draw(dst, f); err != nil {
			b.Fatal(err)
		}
	}
}
