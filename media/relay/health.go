package relay

import (
	"time"

	"iocwall/media/rtsp"
)

// State says how a camera stream is. Values are stable strings.
type State string

// The states of a camera stream at the relay.
const (
	StateIdle       State = "idle"       // nobody watches and it is not kept on: not connected, not known to be well
	StateConnecting State = "connecting" // being connected for the first time
	// Access units arrive. Reason no-key-frame: but nobody can join; late: but Health.Late after they should.
	StateLive     State = "live"
	StateNoSignal State = "no-signal" // it should deliver and does not; Reason says why
	// It refused the login and is not asked again until its configuration changes; or it is a relay that says so of the
	// camera behind it, and is asked again at Health.NextTry.
	StateRefused State = "refused"
	StateFull    State = "full" // it serves no further session; asked again later
)

// Health is what the relay knows about one stream of a camera at one moment. It holds no secret.
type Health struct {
	Camera, Stream string
	Site           string // as configured
	State          State
	Reason         rtsp.Reason
	Since          time.Time // when State and Reason became true
	Detail         string    // one redacted sentence for a technician, empty when all is well

	Codec         rtsp.Codec
	Width, Height int     // pixels, as the parameter sets say; 0 while unknown
	FPS           float64 // access units a second
	Bitrate       float64 // bits a second
	Loss          float64 // share of RTP packets lost in the last minute, 0 to 1

	// Failing is since when the network or the camera's power seems to be gone, zero while it does not.
	Failing time.Time

	// Late is how late the newest access unit came, beyond the best one of its session; 0 between sessions.
	Late time.Duration

	LastPacket, LastKey time.Time     // zero: never
	KeyInterval         time.Duration // learnt distance of key frames, 0 while unknown

	Readers     int       // sessions served now
	Slow        uint64    // readers cut off because they did not keep up, since the stream was configured
	Skipped     uint64    // units left out for readers that were late, since the stream was configured
	Connections uint64    // upstream sessions since the stream was configured
	Retries     int       // failed attempts since the last stable minute
	NextTry     time.Time // zero when none is planned

	// Probed is when a stream that nobody watches was last looked at, or last watched; zero: never. Probe is what was
	// found then: ReasonNone when pictures came.
	Probed time.Time
	Probe  rtsp.Reason

	// Kept is how much time can be replayed now, and KeptBytes what that takes.
	Kept      time.Duration
	KeptBytes int64

	// ClockOffset is the camera's clock minus ours, as far as the way from the camera allows to tell; it means nothing
	// unless ClockKnown: many cameras never tell their time.
	ClockOffset time.Duration
	ClockKnown  bool
}

// same reports whether two healths need no event between them.
func (h Health) same(o Health) bool {
	return h.State == o.State && h.Reason == o.Reason && h.Codec == o.Codec && h.Width == o.Width && h.Height == o.Height
}

// quietLimit is how long a connected camera may be silent before it is called so: long enough for one frame in five
// seconds if that is the camera's rhythm, else this.
const quietLimit = 2 * time.Second

// watch is what the relay knows about the track of one stream. It has no clock.
type watch struct {
	wanted    bool
	connected time.Time // zero while there is no session
	failure   rtsp.Reason
	detail    string

	lastPacket, lastUnit, lastKey time.Time
	unitEvery, keyEvery           time.Duration

	tardy tardy
}

// begin starts a session.
func (w *watch) begin(now time.Time) {
	w.connected = now
	w.lastPacket, w.lastUnit, w.lastKey = time.Time{}, time.Time{}, time.Time{}
	w.tardy = tardy{}
}

// end closes a session; an empty reason means that it was no longer wanted.
func (w *watch) end(r rtsp.Reason, detail string) {
	w.connected, w.failure, w.detail = time.Time{}, r, detail
}

// unit notes an access unit.
func (w *watch) unit(now time.Time, key bool) {
	if !w.lastUnit.IsZero() {
		w.unitEvery = follow(w.unitEvery, now.Sub(w.lastUnit))
	}
	w.lastUnit = now
	if !key {
		return
	}
	if !w.lastKey.IsZero() {
		w.keyEvery = follow(w.keyEvery, now.Sub(w.lastKey))
	}
	w.lastKey = now
	w.failure, w.detail = rtsp.ReasonNone, ""
}

func follow(old, sample time.Duration) time.Duration {
	if old == 0 {
		return sample
	}
	return old + (sample-old)/8
}

func (w *watch) quiet() time.Duration { return max(quietLimit, min(3*w.unitEvery, 15*time.Second)) }

// keyLimit is how long key frames may stay away: twice the learnt distance, a minute while it is not learnt.
func (w *watch) keyLimit() time.Duration {
	if w.keyEvery == 0 {
		return time.Minute
	}
	return max(2*w.keyEvery, 4*w.quiet())
}

// judge says how the stream is at time now.
func (w *watch) judge(now time.Time) (State, rtsp.Reason) {
	switch {
	case w.connected.IsZero() && w.failure == rtsp.ReasonLoginRefused:
		return StateRefused, w.failure
	case w.connected.IsZero() && w.failure == rtsp.ReasonFull:
		return StateFull, w.failure
	case w.connected.IsZero() && w.failure != rtsp.ReasonNone:
		return StateNoSignal, w.failure
	case !w.wanted && w.connected.IsZero():
		return StateIdle, rtsp.ReasonStopped
	case w.connected.IsZero():
		return StateConnecting, rtsp.ReasonConnecting
	}
	return w.judgeConnected(now)
}

func (w *watch) judgeConnected(now time.Time) (State, rtsp.Reason) {
	quiet := w.quiet()
	young := now.Sub(w.connected) <= quiet
	switch {
	case w.lastPacket.IsZero() && young, w.lastKey.IsZero() && young:
		if w.failure != rtsp.ReasonNone {
			return StateNoSignal, w.failure
		}
		return StateConnecting, rtsp.ReasonWaitingKey
	case w.lastPacket.IsZero(), now.Sub(w.lastPacket) > quiet:
		return StateNoSignal, rtsp.ReasonNoPackets
	case w.lastUnit.IsZero(), now.Sub(w.lastUnit) > quiet:
		return StateNoSignal, rtsp.ReasonNoUnits
	case w.lastKey.IsZero():
		return StateNoSignal, rtsp.ReasonNoKeyFrame
	case now.Sub(w.lastKey) > w.keyLimit():
		// Who watches already sees a live picture, but nobody can join and any loss would stay.
		return StateLive, rtsp.ReasonNoKeyFrame
	case w.tardy.late:
		return StateLive, rtsp.ReasonLate
	}
	return StateLive, rtsp.ReasonNone
}
