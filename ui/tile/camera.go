package tile

import (
	"image"
	"image/color"
	"reflect"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"iocwall/media"
	"iocwall/ui/look"
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
	// Whole asks for the whole truth, down to stream and decoder: the tile is
	// looked at alone. Quiet leaves the truth away while nothing is wrong.
	Whole, Quiet bool
	// Aside stands beside the name, longest first: the camera's place in a tour.
	Aside []string
	// Zoom is the part of the picture shown; the zero value is all of it.
	Zoom media.Part
	// Chosen marks the tile that the keyboard acts on.
	Chosen bool
	// Replay is set while the tile shows what was.
	Replay *ReplayView
}

// ReplayView is what a tile says while it shows what was.
type ReplayView struct {
	// At is when the picture shown was taken, From and To what there is.
	At, From, To time.Time
	Playing      bool
	// Loading says that the pictures are still on their way.
	Loading bool
	Speed   float64
	// Back is the time until the tile goes back to live by itself, zero while
	// somebody is at it.
	Back time.Duration
	// Source is the size of the pictures, zero while there are none; Reason says
	// why there are none.
	Source image.Point
	Reason string
}

// Span says that a tile is one screen's part of a larger one.
type Span struct {
	// Whole is the size of the entire tile in this screen's pixels, At where this
	// part lies in it.
	Whole, At image.Point
	// Lower says that the bar belongs on this part.
	Lower bool
}

// Camera is a camera's picture over a bar with its name and age. The picture is
// grey whenever it is not fresh; words stand on plates, never on the picture.
type Camera struct {
	box
	picture         *canvas.Raster
	shade           *paint.Shade // the picture when it comes in planes, else nil
	shader          *fyne.Container
	yuv             *media.YUV
	tag, note, bar  *Pane
	frame, lens     *Pane
	img, grey, show *image.RGBA
	seq             uint64
	view            CameraView
	face            cameraFace
	want            image.Point // size the whole part would be shown in
	class           class
	span            Span
	part            media.Part      // what of the picture is shown: the zoom in the tile's shape
	full            image.Rectangle // where the whole part lies, seen from this tile's corner
	plane           plane
	shown           image.Rectangle   // where the picture lies in the tile
	over            []image.Rectangle // what is painted beside it, perhaps over it
}

// NewCamera returns an empty camera tile.
func NewCamera(env *Env) *Camera {
	t := &Camera{}
	th := env.Kit.Theme
	t.env = env
	t.picture = canvas.NewRaster(t.pixels)
	t.picture.ScaleMode = canvas.ImageScalePixels
	t.shader = container.NewStack()
	t.tag = NewPane(env, t.Kind(), color.RGBA{}, t.paintTag)
	t.note = NewPane(env, t.Kind(), th.S1, t.paintNote)
	t.bar = NewPane(env, t.Kind(), th.S1, t.paintBar)
	t.frame = NewPane(env, t.Kind(), color.RGBA{}, t.paintFrame)
	t.lens = NewPane(env, t.Kind(), th.S1, t.paintLens)
	t.panes = []fyne.CanvasObject{canvas.NewRectangle(th.Bg), t.picture, t.shader, t.note.Raster, t.tag.Raster, t.bar.Raster, t.frame.Raster, t.lens.Raster}
	t.drawn = []*Pane{t.note, t.tag, t.bar, t.frame, t.lens}
	t.layout = t.place
	t.ExtendBaseWidget(t)
	return t
}

// Kind returns "camera".
func (t *Camera) Kind() string { return "camera" }

// Name returns the camera's name.
func (t *Camera) Name() string { return t.view.Name }

// PictureView returns what of the camera the tile shows and how large, empty
// before the tile is laid out. It keeps the camera's proportions. The picture of
// a tile on one screen may exceed it by what is cut off at the edges; a part of a
// larger tile asks for just what is on its screen.
func (t *Camera) PictureView() media.View {
	if t.span.Whole == (image.Point{}) {
		return media.View{Size: t.want, Part: t.part}
	}
	if t.shown.Empty() || t.want.X <= 0 || t.want.Y <= 0 {
		return media.View{}
	}
	z := t.part
	if z.Whole() {
		z = media.Part{X1: 1, Y1: 1}
	}
	full := t.full
	at := func(px, from, size int, lo, hi float64) float64 { return lo + (hi-lo)*float64(px-from)/float64(size) }
	return media.View{Size: t.shown.Size(), Part: media.Part{
		X0: at(t.shown.Min.X, full.Min.X, full.Dx(), z.X0, z.X1), X1: at(t.shown.Max.X, full.Min.X, full.Dx(), z.X0, z.X1),
		Y0: at(t.shown.Min.Y, full.Min.Y, full.Dy(), z.Y0, z.Y1), Y1: at(t.shown.Max.Y, full.Min.Y, full.Dy(), z.Y0, z.Y1),
	}}
}

