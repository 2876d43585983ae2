package wire

import (
	"errors"
	"slices"
	"sync"
	"time"

	"iocwall/server/wire/message"
	"iocwall/server/world"
)

// maxWaiting is how many commands of a client may wait for their receipts.
const maxWaiting = 256

// outbox keeps commands until they are answered.
type outbox struct {
	more chan struct{} // something to send

	mu   sync.Mutex
	list []*waiting
}

type waiting struct {
	id    string
	raw   []byte
	until time.Time
	sent  bool // on the present connection
}

func newOutbox() *outbox { return &outbox{more: make(chan struct{}, 1)} }

func (o *outbox) put(id string, raw []byte, until time.Time) error {
	if len(raw) > message.MaxUp-256 {
		return errors.New("wire: the command is longer than 64 kB")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.list) >= maxWaiting {
		return world.Refuse("wire.full", "wire: {n} commands wait for their answers already", "n", maxWaiting)
	}
	if slices.ContainsFunc(o.list, func(w *waiting) bool { return w.id == id }) {
		return errors.New("wire: a command of this id waits for its answer already")
	}
	o.list = append(o.list, &waiting{id: id, raw: raw, until: until})
	signal(o.more)
	return nil
}

// renew makes everything unsent again, for a new connection.
func (o *outbox) renew() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, w := range o.list {
		w.sent = false
	}
	signal(o.more)
}

// take returns the commands to send now. At most window of them are on their
// way at a time, since the server refuses more.
func (o *outbox) take(window int) [][]byte {
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

// answered removes the command and reports whether it was waiting.
func (o *outbox) answered(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := len(o.list)
	o.list = slices.DeleteFunc(o.list, func(w *waiting) bool { return w.id == id })
	signal(o.more)
	return len(o.list) < n
}

// expired removes the commands whose time is over and returns their receipts.
func (o *outbox) expired(now time.Time) []world.Receipt {
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
