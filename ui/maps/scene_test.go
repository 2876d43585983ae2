package maps

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"sync"
	"testing"
	"time"

	"iocwall/assets"
	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/geo/tiles"
	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/words"
)

// noon is the moment of the tests: Saturday 21 November 2026, 09:42:07 in Vietnam.
var noon = time.Date(2026, 11, 21, 2, 42, 7, 0, time.UTC)

func ago(d time.Duration) world.Time { return world.TimeOf(noon.Add(-d)) }

// history makes a state out of bodies and tells a Maps of each.
type history struct {
	t *testing.T
	s *world.State
	m *Maps
}

func (h *history) add(at world.Time, bodies ...world.Body) {
	h.t.Helper()
	for _, b := range bodies {
		c, err := h.s.Apply(world.Event{Seq: h.s.At().Seq + 1, Seen: world.TimeOf(noon), Source: "test", Observation: world.Observation{Time: at, Body: b}})
		if err != nil {
			h.t.Fatal(err)
		}
		if h.m != nil && c.Effect != world.EffectNone {
			h.m.Observe(c)
		}
	}
}

// library is where features are fetched from.
type library struct {
	mu      sync.Mutex
	files   map[string][]byte // by sum
	fetched int
	fail    error
}

func (l *library) put(geojson string) (sum string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.files == nil {
		l.files = map[string][]byte{}
	}
	h := sha256.Sum256([]byte(geojson))
	sum = hex.EncodeToString(h[:])
	l.files[sum] = []byte(geojson)
	return sum
}

