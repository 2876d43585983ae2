package media

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"iocwall/media/flow"
	"iocwall/media/rtsp"
)

// Options says which camera a Player plays and how. URL and Decoder are required, the rest has defaults.
type Options struct {
	// URL is the camera's or the relay's address, rtsp:// or rtsps://. Credentials inside are used and never shown.
	URL string
	// Stream names the stream behind URL for the tile ("main", "sub"); free text.
	Stream string
	// Credentials is called before each connection, for credentials that expire. It may block until ctx ends. Nil means
	// those in URL. After a refusal the player asks it every RefusedCheck and connects again only with other credentials.
	Credentials func(ctx context.Context) (user, pass string, err error)
	// Decoder makes the decoder for each connection.
	Decoder DecoderFactory
	// Width and Height are the size of the pictures to make, in pixels; 0×0 means decode and watch, but make no
	// pictures until SetView.
	Width, Height int
	// OnFrame is called after each new frame and each change of state, from the player's goroutines: it must not
	// block and must not call Run. Typically it sets a flag or pokes a channel of size one.
	OnFrame func()
	// TLS is used for rtsps addresses; nil means the system's roots.
	TLS *tls.Config
	// Logger receives state changes, never a secret; nil discards.
	Logger *slog.Logger

	// Limits are the times after which a picture is no longer called live.
	Limits Limits
	// RefusedCheck is how often Credentials is asked after a refusal. Default 30 s.
	RefusedCheck time.Duration
	// Backoff tells the pauses between attempts. The zero value means 500 ms to 30 s, fresh after a stable minute.
	Backoff rtsp.Backoff
	// QueueUnits and QueueBytes bound what waits for the decoder; when either is exceeded the queue is emptied up to the
	// next key frame and the loss counted. Units out of a cache count in bytes only. Defaults 256 units, 16 MiB.
	QueueUnits, QueueBytes int

	// What a deck sets for the players of its cameras.
	address   func(ctx context.Context) (url string, l login, err error) // instead of URL and Credentials
	parkBytes int
	seq       *atomic.Uint64 // numbers frames across the players of one camera
	memory    *streamMemory
}

// Player keeps one stream of one camera playing, for any number of views. Its methods may be called from any goroutine.
type Player struct {
	opts Options
	log  *slog.Logger
	play playFunc
	step atomic.Pointer[flow.Step] // nil: pictures are shown as they come

	mu      sync.Mutex
	url     string
	stream  string
	view    View    // of SetView
	views   []View  // what pictures are made for, without empty or equal ones; replaced, never changed
	parked  bool    // nothing is decoded
	frames  []Frame // the newest frame of each view
	newest  Frame   // what was published last
	watch   track
	verdict verdict
	meter   rtsp.Meter
	stats   Stats // counters; the rest is filled in by Stats
	running bool
	session *session      // nil between connections
	change  chan struct{} // closed and replaced when a retry is asked for
}

// playFunc is rtsp.Play or a test's stand-in.
type playFunc func(context.Context, rtsp.Options, rtsp.Handler) error

// streamMemory is what is remembered of a stream, whoever plays it.
type streamMemory struct {
	still  flow.Still
	stamps flow.Stamps // whether the camera's time stamps follow its time
}

// New checks the options and returns a player that does nothing until Run.
func New(opts Options) (*Player, error) {
	if opts.Decoder == nil {
		return nil, errors.New("media: a player needs a decoder factory; pass decode.New")
	}
	if err := rtsp.Check(opts.URL); err != nil {
		return nil, fmt.Errorf("media: player: %w", err)
	}
	if opts.Width < 0 || opts.Height < 0 || opts.Width > maxSide || opts.Height > maxSide {
		return nil, fmt.Errorf("media: picture size %d×%d is out of range; use 0 to %d pixels a side",
			opts.Width, opts.Height, maxSide)
	}
	p := newPlayer(opts)
	p.SetView(View{Size: image.Pt(opts.Width, opts.Height)})
	return p, nil
}

// newPlayer makes a player of options that are right.
func newPlayer(opts Options) *Player {
	opts.Limits = opts.Limits.withDefaults()
	if opts.RefusedCheck <= 0 {
		opts.RefusedCheck = 30 * time.Second
	}
	if opts.QueueUnits <= 0 {
		opts.QueueUnits = 256
	}
	if opts.QueueBytes <= 0 {
		opts.QueueBytes = 16 << 20
	}
	if opts.seq == nil {
		opts.seq = &atomic.Uint64{}
	}
	if opts.memory == nil {
		opts.memory = &streamMemory{}
	}
	log := opts.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	now := time.Now()
	return &Player{
		opts: opts, log: log, play: rtsp.Play, url: opts.URL, stream: opts.Stream, change: make(chan struct{}),
		watch:   track{began: now, still: &opts.memory.still},
		verdict: verdict{State: StateOpening, Reason: ReasonConnecting, Since: now},
	}
}

