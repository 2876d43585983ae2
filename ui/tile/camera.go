package tile

import (
	"image"
	"image/color"
	"math"
	"reflect"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"iocwall/media"
	"iocwall/ui/paint"
)

// CameraView is what a camera tile shows beside the picture.
type CameraView struct {
	Name string
	// Short is the name that fits a small tile.
	Short string
	// Stats is the player's word; its State decides how the tile looks.
	Stats media.Stats
	// Main is the name of the stream the tile would have: another one in use is
	// said.
	Main string
	// Reason, when set, says why there is no player at all.
	Reason string
	// Told is when the technician was told of a refusal, zero when unknown.
	Told  time.Time
	Now   time.Time
	Cover Cover
}

// openLimit is how long a camera may take for its first picture.
const openLimit = 2 * time.Second

// Camera is a camera's picture over a bar with its name and age. The picture is
// grey whenever it is not fresh; words stand on plates, never on the picture.
type Camera struct {
	box
	picture         *canvas.Raster
	tag, note, bar  *Pane
	frame           *Pane
	img, grey, show *image.RGBA
	seq             uint64
	view            CameraView
	face            cameraFace
	want            image.Point // size pictures are asked in
	class           class
	plane           plane
	shown           image.Rectangle   // where the picture lies in the tile
	over            []image.Rectangle // what is painted beside it, perhaps over it
}

// cameraFace is everything the tile writes: the tile is repainted when it changes.
type cameraFace struct {
	Plate     *paint.Plate
	Title     string // a large sentence instead of a picture
	Lines     []string
	Note      []string // alternatives, longest first
	Mark      string
	Right     []string // alternatives, longest first
	Grey      bool
	NoPicture bool
	Progress  float64 // 0 none, otherwise the part of openLimit that is over
	Popup     *Popup
	Source    image.Point
}

// NewCamera returns an empty camera tile.
func NewCamera(env *Env) *Camera {
	t := &Camera{}
	th := env.Kit.Theme
	t.env = env
	t.picture = canvas.NewRaster(t.pixels)
	t.picture.ScaleMode = canvas.ImageScalePixels
	t.tag = NewPane(env, t.Kind(), color.RGBA{}, t.paintTag)
	t.note = NewPane(env, t.Kind(), th.S1, t.paintNote)
	t.bar = NewPane(env, t.Kind(), th.S1, t.paintBar)
	t.frame = NewPane(env, t.Kind(), color.RGBA{}, t.paintFrame)
	t.panes = []fyne.CanvasObject{canvas.NewRectangle(th.Bg), t.picture, t.note.Raster, t.tag.Raster, t.bar.Raster, t.frame.Raster}
	t.drawn = []*Pane{t.note, t.tag, t.bar, t.frame}
	t.layout = t.place
	t.ExtendBaseWidget(t)
	return t
}

// Kind returns "camera".
func (t *Camera) Kind() string { return "camera" }

// Name returns the camera's name.
func (t *Camera) Name() string { return t.view.Name }

// PictureSize returns the size in device pixels that pictures should have, zero
// before the tile is laid out. It keeps the camera's proportions and may exceed
// the tile by what is cut off at the edges.
func (t *Camera) PictureSize() image.Point { return t.want }

// SetPicture puts a picture on the tile. The picture must not change afterwards; it
// should have the size of PictureSize and is fitted otherwise. It costs one
// texture upload; a picture already shown costs nothing.
func (t *Camera) SetPicture(img *image.RGBA, seq uint64) {
	if img == t.img {
		return
	}
	t.img, t.grey, t.seq = img, nil, seq
	t.show = nil
	t.display(true)
}

// Seq returns the number of the picture on the tile.
func (t *Camera) Seq() uint64 { return t.seq }

// Update shows a view.
func (t *Camera) Update(v CameraView) {
	was := t.face
	t.view = v
	t.face = t.env.cameraFace(v)
	if reflect.DeepEqual(was, t.face) && t.bar.img != nil {
		return
	}
	changed := was.Grey != t.face.Grey || was.NoPicture != t.face.NoPicture
	if changed {
		t.show = nil
	}
	(&boxRenderer{&t.box}).Layout(t.Size())
	t.display(changed)
	for _, p := range t.drawn {
		p.Touch()
	}
}

