package server

import (
	"context"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"iocwall/server/auth"
	"iocwall/server/demo"
	"iocwall/server/settings"
	"iocwall/server/wire"
	"iocwall/server/world"
)

// thin is a line of so many bits a second and so long a way, both ways each.
type thin struct {
	bits float64
	way  time.Duration

	down, up atomic.Int64 // bytes that came out at the other end
}

// dial connects over the line: the handshake takes a way there and back.
func (l *thin) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	time.Sleep(2 * l.way)
	out := &thinConn{Conn: c, line: l, in: make(chan parcel, 64), out: make(chan parcel, 64)}
	go out.receive()
	go out.send()
	return out, nil
}

// parcel is a packet on its way, and when it is there.
type parcel struct {
	data []byte
	at   time.Time
	err  error
}

// packet is what travels at once, in bytes.
const packet = 1400

type thinConn struct {
	net.Conn
	line    *thin
	in, out chan parcel
	rest    []byte
}

// carry keeps a packet for as long as the line needs to take it up.
func (l *thin) carry(data []byte) parcel {
	time.Sleep(time.Duration(float64(8*len(data)) / l.bits * float64(time.Second)))
	return parcel{data: data, at: time.Now().Add(l.way)}
}

func (c *thinConn) receive() {
	for {
		buf := make([]byte, packet)
		n, err := c.Conn.Read(buf)
		p := c.line.carry(buf[:n])
		p.err = err
		c.in <- p
		if err != nil {
			return
		}
	}
}

func (c *thinConn) send() {
	for p := range c.out {
		time.Sleep(time.Until(p.at))
		if _, err := c.Conn.Write(p.data); err != nil {
			return
		}
		c.line.up.Add(int64(len(p.data)))
	}
}

