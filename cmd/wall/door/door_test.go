package door

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"iocwall/ui/page"
)

// newDoor returns a door of a server, whose secret is "secret".
func newDoor(t *testing.T, h http.HandlerFunc) *Door {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	d, err := New(Options{Server: strings.Replace(srv.URL, "http", "ws", 1) + "/feed", Token: func() (string, error) { return "secret", nil }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

func TestCall(t *testing.T) {
	d := newDoor(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer secret" {
			t.Errorf("%s asks as %q", r.URL, r.Header.Get("Authorization"))
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		switch r.URL.EscapedPath() + "?" + r.URL.RawQuery {
		case "/api/b%E1%BB%87nh%2F2?n=1":
			_, _ = io.WriteString(w, `{"got":"`+r.Method+" "+r.Header.Get("Content-Type")+" "+string(body)+`"}`)
		case "/api/long?":
			_, _ = io.WriteString(w, strings.Repeat("x", 100))
		case "/api/later?":
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, `{"error":"not now","code":"busy","say":"wall.slow","values":{"seconds":"3"}}`)
		case "/api/garbled?":
			_, _ = io.WriteString(w, "<html>")
		default:
			w.WriteHeader(http.StatusBadGateway)
			_, _ = io.WriteString(w, "<html>")
		}
	})
	ctx := t.Context()
	var in struct{ Got string }
	for want, r := range map[string]page.Request{
		"GET  ":                   {Path: "/api/b%E1%BB%87nh%2F2?n=1"},
		"PUT text/csv a;b":        {Method: "PUT", Path: "/api/b%E1%BB%87nh%2F2?n=1", Type: "text/csv", Body: []byte("a;b")},
		"POST application/json 7": {Method: "POST", Path: "/api/b%E1%BB%87nh%2F2?n=1", Body: 7},
	} {
		r.Into = &in
		if err := d.Call(ctx, r); err != nil || in.Got != want {
			t.Errorf("%q, %v; want %q", in.Got, err, want)
		}
	}
	var raw []byte
	if err := d.Call(ctx, page.Request{Path: "/api/long", Into: &raw, Limit: 100}); err != nil || len(raw) != 100 {
		t.Errorf("%d bytes, %v", len(raw), err)
	}
	if err := d.Call(ctx, page.Request{Path: "/api/long", Into: &raw, Limit: 99}); err == nil || !strings.Contains(err.Error(), "99") {
		t.Errorf("a longer answer: %v", err)
	}
	if err := d.Call(ctx, page.Request{Path: "/api/garbled", Into: &in}); err == nil || !strings.Contains(err.Error(), "/api/garbled") {
		t.Errorf("no JSON: %v", err)
	}
	var no *page.Refusal
	if err := d.Call(ctx, page.Request{Path: "/api/later"}); !errors.As(err, &no) || no.Status != 503 || no.Code != "busy" || no.Text != "not now" || no.Say != "wall.slow" || no.Values["seconds"] != "3" || no.After != 7*time.Second {
		t.Errorf("%+v", no)
	}
	for name, err := range map[string]error{"a call": d.Call(ctx, page.Request{Path: "/api/x"}), "a stream": func() error { _, err := d.Get(ctx, "/api/x", nil); return err }()} {
		if !errors.As(err, &no) || no.Status != 502 || no.Text != "" || no.Error() != "the server answers 502 Bad Gateway" {
			t.Errorf("%s that something else answers: %v", name, err)
		}
	}
}

// TestNobodyAnswers: a server that is away is told apart from one that refuses, its
// address stays out of what is said, and one that takes a question and says nothing is
// not waited for without end.
func TestNobodyAnswers(t *testing.T) {
	d := newDoor(t, func(http.ResponseWriter, *http.Request) {})
	if tr, ok := d.client.Transport.(*http.Transport); !ok || tr.ResponseHeaderTimeout != patience {
		t.Error("a server that never answers is waited for without end")
	}
	gone := httptest.NewServer(nil)
	gone.Close()
	away, err := New(Options{Server: gone.URL, Token: func() (string, error) { return "", nil }})
	if err != nil {
		t.Fatal(err)
	}
	_, get := away.Get(t.Context(), "/api/x", nil)
	for _, err := range []error{away.Call(t.Context(), page.Request{Path: "/api/x"}), get} {
		if !errors.Is(err, page.ErrAway) || strings.Contains(err.Error(), "/api/x") {
			t.Errorf("%v", err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Call(ctx, page.Request{Path: "/api/x"}); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}

func TestEnrol(t *testing.T) {
	d := newDoor(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Method != "POST" || r.URL.Path != "/api/nodes/enrol" || r.Header.Get("Authorization") != "" {
			t.Errorf("%s %s %v", r.Method, r.URL, err)
		}
		switch string(body) {
		case `{"code":"GOOD","node":"pc-03"}`:
			_, _ = io.WriteString(w, `{"node":"pc-03","token":"ioc_1"}`)
		case `{"code":"OTHER","node":"pc-03"}`:
			_, _ = io.WriteString(w, `{"node":"pc-04","token":"ioc_2"}`)
		case `{"code":"EMPTY","node":"pc-03"}`:
			_, _ = io.WriteString(w, `{}`)
		default:
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"error":"no code of this kind"}`)
		}
	})
	for code, want := range map[string]string{" GOOD ": "", "OTHER": "--name pc-04", "EMPTY": "holds no token", "BAD": "no code of this kind"} {
		token, err := d.Enrol(t.Context(), "pc-03", code)
		if want == "" && (token != "ioc_1" || err != nil) || want != "" && (err == nil || token != "" || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %q, %v; want %q", code, token, err, want)
		}
	}
}
