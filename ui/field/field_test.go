package field

import (
	"encoding/json"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"iocwall/ui/look"
	"iocwall/ui/words"
)

// kept is a memory of small things.
type kept map[string][]byte

func (k kept) Get(name string, into any) bool {
	raw, ok := k[name]
	return ok && json.Unmarshal(raw, into) == nil
}

func (k kept) Set(name string, v any) {
	raw, err := json.Marshal(v)
	if err == nil {
		k[name] = raw
	}
}

func options(t *testing.T, o Options) Options {
	t.Helper()
	var err error
	if o.Lang, err = words.Load("vi"); err != nil {
		t.Fatal(err)
	}
	return o
}

// dress begins a toolkit with a theme.
func dress(t *testing.T, th fyne.Theme) {
	t.Helper()
	a := test.NewApp()
	t.Cleanup(a.Quit)
	a.Settings().SetTheme(th)
}

// desk shows fields in a window, the first with the keyboard.
func desk(t *testing.T, is ...fyne.CanvasObject) fyne.Window {
	t.Helper()
	w := test.NewWindow(container.NewPadded(container.NewVBox(is...)))
	t.Cleanup(w.Close)
	w.Resize(fyne.NewSize(420, 400))
	return w
}

func one(t *testing.T, o Options) *Input {
	t.Helper()
	dress(t, look.Toolkit(look.Dark()))
	i := NewInput(options(t, o))
	w := desk(t, i)
	w.Canvas().Focus(i)
	return i
}

// keys types letters; « is the key that erases, ‹ and › move.
func keys(i *Input, s string) {
	for _, r := range s {
		switch r {
		case '«':
			i.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
		case '‹':
			i.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
		case '›':
			i.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
		case '\n':
			i.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		default: // a window tells of the key, then of the letter
			i.TypedKey(&fyne.KeyEvent{Name: fyne.KeyName(strings.ToUpper(string(r)))})
			i.TypedRune(r)
		}
	}
}

func TestTyping(t *testing.T) {
	for _, c := range []struct {
		kind       Kind
		method     Method
		keys, want string
	}{
		{Text, Telex, "tieengs Vieetj", "tiếng Việt"},
		{Text, VNI, "tie61ng Vie65t", "tiếng Việt"},
		{Text, System, "tieengs", "tieengs"},
		{Text, Telex, "windows pc-03 mai@ioc.vn MMSI 574001234 ", "windows pc-03 mai@ioc.vn MMSI 574001234 "},
		{Text, Telex, "tieengh«s", "tiếng"},
		{Text, Telex, "tieengs«", "tiến"},
		{Text, Telex, "Vieetj «««", "Vi"},
		{Text, Telex, "ca‹s", "csa"},
		{Text, Telex, "Nam‹‹‹Quangr ", "Quảng Nam"},
		{Text, Telex, "toan‹›s", "toán"},
		{Text, Telex, "user@", "user@"},
		{Lines, Telex, "thoong baos\nlux", "thông báo\nlũ"},
		{Password, Telex, "matas khaaur", "matas khaaur"},
		{Code, Telex, "tieengs", "tieengs"},
		{Number, Telex, "-1a.2s34,5", "-1.234,5"},
		{Query, Telex, "ddoof", "đồ"},
	} {
		m := kept{}
		Save(m, Setting{Method: c.method})
		i := one(t, Options{Kind: c.kind, Memory: m})
		keys(i, c.keys)
		i.FocusLost()
		if i.Text != c.want {
			t.Errorf("%s %s: %q makes %q, want %q", c.kind, c.method, c.keys, i.Text, c.want)
		}
	}
}

