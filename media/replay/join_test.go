package replay

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"testing"
	"testing/iotest"
	"time"

	"iocwall/media/rtsp"
)

// join joins parts and holds that the summary fits the file.
func join(t *testing.T, h Head, rest func(io.Writer) error, parts ...[]byte) (Clip, Summary) {
	t.Helper()
	var readers []io.Reader
	for _, p := range parts {
		readers = append(readers, bytes.NewReader(p))
	}
	var file bytes.Buffer
	sum, err := Join(&file, h, readers, rest)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Read(bytes.NewReader(file.Bytes()), Limits{})
	if err != nil || sum.SHA256 != sha256.Sum256(file.Bytes()) || sum.Bytes != int64(file.Len()) || sum.Frames != len(c.Units) || c.Head != h {
		t.Fatalf("the summary %+v does not fit a file of %d bytes of %d units, %+v: %v", sum, file.Len(), len(c.Units), c.Head, err)
	}
	return c, sum
}

func gives(file []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(file)
		return err
	}
}

func nothing(io.Writer) error { return ErrNothing }

// A clip that a crash cut off anywhere goes on with what came after it: every whole group of pictures is there, once, and
// the time between is a gap of as long as it was.
func TestJoin(t *testing.T) {
	f := newFilm()
	early := f.take(150)
	f.at, f.pts, f.n = f.at.Add(4*time.Second), 0, 0 // the relay is started again and asks the camera anew
	late := f.take(100)
	head := testClip(nil).Head
	head.To = late[len(late)-1].Arrived
	clip := func(units []rtsp.Unit) []byte {
		file, _ := write(t, Clip{Head: head, Codec: rtsp.H264, Units: units})
		return file
	}
	before := clip(early)
	after, _ := write(t, Clip{Head: head, Codec: rtsp.H264, Units: late, Gaps: []Gap{{Kind: GapNotKept, From: head.From, To: late[0].Arrived}}})
	for n := 0; n < len(before); n += 1 + n/7 {
		whole, err := Read(bytes.NewReader(before[:n]), Limits{})
		if !errors.Is(err, ErrCutOff) {
			t.Fatal(err)
		}
		c, sum := join(t, head, gives(after), before[:n])
		kept := len(whole.Units)
		same(t, c.Units, append(append([]rtsp.Unit(nil), early[:kept]...), late...))
		if kept == 0 {
			if len(c.Gaps) != 1 || c.Gaps[0].Kind != GapNotKept {
				t.Errorf("cut at %d: gaps %v", n, c.Gaps)
			}
			continue
		}
		gap := Gap{Kind: GapNotWritten, From: early[kept-1].Arrived, To: late[0].Arrived}
		if len(c.Gaps) != 1 || c.Gaps[0].Kind != gap.Kind || !c.Gaps[0].From.Equal(gap.From) || !c.Gaps[0].To.Equal(gap.To) || sum.Missing() != gap.To.Sub(gap.From) {
			t.Errorf("cut at %d: gaps %v, want %v", n, c.Gaps, gap)
		}
		if got, want := c.Units[kept].PTS-c.Units[kept-1].PTS, gap.To.Sub(gap.From); got != want {
			t.Errorf("cut at %d: %v apart on the time line, %v passed", n, got, want)
		}
	}
}

// What is left alone is a clip as well, and says that its end is missing.
func TestJoinWithoutTheRest(t *testing.T) {
	units := newFilm().take(100)
	head := testClip(nil).Head
	file, _ := write(t, testClip(units))
	c, _ := join(t, head, nothing, file[:len(file)*3/4])
	same(t, c.Units, units[:len(c.Units)])
	last := c.Units[len(c.Units)-1].Arrived
	if len(c.Units)%25 != 0 || len(c.Gaps) != 1 || c.Gaps[0].Kind != GapNotWritten || !c.Gaps[0].From.Equal(last) || !c.Gaps[0].To.Equal(head.To) {
		t.Errorf("%d units, gaps %v", len(c.Units), c.Gaps)
	}
	var out bytes.Buffer
	if _, err := Join(&out, head, []io.Reader{bytes.NewReader(file[:20]), bytes.NewReader([]byte("no clip"))}, nothing); !errors.Is(err, ErrNothing) || out.Len() > 0 {
		t.Errorf("of nothing: %v, %d bytes", err, out.Len())
	}
}

