package core

import (
	"context"
	"errors"
	"time"

	"iocwall/server/fence"
	"iocwall/server/rule"
	"iocwall/server/world"
)

// Resume makes the loop watch the fences, direct the walls and gives it its rules, when the
// definitions of the configuration are in the history: the rules would otherwise
// judge half of them.
func (l *Loop) Resume(ctx context.Context, rules *rule.Set) error {
	_, err := l.Ask(ctx, Request{Source: SourceServer, Decide: func(now world.Time, s *world.State) ([]world.Observation, error) {
		guard, out := fence.New(s, now, l.logger)
		l.fences = guard
		return l.said(out), nil
	}})
	if err != nil {
		return err
	}
	if err := l.resumeWalls(ctx); err != nil {
		return err
	}
	_, err = l.Ask(ctx, Request{Source: rule.Source, Decide: func(now world.Time, s *world.State) ([]world.Observation, error) {
		l.rules = rules
		return l.said(rules.Resume(now, s)), nil
	}})
	return err
}

// Exchange puts new rules and limits in the place of the old ones; what did not
// change keeps its memory. It waits until nothing the old rules said is on its
// way into the history: the new ones would not know of it.
func (l *Loop) Exchange(ctx context.Context, rules *rule.Set, patience Patience) error {
	for {
		_, err := l.Ask(ctx, Request{Source: rule.Source, Decide: func(now world.Time, s *world.State) ([]world.Observation, error) {
			if l.own > 0 {
				return nil, errOnTheWay
			}
			out := rules.Take(l.rules, now, s)
			l.rules, l.patience = rules, patience
			return l.said(out), nil
		}})
		if !errors.Is(err, errOnTheWay) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(batchWait):
		}
	}
}

var errOnTheWay = errors.New("what the rules said is on its way")

// said counts events that publish will count as the loop's own.
func (l *Loop) said(obs []world.Observation) []world.Observation {
	l.own += len(obs)
	return obs
}
