package ground

import (
	"image"
	"slices"

	"iocwall/geo"
	"iocwall/geo/draw/raster"
	"iocwall/geo/tiles"
)

// shown is what the canvas holds since the last picture.
type shown struct {
	pix    *byte // the canvas' first
	stride int
	win    image.Rectangle
	view   geo.View
	home   []string
	data   tiles.Data
}

// keep notes what was drawn.
func (s *shown) keep(c *raster.Canvas, m Map) {
	*s = shown{pix: &c.Pix[0], stride: c.Stride, win: c.Win, view: m.View, home: append(s.home[:0], m.Home...), data: m.Data}
}

// move moves what the canvas holds to where it belongs in the new view, and returns
// the windows that are to be drawn: all of it where that cannot be done.
func (s *shown) move(c *raster.Canvas, m Map) []image.Rectangle {
	all := []image.Rectangle{c.Win}
	if s.pix == nil || s.pix != &c.Pix[0] || s.stride != c.Stride || s.win != c.Win || !slices.Equal(s.home, m.Home) {
		return all
	}
	d, ok := s.view.Offset(m.View)
	stay := c.Win.Intersect(c.Win.Add(d))
	if !ok || stay.Empty() || !s.same(&m, stay.Sub(d)) {
		return all
	}
	return c.Move(d)
}

// same reports whether a map has the same tiles in a part of the last picture.
func (s *shown) same(m *Map, part image.Rectangle) bool {
	a, b := &s.data, &m.Data
	if identityOf(a.Outside) != identityOf(b.Outside) || identityOf(a.Provinces) != identityOf(b.Provinces) ||
		identityOf(a.Lines) != identityOf(b.Lines) || identityOf(a.Places) != identityOf(b.Places) {
		return false
	}
	padA, coarseA := padding(a.Rasters)
	padB, coarseB := padding(b.Rasters)
	return padA == padB && coarseA == coarseB &&
		alike(a.Rasters, b.Rasters, func(r *tiles.Raster) (int, int, int) { return r.Z, r.X, r.Y }, s.view, part,
			func(a, b *tiles.Raster) bool { return a.Img == b.Img && a.Part == b.Part }) &&
		alike(a.Vectors, b.Vectors, func(v *tiles.Vector) (int, int, int) { return v.Z, v.X, v.Y }, s.view, part,
			func(a, b *tiles.Vector) bool { return identityOf(a.Layers) == identityOf(b.Layers) })
}

// alike reports whether two lists have the same tiles in a part of a view.
func alike[T any](a, b []T, place func(*T) (z, x, y int), v geo.View, part image.Rectangle, equal func(a, b *T) bool) bool {
	in := func(list []T) map[[3]int]*T {
		out := make(map[[3]int]*T, len(list))
		for i := range list {
			z, x, y := place(&list[i])
			if _, r := square(v, z, x, y); r.Overlaps(part) {
				out[[3]int{z, x, y}] = &list[i]
			}
		}
		return out
	}
	before, now := in(a), in(b)
	if len(before) != len(now) {
		return false
	}
	for k, t := range now {
		if old := before[k]; old == nil || !equal(old, t) {
			return false
		}
	}
	return true
}
