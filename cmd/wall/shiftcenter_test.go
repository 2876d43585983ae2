package main_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/core"
	"iocwall/server/director"
	"iocwall/server/journal"
	"iocwall/server/nodes"
	"iocwall/server/rule"
	"iocwall/server/stage"
	"iocwall/server/wire"
	"iocwall/server/world"
)

// pipeNet is a network in memory, which a bubble of fake time can wait for: one
// server at most, and wires that can be cut or go silent.
type pipeNet struct {
	mu       sync.Mutex
	listener *pipeListener // nil while there is no server
	wires    map[*pipeWire]string
}

// pipeListener is where a server hears of connections.
type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { l.once.Do(func() { close(l.done) }); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

// pipeWire is a client's end of a connection.
type pipeWire struct {
	net.Conn
	n      *pipeNet
	mu     sync.Mutex
	silent chan struct{} // not nil while nothing passes
	closed chan struct{}
	once   sync.Once
}

func (w *pipeWire) wait() {
	w.mu.Lock()
	silent := w.silent
	w.mu.Unlock()
	if silent != nil {
		select {
		case <-silent:
		case <-w.closed:
		}
	}
}

func (w *pipeWire) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	w.wait()
	return n, err
}

func (w *pipeWire) Write(b []byte) (int, error) {
	w.wait()
	return w.Conn.Write(b)
}

func (w *pipeWire) Close() error {
	w.once.Do(func() { close(w.closed) })
	w.n.mu.Lock()
	delete(w.n.wires, w)
	w.n.mu.Unlock()
	return w.Conn.Close()
}

var errNoServer = errors.New("connection refused: nobody listens")

// dialer returns how the client of that name connects.
func (n *pipeNet) dialer(name string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		n.mu.Lock()
		l := n.listener
		n.mu.Unlock()
		if l == nil {
			return nil, errNoServer
		}
		ours, theirs := net.Pipe()
		select {
		case l.conns <- theirs:
		case <-l.done:
			return nil, errNoServer
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		w := &pipeWire{Conn: ours, n: n, closed: make(chan struct{})}
		n.mu.Lock()
		n.wires[w] = name
		n.mu.Unlock()
		return w, nil
	}
}

// silence holds up all that passes between the client and the server, as a switch
// without power does, until the returned function is called.
func (n *pipeNet) silence(name string) (restore func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	gate := make(chan struct{})
	for w, of := range n.wires {
		if of == name {
			w.mu.Lock()
			w.silent = gate
			w.mu.Unlock()
		}
	}
	return sync.OnceFunc(func() { close(gate) })
}

// center is a server's heart: journal, loop with rules and director, stage, hub and
// links, put together as the server does it, without its doors to the network.
type center struct {
	tb     testing.TB
	log    *journal.Log
	loop   *core.Loop
	hub    *wire.Hub
	stage  *stage.Stage
	links  *nodes.Links
	net    *pipeNet
	door   *pipeListener
	ids    map[string]wire.Identity // by token
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

// openCenter opens the history in the folder and serves the network. Rules are the
// text of a file of rules.
func openCenter(tb testing.TB, dir, rules string, n *pipeNet, ids map[string]wire.Identity) *center {
	tb.Helper()
	log := slog.New(slog.DiscardHandler)
	if os.Getenv("SHIFT_LOG") != "" {
		log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	c := &center{tb: tb, net: n, ids: ids, door: &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}}
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	must := func(err error) {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
	}
	var err error
	c.log, err = journal.Open(journal.Options{Dir: filepath.Join(dir, "journal"), Logger: log})
	must(err)
	state, err := c.log.State(ctx)
	must(err)
	set, problems := rule.Parse("rules.yaml", []byte(rules))
	if len(problems) > 0 {
		tb.Fatal(problems)
	}
	c.hub, err = wire.NewHub(wire.HubOptions{
		OnLoop:  func(ctx context.Context, f func(*world.State)) error { return c.loop.Call(ctx, f) },
		Command: c.command, Logger: log, Moved: c.moved,
	})
	must(err)
	c.loop = core.New(core.Options{
		Journal: c.log, Hub: c.hub, State: state, Newest: c.log.Seen(), Patience: core.DefaultPatience(), Logger: log,
		Walls: director.Options{Logger: log},
	})
	c.stage, err = stage.New(stage.Options{History: c.loop, Logger: log})
	must(err)
	c.links, err = nodes.NewLinks(nodes.LinksOptions{History: c.loop, Sessions: c.sessions, Logger: log})
	must(err)
	c.run(ctx, "loop", c.loop.Run)
	c.run(ctx, "hub", c.hub.Run)
	must(c.loop.Resume(ctx, set))
	c.run(ctx, "links", c.links.Run)
	srv := &http.Server{Handler: http.HandlerFunc(c.serve), ReadHeaderTimeout: time.Minute}
	c.wg.Go(func() { _ = srv.Serve(c.door) })
	c.wg.Go(func() {
		<-ctx.Done()
		_ = srv.Close()
	})
	n.mu.Lock()
	n.listener = c.door
	n.mu.Unlock()
	return c
}

func (c *center) run(ctx context.Context, what string, run func(context.Context) error) {
	c.wg.Go(func() {
		if err := run(ctx); err != nil {
			c.tb.Errorf("%s: %v", what, err)
		}
	})
}

// close ends it, with all connections.
func (c *center) close() {
	c.tb.Helper()
	c.net.mu.Lock()
	c.net.listener = nil
	c.net.mu.Unlock()
	_ = c.door.Close()
	c.cancel()
	c.wg.Wait()
	if err := c.log.Close(); err != nil {
		c.tb.Error(err)
	}
}

func (c *center) serve(w http.ResponseWriter, r *http.Request) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	id, ok := c.ids[token]
	if !ok {
		http.Error(w, "unknown token", http.StatusUnauthorized)
		return
	}
	c.hub.Upgrade(w, r, id)
}

func (c *center) command(ctx context.Context, id wire.Identity, cmd act.Command) world.Receipt {
	who := auth.Identity{Token: id.Token, Name: id.User, Role: auth.Role(id.Role), Areas: id.Areas}
	done, err := c.stage.Do(ctx, who, cmd.Act)
	if err != nil {
		return world.Receipt{Reason: err.Error()}
	}
	return world.Receipt{OK: true, Seq: done.Seq, Reason: done.Note}
}

func (c *center) moved(id wire.Identity, gone string) {
	if id.Role == string(auth.Node) {
		c.links.Moved(id.User, gone)
	}
}

func (c *center) sessions() (out []nodes.Session) {
	for _, s := range c.hub.Stats().Clients {
		if s.Role == string(auth.Node) && s.View != "" {
			out = append(out, nodes.Session{Node: s.User, Silent: s.Silent})
		}
	}
	return out
}

// put appends what a source tells.
func (c *center) put(source string, bodies ...world.Body) {
	c.tb.Helper()
	obs := make([]world.Observation, 0, len(bodies))
	for _, b := range bodies {
		obs = append(obs, world.Observation{Body: b})
	}
	if err := c.loop.Put(context.Background(), source, obs); err != nil {
		c.tb.Fatal(fmt.Errorf("put %s: %w", source, err))
	}
}

// wall returns the wall as the history has it.
func (c *center) wall() (w world.Wall) {
	c.tb.Helper()
	if err := c.loop.Call(context.Background(), func(st *world.State) { w, _ = st.Wall("main") }); err != nil {
		c.tb.Fatal(err)
	}
	return w
}