func (e *Env) cameraFace(v CameraView) cameraFace {
	l, s := e.Lang, v.Stats
	age, has := s.Age(v.Now)
	f := cameraFace{Mark: "live", Popup: v.Cover.Popup, NoPicture: !has, Source: s.Source}
	taken := v.Now.Add(-age)
	since := v.Now.Sub(s.Since)
	switch s.State {
	case media.StateLive:
		f.Right = []string{l.ClockSeconds(taken) + " · " + l.Age(age), l.Age(age)}
		if s.Loss > 0.001 {
			loss := l.T("camera.loss", "n", l.Percent(s.Loss*100, 1))
			f.Right = append([]string{loss + " · " + f.Right[0], loss + " · " + f.Right[1]}, f.Right...)
		}
	case media.StateLate:
		f.Mark = "stale"
		f.Plate = e.statePlate(paint.PlateStale, "stale", "camera.late", l.AgeWord(max(age, s.Behind)))
		f.Right = []string{l.Age(age)}
		f.Note = e.lateNote(v)
	case media.StateFrozen:
		f.Mark, f.Grey = "frozen", true
		f.Plate = e.statePlate(paint.PlateStale, "frozen", "camera.frozen", l.AgeWord(since))
		f.Note = []string{l.T("camera.frozen.note"), l.T("camera.frozen.note.short")}
		f.Right = pictureTime(e, taken)
	case media.StateNoSignal:
		f.Mark, f.Grey = "offline", true
		f.Plate = e.statePlate(paint.PlateOffline, "offline", "camera.lost", l.AgeWord(since))
		f.Note = e.retryNote(v)
		f.Right = pictureTime(e, taken)
		if f.NoPicture {
			f.Plate = e.statePlate(paint.PlateOffline, "offline", "camera.none", "")
			f.Right = []string{l.T("since", "time", l.Clock(s.Since))}
		}
		if v.Reason != "" {
			f.Note, f.Right = []string{v.Reason}, []string{l.T("camera.nopicture")}
		}
	case media.StateRefused:
		f.Mark, f.NoPicture = "offline", true
		f.Plate = e.statePlate(paint.PlateOffline, "offline", "camera.none", "")
		f.Title = l.T("camera.refused")
		f.Lines = []string{l.T("camera.refused.why")}
		if !v.Told.IsZero() {
			f.Lines = append(f.Lines, l.T("camera.refused.told", "time", l.Clock(v.Told)))
		}
		f.Right = []string{l.T("since", "time", l.Clock(s.Since))}
	case media.StateFull:
		f.Mark, f.Grey = "offline", true
		f.Plate = e.statePlate(paint.PlateOffline, "offline", "camera.none", "")
		f.Note = []string{l.T("camera.full"), l.T("camera.full.short")}
		f.Right = []string{l.T("since", "time", l.Clock(s.Since))}
	default:
		e.opening(v, has, &f)
	}
	e.cameraCover(v, &f)
	return f
}

// opening is the state before the first picture: a bar to the limit, then an
// error that says so.
func (e *Env) opening(v CameraView, has bool, f *cameraFace) {
	l, s := e.Lang, v.Stats
	f.Mark, f.Grey = "loading", has
	waited := v.Now.Sub(s.Since)
	if s.Since.IsZero() {
		waited = 0
	}
	f.Right = []string{l.T("camera.nopicture")}
	if waited > openLimit {
		f.Mark = "offline"
		f.Plate = e.statePlate(paint.PlateOffline, "offline", "camera.none", "")
		f.Note = []string{l.T("camera.waited", "age", l.AgeWord(waited)), l.T("camera.waited.short", "age", l.AgeWord(waited))}
		return
	}
	f.Progress = math.Max(0.02, float64(waited)/float64(openLimit))
	f.Lines = []string{l.T("camera.opening"), l.T("camera.opening.of", "n", l.Number(float64(waited/(100*time.Millisecond))/10, 1), "limit", "2")}
}

func pictureTime(e *Env, taken time.Time) []string {
	t := e.Lang.ClockSeconds(taken)
	return []string{e.Lang.T("camera.picture", "time", t), t}
}

// statePlate makes a plate of a key: key says all, key.short the word, key.age
// the bare age.
func (e *Env) statePlate(kind paint.PlateKind, icon, key, age string) *paint.Plate {
	p := &paint.Plate{Kind: kind, Icon: icon, Text: e.Lang.T(key, "age", age), Shorter: []string{e.Lang.T(key + ".short")}}
	if age != "" {
		p.Shorter = append(p.Shorter, age)
	}
	return p
}

func (e *Env) lateNote(v CameraView) []string {
	s := v.Stats
	if v.Main != "" && s.Stream != "" && s.Stream != v.Main {
		size := strconv.Itoa(s.Source.X) + "×" + strconv.Itoa(s.Source.Y)
		return []string{e.Lang.T("camera.stepdown", "size", size), e.Lang.T("camera.stepdown.short", "size", size)}
	}
	if s.Reason == media.ReasonOverloaded {
		return []string{e.Lang.T("camera.late.load"), e.Lang.T("camera.late.load.short")}
	}
	return []string{e.Lang.T("camera.late.note"), e.Lang.T("camera.late.note.short")}
}

