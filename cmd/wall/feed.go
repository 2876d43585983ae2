package main

import (
	"context"
	"sync"

	"iocwall/server/act"
	"iocwall/server/wire"
	"iocwall/server/world"
)

// feed is the server's feed as the client reads it, and the right to fetch
// pictures that comes with it.
type feed struct {
	client *wire.Client

	mu      sync.Mutex
	grant   world.RelayGrant
	granted chan struct{} // closed when there is a first grant
}

func newFeed(c *connection, name string) (*feed, error) {
	t, err := c.tlsConfig()
	if err != nil {
		return nil, err
	}
	client, err := wire.NewClient(wire.ClientOptions{URL: c.Server, Token: c.token, Name: name, Logger: c.logger(), TLS: t})
	if err != nil {
		return nil, err
	}
	return &feed{client: client, granted: make(chan struct{})}, nil
}

// Next returns the next batch and keeps the grant in it.
func (f *feed) Next(ctx context.Context) (world.Batch, error) {
	b, err := f.client.Next(ctx)
	if err == nil && b.Relay != nil {
		f.mu.Lock()
		if f.grant.Token == "" {
			close(f.granted)
		}
		f.grant = *b.Relay
		f.mu.Unlock()
	}
	return b, err
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
	defer f.mu.Unlock()
	return f.grant.URL, f.grant.Token, nil
}

// address is asked before each connection, so a relay that moved is followed and
// a token that ended is replaced.
func (f *feed) address(ctx context.Context, camera, stream string) (url, user, pass string, err error) {
	base, token, err := f.relay(ctx)
	if err != nil {
		return "", "", "", err
	}
	url = base + "/" + camera
	if stream != "" {
		url += "/" + stream
	}
	return url, "wall", token, nil
}
