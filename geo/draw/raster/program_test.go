package raster

import (
	"image"
	"image/color"
	"math/rand/v2"
	"testing"
)

// speckled is a sprite of random pixels, some of them clear, many of one coverage.
func speckled(rnd *rand.Rand, w, h int) *Sprite {
	s := &Sprite{w: w, h: h, ox: -w / 2, oy: -h / 2, pix: make([]byte, w*h*4)}
	for i := 0; i < len(s.pix); i += 4 {
		a := []int{0, 204, 204, 255, 1, 127, 128, rnd.IntN(256)}[rnd.IntN(8)]
		s.pix[i], s.pix[i+1], s.pix[i+2], s.pix[i+3] = uint8(rnd.IntN(a+1)), uint8(rnd.IntN(a+1)), uint8(rnd.IntN(a+1)), uint8(a)
	}
	return s.trim()
}

// TestSpritesAlikeWholeAndCut lays sprites over a picture at once and in windows
// that cut them, which go pixel by pixel: every byte must be the same.
func TestSpritesAlikeWholeAndCut(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	for _, size := range []image.Point{{1, 1}, {5, 3}, {24, 21}, {90, 70}} {
		for _, width := range []int{100, 101, 5000, 70000} { // the last has rows too long for programs
			s := speckled(rnd, size.X, size.Y)
			whole := image.NewRGBA(image.Rect(0, 0, width, 80))
			for i := range 100 * 80 {
				whole.SetRGBA(i%100, i/100, color.RGBA{uint8(rnd.IntN(256)), uint8(rnd.IntN(256)), uint8(rnd.IntN(256)), 255})
			}
			cut := image.NewRGBA(whole.Rect)
			copy(cut.Pix, whole.Pix)
			c := CanvasOf(whole, whole.Rect)
			s.Draw(&c, 50, 38)
			for x := 0; x < 100; x += 7 {
				win := image.Rect(x, 0, min(x+7, width), 80)
				c := CanvasOf(cut.SubImage(win).(*image.RGBA), win)
				for y := 0; y < 80; y += 9 {
					band := image.Rect(win.Min.X, y, win.Max.X, min(y+9, 80))
					c = CanvasOf(cut.SubImage(band).(*image.RGBA), band)
					s.Draw(&c, 50, 38)
				}
			}
			for i := range 100 * 80 {
				if a, b := whole.RGBAAt(i%100, i/100), cut.RGBAAt(i%100, i/100); a != b {
					t.Fatalf("%v in a picture %d wide: pixel %d, %d is %v whole and %v cut", size, width, i%100, i/100, a, b)
				}
			}
		}
	}
}

// TestSpriteOfOneColour covers the picture whatever lay there.
func TestSpriteOfOneColour(t *testing.T) {
	s := &Sprite{w: 9, h: 2, pix: make([]byte, 9*2*4)}
	for i := range s.pix {
		s.pix[i] = 255
	}
	dst := image.NewRGBA(image.Rect(0, 0, 20, 4))
	c := CanvasOf(dst, dst.Rect)
	s.trim().Draw(&c, 3, 1)
	if dst.RGBAAt(3, 1) != (color.RGBA{255, 255, 255, 255}) || dst.RGBAAt(11, 2).A != 255 || dst.RGBAAt(12, 2).A != 0 || dst.RGBAAt(2, 1).A != 0 {
		t.Error("the sprite does not lie from (3, 1) to (12, 3)")
	}
}
