//go:build xvfb

package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/server/world"
)

// The guards below are against hanging, not measures: a computer that builds
// something else at the same time must pass as well.
const (
	startGuard = 2 * time.Minute
	stateGuard = time.Minute
	stopGuard  = 10 * time.Second
)

// binary returns the path of a program under test, from $IOCWALL_BIN or bin/.
func binary(tb testing.TB, name string) string {
	tb.Helper()
	dir := os.Getenv("IOCWALL_BIN")
	if dir == "" {
		dir = filepath.Join("..", "..", "bin")
	}
	path, err := filepath.Abs(filepath.Join(dir, name))
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		tb.Fatalf("%v; build it first with \"make build\", or say in IOCWALL_BIN where it is", err)
	}
	return path
}

// program is a started program with everything it started itself.
type program struct {
	name, log string
	cmd       *exec.Cmd
	ended     chan struct{}
	err       error // of the program, once ended
}

// start runs a program in a process group of its own and ends the whole group
// with the test. The output goes to a file whose end is shown when the test fails.
func start(tb testing.TB, name string, cmd *exec.Cmd) *program {
	tb.Helper()
	p := &program{name: name, log: filepath.Join(tb.TempDir(), name+".log"), cmd: cmd, ended: make(chan struct{})}
	out, err := os.Create(p.log)
	if err != nil {
		tb.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = out, out
	// If the test itself is killed, the kernel kills what it started.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // the kernel takes the end of the thread for the end of the parent
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			close(p.ended)
		}
		out.Close()
	}()
	if err := <-started; err != nil {
		tb.Fatalf("start %s: %v", name, err)
	}
	tb.Cleanup(func() {
		p.end()
		if tb.Failed() {
			tb.Logf("the end of the output of %s:\n%s", name, p.tail(40))
		}
	})
	return p
}

// signal sends a signal to the program and all it started.
func (p *program) signal(s syscall.Signal) { _ = syscall.Kill(-p.cmd.Process.Pid, s) }

// alive reports whether the program still runs.
func (p *program) alive() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// end asks the program to leave and ends it by force if it does not. It returns
// when the group is gone.
func (p *program) end() {
	p.signal(syscall.SIGINT)
	select {
	case <-p.ended:
	case <-time.After(stopGuard):
	}
	p.signal(syscall.SIGKILL)
	<-p.ended
}

// left lists the processes of the program's group that still run.
func (p *program) left() []string {
	var out []string
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // gone meanwhile
		}
		// pid (name) state ppid pgrp …; the name may hold anything.
		head, rest, ok := strings.Cut(string(text), ") ")
		f := strings.Fields(rest)
		if ok && len(f) > 2 && f[0] != "Z" && f[2] == strconv.Itoa(p.cmd.Process.Pid) {
			out = append(out, head+")")
		}
	}
	return out
}

// tail returns the last lines of the program's output.
func (p *program) tail(lines int) string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return "  | " + strings.Join(all[max(0, len(all)-lines):], "\n  | ")
}

// eventually asks every few hundredths of a second until check has no complaint,
// and returns how long that took. It fails the test with the last complaint when
// the guard is over or a program that must live has ended.
func eventually(tb testing.TB, guard time.Duration, what string, must []*program, check func() (complaint string)) time.Duration {
	tb.Helper()
	began := time.Now()
	for {
		complaint := check()
		took := time.Since(began)
		if complaint == "" {
			tb.Logf("%6.2f s: %s", took.Seconds(), what)
			return took
		}
		for _, p := range must {
			if !p.alive() {
				tb.Fatalf("%s: %s ended by itself: %v", what, p.name, p.err)
			}
		}
		if took > guard {
			tb.Fatalf("%s: not within %v: %s", what, guard, complaint)
		}
		time.Sleep(30 * time.Millisecond)
	}
}

// camera is a loopback camera with a frame counter in its picture.
type camera struct {
	replay string // how far back it can be shown again, none when empty
	*mediatest.Camera
	id string
}

// pass is what all cameras ask for; the server has it from a file.
const pass = "mật khẩu của máy quay"

