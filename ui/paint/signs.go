package paint

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/math/fixed"
)

// sign is a mark that Noto Sans lacks, as strokes in em with the baseline at 0 and
// y downwards.
type sign struct {
	advance float64
	strokes [][]Point
}

// signOf are the arrows and marks that name keys, the signs that compare, and the
// tick.
func signOf(r rune) (sign, bool) {
	const mid, top, low = -0.34, -0.68, 0.0
	switch r {
	case '←':
		return sign{0.88, [][]Point{{{0.80, mid}, {0.08, mid}}, {{0.32, mid - 0.24}, {0.08, mid}, {0.32, mid + 0.24}}}}, true
	case '→':
		return sign{0.88, [][]Point{{{0.08, mid}, {0.80, mid}}, {{0.56, mid - 0.24}, {0.80, mid}, {0.56, mid + 0.24}}}}, true
	case '↑':
		return sign{0.6, [][]Point{{{0.3, low}, {0.3, top}}, {{0.08, top + 0.23}, {0.3, top}, {0.52, top + 0.23}}}}, true
	case '↓':
		return sign{0.6, [][]Point{{{0.3, top}, {0.3, low}}, {{0.08, low - 0.23}, {0.3, low}, {0.52, low - 0.23}}}}, true
	case '⏎':
		return sign{0.92, [][]Point{{{0.80, top}, {0.80, -0.22}, {0.10, -0.22}}, {{0.32, -0.42}, {0.10, -0.22}, {0.32, -0.02}}}}, true
	case '␣':
		return sign{0.80, [][]Point{{{0.10, -0.22}, {0.10, low}, {0.70, low}, {0.70, -0.22}}}}, true
	case '≤':
		return sign{0.62, [][]Point{{{0.54, -0.62}, {0.09, -0.41}, {0.54, -0.20}}, {{0.09, -0.04}, {0.54, -0.04}}}}, true
	case '≥':
		return sign{0.62, [][]Point{{{0.08, -0.62}, {0.53, -0.41}, {0.08, -0.20}}, {{0.08, -0.04}, {0.53, -0.04}}}}, true
	case '≠':
		return sign{0.62, [][]Point{{{0.08, -0.44}, {0.54, -0.44}}, {{0.08, -0.24}, {0.54, -0.24}}, {{0.20, -0.06}, {0.42, -0.62}}}}, true
	case '✓':
		return sign{0.82, [][]Point{{{0.10, mid}, {0.32, -0.08}, {0.74, -0.62}}}}, true
	}
	return sign{}, false
}

// drawn makes a glyph of a sign.
func drawn(k glyphKey, s sign) glyph {
	em := float64(k.face.size) / 4
	w := math.Max(1, em*0.085)
	if k.face.bold {
		w = math.Max(1.5, em*0.13)
	}
	pad := int(math.Ceil(w))
	high := int(math.Ceil(em * 0.75))
	c := New(&Kit{}, int(math.Ceil(em*s.advance))+2*pad, high+2*pad, color.RGBA{})
	shift := float64(k.sub) / 4
	for _, line := range s.strokes {
		pts := make([]Point, len(line))
		for i, p := range line {
			pts[i] = Point{X: p.X*em + float64(pad) + shift, Y: p.Y*em + float64(high+pad)}
		}
		c.Line(pts, w, color.RGBA{A: 0xFF})
	}
	g := glyph{advance: fixed.Int26_6(math.Round(em * s.advance * 64)), off: image.Pt(-pad, -high-pad)}
	g.mask = image.NewAlpha(c.Img.Rect)
	for i := range g.mask.Pix {
		g.mask.Pix[i] = c.Img.Pix[4*i+3]
	}
	return g
}
