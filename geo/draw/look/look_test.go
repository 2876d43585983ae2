package look

import (
	"image/color"
	"testing"
)

func TestSeverity(t *testing.T) {
	s := Dark()
	for n, want := range map[int]color.RGBA{-1: s.Text3, 0: s.Text3, 1: s.Notice, 4: s.Critical, 99: s.Critical} {
		if got := s.Severity(n); got != want {
			t.Errorf("severity %d is %v, want %v", n, got, want)
		}
	}
}

func TestMixed(t *testing.T) {
	a, b := color.RGBA{10, 200, 0, 255}, color.RGBA{20, 100, 255, 255}
	for k, want := range map[float64]color.RGBA{0: a, 1: b, 0.5: {15, 150, 128, 255}} {
		if got := Mixed(a, b, k); got != want {
			t.Errorf("%g of the way is %v, want %v", k, got, want)
		}
	}
}
