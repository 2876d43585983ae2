package list

import (
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/tile"
)

// doubleClick is how soon the second of two clicks follows.
const doubleClick = 500 * time.Millisecond

// body is the heads and rows: one picture, and what hands and keys do to it.
type body struct {
	widget.BaseWidget
	l    *List
	pane *tile.Pane
	size image.Point // px
}

// dragging is what the pointer drags.
type dragging struct {
	from  fyne.Position
	row   string // a row's id
	bar   bool   // the scroll bar
	grab  int    // px from the thumb's top
	lives bool
	at    fyne.Position
}

func newBody(l *List) *body {
	b := &body{l: l}
	b.pane = tile.NewPane(l.env, "list", l.env.Kit.Theme.S1, l.paint)
	b.ExtendBaseWidget(b)
	return b
}

// CreateRenderer is for Fyne.
func (b *body) CreateRenderer() fyne.WidgetRenderer { return &bodyRenderer{b} }

// bodyRenderer lets the picture end below the last row: without a GPU what is filled is
// what a repaint costs.
type bodyRenderer struct{ b *body }

func (r *bodyRenderer) Destroy()                     {}
func (r *bodyRenderer) MinSize() fyne.Size           { return fyne.NewSize(1, 1) }
func (r *bodyRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.b.pane.Raster} }
func (r *bodyRenderer) Refresh()                     { canvas.Refresh(r.b.pane.Raster) }
func (r *bodyRenderer) Layout(s fyne.Size) {
	r.b.pane.Raster.Resize(fyne.NewSize(s.Width, min(s.Height, float32(r.b.l.deep())/r.b.l.density())))
}

// fit makes the picture as high as what it shows, and reports whether it was another.
func (b *body) fit() bool {
	was := b.pane.Raster.Size()
	(&bodyRenderer{b}).Layout(b.Size())
	return b.pane.Raster.Size() != was
}

// MinSize is 1×1: the owner decides sizes.
func (b *body) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

// Resize is for Fyne.
func (b *body) Resize(s fyne.Size) {
	b.BaseWidget.Resize(s)
	d := b.l.density()
	b.size = image.Pt(int(s.Width*d+0.5), int(s.Height*d+0.5))
	b.l.place()
}

// point turns a place on the widget into pixels.
func (b *body) point(p fyne.Position) image.Point {
	d := b.l.density()
	return image.Pt(int(p.X*d), int(p.Y*d))
}

func (b *body) focus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(b); c != nil {
		c.Focus(b)
	}
}

// follow finds again what is under the pointer after the rows moved.
func (b *body) follow() {
	if b.l.v.over {
		b.l.hover = b.l.v.under(b.l.v.y)
	}
}

// MouseIn is for Fyne.
func (b *body) MouseIn(e *desktop.MouseEvent) { b.MouseMoved(e) }

// MouseMoved notes the row under the pointer: it stays where it is.
func (b *body) MouseMoved(e *desktop.MouseEvent) {
	l, p := b.l, b.point(e.Position)
	l.v.y = p.Y - l.headHigh()
	l.v.over = l.v.y >= 0 && l.v.under(l.v.y) >= 0
	l.v.moved = true
	row, head := -1, -1
	if l.v.over {
		row = l.v.under(l.v.y)
	} else if p.Y < l.headHigh() {
		head = l.columnAt(p.X)
	}
	if row != l.hover || head != l.head {
		l.hover, l.head = row, head
		l.show()
	}
}

// MouseOut lets the rows go.
func (b *body) MouseOut() {
	l := b.l
	l.v.over, l.hover, l.head = false, -1, -1
	l.settle(true)
	l.show()
}

