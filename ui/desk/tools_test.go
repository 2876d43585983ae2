package desk

import (
	"testing"

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
