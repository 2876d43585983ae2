package auth

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The vectors of RFC 4226 appendix D.
func TestHOTPVectors(t *testing.T) {
	for i, want := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"} {
		if got := hotp([]byte("12345678901234567890"), uint64(i), 6); got != want {
			t.Errorf("counter %d: %s, want %s", i, got, want)
		}
	}
}

// The vectors of RFC 6238 appendix B for SHA-1.
func TestTOTPVectors(t *testing.T) {
	for at, want := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471",
		1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
	} {
		if got := hotp([]byte("12345678901234567890"), uint64(totpAt(time.Unix(at, 0))), 8); got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
}

// A code is good a step before and after its own, and once.
func TestTOTPWindow(t *testing.T) {
	secret := []byte("12345678901234567890")
	now := time.Unix(1111111111, 0)
	at := totpAt(now)
	for off, want := range map[int64]bool{-2: false, -1: true, 0: true, 1: true, 2: false} {
		code := hotp(secret, uint64(at+off), 6)
		step, ok := totpMatch(secret, code, now, 0)
		if ok != want || ok && step != at+off {
			t.Errorf("%+d steps: %v at %d", off, ok, step)
		}
		if !ok {
			continue
		}
		if _, again := totpMatch(secret, code, now, step); again {
			t.Errorf("%+d steps: the code is good twice", off)
		}
	}
	for _, bad := range []string{"", "12345", "1234567", "abcdef", strings.Repeat("0", 500)} {
		if _, ok := totpMatch(secret, bad, now, 0); ok {
			t.Errorf("%.20q is a code", bad)
		}
	}
}

func TestTOTPForAuthenticators(t *testing.T) {
	uri := totpURI("IOC Quảng Nam", "mai", []byte("12345678901234567890"))
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/IOC Quảng Nam:mai" ||
		u.Query().Get("secret") != "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" || u.Query().Get("issuer") != "IOC Quảng Nam" || strings.Contains(uri, "+") {
		t.Errorf("%s: %v", uri, err)
	}
}

func TestRecoveryCodes(t *testing.T) {
	codes, kept, err := newRecovery()
	if err != nil || len(codes) != recoveryCodes || len(kept) != recoveryCodes {
		t.Fatal(codes, err)
	}
	seen := map[string]bool{}
	for i, c := range codes {
		if len(c) != 19 || seen[c] || strings.ContainsAny(c, "IO01") || kept[i] != digest(clean(" "+strings.ToLower(c))) {
			t.Errorf("%q", c)
		}
		seen[c] = true
	}
}

// What is sealed opens for its owner under its key only, and a copy of the file
// says nothing.
func TestSeal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "users.key")
	s := seal{path}
	text, err := s.close([]byte("secret secret"), "u1")
	if err != nil || strings.Contains(text, "secret") {
		t.Fatal(text, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v, %v", info, err)
	}
	if got, err := s.open(text, "u1"); err != nil || string(got) != "secret secret" {
		t.Errorf("%q, %v", got, err)
	}
	for name, try := range map[string]func() error{
		"another owner": func() error { _, err := s.open(text, "u2"); return err },
		"damaged":       func() error { _, err := s.open("AAAA"+text[4:], "u1"); return err },
		"no text":       func() error { _, err := s.open("", "u1"); return err },
		"another key": func() error {
			_, err := seal{filepath.Join(t.TempDir(), "k")}.open(text, "u1")
			return err
		},
	} {
		if err := try(); err == nil || !strings.Contains(err.Error(), "wallsrv user reset") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.open(text, "u1"); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("with a damaged key: %v", err)
	}
	if got := fmt.Sprint(filepath.Glob(path + ".*")); !strings.HasPrefix(got, "[]") {
		t.Errorf("left behind: %s", got)
	}
}
