package maps

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"iocwall/assets"
	"iocwall/geo/draw"
	"iocwall/ui/look"
)

// TestPictures draws a map of each layer at wall and at desk size in both
// languages. With IOCWALL_GALLERY set to a folder the pictures are kept there for
// people to judge.
func TestPictures(t *testing.T) {
	const coastBox = "107.8,15.1,109.9,16.3"
	for _, c := range []struct {
		name   string
		params []string
	}{
		{"all", []string{"bounds", coastBox, "home", "vn/da-nang-2025"}},
		{"vessels", []string{"bounds", "108.7,15.3,109.5,16.1", "layers", "vessels", "cluster", "no"}},
		{"stations", []string{"bounds", coastBox, "layers", "stations"}},
		{"reports", []string{"bounds", "108.1,15.4,108.7,15.75", "layers", "reports"}},
		{"cameras", []string{"bounds", "108.2,15.45,108.8,15.95", "layers", "cameras"}},
		{"alerts", []string{"bounds", coastBox, "layers", "alerts,vessels"}},
		{"chart", []string{"bounds", coastBox, "layers", "fences,drawings"}},
		{"features", []string{"bounds", coastBox, "layers", "benh-vien,ranh-bien,quy-hoach"}},
		{"areas", []string{"bounds", "104.5,11,112,20", "areas", "ontime", "layers", "areas"}},
		{"wrong", []string{"bounds", coastBox, "layers", "vessels,nope", "filter.vessels", "speed >> 3"}},
	} {
		for _, v := range []struct {
			name, lang string
			theme      look.Theme
			style      draw.Style
			sizes      draw.Sizes
			w, h       int
		}{
			{"wall-vi", "vi", look.Dark(), draw.Dark(), draw.Wall(56), 3840, 2000},
			{"desk-vi", "vi", look.Dark(), draw.Dark(), draw.Desk(), 1400, 800},
			{"desk-en-light", "en", look.Light(), draw.Light(), draw.Desk(), 1400, 800},
		} {
			t.Run(c.name+"-"+v.name, func(t *testing.T) {
				lib := &library{}
				h := newHistory(t, Options{})
				h.m = newMaps(t, v.lang, Options{Theme: v.theme, Features: lib.open})
				coast(h, lib)
				p := h.m.Open(param(c.params...))
				n := h.now(p.View(h.s, v.w, v.h))
				n.Text = v.sizes.Text
				p.Picture(n)
				settle(t, h.m)
				pic := p.Picture(n)
				words := draw.Vietnamese()
				if v.lang == "en" {
					words = draw.English()
				}
				r, err := draw.New(draw.Options{Base: h.m.o.Base, Style: v.style, Ground: h.m.Ground(), Sizes: v.sizes, Words: words, Regular: assets.Regular(), Bold: assets.Bold()})
				if err != nil {
					t.Fatal(err)
				}
				img := image.NewRGBA(image.Rect(0, 0, v.w, v.h))
				if _, err := r.Draw(img, pic.Frame); err != nil {
					t.Fatal(err)
				}
				if testing.Verbose() {
					for _, l := range pic.Layers {
						t.Logf("%+v", l)
					}
					t.Log(pic.Faults, pic.Frame.Furniture.Data, pic.Frame.Furniture.Credit)
				}
				keepPicture(t, c.name+"-"+v.name, img)
			})
		}
	}
}

func keepPicture(t *testing.T, name string, img image.Image) {
	t.Helper()
	dir := os.Getenv("IOCWALL_GALLERY")
	if dir == "" {
		return
	}
	f, err := os.Create(filepath.Join(dir, "map-"+name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(f, img); err != nil {
		t.Fatal(err)
	}
}
