package gazetteer

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold returns text in small letters without accents (đ becomes d), composed or
// not, with everything that is neither letter nor digit turned into one blank:
// "Tam Kỳ", "TAM-KỲ" and "tam ky" become the same.
func Fold(text string) string {
	return words(text, true)
}

// words is Fold, or Fold that keeps the accents, composed.
func words(text string, plain bool) string {
	if ascii(text) {
		return plainWords(text)
	}
	if plain {
		text = norm.NFKD.String(text)
	} else {
		text = norm.NFKC.String(text)
	}
	var b strings.Builder
	b.Grow(len(text))
	blank := false
	for _, r := range text {
		switch {
		case plain && unicode.Is(unicode.Mn, r):
			continue
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r):
			blank = b.Len() > 0
			continue
		}
		if blank {
			b.WriteByte(' ')
			blank = false
		}
		r = unicode.ToLower(r)
		if plain && (r == 'đ' || r == 'ð') { // the Icelandic letter looks the same in capitals
			r = 'd'
		}
		b.WriteRune(r)
	}
	return b.String()
}

func ascii(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}

func plainWords(text string) string {
	b := make([]byte, 0, len(text))
	blank := false
	for i := range len(text) {
		c := text[i]
		switch {
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
		default:
			blank = len(b) > 0
			continue
		}
		if blank {
			b = append(b, ' ')
			blank = false
		}
		b = append(b, c)
	}
	return string(b)
}
