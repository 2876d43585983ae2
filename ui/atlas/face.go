package atlas

import (
	"image"
	"image/color"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"iocwall/ui/atlas/sheet"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// Sizes in Fyne units.
const (
	paneWide, paneNarrow = 400, 360
	tabHigh, titleHigh   = 44, 48
	footHigh             = 28
	searchWide           = 400
	gap                  = 8
)

// face is what a window shows of an Atlas: the map with the search field, plates
// and hints over it, the strip under it, the pane beside it.
type face struct {
	a    *Atlas
	root *fyne.Container
	hand *hand

	foot, head, plates, hint *tile.Pane
	tabs                     *tabs
	ring                     *canvas.Circle
	cross                    [2]*canvas.Line
	pane                     *canvas.Rectangle
	edge                     *canvas.Rectangle

	search  *sheet.Entry
	results *sheet.Sheet
	body    *sheet.Sheet
	form    *sheet.Form

	size   fyne.Size
	second time.Time
	panel  sheet.Panel
	said   faceWords
	sign   *canvas.Raster // machine-readable, for tests; nil without
	signed string
}

// faceWords are what the small panes show: they are painted when it changes.
type faceWords struct{ foot, head, plates, hint string }

func newFace(a *Atlas) *face {
	f := &face{a: a}
	th := a.h.Kit.Theme
	env := a.env
	f.hand = newHand(a)
	f.foot = tile.NewPane(env, "atlas-foot", th.S2, f.paintFoot)
	f.head = tile.NewPane(env, "atlas-head", th.S1, f.paintHead)
	f.plates = tile.NewPane(env, "atlas-plates", color.RGBA{}, f.paintPlates)
	f.hint = tile.NewPane(env, "atlas-hint", color.RGBA{}, f.paintHint)
	f.hint.Hide()
	f.tabs = newTabs(f)
	f.ring = canvas.NewCircle(color.Transparent)
	f.ring.StrokeColor, f.ring.StrokeWidth = th.Focus, 2
	f.ring.Hide()
	for i := range f.cross {
		f.cross[i] = canvas.NewLine(th.Focus)
		f.cross[i].StrokeWidth = 2
		f.cross[i].Hide()
	}
	f.pane, f.edge = canvas.NewRectangle(th.S1), canvas.NewRectangle(th.Line1)
	f.body = sheet.NewSheet(env, th.S1)
	f.results = sheet.NewSheet(env, th.S1)
	f.results.Framed = true
	f.results.Hide()
	for _, s := range []*sheet.Sheet{f.body, f.results} {
		s.Key, s.Rune, s.Cut = func(e *fyne.KeyEvent) { a.Key(e.Name) }, func(r rune) { a.Rune(r) }, func(c fyne.Shortcut) { a.Shortcut(c) }
	}
	f.search = a.searchEntry()
	f.form = sheet.NewForm(a.h.Kit, a.texts, a.entry, a.giveBack)
	a.texts.Filled = f.form.Refill
	f.root = container.New(&faceLayout{f})
	f.compose()
	return f
}

// compose puts everything in order, what covers last.
func (f *face) compose() {
	objects := []fyne.CanvasObject{f.hand, f.cross[0], f.cross[1], f.ring, f.plates.Raster, f.foot.Raster, f.pane, f.head.Raster, f.tabs, f.body}
	objects = append(objects, f.form.Objects()...)
	f.root.Objects = append(objects, f.edge, f.search, f.results, f.hint.Raster)
	if f.sign != nil {
		f.root.Objects = append(f.root.Objects, f.sign)
	}
}

type faceLayout struct{ f *face }

// MinSize is for Fyne: the window decides.
func (l *faceLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(320, 240) }

// Layout is for Fyne.
func (l *faceLayout) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	if s != l.f.size {
		l.f.size = s
		l.f.lay()
		l.f.a.touch()
	}
}

func (f *face) paneWidth() float32 {
	if f.size.Width < 1500 {
		return paneNarrow
	}
	return paneWide
}

// mapSize is the map's size in device pixels, zero before it is laid out.
func (f *face) mapSize() image.Point {
	s := f.hand.Size()
	return image.Pt(f.a.px(s.Width), f.a.px(s.Height))
}

