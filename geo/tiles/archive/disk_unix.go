//go:build unix

package archive

import (
	"errors"
	"os"
	"syscall"
)

// lockFile takes a file for this process alone, until it is closed or the process ends.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.New("another process uses it; give each a folder of its own")
		}
		return nil, err
	}
	return f, nil
}

// allocated returns how many bytes of the disk a file takes. Some file systems say
// so only after a while, and nothing until then: a file takes at least its own size.
func allocated(info os.FileInfo) int64 {
	size := blocks(info.Size())
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		size = max(size, s.Blocks*512)
	}
	return size
}
