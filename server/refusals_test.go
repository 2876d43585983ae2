package server

import (
	"strconv"
	"testing"
	"time"

	"iocwall/server/auth"
	"iocwall/server/world"
)

// What repeats itself is one event, and a flood is bounded and counted.
func TestRefusalsAreFolded(t *testing.T) {
	var f refusals
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	written := 0
	for i := range 1000 {
		if write, _ := f.note("same", now.Add(time.Duration(i)*time.Millisecond)); write {
			written++
		}
		if write, _ := f.note(strconv.Itoa(i), now); write {
			written++
		}
	}
	if written != refusalsShown {
		t.Errorf("%d were written, want %d", written, refusalsShown)
	}
	write, others := f.note("next", now.Add(refusalFold))
	if !write || others != 2000-refusalsShown {
		t.Errorf("a minute later: %v, %d others, want %d", write, others, 2000-refusalsShown)
	}
}

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
	for i := range 2 * refusalsShown {
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
	if turned != 1 || tried != refusalsShown-1 {
		t.Errorf("%d and %d events, want 1 and %d", turned, tried, refusalsShown-1)
	}
}
