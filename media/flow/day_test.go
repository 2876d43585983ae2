package flow

import (
	"math/rand/v2"
	"testing"
	"time"

	"iocwall/media/rtsp"
)

// leg is a part of the way from a camera to us: so many bytes a second pass, 0: any.
type leg struct {
	width func(at time.Duration) float64
	free  time.Duration
}

// pass returns when what comes at a time has passed.
func (l *leg) pass(at time.Duration, size int) time.Duration {
	at = max(at, l.free)
	if l.width != nil {
		at += time.Duration(float64(size) / l.width(at) * float64(time.Second))
	}
	l.free = at
	return at
}

// day is one of a camera's, of five pictures a second. What is left out is in order.
type day struct {
	pace  func(at time.Duration) float64       // of its time stamps
	sizes func(n int) int                      // of pictures, else keyed
	tells bool                                 // it tells its clock every five seconds
	width func(at time.Duration) float64       // of the way from it
	relay bool                                 // of ours, in between
	near  func(at time.Duration) float64       // width of the way from there
	ours  func(at time.Duration) time.Duration // how much our clock is ahead
	its   func(at time.Duration) time.Duration // how much the relay's clock is ahead
}

// truth is what came of a day.
type truth struct {
	sessions int           // with us, and beyond the first one with the relay
	lie      time.Duration // the longest time for which pictures older than five seconds were called on time
	alarm    time.Duration // in sum, for which pictures younger than half a second were called late
	oldest   time.Duration // picture
}

const pause = 10 * time.Second // between sessions

func (d day) live() truth {
	chance, r := rand.New(rand.NewPCG(1, 2)), truth{sessions: 1}
	var nearStamps, farStamps Stamps
	up, down := leg{width: d.width}, leg{width: d.near}
	var near, far *Delay
	var pts, report, told, since, last time.Duration
	resume := time.Duration(0) // of the session with us
	sizes := d.sizes
	if sizes == nil {
		sizes = keyed
	}
	n := 0
	for at := time.Duration(0); at < 24*time.Hour; at, n = at+every, n+1 {
		pace := 1.
		if d.pace != nil {
			pace = d.pace(at)
		}
		pts += time.Duration(pace * float64(every))
		u := rtsp.Unit{PTS: pts, Size: sizes(n)}
		if d.tells { // by the newest report
			if at >= report+5*time.Second {
				report, told = at, pts
			}
			u.Taken = began.Add(report + pts - told + report/time.Second%7*time.Millisecond)
		}
		came := up.pass(at+time.Duration(chance.Float64()*float64(40*time.Millisecond)), u.Size)
		u.Arrived = began.Add(came)
		if d.relay {
			if far == nil {
				far = NewDelay(&farStamps)
			}
			if d.its != nil {
				u.Arrived = u.Arrived.Add(d.its(came))
			}
			var spent bool
			if u.Late, spent = far.Late(u); spent {
				r.sessions++
				far, near, up.free, down.free = nil, nil, 0, 0
				at, resume = came+pause, came+pause
				continue
			}
			if at < resume {
				continue
			}
			u.Relayed = u.Arrived
			came = down.pass(came, u.Size)
			u.Arrived = began.Add(came)
		}
		if d.ours != nil {
			u.Arrived = u.Arrived.Add(d.ours(came))
		}
		if near == nil {
			near, last, since = NewDelay(&nearStamps), came, came
		}
		late, spent := near.Late(u)
		age := came - at
		r.oldest = max(r.oldest, age)
		if age <= 5*time.Second || late > time.Second {
			since = came
		}
		if late > time.Second && age < 500*time.Millisecond {
			r.alarm += came - last
		}
		r.lie, last = max(r.lie, came-since), came
		if spent {
			r.sessions++
			near, resume, down.free = nil, came+pause, 0
			if !d.relay {
				at, up.free = resume, 0
			}
		}
	}
	return r
}

func fixed(v float64) func(time.Duration) float64 { return func(time.Duration) float64 { return v } }

func alike(int) int { return 2000 }

// varying is another number in each minute, from least on, most at most.
func varying(least, most float64) func(time.Duration) float64 {
	return func(at time.Duration) float64 {
		return least + (most-least)*rand.New(rand.NewPCG(uint64(at/time.Minute), 1)).Float64()
	}
}

