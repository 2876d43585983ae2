package rtsp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"
	"github.com/pion/rtp"
)

var redactCases = []struct{ name, in, want string }{
	{"plain", "dial tcp 10.0.0.1:554: connection refused", "dial tcp 10.0.0.1:554: connection refused"},
	{"credentials", "open rtsp://admin:12345@10.0.0.1/ch1 failed", "open rtsp://10.0.0.1/ch1 failed"},
	{"at in password", "rtsp://a:p@ss@cam/ch1", "rtsp://cam/ch1"},
	{"user only", "RTSPS://root@cam:322/x", "RTSPS://cam:322/x"},
	{"query", "rtsp://cam/x?user=a&password=b end", "rtsp://cam/x?*** end"},
	{"login in the path", "rtsp://10.0.0.1/user=admin_password=1234_channel=1_stream=0.sdp", "rtsp://10.0.0.1/user=***"},
	{"password in the path", "open rtsp://10.0.0.1/ch1&Password=1234&x/2 failed", "open rtsp://10.0.0.1/ch1&Password=***/2 failed"},
	{"two", "rtsp://a:b@c/d and rtsp://e:f@g/h", "rtsp://c/d and rtsp://g/h"},
	{"header", "Authorization: Basic YWRtaW46MTIzNDU=", "Authorization: Basic ***"},
	{"digest", `Digest username="admin", response="abc"`, `Digest ***`},
	{"vietnamese", "camera Cầu Câu Lâu rtsp://x:y@z/", "camera Cầu Câu Lâu rtsp://z/"},
}

