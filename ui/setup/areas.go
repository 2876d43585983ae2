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
)

// areasPart is the tree of areas, and what would come of a layer of them.
type areasPart struct {
	*pair
	rows  *list.Rows[world.Area]
	found *list.Rows[layerRow]
	lay2  *list.List
	level *field.Field
	above *field.Field
	from  *field.Field
	file  *widget.Button
	facts *facts
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

func newAreas(k kit) *areasPart {
	m := &areasPart{
		rows: list.NewRows(func(x *world.Area) string { return x.ID }, nil), facts: newFacts(k), sig: -1,
		found: list.NewRows(func(x *layerRow) string { return x.ID + x.Wrong }, nil),
	}
	at, of := m.rows.At, m.found.At
	l := list.New(k.p.desk, list.Options{
		Name: "setup.areas", Source: m.rows, Sort: list.Sort{Column: "name"},
		Chips: []list.Chip{{ID: "now", Text: k.t("setup.chip.inforce"), On: true, Match: func(i int) bool { return at(i).Until == 0 || at(i).Until > world.TimeOf(k.p.desk.Now()) }, Count: true}},
		Columns: []list.Column{
			{ID: "name", Title: k.t("setup.col.area"), Min: 180, Weight: 2, Text: func(i int) string { return at(i).Name }},
			{ID: "level", Title: k.t("setup.col.level"), Min: 100, Weight: 1, Text: func(i int) string { return m.word(at(i).Level) }},
			{ID: "parent", Title: k.t("setup.col.parent"), Min: 140, Weight: 1, Drop: 2, Text: func(i int) string { return m.name(at(i).Parent) }},
			{ID: "from", Title: k.t("setup.col.from"), Min: 110, Drop: 3, Text: func(i int) string { return m.day(at(i).From) }, Num: func(i int) (float64, bool) { return float64(at(i).From), at(i).From != 0 }},
			{ID: "to", Title: k.t("setup.col.to"), Min: 110, Drop: 4, Text: func(i int) string { return m.day(at(i).Until) }, Num: func(i int) (float64, bool) { return float64(at(i).Until), at(i).Until != 0 }},
			{ID: "id", Title: k.t("setup.col.id"), Min: 140, Weight: 1, Drop: 5, Text: func(i int) string { return at(i).ID }},
		},
	})
	m.lay2 = list.New(k.p.desk, list.Options{
		Name: "setup.layer", Source: m.found, Plain: true, Tall: true,
		Columns: []list.Column{{ID: "name", Title: k.t("setup.col.area"), Min: 180, Weight: 1, Text: func(i int) string { return of(i).Name + of(i).Wrong }, Cell: func(i int) list.Cell {
			switch x := of(i); {
			case x.Wrong != "":
				return list.Cell{Icon: "warning", Text: k.t("setup.what.wrong"), Sub: x.Wrong}
			case x.Known:
				return list.Cell{Icon: "normal", Text: x.Name, Sub: k.t("setup.what.known") + " · " + x.ID}
			default:
				return list.Cell{Icon: "plus", Text: x.Name, Sub: k.t("setup.what.new") + " · " + x.ID}
			}
		}}},
		Empty: func() (title, text string) { return k.t("setup.layer.none"), k.t("setup.layer.none.text") },
	})
	m.level = k.field(field.Code, k.t("setup.layer.level"), nil)
	m.level.SetText("commune")
	m.above = k.field(field.Code, k.t("setup.layer.parent"), nil)
	m.from = k.field(field.Code, k.t("setup.layer.from"), nil)
	m.file = k.button(k.t("setup.layer.file"), "", m.openFile)
	m.inner = arrange(m.layRight, m.level, m.above, m.from, m.file, m.facts.object(), m.lay2.Object())
	m.pair = newPair(k, l.Object(), m.inner, 0.62)
	m.list = l
	return m
}

func (m *areasPart) layRight(s fyne.Size) {
	k := m.k
	x, y, w := k.u(pad), k.u(12), s.Width-2*k.u(pad)
	y += k.stack(x, y, w, 1, m.level, m.above, m.from)
	y += k.row(x, y, w, m.file) + k.u(8)
	h := m.facts.height(s.Width)
	put(m.facts.object(), 0, y, s.Width, h)
	y += h
	put(m.lay2.Object(), 0, y, s.Width, s.Height-y)
}

func (m *areasPart) word(level string) string {
	if key := "setup.level." + level; m.k.env.Lang.Has(key) {
		return m.k.t(key)
	}
	return level
}

func (m *areasPart) name(id string) string {
	if st := m.k.p.desk.State(); st != nil {
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
	return m.k.env.Lang.Date(t.Std())
}

func (m *areasPart) refresh(now time.Time) {
	k := m.k
	if st := k.p.desk.State(); st != nil {
		if n := st.Count(world.KindArea); n != m.sig {
			m.sig = n
			m.rows.Set(st.Areas())
		}
	}
	m.left.say(k.t("setup.areas", "n", k.whole(m.rows.Len())), "")
	m.right.say(k.t("setup.layer"), "")
	m.list.Update(now)
	m.lay2.Update(now)
}

// openFile asks the server what would come of a layer.
func (m *areasPart) openFile() {
	m.k.p.readFile(64<<20, m.try, func(why string) { m.facts.set([]line{{value: why, wrong: true}}) })
}

func (m *areasPart) try(raw []byte) {
	k := m.k
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
	m.facts.set([]line{{value: k.t("setup.sheet.busy")}})
	k.p.desk.Call(page.Request{Method: "POST", Path: "/api/setup/areas?" + q.Encode(), Body: raw, Type: "application/geo+json", Into: &got, Timeout: 30 * time.Second}, func(err error) {
		m.busy = false
		if err != nil {
			m.facts.set([]line{{value: k.reason(err), wrong: true}})
			return
		}
		rows := got.First
		for i, f := range got.Faults {
			rows = append(rows, layerRow{ID: strconv.Itoa(i), Wrong: strings.TrimSpace(f)})
		}
		m.found.Set(rows)
		m.facts.set([]line{
			{value: k.t("setup.layer.counts", "new", k.whole(got.New), "known", k.whole(got.Known), "rejected", k.whole(got.Rejected)), wrong: got.New+got.Known == 0},
			{value: k.t("setup.layer.how")},
		})
		m.layRight(m.inner.Size())
		k.p.desk.Poke()
	})
}
