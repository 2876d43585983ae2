package rtsp

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
)

// A camera that tells its time once and never again: half a turn of the 32 bits of RTP time later, which is six and a half
// hours, its pictures must not be called half a day old.
func TestAnOldReportTellsNothing(t *testing.T) {
	at := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	report := func(stamp uint32) *rtcp.SenderReport {
		return &rtcp.SenderReport{NTPTime: uint64(at.Unix()+ntpUnix) << 32, RTPTime: stamp}
	}
	const begin = uint32(1<<32 - 90000*60) // wraps after a minute
	var r reports
	r.add(report(begin))
	for _, c := range []struct {
		after time.Duration
		known bool
	}{{0, true}, {time.Minute, true}, {5 * time.Minute, true}, {time.Hour, false}, {7 * time.Hour, false}, {14 * time.Hour, false}} {
		got := r.at(begin + uint32(int64(c.after/time.Second)*clockRate))
		if c.known && !got.Equal(at.Add(c.after)) || !c.known && !got.IsZero() {
			t.Errorf("after %v: %v", c.after, got)
		}
	}
	// Once the clock is told again it is known again; time stamps that begin anew do not make a time of their own.
	const anew = uint32(1000)
	r.add(report(anew))
	if got := r.at(anew + clockRate); !got.Equal(at.Add(time.Second)) {
		t.Errorf("after the next report: %v", got)
	}
	if got := r.at(^uint32(0) - clockRate*7200); !got.IsZero() {
		t.Errorf("time stamps of another beginning: %v", got)
	}
}

// Parameter sets come from the network: a size or rate that cannot be is none.
func TestDescribeMakesNothingUp(t *testing.T) {
	for _, c := range []struct {
		width, height int
		fps           float64
		want          bool
	}{
		{640, 360, 25, true}, {640, 360, 0, true}, {0, 360, 25, false}, {-2, 360, 25, false}, {640, 1 << 20, 25, false},
	} {
		w, h, fps := plausible(c.width, c.height, c.fps)
		if c.want != (w == c.width && h == c.height && fps == c.fps) || !c.want && (w != 0 || h != 0) {
			t.Errorf("%v: %d×%d, %v", c, w, h, fps)
		}
	}
	zero := 0.0
	for _, rate := range []float64{1 / zero, zero / zero, -1, 5000} {
		if _, _, fps := plausible(640, 360, rate); fps != 0 {
			t.Errorf("%v frames a second became %v", rate, fps)
		}
	}
}
