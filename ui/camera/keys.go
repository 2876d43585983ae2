package camera

import (
	"strconv"

	"fyne.io/fyne/v2"
)

// Rune takes a letter or sign and reports whether it did anything with it.
func (m *Hands) Rune(r rune) bool {
	if m.v == nil {
		return false
	}
	switch r {
	case 's', 'S':
		m.Snapshot()
	case 'e', 'E':
		m.Evidence()
	case 'r', 'R':
		m.Again()
	case 'n', 'N':
		return m.Reconnect()
	case '+', '=':
		m.Enlarge(1)
	case '-', '_':
		m.Enlarge(-1)
	case '0':
		if !m.Enlarged() {
			return false
		}
		m.Whole()
	case ' ':
		return m.space()
	case '[', ']':
		return m.skip(map[rune]int{'[': -1, ']': 1}[r])
	case ',', '<':
		return m.faster(-1)
	case '.', '>':
		return m.faster(1)
	default:
		if r < '1' || r > '9' || !m.ptz() {
			return false
		}
		m.Preset(int(r - '0'))
	}
	return true
}

// space plays or pauses what is shown again, or a tour.
func (m *Hands) space() bool {
	switch {
	case m.v.replay != nil:
		m.v.replay.Toggle()
	case m.tour != nil:
		m.tour.Pause()
	default:
		return false
	}
	return true
}

// skip goes five seconds or, in a tour, one camera on.
func (m *Hands) skip(n int) bool {
	switch {
	case m.v.replay != nil:
		m.v.replay.Skip(n)
	case m.tour != nil:
		m.tour.Step(n)
	default:
		return false
	}
	return true
}

func (m *Hands) faster(n int) bool {
	if m.v.replay == nil {
		return false
	}
	m.v.replay.Faster(n)
	return true
}

// ways are the keys that turn a camera while they are held.
func way(k fyne.KeyName) (x, y int, w Way, ok bool) {
	switch k {
	case fyne.KeyLeft:
		return -1, 0, wayLeft, true
	case fyne.KeyRight:
		return 1, 0, wayRight, true
	case fyne.KeyUp:
		return 0, -1, wayUp, true
	case fyne.KeyDown:
		return 0, 1, wayDown, true
	case fyne.KeyPageUp:
		return 0, 0, wayNear, true
	case fyne.KeyPageDown:
		return 0, 0, wayFar, true
	}
	return 0, 0, Way{}, false
}

// Key takes a key that was pressed or repeats, and reports whether it did
// anything with it. Where the window tells when keys are let go (KeyUp), a
// camera turns until then; otherwise until the server ends the movement.
func (m *Hands) Key(k fyne.KeyName) bool {
	if m.v == nil {
		return false
	}
	if k == fyne.KeyEscape {
		was := m.v.replay != nil
		m.Live()
		return was
	}
	x, y, w, ok := way(k)
	if !ok {
		return false
	}
	defer func() { m.keyed = true }()
	if x == 0 && y == 0 { // nearer or farther
		m.Turn(w)
		return m.ptz()
	}
	return m.arrow(x, y, w)
}

// KeyUp takes a key that was let go.
func (m *Hands) KeyUp(k fyne.KeyName) {
	if _, _, _, ok := way(k); ok {
		m.Release()
	}
}

// Actions are what can be done now, in order.
func (m *Hands) Actions() []Action {
	if m.v == nil {
		return nil
	}
	l := m.h.Lang
	say := func(key, label string, do func()) Action {
		return Action{Key: key, Label: l.T(label), Do: do, Group: "keep"}
	}
	if r := m.v.replay; r != nil {
		play := say("Space", "replay.play", r.Toggle)
		if r.Playing() {
			play = say("Space", "replay.pause", r.Toggle)
		}
		return []Action{
			say("R", "replay.live", m.Live), play,
			say("[", "replay.rewind", func() { r.Skip(-1) }), say("]", "replay.forward", func() { r.Skip(1) }),
			say("←", "replay.step.back", func() { r.Step(-1) }), say("→", "replay.step", func() { r.Step(1) }),
			say("<", "replay.slower", func() { r.Faster(-1) }), say(">", "replay.faster", func() { r.Faster(1) }),
			say("S", "snapshot", m.Snapshot), say("E", "clip", m.Evidence),
		}
	}
	out := []Action{say("S", "snapshot", m.Snapshot), say("E", "clip", m.Evidence)}
	if def, _ := m.v.Definition(); def.Replay > 0 {
		out = append(out, say("R", "replay.again", m.Again))
	}
	if m.waits() {
		out = append(out, say("N", "camera.reconnect", func() { m.Reconnect() }))
	}
	zoom := func(key, label string, do func()) {
		out = append(out, Action{Key: key, Label: label, Do: do, Group: "zoom"})
	}
	zoom("+", l.T("zoom.in"), func() { m.Enlarge(1) })
	if m.Enlarged() {
		zoom("−", l.T("zoom.out"), func() { m.Enlarge(-1) })
		zoom("0", l.T("zoom.whole"), m.Whole)
	}
	if m.tour != nil {
		pause := Action{Key: "Space", Label: l.T("tour.pause"), Do: m.tour.Pause, Group: "tour", Chosen: m.tour.Paused()}
		if pause.Chosen {
			pause.Label = l.T("tour.go")
		}
		out = append(out, pause, Action{Key: "]", Label: l.T("tour.next"), Do: func() { m.tour.Step(1) }, Group: "tour"})
	}
	return append(out, m.ways()...)
}

// ways are the buttons that turn the camera, and its presets.
func (m *Hands) ways() []Action {
	if !m.ptz() {
		return nil
	}
	l := m.h.Lang
	var out []Action
	for _, w := range []struct {
		key, label string
		way        Way
	}{
		{"←", "ptz.left", wayLeft},
		{"→", "ptz.right", wayRight},
		{"↑", "ptz.up", wayUp},
		{"↓", "ptz.down", wayDown},
		{"PgUp", "ptz.near", wayNear},
		{"PgDn", "ptz.far", wayFar},
	} {
		out = append(out, Action{Key: w.key, Label: l.T(w.label), Hold: func() { m.Turn(w.way) }, Release: m.Release, Group: "ptz"})
	}
	def, _ := m.v.Definition()
	for i, p := range def.Presets[:min(9, len(def.Presets))] {
		out = append(out, Action{
			Key: strconv.Itoa(i + 1), Label: p, Do: func() { m.Preset(i + 1) }, Group: "preset", Chosen: def.Preset == p,
		})
	}
	return out
}
