package camera

import (
	"context"
	"fmt"
	"image"
	"strconv"
	"time"

	"iocwall/media"
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/paint"
)

const (
	// before and after are what evidence holds around the moment of asking.
	before, after = 30 * time.Second, 10 * time.Second
	// answerLimit is how long a command may be without an answer unsaid.
	answerLimit = 10 * time.Second
)

// Action is something that can be done with the camera in hand, as a button or
// by its key.
type Action struct {
	// Key is the key printed on the button.
	Key, Label string
	// Do is done by a press; Hold and Release, when set, instead while it lasts.
	Do            func()
	Hold, Release func()
	// Chosen marks what is on.
	Chosen bool
	// Group parts the buttons: those of one group stand together.
	Group string
}

// Hands are a person's hands on one camera at a time.
type Hands struct {
	h    *Host
	kit  *paint.Kit
	v    *View
	tour interface {
		Pause()
		Step(int)
		Paused() bool
	}

	turn   turning
	keyed  bool      // the movement is held by a key
	sent   []command // commands whose answer is awaited
	clip   string    // id of the evidence asked for
	number int
	words  string // what came of the last act
	until  time.Time
}

// command is one on its way.
type command struct {
	id, key string
	sent    time.Time
}

// saidFor is how long the outcome of an act stands.
const saidFor = 20 * time.Second

// NewHands returns hands that hold nothing.
func NewHands(h *Host, kit *paint.Kit) *Hands { return &Hands{h: h, kit: kit} }

// Take takes a tile's camera in hand, or lets go of all with nil. A movement of
// another camera ends; a tour can be paused while it is in hand.
func (m *Hands) Take(v *View, t Tile) {
	m.tour = nil
	if x, ok := t.(interface {
		Pause()
		Step(int)
		Paused() bool
	}); ok {
		m.tour = x
	}
	if v == m.v {
		return
	}
	m.send(m.turn.release())
	m.v = v
}

// View is the camera in hand, nil without one.
func (m *Hands) View() *View { return m.v }

// Said is what came of the last act, empty when there is nothing to say.
func (m *Hands) Said() string { return m.words }

func (m *Hands) say(now time.Time, s string) {
	m.words, m.until = s, now.Add(saidFor)
	m.h.Poke()
}

// Update lets what is held go on, and says what became of what was asked.
func (m *Hands) Update(now time.Time) {
	m.send(m.turn.renew(now))
	m.settle(now)
	m.follow(now)
	if m.words != "" && now.After(m.until) && m.clip == "" {
		m.words = ""
	}
}

// send sends commands that move a camera.
func (m *Hands) send(cs []act.ControlCamera) {
	for _, c := range cs {
		m.command("ptz", "ptz.refused", c)
	}
}

// command sends a command and remembers to look for its answer, whose refusal
// is said by key.
func (m *Hands) command(what, key string, a act.Act) {
	now := m.h.Now()
	m.number++
	id := fmt.Sprintf("%s-%d-%d", what, now.UnixMilli(), m.number)
	if err := m.h.Send(act.Command{ID: id, Act: a}); err != nil {
		no := world.Refused(id, err)
		m.say(now, m.h.Lang.T(key, "reason", m.h.Lang.Reason(no.Code, no.Reason)))
		return
	}
	m.sent = append(m.sent, command{id: id, key: key, sent: now})
}

// settle says which commands were refused or had no answer.
func (m *Hands) settle(now time.Time) {
	kept := m.sent[:0]
	for _, c := range m.sent {
		r, answered := m.h.Receipt(c.id)
		switch {
		case answered && r.OK:
		case answered:
			m.turn = turning{} // what is refused is not asked for again
			m.say(now, m.h.Lang.T(c.key, "reason", r.Reason))
			if c.key == "clip.refused" {
				m.clip = ""
			}
		case now.Sub(c.sent) > answerLimit:
			m.say(now, m.h.Lang.T(c.key, "reason", m.h.Lang.T("answer.none", "age", m.h.Lang.Age(answerLimit))))
		default:
			kept = append(kept, c)
		}
	}
	m.sent = kept
}

// Wheel zooms by notches of the mouse's wheel around a point of the tile.
func (m *Hands) Wheel(v *View, at image.Point, notches float64) {
	u, w, ok := v.t.PictureAt(at)
	if !ok {
		return
	}
	f := zoomStep
	if notches < 0 {
		f = 1 / zoomStep
	}
	v.SetZoom(v.zoom.By(f, u, w))
}

