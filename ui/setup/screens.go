package setup

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/page"
	"iocwall/ui/setup/layout"
)

// screensPart lays out the screens of the wall: a draft that is changed by hand and
// applied at once.
type screensPart struct {
	k      kit
	root   *fyne.Container
	frame  *frame
	plan   *plan
	bottom []fyne.CanvasObject
	tools  []fyne.CanvasObject
	nodes  *machines
	nodesF *frame
	form   *form
	grid   *gridForm

	draft   layout.Draft
	wall    string     // the one that is laid out
	seenAt  world.Time // when the wall of the state was defined that the draft knows
	picked  map[int]bool
	other   []world.Screen // shown in the place of the draft while a hand moves it
	sending bool
	stale   bool // somebody else changed the wall meanwhile
	sig     string
	size    fyne.Size
}

// keptDraft is a draft as it survives another language and another day.
type keptDraft struct {
	Wall world.WallDefined `json:"wall"`
	From world.Time        `json:"from"`
}

func newScreens(k kit) *screensPart {
	m := &screensPart{k: k, picked: map[int]bool{}}
	m.plan = newPlan(m)
	m.nodes = newMachines(k)
	m.nodesF = newFrame(k, m.nodes)
	m.form = newForm(m)
	m.tools = []fyne.CanvasObject{
		k.button(k.t("setup.identify"), "I", func() { m.test(world.TestIdentify) }),
		k.button(k.t("setup.pattern"), "T", func() { m.test(world.TestPattern) }),
		k.button(k.t("setup.grid"), "G", m.openGrid),
		k.button(k.t("setup.add"), "", m.add),
		k.button(k.t("setup.drop"), "Delete", m.dropPicked),
		k.button(k.t("setup.discard"), "", m.discard),
	}
	inner := arrange(m.layPlan, append([]fyne.CanvasObject{m.plan}, m.tools...)...)
	m.frame = newFrame(k, inner)
	m.root = arrange(m.lay)
	m.objects()
	return m
}

// objects puts the form or that of the grid beside the computers.
func (m *screensPart) objects() {
	last := m.form.frame.box
	if m.grid != nil {
		last = m.grid.frame.box
	}
	m.root.Objects = []fyne.CanvasObject{m.frame.box, m.nodesF.box, last}
	m.lay(m.size)
	m.root.Refresh()
}

func (m *screensPart) object() fyne.CanvasObject { return m.root }
func (m *screensPart) show(bool)                 {}

func (m *screensPart) close() { m.keep() }

// keep remembers the draft.
func (m *screensPart) keep() {
	if m.wall == "" {
		return
	}
	if m.draft.Changed() {
		m.k.p.desk.Memory().Set("setup.draft", keptDraft{m.draft.Wall, m.draft.From})
	} else {
		m.k.p.desk.Memory().Set("setup.draft", keptDraft{})
	}
}

// lay places the parts: the plan above, computers and fields under it.
func (m *screensPart) lay(s fyne.Size) {
	if s.Width <= 1 {
		return
	}
	m.size = s
	k := m.k
	space := k.u(gap)
	low := min(k.u(430), s.Height*0.5)
	if m.grid != nil {
		low = min(k.u(470), s.Height*0.52)
	}
	high := s.Height - low - space
	put(m.frame.box, 0, 0, s.Width, high)
	right := max(k.u(420), s.Width*0.48)
	if s.Width < k.u(860) {
		right = s.Width * 0.58
	}
	put(m.nodesF.box, 0, high+space, s.Width-right-space, low)
	put(m.root.Objects[2], s.Width-right, high+space, right, low)
}

// layPlan places the plan and the buttons under it.
func (m *screensPart) layPlan(s fyne.Size) {
	k := m.k
	side := k.u(pad)
	used := k.row(side, -1000, s.Width-2*side, m.tools...)
	put(m.plan, 0, 0, s.Width, s.Height-used-k.u(24))
	k.row(side, s.Height-used-k.u(12), s.Width-2*side, m.tools...)
}

// current returns the wall of the state that is laid out here: the one shown, else
// the first.
func (m *screensPart) current() (world.Wall, bool) {
	st := m.k.p.desk.State()
	if st == nil {
		return world.Wall{}, false
	}
	if w, ok := st.Wall(m.wall); ok && m.wall != "" {
		return w, true
	}
	if w, _, has, _ := m.k.p.desk.Wall(); has {
		if x, ok := st.Wall(w.ID); ok {
			return x, true
		}
	}
	if all := st.Walls(); len(all) > 0 {
		return all[0], true
	}
	return world.Wall{}, false
}

