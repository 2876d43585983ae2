package camera

import (
	"time"

	"iocwall/media"
)

// offset is how far the server's clock is ahead of this computer's, as far as that
// is known.
func (h *Host) offset(now time.Time) time.Duration { return h.ServerTime(now).Sub(now) }

// clocked are a player's words with the moments in them as a clock tells them that
// is so far ahead of this computer's.
func clocked(st media.Stats, off time.Duration) media.Stats {
	for _, t := range []*time.Time{
		&st.Since, &st.NextTry, &st.LastPacket, &st.LastUnit, &st.LastKey, &st.LastDecoded, &st.LastChanged, &st.Picture,
	} {
		if !t.IsZero() {
			*t = t.Add(off)
		}
	}
	if st.ClockKnown {
		st.ClockOffset -= off // Taken is by the camera's own clock
	}
	return st
}
