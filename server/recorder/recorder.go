// Package recorder answers what was on which screen of a wall and when, who or which
// rule put it there, and how fresh it was, from the history alone. What a wall
// shows is kept for ever as records; how fresh its tiles were is known as long as
// the days are kept. It reads beside the loop and holds no more than where in the
// history things are.
package recorder

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"time"

	"iocwall/server/journal"
	"iocwall/server/world"
)

// Log is what the recorder needs of the history; journal.Log is one.
type Log interface {
	// Read calls fn with every event from a number on.
	Read(ctx context.Context, from uint64, fn func(world.Event) error) error
	// Records calls fn with the events that are never trimmed, up to within a
	// second or so of the end.
	Records(ctx context.Context, from uint64, fn func(world.Event) error) error
	// Follow is Read that waits for more at the end.
	Follow(ctx context.Context, from uint64, fn func(world.Event) error) error
	// First returns the number of the oldest event that Read has.
	First() uint64
	// Position returns the place of the newest event.
	Position() world.Position
}

// Options make a Recorder. All but Log may be left out.
type Options struct {
	Log Log
	// Nodes returns the computers of the walls as they are now, with what they said of
	// their tiles last: that may be of long before Run. Nil for none. It may block.
	Nodes func(ctx context.Context) ([]world.Node, error)
	// Logger discards when nil.
	Logger *slog.Logger
	// Now is the server's clock; nil is time.Now.
	Now func() time.Time
	// Marks is how many places of one thing are held in memory; beyond them every
	// second one is given up and found again by reading. Zero is 50,000.
	Marks int
}

// Recorder answers from the history. Its methods may be called from any goroutine.
type Recorder struct {
	log    Log
	nodes  func(context.Context) ([]world.Node, error)
	logger *slog.Logger
	now    func() time.Time

	mu      sync.Mutex
	index   *index
	stood   map[string]report // what computers had said of their tiles when Run began
	at      uint64            // the last event taken in
	moved   chan struct{}     // closed when at moves; nil while nobody waits for that
	ready   bool              // what there was at the start is taken in
	broken  error             // why nothing more is taken in
	tail    []world.Event     // the newest of the walls' records, of which Records may know nothing yet
	checked time.Time         // when the tail was last shortened
}

