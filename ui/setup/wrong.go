package setup

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/server/world"
	"iocwall/ui/page"
	"iocwall/ui/setup/camera"
	"iocwall/ui/setup/kit"
	"iocwall/ui/setup/wall"
)

// health asks the server again and again what is wrong, while the page is in sight.
type health struct {
	p       *Page
	last    kit.Report
	got     bool
	err     error
	asked   time.Time
	cancel  func()
	waiting bool
	hidden  bool
	version int
}

// healthEvery is the time between two questions.
const healthEvery = 5 * time.Second

func newHealth(p *Page) *health { return &health{p: p} }

func (h *health) show(visible bool) {
	h.hidden = !visible
	if visible {
		h.asked = time.Time{}
	}
}

func (h *health) close() {
	h.hidden = true
	if h.cancel != nil {
		h.cancel()
	}
}

// refresh asks when it is time to.
func (h *health) refresh(now time.Time) {
	if h.hidden || h.waiting || now.Sub(h.asked) < healthEvery && !h.asked.IsZero() {
		return
	}
	h.asked, h.waiting = now, true
	var got kit.Report
	h.cancel = h.p.desk.Call(page.Request{Path: "/api/setup/health", Into: &got}, func(err error) {
		h.waiting, h.err = false, err
		if err == nil {
			h.last, h.got = got, true
		}
		h.version++
		h.p.desk.Poke()
	})
}

// soon asks again at the next refresh: something was just done about it.
func (h *health) soon() { h.asked = time.Time{} }

// wrongPart is what is wrong now and since when, and how many of each are well.
type wrongPart struct {
	p     *Page
	k     kit.Kit
	frame *kit.Frame
	rows  *kit.Rows
	body  *fyne.Container
	// all says how many of each are well; it stands below where there is room.
	all *kit.Rows
}

func newWrong(p *Page) *wrongPart {
	k := p.k
	w := &wrongPart{p: p, k: k, rows: kit.NewRows(k), all: kit.NewRows(k)}
	w.body = kit.Arrange(w.lay, w.rows, w.all)
	w.frame = kit.NewFrame(k, w.body).Bare()
	return w
}

func (w *wrongPart) lay(s fyne.Size) {
	h := w.all.Long()
	if s.Height-h < w.k.U(240) {
		h = min(h, w.k.U(kit.Head+44))
	}
	kit.Put(w.rows, 0, 0, s.Width, s.Height-h)
	kit.Put(w.all, 0, s.Height-h, s.Width, h)
}

func (w *wrongPart) Object() fyne.CanvasObject { return w.frame.Box }
func (w *wrongPart) Open(string)               {}
func (w *wrongPart) Key(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyPageUp, fyne.KeyPageDown:
		w.rows.TypedKey(e)
		return true
	}
	return false
}
func (w *wrongPart) Letter(rune) bool { return false }
func (w *wrongPart) Keys() []page.Key { return nil }
func (w *wrongPart) Show(bool)        {}
func (w *wrongPart) Close()           {}

// problems are what is wrong with the draft and what the server says, the worst first.
func (w *wrongPart) problems() []kit.RowOf {
	var out []kit.RowOf
	h := w.p.health
	for _, it := range h.last.Items {
		out = append(out, w.rowOf(it))
	}
	if m, ok := w.p.made[partScreens].(*wall.Screens); ok {
		out = append(out, m.Faults()...)
	}
	slices.SortStableFunc(out, func(a, b kit.RowOf) int { return rankOfIcon(b.Icon) - rankOfIcon(a.Icon) })
	return out
}

func (w *wrongPart) Refresh(now time.Time) {
	h, k := w.p.health, w.k
	remark := ""
	list := w.problems()
	switch {
	case h.err != nil && !h.got:
		w.rows.Empty = k.Refused(h.err)
	case !h.got:
		w.rows.Empty = k.T("loading")
	case h.err != nil:
		remark = k.T("setup.wrong.old", "age", k.Env.Lang.Age(k.Host.Desk().ServerTime(now).Sub(h.last.At.Std())))
	case len(list) == 0:
		list = append(list, kit.RowOf{Icon: "normal", Title: k.T("setup.wrong.none"), Text: k.T("setup.wrong.none.text", "time", k.Env.Lang.Clock(h.last.At.Std()))})
		remark = ""
	default:
		remark = k.T("setup.wrong.count", "n", k.Whole(len(list)))
	}
	w.frame.Say(k.T("setup.wrong"), remark)
	w.rows.Set(list)
	var all []kit.RowOf
	if h.got {
		all = append(all, kit.RowOf{Section: true, Title: k.T("setup.overview")})
		for _, o := range h.last.Overview {
			all = append(all, w.fact(o))
		}
	}
	before := len(w.all.List())
	w.all.Set(all)
	if before != len(all) {
		w.lay(w.body.Size())
	}
}