// TestDays: how many sessions a day takes, and what is said of its pictures.
func TestDays(t *testing.T) {
	night := func(at time.Duration) float64 { // half of the pictures from 18:00 to 6:00
		if at < 6*time.Hour || at > 18*time.Hour {
			return 0.5
		}
		return 1
	}
	rush := func(at time.Duration) float64 { // two of six hours
		if at%(6*time.Hour) > 4*time.Hour {
			return 8000
		}
		return 20_000
	}
	wide := func(at time.Duration) float64 { // at other times
		if w := rush(at); w < 20_000 {
			return w
		}
		return 100_000
	}
	slow, near := varying(0.05, 0.95), varying(0.8, 1.2) // pictures are counted, at another rate in each minute
	slewed := func(at time.Duration) time.Duration { return min(max(0, at-time.Hour)/100, 1500*time.Millisecond) }
	const first, soon, always = 10 * time.Minute, time.Hour, 24 * time.Hour // until the time stamps are known
	for name, c := range map[string]struct {
		day
		sessions [2]int // least and most
		oldest   time.Duration
		alarm    time.Duration
		lie      time.Duration
	}{
		"a clock 100 ppm slow":                {day{pace: fixed(1 - 100e-6)}, [2]int{1, 1}, time.Second, 0, 0},
		"an even queue":                       {day{width: fixed(8000)}, [2]int{270, 290}, 62 * time.Second, 0, 0},
		"an even queue of JPEG":               {day{width: fixed(8000), sizes: grainy}, [2]int{270, 290}, 62 * time.Second, 0, 0},
		"an even queue, a clock is told":      {day{width: fixed(8000), sizes: alike, tells: true}, [2]int{270, 290}, 62 * time.Second, 0, 0},
		"a slow one":                          {day{width: fixed(9950)}, [2]int{7, 8}, 63 * time.Second, 0, 0},
		"an uneven queue":                     {day{width: varying(4000, 12_000)}, [2]int{200, 290}, 64 * time.Second, 0, 0},
		"an uneven queue that nobody can see": {day{width: varying(4000, 12_000), sizes: alike}, [2]int{24, 72}, 17 * time.Minute, 0, 0},
		"a queue in rush hours":               {day{width: rush}, [2]int{80, 100}, 62 * time.Second, 0, 0},
		"stamps at 0.8":                       {day{pace: fixed(0.8)}, [2]int{2, 2}, time.Second, first, 0},
		"stamps at 0.8, a right clock":        {day{pace: fixed(0.8), tells: true}, [2]int{1, 1}, time.Second, first, 0},
		"stamps at 0.8, sizes alike":          {day{pace: fixed(0.8), sizes: alike}, [2]int{2, 2}, time.Second, first, 0},
		"pictures counted, half at night":     {day{pace: night}, [2]int{2, 8}, time.Second, soon, 0},
		"pictures counted, ever others":       {day{pace: slow}, [2]int{24, 80}, time.Second, always, 0},
		"faster or slower":                    {day{pace: near}, [2]int{2, 40}, time.Second, always, 0},
		"and in rush hours a queue":           {day{pace: slow, width: rush}, [2]int{24, 300}, 16 * time.Minute, always, 0},
		"faster or slower, a queue":           {day{pace: near, width: rush}, [2]int{20, 240}, 16 * time.Minute, always, 30 * time.Second},
		"counted, a clock is told":            {day{pace: slow, sizes: alike, tells: true}, [2]int{1, 1}, time.Second, first, 0},
		"a clock is told, faster or slower":   {day{pace: near, sizes: alike, tells: true}, [2]int{1, 1}, time.Second, first, 0},
		"a clock is told, and a queue":        {day{pace: slow, sizes: alike, tells: true, width: rush}, [2]int{80, 100}, 80 * time.Second, first, 30 * time.Second},
		"a clock is told, all of that":        {day{pace: near, sizes: alike, tells: true, width: rush}, [2]int{70, 100}, 2 * time.Minute, first, 30 * time.Second},
		"JPEG at 0.8, and a queue":            {day{pace: fixed(0.8), sizes: grainy, width: wide}, [2]int{80, 240}, 80 * time.Second, soon, time.Minute},
		"our clock is slewed":                 {day{ours: slewed}, [2]int{2, 2}, time.Second, soon, 0},
		"relay":                               {day{relay: true, pace: fixed(1 - 100e-6)}, [2]int{1, 1}, time.Second, 0, 0},
		"relay, a queue to it":                {day{relay: true, width: fixed(8000)}, [2]int{270, 290}, 62 * time.Second, 0, 0},
		"relay, a queue from it":              {day{relay: true, near: fixed(8000)}, [2]int{270, 290}, 62 * time.Second, 0, 0},
		"relay, stamps at 0.8":                {day{relay: true, pace: fixed(0.8)}, [2]int{2, 2}, time.Second, first, 0},
		"relay, stamps at 0.8, a queue":       {day{relay: true, pace: fixed(0.8), near: fixed(8000)}, [2]int{270, 290}, 62 * time.Second, 0, 0},
		"relay, pictures counted":             {day{relay: true, pace: slow}, [2]int{24, 80}, time.Second, always, 0},
		"relay, its clock is slewed":          {day{relay: true, its: slewed}, [2]int{2, 2}, time.Second, soon, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := c.live()
			if r.sessions < c.sessions[0] || r.sessions > c.sessions[1] || r.lie > c.lie || r.alarm > c.alarm || r.oldest > c.oldest {
				t.Errorf("%d sessions, %v on time though late, %v late though on time, pictures up to %v old", r.sessions, r.lie, r.alarm, r.oldest)
			}
		})
	}
}
