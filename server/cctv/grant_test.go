package cctv

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
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

// Server and relay that start together for the first time have one key.
func TestOneKeyForAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.key")
	keys := make([][]byte, 8)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			var err error
			if keys[i], err = Key(path); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, k := range keys {
		if !slices.Equal(k, keys[0]) {
			t.Fatal("two keys for one relay")
		}
	}
}
