package draw

import "iocwall/geo/draw/scene"

// What a Frame holds; package scene says what each of them means.
type (
	// Frame is everything that one picture shows.
	Frame = scene.Frame
	// Gather chooses layers whose points gather.
	Gather = scene.Gather
	// Vessel is one ship.
	Vessel = scene.Vessel
	// Station is a measuring station.
	Station = scene.Station
	// Report is a citizen's report.
	Report = scene.Report
	// ReportStep is how far the work on a report has come.
	ReportStep = scene.ReportStep
	// Camera is a camera with its field of view.
	Camera = scene.Camera
	// Alert is an alert with a place.
	Alert = scene.Alert
	// Mark is a point of a layer of features.
	Mark = scene.Mark
	// Dot is a plain point, for many.
	Dot = scene.Dot
	// Area is a filled area with an outline.
	Area = scene.Area
	// Line is a line on the map.
	Line = scene.Line
	// Text is a line of text at a place.
	Text = scene.Text
	// Handle is a corner that a hand can move.
	Handle = scene.Handle
	// Furniture says which of the map's own boxes are drawn.
	Furniture = scene.Furniture
	// LegendItem is one row of the legend.
	LegendItem = scene.LegendItem
	// Swatch is the colour of one class of a choropleth.
	Swatch = scene.Swatch

	// Severity is how bad an alert is.
	Severity = scene.Severity
	// VesselKind chooses the shape of a vessel.
	VesselKind = scene.VesselKind
	// StationKind chooses the icon of a station.
	StationKind = scene.StationKind
	// Category chooses the sign inside a report's pin.
	Category = scene.Category
	// Health is the state of a camera.
	Health = scene.Health
)

// Severities, from none to the worst.
const (
	NoSeverity = scene.NoSeverity
	Notice     = scene.Notice
	Warning    = scene.Warning
	Severe     = scene.Severe
	Critical   = scene.Critical
)

// Kinds of vessels.
const (
	OtherVessel   = scene.OtherVessel
	Fishing       = scene.Fishing
	Cargo         = scene.Cargo
	Passenger     = scene.Passenger
	PublicService = scene.PublicService
)

// Kinds of stations.
const (
	Air     = scene.Air
	Water   = scene.Water
	Level   = scene.Level
	Weather = scene.Weather
	Gauge   = scene.Gauge
)

// Categories of citizens' reports.
const (
	OtherReport = scene.OtherReport
	Roads       = scene.Roads
	Environment = scene.Environment
	UrbanOrder  = scene.UrbanOrder
	FoodSafety  = scene.FoodSafety
	Procedures  = scene.Procedures

	ReportNew      = scene.ReportNew
	ReportAccepted = scene.ReportAccepted
	ReportSent     = scene.ReportSent
)

// States of cameras.
const (
	Live    = scene.Live
	Stale   = scene.Stale
	Frozen  = scene.Frozen
	Offline = scene.Offline
)
