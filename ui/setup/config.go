package setup

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/field"
	"iocwall/ui/list"
	"iocwall/ui/page"
)

// configPart is the configuration as text: all its mistakes with their places, and
// taking it over.
type configPart struct {
	*pair
	input  *field.Input
	note   *canvas.Text
	save   *widget.Button
	test   *widget.Button
	again  *widget.Button
	rows   *list.Rows[problem]
	text   configText
	loaded bool
	busy   bool
	dirty  bool
	shown  bool
	fresh  bool // the text on the server is asked for
}

// configText is the configuration as the server tells it.
type configText struct {
	Text     string    `json:"text"`
	Version  string    `json:"version"`
	Running  string    `json:"running"`
	Hidden   int       `json:"hidden"`
	Problems []problem `json:"problems"`
}

// configChange is one part of it that changes.
type configChange struct {
	Part    string   `json:"part"`
	Added   []string `json:"added"`
	Removed []string `json:"removed"`
	Changed []string `json:"changed"`
}

func newConfig(k kit) *configPart {
	m := &configPart{rows: list.NewRows(func(x *problem) string { return strconv.Itoa(x.Line) + ":" + strconv.Itoa(x.Column) + x.Message }, nil)}
	m.input = field.NewInput(field.Options{Kind: field.Lines, Lang: k.env.Lang, Memory: k.p.desk.Memory(), Rows: 20, Plain: true, Changed: func(string) { m.dirty = true; m.face() }, Enter: m.check})
	m.input.TextStyle = fyne.TextStyle{Monospace: false}
	m.save = k.primary(k.t("setup.config.save"), "", m.put)
	m.test = k.button(k.t("setup.config.check"), "Ctrl Enter", m.check)
	m.again = k.button(k.t("setup.config.again"), "", m.load)
	m.note = canvas.NewText("", k.env.Kit.Theme.T2)
	m.note.TextSize = k.u(small)
	at := m.rows.At
	l := list.New(k.p.desk, list.Options{
		Name: "setup.problems", Source: m.rows, Plain: true, Tall: true,
		Columns: []list.Column{{ID: "what", Title: k.t("setup.col.problem"), Min: 200, Weight: 1, Text: func(i int) string { return at(i).words() }, Cell: func(i int) list.Cell {
			sub := at(i).Path
			if at(i).Advice != "" {
				sub += " – " + at(i).Advice
			}
			return list.Cell{Icon: "severe", Text: k.t("setup.config.at", "line", strconv.Itoa(at(i).Line), "column", strconv.Itoa(at(i).Column)) + " " + at(i).Message, Sub: strings.TrimPrefix(sub, " – ")}
		}}},
		Empty:  func() (title, text string) { return k.t("setup.config.good"), k.t("setup.config.good.text") },
		Chosen: func(id string) { m.jump(id) },
	})
	content := arrange(func(s fyne.Size) {
		used := k.row(k.u(pad), -2000, s.Width-2*k.u(pad), m.save, m.test, m.again)
		put(m.input, k.u(pad), k.u(10), s.Width-2*k.u(pad), s.Height-used-k.u(64))
		put(m.note, k.u(pad), s.Height-used-k.u(46), s.Width-2*k.u(pad), k.u(24))
		k.row(k.u(pad), s.Height-used-k.u(14), s.Width-2*k.u(pad), m.save, m.test, m.again)
	}, m.input, m.note, m.save, m.test, m.again)
	m.pair = newPair(k, content, l.Object(), 0.68)
	m.list = l
	m.face()
	return m
}

// jump puts the cursor where a mistake is.
func (m *configPart) jump(id string) {
	place, _, _ := strings.Cut(id, ":")
	n, err := strconv.Atoi(place)
	if err != nil {
		return
	}
	m.input.CursorRow, m.input.CursorColumn = max(0, n-1), 0
	m.input.Refresh()
	m.k.p.focus(m.input)
}

func (m *configPart) face() {
	if m.save == nil {
		return
	}
	if m.dirty && !m.busy && m.k.p.desk.May("config.write") {
		m.save.Enable()
	} else {
		m.save.Disable()
	}
}

func (m *configPart) say(text string, wrong bool) {
	k := m.k
	m.note.Color = k.env.Kit.Theme.T2
	if wrong {
		m.note.Color = k.env.Kit.Theme.Critical
	}
	m.note.Text = k.env.Kit.Fonts.Fit(float64(m.input.Size().Width)*float64(k.density()), float64(k.px(small)), false, text)
	m.note.Refresh()
}

