package world

import (
	"cmp"

	"iocwall/geo"
)

// Severity orders alerts.
type Severity string

// The severities, worst last.
const (
	Notice   Severity = "notice"
	Warning  Severity = "warning"
	Severe   Severity = "severe"
	Critical Severity = "critical"
)

// Rank returns 1 for Notice to 4 for Critical, 0 for a word it does not know.
func (s Severity) Rank() int {
	switch s {
	case Notice:
		return 1
	case Warning:
		return 2
	case Severe:
		return 3
	case Critical:
		return 4
	}
	return 0
}

// AlertRaised opens an alert.
type AlertRaised struct {
	// ID is made by the rule from its name, the entity and the instant it
	// began, so that the same history gives the same alerts.
	ID       string   `cbor:"1,keyasint" json:"id"`
	Rule     string   `cbor:"2,keyasint" json:"rule"`
	Severity Severity `cbor:"3,keyasint" json:"severity"`
	// Title is what the alert line says ("Lũ Câu Lâu 4,12 m, trên BĐ3").
	Title string `cbor:"4,keyasint" json:"title"`
	// Text is one sentence more; Instruction what to do, lines split by "\n".
	Text        string    `cbor:"5,keyasint,omitempty" json:"text,omitempty"`
	Instruction string    `cbor:"6,keyasint,omitempty" json:"instruction,omitempty"`
	About       Ref       `cbor:"7,keyasint,omitempty" json:"about,omitempty"`
	Pos         geo.Point `cbor:"8,keyasint" json:"pos"`
	Placed      bool      `cbor:"9,keyasint,omitempty" json:"placed,omitempty"`
	Area        string    `cbor:"10,keyasint,omitempty" json:"area,omitempty"`
	// Since is when the condition began, before any "for:" had run out.
	Since Time `cbor:"11,keyasint" json:"since"`
	// Value is the number that fired it, nil when there was none.
	Value *float64 `cbor:"12,keyasint,omitempty" json:"value,omitempty"`
	// Show says what of it pops up on walls, nil for nothing.
	Show *AlertShow `cbor:"13,keyasint,omitempty" json:"show,omitempty"`
	// Called is the rule's name for people, empty when it has none; RuleName chooses.
	Called string `cbor:"14,keyasint,omitempty" json:"called,omitempty"`
	// Unit is that of Value and Limit, of SenML or in common use, empty when it is
	// not known or there is none. Limit is the number that Value went beyond, nil
	// when the rule compares with none.
	Unit  string   `cbor:"15,keyasint,omitempty" json:"unit,omitempty"`
	Limit *float64 `cbor:"16,keyasint,omitempty" json:"limit,omitempty"`
	// Where is the name of the fence it happened in or near, or of the site.
	Where string `cbor:"17,keyasint,omitempty" json:"where,omitempty"`
}

// RuleName returns the name of the alert's rule for people: its id where it has no
// other.
func (b AlertRaised) RuleName() string { return cmp.Or(b.Called, b.Rule) }

// AlertShow is what of an alert pops up on walls.
type AlertShow struct {
	// Zone is the zone it must have, empty for any.
	Zone string `cbor:"1,keyasint,omitempty" json:"zone,omitempty"`
	// Cameras is how many cameras that see the place, at most; Map adds the map
	// around it. The instruction is always there.
	Cameras int  `cbor:"2,keyasint,omitempty" json:"cameras,omitempty"`
	Map     bool `cbor:"3,keyasint,omitempty" json:"map,omitempty"`
	// Limit is how long, in milliseconds, zero until the alert is over.
	Limit int64 `cbor:"4,keyasint,omitempty" json:"limit,omitempty"`
}

// Kind returns "alert.raised".
func (AlertRaised) Kind() string { return "alert.raised" }

// AlertUpdated changes an open alert's words, value or severity.
type AlertUpdated struct {
	ID       string   `cbor:"1,keyasint" json:"id"`
	Severity Severity `cbor:"2,keyasint" json:"severity"`
	Title    string   `cbor:"3,keyasint" json:"title"`
	Text     string   `cbor:"4,keyasint,omitempty" json:"text,omitempty"`
	Value    *float64 `cbor:"5,keyasint,omitempty" json:"value,omitempty"`
	// Unit, Limit and Where are as in AlertRaised; what is not given stays as it was.
	Unit  string   `cbor:"6,keyasint,omitempty" json:"unit,omitempty"`
	Limit *float64 `cbor:"7,keyasint,omitempty" json:"limit,omitempty"`
	Where string   `cbor:"8,keyasint,omitempty" json:"where,omitempty"`
}

