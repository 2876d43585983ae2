package setup

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"iocwall/server/atomicfile"
)

const (
	// maxConfig bounds a configuration, in bytes; kept is how many earlier ones
	// lie beside it.
	maxConfig = 2 << 20
	kept      = 5
)

// file is the configuration on disk.
type file struct{ path string }

// text is a configuration as it was read.
type text struct {
	body, version string
	changed       time.Time
}

// versionOf names a text.
func versionOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:8])
}

// read reads the file.
func (f file) read() (text, error) {
	if f.path == "" {
		return text{}, refuse(http.StatusConflict, "setup.nofile", "this server was started without a configuration file")
	}
	info, err := os.Stat(f.path)
	if err != nil {
		return text{}, refuse(http.StatusConflict, "setup.nofile.unread", "the configuration cannot be read: {why}", "why", err)
	}
	if info.Size() > maxConfig {
		return text{}, refuse(http.StatusConflict, "setup.nofile.long", "the configuration is longer than {most} bytes; is it the right file?", "most", maxConfig)
	}
	body, err := os.ReadFile(f.path)
	if err != nil {
		return text{}, refuse(http.StatusConflict, "setup.nofile.unread", "the configuration cannot be read: {why}", "why", err)
	}
	return text{body: string(body), version: versionOf(body), changed: info.ModTime()}, nil
}

// real returns where the file lies, behind whatever leads to it, and who may read it.
func (f file) real() (path string, mode os.FileMode, err error) {
	path, err = filepath.EvalSymlinks(f.path)
	if err != nil {
		return "", 0, fmt.Errorf("setup: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", 0, fmt.Errorf("setup: %w", err)
	}
	return path, info.Mode().Perm(), nil
}

// write puts a text in place of what is there and keeps that as .1, what was .1 as
// .2 and so on. After a crash at any moment the file is the old or the new one.
func (f file) write(body string) error {
	path, mode, err := f.real()
	if err != nil {
		return err
	}
	old, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("setup: %w", err)
	}
	for n := kept; n > 1; n-- {
		err := os.Rename(fmt.Sprintf("%s.%d", path, n-1), fmt.Sprintf("%s.%d", path, n))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("setup: keep the configuration before: %w; the server must be able to write in its folder", err)
		}
	}
	if err := atomicfile.Write(path+".1", old, mode); err != nil {
		return fmt.Errorf("setup: keep the configuration before: %w; the server must be able to write in its folder", err)
	}
	return f.put(path, body, mode)
}

// all returns the configuration and those kept beside it, one after the other.
func (f file) all() (string, error) {
	path, _, err := f.real()
	if err != nil {
		return "", err
	}
	out, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("setup: %w", err)
	}
	for n := 1; n <= kept; n++ {
		old, err := os.ReadFile(fmt.Sprintf("%s.%d", path, n))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", fmt.Errorf("setup: %w", err)
		}
		out = append(append(out, '\n'), old...)
	}
	return string(out), nil
}

// put writes the text without keeping what was there.
func (f file) put(path, body string, mode os.FileMode) error {
	if err := atomicfile.Write(path, []byte(body), mode); err != nil {
		return fmt.Errorf("setup: %w", err)
	}
	return nil
}

// restore puts back what write kept, after a text that the server did not take.
func (f file) restore(body string) error {
	path, mode, err := f.real()
	if err != nil {
		return err
	}
	return f.put(path, body, mode)
}

// applied remembers which text the server runs with.
type applied struct {
	mu      sync.Mutex
	version string
}

// Applied says that the server has just taken over what the file holds, by whatever
// way.
func (s *Setup) Applied() {
	if t, err := s.file.read(); err == nil {
		s.sum.set(t.version)
	}
}

func (a *applied) set(version string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.version = version
}

func (a *applied) get() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.version
}
