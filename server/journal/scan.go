package journal

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	bolt "go.etcd.io/bbolt"
)

const (
	// reopenLimit is the size in bytes up to which a day file is written to
	// again after a restart: bbolt then reads all of it. A larger one is left
	// as it is and the day goes on in another file.
	reopenLimit = 32 << 20
	// checkBlocks is how many blocks at the end of a larger file are checked.
	checkBlocks = 512
)

// scan opens the day files, repairs what is broken, and finds the end of the
// history. It reports whether the newest file was broken.
func (l *Log) scan() (broken bool, err error) {
	segments, err := l.listSegments()
	if err != nil {
		return false, err
	}
	for i, seg := range segments {
		newest := i == len(segments)-1
		limit := uint64(0)
		if !newest {
			limit = segments[i+1].first - 1
		}
		end, ok, err := l.check(seg, newest)
		if err == nil && ok && !newest && end.last() < limit && !l.id.holds(end.last()+1) {
			err = fmt.Errorf("%w: it ends at event %d, the next file starts at %d", errBlock, end.last(), limit+1)
		}
		if err == nil && ok && newest {
			err = l.reopenSmall(seg)
		}
		var version *VersionError
		if errors.As(err, &version) {
			return false, err
		}
		if err != nil {
			broken = newest
			if end, ok, err = l.repair(seg, limit, err); err != nil {
				return false, err
			}
		}
		if !ok {
			if err := errors.Join(seg.close(), ignoreMissing(os.Remove(seg.path))); err != nil { // it holds no event
				return false, fmt.Errorf("journal: %w", err)
			}
			continue
		}
		l.follow(seg, end)
	}
	return broken, nil
}

// follow puts seg, which ends with the block end, behind the other files.
func (l *Log) follow(seg *segment, end header) {
	if len(l.segments) > 0 && seg.first > l.pos.Seq+1 {
		l.addHole(l.pos.Seq+1, seg.first-1, "the file that held them is damaged or missing")
	}
	l.segments = append(l.segments, seg)
	l.pos.Seq, l.seen = end.last(), end.seen
	l.stamp = max(l.stamp, end.stamp)
}

func (l *Log) addHole(from, to uint64, why string) {
	for _, h := range l.id.Holes {
		if h.From <= from && to <= h.To {
			return
		}
	}
	l.id.Holes = append(l.id.Holes, Hole{From: from, To: to, Why: why})
	l.log.Error("events are missing", "from", from, "to", to, "why", why)
}

// holds reports whether event seq is known to be missing.
func (id identity) holds(seq uint64) bool { return id.overHole(seq) != seq }

// settle decides where the history goes on. Numbers that snapshots or records
// know of are never given again: a hole stands for what is missing up to there.
func (l *Log) settle(broken bool) error {
	if end := l.id.overHole(l.pos.Seq+1) - 1; end > l.pos.Seq {
		l.pos.Seq, l.active = end, nil // the end was lost before
	}
	known := l.records.at()
	if s, ok := l.newestSnapshot(); ok {
		known = max(known, s.Pos.Seq)
		l.seen = max(l.seen, s.Seen)
	}
	holes := len(l.id.Holes)
	if known > l.pos.Seq {
		l.addHole(l.pos.Seq+1, known, "the end of the log was lost")
		if !broken {
			l.report(Damage{Path: filepath.Join(l.dir, "days"), Lost: known - l.pos.Seq, Reason: "the newest events are in no file"})
		}
		l.pos.Seq, broken = known, true
		l.active = nil // the next event starts a new file
	}
	saved, err := readIdentity(filepath.Join(l.dir, "journal.json"))
	if err != nil {
		return err
	}
	if broken {
		l.id.Epoch = nextEpoch(l.clock(), l.id.Epoch)
	}
	if broken || holes != len(saved.Holes) || len(l.id.Holes) != holes {
		return l.saveIdentity()
	}
	return nil
}

func (l *Log) listSegments() ([]*segment, error) {
	dir := filepath.Join(l.dir, "days")
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	var out []*segment
	for _, e := range entries {
		day, first, ok := parseSegmentName(e.Name())
		if !ok {
			l.log.Warn("file in the journal is none of its own", "path", filepath.Join(dir, e.Name()))
			continue
		}
		out = append(out, &segment{path: filepath.Join(dir, e.Name()), day: day, first: first, limit: l.maxFile})
	}
	slices.SortFunc(out, func(a, b *segment) int { return cmp.Compare(a.first, b.first) })
	return out, nil
}

// check returns the last block of a day file, with ok false when it has none.
// In the newest file the blocks that a crash could have torn are checked too.
func (l *Log) check(seg *segment, newest bool) (end header, ok bool, err error) {
	if !newest {
		return seg.tail()
	}
	prefetchTail(seg.path)
	blocks := checkBlocks
	if size := fileSize(seg.path); size <= reopenLimit {
		blocks = int(size) // more than there can be
	}
	err = seg.view(func(c *bolt.Cursor) error {
		next, other := uint64(0), c.Bucket().Cursor()
		for k, v := c.Last(); k != nil && blocks > 0; k, v = c.Prev() {
			h, _, err := openBlock(v)
			switch {
			case err != nil:
				return err
			case keyAt(other, k) != h.first:
				return fmt.Errorf("%w: event %d is not found by its number", errBlock, h.first)
			case h.first != keySeq(k) || len(v) != blockHeader+int(h.length):
				return fmt.Errorf("%w: event %d under a wrong key", errBlock, h.first)
			case next != 0 && h.last()+1 != next && !l.id.holds(h.last()+1):
				return fmt.Errorf("%w: event %d follows %d", errBlock, next, h.last())
			}
			if next == 0 {
				end, ok = h, true
			}
			next = h.first
			blocks--
		}
		return nil
	})
	return end, ok, err
}

// keyAt returns the number that searching for key k finds.
func keyAt(c *bolt.Cursor, k []byte) uint64 {
	k, _ = c.Seek(k)
	return keySeq(k)
}

// reopenSmall goes on writing to the newest day file, unless it is large.
// bbolt then looks at more of it than check does, so an error is damage, too.
func (l *Log) reopenSmall(seg *segment) error {
	if fileSize(seg.path) > reopenLimit {
		return nil
	}
	return l.reopen(seg)
}

func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
