package logins

import (
	"errors"
	"net/http"
	"time"

	"iocwall/server/auth"
	"iocwall/server/reply"
)

// Welcome tells whose door this is, to those who look for it: GET. It asks for no
// token, and tells nothing else.
func (d *Doors) Welcome(w http.ResponseWriter, _ *http.Request) {
	reply.JSON(w, http.StatusOK, struct {
		Centre string `json:"centre"`
	}{d.o.Centre()})
}

// Login lets somebody in: POST {"login", "password", "code"}. It asks for no
// token.
func (d *Doors) Login(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Login    string `json:"login"`
		Password string `json:"password"`
		Code     string `json:"code"`
	}
	if !read(w, r, &in, false) {
		return
	}
	raw, id, err := d.o.Users.Login(r.Context(), auth.Attempt{Login: in.Login, Password: in.Password, Code: in.Code, From: d.o.Address(r)})
	if err != nil {
		d.turnAway(w, r, err)
		return
	}
	reply.JSON(w, http.StatusOK, struct {
		Token string `json:"token"`
		person
	}{raw, d.person(id)})
}

// turnAway answers who was not let in, and tells of it.
func (d *Doors) turnAway(w http.ResponseWriter, r *http.Request, err error) {
	code := auth.CodeOf(err)
	if code != auth.CodeNeedCode {
		var refused *auth.RefusedError
		who := auth.Identity{}
		if errors.As(err, &refused) {
			who.Token = refused.Subject
		}
		d.o.Refused(r, who, err)
	}
	switch code {
	case auth.CodeNeedCode:
		reply.Refused(w, http.StatusUnauthorized, string(code), err, map[string]any{"need": "code"})
	case auth.CodeWrong, auth.CodeWrongCode, auth.CodeExpired, auth.CodeDisabled:
		reply.Refused(w, http.StatusUnauthorized, string(code), err, nil)
	default:
		d.refuse(w, r, err)
	}
}

// Logout ends the session that asks: POST.
func (d *Doors) Logout(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	if id.Session == "" {
		d.refuse(w, r, &auth.RefusedError{Code: auth.CodeNotAUser, Reason: "this is a token, which does not log out; \"wallsrv token revoke\" ends it"})
		return
	}
	if err := d.o.Users.Logout(d.by(r, id), id.Session); err != nil {
		d.refuse(w, r, err)
		return
	}
	reply.JSON(w, http.StatusOK, map[string]int{"ended": 1})
}

// Me says who asks: GET. It works for the owners of tokens, too.
func (d *Doors) Me(w http.ResponseWriter, _ *http.Request, id auth.Identity) {
	reply.JSON(w, http.StatusOK, d.person(id))
}

// ChangePassword sets the password: POST {"old", "new"}. The answer is that of Me.
func (d *Doors) ChangePassword(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	var in struct {
		Old string `json:"old"`
		New string `json:"new"`
	}
	if !read(w, r, &in, false) {
		return
	}
	if err := d.o.Users.ChangePassword(r.Context(), id, in.Old, in.New, d.o.Address(r)); err != nil {
		d.tried(r, id, err)
		d.refuse(w, r, err)
		return
	}
	d.again(w, r, id)
}

// again answers with who asks as it is now.
func (d *Doors) again(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	id, err := d.o.Users.Identify(id.Session)
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	reply.JSON(w, http.StatusOK, d.person(id))
}

// tried tells of a wrong password or code of somebody who is in already.
func (d *Doors) tried(r *http.Request, id auth.Identity, err error) {
	switch auth.CodeOf(err) {
	case auth.CodeWrong, auth.CodeWrongCode, auth.CodeLocked:
		d.o.Refused(r, id, err)
	}
}

// BeginFactor begins to set up a second factor: POST, with {"code"} of the one
// there is. The answer is {"secret", "uri"}.
func (d *Doors) BeginFactor(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	var in struct {
		Code string `json:"code"`
	}
	if !read(w, r, &in, true) {
		return
	}
	secret, uri, err := d.o.Users.BeginFactor(id, in.Code, d.o.Address(r))
	if err != nil {
		d.tried(r, id, err)
		d.refuse(w, r, err)
		return
	}
	reply.JSON(w, http.StatusOK, map[string]string{"secret": secret, "uri": uri})
}

// ConfirmFactor ends that: PUT {"code"}. The answer is {"recovery": […]}, codes
// that are shown this once.
func (d *Doors) ConfirmFactor(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	var in struct {
		Code string `json:"code"`
	}
	if !read(w, r, &in, false) {
		return
	}
	codes, err := d.o.Users.ConfirmFactor(id, in.Code, d.o.Address(r))
	if err != nil {
		d.tried(r, id, err)
		d.refuse(w, r, err)
		return
	}
	reply.JSON(w, http.StatusOK, map[string][]string{"recovery": codes})
}

// session is one as its user sees it.
type session struct {
	ID      string    `json:"id"`
	Created time.Time `json:"created"`
	Used    time.Time `json:"used"`
	Expires time.Time `json:"expires"`
	From    string    `json:"from,omitempty"`
	Current bool      `json:"current"`
}

// Sessions lists the sessions of who asks: GET.
func (d *Doors) Sessions(w http.ResponseWriter, _ *http.Request, id auth.Identity) {
	out := []session{}
	if id.User != "" {
		for _, s := range d.o.Users.Sessions(id.User) {
			out = append(out, session{ID: s.ID, Created: s.Created, Used: s.Used.UTC(), Expires: s.Expires, From: s.From, Current: s.ID == id.Session})
		}
	}
	reply.JSON(w, http.StatusOK, map[string]any{"sessions": out})
}

// EndSession ends one of them: DELETE …/{id}.
func (d *Doors) EndSession(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	if id.Session == "" {
		d.refuse(w, r, &auth.RefusedError{Code: auth.CodeNotAUser, Reason: "this is a token, which has no sessions"})
		return
	}
	n, err := d.o.Users.EndSession(d.by(r, id), id.Token, r.PathValue("id"))
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	reply.JSON(w, http.StatusOK, map[string]int{"ended": n})
}
