package setup

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/server/world"
	"iocwall/ui/page"
)

// item is one thing that is wrong, as the server tells it.
type item struct {
	ID       string            `json:"id"`
	Severity world.Severity    `json:"severity"`
	Code     string            `json:"code"`
	Values   map[string]string `json:"values"`
	Since    world.Time        `json:"since"`
	Next     world.Time        `json:"next"`
	Things   []string          `json:"things"`
	Count    int               `json:"count"`
	Link     string            `json:"link"`
	Action   string            `json:"action"`
	Target   string            `json:"target"`
}

// tally is how many of something are well.
type tally struct {
	Code   string            `json:"code"`
	Good   int               `json:"good"`
	Of     int               `json:"of"`
	Values map[string]string `json:"values"`
}

// report is what the server says of itself.
type report struct {
	At       world.Time `json:"at"`
	Items    []item     `json:"items"`
	Overview []tally    `json:"overview"`
	Feed     string     `json:"feed"`
}

// health asks the server again and again what is wrong, while the page is in sight.
type health struct {
	p       *Page
	last    report
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
	var got report
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
	k     kit
	frame *frame
	rows  *rows
	// all says how many of each are well; it stands below where there is room.
	all *rows
}

func newWrong(k kit) *wrongPart {
	w := &wrongPart{k: k, rows: newRows(k), all: newRows(k)}
	w.frame = newFrame(k, arrange(w.lay, w.rows, w.all))
	return w
}

func (w *wrongPart) lay(s fyne.Size) {
	h := w.all.long()
	if s.Height-h < w.k.u(240) {
		h = min(h, w.k.u(head+44))
	}
	put(w.rows, 0, 0, s.Width, s.Height-h)
	put(w.all, 0, s.Height-h, s.Width, h)
}

func (w *wrongPart) object() fyne.CanvasObject { return w.frame.box }
func (w *wrongPart) open(string)               {}
func (w *wrongPart) key(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyPageUp, fyne.KeyPageDown:
		w.rows.TypedKey(e)
		return true
	}
	return false
}
func (w *wrongPart) letter(rune) bool { return false }
func (w *wrongPart) keys() []page.Key { return nil }
func (w *wrongPart) show(bool)        {}
func (w *wrongPart) close()           {}

// problems are what is wrong with the draft and what the server says, the worst first.
func (w *wrongPart) problems() []row {
	var out []row
	h := w.k.p.health
	for _, it := range h.last.Items {
		out = append(out, w.rowOf(it))
	}
	if m, ok := w.k.p.made[partScreens].(*screensPart); ok {
		out = append(out, m.faults()...)
	}
	slices.SortStableFunc(out, func(a, b row) int { return rankOfIcon(b.icon) - rankOfIcon(a.icon) })
	return out
}

func (w *wrongPart) refresh(now time.Time) {
	h, k := w.k.p.health, w.k
	remark := ""
	list := w.problems()
	switch {
	case h.err != nil && !h.got:
		w.rows.empty = k.refused(h.err)
	case !h.got:
		w.rows.empty = k.t("loading")
	case h.err != nil:
		remark = k.t("setup.wrong.old", "age", k.env.Lang.Age(k.p.desk.ServerTime(now).Sub(h.last.At.Std())))
	case len(list) == 0:
		list = append(list, row{icon: "normal", title: k.t("setup.wrong.none"), text: k.t("setup.wrong.none.text", "time", k.env.Lang.Clock(h.last.At.Std()))})
		remark = ""
	default:
		remark = k.t("setup.wrong.count", "n", k.whole(len(list)))
	}
	w.frame.say(k.t("setup.wrong"), remark)
	w.rows.set(list)
	var all []row
	if h.got {
		all = append(all, row{section: true, title: k.t("setup.overview")})
		for _, o := range h.last.Overview {
			all = append(all, w.fact(o))
		}
	}
	before := len(w.all.list)
	w.all.set(all)
	if before != len(all) {
		w.lay(w.frame.content.Size())
	}
}

