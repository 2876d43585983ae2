// Package feature fetches layers of features, keeps their files on disk, and
// holds what it read of them, all within bounds.
package feature

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"iocwall/server/world"
)

// Options configure a Store. All but Open are needed.
type Options struct {
	// Open opens the features of a layer as GeoJSON, whose sum is the layer's. It
	// may wait. Nil means that there are none.
	Open func(ctx context.Context, id, sha256 string) (io.ReadCloser, error)
	// Folder keeps files of features by their sum; empty keeps none.
	Folder string
	// Changed is called from Run when features came, or will not.
	Changed func()
	Logger  *slog.Logger
}

// Store holds the features of layers. Run reads them; all other methods answer at
// once and may be called from any goroutine.
type Store struct {
	open    func(ctx context.Context, id, sha256 string) (io.ReadCloser, error)
	shelf   shelf
	changed func()
	log     *slog.Logger
	version atomic.Uint64
	counted atomic.Uint64 // what was read
	wake    chan struct{}
	now     func() time.Time

	noDisk time.Time // until when nothing is kept on disk, for it failed; Run's alone

	mu   sync.Mutex
	sets map[string]*set // by Want.key, as last wanted
}

// Want is what a layer's features are read for.
type Want struct {
	id, sha256, label string
	areas             bool
	names             bool // what has a name alone: its id, its name and a place
}

// namesOnly ends the key of a set of names; no layer's id has it.
const namesOnly = "\x00"

func (w Want) key() string {
	if w.names {
		return w.id + namesOnly
	}
	return w.id
}

// WantOf returns what is to be read of a layer.
func WantOf(l world.LayerSaved) Want {
	w := Want{id: l.ID, sha256: l.SHA256, areas: l.Areas}
	for _, p := range l.Look {
		if p.Key == "label" {
			w.label = p.Value
		}
	}
	return w
}

const (
	// retryFirst is the pause after features could not be fetched; it doubles up
	// to retryLast.
	retryFirst, retryLast = 5 * time.Second, 5 * time.Minute
	// idleFor is how long features stay in memory that nobody asks for, diskFor how
	// long a disk that failed is left alone, readFor how long a layer may take.
	idleFor, diskFor, readFor = 10 * time.Minute, 10 * time.Minute, 15 * time.Minute
)

// New returns a Store.
func New(o Options) *Store {
	return &Store{
		open: o.Open, changed: o.Changed, log: o.Logger, shelf: shelf{folder: o.Folder, most: shelfBytes},
		wake: make(chan struct{}, 1), sets: map[string]*set{}, now: time.Now,
	}
}

// Version counts what changed. It may be called from any goroutine.
func (f *Store) Version() uint64 { return f.version.Load() }

// Read counts what was read of layers, and nothing else. It may be called from any
// goroutine.
func (f *Store) Read() uint64 { return f.counted.Load() }

// Renew says that something beside the features changed, which they are drawn with.
func (f *Store) Renew() {
	f.version.Add(1)
	f.changed()
}

// Get returns a layer's features: nil while they are on their way, or why they
// are not coming in the set's err. Old features stay until the new ones are read.
func (f *Store) Get(w Want) *Collection {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.sets[w.key()]
	if s == nil || s.want != w {
		next := &set{want: w}
		if s != nil {
			next.before = s.ready()
		}
		f.sets[w.key()] = next
		select {
		case f.wake <- struct{}{}:
		default:
		}
		s = next
	}
	s.used = f.now()
	return s.ready()
}

// room is what a layer may take that has enough.
func (w Want) room() room {
	one := usualRoom()
	if w.names {
		return room{one.items / 5, one.points / 5, one.texts / 5}
	}
	return one
}

// Names returns what of a layer has a name, with its shape or a place in it; nil while
// it is on its way, or will not come. They take little room beside whole features, and
// are asked for to be found, whether the layer is shown or not.
func (f *Store) Names(w Want) *Collection {
	if c := f.Peek(w.id); c != nil && c.Want == w && c.Left == 0 {
		return c
	}
	w.names, w.areas = true, false
	if c := f.Get(w); c != nil && c.Want == w {
		return c
	}
	return nil
}

