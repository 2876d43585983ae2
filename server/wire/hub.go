package wire

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"iocwall/server/act"
	"iocwall/server/world"
)

// HubOptions configure a Hub. OnLoop is required.
type HubOptions struct {
	// OnLoop has f called with the state on the goroutine that calls Publish,
	// between two calls of Publish, and returns once f has returned. It may
	// block until then; it returns an error when ctx is done or the loop ends
	// before f was called. f is short and does no I/O.
	OnLoop func(ctx context.Context, f func(*world.State)) error
	// Command does what a client asks for and returns when it is durable or
	// refused. Each call has its own goroutine and may block; ctx ends with the
	// hub, not with the client. The Receipt's ID is filled in by the hub. Nil
	// refuses everything. act.Resync never comes here.
	Command func(ctx context.Context, id Identity, c act.Command) world.Receipt
	// Grant makes a right to fetch pictures from the relay, nil for none. It is
	// called when a client attaches and again before the grant expires, on
	// goroutines of the hub.
	Grant func(id Identity) *world.RelayGrant
	// Read yields the events after from, in order, until yield returns false
	// or there are no more. It runs on goroutines of the hub. Nil means that
	// only the memory of the views serves clients that come back.
	Read func(ctx context.Context, from uint64, yield func(world.Event) bool) error
	// Alarm is told when a client's digest did not agree; nil for nobody.
	Alarm func(id Identity, at world.Position, kinds []string)
	// Moved is told that a client has its view, and, with a reason in words, that
	// it is gone; nil for nobody. It does not block.
	Moved  func(id Identity, gone string)
	Logger *slog.Logger
	// Heartbeat is the time between two digests; default 5 s.
	Heartbeat time.Duration
	// Keep is how long a view without clients is kept, and how far back the
	// memory of a view reaches; default 3 min.
	Keep time.Duration
	// RingBytes bounds the memory of a view for those that come back; default
	// 16 MiB.
	RingBytes int
	// QueueBytes is how far a client may fall behind; default 4 MiB.
	QueueBytes int
}

func (o *HubOptions) complete() error {
	if o.OnLoop == nil {
		return errors.New("wire: HubOptions.OnLoop is missing: the hub must reach the loop to attach clients")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Moved == nil {
		o.Moved = func(Identity, string) {}
	}
	if o.Heartbeat <= 0 {
		o.Heartbeat = 5 * time.Second
	}
	if o.Keep <= 0 {
		o.Keep = 3 * time.Minute
	}
	if o.RingBytes <= 0 {
		o.RingBytes = 16 << 20
	}
	if o.QueueBytes <= 0 {
		o.QueueBytes = 4 << 20
	}
	return nil
}

// Hub gives every client its view of the state. Publish and Tick belong to the
// goroutine that owns the state (the loop); everything else may be called from
// anywhere. It never blocks the loop: encoding, compression and writing are done
// by goroutines of the hub.
type Hub struct {
	o        HubOptions
	log      *slog.Logger
	upgrader websocket.Upgrader
	answers  answers
	shapes   world.Digest // of entities in this program

	ctx  context.Context
	stop context.CancelFunc
	wg   sync.WaitGroup
	head atomic.Uint64

	// What the loop owns.
	started bool
	epoch   uint64
	streams map[string]*stream
	stops   map[*stream]context.CancelFunc
	dirty   map[world.Ref]struct{} // changed since the last heartbeat
	parents map[string]string      // of areas
	moved   bool                   // areas, since the views were drawn
	drawn   time.Time              // when the views were drawn by the tree of areas
	cost    time.Duration          // how long that took
	beat    time.Time

	mu       sync.Mutex
	over     bool
	lastID   uint64
	sessions []*session // in the order they came
	counts   HubStats
}

// NewHub makes a hub. It accepts clients at once; Run ends it.
func NewHub(o HubOptions) (*Hub, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	return &Hub{
		o: o, log: o.Logger, ctx: ctx, stop: stop, shapes: world.Shapes(),
		upgrader: websocket.Upgrader{
			HandshakeTimeout: helloWithin, ReadBufferSize: 4 << 10, WriteBufferSize: writeBuffer,
			WriteBufferPool: &sync.Pool{}, EnableCompression: true,
		},
		streams: map[string]*stream{}, stops: map[*stream]context.CancelFunc{},
		dirty: map[world.Ref]struct{}{}, parents: map[string]string{},
		counts: HubStats{Closed: map[string]uint64{}},
	}, nil
}

// Run returns when ctx is done, every client has been told "shutdown" and every
// goroutine of the hub is gone. Publish and Tick do nothing afterwards.
func (h *Hub) Run(ctx context.Context) error {
	<-ctx.Done()
	h.mu.Lock()
	h.over = true
	open := slices.Clone(h.sessions)
	h.mu.Unlock()
	for _, s := range open {
		s.end(Shutdown, "the server stops")
	}
	h.stop()
	h.wg.Wait()
	return nil
}

// enter counts the caller among the hub's goroutines, unless the hub is over.
func (h *Hub) enter() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.over {
		return false
	}
	h.wg.Add(1)
	return true
}

