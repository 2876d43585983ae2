// Package onviftest is an ONVIF camera on the loopback for tests and the demonstration: it answers discovery, checks
// logins for real, keeps a clock of its own, turns a head that does not exist, and behaves like the odd models of the
// field on demand. It is written apart from the client, so that a mistake of one is not repeated by the other.
package onviftest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Quirk is one way in which a camera differs from the book.
type Quirk string

// The quirks.
const (
	HTTPDigest      Quirk = "http-digest"      // takes HTTP digest only, as Hikvision does by default
	SHA256          Quirk = "sha-256"          // offers SHA-256 beside MD5, and Basic before both
	ShyDigest       Quirk = "shy-digest"       // with HTTPDigest: says so only to who shows no signature
	LaxNonce        Quirk = "lax-nonce"        // takes a nonce again with another time, as clients like libonvif need it
	OneUseNonce     Quirk = "one-use-nonce"    // takes each HTTP nonce once and calls the next use stale
	Media2Only      Quirk = "media2-only"      // has the newer media service alone
	Media2          Quirk = "media2"           // has both media services
	NoGetServices   Quirk = "no-get-services"  // knows GetCapabilities only
	SOAP11          Quirk = "soap-1.1"         // answers in SOAP 1.1
	OddPrefixes     Quirk = "odd-prefixes"     // gives namespaces the prefixes of others, as the standard allows
	WrongHost       Quirk = "wrong-host"       // names an inner host in all its addresses, as behind a router
	NoHost          Quirk = "no-host"          // names 0.0.0.0 in the addresses of its streams
	ClockWantsLogin Quirk = "clock-wants-user" // tells the time to users only
	ClockInHeader   Quirk = "clock-in-header"  // leaves the time out, but has it in the HTTP header
	NoPTZ           Quirk = "no-ptz"           // cannot be turned
	ZoomOnly        Quirk = "zoom-only"        // zooms and does not turn
	RefusesTimeout  Quirk = "refuses-time-out" // takes no movement with a time-out
	IgnoresTimeout  Quirk = "ignores-time-out" // goes on moving until it is stopped
	LoginInURI      Quirk = "login-in-uri"     // puts user and password into the address of its streams
	SameEndpoint    Quirk = "same-endpoint"    // has the endpoint of its whole make
	NotONVIF        Quirk = "not-onvif"        // is a router's web page
)

// Profile is one stream that the camera offers.
type Profile struct {
	Token, Name   string
	Encoding      string // as the services write it: H264, H265, JPEG
	Width, Height int
	FPS           int
	Interval      int    // of the older service; 0 means 1
	URI           string // of the stream
	Snapshot      string
	PTZ           bool
	Source        string // token of the video source, default "v"
}

// Options says what the camera is.
type Options struct {
	// Listen is where it serves, default 127.0.0.1:0. Discovery uses the same port number for UDP, and the group too if
	// Interface is set.
	Listen string
	// Interface is a network interface on which it answers multicast probes.
	Interface string
	// Host is what it calls itself in its addresses; default the listening address.
	Host string

	Manufacturer, Model, Serial, Name, Location string
	// Endpoint is its address in discovery, default made from Serial.
	Endpoint string
	// User and Password are asked for when User is not empty.
	User, Password string
	// NoOperator lets the user look and not turn.
	NoOperator bool
	// Offset is its clock minus ours.
	Offset time.Duration
	// Profiles default to H.264 1920×1080 and 640×360, both turning.
	Profiles []Profile
	// Presets are names by token p1, p2 …
	Presets []string
	// MaxWrong locks the camera after so many wrong logins; 0 never does.
	MaxWrong int
	Quirks   []Quirk
}

// Device is one camera. Its methods may be called from any goroutine. It implements http.Handler and, without any
// network, http.RoundTripper.
type Device struct {
	opts Options

	mu     sync.Mutex
	offset time.Duration
	nonces map[string]bool
	wrong  int
	asked  map[string]int
	log    []Command
	head   head
	down   error
	set    []Profile
	host   string
}

