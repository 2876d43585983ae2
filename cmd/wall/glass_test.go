package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"iocwall/server/world"
	"iocwall/ui"
	"iocwall/ui/screens"
)

// window asks a node for pictures and takes them in.
type window struct {
	asks chan string
	mu   sync.Mutex
	got  []received
	news chan struct{}
}

type received struct {
	path, query, kind, taken, generation string
	body                                 []byte
}

func (w *window) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer secret" {
		rw.WriteHeader(http.StatusUnauthorized)
		return
	}
	if r.Method == http.MethodGet {
		select {
		case text := <-w.asks:
			_, _ = io.WriteString(rw, text)
		case <-r.Context().Done():
		}
		return
	}
	body, _ := io.ReadAll(r.Body)
	h := r.Header
	w.mu.Lock()
	w.got = append(w.got, received{r.URL.Path, r.URL.RawQuery, h.Get("Content-Type"), h.Get("X-Taken"), h.Get("X-Generation"), body})
	w.mu.Unlock()
	rw.WriteHeader(http.StatusNoContent)
	w.news <- struct{}{}
}

// wait returns what came, at least n.
func (w *window) wait(t *testing.T, n int) []received {
	t.Helper()
	for {
		w.mu.Lock()
		got := append([]received(nil), w.got...)
		w.mu.Unlock()
		if len(got) >= n {
			return got
		}
		select {
		case <-w.news:
		case <-time.After(time.Minute):
			t.Fatalf("%d pictures came, want %d", len(got), n)
		}
	}
}

func TestGlassSendsWhatIsAsked(t *testing.T) {
	win := &window{asks: make(chan string), news: make(chan struct{}, 1000)}
	srv := httptest.NewServer(win)
	defer srv.Close()
	c := &connection{Server: "ws" + strings.TrimPrefix(srv.URL, "http") + "/feed"}
	h := newHome(t)
	if err := h.keepIdentity(identity{Node: "pc-03"}, "secret"); err != nil {
		t.Fatal(err)
	}
	c.TokenFile = h.path("token")
	d, err := c.door()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	red := color.RGBA{R: 255, A: 255}
	g := &glass{
		door: d, log: quiet(),
		monitors: func() ([]screens.Monitor, error) {
			return []screens.Monitor{{Name: "DP-1", W: 64, H: 36}, {Name: "DP-2", X: 64, W: 64, H: 36}}, nil
		},
		assigned: func(context.Context) (ui.Assigned, error) {
			return ui.Assigned{Wall: "main", Generation: 5, Screens: map[string]int{"DP-1": 14, "DP-2": 15}}, nil
		},
		now: func() world.Time { return 1234 },
		grab: func(r image.Rectangle, width int) (*image.RGBA, error) {
			if r.Min.X != 64 && r.Min.X != 0 {
				return nil, errors.New("elsewhere")
			}
			size := r.Size()
			if width > 0 {
				size = image.Pt(width, width*size.Y/size.X)
			}
			img := image.NewRGBA(image.Rectangle{Max: size})
			for i := range size.X * size.Y {
				img.SetRGBA(i%size.X, i/size.X, red)
			}
			return img, nil
		},
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { _ = g.Run(ctx) })

	// Single pictures; what is told again is not sent again.
	once := `{"serial":%d,"once":[{"id":"a1","wall":"main","screen":15,"width":0},{"id":"a2","wall":"main","screen":14,"width":32},{"id":"a3","wall":"main","screen":99,"width":0}]}`
	win.asks <- fmt.Sprintf(once, 7)
	got := win.wait(t, 3)
	win.asks <- fmt.Sprintf(once, 8)
	full, err := png.Decode(bytes.NewReader(got[0].body))
	if err != nil || full.Bounds().Dx() != 64 || color.RGBAModel.Convert(full.At(3, 3)) != red {
		t.Errorf("the full picture: %v", err)
	}
	if r := got[0]; r.path != "/api/nodes/pictures/15" || r.query != "ask=a1&wall=main" || r.kind != "image/png" || r.taken != "1234" || r.generation != "5" {
		t.Errorf("told of it: %+v", r)
	}
	small, err := jpeg.Decode(bytes.NewReader(got[1].body))
	if err != nil || small.Bounds().Dx() != 32 || got[1].path != "/api/nodes/pictures/14" || got[1].kind != "image/jpeg" {
		t.Errorf("the small picture: %v, %s %s", err, got[1].path, got[1].kind)
	}
	if r := got[2]; !strings.HasPrefix(r.kind, "text/plain") || !strings.Contains(string(r.body), "no monitor") {
		t.Errorf("a screen of nobody: %+v %s", r, r.body)
	}

	// A stream sends all screens until it ends.
	win.asks <- `{"serial":9,"stream":{"every_ms":1,"width":16,"until":9999},"once":[]}`
	got = win.wait(t, 7)
	seen := map[string]int{}
	for _, r := range got[3:] {
		seen[r.path]++
		if r.query != "wall=main" || r.kind != "image/jpeg" {
			t.Errorf("of the stream: %+v", r)
		}
	}
	if seen["/api/nodes/pictures/14"] < 2 || seen["/api/nodes/pictures/15"] < 2 {
		t.Errorf("of the stream: %v", seen)
	}
	win.asks <- `{"serial":10,"once":[]}`
	win.asks <- `{"serial":11,"once":[]}` // the one before was heard
	if g.wanted() != nil {
		t.Error("the stream goes on")
	}
	cancel()
	wg.Wait()
}

func TestGlassEndsAStreamByItself(t *testing.T) {
	now := world.Time(5)
	g := &glass{now: func() world.Time { return now }, stream: &stream{Every: 1, Until: 7}}
	if g.wanted() == nil {
		t.Error("the stream is not wanted")
	}
	if now = 8; g.wanted() != nil {
		t.Error("the stream outlives its time")
	}
}
