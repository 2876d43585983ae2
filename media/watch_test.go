package media

import (
	"errors"
	"image"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/media/rtsp"
)

// feedClock sends units for some time to a clock and returns the worst and the last lateness. The camera's clock is
// drift seconds a second fast, units are creep seconds a second later each.
func feedClock(c *clock, from time.Duration, d time.Duration, drift, creep float64, jitter time.Duration) (worst, last time.Duration) {
	start := time.Unix(1000, 0)
	for n := range int(d / (200 * time.Millisecond)) {
		at := from + time.Duration(n)*200*time.Millisecond
		late := time.Duration(creep*float64(at-from)) + time.Duration(n*7919%100)*jitter/100
		last = c.late(start.Add(at+late), at+time.Duration(drift*float64(at)))
		worst = max(worst, last)
	}
	return worst, last
}

func TestDriftIsNotLateness(t *testing.T) {
	for _, ppm := range []float64{-100, -20, 0, 20, 100} {
		var c clock
		worst, _ := feedClock(&c, 0, 12*time.Hour, ppm*1e-6, 0, 80*time.Millisecond)
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
		var k clock
		feedClock(&k, 0, 10*time.Minute, 0, 0, 0)
		_, last := feedClock(&k, 10*time.Minute, c.within, 0, c.creep/3600, 0)
		if last < time.Second {
			t.Errorf("%v s an hour: %v late after %v", c.creep, last, c.within)
		}
	}
}

func TestStepsOfTheCamerasClockAreNotLateness(t *testing.T) {
	start := time.Unix(1000, 0)
	for _, step := range []time.Duration{-time.Hour, -5 * time.Second, -time.Second, 500 * time.Millisecond, 3 * time.Second, time.Hour} {
		var c clock
		for n := range 1000 {
			at := time.Duration(n) * 40 * time.Millisecond
			pts := at
			if n >= 500 {
				pts += step
			}
			if late := c.late(start.Add(at), pts); late > 50*time.Millisecond {
				t.Fatalf("step %v: unit %d is %v late", step, n, late)
			}
		}
	}
	// A camera that is late stays late when its clock is set back.
	var c clock
	c.late(start, 0)
	c.late(start.Add(3*time.Second), time.Second)
	if late := c.late(start.Add(3040*time.Millisecond), -time.Hour); late < 1900*time.Millisecond {
		t.Errorf("%v late", late)
	}
}

func TestReorderedPicturesAreNotAStep(t *testing.T) {
	var c clock
	start := time.Unix(1000, 0)
	order := []int{0, 3, 1, 2} // presentation order within each four, sent in this order
	for n := range 400 {
		at := time.Duration(n) * 40 * time.Millisecond
		pts := time.Duration(n/4*4+order[n%4]) * 40 * time.Millisecond
		if late := c.late(start.Add(at), pts); late > 150*time.Millisecond {
			t.Fatalf("unit %d is %v late", n, late)
		}
	}
	if late := c.late(start.Add(19*time.Second), 16*time.Second); late < 2900*time.Millisecond {
		t.Errorf("a delay of 3 s counts as %v", late)
	}
}

func TestTimeStampsThatMakeNoSenseAreNotUsed(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		c.do(func() { c.drift = -0.2 }) // counts 20 pictures a second, sends 25
		p.Retry()
		pass(6 * time.Minute)
		expect(t, p, StateLive, ReasonNone)
		c.broken <- errors.New("cut")
		for range 60 {
			pass(time.Second)
			if s := p.Stats(); s.State == StateLate {
				t.Fatalf("believed again after a reconnect: %+v", s)
			}
		}
	})
}

func TestLateSecondsAreTold(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		pass(time.Minute)
		c.do(func() { c.creep = 0.01 })
		p.Retry()
		pass(90 * time.Second)
		expect(t, p, StateLive, ReasonNone)
		pass(30 * time.Second)
		if s := expect(t, p, StateLate, ReasonLate); s.Behind < time.Second || s.Behind > 1300*time.Millisecond {
			t.Errorf("behind %v", s.Behind)
		}
	})
}

