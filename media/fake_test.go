package media

import (
	"context"
	"encoding/binary"
	"errors"
	"image"
	"sync"
	"sync/atomic"
	"time"

	"iocwall/media/rtsp"
)

// fakeDecoder makes pictures out of units of eight bytes: the number in them is the picture's content. Its behaviour can
// be changed.
type fakeDecoder struct {
	mu     sync.Mutex
	err    error
	broken int // decoders that cannot be made
	slow   time.Duration
	blind  bool // gives no prints
	hold   int  // pictures kept back for reordering

	open, most atomic.Int32
	made       atomic.Int32
	needed     atomic.Int32 // conversions
	units      atomic.Int32
	flushed    atomic.Int32
}

func (d *fakeDecoder) factory(o DecoderOptions) (Decoder, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.broken > 0 {
		d.broken--
		return nil, errors.New("the device is busy")
	}
	d.made.Add(1)
	d.most.Store(max(d.most.Load(), d.open.Add(1)))
	size := image.Pt(640, 360)
	if len(o.Parameters) == 1 {
		size.X, size.Y = int(binary.BigEndian.Uint16(o.Parameters[0])), int(binary.BigEndian.Uint16(o.Parameters[0][2:]))
	}
	return &fakeInstance{d: d, size: size}, nil
}

func (d *fakeDecoder) do(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f()
}

func (d *fakeDecoder) set(err error, slow time.Duration) { d.do(func() { d.err, d.slow = err, slow }) }

type fakeInstance struct {
	d      *fakeDecoder
	size   image.Point
	held   []Decoded
	newest uint64
}

// Flush implements Decoder.
func (i *fakeInstance) Flush() { i.held = nil; i.d.flushed.Add(1) }

// Decode implements Decoder.
func (i *fakeInstance) Decode(unit [][]byte, pts time.Duration) (Decoded, bool, error) {
	i.d.mu.Lock()
	err, slow, blind, hold := i.d.err, i.d.slow, i.d.blind, i.d.hold
	i.d.mu.Unlock()
	i.d.units.Add(1)
	time.Sleep(slow)
	if err != nil {
		return Decoded{}, false, err
	}
	i.newest = binary.BigEndian.Uint64(unit[0])
	dec := Decoded{PTS: pts, Source: i.size, Frames: 1, Print: 1 + i.newest}
	if blind {
		dec.Print = 0
	}
	i.held = append(i.held, dec)
	if len(i.held) <= hold {
		return Decoded{}, false, nil
	}
	dec, i.held = i.held[0], i.held[1:]
	return dec, true, nil
}

// Render implements Decoder.
func (i *fakeInstance) Render(v View) (Picture, error) {
	i.d.needed.Add(1)
	if v.Layout == LayoutYUV {
		return Picture{YUV: &YUV{Size: v.Size}}, nil
	}
	return Picture{RGBA: &image.RGBA{Stride: 4 * v.Size.X, Rect: image.Rectangle{Max: v.Size}}}, nil // without pixels
}

// Name implements Decoder.
func (i *fakeInstance) Name() string { return "fake" }

// Close implements Decoder.
func (i *fakeInstance) Close() { i.d.open.Add(-1) }

// scene says what number n of a camera's pictures shows, by its number.
type scene func(n int) uint64

func noise(n int) uint64 { return uint64(n) }

// standing scenes stay the same for so many pictures, then are something new.
func standing(pictures int) scene {
	return func(n int) uint64 { return 1<<32 + uint64(n/pictures) }
}

// alternating scenes go round among a few pictures for ever.
func alternating(pictures int) scene {
	return func(n int) uint64 { return 1<<33 + uint64(n%pictures) }
}

// fakeCamera stands in for rtsp.Play. Each session asks refuse first, then sends frames until broken.
type fakeCamera struct {
	mu       sync.Mutex
	codec    Codec
	size     image.Point   // of pictures; zero leaves it to the decoder
	every    time.Duration // between frames
	keyEvery int           // frames between key frames
	refuse   error         // answer to the next connections
	silent   bool
	chatter  bool // packets that make no units
	nokey    bool
	scene    scene
	delay    time.Duration // network delay
	creep    float64       // by how much delay grows, in seconds a second
	drift    float64       // how fast the camera's clock goes wrong, in seconds a second
	step     time.Duration // added to the camera's time
	offset   time.Duration // the camera's clock minus ours, told when known
	known    bool
	stamps   bool          // units come through a relay, which they reach when they are sent
	ahead    time.Duration // the relay's clock minus ours
	late     time.Duration // what the relay says of the camera's units
	jitter   time.Duration // every third unit is later by this
	lose     uint64        // packets lost before the next unit
	behind   []time.Duration
	starts   []time.Time
	logins   []string
	open     int
	broken   chan error
}

func newFakeCamera() *fakeCamera {
	return &fakeCamera{codec: H264, every: 40 * time.Millisecond, keyEvery: 25, scene: noise, broken: make(chan error)}
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

// sessions returns how many are open.
func (c *fakeCamera) sessions() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open
}

func (c *fakeCamera) track() rtsp.Track {
	t := rtsp.Track{Codec: c.codec, Width: c.size.X, Height: c.size.Y}
	if c.size.X > 0 {
		var b [4]byte
		binary.BigEndian.PutUint16(b[:], uint16(c.size.X))
		binary.BigEndian.PutUint16(b[2:], uint16(c.size.Y))
		t.Parameters = [][]byte{b[:]}
	}
	return t
}

func (c *fakeCamera) play(ctx context.Context, opts rtsp.Options, h rtsp.Handler) error {
	c.mu.Lock()
	c.starts = append(c.starts, time.Now())
	c.logins = append(c.logins, opts.User+":"+opts.Pass)
	refuse, burst, track := c.refuse, c.behind, c.track()
	if refuse == nil {
		c.open++
		defer c.do(func() { c.open-- })
	}
	c.mu.Unlock()
	if refuse != nil {
		return refuse
	}
	h.OnTrack(track)
	for i, b := range burst {
		at := time.Now()
		h.OnPacket(at, 100, 0)
		h.OnUnit(rtsp.Unit{NALUs: [][]byte{content(1<<34 + uint64(i))}, Key: i == 0, PTS: time.Duration(i) * c.every, Arrived: at, Behind: b, Size: 100})
	}
	start := time.Now()
	for n := len(burst); ; n++ {
		sent := start.Add(time.Duration(n-len(burst)) * c.every)
		c.mu.Lock()
		due := sent.Add(c.delay + time.Duration(c.creep*float64(sent.Sub(start))))
		if n%3 == 2 {
			due = due.Add(c.jitter)
		}
		c.mu.Unlock()
		if wait := time.Until(due); wait > 0 {
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case err := <-c.broken:
				return err
			case <-time.After(wait):
			}
		}
		c.send(n, sent, h)
	}
}

func content(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func (c *fakeCamera) send(n int, sent time.Time, h rtsp.Handler) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := n%c.keyEvery == 0 && c.codec != MJPEG
	if c.silent || c.nokey && key {
		return
	}
	at := time.Now()
	h.OnPacket(at, 100, c.lose)
	if c.chatter {
		return
	}
	u := rtsp.Unit{
		NALUs: [][]byte{content(c.scene(n))}, Key: key, Arrived: at, Lost: c.lose, Size: 100,
		PTS: time.Duration((1+c.drift)*float64(n)*float64(c.every)) + c.step,
	}
	if c.known {
		u.Taken = sent.Add(c.offset)
	}
	if c.stamps {
		u.Relayed, u.Late = sent.Add(c.ahead), c.late
	}
	c.lose = 0
	h.OnUnit(u)
}
