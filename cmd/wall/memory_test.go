package main

import (
	"bytes"
	"context"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/server/world"
)

// village is a state with a wall that shows a scene.
func village(t testing.TB) *world.State {
	t.Helper()
	st := world.New(3)
	for i, b := range []world.Body{
		world.WallDefined{ID: "main", Screens: []world.Screen{{ID: 1, Node: "pc-03", W: 100, H: 50}}},
		world.SceneSaved{ID: "sea", Wall: "main", Version: 1},
		world.SceneShown{Wall: "main", Scene: "sea"},
		world.VesselPosition{MMSI: "574000001", Pos: [2]float64{108, 16}},
	} {
		if _, err := st.Apply(world.Event{Seq: uint64(i + 1), Seen: 100, Observation: world.Observation{Time: 100, Body: b}}); err != nil {
			t.Fatal(err)
		}
	}
	return st
}

// next is a batch of one event after the state's.
func next(st *world.State, b world.Body) world.Batch {
	at := st.At()
	now := world.TimeOf(time.Now())
	e := world.Event{Seq: at.Seq + 1, Seen: now, Observation: world.Observation{Time: now, Body: b}}
	return world.Batch{Epoch: at.Epoch, From: at.Seq, To: e.Seq, Seen: now, Items: []world.Item{{Event: &e}}}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestMemoryIsRecalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHome(t)
		m := newMemory(h, "ws://a/feed", quiet())
		if m.recall() != nil {
			t.Fatal("something was recalled of nothing")
		}
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { _ = m.Run(ctx) })
		st := village(t)
		at, digest := st.At(), maps.Clone(st.Digest())
		m.take(&world.Batch{Epoch: 3, To: 4, Seen: 100, Snapshot: st, Link: &world.Link{Up: true, Offset: 7}}, "view")
		// The consumer goes on with its state.
		later := next(st, world.VesselPosition{MMSI: "574000002", Pos: [2]float64{109, 16}})
		st, err := st.ApplyBatch(&later, nil)
		if err != nil {
			t.Fatal(err)
		}
		heard := world.TimeOf(time.Now())
		time.Sleep(2 * time.Second)
		r := newMemory(h, "ws://a/feed", quiet()).recall()
		if r == nil || r.state.At() != at || !maps.Equal(r.state.Digest(), digest) || r.View != "view" || r.Offset != 7 || r.Heard != heard {
			t.Fatalf("recalled %+v", r)
		}
		if info, err := os.Stat(m.path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the file: %v, %v", info, err)
		}
		cancel()
		wg.Wait()

		// The next life goes on with it, and keeps what comes then.
		m = newMemory(h, "ws://a/feed", quiet())
		if m.recall() == nil {
			t.Fatal("nothing was recalled")
		}
		ctx, cancel = context.WithCancel(t.Context())
		wg.Go(func() { _ = m.Run(ctx) })
		m.take(&later, "view")
		time.Sleep(time.Second)
		cancel()
		wg.Wait()
		if r := newMemory(h, "ws://a/feed", quiet()).recall(); r == nil || r.state.At() != st.At() || !maps.Equal(r.state.Digest(), st.Digest()) {
			t.Errorf("in the third life: %+v", r)
		}
	})
}

// TestMemoryKeepsWithinItsTime holds how soon what changed is on disk, and that
// positions alone do not wear it out.
func TestMemoryKeepsWithinItsTime(t *testing.T) {
	for name, c := range map[string]struct {
		body         world.Body
		after, still time.Duration
	}{
		"a switch of scenes": {world.SceneShown{Wall: "main", Scene: "land"}, time.Second, 0},
		"a report":           {world.StationDefined{ID: "s"}, 10 * time.Second, 8 * time.Second},
		"a position":         {world.VesselPosition{MMSI: "574000002", Pos: [2]float64{109, 16}}, time.Minute, 50 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHome(t)
				m := newMemory(h, "ws://a/feed", quiet())
				ctx, cancel := context.WithCancel(t.Context())
				var wg sync.WaitGroup
				wg.Go(func() { _ = m.Run(ctx) })
				st := village(t)
				m.take(&world.Batch{Epoch: 3, To: 4, Snapshot: st}, "v")
				time.Sleep(time.Millisecond)
				seq := func() uint64 { return newMemory(h, "ws://a/feed", quiet()).recall().state.At().Seq }
				if seq() != 4 {
					t.Errorf("the first state: at %d", seq())
				}
				b := next(st, c.body)
				m.take(&b, "v")
				if time.Sleep(c.still); seq() != 4 {
					t.Errorf("on disk before %v", c.still)
				}
				if time.Sleep(c.after - c.still); seq() != 5 {
					t.Errorf("not on disk after %v", c.after)
				}
				cancel()
				wg.Wait()
			})
		})
	}
}

func TestMemoryOnABrokenDiskIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHome(t)
		m := newMemory(h, "ws://a/feed", quiet())
		m.path = filepath.Join(h.dir, "gone", "state")
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { _ = m.Run(ctx) })
		m.take(&world.Batch{Epoch: 3, To: 4, Snapshot: village(t)}, "v")
		time.Sleep(time.Second)
		if m.problem() == nil {
			t.Error("no problem is told")
		}
		if err := os.Mkdir(filepath.Dir(m.path), 0o700); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		if err := m.problem(); err != nil {
			t.Errorf("the disk is there again: %v", err)
		}
		cancel()
		wg.Wait()
	})
}

// TestForeignAndTornMemoryIsLeftAlone writes what must not be shown.
func TestForeignAndTornMemoryIsLeftAlone(t *testing.T) {
	h := newHome(t)
	good := keptVillage(t, h)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":          {nil, "does not begin"},
		"something else": {[]byte("\x7fELF..."), "does not begin"},
		"a head alone":   {[]byte(memoryMagic), "no end"},
		"no JSON":        {[]byte(memoryMagic + "x\n"), "head"},
		"torn":           {good[:len(good)-9], "torn"},
		"changed":        {append(bytes.Clone(good[:len(good)-1]), good[len(good)-1]^1), "torn"},
		"another node":   {bytes.Replace(good, []byte(`"pc-03"`), []byte(`"pc-04"`), 1), "computer"},
		"another server": {bytes.Replace(good, []byte(`ws://a/feed`), []byte(`ws://b/feed`), 1), "server"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(h.path("state"), c.data, 0o600); err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			if r := newMemory(h, "ws://a/feed", slog.New(slog.NewTextHandler(&log, nil))).recall(); r != nil {
				t.Errorf("recalled %+v", r)
			}
			if !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), c.want) {
				t.Errorf("the warning: %s, want %q", log.String(), c.want)
			}
		})
	}
}

