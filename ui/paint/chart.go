package paint

import (
	"image"
	"math"

	"iocwall/ui/look"
)

// Bar is a value against its target.
type Bar struct{ Value, Target, Max float64 }

// Squares are n of N units.
type Squares struct{ Have, Want int }

// Part is one piece of a total.
type Part struct {
	Share   float64
	Residue bool
	Label   string
	Value   string
}

// Trend draws a line of past values; it is a shape, its numbers are elsewhere.
func (c *Canvas) Trend(sc look.Scale, r image.Rectangle, v []float64, big bool) {
	lo, hi := v[0], v[0]
	for _, x := range v {
		lo, hi = math.Min(lo, x), math.Max(hi, x)
	}
	if hi == lo {
		hi, lo = hi+1, lo-1
	}
	width, dot := float64(sc.Px(7)), float64(sc.Px(12))
	if big {
		width, dot = float64(sc.Px(10)), float64(sc.Px(18))
	}
	pts := make([]Point, len(v))
	for i, x := range v {
		pts[i] = Point{
			X: float64(r.Min.X) + dot + float64(i)*(float64(r.Dx())-2*dot)/float64(len(v)-1),
			Y: float64(r.Max.Y) - dot - (x-lo)/(hi-lo)*(float64(r.Dy())-2*dot),
		}
	}
	c.Line(pts, width, c.Kit.Theme.T1)
	last := pts[len(pts)-1]
	c.Dot(last.X, last.Y, dot, c.Kit.Theme.T1)
}

// Target draws a value on a track with a mark at its target.
func (c *Canvas) Target(sc look.Scale, r image.Rectangle, b Bar) {
	th := c.Kit.Theme
	h := r.Dy() * 40 / 76
	y := r.Min.Y + (r.Dy()-h)/2
	track := image.Rect(r.Min.X, y+h/5, r.Max.X, y+h-h/5-h/10)
	c.Fill(track, th.S3)
	at := func(v float64) int {
		return r.Min.X + int(math.Round(float64(r.Dx())*math.Min(1, math.Max(0, v/b.Max))))
	}
	c.Fill(image.Rect(track.Min.X, track.Min.Y, at(b.Value), track.Max.Y), th.T2)
	t := min(max(at(b.Target), r.Min.X+sc.Px(5)), r.Max.X-sc.Px(5))
	c.Fill(image.Rect(t-sc.Px(5), y, t+sc.Px(5), y+h), th.T1)
}

// Squares draws n of N units, those that are missing hollow.
func (c *Canvas) Squares(sc look.Scale, r image.Rectangle, s Squares) {
	th := c.Kit.Theme
	pitch := float64(r.Dx()) / float64(s.Want)
	pitch = math.Min(pitch, float64(r.Dy()))
	side := int(math.Max(2, pitch*0.8))
	h := min(side, r.Dy()-sc.Px(16))
	y := r.Min.Y + (r.Dy()-h)/2
	for i := range s.Want {
		x := r.Min.X + int(float64(i)*pitch)
		q := image.Rect(x, y, x+side, y+h)
		if i < s.Have {
			c.Fill(q, th.T2)
		} else {
			c.RoundLine(q, 0, math.Max(1, float64(sc.Px(4))), th.T2, math.Max(2, float64(sc.Px(10))), math.Max(2, float64(sc.Px(8))))
		}
	}
}

// Parts draws the pieces of a total, a residue hatched.
func (c *Canvas) Parts(sc look.Scale, r image.Rectangle, parts []Part) {
	th := c.Kit.Theme
	h := r.Dy() * 44 / 76
	y, gap, least := r.Min.Y+(r.Dy()-h)/2, sc.Px(6), sc.Px(40)
	avail := float64(r.Dx() - gap*(len(parts)-1))
	// Tiny shares get a least width, taken from the largest.
	widths, big := make([]float64, len(parts)), 0
	spare := 0.0
	for i, p := range parts {
		widths[i] = p.Share * avail
		if p.Share > 0 && widths[i] < float64(least) {
			spare += float64(least) - widths[i]
			widths[i] = float64(least)
		}
		if p.Share > parts[big].Share {
			big = i
		}
	}
	widths[big] -= spare
	x := float64(r.Min.X)
	for i, p := range parts {
		q := image.Rect(int(x), y, int(x+widths[i]), y+h)
		switch {
		case p.Residue:
			c.Hatch(q, sc.Px(6), sc.Px(12), sc.Px(3), th.T2, th.S1)
		case i == 0:
			c.Fill(q, th.T1)
		case i == 1:
			c.Fill(q, th.Second)
		default:
			c.Fill(q, th.Third)
		}
		x += widths[i] + float64(gap)
	}
}
