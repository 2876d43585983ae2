package atlas

import (
	"context"
	"image"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/server/world"
	"iocwall/ui/atlas/editor"
	"iocwall/ui/atlas/find"
	"iocwall/ui/atlas/picture"
	"iocwall/ui/atlas/sheet"
	"iocwall/ui/maps"
	"iocwall/ui/tile"
)

// Atlas is the map in hand with all that is beside and over it. New makes it;
// Root is what a window shows.
type Atlas struct {
	h     *Host
	env   *tile.Env
	m     *maps.Map
	own   []world.Param // what the map was opened with and what hands changed of it
	face  *face
	paint *picture.Painter
	edit  *editor.Editor
	find  *find.Search
	pos   *find.Positions
	files files

	view   geo.View
	placed bool // the view was set
	shown  *picture.Picture
	layers []tile.MapLayer
	faults []maps.Fault

	// asked is what the newest picture asked for was made of.
	asked  asked
	hidden bool
	dirty  bool // something but data changed: draw again
	// dirtyWords asks for the pane to be filled anew.
	dirtyWords bool
	page       page
	chosen     []world.Ref // one, or what a box or a cluster holds
	one        world.Ref   // the one whose detail is shown
	cursor     int         // which symbol the keyboard is on, -1 for none
	stops      []draw.Found
	hover      world.Ref
	pointer    image.Point
	over       bool // the pointer is on the map
	follow     world.Ref
	pin        *pin
	tool       tool
	band       image.Rectangle
	form       find.Form

	said    string
	until   time.Time
	texts   *sheet.Texts
	layer   string // the chosen row of the layers
	saved   string // the chosen saved view
	onshore *geo.Index[string]
}

// asked is what a picture was asked for with.
type asked struct {
	view    geo.View
	at      time.Time
	version uint64
	more    uint64
	any     bool
}

// pin marks a place that is nothing on the map: coordinates, a name.
type pin struct {
	at   geo.Point
	name string
}

// page is what the pane shows.
type page int

// The pages, in the order of their keys 1 to 5; the measure has none of its own.
const (
	pageDetail page = iota
	pageLayers
	pageViews
	pageFences
	pageDrawings
)

// tool is what a click and a drag do while nothing is being drawn.
type tool int

const (
	toolHand tool = iota
	toolBox
)

const (
	// drawGap is the least time between two pictures while data comes, redraw the
	// time after which one is made anyway: symbols fade with age.
	drawGap, redraw = time.Second, 5 * time.Second
	// saidFor is how long the outcome of an act stands.
	saidFor = 20 * time.Second
)

// New returns a map in hand that shows nothing until Open. The environment becomes
// its own: Place changes its density.
func New(h *Host, env *tile.Env) *Atlas {
	a := &Atlas{h: h, env: env, cursor: -1, texts: sheet.NewTexts()}
	a.pos = &find.Positions{Lang: h.Lang, Base: h.Base, Fixed: h.Zone, View: a.View}
	a.find = find.New(find.Host{Maps: h.Maps, Positions: a.pos, State: h.State, Now: h.Now, Start: a.start})
	a.edit = editor.New(editor.Host{
		Map: bench{a}, Lang: h.Lang, Theme: h.Kit.Theme, Texts: a.texts,
		State: h.State, Send: h.Send, Receipt: h.Receipt, Now: h.Now, ServerTime: h.ServerTime,
	})
	a.files = files{a: a}
	a.m = h.Maps.Open(nil)
	a.face = newFace(a)
	a.paint = picture.New(picture.Options{
		Base: h.Base, Light: h.Kit.Theme.Name == "light", English: h.Lang.Code == "en", Ground: h.Maps.Ground(),
		Log: h.Log, Start: h.Start, Done: h.Poke,
	})
	return a
}

// Root is what a window shows.
func (a *Atlas) Root() fyne.CanvasObject { return a.face.root }

// Hand is what takes the keyboard for the map.
func (a *Atlas) Hand() fyne.Focusable { return a.face.hand }

// Open shows the map of the parameters; without any, everything that stands still.
// Opened again with the same ones it looks where it looked before.
func (a *Atlas) Open(params []world.Param) {
	if a.placed && sameParams(params, a.own) {
		a.touch()
		return
	}
	a.own = params
	a.m.Set(params)
	a.placed = false
	if s := a.h.State(); s != nil {
		a.follow = a.m.Params(s).Follow
	}
	a.touch()
}

func sameParams(a, b []world.Param) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// Hide stops what nobody sees.
func (a *Atlas) Hide(off bool) {
	a.hidden = off
	a.over = false
	if !off {
		a.touch()
	}
}

// Repaint paints everything anew, after the environment has changed.
func (a *Atlas) Repaint() {
	a.face.lay()
	a.face.said = faceWords{}
	a.face.body.Pane.Touch()
	a.touch()
}

// Close ends the drawing.
func (a *Atlas) Close() { a.paint.Stop() }

// touch asks for a new picture and new words.
func (a *Atlas) touch() {
	a.dirty, a.dirtyWords = true, true
	a.h.Poke()
}

