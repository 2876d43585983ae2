package console

import (
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"iocwall/assets"
	"iocwall/geo"
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/console/chip"
	"iocwall/ui/look"
	"iocwall/ui/page"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

// noon is the moment of the tests: Saturday 21 November 2026, 09:42:07.
var noon = time.Date(2026, 11, 21, 9, 42, 7, 0, time.FixedZone("ICT", 7*3600))

// client is a Base whose state and clock are given.
type client struct {
	t       testing.TB
	now     time.Time
	state   *world.State
	alerts  []world.Alert
	version uint64
	seq     uint64
	person  page.Person
	memory  map[string][]byte
	win     fyne.Window
	look    Look
	away    time.Duration
	silence time.Duration
	sent    []act.Command
	fail    error
	answers map[string]world.Receipt
	jobs    []func()
	marks   func(paint.Mark)
	kits    map[string]*paint.Kit
	langs   map[string]*words.Lang
}

func (f *client) Person() page.Person                            { return f.person }
func (f *client) Call(page.Request, func(error)) (cancel func()) { return func() {} }
func (f *client) Board() page.Board                              { return nil }
func (f *client) Memory() page.Memory                            { return memory(f.memory) }
func (f *client) Window() fyne.Window                            { return f.win }
func (f *client) Poke()                                          {}
func (f *client) State() *world.State                            { return f.state }
func (f *client) Version() uint64                                { return f.version }
func (f *client) Alerts() []world.Alert                          { return f.alerts }
func (f *client) Away(time.Time) time.Duration                   { return f.away }
func (f *client) Silence(time.Time) time.Duration                { return f.silence }
func (f *client) ServerTime(now time.Time) time.Time             { return now }
func (f *client) Now() time.Time                                 { return f.now }

func (f *client) Receipt(id string) (world.Receipt, bool) {
	r, ok := f.answers[id]
	return r, ok
}

func (f *client) Send(c act.Command) error {
	if f.fail != nil {
		return f.fail
	}
	f.sent = append(f.sent, c)
	return nil
}

// Job keeps what is to be done; work does it.
func (f *client) Job(do func(stop <-chan struct{}) func()) {
	f.jobs = append(f.jobs, func() {
		if after := do(make(chan struct{})); after != nil {
			after()
		}
	})
}

func (f *client) work() {
	for len(f.jobs) > 0 {
		j := f.jobs[0]
		f.jobs = f.jobs[1:]
		j()
	}
}

func (f *client) Wall() (world.Wall, world.Scene, bool, bool) {
	if f.state == nil {
		return world.Wall{}, world.Scene{}, false, false
	}
	w, ok := f.state.Wall("main")
	return w, world.Scene{}, ok, false
}

func (f *client) Env() *tile.Env {
	f.t.Helper()
	k, l := f.dress()
	fyne.CurrentApp().Settings().SetTheme(look.ToolkitAt(k.Theme, f.look.Text))
	return &tile.Env{Kit: k, Lang: l, Density: 1, Scale: look.DeskScale(16 * f.look.Text), Trace: f.marks}
}

// dress returns symbols, fonts and words of the look, made once for each.
func (f *client) dress() (*paint.Kit, *words.Lang) {
	key := f.look.Lang + f.look.Theme
	if k := f.kits[key]; k != nil {
		return k, f.langs[f.look.Lang]
	}
	l, err := words.Load(f.look.Lang)
	if err != nil {
		f.t.Fatal(err)
	}
	k := &paint.Kit{Theme: look.Dark()}
	if f.look.Theme == "light" {
		k.Theme = look.Light()
	}
	if k.Fonts, err = paint.NewFonts(assets.Regular(), assets.Bold()); err != nil {
		f.t.Fatal(err)
	}
	if k.Icons, err = paint.NewIcons(assets.Icons()); err != nil {
		f.t.Fatal(err)
	}
	if f.kits == nil {
		f.kits, f.langs = map[string]*paint.Kit{}, map[string]*words.Lang{}
	}
	f.kits[key], f.langs[f.look.Lang] = k, l
	return k, l
}

// memory keeps values as JSON, as the real one does.
type memory map[string][]byte

func (m memory) Get(name string, into any) bool {
	b, ok := m[name]
	return ok && json.Unmarshal(b, into) == nil
}

func (m memory) Set(name string, v any) { m[name], _ = json.Marshal(v) }

// apply lets something happen.
func (f *client) apply(bodies ...world.Body) {
	f.t.Helper()
	if f.state == nil {
		f.state = world.New(1)
	}
	for _, b := range bodies {
		f.seq++
		e := world.Event{Seq: f.seq, Seen: world.TimeOf(f.now), Source: "test", Observation: world.Observation{Time: world.TimeOf(f.now), Body: b}}
		if _, err := f.state.Apply(e); err != nil {
			f.t.Fatal(err)
		}
	}
	f.version++
	f.alerts = f.alerts[:0:0]
	for _, a := range f.state.Alerts() {
		if a.Open() {
			f.alerts = append(f.alerts, a)
		}
	}
}

func alert(id string, s world.Severity, title string, since time.Time) world.AlertRaised {
	return world.AlertRaised{ID: id, Severity: s, Title: title, Since: world.TimeOf(since), Rule: "r"}
}

// wall27 is a wall of 27 screens on 9 computers with a few things of the province.
func wall27() []world.Body {
	w := world.WallDefined{ID: "main", Name: "Tường chính"}
	out := []world.Body{}
	for i := range 27 {
		node := "pc-0" + string(rune('1'+i/3))
		w.Screens = append(w.Screens, world.Screen{ID: i + 1, X: float64(i%9) * 1220, Y: float64(i/9) * 690, W: 1217.6, H: 684.9, PxW: 1920, PxH: 1080, Node: node})
		if i%3 == 0 {
			out = append(out, world.NodeEnrolled{Node: node}, world.NodeLinked{Node: node, Up: true})
		}
	}
	return append(out, w,
		world.CameraDefined{ID: "CAM-07", Name: "Cầu Câu Lâu", Pos: geo.Point{108.28, 15.85}},
		world.CameraDefined{ID: "CAM-12", Name: "Chợ Tam Kỳ", Pos: geo.Point{108.48, 15.57}},
		world.AreaDefined{ID: "49-502", Name: "Tam Kỳ", Level: "commune"},
		world.StationDefined{ID: "KK-07", Name: "Trạm Tam Kỳ 2", What: world.StationAir, Pos: geo.Point{108.49, 15.56}},
		world.SceneSaved{ID: "rain", Name: "Mưa lũ", Wall: "main", Version: 1},
	)
}

// leaf is a page that shows its name.
type leaf struct {
	title  string
	object *canvas.Text
	shown  bool
	closed bool
	opens  []string
	link   page.Link
	keys   []page.Key
	wants  rune
	hits   int
	desk   page.Desk
	ticks  int
}

func (l *leaf) Object() fyne.CanvasObject { return l.object }
func (l *leaf) Title() string             { return l.title }
func (l *leaf) Refresh(time.Time)         { l.ticks++ }
func (l *leaf) Key(*fyne.KeyEvent) bool   { return false }
func (l *leaf) Keys() []page.Key          { return l.keys }
func (l *leaf) Shown(v bool)              { l.shown = v }
func (l *leaf) Close()                    { l.closed = true }

func (l *leaf) Rune(r rune) bool {
	if r == l.wants {
		l.hits++
		return true
	}
	return false
}

func (l *leaf) Open(k page.Link) bool {
	if !slices.Contains(l.opens, k.Kind) {
		return false
	}
	l.link = k
	return true
}

// stand is a console on a window of a test.
type stand struct {
	*client
	c     *Console
	app   fyne.App
	made  map[string]*leaf
	over  []image.Rectangle
	plays int
	saved map[string]string
	wrong error
}

// kinds are pages as the product has them.
func (s *stand) kinds() []page.Kind {
	var out []page.Kind
	for _, k := range []struct{ id, title, icon, links string }{
		{"operator", "operator.title", "node", "scene node page"},
		{"alerts", "alerts.title.short", "warning-open", "alert"},
		{"map", "mappage.title", "map", "vessel area"},
		{"cameras", "shell.kind.camera", "camera", "camera"},
		{"reports", "shell.kind.report", "report", "report"},
		{"figures", "shell.kind.figure", "figure", "figure"},
		{"stations", "shell.kind.station", "air", "station"},
		{"setup", "shell.kind.source", "office", "source"},
	} {
		out = append(out, page.Kind{ID: k.id, Title: k.title, Icon: k.icon, Links: strings.Fields(k.links), New: func(d page.Desk) page.Page {
			l := &leaf{title: d.Env().Lang.T(k.title), object: canvas.NewText(k.id, d.Env().Kit.Theme.T2), opens: strings.Fields(k.links), desk: d}
			l.keys = []page.Key{{Keys: "↑↓", Text: "chọn", Foot: true}, {Keys: "Enter", Text: "mở", Foot: true}, {Keys: "X", Text: "nhận", Foot: true}, {Keys: "G", Text: "giao"}}
			s.made[k.id] = l
			return l
		}})
	}
	return out
}

func (s *stand) Folder() string { return "/srv/mai/Tài liệu" }

func (s *stand) Write(name string, content []byte) (string, error) {
	if s.wrong != nil {
		return "", s.wrong
	}
	s.saved[name] = string(content)
	return name, nil
}

// newStand opens a console; change may change what it is made of.
func newStand(t testing.TB, w, h float32, k Look, change ...func(*stand, *Options)) *stand {
	t.Helper()
	app := test.NewTempApp(t)
	s := &stand{app: app, made: map[string]*leaf{}, saved: map[string]string{}}
	s.client = &client{t: t, now: noon, look: k, memory: map[string][]byte{}, answers: map[string]world.Receipt{}, silence: 200 * time.Millisecond}
	s.person = page.Person{Login: "mai", Name: "Trần Thị Mai", Role: "operator", Rights: []string{"state.read", "alert.acknowledge"}}
	s.win = test.NewTempWindow(t, canvas.NewRectangle(nil))
	s.win.SetPadded(false)
	s.win.Resize(fyne.NewSize(w, h))
	o := Options{App: app, Base: s.client, Pages: s.kinds(), Look: k, Logout: func() {}, Files: s, Over: func(r []image.Rectangle) { s.over = r }}
	o.OnLook = func(k Look) {
		s.look = k
		s.c.Rebuild(k)
	}
	o.Play = func([]byte) error { s.plays++; return s.wrong }
	o.Menu = []Item{{Title: "shell.search", Icon: "lock", Do: func() {}}}
	for _, f := range change {
		f(s, &o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	s.c = c
	s.win.SetContent(c.Object())
	s.win.Resize(fyne.NewSize(w, h))
	return s
}

// tick lets time pass and refreshes.
func (s *stand) tick(d time.Duration) {
	s.now = s.now.Add(d)
	s.c.Refresh(s.now)
	s.work()
}

// settle refreshes until the index of the search stands.
func (s *stand) settle() {
	for range 1000 {
		if s.tick(0); s.c.find.Ready() {
			return
		}
	}
	s.t.Fatal("the index is never ready")
}

var errDisk = errors.New("đĩa đầy")

// keep paints what is in sight, and keeps the picture for people to judge where
// IOCWALL_GALLERY names a folder.
func (s *stand) keep(name string) {
	s.t.Helper()
	dir := os.Getenv("IOCWALL_GALLERY")
	if dir == "" {
		paintAll(s.c.root)
		for _, o := range s.win.Canvas().Overlays().List() {
			paintAll(o)
		}
		return
	}
	out := s.win.Canvas().Capture()
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, out); err != nil {
		s.t.Fatal(err)
	}
}

// paintAll paints every raster in sight at its size.
func paintAll(o fyne.CanvasObject) {
	if !o.Visible() {
		return
	}
	switch x := o.(type) {
	case *canvas.Raster:
		x.Generator(int(x.Size().Width), int(x.Size().Height))
	case *fyne.Container:
		for _, y := range x.Objects {
			paintAll(y)
		}
	case fyne.Widget:
		for _, y := range test.WidgetRenderer(x).Objects() {
			paintAll(y)
		}
	}
}

// strike presses a key with a modifier, as the window's driver does: what has the
// keyboard first, then the window.
func (s *stand) strike(k fyne.KeyName, mod fyne.KeyModifier) {
	var press fyne.Shortcut = &desktop.CustomShortcut{KeyName: k, Modifier: mod}
	if k == fyne.KeyC && mod == fyne.KeyModifierControl {
		press = &fyne.ShortcutCopy{Clipboard: s.app.Clipboard()}
	}
	if f, ok := s.win.Canvas().Focused().(fyne.Shortcutable); ok {
		f.TypedShortcut(press)
		return
	}
	if !s.c.Shortcut(press) {
		s.t.Errorf("%v %s means nothing", mod, k)
	}
}

// key presses a key, typed a text.
func (s *stand) key(k fyne.KeyName) {
	e := &fyne.KeyEvent{Name: k}
	if f := s.win.Canvas().Focused(); f != nil {
		f.TypedKey(e)
		return
	}
	s.c.Key(e)
}

func (s *stand) typed(text string) {
	for _, r := range text {
		if f := s.win.Canvas().Focused(); f != nil {
			f.TypedRune(r)
		} else {
			s.c.Rune(r)
		}
	}
}

// click presses the chip of that name; it is an error where there is none in sight.
func (s *stand) click(name string) {
	s.t.Helper()
	if b := s.button(name); b != nil {
		test.Tap(b)
		return
	}
	s.t.Fatalf("no button %q", name)
}

// chip is the button of that name that is in sight.
func (s *stand) button(name string) *chip.Chip {
	var found *chip.Chip
	look := func(o fyne.CanvasObject) {
		each(o, func(b *chip.Chip) {
			if b.Name() == name && found == nil {
				found = b
			}
		})
	}
	if s.c.sheet != nil {
		look(s.c.sheet.in)
		return found
	}
	look(s.c.root)
	return found
}

// each calls do with every chip in sight below an object.
func each(o fyne.CanvasObject, do func(*chip.Chip)) {
	if !o.Visible() {
		return
	}
	switch x := o.(type) {
	case *chip.Chip:
		do(x)
	case *card:
		each(x.all, do)
	case *fyne.Container:
		for _, y := range x.Objects {
			each(y, do)
		}
	}
}
