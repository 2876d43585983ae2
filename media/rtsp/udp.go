package rtsp

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/gortsplib/v4/pkg/headers"
	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"
	"github.com/bluenviron/gortsplib/v4/pkg/rtcpreceiver"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

const (
	// maxDatagram is the largest datagram that is taken, in bytes.
	maxDatagram = 8192
	// firstDatagram is how soon after the answer to PLAY something must come.
	firstDatagram = 3 * time.Second
	// reportEvery is the distance of receiver reports; some cameras need one every 5 s.
	reportEvery = 5 * time.Second
	// never is longer than any session lasts.
	never = 100 * 365 * 24 * time.Hour
	// sourceSilent is how long nothing comes from one source (SSRC) before another one is followed.
	sourceSilent = time.Second
)

var (
	errSource  = errors.New("the camera says that its packets come from an address that no camera has")
	errNoPorts = errors.New("no two neighbouring UDP ports are free")
)

// datagrams receives a track over UDP. The library puts packets in order too, but holds back up to 64 of them for a
// missing one, which are seconds of a thin stream, and cannot be told otherwise. So it is lent sockets that are closed:
// they tell the ports it asks the camera to send to, and nothing comes of them. Packets are encrypted with keys that the
// library keeps to itself where RTP goes over UDP beside rtsps: those stay with the library.
type datagrams struct {
	socket [2]*net.UDPConn // of RTP and of RTCP, on an even port and the next one (RFC 3550 §11)
	closed [2]*net.UDPConn // tell the same ports
	lent   int

	source  netip.Addr // whom packets count from
	ports   [2]uint16  // and from which of its ports; 0: not told, any
	sure    bool       // packets of the track come from ports[0]
	timeout time.Duration
	began   time.Time
	heard   atomic.Int64 // when the last datagram came, in nanoseconds since began; 0: none yet
	format  format.Format
	local   uint32 // source that reports are from
	stats   atomic.Pointer[rtcpreceiver.RTCPReceiver]
	end     func() // ends the session

	running sync.WaitGroup
	mu      sync.Mutex
	err     error // what ended the session
}

// openDatagrams opens the sockets; close closes them.
func openDatagrams(timeout time.Duration) (*datagrams, error) {
	const lowest = 10000
	for range 200 {
		port := lowest + 2*mathrand.IntN((65536-lowest)/2)
		u := &datagrams{timeout: timeout}
		var err error
		for i := range u.socket {
			if u.socket[i], u.closed[i], err = openTwice(port+i, i == 0); err != nil {
				break
			}
		}
		if err == nil {
			return u, nil
		}
		u.close()
		if !errors.Is(err, syscall.EADDRINUSE) {
			return nil, err
		}
	}
	return nil, errNoPorts
}

// openTwice opens a socket on a port for which there is a closed one too. One for RTP gets a large buffer, and tells when
// datagrams came.
func openTwice(port int, large bool) (open, closed *net.UDPConn, err error) {
	address := &net.UDPAddr{Port: port}
	if closed, err = net.ListenUDP("udp", address); err != nil {
		return nil, nil, err
	}
	closed.Close()
	if open, err = net.ListenUDP("udp", address); err != nil {
		return nil, nil, err
	}
	if large {
		enlarge(open)
	}
	if raw, err := open.SyscallConn(); err == nil {
		// What a camera calls its address is not to make us send to all of a network.
		raw.Control(func(fd uintptr) { //nolint:errcheck // only a socket that is closed fails
			syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_BROADCAST, 0) //nolint:errcheck // see above
			if large {
				syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_TIMESTAMPNS, 1) //nolint:errcheck // else they count from when they are read
			}
		})
	}
	return open, closed, nil
}

// lend is what the library calls to open a socket, first the one for RTP, then the one for RTCP.
func (u *datagrams) lend(string, string) (net.PacketConn, error) {
	conn := u.closed[u.lent%len(u.closed)]
	u.lent++
	return conn, nil
}

// toldTransport is the header in which hideServer keeps what it has found, whatever the camera has sent by that name.
const toldTransport = "Transport, as the camera told"

// hideServer takes the camera's ports out of the answer to SETUP, so that the library sends nothing from the sockets it
// was lent, and keeps the answer beside for setUp. What the library refuses stays as it is.
func hideServer(res *base.Response) {
	var th headers.Transport
	if th.Unmarshal(res.Header["Transport"]) != nil {
		return
	}
	res.Header[toldTransport] = th.Marshal()
	th.ServerPorts = nil
	res.Header["Transport"] = th.Marshal()
}

// setUp takes the library's answer to SETUP: whose datagrams count. camera is the address that the RTSP connection leads
// to.
func (u *datagrams) setUp(res *base.Response, camera netip.Addr) error {
	var th headers.Transport
	if err := th.Unmarshal(res.Header[toldTransport]); err != nil {
		return liberrors.ErrClientTransportHeaderInvalid{Err: err}
	}
	u.source = camera
	if th.Source != nil {
		said, _ := netip.AddrFromSlice(*th.Source)
		said = said.Unmap()
		switch {
		case said.IsMulticast(), said == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
			return errSource
		case said.IsUnspecified(), said.IsLoopback() && !camera.IsLoopback():
			// Means something to the camera alone.
		case said.Is6() && said.IsLinkLocalUnicast():
			u.source = said.WithZone(camera.Zone())
		default:
			u.source = said
		}
	}
	if p := th.ServerPorts; p != nil && validPort(p[0]) && validPort(p[1]) {
		u.ports = [2]uint16{uint16(p[0]), uint16(p[1])}
	}
	return nil
}

