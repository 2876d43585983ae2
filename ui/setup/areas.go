package setup

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"iocwall/server/world"
	"iocwall/ui/field"
	"iocwall/ui/list"
	"iocwall/ui/page"
	"iocwall/ui/setup/kit"
)

// areasPart is the tree of areas, and what would come of a layer of them.
type areasPart struct {
	*kit.Pair
	rows  *list.Rows[world.Area]
	found *list.Rows[layerRow]
	lay2  *list.List
	level *field.Field
	above *field.Field
	from  *field.Field
	file  *widget.Button
	facts *kit.Facts
	inner *fyne.Container
	sig   int
	busy  bool
}

// layerRow is one area of a layer, or a feature that cannot be used.
type layerRow struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Known bool   `json:"known"`
	Wrong string `json:"-"`
}

func newAreas(k kit.Kit) *areasPart {
	m := &areasPart{
		rows: list.NewRows(func(x *world.Area) string { return x.ID }, nil), facts: kit.NewFacts(k), sig: -1,
		found: list.NewRows(func(x *layerRow) string { return x.ID + x.Wrong }, nil),
	}
	at, of := m.rows.At, m.found.At
	l := list.New(k.Host.Desk(), list.Options{
		Name: "setup.areas", Source: m.rows, Sort: list.Sort{Column: "name"},
		Chips: []list.Chip{{ID: "now", Text: k.T("setup.chip.inforce"), On: true, Match: func(i int) bool { return at(i).Until == 0 || at(i).Until > world.TimeOf(k.Host.Desk().Now()) }, Count: true}},
		Columns: []list.Column{
			{ID: "name", Title: k.T("setup.col.area"), Min: 180, Weight: 2, Text: func(i int) string { return at(i).Name }},
			{ID: "level", Title: k.T("setup.col.level"), Min: 100, Weight: 1, Text: func(i int) string { return m.word(at(i).Level) }},
			{ID: "parent", Title: k.T("setup.col.parent"), Min: 140, Weight: 1, Drop: 2, Text: func(i int) string { return m.name(at(i).Parent) }},
			{ID: "from", Title: k.T("setup.col.from"), Min: 110, Drop: 3, Text: func(i int) string { return m.day(at(i).From) }, Num: func(i int) (float64, bool) { return float64(at(i).From), at(i).From != 0 }},
			{ID: "to", Title: k.T("setup.col.to"), Min: 110, Drop: 4, Text: func(i int) string { return m.day(at(i).Until) }, Num: func(i int) (float64, bool) { return float64(at(i).Until), at(i).Until != 0 }},
			{ID: "id", Title: k.T("setup.col.id"), Min: 140, Weight: 1, Drop: 5, Text: func(i int) string { return at(i).ID }},
		},
	})
	m.lay2 = list.New(k.Host.Desk(), list.Options{
		Name: "setup.layer", Source: m.found, Plain: true, Tall: true,
		Columns: []list.Column{{ID: "name", Title: k.T("setup.col.area"), Min: 180, Weight: 1, Text: func(i int) string { return of(i).Name + of(i).Wrong }, Cell: func(i int) list.Cell {
			switch x := of(i); {
			case x.Wrong != "":
				return list.Cell{Icon: "warning", Text: k.T("setup.what.wrong"), Sub: x.Wrong}
			case x.Known:
				return list.Cell{Icon: "normal", Text: x.Name, Sub: k.T("setup.what.known") + " · " + x.ID}
			default:
				return list.Cell{Icon: "plus", Text: x.Name, Sub: k.T("setup.what.new") + " · " + x.ID}
			}
		}}},
		Empty: func() (title, text string) { return k.T("setup.layer.none"), k.T("setup.layer.none.text") },
	})
	m.level = k.Field(field.Code, k.T("setup.layer.level"), nil)
	m.level.SetText("commune")
	m.above = k.Field(field.Code, k.T("setup.layer.parent"), nil)
	m.from = k.Field(field.Code, k.T("setup.layer.from"), nil)
	m.file = k.Button(k.T("setup.layer.file"), "", m.openFile)
	m.inner = kit.Arrange(m.layRight, m.level, m.above, m.from, m.file, m.facts.Object(), m.lay2.Object())
	m.Pair = kit.NewPair(k, l.Object(), m.inner, 0.62)
	m.List = l
	return m
}

func (m *areasPart) layRight(s fyne.Size) {
	k := m.K
	x, y, w := k.U(kit.Pad), k.U(12), s.Width-2*k.U(kit.Pad)
	y += k.Stack(x, y, w, 1, m.level, m.above, m.from)
	y += k.Row(x, y, w, m.file) + k.U(8)
	h := m.facts.Height(s.Width)
	kit.Put(m.facts.Object(), 0, y, s.Width, h)
	y += h
	kit.Put(m.lay2.Object(), 0, y, s.Width, s.Height-y)
}

func (m *areasPart) word(level string) string {
	if key := "setup.level." + level; m.K.Env.Lang.Has(key) {
		return m.K.T(key)
	}
	return level
}

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
	if st := k.Host.Desk().State(); st != nil {
		if n := st.Count(world.KindArea); n != m.sig {
			m.sig = n
			m.rows.Set(st.Areas())
		}
	}
	m.Left.Say(k.T("setup.areas", "n", k.Whole(m.rows.Len())), "")
	m.Right.Say(k.T("setup.layer"), "")
	m.List.Update(now)
	m.lay2.Update(now)
}

// openFile asks the server what would come of a layer.
func (m *areasPart) openFile() {
	m.K.ReadFile(64<<20, m.try, func(why string) { m.facts.Set([]kit.Line{{Value: why, Wrong: true}}) })
}

func (m *areasPart) try(raw []byte) {
	k := m.K
	if m.busy {
		return
	}
	m.busy = true
	q := url.Values{"level": {m.level.Text()}, "parent": {m.above.Text()}, "from": {m.from.Text()}}
	var got struct {
		New      int        `json:"new"`
		Known    int        `json:"known"`
		Rejected int        `json:"rejected"`
		First    []layerRow `json:"first"`
		Faults   []string   `json:"faults"`
	}
	m.facts.Set([]kit.Line{{Value: k.T("setup.sheet.busy")}})
	k.Host.Desk().Call(page.Request{Method: "POST", Path: "/api/setup/areas?" + q.Encode(), Body: raw, Type: "application/geo+json", Into: &got, Timeout: 30 * time.Second}, func(err error) {
		m.busy = false
		if err != nil {
			m.facts.Set([]kit.Line{{Value: k.Reason(err), Wrong: true}})
			return
		}
		rows := got.First
		for i, f := range got.Faults {
			rows = append(rows, layerRow{ID: strconv.Itoa(i), Wrong: strings.TrimSpace(f)})
		}
		m.found.Set(rows)
		m.facts.Set([]kit.Line{
			{Value: k.T("setup.layer.counts", "new", k.Whole(got.New), "known", k.Whole(got.Known), "rejected", k.Whole(got.Rejected)), Wrong: got.New+got.Known == 0},
			{Value: k.T("setup.layer.how")},
		})
		m.layRight(m.inner.Size())
		k.Host.Desk().Poke()
	})
}
