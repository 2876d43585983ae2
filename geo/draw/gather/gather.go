// Package gather decides which points of a picture stand alone and which gather
// to clusters, and what the ring of a cluster says: how many there are, of what
// kind, and the worst state among them. It depends on what is around a place, never
// on what of the view a picture shows. A Gathering must be used by one goroutine at a
// time.
package gather

import (
	"cmp"
	"image"
	"math"
	"slices"
	"strconv"

	"iocwall/geo"
	"iocwall/geo/draw/cluster"
	"iocwall/geo/draw/hit"
	"iocwall/geo/draw/room"
	"iocwall/geo/draw/scene"
	"iocwall/geo/draw/sign"
)

// Input is what a picture's clusters depend on.
type Input struct {
	Frame *scene.Frame
	Grid  *room.Grid        // for the screens
	Panes []image.Rectangle // those whose rings are asked for
	// Where the items that stand alone are asked for, in pixels of the view: around
	// Panes at least. Those elsewhere are left out.
	Where        []image.Rectangle
	Text, Symbol float64              // sizes in pixels
	Decimal      string               // decimal mark
	Width        func(string) float64 // of a bold text of the common size, in pixels
	Hits         *hit.Recorder
}

// Ring is one cluster, in pixels of the view.
type Ring struct {
	X, Y, Half int
	Count      string
	Width      int            // of the count
	Station    *scene.Station // whose value stands beside it
	Kind       sign.Icon      // of its members
	Worst      sign.Icon      // sign of the worst state among them
	Late       bool           // the state is one to act on
}

// Gathering is what the layers of one frame gathered to, and the items that stand
// alone. All of it is valid until the next Gather.
type Gathering struct {
	Rings    []Ring
	Vessels  []scene.Vessel
	Stations []scene.Station
	Reports  []scene.Report
	Cameras  []scene.Camera
	Marks    []scene.Mark

	in       Input
	view     geo.View
	x, y     float64 // of the view's top left corner, in pixels of the world
	ring     float64 // common radius
	gatherer cluster.Gatherer
	around   []geo.Bounds // where points may change what is asked for
	points   []cluster.Point
	stands   []obstacle // symbols that rings keep off, by x; want is half of each
	nearby   []obstacle
	placed   []obstacle // the rings so far, want being half of each
	fate     []fate
	where    []int32  // of an item among the points
	found    []found  // of each ring
	members  []string // of all rings, for hits
	layers   []string

	vessels  []scene.Vessel
	stations []scene.Station
	reports  []scene.Report
	cameras  []scene.Camera
	marks    []scene.Mark
}

// found is what more than its looks is known of a ring until it is placed.
type found struct {
	layer string
	pane  image.Rectangle
	from  int // of its members
}

// Gather sorts the items of a frame into those that stand alone and rings, and finds
// the rings their places when it is known what stands alone.
func (g *Gathering) Gather(in Input) {
	f := in.Frame
	g.in, g.view, g.Rings = in, f.View, g.Rings[:0]
	g.found, g.members = g.found[:0], g.members[:0]
	g.x, g.y = f.View.Origin()
	g.ring = g.ringHalf("00")
	g.Vessels = leave(g, f.Gather.Vessels, f.Vessels, &g.vessels, g.gatherVessels)
	g.Stations = leave(g, f.Gather.Stations, f.Stations, &g.stations, g.gatherStations)
	g.Reports = leave(g, f.Gather.Reports, f.Reports, &g.reports, g.gatherReports)
	g.Cameras = leave(g, f.Gather.Cameras, f.Cameras, &g.cameras, g.gatherCameras)
	g.Marks = leave(g, f.Gather.Marks, f.Marks, &g.marks, g.gatherMarks)
	if len(g.Rings) > 0 {
		g.stand()
		g.placeRings()
	}
	g.in = Input{}
}

