package media

import (
	"context"
	"time"
)

// StepBudget is a budget that a wall on a wired network keeps: what is left of it when a picture has come through a relay
// and a slow link is enough for decoding it.
const StepBudget = 300 * time.Millisecond

// maxStep bounds a budget: what waits must fit the queue.
const maxStep = time.Second

const (
	// stepLead is how long before its moment a picture is ready if decoding took no time. What waits is compressed up to
	// then: a second of full pictures would be half a gigabyte.
	stepLead = 60 * time.Millisecond
	// stepFrames and stepBytes bound the decoded pictures that wait.
	stepFrames = 12
	stepBytes  = 96 << 20
	// stepAhead is how far beyond the budget a picture's moment may lie: the relay's clock is wrong beyond it.
	stepAhead = 2 * time.Second
	// stepLook bounds how long nobody looks at the clock, which may be set.
	stepLook = 250 * time.Millisecond
	// stepWindow is how long what was late or early counts in what is said.
	stepWindow = 5 * time.Second
)

// StepState says how a camera keeps step with the other computers that show it. Values are stable strings.
type StepState string

// The states.
const (
	// StepOff: nobody asked for it.
	StepOff StepState = ""
	// StepKept: pictures are shown at their moment.
	StepKept StepState = "kept"
	// StepLate: some of the last seconds' pictures came after their moment and were shown at once.
	StepLate StepState = "late"
	// StepUnstamped: the source does not tell when pictures came to the relay, or none came yet; they are shown at once.
	StepUnstamped StepState = "unstamped"
	// StepUnclocked: the relay's clock is far ahead of the one that the computers share; pictures are shown at once.
	StepUnclocked StepState = "unclocked"
)

// StepStats is how a camera keeps step. Counters are of this computer, since the step was asked for on this connection.
type StepStats struct {
	State  StepState
	Budget time.Duration
	// Shown counts pictures that had a moment, Late those of them that were not ready then. Pictures on the way to live
	// count for neither.
	Shown, Late uint64
	// Spare is the least time that was left to decode a picture when it arrived, over the last seconds; negative when it
	// arrived after its moment.
	Spare time.Duration
}

// step is what was asked for.
type step struct {
	budget time.Duration
	clock  func() time.Time
}

// moment returns when a picture is to be shown; zero: at once.
func (s *step) moment(relayed time.Time) time.Time {
	if relayed.IsZero() {
		return time.Time{}
	}
	return relayed.Add(s.budget)
}

// until returns how long it is until a moment; 0 or less if it is over, if there is none, or if it lies where only a
// wrong clock can put it.
func (s *step) until(moment time.Time) time.Duration {
	if moment.IsZero() {
		return 0
	}
	d := moment.Sub(s.clock())
	if d > s.budget+stepAhead {
		return 0
	}
	return d
}

// setStep makes a player keep step with other computers, with a budget of 0 no more.
func (p *Player) setStep(budget time.Duration, clock func() time.Time) {
	budget = min(max(0, budget), maxStep)
	p.mu.Lock()
	defer p.mu.Unlock()
	if was := p.step.Load(); was == nil && budget == 0 || was != nil && was.budget == budget {
		return
	}
	var next *step
	if budget > 0 {
		next = &step{budget: budget, clock: clock}
	}
	p.step.Store(next)
	p.unstep()
	if p.session != nil {
		p.session.queue.poke()
		p.session.present.poke()
	}
}

// unstep forgets how the last connection kept step; the caller holds the lock.
func (p *Player) unstep() {
	p.stats.Step = StepStats{}
	if st := p.step.Load(); st != nil {
		p.stats.Step = StepStats{State: StepUnstamped, Budget: st.budget}
	}
}

// gait is what the decoder's goroutine knows of keeping step.
type gait struct {
	on    bool          // the presenter runs
	began time.Time     // of the work on the unit in hand
	work  time.Duration // what decoding and drawing a picture takes, at its worst lately
	timer *time.Timer

	step   *step // what the rest is about
	said   StepStats
	why    StepState // why the unit in hand has no moment
	spare  [2]time.Duration
	turned time.Time // when the current window of spare began
	late   time.Time // when a picture was last late
	joined bool      // a picture was ready at its moment
	since  time.Time // since when that is waited for
}

