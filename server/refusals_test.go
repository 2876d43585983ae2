package server

import (
	"strconv"
	"testing"

	"iocwall/server/auth"
	"iocwall/server/crowd"
	"iocwall/server/world"
)

// Who is turned away at a door is in the history: without a token, with a bad
// one, and with one that has no right.
func TestRefusalsAreAudited(t *testing.T) {
	c := newCentre(t, "")
	leader, id := c.tokenID("Lãnh đạo", auth.Leader)
	for range 3 {
		c.do("GET", "/metrics", leader, "", "")
		c.do("GET", "/api/cameras", "", "", "")
		c.do("GET", "/api/cameras", "iocw_wrong", "", "")
		c.do("POST", "/georeport/v2/requests.json", leader, "application/x-www-form-urlencoded", "")
	}
	got := map[string]int{}
	for _, e := range c.events() {
		if b, ok := e.Body.(world.Audited); ok && b.Act == "door" {
			got[b.Who+" "+b.Object]++
		}
	}
	want := map[string]int{
		id + " GET /metrics from 127.0.0.1": 1, " GET /api/cameras from 127.0.0.1": 2,
		id + " POST /georeport/v2/{resource} from 127.0.0.1": 1,
	}
	for k, n := range want {
		if got[k] != n {
			t.Errorf("%q: %d events, want %d", k, got[k], n)
		}
	}
	if len(got) != len(want) {
		t.Errorf("in the history: %v", got)
	}
}

// Who tries the ids of what is not theirs, or holds on to a camera that somebody
// else turns, is written down without filling the history.
func TestGuessingIsFolded(t *testing.T) {
	c := newCentre(t, "")
	unit, id := c.tokenID("Xã", auth.Unit, caMau)
	for i := range 2 * crowd.RefusalsShown {
		c.do("GET", "/api/clips/vu-"+strconv.Itoa(i), unit, "", "")
		c.do("POST", "/api/commands", unit, "application/json", `{"id":"`+strconv.Itoa(i)+`","act":"camera.control","args":{"camera":"cau","pan":1}}`)
	}
	turned, tried := 0, 0
	for _, e := range c.events() {
		if b, ok := e.Body.(world.Audited); ok && b.Who == id && !b.OK {
			if b.Act == "camera.control" {
				turned++
			} else if b.Act == "recording.read" {
				tried++
			}
		}
	}
	if turned != 1 || tried != crowd.RefusalsShown-1 {
		t.Errorf("%d and %d events, want 1 and %d", turned, tried, crowd.RefusalsShown-1)
	}
}
