package maps

import (
	"iocwall/server/world"
	"iocwall/ui/maps/brief"
)

// The built-in layers, as the parameter "layers" names them.
const (
	Vessels  = brief.Vessels
	Stations = brief.Stations
	Reports  = brief.Reports
	Cameras  = brief.Cameras
	Alerts   = brief.Alerts
	Fences   = brief.Fences
	Drawings = brief.Drawings
	Areas    = brief.Areas
)

type (
	// Params are the parameters of a map.
	Params = brief.Params
	// Classes say how areas are put into classes.
	Classes = brief.Classes
	// Fault is a parameter that cannot be followed, and why.
	Fault = brief.Fault
)

// Parse reads parameters. What is not known or broken is named in the faults and
// left out.
func (m *Maps) Parse(params []world.Param) (Params, []Fault) {
	return brief.Parse(m.o.Lang, params)
}

// BuiltIn returns the names of the built-in layers in the order of lists.
func BuiltIn() []string { return brief.BuiltIn() }
