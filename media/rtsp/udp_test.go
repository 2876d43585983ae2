package rtsp

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/auth"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// sender is a camera that sends what a test wants over UDP.
type sender struct {
	t         *testing.T
	rtp, rtcp *net.UDPConn
	to        [2]*net.UDPAddr // the reader's sockets
	over      chan struct{}   // closed when the test ends
}

// ports is where packets come from, as cameras tell it.
const ports = "server_port=%d-%d"

// newSender serves at a host. setup makes the transport of the camera's answer to SETUP, or the end of it, of its two
// ports; play runs for each session, on a goroutine of its own, before PLAY is answered.
func newSender(t *testing.T, host, setup string, play func(*sender)) (s *sender, url string) {
	t.Helper()
	s = &sender{t: t, over: make(chan struct{})}
	for _, c := range []**net.UDPConn{&s.rtp, &s.rtcp} {
		conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(host)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		*c = conn
	}
	var running sync.WaitGroup
	t.Cleanup(func() {
		close(s.over)
		running.Wait()
	})
	if strings.Contains(setup, "%") {
		setup = fmt.Sprintf(setup, s.rtp.LocalAddr().(*net.UDPAddr).Port, s.rtcp.LocalAddr().(*net.UDPAddr).Port)
	}
	url = oddAt(t, host, func(method, _ string, header map[string]string) string {
		switch method {
		case "DESCRIBE":
			return described(oneVideo)
		case "SETUP":
			_, client, _ := strings.Cut(header["transport"], "client_port=")
			client, _, _ = strings.Cut(client, ";")
			first, second, _ := strings.Cut(client, "-")
			for i, p := range []string{first, second} {
				port, err := strconv.Atoi(p)
				if err != nil || port%2 != i {
					t.Errorf("SETUP with %q", header["transport"])
				}
				s.to[i] = &net.UDPAddr{IP: net.ParseIP(host), Port: port}
			}
			if !strings.HasPrefix(setup, "RTP/") {
				return "200 OK\r\nSession: 1\r\nTransport: RTP/AVP;unicast;client_port=" + client + ";" + setup + "\r\n\r\n"
			}
			return "200 OK\r\nSession: 1\r\nTransport: " + setup + "\r\n\r\n"
		case "PLAY":
			session := *s
			running.Go(func() { play(&session) })
		}
		return "200 OK\r\nSession: 1\r\n\r\n"
	})
	return s, url
}

// datagram is a small key frame.
func datagram(n uint16, change func(*rtp.Packet)) []byte {
	p := &rtp.Packet{
		Header:  rtp.Header{Version: 2, PayloadType: 96, Marker: true, SequenceNumber: n, Timestamp: uint32(n) * 3600, SSRC: 7},
		Payload: []byte{0x65, 0x88, byte(n), byte(n >> 8)},
	}
	if change != nil {
		change(p)
	}
	buf, err := p.Marshal()
	if err != nil {
		panic(err)
	}
	return buf
}

// key sends key frames with these numbers.
func (s *sender) key(numbers ...uint16) {
	for _, n := range numbers {
		s.send(s.rtp, 0, datagram(n, nil))
	}
}

func (s *sender) send(from *net.UDPConn, to int, buf []byte) {
	from.WriteTo(buf, s.to[to]) //nolint:errcheck // a reader that has gone does not matter
}

// tell sends a sender report.
func (s *sender) tell() {
	buf, err := (&rtcp.SenderReport{SSRC: 7, NTPTime: 0xE0000000_12345678, RTPTime: 3600}).Marshal()
	if err != nil {
		s.t.Error(err)
	}
	s.send(s.rtcp, 1, buf)
}

// pause waits, and reports whether the test goes on.
func (s *sender) pause(d time.Duration) bool {
	select {
	case <-s.over:
		return false
	case <-time.After(d):
		return true
	}
}

// overUDP plays until n units have come, and returns the units with the error that ended it before.
func overUDP(t *testing.T, url string, n int) ([]Unit, error) {
	t.Helper()
	units, _, err := receive(t, Options{URL: url, Transport: TransportUDP, Timeout: 2 * time.Second, User: "admin", Pass: hush}, n)
	return units, err
}

