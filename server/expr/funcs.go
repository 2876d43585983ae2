package expr

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"iocwall/geo"
	"iocwall/server/world"
)

// Function describes a function of the language.
type Function struct {
	Name string
	// Use shows the arguments and the result: "distance(place, place) number".
	Use string
	Doc string
}

type function struct {
	Function
	types []reflect.Type
	call  func(args ...any) (any, error)
	// extra are variables handed over behind the arguments.
	extra []string
}

// Names of variables that only functions see.
const (
	hiddenState  = "$state"
	hiddenEntity = "$entity"
	hiddenVessel = "$vessel"
)

// vietnam is the one time zone of the product: UTC+7 without summer time.
func vietnam() *time.Location { return time.FixedZone("+07", 7*60*60) }

func functionsOf(e *Env) map[string]function {
	m := map[string]function{}
	for _, f := range functionTable() {
		if e.offers(f) {
			m[f.Name] = f
		}
	}
	return m
}

// functionTable is the literal list of functions. Loops over lists (all, any,
// none, one, filter, map, find, count, sum) are the library's own.
func functionTable() []function {
	return []function{
		entry("abs(number) number", "the number without its sign", sign[func(float64) float64](), num1(math.Abs)),
		entry("min(number, number, …) number", "the smallest; not known if one is not", sign[func(float64, ...float64) float64](), numN(math.Min)),
		entry("max(number, number, …) number", "the largest; not known if one is not", sign[func(float64, ...float64) float64](), numN(math.Max)),
		entry("floor(number) number", "the next whole number below", sign[func(float64) float64](), num1(math.Floor)),
		entry("ceil(number) number", "the next whole number above", sign[func(float64) float64](), num1(math.Ceil)),
		entry("round(number, digits?) number", "rounded to so many decimals (0 when left out), halves away from zero", append(sign[func(float64) float64](), sign[func(float64, float64) float64]()...), round),
		entry("known(number) truth", "whether the number is known", sign[func(float64) bool](), known),

		entry("len(text or list) number", "the number of characters or elements", sign[func(any) float64](), length),
		entry("lower(text) text", "in small letters", sign[func(string) string](), text1(strings.ToLower)),
		entry("upper(text) text", "in capitals", sign[func(string) string](), text1(strings.ToUpper)),
		entry("trim(text) text", "without blanks around it", sign[func(string) string](), text1(strings.TrimSpace)),
		entry("fold(text) text", "in small letters without accents, so that fold(name) contains \"tam ky\" finds Tam Kỳ", sign[func(string) string](), text1(Fold)),
		entry("text(any) text", "the value in words", sign[func(any) string](), toText),
		entry("number(any) number", "the number in a text, not known when there is none", sign[func(any) float64](), parseNumber),
		entry("moment(any) moment", "the time in an RFC 3339 text, or of seconds since 1970", sign[func(any) time.Time](), parseMoment),

		entry("hour(moment) number", "the hour of the day in Vietnam, 0 to 23", sign[func(time.Time) float64](), clockPart(func(t time.Time) int { return t.Hour() })),
		entry("weekday(moment) number", "the day of the week in Vietnam, 1 Monday to 7 Sunday", sign[func(time.Time) float64](), clockPart(func(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 })),
		entry("minutes(span) number", "the length in minutes", sign[func(time.Duration) float64](), minutes),
		entry("age(moment) span", "how long ago it was; a moment not known is infinitely old", sign[func(time.Time, time.Time) time.Duration](), age, "now"),

		entry("point(lat, lon) place", "a place by latitude and longitude in degrees (WGS 84)", sign[func(float64, float64) geo.Point](), point),
		entry("distance(place, place) number", "metres on the sphere", sign[func(geo.Point, geo.Point) float64](), distance),
		entry("within(area) truth", "whether the thing belongs to the area with this id or one below it", sign[func(string, string, any) bool](), within, "area", hiddenState),

		entry("inside(fence) truth", "whether the vessel is inside the fence with this id", sign[func(string, any) bool](), atFence(isInside), hiddenVessel),
		entry("near(fence) truth", "whether the vessel is near that fence or inside it", sign[func(string, any) bool](), atFence(isNear), hiddenVessel),
		entry("insideAny(purpose) truth", "whether the vessel is inside a fence of this purpose (\"protected\"); of any purpose when it is empty", sign[func(string, any, any) bool](), atAnyFence(isInside), hiddenVessel, hiddenState),
		entry("nearAny(purpose) truth", "whether the vessel is near such a fence or inside it", sign[func(string, any, any) bool](), atAnyFence(isNear), hiddenVessel, hiddenState),

		entry("reading(quantity) number", "the newest value of the quantity at the station, not known if there is none", sign[func(string, any) float64](), reading, hiddenEntity),
		entry("has(quantity) truth", "whether the station has ever reported the quantity", sign[func(string, any) bool](), has, hiddenEntity),
		entry("read(quantity) moment", "when the newest value of the quantity was measured", sign[func(string, any) time.Time](), readAt, hiddenEntity),
	}
}

