package world

import "iocwall/geo"

// NotAvailable stands for a speed, course or heading that was not given.
const NotAvailable = -1

// VesselCategory groups ship types as the map's symbols do.
type VesselCategory string

// The categories of vessels.
const (
	VesselFishing   VesselCategory = "fishing"
	VesselCargo     VesselCategory = "cargo"
	VesselPassenger VesselCategory = "passenger"
	VesselPublic    VesselCategory = "public"
	VesselOther     VesselCategory = "other"
)

// VesselPosition is one position report of a vessel (AIS types 1-3, 18, 19, 27
// or a vessel-monitoring device).
type VesselPosition struct {
	// MMSI is the vessel's nine-digit identity, leading zeros kept.
	MMSI string    `cbor:"1,keyasint" json:"mmsi"`
	Pos  geo.Point `cbor:"2,keyasint" json:"pos"`
	// Speed is over ground in knots, Course over ground and Heading true in
	// degrees; NotAvailable when not given.
	Speed   float64 `cbor:"3,keyasint" json:"speed"`
	Course  float64 `cbor:"4,keyasint" json:"course"`
	Heading float64 `cbor:"5,keyasint" json:"heading"`
	// Status is the navigational status of ITU-R M.1371 (7 = fishing), 15 when
	// not given.
	Status uint8 `cbor:"6,keyasint" json:"status"`
	// Class is "A", "B" or "" for other devices.
	Class string `cbor:"7,keyasint,omitempty" json:"class,omitempty"`
	// Coarse marks a position of a tenth of a minute only (type 27).
	Coarse bool `cbor:"8,keyasint,omitempty" json:"coarse,omitempty"`
	// Area is the area the position lies in, found by the server before the
	// event is written.
	Area string `cbor:"9,keyasint,omitempty" json:"area,omitempty"`
}

// Kind returns "vessel.position".
func (VesselPosition) Kind() string { return "vessel.position" }

// VesselStatic is what a vessel says of itself. Each of the three parts is
// optional: class B sends its name and its particulars apart (AIS type 24 A, B).
type VesselStatic struct {
	MMSI        string             `cbor:"1,keyasint" json:"mmsi"`
	Class       string             `cbor:"2,keyasint,omitempty" json:"class,omitempty"`
	Name        *VesselName        `cbor:"3,keyasint,omitempty" json:"name,omitempty"`
	Particulars *VesselParticulars `cbor:"4,keyasint,omitempty" json:"particulars,omitempty"`
	Voyage      *VesselVoyage      `cbor:"5,keyasint,omitempty" json:"voyage,omitempty"`
}

// Kind returns "vessel.static".
func (VesselStatic) Kind() string { return "vessel.static" }

// VesselName is the name part of a vessel's static data.
type VesselName struct {
	Name string `cbor:"1,keyasint" json:"name"`
}

// VesselParticulars are what the vessel is. Lengths in metres from the
// reference point; ShipType as in ITU-R M.1371 table 53 (30 = fishing).
type VesselParticulars struct {
	CallSign     string         `cbor:"1,keyasint,omitempty" json:"callsign,omitempty"`
	IMO          uint32         `cbor:"2,keyasint,omitempty" json:"imo,omitempty"`
	ShipType     uint8          `cbor:"3,keyasint" json:"type"`
	Category     VesselCategory `cbor:"4,keyasint" json:"category"`
	Bow          uint16         `cbor:"5,keyasint" json:"bow"`
	Stern        uint16         `cbor:"6,keyasint" json:"stern"`
	Port         uint16         `cbor:"7,keyasint" json:"port"`
	Starboard    uint16         `cbor:"8,keyasint" json:"starboard"`
	Mothership   string         `cbor:"9,keyasint,omitempty" json:"mothership,omitempty"`
	Registration string         `cbor:"10,keyasint,omitempty" json:"registration,omitempty"`
}

// VesselVoyage is what the vessel is doing. Draught in metres; ETA is the
// UTC "MM-DD hh:mm" the crew entered, without a year, empty when not given.
type VesselVoyage struct {
	Destination string  `cbor:"1,keyasint,omitempty" json:"destination,omitempty"`
	ETA         string  `cbor:"2,keyasint,omitempty" json:"eta,omitempty"`
	Draught     float64 `cbor:"3,keyasint" json:"draught"`
}

// Vessel is a vessel as last known. Zero times mean that part was never heard.
type Vessel struct {
	MMSI  string `cbor:"1,keyasint" json:"mmsi"`
	Class string `cbor:"2,keyasint,omitempty" json:"class,omitempty"`

	Name        VesselName        `cbor:"3,keyasint" json:"name"`
	Particulars VesselParticulars `cbor:"4,keyasint" json:"particulars"`
	Voyage      VesselVoyage      `cbor:"5,keyasint" json:"voyage"`
	NameTime    Time              `cbor:"6,keyasint" json:"nameTime"`
	PartTime    Time              `cbor:"7,keyasint" json:"partTime"`
	VoyageTime  Time              `cbor:"8,keyasint" json:"voyageTime"`

	// Last is the newest position; Time is when it was true, Seen when it was
	// learnt, Source from whom.
	Last   VesselPosition `cbor:"9,keyasint" json:"last"`
	Time   Time           `cbor:"10,keyasint" json:"time"`
	Seen   Time           `cbor:"11,keyasint" json:"seen"`
	Source string         `cbor:"12,keyasint" json:"source"`
	// Lost is when the server declared the signal lost, zero while it is not.
	Lost Time `cbor:"13,keyasint,omitempty" json:"lost,omitempty"`
	// Fences are those it is in or near, by id.
	Fences []FenceStay `cbor:"14,keyasint,omitempty" json:"fences,omitempty"`
	// Entering are those it went into and has not been in for as long as they ask,
	// by id, since when. It counts as inside of none of them.
	Entering []FenceStay `cbor:"15,keyasint,omitempty" json:"entering,omitempty"`
}

