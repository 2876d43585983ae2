package paint

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"strings"

	"github.com/srwiley/rasterx"
	"golang.org/x/image/math/fixed"

	"iocwall/ui/look"
)

// Kit is what every painter needs: fonts, icons and the theme. It is shared
// and not changed after it is made.
type Kit struct {
	Fonts *Fonts
	Icons *Icons
	Theme look.Theme
}

// Mark says what text a painter put where; tests read it.
type Mark struct {
	// Text is what was drawn, after shortening; Size is in px.
	Text string
	Size float64
	// Row is the line box, Ink the box of the pixels drawn.
	Row, Ink image.Rectangle
	// Cut is true where the text was ended by an ellipsis.
	Cut bool
	// Bounds is the picture drawn into.
	Bounds image.Rectangle
}

// Canvas paints into one picture. It belongs to one goroutine.
type Canvas struct {
	// Img is the picture; its origin is (0,0) and its stride 4×width.
	Img *image.RGBA
	Kit *Kit
	// Trace, when set, is told of every text drawn.
	Trace func(Mark)
}

// New returns a canvas of w×h px filled with a colour. A size below 1 becomes 1.
func New(kit *Kit, w, h int, fill color.RGBA) *Canvas {
	c := &Canvas{Img: image.NewRGBA(image.Rect(0, 0, max(w, 1), max(h, 1))), Kit: kit}
	if fill.A != 0 {
		c.Fill(c.Img.Rect, fill)
	}
	return c
}

// Fill paints a rectangle flat.
func (c *Canvas) Fill(r image.Rectangle, col color.RGBA) {
	draw.Draw(c.Img, r.Intersect(c.Img.Rect), image.NewUniform(col), image.Point{}, draw.Src)
}

// Frame paints the inside edge of a rectangle, w px wide.
func (c *Canvas) Frame(r image.Rectangle, w int, col color.RGBA) {
	c.Fill(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+w), col)
	c.Fill(image.Rect(r.Min.X, r.Max.Y-w, r.Max.X, r.Max.Y), col)
	c.Fill(image.Rect(r.Min.X, r.Min.Y, r.Min.X+w, r.Max.Y), col)
	c.Fill(image.Rect(r.Max.X-w, r.Min.Y, r.Max.X, r.Max.Y), col)
}

// Text draws one line in a row of height h that starts at (x, top) and returns
// its advance in px.
func (c *Canvas) Text(x, top, h float64, s string, size float64, bold bool, col color.RGBA) float64 {
	return c.text(x, top, h, s, size, bold, col, false)
}

func (c *Canvas) text(x, top, h float64, s string, size float64, bold bool, col color.RGBA, cut bool) float64 {
	if s == "" {
		return 0
	}
	w, ink := c.Kit.Fonts.draw(c.Img, c.Img.Rect, x, Baseline(top, h, size), s, key(bold, size), col)
	if c.Trace != nil {
		row := image.Rect(int(x), int(top), int(math.Ceil(x+w)), int(math.Ceil(top+h)))
		c.Trace(Mark{Text: s, Size: size, Row: row, Ink: ink, Cut: cut || strings.HasSuffix(s, ellipsis), Bounds: c.Img.Rect})
	}
	return w
}

// Icon draws an icon px wide with its top left corner at x, y. Mark is the
// colour inside a filled shape; the tile colour shows through holes.
func (c *Canvas) Icon(x, y, px int, name string, ink, mark color.RGBA) {
	if img := c.Kit.Icons.Image(name, px, ink, mark, c.Kit.Theme.S1); img != nil {
		overlay(c.Img, c.Img.Rect, image.Pt(x, y), img)
	}
}

func (c *Canvas) dasher() (*rasterx.Dasher, *rasterx.ScannerGV) {
	b := c.Img.Rect
	s := rasterx.NewScannerGV(b.Dx(), b.Dy(), c.Img, b)
	return rasterx.NewDasher(b.Dx(), b.Dy(), s), s
}

func fx(v float64) fixed.Int26_6 { return fixed.Int26_6(math.Round(v * 64)) }

// Round fills a rectangle with rounded corners.
func (c *Canvas) Round(r image.Rectangle, radius float64, col color.RGBA) {
	sub := c.sub(r)
	d, s := sub.dasher()
	s.SetColor(col)
	f := &d.Filler
	rasterx.AddRoundRect(0, 0, float64(r.Dx()), float64(r.Dy()), radius, radius, 0, rasterx.RoundGap, f)
	f.Draw()
	c.blend(r.Min, sub)
}

