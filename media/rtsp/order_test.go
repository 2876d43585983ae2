package rtsp

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"
)

// numbered is a packet with nothing but a number.
func numbered(n uint16) *rtp.Packet {
	return &rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: n}}
}

// upTo lists the numbers from a to b.
func upTo(a, b uint16) []uint16 {
	var out []uint16
	for n := a; ; n++ {
		if out = append(out, n); n == b {
			return out
		}
	}
}

// coming is a packet that came so many milliseconds after the first; without one, time goes by.
type coming struct {
	ms      int
	numbers []uint16
	want    []uint16
}

func TestOrder(t *testing.T) {
	one := func(n ...uint16) []uint16 { return n }
	for _, c := range []struct {
		name  string
		comes []coming
	}{
		{"in order", []coming{{0, one(7, 8, 9), one(7, 8, 9)}}},
		{"swapped", []coming{{0, one(7, 9), one(7)}, {5, one(8), one(8, 9)}, {500, nil, nil}}},
		{"twice", []coming{{0, one(7, 7, 8, 7, 9), one(7, 8, 9)}}},
		{"twice while it is held", []coming{{0, one(7, 9, 9), one(7)}, {1, one(8, 9), one(8, 9)}}},
		{"lost alone", []coming{
			{0, one(7), one(7)},
			{40, one(9), nil},
			{80, one(10), nil},
			{139, nil, nil},
			{140, nil, one(9, 10)},
			{141, one(8, 11), one(11)}, // too late
		}},
		{"given up as the next one comes", []coming{{0, one(7), one(7)}, {40, one(9), nil}, {200, one(10), one(9, 10)}}},
		{"lost at the end", []coming{{0, one(7, 8), one(7, 8)}, {900, nil, nil}, {1000, one(10), nil}, {1100, nil, one(10)}}},
		{"two gaps, each for its own time", []coming{
			{0, one(7, 9), one(7)},
			{60, one(11), nil},
			{100, nil, one(9)},
			{159, nil, nil},
			{160, nil, one(11)},
		}},
		{"two gaps, the first one filled", []coming{
			{0, one(7, 9), one(7)},
			{60, one(11), nil},
			{70, one(8), one(8, 9)},
			{100, nil, nil},
			{159, one(10), one(10, 11)},
			{500, nil, nil},
		}},
		{"two gaps, the second one known first", []coming{
			{0, one(7, 12), one(7)},
			{60, one(9), nil},
			{100, nil, one(9, 12)}, // what came before 12 is waited for since 12 came
		}},
		{"two gaps, both over", []coming{{0, one(7, 9, 11), one(7)}, {100, nil, one(9, 11)}}},
		{"numbers wrap", []coming{
			{0, one(65534, 0), one(65534)},
			{1, one(65535, 1), one(65535, 0, 1)},
			{2, one(3, 4), nil},
			{102, nil, one(3, 4)},
		}},
		{"numbered anew, from far", []coming{
			{0, one(30000, 30001), one(30000, 30001)},
			{1, one(5), nil},
			{2, one(6, 7), one(5, 6, 7)},
			{200, one(8), one(8)},
		}},
		{"numbered anew, something held", []coming{{0, one(30000, 30002), one(30000)}, {1, one(5, 6), one(30002, 5, 6)}, {500, nil, nil}}},
		{"numbered anew, not far back", []coming{
			{0, one(200), one(200)},
			{1, upTo(100, 163), nil},
			{2, one(164, 165), one(164, 165)},
		}},
		{"numbered anew, far ahead", []coming{{0, one(7), one(7)}, {1, one(7000), nil}, {2, one(7001, 7002), one(7000, 7001, 7002)}}},
		{"one astray", []coming{{0, one(7, 7000, 8, 7001, 9), one(7, 8, 9)}, {1, one(7002), nil}}},
		{"more come late than a camera sends that numbers anew", []coming{
			{0, one(200), one(200)},
			{1, upTo(120, 180), nil},
			{2, one(201), one(201)},
			{3, upTo(120, 180), nil},
			{4, one(202), one(202)},
		}},
		{"the bound", []coming{
			{0, one(7), one(7)},
			{1, upTo(9, 8+orderRoom-1), nil},
			{2, one(8 + orderRoom), nil}, // may be astray
			{3, one(9 + orderRoom), upTo(9, 9+orderRoom)},
		}},
		{"the bound, and then it comes", []coming{
			{0, one(7), one(7)},
			{1, upTo(9, 8+orderRoom-1), nil},
			{2, one(8), upTo(8, 8+orderRoom-1)},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var o order
			began := time.Unix(1000, 0)
			for _, s := range c.comes {
				now := began.Add(time.Duration(s.ms) * time.Millisecond)
				var got []uint16
				take := func(packets []arrival) {
					for _, p := range packets {
						got = append(got, p.SequenceNumber)
					}
				}
				take(o.due(now))
				for _, n := range s.numbers {
					take(o.add(arrival{numbered(n), now}))
				}
				if !slices.Equal(got, s.want) {
					t.Fatalf("after %d ms: %d, want %d", s.ms, got, s.want)
				}
				if at := o.deadline(); at.IsZero() != (len(o.held) == 0) || !at.IsZero() && at.Before(now) {
					t.Fatalf("after %d ms: due at %v, %d held", s.ms, at.Sub(began), len(o.held))
				}
			}
		})
	}
}

