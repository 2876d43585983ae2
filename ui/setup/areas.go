package setup

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"iocwall/server/world"
	"iocwall/ui/field"
	"iocwall/ui/list"
	"iocwall/ui/page"
	"iocwall/ui/setup/kit"
	"iocwall/ui/why"
)

// areasPart is the tree of areas, and a layer of them that is looked at and taken over.
type areasPart struct {
	*kit.Pair
	pace  kit.Pace
	rows  *list.Rows[world.Area]
	found *list.Rows[layerRow]
	lay2  *list.List
	level *widget.Select
	edge  *fyne.Container // of level
	label *canvas.Text
	above *field.Field
	from  *field.Field
	end   *widget.Check
	file  *widget.Button
	apply *widget.Button
	facts *kit.Facts
	inner *fyne.Container
	// scroll holds inner, which needs the height high at least.
	scroll *container.Scroll
	high   float32

	levels []string // of the choice, as the server names them
	layer  []byte   // what is looked at
	seen   layerSeen
	busy   bool
}

// layerSeen is what the server says of a layer.
type layerSeen struct {
	Version  string     `json:"version"`
	New      int        `json:"new"`
	Redrawn  int        `json:"redrawn"`
	Same     int        `json:"same"`
	Ending   int        `json:"ending"`
	Rejected int        `json:"rejected"`
	First    []layerRow `json:"first"`
	Faults   []fault    `json:"faults"`
}

// fault is why a feature cannot be used: in the server's words, and as a code with the
// values of its sentence.
type fault struct {
	Error  string            `json:"error"`
	Say    string            `json:"say"`
	Values map[string]string `json:"values"`
}

func (s layerSeen) changes() int { return s.New + s.Redrawn + s.Ending }

// layerRow is one area of a layer and what becomes of it, or a feature that cannot be
// used.
type layerRow struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	What  string `json:"what"`
	Wrong string `json:"-"`
}

func newAreas(k kit.Kit) *areasPart {
	m := &areasPart{
		rows: list.NewRows(func(x *world.Area) string { return x.ID }, nil), facts: kit.NewFacts(k),
		found: list.NewRows(func(x *layerRow) string { return x.What + x.ID + x.Wrong }, nil),
	}
	at := m.rows.At
	l := list.New(k.Host.Desk(), list.Options{
		Name: "setup.areas", Source: m.rows, Sort: list.Sort{Column: "name"},
		Chips: []list.Chip{{ID: "now", Text: k.T("setup.chip.inforce"), On: true, Match: func(i int) bool { return at(i).ValidAt(world.TimeOf(k.Host.Desk().Now())) }, Count: true}},
		Columns: []list.Column{
			{ID: "name", Title: k.T("setup.col.area"), Min: 180, Weight: 2, Text: func(i int) string { return at(i).Name }},
			{ID: "level", Title: k.T("setup.col.level"), Min: 120, Weight: 1, Text: func(i int) string { return m.word(at(i).Level) }},
			{ID: "parent", Title: k.T("setup.col.parent"), Min: 140, Weight: 1, Drop: 2, Text: func(i int) string { return m.name(at(i).Parent) }},
			{ID: "from", Title: k.T("setup.col.from"), Min: 110, Drop: 3, Text: func(i int) string { return m.day(at(i).From) }, Num: func(i int) (float64, bool) { return float64(at(i).From), at(i).From != 0 }},
			{ID: "to", Title: k.T("setup.col.to"), Min: 110, Drop: 4, Text: func(i int) string { return m.day(at(i).Until) }, Num: func(i int) (float64, bool) { return float64(at(i).Until), at(i).Until != 0 }},
			{ID: "id", Title: k.T("setup.col.id"), Min: 140, Weight: 1, Drop: 5, Text: func(i int) string { return at(i).ID }},
		},
		Chosen: func(id string) { m.above.SetText(id) },
	})
	m.levels = []string{"commune", "district", "province"}
	var words []string
	for _, x := range m.levels {
		words = append(words, m.wordOf(k, x))
	}
	m.level = k.Select(words, func(string) { m.asked() })
	m.level.Selected = words[0]
	m.edge = k.Edged(m.level)
	m.label = canvas.NewText(k.T("setup.layer.level"), k.Env.Kit.Theme.T2)
	m.label.TextSize = k.U(kit.Small)
	other := func(string) { m.asked() }
	m.above = k.Field(field.Code, k.T("setup.layer.parent"), "vn/da-nang-2025", other, func() { m.try() })
	m.from = k.Field(field.Code, k.T("setup.layer.from"), "2025-07-01", other, func() { m.try() })
	m.end = widget.NewCheck(k.T("setup.layer.end"), func(bool) { m.asked(); m.try() })
	m.file = k.Button(k.T("setup.layer.file"), "", m.openFile)
	m.apply = k.Primary(k.T("setup.layer.apply"), "", m.take)
	m.lay2 = m.newLayer(k)
	m.inner = kit.Arrange(m.layRight, m.label, m.edge, m.above, m.from, m.end, m.file, m.apply, m.facts.Object(), m.lay2.Object())
	m.scroll = container.NewVScroll(container.New(tallAreas{m}, m.inner))
	m.Pair = kit.NewPair(k, l.Object(), m.scroll, 0.62)
	m.List = l
	m.facts.Set([]kit.Line{{Value: k.T("setup.layer.how"), Hint: true}})
	m.face()
	return m
}

