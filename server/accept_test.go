package server

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"

	"iocwall/server/auth"
	"iocwall/server/world"
)

// Whatever a provider's program makes of its data, the history takes only what
// every wall can read.
func TestAcceptable(t *testing.T) {
	inf, one := math.Inf(1), 1.0
	parts := func(n int) []world.FigurePart { return make([]world.FigurePart, n) }
	pos := [2]float64{108, 15}
	for _, x := range []struct {
		name string
		body world.Body
		want string // a part of the error, empty for none
	}{
		{"a figure", world.FigureReported{Figure: "f", Period: "2026", Value: &one, Parts: parts(maxParts), Note: strings.Repeat("x", longestText)}, ""},
		{"too many parts", world.FigureReported{Figure: "f", Period: "2026", Parts: parts(maxParts + 1)}, "parts has more than 200 entries"},
		{"an endless value", world.FigureReported{Figure: "f", Period: "2026", Value: &inf}, "value is not a number"},
		{"an endless part", world.FigureReported{Figure: "f", Period: "2026", Parts: []world.FigurePart{{}, {Value: inf}}}, "parts[1].value is not a number"},
		{"a long note", world.FigureReported{Figure: "f", Period: "2026", Note: strings.Repeat("x", longestText+1)}, "note has more than 4000 bytes"},
		{"a long label", world.FigureReported{Figure: "f", Period: "2026", Parts: []world.FigurePart{{Label: strings.Repeat("x", longestText+1)}}}, "parts[0].label has more"},
		{"a long name", world.FigureReported{Figure: strings.Repeat("x", longestName+1), Period: "2026"}, "figure has more than 200 bytes"},
		{"a broken word", world.Reading{Station: "s", Quantity: "q", Unit: "\xff"}, "unit is not UTF-8"},
		{"no number", world.Reading{Station: "s", Quantity: "q", Value: math.NaN()}, "value is not a number"},
		{"nowhere", world.VesselPosition{MMSI: "574000001", Pos: [2]float64{math.NaN(), 15}}, "pos[0] is not a number"},
		{"no speed", world.VesselPosition{MMSI: "574000001", Pos: pos, Speed: math.Inf(-1)}, "speed is not a number"},
		{"a broken name", world.VesselStatic{MMSI: "574000001", Name: &world.VesselName{Name: "a\xc3"}}, "name.name is not UTF-8"},
		{"a broken agency", world.ReportChanged{ID: "r", State: world.ReportDone, Agency: "\xc3"}, "agency is not UTF-8"},
	} {
		switch err := acceptable(x.body); {
		case x.want == "" && err != nil:
			t.Errorf("%s: %v", x.name, err)
		case x.want != "" && (err == nil || !strings.Contains(err.Error(), x.want)):
			t.Errorf("%s: %v, want %s", x.name, err, x.want)
		}
	}
}

// A heap of observations is bounded, and so is what is said of its faults.
func TestHeapsOfObservations(t *testing.T) {
	c := newCentre(t, "")
	provider := c.token("Đài", auth.Provider)
	heap := func(n int, body string) (int, string) {
		one := fmt.Sprintf(`{"kind":"station.reading","body":%s},`, body)
		return c.do("POST", "/api/observations", provider, "application/json", "["+strings.TrimSuffix(strings.Repeat(one, n), ",")+"]")
	}
	const good = `{"station":"s","quantity":"q","value":1}`
	if status, text := heap(maxObservations, good); status != http.StatusOK {
		t.Errorf("as many as may be: %d %s", status, text)
	}
	at := c.loop.Stats().Seq
	if status, text := heap(maxObservations+1, good); status != http.StatusRequestEntityTooLarge || !strings.Contains(text, "at most 1000") {
		t.Errorf("one more: %d %s", status, text)
	}
	status, text := heap(500, `{"station":""}`)
	if status != http.StatusUnprocessableEntity || strings.Count(text, "is missing") != faultsShown || !strings.Contains(text, "and 480 more") {
		t.Errorf("faults: %d %s", status, text)
	}
	if status, text := heap(1, `{"station":"s","quantity":"q","value":1e999}`); status != http.StatusUnprocessableEntity {
		t.Errorf("a number too great: %d %s", status, text)
	}
	if now := c.loop.Stats().Seq; now != at {
		t.Errorf("%d events came of what was refused", now-at)
	}
}

// A provider with areas speaks of what lies in them only: all of a call or
// nothing.
func TestProvidersStayInTheirAreas(t *testing.T) {
	c := newCentre(t, "")
	all := c.token("Tỉnh", auth.Provider)
	unit := c.token("Đà Nẵng", auth.Provider, daNang)
	inside := `{"kind":"vessel.position","body":{"mmsi":"574000001","pos":[108.0,15.6],"area":"vn/ha-noi-2025"}}`
	outside := `{"kind":"vessel.position","body":{"mmsi":"574000002","pos":[105.8,21.0],"area":"` + daNang + `"}}`
	for _, x := range []struct {
		token, body string
		want        int
	}{
		{unit, "[" + inside + "]", http.StatusOK},
		{unit, "[" + outside + "]", http.StatusForbidden},
		{unit, "[" + inside + "," + outside + "]", http.StatusForbidden},
		{unit, `[{"kind":"station.reading","body":{"station":"nowhere","quantity":"q","value":1}}]`, http.StatusForbidden},
		{all, "[" + outside + "]", http.StatusOK},
	} {
		if got, text := c.do(http.MethodPost, "/api/observations", x.token, "application/json", x.body); got != x.want {
			t.Errorf("%s: %d %s, want %d", x.body, got, text, x.want)
		}
	}
	if err := c.loop.Call(t.Context(), func(s *world.State) {
		if v, _ := s.Vessel("574000001"); v.Last.Area != daNang {
			t.Errorf("the sender's word on the area stands: %q", v.Last.Area)
		}
	}); err != nil {
		t.Error(err)
	}
}