// TestOrderOfAnUnrulyWay swaps, doubles and loses packets at random: what is handed out is in order, and all of it that
// came in time.
func TestOrderOfAnUnrulyWay(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	type coming struct {
		n  uint16
		at time.Duration
	}
	var came []coming
	lost := 0
	const packets = 100_000
	for i := range packets {
		if i > 0 && random.IntN(50) == 0 {
			lost++
			continue
		}
		at := time.Duration(i)*time.Millisecond + time.Duration(random.IntN(30))*time.Millisecond
		if i == 0 {
			at = -time.Millisecond
		}
		came = append(came, coming{uint16(i), at})
		if random.IntN(20) == 0 {
			came = append(came, coming{uint16(i), at + time.Duration(random.IntN(200))*time.Millisecond})
		}
	}
	slices.SortStableFunc(came, func(a, b coming) int { return int(a.at - b.at) })
	var o order
	began := time.Unix(1000, 0)
	got, last := 0, uint16(0)
	check := func(out []arrival) {
		for _, p := range out {
			if got > 0 && int16(p.SequenceNumber-last) <= 0 {
				t.Fatalf("%d after %d", p.SequenceNumber, last)
			}
			got, last = got+1, p.SequenceNumber
		}
	}
	for _, a := range came {
		check(o.add(arrival{numbered(a.n), began.Add(a.at)}))
		check(o.due(began.Add(a.at)))
	}
	check(o.due(began.Add(time.Hour)))
	if got != packets-lost {
		t.Errorf("%d handed out, want %d", got, packets-lost)
	}
}

// A camera that numbers anew is told soon from packets that come twice, and none of its packets is lost.
func TestNumbersBeginAnewNotFarBack(t *testing.T) {
	const stamp = 4_000_000_000
	sent := func(n uint16, stamp uint32) *rtp.Packet {
		p := numbered(n)
		p.Timestamp = stamp
		return p
	}
	for _, c := range []struct {
		name  string
		after []*rtp.Packet // 200 to 299, a picture each, and 301
		want  []uint16
	}{
		{
			"the clock goes on", []*rtp.Packet{
				sent(200, stamp+400*3600), sent(202, stamp+402*3600), sent(201, stamp+401*3600), sent(203, stamp+403*3600),
				sent(204, stamp+404*3600), sent(205, stamp+405*3600), sent(206, stamp+406*3600), sent(207, stamp+407*3600),
				sent(208, stamp+408*3600),
			}, append([]uint16{301}, upTo(200, 208)...),
		},
		{
			"the clock begins anew", []*rtp.Packet{
				sent(250, 0), sent(251, 0), sent(252, 0), sent(253, 0), sent(254, 0), sent(255, 0), sent(256, 0), sent(257, 0),
			}, append([]uint16{301}, upTo(250, 257)...),
		},
		{
			"seven", []*rtp.Packet{
				sent(250, 0), sent(251, 0), sent(252, 0), sent(253, 0), sent(254, 0), sent(255, 0), sent(256, 0),
				sent(300, stamp+300*3600), sent(257, 0),
			}, []uint16{300, 301},
		},
		{
			"a burst twice", func() (all []*rtp.Packet) {
				for n := uint16(240); n < 300; n++ {
					all = append(all, sent(n, stamp+uint32(n)*3600))
				}
				return append(all, sent(300, stamp+300*3600))
			}(), []uint16{300, 301},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var o order
			now := time.Unix(1000, 0)
			for n := uint16(200); n < 300; n++ {
				o.add(arrival{sent(n, stamp+uint32(n)*3600), now})
			}
			o.add(arrival{sent(301, stamp+301*3600), now})
			var got []uint16
			for _, p := range c.after {
				for _, out := range o.add(arrival{p, now}) {
					got = append(got, out.SequenceNumber)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%d, want %d", got, c.want)
			}
		})
	}
}

func TestNumbering(t *testing.T) {
	var n numbering
	for i, c := range []struct {
		number uint16
		ssrc   uint32
		lost   uint64
		anew   bool
	}{
		{65534, 7, 0, false},
		{65535, 7, 0, false},
		{1, 7, 1, false},
		{2, 8, 1, true}, // another source
		{3, 8, 0, false},
		{8000, 8, 7996, false},
		{7999, 8, 1, true},
		{7000, 8, 1, true},
		{7001, 8, 0, false},
		{30000, 8, 1, true},
	} {
		lost, anew := n.gap(&rtp.Header{SequenceNumber: c.number, SSRC: c.ssrc})
		if lost != c.lost || anew != c.anew {
			t.Errorf("%d: %d lost, anew: %v", i, lost, anew)
		}
	}
}
