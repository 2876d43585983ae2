package history

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"iocwall/geo"
	"iocwall/server/auth"
	"iocwall/server/world"
	"iocwall/server/world/track"
)

// follow returns a state that is told what is in a book, and what a wall keeps of it
// that hears everything.
func follow(t *testing.T, b *book) (*world.State, map[string]track.Points) {
	t.Helper()
	st, kept := world.New(1), map[string]track.Points{}
	for _, e := range b.events {
		c, err := st.Apply(e)
		if err != nil {
			t.Fatal(err)
		}
		switch p, ok := e.Body.(world.VesselPosition); {
		case c.Effect == world.EffectRemoved:
			delete(kept, c.Ref.ID())
		case ok && c.Effect != world.EffectNone:
			if at, ok := track.NewPoint(e.Time.Std(), p.Pos); ok {
				kept[p.MMSI] = kept[p.MMSI].With(at)
			}
		}
	}
	return st, kept
}

func doors(x *Index, st *world.State) Doors {
	return Doors{
		Index: x, OnLoop: func(_ context.Context, f func(*world.State)) error { f(st); return nil },
		Kinds: func(auth.Role) []string { return nil }, All: []string{world.KindVessel},
	}
}

func askTracks(t *testing.T, d Doors, id auth.Identity, question string) (status int, a track.Answer) {
	t.Helper()
	w := httptest.NewRecorder()
	d.Tracks(w, httptest.NewRequest("POST", "/api/tracks", strings.NewReader(question)), id)
	if w.Code == 200 {
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
	}
	return w.Code, a
}

// TestTracksAsAWallKeepsThem: also where positions come late, twice or from nowhere,
// and where vessels go and come again.
func TestTracksAsAWallKeepsThem(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 30 {
		b := &book{}
		for i := range 1500 {
			mmsi := fmt.Sprint(574000000 + r.IntN(4))
			switch at := i*11 - max(0, r.IntN(400)-300); {
			case r.IntN(300) == 0:
				b.add(i*11, world.EntityGone{Ref: world.NewRef(world.KindVessel, mmsi)})
			case r.IntN(100) == 0:
				b.add(at, world.VesselPosition{MMSI: mmsi, Pos: geo.Point{181, 91}})
			default:
				b.add(at, world.VesselPosition{MMSI: mmsi, Pos: geo.Point{108 + float64(i)/10000, 15}, Area: "a"})
			}
		}
		st, want := follow(t, b)
		status, got := askTracks(t, doors(read(t, b, Options{}), st), auth.Identity{Role: auth.Operator}, `{"since":0,"ids":["574000000","574000001","574000002","574000003","574000004"]}`)
		maps.DeleteFunc(got.Tracks, func(_ string, ps track.Points) bool { return len(ps) == 0 })
		if status != 200 || got.Behind || !maps.EqualFunc(got.Tracks, want, slices.Equal) {
			t.Fatalf("%d %+v\nwant %v", status, got, want)
		}
	}
}

// TestTracksDoor: what may be known is told, from then on that was asked for.
func TestTracksDoor(t *testing.T) {
	b := &book{}
	b.add(1, world.AreaDefined{ID: "a", Name: "A"})
	b.add(1, world.AreaDefined{ID: "b", Name: "B"})
	for i := range 10 {
		b.add(60*i, world.VesselPosition{MMSI: "574000001", Pos: geo.Point{108, 15 + float64(i)/100}, Area: []string{"a", "b"}[i/5]})
		b.add(60*i, world.VesselPosition{MMSI: "574000002", Pos: geo.Point{109, 15}, Area: "a"})
	}
	st, _ := follow(t, b)
	d := doors(read(t, b, Options{}), st)
	begin := b.events[2].Time.Std().Unix()
	anybody, unit := auth.Identity{Role: auth.Node}, auth.Identity{Role: auth.Unit, Areas: []string{"b"}}
	question := func(since int64, ids ...string) string {
		raw, err := json.Marshal(track.Question{Since: since, IDs: ids})
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	for _, c := range []struct {
		who  auth.Identity
		q    string
		want string
	}{
		{anybody, question(begin, "574000001", "574000002", "574000003"), "map[574000001:10 574000002:10]"},
		{anybody, question(begin+61, "574000001"), "map[574000001:8]"},
		{anybody, question(begin+9999, "574000001"), "map[574000001:0]"},
		{anybody, question(0), "map[]"},
		{unit, question(0, "574000001", "574000002"), "map[574000001:5]"},
		{auth.Identity{Role: auth.Unit, Hold: auth.HoldArea}, question(0, "574000001"), "map[]"},
	} {
		status, a := askTracks(t, d, c.who, c.q)
		got := map[string]int{}
		for id, ps := range a.Tracks {
			got[id] = len(ps)
		}
		if status != 200 || a.Behind || fmt.Sprint(got) != c.want {
			t.Errorf("%s: %d %v, want %s", c.q, status, got, c.want)
		}
	}
	d.Kinds = func(auth.Role) []string { return []string{world.KindCamera} }
	if status, a := askTracks(t, d, anybody, question(0, "574000001")); status != 200 || len(a.Tracks) != 0 {
		t.Errorf("who sees no vessels: %d %v", status, a)
	}
	for _, bad := range []string{"", "no JSON", `{"since":-1}`, `{"before":1}`, question(0, make([]string, track.AtOnce+1)...), `{"ids":["` + strings.Repeat("5", longestQuestion) + `"]}`} {
		if status, _ := askTracks(t, d, anybody, bad); status != 400 {
			t.Errorf("%.40s: %d", bad, status)
		}
	}
}

// TestTracksCatchUp: a question waits for what is in the journal and was not read yet,
// but not for long.
func TestTracksCatchUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &book{more: make(chan world.Event)}
		for i := range 3 {
			b.add(60*i, world.VesselPosition{MMSI: "1", Pos: geo.Point{108, 15}})
		}
		st, _ := follow(t, b)
		x, err := New(Options{Log: b})
		if err != nil {
			t.Fatal(err)
		}
		d, id := doors(x, st), auth.Identity{Role: auth.Node}
		if _, a := askTracks(t, d, id, `{"since":0,"ids":["1"]}`); !a.Behind || len(a.Tracks["1"]) != 0 {
			t.Errorf("before anything is read: %+v", a)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- x.Run(ctx) }()
		if _, a := askTracks(t, d, id, `{"since":0,"ids":["1"]}`); a.Behind || len(a.Tracks["1"]) != 3 {
			t.Errorf("when it is read: %+v", a)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestTracksAreBounded(t *testing.T) {
	tr := newTracks()
	at := func(min int) world.Time { return world.Time(1_700_000_000_000 + 60_000*int64(min)) }
	for i := range 2 * track.Most {
		tr.add(at(i), world.VesselPosition{MMSI: "1", Pos: geo.Point{108, 15}})
	}
	if got := tr.since("1", 0); len(got) != track.Most || tr.count != track.Most || got[0].At != at(track.Most).Std().Unix() {
		t.Errorf("%d positions of one vessel from %d, %d counted", len(got), got[0].At, tr.count)
	}
	tr.most = 400
	for i := range 200 {
		for min := range 4 {
			tr.add(at(min), world.VesselPosition{MMSI: fmt.Sprint(i), Pos: geo.Point{108, 15}})
		}
	}
	count := 0
	for _, c := range tr.of {
		count += len(c.spots)
	}
	if tr.count > 400 || count != tr.count {
		t.Errorf("%d positions, %d counted", count, tr.count)
	}
}
