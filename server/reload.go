package server

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Reload takes over a configuration without problems while the server runs.
// What cannot change under way (addresses, the data folder, certificates) is
// refused before anything was touched; then the history learns the new
// definitions, rules keep the memory of what did not change, and feeds and
// cameras that are the same are not disturbed.
func (s *Server) Reload(ctx context.Context, c *Config) error {
	if err := s.takeOver(ctx, c); err != nil {
		return err
	}
	s.setup.Applied()
	return nil
}

// takeOver is Reload for a configuration that is not what the file holds by itself.
func (s *Server) takeOver(ctx context.Context, c *Config) error {
	s.reloads.Lock()
	defer s.reloads.Unlock()
	old := s.conf()
	if changed := fixed(old, c); len(changed) > 0 {
		return fmt.Errorf("server: %s changed, which needs a restart; the running configuration stays", strings.Join(changed, ", "))
	}
	cameras, err := c.CameraList(s.ground.Set())
	if err != nil {
		return fmt.Errorf("server: %w; the running configuration stays", err)
	}
	before, err := old.CameraList(s.ground.Set())
	if err != nil {
		return fmt.Errorf("server: %w; the running configuration stays", err)
	}
	rules, problems := c.RuleSet()
	if len(problems) > 0 {
		return fmt.Errorf("server: rules: %s; the running configuration stays", problems[0])
	}
	onMap, err := s.readMap(ctx, c)
	if err != nil {
		return fmt.Errorf("server: %w; the running configuration stays", err)
	}
	if err := s.cameras.Apply(cameras); err != nil {
		return fmt.Errorf("server: %w; the running configuration stays", err)
	}
	if err := s.feeds.Apply(c.Feeds()); err != nil {
		return errors.Join(fmt.Errorf("server: %w; the running configuration stays", err), s.cameras.Apply(before))
	}
	if err := s.write(ctx, c, onMap); err != nil {
		return err
	}
	if err := s.loop.Exchange(ctx, rules, c.Limits()); err != nil {
		return err
	}
	s.mu.Lock()
	s.config = c
	s.mu.Unlock()
	return nil
}

// fixed names what differs between two configurations and cannot change under
// way: doors and folders are open, and the journal keeps what it was told to.
func fixed(old, c *Config) []string {
	var out []string
	for _, x := range []struct {
		name string
		same bool
	}{
		{"listen", c.Listen == old.Listen},
		{"data", c.Data == old.Data},
		{"tls", c.TLS == old.TLS},
		{"areas", c.Areas == old.Areas},
		{"journal.keep", c.Journal == old.Journal},
		{"auth", c.Auth == old.Auth},
		{"relay", c.Relay == old.Relay},
		{"evidence", c.Evidence == old.Evidence},
	} {
		if !x.same {
			out = append(out, x.name)
		}
	}
	return out
}

// conf returns the configuration in use; it is never changed, only replaced.
func (s *Server) conf() *Config {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.config
}
