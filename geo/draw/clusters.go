package draw

import (
	"cmp"
	"image"
	"image/color"
	"math"
	"slices"
	"strconv"

	"iocwall/geo"
	"iocwall/geo/draw/cluster"
	"iocwall/geo/draw/raster"
)

// gathering is what the layers of one frame gathered to, and the points that
// stand alone.
type gathering struct {
	gatherer cluster.Gatherer
	points   []cluster.Point
	single   []image.Point // what of a layer on offer stands alone, in pixels of the view
	ring     float64       // common radius
	taken    []bool
	rings    []ring
	layers   []string

	vessels  lone[Vessel]
	stations lone[Station]
	reports  lone[Report]
	cameras  lone[Camera]
	marks    lone[Mark]
}

// lone is what of a layer stands alone: the frame's own items, or some of them
// in a buffer.
type lone[T any] struct{ items, buf []T }

// ring is one cluster.
type ring struct {
	x, y, half int // in pixels of the view
	count      string
	width      int        // of the count
	kind       Icon       // of its members
	worst      Icon       // sign of the worst state among them
	color      color.RGBA // of that state
	station    *Station   // whose chip stands beside it
}

// gatherLayers decides what stands alone and what gathers.
func (r *Renderer) gatherLayers(f *Frame) {
	g := &r.gathered
	g.rings, g.ring = g.rings[:0], r.ringHalf("00")
	g.vessels.leave(g, f.Gather.Vessels, f.Vessels, r.gatherVessels)
	g.stations.leave(g, f.Gather.Stations, f.Stations, r.gatherStations)
	g.reports.leave(g, f.Gather.Reports, f.Reports, r.gatherReports)
	g.cameras.leave(g, f.Gather.Cameras, f.Cameras, r.gatherCameras)
	g.marks.leave(g, f.Gather.Marks, f.Marks, r.gatherMarks)
}

// leave keeps the items that do not gather.
func (l *lone[T]) leave(g *gathering, on bool, items []T, gather func([]T)) {
	l.items = items
	if !on || len(items) < 2 {
		return
	}
	g.taken = slices.Grow(g.taken[:0], len(items))[:len(items)]
	clear(g.taken)
	gather(items)
	l.buf = l.buf[:0]
	for i := range items {
		if !g.taken[i] {
			l.buf = append(l.buf, items[i])
		}
	}
	l.items = l.buf
}

// offer offers a point for gathering, if it may show in the view or gather with
// one that does. What stands alone keeps rings off.
func (r *Renderer) offer(i int, p geo.Point, alone bool) {
	x, y := geo.Project(p)
	x, y = x*r.proj.world, y*r.proj.world
	at := raster.XY{X: x - r.proj.ox, Y: y - r.proj.oy}
	switch {
	case alone && r.near(at, 0):
		r.gathered.single = append(r.gathered.single, image.Pt(int(math.Round(at.X)), int(math.Round(at.Y))))
	case !alone && r.near(at, 16*r.gathered.ring):
		r.gathered.points = append(r.gathered.points, cluster.Point{X: x, Y: y, ID: int32(i)})
	}
}

// ringHalf is the radius of the ring around a count.
func (r *Renderer) ringHalf(count string) float64 {
	size := r.sizes.Text
	return max(0.92*size, math.Hypot(r.width(count, size, true)/2, size*0.3)+size*0.3)
}

// gather makes rings of the points on offer, whose symbols are cover pixels wide;
// look fills in what a ring shows of its members.
func (r *Renderer) gather(layer string, cover float64, id func(int32) string, look func([]int32, *ring)) {
	g := &r.gathered
	for _, group := range g.gatherer.Gather(g.points, cluster.Sizes{Cover: cover, Ring: max(cover/2, g.ring)}) {
		for _, m := range group.Members {
			g.taken[m] = true
		}
		at := image.Pt(int(math.Round(group.X-r.proj.ox)), int(math.Round(group.Y-r.proj.oy)))
		if !r.seen(group.Members, at) {
			continue
		}
		g.rings = append(g.rings, ring{count: r.number(len(group.Members)), x: at.X, y: at.Y, color: r.style.Text2})
		c := &g.rings[len(g.rings)-1]
		c.half = int(math.Round(r.ringHalf(c.count)))
		c.width = int(r.width(c.count, r.sizes.Text, true))
		look(group.Members, c)
		r.place(c, g.rings[:len(g.rings)-1])
		if r.hits != nil {
			r.hitRing(layer, c, group.Members, id)
		}
		r.stats.Clusters++
	}
	g.points, g.single = g.points[:0], g.single[:0]
}

