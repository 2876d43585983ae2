package atlas

import (
	"image"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// rowKind is how a row of a sheet looks.
type rowKind int

const (
	rowFact    rowKind = iota // a name and what it is
	rowSection                // a heading
	rowItem                   // something that can be chosen
	rowNote                   // a sentence
	rowFault                  // a sentence on what is wrong
	rowLead                   // the first words, large
	rowPlate                  // a state
)

// row is one line of a sheet, or a few.
type row struct {
	kind        rowKind
	name, text  string
	right, icon string
	// check shows whether something is on, radio which of several is; on says so.
	// Chosen marks the row that the fields are about.
	check, radio, on, chosen bool
	wrong                    string // what is wrong with an item, under it
	plate                    paint.PlateKind
	do                       func()
	// toggle is what the box alone does, and the space bar; nil is as do.
	toggle func()
}

// sheet is a painted list that scrolls, and that keys and clicks choose from.
type sheet struct {
	widget.BaseWidget
	env  *tile.Env
	pane *tile.Pane
	rows []row
	sig  string
	tops []int // where rows begin, px from the sheet's top, with the end
	size image.Point
	off  int // px scrolled
	// cursor is the row the keyboard is on, -1 for none; it is drawn while the
	// sheet has the keyboard.
	cursor  int
	focused bool
	framed  bool // it lies over something
	// key and rune take what the sheet does not want.
	key  func(*fyne.KeyEvent)
	rune func(rune)
	cut  func(fyne.Shortcut)
}

func newSheet(env *tile.Env, bg color.RGBA) *sheet {
	s := &sheet{env: env, cursor: -1}
	s.pane = tile.NewPane(env, "atlas-sheet", bg, s.paint)
	s.ExtendBaseWidget(s)
	return s
}

// CreateRenderer is for Fyne.
func (s *sheet) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(s.pane.Raster) }

// MinSize is 1×1: the face decides sizes.
func (s *sheet) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

func (s *sheet) px(v float64) int {
	d := float64(s.env.Density)
	if d <= 0 {
		d = 1
	}
	return int(v*d + 0.5)
}

// set shows rows; the place in the list stays.
func (s *sheet) set(rows []row) {
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
	s.pane.Touch()
}

func (r row) sign() string {
	flags := []byte{byte('0' + r.kind), ' ', ' ', ' ', ' '}
	for i, on := range []bool{r.check, r.on, r.chosen, r.radio} {
		if on {
			flags[i+1] = 'x'
		}
	}
	return strings.Join([]string{string(flags), r.name, r.text, r.right, r.icon, r.wrong, string(r.plate)}, "\x00") + "\x01"
}

// place tells the sheet's size in px.
func (s *sheet) place(size image.Point) {
	if size != s.size {
		s.size = size
		s.measure()
		s.scroll(0)
		s.pane.Touch()
	}
}

const (
	sheetPad  = 16
	factLeft  = 112
	bodySize  = 16
	smallSize = 14
	lineHigh  = 24
	boxWide   = 44
)

func (s *sheet) width() float64 { return float64(s.size.X - 2*s.px(sheetPad)) }

func (s *sheet) wrap(r row) []string {
	f := s.env.Kit.Fonts
	switch r.kind {
	case rowFact:
		return f.Wrap(r.text, s.width()-float64(s.px(factLeft)), float64(s.px(bodySize)), false, 6)
	case rowNote, rowFault:
		return f.Wrap(r.text, s.width(), float64(s.px(smallSize)), false, 6)
	case rowLead:
		return f.Wrap(r.text, s.width(), float64(s.px(20)), true, 3)
	}
	return nil
}

func (s *sheet) measure() {
	s.tops = s.tops[:0]
	y := s.px(4)
	for _, r := range s.rows {
		s.tops = append(s.tops, y)
		y += s.high(r)
	}
	s.tops = append(s.tops, y+s.px(8))
}

func (s *sheet) high(r row) int {
	switch r.kind {
	case rowFact:
		return s.px(4) + max(1, len(s.wrap(r)))*s.px(lineHigh)
	case rowNote, rowFault:
		return s.px(8) + max(1, len(s.wrap(r)))*s.px(20)
	case rowLead:
		return s.px(6) + max(1, len(s.wrap(r)))*s.px(30)
	case rowSection:
		return s.px(40)
	case rowPlate:
		return s.px(36)
	}
	h := s.px(44)
	if r.text != "" {
		h = s.px(60)
	}
	if r.wrong != "" {
		h += s.px(22)
	}
	return h
}

// scroll moves the list by px, as far as it goes.
func (s *sheet) scroll(by int) {
	end := 0
	if n := len(s.tops); n > 0 {
		end = s.tops[n-1]
	}
	s.off = max(0, min(s.off+by, end-s.size.Y))
}

