package media

import (
	"context"
	"errors"
	"fmt"
	"image"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/media/rtsp"
)

// stage is a deck on fake cameras in fake time.
type stage struct {
	t       *testing.T
	deck    *Deck
	decoder *fakeDecoder
	main    *fakeCamera // of cam
	sub     *fakeCamera
}

// cam is the camera of most tests: 1920×1080 and 640×360.
var cam = Camera{ID: "cam", Streams: []Stream{{Name: "main", Width: 1920, Height: 1080, FPS: 25}, {Name: "sub", Width: 640, Height: 360, FPS: 25}}}

var (
	small = View{Size: image.Pt(640, 360)}
	large = View{Size: image.Pt(1920, 1080)}
)

// onStage runs a test on a deck; extra cameras are given by the path of their address.
func onStage(t *testing.T, opts DeckOptions, extra map[string]*fakeCamera, run func(t *testing.T, s *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &stage{t: t, decoder: &fakeDecoder{}, main: newFakeCamera(), sub: newFakeCamera()}
		s.main.size, s.sub.size = image.Pt(1920, 1080), image.Pt(640, 360)
		cameras := map[string]*fakeCamera{"cam/main": s.main, "cam/sub": s.sub}
		for path, c := range extra {
			c.broken = make(chan error)
			cameras[path] = c
		}
		opts := opts
		opts.Decoder = s.decoder.factory
		if opts.Address == nil {
			opts.Address = func(_ context.Context, camera, stream string) (string, string, string, error) {
				return fmt.Sprintf("rtsp://relay/%s/%s", camera, stream), "wall", "token", nil
			}
		}
		d, err := NewDeck(opts)
		if err != nil {
			t.Fatal(err)
		}
		d.play = func(ctx context.Context, o rtsp.Options, h rtsp.Handler) error {
			c := cameras[strings.TrimPrefix(o.URL, "rtsp://relay/")]
			if c == nil {
				return &rtsp.Error{Reason: rtsp.ReasonNotFound, Relay: true, URL: o.URL}
			}
			return c.play(ctx, o, h)
		}
		s.deck = d
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- d.Run(ctx) }()
		defer func() { // also of a test that gives up
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Errorf("Run returned %v", err)
			}
			if n := s.decoder.open.Load(); n != 0 {
				t.Errorf("%d decoders left open", n)
			}
			for path, c := range cameras {
				if n := c.sessions(); n != 0 {
					t.Errorf("%d sessions of %s left open", n, path)
				}
			}
		}()
		run(t, s)
	})
}

// view opens a viewer with a view.
func (s *stage) view(v View) *Viewer {
	w := s.deck.Open(cam, nil)
	w.SetView(v)
	return w
}

// shows checks what a viewer has to say.
func shows(t *testing.T, v *Viewer, state State, reason Reason, stream string) Stats {
	t.Helper()
	s := v.Stats()
	if s.State != state || s.Reason != reason || s.Stream != stream {
		t.Fatalf("%s (%s) of stream %q, want %s (%s) of %q; %+v", s.State, s.Reason, s.Stream, state, reason, stream, s)
	}
	return s
}

