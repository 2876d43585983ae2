package cctv

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A key that was cut short is an error, one that is written is whole.
func TestRelayKey(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "relay.key")
	key, err := Key(path)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := Key(path); err != nil || !slices.Equal(again, key) {
		t.Errorf("read again: %v", err)
	}
	if text, _ := os.ReadFile(path); strings.TrimSpace(string(text)) != hex.EncodeToString(key) {
		t.Error("the file holds something else")
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("%d files are left", len(left))
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Key(path); err == nil {
		t.Error("an empty key was accepted")
	}
}
