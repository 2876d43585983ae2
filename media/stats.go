package media

import (
	"image"
	"time"

	"iocwall/media/rtsp"
)

// State is what a tile says about its camera. Values are stable strings.
type State string

// The states of a camera tile.
const (
	// StateOpening: no picture yet, and the time allowed for the first one is not over. With ReasonStopped: nobody looks,
	// so nothing is decoded.
	StateOpening State = "opening"
	// StateLive: the newest picture is fresh, whole and changing. It is the only state in which nothing needs to be said.
	StateLive State = "live"
	// StateLate: pictures come, but older than they should be; Stats.Behind says by how much.
	StateLate State = "late"
	// StateFrozen: the connection lives but the picture stands still; the last picture must be shown greyed with its age.
	StateFrozen State = "frozen"
	// StateNoSignal: nothing arrives; the last picture, if any, must be shown greyed with its age.
	StateNoSignal State = "no-signal"
	// StateRefused: the camera refused the login; it is not asked again until the options or the credentials change.
	StateRefused State = "refused"
	// StateFull: the camera serves no further reader; it is asked again later.
	StateFull State = "full"
)

// Reason says why a state is what it is, as a stable string.
type Reason = rtsp.Reason

// The reasons a Player gives; see package rtsp for their meaning.
const (
	ReasonNone          = rtsp.ReasonNone
	ReasonConnecting    = rtsp.ReasonConnecting
	ReasonWaitingKey    = rtsp.ReasonWaitingKey
	ReasonCatchingUp    = rtsp.ReasonCatchingUp
	ReasonLate          = rtsp.ReasonLate
	ReasonOverloaded    = rtsp.ReasonOverloaded
	ReasonUnreachable   = rtsp.ReasonUnreachable
	ReasonTimeout       = rtsp.ReasonTimeout
	ReasonDisconnected  = rtsp.ReasonDisconnected
	ReasonNoPackets     = rtsp.ReasonNoPackets
	ReasonNoUnits       = rtsp.ReasonNoUnits
	ReasonNoKeyFrame    = rtsp.ReasonNoKeyFrame
	ReasonDecoderErrors = rtsp.ReasonDecoderErrors
	ReasonUnchanged     = rtsp.ReasonUnchanged
	ReasonLoginRefused  = rtsp.ReasonLoginRefused
	ReasonNotAdmitted   = rtsp.ReasonNotAdmitted
	ReasonUntrusted     = rtsp.ReasonUntrusted
	ReasonFull          = rtsp.ReasonFull
	ReasonNotFound      = rtsp.ReasonNotFound
	ReasonNoVideo       = rtsp.ReasonNoVideo
	ReasonUnsupported   = rtsp.ReasonUnsupported
	ReasonBadStream     = rtsp.ReasonBadStream
	ReasonStopped       = rtsp.ReasonStopped
	ReasonFailed        = rtsp.ReasonFailed
)

// Stats is what a tile, a status page and a log need to know about a player at one moment. It is a copy.
type Stats struct {
	State  State
	Reason Reason
	// Since is when the state began to be true: for StateFrozen the last change of the picture, for StateNoSignal,
	// StateRefused and StateFull the moment the picture was last live (or when opening began if it never was).
	Since time.Time
	// Detail is one English sentence for a technician with every secret removed; empty when nothing is wrong.
	Detail string

	// Stream is the name of the stream in use ("main", "sub"); URL is its address with credentials and query removed.
	Stream string
	URL    string

	// Retries counts the failed attempts since the last stable minute; NextTry is when the next one starts, zero when
	// none is planned (connected, or refused).
	Retries int
	NextTry time.Time

	Codec  Codec
	Source image.Point // size the camera sends, pixels; zero until the first picture
	Target image.Point // size of the pictures asked for, pixels
	// Decoder says what decodes: Decoder.Name(), empty before the first connection.
	Decoder string
	// Stepped says that a smaller stream than the views want is played, since pictures came late.
	Stepped bool
	// Parked says that nobody looks: the camera is connected, but not decoded. Its last group of pictures is at hand
	// when Ready.
	Parked, Ready bool

	FPS     float64 // pictures published a second, over the last few seconds
	Bitrate float64 // bits a second received on the video track, over the last few seconds
	Loss    float64 // share of RTP packets lost in the last minute, 0 to 1
	Lost    uint64  // RTP packets lost since New

	Frames       uint64 // pictures published since New
	Dropped      uint64 // access units or pictures left out since New: newest wins, or waiting for a key frame after loss
	DecodeErrors uint64 // access units the decoder refused since New
	Connections  uint64 // sessions opened since New

	// Behind is how late the newest picture is, beyond the best that this connection has shown, and the relay's to the
	// camera.
	Behind time.Duration
	// When the track last delivered each of these; zero when it never did.
	LastPacket, LastUnit, LastKey, LastDecoded, LastChanged time.Time
	// Unchanged is how long the picture has been the same, 0 while it changes. Pictures that alternate among a few equal
	// ones are the same.
	Unchanged time.Duration
	// KeyInterval is the learnt distance of key frames, 0 while unknown; KeyOverdue says that twice that has passed.
	KeyInterval time.Duration
	KeyOverdue  bool

	// Picture is the arrival of the newest published picture, zero when there is none; PictureBehind adds to its age.
	Picture       time.Time
	PictureBehind time.Duration
	// Taken is when the camera's own clock says the newest picture was taken, zero while unknown. ClockOffset is the
	// camera's clock minus ours, good to the network's delay, when ClockKnown.
	Taken       time.Time
	ClockOffset time.Duration
	ClockKnown  bool

	// Step says how the camera keeps step with other computers, if that was asked for.
	Step StepStats
}

// Age returns how old the newest picture is at time now and whether there is one.
func (s Stats) Age(now time.Time) (time.Duration, bool) {
	if s.Picture.IsZero() {
		return 0, false
	}
	return max(0, now.Sub(s.Picture)+s.PictureBehind), true
}

// Fresh reports whether the newest picture may be shown in colour: the camera is live or merely late. In every other
// state a picture that is still on the tile is old and must look old.
func (s Stats) Fresh() bool { return s.State == StateLive || s.State == StateLate }