// begin brings what the loop owns to the state, at the start and when the
// history began anew.
func (h *Hub) begin(state *world.State) {
	at := state.At()
	if h.started && h.epoch == at.Epoch && h.head.Load() == at.Seq {
		return
	}
	if h.started {
		h.log.Warn("state does not follow on what was published, clients take a snapshot",
			"epoch", at.Epoch, "seq", at.Seq, "published_epoch", h.epoch, "published_seq", h.head.Load())
		for key := range h.streams {
			h.drop(key)
		}
		h.Kick(func(Identity) bool { return true }, Resync)
	}
	h.started, h.epoch = true, at.Epoch
	h.head.Store(at.Seq)
	clear(h.dirty)
	clear(h.parents)
	for e := range state.Entities(world.KindArea) {
		if a, ok := e.(world.Area); ok {
			h.parents[a.ID] = a.Parent
		}
	}
}

// redrawPause is how long views wait at least between two looks at all entities for
// the tree of areas, and ten times as long as one takes, so that a list of areas that
// is read in does not stop the loop. What is pressing waits for twice as long as one
// takes at most, and the tick does not wait.
const redrawPause = 100 * time.Millisecond

// Publish hands out what the loop has made durable and applied: changes are all
// events since the last call, those without effect too, and state has applied
// exactly these. Both are read only during the call. What does not follow on the
// last call is taken for a new history: every client is told "resync".
func (h *Hub) Publish(state *world.State, changes []world.Change) {
	if len(changes) == 0 || h.ctx.Err() != nil {
		return
	}
	at := state.At()
	first, last := changes[0].Event.Seq, changes[len(changes)-1].Event.Seq
	if !h.started || h.epoch != at.Epoch || first != h.head.Load()+1 || last != at.Seq {
		h.begin(state)
		return
	}
	h.head.Store(at.Seq)
	bounded := false
	for _, st := range h.streams {
		bounded = bounded || st.bounded()
	}
	h.note(state, changes, bounded)
	if len(h.streams) == 0 {
		return
	}
	p := newPublished(changes)
	for _, st := range h.streams {
		st.publish(state, p)
	}
	since := time.Since(h.drawn)
	if h.moved && (since >= max(redrawPause, 10*h.cost) || since >= 2*h.cost && slices.ContainsFunc(changes, pressing)) {
		h.redraw(state)
	}
}

// pressing reports whether a change is not to wait for the tree of areas.
func pressing(c world.Change) bool {
	kind := c.Ref.Kind()
	return c.Effect != world.EffectNone && (kind == world.KindAlert || kind == world.KindWall)
}

// redraw brings bounded views in line with the tree of areas, if that changed. It looks at all entities.
func (h *Hub) redraw(state *world.State) {
	if !h.moved {
		return
	}
	began := time.Now()
	for _, st := range h.streams {
		if st.bounded() {
			st.redraw(state)
		}
	}
	h.moved, h.drawn = false, time.Now()
	h.cost = h.drawn.Sub(began)
}

// note remembers which summands are out of date and whether areas moved in
// their tree.
func (h *Hub) note(state *world.State, changes []world.Change, bounded bool) {
	moved := false
	for i := range changes {
		c := &changes[i]
		if c.Effect == world.EffectNone {
			continue
		}
		if bounded {
			h.dirty[c.Ref] = struct{}{}
		}
		if c.Ref.Kind() != world.KindArea {
			continue
		}
		a, _ := state.Area(c.Ref.ID())
		if known, there := h.parents[c.Ref.ID()]; !there || known != a.Parent {
			h.parents[c.Ref.ID()] = a.Parent
			moved = true
		}
	}
	if !moved {
		return
	}
	h.moved = true
	for _, st := range h.streams {
		if st.bounded() {
			st.hold()
		}
	}
}

// Tick is to be called about every second by the loop, with the state as it was
// last published.
func (h *Hub) Tick(now time.Time, state *world.State) {
	if h.ctx.Err() != nil {
		return
	}
	h.begin(state)
	h.redraw(state)
	if now.Sub(h.beat) >= h.o.Heartbeat {
		h.beat = now
		h.heartbeats(now, state)
	}
	h.sweep(now)
}

