package recorder

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"iocwall/server/journal"
	"iocwall/server/world"
)

const (
	// lookBack is how far back a computer's word on its tiles is looked for by
	// reading, where the recorder did not follow. lookAhead is how soon after it
	// comes when something changed.
	lookBack  = 150_000
	lookAhead = 5_000
)

// said is what a computer said of its tiles, last before and first after an
// instant.
type said struct{ before, after *report }

type report struct {
	at world.Time
	world.TilesSeen
}

// freshen says of each entry how fresh it was.
func (r *Recorder) freshen(ctx context.Context, q Query, es []Entry) error {
	var nodes []string
	for _, e := range es {
		if e.Node != "" && !slices.Contains(nodes, e.Node) {
			nodes = append(nodes, e.Node)
		}
	}
	lost := map[string]*Fresh{}
	for _, n := range nodes {
		f, err := r.absent(ctx, n, q.From)
		if err != nil {
			return err
		}
		if f != nil {
			lost[n] = f
		}
	}
	words := map[string]said{}
	var trimmed *journal.TrimmedError
	if len(lost) < len(nodes) {
		var err error
		if words, err = r.said(ctx, q.Wall, nodes, q.From); err != nil && !errors.As(err, &trimmed) {
			return err
		}
	}
	for i := range es {
		e := &es[i]
		switch {
		case e.Node == "":
			e.Fresh = &Fresh{State: Unknown, Reason: "no computer drove this screen"}
		case lost[e.Node] != nil:
			e.Fresh = lost[e.Node]
		case trimmed != nil && words[e.Node] == said{}:
			e.Fresh = &Fresh{State: Unknown, Reason: "how fresh it was is not known any more: that day is no longer kept"}
		default:
			e.Fresh = fresh(e, words[e.Node], q.From)
		}
	}
	return nil
}

// absent says that a computer was not there, nil when it was.
func (r *Recorder) absent(ctx context.Context, node string, at world.Time) (*Fresh, error) {
	b, since, err := r.link(ctx, node, at)
	switch {
	case err != nil || b.Up:
		return nil, err
	case b.Node == "":
		return &Fresh{State: Unknown, Reason: fmt.Sprintf("the computer %s had never been there", node)}, nil
	}
	f := &Fresh{State: Unknown, Since: since, Reason: fmt.Sprintf("the computer %s was lost since %s: nobody knows what the screen showed", node, local(since))}
	if b.Reason != "" {
		f.Reason += " (" + b.Reason + ")"
	}
	return f, nil
}

// link returns whether a computer was there, and since when.
func (r *Recorder) link(ctx context.Context, node string, at world.Time) (world.NodeLinked, world.Time, error) {
	var out world.NodeLinked
	r.mu.Lock()
	t := r.index.nodes[node]
	var m mark
	var spans []span
	if t != nil {
		if i := t.last(at); i >= 0 {
			m, spans = t.marks[i], t.spans(i, i)
		}
	}
	r.mu.Unlock()
	if len(spans) == 0 {
		return out, 0, nil
	}
	if m.up && !m.gap { // no reason to read
		return world.NodeLinked{Node: node, Up: true}, m.at, nil
	}
	since := m.at
	err := r.load(ctx, sorted(spans), func(e world.Event) error {
		if b, ok := e.Body.(world.NodeLinked); ok && b.Node == node && e.Seen <= at {
			if b.Up != out.Up || out.Node == "" {
				since = e.Seen
			}
			out = b
		}
		return nil
	})
	return out, since, err
}

// said returns what the computers of a wall said last before an instant and first
// after it. They speak when something changes: what was said hours ago holds.
func (r *Recorder) said(ctx context.Context, wall string, nodes []string, at world.Time) (map[string]said, error) {
	out := map[string]said{}
	for _, n := range nodes {
		w, err := r.followed(ctx, wall, n, at)
		if err != nil {
			return out, err
		}
		if w != (said{}) {
			out[n] = w
		}
	}
	if len(out) == len(nodes) {
		return out, nil
	}
	err := r.scan(ctx, wall, at, out)
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range nodes {
		if b, ok := r.stood[n]; ok && out[n].before == nil && b.Wall == wall && b.at <= at {
			w := out[n]
			w.before = &b
			out[n] = w
		}
	}
	return out, err
}

// followed returns what a computer said as far as the recorder was there to hear.
func (r *Recorder) followed(ctx context.Context, wall, node string, at world.Time) (w said, err error) {
	r.mu.Lock()
	var near []mark
	if t := r.index.told[wall+"/"+node]; t != nil {
		if i := t.last(at); i >= 0 && !t.marks[i].gap {
			near = append(near, t.marks[i:min(i+2, len(t.marks))]...)
		}
	}
	r.mu.Unlock()
	for _, m := range near {
		if m.at > at+lookAhead {
			break
		}
		err := r.log.Read(ctx, m.seq, func(e world.Event) error {
			if b, ok := e.Body.(world.TilesSeen); ok && e.Seen <= at {
				w.before = &report{e.Seen, b}
			} else if ok {
				w.after = &report{e.Seen, b}
			}
			return errEnough
		})
		var trimmed *journal.TrimmedError
		if err != nil && !errors.Is(err, errEnough) && !errors.As(err, &trimmed) {
			return w, err
		}
	}
	return w, nil
}

