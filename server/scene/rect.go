package scene

import "iocwall/server/world"

// Rect is a place on a wall, in wall millimetres as world.Screen.
type Rect struct{ X, Y, W, H float64 }

// RectOf returns the place of a tile.
func RectOf(t world.Tile) Rect { return Rect{t.X, t.Y, t.W, t.H} }

// RectOfZone returns the place of a zone.
func RectOfZone(z world.Zone) Rect { return Rect{z.X, z.Y, z.W, z.H} }

// RectOfScreen returns the place of a screen's picture area.
func RectOfScreen(s world.Screen) Rect { return Rect{s.X, s.Y, s.W, s.H} }

// Overlaps reports whether two places share more than a millimetre in both
// directions, which is what rounding leaves between neighbours.
func (r Rect) Overlaps(o Rect) bool {
	return overlap(r.X, r.W, o.X, o.W) > 1 && overlap(r.Y, r.H, o.Y, o.H) > 1
}

// Holds reports whether o lies inside r, give or take a millimetre.
func (r Rect) Holds(o Rect) bool {
	return o.X >= r.X-1 && o.Y >= r.Y-1 && o.X+o.W <= r.X+r.W+1 && o.Y+o.H <= r.Y+r.H+1
}

// Shared returns the area that two places share, in square millimetres.
func (r Rect) Shared(o Rect) float64 {
	return max(0, overlap(r.X, r.W, o.X, o.W)) * max(0, overlap(r.Y, r.H, o.Y, o.H))
}

// Put returns the tile with this place.
func (r Rect) Put(t world.Tile) world.Tile {
	t.X, t.Y, t.W, t.H = r.X, r.Y, r.W, r.H
	return t
}

// Seen returns how much of a place lies on picture areas of the screens, in
// square millimetres: what bezels hide is not counted.
func Seen(r Rect, screens []world.Screen) float64 {
	sum := 0.0
	for _, s := range screens {
		sum += r.Shared(RectOfScreen(s))
	}
	return sum
}
