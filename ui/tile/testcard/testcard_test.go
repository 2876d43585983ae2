package testcard

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"iocwall/assets"
	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

func wallEnv(t testing.TB, lang string) *tile.Env {
	t.Helper()
	l, err := words.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	k := &paint.Kit{Theme: look.Dark()}
	if k.Fonts, err = paint.NewFonts(assets.Regular(), assets.Bold()); err != nil {
		t.Fatal(err)
	}
	if k.Icons, err = paint.NewIcons(assets.Icons()); err != nil {
		t.Fatal(err)
	}
	return &tile.Env{Kit: k, Lang: l, Scale: look.WallScale(1.5769, 0, 0)}
}

// grid is a wall of 3 by 2 screens with bezels that show.
func grid() world.WallDefined {
	w := world.WallDefined{ID: "w"}
	for i := range 6 {
		w.Screens = append(w.Screens, world.Screen{
			ID: i + 1, X: float64(i%3) * 1247.6, Y: float64(i/3) * 714.9, W: 1217.6, H: 684.9, PxW: 1920, PxH: 1080,
			Node: "pc-0" + string(rune('1'+i/2)), Output: "HDMI-" + string(rune('1'+i%2)),
		})
	}
	return w
}

// on is the part of the pattern that a screen shows.
func on(w world.WallDefined, s world.Screen) PatternView {
	last := w.Screens[len(w.Screens)-1]
	v := PatternView{Wall: w, W: last.X + last.W, H: last.Y + last.H}
	k := float64(s.PxW) / s.W
	at := func(mm float64) int { return int(mm*k+1e5+0.5) - 1e5 }
	v.Whole = image.Rect(at(-s.X), at(-s.Y), at(v.W-s.X), at(v.H-s.Y))
	v.Rect = image.Rect(0, 0, s.PxW, s.PxH)
	return v
}

func keep(t *testing.T, name string, img image.Image) {
	t.Helper()
	dir := os.Getenv("IOCWALL_GALLERY")
	if dir == "" {
		return
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
}

// TestPatternGoesOnBehindBezels puts the screens' pictures where they hang and
// holds that lines meet: the circle in the middle of the wall is where it is by its
// millimetres on each of the screens it crosses.
func TestPatternGoesOnBehindBezels(t *testing.T) {
	e, w := wallEnv(t, "vi"), grid()
	const k = 1920 / 1217.6
	all := image.NewRGBA(image.Rect(0, 0, 5850, 2208))
	draw.Draw(all, all.Rect, image.NewUniform(color.RGBA{60, 0, 0, 255}), image.Point{}, draw.Src)
	pictures := map[int]*image.RGBA{}
	for _, s := range w.Screens {
		p := NewPattern(e)
		p.Update(on(w, s))
		img := p.Raster().Generator(1920, 1080).(*image.RGBA)
		pictures[s.ID] = img
		draw.Draw(all, img.Rect.Add(image.Pt(int(s.X*k+0.5), int(s.Y*k+0.5))), img, image.Point{}, draw.Src)
		if img.RGBAAt(0, 500) != (color.RGBA{255, 255, 255, 255}) || img.RGBAAt(1919, 500) != (color.RGBA{255, 255, 255, 255}) || img.RGBAAt(960, 1079) != (color.RGBA{255, 255, 255, 255}) {
			t.Errorf("screen %d: its edge is not to be seen", s.ID)
		}
	}
	keep(t, "pattern", all)
	v := on(w, w.Screens[0])
	r := v.H / 2 * 0.96
	cyan := look.Hex(0x5AD1EA)
	for _, c := range []struct {
		screen int
		x, y   float64 // in wall millimetres, on the circle
	}{{2, v.W / 2, v.H/2 - r}, {5, v.W / 2, v.H/2 + r}, {1, v.W/2 - r, v.H/2 - 60}, {3, v.W/2 + r, v.H/2 - 60}} {
		s := w.Screens[c.screen-1]
		x, y := int((c.x-s.X)*k), int((c.y-s.Y)*k)
		found := false
		for dy := -4; dy <= 4; dy++ {
			for dx := -6; dx <= 6; dx++ {
				found = found || pictures[c.screen].RGBAAt(x+dx, y+dy) == cyan
			}
		}
		if inside := image.Pt(x, y).In(image.Rect(0, 0, 1920, 1080)); inside && !found {
			t.Errorf("screen %d: no circle at %d,%d", c.screen, x, y)
		}
	}
}

func TestIdentify(t *testing.T) {
	for _, lang := range words.Codes() {
		e := wallEnv(t, lang)
		for name, c := range map[string]struct {
			is   Screen
			w, h int
			want string
		}{
			"screen":  {Screen{ID: 14, Node: "pc-07", Output: "HDMI-2", PxW: 1920, PxH: 1080, W: 1217.6, H: 684.9}, 1920, 1080, "14"},
			"spare":   {Screen{ID: 27, Node: "pc-12", PxW: 1920, PxH: 1080, W: 1217.6, H: 684.9, Spare: true}, 1920, 1080, "27"},
			"monitor": {Screen{Node: "pc-07", Output: "HDMI-3", PxW: 1920, PxH: 1080}, 1920, 1080, "pc-07 · HDMI-3"},
			"small":   {Screen{ID: 3, Node: "pc-02", Output: "DP-1", PxW: 1024, PxH: 768, W: 400, H: 300}, 1024, 768, "3"},
		} {
			var marks []paint.Mark
			e.Trace = func(m paint.Mark) { marks = append(marks, m) }
			p := NewIdentify(e)
			p.Update(c.is)
			keep(t, "identify-"+name+"-"+lang, p.Raster().Generator(c.w, c.h))
			if len(marks) < 2 || marks[0].Text != c.want || marks[0].Size < 100 {
				t.Errorf("%s %s: %+v", lang, name, marks)
			}
			for _, m := range marks {
				if m.Size < 56 || !m.Ink.In(m.Bounds) || m.Cut {
					t.Errorf("%s %s: %q of %.0f px at %v", lang, name, m.Text, m.Size, m.Ink)
				}
			}
		}
	}
}
