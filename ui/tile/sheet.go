package tile

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2/canvas"

	"iocwall/ui/paint"
)

// Sheet is a tile of one picture: what kinds in packages of their own are made of.
type Sheet struct {
	box
	body *Pane
	kind string
	name func() string
}

// NewSheet returns a tile that is filled with ground and then painted by draw.
// Name says what it is about.
func NewSheet(env *Env, kind string, ground color.RGBA, name func() string, draw func(c *paint.Canvas)) *Sheet {
	t := &Sheet{kind: kind, name: name}
	t.env = env
	t.body = NewPane(env, kind, ground, draw)
	t.fill(t.body)
	t.ExtendBaseWidget(t)
	return t
}

// Kind returns the kind it was made as.
func (t *Sheet) Kind() string { return t.kind }

// Name says what the tile is about.
func (t *Sheet) Name() string { return t.name() }

// Raster is what the tile's window shows.
func (t *Sheet) Raster() *canvas.Raster { return t.body.Raster }

// Touch asks for the tile to be painted anew.
func (t *Sheet) Touch() { t.body.Touch() }

// Pixels is the tile's size in device pixels.
func (t *Sheet) Pixels() image.Point {
	d, s := t.env.density(), t.Size()
	return image.Pt(int(math.Round(float64(s.Width*d))), int(math.Round(float64(s.Height*d))))
}