// New makes a camera that serves nothing yet.
func New(opts Options) *Device {
	if opts.Serial == "" {
		opts.Serial = "000001"
	}
	if opts.Model == "" {
		opts.Manufacturer, opts.Model = "Loopback", "LB-1"
	}
	if opts.Name == "" {
		opts.Name = opts.Model
	}
	if opts.Endpoint == "" {
		opts.Endpoint = "urn:uuid:00000000-0000-4000-8000-" + fmt.Sprintf("%012s", opts.Serial)
	}
	if opts.Profiles == nil {
		opts.Profiles = []Profile{
			{Token: "Profile_1", Name: "mainStream", Encoding: "H264", Width: 1920, Height: 1080, FPS: 25, URI: "rtsp://127.0.0.1:554/main", PTZ: true},
			{Token: "Profile_2", Name: "subStream", Encoding: "H264", Width: 640, Height: 360, FPS: 12, URI: "rtsp://127.0.0.1:554/sub", PTZ: true},
		}
	}
	host := opts.Host
	if host == "" {
		host = "127.0.0.1"
	}
	d := &Device{opts: opts, offset: opts.Offset, nonces: map[string]bool{}, asked: map[string]int{}, host: host, set: opts.Profiles}
	for i, name := range opts.Presets {
		d.head.presets = append(d.head.presets, preset{fmt.Sprintf("p%d", i+1), name, [3]float64{float64(i) / 10, 0, 0}})
	}
	return d
}

// Run serves HTTP and discovery until ctx ends; ready is told the address host:port once both are open. It returns when
// everything it started is gone, nil if ctx ended.
func (d *Device) Run(ctx context.Context, ready func(address string)) error {
	listen := d.opts.Listen
	if listen == "" {
		listen = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("onviftest: %w", err)
	}
	address := l.Addr().String()
	d.mu.Lock()
	if d.opts.Host == "" {
		d.host = address
	}
	d.mu.Unlock()
	sockets, err := d.openDiscovery(address)
	if err != nil {
		l.Close()
		return err
	}
	server := &http.Server{Handler: d, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second}
	var wait sync.WaitGroup
	for _, s := range sockets {
		wait.Go(func() { d.answerProbes(s) })
	}
	stop := context.AfterFunc(ctx, func() { server.Close() }) //nolint:errcheck // the listener is ours
	defer stop()
	if ready != nil {
		ready(address)
	}
	err = server.Serve(l)
	server.Close() //nolint:errcheck // as above
	for _, s := range sockets {
		s.Close() //nolint:errcheck // as above
	}
	wait.Wait()
	if errors.Is(err, http.ErrServerClosed) && ctx.Err() != nil {
		return nil
	}
	return err
}

// has tells whether the camera has a quirk.
func (d *Device) has(q Quirk) bool { return slices.Contains(d.opts.Quirks, q) }

// Now is the time by the camera's clock.
func (d *Device) Now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Now().Add(d.offset)
}

// SetOffset steps the camera's clock.
func (d *Device) SetOffset(offset time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.offset = offset
}

// SetPassword changes the password, as somebody at the camera does.
func (d *Device) SetPassword(password string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.opts.Password = password
}

// SetProfiles sets the camera up anew.
func (d *Device) SetProfiles(profiles []Profile) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.set = slices.Clone(profiles)
}

// profiles returns what the camera offers.
func (d *Device) profiles() []Profile {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.set
}

// SetDown makes requests through RoundTrip fail with err; nil ends that.
func (d *Device) SetDown(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.down = err
}

// Asked returns how often an operation was asked for, refusals included.
func (d *Device) Asked(op string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked[op]
}

// WrongLogins returns how many wrong logins came.
func (d *Device) WrongLogins() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.wrong
}

// RoundTrip implements http.RoundTripper by calling the camera directly, which works on a clock of tests too.
func (d *Device) RoundTrip(r *http.Request) (*http.Response, error) {
	d.mu.Lock()
	down := d.down
	d.mu.Unlock()
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if down != nil {
		return nil, down
	}
	w := &recorder{status: http.StatusOK, header: http.Header{}}
	d.ServeHTTP(w, r)
	return &http.Response{
		StatusCode: w.status, Header: w.header, Body: io.NopCloser(&w.body), Request: r,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: -1,
	}, nil
}
