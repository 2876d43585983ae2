package words

import (
	"math"
	"strings"
)

// Quantity names what a station measures ("pm2.5", "level") in a word; what has no
// word is named as it came.
func (l *Lang) Quantity(q string) string {
	switch q {
	case "aqi", "wqi":
		return "VN_" + strings.ToUpper(q)
	case "pm2.5", "pm10":
		return strings.ToUpper(q)
	}
	if k := "records.quantity." + q; q != "" && l.Has(k) {
		return l.T(k)
	}
	return q
}

// UnitSign is a unit of SenML (RFC 8428, section 12.1), or one in common use, as people
// write it.
func UnitSign(unit string) string {
	switch unit {
	case "ug/m3":
		return "µg/m³"
	case "mg/m3":
		return "mg/m³"
	case "m3/s":
		return "m³/s"
	case "Cel":
		return "°C"
	case "%RH":
		return "%"
	}
	return unit
}

// Measured is a number with its unit as people write it, "4,12 m", with at most two
// decimals and no more than it has; the unit may be empty.
func (l *Lang) Measured(v float64, unit string) string { return l.measured(v, unit, decimals(v)) }

// Against are a number and what it is held against with as many decimals as the one
// that has more of them: "4,12 m" and "4,00 m". What is nil is empty.
func (l *Lang) Against(v, limit *float64, unit string) (value, bound string) {
	most := 0
	for _, x := range []*float64{v, limit} {
		if x != nil {
			most = max(most, decimals(*x))
		}
	}
	if v != nil {
		value = l.measured(*v, unit, most)
	}
	if limit != nil {
		bound = l.measured(*limit, unit, most)
	}
	return value, bound
}

// decimals is how many decimals a number needs, at most two.
func decimals(v float64) int {
	for n := range 2 {
		if x := v * math.Pow10(n); math.Abs(x-math.Round(x)) < 1e-9*math.Max(1, math.Abs(x)) {
			return n
		}
	}
	return 2
}

func (l *Lang) measured(v float64, unit string, decimals int) string {
	switch sign := UnitSign(unit); sign {
	case "":
		return l.Number(v, decimals)
	case "%":
		return l.Percent(v, decimals)
	default:
		return l.Number(v, decimals) + "\u00a0" + sign
	}
}
