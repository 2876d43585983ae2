package pen

import (
	"image"
	"image/color"
	"testing"

	"iocwall/assets"
	"iocwall/geo/draw/raster"
	"iocwall/geo/draw/sign"
)

// TestEverySign draws every symbol and a letter, in a window that does not begin
// at the view's corner.
func TestEverySign(t *testing.T) {
	p, err := New(assets.Regular(), assets.Bold())
	if err != nil {
		t.Fatal(err)
	}
	white := color.RGBA{255, 255, 255, 255}
	ink := func(draw func()) int {
		m := image.NewRGBA(image.Rect(0, 0, 60, 60))
		c := raster.CanvasOf(m, image.Rect(100, 100, 160, 160))
		p.Begin(&c)
		draw()
		n := 0
		for i := 3; i < len(m.Pix); i += 4 {
			if m.Pix[i] > 0 {
				n++
			}
		}
		return n
	}
	for s := sign.None + 1; s < sign.Count; s++ {
		if n := ink(func() { p.Icon(raster.IconKey{Icon: s, Size: 48, Main: white, Back: white}).Draw(p.canvas, 130, 130) }); n < 60 {
			if s != sign.Islet && s != sign.Live {
				t.Errorf("sign %d covers %d pixels", s, n)
			}
		}
	}
	if p.Icon(raster.IconKey{Icon: sign.Count, Size: 20}) != nil {
		t.Error("a sign that does not exist has a sprite")
	}
	if n := ink(func() { p.Text(110, 140, raster.TextKey{Text: "Ẫ", Style: Plain(30, true, white)}) }); n < 60 {
		t.Errorf("a letter covers %d pixels", n)
	}
	if n := ink(func() { p.Box(image.Rect(110, 110, 150, 150), 4, 2, white, white) }); n < 1500 || n > 1600 {
		t.Errorf("a box of 40 × 40 covers %d pixels", n)
	}
	if n := ink(func() { p.Frame(image.Rect(110, 110, 150, 150), p.canvas.Win, 2, white) }); n != 4*2*38 {
		t.Errorf("a frame of 40 × 40 covers %d pixels", n)
	}
}

func TestRefusals(t *testing.T) {
	if _, err := New(nil, assets.Bold()); err == nil {
		t.Error("took no font")
	}
	if _, err := New(assets.Regular(), []byte("x")); err == nil {
		t.Error("took a font that is none")
	}
}
