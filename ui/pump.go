package ui

import (
	"context"
	"errors"
	"fmt"
	"time"

	"iocwall/server/act"
)

const (
	// frameGap is the least time between two repaints when one or two cameras
	// move, crowdGap when many do: 30 repaints a second carry 25 pictures of
	// every camera, and more of them would only cost.
	frameGap, crowdGap = 15 * time.Millisecond, 30 * time.Millisecond
	// dataGap is the least time between two updates of tiles from data.
	dataGap = 100 * time.Millisecond
	// tickCost is what a tick and its painting may take: none is begun so shortly
	// before an instant that must be met.
	tickCost = 25 * time.Millisecond
	// retryGap is the pause after a feed's error.
	retryGap = time.Second
)

// Run feeds and draws until ctx is done. It returns nil when everything it
// started is gone; the windows belong to the application and are closed with it.
func (u *UI) Run(ctx context.Context) error {
	u.jobs.mu.Lock()
	u.jobs.ctx = ctx
	u.jobs.mu.Unlock()
	defer u.jobs.stop()
	u.jobs.start(u.pump)
	u.noMaps = u.jobs.start(u.runMaps(u.maps))
	if u.o.Screens != nil {
		u.jobs.start(u.watchScreens)
	}
	u.rescan.Store(true)
	u.poke()
	u.loop(ctx)
	return nil
}

// poke asks for a tick soon. It never blocks and may be called from anywhere.
func (u *UI) poke() {
	select {
	case u.wake <- struct{}{}:
	default:
	}
}

// pump reads the feed and queues its batches: the toolkit's goroutine takes all
// that came since its last tick.
func (u *UI) pump(ctx context.Context) {
	for ctx.Err() == nil {
		b, err := u.o.Feed.Next(ctx)
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, context.Canceled) {
				return
			}
			u.log.Warn("feed failed", "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(retryGap):
			}
			continue
		}
		u.mu.Lock()
		u.batches = append(u.batches, b)
		u.mu.Unlock()
		u.dirty.Store(true)
		u.poke()
	}
}

func (u *UI) watchScreens(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-u.o.Screens.Changed():
			u.rescan.Store(true)
			u.poke()
		}
	}
}

// loop turns wakes into ticks on the toolkit's goroutine: one at a time, not
// more often than the eye needs, and at least one at each full second.
func (u *UI) loop(ctx context.Context) {
	var last time.Time
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-u.wake:
		case <-timer.C:
		}
		if wait := u.pause(time.Since(last)); wait > 0 {
			select {
			case <-ctx.Done():
				return
			case <-time.After(wait):
			}
		}
		last = time.Now()
		if u.pending.CompareAndSwap(false, true) {
			u.o.Do(func() {
				u.pending.Store(false)
				if ctx.Err() == nil {
					u.tick()
				}
			})
		}
		next := time.Until(last.Truncate(time.Second).Add(time.Second))
		if u.dirty.Load() {
			next = dataGap
		}
		if left, is := u.left(); is {
			next = min(next, left)
		}
		timer.Reset(max(next, time.Millisecond))
	}
}

// pause is how long the next tick waits, so long after the last one: pictures are
// not painted more often than the eye needs, and none is begun just before an
// instant at which the glass changes.
func (u *UI) pause(since time.Duration) time.Duration {
	gap := frameGap
	if u.moving.Load() > 2 {
		gap = crowdGap
	}
	wait := gap - since
	if left, is := u.left(); is && left < max(wait, 0)+tickCost {
		return max(left, 0)
	}
	return wait
}

// left is the time until something is due, if anything is.
func (u *UI) left() (time.Duration, bool) {
	due := u.due.Load()
	if due == 0 {
		return 0, false
	}
	return time.Unix(0, due).Sub(u.o.Now()), true
}

// tick brings the windows up to date; on the toolkit's goroutine.
func (u *UI) tick() {
	now := u.o.Now()
	moved := u.take()
	relayout := u.follow(now, moved, u.rescan.Swap(false))
	data := u.dirty.Load()
	second := now.Truncate(time.Second) != u.lastUp.Truncate(time.Second)
	if data && now.Sub(u.lastUp) < dataGap && !second && !relayout {
		data = false
	}
	if data || second || relayout {
		u.lastUp = now
		u.dirty.Store(false)
		u.model.refresh(now)
		u.face.refresh(now)
		data = true
	}
	u.hands.Update(now)
	moving := int32(0)
	for _, s := range u.face.surfaces() {
		for _, sl := range s.slots {
			if s.update(sl, now, data) {
				moving++
			}
		}
		for _, sl := range s.wings {
			s.update(sl, now, data)
		}
	}
	u.moving.Store(moving)
	u.face.step(now)
	if data {
		u.tellFresh(now)
	}
}

// take applies all batches that came. It reports whether walls or scenes
// changed, which may move tiles.
func (u *UI) take() bool {
	u.mu.Lock()
	batches := u.batches
	u.batches = nil
	u.mu.Unlock()
	moved := false
	for i := range batches {
		now, bad := u.model.apply(&batches[i], u.o.Now())
		moved = moved || now
		if bad != nil {
			u.log.Error("batch did not fit", "error", bad)
			u.resync()
		}
	}
	return moved
}

// resync asks for everything again: this copy of the state is not the server's.
func (u *UI) resync() {
	at := u.model.position()
	cmd := act.Command{ID: fmt.Sprintf("resync-%s-%d", at, u.o.Now().UnixMilli()), Act: act.Resync{At: at, Kinds: u.model.differs}}
	if err := u.o.Feed.Send(cmd); err != nil {
		u.log.Error("resync not sent", "error", err)
	}
}
