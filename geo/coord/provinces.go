package coord

import "strings"

// Province is a province as it was before 1 July 2025 and the meridian its
// cadastral maps use. Maps made before the mergers keep their zones, so a
// province of today may need several.
type Province struct {
	Name     string  // with its accents
	Now      string  // the province it belongs to since 1 July 2025
	Meridian float64 // central meridian of its 3° zone, degrees east
}

// provinces lists, for each meridian in degrees and minutes, the old provinces
// and after ">" the one of today where it has another name.
const provinces = `
103 00 Lai Châu, Điện Biên
104 00 Sơn La
104 30 Kiên Giang > An Giang, Cà Mau
104 45 Lào Cai, Yên Bái > Lào Cai, Phú Thọ, Nghệ An, An Giang
105 00 Vĩnh Phúc > Phú Thọ, Hà Nội, Hà Nam > Ninh Bình, Ninh Bình, Thanh Hóa, Đồng Tháp, Cần Thơ, Hậu Giang > Cần Thơ, Bạc Liêu > Cà Mau
105 30 Hà Giang > Tuyên Quang, Bắc Ninh, Hải Dương > Hải Phòng, Hưng Yên, Nam Định > Ninh Bình, Thái Bình > Hưng Yên, Hà Tĩnh, Tây Ninh, Vĩnh Long, Trà Vinh > Vĩnh Long, Sóc Trăng > Cần Thơ
105 45 Cao Bằng, Hải Phòng, Bình Dương > Thành phố Hồ Chí Minh, Long An > Tây Ninh, Tiền Giang > Đồng Tháp, Bến Tre > Vĩnh Long, Thành phố Hồ Chí Minh
106 00 Tuyên Quang, Hòa Bình > Phú Thọ, Quảng Bình > Quảng Trị
106 15 Quảng Trị, Bình Phước > Đồng Nai
106 30 Bắc Kạn > Thái Nguyên, Thái Nguyên
107 00 Bắc Giang > Bắc Ninh, Thừa Thiên Huế > Huế
107 15 Lạng Sơn
107 30 Kon Tum > Quảng Ngãi
107 45 Quảng Ninh, Đà Nẵng, Quảng Nam > Đà Nẵng, Lâm Đồng, Đồng Nai, Bà Rịa – Vũng Tàu > Thành phố Hồ Chí Minh
108 00 Quảng Ngãi
108 15 Bình Định > Gia Lai, Khánh Hòa, Ninh Thuận > Khánh Hòa
108 30 Gia Lai, Đắk Lắk, Đắk Nông > Lâm Đồng, Phú Yên > Đắk Lắk, Bình Thuận > Lâm Đồng
`

// Provinces returns the 63 provinces in order of their meridians (Circular
// 25/2014/TT-BTNMT, appendix 2; mergers of Resolution 202/2025/QH15). The list is
// the caller's.
func Provinces() []Province {
	var out []Province
	for line := range strings.Lines(strings.TrimSpace(provinces)) {
		text := strings.SplitN(strings.TrimSpace(line), " ", 3)
		meridian := number(text[0]) + number(text[1])/60
		for _, name := range strings.Split(text[2], ", ") {
			old, now, merged := strings.Cut(name, " > ")
			if !merged {
				now = old
			}
			out = append(out, Province{Name: old, Now: now, Meridian: meridian})
		}
	}
	return out
}

// number reads digits of the list above.
func number(digits string) (out float64) {
	for _, c := range digits {
		out = 10*out + float64(c-'0')
	}
	return out
}