// A relay of its own has all pictures still: the clip is as if nothing had happened, whatever was left of it, also of
// two crashes.
func TestJoinWithTheWhole(t *testing.T) {
	units := newFilm().take(200)
	whole, _ := write(t, testClip(units))
	for _, n := range []int{len(whole) / 3, len(whole) / 2, len(whole) - 1} {
		c, sum := join(t, testClip(nil).Head, gives(whole), whole[:n], whole[:n/2])
		same(t, c.Units, units)
		if len(c.Gaps) != 0 || len(c.Breaks) != 0 || sum.Lost != 0 {
			t.Errorf("cut at %d: gaps %v, breaks %v", n, c.Gaps, c.Breaks)
		}
		for i, u := range c.Units {
			if u.PTS != units[i].PTS {
				t.Fatalf("cut at %d: unit %d is at %v, was at %v", n, i, u.PTS, units[i].PTS)
			}
		}
	}
}

// A group of pictures that is longer than a fragment is cut off inside: a relay that has all of it loses none.
func TestJoinInsideAGroup(t *testing.T) {
	f := newFilm()
	f.group, f.size = 250, 40_000
	units := f.take(750)
	whole, _ := write(t, testClip(units))
	// The ring of the relay has nothing of the beginning any more.
	later, _ := write(t, testClip(units[250:]))
	for name, file := range map[string][]byte{"all": whole, "the end": later} {
		c, _ := join(t, testClip(nil).Head, gives(file), whole[:len(whole)*2/5])
		same(t, c.Units, units)
		if len(c.Gaps) > 0 {
			t.Errorf("with %s: gaps %v", name, c.Gaps)
		}
	}
}

// What a part told of its own beginning and end holds, and the rhythm of a slow camera is no gap.
func TestJoinKeepsWhatWasTold(t *testing.T) {
	f := newFilm()
	f.every, f.group = 900*time.Millisecond, 1
	f.at = testAt.Add(800 * time.Millisecond)
	units := f.take(20)
	c := testClip(units)
	c.To = units[19].Arrived.Add(800 * time.Millisecond)
	whole, _ := write(t, c)
	for name, rest := range map[string]func(io.Writer) error{"the relay has all": gives(whole), "the relay has nothing": nothing} {
		if got, _ := join(t, c.Head, rest, whole); len(got.Gaps) > 0 || len(got.Units) != 20 {
			t.Errorf("%s: %d pictures, gaps %v", name, len(got.Units), got.Gaps)
		}
	}
	c.To = c.To.Add(10 * time.Second)
	c.Gaps = []Gap{{Kind: GapDisconnected, From: units[19].Arrived, To: c.To}}
	whole, _ = write(t, c)
	if got, _ := join(t, c.Head, nothing, whole, whole[:len(whole)/2]); len(got.Gaps) != 1 || got.Gaps[0].Kind != GapDisconnected {
		t.Errorf("gaps %v", got.Gaps)
	}
}

// No rhythm hides what is missing: not that of one picture alone, nor that of a camera that was silent just before.
func TestJoinHidesNothing(t *testing.T) {
	for name, at := range map[string][]time.Duration{
		"one picture":               {3 * time.Second},
		"a silence before":          {0, 200 * time.Millisecond, 6 * time.Second},
		"two, far apart":            {0, 9 * time.Second},
		"a silence at the very end": {0, time.Second, 2 * time.Second, 3 * time.Second, 9 * time.Second},
	} {
		f := newFilm()
		f.group = 1
		var units []rtsp.Unit
		for _, d := range at {
			f.at, f.pts = testAt.Add(d), d
			units = append(units, f.next())
		}
		c := testClip(units)
		c.To = units[len(units)-1].Arrived.Add(5 * time.Second)
		file, _ := write(t, c)
		got, _ := join(t, c.Head, nothing, file[:len(file)-1])
		if n := len(got.Gaps); n == 0 || got.Gaps[n-1].Kind != GapNotWritten || !got.Gaps[n-1].To.Equal(c.To) || got.Gaps[n-1].To.Sub(got.Gaps[n-1].From) < 4*time.Second {
			t.Errorf("%s: gaps %v", name, got.Gaps)
		}
		if at[0] > 0 && (got.Gaps[0].Kind != GapNotKept || got.Gaps[0].To.Sub(got.Gaps[0].From) != at[0]) {
			t.Errorf("%s: gaps %v", name, got.Gaps)
		}
	}
}

