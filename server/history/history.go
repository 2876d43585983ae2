// Package history answers what happened to one thing, the newest first: an index of
// events by entity, held in memory and fed from the journal. What moves all the
// time is thinned to where it changed. It holds no more than it was given room for
// and says from when on it knows everything. It also answers where vessels were
// lately, for the lines behind them on a map.
package history

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"sort"
	"sync"

	"iocwall/server/journal"
	"iocwall/server/world"
)

// Log is what is needed of the journal; journal.Log is one.
type Log interface {
	// Records calls fn with the events that are never trimmed.
	Records(ctx context.Context, from uint64, fn func(world.Event) error) error
	// Follow calls fn with every event from a number on, and waits for more.
	Follow(ctx context.Context, from uint64, fn func(world.Event) error) error
	// First returns the number of the oldest event that Follow has.
	First() uint64
	// Position returns the place of the newest event.
	Position() world.Position
}

// Options make an Index. All but Log may be left out.
type Options struct {
	Log Log
	// Tail is how many of the newest events are read at the start, zero for
	// 1,000,000; of what is older the records are read only.
	Tail uint64
	// Each is how many events of one thing are held, zero for 300.
	Each int
	// Room is how many bytes are held in all, zero for 96 MiB: a half for what
	// moves all the time, a half for the rest.
	Room int64
	// Logger discards when nil.
	Logger *slog.Logger
}

// Index is what happened, by entity. Its methods may be called from any goroutine.
type Index struct {
	log    Log
	tail   uint64
	each   int
	room   int64
	logger *slog.Logger

	mu     sync.Mutex
	trails map[world.Ref]*trail
	queues [2]queue
	tracks tracks
	links  map[world.Ref]world.Ref // alert → what it is about, popup → alert
	start  world.Time              // from when on events that are no records are known
	begun  bool
	at     uint64
	ready  bool
	broken error
}

// Entry is one event of an entity.
type Entry struct {
	Seq uint64 `json:"seq"`
	// At is when it was so, Seen when the centre learnt it.
	At     world.Time      `json:"at"`
	Seen   world.Time      `json:"seen"`
	Source string          `json:"source"`
	Kind   string          `json:"kind"`
	Body   json.RawMessage `json:"body"`
	// Refs are all entities it is about.
	Refs []world.Ref `json:"-"`

	// area is where it was, for what moves from one area to another.
	area        string
	moved       bool
	class, uses int
}

// The classes of events: each has a half of the room, so that ships that move do
// not push out what people did.
const (
	rare = iota
	moving
)

// Answer is what happened to one entity.
type Answer struct {
	// Entries are the newest first.
	Entries []Entry `json:"entries"`
	// From is from when on all is known, zero for ever.
	From world.Time `json:"from"`
	// Next is what to ask for as before to go on, zero when that is all.
	Next uint64 `json:"next,omitempty"`
	// Reading says that the journal is still being read: the newest may be missing.
	Reading bool `json:"reading,omitempty"`
}

// trail is the events of one entity by number.
type trail struct {
	entries []*Entry
	lost    world.Time // the newest that was given up
	keep    keeper
}

// queue is the events of one class in the order they came.
type queue struct {
	entries []*Entry
	bytes   int64
	lost    world.Time
}

