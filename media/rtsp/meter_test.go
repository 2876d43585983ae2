package rtsp

import (
	"testing"
	"time"
)

// A computer's clock that is set back by an hour must not stop the count for an hour.
func TestMeterOfAClockThatIsSetBack(t *testing.T) {
	var m Meter
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	play := func() (fps float64) {
		for range 250 {
			m.Frame(now)
			m.Packet(now, 1000, 0)
			now = now.Add(40 * time.Millisecond)
		}
		fps, _, _ = m.Rates(now)
		return fps
	}
	if fps := play(); fps != 25 {
		t.Errorf("%v a second", fps)
	}
	now = now.Add(-time.Hour)
	if fps := play(); fps != 25 {
		t.Errorf("after the step: %v a second", fps)
	}
}
