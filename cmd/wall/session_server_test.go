//go:build xvfb

package main

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238 as authenticators know it
	"encoding/base32"
	bits "encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"iocwall/cmd/wall/door"
	"iocwall/ui/page"
)

// authenticator is a phone: it returns the code of a secret at a time, RFC 6238.
func authenticator(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(strings.ReplaceAll(secret, " ", "")))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha1.New, key)
	if err := bits.Write(mac, bits.BigEndian, uint64(at.Unix()/30)); err != nil {
		t.Fatal(err)
	}
	sum := mac.Sum(nil)
	from := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", (bits.BigEndian.Uint32(sum[from:])&0x7fffffff)%1_000_000)
}

// serverBinary is the server's program, from $IOCWALL_BIN or bin/.
func serverBinary(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("IOCWALL_BIN")
	if dir == "" {
		dir = filepath.Join("..", "..", "bin")
	}
	path, err := filepath.Abs(filepath.Join(dir, "wallsrv"))
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		t.Fatalf("%v; build it first with \"make build\", or say in IOCWALL_BIN where it is", err)
	}
	return path
}

// newCentre starts a server of a centre without users; first is the password it
// printed.
func newCentre(t *testing.T) (config, addr, first string) {
	t.Helper()
	dir := t.TempDir()
	var ports [2]string
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ports[i] = l.Addr().String()
		_ = l.Close()
	}
	config = filepath.Join(dir, "ioc.yaml")
	text := fmt.Sprintf("name: Trung tâm thử nghiệm\nlisten: %s\ndata: data\nrelay: {listen: %q}\n", ports[0], ports[1])
	if err := errors.Join(os.WriteFile(config, []byte(text), 0o600), os.Mkdir(filepath.Join(dir, "data"), 0o700)); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(serverBinary(t), "serve", config, "--ready-file", filepath.Join(dir, "ready"))
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		_ = log.Close()
	})
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		raw, err := os.ReadFile(log.Name())
		if err != nil {
			t.Fatal(err)
		}
		said := regexp.MustCompile(`password\s+(\S+)`).FindSubmatch(raw)
		if _, err := os.Stat(filepath.Join(dir, "ready")); err == nil && said != nil {
			return config, ports[0], string(said[1])
		}
		if time.Now().After(end) {
			t.Fatalf("the server does not serve, or prints no password:\n%s", raw)
		}
	}
}

// TestFirstAdministrator goes the way of a new centre's first administrator with a
// real server: the printed password, one of one's own, a second factor, the desk, the
// next start, and the end by somebody else's hand.
func TestFirstAdministrator(t *testing.T) {
	config, addr, first := newCentre(t)
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	t.Setenv("STATE_DIRECTORY", "")
	open := func() *door.Session {
		ses, err := (&connection{Server: "ws://" + addr + "/feed", LogLevel: slog.LevelError}).openSession()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(ses.Close)
		return ses
	}
	ses, ctx := open(), t.Context()
	code := func(err error) string {
		var no *page.Refusal
		if errors.As(err, &no) {
			return no.Code
		}
		return fmt.Sprint(err)
	}
	if name, err := ses.Centre(ctx); name != "Trung tâm thử nghiệm" || err != nil {
		t.Errorf("the login is that of %q, %v", name, err)
	}
	if _, err := ses.Login(ctx, "admin", "sai mật khẩu", ""); code(err) != "wrong" {
		t.Fatal(err)
	}
	st, err := ses.Login(ctx, "admin", first, "")
	if err != nil || !st.MustChange || !st.Enrol {
		t.Fatalf("%+v %v", st, err)
	}
	if _, err := ses.Password(ctx, first, "123456789012"); code(err) != "weak" {
		t.Fatal(err)
	}
	const own = "bốn con ngựa tím"
	if st, err = ses.Password(ctx, first, own); err != nil || st.MustChange || !st.Enrol {
		t.Fatalf("%+v %v", st, err)
	}
	secret, uri, err := ses.Begin(ctx)
	if err != nil || !strings.HasPrefix(uri, "otpauth://totp/") {
		t.Fatal(uri, err)
	}
	if _, err := ses.Confirm(ctx, "000000"); code(err) != "wrong-code" {
		t.Fatal(err)
	}
	codes, err := ses.Confirm(ctx, authenticator(t, secret, time.Now()))
	if err != nil || len(codes) == 0 {
		t.Fatal(codes, err)
	}
	if st, err = ses.Me(ctx); err != nil || st.Hold != "" || !st.May("user.manage") {
		t.Fatalf("%+v %v", st, err)
	}
	ses.Sit(st.Person)

	next := open()
	d, err := door.New(door.Options{Server: "ws://" + addr + "/feed", Token: next.Token})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	if p, _ := next.Known(); p == nil || p.Login != "admin" {
		t.Fatalf("at the next start: %v", p)
	}
	why := make(chan string, 1)
	next.Over(func(code string) { why <- code })
	call := next.Guard(d.Call)
	out, err := exec.Command(serverBinary(t), "user", "revoke", "--config", config, "admin").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for end := time.Now().Add(time.Minute); len(why) == 0; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the server still knows the session")
		}
		_ = call(ctx, page.Request{Path: "/api/me"}) // its no is what is waited for
	}
	if c := <-why; c != "revoked" {
		t.Errorf("it ended by %q", c)
	}
	if _, err := next.Login(ctx, "admin", own, ""); code(err) != "need-code" {
		t.Error(err)
	}
	if _, err := next.Login(ctx, "admin", own, codes[0]); err != nil {
		t.Errorf("by a recovery code: %v", err)
	}
}

func TestTokenFileNeedsNoSession(t *testing.T) {
	s, err := (&connection{TokenFile: "x"}).openSession()
	if s != nil || err != nil {
		t.Error(s, err)
	}
}
