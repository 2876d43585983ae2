package auth

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"iocwall/server/world"
)

// Term is an area granted for a time.
type Term struct {
	Area string `json:"area"`
	// From is when the grant begins, Until when it is over; zero for no bound.
	From  time.Time `json:"from,omitzero"`
	Until time.Time `json:"until,omitzero"`
}

// Valid reports whether the grant stands at a time.
func (t Term) Valid(at time.Time) bool {
	return (t.From.IsZero() || !at.Before(t.From)) && (t.Until.IsZero() || at.Before(t.Until))
}

// FactorState says whether a user has a second factor.
type FactorState string

// The states of a second factor.
const (
	FactorOn       FactorState = "on"
	FactorOff      FactorState = "off"
	FactorRequired FactorState = "required" // by the role, and not set up yet
)

// User is what may be told of a user: no secret.
type User struct {
	// ID is opaque and stands for the user in the history.
	ID    string `json:"id"`
	Login string `json:"login"`
	Name  string `json:"name"`
	Role  Role   `json:"role"`
	// Areas are the areas granted, past and future ones too; empty means
	// everything.
	Areas []Term `json:"areas,omitempty"`
	// Unit is the agency the user works for, empty for none: whose reports, figures
	// and deadlines are the user's own. It gives no right; that is what Areas are for.
	Unit string `json:"unit,omitempty"`
	// Disabled is since when the user is shut out, zero when not.
	Disabled time.Time `json:"disabled,omitzero"`
	// MustChange says that the password was given by somebody else.
	MustChange bool      `json:"mustChange,omitempty"`
	Created    time.Time `json:"created"`
	// Changed is when the password was last set, Seen when the user last logged
	// in; zero for never.
	Changed time.Time `json:"changed,omitzero"`
	Seen    time.Time `json:"seen,omitzero"`
	// Factor is not kept, it follows from the rest.
	Factor FactorState `json:"-"`
}

// account is a user with the secrets.
type account struct {
	User
	Password string `json:"password"` // a hash in the PHC format
	// Until is when a one-time password is over.
	Until time.Time `json:"until,omitzero"`
	// TOTP and Pending are sealed: the second factor, and the one that is being
	// set up. Step is the last that was used, RFC 6238 section 5.2.
	TOTP    string `json:"totp,omitempty"`
	Pending string `json:"pending,omitempty"`
	Step    int64  `json:"step,omitempty"`
	// Recovery are the digests of the codes that are left.
	Recovery []string `json:"recovery,omitempty"`
}

// needsFactor reports whether the role may not do without a second factor.
func needsFactor(r Role) bool { return r == Administrator || r == Leader }

func (a *account) view() User {
	u := a.User
	u.Areas = slices.Clone(a.Areas)
	switch {
	case a.TOTP != "":
		u.Factor = FactorOn
	case needsFactor(a.Role):
		u.Factor = FactorRequired
	default:
		u.Factor = FactorOff
	}
	return u
}

// areas returns the areas granted at a time.
func (a *account) areas(at time.Time) []string {
	var out []string
	for _, t := range a.Areas {
		if t.Valid(at) && !slices.Contains(out, t.Area) {
			out = append(out, t.Area)
		}
	}
	slices.Sort(out)
	return out
}

// identity is who the user is in a session at a time.
func (a *account) identity(s *Session, at time.Time) Identity {
	id := Identity{Token: a.ID, User: a.Login, Session: s.ID, Name: a.Name, Role: a.Role, Areas: a.areas(at), Unit: a.Unit, Expires: s.Expires}
	switch {
	case a.MustChange:
		id.Hold = HoldPassword
	case a.TOTP == "" && needsFactor(a.Role):
		id.Hold = HoldFactor
	case len(id.Areas) == 0 && (len(a.Areas) > 0 || a.Role == Unit), slices.Contains(id.Areas, ""):
		// What was written into the file by hand opens no door either.
		id.Hold = HoldArea
	}
	return id
}