// lead is how long before its moment a picture's unit goes to the decoder.
func (g *gait) lead(budget time.Duration) time.Duration { return min(stepLead+3*g.work, budget) }

// left notes how much time was left when a unit arrived.
func (g *gait) left(at time.Time, spare time.Duration) {
	switch {
	case g.turned.IsZero():
		g.spare, g.turned = [2]time.Duration{spare, spare}, at
	case at.Sub(g.turned) > stepWindow:
		g.spare, g.turned = [2]time.Duration{spare, g.spare[0]}, at
	}
	g.spare[0] = min(g.spare[0], spare)
	g.said.Spare = min(g.spare[0], g.spare[1])
}

// joining reports whether pictures are late because they come from the last seconds that were kept, on the way to live.
func (g *gait) joining(now time.Time) bool { return !g.joined && now.Sub(g.since) <= stepWindow }

// begin notes that a unit goes to the decoder, and gives its picture a moment.
func (g *gait) begin(st *step, u queued, to *shot) {
	g.began = time.Now()
	if g.step != st {
		*g = gait{on: g.on, began: g.began, work: g.work, timer: g.timer, step: st, said: StepStats{Budget: st.budget}}
	}
	if u.held || g.since.IsZero() {
		g.joined, g.since = false, g.began
	}
	at := st.moment(u.Relayed)
	if at.IsZero() {
		g.why = StepUnstamped
		return
	}
	spare := at.Sub(st.clock())
	if spare > st.budget+stepAhead {
		g.why = StepUnclocked
		return
	}
	if !g.joining(g.began) {
		g.left(g.began, spare+g.began.Sub(u.Arrived))
	}
	to.relayed, to.moment = u.Relayed, at
}

// done notes that a picture is ready after it has waited so long since its arrival, and returns how much of that was in
// vain.
func (g *gait) done(now time.Time, last *shot, waited time.Duration) time.Duration {
	// What takes long now and then, as key frames do, is remembered for some seconds.
	g.work = max(now.Sub(g.began), g.work-g.work/128)
	if last.moment.IsZero() {
		g.said.State = g.why
		return waited
	}
	late := -g.step.until(last.moment)
	g.joined = g.joined || late <= 0
	if !g.joining(now) {
		g.said.Shown++
		if late > 0 {
			g.said.Late++
			g.late = now
		}
	}
	g.said.State = StepKept
	if !g.late.IsZero() && now.Sub(g.late) <= stepWindow {
		g.said.State = StepLate
	}
	return min(waited, max(0, late))
}

// sleep returns how long the decoder is to wait before it takes the next unit: 0 not at all, less until it is woken.
// Without a step it waits for nothing but units.
func (s *session) sleep(st *step) time.Duration {
	if !s.queue.waiting() {
		return -1
	}
	if st == nil {
		return 0
	}
	if s.present.full() {
		return -1
	}
	first, ok := s.queue.earliest()
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
	return min(max(0, st.until(st.moment(first))-c.gait.lead(st.budget)), stepLook)
}

// doze waits for so long, or until something is to be done; less than 0 is for ever.
func (s *session) doze(ctx context.Context, d time.Duration) {
	if d < 0 {
		select {
		case <-ctx.Done():
		case <-s.queue.wake:
		}
		return
	}
	g := &s.screen.gait
	if g.timer == nil {
		g.timer = time.NewTimer(d)
	} else {
		g.timer.Reset(d)
	}
	select {
	case <-ctx.Done():
	case <-s.queue.wake:
	case <-g.timer.C:
	}
	g.timer.Stop()
}

// pressed reports whether what waits for the decoder should have been shown already.
func (s *session) pressed(st *step) bool {
	if st == nil {
		return true
	}
	first, ok := s.queue.earliest()
	return !ok || st.until(st.moment(first)) <= 0
}
