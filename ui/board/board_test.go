package board

import (
	"bytes"
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
	"fyne.io/fyne/v2/driver/desktop"

	"iocwall/server/act"
	"iocwall/server/scene"
	"iocwall/server/world"
	"iocwall/ui/page"
	"iocwall/ui/page/pagetest"
)

// seat is a console with a wall, whose server answers when it is told to.
type seat struct {
	*pagetest.Desk
	t     *testing.T
	asked []asked
	calls []call
	undo  []func()
	did   []string
	keys  fyne.KeyModifier
}

type asked struct {
	act  act.Act
	done func(world.Receipt)
}

type call struct {
	r    page.Request
	done func(error)
}

func (s *seat) Wall() (w world.Wall, sc world.Scene, hasWall, hasScene bool) {
	w, hasWall = s.World.Wall("main")
	sc, hasScene = s.World.Scene(w.Shown.Scene)
	return w, sc, hasWall, hasScene
}

func (s *seat) Ask(a act.Act, done func(world.Receipt)) { s.asked = append(s.asked, asked{a, done}) }

func (s *seat) Call(r page.Request, done func(error)) func() {
	s.calls = append(s.calls, call{r, done})
	return func() {}
}

func (s *seat) Did(text string, undo func()) {
	s.did = append(s.did, text)
	s.undo = append(s.undo, undo)
}

// newSeat is a console before a wall of nine by three screens on nine computers,
// whose scene shows cameras on 1 to 3, a figure on 18 and a map on 4 to 15.
func newSeat(t *testing.T) (*seat, *Board) {
	t.Helper()
	s := &seat{Desk: pagetest.New(t, "vi", "dark", 1), t: t}
	s.Who = page.Person{Login: "mai", Rights: []string{"scene.save", "wall.read"}}
	grid := scene.Grid{ID: "main", Columns: 9, Rows: 3, PanelW: 1217.6, PanelH: 684.9, Gap: 3.5, PxW: 1920, PxH: 1080, PerNode: []int{3}, NodeFormat: "pc-%02d"}
	w := grid.Wall()
	s.Tell(t, w)
	sc := world.SceneSaved{ID: "rain", Wall: "main", Name: "Mưa lũ", Version: 1}
	put := func(id, kind, at string, params ...world.Param) {
		x, y, dx, dy, err := (scene.At{Screens: at}).Rect(w)
		if err != nil {
			t.Fatal(err)
		}
		sc.Tiles = append(sc.Tiles, world.Tile{ID: id, Kind: kind, X: x, Y: y, W: dx, H: dy, Params: params})
	}
	for i, name := range []string{"Cảng Kỳ Hà", "Phố An Hội", "Cầu Câu Lâu", "Bến cá Cửa Đại"} {
		id := "cam-" + strconv.Itoa(i+1)
		s.Tell(t, world.CameraDefined{ID: id, Name: name, Streams: []world.CameraStream{{Name: "main", Width: 1920, Height: 1080, FPS: 25}, {Name: "sub", Width: 640, Height: 360, FPS: 25}}})
		if i < 3 {
			put(id, "camera", strconv.Itoa(i+1), world.Param{Key: "camera", Value: id})
		}
	}
	put("map", "map", "4-15")
	s.Tell(t, world.FigureDefined{ID: "orders", Name: "Chỉ đạo"})
	put("orders", "figure", "18", world.Param{Key: "figure", Value: "orders"})
	s.Tell(t, sc, world.SceneShown{Wall: "main", Scene: "rain", By: "mai"})
	for i := range 9 {
		node := "pc-0" + strconv.Itoa(i+1)
		s.Tell(t, world.NodeReported{Node: node, Budget: []world.Decoding{{Codec: "", Width: 1920, Height: 1080, FPS: 25, Streams: 4}}}, world.NodeLinked{Node: node, Up: true})
	}
	b := New(Options{Desk: s, Modifiers: func() fyne.KeyModifier { return s.keys }})
	win := s.Window()
	win.SetPadded(false)
	win.SetContent(b)
	win.Resize(fyne.NewSize(1600, 300))
	b.Resize(fyne.NewSize(1600, 300))
	b.Shown(true)
	b.Update(s.Clock)
	return s, b
}

