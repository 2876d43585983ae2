package journal

import (
	"errors"
	"fmt"
	"os"

	"iocwall/server/world"
)

// TrimDue trims what is older than Options.Retention at the time now. Without
// a retention it does nothing.
func (l *Log) TrimDue(now world.Time) (removed int, err error) {
	if l.keep <= 0 {
		return 0, nil
	}
	return l.Trim(now.Add(-l.keep))
}

// Trim deletes the day files of the UTC days before the one of the time before,
// oldest first, and returns how many. It stops at a file that something still
// needs: the newest one, one whose records are not copied yet, one that no
// readable snapshot reaches past.
func (l *Log) Trim(before world.Time) (removed int, err error) {
	l.snapshots.Lock()
	defer l.snapshots.Unlock()
	if l.isClosed() {
		return 0, ErrClosed
	}
	if err := l.copyRecords(); err != nil {
		return 0, err
	}
	day := dayOf(before)
	safe := min(l.records.at(), l.snapshotReach())
	for {
		l.mu.Lock()
		if len(l.segments) < 2 || l.segments[0].day >= day || l.segments[1].first-1 > safe {
			l.mu.Unlock()
			break
		}
		seg := l.segments[0]
		l.segments = append([]*segment(nil), l.segments[1:]...)
		l.mu.Unlock()
		if err := errors.Join(seg.close(), os.Remove(seg.path)); err != nil {
			return removed, fmt.Errorf("journal: trim: %w", err)
		}
		l.log.Info("day file deleted by retention", "path", seg.path)
		removed++
	}
	if removed == 0 {
		return 0, nil
	}
	return removed, l.pruneSnapshots()
}

// snapshotReach returns the number of the newest snapshot that restores.
func (l *Log) snapshotReach() uint64 {
	s, err := l.base(func(Snapshot) bool { return true })
	if err != nil {
		return 0
	}
	return s.At().Seq
}

// copyRecords brings the records up to the end of the log.
func (l *Log) copyRecords() error {
	answer := make(chan error, 1)
	select {
	case l.records.flush <- answer:
		return <-answer
	case <-l.records.done:
		return ErrClosed
	}
}
