package media

import (
	"context"
	"fmt"
	"image"
	"sync/atomic"
	"testing"
	"time"

	"iocwall/media/rtsp"
)

func TestChooseStream(t *testing.T) {
	hd, mid, sd := Stream{Name: "hd", Width: 1920, Height: 1080}, Stream{Name: "mid", Width: 1280, Height: 720}, Stream{Name: "sd", Width: 640, Height: 360}
	all := []Stream{hd, mid, sd}
	half := func(w, h int) View { return View{Size: image.Pt(w, h), Part: Part{0.25, 0.25, 0.75, 0.75}} }
	whole := func(w, h int) View { return View{Size: image.Pt(w, h)} }
	for _, c := range []struct {
		name    string
		streams []Stream
		views   []View
		want    string
	}{
		{"tile", all, []View{whole(640, 360)}, "sd"},
		{"smaller tile", all, []View{whole(100, 56)}, "sd"},
		{"within the tolerance", all, []View{whole(711, 400)}, "sd"},
		{"beyond the tolerance", all, []View{whole(712, 401)}, "mid"},
		{"one side only", all, []View{whole(640, 420)}, "mid"},
		{"large", all, []View{whole(1600, 900)}, "hd"},
		{"larger than all", all, []View{whole(3840, 2160)}, "hd"},
		{"zoomed in", all, []View{half(640, 360)}, "mid"},
		{"zoomed in far", all, []View{{Size: image.Pt(640, 360), Part: Part{0.4, 0.4, 0.6, 0.6}}}, "hd"},
		{"part of a tile over several screens", all, []View{{Size: image.Pt(960, 540), Part: Part{0, 0, 0.5, 0.5}}}, "hd"},
		{"largest view counts", all, []View{whole(320, 180), whole(1280, 720), whole(16, 9)}, "mid"},
		{"nobody looks", all, nil, "sd"},
		{"listed in another order", []Stream{hd, sd, mid}, []View{whole(1200, 675)}, "mid"},
		{"sizes unknown", []Stream{{Name: "main"}, {Name: "sub"}}, []View{whole(320, 180)}, "main"},
		{"size of the small one known", []Stream{{Name: "main"}, sd}, []View{whole(320, 180)}, "sd"},
		{"size of the small one known, large view", []Stream{{Name: "main"}, sd}, []View{whole(1920, 1080)}, "main"},
		{"one stream", []Stream{sd}, []View{whole(1920, 1080)}, "sd"},
		{"the faster of two equal ones", []Stream{{Name: "a", Width: 640, Height: 360, FPS: 5}, {Name: "b", Width: 640, Height: 360, FPS: 25}}, []View{whole(64, 36)}, "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			steps := ladder(c.streams)
			if got := steps[choose(steps, c.views)].Name; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTidyViews(t *testing.T) {
	nan := 0.0
	nan /= nan
	size := image.Pt(10, 10)
	for _, c := range []struct{ in, want View }{
		{View{Size: size}, View{Size: size}},
		{View{Size: size, Part: Part{0, 0, 1, 1}}, View{Size: size}},
		{View{Size: size, Part: Part{-1, -2, 3, 4}}, View{Size: size}},
		{View{Size: size, Part: Part{0.5, 0.5, 0.2, 0.8}}, View{Size: size, Part: Part{0, 0.5, 1, 0.8}}},
		{View{Size: size, Part: Part{nan, 0, nan, 1}}, View{Size: size}},
		{View{Size: size, Part: Part{0.5, 0, 0.5001, 1}}, View{Size: size, Part: Part{0.5, 0, 0.5 + 1.0/64, 1}}},
		{View{Size: size, Part: Part{0.9999, 0, 1, 1}}, View{Size: size, Part: Part{1 - 1.0/64, 0, 1, 1}}},
		{View{Size: image.Pt(0, 5), Part: Part{0, 0, 0.5, 1}}, View{}},
		{View{Size: image.Pt(-1, 1<<20)}, View{}},
		{View{Size: image.Pt(1<<20, 1)}, View{Size: image.Pt(maxSide, 1)}},
		{View{Size: size, Layout: "nonsense"}, View{Size: size}},
		{View{Size: size, Layout: LayoutYUV}, View{Size: size, Layout: LayoutYUV}},
	} {
		if got := c.in.tidy(); got != c.want {
			t.Errorf("%+v became %+v, want %+v", c.in, got, c.want)
		}
	}
}

// whole looks at a viewer every 20 ms and fails on any gap: a picture that is old, missing, not live, or goes back.
func whole(t *testing.T, s *stage, v *Viewer, d time.Duration) (double time.Duration) {
	t.Helper()
	seq := uint64(0)
	for end := time.Now().Add(d); time.Now().Before(end); {
		pass(20 * time.Millisecond)
		f, ok := v.Frame()
		st := v.Stats()
		if !ok || f.Age(time.Now()) > 100*time.Millisecond || st.State != StateLive || f.Seq < seq {
			t.Fatalf("a gap: %v, age %v, number %d after %d, %+v", ok, f.Age(time.Now()), f.Seq, seq, st)
		}
		seq = f.Seq
		if s.main.sessions() > 0 && s.sub.sessions() > 0 {
			double += 20 * time.Millisecond
		}
	}
	return double
}

func TestStreamsChangeWithoutAGap(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		v := s.view(small)
		pass(2 * time.Second)
		shows(t, v, StateLive, ReasonNone, "sub")
		before := v.Stats()
		v.SetView(large)
		double := whole(t, s, v, 5*time.Second)
		after := shows(t, v, StateLive, ReasonNone, "main")
		if double > 500*time.Millisecond || s.sub.sessions() != 0 {
			t.Errorf("both streams were played for %v, %d sessions of the old one", double, s.sub.sessions())
		}
		if after.Since != before.Since || after.Frames <= before.Frames || after.Connections != 2 {
			t.Errorf("%+v, then %+v", before, after)
		}
		if f, _ := v.Frame(); f.View != large || f.Stream != "main" {
			t.Errorf("%+v of %q", f.View, f.Stream)
		}
		v.SetView(View{Size: small.Size, Part: Part{0.4, 0.4, 0.6, 0.6}}) // zoomed in
		whole(t, s, v, 5*time.Second)
		shows(t, v, StateLive, ReasonNone, "main")
		v.SetView(small)
		whole(t, s, v, 5*time.Second)
		shows(t, v, StateLive, ReasonNone, "sub")
	})
}

func TestNumbersOfFramesNeverGoBack(t *testing.T) {
	var seq atomic.Uint64
	d := &fakeDecoder{}
	old, next := newPlayer(Options{Decoder: d.factory, seq: &seq}), newPlayer(Options{Decoder: d.factory, seq: &seq})
	next.show([]Frame{{View: small, Image: &image.RGBA{}}}, time.Now())
	old.show([]Frame{{View: small, Image: &image.RGBA{}}, {View: large, Image: &image.RGBA{}}}, time.Now())
	shown, _ := old.frame(small)
	next.adopt(old)
	if f, _ := next.frame(small); f.Seq <= shown.Seq {
		t.Errorf("number %d after %d", f.Seq, shown.Seq)
	}
	if f, ok := next.frame(large); !ok || f.View != large {
		t.Errorf("a view without a picture of the new stream has %v", f.View)
	}
}

func TestWhatIsWantedAlreadyWakesNobody(t *testing.T) {
	d, err := NewDeck(DeckOptions{
		Decoder: (&fakeDecoder{}).factory,
		Address: func(context.Context, string, string) (string, string, string, error) { return "", "", "", nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	v := d.Open(cam, nil)
	want := func() {
		v.SetView(View{Size: small.Size, Part: Part{X1: 1, Y1: 1}})
		v.SetStream("sub")
		v.Preload(true)
	}
	want()
	v.ch.dirty.Store(false)
	<-d.wake
	want()
	if v.ch.dirty.Load() || len(d.wake) > 0 {
		t.Error("the deck looks at a camera though nothing changed")
	}
}

func TestANewStreamIsShownOnlyOnceItIsLive(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		s.main.do(func() { s.main.behind, s.main.silent = []time.Duration{3 * time.Second, 3 * time.Second}, true })
		v := s.view(small)
		pass(2 * time.Second)
		v.SetView(large)
		pass(time.Second) // two old pictures came, nothing since
		shows(t, v, StateLive, ReasonNone, "sub")
		if s.main.sessions() != 1 {
			t.Error("the new stream is not tried")
		}
		whole(t, s, v, 3*time.Second)
	})
}

func TestAStreamThatDoesNotComeUpIsNotTaken(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault func(*fakeCamera)
	}{
		{"silent", func(c *fakeCamera) { c.silent = true }},
		{"full", func(c *fakeCamera) { c.refuse = &rtsp.Error{Reason: rtsp.ReasonFull, Detail: "453"} }},
		{"no key frame", func(c *fakeCamera) { c.nokey = true }},
	} {
		t.Run(c.name, func(t *testing.T) {
			onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
				s.main.do(func() { c.fault(s.main) })
				v := s.view(small)
				pass(2 * time.Second)
				v.SetView(large)
				if double := whole(t, s, v, 30*time.Second); double > 11*time.Second {
					t.Errorf("both streams were played for %v", double)
				}
				st := shows(t, v, StateLive, ReasonNone, "sub")
				if st.Detail == "" || st.Stepped {
					t.Errorf("nothing is said about it: %+v", st)
				}
				tries := len(s.main.connections())
				s.main.do(func() { s.main.silent, s.main.nokey, s.main.refuse = false, false, nil })
				pass(20 * time.Second)
				if n := len(s.main.connections()); n != tries {
					t.Errorf("tried %d times more within a minute", n-tries)
				}
				whole(t, s, v, 40*time.Second)
				if st := shows(t, v, StateLive, ReasonNone, "main"); st.Detail != "" {
					t.Errorf("detail %q", st.Detail)
				}
			})
		})
	}
}

