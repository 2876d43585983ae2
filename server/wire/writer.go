package wire

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"iocwall/server/wire/message"
	"iocwall/server/world"
)

// write sends until the session ends, then says why.
func (s *session) write() {
	err := s.follower().run()
	if err != nil {
		var ne net.Error
		if errors.As(err, &ne) && ne.Timeout() {
			s.end(Slow, "a frame could not be written in time")
		} else {
			s.end(0, "")
		}
		s.conn.Close() // a frame may be half written: nothing can be said any more
		return
	}
	s.mu.Lock()
	why, text := s.why, s.text
	s.mu.Unlock()
	if why == 0 {
		s.conn.Close()
		return
	}
	deadline := time.Now().Add(goodbyeWithin)
	// Neither can fail in a way that asks for more than the close that follows.
	_ = s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(int(why), closeText(why, text)), deadline)
	_ = s.conn.SetReadDeadline(deadline)
}

// closeText is the reason in words, cut to what a close frame holds.
func closeText(why Reason, text string) string {
	if text == "" {
		return why.String()
	}
	t := why.String() + ": " + text
	for len(t) > 120 {
		r := []rune(t)
		t = string(r[:len(r)-1])
	}
	return t
}

// follower is the writer's own state.
type follower struct {
	s        *session
	st       *stream
	next     uint64
	catching time.Time // since when the client comes up to date; zero when it is
	grantAt  time.Time // when the grant is to be renewed; zero for never
	greeted  bool
}

func (s *session) follower() *follower { return &follower{s: s} }

// run returns nil when the session is to end and the error of a failed write.
func (w *follower) run() error {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for w.s.ctx.Err() == nil {
		if err := w.controls(); err != nil {
			return err
		}
		more, err := w.step()
		if err != nil {
			return err
		}
		if more {
			continue
		}
		wait := time.Hour
		if !w.grantAt.IsZero() {
			wait = time.Until(w.grantAt)
		}
		timer.Reset(wait)
		select {
		case <-w.s.ctx.Done():
		case <-w.s.wake:
		case <-timer.C:
		}
		if !w.grantAt.IsZero() && !time.Now().Before(w.grantAt) {
			w.grant()
		}
	}
	return nil
}

// step sends the next thing there is and reports whether there was one.
func (w *follower) step() (bool, error) {
	s := w.s
	s.mu.Lock()
	p := s.plan
	s.plan = nil
	s.mu.Unlock()
	if p != nil {
		return true, w.begin(*p)
	}
	if w.st == nil {
		return false, nil
	}
	w.st.mu.Lock()
	seg, there, gone := w.st.ring.get(w.next)
	behind := w.st.ring.total - seg.end
	w.st.mu.Unlock()
	now := time.Now()
	switch {
	case gone:
		s.end(Slow, "what comes next is no longer kept")
		return false, nil
	case !there:
		w.catching = time.Time{}
		s.behind.Store(0)
		return false, nil
	}
	s.behind.Store(behind)
	late := behind > int64(s.h.o.QueueBytes) || now.Sub(seg.at) > queueAge
	if w.catching.IsZero() && late || !w.catching.IsZero() && now.Sub(w.catching) > catchUp {
		s.end(Slow, fmt.Sprintf("%d kB and %d s behind", behind>>10, int(now.Sub(seg.at).Seconds())))
		return false, nil
	}
	if err := w.send(seg.frames); err != nil {
		return false, err
	}
	s.sent.Store(seg.head.To)
	w.next++
	return true, nil
}

