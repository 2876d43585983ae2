package rtsp

import "time"

// lossSeconds is the window over which loss is told.
const lossSeconds = 60

// rateSeconds is the window over which frames and bits a second are told.
const rateSeconds = 4

// Meter counts per second over the last minute. The zero value is ready; it is for one goroutine or under a lock.
type Meter struct {
	ring    [lossSeconds]second
	started time.Time
}

// second holds what happened in one second.
type second struct {
	unix                         int64
	packets, lost, bytes, frames uint64
}

// slot returns the counters of the current second.
func (m *Meter) slot(now time.Time) *second {
	unix := now.Unix()
	if m.started.IsZero() || unix < m.started.Unix() { // the clock was set back
		m.started = now
	}
	s := &m.ring[((unix%lossSeconds)+lossSeconds)%lossSeconds]
	if s.unix != unix {
		*s = second{unix: unix}
	}
	return s
}

// Packet counts an RTP packet of so many bytes and those found missing before it.
func (m *Meter) Packet(now time.Time, bytes int, lost uint64) {
	s := m.slot(now)
	s.packets++
	s.bytes += uint64(bytes)
	s.lost += lost
}

// Frame counts a frame.
func (m *Meter) Frame(now time.Time) { m.slot(now).frames++ }

// Rates returns frames and bits a second over the last whole seconds, and the share of packets lost in the last minute.
func (m *Meter) Rates(now time.Time) (fps, bitrate, loss float64) {
	var packets, lost, bytes, frames uint64
	unix := now.Unix()
	for i := range m.ring {
		b := &m.ring[i]
		age := unix - b.unix
		if age < 0 || age >= lossSeconds {
			continue
		}
		packets += b.packets
		lost += b.lost
		if age >= 1 && age <= rateSeconds {
			bytes += b.bytes
			frames += b.frames
		}
	}
	if packets+lost > 0 {
		loss = float64(lost) / float64(packets+lost)
	}
	span := min(rateSeconds, now.Truncate(time.Second).Sub(m.started).Seconds())
	if m.started.IsZero() || span < 0.5 {
		return 0, 0, loss
	}
	return float64(frames) / span, float64(bytes) * 8 / span, loss
}
