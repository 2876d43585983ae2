// Package aivdm reads and writes AIS messages as NMEA 0183 sentences: the lines
// that receivers of ships' transponders send (!AIVDM, !AIVDO and their kin with
// other talkers). It knows sentences, tag blocks, messages in several parts, and
// the message types a coast needs. It is pure: no clock, no network.
//
// Formats: NMEA 0183 4.10 for sentences and tag blocks, ITU-R M.1371-5 for the
// messages; E. Raymond's AIVDM/AIVDO notes for what receivers do in the wild.
package aivdm

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// MaxLine is the longest line Parse accepts, in bytes, tag block and what
// receivers append included.
const MaxLine = 1024

// The reasons why a line holds no message although nothing is wrong with it.
var (
	// ErrNothing is returned for an empty line or a comment.
	ErrNothing = errors.New("aivdm: no sentence in this line")
	// ErrOther is returned for an intact sentence that is not AIS, as a
	// receiver's own position ($GPRMC).
	ErrOther = errors.New("aivdm: a sentence of another kind")
)

// Sentence is one line of a receiver.
type Sentence struct {
	// Talker is who speaks: "AI" a ship's or shore receiver, "AB" and "BS" base
	// stations.
	Talker [2]byte
	// Own marks the receiver's own transmission (VDO).
	Own bool
	// Parts is the number of sentences of the message, Part this one's number
	// from 1.
	Parts, Part uint8
	// Sequence is the digit that ties the parts together, Channel the radio
	// channel; zero when not given.
	Sequence, Channel byte
	// Payload is the armoured message, six bits a character; empty when the
	// receiver sent none. It shares memory with the line.
	Payload []byte
	// Fill is the number of bits of the last character that are not used.
	Fill uint8
	// Tag is the tag block before the sentence.
	Tag Tag
	// TagErr says why the tag block was left aside, nil when it was not. The
	// sentence has its own checksum and is good without it.
	TagErr error
	// Logged is the time the receiver appended behind the checksum, zero when
	// it did not.
	Logged time.Time
	// Rest is what follows in the line. It may hold another sentence and
	// shares memory with the line.
	Rest []byte
}

// Time returns when the sentence was received: by its tag block, else by what
// is behind the checksum, else zero.
func (s *Sentence) Time() time.Time {
	if !s.Tag.Time.IsZero() {
		return s.Tag.Time
	}
	return s.Logged
}

// Parse reads a line, with or without its line break. Junk before the sentence
// and after it is skipped. The error is ErrNothing, ErrOther, or says what is
// wrong with the line. The result shares memory with line.
func Parse(line []byte) (Sentence, error) {
	var s Sentence
	if len(line) > MaxLine {
		return s, fmt.Errorf("aivdm: a line of %d bytes; the longest has %d", len(line), MaxLine)
	}
	line = bytes.TrimRight(line, "\r\n \t\x00")
	if len(line) == 0 || line[0] == '#' {
		return s, ErrNothing
	}
	if i := bytes.IndexAny(line, `\!$`); i >= 0 && line[i] == '\\' {
		if j := bytes.IndexByte(line[i+1:], '\\'); j >= 0 {
			s.Tag, s.TagErr = ParseTag(line[i+1 : i+1+j])
			line = line[i+j+2:]
		}
	}
	body, rest, err := cut(line)
	if err != nil {
		return s, err
	}
	s.Rest = rest
	if len(body) < 6 || body[2] != 'V' || body[3] != 'D' || body[4] != 'M' && body[4] != 'O' || body[5] != ',' {
		return s, ErrOther
	}
	s.Talker, s.Own = [2]byte{body[0], body[1]}, body[4] == 'O'
	if err := s.fields(body[6:]); err != nil {
		return s, err
	}
	s.Logged = logged(rest)
	return s, nil
}

