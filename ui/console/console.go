// Package console is the window of one person at a desk: the bar with the pages
// that follow the role, the page, the foot with what was done last, and what may
// lie over them: the help, the search, notices of new alerts. It gives its pages
// what they may ask of a desk (page.Desk) and knows none of them: they are handed
// in, as is everything that waits, plays or writes. All of it belongs to the
// toolkit's goroutine.
package console

import (
	"errors"
	"image"
	"log/slog"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"iocwall/ui/page"
	"iocwall/ui/tile"
)

// Base is what the client gives; the console adds the rest of page.Desk.
type Base interface {
	page.Model
	// Person is who sits at the desk.
	Person() page.Person
	// Call asks a door of the server, as page.Desk says.
	Call(r page.Request, done func(error)) (cancel func())
	// Job runs f beside the toolkit, as page.Desk says.
	Job(f func(stop <-chan struct{}) func())
	// Board makes a place for live tiles.
	Board() page.Board
	// Memory keeps small things from one start to the next.
	Memory() page.Memory
	// Env returns an environment of its own in the language, theme and size in
	// force.
	Env() *tile.Env
	// Window is the console's window.
	Window() fyne.Window
	// Poke asks for a Refresh soon, from any goroutine.
	Poke()
}

// Look is how the console looks to its person.
type Look struct {
	// Lang is "vi" or "en", Theme "dark" or "light".
	Lang, Theme string
	// Text is the size of text, 1 to 1.5.
	Text float64
}

// Item is a line of the person's menu.
type Item struct {
	// Title is the key of its name in the catalogue, Icon the name of its symbol.
	Title, Icon string
	// Do is what it does.
	Do func()
}

// Choice is something of which one of several holds, in the person's menu.
type Choice struct {
	// Title and Options are keys of names in the catalogue.
	Title   string
	Options []string
	// Chosen is which holds; Choose makes another hold.
	Chosen func() int
	Choose func(int)
}

// Files is where people's files go.
type Files interface {
	// Folder is where files go that nobody gave another place.
	Folder() string
	// Write writes a file whole or not at all; a name without a folder goes to
	// Folder. It returns the file's full path and may wait.
	Write(name string, content []byte) (path string, err error)
}

// Options configure a console. App, Base and Pages are required.
type Options struct {
	// App has the clipboard, and tells the desktop of new alerts while the window
	// is not in front.
	App   fyne.App
	Base  Base
	Pages []page.Kind
	// Look is how the console looks now. OnLook is asked for another: it makes Env
	// and the toolkit follow and calls Rebuild; nil offers none.
	Look   Look
	OnLook func(Look)
	// Menu are more lines of the person's menu, Choices more choices.
	Menu    []Item
	Choices []Choice
	// Logout ends the session; nil offers no way to.
	Logout func()
	// Expired is told once that the session's time is over; nil does nothing.
	Expired func()
	// Files writes what is saved; nil says that nothing can be.
	Files Files
	// Play plays a sound, a WAV file; it waits and is called beside the toolkit. Nil
	// is silence, of which Silent says why: a key of the catalogue.
	Play   func(wav []byte) error
	Silent string
	// Front reports whether the window is in front; nil says that it is.
	Front func() bool
	// Over is told which rectangles of the window, in device pixels, have something
	// lying over the page: what is drawn past the toolkit leaves them free. Nil
	// where nothing is.
	Over func([]image.Rectangle)
	// Status is a line for technicians at the foot; nil has none.
	Status func() string
	// First is a link to open at the start, empty for the person's first page.
	First string
	// Quiet says whether it is the hour of no sounds; nil is never.
	Quiet func(now time.Time) bool
	Log   *slog.Logger
}

// New returns a console. Its Object is for the window's content.
func New(o Options) (*Console, error) {
	if o.App == nil || o.Base == nil || len(o.Pages) == 0 {
		return nil, errors.New("console: App, Base and Pages are required")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Look.Text == 0 {
		o.Look.Text = 1
	}
	c := &Console{o: o, base: o.Base, started: o.Base.Now(), login: o.Base.Person().Login}
	c.desk = &desk{Base: o.Base, c: c}
	c.notices = newNotices(c)
	c.root = container.New(&frame{c})
	c.build()
	c.start()
	return c, nil
}
