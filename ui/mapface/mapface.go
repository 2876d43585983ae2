// Package mapface puts maps on tiles: each is drawn on a goroutine of its own, as
// often as what it shows changes, and says how old its picture is. It knows the
// client's copy of the state and no window. All of it belongs to the toolkit's
// goroutine unless it says otherwise.
package mapface

import (
	"context"
	"image"
	"image/color"
	"log/slog"
	"sync/atomic"
	"time"

	"iocwall/assets"
	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/geo/tiles"
	"iocwall/server/world"
	"iocwall/ui/maps"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

const (
	// Gap is the least time between two pictures of a map while data comes,
	// Refresh the time after which one is made anyway: symbols fade with age.
	Gap, Refresh = time.Second, 5 * time.Second
	// PartGap is the least time between two pictures while parts of the base map
	// and features come.
	PartGap = 250 * time.Millisecond
	// least is how wide and high a part is that is drawn, in device pixels; of a
	// smaller one the strip alone is worth reading.
	least = 16
	// panicFirst is the pause after a picture that could not be drawn for a mistake
	// of the program; it doubles up to panicLast.
	panicFirst, panicLast = 250 * time.Millisecond, time.Minute
)

// Host is what maps ask of the client that shows them.
type Host struct {
	// Maps is what all maps share, Base what they are drawn over.
	Maps *maps.Maps
	Base tiles.Source
	Lang *words.Lang
	// Light says that the theme is the light one.
	Light bool
	Log   *slog.Logger

	// State is the copy of the state, nil before the first data, and Version counts
	// its changes; Alerts are the open ones.
	State   func() *world.State
	Version func() uint64
	Alerts  func() []world.Alert
	// ServerTime is the server's clock at a time of this computer's.
	ServerTime func(now time.Time) time.Time
	// Cover is what lies over a tile, named by its id.
	Cover func(now time.Time, tile string) tile.Cover
	Now   func() time.Time
	// Poke asks for a tick soon; from any goroutine.
	Poke func()
	// Start runs a function beside the client until the returned function is
	// called or the client ends, which waits for it.
	Start func(func(ctx context.Context)) context.CancelFunc
}

// Spot is where a tile lies in its window, in device pixels.
type Spot struct {
	// Rect is the visible part, Whole where the entire tile would lie.
	Rect, Whole image.Rectangle
	// Column of Columns: the tile spans several screens.
	Column, Columns int
	// Lower says that the tile's strip belongs on this part.
	Lower bool
	// Glass are the panes of glass the tile lies on, from Whole's corner.
	Glass []image.Rectangle
}

// Map shows a map on a tile. Pictures are drawn on a goroutine of their own; the
// newest job wins.
type Map struct {
	h      *Host
	env    *tile.Env
	t      *tile.Map
	m      *maps.Map
	params world.Tile
	at     Spot
	hidden bool

	jobs   chan task
	done   atomic.Pointer[picture]
	cancel context.CancelFunc

	sent     time.Time
	version  uint64
	features uint64
	view     geo.View
	coming   bool      // parts of the base map were on their way in the last picture
	begun    time.Time // when the first picture was asked for
	drawn    time.Time
	blank    *image.RGBA // in place of a picture that is too small to be drawn
	said     time.Time
	layers   []tile.MapLayer
	faults   []string
}

type task struct {
	frame *draw.Frame
	text  float64 // px of the smallest text
	at    time.Time
}

type picture struct {
	img     *image.RGBA
	at      time.Time
	pending int
}

// New returns a map with a tile's parameters that is drawn once it is placed and
// updated.
func New(h *Host, env *tile.Env, p world.Tile) *Map {
	c := &Map{h: h, env: env, t: tile.NewMap(env), m: h.Maps.Open(p.Params), params: p, jobs: make(chan task, 1), blank: blank(env.Kit.Theme.Sea)}
	c.cancel = h.Start(c.work)
	return c
}

// blank is one pixel of a colour, which the tile fills its map with.
func blank(of color.RGBA) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 1, 1))
	img.SetRGBA(0, 0, of)
	return img
}