func TestAnotherStreamStandsInForOneTheCameraDoesNotGive(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		s.main.do(func() { s.main.refuse = &rtsp.Error{Reason: rtsp.ReasonNotFound} })
		v := s.view(large)
		pass(5 * time.Second)
		if st := shows(t, v, StateLive, ReasonNone, "sub"); st.Detail == "" {
			t.Errorf("nothing is said about it: %+v", st)
		}
	})
}

func TestACameraThatIsFullIsAskedWithPatience(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		for _, c := range []*fakeCamera{s.main, s.sub} {
			c.do(func() { c.refuse = &rtsp.Error{Reason: rtsp.ReasonFull} })
		}
		v := s.view(large)
		pass(10 * time.Minute)
		if st := v.Stats(); st.State != StateFull || st.Reason != ReasonFull {
			t.Errorf("%+v", st)
		}
		if n := len(s.main.connections()) + len(s.sub.connections()); n < 10 || n > 90 {
			t.Errorf("%d connections in ten minutes", n)
		}
		s.main.do(func() { s.main.refuse = nil })
		pass(2 * time.Minute)
		shows(t, v, StateLive, ReasonNone, "main")
	})
}

func TestOneStreamThatFailsIsAskedAgainWithPatience(t *testing.T) {
	lone := newFakeCamera()
	lone.refuse = &rtsp.Error{Reason: rtsp.ReasonNotFound}
	onStage(t, DeckOptions{}, map[string]*fakeCamera{"lone/": lone}, func(t *testing.T, s *stage) {
		v := s.deck.Open(Camera{ID: "lone"}, nil)
		v.SetView(small)
		pass(10 * time.Minute)
		if st := v.Stats(); st.State != StateNoSignal || st.Reason != ReasonNotFound || st.NextTry.IsZero() {
			t.Errorf("%+v", st)
		}
		if n := len(lone.connections()); n < 10 || n > 45 {
			t.Errorf("%d connections in ten minutes", n)
		}
	})
}

