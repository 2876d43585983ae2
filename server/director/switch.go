package director

import (
	"maps"
	"slices"
	"time"

	"iocwall/server/act"
	"iocwall/server/scene"
	"iocwall/server/world"
)

const (
	// deadline is how long a switch waits for computers that are not ready.
	deadline = 1500 * time.Millisecond
	// rescueWithin is the same where what a lost computer showed is to be seen again.
	rescueWithin = 1300 * time.Millisecond
	// lead is how far ahead the instant of a change lies, so that every computer
	// knows of it before it comes.
	lead = 150 * time.Millisecond
	// reportWithin is how long after the change computers may say how it went.
	reportWithin = 2 * time.Second
)

// change is a switch that is being prepared.
type change struct {
	gen      uint64
	by       *request // nil when nobody waits for it
	picture  picture
	ready    map[string]bool // of the computers that are waited for
	waited   int             // how many these were at first
	prepared world.Time
	deadline world.Time
	// node refused it, and why; empty while none did.
	node, reason string
	ending       bool // committed or refused, and on its way into the history
	late         []string
}

// report is what the computers said of a switch that was committed.
type report struct {
	gen      uint64
	prepared world.Time
	at       world.Time
	late     []string
	awaited  []string
	nodes    []world.NodeSwitch
	last     world.Time
}

// drivers returns the computers that are up and drive a screen of the wall, by
// name.
func drivers(st *world.State, w world.WallDefined) []string {
	var out []string
	for _, s := range w.Screens {
		if s.Node == "" || slices.Contains(out, s.Node) {
			continue
		}
		if n, ok := st.Node(s.Node); ok && n.Up {
			out = append(out, s.Node)
		}
	}
	slices.Sort(out)
	return out
}

// prepare begins a switch to a picture. Without a computer to wait for it is
// committed at once.
func (t *turn) prepare(p picture, by *request) {
	w := t.wall
	c := &change{
		gen: max(w.On.Generation, w.Next.Generation, w.Refused.Generation) + 1,
		by:  by, picture: p, ready: map[string]bool{}, prepared: t.now, deadline: t.now.Add(deadline),
	}
	if by == nil && slices.ContainsFunc(p.tiles, func(x world.Placed) bool { return x.Layer == world.LayerMoved && x.Since == t.now }) {
		c.deadline = t.now.Add(rescueWithin)
	}
	b := world.WallPrepared{
		Wall: w.ID, Generation: c.gen, Scene: p.scene, Version: p.version, By: p.by, Why: p.why,
		Tiles: p.tiles, Left: p.left, Deadline: c.deadline, Undo: by != nil && by.Undo,
	}
	for _, n := range drivers(t.st, w.WallDefined) {
		c.ready[n] = false
	}
	c.waited = len(c.ready)
	t.s.now = c
	t.say(b)
	switch {
	case p.over != nil:
		t.refuse("", p.over)
	case c.waited == 0:
		t.commit()
	}
}

// proceed goes on with the switch that is being prepared.
func (t *turn) proceed() {
	next := t.wall.Next
	if t.s.now == nil || t.s.now.gen != next.Generation {
		t.s.now = t.adopt(next)
	}
	c := t.s.now
	if c.ending || len(t.s.flight) > 0 {
		return
	}
	if c.node != "" {
		t.refuse(c.node, &world.Refusal{Text: c.reason})
		return
	}
	if tile := t.lockedAway(c.picture); tile != "" {
		// Who locked a tile a moment ago did not know that it was about to go.
		by := c.by
		c.by = nil
		t.refuse("", lockedMeanwhile(tile))
		if t.s.asked == nil {
			t.s.asked = by
		} else {
			by.end(Outcome{Err: world.Refuse("scene.meanwhile", "another scene was asked for meanwhile")})
		}
		return
	}
	up := drivers(t.st, t.wall.WallDefined)
	all := true
	for n, ready := range c.ready {
		if !slices.Contains(up, n) {
			delete(c.ready, n)
			continue
		}
		all = all && ready
	}
	if all || t.now >= c.deadline {
		t.commit()
		return
	}
	t.wakeAt(c.deadline)
}

// adopt takes over a switch that was begun before a restart.
func (t *turn) adopt(next world.Switch) *change {
	c := &change{gen: next.Generation, ready: map[string]bool{}, prepared: next.Deadline.Add(-deadline), deadline: next.Deadline}
	for _, n := range drivers(t.st, t.wall.WallDefined) {
		c.ready[n] = false
	}
	c.waited = len(c.ready)
	sc, found := t.st.Scene(next.Scene)
	c.picture = picture{scene: next.Scene, tiles: next.Tiles, left: next.Left, by: next.By, why: next.Why}
	p, _ := t.layout(choice{scene: next.Scene, by: next.By, why: next.Why}, sc.SceneSaved, found)
	maps.DeleteFunc(p.places, func(id, _ string) bool {
		return !slices.ContainsFunc(next.Tiles, func(x world.Placed) bool { return popupOf(x.ID) == id })
	})
	for _, x := range next.Tiles {
		for _, z := range sc.Zones { // where it is, whatever would be chosen now
			if x.Layer == world.LayerPopup && scene.RectOfZone(z).Holds(scene.RectOf(x.Tile)) {
				p.places[x.From] = z.ID
			}
		}
	}
	c.picture.places = p.places
	return c
}

