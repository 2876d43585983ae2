package operator

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/server/world"
	"iocwall/ui/board"
	"iocwall/ui/field"
	"iocwall/ui/list"
	"iocwall/ui/signal/health"
	"iocwall/ui/tile"
)

// thing is something that can be put on the wall.
type thing struct {
	id, group, name string
	icon, mark      string   // its symbol and that of its second line
	subs            []string // the second line, the longest words first
	kind            string   // words that the search finds too
	tile            world.Tile
	stamp           uint64
}

// library is what can be put on the wall, in a list with a filter for each sort.
type library struct {
	p    *Page
	rows *list.Rows[thing]
	list *list.List
	tabs *tabs
	find *field.Input
	all  []thing
	// group is the sort that is listed; what is searched for is listed of all sorts.
	group  string
	text   string
	at     uint64 // version of the state that is listed
	on     uint64 // generation of the wall that is listed
	away   string // since when the server is away, in words
	minute int64  // in which it was listed: what is not heard of grows old
	wide   int    // of the list, in pixels
	any    bool
}

// groups are the sorts of things, in the order of their filters.
func groups() []string { return []string{"camera", "map", "figure", "alert", "more"} }

func newLibrary(p *Page) *library {
	b := &library{p: p, group: groups()[0]}
	p.d.Memory().Get("operator.group", &b.group)
	l := p.env.Lang
	b.rows = list.NewRows(func(t *thing) string { return t.id }, func(t *thing) uint64 { return t.stamp })
	b.tabs = newTabs(p.env, b.turn)
	b.find = field.NewSearch(field.Options{Lang: l, Hint: l.T("operator.library.find"), Changed: b.search, Enter: func() { b.list.Focus() }})
	b.list = list.New(p.d, list.Options{
		Name: "operator.library", Source: b.rows, Tall: true, Plain: true,
		Columns: []list.Column{{
			ID: "name", Title: l.T("operator.library"), Min: 160, Weight: 1,
			Text: func(i int) string { t := b.rows.At(i); return t.name + " " + t.kind },
			Key:  func(i int) string { return b.rows.At(i).name },
			Cell: func(i int) list.Cell {
				t := b.rows.At(i)
				return list.Cell{Text: t.name, Sub: b.fit(t), Icon: t.icon, SubIcon: t.mark}
			},
		}},
		Sort:  list.Sort{Column: "name"},
		Empty: func() (string, string) { return l.T("operator.library.none"), l.T("operator.library.none.next") },
		Open: func(id string) {
			if t, ok := b.thing(id); ok {
				p.wall.Place(board.Item{Title: t.name, Tile: t.tile})
			}
		},
		Drag: &list.Drag{
			Begin: func(string) bool { return p.d.May("scene.save") },
			Move:  b.drag, Drop: b.drop,
		},
	})
	return b
}

// turn lists another sort.
func (b *library) turn(group string) {
	b.group = group
	b.p.d.Memory().Set("operator.group", group)
	b.show()
}

// search lists what has all the words, of any sort.
func (b *library) search(text string) {
	b.text = strings.TrimSpace(text)
	b.list.Search(b.text)
	b.show()
}

func (b *library) show() {
	l := b.p.env.Lang
	counts := map[string]int{}
	var out []thing
	for _, t := range b.all {
		counts[t.group]++
		if t.group == b.group || b.text != "" {
			out = append(out, t)
		}
	}
	b.rows.Set(out)
	var all []tab
	for _, g := range groups() {
		all = append(all, tab{g, l.T("operator.group." + g), strconv.Itoa(counts[g])})
	}
	chosen := b.group
	if b.text != "" {
		chosen = ""
	}
	b.tabs.set(all, chosen)
	b.list.Update(b.p.d.Now())
}

// room takes the width of the list.
func (b *library) room(wide int) {
	if b.wide != wide {
		b.wide = wide
		b.list.Repaint()
	}
}

