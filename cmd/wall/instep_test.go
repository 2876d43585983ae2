//go:build xvfb

package main_test

import (
	"fmt"
	"image"
	"slices"
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/server/world"
	"iocwall/ui/tile"
)

const (
	// watched is how long the two parts of a picture are compared.
	watched = 15 * time.Second
	// sampleGap is the time between two looks at both parts, sampleTime the most that
	// one may take: a look that takes longer compares two moments.
	sampleGap, sampleTime = 11 * time.Millisecond, 5 * time.Millisecond
	// A part that is out of step says so for some seconds and tells the server within
	// two: what it said up to outBefore earlier and outAfter later is of that moment.
	outBefore, outAfter = 2 * time.Second, 6 * time.Second
	// leastSame is the share of looks in which both parts show the same frame. A frame
	// is on for 83 ms; the two computers draw it a moment apart, each by its own pace.
	leastSame = 0.5
	// mostFar is the share of looks that may find more than one frame between the parts
	// though no computer says that it is late: frames that were ready in time and came to
	// the glass late, when twelve computers and whatever else share two processors.
	mostFar = 0.02
)

// together is one look at both parts of a picture.
type together struct {
	at    time.Time
	apart int // frames between them
}

// inStep shows a camera over two computers, one of them with a graphics card, and
// compares the counters of both parts in the pixels.
func (s *story) inStep(one, wide scenery) {
	s.t.Helper()
	s.must(s.mai, "scene.show", onWall("scene", wide.id))
	s.expect(soon, "a camera over two computers", wide.on())
	right := s.panes[firstOf(wideNode)-1]
	left := s.panes[right.screen-2]
	a, b := s.counterOn(left), s.counterOn(right)
	time.Sleep(2 * time.Second) // the first pictures come from what the relay keeps
	var looks []together
	var out []time.Time // when a part was said to be out of step
	loop, unread, slow := s.cams[wideCamera-1].Clip().Frames(), 0, 0
	var asked time.Time
	for end := time.Now().Add(watched); time.Now().Before(end.Add(outAfter)); time.Sleep(sampleGap) {
		if now := time.Now(); now.Sub(asked) > time.Second {
			asked = now
			if s.outOfStep("c-wide", left.node, right.node) {
				out = append(out, now)
			}
		}
		if time.Now().After(end) {
			continue // what is told late is heard still
		}
		began := time.Now()
		l, r := left.glass.grab(a), right.glass.grab(b)
		if time.Since(began) > sampleTime {
			slow++
			continue
		}
		n, ok := mediatest.ReadCounter(l)
		m, ok2 := mediatest.ReadCounter(r)
		if !ok || !ok2 {
			unread++ // it is being painted
			continue
		}
		d := (n - m + loop) % loop
		looks = append(looks, together{began, min(d, loop-d)})
	}
	judge(s.t, looks, out, fmt.Sprintf("%d looks came upon a picture that was being painted, %d took too long", unread, slow))
	s.must(s.mai, "scene.show", onWall("scene", one.id))
	s.expect(soon, "the day again", one.on())
}

// judge tells how often both parts showed the same frame. More than one frame apart
// they are to be only while a computer says that it is late.
func judge(t *testing.T, looks []together, out []time.Time, more string) {
	t.Helper()
	var same, next, said, far, worst int
	for _, l := range looks {
		late := slices.ContainsFunc(out, func(o time.Time) bool { return o.After(l.at.Add(-outBefore)) && o.Before(l.at.Add(outAfter)) })
		switch {
		case l.apart == 0:
			same++
		case l.apart == 1:
			next++
		case late:
			said++
		default:
			far++
		}
		worst = max(worst, l.apart)
	}
	share := func(n int) float64 { return float64(n) / float64(max(1, len(looks))) }
	fmt.Printf("MEASURED wall-span-same-frame %.1f %% (of %d looks at the two parts of a camera over two computers, from pixels; one frame apart %.1f %%, more %.1f %% while a computer said that it was late and %.1f %% else, %d at most; %s; load %s)\n",
		100*share(same), len(looks), 100*share(next), 100*share(said), 100*share(far), worst, more, load())
	switch {
	case len(looks) < int(watched/sampleGap)/10:
		t.Errorf("only %d looks at both parts could be read", len(looks))
	case share(far) > mostFar:
		t.Errorf("%d looks of %d found the two parts more than one frame apart, and no computer said that it was late; %d at most", far, len(looks), worst)
	case share(same) < leastSame && len(out) == 0:
		t.Errorf("both parts showed the same frame in %.1f %% of the looks, want %.0f %%", 100*share(same), 100*leastSame)
	}
}

// counterOn returns some lines through the counter on a screen.
func (s *story) counterOn(p pane) (line image.Rectangle) {
	s.t.Helper()
	eventually(s.t, stateGuard, fmt.Sprintf("the counter on screen %d", p.screen), s.all(), func() string {
		got, ok := find(p.glass.grab(p.rect), time.Now(), s.cams[wideCamera-1])
		if !ok {
			return "it is not to be read"
		}
		y := (got.cells.Min.Y + got.cells.Max.Y) / 2
		line = image.Rect(p.rect.Min.X, y-1, p.rect.Max.X, y+2)
		return ""
	})
	return line
}

// outOfStep reports whether one of the computers said last of the tile that it is not
// in step or otherwise late.
func (s *story) outOfStep(id string, nodes ...int) bool {
	s.t.Helper()
	all, complaint := list[world.Node](s.s, s.mai, world.KindNode)
	if complaint != "" {
		s.t.Fatalf("the computers: %s", complaint)
	}
	return slices.ContainsFunc(all, func(n world.Node) bool {
		mine := slices.ContainsFunc(nodes, func(i int) bool { return n.Node == fmt.Sprintf(nodes27Format, i+1) })
		return mine && slices.ContainsFunc(n.Seen.Tiles, func(t world.TileSeen) bool { return t.Tile == id && t.State != string(tile.Live) })
	})
}
