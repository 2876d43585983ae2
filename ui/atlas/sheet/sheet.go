// Package sheet paints lists that scroll: facts, sentences, states, and rows that
// keys and clicks choose from. It knows nothing of what the rows are about.
package sheet

import (
	"image"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// Kind is how a row of a sheet looks.
type Kind int

// The kinds of rows.
const (
	RowFact    Kind = iota // a name and what it is
	RowSection             // a heading
	RowItem                // something that can be chosen
	RowNote                // a sentence
	RowFault               // a sentence on what is wrong
	RowLead                // the first words, large
	RowPlate               // a state
)

// Row is one line of a sheet, or a few.
type Row struct {
	Kind        Kind
	Name, Text  string
	Right, Icon string
	// Check shows whether something is on, Radio which of several is; On says so.
	// Chosen marks the row that the fields are about.
	Check, Radio, On, Chosen bool
	Wrong                    string // what is wrong with an item, under it
	Plate                    paint.PlateKind
	Do                       func()
	// Toggle is what the box alone does, and the space bar; nil is as Do.
	Toggle func()
}

// Sheet is a painted list that scrolls, and that keys and clicks choose from.
type Sheet struct {
	widget.BaseWidget
	env  *tile.Env
	Pane *tile.Pane
	rows []Row
	sig  string
	tops []int // where rows begin, px from the sheet's top, with the end
	size image.Point
	off  int // px scrolled
	// cursor is the row the keyboard is on, -1 for none; it is drawn while the
	// sheet has the keyboard.
	cursor  int
	focused bool
	Framed  bool // it lies over something
	// Key, Rune and Cut take what the sheet does not want.
	Key  func(*fyne.KeyEvent)
	Rune func(rune)
	Cut  func(fyne.Shortcut)
}

// NewSheet returns an empty sheet on a ground of that colour.
func NewSheet(env *tile.Env, bg color.RGBA) *Sheet {
	s := &Sheet{env: env, cursor: -1}
	s.Pane = tile.NewPane(env, "atlas-sheet", bg, s.paint)
	s.ExtendBaseWidget(s)
	return s
}

// CreateRenderer is for Fyne.
func (s *Sheet) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(s.Pane.Raster) }

// MinSize is 1×1: the face decides sizes.
func (s *Sheet) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

func (s *Sheet) px(v float64) int {
	d := float64(s.env.Density)
	if d <= 0 {
		d = 1
	}
	return int(v*d + 0.5)
}

// Set shows rows; the place in the list stays.
func (s *Sheet) Set(rows []Row) {
	var sig strings.Builder
	for _, r := range rows {
		sig.WriteString(r.sign())
	}
	same := sig.String() == s.sig
	s.rows, s.sig = rows, sig.String()
	if same {
		return
	}
	s.measure()
	s.scroll(0)
	s.Pane.Touch()
}

func (r Row) sign() string {
	flags := []byte{byte('0' + r.Kind), ' ', ' ', ' ', ' '}
	for i, on := range []bool{r.Check, r.On, r.Chosen, r.Radio} {
		if on {
			flags[i+1] = 'x'
		}
	}
	return strings.Join([]string{string(flags), r.Name, r.Text, r.Right, r.Icon, r.Wrong, string(r.Plate)}, "\x00") + "\x01"
}

// Place tells the sheet's size in px.
func (s *Sheet) Place(size image.Point) {
	if size != s.size {
		s.size = size
		s.measure()
		s.scroll(0)
		s.Pane.Touch()
	}
}

// Measures in Fyne units: the margin at the sides, text and small text.
const (
	SheetPad  = 16
	factLeft  = 112
	BodySize  = 16
	SmallSize = 14
	lineHigh  = 24
	boxWide   = 44
)

func (s *Sheet) width() float64 { return float64(s.size.X - 2*s.px(SheetPad)) }

