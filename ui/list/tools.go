package list

import (
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/field"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// tools is the row over the heads: the search, the chips, how many there are, and
// the export.
type tools struct {
	l      *List
	box    *fyne.Container
	ground *tile.Pane
	entry  *field.Input
	chips  []*chip
	export *widget.Button
	print  *widget.Button // nil where nobody prints
	said   string
	left   float32 // where the buttons on the right begin, units
	grown  bool    // a chip needs more room
	quiet  bool    // the text is written by the program
}

// keys moves in the list while the search has the keyboard.
func (t *tools) keys(k fyne.KeyName) bool {
	switch k {
	case fyne.KeyReturn, fyne.KeyEnter:
		t.l.caught()
		if t.l.v.find(t.l.v.chosen) < 0 {
			t.l.pick(0)
		}
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyPageDown:
		t.l.caught()
	case fyne.KeyEscape:
		if t.entry.Text != "" {
			t.l.Search("")
		}
		t.l.Focus()
		return true
	default:
		return false
	}
	t.l.Key(&fyne.KeyEvent{Name: k})
	return true
}

func newTools(l *List) *tools {
	t := &tools{l: l}
	t.ground = tile.NewPane(l.env, "list-tools", l.env.Kit.Theme.S1, t.paint)
	t.entry = field.NewSearch(field.Options{
		Lang: l.env.Lang, Memory: l.host.Memory(), Hint: l.env.Lang.T("list.search"), Most: 200, Keys: t.keys,
		Changed: func(s string) {
			if !t.quiet {
				l.typed(s)
			}
		},
	})
	t.export = widget.NewButton(l.env.Lang.T("list.export"), l.Export)
	t.box = container.NewWithoutLayout(t.ground.Raster, t.entry, t.export)
	if l.o.Print != nil {
		t.print = widget.NewButton(l.env.Lang.T("list.print"), l.o.Print)
		t.box.Add(t.print)
	}
	for i := range l.x.chips {
		c := newChip(l, i)
		t.chips = append(t.chips, c)
		t.box.Add(c)
	}
	return t
}

// narrow is the width in units below which the buttons stand under the search.
const narrow = 560

// place lays the tools out and returns their height in units: chips that do not
// fit beside the search go to rows below.
func (t *tools) place(wide float32) float32 {
	u := t.l.unit
	side := u(pad)
	if wide < u(narrow) {
		side = u(8)
	}
	right := wide - side
	buttons := []*widget.Button{t.export}
	if t.print != nil {
		buttons = []*widget.Button{t.print, t.export}
	}
	field := min(u(300), wide-2*side)
	x, y := side+field+u(12), u(12)
	if wide < u(narrow) {
		field, right = wide-2*side, side
		x, y = right+1, u(12)
		t.left = 0
	} else {
		for i := len(buttons) - 1; i >= 0; i-- {
			w := buttons[i].MinSize().Width
			right -= w
			put(buttons[i], right, u(8), w, u(40))
			right -= u(8)
		}
		t.left = right + u(8)
		right -= t.countWide()
		// The search gives way before a chip goes below.
		more := t.chipsWide() - (right - x)
		if least := u(180); more > 0 && field-more >= least {
			field -= more
			x -= more
		}
	}
	hint := "list.search"
	if field < u(280) {
		hint = "field.search"
	}
	if text := t.l.env.Lang.T(hint); t.entry.PlaceHolder != text {
		t.entry.SetPlaceHolder(text)
	}
	put(t.entry, side, u(8), field, u(40))
	rest := []fyne.CanvasObject{}
	for _, c := range t.chips {
		rest = append(rest, c)
	}
	if wide < u(narrow) {
		for _, b := range buttons {
			rest = append(rest, b)
		}
	}
	limit := right // of the first row, beside the search
	for _, o := range rest {
		w := o.MinSize().Width
		if x+w > limit && (x > side || limit == right) {
			x, limit = side, wide-side
			if y < u(48) {
				y = u(56)
			} else {
				y += u(40)
			}
		}
		put(o, x, y, min(w, wide-2*side), u(32))
		x += w + u(8)
	}
	h := u(56)
	if y > u(48) {
		h = y + u(40)
	}
	put(t.ground.Raster, 0, 0, wide, h)
	return h
}

// countWide is the room for how many rows there are, in steps: a digit more moves
// nothing.
func (t *tools) countWide() float32 {
	l := t.l
	_, all := l.Count()
	n := l.env.Lang.Int(int64(all))
	text := l.env.Lang.T("list.count.of", "n", n, "all", n)
	const step = 30
	w := l.env.Kit.Fonts.Width(text, false, float64(l.px(smallText)))/float64(l.px(step)) + 1
	return min(l.unit(150), l.unit(step)*float32(int(w)+1))
}

// chipsWide is the width of all chips beside each other.
func (t *tools) chipsWide() float32 {
	w := float32(0)
	for _, c := range t.chips {
		w += c.MinSize().Width + t.l.unit(8)
	}
	return w - t.l.unit(8)
}

func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

func (t *tools) write(s string) {
	t.quiet = true
	t.entry.SetText(s)
	t.quiet = false
}

// begin puts a letter into the search and the keyboard after it.
func (t *tools) begin(r rune) bool {
	if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '/' {
		return false
	}
	c := fyne.CurrentApp().Driver().CanvasForObject(t.entry)
	if c == nil {
		return false
	}
	c.Focus(t.entry)
	if r != '/' {
		t.entry.TypedRune(r)
	}
	return true
}

// show brings counts and chips up to date.
func (t *tools) show() {
	l := t.l
	shown, all := l.Count()
	said := l.env.Lang.T("list.count", "n", l.env.Lang.Int(int64(all)))
	if shown != all {
		said = l.env.Lang.T("list.count.of", "n", l.env.Lang.Int(int64(shown)), "all", l.env.Lang.Int(int64(all)))
	}
	if said != t.said {
		t.said = said
		t.ground.Touch()
	}
	for _, c := range t.chips {
		c.show()
	}
	// More room for a count may need another row of chips, and rows must not move
	// under the pointer.
	if t.grown && !l.v.over {
		t.grown = false
		l.root.Refresh()
	}
}

func (t *tools) paint(c *paint.Canvas) {
	l := t.l
	th, f := l.env.Kit.Theme, l.env.Kit.Fonts
	size := float64(l.px(smallText))
	d := float64(l.density())
	if t.left == 0 {
		return // no room for a count
	}
	right := float64(t.left)*d - float64(l.px(12))
	text := f.Fit(float64(l.px(150)), size, false, t.said)
	c.Text(right-f.Width(text, false, size), float64(l.px(8)), float64(l.px(40)), text, size, false, th.T2)
}