func TestRedact(t *testing.T) {
	for _, c := range redactCases {
		t.Run(c.name, func(t *testing.T) {
			if got := Redact(c.in); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzRedact(f *testing.F) {
	for _, c := range redactCases {
		f.Add(c.in, "Secret12")
	}
	f.Fuzz(func(t *testing.T, text, secret string) {
		if len(secret) < 8 || strings.ContainsAny(secret, "*/?@ ") || strings.Contains("***rtsp://", secret) {
			return
		}
		got := redactSecrets(text+" "+secret+" rtsp://u:"+secret+"@host/x?p="+secret, secret)
		if strings.Contains(got, secret) {
			t.Fatalf("secret %q left in %q", secret, got)
		}
		if again := Redact(got); Redact(again) != again {
			t.Fatalf("redacting is not stable: %q", again)
		}
	})
}

func TestAddress(t *testing.T) {
	good := []struct{ raw, user, pass, public, wantUser, wantPass string }{
		{"rtsp://cam/x", "", "", "rtsp://cam/x", "", ""},
		{"rtsp://cam:554/x?a=b", "u", "p", "rtsp://cam:554/x", "u", "p"},
		{"rtsp://u:p%40q@cam/x", "", "", "rtsp://cam/x", "u", "p@q"},
		{"rtsp://u:p@cam/x", "v", "w", "rtsp://cam/x", "v", "w"},
		{" rtsps://[::1]:322/x ", "", "", "rtsps://[::1]:322/x", "", ""},
	}
	for _, c := range good {
		a, err := parseAddress(c.raw, c.user, c.pass)
		if err != nil || a.user != c.wantUser || a.pass != c.wantPass || Public(c.raw) != c.public {
			t.Errorf("%q: %+v, %v, public %q", c.raw, a, err, Public(c.raw))
		}
	}
	for _, raw := range []string{
		"", "cam", "http://cam/x", "rtsp://", "rtsp:///x", "rtsp://u:sec ret@", "rtsp://u:secret@cam:99999/x",
		"rtsp://u:secret@cam:port/x", "rtsp://cam/x#secret", "\x00", "rtsp://u:secret%zz@cam/",
	} {
		err := Check(raw)
		if err == nil {
			t.Errorf("%q was accepted", raw)
			continue
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the error quotes the secret: %v", raw, err)
		}
	}
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"rtsp://u:p@h/x?y", "rtsps://[::1]:1/", "rtsp://h:0", "rtsp://a%:b@c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		a, err := parseAddress(raw, "", "")
		if err != nil {
			return
		}
		if a.url.User != nil || strings.Contains(Public(raw), "?") {
			t.Fatalf("%q keeps credentials or query: %q", raw, Public(raw))
		}
	})
}

func TestReasons(t *testing.T) {
	status := func(code base.StatusCode, text string) error {
		return fmt.Errorf("describe: %w", liberrors.ErrClientBadStatusCode{Code: code, Message: text})
	}
	cases := []struct {
		err   error
		want  Reason
		relay bool
	}{
		{status(401, "Unauthorized"), ReasonLoginRefused, false},
		{status(403, "Forbidden"), ReasonLoginRefused, false},
		{status(453, "Not Enough Bandwidth"), ReasonFull, false},
		{status(503, "Service Unavailable"), ReasonFull, false},
		{status(503, "login-refused"), ReasonLoginRefused, true},
		{status(401, "login-refused"), ReasonLoginRefused, false},
		{status(401, "not-admitted"), ReasonNotAdmitted, true},
		{status(503, "no-packets"), ReasonNoPackets, true},
		{status(404, "Not Found"), ReasonNotFound, false},
		{status(461, ""), ReasonUnsupported, false},
		{status(500, "boom"), ReasonFailed, false},
		{io.EOF, ReasonDisconnected, false},
		{&net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}, ReasonDisconnected, false},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, ReasonUnreachable, false},
		{&net.DNSError{Err: "no such host"}, ReasonUnreachable, false},
		{context.DeadlineExceeded, ReasonTimeout, false},
		{liberrors.ErrClientTCPTimeout{}, ReasonTimeout, false},
		{liberrors.ErrClientSDPInvalid{Err: errors.New("x")}, ReasonBadStream, false},
		{errNoVideo, ReasonNoVideo, false},
		{fmt.Errorf("%w: mode 2", errUnsupported), ReasonUnsupported, false},
		{errors.New("whatever"), ReasonFailed, false},
	}
	for _, c := range cases {
		if got, relay := classify(c.err); got != c.want || relay != c.relay {
			t.Errorf("%v: got %q, %v; want %q, %v", c.err, got, relay, c.want, c.relay)
		}
		if !c.want.Valid() {
			t.Errorf("%q is not valid", c.want)
		}
	}
	if Reason("nonsense").Valid() {
		t.Error("nonsense is valid")
	}
	if ReasonOf(nil) != ReasonNone || ReasonOf(io.EOF) != ReasonFailed ||
		ReasonOf(fmt.Errorf("x: %w", &Error{Reason: ReasonFull})) != ReasonFull {
		t.Error("ReasonOf")
	}
}

func TestBackoff(t *testing.T) {
	for _, random := range []float64{0, 0.999} {
		b := Backoff{Min: time.Second, Max: 8 * time.Second, Random: func() float64 { return random }}
		for i, whole := range []time.Duration{1, 2, 4, 8, 8, 8} {
			whole *= time.Second
			got := b.Next(0)
			if got < whole/2 || got > whole {
				t.Errorf("pause %d is %v, want %v to %v", i, got, whole/2, whole)
			}
			if b.Tries() != i+1 {
				t.Errorf("tries %d, want %d", b.Tries(), i+1)
			}
		}
		if got := b.Next(59 * time.Second); got < 4*time.Second {
			t.Errorf("an unstable session reset the pause to %v", got)
		}
		if got := b.Next(time.Minute); got > time.Second {
			t.Errorf("after a stable minute the pause is %v", got)
		}
	}
	var b Backoff
	for range 200 {
		if got := b.Next(0); got <= 0 || got > 30*time.Second {
			t.Fatalf("default pause %v", got)
		}
	}
}

