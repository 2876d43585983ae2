package world

import "iocwall/server/world/trend"

// FigureDefined makes or changes an indicator: what is counted, for whom, how
// it is judged. The catalogue is editable; every change is an event.
type FigureDefined struct {
	ID     string `cbor:"1,keyasint" json:"id"`
	Name   string `cbor:"2,keyasint" json:"name"`
	NameEn string `cbor:"3,keyasint,omitempty" json:"nameEn,omitempty"`
	// Short is the name that fits a small tile.
	Short string `cbor:"4,keyasint,omitempty" json:"short,omitempty"`
	// Domain is the key of one of the ten domains ("economy", "reports", …).
	Domain string `cbor:"5,keyasint,omitempty" json:"domain,omitempty"`
	// Unit follows the value ("%", "tỷ đồng"); a unit of "%" makes the value a
	// ratio of Num to Den.
	Unit string `cbor:"6,keyasint,omitempty" json:"unit,omitempty"`
	// Decimals are always shown, neither more nor fewer.
	Decimals int `cbor:"7,keyasint,omitempty" json:"decimals,omitempty"`
	// Target is the value aimed at, nil when there is none; LowerBetter turns
	// the judgement round.
	Target      *float64 `cbor:"8,keyasint,omitempty" json:"target,omitempty"`
	LowerBetter bool     `cbor:"9,keyasint,omitempty" json:"lowerBetter,omitempty"`
	// Every is the promised time between reports in milliseconds, zero when
	// nothing was promised.
	Every int64 `cbor:"10,keyasint,omitempty" json:"every,omitempty"`
	// Owner is the agency that answers for the figure.
	Owner string `cbor:"11,keyasint,omitempty" json:"owner,omitempty"`
	// OwnerName is how the truth strip names it.
	OwnerName string `cbor:"12,keyasint,omitempty" json:"ownerName,omitempty"`
	Area      string `cbor:"13,keyasint,omitempty" json:"area,omitempty"`
	// Icon is the key of a symbol in the catalogue.
	Icon string `cbor:"14,keyasint,omitempty" json:"icon,omitempty"`
	// UnitEn is the unit in English where it differs.
	UnitEn string `cbor:"15,keyasint,omitempty" json:"unitEn,omitempty"`
	// Of is the indicator this one is the part of for its Area alone; a map
	// colours areas by the parts of one indicator.
	Of string `cbor:"16,keyasint,omitempty" json:"of,omitempty"`
	// Counts names what a ratio's Num and Den count, and a value without a unit
	// ("camera", "hồ sơ"); CountsEn is the same in English.
	Counts   string `cbor:"17,keyasint,omitempty" json:"counts,omitempty"`
	CountsEn string `cbor:"18,keyasint,omitempty" json:"countsEn,omitempty"`
}

// Kind returns "figure.defined".
func (FigureDefined) Kind() string { return "figure.defined" }

// FigureReported is one value of an indicator for one period.
type FigureReported struct {
	Figure string `cbor:"1,keyasint" json:"figure"`
	// Period is the key of the reporting period ("2024-08", "2026-11-20");
	// Label how people write it ("8/2024").
	Period string `cbor:"2,keyasint" json:"period"`
	Label  string `cbor:"3,keyasint,omitempty" json:"label,omitempty"`
	// Value is nil when the period has no value yet; that is never 0.
	Value     *float64  `cbor:"4,keyasint,omitempty" json:"value,omitempty"`
	Qualifier Qualifier `cbor:"5,keyasint,omitempty" json:"qualifier,omitempty"`
	// Verbatim is the source's own words when they cannot be reproduced
	// ("85 %", "gần 1.500").
	Verbatim string `cbor:"6,keyasint,omitempty" json:"verbatim,omitempty"`
	// Num and Den are the numerator and the denominator of a ratio.
	Num *float64 `cbor:"7,keyasint,omitempty" json:"num,omitempty"`
	Den *float64 `cbor:"8,keyasint,omitempty" json:"den,omitempty"`
	// Parts are the summands of a total. What they leave over is the residue,
	// which is always shown.
	Parts []FigurePart `cbor:"9,keyasint,omitempty" json:"parts,omitempty"`
	// Have of Want units have reported; both zero when it does not apply.
	Have int `cbor:"10,keyasint,omitempty" json:"have,omitempty"`
	Want int `cbor:"11,keyasint,omitempty" json:"want,omitempty"`
	// WantOf names what Have and Want count ("đơn vị", "phiếu").
	WantOf string `cbor:"12,keyasint,omitempty" json:"wantOf,omitempty"`
	// Note is one more sentence for the tile.
	Note string `cbor:"13,keyasint,omitempty" json:"note,omitempty"`
	// Previous is the value of the same period a year earlier.
	Previous *float64 `cbor:"14,keyasint,omitempty" json:"previous,omitempty"`
	// Fault says why the value cannot be trusted ("Biểu TC-05, ô D14: chia cho
	// 0"); the last approved value stays on show.
	Fault string `cbor:"15,keyasint,omitempty" json:"fault,omitempty"`
	// Provisional marks a value not yet approved.
	Provisional bool `cbor:"16,keyasint,omitempty" json:"provisional,omitempty"`
	// Due is when the missing value is owed, zero when nothing is owed.
	Due Time `cbor:"17,keyasint,omitempty" json:"due,omitempty"`
}

