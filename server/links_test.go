package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/server/auth"
	"iocwall/server/core"
	"iocwall/server/nodes"
	"iocwall/server/wire"
	"iocwall/server/world"
)

// memory is a journal that forgets.
type memory struct{}

func (memory) Append([]world.Event) <-chan error {
	done := make(chan error, 1)
	done <- nil
	return done
}

// cable is a connection within this program that can be pulled out: what is sent
// either way is then lost, and neither end notices.
type cable struct {
	net.Conn
	pulled *atomic.Bool
}

func (c cable) Write(b []byte) (int, error) {
	if c.pulled.Load() {
		return len(b), nil
	}
	return c.Conn.Write(b)
}

func (c cable) Read(b []byte) (int, error) {
	for {
		n, err := c.Conn.Read(b)
		if err != nil || !c.pulled.Load() {
			return n, err
		}
	}
}

// cables is a listener whose connections stay within this program.
type cables struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (l *cables) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *cables) Close() error   { l.once.Do(func() { close(l.done) }); return nil }
func (l *cables) Addr() net.Addr { return &net.UnixAddr{Name: "cables", Net: "pipe"} }

// linked is a loop, a hub and links over a state, with one computer of a wall.
type linked struct {
	t      *testing.T
	loop   *core.Loop
	hub    *wire.Hub
	links  *nodes.Links
	net    *cables
	pulled atomic.Bool
}

func newLinked(t *testing.T, before ...world.Body) *linked {
	t.Helper()
	state := world.New(1)
	for i, b := range before {
		if _, err := state.Apply(world.Event{Seq: uint64(i + 1), Seen: 1, Observation: world.Observation{Time: 1, Body: b}}); err != nil {
			t.Fatal(err)
		}
	}
	x := &linked{t: t, net: &cables{conns: make(chan net.Conn), done: make(chan struct{})}}
	quiet := slog.New(slog.DiscardHandler)
	var err error
	x.hub, err = wire.NewHub(wire.HubOptions{
		OnLoop: func(ctx context.Context, f func(*world.State)) error { return x.loop.Call(ctx, f) },
		Moved:  func(id wire.Identity, gone string) { x.links.Moved(id.User, gone) },
	})
	if err != nil {
		t.Fatal(err)
	}
	x.loop = core.New(core.Options{Journal: memory{}, Hub: x.hub, State: state, Logger: quiet})
	x.links, err = nodes.NewLinks(nodes.LinksOptions{
		History: x.loop, Sessions: func() []nodes.Session { return nodeSessions(x.hub.Stats().Clients) },
	})
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x.hub.Upgrade(w, r, wire.Identity{User: "pc-01", Name: "pc-01", Role: string(auth.Node)})
	})}
	g := newGroup(t.Context(), quiet)
	g.start("loop", x.loop.Run)
	g.start("hub", x.hub.Run)
	g.start("links", x.links.Run)
	g.start("doors", func(ctx context.Context) error {
		stop := context.AfterFunc(ctx, func() { srv.Close() })
		defer stop()
		if err := srv.Serve(x.net); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	t.Cleanup(func() {
		if err := g.stop(); err != nil {
			t.Error(err)
		}
	})
	return x
}

// connect starts the computer's client; stop ends it.
func (x *linked) connect() (stop func()) {
	x.t.Helper()
	c, err := wire.NewClient(wire.ClientOptions{
		URL: "ws://wall.test/feed", Token: func() (string, error) { return "x", nil }, Name: "pc-01",
		Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			select {
			case x.net.conns <- theirs:
				return cable{ours, &x.pulled}, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		},
	})
	if err != nil {
		x.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = c.Run(ctx) })
	wg.Go(func() {
		for ctx.Err() == nil {
			_, _ = c.Next(ctx) // nobody looks at it
		}
	})
	return sync.OnceFunc(func() { cancel(); wg.Wait() })
}

// within demands that the computer is up or down within the time.
func (x *linked) within(limit time.Duration, up bool, reason string) {
	x.t.Helper()
	var n world.Node
	for end := time.Now().Add(limit); ; time.Sleep(10 * time.Millisecond) {
		if err := x.loop.Call(x.t.Context(), func(st *world.State) { n, _ = st.Node("pc-01") }); err != nil {
			x.t.Fatal(err)
		}
		if n.Up == up && strings.Contains(n.Reason, reason) {
			return
		}
		if time.Now().After(end) {
			x.t.Fatalf("after %v pc-01 is up: %v, reason %q", limit, n.Up, n.Reason)
		}
	}
}

// TestALostComputerIsFound holds, with the real hub, loop and client, that a
// computer is up with its connection, down at once when it ends, down within three
// seconds when its cable is pulled out, and up again afterwards.
func TestALostComputerIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newLinked(t)
		stop := x.connect()
		x.within(100*time.Millisecond, true, "")
		time.Sleep(5 * time.Minute) // with nothing to say
		if events := x.loop.Stats().Events; events != 1 {
			t.Errorf("%d events in five quiet minutes", events)
		}
		stop()
		x.within(100*time.Millisecond, false, "its connection ended")

		stop = x.connect()
		defer stop()
		x.within(100*time.Millisecond, true, "")
		time.Sleep(10 * time.Second)
		x.pulled.Store(true)
		x.within(3*time.Second, false, "nothing was heard of it")
		time.Sleep(5 * time.Second)
		x.pulled.Store(false) // the connection lives on
		x.within(1500*time.Millisecond, true, "")
		x.pulled.Store(true)
		time.Sleep(10 * time.Minute)
		x.within(0, false, "")
		x.pulled.Store(false)
		x.within(time.Minute, true, "")
		x.hub.Kick(func(wire.Identity) bool { return true }, wire.Revoked)
		x.within(1100*time.Millisecond, false, "its token was revoked")
	})
}

// TestComputersComeBackAfterARestart holds that a computer which the history calls
// connected has five seconds to come back, without an event when it does.
func TestComputersComeBackAfterARestart(t *testing.T) {
	up := world.NodeLinked{Node: "pc-01", Up: true}
	t.Run("it does", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			x := newLinked(t, up)
			time.Sleep(4 * time.Second)
			defer x.connect()()
			time.Sleep(time.Minute)
			x.within(0, true, "")
			if events := x.loop.Stats().Events; events != 0 {
				t.Errorf("%d events", events)
			}
		})
	})
	t.Run("it does not", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			x := newLinked(t, up)
			time.Sleep(4900 * time.Millisecond)
			x.within(0, true, "")
			x.within(500*time.Millisecond, false, "did not come back")
		})
	})
}
