// Package pen draws symbols, lines of text and boxes into a picture, and keeps the
// sprites it has made for the next one. A Pen must be used by one goroutine at a
// time.
package pen

import (
	"fmt"
	"image/color"
	"math"

	"iocwall/geo/draw/raster"
	"iocwall/geo/draw/sign"
)

// Pen draws into the picture given to Begin.
type Pen struct {
	canvas *raster.Canvas
	plain  *raster.Typeface
	strong *raster.Typeface
	signs  [sign.Count][]raster.Part

	maker  raster.Maker
	sprite map[raster.IconKey]*raster.Sprite
	texts  map[raster.TextKey]*raster.Sprite
	widths map[widthKey]float64
	frame  uint64
	shape  raster.Shape
	points []raster.XY
}

type widthKey struct {
	text string
	size float32
	bold bool
}

// New returns a Pen that writes with two fonts, given as TrueType files.
func New(regular, bold []byte) (*Pen, error) {
	p := &Pen{
		signs: sign.Parts(), sprite: map[raster.IconKey]*raster.Sprite{}, texts: map[raster.TextKey]*raster.Sprite{},
		widths: map[widthKey]float64{},
	}
	var err error
	if p.plain, err = raster.ParseTypeface(regular); err != nil {
		return nil, err
	}
	if p.strong, err = raster.ParseTypeface(bold); err != nil {
		return nil, err
	}
	for i := range p.signs {
		for j := range p.signs[i] {
			part := &p.signs[i][j]
			if part.Paths, err = raster.ParsePath(part.D); err != nil {
				return nil, fmt.Errorf("draw: icon %d: %w", i, err)
			}
		}
	}
	return p, nil
}

// Begin takes the picture that is drawn next and returns its number. The picture
// behind the pointer may be another one for a while.
func (p *Pen) Begin(canvas *raster.Canvas) uint64 {
	p.canvas = canvas
	p.frame++
	return p.frame
}

// Forget drops all sprites, as when colours or sizes have changed.
func (p *Pen) Forget() {
	clear(p.sprite)
	clear(p.texts)
	clear(p.widths)
}

// Icon returns the sprite of a symbol, nil for one that does not exist.
func (p *Pen) Icon(key raster.IconKey) *raster.Sprite {
	s := p.sprite[key]
	if s == nil {
		if key.Icon >= sign.Count {
			return nil
		}
		s = p.maker.Icon(p.signs[key.Icon], key)
		p.sprite[key] = s
	}
	s.Used = p.frame
	return s
}

// Width measures a line of text in pixels.
func (p *Pen) Width(text string, size float64, bold bool) float64 {
	key := widthKey{text, float32(size), bold}
	w, ok := p.widths[key]
	if !ok {
		w = p.face(bold).Layout(text, size, 0, nil)
		p.widths[key] = w
	}
	return w
}

func (p *Pen) face(bold bool) *raster.Typeface {
	if bold {
		return p.strong
	}
	return p.plain
}

// Text draws a line of text with its baseline starting at (x, y).
func (p *Pen) Text(x, y int, key raster.TextKey) {
	s := p.texts[key]
	if s == nil {
		s = p.maker.Text(p.face(key.Style.Bold), key)
		p.texts[key] = s
	}
	s.Used = p.frame
	s.Draw(p.canvas, x, y)
}

// most bounds each cache; beyond it what the last frames did not use goes.
const most = 6000

// Crowded reports whether Sweep is going to drop symbols.
func (p *Pen) Crowded() bool { return len(p.sprite) > most }

// Sweep drops what the last frames did not use, where there is much of it.
func (p *Pen) Sweep() {
	if p.Crowded() {
		for k, s := range p.sprite {
			if p.frame-s.Used > 30 {
				delete(p.sprite, k)
			}
		}
	}
	if len(p.texts) > most {
		for k, s := range p.texts {
			if p.frame-s.Used > 30 {
				delete(p.texts, k)
			}
		}
	}
	if len(p.widths) > 8*most {
		clear(p.widths)
	}
}

// Baseline is where line i of a block that starts at top stands.
func Baseline(top, i int, size float64) int {
	return top + int(math.Round(size*(raster.Ascent+float64(i)*raster.LinePitch)))
}

// Plain is the style of text on a plate or card.
func Plain(size float64, bold bool, col color.RGBA) raster.TextStyle {
	return raster.TextStyle{Size: float32(size), Bold: bold, Color: col}
}

// Label is the style of text on the map, with a keyline against it.
func Label(size float64, bold bool, col, halo color.RGBA) raster.TextStyle {
	return raster.TextStyle{Size: float32(size), Bold: bold, Color: col, Halo: halo, HaloWidth: float32(max(1.2, size*0.09))}
}
