package main

import (
	"math"

	"iocwall/geo"
	"iocwall/geo/tiles"
)

// Names of the two archipelagos as they stand on every map.
const (
	hoangSa  = "Quần đảo Hoàng Sa (Việt Nam)"
	truongSa = "Quần đảo Trường Sa (Việt Nam)"
)

// places returns every name of the map, the important first within a class.
// Positions of islands are rounded to about a kilometre.
func places() []tiles.Place {
	var out []tiles.Place
	add := func(class tiles.Class, group string, list []named) {
		for _, n := range list {
			out = append(out, tiles.Place{Class: class, Rank: n.rank, Name: n.name, Group: group, At: geo.Pt(n.lon, n.lat)})
		}
	}
	add(tiles.ClassArchipelago, "hoang-sa", []named{{1, hoangSa, 111.95, 16.45}})
	add(tiles.ClassArchipelago, "truong-sa", []named{{1, truongSa, 114.0, 9.75}})
	add(tiles.ClassIslet, "hoang-sa", hoangSaIslands())
	add(tiles.ClassIslet, "truong-sa", truongSaIslands())
	add(tiles.ClassSea, "", []named{
		{1, "Biển Đông", 112.6, 13.6},
		{2, "Vịnh Bắc Bộ", 107.75, 19.55},
		{2, "Vịnh Thái Lan", 102.2, 9.7},
	})
	add(tiles.ClassCity, "", cities())
	add(tiles.ClassTown, "", towns())
	add(tiles.ClassIsland, "", coastIslands())
	return out
}

type named struct {
	rank     int
	name     string
	lon, lat float64
}

func hoangSaIslands() []named {
	return []named{
		{1, "Hoàng Sa", 111.608, 16.533},
		{1, "Phú Lâm", 112.338, 16.834},
		{1, "Tri Tôn", 111.200, 15.785},
		{1, "Quang Hòa", 111.711, 16.454},
		{1, "Linh Côn", 112.730, 16.668},
		{2, "Quang Ảnh", 111.508, 16.448},
		{2, "Duy Mộng", 111.739, 16.463},
		{2, "Hữu Nhật", 111.586, 16.507},
		{2, "Bạch Quy", 111.762, 16.058},
		{2, "Đảo Cây", 112.268, 16.979},
		{2, "Đảo Bắc", 112.308, 16.963},
		{3, "Đảo Trung", 112.323, 16.953},
		{3, "Đảo Nam", 112.333, 16.947},
		{3, "Đảo Đá", 112.345, 16.845},
		{2, "Đá Bắc", 111.500, 17.090},
		{2, "Đá Lồi", 111.680, 16.230},
		{2, "Bông Bay", 112.520, 16.050},
		{3, "Chim Én", 112.030, 16.340},
	}
}

func truongSaIslands() []named {
	return []named{
		{1, "Trường Sa Lớn", 111.920, 8.645},
		{1, "Song Tử Tây", 114.331, 11.430},
		{1, "Nam Yết", 114.366, 10.180},
		{1, "Sinh Tồn", 114.330, 9.886},
		{1, "Sơn Ca", 114.479, 10.375},
		{1, "Phan Vinh", 113.699, 8.974},
		{1, "Ba Bình", 114.365, 10.377},
		{1, "An Bang", 112.920, 7.892},
		{2, "Trường Sa Đông", 112.348, 8.934},
		{2, "Sinh Tồn Đông", 114.565, 9.905},
		{2, "Song Tử Đông", 114.354, 11.454},
		{2, "Thị Tứ", 114.285, 11.053},
		{2, "Loại Ta", 114.425, 10.668},
		{2, "Bến Lạc", 115.021, 11.078},
		{2, "Bình Nguyên", 115.823, 10.817},
		{2, "Vĩnh Viễn", 115.803, 10.733},
		{2, "Đá Tây", 112.220, 8.860},
		{2, "Đá Lát", 111.670, 8.670},
		{3, "Đá Nam", 114.300, 11.390},
		{3, "Đá Lớn", 113.850, 10.050},
		{3, "Cô Lin", 114.250, 9.770},
		{3, "Len Đao", 114.370, 9.780},
		{3, "Gạc Ma", 114.280, 9.720},
		{2, "Tốc Tan", 113.980, 8.810},
		{3, "Núi Le", 114.180, 8.710},
		{2, "Tiên Nữ", 114.650, 8.860},
		{3, "Đá Thị", 114.580, 10.410},
		{2, "Thuyền Chài", 113.300, 8.180},
		{2, "Chữ Thập", 112.890, 9.550},
		{2, "Xu Bi", 114.080, 10.920},
		{2, "Châu Viên", 112.830, 8.860},
		{2, "Vành Khăn", 115.530, 9.900},
		{3, "Ga Ven", 114.220, 10.210},
		{3, "Tư Nghĩa", 114.500, 9.910},
		{3, "Cỏ Mây", 115.870, 9.730},
		{3, "Công Đo", 115.220, 8.360},
	}
}

