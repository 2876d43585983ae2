package server

import (
	"context"
	"errors"
	"fmt"
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
	if err := s.write(ctx, c); err != nil {
		return err
	}
	if err := s.loop.Exchange(ctx, rules, c.patience()); err != nil {
		return err
	}
	s.mu.Lock()
	s.config = c
	s.mu.Unlock()
	return nil
}

// conf returns the configuration in use; it is never changed, only replaced.
func (s *Server) conf() *Config {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.config
}
