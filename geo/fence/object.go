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

// crossed adds a crossing and notes since when the state is so. One fence and
// object never cross back in time.
func (o *object) crossed(out []Crossing, p *pair, was State, at instant, pos geo.Point, why string) []Crossing {
	p.since = max(at, p.since, p.f.from)
	c := Crossing{Fence: p.f.ID, Object: o.name, State: p.state, Was: was, At: p.since.time(), Pos: pos, Why: why}
	if c.State == "" {
		c.State = Left
	}
	return append(out, c)
}

// leave adds the crossing of an object that is taken out of a fence.
func (o *object) leave(out []Crossing, p *pair, at instant, why string) []Crossing {
	if p.state == "" {
		return out
	}
	was := p.state
	p.state = ""
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
		p.state, p.since = old.state, old.since
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

// restored is the pair of an object and a fence as a stay tells it.
func restored(f *watched, newest fix, stay Stay) (p pair, far bool) {
	old := newPair(f, unknown)
	old.state, old.since = stay.State, never
	if stay.State != "" {
		old.since = instantOf(stay.Since)
	}
	if stay.State == Inside {
		old.in, old.first, old.entered = newest, old.since-instant(f.Dwell), true
	}
	p, far = renewed(f, &old, newest, newest.at)
	p.unsettled = true
	return p, far
}
