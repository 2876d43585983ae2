package server

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"iocwall/server/auth"
	"iocwall/server/world"
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
	logs := &journalText{}
	c := newCrowd(false, slog.New(slog.NewTextHandler(logs, nil)))
	c.total, c.each = 9, 2
	come := func(addr string, want bool) *caller {
		t.Helper()
		x := &caller{addr: addr}
		c.state(x, http.StateNew)
		if x.closed == want {
			t.Errorf("%s was let in: %v", addr, !x.closed)
		}
		return x
	}
	first := come("192.0.2.1:1", true)
	come("192.0.2.1:2", true)
	third := come("192.0.2.1:3", false)
	c.state(third, http.StateClosed) // was never in
	come("192.0.2.1:4", false)
	come("[::ffff:192.0.2.1]:5", false) // the same computer
	come("192.0.2.2:1", true)
	c.state(first, http.StateIdle)
	c.state(first, http.StateClosed)
	c.state(first, http.StateClosed)
	come("192.0.2.1:6", true)
	come("192.0.2.1:7", false)
	come("[2001:db8::1]:1", true)
	taken := come("[2001:db8::2]:1", true)
	come("[2001:db8::3]:1", false) // the same network of one customer
	c.done(taken)                  // nothing took it over
	come("[2001:db8::3]:2", false)
	c.state(taken, http.StateHijacked)
	come("[2001:db8::3]:3", false)
	c.done(taken)
	come("[2001:db8::3]:4", true)
	for range 4 { // up to nine in all
		come("127.0.0.1:1", true)
	}
	come("127.0.0.1:1", false)
	if c.open() != 9 || strings.Count(logs.String(), "connections were refused") != 1 {
		t.Errorf("%d open; log %s", c.open(), logs)
	}
	c = newCrowd(true, slog.New(slog.DiscardHandler))
	for range maxConns {
		come("192.0.2.1:1", true)
	}
	come("192.0.2.1:1", false)
}

// Idle connections cannot shut the doors for longer than they are there, and
// walls that left are not counted.
func TestConnectionsAreBounded(t *testing.T) {
	c := newCentre(t, "")
	wall, leave := c.connect(c.token("Mai", auth.Operator))
	wall.until("the wall", func(s *world.State) bool { return s.Count(world.KindWall) == 1 })
	if c.crowd.open() != 1 {
		t.Errorf("%d connections with a wall", c.crowd.open())
	}
	leave()
	eventually(t, "the wall is gone", func() bool { return c.crowd.open() == 0 })
	c.crowd.mu.Lock()
	c.crowd.total = 3
	c.crowd.mu.Unlock()
	dial := func() net.Conn {
		conn, err := net.Dial("tcp", c.Addr())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		return conn
	}
	idle := dial()
	dial()
	dial()
	eventually(t, "three are in", func() bool { return c.crowd.open() == 3 })
	if n, err := dial().Read(make([]byte, 1)); n != 0 || err == nil {
		t.Error("a fourth connection was let in")
	}
	idle.Close()
	eventually(t, "one is gone", func() bool { return c.crowd.open() == 2 })
	next := dial()
	if _, err := io.WriteString(next, "GET /healthz HTTP/1.0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(next); err != nil || !strings.Contains(string(text), `"ok"`) {
		t.Errorf("after one left: %q, %v", text, err)
	}
}
