package media

import (
	"context"
	"errors"
	"fmt"
	"image"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/media/rtsp"
)

// refusal is what a camera answers to a wrong login.
func refusal(relay bool) error {
	return &rtsp.Error{Reason: rtsp.ReasonLoginRefused, Relay: relay, Op: "describe", URL: "rtsp://cam/", Detail: "401"}
}

// scenario runs a player on a fake camera in fake time.
func scenario(t *testing.T, opts Options, run func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c, d := newFakeCamera(), &fakeDecoder{}
		opts := opts
		opts.URL, opts.Decoder = "rtsp://cam/main", d.factory
		if opts.Width == 0 {
			opts.Width, opts.Height = 16, 9
		}
		if opts.Width < 0 {
			opts.Width, opts.Height = 0, 0
		}
		p, err := New(opts)
		if err != nil {
			t.Fatal(err)
		}
		p.play = c.play
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- p.Run(ctx) }()
		run(t, p, c, d)
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run returned %v", err)
		}
		if n := d.open.Load(); n != 0 {
			t.Errorf("%d decoders left open", n)
		}
		synctest.Wait()
	})
}

// pass lets time go by.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// expect checks state and reason.
func expect(t *testing.T, p *Player, state State, reason Reason) Stats {
	t.Helper()
	s := p.Stats()
	if s.State != state || s.Reason != reason {
		t.Fatalf("state %s (%s), want %s (%s); %+v", s.State, s.Reason, state, reason, s)
	}
	return s
}

func TestOpensAndStaysLive(t *testing.T) {
	scenario(t, Options{Stream: "main"}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		pass(100 * time.Millisecond)
		first := expect(t, p, StateLive, ReasonNone)
		pass(10 * time.Minute)
		s := expect(t, p, StateLive, ReasonNone)
		if s.Since != first.Since || s.FPS < 24 || s.FPS > 26 || s.Stream != "main" || s.Retries != 0 {
			t.Errorf("after ten minutes: %+v", s)
		}
		if age, ok := s.Age(time.Now()); !ok || age > 40*time.Millisecond {
			t.Errorf("age %v, %v", age, ok)
		}
		if s.KeyInterval != time.Second || s.KeyOverdue {
			t.Errorf("key interval %v, overdue %v", s.KeyInterval, s.KeyOverdue)
		}
		c.do(func() { c.nokey = true })
		pass(5 * time.Second)
		if s := expect(t, p, StateLive, ReasonNone); !s.KeyOverdue {
			t.Error("missing key frames are not told")
		}
	})
}

func TestSilenceIsMarkedWithinTwoSeconds(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		pass(5 * time.Second)
		c.do(func() { c.silent = true })
		pass(40 * time.Millisecond)
		died := p.Stats().LastPacket
		pass(1400 * time.Millisecond)
		expect(t, p, StateLive, ReasonNone)
		pass(400 * time.Millisecond)
		s := expect(t, p, StateNoSignal, ReasonNoPackets)
		if !s.Since.Equal(died) || s.Fresh() {
			t.Errorf("since %v, want %v", s.Since, died)
		}
		pass(6 * time.Second)
		s = p.Stats()
		if s.Retries == 0 || s.State != StateNoSignal || len(c.connections()) < 2 {
			t.Errorf("a silent camera is not connected anew: %+v", s)
		}
		pass(time.Minute)
		if s := expect(t, p, StateNoSignal, ReasonNoPackets); !s.Since.Equal(died) {
			t.Errorf("after a minute since %v, want %v", s.Since, died)
		}
		if f, ok := p.Frame(); !ok || f.Age(time.Now()) < time.Minute {
			t.Errorf("the last picture has age %v", f.Age(time.Now()))
		}
		c.do(func() { c.silent = false })
		pass(40 * time.Second)
		expect(t, p, StateLive, ReasonNone)
	})
}

func TestPausesGrowAndAreForgottenAfterAStableMinute(t *testing.T) {
	scenario(t, Options{Backoff: rtsp.Backoff{Random: func() float64 { return 1 }}}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		pass(100 * time.Millisecond)
		c.do(func() { c.refuse = &rtsp.Error{Reason: rtsp.ReasonUnreachable, Op: "connect"} })
		p.Retry()
		pass(3 * time.Minute)
		s := expect(t, p, StateNoSignal, ReasonUnreachable)
		if s.NextTry.IsZero() || s.NextTry.Before(time.Now()) || s.Retries < 8 {
			t.Errorf("%+v", s)
		}
		starts := c.connections()[1:]
		for i, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
			want *= 500 * time.Millisecond
			if got := starts[i+1].Sub(starts[i]); got != want {
				t.Errorf("pause %d is %v, want %v", i, got, want)
			}
		}
		c.do(func() { c.refuse = nil })
		pass(30 * time.Second)
		expect(t, p, StateLive, ReasonNone)
		pass(61 * time.Second)
		c.broken <- errors.New("cut")
		pass(time.Second)
		if s := expect(t, p, StateLive, ReasonNone); s.Retries != 1 {
			t.Errorf("after a stable minute retries are %d", s.Retries)
		}
	})
}

