package flow

import (
	"testing"
	"time"
)

// feed sends units for some time to one and returns the worst and the last lateness. The camera's clock is
// drift seconds a second fast, units are creep seconds a second later each.
func feed(c *Lateness, from time.Duration, d time.Duration, drift, creep float64, jitter time.Duration) (worst, last time.Duration) {
	start := time.Unix(1000, 0)
	for n := range int(d / (200 * time.Millisecond)) {
		at := from + time.Duration(n)*200*time.Millisecond
		late := time.Duration(creep*float64(at-from)) + time.Duration(n*7919%100)*jitter/100
		last = c.Late(start.Add(at+late), at+time.Duration(drift*float64(at)))
		worst = max(worst, last)
	}
	return worst, last
}

func TestDriftIsNotLateness(t *testing.T) {
	for _, ppm := range []float64{-100, -20, 0, 20, 100} {
		var c Lateness
		worst, _ := feed(&c, 0, 12*time.Hour, ppm*1e-6, 0, 80*time.Millisecond)
		if worst > 200*time.Millisecond {
			t.Errorf("%v ppm over twelve hours counts as %v late", ppm, worst)
		}
	}
}

func TestLatencyThatCreepsUpIsFound(t *testing.T) {
	for _, c := range []struct {
		creep  float64 // seconds an hour
		within time.Duration
	}{{30, 3 * time.Minute}, {10, 8 * time.Minute}, {3, 30 * time.Minute}, {2, time.Hour}} {
		var k Lateness
		feed(&k, 0, 10*time.Minute, 0, 0, 0)
		_, last := feed(&k, 10*time.Minute, c.within, 0, c.creep/3600, 0)
		if last < time.Second {
			t.Errorf("%v s an hour: %v late after %v", c.creep, last, c.within)
		}
	}
}

func TestStepsOfTheCamerasClockAreNotLateness(t *testing.T) {
	start := time.Unix(1000, 0)
	for _, step := range []time.Duration{-time.Hour, -5 * time.Second, -time.Second, 500 * time.Millisecond, 3 * time.Second, time.Hour} {
		var c Lateness
		for n := range 1000 {
			at := time.Duration(n) * 40 * time.Millisecond
			pts := at
			if n >= 500 {
				pts += step
			}
			if late := c.Late(start.Add(at), pts); late > 50*time.Millisecond {
				t.Fatalf("step %v: unit %d is %v late", step, n, late)
			}
		}
	}
	// A camera that is late stays late when its clock is set.
	for _, step := range []time.Duration{-time.Hour, -time.Second, 3 * time.Second, time.Hour} {
		var c Lateness
		c.Late(start, 0)
		c.Late(start.Add(3*time.Second), time.Second)
		if late := c.Late(start.Add(3040*time.Millisecond), 1040*time.Millisecond+step); late < 1900*time.Millisecond || late > 2100*time.Millisecond {
			t.Errorf("set by %v: %v late", step, late)
		}
	}
}

// TestAQueueThatIsLeftOutIsNotAStep: pictures of the last seconds are not sent any more, new ones come at once.
func TestAQueueThatIsLeftOutIsNotAStep(t *testing.T) {
	start := time.Unix(1000, 0)
	for _, queue := range []time.Duration{time.Second, 10 * time.Second} {
		var c Lateness
		feed(&c, 0, time.Minute, 0, 0, 80*time.Millisecond)
		at := time.Minute + queue
		c.Late(start.Add(at), time.Minute)
		if late := c.Late(start.Add(at+40*time.Millisecond), at); late > 100*time.Millisecond {
			t.Errorf("%v late after a queue of %v", late, queue)
		}
	}
}

func TestReorderedPicturesAreNotAStep(t *testing.T) {
	var c Lateness
	start := time.Unix(1000, 0)
	order := []int{0, 3, 1, 2} // presentation order within each four, sent in this order
	for n := range 400 {
		at := time.Duration(n) * 40 * time.Millisecond
		pts := time.Duration(n/4*4+order[n%4]) * 40 * time.Millisecond
		if late := c.Late(start.Add(at), pts); late > 150*time.Millisecond {
			t.Fatalf("unit %d is %v late", n, late)
		}
	}
	if late := c.Late(start.Add(19*time.Second), 16*time.Second); late < 2900*time.Millisecond {
		t.Errorf("a delay of 3 s counts as %v", late)
	}
}

// TestVeryLateIsStillLate: what creeps up for hours is not on time again once it is very late.
func TestVeryLateIsStillLate(t *testing.T) {
	var c Lateness
	feed(&c, 0, 10*time.Minute, 0, 0, 0)
	_, last := feed(&c, 10*time.Minute, 3*time.Hour, 0, 30./3600, 0)
	if last < 85*time.Second {
		t.Errorf("after 3 h at 30 s an hour a picture that is 90 s old counts as %v late", last)
	}
}