func TestADeadStreamIsLeftAtOnce(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		v := s.view(small)
		pass(5 * time.Second)
		s.sub.do(func() { s.sub.silent = true })
		pass(3 * time.Second)
		shows(t, v, StateNoSignal, ReasonNoPackets, "sub")
		old, _ := v.Frame()
		s.main.do(func() { s.main.delay = 200 * time.Millisecond })
		v.SetView(large)
		for range 40 {
			pass(20 * time.Millisecond)
			if f, ok := v.Frame(); !ok || f.Seq < old.Seq {
				t.Fatal("the last picture is gone")
			}
			if s.main.sessions() > 0 && s.sub.sessions() > 0 {
				t.Fatal("a dead stream is kept")
			}
		}
		shows(t, v, StateLive, ReasonNone, "main")
	})
}

func TestLateStreamsStepDownAndComeBack(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		v := s.view(large)
		pass(5 * time.Second)
		shows(t, v, StateLive, ReasonNone, "main")
		late := func(d time.Duration) { s.main.do(func() { s.main.delay = d }) }
		late(1500 * time.Millisecond)
		pass(3500 * time.Millisecond)
		shows(t, v, StateLate, ReasonLate, "main")
		pass(3 * time.Second)
		if st := shows(t, v, StateLive, ReasonNone, "sub"); !st.Stepped {
			t.Errorf("%+v", st)
		}
		if s.main.sessions() != 0 {
			t.Error("the late stream is still played")
		}
		late(0)
		pass(50 * time.Second)
		if st := shows(t, v, StateLive, ReasonNone, "sub"); !st.Stepped {
			t.Error("back before a minute was over")
		}
		whole(t, s, v, 20*time.Second)
		if st := shows(t, v, StateLive, ReasonNone, "main"); st.Stepped {
			t.Errorf("%+v", st)
		}
		// Late again at once: the next attempt waits twice as long.
		late(1500 * time.Millisecond)
		pass(10 * time.Second)
		shows(t, v, StateLive, ReasonNone, "sub")
		late(0)
		pass(90 * time.Second)
		shows(t, v, StateLive, ReasonNone, "sub")
		pass(60 * time.Second)
		shows(t, v, StateLive, ReasonNone, "main")
	})
}

