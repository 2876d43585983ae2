package world

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"

	"github.com/fxamacker/cbor/v2"
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
			err := decMode.Unmarshal(raw, &b)
			return b, err
		},
		fromJSON: func(raw []byte) (Body, error) {
			b := empty
			err := json.Unmarshal(raw, &b)
			return b, err
		},
	}
}

// Core deterministic encoding (RFC 8949 section 4.2.1): equal values have equal
// bytes, which the digest relies on.
var (
	encMode = mustMode(cbor.CoreDetEncOptions().UserBufferEncMode())
	// What is read was written here and is checksummed: it must never be
	// refused for its size or its letters. Doors bound what comes in.
	decMode = mustMode(cbor.DecOptions{
		MaxNestedLevels:  32,
		MaxArrayElements: math.MaxInt32,
		MaxMapPairs:      math.MaxInt32,
		UTF8:             cbor.UTF8DecodeInvalid,
	}.DecMode())
)

func mustMode[M any](m M, err error) M {
	if err != nil {
		panic(err)
	}
	return m
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
	out := append(dst, cborArray|6)
	out = appendHead(out, cborUint, e.Seq)
	out = appendTime(out, e.Seen)
	out = appendText(out, e.Source)
	out = appendTime(out, e.Time)
	out = appendText(out, e.Body.Kind())
	if u, ok := e.Body.(Unknown); ok {
		if err := decMode.Wellformed(u.CBOR); err != nil {
			return dst, fmt.Errorf("world: encode %q: %w", u.Name, err)
		}
		return append(out, u.CBOR...), nil
	}
	buf := bytes.NewBuffer(out)
	if err := encMode.MarshalToBuffer(e.Body, buf); err != nil {
		return dst, fmt.Errorf("world: encode %s: %w", e.Body.Kind(), err)
	}
	if n := buf.Len() - len(dst); n > MaxEvent {
		return dst, fmt.Errorf("world: %s of %d bytes; an event holds at most %d", e.Body.Kind(), n, MaxEvent)
	}
	return buf.Bytes(), nil
}

// DecodeEvent reads what EncodeEvent wrote. A kind this program does not know
// gives an Unknown body and no error, and so does a body that does not fit its
// kind, with its Fault. The result does not share memory with data.
func DecodeEvent(data []byte) (Event, error) {
	var e Event
	r := reader{rest: data}
	if r.head(cborArray) != 6 {
		r.bad = true
	}
	e.Seq = r.head(cborUint)
	e.Seen = r.time()
	e.Source = string(r.text())
	e.Time = r.time()
	kind := r.text()
	r.bad = r.bad || len(kind) == 0
	if r.bad {
		return Event{}, fmt.Errorf("world: event: %d bytes that are no event", len(data))
	}
	c, known := bodyKinds[string(kind)]
	if !known {
		if err := decMode.Wellformed(r.rest); err != nil {
			return Event{}, fmt.Errorf("world: event %d, %s: %w", e.Seq, kind, err)
		}
		e.Body = Unknown{Name: string(kind), CBOR: append([]byte(nil), r.rest...)}
		return e, nil
	}
	b, err := c.fromCBOR(r.rest)
	if err != nil {
		// One body that cannot be read must not take the history with it.
		if err := decMode.Wellformed(r.rest); err != nil {
			return Event{}, fmt.Errorf("world: event %d, %s: %w", e.Seq, kind, err)
		}
		b = Unknown{Name: string(kind), CBOR: append([]byte(nil), r.rest...), Fault: err.Error()}
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
