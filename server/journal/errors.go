package journal

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	berrors "go.etcd.io/bbolt/errors"

	"iocwall/server/world"
)

// ErrClosed is returned by a log that was closed.
var ErrClosed = errors.New("journal: closed")

// ErrNoSnapshot says that no readable snapshot is there.
var ErrNoSnapshot = errors.New("journal: no readable snapshot")

// FullError says that a batch did not fit on the disk. Nothing of the batch is
// in the journal; the same batch may be appended again when there is space.
type FullError struct {
	// Path is the file that could not grow.
	Path string
	Err  error
}

// Error names the file and the way out.
func (e *FullError) Error() string {
	return fmt.Sprintf("journal: no space to grow %s (%v): free space on this disk or shorten the retention; nothing was lost", e.Path, e.Err)
}

// Unwrap returns the cause.
func (e *FullError) Unwrap() error { return e.Err }

// OrderError says that a batch does not continue the log. Nothing was written.
type OrderError struct {
	// Want is the number the log expected, Got the one that came.
	Want, Got uint64
	// Why is set when the numbers are right and something else is not.
	Why string
}

// Error tells what was wrong.
func (e *OrderError) Error() string {
	if e.Why != "" {
		return fmt.Sprintf("journal: event %d %s", e.Got, e.Why)
	}
	return fmt.Sprintf("journal: event %d appended where %d comes next", e.Got, e.Want)
}

// EncodeError says which event of a batch cannot be written. Nothing of the
// batch was; the caller may append it again without that event.
type EncodeError struct {
	Seq uint64
	Err error
}

// Error names the event.
func (e *EncodeError) Error() string { return fmt.Sprintf("journal: event %d: %v", e.Seq, e.Err) }

// Unwrap returns the cause.
func (e *EncodeError) Unwrap() error { return e.Err }

// TrimmedError says that the events asked for were deleted by retention.
type TrimmedError struct {
	// From was asked for; First is the oldest event still there.
	From, First uint64
}

// Error tells where reading can start.
func (e *TrimmedError) Error() string {
	return fmt.Sprintf("journal: event %d was trimmed, the oldest kept is %d: start from a snapshot or the records", e.From, e.First)
}

// TooOldError says that the state at a time cannot be told exactly any more.
type TooOldError struct {
	// Asked is the time asked for, Earliest the oldest that can be answered.
	Asked, Earliest world.Time
}

// Error tells the oldest time that can be answered.
func (e *TooOldError) Error() string {
	return fmt.Sprintf("journal: the state at %s is beyond retention, the oldest that can be told is %s", e.Asked, e.Earliest)
}

// LockedError says that another process has the journal open.
type LockedError struct {
	Dir string
	// Holder is what that process wrote about itself, as in "process 4711".
	Holder string
}

// Error names the holder.
func (e *LockedError) Error() string {
	return fmt.Sprintf("journal: %s is locked by %s: stop it or choose another data folder", e.Dir, e.Holder)
}

// VersionError says that a file was written by a program this one does not
// understand. The file is left as it is.
type VersionError struct {
	Path       string
	Have, Want int
}

// Error says what to do.
func (e *VersionError) Error() string {
	return fmt.Sprintf("journal: %s has format %d, this program reads format %d: use the program that wrote it or a newer one; the file was not touched", e.Path, e.Have, e.Want)
}

// DamageError says that a file cannot be read any more where it should.
type DamageError struct {
	Path string
	// Seq is the first event that could not be read.
	Seq uint64
	Err error
}

// Error names the file and the event.
func (e *DamageError) Error() string {
	return fmt.Sprintf("journal: %s is damaged at event %d: %v", e.Path, e.Seq, e.Err)
}

// Unwrap returns the cause.
func (e *DamageError) Unwrap() error { return e.Err }

// isFull reports whether err comes from a disk, quota or file that is full.
// bbolt flattens some errors to text, so the text is looked at as well.
func isFull(err error) bool {
	for _, target := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG, berrors.ErrMaxSizeReached} {
		if errors.Is(err, target) || strings.Contains(err.Error(), target.Error()) {
			return true
		}
	}
	return false
}
