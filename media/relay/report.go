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

// Change is a piece of news about one stream.
type Change struct {
	Health Health
	// Turned says that State or Reason are not what was told before.
	Turned bool
	// Gone says that the stream is not configured any more; of Health only Camera and Stream count.
	Gone bool
}

// told remembers the last report about a stream.
type told struct {
	health Health
	at     time.Time
}

// Follow calls tell every Options.Step with what is news, first with all streams and often with none: a stream is news
// when its state, reason, codec or size changed, and after Options.HealthEvery anyway. States that last less than a step
// may be left out. It returns when ctx ends, with its cause, or when tell fails, with that error. tell may block, which
// delays its next call and nothing else.
func (r *Relay) Follow(ctx context.Context, tell func([]Change) error) error {
	last := map[string]told{}
	tick := time.NewTicker(r.opts.Step)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
		if err := tell(news(last, r.Health(), time.Now(), r.opts.HealthEvery)); err != nil {
			return err
		}
	}
}

// news returns what is to be told about the streams, and remembers it.
func news(last map[string]told, all []Health, now time.Time, every time.Duration) []Change {
	var out []Change
	present := map[string]bool{}
	for _, h := range all {
		key := h.Camera + "/" + h.Stream
		present[key] = true
		before, known := last[key]
		if known && h.same(before.health) && now.Sub(before.at) < every {
			continue
		}
		turned := !known || h.State != before.health.State || h.Reason != before.health.Reason
		last[key] = told{h, now}
		out = append(out, Change{Health: h, Turned: turned})
	}
	for key, before := range last {
		if !present[key] {
			delete(last, key)
			out = append(out, Change{Health: Health{Camera: before.health.Camera, Stream: before.health.Stream}, Gone: true})
		}
	}
	return out
}

// report logs changes of health and tells them to the relay's owner, until ctx ends.
func (r *Relay) report(ctx context.Context) {
	r.Follow(ctx, func(changes []Change) error { //nolint:errcheck // it ends with ctx
		for _, c := range changes {
			if ctx.Err() != nil || c.Gone {
				continue
			}
			if c.Turned {
				r.log.Info("camera health changed", slog.String("camera", c.Health.Camera), slog.String("stream", c.Health.Stream),
					slog.String("state", string(c.Health.State)), slog.String("reason", string(c.Health.Reason)))
			}
			if r.opts.OnHealth != nil {
				r.opts.OnHealth(c.Health.Camera, c.Health)
			}
		}
		return nil
	})
}
