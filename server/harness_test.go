package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/wire"
	"iocwall/server/world"
)

// patience is how long a test waits for what must happen; it guards against
// hanging only.
const patience = 30 * time.Second

// baseConfig is what every test's server has; places are chosen by the system.
const baseConfig = `name: Thử
data: data
listen: 127.0.0.1:0
relay: {listen: "127.0.0.1:0"}
services:
  - {code: roads, name: Đường sá, answer: 8h}
  - {code: other, name: Khác}
`

// journalText is a buffer that several goroutines may write a log to.
type journalText struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journalText) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journalText) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

// centre is a whole server on loopback with its folder.
type centre struct {
	tb    testing.TB
	dir   string
	logs  *journalText
	store *auth.Store
	first func(login, password string) error // as Options.FirstUser

	*Server
	where  atomic.Value // the address, for clients that outlive a restart
	cancel context.CancelFunc
	ended  chan error
}

// newCentre starts a server whose configuration is baseConfig and more.
func newCentre(tb testing.TB, more string) *centre {
	tb.Helper()
	c := &centre{tb: tb, dir: tb.TempDir(), logs: &journalText{}}
	c.configure(more)
	c.start()
	tb.Cleanup(c.stop)
	return c
}

func (c *centre) path(name string) string { return filepath.Join(c.dir, name) }

// eachFile calls f with every file of the data folder.
func (c *centre) eachFile(f func(name, text string)) error {
	return filepath.WalkDir(c.path("data"), func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		f(path, string(text))
		return err
	})
}

// configure writes the configuration file.
func (c *centre) configure(more string) {
	c.tb.Helper()
	c.write("ioc.yaml", baseConfig+more)
}

func (c *centre) write(name, text string) {
	c.tb.Helper()
	if err := os.WriteFile(c.path(name), []byte(text), 0o600); err != nil {
		c.tb.Fatal(err)
	}
}

func (c *centre) load() *Config {
	c.tb.Helper()
	config, problems := LoadConfig(c.path("ioc.yaml"))
	for _, p := range problems {
		c.tb.Error(p)
	}
	if len(problems) > 0 {
		c.tb.FailNow()
	}
	return config
}