func (l *library) open(_ context.Context, id, sum string) (io.ReadCloser, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fetched++
	if l.fail != nil {
		return nil, l.fail
	}
	b, ok := l.files[sum]
	if !ok {
		return nil, fmt.Errorf("no features of layer %s", id)
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

func newMaps(t testing.TB, code string, o Options) *Maps {
	t.Helper()
	l, err := words.Load(code)
	if err != nil {
		t.Fatal(err)
	}
	var sets [2]*tiles.Embedded
	for i, set := range []tiles.Set{tiles.Since2025, tiles.Before2025} {
		if sets[i], err = tiles.NewEmbedded(assets.Basemap(), set); err != nil {
			t.Fatal(err)
		}
	}
	o.Base, o.Provinces, o.Former, o.Lang = sets[0], sets[0], sets[1], l
	if o.Theme.Name == "" {
		o.Theme = look.Dark()
	}
	m, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// newHistory returns an empty state and a Maps that follows it.
func newHistory(t *testing.T, o Options) *history {
	t.Helper()
	return &history{t: t, s: world.New(1), m: newMaps(t, "vi", o)}
}

// settle reads all features that are wanted.
func settle(t testing.TB, m *Maps) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- m.Run(ctx) }()
	for range 2000 {
		if !m.features.Pending() {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func param(pairs ...string) []world.Param {
	var out []world.Param
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, world.Param{Key: pairs[i], Value: pairs[i+1]})
	}
	return out
}

func (h *history) now(v geo.View) Now {
	var open []world.Alert
	for _, a := range h.s.Alerts() {
		if a.Open() {
			open = append(open, a)
		}
	}
	return Now{State: h.s, Alerts: open, Time: noon, View: v, Text: 14}
}

// picture is what a map of the parameters shows on 1600 × 1000 pixels.
func (h *history) picture(pairs ...string) Picture {
	p := h.m.Open(param(pairs...))
	return p.Picture(h.now(p.View(h.s, 1600, 1000)))
}

func box(w, s, e, n float64) geo.MultiPolygon {
	return geo.MultiPolygon{{{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}}
}

// coast fills a history with some of everything near Tam Kỳ.
func coast(h *history, lib *library) {
	for i := range 60 {
		a, r := float64(i)*2.399963, 0.05+math.Sqrt(float64(i)/60)*0.7
		at := geo.Point{109.1 + r*math.Cos(a), 15.7 + r*math.Sin(a)*0.8}
		id, heading := fmt.Sprintf("5740%05d", i), float64(i*37%360)
		for k := 20; k >= 0; k-- {
			past := geo.Destination(at, heading+180+float64(k*k)/8, float64(k)*250)
			h.add(ago(time.Duration(k)*time.Minute+time.Duration(i)*time.Second),
				world.VesselPosition{MMSI: id, Pos: past, Speed: 3 + float64(i%9), Course: heading, Heading: heading, Class: "A"})
		}
		cat := []world.VesselCategory{world.VesselFishing, world.VesselFishing, world.VesselCargo, world.VesselPassenger, world.VesselPublic, world.VesselOther}[i%6]
		h.add(ago(time.Hour), world.VesselStatic{MMSI: id, Particulars: &world.VesselParticulars{Category: cat, Registration: fmt.Sprintf("QNa-%05d-TS", 90000+i), Bow: uint16(8 + i), Stern: 4}})
	}
	h.add(ago(5*time.Minute), world.EntityStale{Ref: "vessel/574000007", Last: ago(7 * time.Second), Limit: 1000})
	for i, st := range []struct {
		name, quantity, unit string
		what                 world.StationKind
		value                float64
	}{
		{"Tam Kỳ", "aqi", "", world.StationAir, 66},
		{"Hội An", "aqi", "", world.StationAir, 42},
		{"Điện Nam", "aqi", "", world.StationAir, 74},
		{"Chu Lai", "wqi", "", world.StationWater, 24},
		{"Hồ Phú Ninh", "wqi", "", world.StationWater, 78},
		{"Vu Gia – Ái Nghĩa", "level", "m", world.StationLevel, 6.8},
		{"Trà My", "temperature", "Cel", world.StationWeather, 27.4},
	} {
		id := fmt.Sprintf("st-%d", i)
		h.add(ago(48*time.Hour), world.StationDefined{ID: id, Name: st.name, What: st.what, Pos: geo.Point{108.1 + 0.09*float64(i), 15.95 - 0.09*float64(i)}})
		h.add(ago(time.Duration(4+i*9)*time.Minute), world.Reading{Station: id, Quantity: st.quantity, Value: st.value, Unit: st.unit})
	}
	h.add(ago(48*time.Hour), world.StationDefined{ID: "st-mute", Name: "Câm", What: world.StationAir, Pos: geo.Point{108.35, 15.5}})
	for i := range 24 {
		id := fmt.Sprintf("PA-%d", i)
		h.add(ago(time.Duration(2+i)*time.Hour), world.ReportOpened{
			ID: id, Service: []string{"roads", "environment", "urban-order", "food", "procedures", "x"}[i%6], Placed: i != 5,
			Pos: geo.Point{108.2 + 0.03*float64(i%12), 15.55 + 0.02*float64(i/6)}, Due: ago(time.Duration(i-8) * time.Hour),
		})
		if i > 18 {
			h.add(ago(time.Hour), world.ReportOverdue{ID: id, Due: ago(time.Duration(i-8) * time.Hour)})
		}
	}
	for i := range 8 {
		id := fmt.Sprintf("cam-%d", i)
		h.add(ago(time.Hour), world.CameraDefined{ID: id, Name: "Camera " + id, Pos: geo.Point{108.25 + 0.06*float64(i), 15.9 - 0.05*float64(i)}, Heading: float64(i * 45), View: 60, Reach: 3000})
		h.add(ago(time.Minute), world.CameraHealth{Camera: id, State: []world.CameraState{world.CameraLive, world.CameraIdle, world.CameraFrozen, world.CameraSilent}[i%4], Since: ago(10 * time.Minute)})
	}
	deep, limit := 4.12, 4.0
	raise := func(id string, sev world.Severity, title string, at geo.Point, about world.Ref) {
		h.add(ago(11*time.Minute), world.AlertRaised{ID: id, Severity: sev, Title: title, Pos: at, Placed: true, About: about, Rule: "r", Called: "Quy tắc thử", Value: &deep, Limit: &limit, Unit: "m", Where: "Cù Lao Chàm", Since: ago(12 * time.Minute)})
	}
	raise("flood", world.Critical, "Lũ Câu Lâu 4,12 m, trên BĐ3", geo.Point{108.28, 15.86}, "")
	raise("ship", world.Severe, "Mất tín hiệu QNa-90012-TS", geo.Point{108.96, 15.7}, "vessel/574000012")
	raise("near", world.Notice, "QNa-90020-TS gần ranh giới", geo.Point{109.5, 15.6}, "vessel/574000020")
	h.add(ago(9*time.Minute), world.AlertAcknowledged{ID: "flood", By: "mai", Name: "Mai"})
	h.add(ago(time.Hour),
		world.FenceSaved{Saved: world.Saved{ID: "cu-lao-cham", Name: "Khu bảo tồn Cù Lao Chàm", Version: 1, By: "mai"}, Purpose: "protected", Polygons: box(108.42, 15.88, 108.62, 16.02), Near: 2000, Dwell: 60000},
		world.FenceSaved{Saved: world.Saved{ID: "over", Name: "Đã hết hạn", Version: 1}, Polygons: box(109, 15, 109.2, 15.2), Until: ago(time.Minute)},
		world.DrawingSaved{Saved: world.Saved{ID: "plan", Name: "Phương án tìm kiếm", Version: 1, By: "mai"}, Shapes: []world.DrawnShape{
			{Form: "area", Points: []geo.Point{{109.1, 15.2}, {109.5, 15.2}, {109.5, 15.45}, {109.1, 15.4}}},
			{Form: "measure", Points: []geo.Point{{108.7, 15.5}, {109.1, 15.6}, {109.3, 15.9}}},
			{Form: "line", Points: []geo.Point{{108.5, 15.5}, {108.3, 15.3}, {108.1, 15.35}}, Text: "Đường sơ tán"},
			{Form: "text", Points: []geo.Point{{108.05, 15.75}}, Text: "Điểm tập kết"},
		}},
		world.LayerSaved{Saved: world.Saved{ID: "benh-vien", Name: "Bệnh viện", Version: 1}, NameEn: "Hospitals", SHA256: lib.put(hospitals()), Features: 13, Rejected: 1, Source: "Sở Y tế", Dated: ago(90 * 24 * time.Hour), Look: param("icon", "hospital", "label", "ten")},
		world.LayerSaved{Saved: world.Saved{ID: "ranh-bien", Name: "Ranh giới biển", Version: 1}, NameEn: "Sea boundaries", SHA256: lib.put(boundaries()), Features: 1, Look: param("edge", "#7F9DB8", "dashed", "yes", "width", "2")},
		world.LayerSaved{Saved: world.Saved{ID: "quy-hoach", Name: "Quy hoạch", Version: 1}, NameEn: "Plans", SHA256: lib.put(plans()), Features: 4, Look: param("fill", "#8A98A650", "edge", "#8A98A6")},
		world.MapViewSaved{Saved: world.Saved{ID: "bien", Name: "Biển", Version: 1}, Params: param("bounds", "108.6,15.1,109.8,16.1", "layers", "vessels,alerts", "trail", "10")},
	)
	provinces(h)
}

func hospitals() string {
	var b bytes.Buffer
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	for i := range 12 {
		fmt.Fprintf(&b, `{"type":"Feature","properties":{"ten":"BV %d","beds":%d},"geometry":{"type":"Point","coordinates":[%g,%g]}},`, i, 50*i, 107.9+0.08*float64(i), 15.4+0.05*float64(i%5))
	}
	b.WriteString(`{"type":"Feature","properties":{"ten":"Lạc"},"geometry":{"type":"Point","coordinates":[400,15]}}]}`)
	return b.String()
}

func boundaries() string {
	return `{"type":"FeatureCollection","features":[{"type":"Feature","id":"12nm","properties":{"name":"Lãnh hải 12 hải lý"},"geometry":{"type":"LineString","coordinates":[[109.0,16.4],[109.35,15.9],[109.55,15.4],[109.7,14.9]]}}]}`
}

func plans() string {
	var b bytes.Buffer
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	for i := range 4 {
		x, y := 108.2+0.12*float64(i%2), 15.35+0.1*float64(i/2)
		fmt.Fprintf(&b, `{"type":"Feature","id":%d,"properties":{"name":"Lô %d"},"geometry":{"type":"Polygon","coordinates":[[[%g,%g],[%g,%g],[%g,%g],[%g,%g],[%g,%g]]]}}`, i, i, x, y, x+.1, y, x+.1, y+.08, x, y+.08, x, y)
		if i < 3 {
			b.WriteString(",")
		}
	}
	b.WriteString("]}")
	return b.String()
}

// provinces gives 34 provinces, 31 of which have a value.
func provinces(h *history) {
	h.add(ago(time.Hour), world.AreaDefined{ID: "vn", Name: "Việt Nam", Level: "country"})
	h.add(ago(time.Hour), world.FigureDefined{ID: "ontime", Name: "Đúng hạn", NameEn: "On time", Unit: "%", Decimals: 1})
	for i, p := range h.m.o.Provinces.Provinces() {
		id := "vn/" + p.ID + "-2025"
		h.add(ago(time.Hour), world.AreaDefined{ID: id, Name: p.Name, Level: "province", Parent: "vn"})
		if i%12 == 5 {
			continue
		}
		den := 200 + float64(i*13%70)
		num := math.Round(den * (0.45 + 0.5*float64(i*7%34)/34))
		v := 100 * num / den
		f := "ontime/" + p.ID
		h.add(ago(time.Hour), world.FigureDefined{ID: f, Name: "Đúng hạn " + p.Name, Unit: "%", Decimals: 1, Area: id, Of: "ontime"})
		h.add(ago(time.Duration(i)*time.Hour), world.FigureReported{Figure: f, Period: "2026-10", Label: "10/2026", Value: &v, Num: &num, Den: &den})
	}
	f, _ := h.s.Figure("ontime/da-nang")
	stale := f.Time
	h.add(ago(time.Hour), world.EntityStale{Ref: "figure/ontime/da-nang", Last: stale, Limit: 1000})
}

func vesselsOf(f *draw.Frame) []string {
	var out []string
	for _, v := range f.Vessels {
		out = append(out, v.ID)
	}
	return out
}
