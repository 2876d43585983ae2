package camera

import (
	"context"
	"errors"
	"image"
	"io"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/tile"
)

// offsets are how far the server's clock may be ahead of a computer's.
var offsets = []time.Duration{0, 90 * time.Second, -10 * time.Minute}

// TestThePastIsOfTheServersClock: evidence and what is shown again are asked for by
// the clock of who kept them.
func TestThePastIsOfTheServersClock(t *testing.T) {
	for _, off := range offsets {
		s, _, m := held(t)
		s.off = off
		server := s.now.Add(off)
		m.Rune('e')
		a := s.sent[0].Act.(act.SaveClip)
		if a.From != world.TimeOf(server.Add(-before)) || a.To != world.TimeOf(server.Add(after)) {
			t.Errorf("off by %v: evidence of %v to %v, it is %v at the server", off, a.From.Std(), a.To.Std(), server)
		}
		s.h.Decoder = func(media.DecoderOptions) (media.Decoder, error) { return &flat{}, nil }
		asked := make(chan [2]time.Time, 9)
		s.h.Replay = func(_ context.Context, _, _ string, from, to time.Time) (io.ReadCloser, error) {
			asked <- [2]time.Time{from, to}
			return nil, errors.New("not today")
		}
		m.Rune('r')
		if got := <-asked; !got[0].Equal(server.Add(-time.Minute)) || !got[1].Equal(server) {
			t.Errorf("off by %v: shown again is %v, it is %v at the server", off, got, server)
		}
		s.add(world.CameraControlled{Camera: "cam-01", By: "hung", Name: "Hùng"})
		if m.Live(); m.Holder(s.now) == "" || m.Holder(s.now.Add(holderFor+time.Second)) != "" {
			t.Errorf("off by %v: who turns the camera is %q", off, m.Holder(s.now))
		}
		s.jobs.Wait()
	}
}

// TestTilesTellTheServersTime: times of day on a tile, and what the server is told of
// it, are by the server's clock; ages are not touched by what that is.
func TestTilesTellTheServersTime(t *testing.T) {
	for _, off := range offsets {
		s, v, _ := held(t)
		s.off = off
		s.deck.state["cam-01"] = media.StateFrozen
		def, _ := v.Definition()
		st := v.player.Stats()
		st.NextTry, st.ClockKnown, st.ClockOffset, st.Taken = s.now.Add(4*time.Second), true, time.Minute, s.now.Add(time.Minute-2*time.Second)
		w := v.words(def, st, s.now)
		server := s.now.Add(off)
		was, _ := st.Age(s.now)
		age, _ := w.Stats.Age(w.Now)
		taken := w.Stats.Taken.Add(-w.Stats.ClockOffset)
		if age != was || !w.Now.Equal(server) || !taken.Equal(server.Add(-2*time.Second)) ||
			!w.Stats.Since.Equal(server.Add(-2*time.Minute)) || w.Stats.NextTry.Sub(w.Now) != 4*time.Second {
			t.Errorf("off by %v: the tile tells %v, taken %v, so since %v, age %v", off, w.Now, taken, w.Stats.Since, age)
		}
		if h := v.Health(s.now); h.State != tile.Still || !h.Since.Equal(server.Add(-2*time.Minute)) {
			t.Errorf("off by %v: the server is told %+v", off, h)
		}
		none := New(s.h, s.env, Options{Camera: "cam-02"})
		s.h.Cameras = nil
		s.health("cam-02", world.CameraSilent)
		def, _ = none.Definition()
		if w := none.absent(def, true, s.now); !w.Stats.Since.Equal(server) {
			t.Errorf("off by %v: without a player since %v, the server says %v", off, w.Stats.Since, server)
		}
	}
}

