// Package mediatest gives cameras for tests and demonstrations: RTSP servers on the loopback that replay real H.264,
// H.265 or MJPEG, coded once by ffmpeg, with a frame counter in the picture and with faults on demand.
//
// A clip loops without end and so does its counter: frame n is sent again after Clip.Frames() frames. Camera.SentAt tells
// when a counter was last sent, which together with the time it was seen gives the delay from camera to screen.
//
// Options say how a camera is built (transport, login, tracks, oddities of its answers, its clock); SetFault makes it
// misbehave while it runs. Each fault names the report from the field that it copies.
package mediatest

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/auth"
)

// Camera is a loopback RTSP camera. Its methods may be called from any goroutine.
type Camera struct {
	opts     Options
	clip     *Clip
	log      *slog.Logger
	listener *listener
	cert     tls.Certificate // zero without TLS
	server   *gortsplib.Server
	tracks   *tracks // set once, before the first reader is let in

	mu       sync.Mutex
	ready    bool
	fault    Fault
	rate     float64
	ahead    time.Duration // the clock in the reports, beyond the world's
	jump     uint32        // added to RTP time stamps
	conns    map[*gortsplib.ServerConn]struct{}
	sessions map[*gortsplib.ServerSession]playing
	taken    []time.Time // until when places of vanished readers are taken
	counts   Counts
	sent     []sending // ring of the last sendings
	next     int
}

// playing is a session that plays.
type playing struct {
	session *gortsplib.ServerSession
	conn    *gortsplib.ServerConn
	since   time.Time
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
	Connections  int // TCP connections accepted, also those that were refused or left hanging
	Describes    int // requests for the description
	Logins       int // requests with wrong credentials
	Sessions     int // sessions that began to play
	Playing      int // sessions playing now
	Peak         int // most sessions playing at once
	Frames       int // frames sent
	BackChannels int // back channels set up
	AudioTracks  int // sound tracks set up
}

// NewCamera makes a camera and starts listening, so that URL is valid; it serves once Run is called.
func NewCamera(opts Options) (*Camera, error) {
	if err := opts.complete(); err != nil {
		return nil, err
	}
	c := &Camera{
		opts: opts, clip: opts.Clip, log: opts.Logger, ahead: opts.ClockOffset,
		conns: map[*gortsplib.ServerConn]struct{}{}, sessions: map[*gortsplib.ServerSession]playing{},
	}
	if opts.Door != DoorPlain {
		cert, err := SelfSigned()
		if err != nil {
			return nil, err
		}
		c.cert = cert
	}
	inner, err := net.Listen("tcp", opts.Addr)
	if err != nil {
		return nil, fmt.Errorf("mediatest: camera: %w", err)
	}
	c.listener = newListener(inner, c)
	return c, nil
}

// URL returns the camera's address without credentials.
func (c *Camera) URL() string {
	if c.opts.Door != DoorPlain {
		return "rtsps://" + c.Addr() + c.opts.Path
	}
	return "rtsp://" + c.Addr() + c.opts.Path
}

// Addr returns the host and port the camera listens on.
func (c *Camera) Addr() string { return c.listener.Addr().String() }

// Clip returns what the camera replays.
func (c *Camera) Clip() *Clip { return c.clip }

// Pool returns what a client must trust to accept the camera's certificate, which the camera has signed itself. It is
// empty without TLS.
func (c *Camera) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	if c.cert.Leaf != nil {
		pool.AddCert(c.cert.Leaf)
	}
	return pool
}

// Fingerprint returns the SHA-256 of the camera's certificate in lower-case hexadecimal, empty without TLS.
func (c *Camera) Fingerprint() string {
	if c.cert.Leaf == nil {
		return ""
	}
	sum := sha256.Sum256(c.cert.Leaf.Raw)
	return hex.EncodeToString(sum[:])
}

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
	if err := c.serve(); err != nil {
		return err
	}
	defer c.server.Close()
	t, err := newTracks(c)
	if err != nil {
		return err
	}
	defer t.close()
	c.mu.Lock()
	c.tracks, c.ready = t, true
	c.mu.Unlock()
	c.replay(ctx)
	return context.Cause(ctx)
}

// serve starts the RTSP server.
func (c *Camera) serve() error {
	methods := map[Auth]auth.VerifyMethod{
		AuthBasic: auth.VerifyMethodBasic, AuthDigest: auth.VerifyMethodDigestMD5,
		AuthDigestSHA256: auth.VerifyMethodDigestSHA256,
	}
	c.server = &gortsplib.Server{
		Handler: &handler{c}, RTSPAddress: c.Addr(), AuthMethods: []auth.VerifyMethod{methods[c.opts.Auth]},
		Listen:         func(string, string) (net.Listener, error) { return c.listener, nil },
		WriteQueueSize: 2048, ReadTimeout: 20 * time.Second, WriteTimeout: 5 * time.Second,
		DisableRTCPSenderReports: true, // the camera writes its own, with its own clock
	}
	if c.opts.Door == DoorSRTP {
		c.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{c.cert}}
	}
	if c.opts.UDP {
		pair, err := newPair()
		if err != nil {
			return err
		}
		c.server.UDPRTPAddress, c.server.UDPRTCPAddress = pair.rtp.LocalAddr().String(), pair.rtcp.LocalAddr().String()
		c.server.ListenPacket = pair.take
	}
	if err := c.server.Start(); err != nil {
		return fmt.Errorf("mediatest: camera: %w", err)
	}
	return nil
}

// ErrUnknownFault is wrapped when a fault is not one of the constants.
var ErrUnknownFault = errors.New("mediatest: this fault is unknown")
