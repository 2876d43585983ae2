package relay

import (
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"

	"iocwall/media/rtsp"
)

func TestALateStreamIsNoNewsAgainAndAgain(t *testing.T) {
	now := time.Unix(1_790_000_000, 0)
	var s tardy
	turns := func(long time.Duration, late ...time.Duration) (n int) {
		for i := range int(long / (200 * time.Millisecond)) {
			now = now.Add(200 * time.Millisecond)
			was := s.late
			if s.note(now, late[i%len(late)]); s.late != was {
				n++
			}
		}
		return n
	}
	const ms = time.Millisecond
	for _, step := range []struct {
		what  string
		late  []time.Duration
		turns int
		then  bool
	}{
		{"on time", []time.Duration{0, 80 * ms}, 0, false},
		{"one of five is late", []time.Duration{3000 * ms, 0, 0, 0, 0}, 0, false},
		{"at the limit, from below", []time.Duration{1100 * ms, 900 * ms}, 0, false},
		{"late", []time.Duration{1100 * ms}, 1, true},
		{"at the limit, from above", []time.Duration{1100 * ms, 600 * ms}, 0, true},
		{"below the limit, but not well below", []time.Duration{900 * ms}, 0, true},
		{"on time again", []time.Duration{600 * ms}, 1, false},
		{"late after each key frame", slices.Concat(slices.Repeat([]time.Duration{1500 * ms}, 10), slices.Repeat([]time.Duration{200 * ms}, 20)), 1, true},
	} {
		if n := turns(time.Minute, step.late...); n != step.turns || s.late != step.then {
			t.Errorf("%s: it turned %d times, late %v", step.what, n, s.late)
		}
	}
}

// lateFeed is a feed of a camera that is later and later.
type lateFeed struct {
	*feed
	t     *testing.T
	start time.Time
	n     int
	ended error
}

func newLateFeed(t *testing.T, u *upstream, start time.Time) *lateFeed {
	f := newTestFeed(t, []byte{0x67, 1, 1, 1}, []byte{0x68, 1, 1})
	if u == nil {
		u = f.up
	}
	fresh := newFeed(u, f.track)
	fresh.encode, fresh.stream, fresh.media = f.encode, f.stream, f.media
	u.watch.begin(start)
	u.watch.lastPacket = start
	return &lateFeed{feed: fresh, t: t, start: start}
}

// send passes units on for so long, at five a second, each so late; change may make them others. It stops when the session
// is ended.
func (f *lateFeed) send(long time.Duration, late func(since time.Duration) time.Duration, change func(*rtsp.Unit)) time.Time {
	at := f.start
	for range int(long / (200 * time.Millisecond)) {
		since := time.Duration(f.n) * 200 * time.Millisecond
		at = f.start.Add(since + late(since))
		unit := rtsp.Unit{
			NALUs: [][]byte{{0x41, 9}}, PTS: since, Arrived: at, Size: 2,
			Taken: f.start.Add(since), // by a right clock
		}
		if unit.Key = f.n%5 == 0; unit.Key {
			unit.NALUs[0][0] = 0x65
		}
		if change != nil {
			change(&unit)
		}
		f.up.watch.lastPacket = at
		f.unit(unit, func(err error) { f.ended = err })
		if f.n++; f.ended != nil {
			break
		}
	}
	return at
}

// says checks what the relay says.
func (f *lateFeed) says(now time.Time, reason rtsp.Reason, least, most time.Duration) {
	f.t.Helper()
	state, why := f.up.watch.judge(now)
	if state != StateLive || why != reason || f.up.health.Late < least || f.up.health.Late > most {
		f.t.Errorf("%s (%s), %v late; want live (%s), %v to %v", state, why, f.up.health.Late, reason, least, most)
	}
}

// told returns the first unit that a reader gets who comes now: how long it waited and how late it was.
func (f *lateFeed) told(now time.Time) (behind, late time.Duration) {
	f.t.Helper()
	s := newSink(1 << 20)
	s.join(f.gop, now)
	if len(s.got) == 0 {
		f.t.Fatal("a reader gets nothing")
	}
	raw := s.got[0].GetExtension(0)
	if len(raw) < 24 {
		return time.Duration(binary.BigEndian.Uint32(raw)) * time.Millisecond, 0
	}
	return time.Duration(binary.BigEndian.Uint32(raw)) * time.Millisecond, time.Duration(binary.BigEndian.Uint32(raw[20:])) * time.Millisecond
}

func onTime(time.Duration) time.Duration { return 0 }

// creep grows by so much in each second, from some time on.
func creep(rate float64, from time.Duration) func(time.Duration) time.Duration {
	return func(since time.Duration) time.Duration { return time.Duration(rate * float64(max(0, since-from))) }
}

