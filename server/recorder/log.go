package recorder

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"iocwall/server/scene"
	"iocwall/server/world"
)

// Query is what somebody wants to know.
type Query struct {
	Wall string
	// Screen is the number of a screen, zero for all of them.
	Screen int
	// From and To are the same for an instant.
	From, To world.Time
	// Limit is how many entries are answered at most, zero for 1,000.
	Limit int
}

// Answer is what was on a wall.
type Answer struct {
	Wall    string     `json:"wall"`
	Screen  int        `json:"screen,omitempty"`
	From    world.Time `json:"from"`
	To      world.Time `json:"to"`
	Entries []Entry    `json:"entries"`
	// Note says in words why there is nothing, or not all that was asked for.
	Note string `json:"note,omitempty"`
	// Next is from where on there is more, zero when that is all.
	Next world.Time `json:"next,omitempty"`
}

// Entry is one tile on one screen.
type Entry struct {
	// At is when it came to this screen, or the last switch before what was asked
	// for when it was there already; Until when it left it, zero while it was there
	// at the end.
	At     world.Time    `json:"at"`
	Until  world.Time    `json:"until,omitempty"`
	Screen int           `json:"screen"`
	Node   string        `json:"node,omitempty"`
	Tile   string        `json:"tile"`
	Kind   string        `json:"kind"`
	Params []world.Param `json:"params,omitempty"`
	// Layer, From, By, Why and Since say what put it on the wall; see world.Placed.
	Layer      string     `json:"layer"`
	From       string     `json:"from,omitempty"`
	By         string     `json:"by,omitempty"`
	Why        string     `json:"why,omitempty"`
	Since      world.Time `json:"since"`
	Generation uint64     `json:"generation"`
	Lock       *Lock      `json:"lock,omitempty"`
	// Late says that the computer did not change with the others.
	Late string `json:"late,omitempty"`
	// Fresh is how fresh it was at the instant asked for.
	Fresh *Fresh `json:"fresh,omitempty"`
	// Lost are the times at which its computer was lost: nobody knows what the
	// screen showed then.
	Lost []Loss `json:"lost,omitempty"`

	place [4]float64
}

// Lock is a lock that was on a tile.
type Lock struct {
	Name  string     `json:"name"`
	Since world.Time `json:"since"`
	Note  string     `json:"note,omitempty"`
}

// Fresh is how fresh a tile was.
type Fresh struct {
	// State is one of world.TileSeen's, or "unknown"; Reason says more.
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
	// Since is when that began, Told when its computer said so.
	Since world.Time `json:"since,omitempty"`
	Told  world.Time `json:"told,omitempty"`
}

// Loss is a time without a computer; Until is zero when it was lost at the end.
type Loss struct {
	From  world.Time `json:"from"`
	Until world.Time `json:"until,omitempty"`
}

// Unknown is the state of a tile of which nobody knows what it showed.
const Unknown = "unknown"

// AskedError says in words why a question has no answer.
type AskedError struct {
	reason string
	// Missing says that what was asked of is not there at all.
	Missing bool
}

func (e *AskedError) Error() string { return e.reason }

func wrong(missing bool, format string, args ...any) error {
	return &AskedError{reason: fmt.Sprintf(format, args...), Missing: missing}
}

const (
	usualLimit  = 1000
	mostEntries = 5000
	longestSpan = 366 * 24 * time.Hour
)

// Log answers a query. It waits until all that is durable was read. Errors:
// *AskedError for a question without sense, ErrReading, those of the history and of
// ctx.
func (r *Recorder) Log(ctx context.Context, q Query) (Answer, error) {
	out := Answer{Wall: q.Wall, Screen: q.Screen, From: q.From, To: q.To, Entries: []Entry{}}
	if q.Limit == 0 {
		q.Limit = usualLimit
	}
	switch now := world.TimeOf(r.now()); {
	case q.From <= 0 || q.To < q.From:
		return out, wrong(false, "the time from %s to %s is none; the end comes after the beginning", q.From, q.To)
	case q.From > now:
		return out, wrong(false, "%s is in the future: it is %s now", local(q.From), local(now))
	case q.To.Sub(q.From) > longestSpan:
		return out, wrong(false, "a year is answered at once at most; ask for less")
	case q.Limit < 0 || q.Limit > mostEntries:
		return out, wrong(false, "the limit is 1 to %d entries", mostEntries)
	}
	if err := r.current(ctx); err != nil {
		return out, err
	}
	if err := r.known(q.Wall); err != nil {
		return out, err
	}
	c, err := r.course(ctx, q.Wall, q.From, q.To)
	if err != nil {
		return out, err
	}
	out.Next = c.next
	if c.begins == 0 || c.begins > q.To {
		out.Note = before(q.Wall, c.begins)
		return out, nil
	}
	if c.begins > q.From {
		out.Note = before(q.Wall, c.begins)
	}
	if q.Screen != 0 && !slices.ContainsFunc(c.built, func(d definition) bool { _, ok := screenOf(d.WallDefined, q.Screen); return ok }) {
		return out, wrong(true, "the wall %s had no screen %d then", q.Wall, q.Screen)
	}
	out.Entries = entries(c, q)
	if len(out.Entries) == 0 && out.Note == "" {
		out.Note = "nothing was shown there"
	}
	if n := len(out.Entries); n > q.Limit {
		out.Next = out.Entries[q.Limit].At
		out.Entries = out.Entries[:q.Limit:q.Limit]
		out.Note = fmt.Sprintf("these are the first %d of %d entries; go on from %s", q.Limit, n, local(out.Next))
	}
	r.locks(q.Wall, q.To, out.Entries)
	if q.From == q.To {
		return out, r.freshen(ctx, q, out.Entries)
	}
	return out, r.losses(q, out.Entries)
}