// overUDPUntil plays until something is told, and returns the units with the error that was told, or that ended it before.
func overUDPUntil(t *testing.T, url string, told <-chan error) ([]Unit, error) {
	t.Helper()
	var units []Unit
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- Play(ctx, Options{URL: url, Transport: TransportUDP}, Handler{OnUnit: func(u Unit) { units = append(units, u) }})
	}()
	select {
	case err := <-told:
		cancel()
		<-done
		return units, err
	case err := <-done:
		cancel()
		return units, err
	}
}

// want holds that the units are those with these numbers, with so many packets lost before each.
func want(t *testing.T, units []Unit, err error, numbers []int, lost ...uint64) {
	t.Helper()
	if err != nil || len(units) != len(numbers) {
		t.Fatalf("%d units, want %d; %v", len(units), len(numbers), err)
	}
	for i, u := range units {
		n := int(u.NALUs[0][2]) | int(u.NALUs[0][3])<<8
		if n != numbers[i] || u.Lost != lost[i] {
			t.Errorf("unit %d: number %d with %d lost before, want %d with %d", i, n, u.Lost, numbers[i], lost[i])
		}
	}
}

// A gap is known soon in a thin stream too: here only one packet ever follows.
func TestAMissingPacketIsWaitedForByTime(t *testing.T) {
	t.Parallel()
	_, url := newSender(t, "127.0.0.1", ports, func(s *sender) {
		s.key(1, 3, 2, 4, 6)
		for s.pause(200 * time.Millisecond) {
			s.tell() // the camera is there
		}
	})
	units, err := overUDP(t, url, 5)
	want(t, units, err, []int{1, 2, 3, 4, 6}, 0, 0, 0, 0, 1)
}

// stamping returns when the system tells when datagrams come: it begins a little after the first socket has asked for it.
func stamping(t *testing.T) {
	t.Helper()
	u, err := openDatagrams(time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(u.close)
	u.source = netip.MustParseAddr("127.0.0.1")
	u.format = &format.H264{PayloadTyp: 96}
	to := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: u.socket[0].LocalAddr().(*net.UDPAddr).Port}
	buf := make([]byte, 100)
	for range 1000 {
		if _, err := u.socket[1].WriteTo([]byte{0}, to); err != nil {
			t.Fatal(err)
		}
		before := time.Now()
		time.Sleep(10 * time.Millisecond)
		_, at, err := u.read(0, buf)
		if err != nil {
			t.Fatal(err)
		}
		if at.Sub(before) < 5*time.Millisecond {
			return
		}
	}
	t.Skip("the system does not tell when datagrams came")
}

// While units are worked on packets lie in the socket. They came when they came, and in time.
func TestPacketsComeWhileTheHandlerWorks(t *testing.T) {
	t.Parallel()
	stamping(t)
	sent := make(chan time.Time)
	_, url := newSender(t, "127.0.0.1", ports, func(s *sender) {
		s.key(1, 3, 5, 2, 4, 6)
		s.pause(10 * time.Millisecond) // the system's clock may be slewed meanwhile
		sent <- time.Now()
	})
	var all time.Time
	var units []Unit
	var packets []time.Time
	ctx, cancel := context.WithCancelCause(t.Context())
	err := Play(ctx, Options{URL: url, Transport: TransportUDP, Timeout: 2 * time.Second}, Handler{
		OnPacket: func(at time.Time, _ int, _ uint64) { packets = append(packets, at) },
		OnUnit: func(u Unit) {
			switch units = append(units, u); len(units) {
			case 1:
				all = <-sent
			case 3:
				time.Sleep(orderWait * 3 / 2) // 5 has been waited for by now
			case 6:
				cancel(os.ErrProcessDone)
			}
		},
	})
	if errors.Is(err, os.ErrProcessDone) {
		err = nil
	}
	want(t, units, err, []int{1, 2, 3, 4, 5, 6}, 0, 0, 0, 0, 0, 0)
	for i, u := range units {
		if u.Arrived.After(all) || !u.Arrived.Equal(packets[i]) || i > 0 && u.Arrived.Before(packets[i-1]) {
			t.Errorf("unit %d arrived %v after all were sent, its packet %v", i, u.Arrived.Sub(all), packets[i].Sub(all))
		}
	}
}