// TestReadersAreToldHowLateTheCameraIs: whenever they come, and so is who asks for its health.
func TestReadersAreToldHowLateTheCameraIs(t *testing.T) {
	start := time.Unix(1_790_000_000, 0)
	f := newLateFeed(t, nil, start)
	now := f.send(time.Minute, onTime, nil)
	f.says(now, rtsp.ReasonNone, 0, 0)
	if _, late := f.told(now); late != 0 {
		t.Errorf("a reader is told %v", late)
	}
	now = f.send(time.Minute, creep(0.1, time.Minute), nil)
	f.says(now, rtsp.ReasonLate, 5900*time.Millisecond, 6*time.Second)
	if _, late := f.told(now); late < 5800*time.Millisecond || late > 6*time.Second {
		t.Errorf("a reader is told %v", late)
	}
	if offset, known := f.up.clock.Offset(); !known || offset.Abs() > 50*time.Millisecond {
		t.Errorf("the camera's clock is blamed for %v, known %v", offset, known)
	}
	now = f.send(calmHold+time.Second, func(time.Duration) time.Duration { return 100 * time.Millisecond }, nil)
	f.says(now, rtsp.ReasonNone, 80*time.Millisecond, 100*time.Millisecond)
	if f.ended != nil {
		t.Errorf("the session was ended: %v", f.ended)
	}
}

// TestAVeryLateSessionIsEnded: and the next one is believed, until it runs away at the same rate.
func TestAVeryLateSessionIsEnded(t *testing.T) {
	start := time.Unix(1_790_000_000, 0)
	f := newLateFeed(t, nil, start)
	u := f.up
	now := f.send(time.Hour, creep(0.2, 30*time.Second), nil)
	if f.ended == nil || rtsp.ReasonOf(f.ended) != rtsp.ReasonLate || u.health.Late < time.Minute {
		t.Fatalf("%v late, ended with %v", u.health.Late, f.ended)
	}
	f.stream = nil
	f.close()
	if u.health.Late != 0 {
		t.Errorf("between sessions it is %v late", u.health.Late)
	}
	// This one counts at a wrong rate, and the one after it, and tells no clock.
	wrong := func(u *rtsp.Unit) { u.PTS, u.Taken = u.PTS*4/5, time.Time{} }
	for i, ends := range []bool{true, false, false} {
		f = newLateFeed(t, u, now.Add(time.Minute))
		before := f.send(30*time.Second, onTime, wrong)
		if i < 2 {
			f.says(before, rtsp.ReasonLate, 5*time.Second, 6*time.Second)
		}
		now = f.send(time.Hour, onTime, wrong)
		if (f.ended != nil) != ends {
			t.Errorf("session %d ended with %v", i, f.ended)
		}
		if !ends {
			f.says(now, rtsp.ReasonNone, 0, 0)
		}
	}
}

// TestARelayBehindARelayPassesOnWhatItIsTold: how late units came to the far one, and how long they waited there.
func TestARelayBehindARelayPassesOnWhatItIsTold(t *testing.T) {
	start := time.Unix(1_790_000_000, 0)
	f := newLateFeed(t, nil, start)
	far := func(behind time.Duration) func(*rtsp.Unit) {
		return func(u *rtsp.Unit) {
			u.Late, u.Behind, u.Relayed = 5*time.Second, behind, u.Arrived.Add(-behind)
			u.Taken = u.Relayed.Add(-5 * time.Second)
		}
	}
	now := f.send(200*time.Millisecond, onTime, far(2*time.Second)) // out of the far one's cache
	if behind, late := f.told(now); behind != 2*time.Second || late != 5*time.Second {
		t.Errorf("a reader is told that it waited %v and was %v late", behind, late)
	}
	now = f.send(time.Minute, onTime, far(0))
	f.says(now, rtsp.ReasonLate, 5*time.Second, 5100*time.Millisecond)
	if behind, late := f.told(now); behind > time.Second || late < 5*time.Second || late > 5100*time.Millisecond {
		t.Errorf("a reader is told that it waited %v and was %v late", behind, late)
	}
	if offset, known := f.up.clock.Offset(); !known || offset.Abs() > 50*time.Millisecond {
		t.Errorf("the camera's clock is blamed for %v, known %v", offset, known)
	}
}

// TestTheStampHasRoom: what is written into the packets of a reader fits beside the largest payload.
func TestTheStampHasRoom(t *testing.T) {
	now := time.Now()
	h := rtp.Header{Version: 2}
	rtsp.Stamp(&h, rtsp.Aboard{Behind: time.Hour, Taken: now, Relayed: now, Late: time.Hour})
	if n := h.MarshalSize() + payloadRoom + 10; n > 1472 {
		t.Errorf("packets of %d bytes", n)
	}
}
