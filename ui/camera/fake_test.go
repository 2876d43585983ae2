package camera

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"log/slog"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"iocwall/assets"
	"iocwall/media"
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

// noon is the moment of the tests: Saturday 21 November 2026, 09:42:07.
var noon = time.Date(2026, 11, 21, 9, 42, 7, 0, time.FixedZone("ICT", 7*3600))

// fakeDeck opens players whose state is given by camera.
type fakeDeck struct {
	mu      sync.Mutex
	opened  []*fakePlayer
	state   map[string]media.State
	now     func() time.Time
	size    image.Point
	pending map[string]bool // cameras that have no picture yet
	next    time.Time       // when what is lost is tried again
	steps   map[string]media.StepState
}

func (d *fakeDeck) Open(c media.Camera, notify func()) Player {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := &fakePlayer{d: d, id: c.ID, streams: c.Streams}
	d.opened = append(d.opened, p)
	return p
}

// of returns the players of a camera that are open.
func (d *fakeDeck) of(id string) (out []*fakePlayer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range d.opened {
		if p.id == id && !p.closed {
			out = append(out, p)
		}
	}
	return out
}

type fakePlayer struct {
	d       *fakeDeck
	id      string
	streams []media.Stream
	view    media.View
	stream  string
	step    time.Duration
	preload bool
	retries int
	closed  bool
	last    media.View
	img     *image.RGBA
	seq     uint64
}

func (p *fakePlayer) Frame() (media.Frame, bool) {
	p.d.mu.Lock()
	defer p.d.mu.Unlock()
	if p.view.Empty() || p.d.pending[p.id] || p.d.state[p.id] == media.StateNoSignal {
		return media.Frame{}, false
	}
	if p.img == nil || p.last != p.view {
		p.last, p.seq = p.view, p.seq+1
		p.img = scenery(p.view)
	}
	now := p.d.now()
	return media.Frame{Image: p.img, View: p.view, Seq: p.seq, Arrived: now.Add(-200 * time.Millisecond), Source: p.d.size, Stream: "main"}, true
}

func (p *fakePlayer) Stats() media.Stats {
	p.d.mu.Lock()
	defer p.d.mu.Unlock()
	now := p.d.now()
	s := media.Stats{State: media.StateLive, Since: now.Add(-time.Hour), Source: p.d.size, Stream: "main", Decoder: "software", Picture: now.Add(-200 * time.Millisecond)}
	if st := p.d.state[p.id]; st != "" {
		s.State, s.Since, s.Picture, s.Retries = st, now.Add(-2*time.Minute), now.Add(-2*time.Minute), 3
		s.NextTry = p.d.next
	}
	s.Step.State = p.d.steps[p.id]
	if p.d.pending[p.id] {
		s.State, s.Picture, s.Since = media.StateOpening, time.Time{}, now
	}
	return s
}

func (p *fakePlayer) set(f func()) {
	p.d.mu.Lock()
	defer p.d.mu.Unlock()
	f()
}

func (p *fakePlayer) SetView(v media.View)    { p.set(func() { p.view = v }) }
func (p *fakePlayer) SetStream(name string)   { p.set(func() { p.stream = name }) }
func (p *fakePlayer) SetStep(d time.Duration) { p.set(func() { p.step = d }) }
func (p *fakePlayer) Preload(on bool)         { p.set(func() { p.preload = on }) }
func (p *fakePlayer) Close()                  { p.set(func() { p.closed = true }) }
func (p *fakePlayer) Retry()                  { p.set(func() { p.retries++ }) }

// scenery is a picture of a view: sky over water with a red boat.
func scenery(v media.View) *image.RGBA {
	w, h := v.Size.X, v.Size.Y
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	p := v.Part
	if p.Whole() {
		p = media.Part{X1: 1, Y1: 1}
	}
	fill := func(x0, y0, x1, y1 float64, c color.RGBA) {
		at := func(f, lo, hi float64, n int) int { return int((f - lo) / (hi - lo) * float64(n)) }
		draw.Draw(m, image.Rect(at(x0, p.X0, p.X1, w), at(y0, p.Y0, p.Y1, h), at(x1, p.X0, p.X1, w), at(y1, p.Y0, p.Y1, h)), image.NewUniform(c), image.Point{}, draw.Src)
	}
	fill(0, 0, 1, .45, color.RGBA{0x98, 0xA8, 0xB3, 255})
	fill(0, .38, 1, .5, color.RGBA{0x64, 0x76, 0x7C, 255})
	fill(0, .5, 1, 1, color.RGBA{0x4E, 0x6F, 0x7F, 255})
	fill(.3, .62, .55, .74, color.RGBA{0xA3, 0x3C, 0x36, 255})
	return m
}

