package media

import (
	"time"

	"iocwall/media/flow"
)

// Limits are the times after which a picture is no longer called live. Zero fields take the defaults.
type Limits struct {
	// Open is how long the first picture may take before opening becomes an error. Default 2 s.
	Open time.Duration
	// Quiet is how long packets, access units or pictures may stay away. A slow camera is given three of its own learnt
	// frame intervals if that is longer. Default 1.5 s, so that with the watchdog's step a dead picture is marked
	// within 2 s.
	Quiet time.Duration
	// Unchanged is how long the picture may stay the same. Default 10 s.
	Unchanged time.Duration
	// Late is how old a picture may be on arrival beyond the connection's best. Default 1 s.
	Late time.Duration
	// Stall is how long a connected camera may send no packets before the connection is given up. Default 5 s.
	Stall time.Duration
	// Blind is how long packets may come without a picture before the connection is given up. Default 20 s.
	Blind time.Duration
	// Step is how often the watchdogs look. Default 200 ms.
	Step time.Duration
}

func (l Limits) withDefaults() Limits {
	set := func(d *time.Duration, value time.Duration) {
		if *d <= 0 {
			*d = value
		}
	}
	set(&l.Open, 2*time.Second)
	set(&l.Quiet, 1500*time.Millisecond)
	set(&l.Unchanged, 10*time.Second)
	set(&l.Late, time.Second)
	set(&l.Stall, 5*time.Second)
	set(&l.Blind, 20*time.Second)
	set(&l.Step, 200*time.Millisecond)
	return l
}

// verdict is the outcome of the watchdogs.
type verdict struct {
	State  State
	Reason Reason
	Since  time.Time // zero: since the state was entered
}

// track is what the watchdogs know about one camera. It has no clock: every time is given. Fields of the session are
// cleared when a new one begins; the rest lives until a retry is asked for.
type track struct {
	began       time.Time   // when the player was asked for this source
	still       *flow.Still // whether the picture changes; outlives sessions
	parked      bool        // nothing is decoded, since nobody looks
	shown       time.Time   // when it was last no longer parked
	lastPicture time.Time   // arrival of the newest decoded picture of any session
	failure     Reason      // why the last session ended; cleared by a decoded picture

	connected                                  time.Time // zero while there is no session
	lastPacket, lastUnit, lastKey, lastDecoded time.Time

	lastError time.Time // last decoder error
	needKey   bool      // units are dropped until a key frame
	behind    time.Duration
	cached    bool
	tardy     bool      // pictures are called late
	calm      time.Time // since when they are on time again while they are still called late
	slow      bool      // the decoder, not the network, makes it late
	skipped   time.Time // when units were last left out since the decoder is slow

	unitEvery, keyEvery time.Duration // learnt intervals
}

// begin starts a session.
func (t *track) begin(now time.Time) {
	*t = track{
		began: t.began, still: t.still, parked: t.parked, shown: t.shown, lastPicture: t.lastPicture, failure: t.failure,
		connected: now, needKey: true, unitEvery: t.unitEvery, keyEvery: t.keyEvery,
	}
}

// afresh is the track of a player that was told to start over.
func (t *track) afresh(now time.Time) track {
	return track{began: now, still: t.still, parked: t.parked, shown: t.shown, lastPicture: t.lastPicture}
}

// park notes that nobody looks any more, or that somebody does again.
func (t *track) park(on bool, now time.Time) {
	t.parked = on
	if on {
		t.still.Gap()
	} else {
		t.shown = now
	}
}

// end closes a session that broke for a reason.
func (t *track) end(r Reason) {
	t.connected = time.Time{}
	t.failure = r
	t.still.Gap()
}

// unit notes an access unit that arrived now and was sent then, and learns the camera's rhythm.
func (t *track) unit(now, sent time.Time, key bool) {
	if !t.lastUnit.IsZero() {
		t.unitEvery = learn(t.unitEvery, now.Sub(t.lastUnit), 8)
	}
	t.lastUnit = now
	if !key {
		return
	}
	if every := sent.Sub(t.lastKey); !t.lastKey.IsZero() && every > t.keyEvery {
		t.keyEvery = learn(t.keyEvery, every, 2) // some cameras spread key frames when little moves
	} else if !t.lastKey.IsZero() {
		t.keyEvery = learn(t.keyEvery, every, 8)
	}
	t.lastKey = sent
}

// decoded notes a picture that became ready for a unit that arrived at the given time.
func (t *track) decoded(now, arrived time.Time, behind time.Duration, cached bool) {
	t.lastDecoded, t.lastPicture, t.failure = now, arrived, ReasonNone
	t.behind, t.cached = behind, cached
}

// learn follows an interval by a share of each change, so that one late unit changes little.
func learn(old, sample, share time.Duration) time.Duration {
	if old == 0 {
		return sample
	}
	return old + (sample-old)/share
}

// quiet is the allowed silence of this camera.
func (t *track) quiet(l Limits) time.Duration {
	return max(l.Quiet, min(3*t.unitEvery, 10*time.Second))
}

