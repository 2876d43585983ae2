package main

// province corrects one feature of the source file. Its names are misspelt,
// name regions instead of provinces, or lack diacritics, so the code decides.
type province struct {
	code        string // adm1_code in the source
	id, name    string
	successor   string // id of the province of 2025 that took it over
	since       string // first day of the old province in its last extent, where known for certain
	city        bool   // centrally run city
	approximate bool   // the outline is misplaced in the source
}

// oldProvinces are the 63 provinces before 1 July 2025.
func oldProvinces() []province {
	return []province{
		{code: "VNM-462", id: "ha-noi", name: "Hà Nội", successor: "ha-noi", since: "2008-08-01", city: true},
		{code: "VNM-511", id: "cao-bang", name: "Cao Bằng", successor: "cao-bang"},
		{code: "VNM-457", id: "tuyen-quang", name: "Tuyên Quang", successor: "tuyen-quang"},
		{code: "VNM-512", id: "ha-giang", name: "Hà Giang", successor: "tuyen-quang"},
		{code: "VNM-450", id: "dien-bien", name: "Điện Biên", successor: "dien-bien", since: "2004-01-01"},
		{code: "VNM-453", id: "lai-chau", name: "Lai Châu", successor: "lai-chau", since: "2004-01-01"},
		{code: "VNM-455", id: "son-la", name: "Sơn La", successor: "son-la"},
		{code: "VNM-5483", id: "lao-cai", name: "Lào Cai", successor: "lao-cai"},
		{code: "VNM-458", id: "yen-bai", name: "Yên Bái", successor: "lao-cai"},
		{code: "VNM-452", id: "thai-nguyen", name: "Thái Nguyên", successor: "thai-nguyen", since: "1997-01-01"},
		{code: "VNM-451", id: "bac-kan", name: "Bắc Kạn", successor: "thai-nguyen", since: "1997-01-01"},
		{code: "VNM-454", id: "lang-son", name: "Lạng Sơn", successor: "lang-son"},
		{code: "VNM-429", id: "quang-ninh", name: "Quảng Ninh", successor: "quang-ninh"},
		{code: "VNM-463", id: "bac-ninh", name: "Bắc Ninh", successor: "bac-ninh", since: "1997-01-01"},
		{code: "VNM-470", id: "bac-giang", name: "Bắc Giang", successor: "bac-ninh", since: "1997-01-01"},
		{code: "VNM-469", id: "phu-tho", name: "Phú Thọ", successor: "phu-tho", since: "1997-01-01"},
		{code: "VNM-464", id: "vinh-phuc", name: "Vĩnh Phúc", successor: "phu-tho", since: "1997-01-01"},
		{code: "VNM-459", id: "hoa-binh", name: "Hòa Bình", successor: "phu-tho"},
		{code: "VNM-4600", id: "hai-phong", name: "Hải Phòng", successor: "hai-phong", city: true},
		{code: "VNM-460", id: "hai-duong", name: "Hải Dương", successor: "hai-phong", since: "1997-01-01"},
		{code: "VNM-461", id: "hung-yen", name: "Hưng Yên", successor: "hung-yen", since: "1997-01-01"},
		{code: "VNM-471", id: "thai-binh", name: "Thái Bình", successor: "hung-yen"},
		{code: "VNM-466", id: "ninh-binh", name: "Ninh Bình", successor: "ninh-binh"},
		{code: "VNM-467", id: "ha-nam", name: "Hà Nam", successor: "ninh-binh", since: "1997-01-01"},
		{code: "VNM-468", id: "nam-dinh", name: "Nam Định", successor: "ninh-binh", since: "1997-01-01"},
		{code: "VNM-456", id: "thanh-hoa", name: "Thanh Hóa", successor: "thanh-hoa"},
		{code: "VNM-475", id: "nghe-an", name: "Nghệ An", successor: "nghe-an"},
		{code: "VNM-474", id: "ha-tinh", name: "Hà Tĩnh", successor: "ha-tinh"},
		{code: "VNM-489", id: "quang-tri", name: "Quảng Trị", successor: "quang-tri"},
		{code: "VNM-476", id: "quang-binh", name: "Quảng Bình", successor: "quang-tri"},
		{code: "VNM-490", id: "thua-thien-hue", name: "Thừa Thiên Huế", successor: "hue"},
		{code: "VNM-491", id: "da-nang", name: "Đà Nẵng", successor: "da-nang", since: "1997-01-01", city: true},
		{code: "VNM-487", id: "quang-nam", name: "Quảng Nam", successor: "da-nang", since: "1997-01-01"},
		{code: "VNM-488", id: "quang-ngai", name: "Quảng Ngãi", successor: "quang-ngai"},
		{code: "VNM-486", id: "kon-tum", name: "Kon Tum", successor: "quang-ngai"},
		{code: "VNM-478", id: "gia-lai", name: "Gia Lai", successor: "gia-lai"},
		{code: "VNM-485", id: "binh-dinh", name: "Bình Định", successor: "gia-lai"},
		{code: "VNM-477", id: "dak-lak", name: "Đắk Lắk", successor: "dak-lak", since: "2004-01-01"},
		{code: "VNM-482", id: "phu-yen", name: "Phú Yên", successor: "dak-lak"},
		{code: "VNM-479", id: "khanh-hoa", name: "Khánh Hòa", successor: "khanh-hoa"},
		{code: "VNM-481", id: "ninh-thuan", name: "Ninh Thuận", successor: "khanh-hoa"},
		{code: "VNM-480", id: "lam-dong", name: "Lâm Đồng", successor: "lam-dong"},
		{code: "VNM-4835", id: "dak-nong", name: "Đắk Nông", successor: "lam-dong", since: "2004-01-01"},
		{code: "VNM-496", id: "binh-thuan", name: "Bình Thuận", successor: "lam-dong"},
		{code: "VNM-497", id: "dong-nai", name: "Đồng Nai", successor: "dong-nai"},
		{code: "VNM-484", id: "binh-phuoc", name: "Bình Phước", successor: "dong-nai", since: "1997-01-01"},
		{code: "VNM-501", id: "ho-chi-minh", name: "Thành phố Hồ Chí Minh", successor: "ho-chi-minh", city: true},
		{code: "VNM-483", id: "binh-duong", name: "Bình Dương", successor: "ho-chi-minh", since: "1997-01-01"},
		{code: "VNM-495", id: "ba-ria-vung-tau", name: "Bà Rịa – Vũng Tàu", successor: "ho-chi-minh"},
		{code: "VNM-444", id: "tay-ninh", name: "Tây Ninh", successor: "tay-ninh"},
		{code: "VNM-503", id: "long-an", name: "Long An", successor: "tay-ninh"},
		{code: "VNM-500", id: "dong-thap", name: "Đồng Tháp", successor: "dong-thap"},
		{code: "VNM-4834", id: "tien-giang", name: "Tiền Giang", successor: "dong-thap"},
		{code: "VNM-498", id: "an-giang", name: "An Giang", successor: "an-giang"},
		{code: "VNM-502", id: "kien-giang", name: "Kiên Giang", successor: "an-giang"},
		{code: "VNM-510", id: "vinh-long", name: "Vĩnh Long", successor: "vinh-long"},
		{code: "VNM-504", id: "ben-tre", name: "Bến Tre", successor: "vinh-long"},
		{code: "VNM-509", id: "tra-vinh", name: "Trà Vinh", successor: "vinh-long"},
		{code: "VNM-499", id: "can-tho", name: "Cần Thơ", successor: "can-tho", since: "2004-01-01", city: true, approximate: true},
		{code: "VNM-508", id: "soc-trang", name: "Sóc Trăng", successor: "can-tho"},
		{code: "VNM-505", id: "hau-giang", name: "Hậu Giang", successor: "can-tho", since: "2004-01-01"},
		{code: "VNM-507", id: "ca-mau", name: "Cà Mau", successor: "ca-mau", since: "1997-01-01"},
		{code: "VNM-506", id: "bac-lieu", name: "Bạc Liêu", successor: "ca-mau", since: "1997-01-01"},
	}
}

