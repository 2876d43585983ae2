package coord_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"iocwall/geo"
	"iocwall/geo/coord"
)

func daNang() coord.Zone { return coord.Zone{Meridian: 107.75, Width: 3} }

// written is what people write, and where it is.
func written() []struct {
	text string
	want geo.Point
	form coord.Form
} {
	place := geo.Pt(108.5586, 15.4481)
	minutes := geo.Pt(108+57.6/60, 15+42.0/60)
	seconds := geo.Pt(dms(108, 57, 36.5), dms(15, 42, 3))
	grid := geo.Pt(108.287689892, 15.715042857)
	return []struct {
		text string
		want geo.Point
		form coord.Form
	}{
		{"15,4481 B 108,5586 Đ", place, coord.FormDecimal},
		{"15.4481N 108.5586E", place, coord.FormDecimal},
		{"15.4481, 108.5586", place, coord.FormDecimal},
		{"15.4481,108.5586", place, coord.FormDecimal},
		{"15.4481 108.5586", place, coord.FormDecimal},
		{"15,4481 108,5586", place, coord.FormDecimal},
		{"15,4481, 108,5586", place, coord.FormDecimal},
		{"15,4481,108,5586", place, coord.FormDecimal},
		{"15,4481; 108,5586", place, coord.FormDecimal},
		{"(15.4481, 108.5586)", place, coord.FormDecimal},
		{"15.4481°, 108.5586°", place, coord.FormDecimal},
		{"15.4481° N, 108.5586° E", place, coord.FormDecimal},
		{"N15.4481 E108.5586", place, coord.FormDecimal},
		{"108.5586E 15.4481N", place, coord.FormDecimal},
		{"108,5586 Đ; 15,4481 B", place, coord.FormDecimal},
		{"lat 15.4481 lon 108.5586", place, coord.FormDecimal},
		{"lon=108.5586, lat=15.4481", place, coord.FormDecimal},
		{"Vĩ độ: 15,4481, Kinh độ: 108,5586", place, coord.FormDecimal},
		{"vi\u0303 \u0111o\u0323\u0302 15,4481 kinh \u0111o\u0323\u0302 108,5586", place, coord.FormDecimal}, // accents as marks of their own
		{"15,4481 độ Bắc 108,5586 độ Đông", place, coord.FormDecimal},
		{"-33.85, 151.2", geo.Pt(151.2, -33.85), coord.FormDecimal},
		{"33.85S 151.2E", geo.Pt(151.2, -33.85), coord.FormDecimal},
		{"33,85 N 151,2 Đ", geo.Pt(151.2, -33.85), coord.FormDecimal}, // Nam
		{"33,85 Nam 70,5 Tây", geo.Pt(-70.5, -33.85), coord.FormDecimal},
		{"15,108", geo.Pt(108, 15), coord.FormDecimal},
		{"15 108", geo.Pt(108, 15), coord.FormDecimal},
		{"15.4481N, 108.5586", place, coord.FormDecimal},
		{"0, 0", geo.Pt(0, 0), coord.FormDecimal},
		{"15°42,0′B 108°57,6′Đ", minutes, coord.FormMinutes},
		{"15°42.0'N 108°57.6'E", minutes, coord.FormMinutes},
		{"15°42,0' 108°57,6'", minutes, coord.FormMinutes},
		{"15º42’00 108º57,6", minutes, coord.FormSeconds},
		{"15 42.0 108 57.6", minutes, coord.FormMinutes},
		{"15 42.0N, 108 57.6E", minutes, coord.FormMinutes},
		{"N 15 42.0 E 108 57.6", minutes, coord.FormMinutes},
		{"15-42.0N 108-57.6E", minutes, coord.FormMinutes},
		{"15d42.0 108d57.6", minutes, coord.FormMinutes},
		{"15 độ 42 phút B 108 độ 57,6 phút Đ", minutes, coord.FormMinutes},
		{"108°57,6′Đ 15°42,0′B", minutes, coord.FormMinutes},
		{"15°42′03″N 108°57′36.5″E", seconds, coord.FormSeconds},
		{`15°42'03"B, 108°57'36,5"Đ`, seconds, coord.FormSeconds},
		{"15°42'03''B 108°57'36,5''Đ", seconds, coord.FormSeconds},
		{"15 42 03 108 57 36.5", seconds, coord.FormSeconds},
		{"15-42-03N 108-57-36.5E", seconds, coord.FormSeconds},
		{"15°42’03” 108°57’36,5”", seconds, coord.FormSeconds},
		{"X=1738123 Y=557432", grid, coord.FormGrid},
		{"1738123 557432", grid, coord.FormGrid},
		{"1738123; 557432", grid, coord.FormGrid},
		{"1738123.0, 557432.0", grid, coord.FormGrid},
		{"X = 1738123,000 m; Y = 557432,000 m", grid, coord.FormGrid},
		{"Y=557432 X=1738123", grid, coord.FormGrid},
		{"1.738.123 557.432", grid, coord.FormGrid},
		{"X: 1.738.123,0; Y: 557.432,0", grid, coord.FormGrid},
		{"1,738,123 557,432.0", grid, coord.FormGrid},
		{"VN-2000 X=1738123 Y=557432", grid, coord.FormGrid},
		{"E=557432 N=1738123", grid, coord.FormGrid},
	}
}

