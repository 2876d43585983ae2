package ui

import (
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// seal tells when the toolkit has painted a surface: it is a dot without colour
// that lies over all else, so that it is painted last.
type seal struct {
	dot     *canvas.Raster
	painted time.Time
	broken  bool
}

func newSeal(now func() time.Time, poke func()) *seal {
	s := &seal{broken: true}
	none := image.NewRGBA(image.Rect(0, 0, 1, 1))
	s.dot = canvas.NewRaster(func(int, int) image.Image {
		if !s.broken {
			s.painted, s.broken = now(), true
			poke()
		}
		return none
	})
	s.dot.Resize(fyne.NewSize(1, 1))
	return s
}

// lay asks to be told of the next painting.
func (s *seal) lay() {
	s.broken = false
	canvas.Refresh(s.dot)
}

// sealed adds the surface's seal on top.
func (s *surface) sealed(objects []fyne.CanvasObject) []fyne.CanvasObject {
	return append(objects, s.seal.dot)
}
