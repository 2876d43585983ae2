// Package gather decides which points of a picture stand alone and which gather
// to clusters, and what the ring of a cluster says: how many there are, of what
// kind, and the worst state among them. It depends on the whole view alone. A
// Gathering must be used by one goroutine at a time.
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
	"iocwall/geo/draw/raster"
	"iocwall/geo/draw/room"
	"iocwall/geo/draw/scene"
	"iocwall/geo/draw/sign"
)

// Input is what a picture's clusters depend on.
type Input struct {
	Frame        *scene.Frame
	Grid         *room.Grid           // for the screens
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
	Shows      bool           // it may reach into the picture; of others nothing more is said
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
	win      image.Rectangle // what the picture shows of it
	x, y     float64         // of the view's top left corner, in pixels of the world
	ring     float64         // common radius
	gatherer cluster.Gatherer
	points   []cluster.Point
	single   []image.Point // what of a layer on offer stands alone, in pixels of the view
	nearby   []obstacle
	placed   []obstacle // the rings so far, want being half of each
	columns  []int32    // their x
	taken    []bool
	where    []int32 // of an item among the points
	layers   []string

	vessels  []scene.Vessel
	stations []scene.Station
	reports  []scene.Report
	cameras  []scene.Camera
	marks    []scene.Mark
}

// Gather sorts the items of a frame into those that stand alone and rings.
func (g *Gathering) Gather(in Input) {
	f := in.Frame
	g.in, g.view, g.Rings = in, f.View, g.Rings[:0]
	g.placed, g.columns, g.win = g.placed[:0], g.columns[:0], f.View.Visible()
	g.x, g.y = f.View.Origin()
	g.ring = g.ringHalf("00")
	g.Vessels = leave(g, f.Gather.Vessels, f.Vessels, &g.vessels, g.gatherVessels)
	g.Stations = leave(g, f.Gather.Stations, f.Stations, &g.stations, g.gatherStations)
	g.Reports = leave(g, f.Gather.Reports, f.Reports, &g.reports, g.gatherReports)
	g.Cameras = leave(g, f.Gather.Cameras, f.Cameras, &g.cameras, g.gatherCameras)
	g.Marks = leave(g, f.Gather.Marks, f.Marks, &g.marks, g.gatherMarks)
	g.in = Input{}
}

// leave returns the items that do not gather, in buf where some do.
func leave[T any](g *Gathering, on bool, items []T, buf *[]T, gather func([]T)) []T {
	if !on || len(items) < 2 {
		return items
	}
	g.taken = slices.Grow(g.taken[:0], len(items))[:len(items)]
	clear(g.taken)
	g.where = slices.Grow(g.where[:0], len(items))[:len(items)]
	gather(items)
	out := (*buf)[:0]
	for i := range items {
		if !g.taken[i] {
			out = append(out, items[i])
		}
	}
	*buf = out
	return out
}

// offer offers a point for gathering, if it may show in the view or gather with
// one that does. What stands alone keeps rings off.
func (g *Gathering) offer(i int, p geo.Point, alone bool) {
	x, y := geo.Project(p)
	x, y = x*g.view.World, y*g.view.World
	at := raster.XY{X: x - g.x, Y: y - g.y}
	switch {
	case alone && g.near(at, 0):
		g.single = append(g.single, image.Pt(int(math.Round(at.X)), int(math.Round(at.Y))))
	case !alone && g.near(at, 16*g.ring):
		g.where[i] = int32(len(g.points))
		g.points = append(g.points, cluster.Point{X: x, Y: y, ID: int32(i)})
	}
}

// ringHalf is the radius of the ring around a count.
func (g *Gathering) ringHalf(count string) float64 {
	size := g.in.Text
	return max(0.92*size, math.Hypot(g.in.Width(count)/2, size*0.3)+size*0.3)
}

// gather makes rings of the points on offer, whose symbols are cover pixels wide;
// look fills in what a ring shows of its members.
func (g *Gathering) gather(layer string, cover float64, id func(int32) string, look func([]int32, *Ring)) {
	for _, group := range g.gatherer.Gather(g.points, cluster.Sizes{Cover: cover, Ring: max(cover/2, g.ring)}) {
		for _, m := range group.Members {
			g.taken[m] = true
		}
		at := image.Pt(int(math.Round(group.X-g.x)), int(math.Round(group.Y-g.y)))
		if !g.seen(group.Members, at) {
			continue
		}
		g.Rings = append(g.Rings, Ring{Count: g.number(len(group.Members)), X: at.X, Y: at.Y})
		c := &g.Rings[len(g.Rings)-1]
		c.Half = int(math.Round(g.ringHalf(c.Count)))
		c.Width = int(g.in.Width(c.Count))
		g.place(c)
		// What stands beside a ring of stations takes room on every screen.
		if c.Shows = g.shows(c); c.Shows || layer == "stations" {
			look(group.Members, c)
		}
		g.placed, g.columns = append(g.placed, obstacle{c.X, c.Y, float64(c.Half)}), append(g.columns, int32(c.X))
		if g.in.Hits != nil {
			g.hitRing(layer, c, group.Members, id)
		}
	}
	g.points, g.single = g.points[:0], g.single[:0]
}

// shows reports whether a ring may reach into the picture.
func (g *Gathering) shows(c *Ring) bool {
	return image.Pt(c.X, c.Y).In(g.win.Inset(-2*c.Half - int(g.in.Symbol) - 1))
}

