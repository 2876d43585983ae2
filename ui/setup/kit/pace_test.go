package kit

import (
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	var p Pace
	at := time.Unix(100, 0)
	for i, x := range []struct {
		after time.Duration
		asked string
		due   bool
	}{{0, "", true}, {100 * time.Millisecond, "", false}, {200 * time.Millisecond, "site", true}, {900 * time.Millisecond, "site", false}, {time.Second, "site", true}} {
		if got := p.Due(at.Add(x.after), x.asked); got != x.due {
			t.Errorf("%d: %v", i, got)
		}
	}
	if p.Again(); !p.Due(at.Add(time.Second), "site") {
		t.Error("it is not due again")
	}
}
