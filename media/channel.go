package media

import (
	"context"
	"image"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// channel is one camera on a deck: its viewers, the player of the stream they see, and for moments the player of the
// stream they will see next.
type channel struct {
	d      *Deck
	id     string
	memory *memory
	seq    atomic.Uint64
	tell   atomic.Pointer[[]func()] // the viewers' notify
	dirty  atomic.Bool              // something changed since the last step

	mu      sync.Mutex
	camera  Camera
	viewers []*Viewer
	cur     *feed // what is shown
	next    *feed // what will be shown once it is live
	alone   time.Time
	pace    pace
	switching
}

// feed is a player and what runs it.
type feed struct {
	player *Player
	stream string
	began  time.Time
	cancel context.CancelFunc
}

// memory is what is remembered of a camera between channels.
type memory struct {
	mu      sync.Mutex
	streams map[string]*streamMemory
	sizes   map[string]image.Point
}

// stream returns what is remembered of a stream.
func (m *memory) stream(name string) *streamMemory {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.streams[name]
	if s == nil {
		if m.streams == nil || len(m.streams) >= 16 {
			m.streams = map[string]*streamMemory{}
		}
		s = &streamMemory{}
		m.streams[name] = s
	}
	return s
}

// size returns the learnt size of a stream's pictures, zero while unknown.
func (m *memory) size(name string) image.Point {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sizes[name]
}

// learn remembers the size of a stream's pictures.
func (m *memory) learn(name string, size image.Point) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sizes == nil || len(m.sizes) >= 16 && m.sizes[name] == (image.Point{}) {
		m.sizes = map[string]image.Point{}
	}
	m.sizes[name] = size
}

func newChannel(d *Deck, id string, m *memory) *channel {
	ch := &channel{d: d, id: id, memory: m}
	ch.tell.Store(&[]func(){})
	return ch
}

// add takes a viewer in.
func (ch *channel) add(v *Viewer, c Camera) {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if len(c.Streams) == 0 {
		c.Streams = []Stream{{}}
	}
	ch.camera = c
	ch.viewers = append(ch.viewers, v)
	ch.announce()
}

// remove lets a viewer go.
func (ch *channel) remove(v *Viewer) {
	ch.change(func() bool {
		v.closed, v.view = true, View{}
		ch.viewers = slices.DeleteFunc(ch.viewers, func(o *Viewer) bool { return o == v })
		ch.announce()
		return true
	})
}

// announce renews the list of whom to notify; the caller holds the lock.
func (ch *channel) announce() {
	tell := make([]func(), 0, len(ch.viewers))
	for _, v := range ch.viewers {
		if v.notify != nil {
			tell = append(tell, v.notify)
		}
	}
	ch.tell.Store(&tell)
	ch.dirty.Store(true)
}

// notify tells all viewers that there is something new.
func (ch *channel) notify() {
	for _, f := range *ch.tell.Load() {
		f()
	}
}

// change changes what a viewer wants; f reports whether that is something new.
func (ch *channel) change(f func() bool) {
	ch.mu.Lock()
	changed := f()
	ch.mu.Unlock()
	if changed {
		ch.dirty.Store(true)
		ch.d.poke()
	}
}

// frame returns a viewer's newest frame.
func (ch *channel) frame(v *Viewer) (Frame, bool) {
	ch.mu.Lock()
	cur, view := ch.cur, v.view
	if v.closed {
		cur = nil
	}
	ch.mu.Unlock()
	if cur == nil {
		return Frame{}, false
	}
	return cur.player.frame(view)
}

// stats returns what a viewer has to say.
func (ch *channel) stats(v *Viewer, now time.Time) Stats {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if ch.cur == nil {
		s := Stats{State: StateOpening, Reason: ReasonStopped, Since: ch.alone, Parked: true}
		if !v.view.Empty() && !v.closed {
			s.Reason, s.Parked = ReasonConnecting, false
		}
		ch.total.add(&s)
		return s
	}
	s := ch.cur.player.Stats()
	s.Target = v.view.Size
	s.Stepped = ch.lower != "" && ch.lower == ch.cur.stream
	if ch.note != "" && s.Detail == "" {
		s.Detail = ch.note
	}
	return s
}

// retry connects again at once.
func (ch *channel) retry() {
	ch.mu.Lock()
	ch.pardon()
	if ch.cur != nil {
		ch.cur.player.Retry()
	}
	ch.mu.Unlock()
	ch.dirty.Store(true)
	ch.d.poke()
}

