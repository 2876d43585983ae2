package console

import (
	"time"

	"iocwall/server/world"
	"iocwall/ui/console/chime"
)

const (
	// hushLimit is how long M silences the sounds.
	hushLimit = 2 * time.Minute
	// repeatGap is the pause after which a critical alert that nobody took is heard
	// again.
	repeatGap = 15 * time.Second
	// soundGap is the least time between two sounds, however many alerts come.
	soundGap = 3 * time.Second
)

// sound is what is heard of new alerts.
type sound struct {
	until time.Time // silence on request
	last  time.Time
	rank  int // severity of the last one
	busy  bool
	wrong string // why the last one was not heard
	waves map[world.Severity][]byte
}

func (s *sound) hushed(now time.Time) bool { return now.Before(s.until) }

// hear plays the sound of a severity, unless there is to be silence. One that
// comes shortly after another is not heard, unless it is more urgent.
func (c *Console) hear(s world.Severity, now time.Time) {
	x := &c.sound
	switch {
	case c.o.Play == nil, x.busy, x.hushed(now), c.o.Quiet != nil && c.o.Quiet(now):
		return
	case now.Sub(x.last) < soundGap && s.Rank() <= x.rank:
		return
	}
	if x.waves == nil {
		x.waves = map[world.Severity][]byte{}
	}
	if x.waves[s] == nil {
		x.waves[s] = chime.Sound(s)
	}
	x.last, x.rank, x.busy = now, s.Rank(), true
	play, wave := c.o.Play, x.waves[s]
	c.base.Job(func(<-chan struct{}) func() {
		err := play(wave)
		return func() {
			x.busy, x.wrong = false, ""
			if err != nil {
				x.wrong = err.Error()
				c.o.Log.Warn("sound not played", "error", err)
			}
		}
	})
}

// noSound says why nothing is heard, empty where sounds are.
func (c *Console) noSound() string {
	l := c.env.Lang
	switch {
	case c.sound.hushed(c.base.Now()):
		return l.T("shell.hush", "time", l.ClockSeconds(c.sound.until))
	case c.sound.wrong != "":
		return l.T("shell.sound.none", "why", c.sound.wrong)
	case c.o.Silent != "":
		return l.T("shell.sound.none", "why", l.T(c.o.Silent))
	}
	return ""
}
