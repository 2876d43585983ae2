package flow

import (
	"testing"
	"time"

	"iocwall/media/rtsp"
)

// tape is what a camera sends that counts pictures, five in a second by its time stamps.
type tape struct {
	pace  func(since time.Duration) float64       // of its time stamps
	queue func(since time.Duration) time.Duration // how late units are, nil: not
	clock func(since time.Duration) time.Time     // told with each unit, nil: none
}

// play sends units to a new session for some time; each gets what is said of them. It returns when the session was spent, 0:
// not.
func (p tape) play(s *Stamps, start time.Time, long time.Duration, each func(since, late time.Duration)) time.Duration {
	d := NewDelay(s)
	var pts time.Duration
	for n := range int(long / every) {
		since := time.Duration(n) * every
		u := rtsp.Unit{PTS: pts, Arrived: start.Add(since + time.Duration(n*7919%40)*time.Millisecond), Size: keyed(n)}
		if p.queue != nil {
			u.Arrived = u.Arrived.Add(p.queue(since))
		}
		if p.clock != nil {
			u.Taken = p.clock(since)
		}
		late, spent := d.Late(u)
		if each != nil {
			each(since, late)
		}
		if spent {
			return since
		}
		pts += time.Duration(p.pace(since) * float64(every))
	}
	return 0
}

// TestAClockThatMakesNoSenseIsNotFollowed: one that stands, and one that is told too seldom.
func TestAClockThatMakesNoSenseIsNotFollowed(t *testing.T) {
	queue := standing(20*time.Second, 10*time.Minute)
	for name, c := range map[string]tape{
		"none": {},
		"one that stands": {clock: func(since time.Duration) time.Time {
			return began.Add(since % (5 * time.Second))
		}},
		"one told too seldom": {clock: func(since time.Duration) time.Time {
			return began.Add(since - since/(2*time.Minute)*time.Second)
		}},
	} {
		var s Stamps
		c.pace, c.queue = fixed(1), queue
		spent := c.play(&s, began, 11*time.Minute, func(since, late time.Duration) {
			if waits := since >= 10*time.Minute; waits != (late > 19*time.Second) || !waits && late > unrest {
				t.Fatalf("%s: %v late after %v", name, late, since)
			}
		})
		if spent != 0 {
			t.Errorf("%s: spent after %v", name, spent)
		}
	}
}

func TestAQueueIsToldByTheSizesOfPictures(t *testing.T) {
	jitter := func(n int) time.Duration { return time.Duration(n*7919%40) * time.Millisecond }
	const taken = 200 * time.Millisecond
	for name, c := range map[string]struct {
		units int
		sizes func(int) int
		width int // of the line, in bytes a second
		stall int // the unit before which nothing comes for ten seconds
		want  cause
	}{
		"a queue":                 {150, keyed, 8000, 0, queued},
		"a queue of JPEG":         {150, grainy, 8000, 0, queued},
		"a wide line":             {150, keyed, 1 << 20, 0, stamped},
		"a line of twice as much": {150, keyed, 20_000, 0, stamped},
		"a full line":             {150, keyed, 10_000, 0, queued},
		"JPEG on a wide line":     {150, grainy, 1 << 20, 0, stamped},
		"sizes alike":             {150, alike, 8000, 0, unclear},
		"a few pictures":          {10, keyed, 1 << 20, 0, unclear},
		"a pause":                 {150, keyed, 1 << 20, 71, unclear},
		"no sizes":                {150, func(int) int { return 0 }, 1 << 20, 0, unclear},
	} {
		var b bulk
		var free, last time.Duration
		for n := range c.units {
			at := time.Duration(n)*taken + jitter(n)
			if c.stall > 0 && n >= c.stall {
				at += 10 * time.Second
			}
			free = max(at, free) + time.Duration(c.sizes(n))*time.Second/time.Duration(c.width)
			if n > 0 {
				b.note(c.sizes(n), free-last)
			}
			last = free
		}
		if got := b.cause(); got != c.want {
			share, unsure, ok := b.share()
			t.Errorf("%s: %v, want %v: %.2f ± %.2f, %v", name, got, c.want, share, unsure, ok)
		}
	}
}
