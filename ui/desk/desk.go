// Package desk is what stands below the wall on the operator's page: the open
// alerts, the chosen one with its button, what is to be said of the wall, and rows
// of buttons for what is in front. It reads the client's copy of the state through
// Model and sends commands; it knows nothing of windows, players or pictures.
package desk

import (
	"fmt"
	"image"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/page"
	"iocwall/ui/tile"
)

// answerLimit is how long an acknowledgement may be without an answer before
// the desk says so.
const answerLimit = 10 * time.Second

// Places are the parts of the window in device pixels.
type Places struct {
	List, Detail image.Rectangle
	// Stage is the row about what the wall shows.
	Stage image.Rectangle
}

// Desk is the open alerts, the chosen one with its button, and the row on what the
// wall shows. It belongs to the toolkit's goroutine.
type Desk struct {
	m      page.Desk
	env    *tile.Env
	root   *fyne.Container
	alerts *alerts
	detail *tile.Pane
	take   *widget.Button
	more   []*widget.Button // beside it

	stagePane *tile.Pane
	picked    string // id of the chosen tile of the wall
	wished    wish
	remark    stageWord
	told      stageWord

	text     float64 // size of text
	now      time.Time
	chosen   string // id of the chosen alert
	asked    map[string]request
	sequence int
	hidden   bool
	aside    bool // the list gives its place to something else
	words    deskWords
	places   Places

	// unfocus gives the keyboard back to the window after a click on a button:
	// single letters act only while no field has it.
	unfocus func()
	nameOf  func(tile string) string
}

// request is an acknowledgement on its way.
type request struct {
	id   string
	sent time.Time
	err  string
}

// deskWords is what the panes show: they are painted again when it changes.
type deskWords struct {
	detail, stage string
}

// New returns a desk. The environment becomes the desk's own: Lay changes its
// scale.
func New(m page.Desk, env *tile.Env) *Desk {
	d := &Desk{m: m, asked: map[string]request{}, env: env, text: 1}
	if env.Log == nil {
		env.Log = slog.New(slog.DiscardHandler)
	}
	th := env.Kit.Theme
	d.detail = tile.NewPane(d.env, "detail", th.S1, d.paintDetail)
	d.stagePane = tile.NewPane(d.env, "stage", th.S1, d.paintStage)
	d.alerts = newAlerts(d)
	d.unfocus, d.nameOf = func() {}, func(string) string { return "" }
	d.take = widget.NewButton(env.Lang.T("alert.take")+"  X", func() {
		d.Acknowledge()
		d.unfocus()
	})
	d.take.Importance = widget.HighImportance
	d.more = d.moreButtons()
	d.root = container.NewWithoutLayout(d.alerts.list.Object(), d.detail.Raster, d.stagePane.Raster, d.take)
	for _, b := range d.more {
		d.root.Add(b)
	}
	return d
}

// Root is what the window shows of the desk.
func (d *Desk) Root() fyne.CanvasObject { return d.root }

// OnUnfocus sets what gives the keyboard back to the window after a click on a
// button.
func (d *Desk) OnUnfocus(f func()) { d.unfocus = f }

// Chosen is the id of the chosen alert, empty when there is none.
func (d *Desk) Chosen() string { return d.chosen }

// Lay places the panes; sizes are device pixels, density is pixels per unit and
// text the size of text, 1 to 1.5.
func (d *Desk) Lay(p Places, density float32, text float64) {
	d.env.Density, d.text = density, text
	d.env.Scale = look.DeskScale(16 * float64(density) * text)
	d.put(d.alerts.list.Object(), p.List)
	d.put(d.detail.Raster, p.Detail)
	d.put(d.stagePane.Raster, p.Stage)
	d.places = p
	d.layButtons()
	d.words = deskWords{}
	if !d.now.IsZero() {
		d.Refresh(d.now)
	}
}

// put places an object of the desk, in device pixels.
func (d *Desk) put(o fyne.CanvasObject, r image.Rectangle) {
	k := d.env.Density
	o.Move(fyne.NewPos(float32(r.Min.X)/k, float32(r.Min.Y)/k))
	o.Resize(fyne.NewSize(float32(r.Dx())/k, float32(r.Dy())/k))
}

// Show shows or hides all of it.
func (d *Desk) Show(visible bool) {
	d.hidden = !visible
	panes := []fyne.CanvasObject{d.alerts.list.Object(), d.detail.Raster, d.stagePane.Raster, d.take}
	for _, b := range d.more {
		panes = append(panes, b)
	}
	for _, o := range panes {
		if visible {
			o.Show()
		} else {
			o.Hide()
		}
	}
	d.words = deskWords{}
	if !d.now.IsZero() {
		d.Refresh(d.now)
	}
}

