package decode

/*
#include "libav.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"image"
	"unsafe"

	"iocwall/media"
)

// maxSide bounds a rendered picture in each direction, in pixels.
const maxSide = 16384

// Render implements media.Decoder.
//
// A part is cut before scaling, on the borders of chroma samples nearest to what was asked for, so that parts which meet
// in the view meet in the picture too. Planes of LayoutYUV have the size of the decoded part as long as that is not more
// than a quarter larger than the view, else they are scaled down to the view. Matrices other than BT.601 and BT.709 are
// converted to BT.709.
func (d *decoder) Render(v media.View) (media.Picture, error) {
	if d.c == nil || d.hung {
		return media.Picture{}, ErrClosed
	}
	if err := checkView(v); err != nil {
		return media.Picture{}, err
	}
	part := [4]C.double{0, 0, 1, 1}
	if !v.Part.Whole() {
		part = [4]C.double{C.double(v.Part.X0), C.double(v.Part.Y0), C.double(v.Part.X1), C.double(v.Part.Y1)}
	}
	yuv := C.int(0)
	if v.Layout == media.LayoutYUV {
		yuv = 1
	}
	var plan C.wall_plan
	if rc := C.wall_prepare(d.c, &part[0], C.int(v.Size.X), C.int(v.Size.Y), yuv, &plan); rc < 0 {
		return media.Picture{}, fmt.Errorf("decode: scale the picture to %d×%d: %s", v.Size.X, v.Size.Y, words(rc))
	}
	if v.Layout == media.LayoutYUV {
		return d.renderYUV(&plan)
	}
	return d.renderRGBA(&plan)
}

// checkView says what is wrong with a view.
func checkView(v media.View) error {
	p := v.Part
	// Written so that NaN does not pass.
	inside := p.X0 >= 0 && p.Y0 >= 0 && p.X1 <= 1 && p.Y1 <= 1 && p.X0 < p.X1 && p.Y0 < p.Y1
	switch {
	case v.Empty():
		return errors.New("decode: nobody looks at an empty view; ask for a size")
	case v.Size.X > maxSide || v.Size.Y > maxSide:
		return fmt.Errorf("decode: a picture of %d×%d is too large; %d pixels a side are the limit", v.Size.X, v.Size.Y, maxSide)
	case !p.Whole() && !inside:
		return fmt.Errorf("decode: the part from (%g, %g) to (%g, %g) is not inside the picture; give fractions from 0 to 1, the smaller first",
			p.X0, p.Y0, p.X1, p.Y1)
	case v.Layout != media.LayoutRGBA && v.Layout != media.LayoutYUV:
		return fmt.Errorf("decode: layout %q is unknown; use %q or %q", v.Layout, media.LayoutRGBA, media.LayoutYUV)
	}
	return nil
}

func (d *decoder) renderRGBA(plan *C.wall_plan) (media.Picture, error) {
	size := image.Pt(int(plan.width), int(plan.height))
	n := 4 * size.X * size.Y
	// The scaler's vector code may write a little past the last row.
	pix := make([]byte, n+C.WALL_SLACK)
	if rc := C.wall_rgba(d.c, plan, (*C.uint8_t)(unsafe.Pointer(&pix[0]))); rc < 0 {
		return media.Picture{}, fmt.Errorf("decode: scale the picture to %d×%d: %s", size.X, size.Y, words(rc))
	}
	return media.Picture{RGBA: &image.RGBA{Pix: pix[:n:n], Stride: 4 * size.X, Rect: image.Rectangle{Max: size}}}, nil
}

func (d *decoder) renderYUV(plan *C.wall_plan) (media.Picture, error) {
	size := image.Pt(int(plan.width), int(plan.height))
	luma := image.Pt((size.X+3)/4, size.Y)
	chroma := image.Pt(((size.X+1)/2+3)/4, (size.Y+1)/2)
	ny, nc := 4*luma.X*luma.Y, 4*chroma.X*chroma.Y
	// One piece of memory for all three, with room behind each for the scaler's vector code.
	pix := make([]byte, ny+2*nc+3*C.WALL_SLACK)
	at := [3]int{0, ny + C.WALL_SLACK, ny + nc + 2*C.WALL_SLACK}
	base := (*C.uint8_t)(unsafe.Pointer(&pix[0]))
	if rc := C.wall_yuv(d.c, plan, base, C.int(at[1]), C.int(at[2])); rc < 0 {
		return media.Picture{}, fmt.Errorf("decode: make planes of %d×%d: %s", size.X, size.Y, words(rc))
	}
	plane := func(at int, p image.Point) *image.RGBA {
		n := 4 * p.X * p.Y
		return &image.RGBA{Pix: pix[at : at+n : at+n], Stride: 4 * p.X, Rect: image.Rectangle{Max: p}}
	}
	out := &media.YUV{
		Y: plane(at[0], luma), U: plane(at[1], chroma), V: plane(at[2], chroma),
		Size: size, Matrix: media.MatrixBT709, Full: plan.full != 0,
	}
	if plan.matrix == 601 {
		out.Matrix = media.MatrixBT601
	}
	return media.Picture{YUV: out}, nil
}