func TestMeter(t *testing.T) {
	var m Meter
	start := time.Unix(1000, 0)
	for i := range 250 { // ten seconds at 25 a second
		at := start.Add(time.Duration(i) * 40 * time.Millisecond)
		lost := uint64(0)
		if i%10 == 9 {
			lost = 1
		}
		m.Packet(at, 1000, lost)
		m.Frame(at)
	}
	fps, bitrate, loss := m.Rates(start.Add(10 * time.Second))
	if fps != 25 || bitrate != 200000 || loss < 0.09 || loss > 0.0910 {
		t.Errorf("fps %v, bitrate %v, loss %v", fps, bitrate, loss)
	}
	if fps, bitrate, loss = m.Rates(start.Add(2 * time.Minute)); fps != 0 || bitrate != 0 || loss != 0 {
		t.Errorf("two minutes later: %v, %v, %v", fps, bitrate, loss)
	}
	if fps, _, _ = new(Meter).Rates(start); fps != 0 {
		t.Errorf("an empty meter tells %v", fps)
	}
}

// h264Track is a track with a well-known SPS of 1920×1080.
func h264Track(t *testing.T) Track {
	t.Helper()
	sps := []byte{0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x40, 0x78, 0x02, 0x27, 0xe5, 0x84, 0x00, 0x00, 0x03, 0x00, 0x04, 0x00, 0x00, 0x03, 0x00, 0xf0, 0x3c, 0x60, 0xc6, 0x58}
	track, ok := trackOf(&format.H264{PayloadTyp: 96, PacketizationMode: 1, SPS: sps, PPS: []byte{0x68, 0xeb}})
	if !ok {
		t.Fatal("not a track")
	}
	return track
}

func TestTrack(t *testing.T) {
	track := h264Track(t)
	if track.Width != 1920 || track.Height != 1080 || len(track.Parameters) != 2 {
		t.Errorf("%+v", track)
	}
	if _, ok := trackOf(&format.Opus{}); ok {
		t.Error("audio counts as video")
	}
	video := &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{track.Format}}
	back := &description.Media{Type: description.MediaTypeVideo, IsBackChannel: true, Formats: []format.Format{track.Format}}
	audio := &description.Media{Type: description.MediaTypeAudio, Formats: []format.Format{&format.Opus{}}}
	av1 := &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{&format.AV1{}}}
	jpeg := &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{&format.MJPEG{}}}
	for _, c := range []struct {
		medias []*description.Media
		want   *description.Media
		err    error
	}{
		{[]*description.Media{audio, back, video}, video, nil},
		{[]*description.Media{jpeg, video}, video, nil},
		{[]*description.Media{audio}, nil, errNoVideo},
		{nil, nil, errNoVideo},
		{[]*description.Media{audio, jpeg}, jpeg, nil},
		{[]*description.Media{audio, av1}, nil, errUnsupported},
	} {
		m, _, err := findVideo(&description.Session{Medias: c.medias})
		if m != c.want || !errors.Is(err, c.err) {
			t.Errorf("%v: %v, %v", c.medias, m, err)
		}
	}
}

func TestDepacketizer(t *testing.T) {
	d, err := newDepacketizer(h264Track(t))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(0, 0)
	seq := uint16(65534)
	send := func(stamp uint32, marker bool, lost uint64, payload ...byte) (Unit, bool) {
		seq++
		return d.add(&rtp.Packet{
			Header:  rtp.Header{Version: 2, PayloadType: 96, SequenceNumber: seq, Timestamp: stamp, Marker: marker},
			Payload: payload,
		}, now, lost)
	}
	steps := []struct {
		stamp   uint32
		marker  bool
		lost    uint64
		payload []byte
		want    *Unit
	}{
		{4294967000, true, 0, []byte{0x65, 1}, &Unit{Key: true}},
		{3304, true, 0, []byte{0x41, 1}, &Unit{PTS: 40 * time.Millisecond}},
		// A fragment whose end is lost leaves nothing behind.
		{5000, false, 0, []byte{0x7c, 0x85, 1}, nil},
		{6904, false, 2, []byte{0x67, 1}, nil},
		{6904, true, 0, []byte{0x65, 0x81}, &Unit{Key: true, PTS: 80 * time.Millisecond, Lost: 2}},
		// A camera that never sets the marker.
		{10504, false, 0, []byte{0x41, 2}, nil},
		{14104, false, 0, []byte{0x41, 3}, &Unit{PTS: 120 * time.Millisecond}},
		{17704, false, 0, []byte{0x41, 4}, &Unit{PTS: 160 * time.Millisecond}},
		// A camera whose clock steps back.
		{4294894999 + 1, false, 0, []byte{0x41, 5}, &Unit{PTS: 200 * time.Millisecond}},
		{4294894999 + 1, true, 0, []byte{0x41, 6}, &Unit{PTS: -800 * time.Millisecond}},
		{17704, true, 0, nil, nil},
	}
	for i, s := range steps {
		u, ok := send(s.stamp, s.marker, s.lost, s.payload...)
		if ok != (s.want != nil) {
			t.Fatalf("step %d: unit %v, %+v", i, ok, u)
		}
		if ok && (u.Key != s.want.Key || u.PTS.Round(time.Millisecond) != s.want.PTS || u.Lost != s.want.Lost) {
			t.Errorf("step %d: got %+v, want %+v", i, u, *s.want)
		}
	}
}

