package setup

import (
	"image"
	"math"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/field"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// Measures of the design at text scale 1, in Fyne units.
const (
	pad, gap           = 16, 16
	head               = 48
	body, small, large = 16, 14, 20
	control            = 40
)

// kit is what everything on the page shares.
type kit struct {
	p   *Page
	env *tile.Env
}

// k is how many device pixels a unit of the design has.
func (k kit) k() float64 { return k.env.Scale.Text / body }

// px converts a unit of the design into device pixels.
func (k kit) px(v float64) int { return int(math.Round(v * k.k())) }

// u converts a unit of the design into Fyne units.
func (k kit) u(v float64) float32 { return float32(v*k.k()) / k.density() }

func (k kit) density() float32 {
	if k.env.Density <= 0 {
		return 1
	}
	return k.env.Density
}

// t is a text of the catalogue.
func (k kit) t(key string, pairs ...string) string { return k.env.Lang.T(key, pairs...) }

// whole is a number in the person's language.
func (k kit) whole(n int) string { return k.env.Lang.Int(int64(n)) }

// mm writes a length.
func (k kit) mm(v float64) string { return k.env.Lang.Number(v, 1) }

// put places an object; nothing is smaller than one unit.
func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(max(w, 1), max(h, 1)))
}

// placed is a container that a function lays out.
type placed struct{ lay func(fyne.Size) }

// Layout is for Fyne.
func (l placed) Layout(_ []fyne.CanvasObject, s fyne.Size) { l.lay(s) }

// MinSize is for Fyne: the page takes what it is given.
func (l placed) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

func arrange(lay func(fyne.Size), objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(placed{lay}, objects...)
}

// frame is a pane with a title, a remark and what is in it.
type frame struct {
	k       kit
	box     *fyne.Container
	ground  *canvas.Rectangle
	top     *tile.Pane
	title   string
	remark  string
	content fyne.CanvasObject
}

func newFrame(k kit, content fyne.CanvasObject) *frame {
	f := &frame{k: k, content: content, ground: canvas.NewRectangle(k.env.Kit.Theme.S1)}
	f.top = tile.NewPane(k.env, "setup", k.env.Kit.Theme.S1, f.paint)
	f.box = arrange(f.lay, f.ground, f.top.Raster, content)
	return f
}

func (f *frame) lay(s fyne.Size) {
	h := f.k.u(head)
	put(f.ground, 0, 0, s.Width, s.Height)
	put(f.top.Raster, 0, 0, s.Width, h)
	put(f.content, 0, h, s.Width, s.Height-h)
}

// say sets the words of the title.
func (f *frame) say(title, remark string) {
	if f.title != title || f.remark != remark {
		f.title, f.remark = title, remark
		f.top.Touch()
	}
}

func (f *frame) paint(c *paint.Canvas) {
	k, th, fonts := f.k, f.k.env.Kit.Theme, f.k.env.Kit.Fonts
	b := c.Img.Rect
	h := float64(b.Dy())
	x := float64(k.px(pad))
	room := float64(b.Dx()) - 2*x
	title := fonts.Fit(room, float64(k.px(body)), true, f.title)
	w := c.Text(x, 0, h, title, float64(k.px(body)), true, th.T1)
	remark := fonts.Fit(room-w-x, float64(k.px(small)), false, f.remark)
	c.Text(float64(b.Dx())-x-fonts.Width(remark, false, float64(k.px(small))), 0, h, remark, float64(k.px(small)), false, th.T2)
	c.Fill(image.Rect(0, b.Dy()-1, b.Dx(), b.Dy()), th.Line1)
}

// button is a button with its key printed on it; after a press the keyboard goes back
// to the page, so that single letters act.
func (k kit) button(text, key string, do func()) *widget.Button {
	if key != "" {
		text += "  " + key
	}
	return widget.NewButton(text, func() {
		do()
		k.p.unfocus()
	})
}

// primary is the one button of a pane that stands out.
func (k kit) primary(text, key string, do func()) *widget.Button {
	b := k.button(text, key, do)
	b.Importance = widget.HighImportance
	return b
}

// field is a field with a label.
func (k kit) field(kind field.Kind, label string, enter func()) *field.Field {
	return field.New(field.Options{Kind: kind, Lang: k.env.Lang, Memory: k.p.desk.Memory(), Label: label, Enter: enter, Plain: kind != field.Text && kind != field.Lines})
}

// number writes a number as a field takes it.
func (k kit) number(v float64) string {
	decimals := 0
	if v != math.Trunc(v) {
		decimals = 1
	}
	return k.env.Lang.Number(v, decimals)
}

// row lays buttons out beside each other from the left, in as many lines as they need,
// and returns the height used.
func (k kit) row(x, y, w float32, buttons ...fyne.CanvasObject) float32 {
	high, space := k.u(control), k.u(8)
	at, line := x, y
	for _, b := range buttons {
		if !b.Visible() {
			continue
		}
		need := min(b.MinSize().Width, w)
		if at > x && at+need > x+w {
			at, line = x, line+high+space
		}
		put(b, at, line, need, high)
		at += need + space
	}
	return line + high - y
}

// stack lays fields out in columns and returns the height used.
func (k kit) stack(x, y, w float32, columns int, fields ...fyne.CanvasObject) float32 {
	space := k.u(12)
	each := (w - space*float32(columns-1)) / float32(columns)
	at := y
	for i := 0; i < len(fields); i += columns {
		high := float32(0)
		for j := i; j < min(i+columns, len(fields)); j++ {
			high = max(high, fields[j].MinSize().Height)
		}
		for j := i; j < min(i+columns, len(fields)); j++ {
			put(fields[j], x+float32(j-i)*(each+space), at, each, high)
		}
		at += high + k.u(8)
	}
	return at - y
}

// numeral writes a value of the server's as people of the language write it.
func (k kit) numeral(v string) string {
	if n, err := strconv.ParseInt(v, 10, 64); err == nil {
		return k.env.Lang.Int(n)
	}
	return v
}
