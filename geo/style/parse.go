package style

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image/color"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
)

const (
	maxBytes  = 4 << 20
	maxLayers = 1000
)

// Parse reads a style. It returns all that it does not use as problems, with
// their places; the error is for what is no style at all, and then there is
// none. The bytes are not kept.
func Parse(data []byte) (*Style, []Problem, error) {
	if len(data) > maxBytes {
		return nil, nil, fmt.Errorf("style: %d bytes, at most %d are read", len(data), maxBytes)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	var root map[string]any
	if err := decoder.Decode(&root); err != nil {
		return nil, nil, fmt.Errorf("style: not a JSON object: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, errors.New("style: something follows the JSON object")
	}
	layers, ok := root["layers"].([]any)
	if !ok || len(layers) == 0 {
		return nil, nil, errors.New("style: it has no list of layers")
	}
	if len(layers) > maxLayers {
		return nil, nil, fmt.Errorf("style: %d layers, at most %d are read", len(layers), maxLayers)
	}
	p := &parser{}
	s := &Style{}
	s.Name, _ = root["name"].(string)
	p.root(root)
	seen := map[string]bool{}
	for i, l := range layers {
		p.path = fmt.Sprintf("layers[%d]", i)
		p.id = ""
		if layer, ok := p.parseLayer(l); ok {
			if seen[layer.ID] {
				p.report("id", "another layer has this id; this one is left out")
				continue
			}
			seen[layer.ID] = true
			s.Layers = append(s.Layers, layer)
		}
	}
	if len(s.Layers) == 0 {
		return nil, p.problems, errors.New("style: none of its layers can be drawn")
	}
	return s, p.problems, nil
}

// parser collects problems while it reads.
type parser struct {
	problems []Problem
	path, id string // of the layer being read
}

func (p *parser) report(property, format string, args ...any) {
	at := p.path
	if property != "" {
		at = strings.TrimPrefix(at+"."+property, ".")
	}
	name := property[strings.LastIndex(property, ".")+1:]
	p.problems = append(p.problems, Problem{Path: at, Layer: p.id, Property: name, Text: fmt.Sprintf(format, args...)})
}

// root checks what stands beside the layers. Where tiles come from is not said by
// a style here, so sources, sprites and fonts are passed over.
func (p *parser) root(root map[string]any) {
	if v, has := root["version"]; has && v != 8.0 {
		p.report("version", "%v is not 8; it is read as 8", v)
	}
	passed := []string{
		"version", "name", "layers", "metadata", "sources", "sprite", "glyphs", "center", "zoom", "bearing", "pitch", "id",
	}
	for _, key := range slices.Sorted(maps.Keys(root)) {
		if !slices.Contains(passed, key) {
			p.report(key, "not known, not used")
		}
	}
}

// object is a part of a layer; what nobody has asked for is reported.
type object struct {
	name   string // such as "paint."
	values map[string]any
	asked  map[string]bool
}

func (p *parser) object(layer map[string]any, name string) *object {
	o := &object{name: name + ".", asked: map[string]bool{}}
	if v, has := layer[name]; has {
		values, ok := v.(map[string]any)
		if !ok {
			p.report(name, "is no object, not used")
		}
		o.values = values
	}
	return o
}

func (o *object) take(key string) (any, bool) {
	o.asked[key] = true
	v, has := o.values[key]
	return v, has
}

func (p *parser) leftovers(o *object) {
	for _, key := range slices.Sorted(maps.Keys(o.values)) {
		if !o.asked[key] {
			p.report(o.name+key, "not known, not used")
		}
	}
}

// parseLayer returns false where the layer cannot be drawn or is not to be.
func (p *parser) parseLayer(v any) (Layer, bool) {
	raw, ok := v.(map[string]any)
	if !ok {
		p.report("", "a layer is an object; left out")
		return Layer{}, false
	}
	l := Layer{MinZoom: math.Inf(-1), MaxZoom: math.Inf(1), Taper: 1}
	if l.ID, ok = raw["id"].(string); !ok || l.ID == "" {
		p.report("id", "the layer has no id; left out")
		return Layer{}, false
	}
	p.id = l.ID
	all := &object{values: raw, asked: map[string]bool{"id": true, "layout": true, "paint": true, "metadata": true}}
	l.Kind = Kind(p.word(all, "type"))
	l.Source, l.From = p.word(all, "source"), p.word(all, "source-layer")
	l.MinZoom, l.MaxZoom = p.plain(all, "minzoom", l.MinZoom), p.plain(all, "maxzoom", l.MaxZoom)
	if f, has := all.take("filter"); has {
		c := compiler{}
		filter, err := c.filter(f)
		if err != nil {
			p.report("filter", "%v; the layer is left out", err)
			return Layer{}, false
		}
		l.Filter = Filter{node: filter.node, zooms: filter.zooms}
	}
	p.leftovers(all)
	layout, paint := p.object(raw, "layout"), p.object(raw, "paint")
	if p.word(layout, "visibility") == "none" {
		return Layer{}, false
	}
	if !p.kind(&l, layout, paint) {
		return Layer{}, false
	}
	p.leftovers(layout)
	p.leftovers(paint)
	p.metadata(&l, raw)
	return l, true
}

func (p *parser) kind(l *Layer, layout, paint *object) bool {
	if l.From == "" && (l.Kind == Fill || l.Kind == Line || l.Kind == Symbol) {
		p.report("source-layer", "missing; the layer is left out")
		return false
	}
	black := color.NRGBA{A: 255}
	switch l.Kind {
	case Background:
		l.Color, l.Opacity = p.color(paint, "background-color", black), p.number(paint, "background-opacity", 1)
	case Fill:
		l.Color, l.Opacity = p.color(paint, "fill-color", black), p.number(paint, "fill-opacity", 1)
		paint.take("fill-antialias") // always
		if _, has := paint.values["fill-outline-color"]; has {
			l.Outlined, l.Outline = true, p.color(paint, "fill-outline-color", black)
		}
	case Line:
		l.Color, l.Opacity = p.color(paint, "line-color", black), p.number(paint, "line-opacity", 1)
		l.Width, l.Dashes = p.number(paint, "line-width", 1), p.dashes(paint)
		p.only(layout, "line-cap", "round")
		p.only(layout, "line-join", "round")
	case Symbol:
		return p.symbol(l, layout, paint)
	case Raster:
		l.Opacity = p.number(paint, "raster-opacity", 1)
		l.Picture = Picture{
			Saturation: p.number(paint, "raster-saturation", 0), Contrast: p.number(paint, "raster-contrast", 0),
			BrightnessMin: p.number(paint, "raster-brightness-min", 0), BrightnessMax: p.number(paint, "raster-brightness-max", 1),
		}
		paint.take("raster-fade-duration") // nothing fades
		paint.take("raster-resampling")    // always linear
	default:
		p.report("type", "layers of type %q are not drawn", l.Kind)
		return false
	}
	return true
}

// metadata reads the product's additions to lines; others keep theirs there too,
// so what is not known is passed over.
func (p *parser) metadata(l *Layer, layer map[string]any) {
	m := p.object(layer, "metadata")
	l.Taper = min(max(p.plain(m, "taper", 1), 0), 1)
	land, _ := m.take("on-land")
	l.OnLand = land == true
}

func (p *parser) symbol(l *Layer, layout, paint *object) bool {
	black := color.NRGBA{A: 255}
	field, has := layout.take("text-field")
	if !has {
		p.report("layout.text-field", "missing; symbols without text are not drawn")
		return false
	}
	var err error
	if l.Text.Field, err = p.field(field); err != nil {
		p.report("layout.text-field", "%v; the layer is left out", err)
		return false
	}
	l.Color, l.Opacity = p.color(paint, "text-color", black), p.number(paint, "text-opacity", 1)
	l.Text.Halo, l.Text.HaloWidth = p.color(paint, "text-halo-color", color.NRGBA{}), p.number(paint, "text-halo-width", 0)
	l.Text.Size, l.Text.SortKey = p.number(layout, "text-size", 16), p.number(layout, "symbol-sort-key", 0)
	l.Text.Spacing = p.plain(layout, "text-letter-spacing", 0)
	l.Text.Upper = p.word(layout, "text-transform") == "uppercase"
	switch placement := p.word(layout, "symbol-placement"); placement {
	case "", "point":
	case "line", "line-center":
		l.Text.AlongLine = true
	default:
		p.report("layout.symbol-placement", "%q is not known; drawn at points", placement)
	}
	if fonts, has := layout.take("text-font"); has {
		list, _ := fonts.([]any)
		for _, f := range list {
			name, _ := f.(string)
			l.Text.Bold = l.Text.Bold || strings.Contains(name, "Bold")
			l.Text.Slanted = l.Text.Slanted || strings.Contains(name, "Italic")
		}
		if len(list) == 0 {
			p.report("layout.text-font", "is no list of names, not used")
		}
	}
	return true
}

// word takes a text that is no expression.
func (p *parser) word(o *object, key string) string {
	v, has := o.take(key)
	s, ok := v.(string)
	if has && !ok {
		p.report(o.name+key, "%v is no text, not used", v)
	}
	return s
}

// plain takes a number that is no expression.
func (p *parser) plain(o *object, key string, otherwise float64) float64 {
	v, has := o.take(key)
	if !has {
		return otherwise
	}
	if f, ok := v.(float64); ok {
		return f
	}
	p.report(o.name+key, "%v is no number, %g is used", v, otherwise)
	return otherwise
}

// only reports a value that is drawn in another way.
func (p *parser) only(o *object, key, drawn string) {
	if s := p.word(o, key); s != "" && s != drawn {
		p.report(o.name+key, "%q is drawn as %q", s, drawn)
	}
}

// value compiles a constant, a zoom function or an expression.
func (p *parser) value(o *object, key string, want kind) (compiled, bool) {
	v, has := o.take(key)
	if !has {
		return compiled{}, false
	}
	c := compiler{want: want}
	var out compiled
	var err error
	if f, ok := v.(map[string]any); ok {
		out, err = c.zoomFunction(f)
	} else {
		out, err = c.output(v)
	}
	if err == nil && out.fixed && out.what.kind != want {
		err = fmt.Errorf("%v is not %s", v, want)
	}
	if err != nil {
		p.report(o.name+key, "%v; not used", err)
		return compiled{}, false
	}
	if !out.zooms && !out.depends {
		out = fixed(out.node(&Scope{}))
	}
	return out, true
}

func (p *parser) number(o *object, key string, otherwise float64) Number {
	n := Number{constant: otherwise}
	c, ok := p.value(o, key, number)
	switch {
	case !ok:
	case c.fixed:
		n.constant = Number{node: c.node, constant: otherwise}.At(&Scope{})
	default:
		n.node, n.varies = c.node, c.depends
	}
	return n
}

func (p *parser) color(o *object, key string, otherwise color.NRGBA) Color {
	n := Color{constant: otherwise}
	c, ok := p.value(o, key, colour)
	switch {
	case !ok:
	case c.fixed:
		n.constant = Color{node: c.node, constant: otherwise}.At(&Scope{})
	default:
		n.node, n.varies = c.node, c.depends
	}
	return n
}

// field compiles a text-field: an expression, or a text with {properties} in it.
func (p *parser) field(v any) (Text, error) {
	c := compiler{want: text}
	switch v := v.(type) {
	case string:
		return Text{tokens(v)}, nil
	case map[string]any:
		f, err := c.zoomFunction(v)
		return Text{f.node}, err
	}
	f, err := c.output(v)
	return Text{f.node}, err
}

// tokens compiles "{name} ({ref})".
func tokens(s string) node {
	var parts []node
	for s != "" {
		before, rest, open := strings.Cut(s, "{")
		key, after, closed := strings.Cut(rest, "}")
		if !open || !closed {
			parts = append(parts, constant(textValue(s)))
			break
		}
		if before != "" {
			parts = append(parts, constant(textValue(before)))
		}
		parts = append(parts, func(s *Scope) value { return valueOf(s.Properties[key]) })
		s = after
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return func(s *Scope) value {
		var b strings.Builder
		for _, n := range parts {
			b.WriteString(n(s).asText())
		}
		return textValue(b.String())
	}
}

// dashes takes a list of lengths; with an odd count the list repeats itself.
func (p *parser) dashes(paint *object) []float64 {
	v, has := paint.take("line-dasharray")
	if !has {
		return nil
	}
	list, ok := v.([]any)
	if lit, is := v.([]any); is && len(lit) == 2 && lit[0] == "literal" {
		list, ok = lit[1].([]any)
	}
	var out []float64
	sum := 0.0
	for _, d := range list {
		f, is := d.(float64)
		ok = ok && is && f >= 0
		out = append(out, f)
		sum += f
	}
	if !ok || sum <= 0 || len(out) > 16 {
		p.report("paint.line-dasharray", "%v is no list of lengths; the line is drawn whole", v)
		return nil
	}
	if len(out)%2 == 1 {
		out = append(out, out...)
	}
	return out
}
