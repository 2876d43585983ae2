package nodes

import (
	"net/http"
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
	of    map[string]int
}

// wait returns how long the address has to wait, zero when it is listened to.
func (t *tries) wait(address string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	left := triesFold - now.Sub(t.begun)
	if t.of == nil || left <= 0 {
		t.begun, t.all, t.of = now, 0, map[string]int{}
		return 0
	}
	if t.all >= maxTriesAll || t.of[address] >= maxTries {
		return left
	}
	return 0
}

// refused counts a refusal.
func (t *tries) refused(address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all++
	t.of[address]++ // wait made it
}

// remote is by what a request is counted where nothing stands in front of the server:
// computers on IPv6 choose the lower half of their address themselves.
func remote(r *http.Request) string {
	ap, _ := netip.ParseAddrPort(r.RemoteAddr) // what is none counts together
	a := ap.Addr().Unmap().WithZone("")
	if a.Is6() {
		p, _ := a.Prefix(64) // 64 is a length there is
		return p.String()
	}
	return a.String()
}
