package setup

import (
	"math"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/field"
	"iocwall/ui/list"
	"iocwall/ui/page"
)

// nodesPart are the computers of the wall: how each is, and letting one more in.
type nodesPart struct {
	*pair
	rows  *list.Rows[machine]
	facts *facts
	inner *fyne.Container
	name  *field.Field
	code  *widget.Button
	copy  *widget.Button
	logs  *widget.Button

	got     enrolment
	why     string
	waiting bool
}

// enrolment is the code with which a computer is let in once.
type enrolment struct {
	Node    string    `json:"node"`
	Code    string    `json:"code"`
	Expires time.Time `json:"expires"`
}

func newNodes(k kit) *nodesPart {
	m := &nodesPart{rows: list.NewRows(func(x *machine) string { return x.NodeReported.Node }, nil), facts: newFacts(k)}
	at := m.rows.At
	l := list.New(k.p.desk, list.Options{
		Name: "setup.nodes", Source: m.rows, Sort: list.Sort{Column: "node"},
		Columns: []list.Column{
			{ID: "node", Title: k.t("setup.col.node"), Min: 130, Weight: 1, Cell: func(i int) list.Cell {
				icon, _ := k.mark(*at(i))
				return list.Cell{Icon: icon, Text: at(i).NodeReported.Node, Bold: true}
			}, Text: func(i int) string { return at(i).NodeReported.Node }},
			{ID: "state", Title: k.t("setup.col.state"), Min: 190, Weight: 1, Text: func(i int) string { _, w := k.mark(*at(i)); return w }},
			{ID: "screens", Title: k.t("setup.col.screens"), Min: 70, Right: true, Drop: 3, Text: func(i int) string { return k.whole(at(i).Screens) }, Num: func(i int) (float64, bool) { return float64(at(i).Screens), true }},
			{ID: "load", Title: k.t("setup.col.load"), Min: 90, Right: true, Down: true, Text: func(i int) string {
				if at(i).Share < 0 {
					return "—"
				}
				return k.env.Lang.Percent(100*at(i).Share, 0)
			}, Num: func(i int) (float64, bool) { return at(i).Share, at(i).Share >= 0 }},
			{ID: "cpu", Title: k.t("setup.col.cpu"), Min: 70, Right: true, Drop: 2, Text: func(i int) string { return k.env.Lang.Percent(100*at(i).CPU, 0) }, Num: func(i int) (float64, bool) { return at(i).CPU, true }},
			{ID: "memory", Title: k.t("setup.col.memory"), Min: 90, Right: true, Drop: 4, Text: func(i int) string { return k.env.Lang.Int(at(i).Memory>>20) + " MB" }, Num: func(i int) (float64, bool) { return float64(at(i).Memory), true }},
			{ID: "version", Title: k.t("setup.col.version"), Min: 100, Weight: 1, Drop: 5, Text: func(i int) string { return at(i).Version }},
		},
	})
	m.name = k.field(field.Code, k.t("setup.enrol.name"), func() { m.ask() })
	m.code = k.button(k.t("setup.enrol"), "", m.ask)
	m.copy = k.button(k.t("setup.enrol.copy"), "", func() { k.p.desk.Copy(m.command()) })
	m.logs = k.button(k.t("setup.act.logs"), "", func() { k.p.openText(partLogs + "/node/" + l.Chosen()) })
	m.inner = arrange(m.layRight, m.facts.object(), m.name, m.code, m.copy, m.logs)
	m.pair = newPair(k, l.Object(), m.inner, 0.62)
	m.list = l
	return m
}

func (m *nodesPart) layRight(s fyne.Size) {
	k := m.k
	h := min(m.facts.height(s.Width), s.Height-k.u(170))
	put(m.facts.object(), 0, 0, s.Width, h)
	x, w := k.u(pad), s.Width-2*k.u(pad)
	y := h + k.u(8)
	y += k.row(x, y, w, m.logs) + k.u(12)
	y += k.stack(x, y, w, 1, m.name)
	k.row(x, y, w, m.code, m.copy)
}

// open chooses a computer; "+name" begins letting it in.
func (m *nodesPart) open(id string) {
	if name, more := strings.CutPrefix(id, "+"); more {
		m.name.SetText(name)
		m.k.p.focus(m.name.Input)
		return
	}
	m.pair.open(id)
}