// Peek returns a layer's features if they were read, and asks for nothing.
func (f *Store) Peek(id string) *Collection {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.sets[id]; s != nil {
		return s.ready()
	}
	return nil
}

// State returns why a layer's features are not there, and whether they are still
// on their way.
func (f *Store) State(id string) (err error, loading bool) { //nolint:revive // the error is the answer, not a failure
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.sets[id]
	if s == nil {
		return nil, false
	}
	return s.err, !s.done
}

// Pending reports whether anything is still on its way that did not fail.
func (f *Store) Pending() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.sets {
		if !s.done && s.err == nil {
			return true
		}
	}
	return false
}

// Forget drops the features of layers that are gone.
func (f *Store) Forget(gone func(id string) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	before := len(f.sets)
	maps.DeleteFunc(f.sets, func(id string, _ *set) bool { return gone(strings.TrimSuffix(id, namesOnly)) })
	if len(f.sets) < before {
		f.regain()
	}
}

// regain has layers read again that were cut for want of room, now that there is
// some. It is called with the lock held.
func (f *Store) regain() {
	for _, s := range f.sets {
		if s.cut && s.done {
			s.cut, s.done, s.is, s.before = false, false, nil, s.is
			select {
			case f.wake <- struct{}{}:
			default:
			}
		}
	}
}

// idle forgets what nobody has asked for lately, and returns in how long there may
// be more of that, 0 for never. Names that do not come are forgotten too: a search
// that is over fetches nothing. It is called with the lock held.
func (f *Store) idle(now time.Time) (in time.Duration) {
	room := false
	maps.DeleteFunc(f.sets, func(_ string, s *set) bool {
		left, there := s.used.Add(idleFor).Sub(now), s.ready() != nil
		switch {
		case !there && !s.want.names:
			return false
		case left > 0:
			if in == 0 || left < in {
				in = left
			}
			return false
		}
		room = room || there
		return true
	})
	if room {
		f.regain()
	}
	return in
}

// room returns what a layer may take, beside the others. Two layers as large as one
// may be find room together, and many small ones. Names have room of their own.
func (f *Store) room(w Want) room {
	f.mu.Lock()
	defer f.mu.Unlock()
	id, one := w.key(), w.room()
	left := room{2 * one.items, 2 * one.points, 2 * one.texts}
	for other, s := range f.sets {
		if c := s.ready(); c != nil && other != id && s.want.names == w.names {
			left.items, left.points, left.texts = left.items-c.taken.items, left.points-c.taken.points, left.texts-c.taken.texts
		}
	}
	return room{max(0, min(one.items, left.items)), max(0, min(one.points, left.points)), max(0, min(one.texts, left.texts))}
}

// Run reads what is wanted, one layer after the other, until ctx is done.
func (f *Store) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		next, in := f.next()
		if next == nil {
			if in > 0 {
				timer.Reset(in)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-f.wake:
			case <-timer.C:
			}
			continue
		}
		within, cancel := context.WithTimeout(ctx, readFor)
		read, err := f.read(within, next.want)
		cancel()
		if ctx.Err() != nil {
			return nil
		}
		f.finish(next, read, err)
	}
}

// next returns the set to be read now, or in how long there is one.
func (f *Store) next() (due *set, in time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	in = f.idle(now)
	byUse := func(a, b string) int { // what is shown comes before what may be looked for
		x, y := strings.HasSuffix(a, namesOnly), strings.HasSuffix(b, namesOnly)
		if x != y && y {
			return -1
		} else if x != y {
			return 1
		}
		return strings.Compare(a, b)
	}
	for _, id := range slices.SortedFunc(maps.Keys(f.sets), byUse) {
		s := f.sets[id]
		if s.done {
			continue
		}
		wait := s.retry.Sub(now)
		if wait <= 0 {
			return s, 0
		}
		if in == 0 || wait < in {
			in = wait
		}
	}
	return nil, in
}

