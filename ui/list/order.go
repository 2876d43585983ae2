package list

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

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
	if !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(s)
	}
	table := composed()
	first, second := make([]byte, 0, len(s)+8), make([]byte, 0, 8)
	for i := 0; i < len(s); {
		if c := s[i]; c >= '0' && c <= '9' {
			end := i
			for end < len(s) && s[end] >= '0' && s[end] <= '9' {
				end++
			}
			first = number(first, s[i:end])
			i = end
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		switch l, ok := table[r]; {
		case ok:
			if l.tone > 0 {
				second = append(second, byte(min(len(first), 250)), l.tone)
			}
			first = append(first, l.at)
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r):
			first = append(append(first, 0xF0), string(unicode.ToLower(r))...)
		default:
			first = append(first, 0x10)
		}
	}
	return string(append(append(first, 0), second...))
}

// letter is where a letter stands in the alphabet, and its tone.
type letter struct{ at, tone byte }

// composed are the letters of Vietnamese with and without tones, small and
// capital.
var composed = sync.OnceValue(func() map[rune]letter {
	out := map[rune]letter{}
	marks := map[rune]byte{0: 0}
	for mark, tone := range tones {
		marks[mark] = tone
	}
	for at, r := range letters {
		for mark, tone := range marks {
			for _, base := range []rune{r, unicode.ToUpper(r)} {
				s := string(base)
				if mark != 0 {
					s = norm.NFC.String(s + string(mark))
				}
				if c, n := utf8.DecodeRuneInString(s); n == len(s) {
					out[c] = letter{byte(0x60 + at), tone}
				}
			}
		}
	}
	return out
})

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
