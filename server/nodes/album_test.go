package nodes

import (
	"errors"
	"image/color"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"iocwall/server/world"
)

// pageOf reads an album: the screens in it, the greatest serial.
func pageOf(t *testing.T, body io.Reader) (screens []string, serial string) {
	t.Helper()
	r := multipart.NewReader(body, AlbumBoundary)
	for {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return screens, serial
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(p)
		if err != nil || p.Header.Get("Content-Type") != "image/jpeg" || p.Header.Get("X-Generation") != "7" || len(data) < 100 {
			t.Errorf("part %v of %d bytes, %v", p.Header, len(data), err)
		}
		screens, serial = append(screens, p.Header.Get("X-Screen")), p.Header.Get("X-Serial")
	}
}

// TestAlbum: who looks at a wall gets what is newer than what they have, waits for
// the next, and sets how wide and how often the computers send.
func TestAlbum(t *testing.T) {
	r := newRoom(t, world.WallDefined{ID: "main", Screens: []world.Screen{
		{ID: 1, W: 100, H: 50, PxW: 100, PxH: 50, Node: "pc-01"}, {ID: 2, X: 100, W: 100, H: 50, PxW: 100, PxH: 50, Node: "pc-01"},
	}})
	put := func(screen int) {
		t.Helper()
		w := r.request(http.MethodPut, "/pictures/"+strconv.Itoa(screen)+"?wall=main", "pc-01", asJPEG(t, plainImage(64, 32, color.White)),
			"X-Taken", strconv.FormatInt(time.Now().UnixMilli(), 10), "X-Generation", "7")
		if w.Code != http.StatusNoContent {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	put(1)
	put(2)
	w := r.request(http.MethodGet, "/pictures?wall=main&width=192", "mai", nil)
	screens, serial := pageOf(t, w.Body)
	if strings.Join(screens, " ") != "1 2" {
		t.Fatalf("screens %v", screens)
	}
	asks, _ := r.board.asks("pc-01", time.Now())
	if asks.Stream == nil || asks.Stream.Width != 192 || asks.Stream.EveryMS != 1000 {
		t.Errorf("the computer is asked for %+v", asks.Stream)
	}
	// Somebody else looks closer, and less often.
	r.request(http.MethodGet, "/pictures?wall=main&width=640&every=5000", "hung", nil)
	if asks, _ = r.board.asks("pc-01", time.Now()); asks.Stream.Width != 640 || asks.Stream.EveryMS != 1000 {
		t.Errorf("for two who look the computer is asked for %+v", asks.Stream)
	}
	done := make(chan []string, 1)
	go func() {
		screens, _ := pageOf(t, r.request(http.MethodGet, "/pictures?wall=main&since="+serial, "mai", nil).Body)
		done <- screens
	}()
	for {
		r.shelf.mu.Lock()
		waits := r.shelf.changed != nil
		r.shelf.mu.Unlock()
		if waits {
			break
		}
		time.Sleep(time.Millisecond)
	}
	put(2)
	select {
	case got := <-done:
		if strings.Join(got, " ") != "2" {
			t.Errorf("newer: %v", got)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("nobody tells of a newer picture")
	}
	for path, want := range map[string]int{
		"/pictures?wall=none": 404, "/pictures?width=1": 400, "/pictures?every=1": 400, "/pictures?since=x": 400,
	} {
		if w := r.request(http.MethodGet, path, "mai", nil); w.Code != want {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	r.Hush()
	_, last := pageOf(t, r.request(http.MethodGet, "/pictures?wall=main", "mai", nil).Body)
	if w := r.request(http.MethodGet, "/pictures?wall=main&since="+last, "mai", nil); w.Code != http.StatusNoContent {
		t.Errorf("a server that stops answers %d", w.Code)
	}
}

// TestWishesEnd: what nobody wishes any more is not asked for.
func TestWishesEnd(t *testing.T) {
	b := newBoard(time.Now())
	now := time.Now()
	b.look("pc", wish{640, time.Second}, now)
	b.look("pc", wish{192, 5 * time.Second}, now.Add(8*time.Second))
	b.look("pc", wish{192, 5 * time.Second}, now.Add(11*time.Second))
	if a, _ := b.asks("pc", now.Add(12*time.Second)); a.Stream == nil || a.Stream.Width != 192 || a.Stream.EveryMS != 5000 {
		t.Errorf("asked for %+v", a.Stream)
	}
}
