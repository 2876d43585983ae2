package world

import (
	"errors"
	"slices"
	"strings"

	"iocwall/geo"
)

// StationKind says what a monitoring station measures first.
type StationKind string

// The kinds of monitoring station.
const (
	StationAir     StationKind = "air"
	StationWater   StationKind = "water"
	StationLevel   StationKind = "level"
	StationWeather StationKind = "weather"
)

// StationDefined makes or changes a monitoring station.
type StationDefined struct {
	ID   string      `cbor:"1,keyasint" json:"id"`
	Name string      `cbor:"2,keyasint" json:"name"`
	What StationKind `cbor:"3,keyasint" json:"what"`
	Pos  geo.Point   `cbor:"4,keyasint" json:"pos"`
	Area string      `cbor:"5,keyasint,omitempty" json:"area,omitempty"`
	// Owner is the agency that answers for the station.
	Owner string `cbor:"6,keyasint,omitempty" json:"owner,omitempty"`
	// Every is the promised time between readings in milliseconds; zero when
	// nothing was promised, and the station then never turns stale.
	Every int64 `cbor:"7,keyasint,omitempty" json:"every,omitempty"`
}

// Kind returns "station.defined".
func (StationDefined) Kind() string { return "station.defined" }

// Reading is one measured value of one quantity at a station.
type Reading struct {
	Station string `cbor:"1,keyasint" json:"station"`
	// Quantity is a lower-case name: "pm2.5", "level", "temperature", "wqi".
	Quantity string  `cbor:"2,keyasint" json:"quantity"`
	Value    float64 `cbor:"3,keyasint" json:"value"`
	// Unit is a SenML unit or one in common use ("ug/m3", "m", "Cel").
	Unit string `cbor:"4,keyasint,omitempty" json:"unit,omitempty"`
	// Qualifier keeps what the source said about the number.
	Qualifier Qualifier `cbor:"5,keyasint,omitempty" json:"qualifier,omitempty"`
}

// Kind returns "station.reading".
func (Reading) Kind() string { return "station.reading" }

// Qualifier keeps the words around a number: "gần 1.500" is not 1,500.
type Qualifier string

// The qualifiers of a number.
const (
	Exact    Qualifier = ""
	About    Qualifier = "about"
	MoreThan Qualifier = "more-than"
	LessThan Qualifier = "less-than"
)

// ReadingAt is the newest reading of one quantity.
type ReadingAt struct {
	Reading
	Time   Time   `cbor:"20,keyasint" json:"time"`
	Seen   Time   `cbor:"21,keyasint" json:"seen"`
	Source string `cbor:"22,keyasint" json:"source"`
}

// Station is a monitoring station with the newest reading of each quantity,
// sorted by quantity. Readings may come before the definition does.
type Station struct {
	StationDefined
	Defined  Time        `cbor:"20,keyasint" json:"defined"`
	Readings []ReadingAt `cbor:"21,keyasint" json:"readings"`
	// Stale is when the server declared the station overdue, zero while fresh.
	Stale Time `cbor:"22,keyasint,omitempty" json:"stale,omitempty"`
}

// Ref returns the station's name in the state.
func (s Station) Ref() Ref { return NewRef(KindStation, s.ID) }

// Place returns the station's position once defined.
func (s Station) Place() (geo.Point, bool) { return s.Pos, s.Defined != 0 }

// In returns the station's area.
func (s Station) In() string { return s.Area }

// Reading returns the newest reading of the quantity.
func (s Station) Reading(quantity string) (ReadingAt, bool) {
	i, ok := slices.BinarySearchFunc(s.Readings, quantity, func(r ReadingAt, q string) int { return strings.Compare(r.Quantity, q) })
	if !ok {
		return ReadingAt{}, false
	}
	return s.Readings[i], true
}

// Newest returns the time of the newest reading of any quantity, zero if none.
func (s Station) Newest() Time {
	var t Time
	for _, r := range s.Readings {
		t = max(t, r.Time)
	}
	return t
}

func (b StationDefined) apply(s *State, e *Event) (Ref, Effect, error) {
	if b.ID == "" {
		return "", EffectNone, errNoID
	}
	st, _ := s.stations.Get(b.ID)
	if !latest(e.Time, st.Defined, b, st.StationDefined) {
		return st.Ref(), EffectNone, nil
	}
	st.StationDefined, st.Defined = b, e.Time
	s.stations.Put(b.ID, st)
	return st.Ref(), EffectPut, nil
}

// maxQuantities bounds what one station may measure.
const maxQuantities = 64

var errTooMany = errors.New("the station measures 64 quantities already")

func (b Reading) apply(s *State, e *Event) (Ref, Effect, error) {
	if b.Station == "" || b.Quantity == "" {
		return "", EffectNone, errNoID
	}
	st, _ := s.stations.Get(b.Station)
	st.ID = b.Station
	now := ReadingAt{Reading: b, Time: e.Time, Seen: e.Seen, Source: e.Source}
	i, found := slices.BinarySearchFunc(st.Readings, b.Quantity, func(r ReadingAt, q string) int { return strings.Compare(r.Quantity, q) })
	if found {
		if !newer(e.Time, st.Readings[i].Time, b, st.Readings[i].Reading) {
			return st.Ref(), EffectNone, nil
		}
		// Entities are values that readers may hold: never change a slice in place.
		st.Readings = slices.Clone(st.Readings)
		st.Readings[i] = now
	} else if len(st.Readings) >= maxQuantities {
		return st.Ref(), EffectNone, errTooMany
	} else {
		st.Readings = slices.Insert(slices.Clone(st.Readings), i, now)
	}
	st.Stale = 0
	s.stations.Put(b.Station, st)
	return st.Ref(), EffectPut, nil
}