// Kind returns "alert.updated".
func (AlertUpdated) Kind() string { return "alert.updated" }

// AlertResolved closes an alert whose condition is over.
type AlertResolved struct {
	ID     string `cbor:"1,keyasint" json:"id"`
	Reason string `cbor:"2,keyasint,omitempty" json:"reason,omitempty"`
}

// Kind returns "alert.resolved".
func (AlertResolved) Kind() string { return "alert.resolved" }

// AlertAcknowledged says who took an alert.
type AlertAcknowledged struct {
	ID string `cbor:"1,keyasint" json:"id"`
	// By is the user's id, Name what the wall shows.
	By   string `cbor:"2,keyasint" json:"by"`
	Name string `cbor:"3,keyasint" json:"name"`
	Note string `cbor:"4,keyasint,omitempty" json:"note,omitempty"`
}

// Kind returns "alert.acknowledged".
func (AlertAcknowledged) Kind() string { return "alert.acknowledged" }

// Alert is an alert as it stands.
type Alert struct {
	AlertRaised
	Raised   Time   `cbor:"20,keyasint" json:"raised"`
	Updated  Time   `cbor:"21,keyasint" json:"updated"`
	Resolved Time   `cbor:"22,keyasint,omitempty" json:"resolved,omitempty"`
	Why      string `cbor:"23,keyasint,omitempty" json:"why,omitempty"`
	// Taken is when somebody acknowledged it, zero while nobody did; the first
	// to do so stands.
	Taken   Time   `cbor:"24,keyasint,omitempty" json:"taken,omitempty"`
	TakenBy string `cbor:"25,keyasint,omitempty" json:"takenBy,omitempty"`
	Taker   string `cbor:"26,keyasint,omitempty" json:"taker,omitempty"`
}

// WhoTook returns who has the alert, by name where it is known; empty for nobody.
func (a *Alert) WhoTook() string { return cmp.Or(a.Taker, a.TakenBy) }

// Ref returns the alert's name in the state.
func (a Alert) Ref() Ref { return NewRef(KindAlert, a.ID) }

// Place returns where the alert points.
func (a Alert) Place() (geo.Point, bool) { return a.Pos, a.Placed }

// In returns the alert's area.
func (a Alert) In() string { return a.Area }

// Open reports whether the condition still holds.
func (a Alert) Open() bool { return a.Resolved == 0 }

func (b AlertRaised) apply(s *State, e *Event) (Ref, Effect, error) {
	if b.ID == "" {
		return "", EffectNone, errNoID
	}
	if _, there := s.alerts.Get(b.ID); there {
		return NewRef(KindAlert, b.ID), EffectNone, nil
	}
	a := Alert{AlertRaised: b, Raised: e.Time, Updated: e.Time}
	s.alerts.Put(b.ID, a)
	return a.Ref(), EffectPut, nil
}

func (b AlertUpdated) apply(s *State, e *Event) (Ref, Effect, error) {
	a, there := s.alerts.Get(b.ID)
	ref := NewRef(KindAlert, b.ID)
	if !there || !a.Open() || e.Time < a.Updated {
		return ref, EffectNone, nil
	}
	a.Severity, a.Title, a.Text, a.Value, a.Updated = b.Severity, b.Title, b.Text, b.Value, e.Time
	a.Unit, a.Where = cmp.Or(b.Unit, a.Unit), cmp.Or(b.Where, a.Where)
	if b.Limit != nil {
		a.Limit = b.Limit
	}
	s.alerts.Put(b.ID, a)
	return ref, EffectPut, nil
}

func (b AlertResolved) apply(s *State, e *Event) (Ref, Effect, error) {
	a, there := s.alerts.Get(b.ID)
	ref := NewRef(KindAlert, b.ID)
	if !there || !a.Open() {
		return ref, EffectNone, nil
	}
	a.Resolved, a.Why = e.Time, b.Reason
	s.alerts.Put(b.ID, a)
	return ref, EffectPut, nil
}

func (b AlertAcknowledged) apply(s *State, e *Event) (Ref, Effect, error) {
	a, there := s.alerts.Get(b.ID)
	ref := NewRef(KindAlert, b.ID)
	if !there || a.Taken != 0 {
		return ref, EffectNone, nil
	}
	a.Taken, a.TakenBy, a.Taker = e.Time, b.By, b.Name
	s.alerts.Put(b.ID, a)
	return ref, EffectPut, nil
}
