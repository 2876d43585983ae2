package area

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Slug makes an id of a name: lower-case letters without accents, digits, and one
// hyphen for whatever lies between them. "Cù Lao Chàm" gives "cu-lao-cham"; a name
// with neither letters nor digits gives nothing. It is cut to at most most bytes,
// and not at all where most is 0.
func Slug(name string, most int) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(name)) {
		switch {
		case r == 'đ':
			b.WriteByte('d')
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r):
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	s := b.String()
	if most > 0 {
		s = s[:min(len(s), most)]
	}
	return strings.Trim(s, "-")
}