// Object is the tile's widget.
func (c *Map) Object() tile.Tile { return c.t }

// Close ends the map.
func (c *Map) Close() {
	c.cancel()
	c.t.Release()
}

// Hide stops what nobody sees.
func (c *Map) Hide(off bool) {
	c.hidden = off
	if off {
		c.t.Conceal()
	}
}

// Veil keeps the picture off the display while the map runs.
func (c *Map) Veil(on bool) { c.t.Veil(on) }

// Health says how fresh the map is.
func (c *Map) Health(time.Time) tile.Health { return c.t.Health() }

// Ready reports whether there is a picture, or nothing to draw one of.
func (c *Map) Ready() bool { return !c.drawn.IsZero() }

// Place tells the tile's place before it is first updated and on each change. It
// says at once whether the strip is on this part: where the map lies depends on it.
func (c *Map) Place(s Spot) {
	if s.Rect != c.at.Rect {
		c.t.Conceal() // a plane does not move with the toolkit's objects
	}
	c.at, c.sent = s, time.Time{}
	c.say(c.h.Now())
}

// Update brings the tile up to date; data says that the state may have changed.
func (c *Map) Update(now time.Time, data bool) {
	p := c.done.Swap(nil)
	if c.hidden {
		c.drawn = now // nobody looks; it is drawn anew when somebody does
		return        // and a picture would go over what is looked at
	}
	if p != nil {
		c.drawn, c.coming = p.at, p.pending > 0
		c.t.SetPicture(p.img)
		c.said = time.Time{}
	}
	c.ask(now)
	// Ages in the strip change once a second, not with each batch.
	if at := now.Truncate(time.Second); data && at != c.said || c.said.IsZero() {
		c.said = at
		c.say(now)
	}
}

func (c *Map) say(now time.Time) { c.t.Update(c.Shown(now)) }

// Shown is what the tile says. Ages count by the server's clock, as the data do. A
// first picture that does not come is missing since it was asked for.
func (c *Map) Shown(now time.Time) tile.MapView {
	drawn := c.drawn
	if drawn.IsZero() {
		drawn = c.begun
	}
	if !drawn.IsZero() {
		drawn = c.h.ServerTime(drawn)
	}
	return tile.MapView{
		Title: c.title(), Layers: c.layers, Faults: c.faults, Drawn: drawn, Now: c.h.ServerTime(now), Cover: c.h.Cover(now, c.params.ID),
		Column: c.at.Column, Columns: c.columns(), Edge: c.edge(),
	}
}

func (c *Map) columns() int {
	if c.at.Columns > 1 {
		return c.at.Columns
	}
	return 0
}

func (c *Map) title() string {
	if t := c.params.Param("title"); t != "" {
		return t
	}
	return c.h.Lang.T("map.title")
}

// ask queues a picture when one is due.
func (c *Map) ask(now time.Time) {
	if c.h.State() == nil {
		return
	}
	since := now.Sub(c.sent)
	view := c.mapView()
	if c.at.Rect.Empty() {
		return
	}
	features := c.h.Maps.Version()
	gap := Gap
	switch {
	case features != c.features:
		gap = PartGap
	case c.h.Version() == c.version && !c.coming:
		gap = Refresh
	}
	if view == c.view && since < gap {
		return
	}
	p := c.m.Picture(maps.Now{
		State: c.h.State(), Alerts: c.h.Alerts(), Time: c.h.ServerTime(now), View: view, Screens: c.at.Glass, Text: c.env.Scale.Text,
	})
	f := p.Frame
	c.layers, c.faults = p.Layers, nil
	for _, x := range p.Faults {
		c.faults = append(c.faults, x.Text)
	}
	c.sent, c.version, c.features, c.view = now, c.h.Version(), features, view
	if c.begun.IsZero() {
		c.begun = now
	}
	if size := view.Crop.Size(); size.X < least || size.Y < least {
		c.drawn, c.coming, c.said = now, false, time.Time{}
		c.t.SetPicture(c.blank)
		return
	}
	job := task{frame: f, text: c.env.Scale.Text, at: now}
	for {
		select {
		case c.jobs <- job:
			return
		default:
		}
		select {
		case <-c.jobs: // an older job nobody began
		default:
		}
	}
}

