package media

import (
	"sync"
	"time"

	"iocwall/media/rtsp"
)

// queued is a unit that waits for the decoder.
type queued struct {
	rtsp.Unit
	held bool // it was kept while nobody looked
}

// queue holds what waits for the decoder of one session. Nothing in it blocks: what does not fit is dropped up to the
// next key frame, and what is outdated by a newer key frame is dropped when it waited too long.
type queue struct {
	maxUnits, maxBytes int           // bounds of what waits; units out of a cache or kept while parked count in bytes only
	parkBytes          int           // bound of what is kept while parked
	patience           time.Duration // how long a unit may wait while a newer key frame waits too

	mu      sync.Mutex
	items   []queued
	bytes   int
	live    int // items that count against maxUnits
	needKey bool
	parked  bool
	wake    chan struct{} // of size one
}

// put queues a unit and returns how many were dropped and whether all are until the next key frame.
func (q *queue) put(u rtsp.Unit) (dropped int, needKey bool) {
	q.mu.Lock()
	if u.Lost > 0 {
		q.needKey = true
	}
	switch {
	case q.parked && u.Key:
		q.clear()
	case q.parked && q.bytes+u.Size > q.parkBytes:
		q.clear()
		q.needKey = true
	case q.live >= q.maxUnits || q.bytes+u.Size > q.maxBytes:
		dropped += q.clear()
		q.needKey = true
	}
	if q.needKey && !u.Key {
		if !q.parked {
			dropped++
		}
	} else {
		q.needKey = false
		q.items = append(q.items, queued{Unit: u, held: q.parked})
		q.bytes += u.Size
		if u.Behind == 0 && !q.parked {
			q.live++
		}
	}
	needKey = q.needKey
	q.mu.Unlock()
	q.poke()
	return dropped, needKey
}

// poke wakes the decoder.
func (q *queue) poke() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// clear drops everything and returns how much that was; the caller holds the lock.
func (q *queue) clear() int {
	n := len(q.items)
	q.items, q.bytes, q.live = nil, 0, 0
	return n
}

// left says what was left out before a unit that was taken, since a newer key frame is to be had.
type left struct {
	units int
	live  bool // they waited for a slow decoder, not in a cache
}

// take returns the oldest unit that is worth decoding and how many wait behind it. There is none while parked.
func (q *queue) take(now time.Time) (u queued, waiting int, out left, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) == 0 || q.parked {
		return u, 0, out, false
	}
	if first := q.items[0]; now.Sub(first.Arrived) > q.patience {
		for i := len(q.items) - 1; i > 0; i-- {
			if q.items[i].Key {
				out = left{q.skip(i), first.Behind == 0 && !first.held}
				break
			}
		}
	}
	u = q.items[0]
	q.skip(1)
	return u, len(q.items), out, true
}

// waiting reports whether there is something to take.
func (q *queue) waiting() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items) > 0 && !q.parked
}

// earliest returns the earliest time at which one of the units came to a relay; false when one came through none, or
// nothing can be taken.
func (q *queue) earliest() (at time.Time, ok bool) {
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
func (q *queue) skip(n int) int {
	for i := range q.items[:n] {
		q.bytes -= q.items[i].Size
		if q.items[i].Behind == 0 && !q.items[i].held {
			q.live--
		}
		q.items[i] = queued{}
	}
	q.items = q.items[n:]
	return n
}

// restart drops everything up to the next key frame, in the queue or to come.
func (q *queue) restart() (dropped int, needKey bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := 0
	for i < len(q.items) && !q.items[i].Key {
		i++
	}
	dropped = q.skip(i)
	q.needKey = len(q.items) == 0
	return dropped, q.needKey
}

// park keeps the last group of pictures instead of handing units out, or hands out again what was kept.
func (q *queue) park(on bool) {
	q.mu.Lock()
	q.parked = on
	for i := range q.items {
		q.items[i].held = true
	}
	q.live = 0
	q.mu.Unlock()
	q.poke()
}

// ready reports whether a group of pictures is at hand while parked.
func (q *queue) ready() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.parked && len(q.items) > 0
}
