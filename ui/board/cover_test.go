package board

import (
	"image"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"

	"iocwall/server/scene"
	"iocwall/server/world"
)

// covered is how many pixels the board's objects cover: what a repaint costs without a
// graphics processor.
func covered(b *Board) (sum int) {
	for _, o := range b.objects() {
		if o.Visible() {
			sum += int(o.Size().Width+0.5) * int(o.Size().Height+0.5)
		}
	}
	return sum
}

// TestCoversWhatItDraws: over tiles that are drawn below it the board covers nothing
// while it says nothing, and of a chosen tile the frame alone.
func TestCoversWhatItDraws(t *testing.T) {
	s, b := newSeat(t)
	all := b.size.X * b.size.Y
	if got := covered(b); got != all {
		t.Errorf("pictures that were read back cover %d of %d pixels", got, all)
	}
	w, _, _, _ := s.Wall()
	for i := range w.Screens {
		w.Screens[i].Node = ""
	}
	s.Tell(t, w.WallDefined)
	b.Update(s.Clock)
	if got := covered(b); !b.own || got != 0 {
		t.Errorf("with nothing to say %d of %d pixels are covered", got, all)
	}
	b.PickScreen(1)
	chosen := covered(b)
	if chosen == 0 || chosen > all/100 {
		t.Errorf("a chosen tile covers %d of %d pixels", chosen, all)
	}
	if r := b.Where(1); b.lines.chosen[0][0].Size().Width != float32(r.Dx()) {
		t.Errorf("the frame is %v wide, its tile %d", b.lines.chosen[0][0].Size(), r.Dx())
	}
	b.FocusGained()
	focused := covered(b)
	t.Logf("of %d pixels: chosen %d, with the keyboard %d", all, chosen, focused)
	if focused > all/30 {
		t.Errorf("with the keyboard %d of %d pixels are covered", focused, all)
	}
	b.Over(camera("cam-4", "Bến cá"), centre(b, 21))
	if r := b.painted(); !b.plan.Rect(b.hold.at).In(r) || r.Dx()*r.Dy() > all/6 {
		t.Errorf("what is held covers %v", r)
	}
	if b.lines.chosen[0][0].Visible() {
		t.Error("the chosen tile is framed under what is held")
	}
	img := seen(b)
	if r := b.plan.Rect(b.hold.at); img.RGBAAt(r.Min.X+2, r.Min.Y+8) != b.env.Kit.Theme.Focus && img.RGBAAt(r.Min.X+8, r.Min.Y+1) != b.env.Kit.Theme.Focus {
		t.Error("where it would go is not framed")
	}
	b.Cancel()
	b.FocusLost()
	b.Pick("")
	if got := covered(b); got != 0 {
		t.Errorf("after all that %d pixels are covered", got)
	}
}

func seen(b *Board) *image.RGBA {
	size := b.Size()
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(b)
	c.Resize(size)
	img := c.Capture()
	out := image.NewRGBA(img.Bounds())
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			out.Set(x, y, img.At(x, y))
		}
	}
	return out
}

// TestThirdsByMouse: with Ctrl it is the third of a screen under the pointer.
func TestThirdsByMouse(t *testing.T) {
	s, b := newSeat(t)
	s.keys = fyne.KeyModifierControl
	r := b.Where(21)
	for i, want := range []string{"21 cell 3x1:1", "21 cell 3x1:2", "21 cell 3x1:3"} {
		b.Over(camera("cam-4", "x"), fyne.NewPos(float32(r.Min.X+r.Dx()*(2*i+1)/6), float32(r.Min.Y+r.Dy()/2)))
		w, _, _, _ := s.Wall()
		if got := scene.Words(w.WallDefined, b.hold.at); got != want {
			t.Errorf("at %s, not %s", got, want)
		}
	}
}

// TestPlainStrip: an alert line with no room for words is a strip that counts, or but
// signs; with room it is left to the tile.
func TestPlainStrip(t *testing.T) {
	s, b := newSeat(t)
	w, _, _, _ := s.Wall()
	for i := range w.Screens {
		w.Screens[i].Node = ""
	}
	s.Tell(t, w.WallDefined)
	x0, y0, dx, _ := scene.Bounds(w.WallDefined)
	line := world.Tile{ID: "line", Kind: "line", X: x0, Y: y0, W: dx, H: 130}
	sc, _ := s.World.Scene("rain")
	sc.Version, sc.Tiles = 2, append(sc.Tiles, line)
	s.Tell(t, sc.SceneSaved, world.AlertRaised{ID: "a", Severity: world.Critical, Title: "Lũ"}, world.AlertRaised{ID: "b", Severity: world.Warning, Title: "Camera tối"}, world.AlertRaised{ID: "c", Severity: world.Warning, Title: "Tàu im"})
	b.Update(s.Clock)
	r := b.plan.Rect(scene.RectOf(line))
	if !b.Plain(line, r) || len(b.strips) != 1 || !b.strips[0].pane.Visible() {
		t.Fatalf("a line %d pixels high is not plain", r.Dy())
	}
	s.Marks = nil
	img := seen(b)
	if !s.Shows("1") || !s.Shows("2") {
		t.Errorf("says %q in %d pixels", s.Texts(), r.Dy())
	}
	if got := img.RGBAAt(r.Dx()-10, r.Dy()/2); got != b.env.Kit.Theme.CriticalFill {
		t.Errorf("its colour is %v", got)
	}
	s.Tell(t, world.AlertResolved{ID: "a"})
	b.Update(s.Clock)
	if img = seen(b); img.RGBAAt(r.Dx()-10, r.Dy()/2) != b.env.Kit.Theme.WarningFill {
		t.Error("without the worst alert it keeps that one's colour")
	}
	s.Gone = time.Minute
	b.Update(s.Clock)
	if slices.Equal(seen(b).Pix, img.Pix) {
		t.Error("while the server is away the strip looks as if it were new")
	}
	s.Gone = 0
	b.Update(s.Clock)
	b.env.Scale.Text *= 1.5
	s.Marks = nil
	b.strips[0].pane.Touch()
	seen(b)
	if len(s.Texts()) != 0 {
		t.Errorf("with large text in %d pixels it says %q", r.Dy(), s.Texts())
	}
	b.env.Scale.Text /= 1.5
	line.H = 400
	if b.Plain(line, b.plan.Rect(scene.RectOf(line))) {
		t.Error("a high line is plain")
	}
}
