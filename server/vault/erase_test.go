package vault

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// everything returns all bytes of the vault's folder but the master key.
func everything(tb testing.TB, dir string) []byte {
	tb.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		tb.Fatal(err)
	}
	var out []byte
	for _, e := range entries {
		if e.Name() == "vault.key" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, data...)
	}
	return out
}

// opens reports whether somewhere in data there is a key of the subject that
// the master key opens.
func opens(v *Vault, data []byte, subject string) bool {
	for i := 0; i+wrappedSize <= len(data); i++ {
		// A wrapped key is random; trying those only that look like it is enough.
		if bytes.Count(data[i:i+wrappedSize], []byte{0}) > 8 {
			continue
		}
		if _, err := unbox(v.master, data[i:i+wrappedSize], subject); err == nil {
			return true
		}
	}
	return false
}

// After an erasure no file of the vault holds the key, wrapped or not, however
// often it was written around.
func TestErasedKeyIsNowhere(t *testing.T) {
	dir := t.TempDir()
	v, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var subjects []string
	for i := range 20 {
		s, err := v.Put(Person{Name: fmt.Sprint("person ", i)})
		if err != nil {
			t.Fatal(err)
		}
		subjects = append(subjects, s)
	}
	gone, stays := subjects[3], subjects[4]
	wrapped, err := v.keys.get(gone)
	if err != nil {
		t.Fatal(err)
	}
	if data := everything(t, dir); !bytes.Contains(data, wrapped) || !opens(v, data, gone) {
		t.Fatal("the test does not find a key that is there")
	}
	if err := errors.Join(v.Erase(gone), v.Erase(subjects[7]), v.Close()); err != nil {
		t.Fatal(err)
	}
	data := everything(t, dir)
	raw, _ := hex.DecodeString(gone)
	if bytes.Contains(data, wrapped) || bytes.Contains(data, wrapped[:16]) || bytes.Contains(data, wrapped[44:]) || opens(v, data, gone) {
		t.Error("the erased key is still in a file")
	}
	if keys, _ := os.ReadFile(filepath.Join(dir, "vault-keys.db")); bytes.Contains(keys, raw) {
		t.Error("the erased subject is still in the file of keys")
	}
	if !opens(v, data, stays) {
		t.Error("another subject's key is gone")
	}

	if v, err = Open(dir); err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if _, err := v.Get(gone); !errors.Is(err, ErrErased) {
		t.Errorf("Get = %v", err)
	}
	if p, err := v.Get(stays); err != nil || p.Name != "person 4" {
		t.Errorf("Get = %+v, %v", p, err)
	}
}

// Without the master key the subjects' keys are worthless: a new one must not
// be made beside them in silence.
func TestMissingFiles(t *testing.T) {
	for _, name := range []string{"vault.key", "vault-keys.db"} {
		dir := t.TempDir()
		v, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		a, err := v.Put(Person{Name: "a"})
		if err := errors.Join(err, v.Close()); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		kept, err := os.ReadFile(path)
		if err == nil {
			err = os.Remove(path)
		}
		if err != nil {
			t.Fatal(err)
		}
		if v, err := Open(dir); err == nil || !strings.Contains(err.Error(), name+" is missing") || !strings.Contains(err.Error(), "backup") {
			t.Errorf("without %s: %v, %v", name, v, err)
		}
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s was made anew: %v", name, err)
		}
		if err := os.WriteFile(path, kept, 0o600); err != nil {
			t.Fatal(err)
		}
		if v, err = Open(dir); err != nil {
			t.Fatal(err)
		}
		if p, err := v.Get(a); err != nil || p.Name != "a" {
			t.Errorf("restored: %+v, %v", p, err)
		}
		if err := errors.Join(v.Erase(a), v.Close(), os.Remove(path)); err != nil {
			t.Fatal(err)
		}
		// Nobody is left to be lost.
		if v, err = Open(dir); err != nil {
			t.Errorf("empty, without %s: %v", name, err)
		} else if err := v.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A server that is killed at once leaves a whole key file or none.
func TestKeyFileIsNeverEmpty(t *testing.T) {
	dir := t.TempDir()
	v, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	entries, _ := os.ReadDir(dir)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if want := []string{"vault-keys.db", "vault.db", "vault.key"}; !slices.Equal(names, want) {
		t.Errorf("files %q, want %q", names, want)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "vault.key")); err != nil || len(text) != 65 {
		t.Errorf("vault.key has %d bytes, %v", len(text), err)
	}
}

