package calendar_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"iocwall/server/calendar"
)

func TestTet(t *testing.T) {
	// Gregorian days of mùng 1 Tết as celebrated or published in Vietnam. 1985,
	// 2007 and 2030 differ from the Chinese new year (20 February 1985, 18
	// February 2007, 3 February 2030).
	for _, want := range []string{
		"1985-01-21", "2007-02-17", "2019-02-05", "2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22",
		"2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-02",
		"2031-01-23", "2032-02-11", "2033-01-31", "2034-02-19", "2035-02-08",
	} {
		var y int
		if _, err := fmt.Sscanf(want, "%d", &y); err != nil {
			t.Fatal(err)
		}
		if got := (calendar.LunarDate{Year: y, Month: 1, Day: 1}).ToDay(); got.String() != want {
			t.Errorf("Tết %d is %s, want %s", y, got, want)
		}
	}
}

func TestHung(t *testing.T) {
	for _, want := range []string{"2019-04-14", "2020-04-02", "2021-04-21", "2022-04-10", "2023-04-29", "2024-04-18", "2025-04-07", "2026-04-26"} {
		d, err := calendar.ParseDay(want)
		if err != nil {
			t.Fatal(err)
		}
		if got := (calendar.LunarDate{Year: d.Year(), Month: 3, Day: 10}).ToDay(); got != d {
			t.Errorf("Giỗ Tổ is %s, want %s", got, want)
		}
	}
}

func TestLeapMonths(t *testing.T) {
	// The leap months of the Vietnamese calendar.
	for year, month := range map[int]int{2017: 6, 2020: 4, 2023: 2, 2025: 6, 2028: 5, 2031: 3, 2033: 11, 2036: 6} {
		found := 0
		for d := (calendar.LunarDate{Year: year, Month: 1, Day: 1}).ToDay(); d.Lunar().Year == year; d++ {
			if l := d.Lunar(); l.Leap && found == 0 {
				found = l.Month
			}
		}
		if found != month {
			t.Errorf("leap month of %d is %d, want %d", year, found, month)
		}
	}
}

func TestLunarThereAndBack(t *testing.T) {
	var before calendar.LunarDate
	for d := calendar.Date(1990, 1, 1); d <= calendar.Date(2099, 12, 31); d++ {
		l := d.Lunar()
		if got := l.ToDay(); got != d {
			t.Fatalf("%s is %+v, which is %s", d, l, got)
		}
		if before.Day != 0 && l.Day != before.Day+1 && l.Day != 1 {
			t.Fatalf("%s is %+v after %+v", d, l, before)
		}
		before = l
	}
}

func TestDayAgreesWithTime(t *testing.T) {
	for d := calendar.Date(1899, 12, 25); d < calendar.Date(2101, 1, 10); d++ {
		at := d.At(12 * time.Hour)
		if calendar.DayOf(at) != d || at.Weekday() != d.Weekday() || at.Format(time.DateOnly) != d.String() {
			t.Fatalf("%s is %s", d, at)
		}
	}
	if got := calendar.DayOf(time.Date(2026, 2, 16, 17, 0, 0, 0, time.UTC)).String(); got != "2026-02-17" {
		t.Errorf("17:00 UTC falls on %s in Vietnam", got)
	}
}

