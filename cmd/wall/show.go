package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image/color"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"iocwall/media"
	"iocwall/ui"
	"iocwall/ui/screens"
	"iocwall/ui/tile"
)

type mosaicCmd struct {
	Width  float32 `help:"Width of the window." default:"1600"`
	Height float32 `help:"Height of the window." default:"900"`
	Mute   bool    `help:"Tell alerts without sounds." env:"IOCWALL_MUTE"`
}

// Help is shown by --help.
func (mosaicCmd) Help() string {
	return `Example:
  wall --token-file mai.token --width 1920 --height 1080`
}

// Run shows the console.
func (m *mosaicCmd) Run(ctx context.Context, c *connection) error {
	c.mute = m.Mute
	return show(ctx, c, ui.Options{Mode: ui.Mosaic, Name: hostname(), Width: m.Width, Height: m.Height}, "mosaic", nil)
}

// memoryLimit is how much heap makes the collector eager again.
const memoryLimit = 384 << 20

// show runs the client until it is closed or ctx ends; h is the folder of a wall
// computer, nil for a desk. The toolkit has the main goroutine; everything else has
// stopped when it returns.
func show(ctx context.Context, c *connection, o ui.Options, name string, h *home) error {
	// Every frame is a new picture and the rest of the heap is small, so the
	// collector would run all the time; the limit keeps the process modest. A desk
	// shares its computer with other programs and knows more things.
	debug.SetGCPercent(400)
	if h == nil {
		debug.SetGCPercent(120)
	}
	debug.SetMemoryLimit(memoryLimit)
	if err := calmRenderer(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	mons, err := screens.Open("")
	if err != nil {
		return fmt.Errorf("%w; on a computer without a display start Xvfb first", err)
	}
	if o.Mode == ui.Node {
		if err := mons.HidePointer(); err != nil {
			c.logger().Warn("the mouse pointer stays on the wall", "error", err)
		}
	}
	draws := pixels(c.Pictures, renderer)
	o.Pixels = draws.form
	c.logger().Info("form of pictures chosen", "pictures", draws.form, "why", draws.why)
	if o.Pixels == media.LayoutRGBA {
		if err := planes(mons, &o); err != nil {
			c.logger().Info("pictures are drawn by the toolkit", "why", err)
		}
	}
	if h == nil {
		if _, err := c.openSession(); err != nil {
			return err
		}
	}
	f, err := newFeed(c, name, h)
	if err != nil {
		return err
	}
	draws.planes = o.Planes != nil
	o.App = app.NewWithID(fmt.Sprintf("vn.iocwall.%s.%d", name, os.Getpid()))
	o.Feed, o.Screens = f, mons
	play, err := newTheatre(c, f, &o, draws)
	if err != nil {
		return err
	}
	under, err := newGround(c, h, &o)
	if err != nil {
		return err
	}
	if h == nil {
		keep, err := c.seat(&o)
		if err != nil {
			return err
		}
		defer keep()
	}
	o.Snapshots = cmp.Or(c.Snapshots, pictures())
	o.Lang, o.Theme, o.Wall, o.Markers, o.Logger = c.Lang, c.Theme, c.Wall, c.Markers, c.logger()
	u, err := ui.New(o)
	if err != nil {
		return err
	}
	if c.session != nil {
		c.session.Over(u.Rise)
	}
	runs := []func(context.Context) error{f.client.Run, mons.Run, play.Run, under.Run, u.Run}
	if h != nil {
		more, err := duties(c, h, f, u, mons, play, o)
		if err != nil {
			return err
		}
		runs = append(runs, more...)
	}
	if c.session != nil {
		runs = append(runs, c.session.Run)
	}
	if h == nil {
		runs = append(runs, func(ctx context.Context) error { return c.links(ctx, u.Open) })
	}
	errs := make([]error, len(runs))
	var wg sync.WaitGroup
	for i, run := range runs {
		wg.Go(func() {
			errs[i] = run(ctx)
			cancel()
		})
	}
	// The first to end ends all; the toolkit's loop ends last.
	var ended atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		<-ctx.Done()
		wg.Wait()
		quit(o.App, &ended)
	}()
	o.App.Run()
	ended.Store(true)
	cancel()
	<-done
	for i, err := range errs {
		if errors.Is(err, context.Canceled) {
			errs[i] = nil
		}
	}
	return errors.Join(errs...)
}

// planes lets cameras show their pictures straight on the windows where the
// display can do that, as all displays of this computer can.
func planes(x *screens.X11, o *ui.Options) error {
	overlay, err := x.OpenOverlay()
	if err != nil {
		return err
	}
	o.Planes = func(w fyne.Window, ground color.RGBA) (tile.Plane, error) {
		p, err := overlay.NewPlane(w, ground)
		if err != nil {
			return nil, err
		}
		return p, nil
	}
	return nil
}

// calmRenderer keeps Mesa's software renderer from starting threads on a
// computer of one or two cores: they would compete with the decoders for them,
// and nine moving pictures come a seventh less often. With a graphics card it
// changes nothing.
func calmRenderer() error {
	const threads = "LP_NUM_THREADS"
	if _, chosen := os.LookupEnv(threads); chosen || runtime.NumCPU() > 2 {
		return nil
	}
	return os.Setenv(threads, "0")
}
