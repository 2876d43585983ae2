package coord

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

type kind byte

const (
	kindNone kind = iota
	kindNumber
	kindDegree
	kindMinute
	kindSecond
	kindNorth
	kindSouth
	kindN // north in English, south in Vietnamese
	kindEast
	kindWest
	kindLat // the word latitude
	kindLon
	kindX
	kindY
	kindSeparator
)

type token struct {
	kind  kind
	text  string
	value float64 // of a number, never negative
	minus bool    // a number with a sign before it
	whole bool    // a number without a fraction
	vi    bool    // a letter that only Vietnamese has
}

// word returns what a run of letters means, and whether only Vietnamese says it.
func word(w string) (kind, bool) {
	switch w {
	case "b", "bắc", "bac":
		return kindNorth, true
	case "north":
		return kindNorth, false
	case "n":
		return kindN, false
	case "nam":
		return kindSouth, true
	case "s", "south":
		return kindSouth, false
	case "đ", "đông", "dong", "d":
		return kindEast, true
	case "e", "east", "easting":
		return kindEast, false
	case "t", "tây", "tay":
		return kindWest, true
	case "w", "west":
		return kindWest, false
	case "độ", "do", "deg":
		return kindDegree, false
	case "phút", "phut", "min":
		return kindMinute, false
	case "giây", "giay", "sec":
		return kindSecond, false
	case "vĩ", "lat", "latitude":
		return kindLat, false
	case "kinh", "lon", "long", "lng", "longitude":
		return kindLon, false
	case "x", "northing":
		return kindX, false
	case "y":
		return kindY, false
	}
	return kindNone, false
}

// lexer cuts a position into tokens.
type lexer struct {
	rest      string
	before    rune // the character before rest
	tokens    []token
	thousands string // the mark that stands between thousands: dot, comma or none
}

func lex(text string) ([]token, error) {
	text = strings.ToLower(norm.NFC.String(text))
	text = strings.NewReplacer("vn-2000", " ", "vn2000", " ", "''", "″", "′′", "″", "º", "°").Replace(text)
	l := &lexer{rest: text, thousands: thousandsMark(text)}
	for l.rest != "" {
		if err := l.next(); err != nil {
			return nil, err
		}
	}
	if n := l.numbers(); n == 1 {
		l.splitOnly()
	}
	return l.tokens, nil
}

func (l *lexer) next() error {
	r, size := utf8.DecodeRuneInString(l.rest)
	before := l.before
	l.before = r
	switch {
	case r >= '0' && r <= '9':
		return l.number(false)
	case r == '-' || r == '−' || r == '+':
		next, _ := utf8.DecodeRuneInString(l.rest[size:])
		l.rest = l.rest[size:]
		if next >= '0' && next <= '9' && !(before >= '0' && before <= '9') {
			return l.number(r != '+')
		}
		return nil
	case unicode.IsLetter(r):
		return l.letters()
	}
	l.rest = l.rest[size:]
	switch r {
	case '°', '˚':
		l.put(kindDegree, string(r))
	case '\'', '′', '’', '‘', 'ʹ', '´', '`', 'ʼ':
		l.put(kindMinute, string(r))
	case '"', '″', '”', '“', '˝':
		l.put(kindSecond, string(r))
	case ',', ';', '/', '|':
		l.put(kindSeparator, string(r))
	default:
		if !unicode.IsSpace(r) && !strings.ContainsRune("=:()[]{}.", r) {
			return fmt.Errorf("the sign %q is not known", r)
		}
	}
	return nil
}

func (l *lexer) put(k kind, text string) { l.tokens = append(l.tokens, token{kind: k, text: text}) }

func (l *lexer) letters() error {
	end := strings.IndexFunc(l.rest, func(r rune) bool { return !unicode.IsLetter(r) })
	if end < 0 {
		end = len(l.rest)
	}
	w := l.rest[:end]
	l.rest = l.rest[end:]
	l.before, _ = utf8.DecodeLastRuneInString(w)
	k, vi := word(w)
	last := kindNone
	if len(l.tokens) > 0 {
		last = l.tokens[len(l.tokens)-1].kind
	}
	switch {
	case w == "m" && last == kindNumber: // metres
		return nil
	case (w == "độ" || w == "do" || w == "tuyến" || w == "tuyen") && (last == kindLat || last == kindLon):
		return nil // vĩ độ, kinh tuyến
	case w == "vi":
		k = kindLat
	case w == "d" && last == kindNumber && strings.IndexFunc(strings.TrimSpace(l.rest), unicode.IsDigit) == 0:
		k, vi = kindDegree, false // 15d42
	case k == kindNone:
		return fmt.Errorf("the word %q is not known", w)
	}
	l.tokens = append(l.tokens, token{kind: k, text: w, vi: vi})
	return nil
}