// stand finds the symbols that rings keep off: what lies over them would hide how many
// one stands for. Vessels that are as any other move, and do not count.
func (g *Gathering) stand() {
	g.stands = g.stands[:0]
	s := g.in.Symbol
	for i := range g.Vessels {
		if v := &g.Vessels[i]; v.StandsOut() {
			g.standAt(v.At, s*0.5, s*0.5)
		}
	}
	for i := range g.Stations {
		g.standAt(g.Stations[i].At, s*0.6, s*0.55)
	}
	for i := range g.Cameras {
		g.standAt(g.Cameras[i].At, s*0.5, s*0.5)
	}
	for i := range g.Marks {
		g.standAt(g.Marks[i].At, s*0.5, s*0.5)
	}
	for i := range g.in.Frame.Alerts {
		g.standAt(g.in.Frame.Alerts[i].At, s, s*0.8)
	}
	pins := len(g.stands)
	for i := range g.Reports {
		g.standAt(g.Reports[i].At, s*1.3, s*0.7)
	}
	for i := pins; i < len(g.stands); i++ { // the tip of a pin stands on its place
		g.stands[i].x, g.stands[i].y = g.stands[i].x+int(s*0.35), g.stands[i].y-int(s*0.7)
	}
	slices.SortFunc(g.stands, func(a, b obstacle) int { return cmp.Or(a.x-b.x, a.y-b.y, cmp.Compare(a.want, b.want)) })
}

// standAt adds a symbol that is half as wide as half, and stands at least margin pixels
// inside a screen.
func (g *Gathering) standAt(p geo.Point, margin, half float64) {
	x, y := g.view.Pixel(p)
	if x >= 0 && y >= 0 && x < float64(g.view.Width) && y < float64(g.view.Height) {
		sx, sy := g.in.Grid.Settle(int(math.Round(x)), int(math.Round(y)), int(margin))
		g.stands = append(g.stands, obstacle{sx, sy, half})
	}
}

// fate is what becomes of an item.
type fate uint8

const (
	elsewhere fate = iota
	alone
	inRing
)

// leave returns the items that stand alone where they are asked for, in buf where the
// layer gathers.
func leave[T any](g *Gathering, on bool, items []T, buf *[]T, gather func([]T)) []T {
	if !on || len(items) < 2 {
		return items
	}
	g.fate = slices.Grow(g.fate[:0], len(items))[:len(items)]
	clear(g.fate)
	g.where = slices.Grow(g.where[:0], len(items))[:len(items)]
	gather(items)
	out := (*buf)[:0]
	for i := range items {
		if g.fate[i] == alone {
			out = append(out, items[i])
		}
	}
	*buf = out
	return out
}

// item is a point of a layer.
type item struct {
	at    geo.Point
	alone bool // it never gathers
}

// offer offers the points of n items for gathering that may change what gathers where
// it is asked for.
func (g *Gathering) offer(n int, sizes cluster.Sizes, of func(int) (item, bool)) {
	g.points, g.around = g.points[:0], g.around[:0]
	reach := int(sizes.Reach()) + 2
	for _, r := range g.in.Where {
		g.around = append(g.around, g.view.BoundsOf(r.Inset(-reach)))
	}
	for i := range n {
		it, ok := of(i)
		if !ok {
			continue
		}
		if it.alone {
			g.fate[i] = alone
			continue
		}
		if !slices.ContainsFunc(g.around, func(b geo.Bounds) bool { return b.Contains(it.at) }) {
			continue
		}
		x, y := geo.Project(it.at)
		x, y = x*g.view.World, y*g.view.World
		at := image.Pt(int(math.Round(x-g.x)), int(math.Round(y-g.y)))
		if slices.ContainsFunc(g.in.Where, func(r image.Rectangle) bool { return at.In(r) }) {
			g.fate[i] = alone
		}
		g.where[i] = int32(len(g.points))
		g.points = append(g.points, cluster.Point{X: x, Y: y, ID: int32(i)})
	}
}

// ringHalf is the radius of the ring around a count.
func (g *Gathering) ringHalf(count string) float64 {
	size := g.in.Text
	return max(0.92*size, math.Hypot(g.in.Width(count)/2, size*0.3)+size*0.3)
}

// layer is what gathers by itself.
type layer struct {
	name  string
	cover float64 // how many pixels wide its symbols are
	n     int     // how many items it has, of which some may be of another layer
	item  func(i int) (it item, ofLayer bool)
	id    func(int32) string
	look  func(members []int32, c *Ring) // fills in what a ring shows of them
}