func office(t *testing.T, o calendar.Options) *calendar.Calendar {
	t.Helper()
	c, err := calendar.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestHolidays holds the days off of past years as they were announced; * marks
// a makeup day.
func TestHolidays(t *testing.T) {
	c := office(t, calendar.Options{})
	for year, want := range map[int]string{
		2020: "01-01 01-23 01-24 01-25 01-26 01-27 01-28* 01-29* 04-02 04-30 05-01 09-02",
		2021: "01-01 02-10 02-11 02-12 02-13 02-14 02-15* 02-16* 04-21 04-30 05-01 05-03* 09-02 09-03",
		2022: "01-01 01-03* 01-31 02-01 02-02 02-03 02-04 04-10 04-11* 04-30 05-01 05-02* 05-03* 09-01 09-02",
		2023: "01-01 01-02* 01-20 01-21 01-22 01-23 01-24 01-25* 01-26* 04-29 04-30 05-01 05-02* 05-03* 09-01 09-02 09-04*",
		2024: "01-01 02-08 02-09 02-10 02-11 02-12 02-13* 02-14* 04-18 04-29 04-30 05-01 09-02 09-03",
		2025: "01-01 01-27 01-28 01-29 01-30 01-31 04-07 04-30 05-01 05-02 09-01 09-02",
		2026: "01-01 01-02 02-16 02-17 02-18 02-19 02-20 04-26 04-27* 04-30 05-01 08-31 09-01 09-02",
	} {
		var got []string
		for _, h := range c.Holidays(year) {
			s := h.Day.String()[5:]
			if h.Makeup {
				s += "*"
			}
			got = append(got, s)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%d\n got %s\nwant %s", year, s, want)
		}
	}
	if h, ok := c.Holiday(calendar.Date(2026, 2, 17)); !ok || h.Name != "Tết Nguyên đán" {
		t.Errorf("17 February 2026 is %+v, %v", h, ok)
	}
	for _, d := range []calendar.Day{calendar.Date(2024, 5, 4), calendar.Date(2026, 1, 10)} {
		if !c.Works(d) {
			t.Errorf("%s was worked for another day", d)
		}
	}
}

func TestAddWorking(t *testing.T) {
	c := office(t, calendar.Options{})
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Vietnam())
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, k := range []struct {
		from, want string
		d          time.Duration
	}{
		{"2026-11-20 09:00", "2026-11-20 11:00", 2 * time.Hour},
		{"2026-11-20 10:30", "2026-11-20 14:30", 2 * time.Hour},                // over lunch
		{"2026-11-20 16:00", "2026-11-23 08:30", 2 * time.Hour},                // over a weekend
		{"2026-11-20 03:00", "2026-11-20 07:30", 0},                            // before work
		{"2026-11-20 12:00", "2026-11-20 13:30", 0},                            // at lunch
		{"2026-11-20 20:00", "2026-11-23 07:30", 0},                            // after work
		{"2026-11-21 09:00", "2026-11-23 15:00", 5*time.Hour + 30*time.Minute}, // on a Saturday
		{"2026-11-20 07:30", "2026-11-20 17:00", 7*time.Hour + 30*time.Minute}, // the end of the day stays
		{"2026-02-13 16:00", "2026-02-23 09:30", 3 * time.Hour},                // over Tết
		{"2026-01-01 10:00", "2026-01-05 08:00", 30 * time.Minute},             // a swapped Friday
		{"2026-01-09 16:30", "2026-01-10 08:00", time.Hour},                    // a worked Saturday
		{"2026-12-31 16:30", "2027-01-04 08:00", time.Hour},                    // over the year
	} {
		got := c.AddWorking(at(k.from), k.d)
		if s := got.Format("2006-01-02 15:04"); s != k.want {
			t.Errorf("%s + %v = %s, want %s", k.from, k.d, s, k.want)
		}
		if back := c.Between(at(k.from), got); back != k.d {
			t.Errorf("between %s and %s: %v, want %v", k.from, k.want, back, k.d)
		}
	}
	if got := c.Between(at("2026-11-23 08:30"), at("2026-11-20 16:00")); got != -2*time.Hour {
		t.Errorf("backwards: %v", got)
	}
	if got := c.AddDays(calendar.Date(2026, 2, 13), 1); got.String() != "2026-02-23" {
		t.Errorf("the working day after 13 February 2026 is %s", got)
	}
	if got := c.AddDays(calendar.Date(2026, 11, 21), 0); got.String() != "2026-11-23" {
		t.Errorf("the working day from Saturday on is %s", got)
	}
	if !c.Working(at("2026-11-20 07:30")) || c.Working(at("2026-11-20 11:30")) || c.Working(at("2026-11-21 09:00")) {
		t.Error("working hours")
	}
	if c.PerDay() != 7*time.Hour+30*time.Minute {
		t.Errorf("a day has %v", c.PerDay())
	}
}

