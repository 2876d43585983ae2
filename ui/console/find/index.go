package find

import (
	"hash/maphash"
	"iter"
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
	f     *Search
	index *gazetteer.Index // nil before the first is made
	known map[string]uint64
	seed  maphash.Seed
	// building says that an index is being made beside the toolkit; due is what is
	// to be changed in the one at hand.
	building bool
	due      []change
	walk     *walk
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
	// walkStep is how many rows a walk sees at a time: some milliseconds.
	walkStep = 3000
)

// refresh brings the index in line with the state; open says that somebody looks.
func (x *catalogue) refresh(now time.Time, open bool) {
	if x.building || x.f.h.Desk.State() == nil {
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
	v := x.f.h.Desk.Version()
	switch {
	case x.walk != nil:
		x.step()
	case len(x.due) > 0:
		x.f.h.Desk.Poke()
	case x.index == nil || open && v != x.version && now.Sub(x.scanned) >= scanGap:
		x.version, x.scanned = v, now
		x.scan(x.index == nil)
	}
}

// walk is a look at the whole state that goes on from one refresh to the next.
type walk struct {
	g    gatherer
	next func() (struct{}, bool)
	stop func()
}

// scan begins to compare all names with those of the index, or to collect all.
func (x *catalogue) scan(all bool) {
	if x.known == nil {
		x.known, x.seed = map[string]uint64{}, maphash.MakeSeed()
	}
	w := &walk{g: gatherer{x: x, all: all, seen: make(map[string]uint64, len(x.known)+64)}}
	state := x.f.h.Desk.State()
	w.next, w.stop = iter.Pull(func(yield func(struct{}) bool) {
		w.g.rest = func() bool { return yield(struct{}{}) }
		w.g.state(state)
	})
	x.walk = w
	x.step()
}

// step goes on with the walk for a little while: rows that change meanwhile are seen
// as they were or as they are, and again by the next walk.
func (x *catalogue) step() {
	if _, more := x.walk.next(); more {
		x.f.h.Desk.Poke()
		return
	}
	g := x.walk.g
	x.walk.stop()
	x.walk = nil
	for id := range x.known {
		if _, is := g.seen[id]; !is {
			g.changes = append(g.changes, change{gazetteer.Entry{ID: id}})
		}
	}
	x.known = g.seen
	switch {
	case g.all:
		x.make(g.changes)
	case len(g.changes) <= fewChanges:
		x.due = g.changes
	default:
		x.scan(true)
	}
}

// close ends a walk.
func (x *catalogue) close() {
	if x.walk != nil {
		x.walk.stop()
		x.walk = nil
	}
}

// make makes an index beside the toolkit.
func (x *catalogue) make(all []change) {
	x.building = true
	x.f.h.Desk.Job(func(stop <-chan struct{}) func() {
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
			x.f.indexed()
		}
	})
}

// gatherer collects what changed of the names, or all of them.
type gatherer struct {
	x       *catalogue
	all     bool
	seen    map[string]uint64
	changes []change
	// rest lets others do something, now and then; after false nothing is collected.
	rest  func() bool
	count int
}

// add takes an entity with its names; empty ones do not count. It reports whether
// to go on.
func (g *gatherer) add(r world.Ref, weight int, names ...string) bool {
	g.take(r, weight, names)
	g.count++
	return g.count%walkStep != 0 || g.rest()
}

func (g *gatherer) take(r world.Ref, weight int, names []string) {
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
	for _, k := range g.x.f.h.Kinds() {
		g.take(world.NewRef(KindPage, k.ID), weightPage, []string{g.x.f.h.Env.Lang.T(k.Title)})
	}
	for v := range s.Vessels() {
		if !g.add(v.Ref(), weightShip, v.Name.Name, v.Particulars.Registration, v.MMSI, v.Particulars.CallSign) {
			return
		}
	}
	for r := range s.Reports() {
		if !g.add(r.Ref(), weightShip, r.ID) {
			return
		}
	}
	g.few(s)
}

// few collects the kinds of which there are few enough for one step.
func (g *gatherer) few(s *world.State) {
	for _, a := range s.Alerts() {
		if a.Open() {
			g.take(a.Ref(), weightAlert, []string{a.Title, a.ID})
		}
	}
	for _, a := range s.Areas() {
		g.take(a.Ref(), weightArea, []string{a.Name, a.NameEn, a.Code})
	}
	for _, c := range s.Cameras() {
		g.take(c.Ref(), weightCamera, []string{c.Name, c.ID})
	}
	for _, x := range s.Stations() {
		g.take(x.Ref(), weightStation, []string{x.Name, x.ID})
	}
	for _, f := range s.Figures() {
		g.take(f.Ref(), weightFigure, []string{f.Name, f.NameEn, f.Short})
	}
	for _, f := range s.Fences() {
		g.take(f.Ref(), weightOther, []string{f.Is.Name, f.Is.ID})
	}
	for _, x := range s.Scenes() {
		g.take(x.Ref(), weightScene, []string{x.Name})
	}
	for _, n := range s.Nodes() {
		g.take(n.Ref(), weightNode, []string{n.Node})
	}
	for _, v := range s.MapViews() {
		g.take(v.Ref(), weightView, []string{v.Is.Name})
	}
	for e := range s.Entities(world.KindAgency) {
		if a, ok := e.(world.Agency); ok {
			g.take(a.Ref(), weightOther, []string{a.Name, a.Short})
		}
	}
	for _, x := range s.Sources() {
		g.take(x.Ref(), weightOther, []string{x.Source})
	}
}