// fit is as much of a second line as has room.
func (b *library) fit(t *thing) string {
	if len(t.subs) == 0 {
		return ""
	}
	room := b.wide - b.p.px(28+16+14) - 4 // the handle, the gap and the scroll bar, each rounded
	if t.mark != "" {
		room -= b.p.px(20)
	}
	size := math.Round(b.p.env.Scale.Text * 14 / 16) // as the list has it
	return b.p.env.Kit.Fonts.Fit(float64(room), size, false, t.subs...)
}

// count says how many of all things are listed.
func (b *library) count() string {
	shown, _ := b.list.Count()
	return b.p.env.Lang.T("operator.library.count", "shown", strconv.Itoa(shown), "n", strconv.Itoa(len(b.all)))
}

func (b *library) thing(id string) (thing, bool) {
	for i := range b.rows.Len() {
		if t := b.rows.At(i); t.id == id {
			return *t, true
		}
	}
	return thing{}, false
}

func (b *library) drag(id string, at fyne.Position) {
	if t, ok := b.thing(id); ok {
		b.p.card.over = b.p.wall.Over(board.Item{Title: t.name, Tile: t.tile}, at)
		b.p.ghost(t, at)
	}
}

func (b *library) drop(id string, at fyne.Position) {
	b.p.unghost()
	if t, ok := b.thing(id); ok {
		b.p.wall.Drop(board.Item{Title: t.name, Tile: t.tile}, at)
	}
}

// update lists what there is when the state or the wall has changed.
func (b *library) update() {
	st := b.p.d.State()
	if st == nil {
		return
	}
	w, _, _, _ := b.p.d.Wall()
	away, minute := b.asOf(), b.p.d.Now().Unix()/60
	if b.any && b.at == b.p.d.Version() && b.on == w.On.Generation && b.away == away && b.minute == minute {
		return
	}
	b.any, b.at, b.on, b.away, b.minute = true, b.p.d.Version(), w.On.Generation, away, minute
	b.all = b.things(st, w)
	b.show()
}

// things are all that can be put on the wall.
func (b *library) things(st *world.State, w world.Wall) []thing {
	l := b.p.env.Lang
	shown := whereOn(w, b.p.on.Tiles)
	var out []thing
	add := func(t thing) {
		t.stamp = hash(append(t.subs, t.name, t.mark, t.group)...)
		out = append(out, t)
	}
	show := func(kind string, params ...world.Param) world.Tile { return world.Tile{Kind: kind, Params: params} }
	// on says on which screen a thing is, beside what else is said of it, which comes
	// first where there is no room for both.
	on := func(key string, whats ...string) (out []string) {
		n := shown[key]
		if n == 0 {
			return whats
		}
		screen := strconv.Itoa(n)
		for _, what := range whats {
			out = append(out, join(what, l.T("operator.onscreen", "n", screen)), join(what, l.T("board.screens", "ids", screen)))
		}
		return append(out, whats...)
	}
	for _, c := range st.Cameras() {
		mark, words := b.known(c)
		add(thing{
			id: "camera/" + c.ID, group: "camera", name: cmp.Or(c.Name, c.ID), icon: "camera", kind: c.ID,
			subs: on("camera/"+c.ID, words...), mark: mark, tile: show("camera", world.Param{Key: "camera", Value: c.ID}),
		})
	}
	add(thing{id: "map/", group: "map", name: l.T("operator.map.all"), icon: "map", subs: on("map/", l.T("operator.map.all.what")), tile: show("map")})
	for _, v := range st.MapViews() {
		add(thing{
			id: "map/" + v.Is.ID, group: "map", name: cmp.Or(v.Is.Name, v.Is.ID), icon: "map",
			subs: on("map/"+v.Is.ID, l.T("operator.map.view")), tile: show("map", world.Param{Key: "view", Value: v.Is.ID}),
		})
	}
	for _, f := range st.Figures() {
		add(thing{
			id: "figure/" + f.ID, group: "figure", name: cmp.Or(f.Name, f.ID), icon: cmp.Or(f.Icon, "figure"), kind: f.Short + " " + f.OwnerName,
			subs: on("figure/"+f.ID, f.OwnerName), tile: show("figure", world.Param{Key: "figure", Value: f.ID}),
		})
	}
	for _, a := range b.p.d.Alerts() {
		_, icon := tile.SeveritySign(a.Severity)
		add(thing{
			id: "alert/" + a.ID, group: "alert", name: a.Title, icon: icon, kind: a.ID,
			subs: on("alert/"+a.ID, l.T("severity."+string(a.Severity))), tile: show("alert", world.Param{Key: "alert", Value: a.ID}),
		})
	}
	for _, k := range []struct{ kind, icon string }{{"alerts", "warning"}, {"line", "notice"}, {"clock", "clock"}, {"tour", "tour"}, {"grid", "camera"}} {
		add(thing{id: "more/" + k.kind, group: "more", name: l.T("board.kind." + k.kind), icon: k.icon, subs: on(k.kind+"/", l.T("operator.more."+k.kind)), tile: show(k.kind)})
	}
	return out
}

