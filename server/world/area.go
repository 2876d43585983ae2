package world

import "iocwall/geo"

// AreaDefined makes or changes an administrative area. The tree has any depth;
// every node is valid from a day to a day, since areas are merged and renamed.
type AreaDefined struct {
	ID     string `cbor:"1,keyasint" json:"id"`
	Name   string `cbor:"2,keyasint" json:"name"`
	NameEn string `cbor:"3,keyasint,omitempty" json:"nameEn,omitempty"`
	// Level is "country", "province", "district", "commune" or what a later
	// law calls it.
	Level  string `cbor:"4,keyasint" json:"level"`
	Parent string `cbor:"5,keyasint,omitempty" json:"parent,omitempty"`
	// From is the first instant of validity, Until the first instant after it;
	// zero means without bound.
	From  Time `cbor:"6,keyasint,omitempty" json:"from,omitempty"`
	Until Time `cbor:"7,keyasint,omitempty" json:"until,omitempty"`
	// Code is the official number of the unit, where it has one.
	Code string `cbor:"8,keyasint,omitempty" json:"code,omitempty"`
	// Pos is a point to put the name at.
	Pos    geo.Point `cbor:"9,keyasint" json:"pos"`
	Placed bool      `cbor:"10,keyasint,omitempty" json:"placed,omitempty"`
}

// Kind returns "area.defined".
func (AreaDefined) Kind() string { return "area.defined" }

// AreaSucceeded says that an area became part of another at an instant. Share
// is the part of the old area that went there, 0 to 1, by the measure the
// source names (whole mergers have 1).
type AreaSucceeded struct {
	Old   string  `cbor:"1,keyasint" json:"old"`
	New   string  `cbor:"2,keyasint" json:"new"`
	At    Time    `cbor:"3,keyasint" json:"at"`
	Share float64 `cbor:"4,keyasint" json:"share"`
}

// Kind returns "area.succeeded".
func (AreaSucceeded) Kind() string { return "area.succeeded" }

// Area is an administrative area with what it became.
type Area struct {
	AreaDefined
	Defined Time `cbor:"20,keyasint" json:"defined"`
	// Became lists the successions that start from this area, in the order of
	// their event.
	Became []AreaSucceeded `cbor:"21,keyasint,omitempty" json:"became,omitempty"`
}

// Ref returns the area's name in the state.
func (a Area) Ref() Ref { return NewRef(KindArea, a.ID) }

// Place returns where the area's name stands.
func (a Area) Place() (geo.Point, bool) { return a.Pos, a.Placed }

// In returns the area itself.
func (a Area) In() string { return a.ID }

// ValidAt reports whether the area exists at t.
func (a AreaDefined) ValidAt(t Time) bool {
	return (a.From == 0 || t >= a.From) && (a.Until == 0 || t < a.Until)
}

func (b AreaDefined) apply(s *State, e *Event) (Ref, Effect, error) {
	if b.ID == "" {
		return "", EffectNone, errNoID
	}
	a, _ := s.areas.Get(b.ID)
	if !latest(e.Time, a.Defined, b, a.AreaDefined) {
		return NewRef(KindArea, b.ID), EffectNone, nil
	}
	a.AreaDefined, a.Defined = b, e.Time
	s.areas.Put(b.ID, a)
	return a.Ref(), EffectPut, nil
}

func (b AreaSucceeded) apply(s *State, e *Event) (Ref, Effect, error) {
	if b.Old == "" || b.New == "" {
		return "", EffectNone, errNoID
	}
	a, _ := s.areas.Get(b.Old)
	a.ID = b.Old
	for _, x := range a.Became {
		if x == b {
			return a.Ref(), EffectNone, nil
		}
	}
	kept := make([]AreaSucceeded, 0, len(a.Became)+1)
	for _, x := range a.Became {
		if x.New != b.New || x.At != b.At { // a corrected share replaces the old one
			kept = append(kept, x)
		}
	}
	a.Became = append(kept, b)
	s.areas.Put(b.Old, a)
	return a.Ref(), EffectPut, nil
}

// AgencyDefined makes or changes an agency: a department, a unit, a company
// that handles reports.
type AgencyDefined struct {
	ID     string `cbor:"1,keyasint" json:"id"`
	Name   string `cbor:"2,keyasint" json:"name"`
	Short  string `cbor:"3,keyasint,omitempty" json:"short,omitempty"`
	Parent string `cbor:"4,keyasint,omitempty" json:"parent,omitempty"`
	Area   string `cbor:"5,keyasint,omitempty" json:"area,omitempty"`
	// Enterprise marks a company among the handlers.
	Enterprise bool `cbor:"6,keyasint,omitempty" json:"enterprise,omitempty"`
	From       Time `cbor:"7,keyasint,omitempty" json:"from,omitempty"`
	Until      Time `cbor:"8,keyasint,omitempty" json:"until,omitempty"`
}

// Kind returns "agency.defined".
func (AgencyDefined) Kind() string { return "agency.defined" }

// Agency is an agency as last defined.
type Agency struct {
	nowhere
	AgencyDefined
	Defined Time `cbor:"20,keyasint" json:"defined"`
}

// Ref returns the agency's name in the state.
func (a Agency) Ref() Ref { return NewRef(KindAgency, a.ID) }

// In returns the agency's area.
func (a Agency) In() string { return a.Area }

func (b AgencyDefined) apply(s *State, e *Event) (Ref, Effect, error) {
	return applyLatest(s.agencies, KindAgency, b.ID, e, latest, func(a Agency) (Time, AgencyDefined) { return a.Defined, a.AgencyDefined }, b,
		Agency{AgencyDefined: b, Defined: e.Time})
}
