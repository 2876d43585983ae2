package health_test

import (
	"testing"

	"iocwall/media/rtsp"
	"iocwall/server/world"
	"iocwall/ui/signal/health"
	"iocwall/ui/words"
)

func TestWords(t *testing.T) {
	l, err := words.Load("vi")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		h             world.CameraHealth
		state, behind string
		late          bool
	}{
		"nothing is known": {world.CameraHealth{}, "chưa rõ", "", false},
		"live":             {world.CameraHealth{State: world.CameraLive}, "trực tiếp", "", false},
		"late": {
			world.CameraHealth{State: world.CameraLive, Reason: string(rtsp.ReasonLate)},
			"hình đến muộn", "Mạng hoặc camera chậm", true,
		},
		"no key frames": {
			world.CameraHealth{State: world.CameraLive, Reason: string(rtsp.ReasonNoKeyFrame)},
			"trực tiếp · Thiếu hình khoá", "Gói tin đến, thiếu hình khoá", false,
		},
		"frozen": {
			world.CameraHealth{State: world.CameraFrozen, Reason: "unchanged", By: "pc-03"},
			"đứng hình", "Gói tin vẫn đến, hình không đổi · theo pc-03", false,
		},
		"a state and a reason of a newer server": {
			world.CameraHealth{State: "melted", Reason: "too-hot"}, "chưa rõ", "too-hot", false,
		},
	} {
		if got := health.State(l, c.h); got != c.state {
			t.Errorf("%s: state %q, want %q", name, got, c.state)
		}
		if got := health.Behind(l, c.h); got != c.behind {
			t.Errorf("%s: behind it %q, want %q", name, got, c.behind)
		}
		if health.Late(c.h) != c.late {
			t.Errorf("%s: late is %v", name, !c.late)
		}
	}
}
