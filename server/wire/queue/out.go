// Package queue holds what is on its way between a client's connection and the program: what came from the server until
// the program takes it, and the program's commands until the server has answered them. It knows no connection and
// outlives all of them.
package queue

import (
	"errors"
	"slices"
	"sync"
	"time"

	"iocwall/server/wire/message"
	"iocwall/server/world"
)

// MaxWaiting is how many commands of a client may wait for their receipts.
const MaxWaiting = 256

// Out keeps commands until they are answered, across connections. All of it may be called from anywhere.
type Out struct {
	more chan struct{} // of size one: something to send

	mu   sync.Mutex
	list []*waiting
}

type waiting struct {
	id    string
	raw   []byte
	until time.Time
	sent  bool // on the present connection
}

// NewOut makes an empty queue.
func NewOut() *Out { return &Out{more: make(chan struct{}, 1)} }

// More has a token when there may be something to send.
func (o *Out) More() <-chan struct{} { return o.more }

// Put adds a command as it goes over the wire, to be answered by until. The error says
// why it cannot be taken: too long, too many, or its id waits already.
func (o *Out) Put(id string, raw []byte, until time.Time) error {
	if len(raw) > message.MaxUp-256 {
		return errors.New("wire: the command is longer than 64 kB")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.list) >= MaxWaiting {
		return world.Refuse("wire.full", "wire: {n} commands wait for their answers already", "n", MaxWaiting)
	}
	if slices.ContainsFunc(o.list, func(w *waiting) bool { return w.id == id }) {
		return errors.New("wire: a command of this id waits for its answer already")
	}
	o.list = append(o.list, &waiting{id: id, raw: raw, until: until})
	signal(o.more)
	return nil
}

// Renew makes everything unsent again, for a new connection.
func (o *Out) Renew() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, w := range o.list {
		w.sent = false
	}
	signal(o.more)
}

// Take returns the commands to send now. At most window of them are on their
// way at a time, since the server refuses more.
func (o *Out) Take(window int) [][]byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out [][]byte
	for _, w := range o.list[:min(window, len(o.list))] {
		if !w.sent {
			w.sent = true
			out = append(out, w.raw)
		}
	}
	return out
}

// Answered removes the command and reports whether it was waiting.
func (o *Out) Answered(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := len(o.list)
	o.list = slices.DeleteFunc(o.list, func(w *waiting) bool { return w.id == id })
	signal(o.more)
	return len(o.list) < n
}

// Expired removes the commands whose time is over and returns their receipts.
func (o *Out) Expired(now time.Time) []world.Receipt {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []world.Receipt
	o.list = slices.DeleteFunc(o.list, func(w *waiting) bool {
		if now.Before(w.until) {
			return false
		}
		out = append(out, world.Refused(w.id, world.Refuse("wire.silent", "no answer from the server in time; it may have been done nevertheless")))
		return true
	})
	if len(out) > 0 {
		signal(o.more)
	}
	return out
}
