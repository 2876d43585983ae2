package fieldtest

import (
	"context"
	"fmt"
	"hash/maphash"
	"image"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/media/decode"
	"iocwall/media/mediatest"
)

// eye looks at a tile all the time, as a person in front of the wall would, and knows what the pictures should be. What
// is called live must be whole and young.
type eye struct {
	s      *stage
	player *media.Viewer
	album  *album

	mu       sync.Mutex
	seen     []glance // changes of what the tile says
	last     media.Stats
	slowest  time.Duration
	pictures int
	spoiled  int
	before   shown // the picture before
}

// shown is a picture on the tile, as far as the order of pictures is concerned.
type shown struct {
	number     int
	settled    bool // whole and not out of a cache
	connection uint64
	source     image.Point // another size is another clip, which begins at its beginning
	at         time.Time
}

// glance is what the tile said from a moment on.
type glance struct {
	at     time.Time
	state  media.State
	reason media.Reason
}

// staleAfter is how old a picture may be that is called live: what the wall promises to mark.
const staleAfter = 2 * time.Second

// lookEvery is the distance of looks.
const lookEvery = 40 * time.Millisecond

func newEye(s *stage, p *media.Viewer, o staging) *eye {
	e := &eye{s: s, player: p}
	if !o.blind {
		e.album = newAlbum(s.t, s.cam.Clip(), o.camera.Then)
	}
	return e
}

// run looks until ctx ends.
func (e *eye) run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	last := time.Now()
	var newest uint64
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
		now := time.Now()
		late := now.Sub(last) - lookEvery
		last = now
		stats := e.player.Stats()
		e.note(stats, now, late)
		if frame, ok := e.player.Frame(); ok && e.album != nil {
			e.look(frame, stats, frame.Seq != newest, time.Now())
			newest = frame.Seq
		}
	}
}

// note writes down a change, and how busy the computer is.
func (e *eye) note(s media.Stats, now time.Time, late time.Duration) {
	if leak(s.Detail+" "+s.URL) != "" {
		e.s.t.Errorf("the password is on the tile: %s, %s", s.Detail, s.URL)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.slowest, e.last = max(e.slowest, late), s
	if n := len(e.seen); n == 0 || e.seen[n-1].state != s.State || e.seen[n-1].reason != s.Reason {
		e.seen = append(e.seen, glance{now, s.State, s.Reason})
	}
}

// look judges the picture on the tile.
func (e *eye) look(f media.Frame, s media.Stats, fresh bool, now time.Time) {
	if age := f.Age(now); s.State == media.StateLive && age > staleAfter+e.patience() {
		e.s.t.Errorf("a picture %v old is called live", age)
	}
	if !fresh {
		return
	}
	number, whole := e.album.find(f.Image)
	e.mu.Lock()
	e.pictures++
	if !whole {
		e.spoiled++
	}
	first := e.spoiled == 1 && !whole
	e.mu.Unlock()
	if first {
		e.s.t.Errorf("a damaged picture was shown, state %s (%s)", s.State, s.Reason)
	}
	e.order(shown{number, whole && !f.Cached, s.Connections, f.Source, f.Arrived})
	// The number in the picture tells when the camera sent it, whatever the clocks of the way say.
	if at, ok := e.s.cam.SentAt(number, now); whole && ok && s.State == media.StateLive {
		if old := now.Sub(at); old > staleAfter+e.patience() {
			e.s.t.Errorf("picture %d was sent %v ago and is called live", number, old)
		}
	}
}

// order checks that pictures do not go back while a connection lasts. Pictures far apart in time tell nothing: the clip
// has come around.
func (e *eye) order(now shown) {
	e.mu.Lock()
	before := e.before
	e.before = now
	e.mu.Unlock()
	loop := e.s.cam.Clip().Frames()
	step := (now.number - before.number + loop) % loop
	if before.settled && now.settled && before.connection == now.connection && before.source == now.source &&
		now.at.Sub(before.at) < time.Second && step > loop*3/4 {
		e.s.t.Errorf("picture %d was shown after picture %d", now.number, before.number)
	}
}

// patience is what has to be allowed on a busy computer: how long it kept the eye itself from looking, with a margin.
func (e *eye) patience() time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	return 4*e.slowest + 250*time.Millisecond
}

// story tells what the tile said, for a test that fails.
func (e *eye) story() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out strings.Builder
	for _, g := range e.seen {
		fmt.Fprintf(&out, "%s %s (%s)\n", g.at.Format("15:04:05.000"), g.state, g.reason)
	}
	fmt.Fprintf(&out, "%d pictures, %d damaged, last: %+v", e.pictures, e.spoiled, e.last)
	return out.String()
}

// album knows all pictures of a camera's clips as our decoder makes them.
type album struct {
	seed    maphash.Seed
	numbers map[uint64]int
}

// newAlbum decodes the clips once, without any network.
func newAlbum(t testing.TB, clips ...*mediatest.Clip) *album {
	t.Helper()
	a := &album{seed: maphash.MakeSeed(), numbers: map[uint64]int{}}
	size := clips[0].Size()
	for _, c := range clips {
		if c == nil {
			continue
		}
		d, err := decode.New(media.DecoderOptions{Codec: c.Codec(), Parameters: c.Parameters()})
		if err != nil {
			t.Fatal(err)
		}
		// The loop comes twice, so that no picture is left in the decoder.
		for i, u := range slices.Concat(c.Units(), c.Standing(), c.Units()) {
			_, ok, err := d.Decode(u, time.Duration(i)*time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				continue // held back for the order of pictures
			}
			pic, err := d.Render(media.View{Size: size})
			if err != nil {
				t.Fatal(err)
			}
			n, _ := mediatest.ReadCounter(pic.RGBA)
			a.numbers[maphash.Bytes(a.seed, pic.RGBA.Pix)] = n
		}
		d.Close()
	}
	return a
}

// find returns the number of a picture; false: the camera has no such picture.
func (a *album) find(img *image.RGBA) (int, bool) {
	n, ok := a.numbers[maphash.Bytes(a.seed, img.Pix)]
	return n, ok
}
