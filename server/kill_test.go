package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"iocwall/server/auth"
	"iocwall/server/journal"
	"iocwall/server/world"
)

// childDir names the environment variable that makes the test binary a server
// with the configuration in that folder.
const childDir = "SERVER_TEST_CHILD_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := childServer(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// childServer serves until its standard input ends.
func childServer(dir string) error {
	// With a limit on file sizes the system kills programs that ignore it not.
	signal.Ignore(syscall.SIGXFSZ)
	config, problems := LoadConfig(filepath.Join(dir, "ioc.yaml"))
	if len(problems) > 0 {
		return fmt.Errorf("%v", problems)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s, err := New(ctx, Options{Config: config, Logger: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	if err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	fmt.Println(s.Addr())
	return s.Run(ctx)
}

// child is a server in a process of its own.
type child struct {
	tb   testing.TB
	cmd  *exec.Cmd
	in   io.Closer
	logs *journalText
	addr string
	out  io.Reader
}

func spawn(tb testing.TB, dir string) *child {
	tb.Helper()
	c := &child{tb: tb, cmd: exec.Command(os.Args[0]), logs: &journalText{}}
	c.cmd.Env = append(os.Environ(), childDir+"="+dir)
	c.cmd.Stderr = c.logs
	in, err := c.cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	c.in, c.out = in, out
	return c
}

// ready waits for the address.
func (c *child) ready() {
	c.tb.Helper()
	late := time.AfterFunc(patience, func() { _ = c.cmd.Process.Kill() })
	defer late.Stop()
	if _, err := fmt.Fscanln(c.out, &c.addr); err != nil {
		_ = c.cmd.Process.Kill()
		_ = c.cmd.Wait()
		c.tb.Fatalf("the server did not start: %v\n%s", err, c.logs)
	}
}

// kill ends it as a power cut does.
func (c *child) kill() {
	c.tb.Helper()
	_ = c.cmd.Process.Kill()
	if err := c.cmd.Wait(); err == nil || err.Error() != "signal: killed" {
		c.tb.Fatalf("the server ended by itself: %v\n%s", err, c.logs)
	}
}

// end stops it in order.
func (c *child) end() {
	c.tb.Helper()
	c.in.Close()
	late := time.AfterFunc(patience, func() { _ = c.cmd.Process.Kill() })
	defer late.Stop()
	if err := c.cmd.Wait(); err != nil {
		c.tb.Errorf("the server ended with %v\n%s", err, c.logs)
	}
}

func (c *child) post(client *http.Client, path, token, body string) (int, error) {
	req, err := http.NewRequestWithContext(c.tb.Context(), "POST", "http://"+c.addr+path, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, errors.Join(err, resp.Body.Close())
}

// folder makes a folder with a configuration and a provider's token.
func folder(tb testing.TB, more string) (dir, token string) {
	tb.Helper()
	c := &centre{tb: tb, dir: tb.TempDir()}
	c.configure(more)
	var err error
	if c.store, err = auth.Open(TokenFile(c.path("data"))); err == nil {
		token, _, err = c.store.Add(auth.Spec{Name: "Đài", Role: auth.Provider})
	}
	if err != nil {
		tb.Fatal(err)
	}
	return c.dir, token
}

// ledger holds what was sent and what of it was acknowledged.
type ledger struct {
	mu    sync.Mutex
	sent  map[string]bool // to whether it was acknowledged
	next  int
	acked int
}

// some makes a request of a few observations nobody made before.
func (l *ledger) some() (keys []string, body string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	type item struct {
		Kind string         `json:"kind"`
		Body map[string]any `json:"body"`
	}
	var items []item
	for range 1 + rand.IntN(20) {
		l.next++
		key := fmt.Sprintf("r%d", l.next)
		x := item{"station.reading", map[string]any{"station": "s" + fmt.Sprint(l.next%50), "quantity": "n", "value": l.next}}
		if l.next%3 == 0 {
			key = fmt.Sprintf("f%d", l.next)
			x = item{"figure.reported", map[string]any{"figure": "f" + fmt.Sprint(l.next%10), "period": fmt.Sprintf("%09d", l.next), "value": l.next}}
		}
		l.sent[key] = false
		keys, items = append(keys, key), append(items, x)
	}
	raw, _ := json.Marshal(items)
	return keys, string(raw)
}

func (l *ledger) acknowledge(keys []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range keys {
		l.sent[k] = true
	}
	l.acked += len(keys)
}

// load sends from several goroutines until the server is gone.
func (l *ledger) load(c *child, token string, first func()) {
	var wg sync.WaitGroup
	var once sync.Once
	for range 6 {
		wg.Go(func() {
			client := &http.Client{Transport: &http.Transport{}, Timeout: patience}
			defer client.CloseIdleConnections()
			for {
				keys, body := l.some()
				status, err := c.post(client, "/api/observations", token, body)
				if err != nil {
					return // it was killed
				}
				if status != http.StatusOK {
					c.tb.Errorf("status %d", status)
					return
				}
				l.acknowledge(keys)
				once.Do(first)
			}
		})
	}
	wg.Wait()
}

// The server is killed 24 times, four of them while it starts. What it had
// acknowledged is in the journal, once and in an unbroken sequence, and the
// state is that of the whole history.
func TestKillNine(t *testing.T) {
	rounds := 24
	if testing.Short() {
		rounds = 4
	}
	dir, token := folder(t, "")
	l := &ledger{sent: map[string]bool{}}
	for round := range rounds {
		c := spawn(t, dir)
		if round%6 == 5 {
			time.Sleep(time.Duration(rand.IntN(150)) * time.Millisecond) // at any moment of its start
			c.kill()
			continue
		}
		c.ready()
		l.load(c, token, func() {
			time.AfterFunc(time.Duration(rand.IntN(250))*time.Millisecond, func() { _ = c.cmd.Process.Kill() })
		})
		c.kill()
	}
	c := spawn(t, dir) // the last one starts and ends in order
	c.ready()
	c.end()
	l.compare(t, filepath.Join(dir, "data", "journal"))
	t.Logf("%d observations sent, %d acknowledged, all of these are there after %d kills", l.next, l.acked, rounds)
	if l.acked < rounds*10 {
		t.Errorf("only %d acknowledged: this was no load", l.acked)
	}
}

// compare reads the journal from its beginning.
func (l *ledger) compare(t *testing.T, dir string) {
	t.Helper()
	log, err := journal.Open(journal.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if len(log.Damage()) != 0 || len(log.Holes()) != 0 {
		t.Errorf("damage %+v, holes %+v", log.Damage(), log.Holes())
	}
	state := world.New(log.Position().Epoch)
	found := map[string]int{}
	next := uint64(1)
	err = log.Read(t.Context(), 0, func(e world.Event) error {
		if e.Seq != next {
			t.Fatalf("event %d follows %d", e.Seq, next-1)
		}
		next++
		switch b := e.Body.(type) {
		case world.Reading:
			found[fmt.Sprintf("r%.0f", b.Value)]++
		case world.FigureReported:
			found[fmt.Sprintf("f%.0f", *b.Value)]++
		}
		_, err := state.Apply(e)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	lost := 0
	for key, acked := range l.sent {
		if n := found[key]; n > 1 || (acked && n == 0) {
			if lost++; lost <= 10 {
				t.Errorf("%s, acknowledged: %v, is there %d times", key, acked, n)
			}
		}
		delete(found, key)
	}
	if len(found) > 0 {
		t.Errorf("%d observations are there that nobody sent", len(found))
	}
	restored, err := log.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if restored.At() != state.At() || fmt.Sprint(restored.Digest()) != fmt.Sprint(state.Digest()) {
		t.Errorf("restored %v %v, replayed %v %v", restored.At(), restored.Digest(), state.At(), state.Digest())
	}
}

// With a full disk the server says so and takes nothing, which it does not
// acknowledge either; who asks is still answered. With space again all that
// waited is taken.
func TestFullDisk(t *testing.T) {
	dir, token := folder(t, "")
	c := spawn(t, dir)
	c.ready()
	client := &http.Client{Timeout: patience}
	l := &ledger{sent: map[string]bool{}}
	send := func() (int, error) {
		keys, body := l.some()
		status, err := c.post(client, "/api/observations", token, body)
		if status == http.StatusOK {
			l.acknowledge(keys)
		}
		return status, err
	}
	if status, err := send(); status != http.StatusOK || err != nil {
		t.Fatal(status, err)
	}
	limit := func(bytes uint64) {
		t.Helper()
		l := unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}
		if err := unix.Prlimit(c.cmd.Process.Pid, unix.RLIMIT_FSIZE, &l, nil); err != nil {
			t.Skipf("the limit of another process cannot be set here: %v", err)
		}
	}
	health := func() int {
		resp, err := client.Get("http://" + c.addr + "/healthz")
		if err != nil {
			return 0
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	limit(4096)
	waiting := make(chan error, 1)
	bulk := strings.Repeat(`{"kind":"figure.reported","body":{"figure":"big","period":"x","value":0,"note":"`+strings.Repeat("n", 3000)+`"}},`, 1000)
	go func() { // more than the room that was reserved
		for range 6 {
			if status, err := c.post(client, "/api/observations", token, "["+strings.TrimSuffix(bulk, ",")+"]"); status != http.StatusOK {
				waiting <- fmt.Errorf("status %d, %w", status, err)
				return
			}
		}
		waiting <- nil
	}()
	eventually(t, "the full disk is said", func() bool { return health() == http.StatusServiceUnavailable })
	select {
	case err := <-waiting:
		t.Errorf("acknowledged on a full disk, or given up: %v", err)
	default:
	}
	resp, err := client.Get("http://" + c.addr + "/api/state/vessel")
	if err != nil || resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("questions are not answered: %v", err)
	}
	if err == nil {
		resp.Body.Close()
	}
	limit(unix.RLIM_INFINITY)
	if err := <-waiting; err != nil {
		t.Errorf("after there was space: %v", err)
	}
	eventually(t, "all is well again", func() bool { return health() == http.StatusOK })
	if status, err := send(); status != http.StatusOK || err != nil {
		t.Error(status, err)
	}
	c.end()
	if log := c.logs.String(); !strings.Contains(log, "disk is full") || !strings.Contains(log, "space again") {
		t.Errorf("the log says\n%s", log)
	}
	log, err := journal.Open(journal.Options{Dir: filepath.Join(dir, "data", "journal")})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	big, next := 0, uint64(1)
	err = log.Read(t.Context(), 0, func(e world.Event) error {
		if b, ok := e.Body.(world.FigureReported); ok && b.Figure == "big" {
			big++
		}
		if e.Seq != next {
			t.Errorf("event %d follows %d", e.Seq, next-1)
		}
		next = e.Seq + 1
		return nil
	})
	if err != nil || big != 6000 {
		t.Errorf("%d of 6000 are there, %v", big, err)
	}
}

// A torn tail of the newest file costs nothing that was acknowledged before it.
func TestTornJournal(t *testing.T) {
	dir, token := folder(t, "")
	c := spawn(t, dir)
	c.ready()
	l := &ledger{sent: map[string]bool{}}
	l.load(c, token, func() { time.AfterFunc(200*time.Millisecond, func() { _ = c.cmd.Process.Kill() }) })
	c.kill()
	files, err := filepath.Glob(filepath.Join(dir, "data", "journal", "days", "*.db"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	newest := files[len(files)-1]
	raw, err := os.ReadFile(newest)
	if err != nil {
		t.Fatal(err)
	}
	// Both of the file's heads are gone: nothing leads to its content any more.
	copy(raw, bytes.Repeat([]byte{0xde}, 2*4096))
	if err := os.WriteFile(newest, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	c = spawn(t, dir)
	c.ready()
	c.end()
	if !strings.Contains(c.logs.String(), "the journal was damaged") {
		t.Errorf("the log says\n%s", c.logs)
	}
	log, err := journal.Open(journal.Options{Dir: filepath.Join(dir, "data", "journal")})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	found := map[string]bool{}
	err = log.Read(context.Background(), 0, func(e world.Event) error {
		switch b := e.Body.(type) {
		case world.Reading:
			found[fmt.Sprintf("r%.0f", b.Value)] = true
		case world.FigureReported:
			found[fmt.Sprintf("f%.0f", *b.Value)] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for key, acked := range l.sent {
		if acked && !found[key] {
			t.Fatalf("%s was acknowledged and is gone", key)
		}
	}
}
