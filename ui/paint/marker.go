package paint

import (
	"hash/fnv"
	"image"
	"image/color"
)

const (
	// MarkerCell is the side of one cell of a marker in px.
	MarkerCell = 4
	// markerCells are a lead of four cells, 24 bits and a check of eight.
	markerCells = 4 + 24 + 8
)

// MarkerOf returns the 24-bit number that stands for a name in a marker.
func MarkerOf(name string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	return h.Sum32() & 0xFFFFFF
}

// Marker returns a picture of a row of black and white cells that says a number
// of 24 bits: tests find on a screen's pixels which tile is where.
func Marker(number uint32) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, markerCells*MarkerCell, MarkerCell))
	for i, on := range markerBits(number) {
		c := color.RGBA{A: 0xFF}
		if on {
			c = color.RGBA{0xFF, 0xFF, 0xFF, 0xFF}
		}
		for y := range MarkerCell {
			for x := range MarkerCell {
				img.SetRGBA(i*MarkerCell+x, y, c)
			}
		}
	}
	return img
}

// ReadMarker reads the marker whose top left corner is at p. It reports false
// where there is none or a cell is not clear.
func ReadMarker(img image.Image, p image.Point) (number uint32, ok bool) {
	var bits [markerCells]bool
	for i := range bits {
		r, g, b, _ := img.At(p.X+i*MarkerCell+MarkerCell/2, p.Y+MarkerCell/2).RGBA()
		light := (r + g + b) / 3 >> 8
		if light > 0x60 && light < 0xA0 {
			return 0, false
		}
		bits[i] = light >= 0xA0
	}
	for i := range 24 {
		if bits[4+i] {
			number |= 1 << i
		}
	}
	return number, bits == markerBits(number)
}

func markerBits(number uint32) (bits [markerCells]bool) {
	bits[0], bits[2] = true, true
	check := uint32(0x5A)
	for i := range 24 {
		bits[4+i] = number>>i&1 == 1
		check = (check*31 + number>>i&1 + 7) & 0xFF
	}
	for i := range 8 {
		bits[28+i] = check>>i&1 == 1
	}
	return bits
}
