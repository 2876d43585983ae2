//go:build xvfb

package main_test

import (
	"fmt"
	"image"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// pollGap is the pause between two looks at all screens of the wall.
const pollGap = 2 * time.Millisecond

// awaited is what one screen is to show.
type awaited struct {
	pane pane
	mark uint32
	cam  *camera         // nil where no camera's picture is waited for
	line image.Rectangle // through the camera's counter
}

// sighting is when a screen was first seen to show it: the tile's mark, and the
// picture of the tile's camera.
type sighting struct {
	screen, node    int
	marked, picture time.Time
}

// change is what a watcher saw of one switch.
type change struct {
	screens []sighting
	// blind is the longest time between two looks: no stamp is later than the truth
	// by more.
	blind time.Duration
	looks int
	err   error
}

// spread is the time between the first and the last screen, by the marks.
func (c change) spread() time.Duration {
	first, last := c.bounds(func(s sighting) time.Time { return s.marked })
	return last.Sub(first)
}

// nodeSpread is the time between the first and the last computer, each taken when
// its first screen had changed.
func (c change) nodeSpread() time.Duration {
	by := map[int]time.Time{}
	for _, s := range c.screens {
		if t, ok := by[s.node]; !ok || s.marked.Before(t) {
			by[s.node] = s.marked
		}
	}
	var first, last time.Time
	for _, t := range by {
		if first.IsZero() || t.Before(first) {
			first = t
		}
		if t.After(last) {
			last = t
		}
	}
	return last.Sub(first)
}

// last is when the last screen showed its mark and its camera's picture.
func (c change) last() time.Time {
	_, marked := c.bounds(func(s sighting) time.Time { return s.marked })
	_, picture := c.bounds(func(s sighting) time.Time { return s.picture })
	if picture.After(marked) {
		return picture
	}
	return marked
}

func (c change) bounds(of func(sighting) time.Time) (first, last time.Time) {
	for _, s := range c.screens {
		t := of(s)
		if t.IsZero() {
			continue
		}
		if first.IsZero() || t.Before(first) {
			first = t
		}
		if t.After(last) {
			last = t
		}
	}
	return first, last
}

// watch begins to look at the screens and returns a function that waits until all
// show what is awaited. It looks from a thread of its own, ahead of other programs
// where that is allowed.
func watch(what []awaited, guard time.Duration) func() change {
	out := make(chan change, 1)
	go func() {
		runtime.LockOSThread() // not unlocked: the thread ends with its priority
		_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, -15)
		out <- lookAt(what, guard)
	}()
	return func() change { return <-out }
}

func lookAt(what []awaited, guard time.Duration) (c change) {
	c.screens = make([]sighting, len(what))
	for i, a := range what {
		c.screens[i] = sighting{screen: a.pane.screen, node: a.pane.node}
	}
	began := time.Now()
	for before := began; ; time.Sleep(pollGap) {
		now := time.Now()
		c.blind, before, c.looks = max(c.blind, now.Sub(before)), now, c.looks+1
		open := 0
		for i, a := range what {
			if !c.screens[i].see(a) {
				open++
			}
		}
		if open == 0 {
			return c
		}
		if now.Sub(began) > guard {
			c.err = fmt.Errorf("within %v not on all screens: %s", guard, c.missing(what))
			return c
		}
	}
}

// see looks at one screen. It reports whether all of it is there.
func (s *sighting) see(a awaited) bool {
	if s.marked.IsZero() {
		if n, _, ok := a.pane.glass.first(a.pane.rect); !ok || n != a.mark {
			return false
		}
		s.marked = time.Now()
	}
	if a.cam == nil || !s.picture.IsZero() {
		return true
	}
	now := time.Now()
	if _, ok := find(a.pane.glass.grab(a.line), now, a.cam); ok {
		s.picture = now
	}
	return !s.picture.IsZero()
}

func (c change) missing(what []awaited) string {
	var out []string
	for i, s := range c.screens {
		switch {
		case s.marked.IsZero():
			out = append(out, fmt.Sprintf("%d has not changed", s.screen))
		case what[i].cam != nil && s.picture.IsZero():
			out = append(out, fmt.Sprintf("%d has no fresh picture", s.screen))
		}
	}
	return strings.Join(out, ", ")
}

// await is what all screens show once the scene is on the wall. The lines of the
// counters come from a wall whose cameras run.
func (w *wall27) await(s scenery, pictures bool) []awaited {
	w.tb.Helper()
	marks := s.marks()
	cams := map[int]*camera{}
	for _, t := range s.tiles {
		if cam := t.camera(); cam > 0 && pictures {
			cams[t.first[0]] = w.cams[cam-1]
		}
	}
	var out []awaited
	for _, p := range w.panes {
		out = append(out, awaited{pane: p, mark: marks[p.screen], cam: cams[p.screen], line: w.line.Add(p.rect.Min)})
	}
	return out
}

// measure finds where on a screen a camera's counter is; all cameras' tiles have
// the same size.
func (w *wall27) measure(s scenery) {
	w.tb.Helper()
	eventually(w.tb, startGuard, "all cameras of the scene "+s.id+" run", w.all(), func() string { return w.live(s) })
	p := w.panes[slices.IndexFunc(s.tiles, func(t placed) bool { return t.kind == "camera" })]
	for _, a := range w.await(s, true) {
		if a.pane.screen != p.screen {
			continue
		}
		got, ok := find(p.glass.grab(p.rect), time.Now(), a.cam)
		if !ok {
			w.tb.Fatalf("no counter on screen %d", p.screen)
		}
		y := (got.cells.Min.Y + got.cells.Max.Y) / 2
		w.line = image.Rect(0, y-1, screenW, y+2)
	}
}

// spreads are the quantiles of some times, in milliseconds, for people.
func spreads(tb testing.TB, all []time.Duration) (p50, p95 time.Duration, text string) {
	tb.Helper()
	if len(all) == 0 {
		tb.Fatal("nothing was measured")
	}
	p50, p95 = quantile(all, 0.5), quantile(all, 0.95)
	return p50, p95, fmt.Sprintf("median %.0f, %.0f to %.0f ms of %d", ms(p50), ms(slices.Min(all)), ms(slices.Max(all)), len(all))
}
