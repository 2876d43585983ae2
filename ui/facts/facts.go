// Package facts fills the tiles that only follow data: figures, alerts, the clock,
// notes, what technicians test a wall with. It knows the client's copy of the state
// and no window; all of it belongs to the toolkit's goroutine.
package facts

import (
	"image"
	"strconv"
	"time"

	"iocwall/server/world"
	"iocwall/ui/tile"
	"iocwall/ui/tile/alert"
	"iocwall/ui/tile/testcard"
	"iocwall/ui/words"
)

// Host is what facts ask of the client that shows them.
type Host struct {
	Lang *words.Lang
	// State is the copy of the state, nil before the first data; Alerts are the
	// open ones, most urgent first.
	State  func() *world.State
	Alerts func() []world.Alert
	// Wall is the wall shown and the scene on it.
	Wall func() (w world.Wall, sc world.Scene, has, hasScene bool)
	// Placed says how a tile came on the wall, false for one that is not there.
	Placed func(tile string) (world.Placed, bool)
	// Silence is how old the server's newest word is.
	Silence func(now time.Time) time.Duration
	// Offset is the server's clock less this computer's.
	Offset func() time.Duration
	// Cover is what lies over a tile.
	Cover func(now time.Time, tile string) tile.Cover
}

func (h *Host) serverTime(now time.Time) time.Time { return now.Add(h.Offset()) }

// Spot is where a tile lies in its window, in device pixels.
type Spot struct {
	// Rect is the visible part, Whole where the entire tile would lie.
	Rect, Whole image.Rectangle
	// Column of Columns: the tile spans several screens.
	Column, Columns int
}

// Fact is a tile that follows data.
type Fact struct {
	t      tile.Tile
	at     Spot
	draw   func(now time.Time, at Spot)
	health func(now time.Time) tile.Health
	off    bool
	fresh  bool // it was placed since it was last drawn
}

// New returns a tile of a kind, false for kinds that are not facts.
func New(h *Host, env *tile.Env, p world.Tile) (*Fact, bool) {
	switch p.Kind {
	case "figure":
		return h.figure(env, p), true
	case "alerts":
		return h.alerts(env, p), true
	case "alert":
		return h.alert(env, p), true
	case "note":
		return h.note(env, p), true
	case "clock":
		return h.clock(env, p), true
	case "line":
		return h.line(env), true
	case "pattern":
		return h.pattern(env, p), true
	case "identify":
		return h.identify(env, p), true
	}
	return nil, false
}

// Message returns a tile that says one thing for as long as it is there.
func Message(env *tile.Env, v tile.MessageView) *Fact {
	t := tile.NewMessage(env)
	return &Fact{t: t, draw: func(time.Time, Spot) { t.Update(v) }, health: live}
}

// Broken returns the tile that stands in the place of one that failed.
func Broken(env *tile.Env) *Fact {
	f := Message(env, tile.MessageView{Icon: "offline", Title: env.Lang.T("tile.broken"), Next: env.Lang.T("tile.broken.next")})
	f.health = func(time.Time) tile.Health {
		return tile.Health{State: tile.Broken, Reason: env.Lang.T("tile.broken")}
	}
	return f
}

// Unknown returns the tile of a kind that this program does not know.
func Unknown(env *tile.Env, kind string) *Fact {
	what := env.Lang.T("tile.unknown", "kind", kind)
	f := Message(env, tile.MessageView{Icon: "nodata", Title: what})
	f.health = func(time.Time) tile.Health { return tile.Health{State: tile.Broken, Reason: what} }
	return f
}

func live(time.Time) tile.Health { return tile.Health{State: tile.Live} }

// Object is the tile's widget.
func (f *Fact) Object() tile.Tile { return f.t }

// Place tells the tile's place before it is first updated and on each change.
func (f *Fact) Place(s Spot) { f.at, f.fresh = s, true }

// Hide stops what nobody sees.
func (f *Fact) Hide(off bool) { f.off, f.fresh = off, true }

// Close ends the tile.
func (f *Fact) Close() {}

// Update brings the tile up to date; data says that the state may have changed.
func (f *Fact) Update(now time.Time, data bool) {
	if !f.off && (data || f.fresh) {
		f.fresh = false
		f.draw(now, f.at)
	}
}

// Health says how fresh the tile is.
func (f *Fact) Health(now time.Time) tile.Health { return f.health(now) }

// byData is the health of what is as fresh as the server's word.
func (h *Host) byData(id string) func(now time.Time) tile.Health {
	return func(now time.Time) tile.Health {
		if c := h.Cover(now, id); c.Away > 0 {
			return tile.Health{State: tile.Old, Since: h.serverTime(now).Add(-c.Away)}
		}
		return tile.Health{State: tile.Live}
	}
}

func (h *Host) figure(env *tile.Env, p world.Tile) *Fact {
	t := tile.NewFigure(env)
	id := param(p, "figure", "id")
	return &Fact{t: t, draw: func(now time.Time, _ Spot) {
		v := tile.FigureView{Now: now, Cover: h.Cover(now, p.ID), Loading: h.State() == nil}
		var ok bool
		if h.State() != nil {
			v.Figure, ok = h.State().Figure(id)
		}
		if !ok {
			v.Missing = true
			v.Figure.ID = id
		}
		t.Update(v)
	}, health: func(time.Time) tile.Health { return t.Health() }}
}

// param returns the first of the parameters that is set.
func param(t world.Tile, keys ...string) string {
	for _, k := range keys {
		if v := t.Param(k); v != "" {
			return v
		}
	}
	return ""
}