// stage is a client without windows.
type stage struct {
	t        *testing.T
	now      time.Time
	off      time.Duration // the server's clock is ahead by
	deck     *fakeDeck
	h        *Host
	env      *tile.Env
	state    *world.State
	mu       sync.Mutex
	sent     []act.Command
	receipts map[string]world.Receipt
	fail     error
	jobs     sync.WaitGroup
	quiet    bool
}

// newStage has n cameras with a main and a sub stream; the first can be turned.
func newStage(t *testing.T, n int) *stage {
	t.Helper()
	test.NewTempApp(t)
	s := &stage{t: t, now: noon, state: world.New(1), receipts: map[string]world.Receipt{}}
	s.deck = &fakeDeck{state: map[string]media.State{}, pending: map[string]bool{}, size: image.Pt(640, 360), now: func() time.Time { return s.now }}
	l, err := words.Load("vi")
	if err != nil {
		t.Fatal(err)
	}
	k := &paint.Kit{Theme: look.Dark()}
	if k.Fonts, err = paint.NewFonts(assets.Regular(), assets.Bold()); err != nil {
		t.Fatal(err)
	}
	if k.Icons, err = paint.NewIcons(assets.Icons()); err != nil {
		t.Fatal(err)
	}
	s.env = &tile.Env{Kit: k, Lang: l, Scale: look.WallScale(1.5769, 0, 0), Density: 1}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(func() { cancel(); s.jobs.Wait() })
	s.h = &Host{
		Cameras: s.deck, Snapshots: t.TempDir(), Who: "pc-01", Lang: l, Log: slog.New(slog.DiscardHandler),
		State:  func() *world.State { return s.state },
		Alerts: func() []world.Alert { return s.state.Alerts() },
		Receipt: func(id string) (world.Receipt, bool) {
			r, ok := s.receipts[id]
			return r, ok
		},
		Cover: func(time.Time, string) tile.Cover { return tile.Cover{} },
		Now:   func() time.Time { return s.now }, ServerTime: func(now time.Time) time.Time { return now.Add(s.off) }, Quiet: func() bool { return s.quiet }, Poke: func() {},
		Send: func(c act.Command) error {
			s.sent = append(s.sent, c)
			return s.fail
		},
		Start: func(f func(context.Context)) context.CancelFunc {
			own, stop := context.WithCancel(ctx)
			s.jobs.Go(func() { f(own) })
			return stop
		},
		Do: func(f func()) {
			s.mu.Lock()
			defer s.mu.Unlock()
			f()
		},
	}
	for i := range n {
		def := world.CameraDefined{
			ID: fmt.Sprintf("cam-%02d", i+1), Name: fmt.Sprintf("Cầu Câu Lâu %d", i+1), Area: "vn/quang-nam", Site: []string{"tam-ky", "hoi-an"}[i%2],
			Streams: []world.CameraStream{{Name: "main", Width: 1920, Height: 1080}, {Name: "sub", Width: 640, Height: 360}},
		}
		if i == 0 {
			def.PTZ, def.Presets, def.Replay = true, []string{"Cầu", "Bến"}, 60
		}
		s.add(def)
	}
	return s
}

func (s *stage) add(b world.Body) {
	s.t.Helper()
	at := world.TimeOf(s.now.Add(s.off))
	e := world.Event{Seq: s.state.At().Seq + 1, Seen: at, Source: "test", Observation: world.Observation{Time: at, Body: b}}
	if _, err := s.state.Apply(e); err != nil {
		s.t.Fatal(err)
	}
}

// health reports the state of a camera as the relay sees it.
func (s *stage) health(id string, st world.CameraState) {
	s.add(world.CameraHealth{Camera: id, State: st, Since: world.TimeOf(s.now.Add(s.off))})
}

// put lays a tile out at a size and brings it up to date.
func (s *stage) put(t Tile, w, h int) {
	r := image.Rect(0, 0, w, h)
	t.Place(Spot{Rect: r, Whole: r, Lower: true})
	t.Object().Resize(fyne.NewSize(float32(w), float32(h)))
	s.tick(t, 0)
}

// tick moves the clock on and brings a tile up to date; twice, so that what was
// asked for in the first is on the tile after the second.
func (s *stage) tick(t Tile, d time.Duration) {
	s.now = s.now.Add(d)
	t.Update(s.now)
	t.Update(s.now)
}

// shot renders a tile with the software painter.
func (s *stage) shot(t Tile, w, h int) *image.RGBA {
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(t.Object())
	c.Resize(fyne.NewSize(float32(w), float32(h)))
	t.Update(s.now)
	img := c.Capture()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	return out
}

func (s *stage) acts() (out []act.Act) {
	for _, c := range s.sent {
		out = append(out, c.Act)
	}
	return out
}