// Kind returns "figure.reported".
func (FigureReported) Kind() string { return "figure.reported" }

// FigurePart is one summand of a total.
type FigurePart struct {
	Label   string  `cbor:"1,keyasint" json:"label"`
	Value   float64 `cbor:"2,keyasint" json:"value"`
	LabelEn string  `cbor:"3,keyasint,omitempty" json:"labelEn,omitempty"`
}

// FigurePoint is one past value, for the trend line.
type FigurePoint struct {
	Period string  `cbor:"1,keyasint" json:"period"`
	Value  float64 `cbor:"2,keyasint" json:"value"`
	Time   Time    `cbor:"3,keyasint" json:"time"`
}

// maxTrend bounds the trend kept in Live; the whole series is in the ledger.
const maxTrend = 48

// Figure is an indicator with its newest period. A value for an earlier period
// or a correction of one changes only the trend.
type Figure struct {
	nowhere
	FigureDefined
	Defined Time           `cbor:"20,keyasint" json:"defined"`
	Last    FigureReported `cbor:"21,keyasint" json:"last"`
	Time    Time           `cbor:"22,keyasint" json:"time"`
	Seen    Time           `cbor:"23,keyasint" json:"seen"`
	Source  string         `cbor:"24,keyasint" json:"source"`
	// Trend holds at most 48 periods, oldest first.
	Trend []FigurePoint `cbor:"25,keyasint" json:"trend"`
	// Stale is when the server declared the figure overdue, zero while fresh.
	Stale Time `cbor:"26,keyasint,omitempty" json:"stale,omitempty"`
}

// Ref returns the figure's name in the state.
func (f Figure) Ref() Ref { return NewRef(KindFigure, f.ID) }

// In returns the area the figure is about.
func (f Figure) In() string { return f.Area }

// Residue returns the total less its parts, and whether there are parts to
// compare with. 69,600 less 19,879 and 47,752 leaves 1,969.
func (r FigureReported) Residue() (float64, bool) {
	if len(r.Parts) == 0 || r.Value == nil {
		return 0, false
	}
	left := *r.Value
	if r.Num != nil && r.Den != nil {
		left = *r.Den
	}
	for _, p := range r.Parts {
		left -= p.Value
	}
	return left, true
}

func (b FigureDefined) apply(s *State, e *Event) (Ref, Effect, error) {
	if b.ID == "" {
		return "", EffectNone, errNoID
	}
	f, _ := s.figures.Get(b.ID)
	if !latest(e.Time, f.Defined, b, f.FigureDefined) {
		return NewRef(KindFigure, b.ID), EffectNone, nil
	}
	f.FigureDefined, f.Defined = b, e.Time
	s.figures.Put(b.ID, f)
	return f.Ref(), EffectPut, nil
}

func (b FigureReported) apply(s *State, e *Event) (Ref, Effect, error) {
	if b.Figure == "" || b.Period == "" {
		return "", EffectNone, errNoID
	}
	f, _ := s.figures.Get(b.Figure)
	f.ID = b.Figure
	current := b.Period > f.Last.Period || (b.Period == f.Last.Period && newer(e.Time, f.Time, b, f.Last))
	if current {
		f.Last, f.Time, f.Seen, f.Source, f.Stale = b, e.Time, e.Seen, e.Source, 0
	}
	points, changed := trendWith(f.Trend, b, e.Time)
	if !current && !changed {
		return f.Ref(), EffectNone, nil
	}
	f.Trend = points
	s.figures.Put(b.Figure, f)
	return f.Ref(), EffectPut, nil
}

func trendWith(points []FigurePoint, b FigureReported, t Time) ([]FigurePoint, bool) {
	if b.Value == nil {
		return points, false
	}
	return trend.With(points, FigurePoint{Period: b.Period, Value: *b.Value, Time: t}, maxTrend,
		func(p FigurePoint) string { return p.Period },
		func(p, old FigurePoint) bool { return p.Time > old.Time || p.Time == old.Time && p.Value > old.Value })
}