// SetSpan says that the tile is a part of a larger one; the zero value that it
// is all of itself. It counts from the next layout.
func (t *Camera) SetSpan(s Span) { t.span = s }

// PictureAt returns where a point of the tile lies in the part of the picture
// shown, in fractions, and whether the picture is there at all.
func (t *Camera) PictureAt(p image.Point) (u, v float64, ok bool) {
	full := t.full
	if full.Empty() || !p.In(t.shown) {
		return 0, 0, false
	}
	return float64(p.X-full.Min.X) / float64(full.Dx()), float64(p.Y-full.Min.Y) / float64(full.Dy()), true
}

// SetPicture puts a picture on the tile. The picture must not change afterwards; it
// should have the size of PictureView and is fitted otherwise. It costs one
// texture upload; a picture already shown costs nothing.
func (t *Camera) SetPicture(img *image.RGBA, seq uint64) {
	if img == t.img {
		return
	}
	t.img, t.grey, t.seq = img, nil, seq
	t.show = nil
	t.display(true)
}

// SetFrame puts a frame on the tile as SetPicture does, whatever the form of its
// pixels.
func (t *Camera) SetFrame(f media.Frame) {
	switch {
	case f.Image != nil:
		was := t.yuv != nil
		t.yuv = nil
		t.SetPicture(f.Image, f.Seq)
		if was {
			(&boxRenderer{&t.box}).Layout(t.Size())
		}
	case f.YUV != nil && t.env.Shades != nil:
		t.setPlanes(f.YUV, f.Seq)
	}
}

// setPlanes puts a picture in planes on the tile: it costs the upload of one and
// a half bytes a pixel, and the window's graphics card does the rest.
func (t *Camera) setPlanes(p *media.YUV, seq uint64) {
	first := t.yuv == nil
	t.yuv, t.seq, t.img, t.grey, t.show = p, seq, nil, nil, nil
	if t.shade == nil {
		t.shade = t.env.Shades.NewShade()
		t.shader.Objects = []fyne.CanvasObject{t.shade.Shader}
	}
	if first {
		t.plane.darken()
		(&boxRenderer{&t.box}).Layout(t.Size())
	}
	t.cast()
	canvas.Refresh(t.shade.Shader)
}

// cast gives the shader what of the planes is on the tile.
func (t *Camera) cast() {
	if t.shade == nil || t.yuv == nil || t.full.Empty() {
		return
	}
	at := func(v, from, size int) float64 { return float64(v-from) / float64(size) }
	x0, x1 := at(t.shown.Min.X, t.full.Min.X, t.full.Dx()), at(t.shown.Max.X, t.full.Min.X, t.full.Dx())
	y0, y1 := at(t.shown.Min.Y, t.full.Min.Y, t.full.Dy()), at(t.shown.Max.Y, t.full.Min.Y, t.full.Dy())
	if t.span.Whole != (image.Point{}) {
		x0, y0, x1, y1 = 0, 0, 1, 1 // just this part was asked for
	}
	p := paint.Planes{Y: t.yuv.Y, U: t.yuv.U, V: t.yuv.V, Size: t.yuv.Size, BT709: t.yuv.Matrix == media.MatrixBT709, Full: t.yuv.Full}
	t.shade.Set(p, x0, y0, x1, y1, t.face.Grey)
}

// PictureFull is the size in device pixels that the whole part shown would have.
func (t *Camera) PictureFull() image.Point { return t.full.Size() }

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
	t.cast()
	for _, p := range t.drawn {
		p.Touch()
	}
}

