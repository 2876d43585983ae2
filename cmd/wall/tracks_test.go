package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"iocwall/server/auth"
	"iocwall/server/world/track"
)

// TestTracksOfTheServer: a wall hears from a real server where a vessel was before it
// asked, and who has no right is told so.
func TestTracksOfTheServer(t *testing.T) {
	d, err := realServer(t, auth.Administrator).door()
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now().Add(-5 * time.Minute).Truncate(time.Minute)
	for i := range 4 {
		body := fmt.Sprintf(`[{"time":%d,"kind":"vessel.position","body":{"mmsi":"574000001","pos":[108.%d,15.9],"speed":1,"course":2,"heading":3}}]`, begin.Add(time.Duration(i)*time.Minute).UnixMilli(), 5+i)
		answer, err := d.Ask(t.Context(), http.MethodPost, "/api/observations", nil, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Close(); err != nil {
			t.Fatal(err)
		}
	}
	q := track.Question{Since: begin.Unix() + 1, IDs: []string{"574000001", "574000002"}}
	a, err := tracks(d)(t.Context(), q)
	if points := a.Tracks["574000001"]; err != nil || a.Behind || len(a.Tracks) != 1 || len(points) != 3 || points[2].Lon != 1_088_000_000 {
		t.Errorf("%+v %v", a, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tracks(d)(ctx, q); err == nil {
		t.Error("a question that was given up is answered")
	}
	if d, err = realServer(t, auth.Provider).door(); err != nil {
		t.Fatal(err)
	}
	if a, err := tracks(d)(t.Context(), q); err == nil || len(a.Tracks) != 0 {
		t.Errorf("a provider hears %+v", a)
	}
}