func (r *Renderer) hitRing(layer string, c *ring, members []int32, id func(int32) string) {
	r.hits.Cluster(layer, c.x, c.y, c.half, len(members), func(i int) string { return id(members[i]) })
}

// seen reports whether a ring or one of its members is in view.
func (r *Renderer) seen(members []int32, at image.Point) bool {
	in := r.view.Rect()
	if at.In(in) {
		return true
	}
	for _, p := range r.gathered.points {
		at := image.Pt(int(math.Round(p.X-r.proj.ox)), int(math.Round(p.Y-r.proj.oy)))
		if _, member := slices.BinarySearch(members, p.ID); member && at.In(in) {
			return true
		}
	}
	return false
}

// place moves a ring into the view and on to one screen, and off the rings of
// other layers that stand there.
func (r *Renderer) place(c *ring, others []ring) {
	v := r.view.Rect()
	c.x, c.y = min(max(c.x, v.Min.X), v.Max.X-1), min(max(c.y, v.Min.Y), v.Max.Y-1)
	for i := range others {
		o := &others[i]
		c.keepOff(o.x, o.y, float64(c.half+o.half))
	}
	for _, p := range r.gathered.single {
		c.keepOff(p.X, p.Y, float64(c.half)+r.sizes.Symbol/2)
	}
	c.x, c.y = r.grid.Settle(c.x, c.y, c.half+int(r.sizes.Symbol*0.3))
}

// keepOff moves a ring away from a place that it would cover.
func (c *ring) keepOff(x, y int, want float64) {
	dx, dy := float64(c.x-x), float64(c.y-y)
	d := math.Hypot(dx, dy)
	if d >= 0.85*want {
		return
	}
	if d < 1 {
		dx, dy, d = 1, 0, 1
	}
	c.x, c.y = x+int(math.Round(dx/d*want)), y+int(math.Round(dy/d*want))
}

// number writes a count with its thousands apart.
func (r *Renderer) number(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	mark := "."
	if r.words.Decimal == "." {
		mark = ","
	}
	rest := strconv.Itoa(1000 + n%1000)
	return strconv.Itoa(n/1000) + mark + rest[1:]
}

func (r *Renderer) gatherVessels(vs []Vessel) {
	for i := range vs {
		v := &vs[i]
		r.offer(i, v.At, v.Selected || v.Severity >= Warning)
	}
	r.gather("vessels", r.sizes.Symbol*0.8, func(i int32) string { return vs[i].ID }, func(members []int32, c *ring) {
		c.kind = vesselIcon(&Vessel{Kind: vs[members[0]].Kind}, false)
		for _, m := range members {
			v := &vs[m]
			if v.Kind != vs[members[0]].Kind {
				c.kind = IconVessel
			}
			switch {
			case gone(v):
				c.worst = IconOffline
			case v.Severity == Notice && c.worst == IconNone:
				c.worst = IconNotice
			}
		}
	})
}

func (r *Renderer) gatherStations(ss []Station) {
	for i := range ss {
		r.offer(i, ss[i].At, ss[i].Selected)
	}
	r.gather("stations", r.sizes.Symbol*1.15, func(i int32) string { return ss[i].ID }, func(members []int32, c *ring) {
		c.station = &ss[members[0]]
		c.kind = stationIcon(c.station.Kind)
		for _, m := range members {
			s := &ss[m]
			if s.Kind != ss[members[0]].Kind {
				c.kind = IconNone
			}
			if s.Stale {
				c.worst = IconStale
			}
			if cmp.Or(cmp.Compare(rank(s), rank(c.station)), cmp.Compare(c.station.ID, s.ID)) > 0 {
				c.station = s
			}
		}
	})
}

