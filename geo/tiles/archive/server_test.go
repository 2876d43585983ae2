package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/color"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/geo"
)

// answers is a transport that answers itself.
type answers func(*http.Request) (*http.Response, error)

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) { return a(r) }

func answer(status int, body []byte, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(bytes.NewReader(body))}
}

func openServer(t testing.TB, o ServerOptions) *server {
	t.Helper()
	a, err := OpenServer(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a.(*server)
}

func TestTemplates(t *testing.T) {
	for _, c := range []struct {
		text, want, host string
		format           Format
		size             int
	}{
		{"https://tile.example.org/{z}/{x}/{y}.png", "https://tile.example.org/3/5/1.png", "tile.example.org", PNG, 0},
		{"http://{s}.example.org/{z}/{x}/{-y}@2x.webp?key=abc", "http://a.example.org/3/5/6@2x.webp?key=abc", "a.example.org", WebP, 512},
		{"https://u:p@example.org/wmts?z={z}&x={x}&y={y}", "https://u:p@example.org/wmts?z=3&x=5&y=1", "example.org", "", 0},
		{"https://example.org/{z}/{x}/{y}.pbf", "https://example.org/3/5/1.pbf", "example.org", MVT, 0},
	} {
		got, err := parseTemplate(c.text, nil)
		if err != nil || got.address(3, 5, 1) != c.want || got.host != c.host || got.format != c.format || got.size != c.size {
			t.Errorf("%s: %+v, %s, %v", c.text, got, got.address(3, 5, 1), err)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"", "is no URL"},
		{"ftp://example.org/{z}/{x}/{y}", "is no URL"},
		{"https:///{z}/{x}/{y}", "is no URL"},
		{"https://secret@example.org:port/{z}/{x}/{y}", "is no URL"},
		{"https://example.org/{x}/{y}?key=secret", "has no {z}"},
		{"https://example.org/{z}/{x}?key=secret", "either {y} or {-y}"},
		{"https://example.org/{z}/{x}/{y}/{-y}?key=secret", "either {y} or {-y}"},
		{"https://example.org/{z}/{x}/{y}/{r}?key=secret", "not known"},
	} {
		_, err := OpenServer(ServerOptions{URL: c.text})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %q", c.text, err, c.want)
		}
	}
	for _, o := range []ServerOptions{{TileSize: 300}, {MinZoom: 9, MaxZoom: 3}, {MaxZoom: 99}, {Bounds: geo.Bounds{Min: geo.Point{9, 9}, Max: geo.Point{1, 1}}}} {
		o.URL = "https://example.org/{z}/{x}/{y}"
		if _, err := OpenServer(o); err == nil || !strings.Contains(err.Error(), "example.org") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestServer(t *testing.T) {
	tile := pictureOf(t, 256, color.White)
	var asked atomic.Int32
	peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if user, password, _ := r.BasicAuth(); user != "u" || password != "secret" || r.UserAgent() != "IOC-Wall (map of an operations centre)" {
			t.Errorf("%s, %s", user, r.UserAgent())
		}
		switch r.URL.Path {
		case "/3/5/1.png":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(zipped(t, tile))
		case "/3/0/0.png":
			http.Redirect(w, r, "/3/5/1.png?again=1", http.StatusFound)
		case "/3/0/1.png":
			w.WriteHeader(http.StatusNoContent)
		default:
			http.NotFound(w, r)
		}
	}))
	defer peer.Close()
	s := openServer(t, ServerOptions{
		URL:   strings.Replace(peer.URL, "http://", "http://u:secret@", 1) + "/{z}/{x}/{y}.png",
		Cache: openCache(t, t.TempDir(), cacheMinimum), MaxZoom: 5, Attribution: "© <b>Ai đó</b>",
	})
	for range 2 {
		for _, k := range [][2]int{{5, 1}, {0, 0}} {
			if got, err := s.Tile(t.Context(), 3, k[0], k[1]); err != nil || !bytes.Equal(got, tile) {
				t.Errorf("tile %v: %d bytes, %v", k, len(got), err)
			}
		}
		for _, k := range [][3]int{{3, 0, 1}, {3, 0, 2}, {6, 0, 0}, {3, 9, 0}} {
			if _, err := s.Tile(t.Context(), k[0], k[1], k[2]); !errors.Is(err, ErrNoTile) {
				t.Errorf("tile %v: %v", k, err)
			}
		}
	}
	if n := asked.Load(); n != 5 {
		t.Errorf("the server was asked %d times, and not 5: once for each tile, and again for a redirect", n)
	}
	if info := s.Info(); info.Attribution != "© Ai đó" || info.Name != "127.0.0.1" || info.Format != PNG {
		t.Errorf("%+v", info)
	}
}

