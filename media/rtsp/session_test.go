package rtsp

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/auth"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"
	"github.com/bluenviron/gortsplib/v4/pkg/readbuffer"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// udpPorts finds two free neighbouring ports, the first even.
func udpPorts(t *testing.T) (rtpAddr, rtcpAddr string) {
	t.Helper()
	// Below the ports the system gives out, and not where the next test looks first.
	for range 1000 {
		port := 12000 + 2*rand.IntN(10000)
		a, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
		if err != nil {
			continue
		}
		b, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port + 1})
		a.Close()
		if err != nil {
			continue
		}
		b.Close()
		return a.LocalAddr().String(), b.LocalAddr().String()
	}
	t.Fatal("no free ports")
	return "", ""
}

func TestTransports(t *testing.T) {
	serve := func(t *testing.T, udp, noTCP bool) string {
		p := &peer{noTCP: noTCP, server: &gortsplib.Server{}, transmit: keyFrames}
		if udp {
			p.server.UDPRTPAddress, p.server.UDPRTCPAddress = udpPorts(t)
		}
		return p.start(t, nil, plain())
	}
	for _, c := range []struct {
		name       string
		transport  Transport
		udp, noTCP bool
		want       Reason
	}{
		{"tcp by default", "", true, false, ReasonNone},
		{"udp", TransportUDP, true, false, ReasonNone},
		{"auto takes tcp", TransportAuto, false, false, ReasonNone},
		{"auto goes to udp", TransportAuto, true, true, ReasonNone},
		{"tcp stays tcp", TransportTCP, true, true, ReasonUnsupported},
		{"no udp there", TransportUDP, false, false, ReasonUnsupported},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			units, _, err := receive(t, Options{URL: serve(t, c.udp, c.noTCP), Transport: c.transport}, 5)
			if ReasonOf(err) != c.want {
				t.Fatalf("%d units, %v", len(units), err)
			}
			if c.want == ReasonNone && !units[0].Key {
				t.Errorf("%+v", units[0])
			}
		})
	}
}

// A socket must hold a whole key frame that comes in one burst while the process is busy.
func TestSocketsHoldABurst(t *testing.T) {
	want := udpBuffer
	if os.Geteuid() != 0 {
		limit, err := os.ReadFile("/proc/sys/net/core/rmem_max")
		if err != nil {
			t.Skip(err)
		}
		if n, err := strconv.Atoi(strings.TrimSpace(string(limit))); err == nil {
			want = min(want, n)
		}
	}
	lent, err := listenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer lent.Close()
	own, err := openDatagrams(time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer own.close()
	for name, conn := range map[string]*net.UDPConn{"of the library": lent.(*net.UDPConn), "of ours": own.socket[0]} {
		size, err := readbuffer.ReadBuffer(conn)
		if err != nil {
			t.Fatal(err)
		}
		if size < want {
			t.Errorf("%s: a buffer of %d bytes, want %d", name, size, want)
		}
	}
}

func TestLossOverUDPIsCounted(t *testing.T) {
	p := &peer{server: &gortsplib.Server{}, transmit: func(p *peer, n int) {
		for i := range 80 { // more than the library holds back to put packets in order
			if i != 40 {
				keyFrames(p, n*80+i)
			}
		}
	}}
	p.server.UDPRTPAddress, p.server.UDPRTCPAddress = udpPorts(t)
	units, _, err := receive(t, Options{URL: p.start(t, nil, plain()), Transport: TransportUDP}, 400)
	if err != nil {
		t.Fatal(err)
	}
	lost := uint64(0)
	for _, u := range units {
		lost += u.Lost
	}
	if lost < 2 {
		t.Errorf("%d packets counted as lost", lost)
	}
}

func TestCertificates(t *testing.T) {
	cfg, fingerprint, ca := certificate(t, "127.0.0.1")
	otherName, _, otherCA := certificate(t, "cam.example")
	roots := func(text string) *tls.Config {
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM([]byte(text))
		return &tls.Config{RootCAs: pool}
	}
	url := (&peer{transmit: keyFrames}).start(t, cfg, plain())
	named := (&peer{transmit: keyFrames}).start(t, otherName, plain())
	wrong := strings.Repeat("ab", 32)
	colons := strings.TrimRight(strings.Join(pairs(fingerprint), ":"), ":")
	for _, c := range []struct {
		name string
		opts Options
		want Reason
		says string
	}{
		{"nothing given", Options{URL: url}, ReasonUntrusted, strings.ToLower(fingerprint)},
		{"pinned", Options{URL: url, Fingerprint: fingerprint}, ReasonNone, ""},
		{"pinned with colons", Options{URL: url, Fingerprint: colons}, ReasonNone, ""},
		{"another pinned", Options{URL: url, Fingerprint: wrong}, ReasonUntrusted, strings.ToLower(fingerprint)},
		{"another pinned, right signer", Options{URL: url, Fingerprint: wrong, TLS: roots(ca)}, ReasonUntrusted, ""},
		{"signer", Options{URL: url, TLS: roots(ca)}, ReasonNone, ""},
		{"another signer", Options{URL: url, TLS: roots(otherCA)}, ReasonUntrusted, ""},
		{"another name", Options{URL: named, TLS: roots(otherCA)}, ReasonUntrusted, "pin its SHA-256"},
		{"no fingerprint", Options{URL: url, Fingerprint: "abc"}, ReasonBadStream, "64 hexadecimal"},
		{"not secure", Options{URL: strings.Replace(url, "rtsps:", "rtsp:", 1), Timeout: time.Second}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.opts.User, c.opts.Pass = "admin", hush
			_, _, err := receive(t, c.opts, 3)
			if c.name == "not secure" {
				if err == nil {
					t.Error("played")
				}
				return
			}
			if ReasonOf(err) != c.want || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q with %q", err, c.want, c.says)
			}
		})
	}
	if CheckFingerprint(wrong) != nil || CheckFingerprint("abc") == nil {
		t.Error("CheckFingerprint")
	}
}

