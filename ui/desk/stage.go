package desk

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2/widget"

	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/paint"
	"iocwall/ui/why"
	"iocwall/ui/words"
)

// sayFor is how long the desk says what came of something asked of the wall.
const sayFor = 10 * time.Second

// wish is something asked of the wall, until its answer was read.
type wish struct {
	id, what string
	done     string // what is said once it is done, empty for the usual words
	sent     time.Time
	err      string
	undo     act.Act       // what takes it back, nil for nothing
	show     act.ShowScene // that it was, zero for another act
	noted    bool          // that it was done
}

// Pick chooses the tile of the wall that keys and buttons are about; empty for none.
func (d *Desk) Pick(tile string) {
	d.picked = tile
	if !d.now.IsZero() {
		d.Refresh(d.m.Now())
	}
}

// Picked is the tile of the wall that keys and buttons are about.
func (d *Desk) Picked() string { return d.picked }

// placed returns how the picked tile came on the wall.
func (d *Desk) placed() (world.Placed, bool) {
	w, _, has, _ := d.m.Wall()
	i := slices.IndexFunc(w.On.Tiles, func(p world.Placed) bool { return p.ID == d.picked })
	if !has || i < 0 {
		return world.Placed{}, false
	}
	return w.On.Tiles[i], true
}

// Undo asks for the scene before.
func (d *Desk) Undo() {
	if w, _, has, _ := d.m.Wall(); has {
		d.wish("stage.undo", act.UndoScene{Wall: w.ID})
		d.wished.done = d.backed(w)
	}
}

// Before is the name of the scene that was on the wall before, empty for none.
func (d *Desk) Before() string {
	w, _, has, _ := d.m.Wall()
	if !has || d.m.State() == nil {
		return ""
	}
	for _, b := range slices.Backward(w.Before) {
		if sc, ok := d.m.State().Scene(b.Scene); ok && b.Scene != w.Shown.Scene {
			return sc.Name
		}
	}
	return ""
}

// backed says which change of scene was undone, and to which scene; empty where that
// is not known.
func (d *Desk) backed(w world.Wall) string {
	sc, ok := d.m.State().Scene(w.Shown.Scene)
	before := d.Before()
	if !ok || before == "" {
		return ""
	}
	return d.env.Lang.T("stage.undone.scene", "scene", sc.Name, "before", before)
}

// Lock asks to keep the picked tile, or to let it go.
func (d *Desk) Lock() {
	w, _, has, _ := d.m.Wall()
	p, on := d.placed()
	switch {
	case !has:
	case !on:
		d.say(d.env.Lang.T("stage.pick"))
	case d.isLocked(w.ID, p.ID):
		d.wish("stage.unlock", act.UnlockTile{Wall: w.ID, Tile: p.ID})
	default:
		d.wish("stage.lock", act.LockTile{Wall: w.ID, Tile: p.ID})
	}
}

func (d *Desk) isLocked(wall, tile string) bool {
	if d.m.State() == nil {
		return false
	}
	_, locked := d.m.State().Lock(wall, tile)
	return locked
}

// GiveBack asks to end the pop-up that the picked tile belongs to, or the one that
// came last.
func (d *Desk) GiveBack() {
	id := ""
	if p, on := d.placed(); on && p.Layer == world.LayerPopup {
		id = p.From
	} else if open := d.popups(true); len(open) > 0 {
		id = slices.MaxFunc(open, func(a, b world.Popup) int { return cmp.Compare(a.Since, b.Since) }).ID
	}
	if id == "" {
		d.say(d.env.Lang.T("stage.nopopup"))
		return
	}
	d.wish("stage.back", act.ClosePopup{Popup: id})
}

// Preset asks for the scene that is that key away: the one saved with the number,
// or, where none has a number, the wall's scenes in the order of their names.
func (d *Desk) Preset(n int) {
	w, _, has, _ := d.m.Wall()
	if !has || d.m.State() == nil {
		return
	}
	var own []world.Scene
	numbered := false
	for _, sc := range d.m.State().Scenes() {
		if sc.Wall != w.ID {
			continue
		}
		if sc.Preset == n {
			d.wish("stage.show", act.ShowScene{Wall: w.ID, Scene: sc.ID})
			return
		}
		numbered = numbered || sc.Preset != 0
		own = append(own, sc)
	}
	slices.SortStableFunc(own, func(a, b world.Scene) int { return strings.Compare(a.Name, b.Name) })
	if numbered || n > len(own) {
		d.say(d.env.Lang.T("stage.nopreset", "n", strconv.Itoa(n)))
		return
	}
	d.wish("stage.show", act.ShowScene{Wall: w.ID, Scene: own[n-1].ID})
}

// ShowScene asks for a scene.
func (d *Desk) ShowScene(scene string) {
	if w, _, has, _ := d.m.Wall(); has {
		d.wish("stage.show", act.ShowScene{Wall: w.ID, Scene: scene})
	}
}

