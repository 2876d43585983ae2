package sight

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"iocwall/media"
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/camera"
)

// scripted is a player that says what the test wants.
type scripted struct {
	mu sync.Mutex
	st media.Stats
}

func (p *scripted) Stats() media.Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	st := p.st
	if st.State == media.StateFrozen {
		st.Unchanged = time.Since(st.Since)
	}
	return st
}

func (p *scripted) set(st media.Stats) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.st = st
}
func (*scripted) Frame() (media.Frame, bool) { return media.Frame{}, false }
func (*scripted) SetView(media.View)         {}
func (*scripted) SetStream(string)           {}
func (*scripted) SetStep(time.Duration)      {}
func (*scripted) Preload(bool)               {}
func (*scripted) Retry()                     {}
func (*scripted) Close()                     {}
func (*scripted) Flush()                     {}

func frozen() media.Stats {
	return media.Stats{State: media.StateFrozen, Reason: media.ReasonUnchanged, Since: time.Now().Add(-12 * time.Second)}
}
func live() media.Stats   { return media.Stats{State: media.StateLive} }
func parked() media.Stats { return media.Stats{State: media.StateOpening, Parked: true} }

// bench is a program with scripted players.
type bench struct {
	*Sight
	players map[string]*scripted

	mu     sync.Mutex
	link   world.Link
	refuse error
	sent   []act.ReportCameras
}

func newBench(t *testing.T) *bench {
	b := &bench{players: map[string]*scripted{}, link: world.Link{Up: true}}
	ids := map[string]bool{}
	b.Sight = New(Options{
		Open: func(c media.Camera, _ func()) Player {
			if b.players[c.ID] == nil {
				b.players[c.ID] = &scripted{st: live()}
			}
			return b.players[c.ID]
		},
		Send: func(c act.Command) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			if ids[c.ID] || len(c.ID) > 64 || !strings.HasPrefix(c.ID, "own-") {
				t.Errorf("the id %q", c.ID)
			}
			ids[c.ID] = true
			if b.refuse == nil {
				b.sent = append(b.sent, c.Act.(act.ReportCameras))
			}
			return b.refuse
		},
		Standing: func() world.Link {
			b.mu.Lock()
			defer b.mu.Unlock()
			return b.link
		},
		Prefix: "own-", Logger: slog.New(slog.DiscardHandler),
	})
	return b
}

func (b *bench) do(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
}

// said returns what was told since the last call, in short.
func (b *bench) said() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for _, r := range b.sent {
		text := ""
		for _, x := range r.Still {
			text += " =" + x.Camera
		}
		for _, x := range r.Moving {
			text += " ~" + x
		}
		out = append(out, "["+strings.TrimSpace(text)+"]")
	}
	b.sent = nil
	return strings.Join(out, "")
}

func (b *bench) look(id string) camera.Player { return b.Open(media.Camera{ID: id}, nil) }

// health is the server's word on a camera.
func (b *bench) health(id string, state world.CameraState) {
	b.Take(&world.Batch{Items: []world.Item{{Event: &world.Event{Observation: world.Observation{Body: world.CameraHealth{Camera: id, State: state}}}}}})
}

func TestWhatIsSeenIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { _ = b.Run(ctx) })
		defer wg.Wait()
		defer cancel()
		pass := func(d time.Duration, want, when string) {
			t.Helper()
			time.Sleep(d)
			synctest.Wait()
			if got := b.said(); got != want {
				t.Errorf("%s: told %q, want %q", when, got, want)
			}
		}
		a, again := b.look("a"), b.look("a")
		b.look("b")
		pass(10*time.Minute, "", "all is well")
		since := world.TimeOf(time.Now().Add(-12 * time.Second))
		b.do(func() { b.link.Offset = 2000 })
		b.players["a"].set(frozen())
		time.Sleep(1500 * time.Millisecond)
		b.do(func() {
			if len(b.sent) != 1 || b.sent[0].Still[0].Since != since.Add(2*time.Second) {
				t.Errorf("%+v, want since %v and two seconds", b.sent, since)
			}
			b.link.Offset = 2300
		})
		pass(30*time.Second, "[=a]", "a stands still")
		pass(2*time.Minute, "[=a][=a]", "it goes on to")
		b.players["b"].set(media.Stats{State: media.StateFrozen, Reason: media.ReasonOverloaded, Since: time.Now()})
		pass(20*time.Second, "", "this computer cannot decode b")
		b.players["b"].set(live())

		b.do(func() { b.link.Up = false })
		pass(5*time.Minute, "", "without the server")
		b.do(func() { b.link.Up = true })
		pass(2*time.Second, "[=a]", "the server is back")
		b.do(func() { b.refuse = errors.New("full") })
		b.players["a"].set(parked())
		pass(5*time.Second, "", "it cannot be sent")
		b.do(func() { b.refuse = nil })
		pass(10*time.Minute, "[]", "a is not looked at")

		b.players["a"].set(frozen())
		pass(2*time.Second, "[=a]", "a stands still")
		b.health("a", world.CameraFrozen)
		b.players["a"].set(live())
		pass(2*time.Second, "[~a]", "it moves")
		b.health("a", world.CameraLive)
		pass(3*time.Minute, "[~a][~a][~a]", "it is said as long as it is seen")
		a.Close()
		pass(2*time.Second, "", "at the other place it is seen")
		again.Close()
		pass(10*time.Minute, "[]", "it is not looked at any more")

		// Somebody else says that b stands still.
		b.players["b"].set(media.Stats{State: media.StateLive, Unchanged: 3 * time.Second})
		b.health("b", world.CameraFrozen)
		pass(2*time.Second, "", "it is the same for a moment")
		b.players["b"].set(live())
		pass(5*time.Second, "", "it moves for a moment only")
		pass(10*time.Second, "[~b]", "it moves")
		b.players["b"].set(media.Stats{State: media.StateLive, Unchanged: 20 * time.Second})
		pass(30*time.Second, "", "it stands no longer than is usual")
		b.players["b"].set(frozen())
		pass(2*time.Second, "[=b]", "it stands still")
	})
}

