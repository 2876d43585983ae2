package draw

import "image"

// Hits is what one Draw drew and where. It never changes and may be read from
// any goroutine. A nil Hits holds nothing.
type Hits struct{}

// At returns what lies at (x, y) in pixels of the whole view, or within reach
// pixels of it: points before lines and areas, the nearest first, and of areas
// the smallest first.
func (h *Hits) At(x, y int, reach float64) []Found { return nil }

// In returns everything that touches a rectangle in pixels of the whole view, in
// the order of At from its centre.
func (h *Hits) In(rect image.Rectangle) []Found { return nil }
