package raster

import (
	"encoding/binary"
	"image/color"
	"math"
)

// Line draws one line with round ends straight into the picture.
func (c *Canvas) Line(x0, y0, x1, y1, half float64, col color.RGBA) {
	ux, uy := 1.0, 0.0
	length := math.Sqrt((x1-x0)*(x1-x0) + (y1-y0)*(y1-y0))
	if length > 0 {
		ux, uy = (x1-x0)/length, (y1-y0)/length
	}
	c.Ray(x0, y0, ux, uy, length, half, col)
}

// Ray draws a line with round ends straight into the picture: from (x, y) on for
// length pixels in the direction of the unit vector (ux, uy).
func (c *Canvas) Ray(x, y, ux, uy, length, half float64, col color.RGBA) {
	reach := half + 0.5
	left, right := min(x, x+ux*length)-reach, max(x, x+ux*length)+reach
	high, low := min(y, y+uy*length)-reach, max(y, y+uy*length)+reach
	// Comparing so keeps out what is no number, too.
	if !(right > float64(c.Win.Min.X) && left < float64(c.Win.Max.X) && low > float64(c.Win.Min.Y) && high < float64(c.Win.Max.Y)) {
		return
	}
	// The row's middle is where the line's middle is; it covers wide to both sides.
	slope, wide := 0.0, math.Inf(1)
	if uy > 1e-9 || uy < -1e-9 {
		slope, wide = ux/uy, reach/math.Abs(uy)
	}
	ink := inkOf(col)
	bottom := int(min(float64(c.Win.Max.Y), math.Floor(low+0.5)))
	for row := int(max(float64(c.Win.Min.Y), math.Ceil(high-0.5))); row < bottom; row++ {
		dy := float64(row) + 0.5 - y
		mid := x + dy*slope
		from, to := mid-wide, mid+wide
		if from < left {
			from = left
		}
		if to > right {
			to = right
		}
		x0, x1 := max(c.Win.Min.X, int(math.Ceil(from-0.5))), min(c.Win.Max.X, int(math.Floor(to+0.5)))
		if x0 >= x1 {
			continue
		}
		dx := float64(x0) + 0.5 - x
		along, across := dx*ux+dy*uy, dx*uy-dy*ux
		if last := along + float64(x1-1-x0)*ux; along >= 0 && last >= 0 && along <= length && last <= length {
			ink.between(c.Row(row, x0, x1), across, uy, reach)
			continue
		}
		for p := c.Row(row, x0, x1); len(p) >= 4; p = p[4:] {
			over := along - length
			if along < 0 {
				over = along
			}
			d := math.Abs(across)
			if along < 0 || over > 0 {
				d = math.Sqrt(across*across + over*over)
			}
			if a := int32((reach - d) * 255); a > 0 {
				ink.lay(p, uint32(min(a, 255))*ink.a/255)
			}
			along += ux
			across += uy
		}
	}
}

// between lays the ink over a row of pixels that lie beside a line rather than
// around one of its ends; across is how far the first is from the line.
func (k *ink) between(row []byte, across, step, reach float64) {
	for ; len(row) >= 4; row = row[4:] {
		if a := int32((reach - math.Abs(across)) * 255); a > 0 {
			k.lay(row, uint32(min(a, 255))*k.a/255)
		}
		across += step
	}
}

// ink is a colour made ready to be laid over many pixels.
type ink struct{ rb, ga, a uint32 }

func inkOf(col color.RGBA) ink {
	return ink{uint32(col.R) | uint32(col.B)<<16, uint32(col.G) | 255<<16, uint32(col.A)}
}

// lay lays the colour over a pixel with coverage a of 255, two channels at a
// time and each rounded as blend rounds it: (v+128+(v+128)/256)/256 is v/255.
func (k *ink) lay(p []byte, a uint32) {
	d, ia := binary.LittleEndian.Uint32(p), 255-a
	rb := k.rb*a + (d&0x00ff00ff)*ia + 0x00800080
	rb = (rb + rb>>8&0x00ff00ff) >> 8 & 0x00ff00ff
	ga := k.ga*a + (d>>8&0x00ff00ff)*ia + 0x00800080
	ga = (ga + ga>>8&0x00ff00ff) & 0xff00ff00
	binary.LittleEndian.PutUint32(p, rb|ga)
}

// run lays the colour over a run of pixels with coverage a of 255.
func (k *ink) run(p []byte, a uint32) {
	if n := len(p) / (4 * dabWidth); n > 0 {
		// What is added to each channel, and what part of 255 of it stays.
		add := uint64(k.rb&0xffff*a+128) | uint64(k.ga&0xffff*a+128)<<16 | uint64(k.rb>>16*a+128)<<32 | uint64(k.ga>>16*a+128)<<48
		layRun(p[:n*4*dabWidth], add, 255-a)
		p = p[n*4*dabWidth:]
	}
	for ; len(p) >= 4; p = p[4:] {
		k.lay(p, a)
	}
}

// layRunPlain makes each channel d of a run of pixels d·stay + add, of 255; add has
// sixteen bits for each channel and half of 255 in it. It is what the processor's
// own instructions do where there are any.
func layRunPlain(p []byte, add uint64, stay uint32) {
	for ; len(p) >= 4; p = p[4:] {
		for i := range 4 {
			v := uint32(p[i])*stay + uint32(uint16(add>>(16*i)))
			p[i] = uint8((v + v>>8) >> 8)
		}
	}
}
