package maps

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/server/world"
)

// TestLegendCountsWhatIsSeen: what is drawn around the view, for what of it reaches
// in, is not counted.
func TestLegendCountsWhatIsSeen(t *testing.T) {
	lib := &library{}
	h := newHistory(t, Options{Features: lib.open})
	v := h.m.Open(param("bounds", coastBounds)).View(h.s, 1600, 1000)
	seen, beside := v.Center, v.Point(1700, 500)
	point := func(p geo.Point) string {
		return fmt.Sprintf(`{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[%g,%g]}}`, p[0], p[1])
	}
	h.add(ago(0), layer("cho", lib.put(fmt.Sprintf(`{"type":"FeatureCollection","features":[%s,%s]}`, point(seen), point(beside))), 1))
	for i, p := range []geo.Point{seen, beside} {
		h.add(ago(0), world.FenceSaved{Saved: world.Saved{ID: fmt.Sprint(i), Version: 1}, Polygons: box(p[0], p[1], p[0]+0.01, p[1]+0.01)})
	}
	h.picture("bounds", coastBounds, "layers", "cho")
	settle(t, h.m)
	f := h.picture("bounds", coastBounds, "layers", "cho,fences").Frame
	if len(f.Marks) != 2 || len(f.Areas) != 2 {
		t.Fatalf("%d marks, %d fences are drawn", len(f.Marks), len(f.Areas))
	}
	var rows []string
	for _, row := range f.Furniture.Legend {
		rows = append(rows, row.Text)
	}
	if want := []string{"cho · 1", "Hàng rào · 1"}; !slices.Equal(rows, want) {
		t.Errorf("the legend has the rows %q, want %q", rows, want)
	}
}

// TestLegendExplainsAllThatIsDrawn: what has a sign of its own on the map has a row; a
// station that measures something else is no air station, and an index below zero has no
// step.
func TestLegendExplainsAllThatIsDrawn(t *testing.T) {
	h := newHistory(t, Options{})
	v := h.m.Open(param("bounds", coastBounds)).View(h.s, 1600, 1000)
	for i, what := range []world.StationKind{world.StationAir, world.StationWater, world.StationLevel, world.StationWeather, "quake"} {
		h.add(ago(0), world.StationDefined{ID: fmt.Sprint(i), What: what, Pos: v.Point(float64(200*i+200), 420)})
	}
	h.add(ago(0), world.Reading{Station: "0", Quantity: "aqi", Value: -999})
	h.add(ago(2*time.Hour), world.VesselPosition{MMSI: "574000001", Pos: v.Point(400, 500), Speed: 1, Course: 1, Heading: 1})
	for i, x := range []float64{300, -900} { // the second is not in view
		h.add(ago(0), world.DrawingSaved{Saved: world.Saved{ID: fmt.Sprint("d", i), Name: "Tuyến", Version: 1}, Shapes: []world.DrawnShape{{Form: "line", Points: []geo.Point{v.Point(x, 450), v.Point(x-200, 480)}}}})
	}
	p := h.m.Open(param("bounds", coastBounds))
	n := Now{State: h.s, Time: noon, View: v, Text: 14, Alerts: []world.Alert{
		{AlertRaised: world.AlertRaised{ID: "1", Severity: world.Critical, Title: "Bão", Placed: true, Pos: v.Point(600, 600)}}, {AlertRaised: world.AlertRaised{ID: "2", Severity: world.Notice, Title: "Mưa", Placed: true, Pos: v.Point(900, 600)}}, {AlertRaised: world.AlertRaised{ID: "3", Severity: world.Notice, Title: "Gió", Placed: true, Pos: v.Point(1200, 600)}},
	}}
	f := p.Picture(n).Frame
	rows := func(f *draw.Frame) (out []string) {
		for _, row := range f.Furniture.Legend {
			out = append(out, row.Text)
		}
		return out
	}
	rest := []string{"Tàu khác · 1", "Mất tín hiệu · 1", "Trạm khí · 1", "Trạm nước · 1", "Mực nước · 1", "Trạm thời tiết · 1", "Trạm khác · 1", "Hình vẽ · 1"}
	if want := append([]string{"Khẩn cấp · 1", "Lưu ý · 2"}, rest...); !slices.Equal(rows(f), want) {
		t.Errorf("the legend has the rows %q, want %q", rows(f), want)
	}
	for _, st := range f.Stations {
		if st.ID == "0" && (st.Value == "" || st.Word != "") {
			t.Errorf("an index of -999 is %q %q", st.Value, st.Word)
		}
	}
	// With room for nine rows the alerts, which say themselves what they are, go.
	n.View.Height = 320
	if got := rows(p.Picture(n).Frame); !slices.Equal(got, rest) {
		t.Errorf("on a low map there are the rows %q, want %q", got, rest)
	}
}

// TestReportsSayHowFarTheyAre: a pin says who has the report and how much of its time has
// passed; what is late says how late, what is chosen what is left.
func TestReportsSayHowFarTheyAre(t *testing.T) {
	h := newHistory(t, Options{})
	v := h.m.Open(param("bounds", coastBounds)).View(h.s, 1600, 1000)
	for i, c := range []struct {
		state world.ReportState
		due   time.Duration // from its beginning
	}{{"", 4 * time.Hour}, {world.ReportAccepted, 2 * time.Hour}, {world.ReportDispatched, 0}, {world.ReportDispatched, time.Hour / 2}} {
		r := world.ReportOpened{ID: fmt.Sprint(i), Service: "roads", Placed: true, Pos: v.Point(float64(200*i+200), 300)}
		if c.due > 0 {
			r.Due = ago(time.Hour - c.due)
		}
		h.add(ago(time.Hour), r)
		if c.state != "" {
			h.add(ago(time.Minute), world.ReportChanged{ID: r.ID, State: c.state})
		}
	}
	h.add(ago(0), world.ReportOverdue{ID: "3", Due: ago(time.Hour / 2)})
	f := h.m.Open(param("bounds", coastBounds)).Picture(Now{State: h.s, Time: noon, View: v, Text: 14, Selected: []world.Ref{"report/0"}}).Frame
	slices.SortFunc(f.Reports, func(a, b draw.Report) int { return strings.Compare(a.ID, b.ID) })
	var got []string
	for _, r := range f.Reports {
		got = append(got, fmt.Sprintf("%d %.2f %q", r.Step, r.Used, r.Note))
	}
	if want := []string{`0 0.25 "còn 3 giờ"`, `1 0.50 ""`, `2 0.00 ""`, `2 1.00 "trễ 30 phút"`}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	got = nil
	for _, row := range f.Furniture.Legend {
		got = append(got, row.Text)
	}
	if want := []string{"Phản ánh mới, chưa nhận · 1", "Phản ánh đã nhận · 1", "Phản ánh đang xử lý · 1", "Phản ánh trễ hạn · 1"}; !slices.Equal(got, want) {
		t.Errorf("the legend has the rows %q, want %q", got, want)
	}
}
