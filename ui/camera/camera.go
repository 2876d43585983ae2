package camera

import (
	"fmt"
	"hash/fnv"
	"image"
	"slices"
	"time"

	"iocwall/media"
	"iocwall/server/world"
	"iocwall/ui/tile"
)

// Options say which camera a View shows and how.
type Options struct {
	// Camera is its id.
	Camera string
	// Stream names a stream; empty leaves the choice to the deck. Prefer names one
	// that is asked for where the camera has it.
	Stream, Prefer string
	// Quiet leaves the truth line away while nothing is wrong; Whole asks for all
	// of it: the tile is looked at alone.
	Quiet, Whole bool
}

// View plays one camera on a tile.
type View struct {
	h    *Host
	o    Options
	t    *tile.Camera
	at   Spot
	zoom Zoom

	player  Player
	streams string // what the player was told of the camera's streams
	view    media.View
	stream  string        // the player was told of
	budget  time.Duration // the player was told of
	hidden  bool
	ready   bool // hidden, but to be shown soon
	chosen  bool
	aside   []string
	replay  *Replay
	shown   uint64 // number of the replay's picture on the tile

	said  time.Time // when the words were last brought up to date
	state media.State
	why   media.Reason
}

// New returns a camera that plays once it is placed and updated.
func New(h *Host, env *tile.Env, o Options) *View {
	return &View{h: h, o: o, t: tile.NewCamera(env)}
}

// Object is the tile's widget.
func (c *View) Object() tile.Tile { return c.t }

// Camera is the camera's id.
func (c *View) Camera() string { return c.o.Camera }

// Views is the camera itself.
func (c *View) Views() []*View { return []*View{c} }

// At is the camera itself, everywhere on its tile.
func (c *View) At(image.Point) (*View, image.Point) { return c, image.Point{} }

// Close ends the camera on this tile.
func (c *View) Close() {
	if c.player != nil {
		c.player.Close()
	}
	if c.replay != nil {
		c.replay.Close()
	}
	c.t.Release()
}

// Hide parks the camera while nobody sees its tile.
func (c *View) Hide(off bool) {
	c.hidden, c.said = off, time.Time{}
	if c.replay != nil {
		c.replay.Hide(off)
	}
	if off {
		c.t.Conceal()
		if c.player != nil {
			c.look()
		}
	}
}

// Veil keeps the picture off the display while the camera plays.
func (c *View) Veil(on bool) { c.t.Veil(on) }

// Ready reports whether there is a picture, or none to be waited for.
func (c *View) Ready() bool {
	if c.player == nil {
		return c.h.State() != nil // nothing plays it, which is said
	}
	if f, has := c.player.Frame(); has && !f.Empty() {
		return true
	}
	switch c.player.Stats().State {
	case media.StateNoSignal, media.StateRefused, media.StateFull, media.StateFrozen:
		return true
	}
	return false
}

// Preload keeps a hidden camera ready to be shown at once.
func (c *View) Preload(on bool) {
	if c.ready != on {
		c.ready = on
		if c.player != nil {
			c.player.Preload(on)
		}
	}
}

// Place puts the tile where it lies; a part of a larger tile shows its own crop
// of the one picture.
func (c *View) Place(s Spot) {
	if s.Rect != c.at.Rect || s.Whole != c.at.Whole {
		c.t.Conceal() // a plane does not move with the toolkit's objects
	}
	c.at, c.said = s, time.Time{}
	span := tile.Span{}
	if s.Whole != s.Rect {
		span = tile.Span{Whole: s.Whole.Size(), At: s.Rect.Min.Sub(s.Whole.Min), Lower: s.Lower}
	}
	c.t.SetSpan(span)
	c.step()
}

// step keeps the pictures of a camera in step with those of the computers that show
// the other parts of its tile: as late as theirs, and of the same stream.
func (c *View) step() {
	p, can := c.player.(Stepper)
	if !can {
		return
	}
	budget, stream := time.Duration(0), c.asked()
	if c.at.apart() {
		budget = media.StepBudget
		if def, known := c.Definition(); known && stream == "" {
			stream = describe(def).Fill(c.at.Pixels)
		}
	}
	if stream != c.stream {
		c.stream = stream
		c.player.SetStream(stream)
	}
	if budget != c.budget {
		c.budget = budget
		p.SetStep(budget)
	}
}

