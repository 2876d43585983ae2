package media

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"iocwall/media/rtsp"
)

func TestAParkedCameraWhosePacketsMakeNoPicturesIsTold(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		v := s.view(small)
		pass(3 * time.Second)
		v.SetView(View{})
		pass(time.Second)
		s.sub.do(func() { s.sub.chatter = true })
		pass(2 * time.Second)
		shows(t, v, StateFrozen, ReasonNoUnits, "sub")
	})
}

func TestBetweenParkingAndTheFirstPictureACameraCatchesUp(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		v := s.view(small)
		pass(3 * time.Second)
		v.SetView(View{})
		pass(5 * time.Second)
		s.decoder.set(nil, 300*time.Millisecond)
		v.SetView(small)
		pass(100 * time.Millisecond)
		shows(t, v, StateLate, ReasonCatchingUp, "sub")
	})
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		v := s.deck.Open(cam, nil)
		v.Preload(true)
		pass(time.Minute + 10*time.Millisecond) // between two pictures
		s.decoder.do(func() { s.decoder.slow, s.decoder.broken = 300*time.Millisecond, 1 })
		v.SetView(small)
		pass(800 * time.Millisecond)
		shows(t, v, StateOpening, ReasonCatchingUp, "sub")
		pass(time.Second)
		if n := len(s.sub.connections()); n != 1 {
			t.Errorf("%d connections: time in which nobody looked counts as time without pictures", n)
		}
	})
}

func TestNothingIsDecodedOfCamerasThatAreOnlyKeptReady(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		const n = 1000 // so that some player's goroutine runs before the deck goes on
		play := s.deck.play
		s.deck.play = func(ctx context.Context, o rtsp.Options, h rtsp.Handler) error {
			o.URL = "rtsp://relay/cam/sub"
			return play(ctx, o, h)
		}
		for i := range n {
			c := cam
			c.ID = strconv.Itoa(i)
			v := s.deck.Open(c, nil)
			v.Preload(true)
			pass(time.Millisecond)
			v.Close()
		}
		pass(time.Second)
		if c, d := len(s.sub.connections()), s.decoder.made.Load(); c != n || d != 0 {
			t.Errorf("%d of %d cameras connected, %d decoders made though nobody looks", c, n, d)
		}
	})
}

func TestAKeyFrameDuringCatchingUpIsNoOverload(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		s.sub.do(func() { s.sub.keyEvery = 100 })
		v := s.view(small)
		pass(2 * time.Second)
		v.SetView(View{})
		pass(9900 * time.Millisecond) // the next key frame is 0.1 s away
		s.decoder.set(nil, 4*time.Millisecond)
		v.SetView(small)
		pass(150 * time.Millisecond)
		shows(t, v, StateLive, ReasonNone, "sub")
	})
}

func TestAnOutageIsNotTimeInWhichThePictureStood(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		s.sub.do(func() { s.sub.scene = standing(1 << 30) })
		v := s.view(small)
		pass(5 * time.Second)
		s.sub.do(func() { s.sub.refuse = &rtsp.Error{Reason: rtsp.ReasonUnreachable} })
		s.sub.broken <- errors.New("cut")
		pass(20 * time.Second)
		s.sub.do(func() { s.sub.refuse = nil })
		v.Retry()
		pass(2 * time.Second)
		if st := shows(t, v, StateLive, ReasonNone, "sub"); st.Unchanged < 6*time.Second || st.Unchanged > 8*time.Second {
			t.Errorf("unchanged %v", st.Unchanged)
		}
	})
}

func TestKeyFramesThatSpreadOutAreLearnt(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		pass(20 * time.Second)
		c.do(func() { c.keyEvery = 250 }) // little moves, so the camera saves key frames
		told := 0
		for range 600 {
			pass(100 * time.Millisecond)
			if p.Stats().KeyOverdue {
				told++
			}
		}
		if told == 0 || told > 120 {
			t.Errorf("overdue for %d of 600 tenths of a second", told)
		}
	})
}

func TestASlowDecoderSkipsToTheNewestKeyFrame(t *testing.T) {
	scenario(t, Options{}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		pass(2 * time.Second)
		d.set(nil, 60*time.Millisecond)
		for range 600 {
			pass(100 * time.Millisecond)
			if age, _ := p.Stats().Age(time.Now()); age > 2500*time.Millisecond {
				t.Fatalf("a picture %v old, though a newer key frame waits", age)
			}
		}
	})
}

func TestWhatWaitsForASlowDecoderIsBounded(t *testing.T) {
	scenario(t, Options{QueueUnits: 50}, func(t *testing.T, p *Player, c *fakeCamera, d *fakeDecoder) {
		c.do(func() { c.keyEvery = 10_000 })
		p.Retry()
		pass(2 * time.Second)
		d.set(nil, 80*time.Millisecond)
		pass(5 * time.Second)
		if s := p.Stats(); s.Dropped < 50 || s.State == StateLive {
			t.Errorf("%+v", s)
		}
	})
}
