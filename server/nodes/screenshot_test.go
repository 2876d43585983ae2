package nodes

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/image/draw"

	"iocwall/assets"
	"iocwall/server/world"
)

// serveScreens plays a computer of a wall until ctx ends: it answers each ask with
// the picture, of the size that is asked for, or with the text.
func (r *room) serveScreens(ctx context.Context, node string, full image.Image, text string) {
	since := uint64(0)
	for ctx.Err() == nil {
		q := httptest.NewRequestWithContext(ctx, "GET", "/asks?since="+strconv.FormatUint(since, 10), nil)
		q.Header.Set("Name", node)
		w := httptest.NewRecorder()
		r.mux.ServeHTTP(w, q)
		var asks Asks
		if err := json.Unmarshal(w.Body.Bytes(), &asks); err != nil {
			r.t.Errorf("%v in %s", err, w.Body)
			return
		}
		since = asks.Serial
		for _, a := range asks.Once {
			body, kind := []byte(text), "text/plain; charset=utf-8"
			if text == "" {
				kind = "image/png"
				body = asPNG(r.t, full)
				if a.Width != 0 {
					small := image.NewRGBA(image.Rect(0, 0, a.Width, a.Width*full.Bounds().Dy()/full.Bounds().Dx()))
					draw.ApproxBiLinear.Scale(small, small.Bounds(), full, full.Bounds(), draw.Src, nil)
					body, kind = asJPEG(r.t, small), "image/jpeg"
				}
			}
			w := r.request("PUT", fmt.Sprintf("/pictures/%d?ask=%s", a.Screen, a.ID), node, body,
				"Content-Type", kind, "X-Taken", stamp(-200*time.Millisecond), "X-Generation", "3")
			if w.Code != http.StatusNoContent {
				r.t.Errorf("%s: %d %s", node, w.Code, w.Body)
			}
		}
	}
}

func shotOf(t *testing.T, w *httptest.ResponseRecorder) *image.NRGBA {
	t.Helper()
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	img, err := png.Decode(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewNRGBA(img.Bounds())
	draw.Draw(out, out.Bounds(), img, image.Point{}, draw.Src)
	return out
}

// near demands the colour at a place, within what JPEG and scaling do to it.
func near(t *testing.T, img *image.NRGBA, x, y int, want color.RGBA) {
	t.Helper()
	c := img.NRGBAAt(x, y)
	for _, d := range []int{int(c.R) - int(want.R), int(c.G) - int(want.G), int(c.B) - int(want.B)} {
		if d > 12 || d < -12 {
			t.Errorf("at %d,%d there is %v instead of %v", x, y, c, want)
			return
		}
	}
}

func TestScreenshots(t *testing.T) {
	red, blue := color.RGBA{200, 0, 0, 255}, color.RGBA{0, 0, 200, 255}
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, append(twoScreens(), world.WallPrepared{Wall: "main", Generation: 2}, world.WallCommitted{Wall: "main", Generation: 2})...)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		// The wall changes before its computers answer.
		r.history.say(world.WallPrepared{Wall: "main", Generation: 3})
		time.AfterFunc(500*time.Millisecond, func() {
			r.history.say(world.WallCommitted{Wall: "main", Generation: 3})
			go r.serveScreens(ctx, "pc-01", plainImage(320, 180, red), "")
			go r.serveScreens(ctx, "pc-02", plainImage(320, 180, blue), "")
		})

		began := time.Now()
		w := r.request("GET", "/screenshot?wall=main&width=660", "", nil)
		img := shotOf(t, w)
		if took := time.Since(began); took > time.Second {
			t.Errorf("it took %v although all who are there answer", took)
		}
		h := w.Header()
		if h.Get("X-Missing") != "3, 4" || h.Get("X-Generation") != "3" || h.Get("X-Scale") != "2.000000" || h.Get("X-Wall") != "main" {
			t.Errorf("headers: %v", h)
		}
		if want := fmt.Sprintf("1;taken=%s;generation=3, 2;taken=%s;generation=3", stamp(-200*time.Millisecond), stamp(-200*time.Millisecond)); h.Get("X-Screens") != want {
			t.Errorf("screens %q instead of %q", h.Get("X-Screens"), want)
		}
		if img.Bounds().Dx() != 660 || img.Bounds().Dy() <= 380 {
			t.Errorf("the picture has %v", img.Bounds())
		}
		near(t, img, 10, 10, color.RGBA{0, 0, 0, 255}) // the mark in the corner of the first screen
		near(t, img, 160, 90, red)
		near(t, img, 330, 90, colourBack) // the bezel
		near(t, img, 500, 90, blue)
		near(t, img, 319, 178, red) // up to the edge
		near(t, img, 341, 178, blue)
		near(t, img, 10, 190, colourBack)

		// One screen comes pixel by pixel.
		w = r.request("GET", "/screenshot?screen=2", "", nil)
		img = shotOf(t, w)
		if img.Bounds() != image.Rect(0, 0, 320, 180) || w.Header().Get("X-Missing") != "" {
			t.Errorf("%v %v", img.Bounds(), w.Header())
		}
		for _, p := range []image.Point{{0, 0}, {39, 21}, {40, 22}, {319, 179}} {
			want := color.NRGBA{0, 0, 200, 255}
			if p.X < 40 && p.Y < 22 {
				want = color.NRGBA{0, 0, 0, 255}
			}
			if got := img.NRGBAAt(p.X, p.Y); got != want {
				t.Errorf("pixel %v is %v instead of %v", p, got, want)
			}
		}
		if img = shotOf(t, r.request("GET", "/screenshot?screen=1&width=100", "", nil)); img.Bounds() != image.Rect(0, 0, 100, 56) {
			t.Errorf("one screen at a width: %v", img.Bounds())
		}
		near(t, img, 60, 30, red)
	})
}

