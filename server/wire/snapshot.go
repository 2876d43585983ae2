package wire

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"iocwall/server/wire/message"
	"iocwall/server/world"
)

const (
	// snapshotReuse is how long a snapshot serves others who come.
	snapshotReuse = 10 * time.Second
	// minReplay and maxReplay bound how many events are rather replayed from
	// the journal than a snapshot is sent. In between it is the number of
	// entities: one snapshot serves all who come, a replay only one.
	minReplay, maxReplay = 1000, 20_000
	// replayBatch is how many events of the journal become one batch.
	replayBatch = 2000
)

// snapshot is a view's entities at one sequence. The loop copies references to
// them; the first client that needs it encodes it.
type snapshot struct {
	head     message.Head
	next     uint64 // the segment that follows
	at       time.Time
	entities []world.Entity

	once   sync.Once
	frames []*websocket.PreparedMessage
	bytes  int
}

// encode returns the frames of the snapshot.
func (sn *snapshot) encode(failed func(error)) []*websocket.PreparedMessage {
	sn.once.Do(func() {
		items := make([][]byte, 0, len(sn.entities))
		for _, e := range sn.entities {
			raw, err := message.AppendItem(nil, world.Item{Enter: e})
			if err != nil {
				failed(err)
				continue
			}
			items = append(items, raw)
		}
		sn.entities = nil
		sn.frames, sn.bytes = prepare(sn.head.Frames(items))
	})
	return sn.frames
}

// take returns a snapshot of the view at the state's sequence, or a recent one
// if it will do. The caller is on the loop and holds st.mu.
func (st *stream) take(state *world.State, fresh bool) *snapshot {
	if sn := st.snap; sn != nil && !fresh && time.Since(sn.at) < snapshotReuse {
		if _, _, gone := st.ring.get(sn.next); !gone {
			return sn
		}
	}
	st.seal(nil, 0)
	sn := &snapshot{
		head: message.Head{Epoch: st.epoch, To: st.to, Seen: st.seen, View: st.print, Snapshot: true},
		next: st.next, at: time.Now(),
	}
	for kind := range state.Digest() { // the kinds there are
		if !st.view.hasKind(kind) || st.bounded() && world.Bounded(kind) {
			continue
		}
		sn.entities = slices.Grow(sn.entities, state.Count(kind))
		for e := range state.Entities(kind) {
			sn.entities = append(sn.entities, e)
		}
	}
	for ref := range st.members {
		if e, there := state.Entity(ref); there {
			sn.entities = append(sn.entities, e)
		}
	}
	st.snap = sn
	return sn
}

// plan is how a client is brought to where it can follow the stream.
type plan struct {
	st     *stream
	next   uint64 // the segment to go on with
	resume bool
	snap   *snapshot
	// from and to are the part of the journal to replay, if to is not zero.
	from, to uint64
}

// place is where a client says it is.
type place struct {
	at   world.Position
	view string
}

// plan decides how a client comes up to date. The caller is on the loop.
func (h *Hub) plan(state *world.State, st *stream, p place, fresh bool) plan {
	st.mu.Lock()
	defer st.mu.Unlock()
	now := state.At()
	known := !fresh && p.at.Epoch == now.Epoch && p.view == st.print && p.at.Seq <= st.to
	if known {
		n, behind, ok := st.find(p.at.Seq)
		if ok && behind <= h.o.QueueBytes {
			return plan{st: st, next: n, resume: true}
		}
		worth := uint64(min(max(state.Count(""), minReplay), maxReplay))
		if st.view.whole() && h.o.Read != nil && st.to-p.at.Seq <= worth {
			st.seal(nil, 0)
			return plan{st: st, next: st.next, resume: true, from: p.at.Seq, to: st.to}
		}
	}
	sn := st.take(state, fresh)
	return plan{st: st, next: sn.next, snap: sn}
}

// replay reads the plan's part of the journal and hands the batches of it to send.
func (h *Hub) replay(ctx context.Context, p plan, send func([]*websocket.PreparedMessage) error) error {
	var cells []*cell
	var seen world.Time
	epoch, at := p.st.epoch, p.from
	var failed error
	flush := func(to uint64) error {
		s := segment{head: message.Head{Epoch: epoch, From: at, To: to, Seen: seen}, cells: cells}
		at, cells = to, nil
		return send(p.st.encode(s).frames)
	}
	last := p.from
	err := h.o.Read(ctx, p.from, func(e world.Event) bool {
		if e.Seq != last+1 || e.Seq > p.to {
			return false
		}
		c := &cell{item: world.Item{Event: &e}}
		c.mark = message.MarkOf(c.item)
		cells, last, seen = append(cells, c), e.Seq, max(seen, e.Seen)
		if len(cells) >= replayBatch {
			failed = flush(last)
		}
		return failed == nil && last < p.to
	})
	switch {
	case failed != nil:
		return failed
	case err != nil:
		return fmt.Errorf("wire: read the journal from %d: %w", p.from, err)
	case last != p.to:
		return fmt.Errorf("wire: the journal ends at %d, wanted %d", last, p.to)
	}
	if last > at {
		return flush(last)
	}
	return nil
}
