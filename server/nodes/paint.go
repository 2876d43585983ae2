package nodes

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"strings"
	"time"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"iocwall/server/world"
)

// staleAfter is how old a picture in a picture of a wall may be before that is
// written on it.
const staleAfter = 1500 * time.Millisecond

// The colours: those of the dark look, and the plate that says "do not trust this
// as whole".
var (
	colourBack  = color.RGBA{0x0A, 0x0E, 0x13, 0xFF}
	colourPanel = color.RGBA{0x11, 0x18, 0x20, 0xFF}
	colourHatch = color.RGBA{0x24, 0x30, 0x3C, 0xFF}
	colourText  = color.RGBA{0xEE, 0xF2, 0xF6, 0xFF}
	colourMore  = color.RGBA{0xBA, 0xC6, 0xD2, 0xFF}
	colourPlate = color.RGBA{0xC9, 0xD2, 0xDA, 0xFF}
	colourInk   = color.RGBA{0x10, 0x15, 0x1B, 0xFF}
)

// painter draws pictures of walls. It may be used by several goroutines.
type painter struct{ regular, bold *opentype.Font }

func newPainter(regular, bold []byte) (*painter, error) {
	var p painter
	var errs [2]error
	p.regular, errs[0] = opentype.Parse(regular)
	p.bold, errs[1] = opentype.Parse(bold)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, fmt.Errorf("nodes: fonts: %w", err)
	}
	return &p, nil
}

// paint draws the shot. One screen without a width comes in the size in which its
// computer sent it; beneath a whole wall stands what it is and how old it is.
func (p *painter) paint(s *shot) *image.RGBA {
	area := image.Rectangle{}
	for _, x := range s.screens {
		area = area.Union(s.bounds.on(x.screen, s.scale))
	}
	if x := s.screens[0]; s.raw() && !x.missing() {
		area = image.Rect(0, 0, x.picture.width, x.picture.height)
	}
	b := &brush{painter: p, words: words{s.lang}, faces: map[face]font.Face{}}
	var foot []string
	size := float64(max(area.Dx()/150, 13))
	if s.view.screen == 0 {
		foot = append(b.wrap(p.bold, size, strings.Fields(b.summary(s)), " ", area.Dx()-int(size)), b.wrap(p.regular, size, b.ages(s), "   ", area.Dx()-int(size))...)
	}
	line := int(size * 1.5)
	below := 0
	if len(foot) > 0 {
		below = line*len(foot) + int(size)
	}
	b.img = image.NewRGBA(image.Rect(0, 0, area.Dx(), area.Dy()+below))
	draw.Draw(b.img, b.img.Bounds(), image.NewUniform(colourBack), image.Point{}, draw.Src)
	for i := range s.screens {
		at := s.bounds.on(s.screens[i].screen, s.scale)
		if s.view.screen != 0 {
			at = area
		}
		b.screen(&s.screens[i], at, s)
	}
	for i, text := range foot {
		f := p.regular
		if i == 0 {
			f = p.bold
		}
		b.text(f, size, text, int(size/2), area.Dy()+int(size/2)+line*i+int(size), colourText)
	}
	return b.img
}

// brush draws one picture.
type brush struct {
	*painter
	words
	img   *image.RGBA
	faces map[face]font.Face
}

type face struct {
	font *opentype.Font
	size float64
}

// screen draws what one screen showed, or that it is missing.
func (b *brush) screen(x *shown, at image.Rectangle, s *shot) {
	now, generation := s.at, s.of.On.Generation
	if !x.missing() {
		img, err := x.picture.image()
		if err == nil {
			lay(b.img, at, img)
			if text := b.doubt(x.picture, generation, now); text != "" && !s.raw() {
				b.plate(text, max(float64(at.Dy())/16, 11), at.Min.X, at.Max.Y)
			}
			return
		}
		x.picture, x.why = picture{}, reason{kind: broken, node: x.screen.Node}
	}
	draw.Draw(b.img, at, image.NewUniform(colourPanel), image.Point{}, draw.Src)
	if len(x.old.data) > 0 {
		if img, err := x.old.image(); err == nil {
			lay(b.img, at, img)
			b.fade(at)
		}
	}
	b.hatch(at)
	b.statement(x, at, now)
}

// lay draws a picture into the rectangle, pixel by pixel where it has its size.
func lay(into *image.RGBA, at image.Rectangle, img image.Image) {
	if img.Bounds().Size() == at.Size() {
		draw.Draw(into, at, img, img.Bounds().Min, draw.Src)
		return
	}
	draw.ApproxBiLinear.Scale(into, at, img, img.Bounds(), draw.Src, nil)
}

