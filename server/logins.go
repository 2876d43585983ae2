package server

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"iocwall/server/auth"
	"iocwall/server/crowd"
	"iocwall/server/logins"
	"iocwall/server/reply"
	"iocwall/server/settings"
	"iocwall/server/wire"
	"iocwall/server/world"
)

// firstLogin is that of the administrator a centre begins with.
const firstLogin = "admin"

// usedEvery is how often it is written down when sessions were last used.
const usedEvery = time.Minute

// UsersFile returns where a server with that data folder keeps its users.
func UsersFile(data string) string { return filepath.Join(data, "users.json") }

// openUsers opens the users and makes their doors.
func (s *Server) openUsers(data string) (err error) {
	s.users, err = auth.OpenUsers(auth.UsersOptions{
		Path: UsersFile(data), Session: s.config.Auth.Session, Idle: s.config.Auth.Idle, Cost: s.hashCost,
	})
	if err != nil {
		return err
	}
	s.logins, err = logins.New(logins.Options{
		Users: s.users, Centre: func() string { return s.conf().Name }, Refused: s.turnAway, Address: s.address, Logger: s.logger,
		KnownArea: func(id string) bool {
			return slices.ContainsFunc(s.ground.Set().Areas, func(a world.AreaDefined) bool { return a.ID == id })
		},
		KnownUnit: func(id string) bool {
			return slices.ContainsFunc(s.conf().Agencies, func(a settings.AgencyConfig) bool { return a.ID == id })
		},
	})
	return err
}

// firstUser makes an administrator where there are no users, and tells the
// one-time password to those who started the server, and nobody else.
func (s *Server) firstUser(ctx context.Context) error {
	if s.tellFirst == nil {
		return nil
	}
	password, made, err := s.users.First(ctx, firstLogin, "Quản trị")
	if err != nil || !made {
		return err
	}
	if err := s.tellFirst(firstLogin, password); err != nil {
		return fmt.Errorf("server: the first password was not shown: %w; make another one with \"wallsrv user reset %s\"", err, firstLogin)
	}
	return nil
}

// mountLogins opens the doors of users. The first two need no token, the next
// ones any that is good, as nothing else is open to who must change a password.
func (s *Server) mountLogins(mux *http.ServeMux) {
	d := s.logins
	mux.HandleFunc("GET /api/login", d.Welcome)
	mux.HandleFunc("POST /api/login", d.Login)
	mux.HandleFunc("POST /api/logout", s.known(d.Logout))
	mux.HandleFunc("GET /api/me", s.known(d.Me))
	mux.HandleFunc("POST /api/me/password", s.known(d.ChangePassword))
	mux.HandleFunc("POST /api/me/totp", s.known(d.BeginFactor))
	mux.HandleFunc("PUT /api/me/totp", s.known(d.ConfirmFactor))
	mux.HandleFunc("GET /api/me/sessions", s.known(d.Sessions))
	mux.HandleFunc("DELETE /api/me/sessions/{id}", s.known(d.EndSession))
	mux.HandleFunc("GET /api/users", s.door(auth.ManageUsers, d.Users))
	mux.HandleFunc("POST /api/users", s.door(auth.ManageUsers, d.AddUser))
	mux.HandleFunc("PATCH /api/users/{login}", s.door(auth.ManageUsers, d.ChangeUser))
	mux.HandleFunc("POST /api/users/{login}/reset", s.door(auth.ManageUsers, d.ResetUser))
	mux.HandleFunc("DELETE /api/users/{login}/sessions", s.door(auth.ManageUsers, d.EndSessions))
}

// known lets everybody in who has a good token or session.
func (s *Server) known(next handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if id, ok := s.enter(w, r); ok {
			next(w, r, id)
		}
	}
}

