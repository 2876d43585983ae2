// Package maps turns the state into what a map shows: the frame that the map's
// renderer draws and the truth of each layer beside it. The map tiles of a wall
// and the map at the desk share one Maps and their parameters.
package maps

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/geo/tiles"
	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

// Options configure a Maps. Base, Provinces and Lang are required.
type Options struct {
	// Base is the map under everything; it is asked for its attribution only.
	Base tiles.Source
	// Provinces are the outlines of areas of which no layer has any.
	Provinces *tiles.Embedded
	Lang      *words.Lang
	Theme     look.Theme
	// Features opens the features of a layer as GeoJSON; the sum is that of the
	// whole file in hexadecimal digits. It may wait and is called off the
	// toolkit's goroutine. Nil means that layers of features stay empty.
	Features func(ctx context.Context, id, sha256 string) (io.ReadCloser, error)
	// Cache is the folder that files of features are kept in by their sum; empty
	// keeps none.
	Cache string
	// Changed is called, from any goroutine, when there is more to draw: features
	// have come, or will not. Nil is allowed.
	Changed func()
	Logger  *slog.Logger
}

// Maps holds what all maps of a client share: past positions of vessels, features
// of layers, outlines of areas. All methods but Run belong to the toolkit's
// goroutine.
type Maps struct {
	o Options
}

// New returns a Maps, or an error that names the missing option.
func New(o Options) (*Maps, error) {
	if o.Base == nil || o.Provinces == nil || o.Lang == nil {
		return nil, errors.New("maps: Base, Provinces and Lang are required")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Maps{o: o}, nil
}

// Run fetches and reads layers of features until ctx is done.
func (m *Maps) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// Observe takes note of one change of the state: past positions come from here.
// A state that was replaced as a whole needs no word; Frame sees it.
func (m *Maps) Observe(world.Change) {}

// Version counts what changed beside the state: features that came. A picture
// made at another version is out of date.
func (m *Maps) Version() uint64 { return 0 }

// Map is one map: its parameters with what was made ready for them, such as
// compiled filters. It belongs to the toolkit's goroutine.
type Map struct {
	m     *Maps
	own   []world.Param
	brief Params
}

// Open returns a map of the parameters.
func (m *Maps) Open(params []world.Param) *Map { return &Map{m: m, own: params} }

// Set changes the parameters; what is the same in them stays ready.
func (p *Map) Set(params []world.Param) { p.own = params }

// Params returns the parameters in force: the map's own, before those of the
// saved view it names.
func (p *Map) Params(*world.State) Params { return p.brief }

// View returns where the map looks, width × height pixels: at what it follows,
// its bounds or its centre, or else at all that stands still.
func (p *Map) View(_ *world.State, width, height int) geo.View {
	return geo.FitView(vietnam(), width, height, 0)
}

func vietnam() geo.Bounds { return geo.Bounds{Min: geo.Point{102, 8}, Max: geo.Point{117.5, 23.5}} }

// Now is what a picture is made of.
type Now struct {
	State *world.State
	// Alerts are the open ones, most urgent first.
	Alerts []world.Alert
	// Time is the server's clock: ages count from it.
	Time time.Time
	View geo.View
	// Text is the size of the map's text in pixels; boxes that have no room at
	// this size are left out.
	Text float64
	// Selected are drawn as chosen.
	Selected []world.Ref
}

// Picture is a frame to draw, and what is said beside it.
type Picture struct {
	// Frame belongs to the caller, who may add handles, a band and texts and hand
	// it to another goroutine; what its slices hold is never changed again.
	Frame *draw.Frame
	// Layers are the truths for the strip, one a layer, the base map's last.
	Layers []tile.MapLayer
	// Faults are the parameters that cannot be followed; the rest is drawn.
	Faults []Fault
}

// Picture makes the frame of the view.
func (p *Map) Picture(n Now) Picture { return Picture{Frame: &draw.Frame{View: n.View}} }

// LayerInfo is one row of a list of layers that can be switched.
type LayerInfo struct {
	// Key is the name in the parameter "layers": that of a built-in layer, or the
	// id of a layer of features.
	Key, Name string
	// Count is how many things it has, before filters; -1 while that is not known.
	Count int
	On    bool
	// Filter is the expression in force, empty for none.
	Filter string
	// Fault says in a sentence what is wrong with the layer or its filter.
	Fault string
}

// Layers lists all layers: the built-in ones, then those of features by name.
func (p *Map) Layers(*world.State) []LayerInfo { return nil }

// Detail is what is known of one thing on the map, for a panel or a hint.
type Detail struct {
	Ref   world.Ref
	Kind  string // "Tàu", "Trạm", the layer's name
	Title string
	Lines []Line
	// At is where it is, Bounds its box if it has extent.
	At     geo.Point
	Placed bool
	Bounds geo.Bounds
}

// Line is one named statement of a detail.
type Line struct{ Name, Text string }

// Describe says what is known of an entity, or of a feature of a layer, whose
// Ref is that of FeatureRef.
func (m *Maps) Describe(*world.State, world.Ref, time.Time) (Detail, bool) { return Detail{}, false }

// Named calls each with every feature with a name of the layers that have been
// read, until each returns false.
func (m *Maps) Named(each func(ref world.Ref, layer, name string, at geo.Point) bool) {}

// Outline returns the outline of an administrative area, as exact as it is known.
func (m *Maps) Outline(*world.State, string) (geo.MultiPolygon, bool) { return nil, false }
