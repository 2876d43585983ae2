package fieldtest

import (
	"context"
	"image"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/media/decode"
	"iocwall/media/mediatest"
	"iocwall/media/relay"
)

// line is a network between relay and computer: what goes through it takes a while, now more, now less, in order.
type line struct {
	to            string
	delay, jitter time.Duration
	listener      net.Listener
}

// newLine lays a line to an address.
func newLine(t *testing.T, to string, delay, jitter time.Duration) *line {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &line{to: to, delay: delay, jitter: jitter, listener: l}
	background(t, n.run)
	return n
}

// run passes on what comes until ctx ends.
func (n *line) run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { n.listener.Close() }) //nolint:errcheck // nothing to be done
	defer stop()
	for {
		near, err := n.listener.Accept()
		if err != nil {
			return context.Cause(ctx)
		}
		far, err := net.Dial("tcp", n.to)
		if err != nil {
			near.Close() //nolint:errcheck // the computer sees that
			continue
		}
		over := context.AfterFunc(ctx, func() { near.Close(); far.Close() }) //nolint:errcheck // nothing to be done
		wg.Go(func() { io.Copy(far, near); far.Close() })                    //nolint:errcheck // the other way ends too
		wg.Go(func() { n.carry(near, far); near.Close(); over() })           //nolint:errcheck // see above
	}
}

// parcel is a piece of a stream that is on its way.
type parcel struct {
	data []byte
	due  time.Time
}

// carry delays what comes from far.
func (n *line) carry(near io.Writer, far io.Reader) {
	way := make(chan parcel, 4096)
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() {
		for p := range way {
			time.Sleep(time.Until(p.due))
			if near != nil {
				if _, err := near.Write(p.data); err != nil {
					near = nil
				}
			}
		}
	})
	defer close(way)
	for {
		room := make([]byte, 32<<10)
		k, err := far.Read(room)
		if err != nil {
			return
		}
		way <- parcel{room[:k], time.Now().Add(n.delay + rand.N(n.jitter+1))}
	}
}

// slowly is a decoder of a weak computer.
type slowly struct {
	media.Decoder
	d time.Duration
}

func (s slowly) Decode(unit [][]byte, pts time.Duration) (media.Decoded, bool, error) {
	time.Sleep(s.d)
	return s.Decoder.Decode(unit, pts)
}

// seat is a computer of a wall.
type seat struct {
	viewer *media.Viewer
	late   uint64
	hasty  []time.Time // when it was seen to be late
	number int
	seen   uint64
}

