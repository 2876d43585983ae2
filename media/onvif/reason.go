package onvif

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"unicode"
)

// Reason says in one stable word why a camera did not do what it was asked to. Words shared with the reasons of streams
// mean the same.
type Reason string

// The reasons.
const (
	ReasonUnreachable  Reason = "unreachable"   // no route, connection refused, name unknown
	ReasonTimeout      Reason = "timeout"       // the camera does not answer
	ReasonDisconnected Reason = "disconnected"  // the connection broke
	ReasonLoginRefused Reason = "login-refused" // user or password; tried again much later only
	ReasonNotONVIF     Reason = "not-onvif"     // something answers, but it does not speak ONVIF
	ReasonUnsupported  Reason = "unsupported"   // the camera cannot do this
	ReasonRefused      Reason = "refused"       // the camera declines; the detail is its own words
	ReasonBadReply     Reason = "bad-reply"     // what it answered makes no sense
	ReasonFailed       Reason = "failed"        // anything else
)

// Error is a failed request. Its text holds no password, no user name and no query.
type Error struct {
	Reason Reason
	Op     string // what was asked for, for example "GetProfiles"
	Host   string // host or host:port that was asked
	Detail string // in words; what the camera said is bounded and cleaned
	cause  error
}

// Error implements error.
func (e *Error) Error() string {
	return fmt.Sprintf("onvif: %s of %s: %s", e.Op, e.Host, e.Detail)
}

// Unwrap returns what the system said, if that was the cause.
func (e *Error) Unwrap() error { return e.cause }

// ReasonOf returns the reason carried by err: empty for nil, ReasonFailed when it carries none.
func ReasonOf(err error) Reason {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ReasonFailed
}

// classify turns what the network said into a reason and words. The system's text may quote an address with its query,
// so only the innermost part is used.
func classify(err error) (Reason, string) {
	var dns *net.DNSError
	var netErr net.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &netErr) && netErr.Timeout():
		return ReasonTimeout, "the camera does not answer in time"
	case errors.As(err, &dns):
		return ReasonUnreachable, "no such host name"
	case errors.Is(err, syscall.ECONNREFUSED):
		return ReasonUnreachable, "connection refused; is the port right?"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return ReasonUnreachable, "no route to the camera"
	case errors.Is(err, context.Canceled):
		return ReasonFailed, "given up"
	case strings.Contains(err.Error(), "malformed HTTP"), strings.Contains(err.Error(), "HTTP response to HTTPS"),
		strings.Contains(err.Error(), "record header"):
		return ReasonNotONVIF, "what answers does not speak HTTP; is the port right?"
	case strings.Contains(err.Error(), "certificate"):
		return ReasonFailed, "the camera's certificate is not trusted; use http or add its certificate"
	}
	return ReasonDisconnected, "the connection broke"
}

// clean makes words of a camera fit for logs and screens: one line, at most so many letters, no control characters,
// none of the secrets.
func clean(s string, limit int, secrets ...string) string {
	for _, secret := range secrets {
		if secret != "" {
			s = strings.ReplaceAll(s, secret, "…")
		}
	}
	var b strings.Builder
	count, space := 0, false
	for _, r := range strings.ToValidUTF8(s, "") {
		if unicode.IsSpace(r) {
			space = count > 0
			continue
		}
		if !unicode.IsGraphic(r) {
			continue
		}
		if count >= limit {
			b.WriteRune('…')
			break
		}
		if space {
			b.WriteByte(' ')
			space = false
			count++
		}
		b.WriteRune(r)
		count++
	}
	return b.String()
}
