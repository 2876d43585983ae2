package tile

import (
	"image"
	"image/color"
	"reflect"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"iocwall/ui/look"
	"iocwall/ui/paint"
)

// MapView is what a map tile says beside the map itself.
type MapView struct {
	Title  string
	Layers []MapLayer
	// Faults are what is wrong with the map's parameters.
	Faults []string
	// Drawn is when the picture on the tile was made, of data as of then.
	Drawn, Now time.Time
	// Column of Columns is the part of the strip this screen shows: a map over
	// several screens says one thing per screen. Zero Columns means all.
	Column, Columns int
	// Edge is where the strip begins on a part of the tile, in device pixels: below
	// the part if the strip is on another. Zero means that this is all of the tile.
	Edge  int
	Cover Cover
}

// MapLayer is one layer's truth: how fresh, how whole.
type MapLayer struct {
	Name string
	// Seat is its place among the map's layers, the same on each part of it.
	Seat int
	// Newest is the time of its newest element, zero when it has none.
	Newest time.Time
	// Have of All elements are fresh, as words; Dated is said instead of an age.
	Whole, Dated string
	// Fault is what is wrong with the layer, said in place of the age.
	Fault string
	// Stale marks a layer whose newest element is older than it should be.
	Stale bool
}

// mapLimit is how old a map's picture may be before the tile says so.
const mapLimit = 10 * time.Second

// Map is a map over a truth strip with one statement per layer.
type Map struct {
	box
	picture            *canvas.Raster
	tag, bottom, frame *Pane
	img                *image.RGBA
	view               MapView
	face               mapFace
	plane              plane
	shown              image.Rectangle   // where the map lies in the tile
	over               []image.Rectangle // what is painted beside it, perhaps over it
}

type mapFace struct {
	Strips []paint.Strip
	Plate  *paint.Plate
	Popup  *Popup
	Wait   bool
	Edge   int
}

// NewMap returns an empty map tile.
func NewMap(env *Env) *Map {
	t := &Map{}
	th := env.Kit.Theme
	t.env = env
	t.picture = canvas.NewRaster(t.pixels)
	t.picture.ScaleMode = canvas.ImageScalePixels
	t.tag = NewPane(env, t.Kind(), color.RGBA{}, t.paintTag)
	t.bottom = NewPane(env, t.Kind(), th.S2, t.paintBottom)
	t.frame = NewPane(env, t.Kind(), color.RGBA{}, func(c *paint.Canvas) { env.CoverFrame(c, c.Img.Rect, t.face.Popup) })
	t.panes = []fyne.CanvasObject{t.picture, t.tag.Raster, t.bottom.Raster, t.frame.Raster}
	t.drawn = []*Pane{t.tag, t.bottom, t.frame}
	t.layout = t.place
	t.ExtendBaseWidget(t)
	return t
}

// Kind returns "map".
func (t *Map) Kind() string { return "map" }

// Name returns the map's title.
func (t *Map) Name() string { return t.view.Title }

// SetPicture puts a picture of what this part shows of the map on the tile; it must
// not change afterwards.
func (t *Map) SetPicture(img *image.RGBA) {
	if img == t.img {
		return
	}
	t.img = img
	t.display(true)
}

// Update shows a view.
func (t *Map) Update(v MapView) {
	t.view = v
	f := t.env.mapFace(v)
	f.Wait = t.img == nil
	if reflect.DeepEqual(f, t.face) && t.bottom.img != nil {
		return
	}
	t.face = f
	(&boxRenderer{&t.box}).Layout(t.Size())
	t.display(false)
	for _, p := range t.drawn {
		p.Touch()
	}
}

