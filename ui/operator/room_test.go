package operator

import (
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/board"
	"iocwall/ui/camera"
)

// TestRoomForAll: from a laptop with large text up, nothing of a library's row, no
// severity and no title of an alert is cut, and every scene and act is reached: also
// after a change that can be undone, which moves none of the scenes.
func TestRoomForAll(t *testing.T) {
	for _, c := range []struct {
		lang string
		text float64
		w, h float32
	}{
		{"vi", 1.5, 1366, 642}, {"en", 1.5, 1366, 642}, {"vi", 1, 1366, 684}, {"en", 1, 1366, 684}, {"vi", 1, 1600, 818}, {"vi", 1.25, 1600, 790}, {"en", 1, 1920, 998}, {"vi", 1.5, 1920, 960},
	} {
		t.Run(fmt.Sprint(c.lang, c.w, c.text), func(t *testing.T) {
			s, p := newSeat(t, c.lang, "dark", c.text, c.w, c.h)
			l := s.Env().Lang
			reached := func() string {
				var rest []string
				for _, x := range p.scenes.Rest() {
					rest = append(rest, x.Label)
				}
				return p.scenes.Names() + " / " + strings.Join(rest, "|")
			}
			s.Shot(t, p, "room", int(c.w), int(c.h))
			first, before := s.Marks, reached()
			s.later(false)
			p.Refresh(s.Clock)
			s.Shot(t, p, "room", int(c.w), int(c.h))
			if got := reached(); got != before {
				t.Errorf("after a change the scenes are %s, before it %s", got, before)
			}
			if n := len(p.scenes.Rest()); n > 3 {
				t.Errorf("%d of 6 scenes are not a click away", n)
			}
			acts := p.acts.Names()
			if n := strings.Count(acts, "|") + 1; n != 5 {
				t.Errorf("acts: %s", acts)
			}
			s.Marks = append(first, s.Marks...)
			if !s.Shows(l.T("severity.critical")) {
				t.Error("the severity of the chosen alert is cut")
			}
			title := strings.Fields("Lũ Câu Lâu 4,12 m, trên BĐ3 0,12 m")
			for i, x := range s.Marks {
				whole := x.Text
				for k := i + 1; k < len(s.Marks) && k < i+3; k++ {
					if slices.Equal(strings.Fields(whole), title) {
						title = nil
						break
					}
					whole += " " + s.Marks[k].Text
				}
			}
			if title != nil {
				t.Errorf("the title of the chosen alert is cut: %q", s.Texts())
			}
			for i := range p.lib.rows.Len() {
				row := p.lib.rows.At(i)
				if got := p.lib.fit(row); strings.Contains(got, "…") || got == "" {
					t.Errorf("%s says %q", row.name, got)
				}
			}
			for _, x := range s.Texts() {
				if strings.Contains(x, "…") && (strings.Contains(x, l.T("operator.camera.live")) || strings.Contains(x, l.T("operator.camera.silent"))) {
					t.Errorf("cut: %q", x)
				}
			}
			for _, g := range groups() {
				if text := l.T("operator.group." + g); !s.Shows(text) {
					t.Errorf("the sort %q is not named", text)
				}
			}
			if got := p.lib.count(); !s.Shows(got) || !strings.HasPrefix(got, "12 ") || !strings.Contains(got, "25") {
				t.Errorf("the library says %q", got)
			}
		})
	}
}

