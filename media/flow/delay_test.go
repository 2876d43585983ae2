package flow

import (
	"testing"
	"time"

	"iocwall/media/rtsp"
)

// line is a camera and the way from it, perhaps with a relay on it.
type line struct {
	rate  float64                                 // of the camera's time stamps, 1: they follow its time
	queue func(since time.Duration) time.Duration // how late units are so long after the session began
	relay *Delay                                  // what the relay knows, nil: none
	way   func(since time.Duration) time.Duration // how late units are on the way from the relay
	order []int                                   // in which pictures are sent within so many
	tells time.Duration                           // between the camera's reports of its clock, 0: none
	sizes func(n int) int                         // of pictures, in bytes
	width int                                     // of the line, in bytes a second, 0: any
}

const every = 200 * time.Millisecond

// play sends units for some time and returns the worst lateness, the last, and when the session was spent, 0: not.
func (l line) play(d *Delay, start time.Time, long time.Duration) (worst, last, spent time.Duration) {
	var free time.Time // when the line is
	for n := range int(long / every) {
		since, shown := time.Duration(n)*every, n
		if k := len(l.order); k > 0 {
			shown = n/k*k + l.order[n%k]
		}
		u := rtsp.Unit{PTS: time.Duration(l.rate * float64(time.Duration(shown)*every)), Arrived: start.Add(since)}
		if l.tells > 0 { // each report holds for the time stamps up to the next, and is off a little
			told := since.Truncate(l.tells)
			u.Taken = began.Add(told + told/l.tells%7*time.Millisecond)
			u.Taken = u.Taken.Add(u.PTS - time.Duration(l.rate*float64(told)))
			u.PTS -= time.Duration(n) // rounding, from one picture to the next
		}
		if l.queue != nil {
			u.Arrived = u.Arrived.Add(l.queue(since))
		}
		if l.sizes != nil {
			u.Size = l.sizes(n)
		}
		if l.width > 0 {
			if u.Arrived.Before(free) {
				u.Arrived = free
			}
			u.Arrived = u.Arrived.Add(time.Duration(u.Size) * time.Second / time.Duration(l.width))
			free = u.Arrived
		}
		if l.relay != nil {
			u.Late, _ = l.relay.Late(u)
			u.Relayed = u.Arrived.Add(-70 * time.Second) // a computer with another clock
			if l.way != nil {
				u.Arrived = u.Arrived.Add(l.way(since))
			}
		}
		var over bool
		if last, over = d.Late(u); over {
			return max(worst, last), last, since
		}
		worst = max(worst, last)
	}
	return worst, last, 0
}

// creeping units are later by so much in each second, from some time on.
func creeping(rate float64, from time.Duration) func(time.Duration) time.Duration {
	return func(since time.Duration) time.Duration { return time.Duration(rate * float64(max(0, since-from))) }
}

// standing units are late by the same from some time on.
func standing(late, from time.Duration) func(time.Duration) time.Duration {
	return func(since time.Duration) time.Duration {
		if since < from {
			return 0
		}
		return late
	}
}

var began = time.Unix(1_790_000_000, 0)

// TestAVeryLongQueueEndsTheSession: it is late until then, and so is one that fills again.
func TestAVeryLongQueueEndsTheSession(t *testing.T) {
	var s Stamps
	at := began
	// Queues fill at times and rates of their own, some two times alike.
	for i, q := range []func(time.Duration) time.Duration{
		creeping(30./3600, 10*time.Minute), creeping(0.2, 0), creeping(0.25, 0), creeping(0.25, time.Minute),
		standing(61*time.Second, time.Hour), standing(61*time.Second, time.Hour),
		creeping(0.2, 100*time.Second), creeping(0.2, 100*time.Second),
	} {
		worst, last, spent := line{rate: 1, queue: q}.play(NewDelay(&s), at, 4*time.Hour)
		if spent == 0 || last < veryLate || last > veryLate+2*time.Second || worst > last {
			t.Errorf("queue %d: %v late at the end, spent after %v", i, last, spent)
		}
		at = at.Add(5 * time.Hour)
		if _, last, spent := (line{rate: 1}).play(NewDelay(&s), at, 3*time.Hour); last != 0 || spent != 0 {
			t.Errorf("queue %d: the next session is %v late, spent after %v", i, last, spent)
		}
		at = at.Add(5 * time.Hour)
	}
}

