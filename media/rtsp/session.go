// Package rtsp receives the video track of one camera over RTSP and hands out its access units. It is what the player
// on a wall and the relay in front of the cameras have in common: connecting, finding the video track among all others,
// putting packets together again, telling loss, naming the reason of a failure, keeping secrets out of every text, and
// the pause before the next attempt.
package rtsp

import (
	"context"
	"crypto/tls"
	"errors"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"
	"github.com/pion/rtp"
)

// Codec names a video codec. Values are written to health events and never change.
type Codec string

// The codecs that can be received.
const (
	H264  Codec = "h264"
	H265  Codec = "h265"
	MJPEG Codec = "mjpeg" // each unit is one whole JPEG picture
)

// Options says which camera to receive and how.
type Options struct {
	// URL is rtsp://host[:port]/path or rtsps://…; it may hold credentials.
	URL string
	// User and Pass win over credentials in the URL. Basic and digest (MD5, SHA-256) are used as the camera asks.
	User, Pass string
	// Transport is how packets travel. Default TCP.
	Transport Transport
	// TLS is used for rtsps; nil means the system's roots.
	TLS *tls.Config
	// Fingerprint pins the certificate of an rtsps camera: SHA-256 of the certificate in hexadecimal digits, colons
	// allowed. With it neither the name nor the signer of the certificate matters, without it both do.
	Fingerprint string
	// Timeout bounds connecting and each request, and how long the connection may be completely silent. Default 10 s.
	Timeout time.Duration
}

// Track describes the video track that is being received.
type Track struct {
	Codec Codec
	// Parameters are the parameter sets of the session description (VPS, SPS, PPS as they apply), possibly none.
	Parameters [][]byte
	// Format is the library's description of the track, needed to serve it again.
	Format format.Format
	// Width and Height are read from the parameter sets, in pixels; 0 while unknown.
	Width, Height int
	// FPS is the frame rate the parameter sets declare, 0 if they do not. Cameras deliver others than they declare.
	FPS float64
}

// Unit is one access unit: all NAL units of one picture.
type Unit struct {
	// NALUs have no start codes and are never empty. They may be kept but must not be written to.
	NALUs [][]byte
	// Key says that decoding can start here.
	Key bool
	// PTS counts from the first unit of the session on the camera's clock; it may step when the camera's clock does.
	PTS time.Duration
	// Arrived is when the last packet of the unit, and all before it, had been received; it never goes back. A handler that
	// blocks delays it over TCP and with encryption, but not over plain UDP.
	Arrived time.Time
	// Taken is when the camera's own clock says the picture was taken, from its RTCP sender reports; zero while unknown.
	Taken time.Time
	// Lost counts the RTP packets missing since the unit before; if not 0, what follows up to a key unit is damaged.
	Lost uint64
	// TornKey says that packets of a key frame came since the unit before, or in this one, which made no key unit: some
	// were lost.
	TornKey bool
	// Behind is the time the unit spent in a relay's cache, as the relay declares it; 0 from a camera.
	Behind time.Duration
	// Late is how late the unit came to a relay, beyond what the camera shows at best, as the relay declares it; 0 from a
	// camera.
	Late time.Duration
	// Relayed is when the unit came to a relay of ours by its clock, evened out so that pictures are as far apart as the
	// camera took them: the same for all readers. Zero from a camera.
	Relayed time.Time
	// Size is the number of bytes in all NALUs.
	Size int
}

// Handler receives what a session delivers. All its functions run on the session's goroutine, one at a time: while one
// of them blocks, nothing is read from the camera. OnPacket may be nil.
type Handler struct {
	// OnTrack is called once, when playing has begun.
	OnTrack func(Track)
	// OnPacket is called for each RTP packet of the video track, with when it came, its size and the packets found missing
	// before it. The times never go back.
	OnPacket func(at time.Time, bytes int, lost uint64)
	// OnUnit is called for each access unit.
	OnUnit func(Unit)
}

// Play connects to a camera, sets up its video track alone, and delivers until ctx ends or the session breaks. It always returns an error: ctx's, or an *Error with the reason. When it returns, everything it started is
// gone. A redirect is followed only to the camera itself. Audio, metadata and back channels are never set up: some cameras end other sessions when asked for those.
func Play(ctx context.Context, opts Options, h Handler) error {
	addr, err := parseAddress(opts.URL, opts.User, opts.Pass)
	if err != nil {
		return &Error{Reason: ReasonBadStream, Op: "connect", URL: "invalid address", Detail: err.Error()}
	}
	s := &session{addr: addr, handler: h}
	err = s.run(ctx, opts)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return s.failed(err)
}

// session is one connection to one camera.
type session struct {
	addr    address
	handler Handler
	op      string
	empty   bool // the camera describes no tracks
	proving bool // the last request carried credentials
	proven  bool // the camera took them once
	stale   bool // it says that they were made for a challenge that is out of date
	numbers numbering
	decode  depacketizer
	reports reports
	dialer  dialer
	udp     *datagrams // nil where the library receives
}

