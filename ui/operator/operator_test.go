package operator

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"mime/multipart"
	"net/textproto"
	"strconv"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"iocwall/server/act"
	"iocwall/server/scene"
	"iocwall/server/world"
	"iocwall/ui/camera"
	"iocwall/ui/look"
	"iocwall/ui/page"
	"iocwall/ui/page/pagetest"
	"iocwall/ui/stage"
)

// live is a board that notes what is laid on it.
type live struct {
	*pagetest.Board
	taken string
	veils int
}

func (l *live) Prepare([]page.Spot)                        {}
func (l *live) Scale(look.Scale)                           {}
func (l *live) Alone(bool)                                 {}
func (l *live) OnDouble(func(tile string, at image.Point)) {}
func (l *live) Take(tile string, _ image.Point) bool       { l.taken = tile; return true }
func (l *live) Under(string, image.Point) string           { return "" }
func (l *live) Wheel(string, image.Point, float64)         {}
func (l *live) Has(*camera.View) bool                      { return false }
func (l *live) Veil(bool)                                  { l.veils++ }

// seat is a console with a wall whose server answers when told to.
type seat struct {
	*pagetest.Desk
	t      testing.TB
	stage  stage.Stage
	hands  *camera.Hands
	boards []*live
	asked  []act.Act
	answer []func(world.Receipt)
	calls  []page.Request
	done   []func(error)
	sent   map[string]act.Act
	did    []string
	quiet  bool
}

func (s *seat) Wall() (w world.Wall, sc world.Scene, hasWall, hasScene bool) {
	w, hasWall = s.World.Wall("main")
	sc, hasScene = s.World.Scene(w.Shown.Scene)
	return w, sc, hasWall, hasScene
}

func (s *seat) Ask(a act.Act, done func(world.Receipt)) {
	s.asked, s.answer = append(s.asked, a), append(s.answer, done)
}

func (s *seat) Send(c act.Command) error {
	s.sent[c.ID] = c.Act
	s.asked = append(s.asked, c.Act)
	return nil
}

func (s *seat) Receipt(id string) (world.Receipt, bool) {
	_, ok := s.sent[id]
	return world.Receipt{ID: id, OK: true}, ok
}

func (s *seat) Call(r page.Request, done func(error)) func() {
	s.calls, s.done = append(s.calls, r), append(s.done, done)
	return func() {}
}

func (s *seat) Did(text string, _ func()) { s.did = append(s.did, text) }

func (s *seat) Shown() stage.Show {
	w, sc, _, has := s.Wall()
	var of *world.Scene
	if has {
		of = &sc
	}
	s.stage.Follow(1, w, of, world.TimeOf(s.Clock))
	return s.stage.Shown()
}
func (s *seat) Coming() stage.Show   { return s.stage.Coming() }
func (s *seat) Waiting() string      { return "" }
func (s *seat) Hands() *camera.Hands { return s.hands }
func (s *seat) Let()                 {}
func (s *seat) Quiet() bool          { return s.quiet }
func (s *seat) SetQuiet(on bool)     { s.quiet = on }
func (s *seat) Live() Live {
	b := &live{Board: &pagetest.Board{Area: canvas.NewRectangle(color.Transparent)}}
	s.boards = append(s.boards, b)
	return b
}

// client is what the page asks of the client; page.Desk has a Board too.
type client struct{ *seat }

func newSeat(t testing.TB, lang, theme string, text float64, w, h float32) (*seat, *Page) {
	t.Helper()
	s := &seat{Desk: pagetest.New(t, lang, theme, text), t: t, sent: map[string]act.Act{}}
	fyne.CurrentApp().Settings().SetTheme(look.ToolkitAt(s.Env().Kit.Theme, text))
	s.Who = page.Person{Login: "mai", Rights: []string{"scene.save", "scene.show", "scene.undo", "wall.read", "wall.test", "tile.lock", "popup.open", "popup.close", "alert.acknowledge"}}
	s.hands = camera.NewHands(&camera.Host{Lang: s.Env().Lang, State: s.State, Now: s.Now, Poke: func() {}, Send: s.Send, Receipt: s.Receipt}, s.Env().Kit)
	s.fill()
	p := New(s, client{s})
	win := s.Window()
	win.SetPadded(false)
	win.SetContent(p.Object())
	win.Resize(fyne.NewSize(w, h))
	p.Shown(true)
	p.Refresh(s.Clock)
	return s, p
}

