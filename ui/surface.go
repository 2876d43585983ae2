package ui

import (
	"image"
	"reflect"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"iocwall/media"
	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// spot is where a tile lies in a window, in device pixels.
type spot struct {
	tile world.Tile
	// rect is the visible part; whole is where the entire tile would lie.
	rect, whole image.Rectangle
	// column of columns and row of rows: the tile spans several screens.
	column, columns, row, rows int
	// glass are the panes of glass the tile lies on, from whole's corner.
	glass []image.Rectangle
	// others are the screens of other computers, in the window's pixels, and pixels
	// is the size of the entire tile as the wall's definition tells; both only for a
	// tile over several screens.
	others []image.Rectangle
	pixels image.Point
}

// lower reports whether the tile's truth strip belongs on this part.
func (s spot) lower() bool { return s.row >= s.rows-1 }

// content is what a tile shows: it draws views from the model.
type content interface {
	object() tile.Tile
	// place tells the tile's place before it is first updated and on each change.
	place(spot)
	// update brings the tile up to date. Data says that the model may have
	// changed; pictures come at any time. It reports whether pictures move.
	update(now time.Time, data bool) bool
	// hide stops what a tile nobody sees need not do; it goes on being watched.
	hide(bool)
	close()
}

// unseen is a content that can be made ready before anybody sees it.
type unseen interface {
	// veil keeps it off the display while it runs at its real size.
	veil(bool)
	// ready reports whether there is something to show, if only a failure.
	ready(now time.Time) bool
}

// slot is one tile on a surface.
type slot struct {
	key     string
	tile    world.Tile
	content content
	holder  fyne.CanvasObject
	hidden  bool
	mark    *canvas.Raster // only when markers are asked for
	at      spot
	placed  bool // the content knows at
	under   bool // another tile lies over it
}

// surface is a place in a window with tiles on it.
type surface struct {
	u    *UI
	env  *tile.Env
	root *fyne.Container
	// wrap puts a tile into what reacts to the mouse; nil leaves it bare.
	wrap  func(*slot) fyne.CanvasObject
	slots []*slot
	// wings are tiles that run unseen until their moment, by their key.
	wings map[string]*slot
	seal  *seal
	// alone says that there is one tile, looked at by itself; hidden that nobody sees
	// the surface.
	alone, hidden bool
	// veiled keeps all pictures off planes, and covered, if it is not nil, those over
	// which something lies.
	veiled  bool
	covered func(on fyne.CanvasObject, r image.Rectangle) bool
}

func newSurface(u *UI, env *tile.Env, w fyne.Window) *surface {
	if make := u.o.Planes; make != nil {
		env.Plane = func() (tile.Plane, error) { return make(w, u.kit.Theme.Bg) }
	}
	if u.o.Pixels == media.LayoutYUV {
		env.Shades = u.shades(w)
	}
	return &surface{u: u, env: env, root: container.NewWithoutLayout(), seal: newSeal(u.o.Now, u.poke)}
}

func slotKey(t world.Tile) string {
	var b strings.Builder
	b.WriteString(t.ID + "\x00" + t.Kind)
	for _, p := range t.Params {
		b.WriteString("\x00" + p.Key + "=" + p.Value)
	}
	return b.String()
}

// lay puts tiles on the surface. A tile that was there with the same parameters
// keeps its content: a camera goes on playing while it is moved. One that was made
// ready unseen is shown as it is.
func (s *surface) lay(spots []spot) {
	old := map[string]*slot{}
	for _, sl := range s.slots {
		old[sl.key] = sl
	}
	s.slots = s.slots[:0:0]
	objects := make([]fyne.CanvasObject, 0, 2*len(spots)+1)
	for _, sp := range spots {
		sl := s.enter(sp, old)
		s.put(sl, sp)
		if sl.hidden {
			sl.holder.Hide()
		}
		s.slots = append(s.slots, sl)
		objects = append(objects, sl.holder)
		if s.env.Markers {
			objects = append(objects, s.marker(sl, sp.rect.Min, s.density()))
		}
	}
	for _, sl := range old {
		s.end(sl)
	}
	s.cover()
	s.root.Objects = s.sealed(objects)
	s.root.Refresh()
	// New tiles say what is so at once, not at the next tick.
	now := s.u.o.Now()
	for _, sl := range s.slots {
		s.update(sl, now, true)
	}
}

// cover keeps off the display what lies under another tile: planes lie over all
// that the toolkit draws.
func (s *surface) cover() {
	for i, sl := range s.slots {
		under := s.veiled || s.covered != nil && s.covered(s.root, sl.at.rect) ||
			slices.ContainsFunc(s.slots[i+1:], func(o *slot) bool { return o.at.rect.Overlaps(sl.at.rect) })
		if under != sl.under {
			sl.under = under
			veil(sl, under)
		}
	}
}

// enter takes the tile of a spot from the wings, from what was there, or makes it.
func (s *surface) enter(sp spot, old map[string]*slot) *slot {
	k := slotKey(sp.tile)
	if sl := old[k]; sl != nil && (s.wings[k] == nil || stays(sl, sp)) {
		delete(old, k)
		return sl
	}
	if sl := s.wings[k]; sl != nil {
		delete(s.wings, k)
		veil(sl, false)
		return sl
	}
	return s.newSlot(k, sp.tile)
}

// put gives a tile its place. One that has it already is not told again.
func (s *surface) put(sl *slot, sp spot) {
	if sl.placed && reflect.DeepEqual(sl.at, sp) {
		return
	}
	d := s.density()
	sl.at, sl.placed = sp, true
	sl.holder.Move(fyne.NewPos(float32(sp.rect.Min.X)/d, float32(sp.rect.Min.Y)/d))
	sl.holder.Resize(fyne.NewSize(float32(sp.rect.Dx())/d, float32(sp.rect.Dy())/d))
	if err := tile.Safe(s.u.log, sl.tile.Kind, func() { sl.content.place(sp) }); err != nil {
		s.fail(sl)
	}
}

// update brings one tile up to date and reports whether pictures move on it.
func (s *surface) update(sl *slot, now time.Time, data bool) (moving bool) {
	if err := tile.Safe(s.u.log, sl.tile.Kind, func() { moving = sl.content.update(now, data) }); err != nil {
		s.fail(sl)
		return false
	}
	return moving
}

// end closes a tile; a mistake in its closing is its own.
func (s *surface) end(sl *slot) { _ = tile.Safe(s.u.log, sl.tile.Kind, sl.content.close) }

func (s *surface) density() float32 {
	if s.env.Density <= 0 {
		return 1
	}
	return s.env.Density
}

// prepare makes tiles ready that are not on the surface yet, unseen and at their
// real size; those of an earlier preparation that are not among them are closed.
// Nothing is prepared by nil.
func (s *surface) prepare(spots []spot) {
	on := map[string]*slot{}
	for _, sl := range s.slots {
		on[sl.key] = sl
	}
	old := s.wings
	s.wings = nil
	for _, sp := range spots {
		k := slotKey(sp.tile)
		if sl := on[k]; sl != nil && stays(sl, sp) || s.wings[k] != nil {
			continue
		}
		sl := old[k]
		if delete(old, k); sl == nil {
			sl = s.newSlot(k, sp.tile)
			veil(sl, true)
		}
		s.put(sl, sp)
		if s.wings == nil {
			s.wings = map[string]*slot{}
		}
		s.wings[k] = sl
	}
	for _, sl := range old {
		s.end(sl)
	}
	now := s.u.o.Now()
	for _, sl := range s.wings {
		s.update(sl, now, true)
	}
}

// stays reports whether a tile can go to a spot as it is: a map of another size is
// drawn anew, which takes its time, all else changes at once.
func stays(sl *slot, sp spot) bool {
	return sl.tile.Kind != "map" || sl.at.rect.Size() == sp.rect.Size() && sl.at.whole.Size() == sp.whole.Size()
}

// ready reports whether all that is prepared has something to show.
func (s *surface) ready(now time.Time) bool {
	for _, sl := range s.wings {
		c, ok := sl.content.(unseen)
		if !ok {
			continue
		}
		is := true // a tile that fails is as ready as it will be
		_ = tile.Safe(s.u.log, sl.tile.Kind, func() { is = c.ready(now) })
		if !is {
			return false
		}
	}
	return true
}

func veil(sl *slot, on bool) {
	if c, ok := sl.content.(unseen); ok {
		c.veil(on)
	}
}

// marker puts a tile's machine-readable mark on its top left corner.
func (s *surface) marker(sl *slot, at image.Point, d float32) fyne.CanvasObject {
	img := paint.Marker(paint.MarkerOf(sl.tile.ID))
	if sl.mark == nil {
		sl.mark = canvas.NewRasterFromImage(img)
		sl.mark.ScaleMode = canvas.ImageScalePixels
	}
	sl.mark.Move(fyne.NewPos(float32(at.X)/d, float32(at.Y)/d))
	sl.mark.Resize(fyne.NewSize(float32(img.Rect.Dx())/d, float32(img.Rect.Dy())/d))
	return sl.mark
}

// rescale changes the size of text on the surface; tiles go on as they are.
func (s *surface) rescale(scale look.Scale, density float32) {
	if s.env.Scale == scale && s.env.Density == density {
		return
	}
	s.env.Scale, s.env.Density = scale, density
	for _, sl := range s.all() {
		sl.placed = false
		if err := tile.Safe(s.u.log, sl.tile.Kind, sl.content.object().Repaint); err != nil {
			s.fail(sl)
		}
	}
}

func (s *surface) newSlot(key string, t world.Tile) *slot {
	sl := &slot{key: key, tile: t}
	if err := tile.Safe(s.u.log, t.Kind, func() { sl.content = s.u.newContent(s.env, t, s.alone) }); err != nil {
		sl.content = brokenContent(s.env)
	}
	sl.holder = sl.content.object()
	if s.wrap != nil {
		sl.holder = s.wrap(sl)
	}
	return sl
}

// fail replaces a tile's content after a panic; the other tiles go on.
func (s *surface) fail(sl *slot) {
	s.end(sl)
	at, size := sl.holder.Position(), sl.holder.Size()
	sl.content = brokenContent(s.env)
	sl.holder = sl.content.object()
	if s.wrap != nil {
		sl.holder = s.wrap(sl)
	}
	sl.holder.Move(at)
	sl.holder.Resize(size)
	if sl.hidden {
		sl.holder.Hide()
		sl.content.hide(true)
	}
	objects := make([]fyne.CanvasObject, 0, len(s.slots))
	for _, x := range s.slots {
		objects = append(objects, s.objectsOf(x)...)
	}
	s.root.Objects = s.sealed(objects)
	s.root.Refresh()
}

// all are the tiles on the surface and those in its wings.
func (s *surface) all() []*slot {
	out := slices.Clone(s.slots)
	for _, sl := range s.wings {
		out = append(out, sl)
	}
	return out
}

func (s *surface) objectsOf(sl *slot) []fyne.CanvasObject {
	if sl.mark == nil {
		return []fyne.CanvasObject{sl.holder}
	}
	return []fyne.CanvasObject{sl.holder, sl.mark}
}

// show hides or shows all tiles.
func (s *surface) show(visible bool) {
	s.hidden = !visible
	for _, sl := range s.slots {
		sl.hidden = !visible
		for _, o := range s.objectsOf(sl) {
			if visible {
				o.Show()
			} else {
				o.Hide()
			}
		}
		sl.content.hide(!visible)
	}
}

func (s *surface) close() {
	s.prepare(nil)
	s.lay(nil)
}