func TestARefusedLoginIsNeverRepeated(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		pass(time.Second)
		c.do(func() { c.refuse = refusal(false) })
		c.broken <- errors.New("cut")
		pass(2 * time.Second)
		s := expect(t, p, StateRefused, ReasonLoginRefused)
		if !s.NextTry.IsZero() {
			t.Errorf("a next try is announced: %v", s.NextTry)
		}
		pass(3 * time.Hour)
		if n := len(c.connections()); n != 2 {
			t.Errorf("%d connections, want 2", n)
		}
		c.do(func() { c.refuse = nil })
		p.Retry()
		pass(time.Second)
		expect(t, p, StateLive, ReasonNone)
	})
}

func TestOtherCredentialsEndARefusal(t *testing.T) {
	var mu sync.Mutex
	pass1 := "old"
	opts := Options{Credentials: func(context.Context) (string, string, error) {
		mu.Lock()
		defer mu.Unlock()
		return "wall", pass1, nil
	}}
	scenario(t, opts, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		c.do(func() { c.refuse = refusal(false) })
		p.Retry()
		pass(time.Hour)
		before := len(c.connections())
		pass(time.Hour)
		if n := len(c.connections()); n != before {
			t.Errorf("%d more connections with the same credentials", n-before)
		}
		c.do(func() { c.refuse = nil })
		mu.Lock()
		pass1 = "new"
		mu.Unlock()
		pass(31 * time.Second)
		expect(t, p, StateLive, ReasonNone)
	})
}

func TestARelayMayBeAskedAgain(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		c.do(func() { c.refuse = refusal(true) })
		p.Retry()
		pass(10 * time.Minute)
		s := expect(t, p, StateRefused, ReasonLoginRefused)
		if s.NextTry.IsZero() {
			t.Error("no next try is announced")
		}
		c.do(func() { c.refuse = nil })
		pass(3 * time.Second)
		expect(t, p, StateLive, ReasonNone)
	})
}

// TestARightThatHasEndedIsSoonFoundAgain: while there is no right to pictures nobody is asked anything, so that it is
// looked for often; a relay that refuses is asked at growing intervals.
func TestARightThatHasEndedIsSoonFoundAgain(t *testing.T) {
	ended := &rtsp.Error{Reason: rtsp.ReasonNotAdmitted, Relay: true, Op: "log in", URL: "rtsp://relay", Detail: "ended"}
	var gone atomic.Bool
	opts := Options{Credentials: func(context.Context) (string, string, error) {
		if gone.Load() {
			return "", "", ended
		}
		return "wall", "token", nil
	}}
	scenario(t, opts, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		pass(2 * time.Second)
		gone.Store(true)
		c.broken <- errors.New("cut")
		pass(30 * time.Minute)
		expect(t, p, StateNoSignal, ReasonNotAdmitted)
		if n := len(c.connections()); n != 1 {
			t.Errorf("%d connections without a right to any", n)
		}
		gone.Store(false)
		pass(relayPause + time.Second)
		expect(t, p, StateLive, ReasonNone)

		c.do(func() { c.refuse = ended })
		c.broken <- errors.New("cut")
		pass(time.Minute)
		n := len(c.connections())
		pass(5 * time.Minute)
		if n = len(c.connections()) - n; n > 25 {
			t.Errorf("a relay that refuses is asked %d times in 5 minutes", n)
		}
	})
}

func TestAFullCameraIsSaidToBeFull(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		c.do(func() { c.refuse = &rtsp.Error{Reason: rtsp.ReasonFull} })
		p.Retry()
		pass(10 * time.Second)
		expect(t, p, StateFull, ReasonFull)
	})
}

func TestAStandingPictureIsUnchanged(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		pass(5 * time.Second)
		c.do(func() { c.scene = func(n int) uint64 { return 1<<32 + uint64(n/25%3) } }) // it differs a little at each key frame
		pass(9 * time.Second)
		expect(t, p, StateLive, ReasonNone)
		pass(5 * time.Second)
		s := expect(t, p, StateFrozen, ReasonUnchanged)
		if stood := time.Since(s.Since); stood < 10*time.Second || stood > 15*time.Second {
			t.Errorf("stands for %v", stood)
		}
		pass(10 * time.Minute)
		expect(t, p, StateFrozen, ReasonUnchanged)
		if n := len(c.connections()); n != 1 {
			t.Errorf("%d connections: an unchanged picture is no reason to reconnect", n)
		}
		c.do(func() { c.scene = noise })
		pass(time.Second)
		expect(t, p, StateLive, ReasonNone)
	})
}

