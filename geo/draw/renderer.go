package draw

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"

	"iocwall/geo"
	"iocwall/geo/draw/furniture"
	"iocwall/geo/draw/gather"
	"iocwall/geo/draw/hit"
	"iocwall/geo/draw/mercator"
	"iocwall/geo/draw/pen"
	"iocwall/geo/draw/raster"
	"iocwall/geo/draw/room"
	"iocwall/geo/draw/sheet"
	"iocwall/geo/style"
	"iocwall/geo/tiles"
)

// Options say what a Renderer draws with. All fields but Ground are needed.
type Options struct {
	Base          tiles.Source
	Style         Style
	Sizes         Sizes
	Words         Words
	Regular, Bold []byte // fonts as TrueType files
	// Ground is the style of the base map; nil is a plain one in Style's colours.
	Ground *style.Style
}

// Stats tells what one Draw did.
type Stats struct {
	BaseDrawn  bool  // the base map was drawn anew
	Pending    int   // parts of the base map still being fetched
	Vessels    int   // vessels in the crop
	Labels     int   // labels placed in the crop, but for the names of vessels
	LabelsLeft int   // labels that found no room, on the screens that the crop needs
	Names      int   // names of vessels placed on the screens of the crop
	Clusters   int   // clusters in the crop
	Hits       *Hits // where Frame.WantHits asks for them
}

// Renderer draws frames. It owns its buffers and caches and must be used by one
// goroutine at a time.
type Renderer struct {
	base  tiles.Source
	style Style
	sizes Sizes
	words Words
	pen   *pen.Pen
	frame uint64

	ground  ground
	strokes raster.Strokes
	sheet   sheet.Sheet
	hits    *hit.Recorder

	gathered gather.Gathering
	grid     room.Grid
	panes    panes
	canvas   raster.Canvas
	proj     mercator.Projection
	view     geo.View
	data     tiles.Data
	order    []int32
	spots    []spot
	fleet    fleet
	pending  []pendingText
	inset    inset
	boxes    furniture.Boxes
	stats    Stats
	points   []raster.XY
}

// spot is where a symbol is drawn, in pixels of the view.
type spot struct {
	x, y  int32
	in    bool // inside or near the view
	named bool
}

// pendingText is a line of text whose place is decided; all text is drawn after
// all symbols.
type pendingText struct {
	x, y int
	key  raster.TextKey
}

// New returns a Renderer, or an error that names what is missing or broken.
func New(o Options) (*Renderer, error) {
	if o.Base == nil {
		return nil, errors.New("draw: no base map given")
	}
	if o.Sizes.Text < 4 || o.Sizes.Symbol < 4 || o.Sizes.Line <= 0 {
		return nil, fmt.Errorf("draw: sizes %+v are too small to be read", o.Sizes)
	}
	p, err := pen.New(o.Regular, o.Bold)
	if err != nil {
		return nil, err
	}
	r := &Renderer{base: o.Base, style: o.Style, sizes: o.Sizes, words: o.Words, pen: p}
	r.ground.style = o.Ground
	return r, nil
}

// SetStyle changes the colours from the next Draw on.
func (r *Renderer) SetStyle(s Style) {
	r.style = s
	r.forget()
}

// SetSizes changes the sizes from the next Draw on.
func (r *Renderer) SetSizes(s Sizes) {
	r.sizes = s
	r.forget()
}

func (r *Renderer) forget() {
	r.ground.valid, r.ground.painter = false, nil
	r.inset.valid = false
	r.sheet.Forget()
	r.pen.Forget()
}

// Draw draws the frame into dst, which must have the size of the view's crop,
// and returns what it did. Everything in dst is overwritten.
func (r *Renderer) Draw(dst *image.RGBA, f *Frame) (Stats, error) {
	vis := f.View.Visible()
	if vis.Empty() {
		return Stats{}, fmt.Errorf("draw: the crop %v holds nothing of a view of %d × %d pixels", f.View.Crop, f.View.Width, f.View.Height)
	}
	if dst.Rect.Dx() != vis.Dx() || dst.Rect.Dy() != vis.Dy() {
		return Stats{}, fmt.Errorf("draw: the picture is %d × %d pixels, the crop %d × %d",
			dst.Rect.Dx(), dst.Rect.Dy(), vis.Dx(), vis.Dy())
	}
	if !(f.View.World > 0) || math.IsInf(f.View.World, 0) || !geo.Valid(f.View.Center) {
		return Stats{}, fmt.Errorf("draw: the view has centre %v and scale %g", f.View.Center, f.View.World)
	}
	data, err := r.base.Map(f.View)
	if err != nil {
		return Stats{}, fmt.Errorf("draw: base map: %w", err)
	}
	r.data, r.view, r.proj = data, f.View, mercator.Of(f.View)
	r.canvas = raster.CanvasOf(dst, vis)
	r.frame = r.pen.Begin(&r.canvas)
	r.pending = r.pending[:0]
	r.stats = Stats{Pending: data.Pending}
	r.hits = nil
	if f.WantHits {
		r.hits = hit.NewRecorder(f.View)
	}
	r.drawGround(f)
	r.beginSheet()
	r.layers(f)
	for i := range r.pending {
		if p := &r.pending[i]; r.shows(p) {
			r.pen.Text(p.x, p.y, p.key)
		}
	}
	r.drawHandles(f.Handles)
	r.drawBand(f.Band)
	r.drawFurniture()
	r.stats.Hits = r.hits.Hits()
	r.pen.Sweep()
	return r.stats, nil
}

