package setup

import (
	"image"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/server/world"
	"iocwall/ui/list"
	"iocwall/ui/page"
)

// camerasPart are the cameras: how each is, its picture, and bringing in more.
type camerasPart struct {
	*pair
	rows   *list.Rows[world.Camera]
	facts  *facts
	board  page.Board
	inner  *fyne.Container
	tools  []fyne.CanvasObject
	own    []fyne.CanvasObject // buttons of the camera that is chosen
	sheet  *cameraSheet        // what is being brought in or changed, nil for nothing
	bottom fyne.CanvasObject
	site   string
	shown  bool
	laid   string
	spot   image.Rectangle
}

// cameraRank orders states: what needs hands first.
func cameraRank(s world.CameraState) float64 {
	switch s {
	case world.CameraRefused:
		return 5
	case world.CameraSilent:
		return 4
	case world.CameraFrozen:
		return 3
	case world.CameraFull:
		return 2
	case world.CameraOpening:
		return 1
	}
	return 0
}

func cameraIcon(s world.CameraState) string {
	switch s {
	case world.CameraRefused, world.CameraSilent:
		return "warning"
	case world.CameraFrozen:
		return "frozen"
	case world.CameraFull:
		return "notice"
	case world.CameraOpening:
		return "loading"
	case world.CameraUnknown:
		return "nodata"
	}
	return "normal"
}

func newCameras(k kit) *camerasPart {
	m := &camerasPart{rows: list.NewRows(func(x *world.Camera) string { return x.ID }, nil), facts: newFacts(k)}
	at := m.rows.At
	l := list.New(k.p.desk, list.Options{
		Name: "setup.cameras", Source: m.rows, Sort: list.Sort{Column: "state", Down: true},
		Chips: []list.Chip{{ID: "bad", Text: k.t("setup.chip.bad"), Match: func(i int) bool { return cameraRank(at(i).Health.State) > 1 }, Count: true}},
		Columns: []list.Column{
			{ID: "name", Title: k.t("setup.col.camera"), Min: 190, Weight: 3, Text: func(i int) string { return at(i).Name + " " + at(i).ID }, Cell: func(i int) list.Cell {
				return list.Cell{Icon: cameraIcon(at(i).Health.State), Text: at(i).Name, Bold: true}
			}},
			{ID: "state", Title: k.t("setup.col.state"), Min: 160, Weight: 1, Down: true, Text: func(i int) string { return k.t("setup.camera." + stateName(at(i).Health.State)) }, Num: func(i int) (float64, bool) { return cameraRank(at(i).Health.State), true }},
			{ID: "since", Title: k.t("setup.col.since"), Min: 100, Drop: 3, Text: func(i int) string {
				if at(i).Health.Since == 0 {
					return ""
				}
				return k.env.Lang.Stamp(at(i).Health.Since.Std(), k.p.now)
			}, Num: func(i int) (float64, bool) { return float64(at(i).Health.Since), at(i).Health.Since != 0 }},
			{ID: "site", Title: k.t("setup.col.site"), Min: 110, Weight: 1, Drop: 2, Text: func(i int) string { return at(i).Site }},
			{ID: "area", Title: k.t("setup.col.area"), Min: 130, Weight: 1, Drop: 4, Text: func(i int) string { return m.area(at(i).Area) }},
			{ID: "id", Title: k.t("setup.col.id"), Min: 110, Weight: 1, Drop: 5, Text: func(i int) string { return at(i).ID }},
		},
		Chosen: func(string) { m.leave(); m.refresh(k.p.now) },
	})
	m.tools = []fyne.CanvasObject{
		k.button(k.t("setup.camera.add"), "", func() { m.enter(newCameraSheet(m, sheetAdd, world.Camera{})) }),
		k.button(k.t("setup.camera.csv"), "", func() { m.enter(newCameraSheet(m, sheetTable, world.Camera{})) }),
		k.button(k.t("setup.camera.find"), "", func() { m.enter(newCameraSheet(m, sheetFind, world.Camera{})) }),
	}
	m.own = []fyne.CanvasObject{
		k.button(k.t("setup.camera.edit"), "", func() { m.edit() }),
		k.button(k.t("setup.camera.password"), "", func() { m.editPassword() }),
		k.button(k.t("setup.act.logs"), "", func() { k.p.openText(partLogs + "/camera/" + l.Chosen()) }),
		k.button(k.t("setup.camera.drop"), "", func() { m.drop() }),
	}
	m.board = k.p.desk.Board()
	m.inner = arrange(m.layRight)
	content := arrange(func(s fyne.Size) {
		h := k.row(k.u(pad), k.u(10), s.Width-2*k.u(pad), m.tools...) + k.u(20)
		put(l.Object(), 0, h, s.Width, s.Height-h)
	}, append([]fyne.CanvasObject{l.Object()}, m.tools...)...)
	m.pair = newPair(k, content, m.inner, 0.58)
	m.list = l
	m.objects()
	return m
}

