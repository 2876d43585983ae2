package world

import "time"

// Time is an instant in milliseconds since the Unix epoch, UTC. Zero means
// "not known". A plain integer keeps events comparable and their encoding, and
// so their digest, the same on every machine.
type Time int64

// TimeOf returns t cut to milliseconds. The zero time.Time gives zero.
func TimeOf(t time.Time) Time {
	if t.IsZero() {
		return 0
	}
	return Time(t.UnixMilli())
}

// Std returns t as a time.Time in UTC; zero gives the zero time.Time.
func (t Time) Std() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(t)).UTC()
}

// Add returns t+d, cut to milliseconds.
func (t Time) Add(d time.Duration) Time { return t + Time(d.Milliseconds()) }

// Sub returns the duration t-u.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t-u) * time.Millisecond }

// String returns t in RFC 3339 with milliseconds, or "-" when not known.
func (t Time) String() string {
	if t == 0 {
		return "-"
	}
	return t.Std().Format("2006-01-02T15:04:05.000Z07:00")
}
