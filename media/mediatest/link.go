package mediatest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"strconv"
	"sync"
	"time"
)

// listener hands connections to the server, or does not: a camera that is down refuses them, one that hangs takes them
// and never answers, not even later.
type listener struct {
	net.Listener
	c *Camera

	mu      sync.Mutex
	links   map[*link]struct{}
	hanging bool
	over    chan struct{} // closed with the camera
	closed  bool
}

func newListener(inner net.Listener, c *Camera) *listener {
	return &listener{Listener: inner, c: c, links: map[*link]struct{}{}, over: make(chan struct{})}
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		tcp := conn.(*net.TCPConn)
		if l.c.is(FaultDown) {
			l.c.count(func(n *Counts) { n.Connections++ })
			abort(tcp)
			continue
		}
		return l.wrap(tcp), nil
	}
}

// wrap makes a link of a connection.
func (l *listener) wrap(tcp *net.TCPConn) *link {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := &link{Conn: tcp, tcp: tcp, l: l, deaf: l.hanging}
	if l.c.opts.Door == DoorTLS {
		k.Conn = tls.Server(&gate{tcp, k}, &tls.Config{Certificates: []tls.Certificate{l.c.cert}})
	}
	if l.closed {
		abort(tcp)
	}
	l.links[k] = struct{}{}
	return k
}

// hang makes all connections deaf and mute for good, and those to come as long as it is on.
func (l *listener) hang(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hanging = on
	if on {
		for k := range l.links {
			k.deaf = true
		}
	}
}

// release ends all waiting for good.
func (l *listener) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	l.closed = true
	close(l.over)
	for k := range l.links {
		if k.deaf {
			abort(k.tcp)
		}
	}
}

// link is one connection to the camera. What the server answers is edited on its way out.
type link struct {
	net.Conn // the TCP connection, or TLS on it
	tcp      *net.TCPConn
	l        *listener
	deaf     bool // under the listener's lock
}

// isDeaf reports whether the connection is dead without anybody having been told.
func (k *link) isDeaf() bool {
	k.l.mu.Lock()
	defer k.l.mu.Unlock()
	return k.deaf
}

// wait blocks a deaf connection until the camera is gone.
func (k *link) wait() {
	if k.isDeaf() {
		<-k.l.over
	}
}

// Read implements net.Conn.
func (k *link) Read(p []byte) (int, error) {
	n, err := k.Conn.Read(p)
	k.wait()
	return n, err
}

// Write implements net.Conn. The server writes each message with one call.
func (k *link) Write(p []byte) (int, error) {
	if k.isDeaf() {
		return len(p), nil
	}
	if _, err := k.Conn.Write(edit(p, k.l.c.opts.Answer)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Close implements net.Conn.
func (k *link) Close() error {
	k.l.mu.Lock()
	delete(k.l.links, k)
	k.l.mu.Unlock()
	return k.Conn.Close()
}

// gate makes a TLS handshake hang too.
type gate struct {
	net.Conn
	k *link
}

// Read implements net.Conn.
func (g *gate) Read(p []byte) (int, error) {
	n, err := g.Conn.Read(p)
	g.k.wait()
	return n, err
}

// abort ends a connection with a TCP reset.
func abort(tcp *net.TCPConn) {
	tcp.SetLinger(0) //nolint:errcheck // a connection that is gone already is as good
	tcp.Close()      //nolint:errcheck // see above
}

// edit makes the answer to DESCRIBE odd. Everything else passes as it is.
func edit(message []byte, a Answer) []byte {
	if a == AnswerWhole || !bytes.HasPrefix(message, []byte("RTSP/1.0 200")) {
		return message
	}
	head, body, ok := bytes.Cut(message, []byte("\r\n\r\n"))
	if !ok || !bytes.Contains(head, []byte("Content-Base:")) {
		return message
	}
	var lines [][]byte
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		name, _, _ := bytes.Cut(line, []byte(":"))
		switch {
		case string(name) == "Content-Length":
			continue
		case string(name) == "Content-Base" && a == AnswerNoBase:
			continue
		case string(name) == "Content-Base" && a == AnswerRelativeBase:
			line = []byte("Content-Base: " + pathOf(string(line)))
		}
		lines = append(lines, line)
	}
	switch a {
	case AnswerEmpty:
		body = nil
	case AnswerJunk:
		body = []byte("<html><head><title>Please wait</title></head><body>Starting</body></html>\r\n")
	}
	lines = append(lines, []byte("Content-Length: "+strconv.Itoa(len(body))), nil, body)
	return bytes.Join(lines, []byte("\r\n"))
}

// pathOf returns the path of the URL at the end of a header line.
func pathOf(line string) string {
	slashes := 0
	for i := range line {
		if line[i] == '/' {
			if slashes++; slashes == 3 {
				return line[i:]
			}
		}
	}
	return "/"
}

// SelfSigned makes a certificate for the loopback that is good for a year, as a camera makes one at its first start. Its
// Leaf is set.
func SelfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("mediatest: certificate: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "camera"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:    []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("mediatest: certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("mediatest: certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
}

// pair is two sockets on neighbouring ports, RTP on the even one (RFC 3550 §11).
type pair struct{ rtp, rtcp *net.UDPConn }

// newPair looks for two free neighbours.
func newPair() (*pair, error) {
	host := net.IPv4(127, 0, 0, 1)
	for range 200 {
		first, err := net.ListenUDP("udp4", &net.UDPAddr{IP: host})
		if err != nil {
			return nil, fmt.Errorf("mediatest: camera: %w", err)
		}
		port := first.LocalAddr().(*net.UDPAddr).Port
		if port%2 == 0 && port < 65535 {
			if second, err := net.ListenUDP("udp4", &net.UDPAddr{IP: host, Port: port + 1}); err == nil {
				return &pair{first, second}, nil
			}
		}
		first.Close() //nolint:errcheck // another port is tried
	}
	return nil, fmt.Errorf("mediatest: camera: no two neighbouring UDP ports are free")
}

// take gives the server the socket that it asks for.
func (p *pair) take(_, address string) (net.PacketConn, error) {
	if address == p.rtp.LocalAddr().String() {
		return p.rtp, nil
	}
	return p.rtcp, nil
}
