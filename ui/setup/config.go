package setup

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/field"
	"iocwall/ui/page"
	"iocwall/ui/setup/kit"
)

// configPart is the configuration as text: all its mistakes with their places, and
// taking it over.
type configPart struct {
	*kit.Pair
	inner *fyne.Container
	input *field.Input
	note  *canvas.Text
	save  *widget.Button
	test  *widget.Button
	again *widget.Button
	rows  *kit.Rows
	text  configText
	// checked is the text that was checked without a mistake, later says that it counts
	// after the next start only, and wrong how many mistakes were found.
	checked string
	later   bool
	wrong   int
	listed  bool // what changes, in place of mistakes
	written bool // that is written, as it is listed
	loaded  bool
	busy    bool
	dirty   bool
	shown   bool
	fresh   bool // the text on the server is asked for
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
	m := &configPart{rows: kit.NewRows(k)}
	m.input = field.NewInput(field.Options{Kind: field.Lines, Lang: k.Env.Lang, Memory: k.Host.Desk().Memory(), Rows: 20, Plain: true, Changed: func(string) { m.dirty = true; m.face() }, Enter: m.check})
	m.input.TextStyle = fyne.TextStyle{Monospace: false}
	m.save = k.Primary(k.T("setup.config.save"), "", m.put)
	m.test = k.Button(k.T("setup.config.check"), "Ctrl Enter", m.check)
	m.again = k.Button(k.T("setup.config.again"), "", m.load)
	m.note = canvas.NewText("", k.Env.Kit.Theme.T2)
	m.note.TextSize = k.U(kit.Small)
	m.inner = kit.Arrange(func(s fyne.Size) {
		used := k.Row(k.U(kit.Pad), -2000, s.Width-2*k.U(kit.Pad), m.test, m.save, m.again)
		kit.Put(m.input, k.U(kit.Pad), k.U(10), s.Width-2*k.U(kit.Pad), s.Height-used-k.U(64))
		kit.Put(m.note, k.U(kit.Pad), s.Height-used-k.U(46), s.Width-2*k.U(kit.Pad), k.U(24))
		k.Row(k.U(kit.Pad), s.Height-used-k.U(14), s.Width-2*k.U(kit.Pad), m.test, m.save, m.again)
	}, m.input, m.note, m.test, m.save, m.again)
	m.Pair = kit.NewPair(k, m.inner, m.rows, 0.68)
	m.face()
	return m
}

// jump puts the cursor where a mistake is; places count from 1.
func (m *configPart) jump(line, column int) {
	m.input.CursorRow, m.input.CursorColumn = max(0, line-1), max(0, column-1)
	m.input.Refresh()
	m.K.Host.Focus(m.input)
}

// ready reports whether the text was checked as it stands.
func (m *configPart) ready() bool { return m.checked != "" && m.checked == m.input.Text }