// validPort reports whether a camera may send from a port; some say 0 or 1 for any.
func validPort(p int) bool { return p > 1 && p < 65536 }

// begin opens firewalls on the way to the camera and begins to receive: packets of the format come to deliver in order,
// on one goroutine, with when they and all before them came. end is called when something fails, once or more; it ends
// the session.
func (u *datagrams) begin(f format.Format, deliver func(*rtp.Packet, time.Time), end func()) error {
	opening := [2]interface{ Marshal() ([]byte, error) }{
		&rtp.Packet{Header: rtp.Header{Version: 2}}, &rtcp.ReceiverReport{},
	}
	for i, p := range opening {
		buf, err := p.Marshal()
		if err == nil {
			err = u.send(i, buf)
		}
		if err != nil {
			return fmt.Errorf("cannot send to the camera: %w", err)
		}
	}
	var ssrc [4]byte
	rand.Read(ssrc[:]) //nolint:errcheck // never fails
	u.local, u.format = binary.BigEndian.Uint32(ssrc[:]), f
	if err := u.countAnew(); err != nil {
		return err
	}
	u.end, u.began = end, time.Now()
	u.running.Go(func() {
		var numbers numbering
		last := u.began
		u.receive(func(p arrival) {
			if _, anew := numbers.gap(&p.Header); anew {
				u.countAnew() //nolint:errcheck // it began before
			}
			// The order is right already, and what is missing is lost.
			u.stats.Load().ProcessPacket2(p.Packet, p.at, f.PTSEqualsDTS(p.Packet)) //nolint:errcheck // only another source is an error
			if p.at.After(last) {
				last = p.at
			}
			deliver(p.Packet, last)
		})
	})
	return nil
}

// countAnew begins to count for the reports to the camera: once, and where its numbers begin anew, lest all between count
// as lost.
func (u *datagrams) countAnew() error {
	stats := &rtcpreceiver.RTCPReceiver{
		ClockRate: u.format.ClockRate(), LocalSSRC: &u.local, Period: reportEvery, WritePacketRTCP: u.report,
	}
	if err := stats.Initialize(); err != nil {
		return err
	}
	if before := u.stats.Swap(stats); before != nil {
		before.Close()
	}
	return nil
}

// playing is called when PLAY was answered. From then on silence is a fault, and reports go to add.
func (u *datagrams) playing(add func(rtcp.Packet)) {
	u.running.Go(func() { u.control(add) })
}

// receive reads RTP until the socket is closed.
func (u *datagrams) receive(hand func(arrival)) {
	buf := make([]byte, maxDatagram+1)
	in := intake{payload: u.format.PayloadType()}
	var armed time.Time
	last := u.began
	for {
		// Only a missing packet makes it wake without another one.
		if at := in.order.deadline(); !at.Equal(armed) {
			armed = at
			u.socket[0].SetReadDeadline(at) //nolint:errcheck // a closed socket is met by reading
		}
		n, at, err := u.read(0, buf)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			n, at, err = 0, time.Now(), nil
			// A deadline that is over is met before the socket is looked into. What is there may have come in time.
			if u.waiting() {
				armed = time.Time{}
				u.socket[0].SetReadDeadline(armed) //nolint:errcheck // see above
				n, at, err = u.read(0, buf)
			}
		}
		if err != nil {
			u.fail(err)
			return
		}
		if at.Before(last) {
			at = last // the computer's clock was set
		}
		last = at
		for _, p := range in.take(buf[:n], at) {
			hand(p)
		}
		for _, p := range in.order.due(at) {
			hand(p)
		}
	}
}

// control reads RTCP until the socket is closed, or the camera has sent nothing at all for too long.
func (u *datagrams) control(add func(rtcp.Packet)) {
	buf := make([]byte, maxDatagram+1)
	silent := time.Now().Add(min(firstDatagram, u.timeout))
	for {
		if last := u.heard.Load(); last > 0 {
			silent = u.began.Add(time.Duration(last) + u.timeout)
		}
		if !time.Now().Before(silent) {
			u.fail(liberrors.ErrClientUDPTimeout{})
			return
		}
		u.socket[1].SetReadDeadline(silent) //nolint:errcheck // a closed socket is met by reading
		n, _, err := u.read(1, buf)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			continue
		}
		if err != nil {
			u.fail(err)
			return
		}
		packets, err := rtcp.Unmarshal(buf[:n])
		if err != nil {
			continue
		}
		for _, p := range packets {
			if sr, ok := p.(*rtcp.SenderReport); ok {
				stats := u.stats.Load()
				if s := stats.Stats(); s != nil && s.RemoteSSRC == sr.SSRC {
					stats.ProcessSenderReport(sr, time.Now())
				}
			}
			add(p)
		}
	}
}

