// Package pagetest is a console without a window, for the tests of pages: it holds
// a state, notes what a page asks for, and paints pages into pictures.
package pagetest

import (
	"encoding/json"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"iocwall/assets"
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/page"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

// Noon is the moment of the tests: Saturday 21 November 2026, 09:42:07 in Vietnam.
var Noon = time.Date(2026, 11, 21, 9, 42, 7, 0, time.FixedZone("ICT", 7*3600))

// Desk is a console without a window. Its fields are what it answers and what it
// was asked; it belongs to one test.
type Desk struct {
	World *world.State
	Who   page.Person
	Clock time.Time
	// Gone is how long the server has been away, Quiet how old its newest word is.
	Gone, Quiet time.Duration

	// Opened are links, Sent commands and acts, Called questions to doors, Copied
	// what went to the clipboard, Said what was said.
	Opened []page.Link
	Sent   []any
	Called []page.Request
	Copied []string
	Said   []string
	Backs  int
	// Boards are the places for live tiles that were made.
	Boards []*Board
	// Marks are the texts painted since they were last cleared.
	Marks []paint.Mark

	env     *tile.Env
	kept    map[string][]byte
	version uint64
	win     fyne.Window
	on      fyne.Canvas // what Shot painted on last
}

// New returns a console in a language and theme ("dark", "light"), its text larger
// by a factor. Its state is empty, its clock Noon.
func New(t testing.TB, lang, theme string, text float64) *Desk {
	t.Helper()
	l, err := words.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	k := &paint.Kit{Theme: look.Dark()}
	if theme == "light" {
		k.Theme = look.Light()
	}
	if k.Fonts, err = paint.NewFonts(assets.Regular(), assets.Bold()); err != nil {
		t.Fatal(err)
	}
	if k.Icons, err = paint.NewIcons(assets.Icons()); err != nil {
		t.Fatal(err)
	}
	d := &Desk{World: world.New(1), Clock: Noon, kept: map[string][]byte{}}
	d.env = &tile.Env{Kit: k, Lang: l, Scale: look.DeskScale(16 * text), Density: 1, Trace: func(m paint.Mark) { d.Marks = append(d.Marks, m) }}
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.ToolkitAt(k.Theme, text))
	return d
}

// Tell brings the state on by what happened at the clock's time.
func (d *Desk) Tell(t testing.TB, bodies ...world.Body) {
	t.Helper()
	for _, b := range bodies {
		d.TellAt(t, d.Clock, b)
	}
}

// TellAt brings the state on by something that was so at a time.
func (d *Desk) TellAt(t testing.TB, at time.Time, b world.Body) {
	t.Helper()
	e := world.Event{Seq: d.World.At().Seq + 1, Seen: world.TimeOf(d.Clock), Source: "test", Observation: world.Observation{Time: world.TimeOf(at), Body: b}}
	if _, err := d.World.Apply(e); err != nil {
		t.Fatal(err)
	}
	d.version++
}

