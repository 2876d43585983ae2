package geo

import (
	"image"
	"math"
)

// MaxLatitude is the latitude at which the Web-Mercator square ends.
const MaxLatitude = 85.05112877980659

// View is a window on the Web-Mercator map, in pixels with y downwards. The
// whole view may span many screens: it is Width × Height pixels around Center,
// bezels included. Crop is the part that one screen draws, in pixels of the
// whole view; an empty Crop means all of it. Two Views with the same Center,
// World, Width and Height agree on every pixel whatever their Crop.
// A View is a value: it can be compared with == and used as a map key.
type View struct {
	Center        Point           // longitude and latitude in the middle of the whole view
	World         float64         // pixels of the whole world's width: 256·2^zoom
	Width, Height int             // pixels of the whole view
	Crop          image.Rectangle // part that is drawn, in pixels of the whole view
}

// FitView returns the View of width × height pixels that shows all of b with at
// least margin pixels around it. An empty b is shown at zoom 15.
func FitView(b Bounds, width, height int, margin float64) View {
	x0, y0 := Project(Point{b.Min[0], b.Max[1]})
	x1, y1 := Project(Point{b.Max[0], b.Min[1]})
	world := 256 * math.Exp2(15)
	if dx := x1 - x0; dx > 0 {
		world = min(world*64, max(1, float64(width)-2*margin)/dx)
	}
	if dy := y1 - y0; dy > 0 {
		world = min(world, max(1, float64(height)-2*margin)/dy)
	}
	return View{Center: Unproject((x0+x1)/2, (y0+y1)/2), World: world, Width: width, Height: height}
}

// ZoomView returns the View of width × height pixels around center at the zoom
// of 256-pixel tiles, which may have a fraction.
func ZoomView(center Point, zoom float64, width, height int) View {
	return View{Center: center, World: 256 * math.Exp2(zoom), Width: width, Height: height}
}

// Project maps a point to the Web-Mercator unit square: x grows eastwards from
// -180°, y southwards from MaxLatitude. Latitudes beyond it are clamped.
func Project(p Point) (x, y float64) {
	lat := max(-MaxLatitude, min(MaxLatitude, p[1]))
	sin := math.Sin(lat * degree)
	return p[0]/360 + 0.5, 0.5 - math.Log((1+sin)/(1-sin))/(4*math.Pi)
}

// Unproject is the inverse of Project.
func Unproject(x, y float64) Point {
	return Point{(x - 0.5) * 360, 90 - 2*math.Atan(math.Exp((y-0.5)*2*math.Pi))/degree}
}

// Zoom returns the zoom level of 256-pixel tiles, with its fraction.
func (v View) Zoom() float64 { return math.Log2(v.World / 256) }

// Origin returns the position of the whole view's top left corner in pixels of
// the world. A projected point's pixel is x·World − originX, y·World − originY.
func (v View) Origin() (x, y float64) {
	cx, cy := Project(v.Center)
	return cx*v.World - float64(v.Width)/2, cy*v.World - float64(v.Height)/2
}

// Pixel returns where p lies in pixels of the whole view; it may lie outside.
func (v View) Pixel(p Point) (x, y float64) {
	ox, oy := v.Origin()
	x, y = Project(p)
	return x*v.World - ox, y*v.World - oy
}

// Point returns the position at a pixel of the whole view.
func (v View) Point(x, y float64) Point {
	ox, oy := v.Origin()
	return Unproject((x+ox)/v.World, (y+oy)/v.World)
}

// Rect returns the whole view as a rectangle of pixels.
func (v View) Rect() image.Rectangle { return image.Rect(0, 0, v.Width, v.Height) }

// Visible returns the part that is drawn: Crop clipped to the view, or all of it.
func (v View) Visible() image.Rectangle {
	if v.Crop.Empty() {
		return v.Rect()
	}
	return v.Crop.Intersect(v.Rect())
}

// Whole returns the same view without a crop.
func (v View) Whole() View {
	v.Crop = image.Rectangle{}
	return v
}

// CropTo returns the same view cropped to r, in pixels of the whole view.
func (v View) CropTo(r image.Rectangle) View {
	v.Crop = r
	return v
}

// Bounds returns the box of longitudes and latitudes that is drawn.
func (v View) Bounds() Bounds { return v.BoundsOf(v.Visible()) }

// BoundsOf returns the box of longitudes and latitudes of a rectangle of pixels.
func (v View) BoundsOf(r image.Rectangle) Bounds {
	nw := v.Point(float64(r.Min.X), float64(r.Min.Y))
	se := v.Point(float64(r.Max.X), float64(r.Max.Y))
	return Bounds{Min: Point{nw[0], se[1]}, Max: Point{se[0], nw[1]}}
}

// MetersPerPixel returns the length of one pixel on the ground at a latitude.
func (v View) MetersPerPixel(lat float64) float64 {
	return math.Cos(lat*degree) * 2 * math.Pi * EarthRadius / v.World
}

// Pan returns the view moved so that what was at the pixel (dx, dy) right of and
// below the centre is the new centre.
func (v View) Pan(dx, dy float64) View {
	v.Center = v.Point(float64(v.Width)/2+dx, float64(v.Height)/2+dy)
	v.Center[1] = max(-MaxLatitude, min(MaxLatitude, v.Center[1]))
	return v
}

// Offset returns by how many pixels the picture of v moves to become that of w,
// false if that is not by whole ones, or the views differ in more than where they
// are. Their crops do not count.
func (v View) Offset(w View) (image.Point, bool) {
	if v.World != w.World || v.Width != w.Width || v.Height != w.Height {
		return image.Point{}, false
	}
	ax, ay := v.Origin()
	bx, by := w.Origin()
	dx, dy := ax-bx, ay-by
	const near, most = 1e-5, 1e6
	if !(math.Abs(dx) < most) || !(math.Abs(dy) < most) || math.Abs(dx-math.Round(dx)) > near || math.Abs(dy-math.Round(dy)) > near {
		return image.Point{}, false
	}
	return image.Pt(int(math.Round(dx)), int(math.Round(dy))), true
}

// ZoomAt returns the view magnified by factor with the pixel (x, y) kept in place.
func (v View) ZoomAt(x, y, factor float64) View {
	fixed := v.Point(x, y)
	v.World *= factor
	nx, ny := v.Pixel(fixed)
	return v.Pan(nx-x, ny-y)
}
