package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"iocwall/server/auth"
	"iocwall/server/history"
	"iocwall/server/world/track"
)

// pastOf asks the door of histories until the journal was read, with so many entries.
func (c *centre) pastOf(token, query string, entries int) (status int, a history.Answer, text string) {
	c.tb.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		status, text = c.do("GET", "/api/history?"+query, token, "", "")
		if status != http.StatusOK {
			return status, a, text
		}
		a = history.Answer{}
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			c.tb.Fatal(err)
		}
		if !a.Reading && len(a.Entries) >= entries || time.Now().After(end) {
			return status, a, text
		}
	}
}

// TestHistoryDoor: what happened to a thing, for those who may see it, before and
// after a restart.
func TestHistoryDoor(t *testing.T) {
	c := newCentre(t, "stations:\n  - {id: S1, name: Câu Lâu, what: level, pos: [108.27, 15.85], area: "+daNang+"}\n")
	provider := c.token("gauge", auth.Provider)
	operator := c.token("mai", auth.Operator)
	unit := c.token("tam-ky", auth.Unit, daNang)
	stranger := c.token("hue", auth.Unit, "46")
	c.observe(provider, readingJSON("S1", 3.1))
	for range 2 {
		for who, token := range map[string]string{"operator": operator, "unit": unit} {
			status, a, text := c.pastOf(token, "kind=station&id=S1", 2)
			if status != http.StatusOK || len(a.Entries) != 2 || a.Entries[0].Kind != "station.reading" || a.Entries[1].Kind != "station.defined" {
				t.Errorf("%s: %d %s", who, status, text)
			}
		}
		if status, _, text := c.pastOf(stranger, "kind=station&id=S1", 0); status != http.StatusNotFound {
			t.Errorf("another area's unit: %d %s", status, text)
		}
		c.stop()
		c.start()
	}
	for query, want := range map[string]int{
		"kind=ship&id=1": http.StatusBadRequest, "kind=station": http.StatusBadRequest, "kind=station&id=S1&limit=0": http.StatusBadRequest,
		"kind=station&id=S1&before=x": http.StatusBadRequest, "kind=station&id=S1&to=x": http.StatusBadRequest,
	} {
		if status, _, text := c.pastOf(operator, query, 0); status != want || !strings.Contains(text, "error") {
			t.Errorf("%s: %d %s", query, status, text)
		}
	}
	for _, kind := range []string{"source", "node", "popup", "scene", "wall"} {
		if status, _, text := c.pastOf(unit, "kind="+kind+"&id=x", 0); status != http.StatusForbidden {
			t.Errorf("a unit asks for a %s: %d %s", kind, status, text)
		}
	}
	if status, _, _ := c.pastOf(provider, "kind=station&id=S1", 0); status != http.StatusForbidden {
		t.Errorf("a provider: %d", status)
	}
}

// TestTracksDoor: where a vessel was just now is told at once, and after a restart, to
// those who may see it.
func TestTracksDoor(t *testing.T) {
	c := newCentre(t, "")
	provider := c.token("ais", auth.Provider)
	node := c.token("wall-01", auth.Node)
	stranger := c.token("tam-ky", auth.Unit, daNang)
	begin := time.Now().Add(-10 * time.Minute).Truncate(time.Minute)
	for i := range 10 {
		c.observe(provider, fmt.Sprintf(`[{"time":%d,"kind":"vessel.position","body":{"mmsi":"574000001","pos":[112,%v],"speed":1,"course":2,"heading":3}}]`, begin.Add(time.Duration(i)*30*time.Second).UnixMilli(), 12+float64(i)/100))
	}
	for _, when := range []string{"at once", "after a restart"} {
		for token, want := range map[string]int{node: 5, stranger: 0} {
			var a track.Answer
			status, text := c.do("POST", "/api/tracks", token, "application/json", fmt.Sprintf(`{"since":%d,"ids":["574000001"]}`, begin.Unix()))
			if err := json.Unmarshal([]byte(text), &a); err != nil || status != http.StatusOK || a.Behind || len(a.Tracks["574000001"]) != want {
				t.Errorf("%s: %d %s", when, status, text)
			}
		}
		c.stop()
		c.start()
	}
}
