package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"iocwall/server/atomicfile"
	"iocwall/ui"
	"iocwall/ui/page"
)

const (
	// callLimit is the most bytes of an answer, callPatience how long one may take,
	// where the request does not say.
	callLimit    = 8 << 20
	callPatience = 15 * time.Second
)

// call asks a door of the server for a page.
func (d *door) call(ctx context.Context, r page.Request) error {
	wait := r.Timeout
	if wait <= 0 {
		wait = callPatience
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	req, err := d.request(ctx, r)
	if err != nil {
		return err
	}
	resp, err := d.client.Do(req)
	if err != nil {
		return d.unreached(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return refusal(resp)
	}
	return d.read(resp.Body, r)
}

func (d *door) request(ctx context.Context, r page.Request) (*http.Request, error) {
	path, query, _ := strings.Cut(r.Path, "?")
	u := *d.base
	var err error
	if u.Path, err = url.PathUnescape(path); err != nil {
		return nil, err
	}
	u.RawPath, u.RawQuery = path, query
	var body io.Reader
	kind := r.Type
	switch b := r.Body.(type) {
	case nil:
	case []byte:
		body = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			return nil, fmt.Errorf("ask the server: %w", err)
		}
		body, kind = bytes.NewReader(raw), "application/json"
	}
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return nil, err
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	token, err := d.c.token()
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return req, nil
}

// read writes the answer where the request wants it.
func (d *door) read(body io.Reader, r page.Request) error {
	limit := r.Limit
	if limit <= 0 {
		limit = callLimit
	}
	body = io.LimitReader(body, limit+1)
	switch into := r.Into.(type) {
	case nil:
		_, err := io.Copy(io.Discard, body) // so that the connection serves again
		return err
	case *[]byte:
		raw, err := io.ReadAll(body)
		if err == nil && int64(len(raw)) > limit {
			err = fmt.Errorf("the server's answer is longer than %d bytes", limit)
		}
		*into = raw
		return err
	default:
		if err := json.NewDecoder(body).Decode(into); err != nil {
			return fmt.Errorf("the server's answer to %s: %w", r.Path, err)
		}
		return nil
	}
}

// unreached is why the server could not be asked, without the address that the
// library puts before it.
func (d *door) unreached(err error) error {
	var of *url.Error
	if errors.As(err, &of) {
		err = of.Err
	}
	return fmt.Errorf("the server was not reached: %w", err)
}

// refusal is the server's no.
func refusal(resp *http.Response) error {
	out := &page.Refusal{Status: resp.StatusCode}
	var said struct{ Error, Code string }
	if err := json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&said); err == nil {
		out.Code, out.Text = said.Code, said.Error
	}
	if out.Text == "" {
		out.Text = "the server answers " + resp.Status
	}
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
		out.After = time.Duration(s) * time.Second
	}
	return out
}

// person asks the server who has the token.
func (d *door) person(ctx context.Context) (p page.Person, err error) {
	err = d.call(ctx, page.Request{Path: "/api/me", Into: &p})
	return p, err
}

// deskDir is the folder in which a desk keeps what its people like.
func deskDir() (string, error) {
	dir, err := homeDir("desk")
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	return dir, err
}

// who is the person who sat here last, with the token's mark.
type who struct {
	Mark   string      `json:"mark"`
	Person page.Person `json:"person"`
}

// seat lets a person sit down at this computer; keep writes what is to be kept for
// the next time.
func (c *connection) seat(o *ui.Options) (keep func(), err error) {
	d, err := c.door()
	if err != nil {
		return nil, err
	}
	dir, err := deskDir()
	if err != nil {
		return nil, err
	}
	all := &memos{dir: dir}
	seat := &o.Seat
	seat.Call, seat.Memory = d.call, all.open
	seat.Console.Files = newFiles()
	seat.Console.Play, seat.Console.Silent = newSpeaker(false, c.logger())
	if s := c.session; s != nil {
		c.logins(s, d, seat)
		return all.flush, nil
	}
	last := filepath.Join(dir, "who.json")
	seat.Known = c.known(last)
	seat.Person = func(ctx context.Context) (page.Person, error) {
		p, err := d.person(ctx)
		if raw, bad := json.Marshal(who{c.mark(), p}); err == nil && bad == nil {
			_ = atomicfile.Write(last, raw, 0o600) // only the next start would be quicker
		}
		return p, err
	}
	return all.flush, nil
}

