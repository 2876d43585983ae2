// Package kit is what the parts of the technician's page are made of: panes with a
// title, lists of things with a button each, facts, fields, and the report that the
// server gives of itself.
package kit

import (
	"image"
	"image/color"
	"math"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/field"
	"iocwall/ui/page"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// Measures of the design at text scale 1, in Fyne units.
const (
	Pad, Gap           = 16, 16
	Head               = 48
	Body, Small, Large = 16, 14, 20
	Control            = 40
)

// Host is the page as its parts know it. All of it is called on the toolkit's
// goroutine.
type Host interface {
	// Desk is the console.
	Desk() page.Desk
	// Now is when the page was last brought in line.
	Now() time.Time
	// Go opens a part and a thing in it ("cameras/cau") and reports whether it could.
	Go(link string) bool
	// Focus gives the keyboard to something.
	Focus(f fyne.Focusable)
	// Unfocus gives the keyboard back to the page.
	Unfocus()
	// Key takes a key that a widget did not want.
	Key(e *fyne.KeyEvent) bool
	// Rune takes a letter that a widget did not want.
	Rune(r rune) bool
	// May reports whether the person has a right, and says so where not.
	May(right string) bool
	// Soon has the server asked again what is wrong.
	Soon()
	// Report is what the server said of itself last.
	Report() Report
	// Changed tells that a draft changed.
	Changed()
}

// Kit is what all parts of the page share: sizes, words, buttons.
type Kit struct {
	Host Host
	Env  *tile.Env
}

// k is how many device pixels a unit of the design has.
func (k Kit) scale() float64 { return k.Env.Scale.Text / Body }

// Px converts a unit of the design into device pixels.
func (k Kit) Px(v float64) int { return int(math.Round(v * k.scale())) }

// U converts a unit of the design into Fyne units.
func (k Kit) U(v float64) float32 { return float32(v*k.scale()) / k.Density() }

// Density is device pixels per Fyne unit.
func (k Kit) Density() float32 {
	if k.Env.Density <= 0 {
		return 1
	}
	return k.Env.Density
}

// T is a text of the catalogue.
func (k Kit) T(key string, pairs ...string) string { return k.Env.Lang.T(key, pairs...) }

// Whole is a number in the person's language.
func (k Kit) Whole(n int) string { return k.Env.Lang.Int(int64(n)) }

// MM writes a length.
func (k Kit) MM(v float64) string { return k.Env.Lang.Number(v, 1) }

// Select lets one of several words be chosen.
func (k Kit) Select(words []string, changed func(string)) *widget.Select {
	s := widget.NewSelect(words, changed)
	s.PlaceHolder = k.T("setup.field.choose")
	return s
}

// Put places an object; nothing is smaller than one unit.
func Put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(max(w, 1), max(h, 1)))
}

// placed is a layout that a function lays out.
type placed struct{ lay func(fyne.Size) }

// Layout is for Fyne.
func (l placed) Layout(_ []fyne.CanvasObject, s fyne.Size) { l.lay(s) }

// MinSize is for Fyne: the page takes what it is given.
func (l placed) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

// Arrange is a container that lay places the objects of.
func Arrange(lay func(fyne.Size), objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(placed{lay}, objects...)
}

// Frame is a pane with a title, a remark and what is in it.
type Frame struct {
	k Kit
	// Box is what the page shows of it.
	Box     *fyne.Container
	ground  *canvas.Rectangle
	top     *tile.Pane
	title   string
	remark  string
	content fyne.CanvasObject
}

// NewFrame returns a pane with something in it.
func NewFrame(k Kit, content fyne.CanvasObject) *Frame {
	f := &Frame{k: k, content: content, ground: canvas.NewRectangle(k.Env.Kit.Theme.S1)}
	f.top = tile.NewPane(k.Env, "setup", k.Env.Kit.Theme.S1, f.paint)
	f.Box = Arrange(f.lay, f.ground, f.top.Raster, content)
	return f
}

// Bare leaves out the ground below what is in the pane, for what covers it: without a GPU
// what is filled twice costs twice. It returns the pane.
func (f *Frame) Bare() *Frame {
	f.ground.Hide()
	return f
}

func (f *Frame) lay(s fyne.Size) {
	h := f.k.U(Head)
	Put(f.ground, 0, 0, s.Width, s.Height)
	Put(f.top.Raster, 0, 0, s.Width, h)
	Put(f.content, 0, h, s.Width, s.Height-h)
}