func TestAHiccupIsNoReasonToStepDown(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		v := s.view(large)
		pass(5 * time.Second)
		for range 10 {
			s.main.do(func() { s.main.delay = 1500 * time.Millisecond })
			pass(3500 * time.Millisecond)
			s.main.do(func() { s.main.delay = 0 })
			pass(3 * time.Second)
			shows(t, v, StateLive, ReasonNone, "main")
		}
		if n := len(s.sub.connections()); n != 0 {
			t.Errorf("%d changes to the sub stream", n)
		}
	})
}

func TestAnOverloadedComputerStepsDownOneCameraAfterTheOther(t *testing.T) {
	extra := map[string]*fakeCamera{}
	for i := range 4 {
		for _, name := range []string{"main", "sub"} {
			c := newFakeCamera()
			c.size = image.Pt(1920, 1080)
			if name == "sub" {
				c.size = image.Pt(640, 360)
			}
			extra[fmt.Sprintf("c%d/%s", i, name)] = c
		}
	}
	onStage(t, DeckOptions{}, extra, func(t *testing.T, s *stage) {
		var views []*Viewer
		for i := range 4 {
			v := s.deck.Open(Camera{ID: fmt.Sprintf("c%d", i), Streams: cam.Streams}, nil)
			v.SetView(large)
			views = append(views, v)
		}
		stepped := func() (n int) {
			for _, v := range views {
				if v.Stats().Stepped {
					n++
				}
			}
			return n
		}
		pass(5 * time.Second)
		s.decoder.set(nil, 60*time.Millisecond) // a picture comes every 40 ms
		most, first := 0, 0
		for range 100 {
			pass(200 * time.Millisecond)
			now := stepped()
			if now > 0 && first == 0 {
				first = now
				s.decoder.set(nil, 0) // that was enough
			}
			most = max(most, now)
		}
		if first != 1 || most > 2 {
			t.Errorf("%d stepped down at once, %d in the end", first, most)
		}
	})
}

