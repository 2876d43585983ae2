package source

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxSample = 200  // bytes of a sample or reason that are shown
	maxRaw    = 1024 // bytes of a rejection that are kept until then
	mask      = "***"
)

// What looks like a secret in text of strangers, whoever's it is.
var (
	credentials = regexp.MustCompile(`(?i)([a-z][a-z0-9+.-]*://)[^\s/@"']*@`)
	assignments = regexp.MustCompile(`(?i)(pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|auth(?:orization)?)(["']?\s*[:=]\s*["']?)(?:(?:basic|bearer|digest)\s+)?[^\s"'&,;}]+`)
	bearers     = regexp.MustCompile(`(?i)\b(bearer|basic)\s+[a-z0-9+/=._~-]{8,}`)
)

// secrets are the values that must not be shown.
type secrets struct{ values []string }

func (s *secrets) add(value string) {
	if value != "" && !slices.Contains(s.values, value) {
		s.values = append(s.values, value)
		// The longest first: one secret may be a part of another.
		slices.SortFunc(s.values, func(a, b string) int { return len(b) - len(a) })
	}
}

// clean returns text without the known secrets and what looks like one.
func (s *secrets) clean(text string) string {
	for _, v := range s.values {
		text = strings.ReplaceAll(text, v, mask)
	}
	text = credentials.ReplaceAllString(text, "${1}"+mask+"@")
	text = assignments.ReplaceAllString(text, "${1}${2}"+mask)
	return bearers.ReplaceAllString(text, "${1} "+mask)
}

// sample returns a rejection in words, at most maxSample bytes.
func (s *secrets) sample(raw []byte, why error) string {
	if why == nil {
		return ""
	}
	text := s.clean(why.Error())
	if len(raw) > 0 {
		text = fmt.Sprintf("%s: %q", text, s.clean(string(raw)))
	}
	return cut(text, maxSample)
}

// cut returns the first n bytes of text as valid UTF-8.
func cut(text string, n int) string {
	text = strings.ToValidUTF8(text, "?")
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// Redact returns text of strangers without what looks like a secret: logins in
// addresses, passwords, tokens.
func Redact(text string) string { return (&secrets{}).clean(text) }
