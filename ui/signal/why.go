package signal

import (
	"math"
	"strconv"

	"iocwall/media"
	"iocwall/ui/signal/health"
	"iocwall/ui/words"
)

// because gives a reason's words and what happens next, alternatives each, longest
// first: the reason is what stays.
func because(l *words.Lang, reason media.Reason, next ...string) []string {
	text, short := health.Why(l, string(reason))
	if text == "" {
		return next
	}
	var out []string
	for _, why := range []string{text, short} {
		for _, n := range next {
			out = append(out, why+" – "+n)
		}
	}
	return append(out, text, short)
}

// retries says when the camera is asked again, alternatives: nothing while it has
// not been, or while it is of no use until somebody else has acted.
func retries(l *words.Lang, v View) []string {
	s := v.Stats
	switch {
	case s.Reason == media.ReasonNotAdmitted, s.Reason == media.ReasonUntrusted, s.Retries == 0:
		return nil
	case s.NextTry.IsZero(), s.NextTry.Before(v.Now):
		n := strconv.Itoa(s.Retries)
		return []string{l.T("camera.retrying", "n", n), l.T("camera.retrying.short", "n", n)}
	}
	n, in := strconv.Itoa(s.Retries), strconv.Itoa(int(math.Ceil(s.NextTry.Sub(v.Now).Seconds())))
	return []string{l.T("camera.retry", "n", n, "in", in), l.T("camera.retry.short", "in", in)}
}

// silent reports whether a reason is that nothing arrives, rather than that what
// arrives makes no picture or that it may not be had.
func silent(r media.Reason) bool {
	switch r {
	case media.ReasonWaitingKey, media.ReasonNoKeyFrame, media.ReasonNoUnits, media.ReasonDecoderErrors, media.ReasonOverloaded,
		media.ReasonBadStream, media.ReasonNoVideo, media.ReasonUnsupported, media.ReasonNotAdmitted, media.ReasonUntrusted:
		return false
	}
	return true
}
