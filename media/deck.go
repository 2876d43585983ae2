package media

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"iocwall/media/rtsp"
)

// Camera is a camera as a Deck knows it.
type Camera struct {
	// ID is the camera's name towards DeckOptions.Address. Cameras with the same ID are the same camera.
	ID string
	// Streams are the camera's streams, the best ("main") first. None means one stream without a name.
	Streams []Stream
}

// Stream is one of a camera's streams.
type Stream struct {
	Name string
	// Width and Height are in pixels, 0 while unknown: the deck learns them once the stream has been played.
	Width, Height int
	// FPS is the declared rate in pictures a second, 0 while unknown; it decides between streams of one size.
	FPS float64
}

// DeckOptions say how a Deck plays. Decoder and Address are required, the rest has defaults.
type DeckOptions struct {
	// Decoder makes the decoder for each connection.
	Decoder DecoderFactory
	// Address is asked before each connection for where a camera's stream is and how to log in there. It may block
	// until ctx ends. Credentials win over those inside the URL.
	Address func(ctx context.Context, camera, stream string) (url, user, pass string, err error)
	// TLS is used for rtsps addresses; nil means the system's roots.
	TLS *tls.Config
	// Logger receives changes of state and of stream, never a secret; nil discards.
	Logger *slog.Logger
	// Clock tells the time that all computers share whose viewers keep step (see Viewer.SetStep): the server's. It is
	// called from several goroutines and must not block. Nil means this computer's clock.
	Clock func() time.Time
	// Limits, RefusedCheck, Backoff, QueueUnits and QueueBytes are as in Options.
	Limits                 Limits
	RefusedCheck           time.Duration
	Backoff                rtsp.Backoff
	QueueUnits, QueueBytes int

	// Park is how long a camera that nobody looks at stays connected, its last group of pictures at hand. Default 10 s.
	Park time.Duration
	// ParkBytes bounds what is kept of a parked camera, in bytes of compressed video. Default 8 MiB.
	ParkBytes int
	// Linger is how long a camera whose last viewer was closed is kept for the next one. Default 2 s.
	Linger time.Duration
}

// Deck plays each camera once for all tiles and windows of this computer, in the smallest stream that fills them. Its
// methods may be called from any goroutine.
type Deck struct {
	opts DeckOptions
	log  *slog.Logger
	play playFunc
	wake chan struct{} // of size one: something changed that the loop must look at

	mu      sync.Mutex
	cameras map[string]*channel
	memory  map[string]*memory // what was learnt, by camera; outlives channels
	running bool
	rate    pacing
}

// maxMemory bounds for how many cameras learning is kept; beyond it that of some other camera is forgotten.
const maxMemory = 10_000

// deckStep is how often the deck looks at its cameras when nothing else makes it.
const deckStep = 200 * time.Millisecond

// NewDeck checks the options and returns a deck that plays nothing until Run.
func NewDeck(opts DeckOptions) (*Deck, error) {
	if opts.Decoder == nil {
		return nil, errors.New("media: a deck needs a decoder factory; pass decode.New")
	}
	if opts.Address == nil {
		return nil, errors.New("media: a deck needs to be told where cameras are; pass Address")
	}
	opts.Limits = opts.Limits.withDefaults()
	if opts.Park <= 0 {
		opts.Park = 10 * time.Second
	}
	if opts.Linger <= 0 {
		opts.Linger = 2 * time.Second
	}
	if opts.ParkBytes <= 0 {
		opts.ParkBytes = 8 << 20
	}
	if opts.Clock == nil {
		opts.Clock = time.Now
	}
	log := opts.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Deck{
		opts: opts, log: log, play: rtsp.Play, wake: make(chan struct{}, 1),
		cameras: map[string]*channel{}, memory: map[string]*memory{},
	}, nil
}

// Run plays what viewers want until ctx ends and returns ctx's cause. Everything it started is gone when it returns.
// It may be called again afterwards, but not twice at once.
func (d *Deck) Run(ctx context.Context) error {
	d.mu.Lock()
	if d.running {
		d.mu.Unlock()
		return errors.New("media: the deck is running already; make one deck for each computer")
	}
	d.running = true
	d.mu.Unlock()
	tick := time.NewTicker(deckStep)
	defer tick.Stop()
	var players sync.WaitGroup
	for all := true; ctx.Err() == nil; {
		d.step(ctx, &players, time.Now(), all)
		select {
		case <-ctx.Done():
		case <-d.wake:
			all = false
		case <-tick.C:
			all = true
		}
	}
	players.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, ch := range d.cameras {
		ch.stopped()
	}
	d.running = false
	return context.Cause(ctx)
}

// step brings all cameras in line with what their viewers want, or those where something changed.
func (d *Deck) step(ctx context.Context, players *sync.WaitGroup, now time.Time, all bool) {
	var tell []*channel
	d.mu.Lock()
	for id, ch := range d.cameras {
		if !ch.dirty.Swap(false) && !all {
			continue
		}
		needed, news := ch.step(ctx, players, now)
		if !needed {
			delete(d.cameras, id)
		}
		if news {
			tell = append(tell, ch)
		}
	}
	d.mu.Unlock()
	for _, ch := range tell {
		ch.notify()
	}
}

// Open returns a viewer of a camera; all viewers of one camera share its player, and the newest description of the
// camera counts for all. Notify is called after each new frame and each change of state, from the deck's goroutines: it
// must not block. It may be nil. The viewer has an empty view: nothing is played until SetView or Preload.
func (d *Deck) Open(c Camera, notify func()) *Viewer {
	c.Streams = slices.Clone(c.Streams)
	d.mu.Lock()
	defer d.mu.Unlock()
	ch := d.cameras[c.ID]
	if ch == nil {
		ch = newChannel(d, c.ID, d.remember(c.ID))
		d.cameras[c.ID] = ch
	}
	v := &Viewer{ch: ch, notify: notify}
	ch.add(v, c)
	d.poke()
	return v
}

// remember returns what was learnt of a camera; the caller holds the lock.
func (d *Deck) remember(id string) *memory {
	m := d.memory[id]
	if m == nil {
		for other := range d.memory {
			if len(d.memory) < maxMemory {
				break
			}
			if d.cameras[other] == nil {
				delete(d.memory, other)
			}
		}
		m = &memory{}
		d.memory[id] = m
	}
	return m
}

// poke makes the loop look at once.
func (d *Deck) poke() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}
