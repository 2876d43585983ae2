package replay

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"iocwall/media/rtsp"
)

var (
	testSPS = []byte{
		0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x40, 0x78, 0x02, 0x27, 0xe5, 0x84, 0x00, 0x00, 0x03, 0x00, 0x04, 0x00, 0x00,
		0x03, 0x00, 0xf0, 0x3c, 0x60, 0xc6, 0x58,
	}
	testPPS = []byte{0x68, 0xeb}
	testAt  = time.Date(2026, 3, 1, 9, 41, 30, 0, time.UTC)
)

// film makes units of a stream for tests: fps units a second, a key unit each group, payloads that tell them apart.
type film struct {
	at    time.Time
	pts   time.Duration
	every time.Duration
	group int
	n     int
	size  int
}

func newFilm() *film { return &film{at: testAt, every: 40 * time.Millisecond, group: 25, size: 100} }

// next returns the next unit.
func (f *film) next() rtsp.Unit {
	body := make([]byte, f.size)
	copy(body, fmt.Sprintf("\x41 unit %d", f.n))
	u := rtsp.Unit{NALUs: [][]byte{body}, PTS: f.pts, Arrived: f.at}
	if f.n%f.group == 0 {
		body[0] = 0x65
		u.Key, u.NALUs = true, [][]byte{testSPS, testPPS, body}
	}
	for _, n := range u.NALUs {
		u.Size += len(n)
	}
	f.n++
	f.at, f.pts = f.at.Add(f.every), f.pts+f.every
	return u
}

// take returns the next n units.
func (f *film) take(n int) []rtsp.Unit {
	out := make([]rtsp.Unit, n)
	for i := range out {
		out[i] = f.next()
	}
	return out
}

func testClip(units []rtsp.Unit) Clip {
	return Clip{Head: Head{Camera: "cau-1", Stream: "main", From: testAt, To: testAt.Add(time.Minute)}, Codec: rtsp.H264, Units: units}
}

// write writes a clip and holds that the summary fits the file.
func write(t *testing.T, c Clip) ([]byte, Summary) {
	t.Helper()
	var file bytes.Buffer
	sum, err := Write(&file, c)
	if err != nil {
		t.Fatal(err)
	}
	if sum.SHA256 != sha256.Sum256(file.Bytes()) || sum.Bytes != int64(file.Len()) || sum.Frames != len(c.Units) {
		t.Fatalf("the summary %+v does not fit a file of %d bytes of %d units", sum, file.Len(), len(c.Units))
	}
	return file.Bytes(), sum
}

// same compares units in all that a file keeps.
func same(t *testing.T, got, want []rtsp.Unit) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d units, want %d", len(got), len(want))
	}
	for i := range got {
		g, w := got[i], want[i]
		if !reflect.DeepEqual(g.NALUs, w.NALUs) || g.Key != w.Key || !g.Arrived.Equal(w.Arrived) || !g.Taken.Equal(w.Taken) ||
			g.Lost != w.Lost || g.Size != w.Size {
			t.Fatalf("unit %d: got %+v, want %+v", i, g, w)
		}
	}
}

