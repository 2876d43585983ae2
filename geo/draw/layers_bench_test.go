package draw_test

import (
	"fmt"
	"image"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/geo/draw"
)

// moving draws a frame whose vessels all move every time.
func moving(b *testing.B, f *draw.Frame, each func(int)) {
	r := renderer(b, draw.Dark(), draw.Desk())
	rnd := rand.New(rand.NewPCG(3, 4))
	dst := picture(f.View)
	b.ReportAllocs()
	warm(b, r, dst, f)
	defer reportCPU(b)()
	for i := 0; b.Loop(); i++ {
		for k := range f.Vessels {
			f.Vessels[k].At[0] += (rnd.Float64() - 0.5) * 1e-3
		}
		each(i)
		if _, err := r.Draw(dst, f); err != nil {
			b.Fatal(err)
		}
	}
}

// layered is a map with all layers: 150 areas, 2,000 vessels that gather.
func layered(v geo.View) *draw.Frame {
	f := scene(v)
	crowd(f)
	f.Vessels = vessels(2000)
	choropleth(f, draw.Dark(), mesh(geo.Bounds{Min: geo.Pt(107.3, 15), Max: geo.Pt(108.6, 16.1)}, 15, 10, 3))
	sketches(f)
	f.Marks = append(f.Marks, places()...)
	return f
}

func BenchmarkLayers1080(b *testing.B) {
	moving(b, layered(coast(1920, 1080)), func(int) {})
}

func BenchmarkLayersWithHits1080(b *testing.B) {
	f := layered(coast(1920, 1080))
	f.WantHits = true
	moving(b, f, func(int) {})
}

// BenchmarkLayersPan1080 pans the view by 24 pixels in every frame, BenchmarkLayersZoom1080
// changes its scale; everything moves besides.
func BenchmarkLayersPan1080(b *testing.B) {
	v := coast(1920, 1080)
	layersMoved(b, "map-layers-pan", "all layers, 150 areas and 2,000 vessels among them, in a view that is panned by 24 pixels every frame",
		func(i int) geo.View { return v.Pan(float64(i%40*24), float64(i%40*6)) })
}

func BenchmarkLayersZoom1080(b *testing.B) {
	v := coast(1920, 1080)
	layersMoved(b, "map-layers-zoom", "all layers, 150 areas and 2,000 vessels among them, in a view that zooms every frame",
		func(i int) geo.View { return v.ZoomAt(700, 300, 1+float64(i%50+1)/50) })
}

func layersMoved(b *testing.B, name, words string, view func(int) geo.View) {
	f := layered(coast(1920, 1080))
	rnd := rand.New(rand.NewPCG(3, 4))
	measure(b, name, words, renderer(b, draw.Dark(), draw.Desk()), f, func(i int) {
		f.View = view(i)
		for k := range f.Vessels {
			moved(&f.Vessels[k].At, rnd)
		}
	})
}

func BenchmarkClusters20000(b *testing.B) {
	f := &draw.Frame{View: coast(1920, 1080), Vessels: vessels(20000), Gather: draw.Gather{Vessels: true}}
	for i := range f.Vessels {
		f.Vessels[i].Importance = 0
	}
	moving(b, f, func(int) {})
}

// BenchmarkSpan draws the middle of five screens side by side with all layers and the
// same place on a screen of its own, by turns: one after the other meets the same
// machine. There are two of each, made in the order one, other, other, one, and each
// begins a turn as often: where their memory lies, and what another left in the
// caches, counts by some hundredths.
func BenchmarkSpan(b *testing.B) {
	crop := span()
	s := crop.Screens[2]
	whole := crop.View
	crop.View = whole.CropTo(s)
	alone := span()
	alone.View = geo.View{Center: whole.Point(float64(s.Min.X+s.Max.X)/2, float64(s.Min.Y+s.Max.Y)/2), World: whole.World, Width: s.Dx(), Height: s.Dy()}
	alone.Screens = nil
	type side struct {
		frame draw.Frame
		r     *draw.Renderer
		rnd   *rand.Rand
		times *[]time.Duration
	}
	var times [2][]time.Duration
	var sides []*side
	dst := picture(crop.View)
	for _, kind := range []int{0, 1, 1, 0} {
		x := &side{frame: *[]*draw.Frame{crop, alone}[kind], times: &times[kind]}
		x.frame.Vessels = slices.Clone(x.frame.Vessels)
		x.r, x.rnd = renderer(b, draw.Dark(), draw.Desk()), rand.New(rand.NewPCG(3, 4))
		warm(b, x.r, dst, &x.frame)
		sides = append(sides, x)
	}
	for n := 0; b.Loop() || n < 40; n++ {
		for k := range sides {
			x := sides[(n+k)%len(sides)]
			for i := range x.frame.Vessels {
				moved(&x.frame.Vessels[i].At, x.rnd)
			}
			at := cpu(b)
			if _, err := x.r.Draw(dst, &x.frame); err != nil {
				b.Fatal(err)
			}
			*x.times = append(*x.times, cpu(b)-at)
		}
	}
	median := func(kind int) float64 {
		slices.Sort(times[kind])
		return float64(times[kind][len(times[kind])/2]) / 1e6
	}
	ours, peer := median(0), median(1)
	fmt.Printf("\nRATIO map-span-vs-alone %.2f (ours %.2f ms CPU a frame of the middle one of five screens that a map spans, peer %.2f ms of the same place alone; all layers, 2,000 vessels that gather; least %.2f and %.2f; medians of %d)\n",
		ours/peer, ours, peer, float64(times[0][0])/1e6, float64(times[1][0])/1e6, len(times[0]))
	b.ReportMetric(ours/peer, "ratio")
}

// span is a map over five screens with bezels.
func span() *draw.Frame {
	const w, h, bezel = 1920, 1080, 40
	f := layered(geo.FitView(geo.Bounds{Min: geo.Pt(106.5, 15.2), Max: geo.Pt(110.5, 15.9)}, 5*w+4*bezel, h, 0))
	for i := range 5 {
		f.Screens = append(f.Screens, image.Rect(0, 0, w, h).Add(image.Pt(i*(w+bezel), 0)))
	}
	return f
}
