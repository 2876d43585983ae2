package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"iocwall/server/world"
)

// cell is an item on its way to clients, with its form on the wire made once
// for all views, by the first that needs it.
type cell struct {
	item world.Item
	mark mark
	once sync.Once
	raw  []byte
	err  error
}

// encode returns the item's form on the wire; the caller must not change it.
func (c *cell) encode() ([]byte, error) {
	c.once.Do(func() { c.raw, c.err = appendItem(nil, c.item) })
	return c.raw, c.err
}

// appendItem writes what world.Item's MarshalJSON writes, in one pass.
func appendItem(dst []byte, it world.Item) ([]byte, error) {
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

// wireItem is the form of a world.Item on the wire, read in one pass with the
// rest of a frame; bodies and entities are left for later.
type wireItem struct {
	Event *wireEvent      `json:"e,omitempty"`
	Kind  string          `json:"k,omitempty"`
	Enter json.RawMessage `json:"in,omitempty"`
	Leave world.Ref       `json:"out,omitempty"`
}

type wireEvent struct {
	Seq    uint64          `json:"q"`
	Seen   world.Time      `json:"s"`
	Source string          `json:"o"`
	Time   world.Time      `json:"t"`
	Kind   string          `json:"k"`
	Body   json.RawMessage `json:"b"`
}

// item returns the item. An item of none of the three forms is an error.
func (w *wireItem) item() (world.Item, error) {
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
func (w *wireEvent) event() (*world.Event, error) {
	e := &world.Event{}
	if w.Kind == (world.VesselPosition{}).Kind() {
		var p world.VesselPosition
		if err := json.Unmarshal(w.Body, &p); err != nil {
			return nil, fmt.Errorf("wire: event %d, %s: %w", w.Seq, w.Kind, err)
		}
		e.Body = p
	} else {
		raw, err := json.Marshal(wireEvent{Kind: w.Kind, Body: w.Body})
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

// mark is what conflation must know of an item.
type mark struct {
	ref world.Ref
	// newest: of these only the newest of an entity counts, by at, which is
	// when it was true.
	newest bool
	at     world.Time
	// whole: everything known of the entity is replaced.
	whole bool
	// classed: a position that names the class of the device, which one that
	// does not leaves as it was.
	classed bool
}

// markOf returns the mark of an item.
func markOf(it world.Item) mark {
	switch {
	case it.Event != nil:
		ref := world.Conflates(it.Event)
		m := mark{ref: ref, newest: ref != "", at: it.Event.Time}
		if p, ok := it.Event.Body.(world.VesselPosition); ok {
			m.classed = p.Class != ""
		}
		return m
	case it.Enter != nil:
		return mark{ref: it.Enter.Ref(), whole: true}
	}
	return mark{ref: it.Leave, whole: true}
}

// conflate removes the items that later ones make superfluous and keeps the
// order of the rest. An event goes only if all that follow it are newer as
// well: what is read from the journal holds late events, which have no effect
// because of those before them. It reuses the memory of list.
func conflate[T any](list []T, of func(*T) mark) []T {
	type later struct {
		whole, newest bool
		classless     bool       // one of the positions to come names no class
		oldest        world.Time // of the events to come
	}
	ahead := make(map[world.Ref]later, len(list))
	kept := len(list)
	for i := len(list) - 1; i >= 0; i-- {
		m := of(&list[i])
		if m.whole || m.newest {
			l := ahead[m.ref]
			drop := !m.whole && (l.whole || l.newest && l.oldest > m.at && (!m.classed || !l.classless))
			switch {
			case m.whole:
				l.whole = true
			case !l.newest || m.at < l.oldest:
				l.oldest = m.at
				fallthrough
			default:
				l.newest = true
				l.classless = l.classless || !m.classed
			}
			ahead[m.ref] = l
			if drop {
				continue
			}
		}
		kept--
		list[kept] = list[i]
	}
	return list[:copy(list, list[kept:])]
}

// urgent reports whether clients are told at once: alerts, scenes, walls and
// definitions are; measurements, positions and health wait for the view's rate.
func urgent(b world.Body) bool {
	switch b.(type) {
	case world.VesselPosition, world.VesselStatic, world.AidReport, world.BaseReport,
		world.Reading, world.FigureReported, world.CameraHealth, world.SourceHealth,
		world.EntityStale, world.EntityGone, world.ReportOpened, world.ReportChanged,
		world.ReportOverdue, world.Unknown:
		return false
	}
	return true
}
