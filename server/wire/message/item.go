package message

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"iocwall/server/world"
)

// AppendItem writes what world.Item's MarshalJSON writes, in one pass.
func AppendItem(dst []byte, it world.Item) ([]byte, error) {
	if it.Event == nil {
		raw, err := json.Marshal(it)
		if err != nil {
			return dst, fmt.Errorf("wire: encode item: %w", err)
		}
		return append(dst, raw...), nil
	}
	e := it.Event
	if _, unknown := e.Body.(world.Unknown); unknown || e.Body == nil {
		raw, err := json.Marshal(it)
		if err != nil {
			return dst, fmt.Errorf("wire: encode event %d: %w", e.Seq, err)
		}
		return append(dst, raw...), nil
	}
	body, err := json.Marshal(e.Body)
	if err != nil {
		return dst, fmt.Errorf("wire: encode event %d, %s: %w", e.Seq, e.Body.Kind(), err)
	}
	dst = append(dst, `{"e":{"q":`...)
	dst = strconv.AppendUint(dst, e.Seq, 10)
	dst = append(dst, `,"s":`...)
	dst = strconv.AppendInt(dst, int64(e.Seen), 10)
	dst = append(dst, `,"o":`...)
	dst = appendString(dst, e.Source)
	dst = append(dst, `,"t":`...)
	dst = strconv.AppendInt(dst, int64(e.Time), 10)
	dst = append(dst, `,"k":`...)
	dst = appendString(dst, e.Body.Kind())
	dst = append(dst, `,"b":`...)
	dst = append(dst, body...)
	return append(dst, "}}"...), nil
}

// Item is the form of a world.Item on the wire, read in one pass with the
// rest of a frame; bodies and entities are left for later.
type Item struct {
	Event *Event          `json:"e,omitempty"`
	Kind  string          `json:"k,omitempty"`
	Enter json.RawMessage `json:"in,omitempty"`
	Leave world.Ref       `json:"out,omitempty"`
}

// Event is the form of a world.Event on the wire.
type Event struct {
	Seq    uint64          `json:"q"`
	Seen   world.Time      `json:"s"`
	Source string          `json:"o"`
	Time   world.Time      `json:"t"`
	Kind   string          `json:"k"`
	Body   json.RawMessage `json:"b"`
}

// World returns the item. An item of none of the three forms is an error.
func (w *Item) World() (world.Item, error) {
	switch {
	case w.Event != nil:
		e, err := w.Event.event()
		return world.Item{Event: e}, err
	case w.Leave != "":
		return world.Item{Leave: w.Leave}, nil
	}
	raw, err := json.Marshal(w)
	if err != nil {
		return world.Item{}, fmt.Errorf("wire: item: %w", err)
	}
	var it world.Item
	if err := it.UnmarshalJSON(raw); err != nil {
		return it, err
	}
	if it.Enter == nil {
		return it, errors.New("wire: empty item")
	}
	return it, nil
}

// event returns the event. Positions, nearly all there is, are read directly;
// the other kinds are known to package world only.
func (w *Event) event() (*world.Event, error) {
	e := &world.Event{}
	if w.Kind == (world.VesselPosition{}).Kind() {
		var p world.VesselPosition
		if err := json.Unmarshal(w.Body, &p); err != nil {
			return nil, fmt.Errorf("wire: event %d, %s: %w", w.Seq, w.Kind, err)
		}
		e.Body = p
	} else {
		raw, err := json.Marshal(Event{Kind: w.Kind, Body: w.Body})
		if err != nil {
			return nil, fmt.Errorf("wire: event %d: %w", w.Seq, err)
		}
		if err := e.UnmarshalJSON(raw); err != nil {
			return nil, err
		}
	}
	e.Seq, e.Seen, e.Source, e.Time = w.Seq, w.Seen, w.Source, w.Time
	return e, nil
}

// appendString appends s as a JSON string.
func appendString(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			raw, _ := json.Marshal(s) // a string always has a form
			return append(dst, raw...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

// Mark is what conflation must know of an item.
type Mark struct {
	// Ref is the entity, empty for an event that always counts.
	Ref world.Ref
	// Newest: of these only the newest of an entity counts, by At, which is
	// when it was true.
	Newest bool
	At     world.Time
	// Whole: everything known of the entity is replaced.
	Whole bool
	// Classed: a position that names the class of the device, which one that
	// does not leaves as it was.
	Classed bool
}

// MarkOf returns the mark of an item.
func MarkOf(it world.Item) Mark {
	switch {
	case it.Event != nil:
		ref := world.Conflates(it.Event)
		m := Mark{Ref: ref, Newest: ref != "", At: it.Event.Time}
		if p, ok := it.Event.Body.(world.VesselPosition); ok {
			m.Classed = p.Class != ""
		}
		return m
	case it.Enter != nil:
		return Mark{Ref: it.Enter.Ref(), Whole: true}
	}
	return Mark{Ref: it.Leave, Whole: true}
}

// Conflate removes the items that later ones make superfluous and keeps the
// order of the rest. An event goes only if all that follow it are newer as
// well: what is read from the journal holds late events, which have no effect
// because of those before them. It reuses the memory of list.
func Conflate[T any](list []T, of func(*T) Mark) []T {
	type later struct {
		whole, newest bool
		classless     bool       // one of the positions to come names no class
		oldest        world.Time // of the events to come
	}
	ahead := make(map[world.Ref]later, len(list))
	kept := len(list)
	for i := len(list) - 1; i >= 0; i-- {
		m := of(&list[i])
		if m.Whole || m.Newest {
			l := ahead[m.Ref]
			drop := !m.Whole && (l.whole || l.newest && l.oldest > m.At && (!m.Classed || !l.classless))
			switch {
			case m.Whole:
				l.whole = true
			case !l.newest || m.At < l.oldest:
				l.oldest = m.At
				fallthrough
			default:
				l.newest = true
				l.classless = l.classless || !m.Classed
			}
			ahead[m.Ref] = l
			if drop {
				continue
			}
		}
		kept--
		list[kept] = list[i]
	}
	return list[:copy(list, list[kept:])]
}