// hatch draws the sign of what is not known.
func (b *brush) hatch(at image.Rectangle) {
	step := max(at.Dy()/12, 8)
	thick := max(step/8, 1)
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			if (x-at.Min.X+y-at.Min.Y)%step < thick {
				b.img.SetRGBA(x, y, colourHatch)
			}
		}
	}
}

// fade takes the colours and most of the light out of an old picture, so that
// nobody takes it for what is there now.
func (b *brush) fade(at image.Rectangle) {
	at = at.Intersect(b.img.Bounds())
	for y := at.Min.Y; y < at.Max.Y; y++ {
		row := b.img.Pix[b.img.PixOffset(at.Min.X, y):b.img.PixOffset(at.Max.X, y)]
		for i := 0; i+3 < len(row); i += 4 {
			grey := (299*int(row[i]) + 587*int(row[i+1]) + 114*int(row[i+2])) / 1000
			dim := uint8(grey*3/10 + 12)
			row[i], row[i+1], row[i+2] = dim, dim, dim
		}
	}
}

// statement writes which screen is missing, why, and how old the newest picture is.
func (b *brush) statement(x *shown, at image.Rectangle, now world.Time) {
	size := max(min(float64(at.Dy())/12, float64(at.Dx())/18), 9)
	room := at.Dx() - int(2*size)
	y := at.Min.Y + at.Dy()/2 - int(size*1.2)
	b.centred(b.bold, 1.6*size, b.words.screen(x.screen.ID), at, y-int(size), colourText)
	text := b.words.missing()
	half := b.width(b.bold, size, text)/2 + int(size/2)
	mid := at.Min.X + at.Dx()/2
	plate := image.Rect(mid-half, y, mid+half, y+int(1.6*size)).Intersect(at)
	draw.Draw(b.img, plate, image.NewUniform(colourPlate), image.Point{}, draw.Src)
	b.centred(b.bold, size, text, at, y+int(1.15*size), colourInk)
	y += int(3.2 * size)
	lines := append(b.wrap(b.regular, size, strings.Fields(b.why(x.why)), " ", room), b.wrap(b.regular, size, strings.Fields(b.last(x.old, now)), " ", room)...)
	for _, line := range lines {
		if y > at.Max.Y-int(size/3) {
			break
		}
		b.centred(b.regular, size, line, at, y, colourMore)
		y += int(1.5 * size)
	}
}

// plate writes a text on a plate whose lower left corner is given.
func (b *brush) plate(text string, size float64, x, y int) {
	r := image.Rect(x, y-int(1.6*size), x+b.width(b.bold, size, text)+int(size), y)
	draw.Draw(b.img, r, image.NewUniform(colourPlate), image.Point{}, draw.Src)
	b.text(b.bold, size, text, x+int(size/2), y-int(0.45*size), colourInk)
}

func (b *brush) face(f *opentype.Font, size float64) font.Face {
	k := face{f, size}
	if b.faces[k] == nil {
		// It fails for no size and resolution above zero.
		b.faces[k], _ = opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	}
	return b.faces[k]
}

func (b *brush) width(f *opentype.Font, size float64, text string) int {
	return font.MeasureString(b.face(f, size), text).Ceil()
}

func (b *brush) text(f *opentype.Font, size float64, text string, x, y int, c color.RGBA) {
	d := font.Drawer{Dst: b.img, Src: image.NewUniform(c), Face: b.face(f, size), Dot: fixed.P(x, y)}
	d.DrawString(text)
}

// centred writes a text in the middle of a rectangle, not beyond its sides.
func (b *brush) centred(f *opentype.Font, size float64, text string, at image.Rectangle, y int, c color.RGBA) {
	w := b.width(f, size, text)
	if w > at.Dx() {
		size *= float64(at.Dx()) / float64(w)
		w = b.width(f, size, text)
	}
	b.text(f, size, text, at.Min.X+(at.Dx()-w)/2, y, c)
}

// wrap puts the pieces one after the other, a gap between them, into lines of at
// most the width.
func (b *brush) wrap(f *opentype.Font, size float64, pieces []string, gap string, width int) []string {
	var out []string
	for _, piece := range pieces {
		if n := len(out); n > 0 && b.width(f, size, out[n-1]+gap+piece) <= width {
			out[n-1] += gap + piece
			continue
		}
		out = append(out, piece)
	}
	return out
}