// lay places everything.
func (f *face) lay() {
	w, h, side := f.size.Width, f.size.Height, f.paneWidth()
	left := w - side
	sheet.Put(f.hand, 0, 0, left, h-footHigh)
	sheet.Put(f.foot.Raster, 0, h-footHigh, left, footHigh)
	sheet.Put(f.pane, left, 0, side, h)
	sheet.Put(f.edge, left, 0, 1, h)
	sheet.Put(f.head.Raster, left, 0, side, tabHigh+titleHigh)
	sheet.Put(f.tabs, left, 0, side, tabHigh)
	sheet.Put(f.search, 2*gap, 2*gap, min(searchWide, left-4*gap), sheet.FieldHigh)
	high := min(float32(f.results.Length())/f.a.density(), h-footHigh-sheet.FieldHigh-6*gap)
	sheet.Put(f.results, 2*gap, 3*gap+sheet.FieldHigh, min(searchWide, left-4*gap), high)
	f.results.Place(image.Pt(f.a.px(min(searchWide, left-4*gap)), f.a.px(high)))
	x := float32(searchWide + 4*gap)
	sheet.Put(f.plates.Raster, x, 2*gap, max(1, left-x-2*gap), sheet.FieldHigh)
	below := f.form.Lay(left, h, side)
	top := float32(tabHigh + titleHigh)
	sheet.Put(f.body, left+1, top, side-1, below-top)
	f.body.Place(image.Pt(f.a.px(side-1), f.a.px(below-top)))
	for i, c := range [2][2]fyne.Position{
		{fyne.NewPos(left/2-14, (h-footHigh)/2), fyne.NewPos(left/2+14, (h-footHigh)/2)},
		{fyne.NewPos(left/2, (h-footHigh)/2-14), fyne.NewPos(left/2, (h-footHigh)/2+14)},
	} {
		f.cross[i].Position1, f.cross[i].Position2 = c[0], c[1]
	}
}

// covered are the parts of the map that lie under something, in px.
func (f *face) covered() []image.Rectangle {
	box := func(o fyne.CanvasObject) image.Rectangle {
		p, s := o.Position(), o.Size()
		return image.Rect(f.a.px(p.X), f.a.px(p.Y), f.a.px(p.X+s.Width), f.a.px(p.Y+s.Height))
	}
	out := []image.Rectangle{box(f.search)}
	if f.said.plates != "" {
		out = append(out, box(f.plates.Raster))
	}
	return out
}

// picture shows the map as it is now, moved where the true one is not drawn yet.
func (f *face) picture() {
	canvas.Refresh(f.hand.raster)
	f.mark()
}

// top shows the beginning of the pane.
func (f *face) top() { f.body.Top() }

// reveal scrolls the results to one of them.
func (f *face) reveal(n int) { f.results.Reveal(f.results.Item(n)) }