// adopt follows the wall of the state: as long as nothing was changed here the draft
// is the wall.
func (m *screensPart) adopt() {
	w, ok := m.current()
	if !ok || w.Defined == m.seenAt && w.ID == m.wall {
		return
	}
	first := m.wall == ""
	m.wall, m.seenAt = w.ID, w.Defined
	if first {
		m.draft = layout.Begin(w.WallDefined, w.Defined)
		var was keptDraft
		if m.k.p.desk.Memory().Get("setup.draft", &was) && was.Wall.ID == w.ID && was.From == w.Defined {
			m.draft.Do(m.k.t("setup.step.kept"), func(x *world.WallDefined) { *x = was.Wall })
		}
		m.choose(nil)
		return
	}
	if m.draft.Changed() && !m.sending {
		m.stale = true
		return
	}
	m.draft, m.stale = layout.Begin(w.WallDefined, w.Defined), false
	m.redraw()
}

// seen are the screens as they are shown.
func (m *screensPart) seen() []world.Screen {
	switch {
	case m.grid != nil:
		return m.grid.screens
	case m.other != nil:
		return m.other
	}
	return m.draft.Wall.Screens
}

func (m *screensPart) refresh(now time.Time) {
	m.adopt()
	k := m.k
	w := m.draft.Wall
	remark := ""
	if n := len(w.Screens); n > 0 {
		s := w.Screens[0]
		remark = k.t("setup.plan.remark", "w", k.mm(s.W), "h", k.mm(s.H), "bezel", k.mm(layout.Usual(w.Screens)))
	}
	title := k.t("setup.plan", "n", k.whole(len(m.seen())))
	if m.stale {
		if x, ok := m.current(); ok {
			remark = k.t("setup.plan.stale", "who", x.By)
		}
	}
	m.frame.say(title, remark)
	m.nodes.refresh(now)
	m.nodesF.say(k.t("setup.nodes", "n", k.whole(len(m.nodes.list))), k.t("setup.nodes.remark"))
	if sig := m.signature(); sig != m.sig {
		m.sig = sig
		m.plan.pane.Touch()
		m.form.fill()
	}
	m.form.refresh(now)
	if m.grid != nil {
		m.grid.refresh()
	}
}

// signature is what the plan shows.
func (m *screensPart) signature() string {
	out := fmt.Sprint(m.seen(), slices.Sorted(maps.Keys(m.picked)), m.stale)
	if st := m.k.p.desk.State(); st != nil {
		for _, n := range st.Nodes() {
			out += fmt.Sprint(n.Node, n.Up, n.Monitors)
		}
	}
	return out
}

// redraw paints all anew at once.
func (m *screensPart) redraw() {
	m.sig = ""
	m.refresh(m.k.p.now)
	m.k.p.wrong.refresh(m.k.p.now)
	if m.k.p.bar.refresh() {
		m.k.p.lay(m.k.p.size)
	}
}

// node finds a computer.
func (m *screensPart) node(name string) (world.Node, bool) {
	if st := m.k.p.desk.State(); st != nil {
		return st.Node(name)
	}
	return world.Node{}, false
}

// check is what is wrong with what is shown.
func (m *screensPart) wrongs() []layout.Fault {
	w := m.draft.Wall
	w.Screens = m.seen()
	return layout.Check(w, m.node)
}

// byScreen orders what is wrong by the screens.
func (m *screensPart) byScreen() map[int][]layout.Fault {
	out := map[int][]layout.Fault{}
	for _, f := range m.wrongs() {
		for _, id := range f.Screens {
			out[id] = append(out[id], f)
		}
	}
	return out
}

// stands says in a word how a screen stands.
func (m *screensPart) stands(s world.Screen, faults []layout.Fault) (word, icon string) {
	k := m.k
	if len(faults) > 0 {
		f := faults[0]
		icon = "warning"
		if f.Stops {
			icon = "severe"
		}
		if f.Code == "off" {
			return k.t("setup.stands.off", "mm", signed(k, f.Off.Off)), icon
		}
		if f.Code == "bare" {
			icon = "notice"
		}
		return k.t("setup.stands." + f.Code), icon
	}
	n, ok := m.node(s.Node)
	switch {
	case !ok:
		return k.t("setup.stands.never"), "nodata"
	case !n.Up:
		return k.t("setup.stands.away"), "offline"
	case s.Spare:
		return k.t("setup.stands.spare"), "normal"
	}
	return k.t("setup.stands.good"), "normal"
}