func pairs(s string) []string {
	var out []string
	for i := 0; i+1 < len(s); i += 2 {
		out = append(out, s[i:i+2])
	}
	return out
}

func TestLogins(t *testing.T) {
	both := []auth.VerifyMethod{auth.VerifyMethodBasic, auth.VerifyMethodDigestMD5}
	for _, c := range []struct {
		name       string
		methods    []auth.VerifyMethod
		user, pass string
		want       Reason
		says       string
	}{
		{"basic when nothing else", []auth.VerifyMethod{auth.VerifyMethodBasic}, "admin", hush, ReasonNone, "Basic "},
		{"md5", []auth.VerifyMethod{auth.VerifyMethodDigestMD5}, "admin", hush, ReasonNone, "Digest "},
		{"sha256", []auth.VerifyMethod{auth.VerifyMethodDigestSHA256}, "admin", hush, ReasonNone, "SHA-256"},
		{"digest before basic", both, "admin", hush, ReasonNone, "Digest "},
		{"sha256 before md5", append(both, auth.VerifyMethodDigestSHA256), "admin", hush, ReasonNone, "SHA-256"},
		{"wrong", both, "admin", hush + "x", ReasonLoginRefused, "Digest "},
		{"none given", both, "", "", ReasonLoginRefused, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := verifyMethods("admin", c.methods...)
			_, _, err := receive(t, Options{URL: p.start(t, nil, plain()), User: c.user, Pass: c.pass}, 2)
			if ReasonOf(err) != c.want {
				t.Errorf("%v", err)
			}
			p.mu.Lock()
			defer p.mu.Unlock()
			if len(p.logins) > 1 {
				t.Errorf("%d logins for one attempt", len(p.logins))
			}
			for _, l := range p.logins {
				if !strings.HasPrefix(l, strings.Fields(c.says + " ")[0]) && !strings.Contains(l, c.says) {
					t.Errorf("logged in with %.20s…", l)
				}
				if c.says != "Basic " && strings.HasPrefix(l, "Basic") {
					t.Error("the password went over the network in the clear")
				}
			}
		})
	}
}

