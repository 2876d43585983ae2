package wire

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"time"

	"iocwall/server/world"
)

// ClientOptions configure a Client. URL and Token are required.
type ClientOptions struct {
	// URL is ws://host:port/path or wss://….
	URL string
	// Token returns the bearer token; it is asked at every connection.
	Token func() (string, error)
	// Name is what the server's statistics call this client.
	Name string
	// Kinds and Rate ask for less than the token allows; empty and zero for
	// everything ten times a second.
	Kinds  []string
	Rate   float64
	Logger *slog.Logger
	// TLS is used for wss; nil for the system's roots.
	TLS *tls.Config
	// Dial makes the connection under the websocket; nil for TCP.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// AnswerWithin is how long a command waits for its receipt, over all
	// reconnections, before it is answered with a failure; default 30 s.
	AnswerWithin time.Duration
	// MaxPending is how many items that cannot replace each other wait for the
	// consumer before the client stops reading; default 100,000.
	MaxPending int
}

// Client keeps a connection to the hub and delivers batches in order. Next is
// for one goroutine, the others may be called from anywhere.
type Client struct{}

// NewClient makes a client; Run connects it.
func NewClient(o ClientOptions) (*Client, error) { return nil, nil }

// Run connects, and connects again for ever, until ctx is done. It returns nil
// when everything it started is gone.
func (c *Client) Run(ctx context.Context) error { return nil }

// Next returns what came since the last call, merged into one batch, and waits
// while there is nothing. Asking for the next batch acknowledges the one before.
// The caller owns the batch, its snapshot included. The error is ctx's.
func (c *Client) Next(ctx context.Context) (world.Batch, error) { return world.Batch{}, nil }

// Send queues a command; it does not wait. The command is sent again after a
// reconnection until its receipt comes by Next; after AnswerWithin a failed
// receipt comes instead, and the command may or may not have been done. The
// error says that the command is malformed or that 256 are waiting.
func (c *Client) Send(cmd world.Command) error { return nil }