// Choose marks the tile as the one the keyboard acts on.
func (c *View) Choose(on bool) {
	c.chosen, c.said = on, time.Time{}
}

// Chosen reports whether the keyboard acts on the tile.
func (c *View) Chosen() bool { return c.chosen }

// Zoom is the part of the picture shown; SetZoom shows another.
func (c *View) Zoom() Zoom { return c.zoom }

// SetZoom shows another part of the picture, at once.
func (c *View) SetZoom(z Zoom) {
	if z != c.zoom {
		c.zoom, c.said = z, time.Time{}
		c.h.Poke()
	}
}

// Aside puts words beside the name, longest first.
func (c *View) Aside(alts []string) {
	if len(alts) != len(c.aside) || len(alts) > 0 && alts[0] != c.aside[0] {
		c.aside, c.said = alts, time.Time{}
	}
}

// Fresh reports whether the camera has a picture that may be shown.
func (c *View) Fresh() bool {
	if c.player == nil {
		return false
	}
	f, has := c.player.Frame()
	return has && !f.Empty() && c.player.Stats().Fresh()
}

// Update brings picture and words up to date.
func (c *View) Update(now time.Time) bool {
	def, known := c.Definition()
	if known && c.h.Cameras != nil {
		c.open(def)
	}
	if c.replay != nil {
		if _, over := c.replay.over(now); over {
			c.live()
		}
	}
	if c.hidden {
		return false // nothing is painted that nobody sees
	}
	if c.player == nil {
		if now.Sub(c.said) >= time.Second {
			c.said = now
			c.t.Update(c.absent(def, known, now))
		}
		return false
	}
	moving := c.picture(now)
	st := c.player.Stats()
	if now.Sub(c.said) >= c.due(st) || st.State != c.state || st.Reason != c.why {
		first := c.said.IsZero()
		c.said, c.state, c.why = now, st.State, st.Reason
		if first && !c.t.OnPlane() {
			c.said = now.Add(-c.stagger())
		}
		c.t.Update(c.words(def, st, now))
	}
	c.look()
	return moving
}

// live ends what is shown again.
func (c *View) live() {
	if c.replay != nil {
		c.replay.Close()
		c.replay, c.said = nil, time.Time{}
		c.h.Poke()
	}
}

// picture puts the newest picture on the tile and reports whether the toolkit
// has to paint it.
func (c *View) picture(now time.Time) bool {
	if c.replay != nil {
		f, has := c.replay.Frame()
		if has && f.Seq != c.shown && !c.hidden {
			c.shown = f.Seq
			c.t.SetFrame(f)
		}
		return c.replay.Playing() && !c.hidden
	}
	f, has := c.player.Frame()
	if has && !c.hidden && (f.Seq != c.t.Seq() || c.shown != 0) {
		c.shown = 0
		c.t.SetFrame(f)
	}
	return has && !c.hidden && !c.t.OnPlane() && now.Sub(f.Arrived) < time.Second
}

// look tells the player what is wanted of it now.
func (c *View) look() {
	want := c.t.PictureView()
	want.Layout = c.h.Layout
	live := want
	if c.hidden {
		live = media.View{}
	}
	if live != c.view {
		c.view = live
		c.player.SetView(live)
	}
	if c.replay != nil {
		c.replay.SetView(want)
	}
}

func (c *View) words(def world.Camera, st media.Stats, now time.Time) tile.CameraView {
	off := c.h.offset(now)
	v := tile.CameraView{
		Name: name(def), Stats: clocked(st, off), Main: mainStream(def), Told: c.told(), Now: now.Add(off), Cover: c.h.Cover(now, c.at.Tile),
		Whole: c.o.Whole, Quiet: c.o.Quiet || c.h.Quiet(), Chosen: c.chosen, Aside: c.aside, Zoom: c.zoom.Part(),
	}
	if c.replay != nil {
		v.Replay = c.replay.View(now)
	}
	return v
}

