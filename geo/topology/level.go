package topology

import (
	"math"
	"slices"
	"sync"

	"iocwall/geo"
)

// Levels of detail: one for each whole zoom, and beyond the last everything.
const (
	firstLevel = 2
	lastLevel  = 15
)

// Areas in pixels below which a corner is left out and an island dropped.
const (
	cornerPixels = 0.5
	islandPixels = 1.0
)

// level is the arcs simplified for one zoom.
type level struct {
	once sync.Once
	arcs [][]geo.Point
	drop float64 // size below which islands are dropped

	mu       sync.Mutex
	outlines map[string]geo.MultiPolygon
}

// level returns the level of a zoom, made when it is asked for first.
func (t *Topology) level(zoom float64) *level {
	n := firstLevel
	if zoom > firstLevel { // NaN is the first
		n = int(math.Ceil(min(zoom, lastLevel+1)))
	}
	t.mu.Lock()
	l := t.levels[n]
	if l == nil {
		l = &level{outlines: map[string]geo.MultiPolygon{}}
		t.levels[n] = l
	}
	t.mu.Unlock()
	l.once.Do(func() { l.simplify(t, n) })
	return l
}

func (l *level) outline(t *Topology, id string, a *area) geo.MultiPolygon {
	l.mu.Lock()
	defer l.mu.Unlock()
	if out, ok := l.outlines[id]; ok {
		return out
	}
	largest := 0.0
	for i := range a.parts {
		largest = max(largest, a.parts[i].size[0])
	}
	out := t.assemble(a, func(n int32) []geo.Point { return l.arcs[n] }, func(p *part, ring int) bool {
		return p.size[ring] < l.drop && p.alone[ring] && !p.keep && p.size[ring] < largest
	})
	l.outlines[id] = out
	return out
}

// simplify leaves out the light corners of all arcs, and gives corners back to
// arcs that would cross others or themselves.
func (l *level) simplify(t *Topology, n int) {
	l.arcs = make([][]geo.Point, len(t.arcs))
	if n > lastLevel {
		for i := range t.arcs {
			l.arcs[i] = t.arcs[i].points
		}
		return
	}
	pixel := 1 / (256 * math.Exp2(float64(n)))
	l.drop = islandPixels * pixel * pixel
	limits := make([]float64, len(t.arcs))
	changed := make([]int, 0, len(t.arcs))
	for i := range limits {
		limits[i] = cornerPixels * pixel * pixel
		changed = append(changed, i)
	}
	for len(changed) > 0 {
		for _, i := range changed {
			l.arcs[i] = t.arcs[i].lighter(limits[i])
		}
		changed = changed[:0]
		for _, i := range crossed(l.arcs) {
			if limits[i] == 0 {
				continue // it has all its corners and crosses as it was given
			}
			if limits[i] /= 8; limits[i] < pixel*pixel/1e5 {
				limits[i] = 0
			}
			changed = append(changed, i)
		}
	}
}

// lighter returns the corners that weigh at least limit.
func (a *arc) lighter(limit float64) []geo.Point {
	var out []geo.Point
	for i, p := range a.points {
		if a.weights[i] >= limit {
			out = append(out, p)
		}
	}
	return out
}

// piece is an edge of an arc with its western end first.
type piece struct {
	a, b geo.Point
	arc  int
}

// crossed returns the arcs that cross another or themselves, sweeping from west
// to east within bands.
func crossed(arcs [][]geo.Point) []int {
	var pieces []piece
	for n, line := range arcs {
		for i := 1; i < len(line); i++ {
			a, b := line[i-1], line[i]
			if a[0] > b[0] {
				a, b = b, a
			}
			pieces = append(pieces, piece{a, b, n})
		}
	}
	slices.SortFunc(pieces, func(p, q piece) int {
		if p.a[0] < q.a[0] {
			return -1
		}
		if p.a[0] > q.a[0] {
			return 1
		}
		return p.arc - q.arc
	})
	found := map[int]bool{}
	for _, band := range bands(pieces) {
		sweep(pieces, band, found)
	}
	var out []int
	for n := range found {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// bands divides pieces into bands from south to north, so that a sweep meets few of
// them at once. A piece is in each band that it touches; bands are as high as pieces
// on average or higher, so that this makes no more than about three times as many.
func bands(pieces []piece) [][]int32 {
	low, high, heights := math.Inf(1), math.Inf(-1), 0.0
	for _, p := range pieces {
		low, high = min(low, p.a[1], p.b[1]), max(high, p.a[1], p.b[1])
		heights += math.Abs(p.a[1] - p.b[1])
	}
	count := 1
	if high > low { // otherwise there are none, or they lie on one line
		n := float64(len(pieces))
		count = max(1, int(min(math.Sqrt(n), (high-low)/heights*n)))
	}
	out := make([][]int32, count)
	band := func(y float64) int {
		if count == 1 {
			return 0
		}
		return min(count-1, int((y-low)/(high-low)*float64(count)))
	}
	for i, p := range pieces {
		for k := band(min(p.a[1], p.b[1])); k <= band(max(p.a[1], p.b[1])); k++ {
			out[k] = append(out[k], int32(i))
		}
	}
	return out
}

// sweep notes the arcs of the named pieces, given from west to east, that cross.
func sweep(pieces []piece, named []int32, found map[int]bool) {
	var open []int32
	for _, i := range named {
		p := &pieces[i]
		kept := open[:0]
		for _, k := range open {
			o := &pieces[k]
			if o.b[0] < p.a[0] {
				continue
			}
			kept = append(kept, k)
			if _, crosses := geo.Crossing(o.a, o.b, p.a, p.b); crosses {
				found[o.arc], found[p.arc] = true, true
			}
		}
		open = append(kept, i)
	}
}