func (s *seat) saved(i int) world.SceneSaved {
	s.t.Helper()
	if len(s.asked) <= i {
		s.t.Fatalf("%d commands were sent, not %d; said %v", len(s.asked), i+1, s.Said)
	}
	a, ok := s.asked[i].act.(act.SaveScene)
	if !ok {
		s.t.Fatalf("sent %+v", s.asked[i].act)
	}
	return a.Scene
}

// accept lets the server take a scene that was sent.
func (s *seat) accept(i int) {
	sc := s.saved(i)
	sc.Version++
	sc.By = "Mai"
	s.Tell(s.t, sc)
	s.asked[i].done(world.Receipt{OK: true})
}

func tileIn(sc world.SceneSaved, id string) (world.Tile, bool) {
	for _, t := range sc.Tiles {
		if t.ID == id {
			return t, true
		}
	}
	return world.Tile{}, false
}

func on(s *seat, t world.Tile) string {
	w, _, _, _ := s.Wall()
	return scene.Words(w.WallDefined, scene.RectOf(t))
}

func camera(id, name string) Item {
	return Item{Title: name, Tile: world.Tile{Kind: "camera", Params: []world.Param{{Key: "camera", Value: id}}}}
}

func centre(b *Board, screen int) fyne.Position {
	r := b.Where(screen)
	m := r.Min.Add(r.Max).Div(2)
	return fyne.NewPos(float32(m.X), float32(m.Y))
}

// TestDropOnAScreen: a camera dragged on to screen 18 says what will happen, and
// becomes one command with the tile in its place; the undo takes it back.
func TestDropOnAScreen(t *testing.T) {
	s, b := newSeat(t)
	item := camera("cam-4", "Bến cá Cửa Đại")
	if b.Over(item, fyne.NewPos(-50, 10)) {
		t.Fatal("beside the wall is over it")
	}
	if !b.Over(item, centre(b, 18)) {
		t.Fatal("the middle of screen 18 is not over the wall")
	}
	_, v, _ := b.Holding()
	if v.Refused || v.Title != "Thả: thay “Chỉ đạo”" || v.Where != "màn 18 · máy pc-06" || v.Load != "giải mã 0 → 25\u00a0%" {
		t.Errorf("says %+v", v)
	}
	b.Drop(item, centre(b, 18))
	if len(s.asked) != 1 {
		t.Fatalf("%d commands", len(s.asked))
	}
	sc := s.saved(0)
	tile, ok := tileIn(sc, "camera-cam-4")
	if !ok || on(s, tile) != "18" || sc.Version != 1 || tile.Param("camera") != "cam-4" {
		t.Errorf("sent %+v", sc)
	}
	if _, still := tileIn(sc, "orders"); still || len(sc.Tiles) != 5 {
		t.Errorf("what it replaces stays: %+v", sc.Tiles)
	}
	s.accept(0)
	if len(s.did) != 1 || s.did[0] != "Đặt camera Bến cá Cửa Đại lên màn 18" {
		t.Errorf("did %q", s.did)
	}
	s.undo[0]()
	back := s.saved(1)
	if _, there := tileIn(back, "camera-cam-4"); there || back.Version != 2 {
		t.Errorf("the undo sends %+v", back)
	}
	if orders, ok := tileIn(back, "orders"); !ok || on(s, orders) != "18" {
		t.Error("the undo does not bring back what was replaced")
	}
	s.accept(1)
	if want := "Đã hoàn tác: đặt camera Bến cá Cửa Đại lên màn 18"; len(s.Said) != 1 || s.Said[0] != want {
		t.Errorf("after the undo it says %q, not %q", s.Said, want)
	}
}

// TestHalfAndSpan: near an edge it is half a screen.
func TestHalf(t *testing.T) {
	s, b := newSeat(t)
	r := b.Where(25)
	b.Drop(camera("cam-4", "x"), fyne.NewPos(float32(r.Min.X+6), float32(r.Min.Y+r.Dy()/2)))
	tile, _ := tileIn(s.saved(0), "camera-cam-4")
	if got := on(s, tile); got != "25 cell 2x1:1" {
		t.Errorf("at %s", got)
	}
}

