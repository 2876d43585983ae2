// Package blob keeps files for good under the SHA-256 of what is in them: what
// has the same sum is the same file, and what no longer has it is damaged. A
// file is on disk, under its name, before its sum is returned, so an event that
// names a sum never names a file that a power cut could take away.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
)

var (
	// ErrNotFound is wrapped when no file has the sum.
	ErrNotFound = errors.New("no file has this sum")
	// ErrDamaged is wrapped when a file does not have the sum it is named after.
	ErrDamaged = errors.New("the file on disk is not what was stored")
	// ErrFull is wrapped when the disk, or the share of it, is used up.
	ErrFull = errors.New("there is no space for the file; make room or add a disk")
	// ErrUnfinished is wrapped by what writes a file and cannot go on: what there is
	// stays, as a crash would leave it.
	ErrUnfinished = errors.New("it ended before the file was whole")
)

// sumLength is that of a SHA-256 in hexadecimal digits.
const sumLength = 2 * sha256.Size

// draftDir holds the files that are being written.
const draftDir = "new"

// Options say where files are kept.
type Options struct {
	// Dir is a folder of the store's own. It is made when it is not there.
	Dir string
	// MaxBytes bounds all files together. 0 leaves that to the disk.
	MaxBytes int64
	// KeepDrafts keeps what a crash left half written until DropDraft is called for
	// it. Otherwise New removes it.
	KeepDrafts bool
}

// Store keeps files under ab/cd…, the sum of what is in them. Its methods may be
// called from any goroutine. One process uses a folder at a time.
type Store struct {
	dir string
	max int64

	mu     sync.Mutex
	files  int
	bytes  int64            // of files, of drafts, and of what is being written
	drafts map[string]int64 // which nobody writes any more, and their bytes
}

// New opens a store, counts what is there and removes what a crash left half
// written, unless that is to be kept.
func New(o Options) (*Store, error) {
	s := &Store{dir: o.Dir, max: o.MaxBytes, drafts: map[string]int64{}}
	if !o.KeepDrafts {
		if err := os.RemoveAll(s.path(draftDir)); err != nil {
			return nil, fmt.Errorf("blob: remove half-written files: %w", err)
		}
	}
	if err := os.MkdirAll(s.path(draftDir), 0o700); err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	// The store's own folders are there after a power cut, too.
	if err := errors.Join(syncDir(s.dir), syncDir(filepath.Dir(s.dir))); err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	// Counting does not follow links, and the folder may be one to another disk.
	dir, err := filepath.EvalSymlinks(s.dir)
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	s.dir = dir
	err = s.each(func(_ string, size int64) error {
		s.files++
		s.bytes += size
		return nil
	})
	if err == nil {
		err = s.findDrafts()
	}
	if err != nil {
		return nil, fmt.Errorf("blob: count the files: %w", err)
	}
	return s, nil
}

// each calls f for each file of the store.
func (s *Store) each(f func(sum string, size int64) error) error {
	return filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		sum := filepath.Base(filepath.Dir(path)) + d.Name()
		if !Valid(sum) {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return f(sum, info.Size())
	})
}

// Valid reports whether sum is written as this package writes it: 64 lower-case
// hexadecimal digits.
func Valid(sum string) bool {
	return len(sum) == sumLength && strings.Trim(sum, "0123456789abcdef") == ""
}

func (s *Store) path(elem ...string) string {
	return filepath.Join(append([]string{s.dir}, elem...)...)
}

// place returns where the file with the sum lies.
func (s *Store) place(sum string) (string, error) {
	if !Valid(sum) {
		return "", fmt.Errorf("blob: %q is not a sum; write 64 lower-case hexadecimal digits", sum[:min(len(sum), sumLength)])
	}
	return s.path(sum[:2], sum[2:]), nil
}

// Total returns how many files there are, and the bytes they take together with
// what is being written.
func (s *Store) Total() (files int, bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files, s.bytes
}

// Put stores what r gives. It returns when the file is on disk under its sum, in
// hexadecimal digits. What fails leaves nothing behind.
func (s *Store) Put(ctx context.Context, r io.Reader) (sum string, size int64, err error) {
	sum, err = s.Keep(ctx, func(w io.Writer) (err error) {
		size, err = io.Copy(w, r)
		return err
	})
	return sum, size, err
}

