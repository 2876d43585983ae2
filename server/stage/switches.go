package stage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/director"
	"iocwall/server/world"
)

// show puts a scene on a wall, or goes back to the one before, and waits until the
// wall has changed or could not.
func (s *Stage) show(ctx context.Context, id auth.Identity, ask director.Ask) (Done, error) {
	ask.By = id.Name
	came := make(chan director.Outcome, 1)
	seq, err := s.history.Direct(ctx, person(id), func(now world.Time, st *world.State, d *director.Director) ([]world.Observation, error) {
		if _, err := wallOf(st, ask.Wall); err != nil {
			return nil, err
		}
		if sc, ok := st.Scene(ask.Scene); !ask.Undo && (!ok || sc.Wall != ask.Wall) {
			return nil, refuse("scene.unknown", "the wall {wall} has no scene \"{scene}\"", "wall", ask.Wall, "scene", clip(ask.Scene))
		}
		obs, err := d.Show(now, st, ask, func(o director.Outcome) { came <- o })
		return obs, worded(err)
	})
	if err != nil {
		return Done{}, err
	}
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case o := <-came:
		if o.Err != nil {
			return Done{}, worded(o.Err)
		}
		return Done{Seq: seq, Note: outcome(o)}, nil
	case <-limit.C:
		return Done{}, refuse("wall.slow", "the wall has not changed within {seconds} seconds; look at its computers", "seconds", patience.Seconds())
	case <-ctx.Done():
		return Done{}, context.Cause(ctx)
	}
}

// worded makes words of the director a refusal.
func worded(err error) error {
	if err == nil {
		return nil
	}
	var known *world.Refusal
	if !errors.As(err, &known) {
		known = &world.Refusal{Text: err.Error()}
	}
	return &RefusedError{known}
}

// outcome says what of a switch was not as asked for: computers that were not
// ready, and tiles that are not on the wall.
func outcome(o director.Outcome) string {
	note := ""
	if len(o.Late) > 0 {
		note = "not ready in time, changing later: " + list(o.Late)
	}
	if len(o.Left) > 0 {
		left := make([]string, 0, len(o.Left))
		for _, x := range o.Left {
			left = append(left, fmt.Sprintf("%s (%s)", x.Tile, x.Why))
		}
		if note != "" {
			note += "; "
		}
		note += "left out: " + list(left)
	}
	return note
}

// follow gives the wall back to the schedule of the hour.
func (s *Stage) follow(ctx context.Context, id auth.Identity, a act.FollowSchedule) (Done, error) {
	seq, err := s.history.Direct(ctx, person(id), func(now world.Time, st *world.State, d *director.Director) ([]world.Observation, error) {
		if _, err := wallOf(st, a.Wall); err != nil {
			return nil, err
		}
		obs, err := d.Follow(now, st, a.Wall)
		return obs, worded(err)
	})
	return Done{Seq: seq}, err
}
