package raster

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

// Typeface lays out and rasterises one font; glyph outlines are cached by size.
type Typeface struct {
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
	contours [][]XY // pixels, y down, baseline at 0
}

// ParseTypeface reads a TrueType font; the bytes are kept and must not change.
func ParseTypeface(data []byte) (*Typeface, error) {
	f, err := sfnt.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("draw: parse font: %w", err)
	}
	return &Typeface{font: f, glyphs: map[glyphKey]*glyph{}}, nil
}

// glyph returns the outline of a rune; a rune the font lacks gives its box.
func (t *Typeface) glyph(r rune, size float64) *glyph {
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
	var points []XY
	switch r {
	case '▲':
		points = []XY{{0.08, 0}, {0.44, -0.66}, {0.8, 0}}
	case '▼':
		points = []XY{{0.08, -0.66}, {0.8, -0.66}, {0.44, 0}}
	case '■':
		points = []XY{{0.1, 0}, {0.1, -0.64}, {0.74, -0.64}, {0.74, 0}}
	case '◆':
		points = []XY{{0.06, -0.34}, {0.44, -0.72}, {0.82, -0.34}, {0.44, 0.04}}
	default:
		return nil
	}
	for i := range points {
		points[i].X, points[i].Y = points[i].X*size, points[i].Y*size
	}
	return &glyph{advance: 0.88 * size, contours: [][]XY{points}}
}

func flatten(segments sfnt.Segments) [][]XY {
	var out [][]XY
	pt := func(p fixed.Point26_6) XY { return XY{float64(p.X) / 64, float64(p.Y) / 64} }
	const steps = 6
	for _, s := range segments {
		to := pt(s.Args[0])
		if s.Op == sfnt.SegmentOpMoveTo {
			out = append(out, []XY{to})
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
				out[last] = append(out[last], XY{
					u*u*from.X + 2*u*t*to.X + t*t*end.X, u*u*from.Y + 2*u*t*to.Y + t*t*end.Y,
				})
			}
		case sfnt.SegmentOpCubeTo:
			b, end := pt(s.Args[1]), pt(s.Args[2])
			for i := 1; i <= steps; i++ {
				t := float64(i) / steps
				u := 1 - t
				w0, w1, w2, w3 := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
				out[last] = append(out[last], XY{
					w0*from.X + w1*to.X + w2*b.X + w3*end.X, w0*from.Y + w1*to.Y + w2*b.Y + w3*end.Y,
				})
			}
		}
	}
	return out
}

// Layout calls place for every glyph of a line with its pen position and
// returns the line's width. Text is composed first, since the font has every
// Vietnamese letter as one glyph.
func (t *Typeface) Layout(text string, size, spacing float64, place func(*glyph, float64)) float64 {
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

// TextStyle says how a label is set.
type TextStyle struct {
	Size        float32
	Bold        bool
	Slanted     bool
	Spacing     float32 // extra pixels between letters
	Color, Halo color.RGBA
	HaloWidth   float32
}

// TextKey names one cached line of text.
type TextKey struct {
	Text  string
	Style TextStyle
}

// Vertical extent of a line in em: Vietnamese stacks reach 1.054 above and 0.24
// below the baseline.
const (
	Ascent    = 1.054
	Descent   = 0.24
	LinePitch = 1.36
)

// Text makes the sprite of a line with the position at the left end of its
// baseline.
func (k *Maker) Text(face *Typeface, key TextKey) *Sprite {
	size := float64(key.Style.Size)
	pad := math.Ceil(float64(key.Style.HaloWidth)) + 1
	width := face.Layout(key.Text, size, float64(key.Style.Spacing), nil)
	shear := 0.0
	if key.Style.Slanted {
		shear = 0.21
	}
	w := int(math.Ceil(width+2*pad+shear*size)) + 1
	up := int(math.Ceil(Ascent*size + pad))
	h := up + int(math.Ceil(Descent*size+pad))
	s := k.begin(w, h, -int(pad), -up)
	box := image.Rect(0, 0, w, h)
	k.shape.Reset(box)
	face.Layout(key.Text, size, float64(key.Style.Spacing), func(g *glyph, pen float64) {
		for _, contour := range g.contours {
			k.points = k.points[:0]
			for _, p := range contour {
				k.points = append(k.points, XY{pad + pen + p.X - shear*p.Y, float64(up) + p.Y})
			}
			k.shape.Ring(k.points)
		}
	})
	m := k.mask(box)
	k.shape.mask(m)
	if key.Style.HaloWidth > 0 {
		s.layer(k.grow(m, float64(key.Style.HaloWidth)), key.Style.Halo)
	}
	s.layer(m, key.Style.Color)
	return s.trim()
}