func (c *thinConn) Read(b []byte) (int, error) {
	if len(c.rest) == 0 {
		p, ok := <-c.in
		if !ok {
			return 0, net.ErrClosed
		}
		time.Sleep(time.Until(p.at))
		if p.err != nil && len(p.data) == 0 {
			close(c.in)
			return 0, p.err
		}
		c.line.down.Add(int64(len(p.data)))
		c.rest = p.data
	}
	n := copy(b, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

func (c *thinConn) Write(b []byte) (int, error) {
	for i := 0; i < len(b); i += packet {
		data := append([]byte(nil), b[i:min(i+packet, len(b))]...)
		c.out <- c.line.carry(data)
	}
	return len(b), nil
}

// watcher is somebody at the end of a thin line.
type watcher struct {
	who  string
	line *thin
	// began and there are when it connected and had its first state; start is what
	// came until then.
	began, there time.Time
	start        int64
	// cut counts connections that were lost.
	cut atomic.Int64

	mu    sync.Mutex
	state *world.State
	items map[string]int
}

func (w *watcher) run(ctx context.Context, tb testing.TB, addr, token string) {
	w.state, w.items = world.New(0), map[string]int{}
	client, err := wire.NewClient(wire.ClientOptions{
		URL: "ws://" + addr + "/feed", Token: func() (string, error) { return token, nil }, Name: w.who, Dial: w.line.dial,
	})
	if err != nil {
		tb.Error(err)
		return
	}
	w.began = time.Now()
	var wg sync.WaitGroup
	wg.Go(func() { _ = client.Run(ctx) })
	defer wg.Wait()
	for {
		b, err := client.Next(ctx)
		if err != nil {
			return
		}
		if b.Link != nil && !b.Link.Up {
			w.cut.Add(1)
		}
		w.mu.Lock()
		for _, it := range b.Items {
			w.items[itemKind(it)]++
		}
		if w.state, err = w.state.ApplyBatch(&b, nil); err != nil {
			tb.Error(err)
		}
		if w.there.IsZero() && w.state.At().Seq > 0 {
			w.there, w.start = time.Now(), w.line.down.Load()
		}
		w.mu.Unlock()
	}
}

func itemKind(it world.Item) string {
	switch {
	case it.Event != nil && it.Event.Body != nil:
		return it.Event.Body.Kind()
	case it.Enter != nil:
		return "enter " + it.Enter.Ref().Kind()
	}
	return "leave"
}

// BenchmarkThinLink is the demonstration province seen over a line of 1 Mbit/s with
// 200 ms there and back, by a ward's user and by an operator: what a cold start
// takes and what an hour costs. What is counted is what the websocket's connection
// carries; packets' heads come on top (40 bytes in 1,400, and in each
// acknowledgement). IOCWALL_LINK_SPAN is how long it looks, three minutes unless
// told otherwise.
func BenchmarkThinLink(b *testing.B) {
	span := 3 * time.Minute
	if s := os.Getenv("IOCWALL_LINK_SPAN"); s != "" {
		var err error
		if span, err = time.ParseDuration(s); err != nil {
			b.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	province, err := demo.New(ctx, demo.Options{Dir: b.TempDir(), Listen: "127.0.0.1:0", Relay: "127.0.0.1:0", Calm: true})
	if err != nil {
		b.Fatal(err)
	}
	config, problems := settings.Load(province.Config())
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	if err := os.MkdirAll(province.Data(), 0o700); err != nil {
		b.Fatal(err)
	}
	store, err := auth.Open(TokenFile(province.Data()))
	if err != nil {
		b.Fatal(err)
	}
	token := func(s auth.Spec) string {
		raw, _, err := store.Add(s)
		if err != nil {
			b.Fatal(err)
		}
		return raw
	}
	unit := token(auth.Spec{Name: "Hội An", Role: auth.Unit, Areas: []string{"vn/da-nang-2025/hoi-an", "vn/da-nang-2025/hoi-an-dong", "vn/da-nang-2025/hoi-an-tay"}})
	operator := token(auth.Spec{Name: "Mai", Role: auth.Operator})
	provider := token(auth.Spec{Name: "Trình diễn", Role: auth.Provider})
	wg.Go(func() { _ = province.Run(ctx) })
	s, err := New(ctx, Options{Config: config, Version: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	wg.Go(func() { _ = s.Run(ctx) })
	wg.Go(func() {
		_ = province.Drive(ctx, demo.Doors{URL: "http://" + s.Addr(), Token: provider, Operator: operator})
	})
	time.Sleep(40 * time.Second) // the fleet is all seen, and the reports of the start are in
	for b.Loop() {
		var all []*watcher
		watching, stop := context.WithCancel(ctx)
		var watchers sync.WaitGroup
		for who, token := range map[string]string{"unit": unit, "operator": operator} {
			w := &watcher{who: who, line: &thin{bits: 1e6, way: 100 * time.Millisecond}}
			all = append(all, w)
			watchers.Go(func() { w.run(watching, b, s.Addr(), token) })
		}
		time.Sleep(span)
		stop()
		watchers.Wait()
		for _, w := range all {
			w.tell(b, span)
		}
	}
}

func (w *watcher) tell(b *testing.B, span time.Duration) {
	if w.there.IsZero() {
		b.Errorf("%s: no state in %v", w.who, span)
		return
	}
	hour := func(bytes int64, in time.Duration) float64 { return float64(bytes) / in.Hours() / 1e6 }
	later := w.began.Add(span).Sub(w.there)
	measured("link_"+w.who+"_start_time", w.there.Sub(w.began).Seconds(), "s", "cold start to the first state over 1 Mbit/s, 200 ms", "3")
	measured("link_"+w.who+"_start", float64(w.start)/1000, "kB", "what it brings", "200")
	measured("link_"+w.who+"_hour", hour(w.line.down.Load()-w.start, later), "MB/h", "what an hour brings", "20")
	measured("link_"+w.who+"_hour_up", hour(w.line.up.Load(), span), "MB/h", "what an hour sends", "1")
	n := 0
	for _, kind := range entityKinds() {
		n += w.state.Count(kind)
	}
	b.Logf("%s: %d cuts; %d things; items %v", w.who, w.cut.Load(), n, w.items)
	if w.cut.Load() > 0 {
		b.Errorf("%s: the connection was lost %d times", w.who, w.cut.Load())
	}
}
