package relay

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"time"
)

// Health returns the health of all streams, sorted by camera and stream.
func (r *Relay) Health() []Health {
	now := time.Now()
	ups := r.upstreams()
	out := make([]Health, 0, len(ups))
	for _, u := range ups {
		out = append(out, u.current(now))
	}
	slices.SortFunc(out, func(a, b Health) int {
		return cmp.Or(cmp.Compare(a.Camera, b.Camera), cmp.Compare(a.Stream, b.Stream))
	})
	return out
}

// told remembers the last report about a stream.
type told struct {
	health Health
	at     time.Time
}

// report tells changes of health and, now and then, that nothing has changed.
func (r *Relay) report(ctx context.Context) {
	last := map[string]told{}
	tick := time.NewTicker(r.opts.Step)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		present := map[string]bool{}
		for _, h := range r.Health() {
			if ctx.Err() != nil {
				return
			}
			key := h.Camera + "/" + h.Stream
			present[key] = true
			before, known := last[key]
			if known && h.same(before.health) && time.Since(before.at) < r.opts.HealthEvery {
				continue
			}
			if !known || h.State != before.health.State || h.Reason != before.health.Reason {
				r.log.Info("camera health changed", slog.String("camera", h.Camera), slog.String("stream", h.Stream),
					slog.String("state", string(h.State)), slog.String("reason", string(h.Reason)))
			}
			last[key] = told{h, time.Now()}
			if r.opts.OnHealth != nil {
				r.opts.OnHealth(h.Camera, h)
			}
		}
		for key := range last {
			if !present[key] {
				delete(last, key)
			}
		}
	}
}
