package remote

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/media/relay"
	"iocwall/media/replay"
	"iocwall/media/rtsp"
)

// guard bounds every wait; it is far above what any of them needs.
const guard = 30 * time.Second

// hush is a password that must never be seen.
const hush = "Hush1-recognisable"

var signer = relay.Signer{Key: bytes.Repeat([]byte("k"), relay.MinKey)}

func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(guard)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func background(t *testing.T, run func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v", err)
		}
	}()
	stop = func() {
		cancel()
		<-done
	}
	t.Cleanup(stop)
	return stop
}

// unit is a relay with its door.
type unit struct {
	relay *relay.Relay
	door  *httptest.Server
	stop  func()
}

// newUnit starts a relay; addr is where its door is, empty for a free place.
func newUnit(t *testing.T, addr string, opts relay.Options) *unit {
	t.Helper()
	opts.Addr, opts.Signer = "127.0.0.1:0", signer
	opts.Step, opts.HealthEvery = 20*time.Millisecond, 200*time.Millisecond
	r, err := relay.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	end := background(t, r.Run)
	u := &unit{relay: r, door: httptest.NewUnstartedServer(Handler(HandlerOptions{Relay: r, Signer: signer, Logger: opts.Logger}))}
	if addr != "" {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		u.door.Listener.Close()
		u.door.Listener = l
	}
	u.door.Start()
	var once sync.Once
	u.stop = func() {
		once.Do(func() {
			u.door.CloseClientConnections()
			u.door.Close()
			end()
		})
	}
	t.Cleanup(u.stop)
	return u
}

func (u *unit) addr() string { return u.door.Listener.Addr().String() }

// reports keeps what a client is told.
type reports struct {
	mu   sync.Mutex
	last map[string]relay.Health
}

func (r *reports) take(camera string, h relay.Health) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last[camera+"/"+h.Stream] = h
}

func (r *reports) of(key string) relay.Health {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last[key]
}

func newClient(t *testing.T, o Options) (*Client, *reports) {
	t.Helper()
	told := &reports{last: map[string]relay.Health{}}
	o.Signer, o.OnHealth = signer, told.take
	o.Backoff = rtsp.Backoff{Min: 10 * time.Millisecond, Max: 100 * time.Millisecond}
	c, err := Dial(o)
	if err != nil {
		t.Fatal(err)
	}
	background(t, c.Run)
	return c, told
}

func newCamera(t *testing.T) *mediatest.Camera {
	t.Helper()
	cam, err := mediatest.NewCamera(mediatest.Options{User: "admin", Pass: hush, Digest: true, ClipOptions: mediatest.ClipOptions{
		FPS: 25, Length: 4 * time.Second, KeyEvery: time.Second, Counter: true,
	}})
	if errors.Is(err, mediatest.ErrNoFFmpeg) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	background(t, cam.Run)
	await(t, "the camera to come up", func() bool { return cam.Counts().Frames > 0 })
	return cam
}

func camera(id string, cam *mediatest.Camera) relay.Camera {
	return relay.Camera{
		ID: id, User: "admin", Pass: hush, AlwaysOn: true, Keep: 30 * time.Second, Site: "bridge",
		Groups: []string{"vn"}, Streams: []relay.Stream{{Name: "main", URL: cam.URL()}},
	}
}

func token(subject string) string {
	text, err := signer.Sign(relay.Grant{Subject: subject, Groups: []string{"vn"}, Expires: time.Now().Add(time.Minute)})
	if err != nil {
		return ""
	}
	return text
}

