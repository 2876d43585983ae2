//go:build xvfb

package main_test

import (
	"context"
	"fmt"
	"image"
	"net/http"
	"os/exec"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"iocwall/ui/look"
)

// quietWall is a wall that shows next to nothing, so that what a console does beside
// painting is measured.
const quietWall = `
wall: {id: main, name: Tường đo, columns: 1, rows: 1, nodes: [1]}
scenes:
  - id: dong-ho
    name: Đồng hồ
    tiles: [{id: clock, kind: clock, at: "1"}]
`

// BenchmarkConsoleStart measures from the start of the program to the first page with
// data, at a server that runs: the wall's tiles and the frame around them.
func BenchmarkConsoleStart(b *testing.B) {
	s := newSite(b, nil, quietWall)
	mai := s.token("operator", "Mai")
	s.serve()
	ships(b, s, 2000, 0)
	d := newDisplay(b, 1920, 1080)
	for b.Loop() {
		var took []time.Duration
		for range 7 {
			wall := s.wall(d, mai, "mosaic", "--width", "1920", "--height", "1080", "--markers")
			took = append(took, eventually(b, stateGuard, "the first page is there", []*program{wall}, func() string { return d.shows("clock") }))
			wall.end()
		}
		p50 := quantile(took, 0.5)
		b.ReportMetric(ms(p50), "p50-ms")
		ratio("console-start", p50, 2*time.Second, fmt.Sprintf("program start to the first page with data; median of 7, worst %.0f ms; load %s", ms(slices.Max(took)), load()))
	}
}

// ships sends positions of so many vessels, the first half of them of one owner each;
// it returns when the server has them.
func ships(tb testing.TB, s *site, n, round int) {
	tb.Helper()
	provider := s.token("provider", "Tàu")
	for from := 0; from < n; from += 1000 {
		sendShips(tb, s, provider, from, min(from+1000, n), round)
	}
}

func sendShips(tb testing.TB, s *site, provider token, from, to, round int) {
	tb.Helper()
	type observation struct {
		Time int64          `json:"time"`
		Kind string         `json:"kind"`
		Body map[string]any `json:"body"`
	}
	all := make([]observation, 0, to-from)
	for i := from; i < to; i++ {
		all = append(all, observation{time.Now().UnixMilli(), "vessel.position", map[string]any{
			"mmsi": strconv.Itoa(574_000_000 + i), "pos": []float64{107.5 + float64(i%200)*0.01 + float64(round%50)*1e-4, 14.5 + float64(i/200)*0.01},
			"speed": 7.5, "course": float64(i % 360), "heading": float64(i % 360),
		}})
	}
	if status, body := s.api("POST", "/api/observations", provider, all); status != http.StatusOK {
		tb.Fatalf("positions were not taken: %d %s", status, body)
	}
}

// moveShips moves the next 200 of 20,000 vessels.
func moveShips(tb testing.TB, s *site, provider token, i int) {
	tb.Helper()
	sendShips(tb, s, provider, i%100*200, i%100*200+200, i)
}

// BenchmarkConsoleUpdates measures what a console costs while 20,000 vessels are known
// and 2,000 of them move every second, in ten batches or more, beside what it costs
// while nothing moves; and its memory.
func BenchmarkConsoleUpdates(b *testing.B) {
	s := newSite(b, nil, quietWall)
	mai := s.token("operator", "Mai")
	s.serve()
	ships(b, s, 20_000, 0)
	provider := s.token("provider", "Tàu")
	d := newDisplay(b, 1920, 1080)
	wall := s.wall(d, mai, "mosaic", "--width", "1920", "--height", "1080", "--markers")
	eventually(b, stateGuard, "the first page is there", []*program{wall}, func() string { return d.shows("clock") })
	time.Sleep(10 * time.Second)
	for b.Loop() {
		const span = 20 * time.Second
		cost := func(round func(i int)) float64 {
			before, began := family(wall.cmd.Process.Pid), time.Now()
			ticker := time.NewTicker(100 * time.Millisecond)
			defer ticker.Stop()
			for i := 0; time.Since(began) < span; i++ {
				<-ticker.C
				round(i)
			}
			return (family(wall.cmd.Process.Pid).cpu - before.cpu).Seconds() / time.Since(began).Seconds()
		}
		still := cost(func(int) {})
		moving := cost(func(i int) { moveShips(b, s, provider, i) })
		memory := family(wall.cmd.Process.Pid).memory
		b.ReportMetric(100*(moving-still), "%-of-a-core")
		fmt.Printf("\nMEASURED console-updates %.1f %% of a core (20,000 vessels, 2,000 of them move each second in 10 batches; still %.1f %%, moving %.1f %%; load %s)\n", 100*(moving-still), 100*still, 100*moving, load())
		fmt.Printf("RATIO console-updates-limit %.2f (ours %.1f %% of a core beyond a still page, peer 30 %%)\n", (moving-still)/0.30, 100*(moving-still))
		fmt.Printf("RATIO console-memory-limit %.2f (ours %.0f MiB with 20,000 vessels, peer 400 MiB)\n", memory/400, memory)
	}
}

