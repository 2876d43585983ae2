package tile

import (
	"image"
	"image/color"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"iocwall/media"
)

// fakePlane notes what it shows.
type fakePlane struct {
	img    *image.RGBA
	at     image.Rectangle
	closed bool
}

func (p *fakePlane) Show(img *image.RGBA, at image.Rectangle) error {
	p.img, p.at = img, at
	return nil
}
func (p *fakePlane) Hide()  { p.img = nil }
func (p *fakePlane) Close() { p.img, p.closed = nil, true }

// TestPlaneHoldsOnlyWhatIsLive: a plane lies above the toolkit's window, so it goes
// as soon as what it shows is not so any more.
func TestPlaneHoldsOnlyWhatIsLive(t *testing.T) {
	test.NewTempApp(t)
	e := *wallEnv(t, "vi")
	p := &fakePlane{}
	e.Plane = func() (Plane, error) { return p, nil }
	tl := NewCamera(&e)
	w := test.NewTempWindow(t, tl)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(640, 360))
	now := time.Date(2026, 11, 21, 9, 42, 7, 0, time.UTC)
	src := image.Pt(704, 576)
	live := CameraView{Name: "Cầu Câu Lâu", Now: now, Quiet: true, Stats: media.Stats{State: media.StateLive, Source: src, Picture: now}}
	seq := uint64(0)
	light := func(what string) {
		t.Helper()
		tl.Update(live)
		seq++
		tl.SetPicture(image.NewRGBA(image.Rectangle{Max: tl.PictureView().Size}), seq)
		if p.img == nil || !tl.OnPlane() {
			t.Fatalf("%s: a live picture is not on the plane", what)
		}
	}
	dark := func(what string) {
		t.Helper()
		if p.img != nil || tl.OnPlane() {
			t.Errorf("%s: the plane still shows a picture", what)
		}
		if !tl.picture.Visible() {
			t.Errorf("%s: nothing is shown under the plane", what)
		}
	}
	light("at first")
	if p.img.Rect.Size() != tl.shown.Size() || p.img.Stride != 4*tl.PictureView().Size.X {
		t.Errorf("%v with rows of %d bytes, not a part of the picture", p.img.Rect, p.img.Stride)
	}
	for _, st := range []media.State{media.StateNoSignal, media.StateFrozen, media.StateFull} {
		dead := live
		dead.Stats.State, dead.Stats.Since = st, now.Add(-time.Minute)
		tl.Update(dead)
		dark(string(st))
		light("after " + string(st))
	}
	past := live
	past.Replay = &ReplayView{At: now, Source: src}
	tl.Update(past)
	dark("replay")
	light("after the replay")
	late := live
	late.Stats.State = media.StateLate
	tl.Update(late)
	dark("with a plate over it")
	light("on time again")
	tl.Conceal()
	dark("moved or hidden")
	light("moved")
	tl.Release()
	if p.img != nil || !p.closed {
		t.Error("the plane stays when the tile is closed")
	}
}

// TestPicturesUnderADialogueComeAtIntervals: each of them repaints the whole window,
// and somebody may be typing over it.
func TestPicturesUnderADialogueComeAtIntervals(t *testing.T) {
	test.NewTempApp(t)
	e := *wallEnv(t, "vi")
	p := &fakePlane{}
	e.Plane = func() (Plane, error) { return p, nil }
	tl := NewCamera(&e)
	w := test.NewTempWindow(t, tl)
	w.Resize(fyne.NewSize(640, 360))
	now := time.Date(2026, 11, 21, 9, 42, 7, 0, time.UTC)
	tl.Update(CameraView{Name: "Cầu Câu Lâu", Now: now, Quiet: true, Stats: media.Stats{State: media.StateLive, Source: image.Pt(704, 576), Picture: now}})
	seq := uint64(0)
	picture := func() {
		seq++
		tl.SetPicture(image.NewRGBA(image.Rectangle{Max: tl.PictureView().Size}), seq)
	}
	picture()
	over := canvas.NewRectangle(color.Black)
	w.Canvas().Overlays().Add(over)
	picture()
	if tl.OnPlane() || tl.plane.owed {
		t.Errorf("under a dialogue: on its plane %v, first picture owed %v", tl.OnPlane(), tl.plane.owed)
	}
	drawn := time.Now().Add(time.Hour) // no instant comes meanwhile
	tl.plane.drawn = drawn
	for range 5 {
		picture()
	}
	if !tl.plane.owed || tl.plane.drawn != drawn {
		t.Error("five more pictures were drawn at once")
	}
	tl.plane.drawn = time.Now().Add(-2 * belowGap)
	picture()
	if tl.plane.owed {
		t.Error("the next picture is not drawn after its interval")
	}
	w.Canvas().Overlays().Remove(over)
	if picture(); !tl.OnPlane() || tl.plane.owed {
		t.Error("without the dialogue the picture is not on its plane")
	}
}

// TestUntrustedIsSaid: a certificate that is not trusted is said in words, with a
// last picture or without one.
func TestUntrustedIsSaid(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 42, 7, 0, time.UTC)
	for lang, want := range map[string]string{"vi": "Chứng thư camera không tin cậy", "en": "Camera's certificate is not trusted"} {
		e := wallEnv(t, lang)
		v := CameraView{Now: now, Stats: media.Stats{State: media.StateNoSignal, Reason: media.ReasonUntrusted, Since: now.Add(-time.Minute)}}
		if f := e.cameraFace(v); f.Title != want || len(f.Lines) != 1 {
			t.Errorf("%s: without a picture %q %q", lang, f.Title, f.Lines)
		}
		v.Stats.Picture = now.Add(-time.Minute)
		if f := e.cameraFace(v); f.Title != "" || f.Note[0] != want {
			t.Errorf("%s: with a picture %q %q", lang, f.Title, f.Note)
		}
	}
}