func TestTheCamerasClockIsTold(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		pass(5 * time.Second)
		if s := p.Stats(); s.ClockKnown || !s.Taken.IsZero() {
			t.Errorf("a clock that nobody told: %+v", s)
		}
		c.do(func() { c.known, c.offset, c.delay = true, -3*time.Minute, 50*time.Millisecond })
		pass(time.Minute)
		s := p.Stats()
		f, _ := p.Frame()
		if !s.ClockKnown || s.ClockOffset < -3*time.Minute-100*time.Millisecond || s.ClockOffset > -3*time.Minute || !s.Taken.Equal(f.Taken) {
			t.Errorf("known %v, offset %v, taken %v, frame %v", s.ClockKnown, s.ClockOffset, s.Taken, f.Taken)
		}
		if ago := time.Since(s.Taken); ago < 3*time.Minute || ago > 3*time.Minute+time.Second {
			t.Errorf("taken %v ago", ago)
		}
		c.do(func() { c.offset = 2 * time.Second }) // the camera was set right, almost
		pass(time.Second)
		if s := expect(t, p, StateLive, ReasonNone); s.ClockOffset < 1900*time.Millisecond || s.ClockOffset > 2*time.Second {
			t.Errorf("offset %v", s.ClockOffset)
		}
		c.do(func() { c.known = false })
		c.broken <- errors.New("cut")
		pass(2 * time.Second)
		if s := expect(t, p, StateLive, ReasonNone); s.ClockKnown {
			t.Error("the clock of the session before is still told")
		}
	})
}

func TestPacketsWithoutPicturesAreMarkedWithinTwoSeconds(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		pass(5 * time.Second)
		c.do(func() { c.chatter = true })
		pass(1400 * time.Millisecond)
		expect(t, p, StateLive, ReasonNone)
		pass(500 * time.Millisecond)
		expect(t, p, StateFrozen, ReasonNoUnits)
		pass(25 * time.Second)
		if len(c.connections()) < 2 {
			t.Error("it is never connected anew")
		}
	})
}

func TestKeyFramesAreWatched(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		c.do(func() { c.keyEvery = 100 })
		p.Retry()
		pass(30 * time.Second)
		if s := expect(t, p, StateLive, ReasonNone); s.KeyInterval != 4*time.Second || s.KeyOverdue || s.Detail != "" {
			t.Errorf("%+v", s)
		}
		c.do(func() { c.nokey = true })
		pass(6 * time.Second)
		if s := p.Stats(); s.KeyOverdue {
			t.Error("overdue too early")
		}
		pass(5 * time.Second)
		if s := expect(t, p, StateLive, ReasonNone); !s.KeyOverdue || !strings.Contains(s.Detail, "no key frame") {
			t.Errorf("%+v", s)
		}
	})
}

func TestAKeyFrameOutOfTheCacheDoesNotMisleadTheWatch(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		c.do(func() {
			c.keyEvery = 100
			for i := range 90 { // the next key frame is ten pictures away
				c.behind = append(c.behind, time.Duration(90-i)*40*time.Millisecond)
			}
		})
		p.Retry()
		for range 100 {
			pass(100 * time.Millisecond)
			if s := p.Stats(); s.KeyOverdue {
				t.Fatalf("overdue: interval %v", s.KeyInterval)
			}
		}
		if s := p.Stats(); s.KeyInterval < 3900*time.Millisecond || s.KeyInterval > 4100*time.Millisecond {
			t.Errorf("interval %v", s.KeyInterval)
		}
	})
}

