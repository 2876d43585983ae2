package cctv

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"math"
	"slices"
	"strings"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
)

// Evidence says what is kept by itself when an alert is raised.
type Evidence struct {
	// From is the least severity; empty keeps nothing.
	From world.Severity
	// Before and After are how much is kept of the time around the alert.
	Before, After time.Duration
	// Within is how far a camera may be, in metres, when none is known to see
	// the place. Most bounds the cameras of one alert.
	Within float64
	Most   int
}

// witness asks for the pictures of cameras that see what an alert is about.
type witness struct {
	history History
	o       Evidence
	log     *slog.Logger
	done    map[string]bool // alerts that were looked at; nil before the first look
}

func newWitness(h History, o Evidence, log *slog.Logger) *witness {
	return &witness{history: h, o: o, log: log}
}

// look asks for evidence of the alerts that need it, once each. One goroutine
// calls it.
func (w *witness) look(ctx context.Context) {
	if w.o.From == "" {
		return
	}
	var todo []world.Alert
	var keeping []world.Camera
	var now world.Time
	open := map[string]bool{}
	err := w.history.Look(ctx, func(st *world.State) {
		now = st.Seen()
		for e := range st.Entities(world.KindAlert) {
			a, ok := e.(world.Alert)
			if !ok || a.Severity.Rank() < w.o.From.Rank() || strings.HasPrefix(a.ID, siteAlert) {
				continue
			}
			open[a.ID] = true
			if !w.done[a.ID] {
				todo = append(todo, a)
			}
		}
		if len(todo) > 0 {
			keeping = slices.DeleteFunc(st.Cameras(), func(c world.Camera) bool { return c.Replay <= 0 })
		}
	})
	if err != nil {
		return
	}
	// What sees what takes a while when a thousand alerts come at once, and the
	// history does not wait for it.
	var asks []world.Observation
	for _, a := range todo {
		asks = append(asks, w.ask(keeping, a, now)...)
	}
	if asks, err = w.fresh(ctx, asks); err != nil {
		return
	}
	for part := range slices.Chunk(asks, asksAtOnce) {
		// What is asked for twice is asked for once: the ids are made of the alert.
		if err := w.put(ctx, part); err != nil {
			if ctx.Err() == nil {
				w.log.Error("the evidence of an alert was not asked for", "error", err)
			}
			return
		}
	}
	w.done = open
}

// fresh returns what was not asked for before.
func (w *witness) fresh(ctx context.Context, asks []world.Observation) ([]world.Observation, error) {
	if len(asks) == 0 {
		return nil, nil
	}
	err := w.history.Look(ctx, func(st *world.State) {
		asks = slices.DeleteFunc(asks, func(o world.Observation) bool {
			b, ok := o.Body.(world.ClipAsked)
			_, there := st.Clip(b.ID)
			return !ok || there
		})
	})
	return asks, err
}

// asksAtOnce bounds what is asked for together.
const asksAtOnce = 200

func (w *witness) put(ctx context.Context, asks []world.Observation) error {
	ctx, cancel := context.WithTimeout(ctx, putLimit)
	defer cancel()
	return w.history.Put(ctx, Source, asks)
}

// ask returns what is to be kept for the alert of the cameras whose pictures are.
func (w *witness) ask(keeping []world.Camera, a world.Alert, now world.Time) []world.Observation {
	var out []world.Observation
	for _, cam := range w.cameras(keeping, a) {
		at := a.Raised
		horizon := time.Duration(cam.Replay) * time.Second
		if now.Sub(at) > horizon && w.done != nil {
			at = a.Updated // it has become severe since the last look
		}
		if now.Sub(at) > horizon {
			continue // it was raised while nobody looked
		}
		b := world.ClipAsked{ID: evidenceID(a.ID, cam.ID), Camera: cam.ID, Alert: a.ID, Area: cam.Area}
		b.From, b.To = w.around(at, horizon)
		if fit(&b, cam, now) != nil {
			continue
		}
		out = append(out, world.Observation{Time: now, Body: b})
	}
	return out
}

// around returns the time that is kept around an alert. Its ends lie on a grid, so
// that a thousand alerts of one moment, or one that is raised again and again, ask
// for the same pictures, which are written once: what a camera fills of the disk
// is bounded whatever the rules do. A ring that is short is not asked for more
// than is wanted of it.
func (w *witness) around(at world.Time, horizon time.Duration) (from, to world.Time) {
	step := min(max((w.o.Before+w.o.After)/3, time.Second), 10*time.Second)
	if horizon < w.o.Before+w.o.After+step {
		step = time.Second
	}
	grid := world.Time(step.Milliseconds())
	from, to = at.Add(-w.o.Before), at.Add(w.o.After)
	return from - from%grid, to + (grid-to%grid)%grid
}

// evidencePrefix begins the ids of clips that alerts ask for.
const evidencePrefix = "alert-"

func evidenceID(alert, camera string) string {
	sum := sha256.Sum256([]byte(alert + "\x00" + camera))
	return evidencePrefix + hex.EncodeToString(sum[:12])
}

// cameras returns those whose pictures belong to the alert: the camera it is
// about; else those that see the place, the nearest first; else the nearest one.
func (w *witness) cameras(keeping []world.Camera, a world.Alert) []world.Camera {
	if a.About.Kind() == world.KindCamera {
		for _, cam := range keeping {
			if cam.ID == a.About.ID() {
				return []world.Camera{cam}
			}
		}
		return nil
	}
	place, placed := a.Place()
	if !placed {
		return nil
	}
	type candidate struct {
		cam  world.Camera
		away float64
	}
	var seeing, near []candidate
	for _, cam := range keeping {
		if cam.Pos == (geo.Point{}) {
			continue
		}
		x := candidate{cam, geo.Distance(cam.Pos, place)}
		if Sees(cam, place) {
			seeing = append(seeing, x)
		} else if x.away <= w.o.Within {
			near = append(near, x)
		}
	}
	byDistance := func(a, b candidate) int {
		if a.away != b.away {
			return int(math.Copysign(1, a.away-b.away))
		}
		return strings.Compare(a.cam.ID, b.cam.ID)
	}
	slices.SortFunc(seeing, byDistance)
	slices.SortFunc(near, byDistance)
	if len(seeing) == 0 {
		seeing = near[:min(1, len(near))]
	}
	var out []world.Camera
	for _, x := range seeing[:min(len(seeing), max(1, w.o.Most))] {
		out = append(out, x.cam)
	}
	return out
}

// Sees reports whether the place lies in what is known of the camera's field of
// view: within its reach and, where heading and view are known, between their
// edges. A camera whose reach is not known sees nothing for certain.
func Sees(c world.Camera, place geo.Point) bool {
	sight, _ := c.Sight(place)
	return c.Reach > 0 && sight != world.Blind
}
