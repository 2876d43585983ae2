// Package draw draws a map view into an *image.RGBA: the base map, living layers
// given as plain values, labels without collisions, and the map's furniture.
//
// A Renderer owns its buffers and caches and belongs to one goroutine. What it
// draws depends on the whole view and never on the crop, except for what is cut
// off: what stands on a screen depends on that screen and on what crosses its
// edges. So several computers that draw their crops of one view from the same
// Frame make one picture. Symbols and labels snap to whole pixels of the view.
package draw
