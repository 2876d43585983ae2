package camera

import (
	"image"
	"slices"
	"strconv"
	"time"

	"iocwall/server/world"
	"iocwall/ui/tile"
)

// TourOptions say which cameras take turns on a tile, and for how long each.
type TourOptions struct {
	// Pick are the cameras, found anew when the state changes.
	Pick Pick
	// Dwell is how long each is shown, at least three seconds; "" is ten.
	Dwell string
	// Stream is as in GridOptions.
	Stream string
	Quiet  bool
	Whole  bool
}

// Tour shows cameras one after the other. The next one is opened before its
// turn, and the old picture stays until the new one is there, so that a change
// shows no gap. Cameras without a picture are left out, and the tile says so.
type Tour struct {
	h     *Host
	o     TourOptions
	stack *stack
	turn  rotation

	ids    []string
	now    *View
	next   *View
	asked  time.Time // since when next should be on the tile
	spot   Spot
	hidden bool
	veiled bool
	kept   string            // the camera the tour is held at
	out    map[string]string // why cameras are left out
}

// patience is how long a tour waits for the first picture of the next camera
// before it shows the camera's fault instead.
const patience = 2 * time.Second

// NewTour returns a tour that starts once it is placed and updated.
func NewTour(h *Host, env *tile.Env, o TourOptions) *Tour {
	return &Tour{h: h, o: o, stack: newStack(env, "tour"), turn: rotation{dwell: dwellOf(o.Dwell)}}
}

// Object is the tile's widget.
func (t *Tour) Object() tile.Tile { return t.stack }

// Views is the camera shown.
func (t *Tour) Views() []*View {
	if t.now == nil {
		return nil
	}
	return []*View{t.now}
}

// At is the camera shown.
func (t *Tour) At(image.Point) (*View, image.Point) { return t.now, image.Point{} }

// Close ends the tour.
func (t *Tour) Close() {
	for _, v := range []*View{t.now, t.next} {
		if v != nil {
			v.Close()
		}
	}
}

// Hide parks the cameras; the tour goes on without being seen.
func (t *Tour) Hide(off bool) {
	t.hidden = off
	if t.now != nil {
		t.now.Hide(off)
	}
	if off {
		t.drop()
	}
}

// Veil keeps the picture off the display while the tour runs.
func (t *Tour) Veil(on bool) {
	t.veiled = on
	for _, v := range []*View{t.now, t.next} {
		if v != nil {
			v.Veil(on)
		}
	}
}

// Ready reports whether the camera whose turn it is has a picture or has failed.
func (t *Tour) Ready() bool { return t.now != nil && t.now.Ready() }

// Place puts the tile where it lies.
func (t *Tour) Place(s Spot) {
	t.spot = s
	for _, v := range []*View{t.now, t.next} {
		if v != nil {
			v.Place(s)
		}
	}
}

// Pause holds the tour at the camera shown, or lets it go on; Step shows another
// one and holds there.
func (t *Tour) Pause() { t.turn.hold(!t.turn.held); t.h.Poke() }

// Step shows the camera that many further, and holds there.
func (t *Tour) Step(by int) {
	t.turn.step(by, len(t.ids))
	t.kept = ""
	t.h.Poke()
}

// Paused reports whether the tour was held by hand.
func (t *Tour) Paused() bool { return t.turn.held }

