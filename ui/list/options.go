package list

import (
	"image"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/ui/page"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// Host is what a list asks of the console; every page.Desk is one.
type Host interface {
	// Env gives symbols, fonts, words and sizes.
	Env() *tile.Env
	// Memory keeps the sorting from one start to the next.
	Memory() page.Memory
	// Save writes an export.
	Save(name string, content func() ([]byte, error))
	// Job sorts long lists beside the toolkit.
	Job(f func(stop <-chan struct{}) func())
	// Now tells a double click from two clicks.
	Now() time.Time
}

// Options say what a list is made of. Only Name, Source and Columns are needed.
type Options struct {
	// Name tells lists apart in what is remembered.
	Name string
	// Source gives the rows, in any order.
	Source Source
	// Columns stand from left to right.
	Columns []Column
	// Chips are filters above the rows: one of each Group can be on.
	Chips []Chip
	// Sort is the order before a person chose one.
	Sort Sort
	// Plain leaves away the row of tools and the heads of columns: a list beside
	// other things.
	Plain bool
	// NoTools leaves away the row of tools only: the owner shows Search itself.
	NoTools bool
	// Tall makes rows of two lines (60 instead of 44) for columns with a Sub.
	Tall bool
	// Export is the name of an export without its ending; empty takes Name.
	Export string
	// Urgent picks rows whose coming must not be overlooked: where such rows wait, the
	// count of new ones is as loud as a critical alert.
	Urgent func(i int) bool
	// Print, when set, offers to print the list beside its export; Texts gives what
	// is shown.
	Print func()
	// Empty says what was looked for where there is nothing; nil takes words that
	// fit every list.
	Empty func() (title, text string)
	// Chosen is told which row was chosen by hand or key.
	Chosen func(id string)
	// Open is told of Enter and of a double click.
	Open func(id string)
	// Drag, when set, gives every row a handle of six dots.
	Drag *Drag
}

// Drag is told of a row that is dragged. Positions are absolute, as Fyne's
// AbsolutePosition: in units from the window's corner.
type Drag struct {
	// Begin says whether the row can be dragged at all; nil means every one.
	Begin func(id string) bool
	// Move and Drop follow the pointer; both are called on the toolkit's goroutine.
	Move, Drop func(id string, at fyne.Position)
}

// Source gives rows to a list. Indices are those of the moment: they hold until
// the next change. All of it is called on the toolkit's goroutine.
type Source interface {
	// Len is the number of rows.
	Len() int
	// ID names a row for good; two rows never have the same.
	ID(i int) string
	// Version is another number after any change of any row.
	Version() uint64
}

// Stamper is a source that knows which rows changed: what sorting and filtering
// need is asked again for those with another stamp only.
type Stamper interface {
	// Stamp is another number after any change of the row.
	Stamp(i int) uint64
}

// Column is one column of a list. Functions get an index of the source.
type Column struct {
	// ID names the column in what is remembered.
	ID string
	// Title stands at the head, in the console's language.
	Title string
	// Min is the least width in units at text scale 1; what is left is shared by
	// Weight. Where even the least widths do not fit, columns with the highest Drop
	// go first; Drop 0 stays.
	Min    float64
	Weight float64
	Drop   int
	// Right puts numbers to the right edge.
	Right bool
	// Text is what is searched, exported and, without Num or Key, sorted by. Nil
	// takes Cell's text.
	Text func(i int) string
	// Cell is how it looks; nil is Text, plain.
	Cell func(i int) Cell
	// Draw paints into the row after Cell: pictures, bars. Sign is another number
	// when it would paint something else.
	Draw func(c *paint.Canvas, r image.Rectangle, i int)
	Sign func(i int) uint64
	// Num sorts by number; false means that there is none, which is last either way.
	Num func(i int) (float64, bool)
	// Key sorts by text, other than the one shown.
	Key func(i int) string
	// Down sorts downwards at the first click: newest, largest, worst first.
	Down bool
	// CSV is the text in an export; nil takes Text.
	CSV func(i int) string
	// Mute keeps the column out of the search, NoSort out of the sorting, NoExport
	// out of the export.
	Mute, NoSort, NoExport bool
}

// Tone is the colour of a cell's text.
type Tone string

// The tones. The colour repeats what text, symbol or plate says.
const (
	Plain    Tone = ""
	Quiet    Tone = "quiet"
	Faint    Tone = "faint"
	Warning  Tone = "warning"
	Severe   Tone = "severe"
	Critical Tone = "critical"
	Done     Tone = "done"
)

// Cell is what one cell shows. Text that does not fit gets shorter, never smaller.
type Cell struct {
	Text string
	// Sub is the second line of a tall row.
	Sub string
	// Icon stands before the text, SubIcon before the second line.
	Icon, SubIcon string
	// Plate, when set, puts Icon and Text on a state plate.
	Plate paint.PlateKind
	Tone  Tone
	Bold  bool
}

// Chip is a filter that is on or off.
type Chip struct {
	ID, Text string
	// Group: of those with the same one, at most one is on.
	Group string
	// Match picks rows.
	Match func(i int) bool
	// Count shows how many rows it picks.
	Count bool
	// On is how it starts.
	On bool
}

// Sort is an order of rows.
type Sort struct {
	// Column is the ID of one, empty for the source's own order.
	Column string `json:"column"`
	Down   bool   `json:"down"`
}

// Status is what a list says in the place of rows, or above old ones.
type Status string

// The states of a list.
const (
	Ready   Status = ""
	Loading Status = "loading"
	Failed  Status = "failed"
	Denied  Status = "denied"
)
