package aivdm

import (
	"bytes"
	"fmt"
	"strconv"
	"time"
)

// Tag is a tag block: what a receiving station says about a sentence.
type Tag struct {
	// Time is when the station received it ("c:"), zero when not given.
	Time time.Time
	// Source names the station ("s:").
	Source string
	// Group ties sentences together ("g:1-2-73"), zero when not given; Line is
	// this one's number of Lines.
	Group       uint32
	Line, Lines uint8
}

// ParseTag reads what stands between two backslashes, "g:1-2-73,s:r1,c:1241544035*4A",
// and verifies its checksum. Fields it does not know are skipped.
func ParseTag(text []byte) (Tag, error) {
	var t Tag
	star := bytes.LastIndexByte(text, '*')
	if star < 0 || len(text) != star+3 {
		return t, fmt.Errorf("aivdm: the tag block %q has no checksum", text)
	}
	hi, ok1 := hex(text[star+1])
	lo, ok2 := hex(text[star+2])
	if !ok1 || !ok2 {
		return t, fmt.Errorf("aivdm: the checksum of the tag block %q is no hexadecimal number", text)
	}
	text = text[:star]
	if sum := checksum(text); sum != hi<<4|lo {
		return t, fmt.Errorf("aivdm: the checksum of the tag block is %02X and should be %02X", hi<<4|lo, sum)
	}
	for len(text) > 0 {
		var field []byte
		field, text, _ = bytes.Cut(text, []byte(","))
		if err := t.field(field); err != nil {
			return Tag{}, err
		}
	}
	return t, nil
}

func (t *Tag) field(field []byte) error {
	name, value, ok := bytes.Cut(field, []byte(":"))
	if !ok {
		return fmt.Errorf("aivdm: %q in a tag block has no colon", field)
	}
	switch string(name) {
	case "c":
		at, ok := epoch(value)
		if !ok {
			return fmt.Errorf("aivdm: c:%s in a tag block is no time", value)
		}
		t.Time = at
	case "s":
		t.Source = string(value)
	case "g":
		line, rest, _ := bytes.Cut(value, []byte("-"))
		lines, group, _ := bytes.Cut(rest, []byte("-"))
		n, err := strconv.ParseUint(string(group), 10, 31)
		var ok1, ok2 bool
		t.Line, ok1 = digit(line)
		t.Lines, ok2 = digit(lines)
		if err != nil || !ok1 || !ok2 || t.Line == 0 || t.Line > t.Lines {
			return fmt.Errorf("aivdm: g:%s in a tag block is no group", value)
		}
		t.Group = uint32(n) + 1 // so that zero means none
	}
	return nil
}
