package decode

import (
	"strconv"
	"strings"
	"testing"

	"iocwall/media"
)

// sequence is a sequence parameter set of H.264 for 640×368 that allows pictures to be left out, or does not (ITU-T H.264,
// 7.3.2.1.1).
func sequence(gaps string) []byte {
	bits := "1" + "1" + "011" + "010" + gaps + // id, log2_max_frame_num, order of type 2, one reference
		"00000101000" + "000010111" + "1100" + "1" // 40 and 23 macroblocks, frames alone, no cropping, no more
	out := []byte{0x67, 66, 0, 30}
	for bits += strings.Repeat("0", 7); len(bits) >= 8; bits = bits[8:] {
		n, _ := strconv.ParseUint(bits[:8], 2, 8)
		out = append(out, byte(n))
	}
	return out
}

// TestPicturesThatMayBeLeftOut: a stream of H.264 says whether its pictures are counted without gaps.
func TestPicturesThatMayBeLeftOut(t *testing.T) {
	slice := []byte{0x41, 0x80}
	for _, c := range []struct {
		what          string
		before        [][]byte
		unit          [][]byte
		first, endure bool
	}{
		{"nothing is known", nil, [][]byte{slice}, false, false},
		{"without gaps", [][]byte{sequence("0")}, [][]byte{slice}, false, false},
		{"with gaps", [][]byte{sequence("1")}, [][]byte{slice}, false, true},
		{"with gaps from now on", [][]byte{sequence("0")}, [][]byte{sequence("1"), {0x65, 0x80}}, false, true},
		{"without gaps from now on", [][]byte{sequence("1")}, [][]byte{sequence("0"), {0x65, 0x80}}, false, false},
		{"a broken sequence", [][]byte{sequence("1"), {0x67, 66}}, [][]byte{slice}, false, false},
		{"the first unit", [][]byte{sequence("0")}, [][]byte{slice}, true, true},
	} {
		r := references{codec: media.H264}
		r.note(c.before)
		r.note(c.unit)
		if n := r.begins(c.unit, c.first); (n > 1) != c.endure || n < 1 {
			t.Errorf("%s: %d pictures", c.what, n)
		}
	}
}

// TestPicturesOfAUnit counts what libavcodec may begin for a unit without having made it up.
func TestPicturesOfAUnit(t *testing.T) {
	for name, c := range map[string]struct {
		codec media.Codec
		unit  [][]byte
		heads int
	}{
		"two slices":                    {media.H264, [][]byte{{0x67, 1}, {0x65, 0x80}, {0x65, 0x20}}, 1},
		"two pictures without a marker": {media.H264, [][]byte{{0x41, 0x80}, {0x41, 0x20}, {0x41, 0x80}}, 2},
		"no slice":                      {media.H264, [][]byte{{0x67, 1}, {0x68, 1}}, 0},
		"two slices, H.265":             {media.H265, [][]byte{{0x40, 1, 0x80}, {0x26, 1, 0x80}, {0x26, 1, 0x20}}, 1},
		"two pictures, H.265":           {media.H265, [][]byte{{0x02, 1, 0x80}, {0x02, 1, 0x80}}, 2},
		"too short":                     {media.H265, [][]byte{{0x02}, {}, {0x02, 1}}, 0},
	} {
		if n := heads(c.codec, c.unit); n != c.heads {
			t.Errorf("%s: %d pictures, want %d", name, n, c.heads)
		}
	}
}
