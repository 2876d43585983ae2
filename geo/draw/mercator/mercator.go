// Package mercator maps positions to pixels of a view, fast: around the middle of the
// view by a series that is exact to a thousandth of a pixel.
package mercator

import (
	"math"

	"iocwall/geo"
	"iocwall/geo/draw/raster"
)

// Projection maps positions to pixels of a view. Make one with Of.
type Projection struct {
	world, ox, oy float64
	near          series
}

// Of returns the projection of a view.
func Of(v geo.View) Projection { return Scaled(v, 1) }

// Scaled returns that of a picture of the view which is larger by a factor.
func Scaled(v geo.View, by float64) Projection {
	ox, oy := v.Origin()
	return Projection{v.World * by, ox * by, oy * by, seriesOf(v)}
}

// World is how many pixels the earth is wide.
func (p *Projection) World() float64 { return p.world }

// At returns the pixel of a position, whole pixels being the corners between them; what
// is no number is far away from every view.
func (p *Projection) At(q geo.Point) raster.XY {
	return raster.XY{X: bounded((q[0]/360+0.5)*p.world - p.ox), Y: bounded(p.near.y(q[1])*p.world - p.oy)}
}

// farAway is where positions that are no numbers end up: off every view.
const farAway = -1e9

func bounded(v float64) float64 {
	if v > farAway && v < -farAway {
		return v
	}
	if v != v {
		return farAway
	}
	return max(farAway, min(-farAway, v))
}

// series computes the y of geo.Project for latitudes in and around a view by
// the first terms of its Taylor series around the middle, which takes a tenth of
// the time of a sine and a logarithm. Where the terms left out may come to more
// than errorMost of a pixel it computes the whole.
type series struct {
	middle, reach float64 // degrees of latitude; reach is how far the series holds
	terms         [8]float64
	secant        [7]float64 // series of the secant of the latitude
}

// errorMost is how far a position may be off, in pixels.
const errorMost = 1e-3

// seriesOf returns the series of a view. It depends on the whole view alone, so
// that every crop of it comes to the same pixels.
func seriesOf(v geo.View) series {
	// y is the integral of the secant. The coefficients of secant s and tangent t
	// follow from s' = s·t and t' = s².
	const degree = math.Pi / 180
	m := series{middle: v.Center[1]}
	var s, t [8]float64
	sin, cos := math.Sincos(m.middle * degree)
	s[0], t[0] = 1/cos, sin/cos
	for n := range len(s) - 1 {
		for k := range n + 1 {
			s[n+1] += s[k] * t[n-k] / float64(n+1)
			t[n+1] += s[k] * s[n-k] / float64(n+1)
		}
	}
	_, m.terms[0] = geo.Project(v.Center)
	scale := degree
	for n := range m.secant {
		m.secant[n] = s[n] * scale / degree
		m.terms[n+1] = -s[n] * scale / float64(n+1) / (2 * math.Pi)
		scale *= degree
	}
	// The coefficients of the secant are below 2/pole^(n+1), pole being the distance
	// to the nearer pole. Up to half of that all terms left out together come to
	// less than twice the first.
	pole := 90 - math.Abs(m.middle)
	first := 4 / math.Pow(pole*degree, 8) * scale / 8 / (2 * math.Pi) * v.World
	m.reach = min(pole/2, geo.MaxLatitude-math.Abs(m.middle), math.Pow(errorMost/first, 1.0/8))
	if !(m.reach > 0) {
		m.reach = 0
	}
	return m
}

// y is that of geo.Project.
func (m *series) y(lat float64) float64 {
	d := lat - m.middle
	if !(d < m.reach && d > -m.reach) {
		_, y := geo.Project(geo.Point{0, lat})
		return y
	}
	c := &m.terms
	return c[0] + d*(c[1]+d*(c[2]+d*(c[3]+d*(c[4]+d*(c[5]+d*(c[6]+d*c[7]))))))
}

// Stretch returns the secant of a latitude: how much longer than on the equator a metre
// is drawn there.
func (p *Projection) Stretch(lat float64) float64 {
	m := &p.near
	d := lat - m.middle
	if !(d < m.reach && d > -m.reach) {
		return 1 / math.Cos(lat*math.Pi/180)
	}
	c := &m.secant
	return c[0] + d*(c[1]+d*(c[2]+d*(c[3]+d*(c[4]+d*(c[5]+d*c[6])))))
}