// gather makes rings of what gathers of a layer.
func (g *Gathering) gather(l layer) {
	sizes := cluster.Sizes{Cover: l.cover, Ring: max(l.cover/2, g.ring)}
	g.offer(l.n, sizes, l.item)
	for _, group := range g.gatherer.Gather(g.points, sizes) {
		for _, m := range group.Members {
			g.fate[m] = inRing
		}
		at := image.Pt(int(math.Round(group.X-g.x)), int(math.Round(group.Y-g.y)))
		if !g.seen(group.Members, at) {
			continue
		}
		at.X, at.Y = min(max(at.X, 0), g.view.Width-1), min(max(at.Y, 0), g.view.Height-1)
		pane := g.in.Grid.NearestPane(at.X, at.Y)
		if !slices.Contains(g.in.Panes, pane) {
			continue
		}
		g.Rings = append(g.Rings, Ring{Count: g.number(len(group.Members)), X: at.X, Y: at.Y})
		c := &g.Rings[len(g.Rings)-1]
		c.Half = int(math.Round(g.ringHalf(c.Count)))
		c.Width = int(g.in.Width(c.Count))
		l.look(group.Members, c)
		g.found = append(g.found, found{l.name, pane, len(g.members)})
		if g.in.Hits != nil {
			for _, m := range group.Members {
				g.members = append(g.members, l.id(m))
			}
		}
	}
}

// placeRings finds the rings their places, each layer's after those of the layers before.
func (g *Gathering) placeRings() {
	g.placed = g.placed[:0]
	for i := range g.Rings {
		c, of := &g.Rings[i], &g.found[i]
		g.place(c, of.pane)
		g.placed = append(g.placed, obstacle{c.X, c.Y, float64(c.Half)})
		if g.in.Hits != nil {
			members := g.members[of.from:]
			if i+1 < len(g.found) {
				members = g.members[of.from:g.found[i+1].from]
			}
			g.in.Hits.Cluster(of.layer, c.X, c.Y, c.Half, members)
		}
	}
}

// seen reports whether a ring or one of its members is in view.
func (g *Gathering) seen(members []int32, at image.Point) bool {
	in := g.view.Rect()
	if at.In(in) || !at.In(in.Inset(-int(16*g.ring))) {
		return at.In(in)
	}
	for _, m := range members {
		p := &g.points[g.where[m]]
		if image.Pt(int(math.Round(p.X-g.x)), int(math.Round(p.Y-g.y))).In(in) {
			return true
		}
	}
	return false
}

// place moves a ring on its screen off the edges, the rings so far and the symbols that
// it would hide behind. What other screens hold does not count.
func (g *Gathering) place(c *Ring, pane image.Rectangle) {
	margin := c.Half + int(g.in.Symbol*0.4) // the signs at its side, too
	settle := func(x, y int) {
		if c.X, c.Y = x, y; g.in.Grid.Split() {
			c.X, c.Y = room.SettleOn(pane, x, y, margin)
		}
	}
	from := *c
	g.lookAround(c, pane)
	for i := range g.nearby {
		c.keepOff(&g.nearby[i])
	}
	settle(c.X, c.Y)
	// The screen's edge or something else may have pushed it back.
	best, least := *c, g.covers(c)
	for i := 0; i < 8 && least > 0; i++ {
		side := room.Sides()[i]
		settle(from.X+side.DX*2*c.Half, from.Y+side.DY*2*c.Half)
		if n := g.covers(c); n < least {
			best, least = *c, n
		}
	}
	*c = best
}

// obstacle is a place that a ring should be want pixels away from.
type obstacle struct {
	x, y int
	want float64
}

// lookAround finds the rings so far and the symbols on a screen so near to a ring that
// it may come to touch them.
func (g *Gathering) lookAround(c *Ring, pane image.Rectangle) {
	reach := int(8 * g.ring)
	near := image.Rect(c.X-reach, c.Y-reach, c.X+reach, c.Y+reach).Intersect(pane)
	g.nearby = g.nearby[:0]
	look := func(o *obstacle) {
		if image.Pt(o.x, o.y).In(near) {
			g.nearby = append(g.nearby, obstacle{o.x, o.y, float64(c.Half) + o.want})
		}
	}
	for i := range g.placed {
		look(&g.placed[i])
	}
	first, _ := slices.BinarySearchFunc(g.stands, near.Min.X, func(o obstacle, x int) int { return o.x - x })
	for i := first; i < len(g.stands) && g.stands[i].x < near.Max.X; i++ {
		look(&g.stands[i])
	}
}

// covers returns how many pixels deep a ring lies on what was found around it, 0 where
// it lies on nothing by more than a little.
func (g *Gathering) covers(c *Ring) float64 {
	most := 0.0
	for i := range g.nearby {
		o := &g.nearby[i]
		most = max(most, 0.8*o.want-math.Hypot(float64(c.X-o.x), float64(c.Y-o.y)))
	}
	return most
}

