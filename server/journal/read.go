package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sort"
	"sync"

	bolt "go.etcd.io/bbolt"

	"iocwall/server/world"
)

// chunkSize is how many bytes of blocks are fetched in one transaction and
// decoded by one goroutine.
const chunkSize = 256 << 10

// chunk is some consecutive blocks, copied out of the file.
type chunk struct {
	path string
	data []byte
	next uint64 // first event wanted
	end  uint64 // last event of the chunk
	out  chan decoded
}

type decoded struct {
	events []world.Event
	err    error
}

// Read calls fn with every durable event from number from on, in order, and
// returns nil at the end of the log as it is when it gets there; from 0 means
// from the first event ever. It decodes ahead on other goroutines and steps
// over Holes. fn's error ends it and is returned as it is. Other errors:
// *TrimmedError, *DamageError, ErrClosed, that of ctx.
func (l *Log) Read(ctx context.Context, from uint64, fn func(world.Event) error) error {
	from = max(from, 1)
	c, err := l.fetch(from, nil)
	if err != nil || c == nil {
		return err
	}
	if c.end >= l.Position().Seq { // a short read needs no helpers
		d := c.decode()
		return deliver(ctx, d, fn)
	}
	return l.stream(ctx, c, fn)
}

// stream decodes chunks on two goroutines ahead of fn.
func (l *Log) stream(ctx context.Context, c *chunk, fn func(world.Event) error) error {
	ctx, cancel := context.WithCancel(ctx)
	const helpers = 2
	work := make(chan *chunk, helpers)
	ordered := make(chan *chunk, 2*helpers)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	var fetchErr error
	wg.Go(func() {
		defer close(ordered)
		defer close(work)
		var ahead prefetcher
		defer ahead.close()
		for c != nil && fetchErr == nil {
			c.out = make(chan decoded, 1)
			select {
			case ordered <- c:
			case <-ctx.Done():
				return
			}
			work <- c // helpers run until work is closed
			c, fetchErr = l.fetch(c.end+1, &ahead)
		}
	})
	for range helpers {
		wg.Go(func() {
			for c := range work {
				if ctx.Err() == nil {
					c.out <- c.decode()
				}
			}
		})
	}
	for c := range ordered {
		var d decoded
		select {
		case d = <-c.out:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := deliver(ctx, d, fn); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return fetchErr
}

func deliver(ctx context.Context, d decoded, fn func(world.Event) error) error {
	for i := range d.events {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := fn(d.events[i]); err != nil {
			return err
		}
	}
	return d.err
}

func (c *chunk) decode() decoded {
	events := make([]world.Event, 0, c.end-c.next+1)
	next := c.next
	for data := c.data; len(data) > 0; {
		h, _ := parseHeader(data)
		had := len(events)
		var err error
		if events, err = decodeBlock(events, data); err != nil {
			return decoded{events[:had], &DamageError{Path: c.path, Seq: next, Err: err}}
		}
		data = data[blockHeader+int(h.length):]
		if h.first < c.next { // the block that holds the first event wanted
			events = events[c.next-h.first:]
		}
		next = h.last() + 1
	}
	return decoded{events: events}
}

// fetch copies the blocks from event next on, nil when there are none yet.
func (l *Log) fetch(next uint64, ahead *prefetcher) (*chunk, error) {
	seg, next, end, err := l.find(next)
	if err != nil || seg == nil {
		return nil, err
	}
	ch := &chunk{path: seg.path, next: next}
	err = seg.view(func(c *bolt.Cursor) error {
		if ahead != nil {
			_, v := c.Seek(seqKey(next))
			ahead.reached(seg, c.Bucket().Tx(), v)
		}
		return ch.fill(c, end)
	})
	switch {
	case errors.Is(err, os.ErrClosed):
		l.mu.RLock()
		defer l.mu.RUnlock()
		if l.changed == nil {
			return nil, ErrClosed
		}
		return nil, &TrimmedError{From: next, First: l.first()}
	case err != nil:
		return nil, &DamageError{Path: seg.path, Seq: next, Err: err}
	}
	return ch, nil
}

// fill copies blocks up to event end, at most about chunkSize bytes.
func (ch *chunk) fill(c *bolt.Cursor, end uint64) error {
	k, v := c.Seek(seqKey(ch.next))
	if k == nil || keySeq(k) > ch.next {
		if k == nil {
			k, v = c.Last()
		} else {
			k, v = c.Prev()
		}
	}
	want := ch.next
	for ; k != nil && want <= end && len(ch.data) < chunkSize; k, v = c.Next() {
		h, ok := parseHeader(v)
		if !ok || len(v) != blockHeader+int(h.length) || h.first != keySeq(k) || h.first > want || h.last() < want {
			break
		}
		ch.data = append(ch.data, v...)
		want = h.last() + 1
	}
	if want == ch.next {
		return fmt.Errorf("%w: event %d is not where it should be", errBlock, want)
	}
	ch.end = want - 1
	return nil
}

// find returns the file that holds event next, or the first event after it when
// it falls into a hole, and the last event that may be read from it.
func (l *Log) find(next uint64) (seg *segment, at, end uint64, err error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.changed == nil {
		return nil, next, 0, ErrClosed
	}
	next = l.id.overHole(next)
	if next > l.pos.Seq {
		return nil, next, 0, nil
	}
	i := sort.Search(len(l.segments), func(i int) bool { return l.segments[i].first > next }) - 1
	if i < 0 {
		return nil, next, 0, &TrimmedError{From: next, First: l.first()}
	}
	end = l.pos.Seq
	if i+1 < len(l.segments) {
		end = l.segments[i+1].first - 1
	}
	return l.segments[i], next, end, nil
}

func (l *Log) overHole(next uint64) uint64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.id.overHole(next)
}

// Wait returns nil once event seq is durable; it blocks until then. Errors:
// that of ctx, ErrClosed.
func (l *Log) Wait(ctx context.Context, seq uint64) error {
	for {
		l.mu.RLock()
		last, changed := l.pos.Seq, l.changed
		l.mu.RUnlock()
		switch {
		case last >= seq:
			return nil
		case changed == nil:
			return ErrClosed
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Follow is Read that waits at the end of the log for more. It returns when fn
// or reading fails or ctx is done, never nil.
func (l *Log) Follow(ctx context.Context, from uint64, fn func(world.Event) error) error {
	next := max(from, 1)
	for {
		err := l.Read(ctx, next, func(e world.Event) error {
			next = e.Seq + 1
			return fn(e)
		})
		if err == nil {
			next = l.overHole(next)
			err = l.Wait(ctx, next)
		}
		if err != nil {
			return err
		}
	}
}
