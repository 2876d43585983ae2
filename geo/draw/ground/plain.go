package ground

import (
	_ "embed"
	"fmt"
	"image/color"
	"strings"

	"iocwall/geo/style"
)

//go:embed plain.json
var plainStyle string

// Palette is the set of colours of the plain style.
type Palette struct {
	Sea, Land, Outside     color.RGBA
	Country                color.RGBA // Vietnam beside a home province
	River, Road            color.RGBA
	Border, HomeEdge, Edge color.RGBA // between provinces, around home, outer edge of Vietnam
	Islet                  color.RGBA
}

// Plain returns the style of the built-in map alone in the colours of a palette.
func Plain(p Palette) *style.Style {
	hex := func(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
	s, problems, err := style.Parse([]byte(strings.NewReplacer(
		"$sea", hex(p.Sea), "$land", hex(p.Land), "$outside", hex(p.Outside), "$country", hex(p.Country),
		"$river", hex(p.River), "$road", hex(p.Road), "$border", hex(p.Border), "$homeEdge", hex(p.HomeEdge),
		"$edge", hex(p.Edge), "$islet", hex(p.Islet),
	).Replace(plainStyle)))
	if err != nil || len(problems) > 0 {
		panic(fmt.Sprint("ground: the plain style that is part of the program is broken: ", err, problems))
	}
	return s
}
