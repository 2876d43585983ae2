package area

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"iocwall/assets"
	"iocwall/geo"
	"iocwall/server/calendar"
	"iocwall/server/world"
)

func on(t *testing.T, day string) world.Time {
	t.Helper()
	at, err := time.ParseInLocation(time.DateOnly, day, calendar.Vietnam())
	if err != nil {
		t.Fatal(err)
	}
	return world.TimeOf(at)
}

func builtIn(t *testing.T) *Set {
	t.Helper()
	set, problems := Parse("built-in areas", assets.Areas())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return set
}

// box is a feature with a square outline.
func box(west, south, size float64, props string) string {
	e, n := west+size, south+size
	return fmt.Sprintf(`{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[%g,%g],[%g,%g],[%g,%g],[%g,%g],[%g,%g]]]},"properties":%s}`,
		west, south, e, south, e, n, west, n, west, south, props)
}

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",\n") + `]}`
}

// A layer that was imported and named in the configuration decides where a
// position lies: the commune, while it is in force.
func TestImportedLayerLocates(t *testing.T) {
	layer := collection(
		box(108.30, 15.86, 0.04, `{"name":"Hội An","nameEn":"Hoi An","code":20413}`),
		box(108.34, 15.86, 0.04, `{"ten":"Phường Hội An  Đông","ma":"20414"}`),
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[108,15]},"properties":{"name":"Điểm"}}`,
		box(108.40, 15.86, 0.04, `{"label":"không tên"}`),
		box(15.86, 108.40, 0.04, `{"name":"Ngược"}`),
		box(111, 16, 1, `{"name":"Đặc khu Hoàng Sa"}`),
		box(112, 16, 1, `{"name":"Hoàng Sa"}`),
	)
	var outlines, yaml bytes.Buffer
	got, err := Import(strings.NewReader(layer), &outlines, ImportOptions{Tree: builtIn(t), Level: "commune", Parent: "vn/da-nang-2025", From: "2025-07-01"})
	if err != nil {
		t.Fatal(err)
	}
	var why []string
	for _, r := range got.Rejected {
		why = append(why, r.Error())
	}
	for i, want := range []string{"feature 2: it is a Point", "feature 3: it has no name; say which property it is in (there are label)", "feature 4: ", "feature 6: vn/da-nang-2025/hoang-sa has an outline already"} {
		if i >= len(why) || !strings.HasPrefix(why[i], want) {
			t.Errorf("rejected %q, want %q at %d", why, want, i)
		}
	}
	if len(got.Areas) != 3 || len(why) != 4 || got.Areas[2].ID != "vn/da-nang-2025/hoang-sa" || !got.Areas[2].Known {
		t.Fatalf("%+v\n%q", got.Areas, why)
	}
	fmt.Fprintln(&yaml, "include: built-in\noutlines: xa.geojson\nareas:")
	if err := got.WriteYAML(&yaml, "2025-07-01"); err != nil {
		t.Fatal(err)
	}
	set, problems := Read("areas.yaml", yaml.Bytes(), Files{BuiltIn: assets.Areas(), Open: func(name string) (io.ReadCloser, error) {
		if name != "xa.geojson" {
			return nil, os.ErrNotExist
		}
		return io.NopCloser(&outlines), nil
	}})
	if len(problems) > 0 {
		t.Fatalf("%v\n%s", problems, yaml.String())
	}
	loc, err := NewLocator(set, assets.Basemap())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		lon, lat  float64
		day, want string
	}{
		{108.33, 15.88, "2025-07-01", "vn/da-nang-2025/hoi-an"},
		{108.33, 15.88, "2025-06-30", "vn/quang-nam"},
		{108.33, 15.88, "1990-01-01", ""}, // the province was made in 1997
		{108.35, 15.88, "2026-11-20", "vn/da-nang-2025/hoi-an-dong"},
		{108.0, 15.6, "2026-11-20", "vn/da-nang-2025"},
		{111.6, 16.5, "2026-11-20", "vn/da-nang-2025/hoang-sa"},
		{105.85, 21.03, "2025-06-30", "vn/ha-noi"},
		{105.85, 21.03, "2025-07-01", "vn/ha-noi-2025"},
		{115, 12, "2026-11-20", ""},
	} {
		if got := loc.At(geo.Pt(x.lon, x.lat), on(t, x.day)); got != x.want {
			t.Errorf("[%g, %g] lies on %s in %q, want %q", x.lon, x.lat, x.day, got, x.want)
		}
	}
	// Each observation is placed by its own time.
	obs := []world.Observation{
		{Time: on(t, "2025-06-30"), Body: world.VesselPosition{MMSI: "1", Pos: geo.Pt(108.33, 15.88)}},
		{Body: world.ReportOpened{ID: "r", Pos: geo.Pt(108.33, 15.88), Placed: true}},
	}
	loc.Fill(obs, on(t, "2026-11-20"))
	if a, b := obs[0].Body.(world.VesselPosition).Area, obs[1].Body.(world.ReportOpened).Area; a != "vn/quang-nam" || b != "vn/da-nang-2025/hoi-an" {
		t.Errorf("filled in %q and %q", a, b)
	}
	// What went where is in the tree.
	for _, s := range set.Successions {
		if s.Old == "vn/quang-nam" && (s.New != "vn/da-nang-2025" || s.At != on(t, "2025-07-01") || s.Share != 1) {
			t.Errorf("Quảng Nam became %+v", s)
		}
	}
}

func TestBadOutlines(t *testing.T) {
	files := func(text string) Files {
		return Files{BuiltIn: assets.Areas(), Open: func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
	}
	const tree = "include: built-in\noutlines: x.geojson\nareas: [{id: a, name: A, level: x, parent: vn}]\n"
	for text, want := range map[string]string{
		collection(box(108, 15, 1, `{"area":"b"}`)):                                                                `feature 0: no area "b"`,
		collection(box(108, 15, 1, `{"area":"a"}`), box(108, 15, 1, `{"area":"a"}`)):                               "feature 1: a has an outline already",
		collection(`{"type":"Feature","geometry":{"type":"Point","coordinates":[1,1]},"properties":{"area":"a"}}`): "is a Point",
		collection(box(15, 108, 1, `{"area":"a"}`)):                                                                "feature 0",
		"{": "x.geojson: read a member's name: the file breaks off at byte 1",
	} {
		if _, ps := Read("a.yaml", []byte(tree), files(text)); !contains(ps, want) || !contains(ps, "a.yaml:2") {
			t.Errorf("%s\ngives %v, want %q", text, ps, want)
		}
	}
	if _, ps := Read("a.yaml", []byte("include: laos\nareas: []\n"), files("")); !contains(ps, "cannot be included") {
		t.Error(ps)
	}
	if _, ps := Parse("a.yaml", []byte("outlines: x.geojson\nareas: []\n")); !contains(ps, "cannot be read from here") {
		t.Error(ps)
	}
	missing := Files{Open: func(string) (io.ReadCloser, error) { return nil, os.ErrNotExist }}
	if _, ps := Read("a.yaml", []byte("outlines: x.geojson\nareas: []\n"), missing); !contains(ps, "GeoJSON file") {
		t.Error(ps)
	}
}

func TestImportRefuses(t *testing.T) {
	for _, x := range []struct {
		o    ImportOptions
		want string
	}{
		{ImportOptions{Level: "", Parent: "vn"}, "level is missing"},
		{ImportOptions{Level: "commune", Parent: "vn/da-nag-2025"}, `did you mean "vn/da-nang-2025"`},
		{ImportOptions{Level: "commune", Parent: "vn", From: "2025"}, "is not a day"},
	} {
		x.o.Tree = builtIn(t)
		if _, err := Import(strings.NewReader(collection()), io.Discard, x.o); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%v, want %q", err, x.want)
		}
	}
}

// TestImportIsBounded: every client holds all areas.
func TestImportIsBounded(t *testing.T) {
	feature := func(name string) string {
		return `{"type":"Feature","properties":{"name":"` + name + `"},"geometry":{"type":"Polygon","coordinates":[[[108,15],[108.1,15],[108,15.1],[108,15]]]}}`
	}
	o := ImportOptions{Level: "commune", Parent: "vn", Tree: builtIn(t)}
	long := strings.Repeat("x", longestName+1)
	got, err := Import(strings.NewReader(`{"type":"FeatureCollection","features":[`+feature("Xã A")+","+feature(long)+`]}`), io.Discard, o)
	if err != nil || len(got.Areas) != 1 || len(got.Rejected) != 1 || !strings.Contains(got.Rejected[0].Error(), "more than 200 bytes") {
		t.Errorf("%d areas, %v, %v", len(got.Areas), got.Rejected, err)
	}
	var all strings.Builder
	all.WriteString(`{"type":"FeatureCollection","features":[` + feature("a"))
	for i := range mostImported {
		all.WriteString("," + feature("Xã "+strconv.Itoa(i)))
	}
	all.WriteString("]}")
	if _, err := Import(strings.NewReader(all.String()), io.Discard, o); err == nil || !strings.Contains(err.Error(), "20000 areas") {
		t.Errorf("a layer of %d areas: %v", mostImported+1, err)
	}
}

// The provinces as others publish them, with their islands: each is found in the
// tree, and its outline is one.
func TestImportOfPublishedProvinces(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/testdata/areas/provinces/*.geojson")
	if len(files) == 0 {
		t.Skip("the published outlines of provinces are not here (../shared/testdata/areas)")
	}
	tree := builtIn(t)
	known := map[string]bool{}
	for _, file := range files {
		in, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Import(in, io.Discard, ImportOptions{Tree: tree, Level: "province", Parent: "vn", From: "2025-07-01"})
		if err := in.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil || len(got.Areas) != 1 || len(got.Rejected) != 0 || !got.Areas[0].Known {
			t.Errorf("%s: %v, %v, %+v", filepath.Base(file), err, got.Rejected, got.Areas)
			continue
		}
		known[got.Areas[0].ID] = true
	}
	if len(known) != 34 {
		t.Errorf("%d provinces of 34", len(known))
	}
}

// Whatever the layer, importing it ends and its outlines can be read.
func FuzzImport(f *testing.F) {
	set, _ := Parse("a.yaml", []byte("areas: [{id: vn, name: V, level: country}]"))
	f.Add([]byte(collection(box(108, 15, 1, `{"name":"A"}`), box(108, 15, 1, `{"name":"\u0000\""}`))))
	f.Fuzz(func(t *testing.T, in []byte) {
		var outlines, yaml bytes.Buffer
		got, err := Import(bytes.NewReader(in), &outlines, ImportOptions{Tree: set, Level: "x", Parent: "vn"})
		if err != nil {
			return
		}
		fmt.Fprintln(&yaml, "outlines: x\nareas:\n  - {id: vn, name: V, level: country}")
		if err := got.WriteYAML(&yaml, ""); err != nil {
			t.Fatal(err)
		}
		_, problems := Read("a.yaml", yaml.Bytes(), Files{Open: func(string) (io.ReadCloser, error) { return io.NopCloser(&outlines), nil }})
		for _, p := range problems {
			if !strings.Contains(p.String(), "outlines") { // a ring may collapse where it is rounded
				t.Errorf("%v\n%s", p, yaml.String())
			}
		}
	})
}
