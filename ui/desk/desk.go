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
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/tile"
)

// answerLimit is how long an acknowledgement may be without an answer before
// the desk says so.
const answerLimit = 10 * time.Second

// Model is what the desk asks of the client. All of it is called on the
// toolkit's goroutine.
type Model interface {
	// State is the copy of the state, nil before the first data.
	State() *world.State
	// Alerts are the open ones, most urgent first.
	Alerts() []world.Alert
	// Receipt returns the server's answer to a command.
	Receipt(id string) (world.Receipt, bool)
	// Wall returns the wall shown and the scene on it.
	Wall() (w world.Wall, sc world.Scene, hasWall, hasScene bool)
	// Away is how long the server has been away, zero while it is there.
	Away(now time.Time) time.Duration
	// Silence is how old the server's newest word is.
	Silence(now time.Time) time.Duration
	// ServerTime is the server's clock as far as this computer knows it.
	ServerTime(now time.Time) time.Time
	// Now is this computer's clock.
	Now() time.Time
	// Send queues a command and does not wait.
	Send(act.Command) error
}

// Places are the parts of the window in device pixels.
type Places struct {
	List, Detail image.Rectangle
	// Stage is the row about what the wall shows.
	Stage image.Rectangle
}

// Desk is the open alerts, the chosen one with its button, and the row on what the
// wall shows. It belongs to the toolkit's goroutine.
type Desk struct {
	m      Model
	env    *tile.Env
	root   *fyne.Container
	list   *tile.Pane
	detail *tile.Pane
	picker *picker
	take   *widget.Button

	stagePane *tile.Pane
	stage     stageButtons
	picked    string // id of the chosen tile of the wall
	wished    wish

	text     float64 // size of text
	now      time.Time
	chosen   string // id of the chosen alert
	first    int    // first row shown
	rows     int    // rows that fit
	asked    map[string]request
	sequence int
	hidden   bool
	words    deskWords
	places   Places

	// unfocus gives the keyboard back to the window after a click on a button:
	// single letters act only while no field has it.
	unfocus func()
}

// request is an acknowledgement on its way.
type request struct {
	id   string
	sent time.Time
	err  string
}

// deskWords is what the panes show: they are painted again when it changes.
type deskWords struct {
	list, detail, stage string
}