// TestGolden types the cases of ui/typing into a field.
func TestGolden(t *testing.T) {
	i := one(t, Options{})
	for _, name := range []string{"telex", "english", "places"} {
		raw, err := os.ReadFile(filepath.Join("..", "typing", "testdata", name, "words.txt"))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(raw)) {
			line = strings.TrimRight(line, "\n")
			at := strings.LastIndex(line, "|")
			if at < 0 || strings.HasPrefix(line, "# ") {
				continue
			}
			i.SetText("")
			keys(i, line[:at])
			i.finish()
			if i.Text != line[at+1:] {
				t.Errorf("%s: %q makes %q, want %q", name, line[:at], i.Text, line[at+1:])
			}
		}
	}
}

func TestSelectionIsReplaced(t *testing.T) {
	i := one(t, Options{})
	keys(i, "Hooij An")
	i.TypedShortcut(&fyne.ShortcutSelectAll{})
	keys(i, "tamf")
	if i.Text != "tàm" {
		t.Errorf("%q", i.Text)
	}
}

func TestPasteIsNotComposed(t *testing.T) {
	i := one(t, Options{})
	board := test.NewClipboard()
	board.SetContent("tieengs")
	keys(i, "muaw")
	i.TypedShortcut(&fyne.ShortcutPaste{Clipboard: board})
	if i.Text != "mưatieengs" {
		t.Errorf("%q", i.Text)
	}
}

// TestUndo: a step is a word, whatever its keys were.
func TestUndo(t *testing.T) {
	i := one(t, Options{})
	var told []string
	i.o.Changed = func(s string) { told = append(told, s) }
	keys(i, "tieengs Vieetj Nam")
	want := []string{"tiếng Việt", "tiếng", ""}
	for _, w := range want {
		i.TypedShortcut(&fyne.ShortcutUndo{})
		if i.Text != w {
			t.Fatalf("undone to %q, want %q", i.Text, w)
		}
	}
	i.TypedShortcut(&fyne.ShortcutUndo{})
	for _, w := range []string{"tiếng", "tiếng Việt", "tiếng Việt Nam"} {
		i.TypedShortcut(&fyne.ShortcutRedo{})
		if i.Text != w {
			t.Fatalf("done again to %q, want %q", i.Text, w)
		}
	}
	if n := len(told); n != 18+6 { // a key that changes nothing is not told of
		t.Errorf("told of %d changes: %q", n, told)
	}
	i.Clear()
	i.TypedShortcut(&fyne.ShortcutUndo{})
	if i.Text != "tiếng Việt Nam" {
		t.Errorf("after clearing: %q", i.Text)
	}
	if i.CursorTextOffset() != 14 {
		t.Errorf("the cursor is at %d", i.CursorTextOffset())
	}
}

func TestSwitch(t *testing.T) {
	m := kept{}
	i := one(t, Options{Memory: m})
	ctrlSpace := &desktop.CustomShortcut{KeyName: fyne.KeySpace, Modifier: fyne.KeyModifierControl}
	keys(i, "as ")
	i.TypedShortcut(ctrlSpace)
	keys(i, "as ")
	i.TypedShortcut(ctrlSpace)
	keys(i, "as ")
	if i.Text != "á as á " {
		t.Errorf("with Ctrl and the space bar: %q", i.Text)
	}
	press := func(names ...fyne.KeyName) {
		for _, n := range names {
			i.KeyDown(&fyne.KeyEvent{Name: n})
		}
		for _, n := range names {
			i.KeyUp(&fyne.KeyEvent{Name: n})
		}
	}
	press(desktop.KeyControlLeft, desktop.KeyShiftLeft)
	if !i.Setting().English {
		t.Error("Ctrl and Shift did not switch")
	}
	press(desktop.KeyShiftRight, desktop.KeyControlLeft)
	if i.Setting().English {
		t.Error("Shift and Ctrl did not switch back")
	}
	press(desktop.KeyControlLeft, desktop.KeyShiftLeft, fyne.KeyLeft)
	if i.Setting().English {
		t.Error("choosing a word switched")
	}
	i.choose(Setting{Method: VNI})
	if next := NewInput(options(t, Options{Memory: m})); next.Setting().Method != VNI {
		t.Errorf("the next field types %v", next.Setting())
	}
}

