// Package fence watches what crosses the edges of areas: what comes near, what
// is inside, what has left. It knows distances and times only: the time is an
// argument, nothing waits, and the same positions in any order end in the same
// state.
package fence

import (
	"time"

	"iocwall/geo"
)

// State is where an object is in relation to a fence.
type State string

// The states. An object that is outside and far has no Stay; Left is said in a
// Crossing only.
const (
	Near   State = "near"
	Inside State = "inside"
	Left   State = "left"
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

// Crossing says that an object's state towards a fence changed.
type Crossing struct {
	Fence, Object string
	State         State     // the new state
	Was           State     // the state before; empty for outside and far
	At            time.Time // when it was so: the position's time, or the end of the dwell
	Pos           geo.Point // the object's position that showed it, or its newest
	Why           string    // one of the Why constants; empty if a position showed it
}

// Stay is one fence that an object is inside or near of, and since when.
type Stay struct {
	Fence string
	State State // Near or Inside
	Since time.Time
}

// Distance is how far a position is from a fence.
type Distance struct {
	Fence  string
	Meters float64 // to the nearest edge; 0 inside
}