// New makes a Recorder; it knows nothing before Run.
func New(o Options) (*Recorder, error) {
	if o.Log == nil {
		return nil, errors.New("recorder: a history is needed")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Marks <= 0 {
		o.Marks = 50_000
	}
	if o.Nodes == nil {
		o.Nodes = func(context.Context) ([]world.Node, error) { return nil, nil }
	}
	return &Recorder{log: o.Log, nodes: o.Nodes, stood: map[string]report{}, logger: o.Logger, now: o.Now, index: newIndex(o.Marks)}, nil
}

// Run reads the records and then follows the history until ctx ends or the history
// is closed; it returns nil then. A history that cannot be read any more is logged
// and told to whoever asks; it does not end Run.
func (r *Recorder) Run(ctx context.Context) error {
	began, end := r.now(), r.log.Position().Seq
	r.remember(ctx)
	var last uint64
	err := r.log.Records(ctx, 1, func(e world.Event) error {
		last = e.Seq
		r.mu.Lock()
		defer r.mu.Unlock()
		r.index.note(&e)
		return nil
	})
	if err != nil && ctx.Err() == nil {
		// The others were taken in: an answer from them is better than none.
		r.logger.Error("not all records of the walls can be read", "error", err)
	}
	r.reach(last, end)
	if from := max(last+1, r.log.First()); from > end {
		r.reach(end, end)
	}
	r.logger.Debug("the walls' records were read", "upto", last, "took", r.now().Sub(began))
	err = r.log.Follow(ctx, max(last+1, r.log.First()), func(e world.Event) error {
		r.take(ctx, &e)
		r.reach(e.Seq, end)
		return nil
	})
	if ctx.Err() == nil && !errors.Is(err, journal.ErrClosed) {
		r.logger.Error("the recorder of the walls cannot follow the history any more", "error", err)
		r.mu.Lock()
		r.broken = fmt.Errorf("the history cannot be read: %w", err)
		r.wake()
		r.mu.Unlock()
		<-ctx.Done()
	}
	return nil
}

// remember takes over what the computers said last.
func (r *Recorder) remember(ctx context.Context) {
	nodes, err := r.nodes(ctx)
	if err != nil && ctx.Err() == nil {
		r.logger.Warn("it is not known what the computers of the walls said last", "error", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range nodes {
		if n.SeenAt != 0 {
			r.stood[n.Node] = report{n.SeenAt, n.Seen}
		}
	}
}

// reach notes how far the recorder has come, and that it is ready at the end.
func (r *Recorder) reach(seq, end uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = max(r.at, seq)
	r.ready = r.ready || r.at >= end
	r.wake()
}

// wake tells those who wait; the lock is held.
func (r *Recorder) wake() {
	if r.moved != nil {
		close(r.moved)
		r.moved = nil
	}
}

const (
	// tailEvery is how often the tail is shortened, tailKept how old what is
	// given up must be: the records are behind by about a second.
	tailEvery = 10 * time.Second
	tailKept  = time.Minute
	// tailMost bounds the tail where records cannot be copied, on a full disk.
	tailMost = 20_000
)

// take takes in an event as it comes.
func (r *Recorder) take(ctx context.Context, e *world.Event) {
	r.mu.Lock()
	known := r.index.note(e)
	if known {
		r.tail = append(r.tail, *e)
	}
	now := r.now()
	old := 0
	if len(r.tail) > 0 && now.Sub(r.checked) > tailEvery {
		r.checked = now
		for old < len(r.tail) && r.tail[old].Seen < world.TimeOf(now.Add(-tailKept)) {
			old++
		}
	}
	var upto uint64
	if old > 0 {
		upto = r.tail[old-1].Seq
	}
	full := len(r.tail) > tailMost
	r.mu.Unlock()
	if old > 0 && (full || r.copied(ctx, upto)) {
		r.mu.Lock()
		r.tail = append([]world.Event(nil), r.tail[old:]...)
		r.mu.Unlock()
	}
}

// copied reports whether the record of that number is among the records.
func (r *Recorder) copied(ctx context.Context, seq uint64) (found bool) {
	_ = r.log.Records(ctx, seq, func(e world.Event) error {
		found = e.Seq == seq
		return errEnough
	})
	return found
}

var errEnough = errors.New("enough")

// ErrReading says that the recorder has not read the history yet.
var ErrReading = errors.New("the history of the walls is still being read; ask again in a few seconds")

// wait is how long a question waits for the history to be read.
const wait = 5 * time.Second

// current waits until all that is durable now was taken in.
func (r *Recorder) current(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	want := r.log.Position().Seq
	for {
		r.mu.Lock()
		if r.moved == nil {
			r.moved = make(chan struct{})
		}
		at, ready, moved, broken := r.at, r.ready, r.moved, r.broken
		r.mu.Unlock()
		switch {
		case broken != nil:
			return broken
		case ready && at >= want:
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return fmt.Errorf("%w (%w)", ErrReading, ctx.Err())
		}
	}
}

// span is a stretch of the history, both ends among it.
type span struct{ from, to uint64 }

// far is how many records a reader steps over before it is cheaper to seek.
const far = 1000

// load calls fn with the records in the spans, in order; what is in no span may
// come, too. The spans are sorted by their beginnings. fn's error ends it and is
// returned.
func (r *Recorder) load(ctx context.Context, spans []span, fn func(world.Event) error) error {
	r.mu.Lock()
	tail := r.tail
	r.mu.Unlock()
	recent := uint64(math.MaxUint64) // from here on the tail has all there is
	if len(tail) > 0 {
		recent = tail[0].Seq
	}
	done := uint64(0) // all up to here was given to fn
	for i := 0; i < len(spans); {
		if spans[i].to <= done {
			i++
			continue
		}
		from := max(spans[i].from, done+1)
		if from >= recent {
			break
		}
		steps := 0
		ended := true
		err := r.log.Records(ctx, from, func(e world.Event) error {
			if e.Seq >= recent {
				return errEnough
			}
			for i < len(spans) && spans[i].to < e.Seq {
				i++
			}
			if i == len(spans) {
				return errEnough
			}
			if e.Seq < spans[i].from {
				if steps++; steps > far {
					ended = false
					return errEnough
				}
				return nil
			}
			steps, done = 0, e.Seq
			return fn(e)
		})
		if err != nil && !errors.Is(err, errEnough) {
			return err
		}
		if ended {
			break // nothing more among the records
		}
	}
	for _, e := range tail {
		if e.Seq > done && inside(spans, e.Seq) {
			if err := fn(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// inside reports whether a number lies in one of the spans.
func inside(spans []span, seq uint64) bool {
	for _, s := range spans {
		if s.from <= seq && seq <= s.to {
			return true
		}
	}
	return false
}
