package calendar

import (
	"maps"
	"slices"
	"time"
)

// Holiday is a day off by law.
type Holiday struct {
	Day Day
	// Name is the Vietnamese name. A day that makes up for a holiday on a weekly
	// day off carries the holiday's name and Makeup.
	Name   string
	Makeup bool
}

// Year holds what the government decides for one year and the law leaves open.
type Year struct {
	// TetBefore is how many of the five days of Tết lie before the new year: 1
	// or 2.
	TetBefore int
	// IndependenceAfter: the second day off of 2 September is the 3rd, not the
	// 1st.
	IndependenceAfter bool
	// Swapped maps a working day that becomes a day off to the weekly day off on
	// which it is worked.
	Swapped map[Day]Day
}

// Names of the holidays.
const (
	nameNewYear      = "Tết Dương lịch"
	nameTet          = "Tết Nguyên đán"
	nameHung         = "Giỗ Tổ Hùng Vương"
	nameLiberation   = "Ngày Chiến thắng 30/4"
	nameLabour       = "Ngày Quốc tế lao động"
	nameIndependence = "Quốc khánh"
	nameSwapped      = "Nghỉ hoán đổi"
)

// labourCode2019 is when the Labour Code of 2019 (45/2019/QH14) took effect.
// Its article 112 gives two days for 2 September; the code of 2012
// (10/2012/QH13, article 115) gave one.
func labourCode2019() Day { return Date(2021, time.January, 1) }

// announced is what was announced for the years up to 2026 by the ministry in
// charge of labour (since 2025 the Ministry of Home Affairs) for public servants.
// A year that is not in it, and has no entry in Options.Years, is computed with
// one day of Tết before the new year, 1 September, and no swapped days.
func announced() map[int]Year {
	return map[int]Year{
		2020: {TetBefore: 2},
		2021: {TetBefore: 2, IndependenceAfter: true},
		2022: {TetBefore: 1},
		2023: {TetBefore: 2},
		2024: {TetBefore: 2, IndependenceAfter: true, Swapped: swap(2024, time.April, 29, time.May, 4)},
		2025: {TetBefore: 2, Swapped: swap(2025, time.May, 2, time.April, 26)},
		2026: {TetBefore: 1, Swapped: merge(swap(2026, time.January, 2, time.January, 10), swap(2026, time.August, 31, time.August, 22))},
	}
}

func swap(year int, m time.Month, d int, workMonth time.Month, work int) map[Day]Day {
	return map[Day]Day{Date(year, m, d): Date(year, workMonth, work)}
}

func merge(a, b map[Day]Day) map[Day]Day {
	maps.Copy(a, b)
	return a
}

// statutory returns the holidays that begin in the year, by day, without makeup
// days: Labour Code, article 112 (115 before 2021).
func statutory(year int, y Year) []Holiday {
	out := []Holiday{{Day: Date(year, time.January, 1), Name: nameNewYear}}
	before := y.TetBefore
	if before == 0 {
		before = 1
	}
	first := LunarDate{Year: year, Month: 1, Day: 1}.ToDay() - Day(before)
	for i := range Day(5) {
		out = append(out, Holiday{Day: first + i, Name: nameTet})
	}
	out = append(out,
		Holiday{Day: LunarDate{Year: year, Month: 3, Day: 10}.ToDay(), Name: nameHung},
		Holiday{Day: Date(year, time.April, 30), Name: nameLiberation},
		Holiday{Day: Date(year, time.May, 1), Name: nameLabour},
	)
	national := Date(year, time.September, 2)
	out = append(out, Holiday{Day: national, Name: nameIndependence})
	if national >= labourCode2019() {
		second := national - 1
		if y.IndependenceAfter {
			second = national + 1
		}
		out = append(out, Holiday{Day: second, Name: nameIndependence})
	}
	slices.SortFunc(out, func(a, b Holiday) int { return int(a.Day - b.Day) })
	return out
}

// yearDays are the days of one year that are not as their weekday says.
type yearDays struct {
	off map[Day]Holiday
	// worked are weekly days off on which people work.
	worked map[Day]bool
}

// makeUp gives the next working day off for each holiday that falls on a weekly
// day off (Labour Code, article 111(3)).
func makeUp(year int, y Year, extra []Holiday, weekend func(Day) bool) yearDays {
	d := yearDays{off: map[Day]Holiday{}, worked: map[Day]bool{}}
	all := statutory(year, y)
	for _, h := range extra {
		if h.Day.Year() == year {
			all = append(all, h)
		}
	}
	slices.SortStableFunc(all, func(a, b Holiday) int { return int(a.Day - b.Day) })
	var owed []Holiday
	for _, h := range all {
		// Two holidays on one day give the day and one more.
		if _, taken := d.off[h.Day]; taken || weekend(h.Day) {
			owed = append(owed, h)
		}
		if _, taken := d.off[h.Day]; !taken {
			d.off[h.Day] = h
		}
	}
	for _, h := range owed {
		day := h.Day + 1
		for {
			if _, taken := d.off[day]; !taken && !weekend(day) {
				break
			}
			day++
		}
		d.off[day] = Holiday{Day: day, Name: h.Name, Makeup: true}
	}
	for off, worked := range y.Swapped {
		if _, taken := d.off[off]; !taken {
			d.off[off] = Holiday{Day: off, Name: nameSwapped}
		}
		d.worked[worked] = true
	}
	return d
}
