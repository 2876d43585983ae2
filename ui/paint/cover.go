package paint

import (
	"image"
	"image/color"

	"golang.org/x/image/draw"
)

// cropLimit is the share of a picture that may be cut off to fill a place.
const cropLimit = 0.25

// nearEnough is by how much a picture may be larger than its place and still be
// shown pixel by pixel: cutting a few off is sharper than scaling, and free.
const nearEnough = 0.04

// Crop returns the middle w×h px of a picture made in CoverSize for that
// place, without copying where its rows can be used as they are. A picture of
// another size, made for an earlier layout, is scaled.
func Crop(src *image.RGBA, w, h int, ground color.RGBA) *image.RGBA {
	sw, sh := src.Rect.Dx(), src.Rect.Dy()
	switch {
	case sw == w && sh >= h && src.Stride == 4*w:
		top := (sh - h) / 2
		return &image.RGBA{Pix: src.Pix[top*src.Stride : (top+h)*src.Stride], Stride: src.Stride, Rect: image.Rect(0, 0, w, h)}
	case sw >= w && sh >= h && float64(w*h) >= (1-cropLimit-nearEnough)*float64(sw*sh):
		dst := image.NewRGBA(image.Rect(0, 0, w, h))
		draw.Draw(dst, dst.Rect, src, src.Rect.Min.Add(image.Pt((sw-w)/2, (sh-h)/2)), draw.Src)
		return dst
	}
	return cover(src, w, h, ground)
}

// Window is Crop without copying: the middle w×h px of a picture made for that
// place, whose rows are as far apart as the picture's. It reports false where the
// picture would have to be scaled.
func Window(src *image.RGBA, w, h int) (*image.RGBA, bool) {
	sw, sh := src.Rect.Dx(), src.Rect.Dy()
	if w <= 0 || h <= 0 || sw < w || sh < h || float64(w*h) < (1-cropLimit-nearEnough)*float64(sw*sh) {
		return nil, false
	}
	at := src.Rect.Min.Add(image.Pt((sw-w)/2, (sh-h)/2))
	return src.SubImage(image.Rectangle{Min: at, Max: at.Add(image.Pt(w, h))}).(*image.RGBA), true
}

func cover(src *image.RGBA, w, h int, ground color.RGBA) *image.RGBA {
	dst := image.NewRGBA(image.Rect(0, 0, max(w, 1), max(h, 1)))
	sw, sh := src.Rect.Dx(), src.Rect.Dy()
	if sw == 0 || sh == 0 {
		return dst
	}
	fit := CoverSize(image.Pt(sw, sh), image.Pt(w, h))
	at := image.Pt((w-fit.X)/2, (h-fit.Y)/2)
	draw.Draw(dst, dst.Rect, image.NewUniform(ground), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(dst, image.Rectangle{Min: at, Max: at.Add(fit)}, src, src.Rect, draw.Src, nil)
	return dst
}

// CoverSize returns the size at which a picture of size src is shown in a place
// of size dst: it fills the place where that cuts off at most a quarter of the
// picture, and otherwise lies whole within it. Without a source it is dst.
func CoverSize(src, dst image.Point) image.Point { return CoverWithin(src, dst, cropLimit) }

// CoverWithin is CoverSize with another limit to what may be cut off, at most
// 0.28: many small pictures side by side are better without bars beside them.
func CoverWithin(src, dst image.Point, limit float64) image.Point {
	if src.X <= 0 || src.Y <= 0 {
		return dst
	}
	fx, fy := float64(dst.X)/float64(src.X), float64(dst.Y)/float64(src.Y)
	f := max(fx, fy)
	if lost := 1 - min(fx, fy)/f; lost > limit {
		f = min(fx, fy)
	}
	if f < 1 && f >= 1-nearEnough && src.X >= dst.X && src.Y >= dst.Y {
		return src
	}
	return image.Pt(int(float64(src.X)*f+0.5), int(float64(src.Y)*f+0.5))
}
