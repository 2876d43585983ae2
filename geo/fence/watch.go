package fence

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/tidwall/rtree"

	"iocwall/geo"
)

// Watch holds fences and the newest known position of every object. Its methods
// return the crossings in order of the fence's id, then the object's, those of
// one fence and object as they happened; nil when nothing did. Times come back
// in UTC. It must not be used from two goroutines at once.
//
// The same positions in any order end in the same state, except that a dwell
// which was over when a late position arrived stays over.
type Watch struct {
	now     instant
	fences  map[string]*watched
	objects map[string]*object
	tree    rtree.RTreeG[*watched] // those that are on, by box
	timed   []*watched             // those that begin or end
	waiting map[*object]struct{}   // objects whose state time alone may change

	// Kept from question to question, so that asking takes no memory.
	hits    []*watched
	collect func(_, _ [2]float64, f *watched) bool
	asked   uint64
}

// New returns a Watch of the fences. A fence that cannot be watched is left out
// and named in the errors.
func New(fences []Fence) (*Watch, []error) {
	w := &Watch{
		now: never, fences: map[string]*watched{},
		objects: map[string]*object{}, waiting: map[*object]struct{}{},
	}
	w.collect = func(_, _ [2]float64, f *watched) bool {
		w.hits = append(w.hits, f)
		return true
	}
	var errs []error
	for _, f := range fences {
		if w.fences[f.ID] != nil {
			errs = append(errs, fmt.Errorf("fence %s is given twice; the first is kept", f.ID))
			continue
		}
		if _, err := w.Set(f, time.Time{}); err != nil {
			errs = append(errs, err)
		}
	}
	return w, errs
}

// Len returns how many fences are held and how many objects are known.
func (w *Watch) Len() (fences, objects int) { return len(w.fences), len(w.objects) }

// Move tells where an object was at a time. A position that is older than the
// object's newest changes nothing that a newer one decided; one that is known
// already does nothing; one that is not valid is ignored. Among positions of one
// time the one farther east, then north, counts as newer.
func (w *Watch) Move(name string, at time.Time, pos geo.Point) []Crossing {
	if !geo.Valid(pos) {
		return nil
	}
	k := fix{at: instantOf(at), pos: pos}
	o := w.objects[name]
	if o == nil {
		o = &object{name: name, newest: unknown}
		w.objects[name] = o
	}
	if !k.after(o.newest) {
		return w.late(o, k)
	}
	before := o.newest
	o.newest = k
	w.look(pos, pos)
	if len(w.hits) == 0 && len(o.pairs) == 0 {
		return nil
	}
	var out []Crossing
	far := 0
	for i := range o.pairs {
		p := &o.pairs[i]
		p.f.seen = w.asked
		if k.at >= p.f.until {
			continue // the next Tick ends it
		}
		away := p.f.away(pos)
		p.see(k, away)
		out = o.settle(out, p, k, k.at)
		if p.far = away > p.f.reach; p.far {
			far++
		}
	}
	if far > 0 {
		o.pairs = slices.DeleteFunc(o.pairs, func(p pair) bool { return p.far })
	}
	for _, f := range w.hits {
		if f.seen == w.asked || k.at >= f.until {
			continue
		}
		away := f.away(pos)
		if away > f.reach {
			continue
		}
		p := newPair(f, before) // so far it was outside and far
		p.see(k, away)
		out = o.settle(out, &p, k, k.at)
		o.put(p)
	}
	w.wait(o)
	return ordered(out)
}

// late takes a fix that is not the object's newest. Fences without a pair are
// decided by the newest one.
func (w *Watch) late(o *object, k fix) (out []Crossing) {
	if k == o.newest {
		return nil
	}
	for i := range o.pairs {
		if p := &o.pairs[i]; k.at < p.f.until {
			p.see(k, p.f.away(k.pos))
			out = o.settle(out, p, k, o.newest.at)
		}
	}
	w.wait(o)
	return ordered(out)
}

// Tick tells the time: a dwell may have passed without a new position, fences
// begin and end. A fence with a From is not watched before a Tick (or the now of
// another method) has reached it. Time that goes back does nothing.
func (w *Watch) Tick(now time.Time) []Crossing { return ordered(w.tick(instantOf(now))) }

func (w *Watch) tick(now instant) (out []Crossing) {
	if now <= w.now {
		return nil
	}
	w.now = now
	for _, f := range w.timed {
		if !f.on && f.from <= now && now < f.until {
			w.switchOn(f)
			out = w.renew(out, nil, f, f.from, WhyBegan)
		}
	}
	for o := range w.waiting {
		for i := range o.pairs {
			p := &o.pairs[i]
			clock, due := min(now, p.f.until-1), p.due()
			was, changed := p.settle(clock)
			if !changed {
				continue
			}
			at, why := clock, WhyChanged
			if p.state == Inside && p.f.Dwell > 0 {
				at, why = due, WhyDwell
			}
			out = o.crossed(out, p, was, at, o.newest.pos, why)
		}
		w.wait(o)
	}
	for _, f := range w.timed {
		if f.on && now >= f.until {
			w.switchOff(f)
			out = w.renew(out, f, nil, f.until, WhyEnded)
		}
	}
	return out
}

