package media

import (
	"context"
	"time"

	"iocwall/media/flow"
)

// StepBudget is a budget that a wall on a wired network keeps: what is left of it when a picture has come through a relay
// and a slow link is enough for decoding it.
const StepBudget = 300 * time.Millisecond

// StepState says how a camera keeps step with the other computers that show it, as a stable string.
type StepState = flow.StepState

// StepStats is how a camera keeps step.
type StepStats = flow.StepStats

// The states of keeping step; see package flow for their meaning.
const (
	StepOff       = flow.StepOff
	StepKept      = flow.StepKept
	StepLate      = flow.StepLate
	StepUnstamped = flow.StepUnstamped
	StepUnclocked = flow.StepUnclocked
)

// setStep makes a player keep step with other computers, with a budget of 0 no more.
func (p *Player) setStep(budget time.Duration, clock func() time.Time) {
	budget = min(max(0, budget), flow.MaxBudget)
	p.mu.Lock()
	defer p.mu.Unlock()
	if was := p.step.Load(); was == nil && budget == 0 || was != nil && was.Budget == budget {
		return
	}
	var next *flow.Step
	if budget > 0 {
		next = &flow.Step{Budget: budget, Clock: clock}
	}
	p.step.Store(next)
	p.unstep()
	if p.session != nil {
		p.session.queue.Poke()
		p.session.present.poke()
	}
}

// unstep forgets how the last connection kept step; the caller holds the lock.
func (p *Player) unstep() {
	p.stats.Step = StepStats{}
	if st := p.step.Load(); st != nil {
		p.stats.Step = StepStats{State: StepUnstamped, Budget: st.Budget}
	}
}

// sleep returns how long the decoder is to wait before it takes the next unit: 0 not at all, less until it is woken.
// Without a step it waits for nothing but units.
func (s *session) sleep(st *flow.Step) time.Duration {
	if !s.queue.Waiting() {
		return -1
	}
	if st == nil {
		return 0
	}
	if s.present.full() {
		return -1
	}
	first, ok := s.queue.Earliest()
	if !ok {
		return 0
	}
	// A decoder may need more units before it gives out a picture that it has already.
	c := &s.screen
	for i := range c.waiting {
		if r := c.waiting[i].relayed; r.After(c.last.relayed) && r.Before(first) {
			first = r
		}
	}
	return flow.Sleep(st.Until(st.Moment(first)) - c.gait.Lead(st))
}

// doze waits for so long, or until something is to be done; less than 0 is for ever.
func (s *session) doze(ctx context.Context, d time.Duration) {
	if d < 0 {
		select {
		case <-ctx.Done():
		case <-s.queue.Wake():
		}
		return
	}
	c := &s.screen
	if c.timer == nil {
		c.timer = time.NewTimer(d)
	} else {
		c.timer.Reset(d)
	}
	select {
	case <-ctx.Done():
	case <-s.queue.Wake():
	case <-c.timer.C:
	}
	c.timer.Stop()
}

// pressed reports whether what waits for the decoder should have been shown already.
func (s *session) pressed(st *flow.Step) bool {
	if st == nil {
		return true
	}
	first, ok := s.queue.Earliest()
	return !ok || st.Until(st.Moment(first)) <= 0
}
