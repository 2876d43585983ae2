package auth

import (
	"slices"
	"strings"
	"time"

	"iocwall/server/world"
)

// Identity is who stands behind a connection: the owner of a token, or a user who
// is logged in.
type Identity struct {
	// Token is the id of the token, or the opaque id of the user, which stays the
	// same from one session to the next. Both are safe to log and name who acts in
	// the history.
	Token string
	// User is the login and Session the id of the session, safe to log; both are
	// empty for the owner of a token.
	User, Session string
	// Name is what people call the owner; walls show it.
	Name string
	Role Role
	// Areas limits what the owner sees to these areas and all below them; empty
	// means everything, but for a unit, whom Verify lets in with areas only. Of a
	// user they are those granted at this time.
	Areas []string
	// Unit is the agency the user works for, empty for none and for a token. No right
	// depends on it.
	Unit string
	// Expires is when the token or the session ends, zero for never.
	Expires time.Time
	// Hold, when not empty, is what keeps a user from doing anything but looking
	// after the account: no right is given while it stands.
	Hold Hold
}

// Hold is a reason why somebody who is logged in may do nothing yet.
type Hold string

// The holds.
const (
	// HoldPassword: the password was given by somebody else and must be changed.
	HoldPassword Hold = "must-change"
	// HoldFactor: the role needs a second factor and there is none yet.
	HoldFactor Hold = "enrol"
	// HoldArea: none of the areas granted is granted at this time.
	HoldArea Hold = "no-area"
)

// Key returns what must stay good for the connection to stay: the id of the
// session, or of the token.
func (i Identity) Key() string {
	if i.Session != "" {
		return i.Session
	}
	return i.Token
}

// May reports whether the identity has the right. Who is bound to areas has none that
// reaches beyond every area.
func (i Identity) May(r Right) bool {
	return i.Hold == "" && slices.Contains(rights[r], i.Role) && (len(i.Areas) == 0 || !r.whole())
}

// Rights returns all rights the identity has, by name.
func (i Identity) Rights() []Right {
	out := []Right{}
	for _, r := range Rights() {
		if i.May(r) {
			out = append(out, r)
		}
	}
	return out
}

// Sees reports whether the identity may see what belongs to the area. Without
// areas it sees everything, but for a unit, which then has nothing to see.
func (i Identity) Sees(st *world.State, area string) bool {
	if i.Hold == HoldArea {
		return false
	}
	if len(i.Areas) == 0 {
		return i.Role != Unit
	}
	return area != "" && slices.ContainsFunc(i.Areas, func(root string) bool { return st.Within(area, root) })
}

// Demand returns nil or an error that says which right is missing and what to
// do about it.
func (i Identity) Demand(r Right) error {
	if i.May(r) {
		return nil
	}
	return &DeniedError{Identity: i, Right: r}
}

// DeniedError says that a right is missing.
type DeniedError struct {
	Identity Identity
	Right    Right
}

func (e *DeniedError) Error() string { return e.said().Text }

// Say returns what a program needs to say it in its own language.
func (e *DeniedError) Say() (code string, values map[string]string) { return e.said().Say() }

func (e *DeniedError) said() *world.Refusal {
	i := e.Identity
	switch i.Hold {
	case HoldPassword:
		return world.Refuse("denied.password", "{who} has no right to {right} before the one-time password is changed; change it first", "who", i.User, "right", e.Right)
	case HoldFactor:
		return world.Refuse("denied.factor", "{who} has no right to {right} before a second factor is set up, which the role {role} needs; set it up first", "who", i.User, "right", e.Right, "role", i.Role)
	case HoldArea:
		return world.Refuse("denied.area", "{who} has no right to {right}: no area is granted at this time; ask an administrator", "who", i.User, "right", e.Right)
	}
	who := "the token " + i.Token
	if i.User != "" {
		who = i.User
	}
	if slices.Contains(rights[e.Right], i.Role) && len(i.Areas) > 0 && e.Right.whole() {
		return world.Refuse("denied.whole", "{who} ({role}) has no right to {right}, which is of the whole centre, and is bound to areas; ask an administrator who is not", "who", who, "role", i.Role, "right", e.Right)
	}
	var may []string
	for _, r := range rights[e.Right] {
		if r != Node && r != Provider && r != Administrator {
			may = append(may, string(r))
		}
	}
	if len(may) == 0 {
		return world.Refuse("denied.administrator", "{who} ({role}) has no right to {right}; ask an administrator", "who", who, "role", i.Role, "right", e.Right)
	}
	return world.Refuse("denied.roles", "{who} ({role}) has no right to {right}; ask somebody with the role {roles}, or an administrator", "who", who, "role", i.Role, "right", e.Right, "roles", strings.Join(may, " or "))
}

// Code returns a word for programs: that of the hold, or CodeDenied.
func (e *DeniedError) Code() Code {
	if e.Identity.Hold != "" {
		return Code(e.Identity.Hold)
	}
	return CodeDenied
}
