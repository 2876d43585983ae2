package media

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"sync"
	"time"

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
	// pictures until SetTarget. See SetTarget.
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
	// next key frame and the loss counted. Defaults 256 units, 16 MiB.
	QueueUnits, QueueBytes int
}

// Player keeps one camera playing. Its methods may be called from any goroutine.
type Player struct {
	opts Options
	log  *slog.Logger
	play playFunc

	mu      sync.Mutex
	url     string
	stream  string
	target  image.Point
	frame   Frame
	watch   track
	verdict verdict
	meter   rtsp.Meter
	stats   Stats // counters; the rest is filled in by Stats
	running bool
	change  chan struct{} // closed and replaced when the source changes or a retry is asked for
}

// playFunc is rtsp.Play or a test's stand-in.
type playFunc func(context.Context, rtsp.Options, rtsp.Handler) error

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
	log := opts.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	now := time.Now()
	p := &Player{
		opts: opts, log: log, play: rtsp.Play, url: opts.URL, stream: opts.Stream,
		target: image.Pt(opts.Width, opts.Height), change: make(chan struct{}),
		watch:   track{began: now},
		verdict: verdict{State: StateOpening, Reason: ReasonConnecting, Since: now},
	}
	return p, nil
}

// maxSide bounds pictures in each direction, in pixels.
const maxSide = 16384

// Frame returns the newest frame and whether there is one. A frame stays available when the camera dies: ask Stats
// whether it may be shown as live.
func (p *Player) Frame() (Frame, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.frame, p.frame.Image != nil
}

// SetTarget sets the size in pixels of the pictures made from now on; values outside 0 to 16384 are clamped. With a
// side of 0 pictures are decoded and watched but not made, which is right for a hidden tile that must open at once.
func (p *Player) SetTarget(width, height int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = image.Pt(min(max(width, 0), maxSide), min(max(height, 0), maxSide))
}

// SetSource switches to another address or stream of the same camera. The last frame stays until the new source has
// one. Failures and refusals of the old source are forgotten.
func (p *Player) SetSource(url, stream string) error {
	if err := rtsp.Check(url); err != nil {
		return fmt.Errorf("media: new source: %w", err)
	}
	p.mu.Lock()
	p.url, p.stream = url, stream
	p.poke()
	p.mu.Unlock()
	return nil
}

// Retry connects again at once, even after a refusal. It is for an operator's hand, not for a loop.
func (p *Player) Retry() {
	p.mu.Lock()
	p.poke()
	p.mu.Unlock()
}

// poke starts the player over; the caller holds the lock.
func (p *Player) poke() {
	p.watch = track{began: time.Now(), lastPicture: p.watch.lastPicture}
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
	if s.State == StateLive {
		s.Detail = ""
	}
	s.Stream, s.URL, s.Target = p.stream, rtsp.Public(p.url), p.target
	s.FPS, s.Bitrate, s.Loss = p.meter.Rates(now)
	p.watch.fill(&s, now)
	if p.frame.Image != nil {
		s.Picture, s.PictureBehind = p.frame.Arrived, p.frame.Behind
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
