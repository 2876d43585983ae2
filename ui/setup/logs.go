package setup

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"iocwall/server/world"
	"iocwall/ui/list"
	"iocwall/ui/page"
	"iocwall/ui/setup/kit"
)

// logLine is one line of the server's log.
type logLine struct {
	Seq   uint64     `json:"seq"`
	At    world.Time `json:"at"`
	Level string     `json:"level"`
	Text  string     `json:"text"`
	About string     `json:"about"`
	With  []struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	} `json:"with"`
}

// rest is what a line says besides its text.
func (l logLine) rest() string {
	var out []string
	for _, x := range l.With {
		if x.Key+"/"+x.Value != l.About {
			out = append(out, x.Key+"="+x.Value)
		}
	}
	return strings.Join(out, " ")
}

// logList is the log of one thing, or of all, asked again and again while it is seen.
type logList struct {
	k       kit.Kit
	list    *list.List
	rows    *list.Rows[logLine]
	lines   []logLine
	of      string
	things  []string
	asked   time.Time
	waiting bool
	hidden  bool
	err     error
	cancel  func()
	round   int
}

// logEvery is the time between two questions, mostLines how many are kept here.
const (
	logEvery  = 2 * time.Second
	mostLines = 2000
)

func newLogList(k kit.Kit, name string, plain bool) *logList {
	m := &logList{k: k, rows: list.NewRows(func(x *logLine) string { return strconv.FormatUint(x.Seq, 10) }, nil)}
	at := m.rows.At
	level := map[string]string{"error": "severe", "warn": "warning"}
	columns := []list.Column{
		{ID: "at", Title: k.T("setup.col.time"), Min: 96, Down: true, Text: func(i int) string { return k.Env.Lang.ClockSeconds(at(i).At.Std()) }, Num: func(i int) (float64, bool) { return float64(at(i).Seq), true }, Cell: func(i int) list.Cell {
			c := list.Cell{Text: k.Env.Lang.ClockSeconds(at(i).At.Std()), Tone: list.Quiet}
			if day := k.Env.Lang.Stamp(at(i).At.Std(), k.Host.Now()); day != k.Env.Lang.Clock(at(i).At.Std()) {
				c.Sub = day
			}
			return c
		}},
		{ID: "text", Title: k.T("setup.col.text"), Min: 220, Weight: 4, Text: func(i int) string { return at(i).Text + " " + at(i).rest() }, Cell: func(i int) list.Cell {
			c := list.Cell{Icon: level[at(i).Level], Text: at(i).Text, Sub: at(i).rest()}
			if c.Icon == "" {
				c.Icon = "normal"
			}
			return c
		}},
	}
	if !plain {
		columns = append(columns, list.Column{ID: "about", Title: k.T("setup.col.about"), Min: 150, Weight: 1, Drop: 2, Text: func(i int) string { return at(i).About }})
	}
	m.list = list.New(k.Host.Desk(), list.Options{
		Columns: columns,
		Name:    name, Source: m.rows, Sort: list.Sort{Column: "at", Down: true}, Plain: plain, Tall: true,
		Chips: []list.Chip{{ID: "bad", Text: k.T("setup.chip.errors"), Match: func(i int) bool { return level[at(i).Level] != "" }, Count: true}},
		Empty: func() (title, text string) { return k.T("setup.logs.none"), k.T("setup.logs.none.text") },
	})
	return m
}

func (m *logList) show(visible bool) {
	m.hidden = !visible
	m.asked = time.Time{}
}

func (m *logList) close() {
	m.hidden = true
	if m.cancel != nil {
		m.cancel()
	}
}

// about changes what the log is of.
func (m *logList) about(of string) {
	if of == m.of {
		return
	}
	if m.cancel != nil {
		m.cancel()
	}
	m.of, m.lines, m.asked, m.waiting = of, nil, time.Time{}, false
	m.round++
	m.rows.Set(nil)
}

func (m *logList) refresh(now time.Time) {
	m.list.Update(now)
	if m.hidden || m.waiting || now.Sub(m.asked) < logEvery && !m.asked.IsZero() {
		return
	}
	m.asked, m.waiting = now, true
	since := uint64(0)
	if n := len(m.lines); n > 0 {
		since = m.lines[n-1].Seq
	}
	q := url.Values{"limit": {"500"}, "since": {strconv.FormatUint(since, 10)}, "about": {m.of}}
	var got struct {
		Lines []logLine `json:"lines"`
		About []string  `json:"about"`
	}
	round := m.round
	m.cancel = m.k.Host.Desk().Call(page.Request{Path: "/api/setup/logs?" + q.Encode(), Into: &got}, func(err error) {
		if round != m.round {
			return
		}
		m.waiting, m.err = false, err
		if err != nil {
			m.list.Say(list.Failed, m.k.T("setup.unanswered.title"), m.k.Refused(err), func() { m.asked = time.Time{} })
			return
		}
		m.list.Say(list.Ready, "", "", nil)
		m.things = got.About
		if len(got.Lines) > 0 {
			if got.Lines[0].Seq <= since {
				m.lines = nil // another server: it counts anew
			}
			m.lines = append(m.lines, got.Lines...)
			m.lines = m.lines[max(0, len(m.lines)-mostLines):]
			m.rows.Set(m.lines)
		}
		m.k.Host.Desk().Poke()
	})
}

// logsPart is the log of one thing at a time.
type logsPart struct {
	*kit.Pair
	log    *logList
	things *list.Rows[string]
	known  string
}

func newLogs(k kit.Kit) *logsPart {
	m := &logsPart{things: list.NewRows(func(x *string) string { return *x }, nil)}
	m.log = newLogList(k, "setup.logs", false)
	at := m.things.At
	l := list.New(k.Host.Desk(), list.Options{
		Name: "setup.things", Source: m.things, NoTools: true,
		Columns: []list.Column{{ID: "about", Title: k.T("setup.col.about"), Min: 120, Weight: 1, Text: func(i int) string {
			if *at(i) == everything {
				return k.T("setup.logs.all")
			}
			return *at(i)
		}}},
		Chosen: func(id string) { m.log.about(strings.TrimPrefix(id, everything)); m.Refresh(k.Host.Now()) },
	})
	m.Pair = kit.NewPair(k, l.Object(), m.log.list.Object(), 0.3)
	m.List = l
	m.things.Set([]string{everything})
	return m
}

// everything is the row of the whole log.
const everything = "*"

func (m *logsPart) Refresh(now time.Time) {
	k := m.K
	if sig := strings.Join(m.log.things, "\x00") + m.log.of; sig != m.known {
		m.known = sig
		all := append([]string{everything}, m.log.things...)
		if m.log.of != "" && !strings.Contains("\x00"+strings.Join(all, "\x00")+"\x00", "\x00"+m.log.of+"\x00") {
			all = append(all, m.log.of)
		}
		m.things.Set(all)
	}
	m.Left.Say(k.T("setup.logs.things"), k.Whole(len(m.log.things)))
	title := k.T("setup.logs.all")
	if m.log.of != "" {
		title = k.T("setup.logs.of", "what", m.log.of)
	}
	m.Right.Say(title, k.T("setup.logs.remark"))
	m.List.Update(now)
	m.log.refresh(now)
}

func (m *logsPart) Open(id string) {
	if id == "" {
		return
	}
	m.log.about(id)
	m.Refresh(m.K.Host.Now())
	m.List.Choose(id)
}

func (m *logsPart) Show(visible bool) { m.log.show(visible) }
func (m *logsPart) Close()            { m.log.close() }
