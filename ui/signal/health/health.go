// Package health says how a camera is, in words for people, from what the server
// tells of it: the same in lists, on maps and on pages. It is pure.
package health

import (
	"strings"

	"iocwall/media/rtsp"
	"iocwall/server/world"
	"iocwall/ui/words"
)

// Why says a reason of a player or of the relay in words: in full, and in the few
// that fit a small tile. Both are empty for none; a code of a newer program is said
// as it is.
func Why(l *words.Lang, reason string) (text, short string) {
	key := "camera.why." + reason
	if reason == "" || !l.Has(key) {
		return reason, reason
	}
	return l.T(key), l.T(key + ".short")
}

// State says a state in few words, and what is not as it should be of a live camera.
// One whose pictures are late is not called live.
func State(l *words.Lang, h world.CameraHealth) string {
	if Late(h) {
		return l.T("detail.camera.late")
	}
	text := l.T("detail.camera.unknown")
	if key := "detail.camera." + string(h.State); h.State != world.CameraUnknown && l.Has(key) {
		text = l.T(key)
	}
	if _, short := Why(l, h.Reason); short != "" && h.State == world.CameraLive {
		text += " · " + short
	}
	return text
}

// Behind says what stands behind a state: why, and who sees it. It is empty when
// there is nothing to say.
func Behind(l *words.Lang, h world.CameraHealth) string {
	text, _ := Why(l, h.Reason)
	if h.By != "" {
		text += " · " + l.T("detail.camera.by", "who", h.By)
	}
	return strings.TrimPrefix(text, " · ")
}

// Late reports whether a live camera's pictures are older than they should be.
func Late(h world.CameraHealth) bool {
	return h.State == world.CameraLive && h.Reason == string(rtsp.ReasonLate)
}
