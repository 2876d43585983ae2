package memo

import (
	"os"
	"path/filepath"
	"testing"
)

// TestMemo: what was noted of a person is there at the next start, for nobody else; a
// file that is damaged is begun anew.
func TestMemo(t *testing.T) {
	dir := t.TempDir()
	ms := Open(dir)
	mai := ms.Of("mai/../x")
	mai.Set("size", 3)
	mai.Set("size", 4)
	mai.Set("never", func() {}) // no JSON holds it
	ms.Of("").Set("size", 5)
	if ms.Of("mai/../x") != mai {
		t.Error("a person has two memos")
	}
	ms.Flush()
	ms.Flush()
	files, err := filepath.Glob(filepath.Join(dir, "memo-*.json"))
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	for login, want := range map[string]int{"mai/../x": 4, "": 5, "lan": 0} {
		got := 0
		if is := Open(dir).Of(login).Get("size", &got); got != want || is != (want != 0) {
			t.Errorf("%q: %d, %v; want %d", login, got, is, want)
		}
	}
	for _, f := range files {
		if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o600 {
			t.Error(info, err)
		}
		if err := os.WriteFile(f, []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	again := Open(dir).Of("mai/../x")
	if got := 0; again.Get("size", &got) {
		t.Errorf("a damaged file says %d", got)
	}
	again.Set("size", 6)
	if got := 0; !again.Get("size", &got) || got != 6 {
		t.Errorf("after it %d", got)
	}
}
