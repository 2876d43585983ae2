package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// program runs the program to its end and returns what it printed.
func program(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

// serving is a server as a program, on an address of its own.
func serving(t *testing.T, config, log string) (addr string) {
	t.Helper()
	out, err := os.Create(log)
	if err != nil {
		t.Fatal(err)
	}
	ready := config + ".ready"
	cmd := exec.Command(os.Args[0], "serve", config, "--ready-file", ready)
	cmd.Env = append(os.Environ(), asProgram+"=1", "JOURNAL_STREAM=")
	cmd.Stderr = out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		out.Close()
	})
	for limit := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		var r struct{ Addr string }
		if raw, err := os.ReadFile(ready); err == nil && json.Unmarshal(raw, &r) == nil {
			return r.Addr
		}
		if time.Now().After(limit) {
			text, _ := os.ReadFile(log)
			t.Fatalf("never ready\n%s", text)
		}
	}
}

// enter logs in and returns the status and the answer.
func enter(t *testing.T, addr, login, password string) (int, map[string]any) {
	t.Helper()
	resp, err := http.Post("http://"+addr+"/api/login", "application/json", strings.NewReader(fmt.Sprintf(`{"login":%q,"password":%q}`, login, password)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var a map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, a
}

// The first start shows one password, once; users that the command line makes and
// shuts out come in and are turned away at once.
func TestUsersOfARunningServer(t *testing.T) {
	dir := t.TempDir()
	config, log := filepath.Join(dir, "ioc.yaml"), filepath.Join(dir, "log")
	if err := os.WriteFile(config, []byte("data: data\nlisten: 127.0.0.1:0\nrelay: {listen: \"127.0.0.1:0\"}\nagencies: [{id: so-nnmt, name: Sở Nông nghiệp và Môi trường}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	addr := serving(t, config, log)
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile(`║ +password +([a-z2-9-]{19}) +║`).FindAllSubmatch(text, -1)
	if len(shown) != 1 || strings.Count(string(text), string(shown[0][1])) != 1 {
		t.Fatalf("the first password is shown %d times:\n%s", len(shown), text)
	}
	if status, a := enter(t, addr, "admin", string(shown[0][1])); status != http.StatusOK || a["mustChange"] != true || a["enrol"] != true {
		t.Errorf("%d %v", status, a)
	}

	password, _, err := program(t, "user", "add", "--config", config, "dung", "--role", "unit", "--name", "UBND", "--area", "vn/da-nang@2020-01-01..", "--area", "vn/ca-mau@..2021-12-31")
	password = strings.TrimSpace(password)
	if err != nil || len(password) != 19 {
		t.Fatalf("%q %v", password, err)
	}
	if status, a := enter(t, addr, "dung", password); status != http.StatusOK || fmt.Sprint(a["areas"]) != "[vn/da-nang]" {
		t.Errorf("%d %v", status, a)
	}
	for _, c := range []struct {
		args  string
		wants string
		fails bool
	}{
		{"list", "has a one-time password", false},
		{"sessions dung", "127.0.0.1", false},
		{"revoke dung", "1 sessions of dung ended", false},
		{"areas dung vn/da-nang@2026-01-01..2026-12-31", "vn/da-nang@2025-12-31T17:00:00Z..2026-12-31T17:00:00Z", false},
		{"unit dung so-nnmt", "works for so-nnmt", false},
		{"unit dung so-nnm", "so-nnmt", true},
		{"list", "so-nnmt", false},
		{"areas dung vn/da-nag", "vn/da-nang", true},
		{"areas dung --all", "needs at least one", true},
		{"areas dung vn/da-nang@gestern..", "is no time", true},
		{"disable admin", "no administrator", true},
		{"disable nobody", "no user", true},
		{"disable dung", "is shut out", false},
	} {
		out, errs, err := program(t, append([]string{"user", strings.Fields(c.args)[0], "--config", config}, strings.Fields(c.args)[1:]...)...)
		if (err != nil) != c.fails || !strings.Contains(out+errs, c.wants) || strings.Contains(out+errs, password) || strings.Contains(out+errs, "argon2") {
			t.Errorf("%s: %v %s%s", c.args, err, out, errs)
		}
	}
	for limit := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		status, a := enter(t, addr, "dung", password)
		if status == http.StatusUnauthorized && a["code"] == "disabled" {
			break
		}
		if time.Now().After(limit) {
			t.Fatalf("who is shut out comes in: %d %v", status, a)
		}
	}
}

// What the system's journal keeps holds no password.
func TestFirstPasswordStaysOutOfTheJournal(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	if err := tellFirst(&out, dir, true)("admin", "abcd-efgh"); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, firstFile)
	text, err := os.ReadFile(path)
	info, err2 := os.Stat(path)
	if err != nil || err2 != nil || !strings.Contains(string(text), "abcd-efgh") || info.Mode().Perm() != 0o600 {
		t.Errorf("%s %v %v", text, err, err2)
	}
	if strings.Contains(out.String(), "abcd-efgh") || !strings.Contains(out.String(), path) {
		t.Errorf("printed: %s", out.String())
	}
}

// What is written with --out is readable by this user only, whatever lay there before.
func TestOutIsForOneUserOnly(t *testing.T) {
	dir := t.TempDir()
	for name, args := range map[string][]string{
		"password": {"user", "add", "--data", dir, "mai", "--role", "operator", "--name", "Mai"},
		"token":    {"token", "add", "--data", dir, "--role", "operator", "--name", "Mai"},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("old\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, errs, err := program(t, append(args, "--out", path)...); err != nil {
			t.Fatalf("%s: %v %s", name, err, errs)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}