// judge says what a tile must say at time now.
func (t *track) judge(now time.Time, l Limits) verdict {
	quiet := t.quiet(l)
	if t.parked && !t.lastUnit.IsZero() && now.Sub(t.lastUnit) <= quiet && !t.connected.IsZero() {
		return verdict{State: StateOpening, Reason: ReasonStopped}
	}
	if t.lastDecoded.IsZero() || t.connected.IsZero() {
		return t.judgeWithoutPicture(now, l)
	}
	changed, same := t.still.Run()
	switch {
	case now.Sub(t.lastPacket) > quiet:
		return verdict{StateNoSignal, ReasonNoPackets, t.lastDecoded}
	case now.Sub(later(t.lastDecoded, t.shown)) > quiet:
		return verdict{StateFrozen, t.whyNoPicture(now, quiet), t.lastDecoded}
	case t.shown.After(t.lastDecoded):
		return verdict{State: StateLate, Reason: ReasonCatchingUp}
	case same > l.Unchanged && same > t.still.Limit(l.Unchanged, now):
		return verdict{StateFrozen, ReasonUnchanged, changed}
	case t.cached && t.behind > l.Quiet/8:
		return verdict{State: StateLate, Reason: ReasonCatchingUp}
	case t.late(now, l) && t.slow, !t.skipped.IsZero() && now.Sub(t.skipped) <= 2*l.Late:
		return verdict{State: StateLate, Reason: ReasonOverloaded}
	case t.late(now, l):
		return verdict{State: StateLate, Reason: ReasonLate}
	}
	return verdict{State: StateLive}
}

// late tells whether pictures are late. A camera at the limit must not flicker: once late, they are on time again when
// they were well below the limit for a while.
func (t *track) late(now time.Time, l Limits) bool {
	switch {
	case t.behind > l.Late:
		t.tardy, t.calm = true, time.Time{}
	case t.tardy && t.behind > l.Late*3/4:
		t.calm = time.Time{}
	case t.tardy && t.calm.IsZero():
		t.calm = now
	case t.tardy && now.Sub(t.calm) >= l.Late:
		t.tardy = false
	}
	return t.tardy
}

// judgeWithoutPicture is for the time before a session's first picture and between sessions.
func (t *track) judgeWithoutPicture(now time.Time, l Limits) verdict {
	since := t.began
	if t.lastPicture.After(since) {
		since = t.lastPicture
	}
	reason := t.failure
	if !t.connected.IsZero() && !t.lastPacket.IsZero() {
		reason = t.whyNoPicture(now, t.quiet(l))
	} else if !t.connected.IsZero() && now.Sub(t.connected) > l.Quiet && reason == ReasonNone {
		reason = ReasonNoPackets
	}
	switch {
	case t.connected.IsZero() && reason == ReasonLoginRefused:
		return verdict{StateRefused, reason, since}
	case t.connected.IsZero() && reason == ReasonFull:
		return verdict{StateFull, reason, since}
	case t.failure == ReasonNone && now.Sub(later(t.began, t.shown)) <= l.Open:
		switch {
		case !t.lastUnit.IsZero() && t.shown.After(t.connected):
			reason = ReasonCatchingUp
		case reason == ReasonNone:
			reason = ReasonConnecting
		}
		return verdict{StateOpening, reason, since}
	case reason == ReasonNone:
		reason = ReasonTimeout
	}
	if reason == ReasonWaitingKey {
		reason = ReasonNoKeyFrame
	}
	return verdict{StateNoSignal, reason, since}
}

// whyNoPicture tells which stage of a connected track fails.
func (t *track) whyNoPicture(now time.Time, quiet time.Duration) Reason {
	switch {
	case now.Sub(t.lastPacket) > quiet:
		return ReasonNoPackets
	case t.lastUnit.IsZero() && now.Sub(t.connected) <= quiet:
		return ReasonWaitingKey
	case now.Sub(t.lastUnit) > quiet:
		return ReasonNoUnits
	case !t.lastError.IsZero() && now.Sub(t.lastError) <= 10*quiet:
		return ReasonDecoderErrors
	case t.needKey && t.lastDecoded.IsZero():
		return ReasonWaitingKey
	case t.needKey:
		return ReasonNoKeyFrame
	}
	return ReasonOverloaded
}

// stalled tells whether a session should be given up, and why.
func (t *track) stalled(now time.Time, l Limits) (Reason, bool) {
	if t.connected.IsZero() {
		return ReasonNone, false
	}
	if last := later(t.connected, t.lastPacket); now.Sub(last) > max(l.Stall, t.quiet(l)) {
		return ReasonNoPackets, true
	}
	if t.parked {
		return ReasonNone, false
	}
	if last := later(later(t.connected, t.shown), t.lastDecoded); now.Sub(last) > max(l.Blind, 3*t.keyEvery) {
		return t.whyNoPicture(now, t.quiet(l)), true
	}
	return ReasonNone, false
}

// fill copies what the watchdogs know into s.
func (t *track) fill(s *Stats, now time.Time) {
	s.Behind = t.behind
	s.LastPacket, s.LastUnit, s.LastKey = t.lastPacket, t.lastUnit, t.lastKey
	changed, same := t.still.Run()
	s.LastDecoded, s.LastChanged = t.lastDecoded, changed
	if same >= time.Second {
		s.Unchanged = same
	}
	s.Parked = t.parked
	s.KeyInterval = t.keyEvery
	s.KeyOverdue = t.keyEvery > 0 && !t.lastKey.IsZero() && now.Sub(t.lastKey) > 2*t.keyEvery+time.Second
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
