package operator

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"iocwall/server/world"
	"iocwall/ui/board"
	"iocwall/ui/list"
	"iocwall/ui/page"
	"iocwall/ui/words"
)

const (
	// logSpan is how far back the list of changes goes, logEvery how old it may be.
	logSpan  = time.Hour
	logEvery = 15 * time.Second
	logMost  = 1000
)

// change is what somebody changed of the wall at one moment.
type change struct {
	id      string
	at      time.Time
	who     string
	what    string
	screens []int
}

// record is the server's word on one tile on one screen; see the door's own.
type record struct {
	At     world.Time    `json:"at"`
	Screen int           `json:"screen"`
	Tile   string        `json:"tile"`
	Kind   string        `json:"kind"`
	Params []world.Param `json:"params"`
	Layer  string        `json:"layer"`
	From   string        `json:"from"`
	By     string        `json:"by"`
	Why    string        `json:"why"`
	Since  world.Time    `json:"since"`
}

type answer struct {
	From    world.Time `json:"from"`
	Entries []record   `json:"entries"`
	Note    string     `json:"note"`
}

// log is the list of who changed what on the wall within the last hour.
type log struct {
	p     *Page
	rows  *list.Rows[change]
	list  *list.List
	stop  func()
	asked time.Time
	on    uint64 // generation of the wall when it was asked
}

func newLog(p *Page) *log {
	g := &log{p: p}
	l := p.env.Lang
	g.rows = list.NewRows(func(c *change) string { return c.id }, nil)
	g.list = list.New(p.d, list.Options{
		Name: "operator.log", Source: g.rows, NoTools: true, Export: "ai-doi-gi",
		Columns: []list.Column{
			{ID: "at", Title: l.T("operator.log.at"), Min: 100, Down: true, Text: func(i int) string { return l.ClockSeconds(g.rows.At(i).at) }, Num: func(i int) (float64, bool) { return float64(g.rows.At(i).at.UnixMilli()), true }},
			{ID: "who", Title: l.T("operator.log.who"), Min: 190, Text: func(i int) string { return g.rows.At(i).who }},
			{ID: "what", Title: l.T("operator.log.what"), Min: 200, Weight: 1, Text: func(i int) string { return g.rows.At(i).what }},
			{ID: "where", Title: l.T("operator.log.where"), Min: 120, Text: func(i int) string { return p.screens(g.rows.At(i).screens) }},
		},
		Sort:   list.Sort{Column: "at", Down: true},
		Empty:  func() (string, string) { return l.T("operator.log.none"), l.T("operator.log.none.next") },
		Chosen: g.chosen,
	})
	g.list.Say(list.Loading, "", "", nil)
	return g
}

// chosen shows on the wall where something was changed.
func (g *log) chosen(id string) {
	for i := range g.rows.Len() {
		if c := g.rows.At(i); c.id == id && len(c.screens) > 0 {
			g.p.wall.PickScreen(c.screens[0])
		}
	}
}

// update asks for what happened since, when that is due.
func (g *log) update(now time.Time) {
	w, _, has, _ := g.p.d.Wall()
	if has && g.stop == nil && (w.On.Generation != g.on || now.Sub(g.asked) > logEvery) {
		g.ask(w, now)
	}
	g.list.Update(now)
}

func (g *log) ask(w world.Wall, now time.Time) {
	g.asked, g.on = now, w.On.Generation
	q := url.Values{"wall": {w.ID}, "from": {g.p.d.ServerTime(now).Add(-logSpan).UTC().Format(time.RFC3339)}, "limit": {strconv.Itoa(logMost)}}
	var a answer
	l := g.p.env.Lang
	g.stop = g.p.d.Call(page.Request{Path: "/api/wall/log?" + q.Encode(), Into: &a}, func(err error) {
		g.stop = nil
		if err != nil {
			g.list.Say(list.Failed, l.T("operator.log.failed"), err.Error(), func() { g.asked = time.Time{} })
			return
		}
		g.list.Say(list.Ready, "", "", nil)
		g.rows.Set(g.changes(a))
	})
}

func (g *log) close() {
	if g.stop != nil {
		g.stop()
		g.stop = nil
	}
}

// changes brings together what changed at one moment by one hand: a scene is one
// change, however many tiles it has.
func (g *log) changes(a answer) []change {
	l, st := g.p.env.Lang, g.p.d.State()
	type key struct {
		at    world.Time
		by    string
		layer string
		from  string
	}
	var order []key
	by := map[key][]record{}
	for _, e := range a.Entries {
		if e.At <= a.From {
			continue // it was there before
		}
		k := key{e.At, e.By + e.Why, e.Layer, e.From}
		if by[k] == nil {
			order = append(order, k)
		}
		by[k] = append(by[k], e)
	}
	var out []change
	for n, k := range order {
		es := by[k]
		c := change{id: fmt.Sprintf("%d-%d", k.at, n), at: k.at.Std(), who: who(l, es[0])}
		names := []string{}
		for _, e := range es {
			if !slices.Contains(c.screens, e.Screen) {
				c.screens = append(c.screens, e.Screen)
			}
			name := board.Name(l, st, world.Tile{ID: e.Tile, Kind: e.Kind, Params: e.Params})
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		slices.Sort(c.screens)
		c.what = g.words(es[0], names)
		out = append(out, c)
	}
	return out
}

// words say what one change was.
func (g *log) words(e record, names []string) string {
	l := g.p.env.Lang
	if _, back := world.CameBack(e.Why); !back && e.Layer == world.LayerScene && len(names) > 3 && g.p.d.State() != nil {
		if sc, ok := g.p.d.State().Scene(e.From); ok {
			return l.T("operator.log.scene", "scene", sc.Name)
		}
	}
	what := strings.Join(names[:min(3, len(names))], ", ")
	if len(names) > 3 {
		what += " …"
	}
	if node, back := world.CameBack(e.Why); back {
		return l.T("operator.log.back", "what", what, "node", node)
	}
	switch e.Layer {
	case world.LayerPopup:
		return l.T("operator.log.popup", "what", what)
	case world.LayerLocked:
		return l.T("operator.log.locked", "what", what)
	case world.LayerMoved:
		return l.T("operator.log.moved", "what", what, "node", e.From)
	case world.LayerTest:
		return l.T("operator.log.test")
	}
	return l.T("operator.log.put", "what", what)
}

// who did it: the server itself where a computer was lost or is back.
func who(l *words.Lang, e record) string {
	_, back := world.CameBack(e.Why)
	switch rule := l.T("operator.log.rule"); {
	case back || e.Layer == world.LayerMoved:
		return l.T("operator.log.server")
	case e.By != "":
		return e.By
	case e.Why != "":
		return rule + " " + e.Why
	default:
		return rule
	}
}

// screens names screens in a few words.
func (p *Page) screens(ids []int) string {
	switch n := len(ids); {
	case n == 0:
		return ""
	case n > 4:
		return p.env.Lang.T("operator.screens.many", "n", strconv.Itoa(n))
	}
	var out []string
	for _, id := range ids {
		out = append(out, strconv.Itoa(id))
	}
	return p.env.Lang.T("board.screens", "ids", strings.Join(out, ", "))
}
