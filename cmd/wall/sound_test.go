package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSpeaker: the first program that is there plays the file, what it complains of
// is told, and nothing is left on the disk.
func TestSpeaker(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("PATH", dir)
	t.Setenv("DISPLAY", "")
	log := slog.New(slog.DiscardHandler)
	if play, silent := newSpeaker(true, log); play != nil || silent != "shell.sound.mute" {
		t.Errorf("muted: %v %q", play != nil, silent)
	}
	if play, silent := newSpeaker(false, log); play != nil || silent != "shell.sound.missing" {
		t.Errorf("nothing to play by: %v %q", play != nil, silent)
	}
	write := func(name, script string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	heard := filepath.Join(dir, "heard")
	write("aplay", `while [ $# -gt 1 ]; do shift; done; while IFS= read -r l; do echo "$l"; done < "$1" > `+heard)
	play, silent := newSpeaker(false, log)
	if play == nil || silent != "" {
		t.Fatalf("aplay is there: %q", silent)
	}
	if err := play([]byte("RIFF tone\n")); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(heard); string(got) != "RIFF tone\n" {
		t.Errorf("heard %q", got)
	}
	write("pw-play", "echo 'no sink' >&2; exit 3")
	if play, _ = newSpeaker(false, log); play == nil {
		t.Fatal("pw-play is there")
	}
	if err := play([]byte("x")); err == nil || !strings.Contains(err.Error(), "no sink") || !strings.Contains(err.Error(), "pw-play") {
		t.Errorf("error %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "iocwall-*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestFiles: what is saved goes to the folder for documents, never over another
// file, and a folder that is not there is named.
func TestFiles(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", "")
	f := files{home: home}
	if f.Folder() != home {
		t.Errorf("folder %s without a desktop", f.Folder())
	}
	docs := filepath.Join(home, "Tài liệu")
	for _, d := range []string{docs, filepath.Join(home, ".config")} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(home, ".config", "user-dirs.dirs"), []byte("# by the desktop\nXDG_DESKTOP_DIR=\"$HOME/x\"\nXDG_DOCUMENTS_DIR=\"$HOME/Tài liệu\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, want string }{
		{"cb.csv", filepath.Join(docs, "cb.csv")},
		{"cb.csv", filepath.Join(docs, "cb (2).csv")},
		{"~/cb.csv", filepath.Join(home, "cb.csv")},
		{filepath.Join(docs, "cb.csv"), filepath.Join(docs, "cb (3).csv")},
	} {
		got, err := f.Write(c.name, []byte(c.want))
		if err != nil || got != c.want {
			t.Errorf("%s: %s, %v; want %s", c.name, got, err, c.want)
		}
		if b, _ := os.ReadFile(c.want); !bytes.Equal(b, []byte(c.want)) {
			t.Errorf("%s holds %q", c.want, b)
		}
	}
	for name, want := range map[string]string{"": "missing", docs + "/": "missing", filepath.Join(home, "none", "a.csv"): "no folder"} {
		if _, err := f.Write(name, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", name, err)
		}
	}
}
