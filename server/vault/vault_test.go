package vault

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestVault(t *testing.T) {
	dir := t.TempDir()
	v, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := Person{Name: "Nguyễn Văn An", Phone: "0905123456", Text: "Nước ngập đường Hùng Vương"}
	a, err := v.Put(want)
	if err != nil {
		t.Fatal(err)
	}
	b, err := v.Put(Person{Name: "Lê Thị Bình"})
	if err != nil || a == b {
		t.Fatalf("second subject %q, %v", b, err)
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"vault.db", "vault-keys.db"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || bytes.Contains(data, []byte("0905123456")) || bytes.Contains(data, []byte("Nguyễn")) {
			t.Errorf("%s holds plain text, or %v", name, err)
		}
		if info, _ := os.Stat(filepath.Join(dir, name)); info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}

	v, err = Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if got, err := v.Get(a); err != nil || got != want {
		t.Fatalf("Get = %+v, %v", got, err)
	}
	backup, _ := os.ReadFile(filepath.Join(dir, "vault.db"))
	if err := errors.Join(v.Erase(a), v.Erase(a)); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Get(a); !errors.Is(err, ErrErased) {
		t.Errorf("after erasure: %v", err)
	}
	if got, err := v.Get(b); err != nil || got.Name != "Lê Thị Bình" {
		t.Errorf("the other subject: %+v, %v", got, err)
	}

	// A backup of the data from before the erasure does not bring them back.
	if err := v.data.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "vault.db"), backup, 0o600); err != nil {
		t.Fatal(err)
	}
	if v.data, err = open(filepath.Join(dir, "vault.db")); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Get(a); !errors.Is(err, ErrErased) {
		t.Errorf("from a backup: %v", err)
	}
}

func TestRecordsCannotBeSwapped(t *testing.T) {
	v, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	a, _ := v.Put(Person{Name: "a"})
	b, _ := v.Put(Person{Name: "b"})
	wrapped, err := v.keys.get(b)
	if err == nil {
		err = errors.Join(v.keys.put(a, wrapped), put(v.data, a, get(v.data, b)))
	}
	if err != nil {
		t.Fatal(err)
	}
	if p, err := v.Get(a); err == nil {
		t.Errorf("the record of another subject opened: %+v", p)
	}
}

func TestWrongMasterKey(t *testing.T) {
	dir := t.TempDir()
	v, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := v.Put(Person{Name: "a"})
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "vault.key")
	if err := os.WriteFile(path, bytes.Repeat([]byte("0"), 64), 0o600); err != nil {
		t.Fatal(err)
	}
	if v, err = Open(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Get(a); err == nil || errors.Is(err, ErrErased) {
		t.Errorf("Get with a wrong master key = %v", err)
	}
	_ = v.Close()
	if err := os.WriteFile(path, []byte("zz"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil {
		t.Error("a damaged key file was accepted")
	}
}
