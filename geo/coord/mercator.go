package coord

import "math"

// The ellipsoid of WGS 84, which VN-2000 uses as well.
const (
	semiMajor  = 6378137.0
	flattening = 1 / 298.257223563
)

const degree = math.Pi / 180

// mercator is the transverse Mercator projection by Krüger's series to the
// fourth order of the third flattening (C. F. F. Karney, Transverse Mercator with
// an accuracy of a few nanometers, J. Geodesy 85, 2011, equations 7 to 36), whose
// rest is below a hundredth of a millimetre here.
type mercator struct {
	scale float64 // on the central meridian
}

// n is the third flattening, radius the rectifying radius.
const (
	n      = flattening / (2 - flattening)
	radius = semiMajor / (1 + n) * (1 + n*n/4 + n*n*n*n/64)
)

// alpha and beta are the coefficients of the series, there and back.
func alpha() [4]float64 {
	return [4]float64{
		n/2 - 2*n*n/3 + 5*n*n*n/16 + 41*n*n*n*n/180,
		13*n*n/48 - 3*n*n*n/5 + 557*n*n*n*n/1440,
		61*n*n*n/240 - 103*n*n*n*n/140,
		49561 * n * n * n * n / 161280,
	}
}

func beta() [4]float64 {
	return [4]float64{
		n/2 - 2*n*n/3 + 37*n*n*n/96 - n*n*n*n/360,
		n*n/48 + n*n*n/15 - 437*n*n*n*n/1440,
		17*n*n*n/480 - 37*n*n*n*n/840,
		4397 * n * n * n * n / 161280,
	}
}

// forward returns the metres north of the equator and east of the meridian of a
// latitude and a longitude from the meridian, both in degrees.
func (m mercator) forward(lat, off float64) (north, east float64) {
	sinOff, cosOff := math.Sincos(off * degree)
	tau := conformal(math.Tan(lat * degree))
	xi := math.Atan2(tau, cosOff)
	eta := math.Asinh(sinOff / math.Hypot(tau, cosOff))
	north, east = xi, eta
	for i, a := range alpha() {
		k := 2 * float64(i+1)
		north += a * math.Sin(k*xi) * math.Cosh(k*eta)
		east += a * math.Cos(k*xi) * math.Sinh(k*eta)
	}
	return north * radius * m.scale, east * radius * m.scale
}

// inverse undoes forward.
func (m mercator) inverse(north, east float64) (lat, off float64) {
	x, y := north/(radius*m.scale), east/(radius*m.scale)
	xi, eta := x, y
	for i, b := range beta() {
		k := 2 * float64(i+1)
		xi -= b * math.Sin(k*x) * math.Cosh(k*y)
		eta -= b * math.Cos(k*x) * math.Sinh(k*y)
	}
	sinXi, cosXi := math.Sincos(xi)
	off = math.Atan2(math.Sinh(eta), cosXi) / degree
	return math.Atan(geodetic(sinXi/math.Hypot(math.Sinh(eta), cosXi))) / degree, off
}

const eccentricity2 = flattening * (2 - flattening)

// conformal turns the tangent of the geodetic latitude into that of the conformal.
func conformal(tau float64) float64 {
	e := math.Sqrt(eccentricity2)
	sigma := math.Sinh(e * math.Atanh(e*tau/math.Hypot(1, tau)))
	return tau*math.Hypot(1, sigma) - sigma*math.Hypot(1, tau)
}

// geodetic undoes conformal by Newton's method, which settles in three steps.
func geodetic(want float64) float64 {
	tau := want
	for range 5 {
		got := conformal(tau)
		slope := (1 - eccentricity2) * math.Hypot(1, got) * math.Hypot(1, tau) / (1 + (1-eccentricity2)*tau*tau)
		tau += (want - got) / slope
	}
	return tau
}