// Refresh repaints the panes whose words changed.
func (d *Desk) Refresh(now time.Time) {
	d.now = now
	d.settle()
	d.note()
	d.offer()
	if !d.hidden && !d.aside {
		d.alerts.update(now)
	}
	w := deskWords{detail: fmt.Sprint(d.detailWords()), stage: fmt.Sprint(d.stageWords())}
	if w.detail != d.words.detail {
		d.detail.Touch()
	}
	if w.stage != d.words.stage {
		d.stagePane.Touch()
	}
	d.words = w
}

// settle keeps the choice on an open alert: the one that needs somebody most when the
// chosen one is no more.
func (d *Desk) settle() {
	alerts := d.m.Alerts()
	i := slices.IndexFunc(alerts, func(a world.Alert) bool { return a.ID == d.chosen })
	if i >= 0 || len(alerts) == 0 {
		return
	}
	d.chosen = alerts[0].ID
	for _, a := range alerts {
		if a.Taken == 0 {
			d.chosen = a.ID
			break
		}
	}
	d.alerts.list.Choose(d.chosen)
}

func (d *Desk) alert() (world.Alert, bool) {
	for _, a := range d.m.Alerts() {
		if a.ID == d.chosen {
			return a, true
		}
	}
	return world.Alert{}, false
}

// Choose chooses an alert by its id and reports whether it is open.
func (d *Desk) Choose(id string) bool {
	if !slices.ContainsFunc(d.m.Alerts(), func(a world.Alert) bool { return a.ID == id }) {
		return false
	}
	d.chosen = id
	d.alerts.list.Choose(id)
	d.Refresh(d.m.Now())
	return true
}

// Key takes a key that no field wanted, and reports whether it meant something.
func (d *Desk) Key(e *fyne.KeyEvent) bool {
	if n, ok := strings.CutPrefix(string(e.Name), "F"); ok {
		if i, err := strconv.Atoi(n); err == nil && i >= 1 && i <= 9 {
			d.Preset(i)
			return true
		}
	}
	return !d.aside && d.alerts.list.Key(e)
}

// Rune takes the single letters of the design's section 8, and reports whether one
// meant something.
func (d *Desk) Rune(r rune) bool {
	switch {
	case d.hidden:
		return false
	case r == 'x' || r == 'X':
		d.Acknowledge()
	case r == 'l' || r == 'L':
		d.Lock()
	case r == 'b' || r == 'B':
		d.Raise()
	case r == 'c' || r == 'C':
		d.link()
	case r >= '1' && r <= '9':
		d.Preset(int(r - '0'))
	default:
		return false
	}
	return true
}

// Acknowledge sends for the chosen alert. A request on its way is not sent
// twice; one without an answer may be repeated.
func (d *Desk) Acknowledge() {
	a, ok := d.alert()
	now := d.m.Now()
	if !ok || a.Taken != 0 || d.hidden {
		return
	}
	if r, busy := d.asked[a.ID]; busy && r.err == "" && now.Sub(r.sent) < answerLimit {
		if _, answered := d.m.Receipt(r.id); !answered {
			return
		}
	}
	d.sequence++
	r := request{id: fmt.Sprintf("ack-%d-%d", now.UnixMilli(), d.sequence), sent: now}
	if err := d.m.Send(act.Command{ID: r.id, Act: act.AcknowledgeAlert{Alert: a.ID}}); err != nil {
		r.err = err.Error()
		d.env.Log.Error("acknowledgement not sent", "alert", a.ID, "error", err)
	}
	d.asked[a.ID] = r
	d.Refresh(now)
}

// answer says how the acknowledgement of an alert stands, empty when none was
// sent.
func (d *Desk) answer(a world.Alert) string {
	r, ok := d.asked[a.ID]
	l := d.env.Lang
	if !ok {
		return ""
	}
	receipt, answered := d.m.Receipt(r.id)
	switch {
	case r.err != "":
		return l.T("alert.sent.refused", "reason", r.err)
	case answered && !receipt.OK:
		return l.T("alert.sent.refused", "reason", receipt.Reason)
	case a.Taken != 0:
		return l.T("alert.sent.ok", "time", l.Clock(a.Taken.Std()))
	case answered:
		return l.T("alert.sending")
	case d.now.Sub(r.sent) > answerLimit:
		return l.T("alert.sent.lost", "age", l.Age(d.now.Sub(r.sent).Truncate(time.Second)))
	}
	return l.T("alert.sending")
}
