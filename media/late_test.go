package media

import (
	"testing"
	"time"

	"iocwall/media/flow"
)

// TestACameraAtTheLimitDoesNotFlicker: what swings around the limit is late all the time, and live again only once it
// was well below for a second.
func TestACameraAtTheLimitDoesNotFlicker(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	l := Limits{}.withDefaults()
	w := track{still: &flow.Still{}}
	w.begin(now)
	show := func(behind time.Duration) State {
		now = now.Add(200 * time.Millisecond)
		w.lastPacket = now
		w.decoded(now, now, behind, false)
		return w.judge(now, l).State
	}
	if s := show(900 * time.Millisecond); s != StateLive {
		t.Fatalf("0.9 s behind is %s", s)
	}
	changes, was := 0, StateLive
	for i := range 300 {
		s := show([]time.Duration{1100, 600, 700, 1050, 500}[i%5] * time.Millisecond)
		if s != was {
			changes++
		}
		was = s
	}
	if changes != 1 || was != StateLate {
		t.Errorf("the state changed %d times, at last %s", changes, was)
	}
	for i := range 30 { // below the limit, but not well below
		if s := show(900 * time.Millisecond); s != StateLate {
			t.Fatalf("%s after %d pictures that are 0.9 s behind", s, i)
		}
	}
	for i := range 6 {
		s := show(700 * time.Millisecond)
		if want := i == 5; (s == StateLive) != want {
			t.Errorf("%s after %d fifths of a second well below the limit", s, i)
		}
	}
}