func TestAStreamAskedForByNameIsPlayed(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		v, w := s.view(large), s.view(small)
		v.SetStream("sub")
		pass(2 * time.Second)
		if st := shows(t, v, StateLive, ReasonNone, "sub"); st.Stepped {
			t.Errorf("%+v", st)
		}
		w.SetStream("main")
		pass(2 * time.Second)
		shows(t, v, StateLive, ReasonNone, "main")
		w.SetStream("")
		v.SetStream("")
		v.SetView(small)
		pass(5 * time.Second)
		shows(t, v, StateLive, ReasonNone, "sub")
		v.SetStream("third")
		pass(15 * time.Second)
		if st := shows(t, v, StateLive, ReasonNone, "sub"); st.Detail == "" {
			t.Errorf("nothing is said about it: %+v", st)
		}
	})
}

func TestSizesAreLearntByPlaying(t *testing.T) {
	bare := Camera{ID: "cam", Streams: []Stream{{Name: "main"}, {Name: "sub", Width: 320, Height: 180}}}
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		v := s.deck.Open(bare, nil)
		v.SetView(small)
		pass(5 * time.Second)
		shows(t, v, StateLive, ReasonNone, "main")
		v.SetView(View{Size: image.Pt(320, 180)})
		pass(5 * time.Second)
		shows(t, v, StateLive, ReasonNone, "sub")
		v.SetView(small) // the sub stream turned out to be larger than declared
		pass(5 * time.Second)
		shows(t, v, StateLive, ReasonNone, "sub")
		v.Close()
		pass(time.Minute)
		v = s.deck.Open(bare, nil)
		v.SetView(small)
		pass(time.Second)
		shows(t, v, StateLive, ReasonNone, "sub")
	})
}

func TestADraggedWindowDoesNotThrashStreams(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		v := s.view(small)
		pass(2 * time.Second)
		for i := range 400 {
			w := 400 + i%40*30 // 400 to 1600 pixels every two seconds
			v.SetView(View{Size: image.Pt(w, w*9/16)})
			whole(t, s, v, 50*time.Millisecond)
		}
		if n := len(s.main.connections()) + len(s.sub.connections()); n > 4 {
			t.Errorf("%d connections while a window was dragged for 20 s", n)
		}
		v.SetView(small)
		pass(5 * time.Second)
		shows(t, v, StateLive, ReasonNone, "sub")
		if f, _ := v.Frame(); f.View != small {
			t.Errorf("%+v", f.View)
		}
	})
}

func TestARefusedCameraIsNotAskedByAnotherTile(t *testing.T) {
	onStage(t, DeckOptions{}, nil, func(t *testing.T, s *stage) {
		s.sub.do(func() { s.sub.refuse = refusal(false) })
		v := s.view(small)
		pass(5 * time.Second)
		shows(t, v, StateRefused, ReasonLoginRefused, "sub")
		w := s.view(small)
		pass(5 * time.Minute)
		shows(t, w, StateRefused, ReasonLoginRefused, "sub")
		if n := len(s.sub.connections()); n != 1 {
			t.Errorf("%d logins", n)
		}
	})
}

func TestPartsOfAPictureAreOfOneStream(t *testing.T) {
	for _, c := range []struct {
		camera Camera
		size   image.Point
		want   string
	}{
		{cam, image.Pt(640, 360), "sub"},
		{cam, image.Pt(700, 390), "sub"}, // nearly fills it
		{cam, image.Pt(960, 540), "main"},
		{cam, image.Pt(7680, 4320), "main"},
		{cam, image.Pt(100000, 100), "main"},
		{cam, image.Point{}, "sub"},
		{Camera{Streams: []Stream{{Name: "a"}, {Name: "b"}}}, image.Pt(100, 100), "a"}, // sizes are not known
		{Camera{}, image.Pt(100, 100), ""},
	} {
		if got := c.camera.Fill(c.size); got != c.want {
			t.Errorf("%v of %+v is of %q, want %q", c.size, c.camera.Streams, got, c.want)
		}
	}
}
