package wire

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"iocwall/server/world"
)

// pipes is a listener whose connections are net.Pipe, which a synctest bubble
// can wait for.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.done) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// center is a server without a journal: a loop with a state and a hub.
type center struct {
	t      *testing.T
	state  *world.State
	hub    *Hub
	ops    chan func(*world.State)
	events []world.Event // owned by the loop
	net    *pipes
	ids    sync.Map // token to Identity
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

// newCenter starts a center; change may alter the hub's options. It ends with
// the test, or before, by stop.
func newCenter(t *testing.T, state *world.State, change func(*center, *HubOptions)) *center {
	t.Helper()
	c := &center{t: t, state: state, ops: make(chan func(*world.State)), net: newPipes()}
	o := HubOptions{OnLoop: c.do, Logger: slog.New(slog.DiscardHandler)}
	if change != nil {
		change(c, &o)
	}
	hub, err := NewHub(o)
	if err != nil {
		t.Fatal(err)
	}
	c.hub = hub
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	c.wg.Go(func() {
		if err := hub.Run(ctx); err != nil {
			t.Errorf("hub: %v", err)
		}
	})
	c.wg.Go(func() { c.loop(ctx) })
	srv := &http.Server{Handler: http.HandlerFunc(c.serve)}
	c.wg.Go(func() { _ = srv.Serve(c.net) })
	c.wg.Go(func() {
		<-ctx.Done()
		srv.Close()
	})
	t.Cleanup(c.stop)
	return c
}

func (c *center) stop() {
	c.cancel()
	c.wg.Wait()
}

func (c *center) serve(w http.ResponseWriter, r *http.Request) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	id, ok := c.ids.Load(token)
	if !ok {
		http.Error(w, "unknown token", http.StatusUnauthorized)
		return
	}
	c.hub.Upgrade(w, r, id.(Identity))
}

func (c *center) loop(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case f := <-c.ops:
			f(c.state)
		case now := <-tick.C:
			c.hub.Tick(now, c.state)
		}
	}
}

func (c *center) do(ctx context.Context, f func(*world.State)) error {
	done := make(chan struct{})
	select {
	case c.ops <- func(s *world.State) { f(s); close(done) }:
		<-done
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Minute):
		return fmt.Errorf("the loop is gone")
	}
}

// emit makes the observations events, applies them and publishes them at once.
func (c *center) emit(obs ...world.Observation) {
	err := c.do(context.Background(), func(s *world.State) {
		changes := make([]world.Change, 0, len(obs))
		for _, o := range obs {
			if o.Time == 0 {
				o.Time = world.TimeOf(time.Now())
			}
			e := world.Event{Seq: s.At().Seq + 1, Seen: world.TimeOf(time.Now()), Source: "test", Observation: o}
			ch, err := s.Apply(e)
			if err != nil {
				c.t.Errorf("apply: %v", err)
			}
			ch.Event = e
			c.events = append(c.events, e)
			changes = append(changes, ch)
		}
		c.hub.Publish(s, changes)
	})
	if err != nil {
		c.t.Errorf("emit: %v", err)
	}
}

func say(bodies ...world.Body) []world.Observation {
	out := make([]world.Observation, 0, len(bodies))
	for _, b := range bodies {
		out = append(out, world.Observation{Body: b})
	}
	return out
}

// read is a HubOptions.Read over the events so far.
func (c *center) read(ctx context.Context, from uint64, yield func(world.Event) bool) error {
	var part []world.Event
	if err := c.do(ctx, func(*world.State) { part = slices.Clone(c.events[from:]) }); err != nil {
		return err
	}
	for _, e := range part {
		if !yield(e) {
			break
		}
	}
	return nil
}

// wall is a client with a consumer that applies what it gets.
type wall struct {
	c    *Client
	stop func()

	mu        sync.Mutex
	state     *world.State
	snapshots int
	receipts  []world.Receipt
	links     []world.Link
	relay     *world.RelayGrant
	checks    int
	wrong     []string
	unchecked []string
	batches   int
	paused    chan struct{}
	conn      net.Conn
}

// join connects a wall with the identity. Its options may be changed.
func (c *center) join(id Identity, change func(*ClientOptions)) *wall {
	c.t.Helper()
	return c.joinWith(id, world.New(0), change)
}

// joinWith connects a wall that has a state already.
func (c *center) joinWith(id Identity, state *world.State, change func(*ClientOptions)) *wall {
	c.t.Helper()
	token := fmt.Sprintf("secret-%s-%s", id.User, id.Token)
	c.ids.Store(token, id)
	w := &wall{state: state}
	o := ClientOptions{
		URL: "ws://server/feed", Token: func() (string, error) { return token, nil }, Name: id.User,
		Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := c.net.dial(ctx, network, addr)
			w.mu.Lock()
			w.conn = conn
			w.mu.Unlock()
			return conn, err
		},
	}
	if change != nil {
		change(&o)
	}
	client, err := NewClient(o)
	if err != nil {
		c.t.Fatal(err)
	}
	w.c = client
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := client.Run(ctx); err != nil {
			c.t.Errorf("client: %v", err)
		}
	})
	wg.Go(func() { w.consume(ctx) })
	w.stop = sync.OnceFunc(func() { cancel(); wg.Wait() })
	c.t.Cleanup(w.stop)
	return w
}

func (w *wall) consume(ctx context.Context) {
	for {
		b, err := w.c.Next(ctx)
		if err != nil {
			return
		}
		w.mu.Lock()
		gate := w.paused
		w.apply(&b)
		w.mu.Unlock()
		if gate != nil {
			<-gate
		}
	}
}

func (w *wall) apply(b *world.Batch) {
	if b.Snapshot != nil {
		w.snapshots++
	}
	if b.To != 0 {
		w.batches++
	}
	s, err := w.state.ApplyBatch(b, nil)
	if err != nil {
		w.wrong = append(w.wrong, err.Error())
	}
	w.state = s
	w.receipts = append(w.receipts, b.Receipts...)
	if b.Link != nil {
		w.links = append(w.links, *b.Link)
	}
	if b.Relay != nil {
		w.relay = b.Relay
	}
	if b.Check != nil {
		w.checks++
		w.unchecked = b.Unchecked
		if kinds := b.Differs(s.Digest()); kinds != nil {
			w.wrong = append(w.wrong, fmt.Sprintf("digest at %s: have %v, want %v", s.At(), s.Digest(), b.Check))
		}
	}
}

// look calls f with the wall locked.
func (w *wall) look(f func(*wall)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f(w)
}

// cut breaks the connection, as a pulled cable would.
func (w *wall) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.conn != nil {
		w.conn.Close()
	}
}

// filtered is the digest that a client of the view must have.
func filtered(s *world.State, v View) world.Digest {
	d := world.Digest{}
	for e := range s.Entities("") {
		kind := e.Ref().Kind()
		if !v.hasKind(kind) {
			continue
		}
		if world.Bounded(kind) && len(v.Areas) > 0 && !slices.ContainsFunc(v.Areas, func(root string) bool { return e.In() != "" && s.Within(e.In(), root) }) {
			continue
		}
		sum, _ := s.Sum(e.Ref())
		d[kind] += sum
	}
	return d
}
