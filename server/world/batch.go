package world

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Batch is what a reader of the history receives at once. After applying it the
// reader is at To, whether or not it was shown every event on the way: what its
// view does not hold, and positions newer ones replaced, are left out.
type Batch struct {
	Epoch    uint64
	From, To uint64
	// Snapshot, when not nil, replaces everything known before Items.
	Snapshot *State
	Items    []Item
	// Seen is the server's clock at To.
	Seen Time
	// Check, when not nil, is what the reader's digest must be at To.
	Check Digest
	// Unchecked are the kinds of which Check says nothing: this program and the
	// server's are of versions that do not keep the same of them.
	Unchecked []string
	// Link, when not nil, says how the connection stands now.
	Link *Link
	// Receipts answer commands sent by this reader.
	Receipts []Receipt
	// Relay, when not nil, is where and with what right to fetch pictures.
	Relay *RelayGrant
}

// Differs returns the kinds of which a reader with a digest does not hold what Check
// says, in their order; none where Check is nil.
func (b *Batch) Differs(have Digest) []string {
	if b.Check == nil {
		return nil
	}
	var out []string
	for _, d := range []Digest{b.Check, have} {
		for kind := range d {
			if have[kind] != b.Check[kind] && !slices.Contains(out, kind) && !slices.Contains(b.Unchecked, kind) {
				out = append(out, kind)
			}
		}
	}
	slices.Sort(out)
	return out
}

// Item is one step of a batch; exactly one field is set.
type Item struct {
	Event *Event
	// Enter is an entity that came into the reader's view, whole.
	Enter Entity
	// Leave is an entity that went out of it.
	Leave Ref
}

// Link is how a reader is connected.
type Link struct {
	Up bool
	// Since is when that began, by the reader's clock.
	Since Time
	// Reason says why it is down, in words for people.
	Reason string
	// Offset is server clock minus reader's clock in milliseconds.
	Offset int64
	// Error is the most that Offset may be wrong, in milliseconds: half of the
	// quickest round trip of the last minute. It is zero while that is not known.
	Error int64
}

// RelayGrant lets a reader fetch pictures from the relay until Expires.
type RelayGrant struct {
	// URL is rtsp://host:port, without credentials.
	URL string `json:"url"`
	// Token is the password to present; it must not be logged.
	Token   string `json:"token"`
	Expires Time   `json:"expires"`
}

// String keeps the token out of logs.
func (g RelayGrant) String() string { return g.URL }

// ApplyBatch brings s to the end of b and returns the state to use from now on:
// s itself, or the snapshot. Refs of what changed go to touched, which may be
// nil. An item that does not fit is skipped and counted in the error; the rest
// is applied.
func (s *State) ApplyBatch(b *Batch, touched func(Change)) (*State, error) {
	if b.Snapshot != nil {
		s = b.Snapshot
	}
	var bad int
	var first error
	for _, it := range b.Items {
		c, err := s.step(it)
		if err != nil {
			if bad++; first == nil {
				first = err
			}
			continue
		}
		if touched != nil && c.Effect != EffectNone {
			touched(c)
		}
	}
	if b.To != 0 || b.Epoch != 0 {
		s.pos = Position{Epoch: b.Epoch, Seq: max(b.To, s.pos.Seq)}
		s.seen = max(s.seen, b.Seen)
	}
	if bad > 0 {
		return s, fmt.Errorf("world: %d of %d items did not apply: %w", bad, len(b.Items), first)
	}
	return s, nil
}

func (s *State) step(it Item) (Change, error) {
	switch {
	case it.Event != nil:
		return s.apply(*it.Event)
	case it.Enter != nil:
		t := s.tables.Of(it.Enter.Ref().Kind())
		if t == nil || !t.PutAny(it.Enter) {
			return Change{}, fmt.Errorf("world: cannot enter %s", it.Enter.Ref())
		}
		return Change{Ref: it.Enter.Ref(), Effect: EffectPut}, nil
	case it.Leave != "":
		s.drop(it.Leave)
		return Change{Ref: it.Leave, Effect: EffectRemoved}, nil
	}
	return Change{}, fmt.Errorf("world: empty item")
}

// Conflates returns the ref whose earlier events of the same kind this event
// makes superfluous, or "" when every event of its kind counts. Of the events
// that had an effect, the last one alone leads to the same state, except that a
// position without a class keeps the class an earlier one gave: who leaves
// events out must keep those with another class.
func Conflates(e *Event) Ref {
	switch b := e.Body.(type) {
	case VesselPosition:
		return NewRef(KindVessel, b.MMSI)
	case CameraHealth:
		return NewRef(KindCamera, b.Camera)
	case SourceHealth:
		return NewRef(KindSource, b.Source)
	}
	return ""
}

type itemJSON struct {
	Event *Event          `json:"e,omitempty"`
	Kind  string          `json:"k,omitempty"`
	Enter json.RawMessage `json:"in,omitempty"`
	Leave Ref             `json:"out,omitempty"`
}

// MarshalJSON writes the item in the wire's form.
func (it Item) MarshalJSON() ([]byte, error) {
	w := itemJSON{Event: it.Event, Leave: it.Leave}
	if it.Enter != nil {
		raw, err := json.Marshal(it.Enter)
		if err != nil {
			return nil, fmt.Errorf("world: encode %s: %w", it.Enter.Ref(), err)
		}
		w.Kind, w.Enter = it.Enter.Ref().Kind(), raw
	}
	return json.Marshal(w)
}

// UnmarshalJSON reads the wire's form.
func (it *Item) UnmarshalJSON(data []byte) error {
	var w itemJSON
	if err := json.Unmarshal(data, &w); err != nil {
		return fmt.Errorf("world: item: %w", err)
	}
	*it = Item{Event: w.Event, Leave: w.Leave}
	if w.Enter == nil {
		return nil
	}
	decode, ok := entityKinds[w.Kind]
	if !ok {
		return fmt.Errorf("world: item of unknown kind %q", w.Kind)
	}
	var err error
	it.Enter, err = decode(w.Enter)
	return err
}

func entityOf[E Entity](raw []byte) (Entity, error) {
	var e E
	err := json.Unmarshal(raw, &e)
	return e, err
}

// entityKinds makes an entity of each kind from the wire's form.
var entityKinds = map[string]func([]byte) (Entity, error){
	KindVessel: entityOf[Vessel], KindAid: entityOf[Aid], KindBase: entityOf[Base],
	KindStation: entityOf[Station], KindCamera: entityOf[Camera], KindReport: entityOf[Report],
	KindFigure: entityOf[Figure], KindArea: entityOf[Area], KindAgency: entityOf[Agency],
	KindWall: entityOf[Wall], KindScene: entityOf[Scene], KindAlert: entityOf[Alert],
	KindSource: entityOf[SourceStatus], KindClip: entityOf[Clip],
	KindPopup: entityOf[Popup], KindLock: entityOf[Lock], KindNode: entityOf[Node], KindSchedule: entityOf[Schedule], KindDomain: entityOf[Domain],
	KindFence: entityOf[Fence], KindDrawing: entityOf[Drawing], KindMapView: entityOf[MapView], KindLayer: entityOf[Layer],
}

// Receipt answers a command.
type Receipt struct {
	ID string `json:"id"`
	OK bool   `json:"ok"`
	// Seq is the event the command became, zero when it became none.
	Seq uint64 `json:"seq,omitempty"`
	// Reason says in words why it was refused.
	Reason string `json:"reason,omitempty"`
	// Code and Values are of the refusal, empty where it has no code.
	Code   string            `json:"code,omitempty"`
	Values map[string]string `json:"values,omitempty"`
}