// sent is a packet of a picture, by its number.
type sent struct {
	picture int
	marker  bool
	payload []byte
}

// unitsOf puts together what is left of packets when n of them are missing from the given one on.
func unitsOf(t *testing.T, track Track, packets []sent, missing, n int) []Unit {
	t.Helper()
	d, err := newDepacketizer(track)
	if err != nil {
		t.Fatal(err)
	}
	var units []Unit
	for i, p := range packets {
		lost := uint64(0)
		switch {
		case i >= missing && i < missing+n:
			continue
		case i == missing+n:
			lost = uint64(n)
		}
		u, ok := d.add(&rtp.Packet{
			Header:  rtp.Header{Version: 2, SequenceNumber: uint16(i), Timestamp: uint32(p.picture) * 3600, Marker: p.marker},
			Payload: p.payload,
		}, time.Unix(0, 0), lost)
		if ok {
			units = append(units, u)
		}
	}
	return units
}

// TestATornKeyFrameIsNoKeyFrame loses up to five packets on end of a stream whose pictures have several slices, with
// markers and without. What is taken for a key frame is whole, whatever is missing before it, loss is told with the next
// unit, and a key frame of which something came is told of.
func TestATornKeyFrameIsNoKeyFrame(t *testing.T) {
	streams := map[Codec][]sent{
		H264: {
			{0, false, []byte{0x41, 0x80, 9}},
			{0, true, []byte{0x41, 0x40, 9}},
			{1, false, []byte{0x67, 1}},
			{1, false, []byte{0x68, 1}},
			{1, false, []byte{0x65, 0x80, 1}},
			{1, false, []byte{0x7c, 0x85, 0x40, 2}},
			{1, false, []byte{0x7c, 0x05, 3}},
			{1, false, []byte{0x7c, 0x45, 4}},
			{1, true, []byte{0x65, 0x20, 5}},
			{2, false, []byte{0x7c, 0x81, 0x80, 9}},
			{2, false, []byte{0x7c, 0x01, 9}},
			{2, true, []byte{0x7c, 0x41, 9}},
			{3, false, []byte{0x41, 0x80, 9}},
			{3, true, []byte{0x41, 0x40, 9}},
			{4, true, []byte{0x41, 0x80, 9}},
			{5, true, []byte{0x41, 0x80, 9}},
		},
		H265: {
			{0, false, []byte{0x02, 1, 0x80, 9}},
			{0, true, []byte{0x02, 1, 0x10, 9}},
			{1, false, []byte{0x40, 1, 1}},
			{1, false, []byte{0x42, 1, 1}},
			{1, false, []byte{0x44, 1, 1}},
			{1, false, []byte{0x26, 1, 0x80, 1}},
			{1, false, []byte{0x62, 1, 0x93, 0x10, 2}},
			{1, false, []byte{0x62, 1, 0x13, 3}},
			{1, false, []byte{0x62, 1, 0x53, 4}},
			{1, true, []byte{0x26, 1, 0x08, 5}},
			{2, false, []byte{0x62, 1, 0x81, 0x80, 9}},
			{2, false, []byte{0x62, 1, 0x01, 9}},
			{2, true, []byte{0x62, 1, 0x41, 9}},
			{3, false, []byte{0x02, 1, 0x80, 9}},
			{3, true, []byte{0x02, 1, 0x10, 9}},
			{4, true, []byte{0x02, 1, 0x80, 9}},
			{5, true, []byte{0x02, 1, 0x80, 9}},
		},
	}
	tracks := map[Codec]Track{H264: h264Track(t)}
	tracks[H265], _ = trackOf(&format.H265{PayloadTyp: 96})
	for codec, packets := range streams {
		for _, marked := range []bool{true, false} {
			if !marked && codec == H265 {
				continue // nothing comes out without markers
			}
			for i := range packets {
				packets[i].marker = packets[i].marker && marked
			}
			for n := range 6 {
				for missing := range len(packets) - 2 - n {
					name := fmt.Sprintf("%s, markers %v, %d missing from packet %d", codec, marked, n, missing)
					checkKeys(t, name, codec, packets, unitsOf(t, tracks[codec], packets, missing, n), missing, n)
				}
			}
		}
	}
}

