package ground

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"iocwall/geo"
)

// foreignNames are names that others have for Biển Đông and for what lies in it,
// in many languages. A label is left out where one of its names contains one of
// them; the sea and the archipelagos have the names of the built-in map.
func foreignNames() []string {
	return []string{
		"South China Sea", "West Philippine Sea", "North Natuna Sea", "Natuna Utara", "Natuna Sea", "Laut China Selatan",
		"Laut Cina Selatan", "Laut Tiongkok Selatan", "Chine méridionale", "China Meridional", "Cinese Meridionale",
		"Südchinesisches Meer", "Zuid-Chinese Zee", "Sydkinesiska", "Sydkinesiske", "Sørkina", "Etelä-Kiinan meri",
		"Południowochińskie", "Jihočínské moře", "Juhočínske more", "Dél-kínai", "Marea Chinei de Sud", "Güney Çin Denizi",
		"Южно-Китайское", "Південнокитайське", "Южнокитайско", "Dagat Timog Tsina", "Dagat Timog China",
		"Dagat Kanlurang Pilipinas", "Dagat Luzon", "Biển Nam Trung Hoa", "Biển Nam Trung Quốc", "Biển Hoa Nam",
		"Nan Hai", "Nanhai", "南海", "南中国海", "南中國海", "南シナ海", "南支那海", "남중국해", "ทะเลจีนใต้", "ທະເລຈີນໃຕ້", "សមុទ្រចិនខាងត្បូង",
		"दक्षिण चीन सागर", "بحر الصين الجنوبي", "دریای چین جنوبی", "ים סין הדרומי",
		"Paracel", "Xisha", "Hsisha", "西沙", "Спратли", "Парасельск", "Spratly", "Nansha", "南沙", "Zhongsha", "中沙", "Macclesfield",
		"Sansha", "三沙", "Kalayaan", "Scarborough", "Huangyan", "黄岩", "黃岩", "Dongsha", "九段", "九段线", "Nine-dash", "Nine dash",
		"Ten-dash", "永兴岛", "永興島", "Yongxing", "Woody Island", "Itu Aba", "太平岛", "太平島",
	}
}

// plainName leaves letters and digits of a name, without case and marks.
func plainName(s string) string {
	plain := make([]byte, 0, len(s))
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 0x80:
			return plainLetters(s)
		case c >= 'A' && c <= 'Z':
			plain = append(plain, c+'a'-'A')
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			plain = append(plain, c)
		}
	}
	return string(plain)
}

func plainLetters(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch r = unicode.ToLower(r); {
		case r == 'ł':
			b.WriteByte('l')
		case r == 'đ':
			b.WriteByte('d')
		case r == 'ø':
			b.WriteByte('o')
		case unicode.IsLetter(r), unicode.IsDigit(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// barred finds labels that are never drawn.
type barred struct {
	names  map[[4]byte][]string // by their first four bytes
	boxes  [2]box
	waters box // of Biển Đông and its gulfs
	sea    []geo.Point
}

func newBarred() *barred {
	b := &barred{
		names:  map[[4]byte][]string{},
		boxes:  archipelagos(),
		waters: boxOfBounds(geo.Bounds{Min: geo.Pt(99, 1), Max: geo.Pt(121.5, 23.2)}),
		sea:    openSea(),
	}
	for i, p := range b.sea {
		b.sea[i][0], b.sea[i][1] = geo.Project(p)
	}
	for _, n := range foreignNames() {
		plain := plainName(n)
		key := [4]byte([]byte(plain))
		b.names[key] = append(b.names[key], plain)
	}
	return b
}

// nameable reports whether a feature may be named; in the open sea only by a name
// in Vietnamese, which then is its text.
func (b *barred) nameable(f *feature, layer string) bool {
	at := f.place()
	if b.boxes[0].holds(at) || b.boxes[1].holds(at) {
		return false
	}
	if b.waters.holds(at) && water(layer, f.properties) {
		return false
	}
	for _, v := range f.properties {
		if s, ok := v.(string); ok && b.foreign(s) {
			return false
		}
	}
	if inside(b.sea, at) {
		f.text = vietnamese(f.properties)
		return f.text != ""
	}
	return true
}

// foreign reports whether a text contains one of the foreign names.
func (b *barred) foreign(text string) bool {
	plain := plainName(text)
	for i := 0; i+4 <= len(plain); i++ {
		for _, n := range b.names[[4]byte([]byte(plain[i:i+4]))] {
			if strings.HasPrefix(plain[i:], n) {
				return true
			}
		}
	}
	return false
}

// water reports whether a feature is a sea or a part of one. The built-in map
// names those around Vietnam itself.
func water(layer string, properties map[string]any) bool {
	for _, key := range []string{"class", "kind", "kind_detail", "place", "natural", "pmap:kind", "type", "subclass", "featurecla"} {
		switch properties[key] {
		case "sea", "ocean", "gulf", "Sea", "Ocean", "Gulf":
			return true
		}
	}
	return layer == "ocean" || layer == "marine_label"
}

func vietnamese(properties map[string]any) string {
	for _, key := range []string{"name:vi", "name_vi"} {
		if s, _ := properties[key].(string); s != "" {
			return s
		}
	}
	return ""
}