func TestARelayInAnotherProcess(t *testing.T) {
	cam := newCamera(t)
	u := newUnit(t, "", relay.Options{})
	c, told := newClient(t, Options{Addr: u.addr(), Cameras: []relay.Camera{camera("c1", cam)}})
	await(t, "live health", func() bool { return told.of("c1/main").State == relay.StateLive })
	if got := told.of("c1/main"); got.Site != "bridge" || got.Codec != rtsp.H264 || got.Width != 640 {
		t.Errorf("%+v", got)
	}
	if c.Addr() != u.relay.Addr() || c.URL("c1", "main") != u.relay.URL("c1", "main") {
		t.Errorf("%s, %s", c.Addr(), c.URL("c1", "main"))
	}

	// Readers, tokens and their end.
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	units, ended := make(chan struct{}, 10_000), make(chan error, 1)
	go func() {
		ended <- rtsp.Play(ctx, rtsp.Options{URL: c.URL("c1", "main"), User: "x", Pass: token("mai")}, rtsp.Handler{
			OnUnit: func(rtsp.Unit) { units <- struct{}{} },
		})
	}()
	<-units
	if g, err := c.Admit(token("mai"), "c1", "main"); err != nil || g.Subject != "mai" {
		t.Errorf("Admit = %+v, %v", g, err)
	}
	old := token("mai")
	if n := c.CloseSubject("mai"); n != 1 {
		t.Errorf("%d sessions closed", n)
	}
	<-ended
	for _, x := range []struct {
		token, camera string
		want          error
	}{{old, "c1", relay.ErrWithdrawn}, {token("hung"), "c9", relay.ErrNotGranted}, {"junk", "c1", relay.ErrToken}} {
		if _, err := c.Admit(x.token, x.camera, "main"); !errors.Is(err, x.want) {
			t.Errorf("Admit to %s = %v, want %v", x.camera, err, x.want)
		}
	}

	// A new list: what is gone is not told any more.
	if err := c.SetCameras([]relay.Camera{camera("c2", cam)}); err != nil {
		t.Fatal(err)
	}
	await(t, "the new camera alone", func() bool {
		all := c.Health()
		return len(all) == 1 && all[0].Camera == "c2" && all[0].State == relay.StateLive
	})
	bad := []relay.Camera{{ID: "c3", User: "admin", Pass: hush, Streams: []relay.Stream{{Name: "main", URL: "http://u:" + hush + "@x/"}}}}
	if err := c.SetCameras(bad); err == nil || strings.Contains(err.Error(), hush) {
		t.Errorf("a bad list: %v", err)
	}
	if s := c.Sites(); len(s) != 1 || s[0].Site != "bridge" || s[0].Cameras != 1 {
		t.Errorf("sites: %+v", s)
	}
}

