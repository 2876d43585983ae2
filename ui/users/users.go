// Package users is the administrator's page of people: who may log in, as what and
// for which areas until when, with one-time passwords and open sessions. It asks the
// server's doors; the server decides. A one-time password is shown once and kept
// nowhere.
package users

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"iocwall/server/world"
	"iocwall/ui/list"
	"iocwall/ui/page"
)

// ID names the page in links: iocwall://page/users; a person is iocwall://user/LOGIN.
const ID = "users"

// Right is what one needs for it.
const Right = "user.manage"

// Kind is the page as the console offers it.
func Kind() page.Kind {
	return page.Kind{
		ID: ID, Title: "users.title", Icon: "user", Rights: []string{Right},
		Links: []string{"user"}, New: New,
	}
}

// again is how often the list is asked for while it is seen.
const again = 30 * time.Second

// view is what the pane beside the list shows.
type view string

const (
	viewNone   view = ""
	viewUser   view = "user"
	viewNew    view = "new"
	viewSecret view = "secret"
)

// Page is the page. It belongs to the toolkit's goroutine.
type Page struct {
	desk page.Desk
	root *fyne.Container
	list *list.List
	pane *pane

	people *list.Rows[user]
	roles  []string
	loaded bool
	stop   func() // the question for the list
	asked  time.Time
	shown  bool
	closed bool

	view view
	of   string // the login in the pane
	want string // a login of a link, until the list is there
}

// user is a person as the server tells of one.
type user struct {
	ID       string    `json:"id"`
	Login    string    `json:"login"`
	Name     string    `json:"name"`
	Role     string    `json:"role"`
	Areas    []term    `json:"areas"`
	Unit     string    `json:"unit,omitempty"`
	Disabled time.Time `json:"disabled,omitzero"`
	Must     bool      `json:"mustChange"`
	Created  time.Time `json:"created"`
	Seen     time.Time `json:"seen,omitzero"`
	Factor   string    `json:"factor"`
	Sessions int       `json:"sessions"`
}

// term is an area granted for a time; Until is the first moment without it.
type term struct {
	Area  string    `json:"area"`
	From  time.Time `json:"from,omitzero"`
	Until time.Time `json:"until,omitzero"`
}

// New makes the page. What was half typed in the last one is there again.
func New(d page.Desk) page.Page {
	p := &Page{desk: d, people: list.NewRows(func(u *user) string { return u.Login }, nil)}
	p.list = newList(p)
	p.pane = newPane(p)
	p.root = container.New(&sides{p: p}, p.list.Object(), p.pane.box)
	p.list.Say(list.Loading, p.t("users.loading"), "", nil)
	p.recall()
	return p
}

func (p *Page) t(key string, pairs ...string) string { return p.desk.Env().Lang.T(key, pairs...) }

// Object is what the window shows.
func (p *Page) Object() fyne.CanvasObject { return p.root }

// Title is the page's name, and of whom it shows.
func (p *Page) Title() string {
	if p.view == viewUser {
		return p.t("users.title") + " · " + p.of
	}
	return p.t("users.title")
}

// Shown asks for the list when the page comes into sight.
func (p *Page) Shown(visible bool) {
	p.shown = visible
	if visible {
		p.load()
	}
}

// Refresh asks anew now and then.
func (p *Page) Refresh(now time.Time) {
	if p.shown && p.stop == nil && now.Sub(p.asked) >= again {
		p.load()
	}
	p.list.Update(now)
}

// load asks the server for everybody.
func (p *Page) load() {
	if p.stop != nil {
		p.stop()
	}
	p.asked = p.desk.Now()
	var in struct {
		Users []user   `json:"users"`
		Roles []string `json:"roles"`
	}
	p.stop = p.desk.Call(page.Request{Path: "/api/users", Into: &in}, func(err error) {
		p.stop = nil
		if err != nil {
			p.failed(err)
			return
		}
		p.people.Set(in.Users)
		p.roles, p.loaded = in.Roles, true
		p.list.Say(list.Ready, "", "", nil)
		p.list.Update(p.desk.Now())
		p.found()
	})
}

// failed says why there is no list; an old one stays.
func (p *Page) failed(err error) {
	var no *page.Refusal
	if errors.As(err, &no) && no.Status == http.StatusForbidden {
		p.list.Say(list.Denied, p.t("users.denied"), p.t("users.denied.why"), nil)
		return
	}
	p.list.Say(list.Failed, p.t("users.failed"), p.why(err), p.load)
}

// why is an error of a door in the page's language.
func (p *Page) why(err error) string {
	var no *page.Refusal
	if errors.As(err, &no) {
		if key := "users.no." + no.Code; p.desk.Env().Lang.Has(key) {
			return p.t(key)
		}
		return p.t("users.no.other", "why", no.Text)
	}
	return p.t("users.no.away")
}

// found brings the pane in line with a new list.
func (p *Page) found() {
	if p.want != "" {
		login := p.want
		p.want = ""
		p.choose(login)
		return
	}
	if p.view != viewUser {
		return
	}
	if u, ok := p.person(p.of); ok {
		p.pane.news(u)
		return
	}
	p.show(viewNone, "")
}

// person is somebody of the list.
func (p *Page) person(login string) (user, bool) {
	for i := range p.people.Len() {
		if u := p.people.At(i); u.Login == login {
			return *u, true
		}
	}
	return user{}, false
}

// choose shows somebody in the pane.
func (p *Page) choose(login string) {
	if _, ok := p.person(login); !ok {
		p.desk.Say(world.Warning, p.t("users.gone", "login", login))
		return
	}
	p.list.Choose(login)
	p.show(viewUser, login)
}

// show puts something else into the pane.
func (p *Page) show(v view, login string) {
	p.view, p.of = v, login
	p.pane.build()
	p.root.Refresh()
	p.remember()
}

// Open shows who a link names.
func (p *Page) Open(l page.Link) bool {
	switch {
	case l.Kind == "page" && l.ID == ID:
		return true
	case l.Kind != "user":
		return false
	case !p.loaded:
		p.want = l.ID
		return true
	}
	_, ok := p.person(l.ID)
	if ok {
		p.choose(l.ID)
	}
	return ok
}

// Key takes what no field wanted.
func (p *Page) Key(e *fyne.KeyEvent) bool {
	if e.Name == fyne.KeyEscape && p.view != viewNone {
		p.leave()
		return true
	}
	return p.list.Key(e)
}

// Rune takes letters: N makes somebody new.
func (p *Page) Rune(r rune) bool {
	if r == 'n' || r == 'N' {
		p.show(viewNew, "")
		p.pane.focus()
		return true
	}
	return false
}

// leave closes the pane.
func (p *Page) leave() {
	p.show(viewNone, "")
	p.list.Focus()
}

// Keys are the keys that mean something now.
func (p *Page) Keys() []page.Key {
	out := []page.Key{{Keys: "↑↓", Text: p.t("users.key.choose"), Foot: true}, {Keys: "N", Text: p.t("users.key.new"), Foot: true}}
	if p.view == viewUser || p.view == viewNew {
		out = append(out, page.Key{Keys: "Ctrl ⏎", Text: p.t("users.key.save"), Foot: true})
	}
	if p.view != viewNone {
		out = append(out, page.Key{Keys: "Esc", Text: p.t("users.key.back"), Foot: true})
	}
	return out
}

// Close ends the page.
func (p *Page) Close() {
	p.remember()
	p.closed = true
	if p.stop != nil {
		p.stop()
	}
	p.pane.close()
}

// path is a door of one person.
func path(login, rest string) string { return "/api/users/" + url.PathEscape(login) + rest }
