package onvif

import (
	"errors"
	"sync"
)

// login remembers what the camera said to the login. Cameras lock an account after a few wrong ones, so a refusal is
// final for as long as the device is kept: for everything if nothing was ever allowed, else for the operation, since a
// viewer may look and not turn.
type login struct {
	mu       sync.Mutex
	accepted bool
	inRow    int // refusals since the last success
	all      error
	some     map[string]error // by operation
}

// open tells the operations that cameras answer to anybody, so that an answer says nothing about the login.
func open(op string) bool {
	return op == "GetServices" || op == "GetCapabilities" || op == "GetSystemDateAndTime"
}

// closed returns the refusal that is known already, nil if the camera may be asked.
func (l *login) closed(op string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all != nil {
		return l.all
	}
	return l.some[op]
}

// proved tells whether the camera has taken the login once.
func (l *login) proved() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.accepted
}

func (l *login) accept(op string) {
	if open(op) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accepted, l.inRow = true, 0
}

// refuse remembers a refusal and returns it in words. Three in a row mean that the login itself was changed.
func (l *login) refuse(op string, err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inRow++
	if !l.accepted || l.inRow >= 3 {
		l.all = err
		return err
	}
	var e *Error
	if errors.As(err, &e) {
		e.Detail = "the camera refuses this to this user, who may do other things"
	}
	if l.some == nil {
		l.some = map[string]error{}
	}
	l.some[op] = err
	return err
}
