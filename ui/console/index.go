package console

import (
	"hash/maphash"
	"time"

	"iocwall/geo/gazetteer"
	"iocwall/server/world"
)

// How much comes before what, among names that match as well.
const (
	weightAlert, weightPage, weightScene = 90, 80, 60
	weightArea, weightView, weightFigure = 50, 45, 40
	weightCamera, weightStation          = 35, 30
	weightNode, weightOther, weightShip  = 25, 20, 10
)

// catalogue is the index of all that has a name, kept in line with the state.
type catalogue struct {
	c     *Console
	index *gazetteer.Index // nil before the first is made
	known map[string]uint64
	seed  maphash.Seed
	// building says that an index is being made beside the toolkit; due is what is
	// to be changed in the one at hand.
	building bool
	due      []change
	version  uint64
	scanned  time.Time
}

// change is an entry to put into the index, or one to take out where it has no
// names.
type change struct{ gazetteer.Entry }

const (
	// scanGap is the least time between two looks at the whole state.
	scanGap = 10 * time.Second
	// fewChanges are made in the index at hand, putMost at a time; with more of them
	// a new index is made beside the toolkit.
	fewChanges, putMost = 400, 50
)

// refresh brings the index in line with the state; open says that somebody looks.
func (x *catalogue) refresh(now time.Time, open bool) {
	if x.building || x.c.base.State() == nil {
		return
	}
	for n := 0; len(x.due) > 0 && n < putMost; n++ {
		d := x.due[0]
		x.due = x.due[1:]
		if len(d.Names) == 0 {
			x.index.Remove(d.ID)
		} else {
			x.index.Put(d.Entry)
		}
	}
	v := x.c.base.Version()
	if len(x.due) == 0 && (x.index == nil || open && v != x.version && now.Sub(x.scanned) >= scanGap) {
		x.version, x.scanned = v, now
		x.scan()
	}
}

// scan compares all names with those of the index.
func (x *catalogue) scan() {
	if x.known == nil {
		x.known, x.seed = map[string]uint64{}, maphash.MakeSeed()
	}
	g := gatherer{x: x, all: x.index == nil, seen: make(map[string]uint64, len(x.known)+64)}
	g.state(x.c.base.State())
	for id := range x.known {
		if _, is := g.seen[id]; !is {
			g.changes = append(g.changes, change{gazetteer.Entry{ID: id}})
		}
	}
	x.known = g.seen
	if x.index != nil && len(g.changes) <= fewChanges {
		x.due = g.changes
		return
	}
	if !g.all {
		g = gatherer{x: x, all: true, seen: g.seen}
		g.state(x.c.base.State())
	}
	x.make(g.changes)
}

// make makes an index beside the toolkit.
func (x *catalogue) make(all []change) {
	x.building = true
	x.c.base.Job(func(stop <-chan struct{}) func() {
		var index gazetteer.Index
		for i, e := range all {
			if i%1024 == 0 {
				select {
				case <-stop:
					return nil
				default:
				}
			}
			index.Put(e.Entry)
		}
		index.Search("a", 1) // what it puts off until the first question is done here
		return func() {
			x.index, x.building = &index, false
			x.c.find.indexed()
		}
	})
}

// gatherer collects what changed of the names, or all of them.
type gatherer struct {
	x       *catalogue
	all     bool
	seen    map[string]uint64
	changes []change
}

// add takes an entity with its names; empty ones do not count.
func (g *gatherer) add(r world.Ref, weight int, names ...string) {
	var h maphash.Hash
	h.SetSeed(g.x.seed)
	count := 0
	for _, n := range names {
		if n != "" {
			count++
		}
		_, _ = h.WriteString(n)
		_ = h.WriteByte(0)
	}
	sum := h.Sum64()
	g.seen[string(r)] = sum
	if count == 0 || !g.all && g.x.known[string(r)] == sum {
		return
	}
	kept := make([]string, 0, count)
	for _, n := range names {
		if n != "" {
			kept = append(kept, n)
		}
	}
	g.changes = append(g.changes, change{gazetteer.Entry{ID: string(r), Kind: r.Kind(), Names: kept, Importance: weight}})
}

// state collects everything that people look for by name.
func (g *gatherer) state(s *world.State) {
	for _, k := range g.x.c.offered() {
		g.add(world.NewRef(kindPage, k.ID), weightPage, g.x.c.env.Lang.T(k.Title))
	}
	for v := range s.Vessels() {
		g.add(v.Ref(), weightShip, v.Name.Name, v.Particulars.Registration, v.MMSI, v.Particulars.CallSign)
	}
	for r := range s.Reports() {
		g.add(r.Ref(), weightShip, r.ID)
	}
	for _, a := range s.Alerts() {
		if a.Open() {
			g.add(a.Ref(), weightAlert, a.Title, a.ID)
		}
	}
	for _, a := range s.Areas() {
		g.add(a.Ref(), weightArea, a.Name, a.NameEn, a.Code)
	}
	for _, c := range s.Cameras() {
		g.add(c.Ref(), weightCamera, c.Name, c.ID)
	}
	for _, x := range s.Stations() {
		g.add(x.Ref(), weightStation, x.Name, x.ID)
	}
	for _, f := range s.Figures() {
		g.add(f.Ref(), weightFigure, f.Name, f.NameEn, f.Short)
	}
	for _, f := range s.Fences() {
		g.add(f.Ref(), weightOther, f.Is.Name, f.Is.ID)
	}
	for _, x := range s.Scenes() {
		g.add(x.Ref(), weightScene, x.Name)
	}
	for _, n := range s.Nodes() {
		g.add(n.Ref(), weightNode, n.Node)
	}
	for _, v := range s.MapViews() {
		g.add(v.Ref(), weightView, v.Is.Name)
	}
	g.rest(s)
}

// rest collects what is asked for seldom.
func (g *gatherer) rest(s *world.State) {
	for e := range s.Entities(world.KindAgency) {
		if a, ok := e.(world.Agency); ok {
			g.add(a.Ref(), weightOther, a.Name, a.Short)
		}
	}
	for _, x := range s.Sources() {
		g.add(x.Ref(), weightOther, x.Source)
	}
}