// Drag moves the part shown with the mouse, by pixels of the tile.
func (m *Hands) Drag(v *View, by image.Point) {
	if full := v.t.PictureFull(); full.X > 0 && full.Y > 0 {
		v.SetZoom(v.zoom.Pan(-float64(by.X)/float64(full.X), -float64(by.Y)/float64(full.Y)))
	}
}

// Enlarge zooms in the middle of the picture, by steps; Whole shows all of it.
func (m *Hands) Enlarge(steps int) {
	if m.v == nil {
		return
	}
	f := zoomStep * zoomStep
	if steps < 0 {
		f = 1 / f
	}
	m.v.SetZoom(m.v.zoom.By(f, 0.5, 0.5))
}

// Enlarged reports whether a part of the picture is shown only.
func (m *Hands) Enlarged() bool { return m.v != nil && m.v.zoom.Factor() > 1 }

// Whole shows the whole picture again.
func (m *Hands) Whole() {
	if m.v != nil {
		m.v.SetZoom(Zoom{})
	}
}

// arrow moves the part shown where the picture is enlarged, and turns the camera
// otherwise. It reports whether it did either.
func (m *Hands) arrow(x, y int, w Way) bool {
	switch {
	case m.v == nil:
		return false
	case m.v.replay != nil && m.v.zoom.Factor() == 1:
		if x != 0 {
			m.v.replay.Step(x)
		}
		return x != 0
	case m.v.zoom.Factor() > 1:
		m.v.SetZoom(m.v.zoom.Pan(0.2*float64(x), 0.2*float64(y)))
		return true
	case m.ptz():
		m.Turn(w)
		return true
	}
	return false
}

// ptz reports whether the camera in hand can be turned.
func (m *Hands) ptz() bool {
	if m.v == nil || m.v.replay != nil {
		return false
	}
	def, ok := m.v.Definition()
	return ok && def.PTZ
}

// Turn turns the camera in hand until Release.
func (m *Hands) Turn(w Way) {
	m.keyed = false
	if m.ptz() {
		m.send(m.turn.hold(m.v.Camera(), w, m.h.Now()))
	}
}

// Unheard ends a movement that is held by a key: something else has the keyboard,
// and nobody would tell that the key was let go.
func (m *Hands) Unheard() {
	if m.keyed {
		m.Release()
	}
}

// Release ends a movement that is held.
func (m *Hands) Release() { m.send(m.turn.release()) }

// Preset sends the camera in hand to the n-th of its presets, from 1.
func (m *Hands) Preset(n int) {
	if !m.ptz() {
		return
	}
	if def, _ := m.v.Definition(); n >= 1 && n <= len(def.Presets) {
		p := def.Presets[n-1]
		m.command("ptz", "ptz.refused", act.ControlCamera{Camera: def.ID, Preset: p})
		m.say(m.h.Now(), m.h.Lang.T("ptz.preset", "name", p))
	}
}

// Holder says who turned the camera in hand a moment ago.
func (m *Hands) Holder(now time.Time) string {
	if m.v == nil {
		return ""
	}
	def, ok := m.v.Definition()
	if !ok || def.Turned == 0 || m.h.ServerTime(now).Sub(def.Turned.Std()) > holderFor || def.Turner == "" {
		return ""
	}
	return m.h.Lang.T("ptz.holder", "who", def.Turner)
}

// Snapshot keeps the picture in hand as a file, in full size with a caption.
func (m *Hands) Snapshot() {
	if m.v == nil {
		return
	}
	def, known := m.v.Definition()
	if !known || m.v.player == nil {
		m.say(m.h.Now(), m.h.Lang.T("snapshot.failed", "reason", m.h.Lang.T("camera.nopicture")))
		return
	}
	h, st, past := m.h, m.v.player.Stats(), m.v.replay
	off := h.offset(h.Now())
	m.say(h.Now(), h.Lang.T("snapshot.taking"))
	h.Start(func(ctx context.Context) {
		path, err := keep(ctx, h, m.kit, def, st, off, past)
		h.Do(func() {
			switch {
			case ctx.Err() != nil:
			case err != nil:
				h.Log.Error("snapshot failed", "camera", def.ID, "error", err)
				m.say(h.Now(), h.Lang.T("snapshot.failed", "reason", h.why(err)))
			default:
				m.say(h.Now(), h.Lang.T("snapshot.saved", "path", path))
			}
		})
	})
}

