// Package atlas is the map in hand: a person at a desk moves it, asks what is
// there, finds names and positions, measures, draws, and edits fences. It draws
// with the renderer of package geo/draw what package maps makes of the state, and
// sends commands; it knows no server, no window and no file dialogue. Everything
// belongs to the toolkit's goroutine unless it says otherwise.
package atlas

import (
	"context"
	"io"
	"log/slog"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/geo/coord"
	"iocwall/geo/tiles"
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/maps"
	"iocwall/ui/paint"
	"iocwall/ui/words"
)

// Host is what the map asks of the client that shows it. All but Files
// and Memory are required.
type Host struct {
	Maps *maps.Maps
	Base tiles.Source
	Kit  *paint.Kit
	Lang *words.Lang
	Log  *slog.Logger
	// Zone is the VN-2000 zone in which metres are read and written; without one
	// they are neither.
	Zone coord.Zone

	// State is the copy of the state, nil before the first data; Version counts
	// its changes.
	State   func() *world.State
	Version func() uint64
	// Alerts are the open ones, most urgent first.
	Alerts func() []world.Alert
	// Receipt returns the server's answer to a command.
	Receipt func(id string) (world.Receipt, bool)
	// Send queues a command and does not wait.
	Send func(act.Command) error
	// Now is this computer's clock, ServerTime the server's as far as it is known,
	// Away how long the server has been away.
	Now        func() time.Time
	ServerTime func(now time.Time) time.Time
	Away       func(now time.Time) time.Duration
	// Poke asks for an Update soon; from any goroutine.
	Poke func()
	// Start runs a function beside the client until the returned function is
	// called or the client ends, which waits for it.
	Start func(func(ctx context.Context)) context.CancelFunc
	// Do runs a function on the toolkit's goroutine, from any other.
	Do func(func())
	// OpenCamera shows a camera by itself.
	OpenCamera func(id string)
	// Leave closes the map: nothing of it was left to leave first.
	Leave func()
	// Keyboard gives the keyboard to the map, away from any field.
	Keyboard func()
	// Memory keeps how the person types; nil forgets it with each field.
	Memory Memory
	// Else gets what the map has no use for while it has the keyboard.
	Else  Else
	Files Files
}

// Memory keeps small values under a name for the person: Get fills into and reports
// whether there was something that fits, Set keeps what JSON can hold.
type Memory interface {
	Get(name string, into any) bool
	Set(name string, value any)
}

// Else is where keys go that mean nothing to the map; each may be nil.
type Else struct {
	Rune     func(rune)
	Key      func(fyne.KeyName)
	Shortcut func(fyne.Shortcut)
}

// Files are the doors for files of fences. A nil door is said not to be there.
type Files struct {
	// Import hands a file of GeoJSON over to be stored; Export writes all fences
	// as one. Both wait and are called off the toolkit's goroutine.
	Import func(ctx context.Context, file io.Reader) (Imported, error)
	Export func(ctx context.Context, file io.Writer) error
	// Read and Write let a person choose a file; the function is called on the
	// toolkit's goroutine and may get nothing, when the choice was given up.
	Read  func(func(io.ReadCloser, error))
	Write func(name string, done func(io.WriteCloser, error))
}

// Imported says what became of a file of fences.
type Imported struct {
	// Kept counts the fences that are stored now, Unchanged those of them that were
	// so already.
	Kept, Unchanged int
	// Refused counts the features that were not kept; Rejected are the first of
	// them.
	Refused  int
	Rejected []Rejection
}

// Rejection is a feature of a file that was not kept.
type Rejection struct {
	// Index is its place in the file, from 0.
	Index int
	// Why is the reason in the server's words; Code and Values say it in any language,
	// empty where the reason has no code.
	Why    string
	Code   string
	Values map[string]string
}
