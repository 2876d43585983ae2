package journal

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// found is a block seen in the bytes of a file.
type found struct {
	header
	data []byte
}

// repair replaces a damaged day file by one with the blocks that are intact in
// it, found by their own heads and checksums without bbolt's tree, and moves
// the damaged one aside. It returns the last block kept, ok false when nothing
// was. limit is the last event the file may hold, 0 when nobody knows.
func (l *Log) repair(seg *segment, limit uint64, cause error) (end header, ok bool, err error) {
	seg.close()
	raw, unmap, err := mapFile(seg.path)
	if err != nil {
		return header{}, false, fmt.Errorf("journal: repair %s: %w", seg.path, err)
	}
	defer unmap()
	blocks := salvage(raw, seg.first, limit)
	d := Damage{Path: seg.path, Reason: cause.Error()}
	next := seg.first
	for _, b := range blocks {
		if b.first > next {
			l.addHole(next, b.first-1, "damaged in "+filepath.Base(seg.path))
			d.Lost += b.first - next
		}
		d.Kept += uint64(b.count)
		next = b.last() + 1
	}
	if limit >= next {
		d.Lost += limit + 1 - next
	}
	if d.MovedTo, err = l.linkAside(seg.path); err != nil {
		return header{}, false, err
	}
	if len(blocks) > 0 {
		if err := l.rewrite(seg.path, blocks); err != nil {
			if isFull(err) {
				err = &FullError{Path: seg.path, Err: err}
			}
			return header{}, false, fmt.Errorf("journal: repair %s: %w", seg.path, err)
		}
		end, ok = blocks[len(blocks)-1].header, true
		seg.mu.Lock()
		seg.gone = false
		seg.mu.Unlock()
	}
	l.report(d)
	return end, ok, nil
}

// salvage returns the intact blocks among the bytes of a file in order, each
// event once. Of two blocks for the same events the later attempt holds.
func salvage(raw []byte, first, limit uint64) []found {
	best := map[uint64]found{}
	for at := 0; ; at++ {
		i := bytes.Index(raw[at:], []byte(blockMagic))
		if i < 0 {
			break
		}
		at += i
		h, _, err := openBlock(raw[at:])
		if err != nil || h.first < first || (limit != 0 && h.last() > limit) {
			continue
		}
		if old, there := best[h.first]; !there || h.stamp > old.stamp {
			best[h.first] = found{h, raw[at : at+blockHeader+int(h.length)]}
		}
	}
	all := make([]found, 0, len(best))
	for _, f := range best {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b found) int { return cmp.Compare(a.first, b.first) })
	out := all[:0]
	next := first
	for _, f := range all {
		if f.first >= next {
			out = append(out, f)
			next = f.last() + 1
		}
	}
	return out
}

// rewrite puts the blocks into a new file and that in the place of path.
func (l *Log) rewrite(path string, blocks []found) error {
	tmp := path + ".repair.tmp"
	db, err := createBolt(tmp, l.id.Epoch, boltOptions(false, 0), l.clock())
	if err != nil {
		return err
	}
	s := &segment{db: db}
	for part := range slices.Chunk(blocks, 1024) {
		var bs []block
		for _, f := range part {
			bs = append(bs, block{f.first, f.data})
		}
		if err := s.put(bs); err != nil {
			return errors.Join(err, db.Close(), os.Remove(tmp))
		}
	}
	if err := db.Close(); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// mapFile maps a file for reading.
func mapFile(path string) (raw []byte, unmap func(), err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return nil, func() {}, err
	}
	raw, err = syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, nil, err
	}
	return raw, func() { _ = syscall.Munmap(raw) }, nil
}

// asidePath returns a new name for a damaged file.
func (l *Log) asidePath(path string) (string, error) {
	dir := filepath.Join(l.dir, "damaged")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("journal: %w", err)
	}
	ext := filepath.Ext(path)
	stem := strings.TrimSuffix(filepath.Base(path), ext) + l.clock().UTC().Format("-20060102T150405")
	for n := 1; ; n++ {
		to := filepath.Join(dir, stem+ext)
		if n > 1 {
			to = filepath.Join(dir, fmt.Sprintf("%s-%d%s", stem, n, ext))
		}
		if _, err := os.Lstat(to); errors.Is(err, os.ErrNotExist) {
			return to, nil
		}
	}
}

// moveAside moves a damaged file away.
func (l *Log) moveAside(path string) (string, error) {
	to, err := l.asidePath(path)
	if err == nil {
		err = os.Rename(path, to)
	}
	if err != nil {
		return "", fmt.Errorf("journal: %w", err)
	}
	return to, nil
}

// linkAside keeps a damaged file under a second name, so that a crash before
// it is replaced loses nothing.
func (l *Log) linkAside(path string) (string, error) {
	to, err := l.asidePath(path)
	if err == nil {
		err = os.Link(path, to)
	}
	if err != nil {
		return "", fmt.Errorf("journal: %w", err)
	}
	return to, nil
}
