// Package crowd bounds how many connections a server has, in all and from one
// address, so that no one can shut the others out.
package crowd

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

const (
	// maxConns is how many connections are open at once. A centre has a few
	// hundred walls, programs and laptops; each connection costs a descriptor
	// and some tens of kilobytes.
	maxConns = 1024
	// maxConnsFrom is how many of them come from one address: an office behind
	// one address has a dozen computers with a few connections each. One address
	// alone must not shut all others out.
	maxConnsFrom = 64
	// refusedEvery is how often the log tells of refused connections.
	refusedEvery = time.Minute
)

// Crowd counts the connections and refuses those that are too many, by closing
// them: one that waits would cost as much as one that is served.
type Crowd struct {
	total, each int // at most; zero for no limit of each
	logger      *slog.Logger

	mu      sync.Mutex
	guests  map[net.Conn]*guest
	from    map[netip.Addr]int
	refused int
	said    time.Time
}

type guest struct {
	addr     netip.Addr // not valid for those that are not counted by address
	hijacked bool
}

// New makes a crowd. Behind a proxy all connections come from the proxy,
// so they are not counted by address.
func New(proxy bool, logger *slog.Logger) *Crowd {
	c := &Crowd{total: maxConns, each: maxConnsFrom, logger: logger, guests: map[net.Conn]*guest{}, from: map[netip.Addr]int{}}
	if proxy {
		c.each = 0
	}
	return c
}

// Limit changes how many connections may be open at once.
func (c *Crowd) Limit(total int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total = total
}

// State follows a connection; it is an http.Server's ConnState.
func (c *Crowd) State(conn net.Conn, s http.ConnState) {
	switch s {
	case http.StateNew:
		if !c.enter(conn) {
			_ = conn.Close() // the server notices and forgets it
		}
	case http.StateHijacked:
		c.mu.Lock()
		if g, ok := c.guests[conn]; ok {
			g.hijacked = true
		}
		c.mu.Unlock()
	case http.StateClosed:
		c.leave(conn)
	case http.StateActive, http.StateIdle:
	}
}

func (c *Crowd) enter(conn net.Conn) bool {
	addr := c.addr(conn.RemoteAddr())
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.guests) >= c.total || addr.IsValid() && c.from[addr] >= c.each {
		c.refused++
		if now := time.Now(); now.Sub(c.said) >= refusedEvery {
			c.logger.Warn("connections were refused: too many are open", "refused", c.refused, "last", addr, "open", len(c.guests))
			c.refused, c.said = 0, now
		}
		return false
	}
	c.guests[conn] = &guest{addr: addr}
	if addr.IsValid() {
		c.from[addr]++
	}
	return true
}

// addr returns by what a connection is counted, nothing for one from this
// computer: a proxy or a demonstration on it speaks for many. Computers on IPv6
// choose the lower half of their address themselves.
func (c *Crowd) addr(remote net.Addr) netip.Addr {
	ap, err := netip.ParseAddrPort(remote.String())
	addr := ap.Addr().Unmap().WithZone("")
	if err != nil || c.each == 0 || addr.IsLoopback() {
		return netip.Addr{}
	}
	if addr.Is6() {
		p, _ := addr.Prefix(64) // 64 is a length there is
		return p.Addr()
	}
	return addr
}

func (c *Crowd) leave(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	g, ok := c.guests[conn]
	if !ok {
		return
	}
	delete(c.guests, conn)
	if !g.addr.IsValid() {
		return
	}
	if c.from[g.addr]--; c.from[g.addr] <= 0 {
		delete(c.from, g.addr)
	}
}

// Done ends the count of a connection that a handler took over and is done
// with; the HTTP server does not follow those.
func (c *Crowd) Done(conn net.Conn) {
	c.mu.Lock()
	g, ok := c.guests[conn]
	over := ok && g.hijacked
	c.mu.Unlock()
	if over {
		c.leave(conn)
	}
}

// Open returns how many connections there are.
func (c *Crowd) Open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.guests)
}
