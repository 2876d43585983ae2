package director

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"iocwall/server/scene"
	"iocwall/server/world"
)

// streamKey is the parameter by which a camera tile takes a smaller stream.
const streamKey = "stream"

// inSmall begins the reason why a camera is shown in its small stream.
const inSmall = "shown in its small stream"

// wanted returns tiles without the streams that the director chose for them, which
// are named among what was left out.
func wanted(tiles []world.Placed, left []world.LeftOut) []world.Placed {
	out := tiles
	for _, l := range left {
		i := slices.IndexFunc(tiles, func(p world.Placed) bool { return p.ID == l.Tile })
		if i < 0 || !strings.HasPrefix(l.Why, inSmall) {
			continue
		}
		if &out[0] == &tiles[0] {
			out = slices.Clone(tiles)
		}
		out[i].Params = slices.DeleteFunc(slices.Clone(out[i].Params), func(p world.Param) bool { return p.Key == streamKey })
	}
	return out
}

// budget holds the picture against what the computers can decode, the scene that is
// there counted with it while both are open. Where it is too much, the least
// important cameras take their small streams; where that does not help, the picture
// cannot be shown. A computer that was not measured is not judged.
func (t *turn) budget(p *picture) {
	demand := scene.NewDemand(t.wall.WallDefined, t.st)
	for _, name := range drivers(t.st, t.wall.WallDefined) {
		n, _ := t.st.Node(name)
		if len(n.Budget) == 0 {
			continue
		}
		old, come := slices.Concat(streams(demand, name, t.open)...), streams(demand, name, p.tiles)
		now := scene.Load(n.Budget, old)
		reckon := func() needs {
			all := slices.Concat(come...)
			return needs{
				now: now, then: scene.Load(n.Budget, all),
				both: scene.Load(n.Budget, slices.Concat(old, all)), turns: scene.Load(n.Budget, scene.Open(all)),
				come: all,
			}
		}
		need := reckon()
		if need.fits() {
			continue
		}
		for _, c := range cheapest(demand, name, p.tiles) {
			if need.fits() {
				break
			}
			i, small := c.tile, c.small
			before, decoded := need, come[i]
			was := p.tiles[i].Params
			p.tiles[i].Params = append(slices.Clone(was), world.Param{Key: streamKey, Value: small})
			slices.SortFunc(p.tiles[i].Params, func(a, b world.Param) int { return cmp.Compare(a.Key, b.Key) })
			come[i] = demand.Streams(name, p.tiles[i].Tile)
			if need = reckon(); need.then >= before.then && need.turns >= before.turns {
				p.tiles[i].Params, come[i], need = was, decoded, before // nothing won
				continue
			}
			p.left = append(p.left, world.LeftOut{Tile: p.tiles[i].ID, Why: fmt.Sprintf(
				inSmall+" %s: the cameras would need %.0f %% of what %s decodes, and %.0f %% may be used", small, 100*before.worst(), name, 100*before.limit())})
		}
		if !need.fits() {
			p.over = need.words(name)
			return
		}
	}
}

// owed reports whether a picture only gives the wall back what it was to show
// before: its scene as it is, after a test picture, a popup or a loss. That is never
// too much; what the computers cannot do then, they do late.
func (t *turn) owed(p picture) bool {
	if p.scene != t.wall.On.Scene || p.version != t.wall.On.Version {
		return false
	}
	for _, x := range p.tiles {
		there := slices.ContainsFunc(t.wall.On.Tiles, func(o world.Placed) bool { return o.ID == x.ID && sameTile(o.Tile, x.Tile) })
		if x.Layer == world.LayerPopup && !there {
			return false
		}
	}
	return true
}

// needs is the share of a computer that cameras need: those that are there now,
// those to come, both while both are open, and those to come while tours and grids
// among them change.
type needs struct {
	now, then, both, turns float64
	come                   []scene.Stream
}

// streams returns what a computer decodes for each tile.
func streams(d *scene.Demand, node string, tiles []world.Placed) [][]scene.Stream {
	out := make([][]scene.Stream, len(tiles))
	for i, x := range tiles {
		out[i] = d.Streams(node, x.Tile)
	}
	return out
}

// fits reports whether it can be shown. What is there already may be too much, when
// a computer was measured late: then less of it is always good.
func (n needs) fits() bool {
	if n.now > scene.Headroom && n.then < n.now {
		return true
	}
	return n.then <= scene.Headroom && max(n.both, n.turns) <= scene.Brief
}

// worst and limit are the share that is too much, and what it may be.
func (n needs) worst() float64 {
	if n.then > scene.Headroom {
		return n.then
	}
	return max(n.both, n.turns)
}

func (n needs) limit() float64 {
	if n.then > scene.Headroom {
		return scene.Headroom
	}
	return scene.Brief
}

func (n needs) words(node string) *world.Refusal {
	if n.then > scene.Headroom || n.turns > scene.Brief {
		list := n.come
		if n.then <= scene.Headroom {
			list = scene.Open(list)
		}
		return world.Refuse("wall.capacity", "the cameras ({list}) need {need} % of what {node} decodes, and {most} % may be used; show fewer of them on its screens, or smaller",
			"list", scene.Tally(list), "need", whole(n.worst()), "node", node, "most", whole(n.limit()))
	}
	return world.Refuse("wall.capacity.both", "while the cameras there are and those to come ({list}) are both open they need {need} % of what {node} decodes; go by a scene with fewer cameras",
		"list", scene.Tally(n.come), "need", whole(n.both), "node", node)
}

// whole is a share in percent.
func whole(share float64) string { return fmt.Sprintf("%.0f", 100*share) }

// saving is a tile by its index, and the name of the smaller stream that it may take.
type saving struct {
	tile  int
	small string
}

// cheapest returns the tiles with cameras on the screens of a computer that have a
// smaller stream to take, in the order in which they are asked to: what is not
// important before what is, the scene before what pops up, the smaller before the
// larger.
func cheapest(d *scene.Demand, node string, tiles []world.Placed) []saving {
	var out []saving
	for i, x := range tiles {
		if small := d.Smaller(node, x.Tile); small != "" {
			out = append(out, saving{i, small})
		}
	}
	rank := func(x world.Placed) int {
		switch {
		case x.Layer == world.LayerPopup || x.Layer == world.LayerMoved:
			return 2
		case x.Important:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(out, func(i, j saving) int {
		a, b := tiles[i.tile], tiles[j.tile]
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.W*a.H, b.W*b.H))
	})
	return out
}
