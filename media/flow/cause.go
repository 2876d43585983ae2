package flow

import (
	"math"
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
	// reportPause is how far apart a camera's reports are at most that are followed.
	reportPause = time.Minute
	// reportOff is by how much clock and time stamps differ at least that are not the same.
	reportOff = time.Second
	// bulkUnits is how many units tell, at least, and bulkSigma how many standard deviations off they must be.
	bulkUnits = 12
	bulkSigma = 3
	// bulkShare is how much of a line on the way is used, at least, where there is a queue.
	bulkShare = 0.7
	// bulkSpell is for how long units are looked at together that follow time stamps known to be useless.
	bulkSpell = 30 * time.Second
	// bulkPause is how long nothing comes, at least, and bulkPauses how many times as long as else, where the time that
	// units took says nothing.
	bulkPause  = time.Second
	bulkPauses = 8
)

// report is what a camera's reports of its clock say of its time stamps, in one session.
type report struct {
	epoch time.Time     // the clock when it was told first, zero while it is not known
	pts   time.Duration // then
	slip  time.Duration // by how much the clock has run on more than the time stamps since then
	far   time.Duration // the most it was, either way
	again bool          // it was told more than once
	at    time.Time     // arrival of the first unit after the newest report
	pause time.Duration // between that and the one before
	way   Lateness      // by the clock, of the first units after reports
}

// note notes a unit.
func (r *report) note(u rtsp.Unit) {
	if u.Taken.IsZero() {
		*r = report{}
		return
	}
	if r.epoch.IsZero() {
		*r = report{epoch: u.Taken, pts: u.PTS, at: u.Arrived}
		r.way.Late(u.Arrived, 0)
		return
	}
	slip := u.Taken.Sub(r.epoch) - (u.PTS - r.pts)
	if (slip - r.slip).Abs() > reportUnrest {
		r.again, r.pause, r.at = true, u.Arrived.Sub(r.at), u.Arrived
		r.way.Late(u.Arrived, u.Taken.Sub(r.epoch))
	}
	r.slip, r.far = slip, max(r.far, slip.Abs())
}

// keepsPace reports whether the time stamps of units that are so late by them run as the camera's clock does. They waited on
// the way for certain then.
func (r *report) keepsPace(late time.Duration) bool {
	return r.again && late > 2*runSlack && r.far <= runSlack
}

// tells reports whether the clock is told often enough to follow it.
func (r *report) tells(now time.Time) bool {
	return r.again && max(r.pause, now.Sub(r.at)) <= reportPause
}

// differs reports whether time stamps are known not to run as the clock does.
func (r *report) differs() bool { return r.again && r.far > reportOff }

// better reports whether the clock tells how late units are, and not their time stamps, which do not run as it does. Either
// may be wrong: what makes units later than they are is, and time stamps by which units come ever earlier are.
func (r *report) better(pts *Lateness, now time.Time) bool {
	return r.tells(now) && r.differs() && (r.way.behind < pts.behind || pts.early > runSlack)
}

// bulk tells a queue by the sizes of pictures: as long as it stands, as many bytes pass in each second, so that a large
// picture takes as much longer than others as it is larger. Without one they come as far apart as they were made, whatever
// their size, but for what the line needs for them.
type bulk struct {
	units                           int
	size, took, sizes, tooks, mixed float64 // sums: bytes, seconds since the one before, their squares and product
	longest                         float64 // took, and the size of that unit
	heavy                           float64
}

// note notes a unit of so many bytes and how long after the one before it came.
func (b *bulk) note(bytes int, after time.Duration) {
	size, took := float64(bytes), after.Seconds()
	b.units++
	b.size += size
	b.took += took
	b.sizes += size * size
	b.tooks += took * took
	b.mixed += size * took
	if took > b.longest {
		b.longest, b.heavy = took, size
	}
}

// share returns the share of the time that bytes took, 0 where none waits and 1 in a queue, and how sure that is: by the line
// through what units took over their sizes.
func (b *bulk) share() (share, unsure float64, ok bool) {
	n := float64(b.units)
	if b.units < bulkUnits || b.size <= 0 || b.took <= 0 {
		return 0, 0, false
	}
	rate := b.size / b.took // bytes a second: in a queue, nothing else takes time
	if b.longest > max(bulkPause.Seconds(), bulkPauses*b.took/n, 4*b.heavy/rate) {
		return 0, 0, false
	}
	sizes, tooks, mixed := b.sizes-b.size*b.size/n, b.tooks-b.took*b.took/n, b.mixed-b.size*b.took/n
	if sizes <= b.sizes*1e-9 {
		return 0, 0, false
	}
	unsure = bulkSigma * rate * math.Sqrt(max(0, tooks-mixed*mixed/sizes)/(n-2)/sizes)
	return rate * mixed / sizes, unsure, true
}

// cause returns why the units noted came later and later. A line that is nearly filled counts as a queue, and so does what
// is not certain to be none: lateness that is shown and is none harms less than one that is not shown.
func (b *bulk) cause() cause {
	share, unsure, ok := b.share()
	switch {
	case !ok:
		return unclear
	case share+unsure < bulkShare:
		return stamped
	case share >= bulkShare:
		return queued
	}
	return unclear
}

// whole reports whether there are units of a spell.
func (b *bulk) whole() bool { return b.took >= bulkSpell.Seconds() }

// waited reports whether units of a spell waited for certain.
func (b *bulk) waited() bool {
	share, unsure, ok := b.share()
	return ok && share-unsure > bulkShare
}
