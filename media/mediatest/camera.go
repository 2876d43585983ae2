// Package mediatest gives cameras for tests and demonstrations: RTSP servers on the loopback that replay real H.264 or
// H.265, coded once by ffmpeg, with a frame counter in the picture and with faults on demand.
//
// A clip loops without end and so does its counter: frame n is sent again after Clip.Frames() frames. Camera.SentAt tells
// when a counter was last sent, which together with the time it was seen gives the delay from camera to screen.
package mediatest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/auth"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/pion/rtp"

	"iocwall/media/rtsp"
)

// Options says what a camera shows and how it behaves.
type Options struct {
	// Clip is what the camera replays. If nil, NewCamera makes one from ClipOptions.
	Clip *Clip
	ClipOptions

	// Addr is the listening address, default 127.0.0.1:0.
	Addr string
	// Path of the stream, default "/main".
	Path string
	// User and Pass are asked for when User is not empty; Digest asks for digest authentication, else basic.
	User, Pass string
	Digest     bool
	// MaxSessions answers further readers with 453; 0 means no limit.
	MaxSessions int
	// Params says where parameter sets are sent: "both" (default), "sdp" or "inband".
	Params string
	// Start is the frame to begin with, so that cameras of one clip do not show the same moment.
	Start int
	// Logger may be nil.
	Logger *slog.Logger
}

// Camera is a loopback RTSP camera. Its methods may be called from any goroutine.
type Camera struct {
	opts     Options
	clip     *Clip
	log      *slog.Logger
	listener *listener
	server   *gortsplib.Server
	stream   *gortsplib.ServerStream
	media    *description.Media
	encode   func([][]byte) ([]*rtp.Packet, error)

	mu       sync.Mutex
	fault    Fault
	rate     float64
	conns    map[*gortsplib.ServerConn]struct{}
	sessions map[*gortsplib.ServerSession]struct{}
	counts   Counts
	sent     []sending // ring of the last sendings
	next     int
	changed  chan struct{}
}

// sending remembers when a frame was sent.
type sending struct {
	number int
	at     time.Time
}

// sentKept is how many sendings are remembered: at 30 frames a second about two minutes.
const sentKept = 4096

// Counts says what a camera has seen.
type Counts struct {
	Connections int // TCP connections accepted
	Logins      int // requests with wrong credentials
	Sessions    int // sessions that began to play
	Playing     int // sessions playing now
	Peak        int // most sessions playing at once
	Frames      int // frames sent
}

// NewCamera makes a camera and starts listening, so that URL is valid; it serves once Run is called.
func NewCamera(opts Options) (*Camera, error) {
	if opts.Clip == nil {
		clip, err := NewClip(context.Background(), opts.ClipOptions)
		if err != nil {
			return nil, err
		}
		opts.Clip = clip
	}
	if opts.Addr == "" {
		opts.Addr = "127.0.0.1:0"
	}
	if opts.Path == "" {
		opts.Path = "/main"
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	inner, err := net.Listen("tcp", opts.Addr)
	if err != nil {
		return nil, fmt.Errorf("mediatest: camera: %w", err)
	}
	c := &Camera{
		opts: opts, clip: opts.Clip, log: opts.Logger, listener: &listener{Listener: inner},
		conns: map[*gortsplib.ServerConn]struct{}{}, sessions: map[*gortsplib.ServerSession]struct{}{},
		changed: make(chan struct{}, 1),
	}
	c.listener.refuse = c.down
	return c, nil
}

// URL returns the camera's address without credentials.
func (c *Camera) URL() string { return "rtsp://" + c.Addr() + c.opts.Path }

// Addr returns the host and port the camera listens on.
func (c *Camera) Addr() string { return c.listener.Addr().String() }

// Clip returns what the camera replays.
func (c *Camera) Clip() *Clip { return c.clip }

// Counts returns what the camera has seen so far.
func (c *Camera) Counts() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.counts
	n.Playing = len(c.sessions)
	return n
}