// Cursor is for Fyne.
func (b *body) Cursor() desktop.Cursor {
	if b.l.head >= 0 && !b.l.o.Columns[b.l.head].NoSort {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// MouseDown chooses at once: a click does not wait for what it may become.
func (b *body) MouseDown(e *desktop.MouseEvent) {
	l, p := b.l, b.point(e.Position)
	l.drag = dragging{from: e.Position}
	if thumb := l.thumb(); p.X >= b.size.X-l.px(barWide) && p.Y >= l.headHigh() && !thumb.Empty() {
		l.drag.bar, l.drag.grab = true, p.Y-thumb.Min.Y
		if p.Y < thumb.Min.Y || p.Y >= thumb.Max.Y {
			l.drag.grab = thumb.Dy() / 2
			l.pull(p.Y)
		}
		return
	}
	if i := l.v.under(p.Y - l.headHigh()); i >= 0 && e.Button == desktop.MouseButtonPrimary {
		l.drag.row = l.v.shown[i].id
		l.pick(i)
	}
}

// MouseUp is for Fyne.
func (b *body) MouseUp(*desktop.MouseEvent) {
	if !b.l.drag.lives {
		b.l.drag.bar = false
	}
}

// Tapped chooses, sorts, or opens with the second of two clicks.
func (b *body) Tapped(e *fyne.PointEvent) {
	l, p := b.l, b.point(e.Position)
	b.focus()
	if b.tapHead(p) || b.tapState(p) {
		return
	}
	if p.X >= b.size.X-l.px(barWide) && !l.thumb().Empty() {
		return
	}
	i := l.v.under(p.Y - l.headHigh())
	if i < 0 {
		return
	}
	l.pick(i)
	now, id := l.host.Now(), l.v.shown[i].id
	if l.clicked == id && now.Sub(l.clickAt) < doubleClick {
		l.clicked = ""
		l.open(i)
		return
	}
	l.clicked, l.clickAt = id, now
}

func (b *body) tapHead(p image.Point) bool {
	l := b.l
	if p.In(l.pill()) {
		l.Welcome()
		return true
	}
	if p.Y >= l.headHigh() {
		return false
	}
	if i := l.columnAt(p.X); i >= 0 {
		l.sortNext(l.o.Columns[i])
	}
	return true
}

func (b *body) tapState(p image.Point) bool {
	if b.l.retry != nil && p.In(b.l.retryBox()) {
		b.l.retry()
		return true
	}
	return false
}

// Scrolled moves the rows.
func (b *body) Scrolled(e *fyne.ScrollEvent) {
	l := b.l
	l.v.scroll(-l.px(float64(e.Scrolled.DY) * 3))
	b.follow()
	l.show()
}

// Dragged moves the bar, or a row towards where it is wanted.
func (b *body) Dragged(e *fyne.DragEvent) {
	l := b.l
	d := &l.drag
	d.at = e.AbsolutePosition
	if d.bar {
		d.lives = true
		l.pull(b.point(e.Position).Y)
		return
	}
	if d.row == "" || l.o.Drag == nil {
		return
	}
	if !d.lives {
		if dx, dy := e.Position.X-d.from.X, e.Position.Y-d.from.Y; dx*dx+dy*dy < 36 {
			return
		}
		if f := l.o.Drag.Begin; f != nil && !f(d.row) {
			d.row = ""
			return
		}
		d.lives = true
	}
	if f := l.o.Drag.Move; f != nil {
		f(d.row, e.AbsolutePosition)
	}
}

// DragEnd drops.
func (b *body) DragEnd() {
	d := b.l.drag
	b.l.drag = dragging{}
	if d.lives && d.row != "" && !d.bar && b.l.o.Drag.Drop != nil {
		b.l.o.Drag.Drop(d.row, d.at)
	}
}

// pull puts the thumb of the scroll bar under the pointer.
func (l *List) pull(y int) {
	t := l.thumb()
	room := l.v.high - t.Dy()
	if room <= 0 {
		return
	}
	l.v.offset = 0
	l.v.scroll(int(float64(y-l.headHigh()-l.drag.grab) / float64(room) * float64(l.v.end())))
	l.body.follow()
	l.show()
}

// FocusGained is for Fyne: the ring is drawn on the chosen row.
func (b *body) FocusGained() {
	b.l.focused = true
	b.l.show()
}

// FocusLost is for Fyne.
func (b *body) FocusLost() {
	b.l.focused = false
	b.l.show()
}

// TypedKey takes the keys of a list and hands others to the window.
func (b *body) TypedKey(e *fyne.KeyEvent) {
	if b.l.Key(e) {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(b); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(e)
	}
}

// TypedRune hands letters to the window; what it does not want, the page may hand
// to Rune.
func (b *body) TypedRune(r rune) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(b); c != nil && c.OnTypedRune() != nil {
		c.OnTypedRune()(r)
		return
	}
	b.l.Rune(r)
}

// Key takes a key for the list and reports whether it meant something: a page
// hands on what no field wanted.
func (l *List) Key(e *fyne.KeyEvent) bool {
	at, page := l.v.find(l.v.chosen), max(1, l.v.high/max(1, l.v.row)-1)
	n := len(l.v.shown)
	if at < 0 {
		at = min(l.v.at, n) // it is gone: go on from where it was
		if e.Name == fyne.KeyDown && l.v.chosen != "" {
			at--
		}
	}
	switch e.Name {
	case fyne.KeyUp:
		at--
	case fyne.KeyDown:
		at++
	case fyne.KeyPageUp:
		at -= page
	case fyne.KeyPageDown:
		at += page
	case fyne.KeyHome:
		at = 0
	case fyne.KeyEnd:
		at = n - 1
	case fyne.KeyReturn, fyne.KeyEnter:
		if i := l.v.find(l.v.chosen); i >= 0 && l.o.Open != nil {
			l.open(i)
			return true
		}
		return false
	case fyne.KeyEscape:
		return l.calm()
	default:
		return false
	}
	if n == 0 {
		return false
	}
	at = max(0, min(at, n-1))
	l.v.scroll(0)
	l.v.reveal(at)
	l.body.follow()
	l.pick(at)
	return true
}

// calm takes the search away, or else the choice.
func (l *List) calm() bool {
	switch {
	case len(l.x.words) > 0:
		l.Search("")
	case l.v.chosen != "":
		l.v.chosen = ""
		if l.o.Chosen != nil {
			l.o.Chosen("")
		}
		l.v.scroll(0)
		l.show()
	default:
		return false
	}
	return true
}

// Rune begins a search with a letter that meant nothing to the page, and reports
// whether the list has a field for it.
func (l *List) Rune(r rune) bool {
	return l.hasTools() && l.tool.begin(r)
}