// wish sends what is asked and remembers it until it is answered.
func (d *Desk) wish(what string, a act.Act) {
	d.sequence++
	now := d.m.Now()
	x := wish{id: fmt.Sprintf("wall-%d-%d", now.UnixMilli(), d.sequence), what: d.called(what, a), sent: now, undo: inverse(a)}
	x.show, _ = a.(act.ShowScene)
	if err := d.m.Send(act.Command{ID: x.id, Act: a}); err != nil {
		x.err = err.Error()
		d.env.Log.Error("command of the wall not sent", "act", a.Act(), "error", err)
	}
	d.wished = x
	d.Refresh(now)
}

// OnName sets what names the tiles of the wall for people.
func (d *Desk) OnName(f func(tile string) string) { d.nameOf = f }

// called is what an act is called, with the name of what it is about.
func (d *Desk) called(what string, a act.Act) string {
	text := d.env.Lang.T(what)
	switch a := a.(type) {
	case act.ShowScene:
		if sc, there := d.m.State().Scene(a.Scene); there {
			return text + " “" + sc.Name + "”"
		}
	case act.UndoScene:
		if before := d.Before(); before != "" {
			return d.env.Lang.T("stage.undo.to", "scene", before)
		}
	case act.LockTile:
		return strings.TrimSpace(text + " " + d.nameOf(a.Tile))
	case act.UnlockTile:
		return strings.TrimSpace(text + " " + d.nameOf(a.Tile))
	}
	return text
}

// inverse is what takes an act back, nil for what cannot be.
func inverse(a act.Act) act.Act {
	switch a := a.(type) {
	case act.ShowScene:
		return act.UndoScene{Wall: a.Wall}
	case act.LockTile:
		return act.UnlockTile{Wall: a.Wall, Tile: a.Tile}
	case act.UnlockTile:
		return act.LockTile{Wall: a.Wall, Tile: a.Tile}
	case act.OpenPopup:
		return act.ClosePopup{Popup: a.Popup.ID}
	}
	return nil
}

// note tells the console what was done, once the server has said so.
func (d *Desk) note() {
	x := &d.wished
	if x.id == "" || x.noted {
		return
	}
	if r, answered := d.m.Receipt(x.id); answered {
		x.noted = true
		if !r.OK {
			return
		}
		back, what, show := x.undo, x.what, x.show
		if back == nil {
			d.m.Did(what, nil)
			return
		}
		d.m.Did(what, func() {
			w, _ := d.m.State().Wall(show.Wall)
			if w.Shown.Scene != show.Scene && show.Scene != "" {
				// Somebody brought another scene since, and would lose it.
				d.say(d.env.Lang.T("board.otherscene", "what", words.Small(what)))
				return
			}
			d.wish("stage.taken", back)
			d.wished.what = d.env.Lang.T("stage.taken", "what", words.Small(what))
			d.wished.done = d.env.Lang.T("stage.undone", "what", words.Small(what))
			if show.Scene != "" {
				d.wished.done = d.backed(w)
			}
			d.wished.noted = true
			d.Refresh(d.m.Now())
		})
	}
}

// say tells at once what cannot be asked.
func (d *Desk) say(what string) {
	d.wished = wish{what: what, sent: d.m.Now()}
	d.Refresh(d.m.Now())
}

// granted says how the last wish stands, empty when it is long answered, and
// whether it came to nothing.
func (d *Desk) granted() (text string, wrong bool) {
	x, l := d.wished, d.env.Lang
	since := d.now.Sub(x.sent)
	if x.what == "" || since > 3*sayFor {
		return "", false
	}
	if x.id == "" && since < sayFor {
		return x.what, true
	}
	r, answered := d.m.Receipt(x.id)
	switch {
	case x.err != "":
		return l.T("stage.refused", "what", x.what, "reason", x.err), true
	case answered && !r.OK:
		return l.T("stage.refused", "what", x.what, "reason", r.Reason), true
	case answered && since < sayFor && x.done != "":
		return x.done, false
	case answered && since < sayFor:
		return l.T("stage.done", "what", x.what), false
	case answered || x.id == "":
		return "", false
	case since > sayFor:
		return l.T("stage.silent", "what", x.what), true
	}
	return l.T("stage.asked", "what", x.what), false
}

// popups are those of the wall that are shown, or those that wait, the most
// important first.
func (d *Desk) popups(shown bool) []world.Popup {
	w, _, has, _ := d.m.Wall()
	if !has || d.m.State() == nil {
		return nil
	}
	var out []world.Popup
	for _, p := range d.m.State().Popups() {
		if p.Wall == w.ID && (p.Placed != "") == shown {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b world.Popup) int { return cmp.Compare(b.Priority, a.Priority) })
	return out
}

// stageWord is one statement on the wall: a mark, a word and whether it asks for
// attention.
type stageWord struct {
	Icon, Text string
	Wrong      bool
}