func TestDecoderErrorsFreezeUntilAKeyFrame(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		pass(5 * time.Second)
		d.set(errors.New("broken slice"), 0)
		pass(1900 * time.Millisecond)
		s := expect(t, p, StateFrozen, ReasonDecoderErrors)
		if s.DecodeErrors == 0 || s.Dropped == 0 {
			t.Errorf("%+v", s)
		}
		d.set(nil, 0)
		pass(1100 * time.Millisecond)
		expect(t, p, StateLive, ReasonNone)
		d.set(errors.New("broken for good"), 0)
		pass(40 * time.Second)
		if n := len(c.connections()); n < 2 {
			t.Error("a camera that cannot be decoded is never connected anew")
		}
		if s := p.Stats(); s.State == StateLive {
			t.Errorf("%+v", s)
		}
	})
}

// TestPicturesThatNeverCameAreNoFaultOfTheDecoder: what a picture is made from is missing, though no number tells.
func TestPicturesThatNeverCameAreNoFaultOfTheDecoder(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		pass(5*time.Second + 100*time.Millisecond)
		c.do(func() { c.nokey = true })
		d.set(fmt.Errorf("decode: h265: %w", ErrMissing), 0)
		pass(80 * time.Millisecond)
		before := d.units.Load()
		pass(2 * time.Second)
		if s := expect(t, p, StateFrozen, ReasonNoKeyFrame); s.DecodeErrors != 0 || s.Dropped == 0 {
			t.Errorf("%+v", s)
		}
		if n := d.units.Load(); n != before {
			t.Errorf("%d units were decoded before a key frame", n-before)
		}
		d.set(nil, 0)
		c.do(func() { c.nokey = false })
		pass(1100 * time.Millisecond)
		expect(t, p, StateLive, ReasonNone)
	})
}

func TestAfterLossNothingIsDecodedUntilAKeyFrame(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		pass(5*time.Second + 100*time.Millisecond)
		c.do(func() { c.lose = 3; c.nokey = true })
		pass(80 * time.Millisecond)
		before, flushed := d.units.Load(), d.flushed.Load()
		pass(3 * time.Second)
		if n := d.units.Load(); n != before {
			t.Errorf("%d units were decoded after loss", n-before)
		}
		s := expect(t, p, StateFrozen, ReasonNoKeyFrame)
		if s.Lost != 3 || s.Loss == 0 {
			t.Errorf("lost %d, loss %v", s.Lost, s.Loss)
		}
		c.do(func() { c.nokey = false })
		pass(1100 * time.Millisecond)
		expect(t, p, StateLive, ReasonNone)
		pass(3 * time.Second)
		if n := d.flushed.Load(); n != flushed+1 {
			t.Errorf("the decoder was told %d times to begin anew", n-flushed)
		}
	})
}

func TestNoKeyFrameAtTheStart(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		c.do(func() { c.nokey = true })
		p.Retry()
		pass(1500 * time.Millisecond)
		expect(t, p, StateOpening, ReasonWaitingKey)
		pass(time.Second)
		expect(t, p, StateNoSignal, ReasonNoKeyFrame)
	})
}

func TestLatePicturesAreLate(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		pass(5 * time.Second)
		c.do(func() { c.delay = 1300 * time.Millisecond })
		pass(1340*time.Millisecond + time.Second)
		s := expect(t, p, StateLate, ReasonLate)
		if s.Behind < 1200*time.Millisecond || s.Behind > 1400*time.Millisecond || !s.Fresh() {
			t.Errorf("behind %v", s.Behind)
		}
		if f, _ := p.Frame(); f.Age(time.Now()) < 1200*time.Millisecond {
			t.Errorf("age %v leaves the delay out", f.Age(time.Now()))
		}
	})
}

func TestPicturesFromTheCacheAreNotLive(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		d.set(nil, 5*time.Millisecond)
		c.do(func() {
			for i := range 50 {
				c.behind = append(c.behind, time.Duration(51-i)*40*time.Millisecond)
			}
		})
		p.Retry()
		pass(20 * time.Millisecond)
		expect(t, p, StateLate, ReasonCatchingUp)
		if f, ok := p.Frame(); !ok || !f.Cached || f.Age(time.Now()) < time.Second {
			t.Errorf("%v, cached %v, age %v", ok, f.Cached, f.Age(time.Now()))
		}
		pass(time.Second)
		expect(t, p, StateLive, ReasonNone)
		if made := d.needed.Load(); made > 45 {
			t.Errorf("%d of the pictures on the way to live were converted", made)
		}
	})
}

