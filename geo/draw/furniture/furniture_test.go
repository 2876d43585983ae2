package furniture

import (
	"testing"

	"iocwall/geo"
	"iocwall/geo/draw/look"
)

func TestScaleBarIsOneTwoFive(t *testing.T) {
	words := look.Vietnamese()
	b := Boxes{Input: Input{Words: &words}}
	for zoom := 2.0; zoom < 20; zoom += 0.37 {
		b.view = geo.ZoomView(geo.Pt(108, 15.7), zoom, 800, 600)
		bar := b.scaleBar(100)
		if bar.px > 101 || bar.px < 38 {
			t.Errorf("zoom %g: bar of %d pixels", zoom, bar.px)
		}
		switch bar.text[0] {
		case '1', '2', '5':
		default:
			t.Errorf("zoom %g: bar says %q", zoom, bar.text)
		}
	}
}
