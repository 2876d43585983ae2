package onvif

import (
	"errors"
	"sync"
	"time"
)

const (
	// refusedPause is how long a refused login is not tried again, twice as long after each further refusal, up to
	// refusedLongest: that a password was mended at the camera is found out, and one that stays wrong comes nowhere near
	// the handful of attempts in half an hour that lock an account.
	refusedPause   = 15 * time.Minute
	refusedLongest = 4 * time.Hour
)

// login remembers what the camera said to the login. Cameras lock an account after a few wrong ones, so a refusal stands
// for a long while: for everything if nothing was ever allowed, else for the operation, since a viewer may look and not
// turn.
type login struct {
	mu       sync.Mutex
	accepted bool
	inRow    int // refusals since the last success
	all      *refused
	some     map[string]*refused // by operation
}

// refused is one refusal.
type refused struct {
	err   error
	pause time.Duration
	until time.Time // not asked again before then
}

// again returns the refusal that follows r, nil for the first one.
func (r *refused) again(err error) *refused {
	pause := refusedPause
	if r != nil {
		pause = min(2*r.pause, refusedLongest)
	}
	return &refused{err: err, pause: pause, until: time.Now().Add(pause)}
}

// holds reports whether the camera is not to be asked.
func (r *refused) holds() bool { return r != nil && time.Now().Before(r.until) }

// open tells the operations that cameras answer to anybody, so that an answer says nothing about the login.
func open(op string) bool {
	return op == "GetServices" || op == "GetCapabilities" || op == "GetSystemDateAndTime"
}

// closed returns the refusal that is known already, nil if the camera may be asked.
func (l *login) closed(op string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all.holds() {
		return l.all.err
	}
	if r := l.some[op]; r.holds() {
		return r.err
	}
	return nil
}

// proved tells whether the camera has taken the login, and has not refused all of it since.
func (l *login) proved() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.accepted && l.all == nil
}

func (l *login) accept(op string) {
	if open(op) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accepted, l.inRow, l.all = true, 0, nil
	delete(l.some, op)
}

// refuse remembers a refusal and returns it in words. Three in a row mean that the login itself was changed.
func (l *login) refuse(op string, err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inRow++
	if !l.accepted || l.inRow >= 3 || l.all != nil {
		l.all = l.all.again(err)
		return err
	}
	var e *Error
	if errors.As(err, &e) {
		e.Detail = "the camera refuses this to this user, who may do other things"
	}
	if l.some == nil {
		l.some = map[string]*refused{}
	}
	l.some[op] = l.some[op].again(err)
	return err
}
