package users

import (
	"net/http"
	"strings"

	"iocwall/ui/page"
)

// submit does what the pane's main button does.
func (n *pane) submit() {
	switch n.p.view {
	case viewUser:
		n.save()
	case viewNew:
		n.create()
	}
}

// ask asks a door; done is called when it did what was asked.
func (n *pane) ask(r page.Request, done func()) {
	if n.busy {
		return
	}
	n.busy = true
	n.say("")
	if n.main != nil {
		n.main.Disable()
	}
	n.stop = n.p.desk.Call(r, func(err error) {
		n.busy, n.stop = false, nil
		if n.main != nil {
			n.main.Enable()
		}
		if err != nil {
			n.say(n.p.why(err))
			return
		}
		done()
	})
}

// create makes somebody.
func (n *pane) create() {
	areas, ok := n.form.read()
	if !ok {
		n.rows.Refresh()
		return
	}
	login := strings.ToLower(strings.TrimSpace(n.form.login.Text()))
	body := map[string]any{"login": login, "name": strings.TrimSpace(n.form.name.Text()), "role": n.form.chosenRole(), "areas": areas}
	if unit := n.form.chosenUnit(); unit != "" {
		body["unit"] = unit
	}
	var in struct {
		User     user   `json:"user"`
		Password string `json:"password"`
	}
	n.ask(page.Request{Method: http.MethodPost, Path: "/api/users", Body: body, Into: &in}, func() {
		n.p.desk.Did(n.p.t("users.did.added", "login", login), nil)
		n.reveal(login, in.Password)
	})
}

// reveal shows a password once and asks for the new list.
func (n *pane) reveal(login, password string) {
	n.secret = secret{password, login}
	n.p.show(viewSecret, login)
	n.p.load()
}

// save changes what was edited.
func (n *pane) save() {
	areas, ok := n.form.read()
	if !ok {
		n.rows.Refresh()
		return
	}
	f := n.form
	body := map[string]any{}
	if name := strings.TrimSpace(f.name.Text()); name != f.of.Name {
		body["name"] = name
	}
	if role := f.chosenRole(); role != f.of.Role {
		body["role"] = role
	}
	if unit := f.chosenUnit(); unit != f.of.Unit {
		body["unit"] = unit
	}
	if f.termsTouched() {
		body["areas"] = areas
	}
	if len(body) == 0 {
		n.say(n.p.t("users.nothing"))
		return
	}
	n.change(body, "users.did.saved")
}

// change changes something about the person in the pane.
func (n *pane) change(body map[string]any, did string) {
	login := n.p.of
	n.ask(page.Request{Method: http.MethodPatch, Path: path(login, ""), Body: body}, func() {
		n.p.desk.Did(n.p.t(did, "login", login), nil)
		n.settled()
	})
}

// settled shows the person as the server has it now.
func (n *pane) settled() {
	if n.form != nil {
		n.form.of = user{} // whatever comes is news
	}
	n.p.forget()
	n.p.want = n.p.of
	n.p.load()
}

// reset gives a new one-time password; factor takes the second factor away as well.
func (n *pane) reset(factor bool) {
	login := n.p.of
	var in struct {
		Password string `json:"password"`
	}
	n.ask(page.Request{Method: http.MethodPost, Path: path(login, "/reset"), Body: map[string]bool{"factor": factor}, Into: &in}, func() {
		n.p.desk.Did(n.p.t("users.did.reset", "login", login), nil)
		n.reveal(login, in.Password)
	})
}

// endSessions logs somebody out everywhere.
func (n *pane) endSessions() {
	login := n.p.of
	n.ask(page.Request{Method: http.MethodDelete, Path: path(login, "/sessions")}, func() {
		n.p.desk.Did(n.p.t("users.did.sessions", "login", login), nil)
		n.settled()
	})
}
