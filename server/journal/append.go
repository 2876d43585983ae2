package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"iocwall/server/world"
)

type batch struct {
	events []world.Event
	done   chan error
}

// Append hands a batch to the log and returns a channel that receives exactly
// one value: nil once the whole batch is durable, otherwise why nothing of it
// is in the journal (*FullError, *EncodeError, *OrderError, ErrClosed, or a disk
// error after which the log takes no more). The events must be numbered from
// Position().Seq+1 on without a gap, and their Seen must not decrease. The log
// reads the slice until it answers; the caller must not change it before.
//
// Append itself returns at once unless a batch is being written and another
// one waits. Number the next batch after the answer to the last one: a batch
// that follows a failed one fails too.
func (l *Log) Append(events []world.Event) <-chan error {
	done := make(chan error, 1)
	if len(events) == 0 {
		done <- nil
		return done
	}
	l.sending.RLock()
	defer l.sending.RUnlock()
	if l.closed {
		done <- ErrClosed
		return done
	}
	l.queue <- batch{events, done}
	return done
}

// write is the writer's goroutine.
func (l *Log) write() {
	for b := range l.queue {
		b.done <- l.commit(b.events)
	}
}

func (l *Log) commit(events []world.Event) error {
	if l.broken != nil {
		return l.broken
	}
	if err := l.inOrder(events); err != nil {
		return err
	}
	l.stamp = max(l.stamp+1, uint64(max(l.clock().UnixNano(), 0)))
	blocks, records, err := encodeBatch(events, l.stamp)
	if err != nil {
		return err
	}
	seg, err := l.segmentFor(&events[0])
	if err != nil {
		return l.failed(filepath.Join(l.dir, "days"), err)
	}
	last := &events[len(events)-1]
	if err := seg.put(blocks); err != nil && !l.wasWritten(seg, last.Seq) {
		return l.failed(seg.path, err)
	}
	l.mu.Lock()
	if n := len(l.segments); n == 0 || l.segments[n-1] != seg {
		l.segments = append(l.segments, seg)
	}
	l.pos.Seq, l.seen = last.Seq, last.Seen
	close(l.changed)
	l.changed = make(chan struct{})
	l.mu.Unlock()
	l.records.add(records, last.Seq)
	return nil
}

func (l *Log) inOrder(events []world.Event) error {
	next, seen := l.pos.Seq+1, l.seen // only this goroutine writes them
	for i := range events {
		e := &events[i]
		switch {
		case e.Seq != next:
			return &OrderError{Want: next, Got: e.Seq}
		case e.Body == nil:
			return &EncodeError{Seq: e.Seq, Err: errors.New("it has no body")}
		case e.Seen < seen:
			return &OrderError{Got: e.Seq, Want: next, Why: fmt.Sprintf("was learnt at %s, before the one ahead of it at %s", e.Seen, seen)}
		}
		next, seen = next+1, e.Seen
	}
	return nil
}

// segmentFor returns the day file to write to, a new one when the day is new.
func (l *Log) segmentFor(e *world.Event) (*segment, error) {
	day := dayOf(e.Seen)
	if l.active != nil && day <= l.active.day {
		return l.active, nil
	}
	seg := &segment{path: filepath.Join(l.dir, "days", segmentName(day, e.Seq)), day: day, first: e.Seq, limit: l.maxFile}
	db, err := createBolt(seg.path, l.Position().Epoch, boltOptions(false, seg.limit), l.clock())
	if err != nil {
		return nil, err
	}
	seg.db = db
	l.active = seg
	return seg, nil
}

// wasWritten finds out whether a transaction that reported an error is in the
// file all the same: its last step is to make the head of the file durable. It
// then tries that once more.
func (l *Log) wasWritten(seg *segment, last uint64) bool {
	h, ok, err := seg.tail()
	if err != nil || !ok || h.last() != last {
		return false
	}
	if err := seg.db.Sync(); err != nil {
		l.broken = fmt.Errorf("journal: %s cannot be made durable: %w: the disk must be looked at, then start again", seg.path, err)
		return false
	}
	return true
}

// failed turns an error of writing into one for the caller. After anything but
// a full disk nobody knows what the disk holds, so the log takes no more.
func (l *Log) failed(path string, err error) error {
	switch {
	case l.broken != nil:
		return l.broken
	case isFull(err):
		return &FullError{Path: path, Err: err}
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("journal: %w", err)
	}
	l.broken = fmt.Errorf("journal: write %s: %w: the disk must be looked at, then start again", path, err)
	return l.broken
}

// reopen makes an existing day file the one to write to.
func (l *Log) reopen(seg *segment) error {
	if err := seg.close(); err != nil {
		return err
	}
	db, err := openBolt(seg.path, boltOptions(false, seg.limit))
	if err != nil {
		return err
	}
	db.AllocSize = allocSize
	seg.mu.Lock()
	seg.db, seg.gone = db, false
	seg.mu.Unlock()
	l.active = seg
	return nil
}

func keySeq(k []byte) uint64 {
	if len(k) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(k)
}
