package aivdm

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write testdata/synthetic.nmea anew")

// messages is the table that encoder, decoder, fixture and fuzz targets share.
func messages() []Message {
	h := func(kind uint8, mmsi uint32) Header { return Header{Type: kind, MMSI: mmsi} }
	return []Message{
		&Position{
			Header: h(1, 574001001), Lon: 108.75, Lat: 15.5, Placed: true, Accurate: true, Speed: 7.4, Course: 123.4, Heading: 125,
			Status: 7, Turn: -3, Second: 12, RAIM: true, Class: ClassA,
		},
		&Position{ // everything not available
			Header: h(3, 574001002), Speed: NotAvailable, Course: NotAvailable, Heading: NotAvailable, Status: 15, Turn: TurnNotAvailable,
			Second: 60, Class: ClassA,
		},
		&Position{ // the borders of every field
			Header: h(2, 999999999), Lon: -180, Lat: -90, Placed: true, Speed: 102.2, Course: 359.9, Heading: 359, Status: 14, Turn: 127,
			Second: 63, Maneuver: 2, Class: ClassA,
		},
		&Position{
			Header: h(18, 574900123), Lon: 112.333335, Lat: 16.83333, Placed: true, Speed: 0.1, Course: 0, Heading: NotAvailable,
			Status: 15, Turn: TurnNotAvailable, Second: 33, Class: ClassB,
		},
		&Position{
			Header: h(27, 1001), Lon: 180, Lat: 90, Placed: true, Coarse: true, Speed: 62, Course: 359, Heading: NotAvailable, Status: 0,
			Turn: TurnNotAvailable, Second: 60, Class: ClassA,
		},
		&Position{
			Header: h(27, 574001003), Coarse: true, Speed: NotAvailable, Course: NotAvailable, Heading: NotAvailable, Status: 15,
			Turn: TurnNotAvailable, Second: 60, Class: ClassA,
		},
		&Base{Header: h(4, 5741001), Lon: 108.2244, Lat: 16.0761, Placed: true, Clock: time.Date(2025, 7, 1, 0, 0, 59, 0, time.UTC), Fix: 7},
		&Base{Header: h(4, 5741002), Accurate: true, RAIM: true},
		&Static{
			Header: h(5, 574001001), Version: 2, IMO: 9134270, CallSign: "XV7DN", Name: "QNA 90123 TS", ShipType: 30,
			Dimensions: Dimensions{Bow: 12, Stern: 8, Port: 3, Starboard: 2}, Fix: 1, Month: 12, Day: 31, Hour: 23, Minute: 59, Draught: 3.5,
			Destination: "HOANG SA", NoTerminal: true,
		},
		&Static{
			Header: h(5, 574001002), CallSign: "ABCDEFG", Name: "ABCDEFGHIJKLMNOPQRST", ShipType: 255,
			Dimensions: Dimensions{Bow: 511, Stern: 511, Port: 63, Starboard: 63}, Hour: 24, Minute: 60, Draught: 25.5,
			Destination: `!"#$%&'()*+,-./0123;`,
		},
		&Aid{
			Header: h(21, 995741001), Kind: 30, Name: "CUA DAI 0", Lon: 108.4, Lat: 15.883335, Placed: true, Accurate: true,
			Dimensions: Dimensions{Bow: 2, Stern: 2, Port: 2, Starboard: 2}, Fix: 1, Second: 31, OffPosition: true, RAIM: true,
		},
		&Aid{Header: h(21, 995746002), Kind: 1, Name: "A VIRTUAL AID WITH A LONG NAME 34C", Second: 61, Virtual: true},
		&NamePart{Header: h(24, 574900123), Name: "DNA 5512"},
		&DetailPart{
			Header: h(24, 574900123), ShipType: 30, Vendor: "VNP", Model: 3, Serial: 1048575, CallSign: "XV5512",
			Dimensions: Dimensions{Bow: 9, Stern: 6, Port: 2, Starboard: 2},
		},
		&DetailPart{Header: h(24, 985740011), ShipType: 36, CallSign: "TENDER", Mothership: 574001001},
	}
}

// encoded returns the messages as lines without their ends.
func encoded(t testing.TB) []string {
	t.Helper()
	e, err := NewEncoder("AI", 'B')
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, m := range messages() {
		if all, err = e.Append(all, m); err != nil {
			t.Fatal(err)
		}
	}
	return strings.Split(strings.TrimSuffix(string(all), "\r\n"), "\r\n")
}

