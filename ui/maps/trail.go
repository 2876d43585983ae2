package maps

import (
	"math"
	"slices"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
)

const (
	// trailStep is the time of which one past position is kept: the first one
	// that was true in it, so that clients that heard the same agree, in whatever
	// order it came to them.
	trailStep = time.Minute
	// maxTrail bounds the points of one trail, maxTrails those of all together.
	maxTrail, maxTrails = 120, 2_000_000
)

// trails are the past positions of vessels since the client started.
type trails struct {
	of     map[string][]trailPoint
	points int
}

// trailPoint is a position in ten-millionths of a degree, and when it was true
// in seconds since 1970.
type trailPoint struct {
	at       int64
	lon, lat int32
}

const trailScale = 1e7

func (t *trails) add(mmsi string, at world.Time, p geo.Point) {
	if !geo.Valid(p) || at <= 0 {
		return
	}
	if t.of == nil {
		t.of = map[string][]trailPoint{}
	}
	pt := trailPoint{at.Std().Unix(), int32(math.Round(p[0] * trailScale)), int32(math.Round(p[1] * trailScale))}
	step := int64(trailStep / time.Second)
	points := t.of[mmsi]
	i := len(points)
	for i > 0 && points[i-1].at/step > pt.at/step {
		i--
	}
	if i > 0 && points[i-1].at/step == pt.at/step {
		if pt.at < points[i-1].at {
			points[i-1] = pt
		}
		return
	}
	points = slices.Insert(points, i, pt)
	t.points++
	if len(points) > maxTrail {
		points = slices.Delete(points, 0, 1)
		t.points--
	}
	t.of[mmsi] = points
	if t.points > maxTrails {
		t.thin()
	}
}

func (t *trails) remove(mmsi string) {
	t.points -= len(t.of[mmsi])
	delete(t.of, mmsi)
}

// thin drops the older half of every trail, so that there is room for long
// whatever times are told.
func (t *trails) thin() {
	t.points = 0
	for id, points := range t.of {
		points = slices.Clone(points[(len(points)+1)/2:]) // for the memory of the others
		if len(points) == 0 {
			delete(t.of, id)
			continue
		}
		t.of[id] = points
		t.points += len(points)
	}
}

// keep forgets vessels that are not there.
func (t *trails) keep(there func(mmsi string) bool) {
	for id := range t.of {
		if !there(id) {
			t.remove(id)
		}
	}
}

// line appends a vessel's positions since an instant and before its newest one,
// and then that one, to out. It appends nothing where there is no past.
func (t *trails) line(out []geo.Point, mmsi string, since time.Time, newest world.Time, at geo.Point) []geo.Point {
	points := t.of[mmsi]
	from, to := since.Unix(), newest.Std().Unix()
	begin := len(out)
	for _, p := range points {
		if p.at >= from && p.at < to {
			out = append(out, geo.Point{float64(p.lon) / trailScale, float64(p.lat) / trailScale})
		}
	}
	if len(out) > begin {
		out = append(out, at)
	}
	return out
}
