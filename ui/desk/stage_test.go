package desk

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"iocwall/server/act"
	"iocwall/server/world"
)

// newStage is a desk on a wall with a pop-up, another that waits, a lock and a
// computer that is lost.
func newStage(t *testing.T) (*fake, *Desk) {
	t.Helper()
	f, d := newDesk(t)
	f.add(world.WallDefined{ID: "main", Screens: []world.Screen{{ID: 1, W: 100, H: 50, PxW: 100, PxH: 50, Node: "pc-01"}}})
	for i, id := range []string{"b", "a", "c"} {
		f.add(world.SceneSaved{ID: id, Wall: "main", Name: "Cảnh " + id, Version: 1, Preset: []int{0, 3, 0}[i]})
	}
	f.add(world.PopupAsked{ID: "p1", Wall: "main", Title: "Lũ Câu Lâu", Priority: 90, Limit: 30 * 60_000})
	f.add(world.PopupPlaced{ID: "p1", Zone: "z"})
	f.add(world.PopupAsked{ID: "p2", Wall: "main", Title: "Tàu im", Priority: 50})
	f.add(world.TileLocked{Wall: "main", Tile: "cam", By: "mai", Name: "Mai"})
	f.add(world.NodeLinked{Node: "pc-01", Up: true})
	f.now = f.now.Add(3 * time.Minute)
	f.add(world.NodeLinked{Node: "pc-01"})
	f.add(world.WallPrepared{Wall: "main", Generation: 1, Scene: "a", Tiles: []world.Placed{
		{Tile: world.Tile{ID: "cam", Kind: "camera"}, Layer: world.LayerScene},
		{Tile: world.Tile{ID: "popup:p1:1", Kind: "alert"}, Layer: world.LayerPopup, From: "p1"},
		{Tile: world.Tile{ID: "clock", Kind: "clock"}, Layer: world.LayerScene},
	}})
	f.add(world.WallCommitted{Wall: "main", Generation: 1, At: world.TimeOf(f.now)})
	f.add(world.WallSwitched{Wall: "main", Generation: 1, Skew: 18, Took: 212, Nodes: []world.NodeSwitch{{Node: "pc-01"}}})
	f.wall = "main"
	f.now = f.now.Add(2 * time.Minute)
	d.Refresh(f.now)
	return f, d
}

func TestStageSays(t *testing.T) {
	_, d := newStage(t)
	got := fmt.Sprint(d.stageWords())
	for _, want := range []string{"Mất máy pc-01 2 phút", "1 chờ chỗ: Tàu im", "Lũ Câu Lâu · còn 25 phút", "1 ô khoá", "Lệch nhịp 18 ms"} {
		if !strings.Contains(got, want) {
			t.Errorf("does not say %q: %s", want, got)
		}
	}
	// What is told of a chosen tile pushes out nothing that waits for somebody.
	d.Tell("user", "Đồng hồ: Mai đặt")
	if got = fmt.Sprint(d.stageWords()); strings.Index(got, "Mai đặt") < strings.Index(got, "1 chờ chỗ") {
		t.Errorf("the hand comes first: %s", got)
	}
}

// TestRefusedSwitchIsInWords: why the computers could not show a scene is said in the
// person's language, with its numbers; what a computer says itself stays as it is.
func TestRefusedSwitchIsInWords(t *testing.T) {
	f, d := newStage(t)
	f.add(world.WallPrepared{Wall: "main", Generation: 2, Scene: "b"})
	f.add(world.WallRefused{Wall: "main", Generation: 2, Reason: "the cameras need 80 %", Code: "wall.capacity", Values: []world.Param{{Key: "list", Value: "16 × 1920×1080"}, {Key: "most", Value: "70"}, {Key: "need", Value: "80"}, {Key: "node", Value: "pc-01"}}})
	if got := fmt.Sprint(d.stageWords()); !strings.Contains(got, "Máy pc-01 không đủ sức: các camera (16 × 1920×1080) cần 80\u00a0%, được dùng 70\u00a0%") {
		t.Errorf("does not say why: %s", got)
	}
	f.add(world.WallPrepared{Wall: "main", Generation: 3, Scene: "b"})
	f.add(world.WallRefused{Wall: "main", Generation: 3, Node: "pc-01", Reason: "no memory"})
	if got := fmt.Sprint(d.stageWords()); !strings.Contains(got, "no memory") {
		t.Errorf("does not say why: %s", got)
	}
}

