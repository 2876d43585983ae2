// Package maps turns the state into what a map shows: the frame that the map's
// renderer draws and the truth of each layer beside it. The map tiles of a wall
// and the map at the desk share one Maps and their parameters.
package maps

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"

	"iocwall/assets"
	"iocwall/geo/style"
	"iocwall/geo/tiles"
	"iocwall/server/world"
	"iocwall/server/world/track"
	"iocwall/ui/look"
	"iocwall/ui/maps/brief"
	"iocwall/ui/maps/feature"
	"iocwall/ui/maps/trail"
	"iocwall/ui/words"
)

// Options configure a Maps. Base, Provinces and Lang are required.
type Options struct {
	// Base is the map under everything; it is asked for its attribution, and
	// watched if it has parts that come later.
	Base tiles.Source
	// Provinces are the outlines of areas in force of which no layer has any,
	// Former those of areas that ended; nil means that those are not drawn.
	Provinces, Former *tiles.Embedded
	Lang              *words.Lang
	Theme             look.Theme
	// Ground is the style of the base map; nil is the product's own for the theme.
	Ground *style.Style
	// Features opens the features of a layer as GeoJSON; the sum is that of the
	// whole file in hexadecimal digits. It may wait and is called off the
	// toolkit's goroutine. Nil means that layers of features stay empty.
	Features func(ctx context.Context, id, sha256 string) (io.ReadCloser, error)
	// Tracks asks the server where vessels were before this program heard of them. It
	// may wait and is called off the toolkit's goroutine. Nil means that trails begin
	// with the program.
	Tracks func(ctx context.Context, q track.Question) (track.Answer, error)
	// Link is how the connection stands, asked on the toolkit's goroutine: a new one
	// goes on with the newest position of each vessel. Nil means that it is never cut.
	Link func() world.Link
	// Cache is the folder that files of features are kept in by their sum; empty
	// keeps none.
	Cache string
	// Changed is called, from any goroutine, when there is more to draw: features
	// have come, or will not. Nil is allowed.
	Changed func()
	Logger  *slog.Logger
}

// Maps holds what all maps of a client share: past positions of vessels, features
// of layers, outlines of areas. All methods but Run, Version and Read belong to
// the toolkit's goroutine.
type Maps struct {
	o     Options
	state *world.State // whose rows are below

	vessels  table[world.Vessel, vessel]
	stations table[world.Station, world.Station]
	reports  table[world.Report, report]
	cameras  table[world.Camera, world.Camera]
	trails   *trail.Trails
	linked   world.Time // since when the connection stood that trails go on with
	// areas counts the changes of areas: filters may ask for their names.
	areas uint64

	features *feature.Store
}

