package list

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letters are those of Vietnamese in their order; a tone counts only where all
// letters are the same.
const letters = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"

// tones are the combining marks in the order of Vietnamese dictionaries: hook
// and tilde come between grave and acute.
var tones = map[rune]byte{'\u0300': 1, '\u0309': 2, '\u0303': 3, '\u0301': 4, '\u0323': 5}

// sortKey returns bytes that compare as Vietnamese people sort: a ă â b … d đ,
// tones last, numbers by what they count ("Cam 2" before "Cam 10"), capitals
// alike.
func sortKey(s string) string {
	if plain(s) {
		return plainKey(s)
	}
	first, second := make([]byte, 0, 2*len(s)), make([]byte, 0, 4)
	n := 0
	rs := []rune(norm.NFD.String(s))
	for i := 0; i < len(rs); i++ {
		r := unicode.ToLower(rs[i])
		if t, ok := tones[r]; ok {
			second = append(second, byte(min(n, 250)), t)
			continue
		}
		if i+1 < len(rs) {
			if c := joined(r, rs[i+1]); c != 0 {
				r, i = c, i+1
			} else if i+2 < len(rs) && tones[rs[i+1]] != 0 {
				// A tone below stands before the mark above: ộ is o, dot, circumflex.
				if c := joined(r, rs[i+2]); c != 0 {
					second = append(second, byte(min(n, 250)), tones[rs[i+1]])
					r, i = c, i+2
				}
			}
		}
		n++
		if r >= '0' && r <= '9' {
			end := i
			for end < len(rs) && rs[end] >= '0' && rs[end] <= '9' {
				end++
			}
			first = number(first, string(rs[i:end]))
			i = end - 1
			continue
		}
		if at := strings.IndexRune(letters, r); at >= 0 {
			first = append(first, byte(0x60+at))
			continue
		}
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		if unicode.IsLetter(r) {
			first = append(append(first, 0xF0), string(r)...)
			continue
		}
		first = append(first, 0x10)
	}
	return string(append(append(first, 0), second...))
}

func joined(r, mark rune) rune {
	switch {
	case mark == '\u0306' && r == 'a':
		return 'ă'
	case mark == '\u0302' && r == 'a':
		return 'â'
	case mark == '\u0302' && r == 'e':
		return 'ê'
	case mark == '\u0302' && r == 'o':
		return 'ô'
	case mark == '\u031b' && r == 'o':
		return 'ơ'
	case mark == '\u031b' && r == 'u':
		return 'ư'
	}
	return 0
}

// number appends digits so that longer numbers come after shorter ones.
func number(to []byte, digits string) []byte {
	digits = strings.TrimLeft(digits, "0")
	return append(append(to, 0x20, byte(min(len(digits), 250))), digits...)
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func plainKey(s string) string {
	b := make([]byte, 0, len(s)+8)
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		switch {
		case c >= 'a' && c <= 'z':
			b = append(b, byte(0x60+strings.IndexByte(letters, c)))
		case c >= '0' && c <= '9':
			end := i
			for end < len(s) && s[end] >= '0' && s[end] <= '9' {
				end++
			}
			b = number(b, s[i:end])
			i = end - 1
		default:
			b = append(b, 0x10)
		}
	}
	return string(append(b, 0))
}