// RoundLine draws the inside edge of a rounded rectangle w px wide, dashed
// when dash is given (on, off in px).
func (c *Canvas) RoundLine(r image.Rectangle, radius, w float64, col color.RGBA, dash ...float64) {
	sub := c.sub(r)
	d, s := sub.dasher()
	s.SetColor(col)
	d.SetStroke(fx(w), 0, rasterx.ButtCap, nil, nil, rasterx.Miter, dash, 0)
	h := w / 2
	if radius <= h {
		rasterx.AddRect(h, h, float64(r.Dx())-h, float64(r.Dy())-h, 0, d)
	} else {
		rasterx.AddRoundRect(h, h, float64(r.Dx())-h, float64(r.Dy())-h, radius-h, radius-h, 0, rasterx.RoundGap, d)
	}
	d.Draw()
	c.blend(r.Min, sub)
}

// Line draws a polyline w px wide with round ends and joins.
func (c *Canvas) Line(pts []Point, w float64, col color.RGBA, dash ...float64) {
	if len(pts) < 2 {
		return
	}
	d, s := c.dasher()
	s.SetColor(col)
	d.SetStroke(fx(w), fx(4), rasterx.RoundCap, nil, rasterx.RoundGap, rasterx.Round, dash, 0)
	d.Start(rasterx.ToFixedP(pts[0].X, pts[0].Y))
	for _, p := range pts[1:] {
		d.Line(rasterx.ToFixedP(p.X, p.Y))
	}
	d.Stop(false)
	d.Draw()
}

// Dot fills a circle.
func (c *Canvas) Dot(x, y, r float64, col color.RGBA) {
	d, s := c.dasher()
	s.SetColor(col)
	rasterx.AddCircle(x, y, r, &d.Filler)
	d.Filler.Draw()
}

// Hatch fills a rectangle with diagonal lines on a ground and an edge: the
// sign of a residue. All widths are px.
func (c *Canvas) Hatch(r image.Rectangle, line, gap, edge int, col, ground color.RGBA) {
	c.Fill(r, ground)
	vis := r.Intersect(c.Img.Rect)
	period := line + gap
	for y := vis.Min.Y; y < vis.Max.Y; y++ {
		for x := vis.Min.X; x < vis.Max.X; x++ {
			if (x-r.Min.X+y-r.Min.Y)%period < line {
				c.Img.SetRGBA(x, y, col)
			}
		}
	}
	c.Frame(r, edge, col)
}

// Stripes paints the inside edge of a rectangle, w px wide, in slanting stripes
// of two colours, each period/2 px long: a frame that no other state has.
func (c *Canvas) Stripes(r image.Rectangle, w, period int, a, b color.RGBA) {
	r = r.Intersect(c.Img.Rect)
	band := func(s image.Rectangle) {
		for y := s.Min.Y; y < s.Max.Y; y++ {
			for x := s.Min.X; x < s.Max.X; x++ {
				col := a
				if (x+y)%period >= period/2 {
					col = b
				}
				c.Img.SetRGBA(x, y, col)
			}
		}
	}
	band(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+w))
	band(image.Rect(r.Min.X, r.Max.Y-w, r.Max.X, r.Max.Y))
	band(image.Rect(r.Min.X, r.Min.Y+w, r.Min.X+w, r.Max.Y-w))
	band(image.Rect(r.Max.X-w, r.Min.Y+w, r.Max.X, r.Max.Y-w))
}

// Point is a place in px.
type Point struct{ X, Y float64 }

// sub returns an empty canvas of r's size: small shapes rasterised there cost
// their own area, not the whole picture's.
func (c *Canvas) sub(r image.Rectangle) *Canvas {
	return New(c.Kit, r.Dx(), r.Dy(), color.RGBA{})
}

func (c *Canvas) blend(at image.Point, sub *Canvas) { overlay(c.Img, c.Img.Rect, at, sub.Img) }

// Picture copies a picture over the canvas at a place.
func (c *Canvas) Picture(at image.Point, src *image.RGBA) { overlay(c.Img, c.Img.Rect, at, src) }

// Dim returns a new picture without chroma at 55 % of its luma: a picture that
// must not be taken for a live one. Luma weights are those of BT.601.
func Dim(src *image.RGBA) *image.RGBA {
	b := src.Rect
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := 0; y < b.Dy(); y++ {
		in := src.Pix[y*src.Stride : y*src.Stride+4*b.Dx()]
		to := out.Pix[y*out.Stride : y*out.Stride+4*b.Dx()]
		for i := 0; i < len(in); i += 4 {
			l := (uint32(in[i])*299 + uint32(in[i+1])*587 + uint32(in[i+2])*114) * 55 / 100000
			to[i], to[i+1], to[i+2], to[i+3] = uint8(l), uint8(l), uint8(l), 0xFF
		}
	}
	return out
}
