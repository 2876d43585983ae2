package field

import (
	"errors"
	"strconv"
	"strings"
	"unicode"
)

// numeral reports whether a letter may stand in a number.
func numeral(r rune) bool {
	return r >= '0' && r <= '9' || strings.ContainsRune(",.-+", r) || unicode.IsSpace(r) || r == '−'
}

// ErrNumber says that a text is no number.
var ErrNumber = errors.New("field: not a number")

// ParseNumber reads a number as people write it in a language of the catalogue:
// "1.234,5" in Vietnamese, "1,234.5" in English. Points or commas that group must
// group by three.
func ParseNumber(code, text string) (float64, error) {
	group, point := ".", ","
	if code == "en" {
		group, point = ",", "."
	}
	s := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case r == '−':
			return '-'
		}
		return r
	}, text)
	whole, frac, _ := strings.Cut(s, point)
	if strings.Contains(frac, group) || strings.Contains(frac, point) {
		return 0, ErrNumber
	}
	digits := strings.TrimLeft(whole, "+-")
	if parts := strings.Split(digits, group); len(parts) > 1 {
		for n, p := range parts {
			if len(p) != 3 && (n > 0 || len(p) == 0 || len(p) > 3) {
				return 0, ErrNumber
			}
		}
	}
	s = strings.ReplaceAll(whole, group, "")
	if frac != "" {
		s += "." + frac
	}
	for _, r := range s {
		if !strings.ContainsRune("0123456789+-.", r) {
			return 0, ErrNumber
		}
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, ErrNumber
	}
	return v, nil
}
