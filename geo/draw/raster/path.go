package raster

import (
	"fmt"
	"math"
	"strconv"
)

// Subpath is a flattened part of an SVG path, in its 24-unit grid.
type Subpath struct {
	Points []XY
	Closed bool
}

// ParsePath reads SVG path data with the commands M L H V C S A Z in both cases
// and flattens its curves.
func ParsePath(d string) ([]Subpath, error) {
	p := &pathParser{in: d}
	for {
		p.skip()
		if p.pos >= len(p.in) {
			break
		}
		if c := p.in[p.pos]; c >= 'A' {
			p.cmd = c
			p.pos++
		} else if p.cmd == 0 {
			return nil, fmt.Errorf("path %q starts without a command", d)
		}
		if err := p.step(); err != nil {
			return nil, fmt.Errorf("path %q: %w", d, err)
		}
	}
	p.end(false)
	return p.out, nil
}

type pathParser struct {
	in        string
	pos       int
	cmd       byte
	at, start XY
	control   XY // last cubic control point, for S
	points    []XY
	out       []Subpath
}

func (p *pathParser) skip() {
	for p.pos < len(p.in) && (p.in[p.pos] == ' ' || p.in[p.pos] == ',') {
		p.pos++
	}
}

func (p *pathParser) number() (float64, error) {
	p.skip()
	from, dot := p.pos, false
	for p.pos < len(p.in) {
		c := p.in[p.pos]
		sign := c == '-' || c == '+'
		if c >= '0' && c <= '9' || c == '.' && !dot || sign && p.pos == from {
			dot = dot || c == '.'
			p.pos++
			continue
		}
		break
	}
	return strconv.ParseFloat(p.in[from:p.pos], 64)
}

func (p *pathParser) numbers(n int) ([]float64, error) {
	out := make([]float64, n)
	for i := range out {
		var err error
		if out[i], err = p.number(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (p *pathParser) end(Closed bool) {
	if len(p.points) > 1 {
		p.out = append(p.out, Subpath{p.points, Closed})
	}
	p.points = nil
}

func (p *pathParser) lineTo(to XY) {
	if len(p.points) == 0 {
		p.points = append(p.points, p.at)
	}
	p.points = append(p.points, to)
	p.at, p.control = to, to
}

// step runs the current command once.
func (p *pathParser) step() error {
	rel := p.cmd >= 'a'
	arity := map[byte]int{'m': 2, 'l': 2, 'h': 1, 'v': 1, 'c': 6, 's': 4, 'a': 7, 'z': 0}
	kind := p.cmd | 0x20
	want, known := arity[kind]
	if !known {
		return fmt.Errorf("command %q", p.cmd)
	}
	n, err := p.numbers(want)
	if err != nil {
		return err
	}
	off := func(i int) XY {
		if rel {
			return XY{p.at.X + n[i], p.at.Y + n[i+1]}
		}
		return XY{n[i], n[i+1]}
	}
	switch kind {
	case 'm':
		to := off(0)
		p.end(false)
		p.at, p.start = to, to
		p.cmd -= 'm' - 'l' // more pairs are lines
	case 'l':
		p.lineTo(off(0))
	case 'h':
		if rel {
			n[0] += p.at.X
		}
		p.lineTo(XY{n[0], p.at.Y})
	case 'v':
		if rel {
			n[0] += p.at.Y
		}
		p.lineTo(XY{p.at.X, n[0]})
	case 'c':
		p.cubic(off(0), off(2), off(4))
	case 's':
		p.cubic(XY{2*p.at.X - p.control.X, 2*p.at.Y - p.control.Y}, off(0), off(2))
	case 'a':
		p.arc(n[0], n[1], n[3] != 0, n[4] != 0, off(5))
	case 'z':
		p.end(true)
		p.at = p.start
	}
	return nil
}

func (p *pathParser) cubic(a, b, to XY) {
	from := p.at
	const steps = 12
	for i := 1; i <= steps; i++ {
		t := float64(i) / steps
		u := 1 - t
		w0, w1, w2, w3 := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
		p.lineTo(XY{w0*from.X + w1*a.X + w2*b.X + w3*to.X, w0*from.Y + w1*a.Y + w2*b.Y + w3*to.Y})
	}
	p.control = b
}

// arc draws an elliptical arc without rotation (SVG 1.1, appendix F.6).
func (p *pathParser) arc(rx, ry float64, large, sweep bool, to XY) {
	from := p.at
	hx, hy := (from.X-to.X)/2, (from.Y-to.Y)/2
	if l := hx*hx/(rx*rx) + hy*hy/(ry*ry); l > 1 {
		rx, ry = rx*math.Sqrt(l), ry*math.Sqrt(l)
	}
	k := rx*rx*hy*hy + ry*ry*hx*hx
	f := math.Sqrt(max(0, rx*rx*ry*ry/k-1))
	if large == sweep {
		f = -f
	}
	cx, cy := f*rx*hy/ry, -f*ry*hx/rx
	a0 := math.Atan2((hy-cy)/ry, (hx-cx)/rx)
	a1 := math.Atan2((-hy-cy)/ry, (-hx-cx)/rx)
	if sweep && a1 < a0 {
		a1 += 2 * math.Pi
	} else if !sweep && a1 > a0 {
		a1 -= 2 * math.Pi
	}
	mx, my := cx+(from.X+to.X)/2, cy+(from.Y+to.Y)/2
	const steps = 16
	for i := 1; i < steps; i++ {
		sin, cos := math.Sincos(a0 + (a1-a0)*float64(i)/steps)
		p.lineTo(XY{mx + rx*cos, my + ry*sin})
	}
	p.lineTo(to)
}
