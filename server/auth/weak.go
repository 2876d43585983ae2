package auth

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"iocwall/server/world"

	"golang.org/x/text/unicode/norm"
)

// leastPassword is how many characters a password has at least, with NIST SP
// 800-63B in mind: length over rules on kinds of characters.
const leastPassword = 12

// common holds words that the commonest passwords are made of, in Vietnam and
// elsewhere, a line each, without accents.
//
//go:embed common.txt
var common string

// checkPassword says what is wrong with a password that somebody chose.
func checkPassword(password, login string) error {
	refuse := func(code, text string, pairs ...any) error {
		return refused(CodeWeak, world.Refuse(code, text, pairs...))
	}
	switch {
	case !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl):
		return refuse("weak.typed", "the password has characters that cannot be typed")
	case len(password) > longestPassword:
		return refuse("weak.long", "the password is longer than {most} bytes", "most", longestPassword)
	case utf8.RuneCountInString(norm.NFC.String(password)) < leastPassword:
		return refuse("weak.short", "the password needs at least {least} characters; a few words that do not belong together are easy to remember", "least", leastPassword)
	}
	plain := fold(password)
	seen := map[rune]bool{}
	for _, r := range plain {
		seen[r] = true
	}
	if len(seen) < 5 || running(plain) {
		return refuse("weak.regular", "the password is too regular; take a few words that do not belong together")
	}
	core := strings.Trim(plain, "0123456789.,;:!?@#$%^&*()-_+=/ ")
	if made(core, []string{fold(login)}) {
		return refuse("weak.login", "the password is the login; take another one")
	}
	if made(core, strings.Fields(common)) {
		return refuse("weak.common", "the password is among the commonest; take a few words that do not belong together")
	}
	return nil
}

// fold is text in small letters without accents and blanks, with the digits that
// stand for letters inside a word turned back.
func fold(text string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(text)) {
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.IsSpace(r):
		case r == 'đ':
			b.WriteByte('d')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// running reports whether each character is the one after that before, or the one
// before it: 123456…, zyxwv….
func running(s string) bool {
	steps := map[int]int{}
	rs := []rune(s)
	for i := 1; i < len(rs); i++ {
		steps[int(rs[i]-rs[i-1])]++
	}
	return steps[1] >= len(rs)-2 || steps[-1] >= len(rs)-2
}

// made reports whether nothing is left of s once the words are taken away, with
// digits and signs between them not counted.
func made(s string, words []string) bool {
	leet := strings.NewReplacer("@", "a", "0", "o", "1", "i", "3", "e", "$", "s", "4", "a").Replace(s)
	for _, try := range []string{s, leet} {
		rest, found := try, false
		longest := slices.SortedFunc(slices.Values(words), func(a, b string) int { return len(b) - len(a) })
		for _, w := range longest {
			if w != "" && strings.Contains(rest, w) {
				rest, found = strings.ReplaceAll(rest, w, ""), true
			}
		}
		if found && strings.Trim(rest, "0123456789.,;:!?@#$%^&*()-_+=/ ") == "" {
			return true
		}
	}
	return false
}