// newSeat puts a computer behind a line of its own.
func newSeat(t *testing.T, s *stage, budget, wrong, delay, jitter, decoding time.Duration) *seat {
	t.Helper()
	line := newLine(t, s.relay.Addr(), delay, jitter)
	d, err := media.NewDeck(media.DeckOptions{
		Clock: func() time.Time { return time.Now().Add(wrong) },
		Decoder: func(o media.DecoderOptions) (media.Decoder, error) {
			d, err := decode.New(o)
			return slowly{d, decoding}, err
		},
		Address: func(_ context.Context, camera, stream string) (string, string, string, error) {
			url := strings.Replace(s.relay.URL(camera, stream), s.relay.Addr(), line.listener.Addr().String(), 1)
			return url, "wall", s.token(), nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	background(t, d.Run)
	v := d.Open(media.Camera{ID: "c1", Streams: []media.Stream{{Name: "main"}}}, nil)
	v.SetStep(budget)
	v.SetView(media.View{Size: image.Pt(320, 180)})
	await(t, "a picture", func() bool { _, ok := v.Frame(); return ok })
	return &seat{viewer: v}
}

// look takes a frame and notes whether any was late.
func (s *seat) look(now time.Time) media.Frame {
	f, _ := s.viewer.Frame()
	if st := s.viewer.Stats(); st.Step.Late != s.late || st.State != media.StateLive {
		s.late, s.hasty = st.Step.Late, append(s.hasty, now)
	}
	return f
}

// calm reports whether it was not late around that time.
func (s *seat) calm(at time.Time) bool {
	return !slices.ContainsFunc(s.hasty, func(h time.Time) bool { return at.Sub(h).Abs() < time.Second })
}

// counter returns the number in a picture, less than 0 if there is none.
func (s *seat) counter(f media.Frame) int {
	if f.Seq != s.seen {
		n, ok := mediatest.ReadCounter(f.Image)
		if s.seen, s.number = f.Seq, n; !ok {
			s.number = -1
		}
	}
	return s.number
}

// TestComputersShowTheSamePicture: two computers of a wall with different networks, starts, decoders and clocks show the
// same picture of a camera at every moment, but for the one that is just changing.
func TestComputersShowTheSamePicture(t *testing.T) {
	if testing.Short() {
		t.Skip("it watches for half a minute")
	}
	opts := mediatest.Options{ClipOptions: mediatest.ClipOptions{
		Width: 640, Height: 360, FPS: 25, Length: 4 * time.Second, KeyEvery: 2 * time.Second, BFrames: 2, Counter: true,
	}}
	cam := newCamera(t, opts)
	s := newRelayOnly(t, relay.Camera{ID: "c1", AlwaysOn: true, Streams: []relay.Stream{{Name: "main", URL: cam.URL()}}}, nil)
	await(t, "the camera", func() bool { return s.health().State == relay.StateLive })
	for _, c := range []struct {
		name          string
		budget, wrong time.Duration
	}{
		{"in step", media.StepBudget, 0},
		{"clock wrong by 15 ms", media.StepBudget, 15 * time.Millisecond},
		{"without a step", 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newSeat(t, s, c.budget, 0, 2*time.Millisecond, 5*time.Millisecond, 0)
			time.Sleep(1300 * time.Millisecond)
			b := newSeat(t, s, c.budget, c.wrong, 90*time.Millisecond, 60*time.Millisecond, 12*time.Millisecond)
			time.Sleep(2 * time.Second)
			same, far, counted := compare(t, a, b, cam.Clip().Frames(), 8*time.Second)
			t.Logf("the same picture in %.1f %% of %d samples, more than one apart in %.1f %%; %+v %+v", 100*same, counted, 100*far,
				a.viewer.Stats().Step, b.viewer.Stats().Step)
			least := .9 - float64(c.wrong)/float64(40*time.Millisecond)
			switch {
			case c.budget == 0 && same > .5:
				t.Errorf("without a step they show the same in %.0f %%", 100*same)
			case c.budget > 0 && counted < 100:
				t.Skip("this computer is too busy to show pictures in time")
			case c.budget > 0 && (same < least || far > .02):
				t.Errorf("the same picture in %.0f %%, more than one apart in %.0f %%", 100*same, 100*far)
			}
		})
	}
}

// apart is by how many pictures two computers differed at a time.
type apart struct {
	at time.Time
	by int
}

// compare samples what two computers show, and returns the share of samples in which it was the same picture, and that in
// which it was not even the one before or after. Samples close to one in which a computer says that it is late do not
// count: pictures cannot be in step that are not there.
func compare(t *testing.T, a, b *seat, loop int, during time.Duration) (same, far float64, counted int) {
	t.Helper()
	var all []apart
	for end := time.Now().Add(during); time.Now().Before(end); time.Sleep(11 * time.Millisecond) {
		now := time.Now()
		f, g := a.look(now), b.look(now)
		took := time.Since(now)
		n, m := a.counter(f), b.counter(g)
		if n < 0 || m < 0 {
			t.Fatal("a picture without a number")
		}
		if d := (n - m + loop) % loop; took < time.Millisecond {
			all = append(all, apart{now, min(d, loop-d)})
		}
	}
	for _, s := range all {
		switch {
		case !a.calm(s.at) || !b.calm(s.at):
			continue
		case s.by == 0:
			same++
		case s.by > 1:
			far++
		}
		counted++
	}
	n := float64(max(1, counted))
	return same / n, far / n, counted
}