// place lays out picture, note, plate, bar, frame and lens.
func (t *Camera) place(w, h int) []image.Rectangle {
	e := t.env
	sp := t.span
	if sp.Whole == (image.Point{}) {
		sp = Span{Whole: image.Pt(w, h), Lower: true}
	}
	in := 0
	switch {
	case t.face.Replay != nil:
		in = max(6, e.px(28))
	case t.face.Popup != nil:
		in = e.px(20)
	}
	t.class = e.class(sp.Whole.X, sp.Whole.Y)
	barH := t.barHeight(sp.Whole.Y)
	below := 0 // what of the whole tile's bottom is no picture
	if barH > 0 {
		below = barH + in
	}
	bar := image.Rect(in, h-below, w-in, h-in)
	if in == 0 {
		bar = image.Rect(0, h-barH, w, h)
	}
	if !sp.Lower || barH == 0 {
		bar = image.Rectangle{}
	}
	pic := image.Rect(0, 0, w, h)
	if sp.Lower {
		pic.Max.Y -= below
	}
	var note, frame image.Rectangle
	if h := t.noteHeight(); h > 0 && !bar.Empty() {
		note = image.Rect(bar.Min.X, bar.Min.Y-h, bar.Max.X, bar.Min.Y)
	}
	if in > 0 || t.face.Chosen {
		frame = image.Rect(0, 0, w, h)
	}
	room := image.Pt(sp.Whole.X, sp.Whole.Y-below)
	t.part = t.face.Zoom.Shaped(t.face.Source, room)
	if want := t.cover(room); want != t.want {
		t.want, t.show = want, nil
	}
	corner := image.Pt((sp.Whole.X-t.want.X)/2, (sp.Whole.Y-below-t.want.Y)/2).Sub(sp.At)
	t.full = image.Rectangle{Min: corner, Max: corner.Add(t.want)}
	shown := t.full.Intersect(pic)
	if t.face.NoPicture {
		shown = pic
	}
	ground := pic
	if shown == pic {
		ground = image.Rectangle{} // nothing to see of it, and each layer costs a fill
	}
	tag := t.tagPlace(pic.Inset(in), note, sp)
	lens := t.lensPlace(shown.Inset(in), note)
	t.shown, t.over = shown, []image.Rectangle{note, tag, bar, frame, lens}
	if t.plane.lit && t.clear() {
		shown = image.Rectangle{} // the plane has it
	}
	var shaded image.Rectangle
	if t.yuv != nil && !t.face.NoPicture {
		shown, shaded = image.Rectangle{}, shown
	}
	return []image.Rectangle{ground, shown, shaded, note, tag, bar, frame, lens}
}

// barHeight is the height of the bar in a tile h px high: none where nothing is
// to be said, or where it would take most of a thumbnail.
func (t *Camera) barHeight(h int) int {
	e := t.env
	barH := e.px(80)
	switch {
	case e.Dense:
		barH = int(e.Scale.Text * look.LinePitch)
	case t.class == tiny:
		barH = e.px(76)
	}
	if t.face.Quiet || h < barH*3/2 {
		return 0
	}
	return min(barH, h/2)
}

// noteHeight is the height of the row above the bar. A small tile gives it away only
// where there is no picture of now to be hidden.
func (t *Camera) noteHeight() int {
	f := t.face
	switch {
	case len(f.Note) == 0 && !t.timeline():
		return 0
	case t.class >= half:
		return t.env.px(100)
	case t.class == small && (f.Grey || f.NoPicture) && f.Replay == nil:
		return t.env.px(76)
	}
	return 0
}

// tagPlace is where the plate stands: the whole picture where there is none to
// be seen, otherwise no more than the plate's row.
func (t *Camera) tagPlace(pic, note image.Rectangle, sp Span) image.Rectangle {
	e := t.env
	if t.face.Plate == nil && !t.face.NoPicture && t.face.Progress == 0 || sp.At != (image.Point{}) {
		return image.Rectangle{} // one statement a tile, on its first screen
	}
	if !note.Empty() {
		pic.Max.Y = note.Min.Y
	}
	if !t.face.NoPicture && t.face.Progress == 0 {
		pic.Max.Y = min(pic.Max.Y, pic.Min.Y+e.px(28)+paint.PlateHeight(e.Scale.PlateCam)+2)
	}
	return pic
}

// cover is the size of the part shown in a place.
func (t *Camera) cover(place image.Point) image.Point {
	switch {
	case !t.part.Whole() && t.face.Source != image.Point{}:
		return place
	case t.env.Dense:
		return paint.CoverWithin(t.face.Source, place, 0.28)
	}
	return paint.CoverSize(t.face.Source, place)
}

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
	if t.span.Whole != (image.Point{}) && src.Rect.Dx() == w && src.Rect.Dy() == h {
		t.show = src
	} else {
		t.show = paint.Crop(src, w, h, t.env.Kit.Theme.Bg)
	}
	return t.show
}