func stateName(s world.CameraState) string {
	if s == world.CameraUnknown {
		return "unknown"
	}
	return string(s)
}

// area is the name of an area.
func (m *camerasPart) area(id string) string {
	if st := m.k.p.desk.State(); st != nil {
		if a, ok := st.Area(id); ok {
			return a.Name
		}
	}
	return id
}

// enter puts a sheet in the place of the camera that is chosen; leave takes it away.
func (m *camerasPart) enter(s *cameraSheet) {
	if !m.k.p.may("config.write") {
		return
	}
	m.sheet = s
	m.objects()
	m.refresh(m.k.p.now)
	s.begin()
}

func (m *camerasPart) leave() {
	if m.sheet != nil {
		m.sheet.close()
		m.sheet = nil
		m.objects()
	}
}

// objects puts into the right pane what it shows now.
func (m *camerasPart) objects() {
	if m.sheet != nil {
		m.inner.Objects = []fyne.CanvasObject{m.sheet.root}
	} else {
		m.inner.Objects = append([]fyne.CanvasObject{m.board.Object(), m.facts.object()}, m.own...)
	}
	m.layRight(m.inner.Size())
	m.inner.Refresh()
}

func (m *camerasPart) layRight(s fyne.Size) {
	if s.Width <= 1 {
		return
	}
	k := m.k
	if m.sheet != nil {
		put(m.sheet.root, 0, 0, s.Width, s.Height)
		return
	}
	w := s.Width - 2*k.u(pad)
	h := min(w*9/16+k.u(30), s.Height*0.45)
	put(m.board.Object(), k.u(pad), k.u(12), w, h)
	d := k.density()
	if r := image.Rect(0, 0, int(w*d), int(h*d)); r != m.spot {
		m.spot, m.laid = r, ""
		m.picture()
	}
	y := h + k.u(20)
	f := min(m.facts.height(s.Width), s.Height-y-k.u(100))
	put(m.facts.object(), 0, y, s.Width, f)
	k.row(k.u(pad), y+f+k.u(8), w, m.own...)
}

// picture shows the camera that is chosen, live, while the part is seen.
func (m *camerasPart) picture() {
	id := m.list.Chosen()
	if m.sheet != nil || !m.shown {
		id = ""
	}
	if id == m.laid || m.spot.Empty() {
		return
	}
	m.laid = id
	if id == "" {
		m.board.Lay(nil)
		return
	}
	m.board.Lay([]page.Spot{{Tile: world.Tile{ID: "setup-camera", Kind: "camera", Params: []world.Param{{Key: "camera", Value: id}}}, Rect: m.spot}})
}

func (m *camerasPart) chosen() (world.Camera, bool) {
	if st := m.k.p.desk.State(); st != nil && m.list != nil {
		return st.Camera(m.list.Chosen())
	}
	return world.Camera{}, false
}

