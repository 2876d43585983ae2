package replay

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"iocwall/media/rtsp"
)

// segmentAge and segmentBytes bound a file of a spool; a file is removed when nothing in it is kept any more.
const (
	segmentAge   = time.Minute
	segmentBytes = 64 << 20
)

// queueBytes bounds the groups of pictures that wait for the disk.
const queueBytes = 16 << 20

// spoolFile is how the files of a spool are called.
const spoolFile = "*.spool"

// Clean removes the files that rings have left behind in a folder when their program was killed.
func Clean(dir string) error {
	left, err := filepath.Glob(filepath.Join(dir, spoolFile))
	if err != nil {
		return fmt.Errorf("replay: clean %s: %w", dir, err)
	}
	for _, name := range left {
		err = errors.Join(err, removed(name))
	}
	if err != nil {
		return fmt.Errorf("replay: clean %s: %w", dir, err)
	}
	return nil
}

// segment is one file. All but its file belong to the ring's lock.
type segment struct {
	file    *os.File
	size    int64
	began   time.Time
	groups  int // kept in it
	readers int // of groups in it, kept or not
}

// place is where a group lies on disk; the zero value is nowhere.
type place struct {
	in   *segment
	off  int64
	size int
}

// read reads the units of a group.
func (p place) read() ([]rtsp.Unit, error) {
	b := make([]byte, p.size)
	if _, err := p.in.file.ReadAt(b, p.off); err != nil {
		return nil, fmt.Errorf("replay: read what is kept: %w", err)
	}
	return decodeUnits(b)
}

// spool moves the whole groups of a ring to disk from a goroutine of its own. Its fields belong to the ring's lock.
type spool struct {
	ring   *Ring
	dir    string
	queue  []*group
	queued int64
	idle   []*segment // to be removed
	all    map[*segment]struct{}
	open   *segment
	wake   chan struct{} // of size one
	stop   chan struct{}
	done   chan struct{}
	buf    []byte // of the goroutine alone
}

// newSpool starts a spool, which empties its folder of old files before all else and makes it when it is needed. It does
// not wait for the disk, and one that cannot be written costs what comes until it can.
func newSpool(r *Ring, dir string) *spool {
	s := &spool{
		ring: r, dir: dir, all: map[*segment]struct{}{},
		wake: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
	}
	go s.run()
	return s
}

// take queues a whole group; false means that the disk is too slow for it. The caller holds the ring's lock.
func (s *spool) take(g *group) bool {
	if s.queued+g.bytes > queueBytes {
		return false
	}
	s.queue = append(s.queue, g)
	g.queued = g.bytes
	s.queued += g.queued
	s.poke()
	return true
}

func (s *spool) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// forget notes that a group is not kept any more. The caller holds the ring's lock.
func (s *spool) forget(g *group) {
	g.gone = true
	if in := g.place.in; in != nil {
		in.groups--
		s.tidy(in)
	}
}

// tidy has a file removed that nobody needs. The caller holds the ring's lock.
func (s *spool) tidy(in *segment) {
	if _, known := s.all[in]; known && in != s.open && in.groups == 0 && in.readers == 0 {
		delete(s.all, in)
		s.idle = append(s.idle, in)
		s.poke()
	}
}

// close ends the goroutine and removes all files. What is being read from them fails.
func (s *spool) close() error {
	close(s.stop)
	<-s.done
	s.ring.mu.Lock()
	defer s.ring.mu.Unlock()
	for in := range s.all {
		s.idle = append(s.idle, in)
	}
	clear(s.all)
	err := remove(s.idle)
	s.idle, s.open = nil, nil
	os.Remove(s.dir) //nolint:errcheck // it stays when something else is in it
	return err
}

