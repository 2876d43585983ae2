package decode

import (
	"testing"

	"iocwall/media"
)

// TestHabitsAreLearnt: k begins a group of pictures, in which - is a picture like any other, x one of which references are
// missing. Until the next key frame nothing more is decoded once one was refused.
func TestHabitsAreLearnt(t *testing.T) {
	slice := [][]byte{{0x02, 1, 0x80}}
	for name, c := range map[string]struct{ units, refused string }{
		"all is well":                         {"k--k--k--", "........."},
		"one is missing":                      {"k---k-x-k---", "......!....."},
		"a camera that names what is gone":    {"kx--kx--kx--kx--", ".!...!.........."},
		"all pictures name it":                {"kxxxkxxxkxxxkxxx", ".!...!.........."},
		"it stops to, and begins anew":        {"kx-kx-kx-k--kx-kx-kx-", ".!..!........!..!...."},
		"missing here and there":              {"kx--k-x-kx--k--x", ".!....!..!.....!"},
		"far from the key frame, each time":   {"k----------------xk----------------xk----------------x", ".................!.................!.................!"},
		"the key frame itself names pictures": {"k--x", "...!"},
	} {
		r := references{codec: media.H265}
		waiting := false
		got := ""
		for _, u := range c.units {
			waiting = waiting && u != 'k'
			refused := false
			if !waiting {
				r.note(u == 'k', slice)
				made := 1
				if u != '-' {
					made = 2
				}
				refused = r.missing(slice, made)
			}
			waiting = waiting || refused
			if refused {
				got += "!"
			} else {
				got += "."
			}
		}
		if got != c.refused {
			t.Errorf("%s: %s\n got %s\nwant %s", name, c.units, got, c.refused)
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
