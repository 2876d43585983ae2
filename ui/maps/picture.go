package maps

import (
	"image"
	"math"
	"slices"
	"strconv"
	"time"

	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/server/world"
	"iocwall/ui/maps/brief"
	"iocwall/ui/tile"
	"iocwall/ui/why"
	"iocwall/ui/words"
)

// Now is what a picture is made of.
type Now struct {
	State *world.State
	// Alerts are the open ones, most urgent first.
	Alerts []world.Alert
	// Time is the server's clock: ages count from it.
	Time time.Time
	View geo.View
	// Screens are the panes of glass in pixels of the whole view; none for one.
	Screens []image.Rectangle
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
	// Layers are the truths for the strip: what is wrong first, the base map last.
	Layers []tile.MapLayer
	// Faults are the parameters that cannot be followed; the rest is drawn.
	Faults []Fault
}

// around is how far beyond the view, in parts of its size, things are still part
// of a frame: trails and wedges reach into it from there.
const around = 0.25

// maker makes one picture.
type maker struct {
	m    *Maps
	p    *Map
	q    *Params
	s    *world.State
	n    *Now
	now  world.Time
	f    *draw.Frame
	zoom float64

	box, view      geo.Bounds // what is drawn, what is seen
	alarmed        map[world.Ref]world.Severity
	selected       map[world.Ref]bool
	oldest, newest world.Time
	layers         []tile.MapLayer
	faults         []Fault
	legend         legend
}

// Picture makes the frame of a view. Its cost is that of the things near the
// view and of what changed since the last picture.
func (p *Map) Picture(n Now) Picture {
	p.m.renew(n.State)
	p.resolve(n.State)
	k := &maker{
		m: p.m, p: p, q: &p.params, s: n.State, n: &n, now: world.TimeOf(n.Time), f: &draw.Frame{View: n.View},
		zoom: n.View.Zoom(), faults: slices.Clone(p.faults),
	}
	k.prepare()
	k.areas()
	k.features()
	k.vessels()
	k.stations()
	k.reports()
	k.cameras()
	k.alerts()
	k.fences()
	k.drawings()
	k.unknownLayers()
	if !p.params.Apart {
		k.f.Gather = draw.Gather{Vessels: true, Stations: true, Reports: true, Cameras: true, Marks: true}
	}
	k.base()
	k.furniture()
	seat(k.layers)
	return Picture{Frame: k.f, Layers: k.layers, Faults: k.faults}
}

// seat puts layers with something wrong before the others, then what is older than
// it should be. Their seats do not follow from that, for the parts of a map may be on
// computers of which one lacks what another has: what stays as of a day, such as
// features, sits behind what changes.
func seat(layers []tile.MapLayer) {
	sort := func(rank func(tile.MapLayer) bool) {
		slices.SortStableFunc(layers, func(a, b tile.MapLayer) int {
			switch x, y := rank(a), rank(b); {
			case x == y:
				return 0
			case x:
				return -1
			}
			return 1
		})
	}
	sort(func(l tile.MapLayer) bool { return l.Dated == "" })
	for i := range layers {
		layers[i].Seat = i
	}
	sort(func(l tile.MapLayer) bool { return l.Stale })
	sort(func(l tile.MapLayer) bool { return l.Fault != "" })
}

func (k *maker) prepare() {
	for _, r := range k.n.Screens {
		// The glass goes on under the strip, the map does not.
		if r = r.Intersect(k.n.View.Rect()); !r.Empty() {
			k.f.Screens = append(k.f.Screens, r)
		}
	}
	k.view = k.n.View.Whole().Bounds()
	dx, dy := (k.view.Max[0]-k.view.Min[0])*around, (k.view.Max[1]-k.view.Min[1])*around
	k.box = geo.Bounds{Min: geo.Point{k.view.Min[0] - dx, k.view.Min[1] - dy}, Max: geo.Point{k.view.Max[0] + dx, k.view.Max[1] + dy}}
	k.alarmed = map[world.Ref]world.Severity{}
	for _, a := range k.n.Alerts {
		if a.About != "" && a.Severity.Rank() > k.alarmed[a.About].Rank() {
			k.alarmed[a.About] = a.Severity
		}
	}
	k.selected = map[world.Ref]bool{}
	for _, r := range k.n.Selected {
		k.selected[r] = true
	}
	if k.q.Follow != "" {
		k.selected[k.q.Follow] = true
		if _, ok := placeOf(k.s, k.q.Follow); !ok {
			k.faults = append(k.faults, brief.NewFault(k.m.o.Lang, "follow", string(k.q.Follow), k.m.o.Lang.T("map.why.lost")))
		}
	}
	for _, id := range k.q.Home {
		k.f.Home = append(k.f.Home, province(id))
	}
}

