package feature

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	// shelfBytes bounds the files of features kept on disk, largestFile one of them.
	shelfBytes, largestFile = 2 << 30, 512 << 20
	// largestUnkept bounds a file that is read without a folder to keep it in.
	largestUnkept = 64 << 20
	shelfEnding   = ".geojson"
	// halfStart begins the names of files that are being written, halfFor is the
	// age at which one was left behind.
	halfStart, halfFor = "coming-", time.Hour
)

// shelf is a folder of files by their sum. A shelf without a folder keeps nothing.
type shelf struct {
	folder string
	most   int64
}

func (s shelf) path(sum string) string { return filepath.Join(s.folder, sum+shelfEnding) }

// open opens a file that is kept, and marks it as used.
func (s shelf) open(sum string) (io.ReadCloser, bool) {
	if s.folder == "" {
		return nil, false
	}
	f, err := os.Open(s.path(sum))
	if err != nil {
		return nil, false
	}
	now := time.Now()
	_ = os.Chtimes(s.path(sum), now, now)
	return f, true
}

// drop removes a file that is not what its name says.
func (s shelf) drop(sum string) { _ = os.Remove(s.path(sum)) }

// diskError is a folder that cannot be written into.
type diskError struct{ err error }

func (e *diskError) Error() string { return fmt.Errorf("keep features on disk: %w", e.err).Error() }
func (e *diskError) Unwrap() error { return e.err }

// disk is a file whose errors are diskErrors.
type disk struct{ f *os.File }

func (d disk) Write(b []byte) (int, error) {
	n, err := d.f.Write(b)
	if err != nil {
		err = &diskError{err}
	}
	return n, err
}

// keep reads in to its end, checks its sum, and returns it from the start. What is
// wrong with the disk is a diskError.
func (s shelf) keep(sum string, in io.Reader) (io.ReadCloser, error) {
	h := sha256.New()
	if s.folder == "" {
		var b bytes.Buffer
		if err := copyAll(io.MultiWriter(&b, h), in, largestUnkept); err != nil {
			return nil, err
		}
		if err := same(sum, h.Sum(nil)); err != nil {
			return nil, err
		}
		return io.NopCloser(&b), nil
	}
	if err := os.MkdirAll(s.folder, 0o750); err != nil {
		return nil, &diskError{err}
	}
	f, err := os.CreateTemp(s.folder, halfStart+"*")
	if err != nil {
		return nil, &diskError{err}
	}
	defer os.Remove(f.Name())
	if err = copyAll(io.MultiWriter(disk{f}, h), in, largestFile); err == nil {
		err = same(sum, h.Sum(nil))
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if err := os.Rename(f.Name(), s.path(sum)); err != nil {
		return nil, &diskError{err}
	}
	s.tidy(sum)
	return os.Open(s.path(sum))
}

// copyAll copies at most most bytes; more are an error.
func copyAll(w io.Writer, in io.Reader, most int64) error {
	n, err := io.Copy(w, io.LimitReader(in, most+1))
	if err == nil && n > most {
		err = &unreadableError{fmt.Errorf("the file is larger than %d MB", most>>20)}
	}
	return err
}

func same(sum string, got []byte) error {
	if g := hex.EncodeToString(got); g != strings.ToLower(sum) {
		return fmt.Errorf("the file that came has the sum %.12s…, not %.12s…", g, sum)
	}
	return nil
}

// tidy removes what was left half written, and what was not used for longest until
// the rest fits; never the file just kept.
func (s shelf) tidy(sum string) {
	entries, err := os.ReadDir(s.folder)
	if err != nil {
		return
	}
	var files []os.FileInfo
	total := int64(0)
	for _, e := range entries {
		info, err := e.Info()
		switch {
		case err != nil || !info.Mode().IsRegular():
		case strings.HasSuffix(e.Name(), shelfEnding):
			files = append(files, info)
			total += info.Size()
		case strings.HasPrefix(e.Name(), halfStart) && time.Since(info.ModTime()) > halfFor:
			_ = os.Remove(filepath.Join(s.folder, e.Name()))
		}
	}
	slices.SortFunc(files, func(a, b os.FileInfo) int {
		return cmp.Or(a.ModTime().Compare(b.ModTime()), strings.Compare(a.Name(), b.Name()))
	})
	for _, f := range files {
		if total <= s.most {
			return
		}
		if f.Name() != sum+shelfEnding && os.Remove(filepath.Join(s.folder, f.Name())) == nil {
			total -= f.Size()
		}
	}
}
