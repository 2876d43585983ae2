package testcard

import (
	"image"
	"image/color"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// PatternView is the part of a wall that a window shows.
type PatternView struct {
	Wall world.WallDefined
	// X, Y, W and H are the whole pattern in wall millimetres; Whole is where that
	// would lie in the window, Rect what of it the tile is, both in device pixels.
	X, Y, W, H  float64
	Whole, Rect image.Rectangle
}

// Pattern proves that screens lie in line: its grid, circles and diagonals are
// computed in wall millimetres, so that they go on behind the bezels. On each
// screen stand its number, an edge one pixel wide, bars of colour, a ramp of grey
// and lines one pixel wide.
type Pattern struct {
	*tile.Sheet
	env  *tile.Env
	view PatternView
}

const (
	// fine and coarse are the distances of the grid's lines in millimetres.
	fine, coarse = 100, 500
)

// NewPattern returns an empty pattern.
func NewPattern(env *tile.Env) *Pattern {
	t := &Pattern{env: env}
	t.Sheet = tile.NewSheet(env, "pattern", look.Hex(0), func() string { return env.Lang.T("pattern.title") }, t.paint)
	return t
}

// Update shows a part of a wall.
func (t *Pattern) Update(v PatternView) {
	if !reflect.DeepEqual(v, t.view) {
		t.view = v
		t.Touch()
	}
}

// plot draws in wall millimetres.
type plot struct {
	*paint.Canvas
	x, y   float64 // of the picture's corner, in millimetres
	kx, ky float64 // pixels a millimetre
}

func (p plot) at(x, y float64) paint.Point {
	return paint.Point{X: (x - p.x) * p.kx, Y: (y - p.y) * p.ky}
}

func (p plot) rect(x, y, w, h float64) image.Rectangle {
	a, b := p.at(x, y), p.at(x+w, y+h)
	return image.Rect(int(math.Round(a.X)), int(math.Round(a.Y)), int(math.Round(b.X)), int(math.Round(b.Y)))
}

func (t *Pattern) paint(c *paint.Canvas) {
	v, e := t.view, t.env
	if v.W <= 0 || v.H <= 0 || v.Whole.Empty() {
		return
	}
	p := plot{Canvas: c, kx: float64(v.Whole.Dx()) / v.W, ky: float64(v.Whole.Dy()) / v.H}
	p.x = v.X + float64(v.Rect.Min.X-v.Whole.Min.X)/p.kx
	p.y = v.Y + float64(v.Rect.Min.Y-v.Whole.Min.Y)/p.ky
	th := e.Kit.Theme
	p.grid(v, look.Hex(0x2B3743), look.Hex(0x667686))
	wide := math.Max(1.5, float64(e.Scale.Px(4)))
	p.net(v, wide, look.Hex(0x667686))
	p.circles(v, wide, look.Hex(0x5AD1EA))
	p.segment(v.X, v.Y, v.X+v.W, v.Y+v.H, wide, th.White)
	p.segment(v.X, v.Y+v.H, v.X+v.W, v.Y, wide, th.White)
	for _, s := range v.Wall.Screens {
		t.screen(p, s)
	}
}

// grid draws a line each 100 mm from the wall's corner, a stronger one each 500.
func (p plot) grid(v PatternView, weak, strong color.RGBA) {
	b := p.Img.Rect
	line := func(i int, at float64, upright bool) {
		col, n := weak, 1
		if i%(coarse/fine) == 0 {
			col, n = strong, 2
		}
		if fine*p.kx < 8 && col == weak {
			return // a wall in a window: too close to be lines
		}
		k := int(math.Floor(at))
		if upright {
			p.Fill(image.Rect(k, 0, k+n, b.Dy()), col)
		} else {
			p.Fill(image.Rect(0, k, b.Dx(), k+n), col)
		}
	}
	for i := 0; float64(i*fine) <= v.W; i++ {
		line(i, p.at(v.X+float64(i*fine), 0).X, true)
	}
	for i := 0; float64(i*fine) <= v.H; i++ {
		line(i, p.at(0, v.Y+float64(i*fine)).Y, false)
	}
}

// net draws lines at 45 degrees over the height of the wall: they cross every
// bezel steeply.
func (p plot) net(v PatternView, w float64, col color.RGBA) {
	for x := v.X - v.H; x < v.X+v.W; x += v.H {
		p.segment(x, v.Y, x+v.H, v.Y+v.H, w, col)
		p.segment(x, v.Y+v.H, x+v.H, v.Y, w, col)
	}
}

// circles draws one in the middle of the wall and others along it, as large as
// the wall is high.
func (p plot) circles(v PatternView, w float64, col color.RGBA) {
	r := math.Min(v.W, v.H) / 2 * 0.96
	n := max(1, int(v.W/v.H+0.2))
	n -= 1 - n%2 // one of them is in the middle
	for i := range n {
		cx := v.X + v.W/2
		if n > 1 {
			cx = v.X + v.H/2 + (v.W-v.H)*float64(i)/float64(n-1)
		}
		p.circle(cx, v.Y+v.H/2, r, w, col)
		p.circle(cx, v.Y+v.H/2, r/2, w, col)
	}
}

// circle draws what of a circle is on the picture.
func (p plot) circle(cx, cy, r, w float64, col color.RGBA) {
	const n = 720
	var run []paint.Point
	end := func() {
		if len(run) > 1 {
			p.Line(run, w, col)
		}
		run = nil
	}
	room := image.Rectangle{Max: p.Img.Rect.Max}.Inset(-int(r*p.kx*2*math.Pi/n) - 8)
	for i := range n + 1 {
		a := 2 * math.Pi * float64(i) / n
		q := p.at(cx+r*math.Cos(a), cy+r*math.Sin(a))
		if !image.Pt(int(q.X), int(q.Y)).In(room) {
			end()
			continue
		}
		run = append(run, q)
	}
	end()
}

// segment draws what of a straight line is on the picture.
func (p plot) segment(x0, y0, x1, y1, w float64, col color.RGBA) {
	a, b := p.at(x0, y0), p.at(x1, y1)
	t0, t1 := 0.0, 1.0
	cut := func(from, by, lo, hi float64) bool {
		if by == 0 {
			return from >= lo && from <= hi
		}
		u, v := (lo-from)/by, (hi-from)/by
		t0, t1 = math.Max(t0, math.Min(u, v)), math.Min(t1, math.Max(u, v))
		return t0 < t1
	}
	dx, dy := b.X-a.X, b.Y-a.Y
	if !cut(a.X, dx, -w, float64(p.Img.Rect.Dx())+w) || !cut(a.Y, dy, -w, float64(p.Img.Rect.Dy())+w) {
		return
	}
	p.Line([]paint.Point{{X: a.X + t0*dx, Y: a.Y + t0*dy}, {X: a.X + t1*dx, Y: a.Y + t1*dy}}, w, col)
}

// screen draws what each screen has of its own.
func (t *Pattern) screen(p plot, s world.Screen) {
	r := p.rect(s.X, s.Y, s.W, s.H)
	if !r.Overlaps(p.Img.Rect) {
		return
	}
	e, th, f := t.env, t.env.Kit.Theme, t.env.Kit.Fonts
	p.Frame(r, 1, th.White)
	unit := float64(r.Dy()) / 1080
	size := 260 * unit
	id := strconv.Itoa(s.ID)
	w := f.Width(id, true, size)
	mid := float64(r.Min.X+r.Max.X) / 2
	box := image.Rect(int(mid-w/2-40*unit), r.Min.Y+int(330*unit), int(mid+w/2+40*unit), r.Min.Y+int(650*unit))
	p.Fill(box, look.Hex(0))
	p.Frame(box, max(1, int(4*unit)), th.White)
	p.Text(mid-w/2, float64(box.Min.Y), float64(box.Dy()), id, size, true, th.White)
	if text := math.Max(e.Scale.Text, 56*unit); text < 90*unit {
		name := f.Fit(float64(r.Dx())*0.8, text, false, told(s.Node, s.Output, e.Lang.T("identify.mm", "w", e.Lang.Number(s.W, 1), "h", e.Lang.Number(s.H, 1))), told(s.Node, s.Output))
		nw := f.Width(name, false, text)
		row := image.Rect(int(mid-nw/2-20*unit), box.Max.Y+int(16*unit), int(mid+nw/2+20*unit), box.Max.Y+int(16*unit+text*look.LinePitch))
		p.Fill(row, look.Hex(0))
		p.Text(mid-nw/2, float64(row.Min.Y), float64(row.Dy()), name, text, false, th.White)
	}
	t.bars(p, image.Rect(r.Min.X+int(480*unit), r.Min.Y+int(800*unit), r.Max.X-int(480*unit), r.Min.Y+int(1000*unit)))
	side := int(160 * unit)
	hair(p, image.Rect(r.Min.X+int(280*unit), r.Min.Y+int(820*unit), r.Min.X+int(280*unit)+side, r.Min.Y+int(820*unit)+side), true)
	hair(p, image.Rect(r.Max.X-int(280*unit)-side, r.Min.Y+int(820*unit), r.Max.X-int(280*unit), r.Min.Y+int(820*unit)+side), false)
}

// bars draws eight colours and under them sixteen greys.
func (t *Pattern) bars(p plot, r image.Rectangle) {
	colours := []uint32{0xFFFFFF, 0xFFFF00, 0x00FFFF, 0x00FF00, 0xFF00FF, 0xFF0000, 0x0000FF, 0x000000}
	cell := func(i, n int) (int, int) { return r.Min.X + r.Dx()*i/n, r.Min.X + r.Dx()*(i+1)/n }
	mid := r.Min.Y + r.Dy()/2
	for i, v := range colours {
		x0, x1 := cell(i, len(colours))
		p.Fill(image.Rect(x0, r.Min.Y, x1, mid), look.Hex(v))
	}
	const greys = 16
	for i := range greys {
		x0, x1 := cell(i, greys)
		v := uint8(i * 255 / (greys - 1))
		p.Fill(image.Rect(x0, mid, x1, r.Max.Y), color.RGBA{v, v, v, 0xFF})
	}
	p.Frame(r, 1, look.Hex(0xFFFFFF))
}

// hair draws lines one pixel wide and one apart: a screen that scales its picture
// shows them as grey or in bands.
func hair(p plot, r image.Rectangle, upright bool) {
	p.Fill(r, look.Hex(0))
	white := look.Hex(0xFFFFFF)
	if upright {
		for x := r.Min.X; x < r.Max.X; x += 2 {
			p.Fill(image.Rect(x, r.Min.Y, x+1, r.Max.Y), white)
		}
		return
	}
	for y := r.Min.Y; y < r.Max.Y; y += 2 {
		p.Fill(image.Rect(r.Min.X, y, r.Max.X, y+1), white)
	}
}

// told joins what is known.
func told(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " · ")
}