// TestTimeStampsThatRunAwayAreUseless: those of a camera that counts pictures at another rate than it sends them, but only
// once a second session has shown it.
func TestTimeStampsThatRunAwayAreUseless(t *testing.T) {
	for _, rate := range []float64{0.5, 0.8, 25. / 30, 0.99, 29.97 / 30} {
		var s Stamps
		l := line{rate: rate}
		reach := time.Duration(float64(veryLate)/(1-rate-clockDrift)) + time.Minute
		_, last, spent := l.play(NewDelay(&s), began, reach)
		if spent == 0 || last < veryLate {
			t.Errorf("rate %.3f: %v late, spent after %v", rate, last, spent)
			continue
		}
		at := began.Add(2 * reach)
		d := NewDelay(&s)
		worst, last, spent := l.play(d, at, 2*reach)
		if spent != 0 || last != 0 || worst < veryLate*9/10 {
			t.Errorf("rate %.3f: second session %v late at worst, %v at last, spent after %v", rate, worst, last, spent)
		}
		at = at.Add(4 * reach)
		if worst, _, spent := l.play(NewDelay(&s), at, 2*reach); worst != 0 || spent != 0 {
			t.Errorf("rate %.3f: third session %v late, spent after %v", rate, worst, spent)
		}
		// The camera is mended: its time stamps are believed, and a queue is seen.
		at = at.Add(4 * reach)
		well := time.Duration(float64(2*runStep) / (1 - rate))
		if _, last, spent := (line{rate: 1, queue: standing(5*time.Second, well)}).play(NewDelay(&s), at, well+time.Minute); last < 4*time.Second || spent != 0 {
			t.Errorf("rate %.3f: a mended camera that is 5 s late is %v late, spent after %v", rate, last, spent)
		}
	}
}

// TestSessionsAtOneTimeProveNothing: what two sessions show at one time is one queue.
func TestSessionsAtOneTimeProveNothing(t *testing.T) {
	var s Stamps
	l := line{rate: 1, queue: creeping(0.2, 0)}
	for range 3 {
		if _, last, spent := l.play(NewDelay(&s), began, time.Hour); spent == 0 || last < veryLate {
			t.Errorf("%v late, spent after %v", last, spent)
		}
	}
}

// TestAQueueThatStandsIsNotForgotten: lateness that stays is not taken for a bad clock's in the end.
func TestAQueueThatStandsIsNotForgotten(t *testing.T) {
	for _, late := range []time.Duration{1300 * time.Millisecond, 5 * time.Second, 10 * time.Second} {
		var s Stamps
		_, last, spent := line{rate: 1, queue: standing(late, time.Minute)}.play(NewDelay(&s), began, 12*time.Hour)
		if spent == 0 || last < late/2 {
			t.Errorf("%v late counts as %v after %v", late, last, spent)
		}
	}
}