// call asks a door about the configuration.
func (m *configPart) call(r page.Request, done func()) {
	if m.busy {
		return
	}
	m.busy = true
	m.face()
	r.Timeout = 30 * time.Second
	m.k.p.desk.Call(r, func(err error) {
		m.busy = false
		var no *page.Refusal
		switch {
		case errors.As(err, &no):
			m.say(no.Text, true)
			if no.Code == "problems" {
				m.check()
			}
		case err != nil:
			m.say(m.k.refused(err), true)
		default:
			done()
		}
		m.face()
		m.k.p.health.soon()
		m.k.p.desk.Poke()
	})
}

// load reads the text as the server has it.
func (m *configPart) load() {
	m.fresh = true
	var got configText
	m.call(page.Request{Path: "/api/setup/config", Into: &got}, func() {
		m.text, m.loaded = got, true
		m.input.SetText(got.Text)
		m.dirty = false
		m.rows.Set(got.Problems)
		switch {
		case got.Hidden > 0:
			m.say(m.k.t("setup.config.hidden", "n", m.k.whole(got.Hidden)), true)
		case got.Version != got.Running:
			m.say(m.k.t("setup.config.pending"), true)
		default:
			m.say(m.k.t("setup.config.running", "version", got.Version[:min(8, len(got.Version))]), false)
		}
	})
}

// check asks for all mistakes and for what would change.
func (m *configPart) check() {
	var got struct {
		OK       bool           `json:"ok"`
		Problems []problem      `json:"problems"`
		Changes  []configChange `json:"changes"`
		Pending  []string       `json:"pending"`
	}
	m.call(page.Request{Method: "POST", Path: "/api/setup/config/check", Body: []byte(m.input.Text), Type: "text/plain", Into: &got}, func() {
		m.rows.Set(got.Problems)
		switch {
		case !got.OK:
			m.say(m.k.t("setup.config.problems", "n", m.k.whole(len(got.Problems))), true)
		case len(got.Pending) > 0:
			m.say(m.k.t("setup.config.restart", "what", strings.Join(got.Pending, ", ")), true)
		case len(got.Changes) == 0:
			m.say(m.k.t("setup.config.same"), false)
		default:
			m.say(m.k.t("setup.config.changes", "what", changesWords(got.Changes)), false)
		}
	})
}

// changesWords says changes in a few words.
func changesWords(cs []configChange) string {
	var out []string
	for _, c := range cs {
		w := c.Part
		for _, x := range []struct {
			sign string
			of   []string
		}{{" +", c.Added}, {" −", c.Removed}, {" ~", c.Changed}} {
			switch n := len(x.of); {
			case n > 3:
				w += x.sign + strconv.Itoa(n)
			case n > 0:
				w += x.sign + strings.Join(x.of, x.sign)
			}
		}
		out = append(out, w)
	}
	return strings.Join(out, "; ")
}

// put has the server take the text over.
func (m *configPart) put() {
	if !m.k.p.may("config.write") {
		return
	}
	var got struct {
		Version string         `json:"version"`
		Changes []configChange `json:"changes"`
	}
	text := m.input.Text
	m.call(page.Request{Method: "PUT", Path: "/api/setup/config?from=" + url.QueryEscape(m.text.Version), Body: []byte(text), Type: "text/plain", Into: &got}, func() {
		m.text.Version, m.text.Running, m.text.Text = got.Version, got.Version, text
		m.dirty = false
		m.rows.Set(nil)
		m.say(m.k.t("setup.config.saved", "what", changesWords(got.Changes)), false)
		m.k.p.desk.Did(m.k.t("setup.config.did"), nil)
	})
}

func (m *configPart) refresh(now time.Time) {
	k := m.k
	if m.shown && !m.loaded && !m.busy && !m.fresh {
		m.load()
	}
	remark := ""
	if m.dirty {
		remark = k.t("setup.config.dirty")
	}
	m.left.say(k.t("setup.config"), remark)
	m.right.say(k.t("setup.config.list"), k.whole(m.rows.Len()))
	m.list.Update(now)
}

func (m *configPart) show(visible bool) {
	m.shown = visible
	if visible && !m.dirty {
		m.loaded, m.fresh = false, false
	}
}

func (m *configPart) open(string) {}
