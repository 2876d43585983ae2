package atlas

import (
	"slices"

	"iocwall/geo"
	"iocwall/server/world"
)

// The forms of a part of a sketch. All but ring are those of world.DrawnShape.
const (
	formLine    = "line"
	formArea    = "area"
	formText    = "text"
	formMeasure = "measure"
	formRing    = "ring" // of a fence: the outer ring or a hole of one polygon
)

// part is one shape of a sketch.
type part struct {
	path
	form string
	text string
	poly int // which polygon of a fence a ring is of; its first ring is the outer one
}

// sketch is what a hand is drawing. It is not changed: its methods return new
// ones, so that each can be a step of a history.
type sketch struct {
	parts []part
	// on is the part that clicks add corners to, -1 for none.
	on int
}

// spot names a corner of one part.
type spot struct {
	part int
	corner
}

// nowhere returns no spot.
func nowhere() spot { return spot{part: -1} }

func closedForm(form string) bool { return form == formArea || form == formRing }

// begin starts a part; clicks add to it.
func (s sketch) begin(form, text string, poly int) sketch {
	p := part{path: path{closed: closedForm(form)}, form: form, text: text, poly: poly}
	return sketch{append(slices.Clone(s.parts), p), len(s.parts)}
}

// set replaces the path of part i.
func (s sketch) set(i int, p path) sketch {
	parts := slices.Clone(s.parts)
	parts[i].path = p
	return sketch{parts, s.on}
}

// add puts a corner at the end of the part that is being drawn. A text has one
// point and is done with it.
func (s sketch) add(at geo.Point) sketch {
	if s.on < 0 || s.on >= len(s.parts) {
		return s
	}
	out := s.set(s.on, s.parts[s.on].add(at))
	if s.parts[s.on].form == formText {
		out.on = -1
	}
	return out
}

// end finishes the part that is being drawn; one too short to be anything goes.
func (s sketch) end() sketch {
	if s.on < 0 || s.on >= len(s.parts) {
		return sketch{s.parts, -1}
	}
	p := s.parts[s.on]
	if p.form != formText && len(p.points) < p.least() || len(p.points) == 0 {
		return s.drop(s.on)
	}
	return sketch{s.parts, -1}
}

// drop takes a part away. With the outer ring of a polygon its holes go.
func (s sketch) drop(i int) sketch {
	if i < 0 || i >= len(s.parts) {
		return s
	}
	gone := s.parts[i]
	outer := gone.form == formRing && s.outer(gone.poly) == i
	var parts []part
	for j, p := range s.parts {
		if j != i && (!outer || p.poly != gone.poly) {
			parts = append(parts, p)
		}
	}
	return sketch{parts, -1}
}

// outer is the outer ring of a polygon of a fence.
func (s sketch) outer(poly int) int {
	return slices.IndexFunc(s.parts, func(p part) bool { return p.form == formRing && p.poly == poly })
}

// write changes the text of part i.
func (s sketch) write(i int, text string) sketch {
	parts := slices.Clone(s.parts)
	parts[i].text = text
	return sketch{parts, s.on}
}

// remove takes a corner away; a hole or shape that is left with too few goes with
// it. False where an outer ring or the only line would be left with too few.
func (s sketch) remove(at spot) (sketch, bool) {
	if at.part < 0 || at.part >= len(s.parts) || at.middle {
		return s, false
	}
	p := s.parts[at.part]
	if next, ok := p.remove(at.i); ok {
		return s.set(at.part, next), true
	}
	if len(s.parts) < 2 || p.form == formRing && s.outer(p.poly) == at.part {
		return s, false
	}
	return s.drop(at.part), true
}

// crossing finds the first closed part whose edges cross.
func (s sketch) crossing() (at, i, j int, ok bool) {
	for at, p := range s.parts {
		if p.closed && at != s.on {
			if i, j, bad := p.crossing(); bad {
				return at, i, j, true
			}
		}
	}
	return 0, 0, 0, false
}

// bounds is the box around everything drawn.
func (s sketch) bounds() (geo.Bounds, bool) {
	var all []geo.Point
	for _, p := range s.parts {
		all = append(all, p.points...)
	}
	return geo.BoundsOf(all)
}

// ofFence is the sketch of a fence's rings.
func ofFence(mp geo.MultiPolygon) sketch {
	s := sketch{on: -1}
	for i, poly := range mp {
		for _, ring := range poly {
			points := slices.Clone([]geo.Point(ring))
			if n := len(points); n > 1 && points[0] == points[n-1] {
				points = points[:n-1]
			}
			s.parts = append(s.parts, part{path: path{points, true}, form: formRing, poly: i})
		}
	}
	return s
}

// fence is the area of the rings, closed as GeoJSON has them.
func (s sketch) fence() geo.MultiPolygon {
	var out geo.MultiPolygon
	at := map[int]int{}
	for _, p := range s.parts {
		if p.form != formRing || len(p.points) < 3 {
			continue
		}
		i, known := at[p.poly]
		if !known {
			i = len(out)
			at[p.poly] = i
			out = append(out, nil)
		}
		ring := append(slices.Clone(p.points), p.points[0])
		out[i] = append(out[i], ring)
	}
	return out
}

// polygons is how many polygons a fence's sketch has had: the number of the next.
func (s sketch) polygons() int {
	n := 0
	for _, p := range s.parts {
		n = max(n, p.poly+1)
	}
	return n
}

// ofDrawing is the sketch of what somebody drew.
func ofDrawing(shapes []world.DrawnShape) sketch {
	s := sketch{on: -1}
	for _, d := range shapes {
		s.parts = append(s.parts, part{path: path{slices.Clone(d.Points), closedForm(d.Form)}, form: d.Form, text: d.Text})
	}
	return s
}

// drawing is the sketch as it is stored.
func (s sketch) drawing() []world.DrawnShape {
	var out []world.DrawnShape
	for _, p := range s.parts {
		out = append(out, world.DrawnShape{Form: p.form, Points: slices.Clone(p.points), Text: p.text})
	}
	return out
}