func TestOptions(t *testing.T) {
	culture := calendar.Date(2026, 11, 24)
	c := office(t, calendar.Options{
		Hours: []calendar.Hours{{From: 0, Until: 24 * time.Hour}}, Weekend: []time.Weekday{time.Sunday},
		Years:  map[int]calendar.Year{2027: {TetBefore: 2}},
		Extra:  []calendar.Holiday{{Day: culture, Name: "Ngày Văn hóa Việt Nam"}},
		Worked: []calendar.Day{calendar.Date(2026, 9, 2)},
	})
	if !c.Works(calendar.Date(2026, 11, 21)) || c.Works(calendar.Date(2026, 11, 22)) || c.Works(culture) || !c.Works(calendar.Date(2026, 9, 2)) {
		t.Error("the options were not followed")
	}
	if _, ok := c.Holiday(calendar.Date(2027, 2, 4)); !ok {
		t.Error("two days of Tết before the new year were asked for")
	}
	for _, o := range []calendar.Options{
		{Hours: []calendar.Hours{{From: 9 * time.Hour, Until: 8 * time.Hour}}},
		{Hours: []calendar.Hours{{From: 8 * time.Hour, Until: 12 * time.Hour}, {From: 11 * time.Hour, Until: 13 * time.Hour}}},
		{Hours: []calendar.Hours{{From: 8 * time.Hour, Until: 25 * time.Hour}}},
		{Weekend: []time.Weekday{0, 1, 2, 3, 4, 5, 6}},
		{Years: map[int]calendar.Year{2027: {TetBefore: 9}}},
	} {
		if _, err := calendar.New(o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}

func TestPeriods(t *testing.T) {
	for _, k := range []struct {
		kind calendar.PeriodKind
		day  string
		want string
	}{
		{calendar.Month, "2026-11-14", "2026-11 2026-10-15 2026-11-14"},
		{calendar.Month, "2026-11-15", "2026-12 2026-11-15 2026-12-14"},
		{calendar.Month, "2026-12-15", "2027-01 2026-12-15 2027-01-14"},
		{calendar.Month, "2026-01-01", "2026-01 2025-12-15 2026-01-14"},
		{calendar.Quarter, "2026-03-14", "2026-Q1 2025-12-15 2026-03-14"},
		{calendar.Quarter, "2026-03-15", "2026-Q2 2026-03-15 2026-06-14"},
		{calendar.Quarter, "2026-12-31", "2027-Q1 2026-12-15 2027-03-14"},
		{calendar.HalfYear, "2026-06-14", "2026-H1 2025-12-15 2026-06-14"},
		{calendar.NineMonths, "2026-09-14", "2026-9M 2025-12-15 2026-09-14"},
		{calendar.WholeYear, "2026-12-14", "2026 2025-12-15 2026-12-14"},
		{calendar.WholeYear, "2026-12-15", "2027 2026-12-15 2027-12-14"},
		{calendar.HalfYear, "2026-06-15", "error"},
		{calendar.NineMonths, "2026-09-15", "error"},
		{calendar.Month, "2019-03-11", "error"},
		{"fortnight", "2026-03-11", "error"},
	} {
		d, err := calendar.ParseDay(k.day)
		if err != nil {
			t.Fatal(err)
		}
		got := "error"
		if p, err := calendar.PeriodOf(k.kind, d); err == nil {
			got = fmt.Sprintf("%s %s %s", p.Key, p.First, p.Last)
		}
		if got != k.want {
			t.Errorf("%s of %s: %s, want %s", k.kind, k.day, got, k.want)
		}
	}
}
