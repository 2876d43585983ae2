package words

import (
	"math"
	"strconv"
	"strings"
)

const (
	minus = "\u2212"
	nbsp  = "\u00a0"
)

// Number writes v with a fixed number of decimals, grouped by thousands:
// "1.234,5" in Vietnamese, "1,234.5" in English, negative with U+2212. What is
// not a number is a dash.
func (l *Lang) Number(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "—"
	}
	group, point := ".", ","
	if l.english() {
		group, point = ",", "."
	}
	s := strconv.FormatFloat(math.Abs(v), 'f', max(decimals, 0), 64)
	whole, frac, _ := strings.Cut(s, ".")
	var b strings.Builder
	if v < 0 && strings.Trim(s, "0.") != "" {
		b.WriteString(minus)
	}
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(group)
		}
		b.WriteRune(r)
	}
	if frac != "" {
		b.WriteString(point + frac)
	}
	return b.String()
}

// Int writes a whole number, grouped.
func (l *Lang) Int(n int64) string { return l.Number(float64(n), 0) }

// PercentSign is the sign with the space that goes before it.
func (l *Lang) PercentSign() string {
	if l.english() {
		return "%"
	}
	return nbsp + "%"
}

// Percent writes v, a number of percents: "67,2 %" with a no-break space, in
// English "67.2%".
func (l *Lang) Percent(v float64, decimals int) string {
	return l.Number(v, decimals) + l.PercentSign()
}

// Share writes a percentage with what it is made of: "67,2 % (324/482)". Without
// a denominator there is no percentage: "324/0".
func (l *Lang) Share(num, den float64, decimals int) string {
	frac := l.Number(num, wholeOr(num)) + "/" + l.Number(den, wholeOr(den))
	if den == 0 {
		return frac
	}
	return l.Percent(100*num/den, decimals) + " (" + frac + ")"
}

func wholeOr(v float64) int {
	if v == math.Trunc(v) {
		return 0
	}
	return 1
}

// Fraction writes numerator and denominator: "324/482".
func (l *Lang) Fraction(num, den float64) string {
	return l.Number(num, wholeOr(num)) + "/" + l.Number(den, wholeOr(den))
}

// Points writes a difference of percents without its sign: "4,0 điểm".
func (l *Lang) Points(v float64, decimals int) string {
	return l.T("unit.points", "n", l.Number(math.Abs(v), decimals))
}

// Range writes "2–4".
func (l *Lang) Range(from, to float64, decimals int) string {
	return l.Number(from, decimals) + "–" + l.Number(to, decimals)
}

// Qualified puts a figure's qualifier before it: "about" is "≈", "more-than"
// and "less-than" are ">" and "<"; anything else leaves the number alone.
func Qualified(qualifier, number string) string {
	switch qualifier {
	case "about":
		return "≈" + nbsp + number
	case "more-than":
		return ">" + nbsp + number
	case "less-than":
		return "<" + nbsp + number
	}
	return number
}

// Position writes degrees and minutes with a hemisphere: 15°42,0′B 108°57,6′Đ,
// in English 15°42.0′N 108°57.6′E. Arguments are degrees, north and east positive.
func (l *Lang) Position(lat, lon float64) string {
	return l.minutes(lat, l.T("geo.north"), l.T("geo.south")) + " " + l.minutes(lon, l.T("geo.east"), l.T("geo.west"))
}

func (l *Lang) minutes(v float64, pos, neg string) string {
	side := pos
	if v < 0 {
		side = neg
	}
	tenths := int(math.Round(math.Abs(v) * 600))
	return strconv.Itoa(tenths/600) + "°" + pad2(l.Number(float64(tenths%600)/10, 1), 4) + "′" + side
}

// Degrees writes a place as decimal degrees: "15,4481 B 108,5586 Đ".
func (l *Lang) Degrees(lat, lon float64) string {
	one := func(v float64, pos, neg string) string {
		if v < 0 {
			pos = neg
		}
		return l.Number(math.Abs(v), 4) + nbsp + pos
	}
	return one(lat, l.T("geo.north"), l.T("geo.south")) + " " + one(lon, l.T("geo.east"), l.T("geo.west"))
}

// Knots writes a speed: "7,2 nút".
func (l *Lang) Knots(v float64) string { return l.T("unit.knots", "n", l.Number(v, 1)) }

// NauticalMiles writes a distance at sea: "0,8 hải lý".
func (l *Lang) NauticalMiles(v float64) string { return l.T("unit.nm", "n", l.Number(v, 1)) }

// Distance writes a distance on land given in m: "180 m", "7,1 km", "160 km".
func (l *Lang) Distance(m float64) string {
	switch {
	case m < 1000:
		return l.Number(m, 0) + nbsp + "m"
	case m < 10000:
		return l.Number(m/1000, 1) + nbsp + "km"
	}
	return l.Number(m/1000, 0) + nbsp + "km"
}

// Heading writes a course in degrees with three digits: "096°".
func Heading(deg float64) string {
	d := int(math.Round(math.Mod(math.Mod(deg, 360)+360, 360))) % 360
	return pad2(strconv.Itoa(d), 3) + "°"
}

func pad2(s string, n int) string {
	for len(s) < n {
		s = "0" + s
	}
	return s
}