// Evidence asks the server to keep the pictures around now, or around the moment
// shown again.
func (m *Hands) Evidence() {
	if m.v == nil {
		return
	}
	now := m.h.Now()
	at := m.h.ServerTime(now)
	if r := m.v.replay; r != nil && !r.At().IsZero() {
		at = r.At()
	}
	m.number++
	m.clip = fmt.Sprintf("clip-%d-%d", now.UnixMilli(), m.number)
	m.say(now, m.h.Lang.T("clip.asking"))
	m.command("clip", "clip.refused", act.SaveClip{
		ID: m.clip, Camera: m.v.Camera(), Alert: m.alertOf(),
		From: world.TimeOf(at.Add(-before)), To: world.TimeOf(at.Add(after)),
	})
}

// alertOf is the open alert about the camera in hand, empty when there is none.
func (m *Hands) alertOf() string {
	for _, a := range m.h.Alerts() {
		if a.About == world.NewRef(world.KindCamera, m.v.Camera()) {
			return a.ID
		}
	}
	return ""
}

// follow says what became of the evidence asked for last.
func (m *Hands) follow(now time.Time) {
	s := m.h.State()
	if m.clip == "" || s == nil {
		return
	}
	c, ok := s.Clip(m.clip)
	l := m.h.Lang
	switch {
	case !ok:
		return
	case c.Ready():
		sum := c.Saved.SHA256
		text := l.T("clip.saved", "seconds", strconv.Itoa(int(c.Saved.To.Std().Sub(c.Saved.From.Std()).Round(time.Second)/time.Second)), "sha", sum[:min(12, len(sum))])
		if c.Saved.Missing > 0 {
			text += " · " + l.T("clip.missing", "n", l.Age(time.Duration(c.Saved.Missing)*time.Millisecond))
		}
		m.clip = ""
		m.say(now, text)
	case c.Why != "":
		m.clip = ""
		wrong := c.Failure()
		m.say(now, l.T("clip.failed", "reason", l.Reason(wrong.Code, wrong.Text)))
	default:
		m.words, m.until = l.T("clip.asked", "time", l.ClockSeconds(c.To.Std())), now.Add(saidFor)
	}
}

// Again shows what was a moment ago, or goes back to live.
func (m *Hands) Again() {
	switch def, known := m.definition(); {
	case m.v == nil:
	case m.v.replay != nil:
		m.Live()
	case !known || m.h.Replay == nil || m.h.Decoder == nil || def.Replay <= 0:
		m.say(m.h.Now(), m.h.Lang.T("replay.none"))
	default:
		now := m.h.ServerTime(m.h.Now())
		streams := []string{mainStream(def)}
		if m.v.player != nil {
			if s := m.v.player.Stats().Stream; s != "" && s != streams[0] {
				streams = append(streams, s)
			}
		}
		m.v.replay = openReplay(m.h, def.ID, streams, now.Add(-time.Duration(def.Replay)*time.Second), now)
		m.v.replay.SetView(m.v.view)
		m.v.replay.Hide(m.v.hidden)
		m.v.said = time.Time{}
		m.h.Poke()
	}
}

// waits reports whether the camera in hand was refused, or is to be tried again only
// later.
func (m *Hands) waits() bool {
	if m.v == nil || m.v.player == nil || m.v.replay != nil {
		return false
	}
	st := m.v.player.Stats()
	return st.State == media.StateRefused || !st.NextTry.IsZero() && !st.Fresh()
}

// Reconnect tries the camera in hand at once, where that would be later or not at
// all, and reports whether it did.
func (m *Hands) Reconnect() bool {
	if !m.waits() {
		return false
	}
	m.v.player.Retry()
	m.v.said = time.Time{}
	def, _ := m.v.Definition()
	m.say(m.h.Now(), m.h.Lang.T("camera.reconnect.asked", "name", name(def)))
	return true
}

func (m *Hands) definition() (world.Camera, bool) {
	if m.v == nil {
		return world.Camera{}, false
	}
	return m.v.Definition()
}

// Live ends what is shown again.
func (m *Hands) Live() {
	if m.v != nil {
		m.v.live()
	}
}