// focus gives the keyboard to a field.
func (f *face) focus(name string) {
	e := f.search
	if name != fieldSearch {
		f.refresh(f.a.h.Now())
		e = f.form.Entry(name)
	}
	if e == nil || fyne.CurrentApp() == nil {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(e); c != nil {
		c.Focus(e)
		e.Input.TypedShortcut(&fyne.ShortcutSelectAll{}) // the next letter begins anew
	}
}

// focusList gives the keyboard to the pane's list.
func (f *face) focusList() {
	if fyne.CurrentApp() == nil {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(f.body); c != nil {
		c.Focus(f.body)
	}
}

// refresh repaints what changed.
func (f *face) refresh(now time.Time) {
	a := f.a
	second := now.Truncate(time.Second)
	if a.dirtyWords || second != f.second {
		a.dirtyWords, f.second = false, second
		f.panel = a.panel()
		f.body.Set(f.panel.Rows)
		relay := f.form.Set(f.panel)
		f.searched()
		if relay {
			f.compose()
			f.lay()
			f.root.Refresh()
		}
	}
	f.mark()
	f.signature()
	is := faceWords{
		foot:   strings.Join(f.footWords(), "\x00"),
		head:   strings.Join([]string{f.panel.Title, f.panel.Remark, string(rune('0' + a.page))}, "\x00"),
		plates: plateSign(f.plateWords(now)),
		hint:   strings.Join(f.hintWords(), "\x00"),
	}
	for _, c := range []struct {
		was, is string
		pane    *tile.Pane
	}{{f.said.foot, is.foot, f.foot}, {f.said.head, is.head, f.head}, {f.said.plates, is.plates, f.plates}} {
		if c.was != c.is {
			c.pane.Touch()
		}
	}
	if f.said.hint != is.hint {
		f.said.hint = is.hint
		f.layHint()
	}
	f.said = is
}

// searched shows the results under the field.
func (f *face) searched() {
	f.a.find.Renew()
	rows := f.a.find.Rows(f.a.take)
	f.results.Set(rows)
	if show := len(rows) > 0; show != f.results.Visible() {
		if show {
			f.results.Show()
		} else {
			f.results.Hide()
		}
	}
	high := min(float32(f.results.Length())/f.a.density(), f.size.Height-footHigh-sheet.FieldHigh-6*gap)
	if s := f.results.Size(); s.Height != high && len(rows) > 0 {
		sheet.Put(f.results, 2*gap, 3*gap+sheet.FieldHigh, s.Width, high)
		f.results.Place(image.Pt(f.a.px(s.Width), f.a.px(high)))
	}
}

// mark puts the ring on the symbol that the keyboard is on and the cross in the
// middle while the keyboard draws.
func (f *face) mark() {
	a := f.a
	shown := a.cursor >= 0 && a.cursor < len(a.stops) && a.shown != nil
	if shown {
		p := a.stops[a.cursor].At
		x, y := a.view.Pixel(a.shown.View.Point(float64(p.X), float64(p.Y)))
		const r = 16
		sheet.Put(f.ring, float32(x)/a.density()-r, float32(y)/a.density()-r, 2*r, 2*r)
	}
	show(f.ring, shown)
	drawing := a.edit.Drawing() && !a.over
	for _, c := range f.cross {
		show(c, drawing)
	}
}

// signature puts a machine-readable mark of what is chosen on the map's lower left
// corner: "atlas:" and the kind of thing, "place" for a position, "list" for
// several.
func (f *face) signature() {
	a := f.a
	if !a.env.Markers {
		return
	}
	id := "atlas:" + a.one.Kind()
	switch {
	case a.pin != nil && a.one == "":
		id = "atlas:place"
	case a.one == "" && len(a.chosen) > 0:
		id = "atlas:list"
	}
	if id == f.signed {
		return
	}
	f.signed = id
	img := paint.Marker(paint.MarkerOf(id))
	w, h := float32(img.Rect.Dx())/a.density(), float32(img.Rect.Dy())/a.density()
	f.sign = canvas.NewRasterFromImage(img)
	f.sign.ScaleMode = canvas.ImageScalePixels
	sheet.Put(f.sign, 0, f.size.Height-footHigh-h, w, h)
	f.compose()
	f.root.Refresh()
}

func show(o fyne.CanvasObject, on bool) {
	if on == o.Visible() {
		return
	}
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}

// Words are all that stands in the pane, line by line, for tests and for reading
// aloud.
func (a *Atlas) Words() string {
	p := a.face.panel
	out := []string{p.Title, p.Remark}
	for _, r := range p.Rows {
		out = append(out, strings.TrimSpace(strings.Join([]string{r.Name, r.Text, r.Right, r.Wrong}, " ")))
	}
	return strings.Join(append(out, a.face.form.Words()...), "\n")
}

// Items are the rows that can be chosen, line by line, as Words are all.
func (a *Atlas) Items() string {
	var out []string
	for _, r := range a.face.panel.Rows {
		if r.Kind == sheet.RowItem && r.Do != nil {
			out = append(out, r.Name)
		}
	}
	return strings.Join(out, "\n")
}

// Names are the labels of all that can be pressed in the pane, for tests and for
// reading aloud.
func (a *Atlas) Names() string {
	var out []string
	for _, x := range slices.Concat(a.face.panel.Acts, a.Actions()) {
		out = append(out, x.Label)
	}
	return strings.Join(out, "|")
}