// ears is an app whose window takes shortcuts, as the toolkit's own do and those of
// its tests do not.
type ears struct {
	fyne.App
	of  fyne.CanvasObject
	got []string
}

func (e *ears) Driver() fyne.Driver { return earsDriver{e.App.Driver(), e} }

type earsDriver struct {
	fyne.Driver
	e *ears
}

func (d earsDriver) CanvasForObject(o fyne.CanvasObject) fyne.Canvas {
	return earsCanvas{d.Driver.CanvasForObject(o), d.e, o}
}

type earsCanvas struct {
	fyne.Canvas
	e *ears
	o fyne.CanvasObject
}

func (c earsCanvas) TypedShortcut(s fyne.Shortcut) {
	if c.o == c.e.of {
		c.e.got = append(c.e.got, s.ShortcutName())
	}
}

// larger is a widget that is more than the field in it.
type larger struct{ Input }

// TestShortcutsOfTheWindow: what means nothing to the field reaches the window, also
// from within a widget that embeds it, and the word stays as it is.
func TestShortcutsOfTheWindow(t *testing.T) {
	dress(t, look.Toolkit(look.Dark()))
	i := &larger{}
	i.Prepare(i, options(t, Options{}))
	desk(t, i).Canvas().Focus(i)
	keys(&i.Input, "mots hai")
	app := &ears{App: fyne.CurrentApp(), of: i}
	fyne.SetCurrentApp(app)
	t.Cleanup(func() { fyne.SetCurrentApp(app.App) })
	for _, c := range []struct {
		key    fyne.KeyName
		with   fyne.KeyModifier
		window bool
	}{
		{fyne.KeyK, fyne.KeyModifierControl, true},
		{fyne.Key1, fyne.KeyModifierControl, true},
		{fyne.KeyLeft, fyne.KeyModifierAlt, true},
		{fyne.KeyX, fyne.KeyModifierAlt, true},
		{fyne.KeyLeft, fyne.KeyModifierControl, false},
		{fyne.KeyRight, fyne.KeyModifierControl | fyne.KeyModifierShift, false},
		{fyne.KeySpace, fyne.KeyModifierControl, false},
	} {
		app.got = nil
		s := &desktop.CustomShortcut{KeyName: c.key, Modifier: c.with}
		i.TypedShortcut(s)
		if reached := len(app.got) == 1 && app.got[0] == s.ShortcutName(); reached != c.window {
			t.Errorf("%s: the window got %q", s.ShortcutName(), app.got)
		}
		if c.window && (i.Text != "mót hai" || i.CursorColumn != 7) {
			t.Errorf("%s: %q, the cursor at %d", s.ShortcutName(), i.Text, i.CursorColumn)
		}
	}
	if i.SelectedText() != "hai" {
		t.Errorf("%q is chosen", i.SelectedText())
	}
}

// TestSystemComposes: letters with marks that come from outside are left alone, and
// so is what follows.
func TestSystemComposes(t *testing.T) {
	m := kept{}
	i := one(t, Options{Memory: m})
	keys(i, "tiếng Viê")
	keys(i, "j tests ")
	if i.Text != "tiếng Viêj tests " {
		t.Errorf("%q", i.Text)
	}
	if Load(m).Method != System {
		t.Errorf("%v", Load(m))
	}
}

func TestKeys(t *testing.T) {
	entered, escaped := 0, 0
	i := one(t, Options{Kind: Query, Enter: func() { entered++ }, Escape: func() { escaped++ }})
	keys(i, "bos\n")
	if entered != 1 || i.Text != "bó" {
		t.Errorf("entered %d times with %q", entered, i.Text)
	}
	i.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if i.Text != "" || escaped != 0 {
		t.Errorf("the first Escape left %q", i.Text)
	}
	i.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if escaped != 1 {
		t.Error("the second Escape was not handed on")
	}
}

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		code, text string
		want       float64
		ok         bool
	}{
		{"vi", "1.234,5", 1234.5, true},
		{"vi", "1234,5", 1234.5, true},
		{"vi", "−4", -4, true},
		{"vi", " 12 ", 12, true},
		{"vi", "1.23", 0, false},
		{"vi", "1,2,3", 0, false},
		{"vi", "", 0, false},
		{"vi", "1-2", 0, false},
		{"vi", ".123", 0, false},
		{"en", "1,234.5", 1234.5, true},
		{"en", "1,23", 0, false},
		{"en", "1e5", 0, false},
		{"en", "Inf", 0, false},
	} {
		got, err := ParseNumber(c.code, c.text)
		if (err == nil) != c.ok || got != c.want {
			t.Errorf("%s %q: %v, %v", c.code, c.text, got, err)
		}
	}
}