// TestLibraryTellsWhatIsKnown: a row says since when a camera is as it is; where nothing
// newer is heard, of when that is; and of what nobody ever told, just that.
func TestLibraryTellsWhatIsKnown(t *testing.T) {
	s, p := newSeat(t, "vi", "dark", 1, 1920, 998)
	row := func(id string) (string, string) {
		p.Refresh(s.Clock)
		th, _ := p.lib.thing("camera/" + id)
		return th.mark, p.lib.fit(&th)
	}
	want := func(when, id, mark, text string) {
		t.Helper()
		if m, got := row(id); got != text || m != mark {
			t.Errorf("%s %s says %s %q, not %s %q", when, id, m, got, mark, text)
		}
	}
	want("live", "cam-1", "live", "có hình từ 09:42 · đang ở màn 1")
	want("silent", "cam-12", "offline", "mất tín hiệu từ 09:42")
	s.Tell(t, world.CameraDefined{ID: "cam-13", Name: "Chưa hỏi"}, world.CameraDefined{ID: "cam-14", Name: "Đang nối"},
		world.CameraHealth{Camera: "cam-14", State: world.CameraOpening, Since: world.TimeOf(s.Clock)})
	want("never told", "cam-13", "nodata", "chưa có tin")
	want("opening", "cam-14", "loading", "đang nối từ 09:42")
	s.Clock = s.Clock.Add(4 * time.Minute)
	want("unheard", "cam-1", "stale", "có hình, tin lúc 09:42 · đang ở màn 1")
	want("still silent", "cam-12", "offline", "mất tín hiệu từ 09:42")
	s.Tell(t, world.CameraHealth{Camera: "cam-1", State: world.CameraLive, Since: world.TimeOf(s.Clock.Add(-time.Hour))})
	want("heard again", "cam-1", "live", "có hình từ 08:46 · đang ở màn 1")
	s.Clock = s.Clock.Add(time.Minute)
	s.Gone = 50 * time.Second
	want("without a server", "cam-1", "stale", "có hình, tin lúc 09:46 · đang ở màn 1")
	want("without a server", "cam-12", "stale", "mất tín hiệu, tin lúc 09:46")
	want("without a server", "cam-13", "nodata", "chưa có tin")
	s.Gone = 0
	want("with it again", "cam-1", "live", "có hình từ 08:46 · đang ở màn 1")
}

// TestScenesWithoutAKey: those are in a menu that a key opens, and Enter shows them.
func TestScenesWithoutAKey(t *testing.T) {
	s, p := newSeat(t, "vi", "dark", 1, 1920, 998)
	for i := range 12 {
		s.Tell(t, world.SceneSaved{ID: "x" + strconv.Itoa(i), Wall: "main", Name: fmt.Sprintf("Diễn tập %02d", i+1), Version: 1})
	}
	p.Refresh(s.Clock)
	if n := len(p.scenes.Rest()); n != 12 {
		t.Fatalf("%d scenes are in the menu", n)
	}
	if !p.Rune('0') {
		t.Fatal("0 means nothing")
	}
	menu := s.Window().Canvas().Focused()
	if menu == nil {
		t.Fatal("no menu has the keyboard")
	}
	if dir := os.Getenv("IOCWALL_GALLERY"); dir != "" {
		f, err := os.Create(filepath.Join(dir, "operator-menu.png"))
		if err != nil {
			t.Fatal(err)
		}
		if err = png.Encode(f, s.Window().Canvas().Capture()); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
	}
	for range 11 {
		menu.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	}
	menu.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if len(s.asked) != 1 || s.asked[0] != (act.ShowScene{Wall: "main", Scene: "x11"}) {
		t.Errorf("asked %+v", s.asked)
	}
	// The menu goes with its page: over another it would be a stranger's.
	p.Rune('0')
	if p.Shown(false); s.Window().Canvas().Overlays().Top() != nil {
		t.Error("the menu stays when the page goes")
	}
}

// TestZeroWithACameraInHand: 0 opens the menu of scenes until the camera in hand is
// enlarged; then it shows the whole picture, and neither the help nor the menu's button
// says anything else.
func TestZeroWithACameraInHand(t *testing.T) {
	s, p := newSeat(t, "vi", "dark", 1, 1920, 998)
	for i := range 12 {
		s.Tell(t, world.SceneSaved{ID: "x" + strconv.Itoa(i), Wall: "main", Name: fmt.Sprintf("Diễn tập %02d", i+1), Version: 1})
	}
	says := func(what string, scenes, whole bool) {
		t.Helper()
		p.Refresh(s.Clock)
		keys := keysOf(p)
		if strings.Contains(keys, "|0 cảnh khác|") != scenes || strings.Contains(keys, "|0 Toàn hình|") != whole || strings.HasSuffix(p.scenes.More(), "  0") != scenes {
			t.Errorf("%s: the help says %s, the button %q", what, keys, p.scenes.More())
		}
	}
	opens := func(what string, want bool) {
		t.Helper()
		if !p.Rune('0') {
			t.Errorf("%s: 0 means nothing", what)
		}
		if open := s.Window().Canvas().Overlays().Top() != nil; open != want {
			t.Errorf("%s: the menu is open: %v", what, open)
		}
		p.scenes.CloseMore()
	}
	says("nothing in hand", true, false)
	h := &camera.Host{Lang: s.Env().Lang, State: s.State, Now: s.Now, Poke: func() {}}
	v := camera.New(h, s.Env(), camera.Options{Camera: "cam-9"})
	s.hands.Take(v, v)
	says("in hand", true, false)
	opens("in hand", true)
	s.hands.Enlarge(1)
	says("enlarged", false, true)
	opens("enlarged", false)
	if s.hands.Enlarged() {
		t.Error("0 does not show the whole picture")
	}
	says("whole again", true, false)
}