// TestRoomIsMade: a tile dropped on a part of a larger one makes that smaller, and
// says so; the undo makes it large again.
func TestRoomIsMade(t *testing.T) {
	s, b := newSeat(t)
	b.Over(camera("cam-4", "x"), centre(b, 13))
	if _, v, _ := b.Holding(); v.Refused || v.Title != "Thả: “Bản đồ” thu nhỏ, còn màn 5, 6, 14, 15" && v.Title != "Thả: “Bản đồ” thu nhỏ, còn màn 5–15" {
		t.Errorf("says %+v", v)
	}
	b.Drop(camera("cam-4", "x"), centre(b, 13))
	sc := s.saved(0)
	w, _, _, _ := s.Wall()
	if ps := scene.CheckScene(w.WallDefined, sc); len(ps) > 0 {
		t.Errorf("the server would refuse it: %v", ps)
	}
	if m, _ := tileIn(sc, "map"); on(s, m) != "5-15" {
		t.Errorf("the map is on %s", on(s, m))
	}
	s.accept(0)
	s.undo[0]()
	if m, _ := tileIn(s.saved(1), "map"); on(s, m) != "4-15" {
		t.Errorf("after the undo the map is on %s", on(s, m))
	}
}

// TestMoveAndResize: the body of a tile moves it, its edge resizes it, both to the
// grid.
func TestMoveAndResize(t *testing.T) {
	s, b := newSeat(t)
	drag := func(from, to fyne.Position) {
		b.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: from}})
		b.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: to}})
		b.DragEnd()
	}
	drag(centre(b, 1), centre(b, 19))
	moved, _ := tileIn(s.saved(0), "cam-1")
	if got := on(s, moved); got != "19" {
		t.Fatalf("moved to %s", got)
	}
	s.accept(0)
	b.Update(s.Clock)
	r := b.Where(19)
	drag(fyne.NewPos(float32(r.Max.X-3), float32(r.Min.Y+r.Dy()/2)), centre(b, 20).AddXY(float32(r.Dx()/2), 0))
	wide, _ := tileIn(s.saved(1), "cam-1")
	if got := on(s, wide); got != "19-20" {
		t.Errorf("resized to %s", got)
	}
	s.accept(1)
	if len(s.did) != 2 || s.did[1] != "Dời camera Cảng Kỳ Hà đến màn 19, 20" {
		t.Errorf("did %q", s.did)
	}
}

