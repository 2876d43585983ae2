package fence

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"

	"iocwall/geo"
	"iocwall/server/world"
)

const minute = world.Time(60_000)

// stay is a vessel in a fence with a dwell, told minute by minute.
type stay struct {
	*loop
	said []string
}

func newStay(t *testing.T, dwell world.Time, near float64) *stay {
	l := &loop{t: t, st: world.New(1), now: t0}
	l.guard, _ = New(l.st, t0, slog.New(slog.DiscardHandler))
	f := circle("khu-cam", geo.Pt(109, 15.5), 2000, 40)
	f.Dwell, f.Near = int64(dwell), near
	l.queue = append(l.queue, world.Observation{Time: t0, Body: f})
	l.publish()
	return &stay{loop: l}
}

// minute tells where the vessel was at, and what time it is.
func (s *stay) minute(at, now world.Time, pos geo.Point) {
	s.now = t0 + now*minute
	s.queue = append(s.queue, world.Observation{Time: t0 + at*minute, Body: world.VesselPosition{MMSI: "574000001", Pos: pos}})
	s.publish()
	s.publish()
	s.queue = append(s.queue, s.guard.Tick(s.now)...)
	s.publish()
	v, _ := s.st.Vessel("574000001")
	line := ""
	for _, x := range slices.Concat(v.Fences, v.Entering) {
		line += fmt.Sprintf(" %s since %d", x.State, (x.Since-t0)/minute)
	}
	if len(s.said) == 0 || s.said[len(s.said)-1] != line {
		s.said = append(s.said, line)
	}
}

// However often the program is killed, a stay lasts from its beginning.
func TestADwellOutlivesKills(t *testing.T) {
	in, by, out := geo.Pt(109, 15.5), geo.Pt(109.024, 15.5), geo.Pt(109.5, 15.5)
	for _, near := range []float64{0, 1000} {
		play := func(killed func(m int) bool) []string {
			s := newStay(t, 10*minute, near)
			for m := range 40 {
				pos := in
				switch {
				case m < 2 || m == 20:
					pos = out
				case m == 7 || m == 24: // beyond the edge, near it
					pos = by
				}
				s.minute(world.Time(m), world.Time(m), pos)
				if killed(m) {
					s.kill()
				}
			}
			return s.said
		}
		want := play(func(int) bool { return false })
		if near == 0 {
			const told = "[  entering since 2   entering since 8  inside since 18   entering since 21   entering since 25  inside since 35]"
			if fmt.Sprint(want) != told {
				t.Fatalf("without a kill it says\n%v, want\n%v", want, told)
			}
		}
		for once := range 40 {
			if got := play(func(m int) bool { return m == once }); !slices.Equal(got, want) {
				t.Errorf("killed in minute %d it says\n%q, otherwise\n%q", once, got, want)
			}
		}
		if got := play(func(int) bool { return true }); !slices.Equal(got, want) {
			t.Errorf("killed every minute it says\n%q, otherwise\n%q", got, want)
		}
	}
}

// A position that comes late after a kill changes no stay.
func TestALatePositionAfterAKill(t *testing.T) {
	in, out := geo.Pt(109, 15.5), geo.Pt(109.5, 15.5)
	for name, c := range map[string]struct {
		late world.Time
		pos  geo.Point
		want string
	}{
		"inside, before the stay":  {3, in, "[  entering since 5  inside since 15]"},
		"outside, before the stay": {3, out, "[  entering since 5  inside since 15]"},
		"outside, in the stay":     {7, out, "[  entering since 5  inside since 15]"}, // as the state has it
	} {
		s := newStay(t, 10*minute, 0)
		s.minute(4, 4, out)
		for m := world.Time(5); m < 10; m++ {
			s.minute(m, m, in)
		}
		s.kill()
		s.minute(c.late, 9, c.pos)
		for m := world.Time(10); m < 25; m++ {
			s.minute(m, m, in)
		}
		if got := fmt.Sprint(s.said); got != c.want {
			t.Errorf("%s: it says %s, want %s", name, got, c.want)
		}
	}
}

// A stay that a history without beginnings knows nothing of begins with the newest
// position, and what is restored then is said once.
func TestAHistoryWithoutBeginnings(t *testing.T) {
	in := geo.Pt(109, 15.5)
	st := world.New(1)
	f := circle("khu-cam", in, 2000, 40)
	f.Dwell = int64(10 * minute)
	for i, b := range []world.Body{f, world.VesselPosition{MMSI: "1", Pos: in}, world.FenceCrossed{Fence: "khu-cam", About: "vessel/1", State: world.FenceNear, Pos: in}} {
		if _, err := st.Apply(world.Event{Seq: uint64(i + 1), Seen: t0, Observation: world.Observation{Time: t0, Body: b}}); err != nil {
			t.Fatal(err)
		}
	}
	l := &loop{t: t, st: st, now: t0 + minute}
	for range 3 {
		l.kill()
		l.publish()
	}
	v, _ := l.st.Vessel("1")
	if len(v.Entering) != 1 || t0-v.Entering[0].Since > 1 || len(v.Fences) != 1 || v.Fences[0].State != world.FenceNear {
		t.Errorf("it is in %v, entering %v", v.Fences, v.Entering)
	}
}

// Who is lost, or whose fence is removed or over, is entering nothing any more, also
// where a kill came between.
func TestNobodyGoesOnEnteringWhatIsOver(t *testing.T) {
	in := geo.Pt(109, 15.5)
	for name, b := range map[string]world.Body{
		"lost":    world.EntityStale{Ref: "vessel/574000001", Last: t0, Limit: 1},
		"removed": world.FenceSaved{Saved: world.Saved{ID: "khu-cam", Version: 2, Removed: true}},
		"over": func() world.Body {
			f := circle("khu-cam", in, 2000, 40)
			f.Version, f.Dwell, f.Until = 2, int64(10*minute), t0+minute
			return f
		}(),
	} {
		for _, near := range []float64{0, 1000} {
			for _, killed := range []bool{false, true} {
				s := newStay(t, 10*minute, near)
				s.minute(0, 0, in)
				if v, _ := s.st.Vessel("574000001"); len(v.Entering) != 1 {
					t.Fatalf("at first it is entering %v", v.Entering)
				}
				s.now = t0 + 2*minute
				s.queue = append(s.queue, world.Observation{Body: b})
				s.publish()
				if killed {
					s.kill()
				}
				s.publish()
				if v, _ := s.st.Vessel("574000001"); len(v.Entering)+len(v.Fences) != 0 {
					t.Errorf("%s, near %g, killed %v: it is in %v, entering %v", name, near, killed, v.Fences, v.Entering)
				}
			}
		}
	}
}
