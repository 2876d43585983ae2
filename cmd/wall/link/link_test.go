package link

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"iocwall/ui/page"
)

func TestLinksAreHandedOver(t *testing.T) {
	// The name of a socket has at most 108 bytes, a test's folder may have more.
	dir, err := os.MkdirTemp("", "links") //nolint:usetesting // too long a name
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	t.Setenv("XDG_RUNTIME_DIR", dir)
	path, err := Socket(func() (string, error) { return "", errors.New("no desk is needed") })
	if err != nil {
		t.Fatal(err)
	}
	if err := Send(path, "iocwall://alert/CB-0412"); !errors.Is(err, ErrNoConsole) {
		t.Fatalf("without a console: %v", err)
	}
	stale, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	stale.SetUnlinkOnClose(false)
	if err := stale.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Send(path, ""); !errors.Is(err, ErrNoConsole) {
		t.Fatalf("after a console that was killed: %v", err)
	}
	got := make(chan page.Link, 4)
	listen := func() (stop func()) {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- Listen(ctx, path, slog.New(slog.DiscardHandler), func(l page.Link) { got <- l })
		}()
		return func() {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	}
	stop := listen()
	for end := time.Now().Add(20 * time.Second); Send(path, "") != nil; {
		if time.Now().After(end) {
			t.Fatal("nobody listens")
		}
		time.Sleep(time.Millisecond)
	}
	if l := <-got; l != (page.Link{}) {
		t.Errorf("%+v", l)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	if err := Send(path, "iocwall://vessel/574001234"); err != nil {
		t.Fatal(err)
	}
	if l := <-got; l != (page.Link{Kind: "vessel", ID: "574001234"}) {
		t.Errorf("%+v", l)
	}
	if err := Send(path, "http://elsewhere"); err == nil || !strings.Contains(err.Error(), "is no link") {
		t.Errorf("%v", err)
	}
	if err := Send(path, strings.Repeat("x", 2*limit)); err == nil {
		t.Error("a link without end is taken")
	}
	if _, err := take(path); err == nil {
		t.Error("a second console takes the links away")
	}
	second := listen() // it waits and does no harm
	second()
	stop()
	if err := Send(path, ""); !errors.Is(err, ErrNoConsole) {
		t.Errorf("after the end: %v", err)
	}
}

func TestDesktopEntry(t *testing.T) {
	flags := []string{"--server=wss://ioc.example.vn/feed?x=1%", `--ca=/etc/my "ca".pem`, "--lang=vi"}
	want := `Exec=/opt/ioc/wall open --server=wss://ioc.example.vn/feed?x=1%% "--ca=/etc/my \\"ca\\".pem" --lang=vi %u`
	want = strings.Replace(want, `--server=wss://ioc.example.vn/feed?x=1%%`, `"--server=wss://ioc.example.vn/feed?x=1%%"`, 1)
	got := desktopEntry("/opt/ioc/wall", flags)
	if !strings.Contains(got, want+"\n") || !strings.Contains(got, "MimeType=x-scheme-handler/iocwall;") {
		t.Errorf("%s", got)
	}
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	t.Setenv("PATH", "")
	var out strings.Builder
	if err := Install(t.Context(), &out, flags); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(os.Getenv("XDG_DATA_HOME"), "applications", entryName))
	if err != nil || !strings.Contains(string(raw), " open ") || !strings.Contains(out.String(), "xdg-utils") {
		t.Errorf("%s %v %s", raw, err, out.String())
	}
}