// cities are the seats of the provinces of today and of those before; rank 1 is
// a centrally run city, 2 a seat of today, 3 a seat before July 2025.
func cities() []named {
	return []named{
		{1, "Hà Nội", 105.852, 21.029},
		{1, "TP Hồ Chí Minh", 106.700, 10.776},
		{1, "Đà Nẵng", 108.220, 16.068},
		{1, "Hải Phòng", 106.684, 20.862},
		{1, "Cần Thơ", 105.780, 10.035},
		{1, "Huế", 107.590, 16.464},
		{2, "Nha Trang", 109.194, 12.245},
		{2, "Quy Nhơn", 109.223, 13.777},
		{2, "Buôn Ma Thuột", 108.045, 12.680},
		{2, "Đà Lạt", 108.440, 11.940},
		{2, "Vinh", 105.690, 18.675},
		{2, "Thanh Hóa", 105.776, 19.807},
		{2, "Hạ Long", 107.070, 20.951},
		{2, "Thái Nguyên", 105.845, 21.594},
		{2, "Biên Hòa", 106.820, 10.950},
		{2, "Cà Mau", 105.150, 9.177},
		{2, "Rạch Giá", 105.083, 10.012},
		{2, "Đồng Hới", 106.600, 17.470},
		{2, "Hà Tĩnh", 105.905, 18.343},
		{2, "Quảng Ngãi", 108.800, 15.121},
		{2, "Cao Bằng", 106.258, 22.666},
		{2, "Lạng Sơn", 106.760, 21.853},
		{2, "Tuyên Quang", 105.214, 21.823},
		{2, "Điện Biên Phủ", 103.017, 21.386},
		{2, "Lai Châu", 103.460, 22.396},
		{2, "Sơn La", 103.914, 21.327},
		{2, "Yên Bái", 104.874, 21.705},
		{2, "Bắc Giang", 106.195, 21.273},
		{2, "Việt Trì", 105.402, 21.323},
		{2, "Hưng Yên", 106.051, 20.646},
		{2, "Hoa Lư", 105.975, 20.254},
		{2, "Tân An", 106.410, 10.536},
		{2, "Mỹ Tho", 106.360, 10.360},
		{2, "Vĩnh Long", 105.972, 10.254},
		{3, "Tam Kỳ", 108.474, 15.573},
		{3, "Kon Tum", 108.008, 14.350},
		{3, "Pleiku", 108.003, 13.983},
		{3, "Tuy Hòa", 109.300, 13.089},
		{3, "Phan Rang", 108.990, 11.565},
		{3, "Phan Thiết", 108.100, 10.930},
		{3, "Gia Nghĩa", 107.690, 12.004},
		{3, "Đồng Xoài", 106.895, 11.535},
		{3, "Thủ Dầu Một", 106.650, 10.980},
		{3, "Vũng Tàu", 107.084, 10.346},
		{3, "Tây Ninh", 106.098, 11.310},
		{3, "Cao Lãnh", 105.633, 10.457},
		{3, "Bến Tre", 106.375, 10.243},
		{3, "Trà Vinh", 106.342, 9.934},
		{3, "Sóc Trăng", 105.972, 9.603},
		{3, "Vị Thanh", 105.470, 9.784},
		{3, "Bạc Liêu", 105.724, 9.285},
		{3, "Long Xuyên", 105.435, 10.386},
		{3, "Đông Hà", 107.100, 16.817},
		{3, "Nam Định", 106.168, 20.434},
		{3, "Phủ Lý", 105.914, 20.541},
		{3, "Thái Bình", 106.340, 20.450},
		{3, "Hải Dương", 106.315, 20.940},
		{3, "Bắc Ninh", 106.076, 21.186},
		{3, "Vĩnh Yên", 105.597, 21.310},
		{3, "Hòa Bình", 105.338, 20.817},
		{3, "Bắc Kạn", 105.834, 22.147},
		{3, "Hà Giang", 104.984, 22.823},
		{3, "Lào Cai", 103.970, 22.486},
	}
}

