package fence

import (
	"slices"
	"time"
)

// Set adds a fence or replaces the one with its id, and says who is thereby
// inside, near, or no longer so. It looks at every object. A fence that cannot be
// watched is an error and changes nothing. It tells the time as Tick does.
func (w *Watch) Set(f Fence, now time.Time) ([]Crossing, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	next := prepare(f)
	out := w.tick(instantOf(now))
	old := w.fences[f.ID]
	why := WhyBegan
	if old != nil {
		w.drop(old)
		if old.on {
			why = WhyChanged
			w.switchOff(old)
		} else {
			old = nil
		}
	}
	w.fences[f.ID] = next
	if next.from > never || next.until < forever {
		w.timed = append(w.timed, next)
	}
	if next.from <= w.now && w.now < next.until {
		w.switchOn(next)
	} else {
		next = nil
	}
	return ordered(w.renew(out, old, next, w.now, why)), nil
}

// Remove takes a fence away; everything that was inside or near has left it. It
// tells the time as Tick does.
func (w *Watch) Remove(id string, now time.Time) []Crossing {
	out := w.tick(instantOf(now))
	if f := w.fences[id]; f != nil {
		w.drop(f)
		if f.on {
			w.switchOff(f)
			out = w.renew(out, f, nil, w.now, WhyRemoved)
		}
	}
	return ordered(out)
}

func (w *Watch) drop(f *watched) {
	delete(w.fences, f.ID)
	w.timed = slices.DeleteFunc(w.timed, func(t *watched) bool { return t == f })
}

func (w *Watch) switchOn(f *watched) {
	f.on = true
	w.tree.Insert(f.box.Min, f.box.Max, f)
}

func (w *Watch) switchOff(f *watched) {
	f.on = false
	w.tree.Delete(f.box.Min, f.box.Max, f)
}

// renew puts a fence in the place of another for every object; either may be nil.
func (w *Watch) renew(out []Crossing, old, next *watched, at instant, why string) []Crossing {
	if old == nil && next == nil {
		return out
	}
	for _, o := range w.objects {
		var known *pair
		i, there := -1, false
		if old != nil {
			if i, there = o.find(old.ID); there {
				known = &o.pairs[i]
			}
		}
		if next == nil {
			if there {
				out = o.leave(out, known, at, why)
				o.pairs = slices.Delete(o.pairs, i, i+1)
				w.wait(o)
			}
			continue
		}
		if !there && !next.box.Contains(o.newest.pos) {
			continue
		}
		then := max(at, o.newest.at)
		p, far := renewed(next, known, o.newest, then)
		if was, changed := p.settle(then); changed {
			out = o.crossed(out, &p, was, then, o.newest.pos, why)
		}
		switch {
		case !far:
			o.put(p)
		case there:
			o.pairs = slices.Delete(o.pairs, i, i+1)
		}
		w.wait(o)
	}
	return out
}