func TestServerThatAnswersBadly(t *testing.T) {
	tile := pictureOf(t, 256, color.White)
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(tile) }))
	defer other.Close()
	for _, c := range []struct {
		name  string
		serve http.HandlerFunc
		want  string
		code  string // and the status
	}{
		{"login page", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, "something else than a tile", "foreign"},
		{"refuses", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, "check the key", "refused 403"},
		{"too often", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) }, "too often", "often"},
		{"breaks", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, "answers 500", "status 500"},
		{"breaks off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("x"))
		}, "breaks off", "away"},
		{"endless", func(w http.ResponseWriter, _ *http.Request) {
			for range 10 {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					return
				}
			}
		}, "more than 8388608", "foreign"},
		{"bomb", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(zipped(t, make([]byte, 9<<20))) }, "unpacks to more", "foreign"},
		{"another server", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, http.StatusFound) }, "redirects to another server", "redirect"},
		{"circle", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.String(), http.StatusFound) }, "circle", "redirect"},
		{"bad redirect", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://%zz/"+r.URL.RawQuery)
			w.WriteHeader(302)
		}, "may be secret", "away"},
		{"hangs up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF", "away"},
		{"nothing changed", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(304) }, "never asked for", "status 304"},
	} {
		peer := httptest.NewServer(c.serve)
		cache := openCache(t, t.TempDir(), cacheMinimum)
		s := openServer(t, ServerOptions{URL: peer.URL + "/{z}/{x}/{y}.png?key=secret", Cache: cache})
		_, err := s.Tile(t.Context(), 1, 0, 0)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret=") || strings.Contains(err.Error(), "key=secret") {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if got := codeOf(err, "status"); got != "tiles."+c.code {
			t.Errorf("%s: it says %s", c.name, got)
		}
		_, err = s.Tile(t.Context(), 1, 0, 0)
		code, status, _ := strings.Cut(c.code, " ")
		if got := codeOf(err, "host", "why.code", "why.status"); got != strings.TrimSpace("tiles.paused 127.0.0.1 tiles."+code+" "+status) {
			t.Errorf("%s: left alone it says %s", c.name, got)
		}
		if n := cache.Stats().Tiles; n != 0 {
			t.Errorf("%s: %d tiles are kept", c.name, n)
		}
		peer.Close()
	}
	gone := httptest.NewServer(nil)
	gone.Close()
	s := openServer(t, ServerOptions{URL: gone.URL + "/secret-token-1234/{z}/{x}/{y}?key=secret"})
	if _, err := s.Tile(t.Context(), 1, 0, 0); err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "refused") {
		t.Errorf("nobody there: %v", err)
	}
}

// codeOf is what an error says of itself: its code and some of its values.
func codeOf(err error, names ...string) string {
	s, ok := said(err)
	if !ok {
		return ""
	}
	out, values := s.Say()
	for _, name := range names {
		out += " " + values[name]
	}
	return strings.TrimSpace(out)
}

// TestServerIsLeftAlone holds how often a server that fails is asked, and that it is
// asked again, whatever the order of what fails.
func TestServerIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked, bad := 0, true
		s := openServer(t, ServerOptions{URL: "http://example.org/{z}/{x}/{y}", Transport: answers(func(*http.Request) (*http.Response, error) {
			asked++
			if bad {
				return nil, errors.New("no way there")
			}
			return answer(200, pictureOf(t, 256, color.White)), nil
		})})
		began := time.Now()
		var at []time.Duration
		for time.Since(began) < 30*time.Minute {
			before := asked
			_, err := s.Tile(t.Context(), 1, 0, 0)
			if asked > before {
				at = append(at, time.Since(began).Round(time.Second))
			}
			var paused *PausedError
			if asked == before && (!errors.As(err, &paused) || !strings.Contains(err.Error(), "no way there") || paused.Host != "example.org") {
				t.Fatal(err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		want := "[0s 1s 3s 7s 15s 31s 1m3s 2m7s 4m15s 8m31s 13m31s 18m31s 23m31s 28m31s]"
		if fmt.Sprint(at) != want {
			t.Errorf("asked at %v, want %s", at, want)
		}
		bad = false
		time.Sleep(longestPause)
		if _, err := s.Tile(t.Context(), 1, 0, 0); err != nil || s.failures != 0 {
			t.Errorf("it is well again: %v", err)
		}
	})
}

func TestServerAsksForTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openServer(t, ServerOptions{URL: "http://example.org/{z}/{x}/{y}", Transport: answers(func(*http.Request) (*http.Response, error) {
			return answer(503, nil, "Retry-After", "120"), nil
		})})
		_, _ = s.Tile(t.Context(), 1, 0, 0)
		_, err := s.Tile(t.Context(), 1, 0, 0)
		var paused *PausedError
		if !errors.As(err, &paused) || time.Until(paused.Until) != 2*time.Minute {
			t.Errorf("%v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		time.Sleep(time.Hour)
		if _, err := s.Tile(ctx, 1, 0, 0); !errors.Is(err, context.Canceled) || s.failures != 1 {
			t.Errorf("nobody waits: %v, %d failures", err, s.failures)
		}
	})
}

func TestServerIsAskedByFewAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int32
		tile := pictureOf(t, 256, color.White)
		s := openServer(t, ServerOptions{URL: "http://example.org/{z}/{x}/{y}", Transport: answers(func(*http.Request) (*http.Response, error) {
			if n := now.Add(1); n > most.Load() {
				most.Store(n)
			}
			time.Sleep(time.Second)
			now.Add(-1)
			return answer(200, tile), nil
		})})
		began := time.Now()
		var all sync.WaitGroup
		for x := range 16 {
			all.Go(func() {
				if _, err := s.Tile(t.Context(), 4, x, 0); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if most.Load() != serverRequests || time.Since(began) != 4*time.Second {
			t.Errorf("%d at once, %v for all", most.Load(), time.Since(began))
		}
	})
}

// TestServerAndCache follows a tile through its life: fresh, gone stale and asked for
// by its tag, changed, good enough while the server fails, and never kept.
func TestServerAndCache(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		cache, err := OpenCache(dir, cacheMinimum)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = cache.Close() }()
		white, black := pictureOf(t, 256, color.White), pictureOf(t, 256, color.Black)
		var asked []string
		var next func() (*http.Response, error)
		s := openServer(t, ServerOptions{URL: "http://example.org/{z}/{x}/{y}", Cache: cache, Transport: answers(func(r *http.Request) (*http.Response, error) {
			asked = append(asked, r.Header.Get("If-None-Match"))
			return next()
		})})
		tile := func(want []byte, times int) {
			t.Helper()
			got, err := s.Tile(t.Context(), 1, 0, 0)
			if err != nil || !bytes.Equal(got, want) || len(asked) != times {
				t.Fatalf("%d bytes, %v; asked %q", len(got), err, asked)
			}
		}
		next = func() (*http.Response, error) {
			return answer(200, white, "Cache-Control", "public, max-age=600", "ETag", `"w"`), nil
		}
		tile(white, 1)
		time.Sleep(599 * time.Second)
		tile(white, 1)
		time.Sleep(2 * time.Second)
		next = func() (*http.Response, error) { return answer(304, nil, "Cache-Control", "max-age=600"), nil }
		tile(white, 2)
		tile(white, 2)
		time.Sleep(601 * time.Second)
		next = func() (*http.Response, error) { return nil, errors.New("no way there") }
		var old *OldError
		if got, err := s.Tile(t.Context(), 1, 0, 0); !bytes.Equal(got, white) || !errors.As(err, &old) || old.Since.IsZero() || len(asked) != 3 {
			t.Errorf("a stale tile is %d bytes, %v; asked %q", len(got), err, asked)
		}
		if s.Stale() != 1 {
			t.Errorf("%d stale tiles are counted", s.Stale())
		}
		time.Sleep(time.Minute)
		next = func() (*http.Response, error) {
			return answer(200, black, "Expires", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)), nil
		}
		tile(black, 4)
		time.Sleep(time.Hour + time.Second)
		next = func() (*http.Response, error) { return answer(404, nil), nil }
		if got, err := s.Tile(t.Context(), 1, 0, 0); !bytes.Equal(got, black) || !errors.As(err, &old) || !strings.Contains(err.Error(), "404") || len(asked) != 5 {
			t.Errorf("a tile that is said to be missing is %d bytes, %v; asked %q", len(got), err, asked)
		}
		next = func() (*http.Response, error) { return answer(410, nil), nil }
		for range 2 {
			if _, err := s.Tile(t.Context(), 1, 0, 0); !errors.Is(err, ErrNoTile) || len(asked) != 6 {
				t.Errorf("%v; asked %q", err, asked)
			}
		}
		time.Sleep(keepAbsent)
		next = func() (*http.Response, error) { return answer(200, white, "Cache-Control", "no-store"), nil }
		tile(white, 7)
		tile(white, 8)
		if want := `["" "\"w\"" "\"w\"" "\"w\"" "" "" "" ""]`; fmt.Sprintf("%q", asked) != want {
			t.Errorf("tags %q, want %s", asked, want)
		}
	})
}

