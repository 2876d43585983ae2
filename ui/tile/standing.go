package tile

import (
	"math"

	"iocwall/server/world"
)

// Standing is how an indicator is to be taken: what keeps it from being trusted as
// whole, before what it says about the target, before what it says about last year.
type Standing string

// The standings of an indicator, the first that holds.
const (
	// StandingNone has no value for the period.
	StandingNone Standing = "none"
	// StandingFault has a value that was not computed; the last approved one stays.
	StandingFault Standing = "fault"
	// StandingStale is past its promised rhythm.
	StandingStale Standing = "stale"
	// StandingUnmatched cannot be reproduced from what it is said to be made of.
	StandingUnmatched Standing = "unmatched"
	// StandingResidue has parts that do not add up to the total.
	StandingResidue Standing = "residue"
	// StandingMissed misses its target.
	StandingMissed Standing = "missed"
	// StandingWorse is worse than in the same period a year ago.
	StandingWorse Standing = "worse"
	// StandingWell has nothing against it.
	StandingWell Standing = "well"
)

// StandingOf returns an indicator's standing and by how much: the residue, or the
// difference from the target or from last year.
func StandingOf(f world.Figure) (s Standing, by float64) {
	r := f.Last
	residue, summed := r.Residue()
	switch {
	case r.Value == nil && r.Verbatim == "":
		return StandingNone, 0
	case r.Fault != "":
		return StandingFault, 0
	case f.Stale != 0:
		return StandingStale, 0
	case r.Value == nil:
		return StandingUnmatched, 0
	case summed && math.Abs(residue) > 1e-9:
		return StandingResidue, residue
	}
	worse := func(d float64) bool { return d < 0 && !f.LowerBetter || d > 0 && f.LowerBetter }
	if f.Target != nil && worse(*r.Value-*f.Target) {
		return StandingMissed, *r.Value - *f.Target
	}
	if r.Previous != nil && worse(*r.Value-*r.Previous) {
		return StandingWorse, *r.Value - *r.Previous
	}
	return StandingWell, 0
}
