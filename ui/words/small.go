package words

import (
	"unicode"
	"unicode/utf8"
)

// Small begins the name of an act that stands within a sentence with a small letter.
func Small(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}
