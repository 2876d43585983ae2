package stage

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"iocwall/server/world"
)

const (
	// longestName bounds names, in bytes; longestLine what is said in a line.
	longestName = 200
	longestLine = 300
	// mostParams bounds the parameters of a tile, longestKey and longestParam each
	// of them in bytes.
	mostParams   = 40
	longestKey   = 64
	longestParam = 2000
	// farthest bounds places and sizes in millimetres: no wall is a kilometre long.
	farthest = 1e6
)

var idPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// validID reports whether the text can be the id of something that people name.
func validID(id string) bool { return idPattern.MatchString(id) }

// clip bounds what strangers can make a receipt say.
func clip(s string) string {
	if len(s) <= 80 {
		return s
	}
	return strings.ToValidUTF8(s[:80], "") + "…"
}

// idOf checks an id that somebody gives to something.
func idOf(what, id string) error {
	if !validID(id) {
		return refuse("id.invalid", "\"{id}\" is not an id of {what}; use letters, digits, dots, dashes and underscores, at most 64", "id", clip(id), "what", what)
	}
	return nil
}

// text checks words that walls show: bounded, UTF-8, in one line.
func text(what, s string, most int) error {
	switch {
	case len(s) > most:
		return refuse("text.long", "{what} is longer than {most} bytes; shorten it", "what", what, "most", most)
	case !utf8.ValidString(s):
		return refuse("text.utf8", "{what} is not UTF-8", "what", what)
	case strings.ContainsFunc(s, unicode.IsControl):
		return refuse("text.control", "{what} holds control characters or line breaks; leave them out", "what", what)
	}
	return nil
}

// name checks the name of something, which must have one.
func name(what, s string) error {
	if strings.TrimSpace(s) == "" {
		return refuse("name.needed", "{what} needs a name", "what", what)
	}
	return text("the name of "+what, s, longestName)
}

// within checks that a number lies in a range; one that is none does not.
func within(what string, v, least, most float64) error {
	if !(v >= least && v <= most) || math.IsInf(v, 0) {
		return refuse("number.range", "{what} is {value}, not between {least} and {most}", "what", what, "value", v, "least", least, "most", most)
	}
	return nil
}

// counted checks how many there are of something.
func counted(what string, n, most int) error {
	if n > most {
		return refuse("count.most", "{what} are {n}; at most {most} are kept", "what", what, "n", n, "most", most)
	}
	return nil
}

// tile checks what a tile is and shows, and returns it with its parameters in
// order; where it lies is checked elsewhere. ids of popups' tiles are made.
func tile(t world.Tile) (world.Tile, error) {
	what := fmt.Sprintf("tile %q", clip(t.ID))
	if !showable(t.Kind) {
		return t, refuse("tile.kind", "{what} is of no kind of tile: \"{kind}\"; there are {list}", "what", what, "kind", clip(t.Kind), "list", strings.Join(kinds(), ", "))
	}
	if err := counted("the parameters of "+what, len(t.Params), mostParams); err != nil {
		return t, err
	}
	t.Params = slices.SortedFunc(slices.Values(t.Params), func(a, b world.Param) int { return strings.Compare(a.Key, b.Key) })
	if len(t.Params) == 0 {
		t.Params = nil
	}
	for i, p := range t.Params {
		switch {
		case p.Key == "" || len(p.Key) > longestKey || !utf8.ValidString(p.Key):
			return t, refuse("tile.parameter", "{what} has a parameter \"{key}\"; name it in 1 to {most} letters", "what", what, "key", clip(p.Key), "most", longestKey)
		case i > 0 && t.Params[i-1].Key == p.Key:
			return t, refuse("tile.parameter.twice", "{what} has the parameter {key} twice", "what", what, "key", p.Key)
		case len(p.Value) > longestParam || !utf8.ValidString(p.Value):
			return t, refuse("tile.parameter.long", "the parameter {key} of {what} is longer than {most} bytes or not UTF-8", "key", p.Key, "what", what, "most", longestParam)
		}
	}
	return t, nil
}

// kinds are the kinds of tile that people put on walls: test pictures come by
// their own command.
func kinds() []string {
	return slices.DeleteFunc(world.TileKinds(), func(k string) bool { return k == "pattern" || k == "identify" })
}

func showable(kind string) bool { return slices.Contains(kinds(), kind) }

// first returns the first error there is.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
