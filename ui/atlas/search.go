package atlas

import (
	"context"
	"strconv"
	"strings"
	"time"

	"iocwall/geo"
	"iocwall/geo/coord"
	"iocwall/geo/gazetteer"
	"iocwall/server/world"
	"iocwall/ui/maps"
)

// The kinds of what is found, as the gazetteer keeps them.
const (
	kindPlace   = "place"
	kindArea    = "area"
	kindVessel  = "vessel"
	kindStation = "station"
	kindCamera  = "camera"
	kindReport  = "report"
	kindFeature = "feature"
	kindFence   = "fence"
	kindCoord   = "coord"
)

const (
	// foundMost is how many names are listed.
	foundMost = 60
	// namesFor is how long the index of names is believed while it is in use.
	namesFor = 30 * time.Second
)

// search is the field over the map with what it found.
type search struct {
	on    bool
	text  string
	kind  string // among one kind only, empty for all
	names *gazetteer.Index
	goal  map[string]goal
	made  time.Time
	busy  bool
	found []found
	at    int // the chosen result
	fault string
}

// goal is where something that has a name is.
type goal struct {
	ref    world.Ref // empty for places
	name   string
	kind   string
	detail string
	at     geo.Point
	box    geo.Bounds
	hasBox bool
}

// found is one result.
type found struct {
	goal
	matched string // the name that was meant, where it is not the first
}

// entries collects everything with a name.
func (a *Atlas) entries() ([]gazetteer.Entry, map[string]goal) {
	c := &collector{goals: map[string]goal{}}
	if data, err := a.h.Base.Map(a.view); err == nil {
		for i, p := range data.Places {
			c.add(goal{name: p.Name, kind: kindPlace, at: p.At}, "place/"+strconv.Itoa(i), 40-p.Rank, p.Name)
		}
		for i := range data.Provinces {
			p := &data.Provinces[i]
			c.add(goal{name: p.Name, kind: kindArea, at: p.Bounds.Center(), box: p.Bounds, hasBox: true}, "province/"+p.ID, 60, p.Name)
		}
	}
	if s := a.h.State(); s != nil {
		c.state(a.h.Maps, s)
	}
	a.h.Maps.Named(func(ref world.Ref, layer, name string, at geo.Point) bool {
		c.add(goal{ref: ref, name: name, kind: kindFeature, detail: layer, at: at}, string(ref), 20, name)
		return true
	})
	return c.entries, c.goals
}

// collector gathers names and what they name.
type collector struct {
	entries []gazetteer.Entry
	goals   map[string]goal
}

func (c *collector) add(g goal, id string, importance int, names ...string) {
	kept := names[:0]
	for _, n := range names {
		if strings.TrimSpace(n) != "" {
			kept = append(kept, n)
		}
	}
	if len(kept) == 0 {
		return
	}
	g.name = kept[0]
	c.goals[id] = g
	c.entries = append(c.entries, gazetteer.Entry{ID: id, Kind: g.kind, Names: kept, Importance: importance})
}

// state gathers the entities that have a name and a place.
func (c *collector) state(m *maps.Maps, s *world.State) {
	for v := range s.Vessels() {
		if v.Time == 0 {
			continue
		}
		detail := v.MMSI
		if r := v.Particulars.Registration; r != "" {
			detail = r + " · " + v.MMSI
		}
		c.add(goal{ref: v.Ref(), kind: kindVessel, detail: detail, at: v.Last.Pos}, string(v.Ref()), 10,
			v.Name.Name, v.Particulars.Registration, v.MMSI, v.Particulars.CallSign)
	}
	for _, x := range s.Stations() {
		if at, ok := x.Place(); ok {
			c.add(goal{ref: x.Ref(), kind: kindStation, detail: x.ID, at: at}, string(x.Ref()), 20, x.Name, x.ID)
		}
	}
	for _, x := range s.Cameras() {
		if at, ok := x.Place(); ok {
			c.add(goal{ref: x.Ref(), kind: kindCamera, detail: x.ID, at: at}, string(x.Ref()), 20, x.Name, x.ID)
		}
	}
	for r := range s.Reports() {
		if r.Placed {
			c.add(goal{ref: r.Ref(), kind: kindReport, at: r.Pos}, string(r.Ref()), 10, r.ID)
		}
	}
	for _, f := range s.Fences() {
		if b := f.Is.Polygons.Bound(); len(f.Is.Polygons) > 0 {
			c.add(goal{ref: f.Ref(), kind: kindFence, detail: f.Is.Purpose, at: b.Center(), box: b, hasBox: true}, string(f.Ref()), 30, f.Is.Name, f.Is.ID)
		}
	}
	c.areas(m, s)
}

func (c *collector) areas(m *maps.Maps, s *world.State) {
	for _, x := range s.Areas() {
		g := goal{ref: x.Ref(), kind: kindArea, at: x.Pos}
		if outline, ok := m.Outline(s, x.ID); ok && len(outline) > 0 {
			g.box, g.hasBox = outline.Bound(), true
			if !x.Placed {
				g.at = g.box.Center()
			}
		} else if !x.Placed {
			continue
		}
		if p, ok := s.Area(x.Parent); ok {
			g.detail = p.Name
		}
		c.add(g, string(x.Ref()), 50, x.Name, x.NameEn, x.Code)
	}
}

