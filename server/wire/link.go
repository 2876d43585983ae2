package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"iocwall/server/wire/message"
	"iocwall/server/world"
)

// refusedError is the server's answer to a token it does not accept.
type refusedError struct{ status int }

func (e *refusedError) Error() string {
	if e.status == http.StatusForbidden {
		return "the server does not allow this token here (403): ask for the right, or use another token"
	}
	return "the server does not know this token (401): make one with wallsrv token add"
}

var errSilentServer = errors.New("wire: nothing heard of the server")

// link is one connection of a client.
type link struct {
	c    *Client
	conn *websocket.Conn
	done chan struct{}

	// The batch being received.
	items []world.Item
	fresh *world.State

	others []string // kinds whose entities hold something else at the server

	mu    sync.Mutex
	got   uint64
	hello time.Time // when that was sent
	asked time.Time // when the last ack was
}

// connect makes one connection and serves it until it ends.
func (c *Client) connect(ctx context.Context) error {
	conn, err := c.dial(ctx)
	if err != nil {
		return err
	}
	l := &link{c: c, conn: conn, done: make(chan struct{}), got: c.at.Seq}
	hello := c.hello()
	var wg sync.WaitGroup
	var wrote error
	wg.Go(func() { wrote = l.write(ctx, hello) })
	err = l.read(ctx)
	close(l.done)
	conn.Close()
	wg.Wait()
	if wrote != nil && reasonOf(err) == 0 && ctx.Err() == nil && !errors.Is(err, errSilentServer) {
		return fmt.Errorf("wire: write to the server: %w", wrote)
	}
	return err
}

func (c *Client) dial(ctx context.Context) (*websocket.Conn, error) {
	token, err := c.o.Token()
	if err != nil {
		return nil, fmt.Errorf("wire: read the token: %w", err)
	}
	d := websocket.Dialer{
		NetDialContext: c.o.Dial, TLSClientConfig: c.o.TLS, HandshakeTimeout: helloWithin,
		EnableCompression: true, ReadBufferSize: 16 << 10, WriteBufferSize: 4 << 10,
	}
	conn, resp, err := d.DialContext(ctx, c.o.URL, http.Header{"Authorization": {"Bearer " + token}})
	if resp != nil {
		resp.Body.Close()
		if resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden {
			return nil, &refusedError{resp.StatusCode}
		}
		if err != nil {
			return nil, fmt.Errorf("wire: %s answered %s: %w", c.o.URL, resp.Status, err)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("wire: connect to %s: %w", c.o.URL, err)
	}
	conn.EnableWriteCompression(false)
	return conn, nil
}

// hello says where the client is and what it wants.
func (c *Client) hello() []byte {
	f := message.Up{
		M: message.Hello, Version: message.Version, Name: c.o.Name, Epoch: c.at.Epoch, Seq: c.at.Seq, View: c.view,
		Shape: message.Shape(c.shapes),
	}
	if len(c.o.Kinds) > 0 || c.o.Rate > 0 {
		f.Want = &message.Want{Kinds: c.o.Kinds, Rate: c.o.Rate}
	}
	return message.Encode(f)
}

// write says hello, acknowledges, and sends commands. It closes the connection
// when it fails or ctx is done.
func (l *link) write(ctx context.Context, hello []byte) error {
	l.mu.Lock()
	l.hello = time.Now()
	l.mu.Unlock()
	err := l.send(hello)
	l.c.out.Renew()
	// The first answers come quickly, since the clock is estimated by them.
	gap := 50 * time.Millisecond
	tick := time.NewTimer(gap)
	defer tick.Stop()
	for err == nil {
		select {
		case <-l.done:
			return nil
		case <-ctx.Done():
			bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
			_ = l.conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(goodbyeWithin)) // it is over either way
			l.conn.Close()
			return nil
		case <-tick.C:
			err = l.ack()
			gap = min(2*gap, time.Second)
			tick.Reset(gap)
		case <-l.c.out.More():
			for _, raw := range l.c.out.Take(maxAsked) {
				if err = l.send(message.Encode(message.Up{M: message.Command, Command: raw})); err != nil {
					break
				}
			}
		}
	}
	l.conn.Close()
	return err
}

func (l *link) send(raw []byte) error {
	_ = l.conn.SetWriteDeadline(time.Now().Add(silentAfter)) // it only notes the time
	return l.conn.WriteMessage(websocket.TextMessage, raw)
}

// ack says how far the consumer is, and asks for the server's clock.
func (l *link) ack() error {
	applied := l.c.in.Acked()
	l.mu.Lock()
	l.asked = time.Now()
	f := message.Up{M: message.Ack, Seq: applied, Got: l.got, Sent: world.TimeOf(l.asked)}
	l.mu.Unlock()
	return l.send(message.Encode(f))
}

// sent returns when the ack with the stamp was sent, the last one to the
// nanosecond, or the hello for zero.
func (l *link) sent(stamp world.Time) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch stamp {
	case 0:
		return l.hello
	case world.TimeOf(l.asked):
		return l.asked
	}
	return stamp.Std()
}