// BenchmarkConsoleTyping measures from a key to its letter in the pixels of the search
// field, while the demonstration lives behind it.
func BenchmarkConsoleTyping(b *testing.B) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		b.Skip("the demonstration's cameras need the program ffmpeg")
	}
	x := startDemo(b)
	h := newHand(b, x.d)
	h.take()
	field := openField(b, h, x.both, func() { h.strike('k', keyControl) })
	typing(b, h, echoOf(b, h, field), [2]rune{'m', keyBackSpace}, "console-typing", "in the search over everything of the living demonstration")
	memory := family(x.wall.cmd.Process.Pid).memory
	fmt.Printf("RATIO console-demo-memory %.2f (ours %.0f MiB with the demonstration's cameras and maps, peer 400 MiB)\n", memory/400, memory)
}

// BenchmarkConsoleFilter measures the same in the search of the list of 20,000 vessels,
// while 2,000 of them move each second.
func BenchmarkConsoleFilter(b *testing.B) {
	s := newSite(b, nil, quietWall)
	mai := s.token("operator", "Mai")
	s.serve()
	ships(b, s, 20_000, 0)
	provider := s.token("provider", "Tàu")
	d := newDisplay(b, 1920, 1080)
	wall := s.wall(d, mai, "open", "iocwall://page/records", "--width", "1920", "--height", "1080", "--markers")
	h := newHand(b, d)
	eventually(b, stateGuard, "the lists are there", []*program{wall}, func() string {
		return complain(near(h.screen(), look.Dark().S1) < 0.1, "nothing of them is on the screen")
	})
	time.Sleep(3 * time.Second)
	h.take()
	for range 2 { // from alerts over cameras to vessels
		h.strike(keyRight)
	}
	time.Sleep(time.Second)
	ctx, cancel := context.WithCancel(b.Context())
	moved := make(chan struct{})
	go func() {
		defer close(moved)
		ticker := time.NewTicker(100 * time.Millisecond)
		defer ticker.Stop()
		for i := 0; ctx.Err() == nil; i++ {
			<-ticker.C
			moveShips(b, s, provider, i)
		}
	}()
	defer func() { cancel(); <-moved }()
	field := openField(b, h, []*program{wall}, func() { h.strike('/') })
	for _, r := range "57" { // all numbers begin with 574: the rows reach the window's edge
		h.strike(r)
	}
	const settled = 2 * time.Second
	time.Sleep(settled)
	was := h.grab(field)
	h.strike('4')
	time.Sleep(settled)
	last := inked(was, h.grab(field))
	if last.Dx() < 4 {
		b.Fatalf("a letter changes only %v of %v", last, field)
	}
	const where = "in the search of a list of 20,000 vessels, 2,000 of which move each second"
	typing(b, h, image.Rect(last.Min.X+2, last.Min.Y, last.Min.X+6, last.Max.Y), [2]rune{keyBackSpace, '4'}, "console-full-list-typing", where+"; rows to the window's edge")
	for range 3 {
		h.strike(keyBackSpace)
	}
	time.Sleep(settled)
	typing(b, h, echoOf(b, h, field), [2]rune{'m', keyBackSpace}, "console-filter-typing", where+"; nothing matches")
}

// echoOf types into an empty field and returns where the next letter comes.
func echoOf(tb testing.TB, h *hand, field image.Rectangle) image.Rectangle {
	tb.Helper()
	return findEcho(tb, h, field, func() { h.strike('m') }).strip(6)
}

