package look

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

func TestTextPx(t *testing.T) {
	ref := Panel{WidthMM: 1217.6, HeightMM: 684.9, WidthPX: 1920, HeightPX: 1080}
	if d := ref.PxPerMM(); math.Abs(d-1.577) > 0.001 {
		t.Fatalf("density %.4f", d)
	}
	for _, c := range []struct {
		mm   float64
		want int
	}{{5000, 56}, {6500, 72}, {8000, 88}} {
		if got := TextPx(c.mm, ref.PxPerMM()); got != c.want {
			t.Errorf("%v mm: %d px, want %d", c.mm, got, c.want)
		}
	}
	s := WallScale(ref.PxPerMM(), 0, 0)
	if s != (Scale{Text: 56, Lead: 88, Hero: 240, Value: 128, PlateL: 80, PlateM: 56, PlateCam: 64}) {
		t.Errorf("reference wall: %+v", s)
	}
	uhd := Panel{WidthMM: 1217.6, HeightMM: 684.9, WidthPX: 3840, HeightPX: 2160}
	if s := WallScale(uhd.PxPerMM(), 0, 0); s.Text != 112 || s.Lead != 184 && s.Lead != 176 {
		t.Errorf("2160p wall: %+v", s)
	}
	if s := DeskScale(9); s.Text != 14 || s.Px(80) != 20 || s.Px(0) != 0 || s.Px(1) != 1 {
		t.Errorf("desk: %+v", s)
	}
}

type row struct {
	name string
	c    color.RGBA
	want [4]float64 // bg s1 s2 s3
}

// TestContrastTable recomputes section 11 of the design from the tokens.
func TestContrastTable(t *testing.T) {
	d, l := Dark(), Light()
	check := func(th Theme, rows []row) {
		for _, r := range rows {
			for i, ground := range []color.RGBA{th.Bg, th.S1, th.S2, th.S3} {
				same(t, th.Name+" "+r.name, Contrast(r.c, ground), r.want[i])
			}
			low := 4.5
			if r.name == "line2" {
				low = 3
			}
			for i, ground := range []color.RGBA{th.Bg, th.S1, th.S2} {
				if got := Contrast(r.c, ground); got < low {
					t.Errorf("%s %s on ground %d: %.2f below %.1f", th.Name, r.name, i, got, low)
				}
			}
		}
	}
	check(d, []row{
		{"t1", d.T1, [4]float64{17.2, 15.9, 14.3, 11.9}},
		{"t2", d.T2, [4]float64{11.2, 10.3, 9.3, 7.7}},
		{"t3", d.T3, [4]float64{7.3, 6.8, 6.1, 5.1}},
		{"notice", d.Notice, [4]float64{9.2, 8.5, 7.7, 6.4}},
		{"warning", d.Warning, [4]float64{13.5, 12.5, 11.2, 9.4}},
		{"severe", d.Severe, [4]float64{9.5, 8.8, 7.9, 6.6}},
		{"critical", d.Critical, [4]float64{7.7, 7.1, 6.4, 5.4}},
		{"done", d.Done, [4]float64{10.5, 9.7, 8.7, 7.3}},
		{"focus", d.Focus, [4]float64{10.8, 10.0, 9.0, 7.5}},
		{"disaster", d.Disaster, [4]float64{9.6, 8.9, 8.0, 6.7}},
		{"line2", d.Line2, [4]float64{4.2, 3.8, 3.4, 2.9}},
	})
	check(l, []row{
		{"t1", l.T1, [4]float64{16.0, 17.5, 14.9, 13.8}},
		{"t2", l.T2, [4]float64{8.8, 9.6, 8.2, 7.6}},
		{"t3", l.T3, [4]float64{5.8, 6.3, 5.4, 5.0}},
		{"notice", l.Notice, [4]float64{5.9, 6.5, 5.5, 5.1}},
		{"warning", l.Warning, [4]float64{6.7, 7.3, 6.2, 5.8}},
		{"severe", l.Severe, [4]float64{6.4, 7.0, 6.0, 5.6}},
		{"critical", l.Critical, [4]float64{6.5, 7.1, 6.1, 5.6}},
		{"done", l.Done, [4]float64{6.6, 7.2, 6.1, 5.7}},
		{"focus", l.Focus, [4]float64{5.5, 6.0, 5.1, 4.8}},
		{"disaster", l.Disaster, [4]float64{7.2, 7.8, 6.7, 6.2}},
		{"line2", l.Line2, [4]float64{3.6, 3.9, 3.3, 3.1}},
	})
}

