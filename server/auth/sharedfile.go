package auth

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"iocwall/server/atomicfile"
)

// sharedFile is a small JSON file that the server and the command line read and
// change. It is not safe for concurrent use within a process.
type sharedFile[T any] struct {
	path string
	what string // "tokens", for errors
	fix  string // what to do about a damaged one
	seen os.FileInfo
}

// read returns what is in the file if it changed since the last reading. A file
// that is not there is an empty one.
func (f *sharedFile[T]) read() (content T, changed bool, err error) {
	info, err := os.Stat(f.path)
	if errors.Is(err, os.ErrNotExist) {
		info, err = nil, nil
	}
	if err != nil {
		return content, false, fmt.Errorf("auth: %s: %w", f.what, err)
	}
	if f.seen != nil && info != nil && os.SameFile(f.seen, info) && f.seen.ModTime().Equal(info.ModTime()) && f.seen.Size() == info.Size() {
		return content, false, nil
	}
	if info != nil {
		data, err := os.ReadFile(f.path)
		if err != nil {
			return content, false, fmt.Errorf("auth: %s: %w", f.what, err)
		}
		if err := json.Unmarshal(data, &content); err != nil {
			return content, false, fmt.Errorf("auth: %s is damaged (%w); restore it from a backup or %s", f.path, err, f.fix)
		}
	}
	f.seen = info
	return content, true, nil
}

// change calls edit, which returns what is to be in the file, under a lock that
// other processes respect; edit reads the file itself if it needs to.
func (f *sharedFile[T]) change(edit func() (T, error)) (content T, err error) {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return content, fmt.Errorf("auth: %s: %w", f.what, err)
	}
	lock, err := os.OpenFile(f.path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return content, fmt.Errorf("auth: %s: %w", f.what, err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return content, fmt.Errorf("auth: lock %s: %w", f.what, err)
	}
	if content, err = edit(); err != nil {
		return content, err
	}
	data, err := json.MarshalIndent(content, "", "  ")
	if err != nil {
		return content, fmt.Errorf("auth: %s: %w", f.what, err)
	}
	if err := atomicfile.Write(f.path, append(data, '\n'), 0o600); err != nil {
		return content, fmt.Errorf("auth: %s: %w", f.what, err)
	}
	info, err := os.Stat(f.path)
	if err != nil {
		return content, fmt.Errorf("auth: %s: %w", f.what, err)
	}
	f.seen = info
	return content, nil
}
