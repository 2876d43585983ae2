package draw

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"iocwall/assets"
	"iocwall/geo"
	"iocwall/geo/style"
	"iocwall/geo/tiles"
)

// hostile is a Source of tiles that claim what is not theirs.
type hostile struct {
	*tiles.Embedded
	zoom    int // of the tiles
	picture *image.RGBA
	vectors bool
}

func (h *hostile) Map(v geo.View) (tiles.Data, error) {
	d, err := h.Embedded.Map(v)
	n := math.Exp2(float64(h.zoom))
	ox, oy := v.Origin()
	at := func(px, o float64) int { return int(min(max((px+o)/v.World*n, 0), n-1)) }
	for y := at(0, oy); y <= at(float64(v.Height-1), oy); y++ {
		for x := at(0, ox); x <= at(float64(v.Width-1), ox); x++ {
			if h.picture != nil {
				d.Rasters = append(d.Rasters, tiles.Raster{Z: h.zoom, X: x, Y: y, Img: h.picture, Part: h.picture.Rect})
			}
			if h.vectors {
				d.Vectors = append(d.Vectors, claims(h.zoom, x, y))
			}
		}
	}
	return d, err
}

// foreign are names that must not show.
func foreign() []string {
	return []string{"Paracel Islands", "Xisha", "南海", "South China Sea", "Mer de Chine méridionale", "Dagat Luzon", "Nansha Qundao", "西沙群岛", "Spratly"}
}

// claims is a vector tile all of whose land is filled, with foreign names in
// rows and a line of dashes across it.
func claims(z, x, y int) tiles.Vector {
	side := math.Exp2(-float64(z))
	pt := func(u, v float64) orb.Point { return orb.Point{(float64(x) + u) * side, (float64(y) + v) * side} }
	var names []tiles.VectorFeature
	for i, name := range foreign() {
		p := map[string]any{"class": "island", "name": name}
		switch i % 4 {
		case 1:
			p = map[string]any{"kind": "sea", "name": "Sea " + fmt.Sprint(i), "name:en": name}
		case 2:
			p = map[string]any{"class": "city", "label": name, "name": "Place " + fmt.Sprint(i), "name:zh-Hans": name}
		case 3:
			p["name:vi"] = ""
		}
		for k := range 4 {
			names = append(names, tiles.VectorFeature{Geometry: pt(float64(k)/4+0.1, float64(i)/9+0.05), Properties: p})
		}
	}
	ring := orb.Ring{pt(-0.1, -0.1), pt(1.1, -0.1), pt(1.1, 1.1), pt(-0.1, 1.1), pt(-0.1, -0.1)}
	var line orb.LineString
	for i := range 65 {
		line = append(line, pt(float64(i)/64, 0.5+0.3*math.Sin(float64(i))))
	}
	return tiles.Vector{Z: z, X: x, Y: y, Layers: []tiles.VectorLayer{
		{Name: "land", Features: []tiles.VectorFeature{{Geometry: orb.Polygon{ring}}}},
		{Name: "boundary", Features: []tiles.VectorFeature{{Geometry: line, Properties: map[string]any{"admin_level": int64(2)}}}},
		{Name: "place", Features: names},
	}}
}

const claimStyle = `{"version": 8, "layers": [
	{"id": "land", "type": "fill", "source": "x", "source-layer": "land", "paint": {"fill-color": "#f0f"}},
	{"id": "dashes", "type": "line", "source": "x", "source-layer": "boundary", "paint": {"line-color": "#f0f", "line-width": 6}},
	{"id": "names", "type": "symbol", "source": "x", "source-layer": "place", "layout": {"text-field": "{name}"}, "paint": {"text-color": "#f0f"}},
	{"id": "labels", "type": "symbol", "source": "x", "source-layer": "place", "layout": {"text-field": ["get", "label"]}}]}`