func TestParse(t *testing.T) {
	for _, c := range written() {
		got, err := coord.Parse(c.text, daNang())
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if got.Form != c.form {
			t.Errorf("%q: form %s, want %s", c.text, got.Form, c.form)
		}
		if d := geo.Distance(got.Point, c.want); !(d < 0.01) {
			t.Errorf("%q: got %v, want %v, %g m away", c.text, got.Point, c.want, d)
		}
		if (got.Form == coord.FormGrid) != (got.Grid != coord.Grid{}) {
			t.Errorf("%q: grid %v", c.text, got.Grid)
		}
	}
}

// mistakes is what people get wrong, and what they are told.
func mistakes() []struct{ text, says string } {
	return []struct{ text, says string }{
		{"", "no numbers"},
		{"Tam Kỳ", `the word "tam" is not known`},
		{"15.4481", "it has 1 of them"},
		{"108.5586, 15.4481", "wrong order; write 15.4481, 108.5586"},
		{"108,5586 15,4481", "wrong order; write 15.4481, 108.5586"},
		{"108°57,6′ 15°42,0′", "wrong order; write 15.7, 108.96"},
		{"108.5586N 15.4481E", "wrong order; write 15.4481, 108.5586"},
		{"lat 108.5586 lon 15.4481", "wrong order"},
		{"557432 1738123", "wrong order; write X=1738123 Y=557432"},
		{"X=557432 Y=1738123", "wrong order; write X=1738123 Y=557432"},
		{"15.4B 108.5B", "same axis"},
		{"15.4N 16.5N", "same axis"},
		{"95, 200", "not on earth"},
		{"15°61′ 108°10′", "61 minutes are too many"},
		{"15°10′75″ 108°10′", "75 seconds are too many"},
		{"15.5°30′ 108°10′", "15.5 degrees have a fraction"},
		{"15° -30′ 108°10′", "the sign belongs to the degrees"},
		{"-15.4S 108.5E", "both a sign and the letter S"},
		{"15′42° 108°10′", "by their place but have another sign"},
		{"15° 42′ 3″ 1 108°", "at most"},
		{"15 42 108", "it has 1 of them"},
		{"1 2 3 4 5 6 7 8", "expected degrees, minutes and seconds at most"},
		{"Đ 108.5", "it has 1 of them"},
		{"15.4481 # 108", "is not known"},
		{"° 15 108", "no number before it"},
		{"1738123", "metres come in twos, it has 1"},
		{"X=1738123 X=557432", "named alike"},
		{"9938123 557432", "not in Vietnam"},
		{"X=1738123 Y=557432 S", `"s" does not go with metres`},
		{"1.2.3 108", "put a blank between"},
		{strings.Repeat("1 ", 200), "expected two numbers"},
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range mistakes() {
		got, err := coord.Parse(c.text, daNang())
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: got %v and %v, want it to say %q", c.text, got, err, c.says)
		}
		var swapped *coord.SwappedError
		if errors.As(err, &swapped) {
			if _, err := coord.Parse(swapped.Try, daNang()); err != nil {
				t.Errorf("%q: what it suggests does not work: %v", c.text, err)
			}
		}
	}
	if _, err := coord.Parse("1738123 557432", coord.Zone{}); err == nil || !strings.Contains(err.Error(), "no zone of VN-2000 is set") {
		t.Errorf("metres without a zone: %v", err)
	}
}