// reveal scrolls until a row is seen.
func (s *sheet) reveal(i int) {
	if i < 0 || i+1 >= len(s.tops) {
		return
	}
	if s.tops[i] < s.off {
		s.off = s.tops[i]
	}
	if s.tops[i+1] > s.off+s.size.Y {
		s.off = s.tops[i+1] - s.size.Y
	}
	s.pane.Touch()
}

// top scrolls to the beginning.
func (s *sheet) top() {
	s.off, s.cursor = 0, -1
	s.pane.Touch()
}

// item is the n-th row that can be chosen, as a row.
func (s *sheet) item(n int) int {
	for i, r := range s.rows {
		if r.kind == rowItem {
			if n == 0 {
				return i
			}
			n--
		}
	}
	return -1
}

// move puts the keyboard on another item; false where there is none.
func (s *sheet) move(by int) bool {
	at := s.cursor
	for range len(s.rows) {
		at += by
		if at < 0 || at >= len(s.rows) {
			return false
		}
		if s.rows[at].kind == rowItem && s.rows[at].do != nil {
			s.cursor = at
			s.reveal(at)
			return true
		}
	}
	return false
}

func (s *sheet) act() bool {
	if s.cursor >= 0 && s.cursor < len(s.rows) && s.rows[s.cursor].do != nil {
		s.rows[s.cursor].do()
		return true
	}
	return false
}

// Tapped chooses what is under the pointer.
func (s *sheet) Tapped(e *fyne.PointEvent) {
	y := s.px(float64(e.Position.Y)) + s.off
	for i := range s.rows {
		if y >= s.tops[i] && y < s.tops[i+1] && s.rows[i].do != nil {
			s.cursor = i
			if r := s.rows[i]; r.toggle != nil && e.Position.X < boxWide {
				r.toggle()
			} else {
				r.do()
			}
			s.pane.Touch()
			return
		}
	}
}

// Scrolled moves the list.
func (s *sheet) Scrolled(e *fyne.ScrollEvent) {
	s.scroll(-s.px(float64(e.Scrolled.DY) * 3))
	s.pane.Touch()
}

// FocusGained is for Fyne: the ring is drawn on the row.
func (s *sheet) FocusGained() {
	s.focused = true
	if s.cursor < 0 || s.cursor >= len(s.rows) || s.rows[s.cursor].do == nil {
		s.cursor = -1
		s.move(1)
	}
	s.pane.Touch()
}

// FocusLost is for Fyne.
func (s *sheet) FocusLost() {
	s.focused = false
	s.pane.Touch()
}

// TypedRune hands letters on: a list is no field.
func (s *sheet) TypedRune(r rune) {
	if r == ' ' && s.cursor >= 0 && s.cursor < len(s.rows) {
		if t := s.rows[s.cursor].toggle; t != nil {
			t()
			return
		}
		if s.act() {
			return
		}
	}
	s.rune(r)
}

// TypedKey chooses.
func (s *sheet) TypedKey(e *fyne.KeyEvent) {
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
		s.pane.Touch()
	case fyne.KeyReturn, fyne.KeyEnter:
		s.act()
	case fyne.KeySpace:
	default:
		s.key(e)
	}
}

// TypedShortcut hands shortcuts on.
func (s *sheet) TypedShortcut(c fyne.Shortcut) { s.cut(c) }

func (s *sheet) paint(c *paint.Canvas) {
	if len(s.tops) != len(s.rows)+1 {
		s.measure()
	}
	for i, r := range s.rows {
		top, end := s.tops[i]-s.off, s.tops[i+1]-s.off
		if end > 0 && top < s.size.Y {
			s.paintRow(c, i, r, top)
		}
	}
	if s.framed {
		c.Frame(c.Img.Rect, max(1, s.px(1)), s.env.Kit.Theme.Line2)
	}
	if n := len(s.tops); n > 0 && s.tops[n-1] > s.size.Y && s.size.Y > 0 { // where in the list this is
		track := float64(s.size.Y)
		h := max(24, int(track*track/float64(s.tops[n-1])))
		y := int(float64(s.size.Y-h) * float64(s.off) / float64(max(1, s.tops[n-1]-s.size.Y)))
		c.Round(image.Rect(s.size.X-s.px(6), y, s.size.X-s.px(2), y+h), float64(s.px(2)), s.env.Kit.Theme.Line2)
	}
}

