// Package fence watches what crosses the edges of areas: what comes near, what
// is inside, what has left. It knows distances and times only: the time is an
// argument, nothing waits, and the same positions in any order end in the same
// state.
package fence

import (
	"errors"
	"fmt"
	"math"
	"time"

	"iocwall/geo"
)

// State is where an object is in relation to a fence.
type State string

// The states. An object that is outside and far has no Stay; Left is said in a
// Crossing only. One that is inside for less than the dwell is Entering; where that
// counts as near, it stays Near meanwhile.
const (
	Near     State = "near"
	Entering State = "entering"
	Inside   State = "inside"
	Left     State = "left"
)

// What happened when it was not a position that made a Crossing.
const (
	WhyDwell   = "dwell"   // it stayed long enough without a new position
	WhyBegan   = "began"   // the fence began to be watched
	WhyEnded   = "ended"   // the fence ceased to be watched
	WhyChanged = "changed" // the fence was changed
	WhyRemoved = "removed" // the fence was removed
	WhyLost    = "lost"    // the object was forgotten
)

// Fence is an area whose crossing is watched.
type Fence struct {
	ID   string
	Area geo.MultiPolygon
	// Near is the distance outside the edge, in metres, at which an object is
	// near; zero for never.
	Near float64
	// Margin is how far beyond the edge, in metres, an object that was inside
	// must go to have left, and how far beyond Near one that was near must go.
	Margin float64
	// Dwell is how long an object must be inside to have entered. An excursion
	// within the margin does not restart it.
	Dwell time.Duration
	// From is the first instant the fence is watched, Until the first after it;
	// zero means without bound.
	From, Until time.Time
}

// Crossing says that an object's state towards a fence changed, or that a stay which
// is Entering began at another time than was said.
type Crossing struct {
	Fence, Object string
	State         State     // the new state
	Was           State     // the state before; empty for outside and far
	At            time.Time // when it was so: the position's time, the beginning of a stay that is Entering, or the end of the dwell
	Pos           geo.Point // the object's position that showed it, or its newest
	Why           string    // one of the Why constants; empty if a position showed it
}

// Stay is one fence that an object is inside or near of, and since when.
type Stay struct {
	Fence string
	State State // Near, Entering or Inside
	Since time.Time
}

// Distance is how far a position is from a fence.
type Distance struct {
	Fence  string
	Meters float64 // to the nearest edge; 0 inside
}

// maxReach bounds Near and Margin in metres: beyond it lengths on a flat map say
// nothing.
const maxReach = 500e3

const maxDwell = 366 * 24 * time.Hour

// Check returns why the fence cannot be watched, nil if it can.
func (f Fence) Check() error {
	switch {
	case f.ID == "":
		return errors.New("a fence has no id")
	case !(f.Near >= 0 && f.Near <= maxReach):
		return fmt.Errorf("fence %s: near is %g m, expected 0 to %g", f.ID, f.Near, maxReach)
	case !(f.Margin >= 0 && f.Margin <= maxReach):
		return fmt.Errorf("fence %s: margin is %g m, expected 0 to %g", f.ID, f.Margin, maxReach)
	case f.Dwell < 0 || f.Dwell > maxDwell:
		return fmt.Errorf("fence %s: dwell is %v, expected 0 to %v", f.ID, f.Dwell, maxDwell)
	case !f.From.IsZero() && !f.Until.IsZero() && !f.From.Before(f.Until):
		return fmt.Errorf("fence %s: it ends at %v, not after it begins at %v", f.ID, f.Until, f.From)
	}
	if err := geo.CheckArea(f.Area); err != nil {
		return fmt.Errorf("fence %s: %w", f.ID, err)
	}
	return nil
}

// watched is a fence laid out for questions.
type watched struct {
	Fence
	area  *geo.Prepared
	edges *geo.Edges
	// reach is the distance in metres beyond which an object is surely outside
	// and far; box holds everything within it.
	reach       float64
	box         geo.Bounds
	from, until instant
	on          bool   // it is being watched now
	seen        uint64 // the last question that looked at it
}

func prepare(f Fence) *watched {
	w := &watched{Fence: f, area: geo.Prepare(f.Area), edges: geo.PrepareEdges(f.Area), from: never, until: forever}
	w.reach = f.Margin
	if f.Near > 0 {
		w.reach += f.Near
	}
	if !f.From.IsZero() {
		w.from = instantOf(f.From)
	}
	if !f.Until.IsZero() {
		w.until = instantOf(f.Until)
	}
	b := w.area.Bounds()
	w.box = geo.Around(b.Min, w.reach).Union(geo.Around(b.Max, w.reach)).
		Union(geo.Around(b.LeftTop(), w.reach)).Union(geo.Around(b.RightBottom(), w.reach))
	return w
}

// distance returns how many metres p is outside: 0 inside, +Inf beyond limit.
func (w *watched) distance(p geo.Point, limit float64) float64 {
	switch {
	case w.area.Contains(p):
		return 0
	case limit <= 0:
		return math.Inf(1)
	}
	// Something outside is never at 0, not even on the edge of a hole.
	return max(w.edges.Distance(p, limit), math.SmallestNonzeroFloat64)
}

// away is distance as far as the fence's own reach goes.
func (w *watched) away(p geo.Point) float64 {
	if !w.box.Contains(p) {
		return math.Inf(1)
	}
	return w.distance(p, w.reach)
}
