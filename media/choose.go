package media

import (
	"image"
	"slices"
)

// tolerance is the share of a view's pixels that a stream may lack, in each direction, and still fill it.
const tolerance = 0.1

// need is how many pixels the whole picture must have for a view of a part of it to be sharp.
func (v View) need() (x, y float64) {
	sx, sy := v.Part.share()
	return float64(v.Size.X) / sx, float64(v.Size.Y) / sy
}

// fills reports whether a stream has the pixels that all views need.
func (s Stream) fills(views []View) bool {
	if s.Width <= 0 || s.Height <= 0 {
		return false
	}
	for _, v := range views {
		if x, y := v.need(); float64(s.Width) < (1-tolerance)*x || float64(s.Height) < (1-tolerance)*y {
			return false
		}
	}
	return true
}

// Fill names the stream that a deck plays for a picture of this size in pixels: the smallest that fills it, the best when
// none does. Computers that show parts of one picture pin it (Viewer.SetStream) by the size of the whole picture, where
// each by itself would choose by its own part and by what it has learnt. Only declared sizes count.
func (c Camera) Fill(size image.Point) string {
	steps := ladder(c.Streams)
	if len(steps) == 0 {
		return ""
	}
	return steps[choose(steps, []View{View{Size: size}.tidy()})].Name
}

// ladder orders streams from the best to the smallest: by size if all sizes are known, else as listed.
func ladder(streams []Stream) []Stream {
	for _, s := range streams {
		if s.Width <= 0 || s.Height <= 0 {
			return streams
		}
	}
	sorted := slices.Clone(streams)
	slices.SortStableFunc(sorted, func(a, b Stream) int {
		if d := b.Width*b.Height - a.Width*a.Height; d != 0 {
			return d
		}
		switch {
		case a.FPS > b.FPS:
			return -1
		case a.FPS < b.FPS:
			return 1
		}
		return 0
	})
	return sorted
}

// choose picks the smallest stream that fills all views, the best one when none does or nothing is known. Without views
// it picks the smallest. Streams must be a ladder.
func choose(streams []Stream, views []View) int {
	if len(views) == 0 {
		return len(streams) - 1
	}
	for i := len(streams) - 1; i > 0; i-- {
		if streams[i].fills(views) {
			return i
		}
	}
	return 0
}

// sized fills in sizes that were learnt while playing; they win over declared ones, which may be wrong.
func sized(streams []Stream, learnt func(name string) image.Point) []Stream {
	out := slices.Clone(streams)
	for i := range out {
		if size := learnt(out[i].Name); size.X > 0 && size.Y > 0 {
			out[i].Width, out[i].Height = size.X, size.Y
		}
	}
	return out
}
