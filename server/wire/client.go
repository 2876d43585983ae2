package wire

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/url"
	"sync"
	"time"

	"iocwall/server/act"
	"iocwall/server/wire/message"
	"iocwall/server/wire/queue"
	"iocwall/server/world"
)

// ClientOptions configure a Client. URL and Token are required.
type ClientOptions struct {
	// URL is ws://host:port/path or wss://….
	URL string
	// Token returns the bearer token; it is asked at every connection.
	Token func() (string, error)
	// Name is what the server's statistics call this client, at most 128 bytes.
	// Ids of commands must be unique per token and name.
	Name string
	// Kinds and Rate ask for less than the token allows; empty and zero for
	// everything ten times a second.
	Kinds []string
	Rate  float64
	// At and View are what Client.At returned in an earlier life of the program,
	// whose state the consumer still has: the server goes on from there if it can,
	// and sends a snapshot otherwise. Zero and empty for none.
	At     world.Position
	View   string
	Logger *slog.Logger
	// TLS is used for wss; nil for the system's roots.
	TLS *tls.Config
	// Dial makes the connection under the websocket; nil for TCP.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// AnswerWithin is how long a command waits for its receipt, over all
	// reconnections, before it is answered with a failure; default 30 s.
	AnswerWithin time.Duration
	// RetryWithin is the longest pause between two tries to connect; default 15 s. A
	// wall has few computers, which must be back before they are taken for lost.
	RetryWithin time.Duration
	// MaxPending is how many items that cannot replace each other wait for the
	// consumer before the client stops reading; default 100,000.
	MaxPending int
}

func (o *ClientOptions) complete() error {
	u, err := url.Parse(o.URL)
	switch {
	case err != nil:
		return errors.New("wire: the server's address is not a URL; write ws://host:port/path")
	case u.Scheme != "ws" && u.Scheme != "wss":
		return fmt.Errorf("wire: the server's address begins with %q; write ws:// or wss://", u.Scheme)
	case u.Host == "":
		return errors.New("wire: the server's address names no host")
	case u.User != nil:
		return errors.New("wire: the server's address holds a password; give the token by itself")
	case o.Token == nil:
		return errors.New("wire: ClientOptions.Token is missing")
	case len(o.Name) > 128:
		return errors.New("wire: a client's name has at most 128 bytes")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.AnswerWithin <= 0 {
		o.AnswerWithin = 30 * time.Second
	}
	if o.RetryWithin <= 0 {
		o.RetryWithin = retryMax
	}
	if o.MaxPending <= 0 {
		o.MaxPending = 100_000
	}
	return nil
}

// Client keeps a connection to the hub and delivers batches in order. Next is
// for one goroutine, the others may be called from anywhere.
type Client struct {
	o   ClientOptions
	log *slog.Logger
	in  *queue.In
	out *queue.Out

	// What Run's goroutine owns: where the client is, and the server's clock.
	at    world.Position
	view  string
	clock message.Offset
	// odd holds entity kinds this program does not know; they are left out of
	// checks.
	odd    map[string]bool
	shapes world.Digest // of entities in this program
}

// NewClient makes a client; Run connects it.
func NewClient(o ClientOptions) (*Client, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	return &Client{o: o, log: o.Logger, in: queue.NewIn(o.MaxPending), out: queue.NewOut(), at: o.At, view: o.View, odd: map[string]bool{}, shapes: world.Shapes()}, nil
}

// Next returns what came since the last call, merged into one batch, and waits
// while there is nothing. Asking for the next batch acknowledges the one before.
// The caller owns the batch, its snapshot included. The error is ctx's.
func (c *Client) Next(ctx context.Context) (world.Batch, error) { return c.in.Next(ctx) }

// At returns where what Next delivered leads to, for ClientOptions of a later
// life: the position and the fingerprint of the view. Zero and empty say that
// nothing came yet. Call it on the goroutine of Next.
func (c *Client) At() (world.Position, string) { return c.in.At() }

// Send queues a command; it does not wait. The command is sent again after a
// reconnection until its receipt comes by Next; after AnswerWithin a failed
// receipt comes instead, and the command may or may not have been done. The
// error says that the command is malformed or that 256 are waiting.
func (c *Client) Send(cmd act.Command) error {
	if len(cmd.ID) == 0 || len(cmd.ID) > 64 {
		return errors.New("wire: a command needs an id of 1 to 64 bytes")
	}
	raw, err := json.Marshal(cmd)
	if err != nil {
		return fmt.Errorf("wire: command: %w", err)
	}
	return c.out.Put(cmd.ID, raw, time.Now().Add(c.o.AnswerWithin))
}

const (
	retryMin = 500 * time.Millisecond
	retryMax = 15 * time.Second
	// retryRefused is the wait after the server refused the token.
	retryRefused = 30 * time.Second
	// steady is how long a connection must have lasted for the next one to be
	// tried without delay.
	steady = 10 * time.Second
)

// Run connects, and connects again for ever, until ctx is done. It returns nil
// when everything it started is gone.
func (c *Client) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { c.expire(ctx) })
	defer wg.Wait()
	wait := retryMin
	for ctx.Err() == nil {
		began := time.Now()
		err := c.connect(ctx)
		if ctx.Err() != nil {
			break
		}
		if time.Since(began) > steady {
			wait = retryMin
		}
		pause := wait
		wait = min(2*wait, c.o.RetryWithin)
		var refused *refusedError
		switch {
		case errors.As(err, &refused):
			pause = retryRefused
		case reasonOf(err) == Resync:
			c.at, c.view = world.Position{}, ""
		}
		c.in.Down(reasonText(err))
		pause = time.Duration(float64(pause) * (0.5 + rand.Float64()))
		c.log.Warn("connection to the server lost", "url", c.o.URL, "err", err, "retry_in", pause)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	return nil
}

// expire answers commands that waited too long.
func (c *Client) expire(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			if late := c.out.Expired(now); len(late) > 0 {
				c.in.Receipts(late)
			}
		}
	}
}

// reasonText says in words for people why the connection is down.
func reasonText(err error) string {
	var refused *refusedError
	switch why := reasonOf(err); {
	case errors.As(err, &refused):
		return refused.Error()
	case why == Slow:
		return "this client was too slow"
	case why == Revoked:
		return "the right to connect was withdrawn"
	case why == Expired:
		return "the right to connect has expired"
	case why == Rights:
		return "what may be seen here has changed"
	case why == Shutdown:
		return "the server stopped"
	case why == Resync:
		return "the server's history began anew"
	case errors.Is(err, errSilentServer):
		return "the server is silent"
	case err == nil:
		return "the connection ended"
	}
	return err.Error()
}
