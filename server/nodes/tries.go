package nodes

import (
	"net/netip"
	"sync"
	"time"
)

const (
	// Of one address maxTries refusals are listened to within triesFold, of all
	// together maxTriesAll: a room is set up by a dozen hands at most.
	triesFold   = 10 * time.Minute
	maxTries    = 10
	maxTriesAll = 200
)

// tries counts the refusals of each address. The zero value is ready.
type tries struct {
	mu    sync.Mutex
	begun time.Time
	all   int
	of    map[netip.Addr]int
}

// wait returns how long the address has to wait, zero when it is listened to.
func (t *tries) wait(remote string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	left := triesFold - now.Sub(t.begun)
	if t.of == nil || left <= 0 {
		t.begun, t.all, t.of = now, 0, map[netip.Addr]int{}
		return 0
	}
	if t.all >= maxTriesAll || t.of[addrOf(remote)] >= maxTries {
		return left
	}
	return 0
}

// refused counts a refusal.
func (t *tries) refused(remote string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all++
	t.of[addrOf(remote)]++ // wait made it
}

// addrOf is by what an address is counted: computers on IPv6 choose the lower half
// of theirs themselves.
func addrOf(remote string) netip.Addr {
	ap, _ := netip.ParseAddrPort(remote) // what is none counts together
	a := ap.Addr().Unmap().WithZone("")
	if a.Is6() {
		p, _ := a.Prefix(64) // 64 is a length there is
		return p.Addr()
	}
	return a
}
