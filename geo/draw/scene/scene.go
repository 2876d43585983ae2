// Package scene holds what one picture of a map shows, as plain values: places,
// shapes, states, and the words beside them. It knows nothing of how they are
// drawn, nor of where they come from.
package scene

import (
	"image"
	"image/color"
	"time"

	"iocwall/geo"
	"iocwall/geo/draw/sign"
)

// Frame is everything that one picture shows. Draw reads it and keeps nothing.
type Frame struct {
	View geo.View
	// Screens are the panes of glass in pixels of the whole view; what lies
	// between them is bezel. No label crosses their edges and no symbol's centre
	// lies on one. Empty means one pane, the whole view.
	Screens []image.Rectangle
	// Home are the ids of the provinces drawn as the own area; none means that
	// all of Vietnam is.
	Home []string

	Areas    []Area
	Lines    []Line
	Dots     []Dot
	Vessels  []Vessel
	Stations []Station
	Reports  []Report
	Cameras  []Camera
	Alerts   []Alert
	// Marks are points of other layers: hospitals, schools, sights.
	Marks []Mark
	Texts []Text
	// Handles are the corners of what is being drawn; they lie over everything.
	Handles []Handle
	// Band is the rectangle a hand is drawing to choose what lies in it, in pixels
	// of the whole view; empty for none.
	Band image.Rectangle
	// Gather says which layers' points gather to clusters where they would cover
	// each other. What is selected or alarmed stands alone.
	Gather Gather
	// WantHits asks Draw to say what it drew where, in Stats.Hits. The polygons and
	// points of areas and lines are then read later too and must not change in place.
	WantHits bool

	Furniture Furniture
}

// Gather chooses layers.
type Gather struct{ Vessels, Stations, Reports, Cameras, Marks bool }

// Mark is a point of a layer of features.
type Mark struct {
	Layer, ID  string
	At         geo.Point
	Icon       sign.Icon
	Name       string
	Importance int // 0 draws no name
	Selected   bool
}

// Text is a line of text at a place, such as a note in a drawing or a measured
// distance.
type Text struct {
	Layer, ID string // found as "texts" where Layer is empty
	At        geo.Point
	Text      string
	// Plate puts it on a plate rather than on the map.
	Plate bool
	// Over is the length on the ground, in metres, that the text speaks of: it is
	// left out where that is much shorter on the map than the text. Zero is never
	// left out.
	Over float64
}

// Handle is a corner that a hand can move, or the middle of an edge where one
// can be added.
type Handle struct {
	At             geo.Point
	Middle, Chosen bool
}

// Swatch is the colour of one class of a choropleth.
type Swatch struct {
	Fill color.RGBA
	// Hatch is for areas without a value: they are never the colour of zero.
	Hatch bool
}

// Furniture says which of the map's own boxes are drawn. The inset with Hoàng Sa
// and Trường Sa is no choice: it is there whenever sea is in view and they are not.
type Furniture struct {
	Legend      []LegendItem // empty: no legend
	Scale       bool         // 1-2-5 scale bar and north arrow
	Attribution bool         // source and day of the boundaries
	// Data is the sentence on the times of the newest and the oldest datum on the
	// map; empty for none.
	Data string
	// Credit is said beside the base map's own attribution.
	Credit string
	// KeepClear are rectangles in pixels of the whole view that are covered by
	// others, such as plates; labels and furniture avoid them.
	KeepClear []image.Rectangle
}

// LegendItem is one row of the legend.
type LegendItem struct {
	Icon   sign.Icon
	Text   string
	Swatch *Swatch // in place of the icon
	// Heading makes the row a heading, such as the indicator's name and unit.
	Heading bool
	// Line draws a piece of line in place of the icon, dashed where Dashed is set;
	// zero alpha draws none.
	Line   color.RGBA
	Dashed bool
}

// Severity is how bad an alert is.
type Severity uint8

// Severities, from none to the worst.
const (
	NoSeverity Severity = iota
	Notice
	Warning
	Severe
	Critical
)

// VesselKind chooses the shape of a vessel.
type VesselKind uint8

// Kinds of vessels.
const (
	OtherVessel VesselKind = iota
	Fishing
	Cargo
	Passenger
	PublicService
)

// Vessel is one ship.
type Vessel struct {
	ID      string
	At      geo.Point
	Kind    VesselKind
	Heading float64 // degrees from true north; NaN is unknown and draws a round symbol
	Course  float64 // degrees over ground, for the speed line; NaN takes Heading
	Speed   float64 // knots over ground; NaN or 0 draws no speed line
	// Age of the position and the age at which it counts as lost. The symbol
	// fades to 40 % on the way and is hollow from the limit on. A zero Limit
	// never fades.
	Age, Limit time.Duration
	Lost       bool // lost for another reason: hollow
	Name       string
	Importance int // 0 draws no name; higher names are placed first
	Severity   Severity
	Selected   bool        // or followed: it stands out and never gathers
	Trail      []geo.Point // past positions, oldest first
}

// StationKind chooses the icon of a station.
type StationKind uint8

// Kinds of stations.
const (
	Air StationKind = iota
	Water
	Level
	Weather
	Gauge // another one
)

