package tile

import (
	"strings"
	"testing"
	"time"

	"iocwall/media"
)

// TestOutOfStepIsSaid: a tile over several computers says calmly that it is not in
// step, also where it says only what is wrong.
func TestOutOfStepIsSaid(t *testing.T) {
	for lang, short := range map[string]string{"vi": "lệch nhịp", "en": "not in step"} {
		e := wallEnv(t, lang)
		for state, out := range map[media.StepState]bool{
			media.StepOff: false, media.StepKept: false, media.StepLate: true, media.StepUnstamped: true, media.StepUnclocked: true,
		} {
			v := CameraView{Name: "Cầu Câu Lâu", Now: now, Quiet: true, Stats: stats(media.StateLive, 400*time.Millisecond, time.Hour)}
			v.Stats.Step.State = state
			f := e.cameraFace(v)
			if said := strings.Contains(f.Right[0], short); said != out || f.Quiet == out || f.Plate != nil || f.Mark != "live" {
				t.Errorf("%s, %q: %+v", lang, state, f)
			}
		}
	}
}
