package ui

import (
	"cmp"
	"context"
	"image"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"iocwall/geo/coord"
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/atlas"
	"iocwall/ui/console"
	"iocwall/ui/login"
	"iocwall/ui/look"
	"iocwall/ui/page"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
	"iocwall/ui/users"
	"iocwall/ui/words"
)

// seat is what a person sits at: one window with the console in it. It gives the
// console and its pages what they may ask of the client.
type seat struct {
	u      *UI
	win    fyne.Window
	shell  *console.Console
	entry  *login.Page // in the console's place while nobody is logged in
	person page.Person
	known  bool // somebody sits here
	behind bool // the window is not in front
	memory page.Memory
	look   console.Look

	boards []*board
	// leaving are boards that were closed by a change of the look: they stay until
	// the new ones show the same cameras.
	leaving []*board
	left    time.Time
	over    []image.Rectangle
	grip    grip
	made    map[string]page.Page // by the id of the kind, the newest
	ticks   map[int]func(time.Time)
	ticked  int
}

// SeatOptions configure the console of a person.
type SeatOptions struct {
	// Known is who sits here, as far as it is known before the server says so; nil
	// for nobody yet.
	Known *page.Person
	// Person asks the server who sits here; it waits. Nil leaves it at Known.
	Person func(ctx context.Context) (page.Person, error)
	// Memory keeps small things for a person, by the login; nil forgets them.
	Memory func(login string) page.Memory
	// Call asks a door of the server and waits; the error is for people. Nil has no
	// doors.
	Call func(ctx context.Context, r page.Request) error
	// First is a link to open at the start, empty for the person's first page.
	First string
	// Login lets people log in here; nil where a token says who it is.
	Login *LoginOptions
	// Console are the console's own options; what the client knows is filled in.
	Console console.Options
}

// LoginOptions configure the page before the console.
type LoginOptions struct {
	Doors login.Doors
	// Server is what people call the server, Secure says that nobody can listen on
	// the way.
	Server string
	Secure bool
	// Last returns who logged in here last.
	Last func() string
	// Done is told who logged in.
	Done func(page.Person)
}

// AtlasOptions configure the map in hand.
type AtlasOptions struct {
	// Zone is the VN-2000 zone of the centre; without one that of the province in
	// the middle of the map is taken.
	Zone coord.Zone
	// Files are the server's doors for files of fences. Where Read or Write is nil a
	// person chooses in a dialogue.
	Files atlas.Files
}

// leaveAfter is how long closed boards stay at a change of the look.
const leaveAfter = 3 * time.Second

// askAgain is the pause before the server is asked again who sits here.
const askAgain = 3 * time.Second

func newSeat(u *UI) *seat {
	s := &seat{u: u, made: map[string]page.Page{}, look: console.Look{Lang: u.lang.Code, Theme: u.kit.Theme.Name, Text: 1}}
	s.grip.s = s
	return s
}

// arrange notes that the wall shows something else: the pages bring their boards in
// line at this tick.
func (s *seat) arrange(bool) {
	if s.win == nil {
		s.open()
	}
	s.prepare()
}

// prepare asks the pages to open what comes at this tick.
func (s *seat) prepare() {
	s.u.dirty.Store(true)
	s.u.lastUp = time.Time{}
}

func (s *seat) surfaces() []*surface {
	out := make([]*surface, len(s.boards))
	for i, b := range s.boards {
		out[i] = b.on
	}
	return out
}

func (s *seat) refresh(now time.Time) {
	if s.entry != nil {
		s.entry.Refresh(now)
	}
	s.grip.settle()
	if s.shell != nil {
		s.shell.Refresh(now)
	}
	if len(s.leaving) > 0 && now.Sub(s.left) > leaveAfter {
		s.leave()
	}
}

func (s *seat) step(now time.Time) {
	for _, f := range s.ticks {
		f(now)
	}
}

func (s *seat) close() {
	if s.shell != nil {
		s.shell.Close()
	}
	s.leave()
	if s.win != nil {
		s.win.Close()
	}
}

// open makes the window on the first tick.
func (s *seat) open() {
	u := s.u
	s.win = u.o.App.NewWindow(u.lang.T("app.title"))
	s.win.SetPadded(false)
	u.o.App.Lifecycle().SetOnEnteredForeground(func() { s.behind = false })
	u.o.App.Lifecycle().SetOnExitedForeground(func() { s.behind = true })
	s.win.SetContent(container.NewStack(canvas.NewRectangle(u.kit.Theme.Bg)))
	s.win.Resize(fyne.NewSize(u.o.Width, u.o.Height))
	if c, ok := s.win.Canvas().(desktop.Canvas); ok {
		c.SetOnKeyUp(func(e *fyne.KeyEvent) { u.hands.KeyUp(e.Name) })
	}
	switch p := u.o.Seat.Known; {
	case p != nil:
		s.sit(*p)
		s.ask()
	case u.o.Seat.Login != nil:
		s.enter("")
	default:
		s.ask()
	}
	s.win.Show()
}

