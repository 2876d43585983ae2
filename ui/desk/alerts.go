package desk

import (
	"image"
	"strconv"
	"time"

	"fyne.io/fyne/v2/widget"

	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/list"
	"iocwall/ui/page"
	"iocwall/ui/tile"
)

// alerts are the open ones in a list whose rows stay where they are under a pointer.
type alerts struct {
	d    *Desk
	rows *list.Rows[world.Alert]
	list *list.List
	at   uint64 // version of the state that is listed
	any  bool
}

func newAlerts(d *Desk) *alerts {
	a := &alerts{d: d}
	l := d.env.Lang
	a.rows = list.NewRows(func(x *world.Alert) string { return x.ID }, func(x *world.Alert) uint64 {
		return uint64(x.Updated)<<8 ^ uint64(x.Taken)<<1 ^ uint64(x.Severity.Rank())
	})
	at := a.rows.At
	a.list = list.New(d.m, list.Options{
		Name: "operator.alerts", Source: a.rows, NoTools: true, Export: "canh-bao",
		Columns: []list.Column{
			{
				ID: "severity", Title: l.T("alerts.column.severity"), Min: 120, Down: true,
				Text: func(i int) string { return l.T("severity." + string(at(i).Severity)) },
				Cell: func(i int) list.Cell {
					plate, icon := tile.SeveritySign(at(i).Severity)
					return list.Cell{Text: l.T("severity." + string(at(i).Severity)), Icon: icon, Plate: plate}
				},
				Num: func(i int) (float64, bool) { return -float64(i), true }, // they come the most urgent first
			},
			{ID: "what", Title: l.T("alerts.column.what"), Min: 200, Weight: 1, Text: func(i int) string { return at(i).Title }},
			{
				ID: "since", Title: l.T("alerts.column.since"), Min: 124, Drop: 2, Down: true,
				Text: func(i int) string { return l.Stamp(at(i).Since.Std(), d.now) },
				Num:  func(i int) (float64, bool) { return float64(at(i).Since), true },
			},
			{
				ID: "who", Title: l.T("alerts.column.who"), Min: 170, Drop: 1,
				Text: func(i int) string { return d.taker(*at(i)) },
				Cell: func(i int) list.Cell {
					tone := list.Plain
					if at(i).Taken != 0 {
						tone = list.Quiet
					}
					return list.Cell{Text: d.taker(*at(i)), Tone: tone}
				},
			},
		},
		Sort: list.Sort{Column: "severity", Down: true},
		Empty: func() (string, string) {
			return l.T("alerts.none", "time", l.Clock(d.now)), l.T("alerts.none.searched")
		},
		Chosen: func(id string) {
			d.chosen = id
			d.Refresh(d.m.Now())
		},
	})
	return a
}

func (d *Desk) taker(a world.Alert) string {
	if a.Taken == 0 {
		return d.env.Lang.T("alerts.untaken.long")
	}
	return d.env.Lang.T("alerts.taken.at", "who", a.WhoTook(), "time", d.env.Lang.Clock(a.Taken.Std()))
}

func (a *alerts) update(now time.Time) {
	if v := a.d.m.Version(); !a.any || v != a.at {
		a.any, a.at = true, v
		a.rows.Set(a.d.m.Alerts())
	}
	a.list.Update(now)
}

// Aside gives the place of the list to something else, or takes it back.
func (d *Desk) Aside(on bool) {
	d.aside = on
	if on || d.hidden {
		d.alerts.list.Object().Hide()
	} else {
		d.alerts.list.Object().Show()
	}
}

// Counts says how many alerts of each severity are open.
func (d *Desk) Counts() string { return d.counts() }

// moreButtons are those beside the one that takes the alert.
func (d *Desk) moreButtons() []*widget.Button {
	l := d.env.Lang
	button := func(text string, do func()) *widget.Button {
		return widget.NewButton(text, func() { do(); d.unfocus() })
	}
	return []*widget.Button{button(l.T("alert.raise")+"  B", d.Raise), button(l.T("alert.link")+"  C", d.link)}
}

// layButtons places the buttons at the foot of the detail.
func (d *Desk) layButtons() {
	p := d.places.Detail
	x := p.Min.X + d.px(16)
	for _, b := range append([]*widget.Button{d.take}, d.more...) {
		if !b.Visible() && b == d.take {
			continue
		}
		w := int(b.MinSize().Width * d.env.Density)
		r := image.Rect(x, p.Max.Y-d.px(56), x+w, p.Max.Y-d.px(16))
		if r.Max.X > p.Max.X {
			r = r.Add(image.Pt(1<<20, 0)) // out of sight; its key goes on working
		}
		d.put(b, r)
		x += w + d.px(8)
	}
}

// offer shows the buttons of what can be done with the chosen alert.
func (d *Desk) offer() {
	a, has := d.alert()
	show := func(b *widget.Button, on bool) bool {
		if on == b.Visible() {
			return false
		}
		if on {
			b.Show()
		} else {
			b.Hide()
		}
		return true
	}
	moved := show(d.take, has && a.Taken == 0 && !d.hidden && d.m.May("alert.acknowledge"))
	for i, b := range d.more {
		moved = show(b, has && !d.hidden && (i != 0 || d.m.May("popup.open"))) || moved
	}
	if moved {
		d.layButtons()
	}
}

// raiseFor is how long an alert that a person raised is shown, in milliseconds, and
// raisePriority what it gives way to.
const raiseFor, raisePriority = 30 * 60 * 1000, 70

// Raise shows the chosen alert on the wall, in a zone that is free.
func (d *Desk) Raise() {
	a, ok := d.alert()
	w, _, has, _ := d.m.Wall()
	if !ok || !has || !d.m.May("popup.open") {
		return
	}
	tiles := []world.Tile{{ID: "alert", Kind: "alert", Important: true, Params: []world.Param{{Key: "alert", Value: a.ID}}}}
	if a.About.Kind() == world.KindCamera {
		tiles = append(tiles, world.Tile{ID: "camera-1", Kind: "camera", Params: []world.Param{{Key: "camera", Value: a.About.ID()}}})
	}
	if a.Placed {
		at := strconv.FormatFloat(a.Pos[1], 'f', 5, 64) + "," + strconv.FormatFloat(a.Pos[0], 'f', 5, 64)
		tiles = append(tiles, world.Tile{ID: "map", Kind: "map", Params: []world.Param{{Key: "center", Value: at}, {Key: "zoom", Value: "12"}}})
	}
	d.wish("alert.raise", act.OpenPopup{Popup: world.PopupAsked{
		ID: "desk-" + a.ID, Wall: w.ID, Title: a.Title, Alert: a.ID, Priority: raisePriority, Limit: raiseFor, Tiles: tiles,
	}})
}

// link puts the link of the chosen alert on the clipboard.
func (d *Desk) link() {
	if a, ok := d.alert(); ok {
		d.m.Copy(page.Link{Kind: world.KindAlert, ID: a.ID}.String())
	}
}