func TestASlowDecoderDropsAndSaysSo(t *testing.T) {
	scenario(t, Options{QueueUnits: 50}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		pass(2 * time.Second)
		d.set(nil, 60*time.Millisecond)
		worst := time.Duration(0)
		overloaded := false
		for range 600 {
			pass(100 * time.Millisecond)
			s := p.Stats()
			age, _ := s.Age(time.Now())
			worst = max(worst, age)
			overloaded = overloaded || s.State == StateLate && s.Reason == ReasonOverloaded
			if s.State == StateLive && age > 2*time.Second {
				t.Fatalf("a picture %v old is live: %+v", age, s)
			}
		}
		if s := p.Stats(); s.Dropped == 0 || !overloaded || worst > 6*time.Second {
			t.Errorf("dropped %d, overloaded %v, oldest picture %v", s.Dropped, overloaded, worst)
		}
	})
}

func TestAHiddenTileIsWatchedWithoutPictures(t *testing.T) {
	scenario(t, Options{Width: -1}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		pass(time.Minute)
		expect(t, p, StateLive, ReasonNone)
		if _, ok := p.Frame(); ok || d.needed.Load() != 0 {
			t.Error("pictures were made for nobody")
		}
		p.SetView(View{Size: image.Pt(32, 18)})
		pass(40 * time.Millisecond)
		f, ok := p.Frame()
		if !ok || f.Image.Rect.Size() != image.Pt(32, 18) {
			t.Errorf("%v %v", f.Image, ok)
		}
		p.SetView(View{Size: image.Pt(-5, 1<<30)})
		pass(40 * time.Millisecond)
		expect(t, p, StateLive, ReasonNone)
	})
}

func TestASlowCameraIsGivenItsRhythm(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		c.do(func() { c.every, c.keyEvery = time.Second, 1 })
		p.Retry()
		pass(10 * time.Second)
		for range 100 {
			pass(250 * time.Millisecond)
			expect(t, p, StateLive, ReasonNone)
		}
		c.do(func() { c.silent = true })
		pass(4200 * time.Millisecond)
		expect(t, p, StateNoSignal, ReasonNoPackets)
	})
}

func TestOnFrameIsCalledForFramesAndStates(t *testing.T) {
	var calls atomic.Int32
	scenario(t, Options{OnFrame: func() { calls.Add(1) }}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		pass(time.Second)
		if n := calls.Load(); n < 20 {
			t.Errorf("%d calls in a second", n)
		}
		c.do(func() { c.silent = true })
		pass(100 * time.Millisecond)
		before := calls.Load()
		pass(2 * time.Second)
		if calls.Load() == before {
			t.Error("a dead camera is not announced")
		}
	})
}

func TestFailingCredentialsAndDecoders(t *testing.T) {
	opts := Options{Credentials: func(context.Context) (string, string, error) { return "", "", errors.New("server away") }}
	scenario(t, opts, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		pass(10 * time.Second)
		if s := expect(t, p, StateNoSignal, ReasonFailed); s.Detail == "" || s.NextTry.IsZero() {
			t.Errorf("%+v", s)
		}
	})
}

func TestNewRefusesBadOptions(t *testing.T) {
	d := &fakeDecoder{}
	for _, o := range []Options{
		{URL: "rtsp://cam/x"},
		{Decoder: d.factory},
		{URL: "http://cam", Decoder: d.factory},
		{URL: "rtsp://cam/x", Decoder: d.factory, Width: -1},
		{URL: "rtsp://cam/x", Decoder: d.factory, Height: 1 << 20},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

// TestADeadPictureIsNeverLive lets the camera fail at random for hours and looks at every 100 ms.
func TestADeadPictureIsNeverLive(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		faults := []func(){
			func() { c.silent = true },
			func() { c.nokey, c.lose = true, 1 },
			func() { c.refuse = &rtsp.Error{Reason: rtsp.ReasonTimeout} },
			func() {},
		}
		for round := range 60 {
			c.do(func() { c.silent, c.nokey, c.refuse = false, false, nil })
			c.do(faults[round%len(faults)])
			if round%5 == 0 {
				select {
				case c.broken <- errors.New("cut"):
				case <-time.After(time.Millisecond):
				}
			}
			for range 20 + round*3%70 {
				pass(100 * time.Millisecond)
				s := p.Stats()
				f, ok := p.Frame()
				if s.State == StateLive && (!ok || f.Age(time.Now()) > 2*time.Second) {
					t.Fatalf("round %d: live with a picture %v old: %+v", round, f.Age(time.Now()), s)
				}
			}
		}
	})
}
