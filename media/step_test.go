package media

import (
	"context"
	"image"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/media/flow"
)

// window is how long a late picture is told of, and a little more.
const window = 5100 * time.Millisecond

// frameTime is the distance of the fake camera's pictures.
const frameTime = 40 * time.Millisecond

// computer is one of several that show the same camera.
type computer struct {
	cam     *fakeCamera
	decoder *fakeDecoder
	viewer  *Viewer
	end     func()
}

// newComputer runs a deck on a camera whose way to it is given; its clock is wrong by err.
func newComputer(t *testing.T, err, delay, jitter, decoding time.Duration, prepare ...func(*computer)) *computer {
	t.Helper()
	c := &computer{cam: newFakeCamera(), decoder: &fakeDecoder{slow: decoding}}
	c.cam.stamps, c.cam.delay, c.cam.jitter = true, delay, jitter
	for _, f := range prepare {
		f(c)
	}
	d, bad := NewDeck(DeckOptions{
		Decoder: c.decoder.factory, Clock: func() time.Time { return time.Now().Add(err) },
		Address: func(context.Context, string, string) (string, string, string, error) {
			return "rtsp://relay/cam", "", "", nil
		},
	})
	if bad != nil {
		t.Fatal(bad)
	}
	d.play = c.cam.play
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	c.end = func() { cancel(); <-done }
	c.viewer = d.Open(Camera{ID: "cam"}, nil)
	c.viewer.SetView(small)
	return c
}

// shown returns the number of the picture on the screen, less than 0 before the first. All fake cameras begin at a
// multiple of the frame time after the epoch of the bubble, so that pictures of one number were sent at once.
func (c *computer) shown(epoch time.Time) int {
	f, ok := c.viewer.Frame()
	if !ok {
		return -1
	}
	return int((c.cam.connections()[0].Sub(epoch) + f.PTS) / frameTime)
}

// together samples what two computers show and returns the share of samples in which it was the same picture and the
// most by which they differed.
func together(a, b *computer, epoch time.Time, samples int) (same float64, most int) {
	n := 0
	for range samples {
		pass(7 * time.Millisecond)
		d := abs(a.shown(epoch) - b.shown(epoch))
		if d == 0 {
			n++
		}
		most = max(most, d)
	}
	return float64(n) / float64(samples), most
}

func TestComputersShowTheSamePicture(t *testing.T) {
	for _, c := range []struct {
		name   string
		step   time.Duration
		err    time.Duration // of the second computer's clock
		least  float64
		most   int
		differ bool // they must not be together
	}{
		{name: "in step", step: StepBudget, least: 1},
		{name: "clock wrong by 9 ms", step: StepBudget, err: 9 * time.Millisecond, least: .7, most: 1},
		{name: "clock wrong by 39 ms", step: StepBudget, err: -39 * time.Millisecond, most: 1},
		{name: "without a step", most: 6, differ: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				epoch := time.Now()
				a := newComputer(t, 0, 5*time.Millisecond, 0, 3*time.Millisecond)
				a.viewer.SetStep(c.step)
				pass(32 * frameTime)
				b := newComputer(t, c.err, 90*time.Millisecond, 60*time.Millisecond, 25*time.Millisecond)
				b.viewer.SetStep(c.step)
				defer a.end()
				defer b.end()
				pass(25 * frameTime)
				same, most := together(a, b, epoch, 2000)
				t.Logf("the same picture in %.1f %% of samples, %d pictures apart at most", 100*same, most)
				if same < c.least || most > c.most || c.differ && same > .1 {
					t.Errorf("the same picture in %.1f %% of samples, %d apart", 100*same, most)
				}
				for _, x := range []*computer{a, b} {
					st := x.viewer.Stats()
					if c.step == 0 {
						if st.Step != (StepStats{}) {
							t.Errorf("a step that nobody asked for: %+v", st.Step)
						}
						continue
					}
					if st.State != StateLive || st.Step.State != StepKept || st.Step.Late > 0 || st.Step.Shown < 300 || st.Step.Budget != c.step {
						t.Errorf("%s, %+v", st.State, st.Step)
					}
				}
			})
		})
	}
}

// onComputer runs a test on one computer that keeps step.
func onComputer(t *testing.T, prepare func(*computer), run func(t *testing.T, c *computer)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := newComputer(t, 0, 20*time.Millisecond, 0, 5*time.Millisecond, prepare)
		defer c.end()
		c.viewer.SetStep(StepBudget)
		pass(3*time.Second + time.Millisecond)
		run(t, c)
	})
}

// age is how long ago the picture on the screen was sent, at most.
func (c *computer) age(t *testing.T) time.Duration {
	t.Helper()
	oldest := time.Duration(0)
	for range 100 {
		pass(3 * time.Millisecond)
		f, _ := c.viewer.Frame()
		oldest = max(oldest, time.Since(c.cam.connections()[0].Add(f.PTS)))
	}
	return oldest
}

