package aivdm

import (
	"bufio"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// recorded returns the lines of a file others recorded, or skips.
func recorded(t testing.TB, name string) []string {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "..", "..", "shared", "testdata", "ais", name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("the recorded file %s is not here; the synthetic fixture covers the same paths", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []string
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		lines = append(lines, in.Text())
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// tally counts what became of sentences whose checksum holds.
type tally struct {
	valid    int // intact AIS sentences
	used     int // sentences of messages that were decoded, or are of a type not used
	empty    int
	messages map[uint8]int
	bad      []string
}

func read(t testing.TB, lines []string) tally {
	t.Helper()
	c := tally{messages: map[uint8]int{}}
	d := NewDecoder()
	var j Joiner
	now := time.Unix(1_700_000_000, 0)
	for _, line := range lines {
		s, err := Parse([]byte(line))
		if err != nil {
			if !errors.Is(err, ErrNothing) && !errors.Is(err, ErrOther) {
				c.bad = append(c.bad, line+": "+err.Error())
			}
			continue
		}
		c.valid++
		if s.Parts == 1 && len(s.Payload) == 0 {
			c.empty++
			continue
		}
		p, whole, err := j.Add(s, now)
		if err != nil {
			c.bad = append(c.bad, line+": "+err.Error())
		}
		if !whole {
			continue
		}
		m, err := d.Decode(p.Bits)
		if err != nil {
			c.bad = append(c.bad, line+": "+err.Error())
			continue
		}
		_, kind := m.From()
		c.messages[kind]++
		c.used += int(s.Parts)
	}
	return c
}

func TestRecordedLogsAreUsed(t *testing.T) {
	for _, name := range []string{"gpsd-ais-nmea.log", "gpsd-ais-nmea-type6-fid55.log", "aduvenhage-nmea_data_sample.txt", "libais-typeexamples.nmea"} {
		t.Run(name, func(t *testing.T) {
			c := read(t, recorded(t, name))
			share := float64(c.used+c.empty) / float64(c.valid)
			t.Logf("%d valid sentences, %d of decoded messages, %d empty: %.2f %%; by type %v", c.valid, c.used, c.empty, 100*share, c.messages)
			if share < 0.995 && name == "gpsd-ais-nmea.log" || c.valid == 0 {
				t.Errorf("only %.2f %% of the valid sentences are used", 100*share)
			}
			for _, b := range c.bad {
				t.Log(b)
			}
		})
	}
}

// decodeAll decodes the lines and returns the messages in their order.
func decodeAll(t *testing.T, lines []string) []Message {
	t.Helper()
	d := NewDecoder()
	var j Joiner
	var out []Message
	for _, line := range lines {
		s, err := Parse([]byte(line))
		if err != nil {
			continue
		}
		p, whole, err := j.Add(s, time.Unix(1_700_000_000, 0))
		if err != nil || !whole {
			continue
		}
		m, err := d.Decode(p.Bits)
		if err == nil {
			out = append(out, m)
		} else {
			t.Logf("%s: %v", line, err)
		}
	}
	return out
}

// fields returns a message as gpsd names its fields; values that are not given are left out.
func fields(m Message) map[string]any {
	f := map[string]any{}
	put := func(name string, v float64, ok bool) {
		if ok {
			f[name] = v
		}
	}
	pos := func(p *Position) {
		put("lon", p.Lon, p.Placed)
		put("lat", p.Lat, p.Placed)
		put("speed", p.Speed, p.Speed >= 0)
		put("course", p.Course, p.Course >= 0)
		put("heading", p.Heading, p.Heading >= 0)
		f["accuracy"], f["raim"] = p.Accurate, p.RAIM
	}
	dim := func(d Dimensions) {
		f["to_bow"], f["to_stern"], f["to_port"], f["to_starboard"] = float64(d.Bow), float64(d.Stern), float64(d.Port), float64(d.Starboard)
	}
	switch m := m.(type) {
	case *Position:
		pos(m)
		if m.Class == ClassA {
			f["status"] = float64(m.Status)
		}
		if m.Type <= 3 {
			f["maneuver"] = float64(m.Maneuver)
		}
		if m.Type != 27 {
			f["second"] = float64(m.Second)
		}
	case *Extended:
		pos(&m.Position)
		dim(m.Dimensions)
		f["shipname"], f["shiptype"], f["second"], f["epfd"] = m.Name, float64(m.ShipType), float64(m.Second), float64(m.Fix)
	case *Base:
		put("lon", m.Lon, m.Placed)
		put("lat", m.Lat, m.Placed)
		f["accuracy"], f["raim"], f["epfd"] = m.Accurate, m.RAIM, float64(m.Fix)
		if !m.Clock.IsZero() {
			f["timestamp"] = m.Clock.Format(time.RFC3339)
		}
	case *Static:
		dim(m.Dimensions)
		f["imo"], f["ais_version"], f["callsign"], f["shipname"] = float64(m.IMO), float64(m.Version), m.CallSign, m.Name
		f["shiptype"], f["epfd"], f["draught"], f["destination"] = float64(m.ShipType), float64(m.Fix), m.Draught, m.Destination
	case *NamePart:
		f["shipname"] = m.Name
	case *DetailPart:
		f["shiptype"], f["vendorid"], f["model"], f["serial"], f["callsign"] = float64(m.ShipType), m.Vendor, float64(m.Model), float64(m.Serial), m.CallSign
		if m.Mothership != 0 {
			f["mothership_mmsi"] = float64(m.Mothership)
		} else {
			dim(m.Dimensions)
		}
	case *Aid:
		put("lon", m.Lon, m.Placed)
		put("lat", m.Lat, m.Placed)
		dim(m.Dimensions)
		f["aid_type"], f["name"], f["accuracy"], f["epfd"] = float64(m.Kind), m.Name, m.Accurate, float64(m.Fix)
		f["off_position"], f["raim"], f["virtual_aid"] = m.OffPosition, m.RAIM, m.Virtual
	}
	return f
}

// agree compares one field with gpsd's; its numbers are rounded to what is on the air.
func agree(name string, ours, theirs any) bool {
	switch o := ours.(type) {
	case float64:
		if s, ok := theirs.(string); ok { // libais writes the IMO number as text
			var n float64
			return json.Unmarshal([]byte(s), &n) == nil && n == o
		}
		n, ok := theirs.(float64)
		within := 1e-9
		switch name {
		case "lon", "lat":
			within = 5e-5
		case "speed", "course", "draught":
			within = 5e-6
		}
		return ok && math.Abs(n-o) <= within*max(1, math.Abs(n))
	case string:
		s, ok := theirs.(string)
		switch name {
		case "vendorid": // gpsd writes model and serial behind it
			return ok && strings.HasPrefix(s, o)
		case "name": // libais writes "-" for "_", which is not the table of ITU-R M.1371
			return ok && strings.ReplaceAll(strings.ReplaceAll(o, "_", "-"), "'", "`") == s
		}
		return ok && strings.TrimSpace(s) == o
	}
	return ours == theirs
}

func TestAgreesWithOthers(t *testing.T) {
	kinds := []uint8{1, 2, 3, 4, 5, 9, 11, 18, 19, 21, 24, 27}
	for _, c := range []struct {
		lines, answers string
		least          int // fields compared
	}{
		{"gpsd-sample.aivdm", "gpsd-sample.aivdm.js.chk", 180},
		{"libais-typeexamples.nmea", "libais-typeexamples.json", 50},
	} {
		t.Run(c.lines, func(t *testing.T) {
			messages := decodeAll(t, recorded(t, c.lines))
			used := map[int]bool{}
			compared, types := 0, map[uint8]int{}
			for _, line := range recorded(t, c.answers) {
				var want map[string]any
				if err := json.Unmarshal([]byte(line), &want); err != nil {
					t.Fatal(err)
				}
				kind, _ := want["type"].(float64)
				mmsi, _ := want["mmsi"].(float64)
				i := find(messages, used, uint32(mmsi), uint8(kind), want)
				if i < 0 {
					lat, _ := want["lat"].(float64)
					lon, _ := want["lon"].(float64)
					if slices.Contains(kinds, uint8(kind)) && math.Abs(lat) <= 91 && math.Abs(lon) <= 181 && mmsi <= 999_999_999 {
						t.Errorf("type %v from %v was not decoded", kind, mmsi)
					}
					continue
				}
				used[i] = true
				for name, ours := range fields(messages[i]) {
					theirs, there := want[name]
					if !there || theirs == nil {
						continue
					}
					compared++
					if !agree(name, ours, theirs) {
						t.Errorf("type %v from %v: %s is %v, they say %v", kind, mmsi, name, ours, theirs)
					}
				}
				types[uint8(kind)]++
			}
			t.Logf("%d fields compared, messages by type %v", compared, types)
			if compared < c.least {
				t.Errorf("only %d fields were compared", compared)
			}
		})
	}
}

// find returns the first message not used yet that their answer is about.
func find(messages []Message, used map[int]bool, mmsi uint32, kind uint8, want map[string]any) int {
	for i, m := range messages {
		n, k := m.From()
		if used[i] || n != mmsi || k != kind {
			continue
		}
		if _, other := m.(*Other); other {
			continue
		}
		if k == 24 { // the two parts may come in any order
			_, name := m.(*NamePart)
			if _, theirs := want["callsign"]; theirs == name {
				continue
			}
		}
		return i
	}
	return -1
}
