package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"iocwall/server/rule"
	"iocwall/server/world"
)

// Reload takes over a configuration without problems while the server runs.
// What cannot change under way (addresses, the data folder, certificates) is
// refused before anything was touched; then the history learns the new
// definitions, rules keep the memory of what did not change, and feeds and
// cameras that are the same are not disturbed.
func (s *Server) Reload(ctx context.Context, c *Config) error {
	old := s.conf()
	if c.Listen != old.Listen || c.Data != old.Data || c.TLS != old.TLS || c.Relay != old.Relay || c.Areas != old.Areas {
		return errors.New("server: listen, data, tls, relay and areas change only with a restart; the running configuration stays")
	}
	cameras, err := s.relayCameras(c)
	if err != nil {
		return fmt.Errorf("server: %w; the running configuration stays", err)
	}
	before, err := s.relayCameras(old)
	if err != nil {
		return fmt.Errorf("server: %w; the running configuration stays", err)
	}
	rules, problems := loadRules(c)
	if len(problems) > 0 {
		return fmt.Errorf("server: rules: %s; the running configuration stays", problems[0])
	}
	if err := s.relay.SetCameras(cameras); err != nil {
		return fmt.Errorf("server: %w; the running configuration stays", err)
	}
	if err := s.feeds.Apply(c.sources); err != nil {
		return errors.Join(fmt.Errorf("server: %w; the running configuration stays", err), s.relay.SetCameras(before))
	}
	_, err = s.loop.ask(ctx, &request{
		source: sourceConfig,
		decide: func(now world.Time, st *world.State) ([]world.Observation, error) {
			return definitions(c, s.areas, now, st), nil
		},
	})
	if err != nil {
		return err
	}
	if err := s.takeRules(ctx, c, rules); err != nil {
		return err
	}
	s.mu.Lock()
	s.config = c
	s.mu.Unlock()
	return nil
}

// takeRules exchanges the rules when nothing that the old ones said is still on
// its way into the history: the new ones would not know of it.
func (s *Server) takeRules(ctx context.Context, c *Config, rules *rule.Set) error {
	for {
		_, err := s.loop.ask(ctx, &request{
			source: rule.Source,
			decide: func(now world.Time, st *world.State) ([]world.Observation, error) {
				if s.loop.own > 0 {
					return nil, errOnTheWay
				}
				out := rules.Take(s.loop.rules, now, st)
				s.loop.rules, s.loop.patience = rules, c.worldPatience()
				s.loop.own += len(out)
				return out, nil
			},
		})
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

var errOnTheWay = errors.New("output of the rules is on its way")

// conf returns the configuration in use; it is never changed, only replaced.
func (s *Server) conf() *Config {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.config
}
