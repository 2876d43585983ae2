package main

import (
	"fmt"
	"strings"
)

// reform is the day the 34 provinces began and the districts ended.
const reform = "2025-07-01"

// district is one of Quảng Nam's before July 2025. seat is its main town's place.
type district struct {
	id, name, kind string
	lon, lat       float64
	until          string // empty: until the reform
}

func quangNamDistricts() []district {
	const city, town, rural = "city", "town", "rural"
	return []district{
		{"tam-ky", "Tam Kỳ", city, 108.474, 15.573, ""},
		{"hoi-an", "Hội An", city, 108.327, 15.880, ""},
		{"dien-ban", "Điện Bàn", town, 108.246, 15.886, ""},
		{"dai-loc", "Đại Lộc", rural, 108.118, 15.880, ""},
		{"duy-xuyen", "Duy Xuyên", rural, 108.262, 15.848, ""},
		{"que-son", "Quế Sơn", rural, 108.220, 15.672, ""},
		{"nong-son", "Nông Sơn", rural, 108.035, 15.690, "2025-01-01"},
		{"thang-binh", "Thăng Bình", rural, 108.354, 15.700, ""},
		{"hiep-duc", "Hiệp Đức", rural, 108.107, 15.573, ""},
		{"tien-phuoc", "Tiên Phước", rural, 108.307, 15.487, ""},
		{"phu-ninh", "Phú Ninh", rural, 108.430, 15.540, ""},
		{"nui-thanh", "Núi Thành", rural, 108.664, 15.432, ""},
		{"bac-tra-my", "Bắc Trà My", rural, 108.222, 15.340, ""},
		{"nam-tra-my", "Nam Trà My", rural, 108.125, 15.160, ""},
		{"phuoc-son", "Phước Sơn", rural, 107.797, 15.446, ""},
		{"nam-giang", "Nam Giang", rural, 107.836, 15.756, ""},
		{"dong-giang", "Đông Giang", rural, 107.648, 15.926, ""},
		{"tay-giang", "Tây Giang", rural, 107.480, 15.890, ""},
	}
}

// tree collects the two lists of the file.
type tree struct{ areas, successions []string }

// field is one key and value; empty values are left out.
type field struct{ key, value string }

func entry(fields ...field) string {
	var parts []string
	for _, f := range fields {
		if f.value != "" {
			parts = append(parts, f.key+": "+f.value)
		}
	}
	return "  - {" + strings.Join(parts, ", ") + "}"
}

func quoted(s string) string { return `"` + s + `"` }

func day(s string) string {
	if s == "" {
		return ""
	}
	return quoted(s)
}

func (t *tree) area(id, name, english, level, kind, parent, from, to, geometry, at string) {
	t.areas = append(t.areas, entry(
		field{"id", id}, field{"name", quoted(name)}, field{"name_en", quoted(english)}, field{"level", level},
		field{"kind", kind}, field{"parent", parent}, field{"valid_from", day(from)}, field{"valid_to", day(to)},
		field{"geometry", geometry}, field{"at", at},
	))
}

func (t *tree) succeeds(from, to, at string) {
	t.successions = append(t.successions, entry(
		field{"from", from}, field{"to", to}, field{"at", quoted(at)}, field{"share", "1"},
	))
}

const areasHeader = `# Administrative areas of Vietnam with the days they were in force, made by
# assets/basemap/gen; edit the tables there.
#
# areas: id; name and English name; level (country, province, district) and kind;
# parent; valid_from and valid_to as YYYY-MM-DD, valid_to is the first day the
# area is no longer in force; a missing day is open. geometry names an outline of
# the embedded base map: set/id. at is [longitude, latitude] of the main town.
# successions: on the day at, share of area from (1 = all of it) went into area to.
`

// areaTree returns the file vietnam.yaml.
func areaTree() []byte {
	t := &tree{}
	t.area("vn", "Việt Nam", "Viet Nam", "country", "country", "", "", "", "", "")
	t.oldProvinces()
	for _, n := range newProvinces() {
		t.area("vn/"+n.id+"-2025", n.name, english(n.name), "province", kindOf(n.city), "vn", reform, "", "since-2025/"+n.id, "")
	}
	t.districts()
	t.archipelagos()
	var b strings.Builder
	b.WriteString(areasHeader)
	fmt.Fprintf(&b, "areas:\n%s\nsuccessions:\n%s\n", strings.Join(t.areas, "\n"), strings.Join(t.successions, "\n"))
	return []byte(b.String())
}

// oldProvinces adds the 63. Thừa Thiên Huế became the city of Huế with the same
// outline half a year before the reform, so that it has two entries.
func (t *tree) oldProvinces() {
	const hueCity = "2025-01-01"
	for _, p := range oldProvinces() {
		id, geometry := "vn/"+p.id, "before-2025/"+p.id
		if p.id == "thua-thien-hue" {
			t.area(id, p.name, english(p.name), "province", "province", "vn", p.since, hueCity, geometry, "")
			t.succeeds(id, "vn/hue", hueCity)
			id = "vn/hue"
			t.area(id, "Huế", "Hue", "province", "city", "vn", hueCity, reform, geometry, "")
		} else {
			t.area(id, p.name, english(p.name), "province", kindOf(p.city), "vn", p.since, reform, geometry, "")
		}
		t.succeeds(id, "vn/"+p.successor+"-2025", reform)
	}
}

func (t *tree) districts() {
	const parent = "vn/quang-nam"
	for _, d := range quangNamDistricts() {
		id, until, heir := parent+"/"+d.id, reform, "vn/da-nang-2025"
		if d.until != "" {
			until, heir = d.until, parent+"/que-son"
		}
		t.area(id, d.name, english(d.name), "district", d.kind, parent, "", until, "", fmt.Sprintf("[%g, %g]", d.lon, d.lat))
		t.succeeds(id, heir, until)
	}
}

// archipelagos adds the island districts and the special zones after them.
func (t *tree) archipelagos() {
	for _, a := range []struct{ id, name, old, now, at string }{
		{"hoang-sa", "Hoàng Sa", "vn/da-nang", "vn/da-nang-2025", "[111.608, 16.533]"},
		{"truong-sa", "Trường Sa", "vn/khanh-hoa", "vn/khanh-hoa-2025", "[111.92, 8.645]"},
	} {
		t.area(a.old+"/"+a.id, a.name, english(a.name), "district", "island", a.old, "", reform, "islands/"+a.id, a.at)
		t.area(a.now+"/"+a.id, a.name, english(a.name), "commune", "special-zone", a.now, reform, "", "islands/"+a.id, a.at)
		t.succeeds(a.old+"/"+a.id, a.now+"/"+a.id, reform)
	}
}

func kindOf(city bool) string {
	if city {
		return "city"
	}
	return "province"
}
