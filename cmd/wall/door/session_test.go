package door

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"iocwall/ui/page"
)

// doorkeeper is a server that lets one person in.
type doorkeeper struct {
	mu     sync.Mutex
	good   map[string]bool // secrets
	refuse string          // the code of what ended them
	until  time.Time
}

func (k *doorkeeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	say := func(status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	who := map[string]any{"login": "mai", "name": "Trần Thị Mai", "role": "operator", "areas": []string{}, "rights": []string{"state.read"}, "expires": k.until}
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case r.URL.Path == "/api/login":
		var in struct{ Login, Password, Code string }
		_ = json.NewDecoder(r.Body).Decode(&in)
		switch {
		case in.Password == "nhiều":
			w.Header().Set("Retry-After", "28")
			say(429, map[string]any{"error": "too many tries", "code": "locked"})
		case in.Password != "đúng":
			say(401, map[string]any{"error": "login or password is wrong", "code": "wrong"})
		case in.Code == "":
			say(401, map[string]any{"error": "a code is needed", "code": "need-code", "need": "code"})
		default:
			k.good["iocs_1"] = true
			who["token"], who["mustChange"] = "iocs_1", true
			say(200, who)
		}
	case !k.good[token]:
		say(401, map[string]any{"error": "no", "code": k.refuse})
	case r.URL.Path == "/api/logout":
		delete(k.good, token)
		say(200, map[string]any{"ended": 1})
	case r.URL.Path == "/api/me/totp" && r.Method == http.MethodPut:
		say(200, map[string]any{"recovery": []string{"a-b", "c-d"}})
	case r.URL.Path == "/api/me/totp":
		say(200, map[string]any{"secret": "ABCD", "uri": "otpauth://totp/x"})
	default:
		say(200, who)
	}
}

func (k *doorkeeper) end(why string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.good, k.refuse = map[string]bool{}, why
}

// newSessionBench returns a server and what opens a session of this computer at it.
func newSessionBench(t *testing.T) (*doorkeeper, func() *Session) {
	t.Helper()
	dir := t.TempDir()
	k := &doorkeeper{good: map[string]bool{}, until: time.Now().Add(time.Hour)}
	srv := httptest.NewServer(k)
	t.Cleanup(srv.Close)
	return k, func() *Session {
		s, err := OpenSession(Options{Server: strings.Replace(srv.URL, "http", "ws", 1) + "/feed"}, dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return s
	}
}

func TestSessionIsKept(t *testing.T) {
	_, open := newSessionBench(t)
	s := open()
	ctx := t.Context()
	if p, last := s.Known(); p != nil || last != "" {
		t.Fatalf("%v %q at the first start", p, last)
	}
	var no *page.Refusal
	if _, err := s.Login(ctx, "mai", "sai", ""); !errors.As(err, &no) || no.Code != "wrong" {
		t.Fatal(err)
	}
	if _, err := s.Login(ctx, "mai", "nhiều", ""); !errors.As(err, &no) || no.After != 28*time.Second {
		t.Fatal(err)
	}
	if _, err := s.Login(ctx, "mai", "đúng", ""); !errors.As(err, &no) || no.Code != "need-code" {
		t.Fatal(err)
	}
	st, err := s.Login(ctx, "mai", "đúng", "123456")
	if err != nil || !st.MustChange || st.Name != "Trần Thị Mai" || st.Expires.IsZero() {
		t.Fatalf("%+v %v", st, err)
	}
	if _, err := s.d.token(); !errors.Is(err, ErrNobody) {
		t.Fatalf("who has to change the password sits already: %v", err)
	}
	if _, err := s.Password(ctx, "đúng", "bốn con ngựa tím"); err != nil {
		t.Fatal(err)
	}
	if secret, _, err := s.Begin(ctx); err != nil || secret != "ABCD" {
		t.Fatal(secret, err)
	}
	if codes, err := s.Confirm(ctx, "1"); err != nil || len(codes) != 2 {
		t.Fatal(codes, err)
	}
	st, err = s.Me(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s.Sit(st.Person)
	if token, err := s.d.token(); token != "iocs_1" || err != nil {
		t.Fatal(token, err)
	}
	info, err := os.Stat(s.path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info, err)
	}
	next := open()
	if p, last := next.Known(); p == nil || p.Login != "mai" || last != "mai" {
		t.Fatalf("%v %q at the next start", p, last)
	}
	if err := next.Logout(ctx); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(s.path)
	if err != nil || strings.Contains(string(raw), "iocs_") {
		t.Fatalf("%s %v", raw, err)
	}
	if p, last := open().Known(); p != nil || last != "mai" {
		t.Fatalf("%v %q after the logout", p, last)
	}
}

func TestSessionEnds(t *testing.T) {
	k, open := newSessionBench(t)
	s := open()
	var codes []string
	s.Over(func(code string) { codes = append(codes, code) })
	enter := func() {
		st, err := s.Login(t.Context(), "mai", "đúng", "1")
		if err != nil {
			t.Fatal(err)
		}
		s.Sit(st.Person)
	}
	enter()
	call := s.Guard(func(ctx context.Context, r page.Request) error {
		return s.ask(ctx, s.mine(), http.MethodGet, r.Path, nil, nil)
	})
	if err := call(t.Context(), page.Request{Path: "/api/me"}); err != nil || len(codes) != 0 {
		t.Fatal(err, codes)
	}
	k.end("revoked")
	if err := call(t.Context(), page.Request{Path: "/api/me"}); err == nil {
		t.Fatal("a refused call is none")
	}
	if len(codes) != 1 || codes[0] != "revoked" {
		t.Fatalf("%q", codes)
	}
	if err := call(t.Context(), page.Request{Path: "/api/me"}); !errors.Is(err, ErrNobody) {
		t.Fatal(err)
	}
	enter()
	k.end("password")
	s.mu.Lock()
	s.asked = time.Now().Add(-time.Minute)
	s.mu.Unlock()
	s.check()
	if len(codes) != 2 || codes[1] != "password" {
		t.Fatalf("%q", codes)
	}
}

// TestFeedWaits: while nobody is logged in the feed waits and does not fail.
func TestFeedWaits(t *testing.T) {
	k, open := newSessionBench(t)
	s := open()
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- s.Run(ctx) }()
	got := make(chan string, 1)
	go func() {
		token, _ := s.Wait()
		got <- token
	}()
	st, err := s.Login(t.Context(), "mai", "đúng", "1")
	if err != nil {
		t.Fatal(err)
	}
	select {
	case token := <-got:
		t.Fatalf("the feed has %q before anybody sits", token)
	default:
	}
	s.Sit(st.Person)
	if token := <-got; token != "iocs_1" {
		t.Fatalf("%q", token)
	}
	// The feed asks again because the server closed it: the session is looked at.
	k.end("revoked")
	why := make(chan string, 2)
	s.Over(func(code string) { why <- code })
	s.mu.Lock()
	s.asked = s.asked.Add(-2 * askPause)
	s.mu.Unlock()
	go s.Wait() //nolint:errcheck // it has the secret once more or waits for the next one, whichever is first
	if code := <-why; code != "revoked" {
		t.Fatalf("%q", code)
	}
	go func() {
		_, err := s.Wait()
		if errors.Is(err, ErrNobody) {
			got <- "nobody"
		}
	}()
	stop()
	if err := <-ran; err != nil {
		t.Fatal(err)
	}
	if <-got != "nobody" {
		t.Fatal("the feed still waits after the end")
	}
}