func TestACameraIsPlayedOnceForAllViewers(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		pass(time.Second)
		if n := len(s.sub.connections()) + len(s.main.connections()); n != 0 {
			t.Errorf("%d connections for nobody", n)
		}
		var calls atomic.Int32
		first := s.deck.Open(cam, func() { calls.Add(1) })
		first.SetView(small)
		viewers := []*Viewer{first, s.view(small), s.view(small), s.view(View{Size: image.Pt(320, 180)})}
		hidden := s.deck.Open(cam, nil)
		pass(2 * time.Second)
		decoded, made := s.decoder.units.Load(), s.decoder.needed.Load()
		pass(10 * time.Second)
		decoded, made = s.decoder.units.Load()-decoded, s.decoder.needed.Load()-made
		if decoded != 250 || made != 500 {
			t.Errorf("%d units decoded and %d pictures made for 250 units and two sizes", decoded, made)
		}
		if n := s.decoder.made.Load(); n != 1 || len(s.sub.connections()) != 1 || len(s.main.connections()) != 0 {
			t.Errorf("%d decoders, %d and %d connections", n, len(s.sub.connections()), len(s.main.connections()))
		}
		f, ok := first.Frame()
		for _, v := range viewers[:3] {
			shows(t, v, StateLive, ReasonNone, "sub")
			if g, _ := v.Frame(); !ok || g.Image != f.Image || g.View != small || g.Seq != f.Seq {
				t.Errorf("equal views have different pictures: %+v", g.View)
			}
		}
		if g, _ := viewers[3].Frame(); g.Image.Rect.Dx() != 320 || g.Seq != f.Seq || g.Empty() {
			t.Errorf("the small view has %v", g.Image.Rect)
		}
		if st := viewers[3].Stats(); st.Target.X != 320 || st.Decoder != "fake" || st.Source != image.Pt(640, 360) {
			t.Errorf("stats %+v", st)
		}
		if n := calls.Load(); n < 250 || n > 400 {
			t.Errorf("notified %d times in 12 s", n)
		}
		if _, ok := hidden.Frame(); !ok {
			t.Error("a viewer that looks at nothing has no picture though there is one")
		}
	})
}

func TestALayoutHasItsOwnPicture(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		yuv := small
		yuv.Layout = LayoutYUV
		a, b := s.view(small), s.view(yuv)
		pass(time.Second)
		f, _ := a.Frame()
		g, ok := b.Frame()
		if !ok || f.Image == nil || f.YUV != nil || g.YUV == nil || g.Image != nil {
			t.Errorf("%+v %+v", f, g)
		}
		yuv.Size = image.Pt(320, 180)
		a.SetView(yuv)
		if f, ok := a.Frame(); ok && f.YUV == nil {
			t.Errorf("a picture in another layout: %+v", f.View)
		}
	})
}

func TestViewersComeAndGo(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		v := s.view(small)
		pass(2 * time.Second)
		v.Close()
		v.Close()
		if _, ok := v.Frame(); ok {
			t.Error("a closed viewer has a frame")
		}
		pass(time.Second)
		decoded := s.decoder.units.Load()
		pass(500 * time.Millisecond)
		if n := s.decoder.units.Load(); n != decoded {
			t.Errorf("%d units decoded for nobody", n-decoded)
		}
		v = s.view(small) // a scene changed, the camera is in the next one too
		pass(100 * time.Millisecond)
		if n := len(s.sub.connections()); n != 1 {
			t.Errorf("%d connections, want the one that was there", n)
		}
		shows(t, v, StateLive, ReasonNone, "sub")
		v.Close()
		pass(2300 * time.Millisecond)
		if n := s.sub.sessions(); n != 0 {
			t.Errorf("%d sessions without viewers", n)
		}
		if n := s.decoder.open.Load(); n != 0 {
			t.Errorf("%d decoders without viewers", n)
		}
		v = s.view(small)
		pass(time.Second)
		shows(t, v, StateLive, ReasonNone, "sub")
		v.Stats()
	})
}