// Update brings everything in line with the state; at every tick of the client.
func (a *Atlas) Update(now time.Time) {
	if a.hidden {
		return
	}
	if p := a.paint.Take(); p != nil {
		a.shown = p
		a.stops, a.cursor = nil, a.cursorOn(p)
		a.face.picture()
	}
	a.edit.Settle(now)
	a.track()
	a.look()
	if a.said != "" && now.After(a.until) {
		a.said = ""
	}
	a.ask(now)
	a.face.refresh(now)
}

// look sets the view when it was not set yet and the map has a size.
func (a *Atlas) look() {
	size := a.face.mapSize()
	if size.X < 16 || size.Y < 16 {
		return
	}
	switch {
	case a.placed:
		if a.view.Width != size.X || a.view.Height != size.Y {
			a.view = picture.Resized(a.view, size)
		}
	case a.h.State() != nil:
		a.view = picture.Kept(a.m.View(a.h.State(), size.X, size.Y).Whole())
		a.placed = true
	}
}

// track keeps what is followed in the middle.
func (a *Atlas) track() {
	s := a.h.State()
	if a.follow == "" || s == nil || !a.placed {
		return
	}
	e, ok := s.Entity(a.follow)
	if !ok {
		a.say(a.h.Lang.T("atlas.follow.gone"))
		a.follow = ""
		return
	}
	if p, ok := e.Place(); ok && p != a.view.Center {
		a.view = picture.Centred(a.view, p)
	}
}

// ask asks the painter for a picture when one is due.
func (a *Atlas) ask(now time.Time) {
	s := a.h.State()
	if s == nil || !a.placed {
		return
	}
	since := now.Sub(a.asked.at)
	fresh := a.asked.any && !a.dirty && a.view == a.asked.view && a.asked.more == a.h.Maps.Version()
	if fresh && (since < drawGap || a.asked.version == a.h.Version() && since < redraw) {
		return
	}
	if a.paint.Busy() && a.asked.any {
		return // the picture being drawn pokes when it is done; the newest wish is asked then
	}
	a.dirty = false
	a.asked = asked{view: a.view, at: now, version: a.h.Version(), more: a.h.Maps.Version(), any: true}
	p := a.m.Picture(maps.Now{
		State: s, Alerts: a.h.Alerts(), Time: a.h.ServerTime(now), View: a.view,
		Text: a.textSize(), Selected: a.selected(),
	})
	a.layers, a.faults = p.Layers, p.Faults
	p.Frame.View = a.view
	p.Frame.WantHits = true
	a.overlay(p.Frame)
	p.Frame.Furniture.KeepClear = append(p.Frame.Furniture.KeepClear, a.face.covered()...)
	a.paint.Give(picture.Job{Frame: p.Frame, Text: a.textSize(), At: now})
}

func (a *Atlas) textSize() float64 { return 14 * float64(a.density()) }

func (a *Atlas) density() float32 {
	if a.env.Density <= 0 {
		return 1
	}
	return a.env.Density
}

func (a *Atlas) px(units float32) int { return int(units*a.density() + 0.5) }

// selected are the things drawn as chosen. What is under the pointer is not: its plate
// names it, and the mark would stay there until the next picture.
func (a *Atlas) selected() []world.Ref {
	var out []world.Ref
	if a.one == "" {
		out = append(out, a.chosen...)
	}
	for _, r := range []world.Ref{a.one, a.follow} {
		if r != "" {
			out = append(out, r)
		}
	}
	return out
}

// goTo looks at a place, or at all of a box that has an extent.
func (a *Atlas) goTo(at geo.Point, box geo.Bounds, hasBox bool) {
	a.follow = ""
	if hasBox && box.Max != box.Min {
		a.view = picture.Fitted(a.view, box)
	} else {
		next := picture.Centred(a.view, at)
		if next.Zoom() < nearEnough {
			next.World = geo.ZoomView(at, nearEnough, next.Width, next.Height).World
		}
		a.view = picture.Kept(next)
	}
	a.placed = true
	a.moved()
}

// nearEnough is the zoom at which one thing is looked at.
const nearEnough = 12

// moved shows the map at another place at once, as far as the last picture goes.
func (a *Atlas) moved() {
	a.face.picture()
	a.touch()
}

func (a *Atlas) say(s string) {
	a.said, a.until = s, a.h.Now().Add(saidFor)
	a.h.Poke()
}

// Said is what came of the last act, empty when there is nothing to say.
func (a *Atlas) Said() string { return a.said }

// start runs something beside the client and says what it returns.
func (a *Atlas) start(f func(ctx context.Context) func()) {
	a.h.Start(func(ctx context.Context) {
		then := f(ctx)
		if ctx.Err() == nil && then != nil {
			a.h.Do(func() {
				then()
				a.touch()
			})
		}
	})
}

// Shown is the view of the picture on the map and when it was drawn, of data as
// of then; zero before the first one.
func (a *Atlas) Shown() (geo.View, time.Time) {
	if a.shown == nil {
		return geo.View{}, time.Time{}
	}
	return a.shown.View, a.shown.At
}

// View is where the map looks now; the picture follows it.
func (a *Atlas) View() geo.View { return a.view }

// Chosen is the thing whose detail is shown, empty for none.
func (a *Atlas) Chosen() world.Ref { return a.one }
