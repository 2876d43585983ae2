package media

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// How one stream takes over from another.
const (
	switchUp    = 300 * time.Millisecond // views must want a better stream for so long, and
	switchDown  = 3 * time.Second        // a smaller one for so long: sizes change rapidly while a window is dragged
	switchTime  = 10 * time.Second       // a new stream must be live within this, or the old one stays
	switchAgain = time.Minute            // before a stream that failed is tried again; doubles up to
	switchMax   = 16 * time.Minute
	switchWrong = 2 * time.Second // a stream that the camera does not give at all is left after this
)

// switching is what a channel knows about going from stream to stream.
type switching struct {
	pending string    // the stream that is wanted instead of the one that is shown
	since   time.Time // since when
	lower   string    // the smaller stream to play while pictures are late, empty when there is no need
	pinned  bool      // a viewer asked for the stream by name
	note    string    // why not the wanted stream
	failed  map[string]failure
	total   counters // of players that are gone
}

// failure is a stream that did not come up.
type failure struct {
	until time.Time
	wait  time.Duration
	why   string
}

// pardon forgets failures.
func (ch *channel) pardon() { ch.failed, ch.note = nil, "" }

// fail notes that a stream does not come up; it is left alone for a while.
func (ch *channel) fail(stream, why string, now time.Time) {
	if ch.failed == nil || len(ch.failed) >= 16 {
		ch.failed = map[string]failure{}
	}
	f := ch.failed[stream]
	if now.Before(f.until) {
		return
	}
	f.wait = min(max(2*f.wait, switchAgain), switchMax)
	f.until, f.why = now.Add(f.wait), why
	ch.failed[stream] = f
	ch.d.log.Warn("camera stream not taken", slog.String("camera", ch.id), slog.String("stream", stream), slog.String("why", why))
}

// want names the stream to play for views; the caller holds the lock.
func (ch *channel) want(views []View, now time.Time) string {
	steps := ladder(sized(ch.camera.Streams, ch.memory.size))
	best := choose(steps, views)
	ch.pinned, ch.note = false, ""
	if name, ok := ch.pin(steps); ok {
		i := slices.IndexFunc(steps, func(s Stream) bool { return s.Name == name })
		f, bad := ch.failed[name]
		switch {
		case i >= 0:
			best, ch.pinned = i, true
		case !bad || !now.Before(f.until):
			ch.pinned = true
			return name
		default:
			ch.refer(name, f)
		}
	}
	at := best
	if !ch.pinned {
		at = min(best+ch.pace.level, len(steps)-1)
	}
	ch.lower = ""
	if at > best {
		ch.lower = steps[at].Name
	}
	for off := range steps {
		i := (at + off) % len(steps)
		f, bad := ch.failed[steps[i].Name]
		if !bad || !now.Before(f.until) {
			return steps[i].Name
		}
		ch.refer(steps[i].Name, f)
	}
	return steps[at].Name
}

// refer says why a stream that is wanted is not shown.
func (ch *channel) refer(stream string, f failure) {
	if ch.note == "" {
		ch.note = fmt.Sprintf("stream %q is not shown: %s", stream, f.why)
	}
}

// pin returns the stream that viewers ask for by name: the best of them if they differ.
func (ch *channel) pin(steps []Stream) (name string, ok bool) {
	rank := len(steps) + 1
	for _, v := range ch.viewers {
		if v.stream == "" || v.view.Empty() && v.last.Empty() && !v.preload {
			continue
		}
		r := slices.IndexFunc(steps, func(s Stream) bool { return s.Name == v.stream })
		if r < 0 {
			r = len(steps)
		}
		if r < rank {
			name, rank, ok = v.stream, r, true
		}
	}
	return name, ok
}

// playing keeps the right stream on the screen; the caller holds the lock.
func (ch *channel) playing(ctx context.Context, players *sync.WaitGroup, now time.Time, views []View) {
	if ch.cur == nil {
		ch.start(ctx, players, now, &ch.cur, ch.want(views, now), views, nil)
		return
	}
	ch.cur.player.setViews(views, false)
	s := ch.cur.player.Stats()
	if s.Source.X > 0 {
		ch.memory.learn(ch.cur.stream, s.Source)
	}
	ch.watch(s, now)
	want := ch.want(views, now)
	if want == ch.cur.stream {
		ch.pending = ""
		ch.drop(&ch.next)
		return
	}
	if ch.pending != want {
		ch.pending, ch.since = want, now
	}
	if ch.next != nil && ch.next.stream == want {
		ch.next.player.setViews(views, false)
		ch.promote(s, now)
		return
	}
	if now.Sub(ch.since) < ch.settle(want, !s.Picture.IsZero()) {
		return
	}
	ch.drop(&ch.next)
	if s.Fresh() {
		ch.start(ctx, players, now, &ch.next, want, views, nil)
		return
	}
	old := ch.cur
	ch.drop(&ch.cur)
	ch.start(ctx, players, now, &ch.cur, want, views, old)
}

// settle is how long a wish for a stream must stand, if there are pictures already.
func (ch *channel) settle(want string, pictures bool) time.Duration {
	steps := ladder(sized(ch.camera.Streams, ch.memory.size))
	rank := func(name string) int { return slices.IndexFunc(steps, func(s Stream) bool { return s.Name == name }) }
	switch {
	case ch.pinned || ch.lower != "" || ch.note != "":
		return 0
	case rank(want) > rank(ch.cur.stream) && pictures:
		return switchDown
	}
	return switchUp
}

// watch steps to a smaller stream and back, and leaves a stream that the camera does not give.
func (ch *channel) watch(s Stats, now time.Time) {
	late := s.State == StateLate && (s.Reason == ReasonLate || s.Reason == ReasonOverloaded)
	steps := ladder(sized(ch.camera.Streams, ch.memory.size))
	can := !ch.pinned && ch.next == nil && steps[len(steps)-1].Name != ch.cur.stream
	if ch.pace.step(now, late, s.State == StateLive && ch.next == nil, can, &ch.d.rate) {
		ch.d.log.Info("camera stream stepped", slog.String("camera", ch.id), slog.Int("level", ch.pace.level))
	}
	switch s.Reason {
	case ReasonNotFound, ReasonNoVideo, ReasonUnsupported, ReasonFull:
		if len(steps) > 1 && !s.Fresh() && now.Sub(ch.cur.began) >= switchWrong {
			ch.fail(ch.cur.stream, string(s.Reason), now)
		}
	}
}

// promote shows the next stream once it is live, or gives it up after a while.
func (ch *channel) promote(cur Stats, now time.Time) {
	next := ch.next.player.Stats()
	waited := now.Sub(ch.next.began) >= switchTime
	live := next.State == StateLive || next.Fresh() && next.Reason != ReasonCatchingUp && (!cur.Fresh() || waited && cur.State != StateLive)
	switch {
	case live && !next.Picture.IsZero():
		ch.d.log.Info("camera stream changed", slog.String("camera", ch.id), slog.String("from", ch.cur.stream), slog.String("to", ch.next.stream))
		old := ch.cur
		old.cancel()
		ch.next.player.adopt(old.player)
		ch.cur, ch.next = ch.next, nil
		ch.pending = ""
	case waited:
		why := string(next.Reason)
		if next.Detail != "" {
			why = next.Detail
		}
		ch.fail(ch.next.stream, why, now)
		ch.drop(&ch.next)
	}
}
