package nodes

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/server/world"
)

// sessions are connections that a test makes and ends.
type sessions struct {
	mu    sync.Mutex
	heard map[string]time.Time // by connection, "pc-01/1"
	mute  map[string]bool      // connections that say nothing any more
}

func (s *sessions) list() (out []Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn, at := range s.heard {
		node, _, _ := strings.Cut(conn, "/")
		out = append(out, Session{Node: node, Silent: time.Since(at)})
	}
	return out
}

// speak lets every connection that is not mute say something each second.
func (s *sessions) speak(ctx context.Context) {
	for ctx.Err() == nil {
		s.mu.Lock()
		for conn := range s.heard {
			if !s.mute[conn] {
				s.heard[conn] = time.Now()
			}
		}
		s.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// bench is links at work in a bubble.
type bench struct {
	t       *testing.T
	history *history
	s       *sessions
	links   *Links
}

func newBench(t *testing.T, bodies ...world.Body) *bench {
	t.Helper()
	b := &bench{t: t, history: newHistory(t, bodies...), s: &sessions{heard: map[string]time.Time{}, mute: map[string]bool{}}}
	var err error
	if b.links, err = NewLinks(LinksOptions{History: b.history, Sessions: b.s.list}); err != nil {
		t.Fatal(err)
	}
	return b
}

// run starts the links; they end with the test.
func (b *bench) run() {
	ctx, cancel := context.WithCancel(b.t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { b.s.speak(ctx) })
	wg.Go(func() {
		if err := b.links.Run(ctx); err != nil {
			b.t.Errorf("run: %v", err)
		}
	})
	b.t.Cleanup(func() { cancel(); wg.Wait() })
}

func (b *bench) come(conn string) {
	b.s.mu.Lock()
	b.s.heard[conn] = time.Now()
	b.s.mu.Unlock()
	node, _, _ := strings.Cut(conn, "/")
	b.links.Moved(node, "")
}

func (b *bench) goes(conn, why string) {
	b.s.mu.Lock()
	delete(b.s.heard, conn)
	b.s.mu.Unlock()
	node, _, _ := strings.Cut(conn, "/")
	b.links.Moved(node, why)
}

func (b *bench) silence(conn string) {
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	b.s.mute[conn] = true
}

// expect checks which computers are up, and the reason of the one that is named.
func (b *bench) expect(when string, up []string, down, reason string) {
	b.t.Helper()
	synctest.Wait()
	var have []string
	var why string
	err := b.history.Call(b.t.Context(), func(st *world.State) {
		for _, n := range st.Nodes() {
			if n.Up {
				have = append(have, n.Node)
			}
			if n.Node == down {
				why = n.Reason
			}
		}
	})
	if err != nil {
		b.t.Fatal(err)
	}
	if !slices.Equal(have, up) || !strings.Contains(why, reason) {
		b.t.Errorf("%s: up are %q, and %s is down since %q; want %q and %q", when, have, down, why, up, reason)
	}
}

func TestLinksFollowSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.run()
		b.expect("at the start", nil, "", "")
		b.come("pc-01/1")
		b.expect("when the first came", []string{"pc-01"}, "", "")
		b.come("pc-02/1")
		b.come("pc-01/2")
		time.Sleep(time.Minute)
		b.expect("after a quiet minute", []string{"pc-01", "pc-02"}, "", "")
		b.goes("pc-01/1", "gone")
		b.expect("with a second connection", []string{"pc-01", "pc-02"}, "", "")
		b.goes("pc-01/2", "revoked")
		b.expect("at once after the last", []string{"pc-02"}, "pc-01", "token was revoked")
		b.goes("pc-02/1", "slow: 5000 kB and 3 s behind")
		b.expect("after one that was slow", nil, "pc-02", "too slow to follow: 5000 kB")
		if got := len(bodies[world.NodeLinked](b.history)); got != 4 {
			t.Errorf("%d events; each change is told once", got)
		}
	})
}

func TestLinksFindAPulledCable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.run()
		b.come("pc-01/1")
		b.come("pc-02/1")
		time.Sleep(10*time.Second + time.Millisecond)
		b.silence("pc-01/1") // which said its last word a millisecond ago
		time.Sleep(2400 * time.Millisecond)
		b.expect("before 2.5 s", []string{"pc-01", "pc-02"}, "", "")
		time.Sleep(500 * time.Millisecond)
		b.expect("after 2.5 s", []string{"pc-02"}, "pc-01", "nothing was heard of it for 2.")
		b.come("pc-01/2") // while the dead connection is still there
		b.expect("with a new connection beside the dead one", []string{"pc-01", "pc-02"}, "", "")
		time.Sleep(time.Minute)
		b.expect("a minute later", []string{"pc-01", "pc-02"}, "", "")
	})
}

func TestLinksAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(
			t, world.NodeLinked{Node: "pc-01", Up: true}, world.NodeLinked{Node: "pc-02", Up: true},
			world.NodeLinked{Node: "pc-03", Up: true}, world.NodeLinked{Node: "pc-04", Reason: "broken"},
		)
		b.run()
		time.Sleep(time.Second)
		b.come("pc-01/1")
		time.Sleep(time.Second)
		b.come("pc-03/1")
		time.Sleep(time.Second)
		b.goes("pc-03/1", "gone") // it was here: it is not waited for again
		b.expect("when one left again", []string{"pc-01", "pc-02"}, "pc-03", "its connection ended")
		time.Sleep(1900 * time.Millisecond)
		b.expect("before 5 s", []string{"pc-01", "pc-02"}, "pc-04", "broken")
		time.Sleep(300 * time.Millisecond)
		b.expect("after 5 s", []string{"pc-01"}, "pc-02", "did not come back after the server started")
		b.come("pc-02/1")
		b.expect("when it came after all", []string{"pc-01", "pc-02"}, "", "")
	})
}

// TestLinksForgiveTheirOwnStandstill holds that a server which was stopped itself
// does not take all computers for lost.
func TestLinksForgiveTheirOwnStandstill(t *testing.T) {
	b := newBench(t)
	b.links.up = map[string]bool{"pc-01": true}
	now := time.Now()
	b.links.looked = now.Add(-10 * time.Second)
	b.s.heard["pc-01/1"] = now.Add(-9 * time.Second)
	if err := b.links.look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := bodies[world.NodeLinked](b.history); len(got) != 0 {
		t.Errorf("after a standstill: %+v", got)
	}
	b.links.resumed = now.Add(-3 * time.Second)
	if err := b.links.look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := bodies[world.NodeLinked](b.history); len(got) != 1 || got[0].Up {
		t.Errorf("three seconds later: %+v", got)
	}
}

func TestLinksEndWithTheHistory(t *testing.T) {
	b := newBench(t)
	b.history.err = errors.New("it is full")
	b.s.heard["pc-01/1"] = time.Now()
	if err := b.links.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "it is full") {
		t.Errorf("run: %v", err)
	}
	if up := maps.Clone(b.links.up); len(up) != 0 {
		t.Errorf("what was not written counts as told: %v", up)
	}
}
