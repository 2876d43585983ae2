package setuptest

import (
	"time"

	"fyne.io/fyne/v2"

	"iocwall/ui/field"
	"iocwall/ui/page"
	"iocwall/ui/setup/kit"
)

// Host is the page as a part that is tested alone knows it.
type Host struct {
	Bench *Bench
	// Went are the links that were opened; Part is what takes keys.
	Went []string
	Part interface {
		Key(e *fyne.KeyEvent) bool
		Letter(r rune) bool
	}
}

// Kit is what a part is made with.
func (h *Host) Kit() kit.Kit { return kit.Kit{Host: h, Env: h.Bench.Env()} }

// Desk is the bench.
func (h *Host) Desk() page.Desk { return h.Bench }

// Now is the bench's clock.
func (h *Host) Now() time.Time { return h.Bench.Clock }

// Go notes a link.
func (h *Host) Go(link string) bool {
	h.Went = append(h.Went, link)
	return true
}

// Focus does nothing.
func (h *Host) Focus(fyne.Focusable) {}

// Unfocus does nothing.
func (h *Host) Unfocus() {}

// Key hands a key to the part.
func (h *Host) Key(e *fyne.KeyEvent) bool { return h.Part.Key(e) }

// Rune hands a letter to the part.
func (h *Host) Rune(r rune) bool { return h.Part.Letter(r) }

// May asks the person's rights.
func (h *Host) May(right string) bool { return h.Bench.May(right) }

// Soon does nothing.
func (h *Host) Soon() {}

// Report is empty.
func (h *Host) Report() kit.Report { return kit.Report{} }

// Changed does nothing.
func (h *Host) Changed() {}

// Seat puts something on a window of a size.
func (h *Host) Seat(o fyne.CanvasObject, w, high float32) {
	win := h.Bench.Window()
	win.SetPadded(false)
	win.SetContent(o)
	win.Resize(fyne.NewSize(w, high))
}

// Type writes a text into a field as hands do.
func Type(f *field.Field, text string) {
	f.Input.FocusGained()
	f.Input.TypedShortcut(&fyne.ShortcutSelectAll{})
	f.Input.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	for _, r := range text {
		f.Input.TypedRune(r)
	}
}

// Enter presses that key in a field.
func Enter(f *field.Field) { f.Input.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) }
