package paint

import (
	"bytes"
	"image"
	"image/color"
	"strings"
	"testing"

	"iocwall/assets"
	"iocwall/ui/look"
)

func testKit(t testing.TB) *Kit {
	t.Helper()
	f, err := NewFonts(assets.Regular(), assets.Bold())
	if err != nil {
		t.Fatal(err)
	}
	ic, err := NewIcons(assets.Icons())
	if err != nil {
		t.Fatal(err)
	}
	return &Kit{Fonts: f, Icons: ic, Theme: look.Dark()}
}

func TestMarker(t *testing.T) {
	for _, name := range []string{"", "cam-01", "map", "một tên dài"} {
		n := MarkerOf(name)
		dst := image.NewRGBA(image.Rect(0, 0, 400, 40))
		overlay(dst, dst.Rect, image.Pt(17, 9), Marker(n))
		if got, ok := ReadMarker(dst, image.Pt(17, 9)); !ok || got != n {
			t.Errorf("%q: read %x %v, want %x", name, got, ok, n)
		}
		if _, ok := ReadMarker(dst, image.Pt(25, 9)); ok {
			t.Errorf("%q: read beside the marker", name)
		}
		dst.SetRGBA(17+MarkerCell*10+2, 9+2, color.RGBA{0x80, 0x80, 0x80, 0xFF})
		if _, ok := ReadMarker(dst, image.Pt(17, 9)); ok {
			t.Errorf("%q: read a cell that is not clear", name)
		}
	}
}

// FuzzReadMarker reads whatever pixels there are.
func FuzzReadMarker(f *testing.F) {
	f.Add(Marker(7).Pix)
	f.Add(Marker(0xFFFFFF).Pix)
	f.Fuzz(func(t *testing.T, pix []byte) {
		img := image.NewRGBA(image.Rect(0, 0, markerCells*MarkerCell, MarkerCell))
		copy(img.Pix, pix)
		if n, ok := ReadMarker(img, image.Point{}); ok {
			if again, ok := ReadMarker(Marker(n), image.Point{}); !ok || again != n {
				t.Errorf("%x is not read back", n)
			}
		}
	})
}

// TestIcons draws every icon at the sizes in use: something is drawn, nothing
// touches the edge by more than the pen, and the colour is the one asked for.
func TestIcons(t *testing.T) {
	k := testKit(t)
	if n := len(k.Icons.Names()); n < 50 {
		t.Fatalf("only %d icons", n)
	}
	red := color.RGBA{0xFF, 0, 0, 0xFF}
	for _, name := range k.Icons.Names() {
		for _, px := range []int{14, 20, 56, 88} {
			img := k.Icons.Image(name, px, red, k.Theme.OnFill, k.Theme.S1)
			if img == nil {
				t.Fatalf("%s at %d px is not drawn", name, px)
			}
			ink, reds := 0, 0
			for i := 0; i < len(img.Pix); i += 4 {
				if img.Pix[i+3] > 0x80 {
					ink++
					if img.Pix[i] > 0xC0 && img.Pix[i+1] < 0x20 {
						reds++
					}
				}
			}
			if ink < px*px/50 || reds == 0 {
				t.Errorf("%s at %d px: %d pixels of ink, %d of its colour", name, px, ink, reds)
			}
		}
		if svg := k.Icons.SVG(name, red, red, red); bytes.Contains(svg, []byte("currentColor")) || bytes.Contains(svg, []byte("onfill")) {
			t.Errorf("%s keeps a colour that is none: %s", name, svg)
		}
	}
	if k.Icons.Image("no such icon", 20, red, red, red) != nil {
		t.Error("an unknown icon is drawn")
	}
	if _, err := NewIcons([]byte(`<svg><symbol id="a"/><symbol id="a"/></svg>`)); err == nil {
		t.Error("an icon given twice is accepted")
	}
}

// TestStrokesScale: a pen of two units is as thick as it should be at any size.
func TestStrokesScale(t *testing.T) {
	k := testKit(t)
	for _, px := range []int{24, 48, 96} {
		img := k.Icons.Image("normal", px, k.Theme.T1, k.Theme.S1, k.Theme.S1)
		run := 0
		for x := px / 2; x < px; x++ {
			if img.RGBAAt(x, px/2).A > 0x80 {
				run++
			}
		}
		if want := px / 12; run < want-1 || run > want+1 {
			t.Errorf("%d px: the ring's pen is %d px, want %d", px, run, want)
		}
	}
}

