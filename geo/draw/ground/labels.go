package ground

import (
	"cmp"
	"image/color"
	"math"
	"slices"
	"strings"
	"unicode"

	"iocwall/geo"
	"iocwall/geo/draw/raster"
	"iocwall/geo/style"
)

// Label is a name that vector tiles want written around a place.
type Label struct {
	Text string
	At   raster.XY // the middle, in pixels of the view
	Size float64   // of the text, in pixels

	Color, Halo   color.RGBA
	HaloWidth     float64 // in pixels
	Bold, Slanted bool
	Spacing       float64 // between letters, in pixels
}

// maxLabels bounds the labels of one picture.
const maxLabels = 800

// wanted is a label with its place in the order.
type wanted struct {
	Label
	layer int
	key   float64
}

// Labels returns the labels of the map that Draw drew last, in the part that was
// drawn, the most important first: as the specification has it, those of the last
// layer of the style before those of the one below, and within a layer by the
// layer's sort key. It is the caller's to find room for them.
func (p *Painter) Labels(m Map) []Label {
	if p.cover.whole || len(m.Data.Vectors) == 0 {
		return nil
	}
	p.prepare(m)
	var all []wanted
	for i := range p.layers {
		l := &p.layers[i]
		if l.Kind != style.Symbol || l.Source == style.Builtin || !l.Shows(p.brushes[0].scope.Zoom) {
			continue
		}
		for k := range p.sheets {
			all = p.labelsOf(all, l, i, &p.sheets[k], m)
		}
	}
	slices.SortStableFunc(all, func(a, b wanted) int {
		return cmp.Or(cmp.Compare(b.layer, a.layer), cmp.Compare(a.key, b.key), cmp.Compare(a.Text, b.Text),
			cmp.Compare(a.At.X, b.At.X), cmp.Compare(a.At.Y, b.At.Y))
	})
	return p.spread(all)
}

func (p *Painter) labelsOf(all []wanted, l *style.Layer, i int, s *sheet, m Map) []wanted {
	features := s.content.layers[i]
	window := s.at.back(s.clip, 0)
	b := p.brushes[0]
	for k := range features {
		f := &features[k]
		if !b.bind(l, f, window) {
			continue
		}
		text := f.text
		if text == "" {
			text = readable(l.Text.Field.At(&b.scope), f.properties)
		}
		if text == "" {
			continue
		}
		if l.Text.Upper {
			text = strings.ToUpper(text)
		}
		w := wanted{layer: i, key: l.Text.SortKey.At(&b.scope), Label: p.label(l, text)}
		if !p.standing(&w, l, f, s, m) {
			continue
		}
		all = append(all, w)
	}
	return all
}

func (p *Painter) label(l *style.Layer, text string) Label {
	b := p.brushes[0]
	size := max(l.Text.Size.At(&b.scope), styleText) * p.textScale
	return Label{
		Text: text, Size: size,
		Color: faded(l.Color.At(&b.scope), l.Opacity.At(&b.scope)), Halo: faded(l.Text.Halo.At(&b.scope), 1),
		HaloWidth: l.Text.HaloWidth.At(&b.scope) * p.textScale,
		Bold:      l.Text.Bold, Slanted: l.Text.Slanted, Spacing: l.Text.Spacing * size,
	}
}

// standing finds the label's place and reports whether it has one: in its own
// tile, so that no two tiles write it, and clear of the archipelagos.
func (p *Painter) standing(w *wanted, l *style.Layer, f *feature, s *sheet, m Map) bool {
	// About what the text will take, more rather than less.
	width := (0.62*w.Size + w.Spacing) * float64(len([]rune(w.Text)))
	at := f.place()
	if l.Text.AlongLine {
		middle, length := longest(f.paths, s)
		if length < width*1.1 {
			return false
		}
		at = middle
	}
	if !s.square.holds(at) {
		return false
	}
	w.At = s.at.pixel(at)
	if !inRect(w.At, s.clip.Min.X, s.clip.Min.Y, s.clip.Max.X, s.clip.Max.Y) {
		return false
	}
	view := affineOf(m.View)
	for _, b := range archipelagos() {
		nw, se := view.pixel(geo.Pt(b.x0, b.y0)), view.pixel(geo.Pt(b.x1, b.y1))
		if w.At.X+width/2 > nw.X && w.At.X-width/2 < se.X && w.At.Y+w.Size > nw.Y && w.At.Y-w.Size < se.Y {
			return false
		}
	}
	return true
}

func inRect(p raster.XY, x0, y0, x1, y1 int) bool {
	return p.X >= float64(x0) && p.Y >= float64(y0) && p.X < float64(x1) && p.Y < float64(y1)
}

// place is where a feature is named: at its point, or in the middle of its box.
func (f *feature) place() geo.Point {
	if f.geometry == style.Point {
		return f.paths[0][0]
	}
	if f.geometry == style.Polygon {
		return f.bounds.middle()
	}
	path := f.paths[0]
	return path[len(path)/2]
}

// longest returns the middle of the longest of some lines, and its length in pixels.
func longest(lines [][]geo.Point, s *sheet) (geo.Point, float64) {
	var best []geo.Point
	most := 0.0
	for _, line := range lines {
		if l := lengthOf(line); l > most {
			best, most = line, l
		}
	}
	walked := 0.0
	for i := 0; i+1 < len(best); i++ {
		a, b := best[i], best[i+1]
		step := math.Hypot(b[0]-a[0], b[1]-a[1])
		if walked+step >= most/2 && step > 0 {
			t := (most/2 - walked) / step
			return geo.Pt(a[0]+t*(b[0]-a[0]), a[1]+t*(b[1]-a[1])), most * s.at.sx
		}
		walked += step
	}
	return geo.Point{}, 0
}

func lengthOf(line []geo.Point) float64 {
	sum := 0.0
	for i := 0; i+1 < len(line); i++ {
		sum += math.Hypot(line[i+1][0]-line[i][0], line[i+1][1]-line[i][1])
	}
	return sum
}

// spread leaves out a name that is written already nearby, as neighbouring tiles
// and the pieces of one road have it.
func (p *Painter) spread(all []wanted) []Label {
	out := make([]Label, 0, min(len(all), maxLabels))
	seen := map[string][]raster.XY{}
	for i := range all {
		l := &all[i].Label
		near := slices.ContainsFunc(seen[l.Text], func(at raster.XY) bool {
			return math.Hypot(at.X-l.At.X, at.Y-l.At.Y) < 16*l.Size
		})
		if near {
			continue
		}
		seen[l.Text] = append(seen[l.Text], l.At)
		if out = append(out, *l); len(out) == maxLabels {
			break
		}
	}
	return out
}

// readable returns a text in letters that the map's font has, another name of the
// feature where this one is not, or nothing.
func readable(text string, properties map[string]any) string {
	if legible(text) {
		return strings.TrimSpace(text)
	}
	for _, key := range []string{"name:vi", "name_vi", "name:latin", "name_int", "int_name", "name:en", "name_en"} {
		if s, _ := properties[key].(string); s != "" && legible(s) {
			return strings.TrimSpace(s)
		}
	}
	return ""
}

func legible(text string) bool {
	for _, r := range text {
		if !unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Common, unicode.Inherited) {
			return false
		}
	}
	return true
}
