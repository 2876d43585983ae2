package relay

import (
	"errors"
	"net"
	"testing"
	"time"

	"github.com/pion/rtp"
)

// sink takes what a reader sends.
type sink struct {
	*reader
	got    []*rtp.Packet
	full   bool
	closed bool
	conn   *metered
}

// newSink returns a reader on a connection that takes everything at once, until stuck is called.
func newSink(limit int) *sink {
	s := &sink{conn: &metered{}}
	s.reader = &reader{conn: s.conn, limit: limit, next: 65530, close: func() { s.closed = true }}
	s.write = func(p *rtp.Packet) error {
		if s.full {
			return errors.New("full")
		}
		s.got = append(s.got, p)
		s.conn.written.Store(s.queued)
		return nil
	}
	return s
}

// stuck makes the connection take nothing any more.
func (s *sink) stuck() {
	s.write = func(p *rtp.Packet) error { s.got = append(s.got, p); return nil }
}

// units returns the numbers of the units that were sent, and how many packets seem to be missing between them.
func (s *sink) units() (numbers []int, gaps int) {
	for i, p := range s.got {
		numbers = append(numbers, int(p.Timestamp))
		if i > 0 {
			gaps += int(p.SequenceNumber - s.got[i-1].SequenceNumber - 1)
		}
	}
	return numbers, gaps
}

// one is unit n of a stream of 25 a second whose unit 0 arrived at start, in one packet.
func one(start time.Time, n, size int, key bool) cached {
	return cached{
		packets: []*rtp.Packet{{Header: rtp.Header{Version: 2, Timestamp: uint32(n)}, Payload: make([]byte, size)}},
		arrived: start.Add(time.Duration(n) * 40 * time.Millisecond), size: size, key: key,
	}
}

func group(start time.Time, n, size int) []cached {
	var out []cached
	for i := range n {
		out = append(out, one(start, i, size, i == 0))
	}
	return out
}

func TestTheFirstPictureComesAtOnceAndTheRestSoon(t *testing.T) {
	start := time.Unix(1790000000, 0)
	for _, n := range []int{1, 2, 39, 40, 41, 100, 1000} {
		s := newSink(1 << 20)
		now := start.Add(time.Duration(n) * 40 * time.Millisecond)
		s.join(group(start, n, 100), now)
		if len(s.got) != 1 || s.got[0].Timestamp != 0 || !s.got[0].Extension && n > 2 {
			t.Fatalf("%d: %d packets at once", n, len(s.got))
		}
		most, next := 1, n
		for ticks := 0; len(s.waiting) > 0; ticks++ {
			if ticks > int(catchUp/paceEvery) {
				t.Fatalf("%d: not live after %v, %d wait", n, catchUp, len(s.waiting))
			}
			before := len(s.got)
			now = now.Add(paceEvery)
			s.tick(now)
			most = max(most, len(s.got)-before)
			if ticks%4 == 3 { // the camera goes on
				s.push(one(start, next, 100, false), now)
				next++
			}
		}
		if limit := n/30 + 2; most > limit {
			t.Errorf("%d: a burst of %d units", n, most)
		}
		s.push(one(start, next, 100, false), now)
		numbers, gaps := s.units()
		for i, got := range numbers {
			if got != i {
				t.Fatalf("%d: unit %d came in place %d", n, got, i)
			}
		}
		if len(numbers) != next+1 || gaps != 0 {
			t.Errorf("%d: %d units of %d, %d packets missing", n, len(numbers), next+1, gaps)
		}
	}
}

// A new group of pictures while the old one is still being caught up with: the newest wins, and nothing is missing.
func TestANewGroupEndsTheCatchingUp(t *testing.T) {
	start := time.Unix(1790000000, 0)
	s := newSink(1 << 20)
	now := start.Add(4 * time.Second)
	s.join(group(start, 100, 100), now)
	s.tick(now)
	sent := len(s.got)
	s.push(one(start, 100, 100, true), now)
	s.push(one(start, 101, 100, false), now)
	numbers, gaps := s.units()
	if len(numbers) != sent+2 || numbers[sent] != 100 || gaps != 0 {
		t.Errorf("%v with %d missing", numbers, gaps)
	}
}

