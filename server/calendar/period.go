package calendar

import (
	"fmt"
	"time"
)

// PeriodKind is a kind of regular report of Decree 09/2019/NĐ-CP (in force from
// 12 March 2019), article 12.
type PeriodKind string

// The kinds of regular report.
const (
	Month      PeriodKind = "month"
	Quarter    PeriodKind = "quarter"
	HalfYear   PeriodKind = "half-year"
	NineMonths PeriodKind = "nine-months"
	WholeYear  PeriodKind = "year"
)

// Period is the time a regular report is about, both days included. It is not
// the calendar month: the figures of a month close on its 14th.
type Period struct {
	Kind PeriodKind
	// Key sorts and names it: "2026-11", "2026-Q4", "2026-H1", "2026-9M", "2026".
	Key         string
	First, Last Day
}

// decree09 is when Decree 09/2019/NĐ-CP took effect.
func decree09() Day { return Date(2019, time.March, 12) }

// PeriodOf returns the period of the kind that the day falls in. Half a year and
// nine months are both counted from 15 December; a day after their end, a day
// before the decree took effect and an unknown kind are errors.
func PeriodOf(kind PeriodKind, d Day) (Period, error) {
	if d < decree09() {
		return Period{}, fmt.Errorf("calendar: %s is before Decree 09/2019/NĐ-CP took effect (%s)", d, decree09())
	}
	year, month, day := d.Date()
	// From the 15th on a day counts to the next month.
	if day >= 15 {
		month++
	}
	if month > 12 {
		year, month = year+1, 1
	}
	p := Period{Kind: kind}
	switch kind {
	case Month:
		p.Key = fmt.Sprintf("%04d-%02d", year, month)
		p.First, p.Last = Date(year, month-1, 15), Date(year, month, 14)
	case Quarter:
		q := (int(month) + 2) / 3
		p.Key = fmt.Sprintf("%04d-Q%d", year, q)
		p.First, p.Last = Date(year, time.Month(3*q-3), 15), Date(year, time.Month(3*q), 14)
	case HalfYear:
		if month > 6 {
			return Period{}, fmt.Errorf("calendar: %s lies after the half-year report of %d", d, year)
		}
		p.Key, p.First, p.Last = fmt.Sprintf("%04d-H1", year), Date(year-1, time.December, 15), Date(year, time.June, 14)
	case NineMonths:
		if month > 9 {
			return Period{}, fmt.Errorf("calendar: %s lies after the nine-month report of %d", d, year)
		}
		p.Key, p.First, p.Last = fmt.Sprintf("%04d-9M", year), Date(year-1, time.December, 15), Date(year, time.September, 14)
	case WholeYear:
		p.Key, p.First, p.Last = fmt.Sprintf("%04d", year), Date(year-1, time.December, 15), Date(year, time.December, 14)
	default:
		return Period{}, fmt.Errorf("calendar: Decree 09/2019/NĐ-CP sets no days for %q", kind)
	}
	return p, nil
}