func (s *Sheet) wrap(r Row) []string {
	f := s.env.Kit.Fonts
	switch r.Kind {
	case RowFact:
		return f.Wrap(r.Text, s.width()-float64(s.px(factLeft)), float64(s.px(BodySize)), false, 6)
	case RowNote, RowFault:
		return f.Wrap(r.Text, s.width(), float64(s.px(SmallSize)), false, 6)
	case RowLead:
		return f.Wrap(r.Text, s.width(), float64(s.px(20)), true, 3)
	}
	return nil
}

func (s *Sheet) measure() {
	s.tops = s.tops[:0]
	y := s.px(4)
	for _, r := range s.rows {
		s.tops = append(s.tops, y)
		y += s.high(r)
	}
	s.tops = append(s.tops, y+s.px(8))
}

func (s *Sheet) high(r Row) int {
	switch r.Kind {
	case RowFact:
		return s.px(4) + max(1, len(s.wrap(r)))*s.px(lineHigh)
	case RowNote, RowFault:
		return s.px(8) + max(1, len(s.wrap(r)))*s.px(20)
	case RowLead:
		return s.px(6) + max(1, len(s.wrap(r)))*s.px(30)
	case RowSection:
		return s.px(40)
	case RowPlate:
		return s.px(36)
	}
	h := s.px(44)
	if r.Text != "" {
		h = s.px(60)
	}
	if r.Wrong != "" {
		h += s.px(22)
	}
	return h
}

// scroll moves the list by px, as far as it goes.
func (s *Sheet) scroll(by int) {
	end := 0
	if n := len(s.tops); n > 0 {
		end = s.tops[n-1]
	}
	s.off = max(0, min(s.off+by, end-s.size.Y))
}

// Reveal scrolls until a row is seen.
func (s *Sheet) Reveal(i int) {
	if i < 0 || i+1 >= len(s.tops) {
		return
	}
	if s.tops[i] < s.off {
		s.off = s.tops[i]
	}
	if s.tops[i+1] > s.off+s.size.Y {
		s.off = s.tops[i+1] - s.size.Y
	}
	s.Pane.Touch()
}

// Top scrolls to the beginning.
func (s *Sheet) Top() {
	s.off, s.cursor = 0, -1
	s.Pane.Touch()
}

// Item is the n-th row that can be chosen, as a row.
func (s *Sheet) Item(n int) int {
	for i, r := range s.rows {
		if r.Kind == RowItem {
			if n == 0 {
				return i
			}
			n--
		}
	}
	return -1
}

// move puts the keyboard on another item; false where there is none.
func (s *Sheet) move(by int) bool {
	at := s.cursor
	for range len(s.rows) {
		at += by
		if at < 0 || at >= len(s.rows) {
			return false
		}
		if s.rows[at].Kind == RowItem && s.rows[at].Do != nil {
			s.cursor = at
			s.Reveal(at)
			return true
		}
	}
	return false
}

func (s *Sheet) act() bool {
	if s.cursor >= 0 && s.cursor < len(s.rows) && s.rows[s.cursor].Do != nil {
		s.rows[s.cursor].Do()
		return true
	}
	return false
}

// Tapped chooses what is under the pointer.
func (s *Sheet) Tapped(e *fyne.PointEvent) {
	y := s.px(float64(e.Position.Y)) + s.off
	for i := range s.rows {
		if y >= s.tops[i] && y < s.tops[i+1] && s.rows[i].Do != nil {
			s.cursor = i
			if r := s.rows[i]; r.Toggle != nil && e.Position.X < boxWide {
				r.Toggle()
			} else {
				r.Do()
			}
			s.Pane.Touch()
			return
		}
	}
}

// Scrolled moves the list.
func (s *Sheet) Scrolled(e *fyne.ScrollEvent) {
	s.scroll(-s.px(float64(e.Scrolled.DY) * 3))
	s.Pane.Touch()
}

// FocusGained is for Fyne: the ring is drawn on the row.
func (s *Sheet) FocusGained() {
	s.focused = true
	if s.cursor < 0 || s.cursor >= len(s.rows) || s.rows[s.cursor].Do == nil {
		s.cursor = -1
		s.move(1)
	}
	s.Pane.Touch()
}

