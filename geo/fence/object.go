package fence

import (
	"cmp"
	"slices"

	"iocwall/geo"
)

// object is something that moves.
type object struct {
	name   string
	newest fix
	pairs  []pair // by fence id
	waits  bool   // it stands in Watch.waiting
}

func (o *object) find(id string) (int, bool) {
	return slices.BinarySearchFunc(o.pairs, id, func(p pair, id string) int { return cmp.Compare(p.f.ID, id) })
}

func (o *object) put(p pair) {
	i, there := o.find(p.f.ID)
	if there {
		o.pairs[i] = p
	} else {
		o.pairs = slices.Insert(o.pairs, i, p)
	}
}

// settle adds the crossing that a fix made, if it did.
func (o *object) settle(out []Crossing, p *pair, k fix, clock instant) []Crossing {
	was, changed := p.settle(clock)
	if !changed {
		return out
	}
	at := k.at
	if p.state == Inside {
		at = max(at, p.due())
	}
	return o.crossed(out, p, was, at, k.pos, "")
}

// crossed adds the crossings from a standing to that of the pair, and notes since
// when its state is so. One fence and object never cross back in time, except that
// a late fix may show that a stay began earlier.
func (o *object) crossed(out []Crossing, p *pair, was standing, at instant, pos geo.Point, why string) []Crossing {
	c := Crossing{Fence: p.f.ID, Object: o.name, Was: was.shown(), Pos: pos, Why: why}
	if p.state != was.state || p.begun == never {
		p.since = max(at, p.since, p.f.from)
		c.State, c.At = cmp.Or(p.state, Left), p.since.time()
		out = append(out, c)
		c.Was = p.state
	}
	if p.begun != never {
		c.State, c.At = Entering, p.begun.time()
		out = append(out, c)
	}
	return out
}

// leave adds the crossing of an object that is taken out of a fence.
func (o *object) leave(out []Crossing, p *pair, at instant, why string) []Crossing {
	if p.standing == nowhere {
		return out
	}
	was := p.standing
	p.standing = nowhere
	return o.crossed(out, p, was, at, o.newest.pos, why)
}

// renewed is the pair of an object and a fence that came, began or changed,
// judged by the newest fix and by what was known of the fence before; far if no
// pair is needed.
func renewed(f *watched, old *pair, newest fix, at instant) (p pair, far bool) {
	away := f.away(newest.pos)
	p = newPair(f, unknown)
	p.since = never
	wasInside, wasAny := false, false
	if old != nil {
		p.standing, p.since = old.standing, old.since
		wasInside, wasAny = old.inside(), old.state != ""
	}
	switch {
	case away == 0 || wasInside && away <= f.Margin:
		p.in, p.first = newest, at
		if wasInside {
			p.first, p.entered = old.first, old.entered
		}
	default:
		p.out = newest
	}
	if f.Near > 0 && (away <= f.Near || wasAny && away <= f.Near+f.Margin) {
		p.near = newest
	} else {
		p.beyond = newest
	}
	return p, away > f.reach
}

// restored is the pair of an object and a fence as it was known to stand, and since
// when if it was near or inside.
func restored(f *watched, newest fix, was standing, since instant) (p pair, far bool) {
	old := newPair(f, unknown)
	old.standing, old.since = was, since
	switch {
	case was.state == Inside:
		old.in, old.first, old.entered = newest, since-instant(f.Dwell), true
	case was.begun != never:
		old.in, old.first = newest, was.begun
	}
	p, far = renewed(f, &old, newest, newest.at)
	if p.inside() && !p.entered && was.begun != never {
		// What was before the stay is not known any more: a late fix from there may
		// not lengthen it.
		p.out = fix{at: min(was.begun, newest.at) - 1, pos: newest.pos}
	}
	p.unsettled = true
	return p, far
}