func TestParseZone(t *testing.T) {
	for text, want := range map[string]coord.Zone{
		"107.75": {107.75, 3}, "107,75": {107.75, 3}, "107°45′": {107.75, 3}, "107°45'/3": {107.75, 3},
		"105/6": {105, 6}, "111/6°": {111, 6}, " 108 30 ": {108.5, 3}, "105": {105, 3},
	} {
		got, err := coord.ParseZone(text)
		if err != nil || got != want {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
		if again, err := coord.ParseZone(got.String()); err != nil || again != got {
			t.Errorf("%v: read back %v, %v", got, again, err)
		}
	}
	for _, text := range []string{"", "abc", "107.75/x", "15", "107.75 105", "107.75 W", "107°99′", "105/6/3", "107.8"} {
		if z, err := coord.ParseZone(text); err == nil {
			t.Errorf("%q became %v", text, z)
		}
	}
}

// seconds writes a position as degrees, minutes and seconds with one decimal.
func seconds(p geo.Point) string {
	one := func(v float64, positive, negative string) string {
		letter, tenths := positive, int(math.Round(math.Abs(v)*36000))
		if v < 0 {
			letter = negative
		}
		return fmt.Sprintf("%d°%02d′%02d,%d″%s", tenths/36000, tenths/600%60, tenths/10%60, tenths%10, letter)
	}
	return one(p[1], "B", "N") + " " + one(p[0], "Đ", "T")
}

func TestWrittenIsReadBack(t *testing.T) {
	for _, p := range []geo.Point{{108.5586, 15.4481}, {-70.25, -33.5}, {107.999999, 15.999999}, {0, 0}} {
		forms := map[coord.Form]string{coord.FormSeconds: seconds(p)}
		if g, err := daNang().Grid(p); err == nil {
			forms[coord.FormGrid] = g.String()
		}
		if _, there := forms[coord.FormGrid]; there != (p[0] > 100) {
			t.Errorf("%v has X and Y: %t", p, there)
		}
		for form, text := range forms {
			off := map[coord.Form]float64{coord.FormSeconds: 3, coord.FormGrid: 1}[form]
			got, err := coord.Parse(text, daNang())
			if err != nil || geo.Distance(got.Point, p) > off || got.Form != form {
				t.Errorf("%v was written %q and read %v, %v", p, text, got, err)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range written() {
		f.Add(c.text)
	}
	for _, c := range mistakes() {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := coord.Parse(text, daNang())
		_, _ = coord.ParseZone(text)
		if err != nil {
			return
		}
		if !geo.Valid(got.Point) {
			t.Fatalf("%q is %v", text, got.Point)
		}
		again := seconds(got.Point)
		back, err := coord.Parse(again, coord.Zone{})
		if err != nil || geo.Distance(back.Point, got.Point) > 3 {
			t.Fatalf("%q was written %q and read %v, %v", text, again, back, err)
		}
	})
}

// TestGridWestOfItsZone: Y is negative far west of a zone's meridian, as Điện Biên is
// of Đà Nẵng's, and reads back as that.
func TestGridWestOfItsZone(t *testing.T) {
	want := geo.Pt(102.2, 22)
	g, err := daNang().Grid(want)
	text := g.String()
	if err != nil || !strings.Contains(text, "Y=-") {
		t.Fatalf("%q, %v", text, err)
	}
	got, err := coord.Parse(text, daNang())
	if err != nil || geo.Distance(got.Point, want) > 1 || got.Grid.Y >= 0 {
		t.Errorf("%q is read as %+v, %v", text, got, err)
	}
	if got, err := coord.Parse("X=-1738123 Y=557432", daNang()); err == nil {
		t.Errorf("a place south of the equator is read as %+v", got)
	}
}