// TestAScreenshotSaysWhatIsMissing holds that a screen without an answer is drawn as
// such, after three seconds, and never as if it showed an old picture.
func TestAScreenshotSaysWhatIsMissing(t *testing.T) {
	green := color.RGBA{0, 160, 0, 255}
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, twoScreens()...)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go r.serveScreens(ctx, "pc-02", nil, "the monitor\nis off")
		if w := r.request("PUT", "/pictures/1", "pc-01", asJPEG(t, plainImage(48, 27, green)), "X-Taken", stamp(0)); w.Code != http.StatusNoContent {
			t.Fatal(w.Body)
		}
		time.Sleep(40 * time.Second)
		began := time.Now()
		w := r.request("GET", "/screenshot?width=1320", "", nil)
		img := shotOf(t, w)
		if took := time.Since(began); took != shotLimit {
			t.Errorf("it took %v", took)
		}
		if got := w.Header().Get("X-Missing"); got != "1, 2, 3, 4" {
			t.Errorf("missing are %q", got)
		}
		if a, _ := r.board.asks("pc-01", time.Now()); len(a.Once) != 0 {
			t.Errorf("asks are left: %+v", a.Once)
		}
		// The old picture is beneath, without its colour and most of its light.
		c := img.NRGBAAt(600, 20)
		if c.R != c.G || c.G != c.B || c.G > 100 {
			t.Errorf("the old picture shines: %v", c)
		}
		if one := shotOf(t, r.request("GET", "/screenshot?screen=4&lang=en", "", nil)); one.Bounds() != image.Rect(0, 0, 320, 180) {
			t.Errorf("a missing screen has %v", one.Bounds())
		}
	})
}

func TestReasonsInWords(t *testing.T) {
	at := world.TimeOf(time.Date(2026, 11, 22, 2, 42, 3, 0, time.UTC))
	for _, c := range []struct {
		why    reason
		vi, en string
	}{
		{reason{kind: nobody}, "Chưa gán máy tính nào", "No computer drives"},
		{reason{kind: never, node: "pc-03"}, "Máy pc-03 chưa kết nối", "pc-03 never connected"},
		{reason{kind: lost, node: "pc-03", since: at}, "mất kết nối từ 09:42:03", "not connected since 09:42:03"},
		{reason{kind: mute, node: "pc-03"}, "trong 3 giây", "within 3 s"},
		{reason{kind: refused, node: "pc-03", detail: "the monitor is off"}, "the monitor is off", "the monitor is off"},
		{reason{kind: broken, node: "pc-03"}, "bị hỏng", "damaged"},
		{reason{kind: busy, node: "pc-03"}, "quá nhiều", "too many"},
	} {
		if vi, en := (words{vietnamese}).why(c.why), (words{english}).why(c.why); !strings.Contains(vi, c.vi) || !strings.Contains(en, c.en) {
			t.Errorf("%s: %q, %q", c.why.kind, vi, en)
		}
	}
	for d, want := range map[time.Duration]string{
		-time.Second: "0,0 s", 400 * time.Millisecond: "0,4 s", 12 * time.Second: "12,0 s", 3 * time.Minute: "3 phút", 5 * time.Hour: "5 giờ", 100 * time.Hour: "4 ngày",
	} {
		if got := (words{vietnamese}).age(d); got != want {
			t.Errorf("%v: %q instead of %q", d, got, want)
		}
	}
	if got := plain([]byte("a\x00\n\n b\xff")); got != "a\x00 b" {
		t.Errorf("%q", got)
	}
}