func TestALongCacheDoesNotOverflow(t *testing.T) {
	scenario(t, Options{QueueUnits: 50}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		d.set(nil, time.Millisecond)
		c.do(func() {
			c.keyEvery = 1000
			for i := range 400 {
				c.behind = append(c.behind, time.Duration(401-i)*40*time.Millisecond)
			}
		})
		p.Retry()
		pass(800 * time.Millisecond)
		if s := expect(t, p, StateLive, ReasonNone); s.DecodeErrors != 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestEveryJPEGIsAKeyFrame(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		c.do(func() { c.codec = MJPEG })
		p.Retry()
		pass(5 * time.Second)
		if s := expect(t, p, StateLive, ReasonNone); s.Codec != MJPEG {
			t.Errorf("codec %q", s.Codec)
		}
		c.do(func() { c.lose = 2 })
		pass(100 * time.Millisecond)
		if s := expect(t, p, StateLive, ReasonNone); s.Lost != 2 || s.KeyOverdue || time.Since(s.Picture) > 50*time.Millisecond {
			t.Errorf("%+v", s)
		}
	})
}

func TestADecoderIsMadeAnew(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		d.do(func() { d.broken = 3 })
		p.Retry()
		pass(2500 * time.Millisecond)
		if s := expect(t, p, StateNoSignal, ReasonDecoderErrors); !strings.Contains(s.Detail, "busy") {
			t.Errorf("%+v", s)
		}
		connections := len(c.connections())
		pass(time.Second)
		if s := expect(t, p, StateLive, ReasonNone); s.Decoder != "fake" {
			t.Errorf("%+v", s)
		}
		made := d.made.Load()
		d.set(errors.New("the device hangs"), 0)
		pass(4 * time.Second)
		d.set(nil, 0)
		pass(1100 * time.Millisecond)
		expect(t, p, StateLive, ReasonNone)
		if d.made.Load() == made || d.open.Load() != 1 {
			t.Errorf("%d more decoders, %d open", d.made.Load()-made, d.open.Load())
		}
		if n := len(c.connections()); n != connections {
			t.Errorf("%d more connections", n-connections)
		}
	})
}

func TestADecoderThatHoldsPicturesBackTellsTheirOwnTimes(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		d.do(func() { d.hold = 3 })
		pass(5 * time.Second)
		f, ok := p.Frame()
		if age := f.Age(time.Now()); !ok || age < 120*time.Millisecond || age > 160*time.Millisecond {
			t.Errorf("age %v of a picture that came three pictures ago", age)
		}
	})
}

// runs feeds a stream's watch with runs of equal pictures, five a second, each ended by some different ones.
func runs(s *still, at time.Time, length, between time.Duration, times int) time.Time {
	for range times {
		for d := time.Duration(0); d < length+between; d += 200 * time.Millisecond {
			print := uint64(at.UnixNano())
			if d < length {
				print = uint64(at.Add(-d).UnixNano())
			}
			s.picture(print, at)
			at = at.Add(200 * time.Millisecond)
		}
	}
	return at
}

