package told

import (
	"strings"

	"iocwall/server/world"
	"iocwall/ui/words"
)

// CategoryOf is what a vessel is, in a word.
func CategoryOf(l *words.Lang, v world.Vessel) string {
	if k := "detail.vessel." + string(v.Particulars.Category); v.Particulars.Category != "" && l.Has(k) {
		return l.T(k)
	}
	return l.T("detail.vessel.other")
}

// StationKind is what a station measures, in a word.
func StationKind(l *words.Lang, k world.StationKind) string {
	if key := "detail.station." + string(k); l.Has(key) {
		return l.T(key)
	}
	return l.T("detail.station.other")
}

// ReadingsOf are the newest readings in a line.
func ReadingsOf(l *words.Lang, x world.Station) string {
	var out []string
	for _, r := range x.Readings {
		out = append(out, l.Quantity(r.Quantity)+" "+words.Qualified(string(r.Qualifier), reading(l, r.Reading)))
	}
	return strings.Join(out, " · ")
}

func reading(l *words.Lang, r world.Reading) string { return l.Measured(r.Value, r.Unit) }

// ChannelOf is how a report came, in words.
func ChannelOf(l *words.Lang, c string) string {
	if k := "records.channel." + c; c != "" && l.Has(k) {
		return l.T(k)
	}
	return c
}

// By is who did something, for people: what the configuration says was said by it.
func By(l *words.Lang, who string) string {
	if who == "config" {
		return l.T("records.by.config")
	}
	return who
}

// AgencyOf is the short name of an agency, or its id.
func AgencyOf(st *world.State, id string) string {
	if a, ok := st.Agency(id); ok {
		if a.Short != "" {
			return a.Short
		}
		return a.Name
	}
	return id
}

// WithUnit is a number of an indicator with its decimals and unit.
func WithUnit(l *words.Lang, f world.Figure, v float64) string {
	unit := f.Unit
	if l.Code == "en" && f.UnitEn != "" {
		unit = f.UnitEn
	}
	switch unit {
	case "%":
		return l.Percent(v, f.Decimals)
	case "":
		return l.Number(v, f.Decimals)
	}
	return l.Number(v, f.Decimals) + "\u00a0" + unit
}

// FigureValue is an indicator's newest value with what it is made of.
func FigureValue(l *words.Lang, f world.Figure) string {
	text := words.Qualified(string(f.Last.Qualifier), WithUnit(l, f, *f.Last.Value))
	if f.Last.Num != nil && f.Last.Den != nil {
		text += " (" + l.Fraction(*f.Last.Num, *f.Last.Den) + ")"
	}
	return text
}

// PurposeOf is what a fence is for, in words.
func PurposeOf(l *words.Lang, purpose string) string {
	if k := "fence.purpose." + purpose; purpose != "" && l.Has(k) {
		return l.T(k)
	}
	return purpose
}
