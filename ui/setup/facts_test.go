package setup

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"iocwall/ui/setup/kit"
	"iocwall/ui/setup/setuptest"
)

// TestFactsScroll holds that lines for which there is no room can be scrolled to.
func TestFactsScroll(t *testing.T) {
	h := &setuptest.Host{Bench: setuptest.New(t, "vi", "dark", 1.5)}
	f := kit.NewFacts(h.Kit())
	scroll, ok := f.Object().(*container.Scroll)
	if !ok {
		t.Fatalf("facts are a %T", f.Object())
	}
	scroll.Resize(fyne.NewSize(300, 100))
	for lines := range 20 {
		var list []kit.Line
		for i := range lines {
			list = append(list, kit.Line{Name: fmt.Sprint("Dòng ", i), Value: "HDMI-1 1920×1080, HDMI-2 1920×1080"})
		}
		f.Set(list)
		if have, need := scroll.Content.MinSize().Height, f.Height(300); have != need || lines > 3 && need < 100 {
			t.Errorf("%d lines are %v high and need %v", lines, have, need)
		}
		if scroll.ScrollToBottom(); lines > 3 && scroll.Offset.Y != f.Height(300)-100 {
			t.Errorf("%d lines: scrolled to %v of %v", lines, scroll.Offset.Y, f.Height(300))
		}
	}
}