// keptVillage writes the village down and returns the file.
func keptVillage(t testing.TB, h *home) []byte {
	t.Helper()
	r := recalled{Node: "pc-03", Server: "ws://a/feed", View: "v", Heard: 5, state: village(t)}
	if err := r.write(h.path("state")); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(h.path("state"))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// FuzzReadMemory holds that any file is a state or an error.
func FuzzReadMemory(f *testing.F) {
	h, err := openHome(f.TempDir(), "pc-03")
	if err != nil {
		f.Fatal(err)
	}
	defer h.Close()
	f.Add(keptVillage(f, h))
	f.Add([]byte(memoryMagic + "{}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := readMemory(bytes.NewReader(data))
		if (err == nil) != (r != nil) {
			t.Fatalf("%v, %v", r, err)
		}
		if err == nil {
			if _, err := r.state.Snapshot(); err != nil {
				t.Fatalf("what was read cannot be written: %v", err)
			}
		}
	})
}

// TestColdFeed starts without a server: what is on disk comes first, marked, and
// stays marked until the server was reached.
func TestColdFeed(t *testing.T) {
	h := newHome(t)
	keptVillage(t, h)
	if err := h.keepGrant("ws://a/feed", world.RelayGrant{URL: "rtsp://relay", Token: "secret", Expires: world.TimeOf(time.Now().Add(-time.Hour))}); err != nil {
		t.Fatal(err)
	}
	c := &connection{Server: "ws://a/feed", Lang: "en", LogLevel: slog.LevelError + 1}
	f, err := newFeed(c, "pc-03", h)
	if err != nil {
		t.Fatal(err)
	}
	b, err := f.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if b.Snapshot == nil || b.Epoch != 3 || b.To != 4 || b.Relay == nil || b.Relay.Token != "secret" {
		t.Errorf("the first batch: %+v", b)
	}
	if w, ok := b.Snapshot.Wall("main"); !ok || w.Shown.Scene != "sea" {
		t.Errorf("the wall: %+v", w)
	}
	marked := func(l *world.Link) {
		t.Helper()
		if l == nil || l.Up || l.Since != 5 || !strings.Contains(l.Reason, "not reached since") || !strings.Contains(l.Reason, "the wall is as of") {
			t.Errorf("the link: %+v", l)
		}
	}
	marked(b.Link)
	// The first failure to connect keeps the mark and adds why.
	down := world.Batch{Link: &world.Link{Since: world.TimeOf(time.Now()), Reason: "connection refused"}}
	f.linked(&down)
	marked(down.Link)
	if !strings.Contains(down.Link.Reason, "connection refused") {
		t.Errorf("why: %q", down.Link.Reason)
	}
	if _, _, _, err := f.address(t.Context(), "cam-1", ""); err == nil || !strings.Contains(err.Error(), "ended at") || strings.Contains(err.Error(), "secret") {
		t.Errorf("a right that ended: %v", err)
	}
	// Once the server was there, a link that breaks is an ordinary one.
	up := world.Batch{Link: &world.Link{Up: true, Since: 9}}
	f.linked(&up)
	lost := world.Batch{Link: &world.Link{Since: 10, Reason: "the server stopped"}}
	f.linked(&lost)
	if lost.Link.Since != 10 || lost.Link.Reason != "the server stopped" {
		t.Errorf("later: %+v", lost.Link)
	}
}

// TestGrantsWithoutToken: a right without a token does no harm.
func TestGrantsWithoutToken(t *testing.T) {
	f := &feed{granted: make(chan struct{})}
	f.keep(world.RelayGrant{})
	for _, token := range []string{"", "", "secret", "", "other"} {
		f.keep(world.RelayGrant{URL: "rtsp://relay", Token: token})
	}
	if _, token, err := f.relay(t.Context()); err != nil || token != "other" {
		t.Errorf("%q, %v", token, err)
	}
}

func TestOwnReceiptsStayHere(t *testing.T) {
	c := &connection{Server: "ws://a/feed", Lang: "vi"}
	f, err := newFeed(c, "desk", nil)
	if err != nil {
		t.Fatal(err)
	}
	got := f.mine([]world.Receipt{{ID: "a", OK: true}, {ID: ownReceipts + "1", OK: true}, {ID: "b"}})
	if len(got) != 2 || got[0].ID != "a" || got[1].ID != "b" {
		t.Errorf("left are %+v", got)
	}
}

// BenchmarkKeep50000 writes down a wall with as many vessels as there may be.
func BenchmarkKeep50000(b *testing.B) {
	st := world.New(1)
	for i := range 50_000 {
		p := world.VesselPosition{MMSI: strconv.Itoa(574_000_000 + i), Pos: [2]float64{105 + float64(i%700)/100, 8 + float64(i)/5000}, Speed: 7, Course: 90}
		if _, err := st.Apply(world.Event{Seq: uint64(i + 1), Observation: world.Observation{Time: 100, Body: p}}); err != nil {
			b.Fatal(err)
		}
	}
	path := filepath.Join(b.TempDir(), "state")
	for b.Loop() {
		r := recalled{state: st}
		if err := r.write(path); err != nil {
			b.Fatal(err)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(info.Size())/1e6, "MB")
}

// BenchmarkRecall50000 reads it again.
func BenchmarkRecall50000(b *testing.B) {
	st := world.New(1)
	for i := range 50_000 {
		p := world.VesselPosition{MMSI: strconv.Itoa(574_000_000 + i), Pos: [2]float64{105, 8 + float64(i)/5000}}
		if _, err := st.Apply(world.Event{Seq: uint64(i + 1), Observation: world.Observation{Time: 100, Body: p}}); err != nil {
			b.Fatal(err)
		}
	}
	r := recalled{state: st}
	path := filepath.Join(b.TempDir(), "state")
	if err := r.write(path); err != nil {
		b.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := readMemory(bytes.NewReader(raw)); err != nil {
			b.Fatal(err)
		}
	}
}
