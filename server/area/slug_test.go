package area

import "testing"

func TestSlugs(t *testing.T) {
	for _, c := range []struct {
		name string
		most int
		want string
	}{
		{"Cù Lao Chàm", 0, "cu-lao-cham"},
		{"  Đập  Phú Ninh (2)", 0, "dap-phu-ninh-2"},
		{"相机", 0, ""},
		{"Cù Lao Chàm", 11, "cu-lao-cham"},
		{"Cù Lao Chàm", 10, "cu-lao-cha"},
		{"Cù Lao Chàm", 7, "cu-lao"}, // no hyphen is left at the end
	} {
		if got := Slug(c.name, c.most); got != c.want {
			t.Errorf("%q in %d bytes: got %q, want %q", c.name, c.most, got, c.want)
		}
	}
}
