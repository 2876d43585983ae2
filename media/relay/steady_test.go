package relay

import (
	"math/rand/v2"
	"testing"
	"time"
)

// way says how a picture of a camera comes to the relay.
type way struct {
	pts, arrives time.Duration
}

const picture = 40 * time.Millisecond

// ways makes n pictures; late tells how long each takes beyond the best, order is how many pictures are sent after one
// that is shown after them.
func ways(n, order int, late func(i int) time.Duration) []way {
	out := make([]way, n)
	for i := range out {
		shown := i // decoding order 0 3 1 2 6 4 5 … for two
		if order > 0 && i > 0 {
			group, at := (i-1)/(order+1), (i-1)%(order+1)
			if shown = group*(order+1) + at; at == 0 {
				shown = (group + 1) * (order + 1)
			}
		}
		out[i] = way{time.Duration(shown) * picture, time.Duration(i)*picture + late(i)}
	}
	return out
}

// run returns the evened arrivals of pictures by their number in the order of showing, since the first one was taken.
func run(s *steady, list []way) map[int]time.Duration {
	start := time.Unix(1790000000, 0)
	out := map[int]time.Duration{}
	for _, w := range list {
		out[int(w.pts/picture)] = s.even(start.Add(w.arrives), w.pts).Sub(start)
	}
	return out
}

func TestArrivalsAreEven(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	jitter := func(most time.Duration) func(int) time.Duration {
		return func(int) time.Duration { return time.Duration(r.Int64N(int64(most))) }
	}
	for _, c := range []struct {
		name   string
		order  int
		late   func(int) time.Duration
		uneven time.Duration // how much further or closer than a picture's time two may be
		before time.Duration // how much earlier than it came a picture may be said to have come
	}{
		{name: "even", late: func(int) time.Duration { return 0 }},
		{name: "jitter", late: jitter(60 * time.Millisecond), uneven: 5 * time.Millisecond, before: 60 * time.Millisecond},
		{name: "key frames take longer", late: func(i int) time.Duration {
			if i%50 == 0 && i > 0 {
				return 80 * time.Millisecond
			}
			return 0
		}, before: 80 * time.Millisecond},
		{name: "two pictures are sent later than one that is shown after them", order: 2, late: func(int) time.Duration { return 0 }, uneven: time.Millisecond, before: picture},
		{name: "the same with jitter", order: 2, late: jitter(40 * time.Millisecond), uneven: 10 * time.Millisecond, before: steadyLate},
		{name: "a fast clock", late: func(i int) time.Duration { return -time.Duration(i) * 4 * time.Microsecond }, uneven: 5 * time.Microsecond},
		{name: "a slow clock", late: func(i int) time.Duration { return time.Duration(i) * 4 * time.Microsecond }, uneven: 250 * time.Microsecond, before: 2 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			list := ways(3000, c.order, c.late)
			got := run(&steady{}, list)
			for _, w := range list[200 : len(list)-5] { // it has seen some quick ones
				n := int(w.pts / picture)
				if gap := got[n] - got[n-1]; gap < picture-c.uneven || gap > picture+c.uneven {
					t.Fatalf("picture %d comes %v after the one before", n, gap)
				}
				if before := w.arrives - got[n]; before > c.before {
					t.Fatalf("picture %d comes %v before it came", n, before)
				}
			}
		})
	}
}

func TestAStrangeCameraIsNeverFarFromItsArrivals(t *testing.T) {
	for name, strange := range map[string]func(i int, w *way){
		"the clock is set forward":  func(i int, w *way) { w.pts += time.Duration(i/500) * time.Hour },
		"the clock is set back":     func(i int, w *way) { w.pts -= time.Duration(i/500) * 7 * time.Second },
		"the clock runs too fast":   func(i int, w *way) { w.pts = w.pts * 3 / 2 },
		"the clock runs too slowly": func(i int, w *way) { w.pts = w.pts * 2 / 3 },
		"the clock stands":          func(i int, w *way) { w.pts = 0 },
		"a second is held up":       func(i int, w *way) { w.arrives = max(w.arrives, 5*time.Second) },
		"the way becomes longer":    func(i int, w *way) { w.arrives += time.Duration(i/500) * 300 * time.Millisecond },
		"latency creeps up":         func(i int, w *way) { w.arrives += w.arrives / 4 },
	} {
		t.Run(name, func(t *testing.T) {
			var s steady
			start := time.Unix(1790000000, 0)
			far := 0
			list := ways(2000, 0, func(int) time.Duration { return 0 })
			for i := range list {
				w := list[i]
				strange(i, &w)
				d := s.even(start.Add(w.arrives), w.pts).Sub(start.Add(w.arrives))
				if d < -steadyLate || d > steadyEarly {
					t.Fatalf("picture %d is said to have come %v after it came", i, d)
				}
				if d > picture {
					far++
				}
			}
			if far > 4 { // one at each step of the clock
				t.Errorf("%d pictures are said to come much later than they came", far)
			}
		})
	}
}

func TestALongerWayIsFollowed(t *testing.T) {
	list := ways(1000, 0, func(i int) time.Duration {
		if i < 500 {
			return 0
		}
		return 90 * time.Millisecond
	})
	got := run(&steady{}, list)
	last := list[len(list)-1]
	if d := last.arrives - got[len(list)-1]; d > 45*time.Millisecond {
		t.Errorf("%v are still taken for lateness", d)
	}
	for n := 501; n < len(list); n++ {
		if gap := got[n] - got[n-1]; gap < picture-time.Millisecond || gap > picture+time.Millisecond {
			t.Fatalf("picture %d comes %v after the one before", n, gap)
		}
	}
}