// newCamera starts a camera that stops with the test. It skips the test when
// there is no program to make its stream.
func newCamera(tb testing.TB, id string, o mediatest.Options) *camera {
	tb.Helper()
	o.Counter, o.User, o.Pass = true, "relay", pass
	cam, err := mediatest.NewCamera(o)
	if errors.Is(err, mediatest.ErrNoFFmpeg) {
		tb.Skip(err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	// It outlives what plays it: the test's own context ends before anything else.
	ctx, cancel := context.WithCancel(context.WithoutCancel(tb.Context()))
	ended := make(chan error, 1)
	go func() { ended <- cam.Run(ctx) }()
	tb.Cleanup(func() {
		cancel()
		<-ended
	})
	return &camera{Camera: cam, id: id}
}

// site is a server with its configuration.
type site struct {
	tb     testing.TB
	dir    string
	config string
	addr   string
	server *program
}

// newSite writes a configuration: the cameras and what is in text. Nothing runs
// before serve.
func newSite(tb testing.TB, cameras []*camera, text string) *site {
	tb.Helper()
	s := &site{tb: tb, dir: tb.TempDir(), addr: freePort(tb)}
	var b strings.Builder
	fmt.Fprintf(&b, "name: Trung tâm thử nghiệm\nlisten: %s\ndata: data\nrelay: {listen: %q, linger: 5s}\n", s.addr, freePort(tb))
	if len(cameras) > 0 {
		b.WriteString("cameras:\n")
	}
	for i, c := range cameras {
		fmt.Fprintf(&b, "  - id: %s\n    name: Máy quay %d\n    pos: [108.%d, 15.8]\n    area: vn/da-nang-2025\n", c.id, i+1, 30+i)
		if c.replay != "" {
			fmt.Fprintf(&b, "    replay: %s\n", c.replay)
		}
		fmt.Fprintf(&b, "    user: relay\n    password: file:camera.secret\n    streams: [{name: main, url: %q, width: %d, height: %d}]\n", c.URL(), c.Clip().Size().X, c.Clip().Size().Y)
	}
	b.WriteString(text)
	s.config = s.write("ioc.yaml", b.String())
	s.write("camera.secret", pass+"\n")
	if err := os.Mkdir(filepath.Join(s.dir, "data"), 0o700); err != nil {
		tb.Fatal(err)
	}
	return s
}

// write puts a file into the site's folder.
func (s *site) write(name, text string) string {
	s.tb.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.tb.Fatal(err)
	}
	return path
}

// freePort returns a loopback address that nobody listens on. The server keeps
// it over a restart.
func freePort(tb testing.TB) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// serve starts the server and waits until it serves.
func (s *site) serve() {
	s.tb.Helper()
	ready := filepath.Join(s.dir, "ready.json")
	_ = os.Remove(ready)
	s.server = start(s.tb, "wallsrv", exec.Command(binary(s.tb, "wallsrv"), "serve", s.config, "--ready-file", ready))
	eventually(s.tb, startGuard, "the server serves", []*program{s.server}, func() string {
		_, complaint := readReady(ready)
		return complaint
	})
}

// ready is what the server's ready file says.
type ready struct {
	Addr      string `json:"addr"`
	TokenFile string `json:"token_file"`
}

// readReady reads the file, which is there once the server serves.
func readReady(path string) (r ready, complaint string) {
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		return r, err.Error()
	}
	return r, ""
}

// token is a token of the site.
type token struct{ id, file, raw string }

// token makes a token with the server's own program.
func (s *site) token(role, name string, more ...string) token {
	s.tb.Helper()
	file := filepath.Join(s.dir, fmt.Sprintf("%s-%d.token", role, time.Now().UnixNano()))
	args := append([]string{"token", "add", "--config", s.config, "--role", role, "--name", name, "--out", file}, more...)
	out, err := exec.Command(binary(s.tb, "wallsrv"), args...).CombinedOutput()
	if err != nil {
		s.tb.Fatalf("wallsrv token add: %v: %s", err, out)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		s.tb.Fatal(err)
	}
	f := strings.Fields(string(out)) // token ID written to FILE
	return token{id: f[1], file: file, raw: strings.TrimSpace(string(raw))}
}

// api asks the server and returns status and body.
func (s *site) api(method, path string, t token, body any) (status int, answer string) {
	s.tb.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		s.tb.Fatal(err)
	}
	req, err := http.NewRequestWithContext(s.tb.Context(), method, "http://"+s.addr+path, bytes.NewReader(text))
	if err != nil {
		s.tb.Fatal(err)
	}
	if t.raw != "" {
		req.Header.Set("Authorization", "Bearer "+t.raw)
	}
	client := http.Client{Timeout: 20 * time.Second}
	res, err := client.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err.Error()
	}
	return res.StatusCode, string(got)
}

// wall starts the client on a display: "mosaic", or "node" with its flags.
func (s *site) wall(d *display, t token, mode string, more ...string) *program {
	s.tb.Helper()
	p := s.client(d.name, s.tb.TempDir(), t, mode, more...)
	s.tb.Cleanup(func() { // before the wall is ended
		if s.tb.Failed() {
			d.save(filepath.Join(s.tb.ArtifactDir(), fmt.Sprintf("screen%s.png", strings.TrimPrefix(d.name, ":"))))
		}
	})
	return p
}

// client starts the client on a display; home is the folder of what it keeps.
func (s *site) client(display, home string, t token, mode string, more ...string) *program {
	s.tb.Helper()
	args := append([]string{mode, "--server", "ws://" + s.addr + "/feed", "--token-file", t.file}, more...)
	cmd := exec.Command(binary(s.tb, "wall"), args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+display, "FYNE_SCALE=1", "FYNE_DISABLE_DPI_DETECTION=true", "XDG_CONFIG_HOME="+home, "XDG_STATE_HOME="+home)
	return start(s.tb, "wall-"+mode, cmd)
}

// list returns the entities of a kind as the server tells them.
func list[E any](s *site, t token, kind string) (out []E, complaint string) {
	status, body := s.api("GET", "/api/state/"+kind, t, nil)
	if status != http.StatusOK {
		return nil, fmt.Sprintf("status %d: %s", status, body)
	}
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		return nil, err.Error()
	}
	return out, ""
}

// cameraStates complains unless the server knows these cameras in these states.
func cameraStates(s *site, t token, want map[string]string) string {
	cams, complaint := list[world.Camera](s, t, world.KindCamera)
	for _, c := range cams {
		if w, ok := want[c.ID]; ok && string(c.Health.State) != w {
			complaint += fmt.Sprintf("%s is %q, want %q; ", c.ID, c.Health.State, w)
		}
	}
	return complaint
}