// newProvince is one of the 34 provinces since 1 July 2025.
type newProvince struct {
	id, name string
	city     bool
}

func newProvinces() []newProvince {
	return []newProvince{
		{"ha-noi", "Hà Nội", true},
		{"cao-bang", "Cao Bằng", false},
		{"tuyen-quang", "Tuyên Quang", false},
		{"dien-bien", "Điện Biên", false},
		{"lai-chau", "Lai Châu", false},
		{"son-la", "Sơn La", false},
		{"lao-cai", "Lào Cai", false},
		{"thai-nguyen", "Thái Nguyên", false},
		{"lang-son", "Lạng Sơn", false},
		{"quang-ninh", "Quảng Ninh", false},
		{"bac-ninh", "Bắc Ninh", false},
		{"phu-tho", "Phú Thọ", false},
		{"hai-phong", "Hải Phòng", true},
		{"hung-yen", "Hưng Yên", false},
		{"ninh-binh", "Ninh Bình", false},
		{"thanh-hoa", "Thanh Hóa", false},
		{"nghe-an", "Nghệ An", false},
		{"ha-tinh", "Hà Tĩnh", false},
		{"quang-tri", "Quảng Trị", false},
		{"hue", "Huế", true},
		{"da-nang", "Đà Nẵng", true},
		{"quang-ngai", "Quảng Ngãi", false},
		{"gia-lai", "Gia Lai", false},
		{"dak-lak", "Đắk Lắk", false},
		{"khanh-hoa", "Khánh Hòa", false},
		{"lam-dong", "Lâm Đồng", false},
		{"dong-nai", "Đồng Nai", false},
		{"ho-chi-minh", "Thành phố Hồ Chí Minh", true},
		{"tay-ninh", "Tây Ninh", false},
		{"dong-thap", "Đồng Tháp", false},
		{"vinh-long", "Vĩnh Long", false},
		{"an-giang", "An Giang", false},
		{"can-tho", "Cần Thơ", true},
		{"ca-mau", "Cà Mau", false},
	}
}

