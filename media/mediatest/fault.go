package mediatest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"
	"github.com/pion/rtp"

	"iocwall/media/rtsp"
)

// Fault is a way in which a camera misbehaves.
type Fault string

// The faults.
const (
	FaultNone    Fault = ""        // all is well
	FaultSilent  Fault = "silent"  // the connection stays, packets stop
	FaultFreeze  Fault = "freeze"  // packets and key frames go on, the picture stands still
	FaultRefuse  Fault = "refuse"  // every request is answered with 401 and readers are thrown out
	FaultFull    Fault = "full"    // readers are thrown out and new ones answered with 453
	FaultReset   Fault = "reset"   // all connections are reset once; the camera goes on at once
	FaultDown    Fault = "down"    // connections are reset and new ones refused until the fault ends
	FaultLoss    Fault = "loss"    // a share of the RTP packets is left out, 5 % unless SetLoss says otherwise
	FaultNoKey   Fault = "nokey"   // key frames are left out, all else is sent
	FaultGarbage Fault = "garbage" // packets keep their headers but carry random bytes
)

// Faults lists all faults but FaultNone.
func Faults() []Fault {
	return []Fault{
		FaultSilent, FaultFreeze, FaultRefuse, FaultFull, FaultReset, FaultDown, FaultLoss, FaultNoKey, FaultGarbage,
	}
}

// SetFault makes the camera misbehave from now on; FaultNone heals it.
func (c *Camera) SetFault(f Fault) error {
	known := f == FaultNone
	for _, k := range Faults() {
		known = known || f == k
	}
	if !known {
		return fmt.Errorf("%w: %q", ErrUnknownFault, f)
	}
	c.mu.Lock()
	c.fault = f
	var sessions []*gortsplib.ServerSession
	var conns []*gortsplib.ServerConn
	switch f {
	case FaultRefuse, FaultFull:
		for s := range c.sessions {
			sessions = append(sessions, s)
		}
	case FaultReset, FaultDown:
		for conn := range c.conns {
			conns = append(conns, conn)
		}
	}
	if f == FaultReset {
		c.fault = FaultNone
	}
	c.mu.Unlock()
	for _, s := range sessions {
		s.Close()
	}
	for _, conn := range conns {
		reset(conn)
	}
	return nil
}

// SetLoss sets the share of packets, 0 to 1, that FaultLoss leaves out.
func (c *Camera) SetLoss(share float64) {
	c.mu.Lock()
	c.rate = share
	c.mu.Unlock()
}

// reset ends a connection with a TCP reset.
func reset(conn *gortsplib.ServerConn) {
	if tcp, ok := conn.NetConn().(*net.TCPConn); ok {
		tcp.SetLinger(0) //nolint:errcheck // a connection that is gone already is as good
	}
	conn.NetConn().Close() //nolint:errcheck // see above
}

// current returns the fault in force and the share of packets to lose.
func (c *Camera) current() (Fault, float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rate > 0 {
		return c.fault, c.rate
	}
	return c.fault, 0.05
}

// down reports whether connections are to be refused.
func (c *Camera) down() bool {
	f, _ := c.current()
	return f == FaultDown
}

// send sends one unit of the clip as frame n of the camera's life.
func (c *Camera) send(at, n int, fault Fault, rate float64) {
	u := &c.clip.units[at]
	if fault == FaultSilent || fault == FaultNoKey && u.key {
		return
	}
	nalus := u.nalus
	if c.opts.Params == "sdp" {
		nalus = withoutParameters(c.clip.opts.Codec, nalus)
	}
	packets, err := c.encode(nalus)
	if err != nil {
		c.log.Error("camera cannot packetise a unit", "err", err)
		return
	}
	// The clip's own order of presentation matters with B-frames; the loop's repetitions follow each other without a gap.
	stamp := uint32((int64(n) + int64(u.pts-at)) * 90000 / int64(c.clip.opts.FPS))
	c.mu.Lock()
	c.counts.Frames++
	s := sending{u.number, time.Now()}
	if len(c.sent) < sentKept {
		c.sent = append(c.sent, s)
	} else {
		c.sent[c.next%sentKept] = s
		c.next++
	}
	c.mu.Unlock()
	for _, p := range packets {
		p.Timestamp = stamp
		if fault == FaultLoss && rand.Float64() < rate {
			continue
		}
		if fault == FaultGarbage {
			p = garble(p)
		}
		c.stream.WritePacketRTP(c.media, p) //nolint:errcheck // a reader that is gone is told by its own error
	}
}