func TestContrastPlatesAndMap(t *testing.T) {
	d, l := Dark(), Light()
	for _, c := range []struct {
		name string
		a, b color.RGBA
		want float64
	}{
		{"dark warning plate", d.Ink, d.WarningFill, 12.8},
		{"dark severe plate", d.Ink, d.SevereFill, 9.0},
		{"dark critical plate", d.White, d.CriticalFill, 5.4},
		{"dark critical fill on s1", d.CriticalFill, d.S1, 3.3},
		{"dark stale plate", d.Ink, d.Stale, 12.0},
		{"dark primary", d.Ink, d.Focus, 10.3},
		{"light warning plate", l.Ink, l.WarningFill, 13.6},
		{"light severe plate", l.Ink, l.SevereFill, 10.8},
		{"light critical plate", l.White, l.CriticalFill, 7.1},
		{"light stale plate", l.Ink, l.Stale, 12.6},
		{"light primary", l.White, l.Focus, 6.0},
		{"dark map t1 on land", d.T1, d.Land, 13.5},
		{"dark map t1 on sea", d.T1, d.Sea, 15.7},
		{"dark map t2 on land", d.T2, d.Land, 8.7},
		{"dark map vessel on sea", d.Vessel, d.Sea, 11.0},
		{"dark sea names on sea", d.SeaName, d.Sea, 6.2},
		{"dark map critical on land", d.Critical, d.Land, 6.0},
		{"dark map severe on sea", d.Severe, d.Sea, 8.6},
		{"dark map t2 on sea", d.T2, d.Sea, 10.1},
		{"dark map vessel on land", d.Vessel, d.Land, 9.5},
		{"dark sea names on land", d.SeaName, d.Land, 5.4},
		{"dark map critical on sea", d.Critical, d.Sea, 7.0},
		{"dark map severe on land", d.Severe, d.Land, 7.4},
		{"light map t2 on land", l.T2, l.Land, 8.6},
		{"light map t2 on sea", l.T2, l.Sea, 7.7},
		{"light map warning on land", l.Warning, l.Land, 6.5},
		{"light map warning on sea", l.Warning, l.Sea, 5.8},
		{"light map severe on land", l.Severe, l.Land, 6.3},
		{"light map severe on sea", l.Severe, l.Sea, 5.6},
		{"light map critical on land", l.Critical, l.Land, 6.4},
		{"light map critical on sea", l.Critical, l.Sea, 5.7},
	} {
		same(t, c.name, Contrast(c.a, c.b), c.want)
	}
}

// TestContrastOfLaw: the colours of law of air and water (VN_AQI, VN_WQI) and the
// public risk levels (Decision 18/2021) with the text that stands on them.
func TestContrastOfLaw(t *testing.T) {
	d := Dark()
	for _, c := range []struct {
		name       string
		fill, text color.RGBA
		want       float64
	}{
		{"green", Hex(0x00E400), d.Ink, 10.6},
		{"yellow", Hex(0xFFFF00), d.Ink, 17.1},
		{"orange", Hex(0xFF7E00), d.Ink, 7.2},
		{"red", Hex(0xFF0000), d.Ink, 4.6},
		{"violet", Hex(0x8F3F97), d.White, 6.3},
		{"maroon", Hex(0x7E0023), d.White, 11.0},
		{"blue", Hex(0x3333FF), d.White, 6.9},
		{"risk 1", Hex(0xA9D6FF), d.Ink, 12.0},
		{"risk 2", Hex(0xFFF3A6), d.Ink, 16.3},
		{"risk 3", Hex(0xFFA64D), d.Ink, 9.4},
		{"risk 4", Hex(0xE5484D), d.Ink, 4.7},
		{"risk 5", Hex(0x8E44AD), d.White, 5.9},
	} {
		got := Contrast(c.fill, c.text)
		same(t, c.name, got, c.want)
		if got < 4.5 {
			t.Errorf("%s: %.2f is not legible", c.name, got)
		}
	}
}

