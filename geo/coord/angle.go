package coord

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

type axis byte

const (
	axisNone axis = iota
	axisLat
	axisLon
)

// angle is one latitude or longitude as written.
type angle struct {
	parts    []part // degrees, minutes, seconds
	axis     axis
	negative bool // by its letter
	letter   string
}

type part struct {
	token
	mark kind
}

// group puts the numbers of a position together into angles: by letters, by
// words, by a separator, by degree signs, or else one half each.
func group(tokens []token) ([]angle, error) {
	lettered := slices.ContainsFunc(tokens, func(t token) bool { return t.kind >= kindNorth && t.kind <= kindLon })
	vietnamese := slices.ContainsFunc(tokens, func(t token) bool { return t.vi })
	if !lettered {
		tokens = markBorders(tokens)
	}
	g := grouper{vietnamese: vietnamese}
	for i, t := range tokens {
		if err := g.take(i, t, lettered); err != nil {
			return nil, err
		}
	}
	g.close()
	return g.done, nil
}

type grouper struct {
	done       []angle
	now        angle
	prefix     bool // letters stand before the numbers
	vietnamese bool
}

func (g *grouper) close() {
	if len(g.now.parts) > 0 {
		g.done = append(g.done, g.now)
	}
	g.now = angle{}
}

func (g *grouper) take(i int, t token, lettered bool) error {
	switch {
	case t.kind == kindNumber:
		g.now.parts = append(g.now.parts, part{token: t})
	case t.kind == kindSeparator:
		// Where letters say what belongs together, a separator says little.
		if !lettered || !g.prefix && len(g.done) == 0 && g.now.axis != axisNone {
			g.close()
		}
	case t.kind == kindDegree || t.kind == kindMinute || t.kind == kindSecond:
		if len(g.now.parts) == 0 {
			return fmt.Errorf("the sign %s has no number before it", t.text)
		}
		last := &g.now.parts[len(g.now.parts)-1]
		if last.mark != kindNone {
			return fmt.Errorf("the sign %s has no number before it", t.text)
		}
		last.mark = t.kind
	case t.kind == kindLat || t.kind == kindLon:
		g.close()
		g.now.axis = axisLat
		if t.kind == kindLon {
			g.now.axis = axisLon
		}
	default:
		return g.hemisphere(i, t)
	}
	return nil
}

func (g *grouper) hemisphere(i int, t token) error {
	if i == 0 {
		g.prefix = true
	}
	if g.prefix {
		g.close()
	} else if len(g.now.parts) == 0 {
		return fmt.Errorf("the letter %s has no number before it", strings.ToUpper(t.text))
	}
	k := t.kind
	if k == kindN {
		if k = kindNorth; g.vietnamese {
			k = kindSouth
		}
	}
	of := axisLat
	if k == kindEast || k == kindWest {
		of = axisLon
	}
	if g.now.axis != axisNone && g.now.axis != of {
		return fmt.Errorf("the letter %s does not go with the word before it", strings.ToUpper(t.text))
	}
	g.now.axis, g.now.negative, g.now.letter = of, k == kindSouth || k == kindWest, strings.ToUpper(t.text)
	if !g.prefix {
		g.close()
	}
	return nil
}

// markBorders leaves one separator in a position without letters: the only one
// there is, or one before the second number with a degree sign, or one in the
// middle.
func markBorders(tokens []token) []token {
	numbers := 0
	var separators, degrees, at []int
	for i, t := range tokens {
		switch t.kind {
		case kindNumber:
			numbers++
			at = append(at, i)
		case kindDegree:
			degrees = append(degrees, i)
		case kindSeparator:
			if numbers > 0 && slices.ContainsFunc(tokens[i:], func(t token) bool { return t.kind == kindNumber }) {
				separators = append(separators, i)
			}
		}
	}
	border := -1
	switch {
	case len(separators) == 1:
		return tokens
	case len(degrees) == 2 && degrees[1] > 0:
		border = degrees[1] - 1
	case numbers%2 == 0 && numbers > 0:
		border = at[numbers/2]
	}
	var out []token
	for i, t := range tokens {
		if i == border {
			out = append(out, token{kind: kindSeparator})
		}
		if t.kind != kindSeparator {
			out = append(out, t)
		}
	}
	return out
}

// degrees adds the parts up.
func (a angle) degrees() (float64, error) {
	if len(a.parts) > 3 {
		return 0, fmt.Errorf("it has %d numbers, expected degrees, minutes and seconds at most", len(a.parts))
	}
	if len(a.parts) == 0 {
		return 0, errors.New("it has no number")
	}
	sum, unit := 0.0, 1.0
	marks := [3]kind{kindDegree, kindMinute, kindSecond}
	names := [3]string{"degrees", "minutes", "seconds"}
	for i, p := range a.parts {
		switch {
		case p.mark != kindNone && p.mark != marks[i]:
			return 0, fmt.Errorf("%s are %s by their place but have another sign", p.text, names[i])
		case i > 0 && p.minus:
			return 0, fmt.Errorf("%s are negative; the sign belongs to the degrees", names[i])
		case i > 0 && p.value >= 60:
			return 0, fmt.Errorf("%s %s are too many, expected less than 60", p.text, names[i])
		case i+1 < len(a.parts) && !p.whole:
			return 0, fmt.Errorf("%s %s have a fraction, and %s follow", p.text, names[i], names[i+1])
		}
		sum += p.value / unit
		unit *= 60
	}
	minus := a.parts[0].minus
	if minus && a.letter != "" {
		return 0, fmt.Errorf("it has both a sign and the letter %s; write one of them", a.letter)
	}
	if minus || a.negative {
		sum = -sum
	}
	return sum, nil
}