func TestStillNightsAreLearnt(t *testing.T) {
	start := time.Unix(1_000_000, 0)
	base := 10 * time.Second
	limit := func(s *still, at time.Time) time.Duration { return s.limit(base, at).Round(time.Second) }
	t.Run("a still night", func(t *testing.T) {
		var s still
		at := runs(&s, start, 30*time.Second, time.Second, 3)
		if l := limit(&s, at); l != base {
			t.Errorf("three runs already count as normal: %v", l)
		}
		at = runs(&s, at, 30*time.Second, time.Second, 3)
		if l := limit(&s, at); l < 40*time.Second || l > 50*time.Second {
			t.Errorf("limit %v after six runs of 30 s", l)
		}
		if l := limit(&s, at.Add(24*time.Hour)); l < 40*time.Second {
			t.Errorf("forgotten the night after: %v", l)
		}
		if l := limit(&s, at.Add(14*24*time.Hour)); l != base {
			t.Errorf("never forgotten: %v", l)
		}
	})
	t.Run("noise", func(t *testing.T) {
		var s still
		at := runs(&s, start, 0, time.Second, 600)
		if _, run := s.run(); run != 0 || limit(&s, at) != base {
			t.Errorf("run %v, limit %v", run, limit(&s, at))
		}
	})
	t.Run("a fault now and then", func(t *testing.T) {
		var s still
		at := start
		for range 20 {
			at = runs(&s, at, 100*time.Second, time.Second, 1)
			at = at.Add(40 * time.Minute)
		}
		if l := limit(&s, at); l != base {
			t.Errorf("faults made the watch blind: %v", l)
		}
	})
	t.Run("long freezes are never normal", func(t *testing.T) {
		var s still
		at := runs(&s, start, 5*time.Minute, time.Second, 10)
		if l := limit(&s, at); l != base {
			t.Errorf("limit %v", l)
		}
	})
	t.Run("runs that were not watched teach nothing", func(t *testing.T) {
		var s still
		at := start
		for range 10 {
			s.picture(uint64(at.UnixNano()), at)
			s.gap()
			s.picture(uint64(at.UnixNano()), at.Add(30*time.Second))
			at = at.Add(31 * time.Second)
		}
		if l := limit(&s, at); l != base {
			t.Errorf("limit %v", l)
		}
	})
	t.Run("a picture that stood comes back encoded anew", func(t *testing.T) {
		var s still
		at := runs(&s, start, 20*time.Second, 0, 1)
		s.gap()
		at = at.Add(time.Hour)
		for i := range 8 {
			s.picture(uint64(i+1), at.Add(time.Duration(i)*40*time.Millisecond))
		}
		if _, run := s.run(); run < 20*time.Second || run > 21*time.Second {
			t.Errorf("run %v", run)
		}
		s.picture(9, at.Add(time.Second))
		if _, run := s.run(); run != 0 {
			t.Errorf("run %v though it moves", run)
		}
		s.picture(10, at)
		runs(&s, at, 20*time.Second, 0, 1)
		s.gap()
		s.picture(20, at.Add(time.Hour))
		s.picture(21, at.Add(time.Hour+3*time.Second))
		if _, run := s.run(); run != 0 {
			t.Errorf("run %v: a slow change is one too", run)
		}
	})
	t.Run("no prints", func(t *testing.T) {
		var s still
		for i := range 100 {
			s.picture(0, start.Add(time.Duration(i)*time.Second))
		}
		if _, run := s.run(); run != 0 {
			t.Errorf("run %v without prints", run)
		}
	})
}

func TestAStandingPictureIsMarkedFromTenSecondsOn(t *testing.T) {
	for name, sc := range map[string]scene{
		"one picture": standing(1 << 30), "two in turn": alternating(2), "eight in turn": alternating(8),
	} {
		t.Run(name, func(t *testing.T) {
			scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
				pass(5 * time.Second)
				c.do(func() { c.scene = sc })
				pass(10 * time.Second)
				if s := expect(t, p, StateLive, ReasonNone); s.Unchanged < 9*time.Second {
					t.Errorf("unchanged %v", s.Unchanged)
				}
				pass(700 * time.Millisecond)
				s := expect(t, p, StateFrozen, ReasonUnchanged)
				if s.Unchanged < 10*time.Second || s.Unchanged > 11*time.Second || s.Fresh() {
					t.Errorf("%+v", s)
				}
				c.broken <- errors.New("cut") // connecting anew does not make it live
				pass(time.Second)
				expect(t, p, StateFrozen, ReasonUnchanged)
				c.do(func() { c.scene = noise })
				pass(500 * time.Millisecond)
				if s := expect(t, p, StateLive, ReasonNone); s.Unchanged != 0 {
					t.Errorf("unchanged %v", s.Unchanged)
				}
			})
		})
	}
}

func TestADecoderWithoutPrintsIsNotCalledFrozen(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		d.do(func() { d.blind = true })
		c.do(func() { c.scene = standing(1 << 30) })
		pass(time.Minute)
		expect(t, p, StateLive, ReasonNone)
	})
}

func TestNoisyScenesAreNeverCalledFrozen(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		pass(time.Second)
		for range 6000 {
			pass(100 * time.Millisecond)
			expect(t, p, StateLive, ReasonNone)
		}
	})
}