// fill tells of a wall of 27 screens in the rain, its cameras, figures and alerts.
func (s *seat) fill() {
	grid := scene.Grid{ID: "main", Columns: 9, Rows: 3, PanelW: 1217.6, PanelH: 684.9, Gap: 3.5, PxW: 1920, PxH: 1080, Seat: 5000, PerNode: []int{3}, NodeFormat: "pc-%02d"}
	w := grid.Wall()
	s.Tell(s.t, w)
	names := []string{"Cảng Kỳ Hà", "Ngã tư Vĩnh Điện", "Cửa xả Chu Lai", "Bến Tam Quang", "Phố An Hội", "Bến cá Cửa Đại", "Cầu Câu Lâu", "Nút giao Hà Lam", "QL1 – Tam Kỳ bắc", "Cổng KCN Điện Nam", "Chợ Tam Kỳ", "Cảng Tam Hiệp"}
	sc := world.SceneSaved{ID: "rain", Wall: "main", Name: "Mưa lũ", Version: 1, Preset: 2}
	put := func(id, kind, at string, params ...world.Param) {
		x, y, dx, dy, err := (scene.At{Screens: at}).Rect(w)
		if err != nil {
			s.t.Fatal(err)
		}
		sc.Tiles = append(sc.Tiles, world.Tile{ID: id, Kind: kind, X: x, Y: y, W: dx, H: dy, Params: params})
	}
	for i, n := range names {
		id := "cam-" + strconv.Itoa(i+1)
		s.Tell(s.t, world.CameraDefined{ID: id, Name: n, Streams: []world.CameraStream{{Name: "main", Width: 1920, Height: 1080, FPS: 25}, {Name: "sub", Width: 640, Height: 360, FPS: 25}}})
		s.Tell(s.t, world.CameraHealth{Camera: id, State: []world.CameraState{world.CameraLive, world.CameraLive, world.CameraFrozen, world.CameraSilent}[i%4], Since: world.TimeOf(s.Clock)})
		if i < 8 {
			put(id, "camera", strconv.Itoa([]int{1, 2, 3, 10, 11, 12, 19, 20}[i]), world.Param{Key: "camera", Value: id})
		}
	}
	put("map", "map", "4-24")
	for i, n := range []string{"Chỉ đạo", "Phản ánh đúng hạn", "Giải ngân"} {
		id := "f" + strconv.Itoa(i)
		s.Tell(s.t, world.FigureDefined{ID: id, Name: n, OwnerName: "Sở Tài chính"})
		put(id, "figure", strconv.Itoa([]int{18, 7, 8}[i]), world.Param{Key: "figure", Value: id})
	}
	for i, n := range []string{"Ngày thường", "Giờ cao điểm", "Tàu cá", "Họp 8:00", "Đêm"} {
		s.Tell(s.t, world.SceneSaved{ID: "s" + strconv.Itoa(i), Wall: "main", Name: n, Version: 1, Preset: []int{1, 3, 4, 5, 6}[i]})
	}
	s.Tell(s.t, sc, world.SceneShown{Wall: "main", Scene: "rain", By: "mai"})
	for i := range 9 {
		node := "pc-0" + strconv.Itoa(i+1)
		s.Tell(s.t, world.NodeReported{Node: node, Budget: []world.Decoding{{Width: 1920, Height: 1080, FPS: 25, Streams: 8}}}, world.NodeLinked{Node: node, Up: i != 8})
	}
	for i, a := range []world.AlertRaised{
		{ID: "flood", Severity: world.Critical, Title: "Lũ Câu Lâu 4,12 m, trên BĐ3 0,12 m", Text: "Tăng 6 cm mỗi giờ"},
		{ID: "ship", Severity: world.Severe, Title: "Mất tín hiệu QNa-90123-TS, 6 giờ 10 phút", Instruction: "Gọi tàu qua đài và điện thoại\nHỏi tàu gần nhất QNa-91204-TS"},
		{ID: "dark", Severity: world.Warning, Title: "12 camera tối, nguyên nhân SW-TK-03", About: world.NewRef(world.KindCamera, "cam-4")},
		{ID: "line", Severity: world.Notice, Title: "QNa-91517-TS cách ranh giới 0,8 hải lý"},
	} {
		a.Since = world.TimeOf(s.Clock.Add(-time.Duration(5+7*i) * time.Minute))
		s.Tell(s.t, a)
	}
}

