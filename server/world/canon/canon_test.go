package canon

import (
	"bytes"
	"math"
	"strings"
	"testing"
)

// Heads written by hand are those the general encoder writes, and are read back.
func TestHeadsAreThoseOfTheEncoder(t *testing.T) {
	for _, n := range []int64{0, 1, 23, 24, 255, 256, 65535, 65536, 1 << 32, math.MaxInt64, -1, -24, -25, -256, -257, math.MinInt64} {
		want, err := Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		got := AppendInt(nil, n)
		if !bytes.Equal(got, want) {
			t.Errorf("%d: %x, want %x", n, got, want)
		}
		r := Reader{Rest: got}
		if back := r.Int(); back != n || r.Bad || len(r.Rest) != 0 {
			t.Errorf("%d read as %d, %+v", n, back, r)
		}
	}
	for _, n := range []int{0, 23, 24, 255, 256, 70000} {
		s := strings.Repeat("ả", n)
		want, _ := Marshal(s)
		r := Reader{Rest: AppendText(nil, s)}
		if !bytes.Equal(r.Rest, want) {
			t.Errorf("a text of %d letters differs", n)
		}
		if string(r.Text()) != s || r.Bad {
			t.Errorf("a text of %d letters is not read back", n)
		}
	}
}

func TestAReaderStopsAtTheFirstFault(t *testing.T) {
	for _, bad := range [][]byte{nil, {0x18}, {0x1c}, {0x61}, {0x7b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, {0x82}} {
		r := Reader{Rest: bad}
		r.Uint()
		if text := r.Text(); text != nil || !r.Bad || r.Uint() != 0 || r.Array() != 0 {
			t.Errorf("%x: %q, %+v", bad, text, r)
		}
	}
}

func TestAppendLeavesWhatWasThere(t *testing.T) {
	got, err := Append([]byte("x"), make(chan int))
	if err == nil || string(got) != "x" {
		t.Errorf("%q, %v", got, err)
	}
	if err := Wellformed([]byte{0x82, 0x01}); err == nil {
		t.Error("half an array is well formed")
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte{0x86, 0x00, 0x1b, 0, 0, 1, 0x9a, 0, 0, 0, 1, 0x61, 'a', 0x20, 0x60})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := Reader{Rest: data}
		n := r.Array()
		a, b, s := r.Uint(), r.Int(), r.Text()
		if r.Bad {
			return
		}
		again := AppendText(AppendInt(AppendUint(AppendArray(nil, n), a), b), string(s))
		if len(again) > len(data)-len(r.Rest) {
			t.Errorf("%x took more room written again: %x", data, again)
		}
	})
}
