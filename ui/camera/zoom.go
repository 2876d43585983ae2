package camera

import (
	"math"

	"iocwall/media"
)

// maxZoom is the strongest digital zoom: at twelve times a full-HD picture is
// 160 samples wide, and more would show samples instead of things.
const maxZoom = 12

// zoomStep is one notch of the wheel or one press of a key.
const zoomStep = 1.25

// Zoom is the part of a picture that a tile shows: how many times it is
// enlarged, and where its middle lies. The zero value is the whole picture.
type Zoom struct {
	// factor is at least 1 once it is set; x and y are the middle in fractions of
	// the whole picture.
	factor, x, y float64
}

// Factor is how many times the picture is enlarged, 1 for the whole of it.
func (z Zoom) Factor() float64 { return math.Max(1, z.factor) }

// Part is the part shown, the zero value for the whole picture.
func (z Zoom) Part() media.Part {
	if z.factor <= 1 {
		return media.Part{}
	}
	h := 0.5 / z.factor
	return media.Part{X0: z.x - h, Y0: z.y - h, X1: z.x + h, Y1: z.y + h}
}

// By enlarges the picture f times more (less, below 1) around a point given in
// fractions of the part shown: what lies there stays there.
func (z Zoom) By(f, u, v float64) Zoom {
	was := z.Part()
	if was.Whole() {
		was = media.Part{X1: 1, Y1: 1}
		z = Zoom{factor: 1, x: 0.5, y: 0.5}
	}
	z.factor = math.Min(maxZoom, math.Max(1, z.factor*f))
	if z.factor < 1.02 {
		return Zoom{}
	}
	px, py := was.X0+u*(was.X1-was.X0), was.Y0+v*(was.Y1-was.Y0)
	z.x, z.y = px+(0.5-u)/z.factor, py+(0.5-v)/z.factor
	return z.inside()
}

// Pan moves the part by fractions of its own size; it stays on the picture.
func (z Zoom) Pan(du, dv float64) Zoom {
	if z.factor <= 1 {
		return z
	}
	z.x, z.y = z.x+du/z.factor, z.y+dv/z.factor
	return z.inside()
}

func (z Zoom) inside() Zoom {
	h := 0.5 / z.factor
	z.x, z.y = math.Min(1-h, math.Max(h, z.x)), math.Min(1-h, math.Max(h, z.y))
	return z
}