// What the system tells beside a datagram is its time, unless the clock was set since.
func TestWhenADatagramCame(t *testing.T) {
	now := time.Now()
	told := func(at time.Time) []byte {
		b := make([]byte, syscall.CmsgSpace(16))
		binary.NativeEndian.PutUint64(b, uint64(syscall.CmsgLen(16)))
		binary.NativeEndian.PutUint32(b[8:], syscall.SOL_SOCKET)
		binary.NativeEndian.PutUint32(b[12:], syscall.SCM_TIMESTAMPNS)
		binary.NativeEndian.PutUint64(b[16:], uint64(at.Unix()))
		binary.NativeEndian.PutUint64(b[24:], uint64(at.Nanosecond()))
		return b
	}
	for _, c := range []struct {
		name   string
		beside []byte
		want   time.Duration
	}{
		{"nothing", nil, 0},
		{"cut off", told(now.Add(-time.Second))[:20], 0},
		{"just now", told(now), 0},
		{"before", told(now.Add(-time.Second)), -time.Second},
		{"the clock was set back", told(now.Add(time.Second)), 0},
	} {
		if got := came(c.beside, now).Sub(now); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// An encoder that was restarted is another source; one beside the camera's is not followed.
func TestAnotherSource(t *testing.T) {
	began := time.Unix(1000, 0)
	type sent struct {
		ms   int
		ssrc uint32
		n    uint16
		want []uint16
	}
	for _, c := range []struct {
		name  string
		comes []sent
	}{
		{"restarted", []sent{
			{0, 7, 10, []uint16{10}},
			{5, 7, 12, nil},
			{900, 8, 500, nil},
			{1004, 8, 501, nil},
			{1005, 8, 502, []uint16{12, 501, 502}},
			{1006, 7, 11, nil},
			{1007, 8, 503, []uint16{503}},
			{1400, 7, 13, nil},
			{1401, 7, 14, nil},
		}},
		{"beside", []sent{
			{0, 7, 10, []uint16{10}},
			{400, 8, 500, nil},
			{800, 7, 11, []uint16{11}},
			{1200, 8, 501, nil},
			{1600, 7, 12, []uint16{12}},
			{2000, 8, 502, nil},
		}},
		{"several, and none that goes on", []sent{
			{0, 7, 10, []uint16{10}},
			{1001, 8, 500, nil},
			{1002, 9, 501, nil},
			{1003, 8, 501, nil},
			{1004, 8, 503, nil},
			{1005, 7, 11, []uint16{11}},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := intake{payload: 96}
			for i, s := range c.comes {
				var got []uint16
				d := datagram(s.n, func(p *rtp.Packet) { p.SSRC = s.ssrc })
				for _, p := range in.take(d, began.Add(time.Duration(s.ms)*time.Millisecond)) {
					got = append(got, p.SequenceNumber)
				}
				if !slices.Equal(got, s.want) {
					t.Errorf("%d: %d, want %d", i, got, s.want)
				}
			}
		})
	}
}

// A camera that numbers anew, or an encoder that was restarted, has not lost all the numbers between: one that adapts its
// rate would slow down. What follows counts as damaged.
func TestReportsOfNumbersThatBeginAnew(t *testing.T) {
	for _, c := range []struct {
		name string
		ssrc uint32
	}{{"numbers", 7}, {"source", 8}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			told := make(chan error, 1)
			_, url := newSender(t, "127.0.0.1", ports, func(s *sender) {
				s.key(9000, 9001)
				if c.ssrc != 7 && !s.pause(sourceSilent+100*time.Millisecond) {
					return
				}
				for n := uint16(1); n < 4; n++ {
					s.send(s.rtp, 0, datagram(n, func(p *rtp.Packet) { p.SSRC = c.ssrc }))
				}
				buf := make([]byte, 100)
				s.rtcp.SetReadDeadline(time.Now().Add(20 * time.Second)) //nolint:errcheck // reading fails too
				for {
					n, _, err := s.rtcp.ReadFrom(buf)
					packets, _ := rtcp.Unmarshal(buf[:n])
					if err != nil {
						told <- err
						return
					}
					s.tell()
					if len(packets) == 0 {
						continue
					}
					if r := packets[0].(*rtcp.ReceiverReport).Reports; len(r) > 0 {
						if r[0].SSRC != c.ssrc || r[0].TotalLost != 0 || r[0].LastSequenceNumber != 3 {
							err = fmt.Errorf("%+v", r[0])
						}
						told <- err
						return
					}
				}
			})
			units, err := overUDPUntil(t, url, told)
			want(t, units, err, []int{9000, 9001, 1, 2, 3}, 0, 0, 1, 0, 0)
		})
	}
}

