package wire

import (
	"context"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"iocwall/server/wire/message"
	"iocwall/server/world"
)

const (
	// urgentGap is the least time between two batches when something must be
	// shown at once, so that a flood of urgent events is still bundled.
	urgentGap = 5 * time.Millisecond
	// compactAt is the number of waiting items from which a stream that does
	// not get to run conflates early.
	compactAt = 16 << 10
)

// stream is one view and all who see it. The loop decides what belongs to it;
// a goroutine of its own makes batches of that; its clients read the ring.
type stream struct {
	view  View
	print string
	// reader of state only: what the loop owns.
	members map[world.Ref]uint64 // placed entities of a bounded view, with their summand
	sums    map[string]uint64
	counts  map[string]int
	inside  map[string]bool // areas already looked up
	fate    map[world.Ref]fate
	idle    time.Time // since when nobody sees it; zero while somebody does

	failed func(error)
	wake   chan struct{}

	mu      sync.Mutex
	epoch   uint64
	from    uint64 // where pending begins
	to      uint64
	seen    world.Time
	next    uint64 // number of the next segment
	pending []*cell
	limit   int // of pending, before it is conflated early
	urgent  bool
	sealed  []segment
	ring    ring
	// held is set from before an event that changed the tree of areas until what comes in and goes by it is known: these
	// leave in one batch, so that a sequence says all of what a client has.
	held    bool
	clients map[*session]struct{}
	snap    *snapshot
}

// fate is what one Publish does with the events of an entity.
type fate int

const (
	fatePass fate = iota + 1
	fateSwallow
)

func newStream(v View, state *world.State, o *HubOptions, failed func(error)) *stream {
	at := state.At()
	st := &stream{
		view: v, print: v.fingerprint(), failed: failed, wake: make(chan struct{}, 1),
		epoch: at.Epoch, from: at.Seq, to: at.Seq, seen: state.Seen(), next: 1, limit: compactAt,
		ring:    ring{max: o.RingBytes, keep: o.Keep},
		clients: map[*session]struct{}{},
	}
	if st.bounded() {
		st.members, st.sums, st.counts = map[world.Ref]uint64{}, map[string]uint64{}, map[string]int{}
		st.inside, st.fate = map[string]bool{}, map[world.Ref]fate{}
		st.eachPlaced(state, func(e world.Entity) {
			if st.holds(state, e) {
				ref := e.Ref()
				st.join(ref)
				st.count(state, ref)
			}
		})
	}
	return st
}

func (st *stream) bounded() bool { return len(st.view.Areas) > 0 }

// eachPlaced yields the entities that Areas decide on.
func (st *stream) eachPlaced(state *world.State, f func(world.Entity)) {
	for _, kind := range []string{world.KindVessel, world.KindStation, world.KindCamera, world.KindReport, world.KindFigure, world.KindAlert, world.KindClip} {
		if st.view.hasKind(kind) {
			for e := range state.Entities(kind) {
				f(e)
			}
		}
	}
}

// holds reports whether a placed entity lies in the view's areas.
func (st *stream) holds(state *world.State, e world.Entity) bool {
	area := e.In()
	if area == "" {
		return false
	}
	in, known := st.inside[area]
	if !known {
		for _, root := range st.view.Areas {
			if in = state.Within(area, root); in {
				break
			}
		}
		st.inside[area] = in
	}
	return in
}

func (st *stream) join(ref world.Ref) {
	st.members[ref] = 0
	st.counts[ref.Kind()]++
}

func (st *stream) leave(ref world.Ref) {
	kind := ref.Kind()
	st.sums[kind] -= st.members[ref]
	delete(st.members, ref)
	st.counts[kind]--
}

// count brings the summand of a member up to date.
func (st *stream) count(state *world.State, ref world.Ref) {
	old, member := st.members[ref]
	sum, ok := state.Sum(ref)
	if !member || !ok {
		return
	}
	st.members[ref] = sum
	st.sums[ref.Kind()] += sum - old
}

// digest returns the view's digest; whole is that of the state.
func (st *stream) digest(whole world.Digest) world.Digest {
	d := world.Digest{}
	for kind, sum := range whole {
		if st.view.hasKind(kind) && (!st.bounded() || !world.Bounded(kind)) {
			d[kind] = sum
		}
	}
	for kind, n := range st.counts {
		if n > 0 {
			d[kind] = st.sums[kind]
		}
	}
	return d
}

// publish takes what belongs to the view out of what the loop hands out.
func (st *stream) publish(state *world.State, p *published) {
	st.mu.Lock()
	defer st.mu.Unlock()
	before, hurry := len(st.pending), st.urgent
	for i := range p.changes {
		c := &p.changes[i]
		if c.Effect == world.EffectNone || !st.view.hasKind(p.kind(i)) {
			continue
		}
		if st.bounded() && world.Bounded(p.kind(i)) && !st.passes(state, p, i) {
			continue
		}
		cell := p.cell(i)
		st.pending = append(st.pending, cell)
		st.urgent = st.urgent || p.urgent(i)
	}
	clear(st.fate)
	st.to, st.seen = state.At().Seq, state.Seen()
	if len(st.pending) > st.limit {
		st.pending = message.Conflate(st.pending, cellMark)
		st.limit = max(compactAt, 2*len(st.pending))
	}
	if len(st.pending) > 0 && (before == 0 || st.urgent != hurry) {
		st.stir()
	}
}

