package ui

import (
	"context"
	"fmt"
	"image"
	"io"
	"sync/atomic"
	"time"

	"iocwall/assets"
	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/geo/style"
	"iocwall/geo/tiles"
	"iocwall/server/world"
	"iocwall/ui/maps"
	"iocwall/ui/tile"
)

const (
	// mapGap is the least time between two pictures of a map while data comes,
	// mapRefresh the time after which one is made anyway: symbols fade with age.
	mapGap, mapRefresh = time.Second, 5 * time.Second
	// partGap is the least time between two pictures while parts of the base map
	// and features come.
	partGap = 250 * time.Millisecond
	// panicFirst is the pause after a picture that could not be drawn for a mistake
	// of the program; it doubles up to panicLast.
	panicFirst, panicLast = 250 * time.Millisecond, time.Minute
)

// MapOptions configure what all maps share.
type MapOptions struct {
	// Features opens the features of a layer as GeoJSON; see maps.Options.
	Features func(ctx context.Context, id, sha256 string) (io.ReadCloser, error)
	// Cache is the folder for files of features; empty keeps none.
	Cache string
	// Ground is the style of the base map; nil is the product's own for the theme.
	Ground *style.Style
}

// newMaps makes what all maps share, the desk's map among them.
func (u *UI) newMaps() (*maps.Maps, error) {
	var sets [2]*tiles.Embedded
	for i, division := range []tiles.Set{tiles.Since2025, tiles.Before2025} {
		var err error
		if sets[i], err = tiles.NewEmbedded(assets.Basemap(), division); err != nil {
			return nil, fmt.Errorf("read the base map: %w", err)
		}
	}
	return maps.New(maps.Options{
		Base: u.base, Provinces: sets[0], Former: sets[1], Lang: u.lang, Theme: u.kit.Theme, Ground: u.o.Maps.Ground, Features: u.o.Maps.Features, Cache: u.o.Maps.Cache,
		Changed: u.poke, Logger: u.log,
	})
}

func (u *UI) runMaps(ctx context.Context) {
	if err := u.maps.Run(ctx); err != nil && ctx.Err() == nil {
		u.log.Error("layers of features not read", "error", err)
	}
}

// mapContent shows a map. Pictures are drawn on a goroutine of their own; the
// newest job wins.
type mapContent struct {
	u      *UI
	env    *tile.Env
	t      *tile.Map
	m      *maps.Map
	params world.Tile
	at     spot
	hidden bool

	jobs   chan mapJob
	done   atomic.Pointer[mapPicture]
	cancel context.CancelFunc

	sent     time.Time
	version  uint64
	features uint64
	view     geo.View
	coming   bool      // parts of the base map were on their way in the last picture
	begun    time.Time // when the first picture was asked for
	drawn    time.Time
	said     time.Time
	layers   []tile.MapLayer
	faults   []string
}

type mapJob struct {
	frame *draw.Frame
	text  float64 // px of the smallest text
	at    time.Time
}

type mapPicture struct {
	img     *image.RGBA
	at      time.Time
	pending int
}

func newMapContent(u *UI, env *tile.Env, p world.Tile) content {
	c := &mapContent{u: u, env: env, t: tile.NewMap(env), m: u.maps.Open(p.Params), params: p, jobs: make(chan mapJob, 1)}
	c.cancel = u.jobs.start(c.work)
	return c
}

func (c *mapContent) object() tile.Tile { return c.t }

func (c *mapContent) close() {
	c.cancel()
	c.t.Release()
}

func (c *mapContent) hide(off bool) {
	c.hidden = off
	if off {
		c.t.Conceal()
	}
}

func (c *mapContent) veil(on bool) { c.t.Veil(on) }

// Health says how fresh the map is.
func (c *mapContent) Health(time.Time) tile.Health { return c.t.Health() }

func (c *mapContent) ready(time.Time) bool { return !c.drawn.IsZero() }

// place also says at once whether the strip is on this part: the map's size
// depends on it.
func (c *mapContent) place(s spot) {
	if s.rect != c.at.rect {
		c.t.Conceal() // a plane does not move with the toolkit's objects
	}
	c.at, c.sent = s, time.Time{}
	c.say(c.u.o.Now())
}

