package picture

import (
	"image"
	"image/color"
	"math"

	"iocwall/geo"
)

// Zoom levels of 256-pixel tiles between which a hand can go.
const leastZoom, mostZoom = 4.0, 20.0

// notch is how much one notch of the wheel, or one press of + or −, magnifies.
const notch = math.Sqrt2

// Kept brings a view back to where maps are of use: the zoom between its limits,
// the centre on the earth.
func Kept(v geo.View) geo.View {
	world := math.Min(math.Max(v.World, 256*math.Exp2(leastZoom)), 256*math.Exp2(mostZoom))
	if world != v.World {
		v.World = world
	}
	lon := math.Min(math.Max(v.Center[0], -180), 180)
	lat := math.Min(math.Max(v.Center[1], -80), 80)
	v.Center = geo.Pt(lon, lat)
	return v
}

// Dragged is the view after the hand pulled the map by so many pixels.
func Dragged(v geo.View, by image.Point) geo.View { return Kept(v.Pan(-float64(by.X), -float64(by.Y))) }

// Zoomed is the view after so many notches at a pixel that keeps its place;
// positive is nearer.
func Zoomed(v geo.View, at image.Point, notches float64) geo.View {
	f := math.Pow(notch, notches)
	least, most := 256*math.Exp2(leastZoom)/v.World, 256*math.Exp2(mostZoom)/v.World
	return Kept(v.ZoomAt(float64(at.X), float64(at.Y), math.Min(math.Max(f, least), most)))
}

// Resized is the same place in a window of another size.
func Resized(v geo.View, size image.Point) geo.View {
	v.Width, v.Height, v.Crop = size.X, size.Y, image.Rectangle{}
	return v
}

// Centred is the view with a place in its middle.
func Centred(v geo.View, p geo.Point) geo.View {
	v.Center = p
	return Kept(v)
}

// Fitted shows a box in a window of the view's size, not nearer than zoom 16.
func Fitted(v geo.View, b geo.Bounds) geo.View {
	margin := float64(min(v.Width, v.Height)) / 8
	f := geo.FitView(b, v.Width, v.Height, margin)
	f.World = math.Min(f.World, 256*math.Exp2(16))
	return Kept(f)
}

// Shifted puts a picture of one view where it lies in another: what is on the
// screen while the true picture is being drawn. Both have their own size; what
// the picture does not hold is filled with the ground.
func Shifted(src *image.RGBA, from, to geo.View, ground color.RGBA) *image.RGBA {
	w, h := to.Width, to.Height
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	fx, fy := from.Origin()
	tx, ty := to.Origin()
	k := from.World / to.World
	columns := make([]int, w)
	for x := range columns {
		columns[x] = int(math.Floor((float64(x)+0.5+tx)*k - fx))
	}
	plain := make([]byte, 4*w)
	for x := range w {
		plain[4*x], plain[4*x+1], plain[4*x+2], plain[4*x+3] = ground.R, ground.G, ground.B, 0xFF
	}
	last, row := math.MinInt, []byte(nil)
	for y := range h {
		out := dst.Pix[y*dst.Stride : y*dst.Stride+4*w]
		sy := int(math.Floor((float64(y)+0.5+ty)*k - fy))
		switch {
		case sy < 0 || sy >= src.Rect.Dy():
			copy(out, plain)
		case sy == last:
			copy(out, row)
		default:
			copy(out, plain)
			shiftRow(out, src.Pix[sy*src.Stride:sy*src.Stride+4*src.Rect.Dx()], columns, k)
			last, row = sy, out
		}
	}
	return dst
}

// shiftRow fills one row; columns are where each pixel comes from.
func shiftRow(out, in []byte, columns []int, k float64) {
	w := len(in) / 4
	if k == 1 && len(columns) > 0 {
		from, to := columns[0], 0
		if from < 0 {
			from, to = 0, -from
		}
		if n := min(w-from, len(columns)-to); n > 0 {
			copy(out[4*to:4*(to+n)], in[4*from:4*(from+n)])
		}
		return
	}
	for x, sx := range columns {
		if sx >= 0 && sx < w {
			copy(out[4*x:4*x+4], in[4*sx:4*sx+4])
		}
	}
}

// Boxed is the box two corners make, in any order.
func Boxed(a, b image.Point) image.Rectangle { return image.Rectangle{Min: a, Max: b}.Canon() }

// Apart is the distance between two pixels.
func Apart(a, b image.Point) float64 {
	return math.Hypot(float64(a.X-b.X), float64(a.Y-b.Y))
}
