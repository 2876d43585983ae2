package geo

import (
	"fmt"
	"math"
	"strings"
)

// Notation says how positions are written in one language.
type Notation struct {
	North, South, East, West string // letters of the hemispheres
	Decimal                  string // decimal mark
	Separator                string // between decimal degrees and their letter
	SeaMile                  string // unit of distances at sea
}

// Vietnamese writes 15°42,0′B 108°57,6′Đ (Bắc, Nam, Đông, Tây).
func Vietnamese() Notation {
	return Notation{North: "B", South: "N", East: "Đ", West: "T", Decimal: ",", Separator: " ", SeaMile: "hải lý"}
}

// English writes 15°42.0′N 108°57.6′E.
func English() Notation {
	return Notation{North: "N", South: "S", East: "E", West: "W", Decimal: ".", Separator: " ", SeaMile: "nmi"}
}

// Minutes writes a position as degrees and minutes with one decimal, latitude
// first: "15°42,0′B 108°57,6′Đ". A position that is not Valid gives "—".
func (n Notation) Minutes(p Point) string {
	if !Valid(p) {
		return "—"
	}
	lat := n.minutes(p[1]) + n.letter(p[1], n.North, n.South)
	lon := n.minutes(p[0]) + n.letter(p[0], n.East, n.West)
	return lat + " " + lon
}

// Degrees writes a position in decimal degrees with four decimals, latitude
// first: "15,4481 B 108,5586 Đ". A position that is not Valid gives "—".
func (n Notation) Degrees(p Point) string {
	if !Valid(p) {
		return "—"
	}
	lat := n.decimal(math.Abs(p[1]), 4) + n.Separator + n.letter(p[1], n.North, n.South)
	lon := n.decimal(math.Abs(p[0]), 4) + n.Separator + n.letter(p[0], n.East, n.West)
	return lat + " " + lon
}

// Heading writes a bearing as three digits and the degree sign: "096°".
func (n Notation) Heading(deg float64) string {
	if math.IsNaN(deg) || math.IsInf(deg, 0) {
		return "—"
	}
	return fmt.Sprintf("%03d°", int(math.Round(NormalDegrees(deg)))%360)
}

// SeaDistance writes metres as nautical miles with one decimal below ten.
func (n Notation) SeaDistance(meters float64) string {
	return n.distance(meters/MetersPerNauticalMile) + " " + n.SeaMile
}

// LandDistance writes metres as "850 m" below a kilometre and as km above, with
// one decimal below ten.
func (n Notation) LandDistance(meters float64) string {
	if meters < 999.5 {
		return fmt.Sprintf("%.0f m", meters)
	}
	return n.distance(meters/1000) + " km"
}

func (n Notation) distance(v float64) string {
	if v < 9.95 {
		return n.decimal(v, 1)
	}
	return fmt.Sprintf("%.0f", v)
}

// minutes rounds once, on tenths of a minute, so that 59.97′ becomes the next
// degree and never 60.0′.
func (n Notation) minutes(deg float64) string {
	tenths := int(math.Round(math.Abs(deg) * 600))
	return fmt.Sprintf("%d°%02d%s%d′", tenths/600, tenths%600/10, n.Decimal, tenths%10)
}

func (n Notation) decimal(v float64, digits int) string {
	return strings.Replace(fmt.Sprintf("%.*f", digits, v), ".", n.Decimal, 1)
}

func (n Notation) letter(v float64, positive, negative string) string {
	if v < 0 {
		return negative
	}
	return positive
}
