package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const identityFormat = 1

// Hole is a range of numbers that are in no file any more, because the file
// that held them was damaged or is missing.
type Hole struct {
	From uint64 `json:"from"`
	To   uint64 `json:"to"`
	Why  string `json:"why"`
}

// identity is the content of journal.json.
type identity struct {
	Format int    `json:"format"`
	Epoch  uint64 `json:"epoch"`
	Holes  []Hole `json:"holes,omitempty"`
}

// overHole returns the first number from next on that is in no hole.
func (id identity) overHole(next uint64) uint64 {
	for _, h := range id.Holes {
		if next >= h.From && next <= h.To {
			next = h.To + 1
		}
	}
	return next
}

// nextEpoch returns an epoch higher than any made before: Unix seconds above
// 20 bits of counting, which stays exact in a JSON number of any reader.
func nextEpoch(now time.Time, past uint64) uint64 {
	return max(uint64(max(now.Unix(), 1))<<20, past+1)
}

func readIdentity(path string) (identity, error) {
	var id identity
	raw, err := os.ReadFile(path)
	if err != nil {
		return id, err
	}
	if err := json.Unmarshal(raw, &id); err != nil {
		return id, &DamageError{Path: path, Err: err}
	}
	if id.Format != identityFormat {
		return id, &VersionError{Path: path, Have: id.Format, Want: identityFormat}
	}
	if id.Epoch == 0 {
		return id, &DamageError{Path: path, Err: errors.New("no epoch")}
	}
	return id, nil
}

func writeIdentity(path string, id identity) error {
	id.Format = identityFormat
	raw, err := json.MarshalIndent(id, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(path, append(raw, '\n'))
}

// writeFile puts data under path, whole or not at all, and durable.
func writeFile(path string, parts ...[]byte) (err error) {
	tmp := path + ".tmp"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(tmp)
			if isFull(err) {
				err = &FullError{Path: path, Err: err}
			}
		}
	}()
	for _, p := range parts {
		if _, err := f.Write(p); err != nil {
			return err
		}
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// lockDir takes the folder for this process. The kernel lets go when the
// process ends, however it does.
func lockDir(dir string) (*os.File, error) {
	path := filepath.Join(dir, "LOCK")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		raw, _ := os.ReadFile(path)
		f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("journal: lock %s: %w", path, err)
		}
		holder := strings.TrimSpace(string(raw))
		if holder == "" {
			holder = "another process"
		}
		return nil, &LockedError{Dir: dir, Holder: holder}
	}
	if err := f.Truncate(0); err == nil {
		fmt.Fprintf(f, "process %d\n", os.Getpid()) // a courtesy; a full disk may refuse it
	}
	return f, nil
}

// makeDirs makes the folders of a journal and removes files that were being
// written when a program ended.
func makeDirs(dir string) error {
	for _, d := range []string{"", "days", "snapshots"} {
		d = filepath.Join(dir, d)
		if err := os.MkdirAll(d, 0o700); err != nil {
			return fmt.Errorf("journal: %w", err)
		}
	}
	return nil
}

func removeUnfinished(dir string) error {
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == "damaged":
			return fs.SkipDir
		case !e.IsDir() && strings.HasSuffix(path, ".tmp"):
			return os.Remove(path)
		}
		return nil
	})
}
