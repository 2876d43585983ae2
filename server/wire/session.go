package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"iocwall/server/act"
	"iocwall/server/wire/message"
	"iocwall/server/world"
)

const (
	// helloWithin is how long a client may take to say who it is, silentAfter
	// how long nothing may be heard of one (it acknowledges every second),
	// stuckAfter how long one may receive nothing of what was sent to it.
	helloWithin = 10 * time.Second
	silentAfter = 15 * time.Second
	stuckAfter  = 30 * time.Second
	// writeWithin is how long one frame may take, queueAge how old a batch may
	// be when its turn comes, catchUp how long coming up to date may take.
	writeWithin = 2 * time.Second
	queueAge    = 15 * time.Second
	catchUp     = 2 * time.Minute
	// goodbyeWithin is how long a client has to read why it was closed.
	goodbyeWithin = time.Second
	writeBuffer   = 64 << 10
	// maxControl is how many small messages wait for one client.
	maxControl = 256
)

// session is the server's end of one connection. The goroutine of the HTTP
// request reads, one other writes.
type session struct {
	h     *Hub
	id    string
	conn  *websocket.Conn
	bytes *atomic.Uint64
	since time.Time

	ctx    context.Context
	cancel context.CancelFunc
	wake   chan struct{}

	heard  atomic.Int64 // how long after since something was heard
	sent   atomic.Uint64
	frames atomic.Uint64
	behind atomic.Int64

	mu       sync.Mutex
	ident    Identity
	name     string
	want     message.Want
	other    bool // the client's program has entities of other shapes; before it has a plan
	st       *stream
	plan     *plan
	control  [][]byte
	why      Reason
	text     string
	ended    bool
	acked    uint64
	got      uint64
	gotAt    time.Time // when got last moved or had nothing to move to
	asked    int       // commands being done
	resynced time.Time
}

// Upgrade makes the request a websocket and serves it until the connection
// ends. The caller has authenticated it. What cannot be upgraded is answered
// with an HTTP error.
func (h *Hub) Upgrade(w http.ResponseWriter, r *http.Request, id Identity) {
	if !h.enter() {
		http.Error(w, "the server stops", http.StatusServiceUnavailable)
		return
	}
	defer h.wg.Done()
	door := &door{ResponseWriter: w}
	conn, err := h.upgrader.Upgrade(door, r, nil)
	if err != nil {
		h.log.Debug("upgrade refused", "user", id.User, "remote", r.RemoteAddr, "err", err)
		return
	}
	defer conn.Close()
	s := &session{
		h: h, conn: conn, bytes: &door.bytes, ident: id, name: id.Name,
		since: time.Now(), wake: make(chan struct{}, 1),
	}
	s.ctx, s.cancel = context.WithCancel(h.ctx)
	defer s.cancel()
	if !h.register(s) {
		return
	}
	h.log.Info("client connected", "session", s.id, "user", id.User, "remote", r.RemoteAddr)
	s.serve()
	h.unregister(s)
}

func (h *Hub) register(s *session) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.over {
		return false
	}
	h.lastID++
	s.id = fmt.Sprintf("c%d", h.lastID)
	h.sessions = append(h.sessions, s)
	return true
}

func (h *Hub) unregister(s *session) {
	s.mu.Lock()
	st, why, text, name, ident := s.st, s.why, s.text, s.name, s.ident
	s.mu.Unlock()
	if st != nil {
		st.mu.Lock()
		delete(st.clients, s)
		st.mu.Unlock()
	}
	h.mu.Lock()
	for i := range h.sessions {
		if h.sessions[i] == s {
			h.sessions = append(h.sessions[:i:i], h.sessions[i+1:]...)
			break
		}
	}
	h.counts.Closed[why.String()]++
	h.mu.Unlock()
	h.log.Info("client gone", "session", s.id, "name", name, "reason", why.String(), "detail", text)
	if st != nil {
		h.o.Moved(ident, closeText(why, text))
	}
}

// serve runs the connection. When the client is to go, the writer says why and
// gives the reader a moment to see the answer.
func (s *session) serve() {
	var wg sync.WaitGroup
	wg.Go(s.write)
	if err := s.greet(); err != nil {
		s.fail(err)
	}
	s.read()
	s.end(0, "")
	wg.Wait()
}

// fail ends the session because of what came, or did not come, from the client.
func (s *session) fail(err error) {
	switch {
	case errors.Is(err, errGone):
		s.end(0, "")
	case errors.Is(err, os.ErrDeadlineExceeded):
		s.mu.Lock()
		unread := s.got < s.sent.Load()
		s.mu.Unlock()
		if unread {
			s.end(Slow, "the client does not read")
		} else {
			s.end(Silent, "nothing heard of the client")
		}
	default:
		s.end(Protocol, err.Error())
	}
}

var errGone = errors.New("wire: connection gone")

