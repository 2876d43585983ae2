package login

import (
	"context"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"iocwall/assets"
	"iocwall/ui/look"
	"iocwall/ui/page"
	"iocwall/ui/paint"
	"iocwall/ui/words"
)

// server answers from a script.
type server struct {
	asked []string
	login func(login, password, code string) (Standing, error)
	next  Standing
	codes []string
	fail  error
}

func (s *server) Login(_ context.Context, login, password, code string) (Standing, error) {
	s.asked = append(s.asked, "login "+login+" "+password+" "+code)
	return s.login(login, password, code)
}

func (s *server) Password(_ context.Context, old, next string) (Standing, error) {
	s.asked = append(s.asked, "password "+old+" "+next)
	return s.next, s.fail
}

func (s *server) Begin(context.Context) (secret, uri string, err error) {
	return "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "otpauth://totp/IOC%20Qu%E1%BA%A3ng%20Nam:mai?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=IOC%20Qu%E1%BA%A3ng%20Nam", s.fail
}

func (s *server) Centre(context.Context) (string, error) { return "IOC thành phố Đà Nẵng", nil }

func (s *server) Confirm(_ context.Context, code string) ([]string, error) {
	s.asked = append(s.asked, "confirm "+code)
	return s.codes, s.fail
}
func (s *server) Me(context.Context) (Standing, error) { return s.next, s.fail }
func (s *server) Leave(context.Context)                { s.asked = append(s.asked, "leave") }

func refusal(code string, after time.Duration) error {
	return &page.Refusal{Status: 401, Code: code, Text: "no: " + code, After: after}
}

// bench is a page in a window.
type bench struct {
	t    *testing.T
	p    *Page
	srv  *server
	win  fyne.Window
	do   chan func()
	now  time.Time
	done []page.Person
	copy string
	look look.Theme
	text float64
}

func newBench(t *testing.T, lang string, th look.Theme, text float64, srv *server, edit func(*Options)) *bench {
	t.Helper()
	a := test.NewApp()
	t.Cleanup(a.Quit)
	a.Settings().SetTheme(look.ToolkitAt(th, text))
	b := &bench{t: t, srv: srv, do: make(chan func(), 16), now: time.Date(2026, 11, 21, 2, 42, 7, 0, time.UTC), look: th, text: text}
	o := Options{
		Kit: kit(t, th), Lang: load(t, lang), Centre: "IOC tỉnh Quảng Nam", Server: "ioc.quangnam.gov.vn", Secure: true,
		Doors: srv, Do: func(f func()) { b.do <- f }, Now: func() time.Time { return b.now },
		Copy: func(s string) { b.copy = s }, Print: func(_, _ string, _ []string, done func(error)) { done(nil) },
		Look: func(l, name string) {
			th := look.Dark()
			if name == "light" {
				th = look.Light()
			}
			a.Settings().SetTheme(look.ToolkitAt(th, text))
			b.p.Dress(kit(t, th), load(t, l))
		},
		Done: func(p page.Person) { b.done = append(b.done, p) },
	}
	if edit != nil {
		edit(&o)
	}
	b.p = New(o)
	b.win = test.NewWindow(b.p.Object())
	t.Cleanup(b.win.Close)
	b.win.SetPadded(false)
	b.win.Resize(fyne.NewSize(1366, 768))
	b.p.Focus()
	return b
}

func kit(t *testing.T, th look.Theme) *paint.Kit {
	t.Helper()
	fonts, err := paint.NewFonts(assets.Regular(), assets.Bold())
	if err != nil {
		t.Fatal(err)
	}
	icons, err := paint.NewIcons(assets.Icons())
	if err != nil {
		t.Fatal(err)
	}
	return &paint.Kit{Theme: th, Fonts: fonts, Icons: icons}
}

