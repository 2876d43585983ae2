// Package relay stands between cameras and everything that wants their pictures. It opens at most one session to each
// camera stream, however many readers there are, keeps the last group of pictures so that a new reader sees a picture at
// once, and watches the health of every camera. It alone holds the cameras' credentials; readers come with short-lived
// tokens that it checks by itself, so it works while the server is away.
//
// Readers use RTSP over TCP under rtsp://relay/<camera>/<stream>. When a camera cannot be served, the answer is 503 with
// the reason as the status text (see package rtsp).
package relay

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/auth"

	"iocwall/media/rtsp"
)

// Options configures a Relay. Signer is required.
type Options struct {
	// Addr is the address readers connect to, default 127.0.0.1:8554; port 0 picks a free one.
	Addr string
	// Cameras is the first list; SetCameras replaces it.
	Cameras []Camera
	// Signer checks the readers' tokens.
	Signer Signer
	// OnHealth is called for each stream when its state changes and every HealthEvery. Calls come one at a time from a
	// goroutine of its own: it may block, which delays the next calls and nothing else. States that lasted less than Step
	// may be left out.
	OnHealth func(camera string, h Health)
	// Logger never receives a secret; nil discards.
	Logger *slog.Logger
	// TLS makes the relay serve rtsps instead of rtsp. Without it tokens cross the network in the clear.
	TLS *tls.Config
	// CameraTLS is used for cameras with rtsps addresses; nil means the system's roots.
	CameraTLS *tls.Config

	// Linger is how long a camera stays connected after its last reader left. Default 10 s.
	Linger time.Duration
	// ProbeEvery is how often a camera that nobody watches is connected for a moment, so that its health is known. Default
	// 1 minute, negative never. Probes bounds how many are connected so at the same time. Default 16.
	ProbeEvery time.Duration
	Probes     int
	// KeepBytes bounds what all cameras together keep for replay; the largest gives way first. Default 256 MiB.
	KeepBytes int64
	// KeepDir is a folder of the relay's own for what is kept, which is emptied at start; empty keeps it in memory.
	KeepDir string
	// HealthEvery is the distance of health reports without a change. Default 10 s.
	HealthEvery time.Duration
	// CacheBytes bounds the cached group of pictures of each stream. Default 4 MiB.
	CacheBytes int
	// MaxReaders bounds the readers of one stream. Default 64.
	MaxReaders int
	// DescribeWait is how long a reader's request may wait for a camera that is being connected. Default 6 s.
	DescribeWait time.Duration
	// Timeout bounds requests to cameras. Default 10 s.
	Timeout time.Duration
	// Stall is how long a connected camera may deliver nothing before it is connected anew. Default 5 s.
	Stall time.Duration
	// Step is how often health and watchdogs look. Default 200 ms.
	Step time.Duration
	// WriteTimeout is how long a reader may take nothing before it is cut off as slow. Default 3 s.
	WriteTimeout time.Duration
	// TokenLife is the longest life of a token that Signer's owner gives out: so long CloseSubject is remembered. Default
	// 1 h.
	TokenLife time.Duration
	// Backoff tells the pauses between attempts at a camera.
	Backoff rtsp.Backoff
}

// Relay is a relay. Its methods may be called from any goroutine.
type Relay struct {
	opts     Options
	log      *slog.Logger
	listener net.Listener
	server   *gortsplib.Server
	done     chan struct{} // closed when Run begins to stop

	mu      sync.Mutex
	ctx     context.Context // of Run; nil before it
	wanted  map[string]upstreamConfig
	running map[string]*worker
	streams map[string][]string  // names of the streams that run, by camera
	gate    sync.Mutex           // held while it is decided which stream of a camera is looked at
	closed  map[string]time.Time // by subject: tokens that expire until then are refused
	replay  keepers
	wg      sync.WaitGroup
}

// worker is a running upstream.
type worker struct {
	up     *upstream
	cancel context.CancelFunc
}

// New checks the options and starts listening, so that Addr is known; readers are served once Run is called. All
// problems of the camera list are reported at once.
func New(opts Options) (*Relay, error) {
	wanted, err := flatten(opts.Cameras)
	if err := errors.Join(opts.Signer.Check(), err); err != nil {
		return nil, err
	}
	opts.setDefaults()
	listener, err := net.Listen("tcp", opts.Addr)
	if err != nil {
		return nil, fmt.Errorf("relay: listen on %s: %w; choose another address", opts.Addr, err)
	}
	return &Relay{
		opts: opts, log: opts.Logger, listener: listener, done: make(chan struct{}),
		wanted: wanted, running: map[string]*worker{}, closed: map[string]time.Time{},
	}, nil
}

