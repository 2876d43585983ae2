package look

import "math"

// capHeight is Noto Sans' cap height in em.
const capHeight = 0.714

// LinePitch is the least distance of two lines of Vietnamese text in em:
// stacked capitals reach 1.054 em above the baseline, g 0.24 em below.
const LinePitch = 1.36

// baseText is the text size of the reference wall in px (1.577 px/mm, 5 m);
// every measure of the design is written at that size.
const baseText = 56

// Panel is one screen's visible area.
type Panel struct {
	// WidthMM and HeightMM are millimetres, WidthPX and HeightPX pixels.
	WidthMM, HeightMM float64
	WidthPX, HeightPX int
}

// PxPerMM returns the panel's density in pixels a millimetre, the smaller of
// both directions, or 0 for a panel without size.
func (p Panel) PxPerMM() float64 {
	if p.WidthMM <= 0 || p.HeightMM <= 0 {
		return 0
	}
	return math.Min(float64(p.WidthPX)/p.WidthMM, float64(p.HeightPX)/p.HeightMM)
}

// TextPx returns the smallest text size in px that is legible at a distance in
// mm on a screen of the given density: a cap height of distance/200 (17 arc
// minutes), rounded up to a multiple of 8. Less than half a pixel short counts as
// reached, as in the design's own table (8 m: 88.3 px is 88).
func TextPx(distanceMM, pxPerMM float64) int {
	px := distanceMM / 200 * pxPerMM / capHeight
	return int(math.Ceil((px-0.5)/8)) * 8
}

// Scale is the type and space scale of one screen. All fields are px.
type Scale struct {
	// Text is the smallest size, read from the near seats; Lead is read from
	// the far seats (names and values leaders read).
	Text, Lead float64
	// Hero and Value are the value of a whole-screen and of a half tile.
	Hero, Value float64
	// PlateL, PlateM and PlateCam are state plates' text sizes.
	PlateL, PlateM, PlateCam float64
}

// WallScale computes the scale of a wall screen from its density in px/mm and
// the distance in mm of the near and the far seats. Zero distances mean the
// 5 m and 8 m of a control room.
func WallScale(pxPerMM, nearMM, farMM float64) Scale {
	if nearMM <= 0 {
		nearMM = 5000
	}
	if farMM <= 0 {
		farMM = nearMM * 8 / 5
	}
	s := fromText(float64(TextPx(nearMM, pxPerMM)))
	s.Lead = math.Max(s.Text, float64(TextPx(farMM, pxPerMM)))
	return s
}

// DeskScale returns the scale of a mosaic seen from a chair: textPx is the
// smallest text (14 is the least allowed).
func DeskScale(textPx float64) Scale { return fromText(math.Max(14, math.Round(textPx))) }

func fromText(text float64) Scale {
	k := text / baseText
	return Scale{
		Text: text, Lead: math.Round(88 * k), Hero: math.Round(240 * k), Value: math.Round(128 * k),
		PlateL: math.Round(80 * k), PlateM: text, PlateCam: math.Round(64 * k),
	}
}

// K is the ratio of this scale to the reference wall's.
func (s Scale) K() float64 { return s.Text / baseText }

// Px converts a measure written for the reference wall (1080p, 55 inch, 5 m)
// into this scale, rounded to a whole pixel and at least 1 for what is drawn.
func (s Scale) Px(ref float64) int {
	if ref == 0 {
		return 0
	}
	v := int(math.Round(ref * s.K()))
	if v == 0 {
		return 1
	}
	return v
}

// TextScale is the scale whose smallest text has a size in px: for parts of a
// tile whose letters were fitted to them.
func TextScale(px float64) Scale { return fromText(math.Round(px)) }
