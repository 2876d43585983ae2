package relay

import (
	"log/slog"
	"testing"
	"time"

	"iocwall/media/rtsp"
)

// While it is decided what is kept, which may wait for a disk, pictures go on: neither a unit nor the end of a session
// waits for that.
func TestKeepingHoldsUpNoStream(t *testing.T) {
	r := &Relay{opts: Options{KeepBytes: 1 << 20}, log: slog.New(slog.DiscardHandler)}
	u := newUpstream(r, upstreamConfig{camera: "c1", stream: "main", keep: time.Minute}, nil)
	r.replay.mu.Lock()
	defer r.replay.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		u.keep(rtsp.Track{Codec: rtsp.MJPEG}, rtsp.Unit{NALUs: [][]byte{{1}}, Key: true, Size: 1, Arrived: time.Now()})
		u.gap()
	}()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatal("the stream waits")
	}
	if s := u.kept.kept.ring.Stats(); s.Units != 1 {
		t.Errorf("%d units are kept", s.Units)
	}
}
