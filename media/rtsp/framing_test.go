package rtsp

import (
	"bytes"
	"testing"
)

// frame is an interleaved frame with a packet of that many bytes.
func frame(channel byte, marker bool, bytes int) []byte {
	f := make([]byte, 4+bytes)
	f[0], f[1], f[2], f[3] = '$', channel, byte(bytes>>8), byte(bytes)
	f[4] = 0x80
	if marker {
		f[5] = 0x80
	}
	return f
}

func TestFramingKnowsWhenAPictureIsThere(t *testing.T) {
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	first, last, report := frame(0, false, 1400), frame(0, true, 300), frame(1, true, 28)
	for _, c := range []struct {
		name  string
		reads [][]byte
		whole []bool
	}{
		{"a picture", [][]byte{join(first, first, last)}, []bool{true}},
		{"a part of it", [][]byte{join(first, first), last}, []bool{false, true}},
		{"cut inside of a packet", [][]byte{join(first, last[:100]), last[100:]}, []bool{false, true}},
		{"cut inside of a head", [][]byte{join(first, last[:3]), last[3:5], last[5:]}, []bool{false, false, true}},
		{"the next one has begun", [][]byte{join(first, last, first)}, []bool{false}},
		{"a report is no picture", [][]byte{report, join(first, last)}, []bool{false, true}},
		{"an answer is not waited for", [][]byte{[]byte("RTSP/1.0 200 OK\r\n\r\n"), join(first, last)}, []bool{true, true}},
		{"an answer behind a picture", [][]byte{join(first, last, []byte("RTSP/1.0 200 OK\r\n"))}, []bool{true}},
		{"noise", [][]byte{{0x16, 3, 3, 0, 5, 1, 2, 3, 4, 5}, {'$', 0, 0, 0, 1, 1}}, []bool{true, true}},
	} {
		var f framing
		for i, r := range c.reads {
			if got := f.whole(r); got != c.whole[i] {
				t.Errorf("%s: read %d: whole %v, want %v", c.name, i+1, got, c.whole[i])
			}
		}
	}
}

// FuzzFraming holds that it takes anything, in any pieces.
func FuzzFraming(f *testing.F) {
	f.Add(append(frame(0, false, 20), frame(0, true, 9)...), 7)
	f.Add([]byte("RTSP/1.0 200 OK\r\n\r\n$"), 1)
	f.Fuzz(func(t *testing.T, data []byte, cut int) {
		var g framing
		for len(data) > 0 {
			n := min(len(data), max(1, cut&0xff))
			g.whole(data[:n])
			data = data[n:]
			if g.left < 0 || g.have < 0 || g.have > len(g.head) {
				t.Fatalf("%+v", g)
			}
		}
	})
}
