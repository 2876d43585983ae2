package tile

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// golden are the pictures kept in testdata: one of each kind and of the states
// that look unlike the others, on a half tile in Vietnamese.
var golden = []string{
	"camera-live", "camera-frozen", "camera-lost", "camera-refused", "camera-popup", "camera-opening",
	"camera-replay", "camera-zoom", "camera-clock", "camera-unchanged", "camera-chosen", "camera-tour",
	"figure-target", "figure-missing", "figure-residue", "figure-stale", "figure-none", "figure-fault",
	"alerts-some", "alerts-none", "clock-live", "map-stopped",
}

// TestGolden compares pixels with the kept pictures. Set IOCWALL_UPDATE=1 to
// keep new ones, after having looked at them.
func TestGolden(t *testing.T) {
	e := wallEnv(t, "vi")
	for _, s := range scenes() {
		if s.w != 960 || s.h != 540 || !keptGolden(s.name) {
			continue
		}
		got := quick(t, s.make(e, s.w, s.h), s.w, s.h)
		name := filepath.Join("testdata", "golden", s.name+".png")
		if os.Getenv("IOCWALL_UPDATE") == "1" {
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			save(t, name, got)
			continue
		}
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := png.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if n := differing(got, want); n > 960*540/500 {
			t.Errorf("%s: %d pixels differ from %s", s.name, n, name)
		}
	}
}

func keptGolden(name string) bool {
	for _, g := range golden {
		if g == name {
			return true
		}
	}
	return false
}

// differing counts pixels that differ by more than rounding.
func differing(a *image.RGBA, b image.Image) int {
	n := 0
	for y := range a.Rect.Dy() {
		for x := range a.Rect.Dx() {
			r1, g1, b1, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			if apart(r1, r2) || apart(g1, g2) || apart(b1, b2) {
				n++
			}
		}
	}
	return n
}

func apart(a, b uint32) bool { return max(a, b)-min(a, b) > 0x1000 }
