package sketch

import (
	"slices"

	"iocwall/geo"
	"iocwall/server/world"
)

// The forms of a part of a sketch. All but ring are those of world.DrawnShape.
const (
	FormLine    = "line"
	FormArea    = "area"
	FormText    = "text"
	FormMeasure = "measure"
	FormRing    = "ring" // of a fence: the outer ring or a hole of one polygon
)

// Part is one shape of a sketch.
type Part struct {
	Path
	Form string
	Text string
	poly int // which polygon of a fence a ring is of; its first ring is the outer one
}

// Sketch is what a hand is drawing. It is not changed: its methods return new
// ones, so that each can be a step of a history.
type Sketch struct {
	Parts []Part
	// On is the part that clicks add corners to, -1 for none.
	On int
}

// Spot names a corner of one part.
type Spot struct {
	Part int
	Corner
}

// Nowhere returns no spot.
func Nowhere() Spot { return Spot{Part: -1} }

func closedForm(form string) bool { return form == FormArea || form == FormRing }

// Begin starts a part; clicks add to it.
func (s Sketch) Begin(form, text string, poly int) Sketch {
	p := Part{Path: Path{Closed: closedForm(form)}, Form: form, Text: text, poly: poly}
	return Sketch{append(slices.Clone(s.Parts), p), len(s.Parts)}
}

// Set replaces the path of part i.
func (s Sketch) Set(i int, p Path) Sketch {
	parts := slices.Clone(s.Parts)
	parts[i].Path = p
	return Sketch{parts, s.On}
}

// Add puts a corner at the end of the part that is being drawn. A text has one
// point and is done with it.
func (s Sketch) Add(at geo.Point) Sketch {
	if s.On < 0 || s.On >= len(s.Parts) {
		return s
	}
	out := s.Set(s.On, s.Parts[s.On].add(at))
	if s.Parts[s.On].Form == FormText {
		out.On = -1
	}
	return out
}

// End finishes the part that is being drawn; one too short to be anything goes.
func (s Sketch) End() Sketch {
	if s.On < 0 || s.On >= len(s.Parts) {
		return Sketch{s.Parts, -1}
	}
	p := s.Parts[s.On]
	if p.Form != FormText && len(p.Points) < p.least() || len(p.Points) == 0 {
		return s.Drop(s.On)
	}
	return Sketch{s.Parts, -1}
}

// Drop takes a part away. With the outer ring of a polygon its holes go.
func (s Sketch) Drop(i int) Sketch {
	if i < 0 || i >= len(s.Parts) {
		return s
	}
	gone := s.Parts[i]
	outer := gone.Form == FormRing && s.outer(gone.poly) == i
	var parts []Part
	for j, p := range s.Parts {
		if j != i && (!outer || p.poly != gone.poly) {
			parts = append(parts, p)
		}
	}
	return Sketch{parts, -1}
}

// outer is the outer ring of a polygon of a fence.
func (s Sketch) outer(poly int) int {
	return slices.IndexFunc(s.Parts, func(p Part) bool { return p.Form == FormRing && p.poly == poly })
}

// Write changes the text of part i.
func (s Sketch) Write(i int, text string) Sketch {
	parts := slices.Clone(s.Parts)
	parts[i].Text = text
	return Sketch{parts, s.On}
}

// Remove takes a corner away; a hole or shape that is left with too few goes with
// it. False where an outer ring or the only line would be left with too few.
func (s Sketch) Remove(at Spot) (Sketch, bool) {
	if at.Part < 0 || at.Part >= len(s.Parts) || at.Middle {
		return s, false
	}
	p := s.Parts[at.Part]
	if next, ok := p.remove(at.I); ok {
		return s.Set(at.Part, next), true
	}
	if len(s.Parts) < 2 || p.Form == FormRing && s.outer(p.poly) == at.Part {
		return s, false
	}
	return s.Drop(at.Part), true
}

// Crossing finds the first closed part whose edges cross.
func (s Sketch) Crossing() (at, i, j int, ok bool) {
	for at, p := range s.Parts {
		if p.Closed && at != s.On {
			if i, j, bad := p.Crossing(); bad {
				return at, i, j, true
			}
		}
	}
	return 0, 0, 0, false
}

// Bounds is the box around everything drawn.
func (s Sketch) Bounds() (geo.Bounds, bool) {
	var all []geo.Point
	for _, p := range s.Parts {
		all = append(all, p.Points...)
	}
	return geo.BoundsOf(all)
}

// OfFence is the sketch of a fence's rings.
func OfFence(mp geo.MultiPolygon) Sketch {
	s := Sketch{On: -1}
	for i, poly := range mp {
		for _, ring := range poly {
			points := slices.Clone([]geo.Point(ring))
			if n := len(points); n > 1 && points[0] == points[n-1] {
				points = points[:n-1]
			}
			s.Parts = append(s.Parts, Part{Path: Path{points, true}, Form: FormRing, poly: i})
		}
	}
	return s
}

// Fence is the area of the rings, closed as GeoJSON has them.
func (s Sketch) Fence() geo.MultiPolygon {
	var out geo.MultiPolygon
	at := map[int]int{}
	for _, p := range s.Parts {
		if p.Form != FormRing || len(p.Points) < 3 {
			continue
		}
		i, known := at[p.poly]
		if !known {
			i = len(out)
			at[p.poly] = i
			out = append(out, nil)
		}
		ring := append(slices.Clone(p.Points), p.Points[0])
		out[i] = append(out[i], ring)
	}
	return out
}

// Polygons is how many polygons a fence's sketch has had: the number of the next.
func (s Sketch) Polygons() int {
	n := 0
	for _, p := range s.Parts {
		n = max(n, p.poly+1)
	}
	return n
}

// OfDrawing is the sketch of what somebody drew.
func OfDrawing(shapes []world.DrawnShape) Sketch {
	s := Sketch{On: -1}
	for _, d := range shapes {
		s.Parts = append(s.Parts, Part{Path: Path{slices.Clone(d.Points), closedForm(d.Form)}, Form: d.Form, Text: d.Text})
	}
	return s
}

// Drawing is the sketch as it is stored.
func (s Sketch) Drawing() []world.DrawnShape {
	var out []world.DrawnShape
	for _, p := range s.Parts {
		out = append(out, world.DrawnShape{Form: p.Form, Points: slices.Clone(p.Points), Text: p.Text})
	}
	return out
}
