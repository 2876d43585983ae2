package flow

import (
	"sync"
	"time"

	"iocwall/media/rtsp"
)

// Queued is a unit that waits for the decoder.
type Queued struct {
	rtsp.Unit
	Held bool // it was kept while nobody looked
	Anew bool // units before this key frame were left out
}

// Queue holds what waits for the decoder of one session. Nothing in it blocks: what does not fit is dropped up to the
// next key frame, and what is outdated by a newer key frame is dropped when it waited too long. Its methods may be called
// from any goroutine.
type Queue struct {
	o    QueueOptions
	wake chan struct{} // of size one

	mu      sync.Mutex
	items   []Queued
	bytes   int
	live    int // items that count against maxUnits
	needKey bool
	parked  bool
}

// QueueOptions bound a queue.
type QueueOptions struct {
	// Units and Bytes bound what waits; units out of a cache or kept while parked count in bytes only.
	Units, Bytes int
	// ParkBytes bounds what is kept while parked.
	ParkBytes int
	// Patience is how long a unit may wait while a newer key frame waits too.
	Patience time.Duration
}

// NewQueue returns an empty queue that waits for a key frame.
func NewQueue(o QueueOptions) *Queue {
	return &Queue{o: o, wake: make(chan struct{}, 1), needKey: true}
}

// Wake is ready to be received from after something has changed for who takes units.
func (q *Queue) Wake() <-chan struct{} { return q.wake }

// Put queues a unit and returns how many were dropped and whether all are until the next key frame.
func (q *Queue) Put(u rtsp.Unit) (dropped int, needKey bool) {
	q.mu.Lock()
	if u.Lost > 0 {
		q.needKey = true
	}
	switch {
	case q.parked && u.Key:
		q.needKey = q.clear() > 0 || q.needKey
	case q.parked && q.bytes+u.Size > q.o.ParkBytes:
		q.clear()
		q.needKey = true
	case q.live >= q.o.Units || q.bytes+u.Size > q.o.Bytes:
		dropped += q.clear()
		q.needKey = true
	}
	if q.needKey && !u.Key {
		if !q.parked {
			dropped++
		}
	} else {
		q.items = append(q.items, Queued{Unit: u, Held: q.parked, Anew: q.needKey})
		q.needKey = false
		q.bytes += u.Size
		if u.Behind == 0 && !q.parked {
			q.live++
		}
	}
	needKey = q.needKey
	q.mu.Unlock()
	q.Poke()
	return dropped, needKey
}

// Poke wakes the decoder.
func (q *Queue) Poke() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// clear drops everything and returns how much that was; the caller holds the lock.
func (q *Queue) clear() int {
	n := len(q.items)
	q.items, q.bytes, q.live = nil, 0, 0
	return n
}

// Left says what was left out before a unit that was taken, since a newer key frame is to be had.
type Left struct {
	Units int
	Live  bool // they waited for a slow decoder, not in a cache
}

// Take returns the oldest unit that is worth decoding and how many wait behind it. There is none while parked.
func (q *Queue) Take(now time.Time) (u Queued, waiting int, out Left, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) == 0 || q.parked {
		return u, 0, out, false
	}
	if first := q.items[0]; now.Sub(first.Arrived) > q.o.Patience {
		for i := len(q.items) - 1; i > 0; i-- {
			if q.items[i].Key {
				out = Left{q.skip(i), first.Behind == 0 && !first.Held}
				q.items[0].Anew = true
				break
			}
		}
	}
	u = q.items[0]
	q.skip(1)
	return u, len(q.items), out, true
}

// Waiting reports whether there is something to take.
func (q *Queue) Waiting() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items) > 0 && !q.parked
}

// Earliest returns the earliest time at which one of the units came to a relay; false when one came through none, or
// nothing can be taken.
func (q *Queue) Earliest() (at time.Time, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.parked {
		return at, false
	}
	for i := range q.items {
		r := q.items[i].Relayed
		if r.IsZero() {
			return at, false
		}
		if !ok || r.Before(at) {
			at, ok = r, true
		}
	}
	return at, ok
}

// skip takes n items off the front and returns n; the caller holds the lock.
func (q *Queue) skip(n int) int {
	for i := range q.items[:n] {
		q.bytes -= q.items[i].Size
		if q.items[i].Behind == 0 && !q.items[i].Held {
			q.live--
		}
		q.items[i] = Queued{}
	}
	q.items = q.items[n:]
	return n
}

// Restart drops everything up to the next key frame, in the queue or to come.
func (q *Queue) Restart() (dropped int, needKey bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := 0
	for i < len(q.items) && !q.items[i].Key {
		i++
	}
	dropped = q.skip(i)
	if q.needKey = len(q.items) == 0; !q.needKey {
		q.items[0].Anew = true
	}
	return dropped, q.needKey
}

// Park keeps the last group of pictures instead of handing units out, or hands out again what was kept.
func (q *Queue) Park(on bool) {
	q.mu.Lock()
	q.parked = on
	for i := range q.items {
		q.items[i].Held = true
	}
	q.live = 0
	q.mu.Unlock()
	q.Poke()
}

// Ready reports whether a group of pictures is at hand while parked.
func (q *Queue) Ready() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.parked && len(q.items) > 0
}
