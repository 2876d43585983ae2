package flow

import (
	"slices"
	"testing"
	"time"

	"iocwall/media/rtsp"
)

// noon is when units arrive that say nothing else.
var noon = time.Unix(1_790_000_000, 0)

// unit is one of a hundred bytes.
func unit(key bool) rtsp.Unit { return rtsp.Unit{Key: key, Arrived: noon, Size: 100} }

// taken empties a queue and tells which of the units were key frames.
func taken(q *Queue, now time.Time) (keys []bool, left int) {
	for {
		u, _, out, ok := q.Take(now)
		if !ok {
			return keys, left
		}
		keys, left = append(keys, u.Key), left+out.Units
	}
}

func TestAQueueBeginsWithAKeyFrame(t *testing.T) {
	q := NewQueue(QueueOptions{Units: 3, Bytes: 1000, ParkBytes: 250, Patience: time.Second})
	if n, need := q.Put(unit(false)); n != 1 || !need || q.Waiting() {
		t.Errorf("%d dropped, key frame needed: %v", n, need)
	}
	for i, want := range []int{0, 0, 0, 4, 1} { // the fourth is too many
		if n, _ := q.Put(unit(i == 0)); n != want {
			t.Errorf("unit %d: %d dropped, want %d", i, n, want)
		}
	}
	q.Put(unit(true))
	lost := unit(false)
	lost.Lost = 1
	if n, need := q.Put(lost); n != 1 || !need {
		t.Errorf("after a loss %d dropped, key frame needed: %v", n, need)
	}
	if keys, _ := taken(q, noon); !slices.Equal(keys, []bool{true}) {
		t.Errorf("taken %v", keys)
	}
}

// TestADecoderIsToldWhatDoesNotFollow: a key frame before which something was left out, for whatever reason.
func TestADecoderIsToldWhatDoesNotFollow(t *testing.T) {
	q := NewQueue(QueueOptions{Units: 4, Bytes: 1000, ParkBytes: 250, Patience: time.Second})
	anew := func(what string, now time.Time, want ...bool) {
		t.Helper()
		var got []bool
		for {
			u, _, _, ok := q.Take(now)
			if !ok {
				break
			}
			got = append(got, u.Anew)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	put := func(keys ...bool) {
		for _, k := range keys {
			q.Put(unit(k))
		}
	}
	put(true, false, true)
	anew("the beginning", noon, true, false, false)
	lost := unit(false)
	lost.Lost = 1
	q.Put(lost)
	put(false, true, false, true)
	anew("after loss", noon, true, false, false)
	key := unit(true)
	key.Lost = 1
	q.Put(key)
	anew("loss just before it", noon, true)
	put(false, false, true, false)
	anew("left out for a newer one", noon.Add(2*time.Second), true, false)
	put(false, false, false, false, false, true)
	anew("after too many", noon, true)
	put(false, true)
	q.Restart()
	anew("after a refused unit", noon, true)
	q.Restart()
	put(false, true)
	anew("the same, with nothing at hand", noon, true)
	q.Park(true)
	put(true, false)
	q.Park(false)
	anew("parked, with nothing left out", noon, false, false)
	q.Park(true)
	put(false, true, false)
	q.Park(false)
	anew("parked for longer", noon, true, false)
}

func TestWhatIsOutdatedIsLeftOut(t *testing.T) {
	q := NewQueue(QueueOptions{Units: 100, Bytes: 1e6, ParkBytes: 250, Patience: time.Second})
	for i := range 6 {
		q.Put(unit(i%3 == 0))
	}
	if keys, left := taken(q, noon.Add(2*time.Second)); left != 3 || !slices.Equal(keys, []bool{true, false, false}) {
		t.Errorf("%d left out, taken %v", left, keys)
	}
}

func TestAParkedQueueKeepsTheLastGroup(t *testing.T) {
	q := NewQueue(QueueOptions{Units: 100, Bytes: 1e6, ParkBytes: 250, Patience: time.Second})
	q.Park(true)
	for i := range 5 {
		q.Put(unit(i%3 == 0))
	}
	if _, ok := q.Earliest(); ok || q.Waiting() || !q.Ready() {
		t.Error("a parked queue hands out units, or has none")
	}
	q.Park(false)
	u, waiting, _, ok := q.Take(noon)
	if !ok || !u.Key || !u.Held || waiting != 1 {
		t.Errorf("%+v, %d wait", u, waiting)
	}
	q.Park(true)
	q.Put(unit(true))
	q.Put(unit(false))
	q.Put(unit(false)) // too much
	if q.Ready() {
		t.Error("more is kept than allowed")
	}
}

func TestTheEarliestTellsWhenToDecode(t *testing.T) {
	q := NewQueue(QueueOptions{Units: 100, Bytes: 1e6})
	if _, ok := q.Earliest(); ok {
		t.Error("an empty queue has a time")
	}
	for i, at := range []time.Duration{0, 120, 40, 80} { // two pictures are sent after one that is shown after them
		u := unit(i == 0)
		u.Relayed = noon.Add(at * time.Millisecond)
		q.Put(u)
	}
	for _, want := range []time.Duration{0, 40, 40, 80} {
		if at, ok := q.Earliest(); !ok || at.Sub(noon) != want*time.Millisecond {
			t.Errorf("%v, want %d ms", at.Sub(noon), want)
		}
		q.Take(noon)
	}
	q.Put(unit(false))
	if _, ok := q.Earliest(); ok {
		t.Error("a unit that came through no relay has a time")
	}
}
