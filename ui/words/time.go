package words

import (
	"strconv"
	"time"
)

// Clock writes the time of day, "09:42".
func (l *Lang) Clock(t time.Time) string { return t.In(l.Zone).Format("15:04") }

// ClockSeconds writes "09:42:07": cameras and clocks only.
func (l *Lang) ClockSeconds(t time.Time) string { return t.In(l.Zone).Format("15:04:05") }

// Date writes "21/11/2026", in English "21 Nov 2026".
func (l *Lang) Date(t time.Time) string {
	if l.english() {
		return t.In(l.Zone).Format("2 Jan 2006")
	}
	return t.In(l.Zone).Format("02/01/2006")
}

// Stamp writes a moment as short as it is clear at now: today only the time,
// this year "20/11 17:00", otherwise with the year.
func (l *Lang) Stamp(t, now time.Time) string {
	t, now = t.In(l.Zone), now.In(l.Zone)
	day, long := "02/01", "02/01/2006"
	if l.english() {
		day, long = "2 Jan", "2 Jan 2006"
	}
	switch {
	case t.Year() == now.Year() && t.YearDay() == now.YearDay():
		return l.Clock(t)
	case t.Year() == now.Year():
		return t.Format(day + " 15:04")
	}
	return t.Format(long + " 15:04")
}

// Month writes a month: "8/2024", in English "Aug 2024".
func (l *Lang) Month(t time.Time) string {
	if l.english() {
		return t.In(l.Zone).Format("Jan 2006")
	}
	return t.In(l.Zone).Format("1/2006")
}

// Period writes a reporting period, both ends included: "15/10 – 14/11/2026".
// A whole month is written as one.
func (l *Lang) Period(from, to time.Time) string {
	from, to = from.In(l.Zone), to.In(l.Zone)
	if from.Day() == 1 && to.AddDate(0, 0, 1).Day() == 1 && from.Month() == to.Month() && from.Year() == to.Year() {
		return l.Month(from)
	}
	short, long := "02/01", "02/01/2006"
	if l.english() {
		short, long = "2 Jan", "2 Jan 2006"
	}
	if from.Year() != to.Year() {
		short = long
	}
	return from.Format(short) + " – " + to.Format(long)
}

// Weekday writes a date with its weekday, for deadlines: "thứ Hai 23/11/2026".
func (l *Lang) Weekday(t time.Time) string {
	t = t.In(l.Zone)
	return l.T("weekday."+strconv.Itoa(int(t.Weekday()))) + " " + l.Date(t)
}

// Age writes how old something is: "0,4 s" under ten seconds, then "14 giây",
// "2 phút", "3 giờ 12 phút" and "9 ngày", always rounded down. A negative age,
// from clocks that differ, is 0.
func (l *Lang) Age(d time.Duration) string {
	if d < 0 {
		d = 0
	}
	num := func(n time.Duration) string { return strconv.FormatInt(int64(n), 10) }
	switch {
	case d < 10*time.Second:
		return l.Number(float64(d/(100*time.Millisecond))/10, 1) + nbsp + "s"
	case d < time.Minute:
		return l.T("age.seconds", "n", num(d/time.Second))
	case d < time.Hour:
		return l.T("age.minutes", "n", num(d/time.Minute))
	case d < 24*time.Hour:
		h, m := d/time.Hour, d%time.Hour/time.Minute
		if m == 0 {
			return l.T("age.hours", "n", num(h))
		}
		return l.T("age.hours", "n", num(h)) + " " + l.T("age.minutes", "n", num(m))
	}
	return l.T("age.days", "n", num(d/(24*time.Hour)))
}

// AgeWord writes an age as Age does, with the unit as a word below ten seconds
// too: "3,2 giây". Plates use it.
func (l *Lang) AgeWord(d time.Duration) string {
	if d >= 10*time.Second {
		return l.Age(d)
	}
	return l.T("age.seconds", "n", l.Number(float64(max(0, d)/(100*time.Millisecond))/10, 1))
}

// Deadline writes how long is left at now, or by how much it is over:
// "còn 48 phút", "quá 12 phút".
func (l *Lang) Deadline(due, now time.Time) string {
	if due.Before(now) {
		return l.T("due.over", "age", l.Age(now.Sub(due)))
	}
	return l.T("due.left", "age", l.Age(due.Sub(now)))
}