// commit says when the wall changes, and which popups have a place then.
func (t *turn) commit() {
	c := t.s.now
	at := t.now
	if c.waited > 0 {
		at = at.Add(lead)
	}
	c.late = nil
	awaited := make([]string, 0, len(c.ready))
	for n, ready := range c.ready {
		awaited = append(awaited, n)
		if !ready {
			c.late = append(c.late, n)
		}
	}
	slices.Sort(awaited)
	slices.Sort(c.late)
	t.closeReport()
	t.place(c.picture.places)
	t.say(world.WallCommitted{Wall: t.wall.ID, Generation: c.gen, At: at, Late: c.late})
	if shown := t.wall.Shown; c.by != nil && shown.Scene == c.picture.scene {
		// The scene stays, but it is this person's choice now.
		t.sayAt(max(t.now, t.wall.Since+1), world.SceneShown{Wall: t.wall.ID, Scene: shown.Scene, By: c.by.By, Why: c.by.Why})
	}
	c.ending = true
	if len(awaited) > 0 {
		t.s.report = &report{gen: c.gen, prepared: c.prepared, at: at, late: c.late, awaited: awaited}
	}
}

// refuse ends the switch without a change.
func (t *turn) refuse(node string, why *world.Refusal) {
	b := world.WallRefused{Wall: t.wall.ID, Generation: t.s.now.gen, Node: node, Reason: why.Text, Code: why.Code}
	for _, key := range slices.Sorted(maps.Keys(why.Values)) {
		b.Values = append(b.Values, world.Param{Key: key, Value: why.Values[key]})
	}
	t.say(b)
	t.s.now.ending = true
}

// committed tells who asked that the wall changes.
func (d *Director) committed(b world.WallCommitted) {
	s := d.stage(b.Wall)
	if s == nil || s.now == nil || s.now.gen != b.Generation {
		return
	}
	c := s.now
	s.now = nil
	c.by.end(Outcome{Generation: b.Generation, Scene: c.picture.scene, At: b.At, Late: b.Late, Left: c.picture.left})
}

// turnedDown tells who asked that the wall stays as it is, and remembers what it
// cannot show.
func (d *Director) turnedDown(b world.WallRefused) {
	s := d.stage(b.Wall)
	if s == nil || s.now == nil || s.now.gen != b.Generation {
		return
	}
	c := s.now
	s.now = nil
	if b.Node != "" || c.picture.over != nil {
		c.picture.tiles = wanted(c.picture.tiles, c.picture.left)
		s.refuse(c.picture, c.deadline)
	}
	who := b.Node
	if who == "" {
		who = "the server"
	}
	d.o.Logger.Warn("a wall stays as it is: a switch was refused", "wall", b.Wall, "generation", b.Generation, "by", who, "reason", b.Reason)
	err := world.Refuse("wall.refused", "{who} refused: {why}", "who", who, "why", b.Reason)
	if over := c.picture.over; b.Node == "" && over != nil {
		err.Code, err.Values = over.Code, over.Values
	}
	c.by.end(Outcome{Generation: b.Generation, Scene: c.picture.scene, Err: err})
}

// Ready takes a wall computer's answer to what is being prepared. Answers to
// another generation, or of a computer that is not waited for, have no effect.
func (d *Director) Ready(now world.Time, st *world.State, node string, r act.ReportReady) []world.Observation {
	s := d.stage(r.Wall)
	if s == nil || s.now == nil || s.now.gen != r.Generation || s.now.ending {
		return nil
	}
	if _, waited := s.now.ready[node]; !waited {
		return nil
	}
	if r.Refused != "" {
		s.now.node, s.now.reason = node, r.Refused
	}
	s.now.ready[node] = true
	return d.settle(now, st)
}

// Switched takes a wall computer's word on when it changed.
func (d *Director) Switched(now world.Time, st *world.State, node string, r act.ReportSwitched) []world.Observation {
	s := d.stage(r.Wall)
	if s == nil || s.report == nil || s.report.gen != r.Generation {
		return nil
	}
	p := s.report
	if slices.ContainsFunc(p.nodes, func(n world.NodeSwitch) bool { return n.Node == node }) {
		return nil
	}
	p.nodes = append(p.nodes, world.NodeSwitch{Node: node, After: int64(r.At - p.at), Clock: r.Clock, Paint: r.Paint})
	p.last = max(p.last, r.At)
	return d.settle(now, st)
}

// gather says how the last switch went, once all computers have told or their
// time is over.
func (t *turn) gather() {
	p := t.s.report
	if p == nil {
		return
	}
	over := p.at.Add(reportWithin)
	if t.wall.On.Generation != p.gen {
		t.s.report = nil // another switch has overtaken it
		return
	}
	told := func(n string) bool {
		return slices.ContainsFunc(p.nodes, func(s world.NodeSwitch) bool { return s.Node == n })
	}
	all := !slices.ContainsFunc(p.awaited, func(n string) bool { return !told(n) })
	if !all && t.now < over {
		t.wakeAt(over)
		return
	}
	t.closeReport()
}

// closeReport says what is known of the last switch and forgets it.
func (t *turn) closeReport() {
	p := t.s.report
	t.s.report = nil
	if p == nil || len(p.nodes) == 0 || t.wall.On.Generation != p.gen {
		return
	}
	slices.SortFunc(p.nodes, func(a, b world.NodeSwitch) int {
		if a.Node < b.Node {
			return -1
		}
		return 1
	})
	b := world.WallSwitched{Wall: t.wall.ID, Generation: p.gen, Nodes: p.nodes, Took: int64(p.last - p.prepared)}
	var first, last int64
	n := 0
	for _, s := range p.nodes {
		if slices.Contains(p.late, s.Node) {
			continue
		}
		if n == 0 || s.After < first {
			first = s.After
		}
		if n == 0 || s.After > last {
			last = s.After
		}
		n++
	}
	b.Skew = last - first
	t.tell(b)
}
