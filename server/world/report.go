package world

import "iocwall/geo"

// ReportState is where a citizen's report stands.
type ReportState string

// The states of a report.
const (
	ReportReceived   ReportState = "received"
	ReportAccepted   ReportState = "accepted"
	ReportDispatched ReportState = "dispatched"
	ReportDone       ReportState = "done"
	ReportRefused    ReportState = "refused"
)

// Closed reports whether nothing more is expected of anybody.
func (s ReportState) Closed() bool { return s == ReportDone || s == ReportRefused }

// ReportOpened is a citizen's report as it came in. Who sent it, how to reach
// them, their words and pictures are in the vault under Subject.
type ReportOpened struct {
	ID string `cbor:"1,keyasint" json:"id"`
	// Service is the code of the category ("roads", "environment", …).
	Service string    `cbor:"2,keyasint" json:"service"`
	Pos     geo.Point `cbor:"3,keyasint" json:"pos"`
	Placed  bool      `cbor:"4,keyasint" json:"placed"`
	Area    string    `cbor:"5,keyasint,omitempty" json:"area,omitempty"`
	// Channel is how it came: "web", "app", "phone", "mail", "georeport", ….
	Channel string `cbor:"6,keyasint,omitempty" json:"channel,omitempty"`
	// Due is the deadline for the answer, zero when the category has none.
	Due Time `cbor:"7,keyasint,omitempty" json:"due,omitempty"`
	// Subject is the opaque key of the person in the vault, empty when the
	// report names nobody.
	Subject string `cbor:"8,keyasint,omitempty" json:"subject,omitempty"`
}

// Kind returns "report.opened".
func (ReportOpened) Kind() string { return "report.opened" }

// ReportChanged moves a report on.
type ReportChanged struct {
	ID     string      `cbor:"1,keyasint" json:"id"`
	State  ReportState `cbor:"2,keyasint" json:"state"`
	Agency string      `cbor:"3,keyasint,omitempty" json:"agency,omitempty"`
	By     string      `cbor:"4,keyasint,omitempty" json:"by,omitempty"`
	// Due replaces the deadline when not zero.
	Due Time `cbor:"5,keyasint,omitempty" json:"due,omitempty"`
}

// Kind returns "report.changed".
func (ReportChanged) Kind() string { return "report.changed" }

// ReportOverdue is the server's finding that a deadline passed.
type ReportOverdue struct {
	ID  string `cbor:"1,keyasint" json:"id"`
	Due Time   `cbor:"2,keyasint" json:"due"`
}

// Kind returns "report.overdue".
func (ReportOverdue) Kind() string { return "report.overdue" }

// Report is a citizen's report as it stands.
type Report struct {
	ReportOpened
	State   ReportState `cbor:"20,keyasint" json:"state"`
	Agency  string      `cbor:"21,keyasint,omitempty" json:"agency,omitempty"`
	Opened  Time        `cbor:"22,keyasint" json:"opened"`
	Changed Time        `cbor:"23,keyasint" json:"changed"`
	Closed  Time        `cbor:"24,keyasint,omitempty" json:"closed,omitempty"`
	Source  string      `cbor:"25,keyasint" json:"source"`
	Seen    Time        `cbor:"26,keyasint" json:"seen"`
	// Overdue is when the deadline was found passed, zero while it is not.
	Overdue Time `cbor:"27,keyasint,omitempty" json:"overdue,omitempty"`
}

// Ref returns the report's name in the state.
func (r Report) Ref() Ref { return NewRef(KindReport, r.ID) }

// Place returns where the report points.
func (r Report) Place() (geo.Point, bool) { return r.Pos, r.Placed }

// In returns the report's area.
func (r Report) In() string { return r.Area }

func (b ReportOpened) apply(s *State, e *Event) (Ref, Effect, error) {
	if b.ID == "" {
		return "", EffectNone, errNoID
	}
	ref := NewRef(KindReport, b.ID)
	if _, there := s.reports.Get(b.ID); there {
		return ref, EffectNone, nil // sent twice: the first one stands
	}
	s.reports.Put(b.ID, Report{ReportOpened: b, State: ReportReceived, Opened: e.Time, Changed: e.Time, Source: e.Source, Seen: e.Seen})
	return ref, EffectPut, nil
}

func (b ReportChanged) apply(s *State, e *Event) (Ref, Effect, error) {
	r, there := s.reports.Get(b.ID)
	ref := NewRef(KindReport, b.ID)
	if !there || e.Time < r.Changed {
		return ref, EffectNone, nil
	}
	r.State, r.Changed = b.State, e.Time
	if b.Agency != "" {
		r.Agency = b.Agency
	}
	if b.Due != 0 && b.Due != r.Due {
		r.Due, r.Overdue = b.Due, 0
	}
	r.Closed = 0
	if b.State.Closed() {
		r.Closed = e.Time
	}
	s.reports.Put(b.ID, r)
	return ref, EffectPut, nil
}

func (b ReportOverdue) apply(s *State, e *Event) (Ref, Effect, error) {
	r, there := s.reports.Get(b.ID)
	ref := NewRef(KindReport, b.ID)
	if !there || r.State.Closed() || r.Due != b.Due || r.Overdue != 0 {
		return ref, EffectNone, nil
	}
	r.Overdue = e.Time
	s.reports.Put(b.ID, r)
	return ref, EffectPut, nil
}