// receive reads one message. A connection that ended gives errGone.
func (s *session) receive(within time.Duration) (message.Up, error) {
	s.mu.Lock()
	if !s.ended {
		s.conn.SetReadDeadline(time.Now().Add(within)) //nolint:errcheck // a dead connection fails to read as well
	}
	s.mu.Unlock()
	kind, r, err := s.conn.NextReader()
	if err != nil {
		return message.Up{}, ofRead(err)
	}
	data, err := io.ReadAll(io.LimitReader(r, message.MaxUp+1))
	if err != nil {
		return message.Up{}, ofRead(err)
	}
	if kind != websocket.TextMessage {
		return message.Up{}, errors.New("wire: a message that is not text")
	}
	s.heard.Store(int64(time.Since(s.since)))
	return message.DecodeUp(data)
}

func ofRead(err error) error {
	var ne net.Error
	switch {
	case errors.As(err, &ne) && ne.Timeout():
		return os.ErrDeadlineExceeded
	case websocket.IsCloseError(err, websocket.CloseProtocolError, websocket.CloseMessageTooBig):
		return fmt.Errorf("wire: %w", err)
	}
	var ce *websocket.CloseError
	if errors.As(err, &ce) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &ne) {
		return errGone
	}
	// What is left is gorilla's word on frames that break RFC 6455, and deflate's on its data.
	return fmt.Errorf("wire: %w", err)
}

// greet reads the hello and attaches the session to its view.
func (s *session) greet() error {
	s.conn.SetReadLimit(message.MaxUp)
	f, err := s.receive(helloWithin)
	if err != nil {
		return err
	}
	if f.M != message.Hello {
		return fmt.Errorf("wire: the first message is %q, not hello", f.M)
	}
	s.mu.Lock()
	if f.Name != "" {
		s.name = f.Name
	}
	if f.Want != nil {
		s.want = *f.Want
	}
	s.gotAt = time.Now()
	s.other = f.Shape != "" && f.Shape != message.Shape(s.h.shapes)
	ident := s.ident
	s.mu.Unlock()
	v, err := viewOf(ident, s.want)
	if err != nil {
		return err
	}
	at := place{at: world.Position{Epoch: f.Epoch, Seq: f.Seq}, view: f.View}
	if err := s.attach(v, at, false); err != nil {
		return err
	}
	s.h.o.Moved(ident, "")
	return nil
}

// attach goes through the loop.
func (s *session) attach(v View, at place, fresh bool) error {
	var inner error
	err := s.h.o.OnLoop(s.ctx, func(state *world.State) { inner = s.h.attach(state, s, v, at, fresh) })
	if err != nil {
		s.end(Shutdown, "the server stops")
		return errGone
	}
	return inner
}

// follow puts the session on a stream. The caller is on the loop.
func (s *session) follow(p plan) {
	s.mu.Lock()
	old := s.st
	s.st, s.plan = p.st, &p
	s.mu.Unlock()
	if old != nil && old != p.st {
		old.mu.Lock()
		delete(old.clients, s)
		old.mu.Unlock()
	}
	p.st.mu.Lock()
	p.st.clients[s] = struct{}{}
	p.st.mu.Unlock()
	// A session that ended meanwhile may have looked before it was in the list;
	// one that ends from here on finds itself there.
	s.mu.Lock()
	ended := s.ended
	s.mu.Unlock()
	if ended {
		p.st.mu.Lock()
		delete(p.st.clients, s)
		p.st.mu.Unlock()
	}
	s.stir()
}

func (s *session) stir() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// end asks the writer to close the connection; the first reason stands.
func (s *session) end(why Reason, text string) {
	s.mu.Lock()
	if !s.ended {
		s.ended, s.why, s.text = true, why, text
	}
	s.mu.Unlock()
	s.cancel()
}

func (s *session) identity() Identity {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ident
}

// regrant sets new rights and returns the view they give.
func (s *session) regrant(id Identity) (View, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ident = id
	return viewOf(id, s.want)
}

func (s *session) stats(head uint64) (ClientStats, *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := ClientStats{
		Session: s.id, User: s.ident.User, Name: s.name, Role: s.ident.Role,
		Since: world.TimeOf(s.since), Silent: time.Since(s.since) - time.Duration(s.heard.Load()), Sent: s.sent.Load(), Acked: s.acked,
		Bytes: s.bytes.Load(), Frames: s.frames.Load(), Behind: int(s.behind.Load()),
	}
	if head > s.acked {
		c.Lag = head - s.acked
	}
	if s.st != nil {
		c.View = s.st.print
	}
	return c, s.st
}

// read handles the client's messages until the connection ends.
func (s *session) read() {
	for {
		f, err := s.receive(silentAfter)
		if s.ctx.Err() != nil && err == nil {
			continue // it is being told to go
		}
		if err == nil {
			err = s.handle(f)
		}
		if err != nil {
			s.fail(err)
			s.drain()
			return
		}
	}
}

