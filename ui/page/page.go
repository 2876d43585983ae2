// Package page is the contract between the console's window and its pages: what
// a page is, and what it may ask for. A page knows this package and what draws,
// never the window, the connection or another page.
package page

import (
	"errors"
	"fmt"
	"image"
	"net/http"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/tile"
)

// Page fills the space between the console's bar and its foot. It belongs to the
// toolkit's goroutine, as all its methods do.
type Page interface {
	// Object is what the window shows of it; the console sizes it.
	Object() fyne.CanvasObject
	// Title is the page's name for people, and of what it shows if that is one
	// thing: "Cảnh báo CB-0412".
	Title() string
	// Refresh brings a shown page in line with the state: at most ten times a
	// second, and once at each full second. It repaints what changed only.
	Refresh(now time.Time)
	// Key and Rune take what no field wanted and report whether it meant something.
	Key(e *fyne.KeyEvent) bool
	// Rune takes a letter like Key.
	Rune(r rune) bool
	// Keys are the keys that mean something now, most used first.
	Keys() []Key
	// Open shows what the link names and reports whether it could.
	Open(l Link) bool
	// Shown tells that the page comes into sight or goes out of it. Out of sight it
	// decodes, fetches and paints nothing.
	Shown(visible bool)
	// Close ends everything it started.
	Close()
}

// Key is one line of the keys' help.
type Key struct {
	// Keys is how the keys are printed ("Ctrl Z"); Text says what they do.
	Keys, Text string
	// Foot asks for a place at the foot of the window.
	Foot bool
}

// Kind is a sort of page that the console can open.
type Kind struct {
	// ID names the page in links ("page/alerts") and in what is remembered.
	ID string
	// Title is the key of its name in the catalogue, Icon that of its symbol.
	Title, Icon string
	// Rights are what a person needs, all of them, to be offered the page.
	Rights []string
	// Roles, when not empty, are those it is for; others are not offered it.
	Roles []string
	// First are the roles whose first page it is.
	First []string
	// Links are the kinds of links it opens.
	Links []string
	// Aside keeps it off the tabs: it is reached by the person's menu, links and
	// search.
	Aside bool
	// New makes the page. It is called again after language, theme or size of text
	// changed: what must survive that is in Desk.Memory.
	New func(Desk) Page
}

// Person is who sits at the desk, as the server says.
type Person struct {
	// Login is empty for a token that is not a person's.
	Login string `json:"login"`
	Name  string `json:"name"`
	Role  string `json:"role"`
	// Areas limit what is seen, empty for everything.
	Areas []string `json:"areas"`
	// Unit is the agency the person works for, empty for none: whose reports and
	// figures are the person's own. It limits nothing.
	Unit   string   `json:"unit,omitempty"`
	Rights []string `json:"rights"`
	// Expires is when the session ends, zero for never.
	Expires time.Time `json:"expires,omitzero"`
}

// Desk is what a page may ask of the console. All of it is called on the toolkit's
// goroutine and does not wait.
type Desk interface {
	Model
	// Person is who sits at the desk.
	Person() Person
	// May reports whether the person has a right such as "alert.acknowledge", for
	// what to offer: the server decides each time.
	May(right string) bool
	// Ask sends a command with an ID of its own. Done is called once: with the
	// server's receipt, or with one that says that no answer came in ten seconds or
	// why it could not be sent. A nil done leaves it to the console to say a refusal.
	Ask(a act.Act, done func(world.Receipt))
	// Call asks a door of the server. Done is called once, with nil or an error for
	// people, a *Refusal where the server refused; not after cancel.
	Call(r Request, done func(error)) (cancel func())
	// Job runs f beside the toolkit until it returns; what it returns, if not nil,
	// runs on the toolkit's goroutine. Stop is closed when the console ends.
	Job(f func(stop <-chan struct{}) func())
	// Board makes a place for live tiles: cameras, maps, figures.
	Board() Board
	// Open goes to what a link names and remembers where it came from.
	Open(l Link)
	// Back goes where the last Open came from.
	Back()
	// Say shows one line for some seconds: what happened, or why not.
	Say(s world.Severity, text string)
	// Did notes what the person did, for the foot and for Ctrl Z; a nil undo means
	// that it cannot be taken back.
	Did(text string, undo func())
	// Copy puts text on the clipboard and says so.
	Copy(text string)
	// Save asks where to put a file and writes what content returns, beside the
	// toolkit; it says where the file is, or why not.
	Save(name string, content func() ([]byte, error))
	// Memory keeps small things from one start to the next: sizes, sorting, filters.
	Memory() Memory
	// Env is what painting needs: symbols, fonts, words, sizes.
	Env() *tile.Env
	// Window is the console's window, for dialogues and the keyboard's place.
	Window() fyne.Window
	// Poke asks for a Refresh soon; it may be called from any goroutine.
	Poke()
}

