package records

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/page"
	"iocwall/ui/records/told"
)

// action is something that can be done with a thing.
type action struct {
	// Key is the letter that does the same.
	Key, Label string
	Do         func()
	// Primary is the one that stands out.
	Primary bool
	// Why says why it cannot be done now; it is shown in grey.
	Why string
}

// tools are the buttons of what can be done. They scroll where a small window with large
// text has no room for all.
type tools struct {
	p       *Page
	view    *container.Scroll
	box     *fyne.Container
	buttons []*widget.Button
	said    string
	acts    []action
	wide    int
	high    int  // px that all rows take
	tight   bool // rows are as low as hands allow
}

func newTools(p *Page) *tools {
	t := &tools{p: p}
	t.box = container.New(rows{t})
	t.view = container.NewVScroll(t.box)
	return t
}

// rows says how much room the buttons need; lay has put them where they are.
type rows struct{ t *tools }

// MinSize is for Fyne.
func (r rows) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(1, float32(r.t.high)/r.t.p.density())
}

// Layout is for Fyne.
func (r rows) Layout([]fyne.CanvasObject, fyne.Size) {}

// set shows actions; buttons are made anew when they say something else.
func (t *tools) set(acts []action) {
	said := ""
	for _, a := range acts {
		said += fmt.Sprintf("%s|%s|%v|%s\n", a.Key, a.Label, a.Primary, a.Why)
	}
	t.acts = acts
	if said == t.said {
		return
	}
	t.said = said
	t.box.RemoveAll()
	t.buttons = nil
	for i, a := range acts {
		text := a.Label
		if a.Key != "" {
			text += "  " + a.Key
		}
		b := widget.NewButton(text, func() {
			if i < len(t.acts) {
				t.acts[i].Do()
			}
			if w := t.p.desk.Window(); w != nil {
				w.Canvas().Unfocus()
			}
		})
		if a.Primary {
			b.Importance = widget.HighImportance
		}
		if a.Why != "" {
			b.Disable()
		}
		t.buttons = append(t.buttons, b)
		t.box.Add(b)
	}
	t.lay(t.wide)
}

// lay puts the buttons into rows of a width in pixels and notes how high they are.
func (t *tools) lay(wide int) {
	t.wide = wide
	p := t.p
	room := float32(wide) / p.density()
	pad, gap, high := p.unit(16), p.unit(8), p.unit(40)
	x, y := pad, p.unit(12)
	if t.tight {
		gap, high, y = p.unit(4), p.unit(34), p.unit(6)
	}
	for _, b := range t.buttons {
		w := b.MinSize().Width
		if x > pad && x+w > room-pad {
			x, y = pad, y+high+gap
		}
		b.Move(fyne.NewPos(x, y))
		b.Resize(fyne.NewSize(min(w, max(1, room-2*pad)), high))
		x += w + gap
	}
	t.high = int((y+high+gap)*p.density() + 0.5)
	t.view.Refresh()
}

// actions are what the person may do with the thing now.
func (c *record) actions(st *world.State, there bool) []action {
	p := c.p
	var out []action
	add := func(key, label string, primary bool, do func()) {
		out = append(out, action{Key: key, Label: p.t(label), Do: do, Primary: primary})
	}
	if c.entity != nil && there {
		switch x := c.entity.(type) {
		case world.Alert:
			if x.Open() && x.Taken == 0 && p.desk.May("alert.acknowledge") {
				add("X", "alert.take", true, func() { c.take(x) })
			}
		case world.Camera:
			if x.Replay > 0 && p.desk.May("clip.save") {
				add("E", "records.act.clip", false, func() { c.clip(x) })
			}
			for i, preset := range x.Presets[:min(len(x.Presets), 4)] {
				if x.PTZ && p.desk.May("camera.control") {
					out = append(out, action{Key: fmt.Sprint(i + 1), Label: p.t("records.act.preset", "name", preset), Do: func() {
						p.desk.Ask(act.ControlCamera{Camera: x.ID, Preset: preset}, nil)
					}})
				}
			}
		case world.Scene:
			if p.desk.May("scene.show") {
				add("B", "records.act.scene", true, func() { c.ask(act.ShowScene{Wall: x.Wall, Scene: x.ID}, p.t("records.did.scene", "name", x.Name)) })
			}
		case world.Popup:
			if p.desk.May("popup.close") {
				add("T", "records.act.close", true, func() { c.ask(act.ClosePopup{Popup: x.ID}, p.t("records.did.close")) })
			}
		}
		if tiles := c.wallTiles(st); len(tiles) > 0 && p.desk.May("popup.open") {
			if _, _, has, _ := p.desk.Wall(); has {
				add("B", "records.act.wall", false, func() { c.popup(tiles) })
			}
		}
		if _, ok := told.PlaceOf(st, c.entity); ok || c.ref.Kind() == world.KindFence {
			add("M", "records.act.map", false, func() { p.desk.Open(page.Link{Kind: "map", ID: string(c.ref)}) })
		}
	}
	add("C", "records.act.copy", false, func() { p.desk.Copy(page.Link{Kind: c.ref.Kind(), ID: c.ref.ID()}.String()) })
	add("P", "records.act.print", false, c.print)
	add("", "records.act.export", false, c.past.Export)
	add("Esc", "records.act.back", false, c.back)
	return out
}