func TestWriteAndRead(t *testing.T) {
	f := newFilm()
	units := f.take(60)
	units[30].Lost = 7
	units[10].Taken = testAt.Add(-3 * time.Second)
	c := testClip(units)
	c.Gaps = []Gap{{Kind: GapNotArrived, From: f.at, To: c.To}}
	file, sum := write(t, c)
	want := []Gap{
		{Kind: GapLost, From: units[29].Arrived, To: units[30].Arrived, Lost: 7},
		{Kind: GapNotArrived, From: f.at, To: c.To},
	}
	if !reflect.DeepEqual(sum.Gaps, want) || sum.Lost != 7 || sum.Missing() != want[0].To.Sub(want[0].From)+c.To.Sub(f.at) {
		t.Errorf("gaps %v, lost %d, missing %v", sum.Gaps, sum.Lost, sum.Missing())
	}
	if !sum.From.Equal(testAt) || !sum.To.Equal(units[59].Arrived) {
		t.Errorf("from %v to %v", sum.From, sum.To)
	}
	got, err := Read(bytes.NewReader(file), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	same(t, got.Units, units)
	for i, u := range got.Units {
		if u.PTS != units[i].PTS {
			t.Fatalf("unit %d at %v, want %v", i, u.PTS, units[i].PTS)
		}
	}
	if got.Head != c.Head || got.Codec != rtsp.H264 || !reflect.DeepEqual(got.Gaps, want) {
		t.Errorf("%+v, %s, %v", got.Head, got.Codec, got.Gaps)
	}
	again, _ := write(t, got)
	if !bytes.Equal(again, file) {
		t.Error("what was read and written again is another file")
	}
}

// TestTimeline holds that pictures stand in the file where they stood in time, whatever the camera's clock does.
func TestTimeline(t *testing.T) {
	const ms = time.Millisecond
	cases := []struct {
		name    string
		pts     []time.Duration
		arrived []time.Duration
		breaks  map[int]GapKind
		want    []time.Duration
	}{
		{"even", []time.Duration{5 * ms, 45 * ms, 85 * ms}, []time.Duration{0, 40 * ms, 80 * ms}, nil, []time.Duration{0, 40 * ms, 80 * ms}},
		{"B-frames", []time.Duration{80 * ms, 200 * ms, 120 * ms, 160 * ms}, []time.Duration{0, 40 * ms, 80 * ms, 120 * ms}, nil, []time.Duration{0, 120 * ms, 40 * ms, 80 * ms}},
		{
			"stalled network",
			[]time.Duration{0, 40 * ms, 80 * ms},
			[]time.Duration{0, 5000 * ms, 5000 * ms},
			nil,
			[]time.Duration{0, 40 * ms, 80 * ms},
		},
		{
			"camera paused",
			[]time.Duration{0, 5000 * ms, 5040 * ms},
			[]time.Duration{0, 5000 * ms, 5040 * ms},
			nil,
			[]time.Duration{0, 5000 * ms, 5040 * ms},
		},
		{
			"clock steps",
			[]time.Duration{0, time.Hour, time.Hour + 40*ms, 80 * ms},
			[]time.Duration{0, 40 * ms, 80 * ms, 120 * ms},
			nil,
			[]time.Duration{0, 40 * ms, 80 * ms, 120 * ms},
		},
		{
			"connected anew",
			[]time.Duration{10 * ms, 50 * ms, 0, 40 * ms},
			[]time.Duration{0, 40 * ms, 9040 * ms, 9080 * ms},
			map[int]GapKind{2: GapDisconnected},
			[]time.Duration{0, 40 * ms, 9040 * ms, 9080 * ms},
		},
		{
			"our clock steps back",
			[]time.Duration{0, 40 * ms, 0},
			[]time.Duration{0, 40 * ms, -9000 * ms},
			map[int]GapKind{2: GapDisconnected},
			[]time.Duration{0, 40 * ms, 41 * ms},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			units := newFilm().take(len(c.pts))
			clip := testClip(units)
			for i := range units {
				units[i].PTS, units[i].Arrived = c.pts[i], testAt.Add(c.arrived[i])
				if kind := c.breaks[i]; kind != "" {
					clip.Breaks = append(clip.Breaks, Break{i, kind})
				}
			}
			file, _ := write(t, clip)
			got, err := Read(bytes.NewReader(file), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			same(t, got.Units, units)
			for i, u := range got.Units {
				if u.PTS != c.want[i] {
					t.Errorf("unit %d at %v, want %v", i, u.PTS, c.want[i])
				}
			}
			if !reflect.DeepEqual(got.Breaks, clip.Breaks) {
				t.Errorf("breaks %v, want %v", got.Breaks, clip.Breaks)
			}
		})
	}
}

func TestGaps(t *testing.T) {
	f := newFilm()
	units := f.take(30)
	f.at, f.pts = f.at.Add(10*time.Second), f.pts+10*time.Second // the camera was silent
	units = append(units, f.take(30)...)
	f.at = f.at.Add(5 * time.Second) // the connection broke
	f.pts = 0
	f.n = 75
	units = append(units, f.take(10)...)
	for i := 32; i < 40; i++ {
		units[i].Lost = 2
	}
	c := testClip(units)
	c.Breaks = []Break{{60, GapDisconnected}}
	_, sum := write(t, c)
	want := []Gap{
		{GapSilent, units[29].Arrived, units[30].Arrived, 0},
		{GapLost, units[31].Arrived, units[39].Arrived, 16},
		{GapDisconnected, units[59].Arrived, units[60].Arrived, 0},
	}
	if !reflect.DeepEqual(sum.Gaps, want) {
		t.Errorf("got %v, want %v", sum.Gaps, want)
	}
	slow := newFilm()
	slow.every = 5 * time.Second
	if _, sum := write(t, testClip(slow.take(20))); len(sum.Gaps) > 1 {
		t.Errorf("a camera of one picture in five seconds has gaps: %v", sum.Gaps)
	}
	bad := newFilm().take(5000)
	for i := range bad {
		bad[i].Lost, bad[i].Arrived = uint64(i%4/3), testAt.Add(time.Duration(i)*1500*time.Millisecond)
	}
	if _, sum := write(t, testClip(bad)); len(sum.Gaps) != maxGaps || sum.Lost != 1250 || !sum.Gaps[maxGaps-1].To.Equal(sum.To) {
		t.Errorf("%d gaps, %d lost", len(sum.Gaps), sum.Lost)
	}
}

func TestWriteRefuses(t *testing.T) {
	units := newFilm().take(30)
	bare := newFilm().take(1)
	bare[0].NALUs = bare[0].NALUs[2:]
	picture := []rtsp.Unit{{Key: true, NALUs: [][]byte{{0xff, 0xd8, 1}}}}
	cases := []struct {
		name  string
		codec rtsp.Codec
		units []rtsp.Unit
		err   error
		text  string
	}{
		{"nothing", rtsp.H264, nil, ErrNothing, "nothing is kept"},
		{"no key unit", rtsp.H264, units[1:], ErrUnsupported, "key frame"},
		{"no parameter sets", rtsp.H264, bare, ErrUnsupported, "parameter sets"},
		{"no codec", "vp8", units, ErrUnsupported, `"vp8"`},
		{"empty unit", rtsp.MJPEG, []rtsp.Unit{{Key: true}}, ErrUnsupported, "empty"},
		{"no picture", rtsp.MJPEG, picture, ErrUnsupported, "JPEG"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			_, err := Write(&out, Clip{Codec: c.codec, Units: c.units})
			if !errors.Is(err, c.err) || !strings.Contains(err.Error(), c.text) || out.Len() > 0 {
				t.Errorf("%v, %d bytes", err, out.Len())
			}
		})
	}
	full := &limited{left: 3000}
	if _, err := Write(full, testClip(units)); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("a full disk gives %v", err)
	}
}

