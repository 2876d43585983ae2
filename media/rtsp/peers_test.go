package rtsp

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/auth"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"
	"github.com/pion/rtp"
)

// hush is a password that must never be seen.
const hush = "Hush1-recognisable"

// peer is a camera made of the library's server.
type peer struct {
	server *gortsplib.Server
	stream *gortsplib.ServerStream
	media  *description.Media

	user     string // a login is asked for when not empty
	noTCP    bool   // SETUP over TCP is refused
	mu       sync.Mutex
	logins   []string // Authorization headers seen
	playing  int
	transmit func(p *peer, n int) // sends the n-th unit, every 20 ms while somebody plays
}

func (p *peer) OnDescribe(ctx *gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	p.mu.Lock()
	p.logins = append(p.logins, ctx.Request.Header["Authorization"]...)
	p.mu.Unlock()
	if p.user != "" && !ctx.Conn.VerifyCredentials(ctx.Request, p.user, hush) {
		return &base.Response{StatusCode: base.StatusUnauthorized}, nil, liberrors.ErrServerAuth{}
	}
	return &base.Response{StatusCode: base.StatusOK}, p.stream, nil
}

func (p *peer) OnSetup(ctx *gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	if p.noTCP && ctx.Transport == gortsplib.TransportTCP {
		return &base.Response{StatusCode: base.StatusUnsupportedTransport}, nil, nil
	}
	return &base.Response{StatusCode: base.StatusOK}, p.stream, nil
}

func (p *peer) OnPlay(*gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	p.mu.Lock()
	p.playing++
	p.mu.Unlock()
	return &base.Response{StatusCode: base.StatusOK}, nil
}

// start serves the formats until the test ends and returns the address with its scheme.
func (p *peer) start(t *testing.T, secure *tls.Config, formats ...format.Format) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	scheme := "rtsp"
	if secure != nil {
		scheme = "rtsps"
	}
	if p.server == nil {
		p.server = &gortsplib.Server{}
	}
	p.server.Handler, p.server.RTSPAddress, p.server.TLSConfig = p, l.Addr().String(), secure
	p.server.Listen = func(string, string) (net.Listener, error) { return l, nil }
	if err := p.server.Start(); err != nil {
		t.Fatal(err)
	}
	p.media = &description.Media{Type: description.MediaTypeVideo, Formats: formats}
	p.stream = &gortsplib.ServerStream{Server: p.server, Desc: &description.Session{Medias: []*description.Media{
		{Type: description.MediaTypeAudio, Formats: []format.Format{&format.G711{PayloadTyp: 8, SampleRate: 8000, ChannelCount: 1}}}, p.media,
	}}}
	if err := p.stream.Initialize(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := 0; ctx.Err() == nil; n++ {
			if p.transmit != nil {
				p.transmit(p, n)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		p.stream.Close()
		p.server.Close()
	})
	return scheme + "://" + l.Addr().String() + "/cam"
}

// keyFrames sends a small IDR picture as each unit.
func keyFrames(p *peer, n int) {
	p.stream.WritePacketRTP(p.media, &rtp.Packet{ //nolint:errcheck // a reader that has gone does not matter
		Header: rtp.Header{
			Version: 2, PayloadType: p.media.Formats[0].PayloadType(), Marker: true,
			SequenceNumber: uint16(n), Timestamp: uint32(n) * 1800, SSRC: 7,
		},
		Payload: []byte{0x65, 0x88, byte(n), byte(n >> 8)},
	})
}

func plain() format.Format { return &format.H264{PayloadTyp: 96, PacketizationMode: 1} }

// receive plays until n units have come, or returns the error that ended it before.
func receive(t *testing.T, opts Options, n int) ([]Unit, Track, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var units []Unit
	var track Track
	err := Play(ctx, opts, Handler{
		OnTrack: func(tr Track) { track = tr },
		OnUnit: func(u Unit) {
			if units = append(units, u); len(units) == n {
				cancel()
			}
		},
	})
	if err != nil && strings.Contains(err.Error(), hush) {
		t.Errorf("the error quotes the password: %v", err)
	}
	if len(units) >= n {
		return units, track, nil
	}
	return units, track, err
}

// odd answers requests with texts of its own, for what the library's server does not do.
func odd(t *testing.T, answer func(method, target string, header map[string]string) string) string {
	t.Helper()
	return oddAt(t, "127.0.0.1", answer)
}

func oddAt(t *testing.T, host string, answer func(method, target string, header map[string]string) string) string {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer conn.Close()
				converse(conn, answer)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		wg.Wait()
	})
	return "rtsp://" + l.Addr().String() + "/cam"
}

func converse(conn net.Conn, answer func(string, string, map[string]string) string) {
	r := bufio.NewReader(conn)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		method, rest, _ := strings.Cut(line, " ")
		target, _, _ := strings.Cut(rest, " ")
		header := map[string]string{}
		for {
			line, err = r.ReadString('\n')
			if err != nil {
				return
			}
			name, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
			if !ok {
				break
			}
			header[strings.ToLower(name)] = value
		}
		text := answer(method, target, header)
		status, body, _ := strings.Cut(text, "\r\n")
		if _, err := fmt.Fprintf(conn, "RTSP/1.0 %s\r\nCSeq: %s\r\n%s", status, header["cseq"], body); err != nil {
			return
		}
	}
}

// described is the answer to DESCRIBE with this SDP.
func described(sdp string, headers ...string) string {
	return "200 OK\r\nContent-Type: application/sdp\r\n" + strings.Join(headers, "") +
		fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(sdp), sdp)
}

// certificate makes a self-signed one for the host, and its fingerprint and PEM text.
func certificate(t *testing.T, host string) (cfg *tls.Config, fingerprint, ca string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "IPC"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(raw)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}}},
		fmt.Sprintf("%X", sum), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}))
}

// verifyMethods makes the peer ask for these kinds of login.
func verifyMethods(user string, m ...auth.VerifyMethod) *peer {
	return &peer{user: user, server: &gortsplib.Server{AuthMethods: m}, transmit: keyFrames}
}
