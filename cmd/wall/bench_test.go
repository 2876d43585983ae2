//go:build xvfb

package main_test

import (
	"fmt"
	"image"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"iocwall/media/mediatest"
)

// One camera on a monitor that is just as much higher than its picture as the
// tile's bar needs: the picture is shown pixel for pixel.
const oneTile = `
wall: {id: main, name: Tường đo, columns: 1, rows: 1, px_w: 648, px_h: 400, panel_w: 1217.6, panel_h: 751.6, seat: 5000, nodes: [1]}
scenes:
  - id: mot-o
    name: Một ô
    tiles:
      - {id: tile, kind: camera, at: "1", params: {camera: cam-1}}
`

// BenchmarkCameraToScreen measures the time from a camera's sending of a frame to
// the frame's counter in the pixels of the X server: camera, relay, player,
// decoder, tile, window. 640×360, H.264, 25 frames a second, one tile.
func BenchmarkCameraToScreen(b *testing.B) {
	cam := newCamera(b, "cam-1", mediatest.Options{ClipOptions: mediatest.ClipOptions{Scene: mediatest.Street, FPS: 25}})
	s := newSite(b, []*camera{cam}, oneTile)
	node := s.token("node", "pc-01")
	s.serve()
	d := newDisplay(b, 648, 400)
	wall := s.wall(d, node, "node", "--name", "pc-01")
	v := &view{d: d, cam: cam}
	eventually(b, stateGuard, "the camera is on the screen", []*program{wall}, v.live)
	time.Sleep(5 * time.Second) // the first seconds catch up with the relay's kept pictures
	eventually(b, stateGuard, "the camera is still on the screen", []*program{wall}, v.live)
	for b.Loop() {
		var rounds [][]time.Duration
		for range 5 {
			rounds = append(rounds, delays(b, d, cam, v.cells, 4*time.Second))
		}
		// The quietest round: other programs of the computer only add to a delay.
		best := slices.MinFunc(rounds, func(x, y []time.Duration) int { return int(quantile(x, 0.5) - quantile(y, 0.5)) })
		p50, p95 := quantile(best, 0.5), quantile(best, 0.95)
		b.ReportMetric(ms(p50), "p50-ms")
		b.ReportMetric(ms(p95), "p95-ms")
		fmt.Printf("\nMEASURED camera-to-screen-p50 %.1f ms (640×360, one tile; of 5 rounds of 4 s %s; load %s)\n", ms(p50), quantiles(rounds, 0.5), load())
		fmt.Printf("MEASURED camera-to-screen-p95 %.1f ms (640×360, one tile; of 5 rounds of 4 s %s)\n", ms(p95), quantiles(rounds, 0.95))
	}
}

// delays reads the counter's scan lines every millisecond or two and returns the
// delay of each frame when it was first seen.
func delays(tb testing.TB, d *display, cam *camera, cells image.Rectangle, span time.Duration) []time.Duration {
	tb.Helper()
	lines := scanLines(cells, cells.Min.X-12, cells.Max.X+12)
	var out []time.Duration
	last := -1
	for end := time.Now().Add(span); time.Now().Before(end); time.Sleep(time.Millisecond) {
		img := d.grab(lines)
		at := time.Now()
		n, ok := mediatest.ReadCounter(img)
		if !ok || n == last {
			continue
		}
		if sent, ok := cam.SentAt(n, at); ok && last >= 0 {
			out = append(out, at.Sub(sent))
		}
		last = n
	}
	if len(out) < int(span.Seconds())*15 {
		tb.Logf("only %d frames were seen in %v", len(out), span)
	}
	if len(out) == 0 {
		tb.Fatalf("no frame was seen in %v", span)
	}
	return out
}

// scanLines are two lines through the middle of a counter.
func scanLines(cells image.Rectangle, x0, x1 int) image.Rectangle {
	y := (cells.Min.Y + cells.Max.Y) / 2
	return image.Rect(x0, y, x1, y+2)
}

