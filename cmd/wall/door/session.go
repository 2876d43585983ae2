package door

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"iocwall/server/atomicfile"
	"iocwall/ui/login"
	"iocwall/ui/page"
)

// Session is who is logged in at this desk, who asks at its door, and what the page of
// the login asks. Its secret is kept on disk for the next start, per server, and
// forgotten at the logout or when the server no longer knows it.
//
// All methods may be called from any goroutine.
type Session struct {
	d    *Door
	path string

	mu    sync.Mutex
	over  func(code string)
	kept  keptSession
	half  string        // the secret of who was let in and is not at the desk yet
	here  chan struct{} // closed while somebody is at the desk
	gone  chan struct{} // closed when the program ends
	asked time.Time     // when the server was last asked whether the session is good
}

// keptSession is what is on disk.
type keptSession struct {
	// Server is where the session was begun, as in "https://host:port": what began
	// there is not shown to another server, nor to this one where anybody can listen.
	Server string `json:"server"`
	// Login is who logged in last, here or not.
	Login  string       `json:"login"`
	Token  string       `json:"token,omitempty"`
	Person *page.Person `json:"person,omitempty"`
}

// ErrNobody says that nobody is logged in.
var ErrNobody = errors.New("nobody is logged in")

// askPause is the least time between two questions whether the session is good.
const askPause = 5 * time.Second

// OpenSession returns the desk's session, with who logged in before if that still
// holds. It is kept in a folder, which must be there; the token of the options is not
// used.
func OpenSession(o Options, dir string) (*Session, error) {
	s := &Session{over: func(string) {}, here: make(chan struct{}), gone: make(chan struct{})}
	o.Token = s.Token
	var err error
	if s.d, err = New(o); err != nil {
		return nil, err
	}
	s.path = filepath.Join(dir, "session-"+url.PathEscape(s.d.base.Host)+".json")
	s.recall(time.Now())
	return s, nil
}

// Over names who is told that somebody has to log in (again), and the code of why;
// from any goroutine.
func (s *Session) Over(over func(code string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = over
}

// Close closes the connections that wait for another question.
func (s *Session) Close() { s.d.Close() }

// recall reads what is on disk. A file that is damaged, of another server or over is
// no reason not to start.
func (s *Session) recall(now time.Time) {
	raw, err := os.ReadFile(s.path)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			s.d.log.Warn("who logged in here last cannot be read", "error", err)
		}
		return
	}
	var k keptSession
	if json.Unmarshal(raw, &k) != nil || k.Server != s.origin() {
		return
	}
	s.kept = keptSession{Server: k.Server, Login: k.Login}
	if k.Token == "" || k.Person == nil || !k.Person.Expires.IsZero() && !now.Before(k.Person.Expires) {
		return
	}
	s.kept = k
	close(s.here)
}

// keep writes what is to be known at the next start. Without a disk one logs in again.
func (s *Session) keep() {
	raw, err := json.Marshal(s.kept)
	if err == nil {
		err = atomicfile.Write(s.path, append(raw, '\n'), 0o600)
	}
	if err != nil {
		s.d.log.Warn("the login is not kept for the next start", "error", err)
	}
}

// Known is who sits here, and who logged in last.
func (s *Session) Known() (p *page.Person, last string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept.Person, s.kept.Login
}

// Server is what the login page calls the server, and whether nobody can listen.
func (s *Session) Server() (name string, secure bool) {
	return s.d.base.Host, s.d.base.Scheme == "https"
}

// origin names the server and how it is reached.
func (s *Session) origin() string { return s.d.base.Scheme + "://" + s.d.base.Host }

// Token returns the secret of who sits here.
func (s *Session) Token() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept.Token == "" {
		return "", ErrNobody
	}
	return s.kept.Token, nil
}