// SentAt returns when the frame with this counter was last sent at or before the given time. ok is false when it was not
// within the last few thousand frames.
func (c *Camera) SentAt(number int, before time.Time) (at time.Time, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.sent {
		if s.number == number && !s.at.After(before) && s.at.After(at) {
			at, ok = s.at, true
		}
	}
	return at, ok
}

// Run serves until ctx ends; then all connections are closed and everything started is gone. It runs once.
func (c *Camera) Run(ctx context.Context) error {
	c.server = &gortsplib.Server{
		Handler: &handler{c}, RTSPAddress: c.Addr(), AuthMethods: []auth.VerifyMethod{auth.VerifyMethodBasic},
		Listen:         func(string, string) (net.Listener, error) { return c.listener, nil },
		WriteQueueSize: 2048, ReadTimeout: 20 * time.Second, WriteTimeout: 5 * time.Second,
	}
	if c.opts.Digest {
		c.server.AuthMethods = []auth.VerifyMethod{auth.VerifyMethodDigestMD5}
	}
	if err := c.server.Start(); err != nil {
		return fmt.Errorf("mediatest: camera: %w", err)
	}
	defer c.server.Close()
	if err := c.describe(); err != nil {
		return err
	}
	defer c.stream.Close()
	c.replay(ctx)
	return context.Cause(ctx)
}

// describe sets up the stream and its packetizer.
func (c *Camera) describe() error {
	params := c.clip.params
	if c.opts.Params == "inband" {
		params = nil
	}
	var err error
	var forma format.Format
	if c.clip.opts.Codec == rtsp.H265 {
		f := &format.H265{PayloadTyp: 96}
		if len(params) >= 3 {
			f.VPS, f.SPS, f.PPS = params[0], params[1], params[2]
		}
		enc, e := f.CreateEncoder()
		forma, err, c.encode = f, e, encoder(enc)
	} else {
		f := &format.H264{PayloadTyp: 96, PacketizationMode: 1}
		if len(params) >= 2 {
			f.SPS, f.PPS = params[0], params[1]
		}
		enc, e := f.CreateEncoder()
		forma, err, c.encode = f, e, encoder(enc)
	}
	if err != nil {
		return fmt.Errorf("mediatest: camera: %w", err)
	}
	c.media = &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{forma}}
	stream := &gortsplib.ServerStream{Server: c.server, Desc: &description.Session{Medias: []*description.Media{c.media}}}
	if err := stream.Initialize(); err != nil {
		return fmt.Errorf("mediatest: camera: %w", err)
	}
	c.mu.Lock()
	c.stream = stream
	c.mu.Unlock()
	return nil
}

// encoder takes an encoder's method, or nothing if there is no encoder.
func encoder(e interface {
	Encode([][]byte) ([]*rtp.Packet, error)
},
) func([][]byte) ([]*rtp.Packet, error) {
	return e.Encode
}

// replay sends the clip in real time until ctx ends.
func (c *Camera) replay(ctx context.Context) {
	frame := time.Second / time.Duration(c.clip.opts.FPS)
	start := time.Now()
	at := ((c.opts.Start % c.clip.loop) + c.clip.loop) % c.clip.loop
	tick := time.NewTimer(0)
	defer tick.Stop()
	for n := 0; ; n++ {
		tick.Reset(time.Until(start.Add(time.Duration(n) * frame)))
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		fault, rate := c.current()
		at = c.clip.follow(at, fault == FaultFreeze)
		c.send(at, n, fault, rate)
	}
}

// follow returns the unit after at: in the loop, or in the standing picture at its end.
func (c *Clip) follow(at int, frozen bool) int {
	next := at + 1
	switch {
	case frozen && (next < c.loop || next >= len(c.units)):
		return c.loop
	case !frozen && next >= c.loop:
		return 0
	}
	return next
}

// ErrUnknownFault is wrapped when a fault is not one of the constants.
var ErrUnknownFault = errors.New("mediatest: this fault is unknown")
