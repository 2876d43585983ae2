package ui

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"iocwall/geo"
	"iocwall/media"
	"iocwall/server/act"
	"iocwall/server/scene"
	"iocwall/server/world"
	"iocwall/ui/atlas"
	"iocwall/ui/camera"
	"iocwall/ui/desk"
	"iocwall/ui/mappage"
	"iocwall/ui/operator"
	"iocwall/ui/page"
	"iocwall/ui/screens"
)

// noon is the moment of the tests: Saturday 21 November 2026, 09:42:07.
var noon = time.Date(2026, 11, 21, 9, 42, 7, 0, time.FixedZone("ICT", 7*3600))

// script is a feed that gives batches when told to and keeps what was sent.
type script struct {
	mu   sync.Mutex
	in   chan world.Batch
	sent []act.Command
	fail error
}

func newScript() *script { return &script{in: make(chan world.Batch, 100)} }

func (s *script) Next(ctx context.Context) (world.Batch, error) {
	select {
	case b := <-s.in:
		return b, nil
	case <-ctx.Done():
		return world.Batch{}, ctx.Err()
	}
}

func (s *script) Send(c act.Command) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, c)
	return s.fail
}

func (s *script) commands() []act.Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]act.Command(nil), s.sent...)
}

// still is a player whose picture and state are given.
type still struct {
	mu      sync.Mutex
	stats   media.Stats
	seq     uint64
	view    media.View
	img     *image.RGBA
	stream  string
	preload bool
	closed  bool
}

func (p *still) Frame() (media.Frame, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stats.Picture.IsZero() || p.view.Empty() {
		return media.Frame{}, false
	}
	if p.img == nil || p.img.Rect.Size() != p.view.Size {
		p.img = picture(p.view.Size.X, p.view.Size.Y)
		p.seq++
	}
	return media.Frame{Image: p.img, View: p.view, Seq: p.seq, Arrived: p.stats.Picture, Source: p.stats.Source, Stream: p.stats.Stream}, true
}

func (p *still) Stats() media.Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stats
}

func (p *still) set(f func(*still)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(p)
}

func (p *still) SetView(v media.View)  { p.set(func(p *still) { p.view = v }) }
func (p *still) SetStream(name string) { p.set(func(p *still) { p.stream = name }) }
func (p *still) Preload(on bool)       { p.set(func(p *still) { p.preload = on }) }
func (p *still) Close()                { p.set(func(p *still) { p.closed = true }) }
func (p *still) Retry()                {}

// stills open a still for each camera and keep the newest one.
type stills struct {
	b *bench
}

func (s stills) Open(c media.Camera, _ func()) camera.Player {
	p := &still{stats: cameraStats(c.ID, s.b.now)}
	p.stats.Stream, p.stats.Decoder = "main", "software"
	if slices.Contains(s.b.opening, c.ID) {
		p.stats = media.Stats{State: media.StateOpening, Since: s.b.now}
	}
	s.b.players[c.ID] = p
	return p
}

func picture(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	fill := func(x0, y0, x1, y1 float64, c color.RGBA) {
		draw.Draw(m, image.Rect(int(x0*float64(w)), int(y0*float64(h)), int(x1*float64(w)), int(y1*float64(h))), image.NewUniform(c), image.Point{}, draw.Src)
	}
	fill(0, 0, 1, .45, color.RGBA{0x98, 0xA8, 0xB3, 255})
	fill(0, .38, 1, .5, color.RGBA{0x64, 0x76, 0x7C, 255})
	fill(0, .5, 1, 1, color.RGBA{0x4E, 0x6F, 0x7F, 255})
	fill(.3, .62, .55, .74, color.RGBA{0xA3, 0x3C, 0x36, 255})
	fill(.8, .2, .84, .9, color.RGBA{0xE6, 0xE4, 0xDA, 255})
	return m
}

