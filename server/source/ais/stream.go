package ais

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"iocwall/server/format/aivdm"
	"iocwall/server/source"
	"iocwall/server/world"
)

const (
	readBuffer = 64 << 10    // about a thousand sentences, which are put together
	clockError = time.Minute // how far ahead of ours a receiver's clock may be
)

// stream reads the sentences of one sender. It collects observations until
// they are put.
type stream struct {
	sink    source.Sink
	log     *slog.Logger
	now     func() time.Time
	arrival bool // leave the times of the sentences aside
	joiner  aivdm.Joiner
	decoder *aivdm.Decoder
	batch   []world.Observation
	given   uint64 // incomplete messages that were reported
	ahead   bool   // a time in the future was reported
}

func (f *feed) stream(sink source.Sink) *stream {
	return &stream{sink: sink, log: f.env.Log(), now: time.Now, decoder: aivdm.NewDecoder()}
}

// line reads one line, which may hold several sentences. What they say is added
// to the batch.
func (s *stream) line(line []byte) {
	for rest := line; ; {
		sentence, err := aivdm.Parse(rest)
		switch {
		case err == nil:
			s.sentence(line, sentence)
		case errors.Is(err, aivdm.ErrNothing):
			return
		case errors.Is(err, aivdm.ErrOther):
			s.sink.Skip(1)
		default:
			s.sink.Reject(rest, err)
		}
		if err != nil && sentence.Rest == nil { // read on behind what was damaged
			_, sentence.Rest, _ = bytes.Cut(rest, []byte("*"))
		}
		if bytes.IndexByte(sentence.Rest, '!') < 0 {
			return
		}
		rest = sentence.Rest
	}
}

func (s *stream) sentence(line []byte, sentence aivdm.Sentence) {
	if sentence.TagErr != nil {
		s.sink.Reject(line, sentence.TagErr)
	}
	if sentence.Parts == 1 && len(sentence.Payload) == 0 {
		s.sink.Skip(1) // receivers say so when they heard noise
		return
	}
	packet, whole, err := s.joiner.Add(sentence, s.now())
	if err != nil {
		s.sink.Reject(line, err)
		return
	}
	for ; s.given < s.joiner.Incomplete; s.given++ {
		s.sink.Reject(nil, errors.New("a message of which a part did not come"))
	}
	if !whole {
		return
	}
	m, err := s.decoder.Decode(packet.Bits)
	if err != nil {
		s.sink.Reject(line, err)
		return
	}
	n := len(s.batch)
	s.batch = observe(s.batch, m, s.time(packet.Time))
	if len(s.batch) == n {
		s.sink.Skip(1)
	}
}

// time returns when a message was received: zero, which is the time of arrival,
// if that was not said or cannot be.
func (s *stream) time(t time.Time) world.Time {
	if s.arrival || t.IsZero() {
		return 0
	}
	if t.Sub(s.now()) > clockError {
		if !s.ahead {
			s.ahead = true
			s.log.Warn("the receiver's clock is ahead, the time of arrival is used", "receiver", t)
		}
		return 0
	}
	return world.TimeOf(t)
}

// flush puts the batch.
func (s *stream) flush(ctx context.Context) error {
	for part := s.batch; len(part) > 0; {
		n := min(len(part), source.MaxPut)
		if err := s.sink.Put(ctx, part[:n]...); err != nil {
			return err
		}
		part = part[n:]
	}
	clear(s.batch) // the bodies belong to the journal now
	s.batch = s.batch[:0]
	return nil
}

// read reads lines until r ends. It puts what it has when there is no further
// line at hand, so that what waits in the buffer during one Put goes into the
// next one together.
func (s *stream) read(ctx context.Context, r io.Reader) error {
	in := newLines(r)
	for {
		line, err := in.next()
		if err != nil {
			if ferr := s.flush(ctx); ferr != nil {
				return ferr
			}
			return err
		}
		if line == nil {
			s.sink.Reject(in.start(), in.tooLong())
		} else {
			s.line(line)
		}
		if len(s.batch) >= source.MaxPut || !in.more() {
			if err := s.flush(ctx); err != nil {
				return err
			}
		}
	}
}

// lines cuts a stream into lines. Too long ones are skipped, not kept.
type lines struct {
	in   *bufio.Reader
	head [64]byte
}

func newLines(r io.Reader) *lines { return &lines{in: bufio.NewReaderSize(r, readBuffer)} }

// next returns the next line, valid until the next call, or nil for one that
// was too long. A last line without an end is returned before io.EOF.
func (l *lines) next() ([]byte, error) {
	line, err := l.in.ReadSlice('\n')
	switch {
	case err == nil:
	case errors.Is(err, bufio.ErrBufferFull):
		copy(l.head[:], line)
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = l.in.ReadSlice('\n')
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		return nil, nil
	case errors.Is(err, io.EOF) && len(line) > 0:
	default:
		return nil, err
	}
	return line, nil
}

// start returns the beginning of the line that was too long.
func (l *lines) start() []byte { return l.head[:] }

func (l *lines) tooLong() error {
	return fmt.Errorf("a line of more than %d bytes; is this the right port?", readBuffer)
}

// more tells whether a whole line is at hand.
func (l *lines) more() bool {
	held, _ := l.in.Peek(l.in.Buffered())
	return bytes.IndexByte(held, '\n') >= 0
}
