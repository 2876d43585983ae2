package flow

import (
	"time"

	"iocwall/media/rtsp"
)

// cause is why units come later and later.
type cause int

const (
	unclear cause = iota
	queued        // they wait on the way
	stamped       // they do not: their time stamps are wrong
)

const (
	// reportUnrest is by how much two reports of a camera's clock differ at least when related to its time stamps; what is
	// rounded from one unit to the next is far less.
	reportUnrest = time.Microsecond
	// bulkTold is by how much the share of bytes that large pictures have exceeds their share of time at least, to tell.
	bulkTold = 0.005
)

// report is what a camera's reports of its clock say of its time stamps, in one session.
type report struct {
	epoch time.Time     // the clock when it was told first, zero while it is not known
	pts   time.Duration // then
	slip  time.Duration // by how much the clock has run on more than the time stamps since then
	again bool          // it was told more than once
}

// note notes a unit.
func (r *report) note(u rtsp.Unit) {
	if u.Taken.IsZero() || r.epoch.IsZero() {
		*r = report{epoch: u.Taken, pts: u.PTS}
		return
	}
	slip := u.Taken.Sub(r.epoch) - (u.PTS - r.pts)
	r.again = r.again || (slip-r.slip).Abs() > reportUnrest
	r.slip = slip
}

// keepsPace reports whether the time stamps of units that are so late by them run as the camera's clock does. They waited on
// the way for certain then.
func (r *report) keepsPace(late time.Duration) bool {
	return r.again && late > 2*runSlack && r.slip.Abs() <= runSlack
}

// bulk tells a queue by the sizes of pictures: as long as it stands, as many bytes pass in each second, so that a large
// picture takes as much longer than others as it is larger. Without one they come as far apart as they were made, whatever
// their size.
type bulk struct {
	arrived time.Time // of the last unit
	pts     time.Duration
	units   int
	all     load
	large   load // pictures larger than the mean
}

// load is what some pictures are in sum.
type load struct {
	bytes  int
	took   time.Duration // from the arrival of the one before
	played time.Duration // the same by their time stamps
}

func (l *load) add(bytes int, took, played time.Duration) {
	l.bytes += bytes
	l.took += took
	l.played += played
}

// note notes a unit, and whether it is late: it begins anew when none is.
func (b *bulk) note(u rtsp.Unit, late bool) {
	took, played := u.Arrived.Sub(b.arrived), u.PTS-b.pts
	if !late {
		*b = bulk{}
	} else {
		b.units++
		b.all.add(u.Size, took, played)
		if u.Size*b.units > b.all.bytes {
			b.large.add(u.Size, took, played)
		}
	}
	b.arrived, b.pts = u.Arrived, u.PTS
}

// cause returns why the units noted came later and later. A line that is filled by large pictures alone, so that they take
// half as long as in a queue, counts as one: lateness that is shown and is none harms less than one that is not shown.
func (b *bulk) cause() cause {
	if b.all.bytes <= 0 || b.all.took <= 0 || b.all.played <= 0 {
		return unclear
	}
	bytes := float64(b.large.bytes) / float64(b.all.bytes)
	took := float64(b.large.took) / float64(b.all.took)
	played := float64(b.large.played) / float64(b.all.played)
	switch {
	case bytes-played < bulkTold:
		return unclear
	case took < (bytes+played)/2:
		return stamped
	}
	return queued
}
