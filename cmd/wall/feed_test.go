package main

import (
	"testing"
	"time"

	"iocwall/media/rtsp"
	"iocwall/server/world"
	"iocwall/ui/words"
)

// TestAnEndedRightIsNoRefusedCamera: that this computer's right to pictures has ended while the server is away is not said
// as a camera's wrong password.
func TestAnEndedRightIsNoRefusedCamera(t *testing.T) {
	l, err := words.Load("vi")
	if err != nil {
		t.Fatal(err)
	}
	f := &feed{lang: l, granted: make(chan struct{})}
	f.keep(world.RelayGrant{URL: "rtsp://relay:8554", Token: "t", Expires: world.TimeOf(time.Now().Add(-time.Minute))})
	if _, _, _, err := f.address(t.Context(), "cam-01", "main"); rtsp.ReasonOf(err) != rtsp.ReasonNotAdmitted {
		t.Errorf("the tile is told %q (%v)", rtsp.ReasonOf(err), err)
	}
	f.link.Up = true // the relay judges by its own clock
	if url, _, token, err := f.address(t.Context(), "cam-01", "main"); err != nil || url != "rtsp://relay:8554/cam-01/main" || token != "t" {
		t.Errorf("with the server there: %q, %v", url, err)
	}
}
