package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"iocwall/media/rtsp"
	"iocwall/server/act"
	"iocwall/server/dial"
	"iocwall/server/wire"
	"iocwall/server/world"
	"iocwall/ui/words"
)

// ownReceipts begins the ids of commands whose receipts nobody waits for.
const ownReceipts = "node-report-"

// nodeRetry is how often a wall computer tries to reach its server.
const nodeRetry = time.Second

// feed is the server's feed as the client reads it, and the right to fetch
// pictures that comes with it. A wall computer's begins with what is on its disk.
type feed struct {
	client *wire.Client
	lang   *words.Lang
	home   *home   // nil for a desk
	memory *memory // nil for a desk
	c      *connection

	cold *recalled // until the server was reached for the first time
	told bool      // that cold was handed out

	mu      sync.Mutex
	link    world.Link
	grant   world.RelayGrant
	granted chan struct{} // closed when there is a first grant
}

// newFeed makes the feed; h is the folder of a wall computer, nil for a desk.
func newFeed(c *connection, name string, h *home) (*feed, error) {
	t, err := dial.TLS(c.CA)
	if err != nil {
		return nil, err
	}
	f := &feed{home: h, c: c, granted: make(chan struct{})}
	if f.lang, err = words.Load(c.Lang); err != nil {
		return nil, err
	}
	o := wire.ClientOptions{URL: c.Server, Token: c.token, Name: name, Logger: c.logger(), TLS: t}
	if c.session != nil {
		o.Token = c.session.Wait
	}
	if h != nil {
		o.RetryWithin = nodeRetry
		f.memory = newMemory(h, c.Server, c.logger())
		if f.cold = f.memory.recall(); f.cold != nil {
			o.At, o.View = f.cold.state.At(), f.cold.View
		}
	}
	if f.client, err = wire.NewClient(o); err != nil {
		return nil, err
	}
	return f, nil
}

// Next returns the next batch, what is on disk first, and keeps what is in it.
func (f *feed) Next(ctx context.Context) (world.Batch, error) {
	if b, ok := f.first(); ok {
		return b, nil
	}
	b, err := f.client.Next(ctx)
	if err != nil {
		return b, err
	}
	if b.Link != nil {
		f.linked(&b)
	}
	if f.memory != nil {
		_, view := f.client.At()
		f.memory.take(&b, view)
	}
	if b.Relay != nil {
		f.keep(*b.Relay)
		if f.home != nil {
			if err := f.home.keepGrant(f.c.Server, *b.Relay); err != nil {
				f.c.logger().Warn("the right to fetch pictures is not kept for a start without the server", "error", err)
			}
		}
	}
	b.Receipts = f.mine(b.Receipts)
	return b, nil
}

// first returns what is on disk, once: the state as it was, with a link that is
// down, and the right to fetch pictures.
func (f *feed) first() (world.Batch, bool) {
	if f.told || f.home == nil {
		return world.Batch{}, false
	}
	f.told = true
	g := f.home.grant(f.c.Server)
	if g != nil {
		f.keep(*g)
	}
	if f.cold == nil {
		return world.Batch{Relay: g}, g != nil
	}
	at := f.cold.state.At()
	b := world.Batch{
		Epoch: at.Epoch, To: at.Seq, Seen: f.cold.state.Seen(), Snapshot: f.cold.state, Relay: g,
		Link: &world.Link{Since: f.cold.Heard, Offset: f.cold.Offset},
	}
	f.linked(&b)
	f.c.logger().Info("the wall is shown as it was last known, until the server is reached", "at", at.String(), "heard", f.cold.Heard.String())
	f.cold.state = nil // it is the consumer's
	return b, true
}

// linked notes how the link stands. Until the server was reached for the first time,
// it is down since it was last heard in an earlier life.
func (f *feed) linked(b *world.Batch) {
	l := *b.Link
	if l.Up {
		f.cold = nil
	} else if f.cold != nil {
		// A clock that is not set yet must not make the link look fresh.
		now := time.Now()
		heard := min(f.cold.Heard, world.TimeOf(now))
		since := f.lang.Stamp(heard.Std(), now)
		why := f.lang.T("link.cold", "since", since, "asof", since)
		if l.Reason != "" {
			why += " (" + l.Reason + ")"
		}
		l.Since, l.Reason = heard, why
		if l.Offset == 0 {
			l.Offset = f.cold.Offset
		}
	}
	b.Link = &l
	f.mu.Lock()
	f.link = l
	f.mu.Unlock()
}

// keep notes a right to fetch pictures.
func (f *feed) keep(g world.RelayGrant) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.grant == (world.RelayGrant{}) && g != f.grant {
		close(f.granted)
	}
	if g != (world.RelayGrant{}) {
		f.grant = g
	}
}

// mine leaves out the receipts that nobody waits for, and tells of refusals.
func (f *feed) mine(in []world.Receipt) []world.Receipt {
	out := in[:0]
	for _, r := range in {
		if !strings.HasPrefix(r.ID, ownReceipts) {
			out = append(out, r)
			continue
		}
		if !r.OK {
			f.c.logger().Warn("the server did not take this computer's report", "reason", r.Reason)
		}
	}
	return out
}

// standing returns how the link stands.
func (f *feed) standing() world.Link {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.link
}

// serverNow is the server's clock as far as it is known.
func (f *feed) serverNow() world.Time { return world.TimeOf(f.clock()) }

// clock is serverNow, finer than a millisecond. It may be asked from anywhere.
func (f *feed) clock() time.Time {
	return time.Now().Add(time.Duration(f.standing().Offset) * time.Millisecond)
}

// Send queues a command.
func (f *feed) Send(c act.Command) error { return f.client.Send(c) }

// relay waits for a grant and returns where the relay is and how to log in.
func (f *feed) relay(ctx context.Context) (url, token string, err error) {
	select {
	case <-f.granted:
	case <-ctx.Done():
		return "", "", ctx.Err()
	}
	f.mu.Lock()
	g, l := f.grant, f.link
	f.mu.Unlock()
	if g.Expires != 0 && !l.Up && f.serverNow() >= g.Expires {
		return "", "", &rtsp.Error{
			Reason: rtsp.ReasonNotAdmitted, Relay: true, Op: "log in", URL: g.URL,
			Detail: f.lang.T("link.grant", "at", f.lang.Stamp(g.Expires.Std(), time.Now())),
		}
	}
	return g.URL, g.Token, nil
}

// address is asked before each connection, so a relay that moved is followed and
// a token that ended is replaced.
func (f *feed) address(ctx context.Context, camera, stream string) (url, user, pass string, err error) {
	base, token, err := f.relay(ctx)
	if err != nil {
		return "", "", "", fmt.Errorf("relay: %w", err)
	}
	url = base + "/" + camera
	if stream != "" {
		url += "/" + stream
	}
	return url, "wall", token, nil
}
