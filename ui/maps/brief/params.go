// Package brief reads what a map is asked to show: its parameters, the filters of
// its layers, the classes of its areas.
package brief

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
	"iocwall/ui/words"
)

// The built-in layers, as the parameter "layers" names them.
const (
	Vessels  = "vessels"
	Stations = "stations"
	Reports  = "reports"
	Cameras  = "cameras"
	Alerts   = "alerts"
	Fences   = "fences"
	Drawings = "drawings"
	Areas    = "areas"
)

// BuiltIn returns the names of the built-in layers in the order of lists.
func BuiltIn() []string {
	return []string{Vessels, Stations, Reports, Cameras, Alerts, Fences, Drawings, Areas}
}

// What holds where the parameters say nothing.
const (
	// UsualLimit is the age at which a vessel's symbol is hollow, UsualTrail how
	// long its past positions are shown, where the parameters say nothing.
	UsualLimit, UsualTrail = 30 * time.Minute, 20 * time.Minute
	// UsualZoom is that of a map with a centre and no zoom.
	UsualZoom = 9
	maxZoom   = 22
)

// Params are the parameters of a map. The zero value shows the usual layers.
type Params struct {
	// Title is what the map is called; empty for the usual name.
	Title string
	// Bounds is the box to show, Center and Zoom a place at a zoom of 256-pixel
	// tiles on a map 1,000 pixels high. Neither shows all that stands still.
	Bounds *geo.Bounds
	Center *geo.Point
	Zoom   float64
	// Home are the areas drawn as the own one.
	Home []string
	// Layers are the layers that are on; nil means the usual ones.
	Layers []string
	// Filters are expressions by the layer's name.
	Filters map[string]string
	// Areas is the indicator to colour areas by, Classes how.
	Areas   string
	Classes Classes
	// Apart shows points one by one instead of gathering them.
	Apart bool
	// SavedView is the id of the saved view behind these parameters.
	SavedView string
	Follow    world.Ref
	// Trail is how long a vessel's past positions are shown, negative for none,
	// zero for the usual time.
	Trail time.Duration
	// NoLegend leaves the legend out.
	NoLegend bool
	// Limit is the age at which a vessel's position counts as lost, zero for the
	// usual one.
	Limit time.Duration
}

// Classes say how areas are put into classes: by limits, or in about equal
// numbers, or in equal steps.
type Classes struct {
	Equal  bool
	Limits []float64
}

// Fault is a parameter that cannot be followed, and why, in the map's language.
type Fault struct{ Key, Text string }

// On reports whether a layer is on. Without a list these are all built-in ones
// but the areas, which are on when there is an indicator to colour them by.
func (p Params) On(layer string) bool {
	if p.Layers != nil {
		return slices.Contains(p.Layers, layer)
	}
	if layer == Areas {
		return p.Areas != ""
	}
	return slices.Contains(BuiltIn(), layer)
}

// List returns the parameters for storing, sorted by key: those that are not as
// usual.
func (p Params) List() []world.Param {
	var out []world.Param
	add := func(key, value string) {
		if value != "" {
			out = append(out, world.Param{Key: key, Value: value})
		}
	}
	add("title", p.Title)
	if b := p.Bounds; b != nil {
		add("bounds", list(b.Min[0], b.Min[1], b.Max[0], b.Max[1]))
	}
	if c := p.Center; c != nil {
		add("center", list(c[1], c[0]))
	}
	if p.Zoom != 0 {
		add("zoom", strconv.FormatFloat(math.Round(p.Zoom*1000)/1000, 'f', -1, 64))
	}
	add("home", strings.Join(p.Home, ","))
	if p.Layers != nil {
		add("layers", cmp.Or(strings.Join(p.Layers, ","), "none"))
	}
	for layer, src := range p.Filters {
		add("filter."+layer, src)
	}
	add("areas", p.Areas)
	add("classes", p.Classes.text())
	add("view", p.SavedView)
	add("follow", string(p.Follow))
	if p.Apart {
		add("cluster", "no")
	}
	if p.NoLegend {
		add("legend", "no")
	}
	if p.Trail != 0 {
		add("trail", strconv.FormatFloat(max(0, p.Trail.Minutes()), 'f', -1, 64))
	}
	if p.Limit != 0 {
		add("limit", p.Limit.String())
	}
	slices.SortFunc(out, func(a, b world.Param) int { return strings.Compare(a.Key, b.Key) })
	return out
}

func (c Classes) text() string {
	switch {
	case c.Limits != nil:
		return list(c.Limits...)
	case c.Equal:
		return "equal"
	}
	return ""
}

// list writes numbers with at most six decimals, a tenth of a metre in degrees.
func list(v ...float64) string {
	out := make([]string, len(v))
	for i, x := range v {
		out[i] = strconv.FormatFloat(math.Round(x*1e6)/1e6, 'f', -1, 64)
	}
	return strings.Join(out, ",")
}

// Parse reads parameters. What is not known or broken is named in the faults and
// left out.
func Parse(l *words.Lang, params []world.Param) (Params, []Fault) {
	var p Params
	var faults []Fault
	for _, q := range params {
		if strings.TrimSpace(q.Value) == "" {
			continue
		}
		if why := p.read(q.Key, strings.TrimSpace(q.Value)); why != "" {
			faults = append(faults, NewFault(l, q.Key, q.Value, l.T(why)))
		}
	}
	return p, faults
}

