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

func TestTimeStampsThatMakeNoSenseAreNotUsed(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		c.do(func() { c.drift = -0.2 }) // counts 20 pictures a second, sends 25
		p.Retry()
		pass(time.Second)
		began := len(c.connections())
		// Once might be a queue; that it happens again at the same rate says that it is none.
		pass(4 * time.Minute)
		expect(t, p, StateLate, ReasonLate)
		pass(7 * time.Minute)
		expect(t, p, StateLive, ReasonNone)
		if n := len(c.connections()) - began; n != 1 {
			t.Errorf("%d connections more", n)
		}
		c.broken <- errors.New("cut")
		for range 60 {
			pass(time.Second)
			if s := p.Stats(); s.State == StateLate {
				t.Fatalf("believed again after a reconnect: %+v", s)
			}
		}
	})
}

func TestVeryLatePicturesAreNeverLive(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		for i, creep := range []float64{0.2, 0.25, 0.2, 0.1} { // each session's queue fills at a rate of its own
			c.do(func() { c.creep = creep })
			p.Retry()
			pass(time.Duration(1.5 * float64(time.Second) / creep))
			for before := len(c.connections()); len(c.connections()) == before; pass(time.Second) {
				s := p.Stats()
				if late := s.State == StateLate && s.Reason == ReasonLate; !late && (s.State != StateNoSignal || s.Reason != ReasonLate) {
					t.Fatalf("session %d, %v behind: %s (%s)", i, s.Behind, s.State, s.Reason)
				}
				if s.Behind > 61*time.Second {
					t.Fatalf("session %d goes on %v behind", i, s.Behind)
				}
			}
		}
		c.do(func() { c.creep = 0 })
		pass(2 * time.Second)
		expect(t, p, StateLive, ReasonNone)
	})
}

// TestTheFirstPictureIsAsLateAsTheRelaySays: who joins later has seen none that was on time.
func TestTheFirstPictureIsAsLateAsTheRelaySays(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		c.do(func() {
			c.stamps, c.ahead, c.late = true, time.Hour, 5*time.Second
			c.known, c.offset = true, -5*time.Second // taken by a right clock, five seconds before they came
		})
		p.Retry()
		pass(200 * time.Millisecond)
		s := expect(t, p, StateLate, ReasonLate)
		if age, ok := s.Age(time.Now()); !ok || age < 5*time.Second || s.Behind < 5*time.Second {
			t.Errorf("%v old, %v behind", age, s.Behind)
		}
		if !s.ClockKnown || s.ClockOffset.Abs() > 50*time.Millisecond {
			t.Errorf("the camera's clock is blamed for %v", s.ClockOffset)
		}
		c.do(func() { c.late, c.offset = 0, 0 })
		pass(3 * time.Second)
		if s := expect(t, p, StateLive, ReasonNone); s.ClockOffset.Abs() > 50*time.Millisecond || s.Behind > 50*time.Millisecond {
			t.Errorf("offset %v, %v behind", s.ClockOffset, s.Behind)
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
