package topology_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"iocwall/geo"
	"iocwall/geo/topology"
)

// quilt is a map of n by n areas that cover a square without gap or overlap.
// Their borders wander; each is built once and walked by both neighbours.
func quilt(rnd *rand.Rand, n, detail int) []topology.Area {
	node := func(i, j int) geo.Point {
		return geo.Pt(107+float64(i)/float64(n), 15+float64(j)/float64(n))
	}
	wander := func(a, b geo.Point, straight bool) []geo.Point {
		line := []geo.Point{a}
		if !straight {
			for k := 1; k < detail; k++ {
				f := float64(k) / float64(detail)
				off := 0.2 / float64(n) * math.Sin(f*math.Pi) * (rnd.Float64() - 0.5)
				line = append(line, geo.Pt(a[0]+f*(b[0]-a[0])+off*(b[1]-a[1])*float64(n), a[1]+f*(b[1]-a[1])+off*(b[0]-a[0])*float64(n)))
			}
		}
		return append(line, b)
	}
	across, up := map[[2]int][]geo.Point{}, map[[2]int][]geo.Point{}
	for i := range n + 1 {
		for j := range n + 1 {
			if i < n {
				across[[2]int{i, j}] = wander(node(i, j), node(i+1, j), j == 0 || j == n)
			}
			if j < n {
				up[[2]int{i, j}] = wander(node(i, j), node(i, j+1), i == 0 || i == n)
			}
		}
	}
	back := func(line []geo.Point) []geo.Point {
		line = slices.Clone(line)
		slices.Reverse(line)
		return line
	}
	var out []topology.Area
	for i := range n {
		for j := range n {
			var ring orb.Ring
			for k, line := range [][]geo.Point{across[[2]int{i, j}], up[[2]int{i + 1, j}], back(across[[2]int{i, j + 1}]), back(up[[2]int{i, j}])} {
				if k > 0 {
					line = line[1:]
				}
				ring = append(ring, line...)
			}
			if (i+j)%2 == 1 { // neighbours may turn either way, and start anywhere
				ring.Reverse()
			}
			turn := rnd.IntN(len(ring) - 1)
			ring = append(slices.Clone(ring[turn:len(ring)-1]), ring[:turn+1]...)
			out = append(out, topology.Area{ID: fmt.Sprintf("%d/%d", i, j), Polygons: geo.MultiPolygon{{ring}}})
		}
	}
	return out
}

func build(t testing.TB, areas []topology.Area, o topology.Options) *topology.Topology {
	t.Helper()
	out, errs := topology.New(areas, o)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return out
}

func corners(mp geo.MultiPolygon) (n int) {
	for _, polygon := range mp {
		for _, ring := range polygon {
			n += len(ring) - 1
		}
	}
	return n
}