// cut returns what is between the start of the sentence and its checksum, which
// it verifies, and what comes after that.
func cut(line []byte) (body, rest []byte, err error) {
	star := bytes.IndexByte(line, '*')
	if star < 0 {
		return nil, nil, errors.New("aivdm: no checksum; was the line cut off?")
	}
	// A line that was interrupted holds the start of another one before it.
	start := bytes.LastIndexAny(line[:star], "!$")
	if start < 0 {
		return nil, nil, errors.New("aivdm: no '!' or '$' before the checksum; this is no sentence")
	}
	if len(line) < star+3 {
		return nil, nil, errors.New("aivdm: half a checksum; was the line cut off?")
	}
	body = line[start+1 : star]
	hi, ok1 := hex(line[star+1])
	lo, ok2 := hex(line[star+2])
	if !ok1 || !ok2 {
		return nil, nil, fmt.Errorf("aivdm: the checksum %q is no hexadecimal number", line[star+1:star+3])
	}
	if sum := checksum(body); sum != hi<<4|lo {
		return nil, nil, fmt.Errorf("aivdm: the checksum is %02X and should be %02X", hi<<4|lo, sum)
	}
	return body, line[star+3:], nil
}

// fields reads "2,1,9,B,55R3Vn82…,0".
func (s *Sentence) fields(text []byte) error {
	var f [6][]byte
	for i := range f {
		var more bool
		f[i], text, more = bytes.Cut(text, []byte(","))
		if !more && i < len(f)-1 {
			return fmt.Errorf("aivdm: %d fields; a sentence has %d", i+2, len(f)+1)
		}
	}
	if len(text) > 0 {
		return fmt.Errorf("aivdm: more than %d fields", len(f)+1)
	}
	var ok bool
	if s.Parts, ok = digit(f[0]); !ok || s.Parts == 0 {
		return fmt.Errorf("aivdm: %q is no number of parts", f[0])
	}
	if s.Part, ok = digit(f[1]); !ok || s.Part == 0 || s.Part > s.Parts {
		return fmt.Errorf("aivdm: part %q of %d", f[1], s.Parts)
	}
	if len(f[2]) > 1 || len(f[3]) > 1 {
		return fmt.Errorf("aivdm: sequence %q, channel %q: each is one character or none", f[2], f[3])
	}
	if len(f[2]) == 1 {
		s.Sequence = f[2][0]
	}
	if len(f[3]) == 1 {
		s.Channel = f[3][0]
	}
	for _, c := range f[4] {
		if !armour(c) {
			return fmt.Errorf("aivdm: %q does not belong into a payload", c)
		}
	}
	s.Payload = f[4]
	if len(f[5]) == 0 { // some receivers leave it out
		return nil
	}
	if s.Fill, ok = digit(f[5]); !ok || s.Fill > 5 {
		return fmt.Errorf("aivdm: %q is no number of fill bits", f[5])
	}
	return nil
}

// armour tells whether c stands for six bits.
func armour(c byte) bool { return c >= '0' && c <= 'W' || c >= '`' && c <= 'w' }

func digit(text []byte) (uint8, bool) {
	if len(text) != 1 || text[0] < '0' || text[0] > '9' {
		return 0, false
	}
	return text[0] - '0', true
}

func hex(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	}
	return 0, false
}

func checksum(text []byte) byte {
	var sum byte
	for _, c := range text {
		sum ^= c
	}
	return sum
}

// logged finds the first field behind the checksum that is a Unix time, as in
// ",d-109,S2105,r003669946,1325394060".
func logged(rest []byte) time.Time {
	for len(rest) > 0 {
		var field []byte
		field, rest, _ = bytes.Cut(rest, []byte(","))
		if t, ok := epoch(field); ok {
			return t
		}
	}
	return time.Time{}
}

// epoch reads seconds or milliseconds since 1970 of this century (ten digits
// and thirteen).
func epoch(text []byte) (time.Time, bool) {
	if len(text) != 10 && len(text) != 13 {
		return time.Time{}, false
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || n < 946684800 {
		return time.Time{}, false
	}
	if len(text) == 13 {
		return time.UnixMilli(n).UTC(), true
	}
	return time.Unix(n, 0).UTC(), true
}
