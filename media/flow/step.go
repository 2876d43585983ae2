package flow

import "time"

const (
	// MaxBudget bounds a step's budget: what waits must fit the queue.
	MaxBudget = time.Second
	// stepLead is how long before its moment a picture is ready if decoding took no time. What waits is compressed up to
	// then: a second of full pictures would be half a gigabyte.
	stepLead = 60 * time.Millisecond
	// stepAhead is how far beyond the budget a picture's moment may lie: the relay's clock is wrong beyond it.
	stepAhead = 2 * time.Second
	// stepLook bounds how long nobody looks at the clock, which may be set.
	stepLook = 250 * time.Millisecond
	// StepSlip is how much after its moment a picture may be shown before that counts as late: half of the time that most
	// cameras' pictures are shown.
	StepSlip = 20 * time.Millisecond
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
	// StepLate: some of the last seconds' pictures were not ready at their moment and were shown later, or this computer was
	// too busy to show them then.
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
	// Shown counts pictures that had a moment, Late those of them that were not ready then or shown more than StepSlip after
	// it. Pictures on the way to live count for neither.
	Shown, Late uint64
	// Spare is the least time that was left to decode a picture when it arrived, over the last seconds; negative when it
	// arrived after its moment.
	Spare time.Duration
}

// Step is by what several computers show the same picture: each shows it a budget after it came to the relay, by a clock
// that they share. It is never changed.
type Step struct {
	Budget time.Duration
	Clock  func() time.Time // called from several goroutines
}

// Moment returns when a picture is to be shown that came to the relay then; zero: at once.
func (s *Step) Moment(relayed time.Time) time.Time {
	if relayed.IsZero() {
		return time.Time{}
	}
	return relayed.Add(s.Budget)
}

// Until returns how long it is until a moment; 0 or less if it is over, if there is none, or if it lies where only a
// wrong clock can put it.
func (s *Step) Until(moment time.Time) time.Duration {
	if moment.IsZero() {
		return 0
	}
	d := moment.Sub(s.Clock())
	if d > s.Budget+stepAhead {
		return 0
	}
	return d
}

// Sleep bounds how long one sleeps until something is due in d: not at all when it is over, and not for so long that a
// clock that is set goes unseen.
func Sleep(d time.Duration) time.Duration { return min(max(0, d), stepLook) }

// Gait is what one computer learns while it keeps step with others. One goroutine uses it. The zero value is ready.
type Gait struct {
	step  *Step
	began time.Time     // of the work on the unit in hand
	work  time.Duration // what decoding and drawing a picture takes, at its worst lately
	why   StepState     // why the unit in hand has no moment

	said   StepStats
	spare  [2]time.Duration
	turned time.Time // when the current window of spare began
	late   time.Time // when a picture was last late
	joined bool      // a picture was ready at its moment
	since  time.Time // since when that is waited for
}

// Stats returns how step is kept.
func (g *Gait) Stats() StepStats { return g.said }

// Lead is how long before its moment a picture's unit is to go to the decoder.
func (g *Gait) Lead(s *Step) time.Duration { return min(stepLead+3*g.work, s.Budget) }

// Begin notes that a unit goes to the decoder now and returns the moment of its picture; zero: it has none.
func (g *Gait) Begin(now time.Time, s *Step, u Queued) time.Time {
	g.began = now
	if g.step != s {
		*g = Gait{step: s, began: now, work: g.work, said: StepStats{Budget: s.Budget}}
	}
	if u.Held || g.since.IsZero() {
		g.joined, g.since = false, now
	}
	at := s.Moment(u.Relayed)
	if at.IsZero() {
		g.why = StepUnstamped
		return at
	}
	spare := at.Sub(s.Clock())
	if spare > s.Budget+stepAhead {
		g.why = StepUnclocked
		return time.Time{}
	}
	if !g.joining(now) {
		g.left(now, spare+now.Sub(u.Arrived))
	}
	return at
}

// joining reports whether pictures are late because they come from the last seconds that were kept, on the way to live.
func (g *Gait) joining(now time.Time) bool { return !g.joined && now.Sub(g.since) <= stepWindow }

// left notes how much time was left when a unit arrived.
func (g *Gait) left(at time.Time, spare time.Duration) {
	switch {
	case g.turned.IsZero():
		g.spare, g.turned = [2]time.Duration{spare, spare}, at
	case at.Sub(g.turned) > stepWindow:
		g.spare, g.turned = [2]time.Duration{spare, g.spare[0]}, at
	}
	g.spare[0] = min(g.spare[0], spare)
	g.said.Spare = min(g.spare[0], g.spare[1])
}

// Slipped notes that pictures which were ready were not shown at their moment.
func (g *Gait) Slipped(now time.Time, pictures int) {
	if pictures > 0 {
		g.said.Late += uint64(pictures)
		g.late = now
	}
}

// Done notes that a picture with a moment, or none, is ready after it has waited so long since its arrival, and returns
// how much of that was in vain. It follows a Begin.
func (g *Gait) Done(now, moment time.Time, waited time.Duration) time.Duration {
	// What takes long now and then, as key frames do, is remembered for some seconds.
	g.work = max(now.Sub(g.began), g.work-g.work/128)
	if moment.IsZero() {
		g.said.State = g.why
		return waited
	}
	late := -g.step.Until(moment)
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