// limited takes so many bytes and then fails.
type limited struct{ left int }

func (l *limited) Write(b []byte) (int, error) {
	if len(b) > l.left {
		return l.left, io.ErrShortWrite
	}
	l.left -= len(b)
	return len(b), nil
}

// TestLongGroup holds that a group without end is written in parts of bounded size.
func TestLongGroup(t *testing.T) {
	f := newFilm()
	f.group, f.size = 1<<30, 50_000
	units := f.take(400)
	w := NewWriter(io.Discard, Head{}, rtsp.H264)
	for _, u := range units {
		if err := w.Add(u, ""); err != nil {
			t.Fatal(err)
		}
		if w.bytes > fragmentBytes+f.size {
			t.Fatalf("%d bytes are held", w.bytes)
		}
	}
	file, _ := write(t, testClip(units))
	got, err := Read(bytes.NewReader(file), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	same(t, got.Units, units)
}

// TestReadCutOff cuts a file everywhere: what is whole comes out, with an error.
func TestReadCutOff(t *testing.T) {
	units := newFilm().take(80)
	file, _ := write(t, testClip(units))
	most := 0
	for n := 0; n < len(file); n += 1 + rand.IntN(200) {
		got, err := Read(bytes.NewReader(file[:n]), Limits{})
		if !errors.Is(err, ErrCutOff) {
			t.Fatalf("cut at %d of %d: %v", n, len(file), err)
		}
		if len(got.Units) < most || len(got.Units)%25 != 0 && len(got.Units) != 80 {
			t.Fatalf("cut at %d: %d units", n, len(got.Units))
		}
		most = len(got.Units)
		same(t, got.Units, units[:most])
	}
	if most < 75 {
		t.Errorf("no more than %d units came out", most)
	}
}

func TestReadRefuses(t *testing.T) {
	units := newFilm().take(80)
	file, _ := write(t, testClip(units))
	at := func(kind string) int { return bytes.Index(file, []byte(kind)) - 4 }
	without := func(kind string, size int) []byte {
		i := at(kind)
		return append(bytes.Clone(file[:i]), file[i+size:]...)
	}
	size := func(kind string) int { i := at(kind); return int(file[i+2])<<8 | int(file[i+3]) }
	cases := []struct {
		name   string
		file   []byte
		limits Limits
		err    error
	}{
		{"nothing", nil, Limits{}, ErrCutOff},
		{"text", []byte("<html>not found, really</html>"), Limits{}, ErrBroken},
		{"large box", append(bytes.Clone(file[:at("moov")]), "\xff\xff\xff\xffmoov"...), Limits{}, ErrTooLarge},
		{"zeros", make([]byte, 64), Limits{}, ErrBroken},
		{"bytes", file, Limits{Bytes: 2000}, ErrTooLarge},
		{"units", file, Limits{Units: 79}, ErrTooLarge},
		{"no track", without("moov", size("moov")), Limits{}, ErrBroken},
		{"no times", without("uuid"+boxTime, size("uuid"+boxTime)), Limits{}, ErrBroken},
		{"no head", without("uuid"+boxHead, size("uuid"+boxHead)), Limits{}, ErrBroken},
		{"no fragment", without("moof", size("moof")), Limits{}, ErrBroken},
		{"more", append(bytes.Clone(file), file...), Limits{}, ErrBroken},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Read(bytes.NewReader(c.file), c.limits); !errors.Is(err, c.err) {
				t.Errorf("got %v, want %v", err, c.err)
			}
		})
	}
}