func TestALateReaderSeesNewPicturesRatherThanOldOnes(t *testing.T) {
	start := time.Unix(1790000000, 0)
	s := newSink(1 << 20)
	s.join(group(start, 1, 60_000), start)
	s.stuck()
	at := func(n int) time.Time { return start.Add(time.Duration(n) * 40 * time.Millisecond) }
	n := 1
	for ; n < 25; n++ {
		s.push(one(start, n, 60_000, false), at(n))
	}
	if len(s.got) > 4 {
		t.Errorf("%d units in the queue of a connection that takes nothing", len(s.got))
	}
	sent := len(s.got)
	s.push(one(start, n, 60_000, true), at(n))
	if len(s.waiting) != 1 || int(s.skipped) != 25-sent {
		t.Errorf("%d wait, %d were left out of %d", len(s.waiting), s.skipped, 25-sent)
	}
	s.conn.written.Store(s.queued) // the connection goes on
	s.tick(at(n))
	numbers, gaps := s.units()
	if numbers[sent] != 25 || gaps != 25-sent {
		t.Errorf("%v with %d missing, want %d", numbers, gaps, 25-sent)
	}
	// A reader that is late for a moment only misses nothing.
	for n = 26; n < 30; n++ {
		s.push(one(start, n, 60_000, n == 28), at(n))
	}
	if int(s.skipped) != 25-sent {
		t.Errorf("%d more were left out", int(s.skipped)-(25-sent))
	}
}

func TestWhatWaitsIsBounded(t *testing.T) {
	start := time.Unix(1790000000, 0)
	s := newSink(100_000)
	s.join(nil, start)
	s.stuck()
	for n := range 1000 {
		s.push(one(start, n, 10_000, n == 0), start.Add(time.Duration(n)*40*time.Millisecond))
		if s.waitingBytes > 100_000 || len(s.waiting) > 10 {
			t.Fatalf("%d bytes in %d units wait", s.waitingBytes, len(s.waiting))
		}
	}
	s.conn.written.Store(s.queued)
	s.tick(start)
	s.push(one(start, 1000, 10_000, false), start)
	if last := s.got[len(s.got)-1].Timestamp; last == 1000 {
		t.Error("a unit that cannot be decoded was sent after others were left out")
	}
	s.push(one(start, 1001, 10_000, true), start)
	if last := s.got[len(s.got)-1].Timestamp; last != 1001 {
		t.Errorf("after the next key frame the last unit is %d", last)
	}
}

func TestAFullQueueEndsTheReader(t *testing.T) {
	s := newSink(1 << 20)
	s.full = true
	s.join(group(time.Now(), 3, 10), time.Now())
	if !s.closed || !s.slow {
		t.Error("the reader goes on")
	}
	s.push(one(time.Now(), 4, 10, true), time.Now())
	s.tick(time.Now())
	if len(s.got) != 0 {
		t.Error("packets were sent")
	}
}

func TestMetered(t *testing.T) {
	a, b := net.Pipe()
	defer b.Close()
	m := &metered{Conn: a}
	go b.Read(make([]byte, 100)) //nolint:errcheck // the test does not care
	if _, err := m.Write(make([]byte, 50)); err != nil || m.taken() != 50 {
		t.Errorf("%v, %d", err, m.taken())
	}
	queued := int64(70)
	if n := m.unsent(&queued); n != 20 || queued != 70 {
		t.Errorf("%d unsent of %d", n, queued)
	}
	queued = 30 // the connection took answers too
	if n := m.unsent(&queued); n != 0 || queued != 50 {
		t.Errorf("%d unsent of %d", n, queued)
	}
	var none *metered
	if none.taken() != 0 || none.unsent(&queued) != 0 {
		t.Error("without a meter")
	}
}
