package rtsp

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
)

// Transport says how packets travel from a camera. The zero value is TransportTCP.
type Transport string

// The transports.
const (
	TransportTCP  Transport = "tcp"  // inside the RTSP connection: nothing is lost on the way
	TransportUDP  Transport = "udp"  // for cameras that cannot do otherwise; loss is counted
	TransportAuto Transport = "auto" // TCP, and UDP when the camera refuses that
)

// Valid reports whether t is one of the transports or empty.
func (t Transport) Valid() bool {
	return t == "" || t == TransportTCP || t == TransportUDP || t == TransportAuto
}

// udpBuffer is what a UDP socket may hold until it is read, in bytes: a key frame of a 4K camera comes in one burst.
const udpBuffer = 2 << 20

// maxDials bounds the connections of one attempt: a camera may redirect, to itself only, and not for ever.
const maxDials = 3

var (
	errRedirect    = errors.New("the camera redirects to another host; give that address if it is the right one")
	errSecured     = errors.New("the camera redirects to rtsps; give that address")
	errManyDials   = errors.New("the camera redirects again and again")
	errFingerprint = errors.New("the certificate is not the pinned one")
)

// client makes the library's client for one attempt.
func (s *session) client(opts Options, udp bool) (*gortsplib.Client, error) {
	secure, err := tlsConfig(opts)
	if err != nil {
		return nil, err
	}
	transport := gortsplib.TransportTCP
	if udp {
		transport = gortsplib.TransportUDP
	}
	s.dialer = dialer{host: s.addr.url.Hostname()}
	client := &gortsplib.Client{
		Scheme:        s.addr.url.Scheme,
		Host:          s.addr.url.Host,
		Transport:     &transport,
		TLSConfig:     secure,
		ReadTimeout:   opts.Timeout,
		WriteTimeout:  opts.Timeout,
		UserAgent:     "iocwall",
		DialContext:   s.dialer.dial,
		ListenPacket:  listenPacket,
		OnRequest:     s.request,
		OnResponse:    s.response,
		OnPacketsLost: func(uint64) {}, // see gap
		OnDecodeError: func(error) {},
	}
	if s.udp != nil {
		// The library neither needs the camera's ports nor looks for packets, of which it gets none.
		client.ListenPacket, client.AnyPortEnable, client.InitialUDPReadTimeout = s.udp.lend, true, never
	}
	return client, nil
}

// request notes whether a request carries credentials.
func (s *session) request(req *base.Request) {
	s.proving = len(req.Header["Authorization"]) > 0
}

// response notes what the library's errors do not tell: that the camera describes no tracks at all, that it has taken the
// credentials, and that it calls the challenge they were made for out of date (RFC 7616 §3.3).
func (s *session) response(res *base.Response) {
	if s.udp != nil {
		hideServer(res)
	}
	if len(res.Header["Content-Type"]) > 0 || len(res.Header["Content-Base"]) > 0 {
		s.empty = len(res.Body) == 0 || bytes.HasPrefix(res.Body, []byte("v=")) && !bytes.Contains(res.Body, []byte("\nm="))
	}
	if !s.proving {
		return
	}
	s.stale = false
	switch {
	case res.StatusCode == base.StatusOK:
		s.proven = true
	case res.StatusCode == base.StatusUnauthorized:
		for _, v := range res.Header["WWW-Authenticate"] {
			v = strings.ToLower(v)
			s.stale = s.stale || strings.Contains(v, "stale=true") || strings.Contains(v, `stale="true"`)
		}
	}
}

// dialer opens the connections of one attempt. The library follows redirects with the credentials, so it must not get
// anywhere but to the camera itself.
type dialer struct {
	host   string
	remote netip.Addr // its address once connected
	dials  int
}

func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	d.dials++
	switch {
	case d.dials > maxDials:
		return nil, errManyDials
	case host != d.host && host != d.remote.WithZone("").String():
		return nil, errRedirect
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if tcp, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		d.remote = tcp.AddrPort().Addr().Unmap()
	}
	return gathered(conn), nil
}

// listenPacket opens a UDP socket with a large buffer.
func listenPacket(network, address string) (net.PacketConn, error) {
	conn, err := net.ListenPacket(network, address)
	if err != nil {
		return nil, err
	}
	if udp, ok := conn.(*net.UDPConn); ok {
		enlarge(udp)
	}
	return conn, nil
}

// enlarge gives a socket a large buffer: as large as the system allows.
func enlarge(udp *net.UDPConn) {
	udp.SetReadBuffer(udpBuffer) //nolint:errcheck // a smaller one works too, with more loss
	if raw, err := udp.SyscallConn(); err == nil {
		// Beyond the system's limit; only a privileged process may.
		raw.Control(func(fd uintptr) { //nolint:errcheck // see above
			syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUFFORCE, udpBuffer) //nolint:errcheck // see above
		})
	}
}

// tlsConfig returns the configuration for an rtsps camera, nil for the default. A certificate is always verified: by the
// pinned fingerprint, or by the authorities of the configuration or the system.
func tlsConfig(opts Options) (*tls.Config, error) {
	if opts.Fingerprint == "" {
		return opts.TLS.Clone(), nil
	}
	want, err := parseFingerprint(opts.Fingerprint)
	if err != nil {
		return nil, err
	}
	c := opts.TLS.Clone()
	if c == nil {
		c = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	c.InsecureSkipVerify = true // the certificates of cameras name nobody and are signed by themselves
	c.VerifyConnection = func(state tls.ConnectionState) error {
		if len(state.PeerCertificates) == 0 {
			return errFingerprint
		}
		if got := sha256.Sum256(state.PeerCertificates[0].Raw); got != want {
			return fmt.Errorf("%w but has SHA-256 %x", errFingerprint, got)
		}
		return nil
	}
	return c, nil
}

// CheckFingerprint reports whether text is a SHA-256 fingerprint that Options takes.
func CheckFingerprint(text string) error {
	_, err := parseFingerprint(text)
	return err
}

func parseFingerprint(text string) (sum [sha256.Size]byte, err error) {
	raw, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(text), ":", ""))
	if err != nil || len(raw) != len(sum) {
		return sum, errors.New("rtsp: a fingerprint is the SHA-256 of the certificate, 64 hexadecimal digits")
	}
	copy(sum[:], raw)
	return sum, nil
}

// untrusted tells whether err is about a certificate and adds its fingerprint, so that it can be pinned once it is known
// to be the camera's.
func untrusted(err error) (error, bool) {
	var c *tls.CertificateVerificationError
	switch {
	case errors.Is(err, errFingerprint):
		return err, true
	case errors.As(err, &c) && len(c.UnverifiedCertificates) > 0:
		return fmt.Errorf("%w; if it is the camera's own, pin its SHA-256 %x", err, sha256.Sum256(c.UnverifiedCertificates[0].Raw)), true
	}
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	return err, errors.As(err, &unknown) || errors.As(err, &name) || errors.As(err, &invalid)
}