func TestWhereDatagramsComeFrom(t *testing.T) {
	steady := func(s *sender) {
		for n := uint16(1); s.pause(10 * time.Millisecond); n++ {
			s.key(n)
		}
	}
	other := func(t *testing.T, host string) *net.UDPConn {
		conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(host)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	for _, c := range []struct {
		name, host, setup string
		want              Reason
	}{
		{"as usual", "127.0.0.1", ports, ReasonNone},
		{"no ports told", "127.0.0.1", "ssrc=00000007", ReasonNone},
		{"ports of nothing", "127.0.0.1", "server_port=0-0", ReasonNone},
		{"ports that there are not", "127.0.0.1", "server_port=70000-70001", ReasonNone},
		{"source told", "127.0.0.1", "source=127.0.0.1;" + ports, ReasonNone},
		{"source without ports", "127.0.0.1", "source=127.0.0.1", ReasonNone},
		{"source of nothing", "127.0.0.1", "source=0.0.0.0;" + ports, ReasonNone},
		{"another source", "127.0.0.1", "source=127.0.0.9;" + ports, ReasonTimeout},
		{"from another port than told", "127.0.0.1", "server_port=9-10", ReasonNone},
		{"multicast", "127.0.0.1", "source=224.0.0.251;" + ports, ReasonBadStream},
		{"IPv6 multicast", "127.0.0.1", "source=ff02::1;" + ports, ReasonBadStream},
		{"broadcast", "127.0.0.1", "source=255.255.255.255;" + ports, ReasonBadStream},
		{"broadcast of a network", "127.0.0.1", "source=127.255.255.255;" + ports, ReasonBadStream},
		{"nonsense", "127.0.0.1", "server_port=x", ReasonBadStream},
		{"to many", "127.0.0.1", "RTP/AVP;multicast;destination=224.0.0.251;port=5004-5005", ReasonBadStream},
		{"inside of the connection", "127.0.0.1", "RTP/AVP/TCP;interleaved=0-1", ReasonUnsupported},
		{"IPv6", "::1", ports, ReasonNone},
		{"IPv6, source told", "::1", "source=::1;" + ports, ReasonNone},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.host == "::1" {
				l, err := net.Listen("tcp", "[::1]:0")
				if err != nil {
					t.Skip(err)
				}
				l.Close()
			}
			_, url := newSender(t, c.host, c.setup, steady)
			units, err := overUDP(t, url, 4)
			if ReasonOf(err) != c.want {
				t.Errorf("%d units, %v", len(units), err)
			}
		})
	}
	t.Run("strangers", func(t *testing.T) {
		t.Parallel()
		here, there := other(t, "127.0.0.1"), other(t, "127.0.0.9")
		_, url := newSender(t, "127.0.0.1", ports, func(s *sender) {
			s.send(here, 0, datagram(100, func(p *rtp.Packet) { p.PayloadType = 97 }))
			s.send(here, 0, datagram(100, func(p *rtp.Packet) { p.Version = 1 }))
			s.send(here, 0, []byte{0x80})
			s.send(there, 0, datagram(100, nil))
			for n := uint16(1); n < 5; n++ {
				if n > 1 {
					s.send(here, 0, datagram(n+100, nil))
				}
				s.send(there, 0, datagram(n+200, nil))
				s.key(n)
			}
		})
		units, err := overUDP(t, url, 4)
		want(t, units, err, []int{1, 2, 3, 4}, 0, 0, 0, 0)
	})
	t.Run("strangers of another host, no ports told", func(t *testing.T) {
		t.Parallel()
		there := other(t, "127.0.0.9")
		_, url := newSender(t, "127.0.0.1", "ssrc=00000007", func(s *sender) {
			for n := uint16(1); n < 5; n++ {
				s.send(there, 0, datagram(n+200, nil))
				s.key(n)
			}
		})
		units, err := overUDP(t, url, 4)
		want(t, units, err, []int{1, 2, 3, 4}, 0, 0, 0, 0)
	})
}