// logins lets people log in and out at this computer.
func (c *connection) logins(s *session, d *door, seat *ui.SeatOptions) {
	seat.Call = s.guard(d.call)
	seat.Known, _ = s.known()
	seat.Person = func(ctx context.Context) (p page.Person, err error) {
		err = seat.Call(ctx, page.Request{Path: "/api/me", Into: &p})
		return p, err
	}
	name, secure := s.server()
	seat.Login = &ui.LoginOptions{
		Doors: s, Server: name, Secure: secure, Done: s.sit,
		Last: func() string { _, last := s.known(); return last },
	}
	seat.Console.Logout = func() {
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), callPatience)
			defer cancel()
			if err := s.logout(ctx); err != nil {
				c.logger().Warn("the logout is not complete", "error", err)
			}
		}()
	}
}

// mark tells tokens apart without saying one.
func (c *connection) mark() string {
	t, err := c.token()
	if err != nil {
		return ""
	}
	sum := sha256.Sum256([]byte("mark " + t))
	return hex.EncodeToString(sum[:8])
}

// known is who sat here last with the same token, nil for nobody.
func (c *connection) known(path string) *page.Person {
	var w who
	raw, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(raw, &w) != nil || w.Mark == "" || w.Mark != c.mark() {
		return nil
	}
	return &w.Person
}

// memo keeps small things of a person from one start to the next, in a file.
type memo struct {
	path string

	mu   sync.Mutex
	of   map[string]json.RawMessage
	late *time.Timer
}

// memoWait is how long what was noted last waits for more before it is written.
const memoWait = 2 * time.Second

// newMemo reads what was kept for a person; a file that is damaged is begun anew.
func newMemo(dir, login string) *memo {
	if login == "" {
		login = "-"
	}
	m := &memo{path: filepath.Join(dir, "memo-"+url.PathEscape(login)+".json"), of: map[string]json.RawMessage{}}
	if raw, err := os.ReadFile(m.path); err == nil && json.Unmarshal(raw, &m.of) != nil {
		m.of = map[string]json.RawMessage{}
	}
	return m
}

// Get is for page.Memory.
func (m *memo) Get(name string, into any) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	raw, ok := m.of[name]
	return ok && json.Unmarshal(raw, into) == nil
}

// Set is for page.Memory. It is written a moment later, beside the toolkit.
func (m *memo) Set(name string, value any) {
	raw, err := json.Marshal(value)
	if err != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if bytes.Equal(m.of[name], raw) {
		return
	}
	m.of[name] = raw
	if m.late == nil {
		m.late = time.AfterFunc(memoWait, m.flush)
	}
}

// flush writes what is kept. What cannot be written is lost: it is only convenience.
func (m *memo) flush() {
	m.mu.Lock()
	if m.late == nil {
		m.mu.Unlock()
		return
	}
	m.late.Stop()
	m.late = nil
	raw, err := json.Marshal(m.of)
	m.mu.Unlock()
	if err == nil {
		_ = atomicfile.Write(m.path, raw, 0o600)
	}
}

// memos are those of all people who sat here since the start.
type memos struct {
	dir string
	mu  sync.Mutex
	of  map[string]*memo
}

func (m *memos) open(login string) page.Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of == nil {
		m.of = map[string]*memo{}
	}
	if m.of[login] == nil {
		m.of[login] = newMemo(m.dir, login)
	}
	return m.of[login]
}

// flush writes what waits to be written, at the end.
func (m *memos) flush() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, x := range m.of {
		x.flush()
	}
}
