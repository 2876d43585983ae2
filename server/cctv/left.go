package cctv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"iocwall/media/relay"
	"iocwall/media/replay"
	"iocwall/server/blob"
	"iocwall/server/world"
)

// left is what was written of clips until a server or a relay was killed: a ring in memory ended with it, so these
// pictures may be nowhere else.
type left struct {
	store Store
	log   *slog.Logger

	mu     sync.Mutex
	known  map[string]work
	closed map[string]time.Time // that cannot be opened, since when
}

// openWithin is how long a file that cannot be opened is waited for, before the clips are written without it.
const openWithin = 15 * time.Second

// leftMost bounds the half-written files of one work.
const leftMost = 8

func newLeft(s Store, log *slog.Logger) *left {
	return &left{store: s, log: log, known: map[string]work{}, closed: map[string]time.Time{}}
}

// of returns the files of a work, the largest first. The error is that a file cannot be opened, whose work is not known.
func (l *left) of(w work) (out []string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	err = l.learn()
	for _, name := range l.store.Drafts() {
		if of, there := l.known[name]; there && of == w {
			out = append(out, name)
		}
	}
	return out, err
}

// learn reads of which work each half-written file is, and removes what is no clip. The error is that one cannot be
// opened now. The caller holds mu.
func (l *left) learn() (closed error) {
	for _, name := range l.store.Drafts() {
		if _, there := l.known[name]; there {
			continue
		}
		w, err := l.workOf(name)
		switch {
		case err == nil:
			l.known[name] = w
			delete(l.closed, name)
		case errors.Is(err, replay.ErrBroken), errors.Is(err, replay.ErrCutOff), errors.Is(err, replay.ErrTooLarge):
			l.drop(name)
		default:
			since, there := l.closed[name]
			if !there {
				since = time.Now()
				l.closed[name] = since
				l.log.Warn("what is left of a clip cannot be opened", "file", name, "error", err)
			}
			if time.Since(since) < openWithin {
				closed = fmt.Errorf("cctv: what is left of a clip: %w", err)
			}
		}
	}
	return closed
}

// sweep removes what nobody waits for.
func (l *left) sweep(open map[work]bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.learn() // it is said again
	for name, w := range l.known {
		if !open[w] {
			l.drop(name)
		}
	}
}

// forget removes files.
func (l *left) forget(names []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop(names...)
}

// workOf reads of which work a file is.
func (l *left) workOf(name string) (work, error) {
	file, err := l.store.OpenDraft(name)
	if err != nil {
		return work{}, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	h, err := replay.ReadHead(file)
	return work{h.Camera, h.Stream, world.TimeOf(h.From), world.TimeOf(h.To)}, err
}

// drop removes files; the caller holds mu.
func (l *left) drop(names ...string) {
	for _, name := range names {
		delete(l.known, name)
		if err := l.store.DropDraft(name); err != nil {
			l.log.Warn("what is left of a clip stays on disk", "file", name, "error", err)
		}
	}
}

// fetch writes what the relay has of a work, behind what was left of it before. Where that has something, the relay need
// not; with alone it is not asked. All reports whether the files were read to their ends.
func (l *left) fetch(ctx context.Context, r Relay, t task, names []string, alone bool, w *counted) (sum replay.Summary, all bool, err error) {
	ask := func(w io.Writer) (replay.Summary, error) {
		return r.Clip(ctx, t.camera, t.stream, t.from.Std(), t.to.Std(), w)
	}
	if len(names) == 0 {
		sum, err = ask(w)
		return sum, true, err
	}
	// A camera that is silent does not hold up the end of what cannot be written.
	ctx, w.stop = context.WithCancel(ctx)
	defer w.stop()
	var files []*ended
	var parts []io.Reader
	for _, name := range names {
		file, err := l.store.OpenDraft(name)
		if errors.Is(err, blob.ErrNotFound) {
			continue
		}
		if err != nil {
			return sum, false, fmt.Errorf("cctv: what is left of a clip: %w", err)
		}
		defer file.Close() //nolint:errcheck // it was only read
		files = append(files, &ended{Reader: file})
		parts = append(parts, files[len(files)-1])
	}
	head := replay.Head{Camera: t.camera, Stream: t.stream, From: t.from.Std(), To: t.to.Std()}
	sum, err = replay.Join(w, head, parts, func(w io.Writer) error {
		if alone {
			return replay.ErrNothing
		}
		_, err := ask(w)
		if errors.Is(err, relay.ErrNotKept) {
			err = fmt.Errorf("%w: %w", replay.ErrNothing, err)
		}
		return err
	})
	return sum, !slices.ContainsFunc(files, func(f *ended) bool { return !f.end }), err
}

// ended is a file, and whether it was read to its end.
type ended struct {
	io.Reader
	end bool
}

// Read implements io.Reader.
func (e *ended) Read(b []byte) (int, error) {
	n, err := e.Reader.Read(b)
	e.end = e.end || errors.Is(err, io.EOF)
	return n, err
}

// counted counts what is written; when that fails it remembers it and calls stop, unless that is nil.
type counted struct {
	w      io.Writer
	stop   func()
	n      int
	failed bool
}

// Write implements io.Writer.
func (c *counted) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += n
	if err != nil {
		c.failed = true
		if c.stop != nil {
			c.stop()
		}
	}
	return n, err
}

// stays reports whether what was written before an error is to stay: when the relay broke off, and there is something.
func (c *counted) stays(err error, files []string) bool {
	return c.n > 0 && !c.failed && len(files) < leftMost && passing(err) && !errors.Is(err, replay.ErrUnsupported)
}

// errRelayEnded is why a clip is tried again that ended before its time: a relay of its own that is stopped in order hands
// out what it has, and the next one has the rest.
var errRelayEnded = errors.New("the relay ended before the time of the clip did")

// early reports whether a clip ended before its time, for another reason than that its camera changed its codec.
func early(sum replay.Summary, t task) bool {
	to := t.to.Std()
	return time.Until(to) > time.Second && slices.ContainsFunc(sum.Gaps, func(g replay.Gap) bool { return !g.To.Before(to) && g.Kind != replay.GapNotWritten })
}

// half reports whether a clip that the server's end cuts short is the better part of what was asked for.
func half(sum replay.Summary, t task) bool {
	return 2*sum.To.Sub(sum.From) >= t.to.Sub(t.from)
}
