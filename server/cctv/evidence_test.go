package cctv

import (
	"strings"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
)

func TestSees(t *testing.T) {
	at := geo.Pt(108.28, 15.86)
	for _, x := range []struct {
		name                 string
		heading, view, reach float64
		ptz                  bool
		bearing, away        float64
		want                 bool
	}{
		{"ahead", 90, 60, 400, false, 90, 300, true},
		{"at the edge", 90, 60, 400, false, 119, 300, true},
		{"beside", 90, 60, 400, false, 125, 300, false},
		{"behind", 90, 60, 400, false, 270, 300, false},
		{"across north", 350, 60, 400, false, 15, 300, true},
		{"across north, other way", 10, 60, 400, false, 345, 300, true},
		{"too far", 90, 60, 400, false, 90, 500, false},
		{"under it", 90, 60, 400, false, 270, 10, true},
		{"no heading", world.NotAvailable, 60, 400, false, 200, 300, true},
		{"no reach", 90, 60, 0, false, 90, 10, false},
		{"one that turns", 90, 60, 400, true, 270, 300, true},
	} {
		c := world.Camera{Defined: 1, CameraDefined: world.CameraDefined{Pos: at, Heading: x.heading, View: x.view, Reach: x.reach, PTZ: x.ptz}}
		if got := Sees(c, geo.Destination(at, x.bearing, x.away)); got != x.want {
			t.Errorf("%s: %v", x.name, got)
		}
	}
}

// Which cameras' pictures are kept of which alert, and of what time.
func TestWitnesses(t *testing.T) {
	place := geo.Pt(108.28, 15.86)
	cam := func(id string, away, heading float64, replay int) world.CameraDefined {
		return definedCamera(id, func(b *world.CameraDefined) {
			b.Pos, b.Heading, b.View, b.Reach, b.Replay = geo.Destination(place, 270, away), heading, 60, 400, replay
		})
	}
	alert := func(edit func(*world.AlertRaised)) world.AlertRaised {
		a := world.AlertRaised{ID: "lu~1", Severity: world.Severe, Pos: place, Placed: true}
		if edit != nil {
			edit(&a)
		}
		return a
	}
	see := []world.CameraDefined{cam("near", 100, 90, 60), cam("far", 300, 90, 60), cam("back", 50, 270, 60), cam("dumb", 20, 90, 0), cam("third", 350, 90, 60)}
	for _, x := range []struct {
		name    string
		cameras []world.CameraDefined
		alert   world.AlertRaised
		late    time.Duration
		want    string
	}{
		{"those that see it, the nearest first, two at most", see, alert(nil), 0, "near far"},
		{"the nearest when none sees it", see[2:4], alert(nil), 0, "back"},
		{"none is near", []world.CameraDefined{cam("away", 900, 270, 60)}, alert(nil), 0, ""},
		{"not severe enough", see, alert(func(a *world.AlertRaised) { a.Severity = world.Warning }), 0, ""},
		{"no place", see, alert(func(a *world.AlertRaised) { a.Placed = false }), 0, ""},
		{"about a camera", see, alert(func(a *world.AlertRaised) { a.About = "camera/back" }), 0, "back"},
		{"about a camera that keeps nothing", see, alert(func(a *world.AlertRaised) { a.About = "camera/dumb" }), 0, ""},
		{"about a site", see, alert(func(a *world.AlertRaised) { a.ID = "site/tu-1/5" }), 0, ""},
		{"raised while nobody looked", see, alert(nil), 2 * time.Minute, ""},
	} {
		h := newChronicle(t)
		for _, b := range x.cameras {
			_ = h.Put(t.Context(), "config", []world.Observation{{Body: b}})
		}
		_ = h.Put(t.Context(), "rule", []world.Observation{{Body: x.alert}})
		h.now = h.now.Add(x.late)
		_ = h.Put(t.Context(), "clock", []world.Observation{{Body: world.ClockStepped{}}})
		o := Evidence{From: world.Severe, Before: 10 * time.Second, After: 20 * time.Second, Within: 500, Most: 2}
		var got []string
		for range 2 { // a restart asks for nothing twice
			w := newWitness(h, o, nil)
			w.look(t.Context())
			w.look(t.Context())
		}
		for _, b := range said[world.ClipAsked](h) {
			got = append(got, b.Camera)
			if b.Alert != x.alert.ID || b.From != t0-10_000 || b.To != t0+20_000 || b.Stream != "main" || b.Area == "" {
				t.Errorf("%s: %+v", x.name, b)
			}
		}
		if strings.Join(got, " ") != x.want {
			t.Errorf("%s: %q, want %q", x.name, got, x.want)
		}
	}
}

// An alert that is raised again and again asks for the same pictures again and
// again: what it takes of the disk is bounded. Each time is covered all the same.
func TestAFlappingAlertIsCovered(t *testing.T) {
	w := newWitness(nil, Evidence{From: world.Severe, Before: 10 * time.Second, After: 20 * time.Second}, nil)
	seen := map[[2]world.Time]bool{}
	for i := range 600 {
		at := t0.Add(time.Duration(i) * 1037 * time.Millisecond)
		from, to := w.around(at, time.Minute)
		if at.Sub(from) < w.o.Before || to.Sub(at) < w.o.After || to.Sub(from) > 50*time.Second {
			t.Fatalf("%v is kept from %v to %v", at, from, to)
		}
		seen[[2]world.Time{from, to}] = true
	}
	if len(seen) > 2*600/10+2 {
		t.Errorf("ten minutes of an alert are %d files", len(seen))
	}
	if from, _ := w.around(t0+999, 35*time.Second); t0.Add(999*time.Millisecond).Sub(from) > w.o.Before+time.Second {
		t.Errorf("a short ring is asked for %v", from)
	}
}
