package rtsp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"

	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"
)

// Reason says in one stable word why a camera does not deliver a live picture.
// It travels in health events and RTSP status lines, so values never change.
type Reason string

// The reasons. The empty Reason means that nothing is wrong.
const (
	ReasonNone          Reason = ""
	ReasonConnecting    Reason = "connecting"     // the first connection is being made
	ReasonWaitingKey    Reason = "waiting-key"    // packets arrive, the first key frame has not come yet
	ReasonCatchingUp    Reason = "catching-up"    // the picture comes from the relay's cache and runs up to live
	ReasonLate          Reason = "late"           // the picture is older than it should be
	ReasonOverloaded    Reason = "overloaded"     // this computer cannot decode fast enough
	ReasonUnreachable   Reason = "unreachable"    // no route, connection refused, name unknown
	ReasonTimeout       Reason = "timeout"        // the camera does not answer
	ReasonDisconnected  Reason = "disconnected"   // the connection broke
	ReasonNoPackets     Reason = "no-packets"     // connected, but the video track is silent
	ReasonNoUnits       Reason = "no-units"       // packets arrive, but make no access units
	ReasonNoKeyFrame    Reason = "no-key-frame"   // no key frame to start or restart from
	ReasonDecoderErrors Reason = "decoder-errors" // access units arrive, but do not decode
	ReasonUnchanged     Reason = "unchanged"      // frames decode, but the picture stays the same
	ReasonLoginRefused  Reason = "login-refused"  // 401 or 403: never retried with the same credentials
	ReasonNotAdmitted   Reason = "not-admitted"   // a relay of ours does not take this reader's token: no matter of the camera
	ReasonUntrusted     Reason = "untrusted"      // the camera's certificate is neither signed by whom it should nor pinned
	ReasonFull          Reason = "full"           // the camera serves no further reader (453, 503 of a camera)
	ReasonNotFound      Reason = "not-found"      // no such camera or stream at this address
	ReasonNoVideo       Reason = "no-video"       // the camera offers no video track
	ReasonUnsupported   Reason = "unsupported"    // the codec or transport is not supported
	ReasonBadStream     Reason = "bad-stream"     // what arrives is not RTSP, SDP or RTP
	ReasonStopped       Reason = "stopped"        // nobody watches, so the camera is not connected
	ReasonFailed        Reason = "failed"         // anything else; the detail says what
)

// Valid reports whether r is one of the reasons above.
func (r Reason) Valid() bool {
	switch r {
	case ReasonNone, ReasonConnecting, ReasonWaitingKey, ReasonCatchingUp, ReasonLate, ReasonOverloaded,
		ReasonUnreachable, ReasonTimeout, ReasonDisconnected, ReasonNoPackets, ReasonNoUnits, ReasonNoKeyFrame,
		ReasonDecoderErrors, ReasonUnchanged, ReasonLoginRefused, ReasonNotAdmitted, ReasonUntrusted, ReasonFull, ReasonNotFound, ReasonNoVideo,
		ReasonUnsupported, ReasonBadStream, ReasonStopped, ReasonFailed:
		return true
	}
	return false
}

// Error is a failed session. Its text never holds a password, a user name or a query value.
type Error struct {
	Reason Reason // why, for machines and for the words on a tile
	Relay  bool   // the far end is a relay of ours and gave the reason itself; asking again soon does no harm
	Op     string // what was being done: "connect", "describe", "setup", "play", "read"
	URL    string // where, redacted
	Detail string // what the other side or the system said, redacted
}

// Error implements error.
func (e *Error) Error() string {
	return fmt.Sprintf("rtsp: %s %s: %s (%s)", e.Op, e.URL, e.Detail, e.Reason)
}

// ReasonOf returns the reason carried by err: ReasonNone for nil, ReasonFailed when it carries none.
func ReasonOf(err error) Reason {
	if err == nil {
		return ReasonNone
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ReasonFailed
}

// errNoVideo and errUnsupported are found by classify; they never leave the package unwrapped.
var (
	errNoVideo     = errors.New("the camera offers no video track")
	errUnsupported = errors.New("the video is neither H.264, H.265 nor MJPEG")
)

// classify turns an error of the library or the system into a reason; relay reports whether a relay of ours named it.
func classify(err error) (r Reason, relay bool) {
	var status liberrors.ErrClientBadStatusCode
	if errors.As(err, &status) {
		return classifyStatus(status)
	}
	var netErr net.Error
	var dnsErr *net.DNSError
	var tcp liberrors.ErrClientTCPTimeout
	var udp liberrors.ErrClientUDPTimeout
	var req liberrors.ErrClientRequestTimedOut
	var sdp liberrors.ErrClientSDPInvalid
	var udpOnly liberrors.ErrClientServerRequestedUDP
	var tcpOnly liberrors.ErrClientServerRequestedTCP
	var login liberrors.ErrClientAuthSetup
	switch {
	case errors.Is(err, errNoVideo):
		return ReasonNoVideo, false
	case errors.Is(err, errUnsupported), errors.As(err, &udpOnly), errors.As(err, &tcpOnly), errors.As(err, &login):
		return ReasonUnsupported, false
	case errors.Is(err, errRedirect), errors.Is(err, errSecured), errors.Is(err, errManyDials):
		return ReasonNotFound, false
	case errors.As(err, &sdp):
		return ReasonBadStream, false
	case errors.As(err, &tcp), errors.As(err, &udp), errors.As(err, &req), errors.Is(err, context.DeadlineExceeded):
		return ReasonTimeout, false
	case errors.As(err, &dnsErr), errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.EHOSTUNREACH),
		errors.Is(err, syscall.ENETUNREACH):
		return ReasonUnreachable, false
	case errors.As(err, &netErr) && netErr.Timeout():
		return ReasonTimeout, false
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return ReasonDisconnected, false
	}
	return ReasonFailed, false
}

// classifyStatus reads an RTSP status. A relay of ours puts the reason into the status text, but never refuses a login in
// its own name.
func classifyStatus(s liberrors.ErrClientBadStatusCode) (Reason, bool) {
	own := s.Code == base.StatusUnauthorized || s.Code == base.StatusForbidden
	if r := Reason(s.Message); r != ReasonNone && r.Valid() && !(own && r == ReasonLoginRefused) {
		return r, true
	}
	switch s.Code {
	case base.StatusUnauthorized, base.StatusForbidden:
		return ReasonLoginRefused, false
	case base.StatusNotEnoughBandwidth, base.StatusServiceUnavailable:
		return ReasonFull, false
	case base.StatusNotFound, base.StatusGone:
		return ReasonNotFound, false
	case base.StatusUnsupportedTransport:
		return ReasonUnsupported, false
	}
	return ReasonFailed, false
}