// read waits for a datagram until the deadline. It returns its length, 0 for one that does not count, and when it came.
func (u *datagrams) read(i int, buf []byte) (n int, at time.Time, err error) {
	var beside [64]byte
	n, told, _, from, err := u.socket[i].ReadMsgUDPAddrPort(buf, beside[:])
	if err != nil {
		return 0, time.Time{}, err
	}
	now := time.Now()
	at = came(beside[:told], now)
	if !u.counts(i, from, buf[:n]) {
		return 0, at, nil
	}
	u.heard.Store(int64(now.Sub(u.began)))
	if n > maxDatagram {
		n = 0
	}
	return n, at, nil
}

// came returns when the system received a datagram, from what it tells beside it, which is read now; now where it does
// not tell, or does not yet just after the first socket has asked.
func came(beside []byte, now time.Time) time.Time {
	messages, err := syscall.ParseSocketControlMessage(beside)
	if err != nil {
		return now
	}
	for _, m := range messages {
		// Two words of 64 bits: seconds and nanoseconds.
		if m.Header.Level == syscall.SOL_SOCKET && m.Header.Type == syscall.SCM_TIMESTAMPNS && len(m.Data) == 16 {
			at := time.Unix(int64(binary.NativeEndian.Uint64(m.Data)), int64(binary.NativeEndian.Uint64(m.Data[8:])))
			return now.Add(-max(0, now.Sub(at)))
		}
	}
	return now
}

// counts reports whether a datagram comes from the camera. Some cameras send from another port than they told: the first
// packet of the track says which it is.
func (u *datagrams) counts(i int, from netip.AddrPort, datagram []byte) bool {
	if from.Addr().Unmap().WithZone("") != u.source.WithZone("") {
		return false
	}
	if i == 0 && !u.sure && len(datagram) > 1 && datagram[0]>>6 == 2 && datagram[1]&0x7F == u.format.PayloadType() {
		u.sure = true
		if u.ports[0] != 0 {
			u.ports[0] = from.Port()
		}
	}
	return u.ports[i] == 0 || from.Port() == u.ports[i]
}

// waiting reports whether a datagram of RTP is there to be read.
func (u *datagrams) waiting() bool {
	is := false
	raw, err := u.socket[0].SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) {
			_, _, err := syscall.Recvfrom(int(fd), nil, syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
			is = err == nil
		})
	}
	return is && err == nil
}

// send sends to the camera, if its ports are known.
func (u *datagrams) send(i int, buf []byte) error {
	if u.ports[i] == 0 {
		return nil
	}
	_, err := u.socket[i].WriteToUDPAddrPort(buf, netip.AddrPortFrom(u.source, u.ports[i]))
	return err
}

// report tells the camera what has come.
func (u *datagrams) report(p rtcp.Packet) {
	if buf, err := p.Marshal(); err == nil {
		u.send(1, buf) //nolint:errcheck // the next one may get there
	}
}

// fail ends the session.
func (u *datagrams) fail(err error) {
	if errors.Is(err, net.ErrClosed) {
		return // by close
	}
	u.mu.Lock()
	if u.err == nil {
		u.err = err
	}
	u.mu.Unlock()
	u.end()
}

// cause returns what ended the session: what failed here, else err. u may be nil.
func (u *datagrams) cause(err error) error {
	if u == nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.err != nil {
		return u.err
	}
	return err
}

// close ends all that was begun and waits for it.
func (u *datagrams) close() {
	for _, s := range u.socket {
		if s != nil {
			s.Close()
		}
	}
	u.running.Wait()
	if stats := u.stats.Load(); stats != nil {
		stats.Close()
	}
}

// intake makes packets in their order of datagrams of any content.
type intake struct {
	payload uint8 // type of the track's packets; others are left out
	begun   bool
	ssrc    uint32    // whose packets are taken
	heard   time.Time // when its last one came
	other   arrival   // the last one of another source
	order   order
}

// take takes a datagram, which it does not keep, and returns the packets whose turn it is, until the next call.
func (in *intake) take(datagram []byte, now time.Time) []arrival {
	if len(datagram) == 0 {
		return nil
	}
	p := arrival{&rtp.Packet{}, now}
	if p.Unmarshal(bytes.Clone(datagram)) != nil || p.Version != 2 || p.PayloadType != in.payload {
		return nil
	}
	if in.begun && p.SSRC != in.ssrc {
		before := in.other
		in.other = p
		if now.Sub(in.heard) < sourceSilent || before.Packet == nil || before.SSRC != p.SSRC ||
			p.SequenceNumber != before.SequenceNumber+1 {
			return nil
		}
		// An encoder that was restarted.
		in.ssrc, in.heard, in.other = p.SSRC, now, arrival{}
		in.order.clear()
		in.order.follow(before, p)
		return in.order.out
	}
	in.begun, in.ssrc, in.heard = true, p.SSRC, now
	return in.order.add(p)
}
