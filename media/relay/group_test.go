package relay

import (
	"bytes"
	"log/slog"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/gortsplib/v4/pkg/format/rtph264"

	"iocwall/media/rtsp"
)

// newTestFeed returns an open feed of an H.264 stream without a server.
func newTestFeed(t *testing.T, sets ...[]byte) *feed {
	t.Helper()
	r := &Relay{opts: Options{CacheBytes: 1 << 20}, log: slog.New(slog.DiscardHandler)}
	f := newFeed(newUpstream(r, upstreamConfig{camera: "c1", stream: "main"}, nil), rtsp.Track{Codec: rtsp.H264, Parameters: sets})
	forma, encode, err := packetizer(rtsp.H264, sets)
	if err != nil {
		t.Fatal(err)
	}
	f.encode, f.stream = encode, &gortsplib.ServerStream{}
	f.media = &description.Media{Formats: []format.Format{forma}}
	return f
}

// send passes a unit on.
func (f *feed) send(t *testing.T, n int, lost uint64, nalus ...[]byte) {
	t.Helper()
	size := 0
	for _, x := range nalus {
		size += len(x)
	}
	f.unit(rtsp.Unit{
		NALUs: nalus, Key: rtsp.IsKey(rtsp.H264, nalus), PTS: time.Duration(n) * 40 * time.Millisecond,
		Arrived: time.Now(), Lost: lost, Size: size,
	}, func(err error) { t.Errorf("the session was ended: %v", err) })
}

// starts returns the NAL units of the first cached unit, and how many units are cached.
func (f *feed) starts(t *testing.T) ([][]byte, int) {
	t.Helper()
	if len(f.gop) == 0 {
		return nil, 0
	}
	dec := &rtph264.Decoder{PacketizationMode: 1}
	if err := dec.Init(); err != nil {
		t.Fatal(err)
	}
	for _, p := range f.gop[0].packets {
		if out, err := dec.Decode(p); err == nil {
			return out, len(f.gop)
		}
	}
	t.Fatal("the first cached unit cannot be read")
	return nil, 0
}

func TestTheCachedGroupHasOneSetOfParameters(t *testing.T) {
	sps, pps, newer := []byte{0x67, 1, 1, 1}, []byte{0x68, 1, 1}, []byte{0x67, 2, 2, 2}
	key, delta := []byte{0x65, 9, 9}, []byte{0x41, 9}
	f := newTestFeed(t, sps, pps)
	check := func(step string, want int, first ...[]byte) {
		t.Helper()
		got, n := f.starts(t)
		if n != want || !bytes.Equal(bytes.Join(got, nil), bytes.Join(first, nil)) {
			t.Errorf("%s: %d units that begin with %v; want %d, %v", step, n, got, want, first)
		}
		_, told, _ := rtsp.Sets(rtsp.H264, f.track.Parameters)
		if in, _ := f.media.Formats[0].(*format.H264).SafeParams(); !bytes.Equal(in, told) {
			t.Errorf("%s: readers are told %v, the newest is %v", step, in, told)
		}
	}
	f.send(t, 0, 0, delta)
	check("before a key frame", 0)
	f.send(t, 1, 0, key)
	f.send(t, 2, 0, delta)
	check("sets from the description", 2, sps, pps, key)
	f.send(t, 3, 0, newer)
	check("new sets in a unit of their own", 0)
	f.send(t, 4, 0, delta)
	check("still waiting", 0)
	f.send(t, 5, 0, key)
	check("the key frame after them", 1, newer, pps, key)
	f.send(t, 6, 0, sps, pps)
	f.send(t, 7, 0, key)
	f.send(t, 8, 0, sps, pps)
	check("the same sets again change nothing", 2, sps, pps, key)
	f.send(t, 9, 0, newer, key)
	check("one set with the key frame", 1, newer, pps, key)
	f.send(t, 10, 1, delta)
	check("after loss", 0)
	f.send(t, 11, 0, key)
	check("and the next key frame", 1, newer, pps, key)
}

// The library sends no packet of more than 1472 bytes, less what encryption adds; one that is larger ends the reader.
func TestStampedPacketsAreNotTooLarge(t *testing.T) {
	picture := make([]byte, 100_000)
	picture[0] = 0x65
	for _, codec := range []rtsp.Codec{rtsp.H264, rtsp.H265} {
		if codec == rtsp.H265 {
			picture[0], picture[1] = 0x26, 1
		}
		_, encode, err := packetizer(codec, nil)
		if err != nil {
			t.Fatal(err)
		}
		packets, err := encode([][]byte{picture})
		if err != nil {
			t.Fatal(err)
		}
		s := newSink(1 << 20)
		s.push(cached{packets: packets, arrived: time.Unix(1790000000, 0), taken: time.Now(), size: len(picture), key: true}, time.Now())
		if len(s.got) != len(packets) || !s.got[0].Extension {
			t.Fatalf("%s: %d packets of %d", codec, len(s.got), len(packets))
		}
		for i, p := range s.got {
			if p.MarshalSize() > 1472-10 {
				t.Fatalf("%s: packet %d has %d bytes", codec, i, p.MarshalSize())
			}
		}
	}
}