func join(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "":
		return a
	}
	return a + " · " + b
}

// whereOn returns the screen of each thing that is on the wall, by its id here.
func whereOn(w world.Wall, tiles []world.Placed) map[string]int {
	out := map[string]int{}
	for _, t := range tiles {
		key := t.Kind + "/" + cmp.Or(t.Param(t.Kind), t.Param("view"))
		x, y := t.X+t.W/2, t.Y+t.H/2
		i := slices.IndexFunc(w.Screens, func(s world.Screen) bool { return x >= s.X && x < s.X+s.W && y >= s.Y && y < s.Y+s.H })
		if i >= 0 && out[key] == 0 {
			out[key] = w.Screens[i].ID
		}
	}
	return out
}

// asOf is of when all that is known is while the server is away, empty while it is
// there.
func (b *library) asOf() string {
	now := b.p.d.Now()
	if b.p.d.Away(now) <= 0 {
		return ""
	}
	heard := now.Add(-max(b.p.d.Away(now), b.p.d.Silence(now)))
	return b.p.env.Lang.Stamp(b.p.d.ServerTime(heard), b.p.d.ServerTime(now))
}

// unheard is how long nothing may be heard of a camera whose pictures come until that
// is no more than what was so once: it is told of each minute.
const unheard = 3 * time.Minute

// known is what is known of a camera, with its mark: since when it is so, or of when
// the last word is where nothing newer is heard. The longest words come first.
func (b *library) known(c world.Camera) (mark string, words []string) {
	l, d := b.p.env.Lang, b.p.d
	now := d.ServerTime(d.Now())
	_, mark = tile.CameraSign(c.Health)
	what := l.T("operator.camera.unknown")
	switch key := "operator.camera." + string(c.Health.State); {
	case health.Late(c.Health):
		what = health.State(l, c.Health)
	case l.Has(key): // a newer server may know more states
		what = l.T(key)
	}
	if c.Health.State == world.CameraUnknown {
		return mark, []string{what}
	}
	told := b.away
	moves := c.Health.State == world.CameraLive || c.Health.State == world.CameraFrozen || c.Health.State == world.CameraOpening
	if told == "" && moves && c.Time != 0 && now.Sub(c.Time.Std()) > unheard {
		told = l.Stamp(c.Time.Std(), now)
	}
	if told != "" {
		return "stale", []string{l.T("operator.camera.told", "what", what, "time", told), l.T("operator.camera.told.short", "what", what, "time", told)}
	}
	if c.Health.Since == 0 {
		return mark, []string{what}
	}
	since := l.Stamp(c.Health.Since.Std(), now)
	return mark, []string{l.T("operator.camera.since", "what", what, "time", since), l.T("operator.camera.since.short", "what", what, "time", since)}
}

// hash tells things apart by what is said of them.
func hash(words ...string) uint64 {
	h := uint64(14695981039346656037)
	for _, s := range words {
		for i := range len(s) {
			h = (h ^ uint64(s[i])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	return h
}
