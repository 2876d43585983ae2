package draw_test

import (
	"fmt"
	"image/color"
	"math"
	"math/rand/v2"

	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/geo/draw/look"
)

// mesh is cols × rows areas that fill a box and share wriggling edges, like the
// communes of a province.
func mesh(b geo.Bounds, cols, rows int, seed uint64) []draw.Area {
	rnd := rand.New(rand.NewPCG(seed, 7))
	dx, dy := (b.Max[0]-b.Min[0])/float64(cols), (b.Max[1]-b.Min[1])/float64(rows)
	corner := make([]geo.Point, (cols+1)*(rows+1))
	for i := range corner {
		x, y := i%(cols+1), i/(cols+1)
		corner[i] = geo.Pt(b.Min[0]+dx*(float64(x)+(rnd.Float64()-0.5)*0.4), b.Min[1]+dy*(float64(y)+(rnd.Float64()-0.5)*0.4))
	}
	edges := map[[2]int][]geo.Point{}
	edge := func(i, j int) []geo.Point {
		if e, ok := edges[[2]int{i, j}]; ok {
			return e
		}
		e := append(wriggle(rnd, corner[i], corner[j], 5), corner[j])
		back := make([]geo.Point, len(e))
		for k := range e {
			back[len(e)-1-k] = e[k]
		}
		edges[[2]int{i, j}], edges[[2]int{j, i}] = e, back
		return e
	}
	var out []draw.Area
	for y := range rows {
		for x := range cols {
			a := y*(cols+1) + x
			var ring []geo.Point
			for _, e := range [][2]int{{a, a + 1}, {a + 1, a + cols + 2}, {a + cols + 2, a + cols + 1}, {a + cols + 1, a}} {
				side := edge(e[0], e[1])
				ring = append(ring, side[:len(side)-1]...)
			}
			out = append(out, draw.Area{
				Layer: "areas", ID: fmt.Sprintf("%d-%d", x, y), Polygons: geo.MultiPolygon{{append(ring, ring[0])}},
			})
		}
	}
	return out
}

// wriggle returns a path from a up to but not including b.
func wriggle(rnd *rand.Rand, a, b geo.Point, depth int) []geo.Point {
	if depth == 0 {
		return []geo.Point{a}
	}
	k := (rnd.Float64() - 0.5) * 0.2
	m := geo.Pt((a[0]+b[0])/2-(b[1]-a[1])*k, (a[1]+b[1])/2+(b[0]-a[0])*k)
	return append(wriggle(rnd, a, m, depth-1), wriggle(rnd, m, b, depth-1)...)
}

// choropleth colours a mesh in classes; some areas have no value.
func choropleth(f *draw.Frame, style draw.Style, areas []draw.Area) {
	names := []string{"Tam Kỳ", "Thăng Bình", "Quế Sơn", "Điện Bàn Bắc", "Hội An Tây", "Nông Sơn", "Trà My", "Phước Hiệp", "Núi Thành", "Đại Lộc"}
	var ramp [4]color.RGBA
	for i := range ramp {
		low, high := look.Mixed(style.Land, style.SeaName, 0.2), look.Mixed(style.SeaName, style.Text, 0.3)
		ramp[i] = look.Mixed(low, high, float64(i)/3)
	}
	for i := range areas {
		a := &areas[i]
		a.Name, a.Fill, a.Edge, a.Width = names[i%len(names)], ramp[(i*7+i/5)%4], style.Border, 1
		a.Hatch = i%11 == 4
		a.Selected = i == 12
	}
	f.Areas = append(f.Areas, areas...)
	legend := []draw.LegendItem{{Heading: true, Text: "Hồ sơ đúng hạn, %"}}
	for i, text := range []string{"dưới 50", "50–70", "70–90", "từ 90"} {
		legend = append(legend, draw.LegendItem{Text: text, Swatch: &draw.Swatch{Fill: ramp[i]}})
	}
	f.Furniture.Legend = append(legend, draw.LegendItem{Text: "Chưa có số liệu", Swatch: &draw.Swatch{Hatch: true}})
}

// places are marks of several layers around a point.
func places() []draw.Mark {
	icons := []draw.Icon{
		draw.IconHospital, draw.IconSchool, draw.IconSight, draw.IconMarket, draw.IconFuel, draw.IconLandslide, draw.IconFlood,
		draw.IconPump, draw.IconStore, draw.IconOffice, draw.IconHarbour, draw.IconShelter, draw.IconHotel, draw.IconBridge,
		draw.IconFactory, draw.IconPlace,
	}
	names := []string{
		"Bệnh viện Đa khoa", "THPT Trần Cao Vân", "Thánh địa Mỹ Sơn", "Chợ Tam Kỳ", "Xăng dầu số 5", "Sạt lở Trà Leng", "Ngập Cẩm Kim",
		"Trạm bơm Xuyên Đông", "Kho cứu trợ", "UBND phường", "Cảng Kỳ Hà", "Điểm sơ tán", "Khách sạn", "Cầu Câu Lâu", "KCN Chu Lai", "Điểm khác",
	}
	var out []draw.Mark
	for i, icon := range icons {
		out = append(out, draw.Mark{
			Layer: "places", ID: fmt.Sprint(i), At: geo.Pt(107.55+float64(i%4)*0.32, 15.95-float64(i/4)*0.23), Icon: icon,
			Name: names[i], Importance: 20 - i, Selected: i == 2,
		})
	}
	return out
}