func (c *mapContent) update(now time.Time, data bool) bool {
	p := c.done.Swap(nil)
	if c.hidden {
		c.drawn = now // nobody looks; it is drawn anew when somebody does
		return false  // and a picture would go over what is looked at
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
	return false
}

func (c *mapContent) say(now time.Time) { c.t.Update(c.shown(now)) }

// shown is what the tile says. Ages count by the server's clock, as the data do. A
// first picture that does not come is missing since it was asked for.
func (c *mapContent) shown(now time.Time) tile.MapView {
	m := &c.u.model
	drawn := c.drawn
	if drawn.IsZero() {
		drawn = c.begun
	}
	if !drawn.IsZero() {
		drawn = m.serverTime(drawn)
	}
	return tile.MapView{
		Title: c.title(), Layers: c.layers, Faults: c.faults, Drawn: drawn, Now: m.serverTime(now), Cover: c.u.cover(now, c.params.ID),
		Column: c.at.column, Columns: c.columns(), Upper: !c.at.lower(),
	}
}

func (c *mapContent) columns() int {
	if c.at.columns > 1 {
		return c.at.columns
	}
	return 0
}

func (c *mapContent) title() string {
	if t := c.params.Param("title"); t != "" {
		return t
	}
	return c.u.lang.T("map.title")
}

// ask queues a picture when one is due.
func (c *mapContent) ask(now time.Time) {
	m := &c.u.model
	size := c.t.PictureSize()
	if m.state == nil || size.X < 16 || size.Y < 16 {
		return
	}
	since := now.Sub(c.sent)
	view := c.mapView(size)
	features := c.u.maps.Version()
	gap := mapGap
	switch {
	case features != c.features:
		gap = partGap
	case m.version == c.version && !c.coming:
		gap = mapRefresh
	}
	if view == c.view && since < gap {
		return
	}
	p := c.m.Picture(maps.Now{
		State: m.state, Alerts: m.alerts, Time: m.serverTime(now), View: view, Screens: c.at.glass, Text: c.env.Scale.Text,
	})
	f := p.Frame
	c.layers, c.faults = p.Layers, nil
	for _, x := range p.Faults {
		c.faults = append(c.faults, x.Text)
	}
	c.sent, c.version, c.features, c.view = now, m.version, features, view
	if c.begun.IsZero() {
		c.begun = now
	}
	job := mapJob{frame: f, text: c.env.Scale.Text, at: now}
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

// mapView is the view of the whole tile with this part's crop. The strip at the
// bottom belongs to the tile, not to the map.
func (c *mapContent) mapView(size image.Point) geo.View {
	whole := c.at.whole
	strip := c.env.Scale.Px(80)
	if c.at.lower() {
		strip = c.at.rect.Dy() - size.Y
	}
	v := c.m.View(c.u.model.state, whole.Dx(), max(16, whole.Dy()-strip))
	off := c.at.rect.Min.Sub(whole.Min)
	v.Crop = image.Rectangle{Min: off, Max: off.Add(size)}
	return v
}

// renderer returns what draws the map's pictures.
func (c *mapContent) renderer(text float64) (*draw.Renderer, error) {
	colours, words := draw.Dark(), draw.Vietnamese()
	if c.u.kit.Theme.Name == "light" {
		colours = draw.Light()
	}
	if c.u.lang.Code == "en" {
		words = draw.English()
	}
	return draw.New(draw.Options{
		Base: c.u.base, Style: colours, Ground: c.u.maps.Ground(), Sizes: draw.Wall(text), Words: words,
		Regular: assets.Regular(), Bold: assets.Bold(),
	})
}

// work draws until ctx is done. After a mistake of the program it goes on with a
// new renderer: the next picture may be without what the mistake is about.
func (c *mapContent) work(ctx context.Context) {
	var r *draw.Renderer
	var said string // the last error, which is logged once
	text, pause := 0.0, time.Duration(0)
	for {
		var job mapJob
		select {
		case <-ctx.Done():
			return
		case job = <-c.jobs:
		}
		var wrong error // what the renderer says, as against a panic in it
		err := tile.Safe(c.u.log, "map", func() {
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
			c.u.log.Error("map not drawn", "error", wrong)
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

func (c *mapContent) paint(r *draw.Renderer, job mapJob) error {
	size := job.frame.View.Visible().Size()
	img := image.NewRGBA(image.Rect(0, 0, size.X, size.Y))
	stats, err := r.Draw(img, job.frame)
	if err != nil {
		return err
	}
	c.done.Store(&mapPicture{img, job.at, stats.Pending})
	c.u.poke()
	return nil
}