// sound checks every ring of an outline.
func sound(t *testing.T, what string, mp geo.MultiPolygon) {
	t.Helper()
	if err := geo.CheckArea(mp); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

func TestSimplifiedNeighboursLeaveNoGapAndNoOverlap(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	areas := quilt(rnd, 5, 60)
	top := build(t, areas, topology.Options{})
	full := 0
	for _, a := range areas {
		full += corners(a.Polygons)
	}
	before := full * 2
	for _, zoom := range []float64{16, 12, 10, 9, 8, 7, 6, 4, 2, 0, math.NaN()} {
		outlines := map[string]*geo.Prepared{}
		sum, now := 0.0, 0
		for _, a := range areas {
			o := top.Outline(a.ID, zoom)
			sound(t, fmt.Sprintf("%s at %g", a.ID, zoom), o)
			outlines[a.ID] = geo.Prepare(o)
			sum += geo.Area(o)
			now += corners(o)
		}
		square := geo.Area(geo.MultiPolygon{{{{107, 15}, {108, 15}, {108, 16}, {107, 16}, {107, 15}}}})
		small := !(zoom >= 6)                             // the corners of the whole may be left out as well
		if !small && math.Abs(sum-square) > square*2e-4 { // the sphere's edges are not those of the map
			t.Errorf("at %g the areas have %g of %g m²", zoom, sum, square)
		}
		for range 3000 {
			p := geo.Pt(107.001+0.998*rnd.Float64(), 15.001+0.998*rnd.Float64())
			in := 0
			for _, o := range outlines {
				if o.Contains(p) {
					in++
				}
			}
			if in > 1 || in < 1 && !small {
				t.Fatalf("at %g, %v lies in %d areas", zoom, p, in)
			}
		}
		if now > before {
			t.Errorf("at %g there are %d corners, more than the %d closer by", zoom, now, before)
		}
		before = now
	}
	if before > full/10 {
		t.Errorf("from afar %d of %d corners are left", before, full)
	}
}

// TestNeighboursShareTheirCorners holds that each simplified edge inside the
// quilt belongs to exactly two areas, corner by corner.
func TestNeighboursShareTheirCorners(t *testing.T) {
	areas := quilt(rand.New(rand.NewPCG(3, 4)), 4, 40)
	top := build(t, areas, topology.Options{})
	for _, zoom := range []float64{5, 7, 9, 11} {
		edges := map[[2]geo.Point]int{}
		for _, a := range areas {
			ring := top.Outline(a.ID, zoom)[0][0]
			for i := 0; i+1 < len(ring); i++ {
				e := [2]geo.Point{ring[i], ring[i+1]}
				if e[0][0] > e[1][0] || e[0][0] == e[1][0] && e[0][1] > e[1][1] {
					e[0], e[1] = e[1], e[0]
				}
				edges[e]++
			}
		}
		inner := 0
		for e, n := range edges {
			outer := e[0][0] == e[1][0] && (e[0][0] == 107 || e[0][0] == 108) || e[0][1] == e[1][1] && (e[0][1] == 15 || e[0][1] == 16)
			if want := 2; outer && n != 1 || !outer && n != want {
				t.Errorf("at %g the edge %v has %d areas", zoom, e, n)
			}
			if !outer {
				inner++
			}
		}
		borders := 0
		for _, line := range top.Borders(zoom) {
			borders += len(line) - 1
		}
		if borders != inner {
			t.Errorf("at %g the borders have %d edges, the areas share %d", zoom, borders, inner)
		}
	}
}

func TestSnapClosesWhatNearlyMeets(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	areas := quilt(rnd, 3, 20)
	meter := 1 / 111e3
	for i := range areas { // every outline was digitised anew
		ring := areas[i].Polygons[0][0]
		for k := range ring[:len(ring)-1] {
			ring[k][0] += 0.4 * meter * (rnd.Float64() - 0.5)
			ring[k][1] += 0.4 * meter * (rnd.Float64() - 0.5)
		}
		ring[len(ring)-1] = ring[0]
	}
	if got := len(build(t, areas, topology.Options{}).Borders(20)); got != 0 {
		t.Errorf("without snapping %d borders are shared", got)
	}
	top := build(t, areas, topology.Options{Snap: 2})
	if got := len(top.Borders(20)); got != 12 {
		t.Errorf("%d borders are shared, there are 12", got)
	}
	for _, a := range areas {
		sound(t, a.ID, top.Full(a.ID))
	}
	// A neighbour with a corner where the other has a straight edge.
	left := topology.Area{ID: "left", Polygons: geo.MultiPolygon{{{{107, 15}, {108, 15}, {108, 16}, {107, 16}, {107, 15}}}}}
	right := topology.Area{ID: "right", Polygons: geo.MultiPolygon{{{{108, 15.25}, {109, 15.25}, {109, 15.75}, {108, 15.75}, {108 + meter/2, 15.5}, {108, 15.25}}}}}
	top = build(t, []topology.Area{left, right}, topology.Options{Snap: 1})
	if got := top.Borders(20); len(got) != 1 || len(got[0]) != 3 {
		t.Errorf("the shared border is %v", got)
	}
}

func TestIslands(t *testing.T) {
	speck := func(x, y, size float64) orb.Ring {
		return orb.Ring{{x, y}, {x + size, y}, {x + size*1.2, y + size/2}, {x + size, y + size}, {x, y + size}, {x, y}}
	}
	area := geo.MultiPolygon{
		{speck(107, 15, 1)},
		{speck(108.5, 15, 1e-4)},
		{speck(112, 16.5, 1e-4)}, // Hoàng Sa
		{speck(109, 15, 0.5), speck(109.1, 15.1, 1e-4), speck(109.2, 15.2, 0.1)},
	}
	tiny := topology.Area{ID: "tiny", Polygons: geo.MultiPolygon{{speck(114, 9, 1e-5)}}}
	enclave := topology.Area{ID: "enclave", Polygons: geo.MultiPolygon{{speck(109.1, 15.1, 1e-4)}}}
	keep := []geo.Bounds{{Min: geo.Pt(111, 15), Max: geo.Pt(113, 18)}}
	top := build(t, []topology.Area{{ID: "a", Polygons: area}, tiny, enclave}, topology.Options{Keep: keep})
	if got := top.Outline("a", 14); len(got) != 4 || len(got[3]) != 3 {
		t.Errorf("from near %d parts", len(got))
	}
	got := top.Outline("a", 5)
	sound(t, "from afar", got)
	if len(got) != 3 || got[1][0].Bound().Center()[0] < 111 {
		t.Errorf("from afar %d parts are left: %v", len(got), got)
	}
	if n := len(got[2]); n != 3 {
		t.Errorf("%d rings; the enclave of another must stay", n)
	}
	for _, id := range []string{"tiny", "enclave"} { // the only part of an area is never dropped
		if o := top.Outline(id, 2); len(o) != 1 || len(o[0][0]) < 4 {
			t.Errorf("%s is %v", id, o)
		}
	}
	if got, want := top.Areas(), []string{"a", "tiny", "enclave"}; !slices.Equal(got, want) {
		t.Errorf("areas %v", got)
	}
	if got := top.At(geo.Pt(107.5, 15.5)); !slices.Equal(got, []string{"a"}) {
		t.Errorf("at the place: %v", got)
	}
	if top.Outline("none", 5) != nil || top.Full("none") != nil {
		t.Error("an area that is not there has an outline")
	}
}

func TestBadAreas(t *testing.T) {
	good := geo.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}}
	top, errs := topology.New([]topology.Area{
		{ID: "a", Polygons: good},
		{ID: "a", Polygons: good},
		{ID: "crossing", Polygons: geo.MultiPolygon{{{{0, 0}, {2, 2}, {2, 0}, {0, 2}, {0, 0}}}}},
		{ID: "none"},
		{ID: "spike", Polygons: geo.MultiPolygon{{{{5, 5}, {6, 5}, {7, 5}, {6, 5}, {6, 6}, {5, 5}}}}},
	}, topology.Options{Snap: 1})
	if len(errs) != 3 || !strings.Contains(errs[0].Error(), "given twice") || !strings.Contains(errs[1].Error(), "area crossing: polygon 0: ring 0") {
		t.Errorf("errors %v", errs)
	}
	sound(t, "spike", top.Full("spike"))
	if n := corners(top.Full("spike")); n != 3 {
		t.Errorf("without the spike it has %d corners", n)
	}
}

