package mediatest

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"iocwall/media/rtsp"
)

// Auth is how a camera asks for credentials.
type Auth string

// The ways of asking.
const (
	AuthBasic        Auth = "basic"         // RFC 7617: the password crosses the network as it is
	AuthDigest       Auth = "digest"        // RFC 2617 with MD5, what most cameras speak
	AuthDigestSHA256 Auth = "digest-sha256" // RFC 7616, what new cameras are shipped with
)

// Door is what a camera's address speaks.
type Door string

// The doors.
const (
	DoorPlain Door = ""     // rtsp://
	DoorTLS   Door = "tls"  // rtsps:// with plain RTP inside the connection, as most cameras do it
	DoorSRTP  Door = "srtp" // rtsps:// with RTP encrypted once more (RTP/SAVP), as relays and new cameras do it
)

// Params says where a camera sends its parameter sets; it is a plain string.
type Params = string

// The places. Firmware of one maker is known to use any of them.
const (
	ParamsBoth   Params = "both"   // in the description and before each key frame
	ParamsSDP    Params = "sdp"    // in the description alone
	ParamsInband Params = "inband" // before each key frame alone
)

// Answer is an oddity of the answer to DESCRIBE.
type Answer string

// The oddities.
const (
	AnswerWhole        Answer = ""              // as the standards have it
	AnswerEmpty        Answer = "empty"         // 200 OK with a description of no bytes: firmware that is still starting
	AnswerJunk         Answer = "junk"          // a page of HTML instead of a description
	AnswerNoBase       Answer = "no-base"       // the header Content-Base is missing (RFC 2326 §C.1.1 lets it)
	AnswerRelativeBase Answer = "relative-base" // Content-Base is a path without scheme and host
)

// Options says what a camera shows and how it behaves.
type Options struct {
	// Clip is what the camera replays. If nil, NewCamera makes one from ClipOptions.
	Clip *Clip
	ClipOptions
	// Then is what FaultSwitch changes to in the middle of the stream: another size, other parameter sets. It needs the
	// codec and the frame rate of Clip.
	Then *Clip

	// Addr is the listening address, default 127.0.0.1:0.
	Addr string
	// Path of the stream, default "/main".
	Path string
	// User and Pass are asked for when User is not empty, in the way of Auth. Digest is short for AuthDigest.
	User, Pass string
	Digest     bool
	Auth       Auth
	// Door makes the camera speak TLS, with a certificate that it makes for itself; see Camera.Pool and Fingerprint.
	Door Door
	// UDP lets readers have the packets over UDP; NoTCP answers 461 to those who want them inside the connection.
	UDP, NoTCP bool
	// MaxSessions answers further readers with 453; 0 means no limit.
	MaxSessions int
	// Linger is how long the place of a reader that went without TEARDOWN stays taken, 0 not at all.
	Linger time.Duration

	// Params says where parameter sets are sent, default ParamsBoth.
	Params Params
	// Answer makes the description odd.
	Answer Answer
	// Audio adds a sound track (G.711) beside the video.
	Audio bool
	// BackChannel describes a sound track for speaking to the camera, and makes the camera end all other sessions when
	// somebody sets it up: Counts.BackChannels tells how often.
	BackChannel bool

	// Pace is the number of pictures a second really delivered, 0 the number that the clip declares.
	Pace float64
	// Start is the frame to begin with, so that cameras of one clip do not show the same moment.
	Start int
	// Stamp is the first RTP time stamp: one near 2^32 wraps soon.
	Stamp uint32
	// Drift is how much faster than the world's the camera's clock runs, in parts per million.
	Drift float64
	// ReportEvery is the distance of RTCP sender reports, default 5 s; negative: none, as many cameras do.
	ReportEvery time.Duration
	// ClockOffset is how far ahead of the world's the clock in the reports is; SetClock steps it.
	ClockOffset time.Duration

	// Logger may be nil.
	Logger *slog.Logger
}

// complete fills in what is not said and refuses what cannot be.
func (o *Options) complete() error {
	if o.Clip == nil {
		clip, err := NewClip(context.Background(), o.ClipOptions)
		if err != nil {
			return err
		}
		o.Clip = clip
	}
	set := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	set(&o.Addr, "127.0.0.1:0")
	set(&o.Path, "/main")
	set(&o.Params, ParamsBoth)
	if o.Digest && o.Auth == "" {
		o.Auth = AuthDigest
	}
	set((*string)(&o.Auth), string(AuthBasic))
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Pace == 0 {
		o.Pace = float64(o.Clip.opts.FPS)
	}
	if o.ReportEvery == 0 {
		o.ReportEvery = 5 * time.Second
	}
	return o.check()
}

func (o *Options) check() error {
	switch o.Auth {
	case AuthBasic, AuthDigest, AuthDigestSHA256:
	default:
		return fmt.Errorf("mediatest: camera: auth %q is unknown; use basic, digest or digest-sha256", o.Auth)
	}
	switch o.Door {
	case DoorPlain, DoorTLS, DoorSRTP:
	default:
		return fmt.Errorf("mediatest: camera: door %q is unknown; use tls, srtp or nothing", o.Door)
	}
	switch o.Params {
	case ParamsBoth, ParamsSDP, ParamsInband:
	default:
		return fmt.Errorf("mediatest: camera: parameter sets %q; use both, sdp or inband", o.Params)
	}
	switch o.Answer {
	case AnswerWhole, AnswerEmpty, AnswerJunk, AnswerNoBase, AnswerRelativeBase:
	default:
		return fmt.Errorf("mediatest: camera: answer %q is unknown", o.Answer)
	}
	switch {
	case o.Then != nil && (o.Then.opts.Codec != o.Clip.opts.Codec || o.Then.opts.FPS != o.Clip.opts.FPS):
		return fmt.Errorf("mediatest: camera: the second clip is %s at %d a second; it needs the first one's %s at %d",
			o.Then.opts.Codec, o.Then.opts.FPS, o.Clip.opts.Codec, o.Clip.opts.FPS)
	case o.Pace < 0 || o.Pace > 120:
		return fmt.Errorf("mediatest: camera: %g pictures a second; use 1 to 120", o.Pace)
	case o.UDP && o.Door == DoorTLS:
		return fmt.Errorf("mediatest: camera: plain RTP inside TLS leaves nothing for UDP; use the srtp door")
	case o.Answer != AnswerWhole && o.Door == DoorSRTP:
		return fmt.Errorf("mediatest: camera: an odd answer cannot be written behind the srtp door; use tls or plain")
	}
	return nil
}

// codec is short for the codec of the clip.
func (o *Options) codec() rtsp.Codec { return o.Clip.opts.Codec }
