package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"iocwall/ui/console/chip"
	"iocwall/ui/console/find"
	"iocwall/ui/page"
)

// TestPagesFillTheWindowOnce: without a GPU each time the window's pixels are filled
// costs some 40 ms of a core, at every letter and every change, so no page may lay
// much over much, and the search, which repaints for each letter, far less than all.
func TestPagesFillTheWindowOnce(t *testing.T) {
	who := somebody()
	who.Role, who.Areas = "administrator", nil
	who.Rights = append(who.Rights, "config.read", "config.write", "user.manage", "health.read", "token.manage", "node.manage", "wall.write")
	b := newBench(t, Options{Mode: Mosaic, Seat: SeatOptions{Known: who}})
	b.tick(0)
	b.give(snapshot(province(9, 3)))
	b.settle()
	m := b.mosaic()
	for _, id := range []string{"wall", "map", "leader", "records", "setup", "users", "account"} {
		if !slices.ContainsFunc(m.s.kinds(), func(k page.Kind) bool { return k.ID == id }) {
			t.Fatalf("there is no page %s", id)
		}
		m.open(find.KindPage, id)
		b.settle()
		shoot(m.win, 1920, 1080)
		if m.s.made[id] == nil {
			t.Errorf("%s is not open", id)
		}
		n := fill(m.win.Canvas())
		t.Logf("%-8s %.2f", id, n)
		most := 1.3
		if id == "setup" {
			most = 1.4
		}
		if n > most {
			t.Errorf("page %s fills the window %.2f times", id, n)
		}
	}
	for _, o := range test.LaidOutObjects(m.win.Canvas().Content()) {
		if c, is := o.(*chip.Chip); is && c.Face().Key == "Ctrl K" {
			c.Tapped(&fyne.PointEvent{})
		}
	}
	b.settle()
	t.Logf("search %.2f", fill(m.win.Canvas()))
	if n := fill(m.win.Canvas()); len(m.win.Canvas().Overlays().List()) != 1 || n > 0.45 {
		t.Errorf("the search fills the window %.2f times", n)
	}
}

// fill is how many times what a canvas shows fills it.
func fill(c fyne.Canvas) float64 {
	sum := 0.0
	var walk func(o fyne.CanvasObject, room fyne.Size)
	walk = func(o fyne.CanvasObject, room fyne.Size) {
		if !o.Visible() {
			return
		}
		size := fyne.NewSize(min(o.Size().Width, room.Width), min(o.Size().Height, room.Height))
		switch x := o.(type) {
		case *fyne.Container:
			for _, in := range x.Objects {
				walk(in, room)
			}
		case *container.Scroll:
			for _, in := range test.WidgetRenderer(x).Objects() {
				walk(in, size)
			}
		case fyne.Widget:
			for _, in := range test.WidgetRenderer(x).Objects() {
				walk(in, room)
			}
		default:
			if r, is := o.(*canvas.Rectangle); is {
				if _, _, _, a := r.FillColor.RGBA(); a == 0 {
					return
				}
			}
			sum += float64(size.Width) * float64(size.Height)
		}
	}
	walk(c.Content(), c.Size())
	for _, o := range c.Overlays().List() {
		walk(o, c.Size())
	}
	return sum / float64(c.Size().Width*c.Size().Height)
}
