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
	"iocwall/ui/setup/kit"
	"iocwall/ui/setup/wall"
)

// nodesPart are the computers of the wall: how each is, and letting one more in.
type nodesPart struct {
	*kit.Pair
	rows  *list.Rows[wall.Machine]
	all   []wall.Machine
	pace  kit.Pace
	facts *kit.Facts
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

func newNodes(k kit.Kit) *nodesPart {
	m := &nodesPart{rows: list.NewRows(func(x *wall.Machine) string { return x.NodeReported.Node }, nil), facts: kit.NewFacts(k)}
	at := m.rows.At
	l := list.New(k.Host.Desk(), list.Options{
		Name: "setup.nodes", Source: m.rows, Sort: list.Sort{Column: "node"},
		Columns: []list.Column{
			{ID: "node", Title: k.T("setup.col.node"), Min: 130, Weight: 1, Cell: func(i int) list.Cell {
				icon, _ := wall.Mark(k, *at(i))
				return list.Cell{Icon: icon, Text: at(i).NodeReported.Node, Bold: true}
			}, Text: func(i int) string { return at(i).NodeReported.Node }},
			{ID: "state", Title: k.T("setup.col.state"), Min: 190, Weight: 1, Text: func(i int) string { _, w := wall.Mark(k, *at(i)); return w }},
			{ID: "screens", Title: k.T("setup.col.screens"), Min: 70, Right: true, Drop: 3, Text: func(i int) string { return k.Whole(at(i).Screens) }, Num: func(i int) (float64, bool) { return float64(at(i).Screens), true }},
			{ID: "load", Title: k.T("setup.col.load"), Min: 90, Right: true, Down: true, Text: func(i int) string {
				if at(i).Share < 0 {
					return "—"
				}
				return k.Env.Lang.Percent(100*at(i).Share, 0)
			}, Num: func(i int) (float64, bool) { return at(i).Share, at(i).Share >= 0 }},
			{ID: "cpu", Title: k.T("setup.col.cpu"), Min: 70, Right: true, Drop: 2, Text: func(i int) string { return k.Env.Lang.Percent(100*at(i).CPU, 0) }, Num: func(i int) (float64, bool) { return at(i).CPU, true }},
			{ID: "memory", Title: k.T("setup.col.memory"), Min: 90, Right: true, Drop: 4, Text: func(i int) string { return k.Env.Lang.Int(at(i).Memory>>20) + " MB" }, Num: func(i int) (float64, bool) { return float64(at(i).Memory), true }},
			{ID: "version", Title: k.T("setup.col.version"), Min: 100, Weight: 1, Drop: 5, Text: func(i int) string { return at(i).Version }},
		},
	})
	m.name = k.Field(field.Code, k.T("setup.enrol.name"), "pc-01", nil, func() { m.ask() })
	m.code = k.Button(k.T("setup.enrol"), "", m.ask)
	m.copy = k.Button(k.T("setup.enrol.copy"), "", func() { k.Host.Desk().Copy(m.command()) })
	m.logs = k.Button(k.T("setup.act.logs"), "", func() { k.Host.Go(partLogs + "/node/" + l.Chosen()) })
	m.inner = kit.Arrange(m.layRight, m.facts.Object(), m.name, m.code, m.copy, m.logs)
	m.Pair = kit.NewPair(k, l.Object(), m.inner, 0.62)
	m.List = l
	return m
}

func (m *nodesPart) layRight(s fyne.Size) {
	k := m.K
	h := min(m.facts.Height(s.Width), s.Height-k.U(188))
	kit.Put(m.facts.Object(), 0, 0, s.Width, h)
	x, w := k.U(kit.Pad), s.Width-2*k.U(kit.Pad)
	y := h + k.U(8)
	y += k.Row(x, y, w, m.logs) + k.U(12)
	y += k.Stack(x, y, w, 1, m.name)
	k.Row(x, y, w, m.code, m.copy)
}

// open chooses a computer; "+name" begins letting it in.
func (m *nodesPart) Open(id string) {
	if name, more := strings.CutPrefix(id, "+"); more {
		m.name.SetText(name)
		m.K.Host.Focus(m.name.Input)
		return
	}
	m.Pair.Open(id)
}

// ask makes a code for a computer.
func (m *nodesPart) ask() {
	k := m.K
	name := strings.TrimSpace(m.name.Text())
	if name == "" || m.waiting || !k.Host.May("node.enrol") {
		return
	}
	m.waiting = true
	var got enrolment
	k.Host.Desk().Call(page.Request{Method: "POST", Path: "/api/nodes/codes", Body: map[string]string{"node": name}, Into: &got}, func(err error) {
		m.waiting, m.why = false, ""
		if err != nil {
			m.name.Wrong(err.Error())
			return
		}
		m.name.Wrong("")
		m.got = got
		k.Host.Desk().Did(k.T("setup.enrol.did", "node", name), nil)
		m.Refresh(k.Host.Now())
	})
}

// command is what is typed at the computer.
func (m *nodesPart) command() string {
	feed := m.K.Host.Report().Feed
	if feed == "" {
		feed = "wss://…/feed"
	}
	return strings.Join([]string{"wall", "node", "--name", m.got.Node, "--server", feed, "--code", m.got.Code}, " ")
}

func (m *nodesPart) Refresh(now time.Time) {
	k := m.K
	if m.pace.Due(now, m.List.Chosen()) {
		m.all = wall.Fleet(k.Host.Desk().State())
		m.rows.Set(m.all)
	}
	all := m.all
	up := 0
	for _, x := range all {
		if x.Up {
			up++
		}
	}
	m.Left.Say(k.T("setup.nodes", "n", k.Whole(len(all))), k.T("setup.nodes.up", "n", k.Whole(up)))
	m.List.Update(now)
	title := k.T("setup.node.none")
	var facts []kit.Line
	m.logs.Hide()
	for _, x := range all {
		if x.NodeReported.Node == m.List.Chosen() {
			title = x.NodeReported.Node
			facts = append(facts, m.say(x, k.Host.Desk().ServerTime(now))...)
			m.logs.Show()
		}
	}
	if m.got.Code != "" {
		left := m.got.Expires.Sub(k.Host.Desk().ServerTime(now)).Truncate(time.Second)
		if left <= 0 {
			m.got = enrolment{}
		} else {
			facts = append(facts, kit.Line{Value: k.T("setup.enrol.code", "node", m.got.Node, "age", k.Env.Lang.Age(left))}, kit.Line{Value: m.got.Code, Big: true}, kit.Line{Value: m.command()})
		}
	}
	m.copy.Hide()
	if m.got.Code != "" {
		m.copy.Show()
	}
	m.Right.Say(title, "")
	m.facts.Set(facts)
	m.layRight(m.inner.Size())
}

// say is what is known of a computer.
func (m *nodesPart) say(x wall.Machine, now time.Time) []kit.Line {
	k, l := m.K, m.K.Env.Lang
	_, word := wall.Mark(k, x)
	out := []kit.Line{{Name: k.T("setup.col.state"), Value: word}}
	if x.Since != 0 {
		out[0].Value += ", " + l.T("since", "time", l.Stamp(x.Since.Std(), now))
	}
	if !x.Up && x.Reason != "" {
		out = append(out, kit.Line{Name: k.T("setup.fact.reason"), Value: k.ReasonOf(x.Reason), Wrong: true})
	}
	for _, p := range x.Problems {
		out = append(out, kit.Line{Name: k.T("setup.fact.problem"), Value: p, Wrong: true})
	}
	if x.Share >= 0 {
		out = append(out, kit.Line{Name: k.T("setup.col.load"), Value: strings.TrimRight(k.T("setup.node.load", "share", l.Percent(100*x.Share, 0), "streams", x.Streams), " ·")})
	}
	var outputs []string
	for _, o := range x.Monitors {
		outputs = append(outputs, o.Output+" "+strconv.Itoa(o.PxW)+"×"+strconv.Itoa(o.PxH))
	}
	for _, f := range []kit.Line{
		{Name: k.T("setup.fact.outputs"), Value: strings.Join(outputs, ", ")},
		{Name: k.T("setup.fact.pictures"), Value: x.Pictures},
		{Name: k.T("setup.col.cpu"), Value: l.Percent(math.Round(100*x.CPU), 0) + " · " + l.Int(x.Memory>>20) + " MB"},
		{Name: k.T("setup.col.version"), Value: x.Version},
		{Name: k.T("setup.fact.by"), Value: x.By},
	} {
		if f.Value != "" {
			out = append(out, f)
		}
	}
	for _, b := range x.Budget {
		out = append(out, kit.Line{Name: b.Codec + " " + strconv.Itoa(b.Width) + "×" + strconv.Itoa(b.Height), Value: k.T("setup.node.budget", "n", l.Number(b.Streams, 1), "fps", l.Number(b.FPS, 0))})
	}
	return out
}