// typing measures from a key to what it changes in a strip of a field, two keys by turns
// of which one takes back what the other does, as name-p50.
func typing(b *testing.B, h *hand, strip image.Rectangle, keys [2]rune, name, where string) {
	b.Helper()
	press := func(key rune) {
		code, _ := h.key(key)
		h.fake(xproto.KeyPress, code)
		h.fake(xproto.KeyRelease, code)
	}
	var took []time.Duration
	for i := range 24 {
		was := h.grab(strip)
		began := time.Now()
		press(keys[i%2])
		for slices.Equal(h.grab(strip).Pix, was.Pix) {
			if time.Since(began) > 5*time.Second {
				b.Fatalf("key %d was not seen at %v within 5 s", i+1, strip)
			}
			time.Sleep(500 * time.Microsecond)
		}
		took = append(took, time.Since(began))
		time.Sleep(250 * time.Millisecond)
	}
	p50, p95 := quantile(took, 0.5), quantile(took, 0.95)
	b.ReportMetric(ms(p50), name+"-p50-ms")
	ratio(name+"-p50", p50, 50*time.Millisecond, fmt.Sprintf("key to letter %s; of %d, p95 %.0f ms", where, len(took), ms(p95)))
}

// openField opens a field and returns where its text goes: within the ring of what has
// the keyboard.
func openField(tb testing.TB, h *hand, must []*program, open func()) (field image.Rectangle) {
	tb.Helper()
	top := image.Rect(0, 56, h.bounds.Dx(), h.bounds.Dy()/3) // without the bar
	was, focus := h.grab(top), look.Dark().Focus
	open()
	eventually(tb, stateGuard, "the field is open", must, func() string {
		is, ring := h.grab(top), image.Rectangle{}
		for y := top.Min.Y; y < top.Max.Y && (ring.Empty() || y < ring.Min.Y+54); y++ { // below it is the mark of what is chosen
			for x := top.Min.X; x < top.Max.X; x++ {
				if like(is.RGBAAt(x, y), focus) && !like(was.RGBAAt(x, y), focus) {
					ring = ring.Union(image.Rect(x, y, x+1, y+1))
				}
			}
		}
		field = ring.Inset(6)
		return complain(field.Dx() < 200 || field.Dy() < 16 || field.Dy() > 60, fmt.Sprintf("the ring around it is %v", ring))
	})
	field.Max.X -= 100 // the buttons in it
	return field
}

// echo is where letters come in a field.
type echo struct {
	first   image.Rectangle // of the first letter
	advance int
}

// strip is inside the letter with that number, 0 for the first: where no caret blinks.
func (e echo) strip(n int) image.Rectangle {
	r := e.first.Add(image.Pt(n*e.advance, 0))
	return image.Rect(r.Min.X+e.advance/3, r.Min.Y, r.Min.X+2*e.advance/3, r.Max.Y)
}

// findEcho types a letter, which takes the hint away, and six more, and finds where
// these came in the field: beside each other.
func findEcho(tb testing.TB, h *hand, field image.Rectangle, letter func()) echo {
	tb.Helper()
	const settled = 700 * time.Millisecond
	letter()
	time.Sleep(3 * settled)
	var ends []int
	for i := range 6 {
		was := h.grab(field)
		letter()
		var r image.Rectangle
		for began := time.Now(); r.Dx() < 4; r = inked(was, h.grab(field)) { // the caret is thinner than a letter
			if time.Since(began) > 5*time.Second {
				tb.Fatalf("letter %d changes only %v of %v", i+2, r, field)
			}
			time.Sleep(settled / 4)
		}
		time.Sleep(settled)
		ends = append(ends, inked(was, h.grab(field)).Max.X)
	}
	out := echo{advance: (ends[5] - ends[2]) / 3}
	if out.advance < 6 || out.advance > 40 {
		tb.Fatalf("letters are %d pixels wide: they end at %v", out.advance, ends)
	}
	start := ends[5] - 6*out.advance
	out.first = image.Rect(start, field.Min.Y, start+out.advance, field.Max.Y)
	return out
}

// inked is where two pictures of a place differ.
func inked(was, is *image.RGBA) (r image.Rectangle) {
	for y := is.Rect.Min.Y; y < is.Rect.Max.Y; y++ {
		for x := is.Rect.Min.X; x < is.Rect.Max.X; x++ {
			if !like(was.RGBAAt(x, y), is.RGBAAt(x, y)) {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return r
}