// provinces reads the outlines of the provinces beside the repository.
func provinces(tb testing.TB) (out []topology.Area) {
	files, _ := filepath.Glob("../../../shared/testdata/areas/provinces/*.geojson")
	if len(files) == 0 {
		tb.Skip("no outlines of provinces in ../shared/testdata/areas")
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			tb.Fatal(err)
		}
		features, rejected, err := geo.ReadGeoJSON(f)
		f.Close()
		if err != nil || len(rejected) > 0 || len(features) != 1 {
			tb.Fatalf("%s: %v %v", name, err, rejected)
		}
		out = append(out, topology.Area{ID: features[0].ID, Polygons: features[0].MultiPolygon()})
	}
	return out
}

func TestProvinces(t *testing.T) {
	areas := provinces(t)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	islands := []geo.Bounds{{Min: geo.Pt(110.5, 15), Max: geo.Pt(113.5, 18)}, {Min: geo.Pt(111, 6), Max: geo.Pt(118, 12.5)}}
	top := build(t, areas, topology.Options{Snap: 1, Keep: islands})
	made := time.Since(start)
	start = time.Now()
	for zoom := 4.0; zoom <= 15; zoom++ {
		for _, a := range areas {
			top.Outline(a.ID, zoom)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	t.Logf("made in %v, 12 zooms in %v, %d MB, %d borders", made, time.Since(start), (after.HeapAlloc-before.HeapAlloc)>>20, len(top.Borders(20)))
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 200<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
	rnd := rand.New(rand.NewPCG(7, 8))
	for _, zoom := range []float64{5, 8, 10} {
		outlines := map[string]*geo.Prepared{}
		n := 0
		for _, a := range areas {
			o := top.Outline(a.ID, zoom)
			sound(t, fmt.Sprintf("%s at %g", a.ID, zoom), o)
			outlines[a.ID] = geo.Prepare(o)
			n += corners(o)
			full, now := geo.Area(a.Polygons), geo.Area(o)
			if off := math.Abs(now/full - 1); zoom >= 8 && off > 0.005 {
				t.Errorf("%s at %g has %.2f %% more or less area", a.ID, zoom, off*100)
			}
			kept := func(mp geo.MultiPolygon) (count int) {
				for _, polygon := range mp {
					if slices.ContainsFunc(islands, polygon[0].Bound().Intersects) {
						count++
					}
				}
				return count
			}
			if got, want := kept(o), kept(a.Polygons); got != want {
				t.Errorf("%s at %g has %d parts in the archipelagos, not %d", a.ID, zoom, got, want)
			}
		}
		twice := 0
		for range 3000 {
			p := geo.Pt(102+8*rnd.Float64(), 8+15.5*rnd.Float64())
			in := 0
			for _, o := range outlines {
				if o.Contains(p) {
					in++
				}
			}
			if in > 1 && len(top.At(p)) < 2 {
				twice++
			}
		}
		if twice > 0 {
			t.Errorf("at %g, %d of 3000 places lie in two provinces", zoom, twice)
		}
		t.Logf("at %g: %d corners", zoom, n)
	}
	if got := top.At(geo.Pt(108.2022, 16.0544)); !slices.Equal(got, []string{"48"}) {
		t.Errorf("Đà Nẵng is in %v", got)
	}
}
