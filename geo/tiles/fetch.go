package tiles

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"iocwall/geo/tiles/archive"
)

// work fetches and decodes tiles, the newest wanted first.
func (t *Tiled) work(ctx context.Context) {
	for ctx.Err() == nil {
		k, ok := t.next()
		if !ok {
			select {
			case <-ctx.Done():
			case <-t.wake:
			}
			continue
		}
		l, err := t.fetch(ctx, k)
		if ctx.Err() != nil {
			return
		}
		t.arrived(k, l, err)
	}
}

// next takes the tile that the newest view wants most, near its middle first, and
// drops those that no view has asked for lately. It wakes another worker if there
// is more to do.
func (t *Tiled) next() (tileKey, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var best tileKey
	var newest *want
	now := time.Now()
	dropped := 0
	for k, w := range t.wanted {
		if now.Sub(w.at) > wantedFor {
			delete(t.wanted, k)
			dropped++
			continue
		}
		if newest == nil || w.tick > newest.tick || w.tick == newest.tick && (w.far < newest.far || w.far == newest.far && k.less(best)) {
			best, newest = k, w
		}
	}
	if dropped > 0 {
		t.stats.Dropped += dropped
		t.changed() // a view that is still there asks again
	}
	if newest == nil {
		return best, false
	}
	delete(t.wanted, best)
	t.flight[best] = true
	if len(t.wanted) > 0 {
		select {
		case t.wake <- struct{}{}:
		default:
		}
	}
	return best, true
}

func (k tileKey) less(o tileKey) bool {
	if k.y != o.y {
		return k.y < o.y
	}
	return k.x < o.x
}

// fetch gets and decodes a tile, without the lock.
func (t *Tiled) fetch(ctx context.Context, k tileKey) (*loaded, error) {
	raw, err := t.archive.Tile(ctx, k.z, k.x, k.y)
	l := &loaded{key: k}
	if old := (*archive.OldError)(nil); errors.As(err, &old) && raw != nil {
		l.old, err = err, nil
	}
	if err != nil {
		if errors.Is(err, archive.ErrBroken) {
			return nil, archive.Said(err, "tiles.broken")
		}
		return nil, archive.Said(err, "tiles.unread")
	}
	if t.archive.Info().Format == archive.MVT { // known at the latest by now
		v, err := DecodeVector(raw, k.z, k.x, k.y)
		if err != nil {
			return nil, archive.Said(fmt.Errorf("%w: %w", archive.ErrBroken, err), "tiles.broken")
		}
		l.vector, l.bytes = v, v.Bytes+bytesFeature
		return l, nil
	}
	img, err := archive.DecodePicture(raw)
	if err != nil {
		return nil, archive.Said(fmt.Errorf("%w: %w", archive.ErrBroken, err), "tiles.broken")
	}
	l.picture, l.bytes = img, int64(len(img.Pix))
	return l, nil
}

// arrived files a tile, or why there is none.
func (t *Tiled) arrived(k tileKey, l *loaded, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	defer t.changed()
	delete(t.flight, k)
	t.learn()
	now := time.Now()
	if err == nil {
		t.stats.Decoded++
		if v := l.vector; v != nil && v.Rejected > 0 {
			t.stats.Rejected += v.Rejected
			_ = t.problem(k, fmt.Errorf("%d features are broken and left out, the first: %w", v.Rejected, v.Problems[0]))
		}
		if l.old != nil {
			l.old = t.problem(k, l.old)
		}
		need := l.bytes
		if e := t.loaded[k]; e != nil { // it takes that one's place
			t.recent.MoveToFront(e)
			need -= e.Value.(*loaded).bytes
		}
		if !t.room(need, now) {
			t.fail(k, t.noRoom(k.z), now.Add(crowdedFor))
			t.coarsen(k.z, now)
			return
		}
		t.giveUp(t.loaded[k])
		t.serial++
		l.serial, l.used, l.came = t.serial, now, now
		t.used += l.bytes
		t.loaded[k] = t.recent.PushFront(l)
		delete(t.failed, k)
		return
	}
	var paused *archive.PausedError
	switch {
	case errors.Is(err, archive.ErrNoTile):
		t.remember(k, &failure{until: now.Add(absentFor)})
	case errors.As(err, &paused):
		t.fail(k, err, paused.Until)
	case errors.Is(err, archive.ErrBroken):
		t.stats.Broken++
		t.fail(k, err, now.Add(brokenFor))
	default:
		t.fail(k, err, now.Add(failedFor))
	}
}