// drain reads what still comes, so that closing does not reset the connection
// before the client has read why.
func (s *session) drain() {
	for {
		if _, _, err := s.conn.NextReader(); err != nil {
			break
		}
	}
	// Frames that cannot be read are still to be taken from the network. The
	// writer sets the deadline that ends this.
	_, _ = io.Copy(io.Discard, s.conn.NetConn())
}

func (s *session) handle(f message.Up) error {
	switch f.M {
	case message.Ack:
		s.ack(f)
		return nil
	case message.Command:
		return s.command(f.Command)
	}
	return fmt.Errorf("wire: unexpected message %q", f.M)
}

func (s *session) ack(f message.Up) {
	now, sent := time.Now(), s.sent.Load()
	s.mu.Lock()
	if f.Got != s.got || f.Got >= sent {
		s.gotAt = now
	}
	s.got, s.acked = f.Got, min(f.Seq, sent)
	stuck := now.Sub(s.gotAt) > stuckAfter
	s.mu.Unlock()
	if stuck {
		s.end(Slow, "the client does not read")
		return
	}
	if f.Sent != 0 {
		s.push(message.Down{M: message.Clock, Sent: f.Sent, Now: world.TimeOf(now)})
	}
}

// push queues a small message.
func (s *session) push(f any) {
	raw := message.Encode(f)
	s.mu.Lock()
	full := len(s.control) >= maxControl
	if !full {
		s.control = append(s.control, raw)
	}
	s.mu.Unlock()
	if full {
		s.end(Slow, "the client does not read its answers")
		return
	}
	s.stir()
}

// command hands a command on and answers when it is done.
func (s *session) command(raw json.RawMessage) error {
	cmd, id, err := message.DecodeCommand(raw)
	if err != nil {
		if id == "" {
			return err
		}
		s.answer(world.Refused(id, world.Refuse("wire.command", "{why}", "why", err)))
		return nil
	}
	if r, ok := cmd.Act.(act.Resync); ok {
		s.resync(cmd.ID, r)
		return nil
	}
	s.mu.Lock()
	free, ident, key := s.asked < maxAsked, s.ident, s.ident.User+"\x00"+s.ident.Token+"\x00"+s.name
	if free {
		s.asked++
	}
	s.mu.Unlock()
	switch {
	case !free:
		s.answer(world.Refused(id, world.Refuse("wire.many", "too many commands at once")))
	case s.h.o.Command == nil:
		s.done()
		s.answer(world.Refused(id, world.Refuse("wire.deaf", "this server takes no commands")))
	case s.h.enter():
		go func() {
			defer s.h.wg.Done()
			s.ask(key, ident, cmd)
		}()
	default:
		s.done()
	}
	return nil
}

// ask does the command, or waits for the same one being done.
func (s *session) ask(key string, ident Identity, cmd act.Command) {
	a, mine := s.h.answers.ask(key, cmd.ID)
	if mine {
		r := s.h.o.Command(s.h.ctx, ident, cmd)
		r.ID = cmd.ID
		a.give(r)
	}
	select {
	case <-a.done:
	case <-s.ctx.Done():
	}
	s.done() // first: the answer may bring the next command at once
	if s.ctx.Err() == nil {
		s.answer(a.receipt)
	}
}

func (s *session) done() {
	s.mu.Lock()
	s.asked--
	s.mu.Unlock()
}

func (s *session) answer(r world.Receipt) {
	s.push(message.ReceiptDown{M: message.Receipt, Receipt: r})
}

// resync gives the client a snapshot because its digest did not agree.
func (s *session) resync(id string, r act.Resync) {
	s.mu.Lock()
	soon := time.Since(s.resynced) < resyncGap
	if !soon {
		s.resynced = time.Now()
	}
	ident, want := s.ident, s.want
	s.mu.Unlock()
	if soon {
		s.answer(world.Refused(id, world.Refuse("wire.resync", "a snapshot was sent a moment ago")))
		return
	}
	s.h.mu.Lock()
	s.h.counts.Alarms++
	s.h.mu.Unlock()
	s.h.log.Error("digest of client does not agree, it gets a snapshot", "session", s.id, "user", ident.User, "at", r.At.String(), "kinds", r.Kinds)
	if !s.h.enter() {
		return
	}
	go func() {
		defer s.h.wg.Done()
		if s.h.o.Alarm != nil {
			s.h.o.Alarm(ident, r.At, r.Kinds)
		}
		v, err := viewOf(ident, want)
		if err == nil {
			err = s.attach(v, place{}, true)
		}
		if err != nil {
			s.fail(err)
			return
		}
		s.answer(world.Receipt{ID: id, OK: true})
	}()
}

const (
	// maxAsked is how many commands of one client are done at a time.
	maxAsked = 8
	// resyncGap is the least time between two snapshots a client asks for.
	resyncGap = 5 * time.Second
)
