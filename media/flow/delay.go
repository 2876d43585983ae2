package flow

import (
	"math/rand/v2"
	"time"

	"iocwall/media/rtsp"
)

// Delay tells how late the units of one session are: by what a relay says of the camera, and by what the way to us adds.
// Make one with NewDelay for each session. It is for one goroutine.
type Delay struct {
	stamps *Stamps
	pts    Lateness // by the camera's time stamps
	relay  Lateness // by the relay's clock
	epoch  time.Time
	limit  time.Duration // how late units may become
	share  float64       // of lateness that may be forgotten
	spent  bool
	run    run
	report report
	bulk   bulk      // of units that are late
	last   time.Time // arrival
}

// NewDelay returns one for a new session of a stream of which stamps remembers the sessions before.
func NewDelay(stamps *Stamps) *Delay {
	// By chance, so that what makes all cameras late at once, a clock of ours that is slewed, does not end all sessions at
	// once.
	return &Delay{stamps: stamps, share: 0.35 + 0.3*rand.Float64()}
}

// Late notes a unit and returns how late it is, beyond the time it waited in a relay's cache. When it reports that the
// session is spent, that is to be ended: the queue is longer than one that may be left to itself, and a new session begins
// without it.
func (d *Delay) Late(u rtsp.Unit) (late time.Duration, spent bool) {
	if d.limit == 0 {
		d.limit = d.stamps.limit(u.Arrived)
	}
	way := d.pts.Late(u.Arrived, u.PTS+u.Behind+u.Late)
	if !u.Relayed.IsZero() {
		// Either tells of the way from the relay alone, and each has something that looks like lateness and is not: time
		// stamps that run away, a clock of a computer that is set.
		if d.epoch.IsZero() {
			d.epoch = u.Relayed
		}
		way = min(way, d.relay.Late(u.Arrived, u.Relayed.Sub(d.epoch)+u.Behind))
		d.spent = d.spent || way > unrest && d.relay.spent(veryLate, d.share)
		return way + u.Late, d.spent
	}
	after := time.Duration(0)
	if !d.last.IsZero() {
		after = u.Arrived.Sub(d.last)
	}
	d.last = u.Arrived
	d.report.note(u)
	if d.report.better(&d.pts, u.Arrived) {
		d.bulk = bulk{}
		d.spent = d.spent || d.report.way.spent(veryLate, d.share)
		return d.report.way.behind + u.Late, d.spent
	}
	if d.stamps.follow(&d.run, &d.pts, d.report.keepsPace(way) || d.bulk.whole() && d.bulk.waited()) {
		if d.bulk.whole() {
			d.bulk = bulk{}
		}
		d.bulk.note(u.Size, after)
		return u.Late, d.spent
	}
	if way > unrest {
		d.bulk.note(u.Size, after)
	} else {
		d.bulk = bulk{}
	}
	if !d.spent && d.pts.spent(d.limit, d.share) {
		d.spent = d.pts.forgotten(d.share) || !d.stamps.ranAway(&d.pts, d.cause())
		if !d.spent {
			way = 0
		}
	}
	return way + u.Late, d.spent
}

// cause returns why units come later and later, as far as others than their time stamps tell.
func (d *Delay) cause() cause {
	both := d.report.tells(d.last) && d.report.way.behind >= d.pts.behind // by the clock, and by time stamps
	if both || d.report.keepsPace(d.pts.behind) {
		return queued
	}
	return d.bulk.cause()
}
