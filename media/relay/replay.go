package relay

import "iocwall/media/rtsp"

// keeper keeps the units of one stream for replay. Its methods are called by one goroutine at a time and must not wait.
type keeper interface {
	// Add takes the next unit as it came from the camera, with the track as it is described now.
	Add(t rtsp.Track, u rtsp.Unit)
	// Lost says that the session with the camera ended: what follows does not continue what was kept.
	Lost()
}

// newKeeper returns the keeper of a stream for as long as its configuration lasts, nil when nothing is to be kept.
func newKeeper(*Relay, upstreamConfig) keeper { return nil }

// keep passes a unit on to the keeper.
func (u *upstream) keep(t rtsp.Track, unit rtsp.Unit) {
	if u.kept != nil {
		u.kept.Add(t, unit)
	}
}

// gap tells the keeper that the session ended.
func (u *upstream) gap() {
	if u.kept != nil {
		u.kept.Lost()
	}
}
