// Package look holds the measures of the client's face: colour tokens of both
// themes, WCAG contrast, and the type scale computed from a wall's geometry.
// It draws nothing.
package look

import "image/color"

// Theme is one set of colour tokens. All colours are opaque.
type Theme struct {
	// Name is "dark" or "light".
	Name string

	// Bg lies behind everything; S1, S2, S3 are tile, strip and selection.
	Bg, S1, S2, S3 color.RGBA
	// Line1 divides (decorative); Line2 edges a control (3:1, not on S3).
	Line1, Line2 color.RGBA
	// T1, T2, T3 are value, explanation and axis text.
	T1, T2, T3 color.RGBA
	// Ink is text on plates; OnFill the mark inside a filled severity shape.
	Ink, OnFill color.RGBA

	// Notice, Warning, Severe, Critical and Disaster are severity colours of
	// shapes and text; the Fill colours are those of their plates.
	Notice, Warning, Severe, Critical, Disaster color.RGBA
	WarningFill, SevereFill, CriticalFill       color.RGBA
	// Done marks finished and proved, never "normal".
	Done color.RGBA
	// Stale is the grey plate of what must not be trusted as whole.
	Stale color.RGBA
	// Focus is the focus ring and the one primary button.
	Focus color.RGBA
	// White is the keyline and the text of a critical plate.
	White color.RGBA

	// Second and Third are the series after T1 in a chart.
	Second, Third color.RGBA

	// Sea, Land, Outside, River, Road, Vessel and SeaName colour the map.
	Sea, Land, Outside, River, Road, Vessel, SeaName color.RGBA
}

// Hex returns the opaque colour 0xRRGGBB.
func Hex(v uint32) color.RGBA {
	return color.RGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xFF}
}

// Dark returns the tokens of the dark theme, the one of the wall.
func Dark() Theme {
	return Theme{
		Name: "dark",
		Bg:   Hex(0x0A0E13), S1: Hex(0x111820), S2: Hex(0x19222C), S3: Hex(0x24303C),
		Line1: Hex(0x2B3743), Line2: Hex(0x667686),
		T1: Hex(0xEEF2F6), T2: Hex(0xBAC6D2), T3: Hex(0x93A1AF),
		Ink: Hex(0x10151B), OnFill: Hex(0x10151B),
		Notice: Hex(0x7DB6FF), Warning: Hex(0xFFD34D), Severe: Hex(0xFF9F45), Critical: Hex(0xFF7B7B),
		Disaster:    Hex(0xCBA6FF),
		WarningFill: Hex(0xFFD34D), SevereFill: Hex(0xFF9F45), CriticalFill: Hex(0xC62F3B),
		Done: Hex(0x6FD0BA), Stale: Hex(0xC9D2DA), Focus: Hex(0x5AD1EA), White: Hex(0xFFFFFF),
		Second: Hex(0x8A98A6), Third: Hex(0x4C5966),
		Sea: Hex(0x0D1A26), Land: Hex(0x1E2826), Outside: Hex(0x161D1E), River: Hex(0x2F5068),
		Road: Hex(0x3B4744), Vessel: Hex(0xC3CED8), SeaName: Hex(0x7F9DB8),
	}
}

// Light returns the tokens of the light theme, the one of laptops and phones.
func Light() Theme {
	return Theme{
		Name: "light",
		Bg:   Hex(0xF3F5F7), S1: Hex(0xFFFFFF), S2: Hex(0xE9EDF1), S3: Hex(0xDCE6EE),
		Line1: Hex(0xCFD6DD), Line2: Hex(0x76828E),
		T1: Hex(0x141A21), T2: Hex(0x3A4652), T3: Hex(0x55616D),
		Ink: Hex(0x141A21), OnFill: Hex(0xFFFFFF),
		Notice: Hex(0x1B5BB8), Warning: Hex(0x6E5200), Severe: Hex(0x963E00), Critical: Hex(0xB0121B),
		Disaster:    Hex(0x6B2FB3),
		WarningFill: Hex(0xFFE08A), SevereFill: Hex(0xFFBE85), CriticalFill: Hex(0xB0121B),
		Done: Hex(0x0A6355), Stale: Hex(0xD5DCE2), Focus: Hex(0x006C86), White: Hex(0xFFFFFF),
		Second: Hex(0x8A98A6), Third: Hex(0x4C5966),
		Sea: Hex(0xDCE7EF), Land: Hex(0xF3F2EC), Outside: Hex(0xE7E7E1), River: Hex(0x9DBBD1),
		Road: Hex(0xCFCABB), Vessel: Hex(0x3A4652), SeaName: Hex(0x3A4652),
	}
}