// TestKeyboardOnly: all of it without a mouse: something of the library is put on a
// half of a screen, a tile is chosen, moved and taken away.
func TestKeyboardOnly(t *testing.T) {
	s, b := newSeat(t)
	key := func(names ...fyne.KeyName) {
		for _, n := range names {
			b.TypedKey(&fyne.KeyEvent{Name: n})
		}
	}
	b.PickScreen(1)
	b.Place(camera("cam-4", "Bến cá"))
	key(fyne.KeyDown, fyne.KeyRight)
	b.TypedRune('+')
	key(fyne.KeyReturn)
	put, _ := tileIn(s.saved(0), "camera-cam-4")
	if got := on(s, put); got != "11 cell 2x1:1" {
		t.Fatalf("put on %s", got)
	}
	s.accept(0)
	b.PickScreen(3)
	if b.Picked() != "cam-3" {
		t.Fatalf("chosen %q", b.Picked())
	}
	key(fyne.KeyReturn, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	moved, _ := tileIn(s.saved(1), "cam-3")
	if got := on(s, moved); got != "21" {
		t.Errorf("moved to %s", got)
	}
	s.accept(1)
	key(fyne.KeyDelete)
	if _, there := tileIn(s.saved(2), "cam-3"); there {
		t.Error("Delete does not take the tile away")
	}
	b.Place(camera("cam-4", "x"))
	key(fyne.KeyEscape)
	if _, _, held := b.Holding(); held || len(s.asked) != 3 {
		t.Error("Escape does not let go")
	}
}

// TestConflict: where another's change came first it is said who did it, and the
// change is made again from the scene as it is then; a second time it is given up.
func TestConflict(t *testing.T) {
	s, b := newSeat(t)
	b.Drop(camera("cam-4", "Bến cá"), centre(b, 18))
	_, sc, _, _ := s.Wall()
	other := sc.SceneSaved
	other.Tiles = append(other.Tiles[:0:0], other.Tiles...)
	other.Version, other.By, other.Tiles[0].W = 2, "Hùng", other.Tiles[0].W/2
	s.Tell(t, other)
	s.asked[0].done(world.Receipt{Code: "changed", Reason: "the scene was changed meanwhile (version 2); load it again"})
	if len(s.Said) != 1 || !strings.HasPrefix(s.Said[0], "Hùng vừa đổi cảnh này; đang làm lại trên bản mới") {
		t.Errorf("said %q", s.Said)
	}
	again := s.saved(1)
	if again.Version != 2 || again.Tiles[0].W != other.Tiles[0].W {
		t.Errorf("made again from version %d", again.Version)
	}
	s.asked[1].done(world.Receipt{Code: "changed", Reason: "the scene was changed meanwhile (version 3); load it again"})
	if len(s.asked) != 2 || len(s.Said) != 2 || !strings.Contains(s.Said[1], "cảnh lại vừa đổi") {
		t.Errorf("after the second: %d sent, said %q", len(s.asked), s.Said)
	}
}

// TestRefusals: a locked place and a computer that can take no more are told before
// the drop, and nothing is sent.
func TestRefusals(t *testing.T) {
	s, b := newSeat(t)
	w, sc, _, _ := s.Wall()
	var placed []world.Placed
	for _, x := range sc.Tiles {
		placed = append(placed, world.Placed{Tile: x, Layer: world.LayerScene, From: sc.ID})
	}
	s.Tell(t, world.WallPrepared{Wall: "main", Generation: 1, Scene: "rain", Version: 1, Tiles: placed}, world.WallCommitted{Wall: "main", Generation: 1, At: world.TimeOf(s.Clock)})
	s.Tell(t, world.TileLocked{Wall: "main", Tile: "orders", By: "x", Name: "Mai", Until: world.TimeOf(s.Clock.Add(48 * time.Minute))})
	b.Over(camera("cam-4", "Bến cá"), centre(b, 18))
	if _, v, _ := b.Holding(); !v.Refused || v.Title != "Mai khoá ô ở đây đến 10:30" {
		t.Errorf("a locked place says %+v", v)
	}
	b.Drop(camera("cam-4", "Bến cá"), centre(b, 18))
	if len(s.asked) != 0 || len(s.Said) != 1 || !strings.Contains(s.Said[0], "Mai khoá ô ở đây đến 10:30") {
		t.Errorf("sent %d, said %q", len(s.asked), s.Said)
	}
	// pc-06 drives 16 to 18; it decodes a quarter of a picture.
	s.Tell(t, world.NodeReported{Node: "pc-06", Budget: []world.Decoding{{Width: 640, Height: 360, FPS: 25, Streams: 1}}})
	_ = w
	b.Over(camera("cam-4", "Bến cá"), centre(b, 17))
	if _, v, _ := b.Holding(); !v.Refused || !strings.HasPrefix(v.Title, "Không đặt được: máy pc-06 cần 100\u00a0%") {
		t.Errorf("a full computer says %+v", v)
	}
}

// picture is a part of an answer of the server's door of pictures.
func pictures(t testing.TB, screens int, taken time.Time, generation, serial uint64) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 192, 108))
	for i := range img.Pix {
		img.Pix[i] = uint8(i * 7)
	}
	for y := range 40 {
		for x := range 60 {
			img.Set(x+20, y+20, color.RGBA{200, 60, 50, 255})
		}
	}
	var one, out bytes.Buffer
	if err := jpeg.Encode(&one, img, &jpeg.Options{Quality: 75}); err != nil {
		t.Fatal(err)
	}
	m := multipart.NewWriter(&out)
	if err := m.SetBoundary(boundary); err != nil {
		t.Fatal(err)
	}
	for i := range screens {
		p, err := m.CreatePart(textproto.MIMEHeader{
			"X-Screen": {strconv.Itoa(i + 1)}, "X-Taken": {strconv.FormatInt(taken.UnixMilli(), 10)},
			"X-Generation": {strconv.FormatUint(generation, 10)}, "X-Serial": {strconv.FormatUint(serial+uint64(i), 10)},
		})
		if err == nil {
			_, err = p.Write(one.Bytes())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestReadBacks: what the computers read back is shown with its age, and a computer
// that is away is said to be; nothing is asked for unseen.
func TestReadBacks(t *testing.T) {
	s, b := newSeat(t)
	if len(s.calls) != 1 || !strings.Contains(s.calls[0].r.Path, "/api/wall/pictures?") || !strings.Contains(s.calls[0].r.Path, "width=192") {
		t.Fatalf("asked %+v", s.calls)
	}
	w, _, _, _ := s.Wall()
	state := func(screen int) standing { return b.stateOf(w, w.Screens[screen-1]) }
	if got := state(1); got.text != "Đang chờ hình" {
		t.Errorf("before the first picture: %+v", got)
	}
	*s.calls[0].r.Into.(*[]byte) = pictures(t, 27, s.Clock, 0, 5)
	s.calls[0].done(nil)
	if got := state(1); got != (standing{}) || b.album.since != 31 {
		t.Errorf("a fresh picture: %+v, since %d", got, b.album.since)
	}
	s.Clock = s.Clock.Add(12 * time.Second)
	b.Update(s.Clock)
	if got := state(1); got.text != "Hình cũ 12 giây" || got.faded {
		t.Errorf("an old picture: %+v", got)
	}
	s.Tell(t, world.NodeLinked{Node: "pc-09", Reason: "silent"})
	s.Clock = s.Clock.Add(12 * time.Second)
	b.Update(s.Clock)
	if got := state(27); got.text != "pc-09 mất liên lạc 12 giây" || !got.faded {
		t.Errorf("away: %+v", got)
	}
	n := len(s.calls)
	s.calls[n-1].done(&page.Refusal{Text: "no such wall"})
	b.Shown(false)
	s.Clock = s.Clock.Add(time.Minute)
	b.Update(s.Clock)
	if len(s.calls) != n {
		t.Error("unseen, pictures are asked for")
	}
	b.Shown(true)
	b.Update(s.Clock)
	if len(s.calls) != n+1 || b.Failed() == "" {
		t.Errorf("seen again: %d questions, %q", len(s.calls)-n, b.Failed())
	}
}

// TestOwn: a wall without computers is drawn here, and no pictures are asked for.
func TestOwn(t *testing.T) {
	s, b := newSeat(t)
	s.Tell(t, world.WallDefined{ID: "main", Screens: []world.Screen{{ID: 1, W: 100, H: 50, PxW: 100, PxH: 50}}})
	if !b.Own() {
		t.Error("a wall without computers is not drawn here")
	}
}

// FuzzDecode: what a server may send breaks nothing.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("--iocwall-picture\r\nX-Screen: 1\r\n\r\nx\r\n--iocwall-picture--\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, _ := Decode(raw, nil)
		for _, s := range got {
			if s.img == nil {
				t.Error("a picture without pixels")
			}
		}
	})
}