func (s *sheet) paintRow(c *paint.Canvas, i int, r row, top int) {
	th := s.env.Kit.Theme
	pad, body, small := float64(s.px(sheetPad)), float64(s.px(bodySize)), float64(s.px(smallSize))
	y := float64(top)
	switch r.kind {
	case rowFact:
		line := float64(s.px(lineHigh))
		y += float64(s.px(2))
		c.Text(pad, y, line, s.env.Kit.Fonts.Fit(float64(s.px(factLeft-8)), body, false, r.name), body, false, th.T2)
		for k, t := range s.wrap(r) {
			c.Text(pad+float64(s.px(factLeft)), y+float64(k)*line, line, t, body, false, th.T1)
		}
	case rowNote, rowFault:
		col := th.T2
		if r.kind == rowFault {
			col = th.Critical
		}
		for k, t := range s.wrap(r) {
			c.Text(pad, y+float64(s.px(4)+k*s.px(20)), float64(s.px(20)), t, small, false, col)
		}
	case rowLead:
		for k, t := range s.wrap(r) {
			c.Text(pad, y+float64(k*s.px(30)), float64(s.px(30)), t, float64(s.px(20)), true, th.T1)
		}
	case rowSection:
		h := float64(s.px(40))
		w := c.Text(pad, y+float64(s.px(4)), h-float64(s.px(4)), r.name, body, true, th.T1)
		right := s.env.Kit.Fonts.Fit(s.width()-w-pad, small, false, r.right)
		c.Text(float64(s.size.X)-pad-s.env.Kit.Fonts.Width(right, false, small), y+float64(s.px(4)), h-float64(s.px(4)), right, small, false, th.T2)
	case rowPlate:
		c.Plate(s.px(sheetPad), top+s.px(4), paint.Plate{Kind: r.plate, Icon: r.icon, Text: r.text}, small, int(s.width()))
	default:
		s.paintItem(c, i, r, top)
	}
}

func (s *sheet) paintItem(c *paint.Canvas, i int, r row, top int) {
	th, f := s.env.Kit.Theme, s.env.Kit.Fonts
	h := s.high(r)
	box := image.Rect(0, top, s.size.X, top+h)
	body, small := float64(s.px(bodySize)), float64(s.px(smallSize))
	if r.chosen {
		c.Fill(box, th.S3)
		c.Fill(image.Rect(0, top, s.px(4), top+h), th.Focus)
	}
	c.Fill(image.Rect(0, top+h-1, s.size.X, top+h), th.Line1)
	x := s.px(sheetPad)
	first := s.px(44)
	if r.text != "" {
		first = s.px(30)
	}
	inset := 0
	if r.text != "" {
		inset = s.px(6)
	}
	if r.check || r.radio {
		s.paintCheck(c, image.Pt(x, top+inset+(first-s.px(18))/2), r)
		x += s.px(30)
	} else if r.icon != "" {
		c.Icon(x, top+inset+(first-s.px(20))/2, s.px(20), r.icon, th.T1, th.S1)
		x += s.px(32)
	}
	rw := 0.0
	if r.right != "" {
		rw = f.Width(r.right, false, small)
		c.Text(float64(s.size.X-s.px(sheetPad))-rw, float64(top+inset), float64(first), r.right, small, false, th.T2)
		rw += float64(s.px(12))
	}
	room := float64(s.size.X-s.px(sheetPad)-x) - rw
	c.Text(float64(x), float64(top+inset), float64(first), f.Fit(room, body, r.chosen, r.name), body, r.chosen, th.T1)
	room = float64(s.size.X - s.px(sheetPad) - x)
	if r.text != "" {
		c.Text(float64(x), float64(top+s.px(32)), float64(s.px(22)), f.Fit(room, small, false, r.text), small, false, th.T2)
	}
	if r.wrong != "" {
		c.Text(float64(x), float64(top+h-s.px(26)), float64(s.px(22)), f.Fit(room, small, false, r.wrong), small, false, th.Critical)
	}
	if s.focused && i == s.cursor {
		c.RoundLine(box.Inset(s.px(2)), float64(s.px(6)), float64(s.px(2)), th.Focus)
	}
}

// paintCheck draws a box with or without its tick, or a ring with or without its
// dot.
func (s *sheet) paintCheck(c *paint.Canvas, at image.Point, r row) {
	th := s.env.Kit.Theme
	box := image.Rectangle{Min: at, Max: at.Add(image.Pt(s.px(18), s.px(18)))}
	if r.radio {
		c.RoundLine(box, float64(s.px(9)), float64(max(1, s.px(1.5))), th.Line2)
		if r.on {
			c.Dot(float64(at.X)+float64(s.px(9)), float64(at.Y)+float64(s.px(9)), float64(s.px(4.5)), th.T1)
		}
		return
	}
	c.RoundLine(box, float64(s.px(4)), float64(max(1, s.px(1.5))), th.Line2)
	if r.on {
		k := float64(s.px(18)) / 18
		x, y := float64(at.X), float64(at.Y)
		c.Line([]paint.Point{{X: x + 4*k, Y: y + 9.5*k}, {X: x + 7.5*k, Y: y + 13*k}, {X: x + 14*k, Y: y + 5.5*k}}, 2*k, th.T1)
	}
}