// New makes an Index; it knows nothing before Run.
func New(o Options) (*Index, error) {
	if o.Log == nil {
		return nil, errors.New("history: a journal is needed")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Tail == 0 {
		o.Tail = 1_000_000
	}
	if o.Each <= 0 {
		o.Each = 300
	}
	if o.Room <= 0 {
		o.Room = 96 << 20
	}
	return &Index{log: o.Log, tail: o.Tail, each: o.Each, room: o.Room, logger: o.Logger, trails: map[world.Ref]*trail{}, tracks: newTracks(), links: map[world.Ref]world.Ref{}}, nil
}

var errEnough = errors.New("enough")

// Run reads the records and the journal's tail and then follows it until ctx ends
// or the journal is closed; it returns nil then. A journal that cannot be read any
// more is logged and told to whoever asks; it does not end Run.
func (x *Index) Run(ctx context.Context) error {
	end, from := x.log.Position().Seq, x.log.First()
	if end > x.tail {
		from = max(from, end-x.tail+1)
	}
	err := x.log.Records(ctx, 1, func(e world.Event) error {
		if e.Seq >= from {
			return errEnough
		}
		x.take(&e)
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) && ctx.Err() == nil {
		// What came since is taken in: an answer from that is better than none.
		x.logger.Error("not all records can be read for the history of things", "error", err)
	}
	x.mu.Lock()
	x.begun, x.ready = from <= 1, end == 0
	x.mu.Unlock()
	err = x.log.Follow(ctx, from, func(e world.Event) error {
		x.follow(&e, end)
		return nil
	})
	if ctx.Err() == nil && !errors.Is(err, journal.ErrClosed) {
		x.logger.Error("the history of things cannot follow the journal any more", "error", err)
		x.mu.Lock()
		x.broken = fmt.Errorf("the journal cannot be read: %w", err)
		x.mu.Unlock()
		<-ctx.Done()
	}
	return nil
}

// follow takes in an event of the tail; the index is ready at its end.
func (x *Index) follow(e *world.Event, end uint64) {
	x.mu.Lock()
	if !x.begun {
		x.begun, x.start = true, e.Seen
	}
	x.mu.Unlock()
	x.take(e)
	x.mu.Lock()
	x.at = e.Seq
	x.ready = x.ready || e.Seq >= end
	x.mu.Unlock()
}

// take takes in one event.
func (x *Index) take(e *world.Event) {
	if e.Body == nil {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.tracks.take(e)
	refs := x.about(e)
	if len(refs) == 0 {
		return
	}
	t := x.trails[refs[0]]
	if t == nil {
		t = &trail{}
		x.trails[refs[0]] = t
	}
	class, keep := t.keep.keeps(e)
	if !keep {
		return
	}
	body, err := json.Marshal(slim(e.Body))
	if err != nil || len(body) > longest {
		body = []byte("{}")
	}
	n := &Entry{Seq: e.Seq, At: e.Time, Seen: e.Seen, Source: e.Source, Kind: e.Body.Kind(), Body: body, Refs: refs, class: class}
	if b, ok := e.Body.(world.VesselPosition); ok {
		n.area, n.moved = b.Area, true
	}
	for _, r := range refs {
		x.add(r, n)
	}
	q := &x.queues[class]
	q.entries = append(q.entries, n)
	q.bytes += n.size()
	for q.bytes > x.room/2 && len(q.entries) > 0 {
		x.evict(q)
	}
}

// longest is the most bytes of one body that are held.
const longest = 8 << 10

// size is about what an entry takes in memory.
func (n *Entry) size() int64 {
	s := len(n.Body) + 160
	for _, r := range n.Refs {
		s += len(r) + 120
	}
	return int64(s)
}

func (x *Index) add(r world.Ref, n *Entry) {
	t := x.trails[r]
	if t == nil {
		t = &trail{}
		x.trails[r] = t
	}
	t.entries = append(t.entries, n)
	n.uses++
	if len(t.entries) <= x.each {
		return
	}
	// What moves goes first.
	i := slices.IndexFunc(t.entries, func(e *Entry) bool { return e.class == moving })
	x.release(r, t, max(0, i))
}

// release gives up one event of an entity.
func (x *Index) release(r world.Ref, t *trail, i int) {
	n := t.entries[i]
	t.entries = slices.Delete(t.entries, i, i+1)
	t.lost = max(t.lost, n.Seen)
	if n.uses--; n.uses == 0 {
		x.queues[n.class].bytes -= n.size()
	}
	if len(t.entries) == 0 {
		delete(x.trails, r)
	}
}

// evict gives up the oldest event of a class.
func (x *Index) evict(q *queue) {
	n := q.entries[0]
	q.entries[0] = nil
	q.entries = q.entries[1:]
	if n.uses == 0 {
		return
	}
	q.lost = max(q.lost, n.Seen)
	for _, r := range n.Refs {
		if t := x.trails[r]; t != nil {
			if i := slices.Index(t.entries, n); i >= 0 {
				x.release(r, t, i)
			}
		}
	}
}

// Of returns the newest events of an entity, those with numbers below before, which
// may be zero, and at most limit, 1 to 500. While the journal is being read it
// answers what is known and says so. It does not wait.
func (x *Index) Of(r world.Ref, before uint64, limit int) (Answer, error) {
	if before == 0 {
		before = math.MaxUint64
	}
	limit = max(1, min(limit, 500))
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.broken != nil {
		return Answer{}, x.broken
	}
	out := Answer{Entries: []Entry{}, Reading: !x.ready, From: x.queues[rare].lost}
	if !recorded(r.Kind()) {
		out.From = max(out.From, x.start, x.queues[moving].lost)
	}
	t := x.trails[r]
	if t == nil {
		return out, nil
	}
	out.From = max(out.From, t.lost)
	i := sort.Search(len(t.entries), func(i int) bool { return t.entries[i].Seq >= before }) - 1
	for ; i >= 0 && len(out.Entries) < limit; i-- {
		out.Entries = append(out.Entries, *t.entries[i])
	}
	if i >= 0 {
		out.Next = out.Entries[len(out.Entries)-1].Seq
	}
	return out, nil
}

// Size is how many events and bytes are held, for metrics.
func (x *Index) Size() (events int, bytes int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for i := range x.queues {
		events += len(x.queues[i].entries)
		bytes += x.queues[i].bytes
	}
	return events, bytes
}
