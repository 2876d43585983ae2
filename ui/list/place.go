package list

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
)

// Measures in units at text scale 1, from the design's grid.
const (
	rowHigh   = 44
	tallHigh  = 60
	heads     = 36
	pad       = 16
	gap       = 16
	barWide   = 14
	handle    = 28
	bodyText  = 16
	smallText = 14
)

func (l *List) density() float32 {
	if l.env.Density <= 0 {
		return 1
	}
	return l.env.Density
}

// px turns units at text scale 1 into pixels: density and the size of text are
// both in the scale.
func (l *List) px(v float64) int { return int(math.Round(v * l.env.Scale.Text / bodyText)) }

// unit turns units at text scale 1 into the toolkit's.
func (l *List) unit(v float64) float32 { return float32(l.px(v)) / l.density() }

func (l *List) headHigh() int {
	if l.o.Plain {
		return 0
	}
	return l.px(heads)
}

// deep is how many pixels of the body's height there is something to see in.
func (l *List) deep() int {
	switch n := len(l.v.shown); {
	case n == 0: // the words on why, and the button below them
		return l.headHigh() + l.px(20+30+4*20+48)
	case l.status != Ready: // a line at the bottom says what the rows lack
		return l.body.size.Y
	default: // rows that stay at their places may begin below the heads
		return max(l.headHigh()+n*l.v.row+max(0, -l.v.offset), l.pill().Max.Y) + 1
	}
}

// span is where a column lies, px; a column without width is left away.
type span struct{ from, to int }

// place measures rows and columns for the body's size.
func (l *List) place() {
	size := l.body.size
	if size == l.laid {
		return
	}
	l.laid = size
	l.v.row = l.px(rowHigh)
	if l.o.Tall {
		l.v.row = l.px(tallHigh)
	}
	l.v.high = max(0, size.Y-l.headHigh())
	l.widths = l.columns(size.X)
	if l.v.offset > l.v.end() {
		l.v.scroll(0)
	}
	l.painting++
	l.show()
}

// columns shares the width among the columns.
func (l *List) columns(wide int) []span {
	from := l.px(pad)
	if l.o.Drag != nil {
		from = l.px(handle)
	}
	room := wide - from - l.px(barWide)
	away := make([]bool, len(l.o.Columns))
	least := func() (sum int, weight float64) {
		for i, c := range l.o.Columns {
			if !away[i] {
				sum += l.px(c.Min)
				weight += c.Weight
			}
		}
		return sum, weight
	}
	sum, weight := least()
	for sum > room {
		worst := -1
		for i, c := range l.o.Columns {
			if !away[i] && c.Drop > 0 && (worst < 0 || c.Drop >= l.o.Columns[worst].Drop) {
				worst = i
			}
		}
		if worst < 0 {
			break
		}
		away[worst] = true
		sum, weight = least()
	}
	spare := max(0, room-sum)
	out := make([]span, len(l.o.Columns))
	x := from
	for i, c := range l.o.Columns {
		if away[i] {
			continue
		}
		w := l.px(c.Min)
		if weight > 0 {
			w += int(float64(spare) * c.Weight / weight)
		}
		if sum > room && sum > 0 {
			w = w * room / sum
		}
		out[i] = span{x, x + w}
		x += w
	}
	return out
}

// columnAt is the column whose head is at x, -1 for none.
func (l *List) columnAt(x int) int {
	for i, s := range l.widths {
		if x >= s.from && x < s.to {
			return i
		}
	}
	return -1
}

// thumb is where the scroll bar's thumb is, empty where all rows are seen.
func (l *List) thumb() image.Rectangle {
	whole := len(l.v.shown) * l.v.row
	if whole <= l.v.high || l.v.high <= 0 {
		return image.Rectangle{}
	}
	h := max(l.px(32), int(float64(l.v.high)*float64(l.v.high)/float64(whole)))
	at := min(1, max(0, float64(l.v.offset)/float64(l.v.end())))
	y := l.headHigh() + int(float64(l.v.high-h)*at)
	return image.Rect(l.body.size.X-l.px(10), y, l.body.size.X-l.px(4), y+h)
}

// layout puts the tools over the body.
type layout struct{ l *List }

// Layout is for Fyne.
func (y *layout) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	l, top := y.l, float32(0)
	if l.hasTools() {
		top = l.tool.place(s.Width)
		l.tool.box.Move(fyne.NewPos(0, 0))
		l.tool.box.Resize(fyne.NewSize(s.Width, top))
	}
	l.body.Move(fyne.NewPos(0, top))
	l.body.Resize(fyne.NewSize(s.Width, max(1, s.Height-top)))
}

// MinSize is for Fyne.
func (y *layout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }
