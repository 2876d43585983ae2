// Package director decides what every wall shows and says so as events: a scene,
// what pops up over it, what is locked, what a lost computer leaves behind. It
// lives in the loop, which tells it what was applied and what time it is; it
// reads no clock, waits for nothing and keeps nothing that decides on a picture
// and that the state could not give back after a restart.
package director

import (
	"cmp"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"iocwall/server/calendar"
	"iocwall/server/world"
)

const (
	// What was said and did not come back in this time was lost on the way, and
	// is said again where it is still true; each further time it takes twice as
	// long, since a full disk may last.
	lostAfter = 10 * time.Second
	mostLost  = 7 // doublings
	// retryAfter is when a picture that a wall could not show is tried again, then
	// after twice as long each time, up to retryMost: each try is kept for ever.
	retryAfter = 30 * time.Second
	retryMost  = 8 * time.Minute
	// mostRefused bounds what is remembered of that for each wall.
	mostRefused = 50
)

// Options are what a Director needs beside the state.
type Options struct {
	// Hours knows workdays and holidays for schedules; nil knows weekdays only.
	Hours *calendar.Calendar
	// Logger receives what technicians should know; nil discards it.
	Logger *slog.Logger
}

// Director composes the walls of a state. It belongs to the loop's goroutine.
type Director struct {
	o       Options
	stages  []*stage // by wall
	nodes   map[string]*absence
	started world.Time
	next    world.Time
}

// stage is a wall as the director works on it. What decides on its picture is in
// the state; here is what is under way.
type stage struct {
	wall string
	// flight are the events that were said and are not applied yet: until they
	// are, the state is not what the director made it.
	flight []string
	said   world.Time // when the last of them was
	lost   int        // how often what was said did not come back
	asked  *request   // what a person wants next
	now    *change    // what is being prepared
	report *report    // what the computers say of the last switch
	// refused are the pictures that the wall could not show of late.
	refused []refusal
	wake    world.Time
}

// refusal is a picture that is not tried again before an instant. It is remembered
// for pause longer.
type refusal struct {
	picture
	retry world.Time
	pause time.Duration
}

// refuse remembers a picture that the wall could not show until an instant.
func (s *stage) refuse(p picture, at world.Time) {
	pause := retryAfter
	if i := slices.IndexFunc(s.refused, func(r refusal) bool { return r.scene == p.scene && sameTiles(r.tiles, p.tiles) }); i >= 0 {
		pause = min(2*s.refused[i].pause, retryMost)
		s.refused = slices.Delete(s.refused, i, i+1)
	}
	s.refused = append(s.refused[max(0, len(s.refused)+1-mostRefused):], refusal{p, at.Add(pause), pause})
}

// New makes a Director for a state at the time now and returns what must happen
// at once, such as the end of a switch that a stop interrupted.
func New(st *world.State, now world.Time, o Options) (*Director, []world.Observation) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	d := &Director{o: o, nodes: map[string]*absence{}, started: now}
	d.meet(st)
	// A stop may have come before what was on a wall that is gone was ended.
	for _, p := range st.Popups() {
		d.add(p.Wall)
	}
	for _, l := range st.Locks() {
		d.add(l.Wall)
	}
	d.adoptNodes(st)
	out := d.missed(now, st)
	return d, append(out, d.settle(now, st)...)
}

// meet makes a stage for every wall that has none. That of a wall that is gone stays.
func (d *Director) meet(st *world.State) {
	for _, w := range st.Walls() {
		d.add(w.ID)
	}
}

func (d *Director) add(wall string) {
	i, there := slices.BinarySearchFunc(d.stages, wall, func(s *stage, id string) int { return cmp.Compare(s.wall, id) })
	if !there {
		d.stages = slices.Insert(d.stages, i, &stage{wall: wall})
	}
}

func (d *Director) stage(wall string) *stage {
	for _, s := range d.stages {
		if s.wall == wall {
			return s
		}
	}
	return nil
}

// Note takes notice of an applied event and returns what follows. Events that
// concern no wall cost next to nothing.
func (d *Director) Note(c world.Change, st *world.State) []world.Observation {
	now := c.Event.Seen
	var out []world.Observation
	switch b := c.Event.Body.(type) {
	case world.WallPrepared, world.PopupAsked, world.PopupPlaced, world.PopupClosed, world.TileLocked, world.TileUnlocked,
		world.WallDefined, world.SceneSaved, world.SceneShown, world.WallTested, world.ScheduleSaved:
		d.landed(b)
	case world.WallCommitted:
		d.landed(b)
		d.committed(b)
	case world.WallRefused:
		d.landed(b)
		d.turnedDown(b)
	case world.NodeLinked:
		d.linked(b, c)
	case world.AlertRaised:
		out = d.raised(now, st, b, c.Effect)
	case world.AlertUpdated:
		out = d.updated(now, st, b, c.Effect)
	case world.AlertResolved:
	case world.EntityGone:
		if k := b.Ref.Kind(); k != world.KindAlert && k != world.KindWall && k != world.KindScene {
			return nil
		}
	default:
		return nil
	}
	d.meet(st)
	return append(out, d.settle(now, st)...)
}

// Tick does what time alone brings about: deadlines, limits, hours.
func (d *Director) Tick(now world.Time, st *world.State) []world.Observation {
	for _, s := range d.stages {
		if len(s.flight) > 0 && now >= s.overdue() {
			d.o.Logger.Warn("what was said of a wall did not come back", "wall", s.wall, "events", len(s.flight))
			s.again(st)
		}
	}
	return d.settle(now, st)
}

