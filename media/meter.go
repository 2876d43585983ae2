package media

import "time"

// meterSeconds is the window over which loss is told.
const meterSeconds = 60

// rateSeconds is the window over which frames and bits a second are told.
const rateSeconds = 4

// second counts what happened in one second.
type second struct {
	unix                         int64
	packets, lost, bytes, frames uint64
}

// meter counts per second over the last minute. The zero value is ready; the owner's lock protects it.
type meter struct {
	ring    [meterSeconds]second
	started time.Time
}

// slot returns the counters of the current second.
func (m *meter) slot(now time.Time) *second {
	if m.started.IsZero() {
		m.started = now
	}
	unix := now.Unix()
	s := &m.ring[((unix%meterSeconds)+meterSeconds)%meterSeconds]
	if s.unix != unix {
		*s = second{unix: unix}
	}
	return s
}

// fill computes rates at time now. The running second counts in full only for loss.
func (m *meter) fill(s *Stats, now time.Time) {
	var packets, lost, bytes, frames uint64
	unix := now.Unix()
	for i := range m.ring {
		b := &m.ring[i]
		age := unix - b.unix
		if age < 0 || age >= meterSeconds {
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
		s.Loss = float64(lost) / float64(packets+lost)
	}
	span := min(rateSeconds, now.Truncate(time.Second).Sub(m.started).Seconds())
	if m.started.IsZero() || span < 0.5 {
		return
	}
	s.FPS = float64(frames) / span
	s.Bitrate = float64(bytes) * 8 / span
}
