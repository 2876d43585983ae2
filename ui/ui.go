// Package ui is the client: windows on a wall's monitors, or a person's console in
// one window, fed by a stream of batches that it applies to its own copy of the
// state. It draws tiles (package tile), lays scenes out (package
// scene) and sends back what people do. It opens no display by itself: the
// program hands in the toolkit's application, so tests run without one.
package ui

import (
	"context"
	"errors"
	"fmt"
	"image/color"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/assets"
	"iocwall/geo/tiles"
	"iocwall/media"
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/camera"
	"iocwall/ui/facts"
	"iocwall/ui/look"
	"iocwall/ui/mapface"
	"iocwall/ui/maps"
	"iocwall/ui/paint"
	"iocwall/ui/screens"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

// Feed is where the state comes from and commands go to.
type Feed interface {
	// Next waits for the next batch. The caller owns it.
	Next(ctx context.Context) (world.Batch, error)
	// Send queues a command and does not wait; its receipt comes by Next.
	Send(act.Command) error
}

// Screens are the monitors of this computer.
type Screens interface {
	// List returns the monitors in reading order.
	List() ([]screens.Monitor, error)
	// Place puts a window over a monitor; on the toolkit's goroutine.
	Place(fyne.Window, screens.Monitor)
	// Changed gets a value after the monitors changed.
	Changed() <-chan struct{}
}

// Mode says what a UI shows.
type Mode string

// The modes.
const (
	// Mosaic is a person's console in one window; its first page shows the wall.
	Mosaic Mode = "mosaic"
	// Node covers each monitor of this computer with its screen of the wall.
	Node Mode = "node"
)

// Options configure a UI. App and Feed are required, Screens in Node mode.
type Options struct {
	App     fyne.App
	Feed    Feed
	Screens Screens
	Mode    Mode
	// Wall is the id of the wall to show; empty means the first one.
	Wall string
	// Name is this computer's name, as the wall's screens name it.
	Name string
	// Cameras opens cameras; nil means that they show no picture.
	Cameras camera.Cameras
	// Replay fetches what the relay kept of a camera's stream, as fragmented MP4.
	// It waits, and may be called from any goroutine. Nil means that nothing can
	// be shown again.
	Replay func(ctx context.Context, camera, stream string, from, to time.Time) (io.ReadCloser, error)
	// Decoder decodes what is shown again.
	Decoder media.DecoderFactory
	// Snapshots is the folder for pictures that people keep.
	Snapshots string
	// Pixels is the form of pictures that the windows draw best.
	Pixels media.Layout
	// Status is one line for technicians, such as what decodes; it may change. Nil
	// means that there is none.
	Status func() string
	// Planes makes a plane on a window for pictures that need no repaint of it;
	// ground is seen until the first one. Nil means that the toolkit draws all.
	Planes func(w fyne.Window, ground color.RGBA) (tile.Plane, error)
	// Base is the base map; nil means the embedded one.
	Base tiles.Source
	// Maps say what lies over it.
	Maps MapOptions
	// Atlas is about the map in hand, and Seat about who sits at it, in Mosaic mode.
	Atlas AtlasOptions
	Seat  SeatOptions
	// Lang is "vi" (default) or "en"; Theme is "dark" (default) or "light".
	Lang, Theme string
	// Width and Height are the console's first size; default 1600×900.
	Width, Height float32
	// Markers shows machine-readable marks on tiles, for tests.
	Markers bool
	Logger  *slog.Logger
	// Do runs a function on the toolkit's goroutine; nil means fyne.Do.
	Do func(func())
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// UI is the client. New makes it, Run runs it.
type UI struct {
	o    Options
	log  *slog.Logger
	lang *words.Lang
	kit  *paint.Kit
	base tiles.Source
	maps *maps.Maps

	wake    chan struct{}
	pending atomic.Bool // a tick waits for the toolkit's goroutine
	dirty   atomic.Bool // data came that is not on the tiles yet
	moving  atomic.Int32
	due     atomic.Int64 // when a tick must be, in Unix nanoseconds of Now; 0 for never
	rescan  atomic.Bool  // the monitors changed

	mu      sync.Mutex
	batches []world.Batch

	jobs    jobs
	cameras *camera.Host
	facts   *facts.Host
	charts  *mapface.Host
	hands   *camera.Hands
	noMaps  context.CancelFunc // ends what the maps fetch

	// What follows belongs to the toolkit's goroutine.
	model  model
	glass  glass
	fresh  fresh
	face   face
	lastUp time.Time
	// quiet makes tiles say only what is wrong.
	quiet bool
	pools map[fyne.Window]*paint.Pool
}

// shades are the shaders of a window.
func (u *UI) shades(w fyne.Window) *paint.Pool {
	if u.pools == nil {
		u.pools = map[fyne.Window]*paint.Pool{}
	}
	if u.pools[w] == nil {
		u.pools[w] = &paint.Pool{}
	}
	return u.pools[w]
}

// face is what a mode shows.
type face interface {
	// arrange brings windows and tiles in line with the state; on the toolkit's
	// goroutine, as all methods.
	arrange(monitorsChanged bool)
	// prepare opens, unseen, what is to be shown next, and closes what is not any
	// more.
	prepare()
	// surfaces are all places tiles lie on.
	surfaces() []*surface
	// refresh updates what is no tile, step what moves at every tick.
	refresh(now time.Time)
	step(now time.Time)
	close()
}

// New returns a UI, or an error that names the missing option.
func New(o Options) (*UI, error) {
	if o.App == nil || o.Feed == nil {
		return nil, errors.New("ui: App and Feed are required")
	}
	if o.Mode == "" {
		o.Mode = Mosaic
	}
	if o.Mode == Node && o.Screens == nil {
		return nil, errors.New("ui: node mode needs Screens")
	}
	o.defaults()
	u := &UI{o: o, log: o.Logger, wake: make(chan struct{}, 1), base: o.Base}
	var err error
	if u.lang, err = words.Load(o.Lang); err != nil {
		return nil, fmt.Errorf("ui: %w", err)
	}
	if u.kit, err = newKit(o.Theme); err != nil {
		return nil, fmt.Errorf("ui: %w", err)
	}
	if u.base == nil {
		if u.base, err = tiles.NewEmbedded(assets.Basemap(), tiles.Since2025); err != nil {
			return nil, fmt.Errorf("ui: read the base map: %w", err)
		}
	}
	if u.maps, err = u.newMaps(); err != nil {
		return nil, fmt.Errorf("ui: %w", err)
	}
	u.model.answered = u.answered
	u.noMaps = func() {}
	u.host()
	o.App.Settings().SetTheme(look.Toolkit(u.kit.Theme))
	switch o.Mode {
	case Mosaic:
		u.face = newSeat(u)
	case Node:
		u.face = newNode(u)
	default:
		return nil, fmt.Errorf("ui: mode %q is not one of %q, %q", o.Mode, Mosaic, Node)
	}
	return u, nil
}

func (o *Options) defaults() {
	if o.Lang == "" {
		o.Lang = words.Codes()[0]
	}
	if o.Theme == "" {
		o.Theme = "dark"
	}
	if o.Width <= 0 || o.Height <= 0 {
		o.Width, o.Height = 1600, 900
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Do == nil {
		o.Do = fyne.Do
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

// host makes what tiles ask of this client, in the language and colours of now.
func (u *UI) host() {
	u.model.touched = u.maps.Observe
	u.cameras, u.facts, u.charts = u.cameraHost(), u.factsHost(), u.mapHost()
	u.hands = camera.NewHands(u.cameras, u.kit)
}

// rehost makes all that anew after language or colours changed. Tiles that are
// there keep what they were made with.
func (u *UI) rehost() {
	if m, err := u.newMaps(); err != nil {
		u.log.Error("maps keep their language", "error", err)
	} else {
		u.noMaps()
		u.maps = m
		u.noMaps = u.jobs.start(u.runMaps(m))
	}
	u.host()
}

func themeOf(name string) (look.Theme, bool) {
	switch name {
	case "dark":
		return look.Dark(), true
	case "light":
		return look.Light(), true
	}
	return look.Theme{}, false
}

func newKit(theme string) (*paint.Kit, error) {
	th, ok := themeOf(theme)
	if !ok {
		return nil, fmt.Errorf("theme %q is not \"dark\" or \"light\"", theme)
	}
	k := &paint.Kit{Theme: th}
	var err error
	if k.Fonts, err = paint.NewFonts(assets.Regular(), assets.Bold()); err != nil {
		return nil, err
	}
	k.Icons, err = paint.NewIcons(assets.Icons())
	return k, err
}

// jobs are goroutines started while running; none starts after stop.
type jobs struct {
	mu      sync.Mutex
	wg      sync.WaitGroup
	ctx     context.Context
	stopped bool
}

// start runs f until the returned function is called or the UI ends.
func (j *jobs) start(f func(ctx context.Context)) context.CancelFunc {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.ctx == nil || j.stopped {
		return func() {}
	}
	ctx, cancel := context.WithCancel(j.ctx)
	j.wg.Go(func() { f(ctx) })
	return cancel
}

func (j *jobs) stop() {
	j.mu.Lock()
	j.stopped = true
	j.mu.Unlock()
	j.wg.Wait()
}
