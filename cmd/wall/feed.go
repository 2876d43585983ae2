package main

import (
	"context"
	"fmt"
	"sync"

	"iocwall/media"
	"iocwall/media/decode"
	"iocwall/server/wire"
	"iocwall/server/world"
	"iocwall/ui"
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
func (f *feed) Send(c world.Command) error { return f.client.Send(c) }

// relay waits for a grant and returns where the relay is.
func (f *feed) relay(ctx context.Context) (string, error) {
	select {
	case <-f.granted:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.grant.URL, nil
}

// player plays a camera from the relay, wherever the server says that is.
type player struct {
	*media.Player
	feed         *feed
	camera, name string

	mu  sync.Mutex
	url string
}

// newPlayer makes players that decode in this process.
func (f *feed) newPlayer(c *connection) func(camera, stream string, notify func()) (ui.Player, error) {
	return func(camera, stream string, notify func()) (ui.Player, error) {
		t, err := c.tlsConfig()
		if err != nil {
			return nil, err
		}
		p := &player{feed: f, camera: camera, name: stream}
		p.Player, err = media.New(media.Options{
			// The address comes with the first grant; nothing is opened before.
			URL: "rtsp://relay.invalid/" + camera + "/" + stream, Stream: stream,
			Credentials: p.credentials, Decoder: decode.New, OnFrame: notify, TLS: t, Logger: c.logger(),
		})
		return p, err
	}
}

// Run plays from the relay until ctx ends.
func (p *player) Run(ctx context.Context) error {
	if err := p.follow(ctx); err != nil {
		return err
	}
	return p.Player.Run(ctx)
}

// credentials is asked before each connection; a relay that moved is followed.
func (p *player) credentials(ctx context.Context) (user, pass string, err error) {
	if err := p.follow(ctx); err != nil {
		return "", "", err
	}
	p.feed.mu.Lock()
	defer p.feed.mu.Unlock()
	return "wall", p.feed.grant.Token, nil
}

func (p *player) follow(ctx context.Context) error {
	url, err := p.feed.relay(ctx)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if url == p.url {
		return nil
	}
	if err := p.SetSource(url+"/"+p.camera+"/"+p.name, p.name); err != nil {
		return fmt.Errorf("the server names a relay at %q: %w", url, err)
	}
	p.url = url
	return nil
}
