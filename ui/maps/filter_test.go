package maps

import (
	"strings"
	"testing"
	"time"

	"iocwall/server/world"
)

// TestFilters: what a filter hides is counted on the strip; a filter that is wrong
// hides nothing and says where it is wrong.
func TestFilters(t *testing.T) {
	lib := &library{}
	h := newHistory(t, Options{Features: lib.open})
	coast(h, lib)
	for _, c := range []struct {
		layer, name, filter string
		left                func(Picture) int
		want                int
		whole, fault        string
	}{
		{"vessels", "Tàu", `category == "fishing"`, func(p Picture) int { return len(p.Frame.Vessels) }, 20, "ẩn 40", ""},
		{"vessels", "Tàu", `now - time > 30s`, func(p Picture) int { return len(p.Frame.Vessels) }, 29, "ẩn 31", ""},
		{"vessels", "Tàu", `speeed > 3`, func(p Picture) int { return len(p.Frame.Vessels) }, 60, "59/60", "(cột 1)"},
		{"vessels", "Tàu", `speed > 3 and (`, func(p Picture) int { return len(p.Frame.Vessels) }, 60, "59/60", "ở cột 1"},
		{"vessels", "Tàu", `within("vn")`, func(p Picture) int { return len(p.Frame.Vessels) }, 0, "ẩn 60", ""},
		{"stations", "Trạm", `reading("aqi") > 50`, func(p Picture) int { return len(p.Frame.Stations) }, 2, "ẩn 6", ""},
		{"reports", "Phản ánh", `overdue`, func(p Picture) int { return len(p.Frame.Reports) }, 5, "ẩn 18", ""},
		{"cameras", "Camera", `state == "frozen"`, func(p Picture) int { return len(p.Frame.Cameras) }, 2, "ẩn 6", ""},
		{"alerts", "Cảnh báo", `severity in ["critical","severe"] and not taken`, func(p Picture) int { return len(p.Frame.Alerts) }, 1, "ẩn 2", ""},
		{"fences", "Hàng rào", `purpose == "danger"`, func(p Picture) int { return len(p.Frame.Areas) }, 0, "ẩn 1", ""},
		{"drawings", "Hình vẽ", `by == "hung"`, func(p Picture) int { return len(p.Frame.Lines) }, 0, "ẩn 1", ""},
		{"benh-vien", "Bệnh viện", `properties.beds >= 300`, func(p Picture) int { return len(p.Frame.Marks) }, 6, "ẩn 6", ""},
		{"benh-vien", "Bệnh viện", `properties.beds.x.y > 3`, func(p Picture) int { return len(p.Frame.Marks) }, 12, "12/13", "ở cột 1"},
		{"areas", "Đúng hạn", `value > 80`, func(p Picture) int { return len(p.Frame.Areas) }, -1, "ẩn", ""},
	} {
		params := []string{"bounds", coastBounds, "layers", c.layer, "areas", "ontime", "filter." + c.layer, c.filter}
		h.picture(params...)
		settle(t, h.m)
		p := h.picture(params...)
		if n := c.left(p); c.want >= 0 && n != c.want {
			t.Errorf("%s: %s leaves %d, want %d", c.layer, c.filter, n, c.want)
		}
		l := strip(t, p, c.name)
		if !strings.Contains(l.Whole, c.whole) {
			t.Errorf("%s: %s: strip %+v, want %q", c.layer, c.filter, l, c.whole)
		}
		if (c.fault == "") != (l.Fault == "") || !strings.Contains(l.Fault, c.fault) {
			t.Errorf("%s: %s: fault %q, want %q", c.layer, c.filter, l.Fault, c.fault)
		}
		if l.Fault != "" && p.Layers[0].Name != c.name {
			t.Errorf("%s: what is wrong does not stand first", c.layer)
		}
	}
}

// TestFilterFollows: verdicts are kept, and made anew when the thing, an area or
// the clock changes.
func TestFilterFollows(t *testing.T) {
	h := newHistory(t, Options{})
	coast(h, &library{})
	count := func(filter string, at time.Time) int {
		m := h.m.Open(param("bounds", coastBounds, "layers", "vessels", "filter.vessels", filter))
		n := h.now(m.View(h.s, 800, 500))
		first := len(m.Picture(n).Frame.Vessels)
		if again := len(m.Picture(n).Frame.Vessels); again != first {
			t.Errorf("%s: %d and then %d", filter, first, again)
		}
		n.Time = at
		return len(m.Picture(n).Frame.Vessels)
	}
	if n := count("now - time < 1h", noon.Add(time.Hour+30*time.Second)); n != 0 {
		t.Errorf("%d pass an hour later", n)
	}
	m := h.m.Open(param("bounds", coastBounds, "layers", "vessels", "filter.vessels", "speed > 50"))
	n := h.now(m.View(h.s, 800, 500))
	if got := len(m.Picture(n).Frame.Vessels); got != 0 {
		t.Fatalf("%d pass", got)
	}
	v, _ := h.s.Vessel("574000010")
	last := v.Last
	last.Speed = 60
	h.add(ago(0), last)
	if got := vesselsOf(m.Picture(n).Frame); len(got) != 1 || got[0] != "574000010" {
		t.Errorf("%v pass", got)
	}
	m.Set(param("bounds", coastBounds, "layers", "vessels", "filter.vessels", "areaName == 'Tam'"))
	if got := len(m.Picture(n).Frame.Vessels); got != 0 {
		t.Fatalf("%d pass", got)
	}
	last.Area, last.Speed = "x", 5
	h.add(ago(-time.Second), last, world.AreaDefined{ID: "x", Name: "Tom"})
	m.Picture(n)
	h.add(ago(-2*time.Second), world.AreaDefined{ID: "x", Name: "Tam"})
	if got := len(m.Picture(n).Frame.Vessels); got != 1 {
		t.Errorf("%d pass when the area has its name", got)
	}
}

func TestUnknownLayers(t *testing.T) {
	h := newHistory(t, Options{})
	p := h.picture("layers", "vessels,hospitals", "filter.boats", "true")
	if len(p.Faults) != 2 || p.Faults[0].Key != "layers" || p.Faults[1].Key != "filter.boats" {
		t.Errorf("faults %v", p.Faults)
	}
}