// overdue returns when what was said is taken to be lost.
func (s *stage) overdue() world.Time { return s.said.Add(lostAfter << s.lost) }

// again forgets what was said and is not so.
func (s *stage) again(st *world.State) {
	s.flight, s.lost = nil, min(s.lost+1, mostLost)
	if s.now == nil {
		return
	}
	s.now.ending = false
	if w, _ := st.Wall(s.wall); w.Next.Generation != s.now.gen {
		if s.asked == nil {
			s.asked = s.now.by
		} else {
			s.now.by.end(Outcome{Err: world.Refuse("scene.meanwhile", "another scene was asked for meanwhile")})
		}
		s.now = nil
	}
}

// Next returns when Tick is needed next, zero for not.
func (d *Director) Next() world.Time { return d.next }

// settle does for each wall what is to be done now.
func (d *Director) settle(now world.Time, st *world.State) []world.Observation {
	var out []world.Observation
	d.next = 0
	for _, s := range d.stages {
		s.wake = 0
		t := &turn{d: d, s: s, now: now, st: st}
		t.settle()
		out = append(out, t.out...)
		d.next = earlier(d.next, s.wake)
	}
	return out
}

// earlier returns the earlier of two instants, of which zero is none.
func earlier(a, b world.Time) world.Time {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// turn is one look at one wall.
type turn struct {
	d    *Director
	s    *stage
	now  world.Time
	st   *world.State
	wall world.Wall     // its tiles as if no computer were short of power
	open []world.Placed // the tiles as they are
	out  []world.Observation
	pops []world.Popup // of this wall, by id; see popping
	// frozen paints with all locked tiles where they are seen; see layout.
	frozen bool
}

// popping returns the popups of the wall, those that wait too, by id.
func (t *turn) popping() []world.Popup {
	if t.pops == nil && t.st.Count(world.KindPopup) > 0 {
		t.pops = slices.DeleteFunc(t.st.Popups(), func(p world.Popup) bool { return p.Wall != t.wall.ID })
	}
	return t.pops
}

// say says what happens on the wall; until it is applied the wall is left alone.
func (t *turn) say(b world.Body) { t.sayAt(t.now, b) }

func (t *turn) sayAt(at world.Time, b world.Body) {
	t.out = append(t.out, world.Observation{Time: at, Body: b})
	t.s.flight, t.s.said = append(t.s.flight, keyOf(b)), t.now
	t.wakeAt(t.s.overdue())
}

// tell says what nothing depends on.
func (t *turn) tell(b world.Body) {
	t.out = append(t.out, world.Observation{Time: t.now, Body: b})
}

// wakeAt asks for a Tick at an instant.
func (t *turn) wakeAt(at world.Time) { t.s.wake = earlier(t.s.wake, at) }

// refusedLately reports whether the wall could not show such a picture a moment
// ago; it is tried again later.
func (t *turn) refusedLately(like func(picture) bool) bool {
	t.s.refused = slices.DeleteFunc(t.s.refused, func(r refusal) bool { return t.now >= r.retry.Add(r.pause) })
	i := slices.IndexFunc(t.s.refused, func(r refusal) bool { return t.now < r.retry && like(r.picture) })
	if i >= 0 {
		t.wakeAt(t.s.refused[i].retry)
	}
	return i >= 0
}

// settle looks after the wall: what ends, the switch under way, then what the
// wall should show.
func (t *turn) settle() {
	var ok bool
	if t.wall, ok = t.st.Wall(t.s.wall); !ok {
		t.s.drop()
		t.wall.ID = t.s.wall
	}
	if len(t.s.flight) > 0 {
		t.wakeAt(t.s.overdue())
		return
	}
	if !ok {
		t.sweep()
		return
	}
	t.open = t.wall.On.Tiles
	t.wall.On.Tiles = wanted(t.open, t.wall.On.Left)
	t.endPopups()
	t.endLocks()
	t.gather()
	switch {
	case t.wall.Next.Generation != 0:
		t.proceed()
	case len(t.s.flight) == 0:
		t.compose()
	}
}

// keyOf tells events on their way apart.
func keyOf(b world.Body) string {
	switch b := b.(type) {
	case world.WallPrepared:
		return key(b, b.Wall, b.Generation)
	case world.WallCommitted:
		return key(b, b.Wall, b.Generation)
	case world.WallRefused:
		return key(b, b.Wall, b.Generation)
	case world.SceneShown:
		return key(b, b.Wall, 0)
	case world.PopupAsked:
		return key(b, b.ID, 0)
	case world.PopupPlaced:
		return key(b, b.ID+"\x00"+b.Zone, 0)
	case world.PopupClosed:
		return key(b, b.ID, 0)
	case world.TileUnlocked:
		return key(b, b.Wall+"\x00"+b.Tile, 0)
	}
	return ""
}

func key(b world.Body, id string, n uint64) string {
	return b.Kind() + "\x00" + id + "\x00" + strconv.FormatUint(n, 10)
}

// landed takes an event off those that are on their way.
func (d *Director) landed(b world.Body) {
	k := keyOf(b)
	if k == "" {
		return
	}
	for _, s := range d.stages {
		if i := slices.Index(s.flight, k); i >= 0 {
			s.flight, s.lost = slices.Delete(s.flight, i, i+1), 0
			return
		}
	}
}
