package onvif

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Clock is what is known about a camera's clock.
type Clock struct {
	// Known says that the camera told its time; otherwise Offset is 0.
	Known bool
	// Offset is the camera's clock minus ours. It is told in whole seconds.
	Offset time.Duration
	// Read is when it was read, by our clock.
	Read time.Time
}

// clockLife is how long a reading is trusted: cameras drift by seconds a day, and steps show as a refused login.
const clockLife = time.Hour

// Clock reads the camera's clock, without logging in.
func (d *Device) Clock(ctx context.Context) (Clock, error) {
	d.clockTurn.Lock()
	defer d.clockTurn.Unlock()
	return d.readClock(ctx)
}

// readClock asks for the time; the caller holds clockTurn.
func (d *Device) readClock(ctx context.Context) (Clock, error) {
	sent := time.Now()
	x := exchange{op: "GetSystemDateAndTime", address: d.address, space: nsDevice, body: empty(nsDevice, "GetSystemDateAndTime")}
	reply, err := d.send(ctx, &x, proof{})
	if err != nil {
		return Clock{}, err
	}
	// The middle of the exchange; half a second more, since cameras cut the fraction off.
	now := time.Now()
	middle := sent.Add(now.Sub(sent) / 2)
	c := Clock{Read: now}
	if at, ok := dateTime(reply.child(nsDevice, "SystemDateAndTime").child(nsSchema, "UTCDateTime")); ok {
		c.Known, c.Offset = true, at.Add(500*time.Millisecond).Sub(middle).Round(time.Second/2)
	} else if !x.date.IsZero() {
		// Some old cameras leave the time out of the answer, but have it in its HTTP header.
		c.Known, c.Offset = true, x.date.Add(500*time.Millisecond).Sub(middle).Round(time.Second/2)
	}
	d.mu.Lock()
	d.clock, d.asked = c, true
	d.mu.Unlock()
	return c, nil
}

// cameraTime returns the time by the camera's clock, reading the clock first if need be. A camera that does not tell its
// time, or only to those it knows, is taken to have ours.
func (d *Device) cameraTime(ctx context.Context) (time.Time, error) {
	d.clockTurn.Lock()
	defer d.clockTurn.Unlock()
	d.mu.Lock()
	c, asked := d.clock, d.asked
	d.mu.Unlock()
	if !asked || time.Since(c.Read) > clockLife {
		var err error
		switch c, err = d.readClock(ctx); ReasonOf(err) {
		case "":
		case ReasonLoginRefused, ReasonRefused, ReasonUnsupported:
			c = Clock{Read: time.Now()}
			d.mu.Lock()
			d.clock, d.asked = c, true
			d.mu.Unlock()
		default:
			return time.Time{}, err
		}
	}
	return time.Now().Add(c.Offset), nil
}

// clockStepped reads the clock again and tells whether it is another one than before.
func (d *Device) clockStepped(ctx context.Context) bool {
	d.mu.Lock()
	before := d.clock
	d.mu.Unlock()
	if time.Since(before.Read) < 2*time.Second {
		return false
	}
	now, err := d.Clock(ctx)
	return err == nil && (now.Offset-before.Offset).Abs() > 2*time.Second
}

// dateTime reads a DateTime of the schema.
func dateTime(e *element) (time.Time, bool) {
	year, month, day := e.count(9999, nsSchema, "Date", "Year"), e.count(12, nsSchema, "Date", "Month"), e.count(31, nsSchema, "Date", "Day")
	if e == nil || year < 1970 || month < 1 || day < 1 || e.at(nsSchema, "Time", "Hour") == nil {
		return time.Time{}, false
	}
	return time.Date(year, time.Month(month), day, e.count(23, nsSchema, "Time", "Hour"), e.count(59, nsSchema, "Time", "Minute"),
		e.count(60, nsSchema, "Time", "Second"), 0, time.UTC), true
}

// words tells the offset in words, empty below five seconds, which no camera minds.
func (c Clock) words() string {
	switch {
	case !c.Known:
		return "its clock could not be read"
	case c.Offset.Abs() < 5*time.Second:
		return ""
	}
	return fmt.Sprintf("its clock differs from ours by %s: signed with the camera's time", span(c.Offset.Abs()))
}

// span writes a duration in its two largest units.
func span(d time.Duration) string {
	d = d.Round(time.Second)
	if d > time.Hour {
		d = d.Round(time.Minute)
	}
	units := []struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"min", time.Minute}, {"s", time.Second}}
	var parts []string
	for _, u := range units {
		if n := d / u.size; n > 0 && len(parts) < 2 {
			parts = append(parts, fmt.Sprintf("%d %s", n, u.name))
		}
		d %= u.size
	}
	if len(parts) == 0 {
		return "0 s"
	}
	return strings.Join(parts, " ")
}
