// Package wall is the wall of the technician's page: its screens laid out in millimetres
// as a draft that is applied at once, and the computers that drive them.
package wall

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/server/world"
	"iocwall/ui/page"
	"iocwall/ui/setup/kit"
	"iocwall/ui/setup/layout"
)

// Screens lays out the screens of the wall: a draft that is changed by hand and
// applied at once.
type Screens struct {
	k      kit.Kit
	root   *fyne.Container
	frame  *kit.Frame
	plan   *plan
	tools  []fyne.CanvasObject
	nodes  *machines
	nodesF *kit.Frame
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

// New makes the part. A draft of last time is there again.
func New(k kit.Kit) *Screens {
	m := &Screens{k: k, picked: map[int]bool{}}
	m.plan = newPlan(m)
	m.nodes = newMachines(k)
	m.nodesF = kit.NewFrame(k, m.nodes).Bare()
	m.form = newForm(m)
	m.tools = []fyne.CanvasObject{
		k.Button(k.T("setup.identify"), "I", func() { m.test(world.TestIdentify) }),
		k.Button(k.T("setup.pattern"), "T", func() { m.test(world.TestPattern) }),
		k.Button(k.T("setup.grid"), "G", m.openGrid),
		k.Button(k.T("setup.add"), "", m.add),
		k.Button(k.T("setup.drop"), "Delete", m.dropPicked),
		k.Button(k.T("setup.discard"), "", m.discard),
	}
	inner := kit.Arrange(m.layPlan, append([]fyne.CanvasObject{m.plan}, m.tools...)...)
	m.frame = kit.NewFrame(k, inner)
	m.root = kit.Arrange(m.lay)
	m.objects()
	return m
}

// objects puts the form or that of the grid beside the computers.
func (m *Screens) objects() {
	last := m.form.frame.Box
	if m.grid != nil {
		last = m.grid.frame.Box
	}
	m.root.Objects = []fyne.CanvasObject{m.frame.Box, m.nodesF.Box, last}
	m.lay(m.size)
	m.root.Refresh()
}

// Object is what the page shows.
func (m *Screens) Object() fyne.CanvasObject { return m.root }

// Show does nothing: the plan costs nothing unseen.
func (m *Screens) Show(bool) {}

// Close remembers the draft.
func (m *Screens) Close() { m.keep() }

// keep remembers the draft.
func (m *Screens) keep() {
	if m.wall == "" {
		return
	}
	if m.draft.Changed() {
		m.k.Host.Desk().Memory().Set("setup.draft", keptDraft{m.draft.Wall, m.draft.From})
	} else {
		m.k.Host.Desk().Memory().Set("setup.draft", keptDraft{})
	}
}

// lay places the parts: the plan above, computers and fields under it.
func (m *Screens) lay(s fyne.Size) {
	if s.Width <= 1 {
		return
	}
	m.size = s
	k := m.k
	space := k.U(kit.Gap)
	if s.Height < k.U(480) {
		// No room under the plan: the fields stand beside it, and the computers have a
		// tab of their own.
		w := s.Width * 0.58
		m.nodesF.Box.Hide()
		kit.Put(m.frame.Box, 0, 0, w, s.Height)
		kit.Put(m.root.Objects[2], w+space, 0, s.Width-w-space, s.Height)
		return
	}
	m.nodesF.Box.Show()
	low := min(k.U(430), s.Height*0.5)
	if m.grid != nil {
		low = min(k.U(470), s.Height*0.6)
	}
	high := s.Height - low - space
	kit.Put(m.frame.Box, 0, 0, s.Width, high)
	right := max(k.U(420), s.Width*0.48)
	if s.Width < k.U(860) {
		right = s.Width * 0.58
	}
	kit.Put(m.nodesF.Box, 0, high+space, s.Width-right-space, low)
	kit.Put(m.root.Objects[2], s.Width-right, high+space, right, low)
}

// layPlan places the plan and the buttons under it.
func (m *Screens) layPlan(s fyne.Size) {
	k := m.k
	side := k.U(kit.Pad)
	used := k.Row(side, -1000, s.Width-2*side, m.tools...)
	kit.Put(m.plan, 0, 0, s.Width, s.Height-used-k.U(24))
	k.Row(side, s.Height-used-k.U(12), s.Width-2*side, m.tools...)
}

// current returns the wall of the state that is laid out here: the one shown, else
// the first.
func (m *Screens) current() (world.Wall, bool) {
	st := m.k.Host.Desk().State()
	if st == nil {
		return world.Wall{}, false
	}
	if w, ok := st.Wall(m.wall); ok && m.wall != "" {
		return w, true
	}
	if w, _, has, _ := m.k.Host.Desk().Wall(); has {
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
func (m *Screens) adopt() {
	w, ok := m.current()
	if !ok || w.Defined == m.seenAt && w.ID == m.wall {
		return
	}
	first := m.wall == ""
	m.wall, m.seenAt = w.ID, w.Defined
	if first {
		m.draft = layout.Begin(w.WallDefined, w.Defined)
		var was keptDraft
		if m.k.Host.Desk().Memory().Get("setup.draft", &was) && was.Wall.ID == w.ID && was.From == w.Defined {
			m.draft.Do(m.k.T("setup.step.kept"), func(x *world.WallDefined) { *x = was.Wall })
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
func (m *Screens) seen() []world.Screen {
	switch {
	case m.grid != nil:
		return m.grid.screens
	case m.other != nil:
		return m.other
	}
	return m.draft.Wall.Screens
}

// Refresh brings the part in line with the state.
func (m *Screens) Refresh(now time.Time) {
	m.adopt()
	k := m.k
	w := m.draft.Wall
	remark := ""
	if n := len(w.Screens); n > 0 {
		s := w.Screens[0]
		remark = k.T("setup.plan.remark", "w", k.MM(s.W), "h", k.MM(s.H), "bezel", k.MM(layout.Usual(w.Screens)))
	}
	title := k.T("setup.plan", "n", k.Whole(len(m.seen())))
	if m.stale {
		if x, ok := m.current(); ok {
			remark = k.T("setup.plan.stale", "who", x.By)
		}
	}
	m.frame.Say(title, remark)
	m.nodes.refresh(now)
	m.nodesF.Say(k.T("setup.nodes", "n", k.Whole(len(m.nodes.list))), k.T("setup.nodes.remark"))
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
func (m *Screens) signature() string {
	out := fmt.Sprint(m.seen(), slices.Sorted(maps.Keys(m.picked)), m.stale)
	if st := m.k.Host.Desk().State(); st != nil {
		for _, n := range st.Nodes() {
			out += fmt.Sprint(n.Node, n.Up, n.Monitors)
		}
	}
	return out
}

// redraw paints all anew at once.
func (m *Screens) redraw() {
	m.sig = ""
	m.Refresh(m.k.Host.Now())
	m.k.Host.Changed()
}

// node finds a computer.
func (m *Screens) node(name string) (world.Node, bool) {
	if st := m.k.Host.Desk().State(); st != nil {
		return st.Node(name)
	}
	return world.Node{}, false
}

// Check is what is wrong with what is shown.
func (m *Screens) wrongs() []layout.Fault {
	w := m.draft.Wall
	w.Screens = m.seen()
	return layout.Check(w, m.node)
}

// byScreen orders what is wrong by the screens.
func (m *Screens) byScreen() map[int][]layout.Fault {
	out := map[int][]layout.Fault{}
	for _, f := range m.wrongs() {
		for _, id := range f.Screens {
			out[id] = append(out[id], f)
		}
	}
	return out
}

// stands says in a word how a screen stands.
func (m *Screens) stands(s world.Screen, faults []layout.Fault) (word, icon string) {
	k := m.k
	if len(faults) > 0 {
		f := faults[0]
		icon = "warning"
		if f.Stops {
			icon = "severe"
		}
		if f.Code == "off" {
			return k.T("setup.stands.off", "mm", signed(k, f.Off.Off)), icon
		}
		if f.Code == "bare" {
			icon = "notice"
		}
		return k.T("setup.stands." + f.Code), icon
	}
	n, ok := m.node(s.Node)
	switch {
	case !ok:
		return k.T("setup.stands.never"), "nodata"
	case !n.Up:
		return k.T("setup.stands.away"), "offline"
	case s.Spare:
		return k.T("setup.stands.spare"), "normal"
	}
	return k.T("setup.stands.good"), "normal"
}

func signed(k kit.Kit, v float64) string {
	if v > 0 {
		return "+" + k.Number(v)
	}
	return k.Number(v)
}

// Faults are what is wrong with the draft, as rows of what is wrong.
func (m *Screens) Faults() []kit.RowOf {
	if m.grid != nil {
		return nil
	}
	var out []kit.RowOf
	for _, f := range m.wrongs() {
		if f.Code == "bare" || f.Code == "output" || f.Code == "pixels" {
			if !m.draft.Changed() {
				continue // the server tells of it
			}
		}
		r := kit.RowOf{Icon: "warning"}
		if f.Stops {
			r.Icon = "severe"
		}
		r.Title, r.Text = m.say(f)
		if len(f.Screens) > 0 {
			id := f.Screens[len(f.Screens)-1]
			r.Act = m.k.T("setup.act.screen", "screen", strconv.Itoa(id))
			r.Do = func() {
				m.k.Host.Go("screens")
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
func (m *Screens) say(f layout.Fault) (title, text string) {
	k := m.k
	ids := make([]string, 0, len(f.Screens))
	for _, id := range f.Screens {
		ids = append(ids, strconv.Itoa(id))
	}
	pairs := []string{"screens", strings.Join(ids, ", "), "node", f.Node, "output", f.Output}
	if f.Code == "off" {
		d := f.Off
		pairs = append(pairs, "mm", k.MM(max(d.Off, -d.Off)), "should", k.MM(d.Should), "way", k.T("setup.way."+string(d.Side)+way(d.Off)), "peers", m.peers(d))
		return k.T("setup.draft.off", pairs...), k.T("setup.draft.off.text", pairs...)
	}
	return k.T("setup.draft."+f.Code, pairs...), k.T("setup.draft."+f.Code+".text", pairs...)
}

func way(off float64) string {
	if off < 0 {
		return ".less"
	}
	return ".more"
}

// peers names the screens that agree.
func (m *Screens) peers(d layout.Deviation) string {
	if len(d.Peers) == 0 {
		return m.k.T("setup.peers.most")
	}
	ids := make([]string, 0, len(d.Peers))
	for _, id := range d.Peers {
		ids = append(ids, strconv.Itoa(id))
	}
	if n := len(ids) - 3; n > 0 {
		ids = append(ids[:3], m.k.T("setup.peers.more", "n", m.k.Whole(n)))
	}
	if len(ids) < 2 {
		return ids[0]
	}
	return m.k.T("setup.peers", "list", strings.Join(ids[:len(ids)-1], ", "), "last", ids[len(ids)-1])
}

// pick chooses a screen, or with more adds it or takes it out.
func (m *Screens) pick(id int, more bool) {
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

func (m *Screens) choose(ids []int) {
	m.picked = map[int]bool{}
	for _, id := range ids {
		m.picked[id] = true
	}
	m.redraw()
}

func (m *Screens) pickAll() {
	for _, s := range m.draft.Wall.Screens {
		m.picked[s.ID] = true
	}
	m.redraw()
}

// only returns the one screen that is chosen.
func (m *Screens) only() (world.Screen, bool) {
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

// Open chooses a screen by its number.
func (m *Screens) Open(id string) {
	if n, err := strconv.Atoi(id); err == nil && layout.Index(m.draft.Wall.Screens, n) >= 0 {
		m.choose([]int{n})
	}
}

// Key takes what no field wanted.
func (m *Screens) Key(e *fyne.KeyEvent) bool {
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

// Letter takes a letter.
func (m *Screens) Letter(r rune) bool {
	switch r {
	case 'i', 'I':
		m.test(world.TestIdentify)
	case 't', 'T':
		m.test(world.TestPattern)
	case 'k', 'K':
		m.Check()
	case 'g', 'G':
		m.openGrid()
	default:
		return false
	}
	return true
}

// Keys are those that mean something now.
func (m *Screens) Keys() []page.Key {
	k := m.k
	return []page.Key{
		{Keys: "I", Text: k.T("setup.keys.identify"), Foot: true},
		{Keys: "T", Text: k.T("setup.keys.pattern"), Foot: true},
		{Keys: "K", Text: k.T("setup.keys.check"), Foot: true},
		{Keys: "G", Text: k.T("setup.keys.grid"), Foot: true},
		{Keys: "Ctrl Z", Text: k.T("setup.keys.undo")},
		{Keys: "Shift ←→↑↓", Text: k.T("setup.keys.nudge")},
		{Keys: "Shift", Text: k.T("setup.keys.more")},
		{Keys: "Delete", Text: k.T("setup.keys.drop")},
	}
}

// Draft is what is being laid out.
func (m *Screens) Draft() *layout.Draft { return &m.draft }

// Sending reports whether an answer to Apply is awaited.
func (m *Screens) Sending() bool { return m.sending }