func TestClipsPassThrough(t *testing.T) {
	cam := newCamera(t)
	u := newUnit(t, "", relay.Options{Cameras: []relay.Camera{camera("c1", cam)}})
	c, told := newClient(t, Options{Addr: u.addr()})
	await(t, "something kept", func() bool { return told.of("c1/main").Kept > 2*time.Second })
	to := time.Now().Add(300 * time.Millisecond)
	var file bytes.Buffer
	sum, err := c.Clip(t.Context(), "c1", "main", to.Add(-time.Second), to, &file)
	if err != nil {
		t.Fatal(err)
	}
	if int(sum.Bytes) != file.Len() || sum.Frames < 20 || sum.SHA256 == [32]byte{} || sum.To.Before(sum.From) {
		t.Errorf("%d bytes of %d, %d frames from %v to %v", file.Len(), sum.Bytes, sum.Frames, sum.From, sum.To)
	}
	for _, x := range []struct {
		camera   string
		from, to time.Time
		want     error
	}{
		{"c9", to, to.Add(time.Second), relay.ErrNotKept},
		{"c1", to.Add(-time.Hour), to.Add(-59 * time.Minute), replay.ErrNothing},
	} {
		if _, err := c.Clip(t.Context(), x.camera, "main", x.from, x.to, io.Discard); !errors.Is(err, x.want) {
			t.Errorf("clip of %s: %v, want %v", x.camera, err, x.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	if _, err := c.Clip(ctx, "c1", "main", time.Now(), time.Now().Add(5*time.Minute), io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancel: %v", err)
	}
	// A relay that goes in the middle leaves no clip that seems whole.
	time.AfterFunc(300*time.Millisecond, u.door.CloseClientConnections)
	if _, err := c.Clip(t.Context(), "c1", "main", time.Now().Add(-time.Second), time.Now().Add(20*time.Second), io.Discard); err == nil {
		t.Error("half a clip passed for a whole one")
	}
}

// The relay's unit is stopped and started again: the client notices, says that nothing is known, and brings the new one
// up to date, also about what was withdrawn meanwhile.
func TestTheRelayComesBack(t *testing.T) {
	cam := newCamera(t)
	u := newUnit(t, "", relay.Options{})
	addr := u.addr()
	c, told := newClient(t, Options{Addr: addr, Cameras: []relay.Camera{camera("c1", cam)}})
	await(t, "live health", func() bool { return told.of("c1/main").State == relay.StateLive })
	before := token("lan")
	c.CloseSubject("lan")
	u.stop()
	await(t, "nothing known", func() bool {
		h := told.of("c1/main")
		return h.State == relay.StateNoSignal && strings.Contains(h.Detail, "relay does not answer")
	})
	if h := c.Health(); len(h) != 1 || h[0].State != relay.StateNoSignal || !h[0].Failing.IsZero() {
		t.Errorf("%+v", h)
	}
	given := token("mai")
	if n := c.CloseSubject("mai"); n != 0 {
		t.Errorf("%d sessions of a relay that is away", n)
	}
	if _, err := c.Admit(given, "c1", "main"); !errors.Is(err, ErrUnreachable) {
		t.Errorf("Admit = %v", err)
	}
	if err := c.SetCameras([]relay.Camera{camera("c2", cam)}); err != nil {
		t.Errorf("a list for later: %v", err)
	}
	newUnit(t, addr, relay.Options{})
	await(t, "the new list", func() bool { return told.of("c2/main").State == relay.StateLive })
	if len(c.Health()) != 1 {
		t.Errorf("%+v", c.Health())
	}
	if _, err := c.Admit(given, "c2", "main"); !errors.Is(err, relay.ErrWithdrawn) {
		t.Errorf("what was withdrawn meanwhile: %v", err)
	}
	if _, err := c.Admit(before, "c2", "main"); !errors.Is(err, relay.ErrWithdrawn) {
		t.Errorf("what was withdrawn before: %v", err)
	}
}

func TestDoors(t *testing.T) {
	for _, x := range []struct {
		o    Options
		want string
	}{
		{Options{Addr: "192.0.2.7:8555"}, "in the clear"},
		{Options{Addr: "relay.example:8555"}, "in the clear"},
		{Options{Addr: "relay"}, "host:port"},
		{Options{Addr: "127.0.0.1:1", Signer: relay.Signer{Key: []byte("short")}}, "too short"},
		{Options{Addr: "127.0.0.1:1", Cameras: []relay.Camera{{ID: "x"}}}, "no stream"},
	} {
		if x.o.Signer.Key == nil {
			x.o.Signer = signer
		}
		if _, err := Dial(x.o); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v", x.o.Addr, err)
		}
	}
	for _, o := range []Options{{Addr: "[::1]:1"}, {Addr: "localhost:1"}, {Addr: "192.0.2.7:1", TLS: &tls.Config{}}, {Addr: "unix:/run/x"}} {
		o.Signer = signer
		if _, err := Dial(o); err != nil {
			t.Error(err)
		}
	}

	r, err := relay.New(relay.Options{Addr: "127.0.0.1:0", Signer: signer})
	if err != nil {
		t.Fatal(err)
	}
	background(t, r.Run)
	h := Handler(HandlerOptions{Relay: r, Signer: signer})
	secure := httptest.NewTLSServer(h)
	t.Cleanup(secure.Close)
	pool := x509.NewCertPool()
	pool.AddCert(secure.Certificate())
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	plain := &http.Server{Handler: h}
	go plain.Serve(l) //nolint:errcheck // closed below
	t.Cleanup(func() { plain.Close() })
	for _, o := range []Options{
		{Addr: secure.Listener.Addr().String(), TLS: &tls.Config{RootCAs: pool}},
		{Addr: "unix:" + path},
	} {
		o.Signer = signer
		c, err := Dial(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.SetCameras(nil); err != nil {
			t.Errorf("%s: %v", o.Addr, err)
		}
		if n := c.CloseSubject("nobody"); n != 0 || len(c.toClose) > 0 {
			t.Errorf("%s: %d closed", o.Addr, n)
		}
		c.http.CloseIdleConnections()
	}
}

func TestStrangersStayOutside(t *testing.T) {
	u := newUnit(t, "", relay.Options{})
	ask := func(method, path, auth, body string) (int, string) {
		t.Helper()
		req, err := http.NewRequest(method, "http://"+u.addr()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", auth)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(io.LimitReader(res.Body, 1<<20))
		return res.StatusCode, string(text)
	}
	control := func(s relay.Signer, life time.Duration) string {
		text, err := s.SignControl(time.Now().Add(life))
		if err != nil {
			t.Fatal(err)
		}
		return "Bearer " + text
	}
	everything, err := signer.Sign(relay.Grant{Subject: "node", Cameras: []string{"*"}, Expires: time.Now().Add(time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	other := relay.Signer{Key: bytes.Repeat([]byte("x"), relay.MinKey)}
	for _, auth := range []string{
		"", "Bearer ", "Bearer junk", "Bearer " + everything, control(other, time.Minute), control(signer, -time.Second), control(signer, time.Hour),
	} {
		for _, path := range []string{"/v1/hello", "/v1/health", "/v1/clip", "/elsewhere"} {
			if status, text := ask("GET", path, auth, ""); status != http.StatusUnauthorized || !strings.Contains(text, "for the server alone") {
				t.Errorf("%.20s at %s: %d %s", auth, path, status, text)
			}
		}
	}
	if _, err := u.relay.Admit(strings.TrimPrefix(control(signer, time.Minute), "Bearer "), "c1", "main"); !errors.Is(err, relay.ErrToken) {
		t.Errorf("a control token opens a camera: %v", err)
	}
	good := control(signer, time.Minute)
	for _, x := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"PUT", "/v1/cameras", `[{"ID":"c1","Colour":"` + hush + `"}]`, 400, "same version"},
		{"PUT", "/v1/cameras", `[{"ID":"c1","Pass":` + hush + `}]`, 400, "same version"},
		{"PUT", "/v1/cameras", `[{"ID":"c1","Pass":"` + hush + `"}]`, 422, "no stream"},
		{"PUT", "/v1/cameras", `["` + strings.Repeat("x", maxCameras) + `"]`, 400, "more than"},
		{"POST", "/v1/close", `{"subject":"` + strings.Repeat("x", maxSmall) + `"}`, 400, "more than"},
		{"POST", "/v1/admit", `{"token":"x"}`, 401, `"kind":"token"`},
		{"GET", "/v1/clip?camera=c1&stream=main&from=yesterday&to=" + hush, "", 400, "RFC 3339"},
		{"GET", "/v1/clip?camera=c1&stream=main&from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:01Z", "", 404, `"kind":"not-kept"`},
		{"DELETE", "/v1/cameras", "", 405, ""},
		{"GET", "/v2/hello", "", 404, ""},
	} {
		status, text := ask(x.method, x.path, good, x.body)
		if status != x.status || !strings.Contains(text, x.says) || strings.Contains(text, hush) {
			t.Errorf("%s %.30s: %d %.200s", x.method, x.path, status, text)
		}
	}
}

// Another version, or something else altogether, behind the address gets a clear word.
func TestOtherVersions(t *testing.T) {
	for _, x := range []struct {
		name   string
		answer http.HandlerFunc
		want   error
	}{
		{"newer", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"version":"2"}`) }, ErrVersion}, //nolint:errcheck // test
		{"a web page", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `<html>`) }, ErrVersion},     //nolint:errcheck // test
		{"no such path", http.NotFound, ErrVersion},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://192.0.2.1/", http.StatusFound)
		}, ErrVersion},
		{"nothing", func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				conn.Close()
			}
		}, ErrUnreachable},
	} {
		t.Run(x.name, func(t *testing.T) {
			s := httptest.NewServer(x.answer)
			defer s.Close()
			c, err := Dial(Options{Addr: s.Listener.Addr().String(), Signer: signer})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), guard)
			defer cancel()
			if err := c.follow(ctx); !errors.Is(err, x.want) {
				t.Errorf("%v", err)
			}
			c.http.CloseIdleConnections()
		})
	}
}

// TestSecretsStayInside looks for the camera's password in all that is logged and told at both ends.
func TestSecretsStayInside(t *testing.T) {
	var mu sync.Mutex
	var text bytes.Buffer
	log := slog.New(slog.NewTextHandler(writerFunc(func(b []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return text.Write(b)
	}), &slog.HandlerOptions{Level: slog.LevelDebug}))
	cam := newCamera(t)
	u := newUnit(t, "", relay.Options{Logger: log})
	wrong := camera("c2", cam)
	wrong.Pass = hush + "-wrong"
	c, told := newClient(t, Options{Addr: u.addr(), Logger: log, Cameras: []relay.Camera{camera("c1", cam), wrong}})
	await(t, "health", func() bool {
		return told.of("c1/main").State == relay.StateLive && told.of("c2/main").State == relay.StateRefused
	})
	u.stop()
	await(t, "the relay to be missed", func() bool { return told.of("c1/main").State == relay.StateNoSignal })
	mu.Lock()
	defer mu.Unlock()
	for _, h := range c.Health() {
		if strings.Contains(h.Detail, hush) {
			t.Errorf("health: %s", h.Detail)
		}
	}
	if strings.Contains(text.String(), hush) || !strings.Contains(text.String(), "no contact with the relay") {
		t.Errorf("the log:\n%s", text.String())
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func FuzzLine(f *testing.F) {
	for _, s := range []string{"{}", `{"whole":true}`, `{"health":{"Camera":"c1","Stream":"main","State":"live","FPS":25}}`, `{"gone":true}`, `{"health":{"Since":"x"}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		l, err := readLine(raw)
		if err != nil {
			return
		}
		c := &Client{log: slog.New(slog.DiscardHandler), healths: map[string]relay.Health{}}
		c.take(l, map[string]bool{})
		if len(c.Health()) > 1 {
			t.Fatal("one line, two streams")
		}
	})
}

func FuzzDoor(f *testing.F) {
	r, err := relay.New(relay.Options{Addr: "127.0.0.1:0", Signer: signer})
	if err != nil {
		f.Fatal(err)
	}
	h := Handler(HandlerOptions{Relay: r, Signer: signer})
	f.Add("PUT", "/v1/cameras", []byte(`[{"ID":"c1","Streams":[{"Name":"main","URL":"rtsp://h/"}]}]`))
	f.Add("POST", "/v1/admit", []byte(`{"token":"v1.x.y","camera":"c","stream":"s"}`))
	f.Add("POST", "/v1/close", []byte(`{"subject":"s"}`))
	f.Add("GET", "/v1/clip?camera=c&stream=s&from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:01Z", []byte(nil))
	f.Fuzz(func(t *testing.T, method, path string, body []byte) {
		if path == "/v1/health" || !strings.HasPrefix(path, "/v1/") {
			return
		}
		req, err := http.NewRequest(method, "http://relay"+path, bytes.NewReader(body))
		if err != nil || req.URL.Path == "/v1/health" {
			return
		}
		token, err := signer.SignControl(time.Now().Add(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		res := httptest.NewRecorder()
		h.ServeHTTP(res, req)
		if res.Code >= 500 {
			t.Fatalf("%s %s: %d %s", method, path, res.Code, res.Body)
		}
	})
}
