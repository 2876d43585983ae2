package source

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSecret(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"pass": "hush\n", "empty": "\n", "long": strings.Repeat("x", maxSecret+1)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var kept []string
	env := Env{
		Dir:    dir,
		Lookup: func(name string) (string, bool) { return "value", name == "SET" },
		Keep:   func(s string) { kept = append(kept, s) },
	}
	for ref, want := range map[string]string{"": "", "env:SET": "value", "file:pass": "hush", "file:" + filepath.Join(dir, "pass"): "hush"} {
		if got, err := env.Secret(ref); got != want || err != nil {
			t.Errorf("%q gives %q, %v", ref, got, err)
		}
	}
	if len(kept) != 3 {
		t.Errorf("kept %q", kept)
	}
	for ref, want := range map[string]string{
		"env:UNSET": "UNSET is not set", "file:none": "no such file", "file:empty": "is empty", "file:long": "longer than",
		"hunter2": "does not belong", "env:": "does not belong",
	} {
		_, err := env.Secret(ref)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want %q", ref, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the secret shows in %v", err)
		}
	}
}

func TestFatal(t *testing.T) {
	inner := errors.New("inner")
	err := fmt.Errorf("outer: %w", Fatal(inner))
	if !IsFatal(err) || !errors.Is(err, inner) || IsFatal(inner) || Fatal(nil) != nil {
		t.Error("Fatal does not mark what it wraps, or marks more")
	}
}

func TestGuard(t *testing.T) {
	var p *PanicError
	if err := Guard(func() error { panic("x") }); !errors.As(err, &p) || p.Value != "x" || !strings.Contains(string(p.Stack), "TestGuard") {
		t.Errorf("%v", err)
	}
	if err := Guard(func() error { return nil }); err != nil {
		t.Error(err)
	}
}

func FuzzSample(f *testing.F) {
	f.Add("mqtt://u:p@h password: hush", []byte("Authorization: Basic abcdefgh"), "hush")
	f.Add("", []byte{0xff, 0}, "")
	f.Fuzz(func(t *testing.T, why string, raw []byte, secret string) {
		var s secrets
		s.add(secret)
		got := s.sample(raw, errors.New(why))
		if len(got) > maxSample || !utf8.ValidString(got) {
			t.Fatalf("%q", got)
		}
		// A secret of stars and quotes may well stand in what hides it.
		if len(secret) > 3 && !strings.ContainsAny(secret, "*\"\\:=") && strings.Contains(s.clean(why), secret) {
			t.Fatalf("%q shows in %q", secret, s.clean(why))
		}
	})
}
