// Package track is where vessels were: positions thinned by one rule, so that all who
// heard the same keep the same ones, and their form between the server and a wall.
package track

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"iocwall/geo"
)

const (
	// Step is the time of which one position is kept: the first that was true in it.
	Step = time.Minute
	// Most bounds the positions of one vessel, AtOnce the vessels of a question.
	Most, AtOnce = 120, 500
)

// scale is that of positions: ten-millionths of a degree.
const scale = 1e7

// step is Step in seconds.
const step = int64(Step / time.Second)

// Point is a position and when it was true.
type Point struct {
	// At is in seconds since 1970, Lon and Lat in ten-millionths of a degree.
	At       int64
	Lon, Lat int32
}

// NewPoint returns a position that was true at a time, and whether it is one.
func NewPoint(at time.Time, p geo.Point) (Point, bool) {
	if !geo.Valid(p) || at.Unix() <= 0 {
		return Point{}, false
	}
	return Point{at.Unix(), int32(math.Round(p[0] * scale)), int32(math.Round(p[1] * scale))}, true
}

// Pos returns the position.
func (p Point) Pos() geo.Point { return geo.Point{float64(p.Lon) / scale, float64(p.Lat) / scale} }

// Follows reports whether p is of a later step than q.
func (p Point) Follows(q Point) bool { return p.At/step > q.At/step }

// Before reports whether p stands rather than q for a step that both are of. Equal
// times are decided too, so that it does not matter who came first.
func (p Point) Before(q Point) bool {
	return cmp.Or(cmp.Compare(p.At, q.At), cmp.Compare(p.Lon, q.Lon), cmp.Compare(p.Lat, q.Lat)) < 0
}

// Points are positions of one vessel, the oldest first, one of each step at most.
type Points []Point

// With returns the points with p among them where the rule keeps it, in whatever
// order they come. It may change and reuse ps.
func (ps Points) With(p Point) Points {
	i := len(ps)
	for i > 0 && ps[i-1].Follows(p) {
		i--
	}
	if i > 0 && !p.Follows(ps[i-1]) {
		if p.Before(ps[i-1]) {
			ps[i-1] = p
		}
		return ps
	}
	ps = slices.Insert(ps, i, p)
	if len(ps) > Most {
		ps = slices.Delete(ps, 0, 1)
	}
	return ps
}

// MarshalJSON writes points as numbers in a row: time, longitude and latitude of the
// first, then of each what it differs by from the one before.
func (ps Points) MarshalJSON() ([]byte, error) {
	row := make([]int64, 0, 3*len(ps))
	var last Point
	for _, p := range ps {
		row = append(row, p.At-last.At, int64(p.Lon)-int64(last.Lon), int64(p.Lat)-int64(last.Lat))
		last = p
	}
	return json.Marshal(row)
}

var errNoTrack = errors.New("numbers that are no positions one after the other")

// UnmarshalJSON reads what MarshalJSON wrote. Positions that are none, are out of turn
// or are too many are an error.
func (ps *Points) UnmarshalJSON(data []byte) error {
	var row []int64
	if err := json.Unmarshal(data, &row); err != nil {
		return fmt.Errorf("track: %w", err)
	}
	if len(row)%3 != 0 || len(row) > 3*Most {
		return fmt.Errorf("track: %w", errNoTrack)
	}
	out := make(Points, 0, len(row)/3)
	var at, lon, lat int64
	for i := 0; i < len(row); i += 3 {
		// What is added is bounded first: sums of 64 bits could come out right by chance.
		for _, d := range row[i : i+3] {
			if d < -farthest || d > farthest {
				return fmt.Errorf("track: %w", errNoTrack)
			}
		}
		at, lon, lat = at+row[i], lon+row[i+1], lat+row[i+2]
		if at <= 0 || lon < -180*scale || lon > 180*scale || lat < -90*scale || lat > 90*scale {
			return fmt.Errorf("track: %w", errNoTrack)
		}
		p := Point{at, int32(lon), int32(lat)}
		if n := len(out); n > 0 && !p.Follows(out[n-1]) {
			return fmt.Errorf("track: %w", errNoTrack)
		}
		out = append(out, p)
	}
	*ps = out
	return nil
}

// farthest bounds the numbers of a row: seconds, and ten-millionths of 360 degrees.
const farthest = 1 << 40

// Question asks where vessels were.
type Question struct {
	// Since is from when on, in seconds since 1970.
	Since int64 `json:"since"`
	// IDs are the vessels' MMSI, AtOnce at most.
	IDs []string `json:"ids"`
}

// Answer is where vessels were, by MMSI; those of which nothing may be told are left
// out.
type Answer struct {
	Tracks map[string]Points `json:"tracks"`
	// Behind says that the newest may be missing, since the history is being read.
	Behind bool `json:"behind,omitempty"`
}
