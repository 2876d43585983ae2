package replay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/media/rtsp"
)

// fakeDecoder gives out the text of each unit, some units later, as a decoder does that puts B-frames in order.
type fakeDecoder struct {
	delay int
	held  []fakePicture
	now   string
	log   *fakeLog
}

type fakePicture struct {
	at   time.Duration
	text string
}

// fakeLog is what all decoders of a tape have done.
type fakeLog struct {
	opened, closed, decoded, rendered int
	bad                               string // the text of a unit that does not decode
	look                              string // put before each picture
}

func (d *fakeDecoder) Decode(unit [][]byte, pts time.Duration) (time.Duration, bool, error) {
	d.log.decoded++
	text := strings.TrimRight(string(unit[len(unit)-1][2:]), "\x00")
	if text == d.log.bad {
		return 0, false, errors.New("bad picture")
	}
	d.held = append(d.held, fakePicture{pts, text})
	slices.SortFunc(d.held, func(a, b fakePicture) int { return int(a.at - b.at) })
	if len(d.held) <= d.delay {
		return 0, false, nil
	}
	out := d.held[0]
	d.held = d.held[1:]
	d.now = out.text
	return out.at, true, nil
}

func (d *fakeDecoder) Render() (string, error) {
	d.log.rendered++
	return d.log.look + d.now, nil
}

func (d *fakeDecoder) Close() { d.log.closed++ }

// newTestTape runs a tape of a clip in a bubble and returns it with what waits for it to settle and says what is shown.
func newTestTape(t *testing.T, c Clip, delay int, o TapeOptions[string]) (tape *Tape[string], now func() string, log *fakeLog) {
	t.Helper()
	log = &fakeLog{}
	o.Decoder = func(codec rtsp.Codec, params [][]byte) (Decoder[string], error) {
		if codec != rtsp.H264 || len(params) != 2 {
			t.Errorf("a decoder for %s with %d parameter sets", codec, len(params))
		}
		log.opened++
		return &fakeDecoder{delay: delay, log: log}, nil
	}
	tape, err := NewTape(c, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- tape.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) || log.opened != log.closed {
			t.Errorf("Run returns %v; %d decoders opened, %d closed", err, log.opened, log.closed)
		}
	})
	return tape, func() string {
		synctest.Wait()
		f, ok := tape.Frame()
		if p := tape.Position(); ok && p.Err == nil && (p.Index != f.Index || !p.At.Equal(f.Arrived)) {
			t.Errorf("the position %+v is not that of the frame %+v", p, f)
		}
		return f.Picture
	}, log
}

// bFilm makes units with two B-frames between others: the order of decoding is not that of presentation.
func bFilm(n int) []rtsp.Unit {
	units := newFilm().take(n)
	for i := range units {
		// I0 P3 B1 B2 P6 B4 B5 …, in groups of 25: the last of a group is a P-frame.
		switch k := i % 25; {
		case k > 0 && k%3 == 1:
			units[i].PTS += 80 * time.Millisecond
		case k > 0:
			units[i].PTS -= 40 * time.Millisecond
		}
	}
	return units
}

func TestTapeSteps(t *testing.T) {
	for _, c := range []struct {
		name  string
		units []rtsp.Unit
		delay int
	}{{"in order", newFilm().take(100), 0}, {"B-frames", bFilm(100), 2}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				reel := newReel(testClip(c.units))
				want := func(i int) string { return fmt.Sprintf("unit %d", reel.shots[i].unit) }
				tape, now, log := newTestTape(t, testClip(c.units), c.delay, TapeOptions[string]{Cache: 10})
				check := func(i int) {
					t.Helper()
					if got := now(); strings.TrimSpace(got) != want(i) {
						t.Fatalf("shows %q instead of picture %d, %q: %v", got, i, want(i), tape.Position().Err)
					}
				}
				check(0)
				for i := 1; i < 100; i++ {
					tape.Step(1)
					check(i)
				}
				if p := tape.Position(); !p.End || p.Frames != 100 || p.Playing {
					t.Errorf("%+v", p)
				}
				tape.Step(5)
				check(99)
				for i := 98; i >= 0; i-- {
					tape.Step(-1)
					check(i)
				}
				tape.Step(-5)
				check(0)
				if log.opened > 25 || log.decoded > 600 {
					t.Errorf("%+v: going back decodes too much", *log)
				}
				tape.Step(3)
				tape.Step(-1)
				tape.Step(40)
				check(42)
				tape.Seek(reel.arrived(77).Add(time.Millisecond))
				now()
				if p := tape.Position(); p.At.After(reel.arrived(77).Add(time.Millisecond)) || reel.arrived(77).Sub(p.At) > 200*time.Millisecond {
					t.Errorf("sought %v, at %v", reel.arrived(77), p.At)
				}
				tape.Seek(testAt.Add(-time.Hour))
				check(0)
				tape.Seek(testAt.Add(time.Hour))
				check(99)
				log.look = "zoomed "
				opened := log.opened
				tape.Refresh()
				if now(); log.opened != opened {
					t.Error("a refresh decodes again")
				}
				if got := now(); got != "zoomed "+want(99) {
					t.Errorf("after a refresh: %q", got)
				}
			})
		})
	}
}