func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"1.234,5", "1,234.5", "−4", "1e9", "..", "+"} {
		f.Add("vi", s)
		f.Add("en", s)
	}
	f.Fuzz(func(t *testing.T, code, text string) {
		if v, err := ParseNumber(code, text); err == nil && v != v {
			t.Errorf("%q is no number and yet read", text)
		}
	})
}

// TestWhatIsWrong: a field says what is wrong below it, and grows for it.
func TestWhatIsWrong(t *testing.T) {
	dress(t, look.Toolkit(look.Light()))
	f := New(options(t, Options{Kind: Number, Label: "Rộng", Most: 3}))
	desk(t, f)
	f.Focus()
	before := f.MinSize().Height
	f.Wrong("Nhập số lớn hơn 0")
	if f.MinSize().Height <= before || f.Said() != "Nhập số lớn hơn 0" {
		t.Errorf("%v after %v, %q", f.MinSize().Height, before, f.Said())
	}
	keys(f.Input, "12x")
	if f.Text() != "12" || f.Said() == "Nhập số lớn hơn 0" {
		t.Errorf("%q, %q", f.Text(), f.Said())
	}
	keys(f.Input, "3")
	if f.Said() != "Nhập số lớn hơn 0" {
		t.Errorf("%q", f.Said())
	}
	keys(f.Input, "4")
	if f.Text() != "123" || f.Said() != "Nhiều nhất 3 ký tự" {
		t.Errorf("%q, %q", f.Text(), f.Said())
	}
	if v, err := f.Number(); v != 123 || err != nil {
		t.Errorf("%v, %v", v, err)
	}
}

// TestPictures renders all kinds; with IOCWALL_GALLERY set to a folder the pictures
// are kept there for people to judge.
func TestPictures(t *testing.T) {
	for name, th := range map[string]fyne.Theme{"dark": look.Toolkit(look.Dark()), "light": look.ToolkitAt(look.Light(), 1.5)} {
		dress(t, th)
		text := New(options(t, Options{Label: "Họ và tên", Memory: kept{}}))
		text.SetText("Trần Thị Mai")
		pass := New(options(t, Options{Kind: Password, Label: "Mật khẩu"}))
		pass.SetText("bí mật")
		wrong := New(options(t, Options{Kind: Number, Label: "Rộng (mm)"}))
		wrong.SetText("12,5")
		wrong.Wrong("Nhỏ hơn viền của màn hình: nhập từ 200 đến 5.000")
		find := NewSearch(options(t, Options{}))
		lines := New(options(t, Options{Kind: Lines, Label: "Ghi chú"}))
		lines.SetText("Đã lấy 2 mẫu lúc 09:25, kết quả trước 15:00. Đã yêu cầu dừng xả.")
		w := desk(t, text, pass, wrong, find, lines)
		w.Resize(fyne.NewSize(420, 560))
		text.Focus()
		img := w.Canvas().Capture()
		if img.Bounds().Dx() < 400 {
			t.Fatalf("%v", img.Bounds())
		}
		if dir := os.Getenv("IOCWALL_GALLERY"); dir != "" {
			f, err := os.Create(filepath.Join(dir, "field-"+name+".png"))
			if err != nil {
				t.Fatal(err)
			}
			if err := png.Encode(f, img); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