// scan reads what computers said around an instant of whom out has nothing.
func (r *Recorder) scan(ctx context.Context, wall string, at world.Time, out map[string]said) error {
	from, err := r.place(ctx, at-lookBack)
	if err != nil {
		return err
	}
	found := map[string]said{}
	err = r.log.Read(ctx, from, func(e world.Event) error {
		if e.Seen > at+lookAhead {
			return errEnough
		}
		b, ok := e.Body.(world.TilesSeen)
		if !ok || b.Wall != wall || e.Seen < at-lookBack {
			return nil
		}
		w := found[b.Node]
		switch {
		case e.Seen <= at:
			w.before = &report{e.Seen, b}
		case w.after == nil:
			w.after = &report{e.Seen, b}
		}
		found[b.Node] = w
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	for n, w := range found {
		if _, there := out[n]; !there {
			out[n] = w
		}
	}
	return nil
}

// place returns the number of the first event learnt at a time or after it. Events
// are in the order in which they were learnt.
func (r *Recorder) place(ctx context.Context, at world.Time) (uint64, error) {
	low, high := r.log.First(), r.log.Position().Seq+1
	r.mu.Lock()
	clock := &r.index.clock
	if i := clock.last(at - 1); i >= 0 {
		low = max(low, clock.marks[i].seq)
		if i+1 < len(clock.marks) {
			high = min(high, clock.marks[i+1].seq)
		}
	} else if len(clock.marks) > 0 {
		high = min(high, clock.marks[0].seq)
	}
	r.mu.Unlock()
	high = max(low, high)
	if first, err := r.learnt(ctx, low); err != nil {
		return 0, err
	} else if first > at && low == r.log.First() && low > 1 {
		return low, &journal.TrimmedError{From: low - 1, First: low}
	}
	// A few thousand events are read faster than looked through.
	for high-low > 2000 {
		mid := low + (high-low)/2
		t, err := r.learnt(ctx, mid)
		if err != nil {
			return 0, err
		}
		if t != 0 && t < at {
			low = mid
		} else {
			high = mid
		}
	}
	return low, nil
}

// learnt returns when the first event from a number on was learnt, zero when there
// is none.
func (r *Recorder) learnt(ctx context.Context, seq uint64) (world.Time, error) {
	var at world.Time
	err := r.log.Read(ctx, seq, func(e world.Event) error {
		at = e.Seen
		return errEnough
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return at, err
}

// fresh says how fresh a tile was, from what its computer said.
func fresh(e *Entry, w said, at world.Time) *Fresh {
	if w.after != nil && w.after.Generation == e.Generation {
		// What is so since before the instant was so at it.
		if t, ok := tileOf(w.after, e.Tile); ok && t.Since > 0 && t.Since <= at {
			return &Fresh{State: t.State, Reason: t.Reason, Since: t.Since, Told: w.after.at}
		}
	}
	if w.before == nil {
		return &Fresh{State: Unknown, Reason: fmt.Sprintf("the computer %s had said nothing of it for more than two minutes", e.Node)}
	}
	t, ok := tileOf(w.before, e.Tile)
	// A tile that was there before the switch is the same one.
	if !ok || w.before.Generation < e.Generation && e.Since > w.before.at {
		return &Fresh{State: Unknown, Told: w.before.at, Reason: fmt.Sprintf("the computer %s had not said yet how it showed it", e.Node)}
	}
	return &Fresh{State: t.State, Reason: t.Reason, Since: t.Since, Told: w.before.at}
}

func tileOf(r *report, id string) (world.TileSeen, bool) {
	for _, t := range r.Tiles {
		if t.Tile == id {
			return t, true
		}
	}
	return world.TileSeen{}, false
}

// losses says of each entry when its computer was lost.
func (r *Recorder) losses(q Query, es []Entry) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range es {
		e := &es[i]
		t := r.index.nodes[e.Node]
		if t == nil {
			continue
		}
		from, to := max(e.At, q.From), q.To
		if e.Until != 0 {
			to = min(to, e.Until)
		}
		for j := max(0, t.last(from)); j < len(t.marks); j++ {
			m := t.marks[j]
			if m.at > to {
				break
			}
			switch n := len(e.Lost); {
			case !m.up:
				e.Lost = append(e.Lost, Loss{From: m.at})
			case n > 0 && e.Lost[n-1].Until == 0:
				e.Lost[n-1].Until = m.at
			}
		}
	}
	return nil
}
