// Package camera is what a client does with cameras: it plays them on tiles, in
// tours and grids, and gives people their hands on them: digital zoom, pictures
// kept as files, what was a moment ago, evidence, and turning the camera. It
// draws nothing (package tile does) and decodes nothing (package media does).
// Everything belongs to the toolkit's goroutine unless it says otherwise.
package camera

import (
	"context"
	"image"
	"io"
	"log/slog"
	"slices"
	"time"

	"iocwall/media"
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

// Player is one place that shows a camera. *media.Viewer is one.
type Player interface {
	// Frame returns the newest picture, if there is one; it does not wait.
	Frame() (media.Frame, bool)
	// Stats returns how the camera is now; it does not wait.
	Stats() media.Stats
	// SetView says what is wanted from now on; an empty view parks the camera.
	SetView(media.View)
	// SetStream asks for a stream by name; "" leaves the choice to the player.
	SetStream(name string)
	// Preload keeps a parked camera ready.
	Preload(on bool)
	// Retry connects again at once, even after a refusal.
	Retry()
	// Close ends the place; the camera goes on for others.
	Close()
}

var _ Stepper = (*media.Viewer)(nil)

// Stepper is a Player that can keep step with other computers.
type Stepper interface {
	// SetStep shows pictures so long after they came to the relay, so that all
	// computers show the same one; zero shows them as they come.
	SetStep(budget time.Duration)
}

// Cameras opens cameras. A *media.Deck behind it plays each of them once.
type Cameras interface {
	// Open returns a place for a camera's pictures. Notify is called after each
	// new frame and change of state and does not block.
	Open(c media.Camera, notify func()) Player
}

// Host is what cameras ask of the client that shows them.
type Host struct {
	// Cameras plays; nil means that cameras show no picture.
	Cameras Cameras
	// Replay fetches what the relay kept of a camera as fragmented MP4; nil means
	// that nothing can be shown again. It may be called from any goroutine and
	// waits for the answer.
	Replay func(ctx context.Context, camera, stream string, from, to time.Time) (io.ReadCloser, error)
	// Decoder decodes what is shown again.
	Decoder media.DecoderFactory
	// Snapshots is the folder pictures are kept in.
	Snapshots string
	// Who is who works here, for captions: a person, or the computer's name.
	Who  string
	Lang *words.Lang
	Log  *slog.Logger
	// Layout is the form of pixels the tiles' windows draw best.
	Layout media.Layout

	// State is the copy of the state, nil before the first data; Alerts are the
	// open ones.
	State  func() *world.State
	Alerts func() []world.Alert
	// Receipt returns the server's answer to a command.
	Receipt func(id string) (world.Receipt, bool)
	// Cover is what lies over a tile, named by its id.
	Cover func(now time.Time, tile string) tile.Cover
	// Now is this computer's clock: ages and limits go by it. ServerTime is the
	// server's at such a moment, as far as it is known: all that is sent, shown as a
	// time of day, or the same on all computers goes by that.
	Now        func() time.Time
	ServerTime func(now time.Time) time.Time
	// Quiet reports whether tiles say only what is wrong.
	Quiet func() bool
	// Poke asks for a tick soon; from any goroutine.
	Poke func()
	// Send queues a command and does not wait.
	Send func(act.Command) error
	// Start runs a function beside the client until the returned function is
	// called or the client ends, which waits for it.
	Start func(func(ctx context.Context)) context.CancelFunc
	// Do runs a function on the toolkit's goroutine, from any other.
	Do func(func())
}

// Spot is where a tile lies in its window, in device pixels.
type Spot struct {
	// Tile is the id of the tile on its wall.
	Tile string
	// Rect is the visible part, Whole where the entire tile would lie.
	Rect, Whole image.Rectangle
	// Lower says that the tile's bar belongs on this part.
	Lower bool
	// Others are the screens of other computers, in the same pixels, and Pixels is
	// the size of the entire tile in those that the wall's definition tells, the
	// same on all computers. Both are only set for a tile over several screens.
	Others []image.Rectangle
	Pixels image.Point
}

// apart reports whether another computer shows a part of the tile.
func (s Spot) apart() bool {
	return s.Whole != s.Rect && slices.ContainsFunc(s.Others, s.Whole.Overlaps)
}

// Tile is a tile with cameras on it.
type Tile interface {
	// Object is what a window shows.
	Object() tile.Tile
	// Place tells the tile's place before it is first updated and on each change.
	Place(Spot)
	// Update brings the tile up to date and reports whether pictures move that
	// the toolkit has to paint.
	Update(now time.Time) bool
	// Hide parks what nobody sees.
	Hide(bool)
	// Veil keeps the tile's pictures off the display while it runs at its real
	// size, so that it is ready when it is to be seen.
	Veil(bool)
	// Ready reports whether all that is on the tile has a picture or has definitely
	// failed.
	Ready() bool
	// Health says how fresh what is shown is.
	Health(now time.Time) tile.Health
	// Close ends all cameras on the tile.
	Close()
	// At returns the camera under a point of the tile, nil where there is none,
	// and where the camera's own tile begins.
	At(image.Point) (*View, image.Point)
	// Views are the cameras on the tile now.
	Views() []*View
}

var _, _, _ Tile = (*View)(nil), (*Tour)(nil), (*Grid)(nil)
