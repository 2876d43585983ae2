package media

import (
	"context"
	"image"
	"sync"
	"sync/atomic"
	"time"

	"iocwall/media/rtsp"
)

// fakeDecoder makes pictures out of units of one byte: the byte is the brightness. Its behaviour can be changed.
type fakeDecoder struct {
	mu     sync.Mutex
	err    error
	slow   time.Duration
	open   atomic.Int32
	needed atomic.Int32 // conversions
	units  atomic.Int32
}

func (d *fakeDecoder) factory(DecoderOptions) (Decoder, error) {
	d.open.Add(1)
	return &fakeInstance{d: d}, nil
}

func (d *fakeDecoder) set(err error, slow time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.err, d.slow = err, slow
}

type fakeInstance struct {
	d      *fakeDecoder
	bright byte
}

// Decode implements Decoder.
func (i *fakeInstance) Decode(unit [][]byte, pts time.Duration) (Decoded, bool, error) {
	i.d.mu.Lock()
	err, slow := i.d.err, i.d.slow
	i.d.mu.Unlock()
	i.d.units.Add(1)
	time.Sleep(slow)
	if err != nil {
		return Decoded{}, false, err
	}
	i.bright = unit[0][0]
	return Decoded{PTS: pts, Source: image.Pt(640, 360), Frames: 1, Print: 1 + uint64(i.bright)}, true, nil
}

// Render implements Decoder.
func (i *fakeInstance) Render(v View) (Picture, error) {
	i.d.needed.Add(1)
	img := image.NewRGBA(image.Rectangle{Max: v.Size})
	for k := range img.Pix {
		img.Pix[k] = i.bright
	}
	return Picture{RGBA: img}, nil
}

// Name implements Decoder.
func (i *fakeInstance) Name() string { return "fake" }

// Close implements Decoder.
func (i *fakeInstance) Close() { i.d.open.Add(-1) }

// fakeCamera stands in for rtsp.Play. Each session asks refuse first, then sends frames until broken.
type fakeCamera struct {
	mu       sync.Mutex
	every    time.Duration // between frames
	keyEvery int           // frames between key frames
	refuse   error         // answer to the next connections
	silent   bool
	nokey    bool
	frozen   bool
	delay    time.Duration // network delay, grows late
	lose     uint64        // packets lost before the next unit
	behind   []time.Duration
	starts   []time.Time
	logins   []string
	broken   chan error
}

func newFakeCamera() *fakeCamera {
	return &fakeCamera{every: 40 * time.Millisecond, keyEvery: 25, broken: make(chan error)}
}

func (c *fakeCamera) do(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

// connections returns when sessions were tried.
func (c *fakeCamera) connections() []time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]time.Time{}, c.starts...)
}

func (c *fakeCamera) play(ctx context.Context, opts rtsp.Options, h rtsp.Handler) error {
	c.mu.Lock()
	c.starts = append(c.starts, time.Now())
	c.logins = append(c.logins, opts.User+":"+opts.Pass)
	refuse := c.refuse
	burst := c.behind
	c.mu.Unlock()
	if refuse != nil {
		return refuse
	}
	h.OnTrack(rtsp.Track{Codec: rtsp.H264, Width: 640, Height: 360})
	for i, b := range burst {
		at := time.Now()
		h.OnPacket(at, 100, 0)
		h.OnUnit(rtsp.Unit{NALUs: [][]byte{{byte(i)}}, Key: i == 0, PTS: time.Duration(i) * c.every, Arrived: at, Behind: b, Size: 1})
	}
	start := time.Now()
	for n := len(burst); ; n++ {
		due := start.Add(time.Duration(n-len(burst)) * c.every)
		c.mu.Lock()
		due = due.Add(c.delay)
		c.mu.Unlock()
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case err := <-c.broken:
			return err
		case <-time.After(time.Until(due)):
		}
		c.send(n, h)
	}
}

func (c *fakeCamera) send(n int, h rtsp.Handler) {
	c.mu.Lock()
	silent, nokey, frozen, lost := c.silent, c.nokey, c.frozen, c.lose
	c.lose = 0
	c.mu.Unlock()
	key := n%c.keyEvery == 0
	if silent || nokey && key {
		return
	}
	at := time.Now()
	value := byte(n)
	if frozen {
		value = byte(n / c.keyEvery % 3) // a standing picture differs a little at each key frame
	}
	h.OnPacket(at, 100, lost)
	h.OnUnit(rtsp.Unit{
		NALUs: [][]byte{{value}}, Key: key, PTS: time.Duration(n) * c.every, Arrived: at, Lost: lost, Size: 1,
	})
}