// TestWhoJoinsLaterKnowsWhatTheRelayKnows: a reader's first unit is as late as the relay says.
func TestWhoJoinsLaterKnowsWhatTheRelayKnows(t *testing.T) {
	var s Stamps
	l := line{rate: 1, queue: standing(5*time.Second, time.Minute), relay: NewDelay(&Stamps{})}
	first := NewDelay(&s)
	l.play(first, began, 10*time.Minute)
	u := rtsp.Unit{PTS: 10 * time.Minute, Arrived: began.Add(10*time.Minute + 5*time.Second)}
	u.Late, _ = l.relay.Late(u)
	u.Relayed = u.Arrived
	for i, d := range []*Delay{first, NewDelay(&s)} {
		if late, spent := d.Late(u); late < 4800*time.Millisecond || late > 5*time.Second || spent {
			t.Errorf("reader %d: %v late, spent %v", i, late, spent)
		}
	}
	// A relay that does not know the time says how late the camera is all the same, and that counts once.
	relay, d := NewDelay(&Stamps{}), NewDelay(&s)
	for n := range 1500 {
		at := time.Duration(n) * every
		u := rtsp.Unit{PTS: at, Arrived: began.Add(at + creeping(0.05, 200*time.Second)(at))}
		u.Late, _ = relay.Late(u)
		if late, _ := d.Late(u); late != u.Late {
			t.Fatalf("unit %d: %v late, the relay says %v", n, late, u.Late)
		}
	}
	// What the way from the relay adds comes on top, and a long queue there ends the reader's session.
	l = line{rate: 1, queue: standing(5*time.Second, time.Minute), relay: NewDelay(&Stamps{}), way: standing(3*time.Second, 2*time.Minute)}
	if _, last, spent := l.play(NewDelay(&s), began, 5*time.Minute); last < 7900*time.Millisecond || last > 8*time.Second || spent != 0 {
		t.Errorf("5 s to the relay and 3 from there count as %v, spent after %v", last, spent)
	}
	l = line{rate: 1, relay: NewDelay(&Stamps{}), way: creeping(0.2, 0)}
	for range 3 { // such a reader's time stamps are the relay's: never useless
		if _, last, spent := l.play(NewDelay(&s), began, time.Hour); spent == 0 || last < veryLate {
			t.Errorf("%v late on the way from the relay, spent after %v", last, spent)
		}
		l.relay = NewDelay(&Stamps{})
	}
}

// TestWhatIsNotLateness: nothing of this is marked, and no session ends for it.
func TestWhatIsNotLateness(t *testing.T) {
	var useless Stamps
	for n := range 2 {
		line{rate: 0.8}.play(NewDelay(&useless), began.Add(time.Duration(n)*time.Hour), 20*time.Minute)
	}
	far := func() *Delay { return NewDelay(&Stamps{}) }
	bframes := []int{0, 3, 1, 2} // at five pictures a second
	unrestful := func(since time.Duration) time.Duration {
		return time.Duration(int(since/every)*7919%100) * 3 * time.Millisecond
	}
	for name, c := range map[string]struct {
		line
		limit time.Duration
	}{
		"a clock 100 ppm slow":               {line{rate: 1 - 100e-6}, 100 * time.Millisecond},
		"a clock 100 ppm fast":               {line{rate: 1 + 100e-6}, 100 * time.Millisecond},
		"the same through a relay":           {line{rate: 1 - 100e-6, relay: far()}, 100 * time.Millisecond},
		"B-frames":                           {line{rate: 1, order: bframes}, 600 * time.Millisecond},
		"B-frames through a relay":           {line{rate: 1, order: bframes, relay: far()}, 600 * time.Millisecond},
		"an unrestful network":               {line{rate: 1, queue: unrestful}, 300 * time.Millisecond},
		"an unrestful network on both sides": {line{rate: 1, queue: unrestful, relay: far(), way: unrestful}, 600 * time.Millisecond},
		"useless time stamps":                {line{rate: 0.8, relay: NewDelay(&useless)}, 100 * time.Millisecond},
	} {
		var s Stamps
		if worst, _, spent := c.play(NewDelay(&s), began.Add(24*time.Hour), 6*time.Hour); worst > c.limit || spent != 0 {
			t.Errorf("%s: %v late at worst, spent after %v", name, worst, spent)
		}
	}
}