// refused says why a question had no answer.
func (k kit) refused(err error) string {
	var r *page.Refusal
	if errors.As(err, &r) && r.Status == 403 {
		return k.t("setup.noright")
	}
	return k.t("setup.unanswered", "why", err.Error())
}

// pairs are an item's values as the catalogue takes them.
func (k kit) pairs(values map[string]string, more ...string) []string {
	out := more
	for key, v := range values {
		if n := values["more"]; key == "list" && n != "" {
			v = k.t("setup.more", "list", v, "n", k.numeral(n))
		}
		out = append(out, key, k.numeral(v))
	}
	return out
}

// rowOf says an item to people.
func (w *wrongPart) rowOf(it item) row {
	k, l := w.k, w.k.env.Lang
	now := k.p.desk.ServerTime(k.p.now)
	key := "setup.fault." + it.Code
	pairs := k.pairs(it.Values, "count", k.whole(it.Count))
	r := row{icon: iconOf(it.Severity), strong: true}
	if l.Has(key) {
		r.title, r.text = l.T(key, pairs...), l.T(key+".text", pairs...)
	} else {
		r.title, r.text = it.Code, strings.Join(it.Things, ", ")
	}
	if reason := k.reasonOf(it.Values["reason"]); reason != "" && !strings.HasPrefix(it.Code, "camera") && !strings.Contains(r.text, reason) {
		r.text += " " + sentence(reason)
	}
	if it.Next != 0 {
		if left := it.Next.Std().Sub(now).Truncate(time.Second); left > 0 {
			r.text += " " + k.t("setup.fault.next", "age", l.Age(left))
		}
	}
	if it.Since != 0 {
		r.right = age(k, now.Sub(it.Since.Std()))
	}
	if act := "setup.act." + it.Action; it.Action != "" && l.Has(act) {
		r.act = l.T(act, pairs...)
		r.do = func() { w.act(it) }
	}
	return r
}

// age is an age that does not change each second.
func age(k kit, d time.Duration) string {
	if d < time.Minute {
		d = max(d, time.Second).Truncate(10 * time.Second)
		if d == 0 {
			d = time.Second
		}
	}
	return k.env.Lang.Age(d.Truncate(time.Second))
}

// reasonOf says the server's own sentences on a connection in the person's language;
// what a device or a system says stays as it is.
func (k kit) reasonOf(reason string) string {
	for _, x := range [][2]string{
		{"nothing was heard", "silent"}, {"its connection ended", "ended"}, {"it did not come back", "restart"},
		{"its token was revoked", "revoked"}, {"its token has expired", "expired"}, {"it was too slow", "slow"},
	} {
		if strings.HasPrefix(reason, x[0]) {
			return k.t("setup.reason." + x[1])
		}
	}
	return reason
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
func (w *wrongPart) act(it item) {
	p := w.k.p
	if it.Action == "logs" {
		p.openText(partLogs + "/" + it.Target)
		return
	}
	if it.Action == "enrol" {
		p.openText(partNodes + "/+" + it.Target)
		return
	}
	if it.Action == "password" {
		p.openText(partCameras + "/" + it.Target)
		if m, ok := p.made[partCameras].(*camerasPart); ok {
			m.editPassword()
		}
		return
	}
	p.openText(it.Link)
}

// fact says how many of something are well.
func (w *wrongPart) fact(o tally) row {
	k := w.k
	r := row{fact: true, icon: "normal", title: k.t("setup.count." + o.Code), value: k.whole(o.Good) + "/" + k.whole(o.Of)}
	if o.Good < o.Of {
		r.icon = "warning-open"
	}
	if key := "setup.count." + o.Code + ".text"; k.env.Lang.Has(key) {
		r.text = k.t(key, k.pairs(o.Values)...)
	}
	switch o.Code {
	case "journal":
		if n, err := strconv.ParseInt(o.Values["events"], 10, 64); err == nil {
			r.value = k.env.Lang.Int(n)
		}
	case "cameras", "sources":
		if o.Good == o.Of {
			r.text = ""
		} else if v := o.Values["list"]; v != "" {
			r.text = v
		}
	}
	return r
}
