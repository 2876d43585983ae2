package coord_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"iocwall/geo"
	"iocwall/geo/coord"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: got %.9f, want %.9f ± %g", what, got, want, tolerance)
	}
}

// byPROJ are grid positions computed by PROJ 9.1.1 (cct) from WGS 84 with the
// operation EPSG:6960 undone, then tmerc; the first of each zone far from its
// meridian.
func byPROJ() []struct {
	zone coord.Zone
	p    geo.Point
	grid coord.Grid
} {
	return []struct {
		zone coord.Zone
		p    geo.Point
		grid coord.Grid
	}{
		{coord.Zone{Meridian: 107.75, Width: 3}, geo.Pt(112.33, 16.83), coord.Grid{X: 1867082.4063, Y: 988333.9290}},
		{coord.Zone{Meridian: 107.75, Width: 3}, geo.Pt(108.2022, 16.0544), coord.Grid{X: 1775651.1606, Y: 548188.2987}},
		{coord.Zone{Meridian: 107.75, Width: 3}, geo.Pt(108.5586, 15.4481), coord.Grid{X: 1708677.4635, Y: 586580.2229}},
		{coord.Zone{Meridian: 107.75, Width: 3}, geo.Pt(111.92, 8.64), coord.Grid{X: 957966.4624, Y: 959118.4408}},
		{coord.Zone{Meridian: 105, Width: 3}, geo.Pt(109.464, 12.65), coord.Grid{X: 1403109.0043, Y: 985147.3786}},
		{coord.Zone{Meridian: 105, Width: 3}, geo.Pt(105.8342, 21.0278), coord.Grid{X: 2326256.8184, Y: 586513.3846}},
		{coord.Zone{Meridian: 105, Width: 3}, geo.Pt(102.144, 22.4), coord.Grid{X: 2480748.5053, Y: 205665.4712}},
		{coord.Zone{Meridian: 105, Width: 3}, geo.Pt(104.7237, 8.6), coord.Grid{X: 951037.8491, Y: 469393.1795}},
		{coord.Zone{Meridian: 108.5, Width: 3}, geo.Pt(105.323, 23.3833), coord.Grid{X: 2590416.9182, Y: 174936.8235}},
		{coord.Zone{Meridian: 108.5, Width: 3}, geo.Pt(109.464, 12.65), coord.Grid{X: 1399157.5437, Y: 604523.2009}},
		{coord.Zone{Meridian: 105, Width: 6}, geo.Pt(109.464, 12.65), coord.Grid{X: 1402688.0295, Y: 985001.8199}},
		{coord.Zone{Meridian: 105, Width: 6}, geo.Pt(105.8342, 21.0278), coord.Grid{X: 2325558.8716, Y: 586487.4280}},
		{coord.Zone{Meridian: 105, Width: 6}, geo.Pt(106.6297, 10.8231), coord.Grid{X: 1197007.0794, Y: 677966.5072}},
		{coord.Zone{Meridian: 111, Width: 6}, geo.Pt(106.6297, 10.8231), coord.Grid{X: 1199964.4769, Y: 21660.9876}},
		{coord.Zone{Meridian: 111, Width: 6}, geo.Pt(111.92, 8.64), coord.Grid{X: 955288.9921, Y: 601029.8790}},
	}
}

func TestGridAgreesWithPROJ(t *testing.T) {
	for _, c := range byPROJ() {
		g, err := c.zone.Grid(c.p)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "X", g.X, c.grid.X, 1e-3)
		near(t, "Y", g.Y, c.grid.Y, 1e-3)
	}
	// cs2cs EPSG:5899 (107°45′) to EPSG:4326.
	p, err := coord.Zone{Meridian: 107.75, Width: 3}.Point(coord.Grid{X: 1738123, Y: 557432})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "latitude", p[1], 15.715042857, 1e-9)
	near(t, "longitude", p[0], 108.287689892, 1e-9)
}

// dms is an angle in degrees.
func dms(d, m, s float64) float64 { return d + m/60 + s/3600 }