func (m *camerasPart) refresh(now time.Time) {
	k := m.k
	var all []world.Camera
	bad := 0
	if st := k.p.desk.State(); st != nil {
		all = st.Cameras()
		if m.site != "" {
			kept := all[:0:0]
			for _, c := range all {
				if c.Site == m.site || c.Health.Cause == m.site {
					kept = append(kept, c)
				}
			}
			all = kept
		}
	}
	for _, c := range all {
		if cameraRank(c.Health.State) > 1 {
			bad++
		}
	}
	m.rows.Set(all)
	title := k.t("setup.cameras", "n", k.whole(len(all)))
	if m.site != "" {
		title = k.t("setup.cameras.site", "site", m.site, "n", k.whole(len(all)))
	}
	m.left.say(title, k.t("setup.cameras.bad", "n", k.whole(bad)))
	m.list.Update(now)
	if m.sheet != nil {
		m.right.say(m.sheet.title(), "")
		m.sheet.refresh(now)
	} else {
		m.right.say(m.say())
	}
	m.picture()
	m.layRight(m.inner.Size())
}

// say tells of the camera that is chosen.
func (m *camerasPart) say() (title, remark string) {
	k, l := m.k, m.k.env.Lang
	c, ok := m.chosen()
	for _, b := range m.own {
		if ok {
			b.Show()
		} else {
			b.Hide()
		}
	}
	if !ok {
		m.facts.set(nil)
		return k.t("setup.camera.none"), ""
	}
	h := c.Health
	out := []line{{name: k.t("setup.col.state"), value: k.t("setup.camera." + stateName(h.State)), wrong: cameraRank(h.State) > 2}}
	if h.Since != 0 {
		out[0].value += ", " + l.T("since", "time", l.Stamp(h.Since.Std(), k.p.desk.ServerTime(k.p.now)))
	}
	if h.Reason != "" && h.State != world.CameraLive {
		out = append(out, line{name: k.t("setup.fact.reason"), value: h.Reason})
	}
	if h.Cause != "" {
		out = append(out, line{name: k.t("setup.fact.cause"), value: h.Cause, wrong: true})
	}
	if h.FPS > 0 {
		out = append(out, line{name: k.t("setup.fact.stream"), value: k.t("setup.camera.stream", "codec", h.Codec, "w", l.Int(int64(h.Width)), "h", l.Int(int64(h.Height)), "fps", l.Number(h.FPS, 0), "kbps", l.Number(h.Kbps, 0), "loss", l.Percent(100*h.Loss, 1))})
	}
	var streams []string
	for _, s := range c.Streams {
		streams = append(streams, s.Name)
	}
	out = append(out, line{name: k.t("setup.fact.streams"), value: strings.Join(streams, ", ")}, line{name: k.t("setup.col.area"), value: m.area(c.Area)})
	if c.Site != "" {
		out = append(out, line{name: k.t("setup.col.site"), value: c.Site})
	}
	out = append(out, line{name: k.t("setup.fact.place"), value: l.Degrees(c.Pos[1], c.Pos[0])})
	m.facts.set(out)
	return c.Name, c.ID
}

// edit changes the camera that is chosen; editPassword what opens it.
func (m *camerasPart) edit() {
	if c, ok := m.chosen(); ok {
		m.enter(newCameraSheet(m, sheetEdit, c))
	}
}

func (m *camerasPart) editPassword() {
	if c, ok := m.chosen(); ok {
		m.enter(newCameraSheet(m, sheetPassword, c))
	}
}

// drop takes the camera that is chosen out of the configuration. It can be brought
// back only by hand, so it is asked twice.
func (m *camerasPart) drop() {
	if c, ok := m.chosen(); ok {
		m.enter(newCameraSheet(m, sheetDrop, c))
	}
}

func (m *camerasPart) open(id string) {
	if site, ok := strings.CutPrefix(id, "?"); ok {
		m.site = site
		m.refresh(m.k.p.now)
		m.list.Chip("bad", true)
		return
	}
	m.site = ""
	m.leave()
	m.refresh(m.k.p.now)
	m.pair.open(id)
	m.refresh(m.k.p.now)
}

func (m *camerasPart) key(e *fyne.KeyEvent) bool {
	if e.Name == fyne.KeyEscape && m.sheet != nil {
		m.leave()
		m.refresh(m.k.p.now)
		return true
	}
	if e.Name == fyne.KeyEscape && m.site != "" {
		m.site = ""
		m.refresh(m.k.p.now)
		return true
	}
	return m.pair.key(e)
}

func (m *camerasPart) show(visible bool) {
	m.shown = visible
	m.board.Show(visible)
	m.picture()
}

func (m *camerasPart) close() { m.board.Close() }
