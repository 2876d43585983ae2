package logins

import (
	"errors"
	"net/http"
	"time"

	"iocwall/server/auth"
	"iocwall/server/calendar"
	"iocwall/server/reply"
	"iocwall/server/world"
)

// term is an area granted for a time, as written: RFC 3339, or a day in Vietnam,
// the last one included.
type term struct {
	Area  string `json:"area"`
	From  string `json:"from,omitempty"`
	Until string `json:"until,omitempty"`
}

// Moment reads a time as the doors and the command line take it: RFC 3339, or a
// day in Vietnam, of which it is the beginning, or the end when last is true. An
// empty text is no time.
func Moment(text string, last bool) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.UTC(), nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, calendar.Vietnam())
	if err != nil {
		return time.Time{}, world.Refuse("user.time", "\"{time}\" is no time; write 2026-12-31 or 2026-12-31T17:00:00+07:00", "time", text)
	}
	if last {
		day = day.AddDate(0, 0, 1)
	}
	return day.UTC(), nil
}

func invalid(err error) error {
	out := &auth.RefusedError{Code: auth.CodeInvalid, Reason: err.Error()}
	if code, values := world.Say(err); code != "" {
		out.Said = &world.Refusal{Code: code, Values: values, Text: out.Reason}
	}
	return out
}

// terms reads areas with their dates, of which there must be such areas.
func (d *Doors) terms(in []term) ([]auth.Term, error) {
	out := make([]auth.Term, 0, len(in))
	for _, t := range in {
		from, err1 := Moment(t.From, false)
		until, err2 := Moment(t.Until, true)
		if err := errors.Join(err1, err2); err != nil {
			return nil, invalid(err)
		}
		if !d.o.KnownArea(t.Area) {
			return nil, invalid(world.Refuse("user.area", "there is no area \"{area}\"", "area", t.Area))
		}
		out = append(out, auth.Term{Area: t.Area, From: from, Until: until})
	}
	return out, nil
}

// unit says whether there is such an agency; none is always there.
func (d *Doors) unit(id string) error {
	if id != "" && d.o.KnownUnit != nil && !d.o.KnownUnit(id) {
		return invalid(world.Refuse("user.agency", "there is no agency \"{id}\"", "id", id))
	}
	return nil
}

// user is one as administrators see it.
type user struct {
	auth.User
	Areas    []auth.Term      `json:"areas"`
	Disabled *time.Time       `json:"disabled,omitempty"`
	Must     bool             `json:"mustChange"`
	Factor   auth.FactorState `json:"factor"`
	Sessions int              `json:"sessions"`
}

func (d *Doors) user(u auth.User) user {
	out := user{User: u, Areas: append([]auth.Term{}, u.Areas...), Must: u.MustChange, Factor: u.Factor, Sessions: len(d.o.Users.Sessions(u.Login))}
	if !u.Disabled.IsZero() {
		out.Disabled = &u.Disabled
	}
	return out
}

// Users lists all users and the roles they may have: GET.
func (d *Doors) Users(w http.ResponseWriter, _ *http.Request, _ auth.Identity) {
	out := []user{}
	for _, u := range d.o.Users.List() {
		out = append(out, d.user(u))
	}
	reply.JSON(w, http.StatusOK, map[string]any{"users": out, "roles": auth.UserRoles()})
}

// AddUser makes a user: POST {"login", "name", "role", "areas", "unit"}. The answer is
// {"user", "password"}; the one-time password is shown this once.
func (d *Doors) AddUser(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	var in struct {
		Login string    `json:"login"`
		Name  string    `json:"name"`
		Role  auth.Role `json:"role"`
		Areas []term    `json:"areas"`
		Unit  string    `json:"unit"`
	}
	if !read(w, r, &in, false) {
		return
	}
	areas, err := d.terms(in.Areas)
	if err = errors.Join(err, d.unit(in.Unit)); err != nil {
		d.refuse(w, r, invalid(err))
		return
	}
	password, made, err := d.o.Users.Add(r.Context(), d.by(r, id), auth.UserSpec{Login: in.Login, Name: in.Name, Role: in.Role, Areas: areas, Unit: in.Unit})
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	reply.JSON(w, http.StatusCreated, map[string]any{"user": d.user(made), "password": password})
}

// ChangeUser changes what is named: PATCH …/{login} {"name", "role", "areas",
// "unit", "disabled"}. The answer is {"user"}.
func (d *Doors) ChangeUser(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	var in struct {
		Name     *string    `json:"name"`
		Role     *auth.Role `json:"role"`
		Areas    *[]term    `json:"areas"`
		Unit     *string    `json:"unit"`
		Disabled *bool      `json:"disabled"`
	}
	if !read(w, r, &in, false) {
		return
	}
	e := auth.UserEdit{Name: in.Name, Role: in.Role, Unit: in.Unit, Disabled: in.Disabled}
	if in.Unit != nil {
		if err := d.unit(*in.Unit); err != nil {
			d.refuse(w, r, err)
			return
		}
	}
	if in.Areas != nil {
		areas, err := d.terms(*in.Areas)
		if err != nil {
			d.refuse(w, r, err)
			return
		}
		e.Areas = &areas
	}
	changed, err := d.o.Users.Change(d.by(r, id), r.PathValue("login"), e)
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	reply.JSON(w, http.StatusOK, map[string]any{"user": d.user(changed)})
}

// ResetUser gives a user a new one-time password: POST …/{login}/reset, with
// {"factor": true} where the second factor is lost as well. The answer is
// {"password"}.
func (d *Doors) ResetUser(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	var in struct {
		Factor bool `json:"factor"`
	}
	if !read(w, r, &in, true) {
		return
	}
	password, err := d.o.Users.Reset(r.Context(), d.by(r, id), r.PathValue("login"), in.Factor)
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	reply.JSON(w, http.StatusOK, map[string]string{"password": password})
}

// EndSessions logs a user out everywhere: DELETE …/{login}/sessions. The answer is
// {"ended": n}.
func (d *Doors) EndSessions(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	u, err := d.o.Users.User(r.PathValue("login"))
	n := 0
	if err == nil {
		n, err = d.o.Users.EndSession(d.by(r, id), u.ID, "")
	}
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	reply.JSON(w, http.StatusOK, map[string]int{"ended": n})
}