// BenchmarkMosaic decodes and paints what 27 screens send in a second.
func BenchmarkMosaic(b *testing.B) {
	raw := pictures(b, 27, pagetest.Noon, 0, 1)
	sizes := map[int]image.Point{}
	for i := range 27 {
		sizes[i+1] = image.Pt(176, 99)
	}
	dst := image.NewRGBA(image.Rect(0, 0, 1590, 300))
	for b.Loop() {
		got, err := Decode(raw, sizes)
		if err != nil || len(got) != 27 {
			b.Fatal(err)
		}
		for i, s := range got {
			blit(dst, image.Rect(i%9*176, i/9*99, i%9*176+176, i/9*99+99), s.img)
		}
	}
}

// TestNamesWithoutSlashes: a tile that has a longer name on the wall, for a locked one's
// sake, is moved and removed as what the scene calls it; new ones have no slash.
func TestNamesWithoutSlashes(t *testing.T) {
	s, b := newSeat(t)
	w, sc, _, _ := s.Wall()
	var tiles []world.Placed
	for _, x := range sc.Tiles {
		if x.ID == "cam-1" {
			x.ID = sc.ID + "/" + x.ID
		}
		tiles = append(tiles, world.Placed{Tile: x, Layer: world.LayerScene, From: sc.ID})
	}
	next := w.On.Generation + 1
	s.Tell(t, world.WallPrepared{Wall: w.ID, Generation: next, Scene: sc.ID, Version: sc.Version, Tiles: tiles})
	s.Tell(t, world.WallCommitted{Wall: w.ID, Generation: next, At: world.TimeOf(s.Clock)})
	b.Update(s.Clock)
	b.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: centre(b, 1)}})
	b.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: centre(b, 19)}})
	b.DragEnd()
	moved, _ := tileIn(s.saved(0), "cam-1")
	if got := on(s, moved); got != "19" || len(s.saved(0).Tiles) != len(sc.Tiles) {
		t.Errorf("moved to %s: %+v", got, s.saved(0).Tiles)
	}
	s.asked[0].done(world.Receipt{})
	b.Drop(camera("a/b", "Bến"), centre(b, 18))
	if _, ok := tileIn(s.saved(1), "camera-a-b"); !ok {
		t.Errorf("dropped %+v", s.saved(1).Tiles)
	}
}
