package raster

import (
	"bytes"
	"image"
	"image/color"
	"math"
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
		for _, width := range []int{100, 101, 5000, 70000} {
			s, part := speckled(rnd, size.X, size.Y), []int{full, 140}[width%2]
			whole := image.NewRGBA(image.Rect(0, 0, width, 80))
			for i := range 100 * 80 {
				whole.SetRGBA(i%100, i/100, color.RGBA{uint8(rnd.IntN(256)), uint8(rnd.IntN(256)), uint8(rnd.IntN(256)), 255})
			}
			cut := image.NewRGBA(whole.Rect)
			copy(cut.Pix, whole.Pix)
			c := CanvasOf(whole, whole.Rect)
			s.DrawFaded(&c, 50, 38, part)
			for x := 0; x < 100; x += 7 {
				win := image.Rect(x, 0, min(x+7, width), 80)
				c := CanvasOf(cut.SubImage(win).(*image.RGBA), win)
				for y := 0; y < 80; y += 9 {
					band := image.Rect(win.Min.X, y, win.Max.X, min(y+9, 80))
					c = CanvasOf(cut.SubImage(band).(*image.RGBA), band)
					s.DrawFaded(&c, 50, 38, part)
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

// TestDabsAlike lays dabs by the processor's own instructions and by plain ones.
func TestDabsAlike(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 1))
	for i := range 200 {
		s := speckled(rnd, 1+rnd.IntN(30), 1+rnd.IntN(30))
		part := []int{0, full, 1 + rnd.IntN(full)}[i%3]
		dabs := s.dabs()
		if len(dabs) == 0 {
			continue
		}
		a := make([]byte, 40*40*4)
		for i := range a {
			a[i] = uint8(rnd.IntN(256))
		}
		b := bytes.Clone(a)
		layDabsPlain(b, (40+3)*4, 40*4, dabs, part)
		for name, lay := range dabLayers() {
			got := bytes.Clone(a)
			if lay(got, (40+3)*4, 40*4, dabs, part); !bytes.Equal(got, b) {
				t.Fatalf("%s: %d of 256 of %d dabs give other pixels", name, part, len(dabs))
			}
		}
	}
}

// TestRunsAlike lays a colour over runs of pixels by the processor's own instructions,
// by plain ones, and pixel by pixel.
func TestRunsAlike(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 3))
	for range 500 {
		p := make([]byte, 4*dabWidth*(1+rnd.IntN(8)))
		for i := range p {
			p[i] = uint8(rnd.IntN(256))
		}
		k, a := inkOf(color.RGBA{uint8(rnd.IntN(256)), uint8(rnd.IntN(256)), uint8(rnd.IntN(256)), 0}), uint32(rnd.IntN(256))
		want, plain, part := bytes.Clone(p), bytes.Clone(p), bytes.Clone(p[:len(p)-4*rnd.IntN(5)])
		for i := 0; i < len(p); i += 4 {
			k.lay(want[i:i+4], a)
		}
		add := uint64(k.rb&0xffff*a+128) | uint64(k.ga&0xffff*a+128)<<16 | uint64(k.rb>>16*a+128)<<32 | uint64(k.ga>>16*a+128)<<48
		layRunPlain(plain, add, 255-a)
		k.run(part, a)
		k.run(p, a)
		if !bytes.Equal(p, want) || !bytes.Equal(plain, want) || !bytes.Equal(part, want[:len(part)]) {
			t.Fatalf("%d pixels with %d of 255 differ", len(p)/4, a)
		}
	}
}