// What a crash can leave in the file of keys: half an erasure, half a slot.
func TestKeysAfterACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	k, err := openKeys(path)
	if err != nil {
		t.Fatal(err)
	}
	subject := func(b byte) string { return strings.Repeat(hex.EncodeToString([]byte{b}), subjectSize) }
	for b := byte(1); b <= 4; b++ {
		if err := k.put(subject(b), bytes.Repeat([]byte{b}, wrappedSize)); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.close(); err != nil {
		t.Fatal(err)
	}
	data, _ := os.ReadFile(path)
	at := func(b byte) []byte { return data[slotSize*int(b):] }
	clear(at(1)[:subjectSize])
	clear(at(2)[subjectSize : subjectSize+wrappedSize])
	data = append(data, "a torn slot"...)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if k, err = openKeys(path); err != nil {
		t.Fatal(err)
	}
	for b, want := range map[byte]error{1: ErrErased, 2: ErrErased, 3: nil, 4: nil} {
		if _, err := k.get(subject(b)); !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Errorf("subject %d: %v, want %v", b, err, want)
		}
	}
	if data, _ = os.ReadFile(path); bytes.Contains(data, bytes.Repeat([]byte{1}, 8)) || bytes.Contains(data, bytes.Repeat([]byte{2}, 8)) {
		t.Error("a half erased key is still in the file")
	}
	// Free slots are used again before the file grows.
	for i := range 5 {
		name := fmt.Sprintf("%032x", 1<<20+i)
		if err := errors.Join(k.put(name, bytes.Repeat([]byte{9}, wrappedSize)), k.erase(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.close(); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(path); info.Size() > int64(len(data)) {
		t.Errorf("the file grew to %d bytes", info.Size())
	}
	twice := append(slices.Clone(data[:slotSize]), bytes.Repeat([]byte{7}, 2*slotSize)...)
	for name, text := range map[string][]byte{"another file": []byte("something else"), "one subject twice": twice} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := openKeys(path); err == nil || !strings.Contains(err.Error(), "backup") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever the file holds, opening it ends, and what it then knows can be read.
func FuzzKeys(f *testing.F) {
	head := make([]byte, slotSize)
	copy(head, keysFormat)
	f.Add([]byte{})
	f.Add(head)
	f.Add(append(slices.Clone(head), bytes.Repeat([]byte{5}, slotSize+3)...))
	f.Add(append(slices.Clone(head), make([]byte, slotSize/2)...))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "keys")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		k, err := openKeys(path)
		if err != nil {
			return
		}
		defer k.close()
		for id := range k.slots {
			if got, err := k.get(hex.EncodeToString(id[:])); err != nil || len(got) != wrappedSize {
				t.Fatalf("get = %d bytes, %v", len(got), err)
			}
		}
		if int64(len(k.slots)+len(k.free)) != k.size/slotSize-1 {
			t.Fatalf("%d known, %d free in %d bytes", len(k.slots), len(k.free), k.size)
		}
	})
}

func TestManyAtOnce(t *testing.T) {
	v, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 5 {
				name := fmt.Sprint(i, j)
				s, err := v.Put(Person{Name: name})
				if err != nil {
					t.Error(err)
					return
				}
				if p, err := v.Get(s); err != nil || p.Name != name {
					t.Errorf("Get = %+v, %v", p, err)
				}
				if j%2 == 0 {
					continue
				}
				if err := v.Erase(s); err != nil {
					t.Error(err)
				}
				if _, err := v.Get(s); !errors.Is(err, ErrErased) {
					t.Errorf("after erasure: %v", err)
				}
			}
		})
	}
	wg.Wait()
	if n := v.Count(); n != 24 {
		t.Errorf("%d subjects, want 24", n)
	}
}

// BenchmarkErase erases among 100,000 subjects.
func BenchmarkErase(b *testing.B) {
	k, err := openKeys(filepath.Join(b.TempDir(), "keys"))
	if err != nil {
		b.Fatal(err)
	}
	defer k.close()
	slot := bytes.Repeat([]byte{7}, wrappedSize)
	fill := make([]byte, 0, 100_000*slotSize)
	for i := range 100_000 {
		raw, _ := hex.DecodeString(fmt.Sprintf("%032x", i+1))
		fill = append(append(append(fill, raw...), slot...), make([]byte, slotSize-subjectSize-wrappedSize)...)
	}
	if _, err := k.f.WriteAt(fill, slotSize); err != nil {
		b.Fatal(err)
	}
	if err := k.close(); err != nil {
		b.Fatal(err)
	}
	path := k.f.Name()
	if k, err = openKeys(path); err != nil || k.count() != 100_000 {
		b.Fatal(k.count(), err)
	}
	n := 0
	for b.Loop() {
		n++
		if err := k.erase(fmt.Sprintf("%032x", n%100_000+1)); err != nil {
			b.Fatal(err)
		}
	}
}