func (g *Gathering) hitRing(layer string, c *Ring, members []int32, id func(int32) string) {
	g.in.Hits.Cluster(layer, c.X, c.Y, c.Half, len(members), func(i int) string { return id(members[i]) })
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

// place moves a ring into the view and on to one screen, and off the rings of
// other layers and what stands alone there.
func (g *Gathering) place(c *Ring) {
	v := g.view.Rect()
	c.X, c.Y = min(max(c.X, v.Min.X), v.Max.X-1), min(max(c.Y, v.Min.Y), v.Max.Y-1)
	margin := c.Half + int(g.in.Symbol*0.3)
	from := *c
	g.lookAround(c)
	for i := range g.nearby {
		c.keepOff(&g.nearby[i])
	}
	c.X, c.Y = g.in.Grid.Settle(c.X, c.Y, margin)
	// A bezel or another ring may have pushed it back.
	for i := 0; i < 8 && g.covers(c); i++ {
		side := room.Sides()[i]
		c.X, c.Y = g.in.Grid.Settle(from.X+side.DX*2*c.Half, from.Y+side.DY*2*c.Half, margin)
	}
}

// obstacle is a place that a ring should be want pixels away from.
type obstacle struct {
	x, y int
	want float64
}

// lookAround finds the rings of other layers and what stands alone so near to a ring
// that it may come to touch them.
func (g *Gathering) lookAround(c *Ring) {
	reach := int(8 * g.ring)
	g.nearby = g.nearby[:0]
	for i, x := range g.columns {
		if !within(int(x)-c.X, reach) {
			continue
		}
		if o := &g.placed[i]; within(o.y-c.Y, reach) {
			g.nearby = append(g.nearby, obstacle{o.x, o.y, float64(c.Half) + o.want})
		}
	}
	for i := range g.single {
		if p := &g.single[i]; within(p.X-c.X, reach) && within(p.Y-c.Y, reach) {
			g.nearby = append(g.nearby, obstacle{p.X, p.Y, float64(c.Half) + g.in.Symbol/2})
		}
	}
}

func within(d, reach int) bool { return d < reach && d > -reach }

// covers reports whether a ring lies on what was found around it.
func (g *Gathering) covers(c *Ring) bool {
	return slices.ContainsFunc(g.nearby, func(o obstacle) bool {
		dx, dy := float64(c.X-o.x), float64(c.Y-o.y)
		return dx*dx+dy*dy < 0.64*o.want*o.want
	})
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
	for i := range vs {
		v := &vs[i]
		g.offer(i, v.At, v.Selected || v.Severity >= scene.Warning)
	}
	g.gather("vessels", g.in.Symbol*0.8, func(i int32) string { return vs[i].ID }, func(members []int32, c *Ring) {
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
	})
}

func (g *Gathering) gatherStations(ss []scene.Station) {
	for i := range ss {
		g.offer(i, ss[i].At, ss[i].Selected)
	}
	g.gather("stations", g.in.Symbol*1.15, func(i int32) string { return ss[i].ID }, func(members []int32, c *Ring) {
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
	})
}

// rank is how bad a station's value is; one that is not fresh says less.
func rank(s *scene.Station) int {
	if s.Stale || s.Value == "" {
		return s.Importance - 1000
	}
	return s.Importance
}

func (g *Gathering) gatherReports(rs []scene.Report) {
	for i := range rs {
		g.offer(i, rs[i].At, rs[i].Selected)
	}
	g.gather("reports", g.in.Symbol*1.5, func(i int32) string { return rs[i].ID }, func(members []int32, c *Ring) {
		c.Kind = sign.Report
		for _, m := range members {
			if rs[m].Late {
				c.Worst, c.Late = sign.Warning, true
			}
		}
	})
}

func (g *Gathering) gatherCameras(cs []scene.Camera) {
	for i := range cs {
		g.offer(i, cs[i].At, cs[i].Selected)
	}
	g.gather("cameras", g.in.Symbol*1.4, func(i int32) string { return cs[i].ID }, func(members []int32, c *Ring) {
		c.Kind = sign.Camera
		worst := scene.Live
		for _, m := range members {
			worst = max(worst, cs[m].Health)
		}
		if worst != scene.Live {
			c.Worst = worst.Sign()
		}
	})
}

// gatherMarks gathers the marks of each layer by themselves.
func (g *Gathering) gatherMarks(ms []scene.Mark) {
	g.layers = g.layers[:0]
	for i := range ms {
		if !slices.Contains(g.layers, ms[i].Layer) {
			g.layers = append(g.layers, ms[i].Layer)
		}
	}
	for _, layer := range g.layers {
		for i := range ms {
			if ms[i].Layer == layer {
				g.offer(i, ms[i].At, ms[i].Selected)
			}
		}
		g.gather(cmp.Or(layer, "marks"), g.in.Symbol, func(i int32) string { return ms[i].ID }, func(members []int32, c *Ring) {
			c.Kind = ms[members[0]].Sign()
			for _, m := range members {
				if ms[m].Sign() != c.Kind {
					c.Kind = sign.Place
				}
			}
		})
	}
}

// near reports whether a place is in view or within reach of it.
func (g *Gathering) near(p raster.XY, reach float64) bool {
	return p.X > -reach && p.Y > -reach && p.X < float64(g.view.Width)+reach && p.Y < float64(g.view.Height)+reach
}
