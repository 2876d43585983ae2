package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"time"
)

func open(t *testing.T, dir string, limit int64) *Store {
	t.Helper()
	s, err := New(Options{Dir: dir, MaxBytes: limit})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(t *testing.T, s *Store, text string) string {
	t.Helper()
	sum, size, err := s.Put(t.Context(), strings.NewReader(text))
	want := sha256.Sum256([]byte(text))
	if err != nil || size != int64(len(text)) || sum != hex.EncodeToString(want[:]) {
		t.Fatalf("stored as %s with %d bytes, %v", sum, size, err)
	}
	return sum
}

func total(t *testing.T, s *Store, files int, bytes int64) {
	t.Helper()
	if f, b := s.Total(); f != files || b != bytes {
		t.Errorf("%d files of %d bytes, want %d of %d", f, b, files, bytes)
	}
}

// drafts returns what is half written.
func drafts(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, draftDir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestStore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "blobs")
	s := open(t, dir, 0)
	a, b := put(t, s, "bảng điều hành"), put(t, s, "")
	put(t, s, "bảng điều hành") // the same file once more
	total(t, s, 2, 20)
	file, size, err := s.Open(a)
	if err != nil || size != 20 {
		t.Fatal(size, err)
	}
	if text, err := io.ReadAll(file); err != nil || string(text) != "bảng điều hành" || file.Close() != nil {
		t.Errorf("read %q, %v", text, err)
	}
	again := open(t, dir, 0)
	total(t, again, 2, 20)
	for _, sum := range []string{a, b} {
		if err := again.Verify(t.Context(), sum); err != nil {
			t.Error(err)
		}
	}
	if err := errors.Join(again.Remove(a), again.Remove(a)); err != nil {
		t.Error(err)
	}
	total(t, again, 1, 0)
	if _, _, err := again.Open(a); !errors.Is(err, ErrNotFound) {
		t.Errorf("removed: %v", err)
	}
	if err := again.Verify(t.Context(), a); !errors.Is(err, ErrNotFound) {
		t.Errorf("removed: %v", err)
	}
}

func TestDamage(t *testing.T) {
	s := open(t, t.TempDir(), 0)
	sum := put(t, s, "evidence")
	path, err := s.place(sum)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"evidencf", "evidenc", "evidence!"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.Verify(t.Context(), sum); !errors.Is(err, ErrDamaged) {
			t.Errorf("%q: %v", text, err)
		}
	}
	put(t, s, "evidence") // storing it again mends it
	if err := s.Verify(t.Context(), sum); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Verify(ctx, sum); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}

func TestNames(t *testing.T) {
	s := open(t, t.TempDir(), 0)
	good := put(t, s, "x")
	for _, sum := range []string{"", "..", good[:63], good + "0", strings.ToUpper(good), "../" + good[3:], good[:62] + "/x", "é" + good[2:]} {
		if Valid(sum) {
			t.Errorf("%q is valid", sum)
		}
		_, _, err := s.Open(sum)
		if err == nil || errors.Is(err, ErrNotFound) || s.Remove(sum) == nil || s.Verify(t.Context(), sum) == nil {
			t.Errorf("%q: %v", sum, err)
		}
	}
	total(t, s, 1, 1)
}