// newLayer is the list of what becomes of the areas of a layer.
func (m *areasPart) newLayer(k kit.Kit) *list.List {
	of := m.found.At
	return list.New(k.Host.Desk(), list.Options{
		Name: "setup.layer", Source: m.found, Plain: true, Tall: true,
		Columns: []list.Column{{ID: "name", Title: k.T("setup.col.area"), Min: 180, Weight: 1, Text: func(i int) string { return of(i).Name + of(i).Wrong }, Cell: func(i int) list.Cell {
			x := of(i)
			icon, there := map[string]string{"new": "plus", "redrawn": "land", "same": "normal", "ending": "offline"}[x.What]
			if !there {
				return list.Cell{Icon: "warning", Text: k.T("setup.what.wrong"), Sub: x.Wrong}
			}
			return list.Cell{Icon: icon, Text: x.Name, Sub: k.T("setup.layer.what."+x.What) + " · " + x.ID}
		}}},
		Empty: func() (title, text string) { return k.T("setup.layer.none"), k.T("setup.layer.none.text") },
	})
}

func (m *areasPart) layRight(s fyne.Size) {
	k := m.K
	x, y, w := k.U(kit.Pad), k.U(12), s.Width-2*k.U(kit.Pad)
	each := w
	if w > k.U(300) {
		each = (w - k.U(12)) / 2 // the day beside the level
	}
	kit.Put(m.label, x, y, each, k.U(22))
	high := m.from.MinSize().Height
	kit.Put(m.edge, x, y+high-k.U(kit.Control), each, k.U(kit.Control))
	if each < w {
		kit.Put(m.from, x+each+k.U(12), y, each, high)
	}
	y += high + k.U(8)
	if each == w {
		y += k.Stack(x, y, w, 1, m.from)
	}
	y += k.Stack(x, y, w, 1, m.above)
	y += k.Row(x, y, w, m.end) + k.U(4)
	y += k.Row(x, y, w, m.file, m.apply) + k.U(8)
	h := m.facts.Height(s.Width)
	kit.Put(m.facts.Object(), 0, y, s.Width, h)
	y += h
	kit.Put(m.lay2.Object(), 0, y, s.Width, max(s.Height-y, k.U(150)))
	if high := y + k.U(150); high != m.high {
		m.high = high
		m.scroll.Refresh()
	}
}

// tallAreas gives the fields and the list the height they need.
type tallAreas struct{ m *areasPart }

// Layout is for Fyne.
func (l tallAreas) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	kit.Put(l.m.inner, 0, 0, s.Width, s.Height)
}

// MinSize is for Fyne.
func (l tallAreas) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, l.m.high) }

func (m *areasPart) wordOf(k kit.Kit, level string) string {
	if key := "setup.level." + level; k.Env.Lang.Has(key) {
		return k.T(key)
	}
	return level
}

func (m *areasPart) word(level string) string { return m.wordOf(m.K, level) }

func (m *areasPart) name(id string) string {
	if st := m.K.Host.Desk().State(); st != nil {
		if a, ok := st.Area(id); ok {
			return a.Name
		}
	}
	return id
}

func (m *areasPart) day(t world.Time) string {
	if t == 0 {
		return ""
	}
	return m.K.Env.Lang.Date(t.Std())
}

func (m *areasPart) Refresh(now time.Time) {
	k := m.K
	if st := k.Host.Desk().State(); st != nil && m.pace.Due(now, "") {
		m.rows.Set(st.Areas())
	}
	m.Left.Say(k.T("setup.areas", "n", k.Whole(m.rows.Len())), k.T("setup.areas.choose"))
	m.Right.Say(k.T("setup.layer"), "")
	m.List.Update(now)
	m.lay2.Update(now)
}