// problem notes what was wrong with a tile and returns it with the tile's name.
func (t *Tiled) problem(k tileKey, err error) error {
	err = fmt.Errorf("tile %d/%d/%d of %s: %w", k.z, k.x, k.y, t.info.Name, err)
	t.stats.Problem = err
	if now := time.Now(); now.Sub(t.logged) >= logEvery {
		t.logged = now
		t.log.Warn("tiles of a map are not in order", "problem", err.Error(), "broken", t.stats.Broken, "failed", t.stats.Failed, "rejected", t.stats.Rejected)
	}
	return err
}

func (t *Tiled) fail(k tileKey, err error, until time.Time) {
	t.stats.Failed++
	err = t.problem(k, err)
	if e := t.loaded[k]; e != nil {
		e.Value.(*loaded).old = err
	}
	t.remember(k, &failure{err: err, until: until})
}

// remember keeps a failure. If there are too many, any other is forgotten: its tile
// is tried again sooner.
func (t *Tiled) remember(k tileKey, f *failure) {
	for other := range t.failed {
		if len(t.failed) < maxFailed {
			break
		}
		delete(t.failed, other)
	}
	t.failed[k] = f
}

// room gives up tiles, those unused for the longest time first, until need bytes
// fit. Those that were drawn just now stay: two maps that do not fit together would
// otherwise take tiles from each other for ever.
func (t *Tiled) room(need int64, now time.Time) bool {
	for t.used+need > t.budget {
		last := t.recent.Back()
		if last == nil {
			return false
		}
		l := last.Value.(*loaded)
		if now.Sub(l.used) < pinnedFor {
			return false
		}
		t.giveUp(last)
	}
	return true
}

// noRoom says that not all tiles of a zoom that are in view fit.
func (t *Tiled) noRoom(z int) error {
	return archive.Said(fmt.Errorf("there is no room for all tiles of zoom %d in view: they need more than %d MiB; give the map more memory (--map-memory)", z, t.budget>>20),
		"tiles.room", "zoom", strconv.Itoa(z), "n", strconv.FormatInt(t.budget>>20, 10))
}

// coarsen has the views whose tiles of a zoom do not fit drawn from coarser ones, a
// quarter as many. That is done only if there is no room a while later still: what
// was drawn before is kept for a moment, and needed until the coarser ones come.
func (t *Tiled) coarsen(z int, now time.Time) {
	for wanted, l := range t.looks {
		if wanted-l.coarser != z || z <= t.info.MinZoom || now.Sub(l.asked) > wantedFor {
			continue
		}
		switch waited := now.Sub(l.refused); {
		case waited > 3*crowdedFor:
			l.refused, l.tried = now, false
		case waited >= crowdedFor:
			l.coarsen(now)
		}
	}
}

// coarsen has views drawn a step coarser. If that takes back a step finer, the next one
// is tried later than that was.
func (l *look) coarsen(now time.Time) {
	if l.tried {
		l.wait = min(2*l.wait, longestFor)
	} else {
		l.wait = coarserFor
	}
	l.coarser++
	l.refused, l.tried = now, false
}

// refine tries a step finer when a while has gone by: the maps that took the room may
// be closed. If there is none, the next tiles that are refused take it back.
func (l *look) refine(now time.Time) {
	if l.coarser > 0 && now.Sub(l.refused) > l.wait {
		l.coarser--
		l.refused, l.tried = now, true
	}
}

// giveUp takes a tile out of memory, if there is one.
func (t *Tiled) giveUp(e *list.Element) {
	if e != nil {
		l := t.recent.Remove(e).(*loaded)
		delete(t.loaded, l.key)
		t.used -= l.bytes
	}
}

// changed has the watchers told soon.
func (t *Tiled) changed() {
	select {
	case t.news <- struct{}{}:
	default:
	}
}

// sweep forgets failures whose time has come, and has views that saw them ask again;
// it wakes a worker now and then, to drop what nobody wants.
func (t *Tiled) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			t.forget(now)
		}
	}
}

func (t *Tiled) forget(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for k, f := range t.failed {
		if now.Before(f.until) {
			continue
		}
		delete(t.failed, k)
		if f.asked {
			t.changed()
		}
	}
	for z, l := range t.looks {
		if now.Sub(l.asked) > lookedFor {
			delete(t.looks, z)
		}
	}
	if len(t.wanted) > 0 {
		select {
		case t.wake <- struct{}{}:
		default:
		}
	}
}

// tell calls the watchers, once for what comes together.
func (t *Tiled) tell(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.news:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(gatherFor):
		}
		select {
		case <-t.news:
		default:
		}
		t.mu.Lock()
		watchers := make([]func(), 0, len(t.watch))
		for _, f := range t.watch {
			watchers = append(watchers, f)
		}
		t.mu.Unlock()
		for _, f := range watchers {
			f()
		}
	}
}