// sketches is what hands draw: fences, lines, texts, handles and a band.
func sketches(f *draw.Frame) {
	fence := []geo.Point{{109.0, 15.2}, {109.5, 15.15}, {109.65, 15.5}, {109.2, 15.7}, {108.95, 15.5}, {109.0, 15.2}}
	shape := []geo.Point{{107.8, 15.3}, {108.15, 15.25}, {108.2, 15.5}, {107.9, 15.55}}
	f.Areas = append(f.Areas,
		draw.Area{Layer: "fences", ID: "f", Name: "Vùng cấm neo đậu", Fence: true, Polygons: geo.MultiPolygon{{fence}}},
		draw.Area{Layer: "fences", ID: "g", Name: "Khu bảo tồn", Fence: true, Selected: true, Polygons: geo.MultiPolygon{{circle(geo.Pt(108.5, 15.95), 0.12)}}},
		draw.Area{Layer: "drawings", ID: "d", Polygons: geo.MultiPolygon{{shape}}, Fill: color.RGBA{90, 209, 234, 40}, Edge: color.RGBA{90, 209, 234, 255}, Width: 2})
	f.Lines = append(f.Lines,
		draw.Line{Layer: "sea", ID: "s", Name: "Ranh giới biển", Points: []geo.Point{{108.6, 16.1}, {109.3, 15.9}, {109.9, 15.3}}, Dashed: true},
		draw.Line{Layer: "drawings", ID: "m", Points: []geo.Point{{108.75, 15.35}, {109.3, 15.05}}, Color: color.RGBA{90, 209, 234, 255}, Selected: true})
	f.Texts = []draw.Text{
		{ID: "t", At: geo.Pt(109.02, 15.2), Text: "35,4 hải lý · 112°", Plate: true},
		{ID: "u", At: geo.Pt(108.0, 15.4), Text: "Điểm tập kết"},
	}
	for i, p := range shape {
		q := shape[(i+1)%4]
		f.Handles = append(f.Handles, draw.Handle{At: p, Chosen: i == 1}, draw.Handle{At: geo.Pt((p[0]+q[0])/2, (p[1]+q[1])/2), Middle: true})
	}
}

func circle(c geo.Point, radius float64) []geo.Point {
	var out []geo.Point
	for i := range 49 {
		sin, cos := math.Sincos(float64(i) / 24 * math.Pi)
		out = append(out, geo.Pt(c[0]+cos*radius, c[1]+sin*radius))
	}
	return out
}

// crowd is points of every layer that gather.
func crowd(f *draw.Frame) {
	rnd := rand.New(rand.NewPCG(4, 4))
	around := func(lon, lat, wide float64) geo.Point {
		return geo.Pt(lon+rnd.NormFloat64()*wide, lat+rnd.NormFloat64()*wide)
	}
	f.Gather = draw.Gather{Vessels: true, Stations: true, Reports: true, Cameras: true, Marks: true}
	f.Vessels = vessels(150)
	for i := range 1300 {
		v := f.Vessels[i%150]
		v.ID, v.At, v.Age, v.Importance = fmt.Sprint("h", i), around(108.9+float64(i%3)*0.3, 15.9-float64(i%3)*0.35, 0.03), 0, 0
		if i == 500 {
			v.Severity = draw.Severe
		}
		f.Vessels = append(f.Vessels, v)
	}
	good, poor := color.RGBA{G: 228, A: 255}, color.RGBA{R: 255, A: 255}
	for i := range 14 {
		s := draw.Station{ID: fmt.Sprint(i), At: around(107.8, 15.8, 0.03), Kind: draw.Air, Value: fmt.Sprint(40 + i), Word: "Tốt", Fill: good, Importance: 1}
		if i == 9 {
			s.Value, s.Word, s.Fill, s.Importance = "186", "Xấu", poor, 4
		}
		s.Stale = i == 3
		f.Stations = append(f.Stations, s)
	}
	for i := range 60 {
		f.Reports = append(f.Reports, draw.Report{ID: fmt.Sprint(i), At: around(108.1+float64(i%2)*0.25, 15.3, 0.03), Category: draw.Category(i % 6), Late: i%4 == 3})
		f.Cameras = append(f.Cameras, draw.Camera{ID: fmt.Sprint(i), At: around(108.2, 15.75, 0.06), Heading: math.NaN(), Health: draw.Health(max(0, i%9-5))})
		f.Marks = append(f.Marks, draw.Mark{Layer: "schools", ID: fmt.Sprint(i), At: around(107.65, 15.3, 0.09), Icon: draw.IconSchool, Name: "Trường", Importance: 1})
	}
}