// TestClock reads the time box that other programs look for.
func TestClock(t *testing.T) {
	at := testAt.Add(250 * time.Millisecond)
	b := appendClock(nil, at, 90000)
	seconds, fraction := binary.BigEndian.Uint32(b[16:]), binary.BigEndian.Uint32(b[20:])
	got := time.Date(1900, 1, 1, 0, 0, int(seconds), int(uint64(fraction)*1e9>>32), time.UTC)
	if len(b) != 32 || b[3] != 32 || string(b[4:8]) != "prft" || got.Sub(at).Abs() > time.Microsecond || binary.BigEndian.Uint64(b[24:]) != 90000 {
		t.Errorf("%x is %v, want %v", b, got, at)
	}
}

func FuzzRead(f *testing.F) {
	film := newFilm()
	film.group, film.size = 3, 20
	var file bytes.Buffer
	if _, err := Write(&file, testClip(film.take(8))); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Add(file.Bytes()[:file.Len()/2])
	f.Add([]byte("\x00\x00\x00\x08ftyp\x00\x00\x00\x08moof\x00\x00\x00\x08mdat"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Read(bytes.NewReader(data), Limits{Bytes: 1 << 20, Units: 1000})
		if len(c.Units) > 1000 {
			t.Fatalf("%d units", len(c.Units))
		}
		if err != nil || len(c.Units) == 0 {
			return
		}
		// What was read without an error can be written, unless its first unit has no description.
		var out bytes.Buffer
		if _, err := Write(&out, c); err != nil {
			if !errors.Is(err, ErrUnsupported) {
				t.Fatal(err)
			}
			return
		}
		again, err := Read(&out, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		same(t, again.Units, c.Units)
	})
}

func FuzzDecodeUnits(f *testing.F) {
	f.Add(encodeUnits(nil, newFilm().take(3)))
	f.Fuzz(func(t *testing.T, data []byte) {
		units, err := decodeUnits(data)
		if err != nil {
			return
		}
		again, err := decodeUnits(encodeUnits(nil, units))
		if err != nil {
			t.Fatal(err)
		}
		same(t, again, units)
	})
}
