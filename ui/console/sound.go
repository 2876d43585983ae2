package console

import "time"

// sound is what is heard of new alerts.
type sound struct {
	until time.Time // silence on request
	last  time.Time
}

const hushLimit = 2 * time.Minute

func (s *sound) hushed(now time.Time) bool { return now.Before(s.until) }

func (c *Console) noSound() string { return c.o.Silent }