func TestAPictureWaitsForItsMoment(t *testing.T) {
	onComputer(t, func(*computer) {}, func(t *testing.T, c *computer) {
		f, _ := c.viewer.Frame()
		if late := time.Since(f.Moment); late < 0 || late >= frameTime || f.Moment.Sub(f.Arrived) != StepBudget-20*time.Millisecond {
			t.Errorf("shown %v after its moment, which is %v after its arrival", late, f.Moment.Sub(f.Arrived))
		}
		if d := c.age(t); d < StepBudget || d > StepBudget+frameTime {
			t.Errorf("pictures are up to %v old", d)
		}
		st := c.viewer.Stats()
		if st.State != StateLive || st.Step.State != StepKept || st.Step.Spare != StepBudget-20*time.Millisecond || st.Dropped > 0 {
			t.Errorf("%s, %+v, %d dropped", st.State, st.Step, st.Dropped)
		}
		// What waits is compressed: at most three pictures are decoded before their moment.
		if ahead := int(c.decoder.units.Load()) - int(st.Frames); ahead < 1 || ahead > 3 {
			t.Errorf("%d pictures are decoded ahead", ahead)
		}
	})
}

func TestAPictureThatIsLateIsShownAtOnce(t *testing.T) {
	onComputer(t, func(c *computer) { c.cam.delay = 400 * time.Millisecond }, func(t *testing.T, c *computer) {
		pass(window)
		if d := c.age(t); d < 400*time.Millisecond || d > 410*time.Millisecond+frameTime {
			t.Errorf("pictures are up to %v old", d)
		}
		if st := c.viewer.Stats(); st.Step.State != StepLate || st.Step.Late == 0 || st.Step.Late != st.Step.Shown || st.Step.Spare != -100*time.Millisecond {
			t.Errorf("%+v", st.Step)
		}
		c.cam.do(func() { c.cam.delay = 20 * time.Millisecond })
		pass(window + time.Second)
		if st := c.viewer.Stats(); st.Step.State != StepKept || st.State != StateLive {
			t.Errorf("%s, %+v", st.State, st.Step)
		}
	})
}

func TestASlowDecoderIsGivenItsUnitsEarlier(t *testing.T) {
	onComputer(t, func(c *computer) { c.decoder.set(nil, 35*time.Millisecond); c.decoder.hold = 2 }, func(t *testing.T, c *computer) {
		st := c.viewer.Stats()
		late := st.Step.Late // of the time when it was not known how slow it is
		pass(window + time.Second)
		if d := c.age(t); d < StepBudget || d > StepBudget+frameTime {
			t.Errorf("pictures are up to %v old", d)
		}
		if st = c.viewer.Stats(); st.Step.State != StepKept || st.Step.Late != late || late > 5 {
			t.Errorf("%+v, %d late at first", st.Step, late)
		}
	})
}

func TestWhatHasNoMomentIsShownAtOnce(t *testing.T) {
	for state, prepare := range map[StepState]func(*fakeCamera){
		StepUnstamped: func(c *fakeCamera) { c.stamps = false },
		StepUnclocked: func(c *fakeCamera) { c.ahead = time.Minute },
	} {
		t.Run(string(state), func(t *testing.T) {
			onComputer(t, func(c *computer) { prepare(c.cam) }, func(t *testing.T, c *computer) {
				if d := c.age(t); d > 30*time.Millisecond+frameTime {
					t.Errorf("pictures are up to %v old", d)
				}
				f, _ := c.viewer.Frame()
				if st := c.viewer.Stats(); st.Step.State != state || st.Step.Shown != 0 || st.State != StateLive || !f.Moment.IsZero() {
					t.Errorf("%s, %+v, moment %v", st.State, st.Step, f.Moment)
				}
			})
		})
	}
}

func TestAStepIsLeftAtOnce(t *testing.T) {
	onComputer(t, func(*computer) {}, func(t *testing.T, c *computer) {
		c.viewer.SetStep(0)
		pass(frameTime)
		if d := c.age(t); d > 30*time.Millisecond+frameTime {
			t.Errorf("pictures are up to %v old", d)
		}
		if st := c.viewer.Stats(); st.Step != (StepStats{}) || st.State != StateLive || st.Dropped > 10 {
			t.Errorf("%s, %+v, %d dropped", st.State, st.Step, st.Dropped)
		}
		c.viewer.SetStep(time.Hour) // too much
		pass(3 * time.Second)
		if d := c.age(t); d < flow.MaxBudget || d > flow.MaxBudget+frameTime || c.viewer.Stats().Step.State != StepKept {
			t.Errorf("pictures are up to %v old, %+v", d, c.viewer.Stats().Step)
		}
	})
}

func TestTheLargestBudgetOfThoseWhoLookCounts(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		a, b := s.view(small), s.view(small)
		budget := func(want time.Duration) {
			t.Helper()
			pass(time.Second)
			for _, v := range []*Viewer{a, b} {
				if st := v.Stats().Step; st.Budget != want || (want == 0) != (st.State == StepOff) {
					t.Errorf("%+v, want %v", st, want)
				}
			}
		}
		budget(0)
		a.SetStep(200 * time.Millisecond)
		budget(200 * time.Millisecond)
		b.SetStep(StepBudget)
		budget(StepBudget)
		b.SetView(View{})
		budget(200 * time.Millisecond)
		a.SetView(View{})
		budget(StepBudget)
		a.SetView(small)
		b.Close()
		pass(time.Second)
		if st := a.Stats().Step; st.Budget != 200*time.Millisecond {
			t.Errorf("%+v", st)
		}
		a.SetView(large) // of the other stream
		pass(2 * time.Second)
		if st := shows(t, a, StateLive, ReasonNone, "main").Step; st.Budget != 200*time.Millisecond || st.State != StepUnstamped {
			t.Errorf("%+v", st)
		}
	})
}