// Model is the client's copy of the state.
type Model interface {
	// State is nil before the first data.
	State() *world.State
	// Version counts the changes of the state.
	Version() uint64
	// Alerts are the open ones, most urgent first.
	Alerts() []world.Alert
	// Receipt returns the server's answer to a command that was sent by Send.
	Receipt(id string) (world.Receipt, bool)
	// Wall returns the wall shown and the scene on it.
	Wall() (w world.Wall, sc world.Scene, hasWall, hasScene bool)
	// Away is how long the server has been away, zero while it is there.
	Away(now time.Time) time.Duration
	// Silence is how old the server's newest word is.
	Silence(now time.Time) time.Duration
	// ServerTime is the server's clock as far as this computer knows it.
	ServerTime(now time.Time) time.Time
	// Now is this computer's clock.
	Now() time.Time
	// Send queues a command and does not wait.
	Send(act.Command) error
}

// Request is a question to a door of the server.
type Request struct {
	// Method is "GET" where empty; Path begins with /api/ and holds the query.
	Method, Path string
	// Body is sent as JSON; a []byte is sent as it is, with Type as its type.
	Body any
	Type string
	// Into gets the answer: a *[]byte as it came, all else from JSON. Nil drops it.
	Into any
	// Limit is the most bytes of an answer, 8 MiB where zero; Timeout 15 s where
	// zero.
	Limit   int64
	Timeout time.Duration
}

// Refusal is a server's no.
type Refusal struct {
	Status int
	// Code is for programs ("locked"), Text for people; both are empty where something
	// else than the server answered.
	Code, Text string
	// Say and Values are the code and the values of the server's sentence, from which
	// Text was put into the person's language; empty where the server has none.
	Say    string
	Values map[string]string
	// After is how long to wait before asking again, zero where it does not say.
	After time.Duration
}

func (r *Refusal) Error() string {
	if r.Text == "" {
		return fmt.Errorf("the server answers %d %s", r.Status, http.StatusText(r.Status)).Error()
	}
	return r.Text
}

// ErrAway says that the server was not reached. What a Desk hands to a page says it in
// the page's language.
var ErrAway = errors.New("the server was not reached")

// Memory keeps small values under a name for this person and computer. What cannot
// be kept is lost without a word: it is only convenience.
type Memory interface {
	// Get fills into and reports whether there was something that fits.
	Get(name string, into any) bool
	// Set keeps a value that JSON can hold.
	Set(name string, value any)
}

// Board shows live tiles within a page.
type Board interface {
	// Object is what the page shows of it; the page sizes it.
	Object() fyne.CanvasObject
	// Lay puts tiles on the board; one that is there already goes on. Rectangles are
	// device pixels from the board's corner.
	Lay(spots []Spot)
	// Show stops what nobody sees.
	Show(visible bool)
	// Close ends all tiles.
	Close()
}

// Spot is where a tile lies on a board.
type Spot struct {
	Tile world.Tile
	Rect image.Rectangle
}
