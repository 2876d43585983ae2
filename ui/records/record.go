package records

import (
	"image"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"iocwall/geo"
	"iocwall/server/world"
	"iocwall/ui/list"
	"iocwall/ui/maps/brief"
	"iocwall/ui/page"
	"iocwall/ui/records/told"
	"iocwall/ui/tile"
)

// record is the page of one thing.
type record struct {
	p    *Page
	ref  world.Ref
	root *fyne.Container

	entity world.Entity // nil when it is not there
	facts  *reader
	more   *reader // what is to be done, or what else is open
	past   *list.List
	events *list.Rows[told.Entry]
	live   page.Board // the map, or the picture of a camera
	sides  page.Board // cameras that see the place
	acts   []action
	tools  *tools

	head    headWords
	at      places
	spot    string // what live and sides show
	asked   time.Time
	cancel  func()
	got     bool
	from    world.Time
	partly  bool // the journal is still being read
	reading bool
	seenAt  uint64 // the state's version at the last question
}

// headWords is all that the frame says.
type headWords struct {
	Kind, Title, Right    string
	Stand                 told.Standing
	Severe                world.Severity
	Gone                  bool
	Live, Sides, More, By string
}

func newRecord(p *Page, r world.Ref) *record {
	c := &record{p: p, ref: r, facts: newReader(p), more: newReader(p)}
	c.events = list.NewRows(func(e *told.Entry) string { return strconv.FormatUint(e.Seq, 10) }, func(e *told.Entry) uint64 { return e.Seq })
	c.past = newPast(p.desk, c.events, func() world.Time { return p.now })
	c.tools = newTools(p)
	c.live, c.sides = p.desk.Board(), p.desk.Board()
	c.root = container.New(&recordLayout{c}, c.live.Object(), c.sides.Object(), c.facts, c.more, c.past.Object(), c.tools.view)
	return c
}

// longID is from how many letters on an id is for programs and the name stands for
// the thing.
const longID = 24

// title names the thing: "Cảnh báo CB-0412".
func (c *record) title() string {
	if c.entity != nil && (!coded(c.ref.Kind()) || len(c.ref.ID()) > longID) && c.p.desk.State() != nil {
		return c.p.t("records.one."+c.ref.Kind()) + " · " + told.NameOf(c.p.env.Lang, c.p.desk.State(), c.entity)
	}
	return c.p.label(c.ref)
}

// refresh brings the page in line with the state.
func (c *record) refresh() {
	p := c.p
	st := p.desk.State()
	if st == nil {
		return
	}
	e, ok := st.Entity(c.ref)
	if ok {
		c.entity = e
	}
	h := c.words(st, ok)
	if c.entity != nil {
		c.facts.set(c.items(st))
		c.more.set(c.others(st))
		h.More = c.moreTitle()
	} else {
		c.facts.set([]item{{Text: p.t("records.gone", "what", p.label(c.ref)), Icon: "nodata"}, {Text: p.t("records.gone.next")}})
	}
	c.acts = c.actions(st, ok)
	high := c.tools.high
	if c.tools.set(c.acts); c.tools.high != high {
		c.root.Refresh()
	}
	if h != c.head {
		lay := h.More != c.head.More || h.Live != c.head.Live || h.Sides != c.head.Sides
		c.head = h
		p.ground.Touch()
		if lay {
			c.root.Refresh()
		}
	}
	c.spots(st)
	c.history()
	c.past.Update(p.at)
}

// words is what the head says.
func (c *record) words(st *world.State, there bool) headWords {
	p, l := c.p, c.p.env.Lang
	h := headWords{Kind: p.t("records.one." + c.ref.Kind()), Title: c.ref.ID(), Right: c.ref.ID(), Gone: !there, By: c.fromWhen()}
	if c.entity == nil {
		return h
	}
	h.Title = told.NameOf(l, st, c.entity)
	h.Stand = told.Stand(l, st, c.entity, p.now)
	if h.Title == h.Right || len(h.Right) > longID {
		h.Right = ""
	}
	if a, ok := c.entity.(world.Alert); ok && a.Open() {
		h.Severe = a.Severity
		h.Right = strings.TrimPrefix(h.Right+" · ", " · ") + l.T("alerts.open", "age", l.Age(p.now.Sub(a.Since).Truncate(time.Minute)))
	} else if t := h.Stand.Since; t != 0 && h.Stand.Plate != "" {
		h.Right = strings.TrimPrefix(h.Right+" · ", " · ") + l.T("since", "time", l.Stamp(t.Std(), p.now.Std()))
	}
	_, placed := told.PlaceOf(st, c.entity)
	switch {
	case c.ref.Kind() == world.KindCamera:
		h.Live = p.t("records.panel.picture")
	case c.figure() != "":
		h.Live = p.t("records.panel.trend")
	case placed:
		h.Live = p.t("records.panel.where")
	}
	if n := len(c.watching(st)); n > 0 {
		h.Sides = p.t("records.panel.cameras", "n", strconv.Itoa(n))
	}
	if c.ref.Kind() == world.KindCamera && placed {
		h.Sides = p.t("records.panel.where")
	}
	return h
}