// TestContrastOfControls: what the console's window puts where: the ring of the
// keyboard's place and the edges of controls on every ground they lie on, the words
// on the one primary button, the edge of a critical notice.
func TestContrastOfControls(t *testing.T) {
	for _, th := range []Theme{Dark(), Light()} {
		for _, c := range []struct {
			name  string
			a, b  color.RGBA
			least float64
		}{
			{"ring on the bar", th.Focus, th.S1, 3},
			{"ring on the foot", th.Focus, th.S2, 3},
			{"edge of a button in the bar", th.Line2, th.S1, 3},
			{"edge of a button in the foot", th.Line2, th.S2, 3},
			{"edge of a notice over the page", th.Line2, th.Bg, 3},
			{"edge of a critical notice over the page", th.Critical, th.Bg, 3},
			{"words of the primary button", th.OnFill, th.Focus, 4.5},
			{"chosen mark of a row", th.Focus, th.S3, 3},
			{"second line of a chosen row", th.T2, th.S3, 4.5},
			{"headings of a menu", th.T3, th.S1, 4.5},
			{"tab that is not chosen", th.T2, th.S1, 4.5},
			{"words that are off", th.T3, th.S2, 4.5},
		} {
			if got := Contrast(c.a, c.b); got < c.least {
				t.Errorf("%s: %s %.2f, at least %.1f", th.Name, c.name, got, c.least)
			}
		}
	}
}

func same(t *testing.T, name string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 0.06 {
		t.Errorf("%s: contrast %.2f, the design says %.1f", name, got, want)
	}
}

// TestToolkit: the toolkit's widgets take the tokens, whatever variant the
// desktop asks for.
func TestToolkit(t *testing.T) {
	for _, tokens := range []Theme{Dark(), Light()} {
		th := Toolkit(tokens)
		for name, want := range map[fyne.ThemeColorName]color.RGBA{
			theme.ColorNameBackground: tokens.Bg, theme.ColorNameForeground: tokens.T1, theme.ColorNameButton: tokens.S2,
			theme.ColorNamePrimary: tokens.Focus, theme.ColorNameError: tokens.Critical, theme.ColorNameInputBorder: tokens.Line2,
		} {
			for _, v := range []fyne.ThemeVariant{theme.VariantDark, theme.VariantLight} {
				if got := th.Color(name, v); got != want {
					t.Errorf("%s %s: %v, want %v", tokens.Name, name, got, want)
				}
			}
		}
		// Menus, and what has the focus, lie under words.
		over := func(c, ground color.RGBA) color.RGBA {
			mix := func(x, y, a uint8) uint8 { return x + uint8(int(y)*(255-int(a))/255) }
			return color.RGBA{mix(c.R, ground.R, c.A), mix(c.G, ground.G, c.A), mix(c.B, ground.B, c.A), 255}
		}
		rgba := func(n fyne.ThemeColorName) color.RGBA { return th.Color(n, theme.VariantDark).(color.RGBA) }
		for _, ground := range []color.RGBA{rgba(theme.ColorNameMenuBackground), rgba(theme.ColorNameButton), rgba(theme.ColorNameInputBackground)} {
			under := over(rgba(theme.ColorNameFocus), ground)
			if words, off := Contrast(tokens.T1, under), Contrast(tokens.T1, ground); words < 4.5 || off < 4.5 || Contrast(under, ground) < 1.5 {
				t.Errorf("%s: words over what has the focus %.1f, over what has not %.1f; one over the other %.1f", tokens.Name, words, off, Contrast(under, ground))
			}
		}
		if th.Font(fyne.TextStyle{Bold: true}).Name() != "NotoSans-Bold.ttf" || th.Size(theme.SizeNameText) != 16 || th.Size(theme.SizeNameCaptionText) < 14 {
			t.Errorf("%s: fonts or sizes", tokens.Name)
		}
	}
}

// TestToolkitGrows: with larger text everything that holds it grows as well, and
// nothing is smaller than the design allows nor larger than pages are made for.
func TestToolkitGrows(t *testing.T) {
	for _, c := range []struct{ ask, want float64 }{{0, 1}, {0.5, 1}, {1, 1}, {1.25, 1.25}, {1.5, 1.5}, {3, 1.5}} {
		th := ToolkitAt(Dark(), c.ask)
		for name, at1 := range map[fyne.ThemeSizeName]float32{
			theme.SizeNameText: 16, theme.SizeNameCaptionText: 14, theme.SizeNameHeadingText: 20,
			theme.SizeNamePadding: 4, theme.SizeNameInnerPadding: 8,
		} {
			if got := th.Size(name); got != at1*float32(c.want) {
				t.Errorf("text ×%v: %s is %v, want %v", c.ask, name, got, at1*float32(c.want))
			}
		}
		if th.Size(theme.SizeNameSeparatorThickness) != 1 {
			t.Errorf("text ×%v: lines got thicker", c.ask)
		}
	}
	if sizes := TextSizes(); sizes[0] != 1 || sizes[len(sizes)-1] != 1.5 {
		t.Errorf("sizes offered: %v", sizes)
	}
}
