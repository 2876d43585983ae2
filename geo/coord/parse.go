package coord

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"iocwall/geo"
)

// Form is how a position was written.
type Form string

// The forms that Parse knows.
const (
	FormDecimal Form = "decimal" // 15.4481, 108.5586
	FormMinutes Form = "minutes" // 15°42,0′B 108°57,6′Đ
	FormSeconds Form = "seconds" // 15°42′03″N 108°57′36″E
	FormGrid    Form = "grid"    // X=1738123 Y=557432
)

// Reading is a position that was read.
type Reading struct {
	Point geo.Point // WGS 84
	Form  Form
	Grid  Grid // as written; zero unless Form is FormGrid
}

// SwappedError says that a position makes sense only in the other order.
type SwappedError struct {
	Try string // the text that Parse would take
}

func (e *SwappedError) Error() string {
	return "the numbers are in the wrong order; write " + e.Try
}

// longest is how many bytes of text Parse looks at.
const longest = 200

// Parse reads a position: decimal degrees with comma or dot, degrees and
// minutes, degrees, minutes and seconds, or VN-2000 metres in the zone. The
// letters and words of both languages are known; a lone N means north, and south
// (Nam) beside a Vietnamese letter. Without letters latitude comes first, and X
// before Y. Zone may be zero; then metres are an error that says so. Every error
// says what to write instead; a position that makes sense only in the other order
// is a *SwappedError.
func Parse(text string, zone Zone) (Reading, error) {
	read, err := parse(text, zone)
	if err != nil {
		if len(text) > 60 {
			text = strings.ToValidUTF8(text[:60], "") + "…"
		}
		return Reading{}, fmt.Errorf("position %q: %w", text, err)
	}
	return read, nil
}

func parse(text string, zone Zone) (Reading, error) {
	if len(text) > longest {
		return Reading{}, fmt.Errorf("it has %d bytes, expected two numbers", len(text))
	}
	tokens, err := lex(text)
	if err != nil {
		return Reading{}, err
	}
	grid, numbers := false, 0
	for _, t := range tokens {
		if t.kind == kindNumber {
			numbers++
		}
		grid = grid || t.kind == kindX || t.kind == kindY || t.kind == kindNumber && math.Abs(t.value) >= 1000
	}
	switch {
	case numbers == 0:
		return Reading{}, errors.New("it has no numbers; write 15.4481, 108.5586 or 15°26,9′B 108°33,5′Đ or X=… Y=…")
	case grid:
		return parseGrid(tokens, zone)
	}
	return parseAngles(tokens)
}

// Where X and Y lie in Vietnam, its seas included, in metres with some room.
const (
	southernmost, northernmost = 600e3, 2700e3
	leastEast, greatestEast    = -300e3, 1300e3
)

func (g Grid) plausible() bool {
	return g.X >= southernmost && g.X <= northernmost && g.Y >= leastEast && g.Y <= greatestEast
}

func parseGrid(tokens []token, zone Zone) (Reading, error) {
	var found []float64
	var names []kind
	name := kindNone
	for _, t := range tokens {
		switch t.kind {
		case kindNumber:
			v := t.value
			if t.minus {
				v = -v
			}
			found, names = append(found, v), append(names, name)
			name = kindNone
		case kindX, kindNorth, kindN:
			name = kindX
		case kindY, kindEast:
			name = kindY
		case kindSeparator:
		default:
			return Reading{}, fmt.Errorf("%q does not go with metres; write X=1738123 Y=557432", t.text)
		}
	}
	if len(found) != 2 {
		return Reading{}, fmt.Errorf("metres come in twos, it has %d; write X=1738123 Y=557432", len(found))
	}
	g := Grid{X: found[0], Y: found[1]}
	if names[0] == kindY || names[1] == kindX {
		g = Grid{X: found[1], Y: found[0]}
	}
	if names[0] != kindNone && names[0] == names[1] {
		return Reading{}, errors.New("both numbers are named alike; X runs north, Y runs east: X=1738123 Y=557432")
	}
	if err := zone.Check(); err != nil {
		return Reading{}, err
	}
	if turned := (Grid{X: g.Y, Y: g.X}); !g.plausible() && turned.plausible() {
		return Reading{}, &SwappedError{Try: "X=" + digits(turned.X) + " Y=" + digits(turned.Y)}
	}
	if !g.plausible() {
		return Reading{}, fmt.Errorf("%v is not in Vietnam; X runs north (600,000 to 2,700,000 m), Y runs east (about 500,000 m)", g)
	}
	p, err := zone.Point(g)
	if err != nil {
		return Reading{}, err
	}
	return Reading{Point: p, Form: FormGrid, Grid: g}, nil
}

func digits(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func parseAngles(tokens []token) (Reading, error) {
	angles, err := group(tokens)
	if err != nil {
		return Reading{}, err
	}
	if len(angles) != 2 {
		return Reading{}, fmt.Errorf("it needs a latitude and a longitude, it has %d of them", len(angles))
	}
	a, b := angles[0], angles[1]
	if a.axis == axisNone && b.axis == axisNone || a.axis == axisLat && b.axis == axisNone || a.axis == axisNone && b.axis == axisLon {
		a.axis, b.axis = axisLat, axisLon
	} else if a.axis == axisNone || b.axis == axisNone {
		a.axis, b.axis = axisLon, axisLat
	}
	if a.axis == b.axis {
		return Reading{}, errors.New("both numbers are of the same axis; one must be B or N (Bắc, north), the other Đ or E")
	}
	if a.axis == axisLon {
		a, b = b, a
	}
	lat, err := a.degrees()
	if err != nil {
		return Reading{}, fmt.Errorf("latitude: %w", err)
	}
	lon, err := b.degrees()
	if err != nil {
		return Reading{}, fmt.Errorf("longitude: %w", err)
	}
	p := geo.Pt(lon, lat)
	switch err := geo.CheckPoint(p); {
	case errors.Is(err, geo.ErrSwapped):
		return Reading{}, &SwappedError{Try: digits(math.Round(lon*1e6)/1e6) + ", " + digits(math.Round(lat*1e6)/1e6)}
	case err != nil:
		return Reading{}, fmt.Errorf("latitude %g° and longitude %g° are not on earth (90 and 180 at most)", lat, lon)
	}
	form := FormDecimal
	switch max(len(a.parts), len(b.parts)) {
	case 2:
		form = FormMinutes
	case 3:
		form = FormSeconds
	}
	return Reading{Point: p, Form: form}, nil
}

// ParseZone reads a zone as a configuration writes it: a central meridian
// ("107.75", "107,75", "107°45′") and optionally the width after a slash
// ("107°45′/3", "105/6"). Without a width it is 3.
func ParseZone(text string) (Zone, error) {
	meridian, width, wide := strings.Cut(strings.TrimSpace(text), "/")
	z := Zone{Width: 3}
	if wide {
		n, err := strconv.Atoi(strings.TrimRight(strings.TrimSpace(width), "°"))
		if err != nil {
			return Zone{}, fmt.Errorf("zone %q: the width after the slash is not 3 or 6", text)
		}
		z.Width = n
	}
	var angles []angle
	tokens, err := lex(meridian)
	if err == nil {
		angles, err = group(append(tokens, token{kind: kindEast, text: "E"}))
	}
	if err == nil && len(angles) == 1 {
		if z.Meridian, err = angles[0].degrees(); err == nil {
			err = z.Check()
		}
	} else if err == nil {
		err = errors.New("expected a central meridian such as 107°45′ or 107.75")
	}
	if err != nil {
		return Zone{}, fmt.Errorf("zone %q: %w", text, err)
	}
	return z, nil
}