// TestRaysAlikeWholeAndCut draws lines at once and in windows that cut them, and
// compares them with those of Canvas.Ray.
func TestRaysAlikeWholeAndCut(t *testing.T) {
	const side = 240
	rnd := rand.New(rand.NewPCG(3, 8))
	for _, half := range []float64{0.5, 0.75, 2.4} {
		rays := NewRays(half, color.RGBA{200, 100, 250, 255})
		for range 300 {
			turn, length := rnd.IntN(RayTurns), rnd.Float64()*longestRay
			whole, cut, plain := image.NewRGBA(image.Rect(0, 0, side, side)), image.NewRGBA(image.Rect(0, 0, side, side)), image.NewRGBA(image.Rect(0, 0, side, side))
			c := CanvasOf(whole, whole.Rect)
			rays.Draw(&c, side/2, side/2, turn, length, 0)
			for y := 0; y < side; y += 48 {
				for x := 0; x < side; x += 37 {
					win := image.Rect(x, y, min(x+37, side), y+48)
					c := CanvasOf(cut.SubImage(win).(*image.RGBA), win)
					rays.Draw(&c, side/2, side/2, turn, length, 0)
				}
			}
			if !bytes.Equal(whole.Pix, cut.Pix) {
				t.Fatalf("a line %g long and %g wide in direction %d is cut differently", length, 2*half, turn)
			}
			sin, cos := math.Sincos(float64(turn) / RayTurns * 2 * math.Pi)
			c = CanvasOf(plain, plain.Rect)
			c.Ray(side/2, side/2, sin, -cos, math.Round(length), half, rays.col)
			for i := range whole.Pix {
				if d := int(whole.Pix[i]) - int(plain.Pix[i]); d > 3 || d < -3 {
					t.Fatalf("a line %g long and %g wide in direction %d: byte %d is %d, of Ray %d", length, 2*half, turn, i, whole.Pix[i], plain.Pix[i])
				}
			}
		}
	}
}

// TestHiddenRays draws lines with and without what a symbol hides of them, and the
// symbol over them in all its directions: there must be no difference.
func TestHiddenRays(t *testing.T) {
	const side = 100
	paths, err := ParsePath("M12 1.5c3.4 4 4.6 8 4.6 11.5V22H7.4v-9C7.4 9.5 8.6 5.5 12 1.5Z")
	if err != nil {
		t.Fatal(err)
	}
	white := color.RGBA{255, 255, 255, 255}
	rnd := rand.New(rand.NewPCG(4, 4))
	var maker Maker
	for _, size := range []uint16{14, 20, 56} {
		half := float64(size) / 14 * 0.6
		rays := NewRays(half, color.RGBA{200, 100, 50, 255})
		icon := func(turn int) *Sprite {
			return maker.Icon([]Part{{Paths: paths}}, IconKey{Turn: uint8(turn), Size: size, Main: white, Halo: color.RGBA{A: 255}})
		}
		ahead, most := icon(0), 0.0
		for turn := 0; turn < Turns; turn += 7 {
			hull := icon(turn)
			for range 6 {
				course, length := rnd.IntN(RayTurns), rnd.Float64()*longestRay*1.2
				hidden := ahead.Hides((course-turn*RayTurns/Turns+RayTurns)%RayTurns, half)
				most = max(most, hidden)
				pictures := [2]*image.RGBA{}
				for i, h := range []float64{0, hidden} {
					pictures[i] = image.NewRGBA(image.Rect(0, 0, side, side))
					c := CanvasOf(pictures[i], pictures[i].Rect)
					rays.Draw(&c, side/2, side/2, course, length, h)
					hull.Draw(&c, side/2, side/2)
				}
				for i, a := range pictures[0].Pix {
					if d := int(a) - int(pictures[1].Pix[i]); d > 8 || d < -8 {
						t.Fatalf("size %d: of a line in direction %d, %g long, %g are said to be hidden by a symbol turned %d", size, course, length, hidden, turn)
					}
				}
			}
		}
		if most < float64(size)*0.35 {
			t.Errorf("a symbol of %d pixels hides %g of a line ahead", size, most)
		}
	}
}

func TestRayTurn(t *testing.T) {
	for course, want := range map[float64]int{0: 0, 90: 90, 359.4: 359, 359.6: 0, 360: 0, -90: 270, -0.2: 0, 725: 5} {
		if got := RayTurn(course); got != want {
			t.Errorf("a course of %g° is direction %d, want %d", course, got, want)
		}
	}
}
