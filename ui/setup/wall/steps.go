package wall

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/setup/layout"
)

// do makes one step of the draft.
func (m *Screens) do(name string, change func(*world.WallDefined)) {
	if !m.k.Host.May("wall.save") {
		return
	}
	if m.draft.Do(name, change) {
		n := m.draft.Steps()
		m.k.Host.Desk().Did(name, func() {
			if m.draft.Steps() >= n { // it was not taken back by another way
				m.Undo()
			}
		})
		m.keep()
	}
	m.redraw()
}

// Undo takes the last step back.
func (m *Screens) Undo() {
	if name, ok := m.draft.Undo(); ok {
		m.k.Host.Desk().Say("", m.k.T("setup.undone", "what", name))
		m.keep()
		m.redraw()
	}
}

// drag shows where a hand has moved what is chosen.
func (m *Screens) drag(h hand) {
	out := slices.Clone(m.draft.Wall.Screens)
	m.plan.guides = nil
	if h.edge != layout.NoEdge {
		out = layout.Resize(out, h.id, h.edge, h.dx, h.dy)
	} else {
		within := float64(m.k.Px(8)) / m.plan.scale
		dx, dy, guides := layout.Move(out, m.picked, h.dx, h.dy, within)
		m.plan.guides = guides
		for i := range out {
			if m.picked[out[i].ID] {
				out[i].X, out[i].Y = out[i].X+dx, out[i].Y+dy
			}
		}
	}
	m.other = out
	m.redraw()
}

// drop makes one step of what a hand moved.
func (m *Screens) drop(h hand) {
	moved := m.other
	m.other = nil
	name := m.k.T("setup.step.move", "screens", m.names())
	if h.edge != layout.NoEdge {
		name = m.k.T("setup.step.size", "screens", m.names())
	}
	m.do(name, func(w *world.WallDefined) { w.Screens = moved })
}

// names are the numbers of what is chosen.
func (m *Screens) names() string {
	ids := slices.Sorted(maps.Keys(m.picked))
	words := make([]string, 0, len(ids))
	for _, id := range ids {
		words = append(words, strconv.Itoa(id))
	}
	if n := len(words) - 4; n > 0 {
		words = append(words[:4], m.k.T("setup.peers.more", "n", m.k.Whole(n)))
	}
	return strings.Join(words, ", ")
}

// nudge moves what is chosen by millimetres.
func (m *Screens) nudge(dx, dy float64) {
	if len(m.picked) == 0 {
		return
	}
	m.do(m.k.T("setup.step.move", "screens", m.names()), func(w *world.WallDefined) {
		for i := range w.Screens {
			if m.picked[w.Screens[i].ID] {
				w.Screens[i].X += dx
				w.Screens[i].Y += dy
			}
		}
	})
}

// add makes one more screen right of the last, as large as it.
func (m *Screens) add() {
	m.do(m.k.T("setup.step.add"), func(w *world.WallDefined) {
		s := world.Screen{ID: 1, W: 1217.6, H: 684.9, PxW: 1920, PxH: 1080}
		if n := len(w.Screens); n > 0 {
			last := w.Screens[n-1]
			s = last
			s.Node, s.Output, s.Spare = "", "", false
			for _, o := range w.Screens {
				s.ID = max(s.ID, o.ID+1)
				s.X = max(s.X, o.X+o.W+layout.Usual(w.Screens))
			}
		}
		w.Screens = append(w.Screens, s)
		m.picked = map[int]bool{s.ID: true}
	})
}

// dropPicked takes what is chosen off the wall.
func (m *Screens) dropPicked() {
	if len(m.picked) == 0 || m.grid != nil {
		return
	}
	m.do(m.k.T("setup.step.drop", "screens", m.names()), func(w *world.WallDefined) {
		w.Screens = slices.DeleteFunc(w.Screens, func(s world.Screen) bool { return m.picked[s.ID] })
	})
	m.choose(nil)
}

// discard goes back to the wall as it is, which may be somebody else's by now.
func (m *Screens) discard() {
	w, ok := m.current()
	if !ok || !m.draft.Changed() {
		return
	}
	was := m.draft
	m.draft, m.stale = layout.Begin(w.WallDefined, w.Defined), false
	m.k.Host.Desk().Did(m.k.T("setup.discarded"), func() {
		m.draft = was
		m.redraw()
	})
	m.keep()
	m.choose(nil)
}

// Check says whether the draft can be applied.
func (m *Screens) Check() {
	fs := m.wrongs()
	stops := 0
	for _, f := range fs {
		if f.Stops {
			stops++
		}
	}
	k := m.k
	switch {
	case stops > 0:
		k.Host.Desk().Say(world.Severe, k.T("setup.checked.stops", "n", k.Whole(stops)))
	case len(fs) > 0:
		k.Host.Desk().Say(world.Warning, k.T("setup.checked.odd", "n", k.Whole(len(fs))))
	default:
		k.Host.Desk().Say("", k.T("setup.checked.good", "n", k.Whole(len(m.seen()))))
	}
}

// Apply sends the draft as one command.
func (m *Screens) Apply() {
	k := m.k
	if !k.Host.May("wall.save") || m.sending || !m.draft.Changed() {
		return
	}
	for _, f := range m.wrongs() {
		if f.Stops {
			title, _ := m.say(f)
			k.Host.Desk().Say(world.Severe, title)
			return
		}
	}
	m.sending = true
	was, sent := m.base(), m.draft.Wall
	k.Host.Desk().Ask(act.SaveWall{Wall: sent, From: m.draft.From}, func(r world.Receipt) {
		m.sending = false
		if !r.OK {
			k.Host.Desk().Say(world.Severe, k.T("setup.applied.refused", "why", r.Reason))
			m.redraw()
			return
		}
		k.Host.Desk().Did(k.T("setup.applied", "n", k.Whole(len(sent.Screens))), func() {
			k.Host.Desk().Ask(act.SaveWall{Wall: was}, nil)
		})
		m.draft = layout.Begin(sent, m.draft.From)
		if w, ok := m.current(); ok {
			m.draft.From = w.Defined
			m.seenAt = w.Defined
		}
		m.stale = false
		m.keep()
		k.Host.Soon()
		m.redraw()
	})
	m.redraw()
}

// base is the wall as the state has it.
func (m *Screens) base() world.WallDefined {
	w, _ := m.current()
	return w.WallDefined
}

// test shows a test picture for a while.
func (m *Screens) test(picture string) {
	if m.wall == "" || !m.k.Host.May("wall.test") {
		return
	}
	m.k.Host.Desk().Ask(act.TestWall{Wall: m.wall, Picture: picture, Seconds: 10}, nil)
	m.k.Host.Desk().Did(m.k.T("setup.test."+picture), func() {
		m.k.Host.Desk().Ask(act.TestWall{Wall: m.wall}, nil)
	})
}