// rank is how bad a station's value is; one that is not fresh says less.
func rank(s *Station) int {
	if s.Stale || s.Value == "" {
		return s.Importance - 1000
	}
	return s.Importance
}

func (r *Renderer) gatherReports(rs []Report) {
	for i := range rs {
		r.offer(i, rs[i].At, rs[i].Selected)
	}
	r.gather("reports", r.sizes.Symbol*1.5, func(i int32) string { return rs[i].ID }, func(members []int32, c *ring) {
		c.kind = IconReport
		for _, m := range members {
			if rs[m].Late {
				c.worst, c.color = IconWarning, r.style.Warning
			}
		}
	})
}

func (r *Renderer) gatherCameras(cs []Camera) {
	for i := range cs {
		r.offer(i, cs[i].At, cs[i].Selected)
	}
	r.gather("cameras", r.sizes.Symbol*1.4, func(i int32) string { return cs[i].ID }, func(members []int32, c *ring) {
		c.kind = IconCamera
		worst := Live
		for _, m := range members {
			worst = max(worst, cs[m].Health)
		}
		if worst != Live {
			c.worst = healthIcon(worst)
		}
	})
}

// gatherMarks gathers the marks of each layer by themselves.
func (r *Renderer) gatherMarks(ms []Mark) {
	g := &r.gathered
	g.layers = g.layers[:0]
	for i := range ms {
		if !slices.Contains(g.layers, ms[i].Layer) {
			g.layers = append(g.layers, ms[i].Layer)
		}
	}
	for _, layer := range g.layers {
		for i := range ms {
			if ms[i].Layer == layer {
				r.offer(i, ms[i].At, ms[i].Selected)
			}
		}
		r.gather(cmp.Or(layer, "marks"), r.sizes.Symbol, func(i int32) string { return ms[i].ID }, func(members []int32, c *ring) {
			c.kind = markIcon(ms[members[0]].Icon)
			for _, m := range members {
				if markIcon(ms[m].Icon) != c.kind {
					c.kind = IconPlace
				}
			}
		})
	}
}

// drawRings draws the clusters and keeps their places.
func (r *Renderer) drawRings() {
	for i := range r.gathered.rings {
		c := &r.gathered.rings[i]
		size := uint16(math.Round(float64(c.half) * 24 / 11))
		r.icon(raster.IconKey{Icon: IconCluster, Size: size, Main: c.color, Back: r.style.Card, Halo: r.haloAt(c.x, c.y)}).Draw(&r.canvas, c.x, c.y)
		r.write(c.x-c.width/2, c.y+int(math.Round(r.sizes.Text*0.36)), c.count, plainText(r.sizes.Text, true, r.style.Text))
		d := int(float64(c.half) * 0.84)
		if c.kind != IconNone {
			r.icon(r.small(c.kind, 0.72)).Draw(&r.canvas, c.x-d, c.y-d)
		}
		if c.worst != IconNone {
			r.icon(r.small(c.worst, 0.78)).Draw(&r.canvas, c.x+d, c.y-d)
		}
		edge := c.half + int(r.sizes.Symbol*0.1)
		r.grid.Take(image.Rect(c.x-edge, c.y-edge, c.x+edge, c.y+edge))
	}
}

// small is an icon as it stands on a ring.
func (r *Renderer) small(icon Icon, factor float64) raster.IconKey {
	key := raster.IconKey{Icon: icon, Size: r.symbol(factor), Main: r.style.Text2, Back: r.style.Card, Halo: r.style.Card}
	switch icon {
	case IconNotice, IconWarning, IconSevere, IconCritical:
		key.Main, key.Back = r.severityColor(Notice+Severity(icon-IconNotice)), r.style.OnFill
	case IconOffline, IconFrozen, IconStale:
		key.Main = r.style.Text
	}
	return key
}

// ringChips writes the value of the worst station beside a ring of stations.
func (r *Renderer) ringChips() {
	for i := range r.gathered.rings {
		if c := &r.gathered.rings[i]; c.station != nil {
			r.chip(c.station, c.x, c.y, c.half)
		}
	}
}