// TestDatumAgreesWithTheCirculars compares with limits of port waters that are
// published in both systems, to a tenth of a second (3 m): Circular
// 37/2019/TT-BGTVT (Lý Sơn) and Circular 20/2019/TT-BGTVT (Khánh Hòa).
func TestDatumAgreesWithTheCirculars(t *testing.T) {
	cases := []struct {
		name     string
		wgs, vn  geo.Point
		seconds  float64
		meridian float64
	}{
		{"LS1", geo.Pt(dms(109, 6, 7), dms(15, 22, 29)), geo.Pt(dms(109, 6, 0.5), dms(15, 22, 32.7)), 0.1, 108},
		{"LS2", geo.Pt(dms(109, 5, 35), dms(15, 20, 32)), geo.Pt(dms(109, 5, 28.5), dms(15, 20, 35.7)), 0.1, 108},
		{"LS4", geo.Pt(dms(109, 7, 43), dms(15, 22, 24)), geo.Pt(dms(109, 7, 36.5), dms(15, 22, 27.7)), 0.1, 108},
		{"VP1", geo.Pt(dms(109, 26, 0), dms(12, 33, 36)), geo.Pt(dms(109, 25, 53.6), dms(12, 33, 39.7)), 0.1, 108.25},
		{"NT4", geo.Pt(dms(109, 12, 32), dms(12, 12, 58)), geo.Pt(dms(109, 12, 25.6), dms(12, 13, 1.7)), 0.1, 108.25},
		{"C4", geo.Pt(dms(109, 11, 9.5), dms(11, 54, 40.8)), geo.Pt(dms(109, 11, 3), dms(11, 54, 44.5)), 0.1, 108.25},
	}
	for _, c := range cases {
		// The circulars give VN-2000 in degrees, so what the grid's zone says is
		// unprojected without a datum by comparing two zones' answers: the grid of
		// the published pair must be the same place.
		zone := coord.Zone{Meridian: c.meridian, Width: 3}
		g, err := zone.Grid(c.wgs)
		if err != nil {
			t.Fatal(err)
		}
		lat, lon := degreesOf(zone, g)
		near(t, c.name+" latitude", lat, c.vn[1], c.seconds/3600)
		near(t, c.name+" longitude", lon, c.vn[0], c.seconds/3600)
	}
}

// degreesOf undoes the projection by the classical formulas for transverse
// Mercator (J. P. Snyder, Map Projections, 1987, equations 8-17 to 8-25), which
// are independent of Krüger's series, and good to centimetres near the meridian.
func degreesOf(z coord.Zone, g coord.Grid) (lat, lon float64) {
	const a, f = 6378137.0, 1 / 298.257223563
	const e2 = f * (2 - f)
	const ep2 = e2 / (1 - e2)
	k0 := map[int]float64{3: 0.9999, 6: 0.9996}[z.Width]
	mu := g.X / k0 / (a * (1 - e2/4 - 3*e2*e2/64 - 5*e2*e2*e2/256))
	e1 := (1 - math.Sqrt(1-e2)) / (1 + math.Sqrt(1-e2))
	phi := mu + (3*e1/2-27*e1*e1*e1/32)*math.Sin(2*mu) + (21*e1*e1/16-55*e1*e1*e1*e1/32)*math.Sin(4*mu) +
		151*e1*e1*e1/96*math.Sin(6*mu) + 1097*e1*e1*e1*e1/512*math.Sin(8*mu)
	sin, cos := math.Sincos(phi)
	tan := sin / cos
	c, t := ep2*cos*cos, tan*tan
	n := a / math.Sqrt(1-e2*sin*sin)
	r := a * (1 - e2) / math.Pow(1-e2*sin*sin, 1.5)
	d := (g.Y - 500000) / (n * k0)
	lat = phi - n*tan/r*(d*d/2-(5+3*t+10*c-4*c*c-9*ep2)*math.Pow(d, 4)/24+
		(61+90*t+298*c+45*t*t-252*ep2-3*c*c)*math.Pow(d, 6)/720)
	lon = (d - (1+2*t+c)*d*d*d/6 + (5-2*c+28*t-3*c*c+8*ep2+24*t*t)*math.Pow(d, 5)/120) / cos
	return lat * 180 / math.Pi, z.Meridian + lon*180/math.Pi
}

