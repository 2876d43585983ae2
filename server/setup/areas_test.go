package setup

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"iocwall/assets"
	"iocwall/server/area"
	"iocwall/server/auth"
	"iocwall/server/core"
	"iocwall/server/settings"
	"iocwall/server/world"
)

// growing is a server with a tree of one area, and that tree with one more.
func growing(t *testing.T) (l *looker, next *area.Set) {
	t.Helper()
	dir := t.TempDir()
	l = newLooker(t, dir, &history{t, world.New(1)}, noon)
	set, problems := area.Parse("a.yaml", []byte("areas: [{id: p, name: P, level: province}]"))
	ground, err := area.NewGround(set, assets.Basemap())
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	c := settings.Default()
	c.Data = dir
	l.o.Ground, l.o.Running = ground, func() *settings.Config { return &c }
	next, problems = set.With("added", area.Added{Areas: []world.AreaDefined{{ID: "p/n", Name: "N", Level: "commune", Parent: "p"}}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return l, next
}

// Where the history does not answer in time, the tree and its file are what the history
// will hold: as before when it has not begun, and it will not begin any more; the new
// one when it has.
func TestHistoryThatDoesNotAnswer(t *testing.T) {
	for name, begun := range map[string]bool{"not begun": false, "begun": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, next := growing(t)
				var asked core.Request
				l.o.Ask = func(ctx context.Context, q core.Request) (uint64, error) {
					asked = q
					if begun {
						if obs, err := q.Decide(at(0), l.h.st); err != nil || len(obs) == 0 {
							t.Error(obs, err)
						}
					}
					<-ctx.Done()
					return 0, ctx.Err()
				}
				ctx, cancel := context.WithTimeout(t.Context(), applyLimit)
				defer cancel()
				err := l.exchange(ctx, auth.Identity{Token: "t"}, next, []byte("{}"), world.Audited{Act: actAreas})
				_, missing := os.Stat(l.o.Running().AddedAreas())
				if errors.Is(err, errUnsure) != begun || err == nil || (missing == nil) != begun || (l.o.Ground.Set() == next) != begun {
					t.Errorf("%v; file %v, the new tree %v", err, missing, l.o.Ground.Set() == next)
				}
				if _, err := asked.Decide(at(0), l.h.st); !begun && err == nil {
					t.Error("it is done after it was given up")
				}
			})
		})
	}
}

// A file that is no layer is refused with what is wrong with it, in words for people and
// for programs: no name of a package stands before them.
func TestFilesThatAreNoLayer(t *testing.T) {
	const query = "?level=commune&parent=p"
	for name, x := range map[string]struct{ query, body, code, n string }{
		"nothing":        {query, ``, "shape.nothing", ""},
		"a list":         {query, `[]`, "shape.foreign", ""},
		"cut off":        {query, `{"type":"Featur`, "shape.cut", "15"},
		"torn":           {query, `{"features":[1 2]}`, "shape.foreign.at", "16"},
		"two files":      {query, `{"features":[]}{}`, "shape.goeson", "16"},
		"no level":       {"?parent=p", `{}`, "layer.level", ""},
		"no such parent": {"?level=commune&parent=q", `{}`, "layer.parent", ""},
		"no such day":    {query + "&from=x", `{}`, "layer.dated", ""},
		"no day to end":  {query + "&end=1", `{}`, "layer.end", ""},
	} {
		l, _ := growing(t)
		w := httptest.NewRecorder()
		l.PostAreas(w, httptest.NewRequest(http.MethodPost, "/api/setup/areas"+x.query, strings.NewReader(x.body)), auth.Identity{})
		var got struct {
			Error, Say string
			Values     map[string]string
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
			continue
		}
		if got.Say != "setup.layer" || got.Values["why.code"] != x.code || got.Values["why.n"] != x.n || got.Error != got.Values["why"] {
			t.Errorf("%s: %s", name, w.Body)
		}
		if strings.Contains(got.Error, "area: ") || strings.Contains(got.Error, "geojson: ") {
			t.Errorf("%s: people read %q", name, got.Error)
		}
	}
}

// While a layer is on its way the configuration can be changed.
func TestLayerOnItsWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, _ := growing(t)
		body, send := io.Pipe()
		w, done := httptest.NewRecorder(), make(chan struct{})
		go func() {
			defer close(done)
			l.PutAreas(w, httptest.NewRequest(http.MethodPut, "/api/setup/areas?level=commune&parent=p", body), auth.Identity{})
		}()
		synctest.Wait()
		select {
		case l.turn <- struct{}{}:
			<-l.turn
		default:
			t.Error("a layer on its way holds up who changes the configuration")
		}
		_ = send.CloseWithError(io.ErrUnexpectedEOF)
		if <-done; w.Code != http.StatusBadRequest {
			t.Error(w.Code, w.Body)
		}
	})
}