func (c *centre) start() {
	c.tb.Helper()
	s, err := New(context.Background(), Options{
		Config: c.load(), Version: "test", File: c.path("ioc.yaml"), FirstUser: c.first,
		hashCost: auth.Cost{Memory: 64, Time: 1, Lanes: 1}, Logger: slog.New(slog.NewTextHandler(c.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		c.tb.Fatal(err)
	}
	if c.store, err = auth.Open(TokenFile(c.path("data"))); err != nil {
		c.tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	c.Server, c.cancel, c.ended = s, cancel, make(chan error, 1)
	c.where.Store(s.Addr())
	go func() { c.ended <- s.Run(ctx) }()
}

// stop ends the server; a stopped one stays stopped.
func (c *centre) stop() {
	c.tb.Helper()
	if c.cancel == nil {
		return
	}
	c.cancel()
	c.cancel = nil
	select {
	case err := <-c.ended:
		if err != nil {
			c.tb.Errorf("run: %v", err)
		}
	case <-time.After(patience):
		c.tb.Error("the server does not stop")
	}
}

// token makes a token that the running server knows; a unit's is of daNang if
// no area is named.
func (c *centre) token(name string, role auth.Role, areas ...string) string {
	c.tb.Helper()
	raw, _ := c.tokenID(name, role, areas...)
	return raw
}

func (c *centre) tokenID(name string, role auth.Role, areas ...string) (raw, id string) {
	c.tb.Helper()
	if role == auth.Unit && len(areas) == 0 {
		areas = []string{daNang}
	}
	raw, t, err := c.store.Add(auth.Spec{Name: name, Role: role, Areas: areas})
	if err == nil {
		_, err = c.tokens.Reload()
	}
	if err != nil {
		c.tb.Fatal(err)
	}
	return raw, t.ID
}

// do sends one HTTP request and returns the status and the body.
func (c *centre) do(method, path, token, contentType, body string) (int, string) {
	c.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, "http://"+c.Addr()+path, strings.NewReader(body))
	if err != nil {
		c.tb.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.tb.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		c.tb.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// observe sends observations as a provider and demands that they are taken.
func (c *centre) observe(token, body string) {
	c.tb.Helper()
	if status, text := c.do("POST", "/api/observations", token, "application/json", body); status != http.StatusOK {
		c.tb.Fatalf("observations: %d %s", status, text)
	}
}

// readingJSON is one reading as a provider writes it.
func readingJSON(station string, value float64) string {
	return fmt.Sprintf(`[{"kind":"station.reading","body":{"station":%q,"quantity":"level","value":%v,"unit":"m"}}]`, station, value)
}

// order sends a command by the door for scripts.
func (c *centre) order(token string, cmd act.Command) (int, world.Receipt) {
	c.tb.Helper()
	raw, err := json.Marshal(cmd)
	if err != nil {
		c.tb.Fatal(err)
	}
	status, text := c.do("POST", "/api/commands", token, "application/json", string(raw))
	var r world.Receipt
	if status == http.StatusOK || status == http.StatusConflict {
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			c.tb.Fatalf("%v in %s", err, text)
		}
	}
	return status, r
}

// events returns the whole history.
func (c *centre) events() []world.Event {
	c.tb.Helper()
	var out []world.Event
	err := c.log.Read(context.Background(), 0, func(e world.Event) error { out = append(out, e); return nil })
	if err != nil {
		c.tb.Fatal(err)
	}
	return out
}

// eye is a client of the feed with a state of its own.
type eye struct {
	tb     testing.TB
	client *wire.Client

	mu        sync.Mutex
	state     *world.State
	snapshots int
	links     []string
	receipts  []world.Receipt
	grant     *world.RelayGrant
	changed   chan struct{}
	// touched, when not nil, is told of every change.
	touched func(world.Change)
}

// look connects a client with the token. It ends with the test.
func (c *centre) look(token string) *eye {
	c.tb.Helper()
	e, stop := c.connect(token)
	c.tb.Cleanup(stop)
	return e
}

// connect is look for clients that end before the test.
func (c *centre) connect(token string) (e *eye, stop func()) {
	c.tb.Helper()
	e = &eye{tb: c.tb, state: world.New(0), changed: make(chan struct{})}
	var err error
	e.client, err = wire.NewClient(wire.ClientOptions{
		URL: "ws://wall.test/feed", Token: func() (string, error) { return token, nil }, Name: "eye",
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, c.where.Load().(string))
		},
	})
	if err != nil {
		c.tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = e.client.Run(ctx) })
	wg.Go(func() { e.follow(ctx) })
	return e, func() { cancel(); wg.Wait() }
}

func (e *eye) follow(ctx context.Context) {
	for {
		b, err := e.client.Next(ctx)
		if err != nil {
			return
		}
		e.mu.Lock()
		if b.Snapshot != nil {
			e.snapshots++
		}
		if b.Link != nil && !b.Link.Up {
			e.links = append(e.links, b.Link.Reason)
		}
		if b.Relay != nil {
			e.grant = b.Relay
		}
		e.receipts = append(e.receipts, b.Receipts...)
		if e.state, err = e.state.ApplyBatch(&b, e.touched); err != nil {
			e.tb.Error(err)
		}
		close(e.changed)
		e.changed = make(chan struct{})
		e.mu.Unlock()
	}
}

// until waits until the client sees what is asked for.
func (e *eye) until(what string, seen func(*world.State) bool) {
	e.tb.Helper()
	e.wait(what, func() bool { return seen(e.state) })
}

// wait is until for the rest of what a client knows; ok is called with the lock.
func (e *eye) wait(what string, ok func() bool) {
	e.tb.Helper()
	limit := time.After(patience)
	for {
		e.mu.Lock()
		done, changed := ok(), e.changed
		e.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-limit:
			e.tb.Fatalf("a client never saw %s", what)
		}
	}
}

// order sends a command over the feed and returns its receipt.
func (e *eye) order(cmd act.Command) (r world.Receipt) {
	e.tb.Helper()
	if err := e.client.Send(cmd); err != nil {
		e.tb.Fatal(err)
	}
	e.wait("the receipt of "+cmd.ID, func() bool {
		for _, x := range e.receipts {
			if x.ID == cmd.ID {
				r = x
				return true
			}
		}
		return false
	})
	return r
}

// eventually polls what no client can see.
func eventually(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	for limit := time.Now().Add(patience); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(limit) {
			tb.Fatalf("never: %s", what)
		}
	}
}

// freePort returns an address on loopback that nobody listens on.
func freePort(tb testing.TB) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