// passes decides on the event of a placed entity in a bounded view. The state
// is behind all of the changes, so what happens to an entity that crosses the
// border is decided once, by where it ends up.
func (st *stream) passes(state *world.State, p *published, i int) bool {
	ref := p.changes[i].Ref
	if f, decided := st.fate[ref]; decided {
		return f == fatePass
	}
	_, was := st.members[ref]
	e := p.entity(state, i)
	is := e != nil && st.holds(state, e)
	f := fateSwallow
	switch {
	case was && is:
		f = fatePass
	case was && e == nil:
		f = fatePass
		st.leave(ref)
	case was:
		st.leave(ref)
		st.add(world.Item{Leave: ref})
	case is:
		st.join(ref)
		st.add(world.Item{Enter: e})
		st.urgent = st.urgent || p.urgent(i)
	}
	st.fate[ref] = f
	return f == fatePass
}

func (st *stream) add(it world.Item) {
	st.pending = append(st.pending, &cell{item: it, mark: message.MarkOf(it)})
}

// hold keeps back what comes until redraw is called. The tree of areas changed.
func (st *stream) hold() {
	clear(st.inside)
	st.mu.Lock()
	defer st.mu.Unlock()
	st.held = true
}

// redraw lets entities in and out after the tree of areas changed.
func (st *stream) redraw(state *world.State) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.held = false
	st.eachPlaced(state, func(e world.Entity) {
		ref := e.Ref()
		_, was := st.members[ref]
		switch is := st.holds(state, e); {
		case is && !was:
			st.join(ref)
			st.count(state, ref)
			st.add(world.Item{Enter: e})
		case was && !is:
			st.leave(ref)
			st.add(world.Item{Leave: ref})
		}
	})
	if len(st.pending) > 0 {
		st.stir()
	}
}

// seal ends a segment at the present sequence. Without a check and with nothing
// to say it does nothing. The caller holds mu.
func (st *stream) seal(check world.Digest, now world.Time) {
	if check == nil && len(st.pending) == 0 && st.from == st.to {
		return
	}
	st.sealed = append(st.sealed, segment{
		n:     st.next,
		head:  message.Head{Epoch: st.epoch, From: st.from, To: st.to, Seen: st.seen, Now: now, Check: check},
		cells: st.pending,
	})
	st.next++
	st.from, st.pending, st.urgent, st.limit = st.to, nil, false, compactAt
	st.stir()
}

// heartbeat seals with a check.
func (st *stream) heartbeat(check world.Digest, now world.Time) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.seal(check, now)
}

func (st *stream) stir() {
	select {
	case st.wake <- struct{}{}:
	default:
	}
}

// run makes batches until ctx is done.
func (st *stream) run(ctx context.Context) {
	var last time.Time
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		due, any := st.due(last)
		wait := time.Until(due)
		if any && wait <= 0 {
			st.flush()
			last = time.Now()
			continue
		}
		if !any {
			wait = time.Hour
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			return
		case <-st.wake:
		case <-timer.C:
		}
	}
}

// due says when the next batch is to be made, if any.
func (st *stream) due(last time.Time) (time.Time, bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	switch {
	case len(st.sealed) > 0:
		return last, true
	case len(st.pending) == 0 || st.held:
		return time.Time{}, false
	case st.urgent:
		return last.Add(urgentGap), true
	}
	return last.Add(st.view.every()), true
}

// flush encodes what is sealed, or else what is pending, and offers it to the
// clients.
func (st *stream) flush() {
	st.mu.Lock()
	if len(st.sealed) == 0 && !st.held {
		st.seal(nil, 0)
	}
	segs := st.sealed[:len(st.sealed):len(st.sealed)]
	st.mu.Unlock()
	done := make([]segment, 0, len(segs))
	for _, s := range segs {
		done = append(done, st.encode(s))
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, s := range done {
		st.ring.add(s)
	}
	st.sealed = st.sealed[len(segs):]
	for c := range st.clients {
		c.stir()
	}
}

func cellMark(c **cell) message.Mark { return (*c).mark }

func (st *stream) encode(s segment) segment {
	items := make([][]byte, 0, len(s.cells))
	for _, c := range message.Conflate(append([]*cell(nil), s.cells...), cellMark) {
		raw, err := c.encode()
		if err != nil {
			st.failed(err)
			continue
		}
		items = append(items, raw)
	}
	s.cells, s.at = nil, time.Now()
	s.frames, s.size = prepare(s.head.Frames(items))
	return s
}

// prepare makes messages that are compressed once, by the first who sends them.
func prepare(raw [][]byte) ([]*websocket.PreparedMessage, int) {
	out := make([]*websocket.PreparedMessage, 0, len(raw))
	size := 0
	for _, data := range raw {
		m, err := websocket.NewPreparedMessage(websocket.TextMessage, data)
		if err != nil {
			continue // it fails on control messages that are too long only
		}
		out = append(out, m)
		size += len(data)
	}
	return out, size
}

// find returns the number of the segment that brings a client on from the
// sequence, and how many bytes wait there. The caller holds mu.
func (st *stream) find(seq uint64) (n uint64, behind int, ok bool) {
	if s, there := st.ring.from(seq); there {
		return s.n, int(st.ring.total - s.end + int64(s.size)), true
	}
	for _, s := range st.sealed {
		if s.head.From == seq {
			return s.n, 0, true
		}
	}
	return st.next, 0, st.from == seq
}