// Station is a measuring station with a chip: the value in bold and a word.
type Station struct {
	ID         string
	At         geo.Point
	Kind       StationKind
	Value      string     // "42" or "6,8 m"; empty draws a dash in a dashed plate
	Word       string     // "Tốt"; empty for levels
	Fill       color.RGBA // colour of the law; zero draws a plain plate
	Ink        color.RGBA // text on Fill; zero takes the style's ink
	Stale      bool       // the chip is grey and carries the clock
	Importance int        // higher is worse: a cluster shows the chip of its worst station
	Selected   bool
}

// Category chooses the sign inside a report's pin.
type Category uint8

// Categories of citizens' reports.
const (
	OtherReport Category = iota
	Roads
	Environment
	UrbanOrder
	FoodSafety
	Procedures
)

// ReportStep is how far the work on a report has come.
type ReportStep uint8

// Steps of reports that are open.
const (
	ReportNew      ReportStep = iota // nobody has accepted it: a dashed pin
	ReportAccepted                   // a hollow one
	ReportSent                       // somebody works on it: a full one
)

// Report is a citizen's report.
type Report struct {
	ID       string
	At       geo.Point
	Category Category
	Step     ReportStep
	// Used is the part of the time until its deadline that has passed, a bar under the
	// pin; zero draws none.
	Used       float64
	Late       bool
	Note       string // its age against the deadline, beside what is late or selected
	Importance int
	Selected   bool
}

// Sign is the body of the pin.
func (s ReportStep) Sign() sign.Icon {
	return [...]sign.Icon{ReportNew: sign.ReportNew, ReportAccepted: sign.Report, ReportSent: sign.ReportSent}[min(s, ReportSent)]
}

// Health is the state of a camera.
type Health uint8

// States of cameras.
const (
	Live Health = iota
	Stale
	Frozen
	Offline
)

// Camera is a camera with its field of view.
type Camera struct {
	ID      string
	At      geo.Point
	Heading float64 // middle of the field of view; NaN draws no wedge
	Angle   float64 // width of the field of view in degrees
	Range   float64 // metres; 0 draws a wedge of fixed size
	Health  Health

	Selected bool
}

// Alert is an alert with a place: its shape, and a callout with two lines.
type Alert struct {
	ID       string
	At       geo.Point
	Severity Severity
	Title    string // bold; empty draws the shape alone
	Text     string
	Area     geo.MultiPolygon // affected area, dashed; may be empty
	Selected bool
}

// Area is a filled area with an outline. Areas of one layer that share an edge
// meet without a seam; where they overlap the first one shows.
type Area struct {
	Polygons  geo.MultiPolygon
	Layer, ID string
	Name      string // written in the middle where it fits; empty for none
	Hatch     bool   // no value: hatched, whatever Fill says
	Selected  bool
	Fill      color.RGBA // not premultiplied; zero alpha draws no fill
	Edge      color.RGBA // zero alpha draws no edge
	Width     float64    // of the edge in units of Sizes.Line
	Dashed    bool
	// Fence draws it over lines, dashed and faintly filled in the style's colour of
	// fences; Fill, Edge and Width replace those where they are not zero.
	Fence bool
}

// Line is a line on the map, such as a sea boundary.
type Line struct {
	Layer, ID string
	Name      string // written along the line's middle; empty for none
	Points    []geo.Point
	Color     color.RGBA // zero alpha takes the style's colour of lines
	Width     float64    // in units of Sizes.Line; 0 takes 2
	Dashed    bool
	Selected  bool
}

// Dot is a plain point, for many.
type Dot struct {
	At    geo.Point
	Color color.RGBA
}

// Gone reports whether the vessel counts as lost: its symbol is hollow.
func (v *Vessel) Gone() bool { return v.Lost || v.Limit > 0 && v.Age >= v.Limit }

// StandsOut reports whether the vessel is one that somebody looks for or should look
// at: it never gathers, and lies over others.
func (v *Vessel) StandsOut() bool { return v.Selected || v.Severity >= Warning }

// Sign is the symbol of a vessel of this kind that lies along its heading.
func (k VesselKind) Sign() sign.Icon {
	return [...]sign.Icon{
		OtherVessel: sign.Vessel, Fishing: sign.Fishing, Cargo: sign.Cargo, Passenger: sign.Passenger,
		PublicService: sign.PublicService,
	}[min(k, PublicService)]
}

// Sign is the symbol of a station of this kind.
func (k StationKind) Sign() sign.Icon {
	return [...]sign.Icon{Air: sign.Air, Water: sign.Water, Level: sign.Level, Weather: sign.Weather, Gauge: sign.Gauge}[min(k, Gauge)]
}

// Sign is the mark of a camera in this state.
func (h Health) Sign() sign.Icon {
	return [...]sign.Icon{Live: sign.Live, Stale: sign.Stale, Frozen: sign.Frozen, Offline: sign.Offline}[min(h, Offline)]
}

// Sign is the symbol of the place, the common one where it has none of its own.
func (m *Mark) Sign() sign.Icon {
	if m.Icon == sign.None || m.Icon >= sign.Count {
		return sign.Place
	}
	return m.Icon
}