// begin brings the client to where the stream goes on.
func (w *follower) begin(p plan) error {
	s := w.s
	w.st, w.next, w.catching = p.st, p.next, time.Now()
	if !w.greeted {
		w.greeted = true
		hello := message.Down{
			M: message.Welcome, Version: message.Version, Session: s.id, Epoch: p.st.epoch,
			Now: world.TimeOf(time.Now()), View: p.st.print, Resumed: p.resume,
		}
		if s.other {
			hello.Shapes = message.Hex(s.h.shapes)
		}
		if err := w.small(message.Encode(hello)); err != nil {
			return err
		}
	}
	w.grant()
	switch {
	case p.snap != nil:
		if err := w.send(p.snap.encode(s.h.unsendable)); err != nil {
			return err
		}
		s.sent.Store(p.snap.head.To)
	case p.to != 0:
		var failed error
		err := s.h.replay(s.ctx, p, func(frames []*websocket.PreparedMessage) error {
			failed = w.send(frames)
			return failed
		})
		if failed != nil {
			return failed
		}
		if err != nil && s.ctx.Err() == nil {
			s.h.log.Warn("journal could not be replayed, the client takes a snapshot", "session", s.id, "err", err)
			return w.snapshotInstead()
		}
		s.sent.Store(p.to)
	}
	return nil
}

func (w *follower) snapshotInstead() error {
	s := w.s
	s.mu.Lock()
	ident, want := s.ident, s.want
	s.mu.Unlock()
	w.st = nil
	v, err := viewOf(ident, want)
	if err == nil {
		err = s.attach(v, place{}, true)
	}
	if err != nil {
		s.fail(err)
	}
	return nil
}

// send writes prepared frames; small messages go between them.
func (w *follower) send(frames []*websocket.PreparedMessage) error {
	for _, f := range frames {
		select {
		case <-w.s.ctx.Done():
			return nil // the session ends; it is not the network's fault
		default:
		}
		if err := w.controls(); err != nil {
			return err
		}
		w.s.conn.EnableWriteCompression(true)
		_ = w.s.conn.SetWriteDeadline(time.Now().Add(writeWithin)) // it only notes the time
		if err := w.s.conn.WritePreparedMessage(f); err != nil {
			return err
		}
		w.s.frames.Add(1)
	}
	return nil
}

// controls writes the small messages that wait, once the client was greeted.
func (w *follower) controls() error {
	if !w.greeted {
		return nil
	}
	w.s.mu.Lock()
	list := w.s.control
	w.s.control = nil
	w.s.mu.Unlock()
	for _, raw := range list {
		if err := w.small(raw); err != nil {
			return err
		}
	}
	return nil
}

func (w *follower) small(raw []byte) error {
	w.s.conn.EnableWriteCompression(false)
	_ = w.s.conn.SetWriteDeadline(time.Now().Add(writeWithin)) // it only notes the time
	if err := w.s.conn.WriteMessage(websocket.TextMessage, raw); err != nil {
		return err
	}
	w.s.frames.Add(1)
	return nil
}

// grant asks for a right to the relay, queues it and notes when to renew it: when
// four fifths of its time are over, and after an hour at the latest, so that a client
// which loses the server has nearly all of a long one left.
func (w *follower) grant() {
	w.grantAt = time.Time{}
	if w.s.h.o.Grant == nil {
		return
	}
	g := w.s.h.o.Grant(w.s.identity())
	if g == nil {
		return
	}
	w.s.push(message.Down{M: message.Relay, URL: g.URL, Token: g.Token, Expires: g.Expires})
	if g.Expires != 0 {
		left := time.Until(g.Expires.Std())
		w.grantAt = time.Now().Add(min(max(left*4/5, 5*time.Second), time.Hour))
	}
}

// door takes the connection out of the HTTP server and counts its bytes.
type door struct {
	http.ResponseWriter
	bytes atomic.Uint64
}

// Hijack implements http.Hijacker.
func (d *door) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, brw, err := http.NewResponseController(d.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, fmt.Errorf("wire: take over the connection: %w", err)
	}
	setWriteBuffer(conn)
	return &counted{Conn: conn, bytes: &d.bytes}, brw, nil
}

// setWriteBuffer keeps the kernel from hiding that a client does not read.
func setWriteBuffer(conn net.Conn) {
	if t, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = t.NetConn()
	}
	if t, ok := conn.(*net.TCPConn); ok {
		_ = t.SetWriteBuffer(writeBuffer) // the default serves as well, only later
	}
}

type counted struct {
	net.Conn
	bytes *atomic.Uint64
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.bytes.Add(uint64(max(n, 0)))
	return n, err
}
