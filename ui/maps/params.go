package maps

import (
	"time"

	"iocwall/geo"
	"iocwall/server/world"
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

// Params are the parameters of a map. The zero value shows the usual layers.
type Params struct {
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
	// Limit is the age at which a vessel's position counts as lost.
	Limit time.Duration
}

// Classes say how areas are put into classes: by limits, or in about equal
// numbers ("quantile"), or in equal steps ("equal").
type Classes struct {
	Equal  bool
	Limits []float64
}

// Fault is a parameter that cannot be followed, and why, in the map's language.
type Fault struct{ Key, Text string }

// On reports whether a layer is on.
func (p Params) On(layer string) bool { return false }

// List returns the parameters for storing: those that are not as usual, by key.
func (p Params) List() []world.Param { return nil }

// Parse reads parameters. What is not known or broken is named in the faults and
// left out.
func (m *Maps) Parse(params []world.Param) (Params, []Fault) { return Params{}, nil }
