package crowd

import (
	"sync"
	"time"
)

const (
	// RefusalFold is how long the same refusal is only counted.
	RefusalFold = time.Minute
	// RefusalsShown bounds the refusals written down in RefusalFold; the others
	// are counted together, so that nobody can fill the history from outside.
	RefusalsShown = 30
)

// Refusals remembers who was turned away, so that it is told once and no stranger
// fills the history. The zero value is ready; it is safe for concurrent use.
type Refusals struct {
	mu    sync.Mutex
	begun time.Time
	shown map[string]int // how often since begun, by who, door and reason
	many  int            // those that were not shown
}

// Note counts a refusal and reports whether it is to be written down, and how
// many others there were in the window before.
func (f *Refusals) Note(key string, now time.Time) (write bool, others int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.shown == nil || now.Sub(f.begun) >= RefusalFold {
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
	if len(f.shown) >= RefusalsShown {
		f.many++
		return false, 0
	}
	f.shown[key] = 1
	return true, others
}

// Denials is Refusals for those who are let in, each for themselves: what one of
// them tries hides nothing of another.
type Denials struct {
	mu sync.Mutex
	of map[string]*Refusals // by token
}

// Note is that of Refusals, for who is named by an id of which there are few.
func (d *Denials) Note(token, key string, now time.Time) (write bool, others int) {
	d.mu.Lock()
	if d.of == nil {
		d.of = map[string]*Refusals{}
	}
	f := d.of[token]
	if f == nil {
		f = &Refusals{}
		d.of[token] = f // tokens are few, and strangers have none
	}
	d.mu.Unlock()
	return f.Note(key, now)
}
