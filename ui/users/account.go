package users

import (
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"iocwall/server/world"
	"iocwall/ui/field"
	"iocwall/ui/page"
)

// AccountID names one's own page in links: iocwall://page/account.
const AccountID = "account"

// AccountKind is the page of who sits at the desk: password, open sessions, typing.
func AccountKind() page.Kind {
	return page.Kind{ID: AccountID, Title: "account.title", Icon: "user", Aside: true, New: NewAccount}
}

// leastPassword is how long a password is at least; the server decides.
const leastPassword = 12

// Account is one's own page. It belongs to the toolkit's goroutine.
type Account struct {
	desk     page.Desk
	root     *fyne.Container
	mine     *fyne.Container // the left column
	open     *fyne.Container // the sessions
	fields   map[string]*field.Field
	note     *widget.Label
	change   *widget.Button
	sessions []session
	why      string // why the sessions are not known
	busy     bool
	stops    []func()
}

// session is one of one's own sessions.
type session struct {
	ID      string    `json:"id"`
	Created time.Time `json:"created"`
	Used    time.Time `json:"used"`
	Expires time.Time `json:"expires"`
	From    string    `json:"from"`
	Current bool      `json:"current"`
}

// NewAccount makes the page.
func NewAccount(d page.Desk) page.Page {
	a := &Account{desk: d, fields: map[string]*field.Field{}}
	th := d.Env().Kit.Theme
	a.mine = container.New(field.Column{Gap: 12})
	a.open = container.New(field.Column{Gap: 12})
	sheet := func(in *fyne.Container) fyne.CanvasObject {
		return container.NewStack(canvas.NewRectangle(th.S1), container.NewVScroll(container.New(padded{}, in)))
	}
	a.root = container.New(halves{a.unit}, sheet(a.mine), sheet(a.open))
	a.build()
	a.list()
	return a
}

func (a *Account) t(key string, pairs ...string) string {
	return a.desk.Env().Lang.T(key, pairs...)
}

func (a *Account) unit() float32 {
	return fyne.CurrentApp().Settings().Theme().Size(theme.SizeNameText) / 16
}

func (a *Account) head(to *fyne.Container, text string) {
	t := canvas.NewText(text, a.desk.Env().Kit.Theme.T1)
	t.TextSize, t.TextStyle.Bold = 20*a.unit(), true
	to.Add(t)
}

// build makes the left column: who one is, the password, the typing.
func (a *Account) build() {
	p, l := a.desk.Person(), a.desk.Env().Lang
	a.head(a.mine, p.Name)
	role := p.Role
	if key := "shell.role." + role; l.Has(key) {
		role = l.T(key)
	}
	until := a.t("account.forever")
	if !p.Expires.IsZero() {
		until = l.Stamp(p.Expires, a.desk.Now())
	}
	a.mine.Add(field.Words(a.t("account.about", "login", p.Login, "role", role, "until", until), true))
	if p.Login == "" {
		a.mine.Add(field.Words(a.t("account.token"), false))
	} else {
		a.password()
	}
	a.typing()
}

// password is the fields for another password.
func (a *Account) password() {
	a.head(a.mine, a.t("account.password"))
	for _, name := range []string{"old", "next", "again"} {
		f := field.New(field.Options{Kind: field.Password, Lang: a.desk.Env().Lang, Label: a.t("account.field." + name), Most: 200, Enter: a.submit})
		a.fields[name] = f
		a.mine.Add(f)
	}
	a.note = widget.NewLabel("")
	a.note.Wrapping, a.note.Importance = fyne.TextWrapWord, widget.DangerImportance
	a.note.Hide()
	a.mine.Add(a.note)
	a.change = widget.NewButton(a.t("account.do.password"), a.submit)
	a.change.Importance = widget.HighImportance
	a.mine.Add(a.change)
}

// typing is the choice of who composes Vietnamese.
func (a *Account) typing() {
	a.head(a.mine, a.t("field.typing"))
	s := field.Load(a.desk.Memory())
	var names []string
	at := 0
	for i, m := range field.Methods() {
		names = append(names, a.t("field.method."+string(m)))
		if m == s.Method {
			at = i
		}
	}
	tones := widget.NewCheck(a.t("field.modern"), func(on bool) {
		s.Modern = on
		field.Save(a.desk.Memory(), s)
	})
	tones.Checked = s.Modern
	choose := widget.NewRadioGroup(names, nil)
	choose.Required = true
	choose.SetSelected(names[at])
	choose.OnChanged = func(name string) {
		for i, m := range field.Methods() {
			if names[i] == name {
				s.Method, s.English = m, false
				field.Save(a.desk.Memory(), s)
			}
		}
	}
	a.mine.Add(choose)
	a.mine.Add(tones)
	a.mine.Add(field.Words(a.t("account.typing.how"), true))
}

// submit changes the password.
func (a *Account) submit() {
	if a.busy || !a.check() {
		return
	}
	a.say("")
	a.busy = true
	a.change.Disable()
	body := map[string]string{"old": a.fields["old"].Text(), "new": a.fields["next"].Text()}
	a.ask(page.Request{Method: http.MethodPost, Path: "/api/me/password", Body: body, Timeout: 30 * time.Second}, func(err error) {
		a.busy = false
		a.change.Enable()
		if err != nil {
			a.say(a.whyNot(err))
			return
		}
		for _, f := range a.fields {
			f.SetText("")
		}
		a.desk.Did(a.t("account.did.password"), nil)
		a.desk.Say(world.Notice, a.t("account.did.password.say"))
		a.load()
	})
}