// Say sets the words of the title.
func (f *Frame) Say(title, remark string) {
	if f.title != title || f.remark != remark {
		f.title, f.remark = title, remark
		f.top.Touch()
	}
}

// Words are the title and the remark.
func (f *Frame) Words() (title, remark string) { return f.title, f.remark }

func (f *Frame) paint(c *paint.Canvas) {
	k, th, fonts := f.k, f.k.Env.Kit.Theme, f.k.Env.Kit.Fonts
	b := c.Img.Rect
	h := float64(b.Dy())
	x := float64(k.Px(Pad))
	room := float64(b.Dx()) - 2*x
	title := fonts.Fit(room, float64(k.Px(Body)), true, f.title)
	w := c.Text(x, 0, h, title, float64(k.Px(Body)), true, th.T1)
	remark := fonts.Fit(room-w-x, float64(k.Px(Small)), false, f.remark)
	c.Text(float64(b.Dx())-x-fonts.Width(remark, false, float64(k.Px(Small))), 0, h, remark, float64(k.Px(Small)), false, th.T2)
	c.Fill(image.Rect(0, b.Dy()-1, b.Dx(), b.Dy()), th.Line1)
}

// Button is a button with its key printed on it; with a press the keyboard goes back to
// the page, so that single letters act, or to where do puts it.
func (k Kit) Button(text, key string, do func()) *widget.Button {
	if key != "" {
		text += "  " + key
	}
	return widget.NewButton(text, func() {
		k.Host.Unfocus()
		do()
	})
}

// Primary is the one button of a pane that stands out.
func (k Kit) Primary(text, key string, do func()) *widget.Button {
	b := k.Button(text, key, do)
	b.Importance = widget.HighImportance
	return b
}

// Field is a field with a label and, while it is empty, an example of what belongs in it.
func (k Kit) Field(kind field.Kind, label, example string, changed func(string), enter func()) *field.Field {
	o := field.Options{Kind: kind, Lang: k.Env.Lang, Memory: k.Host.Desk().Memory(), Label: label, Changed: changed, Enter: enter, Plain: kind != field.Text && kind != field.Lines}
	if example != "" {
		o.Hint = k.T("setup.example", "text", example)
	}
	return field.New(o)
}

// Edged gives a choice the edge of a control: its ground alone is that of the pane.
func (k Kit) Edged(s *widget.Select) *fyne.Container {
	edge := canvas.NewRectangle(color.Transparent)
	edge.StrokeColor, edge.StrokeWidth, edge.CornerRadius = k.Env.Kit.Theme.Line2, k.U(1), k.U(6)
	return container.NewStack(s, edge)
}

// Number writes a number as a field takes it.
func (k Kit) Number(v float64) string {
	decimals := 0
	if v != math.Trunc(v) {
		decimals = 1
	}
	return k.Env.Lang.Number(v, decimals)
}

// Row lays buttons out beside each other from the left, in as many lines as they need,
// and returns the height used.
func (k Kit) Row(x, y, w float32, buttons ...fyne.CanvasObject) float32 {
	high, space := k.U(Control), k.U(8)
	at, line := x, y
	for _, b := range buttons {
		if !b.Visible() {
			continue
		}
		need := min(b.MinSize().Width, w)
		if at > x && at+need > x+w {
			at, line = x, line+high+space
		}
		Put(b, at, line, need, high)
		at += need + space
	}
	return line + high - y
}

// Stack lays fields out in columns and returns the height used.
func (k Kit) Stack(x, y, w float32, columns int, fields ...fyne.CanvasObject) float32 {
	space := k.U(12)
	each := (w - space*float32(columns-1)) / float32(columns)
	at := y
	for i := 0; i < len(fields); i += columns {
		high := float32(0)
		for j := i; j < min(i+columns, len(fields)); j++ {
			high = max(high, fields[j].MinSize().Height)
		}
		for j := i; j < min(i+columns, len(fields)); j++ {
			Put(fields[j], x+float32(j-i)*(each+space), at, each, high)
		}
		at += high + k.U(8)
	}
	return at - y
}

// Numeral writes a value of the server's as people of the language write it.
func (k Kit) Numeral(v string) string {
	if n, err := strconv.ParseInt(v, 10, 64); err == nil {
		return k.Env.Lang.Int(n)
	}
	return v
}