func entry(use, doc string, types []reflect.Type, call func(...any) (any, error), extra ...string) function {
	name, _, _ := strings.Cut(use, "(")
	return function{Function: Function{Name: name, Use: use, Doc: doc}, types: types, call: call, extra: extra}
}

// sign returns the Go type of a function as the library's checker wants it.
func sign[F any]() []reflect.Type { return []reflect.Type{reflect.TypeFor[F]()} }

func num1(f func(float64) float64) func(...any) (any, error) {
	return func(args ...any) (any, error) {
		x, err := numberArg(args[0])
		return f(x), err
	}
}

func numN(f func(a, b float64) float64) func(...any) (any, error) {
	return func(args ...any) (any, error) {
		best, err := numberArg(args[0])
		for _, a := range args[1:] {
			x, bad := numberArg(a)
			if bad != nil {
				err = bad
			}
			best = f(best, x)
		}
		return best, err
	}
}

func text1(f func(string) string) func(...any) (any, error) {
	return func(args ...any) (any, error) {
		s, ok := args[0].(string)
		if !ok {
			return nil, wrongArg(args[0], Text)
		}
		return f(s), nil
	}
}

func clockPart(f func(time.Time) int) func(...any) (any, error) {
	zone := vietnam()
	return func(args ...any) (any, error) {
		t, ok := args[0].(time.Time)
		if !ok {
			return nil, wrongArg(args[0], Moment)
		}
		if t.IsZero() {
			return math.NaN(), nil
		}
		return float64(f(t.In(zone))), nil
	}
}

func numberArg(v any) (float64, error) {
	if f, ok := toNumber(v); ok {
		return f, nil
	}
	return math.NaN(), wrongArg(v, Number)
}

func wrongArg(v any, want Type) error {
	return fmt.Errorf("a %s is needed, this is a %s", want, typeOf(reflect.TypeOf(v)))
}

func round(args ...any) (any, error) {
	x, err := numberArg(args[0])
	if err != nil || len(args) == 1 {
		return math.Round(x), err
	}
	digits, err := numberArg(args[1])
	if err != nil || !(digits >= 0 && digits <= 9) {
		return nil, fmt.Errorf("round takes 0 to 9 digits")
	}
	p := math.Pow(10, math.Trunc(digits))
	return math.Round(x*p) / p, nil
}

func known(args ...any) (any, error) {
	x, err := numberArg(args[0])
	return !math.IsNaN(x), err
}

func length(args ...any) (any, error) {
	switch v := args[0].(type) {
	case nil:
		return 0.0, nil
	case string:
		return float64(utf8.RuneCountInString(v)), nil
	case []any:
		return float64(len(v)), nil
	case map[string]any:
		return float64(len(v)), nil
	}
	return nil, fmt.Errorf("len takes a text or a list")
}