// read takes messages until the connection ends.
func (l *link) read(ctx context.Context) error {
	l.conn.SetReadLimit(message.MaxDown)
	for {
		_ = l.conn.SetReadDeadline(time.Now().Add(2 * silentAfter)) // a dead connection fails to read as well
		_, r, err := l.conn.NextReader()
		var data []byte
		if err == nil {
			data, err = io.ReadAll(io.LimitReader(r, message.MaxDown+1))
		}
		if err != nil {
			var ne net.Error
			if errors.As(err, &ne) && ne.Timeout() {
				return errSilentServer
			}
			return err
		}
		if len(data) > message.MaxDown {
			return errors.New("wire: the server sent a message that is too long")
		}
		f, err := message.DecodeDown(data)
		if err == nil {
			err = l.handle(ctx, &f)
		}
		if err != nil {
			// What cannot be understood cannot be built upon.
			l.c.at, l.c.view = world.Position{}, ""
			return err
		}
	}
}

func (l *link) handle(ctx context.Context, f *message.Down) error {
	switch f.M {
	case message.Welcome:
		if f.Version != message.Version {
			return fmt.Errorf("wire: the server speaks version %d, this program speaks %d: update one of them", f.Version, message.Version)
		}
		l.c.log.Info("connected to the server", "url", l.c.o.URL, "session", f.Session, "resumed", f.Resumed, "epoch", f.Epoch)
		var err error
		if l.others, err = f.Others(l.c.shapes); err != nil {
			return err
		}
		if len(l.others) > 0 {
			l.c.log.Warn("the server is of another version: update the older one; these kinds are not checked meanwhile", "kinds", l.others)
		}
		offset, most, _ := l.c.clock.Echo(l.sent(0), f.Now, time.Now())
		l.c.in.Up(offset, most)
	case message.Batch:
		return l.batch(ctx, f)
	case message.Receipt:
		if l.c.out.Answered(f.ID) {
			l.c.in.Receipts([]world.Receipt{{ID: f.ID, OK: f.OK, Seq: f.Seq, Reason: f.Reason, Code: f.Code, Values: f.Values}})
		}
	case message.Relay:
		l.c.in.Relay(world.RelayGrant{URL: f.URL, Token: f.Token, Expires: f.Expires})
	case message.Clock:
		if offset, most, moved := l.c.clock.Echo(l.sent(f.Sent), f.Now, time.Now()); moved {
			l.c.in.Up(offset, most)
		}
	}
	return nil
}

// batch takes one part of a batch and delivers the batch with its last part.
func (l *link) batch(ctx context.Context, f *message.Down) error {
	if f.First() {
		l.items, l.fresh = nil, nil
		if f.Snapshot {
			l.fresh = world.New(f.Epoch)
		}
	}
	if f.Snapshot != (l.fresh != nil) {
		return errors.New("wire: part of a snapshot without its beginning")
	}
	if !f.Snapshot && (f.Epoch != l.c.at.Epoch || f.From != l.c.at.Seq) {
		return fmt.Errorf("wire: batch from %d:%d, the client is at %s", f.Epoch, f.From, l.c.at)
	}
	items := l.decode(f.Items)
	if l.fresh != nil {
		if _, err := l.fresh.ApplyBatch(&world.Batch{Items: items}, nil); err != nil {
			return fmt.Errorf("wire: snapshot: %w", err)
		}
	} else {
		l.items = append(l.items, items...)
	}
	if !f.Last() {
		return nil
	}
	b := world.Batch{Epoch: f.Epoch, From: f.From, To: f.To, Seen: f.Seen, Items: l.items}
	if l.fresh != nil {
		var err error
		if b.Snapshot, err = l.fresh.ApplyBatch(&world.Batch{Epoch: f.Epoch, To: f.To, Seen: f.Seen}, nil); err != nil {
			return fmt.Errorf("wire: snapshot: %w", err)
		}
		l.c.view = f.View
	}
	check, err := f.Digest()
	if err != nil {
		return err
	}
	b.Check, b.Unchecked = check, append(slices.Sorted(maps.Keys(l.c.odd)), l.others...)
	l.items, l.fresh = nil, nil
	l.c.at = world.Position{Epoch: f.Epoch, Seq: f.To}
	l.mu.Lock()
	l.got = f.To
	l.mu.Unlock()
	return l.c.in.Put(ctx, b, l.c.view)
}

// decode reads items. One this program does not know is left out, its kind
// remembered and told once.
func (l *link) decode(raw []message.Item) []world.Item {
	out := make([]world.Item, 0, len(raw))
	for i := range raw {
		it, err := raw[i].World()
		if err == nil {
			out = append(out, it)
			continue
		}
		if kind := raw[i].Kind; !l.c.odd[kind] {
			l.c.odd[kind] = true
			l.c.log.Error("item from the server is not understood, its kind is not checked any more", "kind", kind, "err", err)
		}
	}
	return out
}