// enter asks who wants to sit down; why is the code of what ended the session before.
func (s *seat) enter(why string) {
	u, o := s.u, s.u.o.Seat.Login
	s.rise()
	s.entry = login.New(login.Options{
		Kit: u.kit, Lang: u.lang, Server: o.Server, Secure: o.Secure, Login: o.Last(), Why: why, Doors: o.Doors,
		Memory: s.remember(""), Do: u.o.Do, Now: u.o.Now, Copy: u.o.App.Clipboard().SetContent,
		Print: s.printLines,
		Look: func(lang, theme string) {
			s.dress(console.Look{Lang: lang, Theme: theme, Text: s.look.Text})
			s.entry.Dress(u.kit, u.lang)
		},
		Done: func(p page.Person) {
			o.Done(p)
			s.sit(p)
		},
	})
	s.win.SetContent(s.entry.Object())
	s.win.Canvas().SetOnTypedKey(nil)
	s.win.Canvas().SetOnTypedRune(nil)
	s.entry.Focus()
	u.poke()
}

// rise takes the console off the window: nobody sits here any more.
func (s *seat) rise() {
	s.known, s.person = false, page.Person{}
	if s.shell != nil {
		s.shell.Close()
		s.shell = nil
	}
	for over := s.win.Canvas().Overlays(); over.Top() != nil; {
		over.Remove(over.Top()) // a menu of the page that goes
	}
	s.grip.let()
	for _, b := range slices.Clone(s.boards) {
		b.Close()
	}
	s.leave()
	s.made, s.ticks = map[string]page.Page{}, nil
}

// Rise ends the session of who sits here: somebody has to log in. The code says why.
// It may be called from any goroutine.
func (u *UI) Rise(code string) {
	u.o.Do(func() {
		if s, ok := u.face.(*seat); ok && s.win != nil && u.o.Seat.Login != nil {
			s.enter(code)
		}
	})
}

// Open opens what a link names and brings the window to the front. It may be called
// from any goroutine.
func (u *UI) Open(l page.Link) {
	u.o.Do(func() {
		s, ok := u.face.(*seat)
		if !ok || s.shell == nil {
			return
		}
		s.win.RequestFocus()
		if l != (page.Link{}) {
			s.shell.Open(l)
		}
	})
}

// ask asks the server who sits here, until it has said so.
func (s *seat) ask() {
	who := s.u.o.Seat.Person
	if who == nil {
		return
	}
	s.u.jobs.start(func(ctx context.Context) {
		p, err := who(ctx)
		for err != nil {
			s.u.log.Warn("the server did not say who sits here", "error", err)
			select {
			case <-ctx.Done():
				return
			case <-time.After(askAgain):
			}
			p, err = who(ctx)
		}
		s.u.o.Do(func() { s.sit(p) })
	})
}

// sit lets a person sit down: the console is theirs from here on.
func (s *seat) sit(p page.Person) {
	was, had := s.person, s.known
	s.person, s.known = p, true
	if had && was.Login == p.Login && was.Role == p.Role && was.Name == p.Name && slices.Equal(was.Rights, p.Rights) && slices.Equal(was.Areas, p.Areas) {
		return
	}
	if !had || memoryOf(was) != memoryOf(p) {
		s.memory = s.remember(memoryOf(p))
	}
	if s.entry != nil {
		s.entry.Close()
		s.entry = nil
	}
	l := s.look
	if !s.memory.Get("look", &l) && p.Role == "unit" {
		l.Theme = "light" // a laptop in an office, not a dark room
	}
	if s.shell == nil {
		s.dress(l)
		s.begin()
		return
	}
	s.restyle(l)
}

// memoryOf names what is remembered for a person; owners of tokens share what is
// remembered for their role.
func memoryOf(p page.Person) string { return cmp.Or(p.Login, "@"+p.Role) }

func (s *seat) remember(login string) page.Memory {
	if s.u.o.Seat.Memory == nil {
		return scratch{}
	}
	return s.u.o.Seat.Memory(login)
}

