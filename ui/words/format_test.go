package words

import (
	"math"
	"testing"
	"time"
)

func load(t *testing.T, code string) *Lang {
	t.Helper()
	l, err := Load(code)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestNumbers(t *testing.T) {
	vi, en := load(t, "vi"), load(t, "en")
	for _, c := range []struct{ got, want string }{
		{vi.Number(1234.5, 1), "1.234,5"},
		{en.Number(1234.5, 1), "1,234.5"},
		{vi.Number(-4, 1), "−4,0"},
		{vi.Number(-0.04, 1), "0,0"},
		{vi.Number(69600, 0), "69.600"},
		{vi.Number(999, 0), "999"},
		{vi.Number(1000000, 0), "1.000.000"},
		{vi.Number(math.NaN(), 1), "—"},
		{vi.Percent(67.2, 1), "67,2\u00a0%"},
		{en.Percent(67.2, 1), "67.2%"},
		{vi.Share(324, 482, 1), "67,2\u00a0% (324/482)"},
		{en.Share(834, 1104, 1), "75.5% (834/1,104)"},
		{vi.Share(3, 0, 1), "3/0"},
		{vi.Points(-4, 1), "4,0 điểm"},
		{en.Points(4, 1), "4.0 points"},
		{vi.Range(2, 4, 0), "2–4"},
		{Qualified("about", vi.Number(1500, 0)), "≈\u00a01.500"},
		{Qualified("more-than", "69.600"), ">\u00a069.600"},
		{Qualified("", "12"), "12"},
		{vi.Position(15.7, 108.96), "15°42,0′B 108°57,6′Đ"},
		{en.Position(15.7, 108.96), "15°42.0′N 108°57.6′E"},
		{vi.Position(-1.05, -0.1), "1°03,0′N 0°06,0′T"},
		{vi.Position(15.99999, 108), "16°00,0′B 108°00,0′Đ"},
		{vi.Degrees(15.4481, 108.5586), "15,4481\u00a0B 108,5586\u00a0Đ"},
		{vi.Knots(7.2), "7,2 nút"},
		{vi.NauticalMiles(0.8), "0,8 hải lý"},
		{vi.Distance(180), "180\u00a0m"},
		{vi.Distance(7100), "7,1\u00a0km"},
		{vi.Distance(160000), "160\u00a0km"},
		{Heading(96), "096°"},
		{Heading(-1), "359°"},
		{Heading(359.7), "000°"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestTimes(t *testing.T) {
	vi, en := load(t, "vi"), load(t, "en")
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04:05", s, vi.Zone)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	now := at("2026-11-21 09:42:07")
	for _, c := range []struct{ got, want string }{
		{vi.ClockSeconds(now), "09:42:07"},
		{vi.Stamp(at("2026-11-21 08:00:00"), now), "08:00"},
		{vi.Stamp(at("2026-11-20 17:00:00"), now), "20/11 17:00"},
		{en.Stamp(at("2026-11-20 17:00:00"), now), "20 Nov 17:00"},
		{vi.Stamp(at("2024-08-31 17:00:00"), now), "31/08/2024 17:00"},
		{en.Stamp(at("2024-08-31 17:00:00"), now), "31 Aug 2024 17:00"},
		{vi.Stamp(now.UTC(), now), "09:42"},
		{vi.Date(now), "21/11/2026"},
		{en.Date(now), "21 Nov 2026"},
		{vi.Month(at("2024-08-01 00:00:00")), "8/2024"},
		{vi.Period(at("2026-10-15 00:00:00"), at("2026-11-14 00:00:00")), "15/10 – 14/11/2026"},
		{vi.Period(at("2024-08-01 00:00:00"), at("2024-08-31 00:00:00")), "8/2024"},
		{vi.Period(at("2025-12-15 00:00:00"), at("2026-01-14 00:00:00")), "15/12/2025 – 14/01/2026"},
		{vi.Weekday(at("2026-11-23 00:00:00")), "thứ Hai 23/11/2026"},
		{en.Weekday(at("2026-11-22 00:00:00")), "Sunday 22 Nov 2026"},
		{vi.Deadline(now.Add(48*time.Minute), now), "còn 48 phút"},
		{vi.Deadline(now.Add(-12*time.Minute), now), "quá 12 phút"},
		{en.Deadline(now.Add(-time.Minute), now), "1 min over"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestAge(t *testing.T) {
	vi, en := load(t, "vi"), load(t, "en")
	for _, c := range []struct {
		d      time.Duration
		vi, en string
	}{
		{-time.Second, "0,0\u00a0s", "0.0\u00a0s"},
		{449 * time.Millisecond, "0,4\u00a0s", "0.4\u00a0s"},
		{9999 * time.Millisecond, "9,9\u00a0s", "9.9\u00a0s"},
		{14 * time.Second, "14 giây", "14 s"},
		{119 * time.Second, "1 phút", "1 min"},
		{2 * time.Minute, "2 phút", "2 min"},
		{3*time.Hour + 12*time.Minute + 59*time.Second, "3 giờ 12 phút", "3 h 12 min"},
		{2 * time.Hour, "2 giờ", "2 h"},
		{24 * time.Hour, "1 ngày", "1 day"},
		{9*24*time.Hour + time.Hour, "9 ngày", "9 days"},
	} {
		if got := vi.Age(c.d); got != c.vi {
			t.Errorf("%v: %q, want %q", c.d, got, c.vi)
		}
		if got := en.Age(c.d); got != c.en {
			t.Errorf("%v: %q, want %q", c.d, got, c.en)
		}
	}
}

// TestMeasured: a number has the decimals it needs and its unit as people write it.
func TestMeasured(t *testing.T) {
	l, err := Load("vi")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		v          float64
		unit, want string
	}{
		{4.12, "m", "4,12\u00a0m"}, {4, "m", "4\u00a0m"}, {4.1, "m", "4,1\u00a0m"}, {4.1234, "", "4,12"}, {12500, "m3/s", "12.500\u00a0m³/s"}, {-2.5, "Cel", "−2,5\u00a0°C"}, {76.5, "%", "76,5\u00a0%"},
	} {
		if got := l.Measured(c.v, c.unit); got != c.want {
			t.Errorf("%g %s: %q, want %q", c.v, c.unit, got, c.want)
		}
	}
}

// TestAgainst: a number and its threshold stand beside each other with the same decimals.
func TestAgainst(t *testing.T) {
	l, err := Load("vi")
	if err != nil {
		t.Fatal(err)
	}
	at := func(v float64) *float64 { return &v }
	for _, c := range []struct {
		v, limit           *float64
		unit, value, bound string
	}{
		{at(4.12), at(4), "m", "4,12\u00a0m", "4,00\u00a0m"},
		{at(80), at(76.5), "%", "80,0\u00a0%", "76,5\u00a0%"},
		{at(7), at(5), "", "7", "5"},
		{at(4.1), nil, "m", "4,1\u00a0m", ""},
		{nil, at(4), "m", "", "4\u00a0m"},
		{nil, nil, "m", "", ""},
	} {
		if value, bound := l.Against(c.v, c.limit, c.unit); value != c.value || bound != c.bound {
			t.Errorf("%q against %q, want %q against %q", value, bound, c.value, c.bound)
		}
	}
}