func TestFailedWrites(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, 100)
	put(t, s, strings.Repeat("x", 60))
	broken := errors.New("the camera is gone")
	_, err := s.Keep(t.Context(), func(w io.Writer) error {
		if _, err := io.WriteString(w, "half"); err != nil {
			t.Error(err)
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("a writer that gives up: %v", err)
	}
	if _, _, err = s.Put(t.Context(), iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("a reader that breaks: %v", err)
	}
	if _, _, err = s.Put(t.Context(), strings.NewReader(strings.Repeat("y", 41))); !errors.Is(err, ErrFull) {
		t.Errorf("more than there is space for: %v", err)
	}
	_, err = s.Keep(t.Context(), func(w io.Writer) error {
		w.Write(make([]byte, 101)) //nolint:errcheck // this is what it does wrong
		return nil
	})
	if !errors.Is(err, ErrFull) {
		t.Errorf("a writer that does not look at errors: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = s.Keep(ctx, func(w io.Writer) error {
		cancel()
		_, err := w.Write([]byte("late"))
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	total(t, s, 1, 60)
	if left := drafts(t, dir); len(left) > 0 {
		t.Errorf("%v are left", left)
	}
	put(t, s, strings.Repeat("y", 40))
	if full := failed(&os.PathError{Op: "write", Err: syscall.ENOSPC}); !errors.Is(full, ErrFull) {
		t.Errorf("a full disk is %v", full)
	}
}

func TestConcurrently(t *testing.T) {
	s := open(t, t.TempDir(), 0)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 20 {
				text := fmt.Sprint("file ", (i+k)%10)
				sum, _, err := s.Put(t.Context(), strings.NewReader(text))
				if err != nil {
					t.Error(err)
				}
				if err := s.Verify(t.Context(), sum); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	total(t, s, 10, 60)
}

// TestDrafts: what was left half written can be read after the next start, counts for the space, and goes when it is
// dropped; a store that does not ask for it removes it.
func TestDrafts(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, 0)
	for _, text := range []string{"short", "the longest of them", "a longer one"} {
		if _, err := s.Keep(t.Context(), func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return errors.Join(err, ErrUnfinished)
		}); !errors.Is(err, ErrUnfinished) {
			t.Fatal(err)
		}
	}
	if len(s.Drafts()) != 3 {
		t.Errorf("before the next start: %v", s.Drafts())
	}
	total(t, s, 0, 36)
	s, err := New(Options{Dir: dir, MaxBytes: 50, KeepDrafts: true})
	if err != nil {
		t.Fatal(err)
	}
	total(t, s, 0, 36)
	var texts []string
	for _, name := range s.Drafts() {
		file, err := s.OpenDraft(name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(file)
		if err := errors.Join(err, file.Close()); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	if !slices.Equal(texts, []string{"the longest of them", "a longer one", "short"}) {
		t.Errorf("left: %q", texts)
	}
	if _, _, err := s.Put(t.Context(), strings.NewReader(strings.Repeat("x", 20))); !errors.Is(err, ErrFull) {
		t.Errorf("they take no space: %v", err)
	}
	longest := s.Drafts()[0]
	if err := errors.Join(s.DropDraft(longest), s.DropDraft(longest)); err != nil {
		t.Error(err)
	}
	if _, err := s.OpenDraft(longest); !errors.Is(err, ErrNotFound) {
		t.Errorf("a dropped one: %v", err)
	}
	if _, err := s.OpenDraft("../" + longest); !errors.Is(err, ErrNotFound) {
		t.Errorf("a way out of the folder: %v", err)
	}
	total(t, s, 0, 17)
	if total(t, open(t, dir, 0), 0, 0); len(drafts(t, dir)) > 0 {
		t.Errorf("%v stay in a store that does not ask for them", drafts(t, dir))
	}
}

// TestKilled kills a process that stores files without end, again and again:
// every file whose sum it told is whole, and nothing half written stays.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	if dir := os.Getenv("BLOB_TEST_DIR"); dir != "" {
		s := open(t, dir, 0)
		for i := 0; ; i++ {
			data := bytes.Repeat(fmt.Appendf(nil, "%d %d ", os.Getpid(), i), 20_000)
			sum, _, err := s.Put(t.Context(), bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Println("stored", sum)
		}
	}
	told, half := map[string]bool{}, 0
	for range 6 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilled$")
		cmd.Env = append(os.Environ(), "BLOB_TEST_DIR="+dir)
		var out bytes.Buffer
		cmd.Stdout = &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(200*time.Millisecond + time.Duration(rand.IntN(100))*time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait() //nolint:errcheck // it was killed
		for line := range strings.Lines(out.String()) {
			if sum, ok := strings.CutPrefix(line, "stored "); ok && strings.HasSuffix(sum, "\n") {
				told[strings.TrimSpace(sum)] = true
			}
		}
		half += len(drafts(t, dir))
	}
	s := open(t, dir, 0)
	for sum := range told {
		if err := s.Verify(t.Context(), sum); err != nil {
			t.Error(err)
		}
	}
	// What was stored, but not told any more, is whole too.
	files, whole := 0, 0
	err := s.each(func(sum string, _ int64) error {
		files++
		if s.Verify(t.Context(), sum) == nil {
			whole++
		}
		return nil
	})
	if err != nil || whole != files || files < len(told) || len(told) == 0 {
		t.Errorf("%d told, %d files, %d whole, %v", len(told), files, whole, err)
	}
	if left := drafts(t, dir); len(left) > 0 {
		t.Errorf("%v are left of %d", left, half)
	}
	t.Logf("%d files told, %d there, %d half written ones removed", len(told), files, half)
}

// The folder may be a link to another disk: what is there counts all the same.
func TestALinkToAnotherDisk(t *testing.T) {
	disk, link := filepath.Join(t.TempDir(), "disk"), filepath.Join(t.TempDir(), "blobs")
	if err := errors.Join(os.Mkdir(disk, 0o700), os.Symlink(disk, link)); err != nil {
		t.Fatal(err)
	}
	sum := put(t, open(t, link, 0), "evidence")
	again := open(t, link, 10)
	total(t, again, 1, 8)
	if err := again.Verify(t.Context(), sum); err != nil {
		t.Error(err)
	}
	if _, _, err := again.Put(t.Context(), strings.NewReader("too much")); !errors.Is(err, ErrFull) {
		t.Errorf("the bound counts from nothing: %v", err)
	}
}