// face offers to write what was checked, and says when it will count.
func (m *configPart) face() {
	if m.save == nil {
		return
	}
	k := m.K
	key := "setup.config.save"
	if m.later && m.ready() {
		key = "setup.config.save.later"
	}
	if text := k.T(key); m.save.Text != text {
		m.save.SetText(text)
		m.inner.Refresh()
	}
	if m.dirty && m.ready() && !m.busy && k.Host.Desk().May("config.write") {
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
			m.say(m.K.Reason(err), true)
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
		m.dirty, m.checked, m.later = false, "", false
		m.mistakes(got.Problems)
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
	text := m.input.Text
	m.call(page.Request{Method: "POST", Path: "/api/setup/config/check", Body: []byte(text), Type: "text/plain", Into: &got}, func() {
		m.checked, m.later = "", false
		m.mistakes(got.Problems)
		switch {
		case !got.OK:
			m.say(m.K.T("setup.config.problems", "n", m.K.Whole(len(got.Problems))), true)
			return
		case len(got.Pending) > 0:
			m.later = true
			m.say(m.K.T("setup.config.restart", "what", strings.Join(got.Pending, ", ")), true)
		case len(got.Changes) == 0:
			m.say(m.K.T("setup.config.same"), false)
		default:
			m.say(m.K.T("setup.config.changes"), false)
		}
		m.checked = text
		m.effects(got.Changes, got.Pending)
	})
}

// mistakes lists what is wrong with the text.
func (m *configPart) mistakes(list []kit.Problem) {
	k := m.K
	var rows []kit.RowOf
	for _, x := range list {
		line, column := strconv.Itoa(x.Line), strconv.Itoa(x.Column)
		r := kit.RowOf{Icon: "severe", Title: k.T("setup.config.at", "line", line, "column", column), Text: x.Words()}
		if x.Line > 0 {
			r.Act, r.Do = k.T("setup.config.goto"), func() { m.jump(x.Line, x.Column) }
		}
		rows = append(rows, r)
	}
	if m.wrong = len(rows); m.wrong == 0 {
		rows = []kit.RowOf{{Icon: "normal", Title: k.T("setup.config.good"), Text: k.T("setup.config.good.text")}}
	}
	m.listed, m.written = false, false
	m.rows.Set(rows)
}

// effects lists what changes, what of the centre begins anew with it and when it counts.
func (m *configPart) effects(changes []configChange, pending []string) {
	k := m.K
	var rows []kit.RowOf
	for _, c := range changes {
		r := kit.RowOf{Icon: "normal", Title: changesWords([]configChange{c}), Text: k.T("setup.effect.now")}
		if key := "setup.config.part." + c.Part; k.Env.Lang.Has(key) {
			r.Title = k.T(key) + strings.TrimPrefix(r.Title, c.Part)
		}
		switch {
		case slices.ContainsFunc(pending, func(p string) bool { return p == c.Part || strings.HasPrefix(p, c.Part+".") }):
			r.Icon, r.Text = "warning", k.T("setup.effect.restart")
		case len(pending) > 0:
			r.Text = k.T("setup.effect.waits")
		case k.Env.Lang.Has("setup.effect." + c.Part):
			r.Icon, r.Text = "notice", k.T("setup.effect."+c.Part)
		}
		rows = append(rows, r)
	}
	if m.listed = len(rows) > 0; m.listed {
		m.rows.Set(rows)
	}
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
		Pending []string       `json:"pending"`
	}
	if !m.ready() {
		m.check()
		return
	}
	text, path := m.input.Text, "/api/setup/config?from="+url.QueryEscape(m.text.Version)
	if m.later {
		path += "&later=1"
	}
	m.call(page.Request{Method: "PUT", Path: path, Body: []byte(text), Type: "text/plain", Into: &got}, func() {
		m.text.Version, m.text.Text = got.Version, text
		m.dirty, m.checked, m.later, m.written = false, "", false, true
		m.effects(got.Changes, got.Pending)
		if len(got.Pending) > 0 {
			m.say(m.K.T("setup.config.saved.later", "what", strings.Join(got.Pending, ", ")), true)
		} else {
			m.text.Running = got.Version
			m.say(m.K.T("setup.config.saved", "what", changesWords(got.Changes)), false)
		}
		m.K.Host.Desk().Did(m.K.T("setup.config.did"), nil)
	})
}

func (m *configPart) Refresh(time.Time) {
	k := m.K
	if m.shown && !m.loaded && !m.busy && !m.fresh {
		m.load()
	}
	remark := ""
	if m.dirty {
		remark = k.T("setup.config.dirty")
	}
	m.Left.Say(k.T("setup.config"), remark)
	switch {
	case !m.listed:
		m.Right.Say(k.T("setup.config.list"), k.Whole(m.wrong))
	case m.written:
		m.Right.Say(k.T("setup.config.effects.done"), "")
	case m.ready():
		m.Right.Say(k.T("setup.config.effects"), "")
	default: // the text is another one since
		m.Right.Say(k.T("setup.config.effects"), k.T("setup.config.good.text"))
	}
}

func (m *configPart) Show(visible bool) {
	m.shown = visible
	if visible && !m.dirty {
		m.loaded, m.fresh = false, false
	}
}

func (m *configPart) Open(string) {}
