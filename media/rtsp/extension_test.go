package rtsp

import (
	"testing"
	"time"

	"github.com/pion/rtp"
)

func TestWhatARelayKnowsTravelsInTheHeader(t *testing.T) {
	noon := time.Date(2026, 3, 14, 12, 0, 0, 123e6, time.UTC)
	for _, a := range []Aboard{
		{},
		{Behind: time.Millisecond},
		{Behind: 3210 * time.Millisecond},
		{Behind: time.Hour, Taken: noon},
		{Taken: noon},
		{Relayed: noon.Add(456 * time.Microsecond)},
		{Behind: 80 * time.Millisecond, Taken: noon, Relayed: noon.Add(7 * time.Microsecond)},
		{Late: 5100 * time.Millisecond},
		{Behind: time.Second, Relayed: noon, Late: 2 * time.Minute},
	} {
		p := rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: 7}, Payload: []byte{1}}
		plain := p.MarshalSize()
		Stamp(&p.Header, a)
		raw, err := p.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if len(raw)-plain > StampRoom {
			t.Errorf("the extension takes %d bytes", len(raw)-plain)
		}
		var q rtp.Packet
		if err := q.Unmarshal(raw); err != nil {
			t.Fatal(err)
		}
		got, ok := stamped(&q.Header)
		if !ok || got.Behind != a.Behind || !got.Taken.Equal(a.Taken) || !got.Relayed.Equal(a.Relayed) || got.Late != a.Late {
			t.Errorf("%+v came out as %+v, %v", a, got, ok)
		}
	}
}

func TestWhatIsInNoHeaderIsNotRead(t *testing.T) {
	foreign := rtp.Header{Extension: true, ExtensionProfile: 0xBEDE}
	if a, ok := stamped(&foreign); ok || a != (Aboard{}) {
		t.Errorf("a foreign extension gave %+v", a)
	}
	var h rtp.Header
	Stamp(&h, Aboard{Behind: -time.Second})
	if a, ok := stamped(&h); !ok || a.Behind != 0 {
		t.Errorf("less than no waiting is %v", a.Behind)
	}
	// A camera without a clock counts from the moment it was switched on.
	Stamp(&h, Aboard{Taken: time.Unix(5, 0)})
	if a, _ := stamped(&h); !a.Taken.IsZero() {
		t.Errorf("a time of day of %v", a.Taken)
	}
	// A relay of a later version says more, one of an earlier version less.
	for _, n := range []int{4, 12, 20, 24, 32} {
		words := make([]byte, n)
		words[3] = 80
		h = rtp.Header{Extension: true, ExtensionProfile: aboardProfile}
		if err := h.SetExtension(0, words); err != nil {
			t.Fatal(err)
		}
		if a, ok := stamped(&h); !ok || a != (Aboard{Behind: 80 * time.Millisecond}) {
			t.Errorf("%d bytes gave %+v, %v", n, a, ok)
		}
	}
}

func FuzzExtension(f *testing.F) {
	for _, at := range []time.Time{{}, time.Unix(1790000000, 0)} {
		p := rtp.Packet{Header: rtp.Header{Version: 2}, Payload: []byte{1}}
		Stamp(&p.Header, Aboard{Behind: 3 * time.Second, Taken: at, Relayed: at})
		raw, err := p.Marshal()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var p rtp.Packet
		if p.Unmarshal(raw) != nil {
			return
		}
		a, _ := stamped(&p.Header)
		if a.Late < 0 || a.Late > 50*24*time.Hour {
			t.Fatalf("a unit was %v late", a.Late)
		}
		if a.Behind < 0 || a.Behind > 50*24*time.Hour {
			t.Fatalf("a unit waited %v", a.Behind)
		}
		for _, at := range []time.Time{a.Taken, a.Relayed} {
			if !at.IsZero() && sensible(at) != at {
				t.Fatalf("a picture is of %v", at)
			}
		}
	})
}

func TestClock(t *testing.T) {
	now := time.Unix(1790000000, 0)
	var c Clock
	if _, known := c.Offset(); known {
		t.Error("a clock that told nothing is known")
	}
	c.Add(time.Time{}, now)
	if _, known := c.Offset(); known {
		t.Error("a picture without a time made the clock known")
	}
	check := func(want time.Duration) {
		t.Helper()
		if got, known := c.Offset(); !known || got != want {
			t.Errorf("offset %v, %v; want %v", got, known, want)
		}
	}
	// The camera is three seconds ahead; the way takes 20 ms at best.
	for i := range 100 {
		at := now.Add(time.Duration(i) * 40 * time.Millisecond)
		c.Add(at.Add(3*time.Second), at.Add(time.Duration(20+i%7*10)*time.Millisecond))
	}
	check(2980 * time.Millisecond)
	// A drift is followed within a minute or so.
	for i := range 150 {
		at := now.Add(4*time.Second + time.Duration(i)*time.Second)
		c.Add(at.Add(2*time.Second), at.Add(20*time.Millisecond))
	}
	check(1980 * time.Millisecond)
	// A step at once.
	at := now.Add(time.Hour)
	c.Add(at.Add(-time.Hour), at)
	check(-time.Hour)
}

func TestMergeSets(t *testing.T) {
	sps, pps := []byte{0x67, 1}, []byte{0x68, 1}
	old := [][]byte{sps, pps}
	if got := MergeSets(H264, old, [][]byte{{0x65, 9}}); &got[0] != &old[0] {
		t.Error("a picture changed the sets")
	}
	if got := MergeSets(H264, old, [][]byte{{0x68, 1}, {0x65, 9}}); &got[0] != &old[0] {
		t.Error("the same set counts as a new one")
	}
	got := MergeSets(H264, old, [][]byte{{0x68, 2}})
	if len(got) != 2 || got[0][1] != 1 || got[1][1] != 2 || old[1][1] != 1 {
		t.Errorf("%v from %v", got, old)
	}
	if got = MergeSets(H264, old, [][]byte{{0x67, 2}, {0x65, 9}}); len(got) != 2 || got[0][1] != 2 || got[1][1] != 1 {
		t.Errorf("a new SPS gave %v", got)
	}
	hevc := MergeSets(H265, nil, [][]byte{{0x44, 1, 1}, {0x42, 1, 1}, {0x40, 1, 1}, {0x26, 1}})
	if len(hevc) != 3 || hevc[0][0] != 0x40 || hevc[1][0] != 0x42 || hevc[2][0] != 0x44 {
		t.Errorf("%v", hevc)
	}
}
