package words

import "strings"

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
