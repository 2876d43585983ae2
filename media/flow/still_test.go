package flow

import (
	"testing"
	"time"
)

// runs feeds one with runs of equal pictures, five a second, each ended by some different ones.
func runs(s *Still, at time.Time, length, between time.Duration, times int) time.Time {
	for range times {
		for d := time.Duration(0); d < length+between; d += 200 * time.Millisecond {
			print := uint64(at.UnixNano())
			if d < length {
				print = uint64(at.Add(-d).UnixNano())
			}
			s.Picture(print, at)
			at = at.Add(200 * time.Millisecond)
		}
	}
	return at
}

func TestStillNightsAreLearnt(t *testing.T) {
	start := time.Unix(1_000_000, 0)
	base := 10 * time.Second
	limit := func(s *Still, at time.Time) time.Duration { return s.Limit(base, at).Round(time.Second) }
	t.Run("a still night", func(t *testing.T) {
		var s Still
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
		var s Still
		at := runs(&s, start, 0, time.Second, 600)
		if _, run := s.Run(); run != 0 || limit(&s, at) != base {
			t.Errorf("run %v, limit %v", run, limit(&s, at))
		}
	})
	t.Run("a fault now and then", func(t *testing.T) {
		var s Still
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
		var s Still
		at := runs(&s, start, 5*time.Minute, time.Second, 10)
		if l := limit(&s, at); l != base {
			t.Errorf("limit %v", l)
		}
	})
	t.Run("runs that were not watched teach nothing", func(t *testing.T) {
		var s Still
		at := start
		for range 10 {
			s.Picture(uint64(at.UnixNano()), at)
			s.Gap()
			s.Picture(uint64(at.UnixNano()), at.Add(30*time.Second))
			at = at.Add(31 * time.Second)
		}
		if l := limit(&s, at); l != base {
			t.Errorf("limit %v", l)
		}
	})
	t.Run("a picture that stood comes back encoded anew", func(t *testing.T) {
		var s Still
		at := runs(&s, start, 20*time.Second, 0, 1)
		s.Gap()
		at = at.Add(time.Hour)
		for i := range 8 {
			s.Picture(uint64(i+1), at.Add(time.Duration(i)*40*time.Millisecond))
		}
		if _, run := s.Run(); run < 20*time.Second || run > 21*time.Second {
			t.Errorf("run %v", run)
		}
		s.Picture(9, at.Add(time.Second))
		if _, run := s.Run(); run != 0 {
			t.Errorf("run %v though it moves", run)
		}
		s.Picture(10, at)
		runs(&s, at, 20*time.Second, 0, 1)
		s.Gap()
		s.Picture(20, at.Add(time.Hour))
		s.Picture(21, at.Add(time.Hour+3*time.Second))
		if _, run := s.Run(); run != 0 {
			t.Errorf("run %v: a slow change is one too", run)
		}
	})
	t.Run("no prints", func(t *testing.T) {
		var s Still
		for i := range 100 {
			s.Picture(0, start.Add(time.Duration(i)*time.Second))
		}
		if _, run := s.Run(); run != 0 {
			t.Errorf("run %v without prints", run)
		}
	})
}