func (h *Host) alerts(env *tile.Env, p world.Tile) *Fact {
	t := tile.NewAlerts(env)
	area := p.Param("area")
	return &Fact{t: t, draw: func(now time.Time, _ Spot) {
		v := tile.AlertsView{Now: now, Heard: h.Silence(now), Cover: h.Cover(now, p.ID)}
		for _, a := range h.Alerts() {
			if area == "" || h.State().Within(a.Area, area) {
				v.Alerts = append(v.Alerts, a)
			}
		}
		t.Update(v)
	}, health: h.byData(p.ID)}
}

func (h *Host) alert(env *tile.Env, p world.Tile) *Fact {
	t := alert.New(env)
	id := param(p, "alert", "id")
	return &Fact{t: t, draw: func(now time.Time, _ Spot) {
		v := alert.View{Now: h.serverTime(now), Heard: h.Silence(now), Cover: h.Cover(now, p.ID)}
		if s := h.State(); s != nil {
			v.Alert, v.Known = s.Alert(id)
			v.Place = h.place(v.Alert)
		}
		t.Update(v)
	}, health: func(now time.Time) tile.Health {
		if s := h.State(); s != nil {
			if _, known := s.Alert(id); !known {
				return tile.Health{State: tile.Broken, Reason: h.Lang.T("alert.gone")}
			}
		}
		return h.byData(p.ID)(now)
	}}
}

// place says where an alert is: what it is about and its area, by their names, or
// its position.
func (h *Host) place(a world.Alert) string {
	s, out := h.State(), ""
	if e, ok := s.Entity(a.About); ok {
		switch x := e.(type) {
		case world.Station:
			out = x.Name
		case world.Camera:
			out = x.Name
		case world.Vessel:
			out = x.Name.Name
		}
	}
	if area, ok := s.Area(a.Area); ok && area.Name != out {
		if out != "" {
			out += ", "
		}
		out += area.Name
	}
	if out == "" && a.Placed {
		out = h.Lang.Position(a.Pos[1], a.Pos[0])
	}
	return out
}

func (h *Host) note(env *tile.Env, p world.Tile) *Fact {
	t := alert.NewNote(env)
	return &Fact{t: t, draw: func(now time.Time, _ Spot) {
		v := alert.NoteView{Title: p.Param("title"), Text: p.Param("text"), Now: h.serverTime(now), Cover: h.Cover(now, p.ID)}
		if at, ok := h.Placed(p.ID); ok {
			v.By = at.By
			if _, back := world.CameBack(at.Why); v.By == "" && !back {
				v.By = at.Why
			}
			if at.Since != 0 {
				v.Since = at.Since.Std()
			}
		}
		t.Update(v)
	}, health: h.byData(p.ID)}
}

func (h *Host) clock(env *tile.Env, p world.Tile) *Fact {
	t := tile.NewClock(env)
	return &Fact{t: t, draw: func(now time.Time, _ Spot) {
		v := tile.ClockView{Now: h.serverTime(now), Offset: h.Offset(), Cover: h.Cover(now, p.ID)}
		if v.Cover.Away > 0 {
			v.Now = now
		}
		t.Update(v)
	}, health: live}
}

func (h *Host) line(env *tile.Env) *Fact {
	t := alert.NewLine(env)
	return &Fact{t: t, draw: func(now time.Time, at Spot) { t.Update(h.LineView(now, at.Column, at.Columns)) }, health: h.byData("")}
}

// LineView is what the alert line says on one of its columns.
func (h *Host) LineView(now time.Time, column, columns int) alert.LineView {
	c := h.Cover(now, "")
	v := alert.LineView{
		Now: h.serverTime(now), Alerts: h.Alerts(), Heard: h.Silence(now), Away: c.Away, AsOf: c.AsOf,
		Column: column, Columns: columns,
	}
	w, sc, has, hasScene := h.Wall()
	if !has {
		return v
	}
	v.All = len(w.Screens)
	v.Screens, v.Counted = h.count(w)
	if hasScene {
		v.Scene, v.SceneSince = sc.Name, w.Since.Std()
	}
	return v
}

// count says how many screens of a wall have their computer, once any computer has
// said that it is there.
func (h *Host) count(w world.Wall) (n int, counted bool) {
	for _, s := range w.Screens {
		node, ok := h.State().Node(s.Node)
		if counted = counted || ok; ok && node.Up {
			n++
		}
	}
	return n, counted
}

func (h *Host) pattern(env *tile.Env, p world.Tile) *Fact {
	t := testcard.NewPattern(env)
	return &Fact{t: t, draw: func(_ time.Time, at Spot) {
		w, _, _, _ := h.Wall()
		t.Update(testcard.PatternView{Wall: w.WallDefined, X: p.X, Y: p.Y, W: p.W, H: p.H, Whole: at.Whole, Rect: at.Rect})
	}, health: live}
}

func (h *Host) identify(env *tile.Env, p world.Tile) *Fact {
	t := testcard.NewIdentify(env)
	return &Fact{t: t, draw: func(_ time.Time, at Spot) {
		is := testcard.Screen{Node: p.Param("node"), Output: p.Param("output"), PxW: at.Whole.Dx(), PxH: at.Whole.Dy()}
		w, _, _, _ := h.Wall()
		for _, s := range w.Screens {
			if id := p.Param("screen"); id != "" && id == strconv.Itoa(s.ID) {
				is.ID, is.PxW, is.PxH, is.W, is.H, is.Spare = s.ID, s.PxW, s.PxH, s.W, s.H, s.Spare
			}
		}
		t.Update(is)
	}, health: live}
}
