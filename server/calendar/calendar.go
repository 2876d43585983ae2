// Package calendar knows when people work in Vietnam: weekly days off, the
// holidays of the law with Tết and Giỗ Tổ by the lunar calendar, days that make
// up for others, and the hours of an office. Deadlines in working hours and the
// reporting periods of Decree 09/2019/NĐ-CP are computed with it. Everything is
// in UTC+7 and reads no clock.
package calendar

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// Years a Calendar computes; the lunar algorithm is good far beyond.
const (
	FirstYear = 1990
	LastYear  = 2099
)

// Hours is a stretch of a working day, from and until as time since midnight.
type Hours struct{ From, Until time.Duration }

// Options describe an office. The zero value is that of a state agency.
type Options struct {
	// Hours are the stretches of a working day in order; without any they are
	// 7:30–11:30 and 13:30–17:00.
	Hours []Hours
	// Weekend are the weekly days off; without any they are Saturday and Sunday.
	Weekend []time.Weekday
	// Years replace what was announced for a year.
	Years map[int]Year
	// Extra are further days off, of the province or decided at short notice.
	Extra []Holiday
	// Worked are days off on which people work nevertheless.
	Worked []Day
}

// Calendar answers for one office. It may be shared.
type Calendar struct {
	hours   []Hours
	perDay  time.Duration
	weekend map[time.Weekday]bool
	known   map[int]Year
	extra   []Holiday
	worked  map[Day]bool

	mu    sync.Mutex
	years map[int]yearDays
}

// New checks the options.
func New(o Options) (*Calendar, error) {
	c := &Calendar{
		hours: o.Hours, weekend: map[time.Weekday]bool{}, known: announced(), extra: slices.Clone(o.Extra),
		worked: map[Day]bool{}, years: map[int]yearDays{},
	}
	if len(c.hours) == 0 {
		c.hours = []Hours{{7*time.Hour + 30*time.Minute, 11*time.Hour + 30*time.Minute}, {13*time.Hour + 30*time.Minute, 17 * time.Hour}}
	}
	var last time.Duration
	for _, h := range c.hours {
		if h.From < last || h.Until <= h.From || h.Until > 24*time.Hour {
			return nil, fmt.Errorf("calendar: working hours %v–%v do not follow one another within a day", h.From, h.Until)
		}
		last = h.Until
		c.perDay += h.Until - h.From
	}
	weekend := o.Weekend
	if len(weekend) == 0 {
		weekend = []time.Weekday{time.Saturday, time.Sunday}
	}
	for _, w := range weekend {
		c.weekend[w] = true
	}
	if len(c.weekend) > 6 {
		return nil, fmt.Errorf("calendar: no day of the week is left to work on")
	}
	for y, v := range o.Years {
		if v.TetBefore < 0 || v.TetBefore > 4 {
			return nil, fmt.Errorf("calendar: year %d: %d days of Tết before the new year; there are five in all", y, v.TetBefore)
		}
	}
	maps.Copy(c.known, o.Years)
	for _, d := range o.Worked {
		c.worked[d] = true
	}
	return c, nil
}

// PerDay returns the working time of a whole day.
func (c *Calendar) PerDay() time.Duration { return c.perDay }

func (c *Calendar) isWeekend(d Day) bool { return c.weekend[d.Weekday()] }

func (c *Calendar) year(y int) yearDays {
	c.mu.Lock()
	defer c.mu.Unlock()
	d, ok := c.years[y]
	if !ok && y >= FirstYear && y <= LastYear {
		d = makeUp(y, c.known[y], c.extra, c.isWeekend)
		c.years[y] = d
	}
	return d
}

// Holiday returns the holiday on the day, if it is one. A weekly day off is none.
func (c *Calendar) Holiday(d Day) (Holiday, bool) {
	h, ok := c.year(d.Year()).off[d]
	return h, ok && !c.worked[d]
}

// Holidays returns the days off of a year beside the weekly ones, by day.
func (c *Calendar) Holidays(year int) []Holiday {
	out := slices.Collect(maps.Values(c.year(year).off))
	out = slices.DeleteFunc(out, func(h Holiday) bool { return c.worked[h.Day] })
	slices.SortFunc(out, func(a, b Holiday) int { return int(a.Day - b.Day) })
	return out
}

// Works reports whether the day is a working day.
func (c *Calendar) Works(d Day) bool {
	y := c.year(d.Year())
	if c.worked[d] || y.worked[d] {
		return true
	}
	_, off := y.off[d]
	return !off && !c.isWeekend(d)
}

// Working reports whether the instant lies in working hours.
func (c *Calendar) Working(t time.Time) bool {
	d := DayOf(t)
	if !c.Works(d) {
		return false
	}
	clock := t.Sub(d.At(0))
	return slices.ContainsFunc(c.hours, func(h Hours) bool { return clock >= h.From && clock < h.Until })
}

// AddDays returns the n-th working day after d; n of 0 gives d if it is a
// working day, else the next one.
func (c *Calendar) AddDays(d Day, n int) Day {
	for ; !c.Works(d); d++ {
		if d.Year() > LastYear {
			return d
		}
	}
	for n > 0 && d.Year() <= LastYear {
		if d++; c.Works(d) {
			n--
		}
	}
	return d
}

// AddWorking returns the instant at which so much working time has passed since
// t. With no time left to pass it is t if t lies in working hours, else the
// next instant that does. An end of the day stays there: eight hours given at
// the start of an eight-hour day end when the day does, not next morning.
func (c *Calendar) AddWorking(t time.Time, d time.Duration) time.Time {
	day := DayOf(t)
	clock := t.Sub(day.At(0))
	for ; day.Year() <= LastYear; day, clock = day+1, 0 {
		if !c.Works(day) {
			continue
		}
		for _, h := range c.hours {
			from := max(h.From, clock)
			if from >= h.Until {
				continue
			}
			if left := h.Until - from; d > left {
				d -= left
				continue
			}
			return day.At(from + d)
		}
	}
	return day.At(0)
}

// Between returns the working time from a to b, negative when b is before a.
func (c *Calendar) Between(a, b time.Time) time.Duration {
	if b.Before(a) {
		return -c.Between(b, a)
	}
	var sum time.Duration
	for day, last := DayOf(a), DayOf(b); day <= last; day++ {
		if !c.Works(day) {
			continue
		}
		from, until := time.Duration(0), 24*time.Hour
		if day == DayOf(a) {
			from = a.Sub(day.At(0))
		}
		if day == last {
			until = b.Sub(day.At(0))
		}
		for _, h := range c.hours {
			sum += max(0, min(h.Until, until)-max(h.From, from))
		}
	}
	return sum
}