// New returns a Maps, or an error that names the missing option.
func New(o Options) (*Maps, error) {
	if o.Base == nil || o.Provinces == nil || o.Lang == nil {
		return nil, errors.New("maps: Base, Provinces and Lang are required")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Changed == nil {
		o.Changed = func() {}
	}
	m := &Maps{o: o}
	if m.o.Ground == nil {
		own, err := assets.MapStyle(o.Theme.Name)
		if err == nil {
			m.o.Ground, _, err = style.Parse(own)
		}
		if err != nil {
			return nil, fmt.Errorf("maps: %w", err)
		}
	}
	m.vessels = table[world.Vessel, vessel]{
		get: (*world.State).Vessel, of: vesselOf,
		all: func(s *world.State) []world.Vessel { return slices.Collect(s.Vessels()) },
	}
	m.stations = table[world.Station, world.Station]{get: (*world.State).Station, all: (*world.State).Stations, of: itself[world.Station]}
	m.cameras = table[world.Camera, world.Camera]{get: (*world.State).Camera, all: (*world.State).Cameras, of: itself[world.Camera]}
	m.reports = table[world.Report, report]{
		get: (*world.State).Report, of: reportOf,
		all: func(s *world.State) []world.Report { return slices.Collect(s.Reports()) },
	}
	m.features = feature.New(feature.Options{Open: o.Features, Folder: o.Cache, Changed: o.Changed, Logger: o.Logger})
	m.trails = trail.New(trail.Options{Ask: o.Tracks, Changed: m.features.Renew, Logger: o.Logger})
	return m, nil
}

func itself[E any](e E) E { return e }

// Ground is the style of the base map, for those who draw pictures.
func (m *Maps) Ground() *style.Style { return m.o.Ground }

// Run fetches layers of features and past positions until ctx is done, and watches
// what comes of the base map. It returns when all it started is gone.
func (m *Maps) Run(ctx context.Context) error {
	if b, ok := m.o.Base.(interface{ Watch(func()) (stop func()) }); ok {
		defer b.Watch(m.features.Renew)()
	}
	var wg sync.WaitGroup
	wg.Go(func() { m.trails.Run(ctx) })
	defer wg.Wait()
	return m.features.Run(ctx)
}

// Observe takes note of one change of the state: past positions come from here.
// A state that was replaced as a whole needs no word; pictures see it.
func (m *Maps) Observe(c world.Change) {
	switch id := c.Ref.ID(); c.Ref.Kind() {
	case world.KindVessel:
		if b, ok := c.Event.Body.(world.VesselPosition); ok {
			m.trails.Add(b.MMSI, c.Event.Time, b.Pos)
		}
		if c.Effect == world.EffectRemoved {
			m.trails.Remove(id)
		}
		m.vessels.mark(id)
	case world.KindStation:
		m.stations.mark(id)
	case world.KindCamera:
		m.cameras.mark(id)
	case world.KindReport:
		m.reports.mark(id)
	case world.KindArea:
		m.areas++
	}
}

// Version counts what changed beside the state: features and parts of the base map
// that came. A picture made at another version is out of date. It may be called
// from any goroutine.
func (m *Maps) Version() uint64 { return m.features.Version() }

// Read counts the layers of features that were read, whole or for their names: what
// Named told before may be out of date. It may be called from any goroutine.
func (m *Maps) Read() uint64 { return m.features.Read() }

// renew brings the rows in line with the state.
func (m *Maps) renew(s *world.State) {
	if m.state != s {
		m.state = s
		m.trails.Anew()
		m.trails.Keep(func(mmsi string) bool { _, ok := s.Vessel(mmsi); return ok })
		m.vessels.whole, m.stations.whole, m.cameras.whole, m.reports.whole = true, true, true, true
		m.areas++
	}
	if m.o.Link != nil {
		if l := m.o.Link(); l.Up && l.Since != m.linked {
			m.linked = l.Since
			m.trails.Anew()
		}
	}
	m.vessels.renew(s, func(v world.Vessel) {
		if v.Time != 0 {
			m.trails.Add(v.MMSI, v.Time, v.Last.Pos)
		}
	})
	m.trails.Renew()
	m.stations.renew(s, func(world.Station) {})
	m.cameras.renew(s, func(world.Camera) {})
	m.reports.renew(s, func(world.Report) {})
}

// Map is one map: its parameters with what was made ready for them, such as
// compiled filters. It belongs to the toolkit's goroutine.
type Map struct {
	m       *Maps
	own     []world.Param
	read    string // what params was read from
	params  Params
	faults  []Fault
	filters map[string]*brief.Filter
	near    int // vessels in the last picture
}

// Open returns a map of the parameters.
func (m *Maps) Open(params []world.Param) *Map {
	return &Map{m: m, own: slices.Clone(params), filters: map[string]*brief.Filter{}}
}

// Set changes the parameters; what is the same in them stays ready.
func (p *Map) Set(params []world.Param) { p.own = slices.Clone(params) }

// Params returns the parameters in force: the map's own, before those of the
// saved view it names.
func (p *Map) Params(s *world.State) Params {
	p.resolve(s)
	return p.params
}

// resolve reads the parameters when they or the saved view changed.
func (p *Map) resolve(s *world.State) {
	params, missing := p.own, ""
	if i := slices.IndexFunc(p.own, func(q world.Param) bool { return q.Key == "view" && q.Value != "" }); i >= 0 {
		missing = p.own[i].Value
		for _, v := range s.MapViews() {
			if v.Is.ID == missing {
				params, missing = brief.Behind(p.own, v.Is.Params), ""
				break
			}
		}
	}
	k := missing + "\x00" + brief.Key(params)
	if k == p.read {
		return
	}
	p.read = k
	p.params, p.faults = brief.Parse(p.m.o.Lang, params)
	if missing != "" {
		p.faults = append(p.faults, brief.NewFault(p.m.o.Lang, "view", missing, p.m.o.Lang.T("map.why.view")))
	}
	old := p.filters
	p.filters = map[string]*brief.Filter{}
	for layer, src := range p.params.Filters {
		f := old[layer]
		if f == nil || f.Source() != src {
			f = brief.NewFilter(layer, src)
		}
		p.filters[layer] = f
	}
}
