package brief

import (
	"image/color"
	"math"
	"slices"

	"iocwall/ui/look"
)

// usualClasses is how many classes areas are put into where nothing else is
// asked for.
const usualClasses = 5

// Breaks returns the upper limits of all classes but the last, rising. A value
// that equals a limit belongs below it. Fewer values than classes, or equal ones,
// give fewer classes.
func (c Classes) Breaks(values []float64) []float64 {
	if c.Limits != nil {
		return c.Limits
	}
	v := slices.Clone(values)
	slices.Sort(v)
	if len(v) < 2 || v[0] == v[len(v)-1] {
		return nil
	}
	var out []float64
	for i := 1; i < usualClasses; i++ {
		l := v[0] + (v[len(v)-1]-v[0])*float64(i)/usualClasses
		if !c.Equal {
			// The last value of the lower part, so that each limit is a value.
			l = v[max(0, int(math.Ceil(float64(i)*float64(len(v))/usualClasses))-1)]
		}
		if l < v[len(v)-1] && (len(out) == 0 || l > out[len(out)-1]) {
			out = append(out, l)
		}
	}
	return out
}

// Class returns the number of a value's class, from 0.
func Class(limits []float64, v float64) int {
	i, _ := slices.BinarySearch(limits, v)
	return i
}

// Shades returns the fills of n classes, from the lowest value to the highest:
// one hue, away from the map's ground, so that order is seen in greyscale too.
// None of them is a colour of state.
func Shades(theme look.Theme, n int) []color.RGBA {
	low, high := look.Hex(0x2B4456), look.Hex(0xB9D3E2)
	if theme.Name == "light" {
		low, high = look.Hex(0xD3E1EA), look.Hex(0x2E5670)
	}
	out := make([]color.RGBA, n)
	for i := range out {
		t := 0.5
		if n > 1 {
			t = float64(i) / float64(n-1)
		}
		mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*t)) }
		out[i] = color.RGBA{mix(low.R, high.R), mix(low.G, high.G), mix(low.B, high.B), 225}
	}
	return out
}