func signed(k kit, v float64) string {
	if v > 0 {
		return "+" + k.number(v)
	}
	return k.number(v)
}

// faults are what is wrong with the draft, as rows of what is wrong.
func (m *screensPart) faults() []row {
	if m.grid != nil {
		return nil
	}
	var out []row
	for _, f := range m.wrongs() {
		if f.Code == "bare" || f.Code == "output" || f.Code == "pixels" {
			if !m.draft.Changed() {
				continue // the server tells of it
			}
		}
		r := row{icon: "warning", strong: true}
		if f.Stops {
			r.icon = "severe"
		}
		r.title, r.text = m.say(f)
		if len(f.Screens) > 0 {
			id := f.Screens[len(f.Screens)-1]
			r.act = m.k.t("setup.act.screen", "screen", strconv.Itoa(id))
			r.do = func() {
				m.k.p.choose(partScreens)
				m.choose([]int{id})
			}
		}
		out = append(out, r)
		if len(out) == 8 {
			break
		}
	}
	return out
}

// say is a fault of the draft in words.
func (m *screensPart) say(f layout.Fault) (title, text string) {
	k := m.k
	ids := make([]string, 0, len(f.Screens))
	for _, id := range f.Screens {
		ids = append(ids, strconv.Itoa(id))
	}
	pairs := []string{"screens", strings.Join(ids, ", "), "node", f.Node, "output", f.Output}
	if f.Code == "off" {
		d := f.Off
		pairs = append(pairs, "mm", k.mm(max(d.Off, -d.Off)), "should", k.mm(d.Should), "way", k.t("setup.way."+string(d.Side)+way(d.Off)), "peers", m.peers(d))
		return k.t("setup.draft.off", pairs...), k.t("setup.draft.off.text", pairs...)
	}
	return k.t("setup.draft."+f.Code, pairs...), k.t("setup.draft."+f.Code+".text", pairs...)
}

func way(off float64) string {
	if off < 0 {
		return ".less"
	}
	return ".more"
}

// peers names the screens that agree.
func (m *screensPart) peers(d layout.Deviation) string {
	if len(d.Peers) == 0 {
		return m.k.t("setup.peers.most")
	}
	ids := make([]string, 0, len(d.Peers))
	for _, id := range d.Peers {
		ids = append(ids, strconv.Itoa(id))
	}
	if n := len(ids) - 3; n > 0 {
		ids = append(ids[:3], m.k.t("setup.peers.more", "n", m.k.whole(n)))
	}
	if len(ids) < 2 {
		return ids[0]
	}
	return m.k.t("setup.peers", "list", strings.Join(ids[:len(ids)-1], ", "), "last", ids[len(ids)-1])
}

// pick chooses a screen, or with more adds it or takes it out.
func (m *screensPart) pick(id int, more bool) {
	switch {
	case id == 0 && !more:
		m.picked = map[int]bool{}
	case id == 0:
	case more && m.picked[id]:
		delete(m.picked, id)
	case more:
		m.picked[id] = true
	default:
		m.picked = map[int]bool{id: true}
	}
	m.redraw()
}

func (m *screensPart) choose(ids []int) {
	m.picked = map[int]bool{}
	for _, id := range ids {
		m.picked[id] = true
	}
	m.redraw()
}

func (m *screensPart) pickAll() {
	for _, s := range m.draft.Wall.Screens {
		m.picked[s.ID] = true
	}
	m.redraw()
}

// only returns the one screen that is chosen.
func (m *screensPart) only() (world.Screen, bool) {
	if len(m.picked) != 1 {
		return world.Screen{}, false
	}
	for id := range m.picked {
		if i := layout.Index(m.draft.Wall.Screens, id); i >= 0 {
			return m.draft.Wall.Screens[i], true
		}
	}
	return world.Screen{}, false
}

