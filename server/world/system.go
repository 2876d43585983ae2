package world

// SourceState is how a source is doing.
type SourceState string

// The states of a source.
const (
	SourceStarting SourceState = "starting"
	SourceRunning  SourceState = "running"
	SourceRetrying SourceState = "retrying"
	SourceFailed   SourceState = "failed" // will not be retried until its configuration changes
	SourceStopped  SourceState = "stopped"
)

// SourceHealth is the supervisor's word on one source, reported when it changes
// and once a minute while counts move.
type SourceHealth struct {
	Source string      `cbor:"1,keyasint" json:"source"`
	What   string      `cbor:"2,keyasint" json:"what"` // the source kind, "ais"
	State  SourceState `cbor:"3,keyasint" json:"state"`
	Reason string      `cbor:"4,keyasint,omitempty" json:"reason,omitempty"`
	Since  Time        `cbor:"5,keyasint" json:"since"`
	// Accepted, Rejected and Lost count since the server started. Lost counts
	// what a door that cannot push back (UDP, QoS 0) let go.
	Accepted uint64 `cbor:"6,keyasint" json:"accepted"`
	Rejected uint64 `cbor:"7,keyasint" json:"rejected"`
	Lost     uint64 `cbor:"8,keyasint,omitempty" json:"lost,omitempty"`
	// Lossy marks such a door.
	Lossy bool `cbor:"9,keyasint,omitempty" json:"lossy,omitempty"`
	// Sample is the newest rejection, cut to 200 bytes, its secrets removed.
	Sample string `cbor:"10,keyasint,omitempty" json:"sample,omitempty"`
	// Skipped counts what was intact but of no use here.
	Skipped uint64 `cbor:"11,keyasint,omitempty" json:"skipped,omitempty"`
}

// Kind returns "source.health".
func (SourceHealth) Kind() string { return "source.health" }

// SourceStatus is a source as last reported.
type SourceStatus struct {
	everybodys
	SourceHealth
	Time Time `cbor:"20,keyasint" json:"time"`
}

// Ref returns the source's name in the state.
func (s SourceStatus) Ref() Ref { return NewRef(KindSource, s.Source) }

func (b SourceHealth) apply(s *State, e *Event) (Ref, Effect, error) {
	return applyLatest(s.sources, KindSource, b.Source, e, latest, func(x SourceStatus) (Time, SourceHealth) { return x.Time, x.SourceHealth }, b,
		SourceStatus{SourceHealth: b, Time: e.Time})
}

// ClockStepped records that the server's clock jumped. By is the step in
// milliseconds, positive forwards. It stays in the history only.
type ClockStepped struct {
	By int64 `cbor:"1,keyasint" json:"by"`
}

// Kind returns "clock.stepped".
func (ClockStepped) Kind() string { return "clock.stepped" }

func (ClockStepped) apply(*State, *Event) (Ref, Effect, error) { return "", EffectNone, nil }

// Audited records what somebody did or tried that changes nothing in the state:
// a token made or revoked, a person's data read, a command refused.
type Audited struct {
	Who    string `cbor:"1,keyasint" json:"who"`
	Act    string `cbor:"2,keyasint" json:"act"`
	Object string `cbor:"3,keyasint,omitempty" json:"object,omitempty"`
	OK     bool   `cbor:"4,keyasint" json:"ok"`
	Reason string `cbor:"5,keyasint,omitempty" json:"reason,omitempty"`
}

// Kind returns "audited".
func (Audited) Kind() string { return "audited" }

func (Audited) apply(*State, *Event) (Ref, Effect, error) { return "", EffectNone, nil }

// EntityStale is the server's finding that an entity was not heard of for
// longer than was promised. Last is the newest data the finding knew of: if
// something newer has come, it does not apply.
type EntityStale struct {
	Ref  Ref  `cbor:"1,keyasint" json:"ref"`
	Last Time `cbor:"2,keyasint" json:"last"`
	// Limit is the promise that was broken, in milliseconds.
	Limit int64 `cbor:"3,keyasint" json:"limit"`
}

// Kind returns "entity.stale".
func (EntityStale) Kind() string { return "entity.stale" }

// EntityGone takes an entity out of Live; its history stays.
type EntityGone struct {
	Ref    Ref    `cbor:"1,keyasint" json:"ref"`
	Reason string `cbor:"2,keyasint,omitempty" json:"reason,omitempty"`
}

// Kind returns "entity.gone".
func (EntityGone) Kind() string { return "entity.gone" }

func (b EntityStale) apply(s *State, e *Event) (Ref, Effect, error) {
	id := b.Ref.ID()
	switch b.Ref.Kind() {
	case KindVessel:
		if v, ok := s.vessels.Get(id); ok && v.Time == b.Last && v.Lost == 0 {
			v.Lost = e.Time
			s.vessels.Put(id, v)
			return b.Ref, EffectPut, nil
		}
	case KindStation:
		if st, ok := s.stations.Get(id); ok && st.Newest() == b.Last && st.Stale == 0 {
			st.Stale = e.Time
			s.stations.Put(id, st)
			return b.Ref, EffectPut, nil
		}
	case KindFigure:
		if f, ok := s.figures.Get(id); ok && f.Time == b.Last && f.Stale == 0 {
			f.Stale = e.Time
			s.figures.Put(id, f)
			return b.Ref, EffectPut, nil
		}
	}
	return b.Ref, EffectNone, nil
}

func (b EntityGone) apply(s *State, _ *Event) (Ref, Effect, error) {
	if s.drop(b.Ref) {
		return b.Ref, EffectRemoved, nil
	}
	return b.Ref, EffectNone, nil
}