func checkKeys(t *testing.T, name string, codec Codec, packets []sent, units []Unit, missing, n int) {
	t.Helper()
	hit, before, left := false, 0, false // something of the key frame is missing, so many before its slices, something is left
	for i, p := range packets {
		gone := i >= missing && i < missing+n
		hit = hit || gone && p.picture == 1
		if gone && p.picture <= 1 && !ofKey(codec, p.payload) {
			before++
		}
		left = left || !gone && p.picture == 1 && ofKey(codec, p.payload)
	}
	// Without markers a key frame of which nothing is missing may seem to lack its end.
	open := n > 0 && !packets[len(packets)-1].marker && packets[missing].picture == 2 && packets[missing-1].picture == 1
	keys, told, torn := 0, uint64(0), 0
	for _, u := range units {
		told += u.Lost
		if u.TornKey {
			torn++
		}
		if !u.Key {
			continue
		}
		keys++
		slices := 0
		for _, nalu := range u.NALUs {
			if !IsParameterSet(codec, nalu) {
				slices++
			}
		}
		if slices != 3 {
			t.Errorf("%s: a key frame of %d slices", name, slices)
		}
		if u.Lost > uint64(before) {
			t.Errorf("%s: %d packets are told to be lost before the key frame, %d are", name, u.Lost, before)
		}
	}
	if told != uint64(n) {
		t.Errorf("%s: %d packets are told to be lost", name, told)
	}
	if keys != 1 && !hit && !open || keys > 1 {
		t.Errorf("%s: %d key frames", name, keys)
	}
	if want := keys == 0 && left; want != (torn > 0) || torn > 1 {
		t.Errorf("%s: %d key frames are told to be torn, %d to be whole", name, torn, keys)
	}
}

// The picture after a key frame may leave nothing, whatever became of the key frame: that is judged by what is missing of
// itself.
func TestAKeyFrameIsJudgedByItsOwnLoss(t *testing.T) {
	for _, c := range []struct {
		name    string
		packets []sent
		missing int
		lost    int
		keys    int
	}{
		{"its end and the beginning of the next are lost", []sent{
			{0, true, []byte{0x41, 0x80, 9}},
			{1, false, []byte{0x67, 1}},
			{1, false, []byte{0x68, 1}},
			{1, false, []byte{0x65, 0x80, 1}},
			{1, true, []byte{0x65, 0x40, 2}},
			{2, false, []byte{0x7c, 0x81, 0x80}},
			{2, false, []byte{0x7c, 0x01, 3}},
			{2, true, []byte{0x7c, 0x41, 4}},
			{3, true, []byte{0x41, 0x80, 9}},
		}, 4, 2, 0},
		{"it is whole, without a marker, and a fragment of the next is lost", []sent{
			{0, false, []byte{0x41, 0x80, 9}},
			{1, false, []byte{0x67, 1}},
			{1, false, []byte{0x68, 1}},
			{1, false, []byte{0x65, 0x80, 1}},
			{2, false, []byte{0x7c, 0x81, 3}},
			{2, false, []byte{0x7c, 0x01, 3}},
			{2, false, []byte{0x7c, 0x41, 4}},
			{3, false, []byte{0x41, 0x80, 9}},
		}, 5, 1, 1},
	} {
		keys := 0
		for _, u := range unitsOf(t, h264Track(t), c.packets, c.missing, c.lost) {
			if u.Key {
				keys++
			}
		}
		if keys != c.keys {
			t.Errorf("%s: %d key frames, want %d", c.name, keys, c.keys)
		}
	}
}

