package crowd

import (
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
)

// caller is a connection that only says where it comes from and whether it was closed.
type caller struct {
	net.Conn
	addr   string
	closed bool
}

func (c *caller) RemoteAddr() net.Addr {
	a, err := net.ResolveTCPAddr("tcp", c.addr)
	if err != nil {
		panic(err)
	}
	return a
}

func (c *caller) Close() error { c.closed = true; return nil }

func TestCrowd(t *testing.T) {
	logs := &strings.Builder{}
	c := New(false, slog.New(slog.NewTextHandler(logs, nil)))
	c.total, c.each = 9, 2
	come := func(addr string, want bool) *caller {
		t.Helper()
		x := &caller{addr: addr}
		c.State(x, http.StateNew)
		if x.closed == want {
			t.Errorf("%s was let in: %v", addr, !x.closed)
		}
		return x
	}
	first := come("192.0.2.1:1", true)
	come("192.0.2.1:2", true)
	third := come("192.0.2.1:3", false)
	c.State(third, http.StateClosed) // was never in
	come("192.0.2.1:4", false)
	come("[::ffff:192.0.2.1]:5", false) // the same computer
	come("192.0.2.2:1", true)
	c.State(first, http.StateIdle)
	c.State(first, http.StateClosed)
	c.State(first, http.StateClosed)
	come("192.0.2.1:6", true)
	come("192.0.2.1:7", false)
	come("[2001:db8::1]:1", true)
	taken := come("[2001:db8::2]:1", true)
	come("[2001:db8::3]:1", false) // the same network of one customer
	c.Done(taken)                  // nothing took it over
	come("[2001:db8::3]:2", false)
	c.State(taken, http.StateHijacked)
	come("[2001:db8::3]:3", false)
	c.Done(taken)
	come("[2001:db8::3]:4", true)
	for range 4 { // up to nine in all
		come("127.0.0.1:1", true)
	}
	come("127.0.0.1:1", false)
	if c.Open() != 9 || strings.Count(logs.String(), "connections were refused") != 1 {
		t.Errorf("%d open; log %s", c.Open(), logs)
	}
	c = New(true, slog.New(slog.DiscardHandler))
	for range maxConns {
		come("192.0.2.1:1", true)
	}
	come("192.0.2.1:1", false)
}