func TestHandsOnTheWall(t *testing.T) {
	f, d := newStage(t)
	for _, c := range []struct {
		name string
		do   func()
		want act.Act
	}{
		{"a preset with its number", func() { d.Rune('3') }, act.ShowScene{Wall: "main", Scene: "a"}},
		{"lock", func() { d.Pick("clock"); d.Rune('L') }, act.LockTile{Wall: "main", Tile: "clock"}},
		{"unlock", func() { d.Pick("cam"); d.Rune('l') }, act.UnlockTile{Wall: "main", Tile: "cam"}},
		{"give back the picked one", func() { d.Pick("popup:p1:1"); d.GiveBack() }, act.ClosePopup{Popup: "p1"}},
		{"give back the last one", func() { d.Pick(""); d.GiveBack() }, act.ClosePopup{Popup: "p1"}},
		{"undo", d.Undo, act.UndoScene{Wall: "main"}},
	} {
		f.sent = nil
		c.do()
		if len(f.sent) != 1 || f.sent[0].Act != c.want {
			t.Errorf("%s: sent %+v", c.name, f.sent)
		}
	}
	f.sent = nil
	d.Rune('7')
	d.Pick("")
	if d.Rune('l'); len(f.sent) != 0 {
		t.Errorf("sent %+v", f.sent)
	}
	if got, _ := d.granted(); got != "Nhấp chọn một ô trên tường rồi khoá" {
		t.Errorf("says %q", got)
	}
}

func TestRefusalIsSaid(t *testing.T) {
	f, d := newStage(t)
	d.Pick("cam")
	d.Lock()
	f.answer(world.Receipt{ID: f.sent[0].ID, Reason: "ô này của Mai"})
	d.after(f, time.Second)
	if got, wrong := d.granted(); got != "Bỏ khoá ô: không được, ô này của Mai" || !wrong {
		t.Errorf("says %q", got)
	}
	f.fail = errors.New("256 commands are waiting")
	d.Undo()
	if got, _ := d.granted(); !strings.Contains(got, "256") {
		t.Errorf("says %q", got)
	}
	f.fail = nil
	d.Undo()
	if got, _ := d.granted(); got != "Cảnh trước: đang gửi…" {
		t.Errorf("says %q", got)
	}
	d.after(f, sayFor+time.Second)
	if got, wrong := d.granted(); got != "Cảnh trước: máy chủ chưa trả lời" || !wrong {
		t.Errorf("says %q", got)
	}
	d.after(f, 3*sayFor)
	if got, _ := d.granted(); got != "" {
		t.Errorf("still says %q", got)
	}
}

// TestPresetsByName: where no scene has a number the keys go by their names.
func TestPresetsByName(t *testing.T) {
	f, d := newStage(t)
	f.add(world.SceneSaved{ID: "a", Wall: "main", Name: "Cảnh a", Version: 2})
	f.sent = nil
	d.Rune('2')
	if len(f.sent) != 1 || f.sent[0].Act != (act.ShowScene{Wall: "main", Scene: "b"}) {
		t.Errorf("sent %+v", f.sent)
	}
}

// TestUndoIsNamed: what is said once something was undone names what that was.
func TestUndoIsNamed(t *testing.T) {
	f, d := newStage(t)
	d.OnName(func(string) string { return "Đồng hồ" })
	generation := uint64(1)
	change := func(scene, by string) {
		generation++
		f.now = f.now.Add(time.Second)
		f.add(world.WallPrepared{Wall: "main", Generation: generation, Scene: scene, By: by, Tiles: []world.Placed{{Tile: world.Tile{ID: "clock", Kind: "clock"}, Layer: world.LayerScene}}})
		f.add(world.WallCommitted{Wall: "main", Generation: generation, At: world.TimeOf(f.now)})
	}
	change("b", "mai")
	change("a", "mai")
	answered := func() string {
		f.answer(world.Receipt{ID: f.sent[len(f.sent)-1].ID, OK: true})
		d.after(f, time.Second)
		got, _ := d.granted()
		return got
	}
	d.Undo()
	if got := answered(); got != "Đã hoàn tác: đổi cảnh “Cảnh a”, tường về “Cảnh b”" {
		t.Errorf("after Z it says %q", got)
	}
	d.Pick("clock")
	d.Lock()
	if got := answered(); got != "Khoá ô Đồng hồ: xong" {
		t.Errorf("a lock says %q", got)
	}
	f.undo[len(f.undo)-1]()
	if got, _ := d.granted(); got != "Hoàn tác: khoá ô Đồng hồ: đang gửi…" {
		t.Errorf("on its way it says %q", got)
	}
	if got := answered(); got != "Đã hoàn tác: khoá ô Đồng hồ" {
		t.Errorf("undone it says %q", got)
	}
	d.ShowScene("c")
	answered()
	change("c", "mai")
	f.undo[len(f.undo)-1]()
	if got := answered(); got != "Đã hoàn tác: đổi cảnh “Cảnh c”, tường về “Cảnh a”" {
		t.Errorf("a scene taken back says %q", got)
	}
	// Somebody else changed the scene since: that change is not the undoer's.
	change("c", "mai")
	change("b", "hung")
	sent := len(f.sent)
	f.undo[len(f.undo)-1]()
	d.after(f, time.Second)
	if got, _ := d.granted(); len(f.sent) != sent || !strings.HasPrefix(got, "Không hoàn tác được vì tường đã sang cảnh khác") {
		t.Errorf("after another's change it sends %d commands and says %q", len(f.sent)-sent, got)
	}
}
