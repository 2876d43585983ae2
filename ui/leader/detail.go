package leader

import (
	"image"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/page"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

// detail is one domain: its indicators as on the wall, its open alerts, and the
// map where it has places.
type detail struct {
	p      *Page
	d      domain
	figs   []world.Figure
	rows   []alertRow
	turned int // first row of tiles

	tiles map[string]*tile.Figure
	board page.Board
	laid  image.Rectangle // where the map lies
	spots []spot
	at    layout
}

// spot is something that can be opened.
type spot struct {
	rect image.Rectangle
	link page.Link
}

// layout is where everything lies, in device pixels.
type layout struct {
	head, left, right, mapped image.Rectangle
	columns, rows             int
	cell                      image.Point
	// all and fit count rows of tiles.
	all int
}

// alertRow is one open alert as the page writes it.
type alertRow struct {
	ID       string
	Severity world.Severity
	Title    string
	Whos     []string
}

// bodyPx is the size of the text of a domain's page on a screen 1080 px high: read
// at a desk and from two and a half metres.
const bodyPx = 30

// Parts of the page's width and of a column's height, and heights in px of the
// design.
const (
	alertsShare = 0.34
	mapShare    = 0.52
	leftForMap  = 0.38
	alertHigh   = 190
	// tileLeast is the least height of a tile, tileHigh that of one above a map.
	tileLeast, tileHigh = 470, 580
)

// refresh brings the page of the domain in line with the state.
func (d *detail) refresh() {
	p := d.p
	st, l := p.state(), p.lang()
	var known bool
	if d.d, known = p.find(p.domain); !known { // it is no domain any more
		p.enter("")
		return
	}
	figs := figures(p.indicators(), d.d)
	at := p.desk.ServerTime(p.now)
	var rows []alertRow
	for _, a := range alerts(st, d.d, p.desk.Alerts()) {
		rows = append(rows, rowOf(l, a, at))
	}
	again := len(d.tiles) == 0 || !slices.EqualFunc(figs, d.figs, func(a, b world.Figure) bool { return a.ID == b.ID })
	changed := again || !reflect.DeepEqual(rows, d.rows)
	d.figs, d.rows = figs, rows
	switch {
	case again:
		d.lay()
		p.root.Refresh()
	case changed: // what is opened by a click is what stands there
		d.place()
	default:
		d.update()
	}
	if changed {
		p.pane.Touch()
	}
}

// whoOf says who has an alert, longest first.
func whoOf(l *words.Lang, a world.Alert) []string {
	if a.Taken == 0 {
		return []string{l.T("alerts.untaken.long"), l.T("alerts.untaken")}
	}
	who := a.WhoTook()
	return []string{l.T("alerts.taken.at", "who", who, "time", l.Clock(a.Taken.Std())), l.T("alerts.taken", "who", who)}
}

func rowOf(l *words.Lang, a world.Alert, now time.Time) alertRow {
	age := l.T("alerts.open", "age", l.Age(now.Sub(a.Since.Std()).Truncate(time.Second)))
	r := alertRow{ID: a.ID, Severity: a.Severity, Title: a.Title}
	whos := whoOf(l, a)
	if more := beside(l, a); more != "" {
		r.Whos = append(r.Whos, more+" · "+whos[0]+" · "+age, more+" · "+whos[1]+" · "+age)
	}
	for _, w := range whos {
		r.Whos = append(r.Whos, w+" · "+age)
	}
	return r
}

// beside is what an alert's title leaves open: what its value went beyond, and where.
func beside(l *words.Lang, a world.Alert) string {
	var out []string
	if _, limit := l.Against(a.Value, a.Limit, a.Unit); limit != "" && a.Value != nil {
		out = append(out, l.T("leader.alert.limit", "n", limit))
	}
	if a.Where != "" && !strings.Contains(a.Title, a.Where) {
		out = append(out, a.Where)
	}
	return strings.Join(out, " · ")
}

// update gives the tiles their indicators.
func (d *detail) update() {
	p := d.p
	now := p.desk.ServerTime(p.now)
	cover := tile.Cover{Away: p.desk.Away(p.now)}
	for _, f := range d.figs {
		if t := d.tiles[f.ID]; t != nil {
			t.Update(tile.FigureView{Figure: f, Now: now, Cover: cover})
		}
	}
}

// lay places everything; it makes what is missing.
func (d *detail) lay() {
	p := d.p
	if p.size.X < 2 || p.size.Y < 2 {
		return
	}
	text := max(bodyPx*min(float64(p.size.X)/pageW, float64(p.size.Y)/pageH), p.env.Scale.Text)
	if s := look.TextScale(text); s != p.own.Scale || p.own.Density != p.env.Density {
		p.own.Scale, p.own.Density = s, p.env.Density
		for _, t := range d.tiles {
			t.Repaint()
		}
	}
	d.at = d.measure()
	d.place()
	d.showMap()
}

// measure divides the page: tiles left, alerts and map right; one under the other
// where the page is narrow.
func (d *detail) measure() layout {
	p := d.p
	px := p.own.Scale.Px
	gap := px(16)
	w, h := p.size.X, p.size.Y
	head := px(132)
	out := layout{head: image.Rect(0, 0, w, head)}
	split := w - int(float64(w)*alertsShare)
	out.left = image.Rect(gap, head, split-gap/2, h-gap)
	out.right = image.Rect(split+gap/2, head, w-gap, h-gap)
	n := max(1, len(d.figs))
	out.columns = min(3, max(1, out.left.Dx()/px(620)), (n+1)/2)
	if len(d.d.Layers) > 0 {
		out.columns = min(3, max(1, out.left.Dx()/px(620)), n)
	}
	out.all = (n + out.columns - 1) / out.columns
	if len(d.d.Layers) > 0 {
		out.withMap(out.all*(px(tileHigh)+gap), gap)
	}
	out.rows = min(out.all, max(1, (out.left.Dy()+gap)/(px(tileLeast)+gap)))
	out.cell = image.Pt((out.left.Dx()+gap)/out.columns, (out.left.Dy()+gap)/out.rows)
	d.turned = max(0, min(d.turned, out.all-out.rows))
	return out
}

// withMap gives the map what few tiles of a height leave below them, or the lower
// part of the alerts' column.
func (l *layout) withMap(tiles, gap int) {
	if left := l.left.Dy() - tiles; float64(left) >= leftForMap*float64(l.left.Dy()) {
		l.mapped = l.left
		l.mapped.Min.Y = l.mapped.Max.Y - left
		l.left.Max.Y = l.mapped.Min.Y - gap
		return
	}
	l.mapped = l.right
	l.mapped.Min.Y = l.mapped.Max.Y - int(float64(l.mapped.Dy())*mapShare)
	l.right.Max.Y = l.mapped.Min.Y - gap
}

// place lays the tiles and lists what can be opened.
func (d *detail) place() {
	p := d.p
	if d.tiles == nil {
		d.tiles = map[string]*tile.Figure{}
	}
	gap := p.own.Scale.Px(16)
	d.spots = nil
	seen := map[string]bool{}
	for i, f := range d.figs {
		row := i/d.at.columns - d.turned
		t := d.tiles[f.ID]
		if row < 0 || row >= d.at.rows {
			if t != nil {
				t.Hide()
			}
			seen[f.ID] = t != nil
			continue
		}
		if t == nil {
			t = tile.NewFigure(p.own)
			d.tiles[f.ID] = t
		}
		seen[f.ID] = true
		corner := d.at.left.Min.Add(image.Pt(i%d.at.columns*d.at.cell.X, row*d.at.cell.Y))
		r := image.Rectangle{Min: corner, Max: corner.Add(d.at.cell).Sub(image.Pt(gap, gap))}
		p.put(t, r)
		t.Show()
		d.spots = append(d.spots, spot{r, page.Link{Kind: world.KindFigure, ID: f.ID}})
	}
	for id := range d.tiles {
		if !seen[id] {
			delete(d.tiles, id)
		}
	}
	for i, r := range d.alertRects() {
		d.spots = append(d.spots, spot{r, page.Link{Kind: world.KindAlert, ID: d.rows[i].ID}})
	}
	d.update()
}

// alertRects are the rows of alerts that fit, under their head.
func (d *detail) alertRects() []image.Rectangle {
	px := d.p.own.Scale.Px
	r := d.at.right
	var out []image.Rectangle
	for y := r.Min.Y + px(100); len(out) < len(d.rows); y += px(alertHigh) {
		more := len(d.rows) - len(out) - 1
		low := r.Max.Y
		if more > 0 {
			low -= px(76) // what does not fit is counted
		}
		if y+px(alertHigh) > low {
			break
		}
		out = append(out, image.Rect(r.Min.X, y, r.Max.X, y+px(alertHigh)))
	}
	return out
}

// showMap shows the domain's places.
func (d *detail) showMap() {
	if len(d.d.Layers) == 0 || d.at.mapped.Empty() {
		return
	}
	if d.board == nil {
		d.board = d.p.desk.Board()
		d.laid = image.Rectangle{}
		d.board.Show(d.p.shown)
	}
	r := d.at.mapped
	d.p.put(d.board.Object(), r)
	if r == d.laid {
		return
	}
	d.laid = r
	d.board.Lay([]page.Spot{{
		Tile: world.Tile{ID: "leader-map", Kind: "map", Params: []world.Param{{Key: "layers", Value: strings.Join(d.d.Layers, ",")}, {Key: "title", Value: d.d.Short}}},
		Rect: image.Rect(0, 0, r.Dx(), r.Dy()),
	}})
}

// objects are what lies over the page's own picture.
func (d *detail) objects() []fyne.CanvasObject {
	var out []fyne.CanvasObject
	if d.p.domain == "" {
		return nil
	}
	for _, f := range d.figs {
		if t := d.tiles[f.ID]; t != nil {
			out = append(out, t)
		}
	}
	if d.board != nil {
		out = append(out, d.board.Object())
	}
	return out
}

// leave ends what the domain's page started.
func (d *detail) leave() {
	if d.board != nil {
		d.board.Close()
	}
	*d = detail{p: d.p}
}

// turn goes a screenful of tiles on or back.
func (d *detail) turn(on bool) bool {
	by := -d.at.rows
	if on {
		by = d.at.rows
	}
	was := d.turned
	d.turned = max(0, min(d.turned+by, d.at.all-d.at.rows))
	if was == d.turned {
		return false
	}
	d.place()
	d.p.cursor = 0
	d.p.pane.Touch()
	d.p.root.Refresh()
	return true
}

// next is the nearest thing in a direction.
func (d *detail) next(at, dx, dy int) int {
	if at < 0 || at >= len(d.spots) {
		return 0
	}
	from := middle(d.spots[at].rect)
	best, near := at, -1
	for i, s := range d.spots {
		v := middle(s.rect).Sub(from)
		ahead, aside := v.X*dx+v.Y*dy, v.X*dy+v.Y*dx
		if aside < 0 {
			aside = -aside
		}
		if ahead <= 0 || i == at {
			continue
		}
		if cost := ahead + 3*aside; near < 0 || cost < near {
			best, near = i, cost
		}
	}
	if best == at && dy != 0 && d.turn(dy > 0) {
		return min(at, len(d.spots)-1)
	}
	return best
}

func middle(r image.Rectangle) image.Point { return r.Min.Add(r.Max).Div(2) }

// paint draws what is not a tile: the head, the alerts, the keyboard's place.
func (d *detail) paint(c *paint.Canvas) {
	p := d.p
	if d.at.head.Empty() {
		return
	}
	s := p.own.Scale
	d.paintHead(c, s)
	d.paintAlerts(c, s)
	if len(d.figs) == 0 {
		r := d.at.left
		c.Fill(r, c.Kit.Theme.S1)
		d.empty(c, r, s, p.lang().T("leader.nofigure"), p.lang().T("leader.nofigure.next"))
	}
	if p.ring && p.cursor < len(d.spots) {
		g := s.Px(7)
		c.RoundLine(d.spots[p.cursor].rect.Inset(-g), float64(g), float64(max(2, s.Px(7))), c.Kit.Theme.Focus)
	}
}

func (d *detail) paintHead(c *paint.Canvas, s look.Scale) {
	th, f, l := c.Kit.Theme, c.Kit.Fonts, d.p.lang()
	r := d.at.head
	x, h, right := float64(s.Px(32)), float64(r.Dy()), float64(r.Max.X-s.Px(32))
	hint := l.T("leader.back")
	if n := d.at.all; n > d.at.rows {
		from := d.turned*d.at.columns + 1
		to := min(len(d.figs), (d.turned+d.at.rows)*d.at.columns)
		hint = l.T("leader.part", "from", strconv.Itoa(from), "to", strconv.Itoa(to), "all", strconv.Itoa(len(d.figs))) + " · " + hint
	}
	hint = f.Fit((right-x)*0.6, s.Text, false, hint, l.T("leader.back"))
	w := f.Width(hint, false, s.Text)
	c.Text(right-w, 0, h, hint, s.Text, false, th.T2)
	c.Text(x, 0, h, f.Fit(right-w-x-float64(s.Px(32)), s.Lead, true, d.d.Long, d.d.Short), s.Lead, true, th.T1)
}

func (d *detail) paintAlerts(c *paint.Canvas, s look.Scale) {
	th, f, l := c.Kit.Theme, c.Kit.Fonts, d.p.lang()
	r := d.at.right
	c.Fill(r, th.S1)
	c.Header(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+s.Px(96)), s, "warning-open", strconv.Itoa(len(d.rows)), l.T("alerts.title"), l.T("alerts.title.short"))
	if len(d.rows) == 0 {
		r.Min.Y += s.Px(96)
		d.empty(c, r, s, l.T("alerts.none", "time", l.Clock(d.p.desk.ServerTime(d.p.now))), l.T("leader.alerts.searched"))
		return
	}
	rects := d.alertRects()
	pad, px := s.Px(32), s.Px(72)
	for i, q := range rects {
		a := d.rows[i]
		c.Fill(image.Rect(q.Min.X, q.Min.Y, q.Max.X, q.Min.Y+max(1, s.Px(2))), th.Line1)
		_, icon, ink := tile.SeverityLook(th, a.Severity)
		c.Icon(q.Min.X+pad, q.Min.Y+s.Px(24), px, icon, ink, th.OnFill)
		x, room := float64(q.Min.X+2*pad+px), float64(q.Dx()-3*pad-px)
		c.Text(x, float64(q.Min.Y+s.Px(18)), float64(s.Px(78)), f.Fit(room, s.Text, true, a.Title), s.Text, true, th.T1)
		c.Text(x, float64(q.Min.Y+s.Px(98)), float64(s.Px(76)), f.Fit(room, s.Text, false, a.Whos...), s.Text, false, th.T2)
	}
	if n := len(d.rows) - len(rects); n > 0 {
		y := r.Min.Y + s.Px(100) + len(rects)*s.Px(alertHigh)
		c.Text(float64(r.Min.X+pad), float64(y), float64(s.Px(76)), l.T("alerts.more", "n", strconv.Itoa(n)), s.Text, false, th.T2)
	}
}

// empty says what is not there and what was looked for.
func (d *detail) empty(c *paint.Canvas, r image.Rectangle, s look.Scale, first, second string) {
	th, f := c.Kit.Theme, c.Kit.Fonts
	pad, room := s.Px(32), float64(r.Dx()-2*s.Px(32))
	y := float64(r.Min.Y + pad)
	for i, text := range []string{first, second} {
		col := th.T1
		if i > 0 {
			col = th.T2
		}
		for _, line := range f.Wrap(text, room, s.Text, false, 2) {
			if y+float64(s.Px(76)) > float64(r.Max.Y) {
				return
			}
			c.Text(float64(r.Min.X+pad), y, float64(s.Px(76)), line, s.Text, false, col)
			y += float64(s.Px(76))
		}
	}
}
