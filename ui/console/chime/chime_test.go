package chime

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"iocwall/server/world"
)

// TestSoundsAreSounds: each severity has a sound of its own, a proper WAV file that
// is calm: it begins and ends in silence, never comes near the loudest, and the more
// urgent one is the longer one.
func TestSoundsAreSounds(t *testing.T) {
	before := 0
	seen := [][]byte{}
	for _, s := range []world.Severity{world.Notice, world.Warning, world.Severe, world.Critical} {
		b := Sound(s)
		le := binary.LittleEndian
		if string(b[:4]) != "RIFF" || string(b[8:16]) != "WAVEfmt " || string(b[36:40]) != "data" ||
			int(le.Uint32(b[4:]))+8 != len(b) || int(le.Uint32(b[40:]))+44 != len(b) || le.Uint32(b[24:]) != rate || le.Uint16(b[34:]) != 16 {
			t.Errorf("%s: header % x", s, b[:44])
		}
		peak, count := 0, (len(b)-44)/2
		at := func(i int) int { return int(int16(le.Uint16(b[44+2*i:]))) }
		for i := range count {
			peak = max(peak, at(i), -at(i))
		}
		if peak < math.MaxInt16/5 || peak > math.MaxInt16/2 || at(0) != 0 || max(at(count-1), -at(count-1)) > 40 {
			t.Errorf("%s: peak %d, begins at %d, ends at %d", s, peak, at(0), at(count-1))
		}
		if count <= before || count > 2*rate {
			t.Errorf("%s: %d samples after %d", s, count, before)
		}
		before = count
		for _, o := range seen {
			if bytes.Equal(o, b) {
				t.Errorf("%s sounds like another", s)
			}
		}
		seen = append(seen, b)
	}
}