// pictures answers the question for the wall's pictures.
func (s *seat) pictures() {
	var out bytes.Buffer
	m := multipart.NewWriter(&out)
	if err := m.SetBoundary("iocwall-picture"); err != nil {
		s.t.Fatal(err)
	}
	for i := range 27 {
		img := image.NewRGBA(image.Rect(0, 0, 192, 108))
		for y := range 108 {
			for x := range 192 {
				c := color.RGBA{0x98, 0xA8, 0xB3, 255}
				switch {
				case y > 54:
					c = color.RGBA{0x4E, uint8(0x50 + 4*i), 0x7F, 255}
				case y > 44:
					c = color.RGBA{0x64, 0x76, 0x7C, 255}
				}
				if x > 60 && x < 110 && y > 66 && y < 80 {
					c = color.RGBA{0xA3, 0x3C, 0x36, 255}
				}
				img.SetRGBA(x, y, c)
			}
		}
		p, err := m.CreatePart(textproto.MIMEHeader{"X-Screen": {strconv.Itoa(i + 1)}, "X-Taken": {strconv.FormatInt(s.Clock.UnixMilli(), 10)}, "X-Serial": {strconv.Itoa(i + 1)}})
		if err == nil {
			err = jpeg.Encode(p, img, nil)
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
	_ = m.Close()
	for i, r := range s.calls {
		if into, ok := r.Into.(*[]byte); ok && strings.Contains(r.Path, "pictures") {
			*into = out.Bytes()
			s.done[i](nil)
			return
		}
	}
	s.t.Fatalf("nobody asked for pictures: %+v", s.calls)
}

// TestFromTheLibrary: what a row of the library is dropped on becomes one command; the
// same by keyboard.
func TestFromTheLibrary(t *testing.T) {
	s, p := newSeat(t, "vi", "dark", 1, 1920, 1000)
	at := func(screen int) fyne.Position {
		r := p.wall.Where(screen)
		c := r.Min.Add(r.Max).Div(2)
		return fyne.CurrentApp().Driver().AbsolutePositionForObject(p.wall).AddXY(float32(c.X), float32(c.Y))
	}
	p.lib.drag("camera/cam-9", at(18))
	if !p.card.pane.Visible() {
		t.Error("nothing is seen of what is dragged")
	}
	if _, v, held := p.wall.Holding(); !held || v.Title != "Thả: thay “Chỉ đạo”" || v.Refused {
		t.Errorf("over screen 18: %+v", v)
	}
	if got := keysOf(p); got != "Shift giữ: trải rộng|Ctrl giữ: phần ba màn|" {
		t.Errorf("with the mouse: %s", got)
	}
	p.lib.drop("camera/cam-9", at(18))
	if len(s.asked) != 1 || p.card.pane.Visible() {
		t.Fatalf("sent %+v", s.asked)
	}
	if sc := s.asked[0].(act.SaveScene).Scene; sc.ID != "rain" || sc.Version != 1 || sc.Tiles[len(sc.Tiles)-1].Param("camera") != "cam-9" {
		t.Errorf("sent %+v", sc)
	}
	s.answer[0](world.Receipt{OK: true})
	p.lib.list.Choose("camera/cam-10")
	p.lib.list.Key(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if _, _, held := p.wall.Holding(); !held {
		t.Fatal("Enter on a row takes nothing in hand")
	}
	if got := keysOf(p); got != "↑ ↓ ← → chọn chỗ|Shift giữ: trải rộng|+ − nửa, phần ba màn|Enter thả|Esc thôi|" {
		t.Errorf("with the keyboard: %s", got)
	}
	s.Clock = s.Clock.Add(time.Minute)
	p.wall.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if len(s.asked) != 2 {
		t.Errorf("sent %+v", s.asked)
	}
}

// keysOf are the keys that mean something now, with what they do.
func keysOf(p *Page) string {
	var b strings.Builder
	for _, k := range p.Keys() {
		b.WriteString(k.Keys + " " + k.Text + "|")
	}
	return b.String()
}

// TestSearchIsOfAllSorts: words without accents find things of every sort.
func TestSearchIsOfAllSorts(t *testing.T) {
	_, p := newSeat(t, "vi", "dark", 1, 1920, 1000)
	if n, _ := p.lib.list.Count(); n != 12 {
		t.Errorf("%d cameras", n)
	}
	p.lib.search("giai ngan")
	if n, _ := p.lib.list.Count(); n != 1 {
		t.Errorf("“giai ngan” finds %d", n)
	}
	p.lib.search("")
	p.lib.turn("alert")
	if n, _ := p.lib.list.Count(); n != 4 {
		t.Errorf("%d alerts", n)
	}
}

// TestKeysOfTheWall: scenes, locks and what popped up are a key away, and what was
// done is noted.
func TestKeysOfTheWall(t *testing.T) {
	s, p := newSeat(t, "vi", "dark", 1, 1920, 1000)
	p.Key(&fyne.KeyEvent{Name: fyne.KeyF4})
	if len(s.asked) != 1 || s.asked[0] != (act.ShowScene{Wall: "main", Scene: "s2"}) {
		t.Fatalf("F4 sent %+v", s.asked)
	}
	p.Refresh(s.Clock)
	if len(s.did) != 1 || s.did[0] != "Đổi cảnh “Tàu cá”" {
		t.Errorf("did %q", s.did)
	}
	p.Rune('i')
	if a, ok := s.asked[1].(act.TestWall); !ok || a.Picture != world.TestIdentify {
		t.Errorf("I sent %+v", s.asked[1])
	}
	p.Rune('b')
	if a, ok := s.asked[2].(act.OpenPopup); !ok || a.Popup.Alert != p.low.Chosen() {
		t.Errorf("B sent %+v", s.asked[2])
	}
	p.Rune('c')
	if len(s.Copied) != 1 || s.Copied[0] != "iocwall://alert/"+p.low.Chosen() {
		t.Errorf("copied %q", s.Copied)
	}
}

// TestWhoChangedWhat: the wall's log becomes changes by hand, a scene as one.
func TestWhoChangedWhat(t *testing.T) {
	s, p := newSeat(t, "vi", "dark", 1, 1920, 1000)
	p.Rune('h')
	p.Refresh(s.Clock)
	n := len(s.calls) - 1
	if !strings.HasPrefix(s.calls[n].Path, "/api/wall/log?from=") {
		t.Fatalf("asked %q", s.calls[n].Path)
	}
	at := world.TimeOf(s.Clock.Add(-10 * time.Minute))
	entries := []record{{At: at, Screen: 1, Tile: "cam-1", Kind: "camera", Params: []world.Param{{Key: "camera", Value: "cam-1"}}, Layer: "scene", From: "rain", By: "Hùng"}}
	for i := range 5 {
		entries = append(entries, record{At: at + 60_000, Screen: i + 1, Tile: "t" + strconv.Itoa(i), Kind: "clock" + strconv.Itoa(i), Layer: "scene", From: "rain", Why: "Lũ BĐ3"})
	}
	entries = append(entries, record{At: at + 90_000, Since: at + 80_000, Screen: 9, Tile: "x", Kind: "clock", Layer: "scene", From: "rain", By: "Mai"})
	raw, _ := json.Marshal(answer{From: at - 1000, Entries: entries})
	if err := json.Unmarshal(raw, s.calls[n].Into); err != nil {
		t.Fatal(err)
	}
	s.done[n](nil)
	p.Refresh(s.Clock)
	got := []string{}
	for i := range p.log.rows.Len() {
		c := p.log.rows.At(i)
		got = append(got, c.who+": "+c.what+", "+p.screens(c.screens))
	}
	if strings.Join(got, "|") != "Hùng: Đặt Cảng Kỳ Hà, màn 1|quy tắc Lũ BĐ3: Đổi sang cảnh “Mưa lũ”, 5 màn|Mai: Đặt Đồng hồ, màn 9" {
		t.Errorf("says %q", got)
	}
	p.log.chosen(p.log.rows.At(0).id)
	if p.wall.Picked() != "cam-1" {
		t.Error("a change does not show its screen")
	}
}

// later changes the scene, so that there is one to go back to; a camera was chosen
// that somebody put there. Away, the server is lost since.
func (s *seat) later(away bool) {
	sc, _ := s.World.Scene("rain")
	var placed []world.Placed
	for _, x := range sc.Tiles {
		placed = append(placed, world.Placed{Tile: x, Layer: world.LayerScene, From: "rain", By: "Hùng", Since: world.TimeOf(s.Clock.Add(-time.Minute))})
	}
	for i, scene := range []string{"s1", "rain"} {
		g := uint64(i + 1)
		s.Tell(s.t, world.WallPrepared{Wall: "main", Generation: g, Scene: scene, Version: 1, Tiles: placed}, world.WallCommitted{Wall: "main", Generation: g, At: world.TimeOf(s.Clock)})
	}
	if away {
		s.Clock = s.Clock.Add(3 * time.Minute)
		s.Gone = 3 * time.Minute
	}
}

// TestPictures are for people to judge; no text is cut where it may not be.
func TestPictures(t *testing.T) {
	for _, c := range []struct {
		name, lang, theme string
		text              float64
		w, h              float32
	}{
		{"desk", "vi", "dark", 1, 1920, 998},
		{"desk-light", "en", "light", 1, 1920, 998},
		{"laptop", "vi", "light", 1, 1366, 684},
		{"laptop-en", "en", "dark", 1, 1366, 684},
		{"large", "vi", "dark", 1.5, 1920, 960},
		{"laptop-large", "vi", "dark", 1.5, 1366, 642},
		{"laptop-large-en", "en", "light", 1.5, 1366, 642},
		{"middle", "vi", "dark", 1, 1600, 818},
		{"middle-en", "en", "light", 1, 1600, 818},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, p := newSeat(t, c.lang, c.theme, c.text, c.w, c.h)
			s.pictures()
			s.Clock = s.Clock.Add(2 * time.Second)
			if strings.HasPrefix(c.name, "laptop") {
				s.later(c.name == "laptop-large")
			}
			p.Refresh(s.Clock)
			s.Shot(t, p, "operator-"+c.name, int(c.w), int(c.h))
			if c.name != "desk" {
				return
			}
			r := p.wall.Where(18)
			m := r.Min.Add(r.Max).Div(2)
			at := fyne.NewPos(float32(p.place.wall.Min.X+m.X), float32(p.place.wall.Min.Y+m.Y))
			p.lib.drag("camera/cam-9", at)
			s.Shot(t, p, "operator-drag", int(c.w), int(c.h))
			p.lib.drop("camera/cam-9", fyne.NewPos(-10, -10))
			p.turnLog()
			s.Shot(t, p, "operator-log", int(c.w), int(c.h))
		})
	}
}
