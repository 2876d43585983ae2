// Package sign holds the symbols of the map as paths on a grid of 24 units, with
// strokes of 2 and round ends. Every shape has one meaning.
package sign

import (
	"fmt"

	"iocwall/geo/draw/raster"
)

// Icon names a symbol of the map.
type Icon = raster.Icon

// The symbols.
const (
	None Icon = iota
	Vessel
	Fishing
	Cargo
	Passenger
	PublicService
	Lost // dashed hull without a mark
	VesselRound
	FishingRound
	CargoRound
	PassengerRound
	PublicServiceRound
	LostRound
	Air
	Water
	Level
	Weather
	Gauge // a station that measures something else
	Report
	ReportNew  // dashed: nobody has accepted it
	ReportSent // full: somebody works on it
	ReportLate
	Roads
	Environment
	UrbanOrder
	FoodSafety
	Procedures
	Camera
	Notice
	Warning
	Severe
	Critical
	Stale
	Frozen
	Offline
	Live
	North
	Islet
	Town
	City
	Selected
	Pointer
	Place // a point of a layer that has no sign of its own
	Hospital
	School
	Sight
	Market
	Fuel
	Landslide
	Flood
	Pump
	Store // of relief goods
	Office
	Harbour
	Shelter
	Hotel
	Bridge
	Factory
	Cluster // ring around the count of what gathered
	Fence   // for the legend
	Handle
	HandleMiddle
	Count // how many there are
)

const (
	hull   = "M12 1.5c3.4 4 4.6 8 4.6 11.500V22H7.4v-9C7.4 9.5 8.6 5.5 12 1.5Z"
	circle = "M4 12a8 8 0 1 1 16 0a8 8 0 1 1-16 0Z"
	pin    = "M3 3h18v14h-9l-5 5v-5H3Z"
)

