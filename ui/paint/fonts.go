// Package paint draws the client's face into RGBA pictures: text in Noto Sans
// with Vietnamese line boxes, icons, plates, lines, dashes and hatch. Tiles are
// painted here and shown as pictures, so that what a test sees is what the wall
// shows, pixel by pixel. Nothing in it needs a display.
package paint

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

const (
	// ascent and descent are Noto Sans' line box in em, as browsers use it.
	ascent, descent = 1.069, 0.293
	// glyphLimit bounds the glyph cache; reaching it starts a new one.
	glyphLimit = 8192
)

// Fonts draws text. One value serves the whole program; it is safe for
// concurrent use.
type Fonts struct {
	mu     sync.Mutex
	src    [2]*opentype.Font
	faces  map[faceKey]font.Face
	glyphs map[glyphKey]glyph
}

type faceKey struct {
	bold bool
	size int // 1/4 px
}

type glyphKey struct {
	face faceKey
	r    rune
	sub  uint8 // quarter pixel to the right
}

type glyph struct {
	mask    *image.Alpha
	off     image.Point // of the mask from the whole-pixel dot
	advance fixed.Int26_6
}

// NewFonts reads the two TrueType files. The bytes must stay unchanged.
func NewFonts(regular, bold []byte) (*Fonts, error) {
	f := &Fonts{faces: map[faceKey]font.Face{}, glyphs: map[glyphKey]glyph{}}
	for i, b := range [][]byte{regular, bold} {
		p, err := opentype.Parse(b)
		if err != nil {
			return nil, fmt.Errorf("read font %d of 2: %w", i+1, err)
		}
		f.src[i] = p
	}
	return f, nil
}

func (f *Fonts) face(k faceKey) font.Face {
	if fc, ok := f.faces[k]; ok {
		return fc
	}
	src := f.src[0]
	if k.bold {
		src = f.src[1]
	}
	// NewFace fails only on impossible options, which these are not.
	fc, err := opentype.NewFace(src, &opentype.FaceOptions{Size: float64(k.size) / 4, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil
	}
	f.faces[k] = fc
	return fc
}

func (f *Fonts) glyph(k glyphKey) glyph {
	if g, ok := f.glyphs[k]; ok {
		return g
	}
	if len(f.glyphs) >= glyphLimit {
		f.glyphs = map[glyphKey]glyph{}
	}
	if k.r == '≈' {
		g := f.approx(k)
		f.glyphs[k] = g
		return g
	}
	if sg, ok := signOf(k.r); ok {
		g := drawn(k, sg)
		f.glyphs[k] = g
		return g
	}
	if k.r == '−' {
		k.r = '–' // the minus sign, which this cut of Noto Sans lacks
	}
	fc := f.face(k.face)
	var g glyph
	dot := fixed.Point26_6{X: fixed.Int26_6(k.sub) * 16}
	dr, mask, mp, adv, ok := fc.Glyph(dot, k.r)
	if ok {
		g.advance = adv
		if !dr.Empty() {
			g.off = dr.Min
			g.mask = image.NewAlpha(image.Rect(0, 0, dr.Dx(), dr.Dy()))
			draw.Draw(g.mask, g.mask.Rect, mask, mp, draw.Src)
		}
	}
	f.glyphs[k] = g
	return g
}

// approx makes the sign "≈", which Noto Sans lacks, of two tildes: the product
// keeps the word "about" beside its numbers and needs the sign.
func (f *Fonts) approx(k glyphKey) glyph {
	k.r = '~'
	t := f.glyph(k)
	if t.mask == nil {
		return t
	}
	gap := max(2, int(float64(k.face.size)/4*0.2))
	g := glyph{advance: t.advance, off: t.off.Sub(image.Pt(0, gap/2))}
	g.mask = image.NewAlpha(image.Rect(0, 0, t.mask.Rect.Dx(), t.mask.Rect.Dy()+gap))
	for _, y := range []int{0, gap} {
		for i := range t.mask.Rect.Dy() {
			row, from := g.mask.Pix[(i+y)*g.mask.Stride:], t.mask.Pix[i*t.mask.Stride:]
			for x := range t.mask.Rect.Dx() {
				row[x] = max(row[x], from[x])
			}
		}
	}
	return g
}

// Has reports whether both faces can draw a letter.
func (f *Fonts) Has(r rune) bool {
	if _, ok := signOf(r); ok || r == '≈' || r == '−' {
		return true
	}
	for _, src := range f.src {
		if i, err := src.GlyphIndex(nil, r); err != nil || i == 0 {
			return false
		}
	}
	return true
}

func key(bold bool, size float64) faceKey { return faceKey{bold, int(math.Round(size * 4))} }

// Width returns the advance of s in px.
func (f *Fonts) Width(s string, bold bool, size float64) float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return float64(f.walk(s, key(bold, size), nil)) / 64
}

// walk visits the glyphs of s with the advance before each and returns the
// whole advance.
func (f *Fonts) walk(s string, k faceKey, visit func(r rune, at fixed.Int26_6)) fixed.Int26_6 {
	fc := f.face(k)
	var x fixed.Int26_6
	prev := rune(-1)
	for _, r := range norm.NFC.String(s) {
		if prev >= 0 {
			x += fc.Kern(prev, r)
		}
		if visit != nil {
			visit(r, x)
		}
		x += f.glyph(glyphKey{face: k, r: r}).advance
		prev = r
	}
	return x
}

// draw paints s with its baseline starting at x, y and returns the advance and
// the box of the ink.
func (f *Fonts) draw(dst *image.RGBA, clip image.Rectangle, x, y float64, s string, k faceKey, c color.RGBA) (float64, image.Rectangle) {
	f.mu.Lock()
	defer f.mu.Unlock()
	src := image.NewUniform(c)
	clip = clip.Intersect(dst.Rect)
	base := int(math.Round(y))
	var ink image.Rectangle
	w := f.walk(s, k, func(r rune, at fixed.Int26_6) {
		px := x + float64(at)/64
		whole := math.Floor(px)
		g := f.glyph(glyphKey{face: k, r: r, sub: uint8((px - whole) * 4)})
		if g.mask == nil {
			return
		}
		box := g.mask.Rect.Add(g.off).Add(image.Pt(int(whole), base))
		ink = ink.Union(box)
		if vis := box.Intersect(clip); !vis.Empty() {
			draw.DrawMask(dst, vis, src, image.Point{}, g.mask, vis.Min.Sub(box.Min), draw.Over)
		}
	})
	return float64(w) / 64, ink
}

// Baseline returns the baseline of a line of text of the given size in a row
// of height h that starts at top, as a browser centres it.
func Baseline(top, h, size float64) float64 {
	return top + (h-(ascent+descent)*size)/2 + ascent*size
}