// Remark puts a statement before all others; an empty one takes it away.
func (d *Desk) Remark(icon, text string) { d.remark = stageWord{icon, text, false} }

// Tell puts a statement behind all that is wrong or waits; an empty one takes it away.
func (d *Desk) Tell(icon, text string) { d.told = stageWord{icon, text, false} }

// stageWords are what is to be said of the wall, the most needed first.
func (d *Desk) stageWords() []stageWord {
	l, s := d.env.Lang, d.m.State()
	w, _, has, _ := d.m.Wall()
	if !has || s == nil {
		return nil
	}
	var out []stageWord
	add := func(icon, text string, wrong bool) { out = append(out, stageWord{icon, text, wrong}) }
	if g, wrong := d.granted(); g != "" {
		add("right", g, wrong)
	}
	if d.remark.Text != "" {
		out = append(out, d.remark)
	}
	if r := w.Refused; r.Generation > w.On.Generation && w.Next.Generation == 0 {
		code, values := r.Say()
		add("warning-open", l.T("stage.wall.refused", "reason", why.Words(l, code, why.Named(s, values, nil), r.Reason)), true)
	}
	if lost := d.lost(w); lost != "" {
		add("warning-open", l.T("stage.lost", "nodes", lost), true)
	}
	if len(w.On.Late) > 0 {
		add("stale", l.T("stage.late", "nodes", strings.Join(w.On.Late, ", ")), true)
	}
	if p := d.popups(false); len(p) > 0 {
		add("popup", l.T("stage.waiting", "n", strconv.Itoa(len(p)), "first", d.m.State().PopupName(p[0])), false)
	}
	if d.told.Text != "" {
		out = append(out, d.told)
	}
	for _, p := range d.popups(true) {
		text := d.m.State().PopupName(p)
		if p.Limit > 0 {
			text += " · " + l.Deadline(p.Since.Std().Add(time.Duration(p.Limit)*time.Millisecond), d.m.ServerTime(d.now))
		}
		add("popup", text, false)
	}
	if n := d.locks(w.ID); n > 0 {
		add("lock", l.T("stage.locks", "n", strconv.Itoa(n)), false)
	}
	if len(w.On.Nodes) > 0 {
		add("clock", l.T("stage.skew", "ms", strconv.FormatInt(w.On.Skew, 10), "took", strconv.FormatInt(w.On.Took, 10)), false)
	}
	if len(out) == 0 {
		add("normal", l.T("stage.quiet"), false)
	}
	return out
}

// lost names the wall's computers that were there and are not, with how long.
func (d *Desk) lost(w world.Wall) string {
	var out []string
	for _, n := range d.m.State().Nodes() {
		drives := slices.ContainsFunc(w.Screens, func(s world.Screen) bool { return s.Node == n.Node })
		if drives && !n.Up && n.Since != 0 {
			age := d.m.ServerTime(d.now).Sub(n.Since.Std()).Truncate(time.Second)
			out = append(out, n.Node+" "+d.env.Lang.Age(age))
		}
	}
	return strings.Join(out, ", ")
}

// Popups is how many popups the wall shows.
func (d *Desk) Popups() int { return len(d.popups(true)) }

func (d *Desk) locks(wall string) (n int) {
	for _, l := range d.m.State().Locks() {
		if l.Wall == wall {
			n++
		}
	}
	return n
}

// Locked reports whether the picked tile is locked.
func (d *Desk) Locked() bool {
	w, _, _, _ := d.m.Wall()
	p, on := d.placed()
	return on && d.isLocked(w.ID, p.ID)
}

func able(b *widget.Button, on bool) {
	if on == b.Disabled() {
		if on {
			b.Enable()
		} else {
			b.Disable()
		}
	}
}

// paintStage draws the statements side by side, as many as have room.
func (d *Desk) paintStage(c *paint.Canvas) {
	th, f := d.env.Kit.Theme, d.env.Kit.Fonts
	b := c.Img.Rect
	size, icon := float64(d.px(14)), d.px(16)
	x, h := d.px(16), b.Dy()
	for _, w := range d.stageWords() {
		col := th.T2
		if w.Wrong {
			col = th.T1
		}
		room := float64(b.Dx() - x - icon - d.px(24))
		if room < float64(d.px(60)) {
			return
		}
		c.Icon(x, (h-icon)/2, icon, w.Icon, col, th.S1)
		x += icon + d.px(8)
		if lines := f.Wrap(w.Text, room, size, w.Wrong, 2); len(lines) == 2 && h >= d.px(38) {
			for i, s := range lines {
				c.Text(float64(x), float64((h-d.px(36))/2+i*d.px(18)), float64(d.px(18)), s, size, w.Wrong, col)
			}
			return
		}
		x += int(c.Text(float64(x), 0, float64(h), f.Fit(room, size, w.Wrong, w.Text), size, w.Wrong, col)) + d.px(24)
	}
}