// rowOf says an item to people.
func (w *wrongPart) rowOf(it kit.Item) kit.RowOf {
	k, l := w.k, w.k.Env.Lang
	now := k.Host.Desk().ServerTime(k.Host.Now())
	key := "setup.fault." + it.Code
	pairs := k.Pairs(it.Values, "count", k.Whole(it.Count), "screen", it.Target)
	r := kit.RowOf{Icon: iconOf(it.Severity)}
	if l.Has(key) {
		r.Title, r.Text = l.T(key, pairs...), l.T(key+".text", pairs...)
	} else {
		r.Title, r.Text = it.Code, strings.Join(it.Things, ", ")
	}
	if reason := k.ReasonOf(it.Values["reason"]); reason != "" && !strings.HasPrefix(it.Code, "camera") && !strings.Contains(r.Text, reason) {
		r.Text += " " + sentence(reason)
	}
	if it.Next != 0 {
		if left := it.Next.Std().Sub(now).Truncate(time.Second); left > 0 {
			r.Text += " " + k.T("setup.fault.next", "age", l.Age(left))
		}
	}
	if it.Since != 0 {
		r.Right = age(k, now.Sub(it.Since.Std()))
		if it.AtLeast {
			r.Right = k.T("setup.wrong.least", "age", r.Right)
			r.Text += " " + k.T("setup.wrong.least.text", "time", l.Stamp(it.Since.Std(), now))
		}
	}
	if act := "setup.act." + it.Action; it.Action != "" && l.Has(act) {
		r.Act = l.T(act, pairs...)
		r.Do = func() { w.act(it) }
	}
	return r
}

// age is an age that does not change each second.
func age(k kit.Kit, d time.Duration) string {
	if d < time.Minute {
		d = max(d, time.Second).Truncate(10 * time.Second)
		if d == 0 {
			d = time.Second
		}
	}
	return k.Env.Lang.Age(d.Truncate(time.Second))
}

// sentence begins with a capital and ends with a point.
func sentence(s string) string {
	if s == "" {
		return s
	}
	rs := []rune(s)
	out := strings.ToUpper(string(rs[0])) + string(rs[1:])
	if !strings.HasSuffix(out, ".") {
		out += "."
	}
	return out
}

// rankOfIcon orders rows by their severity.
func rankOfIcon(icon string) int { return world.Severity(icon).Rank() }

func iconOf(s world.Severity) string {
	switch s {
	case world.Critical, world.Severe, world.Warning:
		return string(s)
	}
	return "notice"
}

// act does what helps against an item.
func (w *wrongPart) act(it kit.Item) {
	p := w.p
	if it.Action == "logs" {
		p.Go(partLogs + "/" + it.Target)
		return
	}
	if it.Action == "enrol" {
		p.Go(partNodes + "/+" + it.Target)
		return
	}
	if it.Action == "password" {
		p.Go(partCameras + "/" + it.Target)
		if m, ok := p.made[partCameras].(*camera.Part); ok {
			m.EditPassword()
		}
		return
	}
	p.Go(it.Link)
}

// fact says how many of something are well.
func (w *wrongPart) fact(o kit.Tally) kit.RowOf {
	k := w.k
	r := kit.RowOf{Fact: true, Icon: "normal", Title: k.T("setup.count." + o.Code), Value: k.Whole(o.Good) + "/" + k.Whole(o.Of)}
	if o.Good < o.Of {
		r.Icon = "warning-open"
	}
	if key := "setup.count." + o.Code + ".text"; k.Env.Lang.Has(key) {
		r.Text = k.T(key, k.Pairs(o.Values)...)
	}
	switch o.Code {
	case "journal":
		if n, err := strconv.ParseInt(o.Values["events"], 10, 64); err == nil {
			r.Value = k.Env.Lang.Int(n)
		}
	case "cameras":
		var parts []string
		for _, what := range []string{"dark", "refused"} {
			if n := o.Values[what]; n != "" && n != "0" {
				parts = append(parts, k.T("setup.count."+what, "n", k.Numeral(n)))
			}
		}
		r.Text = strings.Join(parts, ", ")
	case "sources":
		if o.Good < o.Of {
			r.Text = o.Values["list"]
		}
	}
	return r
}