func TestPointUndoesGrid(t *testing.T) {
	for _, zone := range []coord.Zone{{107.75, 3}, {105, 6}, {111, 6}} {
		for lat := 7.0; lat < 24; lat += 1.7 {
			for off := -5.0; off < 5; off += 0.9 {
				p := geo.Pt(zone.Meridian+off, lat)
				g, err := zone.Grid(p)
				if err != nil {
					t.Fatal(err)
				}
				back, err := zone.Point(g)
				if err != nil {
					t.Fatal(err)
				}
				near(t, "there and back, metres", geo.Distance(p, back), 0, 2e-3)
				if math.Abs(off) < 2 {
					lat, lon := degreesOf(zone, g)
					other, _ := coord.Zone{Meridian: zone.Meridian + 0.5, Width: 3}.Grid(p)
					lat2, lon2 := degreesOf(coord.Zone{Meridian: zone.Meridian + 0.5, Width: 3}, other)
					near(t, "latitude by two zones", lat, lat2, 1e-7)
					near(t, "longitude by two zones", lon, lon2, 1e-7)
				}
			}
		}
	}
}

func TestBadZonesAndGrids(t *testing.T) {
	good := coord.Zone{Meridian: 107.75, Width: 3}
	for _, c := range []struct {
		zone coord.Zone
		says string
	}{
		{coord.Zone{}, "no zone of VN-2000 is set"},
		{coord.Zone{107.75, 4}, "3° or 6°"},
		{coord.Zone{15, 3}, "not one of VN-2000"},
		{coord.Zone{math.NaN(), 3}, "not one of VN-2000"},
		{coord.Zone{107.7, 3}, "multiple of 15′"},
		{coord.Zone{108, 6}, "6° zone"},
	} {
		if err := c.zone.Check(); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: got %v, want it to say %q", c.zone, err, c.says)
		}
	}
	for _, p := range []geo.Point{{15, 108}, {-71, 15}, {math.NaN(), 1}, {130, 15}} {
		if g, err := good.Grid(p); err == nil {
			t.Errorf("%v became %v", p, g)
		}
	}
	for _, g := range []coord.Grid{{math.NaN(), 500e3}, {1e12, 500e3}, {1.7e6, math.Inf(1)}, {1.7e6, -1e9}} {
		if p, err := good.Point(g); err == nil {
			t.Errorf("%v became %v", g, p)
		}
	}
}

func TestProvinces(t *testing.T) {
	all := coord.Provinces()
	if len(all) != 63 {
		t.Errorf("%d provinces", len(all))
	}
	now := map[string]bool{}
	for i, p := range all {
		now[p.Now] = true
		if err := (coord.Zone{Meridian: p.Meridian, Width: 3}).Check(); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		if slices.ContainsFunc(all[:i], func(q coord.Province) bool { return q.Name == p.Name }) {
			t.Errorf("%s is there twice", p.Name)
		}
		if p.Name == "" || p.Name != strings.TrimSpace(p.Name) || strings.ContainsAny(p.Name+p.Now, ">,0123456789") {
			t.Errorf("name %q, now %q", p.Name, p.Now)
		}
	}
	if len(now) != 34 {
		t.Errorf("%d provinces of today: %v", len(now), now)
	}
	for _, c := range []struct {
		name, now string
		meridian  float64
	}{
		{"Quảng Nam", "Đà Nẵng", 107.75},
		{"Quảng Ngãi", "Quảng Ngãi", 108},
		{"Hà Nội", "Hà Nội", 105},
		{"Kiên Giang", "An Giang", 104.5},
		{"Kon Tum", "Quảng Ngãi", 107.5},
	} {
		i := slices.IndexFunc(all, func(p coord.Province) bool { return p.Name == c.name })
		if i < 0 || all[i].Now != c.now || all[i].Meridian != c.meridian {
			t.Errorf("%v: got %v", c, all[max(i, 0)])
		}
	}
}