func TestEncodeDecode(t *testing.T) {
	lines := encoded(t)
	for _, l := range lines {
		if len(l) > 80 {
			t.Errorf("%q has %d characters; NMEA 0183 allows 82 with the line's end", l, len(l))
		}
	}
	got, want := decodeAll(t, lines), messages()
	if len(got) != len(want) {
		t.Fatalf("%d messages came out of %d", len(got), len(want))
	}
	for i := range want {
		compare(t, got[i], want[i])
	}
}

// compare allows for the steps in which positions are sent.
func compare(t *testing.T, got, want Message) {
	t.Helper()
	if a, b := place2(got), place2(want); a[0]-b[0] > 1e-6 || b[0]-a[0] > 1e-6 || a[1]-b[1] > 1e-6 || b[1]-a[1] > 1e-6 {
		t.Errorf("position %v, want %v", a, b)
	}
	if !reflect.DeepEqual(unplaced(got), unplaced(want)) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func place2(m Message) [2]float64 {
	switch m := m.(type) {
	case *Position:
		return [2]float64{m.Lon, m.Lat}
	case *Base:
		return [2]float64{m.Lon, m.Lat}
	case *Aid:
		return [2]float64{m.Lon, m.Lat}
	}
	return [2]float64{}
}

func unplaced(m Message) Message {
	switch m := m.(type) {
	case *Position:
		c := *m
		c.Lon, c.Lat = 0, 0
		return &c
	case *Base:
		c := *m
		c.Lon, c.Lat = 0, 0
		return &c
	case *Aid:
		c := *m
		c.Lon, c.Lat = 0, 0
		return &c
	}
	return m
}

func TestEncodeRefuses(t *testing.T) {
	e, err := NewEncoder("AI", 'A')
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		m    Message
		want string
	}{
		"mmsi 0":         {&Position{Header: Header{Type: 1}}, "no MMSI"},
		"long mmsi":      {&Position{Header: Header{Type: 1, MMSI: 1_000_000_000}}, "no MMSI"},
		"accents":        {&NamePart{Header: Header{Type: 24, MMSI: 574000001}, Name: "TÀU CÁ"}, "accents"},
		"long name":      {&Static{Header: Header{Type: 5, MMSI: 574000001}, Name: strings.Repeat("A", 21)}, "more than 20"},
		"wide":           {&Static{Header: Header{Type: 5, MMSI: 574000001}, Dimensions: Dimensions{Port: 64}}, "63 m"},
		"no such type":   {&Position{Header: Header{Type: 6, MMSI: 574000001}}, "cannot be encoded"},
		"not on the map": {&Position{Header: Header{Type: 1, MMSI: 574000001}, Lon: 400, Lat: 10, Placed: true}, "does not fit"},
	} {
		t.Run(name, func(t *testing.T) {
			before := []byte("kept")
			after, err := e.Append(before, c.m)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			if !bytes.Equal(after, before) {
				t.Errorf("%q was appended", after)
			}
		})
	}
	if _, err := NewEncoder("ai", 'A'); err == nil {
		t.Error("a talker in small letters was taken")
	}
	if _, err := NewEncoder("AI", 'C'); err == nil {
		t.Error("channel C was taken")
	}
}

