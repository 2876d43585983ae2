package auth

import (
	"slices"
	"strings"
	"time"

	"iocwall/server/world"
)

// sessionPrefix begins the secret of every session, so that it is told from a
// token before anything is looked up.
const sessionPrefix = "iocs_"

// IsSession reports whether a secret that somebody shows is that of a session
// rather than a token. Nothing is verified.
func IsSession(raw string) bool { return strings.HasPrefix(raw, sessionPrefix) }

const (
	// endedKept is how long it is known why a session ended.
	endedKept = 24 * time.Hour
	// clockSlip is by how much the clock may be set back and sessions stay good.
	clockSlip = 10 * time.Minute
	// sessionsKept bounds the open sessions of one user; the oldest ends.
	sessionsKept = 20
)

// Session is what is kept of a session: everything but its secret, which is 256
// random bits, so a plain SHA-256 of it is enough.
type Session struct {
	// ID is safe to log.
	ID      string    `json:"id"`
	User    string    `json:"user"` // the id
	SHA256  string    `json:"sha256"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
	// Used is when it was last used, as far as the file knows.
	Used time.Time `json:"used"`
	// From is the address it was begun from.
	From string `json:"from,omitempty"`
	// Ended is when it ended before its time, and Why.
	Ended time.Time `json:"ended,omitzero"`
	Why   EndReason `json:"why,omitempty"`
}

// EndReason is why a session ended before its time.
type EndReason string

// The reasons.
const (
	EndLogout   EndReason = "logout"
	EndRevoked  EndReason = "revoked"  // by an administrator, or by the user from another session
	EndPassword EndReason = "password" // it was changed or reset
	EndRights   EndReason = "rights"   // role or areas were changed
	EndDisabled EndReason = "disabled"
	EndMany     EndReason = "many" // newer ones took its place
)

// state returns nil while the session is good.
func (s *Session) state(used, now time.Time, idle time.Duration) error {
	refuse := func(c Code, reason string) error { return &RefusedError{Code: c, Reason: reason, Subject: s.User} }
	switch {
	case s.Why == EndDisabled:
		return refuse(CodeDisabled, "the user was disabled; ask an administrator")
	case s.Why == EndLogout:
		return refuse(CodeRevoked, "the session was ended by logging out; log in again")
	case s.Why == EndPassword:
		return refuse(CodeRevoked, "the session ended because the password was changed; log in again")
	case s.Why == EndRights:
		return refuse(CodeRevoked, "the session ended because role or areas were changed; log in again")
	case !s.Ended.IsZero():
		return refuse(CodeRevoked, "the session was ended; log in again")
	case !now.Before(s.Expires):
		return refuse(CodeExpired, "the session has come to its end; log in again")
	case now.Before(s.Created.Add(-clockSlip)):
		// The clock was wrong when it began: it would last until then, and longer.
		return refuse(CodeExpired, "the session began in the future: the server's clock was set back; log in again")
	case now.Sub(used) >= idle:
		return refuse(CodeExpired, "the session ended because it was not used; log in again")
	}
	return nil
}

// end ends the sessions of a user, all but one, and returns how many.
func (b *book) end(user, but string, why EndReason, now time.Time) (n int) {
	for i := range b.Sessions {
		if s := &b.Sessions[i]; s.User == user && s.ID != but && s.Ended.IsZero() && now.Before(s.Expires) {
			s.Ended, s.Why = now, why
			n++
		}
	}
	return n
}

// trim forgets sessions that were over a day ago, and ends the oldest of a user
// who has too many.
func (b *book) trim(user string, now time.Time) {
	b.Sessions = slices.DeleteFunc(b.Sessions, func(s Session) bool {
		return now.Sub(s.Expires) > endedKept || !s.Ended.IsZero() && now.Sub(s.Ended) > endedKept
	})
	open := 0
	for i := len(b.Sessions) - 1; i >= 0; i-- {
		s := &b.Sessions[i]
		if s.User != user || !s.Ended.IsZero() {
			continue
		}
		if open++; open > sessionsKept {
			s.Ended, s.Why = now, EndMany
		}
	}
}

// Verify returns who stands behind the secret of a session, also while a hold
// stands; being asked counts as use.
func (u *Users) Verify(raw string) (Identity, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	now := u.now()
	sum := digest(raw)
	i := slices.IndexFunc(u.book.Sessions, func(s Session) bool { return s.SHA256 == sum })
	if i < 0 {
		return Identity{}, &RefusedError{Code: CodeUnknown, Reason: "the session is not known here; log in again"}
	}
	id, err := u.identify(&u.book.Sessions[i], now)
	if err == nil {
		u.used[id.Session] = now
	}
	return id, err
}

// Identify returns who stands behind a session at this time, by its id; it does
// not count as use.
func (u *Users) Identify(session string) (Identity, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	i := slices.IndexFunc(u.book.Sessions, func(s Session) bool { return s.ID == session })
	if i < 0 {
		return Identity{}, &RefusedError{Code: CodeUnknown, Reason: "the session is not known here; log in again"}
	}
	return u.identify(&u.book.Sessions[i], u.now())
}

func (u *Users) identify(s *Session, now time.Time) (Identity, error) {
	if err := s.state(u.lastUse(s), now, u.o.Idle); err != nil {
		return Identity{}, err
	}
	a := u.book.byID(s.User)
	if a == nil || !a.Disabled.IsZero() {
		return Identity{}, &RefusedError{Code: CodeDisabled, Reason: "the user was disabled; ask an administrator", Subject: s.User}
	}
	return a.identity(s, now), nil
}

func (u *Users) lastUse(s *Session) time.Time {
	if t, ok := u.used[s.ID]; ok && t.After(s.Used) {
		return t
	}
	return s.Used
}

// Good reports whether the session with the id is good.
func (u *Users) Good(session string) bool {
	_, err := u.Identify(session)
	return err == nil
}

// Touch counts as use of a session that is good: a feed that is open does.
func (u *Users) Touch(session string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	i := slices.IndexFunc(u.book.Sessions, func(s Session) bool { return s.ID == session })
	if i >= 0 && u.book.Sessions[i].state(u.lastUse(&u.book.Sessions[i]), u.now(), u.o.Idle) == nil {
		u.used[session] = u.now()
	}
}

// Flush writes down when sessions were last used, so that a restart forgets no
// more than what came since.
func (u *Users) Flush() error {
	u.mu.Lock()
	some := slices.ContainsFunc(u.book.Sessions, func(s Session) bool { return u.lastUse(&s).Sub(s.Used) > time.Second })
	u.mu.Unlock()
	if !some {
		return nil
	}
	return u.change(func(b *book, _ time.Time) error {
		for i := range b.Sessions {
			b.Sessions[i].Used = u.lastUse(&b.Sessions[i])
		}
		return nil
	})
}

// Sessions returns the good sessions of a user by login, of all for an empty one,
// the oldest first.
func (u *Users) Sessions(login string) []Session {
	u.mu.Lock()
	defer u.mu.Unlock()
	var out []Session
	for _, s := range u.book.Sessions {
		a := u.book.byID(s.User)
		if a == nil || login != "" && a.Login != login || s.state(u.lastUse(&s), u.now(), u.o.Idle) != nil {
			continue
		}
		s.Used = u.lastUse(&s)
		out = append(out, s)
	}
	return out
}

// SessionIDs returns the ids of all sessions the file holds, those that are over
// too.
func (u *Users) SessionIDs() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	out := make([]string, 0, len(u.book.Sessions))
	for _, s := range u.book.Sessions {
		out = append(out, s.ID)
	}
	return out
}

// Logout ends a session.
func (u *Users) Logout(by By, session string) error { return u.endOne(by, session, "", EndLogout) }

// EndSession ends a session of the user with the id; an empty session means all
// of them. It returns how many ended.
func (u *Users) EndSession(by By, user, session string) (n int, err error) {
	if session != "" {
		return 1, u.endOne(by, session, user, EndRevoked)
	}
	return n, u.change(func(b *book, now time.Time) error {
		if n = b.end(user, "", EndRevoked, now); n == 0 {
			return nil
		}
		return b.note(now, by, "session.revoke", user, "all sessions")
	})
}

func (u *Users) endOne(by By, session, user string, why EndReason) error {
	return u.change(func(b *book, now time.Time) error {
		i := slices.IndexFunc(b.Sessions, func(s Session) bool { return s.ID == session && (user == "" || s.User == user) })
		if i < 0 || !b.Sessions[i].Ended.IsZero() {
			return refused(CodeUnknown, world.Refuse("session.unknown", "there is no such session"))
		}
		b.Sessions[i].Ended, b.Sessions[i].Why = now, why
		act := "session.revoke"
		if why == EndLogout {
			act = "session.logout"
		}
		return b.note(now, by, act, b.Sessions[i].User, "session "+session)
	})
}

// IsSessionID reports whether what Identity.Key returned is the id of a session
// rather than of a token.
func IsSessionID(key string) bool { return strings.HasPrefix(key, "s") }
