package tiles_test

import (
	"bytes"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb/planar"

	"iocwall/assets"
	"iocwall/geo"
	"iocwall/geo/tiles"
)

func embedded(t *testing.T, set tiles.Set) *tiles.Embedded {
	t.Helper()
	e, err := tiles.NewEmbedded(assets.Basemap(), set)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestRoundTrip(t *testing.T) {
	m, err := tiles.Decode(assets.Basemap())
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := m.Encode(&buf); err != nil {
		t.Fatal(err)
	}
	again, err := tiles.Decode(buf.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(m, again) {
		t.Error("encoding and decoding changes the map")
	}
	if n := len(assets.Basemap()); n > 1<<20 {
		t.Errorf("the map has grown to %d bytes", n)
	}
}

func TestDivisions(t *testing.T) {
	for set, want := range map[tiles.Set]int{tiles.Before2025: 63, tiles.Since2025: 34} {
		names := map[string]bool{}
		for _, p := range embedded(t, set).Provinces() {
			names[p.Name] = true
			if len(p.Polygons) == 0 {
				t.Errorf("%s has no outline", p.Name)
			}
		}
		if len(names) != want {
			t.Errorf("%s has %d names, want %d", set, len(names), want)
		}
		for _, name := range []string{"Hà Nội", "Lai Châu", "Đắk Lắk", "Đồng Tháp", "Đà Nẵng", "Thành phố Hồ Chí Minh"} {
			if !names[name] {
				t.Errorf("%s lacks %s", set, name)
			}
		}
	}
	if _, err := tiles.NewEmbedded(assets.Basemap(), "1900"); err == nil {
		t.Error("an unknown division is accepted")
	}
}

// union is the test's own list of what became what, from reference areas.
func union() map[string][]string {
	return map[string][]string{
		"tuyen-quang": {"tuyen-quang", "ha-giang"}, "lao-cai": {"lao-cai", "yen-bai"}, "thai-nguyen": {"thai-nguyen", "bac-kan"},
		"bac-ninh": {"bac-ninh", "bac-giang"}, "phu-tho": {"phu-tho", "vinh-phuc", "hoa-binh"}, "hai-phong": {"hai-phong", "hai-duong"},
		"hung-yen": {"hung-yen", "thai-binh"}, "ninh-binh": {"ninh-binh", "ha-nam", "nam-dinh"}, "quang-tri": {"quang-tri", "quang-binh"},
		"hue": {"thua-thien-hue"}, "da-nang": {"da-nang", "quang-nam"}, "quang-ngai": {"quang-ngai", "kon-tum"},
		"gia-lai": {"gia-lai", "binh-dinh"}, "dak-lak": {"dak-lak", "phu-yen"}, "khanh-hoa": {"khanh-hoa", "ninh-thuan"},
		"lam-dong": {"lam-dong", "dak-nong", "binh-thuan"}, "dong-nai": {"dong-nai", "binh-phuoc"},
		"ho-chi-minh": {"ho-chi-minh", "binh-duong", "ba-ria-vung-tau"}, "tay-ninh": {"tay-ninh", "long-an"},
		"dong-thap": {"dong-thap", "tien-giang"}, "an-giang": {"an-giang", "kien-giang"},
		"vinh-long": {"vinh-long", "ben-tre", "tra-vinh"}, "can-tho": {"can-tho", "soc-trang", "hau-giang"}, "ca-mau": {"ca-mau", "bac-lieu"},
	}
}

func TestEachNewProvinceIsTheUnionOfOldOnes(t *testing.T) {
	before, since := embedded(t, tiles.Before2025), embedded(t, tiles.Since2025)
	used := 0
	for _, p := range since.Provinces() {
		parts := union()[p.ID]
		if parts == nil {
			parts = []string{p.ID}
		}
		used += len(parts)
		want := 0.0
		for _, id := range parts {
			old, ok := before.Province(id)
			if !ok {
				t.Fatalf("no old province %s", id)
			}
			want += planar.Area(old.Polygons)
		}
		got := planar.Area(p.Polygons)
		// Slivers between two old outlines may have been closed, nothing else.
		if got < want-1e-9 || got > want*1.0005+1e-9 {
			t.Errorf("%s: area %.6f, its parts have %.6f", p.Name, got, want)
		}
		for _, polygon := range p.Polygons {
			for i, ring := range polygon {
				if err := geo.CheckRing(ring); err != nil {
					t.Errorf("%s: %v", p.Name, err)
				}
				if a := math.Abs(planar.Area(ring)); i > 0 && a < 1e-3 {
					t.Errorf("%s has a sliver of %g square degrees", p.Name, a)
				}
			}
		}
	}
	if used != 63 {
		t.Errorf("%d old provinces are used, want 63", used)
	}
}

// TestPlaces asks where known places lie, islands above all.
func TestPlaces(t *testing.T) {
	before, since := embedded(t, tiles.Before2025), embedded(t, tiles.Since2025)
	for _, c := range []struct {
		name       string
		at         geo.Point
		old, young string
	}{
		{"Cù Lao Chàm", geo.Pt(108.516, 15.950), "quang-nam", "da-nang"},
		{"Tam Kỳ", geo.Pt(108.474, 15.573), "quang-nam", "da-nang"},
		{"Lý Sơn", geo.Pt(109.121, 15.381), "quang-ngai", "quang-ngai"},
		{"Cát Bà", geo.Pt(107.020, 20.790), "hai-phong", "hai-phong"},
		{"Côn Đảo", geo.Pt(106.625, 8.712), "ba-ria-vung-tau", "ho-chi-minh"},
		{"Phú Quốc", geo.Pt(104.000, 10.250), "kien-giang", "an-giang"},
		{"Phú Quý", geo.Pt(108.944, 10.525), "binh-thuan", "lam-dong"},
		{"Bạch Long Vĩ", geo.Pt(107.738, 20.131), "hai-phong", "hai-phong"},
		{"Pleiku", geo.Pt(108.003, 13.983), "gia-lai", "gia-lai"},
		{"open sea", geo.Pt(110, 14), "", ""},
		{"Vientiane", geo.Pt(102.6, 17.97), "", ""},
	} {
		if got, _ := before.ProvinceAt(c.at); got != c.old {
			t.Errorf("%s was in %q, want %q", c.name, got, c.old)
		}
		if got, _ := since.ProvinceAt(c.at); got != c.young {
			t.Errorf("%s is in %q, want %q", c.name, got, c.young)
		}
	}
	if p, _ := since.Province("can-tho"); !p.Approximate {
		t.Error("Cần Thơ's misplaced outline is not marked")
	}
}

func TestArchipelagos(t *testing.T) {
	data, err := embedded(t, tiles.Since2025).Map(geo.View{})
	if err != nil {
		t.Fatal(err)
	}
	islets := map[string][]string{}
	var names []string
	for _, p := range data.Places {
		switch p.Class {
		case tiles.ClassArchipelago:
			names = append(names, p.Name)
		case tiles.ClassIslet:
			islets[p.Group] = append(islets[p.Group], p.Name)
			box := map[string]geo.Bounds{
				"hoang-sa":  {Min: geo.Pt(111, 15.6), Max: geo.Pt(113, 17.2)},
				"truong-sa": {Min: geo.Pt(111.3, 7.3), Max: geo.Pt(117, 11.6)},
			}[p.Group]
			if !box.Contains(p.At) {
				t.Errorf("%s lies at %v, outside %s", p.Name, p.At, p.Group)
			}
		}
	}
	if want := []string{"Quần đảo Hoàng Sa (Việt Nam)", "Quần đảo Trường Sa (Việt Nam)"}; !slices.Equal(names, want) {
		t.Errorf("names %q, want %q", names, want)
	}
	for group, want := range map[string][]string{
		"hoang-sa":  {"Hoàng Sa", "Phú Lâm", "Tri Tôn", "Quang Hòa", "Linh Côn"},
		"truong-sa": {"Trường Sa Lớn", "Song Tử Tây", "Nam Yết", "Sinh Tồn", "Sơn Ca", "Phan Vinh", "Ba Bình"},
	} {
		for _, name := range want {
			if !slices.Contains(islets[group], name) {
				t.Errorf("%s lacks %s", group, name)
			}
		}
	}
	for _, shape := range data.Outside {
		if (geo.Bounds{Min: geo.Pt(110.8, 15.3), Max: geo.Pt(113.5, 17.5)}).Contains(shape.Bounds.Min) {
			t.Errorf("foreign land at %v inside Hoàng Sa", shape.Bounds)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(assets.Basemap())
	f.Add([]byte{})
	var small bytes.Buffer
	m := tiles.Basemap{
		Arcs:   [][]geo.Point{{{1, 1}, {2, 1}, {2, 2}, {1, 1}}},
		Areas:  []tiles.Area{{Set: tiles.Since2025, ID: "a", Name: "A", Polygons: [][]tiles.Ring{{{^0}}}}},
		Lines:  []tiles.Line{{Class: tiles.ClassRoad, Rank: 1, Points: []geo.Point{{1, 1}, {2, 2}}}},
		Places: []tiles.Place{{Class: tiles.ClassTown, Rank: 2, Name: "T", At: geo.Pt(1, 1)}},
	}
	if err := m.Encode(&small); err != nil {
		f.Fatal(err)
	}
	f.Add(small.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := tiles.Decode(data)
		if err != nil {
			return
		}
		for _, a := range m.Areas {
			if _, err := m.Outline(a); err != nil {
				t.Fatalf("a decoded map has a broken area: %v", err)
			}
		}
		var buf bytes.Buffer
		if err := m.Encode(&buf); err != nil {
			t.Fatal(err)
		}
		if _, err := tiles.Decode(buf.Bytes()); err != nil {
			t.Fatalf("what was encoded does not decode: %v", err)
		}
	})
}