// loginPattern is what a login looks like.
var loginPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,30}[a-z0-9]$`)

// UserSpec is what a new user is to be.
type UserSpec struct {
	Login string
	Name  string
	Role  Role
	Areas []Term
	// Unit is the agency the user works for, empty for none.
	Unit string
}

// UserRoles returns the roles that people have; the others are for programs,
// which have tokens.
func UserRoles() []Role {
	return slices.DeleteFunc(Roles(), func(r Role) bool { return r == Node || r == Provider })
}

const (
	longestUserName = 100
	mostTerms       = 50
	longestUnit     = 80
)

// check says what is wrong with a user to be.
func (s *UserSpec) check() error {
	refuse := func(code, text string, pairs ...any) error {
		return refused(CodeInvalid, world.Refuse(code, text, pairs...))
	}
	switch {
	case !loginPattern.MatchString(s.Login):
		return refuse("user.login", "a login has 2 to 32 small letters without accents, digits, dots and dashes, and begins and ends with a letter or a digit")
	case strings.TrimSpace(s.Name) == "":
		return refuse("user.name", "a user needs a name; walls show it beside what the user does")
	case len(s.Name) > longestUserName:
		return refuse("user.name.long", "the name has more than {most} bytes", "most", longestUserName)
	case !slices.Contains(UserRoles(), s.Role):
		var names []string
		for _, r := range UserRoles() {
			names = append(names, string(r))
		}
		return refuse("user.role", "no role \"{role}\" for a user; choose one of {list}", "role", s.Role, "list", strings.Join(names, ", "))
	case len(s.Unit) > longestUnit || s.Unit != strings.TrimSpace(s.Unit):
		return refuse("user.unit", "\"{id}\" is no agency; give its id, as in the configuration", "id", s.Unit)
	case len(s.Areas) > mostTerms:
		return refuse("user.areas", "more than {most} areas; name the area that holds them", "most", mostTerms)
	}
	var all []string
	for _, t := range s.Areas {
		if !t.From.IsZero() && !t.Until.IsZero() && !t.From.Before(t.Until) {
			return refuse("user.area.backwards", "the area \"{area}\" is granted until before it is granted", "area", t.Area)
		}
		all = append(all, t.Area)
	}
	var no *world.Refusal
	if errors.As(checkAreas(Spec{Role: s.Role, Areas: all}), &no) {
		said := *no
		said.Text = strings.NewReplacer("auth: ", "", "the token", "the user", "one token", "one user", "its token needs", "it needs", "; name it with --area", "").Replace(no.Text)
		return refused(CodeInvalid, &said)
	}
	return nil
}

// UserEdit is what is to change about a user; what is nil stays.
type UserEdit struct {
	Name     *string
	Role     *Role
	Areas    *[]Term
	Unit     *string
	Disabled *bool
}

// By is who makes a change and from where.
type By struct {
	// Who is the id of a token or a user, or "cli" for the command line.
	Who string
	// From is the address, empty on the same computer.
	From string
}

// Note is a change of users or sessions that is still to be written into the
// history. It holds no secret.
type Note struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	Who    string    `json:"who"`
	Act    string    `json:"act"`
	Object string    `json:"object"`
	Text   string    `json:"text,omitempty"`
	From   string    `json:"from,omitempty"`
}

// errNoUser is also the answer about users that are there but not asked for by
// their login.
func errNoUser(login string) error {
	return refused(CodeUnknown, world.Refuse("user.unknown", "there is no user \"{login}\"", "login", login))
}

// describe is a change in a few words, for the history. Names and logins stay
// out of it.
func (s *UserSpec) describe() string {
	var b strings.Builder
	b.WriteString(string(s.Role))
	if s.Unit != "" {
		b.WriteString(" of " + s.Unit)
	}
	for _, t := range s.Areas {
		b.WriteString(" " + t.Area)
		if !t.From.IsZero() {
			b.WriteString(" from " + t.From.UTC().Format(time.DateOnly))
		}
		if !t.Until.IsZero() {
			b.WriteString(" until " + t.Until.UTC().Format(time.DateOnly))
		}
	}
	return b.String()
}