func TestTapePlays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		notes := 0
		tape, now, log := newTestTape(t, testClip(newFilm().take(100)), 0, TapeOptions[string]{Notify: func() { notes++ }})
		at := func(want int) {
			t.Helper()
			now()
			if p := tape.Position(); p.Index != want {
				t.Fatalf("shows picture %d instead of %d: %+v", p.Index, want, p)
			}
		}
		at(0)
		time.Sleep(time.Second)
		at(0)
		tape.Play()
		time.Sleep(time.Second + time.Millisecond)
		at(26) // the first follows at once: its time was over long ago
		tape.Pause()
		time.Sleep(time.Second)
		at(26)
		tape.SetSpeed(9)
		tape.Play()
		time.Sleep(400*time.Millisecond + time.Millisecond)
		at(67)
		tape.SetSpeed(0)
		tape.Seek(testAt)
		at(0) // from what is kept, as it was just rendered
		time.Sleep(1600*time.Millisecond + time.Millisecond)
		at(10)
		if p := tape.Position(); p.Speed != MinSpeed || !p.Playing {
			t.Errorf("%+v", p)
		}
		tape.SetSpeed(1)
		tape.Seek(testAt.Add(3900 * time.Millisecond))
		time.Sleep(time.Minute)
		at(99)
		if p := tape.Position(); p.Playing || !p.End {
			t.Errorf("at the end: %+v", p)
		}
		if notes != log.rendered+1 {
			t.Errorf("%d pictures, %d notices", log.rendered, notes)
		}
		tape.Play()
		time.Sleep(81 * time.Millisecond)
		at(2)
	})
}

func TestTapeLoops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tape, now, _ := newTestTape(t, testClip(newFilm().take(50)), 0, TapeOptions[string]{Loop: true})
		tape.Play()
		now()
		time.Sleep(5*time.Second + time.Millisecond)
		now()
		if p := tape.Position(); p.Index != 25 && p.Index != 26 || !p.Playing {
			t.Errorf("%+v", p)
		}
	})
}

// TestTapeGaps holds that damaged pictures are not shown, and that what is missing is told with the picture after it.
func TestTapeGaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFilm()
		units := f.take(50)
		f.at, f.pts = f.at.Add(time.Minute), f.pts+time.Minute
		units = append(units, f.take(25)...)
		units[10].Lost = 3
		ring := newTestRing(t, RingOptions{Keep: time.Hour})
		addAll(ring, units)
		clip, err := ring.Range(testAt, f.at)
		if err != nil {
			t.Fatal(err)
		}
		tape, now, log := newTestTape(t, clip, 0, TapeOptions[string]{})
		tape.Step(10)
		if got := now(); got != "unit 25" {
			t.Errorf("after the loss: %q", got)
		}
		if fr, _ := tape.Frame(); fr.Gap == nil || fr.Gap.Kind != GapLost {
			t.Errorf("gap %v", fr.Gap)
		}
		if p := tape.Position(); p.Frames != 60 || p.Damaged != 15 {
			t.Errorf("%+v", p)
		}
		tape.Seek(units[48].Arrived)
		now()
		tape.Play() // the next picture comes at once
		now()
		time.Sleep(pause + 41*time.Millisecond)
		if got := now(); got != "unit 51" {
			t.Errorf("after a minute without pictures: %q", got)
		}
		log.bad = "unit 60" // decodes no longer
		tape.Seek(units[70].Arrived)
		if got, p := now(), tape.Position(); p.Err == nil || p.Playing || got == "unit 70" {
			t.Errorf("a picture that does not decode: %q, %+v", got, p)
		}
		tape.Seek(testAt)
		if got, p := now(), tape.Position(); got != "unit 0" || p.Err != nil {
			t.Errorf("back to the beginning: %q, %+v", got, p)
		}
	})
}

func TestNewTapeRefuses(t *testing.T) {
	asked := 0
	decoder := func(rtsp.Codec, [][]byte) (Decoder[string], error) {
		asked++
		return nil, errors.New("no such codec")
	}
	if _, err := NewTape(Clip{}, TapeOptions[string]{Decoder: decoder}); !errors.Is(err, ErrNothing) {
		t.Error(err)
	}
	if _, err := NewTape(testClip(newFilm().take(3)), TapeOptions[string]{}); err == nil {
		t.Error("without a decoder")
	}
	synctest.Test(t, func(t *testing.T) {
		tape, err := NewTape(testClip(newFilm().take(3)), TapeOptions[string]{Decoder: decoder})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go tape.Run(ctx) //nolint:errcheck // it returns the cause of ctx
		synctest.Wait()
		before := asked
		tape.Play() // tries again and tells again that it cannot
		synctest.Wait()
		p := tape.Position()
		if _, ok := tape.Frame(); ok || p.Err == nil || !strings.Contains(p.Err.Error(), "no such codec") || p.Playing {
			t.Errorf("%+v", p)
		}
		if before == 0 || asked == before {
			t.Errorf("asked for a decoder %d and then %d times", before, asked)
		}
		cancel()
		synctest.Wait()
	})
}

// Play that is asked for while a decoder is refused tries again.
func TestPlayWhileADecoderIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tape *Tape[string]
		asked := 0
		tape, err := NewTape(testClip(newFilm().take(3)), TapeOptions[string]{Decoder: func(rtsp.Codec, [][]byte) (Decoder[string], error) {
			if asked++; asked == 1 {
				tape.Play()
				return nil, errors.New("all are in use")
			}
			return &fakeDecoder{log: &fakeLog{}}, nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go tape.Run(ctx) //nolint:errcheck // it returns the cause of ctx
		time.Sleep(time.Minute)
		if p := tape.Position(); p.Err != nil || !p.End || asked < 2 {
			t.Errorf("asked %d times: %+v", asked, p)
		}
		cancel()
		synctest.Wait()
	})
}