// Keep stores what write writes, with the promises of Put. What write wrote before an
// error that wraps ErrUnfinished stays and is one of Drafts.
func (s *Store) Keep(ctx context.Context, write func(io.Writer) error) (sum string, err error) {
	file, err := os.CreateTemp(s.path(draftDir), "")
	if err != nil {
		return "", failed(err)
	}
	d := &draft{ctx: ctx, store: s, file: file, sum: sha256.New()}
	err = write(d)
	if err == nil {
		err = d.err // writers that swallow errors do not make whole files
	}
	if err == nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	sum = hex.EncodeToString(d.sum.Sum(nil))
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = s.settle(d, sum)
	}
	switch {
	case err == nil:
		return sum, nil
	case errors.Is(err, ErrUnfinished) && d.size > 0:
		s.mu.Lock()
		s.drafts[filepath.Base(file.Name())] = d.size
		s.mu.Unlock()
	default:
		s.count(0, -d.size)
		os.Remove(file.Name()) //nolint:errcheck // the next start finds it
	}
	return "", failed(err)
}

// settle puts a written file under its name.
func (s *Store) settle(d *draft, sum string) error {
	path, err := s.place(sum)
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, err := os.Stat(path)
	if err := os.Rename(d.file.Name(), path); err != nil {
		return err
	}
	// The new one takes the place of an equal one, or of one that was damaged.
	if err == nil {
		s.bytes -= old.Size()
	} else {
		s.files++
	}
	d.size = 0 // counted for good
	return errors.Join(syncDir(dir), syncDir(s.dir))
}

// count changes what is counted; false means that there is no space.
func (s *Store) count(files int, bytes int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if bytes > 0 && s.max > 0 && s.bytes+bytes > s.max {
		return false
	}
	s.files += files
	s.bytes += bytes
	return true
}

// draft is a file that is being written.
type draft struct {
	ctx   context.Context
	store *Store
	file  *os.File
	sum   hash.Hash
	size  int64 // counted
	err   error
}

// Write implements io.Writer. After an error it fails for good.
func (d *draft) Write(b []byte) (int, error) {
	switch {
	case d.err != nil:
		return 0, d.err
	case d.ctx.Err() != nil:
		d.err = context.Cause(d.ctx)
		return 0, d.err
	case !d.store.count(0, int64(len(b))):
		d.err = ErrFull
		return 0, d.err
	}
	d.size += int64(len(b))
	n, err := d.file.Write(b)
	d.sum.Write(b[:n])
	d.err = err
	return n, err
}

// failed names the error of a file that was not stored.
func failed(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		err = fmt.Errorf("%w: %w", ErrFull, err)
	}
	return fmt.Errorf("blob: store a file: %w", err)
}

// Open opens the file with the sum for reading and tells its size. It does not
// look whether it still has that sum. Errors wrap ErrNotFound.
func (s *Store) Open(sum string) (io.ReadCloser, int64, error) {
	path, err := s.place(sum)
	if err != nil {
		return nil, 0, err
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fmt.Errorf("blob: %w: %s", ErrNotFound, sum)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("blob: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		return nil, 0, fmt.Errorf("blob: %w", errors.Join(err, file.Close()))
	}
	return file, info.Size(), nil
}

// Verify reads the whole file with the sum. Errors wrap ErrNotFound or
// ErrDamaged.
func (s *Store) Verify(ctx context.Context, sum string) error {
	file, _, err := s.Open(sum)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // it was only read
	h := sha256.New()
	for b := make([]byte, 1<<20); ; {
		n, err := file.Read(b)
		h.Write(b[:n])
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, io.EOF):
			if hex.EncodeToString(h.Sum(nil)) != sum {
				return fmt.Errorf("blob: %w: %s", ErrDamaged, sum)
			}
			return nil
		case err != nil:
			return fmt.Errorf("blob: %w: %s: %w", ErrDamaged, sum, err)
		}
	}
}

// Remove removes the file with the sum; that it is not there is no error.
func (s *Store) Remove(sum string) error {
	path, err := s.place(sum)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = os.Remove(path)
	}
	if err != nil {
		return fmt.Errorf("blob: remove: %w", err)
	}
	s.files--
	s.bytes -= info.Size()
	if err := syncDir(filepath.Dir(path)); err != nil {
		return fmt.Errorf("blob: remove: %w", err)
	}
	return nil
}

// syncDir puts the names in a folder on disk.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