func hostileRenderer(t *testing.T, h *hostile, ground *style.Style, look Style) *Renderer {
	t.Helper()
	r, err := New(Options{
		Base: h, Style: look, Sizes: Desk(), Words: Vietnamese(), Regular: assets.Regular(), Bold: assets.Bold(), Ground: ground,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// regions are the islands of each archipelago with half a degree around them.
func regions(t *testing.T, src *tiles.Embedded) []geo.Bounds {
	t.Helper()
	d, err := src.Map(geo.View{})
	if err != nil {
		t.Fatal(err)
	}
	var out []geo.Bounds
	for _, group := range []string{"hoang-sa", "truong-sa"} {
		var points []geo.Point
		for _, p := range d.Places {
			if p.Class == tiles.ClassIslet && p.Group == group {
				points = append(points, p.At)
			}
		}
		b, ok := geo.BoundsOf(points)
		if !ok {
			t.Fatalf("no island of %s", group)
		}
		out = append(out, b.Pad(0.5))
	}
	return out
}

func pixels(v geo.View, b geo.Bounds) image.Rectangle {
	x0, y0 := v.Pixel(geo.Pt(b.Min[0], b.Max[1]))
	x1, y1 := v.Pixel(geo.Pt(b.Max[0], b.Min[1]))
	at := func(f float64) int { return int(max(-1e6, min(1e6, f))) }
	return image.Rect(at(x0), at(y0), at(x1), at(y1)).Intersect(v.Rect())
}

func magenta(c color.RGBA) bool {
	return int(c.R)-int(c.G) > 24 && int(c.B)-int(c.G) > 24
}

// countMagenta looks for what a hostile tile has painted.
func countMagenta(dst *image.RGBA, r image.Rectangle) int {
	n := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if magenta(dst.RGBAAt(x, y)) {
				n++
			}
		}
	}
	return n
}

func letters(side int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	for i := range side * side {
		img.Pix[4*i], img.Pix[4*i+2], img.Pix[4*i+3] = 255, 255, 255
		if (i%side/3+i/side/5)%4 == 0 {
			img.Pix[4*i], img.Pix[4*i+1], img.Pix[4*i+2] = 200, 20, 190
		}
	}
	return img
}

// TestHostilePictures draws pictures full of foreign ink: none of it shows where
// Hoàng Sa and Trường Sa lie, at any zoom, nor where coarse pictures stand in.
func TestHostilePictures(t *testing.T) {
	src, err := tiles.NewEmbedded(assets.Basemap(), tiles.Since2025)
	if err != nil {
		t.Fatal(err)
	}
	where := regions(t, src)
	h := &hostile{Embedded: src, picture: letters(256)}
	for _, theme := range []string{"", "dark", "light"} {
		r := hostileRenderer(t, h, themed(t, theme), map[string]Style{"": Dark(), "dark": Dark(), "light": Light()}[theme])
		seen := 0
		for zoom := 3; zoom <= 18; zoom++ {
			for _, at := range []geo.Point{{111.6, 16.53}, {112.73, 16.67}, {114.36, 10.38}, {111.67, 8.67}, {113, 13}, {108.3, 15.7}} {
				h.zoom = zoom
				if zoom%4 == 0 {
					h.zoom = min(zoom, 8) // what stands in while others are fetched
				}
				v := geo.ZoomView(at, float64(zoom)+0.3*float64(zoom%2), 320, 240)
				dst := image.NewRGBA(v.Rect())
				if _, err := r.Draw(dst, &Frame{View: v}); err != nil {
					t.Fatal(err)
				}
				for i, b := range where {
					if n := countMagenta(dst, pixels(v, b)); n > 0 {
						t.Errorf("theme %q, zoom %d at %v: %d pixels of the picture in region %d", theme, zoom, at, n, i)
					}
				}
				seen += countMagenta(dst, v.Rect())
			}
		}
		if seen == 0 {
			t.Errorf("theme %q: the pictures show nowhere, so this test sees nothing", theme)
		}
	}
}

func themed(t *testing.T, theme string) *style.Style {
	t.Helper()
	if theme == "" {
		return nil
	}
	data, err := assets.MapStyle(theme)
	if err != nil {
		t.Fatal(err)
	}
	s, problems, err := style.Parse(data)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	return s
}

// TestHostileTiles draws vector tiles with foreign names: none is written, nothing
// of the tiles shows in the regions, and what is written there is ours.
func TestHostileTiles(t *testing.T) {
	src, err := tiles.NewEmbedded(assets.Basemap(), tiles.Since2025)
	if err != nil {
		t.Fatal(err)
	}
	s, problems, err := style.Parse([]byte(claimStyle))
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	ours := map[string]bool{}
	data, _ := src.Map(geo.View{})
	for _, p := range data.Places {
		ours[p.Name], ours[strings.ToUpper(p.Name)] = true, true
		lines := twoLines(p.Name)
		ours[lines[0]], ours[lines[1]] = true, true
	}
	where := regions(t, src)
	h := &hostile{Embedded: src, vectors: true}
	r := hostileRenderer(t, h, s, Dark())
	seen := 0
	for zoom := 3; zoom <= 18; zoom++ {
		for _, at := range []geo.Point{{111.6, 16.53}, {114.36, 10.38}, {113, 13}, {112.9, 9.55}, {106, 17}} {
			h.zoom = max(0, zoom-1)
			v := geo.ZoomView(at, float64(zoom), 400, 300)
			dst := image.NewRGBA(v.Rect())
			if _, err := r.Draw(dst, &Frame{View: v}); err != nil {
				t.Fatal(err)
			}
			what := fmt.Sprintf("zoom %d at %v", zoom, at)
			for i, b := range where {
				if n := countMagenta(dst, pixels(v, b)); n > 0 {
					t.Errorf("%s: %d pixels of the tile in region %d", what, n, i)
				}
			}
			for _, p := range r.pending {
				checkName(t, r, what, &p, v, where, ours)
			}
			seen += countMagenta(dst, v.Rect())
		}
	}
	if seen == 0 {
		t.Error("the tiles show nowhere, so this test sees nothing")
	}
}

func checkName(t *testing.T, r *Renderer, what string, p *pendingText, v geo.View, where []geo.Bounds, ours map[string]bool) {
	t.Helper()
	for _, name := range foreign() {
		if strings.Contains(strings.ToLower(p.key.Text), strings.ToLower(name)) {
			t.Errorf("%s: %q is written", what, p.key.Text)
		}
	}
	size := float64(p.key.Style.Size)
	box := image.Rect(p.x, p.y-int(size), p.x+int(r.width(p.key.Text, size, false)), p.y)
	for _, b := range where {
		if box.Overlaps(pixels(v, b)) && !ours[p.key.Text] {
			t.Errorf("%s: %q is written in a region", what, p.key.Text)
		}
	}
}

// TestNoDashesInBienDong draws the dashes alone: in the open sea there are none,
// on land there are.
func TestNoDashesInBienDong(t *testing.T) {
	src, err := tiles.NewEmbedded(assets.Basemap(), tiles.Since2025)
	if err != nil {
		t.Fatal(err)
	}
	s, _, err := style.Parse([]byte(strings.Replace(claimStyle, `"fill-color": "#f0f"`, `"fill-color": "#012"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	h := &hostile{Embedded: src, vectors: true}
	r := hostileRenderer(t, h, s, Dark())
	draw := func(at geo.Point, zoom float64) int {
		h.zoom = int(zoom) - 1
		v := geo.ZoomView(at, zoom, 300, 200)
		dst := image.NewRGBA(v.Rect())
		if _, err := r.Draw(dst, &Frame{View: v}); err != nil {
			t.Fatal(err)
		}
		return countMagenta(dst, v.Rect())
	}
	for _, at := range []geo.Point{{113, 14}, {115.5, 13}, {118.5, 15.5}, {112, 11}, {110.5, 6.5}, {116, 19}} {
		for _, zoom := range []float64{9, 10.5, 13} {
			if n := draw(at, zoom); n > 0 {
				t.Errorf("%d pixels of dashes at %v, zoom %g", n, at, zoom)
			}
		}
	}
	if draw(geo.Pt(106, 19), 9) == 0 {
		t.Error("a border on land is not drawn")
	}
}

// TestBienDongIsNamed looks at the sea on every kind of map.
func TestBienDongIsNamed(t *testing.T) {
	src, err := tiles.NewEmbedded(assets.Basemap(), tiles.Since2025)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range []*hostile{{Embedded: src}, {Embedded: src, picture: letters(256)}, {Embedded: src, vectors: true}} {
		r := hostileRenderer(t, h, themed(t, "dark"), Dark())
		for _, zoom := range []float64{5, 6, 7, 8} {
			h.zoom = int(zoom)
			v := geo.ZoomView(geo.Pt(112.6, 13.6), zoom, 900, 700)
			if _, err := r.Draw(image.NewRGBA(v.Rect()), &Frame{View: v}); err != nil {
				t.Fatal(err)
			}
			found := false
			for _, p := range r.pending {
				found = found || p.key.Text == "BIỂN ĐÔNG"
			}
			if !found {
				t.Errorf("pictures %v, vectors %v, zoom %g: the sea is not named", h.picture != nil, h.vectors, zoom)
			}
		}
	}
}
