package fieldtest

import (
	"testing"
	"time"

	"iocwall/media"
	"iocwall/media/mediatest"
)

// joinedLate opens a tile on a camera that has become late, as each change of a tour does and each alert.
func joinedLate(t *testing.T) {
	s := newStage(t, h264(func(o *mediatest.Options) { o.ReportEvery = 500 * time.Millisecond }))
	s.play(0, well)
	s.fault(mediatest.FaultCreep)
	await(t, "five seconds late", func() bool { return s.player.Stats().Behind > 5*time.Second })
	v := s.join(quickly, 160, 92)
	for until, seen := time.Now().Add(3*time.Second), false; time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
		st := v.Stats()
		if st.Picture.IsZero() {
			continue
		}
		age, _ := st.Age(time.Now())
		if st.State == media.StateLive || age < 4*time.Second || st.ClockKnown && st.ClockOffset.Abs() > time.Second {
			t.Fatalf("%s (%s), %v old, the camera's clock off by %v", st.State, st.Reason, age, st.ClockOffset)
		}
		if !seen && st.Reason == media.ReasonLate {
			seen = true
			t.Logf("%s (%s), %v old, the first tile is %v behind", st.State, st.Reason, age, s.player.Stats().Behind)
		}
	}
	s.play(1, step{do: func(*stage) {}, tile: "late (late)", relay: "live (late)"})
	if h := s.health(); h.Late < 4*time.Second || h.ClockKnown && h.ClockOffset.Abs() > time.Second {
		t.Errorf("the relay says %v late, the camera's clock off by %v", h.Late, h.ClockOffset)
	}
	s.play(2, healed(3*time.Second))
	await(t, "the second tile to be live", func() bool { return v.Stats().State == media.StateLive })
	if n := s.cam.Counts().Sessions; n != 1 {
		t.Errorf("%d sessions at the camera", n)
	}
}

// veryLate lets a camera fall behind until its session is ended, and again.
func veryLate(t *testing.T) {
	s := newStage(t, h264(nil))
	s.play(0, well)
	s.fault(mediatest.FaultCrawl)
	for sessions := 1; sessions <= 2; sessions++ {
		await(t, "late", func() bool { return s.player.Stats().Reason == media.ReasonLate })
		worst, began := time.Duration(0), time.Now()
		for s.cam.Counts().Sessions == sessions {
			st := s.player.Stats()
			if worst = max(worst, st.Behind); st.State == media.StateLive {
				t.Fatalf("session %d: live, %v behind after %v", sessions, st.Behind, worst)
			}
			if sessions == 2 && st.Behind > 5*time.Second {
				s.play(sessions, healed(3*time.Second))
				return
			}
			if time.Since(began) > 4*hang {
				t.Fatalf("session %d goes on, %v behind; %+v", sessions, worst, s.health())
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Logf("session %d ended %v behind", sessions, worst)
		if worst < 55*time.Second || worst > 65*time.Second {
			t.Errorf("session %d was ended %v behind", sessions, worst)
		}
	}
}