// FocusLost is for Fyne.
func (s *Sheet) FocusLost() {
	s.focused = false
	s.Pane.Touch()
}

// TypedRune hands letters on: a list is no field.
func (s *Sheet) TypedRune(r rune) {
	if r == ' ' && s.cursor >= 0 && s.cursor < len(s.rows) {
		if t := s.rows[s.cursor].Toggle; t != nil {
			t()
			return
		}
		if s.act() {
			return
		}
	}
	s.Rune(r)
}

// TypedKey chooses.
func (s *Sheet) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyUp:
		s.move(-1)
	case fyne.KeyDown:
		s.move(1)
	case fyne.KeyPageUp, fyne.KeyPageDown:
		by := s.size.Y * 9 / 10
		if e.Name == fyne.KeyPageUp {
			by = -by
		}
		s.scroll(by)
		s.Pane.Touch()
	case fyne.KeyReturn, fyne.KeyEnter:
		s.act()
	case fyne.KeySpace:
	default:
		s.Key(e)
	}
}

// TypedShortcut hands shortcuts on.
func (s *Sheet) TypedShortcut(c fyne.Shortcut) { s.Cut(c) }

func (s *Sheet) paint(c *paint.Canvas) {
	if len(s.tops) != len(s.rows)+1 {
		s.measure()
	}
	for i, r := range s.rows {
		top, end := s.tops[i]-s.off, s.tops[i+1]-s.off
		if end > 0 && top < s.size.Y {
			s.paintRow(c, i, r, top)
		}
	}
	if s.Framed {
		c.Frame(c.Img.Rect, max(1, s.px(1)), s.env.Kit.Theme.Line2)
	}
	if n := len(s.tops); n > 0 && s.tops[n-1] > s.size.Y && s.size.Y > 0 { // where in the list this is
		track := float64(s.size.Y)
		h := max(24, int(track*track/float64(s.tops[n-1])))
		y := int(float64(s.size.Y-h) * float64(s.off) / float64(max(1, s.tops[n-1]-s.size.Y)))
		c.Round(image.Rect(s.size.X-s.px(6), y, s.size.X-s.px(2), y+h), float64(s.px(2)), s.env.Kit.Theme.Line2)
	}
}

func (s *Sheet) paintRow(c *paint.Canvas, i int, r Row, top int) {
	th := s.env.Kit.Theme
	pad, body, small := float64(s.px(SheetPad)), float64(s.px(BodySize)), float64(s.px(SmallSize))
	y := float64(top)
	switch r.Kind {
	case RowFact:
		line := float64(s.px(lineHigh))
		y += float64(s.px(2))
		c.Text(pad, y, line, s.env.Kit.Fonts.Fit(float64(s.px(factLeft-8)), body, false, r.Name), body, false, th.T2)
		for k, t := range s.wrap(r) {
			c.Text(pad+float64(s.px(factLeft)), y+float64(k)*line, line, t, body, false, th.T1)
		}
	case RowNote, RowFault:
		col := th.T2
		if r.Kind == RowFault {
			col = th.Critical
		}
		for k, t := range s.wrap(r) {
			c.Text(pad, y+float64(s.px(4)+k*s.px(20)), float64(s.px(20)), t, small, false, col)
		}
	case RowLead:
		for k, t := range s.wrap(r) {
			c.Text(pad, y+float64(k*s.px(30)), float64(s.px(30)), t, float64(s.px(20)), true, th.T1)
		}
	case RowSection:
		h := float64(s.px(40))
		w := c.Text(pad, y+float64(s.px(4)), h-float64(s.px(4)), r.Name, body, true, th.T1)
		right := s.env.Kit.Fonts.Fit(s.width()-w-pad, small, false, r.Right)
		c.Text(float64(s.size.X)-pad-s.env.Kit.Fonts.Width(right, false, small), y+float64(s.px(4)), h-float64(s.px(4)), right, small, false, th.T2)
	case RowPlate:
		c.Plate(s.px(SheetPad), top+s.px(4), paint.Plate{Kind: r.Plate, Icon: r.Icon, Text: r.Text}, small, int(s.width()))
	default:
		s.paintItem(c, i, r, top)
	}
}