// move gives an island to the province it belongs to. The source has a feature
// without a name that holds eleven islands, and puts some islands in the wrong
// province. The island is the polygon whose corners' mean is nearest to at.
type move struct {
	from     string // adm1_code
	lon, lat float64
	to       string
	island   string
}

func islandMoves() []move {
	const nameless, quangNinh = "VNM+99?", "VNM-429"
	return []move{
		{nameless, 108.516, 15.949, "quang-nam", "Cù Lao Chàm"},
		{nameless, 109.121, 15.381, "quang-ngai", "Lý Sơn"},
		{nameless, 109.355, 13.617, "binh-dinh", "Cù Lao Xanh"},
		{nameless, 105.931, 19.372, "thanh-hoa", "Hòn Mê"},
		{nameless, 107.738, 20.131, "hai-phong", "Bạch Long Vĩ"},
		{nameless, 107.467, 20.728, "quang-ninh", "Hạ Mai"},
		{nameless, 107.970, 21.236, "quang-ninh", "Đảo Trần"},
		{nameless, 103.471, 9.296, "kien-giang", "Thổ Chu"},
		{nameless, 104.361, 9.680, "kien-giang", "Nam Du"},
		{nameless, 104.634, 9.805, "kien-giang", "Hòn Sơn"},
		{nameless, 104.839, 8.434, "ca-mau", "Hòn Khoai"},
		{quangNinh, 107.030, 20.785, "hai-phong", "Cát Bà"},
		{quangNinh, 106.788, 20.821, "hai-phong", "Cát Hải"},
		{quangNinh, 106.742, 20.866, "hai-phong", "Đình Vũ"},
		{quangNinh, 106.733, 20.972, "hai-phong", "Thủy Nguyên"},
		{"VNM-508", 106.625, 8.712, "ba-ria-vung-tau", "Côn Đảo"},
	}
}