// A camera that sends from another port than it told is told where it said what has come.
func TestReportsGoToThePortThatWasTold(t *testing.T) {
	t.Parallel()
	elsewhere, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { elsewhere.Close() })
	told := make(chan error, 1)
	_, url := newSender(t, "127.0.0.1", ports, func(s *sender) {
		for n := uint16(1); n < 4; n++ {
			s.send(elsewhere, 0, datagram(n, nil))
			s.send(s.rtp, 0, datagram(n+100, nil)) // too late
		}
		buf := make([]byte, 100)
		s.rtcp.SetReadDeadline(time.Now().Add(20 * time.Second)) //nolint:errcheck // reading fails too
		for {
			n, _, err := s.rtcp.ReadFrom(buf)
			packets, _ := rtcp.Unmarshal(buf[:n])
			if err != nil || len(packets) > 0 && len(packets[0].(*rtcp.ReceiverReport).Reports) == 1 {
				told <- err
				return
			}
			s.tell()
		}
	})
	units, err := overUDPUntil(t, url, told)
	want(t, units, err, []int{1, 2, 3}, 0, 0, 0)
}

// What is no packet of the track changes nothing.
func TestBadDatagramsAreLeftOut(t *testing.T) {
	t.Parallel()
	_, url := newSender(t, "127.0.0.1", ports, func(s *sender) {
		s.key(1)
		for _, bad := range [][]byte{
			{},
			{0x80},
			make([]byte, 12),
			make([]byte, maxDatagram+1),
			append(datagram(2, nil), make([]byte, maxDatagram)...),
			datagram(2, nil)[:11],
			datagram(2, func(p *rtp.Packet) { p.Version = 1 }),
			datagram(2, func(p *rtp.Packet) { p.PayloadType = 97 }),
			datagram(2, func(p *rtp.Packet) { p.SSRC = 8 }),
			{0xB0, 96, 0, 2, 0, 0, 0, 0, 0, 0, 0, 7, 0xBE, 0xDE, 0xFF, 0xFF},
		} {
			s.send(s.rtp, 0, bad)
			s.send(s.rtcp, 1, bad)
		}
		s.key(2, 3)
	})
	units, err := overUDP(t, url, 3)
	want(t, units, err, []int{1, 2, 3}, 0, 0, 0)
}

// A camera that falls silent is given up; RTCP alone shows that it is there.
func TestSilenceOverUDP(t *testing.T) {
	for _, c := range []struct {
		name  string
		units int
		play  func(*sender)
		want  Reason
	}{
		{"from the start", 1, func(*sender) {}, ReasonTimeout},
		{"later", 3, func(s *sender) { s.key(1, 2) }, ReasonTimeout},
		{"then again", 3, func(s *sender) {
			s.key(1)
			for range 15 { // longer than the time-out
				if !s.pause(200 * time.Millisecond) {
					return
				}
				s.tell()
			}
			s.key(2, 3)
		}, ReasonNone},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, url := newSender(t, "127.0.0.1", ports, c.play)
			units, err := overUDP(t, url, c.units)
			if ReasonOf(err) != c.want {
				t.Errorf("%d units, %v", len(units), err)
			}
		})
	}
}

