package ais

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"iocwall/server/format/aivdm"
	"iocwall/server/source"
)

const (
	probeLines = 1000      // of which one with a time makes a log one with times
	longestGap = time.Hour // of a log; a longer one is not waited for
	together   = 10 * time.Millisecond
)

// replay plays a recorded file at the pace of its own times, or at a fixed rate
// when it has none. It returns nil at the end, unless the file is to be repeated.
func (f *feed) replay(ctx context.Context, sink source.Sink) error {
	timed, err := f.probe()
	if err != nil {
		return err
	}
	for {
		p := &player{feed: f, stream: f.stream(sink), timed: timed, due: time.Now()}
		p.stream.arrival = f.config.Times == timesArrival
		if err := p.play(ctx, sink); err != nil || !f.config.Loop {
			return err
		}
	}
}

// probe tells whether the log has times. A file without any sentence is an error.
func (f *feed) probe() (timed bool, err error) {
	file, err := os.Open(f.env.Path(f.config.File))
	if err != nil {
		return false, fmt.Errorf("ais: open the log: %w", err)
	}
	defer file.Close()
	in := newLines(file)
	found := false
	for n := 0; n < probeLines || !found; {
		line, err := in.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return false, fmt.Errorf("ais: read the log: %w", err)
		}
		if s, err := aivdm.Parse(line); err == nil {
			found = true
			n++
			if !s.Time().IsZero() {
				return true, nil
			}
		}
	}
	if !found {
		return false, source.Fatal(fmt.Errorf("ais: %s holds no AIS sentence; is it the right file?", f.config.File))
	}
	return false, nil
}

// player plays a file once.
type player struct {
	feed   *feed
	stream *stream
	timed  bool
	due    time.Time // when the next line is to be read
	last   time.Time // the log's own time
}

func (p *player) play(ctx context.Context, sink source.Sink) error {
	file, err := os.Open(p.feed.env.Path(p.feed.config.File))
	if err != nil {
		return fmt.Errorf("ais: open the log: %w", err)
	}
	defer file.Close()
	sink.Ready()
	in := newLines(file)
	for {
		line, err := in.next()
		if errors.Is(err, io.EOF) {
			return p.stream.flush(ctx)
		}
		if err != nil {
			return fmt.Errorf("ais: read the log: %w", err)
		}
		if line == nil {
			sink.Reject(in.start(), in.tooLong())
			continue
		}
		p.advance(line)
		if wait := time.Until(p.due); wait > together || len(p.stream.batch) >= source.MaxPut {
			if err := p.stream.flush(ctx); err != nil {
				return err
			}
			if err := sleep(ctx, time.Until(p.due)); err != nil {
				return err
			}
		}
		p.stream.line(line)
	}
}

// advance moves the moment at which the next line is due.
func (p *player) advance(line []byte) {
	c := p.feed.config
	if c.Speed == 0 {
		return
	}
	s, err := aivdm.Parse(line)
	switch {
	case err != nil:
	case !p.timed:
		p.due = p.due.Add(time.Duration(float64(time.Second) / (c.Rate * c.Speed)))
	case !s.Time().IsZero():
		if gap := s.Time().Sub(p.last); !p.last.IsZero() && gap > 0 && gap <= longestGap {
			p.due = p.due.Add(time.Duration(float64(gap) / c.Speed))
		}
		p.last = s.Time()
	}
	// After a Put that took long, go on from now instead of catching up.
	if now := time.Now(); now.Sub(p.due) > time.Second {
		p.due = now
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