// TestCaptionsTellWhoseClock: a picture that is kept says when it was taken by the
// server's clock and that it is so, one of the past when it came there.
func TestCaptionsTellWhoseClock(t *testing.T) {
	s := newStage(t, 1)
	def, _ := s.state.Camera("cam-01")
	at := s.now.Add(-time.Second)
	live := still{frame: media.Frame{Arrived: at, Source: image.Pt(1920, 1080)}, stats: media.Stats{State: media.StateLive}}
	past, camera := live, live
	past.replay = true
	camera.frame.Taken = at.Add(time.Hour)
	camera.stats.ClockKnown, camera.stats.ClockOffset = true, 90*time.Second
	off := 90 * time.Second
	for _, c := range []struct {
		still still
		off   time.Duration
		at    time.Time
		clock string
	}{
		{live, 0, at, "đồng hồ máy này"},
		{live, off, at.Add(off), "đồng hồ máy chủ"},
		{past, off, at, "đồng hồ máy chủ"},
		{camera, 0, at.Add(time.Hour), "đồng hồ camera lệch +1 phút"},
		{camera, off, at.Add(time.Hour), "đồng hồ camera"},
	} {
		if got := caption(s.h, def, c.still, c.off); !got.Time.Equal(c.at) || got.Clock != c.clock {
			t.Errorf("off by %v: %v by %q, want %v by %q", c.off, got.Time, got.Clock, c.at, c.clock)
		}
	}
}

// TestTurnsAreOfTheServersClock: two computers whose own clocks differ show the same
// camera and the same page.
func TestTurnsAreOfTheServersClock(t *testing.T) {
	shown := map[time.Duration][]string{}
	for _, off := range offsets {
		s := newStage(t, 12)
		s.now, s.off = noon.Add(-off), off
		tour := NewTour(s.h, s.env, TourOptions{Pick: Pick{Area: "vn/quang-nam"}, Dwell: "7s"})
		grid := NewGrid(s.h, s.env, GridOptions{Pick: Pick{Area: "vn/quang-nam"}, Cells: 4, Dwell: "7s"})
		s.put(tour, 960, 540)
		s.put(grid, 960, 540)
		for range 60 {
			s.tick(tour, time.Second)
			grid.Update(s.now)
			shown[off] = append(shown[off], tour.Views()[0].Camera()+" "+grid.Views()[0].Camera())
		}
	}
	for off, got := range shown {
		for i, want := range shown[0] {
			if got[i] != want {
				t.Fatalf("off by %v: %s after %d s, elsewhere %s", off, got[i], i, want)
			}
		}
	}
}

// TestAClockThatIsSet: what is known of the server's clock changes without a turn
// going back and forth.
func TestAClockThatIsSet(t *testing.T) {
	// A dwell of 10 s begins at this moment.
	at := time.Unix(1_800_000_000, 0)
	for name, c := range map[string]struct {
		off  func(second float64) float64
		want []int // what is shown, in order
		end  float64
	}{
		"right":                 {func(float64) float64 { return 0 }, []int{0, 1, 2, 3}, 35},
		"unsteady":              {func(s float64) float64 { return 0.3 * float64(int(s*10)%3) }, []int{0, 1, 2, 3}, 35},
		"set back a little":     {step(11, -5), []int{0, 1, 2}, 35},
		"set ahead a little":    {step(8, 5), []int{0, 1, 2, 3}, 34},
		"set back far":          {step(12, -40), []int{0, 1, 17, 18, 19}, 35},
		"set ahead far":         {step(12, 41), []int{0, 1, 5, 6}, 25},
		"wrong for two seconds": {func(s float64) float64 { return step(12, 90)(s) - step(14, 90)(s) }, []int{0, 1, 2}, 25},
		"behind for two seconds": {func(s float64) float64 {
			return step(12, -90)(s) - step(14, -90)(s)
		}, []int{0, 1, 2}, 25},
		"behind over a change": {func(s float64) float64 { return step(19, -90)(s) - step(21, -90)(s) }, []int{0, 1, 2}, 25},
	} {
		r := rotation{dwell: 10 * time.Second}
		first := at.UnixNano() / int64(r.dwell)
		var got []int
		for i := range int(c.end * 10) {
			s := float64(i) / 10
			now := at.Add(time.Duration((s + c.off(s)) * float64(time.Second)))
			t := r.now(now, 20, func(int) bool { return false })
			if shown := (t.at - int(first%20) + 20) % 20; len(got) == 0 || got[len(got)-1] != shown {
				got = append(got, shown)
			}
			if t.soon && (t.next == t.at || t.left > ahead || t.left < -ahead) {
				got = append(got, -1)
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: shows %v, want %v", name, got, c.want)
			continue
		}
		for i, w := range c.want {
			if got[i] != w {
				t.Errorf("%s: shows %v, want %v", name, got, c.want)
				break
			}
		}
	}
}

// step is a clock that is set by so many seconds at a second.
func step(at, by float64) func(float64) float64 {
	return func(s float64) float64 {
		if s < at {
			return 0
		}
		return by
	}
}
