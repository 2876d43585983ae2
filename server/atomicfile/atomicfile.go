// Package atomicfile writes small files whole or not at all: keys, tokens and
// whatever else may not be found empty or half written after a power cut.
package atomicfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Write puts data under path with the given mode, in place of what was there.
// After a crash at any moment the file is the old one or the new one; when
// Write returns nil, the new one is on disk and so is its name. Errors name
// the file and leave the old one as it was, but for an error of the last step,
// after which the new one is there and only its name may not be on disk yet.
func Write(path string, data []byte, mode os.FileMode) error {
	tmp, err := fill(filepath.Dir(path), data, mode)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("write %s: %w", path, errors.Join(err, os.Remove(tmp)))
	}
	if err := SyncDir(filepath.Dir(path)); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// fill makes a file with data in dir, on disk under a name of its own.
func fill(dir string, data []byte, mode os.FileMode) (name string, err error) {
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return "", err
	}
	defer func() {
		err = errors.Join(err, f.Close())
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := f.Chmod(mode); err != nil {
		return "", err
	}
	if _, err := f.Write(data); err != nil {
		return "", err
	}
	return f.Name(), f.Sync()
}

// SyncDir puts the names in the folder on disk: a file that was made or renamed
// is there after a power cut only once its folder was synced.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