func (e *Env) retryNote(v CameraView) []string {
	s := v.Stats
	n := strconv.Itoa(max(1, s.Retries))
	if s.NextTry.IsZero() || s.NextTry.Before(v.Now) {
		return []string{e.Lang.T("camera.retrying", "n", n), e.Lang.T("camera.retrying.short", "n", n)}
	}
	in := strconv.Itoa(int(math.Ceil(s.NextTry.Sub(v.Now).Seconds())))
	return []string{e.Lang.T("camera.retry", "n", n, "in", in), e.Lang.T("camera.retry.short", "n", n, "in", in)}
}

// cameraCover adds what lies over every kind of tile. A lock is never covered
// by a pop-up, and a fault's plate is never covered by either.
func (e *Env) cameraCover(v CameraView, f *cameraFace) {
	l := e.Lang
	switch {
	case v.Cover.LockedBy != "":
		f.Popup = nil
		if f.Plate == nil {
			p := e.lockPlate(v.Cover, paint.PlateSolid)
			f.Plate = &p
		}
	case f.Popup != nil:
		f.Mark = "popup"
		back := l.T("popup.until", "time", l.Clock(f.Popup.Until))
		if len(f.Right) > 0 {
			f.Right = []string{f.Right[len(f.Right)-1] + " · " + back, back}
		}
		if f.Plate == nil {
			p := e.popupPlate(f.Popup)
			f.Plate = &p
		}
	case v.Cover.Away > 0 && f.Plate == nil:
		age := l.Age(v.Cover.Away)
		f.Plate = &paint.Plate{
			Kind: paint.PlateStale, Icon: "stale", Text: l.T("away.camera", "age", age),
			Shorter: []string{l.T("away", "age", age), l.T("away.short"), age},
		}
	}
}

// place lays out picture, note, plate, bar and frame.
func (t *Camera) place(w, h int) []image.Rectangle {
	e := t.env
	in := 0
	if t.face.Popup != nil {
		in = e.px(20)
	}
	barH := min(e.px(80), h)
	cl := e.class(w, h)
	t.class = cl
	if cl == tiny {
		barH = min(e.px(76), h/2)
	}
	bar := image.Rect(in, h-barH-in, w-in, h-in)
	if in == 0 {
		bar = image.Rect(0, h-barH, w, h)
	}
	var note, frame image.Rectangle
	if len(t.face.Note) > 0 && (cl == half || cl == whole) {
		note = image.Rect(bar.Min.X, bar.Min.Y-e.px(100), bar.Max.X, bar.Min.Y)
	}
	pic := image.Rect(0, 0, w, bar.Min.Y)
	tag := image.Rectangle{}
	if t.face.Plate != nil || t.face.NoPicture || t.face.Progress > 0 {
		tag = pic.Inset(in)
		if !note.Empty() {
			tag.Max.Y = note.Min.Y
		}
		if !t.face.NoPicture && t.face.Progress == 0 {
			// Only the plate: no reason to blend more than its row.
			tag.Max.Y = min(tag.Max.Y, tag.Min.Y+e.px(28)+paint.PlateHeight(e.Scale.PlateCam)+2)
		}
	}
	if in > 0 {
		frame = image.Rect(0, 0, w, h)
	}
	if want := paint.CoverSize(t.face.Source, pic.Size()); want != t.want {
		t.want, t.show = want, nil
	}
	at := image.Pt((pic.Dx()-t.want.X)/2, (pic.Dy()-t.want.Y)/2)
	shown := image.Rectangle{Min: at, Max: at.Add(t.want)}.Intersect(pic)
	if t.face.NoPicture {
		shown = pic
	}
	ground := pic
	if shown == pic {
		ground = image.Rectangle{} // nothing to see of it, and each layer costs a fill
	}
	t.shown, t.over = shown, []image.Rectangle{note, tag, bar, frame}
	if t.plane.lit && t.clear() {
		shown = image.Rectangle{} // the plane has it
	}
	return []image.Rectangle{ground, shown, note, tag, bar, frame}
}

func (t *Camera) paintTag(c *paint.Canvas) {
	e, f, th := t.env, t.face, t.env.Kit.Theme
	b := c.Img.Rect
	cl := t.class
	at, size := e.px(28), e.Scale.PlateCam
	if cl <= small {
		at, size = e.px(12), e.Scale.Text
	}
	if f.Plate != nil {
		c.Plate(at, at, *f.Plate, size, b.Dx()-2*at)
	}
	y := at + paint.PlateHeight(size) + e.px(16)
	text := e.Scale.Text
	if f.Progress > 0 {
		t.paintProgress(c)
		return
	}
	if f.Title == "" || cl == tiny {
		return
	}
	lead := e.Scale.Lead
	if cl == small {
		lead = text
	}
	row := int(lead * 1.36)
	c.Text(float64(at), float64(y), float64(row), e.Kit.Fonts.Fit(float64(b.Dx()-2*at), lead, true, f.Title), lead, true, th.T1)
	y += row
	for i, line := range f.Lines {
		if y+e.px(76) > b.Dy() {
			return
		}
		col := th.T1
		if i > 0 {
			col = th.T2
		}
		c.Text(float64(at), float64(y), float64(e.px(76)), e.Kit.Fonts.Fit(float64(b.Dx()-2*at), text, false, line), text, false, col)
		y += e.px(76)
	}
}