// Update moves the tour on and brings its pictures up to date.
func (t *Tour) Update(now time.Time) bool {
	t.ids = t.o.Pick.IDs(t.h.State())
	t.out = outOf(t.h, t.ids)
	if i := slices.Index(t.ids, t.kept); t.turn.held && i >= 0 {
		t.turn.at = i // the list changed, what is held did not
	}
	due := t.turn.now(t.h.ServerTime(now), len(t.ids), func(i int) bool { return t.out[t.ids[i]] != "" })
	want := ""
	if len(t.ids) > 0 {
		want = t.ids[due.at]
	}
	t.kept = ""
	if t.turn.held {
		t.kept = want
	}
	switch {
	case t.now != nil && t.now.replay != nil && slices.Contains(t.ids, t.now.Camera()):
		t.drop() // somebody looks at what was: the tour waits
		t.stack.Put(t.now.Object())
		return t.now.Update(now)
	case t.now == nil:
		t.now = t.view(want)
		t.now.Hide(t.hidden)
	case t.now.Camera() != want && !t.hidden:
		t.change(want, now)
	case t.now.Camera() != want:
		t.now.Close()
		t.now = t.view(want)
		t.now.Hide(true)
	case due.soon && due.next != due.at && !t.hidden:
		t.prepare(t.ids[due.next])
	default:
		t.drop()
	}
	t.now.Aside(t.position(due.at))
	t.stack.Put(t.now.Object())
	moving := t.now.Update(now)
	if t.next != nil {
		t.next.Update(now)
	}
	return moving
}

// change puts a camera on the tile once it has a picture, or has had its time.
func (t *Tour) change(id string, now time.Time) {
	t.prepare(id)
	if t.asked.IsZero() {
		t.asked = now
		t.next.Hide(false)
		t.next.Update(now)
	}
	if !t.next.Fresh() && now.Sub(t.asked) < patience {
		return
	}
	t.now.Close()
	t.now, t.next, t.asked = t.next, nil, time.Time{}
	t.now.Preload(false)
}

// prepare opens the next camera without decoding it.
func (t *Tour) prepare(id string) {
	if t.next != nil && t.next.Camera() == id {
		return
	}
	t.drop()
	t.next = t.view(id)
	t.next.Preload(true)
	t.next.Hide(true)
	// The view has to be laid out, so that it knows how large its pictures are.
	t.stack.Prepare(t.next.Object())
}

func (t *Tour) drop() {
	if t.next != nil {
		t.next.Close()
	}
	t.next, t.asked = nil, time.Time{}
}

func (t *Tour) view(id string) *View {
	v := New(t.h, t.stack.Env(), Options{Camera: id, Prefer: t.o.Stream, Quiet: t.o.Quiet, Whole: t.o.Whole})
	v.Place(t.spot)
	v.Veil(t.veiled)
	return v
}

// position says which of how many cameras is shown and how many are left out,
// longest first.
func (t *Tour) position(at int) []string {
	l := t.h.Lang
	if len(t.ids) == 0 {
		return nil
	}
	short := strconv.Itoa(at+1) + "/" + strconv.Itoa(len(t.ids))
	if t.turn.held {
		short = l.T("tour.paused", "at", short)
	}
	var why []string
	n := 0
	for _, id := range t.ids {
		if w := t.out[id]; w != "" {
			n++
			if !slices.Contains(why, w) {
				why = append(why, w)
			}
		}
	}
	if n == 0 {
		return []string{short}
	}
	count := strconv.Itoa(n)
	out := []string{short + " · " + l.T("tour.skipped", "n", count)}
	if len(why) == 1 {
		out = append([]string{short + " · " + l.T("tour.skipped.why", "n", count, "why", why[0])}, out...)
	}
	return append(out, short)
}

// outOf says which cameras the server knows to be without a picture, and why.
func outOf(h *Host, ids []string) map[string]string {
	out := map[string]string{}
	s := h.State()
	if s == nil {
		return out
	}
	for _, id := range ids {
		cam, ok := s.Camera(id)
		key := ""
		switch {
		case !ok:
			key = "tour.out.unknown"
		case cam.Health.State == world.CameraSilent:
			key = "tour.out.silent"
		case cam.Health.State == world.CameraFrozen:
			key = "tour.out.frozen"
		case cam.Health.State == world.CameraRefused:
			key = "tour.out.refused"
		case cam.Health.State == world.CameraFull:
			key = "tour.out.full"
		}
		if key != "" {
			out[id] = h.Lang.T(key)
		}
	}
	return out
}