// A camera whose challenge is out of date has not refused the password: it is asked once more. One that says so again has,
// unless it took the password before.
func TestAStaleChallengeIsTriedOnceMore(t *testing.T) {
	for _, c := range []struct {
		name   string
		extra  []string // of the answers to credentials, in turn; the last one for all that follow
		takes  bool     // DESCRIBE is answered all the same
		want   Reason
		logins int32
	}{
		{"wrong", []string{""}, false, ReasonLoginRefused, 1},
		{"wrong, not stale", []string{", stale=false"}, false, ReasonLoginRefused, 1},
		{"always stale", []string{", stale=true"}, false, ReasonLoginRefused, 2},
		{"always stale, in other words", []string{`, stale="TRUE"`}, false, ReasonLoginRefused, 2},
		{"stale, then wrong", []string{", stale=true", ""}, false, ReasonLoginRefused, 2},
		{"stale, then right", []string{", stale=true", "200"}, false, ReasonFull, 3},
		{"right, then stale each time", []string{", stale=true"}, true, ReasonFailed, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			var logins atomic.Int32
			url := odd(t, func(method, _ string, header map[string]string) string {
				if method == "OPTIONS" {
					return "200 OK\r\n\r\n"
				}
				extra := ", stale=true" // means nothing to who has shown no credentials
				if header["authorization"] != "" {
					n := int(logins.Add(1))
					extra = c.extra[min(n, len(c.extra))-1]
					if method == "DESCRIBE" && (c.takes || extra == "200") {
						return described(oneVideo)
					}
				}
				if extra == "200" {
					return "453 Not Enough Bandwidth\r\n\r\n" // so far and no further
				}
				return "401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"cam\", nonce=\"1\"" + extra + "\r\n\r\n"
			})
			_, _, err := receive(t, Options{URL: url, User: "admin", Pass: hush}, 1)
			if ReasonOf(err) != c.want || logins.Load() != c.logins {
				t.Errorf("%v after %d logins, want %s after %d", err, logins.Load(), c.want, c.logins)
			}
		})
	}
}

func TestRedirects(t *testing.T) {
	var stolen atomic.Int64
	thief := odd(t, func(string, string, map[string]string) string {
		stolen.Add(1)
		return "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n"
	})
	thief = strings.Replace(thief, "127.0.0.1", "127.0.0.2", 1) // never reached: nothing listens there either
	p := &peer{transmit: keyFrames}
	good := p.start(t, nil, plain())
	to := func(target *string) string {
		return odd(t, func(method, _ string, _ map[string]string) string {
			if method == "OPTIONS" {
				return "200 OK\r\n\r\n"
			}
			return "302 Moved\r\nLocation: " + *target + "\r\n\r\n"
		})
	}
	loop := ""
	loop = to(&loop)
	for _, c := range []struct {
		name   string
		target string
		want   Reason
		says   string
	}{
		{"to itself", good, ReasonNone, ""},
		{"to another host", thief, ReasonNotFound, "another host"},
		{"for ever", loop, ReasonNotFound, "again and again"},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := to(&c.target)
			if c.name == "for ever" {
				url = loop
			}
			_, _, err := receive(t, Options{URL: url, User: "admin", Pass: hush, Timeout: 2 * time.Second}, 2)
			if ReasonOf(err) != c.want || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
		})
	}
	if stolen.Load() > 0 {
		t.Error("another host was asked")
	}
}

const oneVideo = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n"

func TestOddDescriptions(t *testing.T) {
	for _, c := range []struct {
		name, sdp string
		headers   []string
		want      Reason
	}{
		{"empty body", "", nil, ReasonNoVideo},
		{"no media", "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\n", nil, ReasonNoVideo},
		{"junk", "<html>no</html>", nil, ReasonBadStream},
		{"audio only", "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=audio 0 RTP/AVP 8\r\na=control:a\r\n", nil, ReasonNoVideo},
		{"no Content-Base", oneVideo, nil, ReasonFull},
		{"Content-Base", oneVideo, []string{"Content-Base: rtsp://10.9.9.9/cam/\r\n"}, ReasonFull},
	} {
		t.Run(c.name, func(t *testing.T) {
			setup := ""
			url := odd(t, func(method, target string, _ map[string]string) string {
				switch method {
				case "OPTIONS":
					return "200 OK\r\n\r\n"
				case "DESCRIBE":
					return described(c.sdp, c.headers...)
				case "SETUP":
					setup = target
				}
				return "453 Not Enough Bandwidth\r\n\r\n" // so far and no further
			})
			_, _, err := receive(t, Options{URL: url, User: "admin", Pass: hush}, 1)
			if ReasonOf(err) != c.want {
				t.Errorf("%v", err)
			}
			want := ""
			if c.want == ReasonFull {
				want = url + "/track1"
				if len(c.headers) > 0 {
					want = "rtsp://10.9.9.9/cam/track1"
				}
			}
			if setup != want {
				t.Errorf("SETUP of %q, want %q", setup, want)
			}
		})
	}
}

