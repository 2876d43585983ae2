// Package feature fetches layers of features, keeps their files on disk, and
// holds what it read of them, all within bounds.
package feature

import (
	"context"
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
	wake    chan struct{}
	now     func() time.Time

	mu   sync.Mutex
	sets map[string]*set // by the layer's id, as last wanted
}

// Want is what a layer's features are read for.
type Want struct {
	id, sha256, label string
	areas             bool
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
	s := f.sets[w.id]
	if s == nil || s.want != w {
		next := &set{want: w}
		if s != nil {
			next.before = s.ready()
		}
		f.sets[w.id] = next
		select {
		case f.wake <- struct{}{}:
		default:
		}
		s = next
	}
	return s.ready()
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

// Forget drops the features of layers that are gone.
func (f *Store) Forget(gone func(id string) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	maps.DeleteFunc(f.sets, func(id string, _ *set) bool { return gone(id) })
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
		read, err := f.read(ctx, next.want)
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
	for _, id := range slices.Sorted(maps.Keys(f.sets)) {
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
	if in, ok := f.shelf.open(w.sha256); ok {
		defer in.Close()
		return collect(ctx, in, w, usualRoom())
	}
	if f.open == nil {
		return nil, &unreadableError{errors.New("this program fetches no features")}
	}
	in, err := f.open(ctx, w.id, w.sha256)
	if err != nil {
		return nil, fmt.Errorf("fetch the features of layer %s: %w", w.id, err)
	}
	defer in.Close()
	kept, err := f.shelf.keep(w.sha256, in)
	if err != nil {
		return nil, fmt.Errorf("fetch the features of layer %s: %w", w.id, err)
	}
	defer kept.Close()
	return collect(ctx, kept, w, usualRoom())
}

// set is what is known of one layer's features.
type set struct {
	want   Want
	is     *Collection
	before *Collection // of the version before, until this one is read
	done   bool
	err    error
	retry  time.Time
	pause  time.Duration
}

func (s *set) ready() *Collection {
	if s.is != nil {
		return s.is
	}
	return s.before
}