func TestAParkedCameraIsKeptAndShownAtOnce(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		s.sub.do(func() { s.sub.keyEvery = 100 })
		s.decoder.set(nil, time.Millisecond)
		v := s.view(small)
		pass(10500 * time.Millisecond) // a key frame came 2.5 s ago
		v.SetView(View{})
		pass(6 * time.Second) // and another one 0.5 s ago
		decoded, made := s.decoder.units.Load(), s.decoder.needed.Load()
		pass(2 * time.Second)
		st := shows(t, v, StateOpening, ReasonStopped, "sub")
		if !st.Parked || !st.Ready || st.Fresh() {
			t.Errorf("%+v", st)
		}
		if s.decoder.units.Load() != decoded || s.decoder.needed.Load() != made {
			t.Error("a parked camera is decoded")
		}
		v.SetView(small)
		pass(5 * time.Millisecond)
		shows(t, v, StateLate, ReasonCatchingUp, "sub")
		f, ok := v.Frame()
		if age := f.Age(time.Now()); !ok || !f.Cached || age < time.Second || age > 3*time.Second {
			t.Errorf("first picture: %v, cached %v, age %v", ok, f.Cached, age)
		}
		pass(195 * time.Millisecond)
		shows(t, v, StateLive, ReasonNone, "sub")
		if f, _ := v.Frame(); f.Cached || f.Age(time.Now()) > 100*time.Millisecond {
			t.Errorf("cached %v, age %v", f.Cached, f.Age(time.Now()))
		}
		if n := len(s.sub.connections()); n != 1 {
			t.Errorf("%d connections", n)
		}
		if n := s.decoder.units.Load() - decoded; n > 70 {
			t.Errorf("%d units decoded: more than the last group of pictures", n)
		}
	})
}

func TestAParkedCameraIsLetGo(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		v := s.view(small)
		pass(5 * time.Second)
		v.SetView(View{})
		pass(9 * time.Second)
		if s.sub.sessions() != 1 {
			t.Fatal("the camera was let go too early")
		}
		frames := v.Stats().Frames
		pass(1500 * time.Millisecond)
		if s.sub.sessions() != 0 || s.decoder.open.Load() != 0 {
			t.Fatal("the camera was not let go")
		}
		if st := v.Stats(); st.State != StateOpening || st.Reason != ReasonStopped || !st.Parked || st.Frames != frames {
			t.Errorf("%+v", st)
		}
		v.SetView(small)
		pass(time.Second)
		if st := shows(t, v, StateLive, ReasonNone, "sub"); st.Frames <= frames || st.Connections != 2 {
			t.Errorf("what was counted before is lost: %+v", st)
		}
		v.SetView(View{})
		v.Preload(true)
		pass(time.Hour)
		if s.sub.sessions() != 1 || len(s.sub.connections()) != 2 || !v.Stats().Ready {
			t.Errorf("a preloaded camera is not kept: %+v", v.Stats())
		}
		v.Preload(false)
		pass(time.Second)
		if s.sub.sessions() != 0 {
			t.Error("it is kept for ever")
		}
	})
}

func TestAPreloadedCameraOfATourIsShownAtOnce(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		v := s.deck.Open(cam, nil)
		v.Preload(true)
		pass(30 * time.Second)
		if n := s.decoder.units.Load(); n != 0 || s.sub.sessions() != 1 || s.main.sessions() != 0 {
			t.Fatalf("%d units decoded, sessions %d and %d", n, s.main.sessions(), s.sub.sessions())
		}
		v.SetView(small)
		pass(20 * time.Millisecond)
		if st := v.Stats(); !st.Fresh() {
			t.Errorf("%+v", st)
		}
		if _, ok := v.Frame(); !ok {
			t.Error("no picture")
		}
	})
}

func TestWhatIsParkedIsBounded(t *testing.T) {
	onStage(t, DeckOptions{ParkBytes: 2000}, nil, func(t *testing.T, s *stage) { // units have 100 bytes, groups 2,500
		v := s.view(small)
		pass(3 * time.Second)
		v.SetView(View{})
		pass(5*time.Second + 950*time.Millisecond)
		if st := v.Stats(); st.Ready {
			t.Error("more is kept than allowed")
		}
		dropped := v.Stats().Dropped
		v.SetView(small)
		pass(1200 * time.Millisecond)
		if st := shows(t, v, StateLive, ReasonNone, "sub"); st.Dropped-dropped > 25 {
			t.Errorf("%d dropped", st.Dropped-dropped)
		}
	})
}

