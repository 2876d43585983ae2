// Package logins is the doors through which people log in, look after their own
// account, and administrators look after those of others.
package logins

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"iocwall/server/auth"
	"iocwall/server/reply"
	"iocwall/server/world"
)

// maxBody bounds what is sent to these doors: a user with fifty areas.
const maxBody = 16 << 10

// Options make Doors. Users is required.
type Options struct {
	Users *auth.Users
	// Centre returns the name of the centre, which a login shows; nil has none.
	Centre func() string
	// Refused is told of everybody who was not let in, for the history; nil for
	// nobody.
	Refused func(r *http.Request, id auth.Identity, why error)
	// Address returns where a request comes from; nil takes the other end of the
	// connection.
	Address func(r *http.Request) string
	// KnownArea reports whether there is an area of that id; nil knows all.
	KnownArea func(id string) bool
	// KnownUnit reports whether there is an agency of that id; nil knows all.
	KnownUnit func(id string) bool
	// Logger discards when nil.
	Logger *slog.Logger
}

// Doors answer requests. The server mounts them.
type Doors struct{ o Options }

// New makes the doors.
func New(o Options) (*Doors, error) {
	if o.Users == nil {
		return nil, errors.New("logins: users are needed")
	}
	if o.Centre == nil {
		o.Centre = func() string { return "" }
	}
	if o.Refused == nil {
		o.Refused = func(*http.Request, auth.Identity, error) {}
	}
	if o.Address == nil {
		o.Address = func(r *http.Request) string { return r.RemoteAddr }
	}
	if o.KnownArea == nil {
		o.KnownArea = func(string) bool { return true }
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Doors{o}, nil
}

// by is who makes a change.
func (d *Doors) by(r *http.Request, id auth.Identity) auth.By {
	return auth.By{Who: id.Token, From: d.o.Address(r)}
}

// read reads the body of a request: one JSON object of known fields, or, where
// that is allowed, nothing. It answers a bad one itself.
func read(w http.ResponseWriter, r *http.Request, into any, empty bool) bool {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if empty && errors.Is(err, io.EOF) {
		return true
	}
	if err == nil {
		if _, end := d.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("there is something after the end")
		}
	}
	if err == nil {
		return true
	}
	status := http.StatusBadRequest
	var long *http.MaxBytesError
	if errors.As(err, &long) {
		status = http.StatusRequestEntityTooLarge
	}
	reply.Refused(w, status, string(auth.CodeInvalid), fmt.Errorf("the request cannot be read: %w", sayable(err)), nil)
	return false
}

// sayable is an error of the decoder without what was sent: that may be a
// password in the wrong place.
func sayable(err error) error {
	var kind *json.UnmarshalTypeError
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &kind):
		return fmt.Errorf("%q is not of the right kind", kind.Field)
	case errors.As(err, &long):
		return fmt.Errorf("it is longer than %d bytes", long.Limit)
	}
	return errors.New("it is not one JSON object of the fields this door knows")
}

// refuse answers with why something was not done.
func (d *Doors) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var refused *auth.RefusedError
	if !errors.As(err, &refused) {
		if r.Context().Err() == nil {
			d.o.Logger.Error("what somebody asked of users was not done", "door", r.Pattern, "error", err)
		}
		reply.Refused(w, http.StatusServiceUnavailable, "failed", world.Refuse("failed", "the server could not do it; its log says why"), nil)
		return
	}
	more := map[string]any{}
	if refused.Wait > 0 {
		wait := int(math.Ceil(refused.Wait.Seconds()))
		w.Header().Set("Retry-After", strconv.Itoa(wait))
		more["wait"] = wait
	}
	if refused.Code == auth.CodeNeedCode {
		more["need"] = "code"
	}
	reply.Refused(w, status(refused.Code), string(refused.Code), refused, more)
}

// status is the HTTP status of a refusal to somebody who is known. 401 is not
// among them: it says that token or session are no good.
func status(c auth.Code) int {
	switch c {
	case auth.CodeLocked:
		return http.StatusTooManyRequests
	case auth.CodeBusy:
		return http.StatusServiceUnavailable
	case auth.CodeUnknown:
		return http.StatusNotFound
	case auth.CodeTaken, auth.CodeLast, auth.CodeNotAUser, auth.CodeNotStarted:
		return http.StatusConflict
	}
	return http.StatusUnprocessableEntity
}

// person is what a client needs to know of who sits in front of it.
type person struct {
	Login string     `json:"login"`
	Name  string     `json:"name"`
	Role  auth.Role  `json:"role"`
	Areas []string   `json:"areas"`
	Unit  string     `json:"unit,omitempty"`
	May   []string   `json:"rights"`
	Until *time.Time `json:"expires,omitempty"`
	// MustChange and Enrol say what is to be done first, Hold the code of what
	// stands in the way of everything else, empty for nothing.
	MustChange bool             `json:"mustChange"`
	Enrol      bool             `json:"enrol"`
	Hold       auth.Hold        `json:"hold,omitempty"`
	Factor     auth.FactorState `json:"factor,omitempty"`
}

func (d *Doors) person(id auth.Identity) person {
	p := person{Login: id.User, Name: id.Name, Role: id.Role, Areas: append([]string{}, id.Areas...), Unit: id.Unit, May: []string{}, Hold: id.Hold}
	for _, r := range id.Rights() {
		p.May = append(p.May, string(r))
	}
	if !id.Expires.IsZero() {
		p.Until = &id.Expires
	}
	if u, err := d.o.Users.User(id.User); err == nil {
		p.MustChange, p.Enrol, p.Factor = u.MustChange, u.Factor == auth.FactorRequired, u.Factor
	}
	return p
}