// begin puts the console into the window.
func (s *seat) begin() {
	u, o := s.u, s.u.o.Seat.Console
	o.Base, o.Pages, o.Look, o.OnLook, o.Over = s, u.pages(s), s.look, s.wear, s.cover
	o.App, o.Log, o.First = u.o.App, u.log, u.o.Seat.First
	if s.person.May("config.read") {
		o.Status = u.o.Status // how pictures are decoded is nothing to others
	}
	o.Menu = append(o.Menu, console.Item{Title: "account.title", Icon: "user", Do: func() { s.shell.Open(page.Link{Kind: "page", ID: users.AccountID}) }})
	if o.Front == nil {
		o.Front = func() bool { return !s.behind }
	}
	shell, err := console.New(o)
	if err != nil {
		u.log.Error("the console did not open", "error", err)
		return
	}
	s.shell = shell
	s.win.SetContent(shell.Object())
	s.win.Canvas().SetOnTypedKey(shell.Key)
	s.win.Canvas().SetOnTypedRune(shell.Rune)
	s.win.Canvas().AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyM, Modifier: fyne.KeyModifierControl}, s.openMap)
	u.poke()
}

// openMap opens the map in hand.
func (s *seat) openMap(fyne.Shortcut) { s.shell.Open(page.Link{Kind: "page", ID: "map"}) }

// wear takes another look at the person's wish, and remembers it.
func (s *seat) wear(l console.Look) {
	s.memory.Set("look", l)
	s.restyle(l)
}

// restyle makes everything anew in another language, theme or size of text. Boards
// that close meanwhile stay open for a moment, so that cameras go on.
func (s *seat) restyle(l console.Look) {
	s.dress(l)
	s.left = s.u.o.Now()
	s.grip.let()
	for _, b := range s.boards {
		b.lingers = true
	}
	s.shell.Rebuild(s.look)
	s.u.poke()
}

// dress changes words, colours and sizes.
func (s *seat) dress(l console.Look) {
	u := s.u
	lang, err := words.Load(l.Lang)
	if err != nil {
		lang, l.Lang = u.lang, u.lang.Code
	}
	theme, ok := themeOf(l.Theme)
	if !ok {
		theme, l.Theme = u.kit.Theme, u.kit.Theme.Name
	}
	if l.Text < 1 || l.Text > 1.5 {
		l.Text = 1
	}
	same := lang.Code == u.lang.Code && theme.Name == u.kit.Theme.Name
	s.look = l
	if !same {
		u.lang, u.kit = lang, &paint.Kit{Theme: theme, Fonts: u.kit.Fonts, Icons: u.kit.Icons}
		u.rehost()
	}
	u.o.App.Settings().SetTheme(look.ToolkitAt(u.kit.Theme, l.Text))
}

// leave ends the boards that stayed.
func (s *seat) leave() {
	for _, b := range s.leaving {
		b.end()
	}
	s.leaving = nil
}

// cover notes what lies over the page.
func (s *seat) cover(over []image.Rectangle) {
	s.over = over
	for _, b := range s.boards {
		b.on.cover()
	}
}

// density is device pixels per Fyne unit.
func (s *seat) density() float32 {
	if s.win != nil {
		if d := s.win.Canvas().Scale(); d > 0 {
			return d
		}
	}
	return 1
}

// State and all to Send are for page.Model.
func (s *seat) State() *world.State                         { return s.u.model.state }
func (s *seat) Version() uint64                             { return s.u.model.version }
func (s *seat) Alerts() []world.Alert                       { return s.u.model.alerts }
func (s *seat) Away(now time.Time) time.Duration            { return s.u.model.away(now) }
func (s *seat) Silence(now time.Time) time.Duration         { return s.u.model.silence(now) }
func (s *seat) ServerTime(now time.Time) time.Time          { return s.u.model.serverTime(now) }
func (s *seat) Now() time.Time                              { return s.u.o.Now() }
func (s *seat) Send(c act.Command) error                    { return s.u.o.Feed.Send(c) }
func (s *seat) Wall() (world.Wall, world.Scene, bool, bool) { return s.u.model.wall(s.u.o.Wall) }

func (s *seat) Receipt(id string) (world.Receipt, bool) {
	r, ok := s.u.model.receipts[id]
	return r, ok
}

// Person and all that follows are for console.Base.
func (s *seat) Person() page.Person { return s.person }
func (s *seat) Memory() page.Memory { return s.memory }
func (s *seat) Window() fyne.Window { return s.win }
func (s *seat) Poke()               { s.u.poke() }
func (s *seat) Board() page.Board   { return s.newBoard() }

func (s *seat) Env() *tile.Env {
	d := s.density()
	return s.u.env(look.DeskScale(16*float64(d)*s.look.Text), d)
}
