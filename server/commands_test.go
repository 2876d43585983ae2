package server

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"iocwall/server/core"
	"iocwall/server/world"
)

// What was not done is told by its own code, whatever lies behind it: a camera that does
// not answer is not a slow server. Only what has no code is the server's.
func TestReceiptsKeepTheirCodes(t *testing.T) {
	late := fmt.Errorf("onvif: move: %w", context.DeadlineExceeded)
	for want, err := range map[string]error{
		"camera.disobeys": fmt.Errorf("cctv: %w", world.Refuse("camera.disobeys", "the camera {camera} did not obey: {why}", "camera", "Cầu", "why", late)),
		"alert.taken":     refuse("alert.taken", "{who} has taken it already", "who", "Mai"),
		"server.slow":     late,
		"server.stopping": fmt.Errorf("ask: %w", core.ErrStopping),
		"":                errors.New("no space left"),
	} {
		if got := world.Refused("1", told(err)); got.Code != want || got.Reason != err.Error() {
			t.Errorf("%v: %+v, want %q", err, got, want)
		}
	}
}