func (s *Sheet) paintItem(c *paint.Canvas, i int, r Row, top int) {
	th, f := s.env.Kit.Theme, s.env.Kit.Fonts
	h := s.high(r)
	box := image.Rect(0, top, s.size.X, top+h)
	body, small := float64(s.px(BodySize)), float64(s.px(SmallSize))
	if r.Chosen {
		c.Fill(box, th.S3)
		c.Fill(image.Rect(0, top, s.px(4), top+h), th.Focus)
	}
	c.Fill(image.Rect(0, top+h-1, s.size.X, top+h), th.Line1)
	x := s.px(SheetPad)
	first := s.px(44)
	if r.Text != "" {
		first = s.px(30)
	}
	inset := 0
	if r.Text != "" {
		inset = s.px(6)
	}
	if r.Check || r.Radio {
		s.paintCheck(c, image.Pt(x, top+inset+(first-s.px(18))/2), r)
		x += s.px(30)
	} else if r.Icon != "" {
		c.Icon(x, top+inset+(first-s.px(20))/2, s.px(20), r.Icon, th.T1, th.S1)
		x += s.px(32)
	}
	rw := 0.0
	if r.Right != "" {
		rw = f.Width(r.Right, false, small)
		c.Text(float64(s.size.X-s.px(SheetPad))-rw, float64(top+inset), float64(first), r.Right, small, false, th.T2)
		rw += float64(s.px(12))
	}
	room := float64(s.size.X-s.px(SheetPad)-x) - rw
	c.Text(float64(x), float64(top+inset), float64(first), f.Fit(room, body, r.Chosen, r.Name), body, r.Chosen, th.T1)
	room = float64(s.size.X - s.px(SheetPad) - x)
	if r.Text != "" {
		c.Text(float64(x), float64(top+s.px(32)), float64(s.px(22)), f.Fit(room, small, false, r.Text), small, false, th.T2)
	}
	if r.Wrong != "" {
		c.Text(float64(x), float64(top+h-s.px(26)), float64(s.px(22)), f.Fit(room, small, false, r.Wrong), small, false, th.Critical)
	}
	if s.focused && i == s.cursor {
		c.RoundLine(box.Inset(s.px(2)), float64(s.px(6)), float64(s.px(2)), th.Focus)
	}
}

// paintCheck draws a box with or without its tick, or a ring with or without its
// dot.
func (s *Sheet) paintCheck(c *paint.Canvas, at image.Point, r Row) {
	th := s.env.Kit.Theme
	box := image.Rectangle{Min: at, Max: at.Add(image.Pt(s.px(18), s.px(18)))}
	if r.Radio {
		c.RoundLine(box, float64(s.px(9)), float64(max(1, s.px(1.5))), th.Line2)
		if r.On {
			c.Dot(float64(at.X)+float64(s.px(9)), float64(at.Y)+float64(s.px(9)), float64(s.px(4.5)), th.T1)
		}
		return
	}
	c.RoundLine(box, float64(s.px(4)), float64(max(1, s.px(1.5))), th.Line2)
	if r.On {
		k := float64(s.px(18)) / 18
		x, y := float64(at.X), float64(at.Y)
		c.Line([]paint.Point{{X: x + 4*k, Y: y + 9.5*k}, {X: x + 7.5*k, Y: y + 13*k}, {X: x + 14*k, Y: y + 5.5*k}}, 2*k, th.T1)
	}
}

// Length is the whole list's height in px.
func (s *Sheet) Length() int {
	if len(s.tops) == 0 {
		return 0
	}
	return s.tops[len(s.tops)-1]
}