func (e *Env) mapFace(v MapView) mapFace {
	l := e.Lang
	f := mapFace{Popup: v.Cover.Popup, Edge: v.Edge}
	for _, layer := range v.Layers {
		if v.Columns > 0 && layer.Seat%v.Columns != v.Column {
			continue
		}
		s := paint.Strip{Named: true, Source: layer.Name, Stamp: layer.Dated, Whole: layer.Whole, Plate: layer.Stale}
		switch {
		case layer.Fault != "":
			s = paint.Strip{Age: layer.Name + " · " + layer.Fault, Whole: layer.Whole, Plate: true}
		case layer.Dated == "" && layer.Newest.IsZero():
			s.Age = l.T("map.none")
		case layer.Dated == "":
			s.Age = l.Age(v.Now.Sub(layer.Newest))
		}
		f.Strips = append(f.Strips, s)
	}
	switch {
	case !v.Drawn.IsZero() && v.Now.Sub(v.Drawn) > mapLimit:
		at := l.ClockSeconds(v.Drawn)
		f.Plate = &paint.Plate{Kind: paint.PlateStale, Icon: "frozen", Text: l.T("map.stopped", "time", at), Shorter: []string{l.T("map.stopped.short", "time", at), at}}
	case v.Cover.Away > 0:
		age := l.Age(v.Cover.Away)
		p := e.AwayPlate(v.Cover, l.T("away", "age", age), l.T("stale", "age", age), age)
		f.Plate = &p
	case v.Cover.LockedBy != "":
		p := e.LockPlate(v.Cover, paint.PlateSolid)
		f.Plate, f.Popup = &p, nil
	case v.Cover.Moved != "":
		p := e.movedPlate(v.Cover, paint.PlateSolid)
		f.Plate = &p
	case f.Popup != nil:
		p := e.PopupPlate(f.Popup)
		f.Plate = &p
	case len(v.Faults) > 0 && v.Column == 0:
		short := l.T("map.faults", "n", strconv.Itoa(len(v.Faults)))
		f.Plate = &paint.Plate{Kind: paint.PlateStale, Icon: "differs", Text: strings.Join(v.Faults, " · "), Shorter: []string{v.Faults[0], short}}
	}
	return f
}

// MapStrip is how high the strip of an entire tile is, in device pixels.
func MapStrip(scale look.Scale, tile int) int { return min(scale.Px(80), tile/3) }

// place lays a frame over the picture, and the strip inside the frame over the
// picture's edge: the map is the same with a frame and without.
func (t *Map) place(w, h int) []image.Rectangle {
	e, in := t.env, 0
	var frame, bottom, tag image.Rectangle
	if t.face.Popup != nil {
		in, frame = e.px(20), image.Rect(0, 0, w, h)
	}
	edge := min(t.face.Edge, h)
	if edge == 0 {
		edge = h - MapStrip(e.Scale, h)
	}
	pic := image.Rect(0, 0, w, edge)
	if edge < h {
		bottom = image.Rect(in, max(0, edge-in), w-in, h-in)
	}
	if t.face.Plate != nil || t.face.Wait {
		tag = image.Rect(in, in, w-in, max(in, min(edge-in, in+2*e.px(28)+paint.PlateHeight(e.Scale.PlateCam))))
	}
	t.shown, t.over = pic, []image.Rectangle{tag, bottom, frame}
	if t.plane.lit && t.clear() {
		pic = image.Rectangle{} // the plane has it
	}
	return []image.Rectangle{pic, tag, bottom, frame}
}

func (t *Map) paintTag(c *paint.Canvas) {
	e := t.env
	b := c.Img.Rect
	at, size := e.px(28), e.Scale.PlateCam
	if b.Dx() < e.px(800) {
		at, size = e.px(12), e.Scale.Text
	}
	switch {
	case t.face.Plate != nil:
		c.Plate(at, at, *t.face.Plate, size, b.Dx()-2*at)
	case t.face.Wait:
		c.Plate(at, at, paint.Plate{Kind: paint.PlateSolid, Icon: "loading", Text: e.Lang.T("map.drawing")}, size, b.Dx()-2*at)
	}
}

// paintBottom draws the strips side by side; where they do not fit, the last
// layers go first.
func (t *Map) paintBottom(c *paint.Canvas) {
	e := t.env
	b := c.Img.Rect
	n := len(t.face.Strips)
	if n == 0 {
		c.Strip(b, e.Scale, paint.Strip{Source: t.view.Title})
		return
	}
	if most := max(1, b.Dx()/e.px(820)); n > most {
		n = most
	}
	for i := range n {
		c.Strip(image.Rect(b.Dx()*i/n, 0, b.Dx()*(i+1)/n, b.Dy()), e.Scale, t.face.Strips[i])
	}
}

func (t *Map) pixels(w, h int) image.Image {
	th := t.env.Kit.Theme
	if t.img == nil {
		return image.NewUniform(th.Sea)
	}
	if t.img.Rect.Dx() == w && t.img.Rect.Dy() == h && t.img.Stride == 4*w {
		return t.img
	}
	return paint.Crop(t.img, w, h, th.Sea)
}