// TestClocksThatAreSetAreNotLateness: the camera's, and that of the relay's computer.
func TestClocksThatAreSetAreNotLateness(t *testing.T) {
	for _, step := range []time.Duration{-time.Hour, -10 * time.Second, -900 * time.Millisecond, 900 * time.Millisecond, 10 * time.Second, time.Hour} {
		for _, whose := range []string{"camera", "camera behind a relay", "relay"} {
			near, far := NewDelay(&Stamps{}), NewDelay(&Stamps{})
			for n := range 3000 {
				at := time.Duration(n) * every
				u := rtsp.Unit{PTS: at, Arrived: began.Add(at)}
				if n > 1000 && whose != "relay" {
					u.PTS += step
				}
				if whose != "camera" {
					u.Late, _ = far.Late(u)
					u.Relayed = u.Arrived
					if n > 1000 && whose == "relay" {
						u.Relayed = u.Relayed.Add(step)
					}
				}
				if late, spent := near.Late(u); late > 50*time.Millisecond || spent {
					t.Fatalf("the clock of the %s is set by %v: unit %d is %v late, spent %v", whose, step, n, late, spent)
				}
			}
		}
	}
}

// TestACacheIsNotLateness: pictures out of a relay's cache are as late as the camera, and wait besides.
func TestACacheIsNotLateness(t *testing.T) {
	for _, late := range []time.Duration{0, 5 * time.Second} {
		d := NewDelay(&Stamps{})
		joined := began.Add(10 * time.Second)
		for n := range 500 {
			came := time.Duration(n) * 40 * time.Millisecond // the group began ten seconds ago
			u := rtsp.Unit{PTS: came, Relayed: began.Add(came), Late: late, Arrived: began.Add(came)}
			if paced := joined.Add(time.Duration(n) * time.Millisecond); paced.After(u.Arrived) {
				u.Behind, u.Arrived = paced.Sub(u.Arrived), paced
			}
			if got, spent := d.Late(u); got != late || spent {
				t.Fatalf("unit %d of a camera that is %v late: %v, spent %v", n, late, got, spent)
			}
		}
	}
}

// keyed are sizes of pictures of which every tenth is a key frame: 10 kB a second.
func keyed(n int) int {
	if n%10 == 0 {
		return 11_000
	}
	return 1000
}

// grainy are sizes of pictures that are all key frames, of a scene in which little happens: 10 kB a second.
func grainy(n int) int { return 1900 + n*7919%200 }

// TestAQueueIsNotTakenForTimeStampsThatRunAway: a thin line on which pictures of an even rate fall behind evenly, from the
// first one on and in each session. It is never shown as on time, and each session ends.
func TestAQueueIsNotTakenForTimeStampsThatRunAway(t *testing.T) {
	for name, lines := range map[string][]line{
		"nearly the same rate":        {{rate: 1, queue: creeping(0.2, 0)}, {rate: 1, queue: creeping(0.201, 0)}},
		"the camera tells its clock":  {{rate: 1, queue: creeping(0.2, 0), tells: 5 * time.Second}},
		"its clock, and others' time": {{rate: 1 - 100e-6, queue: creeping(0.2, 0), tells: 30 * time.Second}},
		"as many bytes a second":      {{rate: 1, sizes: keyed, width: 8000}},
		"few bytes fewer":             {{rate: 1, sizes: keyed, width: 9950}},
		"pictures of nearly a size":   {{rate: 1, sizes: grainy, width: 8000}},
		"with B-frames":               {{rate: 1, sizes: keyed, width: 8000, order: []int{0, 3, 1, 2}}},
	} {
		var s Stamps
		at := began
		for n := range 6 {
			l := lines[n%len(lines)]
			_, last, spent := l.play(NewDelay(&s), at, 6*time.Hour)
			if spent == 0 || last < veryLate || last > veryLate+2*time.Second {
				t.Errorf("%s, session %d: %v late, spent after %v", name, n, last, spent)
			}
			at = at.Add(spent + last + 10*time.Second)
		}
	}
}