// A relay that begins where the first part did and ends before it takes nothing away.
func TestJoinWithLessThanThereWas(t *testing.T) {
	units := newFilm().take(200)
	whole, _ := write(t, testClip(units))
	short := testClip(units[:60])
	short.Gaps = []Gap{{Kind: GapNotArrived, From: units[59].Arrived, To: short.To}}
	rest, _ := write(t, short)
	c, _ := join(t, short.Head, gives(rest), whole)
	same(t, c.Units, units)
	if len(c.Gaps) > 0 {
		t.Errorf("gaps %v", c.Gaps)
	}
	// A part that cannot be read now is not taken for a short one.
	away := errors.New("the disk does not answer")
	if _, err := Join(io.Discard, short.Head, []io.Reader{io.MultiReader(bytes.NewReader(whole[:len(whole)/2]), iotest.ErrReader(away))}, gives(rest)); !errors.Is(err, away) {
		t.Errorf("a disk that does not answer: %v", err)
	}
}

// The errors of both ends come out, and nobody is left waiting.
func TestJoinFails(t *testing.T) {
	file, _ := write(t, testClip(newFilm().take(100)))
	head, away := testClip(nil).Head, errors.New("away")
	if _, err := Join(io.Discard, head, []io.Reader{bytes.NewReader(file)}, func(io.Writer) error { return away }); !errors.Is(err, away) {
		t.Errorf("the relay is away: %v", err)
	}
	late := newFilm()
	late.at = late.at.Add(10 * time.Second)
	rest, _ := write(t, testClip(late.take(2000)))
	for _, room := range []int{0, 100, len(file), len(file) + 3000} {
		if _, err := Join(&limited{left: room}, head, []io.Reader{bytes.NewReader(file)}, gives(rest)); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("room for %d bytes: %v", room, err)
		}
	}
	if _, err := Join(io.Discard, head, []io.Reader{bytes.NewReader(file)}, func(w io.Writer) error {
		return errors.Join(away, gives(rest[:len(rest)/2])(w))
	}); !errors.Is(err, away) {
		t.Errorf("the relay breaks off: %v", err)
	}
	// What is no clip is read to its end, so that who writes it ends.
	if _, err := Join(io.Discard, head, []io.Reader{bytes.NewReader(file)}, gives(bytes.Repeat([]byte("x"), 1<<20))); err != nil {
		t.Errorf("with a rest that cannot be read: %v", err)
	}
}

// FuzzJoin: whatever is left of a file, what comes out is a clip.
func FuzzJoin(f *testing.F) {
	units := newFilm().take(60)
	var whole, rest bytes.Buffer
	late := newFilm()
	late.at = late.at.Add(5 * time.Second)
	for out, c := range map[*bytes.Buffer]Clip{&whole: testClip(units), &rest: testClip(late.take(60))} {
		if _, err := Write(out, c); err != nil {
			f.Fatal(err)
		}
	}
	for n := 0; n < whole.Len(); n += 500 {
		f.Add(whole.Bytes()[:n])
	}
	f.Add(whole.Bytes())
	f.Fuzz(func(t *testing.T, left []byte) {
		var out bytes.Buffer
		sum, err := Join(&out, testClip(nil).Head, []io.Reader{bytes.NewReader(left)}, gives(rest.Bytes()))
		if errors.Is(err, ErrUnsupported) {
			return // a track that cannot be written
		}
		if err != nil {
			t.Fatal(err)
		}
		c, err := Read(&out, Limits{})
		if err != nil || len(c.Units) != sum.Frames {
			t.Fatalf("%d of %d units: %v", len(c.Units), sum.Frames, err)
		}
	})
}