// Parts returns the paths of every symbol, as SVG path data.
func Parts() [Count][]raster.Part {
	ring := func(r float64) string {
		return fmt.Sprintf("M%g 12a%g %g 0 1 1 %g 0a%g %g 0 1 1 %g 0Z", 12-r, r, r, 2*r, r, r, -2*r)
	}
	holes := []raster.Part{{D: "M9.5 11h5v3h-5ZM9.5 16h5v3h-5Z", Ink: raster.InkBack}}
	port := []raster.Part{{D: "M9.4 14a2.6 2.6 0 1 1 5.2 0a2.6 2.6 0 1 1-5.2 0Z", Ink: raster.InkBack}}
	cross := []raster.Part{{D: "M12 10v8M8.5 14h7", Stroke: 2.2, Ink: raster.InkBack}}
	with := func(base string, marks []raster.Part) []raster.Part {
		return append([]raster.Part{{D: base}}, marks...)
	}
	hollow := func(base string, marks ...raster.Part) []raster.Part {
		return append([]raster.Part{{D: base, Ink: raster.InkBack}, {D: base, Stroke: 2}}, marks...)
	}
	return [Count][]raster.Part{
		Vessel:        {{D: hull}},
		Fishing:       hollow(hull, raster.Part{D: "M12 9v8", Stroke: 2}),
		Cargo:         with("M12 1.5 17 8v14H7V8Z", holes),
		Passenger:     with(hull, port),
		PublicService: with(hull, cross),
		Lost:          {{D: hull, Ink: raster.InkBack}, {D: hull, Stroke: 2, Dash: 3.2}},

		VesselRound:        {{D: circle}},
		FishingRound:       hollow(circle, raster.Part{D: "M12 8v8", Stroke: 2}),
		CargoRound:         with(circle, []raster.Part{{D: "M9 8h6v3H9ZM9 13h6v3H9Z", Ink: raster.InkBack}}),
		PassengerRound:     with(circle, []raster.Part{{D: ring(2.8), Ink: raster.InkBack}}),
		PublicServiceRound: with(circle, []raster.Part{{D: "M12 8v8M8 12h8", Stroke: 2.2, Ink: raster.InkBack}}),
		LostRound:          {{D: circle, Ink: raster.InkBack}, {D: circle, Stroke: 2, Dash: 3.2}},

		Air: {
			{D: "M3 3h18v18H3Z", Ink: raster.InkBack},
			{D: "M4 4h16v16H4Z", Stroke: 2},
			{D: "M7.5 10h6a2 2 0 1 0-2-2M7.5 14h8.5a2 2 0 1 1-2 2", Stroke: 1.7},
		},
		Water: {
			{D: waterDrop, Ink: raster.InkBack},
			{D: waterDrop, Stroke: 2},
			{D: "M9 15.5a3 3 0 0 0 3 2.5", Stroke: 1.7},
		},
		Level: {{D: "M6 2v20M6 5h4M6 9h3M6 13h4M11 17c2-2 3.5-2 5.5 0s3.5 1 5.5 0", Stroke: 2}},
		Weather: {
			{D: cloud, Ink: raster.InkBack},
			{D: cloud, Stroke: 2},
			{D: "M8.500 18.500l-1 3M12.500 18.500l-1 3M16.500 18.500l-1 3", Stroke: 1.7},
		},
		Gauge: {
			{D: "M3 3h18v18H3Z", Ink: raster.InkBack},
			{D: "M4 4h16v16H4Z", Stroke: 2},
			{D: "M7.500 15.500a4.500 4.500 0 1 1 9 0M12 15.500l2.500-3", Stroke: 1.7},
		},

		Report:      {{D: pin, Ink: raster.InkBack}, {D: pin, Stroke: 2}},
		ReportNew:   {{D: pin, Ink: raster.InkBack}, {D: pin, Stroke: 2, Dash: 3.2}},
		ReportSent:  {{D: pin}, {D: pin, Stroke: 2}},
		ReportLate:  {{D: pin, Ink: raster.InkBack}, {D: pin, Stroke: 2}},
		Roads:       {{D: "M8 3 3 21M16 3l5 18M12 4v3M12 10.500v3M12 17v4", Stroke: 2}},
		Environment: {{D: "M4 6h16M9 6V3h6v3M6 6l1.5 15h9L18 6M10 10v7M14 10v7", Stroke: 2}},
		UrbanOrder:  {{D: "M4 21V8l8-5 8 5v13ZM9 21v-7h6v7", Stroke: 2}},
		FoodSafety:  {{D: "M6 3v8M3.5 3v4a2.5 2.5 0 0 0 5 0V3M6 11v10M17 3c-3 2-3 8 0 9v9", Stroke: 2}},
		Procedures:  {{D: "M5 2.5h10l4 4v15H5ZM8 11h8M8 15h8M8 7h4", Stroke: 2}},
		Camera:      {{D: "M2 6h13v12H2Z"}, {D: "M16 10.5 22 7v10l-6-3.5Z"}},

		Notice:   with(ring(10), []raster.Part{{D: "M12 10.5v6M12 7v.6", Stroke: 2.6, Ink: raster.InkBack}}),
		Warning:  with("M12 2 23 21H1Z", []raster.Part{{D: "M12 9v6M12 18v.2", Stroke: 2.4, Ink: raster.InkBack}}),
		Severe:   with("M12 .8 23.2 12 12 23.2.8 12Z", []raster.Part{{D: "M12 6.5v6.5M12 16.8v.2", Stroke: 2.6, Ink: raster.InkBack}}),
		Critical: with("M7.4 1h9.2L23 7.4v9.2L16.6 23H7.4L1 16.6V7.4Z", []raster.Part{{D: "M8 8l8 8M16 8l-8 8", Stroke: 2.8, Ink: raster.InkBack}}),

		Stale:   {{D: ring(9), Stroke: 2, Dash: 3.4}, {D: "M12 7v5.2l3.4 2", Stroke: 2}},
		Frozen:  {{D: "M8 5v14M16 5v14", Stroke: 4}},
		Offline: {{D: ring(9), Ink: raster.InkBack}, {D: ring(9), Stroke: 2}, {D: "M5.6 18.4 18.4 5.6", Stroke: 2}},
		Live:    {{D: ring(6)}},
		North:   {{D: "M12 2 20 22 12 17 4 22Z"}},

		Islet:    {{D: ring(3.2)}},
		Town:     {{D: ring(3.4), Ink: raster.InkBack}, {D: ring(3.4), Stroke: 1.8}},
		City:     {{D: ring(4.2), Ink: raster.InkBack}, {D: ring(4.2), Stroke: 2}, {D: ring(1.4)}},
		Selected: {{D: ring(11), Stroke: 1.8}},
		Pointer:  {{D: "M3 12h17M14 6l6 6-6 6", Stroke: 2.4}},

		Place:     {{D: ring(6), Ink: raster.InkBack}, {D: ring(6), Stroke: 2}, {D: ring(2)}},
		Hospital:  hollow("M9 2.500h6V9h6.500v6H15v6.500H9V15H2.500V9H9Z"),
		School:    hollow("M12 4 1.500 9.500 12 15l10.500-5.500Z", raster.Part{D: "M6 12v5.500c2.500 2.500 9.500 2.500 12 0V12M21.500 10v6.500", Stroke: 2}),
		Sight:     {{D: "M5 9h14v11H5Z", Ink: raster.InkBack}, {D: "M1.500 9.500c4.500-.5 7.500-3 10.500-6.500c3 3.500 6 6 10.500 6.500ZM5.500 10v10.500M18.500 10v10.500M3 20.500h18M12 14v6", Stroke: 2}},
		Market:    {{D: "M5 10h14v11H5Z", Ink: raster.InkBack}, {D: "M2.500 10 5 3.500h14L21.500 10ZM5 10v11h14V10M9.500 4 8.500 10M14.500 4l1 6", Stroke: 2}},
		Fuel:      {{D: "M4 3.500h10V21H4Z", Ink: raster.InkBack}, {D: "M4 21V3.500h10V21M2 21h14M7 8h4M14 12h2.500v5a2.200 2.200 0 0 0 4.400 0V9L17.500 5.500", Stroke: 2}},
		Landslide: {{D: "M2 21V3.500L17 21Z", Ink: raster.InkBack}, {D: "M2 21V3.500L17 21ZM2 21h20.500", Stroke: 2}, {D: "M11 6.500a2.300 2.300 0 1 1 4.600 0a2.300 2.300 0 1 1-4.600 0ZM16.500 13a2.300 2.300 0 1 1 4.600 0a2.300 2.300 0 1 1-4.600 0Z"}},
		Flood:     {{D: "M4.500 12.500V9L12 3l7.500 6v3.500Z", Ink: raster.InkBack}, {D: "M4.500 12.500V9L12 3l7.500 6v3.500" + wave(15.5) + wave(20.5), Stroke: 2}},
		Pump:      {{D: "M3 10h9.500a4.500 4.500 0 0 1 4.500 4.500V16M13.500 16h7.500M9 10V4.500M5.500 4.500h7M17.200 19.500v2", Stroke: 2.4}},
		Store:     hollow("M2.500 7.500 12 2.500l9.500 5v9L12 21.500l-9.500-5Z", raster.Part{D: "M2.500 7.500l9.500 5 9.500-5M12 12.500v9", Stroke: 2}),
		Office:    {{D: "M4 12h16v9H4Z", Ink: raster.InkBack}, {D: "M4 21v-9h16v9M2 21h20M12 12V2.500h6.500v4.500H12M10 21v-5h4v5", Stroke: 2}},
		Harbour:   {{D: "M12 7.500v13.500M7.500 11h9M3.500 14c.5 4.500 4 7 8.500 7s8-2.500 8.500-7M9.500 5a2.500 2.500 0 1 1 5 0a2.500 2.500 0 1 1-5 0Z", Stroke: 2.2}},
		Shelter:   {{D: "M5 10.500 12 4l7 6.500V21H5Z", Ink: raster.InkBack}, {D: "M2 12.500 12 3.500l10 9M5 11v10h14V11M12 16.500V21", Stroke: 2}, {D: "M10 13a2 2 0 1 1 4 0a2 2 0 1 1-4 0Z"}},
		Hotel:     {{D: "M2.500 5v15.500M2.500 16.500h19v4M21.500 16.500V13a3 3 0 0 0-3-3H10.500v6.500M6.500 11.500v1", Stroke: 2.200}},
		Bridge:    {{D: "M1.500 8.500h21M3 8.500V20M21 8.500V20M3 18a9 7 0 0 1 18 0M8.500 9v3M12 9v2M15.500 9v3", Stroke: 2}},
		Factory:   hollow("M3 21V10l6 4v-4l6 4V3.500h5.500V21Z", raster.Part{D: "M7.500 17.500h2M14 17.500h2", Stroke: 2}),
		Cluster:   {{D: ring(11), Ink: raster.InkBack}, {D: ring(10.3), Stroke: 1.3}},
		Fence:     {{D: "M3 4h18v16H3Z", Stroke: 2, Dash: 3.4}},

		Handle:       {{D: "M3 3h18v18H3Z", Ink: raster.InkBack}, {D: "M3 3h18v18H3Z", Stroke: 3.4}},
		HandleMiddle: {{D: ring(9), Ink: raster.InkBack}, {D: ring(9), Stroke: 3.4}},
	}
}

const cloud = "M7 16.500a4.200 4.200 0 0 1-0.500-8.300a6 6 0 0 1 11.300 1.300a3.600 3.600 0 0 1-0.300 7Z"

const waterDrop = "M12 2.5c4 5 6.500 8 6.500 11.700a6.500 6.500 0 0 1-13 0C5.500 10.500 8 7.500 12 2.500Z"

// wave is a line of water at a height of the grid.
func wave(y float64) string {
	return fmt.Sprintf("M1.500 %gc2-2 3.500-2 5.300 0s3.500 2 5.200 0s3.500-2 5.300 0s3.500 2 5.200 0", y)
}
