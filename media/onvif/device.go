package onvif

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Options says which camera to talk to.
type Options struct {
	// Address is a host, host:port or the http(s) address of the device service. It holds no credentials.
	Address string
	// User and Password log in. Without a user nothing is signed.
	User, Password string
	// Timeout bounds each exchange with the camera, default 5 s.
	Timeout time.Duration
	// TLS is used for https; nil means the system's roots.
	TLS *tls.Config
	// Transport carries the requests; nil means TCP connections of our own, never through a proxy.
	Transport http.RoundTripper
	// Dial tries whether a stream's host can be reached; nil means TCP.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Random gives nonces; nil means crypto/rand.
	Random io.Reader
	// Logger takes debug messages; nil discards them.
	Logger *slog.Logger
}

// Device is one camera or recorder. Its methods may be called from any goroutine. It holds no connection open, so there
// is nothing to close. Once the camera has refused the login it is not asked again for a quarter of an hour, then for longer:
// several wrong logins lock an account.
type Device struct {
	address string // of the device service
	host    string // host[:port] of it
	user    string
	pass    string
	timeout time.Duration
	client  *http.Client
	dial    func(ctx context.Context, network, address string) (net.Conn, error)
	random  io.Reader
	log     *slog.Logger
	login   login

	serviceTurn, loginTurn, clockTurn sync.Mutex // one asks, the others wait for its answer; taken in this order

	mu       sync.Mutex
	clock    Clock
	asked    bool // the clock was asked for
	digest   challenge
	services map[string]string // address by namespace
	reach    map[string]bool   // whether hosts of streams answered
}

// New returns a device without contacting it.
func New(opts Options) (*Device, error) {
	address, err := serviceAddress(opts.Address)
	if err != nil {
		return nil, err
	}
	if opts.Timeout <= 0 {
		opts.Timeout = 5 * time.Second
	}
	d := &Device{
		address: address.String(), host: address.Host, user: opts.User, pass: opts.Password, timeout: opts.Timeout,
		dial: opts.Dial, random: opts.Random, log: opts.Logger, reach: map[string]bool{},
	}
	if d.dial == nil {
		d.dial = (&net.Dialer{}).DialContext
	}
	if d.random == nil {
		d.random = rand.Reader
	}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	transport := opts.Transport
	if transport == nil {
		// A connection for each request: small servers close idle ones at the very moment they are used again.
		transport = &http.Transport{
			TLSClientConfig: opts.TLS.Clone(), DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: 64 << 10,
		}
	}
	d.client = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	return d, nil
}

// Address returns the address of the device service.
func (d *Device) Address() string { return d.address }

// serviceAddress completes what people write. Its errors never quote the address: it may hold a password.
func serviceAddress(raw string) (*url.URL, error) {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return nil, errors.New("onvif: the camera has no address; write host, host:port or http://host/onvif/device_service")
	}
	if !strings.Contains(raw, "://") {
		if ip, err := netip.ParseAddr(raw); err == nil && ip.Is6() {
			raw = "[" + raw + "]"
		}
		raw = "http://" + raw
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil, u.Hostname() == "", u.Opaque != "":
		return nil, errors.New("onvif: the camera's address is not valid; write host, host:port or http://host/onvif/device_service")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("onvif: the camera's address does not begin with http:// or https://; give the address of its ONVIF service, not of a stream")
	case u.User != nil:
		return nil, errors.New("onvif: the camera's address holds a login; give user and password apart")
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/onvif/device_service"
	}
	u.Fragment = ""
	return u, nil
}

// Information is who a camera says it is.
type Information struct {
	Manufacturer, Model, Firmware, Serial, Hardware string
}

// Information asks who the camera is.
func (d *Device) Information(ctx context.Context) (Information, error) {
	r, err := d.ask(ctx, d.address, nsDevice, "GetDeviceInformation", empty(nsDevice, "GetDeviceInformation"))
	if err != nil {
		return Information{}, err
	}
	return Information{
		Manufacturer: r.string(nsDevice, "Manufacturer"), Model: r.string(nsDevice, "Model"),
		Firmware: r.string(nsDevice, "FirmwareVersion"), Serial: r.string(nsDevice, "SerialNumber"),
		Hardware: r.string(nsDevice, "HardwareId"),
	}, nil
}

// service returns the address of a service by its namespace. A camera without it fails with ReasonUnsupported.
func (d *Device) service(ctx context.Context, op, space string) (string, error) {
	d.serviceTurn.Lock()
	defer d.serviceTurn.Unlock()
	d.mu.Lock()
	known := d.services
	d.mu.Unlock()
	if known == nil {
		var err error
		if known, err = d.findServices(ctx); err != nil {
			return "", err
		}
		d.mu.Lock()
		d.services = known
		d.mu.Unlock()
	}
	address, ok := known[space]
	if !ok {
		return "", d.fail(ReasonUnsupported, op, d.address, "the camera has no such service")
	}
	return address, nil
}

// findServices asks in the new way, then in the old one.
func (d *Device) findServices(ctx context.Context) (map[string]string, error) {
	out := map[string]string{nsDevice: d.address}
	body := `<GetServices xmlns="` + nsDevice + `"><IncludeCapability>false</IncludeCapability></GetServices>`
	reply, err := d.ask(ctx, d.address, nsDevice, "GetServices", body)
	if err == nil {
		for _, s := range reply.all(nsDevice, "Service") {
			d.addService(out, s.string(nsDevice, "Namespace"), s.string(nsDevice, "XAddr"))
		}
		if len(out) > 1 {
			return out, nil
		}
	} else if r := ReasonOf(err); r != ReasonRefused && r != ReasonUnsupported && r != ReasonBadReply {
		return nil, err
	}
	body = `<GetCapabilities xmlns="` + nsDevice + `"><Category>All</Category></GetCapabilities>`
	reply, err = d.ask(ctx, d.address, nsDevice, "GetCapabilities", body)
	if err != nil {
		return nil, err
	}
	caps := reply.child(nsDevice, "Capabilities")
	d.addService(out, nsMedia, caps.string(nsSchema, "Media", "XAddr"))
	d.addService(out, nsPTZ, caps.string(nsSchema, "PTZ", "XAddr"))
	return out, nil
}

func (d *Device) addService(to map[string]string, space, address string) {
	if space == nsDevice || space == "" || address == "" || len(to) > 64 {
		return
	}
	if a, ok := d.home(address); ok {
		to[space] = a
	}
}

// home returns the address of a service as it is reached from here. Cameras behind a router, and those that were moved,
// name hosts that are not theirs: then only the path is believed.
func (d *Device) home(answered string) (string, bool) {
	own, err := url.Parse(d.address)
	if err != nil {
		return "", false
	}
	u, err := url.Parse(answered)
	if err != nil {
		return "", false
	}
	if u.Scheme != own.Scheme || u.Hostname() != own.Hostname() {
		u.Scheme, u.Host = own.Scheme, own.Host
	}
	u.User, u.Fragment = nil, ""
	return u.String(), true
}

// fail makes an error of this device.
func (d *Device) fail(r Reason, op, address, detail string) *Error {
	host := d.host
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		host = u.Host
	}
	return &Error{Reason: r, Op: op, Host: host, Detail: clean(detail, 300, d.pass)}
}

func empty(space, op string) string { return "<" + op + ` xmlns="` + space + `"/>` }