// nineTiles is a full-HD monitor with nine cameras, read from near: the bars of
// the tiles must leave the counters at the bottom of the pictures free.
const nineTiles = `
wall: {id: main, name: Tường đo, columns: 1, rows: 1, seat: 1500, nodes: [1]}
scenes:
  - id: chin-o
    name: Chín ô
    tiles:
`

// nineCameras starts nine cameras of 25 frames a second and returns them with the
// configuration of a monitor that shows them.
func nineCameras(b *testing.B) (cams []*camera, text string) {
	b.Helper()
	clip, err := mediatest.NewClip(b.Context(), mediatest.ClipOptions{Scene: mediatest.Street, FPS: 25, Counter: true})
	if err != nil {
		b.Skip(err)
	}
	text = nineTiles
	for i := range 9 {
		id := fmt.Sprintf("cam-%d", i+1)
		// 27 frames between the cameras, so that find tells them apart.
		cams = append(cams, newCamera(b, id, mediatest.Options{Clip: clip, Start: 27 * i}))
		text += fmt.Sprintf("      - {id: %s, kind: camera, at: \"1\", cell: \"3x3:%d\", params: {camera: %s}}\n", id, i+1, id)
	}
	return cams, text
}

// BenchmarkNineTiles counts the distinct frames that nine cameras of 25 frames a
// second show in one window of 1920×1080.
func BenchmarkNineTiles(b *testing.B) {
	cams, text := nineCameras(b)
	s := newSite(b, cams, text)
	node := s.token("node", "pc-01")
	s.serve()
	d := newDisplay(b, 1920, 1080)
	wall := s.wall(d, node, "node", "--name", "pc-01")
	var found []mediatest.Reading
	eventually(b, stateGuard, "nine cameras are on the screen", []*program{wall}, func() string {
		found = mediatest.FindCounters(d.screen())
		return complain(len(found) != 9, fmt.Sprintf("%d counters", len(found)))
	})
	time.Sleep(5 * time.Second)
	for b.Loop() {
		var rates []float64
		for range 5 {
			rates = append(rates, rate(b, d, found, 4*time.Second))
		}
		best := slices.Max(rates)
		b.ReportMetric(best, "tile-frames/s")
		fmt.Printf("\nMEASURED nine-tiles %.0f tile frames/s (9 cameras at 25 fps in 1920×1080, 225 sent; 5 rounds of 4 s %.0f; load %s)\n", best, rates, load())
	}
}

// rate returns how many frames a second all tiles together have shown.
func rate(tb testing.TB, d *display, found []mediatest.Reading, span time.Duration) float64 {
	tb.Helper()
	rows := map[int]image.Rectangle{} // tiles side by side are read at once
	for _, f := range found {
		l := scanLines(f.Bounds, 0, d.bounds.Max.X)
		rows[l.Min.Y/40] = l
	}
	if len(rows) != 3 {
		tb.Fatalf("the tiles do not lie in three rows: %v", rows)
	}
	last := map[image.Point]int{}
	frames := 0
	began := time.Now()
	for time.Since(began) < span {
		for y, row := range rows {
			for _, r := range mediatest.FindCounters(d.grab(row)) {
				tile := image.Pt(r.Bounds.Min.X/640, y)
				if n, ok := last[tile]; ok && n != r.N {
					frames++
				}
				last[tile] = r.N
			}
		}
		time.Sleep(4 * time.Millisecond)
	}
	return float64(frames) / time.Since(began).Seconds()
}

// quantile returns the value that a share of the values do not exceed.
func quantile(values []time.Duration, share float64) time.Duration {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[int(float64(len(sorted)-1)*share)]
}

func quantiles(rounds [][]time.Duration, share float64) string {
	var out []string
	for _, r := range rounds {
		out = append(out, fmt.Sprintf("%.1f", ms(quantile(r, share))))
	}
	return strings.Join(out, " ")
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// load returns the computer's load of the last minute.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	one, _, _ := strings.Cut(string(text), " ")
	return one
}