// TestSessionOnDisk: a file that is damaged, over, or of another server lets nobody
// in and keeps nobody from logging in.
func TestSessionOnDisk(t *testing.T) {
	_, open := newSessionBench(t)
	path := open().path
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	origin := "http://" + open().d.base.Host
	old, err := json.Marshal(keptSession{Server: origin, Login: "mai", Token: "iocs_1", Person: &page.Person{Login: "mai", Expires: time.Now().Add(-time.Second)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ raw, last string }{
		{`{"server":`, ""},
		{`[]`, ""},
		{`{"server":"elsewhere:1","login":"mai","token":"x","person":{"login":"mai"}}`, ""},
		{`{"server":"` + strings.Replace(origin, "http:", "https:", 1) + `","login":"mai","token":"x","person":{"login":"mai"}}`, ""}, // begun where nobody could listen
		{string(old), "mai"},
	} {
		if err := os.WriteFile(path, []byte(c.raw), 0o600); err != nil {
			t.Fatal(err)
		}
		if p, last := open().Known(); p != nil || last != c.last {
			t.Errorf("%s: %v, %q", c.raw, p, last)
		}
	}
}

// TestNothingFollowsARedirect: neither a password nor a session goes where another
// address sends them.
func TestNothingFollowsARedirect(t *testing.T) {
	var mu sync.Mutex
	reached := ""
	thief := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		reached += r.URL.Path + " "
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"token":"iocs_9","login":"mai"}`))
	}))
	t.Cleanup(thief.Close)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, thief.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	t.Cleanup(srv.Close)
	s, err := OpenSession(Options{Server: strings.Replace(srv.URL, "http", "ws", 1) + "/feed"}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if _, err := s.Login(t.Context(), "mai", "đúng", "1"); err == nil {
		t.Error("a redirect let somebody in")
	}
	s.kept.Token = "iocs_1"
	if _, err := s.d.Get(t.Context(), "/api/me", nil); err == nil {
		t.Error("a redirect was followed")
	}
	mu.Lock()
	defer mu.Unlock()
	if reached != "" {
		t.Errorf("another server was asked for %s", reached)
	}
}