func (f *Store) finish(s *set, read *Collection, err error) {
	f.mu.Lock()
	s.err = err
	var cannot *unreadableError
	switch {
	case err == nil:
		s.done, s.is, s.before = true, read, nil
		f.counted.Add(1)
		s.cut = (read.Left > 0 || read.Bare > 0) && read.cut
	case errors.As(err, &cannot):
		s.done = true // it would be the same again
	default:
		s.pause = min(max(2*s.pause, retryFirst), retryLast)
		s.retry = f.now().Add(s.pause)
	}
	f.mu.Unlock()
	if err != nil {
		f.log.Warn("layer of features not read", "layer", s.want.id, "error", err)
	}
	f.version.Add(1)
	f.changed()
}

// unreadableError is a file that is there and holds no features.
type unreadableError struct{ err error }

func (e *unreadableError) Error() string { return e.err.Error() }
func (e *unreadableError) Unwrap() error { return e.err }

// read reads a layer's features from the shelf, or fetches them.
func (f *Store) read(ctx context.Context, w Want) (*Collection, error) {
	if w.sha256 == "" || strings.ContainsAny(w.sha256, "/\\.") {
		return nil, &unreadableError{fmt.Errorf("layer %s names no file of features", w.id)}
	}
	if c, err := f.kept(ctx, w); c != nil || err != nil {
		return c, err
	}
	if f.open == nil {
		return nil, &unreadableError{errors.New("this program fetches no features")}
	}
	in, err := f.open(ctx, w.id, w.sha256)
	if err != nil {
		return nil, fmt.Errorf("fetch the features of layer %s: %w", w.id, err)
	}
	defer in.Close()
	shelf := f.shelf
	if f.now().Before(f.noDisk) {
		shelf.folder = ""
	}
	kept, err := shelf.keep(w.sha256, in)
	if broken := (*diskError)(nil); errors.As(err, &broken) {
		f.noDisk = f.now().Add(diskFor)
	}
	if cannot := (*unreadableError)(nil); shelf.folder != f.shelf.folder && errors.As(err, &cannot) {
		err = cannot.err // it may be too large for memory alone, and fit when the disk is well
	}
	if err != nil {
		return nil, fmt.Errorf("fetch the features of layer %s: %w", w.id, err)
	}
	defer kept.Close()
	return f.collect(ctx, kept, w)
}

// kept reads a layer's features from the shelf, nil if they are not there. A file
// that the disk has broken is dropped.
func (f *Store) kept(ctx context.Context, w Want) (*Collection, error) {
	in, ok := f.shelf.open(w.sha256)
	if !ok {
		return nil, nil //nolint:nilnil // the file is not there, which is no failure
	}
	defer in.Close()
	sum := sha256.New()
	all := io.TeeReader(in, sum)
	c, err := f.collect(ctx, all, w)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if _, rest := io.Copy(io.Discard, all); rest != nil || same(w.sha256, sum.Sum(nil)) != nil {
		f.shelf.drop(w.sha256)
		f.log.Warn("kept features are broken and are fetched again", "layer", w.id)
		return nil, nil //nolint:nilnil // as above
	}
	return c, err
}

func (f *Store) collect(ctx context.Context, in io.Reader, w Want) (*Collection, error) {
	most := f.room(w)
	c, err := collect(ctx, in, w, most)
	if c != nil {
		c.cut = most != w.room()
	}
	return c, err
}

// set is what is known of one layer's features.
type set struct {
	want   Want
	is     *Collection
	before *Collection // of the version before, until this one is read
	done   bool
	err    error
	used   time.Time // when somebody last asked for it
	cut    bool      // for want of room beside others
	retry  time.Time
	pause  time.Duration
}

func (s *set) ready() *Collection {
	if s.is != nil {
		return s.is
	}
	return s.before
}
