package main_test

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"

	"iocwall/media"
	"iocwall/media/mediatest"
	"iocwall/server/act"
	"iocwall/server/wire"
	"iocwall/server/world"
	"iocwall/ui"
	play "iocwall/ui/camera"
	"iocwall/ui/paint"
	"iocwall/ui/screens"
)

// serial is the toolkit's goroutine: what it is given runs one after the other.
type serial struct {
	mu    sync.Mutex
	queue []func()
	wake  chan struct{}
}

func newSerial() *serial { return &serial{wake: make(chan struct{}, 1)} }

// do queues f and does not wait.
func (s *serial) do(f func()) {
	s.mu.Lock()
	s.queue = append(s.queue, f)
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// now runs f and waits for it.
func (s *serial) now(f func()) {
	done := make(chan struct{})
	s.do(func() {
		defer close(done)
		f()
	})
	<-done
}

func (s *serial) run(ctx context.Context) {
	for {
		s.mu.Lock()
		queue := s.queue
		s.queue = nil
		s.mu.Unlock()
		for _, f := range queue {
			f()
		}
		if len(queue) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		}
	}
}

// drawnCameras play pictures that say which camera and which second it is.
type drawnCameras struct{}

func (drawnCameras) Open(c media.Camera, _ func()) play.Player {
	n, _ := strconv.Atoi(strings.TrimPrefix(c.ID, "cam-"))
	return &drawnCamera{number: n, began: time.Now()}
}

// cameraSeconds is how many seconds a counter tells apart.
const cameraSeconds = 2000

// drawnCamera is a camera whose picture is drawn when it is asked for.
type drawnCamera struct {
	number int
	began  time.Time

	mu    sync.Mutex
	view  media.View
	frame media.Frame
}

func second(t time.Time) int { return int(t.Unix() % cameraSeconds) }

func (c *drawnCamera) Frame() (media.Frame, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.view.Empty() {
		return media.Frame{}, false
	}
	at := time.Now().Truncate(time.Second)
	if c.frame.View != c.view || !c.frame.Arrived.Equal(at) {
		img := image.NewRGBA(image.Rectangle{Max: c.view.Size})
		draw.Draw(img, img.Rect, image.NewUniform(color.RGBA{0x60, 0x48, uint8(5 * c.number), 0xFF}), image.Point{}, draw.Src)
		mediatest.DrawCounter(img, c.number*cameraSeconds+second(at))
		c.frame = media.Frame{Image: img, View: c.view, Seq: c.frame.Seq + 1, Arrived: at, Decoded: at, Source: image.Pt(640, 360), Stream: "main"}
	}
	return c.frame, true
}

func (c *drawnCamera) Stats() media.Stats {
	now := time.Now()
	return media.Stats{State: media.StateLive, Since: c.began, Picture: now.Truncate(time.Second), Source: image.Pt(640, 360), Stream: "main", Decoder: "drawn"}
}

func (c *drawnCamera) SetView(v media.View) {
	c.mu.Lock()
	c.view = v
	c.mu.Unlock()
}

func (*drawnCamera) SetStream(string) {}
func (*drawnCamera) Preload(bool)     {}
func (*drawnCamera) Retry()           {}
func (*drawnCamera) Close()           {}
func (*drawnCamera) Flush()           {}

// desktop are the monitors of one computer of the wall, and the windows on them. It
// belongs to the toolkit's goroutine.
type desktop struct {
	monitors []screens.Monitor
	out      map[string]bool // unplugged
	windows  map[string]fyne.Window
	changed  chan struct{}
}

func (d *desktop) List() (out []screens.Monitor, err error) {
	for _, m := range d.monitors {
		if !d.out[m.Name] {
			out = append(out, m)
		}
	}
	return out, nil
}

func (d *desktop) Changed() <-chan struct{} { return d.changed }

