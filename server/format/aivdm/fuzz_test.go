package aivdm

import (
	"testing"
	"time"
)

func FuzzParse(f *testing.F) {
	for _, l := range encoded(f) {
		f.Add([]byte(l))
	}
	f.Add([]byte(`\g:1-2-73,s:r1,c:1325394060*72\!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A,d-1,1325394060`))
	f.Add([]byte("$GPRMC,,*00\x00!*"))
	d := NewDecoder()
	var j Joiner
	f.Fuzz(func(t *testing.T, line []byte) {
		s, err := Parse(line)
		if err != nil {
			return
		}
		if s.Part == 0 || s.Part > s.Parts || s.Fill > 5 {
			t.Fatalf("%+v", s)
		}
		if p, whole, err := j.Add(s, time.Unix(1_700_000_000, 0)); err == nil && whole {
			d.Decode(p.Bits)
		}
	})
}

func FuzzTag(f *testing.F) {
	f.Add([]byte("g:1-2-73,s:r003669945,c:1241544035*4A"))
	f.Add([]byte("c:1325394060*5F"))
	f.Add([]byte("*00"))
	f.Fuzz(func(t *testing.T, text []byte) {
		tag, err := ParseTag(text)
		if err == nil && tag.Line > tag.Lines {
			t.Fatalf("%+v", tag)
		}
	})
}

// FuzzDecode decodes any bits; what can be encoded again must come out the same.
func FuzzDecode(f *testing.F) {
	for _, l := range encoded(f) {
		if s, err := Parse([]byte(l)); err == nil {
			f.Add(s.Payload, s.Fill)
		}
	}
	f.Fuzz(func(t *testing.T, payload []byte, fill uint8) {
		for _, c := range payload {
			if !armour(c) {
				return
			}
		}
		d := NewDecoder()
		m, err := d.Decode(unarmour(nil, payload, fill%6))
		if err != nil {
			return
		}
		e, err := NewEncoder("AI", 'A')
		if err != nil {
			t.Fatal(err)
		}
		lines, err := e.Append(nil, m)
		if err != nil {
			return
		}
		again := decodeAll(t, split(lines))
		if len(again) != 1 {
			t.Fatalf("%d messages in %q", len(again), lines)
		}
		h := headerOf(again[0])
		h.Repeat = headerOf(m).Repeat // not encoded
		compare(t, again[0], m)
	})
}

func headerOf(m Message) *Header {
	switch m := m.(type) {
	case *Position:
		return &m.Header
	case *Base:
		return &m.Header
	case *Static:
		return &m.Header
	case *Aid:
		return &m.Header
	case *NamePart:
		return &m.Header
	case *DetailPart:
		return &m.Header
	}
	return new(Header)
}

func split(lines []byte) []string {
	var out []string
	for len(lines) > 0 {
		for i, c := range lines {
			if c == '\n' {
				out = append(out, string(lines[:i]))
				lines = lines[i+1:]
				break
			}
		}
	}
	return out
}
