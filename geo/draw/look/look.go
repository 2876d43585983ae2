// Package look holds the colours, sizes and words of a map.
package look

import (
	"image/color"
	"math"
)

// Style is the set of colours of a map. Light and Dark return the two of the
// product; their hues follow the tokens of its look.
type Style struct {
	Name                   string // part of cache keys; styles of one name must be equal
	Sea, Land, Outside     color.RGBA
	Country                color.RGBA // Vietnam beside a home province
	River, Road            color.RGBA
	Border, HomeEdge, Edge color.RGBA // between provinces, around home, outer edge of Vietnam
	Vessel, SpeedLine      color.RGBA
	SeaName                color.RGBA
	Card, Chip, CardEdge   color.RGBA // s1, s2, line2
	Text, Text2, Text3     color.RGBA // t1, t2, t3
	Focus                  color.RGBA
	OnFill                 color.RGBA // mark inside a filled severity shape
	Ink                    color.RGBA // text on plates
	Notice, Warning        color.RGBA
	Severe, Critical       color.RGBA
	CriticalPlate          color.RGBA
}

func rgb(hex uint32) color.RGBA {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 255}
}

// Dark is the style of the wall.
func Dark() Style {
	return Style{
		Name: "dark",
		Sea:  rgb(0x0D1A26), Land: rgb(0x1E2826), Outside: rgb(0x161D1E), Country: rgb(0x171F1F),
		River: rgb(0x2F5068), Road: rgb(0x3B4744),
		Border: rgb(0x3A4744), HomeEdge: rgb(0x5F706B), Edge: rgb(0x46544F),
		Vessel: rgb(0xC3CED8), SpeedLine: rgb(0x93A1AF), SeaName: rgb(0x7F9DB8),
		Card: rgb(0x111820), Chip: rgb(0x19222C), CardEdge: rgb(0x667686),
		Text: rgb(0xEEF2F6), Text2: rgb(0xBAC6D2), Text3: rgb(0x93A1AF),
		Focus: rgb(0x5AD1EA), OnFill: rgb(0x10151B), Ink: rgb(0x10151B),
		Notice: rgb(0x7DB6FF), Warning: rgb(0xFFD34D), Severe: rgb(0xFF9F45), Critical: rgb(0xFF7B7B),
		CriticalPlate: rgb(0xC62F3B),
	}
}

// Light is the style of laptops and paper.
func Light() Style {
	return Style{
		Name: "light",
		Sea:  rgb(0xDCE7EF), Land: rgb(0xF3F2EC), Outside: rgb(0xE7E7E1), Country: rgb(0xE9E9E3),
		River: rgb(0x9DBBD1), Road: rgb(0xCFCABB),
		Border: rgb(0xC3C2B6), HomeEdge: rgb(0x8B958F), Edge: rgb(0xB0B5AC),
		Vessel: rgb(0x3A4652), SpeedLine: rgb(0x55616D), SeaName: rgb(0x4C6A85),
		Card: rgb(0xFFFFFF), Chip: rgb(0xE9EDF1), CardEdge: rgb(0x76828E),
		Text: rgb(0x141A21), Text2: rgb(0x3A4652), Text3: rgb(0x55616D),
		Focus: rgb(0x006C86), OnFill: rgb(0xFFFFFF), Ink: rgb(0x141A21),
		Notice: rgb(0x1B5BB8), Warning: rgb(0x6E5200), Severe: rgb(0x963E00), Critical: rgb(0xB0121B),
		CriticalPlate: rgb(0xB0121B),
	}
}

// Sizes are the sizes of text and symbols in pixels. The same view is drawn at
// wall and at desk scale with different Sizes.
type Sizes struct {
	Text   float64 // label text
	Symbol float64 // side of a symbol's 24-unit grid
	Line   float64 // thin line; others are multiples of it
}

// Desk returns the sizes of a screen at arm's length.
func Desk() Sizes { return Sizes{Text: 14, Symbol: 20, Line: 1.25} }

// Wall returns the sizes of a wall whose smallest readable text is text pixels
// high: 56 for a 55-inch 1080p panel seen from 5 m.
func Wall(text float64) Sizes {
	return Sizes{Text: text, Symbol: text, Line: text / 14}
}

// Words are the few words that the map writes itself.
type Words struct {
	North           string // letter on the arrow
	FromEdge        string // "cách mép bản đồ %s"
	BoundariesSince string // "ranh giới từ %s"
	DateLayout      string // of the boundaries' day
	Decimal         string // decimal mark
}

// Vietnamese returns the words in Vietnamese.
func Vietnamese() Words {
	return Words{
		North: "B", FromEdge: "cách mép bản đồ %s", BoundariesSince: "Ranh giới từ %s",
		DateLayout: "02/01/2006", Decimal: ",",
	}
}

// English returns the words in English. Names on the map stay Vietnamese.
func English() Words {
	return Words{
		North: "N", FromEdge: "%s beyond the map's edge", BoundariesSince: "Boundaries since %s",
		DateLayout: "2 Jan 2006", Decimal: ".",
	}
}

// Severity is the colour of a severity, from 0 for none to 4 for the worst.
func (s *Style) Severity(n int) color.RGBA {
	return [...]color.RGBA{s.Text3, s.Notice, s.Warning, s.Severe, s.Critical}[max(0, min(n, 4))]
}

// Mixed is a colour between two.
func Mixed(a, b color.RGBA, k float64) color.RGBA {
	m := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + (float64(y)-float64(x))*k)) }
	return color.RGBA{m(a.R, b.R), m(a.G, b.G), m(a.B, b.B), m(a.A, b.A)}
}
