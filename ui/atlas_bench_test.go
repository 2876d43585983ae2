package ui

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"image"
	"io"
	"slices"
	"syscall"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"iocwall/assets"
	"iocwall/server/world"
)

// cpu is what this process has used of the cores, user and system.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// laden is the map in hand with all that the demonstration puts on it: 300
// vessels, 40 stations, its communes in colours and its layers of features.
func laden(b *testing.B) (*bench, *mosaic) {
	b.Helper()
	files, err := assets.DemoFiles()
	if err != nil {
		b.Fatal(err)
	}
	_, bodies := indicator(b)
	layers := "vessels,stations,reports,cameras,alerts,fences,drawings,areas"
	for _, id := range []string{"benh-vien", "truong-hoc", "du-lich", "tuyen-khai-thac"} {
		data := files[id+".geojson"]
		if data == nil {
			b.Fatalf("the demonstration has no layer %s", id)
		}
		bodies = append(bodies, world.LayerSaved{Saved: world.Saved{ID: id, Name: id, Version: 1}, SHA256: fmt.Sprintf("%x", sha256.Sum256(data)), Bytes: int64(len(data)), Features: 1})
		layers += "," + id
	}
	o := Options{Mode: Mosaic, Lang: "vi", Theme: "dark", Width: 1920, Height: 1080}
	o.Maps.Features = func(_ context.Context, id, _ string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(files[id+".geojson"])), nil
	}
	x := newBench(b, o)
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- x.ui.maps.Run(ctx) }()
	b.Cleanup(func() { cancel(); <-done })
	x.tick(0)
	m := x.mosaic()
	m.win.Resize(fyne.NewSize(1920, 1080))
	x.give(snapshot(province(9, 3)))
	for _, body := range append(chartBodies(), bodies...) {
		x.give(x.event(body))
	}
	m.open("page", "map")
	m.atlas().Open([]world.Param{{Key: "areas", Value: "paht-xa"}, {Key: "bounds", Value: "107.6,15.2,109.4,16.2"}, {Key: "layers", Value: layers}})
	x.drawn(m)
	for range 5 { // the layers come
		time.Sleep(50 * time.Millisecond)
		x.again(m)
	}
	return x, m
}

// BenchmarkAtlasPan pulls the map in hand and waits for the true picture: from the
// mouse's move to what the window is given. The picture moved along is there in
// the same tick, long before.
func BenchmarkAtlasPan(b *testing.B) {
	x, m := laden(b)
	h := m.atlas().Hand()
	at := image.Pt(800, 500)
	pull := func(by image.Point) {
		e := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
		e.Position = fyne.NewPos(float32(at.X), float32(at.Y))
		h.(desktop.Mouseable).MouseDown(e)
		to := at.Add(by)
		h.(fyne.Draggable).Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(float32(to.X), float32(to.Y))}})
		h.(fyne.Draggable).DragEnd()
	}
	var moved, whole []float64
	ways := []image.Point{{24, 8}, {-24, -8}, {40, -16}, {-40, 16}}
	n := 0
	began := cpu()
	for b.Loop() {
		start := time.Now()
		pull(ways[n%len(ways)])
		x.tick(0)
		moved = append(moved, time.Since(start).Seconds()*1000)
		for {
			if v, _ := m.atlas().Shown(); v == m.atlas().View() {
				break
			}
			time.Sleep(200 * time.Microsecond)
			x.tick(0)
		}
		whole = append(whole, time.Since(start).Seconds()*1000)
		n++
	}
	used := (cpu() - began).Seconds() * 1000 / float64(n)
	mid := func(v []float64) float64 {
		slices.Sort(v)
		return v[len(v)/2]
	}
	fmt.Printf("MEASURED atlas-pan %.4g ms (mouse to true picture at 1920×1080 with the demonstration's layers, median of %d; 95th percentile %.4g ms; CPU %.4g ms; first handled after %.4g ms)\n",
		mid(whole), n, whole[len(whole)*95/100], used, mid(moved))
}
