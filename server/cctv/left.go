package cctv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"iocwall/media/relay"
	"iocwall/media/replay"
	"iocwall/server/world"
)

// left is what was written of clips until a server or a relay was killed: a ring in memory ended with it, so these
// pictures may be nowhere else.
type left struct {
	store Store
	log   *slog.Logger
	known map[string]bool
	files map[work][]string
}

// leftMost bounds the half-written files of one work.
const leftMost = 8

// find says which work each half-written file is of, and removes those that nobody waits for any more.
func (l *left) find(open func(work) bool) {
	for _, name := range l.store.Drafts() {
		if l.known[name] {
			continue
		}
		l.known[name] = true
		w, err := l.workOf(name)
		if err == nil && open(w) {
			l.files[w] = append(l.files[w], name)
			continue
		}
		l.drop(name)
	}
}

// of returns the files of a work.
func (l *left) of(w work) []string { return slices.Clone(l.files[w]) }

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

func (l *left) drop(names ...string) {
	for _, name := range names {
		if err := l.store.DropDraft(name); err != nil {
			l.log.Warn("what a killed server left of a clip stays on disk", "file", name, "error", err)
		}
	}
}

// fetch writes what the relay has of a work, behind what a killed server had written of it already. Where that has
// something, the relay need not; with alone it is not asked.
func (l *left) fetch(ctx context.Context, r Relay, t task, names []string, alone bool, w io.Writer) (replay.Summary, error) {
	ask := func(w io.Writer) (replay.Summary, error) {
		return r.Clip(ctx, t.camera, t.stream, t.from.Std(), t.to.Std(), w)
	}
	if len(names) == 0 {
		return ask(w)
	}
	var parts []io.Reader
	for _, name := range names {
		file, err := l.store.OpenDraft(name)
		if err != nil {
			l.log.Warn("what a killed server left of a clip cannot be read", "file", name, "error", err)
			continue
		}
		defer file.Close() //nolint:errcheck // it was only read
		parts = append(parts, file)
	}
	head := replay.Head{Camera: t.camera, Stream: t.stream, From: t.from.Std(), To: t.to.Std()}
	return replay.Join(w, head, parts, func(w io.Writer) error {
		if alone {
			return replay.ErrNothing
		}
		_, err := ask(w)
		if errors.Is(err, relay.ErrNotKept) {
			err = fmt.Errorf("%w: %w", replay.ErrNothing, err)
		}
		return err
	})
}

// counted counts what is written, and remembers whether that failed.
type counted struct {
	w      io.Writer
	n      int
	failed bool
}

// Write implements io.Writer.
func (c *counted) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += n
	c.failed = c.failed || err != nil
	return n, err
}

// stays reports whether what was written before an error is to stay: when the relay broke off, and there is something.
func (c *counted) stays(err error, files []string) bool {
	return c.n > 0 && !c.failed && len(files) < leftMost && passing(err) && !errors.Is(err, replay.ErrUnsupported)
}

// errRelayEnded is why a clip is tried again that ended before its time: a relay of its own that is stopped in order hands
// out what it has, and the next one has the rest.
var errRelayEnded = errors.New("the relay ended before the time of the clip did")

// early reports whether a clip ended before its time.
func early(sum replay.Summary, t task) bool {
	to := t.to.Std()
	return time.Until(to) > time.Second && slices.ContainsFunc(sum.Gaps, func(g replay.Gap) bool { return !g.To.Before(to) })
}

// half reports whether a clip that the server's end cuts short is the better part of what was asked for.
func half(sum replay.Summary, t task) bool {
	return 2*sum.To.Sub(sum.From) >= t.to.Sub(t.from)
}