// An encoder that hangs and sends its picture a little differently for a few key
// frames does not move.
func TestAFewKeyFramesAreNoMovement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { _ = b.Run(ctx) })
		defer wg.Wait()
		defer cancel()
		b.look("a")
		b.health("a", world.CameraFrozen)
		for range 8 {
			b.players["a"].set(live())
			time.Sleep(1500 * time.Millisecond)
			b.players["a"].set(media.Stats{State: media.StateLive, Unchanged: 3 * time.Second})
			time.Sleep(2500 * time.Millisecond)
		}
		if got := b.said(); got != "" {
			t.Errorf("told %q", got)
		}
	})
}

// before is a time that was read from the computer's clock before that was set back by
// so many seconds: its time of day is later, its monotonic reading the same.
func before(at time.Time, seconds uint64) time.Time {
	*(*uint64)(unsafe.Pointer(&at)) += seconds << 30
	return at
}

// A camera that stood still when the computer's clock was set stands for as long as it
// does, not since a time to come.
func TestTheClockIsSet(t *testing.T) {
	b := newBench(t)
	began := time.Now().Add(-12 * time.Second) // no bubble: its clock is not monotonic
	old := before(began, 3600)
	if old.Round(0).Sub(began.Round(0)) != time.Hour || old.Sub(began) != 0 {
		t.Fatalf("%v was not read as %v before the clock was set", old, began)
	}
	b.look("a")
	b.players["a"].set(media.Stats{State: media.StateFrozen, Reason: media.ReasonUnchanged, Since: old})
	b.Sight.look(2000)
	if got, want := b.still["a"], world.TimeOf(began.Add(2*time.Second)); got.Sub(want).Abs() > time.Minute {
		t.Errorf("since %v, want %v", got, want)
	}
}

// Who saw a camera move says so as long as he sees it, not while nothing reaches him.
func TestWhoSeesNothingSeesNoMovement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			st   media.Stats
			want string
		}{
			{media.Stats{State: media.StateLate, Reason: media.ReasonLate}, ""},
			{media.Stats{State: media.StateLive, Unchanged: 20 * time.Second}, ""},
			{media.Stats{State: media.StateNoSignal, Reason: media.ReasonNoPackets}, "[]"},
			{media.Stats{State: media.StateOpening, Reason: media.ReasonConnecting}, "[]"},
			{media.Stats{State: media.StateFrozen, Reason: media.ReasonOverloaded}, "[]"},
		} {
			func() {
				b := newBench(t)
				ctx, cancel := context.WithCancel(t.Context())
				var wg sync.WaitGroup
				wg.Go(func() { _ = b.Run(ctx) })
				defer wg.Wait()
				defer cancel()
				b.look("a")
				b.health("a", world.CameraFrozen)
				time.Sleep(15 * time.Second)
				synctest.Wait()
				if got := b.said(); got != "[~a]" {
					t.Fatalf("it moves: told %q", got)
				}
				b.players["a"].set(c.st)
				time.Sleep(30 * time.Second)
				synctest.Wait()
				if got := b.said(); got != c.want {
					t.Errorf("%s: told %q, want %q", c.st.State, got, c.want)
				}
			}()
		}
	})
}

func TestTheServersWord(t *testing.T) {
	b := newBench(t)
	st := world.New(1)
	put := func(body world.Body) {
		if _, err := st.Apply(world.Event{Seq: st.At().Seq + 1, Seen: 1, Observation: world.Observation{Time: 1, Body: body}}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 4 {
		id := fmt.Sprint(i)
		put(world.CameraDefined{ID: id})
		put(world.CameraHealth{Camera: id, State: world.CameraFrozen})
	}
	is := func(want ...string) {
		t.Helper()
		for _, id := range want {
			if !b.frozen[id] {
				t.Errorf("%v, want %v", b.frozen, want)
			}
		}
		if len(b.frozen) != len(want) {
			t.Errorf("%v, want %v", b.frozen, want)
		}
	}
	b.health("old", world.CameraFrozen)
	b.Take(&world.Batch{Snapshot: st})
	is("0", "1", "2", "3")
	cam, _ := st.Camera("0")
	b.Take(&world.Batch{Items: []world.Item{
		{Leave: world.NewRef(world.KindCamera, "0")},
		{Leave: world.NewRef(world.KindStation, "1")},
		{Event: &world.Event{Observation: world.Observation{Body: world.CameraDefined{ID: "2", Removed: true}}}},
		{Event: &world.Event{Observation: world.Observation{Body: world.CameraHealth{Camera: "3", State: world.CameraSilent}}}},
	}})
	is("1")
	b.Take(&world.Batch{Items: []world.Item{{Enter: cam}}})
	is("0", "1")
}