// check looks at what was typed before anybody is asked.
func (a *Account) check() bool {
	old, next, again := a.fields["old"].Text(), a.fields["next"].Text(), a.fields["again"].Text()
	ok := true
	wrong := func(name string, is bool, key string) {
		text := ""
		if is {
			text, ok = a.t(key), false
		}
		a.fields[name].Wrong(text)
	}
	wrong("old", old == "", "login.need.password")
	switch short := utf8.RuneCountInString(next) < leastPassword; {
	case short:
		wrong("next", true, "login.need.long")
	default:
		wrong("next", next == old, "login.need.new")
	}
	wrong("again", next != again, "login.need.again")
	a.mine.Refresh()
	return ok
}

func (a *Account) whyNot(err error) string {
	if r, ok := err.(*page.Refusal); ok { //nolint:errorlint // the desk hands it over as it is
		if r.Say != "" && r.Say != "auth."+r.Code {
			return r.Text // one of several sentences of its code
		}
		switch r.Code {
		case "wrong":
			return a.t("account.no.old")
		case "weak", "busy", "failed":
			return a.t("login.no." + r.Code)
		case "locked":
			return a.t("login.wait.locked", "left", a.desk.Env().Lang.Age(r.After))
		}
		return a.t("login.no.other", "why", r.Text)
	}
	return a.t("users.no.away")
}

func (a *Account) say(text string) {
	a.note.SetText(text)
	a.note.Hidden = text == ""
	a.mine.Refresh()
}

// load asks for one's own sessions.
func (a *Account) load() {
	if a.desk.Person().Login == "" {
		return
	}
	var in struct {
		Sessions []session `json:"sessions"`
	}
	a.ask(page.Request{Path: "/api/me/sessions", Into: &in}, func(err error) {
		a.why = ""
		if err != nil {
			a.why = a.whyNot(err)
		} else {
			a.sessions = in.Sessions
		}
		a.list()
	})
}

// list shows the sessions, this one first.
func (a *Account) list() {
	l := a.desk.Env().Lang
	a.open.Objects = nil
	a.head(a.open, a.t("account.sessions"))
	a.open.Add(field.Words(a.t("account.sessions.how"), true))
	if a.why != "" {
		a.open.Add(field.Words(a.why, false))
		a.open.Add(widget.NewButton(a.t("account.do.again"), a.load))
	}
	for _, s := range a.sessions {
		key := "account.session"
		if s.Current {
			key = "account.session.here"
		}
		from := s.From
		if from == "" {
			from = "—"
		}
		now := a.desk.Now()
		text := a.t(key, "from", from, "began", l.Stamp(s.Created, now), "used", l.Stamp(s.Used, now), "until", l.Stamp(s.Expires, now))
		if s.Current {
			a.open.Add(field.Words(text, false))
			continue
		}
		end := widget.NewButton(a.t("account.do.end"), func() { a.end(s.ID) })
		a.open.Add(container.NewBorder(nil, nil, nil, container.NewCenter(end), level(field.Words(text, false))))
	}
	a.open.Refresh()
	a.root.Refresh()
}

// end ends one of the sessions.
func (a *Account) end(id string) {
	a.ask(page.Request{Method: http.MethodDelete, Path: "/api/me/sessions/" + url.PathEscape(id)}, func(err error) {
		if err != nil {
			a.desk.Say(world.Warning, a.whyNot(err))
		} else {
			a.desk.Did(a.t("account.did.end"), nil)
		}
		a.load()
	})
}

// ask asks a door.
func (a *Account) ask(r page.Request, done func(error)) {
	a.stops = append(a.stops, a.desk.Call(r, done))
}

// Object is what the window shows.
func (a *Account) Object() fyne.CanvasObject { return a.root }

// Title is the page's name.
func (a *Account) Title() string { return a.t("account.title") }

// Refresh has nothing that changes by itself.
func (a *Account) Refresh(time.Time) {}

// Key takes none.
func (a *Account) Key(*fyne.KeyEvent) bool { return false }

// Rune takes none.
func (a *Account) Rune(rune) bool { return false }

// Keys are those of fields.
func (a *Account) Keys() []page.Key {
	return []page.Key{{Keys: "Ctrl ␣", Text: a.t("account.key.typing"), Foot: true}, {Keys: "Tab", Text: a.t("shell.key.tab"), Foot: true}}
}

// Open opens itself only.
func (a *Account) Open(l page.Link) bool {
	return l.Kind == "page" && strings.EqualFold(l.ID, AccountID)
}

// Shown asks for the sessions.
func (a *Account) Shown(visible bool) {
	if visible {
		a.load()
	}
}

// Close ends what was asked, and what was typed is gone: it was a password.
func (a *Account) Close() {
	for _, stop := range a.stops {
		stop()
	}
	a.stops = nil
}

// halves lays two panes beside each other, or over each other where that is too narrow.
type halves struct{ unit func() float32 }

// Layout is for Fyne.
func (h halves) Layout(os []fyne.CanvasObject, size fyne.Size) {
	wide := min(560*h.unit(), (size.Width-gap)/2)
	if wide < 360*h.unit() {
		half := (size.Height - gap) * 3 / 5
		os[0].Move(fyne.NewPos(0, 0))
		os[0].Resize(fyne.NewSize(size.Width, half))
		os[1].Move(fyne.NewPos(0, half+gap))
		os[1].Resize(fyne.NewSize(size.Width, size.Height-half-gap))
		return
	}
	os[0].Move(fyne.NewPos(0, 0))
	os[0].Resize(fyne.NewSize(wide, size.Height))
	os[1].Move(fyne.NewPos(wide+gap, 0))
	os[1].Resize(fyne.NewSize(size.Width-wide-gap, size.Height))
}

// MinSize is for Fyne.
func (halves) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(320, 200) }