// towns are those of the coast of Quảng Nam and Đà Nẵng and around it.
func towns() []named {
	return []named{
		{1, "Hội An", 108.327, 15.880},
		{1, "Chu Lai", 108.710, 15.405},
		{2, "Núi Thành", 108.664, 15.432},
		{2, "Điện Bàn", 108.228, 15.905},
		{2, "Hà Lam", 108.354, 15.700},
		{2, "Ái Nghĩa", 108.118, 15.880},
		{3, "Vĩnh Điện", 108.246, 15.886},
		{3, "Nam Phước", 108.262, 15.848},
		{2, "Tiên Kỳ", 108.307, 15.487},
		{2, "Trà My", 108.222, 15.340},
		{2, "Khâm Đức", 107.797, 15.446},
		{2, "Prao", 107.648, 15.926},
		{3, "Thạnh Mỹ", 107.836, 15.756},
		{3, "Đông Phú", 108.220, 15.672},
		{3, "Tân Bình", 108.107, 15.573},
		{3, "Trung Phước", 108.035, 15.690},
		{3, "Phú Thịnh", 108.430, 15.540},
		{3, "Tắk Pỏ", 108.125, 15.160},
		{3, "A Tiêng", 107.480, 15.890},
		{3, "Lăng Cô", 108.080, 16.235},
		{3, "Bình Sơn", 108.760, 15.305},
		{3, "Dung Quất", 108.790, 15.390},
		{3, "Sơn Trà", 108.255, 16.100},
		{3, "Cửa Đại", 108.395, 15.880},
	}
}

func coastIslands() []named {
	return []named{
		{1, "Phú Quốc", 103.984, 10.218},
		{1, "Côn Đảo", 106.606, 8.692},
		{1, "Cù Lao Chàm", 108.516, 15.955},
		{1, "Lý Sơn", 109.118, 15.381},
		{1, "Phú Quý", 108.944, 10.525},
		{1, "Bạch Long Vĩ", 107.728, 20.133},
		{2, "Cát Bà", 107.000, 20.790},
		{2, "Cô Tô", 107.765, 20.975},
		{2, "Cồn Cỏ", 107.340, 17.160},
		{2, "Thổ Chu", 103.472, 9.296},
		{3, "Hòn Khoai", 104.835, 8.433},
		{3, "Cù Lao Xanh", 109.356, 13.617},
	}
}

// schematicLines are rivers and roads drawn by hand from a few positions each
// and rounded off; they show the lie of the land and are no survey.
func schematicLines() []tiles.Line {
	var out []tiles.Line
	for _, l := range handLines() {
		points := make([]geo.Point, 0, len(l.at)/2)
		for i := 0; i+1 < len(l.at); i += 2 {
			points = append(points, geo.Pt(l.at[i], l.at[i+1]))
		}
		out = append(out, tiles.Line{Class: l.class, Rank: l.rank, Name: l.name, Points: smooth(points)})
	}
	return out
}

// smooth runs a centripetal Catmull–Rom curve through the points.
func smooth(p []geo.Point) []geo.Point {
	const steps = 6
	var out []geo.Point
	at := func(i int) geo.Point { return p[max(0, min(i, len(p)-1))] }
	for i := 0; i+1 < len(p); i++ {
		a, b, c, d := at(i-1), at(i), at(i+1), at(i+2)
		for k := range steps {
			out = append(out, catmullRom(a, b, c, d, float64(k)/steps))
		}
	}
	return append(out, p[len(p)-1])
}

func catmullRom(a, b, c, d geo.Point, t float64) geo.Point {
	var out geo.Point
	t1, t2, t3 := knot(a, b), knot(b, c), knot(c, d)
	for k := range out {
		m1, m2 := (c[k]-b[k])/t2, (c[k]-b[k])/t2
		if t1 > 0 {
			m1 = (b[k]-a[k])/t1 - (c[k]-a[k])/(t1+t2) + (c[k]-b[k])/t2
		}
		if t3 > 0 {
			m2 = (c[k]-b[k])/t2 - (d[k]-b[k])/(t2+t3) + (d[k]-c[k])/t3
		}
		m1, m2 = m1*t2, m2*t2
		out[k] = b[k] + t*(m1+t*(3*(c[k]-b[k])-2*m1-m2+t*(2*(b[k]-c[k])+m1+m2)))
	}
	return out
}

func knot(a, b geo.Point) float64 { return math.Sqrt(math.Hypot(b[0]-a[0], b[1]-a[1])) }
