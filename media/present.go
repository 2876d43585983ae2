package media

import (
	"context"
	"slices"
	"sync"
	"time"

	"iocwall/media/flow"
)

// stepFrames and stepBytes bound the decoded pictures that wait for their moment.
const (
	stepFrames = 12
	stepBytes  = 96 << 20
)

// presenter shows pictures at their moment. It runs beside the decoder, which may be busy then.
type presenter struct {
	p     *Player
	queue *flow.Queue   // its decoder waits there when too much waits here
	wake  chan struct{} // of size one: there is something new to wait for

	mu    sync.Mutex // taken before the player's
	items []finished // in the order in which they are to be shown
	bytes int
	slips int // pictures that were ready and not shown at their moment, since this was last asked
}

// finished is a picture that is ready.
type finished struct {
	frames  []Frame
	relayed time.Time // zero: to be shown at once
	early   bool      // it was ready before its moment
	bytes   int
}

// full reports whether no more pictures should be made.
func (r *presenter) full() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.items) >= stepFrames || r.bytes >= stepBytes
}

// put takes a picture that came to the relay at one time and was ready at another, and shows it if its moment has come.
func (r *presenter) put(frames []Frame, relayed, ready time.Time) {
	for i := range frames {
		frames[i].Decoded = ready
	}
	st := r.p.step.Load()
	f := finished{
		frames: frames, relayed: relayed, bytes: weigh(frames),
		early: st != nil && st.Until(st.Moment(relayed)) > 0,
	}
	r.mu.Lock()
	r.items = append(r.items, f)
	r.bytes += f.bytes
	first := len(r.items) == 1
	r.mu.Unlock()
	if r.turn() > 0 && first {
		r.poke()
	}
}

// extend adds frames to the picture that was put last and reports whether it is still to be shown.
func (r *presenter) extend(frames []Frame) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.items) == 0 {
		return false
	}
	last := &r.items[len(r.items)-1]
	last.frames = append(slices.Clip(last.frames), frames...)
	n := weigh(frames)
	last.bytes += n
	r.bytes += n
	return true
}

// lacking returns those of the views that the picture that was put last has not, all if it is shown already.
func (r *presenter) lacking(views []View) []View {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.items) == 0 {
		return views
	}
	frames := r.items[len(r.items)-1].frames
	return slices.DeleteFunc(views, func(v View) bool { return has(frames, v) })
}

// turn shows the newest picture whose moment has come; those before it are dropped. It returns how long it is until the
// next one's, 0 when none waits.
func (r *presenter) turn() time.Duration {
	r.mu.Lock()
	p, st := r.p, r.p.step.Load()
	at := len(r.items) - 1
	for ; at >= 0; at-- {
		if st == nil || st.Until(st.Moment(r.items[at].relayed)) <= 0 {
			break
		}
	}
	if at >= 0 {
		r.slip(st, at)
		p.mu.Lock()
		p.stats.Dropped += uint64(at)
		p.show(r.items[at].frames, time.Now())
		p.mu.Unlock()
		r.drop(at + 1)
	}
	var next time.Duration
	if len(r.items) > 0 {
		next = max(1, flow.Sleep(st.Until(st.Moment(r.items[0].relayed))))
	}
	r.mu.Unlock()
	if at >= 0 {
		p.notify()
		r.queue.Poke()
	}
	return next
}

// slip counts what was not shown at its moment, when the picture at a place is shown now and those before it never; the
// caller holds the lock.
func (r *presenter) slip(st *flow.Step, at int) {
	if st == nil {
		return
	}
	for i, f := range r.items[:at+1] {
		late := -st.Until(st.Moment(f.relayed))
		if f.early && late > 0 && (i < at || late > flow.StepSlip) {
			r.slips++
		}
	}
}

// slipped returns how many pictures were ready and not shown at their moment since it was last asked.
func (r *presenter) slipped() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := r.slips
	r.slips = 0
	return n
}

// drop takes pictures off the front; the caller holds the lock.
func (r *presenter) drop(n int) {
	for _, f := range r.items[:n] {
		r.bytes -= f.bytes
	}
	r.items = slices.Delete(r.items, 0, n)
}

// poke makes the presenter look at once.
func (r *presenter) poke() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// run shows pictures until ctx ends. What waits then belongs to a connection that is gone and is dropped.
func (r *presenter) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-r.wake:
		case <-timer.C:
		}
		if next := r.turn(); next > 0 {
			timer.Reset(next)
		} else {
			timer.Stop()
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.p.mu.Lock()
	r.p.stats.Dropped += uint64(len(r.items))
	r.p.mu.Unlock()
	r.drop(len(r.items))
}

// weigh returns how many bytes pictures have.
func weigh(frames []Frame) int {
	n := 0
	for _, f := range frames {
		if f.Image != nil {
			n += len(f.Image.Pix)
		}
		if y := f.YUV; y != nil && y.Y != nil {
			n += len(y.Y.Pix) + len(y.U.Pix) + len(y.V.Pix)
		}
	}
	return n
}