// heartbeats tells every view its digest.
func (h *Hub) heartbeats(now time.Time, state *world.State) {
	if len(h.streams) == 0 {
		clear(h.dirty)
		return
	}
	whole := state.Digest()
	for _, st := range h.streams {
		if st.bounded() {
			for ref := range h.dirty {
				st.count(state, ref)
			}
		}
		st.heartbeat(st.digest(whole), world.TimeOf(now))
	}
	clear(h.dirty)
}

// sweep ends what is over: rights, snapshots nobody needs, views nobody sees.
func (h *Hub) sweep(now time.Time) {
	at := world.TimeOf(now)
	h.Kick(func(id Identity) bool { return id.Expires != 0 && id.Expires <= at }, Expired)
	for key, st := range h.streams {
		st.mu.Lock()
		seen := len(st.clients) > 0
		if st.snap != nil && time.Since(st.snap.at) > snapshotReuse {
			st.snap = nil
		}
		st.mu.Unlock()
		switch {
		case seen:
			st.idle = time.Time{}
		case st.idle.IsZero():
			st.idle = now
		case now.Sub(st.idle) > h.o.Keep:
			h.drop(key)
		}
	}
}

// drop ends a stream. Clients that still follow it have been told to go.
func (h *Hub) drop(key string) {
	st := h.streams[key]
	delete(h.streams, key)
	h.stops[st]()
	delete(h.stops, st)
}

// stream returns the stream of a view and makes it if need be. The caller is on
// the loop; it returns nil when the hub is over.
func (h *Hub) stream(v View, state *world.State) *stream {
	key := v.key()
	if st, ok := h.streams[key]; ok {
		return st
	}
	if !h.enter() {
		return nil
	}
	st := newStream(v, state, &h.o, h.unsendable)
	ctx, stop := context.WithCancel(h.ctx)
	h.streams[key], h.stops[st] = st, stop
	go func() {
		defer h.wg.Done()
		st.run(ctx)
	}()
	return st
}

func (h *Hub) unsendable(err error) {
	h.mu.Lock()
	h.counts.Unsendable++
	h.mu.Unlock()
	h.log.Error("item cannot be sent to clients", "err", err)
}

// attach gives a client a plan and makes it one of the stream's. The caller is
// on the loop.
func (h *Hub) attach(state *world.State, s *session, v View, at place, fresh bool) error {
	h.begin(state)
	st := h.stream(v, state)
	if st == nil {
		return errors.New("wire: the hub is closed")
	}
	if st.held { // the loop alone sets it
		st.redraw(state)
	}
	p := h.plan(state, st, at, fresh)
	s.follow(p)
	h.mu.Lock()
	defer h.mu.Unlock()
	if p.resume {
		h.counts.Resumes++
	} else {
		h.counts.Snapshots++
	}
	return nil
}

// Kick ends the connections of all whom match names and returns their number.
func (h *Hub) Kick(match func(Identity) bool, why Reason) int {
	h.mu.Lock()
	open := slices.Clone(h.sessions)
	h.mu.Unlock()
	n := 0
	for _, s := range open {
		if match(s.identity()) {
			s.end(why, "")
			n++
		}
	}
	return n
}

// Regrant gives clients new rights: change returns the identity to use from now
// on and whether it differs. Such a client gets a snapshot of its new view. It
// returns once every client has left its old view.
func (h *Hub) Regrant(ctx context.Context, change func(Identity) (Identity, bool)) error {
	return h.o.OnLoop(ctx, func(state *world.State) {
		h.mu.Lock()
		open := slices.Clone(h.sessions)
		h.mu.Unlock()
		for _, s := range open {
			id, differs := change(s.identity())
			if !differs {
				continue
			}
			v, err := s.regrant(id)
			if err == nil {
				err = h.attach(state, s, v, place{}, true)
			}
			if err != nil {
				s.end(Revoked, err.Error())
			}
		}
	})
}

// Stats returns what is known of each client, in the order they came.
func (h *Hub) Stats() HubStats {
	h.mu.Lock()
	open := slices.Clone(h.sessions)
	out := h.counts
	out.Closed = make(map[string]uint64, len(h.counts.Closed))
	for why, n := range h.counts.Closed {
		out.Closed[why] = n
	}
	h.mu.Unlock()
	views := map[*stream]bool{}
	for _, s := range open {
		c, st := s.stats(h.head.Load())
		out.Clients = append(out.Clients, c)
		if st != nil {
			views[st] = true
		}
	}
	out.Views = len(views)
	return out
}