// do makes one step of the draft.
func (m *screensPart) do(name string, change func(*world.WallDefined)) {
	if !m.k.p.may("wall.save") {
		return
	}
	if m.draft.Do(name, change) {
		m.k.p.desk.Did(name, m.undo)
		m.keep()
	}
	m.redraw()
}

// undo takes the last step back.
func (m *screensPart) undo() {
	if name, ok := m.draft.Undo(); ok {
		m.k.p.desk.Say("", m.k.t("setup.undone", "what", name))
		m.keep()
		m.redraw()
	}
}

// drag shows where a hand has moved what is chosen.
func (m *screensPart) drag(h hand) {
	out := slices.Clone(m.draft.Wall.Screens)
	m.plan.guides = nil
	if h.edge != layout.NoEdge {
		out = layout.Resize(out, h.id, h.edge, h.dx, h.dy)
	} else {
		within := float64(m.k.px(8)) / m.plan.scale
		dx, dy, guides := layout.Move(out, m.picked, h.dx, h.dy, within)
		m.plan.guides = guides
		for i := range out {
			if m.picked[out[i].ID] {
				out[i].X, out[i].Y = out[i].X+dx, out[i].Y+dy
			}
		}
	}
	m.other = out
	m.redraw()
}

// drop makes one step of what a hand moved.
func (m *screensPart) drop(h hand) {
	moved := m.other
	m.other = nil
	name := m.k.t("setup.step.move", "screens", m.names())
	if h.edge != layout.NoEdge {
		name = m.k.t("setup.step.size", "screens", m.names())
	}
	m.do(name, func(w *world.WallDefined) { w.Screens = moved })
}

// names are the numbers of what is chosen.
func (m *screensPart) names() string {
	ids := slices.Sorted(maps.Keys(m.picked))
	words := make([]string, 0, len(ids))
	for _, id := range ids {
		words = append(words, strconv.Itoa(id))
	}
	if n := len(words) - 4; n > 0 {
		words = append(words[:4], m.k.t("setup.peers.more", "n", m.k.whole(n)))
	}
	return strings.Join(words, ", ")
}

// nudge moves what is chosen by millimetres.
func (m *screensPart) nudge(dx, dy float64) {
	if len(m.picked) == 0 {
		return
	}
	m.do(m.k.t("setup.step.move", "screens", m.names()), func(w *world.WallDefined) {
		for i := range w.Screens {
			if m.picked[w.Screens[i].ID] {
				w.Screens[i].X += dx
				w.Screens[i].Y += dy
			}
		}
	})
}

// add makes one more screen right of the last, as large as it.
func (m *screensPart) add() {
	m.do(m.k.t("setup.step.add"), func(w *world.WallDefined) {
		s := world.Screen{ID: 1, W: 1217.6, H: 684.9, PxW: 1920, PxH: 1080}
		if n := len(w.Screens); n > 0 {
			last := w.Screens[n-1]
			s = last
			s.Node, s.Output, s.Spare = "", "", false
			for _, o := range w.Screens {
				s.ID = max(s.ID, o.ID+1)
				s.X = max(s.X, o.X+o.W+layout.Usual(w.Screens))
			}
		}
		w.Screens = append(w.Screens, s)
		m.picked = map[int]bool{s.ID: true}
	})
}

// dropPicked takes what is chosen off the wall.
func (m *screensPart) dropPicked() {
	if len(m.picked) == 0 || m.grid != nil {
		return
	}
	m.do(m.k.t("setup.step.drop", "screens", m.names()), func(w *world.WallDefined) {
		w.Screens = slices.DeleteFunc(w.Screens, func(s world.Screen) bool { return m.picked[s.ID] })
	})
	m.choose(nil)
}

// discard goes back to the wall as it is, which may be somebody else's by now.
func (m *screensPart) discard() {
	w, ok := m.current()
	if !ok || !m.draft.Changed() {
		return
	}
	was := m.draft
	m.draft, m.stale = layout.Begin(w.WallDefined, w.Defined), false
	m.k.p.desk.Did(m.k.t("setup.discarded"), func() {
		m.draft = was
		m.redraw()
	})
	m.keep()
	m.choose(nil)
}

