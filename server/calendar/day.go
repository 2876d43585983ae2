package calendar

import (
	"fmt"
	"time"
)

// Vietnam returns the country's time zone, UTC+7 without summer time. It needs
// no zone files.
func Vietnam() *time.Location { return time.FixedZone("+07", 7*60*60) }

// Day is a day of the Gregorian calendar in Vietnam, as its Julian day number:
// the day after is one more, and days compare as numbers.
type Day int

// Date returns the day of a date. Months and days out of range count on, as in
// time.Date.
func Date(year int, month time.Month, day int) Day {
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return Day(julianDay(t.Year(), int(t.Month()), t.Day()))
}

// DayOf returns the day an instant falls on in Vietnam.
func DayOf(t time.Time) Day {
	y, m, d := t.In(Vietnam()).Date()
	return Day(julianDay(y, int(m), d))
}

// ParseDay reads a day written 2026-02-17.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("calendar: %q is not a day; write it as 2026-02-17", s)
	}
	return DayOf(t), nil
}

// Date returns year, month and day of the month.
func (d Day) Date() (year int, month time.Month, day int) {
	y, m, n := gregorian(int(d))
	return y, time.Month(m), n
}

// Year returns the Gregorian year.
func (d Day) Year() int { y, _, _ := d.Date(); return y }

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday { return time.Weekday((int(d) + 1) % 7) }

// At returns the instant so long after the day's midnight.
func (d Day) At(clock time.Duration) time.Time {
	y, m, n := d.Date()
	return time.Date(y, m, n, 0, 0, 0, 0, Vietnam()).Add(clock)
}

// Lunar returns the day's date in the lunar calendar.
func (d Day) Lunar() LunarDate { return dayToLunar(int(d)) }

// ToDay returns the Gregorian day of a lunar date.
func (l LunarDate) ToDay() Day { return Day(lunarToDay(l)) }

// String returns the day as 2026-02-17.
func (d Day) String() string {
	y, m, n := d.Date()
	return fmt.Sprintf("%04d-%02d-%02d", y, m, n)
}
