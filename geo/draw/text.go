package draw

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// typeface lays out and rasterises one font; glyph outlines are cached by size.
type typeface struct {
	font   *sfnt.Font
	buf    sfnt.Buffer
	glyphs map[glyphKey]*glyph
}

type glyphKey struct {
	r    rune
	ppem fixed.Int26_6
}

type glyph struct {
	index    sfnt.GlyphIndex
	advance  float64
	contours [][]xy // pixels, y down, baseline at 0
}

func parseTypeface(data []byte) (*typeface, error) {
	f, err := sfnt.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("draw: parse font: %w", err)
	}
	return &typeface{font: f, glyphs: map[glyphKey]*glyph{}}, nil
}

// glyph returns the outline of a rune; a rune the font lacks gives its box.
func (t *typeface) glyph(r rune, size float64) *glyph {
	key := glyphKey{r, fixed.Int26_6(math.Round(size * 64))}
	if g := t.glyphs[key]; g != nil {
		return g
	}
	g := &glyph{}
	t.glyphs[key] = g
	var err error
	if g.index, err = t.font.GlyphIndex(&t.buf, r); err != nil {
		return g
	}
	if g.index == 0 {
		if mark := markGlyph(r, size); mark != nil {
			*g = *mark
			return g
		}
	}
	if a, err := t.font.GlyphAdvance(&t.buf, g.index, key.ppem, font.HintingNone); err == nil {
		g.advance = float64(a) / 64
	}
	if segments, err := t.font.LoadGlyph(&t.buf, g.index, key.ppem, nil); err == nil {
		g.contours = flatten(segments)
	}
	return g
}

// markGlyph draws the few marks of our texts that the font lacks.
func markGlyph(r rune, size float64) *glyph {
	var points []xy
	switch r {
	case '▲':
		points = []xy{{0.08, 0}, {0.44, -0.66}, {0.8, 0}}
	case '▼':
		points = []xy{{0.08, -0.66}, {0.8, -0.66}, {0.44, 0}}
	case '■':
		points = []xy{{0.1, 0}, {0.1, -0.64}, {0.74, -0.64}, {0.74, 0}}
	case '◆':
		points = []xy{{0.06, -0.34}, {0.44, -0.72}, {0.82, -0.34}, {0.44, 0.04}}
	default:
		return nil
	}
	for i := range points {
		points[i].x, points[i].y = points[i].x*size, points[i].y*size
	}
	return &glyph{advance: 0.88 * size, contours: [][]xy{points}}
}

func flatten(segments sfnt.Segments) [][]xy {
	var out [][]xy
	pt := func(p fixed.Point26_6) xy { return xy{float64(p.X) / 64, float64(p.Y) / 64} }
	const steps = 6
	for _, s := range segments {
		to := pt(s.Args[0])
		if s.Op == sfnt.SegmentOpMoveTo {
			out = append(out, []xy{to})
			continue
		}
		last := len(out) - 1
		from := out[last][len(out[last])-1]
		switch s.Op {
		case sfnt.SegmentOpLineTo:
			out[last] = append(out[last], to)
		case sfnt.SegmentOpQuadTo:
			end := pt(s.Args[1])
			for i := 1; i <= steps; i++ {
				t := float64(i) / steps
				u := 1 - t
				out[last] = append(out[last], xy{
					u*u*from.x + 2*u*t*to.x + t*t*end.x, u*u*from.y + 2*u*t*to.y + t*t*end.y,
				})
			}
		case sfnt.SegmentOpCubeTo:
			b, end := pt(s.Args[1]), pt(s.Args[2])
			for i := 1; i <= steps; i++ {
				t := float64(i) / steps
				u := 1 - t
				w0, w1, w2, w3 := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
				out[last] = append(out[last], xy{
					w0*from.x + w1*to.x + w2*b.x + w3*end.x, w0*from.y + w1*to.y + w2*b.y + w3*end.y,
				})
			}
		}
	}
	return out
}

// layout calls place for every glyph of a line with its pen position and
// returns the line's width. Text is composed first, since the font has every
// Vietnamese letter as one glyph.
func (t *typeface) layout(text string, size, spacing float64, place func(*glyph, float64)) float64 {
	ppem := fixed.Int26_6(math.Round(size * 64))
	pen := 0.0
	var prev *glyph
	for _, r := range norm.NFC.String(text) {
		g := t.glyph(r, size)
		if prev != nil {
			if k, err := t.font.Kern(&t.buf, prev.index, g.index, ppem, font.HintingNone); err == nil {
				pen += float64(k) / 64
			}
			pen += spacing
		}
		if place != nil {
			place(g, pen)
		}
		pen += g.advance
		prev = g
	}
	return pen
}

// textStyle says how a label is set.
type textStyle struct {
	size        float32
	bold        bool
	slanted     bool
	spacing     float32 // extra pixels between letters
	color, halo color.RGBA
	haloWidth   float32
}

// textKey names one cached line of text.
type textKey struct {
	text  string
	style textStyle
}

// Vertical extent of a line in em: Vietnamese stacks reach 1.054 above and 0.24
// below the baseline.
const (
	ascent    = 1.054
	descent   = 0.24
	linePitch = 1.36
)

// text makes the sprite of a line with the position at the left end of its
// baseline.
func (k *maker) text(face *typeface, key textKey) *sprite {
	size := float64(key.style.size)
	pad := math.Ceil(float64(key.style.haloWidth)) + 1
	width := face.layout(key.text, size, float64(key.style.spacing), nil)
	shear := 0.0
	if key.style.slanted {
		shear = 0.21
	}
	w := int(math.Ceil(width+2*pad+shear*size)) + 1
	up := int(math.Ceil(ascent*size + pad))
	h := up + int(math.Ceil(descent*size+pad))
	s := &sprite{w: w, h: h, ox: -int(pad), oy: -up, pix: make([]byte, w*h*4)}
	box := image.Rect(0, 0, w, h)
	k.shape.reset(box)
	points := make([]xy, 0, 64)
	face.layout(key.text, size, float64(key.style.spacing), func(g *glyph, pen float64) {
		for _, contour := range g.contours {
			points = points[:0]
			for _, p := range contour {
				points = append(points, xy{pad + pen + p.x - shear*p.y, float64(up) + p.y})
			}
			k.shape.ring(points)
		}
	})
	m := image.NewAlpha(box)
	k.shape.mask(m)
	if key.style.haloWidth > 0 {
		s.layer(grow(m, float64(key.style.haloWidth)), key.style.halo)
	}
	s.layer(m, key.style.color)
	return s.trim()
}