func TestAStillNightIsMarkedOnlyUntilItIsLearnt(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		s.sub.do(func() { s.sub.scene = standing(25 * 25) }) // 25 s each
		v := s.view(small)
		marks := func(d time.Duration) (n int) {
			for range int(d / (500 * time.Millisecond)) {
				pass(500 * time.Millisecond)
				if v.Stats().State == StateFrozen {
					n++
				}
			}
			return n
		}
		if n := marks(80 * time.Second); n == 0 {
			t.Error("a picture that stands for 25 s is not marked before it is learnt")
		}
		marks(100 * time.Second)
		if n := marks(5 * time.Minute); n != 0 {
			t.Errorf("%d marks on a still night that is known", n)
		}
		s.sub.broken <- errors.New("cut")
		pass(3 * time.Second)
		v.Close()
		pass(time.Minute)
		v = s.view(small)
		if n := marks(5 * time.Minute); n != 0 {
			t.Errorf("%d marks after the camera was closed and opened", n)
		}
		s.sub.do(func() { s.sub.scene = standing(1 << 30) })
		if n := marks(2 * time.Minute); n < 100 {
			t.Errorf("a frozen camera was marked %d times of 240", n)
		}
	})
}

func TestAFrozenCameraIsFoundByATourAndOverStreams(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		s.sub.do(func() { s.sub.scene = alternating(2) })
		s.main.do(func() { s.main.scene = alternating(2) })
		v := s.view(small)
		pass(6 * time.Second)
		shows(t, v, StateLive, ReasonNone, "sub")
		v.SetView(View{})
		v.Preload(true)
		pass(time.Minute)
		v.SetView(small)
		pass(time.Second)
		shows(t, v, StateLive, ReasonNone, "sub") // it may have moved while nobody looked
		pass(3500 * time.Millisecond)             // it was watched for six seconds before
		shows(t, v, StateFrozen, ReasonUnchanged, "sub")
		v.SetView(large)
		for range 50 {
			pass(100 * time.Millisecond)
			if st := v.Stats(); st.State == StateLive {
				t.Fatalf("live by looking closer: %+v", st)
			}
		}
		shows(t, v, StateFrozen, ReasonUnchanged, "main")
	})
}

// TestThousandsOfReconnectsLeaveNothingBehind cuts a camera 2,000 times.
func TestThousandsOfReconnectsLeaveNothingBehind(t *testing.T) {
	opts := DeckOptions{Backoff: rtsp.Backoff{Min: time.Millisecond, Max: 2 * time.Millisecond}}
	onStage(t, opts, nil, func(t *testing.T, s *stage) {
		v := s.view(small)
		round := func(times int) {
			for range times {
				pass(150 * time.Millisecond)
				s.sub.broken <- &rtsp.Error{Reason: rtsp.ReasonDisconnected}
			}
			pass(time.Second)
			shows(t, v, StateLive, ReasonNone, "sub")
		}
		measure := func() (goroutines int, heap uint64) {
			synctest.Wait()
			runtime.GC()
			runtime.GC() // what pools kept goes with the second one
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return runtime.NumGoroutine(), m.HeapAlloc
		}
		round(200)
		s.sub.do(func() { s.sub.starts, s.sub.logins = nil, nil })
		before, heap := measure()
		round(2000)
		s.sub.do(func() { s.sub.starts, s.sub.logins = nil, nil })
		after, heapAfter := measure()
		if after != before {
			t.Errorf("%d goroutines before, %d after", before, after)
		}
		// The whole program holds some 300 KB here; 64 KiB are 32 bytes a reconnect.
		if heapAfter > heap+max(heap/20, 64<<10) {
			t.Errorf("heap of %d bytes before, %d after", heap, heapAfter)
		}
		if st := v.Stats(); st.Connections < 2200 {
			t.Errorf("%d connections", st.Connections)
		}
		if n := s.decoder.most.Load(); n > 1 {
			t.Errorf("%d decoders at once", n)
		}
		if f, ok := v.Frame(); !ok || f.Image.Rect.Size() != image.Pt(640, 360) {
			t.Error("no picture")
		}
	})
}