// keepOff moves a ring away from a place that it would cover.
func (c *Ring) keepOff(o *obstacle) {
	x, y, want := o.x, o.y, o.want
	dx, dy := float64(c.X-x), float64(c.Y-y)
	d := math.Hypot(dx, dy)
	if d >= 0.85*want {
		return
	}
	if d < 1 {
		dx, dy, d = 1, 0, 1
	}
	c.X, c.Y = x+int(math.Round(dx/d*want)), y+int(math.Round(dy/d*want))
}

// number writes a count with its thousands apart.
func (g *Gathering) number(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	mark := "."
	if g.in.Decimal == "." {
		mark = ","
	}
	rest := strconv.Itoa(1000 + n%1000)
	return strconv.Itoa(n/1000) + mark + rest[1:]
}

func (g *Gathering) gatherVessels(vs []scene.Vessel) {
	of := func(i int) (item, bool) {
		v := &vs[i]
		return item{v.At, v.StandsOut()}, true
	}
	g.gather(layer{"vessels", g.in.Symbol * 0.8, len(vs), of, func(i int32) string { return vs[i].ID }, func(members []int32, c *Ring) {
		c.Kind = vs[members[0]].Kind.Sign()
		for _, m := range members {
			v := &vs[m]
			if v.Kind != vs[members[0]].Kind {
				c.Kind = sign.Vessel
			}
			switch {
			case v.Gone():
				c.Worst = sign.Offline
			case v.Severity == scene.Notice && c.Worst == sign.None:
				c.Worst = sign.Notice
			}
		}
	}})
}

func (g *Gathering) gatherStations(ss []scene.Station) {
	of := func(i int) (item, bool) { return item{ss[i].At, ss[i].Selected}, true }
	g.gather(layer{"stations", g.in.Symbol * 1.15, len(ss), of, func(i int32) string { return ss[i].ID }, func(members []int32, c *Ring) {
		c.Station = &ss[members[0]]
		c.Kind = c.Station.Kind.Sign()
		for _, m := range members {
			s := &ss[m]
			if s.Kind != ss[members[0]].Kind {
				c.Kind = sign.None
			}
			if s.Stale {
				c.Worst = sign.Stale
			}
			if cmp.Or(cmp.Compare(rank(s), rank(c.Station)), cmp.Compare(c.Station.ID, s.ID)) > 0 {
				c.Station = s
			}
		}
	}})
}

// rank is how bad a station's value is; one that is not fresh says less.
func rank(s *scene.Station) int {
	if s.Stale || s.Value == "" {
		return s.Importance - 1000
	}
	return s.Importance
}

func (g *Gathering) gatherReports(rs []scene.Report) {
	of := func(i int) (item, bool) { return item{rs[i].At, rs[i].Selected}, true }
	g.gather(layer{"reports", g.in.Symbol * 1.5, len(rs), of, func(i int32) string { return rs[i].ID }, func(members []int32, c *Ring) {
		c.Kind = sign.Report
		for _, m := range members {
			if rs[m].Late {
				c.Worst, c.Late = sign.Warning, true
			}
		}
	}})
}

func (g *Gathering) gatherCameras(cs []scene.Camera) {
	of := func(i int) (item, bool) { return item{cs[i].At, cs[i].Selected}, true }
	g.gather(layer{"cameras", g.in.Symbol * 1.4, len(cs), of, func(i int32) string { return cs[i].ID }, func(members []int32, c *Ring) {
		c.Kind = sign.Camera
		worst := scene.Live
		for _, m := range members {
			worst = max(worst, cs[m].Health)
		}
		if worst != scene.Live {
			c.Worst = worst.Sign()
		}
	}})
}

// gatherMarks gathers the marks of each layer by themselves.
func (g *Gathering) gatherMarks(ms []scene.Mark) {
	g.layers = g.layers[:0]
	for i := range ms {
		if !slices.Contains(g.layers, ms[i].Layer) {
			g.layers = append(g.layers, ms[i].Layer)
		}
	}
	for _, name := range g.layers {
		of := func(i int) (item, bool) { return item{ms[i].At, ms[i].Selected}, ms[i].Layer == name }
		g.gather(layer{cmp.Or(name, "marks"), g.in.Symbol, len(ms), of, func(i int32) string { return ms[i].ID }, func(members []int32, c *Ring) {
			c.Kind = ms[members[0]].Sign()
			for _, m := range members {
				if ms[m].Sign() != c.Kind {
					c.Kind = sign.Place
				}
			}
		}})
	}
}