// ask makes a code for a computer.
func (m *nodesPart) ask() {
	k := m.k
	name := strings.TrimSpace(m.name.Text())
	if name == "" || m.waiting || !k.p.may("node.enrol") {
		return
	}
	m.waiting = true
	var got enrolment
	k.p.desk.Call(page.Request{Method: "POST", Path: "/api/nodes/codes", Body: map[string]string{"node": name}, Into: &got}, func(err error) {
		m.waiting, m.why = false, ""
		if err != nil {
			m.name.Wrong(err.Error())
			return
		}
		m.name.Wrong("")
		m.got = got
		k.p.desk.Did(k.t("setup.enrol.did", "node", name), nil)
		m.refresh(k.p.now)
	})
}

// command is what is typed at the computer.
func (m *nodesPart) command() string {
	feed := m.k.p.health.last.Feed
	if feed == "" {
		feed = "wss://…/feed"
	}
	return strings.Join([]string{"wall", "node", "--name", m.got.Node, "--server", feed, "--code", m.got.Code}, " ")
}

func (m *nodesPart) refresh(now time.Time) {
	k := m.k
	all := fleet(k.p.desk.State())
	m.rows.Set(all)
	up := 0
	for _, x := range all {
		if x.Up {
			up++
		}
	}
	m.left.say(k.t("setup.nodes", "n", k.whole(len(all))), k.t("setup.nodes.up", "n", k.whole(up)))
	m.list.Update(now)
	title := k.t("setup.node.none")
	var facts []line
	m.logs.Hide()
	for _, x := range all {
		if x.NodeReported.Node == m.list.Chosen() {
			title = x.NodeReported.Node
			facts = append(facts, m.say(x, k.p.desk.ServerTime(now))...)
			m.logs.Show()
		}
	}
	if m.got.Code != "" {
		left := m.got.Expires.Sub(k.p.desk.ServerTime(now)).Truncate(time.Second)
		if left <= 0 {
			m.got = enrolment{}
		} else {
			facts = append(facts, line{value: k.t("setup.enrol.code", "node", m.got.Node, "age", k.env.Lang.Age(left))}, line{value: m.got.Code, big: true}, line{value: m.command()})
		}
	}
	m.copy.Hide()
	if m.got.Code != "" {
		m.copy.Show()
	}
	m.right.say(title, "")
	m.facts.set(facts)
	m.layRight(m.inner.Size())
}

// say is what is known of a computer.
func (m *nodesPart) say(x machine, now time.Time) []line {
	k, l := m.k, m.k.env.Lang
	_, word := k.mark(x)
	out := []line{{name: k.t("setup.col.state"), value: word}}
	if x.Since != 0 {
		out[0].value += ", " + l.T("since", "time", l.Stamp(x.Since.Std(), now))
	}
	if !x.Up && x.Reason != "" {
		out = append(out, line{name: k.t("setup.fact.reason"), value: k.reasonOf(x.Reason), wrong: true})
	}
	for _, p := range x.Problems {
		out = append(out, line{name: k.t("setup.fact.problem"), value: p, wrong: true})
	}
	if x.Share >= 0 {
		out = append(out, line{name: k.t("setup.col.load"), value: strings.TrimRight(k.t("setup.node.load", "share", l.Percent(100*x.Share, 0), "streams", x.Streams), " ·")})
	}
	var outputs []string
	for _, o := range x.Monitors {
		outputs = append(outputs, o.Output+" "+strconv.Itoa(o.PxW)+"×"+strconv.Itoa(o.PxH))
	}
	for _, f := range []line{
		{name: k.t("setup.fact.outputs"), value: strings.Join(outputs, ", ")},
		{name: k.t("setup.fact.pictures"), value: x.Pictures},
		{name: k.t("setup.col.cpu"), value: l.Percent(math.Round(100*x.CPU), 0) + " · " + l.Int(x.Memory>>20) + " MB"},
		{name: k.t("setup.col.version"), value: x.Version},
		{name: k.t("setup.fact.by"), value: x.By},
	} {
		if f.value != "" {
			out = append(out, f)
		}
	}
	for _, b := range x.Budget {
		out = append(out, line{name: b.Codec + " " + strconv.Itoa(b.Width) + "×" + strconv.Itoa(b.Height), value: k.t("setup.node.budget", "n", l.Number(b.Streams, 1), "fps", l.Number(b.FPS, 0))})
	}
	return out
}