// Fold returns s in small letters without accents, đ as d, so that a search
// for "tam ky" finds "Tam Kỳ".
func Fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ' || r == 'Đ':
			b.WriteByte('d')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

func toText(args ...any) (any, error) {
	switch v := args[0].(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case float64:
		if math.IsNaN(v) {
			return "", nil
		}
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case int, bool:
		return fmt.Sprint(v), nil
	case time.Time:
		return v.In(vietnam()).Format(time.RFC3339), nil
	case time.Duration:
		return v.String(), nil
	}
	return nil, fmt.Errorf("this cannot be made a text")
}

func parseNumber(args ...any) (any, error) {
	if s, ok := args[0].(string); ok {
		x, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil || math.IsInf(x, 0) {
			return math.NaN(), nil //nolint:nilerr // a text that is no number is NaN, as in every comparison
		}
		return x, nil
	}
	x, ok := toNumber(args[0])
	if !ok {
		return math.NaN(), nil
	}
	return x, nil
}

func parseMoment(args ...any) (any, error) {
	switch v := args[0].(type) {
	case time.Time:
		return v, nil
	case nil:
		return time.Time{}, nil
	case string:
		t, err := time.Parse(time.RFC3339, strings.TrimSpace(v))
		if err != nil {
			return nil, fmt.Errorf("%.40q is not a time; write it as 2026-11-20T09:41:00+07:00", v)
		}
		return t.UTC(), nil
	}
	x, ok := toNumber(args[0])
	if !ok || math.IsNaN(x) || math.Abs(x) > 1e11 {
		return nil, fmt.Errorf("this is not a time in seconds since 1970")
	}
	return time.UnixMilli(int64(x * 1000)).UTC(), nil
}

func minutes(args ...any) (any, error) {
	d, ok := args[0].(time.Duration)
	if !ok {
		return nil, wrongArg(args[0], Span)
	}
	return d.Minutes(), nil
}

func age(args ...any) (any, error) {
	t, ok1 := args[0].(time.Time)
	now, ok2 := args[1].(time.Time)
	if !ok1 || !ok2 {
		return nil, wrongArg(args[0], Moment)
	}
	if t.IsZero() {
		return time.Duration(math.MaxInt64), nil
	}
	return now.Sub(t), nil
}

func point(args ...any) (any, error) {
	lat, err1 := numberArg(args[0])
	lon, err2 := numberArg(args[1])
	p := geo.Pt(lon, lat)
	if err1 != nil || err2 != nil || !geo.Valid(p) {
		return nil, fmt.Errorf("point takes a latitude (-90 to 90) and a longitude (-180 to 180)")
	}
	return p, nil
}

func distance(args ...any) (any, error) {
	a, ok1 := args[0].(geo.Point)
	b, ok2 := args[1].(geo.Point)
	if !ok1 || !ok2 {
		return math.NaN(), nil
	}
	return geo.Distance(a, b), nil
}

func within(args ...any) (any, error) {
	root, ok1 := args[0].(string)
	area, ok2 := args[1].(string)
	s, ok3 := args[2].(*world.State)
	if !ok1 || !ok2 || !ok3 {
		return false, nil
	}
	return area != "" && s.Within(area, root), nil
}

func newest(args []any) (world.ReadingAt, bool) {
	q, ok1 := args[0].(string)
	st, ok2 := args[1].(world.Station)
	if !ok1 || !ok2 {
		return world.ReadingAt{}, false
	}
	return st.Reading(q)
}

func reading(args ...any) (any, error) {
	if r, ok := newest(args); ok {
		return r.Value, nil
	}
	return math.NaN(), nil
}

func has(args ...any) (any, error) {
	_, ok := newest(args)
	return ok, nil
}

func readAt(args ...any) (any, error) {
	r, _ := newest(args)
	return r.Time.Std(), nil
}
