package wire

import (
	"sort"
	"time"

	"github.com/gorilla/websocket"

	"iocwall/server/wire/message"
)

// segment is a stretch of a view's history between two sequences. Segments are
// numbered without a gap, and one begins where the one before ended.
type segment struct {
	n    uint64
	head message.Head
	// cells are the items until they are encoded.
	cells []*cell

	// What follows is set once the segment is in the ring.
	frames []*websocket.PreparedMessage
	size   int
	end    int64 // bytes of all segments up to and with this one
	at     time.Time
}

// ring holds the newest segments of a view.
type ring struct {
	max     int
	keep    time.Duration
	entries []segment
	bytes   int
	total   int64
}

// add appends s and lets the oldest go.
func (r *ring) add(s segment) {
	r.bytes += s.size
	r.total += int64(s.size)
	s.end = r.total
	r.entries = append(r.entries, s)
	for len(r.entries) > 1 && (r.bytes > r.max || s.at.Sub(r.entries[0].at) > r.keep) {
		r.bytes -= r.entries[0].size
		r.entries[0] = segment{}
		r.entries = r.entries[1:]
	}
}

// get returns segment n; gone says that it was there once.
func (r *ring) get(n uint64) (s segment, there, gone bool) {
	if len(r.entries) == 0 {
		return segment{}, false, false
	}
	first := r.entries[0].n
	switch {
	case n < first:
		return segment{}, false, true
	case n-first >= uint64(len(r.entries)):
		return segment{}, false, false
	}
	return r.entries[n-first], true, false
}

// from returns the first segment that begins at the sequence.
func (r *ring) from(seq uint64) (segment, bool) {
	i := sort.Search(len(r.entries), func(i int) bool { return r.entries[i].head.From >= seq })
	if i == len(r.entries) || r.entries[i].head.From != seq {
		return segment{}, false
	}
	return r.entries[i], true
}