// layers places and draws everything that lies over the base map.
func (r *Renderer) layers(f *Frame) {
	r.grid.Reset(f.View.Rect(), f.Screens, int(r.sizes.Text/5))
	for _, k := range f.Furniture.KeepClear {
		r.grid.Take(k)
	}
	g := &r.gathered
	r.hitShapes(f)
	r.sheet.Draw(&raster.Canvas{Pix: r.ground.pix, Stride: r.canvas.Win.Dx() * 4, Win: r.canvas.Win}, f.Areas, f.Lines, r.ground.fresh)
	r.alertAreas(f.Alerts)
	r.askPanes(f)
	r.gatherLayers(f)
	r.placeFurniture(f)
	r.nameArchipelagos()
	r.wedges(g.Cameras)
	r.drawMarks(g.Marks)
	r.dots(f.Dots)
	r.drawRings()
	r.vessels(g.Vessels)
	r.hitVessels(g.Vessels)
	r.cameras(g.Cameras)
	r.reports(g.Reports)
	r.stations(g.Stations)
	r.alerts(f.Alerts)
	r.stationChips(g.Stations)
	r.ringChips()
	r.drawTexts(f.Texts)
	r.nameChosen(g.Vessels)
	// What stays in place is named before what moves.
	r.nameAreas(f.Areas)
	r.nameMarks(g.Marks)
	r.nameLines(f.Lines)
	r.namePlaces(1)
	r.namePlaces(2)
	r.nameProvinces(f.Home)
	r.nameSea()
	r.nameTiles()
	r.noteReports(g.Reports)
	r.nameVessels(g.Vessels)
}

// shows reports whether a line of text may reach into the picture. It knows no
// widths: no letter is wider than two em with what stands around it.
func (r *Renderer) shows(p *pendingText) bool {
	w, st := &r.canvas.Win, &p.key.Style
	em := int(2*st.Size+st.HaloWidth+st.Spacing) + 1
	return p.x-em < w.Max.X && p.x+em*(len(p.key.Text)+1) > w.Min.X && p.y-em < w.Max.Y && p.y+em > w.Min.Y
}

// near reports whether a symbol of the given reach may show in the view.
func (r *Renderer) near(p raster.XY, reach float64) bool {
	return p.X > -reach && p.Y > -reach && p.X < float64(r.view.Width)+reach && p.Y < float64(r.view.Height)+reach
}

func (r *Renderer) icon(key raster.IconKey) *raster.Sprite { return r.pen.Icon(key) }

// width measures a line of text in pixels.
func (r *Renderer) width(text string, size float64, bold bool) float64 {
	return r.pen.Width(text, size, bold)
}

// write queues a line of text with its baseline starting at (x, y).
func (r *Renderer) write(x, y int, text string, style raster.TextStyle) {
	r.pending = append(r.pending, pendingText{x: x, y: y, key: raster.TextKey{Text: text, Style: style}})
}

// writeNow draws a line of text at once: one that stands on a plate of its own,
// which something later may cover.
func (r *Renderer) writeNow(x, y int, text string, style raster.TextStyle) {
	if p := (pendingText{x: x, y: y, key: raster.TextKey{Text: text, Style: style}}); r.shows(&p) {
		r.pen.Text(x, y, p.key)
	}
}

// label is the style of ordinary text with a keyline against the map.
func (r *Renderer) label(size float64, bold bool, col, halo color.RGBA) raster.TextStyle {
	return pen.Label(size, bold, col, halo)
}

// plainText is the style of text on a plate or card.
func plainText(size float64, bold bool, col color.RGBA) raster.TextStyle {
	return pen.Plain(size, bold, col)
}