// run plays over the wanted transport, and with TransportAuto over UDP when the camera refuses TCP.
func (s *session) run(ctx context.Context, opts Options) error {
	if opts.Timeout <= 0 {
		opts.Timeout = 10 * time.Second
	}
	err := s.attempt(ctx, opts, opts.Transport == TransportUDP)
	var status liberrors.ErrClientBadStatusCode
	var asked liberrors.ErrClientServerRequestedUDP
	refused := errors.As(err, &status) && status.Code == base.StatusUnsupportedTransport || errors.As(err, &asked)
	if opts.Transport == TransportAuto && refused && ctx.Err() == nil {
		return s.attempt(ctx, opts, true)
	}
	return err
}

// attempt plays, once more if the camera calls its challenge out of date. One that says so again, without having taken the
// credentials before, has refused the login: some write it into every challenge, and lock the account.
func (s *session) attempt(ctx context.Context, opts Options, udp bool) error {
	err := s.play(ctx, opts, udp)
	if reason, _ := classify(err); reason == ReasonLoginRefused && s.stale && ctx.Err() == nil {
		return s.play(ctx, opts, udp)
	}
	return err
}

func (s *session) play(ctx context.Context, opts Options, udp bool) error {
	s.op = "connect"
	s.udp = nil
	if udp && s.addr.url.Scheme == "rtsp" {
		u, err := openDatagrams(opts.Timeout)
		if err != nil {
			return err
		}
		defer u.close()
		s.udp = u
	}
	client, err := s.client(opts, udp)
	if err != nil {
		return err
	}
	if err := client.Start2(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, client.Close)
	defer func() {
		if stop() {
			client.Close()
		} else {
			client.Wait() //nolint:errcheck // the context's cause is returned instead
		}
	}()
	if err = s.start(client); err == nil {
		err = client.Wait()
	}
	return s.udp.cause(err)
}

// start describes, sets up and plays the video track.
func (s *session) start(client *gortsplib.Client) error {
	s.op = "describe"
	desc, _, err := client.Describe(s.addr.withCredentials())
	if err != nil {
		return err
	}
	media, track, err := findVideo(desc)
	if err != nil {
		return err
	}
	if s.decode, err = newDepacketizer(track); err != nil {
		return err
	}
	if s.udp != nil && client.Scheme != s.addr.url.Scheme {
		return errSecured
	}
	s.op = "setup"
	answer, err := client.Setup(desc.BaseURL, media, 0, 0)
	if err != nil {
		return err
	}
	if s.udp != nil {
		if err := s.udp.setUp(answer, s.dialer.remote); err != nil {
			return err
		}
	}
	s.decode.taken = s.reports.at
	client.OnPacketRTCP(media, s.reports.add)
	client.OnPacketRTP(media, track.Format, func(p *rtp.Packet) { s.packet(p, time.Now()) })
	if s.handler.OnTrack != nil {
		s.handler.OnTrack(track)
	}
	s.op = "play"
	if s.udp != nil {
		if err := s.udp.begin(track.Format, s.packet, client.Close); err != nil {
			return err
		}
	}
	if _, err = client.Play(nil); err != nil {
		return err
	}
	s.op = "read"
	if s.udp != nil {
		s.udp.playing(s.reports.add)
	}
	return nil
}

// packet runs on one goroutine for each packet of the track, in order; at is when it came. The library tells what is lost
// too, but where it receives over UDP it hands out packets from before and after several gaps at once and counts all of
// these before the first.
func (s *session) packet(pkt *rtp.Packet, at time.Time) {
	lost, _ := s.numbers.gap(&pkt.Header)
	if s.handler.OnPacket != nil {
		s.handler.OnPacket(at, len(pkt.Payload), lost)
	}
	if unit, ok := s.decode.add(pkt, at, lost); ok {
		s.handler.OnUnit(unit)
	}
}

// failed wraps what ended the session.
func (s *session) failed(err error) error {
	if err == nil {
		err = errors.New("the session ended")
	}
	reason, relay := classify(err)
	if e, ok := untrusted(err); ok {
		reason, err = ReasonUntrusted, e
	}
	switch {
	case reason == ReasonLoginRefused && s.stale && s.proven:
		reason = ReasonFailed // the password is right
	case reason == ReasonBadStream && s.empty:
		reason, err = ReasonNoVideo, errNoVideo
	}
	var status liberrors.ErrClientBadStatusCode
	if reason == ReasonFailed && !errors.As(err, &status) {
		// What the library does not name is a broken answer while talking and a broken connection while reading.
		reason = ReasonBadStream
		if s.op == "read" {
			reason = ReasonDisconnected
		}
	}
	secrets := []string{s.addr.pass, s.addr.url.RawQuery}
	return &Error{
		Reason: reason, Relay: relay, Op: s.op, URL: s.addr.public(),
		Detail: redactSecrets(err.Error(), secrets...),
	}
}

// findVideo picks the video track: the first H.264 or H.265 track that is not a back channel, else the first MJPEG one.
func findVideo(desc *description.Session) (*description.Media, Track, error) {
	err := errNoVideo
	var media *description.Media
	var track Track
	for _, m := range desc.Medias {
		if m.Type != description.MediaTypeVideo || m.IsBackChannel {
			continue
		}
		err = errUnsupported
		for _, f := range m.Formats {
			t, ok := trackOf(f)
			if ok && (media == nil || track.Codec == MJPEG && t.Codec != MJPEG) {
				media, track = m, t
			}
		}
	}
	if media != nil {
		return media, track, nil
	}
	return nil, Track{}, err
}