// New returns a desk. The environment becomes the desk's own: Lay changes its
// scale.
func New(m Model, env *tile.Env) *Desk {
	d := &Desk{m: m, asked: map[string]request{}, env: env, text: 1}
	if env.Log == nil {
		env.Log = slog.New(slog.DiscardHandler)
	}
	th := env.Kit.Theme
	d.list = tile.NewPane(d.env, "list", th.S1, d.paintList)
	d.detail = tile.NewPane(d.env, "detail", th.S1, d.paintDetail)
	d.stagePane = tile.NewPane(d.env, "stage", th.S1, d.paintStage)
	d.stage = d.newStageButtons()
	d.picker = newPicker(d)
	d.unfocus = func() {}
	d.take = widget.NewButton(env.Lang.T("alert.take")+"  X", func() {
		d.Acknowledge()
		d.unfocus()
	})
	d.take.Importance = widget.HighImportance
	d.root = container.NewWithoutLayout(d.list.Raster, d.detail.Raster, d.stagePane.Raster, d.picker, d.take)
	for _, b := range d.stage.all() {
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
	put := d.put
	d.layStage(p.Stage)
	put(d.list.Raster, p.List)
	put(d.detail.Raster, p.Detail)
	px := func(v float64) int { return d.px(v) }
	d.places = p
	head := p.List
	head.Min.Y += px(listHead)
	put(d.picker, head)
	d.rows = max(0, head.Dy()/px(listRow))
	b := image.Rect(p.Detail.Min.X+px(16), p.Detail.Max.Y-px(56), p.Detail.Min.X+px(216), p.Detail.Max.Y-px(16))
	put(d.take, b)
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
	panes := []fyne.CanvasObject{d.list.Raster, d.detail.Raster, d.stagePane.Raster, d.picker, d.take}
	for _, b := range d.stage.all() {
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
	alert, has := d.alert()
	open := has && alert.Taken == 0 && !d.hidden
	if open != d.take.Visible() {
		if open {
			d.take.Show()
		} else {
			d.take.Hide()
		}
	}
	w := deskWords{list: fmt.Sprint(d.listWords()), detail: fmt.Sprint(d.detailWords()), stage: fmt.Sprint(d.stageWords())}
	d.refreshStage()
	for _, c := range []struct {
		was, is string
		pane    *tile.Pane
	}{{d.words.list, w.list, d.list}, {d.words.detail, w.detail, d.detail}, {d.words.stage, w.stage, d.stagePane}} {
		if c.was != c.is {
			c.pane.Touch()
		}
	}
	d.words = w
}

// settle keeps the choice on an open alert without moving it: the list never
// jumps under the pointer.
func (d *Desk) settle() {
	alerts := d.m.Alerts()
	i := slices.IndexFunc(alerts, func(a world.Alert) bool { return a.ID == d.chosen })
	if i < 0 && len(alerts) > 0 {
		i = 0
		for j, a := range alerts {
			if a.Taken == 0 {
				i = j
				break
			}
		}
		d.chosen = alerts[i].ID
	}
	if d.rows > 0 {
		if i >= d.first+d.rows {
			d.first = i - d.rows + 1
		}
		if i >= 0 && i < d.first {
			d.first = i
		}
		d.first = max(0, min(d.first, len(alerts)-d.rows))
	}
}

func (d *Desk) alert() (world.Alert, bool) {
	for _, a := range d.m.Alerts() {
		if a.ID == d.chosen {
			return a, true
		}
	}
	return world.Alert{}, false
}

// move chooses the alert that many rows further.
func (d *Desk) move(by int) {
	alerts := d.m.Alerts()
	if len(alerts) == 0 {
		return
	}
	i := slices.IndexFunc(alerts, func(a world.Alert) bool { return a.ID == d.chosen })
	d.choose(min(max(i+by, 0), len(alerts)-1))
}

func (d *Desk) choose(i int) {
	if i < 0 || i >= len(d.m.Alerts()) {
		return
	}
	d.chosen = d.m.Alerts()[i].ID
	d.Refresh(d.m.Now())
}

// Choose chooses an alert by its id and reports whether it is open.
func (d *Desk) Choose(id string) bool {
	i := slices.IndexFunc(d.m.Alerts(), func(a world.Alert) bool { return a.ID == id })
	d.choose(i)
	return i >= 0
}

// Key takes a key that no field wanted, and reports whether it meant something.
func (d *Desk) Key(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyUp:
		d.move(-1)
	case fyne.KeyDown:
		d.move(1)
	case fyne.KeyPageUp:
		d.move(-max(1, d.rows))
	case fyne.KeyPageDown:
		d.move(max(1, d.rows))
	case fyne.KeyHome:
		d.choose(0)
	case fyne.KeyEnd:
		d.choose(len(d.m.Alerts()) - 1)
	default:
		return false
	}
	return true
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

// picker chooses an alert by the mouse.
type picker struct {
	widget.BaseWidget
	d *Desk
}

func newPicker(d *Desk) *picker {
	p := &picker{d: d}
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer is for Fyne: the picker draws nothing, the list is under it.
func (p *picker) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}

// Tapped chooses the alert under the pointer.
func (p *picker) Tapped(e *fyne.PointEvent) {
	p.d.choose(p.d.first + int(float64(e.Position.Y)/(listRow*p.d.text)))
}

// Scrolled moves the list.
func (p *picker) Scrolled(e *fyne.ScrollEvent) {
	if e.Scrolled.DY < 0 {
		p.d.move(1)
	} else if e.Scrolled.DY > 0 {
		p.d.move(-1)
	}
}