func (t *Camera) paintProgress(c *paint.Canvas) {
	e, f, th := t.env, t.face, t.env.Kit.Theme
	b := c.Img.Rect
	w, h := min(e.px(480), b.Dx()*3/4), e.px(16)
	text := e.Scale.Text
	lines := f.Lines
	if need := e.px(40) + len(lines)*e.px(76); need > b.Dy() {
		lines = lines[:max(0, (b.Dy()-e.px(40))/e.px(76))]
	}
	y := (b.Dy() - e.px(40) - len(lines)*e.px(76)) / 2
	x := (b.Dx() - w) / 2
	c.Round(image.Rect(x, y, x+w, y+h), float64(h)/2, th.S3)
	c.Round(image.Rect(x, y, x+max(h, int(float64(w)*min(1, f.Progress))), y+h), float64(h)/2, th.T2)
	y += e.px(40)
	for i, line := range lines {
		col := th.T1
		if i > 0 {
			col = th.T2
		}
		line = e.Kit.Fonts.Fit(float64(b.Dx()-e.px(24)), text, false, line)
		lw := e.Kit.Fonts.Width(line, false, text)
		c.Text((float64(b.Dx())-lw)/2, float64(y), float64(e.px(76)), line, text, false, col)
		y += e.px(76)
	}
}

func (t *Camera) paintNote(c *paint.Canvas) {
	e := t.env
	b := c.Img.Rect
	pad := e.px(28)
	text := e.Kit.Fonts.Fit(float64(b.Dx()-2*pad), e.Scale.Text, false, t.face.Note...)
	c.Text(float64(pad), float64(e.px(12)), float64(e.px(76)), text, e.Scale.Text, false, e.Kit.Theme.T1)
}

func (t *Camera) paintBar(c *paint.Canvas) {
	e, f, th := t.env, t.face, t.env.Kit.Theme
	b := c.Img.Rect
	pad, size := e.px(28), e.Scale.Text
	if b.Dx() < e.px(600) {
		pad = e.px(16)
	}
	icon := e.px(48)
	c.Icon(pad, (b.Dy()-icon)/2, icon, f.Mark, th.T2, th.S1)
	x := float64(pad + icon + e.px(20))
	right := ""
	name := t.view.Name
	room := float64(b.Dx()-pad) - x - float64(e.px(24))
	for _, alt := range f.Right {
		w := e.Kit.Fonts.Width(alt, false, size)
		if room-w >= min(e.Kit.Fonts.Width(name, true, size), e.Kit.Fonts.Width(t.short(), true, size)) {
			right = alt
			break
		}
	}
	if right == "" && len(f.Right) > 0 && (t.class != tiny || f.Plate == nil && f.Mark != "live") {
		// Age and reason stay, the name gives way; only in the smallest tiles the
		// mark or the plate says it alone.
		right = e.Kit.Fonts.Fit(room, size, false, f.Right[len(f.Right)-1])
	}
	rw := e.Kit.Fonts.Width(right, false, size)
	c.Text(float64(b.Dx()-pad)-rw, 0, float64(b.Dy()), right, size, false, th.T2)
	name = e.Kit.Fonts.Fit(room-rw, size, true, name, t.short())
	c.Runs(x, 0, float64(b.Dy()), size, paint.Run{Text: name, Bold: true})
}

func (t *Camera) short() string {
	if t.view.Short != "" {
		return t.view.Short
	}
	return t.view.Name
}

func (t *Camera) paintFrame(c *paint.Canvas) { t.env.coverFrame(c, c.Img.Rect, t.face.Popup) }

// pixels returns the picture as the window shows it: as it came when it is
// fresh and of the right size, without chroma otherwise, flat when there is none.
func (t *Camera) pixels(w, h int) image.Image {
	if t.img == nil || t.face.NoPicture {
		return image.NewUniform(t.env.Kit.Theme.S2)
	}
	if t.show != nil && t.show.Rect.Dx() == w && t.show.Rect.Dy() == h {
		return t.show
	}
	src := t.img
	if t.face.Grey {
		if t.grey == nil {
			t.grey = paint.Dim(t.img)
		}
		src = t.grey
	}
	t.show = paint.Crop(src, w, h, t.env.Kit.Theme.Bg)
	return t.show
}