// TestWhoPutIt: of the tile that is chosen it is said who put it there, and when.
func TestWhoPutIt(t *testing.T) {
	s, p := newSeat(t, "vi", "dark", 1, 1920, 998)
	s.later(false)
	p.Refresh(s.Clock)
	p.wall.PickScreen(1)
	p.Refresh(s.Clock)
	s.Shot(t, p, "operator-whose", 1920, 998)
	if !s.Shows("Cảng Kỳ Hà: Hùng đặt, từ 09:41") {
		t.Errorf("says %q", s.Texts())
	}
	w, _, _, _ := s.Wall()
	at := slices.IndexFunc(w.On.Tiles, func(x world.Placed) bool { return x.ID == p.low.Picked() })
	for i, x := range []struct {
		layer, from, why string
		want, log        string
	}{
		{world.LayerMoved, "pc-06", "", "Cảng Kỳ Hà: thay máy pc-06, từ 09:42", "máy chủ: Thay máy pc-06: Cảng Kỳ Hà"},
		{world.LayerScene, "rain", world.WhyBack + "pc-06", "Cảng Kỳ Hà: về chỗ cũ ở máy pc-06, từ 09:42", "máy chủ: Về chỗ cũ ở máy pc-06: Cảng Kỳ Hà"},
	} {
		g := uint64(3 + i)
		tiles := slices.Clone(w.On.Tiles)
		of := &tiles[at]
		of.Layer, of.From, of.Why, of.Since = x.layer, x.from, x.why, world.TimeOf(s.Clock)
		s.Tell(t, world.WallPrepared{Wall: "main", Generation: g, Scene: "rain", Version: 1, Tiles: tiles}, world.WallCommitted{Wall: "main", Generation: g, At: world.TimeOf(s.Clock)})
		s.Clock = s.Clock.Add(time.Second)
		p.Refresh(s.Clock)
		if got := p.whose(); got != x.want {
			t.Errorf("says %q, want %q", got, x.want)
		}
		is := p.log.changes(answer{Entries: []record{{At: 1, Tile: of.ID, Kind: of.Kind, Params: of.Params, Layer: x.layer, From: x.from, By: "Hùng", Why: x.why}}})
		if len(is) != 1 || is[0].who+": "+is[0].what != x.log {
			t.Errorf("the log says %+v, want %q", is, x.log)
		}
	}
}

// TestLowLineIsNotLaid: an alert line with no room for its words is the board's own.
func TestLowLineIsNotLaid(t *testing.T) {
	s, p := newSeat(t, "vi", "dark", 1, 1366, 684)
	w, sc, _, _ := s.Wall()
	for i := range w.Screens {
		w.Screens[i].Node = ""
	}
	sc.Version, sc.Tiles = 2, append(slices.Clone(sc.Tiles), world.Tile{ID: "line", Kind: "line", X: w.Screens[0].X, Y: w.Screens[0].Y, W: 9000, H: 130})
	s.Tell(t, w.WallDefined, sc.SceneSaved)
	p.Refresh(s.Clock)
	var kinds []string
	for _, x := range s.boards[0].Spots {
		kinds = append(kinds, x.Tile.Kind)
	}
	all := board.NewPlan(w.WallDefined, p.place.wall).Spots(sc.Tiles)
	if len(kinds) != len(all)-1 || slices.Contains(kinds, "line") {
		t.Errorf("laid are %d of %d: %v", len(kinds), len(all), kinds)
	}
}