// removed removes a file that another ring may have removed already.
func removed(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func remove(segments []*segment) error {
	var err error
	for _, in := range segments {
		err = errors.Join(err, in.file.Close(), removed(in.file.Name()))
	}
	return err
}

func (s *spool) run() {
	defer close(s.done)
	if err := Clean(s.dir); err != nil {
		s.ring.mu.Lock()
		s.ring.fault = err
		s.ring.mu.Unlock()
	}
	for {
		select {
		case <-s.stop:
			return
		case <-s.wake:
		}
		for s.step() {
		}
	}
}

// step writes one group and removes what is not needed; false means that nothing is left to do.
func (s *spool) step() bool {
	r := s.ring
	r.mu.Lock()
	idle := s.idle
	s.idle = nil
	var g *group
	if len(s.queue) > 0 && !r.closed {
		g = s.queue[0]
		s.queue[0] = nil
		s.queue = s.queue[1:]
	}
	r.mu.Unlock()
	if err := remove(idle); err != nil {
		r.mu.Lock()
		r.fault = fmt.Errorf("replay: remove what is not kept any more: %w", err)
		r.mu.Unlock()
	}
	if g == nil {
		return false
	}
	s.write(g)
	return true
}

// write puts a group on disk.
func (s *spool) write(g *group) {
	r := s.ring
	at, err := place{}, error(nil)
	if !g.isGone(r) {
		s.buf = encodeUnits(s.buf[:0], g.units)
		at, err = s.append(s.buf)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s.queued -= g.queued
	switch {
	case g.gone:
	case err != nil:
		r.fault = err
		r.lose(g)
	default:
		at.in.groups++
		g.place, g.units, r.fault = at, nil, nil
		r.grow(g, int64(at.size)-g.bytes)
	}
	if at.in != nil {
		s.tidy(at.in)
	}
}

// append writes to the end of the newest file, or of a new one when that is full. Only the goroutine calls it.
func (s *spool) append(b []byte) (place, error) {
	in := s.open
	if in == nil || in.size > segmentBytes || time.Since(in.began) > segmentAge {
		f, err := s.create()
		if err != nil {
			return place{}, fmt.Errorf("replay: keep pictures on disk: %w", err)
		}
		old := in
		in = &segment{file: f, began: time.Now()}
		s.ring.mu.Lock()
		s.open = in
		s.all[in] = struct{}{}
		if old != nil {
			s.tidy(old)
		}
		s.ring.mu.Unlock()
	}
	if _, err := in.file.WriteAt(b, in.size); err != nil {
		return place{}, fmt.Errorf("replay: keep pictures on disk: %w", err)
	}
	at := place{in: in, off: in.size, size: len(b)}
	in.size += int64(len(b))
	return at, nil
}

// create makes a file under a name that no other ring has, not even an older one in the same folder that is about to close
// and to take its folder with it.
func (s *spool) create() (*os.File, error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, err
	}
	return os.CreateTemp(s.dir, spoolFile)
}

// A unit on disk, numbers big-endian: one byte (1 for a key unit), eight bytes each of PTS, arrival and camera time in
// nanoseconds, packets lost and time behind, four bytes number of NAL units, and each of them after its length.
const unitHead = 1 + 5*8 + 4

func encodeUnits(b []byte, units []rtsp.Unit) []byte {
	for i := range units {
		u := &units[i]
		key := byte(0)
		if u.Key {
			key = 1
		}
		b = append(b, key)
		for _, v := range [...]int64{int64(u.PTS), nanos(u.Arrived), nanos(u.Taken), int64(u.Lost), int64(u.Behind)} {
			b = binary.BigEndian.AppendUint64(b, uint64(v))
		}
		b = binary.BigEndian.AppendUint32(b, uint32(len(u.NALUs)))
		for _, n := range u.NALUs {
			b = append(binary.BigEndian.AppendUint32(b, uint32(len(n))), n...)
		}
	}
	return b
}

// decodeUnits reads what encodeUnits wrote; the units share b.
func decodeUnits(b []byte) ([]rtsp.Unit, error) {
	bad := func() ([]rtsp.Unit, error) {
		return nil, fmt.Errorf("%w: what was kept on disk has changed", ErrBroken)
	}
	var out []rtsp.Unit
	for len(b) > 0 {
		if len(b) < unitHead {
			return bad()
		}
		word := func(i int) int64 { return int64(binary.BigEndian.Uint64(b[1+8*i:])) }
		u := rtsp.Unit{
			Key: b[0] == 1, PTS: time.Duration(word(0)), Arrived: moment(word(1)), Taken: moment(word(2)),
			Lost: uint64(word(3)), Behind: time.Duration(word(4)),
		}
		count := binary.BigEndian.Uint32(b[unitHead-4:])
		if b = b[unitHead:]; uint64(count)*4 > uint64(len(b)) {
			return bad()
		}
		u.NALUs = make([][]byte, count)
		for i := range u.NALUs {
			if len(b) < 4 {
				return bad()
			}
			n := binary.BigEndian.Uint32(b)
			if b = b[4:]; uint64(n) > uint64(len(b)) {
				return bad()
			}
			u.NALUs[i] = b[:n:n]
			u.Size += int(n)
			b = b[n:]
		}
		out = append(out, u)
	}
	return out, nil
}
