package flow

import (
	"testing"
	"time"

	"iocwall/media/rtsp"
)

func TestAMoment(t *testing.T) {
	s := &Step{Budget: 300 * time.Millisecond, Clock: func() time.Time { return noon }}
	for _, c := range []struct {
		relayed time.Time
		until   time.Duration
	}{
		{time.Time{}, 0},
		{noon, 300 * time.Millisecond},
		{noon.Add(-time.Second), -700 * time.Millisecond},
		{noon.Add(2 * time.Second), 2300 * time.Millisecond},
		{noon.Add(time.Hour), 0}, // a wrong clock
	} {
		if d := s.Until(s.Moment(c.relayed)); d != c.until {
			t.Errorf("%v: %v, want %v", c.relayed, d, c.until)
		}
	}
}

// walk is a gait on the way, with a clock that tells now.
type walk struct {
	Gait
	now  time.Time
	step *Step
}

func newWalk() *walk {
	w := &walk{now: noon}
	w.step = &Step{Budget: 300 * time.Millisecond, Clock: func() time.Time { return w.now }}
	return w
}

// picture decodes one that came to the relay so long ago and takes so long.
func (w *walk) picture(ago, takes time.Duration, held bool) (wasted time.Duration) {
	began := w.now
	at := w.Begin(began, w.step, Queued{Unit: rtsp.Unit{Relayed: began.Add(-ago), Arrived: began}, Held: held})
	w.now = began.Add(takes)
	wasted = w.Done(w.now, at, takes)
	w.now = began.Add(40 * time.Millisecond)
	return wasted
}

func TestAGait(t *testing.T) {
	w := newWalk()
	for i := range 20 { // out of the last seconds that were kept
		w.picture(time.Duration(40-2*i)*50*time.Millisecond, time.Millisecond, false)
	}
	if s := w.Stats(); s.State != StepKept || s.Shown != 2 || s.Late != 0 || s.Budget != w.step.Budget {
		t.Errorf("on the way to live: %+v", s)
	}
	for range 200 {
		w.picture(100*time.Millisecond, 10*time.Millisecond, false)
	}
	if s := w.Stats(); s.State != StepKept || s.Late != 0 || s.Spare != 200*time.Millisecond {
		t.Errorf("on time: %+v", s)
	}
	if d := w.Lead(w.step); d < 80*time.Millisecond || d > 100*time.Millisecond {
		t.Errorf("units are decoded %v ahead", d)
	}
	if wasted := w.picture(350*time.Millisecond, 20*time.Millisecond, false); wasted != 20*time.Millisecond {
		t.Errorf("%v wasted", wasted)
	}
	if s := w.Stats(); s.State != StepLate || s.Late != 1 || s.Spare != -50*time.Millisecond {
		t.Errorf("late: %+v", s)
	}
	for range 300 {
		w.picture(100*time.Millisecond, 10*time.Millisecond, false)
	}
	if s := w.Stats(); s.State != StepKept || s.Late != 1 || s.Spare != 200*time.Millisecond {
		t.Errorf("on time again: %+v", s)
	}
	w.Slipped(w.now, 0)
	if w.Stats().State != StepKept {
		t.Error("nothing slipped, but it is late")
	}
	if w.Slipped(w.now, 2); w.Stats().Late != 3 {
		t.Errorf("two slipped: %+v", w.Stats())
	}
	w.picture(100*time.Millisecond, time.Millisecond, false)
	if s := w.Stats(); s.State != StepLate {
		t.Errorf("two slipped: %+v", s)
	}
	for range 130 {
		w.picture(100*time.Millisecond, 10*time.Millisecond, false)
	}
	w.picture(2*time.Second, time.Millisecond, true) // it was parked
	if s := w.Stats(); s.State != StepKept || s.Late != 3 {
		t.Errorf("after parking: %+v", s)
	}
}

func TestAGaitWithoutMoments(t *testing.T) {
	w := newWalk()
	for relayed, want := range map[time.Time]StepState{{}: StepUnstamped, noon.Add(time.Hour): StepUnclocked} {
		at := w.Begin(w.now, w.step, Queued{Unit: rtsp.Unit{Relayed: relayed, Arrived: w.now}})
		wasted := w.Done(w.now, at, 7*time.Millisecond)
		if s := w.Stats(); !at.IsZero() || s.State != want || s.Shown != 0 || wasted != 7*time.Millisecond {
			t.Errorf("%v: %+v, moment %v, %v wasted", relayed, s, at, wasted)
		}
	}
}

func TestACameraThatNeverJoinsIsLate(t *testing.T) {
	w := newWalk()
	for range 200 {
		w.picture(500*time.Millisecond, time.Millisecond, false)
	}
	if s := w.Stats(); s.State != StepLate || s.Late == 0 || s.Late != s.Shown {
		t.Errorf("%+v", s)
	}
}
