package ground

import (
	"slices"

	"iocwall/geo"
	"iocwall/geo/style"
	"iocwall/geo/tiles"
)

// builtin is the product's own map, projected once. Its layers are outside (land
// that is not Vietnam's), provinces (with "around" where a home is chosen), home,
// home-edge, river and road (with "rank", 1 the most important), border, edge, and
// islet (with "rank" and "group").
type builtin struct {
	content content
	of      [4]identity // what it was made of
	home    []string
}

// identity tells slices apart without looking into them; what a source returns
// is shared and never changes.
type identity struct {
	first any // pointer to the first element
	count int
}

func identityOf[T any](s []T) identity {
	if len(s) == 0 {
		return identity{}
	}
	return identity{&s[0], len(s)}
}

func (b *builtin) prepare(p *Painter, d tiles.Data, home []string) {
	of := [4]identity{identityOf(d.Outside), identityOf(d.Provinces), identityOf(d.Lines), identityOf(d.Places)}
	if b.content.layers != nil && b.of == of && slices.Equal(b.home, home) {
		return
	}
	b.of, b.home = of, slices.Clone(home)
	layers := map[string][]feature{
		"outside": shapes(d.Outside, nil), "provinces": shapes(d.Provinces, map[string]any{"around": len(home) > 0}),
	}
	for _, s := range d.Provinces {
		if slices.Contains(home, s.ID) {
			layers["home"] = append(layers["home"], shapes([]tiles.Shape{s}, nil)...)
		}
	}
	layers["home-edge"] = layers["home"]
	for i := range d.Lines {
		l := &d.Lines[i]
		name := string(l.Class)
		f := feature{properties: map[string]any{"rank": float64(l.Rank)}, geometry: style.LineString, paths: [][]geo.Point{projected(l.Points)}}
		if f.measure() {
			layers[name] = append(layers[name], f)
		}
	}
	for _, place := range d.Places {
		if place.Class == tiles.ClassIslet {
			f := feature{
				properties: map[string]any{"rank": float64(place.Rank), "group": place.Group}, geometry: style.Point,
				paths: [][]geo.Point{projected([]geo.Point{place.At})},
			}
			if f.measure() {
				layers["islet"] = append(layers["islet"], f)
			}
		}
	}
	b.content.layers = make([][]feature, len(p.layers))
	for i := range p.layers {
		if l := &p.layers[i]; l.Source == style.Builtin {
			b.content.layers[i] = p.choose(l, layers[l.From])
		}
	}
}

func shapes(list []tiles.Shape, properties map[string]any) []feature {
	var out []feature
	for i := range list {
		for _, polygon := range list[i].Polygons {
			f := feature{properties: properties, geometry: style.Polygon}
			for _, ring := range polygon {
				f.paths = append(f.paths, projected(ring))
			}
			if f.measure() {
				out = append(out, f)
			}
		}
	}
	return out
}

func projected(points []geo.Point) []geo.Point {
	out := make([]geo.Point, len(points))
	for i, p := range points {
		out[i][0], out[i][1] = geo.Project(p)
	}
	return out
}