// garble replaces the payload, keeping the first two bytes half of the time so that it looks like video.
func garble(p *rtp.Packet) *rtp.Packet {
	q := *p
	q.Payload = make([]byte, len(p.Payload))
	for i := range q.Payload {
		q.Payload[i] = byte(rand.Uint32())
	}
	if rand.IntN(2) == 0 {
		copy(q.Payload, p.Payload[:min(2, len(p.Payload))])
	}
	return &q
}

// withoutParameters drops VPS, SPS and PPS.
func withoutParameters(codec rtsp.Codec, nalus [][]byte) [][]byte {
	var out [][]byte
	for _, n := range nalus {
		if !rtsp.IsParameterSet(codec, n) {
			out = append(out, n)
		}
	}
	return out
}

// listener refuses connections while the camera is down.
type listener struct {
	net.Listener
	refuse func() bool
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil || !l.refuse() {
			return conn, err
		}
		if tcp, ok := conn.(*net.TCPConn); ok {
			tcp.SetLinger(0) //nolint:errcheck // it is closed in the next line
		}
		conn.Close() //nolint:errcheck // nothing was sent
	}
}

// handler answers the readers; it is apart from Camera so that its methods are not part of Camera's surface.
type handler struct{ c *Camera }

// OnConnOpen implements gortsplib.ServerHandlerOnConnOpen.
func (h *handler) OnConnOpen(ctx *gortsplib.ServerHandlerOnConnOpenCtx) {
	h.c.mu.Lock()
	defer h.c.mu.Unlock()
	h.c.counts.Connections++
	h.c.conns[ctx.Conn] = struct{}{}
}

// OnConnClose implements gortsplib.ServerHandlerOnConnClose.
func (h *handler) OnConnClose(ctx *gortsplib.ServerHandlerOnConnCloseCtx) {
	h.c.mu.Lock()
	defer h.c.mu.Unlock()
	delete(h.c.conns, ctx.Conn)
}

// OnSessionClose implements gortsplib.ServerHandlerOnSessionClose.
func (h *handler) OnSessionClose(ctx *gortsplib.ServerHandlerOnSessionCloseCtx) {
	h.c.mu.Lock()
	defer h.c.mu.Unlock()
	delete(h.c.sessions, ctx.Session)
}

// OnStreamWriteError implements gortsplib.ServerHandlerOnStreamWriteError.
func (h *handler) OnStreamWriteError(*gortsplib.ServerHandlerOnStreamWriteErrorCtx) {}

// admit checks path, credentials and places; it returns nil when the request may go on.
func (h *handler) admit(conn *gortsplib.ServerConn, req *base.Request, path string) (*base.Response, error) {
	c := h.c
	fault, _ := c.current()
	wrong := fault == FaultRefuse ||
		c.opts.User != "" && !conn.VerifyCredentials(req, c.opts.User, c.opts.Pass)
	if wrong {
		if fault == FaultRefuse {
			conn.VerifyCredentials(req, "nobody", "nothing") // makes the challenge
		}
		if len(req.Header["Authorization"]) > 0 {
			c.mu.Lock()
			c.counts.Logins++
			c.mu.Unlock()
		}
		return &base.Response{StatusCode: base.StatusUnauthorized}, liberrors.ErrServerAuth{}
	}
	if path != c.opts.Path {
		return &base.Response{StatusCode: base.StatusNotFound}, nil
	}
	c.mu.Lock()
	ready, playing := c.stream != nil, len(c.sessions)
	c.mu.Unlock()
	if !ready {
		return &base.Response{StatusCode: base.StatusServiceUnavailable}, nil
	}
	if fault == FaultFull || c.opts.MaxSessions > 0 && playing >= c.opts.MaxSessions {
		return &base.Response{StatusCode: base.StatusNotEnoughBandwidth}, nil
	}
	return nil, nil
}

// OnDescribe implements gortsplib.ServerHandlerOnDescribe.
func (h *handler) OnDescribe(ctx *gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	if res, err := h.admit(ctx.Conn, ctx.Request, ctx.Path); res != nil {
		return res, nil, err
	}
	return &base.Response{StatusCode: base.StatusOK}, h.c.stream, nil
}

// OnSetup implements gortsplib.ServerHandlerOnSetup.
func (h *handler) OnSetup(ctx *gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	if res, err := h.admit(ctx.Conn, ctx.Request, ctx.Path); res != nil {
		return res, nil, err
	}
	return &base.Response{StatusCode: base.StatusOK}, h.c.stream, nil
}

// OnPlay implements gortsplib.ServerHandlerOnPlay.
func (h *handler) OnPlay(ctx *gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	h.c.mu.Lock()
	defer h.c.mu.Unlock()
	h.c.counts.Sessions++
	h.c.sessions[ctx.Session] = struct{}{}
	h.c.counts.Peak = max(h.c.counts.Peak, len(h.c.sessions))
	return &base.Response{StatusCode: base.StatusOK}, nil
}
