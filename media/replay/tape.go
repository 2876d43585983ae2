package replay

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"iocwall/media/rtsp"
)

// Decoder makes pictures of type P out of units. One goroutine uses it at a time.
type Decoder[P any] interface {
	// Decode takes one unit and tells the PTS of the newest picture that became ready; ok is false when none did. After an
	// error nothing up to the next key unit can be shown.
	Decode(unit [][]byte, pts time.Duration) (at time.Duration, ok bool, err error)
	// Render makes a picture, which belongs to the caller, of the newest decoded one.
	Render() (P, error)
	// Close frees everything.
	Close()
}

// TapeOptions configures a Tape. Decoder is required.
type TapeOptions[P any] struct {
	// Decoder makes a decoder for the codec and the parameter sets of the unit it begins with. A tape has one at a time and
	// makes another one whenever it goes back or leaps ahead.
	Decoder func(codec rtsp.Codec, params [][]byte) (Decoder[P], error)
	// Notify is called from the tape's goroutine when Frame or Position have changed. It must not wait.
	// May be nil.
	Notify func()
	// Loop makes playing go on from the beginning at the end.
	Loop bool
	// Cache is how many pictures are kept for stepping back; each is as large as what the decoder renders. Default 16.
	Cache int
}

// TapeFrame is one picture of a tape.
type TapeFrame[P any] struct {
	Picture P             // nobody writes to it any more
	Index   int           // of the picture in order of presentation, from 0
	Arrived time.Time     // when it reached the centre
	Taken   time.Time     // on the camera's clock, zero when unknown
	PTS     time.Duration // from the beginning of the clip
	Gap     *Gap          // what is missing just before it; nil when nothing is
}

// Position says where a tape is.
type Position struct {
	Playing  bool
	Speed    float64
	At       time.Time // arrival of the picture shown; zero before the first
	From, To time.Time // arrivals of the first and the last picture
	Index    int       // of the picture shown, from 0; −1 before the first
	Frames   int       // pictures that can be shown
	Damaged  int       // pictures that cannot, since packets are missing
	End      bool      // the last picture is shown
	Err      error     // why the picture asked for is not shown, nil when it is
}

// MinSpeed and MaxSpeed bound SetSpeed.
const (
	MinSpeed = 0.25
	MaxSpeed = 4
)

// longest and pause: when nothing came for longer than the first, playing goes on after the second; the gap is told with
// the picture after it.
const (
	longest = 2 * time.Second
	pause   = time.Second
)

// slack is how late a picture may be before playing leaves out pictures to keep its speed.
const slack = 100 * time.Millisecond

// Tape plays a clip: forwards at some speed, picture by picture in both directions, or from any time on. Pictures that
// are damaged by lost packets are left out. Its methods may be called from any goroutine; none waits for the decoder.
type Tape[P any] struct {
	opts TapeOptions[P]
	reel reel
	wake chan struct{} // of size one
	head readHead[P]   // of Run's goroutine

	mu      sync.Mutex
	want    int // picture asked for, −1 for none
	renew   bool
	playing bool
	fresh   bool // playing has just begun
	speed   float64
	frame   TapeFrame[P]
	shown   int // −1 before the first
	err     error
}

// NewTape makes a tape that stands at the beginning of the clip; its first picture is shown as soon as Run is called.
// Errors wrap ErrNothing when no picture of the clip can be shown.
func NewTape[P any](c Clip, o TapeOptions[P]) (*Tape[P], error) {
	if o.Decoder == nil {
		return nil, errors.New("replay: a tape without a decoder; hand one in")
	}
	if o.Cache <= 0 {
		o.Cache = 16
	}
	t := &Tape[P]{opts: o, reel: newReel(c), wake: make(chan struct{}, 1), speed: 1, shown: -1}
	if len(t.reel.shots) == 0 {
		return nil, fmt.Errorf("replay: %w: the clip has no whole picture", ErrNothing)
	}
	t.head = readHead[P]{reel: &t.reel, open: o.Decoder, limit: o.Cache}
	return t, nil
}