// Shot paints a page, keeps the picture as name in the folder that IOCWALL_GALLERY
// names, if it names one, and returns it.
func (d *Desk) Shot(t testing.TB, p page.Page, name string, w, h int) *image.RGBA {
	t.Helper()
	d.Marks = nil
	if size := fyne.NewSize(float32(w), float32(h)); d.on == nil || d.on.Content() != p.Object() || d.on.Size() != size {
		c := software.NewCanvas()
		c.SetPadded(false)
		c.SetContent(p.Object())
		c.Resize(size)
		d.on = c
	}
	p.Refresh(d.Clock)
	img := d.on.Capture()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	if dir := os.Getenv("IOCWALL_GALLERY"); dir != "" {
		f, err := os.Create(filepath.Join(dir, name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close() //nolint:errcheck // what matters is told by Encode
		if err := png.Encode(f, out); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// Shows reports whether a text was painted since the marks were last cleared.
func (d *Desk) Shows(text string) bool {
	return slices.ContainsFunc(d.Marks, func(m paint.Mark) bool { return m.Text == text })
}

// Texts are what was painted since the marks were last cleared.
func (d *Desk) Texts() []string {
	var out []string
	for _, m := range d.Marks {
		out = append(out, m.Text)
	}
	return out
}

// State returns World.
func (d *Desk) State() *world.State { return d.World }

// Version counts what was told.
func (d *Desk) Version() uint64 { return d.version }

// Alerts are the open ones, the most urgent first.
func (d *Desk) Alerts() []world.Alert {
	if d.World == nil {
		return nil
	}
	return slices.DeleteFunc(d.World.Alerts(), func(a world.Alert) bool { return !a.Open() })
}

// Receipt knows of none.
func (d *Desk) Receipt(string) (world.Receipt, bool) { return world.Receipt{}, false }

// Wall is the first of the state.
func (d *Desk) Wall() (w world.Wall, sc world.Scene, hasWall, hasScene bool) { return }

// Away returns Gone.
func (d *Desk) Away(time.Time) time.Duration { return d.Gone }

// Silence returns Quiet.
func (d *Desk) Silence(time.Time) time.Duration { return d.Quiet }

// ServerTime is this computer's.
func (d *Desk) ServerTime(now time.Time) time.Time { return now }

// Now returns Clock.
func (d *Desk) Now() time.Time { return d.Clock }

// Send notes a command.
func (d *Desk) Send(c act.Command) error {
	d.Sent = append(d.Sent, c)
	return nil
}

// Person returns Who.
func (d *Desk) Person() page.Person { return d.Who }

// May asks the person's rights.
func (d *Desk) May(right string) bool { return d.Who.May(right) }

// Ask notes an act; it is never answered.
func (d *Desk) Ask(a act.Act, _ func(world.Receipt)) { d.Sent = append(d.Sent, a) }

// Call notes a question; it is never answered.
func (d *Desk) Call(r page.Request, _ func(error)) func() {
	d.Called = append(d.Called, r)
	return func() {}
}

// Job does it at once.
func (d *Desk) Job(f func(stop <-chan struct{}) func()) {
	if then := f(make(chan struct{})); then != nil {
		then()
	}
}

// Board makes a place for tiles that are not live.
func (d *Desk) Board() page.Board {
	b := &Board{Area: canvas.NewRectangle(d.env.Kit.Theme.Sea)}
	d.Boards = append(d.Boards, b)
	return b
}

// Open notes a link.
func (d *Desk) Open(l page.Link) { d.Opened = append(d.Opened, l) }

// Back is counted.
func (d *Desk) Back() { d.Backs++ }

// Say notes a line.
func (d *Desk) Say(_ world.Severity, text string) { d.Said = append(d.Said, text) }

// Did notes what was done.
func (d *Desk) Did(text string, _ func()) { d.Said = append(d.Said, text) }

// Copy notes a text.
func (d *Desk) Copy(text string) { d.Copied = append(d.Copied, text) }

// Save makes the content and drops it.
func (d *Desk) Save(_ string, content func() ([]byte, error)) { _, _ = content() }

// Memory is the console's own.
func (d *Desk) Memory() page.Memory { return d }

// Get reads what Set kept.
func (d *Desk) Get(name string, into any) bool {
	b, ok := d.kept[name]
	return ok && json.Unmarshal(b, into) == nil
}

// Set keeps a value.
func (d *Desk) Set(name string, v any) { d.kept[name], _ = json.Marshal(v) }

// Env is what painting needs; it notes every text painted.
func (d *Desk) Env() *tile.Env { return d.env }

// Window is made when it is asked for.
func (d *Desk) Window() fyne.Window {
	if d.win == nil {
		d.win = test.NewWindow(canvas.NewRectangle(d.env.Kit.Theme.Bg))
	}
	return d.win
}

// Poke does nothing: tests refresh.
func (d *Desk) Poke() {}

// Board is a flat place that notes its tiles.
type Board struct {
	Area    *canvas.Rectangle
	Spots   []page.Spot
	Visible bool
	Closed  bool
}

// Object is the flat place.
func (b *Board) Object() fyne.CanvasObject { return b.Area }

// Lay notes tiles.
func (b *Board) Lay(spots []page.Spot) { b.Spots = spots }

// Show notes whether it is seen.
func (b *Board) Show(visible bool) { b.Visible = visible }

// Close notes that it ended.
func (b *Board) Close() { b.Closed = true }