// TestWhatIsNoWitnessOfAQueue: time stamps that run away are known all the same.
func TestWhatIsNoWitnessOfAQueue(t *testing.T) {
	for name, l := range map[string]line{
		"a right clock":             {tells: 5 * time.Second},
		"a clock told once":         {tells: 24 * time.Hour},
		"sizes on a wide line":      {sizes: keyed, width: 1 << 20},
		"sizes on a narrower line":  {sizes: keyed, width: 25_000},
		"pictures of nearly a size": {sizes: grainy, width: 50_000},
	} {
		var s Stamps
		l.rate = 0.8
		l.play(NewDelay(&s), began, 20*time.Minute)
		if _, last, spent := l.play(NewDelay(&s), began.Add(30*time.Minute), 20*time.Minute); last > time.Second || spent != 0 {
			t.Errorf("%s: %v late, spent after %v", name, last, spent)
		}
		if worst, _, spent := l.play(NewDelay(&s), began.Add(time.Hour), 20*time.Minute); worst > time.Second || spent != 0 {
			t.Errorf("%s: then %v late at worst, spent after %v", name, worst, spent)
		}
	}
}

// TestSessionsThatDoNotHelpAreGivenMoreTime: those that fall behind unevenly, one soon after the other.
func TestSessionsThatDoNotHelpAreGivenMoreTime(t *testing.T) {
	var s Stamps
	at := began
	for i, c := range []struct {
		calm  time.Duration // before it falls behind
		limit time.Duration
	}{
		{time.Minute, veryLate},
		{2 * time.Minute, 2 * veryLate},
		{time.Minute, 4 * veryLate},
		{2 * time.Minute, 8 * veryLate},
		{time.Minute, 16 * veryLate},
		{2 * time.Minute, 16 * veryLate},
		{2 * time.Hour, 16 * veryLate},
		{2 * time.Minute, veryLate}, // after one that lasted
		{0, 2 * veryLate},           // evenly
		{time.Minute, veryLate},     // after that
		{time.Minute, 2 * veryLate}, // there comes nothing for some hours
		{3 * time.Minute, veryLate}, // after that
	} {
		if i == 11 {
			at = at.Add(3 * time.Hour)
		}
		_, last, spent := line{rate: 1, queue: creeping(0.5, c.calm)}.play(NewDelay(&s), at, 6*time.Hour)
		if spent == 0 || last < c.limit || last > c.limit+2*time.Second {
			t.Errorf("session %d: %v late, spent after %v, want %v", i, last, spent, c.limit)
		}
		at = at.Add(spent + last + pause)
	}
}

// TestTimeStampsKnownToBeRightAreBelievedAgain: a camera that tells its clock so seldom that two sessions were over before.
func TestTimeStampsKnownToBeRightAreBelievedAgain(t *testing.T) {
	var s Stamps
	l := line{rate: 1, queue: creeping(0.2, 0)}
	for n := range 2 {
		l.play(NewDelay(&s), began.Add(time.Duration(n)*time.Hour), 20*time.Minute)
	}
	l.tells = 40 * time.Second
	if _, last, spent := l.play(NewDelay(&s), began.Add(2*time.Hour), 20*time.Minute); last < veryLate || spent == 0 {
		t.Errorf("%v late, spent after %v", last, spent)
	}
}

// TestASlewedClockEndsNotAllSessionsAtOnce: ours makes all cameras late for some time, that of a relay's computer none.
func TestASlewedClockEndsNotAllSessionsAtOnce(t *testing.T) {
	slewed := func(since time.Duration) time.Duration {
		return min(max(0, since-10*time.Minute)/100, 1200*time.Millisecond)
	}
	first, last := 24*time.Hour, time.Duration(0)
	for n := range 60 {
		_, _, spent := line{rate: 1, queue: slewed}.play(NewDelay(&Stamps{}), began, 3*time.Hour)
		if spent == 0 {
			t.Fatalf("session %d goes on", n)
		}
		first, last = min(first, spent), max(last, spent)
	}
	if last-first < 10*time.Minute {
		t.Errorf("all sessions end from %v to %v", first, last)
	}
	d := NewDelay(&Stamps{})
	for since := time.Duration(0); since < 6*time.Hour; since += every {
		u := rtsp.Unit{PTS: since, Arrived: began.Add(since), Relayed: began.Add(since - slewed(since))}
		if late, spent := d.Late(u); late > 50*time.Millisecond || spent {
			t.Fatalf("%v late after %v, spent %v", late, since, spent)
		}
	}
}