// Firewalls are opened before PLAY, and the camera is told what has come of what it sent.
func TestReceiverReports(t *testing.T) {
	t.Parallel()
	first := make(chan error, 1)
	s, url := newSender(t, "127.0.0.1", ports, func(s *sender) {
		buf := make([]byte, 100)
		for _, conn := range []*net.UDPConn{s.rtp, s.rtcp} {
			conn.SetReadDeadline(time.Now().Add(10 * time.Second)) //nolint:errcheck // reading fails too
			if _, _, err := conn.ReadFrom(buf); err != nil {
				first <- err
				return
			}
		}
		first <- nil
		s.key(1)
		for n := uint16(3); s.pause(100 * time.Millisecond); n++ {
			s.key(n)
			s.tell()
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Play(ctx, Options{URL: url, Transport: TransportUDP}, Handler{OnUnit: func(Unit) {}}) }()
	defer func() {
		cancel()
		<-done
		// Nothing is left that listens.
		for _, a := range s.to {
			conn, err := net.ListenUDP("udp", &net.UDPAddr{Port: a.Port})
			if err != nil {
				t.Error(err)
				continue
			}
			conn.Close()
		}
	}()
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1500)
	s.rtcp.SetReadDeadline(time.Now().Add(20 * time.Second)) //nolint:errcheck // reading fails too
	n, _, err := s.rtcp.ReadFrom(buf)
	if err != nil {
		t.Fatal(err)
	}
	packets, err := rtcp.Unmarshal(buf[:n])
	if err != nil {
		t.Fatal(err)
	}
	rr, ok := packets[0].(*rtcp.ReceiverReport)
	if !ok || len(rr.Reports) != 1 {
		t.Fatalf("%v", packets)
	}
	r := rr.Reports[0]
	if r.SSRC != 7 || r.TotalLost != 1 || r.LastSequenceNumber < 4 || r.LastSenderReport != 0x00001234 {
		t.Errorf("%+v", r)
	}
}

func TestLoginsOverUDP(t *testing.T) {
	t.Parallel()
	p := verifyMethods("admin", auth.VerifyMethodDigestSHA256)
	p.server = &gortsplib.Server{AuthMethods: p.server.AuthMethods}
	p.server.UDPRTPAddress, p.server.UDPRTCPAddress = udpPorts(t)
	if units, err := overUDP(t, p.start(t, nil, plain()), 3); err != nil {
		t.Errorf("%d units, %v", len(units), err)
	}
}

// A handler may take its time, and may end the session.
func TestAHandlerThatEndsTheSession(t *testing.T) {
	t.Parallel()
	_, url := newSender(t, "127.0.0.1", ports, func(s *sender) {
		for n := uint16(1); s.pause(time.Millisecond); n++ {
			s.key(n)
		}
	})
	ctx, cancel := context.WithCancelCause(t.Context())
	within := false
	err := Play(ctx, Options{URL: url, Transport: TransportUDP}, Handler{OnUnit: func(Unit) {
		within = true
		cancel(os.ErrProcessDone)
		time.Sleep(20 * time.Millisecond)
		within = false
	}})
	if !errors.Is(err, os.ErrProcessDone) || within {
		t.Errorf("%v, a handler runs: %v", err, within)
	}
}

// Sessions leave neither goroutines nor sockets, however they end.
func TestSessionsOverUDPLeaveNothing(t *testing.T) {
	_, url := newSender(t, "127.0.0.1", ports, func(s *sender) {
		for n := uint16(1); n < 5; n++ {
			s.key(2 * n) // something is held when the session ends
		}
	})
	_, refused := newSender(t, "127.0.0.1", "source=224.0.0.251;"+ports, func(*sender) {})
	dead := "rtsp://127.0.0.1:1/cam"
	open := func() (goroutines, files int) {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip(err)
		}
		return runtime.NumGoroutine(), len(entries)
	}
	once := func() {
		if units, err := overUDP(t, url, 2); err != nil {
			t.Fatalf("%d units, %v", len(units), err)
		}
		for _, u := range []string{refused, dead} {
			if _, err := overUDP(t, u, 1); err == nil {
				t.Fatal("played")
			}
		}
	}
	once()
	goroutines, files := open()
	for range 20 {
		once()
	}
	for range 100 { // the camera's side ends a little later
		g, f := open()
		if g <= goroutines && f <= files {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	g, f := open()
	t.Errorf("%d goroutines and %d files, %d and %d before", g, f, goroutines, files)
}

// With encryption the library would receive, and has only closed sockets.
func TestARedirectToEncryptionIsToldOf(t *testing.T) {
	t.Parallel()
	cfg, fingerprint, _ := certificate(t, "127.0.0.1")
	target := (&peer{transmit: keyFrames}).start(t, cfg, plain())
	url := odd(t, func(method, _ string, _ map[string]string) string {
		if method == "OPTIONS" {
			return "200 OK\r\n\r\n"
		}
		return "302 Moved\r\nLocation: " + target + "\r\n\r\n"
	})
	_, _, err := receive(t, Options{URL: url, Transport: TransportUDP, Fingerprint: fingerprint}, 1)
	if ReasonOf(err) != ReasonNotFound || !strings.Contains(err.Error(), "rtsps") {
		t.Error(err)
	}
}

// FuzzDatagrams holds that whatever a camera sends is taken, and comes out in order.
func FuzzDatagrams(f *testing.F) {
	var some []byte
	for _, d := range [][]byte{datagram(65534, nil), datagram(0, nil), datagram(65535, nil), datagram(9000, nil), datagram(9001, nil)} {
		some = append(append(some, byte(len(d))), d...)
	}
	f.Add(some, uint8(10))
	var two []byte
	for n := range uint16(4) {
		d := datagram(n, func(p *rtp.Packet) { p.SSRC = uint32(n / 2) })
		two = append(append(two, byte(len(d))), d...)
	}
	f.Add(two, uint8(250))
	var anew []byte
	for n := range uint16(10) {
		d := datagram(100+n, nil)
		if n > 0 {
			d = datagram(50+n, func(p *rtp.Packet) { p.Timestamp = 1 << 31 })
		}
		anew = append(append(anew, byte(len(d))), d...)
	}
	f.Add(anew, uint8(1))
	f.Add([]byte{16, 0xB0, 96, 0, 2, 0, 0, 0, 0, 0, 0, 0, 7, 0xBE, 0xDE, 0xFF, 0xFF}, uint8(0))
	sr, _ := (&rtcp.SenderReport{SSRC: 7, Reports: []rtcp.ReceptionReport{{}}}).Marshal()
	f.Add(append([]byte{byte(len(sr))}, sr...), uint8(200))
	f.Fuzz(func(t *testing.T, data []byte, step uint8) {
		in := intake{payload: 96}
		now := time.Unix(1000, 0)
		out := 0
		var before uint32
		check := func(packets []arrival) {
			for _, p := range packets {
				if out++; p.Packet == nil || p.PayloadType != 96 || p.SSRC != in.ssrc && p.SSRC != before {
					t.Fatalf("%v", p)
				}
			}
			for i, h := range in.order.held {
				if i > 0 && h.SequenceNumber-in.order.next <= in.order.held[i-1].SequenceNumber-in.order.next {
					t.Fatalf("%d is held behind %d", h.SequenceNumber, in.order.held[i-1].SequenceNumber)
				}
			}
			if n := len(in.order.held); n > 0 && (n > orderRoom || in.order.held[0].SequenceNumber == in.order.next) {
				t.Fatalf("%d are held", n)
			}
		}
		taken := 0
		for len(data) > 0 {
			n := min(int(data[0]), len(data)-1)
			d := data[1 : 1+n]
			data = data[1+n:]
			now = now.Add(time.Duration(step) * time.Millisecond)
			before = in.ssrc
			check(in.take(d, now))
			check(in.order.due(now))
			rtcp.Unmarshal(d) //nolint:errcheck // that it does not panic is enough
			taken++
		}
		check(in.order.due(now.Add(time.Hour)))
		if len(in.order.held) > 0 || out > taken {
			t.Fatalf("%d of %d came out, %d are held", out, taken, len(in.order.held))
		}
	})
}