// command changes what is wanted and wakes Run.
func (t *Tape[P]) command(change func()) {
	t.mu.Lock()
	change()
	t.mu.Unlock()
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// base is where steps begin: where the tape is going to be; the caller holds the lock.
func (t *Tape[P]) base() int {
	if t.want >= 0 {
		return t.want
	}
	return t.shown
}

func (t *Tape[P]) clamp(n int) int { return max(0, min(n, len(t.reel.shots)-1)) }

// Play goes on from where the tape stands, from the beginning when that is the end.
func (t *Tape[P]) Play() {
	t.command(func() {
		if t.base() == len(t.reel.shots)-1 {
			t.want = 0
		}
		t.playing, t.fresh = true, true
	})
}

// Pause keeps the picture that is shown.
func (t *Tape[P]) Pause() { t.command(func() { t.playing = false }) }

// Step pauses and goes so many pictures forward, or back when n is negative, at most to the end of the clip.
func (t *Tape[P]) Step(n int) {
	t.command(func() { t.playing, t.want = false, t.clamp(t.base()+n) })
}

// Seek goes to the last picture that had arrived at that time, or to the first one.
func (t *Tape[P]) Seek(at time.Time) {
	target := 0
	for i, s := range t.reel.shots {
		if !t.reel.clip.Units[s.unit].Arrived.After(at) {
			target = i
		}
	}
	t.command(func() { t.want = target })
}

// SetSpeed sets how fast Play is: 1 is as it was. Beyond MinSpeed and MaxSpeed the nearest of them is taken.
func (t *Tape[P]) SetSpeed(speed float64) {
	if math.IsNaN(speed) {
		return
	}
	t.command(func() { t.speed = min(max(speed, MinSpeed), MaxSpeed) })
}

// Refresh makes the picture that is shown anew, after what the decoder renders has changed.
func (t *Tape[P]) Refresh() { t.command(func() { t.renew = true }) }

// Frame returns the picture that is shown; ok is false before the first.
func (t *Tape[P]) Frame() (f TapeFrame[P], ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.frame, t.shown >= 0
}

// Position says where the tape is.
func (t *Tape[P]) Position() Position {
	t.mu.Lock()
	defer t.mu.Unlock()
	last := len(t.reel.shots) - 1
	return Position{
		Playing: t.playing, Speed: t.speed, At: t.frame.Arrived,
		From: t.reel.arrived(0), To: t.reel.arrived(last),
		Index: t.shown, Frames: last + 1, Damaged: t.reel.damaged, End: t.shown == last, Err: t.err,
	}
}

// Run decodes and plays until ctx ends; it returns its cause when everything it started is gone. It runs once.
func (t *Tape[P]) Run(ctx context.Context) error {
	defer t.head.close()
	next := time.Now() // when the picture after the shown one is due
	for ctx.Err() == nil {
		before := t.Position().Playing
		target, wait := t.plan(time.Now(), &next)
		if target >= 0 {
			t.show(target)
			continue
		}
		if before && wait == 0 && t.Position().End {
			t.notify() // it has stopped
		}
		t.wait(ctx, wait)
	}
	return context.Cause(ctx)
}

// wait returns when the time is over, 0 for never, when something is asked for or when ctx ends.
func (t *Tape[P]) wait(ctx context.Context, d time.Duration) {
	var due <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-ctx.Done():
	case <-t.wake:
	case <-due:
	}
}

// plan tells what to show now, −1 for nothing, and how long to wait otherwise, 0 for as long as nothing is asked for. next
// is when the picture after the one that is shown is due, and is moved on.
func (t *Tape[P]) plan(now time.Time, next *time.Time) (target int, wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	last := len(t.reel.shots) - 1
	if t.fresh {
		t.fresh, *next = false, now
	}
	switch {
	case t.renew:
		t.renew = false
		t.head.forget()
		if t.want < 0 {
			t.want = max(0, t.shown)
		}
		fallthrough
	case t.want >= 0:
		target, t.want = t.want, -1
	case t.shown < 0 && (t.err == nil || t.playing): // Play tries again
		target = 0
	case !t.playing:
		return -1, 0
	case t.shown >= last && !t.opts.Loop:
		t.playing = false
		return -1, 0
	case now.Before(*next):
		return -1, next.Sub(now)
	default:
		target = (t.shown + 1) % (last + 1)
		for late := now.Sub(*next); late > slack && target < last; late -= t.length(target) {
			*next = next.Add(t.length(target))
			target++
		}
		if *next = next.Add(t.length(target)); now.Sub(*next) > slack {
			*next = now // too slow to keep the speed even so
		}
		return target, 0
	}
	*next = now.Add(t.length(target))
	return target, 0
}

// length is how long a picture is shown while playing; the caller holds the lock.
func (t *Tape[P]) length(i int) time.Duration {
	d := t.reel.length(i)
	if d > longest {
		d = pause
	}
	return time.Duration(float64(d) / t.speed)
}

// show shows a picture, or the next one that can be.
func (t *Tape[P]) show(target int) {
	t.mu.Lock()
	playing := t.playing
	t.mu.Unlock()
	pic, at, err := t.head.find(target, !playing)
	t.mu.Lock()
	t.err = err
	if err == nil {
		s := t.reel.shots[at]
		u := t.reel.clip.Units[s.unit]
		t.shown = at
		t.frame = TapeFrame[P]{Picture: pic, Index: at, Arrived: u.Arrived, Taken: u.Taken, PTS: s.at, Gap: s.gap}
	} else if !t.fresh { // else Play was asked for meanwhile
		t.playing = false
	}
	t.mu.Unlock()
	t.notify()
}

// notify tells that something has changed.
func (t *Tape[P]) notify() {
	if t.opts.Notify != nil {
		t.opts.Notify()
	}
}
