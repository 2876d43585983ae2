package director

import (
	"cmp"
	"slices"
	"time"

	"iocwall/server/scene"
	"iocwall/server/world"
)

const (
	// A computer that is lost for less than lossGrace is not missed: a connection
	// that is made anew is none.
	lossGrace = 300 * time.Millisecond
	// After a start the computers have startGrace to connect.
	startGrace = 3 * time.Second
	// A computer that is back has to stay for backAfter before it gets its tiles
	// back, twice as long for each further loss within flapWithin, up to backMost.
	backAfter  = 2 * time.Second
	backMost   = time.Minute
	flapWithin = 10 * time.Minute
)

// absence is what is remembered of a computer that was lost.
type absence struct {
	away   bool         // its important tiles are elsewhere
	losses []world.Time // of the last minutes
}

// adoptNodes takes over which computers' tiles are elsewhere.
func (d *Director) adoptNodes(st *world.State) {
	for _, w := range st.Walls() {
		for _, p := range w.On.Tiles {
			if p.Layer == world.LayerMoved {
				d.nodes[p.From] = &absence{away: true}
			}
		}
	}
}

// linked takes notice of a computer that was lost or is back.
func (d *Director) linked(b world.NodeLinked, c world.Change) {
	if c.Effect == world.EffectNone || b.Up {
		return
	}
	n := d.nodes[b.Node]
	if n == nil {
		n = &absence{}
		d.nodes[b.Node] = n
	}
	n.losses = slices.DeleteFunc(append(n.losses, c.Event.Seen), func(at world.Time) bool { return at < c.Event.Seen.Add(-flapWithin) })
}

// lost returns the computers of the wall whose tiles are to be shown elsewhere, by
// name.
func (t *turn) lost() []string {
	var out []string
	for _, s := range t.wall.Screens {
		if s.Node != "" && !slices.Contains(out, s.Node) && t.away(s.Node) {
			out = append(out, s.Node)
		}
	}
	slices.Sort(out)
	return out
}

// away decides whether a computer counts as lost. It is missed soon and trusted
// late, so that one that comes and goes does not make the wall flicker.
func (t *turn) away(name string) bool {
	n, ok := t.st.Node(name)
	if !ok || n.Since == 0 {
		return false // nobody knows it yet
	}
	a := t.d.nodes[name]
	if a == nil {
		a = &absence{}
		t.d.nodes[name] = a
	}
	if !n.Up {
		missed := n.Since.Add(lossGrace)
		if n.Since <= t.d.started {
			missed = max(missed, t.d.started.Add(startGrace))
		}
		if a.away || t.now >= missed {
			a.away = true
			return true
		}
		t.wakeAt(missed)
		return false
	}
	if !a.away {
		return false
	}
	back := n.Since.Add(min(backMost, backAfter<<min(max(len(a.losses)-1, 0), 5)))
	if t.now >= back {
		a.away = false
		return false
	}
	t.wakeAt(back)
	return true
}

// mostly reports whether at least half of what can be seen of a place is on
// screens of these computers.
func mostly(r scene.Rect, screens []world.Screen, nodes []string) bool {
	gone := 0.0
	for _, s := range screens {
		if slices.Contains(nodes, s.Node) {
			gone += r.Shared(scene.RectOfScreen(s))
		}
	}
	return gone > 0 && gone*2 >= scene.Seen(r, screens)-1
}

// rescue moves important tiles of lost computers, and what popped up there, to
// spare screens. They share these by a grid.
func (t *turn) rescue(p *picture) {
	lost := t.lost()
	if len(lost) == 0 {
		return
	}
	var saved []int
	for i, x := range p.tiles {
		if (x.Important || x.Layer == world.LayerPopup) && x.Layer != world.LayerLocked && mostly(scene.RectOf(x.Tile), t.wall.Screens, lost) {
			saved = append(saved, i)
		}
	}
	if len(saved) == 0 {
		return
	}
	spares := t.spares(p.tiles, saved)
	if len(spares) == 0 {
		for _, i := range saved {
			p.left = append(p.left, world.LeftOut{Tile: p.tiles[i].ID, Why: "its computer is lost and no spare screen is free"})
		}
		return
	}
	var moved []world.Placed
	for k, part := range deal(saved, len(spares)) {
		cells := scene.Share(t.wall.WallDefined, scene.RectOfScreen(spares[k]), len(part))
		for j, i := range part {
			x := p.tiles[i]
			x.From, x.Layer = nodeOf(x.Tile, t.wall.Screens, lost), world.LayerMoved
			x.Tile = cells[j].Put(x.Tile)
			moved = append(moved, x)
		}
	}
	kept := p.tiles[:0]
	for i, x := range p.tiles {
		if slices.Contains(saved, i) {
			continue
		}
		if j := slices.IndexFunc(moved, func(m world.Placed) bool { return scene.RectOf(m.Tile).Overlaps(scene.RectOf(x.Tile)) }); j >= 0 {
			p.left = append(p.left, world.LeftOut{Tile: x.ID, Why: "the spare screen shows " + moved[j].ID + " of " + moved[j].From})
			continue
		}
		kept = append(kept, x)
	}
	p.tiles = append(kept, moved...)
}

// spares returns the spare screens that may be used: of computers that are up, and
// with nothing on them that pops up, is locked or is important itself.
func (t *turn) spares(tiles []world.Placed, saved []int) []world.Screen {
	var out []world.Screen
	for _, s := range t.wall.Screens {
		n, ok := t.st.Node(s.Node)
		if !s.Spare || !ok || !n.Up || t.away(s.Node) {
			continue
		}
		r := scene.RectOfScreen(s)
		busy := false
		for i, x := range tiles {
			if slices.Contains(saved, i) || !scene.RectOf(x.Tile).Overlaps(r) {
				continue
			}
			_, locked := t.st.Lock(t.wall.ID, x.ID)
			busy = busy || locked || x.Important || x.Layer == world.LayerPopup
		}
		if !busy {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b world.Screen) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// deal divides a list into at most n runs of about the same length.
func deal(list []int, n int) [][]int {
	n = min(n, len(list))
	out := make([][]int, n)
	for k := range out {
		out[k] = list[k*len(list)/n : (k+1)*len(list)/n]
	}
	return out
}

// nodeOf returns the lost computer that showed most of a tile.
func nodeOf(x world.Tile, screens []world.Screen, lost []string) string {
	best, most := "", 0.0
	for _, n := range lost {
		sum := 0.0
		for _, s := range screens {
			if s.Node == n {
				sum += scene.RectOf(x).Shared(scene.RectOfScreen(s))
			}
		}
		if sum > most {
			best, most = n, sum
		}
	}
	return best
}