// number takes a run of digits, dots and commas.
func (l *lexer) number(minus bool) error {
	end := strings.IndexFunc(l.rest, func(r rune) bool { return r != '.' && r != ',' && (r < '0' || r > '9') })
	if end < 0 {
		end = len(l.rest)
	}
	run := l.rest[:end]
	l.rest = l.rest[end:]
	trimmed := strings.TrimRight(run, ".,")
	parts, err := l.split(trimmed)
	if err != nil {
		return err
	}
	for i, part := range parts {
		if i > 0 {
			l.put(kindSeparator, ",")
		}
		v, err := strconv.ParseFloat(part, 64)
		if err != nil {
			return fmt.Errorf("%q is not a number", part)
		}
		l.tokens = append(l.tokens, token{
			kind: kindNumber, text: part, value: v, minus: minus && i == 0, whole: !strings.Contains(part, "."),
		})
	}
	if len(trimmed) < len(run) {
		l.put(kindSeparator, ",")
	}
	l.before, _ = utf8.DecodeLastRuneInString(run)
	return nil
}

// split finds the numbers in a run of digits, dots and commas, and writes them
// with dots: the comma is a decimal mark, unless dots are.
func (l *lexer) split(run string) ([]string, error) {
	dots, commas := strings.Count(run, "."), strings.Count(run, ",")
	switch {
	case l.thousands == "." && commas <= 1 && grouped(run, "."):
		return []string{strings.Replace(strings.ReplaceAll(run, ".", ""), ",", ".", 1)}, nil
	case l.thousands == "," && dots <= 1 && grouped(run, ","):
		return []string{strings.ReplaceAll(run, ",", "")}, nil
	case dots == 0 && commas == 3: // 15,4481,108,5586
		p := strings.Split(run, ",")
		return []string{p[0] + "." + p[1], p[2] + "." + p[3]}, nil
	case dots == 0 && commas <= 1:
		return []string{strings.Replace(run, ",", ".", 1)}, nil
	case commas == 0 && dots == 1:
		return []string{run}, nil
	case commas == 1 && dots <= 2: // 15.4481,108.5586
		a, b, _ := strings.Cut(run, ",")
		if strings.Count(a, ".") <= 1 && strings.Count(b, ".") <= 1 {
			return []string{a, b}, nil
		}
	}
	return nil, fmt.Errorf("%q may be read in several ways; put a blank between the numbers", run)
}

// thousandsMark returns the mark that cuts some number into three groups, as in
// 1.738.123, or "".
func thousandsMark(text string) string {
	for _, run := range strings.FieldsFunc(text, func(r rune) bool { return r != '.' && r != ',' && (r < '0' || r > '9') }) {
		run = strings.TrimRight(run, ".,")
		for _, mark := range []string{".", ","} {
			if strings.Count(run, mark) == 2 && grouped(run, mark) {
				return mark
			}
		}
	}
	return ""
}

// grouped reports whether marks cut the whole part of a number into thousands.
func grouped(run, mark string) bool {
	other := ","
	if mark == "," {
		other = "."
	}
	whole, _, _ := strings.Cut(run, other)
	groups := strings.Split(whole, mark)
	for i, g := range groups {
		if i > 0 && len(g) != 3 || len(g) == 0 || len(g) > 3 {
			return false
		}
	}
	return len(groups) > 1 && strings.Count(run, mark) == len(groups)-1
}

func (l *lexer) numbers() (count int) {
	for _, t := range l.tokens {
		if t.kind == kindNumber {
			count++
		}
	}
	return count
}

// splitOnly reads the comma of a lone number without letters as what stands
// between two: 15,108.
func (l *lexer) splitOnly() {
	if len(l.tokens) != 1 || l.tokens[0].whole {
		return
	}
	a, b, _ := strings.Cut(l.tokens[0].text, ".")
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX == nil && errY == nil && len(b) <= 3 && y > 90 {
		first := l.tokens[0]
		first.text, first.value, first.whole = a, x, true
		l.tokens = []token{first, {kind: kindSeparator, text: ","}, {kind: kindNumber, text: b, value: y, whole: true}}
	}
}
