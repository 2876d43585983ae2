// Package trail keeps where vessels were, for the lines behind them: what this
// program heard, and what the server knows of the time before and of gaps between. So
// a map that spans computers shows the same on all of them, however long each runs.
package trail

import (
	"slices"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
	"iocwall/server/world/track"
)

// most bounds the points of all trails together. It has room for whole trails of all
// vessels there are: computers thin at moments of their own, so that trails would
// break where a map goes on beside.
const most = 25_000 * track.Most

// Trails are the past positions of vessels. All methods but Run belong to the
// toolkit's goroutine.
type Trails struct {
	asker *asker // nil where the server is not asked
	of    map[string]*trail
	count int
	most  int
	// round is raised when positions may be missing: the server is asked anew.
	round int
}

// trail is one vessel's past.
type trail struct {
	points track.Points
	// since is from when on the server was asked for in the round; in round 0 it
	// was not.
	since int64
	round int
}

// New returns trails without a point.
func New(o Options) *Trails {
	t := &Trails{of: map[string]*trail{}, most: most, round: 1}
	if o.Ask != nil {
		t.asker = newAsker(o)
	}
	return t
}

// Add takes a position that was true at a time; one that is none is left out.
func (t *Trails) Add(mmsi string, at world.Time, pos geo.Point) {
	p, ok := track.NewPoint(at.Std(), pos)
	if !ok || at <= 0 {
		return
	}
	one := t.of[mmsi]
	if one == nil {
		one = &trail{}
		t.of[mmsi] = one
	}
	t.put(one, p)
	if t.count > t.most {
		t.thin()
	}
}

func (t *Trails) put(one *trail, p track.Point) {
	t.count -= len(one.points)
	one.points = one.points.With(p)
	t.count += len(one.points)
}

// Known returns how many positions are kept of a vessel.
func (t *Trails) Known(mmsi string) int {
	if one := t.of[mmsi]; one != nil {
		return len(one.points)
	}
	return 0
}

// Remove forgets a vessel.
func (t *Trails) Remove(mmsi string) {
	if one := t.of[mmsi]; one != nil {
		t.count -= len(one.points)
		delete(t.of, mmsi)
	}
}

// thin drops the older half of every trail, so that there is room for long
// whatever times are told.
func (t *Trails) thin() {
	t.count = 0
	for id, one := range t.of {
		one.points = slices.Clone(one.points[(len(one.points)+1)/2:]) // for the memory of the others
		if len(one.points) == 0 {
			delete(t.of, id)
			continue
		}
		t.count += len(one.points)
	}
}

// Keep forgets vessels that are not there.
func (t *Trails) Keep(there func(mmsi string) bool) {
	for id := range t.of {
		if !there(id) {
			t.Remove(id)
		}
	}
}

// Anew says that positions may not have been heard: the server is asked again.
func (t *Trails) Anew() { t.round++ }

// Renew takes in what the server answered since.
func (t *Trails) Renew() {
	if t.asker == nil {
		return
	}
	for _, a := range t.asker.take() {
		for id, points := range a {
			one := t.of[id]
			if one == nil {
				continue // gone in the meantime
			}
			for _, p := range points {
				t.put(one, p)
			}
		}
	}
	if t.count > t.most {
		t.thin()
	}
}

// Line appends a vessel's positions since an instant and before its newest one, and
// then that one, to out. It appends nothing where there is no past. What may be
// missing is asked for.
func (t *Trails) Line(out []geo.Point, mmsi string, since time.Time, newest world.Time, at geo.Point) []geo.Point {
	one := t.of[mmsi]
	if one == nil {
		return out
	}
	from, to := since.Unix(), newest.Std().Unix()
	if t.asker != nil && (one.round != t.round || from < one.since) {
		one.round, one.since = t.round, from
		t.asker.want(mmsi, from)
	}
	begin := len(out)
	for _, p := range one.points {
		if p.At >= from && p.At < to {
			out = append(out, p.Pos())
		}
	}
	if len(out) > begin {
		out = append(out, at)
	}
	return out
}