// check says whether the draft can be applied.
func (m *screensPart) check() {
	fs := m.wrongs()
	stops := 0
	for _, f := range fs {
		if f.Stops {
			stops++
		}
	}
	k := m.k
	switch {
	case stops > 0:
		k.p.desk.Say(world.Severe, k.t("setup.checked.stops", "n", k.whole(stops)))
	case len(fs) > 0:
		k.p.desk.Say(world.Warning, k.t("setup.checked.odd", "n", k.whole(len(fs))))
	default:
		k.p.desk.Say("", k.t("setup.checked.good", "n", k.whole(len(m.seen()))))
	}
}

// apply sends the draft as one command.
func (m *screensPart) apply() {
	k := m.k
	if !k.p.may("wall.save") || m.sending || !m.draft.Changed() {
		return
	}
	for _, f := range m.wrongs() {
		if f.Stops {
			title, _ := m.say(f)
			k.p.desk.Say(world.Severe, title)
			return
		}
	}
	m.sending = true
	was, sent := m.base(), m.draft.Wall
	k.p.desk.Ask(act.SaveWall{Wall: sent, From: m.draft.From}, func(r world.Receipt) {
		m.sending = false
		if !r.OK {
			k.p.desk.Say(world.Severe, k.t("setup.applied.refused", "why", r.Reason))
			m.redraw()
			return
		}
		k.p.desk.Did(k.t("setup.applied", "n", k.whole(len(sent.Screens))), func() {
			k.p.desk.Ask(act.SaveWall{Wall: was}, nil)
		})
		m.draft = layout.Begin(sent, m.draft.From)
		if w, ok := m.current(); ok {
			m.draft.From = w.Defined
			m.seenAt = w.Defined
		}
		m.stale = false
		m.keep()
		k.p.health.soon()
		m.redraw()
	})
	m.redraw()
}

// base is the wall as the state has it.
func (m *screensPart) base() world.WallDefined {
	w, _ := m.current()
	return w.WallDefined
}

// test shows a test picture for a while.
func (m *screensPart) test(picture string) {
	if m.wall == "" || !m.k.p.may("wall.test") {
		return
	}
	m.k.p.desk.Ask(act.TestWall{Wall: m.wall, Picture: picture, Seconds: 10}, nil)
	m.k.p.desk.Did(m.k.t("setup.test."+picture), func() {
		m.k.p.desk.Ask(act.TestWall{Wall: m.wall}, nil)
	})
}

func (m *screensPart) open(id string) {
	if n, err := strconv.Atoi(id); err == nil && layout.Index(m.draft.Wall.Screens, n) >= 0 {
		m.choose([]int{n})
	}
}

func (m *screensPart) key(e *fyne.KeyEvent) bool {
	x, y := 0.0, 0.0
	switch e.Name {
	case fyne.KeyLeft:
		x = -1
	case fyne.KeyRight:
		x = 1
	case fyne.KeyUp:
		y = -1
	case fyne.KeyDown:
		y = 1
	case fyne.KeyDelete:
		m.dropPicked()
		return true
	case fyne.KeyEscape:
		if m.grid != nil {
			m.closeGrid()
			return true
		}
		if len(m.picked) > 0 {
			m.choose(nil)
			return true
		}
		return false
	default:
		return false
	}
	if held() {
		m.nudge(x, y)
		return true
	}
	from := 0
	if s, ok := m.only(); ok {
		from = s.ID
	}
	if next := layout.Beside(m.draft.Wall.Screens, from, x, y); next != 0 {
		m.choose([]int{next})
	}
	return true
}

func (m *screensPart) letter(r rune) bool {
	switch r {
	case 'i', 'I':
		m.test(world.TestIdentify)
	case 't', 'T':
		m.test(world.TestPattern)
	case 'k', 'K':
		m.check()
	case 'g', 'G':
		m.openGrid()
	default:
		return false
	}
	return true
}

func (m *screensPart) keys() []page.Key {
	k := m.k
	return []page.Key{
		{Keys: "I", Text: k.t("setup.keys.identify"), Foot: true}, {Keys: "T", Text: k.t("setup.keys.pattern"), Foot: true},
		{Keys: "K", Text: k.t("setup.keys.check"), Foot: true}, {Keys: "G", Text: k.t("setup.keys.grid"), Foot: true},
		{Keys: "Ctrl Z", Text: k.t("setup.keys.undo")}, {Keys: "Shift ←→↑↓", Text: k.t("setup.keys.nudge")},
		{Keys: "Shift", Text: k.t("setup.keys.more")}, {Keys: "Delete", Text: k.t("setup.keys.drop")},
	}
}
