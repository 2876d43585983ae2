package calendar

import "math"

// The Vietnamese lunisolar calendar after Hồ Ngọc Đức, "Thuật toán tính âm lịch"
// (https://www.informatik.uni-leipzig.de/~duc/amlich/calrules.html, 2004):
// a lunar month begins on the day of the new moon, the eleventh month holds the
// winter solstice, and in a year of thirteen months the first month without a
// major solar term is the leap month. All days are those of UTC+7 (Decision
// 121/CP of 8 August 1967, in force from 1 January 1968), which is why Tết can
// differ from the Chinese new year. The astronomical terms are those of Jean
// Meeus, Astronomical Algorithms (1998), good to a few minutes.

// LunarDate is a date of the lunar calendar. Year is the Gregorian year in
// which the lunar year begins; Leap marks the second of two months of a number.
type LunarDate struct {
	Year, Month, Day int
	Leap             bool
}

// zone is the offset of the calendar's days from UTC in hours.
const zone = 7.0

// newMoonDay returns the Julian day number, by the clock of the zone, of the
// k-th new moon after that of 1 January 1900.
func newMoonDay(k int) int {
	t := float64(k) / 1236.85 // Julian centuries from 0.5 January 1900
	t2, t3 := t*t, t*t*t
	const dr = math.Pi / 180
	jd := 2415020.75933 + 29.53058868*float64(k) + 0.0001178*t2 - 0.000000155*t3
	jd += 0.00033 * math.Sin((166.56+132.87*t-0.009173*t2)*dr)
	m := 359.2242 + 29.10535608*float64(k) - 0.0000333*t2 - 0.00000347*t3   // the sun's mean anomaly
	mp := 306.0253 + 385.81691806*float64(k) + 0.0107306*t2 + 0.00001236*t3 // the moon's
	f := 21.2964 + 390.67050646*float64(k) - 0.0016528*t2 - 0.00000239*t3   // the moon's argument of latitude
	c := (0.1734-0.000393*t)*math.Sin(m*dr) + 0.0021*math.Sin(2*dr*m)
	c += -0.4068*math.Sin(mp*dr) + 0.0161*math.Sin(dr*2*mp) - 0.0004*math.Sin(dr*3*mp)
	c += 0.0104*math.Sin(dr*2*f) - 0.0051*math.Sin(dr*(m+mp))
	c += -0.0074*math.Sin(dr*(m-mp)) + 0.0004*math.Sin(dr*(2*f+m))
	c += -0.0004*math.Sin(dr*(2*f-m)) - 0.0006*math.Sin(dr*(2*f+mp))
	c += 0.0010*math.Sin(dr*(2*f-mp)) + 0.0005*math.Sin(dr*(2*mp+m))
	delta := -0.000278 + 0.000265*t + 0.000262*t2
	if t < -11 {
		delta = 0.001 + 0.000839*t + 0.0002261*t2 - 0.00000845*t3 - 0.000000081*t*t3
	}
	return int(math.Floor(jd + c - delta + 0.5 + zone/24))
}

// sunTerm returns which twelfth of its path the sun is in at the start of the
// day: 0 from the spring equinox, 9 from the winter solstice.
func sunTerm(day int) int {
	t := (float64(day) - 0.5 - zone/24 - 2451545) / 36525
	t2 := t * t
	const dr = math.Pi / 180
	m := 357.52910 + 35999.05030*t - 0.0001559*t2 - 0.00000048*t*t2
	l0 := 280.46645 + 36000.76983*t + 0.0003032*t2
	dl := (1.914600 - 0.004817*t - 0.000014*t2) * math.Sin(dr*m)
	dl += (0.019993-0.000101*t)*math.Sin(dr*2*m) + 0.000290*math.Sin(dr*3*m)
	l := math.Mod((l0+dl)*dr, 2*math.Pi)
	if l < 0 {
		l += 2 * math.Pi
	}
	return int(l / math.Pi * 6)
}

// julianDay returns the Julian day number of a Gregorian date.
func julianDay(y, m, d int) int {
	a := (14 - m) / 12
	y += 4800 - a
	m += 12*a - 3
	return d + (153*m+2)/5 + 365*y + y/4 - y/100 + y/400 - 32045
}

// gregorian returns the Gregorian date of a Julian day number.
func gregorian(jd int) (y, m, d int) {
	a := jd + 32044
	b := (4*a + 3) / 146097
	c := a - b*146097/4
	e := (4*c + 3) / 1461
	g := c - 1461*e/4
	n := (5*g + 2) / 153
	return b*100 + e - 4800 + n/10, n + 3 - 12*(n/10), g - (153*n+2)/5 + 1
}

// month11 returns the first day of the lunar month that holds the winter
// solstice of the year.
func month11(year int) int {
	off := julianDay(year, 12, 31) - 2415021
	k := int(math.Floor(float64(off) / 29.530588853))
	nm := newMoonDay(k)
	if sunTerm(nm) >= 9 {
		nm = newMoonDay(k - 1)
	}
	return nm
}

// leapOffset returns how many months after the eleventh the leap month is.
func leapOffset(a11 int) int {
	k := int(math.Floor((float64(a11)-2415021.076998695)/29.530588853 + 0.5))
	i := 1
	arc := sunTerm(newMoonDay(k + i))
	for last := -1; arc != last && i < 14; {
		last = arc
		i++
		arc = sunTerm(newMoonDay(k + i))
	}
	return i - 1
}

// lunarToDay returns the Julian day number of a lunar date.
func lunarToDay(l LunarDate) int {
	a11, b11 := month11(l.Year-1), month11(l.Year)
	if l.Month >= 11 {
		a11, b11 = month11(l.Year), month11(l.Year+1)
	}
	k := int(math.Floor(0.5 + (float64(a11)-2415021.076998695)/29.530588853))
	off := l.Month - 11
	if off < 0 {
		off += 12
	}
	if b11-a11 > 365 {
		leap := leapOffset(a11)
		if l.Leap || off >= leap {
			off++
		}
	}
	return newMoonDay(k+off) + l.Day - 1
}

// dayToLunar returns the lunar date of a Julian day number.
func dayToLunar(day int) LunarDate {
	y, _, _ := gregorian(day)
	// A month's length varies by half a day about its mean, so the estimate of
	// the new moon can be one too late (as for 7 May 2054).
	k := int(math.Floor((float64(day)-2415021.076998695)/29.530588853)) + 1
	start := newMoonDay(k)
	for start > day {
		k--
		start = newMoonDay(k)
	}
	a11 := month11(y)
	b11 := a11
	lunarYear := y
	if a11 >= start {
		a11 = month11(y - 1)
	} else {
		lunarYear = y + 1
		b11 = month11(y + 1)
	}
	l := LunarDate{Day: day - start + 1}
	diff := (start - a11) / 29
	l.Month = diff + 11
	if b11-a11 > 365 {
		leap := leapOffset(a11)
		if diff >= leap {
			l.Month = diff + 10
			l.Leap = diff == leap
		}
	}
	if l.Month > 12 {
		l.Month -= 12
	}
	l.Year = lunarYear
	if l.Month >= 11 && diff < 4 {
		l.Year--
	}
	return l
}