// Ref returns the vessel's name in the state.
func (v Vessel) Ref() Ref { return NewRef(KindVessel, v.MMSI) }

// Place returns the newest position, if any was heard.
func (v Vessel) Place() (geo.Point, bool) { return v.Last.Pos, v.Time != 0 }

// In returns the area the newest position lies in.
func (v Vessel) In() string { return v.Last.Area }

func (b VesselPosition) apply(s *State, e *Event) (Ref, Effect, error) {
	v, _ := s.vessels.Get(b.MMSI)
	ref := NewRef(KindVessel, b.MMSI)
	if b.MMSI == "" {
		return "", EffectNone, errNoID
	}
	if !newer(e.Time, v.Time, b, v.Last) {
		return ref, EffectNone, nil
	}
	v.MMSI, v.Last, v.Time, v.Seen, v.Source, v.Lost = b.MMSI, b, e.Time, e.Seen, e.Source, 0
	if b.Class != "" {
		v.Class = b.Class
	}
	s.vessels.Put(b.MMSI, v)
	return ref, EffectPut, nil
}

func (b VesselStatic) apply(s *State, e *Event) (Ref, Effect, error) {
	if b.MMSI == "" {
		return "", EffectNone, errNoID
	}
	v, _ := s.vessels.Get(b.MMSI)
	changed := v.MMSI != b.MMSI
	v.MMSI = b.MMSI
	if b.Name != nil && newer(e.Time, v.NameTime, *b.Name, v.Name) {
		v.Name, v.NameTime, changed = *b.Name, e.Time, true
	}
	if b.Particulars != nil && newer(e.Time, v.PartTime, *b.Particulars, v.Particulars) {
		v.Particulars, v.PartTime, changed = *b.Particulars, e.Time, true
	}
	if b.Voyage != nil && newer(e.Time, v.VoyageTime, *b.Voyage, v.Voyage) {
		v.Voyage, v.VoyageTime, changed = *b.Voyage, e.Time, true
	}
	if !changed {
		return v.Ref(), EffectNone, nil
	}
	s.vessels.Put(b.MMSI, v)
	return v.Ref(), EffectPut, nil
}

// AidReport is an aid to navigation (AIS type 21): a buoy, a light, a beacon.
type AidReport struct {
	MMSI string    `cbor:"1,keyasint" json:"mmsi"`
	Name string    `cbor:"2,keyasint" json:"name"`
	Pos  geo.Point `cbor:"3,keyasint" json:"pos"`
	// Type is the aid type of ITU-R M.1371 table 74.
	Type        uint8 `cbor:"4,keyasint" json:"type"`
	OffPosition bool  `cbor:"5,keyasint" json:"offPosition"`
	Virtual     bool  `cbor:"6,keyasint" json:"virtual"`
}

// Kind returns "aid".
func (AidReport) Kind() string { return "aid" }

// Aid is an aid to navigation as last heard.
type Aid struct {
	AidReport
	Time   Time   `cbor:"20,keyasint" json:"time"`
	Seen   Time   `cbor:"21,keyasint" json:"seen"`
	Source string `cbor:"22,keyasint" json:"source"`
}

// Ref returns the aid's name in the state.
func (a Aid) Ref() Ref { return NewRef(KindAid, a.MMSI) }

// Place returns the aid's position.
func (a Aid) Place() (geo.Point, bool) { return a.Pos, a.Pos != geo.Point{} }

// In returns no area: aids belong to nobody's list.
func (a Aid) In() string { return "" }

func (b AidReport) apply(s *State, e *Event) (Ref, Effect, error) {
	return applyLatest(s.aids, KindAid, b.MMSI, e, newer, func(a Aid) (Time, AidReport) { return a.Time, a.AidReport }, b,
		Aid{AidReport: b, Time: e.Time, Seen: e.Seen, Source: e.Source})
}

// BaseReport is a shore station (AIS types 4 and 11 report time and place).
type BaseReport struct {
	MMSI string    `cbor:"1,keyasint" json:"mmsi"`
	Pos  geo.Point `cbor:"2,keyasint" json:"pos"`
	// Clock is the UTC the station sent, zero when it sent none.
	Clock Time `cbor:"3,keyasint,omitempty" json:"clock,omitempty"`
}

// Kind returns "base".
func (BaseReport) Kind() string { return "base" }

// Base is a shore station as last heard.
type Base struct {
	BaseReport
	Time   Time   `cbor:"20,keyasint" json:"time"`
	Seen   Time   `cbor:"21,keyasint" json:"seen"`
	Source string `cbor:"22,keyasint" json:"source"`
}

// Ref returns the station's name in the state.
func (b Base) Ref() Ref { return NewRef(KindBase, b.MMSI) }

// Place returns the station's position.
func (b Base) Place() (geo.Point, bool) { return b.Pos, b.Pos != geo.Point{} }

// In returns no area.
func (b Base) In() string { return "" }

func (b BaseReport) apply(s *State, e *Event) (Ref, Effect, error) {
	return applyLatest(s.bases, KindBase, b.MMSI, e, newer, func(x Base) (Time, BaseReport) { return x.Time, x.BaseReport }, b,
		Base{BaseReport: b, Time: e.Time, Seen: e.Seen, Source: e.Source})
}