// step brings the channel in line with its viewers and reports whether it is still needed, and whether viewers must be
// told.
func (ch *channel) step(ctx context.Context, players *sync.WaitGroup, now time.Time) (needed, news bool) {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	before := ch.cur
	needed = ch.follow(ctx, players, now)
	ch.keepStep()
	return needed, ch.cur != before
}

// follow is step; the caller holds the lock.
func (ch *channel) follow(ctx context.Context, players *sync.WaitGroup, now time.Time) bool {
	views, last, preload := ch.wishes()
	if len(views) > 0 {
		ch.alone = time.Time{}
		ch.playing(ctx, players, now, views)
		return true
	}
	if ch.alone.IsZero() {
		ch.alone = now
	}
	ch.drop(&ch.next)
	away := now.Sub(ch.alone)
	switch {
	case len(ch.viewers) == 0 && away >= ch.d.opts.Linger:
		ch.drop(&ch.cur)
		return false
	case preload && ch.cur == nil:
		ch.start(ctx, players, now, &ch.cur, ch.want(last, now), nil, nil)
	case !preload && away >= ch.d.opts.Park:
		ch.drop(&ch.cur)
	case ch.cur != nil:
		ch.cur.player.setViews(nil, true)
	}
	return true
}

// keepStep passes on with which budget the camera is to keep step; the caller holds the lock.
func (ch *channel) keepStep() {
	budget := ch.budget()
	for _, f := range []*feed{ch.cur, ch.next} {
		if f != nil {
			f.player.setStep(budget, ch.d.opts.Clock)
		}
	}
}

// budget is with what the camera is to keep step: as those want who see it, or else those who will; the caller holds the
// lock.
func (ch *channel) budget() time.Duration {
	var budget, unseen time.Duration
	seen := false
	for _, v := range ch.viewers {
		if v.view.Empty() {
			unseen = max(unseen, v.step)
			continue
		}
		budget, seen = max(budget, v.step), true
	}
	if !seen {
		return unseen
	}
	return budget
}

// wishes returns the views that are visible, those that were, and whether the camera is to be kept ready; the caller
// holds the lock.
func (ch *channel) wishes() (views, last []View, preload bool) {
	for _, v := range ch.viewers {
		if !v.view.Empty() {
			views = append(views, v.view)
		}
		if !v.last.Empty() {
			last = append(last, v.last)
		}
		preload = preload || v.preload
	}
	return views, last, preload
}

// start makes a player of a stream and runs it; at is where it is kept. It is parked when there are no views. Frames of
// old stay until it has its own.
func (ch *channel) start(ctx context.Context, players *sync.WaitGroup, now time.Time, at **feed, stream string, views []View, old *feed) {
	o := ch.d.opts
	f := &feed{stream: stream, began: now}
	f.player = newPlayer(Options{
		Stream: stream, Decoder: o.Decoder, TLS: o.TLS, Logger: ch.d.log.With(slog.String("camera", ch.id), slog.String("stream", stream)),
		Limits: o.Limits, RefusedCheck: o.RefusedCheck, Backoff: o.Backoff, QueueUnits: o.QueueUnits, QueueBytes: o.QueueBytes,
		OnFrame: func() { ch.news(f) },
		address: func(ctx context.Context) (string, login, error) {
			url, user, pass, err := o.Address(ctx, ch.id, stream)
			return url, login{user, pass}, err
		},
		parkBytes: o.ParkBytes, seq: &ch.seq, memory: ch.memory.stream(stream),
	})
	f.player.play = ch.d.play
	if old != nil {
		f.player.adopt(old.player)
	} else {
		f.player.count(ch.total)
	}
	f.player.setViews(views, len(views) == 0) // before its first unit
	f.player.setStep(ch.budget(), o.Clock)
	ctx, f.cancel = context.WithCancel(ctx)
	*at = f
	players.Go(func() { f.player.Run(ctx) }) //nolint:errcheck // it ends when it is told to
}

// news passes on what a player has to say: to the viewers if it is theirs, to the deck if it is about to be.
func (ch *channel) news(f *feed) {
	ch.mu.Lock()
	shown, next := ch.cur == f, ch.next == f
	ch.mu.Unlock()
	if shown {
		ch.notify()
	}
	if next {
		ch.dirty.Store(true)
		ch.d.poke()
	}
}

// drop ends a player; what it counted stays.
func (ch *channel) drop(at **feed) {
	f := *at
	if f == nil {
		return
	}
	f.cancel()
	if at == &ch.cur {
		ch.total = f.player.counted()
	}
	*at = nil
}

// stopped forgets the players after all have ended.
func (ch *channel) stopped() {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	ch.drop(&ch.next)
	ch.drop(&ch.cur)
}
