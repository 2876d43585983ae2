package main

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// english writes a Vietnamese name without diacritics, and the one name that
// English has a word in.
func english(name string) string {
	if name == "Thành phố Hồ Chí Minh" {
		return "Ho Chi Minh City"
	}
	name = strings.NewReplacer("Đ", "D", "đ", "d", " – ", "-").Replace(name)
	var b strings.Builder
	for _, r := range norm.NFD.String(name) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}