// enter returns who asks, or answers that nobody is known.
func (s *Server) enter(w http.ResponseWriter, r *http.Request) (auth.Identity, bool) {
	id, err := s.identify(r)
	if err != nil {
		s.turnAway(r, id, err)
		w.Header().Set("WWW-Authenticate", `Bearer realm="iocwall"`)
		reply.Refused(w, http.StatusUnauthorized, string(auth.CodeOf(err)), err, nil)
		return id, false
	}
	return id, true
}

// verify returns who stands behind a token or a session.
func (s *Server) verify(raw string) (auth.Identity, error) {
	if auth.IsSession(raw) {
		return s.users.Verify(raw)
	}
	return s.tokens.Verify(raw)
}

// good reports whether the token or the session with the id is good.
func (s *Server) good(key string) bool {
	if auth.IsSessionID(key) {
		return s.users.Good(key)
	}
	return s.tokens.Good(key)
}

// address returns where a request comes from.
func (s *Server) address(r *http.Request) string { return crowd.Address(r, s.conf().TLS.Proxy) }

// watchAccess cuts the connections and the pictures of tokens and sessions that
// are no longer good, and sends away those whose view has changed. It waits for
// nothing that a full disk holds up. While a file cannot be read, what was last read
// holds.
func (s *Server) watchAccess(ctx context.Context) error {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	closed := map[string]bool{}
	flushed := time.Now()
	for {
		select {
		case <-ctx.Done():
			s.flushUse()
			return nil
		case <-t.C:
		}
		lost, err := s.tokens.Reload()
		if err != nil {
			s.logger.Error("the tokens were not read again", "error", err)
		}
		if err := s.users.Reload(); err != nil {
			s.logger.Error("the users were not read again", "error", err)
		}
		n := s.hub.Kick(func(id wire.Identity) bool { return !s.good(id.Token) }, wire.Revoked)
		moved := s.sendAway()
		pictures := s.closePictures(lost, closed)
		if n+pictures > 0 {
			s.logger.Info("connections cut: their token or session is no longer good", "count", n, "pictures", pictures)
		}
		if moved > 0 {
			s.logger.Info("connections ended: what they may see has changed", "count", moved)
		}
		if time.Since(flushed) >= usedEvery {
			flushed = time.Now()
			s.flushUse()
		}
	}
}

// flushUse writes down when sessions were last used.
func (s *Server) flushUse() {
	if err := s.users.Flush(); err != nil {
		s.logger.Error("the use of sessions was not written down", "error", err)
	}
}

// sendAway ends the feeds of users who may see other things than when they began,
// and counts the others as use of their sessions. The relay gives no more for
// what they were granted; who comes back is granted what is right by now.
func (s *Server) sendAway() int {
	var changed []string
	n := s.hub.Kick(func(w wire.Identity) bool {
		if !auth.IsSessionID(w.Token) {
			return false
		}
		id, err := s.users.Identify(w.Token)
		if err != nil {
			return false // its turn comes in a second
		}
		s.users.Touch(w.Token)
		if id.May(auth.ReadFeed) && slices.Equal(id.Areas, w.Areas) {
			return false
		}
		changed = append(changed, w.Token)
		return true
	}, wire.Rights)
	for _, session := range changed {
		s.cameras.CloseSubject(session)
	}
	return n
}

// writeNotes writes what is changed about users into the history, for as long as that
// takes.
func (s *Server) writeNotes(ctx context.Context) error {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		s.noteUsers(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

// noteUsers writes what was changed about users until now into the history.
func (s *Server) noteUsers(ctx context.Context) {
	err := s.users.Drain(func(notes []auth.Note) error {
		for _, n := range notes {
			text := n.Text
			if n.From != "" {
				text = strings.TrimSpace(text + " from " + n.From)
			}
			err := s.loop.Put(ctx, "token/"+n.Who, []world.Observation{{
				Time: world.TimeOf(n.At),
				Body: world.Audited{Who: n.Who, Act: n.Act, Object: n.Object, OK: true, Reason: text},
			}})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		s.logger.Error("changes of users were not written into the history; they will be", "error", err)
	}
}
