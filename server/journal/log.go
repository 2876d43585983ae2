package journal

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"iocwall/server/world"
)

// Options configure a log. Only Dir is required.
type Options struct {
	// Dir is the journal's folder; it is made when missing, for its owner only.
	Dir string
	// Epoch is given to a journal that is made new; zero makes one from the
	// clock. A journal that exists keeps its own.
	Epoch uint64
	// Logger receives what was repaired and what could not be; nil discards it.
	Logger *slog.Logger
	// Clock tells the time for epochs and for the names of damaged files; nil
	// is time.Now. Events carry their own time.
	Clock func() time.Time
	// Retention is how long day files are kept at least, zero for ever. Files
	// are deleted by TrimDue.
	Retention time.Duration
	// MaxFile bounds a day file in bytes, zero for no bound. A batch beyond it
	// fails as on a full disk.
	MaxFile int
}

// Damage tells what was found broken when the log was opened.
type Damage struct {
	// Path is the file, MovedTo where it is kept now, empty if it is missing.
	Path, MovedTo string
	// Kept and Lost count events; Lost is what is known to be missing, and more
	// may have been at the end of the file.
	Kept, Lost uint64
	Reason     string
}

// Log is an open journal. Append has one caller; all other methods may be
// called from any goroutine.
type Log struct {
	dir     string
	log     *slog.Logger
	clock   func() time.Time
	keep    time.Duration
	maxFile int
	lock    *os.File
	damage  []Damage

	sending sync.RWMutex // held to send on queue
	closed  bool
	queue   chan batch
	done    chan struct{} // closed when the writer has ended

	// The writer's own.
	active *segment // nil until the first append
	stamp  uint64
	broken error

	mu       sync.RWMutex
	id       identity
	pos      world.Position // of the last durable event
	seen     world.Time
	segments []*segment // by first, never empty files
	changed  chan struct{}

	records   *recordStore
	snapshots sync.Mutex // held to write or delete snapshot files
}

// Open opens the journal in o.Dir, making it when it is not there. It blocks
// while the newest day file is checked. A damaged day file is moved to
// "damaged", what is intact in it is kept, and Damage tells what was not; when
// acknowledged events may be among it the epoch is raised, since numbers that
// clients have seen may be given again. Errors: *LockedError, *VersionError,
// and those of the file system.
func Open(o Options) (*Log, error) {
	if o.Dir == "" {
		return nil, errors.New("journal: no folder given")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if err := makeDirs(o.Dir); err != nil {
		return nil, err
	}
	lock, err := lockDir(o.Dir)
	if err != nil {
		return nil, err
	}
	l := &Log{
		dir: o.Dir, log: o.Logger, clock: o.Clock, keep: o.Retention, maxFile: o.MaxFile, lock: lock,
		queue: make(chan batch, 1), done: make(chan struct{}), changed: make(chan struct{}),
	}
	if err := l.start(o.Epoch); err != nil {
		if l.records != nil {
			err = errors.Join(err, l.records.close())
		}
		return nil, errors.Join(err, l.release())
	}
	go func() {
		defer close(l.done)
		l.write()
	}()
	return l, nil
}

// start brings the folder in order and finds the end of the history.
func (l *Log) start(epoch uint64) error {
	if err := removeUnfinished(l.dir); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	if err := l.loadIdentity(epoch); err != nil {
		return err
	}
	broken, err := l.scan()
	if err != nil {
		return err
	}
	if err := l.openRecords(); err != nil {
		return err
	}
	if err := l.settle(broken); err != nil {
		return err
	}
	l.records.start(l)
	return nil
}

func (l *Log) loadIdentity(epoch uint64) error {
	path := filepath.Join(l.dir, "journal.json")
	id, err := readIdentity(path)
	var damage *DamageError
	switch {
	case err == nil:
		l.id = id
		return nil
	case errors.Is(err, os.ErrNotExist):
	case errors.As(err, &damage):
		moved, err := l.moveAside(path)
		if err != nil {
			return err
		}
		l.report(Damage{Path: path, MovedTo: moved, Reason: damage.Err.Error()})
	default:
		return err
	}
	// New, or an old one whose epoch is lost: then a higher one tells clients
	// that their positions no longer hold.
	if epoch == 0 || damage != nil {
		epoch = nextEpoch(l.clock(), l.id.Epoch)
	}
	l.id.Epoch = epoch
	return l.saveIdentity()
}

func (l *Log) saveIdentity() error {
	if err := writeIdentity(filepath.Join(l.dir, "journal.json"), l.id); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}

// Position returns the place of the last durable event.
func (l *Log) Position() world.Position {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return world.Position{Epoch: l.id.Epoch, Seq: l.pos.Seq}
}

// Seen returns when the last durable event was learnt, zero before the first.
// The next event's Seen must not be less.
func (l *Log) Seen() world.Time {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.seen
}

// First returns the number of the oldest event that can be read; in an empty
// log that of the event to come.
func (l *Log) First() uint64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.first()
}

func (l *Log) first() uint64 {
	if len(l.segments) == 0 {
		return l.pos.Seq + 1
	}
	return l.segments[0].first
}

// Damage returns what was found broken when the log was opened, and Holes the
// numbers that are missing for ever.
func (l *Log) Damage() []Damage { return l.damage }

// Holes returns the ranges of numbers that no file holds any more. Read steps
// over them.
func (l *Log) Holes() []Hole {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return append([]Hole(nil), l.id.Holes...)
}

// Promote gives the history a higher epoch, durable when it returns, and
// returns it. Nodes and relays obey the highest epoch.
func (l *Log) Promote() (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	old := l.id.Epoch
	l.id.Epoch = nextEpoch(l.clock(), old)
	if err := l.saveIdentity(); err != nil {
		l.id.Epoch = old
		return old, err
	}
	return l.id.Epoch, nil
}

// Close waits until the batches handed over are written, then closes all
// files. Reads that run meanwhile end with an error.
func (l *Log) Close() error {
	l.sending.Lock()
	if l.closed {
		l.sending.Unlock()
		<-l.done
		return nil
	}
	l.closed = true
	close(l.queue)
	l.sending.Unlock()
	<-l.done
	err := l.records.close()
	l.snapshots.Lock() // a snapshot being written is finished first
	l.mu.Lock()
	close(l.changed)
	l.changed = nil
	l.mu.Unlock()
	l.snapshots.Unlock()
	return errors.Join(err, l.release())
}

func (l *Log) isClosed() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.changed == nil
}

func (l *Log) release() error {
	var errs []error
	l.mu.Lock()
	segments := l.segments
	l.mu.Unlock()
	for _, s := range segments {
		errs = append(errs, s.close())
	}
	// Unlocked by word: a child process being started holds the file for a moment.
	_ = syscall.Flock(int(l.lock.Fd()), syscall.LOCK_UN)
	errs = append(errs, l.lock.Close())
	return errors.Join(errs...)
}

func (l *Log) report(d Damage) {
	l.damage = append(l.damage, d)
	l.log.Error("journal file is damaged", "path", d.Path, "moved_to", d.MovedTo, "kept", d.Kept, "lost", d.Lost, "reason", d.Reason)
}