func TestAParkedCameraThatDiesIsNotShownAsLive(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		v := s.view(small)
		pass(3 * time.Second)
		v.SetView(View{})
		pass(2 * time.Second)
		s.sub.do(func() { s.sub.silent = true })
		pass(3 * time.Second)
		shows(t, v, StateNoSignal, ReasonNoPackets, "sub")
		v.SetView(small)
		for range 30 {
			pass(100 * time.Millisecond)
			if st := v.Stats(); st.Fresh() {
				t.Fatalf("%+v", st)
			}
		}
		if f, ok := v.Frame(); !ok || f.Age(time.Now()) < 5*time.Second {
			t.Errorf("%v, age %v", ok, f.Age(time.Now()))
		}
	})
}

func TestAResizedTileIsRedrawnAtOnce(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		s.sub.do(func() { s.sub.every, s.sub.keyEvery = 2*time.Second, 1 })
		v := s.view(small)
		pass(5 * time.Second)
		f, _ := v.Frame()
		v.SetView(View{Size: image.Pt(400, 225)})
		pass(10 * time.Millisecond)
		g, _ := v.Frame()
		if g.Image.Rect.Dx() != 400 || g.Seq <= f.Seq || !g.Arrived.Equal(f.Arrived) {
			t.Errorf("%v %d, was %d", g.Image.Rect, g.Seq, f.Seq)
		}
	})
}

func TestEndingTheDeckEndsAll(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		v, w := s.view(small), s.view(large)
		pass(time.Second)
		if err := s.deck.Run(t.Context()); err == nil || errors.Is(err, context.Canceled) {
			t.Errorf("a second run gave %v", err)
		}
		defer v.Stats()
		defer w.Close()
	})
}

func TestADeckRunsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, dec := newFakeCamera(), &fakeDecoder{}
		d, err := NewDeck(DeckOptions{Decoder: dec.factory, Address: func(context.Context, string, string) (string, string, string, error) {
			return "rtsp://relay/x", "", "", nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		d.play = c.play
		v := d.Open(cam, nil)
		v.SetView(small)
		for range 2 {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			go func() {
				pass(4 * time.Second)
				if st := v.Stats(); st.State != StateLive {
					t.Errorf("%+v", st)
				}
			}()
			if err := d.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Run returned %v", err)
			}
			cancel()
			if c.sessions() != 0 || dec.open.Load() != 0 {
				t.Error("something is left")
			}
			if _, ok := v.Frame(); ok {
				t.Error("a deck that does not run has a picture")
			}
		}
	})
}

func TestNewDeckRefusesBadOptions(t *testing.T) {
	d := &fakeDecoder{}
	address := func(context.Context, string, string) (string, string, string, error) { return "", "", "", nil }
	for _, o := range []DeckOptions{{Decoder: d.factory}, {Address: address}} {
		if _, err := NewDeck(o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

func TestAnAddressThatIsNotToBeHadIsTold(t *testing.T) {
	var url, why atomic.Value
	url.Store("http://nonsense")
	why.Store(errors.New("the server is away"))
	opts := DeckOptions{Address: func(context.Context, string, string) (string, string, string, error) {
		if err := why.Load().(error); err.Error() != "" {
			return "", "", "", err
		}
		return url.Load().(string), "u", "secret", nil
	}}
	onStage(t, opts, nil, func(t *testing.T, s *stage) {
		v := s.view(small)
		pass(5 * time.Second)
		if st := shows(t, v, StateNoSignal, ReasonFailed, "sub"); !strings.Contains(st.Detail, "the server is away") || st.NextTry.IsZero() {
			t.Errorf("%+v", st)
		}
		why.Store(errors.New(""))
		url.Store("rtsp://relay/cam/sub")
		v.Retry()
		pass(time.Second)
		shows(t, v, StateLive, ReasonNone, "sub")
	})
}