func TestFit(t *testing.T) {
	f := testKit(t).Fonts
	long := "Phản ánh giải quyết đúng hạn"
	if got := f.Fit(2000, 56, true, long, "Đúng hạn"); got != long {
		t.Errorf("with room: %q", got)
	}
	if got := f.Fit(400, 56, true, long, "Đúng hạn"); got != "Đúng hạn" {
		t.Errorf("with less: %q", got)
	}
	got := f.Fit(200, 56, true, long, "Đúng hạn")
	if !strings.HasSuffix(got, "…") || f.Width(got, true, 56) > 200 {
		t.Errorf("with little: %q", got)
	}
	if got := f.Fit(5, 56, true, long); got != "" {
		t.Errorf("with none: %q", got)
	}
	lines := f.Wrap("Một hai ba bốn năm sáu bảy tám chín mười", 300, 56, false, 2)
	if len(lines) != 2 || !strings.HasSuffix(lines[1], "…") {
		t.Errorf("wrapped: %q", lines)
	}
}

// TestDigitsAlign: numbers stand under each other.
func TestDigitsAlign(t *testing.T) {
	f := testKit(t).Fonts
	want := f.Width("0", false, 56)
	for _, d := range "123456789" {
		if got := f.Width(string(d), false, 56); got != want {
			t.Errorf("%c is %.2f px wide, 0 is %.2f", d, got, want)
		}
	}
	if a, b := f.Width("a\u0302\u0301", false, 56), f.Width("ấ", false, 56); a != b {
		t.Errorf("a decomposed letter is %.2f px wide, the composed one %.2f", a, b)
	}
}

func TestDim(t *testing.T) {
	src := image.NewRGBA(image.Rect(0, 0, 2, 1))
	src.SetRGBA(0, 0, color.RGBA{255, 0, 0, 255})
	src.SetRGBA(1, 0, color.RGBA{255, 255, 255, 255})
	out := Dim(src)
	if a, b := out.RGBAAt(0, 0), out.RGBAAt(1, 0); a != (color.RGBA{41, 41, 41, 255}) || b != (color.RGBA{140, 140, 140, 255}) {
		t.Errorf("red %v, white %v", a, b)
	}
}

// TestStripLadder drops completeness, then source, then time of day; age stays.
func TestStripLadder(t *testing.T) {
	k := testKit(t)
	s := Strip{Source: "Sở Nông nghiệp và Môi trường", Short: "Sở NN&MT", Stamp: "20/11 17:00", Age: "3 giờ", Whole: "15/18 đơn vị"}
	last := 100
	for _, c := range []struct {
		avail float64
		want  string
	}{
		{1900, "Sở Nông nghiệp và Môi trường|20/11 17:00|3 giờ|15/18 đơn vị"},
		{1400, "Sở NN&MT|20/11 17:00|3 giờ|15/18 đơn vị"},
		{900, "Sở NN&MT|20/11 17:00|3 giờ|"},
		{560, "20/11 17:00|3 giờ|"},
		{200, "3 giờ|"},
	} {
		left, right := k.fitStrip(s, c.avail, 56, 32)
		got := ""
		for _, r := range left {
			got += r.Text + "|"
		}
		if got += right; got != c.want {
			t.Errorf("%v px: %q, want %q", c.avail, got, c.want)
		}
		if len(left) > last {
			t.Errorf("%v px says more than a wider one", c.avail)
		}
		last = len(left)
	}
}

// TestSigns: arrows, marks of keys, the signs that compare and the tick have ink of
// their own, inside their row and their advance, in both weights.
func TestSigns(t *testing.T) {
	k := testKit(t)
	for _, r := range "←↑→↓✓⏎␣≤≥≠" {
		if !k.Fonts.Has(r) {
			t.Fatalf("%c cannot be drawn", r)
		}
		for _, bold := range []bool{false, true} {
			var got Mark
			c := New(k, 60, 40, color.RGBA{})
			c.Trace = func(m Mark) { got = m }
			w := c.Text(10, 4, 32, string(r), 20, bold, color.RGBA{R: 255, A: 255})
			if w < 8 || got.Ink.Empty() || !got.Ink.In(image.Rect(6, 4, 10+int(w)+4, 36)) {
				t.Errorf("%c bold %v: advance %.1f, ink %v", r, bold, w, got.Ink)
			}
			if inked(c) == 0 {
				t.Errorf("%c bold %v: nothing is seen", r, bold)
			}
		}
	}
}

func inked(c *Canvas) (n int) {
	for i := 3; i < len(c.Img.Pix); i += 4 {
		if c.Img.Pix[i] > 128 {
			n++
		}
	}
	return n
}