// bench is a UI under test with its scripted surroundings.
type bench struct {
	t       testing.TB
	app     fyne.App
	feed    *script
	ui      *UI
	now     time.Time
	players map[string]*still
	opening []string // cameras that have no picture yet
}

type fakeScreens struct {
	list    []screens.Monitor
	changed chan struct{}
	placed  []string
	err     error
}

func (f *fakeScreens) List() ([]screens.Monitor, error) { return f.list, f.err }
func (f *fakeScreens) Changed() <-chan struct{}         { return f.changed }
func (f *fakeScreens) Place(w fyne.Window, m screens.Monitor) {
	f.placed = append(f.placed, m.Name)
	w.Resize(fyne.NewSize(float32(m.W), float32(m.H)))
	w.Show()
}

// mosaic is a person's console under test: its page of the wall, and that of the
// map in hand.
type mosaic struct {
	u   *UI
	s   *seat
	win fyne.Window
}

// mosaic is the console of the bench.
func (b *bench) mosaic() *mosaic {
	s := b.ui.face.(*seat)
	return &mosaic{b.ui, s, s.win}
}

func (m *mosaic) page() *operator.Page { return m.s.made["wall"].(*operator.Page) }

// board is the surface of the wall, zoom that of what is enlarged, nil without it.
func (m *mosaic) board() *surface { return m.s.boards[0].on }

func (m *mosaic) zoom() *surface {
	for _, b := range m.s.boards {
		if b.on.alone {
			return b.on
		}
	}
	return nil
}

func (m *mosaic) desk() *desk.Desk     { return m.page().Low() }
func (m *mosaic) enlarge(id string)    { m.page().Enlarge(id) }
func (m *mosaic) chart() *mappage.Page { return m.s.made["map"].(*mappage.Page) }
func (m *mosaic) atlas() *atlas.Atlas  { return m.chart().Atlas() }
func (m *mosaic) open(kind, id string) { m.s.shell.Open(page.Link{Kind: kind, ID: id}) }

// double presses the mouse twice in the middle of a tile of the wall.
func (m *mosaic) double(id string) {
	for _, sl := range m.board().slots {
		if sl.tile.ID == id {
			at := sl.at.rect.Min.Add(sl.at.rect.Max).Div(2)
			m.page().Wall().DoubleTapped(&fyne.PointEvent{Position: fyne.NewPos(float32(at.X), float32(at.Y))})
		}
	}
}

// somebody is a person who may do all that the pages offer.
func somebody() *page.Person {
	return &page.Person{Login: "mai", Name: "Mai", Role: "operator", Rights: []string{
		"feed.read", "state.read", "camera.watch", "camera.control", "clip.save", "recording.read", "alert.acknowledge",
		"scene.show", "scene.undo", "scene.save", "wall.read", "wall.test", "tile.lock", "tile.unlock", "popup.open", "popup.close", "map.edit",
	}}
}

func newBench(t testing.TB, o Options) *bench {
	t.Helper()
	if o.Seat.Known == nil {
		o.Seat.Known = somebody()
	}
	b := &bench{t: t, app: test.NewTempApp(t), feed: newScript(), now: noon, players: map[string]*still{}}
	o.App, o.Feed = b.app, b.feed
	o.Now = func() time.Time { return b.now }
	o.Do = func(f func()) { f() }
	if o.Width == 0 {
		o.Width, o.Height = 1920, 1080
	}
	o.Cameras = stills{b}
	u, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	b.ui = u
	ctx, cancel := context.WithCancel(context.Background())
	u.jobs.ctx = ctx
	t.Cleanup(func() { cancel(); u.jobs.stop() })
	u.rescan.Store(true)
	return b
}