// A unit of H.265 without a marker comes out together with the next ones: it is a key frame only if nothing is missing of
// any of them.
func TestUnitsThatComeOutTogetherAreJudgedTogether(t *testing.T) {
	track, _ := trackOf(&format.H265{PayloadTyp: 96})
	packets := []sent{
		{0, true, []byte{0x02, 1, 0x80, 9}},
		{1, false, []byte{0x26, 1, 0x80, 1}}, // whole, but the camera forgot its marker
		{2, false, []byte{0x62, 1, 0x81, 0x80, 9}},
		{2, false, []byte{0x62, 1, 0x01, 9}},
		{2, true, []byte{0x62, 1, 0x41, 9}},
		{3, true, []byte{0x02, 1, 0x80, 9}},
		{4, true, []byte{0x02, 1, 0x80, 9}},
	}
	for n, want := range []int{1, 0} {
		keys, told := 0, uint64(0)
		for _, u := range unitsOf(t, track, packets, 3, n) {
			told += u.Lost
			if u.Key {
				keys++
			}
		}
		if keys != want || told != uint64(n) {
			t.Errorf("%d missing: %d key frames, %d told", n, keys, told)
		}
	}
}

// TestFragmentsThatWereNeverMadeAreMissing: an encoder ends in the middle of a NAL unit, before its packets are numbered.
// What is left counts as one lost packet, and a key frame of it is none.
func TestFragmentsThatWereNeverMadeAreMissing(t *testing.T) {
	type unit struct {
		key  bool
		lost uint64
	}
	for name, c := range map[string]struct {
		codec   Codec
		packets []sent
		want    []unit
	}{
		"all is well": {H264, []sent{
			{0, false, []byte{0x7c, 0x85, 0x80}}, {0, true, []byte{0x7c, 0x45, 1}}, {1, true, []byte{0x41, 0x80}},
		}, []unit{{true, 0}, {false, 0}}},
		"the end": {H264, []sent{
			{0, true, []byte{0x65, 0x80}},
			{1, false, []byte{0x7c, 0x81, 0x80}},
			{2, true, []byte{0x41, 0x80}},
		}, []unit{{true, 0}, {false, 1}}},
		"the end of a slice": {H264, []sent{
			{0, false, []byte{0x65, 0x80}},
			{0, false, []byte{0x7c, 0x85, 0x40}},
			{0, true, []byte{0x65, 0x20}},
			{1, true, []byte{0x41, 0x80}},
		}, []unit{{false, 1}}},
		"the beginning": {H264, []sent{
			{0, true, []byte{0x65, 0x80}},
			{1, true, []byte{0x7c, 0x41, 0x80}},
			{2, true, []byte{0x41, 0x80}},
		}, []unit{{true, 0}, {false, 1}}},
		"the session begins in the middle": {H264, []sent{
			{0, true, []byte{0x7c, 0x41, 0x80}}, {1, true, []byte{0x65, 0x80}},
		}, []unit{{true, 0}}},
		"the end, H.265": {H265, []sent{
			{0, true, []byte{0x26, 1, 0x80}},
			{1, false, []byte{0x62, 1, 0x81, 0x80}},
			{1, false, []byte{0x62, 1, 0x01, 0x80}},
			{2, true, []byte{0x02, 1, 0x80}},
		}, []unit{{true, 0}, {false, 1}}},
		"the end of a key frame, H.265": {H265, []sent{
			{0, false, []byte{0x62, 1, 0x93, 0x80}},
			{1, false, []byte{0x62, 1, 0x93, 0x80}},
			{1, true, []byte{0x62, 1, 0x53, 0x80}},
		}, []unit{{true, 1}}},
	} {
		var forma format.Format = &format.H264{PayloadTyp: 96, PacketizationMode: 1}
		if c.codec == H265 {
			forma = &format.H265{PayloadTyp: 96}
		}
		track, _ := trackOf(forma)
		var got []unit
		for _, u := range unitsOf(t, track, c.packets, len(c.packets), 0) {
			got = append(got, unit{u.Key, u.Lost})
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func FuzzDepacketizer(f *testing.F) {
	f.Add(false, []byte{0x65, 1, 2, 0x7c, 0x85, 1, 0x7c, 0x45, 2})
	f.Add(true, []byte{0x26, 1, 2, 0x62, 1, 0x93, 0, 0x62, 1, 0x53})
	f.Add(false, []byte{0x78, 0, 0, 0, 0, 0, 1, 0x67})
	f.Fuzz(func(t *testing.T, hevc bool, data []byte) {
		var forma format.Format = &format.H264{PayloadTyp: 96, PacketizationMode: 1}
		if hevc {
			forma = &format.H265{PayloadTyp: 96}
		}
		track, _ := trackOf(forma)
		d, err := newDepacketizer(track)
		if err != nil {
			t.Fatal(err)
		}
		lost, told := uint64(0), uint64(0)
		for seq := uint16(0); len(data) > 0; seq++ {
			n := min(len(data), 1+int(data[0])%64)
			missing := uint64(0)
			if data[0]%8 == 7 {
				missing = uint64(data[0] >> 6)
			}
			lost += max(1, missing) // a fragment may be missing that has no number
			p := &rtp.Packet{Header: rtp.Header{
				Version: 2, SequenceNumber: seq, Timestamp: uint32(data[0]) * 900, Marker: data[0]&1 == 1,
			}, Payload: data[:n]}
			data = data[n:]
			u, ok := d.add(p, time.Unix(0, 0), missing)
			if !ok {
				continue
			}
			if told += u.Lost; told > lost {
				t.Fatalf("%d packets are told to be lost of %d", told, lost)
			}
			size := 0
			for _, nalu := range u.NALUs {
				if len(nalu) == 0 {
					t.Fatal("an empty NAL unit came out")
				}
				size += len(nalu)
			}
			if size != u.Size || len(u.NALUs) == 0 {
				t.Fatalf("size %d, counted %d, %d NAL units", u.Size, size, len(u.NALUs))
			}
			Describe(track.Codec, u.NALUs)
			Sets(track.Codec, u.NALUs)
		}
	})
}

func TestPlayTellsWhyItFails(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Close() })
	junk, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { junk.Close() })
	go func() {
		for {
			c, err := junk.Accept()
			if err != nil {
				return
			}
			c.Write([]byte("SSH-2.0-OpenSSH\r\n\r\n\r\n")) //nolint:errcheck // the test does not care
			c.Close()
		}
	}()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, c := range []struct {
		name, url string
		want      []Reason
	}{
		{"silent", "rtsp://u:hush1@" + silent.Addr().String() + "/x", []Reason{ReasonTimeout}},
		{"junk", "rtsp://u:hush1@" + junk.Addr().String() + "/x", []Reason{ReasonBadStream, ReasonDisconnected}},
		{"closed", "rtsp://u:hush1@" + closed.Addr().String() + "/x?p=hush1", []Reason{ReasonUnreachable}},
		{"invalid", "rtsp://u:hush1@:x/", []Reason{ReasonBadStream}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := Play(context.Background(), Options{URL: c.url, Timeout: 300 * time.Millisecond}, Handler{})
			found := false
			for _, r := range c.want {
				found = found || ReasonOf(err) == r
			}
			if !found || strings.Contains(err.Error(), "hush1") {
				t.Errorf("got %q: %v", ReasonOf(err), err)
			}
		})
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	why := errors.New("no longer wanted")
	time.AfterFunc(50*time.Millisecond, func() { cancel(why) })
	if err := Play(ctx, Options{URL: "rtsp://" + silent.Addr().String() + "/x"}, Handler{}); !errors.Is(err, why) {
		t.Errorf("after cancel: %v", err)
	}
}
