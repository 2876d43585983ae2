package auth

import (
	"sync"
	"time"
)

const (
	// pairFree is how many tries a login has from one address before it must
	// wait, siteFree how many all addresses have together for one login, and one
	// address for all logins: an office has one address.
	pairFree, siteFree = 5, 100
	// pairMost and siteMost bound the waiting. The second is short: strangers can
	// bring it about.
	pairMost, siteMost = 15 * time.Minute, time.Minute
	// pairKept and siteKept are how long tries are remembered after the last.
	pairKept, siteKept = 24 * time.Hour, time.Hour
	// knownKept is how long it is known who came in from where.
	knownKept = 30 * 24 * time.Hour
	// triesKept bounds the memory of each kind.
	triesKept = 20_000
)

// lockout slows down who tries passwords. The pair of login and address counts
// first. What strangers do to a login from elsewhere, or others behind the same
// address, holds up nobody who logged in from there before. It is safe for
// concurrent use.
type lockout struct {
	mu    sync.Mutex
	pairs attempts
	of    attempts // of a login
	from  attempts // from an address
	known attempts // pairs that came in
}

type attempts map[string]*attempt

type attempt struct {
	n     int
	last  time.Time
	until time.Time
}

func newLockout() *lockout {
	return &lockout{pairs: attempts{}, of: attempts{}, from: attempts{}, known: attempts{}}
}

// try is one that was counted.
type try struct {
	pair, login, from string
	site              bool // counted for the login and the address too
}

// begin counts a try, or says how long to wait before the next one. A try counts
// from its beginning, so that many at once gain nothing.
func (l *lockout) begin(login, from string, now time.Time) (t try, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t = try{pair: login + "\x00" + from, login: login, from: from}
	wait = l.pairs.wait(t.pair, now, pairKept)
	if _, known := l.known[t.pair]; !known {
		t.site = true
		wait = max(wait, l.of.wait(login, now, siteKept), l.from.wait(from, now, siteKept))
	}
	if wait > 0 {
		return t, wait
	}
	l.pairs.add(t.pair, now, pairFree, pairMost, pairKept)
	if t.site {
		l.of.add(login, now, siteFree, siteMost, siteKept)
		l.from.add(from, now, siteFree, siteMost, siteKept)
	}
	return t, 0
}

// undo takes a try back that was none: the password was right, or nobody looked.
func (l *lockout) undo(t try) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pairs.undo(t.pair)
	if t.site {
		l.of.undo(t.login)
		l.from.undo(t.from)
	}
}

// succeeded forgets the tries of who is in.
func (l *lockout) succeeded(t try, now time.Time) {
	l.undo(t)
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.pairs, t.pair)
	l.known.add(t.pair, now, triesKept, 0, knownKept)
}

// wait returns how long key must still wait.
func (a attempts) wait(key string, now time.Time, kept time.Duration) time.Duration {
	x := a[key]
	if x == nil {
		return 0
	}
	if now.Sub(x.last) > kept {
		delete(a, key)
		return 0
	}
	return max(0, x.until.Sub(now))
}

// add counts a try of key. From the free one on it is 1 s to the next, then twice
// as long each time, most at most.
func (a attempts) add(key string, now time.Time, free int, most, kept time.Duration) {
	x := a[key]
	if x == nil {
		a.room(now, kept)
		x = &attempt{}
		a[key] = x
	}
	x.n++
	x.last = now
	if over := x.n - free; over >= 0 {
		x.until = now.Add(min(time.Second<<min(over, 20), most))
	}
}

func (a attempts) undo(key string) {
	if x := a[key]; x != nil {
		if x.n--; x.n <= 0 {
			delete(a, key)
		}
		x.until = time.Time{}
	}
}

// room forgets what is old, or the oldest, when there is too much.
func (a attempts) room(now time.Time, kept time.Duration) {
	if len(a) < triesKept {
		return
	}
	oldest, at := "", now
	for key, x := range a {
		if now.Sub(x.last) > kept {
			delete(a, key)
		} else if !x.last.After(at) {
			oldest, at = key, x.last
		}
	}
	if len(a) >= triesKept {
		delete(a, oldest)
	}
}