// index makes the index of names, beside the client: there may be many.
func (a *Atlas) index() {
	now := a.h.Now()
	if a.search.busy || a.search.names != nil && now.Sub(a.search.made) < namesFor {
		return
	}
	entries, goals := a.entries()
	a.search.busy = true
	a.start(func(ctx context.Context) func() {
		x := &gazetteer.Index{}
		for i, e := range entries {
			if i%1000 == 0 && ctx.Err() != nil {
				return nil
			}
			x.Put(e)
		}
		return func() {
			a.search.names, a.search.goal, a.search.made, a.search.busy = x, goals, now, false
			a.find()
		}
	})
}

// openSearch shows the field, among one kind or all, and gives it the keyboard.
func (a *Atlas) openSearch(kind string) {
	a.search.on, a.search.kind = true, kind
	a.index()
	a.find()
	a.face.focus(fieldSearch)
	a.touch()
}

// fieldSearch is the name of the field over the map.
const fieldSearch = "search"

// closeSearch hides the results; false when there were none.
func (a *Atlas) closeSearch() bool {
	was := a.search.on
	a.search.on, a.search.found, a.search.at, a.search.fault = false, nil, 0, ""
	a.h.Keyboard()
	a.touch()
	return was
}

// find looks for what is in the field.
func (a *Atlas) find() {
	s := &a.search
	s.found, s.at, s.fault = nil, 0, ""
	text := strings.TrimSpace(s.text)
	if s.kind == "" && numeric(text) {
		if r, err := coord.Parse(text, a.zone()); err == nil {
			s.found = append(s.found, found{goal: goal{name: a.positions(r.Point, formAll), kind: kindCoord, at: r.Point}})
		} else if !digits(text) {
			s.fault = a.h.Lang.T("atlas.search.coord")
		}
	}
	if s.names == nil {
		return
	}
	if text == "" && s.kind != "" {
		a.listKind()
		return
	}
	for _, h := range s.names.SearchKind(text, s.kind, foundMost) {
		f := found{goal: s.goal[h.ID]}
		if h.Matched != h.Name {
			f.matched = h.Matched
		}
		s.found = append(s.found, f)
	}
	if len(s.found) > 1 {
		s.found = once(s.found)
	}
}

// listKind lists all of one kind, nearest to the middle of the map first.
func (a *Atlas) listKind() {
	s := &a.search
	for _, g := range s.goal {
		if g.kind == s.kind {
			s.found = append(s.found, found{goal: g})
		}
	}
	sortFound(s.found, a.view.Center)
	s.found = once(s.found)
	s.found = s.found[:min(foundMost, len(s.found))]
}

// once leaves out what has the name, the kind and nearly the place of one before
// it: a province is an area of the history and of the base map.
func once(all []found) []found {
	out := all[:0]
	for _, f := range all {
		twice := false
		for _, g := range out {
			twice = twice || f.kind == g.kind && f.name == g.name && geo.Distance(f.at, g.at) < 100_000
			if twice {
				break
			}
		}
		if !twice {
			out = append(out, f)
		}
	}
	return out
}

// numeric reports whether a text can be meant as a position: it begins with a
// digit, a sign or the letter of an axis or a hemisphere before a digit.
func numeric(s string) bool {
	s = strings.TrimLeft(s, "-−+ ")
	if s == "" {
		return false
	}
	if c := s[0]; c >= '0' && c <= '9' {
		return true
	}
	rest := strings.TrimLeft(s[1:], "=: ")
	return strings.ContainsRune("xyXYnNeEbB", rune(s[0])) && rest != "" && rest[0] >= '0' && rest[0] <= '9'
}

// digits reports whether a text is one whole number: an MMSI rather than a place.
func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// take goes to a result, marks it and opens its detail.
func (a *Atlas) take(f found) {
	a.search.on = false
	a.chosen, a.one, a.pin = nil, "", nil
	if f.ref != "" {
		a.chosen, a.one = []world.Ref{f.ref}, f.ref
		if d, ok := a.describe(f.ref); ok && d.Placed && f.kind == kindVessel {
			f.at = d.At // it has moved since the names were gathered
		}
	} else {
		a.pin = &pin{at: f.at, name: f.name}
		if f.kind == kindCoord {
			a.pin.name = a.positions(f.at, formMinutes)
		}
	}
	a.page = pageDetail
	a.face.top()
	a.goTo(f.at, f.box, f.hasBox)
	a.h.Keyboard()
}

// takeChosen goes to the chosen result.
func (a *Atlas) takeChosen() {
	if s := &a.search; s.at >= 0 && s.at < len(s.found) {
		a.take(s.found[s.at])
	}
}

// moveFound chooses another result.
func (a *Atlas) moveFound(by int) {
	if n := len(a.search.found); n > 0 {
		a.search.at = min(max(a.search.at+by, 0), n-1)
		a.face.reveal(a.search.at)
		a.touch()
	}
}

// jumpTo lists the areas to jump to.
func (a *Atlas) jumpTo() { a.openSearch(kindArea) }