func TestMJPEG(t *testing.T) {
	picture := image.NewYCbCr(image.Rect(0, 0, 320, 240), image.YCbCrSubsampleRatio420)
	for i := range picture.Y {
		picture.Y[i] = byte(i * 7)
	}
	var coded bytes.Buffer
	if err := jpeg.Encode(&coded, picture, nil); err != nil {
		t.Fatal(err)
	}
	forma := &format.MJPEG{}
	enc, err := forma.CreateEncoder()
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{transmit: func(p *peer, n int) {
		packets, err := enc.Encode(coded.Bytes())
		if err != nil {
			t.Error(err)
		}
		for _, q := range packets {
			q.Timestamp = uint32(n) * 1800
			p.stream.WritePacketRTP(p.media, q) //nolint:errcheck // a reader that has gone does not matter
		}
	}}
	units, track, err := receive(t, Options{URL: p.start(t, nil, forma)}, 4)
	if err != nil || track.Codec != MJPEG {
		t.Fatalf("%v, %+v", err, track)
	}
	for i, u := range units {
		if w, h, _ := Describe(MJPEG, u.NALUs); !u.Key || len(u.NALUs) != 1 || w != 320 || h != 240 {
			t.Fatalf("unit %d: key %v, %d parts, %d×%d", i, u.Key, len(u.NALUs), w, h)
		}
		got, err := jpeg.Decode(bytes.NewReader(u.NALUs[0]))
		if err != nil {
			t.Fatal(err)
		}
		want, _ := jpeg.Decode(bytes.NewReader(coded.Bytes()))
		for _, at := range []image.Point{{3, 3}, {200, 100}, {319, 239}} {
			a := color.YCbCrModel.Convert(got.At(at.X, at.Y)).(color.YCbCr)
			if b := color.YCbCrModel.Convert(want.At(at.X, at.Y)).(color.YCbCr); a != b {
				t.Errorf("at %v: %v, want %v", at, a, b)
			}
		}
		if i > 0 && (u.PTS-units[i-1].PTS).Round(time.Millisecond)%(20*time.Millisecond) != 0 {
			t.Errorf("unit %d is %v after the one before", i, u.PTS-units[i-1].PTS)
		}
	}
}

func TestTheCamerasTime(t *testing.T) {
	noon := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name    string
		at      time.Time // what the report says for the time stamp of unit 0; zero: no report
		unknown bool
	}{{"reported", noon, false}, {"never", time.Time{}, true}, {"since it was switched on", time.Unix(20, 0), true}} {
		t.Run(c.name, func(t *testing.T) {
			p := &peer{transmit: func(p *peer, n int) {
				keyFrames(p, n)
				if c.at.IsZero() || n%10 != 0 {
					return
				}
				at := c.at.Add(time.Duration(n) * 20 * time.Millisecond)
				p.stream.WritePacketRTCP(p.media, &rtcp.SenderReport{ //nolint:errcheck // see keyFrames
					SSRC: 7, RTPTime: uint32(n) * 1800,
					NTPTime: uint64(at.Unix()+ntpUnix)<<32 | uint64(at.Nanosecond())<<32/1e9,
				})
			}}
			url := p.start(t, nil, plain())
			units, _, err := receive(t, Options{URL: url}, 30)
			if err != nil {
				t.Fatal(err)
			}
			last := units[len(units)-1]
			if c.unknown {
				if !last.Taken.IsZero() {
					t.Errorf("taken at %v", last.Taken)
				}
				return
			}
			n := int(last.NALUs[0][2]) | int(last.NALUs[0][3])<<8
			if want := noon.Add(time.Duration(n) * 20 * time.Millisecond); last.Taken.Sub(want).Abs() > time.Millisecond {
				t.Errorf("unit %d taken at %v, want %v", n, last.Taken, want)
			}
		})
	}
}

