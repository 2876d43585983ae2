package ais

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"

	"iocwall/server/source"
	"iocwall/server/world"
)

const dialTimeout = 10 * time.Second

// feed is one run of an AIS source.
type feed struct {
	config *Config
	env    source.Env
}

// Run reads until ctx ends or the way in fails.
func (f *feed) Run(ctx context.Context, sink source.Sink) error {
	switch c := f.config; {
	case c.Connect != "":
		return f.connect(ctx, sink)
	case c.Listen != "":
		return f.listen(ctx, sink)
	case c.UDP != "":
		return f.datagrams(ctx, sink)
	default:
		return f.replay(ctx, sink)
	}
}

func (f *feed) connect(ctx context.Context, sink source.Sink) error {
	d := net.Dialer{Timeout: dialTimeout}
	conn, err := d.DialContext(ctx, "tcp", f.config.Connect)
	if err != nil {
		return fmt.Errorf("ais: connect to the receiver: %w", err)
	}
	sink.Ready()
	if err := f.converse(ctx, conn, sink); err != nil {
		return err
	}
	return fmt.Errorf("ais: the receiver at %s closed the connection", f.config.Connect)
}

// converse reads a connection until it ends, which gives nil, or ctx does, and
// closes it.
func (f *feed) converse(ctx context.Context, conn net.Conn, sink source.Sink) error {
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer func() {
		stop()
		conn.Close()
	}()
	err := f.stream(sink).read(ctx, &patient{conn, f.config.Silence})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, io.EOF):
		return nil
	}
	return err
}

// patient is a connection whose reads wait for a limited time.
type patient struct {
	net.Conn
	limit time.Duration
}

// Read reads, and fails when nothing comes for longer than the limit.
func (p *patient) Read(b []byte) (int, error) {
	if p.limit > 0 {
		if err := p.SetReadDeadline(time.Now().Add(p.limit)); err != nil {
			return 0, err
		}
	}
	n, err := p.Conn.Read(b)
	var slow net.Error
	if errors.As(err, &slow) && slow.Timeout() {
		err = fmt.Errorf("ais: nothing heard from %s for %v", p.RemoteAddr(), p.limit)
	}
	return n, err
}

// listen serves any number of receivers. What one of them does wrong ends its
// own connection only.
func (f *feed) listen(ctx context.Context, sink source.Sink) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", f.config.Listen)
	if err != nil {
		return fmt.Errorf("ais: %w; is the port in use?", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	var conns sync.WaitGroup
	defer conns.Wait()
	defer cancel(nil)
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer func() {
		stop()
		l.Close()
	}()
	sink.Ready()
	allowed := f.config.allowed()
	free := make(chan struct{}, f.config.Clients)
	for {
		conn, err := l.Accept()
		if err != nil {
			if cause := context.Cause(ctx); cause != nil {
				return cause
			}
			return fmt.Errorf("ais: accept: %w", err)
		}
		if a, ok := conn.RemoteAddr().(*net.TCPAddr); !ok || !allowed(a.AddrPort().Addr()) {
			sink.Reject([]byte(conn.RemoteAddr().String()), errors.New("ais: a sender that allow does not name"))
			conn.Close()
			continue
		}
		select {
		case free <- struct{}{}:
		default:
			sink.Reject([]byte(conn.RemoteAddr().String()), fmt.Errorf("ais: more than %d receivers at a time; raise clients", f.config.Clients))
			conn.Close()
			continue
		}
		conns.Go(func() {
			defer func() { <-free }()
			if err := source.Guard(func() error { return f.serve(ctx, conn, sink) }); err != nil {
				cancel(err)
			}
		})
	}
}

// serve reads one receiver. It returns what ends the source, nil if only the
// connection ended.
func (f *feed) serve(ctx context.Context, conn net.Conn, sink source.Sink) error {
	from := conn.RemoteAddr()
	f.env.Log().Info("receiver connected", "receiver", from)
	s := &keeper{Sink: sink}
	err := f.converse(ctx, conn, s)
	f.env.Log().Info("receiver gone", "receiver", from, "err", err)
	return s.failed()
}

// keeper remembers that a Put failed, which concerns the whole source.
type keeper struct {
	source.Sink
	mu  sync.Mutex
	err error
}

func (k *keeper) failed() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.err
}

// addrOf returns the address of a sender of datagrams, IPv4 as such.
func addrOf(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

// Put passes the observations on.
func (k *keeper) Put(ctx context.Context, obs ...world.Observation) error {
	err := k.Sink.Put(ctx, obs...)
	if err != nil {
		k.mu.Lock()
		k.err = err
		k.mu.Unlock()
	}
	return err
}