// figure is the indicator the page is about, empty for none.
func (c *record) figure() string {
	if c.ref.Kind() == world.KindFigure {
		return c.ref.ID()
	}
	if a, ok := c.entity.(world.Alert); ok && a.About.Kind() == world.KindFigure {
		return a.About.ID()
	}
	return ""
}

// fromWhen says from when on the history is whole.
func (c *record) fromWhen() string {
	p := c.p
	switch {
	case !c.got:
		return ""
	case c.partly:
		return p.t("records.past.partly")
	case c.from != 0:
		return p.t("records.past.from", "time", p.env.Lang.Stamp(c.from.Std(), p.now.Std()))
	}
	return p.t("records.past.whole")
}

// watching are the cameras that see the place of the thing.
func (c *record) watching(st *world.State) []world.Camera {
	if c.entity == nil || c.ref.Kind() == world.KindCamera {
		return nil
	}
	switch c.ref.Kind() {
	case world.KindFence, world.KindFigure, world.KindClip:
		return nil
	}
	at, ok := told.PlaceOf(st, c.entity)
	if !ok {
		return nil
	}
	return told.Seeing(st, at, 2)
}

// items are the facts as lines.
func (c *record) items(st *world.State) []item {
	p := c.p
	var out []item
	for _, f := range told.Tell(p.env.Lang, st, c.entity, p.now) {
		out = append(out, item{Name: f.Name, Text: f.Text})
	}
	if a, ok := c.entity.(world.Alert); ok && a.About != "" && slices.Contains(links(), a.About.Kind()) {
		about := a.About
		for i := range out {
			if out[i].Name == p.t("alert.about") {
				out[i].Do = func() { p.desk.Open(page.Link{Kind: about.Kind(), ID: about.ID()}) }
			}
		}
	}
	return out
}

// moreTitle names the lines beside the facts, empty where there are none.
func (c *record) moreTitle() string {
	switch {
	case c.ref.Kind() == world.KindAlert:
		return c.p.t("alert.instruction")
	case len(c.more.items) > 0:
		return c.p.t("records.panel.alerts")
	}
	return ""
}

// others are the steps of an alert, or the alerts about a thing.
func (c *record) others(st *world.State) []item {
	p := c.p
	var out []item
	if a, ok := c.entity.(world.Alert); ok {
		for _, s := range strings.Split(a.Instruction, "\n") {
			if s = strings.TrimSpace(s); s != "" {
				out = append(out, item{Text: s, Icon: "normal"})
			}
		}
		if len(out) == 0 {
			out = []item{{Text: p.t("records.steps.none")}}
		}
		return out
	}
	for _, a := range st.Alerts() {
		if a.About == c.ref && a.Open() && len(out) < 6 {
			_, icon := tile.SeveritySign(a.Severity)
			id := a.ID
			out = append(out, item{Text: a.Title, Icon: icon, Do: func() { p.desk.Open(page.Link{Kind: world.KindAlert, ID: id}) }})
		}
	}
	return out
}

// spots lays the live tiles.
func (c *record) spots(st *world.State) {
	live, beside := c.inside(c.at.live), c.inside(c.at.sides)
	if c.entity == nil || live.Empty() {
		return
	}
	at, placed := told.PlaceOf(st, c.entity)
	main := world.Tile{ID: "live", Kind: "map"}
	var sides []world.Tile
	switch c.ref.Kind() {
	case world.KindCamera:
		main = cameraTile("live", c.ref.ID())
		if placed {
			sides = []world.Tile{{ID: "map", Kind: "map", Params: mapAt(c.ref, at)}}
		}
	default:
		if id := c.figure(); id != "" {
			main = world.Tile{ID: "live", Kind: "figure", Params: []world.Param{{Key: "figure", Value: id}}}
			break
		}
		if !placed {
			return
		}
		main.Params = c.mapParams(at)
	}
	for _, cam := range c.watching(st) {
		sides = append(sides, cameraTile("side-"+cam.ID, cam.ID))
	}
	sign := live.String() + beside.String()
	for _, t := range append(sides, main) {
		sign += "|" + t.ID
	}
	if sign == c.spot {
		return // a map that goes along moves by itself
	}
	c.spot = sign
	c.live.Lay([]page.Spot{{Tile: main, Rect: image.Rectangle{Max: live.Size()}}})
	c.sides.Lay(column(sides, beside.Size(), c.p.px(8)))
}