func load(t *testing.T, code string) *words.Lang {
	t.Helper()
	l, err := words.Load(code)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// settle takes the answers that are under way.
func (b *bench) settle() {
	b.t.Helper()
	for b.p.busy {
		select {
		case f := <-b.do:
			f()
		case <-time.After(20 * time.Second):
			b.t.Fatal("no answer")
		}
	}
}

// enter types into the field that has the keyboard and presses Enter.
func (b *bench) enter(text string) {
	b.t.Helper()
	f := b.win.Canvas().Focused()
	if f == nil {
		b.t.Fatal("nothing has the keyboard")
	}
	for _, r := range text {
		f.TypedRune(r)
	}
	f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.settle()
}

func (b *bench) said() string { return b.p.form.said.label.Text }

var mai = page.Person{Login: "mai", Name: "Trần Thị Mai", Role: "operator"}

func TestLogin(t *testing.T) {
	srv := &server{login: func(login, password, _ string) (Standing, error) {
		if login != "mai" || password != "đúng mật khẩu" {
			return Standing{}, refusal("wrong", 0)
		}
		return Standing{Person: mai}, nil
	}}
	b := newBench(t, "vi", look.Dark(), 1, srv, nil)
	b.enter("mai")
	b.enter("sai")
	if b.p.step != stepLogin || !strings.HasPrefix(b.said(), "Tên đăng nhập hoặc mật khẩu không đúng") {
		t.Fatalf("%s: %q", b.p.step, b.said())
	}
	if b.p.form.fields["password"].Text() != "" || b.p.form.fields["login"].Text() != "mai" {
		t.Error("the wrong password stays, or the login went")
	}
	b.enter("đúng mật khẩu")
	if len(b.done) != 1 || b.done[0].Login != "mai" {
		t.Fatalf("%v, %q", b.done, b.said())
	}
	if len(b.p.typed) != 1 {
		t.Errorf("%d things are kept of what was typed", len(b.p.typed))
	}
}

func TestNothingTyped(t *testing.T) {
	srv := &server{}
	b := newBench(t, "vi", look.Dark(), 1, srv, nil)
	b.enter("mai")
	b.enter("")
	if len(srv.asked) != 0 || b.p.form.fields["password"].Said() != "Nhập mật khẩu" {
		t.Errorf("%v, %q", srv.asked, b.p.form.fields["password"].Said())
	}
}

// TestAllSteps goes from the first login of an administrator to the desk by the
// keyboard alone.
func TestAllSteps(t *testing.T) {
	srv := &server{codes: []string{"aaaa-bbbb", "cccc-dddd"}}
	srv.login = func(_, _, code string) (Standing, error) {
		if code == "" {
			return Standing{}, refusal("need-code", 0)
		}
		return Standing{Person: mai, MustChange: true, Enrol: true}, nil
	}
	srv.next = Standing{Person: mai, Enrol: true}
	b := newBench(t, "vi", look.Dark(), 1, srv, func(o *Options) { o.Login = "mai" })
	b.enter("một lần")
	b.enter("123456")
	if b.p.step != stepPassword {
		t.Fatalf("%s %q", b.p.step, b.said())
	}
	b.enter("ngắn")
	b.enter("ngắn")
	if len(srv.asked) != 2 {
		t.Fatalf("%q", srv.asked)
	}
	b.p.form.clear("next")
	b.p.form.clear("again")
	b.p.Focus()
	b.enter("bốn con ngựa tím")
	b.enter("bốn con ngựa tím")
	if b.p.step != stepEnrol {
		t.Fatalf("%s %q", b.p.step, b.said())
	}
	b.settle()
	b.enter("654321")
	if b.p.step != stepRecovery {
		t.Fatalf("%s %q", b.p.step, b.said())
	}
	srv.next = Standing{Person: mai}
	b.p.submit()
	b.settle()
	want := []string{"login mai một lần ", "login mai một lần 123456", "password một lần bốn con ngựa tím", "confirm 654321"}
	if !slices.Equal(srv.asked, want) || len(b.done) != 1 {
		t.Errorf("%q, %v", srv.asked, b.done)
	}
}

// TestRecoveryIsPrinted: the codes go to the printer, and one that fails is told.
func TestRecoveryIsPrinted(t *testing.T) {
	fail := errors.New("no paper")
	printed := ""
	b := newBench(t, "vi", look.Dark(), 1, &server{}, func(o *Options) {
		o.Print = func(by, title string, lines []string, done func(error)) {
			printed = by + "; " + title + "; " + strings.Join(lines, " ")
			done(fail)
		}
	})
	b.p.who.Name, b.p.who.Login, b.p.recovery = "Mai", "mai", []string{"aa-bb", "cc-dd"}
	b.p.turn(stepRecovery)
	var find func(o fyne.CanvasObject) *widget.Button
	find = func(o fyne.CanvasObject) *widget.Button {
		switch x := o.(type) {
		case *widget.Button:
			if x.Text == b.p.o.Lang.T("login.print") {
				return x
			}
		case *fyne.Container:
			for _, in := range x.Objects {
				if found := find(in); found != nil {
					return found
				}
			}
		}
		return nil
	}
	for _, want := range []string{b.p.o.Lang.T("login.no.print"), ""} {
		test.Tap(find(b.p.form.rows))
		if got := b.p.says(b.now); got != want || b.p.busy {
			t.Errorf("said %q, want %q; busy %v", got, want, b.p.busy)
		}
		fail = nil
	}
	if want := "Mai; " + b.p.o.Lang.T("login.recovery.title", "who", "mai") + "; aa-bb cc-dd"; printed != want {
		t.Errorf("printed %q, want %q", printed, want)
	}
}

// TestCentreIsNamed: the page asks whose it is, and who is typing goes on.
func TestCentreIsNamed(t *testing.T) {
	b := newBench(t, "vi", look.Dark(), 1, &server{}, func(o *Options) { o.Centre = "" })
	b.p.form.fields["login"].SetText("ma")
	if was := b.p.form.over.Text; was != load(t, "vi").T("login.product") {
		t.Errorf("before the answer: %q", was)
	}
	form := b.p.form
	select {
	case f := <-b.do:
		f()
	case <-time.After(20 * time.Second):
		t.Fatal("no answer")
	}
	if is := b.p.form.over.Text; is != "IOC thành phố Đà Nẵng" || b.p.form != form {
		t.Errorf("after it: %q", is)
	}
	b.p.turn(stepCode)
	if is := b.p.form.over.Text; is != "IOC thành phố Đà Nẵng" {
		t.Errorf("at the next step: %q", is)
	}
}

func TestLockedCountsDown(t *testing.T) {
	srv := &server{login: func(string, string, string) (Standing, error) { return Standing{}, refusal("locked", 90*time.Second) }}
	b := newBench(t, "vi", look.Dark(), 1, srv, func(o *Options) { o.Login = "mai" })
	b.enter("x")
	if b.said() != "Thử sai quá nhiều lần. Thử lại sau 1 phút." || !b.p.form.main.Disabled() {
		t.Errorf("%q", b.said())
	}
	b.now = b.now.Add(60 * time.Second)
	b.p.Refresh(b.now)
	if b.said() != "Thử sai quá nhiều lần. Thử lại sau 30 giây." {
		t.Errorf("%q", b.said())
	}
	b.enter("y")
	if len(srv.asked) != 1 {
		t.Errorf("asked %d times", len(srv.asked))
	}
	b.now = b.now.Add(31 * time.Second)
	b.p.Refresh(b.now)
	if b.said() != "" || b.p.form.main.Disabled() {
		t.Errorf("%q", b.said())
	}
}

// TestTroubles: each code has words in both languages, and an unreachable server its
// name.
func TestTroubles(t *testing.T) {
	for _, code := range []string{"wrong", "wrong-code", "locked", "busy", "expired", "revoked", "disabled", "weak", "failed", "not-started", "not-a-user"} {
		tr, _ := troubleOf(refusal(code, 0))
		for _, lang := range words.Codes() {
			if !load(t, lang).Has("login.no." + tr.code) {
				t.Errorf("%s has no words for %q", lang, code)
			}
		}
	}
	for _, code := range []string{"expired", "revoked", "password", "rights", "disabled", "many", "unknown", "something"} {
		if !load(t, "vi").Has("login.no." + why(code)) {
			t.Errorf("no words for a session that ended by %q", code)
		}
	}
	srv := &server{login: func(string, string, string) (Standing, error) { return Standing{}, errors.New("dial tcp: refused") }}
	b := newBench(t, "vi", look.Dark(), 1, srv, func(o *Options) { o.Login, o.Why = "mai", "expired" })
	if b.said() != "Phiên đã hết hạn. Đăng nhập lại để tiếp tục." {
		t.Errorf("%q", b.said())
	}
	b.enter("x")
	if b.said() != "Không nối được máy chủ ioc.quangnam.gov.vn. Kiểm tra mạng rồi thử lại." {
		t.Errorf("%q", b.said())
	}
	srv.login = func(string, string, string) (Standing, error) { return Standing{}, refusal("strange", 0) }
	b.p.submit()
	b.settle()
	if b.said() != "Máy chủ từ chối: no: strange" {
		t.Errorf("%q", b.said())
	}
	// Of several sentences of a code the one the server means is said, in words.
	for want, no := range map[string]*page.Refusal{
		"Mật khẩu cần ít nhất 12 ký tự; vài từ không liên quan nhau thì dễ nhớ": {Status: 422, Code: "weak", Say: "weak.short", Values: map[string]string{"least": "12"}, Text: "x"},
		"Máy chủ từ chối: Đơn vị này chưa được giao địa bàn":                    {Status: 403, Code: "no-area", Say: "auth.no-area", Text: "x"},
	} {
		srv.login = func(string, string, string) (Standing, error) { return Standing{}, no }
		b.p.submit()
		b.settle()
		if b.said() != want {
			t.Errorf("%q, want %q", b.said(), want)
		}
	}
}

// TestDressKeepsWhatWasTyped also looks whether the page says everything in the
// other language.
func TestDressKeepsWhatWasTyped(t *testing.T) {
	b := newBench(t, "vi", look.Dark(), 1, &server{}, nil)
	for _, r := range "mai" {
		b.win.Canvas().Focused().TypedRune(r)
	}
	b.p.o.Look("en", "light")
	if b.p.form.fields["login"].Text() != "mai" || b.p.form.label != "Log in" {
		t.Errorf("%q, %q", b.p.form.fields["login"].Text(), b.p.form.label)
	}
}

func TestPicture(t *testing.T) {
	img, err := picture("otpauth://totp/x?secret=JBSWY3DPEHPK3PXP")
	if err != nil {
		t.Fatal(err)
	}
	b := img.Bounds()
	if r, _, _, _ := img.At(quiet-1, quiet-1).RGBA(); r == 0 {
		t.Error("the quiet zone is not white")
	}
	if r, _, _, _ := img.At(quiet, quiet).RGBA(); r != 0 || b.Dx() < 21+2*quiet {
		t.Error("the finder is not there")
	}
	if groups("JBSWY3DPEHPK3PXPJB") != "JBSW Y3DP EHPK 3PXP\nJB" {
		t.Error(groups("JBSWY3DPEHPK3PXPJB"))
	}
}

// TestPictures renders each step; with IOCWALL_GALLERY set to a folder the pictures
// are kept there for people to judge. Nothing may be wider or higher than the window.
func TestPictures(t *testing.T) {
	for _, c := range []struct {
		name, lang string
		th         look.Theme
		text       float64
	}{{"dark-vi", "vi", look.Dark(), 1}, {"light-en", "en", look.Light(), 1}, {"light-vi-large", "vi", look.Light(), 1.5}, {"dark-en-large", "en", look.Dark(), 1.5}} {
		srv := &server{login: func(string, string, string) (Standing, error) { return Standing{}, refusal("wrong", 0) }}
		b := newBench(t, c.lang, c.th, c.text, srv, func(o *Options) { o.Login = "mai" })
		b.shoot("login-" + c.name)
		b.enter("x")
		b.shoot("login-wrong-" + c.name)
		b.p.turn(stepCode)
		b.shoot("login-code-" + c.name)
		b.p.who = Standing{Person: mai}
		b.p.turn(stepPassword)
		b.p.submit()
		b.shoot("login-password-" + c.name)
		b.p.enrol()
		b.settle()
		b.shoot("login-enrol-" + c.name)
		b.p.recovery = []string{
			"FQSX-9E7Z-CY7H-H9PT", "GBVQ-N67E-SNBK-MC5C", "NRKF-6J8U-WJES-MHWG", "9EYA-M6WN-FWME-8NUR",
			"9GSB-LZ8X-VNYV-Z87H", "2DS2-N975-HBYM-SDHR", "G3TQ-TSU3-MG9J-HHHU", "YQQ2-FELN-NU2L-RPSY",
		}
		b.p.turn(stepRecovery)
		b.shoot("login-recovery-" + c.name)
	}
}

func (b *bench) shoot(name string) {
	b.t.Helper()
	img := b.win.Canvas().Capture()
	card := b.p.form.scroll.Content.(*fyne.Container).Objects[0]
	at, s := card.Position(), card.Size()
	if s.Width > 1366 || at.Y < edge || at.Y+s.Height > 768-edge+0.5 {
		b.t.Errorf("%s: the card is %v at %v", name, s, at)
	}
	if off := at.X + s.Width/2 - 1366/2; off < -12 || off > 1 { // a hair, to keep clear of the bar
		b.t.Errorf("%s: the card is %.0f aside", name, off)
	}
	dir := os.Getenv("IOCWALL_GALLERY")
	if dir == "" {
		return
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := png.Encode(f, img); err != nil {
		b.t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.t.Fatal(err)
	}
}