// Forget takes an object away; it has left every fence it was inside or near of.
func (w *Watch) Forget(name string, now time.Time) (out []Crossing) {
	o := w.objects[name]
	if o == nil {
		return nil
	}
	for i := range o.pairs {
		out = o.leave(out, &o.pairs[i], instantOf(now), WhyLost)
	}
	delete(w.waiting, o)
	delete(w.objects, name)
	return out
}

// Restore puts an object back where it was known to be, as after a restart, and
// makes no crossings; a stay that is Entering goes on from its beginning. Stays of
// fences that are not watched are dropped; what does not fit the position any more
// is said by the next Tick or Move.
func (w *Watch) Restore(name string, at time.Time, pos geo.Point, stays []Stay) {
	if !geo.Valid(pos) {
		return
	}
	o := &object{name: name, newest: fix{at: instantOf(at), pos: pos}}
	if old := w.objects[name]; old != nil {
		delete(w.waiting, old)
	}
	w.objects[name] = o
	was, since := map[string]standing{}, map[string]instant{}
	w.look(pos, pos)
	for _, f := range w.hits {
		was[f.ID], since[f.ID] = nowhere, never
	}
	for _, s := range stays {
		k, there := was[s.Fence]
		if !there {
			k, since[s.Fence] = nowhere, never
		}
		if at := instantOf(s.Since); s.State == Entering {
			k.begun = at
		} else {
			k.state, since[s.Fence] = s.State, at
		}
		was[s.Fence] = k
	}
	for id, k := range was {
		if f := w.fences[id]; f != nil && f.on {
			if p, far := restored(f, o.newest, k, since[id]); !far || p.standing != nowhere {
				o.put(p)
			}
		}
	}
	w.wait(o)
}

// Newest returns when the object's newest position was, and whether it is known.
func (w *Watch) Newest(name string) (at time.Time, known bool) {
	o := w.objects[name]
	if o == nil {
		return time.Time{}, false
	}
	return o.newest.at.time(), true
}

// Stays returns the fences the object is inside or near of, by fence id. Of one
// fence there may be two: that it is near, and behind it that it is Entering.
func (w *Watch) Stays(name string) (out []Stay) {
	o := w.objects[name]
	if o == nil {
		return nil
	}
	for i := range o.pairs {
		p := &o.pairs[i]
		if p.state != "" {
			out = append(out, Stay{Fence: p.f.ID, State: p.state, Since: p.since.time()})
		}
		if p.begun != never {
			out = append(out, Stay{Fence: p.f.ID, State: Entering, Since: p.begun.time()})
		}
	}
	return out
}

// Inside returns the ids of the watched fences that hold p, sorted.
func (w *Watch) Inside(p geo.Point) (out []string) {
	w.look(p, p)
	for _, f := range w.hits {
		if f.area.Contains(p) {
			out = append(out, f.ID)
		}
	}
	slices.Sort(out)
	return out
}

// Near returns the watched fences whose edge or inside is at most meters from
// p, nearest first.
func (w *Watch) Near(p geo.Point, meters float64) (out []Distance) {
	if !geo.Valid(p) || !(meters >= 0) {
		return nil
	}
	b := geo.Around(p, meters)
	w.look(b.Min, b.Max)
	for _, f := range w.hits {
		if d := f.distance(p, meters); d <= meters {
			out = append(out, Distance{Fence: f.ID, Meters: d})
		}
	}
	slices.SortFunc(out, func(a, b Distance) int {
		return cmp.Or(cmp.Compare(a.Meters, b.Meters), cmp.Compare(a.Fence, b.Fence))
	})
	return out
}

// look finds the fences whose boxes touch a box and begins a new question.
func (w *Watch) look(low, high geo.Point) {
	w.asked++
	w.hits = w.hits[:0]
	w.tree.Search(low, high, w.collect)
}

// wait notes whether time alone may change the object's state.
func (w *Watch) wait(o *object) {
	waits := slices.ContainsFunc(o.pairs, func(p pair) bool { return p.unsettled || p.inside() && !p.entered })
	if waits == o.waits {
		return
	}
	if o.waits = waits; waits {
		w.waiting[o] = struct{}{}
	} else {
		delete(w.waiting, o)
	}
}

func ordered(out []Crossing) []Crossing {
	if len(out) > 1 {
		slices.SortStableFunc(out, func(a, b Crossing) int {
			return cmp.Or(cmp.Compare(a.Fence, b.Fence), cmp.Compare(a.Object, b.Object))
		})
	}
	return out
}
