package typing

import (
	"strings"
	"unicode"
)

// foreign reports whether the keys are a word of another language as it is typed.
func (s Style) foreign(w Word) bool {
	return !s.Loose && s.Method == Telex && w.given == "" &&
		(word(english, strings.ToLower(w.keys)) || word(acronyms, w.keys))
}

// Plain reports whether what is typed after a text is no Vietnamese for certain: an
// address of the post or the web, a name of a file, what follows a digit.
func Plain(before string) bool {
	from := strings.LastIndexFunc(before, unicode.IsSpace) + 1
	token := before[from:]
	if token == "" {
		return false
	}
	last := token[len(token)-1]
	return strings.ContainsAny(token, "@_\\") || strings.Contains(token, "://") ||
		strings.HasPrefix(strings.ToLower(token), "www.") || last >= '0' && last <= '9'
}