// edge is where the strip begins on this part, below it if it is on another. The
// strip is on the glass even where the tile goes on below the lowest screen.
func (c *Map) edge() int {
	part, whole := c.at.Rect, c.at.Whole
	strip := tile.MapStrip(c.env.Scale, whole.Dy())
	edge := whole.Max.Y - strip
	if c.at.Lower {
		edge = min(edge, part.Max.Y-strip)
	}
	return max(1, edge-part.Min.Y)
}

// mapView is the view of the whole tile with this part's crop. Its size is the
// tile's alone, so that all parts agree, whatever lies over one of them. The strip at
// the bottom belongs to the tile, not to the map.
func (c *Map) mapView() geo.View {
	whole := c.at.Whole
	v := c.m.View(c.h.State(), whole.Dx(), max(16, whole.Dy()-tile.MapStrip(c.env.Scale, whole.Dy())))
	at := c.at.Rect.Sub(whole.Min)
	at.Max.Y = min(at.Max.Y, at.Min.Y+c.edge())
	v.Crop = at.Intersect(v.Rect())
	return v
}

// renderer returns what draws the map's pictures.
func (c *Map) renderer(text float64) (*draw.Renderer, error) {
	colours, words := draw.Dark(), draw.Vietnamese()
	if c.h.Light {
		colours = draw.Light()
	}
	if c.h.Lang.Code == "en" {
		words = draw.English()
	}
	return draw.New(draw.Options{
		Base: c.h.Base, Style: colours, Ground: c.h.Maps.Ground(), Sizes: draw.Wall(text), Words: words,
		Regular: assets.Regular(), Bold: assets.Bold(),
	})
}

// work draws until ctx is done. After a mistake of the program it goes on with a
// new renderer: the next picture may be without what the mistake is about.
func (c *Map) work(ctx context.Context) {
	var r *draw.Renderer
	var said string // the last error, which is logged once
	text, pause := 0.0, time.Duration(0)
	for {
		var job task
		select {
		case <-ctx.Done():
			return
		case job = <-c.jobs:
		}
		var wrong error // what the renderer says, as against a panic in it
		err := tile.Safe(c.h.Log, "map", func() {
			if r == nil || job.text != text {
				text = job.text
				r, wrong = c.renderer(text)
			}
			if wrong == nil {
				wrong = c.paint(r, job)
			}
		})
		switch {
		case err == nil && wrong == nil:
			said, pause = "", 0
		case err == nil && wrong.Error() != said:
			said = wrong.Error()
			c.h.Log.Error("map not drawn", "error", wrong)
		case err != nil:
			r = nil
			pause = min(max(2*pause, panicFirst), panicLast)
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
		}
	}
}

func (c *Map) paint(r *draw.Renderer, job task) error {
	size := job.frame.View.Visible().Size()
	img := image.NewRGBA(image.Rect(0, 0, size.X, size.Y))
	stats, err := r.Draw(img, job.frame)
	if err != nil {
		return err
	}
	c.done.Store(&picture{img, job.at, stats.Pending})
	c.h.Poke()
	return nil
}

// At is where the tile lies.
func (c *Map) At() Spot { return c.at }

// View is what the newest picture that was asked for shows.
func (c *Map) View() geo.View { return c.view }

// Asked is when the newest picture was asked for.
func (c *Map) Asked() time.Time { return c.sent }

// Drawn is when the picture on the tile was asked for, zero while there is none.
func (c *Map) Drawn() time.Time { return c.drawn }

// Coming reports whether parts of the base map were on their way in the picture on
// the tile.
func (c *Map) Coming() bool { return c.coming }

// Waiting reports whether a picture is drawn that is not on the tile yet.
func (c *Map) Waiting() bool { return c.done.Load() != nil }
