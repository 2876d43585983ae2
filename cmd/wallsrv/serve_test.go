package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"iocwall/server"
	"iocwall/server/settings"
)

// asProgram makes the test binary behave as the program.
const asProgram = "IOCWALL_TEST_WALLSRV"

// patience guards against hanging only.
const patience = 30 * time.Second

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// starting is a server that cannot get on with its start: it reads the password
// of a camera from a pipe that nobody has written to.
type starting struct {
	dir, ready string
	pipe       *os.File // the end to write to; the server has the other one open
	cmd        *exec.Cmd
	log        *os.File
	ended      chan error
}

func newStarting(t *testing.T) *starting {
	t.Helper()
	s := &starting{dir: t.TempDir(), ended: make(chan error, 1)}
	s.ready = filepath.Join(s.dir, "ready.json")
	secret := filepath.Join(s.dir, "secret")
	config := "data: data\nlisten: 127.0.0.1:0\nrelay: {listen: \"127.0.0.1:0\"}\ncameras:\n" +
		"  - {id: a, name: A, pos: [108, 15], password: \"file:" + secret + "\", streams: [{name: main, url: \"rtsp://127.0.0.1:9/x\"}]}\n"
	err := errors.Join(syscall.Mkfifo(secret, 0o600), os.WriteFile(filepath.Join(s.dir, "ioc.yaml"), []byte(config), 0o600))
	if err == nil {
		s.log, err = os.Create(filepath.Join(s.dir, "log"))
	}
	if err != nil {
		t.Fatal(err)
	}
	s.cmd = exec.Command(os.Args[0], "serve", filepath.Join(s.dir, "ioc.yaml"), "--ready-file", s.ready)
	s.cmd.Env = append(os.Environ(), asProgram+"=1")
	s.cmd.Stderr = s.log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { s.ended <- s.cmd.Wait() }()
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		s.log.Close()
	})
	// The pipe has a reader once the server asks for the password.
	s.eventually(t, "the server reads the password", func() bool {
		s.pipe, err = os.OpenFile(secret, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		return err == nil
	})
	t.Cleanup(func() { s.pipe.Close() })
	// Whoever asks again gets it from a file.
	if err := errors.Join(os.Remove(secret), os.WriteFile(secret, []byte("x\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *starting) eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for limit := time.Now().Add(patience); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("never: %s\n%s", what, s.logged())
		}
		select {
		case err := <-s.ended:
			t.Fatalf("the server ended: %v\n%s", err, s.logged())
		default:
		}
	}
}

func (s *starting) logged() string {
	text, err := os.ReadFile(s.log.Name())
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// A hang-up while the server starts does not end it: it reads the configuration
// again once it serves, and says that it serves only then.
func TestHangUpWhileStarting(t *testing.T) {
	s := newStarting(t)
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.ready); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("ready while it starts: %v", err)
	}
	if _, err := s.pipe.WriteString("x\n"); err != nil {
		t.Fatal(err)
	}
	s.pipe.Close()
	var r ready
	s.eventually(t, "the ready file", func() bool {
		raw, err := os.ReadFile(s.ready)
		return err == nil && json.Unmarshal(raw, &r) == nil
	})
	resp, err := http.Get("http://" + r.Addr + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	s.eventually(t, "the configuration is read again", func() bool { return strings.Contains(s.logged(), "the configuration was taken over") })
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-s.ended:
		if err != nil {
			t.Errorf("%v\n%s", err, s.logged())
		}
	case <-time.After(patience):
		t.Error("an interrupt does not end it")
	}
}

// Whoever presses Ctrl-C twice does not wait for an orderly end.
func TestSecondInterruptEndsAtOnce(t *testing.T) {
	if signal.Ignored(os.Interrupt) {
		t.Skip("interrupts are ignored, as a shell makes it for what it starts in the background, and so they are again after the first")
	}
	s := newStarting(t)
	limit := time.After(patience)
	for {
		if err := s.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		select {
		case err := <-s.ended:
			var exit *exec.ExitError
			if !errors.As(err, &exit) || !exit.Sys().(syscall.WaitStatus).Signaled() {
				t.Errorf("it ended with %v", err)
			}
			return
		case <-time.After(20 * time.Millisecond):
		case <-limit:
			t.Fatal("it waits for ever")
		}
	}
}

// The ready file is not written for a server that never opens its doors, and a
// ready file that cannot be written ends the server.
func TestReadyFile(t *testing.T) {
	dir := t.TempDir()
	start := func() *server.Server {
		t.Helper()
		config, problems := settings.Parse(filepath.Join(dir, "ioc.yaml"), []byte("data: data\nlisten: 127.0.0.1:0\nrelay: {listen: \"127.0.0.1:0\"}\n"))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		s, err := server.New(context.Background(), server.Options{Config: config})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	called := false
	if err := run(stopped, start(), func() error { called = true; return nil }); err != nil || called {
		t.Errorf("stopped at once: called %v, %v", called, err)
	}
	err := run(context.Background(), start(), func() error { return writeReady(filepath.Join(dir, "none", "ready.json"), ready{}) })
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an impossible file: %v", err)
	}
}