func (o *Options) setDefaults() {
	set := func(d *time.Duration, value time.Duration) {
		if *d <= 0 {
			*d = value
		}
	}
	set(&o.Linger, 10*time.Second)
	set(&o.HealthEvery, 10*time.Second)
	set(&o.DescribeWait, 6*time.Second)
	set(&o.Timeout, 10*time.Second)
	set(&o.Stall, 5*time.Second)
	set(&o.Step, 200*time.Millisecond)
	set(&o.WriteTimeout, 3*time.Second)
	set(&o.TokenLife, time.Hour)
	if o.Addr == "" {
		o.Addr = "127.0.0.1:8554"
	}
	if o.ProbeEvery == 0 {
		o.ProbeEvery = time.Minute
	}
	if o.Probes <= 0 {
		o.Probes = 16
	}
	if o.CacheBytes <= 0 {
		o.CacheBytes = 4 << 20
	}
	if o.KeepBytes <= 0 {
		o.KeepBytes = 256 << 20
	}
	if o.MaxReaders <= 0 {
		o.MaxReaders = 64
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
}

// Addr returns the address readers connect to.
func (r *Relay) Addr() string { return r.listener.Addr().String() }

// URL returns the address of a camera's stream, without any credentials.
func (r *Relay) URL(camera, stream string) string {
	scheme := "rtsp"
	if r.opts.TLS != nil {
		scheme = "rtsps"
	}
	return scheme + "://" + r.Addr() + "/" + camera + "/" + stream
}

// Run serves until ctx ends and returns its cause; all readers and cameras are disconnected and everything started is
// gone when it returns. It runs once.
func (r *Relay) Run(ctx context.Context) error {
	r.server = &gortsplib.Server{
		Handler: &handler{r}, RTSPAddress: r.Addr(),
		AuthMethods:    []auth.VerifyMethod{auth.VerifyMethodBasic},
		WriteQueueSize: queuePackets, WriteTimeout: r.opts.WriteTimeout,
		Listen: func(string, string) (net.Listener, error) {
			return &patient{Listener: r.listener, tls: r.opts.TLS, done: r.done, log: r.log}, nil
		},
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r.mu.Lock() // the first who ask wait for the list: to them no camera is unknown because the relay has just begun
	err := r.server.Start()
	if err == nil {
		r.ctx = ctx
		r.apply()
	}
	r.mu.Unlock()
	if err != nil {
		return fmt.Errorf("relay: %w", err)
	}
	r.wg.Go(func() { r.report(ctx) })
	r.wg.Go(func() { r.probe(ctx) })
	r.wg.Go(func() {
		if err := r.server.Wait(); err != nil && ctx.Err() == nil {
			cancel(fmt.Errorf("relay: %w", err))
		}
	})
	<-ctx.Done()
	close(r.done)
	r.server.Close()
	r.mu.Lock()
	r.wanted = nil
	r.apply()
	r.mu.Unlock()
	r.wg.Wait()
	return context.Cause(ctx)
}

// SetCameras replaces the list. Streams whose configuration is unchanged are not disturbed; changed and removed ones are
// disconnected, with their readers. A list with problems changes nothing and all problems are returned.
func (r *Relay) SetCameras(cameras []Camera) error {
	wanted, err := flatten(cameras)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wanted = wanted
	if r.ctx != nil && r.ctx.Err() == nil {
		r.apply()
	}
	return nil
}

// apply brings what runs in line with what is wanted; the caller holds the lock.
func (r *Relay) apply() {
	r.replay.follow(r.wanted, &r.wg)
	for path, w := range r.running {
		if cfg, ok := r.wanted[path]; !ok || cfg != w.up.cfg {
			w.cancel()
			delete(r.running, path)
		}
	}
	r.streams = map[string][]string{}
	for _, cfg := range r.wanted {
		r.streams[cfg.camera] = append(r.streams[cfg.camera], cfg.stream)
	}
	for path, cfg := range r.wanted {
		if r.running[path] != nil {
			continue
		}
		ctx, cancel := context.WithCancel(r.ctx)
		w := &worker{up: newUpstream(r, cfg, ctx.Done()), cancel: cancel}
		r.running[path] = w
		r.wg.Go(func() { w.up.run(ctx) })
	}
}

// find returns the stream, nil if there is none.
func (r *Relay) find(camera, stream string) *upstream {
	r.mu.Lock()
	defer r.mu.Unlock()
	if w := r.running["/"+camera+"/"+stream]; w != nil {
		return w.up
	}
	return nil
}

// siblings returns the other streams of the camera.
func (r *Relay) siblings(u *upstream) []*upstream {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []*upstream
	for _, s := range r.streams[u.cfg.camera] {
		if w := r.running["/"+u.cfg.camera+"/"+s]; w != nil && w.up != u {
			out = append(out, w.up)
		}
	}
	return out
}

// upstreams returns all streams.
func (r *Relay) upstreams() []*upstream {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]*upstream, 0, len(r.running))
	for _, w := range r.running {
		out = append(out, w.up)
	}
	return out
}
