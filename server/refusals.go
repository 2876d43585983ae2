package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"iocwall/server/auth"
	"iocwall/server/world"
)

const (
	// refusalFold is how long the same refusal is only counted.
	refusalFold = time.Minute
	// refusalsShown bounds the refusals written down in refusalFold; the others
	// are counted together, so that nobody can fill the history from outside.
	refusalsShown = 30
	// refusalWait bounds how long a refused request waits for the history.
	refusalWait = time.Second
)

// refusals remembers who was turned away at the doors. The zero value is ready.
type refusals struct {
	mu    sync.Mutex
	begun time.Time
	shown map[string]int // how often since begun, by who, door and reason
	many  int            // those that were not shown
}

// note counts a refusal and reports whether it is to be written down, and how
// many others there were in the window before.
func (f *refusals) note(key string, now time.Time) (write bool, others int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.shown == nil || now.Sub(f.begun) >= refusalFold {
		others = f.many
		for _, n := range f.shown {
			others += n - 1
		}
		f.begun, f.shown, f.many = now, map[string]int{}, 0
	}
	if f.shown[key] > 0 {
		f.shown[key]++
		return false, 0
	}
	if len(f.shown) >= refusalsShown {
		f.many++
		return false, 0
	}
	f.shown[key] = 1
	return true, others
}

// denials remembers what was refused to those who are let in, each for
// themselves: what one of them tries hides nothing of another. The zero value is
// ready.
type denials struct {
	mu sync.Mutex
	of map[string]*refusals // by token
}

// note is that of refusals.
func (d *denials) note(token, key string, now time.Time) (write bool, others int) {
	d.mu.Lock()
	if d.of == nil {
		d.of = map[string]*refusals{}
	}
	f := d.of[token]
	if f == nil {
		f = &refusals{}
		d.of[token] = f // tokens are few, and strangers have none
	}
	d.mu.Unlock()
	return f.note(key, now)
}

// turnAway writes down that a door stayed shut: for whom, from where and why, one
// event for what repeats itself within a minute.
func (s *Server) turnAway(r *http.Request, id auth.Identity, why error) {
	host := s.address(r)
	door := r.Pattern
	reason := why.Error()
	var denied *auth.DeniedError
	if errors.As(why, &denied) {
		id = denied.Identity
	}
	write, others := s.refused.note(id.Token+" "+host+" "+door+" "+reason, time.Now())
	if !write {
		return
	}
	if others > 0 {
		reason += fmt.Sprintf(" (and %d more refusals in the minute before)", others)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), refusalWait)
	defer cancel()
	s.audit(ctx, id, world.Audited{Who: id.Token, Act: "door", Object: cut(door + " from " + host), Reason: cut(reason)})
}