// openFile asks for a layer.
func (m *areasPart) openFile() {
	m.K.ReadFile(64<<20, m.look, func(why string) { m.tell([]kit.Line{{Value: why, Wrong: true}}) })
}

// look asks the server what would come of a layer.
func (m *areasPart) look(raw []byte) {
	m.layer = raw
	m.try()
}

// asked is told that something else is wanted of the layer than what was looked at.
func (m *areasPart) asked() {
	if m.seen.Version == "" {
		return
	}
	m.seen = layerSeen{}
	m.found.Set(nil)
	m.tell([]kit.Line{{Value: m.K.T("setup.layer.other"), Hint: true}})
}

func (m *areasPart) tell(lines []kit.Line) {
	m.facts.Set(lines)
	m.face()
	m.lay2.Update(m.K.Host.Now()) // before it is laid out: its rows may be others
	m.layRight(m.inner.Size())
	m.K.Host.Desk().Poke()
}

// face offers to apply what was looked at and changes something.
func (m *areasPart) face() {
	if !m.busy && m.seen.Version != "" && m.seen.changes() > 0 && m.K.Host.Desk().May("config.write") {
		m.apply.Enable()
	} else {
		m.apply.Disable()
	}
}

// query is what is wanted of the layer.
func (m *areasPart) query() url.Values {
	q := url.Values{"level": {m.levels[max(0, m.level.SelectedIndex())]}, "parent": {strings.TrimSpace(m.above.Text())}, "from": {strings.TrimSpace(m.from.Text())}}
	if m.end.Checked {
		q.Set("end", "1")
	}
	return q
}

// ask asks the door about the layer.
func (m *areasPart) ask(method string, q url.Values, done func(layerSeen)) {
	k := m.K
	if m.busy || m.layer == nil {
		return
	}
	m.busy = true
	m.tell([]kit.Line{{Value: k.T("setup.sheet.busy"), Hint: true}})
	var got layerSeen
	k.Host.Desk().Call(page.Request{Method: method, Path: "/api/setup/areas?" + q.Encode(), Body: m.layer, Type: "application/geo+json", Into: &got, Timeout: 60 * time.Second}, func(err error) {
		m.busy = false
		if err != nil {
			m.seen = layerSeen{}
			m.tell([]kit.Line{{Value: k.Reason(err), Wrong: true}})
			return
		}
		done(got)
	})
}

// try has the server say what would come of the layer.
func (m *areasPart) try() {
	m.ask("POST", m.query(), func(got layerSeen) {
		k := m.K
		m.seen = got
		rows := got.First
		for i, f := range got.Faults {
			rows = append(rows, layerRow{ID: strconv.Itoa(i), Wrong: why.Words(k.Env.Lang, f.Say, f.Values, f.Error)})
		}
		m.found.Set(rows)
		lines := []kit.Line{{Value: m.counts(got), Wrong: got.New+got.Redrawn+got.Same == 0}}
		if got.Rejected > 0 {
			lines = append(lines, kit.Line{Value: k.T("setup.layer.rejected", "n", k.Whole(got.Rejected)), Wrong: true})
		}
		if got.changes() > 0 {
			lines = append(lines, kit.Line{Value: k.T("setup.layer.next"), Hint: true})
		} else {
			lines = append(lines, kit.Line{Value: k.T("setup.layer.same"), Hint: true})
		}
		m.tell(lines)
	})
}

// counts says what becomes of how many areas, but for what becomes of none.
func (m *areasPart) counts(got layerSeen) string {
	var out []string
	for _, x := range []struct {
		what string
		n    int
	}{{"new", got.New}, {"redrawn", got.Redrawn}, {"ending", got.Ending}, {"same", got.Same}} {
		if x.n > 0 {
			out = append(out, m.K.T("setup.layer.count."+x.what, "n", m.K.Whole(x.n)))
		}
	}
	if len(out) == 0 {
		return m.K.T("setup.layer.count.none")
	}
	return strings.Join(out, ", ")
}

// take has the server take over what was looked at.
func (m *areasPart) take() {
	if m.seen.Version == "" || !m.K.Host.May("config.write") {
		return
	}
	q := m.query()
	q.Set("version", m.seen.Version)
	m.ask("PUT", q, func(got layerSeen) {
		said := m.K.T("setup.layer.applied", "what", m.counts(got))
		m.seen = layerSeen{}
		m.pace.Again()
		m.tell([]kit.Line{{Value: said}})
		m.K.Host.Desk().Did(said, nil)
	})
}
