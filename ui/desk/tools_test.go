package desk

import (
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
)

// TestHeldToolLetsGo: a button that is held goes on being it while words on the
// row change, and lets go when it is taken away; otherwise a camera would turn on.
func TestHeldToolLetsGo(t *testing.T) {
	test.NewTempApp(t)
	d := NewTools(func() {})
	held := false
	row := func(chosen bool) []Tool {
		return []Tool{
			{Key: "←", Label: "Trái", Hold: func() { held = true }, Release: func() { held = false }},
			{Key: "1", Label: "Cầu", Chosen: chosen},
		}
	}
	d.Set(row(true))
	b := d.buttons[0]
	b.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary})
	d.Set(row(false))
	if !held || d.buttons[0] != b || d.buttons[1].Text != "Cầu  1" {
		t.Errorf("held %v, same button %v, beside it %q", held, d.buttons[0] == b, d.buttons[1].Text)
	}
	d.Set(nil)
	if held {
		t.Error("a button that is gone holds on")
	}
}

// TestAllToolsAreReached: what has no room in the row is in a menu, by mouse and by
// keyboard; shorter words come first; what is on is marked on the menu's button too.
func TestAllToolsAreReached(t *testing.T) {
	test.NewTempApp(t)
	d := NewTools(func() {})
	d.OnMore("Cảnh khác", "0")
	did := ""
	var row []Tool
	for _, name := range []string{"Ngày thường", "Mưa lũ", "Giờ cao điểm", "Tàu cá"} {
		row = append(row, Tool{Key: "F", Label: name, Short: name[:2], Do: func() { did = name }})
	}
	w := test.NewTempWindow(t, d.Object())
	w.Resize(fyne.NewSize(900, 600))
	seen := func() (out []string) {
		for _, b := range d.buttons {
			if b.Visible() {
				out = append(out, b.Text)
				if end := b.Position().X + b.Size().Width; end > d.width {
					t.Errorf("%q ends at %v of %v", b.Text, end, d.width)
				}
			}
		}
		if m := d.more.button; m.Visible() {
			out = append(out, m.Text)
			if end := m.Position().X + m.Size().Width; end > d.width {
				t.Errorf("%q ends at %v of %v", m.Text, end, d.width)
			}
		}
		return out
	}
	d.Lay(fyne.NewPos(0, 0), 900, 1)
	d.Set(row)
	if got := strings.Join(seen(), "|"); got != "Ngày thường  F|Mưa lũ  F|Giờ cao điểm  F|Tàu cá  F" {
		t.Errorf("with room: %q", got)
	}
	d.Lay(fyne.NewPos(0, 0), d.Width()-10, 1)
	if got := strings.Join(seen(), "|"); got != "Ng  F|Mư  F|Gi  F|Tà  F" && strings.Contains(got, "khác") {
		t.Errorf("with less room: %q", got)
	}
	row[3].Chosen = true
	row = append(row, Tool{Label: "Diễn tập", Aside: true, Do: func() { did = "Diễn tập" }})
	d.Set(row)
	d.Lay(fyne.NewPos(0, 0), 230, 1)
	got := seen()
	if n := len(got); n < 2 || !strings.HasPrefix(got[n-1], "✓ Cảnh khác (") || n-1+len(d.Rest()) != 5 {
		t.Fatalf("with little room: %q and %d more", got, len(d.Rest()))
	}
	d.OpenMore()
	list, ok := w.Canvas().Focused().(*menu)
	if !ok {
		t.Fatal("no menu has the keyboard")
	}
	for range len(d.Rest()) - 1 {
		list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	}
	list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if did != "Diễn tập" || w.Canvas().Overlays().Top() != nil {
		t.Errorf("the last of the menu did %q", did)
	}
	d.OpenMore()
	list = w.Canvas().Focused().(*menu)
	did = ""
	list.Tapped(&fyne.PointEvent{Position: fyne.NewPos(20, 1.5*menuRow)})
	if did != d.Rest()[1].Label {
		t.Errorf("the second of the menu did %q", did)
	}
	var many []Tool
	for i := range 60 {
		many = append(many, Tool{Label: strconv.Itoa(i), Aside: true, Do: func() { did = strconv.Itoa(i) }})
	}
	d.Set(many)
	d.OpenMore()
	list = w.Canvas().Focused().(*menu)
	if h := list.Size().Height; h > 600 {
		t.Errorf("a menu of 60 is %v high", h)
	}
	list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	if last := list.words[59]; last.Hidden || last.Position().Y+last.Size().Height > list.Size().Height {
		t.Error("the last of 60 is out of sight")
	}
	list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if w.Canvas().Overlays().Top() != nil {
		t.Error("Escape does not close the menu")
	}
}