// Wait is Token for the feed: it waits for somebody to log in. A second question within
// a session means that the server closed the connection, so it is asked why.
func (s *Session) Wait() (string, error) {
	s.mu.Lock()
	again := s.kept.Token != "" && !s.asked.IsZero()
	s.mu.Unlock()
	if again {
		go s.check()
	}
	for {
		s.mu.Lock()
		here := s.here
		s.mu.Unlock()
		select {
		case <-here:
		case <-s.gone:
			return "", ErrNobody
		}
		if token := s.begun(); token != "" {
			return token, nil
		} // it was over before it was asked for
	}
}

// begun is the secret of who sits here, asked for by the feed; empty when nobody does.
func (s *Session) begun() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept.Token != "" && s.asked.IsZero() {
		s.asked = time.Now()
	}
	return s.kept.Token
}

// check asks the server whether the session is still good.
func (s *Session) check() {
	s.mu.Lock()
	token, soon := s.kept.Token, time.Since(s.asked) < askPause
	if !soon {
		s.asked = time.Now()
	}
	s.mu.Unlock()
	if token == "" || soon {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), callPatience)
	defer cancel()
	s.saw(token, s.ask(ctx, token, http.MethodGet, "/api/me", nil, &login.Standing{}))
}

// Guard returns a call that notices when the server says that the session is over.
func (s *Session) Guard(call func(context.Context, page.Request) error) func(context.Context, page.Request) error {
	return func(ctx context.Context, r page.Request) error {
		token, err := s.Token()
		if err != nil {
			return err
		}
		err = call(ctx, r)
		s.saw(token, err)
		return err
	}
}

// saw ends the session of a secret that the server refused.
func (s *Session) saw(token string, err error) {
	var no *page.Refusal
	if errors.As(err, &no) && no.Status == http.StatusUnauthorized {
		s.end(token, no.Code)
	}
}

// end forgets the session of a secret, empty for whatever it is, and tells why.
func (s *Session) end(token, code string) {
	s.mu.Lock()
	if s.kept.Token == "" || token != "" && token != s.kept.Token {
		s.mu.Unlock()
		return
	}
	s.kept.Token, s.kept.Person = "", nil
	s.here, s.asked = make(chan struct{}), time.Time{}
	s.keep()
	over := s.over
	s.mu.Unlock()
	s.d.log.Info("the session is over", "why", code)
	over(code)
}

// Sit lets who was let in sit down at the desk.
func (s *Session) Sit(p page.Person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.half == "" {
		return
	}
	s.kept = keptSession{Server: s.origin(), Login: p.Login, Token: s.half, Person: &p}
	s.half, s.asked = "", time.Time{}
	s.keep()
	select {
	case <-s.here:
	default:
		close(s.here)
	}
}

// Logout ends the session here and at the server; a server that is away does not
// keep anybody.
func (s *Session) Logout(ctx context.Context) error {
	token, err := s.Token()
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, callPatience)
	defer cancel()
	err = s.ask(ctx, token, http.MethodPost, "/api/logout", nil, nil)
	s.end(token, "logout")
	if err != nil {
		return fmt.Errorf("the server was not told of the logout, the session ends there by itself: %w", err)
	}
	return nil
}

// Run ends the session when its time is over, until ctx ends.
func (s *Session) Run(ctx context.Context) error {
	defer close(s.gone)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			s.mu.Lock()
			token, p := s.kept.Token, s.kept.Person
			s.mu.Unlock()
			if token != "" && p != nil && !p.Expires.IsZero() && !now.Before(p.Expires) {
				s.end(token, "expired")
			}
		}
	}
}

// ask asks a door with a secret, none where it is empty.
func (s *Session) ask(ctx context.Context, token, method, path string, body, into any) error {
	u := *s.d.base
	u.Path, u.RawPath, u.RawQuery = path, "", ""
	var send io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		send = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), send)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := s.d.client.Do(req)
	if err != nil {
		return s.d.unreached(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return refusal(resp)
	}
	if into == nil {
		return nil
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(into); err != nil {
		return fmt.Errorf("the server's answer cannot be read; is %s the address of the server: %w", s.d.base.Host, err)
	}
	return nil
}
