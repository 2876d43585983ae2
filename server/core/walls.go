package core

import (
	"context"
	"errors"
	"time"

	"iocwall/server/director"
	"iocwall/server/world"
)

// SourceDirector is the source of what the director of the walls decides.
const SourceDirector = "director"

// leastCue keeps a director that is behind, since the disk is, from being asked
// without a pause.
const leastCue = 2 * time.Millisecond

// errNoDirector says that the loop has not been resumed.
var errNoDirector = errors.New("the server is starting and does not direct the walls yet; ask again in a second")

// Direct asks the director of the walls something on the loop: what f returns is
// appended as the source's events, and Direct returns once they are durable and
// applied, with the number of the last one, zero for none. f is short and does no
// I/O; its error is that of Direct, and nothing is appended then.
func (l *Loop) Direct(ctx context.Context, source string, f func(now world.Time, s *world.State, d *director.Director) ([]world.Observation, error)) (uint64, error) {
	return l.Ask(ctx, Request{Source: source, Decide: func(now world.Time, s *world.State) ([]world.Observation, error) {
		if l.walls == nil {
			return nil, errNoDirector
		}
		return f(now, s, l.walls)
	}})
}

// resumeWalls gives the walls to a director.
func (l *Loop) resumeWalls(ctx context.Context) error {
	_, err := l.Ask(ctx, Request{Source: SourceDirector, Decide: func(now world.Time, s *world.State) ([]world.Observation, error) {
		var out []world.Observation
		l.walls, out = director.New(s, now, l.direct)
		return out, nil
	}})
	return err
}

// addDirected adds what the director said. It is never left out: the director
// waits for it. Rules that set each other off by way of a wall are still counted,
// since the round goes on with it.
func (l *Loop) addDirected(obs []world.Observation, round uint8) {
	if len(obs) == 0 {
		return
	}
	l.add(SourceDirector, obs, round)
	l.filling.urgent = true
}

// setCue sets the timer for when the director is needed next.
func (l *Loop) setCue() {
	var next world.Time
	if l.walls != nil {
		next = l.walls.Next()
	}
	if next == l.cueAt {
		return
	}
	l.cueAt = next
	if next == 0 {
		l.cue.Stop()
		return
	}
	l.cue.Reset(max(leastCue, next.Sub(l.clockNow())))
}

// cued tells the director the time.
func (l *Loop) cued() {
	l.cueAt = 0
	if l.walls != nil {
		l.addDirected(l.walls.Tick(l.clockNow(), l.state), 0)
	}
}