// B-frames come in the order of decoding: their times step back, and nothing may be dropped or be late for it.
func TestPicturesOutOfOrder(t *testing.T) {
	order := []int{0, 3, 1, 2, 6, 4, 5}
	p := &peer{transmit: func(p *peer, n int) {
		at := n/7*7 + order[n%7]
		kind := byte(0x41)
		if n%7 == 0 {
			kind = 0x65
		}
		p.stream.WritePacketRTP(p.media, &rtp.Packet{ //nolint:errcheck // see keyFrames
			Header: rtp.Header{
				Version: 2, PayloadType: 96, Marker: true, SequenceNumber: uint16(n), Timestamp: uint32(at) * 3600, SSRC: 7,
			},
			Payload: []byte{kind, 0x88, byte(n), byte(at)},
		})
	}}
	units, _, err := receive(t, Options{URL: p.start(t, nil, plain())}, 40)
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(units); i++ {
		a, b := units[i-1], units[i]
		step := time.Duration(int(int8(b.NALUs[0][3]-a.NALUs[0][3]))) * 40 * time.Millisecond
		if b.NALUs[0][2] != a.NALUs[0][2]+1 || (b.PTS-a.PTS).Round(time.Millisecond) != step || b.Lost > 0 {
			t.Fatalf("unit %d: number %d after %d, %v later, want %v; %d lost", i, b.NALUs[0][2], a.NALUs[0][2], b.PTS-a.PTS, step, b.Lost)
		}
	}
}

// A camera that counts its packets anew has not lost sixty thousand of them.
func TestACameraMayCountAnew(t *testing.T) {
	p := &peer{transmit: func(p *peer, n int) {
		if n > 20 {
			n -= 18
		}
		keyFrames(p, n)
	}}
	units, _, err := receive(t, Options{URL: p.start(t, nil, plain())}, 40)
	if err != nil {
		t.Fatal(err)
	}
	lost := uint64(0)
	for _, u := range units {
		lost += u.Lost
	}
	if lost != 1 {
		t.Errorf("%d packets counted as lost", lost)
	}
}

// Whatever goes wrong, the password is nowhere.
func TestNoErrorHoldsAPassword(t *testing.T) {
	refused := verifyMethods("other", auth.VerifyMethodBasic).start(t, nil, plain())
	echo := odd(t, func(_, target string, header map[string]string) string {
		return "400 " + strings.ReplaceAll(target+" "+header["authorization"], "\r", "") + "\r\n\r\n"
	})
	challenge := odd(t, func(_, _ string, header map[string]string) string {
		if header["authorization"] == "" {
			return "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n"
		}
		return "400 you said " + header["authorization"] + "\r\n\r\n"
	})
	for _, url := range []string{
		refused, echo, challenge, "rtsp://127.0.0.1:1/cam", "rtsp://" + hush + "@:x/", "http://admin:" + hush + "@h/",
		strings.Replace(echo, "//", "//admin:"+hush+"@", 1), echo + "?user=admin&password=" + hush, echo + "?" + hush,
		echo + "/user=admin_password=" + hush + "_channel=1.sdp",
	} {
		opts := Options{URL: url, User: "admin", Pass: hush, Timeout: time.Second}
		if _, _, err := receive(t, opts, 1); err == nil { // receive looks for the password
			t.Errorf("%s played", Public(url))
		}
	}
}

func TestReasonsOfTransports(t *testing.T) {
	for err, want := range map[error]Reason{
		errRedirect: ReasonNotFound, errSecured: ReasonNotFound, errManyDials: ReasonNotFound,
		liberrors.ErrClientServerRequestedUDP{}: ReasonUnsupported,
		liberrors.ErrClientServerRequestedTCP{}: ReasonUnsupported,
	} {
		if got, _ := classify(err); got != want {
			t.Errorf("%v: %q", err, got)
		}
	}
	if !ReasonUntrusted.Valid() || Transport("sctp").Valid() || !Transport("").Valid() {
		t.Error("Valid")
	}
}
