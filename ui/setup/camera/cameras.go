// Package camera is the cameras of the technician's page: how each is, its picture, and
// bringing in more by hand, by a table or by ONVIF.
package camera

import (
	"image"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/server/world"
	"iocwall/ui/list"
	"iocwall/ui/page"
	"iocwall/ui/setup/kit"
	"iocwall/ui/signal/health"
)

// Part is the cameras: how each is, its picture, and bringing in more.
type Part struct {
	*kit.Pair
	rows  *list.Rows[world.Camera]
	facts *kit.Facts
	board page.Board
	inner *fyne.Container
	tools []fyne.CanvasObject
	own   []fyne.CanvasObject // buttons of the camera that is chosen
	sheet *cameraSheet        // what is being brought in or changed, nil for nothing
	site  string
	pace  kit.Pace
	shown bool
	laid  string
	spot  image.Rectangle
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

// New makes the part.
func New(k kit.Kit) *Part {
	m := &Part{rows: list.NewRows(func(x *world.Camera) string { return x.ID }, nil), facts: kit.NewFacts(k)}
	at := m.rows.At
	l := list.New(k.Host.Desk(), list.Options{
		Name: "setup.cameras", Source: m.rows, Sort: list.Sort{Column: "state", Down: true},
		Chips: []list.Chip{{ID: "bad", Text: k.T("setup.chip.bad"), Match: func(i int) bool { return cameraRank(at(i).Health.State) > 1 }, Count: true}},
		Columns: []list.Column{
			{ID: "name", Title: k.T("setup.col.camera"), Min: 190, Weight: 3, Text: func(i int) string { return at(i).Name + " " + at(i).ID }, Cell: func(i int) list.Cell {
				return list.Cell{Icon: cameraIcon(at(i).Health.State), Text: at(i).Name, Bold: true}
			}},
			{ID: "state", Title: k.T("setup.col.state"), Min: 160, Weight: 1, Down: true, Text: func(i int) string { return k.T("setup.camera." + stateName(at(i).Health.State)) }, Num: func(i int) (float64, bool) { return cameraRank(at(i).Health.State), true }},
			{ID: "since", Title: k.T("setup.col.since"), Min: 100, Drop: 3, Text: func(i int) string {
				if at(i).Health.Since == 0 {
					return ""
				}
				return k.Env.Lang.Stamp(at(i).Health.Since.Std(), k.Host.Now())
			}, Num: func(i int) (float64, bool) { return float64(at(i).Health.Since), at(i).Health.Since != 0 }},
			{ID: "site", Title: k.T("setup.col.site"), Min: 110, Weight: 1, Drop: 2, Text: func(i int) string { return at(i).Site }},
			{ID: "area", Title: k.T("setup.col.area"), Min: 130, Weight: 1, Drop: 4, Text: func(i int) string { return m.area(at(i).Area) }},
			{ID: "id", Title: k.T("setup.col.id"), Min: 110, Weight: 1, Drop: 5, Text: func(i int) string { return at(i).ID }},
		},
		Chosen: func(string) { m.leave(); m.Refresh(k.Host.Now()) },
	})
	m.tools = []fyne.CanvasObject{
		k.Button(k.T("setup.camera.add"), "", func() { m.enter(newCameraSheet(m, sheetAdd, world.Camera{})) }),
		k.Button(k.T("setup.camera.csv"), "", func() { m.enter(newCameraSheet(m, sheetTable, world.Camera{})) }),
		k.Button(k.T("setup.camera.find"), "", func() { m.enter(newCameraSheet(m, sheetFind, world.Camera{})) }),
	}
	m.own = []fyne.CanvasObject{
		k.Button(k.T("setup.camera.edit"), "", func() { m.edit() }),
		k.Button(k.T("setup.camera.password"), "", func() { m.EditPassword() }),
		k.Button(k.T("setup.act.logs"), "", func() { k.Host.Go("logs" + "/camera/" + l.Chosen()) }),
		k.Button(k.T("setup.camera.drop"), "", func() { m.drop() }),
	}
	m.board = k.Host.Desk().Board()
	m.inner = kit.Arrange(m.layRight)
	content := kit.Arrange(func(s fyne.Size) {
		h := k.Row(k.U(kit.Pad), k.U(10), s.Width-2*k.U(kit.Pad), m.tools...) + k.U(20)
		kit.Put(l.Object(), 0, h, s.Width, s.Height-h)
	}, append([]fyne.CanvasObject{l.Object()}, m.tools...)...)
	m.Pair = kit.NewPair(k, content, m.inner, 0.58)
	m.List = l
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
func (m *Part) area(id string) string {
	if st := m.K.Host.Desk().State(); st != nil {
		if a, ok := st.Area(id); ok {
			return a.Name
		}
	}
	return id
}

// enter puts a sheet in the place of the camera that is chosen; leave takes it away.
func (m *Part) enter(s *cameraSheet) {
	if !m.K.Host.May("config.write") {
		return
	}
	m.sheet = s
	m.objects()
	m.Refresh(m.K.Host.Now())
	s.begin()
}

func (m *Part) leave() {
	if m.sheet != nil {
		m.sheet.close()
		m.sheet = nil
		m.objects()
	}
}

// objects puts into the right pane what it shows now.
func (m *Part) objects() {
	if m.sheet != nil {
		m.inner.Objects = []fyne.CanvasObject{m.sheet.root}
	} else {
		m.inner.Objects = append([]fyne.CanvasObject{m.board.Object(), m.facts.Object()}, m.own...)
	}
	m.layRight(m.inner.Size())
	m.inner.Refresh()
}

func (m *Part) layRight(s fyne.Size) {
	if s.Width <= 1 {
		return
	}
	k := m.K
	if m.sheet != nil {
		kit.Put(m.sheet.root, 0, 0, s.Width, s.Height)
		return
	}
	w := s.Width - 2*k.U(kit.Pad)
	most := float32(0.45)
	if s.Height < k.U(420) {
		most = 0.32 // what is wrong with it says more than its picture
	}
	h := min(w*9/16+k.U(30), s.Height*most)
	kit.Put(m.board.Object(), k.U(kit.Pad), k.U(12), w, h)
	d := k.Density()
	if r := image.Rect(0, 0, int(w*d), int(h*d)); r != m.spot {
		m.spot, m.laid = r, ""
		m.picture()
	}
	y := h + k.U(20)
	f := min(m.facts.Height(s.Width), s.Height-y-k.U(100))
	kit.Put(m.facts.Object(), 0, y, s.Width, f)
	k.Row(k.U(kit.Pad), y+f+k.U(8), w, m.own...)
}

// picture shows the camera that is chosen, live, while the part is seen.
func (m *Part) picture() {
	id := m.List.Chosen()
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

func (m *Part) chosen() (world.Camera, bool) {
	if st := m.K.Host.Desk().State(); st != nil && m.List != nil {
		return st.Camera(m.List.Chosen())
	}
	return world.Camera{}, false
}

// Refresh brings the part in line with the state.
func (m *Part) Refresh(now time.Time) {
	if m.pace.Due(now, m.site) {
		m.read()
	}
	m.List.Update(now)
	if m.sheet != nil {
		m.Right.Say(m.sheet.title(), "")
		m.sheet.refresh(now)
	} else {
		m.Right.Say(m.say())
	}
	m.picture()
	m.layRight(m.inner.Size())
}

// say tells of the camera that is chosen.
func (m *Part) say() (title, remark string) {
	k, l := m.K, m.K.Env.Lang
	c, ok := m.chosen()
	for _, b := range m.own {
		if ok {
			b.Show()
		} else {
			b.Hide()
		}
	}
	if !ok {
		m.facts.Set(nil)
		return k.T("setup.camera.none"), ""
	}
	h := c.Health
	out := []kit.Line{{Name: k.T("setup.col.state"), Value: k.T("setup.camera." + stateName(h.State)), Wrong: cameraRank(h.State) > 2}}
	if h.Since != 0 {
		out[0].Value += ", " + l.T("since", "time", l.Stamp(h.Since.Std(), k.Host.Desk().ServerTime(k.Host.Now())))
	}
	if why := health.Behind(l, h); why != "" {
		out = append(out, kit.Line{Name: k.T("setup.fact.reason"), Value: why})
	}
	if h.Cause != "" {
		out = append(out, kit.Line{Name: k.T("detail.cause"), Value: h.Cause, Wrong: true})
	}
	if h.FPS > 0 {
		out = append(out, kit.Line{Name: k.T("setup.fact.stream"), Value: k.T("setup.camera.stream", "codec", h.Codec, "w", l.Int(int64(h.Width)), "h", l.Int(int64(h.Height)), "fps", l.Number(h.FPS, 0), "kbps", l.Number(h.Kbps, 0), "loss", l.Percent(100*h.Loss, 1))})
	}
	var streams []string
	for _, s := range c.Streams {
		streams = append(streams, s.Name)
	}
	out = append(out, kit.Line{Name: k.T("setup.fact.streams"), Value: strings.Join(streams, ", ")}, kit.Line{Name: k.T("setup.col.area"), Value: m.area(c.Area)})
	if c.Site != "" {
		out = append(out, kit.Line{Name: k.T("setup.col.site"), Value: c.Site})
	}
	out = append(out, kit.Line{Name: k.T("setup.fact.place"), Value: l.Degrees(c.Pos[1], c.Pos[0])})
	m.facts.Set(out)
	return c.Name, c.ID
}

// edit changes the camera that is chosen.
func (m *Part) edit() {
	if c, ok := m.chosen(); ok {
		m.enter(newCameraSheet(m, sheetEdit, c))
	}
}

// EditPassword changes what opens the camera that is chosen.
func (m *Part) EditPassword() {
	if c, ok := m.chosen(); ok {
		m.enter(newCameraSheet(m, sheetPassword, c))
	}
}

// drop takes the camera that is chosen out of the configuration. It can be brought
// back only by hand, so it is asked twice.
func (m *Part) drop() {
	if c, ok := m.chosen(); ok {
		m.enter(newCameraSheet(m, sheetDrop, c))
	}
}

// Open shows a camera by its id, or those of a site as "?site".
func (m *Part) Open(id string) {
	if site, ok := strings.CutPrefix(id, "?"); ok {
		m.site = site
		m.Refresh(m.K.Host.Now())
		m.List.Chip("bad", true)
		return
	}
	m.site = ""
	m.leave()
	m.Refresh(m.K.Host.Now())
	m.Pair.Open(id)
	m.Refresh(m.K.Host.Now())
}

// Key takes what no field wanted.
func (m *Part) Key(e *fyne.KeyEvent) bool {
	if e.Name == fyne.KeyEscape && m.sheet != nil {
		m.leave()
		m.Refresh(m.K.Host.Now())
		return true
	}
	if e.Name == fyne.KeyEscape && m.site != "" {
		m.site = ""
		m.Refresh(m.K.Host.Now())
		return true
	}
	return m.Pair.Key(e)
}

// Show tells that the part comes into sight or goes out of it.
func (m *Part) Show(visible bool) {
	m.shown = visible
	m.board.Show(visible)
	m.picture()
}

// Close ends the picture.
func (m *Part) Close() { m.board.Close() }

// read fills the list from the state.
func (m *Part) read() {
	k := m.K
	var all []world.Camera
	bad := 0
	if st := k.Host.Desk().State(); st != nil {
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
	title := k.T("setup.cameras", "n", k.Whole(len(all)))
	if m.site != "" {
		title = k.T("setup.cameras.site", "site", m.site, "n", k.Whole(len(all)))
	}
	m.Left.Say(title, k.T("setup.cameras.bad", "n", k.Whole(bad)))
}