// stagger spreads the tiles' writing over the second, so that no single tick
// pays for all of it. Pictures on planes need no repaints, so there the words
// come together and cost one.
func (c *View) stagger() time.Duration {
	h := fnv.New32a()
	_, _ = h.Write([]byte(c.o.Camera))
	return time.Duration(h.Sum32()%10) * 80 * time.Millisecond
}

// due is how long the words on the tile stay right: an age in tenths of a
// second is brought up to date each second, a progress bar more often.
func (c *View) due(st media.Stats) time.Duration {
	switch {
	case c.replay != nil:
		return 200 * time.Millisecond
	case st.State == media.StateOpening:
		return 200 * time.Millisecond
	case st.State == media.StateLate:
		return 500 * time.Millisecond
	}
	return time.Second
}

// Definition is what the state knows of the camera.
func (c *View) Definition() (world.Camera, bool) {
	if c.h.State() == nil {
		return world.Camera{CameraDefined: world.CameraDefined{ID: c.o.Camera}}, false
	}
	cam, ok := c.h.State().Camera(c.o.Camera)
	if !ok {
		cam.ID = c.o.Camera
	}
	return cam, ok
}

// open makes the player, and tells it when the camera's streams are others.
func (c *View) open(def world.Camera) {
	key := fmt.Sprint(describe(def).Streams)
	if c.player != nil && key == c.streams {
		return
	}
	old := c.player
	c.player, c.streams, c.view = c.h.Cameras.Open(describe(def), c.h.Poke), key, media.View{}
	c.stream, c.budget = c.asked(), 0
	c.player.SetStream(c.stream)
	c.step()
	if c.ready {
		c.player.Preload(true)
	}
	if old != nil {
		old.Close()
	}
}

// asked is the stream that is asked for by name.
func (c *View) asked() string {
	if def, _ := c.Definition(); c.o.Stream == "" && slices.ContainsFunc(def.Streams, func(s world.CameraStream) bool { return s.Name == c.o.Prefer }) {
		return c.o.Prefer
	}
	return c.o.Stream
}

// describe is a camera as the deck knows it.
func describe(def world.Camera) media.Camera {
	out := media.Camera{ID: def.ID}
	for _, s := range def.Streams {
		out.Streams = append(out.Streams, media.Stream{Name: s.Name, Width: s.Width, Height: s.Height, FPS: s.FPS})
	}
	return out
}

func mainStream(def world.Camera) string {
	if len(def.Streams) == 0 {
		return ""
	}
	return def.Streams[0].Name
}

func name(def world.Camera) string {
	if def.Name != "" {
		return def.Name
	}
	return def.ID
}

// absent is the view of a camera without a player: not known here, or one this
// computer cannot play.
func (c *View) absent(def world.Camera, known bool, now time.Time) tile.CameraView {
	st := media.Stats{State: media.StateNoSignal, Since: now}
	if known && def.Health.Since != 0 {
		st.Since = def.Health.Since.Std().Add(-c.h.offset(now))
		if def.Health.State == world.CameraRefused {
			st.State = media.StateRefused
		}
	}
	v := c.words(def, st, now)
	switch {
	case c.h.State() == nil:
		v.Reason = c.h.Lang.T("wall.waiting")
	case c.o.Camera == "":
		v.Name, v.Reason = c.h.Lang.T("tour.empty"), c.h.Lang.T("tour.empty.next")
	case !known:
		v.Reason = c.h.Lang.T("camera.unknown", "id", c.o.Camera)
	default:
		v.Reason = c.h.Lang.T("camera.noplayer")
	}
	return v
}

// told is when a technician was told of this camera's trouble: an alert about
// it is open since then.
func (c *View) told() time.Time {
	for _, a := range c.h.Alerts() {
		if a.About == world.NewRef(world.KindCamera, c.o.Camera) {
			return a.Raised.Std()
		}
	}
	return time.Time{}
}