func (d *desktop) Place(w fyne.Window, m screens.Monitor) {
	d.windows[m.Name] = w
	w.Resize(fyne.NewSize(float32(m.W), float32(m.H)))
	w.Show()
}

// shiftNode is one computer of the wall: the real windows on a desktop in memory.
type shiftNode struct {
	name   string
	desk   *desktop
	client *wire.Client
	ui     *ui.UI
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

// boot starts a computer. It runs on the test's goroutine.
func (s *shift) boot(i int) {
	s.tb.Helper()
	name := fmt.Sprintf("pc-%02d", i+1)
	n := &shiftNode{name: name, desk: &desktop{out: map[string]bool{}, windows: map[string]fyne.Window{}, changed: make(chan struct{}, 1)}}
	for j := range perNode[i] {
		n.desk.monitors = append(n.desk.monitors, screens.Monitor{Name: fmt.Sprintf("M%d", j+1), X: j * screenW, W: screenW, H: screenH})
	}
	n.client = s.client(name, "node")
	s.toolkit.now(func() {
		var err error
		n.ui, err = ui.New(ui.Options{
			App: s.app, Feed: n.client, Screens: n.desk, Mode: ui.Node, Name: name, Cameras: drawnCameras{}, Markers: true, Do: s.toolkit.do, Base: s.base,
		})
		if err != nil {
			s.tb.Error(err)
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	n.cancel = cancel
	n.wg.Go(func() { _ = n.client.Run(ctx) })
	n.wg.Go(func() { _ = n.ui.Run(ctx) })
	s.nodes[i] = n
}

// crash ends a computer as a pulled plug does: its screens are dark.
func (s *shift) crash(i int) {
	n := s.nodes[i]
	n.cancel()
	n.wg.Wait()
	s.nodes[i] = nil
}

// client connects to the center under a name.
func (s *shift) client(name, role string) *wire.Client {
	s.tb.Helper()
	token := "secret of " + name
	s.ids[token] = wire.Identity{User: name, Token: "t-" + name, Name: name, Role: role}
	c, err := wire.NewClient(wire.ClientOptions{
		URL: "ws://center/feed", Token: func() (string, error) { return token, nil }, Name: name, Dial: s.net.dialer(name),
		RetryWithin: time.Second, // as a wall computer has it
	})
	if err != nil {
		s.tb.Fatal(err)
	}
	return c
}

// shiftDesk is a person's program: it keeps the state and sends commands.
type shiftDesk struct {
	s      *shift
	client *wire.Client
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu       sync.Mutex
	state    *world.State
	receipts map[string]world.Receipt
	asked    int
}

func (s *shift) sit(name, role string) *shiftDesk {
	d := &shiftDesk{s: s, client: s.client(name, role), state: world.New(0), receipts: map[string]world.Receipt{}}
	ctx, cancel := context.WithCancel(context.Background())
	d.cancel = cancel
	d.wg.Go(func() { _ = d.client.Run(ctx) })
	d.wg.Go(func() {
		for {
			b, err := d.client.Next(ctx)
			if err != nil {
				return
			}
			d.mu.Lock()
			if d.state, err = d.state.ApplyBatch(&b, nil); err != nil {
				s.tb.Errorf("%s: %v", name, err)
			}
			for _, r := range b.Receipts {
				d.receipts[r.ID] = r
			}
			d.mu.Unlock()
		}
	})
	return d
}

// ask sends a command and waits for the answer.
func (d *shiftDesk) ask(a act.Act) world.Receipt {
	d.s.tb.Helper()
	d.asked++
	id := fmt.Sprintf("c%d", d.asked)
	if err := d.client.Send(act.Command{ID: id, Act: a}); err != nil {
		d.s.tb.Fatal(err)
	}
	for range 1000 {
		d.mu.Lock()
		r, ok := d.receipts[id]
		d.mu.Unlock()
		if ok {
			return r
		}
		time.Sleep(10 * time.Millisecond)
	}
	d.s.tb.Fatalf("no answer to %s within ten seconds", a.Act())
	return world.Receipt{}
}

// must is ask for what is not to be refused.
func (d *shiftDesk) must(a act.Act) {
	d.s.tb.Helper()
	if r := d.ask(a); !r.OK {
		d.s.tb.Errorf("%s %+v was refused: %s", a.Act(), a, r.Reason)
	}
}

// refused is ask for what is to be refused with these words.
func (d *shiftDesk) refused(a act.Act, words string) {
	d.s.tb.Helper()
	if r := d.ask(a); r.OK || !strings.Contains(r.Reason, words) {
		d.s.tb.Errorf("%s %+v: %v %q, want a refusal that says %q", a.Act(), a, r.OK, r.Reason, words)
	}
}

// capture draws a window with the software painter; on the toolkit's goroutine.
func capture(w fyne.Window) *image.RGBA {
	c := software.NewCanvas()
	c.SetPadded(false)
	room := canvas.NewRectangle(color.Transparent) // the content is never laid out smaller
	room.SetMinSize(fyne.NewSize(screenW, screenH))
	c.SetContent(container.NewStack(room, w.Content()))
	c.Resize(fyne.NewSize(screenW, screenH))
	img := c.Capture()
	if opaque, ok := img.(*image.NRGBA); ok { // nothing shines through a window
		return &image.RGBA{Pix: opaque.Pix, Stride: opaque.Stride, Rect: opaque.Rect}
	}
	out := image.NewRGBA(image.Rect(0, 0, screenW, screenH))
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	return out
}

// seen is what one screen shows, read from its pixels.
type seen struct {
	dark  bool
	marks []uint32 // of tiles, sorted
	// cameras are those whose pictures are there, with the second each picture says.
	cameras map[int]int
}

// screen reads the screen of that number, from 1.
func (s *shift) screen(number int) (out seen) {
	node, monitor := s.driver(number)
	n := s.nodes[node]
	if n == nil {
		return seen{dark: true}
	}
	s.toolkit.now(func() {
		name := fmt.Sprintf("M%d", monitor+1)
		w := n.desk.windows[name]
		if w == nil || n.desk.out[name] {
			out.dark = true
			return
		}
		out = read(capture(w))
	})
	return out
}

// distinct reports whether a row of cells of one brightness each begins here, as a
// mark does and nothing else: a camera's counter has cells of another size.
func distinct(img *image.RGBA, x, y int) bool {
	const c = paint.MarkerCell
	for i := range 36 {
		white := img.Pix[img.PixOffset(x+i*c, y)+1] >= 0xA0
		if i < 4 && white != (i%2 == 0) {
			return false
		}
		for j := range c * c {
			at := img.PixOffset(x+i*c+j%c, y+j/c)
			if v := img.Pix[at+1]; white && v < 0xA0 || !white && v > 0x60 {
				return false
			}
		}
	}
	return true
}

// marksOf returns the marks in a picture, sorted. Where one lies no other is looked
// for.
func marksOf(img *image.RGBA) (out []uint32) {
	const width = 36 * paint.MarkerCell
	for y := img.Rect.Min.Y; y <= img.Rect.Max.Y-paint.MarkerCell; y++ {
		for x := img.Rect.Min.X; x <= img.Rect.Max.X-width; x++ {
			if !distinct(img, x, y) {
				continue
			}
			n, ok := paint.ReadMarker(img, image.Pt(x, y))
			if !ok {
				continue
			}
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
			x += width - 1
		}
	}
	slices.Sort(out)
	return out
}

// read finds marks and counters in a picture.
func read(img *image.RGBA) seen {
	out := seen{marks: marksOf(img), cameras: map[int]int{}}
	for _, r := range mediatest.FindCounters(img) {
		out.cameras[r.N/cameraSeconds] = r.N % cameraSeconds
	}
	return out
}
