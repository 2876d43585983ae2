package style

import (
	"image/color"
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/colornames"
)

// parseColor reads a colour as CSS writes it: #rgb, #rgba, #rrggbb, #rrggbbaa,
// rgb(), rgba(), hsl(), hsla() or a name.
func parseColor(s string) (color.NRGBA, bool) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "#") {
		return hexColor(s[1:])
	}
	if name, rest, ok := strings.Cut(s, "("); ok {
		if !strings.HasSuffix(rest, ")") {
			return color.NRGBA{}, false
		}
		return functionColor(name, rest[:len(rest)-1])
	}
	if strings.EqualFold(s, "transparent") {
		return color.NRGBA{}, true
	}
	c, ok := colornames.Map[s]
	if !ok {
		c, ok = colornames.Map[strings.ToLower(s)]
	}
	return color.NRGBA(c), ok
}

func hexColor(s string) (color.NRGBA, bool) {
	var n uint32
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return color.NRGBA{}, false
		}
		n = n<<4 | uint32(c)
	}
	wide := func(shift int) uint8 { return uint8(n>>shift&15) * 17 }
	switch len(s) {
	case 3:
		return color.NRGBA{R: wide(8), G: wide(4), B: wide(0), A: 255}, true
	case 4:
		return color.NRGBA{R: wide(12), G: wide(8), B: wide(4), A: wide(0)}, true
	case 6:
		return color.NRGBA{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n), A: 255}, true
	case 8:
		return color.NRGBA{R: uint8(n >> 24), G: uint8(n >> 16), B: uint8(n >> 8), A: uint8(n)}, true
	}
	return color.NRGBA{}, false
}

// functionColor reads the inside of rgb(…) or hsl(…): three or four numbers
// separated by commas, spaces or a slash.
func functionColor(name, inside string) (color.NRGBA, bool) {
	var n [4]float64
	var percent [4]bool
	count := 0
	for {
		inside = strings.TrimLeft(inside, " ,/\t\n")
		if inside == "" {
			break
		}
		end := strings.IndexAny(inside, " ,/\t\n")
		if end < 0 {
			end = len(inside)
		}
		word := inside[:end]
		inside = inside[end:]
		if count == len(n) {
			return color.NRGBA{}, false
		}
		word, percent[count] = strings.CutSuffix(word, "%")
		word = strings.TrimSuffix(word, "deg")
		f, err := strconv.ParseFloat(word, 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return color.NRGBA{}, false
		}
		n[count] = f
		count++
	}
	if count < 3 {
		return color.NRGBA{}, false
	}
	alpha := 1.0
	if count == 4 {
		alpha = n[3]
		if percent[3] {
			alpha /= 100
		}
	}
	switch {
	case strings.EqualFold(name, "rgb"), strings.EqualFold(name, "rgba"):
		for i := range 3 {
			if percent[i] {
				n[i] = n[i] * 255 / 100
			}
		}
		return color.NRGBA{R: channel(n[0] / 255), G: channel(n[1] / 255), B: channel(n[2] / 255), A: channel(alpha)}, true
	case strings.EqualFold(name, "hsl"), strings.EqualFold(name, "hsla"):
		if !percent[1] || !percent[2] {
			return color.NRGBA{}, false
		}
		return hslColor(n[0], n[1]/100, n[2]/100, alpha), true
	}
	return color.NRGBA{}, false
}

// hslColor follows CSS Color 3, section 4.2.4.
func hslColor(h, s, l, alpha float64) color.NRGBA {
	h = math.Mod(h, 360)
	if h < 0 {
		h += 360
	}
	s, l = min(max(s, 0), 1), min(max(l, 0), 1)
	at := func(n float64) uint8 {
		k := math.Mod(n+h/30, 12)
		return channel(l - s*min(l, 1-l)*max(-1, min(k-3, 9-k, 1)))
	}
	return color.NRGBA{R: at(0), G: at(8), B: at(4), A: channel(alpha)}
}

func channel(f float64) uint8 { return uint8(math.Round(min(max(f, 0), 1) * 255)) }

// mixColors goes from a to b as MapLibre does: with premultiplied alpha.
func mixColors(a, b color.NRGBA, t float64) color.NRGBA {
	if a == b {
		return a
	}
	wa, wb := float64(a.A)*(1-t), float64(b.A)*t
	alpha := wa + wb
	if alpha <= 0 {
		return color.NRGBA{}
	}
	mix := func(x, y uint8) uint8 { return channel((float64(x)*wa + float64(y)*wb) / alpha / 255) }
	return color.NRGBA{R: mix(a.R, b.R), G: mix(a.G, b.G), B: mix(a.B, b.B), A: channel(alpha / 255)}
}
