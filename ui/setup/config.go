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
	"iocwall/ui/setup/kit"
)

// configPart is the configuration as text: all its mistakes with their places, and
// taking it over.
type configPart struct {
	*kit.Pair
	input  *field.Input
	note   *canvas.Text
	save   *widget.Button
	test   *widget.Button
	again  *widget.Button
	rows   *list.Rows[kit.Problem]
	text   configText
	loaded bool
	busy   bool
	dirty  bool
	shown  bool
	fresh  bool // the text on the server is asked for
}

// configText is the configuration as the server tells it.
type configText struct {
	Text     string        `json:"text"`
	Version  string        `json:"version"`
	Running  string        `json:"running"`
	Hidden   int           `json:"hidden"`
	Problems []kit.Problem `json:"problems"`
}

// configChange is one part of it that changes.
type configChange struct {
	Part    string   `json:"part"`
	Added   []string `json:"added"`
	Removed []string `json:"removed"`
	Changed []string `json:"changed"`
}

func newConfig(k kit.Kit) *configPart {
	m := &configPart{rows: list.NewRows(func(x *kit.Problem) string { return strconv.Itoa(x.Line) + ":" + strconv.Itoa(x.Column) + x.Message }, nil)}
	m.input = field.NewInput(field.Options{Kind: field.Lines, Lang: k.Env.Lang, Memory: k.Host.Desk().Memory(), Rows: 20, Plain: true, Changed: func(string) { m.dirty = true; m.face() }, Enter: m.check})
	m.input.TextStyle = fyne.TextStyle{Monospace: false}
	m.save = k.Primary(k.T("setup.config.save"), "", m.put)
	m.test = k.Button(k.T("setup.config.check"), "Ctrl Enter", m.check)
	m.again = k.Button(k.T("setup.config.again"), "", m.load)
	m.note = canvas.NewText("", k.Env.Kit.Theme.T2)
	m.note.TextSize = k.U(kit.Small)
	at := m.rows.At
	l := list.New(k.Host.Desk(), list.Options{
		Name: "setup.problems", Source: m.rows, Plain: true, Tall: true,
		Columns: []list.Column{{ID: "what", Title: k.T("setup.col.problem"), Min: 200, Weight: 1, Text: func(i int) string { return at(i).Words() }, Cell: func(i int) list.Cell {
			sub := at(i).Path
			if at(i).Advice != "" {
				sub += " – " + at(i).Advice
			}
			return list.Cell{Icon: "severe", Text: k.T("setup.config.at", "line", strconv.Itoa(at(i).Line), "column", strconv.Itoa(at(i).Column)) + " " + at(i).Message, Sub: strings.TrimPrefix(sub, " – ")}
		}}},
		Empty:  func() (title, text string) { return k.T("setup.config.good"), k.T("setup.config.good.text") },
		Chosen: func(id string) { m.jump(id) },
	})
	content := kit.Arrange(func(s fyne.Size) {
		used := k.Row(k.U(kit.Pad), -2000, s.Width-2*k.U(kit.Pad), m.save, m.test, m.again)
		kit.Put(m.input, k.U(kit.Pad), k.U(10), s.Width-2*k.U(kit.Pad), s.Height-used-k.U(64))
		kit.Put(m.note, k.U(kit.Pad), s.Height-used-k.U(46), s.Width-2*k.U(kit.Pad), k.U(24))
		k.Row(k.U(kit.Pad), s.Height-used-k.U(14), s.Width-2*k.U(kit.Pad), m.save, m.test, m.again)
	}, m.input, m.note, m.save, m.test, m.again)
	m.Pair = kit.NewPair(k, content, l.Object(), 0.68)
	m.List = l
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
	m.K.Host.Focus(m.input)
}

func (m *configPart) face() {
	if m.save == nil {
		return
	}
	if m.dirty && !m.busy && m.K.Host.Desk().May("config.write") {
		m.save.Enable()
	} else {
		m.save.Disable()
	}
}

func (m *configPart) say(text string, wrong bool) {
	k := m.K
	m.note.Color = k.Env.Kit.Theme.T2
	if wrong {
		m.note.Color = k.Env.Kit.Theme.Critical
	}
	m.note.Text = k.Env.Kit.Fonts.Fit(float64(m.input.Size().Width)*float64(k.Density()), float64(k.Px(kit.Small)), false, text)
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
	m.K.Host.Desk().Call(r, func(err error) {
		m.busy = false
		var no *page.Refusal
		switch {
		case errors.As(err, &no):
			m.say(no.Text, true)
			if no.Code == "problems" {
				m.check()
			}
		case err != nil:
			m.say(m.K.Refused(err), true)
		default:
			done()
		}
		m.face()
		m.K.Host.Soon()
		m.K.Host.Desk().Poke()
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
			m.say(m.K.T("setup.config.hidden", "n", m.K.Whole(got.Hidden)), true)
		case got.Version != got.Running:
			m.say(m.K.T("setup.config.pending"), true)
		default:
			m.say(m.K.T("setup.config.running", "version", got.Version[:min(8, len(got.Version))]), false)
		}
	})
}

// check asks for all mistakes and for what would change.
func (m *configPart) check() {
	var got struct {
		OK       bool           `json:"ok"`
		Problems []kit.Problem  `json:"problems"`
		Changes  []configChange `json:"changes"`
		Pending  []string       `json:"pending"`
	}
	m.call(page.Request{Method: "POST", Path: "/api/setup/config/check", Body: []byte(m.input.Text), Type: "text/plain", Into: &got}, func() {
		m.rows.Set(got.Problems)
		switch {
		case !got.OK:
			m.say(m.K.T("setup.config.problems", "n", m.K.Whole(len(got.Problems))), true)
		case len(got.Pending) > 0:
			m.say(m.K.T("setup.config.restart", "what", strings.Join(got.Pending, ", ")), true)
		case len(got.Changes) == 0:
			m.say(m.K.T("setup.config.same"), false)
		default:
			m.say(m.K.T("setup.config.changes", "what", changesWords(got.Changes)), false)
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
	if !m.K.Host.May("config.write") {
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
		m.say(m.K.T("setup.config.saved", "what", changesWords(got.Changes)), false)
		m.K.Host.Desk().Did(m.K.T("setup.config.did"), nil)
	})
}

func (m *configPart) Refresh(now time.Time) {
	k := m.K
	if m.shown && !m.loaded && !m.busy && !m.fresh {
		m.load()
	}
	remark := ""
	if m.dirty {
		remark = k.T("setup.config.dirty")
	}
	m.Left.Say(k.T("setup.config"), remark)
	m.Right.Say(k.T("setup.config.list"), k.Whole(m.rows.Len()))
	m.List.Update(now)
}

func (m *configPart) Show(visible bool) {
	m.shown = visible
	if visible && !m.dirty {
		m.loaded, m.fresh = false, false
	}
}

func (m *configPart) Open(string) {}