func TestBadViewsAreRefused(t *testing.T) {
	r := newRoom(t, append(twoScreens(), world.WallDefined{ID: "tall", Screens: []world.Screen{{ID: 7, W: 100, H: 4000, PxW: 1920, PxH: 1080}}},
		world.WallDefined{ID: "empty"})...)
	for query, want := range map[string]int{
		"wall=west": http.StatusNotFound, "wall=empty": http.StatusNotFound, "screen=99": http.StatusNotFound, "wall=tall&screen=1": http.StatusNotFound,
		"screen=x": http.StatusBadRequest, "screen=0": http.StatusBadRequest,
		"width=8193": http.StatusBadRequest, "width=-5": http.StatusBadRequest, "width=1e3": http.StatusBadRequest, "lang=fr": http.StatusBadRequest,
		"wall=tall&width=8192": http.StatusUnprocessableEntity,
	} {
		if w := r.request("GET", "/screenshot?"+query, "", nil); w.Code != want {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
	for range maxShots {
		r.shooting <- struct{}{}
	}
	if w := r.request("GET", "/screenshot?screen=3", "", nil); w.Code != http.StatusServiceUnavailable {
		t.Errorf("one too many: %d %s", w.Code, w.Body)
	}
}

// TestPictureOfAWholeWall draws the wall of 27 screens and, where SHOT names a file,
// keeps the picture for people to look at.
func TestPictureOfAWholeWall(t *testing.T) {
	s := wholeWall(t)
	img := newTestPainter(t).paint(s)
	if img.Bounds().Dx() != 3840 {
		t.Errorf("the picture has %v", img.Bounds())
	}
	if name := os.Getenv("SHOT"); name != "" {
		if err := os.WriteFile(name, asPNG(t, img), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// BenchmarkPaint draws the wall of 27 screens from pictures of the width it needs.
func BenchmarkPaint(b *testing.B) {
	s, p := wholeWall(b), newTestPainter(b)
	for b.Loop() {
		p.paint(s)
	}
}

func newTestPainter(t testing.TB) *painter {
	t.Helper()
	p, err := newPainter(assets.Regular(), assets.Bold())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// wholeWall is a wall of 27 screens of which some are missing, old or late.
func wholeWall(t testing.TB) *shot {
	t.Helper()
	s := &shot{view: view{lang: vietnamese, width: 3840}, scene: "Toàn cảnh buổi sáng"}
	s.of = world.Wall{WallDefined: world.WallDefined{ID: "main", Name: "Tường trung tâm"}}
	s.of.On.Scene, s.of.On.Generation = "toan-canh", 12
	s.at = world.TimeOf(time.Date(2026, 11, 22, 2, 42, 3, 0, time.UTC))
	var screens []world.Screen
	for i := range 27 {
		sc := world.Screen{ID: i + 1, X: float64(i%9) * 1218, Y: float64(i/9) * 690, W: 1210, H: 681, PxW: 1920, PxH: 1080, Node: fmt.Sprintf("pc-%02d", i*12/27+1)}
		screens = append(screens, sc)
		x := shown{screen: sc, picture: picture{
			data: asJPEG(t, plainImage(426, 240, color.RGBA{uint8(20 + 3*i), 60, uint8(140 - 4*i), 255})), jpeg: true,
			taken: s.at - 300, generation: 12, width: 426, height: 240,
		}}
		switch i {
		case 4:
			x.old, x.picture = x.picture, picture{}
			x.old.taken = s.at - 12_000
			x.why = reason{kind: lost, node: sc.Node, since: s.at - 11_000}
		case 5:
			x.picture, x.why = picture{}, reason{kind: mute, node: sc.Node}
		case 13:
			x.picture.taken = s.at - 2400
		case 20:
			x.picture.generation = 11
		case 26:
			x.picture, x.why = picture{}, reason{kind: nobody}
		}
		s.screens = append(s.screens, x)
	}
	s.bounds = bounds(screens)
	s.scale = 3840 / (s.bounds.x1 - s.bounds.x0)
	return s
}