// on returns the filter of a layer that is on, ready for a round.
func (k *maker) on(layer string) (*brief.Filter, bool) {
	if !k.q.On(layer) {
		return nil, false
	}
	f := k.p.filters[layer]
	f.Begin(k.now, k.m.areas)
	return f, true
}

// unknownLayers names the layers of the parameters that are not there.
func (k *maker) unknownLayers() {
	known := BuiltIn()
	for _, l := range k.s.Layers() {
		known = append(known, l.Is.ID)
	}
	for _, id := range k.q.Layers {
		if !slices.Contains(known, id) {
			k.faults = append(k.faults, brief.NewFault(k.m.o.Lang, "layers", id, k.m.o.Lang.T("map.why.layer")))
		}
	}
	for id := range k.q.Filters {
		if !slices.Contains(known, id) {
			k.faults = append(k.faults, brief.NewFault(k.m.o.Lang, "filter."+id, k.q.Filters[id], k.m.o.Lang.T("map.why.layer")))
		}
	}
}

// datum takes note of when something in view was true.
func (k *maker) datum(t world.Time, at geo.Point) {
	if t == 0 || !k.view.Contains(at) {
		return
	}
	if k.oldest == 0 || t < k.oldest {
		k.oldest = t
	}
	k.newest = max(k.newest, t)
}

// say adds a layer's truth, with what its filter hides or why it cannot.
func (k *maker) say(l tile.MapLayer, f *brief.Filter, hidden int) {
	t := k.m.o.Lang
	if hidden > 0 {
		h := t.T("map.hidden", "n", strconv.Itoa(hidden))
		if l.Whole == "" {
			l.Whole = h
		} else {
			l.Whole += " · " + h
		}
	}
	if err := f.Why(); err != nil && l.Fault == "" {
		l.Fault = t.T("map.filter.wrong", "why", why.Plain(t, err))
	}
	k.layers = append(k.layers, l)
}

// base says whose the base map is, of which day its boundaries are, and what is
// missing or old in it.
func (k *maker) base() {
	t := k.m.o.Lang
	at := k.m.o.Base.Attribution()
	l := tile.MapLayer{Name: t.T("map.base"), Dated: at.Text}
	if d, err := time.ParseInLocation(time.DateOnly, at.BoundariesSince, t.Zone); err == nil {
		l.Dated = t.T("since", "time", t.Date(d))
	}
	switch data, err := k.m.o.Base.Map(k.n.View); {
	case err != nil:
		l.Fault = t.T("map.features.failed", "why", why.Plain(t, err))
	case data.Failed > 0:
		l.Fault = t.T("map.base.failed", "n", strconv.Itoa(data.Failed), "why", because(t, data.Problem))
	case data.Old > 0:
		l.Fault = t.T("map.base.old", "n", strconv.Itoa(data.Old), "why", because(t, data.Problem))
	}
	k.layers = append(k.layers, l)
}

// because is a reason in words, a dash where none is known.
func because(l *words.Lang, err error) string {
	if err == nil {
		return "–"
	}
	return why.Plain(l, err)
}

// furniture leaves out what a small map has no room for; the inset of the
// islands is not among it.
func (k *maker) furniture() {
	text := k.n.Text
	w, h := float64(k.n.View.Width), float64(k.n.View.Height)
	out := &k.f.Furniture
	out.Scale = h > 14*text && w > 40*text
	out.Attribution = h > 20*text && w > 60*text
	if items := k.legend.items(k); !k.q.NoLegend && w > 44*text {
		room := int(h/(1.6*text)) - 5
		if len(items) > room {
			items = k.legend.short(items, room)
		}
		out.Legend = items
	}
	if k.newest != 0 && h > 10*text && w > 30*text {
		t := k.m.o.Lang
		if k.newest.Sub(k.oldest) < time.Minute {
			out.Data = t.T("map.data.one", "time", t.Stamp(k.newest.Std(), k.n.Time))
		} else {
			out.Data = t.T("map.data", "newest", t.Stamp(k.newest.Std(), k.n.Time), "oldest", t.Stamp(k.oldest.Std(), k.n.Time))
		}
	}
}

// angle turns a value that was not given into the map's "unknown".
func angle(v float64) float64 {
	if v < 0 {
		return math.NaN()
	}
	return v
}

func severity(s world.Severity) draw.Severity { return draw.Severity(s.Rank()) }