func TestAClockThatIsSetStopsNothing(t *testing.T) {
	var c *computer
	synctest.Test(t, func(t *testing.T) {
		c = newComputer(t, 0, 20*time.Millisecond, 0, 5*time.Millisecond)
		defer c.end()
		c.viewer.SetStep(StepBudget)
		pass(3 * time.Second)
		for _, ahead := range []time.Duration{time.Hour, -time.Hour, 0} {
			c.cam.do(func() { c.cam.ahead = ahead })
			last, stood := uint64(0), time.Duration(0)
			for range 400 {
				pass(10 * time.Millisecond)
				f, _ := c.viewer.Frame()
				if f.Seq == last {
					stood += 10 * time.Millisecond
				} else {
					last, stood = f.Seq, 0
				}
				if stood > StepBudget+frameTime {
					t.Fatalf("the picture stands for %v after the relay's clock was set by %v", stood, ahead)
				}
			}
		}
		pass(window)
		if st := c.viewer.Stats(); st.Step.State != StepKept {
			t.Errorf("%+v", st.Step)
		}
	})
}

func TestAResizedTileKeepsStep(t *testing.T) {
	onComputer(t, func(*computer) {}, func(t *testing.T, c *computer) {
		other := View{Size: image.Pt(400, 225)}
		c.viewer.SetView(other)
		for i := range 100 {
			pass(5 * time.Millisecond)
			f, ok := c.viewer.Frame()
			if late := time.Since(f.Moment); !ok || late < 0 || late >= frameTime {
				t.Fatalf("a picture %v after its moment", late)
			}
			if i > 25 && f.View != other {
				t.Fatalf("the picture is still %v", f.View)
			}
		}
	})
}

func TestTheNewestOfWhatIsDueIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlayer(Options{})
		r := &presenter{p: p, queue: flow.NewQueue(flow.QueueOptions{}), wake: make(chan struct{}, 1)}
		p.setStep(time.Second, time.Now)
		now := time.Now()
		put := func(number int, relayed time.Duration) {
			r.put([]Frame{{PTS: time.Duration(number), View: small}}, now.Add(relayed), time.Now())
		}
		shows := func(want int, dropped uint64) {
			t.Helper()
			if f, _ := p.frame(small); int(f.PTS) != want || p.stats.Dropped != dropped {
				t.Errorf("shows %d, %d dropped; want %d, %d", f.PTS, p.stats.Dropped, want, dropped)
			}
		}
		put(1, -time.Second)
		shows(1, 0)
		put(2, 0)
		put(3, 40*time.Millisecond)
		put(4, 20*time.Millisecond) // due before the one that it follows
		put(5, 60*time.Millisecond)
		shows(1, 0)
		time.Sleep(time.Second)
		r.turn()
		shows(2, 0)
		time.Sleep(20 * time.Millisecond)
		r.turn()
		shows(4, 1)
		if next := r.turn(); next != 40*time.Millisecond {
			t.Errorf("the next one is due in %v", next)
		}
		if n := r.slipped(); n != 0 {
			t.Errorf("%d pictures were not shown at their moment", n)
		}
		put(6, 80*time.Millisecond)
		put(7, 120*time.Millisecond)
		put(8, -time.Second)          // late by itself
		put(9, -500*time.Millisecond) // so is this
		shows(9, 4)                   // which was to be shown after them
		put(10, 200*time.Millisecond)
		put(11, 220*time.Millisecond)
		time.Sleep(300 * time.Millisecond) // somebody is busy
		r.turn()
		if shows(11, 5); r.slipped() != 2 {
			t.Error("pictures that were not shown at their moment are not told")
		}
	})
}

func TestWhatWaitsIsBounded(t *testing.T) {
	p := newPlayer(Options{})
	r := &presenter{p: p, queue: flow.NewQueue(flow.QueueOptions{}), wake: make(chan struct{}, 1)}
	p.setStep(time.Second, time.Now)
	big := func() []Frame { return []Frame{{Image: image.NewRGBA(image.Rect(0, 0, 3840, 2160))}} }
	for n := 0; !r.full(); n++ {
		r.put(big(), time.Now(), time.Now())
		if n > 3 {
			t.Fatal("four large pictures wait")
		}
	}
	if !r.extend(big()) || r.bytes != 5*4*3840*2160 {
		t.Errorf("%d bytes wait", r.bytes)
	}
	p.setStep(0, nil)
	if r.turn(); r.full() || r.bytes != 0 || r.extend(big()) {
		t.Errorf("%d bytes wait without a step", r.bytes)
	}
}