// maxSide bounds pictures in each direction, in pixels.
const maxSide = 16384

// Frame returns the newest frame and whether there is one. A frame stays available when the camera dies: ask Stats
// whether it may be shown as live.
func (p *Player) Frame() (Frame, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return nearest(p.frames, p.view)
}

// frame returns the newest frame that comes closest to a view.
func (p *Player) frame(v View) (Frame, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return nearest(p.frames, v)
}

// nearest picks the frame of a view, or else the one of the same layout that shows the same part, or else the whole
// picture, in the next size.
func nearest(frames []Frame, v View) (best Frame, ok bool) {
	cost := 0
	for _, f := range frames {
		if f.View == v {
			return f, true
		}
		if f.View.Layout != v.Layout {
			continue
		}
		c := abs(f.View.Size.X-v.Size.X) + abs(f.View.Size.Y-v.Size.Y)
		switch {
		case f.View.Part == v.Part:
		case f.View.Part.Whole():
			c += 4 * maxSide
		default:
			c += 8 * maxSide
		}
		if !ok || c < cost {
			best, cost, ok = f, c, true
		}
	}
	return best, ok
}

func abs(n int) int { return max(n, -n) }

// SetView says what pictures are made from now on; sizes are clamped to 16384 pixels a side. With an empty view
// pictures are decoded and watched but not made.
func (p *Player) SetView(v View) {
	v = v.tidy()
	p.mu.Lock()
	p.view = v
	p.mu.Unlock()
	p.setViews([]View{v}, false)
}

// setViews says for which views pictures are made from now on; empty and repeated ones are left out. A parked player
// stays connected and keeps the last group of pictures, but decodes nothing.
func (p *Player) setViews(views []View, parked bool) {
	var next []View
	for _, v := range views {
		if !v.Empty() && !slices.Contains(next, v) {
			next = append(next, v)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	same := slices.Equal(next, p.views)
	p.views = next
	if parked != p.parked {
		p.parked = parked
		p.watch.park(parked, time.Now())
		if p.session != nil {
			p.session.queue.Park(parked)
		}
	}
	if !same && p.session != nil {
		p.session.queue.Poke()
	}
}

// Retry connects again at once, even after a refusal. It is for an operator's hand, not for a loop.
func (p *Player) Retry() {
	p.mu.Lock()
	p.poke()
	p.mu.Unlock()
}

// poke starts the player over; the caller holds the lock.
func (p *Player) poke() {
	p.watch = p.watch.afresh(time.Now())
	if p.session != nil {
		p.session.cancel(errRetry)
	}
	close(p.change)
	p.change = make(chan struct{})
}

// Stats returns what there is to say about the camera now.
func (p *Player) Stats() Stats {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.judge(now)
	s := p.stats
	s.State, s.Reason, s.Since = p.verdict.State, p.verdict.Reason, p.verdict.Since
	s.Stream, s.URL, s.Target = p.stream, rtsp.Public(p.url), p.view.Size
	s.FPS, s.Bitrate, s.Loss = p.meter.Rates(now)
	p.watch.fill(&s, now)
	if s.State == StateLive {
		s.Detail = ""
	}
	if s.KeyOverdue && s.Detail == "" {
		s.Detail = fmt.Sprintf("no key frame for %v, usually one every %v; a loss could not be mended",
			now.Sub(s.LastKey).Round(time.Second), s.KeyInterval.Round(100*time.Millisecond))
	}
	if p.session != nil {
		s.Ready = p.session.queue.Ready()
	}
	if !p.newest.Empty() {
		s.Picture, s.PictureBehind, s.Taken = p.newest.Arrived, p.newest.Behind, p.newest.Taken
	}
	return s
}

// judge brings the verdict up to date and reports whether its state or reason changed; the caller holds the lock.
func (p *Player) judge(now time.Time) bool {
	next := p.watch.judge(now, p.opts.Limits)
	changed := next.State != p.verdict.State || next.Reason != p.verdict.Reason
	if next.State == p.verdict.State && (next.Since.IsZero() || next.State == StateLive || next.State == StateLate) {
		next.Since = p.verdict.Since
	}
	if next.Since.IsZero() {
		next.Since = now
	}
	p.verdict = next
	return changed
}

// notify tells the consumer that something changed; the caller must not hold the lock.
func (p *Player) notify() {
	if p.opts.OnFrame != nil {
		p.opts.OnFrame()
	}
}
