package ui

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"iocwall/server/act"
	"iocwall/server/world"
	wallboard "iocwall/ui/board"
	"iocwall/ui/stage"
	"iocwall/ui/why"
)

const (
	// sealLimit is how long a change waits to be painted before it is reported
	// without that.
	sealLimit = 500 * time.Millisecond
	// newsLimit is how old a change may be and still be reported: a computer that
	// comes back after a while shows what is on, and that is no news.
	newsLimit = 10 * time.Second
	// reportPrefix begins the ids of what a computer of the wall tells the server;
	// nobody waits for their receipts.
	reportPrefix = "node-"
)

// glass is what the windows show of the wall, and what they are about to.
type glass struct {
	stage stage.Stage
	// wall is the geometry that was laid out last.
	wall world.WallDefined
	// waiting is what the windows say in its place while there is no data.
	waiting string
	// placed are the tiles on the glass by their id.
	placed map[string]world.Placed
	// change is one that waits to be painted.
	change *change
	sent   int
}

// change is a change of the glass on its way to the display.
type change struct {
	act.ReportSwitched
	began time.Time
	was   uint64 // the generation that is seen until it is painted
}

// follow brings the glass in line with the wall: it opens what comes, changes when
// the instant is there, and tells the server.
func (u *UI) follow(now time.Time, moved, monitors bool) (changed bool) {
	g := &u.glass
	was := g.stage.Shown().Generation
	var turn stage.Turn
	at := world.TimeOf(u.model.serverTime(now))
	if why := u.missing(); why != g.waiting {
		g.waiting, changed = why, true
	}
	if next := g.stage.Next(); moved || next != 0 && (at >= next || next-at > stage.Far) {
		w, sc, has, hasScene := u.model.wall(u.o.Wall)
		if has {
			turn = g.stage.Follow(u.model.position().Epoch, w, sceneOf(sc, hasScene), at)
		} else if g.stage.Next() != 0 || g.stage.Shown().There {
			g.stage, turn.Change = stage.Stage{}, true // the wall is gone
		}
		if !reflect.DeepEqual(w.WallDefined, g.wall) {
			g.wall, changed = w.WallDefined, true
		}
	}
	changed = changed || turn.Change || monitors
	if turn.Change {
		g.take()
	}
	switch {
	case changed:
		u.face.arrange(monitors)
	case turn.Prepare:
		u.face.prepare()
	}
	if turn.Change {
		u.begin(now, was)
	}
	u.report(now)
	u.wakeAt(now)
	return changed
}

func sceneOf(sc world.Scene, has bool) *world.Scene {
	if !has {
		return nil
	}
	return &sc
}

// missing is why there is no data yet, empty once there is.
func (u *UI) missing() string {
	if u.model.state != nil {
		return ""
	}
	return u.waitingFor()
}

// take makes the tiles of what is shown findable.
func (g *glass) take() {
	g.placed = map[string]world.Placed{}
	for _, p := range g.stage.Shown().Tiles {
		g.placed[p.ID] = p
	}
}

// begin remembers a change of a computer of the wall until it is painted.
func (u *UI) begin(now time.Time, was uint64) {
	s := u.glass.stage.Shown()
	at := u.model.serverTime(now)
	if u.o.Mode != Node || s.Generation == 0 || at.Sub(s.At.Std()) > newsLimit || !u.model.link.Up || !u.drives(s.Wall) {
		return
	}
	u.glass.change = &change{act.ReportSwitched{Wall: s.Wall, Generation: s.Generation, At: world.TimeOf(at), Clock: u.model.link.Error}, now, was}
	for _, x := range u.face.surfaces() {
		x.seal.lay()
	}
}

// report tells the server that this computer is ready, and that it has changed.
func (u *UI) report(now time.Time) {
	g := &u.glass
	switch c := g.stage.Coming(); {
	case !c.There:
	case u.o.Mode != Node || !u.drives(c.Wall):
		g.stage.Abstain()
	case g.stage.Ready(u.ready(now), world.TimeOf(u.model.serverTime(now))):
		u.tell("ready", act.ReportReady{Wall: c.Wall, Generation: c.Generation})
	}
	c := g.change
	if c == nil {
		return
	}
	painted := c.began
	for _, x := range u.face.surfaces() {
		if x.seal.painted.Before(c.began) && now.Sub(c.began) < sealLimit {
			return
		}
		if x.seal.painted.After(painted) {
			painted = x.seal.painted
		}
	}
	c.Paint = painted.Sub(c.began).Milliseconds()
	g.change = nil
	u.tell("switched", c.ReportSwitched)
}

// ready reports whether all windows have what comes.
func (u *UI) ready(now time.Time) bool {
	for _, s := range u.face.surfaces() {
		if !s.ready(now) {
			return false
		}
	}
	return true
}

// drives reports whether this computer drives a screen of a wall: only then does
// the server wait for it.
func (u *UI) drives(wall string) bool {
	if u.model.state == nil {
		return false
	}
	w, _ := u.model.state.Wall(wall)
	for _, s := range w.Screens {
		if s.Node == u.o.Name {
			return true
		}
	}
	return false
}

// tell sends the server this computer's word.
func (u *UI) tell(what string, a act.Act) {
	u.glass.sent++
	id := fmt.Sprintf("%s%s-%d-%d", reportPrefix, what, u.o.Now().UnixMilli(), u.glass.sent)
	if err := u.o.Feed.Send(act.Command{ID: id, Act: a}); err != nil {
		u.log.Error("report not sent", "what", what, "error", err)
	}
}

// answered takes the receipt of a report, which nobody waits for; it tells whether
// it was one. Any other says why something was refused in the person's language.
func (u *UI) answered(r *world.Receipt) bool {
	if !strings.HasPrefix(r.ID, reportPrefix) {
		r.Reason = why.Words(u.lang, r.Code, u.named(r.Values), r.Reason)
		return false
	}
	if !r.OK {
		u.log.Warn("the server refused a report", "id", r.ID, "reason", r.Reason)
	}
	return true
}

// named are the values of a refusal with names in the place of ids.
func (u *UI) named(values map[string]string) map[string]string {
	st := u.model.state
	return why.Named(st, values, func(t world.Tile) string { return wallboard.Name(u.lang, st, t) })
}

// wakeAt asks for a tick at the instant something is due. What is due already has had
// its tick.
func (u *UI) wakeAt(now time.Time) {
	next := u.glass.stage.Next()
	if next <= world.TimeOf(u.model.serverTime(now)) {
		u.due.Store(0)
		return
	}
	local := next.Std().Add(-time.Duration(u.model.link.Offset) * time.Millisecond)
	if u.due.Swap(local.UnixNano()) != local.UnixNano() {
		u.poke()
	}
}