// column stacks tiles in a place.
func column(tiles []world.Tile, size image.Point, gap int) []page.Spot {
	var out []page.Spot
	for i, t := range tiles {
		h := (size.Y - gap*(len(tiles)-1)) / len(tiles)
		out = append(out, page.Spot{Tile: t, Rect: image.Rect(0, i*(h+gap), size.X, i*(h+gap)+h)})
	}
	return out
}

func cameraTile(id, camera string) world.Tile {
	return world.Tile{ID: id, Kind: "camera", Params: []world.Param{{Key: "camera", Value: camera}}}
}

// mapParams are those of the map of the thing: a fence is seen whole.
func (c *record) mapParams(at geo.Point) []world.Param {
	if f, ok := c.entity.(world.Fence); ok {
		b := f.Is.Polygons.Bound()
		dx, dy := (b.Max[0]-b.Min[0])*0.15, (b.Max[1]-b.Min[1])*0.15
		b.Min, b.Max = geo.Point{b.Min[0] - dx, b.Min[1] - dy}, geo.Point{b.Max[0] + dx, b.Max[1] + dy}
		return brief.Params{Bounds: &b}.List()
	}
	about := c.ref
	if a, ok := c.entity.(world.Alert); ok && a.About != "" {
		about = a.About
	}
	return mapAt(about, at)
}

// Zooms of a map around a thing on land and at sea.
const placeZoom, seaZoom = 13, 11

func mapAt(r world.Ref, at geo.Point) []world.Param {
	p := brief.Params{Center: &at, Zoom: placeZoom}
	if r.Kind() == world.KindVessel {
		p.Zoom, p.Follow = seaZoom, r
	}
	return p.List()
}

// again is how often what happened is asked for anew while things change.
const again = 5 * time.Second

// history asks what happened to the thing, at first and when the state changed.
func (c *record) history() {
	p := c.p
	v := p.desk.Version()
	if c.reading || !c.asked.IsZero() && (p.at.Sub(c.asked) < again || v == c.seenAt && !c.partly) {
		return
	}
	c.asked, c.seenAt, c.reading = p.at, v, true
	if !c.got {
		c.past.Say(list.Loading, p.t("records.past.loading"), "", nil)
	}
	into := &answer{}
	c.cancel = p.desk.Call(page.Request{Path: ask(c.ref, 0), Into: into}, func(err error) {
		c.reading = false
		c.answered(into, err)
	})
}

func (c *record) answered(a *answer, err error) {
	p := c.p
	if err != nil {
		status, text := list.Failed, err.Error()
		if r, ok := err.(*page.Refusal); ok && r.Status == 403 { //nolint:errorlint // the contract hands it over as it is
			status = list.Denied
		} else if ok && r.Status == 404 {
			status, text = list.Ready, ""
		}
		c.past.Say(status, "", text, func() { c.asked = time.Time{} })
		return
	}
	c.past.Say(list.Ready, "", "", nil)
	c.got, c.from, c.partly = true, a.From, a.Reading
	st := p.desk.State()
	for i := range a.Entries {
		told.Phrase(p.env.Lang, st, &a.Entries[i], c.ref)
	}
	c.events.Set(a.Entries)
	c.past.Update(p.at)
	p.desk.Poke()
}

// show stops what nobody sees.
func (c *record) show(visible bool) {
	c.live.Show(visible)
	c.sides.Show(visible)
}

// close ends what is live.
func (c *record) close() {
	if c.cancel != nil {
		c.cancel()
	}
	c.live.Close()
	c.sides.Close()
}

// key takes a key that no field wanted.
func (c *record) key(e *fyne.KeyEvent) bool {
	if e.Name == fyne.KeyEscape {
		c.back()
		return true
	}
	return c.past.Key(e)
}

// back goes where the page was opened from; where that is a list, it is this page's
// own.
func (c *record) back() {
	p := c.p
	p.desk.Back()
	if p.record == c {
		p.leave()
	}
}

// letter does what the letter on a button stands for.
func (c *record) letter(r rune) bool {
	for _, a := range c.acts {
		if strings.EqualFold(a.Key, string(r)) && a.Why == "" {
			a.Do()
			return true
		}
	}
	return false
}

func (c *record) keys() []page.Key {
	out := []page.Key{}
	for _, a := range c.acts {
		if a.Key != "" && a.Key != "Esc" && a.Why == "" {
			out = append(out, page.Key{Keys: a.Key, Text: a.Label, Foot: a.Primary || len(out) < 3})
		}
	}
	return append(out, page.Key{Keys: "Esc", Text: c.p.t("records.key.back"), Foot: true})
}