func cameraStats(id string, now time.Time) media.Stats {
	st := media.Stats{State: media.StateLive, Since: now.Add(-time.Hour), Picture: now.Add(-400 * time.Millisecond), Source: image.Pt(640, 360)}
	switch id {
	case "cam-11":
		st.State, st.Since, st.Picture = media.StateFrozen, now.Add(-14*time.Second), now.Add(-14*time.Second)
	case "cam-12":
		st.State, st.Since, st.Picture, st.Retries, st.NextTry = media.StateNoSignal, now.Add(-2*time.Minute), now.Add(-2*time.Minute), 3, now.Add(8*time.Second)
	case "cam-10":
		st.State, st.Since, st.Picture = media.StateRefused, now.Add(-5*time.Minute), time.Time{}
	}
	return st
}

// give hands a batch to the UI and lets it tick.
func (b *bench) give(batch world.Batch) {
	b.t.Helper()
	b.ui.mu.Lock()
	b.ui.batches = append(b.ui.batches, batch)
	b.ui.mu.Unlock()
	b.ui.dirty.Store(true)
	b.tick(dataGap)
}

// tick moves the clock on and lets the UI tick.
func (b *bench) tick(d time.Duration) {
	b.now = b.now.Add(d)
	b.ui.tick()
}

// settle waits for maps, which are drawn on a goroutine of their own.
func (b *bench) settle() {
	b.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		b.tick(0)
		waiting := false
		for _, s := range b.ui.face.surfaces() {
			for _, sl := range s.slots {
				if m, ok := sl.content.(mapContent); ok && m.Drawn().IsZero() && !m.Asked().IsZero() {
					waiting = true
				}
			}
		}
		if !waiting {
			b.tick(0)
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	b.t.Fatal("a map was not drawn")
}

// shoot renders a window as the software painter sees it.
func shoot(w fyne.Window, width, height int) *image.RGBA {
	c := software.NewCanvas()
	c.SetPadded(false)
	room := canvas.NewRectangle(color.Transparent) // the content is never laid out smaller
	room.SetMinSize(fyne.NewSize(float32(width), float32(height)))
	c.SetContent(container.NewStack(room, w.Content()))
	c.Resize(fyne.NewSize(float32(width), float32(height)))
	img := c.Capture()
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	return out
}

func keep(t testing.TB, name string, img image.Image) {
	t.Helper()
	dir := os.Getenv("IOCWALL_GALLERY")
	if dir == "" {
		return
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(f, img); err != nil {
		t.Fatal(err)
	}
}

func f64(v float64) *float64 { return &v }

// province is a snapshot of a coastal province on a wall of columns × rows.
func province(columns, rows int) *world.State {
	s := world.New(1)
	at := world.TimeOf(noon)
	ago := func(d time.Duration) world.Time { return world.TimeOf(noon.Add(-d)) }
	add := func(t world.Time, b world.Body) {
		e := world.Event{Seq: s.At().Seq + 1, Seen: at, Source: "demo", Observation: world.Observation{Time: t, Body: b}}
		if _, err := s.Apply(e); err != nil {
			panic(err)
		}
	}
	names := []string{"Cảng Kỳ Hà", "Ngã tư Vĩnh Điện", "Cửa xả Chu Lai", "Bến Tam Quang", "Phố An Hội", "Bến cá Cửa Đại", "Cầu Câu Lâu", "Nút giao Hà Lam", "QL1 – Tam Kỳ bắc", "Cổng KCN Điện Nam", "Chợ Tam Kỳ", "Cảng Tam Hiệp"}
	for i, n := range names {
		add(at, world.CameraDefined{ID: fmt.Sprintf("cam-%02d", i+1), Name: n, Pos: geo.Point{108.2 + 0.04*float64(i), 15.9 - 0.04*float64(i)}, Heading: float64(30 * i), View: 60, Reach: 800, Streams: []world.CameraStream{{Name: "main", Width: 1920, Height: 1080}, {Name: "sub", Width: 640, Height: 360}}})
	}
	for i := range 300 {
		a, r := float64(i)*2.399963, math.Sqrt(float64(i)/300)*0.9
		p := geo.Point{109.1 + r*math.Cos(a), 15.7 + r*math.Sin(a)*0.9}
		id := fmt.Sprintf("5740%05d", i)
		cat := world.VesselFishing
		if i%13 == 0 {
			cat = world.VesselCargo
		}
		if i%97 == 5 {
			cat = world.VesselPublic
		}
		add(ago(time.Duration(i%40)*3*time.Second), world.VesselPosition{MMSI: id, Pos: p, Speed: float64(i % 11), Course: float64(i * 37 % 360), Heading: float64(i * 37 % 360)})
		add(at, world.VesselStatic{MMSI: id, Name: &world.VesselName{Name: fmt.Sprintf("QNa-%05d-TS", 90000+i)}, Particulars: &world.VesselParticulars{Category: cat}})
	}
	for i := range 40 {
		kind, q, v := world.StationAir, "aqi", 30+float64(i*7%130)
		switch i % 3 {
		case 1:
			kind, q, v = world.StationWater, "wqi", 20+float64(i*11%78)
		case 2:
			kind, q, v = world.StationLevel, "level", 1+float64(i%5)*0.7
		}
		id := fmt.Sprintf("st-%02d", i)
		add(at, world.StationDefined{ID: id, Name: id, What: kind, Pos: geo.Point{107.9 + 0.11*float64(i%7), 15.35 + 0.09*float64(i/7)}})
		add(ago(time.Duration(i)*time.Second), world.Reading{Station: id, Quantity: q, Value: v, Unit: map[bool]string{true: "m"}[q == "level"]})
	}
	for i := range 14 {
		add(ago(time.Hour), world.ReportOpened{ID: fmt.Sprintf("PA-%d", i), Service: []string{"roads", "environment", "urban-order", "food"}[i%4], Placed: true, Pos: geo.Point{108.0 + 0.05*float64(i), 15.5 + 0.03*float64(i%5)}})
	}
	figures(add, at, ago)
	alerts(add, ago)
	wall(add, at, ago, columns, rows)
	return s
}

func figures(add func(world.Time, world.Body), at world.Time, ago func(time.Duration) world.Time) {
	def := func(id, name, short, unit, owner, icon string, dec int, target *float64) {
		add(at, world.FigureDefined{ID: id, Name: name, Short: short, Unit: unit, OwnerName: owner, Icon: icon, Decimals: dec, Target: target})
	}
	def("ontime", "Phản ánh giải quyết đúng hạn", "Đúng hạn", "%", "1022", "house", 1, f64(90))
	add(at, world.FigureReported{Figure: "ontime", Period: "2024-08", Label: "8/2024", Value: f64(67.2), Num: f64(324), Den: f64(482), Have: 41, Want: 41, WantOf: "đơn vị"})
	def("spend", "Giải ngân đầu tư công", "Giải ngân", "%", "Sở Tài chính", "chart", 1, nil)
	for i, v := range []float64{8, 14, 19, 25, 29, 34, 40, 47, 52} {
		add(at, world.FigureReported{Figure: "spend", Period: fmt.Sprintf("2026-%02d", i+1), Value: f64(v)})
	}
	add(at, world.FigureReported{Figure: "spend", Period: "2026-11-20", Label: "20/11", Value: f64(61), Num: f64(3660), Den: f64(6000), Previous: f64(65), Have: 15, Want: 18, WantOf: "đơn vị"})
	def("soc", "Cảnh báo an toàn thông tin", "ATTT", "", "SOC tỉnh", "shield", 0, nil)
	add(at, world.FigureReported{Figure: "soc", Period: "2024-08", Label: "8/2024", Value: f64(69600), Qualifier: world.MoreThan, Parts: []world.FigurePart{{Label: "cao", Value: 19879}, {Label: "TB, thấp", Value: 47752}}})
	def("happy", "Mức độ hài lòng", "Hài lòng", "%", "1022", "user", 2, nil)
	add(at, world.FigureReported{Figure: "happy", Period: "2024-08", Label: "8/2024", Value: f64(70.54), Num: f64(340), Den: f64(482), Have: 482, Want: 482, WantOf: "phiếu", Parts: []world.FigurePart{{Label: "hài lòng", Value: 340}, {Label: "chấp nhận", Value: 64}, {Label: "không hài lòng", Value: 78}}})
	def("tour", "Khách lưu trú", "Du lịch", "", "Sở Du lịch", "tour", 0, nil)
	def("calls", "Cuộc gọi 1022", "", "", "1022", "phone", 0, nil)
	add(at, world.FigureReported{Figure: "calls", Period: "2024-08", Label: "8/2024", Value: f64(1500), Qualifier: world.About, Verbatim: "gần 1.500", Note: "gọi đến và gọi đi"})
	def("received", "Phản ánh đã tiếp nhận", "Tiếp nhận", "", "1022", "report", 0, nil)
	add(at, world.FigureReported{Figure: "received", Period: "2024-08", Label: "8/2024", Value: f64(630), Parts: []world.FigurePart{{Label: "giao", Value: 482}, {Label: "không đủ ĐK", Value: 148}}})
	add(ago(3*time.Hour+12*time.Minute), world.FigureDefined{ID: "aqi", Name: "VN_AQI Điện Nam", Unit: "Trung bình", OwnerName: "Trạm KK-07", Icon: "air", Every: 3600000})
	add(ago(3*time.Hour+12*time.Minute), world.FigureReported{Figure: "aqi", Period: "2026-11-21-06", Value: f64(74)})
	add(at, world.EntityStale{Ref: "figure/aqi", Last: ago(3*time.Hour + 12*time.Minute), Limit: 3600000})
}

func alerts(add func(world.Time, world.Body), ago func(time.Duration) world.Time) {
	raise := func(id string, sev world.Severity, title, text, rule string, since time.Duration, pos *geo.Point) {
		b := world.AlertRaised{ID: id, Rule: rule, Severity: sev, Title: title, Text: text, Since: ago(since), Instruction: "Báo xã Duy Xuyên, phường Hội An\nDi dời 214 hộ vùng trũng Cẩm Kim\nKiểm tra hồ Phú Ninh"}
		if pos != nil {
			b.Pos, b.Placed = *pos, true
		}
		add(ago(since), b)
	}
	raise("flood", world.Critical, "Lũ Câu Lâu 4,12 m, trên BĐ3", "Tăng 6 cm mỗi giờ; dự báo đỉnh 4,4 m lúc 13:00", "Lũ BĐ3: mực nước ≥ 4,00 m", 11*time.Minute, &geo.Point{108.28, 15.86})
	raise("ship", world.Severe, "Mất tín hiệu QNa-90123-TS", "12 người trên tàu", "Tàu im 6 giờ", 10*time.Minute, &geo.Point{108.96, 15.7})
	raise("water", world.Severe, "Nước KCN Chu Lai: WQI 24", "Kém", "WQI dưới 25", 52*time.Minute, &geo.Point{108.65, 15.4})
	raise("dark", world.Warning, "12 camera tối, SW-TK-03", "Một nguyên nhân: thiết bị mạng tắt 09:18", "Camera tối", 24*time.Minute, nil)
	raise("late", world.Warning, "158 phản ánh trễ hạn", "trên 482 đã giao · lâu nhất 9 ngày", "Trễ hạn", 26*time.Hour, nil)
	raise("border", world.Notice, "QNa-91517-TS gần ranh giới", "Còn 0,8 hải lý, 7,2 nút, hướng 096°", "Ranh giới", 3*time.Minute, &geo.Point{109.5, 15.6})
	add(ago(9*time.Minute), world.AlertAcknowledged{ID: "flood", By: "mai", Name: "Mai"})
	add(ago(22*time.Minute), world.AlertAcknowledged{ID: "dark", By: "hung", Name: "Hùng"})
}

func wall(add func(world.Time, world.Body), at world.Time, ago func(time.Duration) world.Time, columns, rows int) {
	g := scene.Grid{ID: "main", Name: "Tường chính", Columns: columns, Rows: rows, PanelW: 1217.6, PanelH: 684.9, Gap: 3.5, PxW: 1920, PxH: 1080, Seat: 5000, PerNode: []int{2, 2, 3}, NodeFormat: "pc-%02d"}
	w := g.Wall()
	add(at, w)
	sc := world.SceneSaved{ID: "flood", Wall: "main", Name: "Mưa lũ", Version: 1}
	place := func(id, kind string, a scene.At, params ...world.Param) {
		x, y, wd, h, err := a.Rect(w)
		if err != nil {
			panic(err)
		}
		sc.Tiles = append(sc.Tiles, world.Tile{ID: id, Kind: kind, X: x, Y: y, W: wd, H: h, Params: params})
	}
	cam := func(n int, a scene.At) {
		id := fmt.Sprintf("cam-%02d", n)
		place(id, "camera", a, world.Param{Key: "camera", Value: id})
	}
	fig := func(id string, a scene.At) {
		place("fig-"+id, "figure", a, world.Param{Key: "figure", Value: id})
	}
	mapAt := []world.Param{{Key: "bounds", Value: "107.2,14.9,109.6,16.3"}}
	if columns*rows == 1 {
		place("line", "line", scene.At{Screens: "1", Top: 208})
		cam(1, scene.At{Screens: "1", Below: 208, Cell: "2x2:1"})
		place("map", "map", scene.At{Screens: "1", Below: 208, Cell: "2x2:2"}, mapAt...)
		fig("ontime", scene.At{Screens: "1", Below: 208, Cell: "2x2:3"})
		place("alerts", "alerts", scene.At{Screens: "1", Below: 208, Cell: "2x2:4"})
	} else {
		place("line", "line", scene.At{Screens: "1-9", Top: 208})
		cam(1, scene.At{Screens: "1", Below: 208})
		for i := range 4 {
			cam(2+i, scene.At{Screens: "2", Below: 208, Cell: fmt.Sprintf("2x2:%d", i+1)})
		}
		cam(6, scene.At{Screens: "3", Below: 208})
		cam(7, scene.At{Screens: "10"})
		cam(8, scene.At{Screens: "11"})
		place("clock", "clock", scene.At{Screens: "12"})
		cam(9, scene.At{Screens: "20"})
		for i, n := range []int{10, 11, 12} {
			cam(n, scene.At{Screens: "21", Cell: fmt.Sprintf("2x2:%d", i+1)})
		}
		fig("aqi", scene.At{Screens: "21", Cell: "2x2:4"})
		place("list", "alerts", scene.At{Screens: "19"})
		place("map", "map", scene.At{Screens: "4-24", Below: 208}, mapAt...)
		fig("ontime", scene.At{Screens: "7", Below: 208})
		fig("spend", scene.At{Screens: "8", Below: 208})
		fig("soc", scene.At{Screens: "9", Below: 208})
		fig("happy", scene.At{Screens: "16"})
		place("alerts", "alerts", scene.At{Screens: "17"})
		fig("tour", scene.At{Screens: "18"})
		fig("calls", scene.At{Screens: "25", Cell: "2x2:1"})
		fig("received", scene.At{Screens: "25", Cell: "2x2:2"})
		place("odd", "hologram", scene.At{Screens: "26"})
	}
	add(at, sc)
	add(ago(11*time.Minute), world.SceneShown{Wall: "main", Scene: "flood", By: "mai"})
}

func snapshot(s *world.State) world.Batch {
	return world.Batch{Epoch: 1, To: s.At().Seq, Snapshot: s, Seen: world.TimeOf(noon), Link: &world.Link{Up: true, Since: world.TimeOf(noon.Add(-time.Hour)), Offset: 18}}
}