// ask sends an act and notes that it was done, or says why not.
func (c *record) ask(a act.Act, did string) {
	c.p.desk.Ask(a, func(r world.Receipt) {
		if r.OK {
			c.p.desk.Did(did, nil)
			return
		}
		c.p.desk.Say(world.Warning, c.p.t("records.refused", "what", did, "reason", r.Reason))
	})
}

func (c *record) take(a world.Alert) {
	c.ask(act.AcknowledgeAlert{Alert: a.ID}, c.p.t("records.did.take", "name", a.Title))
}

// evidence is how much before now a clip begins that is asked for by hand.
const evidence = 2 * time.Minute

func (c *record) clip(x world.Camera) {
	long := min(evidence, time.Duration(x.Replay)*time.Second)
	c.ask(act.SaveClip{
		ID: fmt.Sprintf("%s-%d", x.ID, c.p.now), Camera: x.ID, From: c.p.now.Add(-long), To: c.p.now,
	}, c.p.t("records.did.clip", "age", c.p.env.Lang.Age(long), "name", x.Name))
}

// wallTiles are what of the thing can stand on the wall.
func (c *record) wallTiles(st *world.State) []world.Tile {
	tile := func(id, kind string, params ...world.Param) world.Tile {
		return world.Tile{ID: id, Kind: kind, Important: true, Params: params}
	}
	switch x := c.entity.(type) {
	case world.Camera:
		return []world.Tile{cameraTile("camera-1", x.ID)}
	case world.Figure:
		return []world.Tile{tile("figure", "figure", world.Param{Key: "figure", Value: x.ID})}
	case world.Scene, world.Popup, world.Node, world.SourceStatus, world.Clip:
		return nil
	case world.Alert:
		out := []world.Tile{tile("alert", "alert", world.Param{Key: "alert", Value: x.ID})}
		for i, cam := range c.watching(st) {
			out = append(out, cameraTile(fmt.Sprintf("camera-%d", i+1), cam.ID))
		}
		if at, ok := told.PlaceOf(st, x); ok {
			out = append(out, tile("map", "map", c.mapParams(at)...))
		}
		return out
	}
	at, ok := told.PlaceOf(st, c.entity)
	if !ok {
		return nil
	}
	return []world.Tile{tile("map", "map", c.mapParams(at)...)}
}

// popup asks for a place on the wall.
func (c *record) popup(tiles []world.Tile) {
	p := c.p
	w, _, _, _ := p.desk.Wall()
	title := told.NameOf(p.env.Lang, p.desk.State(), c.entity)
	ask := world.PopupAsked{
		ID: fmt.Sprintf("%s-%d", c.ref.Kind(), p.now), Wall: w.ID, Title: title, Tiles: tiles, Priority: 50, Limit: (10 * time.Minute).Milliseconds(),
	}
	if a, ok := c.entity.(world.Alert); ok {
		ask.Alert, ask.Priority, ask.Limit = a.ID, 40+10*a.Severity.Rank(), 0
	}
	p.desk.Ask(act.OpenPopup{Popup: ask}, func(r world.Receipt) {
		if !r.OK {
			p.desk.Say(world.Warning, p.t("records.refused", "what", p.t("records.did.wall", "name", title), "reason", r.Reason))
			return
		}
		p.desk.Did(p.t("records.did.wall", "name", title), func() { p.desk.Ask(act.ClosePopup{Popup: ask.ID}, nil) })
	})
}