// synthetic returns the fixture: the table's messages dressed up as receivers in
// the wild send them, with the bad lines between them marked.
func synthetic(t testing.TB) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("# Synthetic: encoded by this package's tests (go test -update), not recorded anywhere.\n")
	b.WriteString("# Lines that begin with \"bad \" are damaged on purpose; the word is not part of them.\n")
	tag := func(text string) string { return fmt.Sprintf(`\%s*%02X\`, text, checksum([]byte(text))) }
	sentence := func(body string) string { return fmt.Sprintf("!%s*%02X", body, checksum([]byte(body))) }
	lines := encoded(t)
	var held string
	for i, l := range lines {
		switch multi := strings.HasPrefix(l, "!AIVDM,2,1"); {
		case multi && held == "": // its second part comes after other messages
			b.WriteString(tag("g:1-2-73,s:cuadai,c:1751328000") + l + "\n")
			held = tag("g:2-2-73") + lines[i+1] + "\n"
		case held != "" && held == tag("g:2-2-73")+l+"\n":
		case i%4 == 1:
			b.WriteString("\x02junk,99 " + l + "\r\n")
		case i%4 == 2:
			b.WriteString(l + ",d-109,S2105,r003669946,1751328060\n")
		default:
			b.WriteString(l + "\n")
		}
		if i == len(lines)-3 {
			b.WriteString(held)
		}
	}
	b.WriteString(sentence("AIVDM,1,1,,B,,0") + "\n" + sentence("GPRMC,213950.00,A,5250.53669,N,00542.34920,E,0.020,,070420,,,A") + "\n")
	for _, talker := range []string{"AB", "BS"} {
		b.WriteString(sentence(talker+"VDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0") + "\n")
	}
	b.WriteString(sentence("AIVDM,1,1,,A,85RTgt0PAso;90TKcjM8h6g208CQ,0") + "\n") // type 8: intact, not used
	for _, bad := range []string{
		"!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*00",
		"!AIVDM,1,1,,A,15RTgt0PAso;90TK",
		sentence("AIVDM,1,1,,A,15RTgt0PAso;9 TKcjM8h6g208CQ,0"),
		sentence("AIVDM,2,3,1,A,15RTgt0PAso;90TKcjM8h6g208CQ,0"),
		sentence("AIVDM,2,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0"),
		sentence("AIVDM,1,1,,A,100000000000000000000000000,0"), // MMSI 0
		"GET / HTTP/1.1",
	} {
		b.WriteString("bad " + bad + "\n")
	}
	return b.String()
}

func TestSyntheticFixture(t *testing.T) {
	const name = "testdata/synthetic.nmea"
	if *update {
		if err := os.WriteFile(name, []byte(synthetic(t)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(raw) != synthetic(t) {
		t.Errorf("%s is not what the encoder writes; if the change is wanted, run go test -update", name)
	}
	var good []string
	for line := range strings.Lines(string(raw)) {
		bad, isBad := strings.CutPrefix(line, "bad ")
		if !isBad {
			good = append(good, line)
			continue
		}
		if c := read(t, []string{bad}); len(c.bad) != 1 {
			t.Errorf("%q was taken", bad)
		}
	}
	c := read(t, good)
	if len(c.bad) > 0 || c.used+c.empty != c.valid || c.valid < 20 {
		t.Errorf("of %d valid sentences %d were used; %q", c.valid, c.used+c.empty, c.bad)
	}
	got := map[string]bool{}
	for _, m := range decodeAll(t, good) {
		got[fmt.Sprintf("%+v", m)] = true
	}
	for _, m := range decodeAll(t, encoded(t)) {
		if !got[fmt.Sprintf("%+v", m)] {
			t.Errorf("the fixture lacks %+v", m)
		}
	}
}

func TestParse(t *testing.T) {
	const body = "!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A"
	at := time.Unix(1325394060, 0).UTC()
	for name, c := range map[string]struct {
		line string
		want error // nil: taken
		time time.Time
		rest string
		tag  bool // the tag block is refused
	}{
		"plain":             {line: body},
		"line end":          {line: body + "\r\n"},
		"junk before":       {line: "\xff\x00 12,!!" + body},
		"interrupted":       {line: "!AIVDM,1,1,,A,15RTg" + body},
		"epoch behind":      {line: body + ",1325394060", time: at, rest: ",1325394060"},
		"uscg":              {line: body + ",d-109,S2105,r003669946,1325394060,1325394001", time: at, rest: ",d-109,S2105,r003669946,1325394060,1325394001"},
		"tag":               {line: `\s:r1,c:1325394060*72\` + body, time: at},
		"tag in ms":         {line: `\c:1325394060000*64\` + body, time: at},
		"tag damaged":       {line: `\s:r1,c:1325394060*00\` + body, tag: true},
		"tag without sum":   {line: `\s:r1\` + body, tag: true},
		"backslash behind":  {line: body + `\x0d\x0a`, rest: `\x0d\x0a`},
		"two in a line":     {line: body + body, rest: body},
		"small hexadecimal": {line: body[:len(body)-2] + "4a"},
		"empty":             {line: "\r\n", want: ErrNothing},
		"comment":           {line: "# c", want: ErrNothing},
		"gps":               {line: "$GPVTG,,T,,M,0.020,N,0.038,K,A*2A", want: ErrOther},
		"no checksum":       {line: body[:30], want: errAny},
		"half a checksum":   {line: body[:len(body)-1], want: errAny},
		"checksum letters":  {line: body[:len(body)-2] + "ZZ", want: errAny},
		"too long":          {line: strings.Repeat(" ", MaxLine) + body, want: errAny},
		"text":              {line: "hello * 00", want: errAny},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Parse([]byte(c.line))
			switch {
			case c.want == nil && err != nil:
				t.Fatalf("refused: %v", err)
			case errors.Is(c.want, errAny):
				if err == nil || errors.Is(err, ErrNothing) || errors.Is(err, ErrOther) {
					t.Fatalf("error %v", err)
				}
			case !errors.Is(err, c.want):
				t.Fatalf("error %v, want %v", err, c.want)
			}
			if err != nil {
				return
			}
			if !s.Time().Equal(c.time) || string(s.Rest) != c.rest || (s.TagErr != nil) != c.tag {
				t.Errorf("time %v, rest %q, tag error %v", s.Time(), s.Rest, s.TagErr)
			}
			if string(s.Payload) != "15RTgt0PAso;90TKcjM8h6g208CQ" || s.Channel != 'A' || s.Parts != 1 {
				t.Errorf("%+v", s)
			}
		})
	}
}

var errAny = errors.New("any other error")

func TestJoiner(t *testing.T) {
	part := func(parts, part uint8, seq byte, payload string) Sentence {
		return Sentence{Talker: [2]byte{'A', 'I'}, Parts: parts, Part: part, Sequence: seq, Channel: 'A', Payload: []byte(payload)}
	}
	start := time.Unix(1_700_000_000, 0)
	t.Run("any order, interleaved", func(t *testing.T) {
		var j Joiner
		whole := 0
		for _, s := range []Sentence{part(2, 2, '1', "1"), part(3, 1, '2', "0"), part(2, 1, '1', "w"), part(3, 3, '2', "0"), part(3, 2, '2', "0")} {
			p, ok, err := j.Add(s, start)
			if err != nil {
				t.Fatal(err)
			}
			if ok {
				whole++
				if whole == 1 && !bytes.Equal(p.Bits, []byte{1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1}) {
					t.Errorf("bits %v", p.Bits)
				}
			}
		}
		if whole != 2 || j.Incomplete != 0 || j.Open() != 0 {
			t.Errorf("%d whole, %d incomplete, %d open", whole, j.Incomplete, j.Open())
		}
	})
	t.Run("heard twice", func(t *testing.T) {
		var j Joiner
		whole := 0
		for _, s := range []Sentence{part(2, 1, '1', "w"), part(2, 1, '1', "w"), part(2, 2, '1', "1")} {
			if _, ok, _ := j.Add(s, start); ok {
				whole++
			}
		}
		if whole != 1 || j.Incomplete != 0 {
			t.Errorf("%d whole, %d incomplete", whole, j.Incomplete)
		}
	})
	t.Run("time-out", func(t *testing.T) {
		var j Joiner
		j.Add(part(2, 1, '1', "w"), start)
		if _, ok, _ := j.Add(part(2, 2, '1', "1"), start.Add(11*time.Second)); ok || j.Incomplete != 1 {
			t.Errorf("joined after 11 s; %d incomplete", j.Incomplete)
		}
	})
	t.Run("number used again", func(t *testing.T) {
		var j Joiner
		j.Add(part(2, 1, '1', "w"), start)
		j.Add(part(2, 1, '1', "0"), start)
		p, ok, _ := j.Add(part(2, 2, '1', "1"), start)
		if !ok || p.Bits[0] != 0 || j.Incomplete != 1 {
			t.Errorf("ok %v, bits %v, %d incomplete", ok, p.Bits, j.Incomplete)
		}
	})
	t.Run("bounded", func(t *testing.T) {
		var j Joiner
		for i := range 500 {
			s := part(2, 1, '1', "w")
			s.Tag.Group = uint32(i + 1)
			j.Add(s, start)
		}
		if j.Open() > maxOpen || j.Incomplete != uint64(500-j.Open()) {
			t.Errorf("%d open, %d incomplete", j.Open(), j.Incomplete)
		}
	})
}
