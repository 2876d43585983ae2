package nodes

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"

	"iocwall/assets"
	"iocwall/server/auth"
	"iocwall/server/core"
	"iocwall/server/world"
)

// history is a loop without a journal.
type history struct {
	t  *testing.T
	mu sync.Mutex
	st *world.State
	// events are what was appended; err, when set, is what Ask returns.
	events []world.Event
	err    error
}

func newHistory(t *testing.T, bodies ...world.Body) *history {
	h := &history{t: t, st: world.New(1)}
	h.say(bodies...)
	return h
}

func (h *history) say(bodies ...world.Body) {
	h.t.Helper()
	obs := make([]world.Observation, 0, len(bodies))
	for _, b := range bodies {
		obs = append(obs, world.Observation{Body: b})
	}
	if _, err := h.Ask(h.t.Context(), core.Request{Source: "test", Obs: obs}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *history) Ask(_ context.Context, q core.Request) (uint64, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.err != nil {
		return 0, h.err
	}
	now := world.TimeOf(time.Now())
	for _, o := range q.Obs {
		if o.Time == 0 {
			o.Time = now
		}
		e := world.Event{Seq: h.st.At().Seq + 1, Seen: now, Source: q.Source, Observation: o}
		if _, err := h.st.Apply(e); err != nil {
			h.t.Errorf("apply: %v", err)
		}
		h.events = append(h.events, e)
	}
	return h.st.At().Seq, nil
}

func (h *history) Call(_ context.Context, f func(*world.State)) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	f(h.st)
	return nil
}

// bodies returns what was appended of a kind.
func bodies[B world.Body](h *history) (out []B) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.events {
		if b, ok := e.Body.(B); ok {
			out = append(out, b)
		}
	}
	return out
}

// room is Nodes with a history, a store of tokens and doors.
type room struct {
	*Nodes
	t       *testing.T
	history *history
	tokens  *auth.Store
	mux     *http.ServeMux

	mu      sync.Mutex
	audited []world.Audited
	refused []string
}

func newRoom(t *testing.T, bodies ...world.Body) *room {
	t.Helper()
	r := &room{t: t, history: newHistory(t, bodies...), mux: http.NewServeMux()}
	var err error
	if r.tokens, err = auth.Open(filepath.Join(t.TempDir(), "tokens.json")); err != nil {
		t.Fatal(err)
	}
	r.Nodes, err = New(Options{
		History: r.history, Tokens: r.tokens, ValidName: regexp.MustCompile(`^[a-z0-9-]{1,64}$`).MatchString,
		Regular: assets.Regular(), Bold: assets.Bold(),
		Audit: func(_ context.Context, _ auth.Identity, a world.Audited) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.audited = append(r.audited, a)
		},
		Refused: func(_ *http.Request, why error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.refused = append(r.refused, why.Error())
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	as := func(role auth.Role, f func(http.ResponseWriter, *http.Request, auth.Identity)) http.HandlerFunc {
		return func(w http.ResponseWriter, q *http.Request) {
			f(w, q, auth.Identity{Token: "t", Name: q.Header.Get("Name"), Role: role})
		}
	}
	r.mux.HandleFunc("POST /codes", as(auth.Technician, r.PostCode))
	r.mux.HandleFunc("POST /enrol", r.PostEnrol)
	r.mux.HandleFunc("GET /asks", as(auth.Node, r.GetAsks))
	r.mux.HandleFunc("PUT /pictures/{screen}", as(auth.Node, r.PutPicture))
	r.mux.HandleFunc("GET /screenshot", as(auth.Operator, r.GetScreenshot))
	r.mux.HandleFunc("GET /pictures", as(auth.Operator, r.GetPictures))
	r.mux.HandleFunc("GET /pictures/{screen}", as(auth.Operator, r.GetPicture))
	return r
}

// request is one at a door, with the name in its token and headers in pairs.
func (r *room) request(method, path, name string, body []byte, headers ...string) *httptest.ResponseRecorder {
	r.t.Helper()
	q := httptest.NewRequestWithContext(r.t.Context(), method, path, bytes.NewReader(body))
	q.Header.Set("Name", name)
	for i := 0; i+1 < len(headers); i += 2 {
		q.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	r.mux.ServeHTTP(w, q)
	return w
}

func decode[T any](t *testing.T, w *httptest.ResponseRecorder) (out T) {
	t.Helper()
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	return out
}

// plainImage is a picture of one colour with a black mark in its upper left corner.
func plainImage(w, h int, c color.Color) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, c)
			if x < w/8 && y < h/8 {
				img.Set(x, y, color.Black)
			}
		}
	}
	return img
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
