package door

import (
	"context"
	"net/http"
	"time"

	"iocwall/ui/login"
)

var _ login.Doors = (*Session)(nil)

// loginPatience is how long the server may take to look at a password: it does so
// for few people at a time.
const loginPatience = 30 * time.Second

// Centre is for login.Doors.
func (s *Session) Centre(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, callPatience)
	defer cancel()
	var in struct{ Centre string }
	err := s.ask(ctx, "", http.MethodGet, "/api/login", nil, &in)
	return in.Centre, err
}

// Login is for login.Doors.
func (s *Session) Login(ctx context.Context, name, password, code string) (login.Standing, error) {
	ctx, cancel := context.WithTimeout(ctx, loginPatience)
	defer cancel()
	var in struct {
		Token string `json:"token"`
		login.Standing
	}
	body := map[string]string{"login": name, "password": password, "code": code}
	if err := s.ask(ctx, "", http.MethodPost, "/api/login", body, &in); err != nil {
		return login.Standing{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.half = in.Token
	return in.Standing, nil
}

// mine is the secret of who was let in, or of who sits here.
func (s *Session) mine() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.half != "" {
		return s.half
	}
	return s.kept.Token
}

// Password is for login.Doors.
func (s *Session) Password(ctx context.Context, old, next string) (st login.Standing, err error) {
	ctx, cancel := context.WithTimeout(ctx, loginPatience)
	defer cancel()
	err = s.ask(ctx, s.mine(), http.MethodPost, "/api/me/password", map[string]string{"old": old, "new": next}, &st)
	return st, err
}

// Begin is for login.Doors.
func (s *Session) Begin(ctx context.Context) (secret, uri string, err error) {
	ctx, cancel := context.WithTimeout(ctx, callPatience)
	defer cancel()
	var in struct{ Secret, URI string }
	err = s.ask(ctx, s.mine(), http.MethodPost, "/api/me/totp", map[string]string{}, &in)
	return in.Secret, in.URI, err
}

// Confirm is for login.Doors.
func (s *Session) Confirm(ctx context.Context, code string) (recovery []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, callPatience)
	defer cancel()
	var in struct{ Recovery []string }
	err = s.ask(ctx, s.mine(), http.MethodPut, "/api/me/totp", map[string]string{"code": code}, &in)
	return in.Recovery, err
}

// Me is for login.Doors.
func (s *Session) Me(ctx context.Context) (st login.Standing, err error) {
	ctx, cancel := context.WithTimeout(ctx, callPatience)
	defer cancel()
	err = s.ask(ctx, s.mine(), http.MethodGet, "/api/me", nil, &st)
	return st, err
}

// Leave is for login.Doors.
func (s *Session) Leave(ctx context.Context) {
	s.mu.Lock()
	token := s.half
	s.half = ""
	s.mu.Unlock()
	if token == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, callPatience)
	defer cancel()
	if err := s.ask(ctx, token, http.MethodPost, "/api/logout", nil, nil); err != nil {
		s.d.log.Info("the server was not told that somebody left the login, it ends there by itself", "error", err)
	}
}
