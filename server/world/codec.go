package world

import (
	"encoding/json"
	"fmt"

	"iocwall/server/world/canon"
)

// codec makes a body of one kind from bytes.
type codec struct {
	fromCBOR func([]byte) (Body, error)
	fromJSON func([]byte) (Body, error)
}

func codecOf[B Body]() codec {
	var zero B
	return codecFrom(zero)
}

// codecFrom is codecOf for bodies that do not begin at zero: what the wire's
// form leaves out is as in empty. The journal leaves nothing out that is not
// zero.
func codecFrom[B Body](empty B) codec {
	return codec{
		fromCBOR: func(raw []byte) (Body, error) {
			var b B
			err := canon.Unmarshal(raw, &b)
			return b, err
		},
		fromJSON: func(raw []byte) (Body, error) {
			b := empty
			err := json.Unmarshal(raw, &b)
			return b, err
		},
	}
}

// EncodeEvent returns e in the journal's form; see AppendEvent.
func EncodeEvent(e *Event) ([]byte, error) { return AppendEvent(nil, e) }

// MaxEvent is the size of the largest event that is written, in bytes.
const MaxEvent = 256 << 10

// AppendEvent appends e in the journal's form to dst: a CBOR array of sequence,
// seen, source, time, kind and body, the body a map with integer keys, all in
// core deterministic encoding. On an error dst is returned as it was.
func AppendEvent(dst []byte, e *Event) ([]byte, error) {
	if e.Body == nil {
		return dst, fmt.Errorf("world: event %d has no body", e.Seq)
	}
	out := canon.AppendArray(dst, 6)
	out = canon.AppendUint(out, e.Seq)
	out = canon.AppendInt(out, int64(e.Seen))
	out = canon.AppendText(out, e.Source)
	out = canon.AppendInt(out, int64(e.Time))
	out = canon.AppendText(out, e.Body.Kind())
	if u, ok := e.Body.(Unknown); ok {
		if err := canon.Wellformed(u.CBOR); err != nil {
			return dst, fmt.Errorf("world: encode %q: %w", u.Name, err)
		}
		return append(out, u.CBOR...), nil
	}
	out, err := canon.Append(out, e.Body)
	if err != nil {
		return dst, fmt.Errorf("world: encode %s: %w", e.Body.Kind(), err)
	}
	if n := len(out) - len(dst); n > MaxEvent {
		return dst, fmt.Errorf("world: %s of %d bytes; an event holds at most %d", e.Body.Kind(), n, MaxEvent)
	}
	return out, nil
}

// DecodeEvent reads what EncodeEvent wrote. A kind this program does not know
// gives an Unknown body and no error, and so does a body that does not fit its
// kind, with its Fault. The result does not share memory with data.
func DecodeEvent(data []byte) (Event, error) {
	var e Event
	r := canon.Reader{Rest: data}
	sound := r.Array() == 6
	e.Seq = r.Uint()
	e.Seen = Time(r.Int())
	e.Source = string(r.Text())
	e.Time = Time(r.Int())
	kind := r.Text()
	if !sound || r.Bad || len(kind) == 0 {
		return Event{}, fmt.Errorf("world: event: %d bytes that are no event", len(data))
	}
	c, known := bodyKinds[string(kind)]
	if !known {
		if err := canon.Wellformed(r.Rest); err != nil {
			return Event{}, fmt.Errorf("world: event %d, %s: %w", e.Seq, kind, err)
		}
		e.Body = Unknown{Name: string(kind), CBOR: append([]byte(nil), r.Rest...)}
		return e, nil
	}
	b, err := c.fromCBOR(r.Rest)
	if err != nil {
		// One body that cannot be read must not take the history with it.
		if err := canon.Wellformed(r.Rest); err != nil {
			return Event{}, fmt.Errorf("world: event %d, %s: %w", e.Seq, kind, err)
		}
		b = Unknown{Name: string(kind), CBOR: append([]byte(nil), r.Rest...), Fault: err.Error()}
	}
	e.Body = b
	return e, nil
}

type eventJSON struct {
	Seq    uint64          `json:"q"`
	Seen   Time            `json:"s"`
	Source string          `json:"o"`
	Time   Time            `json:"t"`
	Kind   string          `json:"k"`
	Body   json.RawMessage `json:"b"`
}

// MarshalJSON writes the event in the wire's form.
func (e Event) MarshalJSON() ([]byte, error) {
	w := eventJSON{Seq: e.Seq, Seen: e.Seen, Source: e.Source, Time: e.Time}
	var err error
	if w.Kind, w.Body, err = bodyToJSON(e.Body); err != nil {
		return nil, err
	}
	return json.Marshal(w)
}

// UnmarshalJSON reads the wire's form.
func (e *Event) UnmarshalJSON(data []byte) error {
	var w eventJSON
	if err := json.Unmarshal(data, &w); err != nil {
		return fmt.Errorf("world: event: %w", err)
	}
	*e = Event{Seq: w.Seq, Seen: w.Seen, Source: w.Source, Observation: Observation{Time: w.Time}}
	var err error
	e.Body, err = bodyFromJSON(w.Kind, w.Body)
	return err
}

type cborInJSON struct {
	CBOR []byte `json:"$cbor"`
}

func bodyToJSON(b Body) (string, json.RawMessage, error) {
	if b == nil {
		return "", nil, fmt.Errorf("world: event without a body")
	}
	if u, ok := b.(Unknown); ok {
		if u.JSON != nil {
			return u.Name, u.JSON, nil
		}
		raw, err := json.Marshal(cborInJSON{u.CBOR})
		return u.Name, raw, err
	}
	raw, err := json.Marshal(b)
	if err != nil {
		return "", nil, fmt.Errorf("world: encode %s: %w", b.Kind(), err)
	}
	return b.Kind(), raw, nil
}

func bodyFromJSON(kind string, raw []byte) (Body, error) {
	c, known := bodyKinds[kind]
	if !known {
		var w cborInJSON
		if json.Unmarshal(raw, &w) == nil && w.CBOR != nil {
			return Unknown{Name: kind, CBOR: w.CBOR}, nil
		}
		return Unknown{Name: kind, JSON: append([]byte(nil), raw...)}, nil
	}
	b, err := c.fromJSON(raw)
	if err != nil {
		return nil, fmt.Errorf("world: %s: %w", kind, err)
	}
	return b, nil
}

// DecodeBody reads a body of the kind in the wire's form. A kind this program
// does not know gives Unknown.
func DecodeBody(kind string, raw []byte) (Body, error) { return bodyFromJSON(kind, raw) }
