package draw_test

import (
	"fmt"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"iocwall/assets"
	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/geo/tiles"
)

func source(t testing.TB, set tiles.Set) *tiles.Embedded {
	t.Helper()
	src, err := tiles.NewEmbedded(assets.Basemap(), set)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func renderer(t testing.TB, style draw.Style, sizes draw.Sizes) *draw.Renderer {
	t.Helper()
	r, err := draw.New(draw.Options{
		Base: source(t, tiles.Since2025), Style: style, Sizes: sizes, Words: draw.Vietnamese(),
		Regular: assets.Regular(), Bold: assets.Bold(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// coast is the view of the coast of Quảng Nam.
func coast(w, h int) geo.View {
	return geo.FitView(geo.Bounds{Min: geo.Pt(107.3, 14.95), Max: geo.Pt(110.0, 16.15)}, w, h, 0)
}

// vessels scatters n vessels over the sea off Quảng Nam, the same every time.
func vessels(n int) []draw.Vessel {
	rnd := rand.New(rand.NewPCG(1, 2))
	kinds := []draw.VesselKind{
		draw.Fishing, draw.Fishing, draw.Fishing, draw.Fishing, draw.Cargo, draw.OtherVessel, draw.PublicService, draw.Passenger,
	}
	out := make([]draw.Vessel, n)
	for i := range out {
		v := draw.Vessel{
			ID: fmt.Sprint(i), At: geo.Pt(108.7+rnd.Float64()*1.3, 15+rnd.Float64()*1.1), Kind: kinds[i%len(kinds)],
			Heading: rnd.Float64() * 360, Course: math.NaN(), Speed: rnd.Float64() * 14,
			Age: time.Duration(rnd.IntN(9)) * time.Minute, Limit: 10 * time.Minute, Name: fmt.Sprintf("QNa-%d-TS", 90000+i),
		}
		switch {
		case i%17 == 3:
			v.Heading = math.NaN()
		case i%23 == 5:
			v.Age = time.Hour
		}
		if i%12 == 0 {
			v.Importance = i%3 + 1
		}
		out[i] = v
	}
	return out
}

// scene is a frame with something of every layer.
func scene(v geo.View) *draw.Frame {
	good, fair, poor := color.RGBA{G: 228, A: 255}, color.RGBA{R: 255, G: 255, A: 255}, color.RGBA{R: 255, A: 255}
	violet := color.RGBA{R: 143, G: 63, B: 151, A: 255}
	return &draw.Frame{
		View: v, Home: []string{"da-nang"}, Vessels: vessels(120),
		Stations: []draw.Station{
			{ID: "1", At: geo.Pt(108.21, 16.06), Kind: draw.Air, Value: "42", Word: "Tốt", Fill: good},
			{ID: "2", At: geo.Pt(108.25, 15.90), Kind: draw.Air, Value: "74", Word: "TB", Fill: fair},
			{ID: "3", At: geo.Pt(108.69, 15.41), Kind: draw.Water, Value: "24", Word: "Kém", Fill: poor},
			{ID: "4", At: geo.Pt(108.28, 15.855), Kind: draw.Level, Value: "4,12 m"},
			{ID: "5", At: geo.Pt(107.98, 15.60), Kind: draw.Level, Value: "2,1 m", Stale: true},
			{ID: "6", At: geo.Pt(107.80, 15.46), Kind: draw.Air, Value: "210", Word: "Rất xấu", Fill: violet},
			{ID: "7", At: geo.Pt(107.65, 15.92), Kind: draw.Air},
		},
		Reports: []draw.Report{
			{ID: "1", At: geo.Pt(108.20, 16.00), Category: draw.Roads, Step: draw.ReportSent, Used: 1, Late: true, Note: "trễ 3 ngày"},
			{ID: "2", At: geo.Pt(108.50, 15.60), Category: draw.UrbanOrder, Step: draw.ReportSent, Used: 0.7},
			{ID: "3", At: geo.Pt(108.15, 15.80), Category: draw.Procedures, Step: draw.ReportAccepted, Used: 0.4},
			{ID: "4", At: geo.Pt(108.36, 15.45), Category: draw.Environment, Used: 0.1},
			{ID: "5", At: geo.Pt(108.20, 15.50), Category: draw.FoodSafety},
		},
		Cameras: []draw.Camera{
			{ID: "1", At: geo.Pt(108.28, 15.78), Heading: 40, Angle: 44},
			{ID: "2", At: geo.Pt(108.355, 15.70), Heading: 150, Angle: 60, Health: draw.Frozen},
			{ID: "3", At: geo.Pt(108.57, 15.49), Heading: 250, Angle: 60, Health: draw.Offline},
		},
		Alerts: []draw.Alert{
			{
				ID: "1", At: geo.Pt(108.31, 15.87), Severity: draw.Critical, Title: "Lũ Câu Lâu 4,12 m", Text: "trên BĐ3 0,12 m",
				Area: geo.MultiPolygon{{{{108.19, 15.83}, {108.30, 15.92}, {108.42, 15.92}, {108.45, 15.83}, {108.34, 15.79}, {108.19, 15.83}}}},
			},
			{ID: "2", At: geo.Pt(109.2, 15.9), Severity: draw.Severe, Title: "QNa-90123-TS", Text: "mất tín hiệu 6 giờ 10"},
			{ID: "3", At: geo.Pt(108.70, 15.36), Severity: draw.Warning},
		},
		Furniture: draw.Furniture{Scale: true, Attribution: true, Legend: []draw.LegendItem{
			{Icon: draw.IconFishing, Text: "Tàu cá · 268"},
			{Icon: draw.IconAir, Text: "Trạm khí (VN_AQI)"},
			{Icon: draw.IconReportLate, Text: "Phản ánh, ▲ là trễ hạn"},
		}},
	}
}