// TestNothingIsThere follows the answers that there is no tile: how long they are
// believed, and what becomes of a tile that was there.
func TestNothingIsThere(t *testing.T) {
	tile := pictureOf(t, 256, color.White)
	for _, c := range []struct {
		name   string
		status int
		header []string
		had    bool
		again  time.Duration // when it is asked again
		old    bool          // the tile that was there stays
	}{
		{"404", 404, nil, false, keepAbsent, false},
		{"204", 204, nil, false, keepAbsent, false},
		{"410", 410, nil, false, keepAbsent, false},
		{"an empty 200", 200, nil, false, keepAbsent, false},
		{"404, never kept", 404, []string{"Cache-Control", "no-store"}, false, 0, false},
		{"204, never kept", 204, []string{"Cache-Control", "no-store"}, false, 0, false},
		{"404 for an hour", 404, []string{"Cache-Control", "max-age=3600"}, false, time.Hour, false},
		{"404 for a second", 404, []string{"Cache-Control", "max-age=1"}, false, time.Second, false},
		{"404 of a tile", 404, nil, true, 0, true},
		{"404 for an hour of a tile", 404, []string{"Cache-Control", "max-age=3600"}, true, 0, true},
		{"204 of a tile", 204, nil, true, keepAbsent, false},
		{"410 of a tile", 410, nil, true, keepAbsent, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				cache, err := OpenCache(dir, cacheMinimum)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = cache.Close() }()
				gone, asked := !c.had, 0
				open := func() *server {
					return openServer(t, ServerOptions{URL: "http://example.org/{z}/{x}/{y}.png", Cache: cache, Transport: answers(func(*http.Request) (*http.Response, error) {
						if asked++; gone {
							return answer(c.status, nil, c.header...), nil
						}
						return answer(200, tile, "Cache-Control", "max-age=0"), nil
					})})
				}
				s := open()
				if c.had {
					if _, err := s.Tile(t.Context(), 3, 1, 1); err != nil {
						t.Fatal(err)
					}
					gone = true
				}
				asked = 0
				for began := time.Now(); asked < 2; time.Sleep(time.Second) {
					got, err := s.Tile(t.Context(), 3, 1, 1)
					var old *OldError
					if stays := errors.As(err, &old) && bytes.Equal(got, tile); stays != c.old || !stays && !errors.Is(err, ErrNoTile) {
						t.Fatalf("%d bytes, %v", len(got), err)
					}
					if after := time.Since(began).Round(time.Second); asked == 2 && after != max(time.Second, c.again) || after > 2*time.Hour {
						t.Fatalf("it is asked %d times after %v", asked, after)
					}
				}
				// The server is back, the wall begins anew.
				if gone = false; !c.old {
					time.Sleep(c.again)
				}
				s = open()
				if got, err := s.Tile(t.Context(), 3, 1, 1); err != nil || !bytes.Equal(got, tile) || s.failures != 0 {
					t.Errorf("later %d bytes, %v", len(got), err)
				}
			})
		})
	}
}

func TestLifetime(t *testing.T) {
	now := time.Unix(1e9, 0)
	for _, c := range []struct {
		header []string
		want   time.Duration
		keep   bool
	}{
		{nil, keepDefault, true},
		{[]string{"Cache-Control", "max-age=60"}, time.Minute, true},
		{[]string{"Cache-Control", "max-age=60", "Age", "20"}, 40 * time.Second, true},
		{[]string{"Cache-Control", "max-age=60, no-cache"}, 0, true},
		{[]string{"Cache-Control", "no-cache, max-age=60"}, 0, true},
		{[]string{"Cache-Control", "private, No-Store"}, 0, false},
		{[]string{"Cache-Control", "max-age=-5"}, 0, true},
		{[]string{"Cache-Control", "max-age=99999999999"}, keepDefault, true},
		{[]string{"Cache-Control", "max-age=2000000000"}, keepLongest, true},
		{[]string{"Expires", now.Add(time.Minute).UTC().Format(http.TimeFormat)}, time.Minute, true},
		{[]string{"Expires", now.Add(time.Minute).UTC().Format(http.TimeFormat), "Cache-Control", "max-age=5"}, 5 * time.Second, true},
		{[]string{"Expires", "0"}, 0, true},
		{[]string{"Cache-Control", "max-age=x"}, keepDefault, true},
	} {
		if got, keep := lifetime(answer(200, nil, c.header...).Header, keepDefault, now); got != c.want || keep != c.keep {
			t.Errorf("%q: %v, %v; want %v, %v", c.header, got, keep, c.want, c.keep)
		}
	}
}