// known says that there is no such wall.
func (r *Recorder) known(wall string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.index.walls[wall] == nil {
		return wrong(true, "there is no wall %.70q in the history", wall)
	}
	return nil
}

// before says that the history begins later.
func before(wall string, begins world.Time) string {
	if begins == 0 {
		return fmt.Sprintf("nothing was ever shown on the wall %s", wall)
	}
	return fmt.Sprintf("nothing is known of the wall %s before %s, when its history begins", wall, local(begins))
}

// local writes a time as people in Vietnam read it.
func local(t world.Time) string {
	return t.Std().In(time.FixedZone("+07", 7*3600)).Format("2006-01-02 15:04:05")
}

// entries returns the tiles of a course by screen, each as long as it stayed.
func entries(c course, q Query) []Entry {
	var screens []int
	for _, d := range c.built {
		for _, sc := range d.Screens {
			if (q.Screen == 0 || sc.ID == q.Screen) && !slices.Contains(screens, sc.ID) {
				screens = append(screens, sc.ID)
			}
		}
	}
	var out []Entry
	for _, id := range screens {
		out = append(out, ofScreen(c, id, q)...)
	}
	slices.SortStableFunc(out, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Screen, b.Screen))
	})
	return out
}

// moment is an instant at which a screen changed.
type moment struct {
	at   world.Time
	show int
	late string
}

// ofScreen returns the tiles that one screen showed.
func ofScreen(c course, id int, q Query) []Entry {
	var moments []moment
	for i := range c.shows {
		m := moment{at: c.shows[i].at, show: i}
		if sc, ok := screenOf(c.at(m.at), id); ok {
			m.at, m.late = lateness(&c.shows[i].Switch, sc.Node, m.at)
		}
		// A screen that was late once more never showed what was between.
		for n := len(moments); n > 0 && moments[n-1].at >= m.at; n = len(moments) {
			moments = moments[:n-1]
		}
		moments = append(moments, m)
	}
	for i, d := range c.built {
		if i > 0 { // the first one holds from the beginning
			moments = append(moments, moment{at: d.at, show: -1})
		}
	}
	slices.SortStableFunc(moments, func(a, b moment) int { return cmp.Compare(a.at, b.at) })
	var done, open []Entry
	show, late := -1, ""
	for _, m := range moments {
		if m.at > q.To {
			break
		}
		if m.show >= 0 {
			show, late = m.show, m.late
		}
		if show < 0 {
			continue
		}
		now := visible(c.at(m.at), &c.shows[show], id, m.at, late)
		var kept []Entry
		for _, e := range open {
			if i := slices.IndexFunc(now, e.stays); i >= 0 {
				now = slices.Delete(now, i, i+1)
				kept = append(kept, e)
				continue
			}
			e.Until = m.at
			if m.at > q.From { // what left before is not asked for
				done = append(done, e)
			}
		}
		open = append(kept, now...)
	}
	return append(done, open...)
}

// at returns how the wall was built at a time.
func (c *course) at(t world.Time) world.WallDefined {
	var w world.WallDefined
	for i, d := range c.built {
		if i == 0 || d.at <= t {
			w = d.WallDefined
		}
	}
	return w
}

// lateness returns when the screens of a computer changed, and what is to be said
// of it when that was not with the others.
func lateness(s *world.Switch, node string, at world.Time) (world.Time, string) {
	if node == "" || !slices.Contains(s.Late, node) {
		return at, ""
	}
	for _, n := range s.Nodes {
		if n.Node == node {
			after := max(0, n.After)
			return at + world.Time(after), fmt.Sprintf("the computer %s was not ready and changed %d ms after the others", node, after)
		}
	}
	return at, fmt.Sprintf("the computer %s was not ready and has not said when it changed", node)
}

// visible returns the tiles on a screen.
func visible(w world.WallDefined, s *shown, id int, at world.Time, late string) []Entry {
	sc, ok := screenOf(w, id)
	if !ok {
		return nil
	}
	var out []Entry
	for _, t := range s.Tiles {
		if !scene.RectOfScreen(sc).Overlaps(scene.RectOf(t.Tile)) {
			continue
		}
		out = append(out, Entry{
			At: at, Screen: id, Node: sc.Node, Tile: t.ID, Kind: t.Kind, Params: t.Params, Layer: t.Layer, From: t.From,
			By: t.By, Why: t.Why, Since: t.Since, Generation: s.Generation, Late: late, place: [4]float64{t.X, t.Y, t.W, t.H},
		})
	}
	return out
}

// stays reports whether what is on the screen now is what was there.
func (e *Entry) stays(now Entry) bool {
	return e.Tile == now.Tile && e.Kind == now.Kind && e.Layer == now.Layer && e.From == now.From && e.By == now.By && e.Why == now.Why &&
		e.Since == now.Since && e.Node == now.Node && e.place == now.place && slices.Equal(e.Params, now.Params)
}

// locks adds the locks of a time.
func (r *Recorder) locks(wall string, at world.Time, es []Entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	w := r.index.walls[wall]
	for i := range es {
		e := &es[i]
		when := at
		if e.Until != 0 && e.Until <= at {
			when = e.Until - 1
		}
		if l, ok := w.locked(e.Tile, when); ok {
			e.Lock = &Lock{Name: l.name, Since: l.at, Note: l.note}
		}
	}
}

// screenOf returns the screen of that number.
func screenOf(w world.WallDefined, id int) (world.Screen, bool) {
	for _, sc := range w.Screens {
		if sc.ID == id {
			return sc, true
		}
	}
	return world.Screen{}, false
}