// NewFault says what is wrong with a parameter; long values are cut.
func NewFault(l *words.Lang, key, value, why string) Fault {
	if r := []rune(value); len(r) > 24 {
		value = string(r[:23]) + "…"
	}
	return Fault{Key: key, Text: l.T("map.fault", "key", key, "value", value, "why", why)}
}

// read takes one parameter, and returns the catalogue's key for what is wrong
// with it.
func (p *Params) read(key, value string) (why string) {
	if layer, ok := strings.CutPrefix(key, "filter."); ok && layer != "" {
		if p.Filters == nil {
			p.Filters = map[string]string{}
		}
		p.Filters[layer] = value
		return ""
	}
	switch key {
	case "title":
		p.Title = value
	case "bounds":
		return p.readBounds(value)
	case "center":
		v, ok := numbers(value, 2)
		if !ok || !geo.Valid(geo.Pt(v[1], v[0])) {
			return "map.why.center"
		}
		p.Center = &geo.Point{v[1], v[0]}
	case "zoom":
		v, ok := numbers(value, 1)
		if !ok || v[0] < 0 || v[0] > maxZoom {
			return "map.why.zoom"
		}
		p.Zoom = v[0]
	case "home":
		p.Home = split(value)
	case "layers":
		if p.Layers = split(value); value == "none" {
			p.Layers = []string{}
		}
	case "areas":
		p.Areas = value
	case "classes":
		return p.readClasses(value)
	case "view":
		p.SavedView = value
	case "follow":
		if p.Follow = world.Ref(value); p.Follow.ID() == "" {
			p.Follow = ""
			return "map.why.follow"
		}
	case "cluster", "legend":
		return p.readSwitch(key, value)
	case "trail", "limit":
		return p.readSpan(key, value)
	default:
		return "map.why.key"
	}
	return ""
}

func (p *Params) readBounds(value string) string {
	v, ok := numbers(value, 4)
	if !ok || !geo.Valid(geo.Pt(v[0], v[1])) || !geo.Valid(geo.Pt(v[2], v[3])) || v[0] >= v[2] || v[1] >= v[3] {
		return "map.why.bounds"
	}
	p.Bounds = &geo.Bounds{Min: geo.Point{v[0], v[1]}, Max: geo.Point{v[2], v[3]}}
	return ""
}

// maxClasses bounds the classes of areas: more shades than these cannot be told
// apart.
const maxClasses = 7

func (p *Params) readClasses(value string) string {
	switch value {
	case "quantile":
		return ""
	case "equal":
		p.Classes.Equal = true
		return ""
	}
	parts := split(value)
	v, ok := numbers(value, len(parts))
	if !ok || len(v) == 0 || len(v) >= maxClasses || !slices.IsSortedFunc(v, cmp.Compare[float64]) || len(slices.Compact(slices.Clone(v))) != len(v) {
		return "map.why.classes"
	}
	p.Classes.Limits = v
	return ""
}

func (p *Params) readSwitch(key, value string) string {
	off := value == "no"
	if !off && value != "yes" {
		return "map.why.switch"
	}
	if key == "cluster" {
		p.Apart = off
	} else {
		p.NoLegend = off
	}
	return ""
}

// readSpan takes minutes as a number, or a time with its unit.
func (p *Params) readSpan(key, value string) string {
	d, err := time.ParseDuration(value)
	if v, ok := numbers(value, 1); ok {
		d, err = time.Duration(v[0]*float64(time.Minute)), nil
	}
	if err != nil || d < 0 || d > 7*24*time.Hour || key == "limit" && d == 0 {
		return "map.why.span"
	}
	if key == "limit" {
		p.Limit = d
	} else if p.Trail = d; d == 0 {
		p.Trail = -1
	}
	return ""
}

func split(value string) []string {
	out := []string{}
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func numbers(value string, n int) ([]float64, bool) {
	parts := strings.Split(value, ",")
	if len(parts) != n {
		return nil, false
	}
	out := make([]float64, n)
	for i, p := range parts {
		v, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, false
		}
		out[i] = v
	}
	return out, true
}

// Behind returns the parameters in force of own ones before those of a saved
// view. Where the own ones say where to look, the view does not.
func Behind(own, view []world.Param) []world.Param {
	has := map[string]bool{}
	for _, p := range own {
		if strings.TrimSpace(p.Value) != "" {
			has[p.Key] = true
		}
	}
	look := has["center"] || has["bounds"]
	out := slices.Clone(own)
	for _, p := range view {
		place := p.Key == "center" || p.Key == "bounds" || p.Key == "zoom"
		// A view behind a view would be a circle sooner or later.
		if !has[p.Key] && p.Key != "view" && p.Key != "title" && (!place || !look) {
			out = append(out, p)
		}
	}
	return out
}

// Key tells parameters apart.
func Key(params []world.Param) string {
	var b strings.Builder
	for _, p := range params {
		fmt.Fprintf(&b, "%s\x00%s\x00", p.Key, p.Value)
	}
	return b.String()
}
