// Package testcard draws what technicians put on a wall to see which screen is
// which and whether all of them lie in line.
package testcard

import (
	"math"
	"reflect"
	"strconv"

	"iocwall/ui/look"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// Screen is what identifies a screen, or a monitor that is none.
type Screen struct {
	// ID is the screen's number on its wall, zero for a monitor that shows none.
	ID int
	// Node is the computer that drives it, Output the computer's name for it.
	Node, Output string
	// PxW and PxH are its pixels, W and H its picture area in millimetres, zero
	// where that is not known.
	PxW, PxH int
	W, H     float64
	// Spare marks one that stands in for others.
	Spare bool
}

// Identify shows which screen this is, large enough to be read from anywhere.
type Identify struct {
	*tile.Sheet
	env *tile.Env
	is  Screen
}

// NewIdentify returns a tile that says nothing yet.
func NewIdentify(env *tile.Env) *Identify {
	t := &Identify{env: env}
	t.Sheet = tile.NewSheet(env, "identify", env.Kit.Theme.Bg, func() string { return t.title() }, t.paint)
	return t
}

// Update shows a screen.
func (t *Identify) Update(s Screen) {
	if !reflect.DeepEqual(s, t.is) {
		t.is = s
		t.Touch()
	}
}

func (t *Identify) title() string {
	if t.is.ID == 0 {
		return t.is.Node + " · " + t.is.Output
	}
	return strconv.Itoa(t.is.ID)
}

// lines are what stands under the number, the most needed first.
func (t *Identify) lines() []string {
	l, s := t.env.Lang, t.is
	var out []string
	name := l.T("identify.nobody")
	if s.Node != "" {
		name = s.Node
		if s.Output != "" {
			name += " · " + s.Output
		}
	}
	if s.ID == 0 {
		name = l.T("wall.noscreen")
	}
	out = append(out, name)
	size := ""
	if s.PxW > 0 {
		size = l.T("identify.pixels", "w", strconv.Itoa(s.PxW), "h", strconv.Itoa(s.PxH))
	}
	if s.W > 0 {
		size += " · " + l.T("identify.mm", "w", l.Number(s.W, 1), "h", l.Number(s.H, 1))
	}
	if size != "" {
		out = append(out, size)
	}
	if s.Spare {
		out = append(out, l.T("identify.spare"))
	}
	return out
}

func (t *Identify) paint(c *paint.Canvas) {
	e, th, f := t.env, t.env.Kit.Theme, t.env.Kit.Fonts
	b := c.Img.Rect
	c.Frame(b, max(2, e.Scale.Px(8)), th.T1)
	w, h := float64(b.Dx()), float64(b.Dy())
	title := t.title()
	big := math.Min(h*0.46, math.Max(h*0.1, w*0.8/math.Max(1, f.Width(title, true, 100))*100))
	lines := t.lines()
	size := math.Max(e.Scale.Text, h*0.09)
	row := size * look.LinePitch
	if n := int((h - big*1.2) / row); n < len(lines) {
		lines = lines[:max(0, n)]
	}
	y := (h - big*1.2 - float64(len(lines))*row) / 2
	tw := f.Width(title, true, big)
	c.Text((w-tw)/2, y, big*1.2, title, big, true, th.T1)
	y += big * 1.2
	for i, s := range lines {
		sz := size
		if i > 0 {
			sz = math.Max(e.Scale.Text, size*0.7)
		}
		s = f.Fit(w*0.92, sz, i == 0, s)
		lw := f.Width(s, i == 0, sz)
		col := th.T1
		if i > 0 {
			col = th.T2
		}
		c.Text((w-lw)/2, y, row, s, sz, i == 0, col)
		y += row
	}
}
