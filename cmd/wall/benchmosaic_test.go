//go:build xvfb

package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/image/draw"

	"iocwall/server/wire"
)

// largeWall has 27 screens and twelve computers, and shows next to nothing.
const largeWall = `
wall: {id: main, name: Tường đo, columns: 9, rows: 3, nodes: [2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 2]}
scenes:
  - id: dong-ho
    name: Đồng hồ
    tiles: [{id: clock, kind: clock, at: "1-11"}]
`

// mosaicSpan is for how long a console is measured with and without computers.
const mosaicSpan = 20 * time.Second

// BenchmarkConsoleMosaic measures what it costs a console to show what twelve
// computers read back from 27 screens, each at least once a second, beside what the
// same page costs while no computer is there; and its memory. The computers are
// played: they are let in by codes, have the feed, wait for what the server asks and
// send pictures of a living wall by its doors.
func BenchmarkConsoleMosaic(b *testing.B) {
	s := newSite(b, nil, largeWall)
	mai, technician := s.token("operator", "Mai"), s.token("technician", "Bảo")
	s.serve()
	d := newDisplay(b, 1920, 1080)
	wall := s.wall(d, mai, "mosaic", "--width", "1920", "--height", "1080", "--markers")
	both := []*program{wall, s.server}
	eventually(b, stateGuard, "the first page is there", both, func() string { return d.shows("clock") })
	time.Sleep(10 * time.Second)
	area := image.Rect(340, 60, 1900, 360)
	for b.Loop() {
		alone := coreShare(wall, mosaicSpan)
		computers := newPlayed(b, s, technician)
		eventually(b, stateGuard, "the page shows the screens of the computers", both, func() string {
			return complain(chroma(d.grab(area)) < 0.03, fmt.Sprintf("%d pictures were sent", computers.sent.Load()))
		})
		was := d.grab(area)
		eventually(b, stateGuard, "and they move", both, func() string { return complain(same(d.grab(area), was) > 0.9, "they stand still") })
		time.Sleep(5 * time.Second)
		sent := computers.sent.Load()
		with := coreShare(wall, mosaicSpan)
		rate := float64(computers.sent.Load()-sent) / mosaicSpan.Seconds()
		memory := family(wall.cmd.Process.Pid).memory
		computers.stop()
		if rate < 20 {
			b.Errorf("only %.1f pictures a second of 27 screens were sent", rate)
		}
		b.ReportMetric(100*(with-alone), "%-of-a-core")
		fmt.Printf("\nRATIO console-mosaic-limit %.2f (ours %.1f %% of a core for %.1f pictures a second of 27 screens, with them %.1f %%, without %.1f %%, limit 30 %%; load %s)\n",
			(with-alone)/0.30, 100*(with-alone), rate, 100*with, 100*alone, load())
		fmt.Printf("RATIO console-mosaic-memory %.2f (ours %.0f MiB, limit 400 MiB)\n", memory/400, memory)
	}
}

// coreShare is the share of a core that a program takes.
func coreShare(p *program, span time.Duration) float64 {
	before, began := family(p.cmd.Process.Pid).cpu, time.Now()
	time.Sleep(span)
	return (family(p.cmd.Process.Pid).cpu - before).Seconds() / time.Since(began).Seconds()
}

// played are the computers of the wall as a test plays them.
type played struct {
	s    *site
	sent atomic.Int64
	// shown are what a screen shows at some moments, by width.
	shown func(width int) [][]byte
	stop  func()
}

// newPlayed lets the computers in and starts them; stop ends them.
func newPlayed(tb testing.TB, s *site, technician token) *played {
	tb.Helper()
	p := &played{s: s, shown: pictures(tb)}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	screens := map[string][]int{}
	for id := 1; id <= 27; id++ {
		pc := fmt.Sprintf("pc-%02d", nodeOf(id))
		screens[pc] = append(screens[pc], id)
	}
	for name, own := range screens {
		t := p.enrol(tb, technician, name)
		c, err := wire.NewClient(wire.ClientOptions{URL: "ws://" + s.addr + "/feed", Token: func() (string, error) { return t.raw, nil }, Name: name})
		if err != nil {
			tb.Fatal(err)
		}
		var asked atomic.Pointer[wanted]
		wg.Go(func() { _ = c.Run(ctx) })
		wg.Go(func() {
			for ctx.Err() == nil {
				_, _ = c.Next(ctx) // nobody looks at it
			}
		})
		wg.Go(func() { p.listen(ctx, t, &asked) })
		for _, id := range own {
			wg.Go(func() { p.send(ctx, t, id, &asked) })
		}
	}
	p.stop = sync.OnceFunc(func() { cancel(); wg.Wait() })
	tb.Cleanup(p.stop)
	return p
}

// nodeOf is the computer of a screen, as largeWall has them.
func nodeOf(screen int) int {
	for node, n := range []int{2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 2} {
		if screen -= n; screen <= 0 {
			return node + 1
		}
	}
	return 0
}

// wanted is what the server asks a computer for, over and over.
type wanted struct {
	Every int64 `json:"every_ms"`
	Width int   `json:"width"`
}

// enrol lets a computer in, as its technician and the computer do.
func (p *played) enrol(tb testing.TB, technician token, name string) token {
	tb.Helper()
	var made, in struct{ Code, Token string }
	status, text := p.s.api(http.MethodPost, "/api/nodes/codes", technician, map[string]string{"node": name})
	if err := json.Unmarshal([]byte(text), &made); err != nil || status != http.StatusOK {
		tb.Fatalf("code: %d %s", status, text)
	}
	status, text = p.s.api(http.MethodPost, "/api/nodes/enrol", token{}, map[string]string{"node": name, "code": made.Code})
	if err := json.Unmarshal([]byte(text), &in); err != nil || status != http.StatusOK || in.Token == "" {
		tb.Fatalf("enrol: %d", status)
	}
	return token{raw: in.Token}
}

// do asks the server in a computer's name.
func (p *played) do(ctx context.Context, t token, method, path string, body []byte) (*http.Response, error) {
	q, err := http.NewRequestWithContext(ctx, method, "http://"+p.s.addr+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	q.Header.Set("Authorization", "Bearer "+t.raw)
	q.Header.Set("X-Taken", strconv.FormatInt(time.Now().UnixMilli(), 10))
	q.Header.Set("X-Generation", "0")
	return http.DefaultClient.Do(q)
}

// listen hears what the server asks a computer for until ctx ends.
func (p *played) listen(ctx context.Context, t token, asked *atomic.Pointer[wanted]) {
	serial := uint64(0)
	for ctx.Err() == nil {
		var a struct {
			Serial uint64
			Stream *wanted
		}
		resp, err := p.do(ctx, t, http.MethodGet, fmt.Sprintf("/api/nodes/asks?since=%d", serial), nil)
		if err == nil {
			err = json.NewDecoder(resp.Body).Decode(&a)
			resp.Body.Close()
		}
		if err != nil {
			time.Sleep(100 * time.Millisecond)
			continue
		}
		serial = a.Serial
		asked.Store(a.Stream)
	}
}

// send sends what a screen shows as often as it is asked for, at most once a second.
func (p *played) send(ctx context.Context, t token, screen int, asked *atomic.Pointer[wanted]) {
	time.Sleep(time.Duration(screen) * 37 * time.Millisecond) // computers are not in step
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for n := screen; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		a := asked.Load()
		if a == nil {
			continue
		}
		all := p.shown(a.Width)
		resp, err := p.do(ctx, t, http.MethodPut, fmt.Sprintf("/api/nodes/pictures/%d", screen), all[n%len(all)])
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusNoContent {
				p.sent.Add(1)
			}
		}
	}
}

// pictures returns what makes JPEGs of what a screen shows at some moments, of a width:
// parts of the picture of a living wall.
func pictures(tb testing.TB) func(width int) [][]byte {
	tb.Helper()
	file, err := os.Open(filepath.Join("..", "..", "assets", "pictures", "wall.png"))
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	wall, err := png.Decode(file)
	if err != nil {
		tb.Fatal(err)
	}
	const moments = 8
	one := image.Pt(640, 360)
	room := wall.Bounds().Size().Sub(one)
	var mu sync.Mutex
	made := map[int][][]byte{}
	return func(width int) [][]byte {
		mu.Lock()
		defer mu.Unlock()
		if made[width] != nil {
			return made[width]
		}
		for i := range moments {
			at := image.Pt(room.X*i/moments, room.Y*(i%2)/16)
			small := image.NewRGBA(image.Rect(0, 0, width, width*9/16))
			draw.ApproxBiLinear.Scale(small, small.Rect, wall, image.Rectangle{Max: one}.Add(at).Add(wall.Bounds().Min), draw.Src, nil)
			var out bytes.Buffer
			if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: 75}); err != nil {
				tb.Error(err)
			}
			made[width] = append(made[width], out.Bytes())
		}
		return made[width]
	}
}
