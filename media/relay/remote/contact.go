package remote

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"time"

	"iocwall/media/relay"
	"iocwall/media/rtsp"
)

// Run keeps the contact with the relay until ctx ends and returns its cause.
func (c *Client) Run(ctx context.Context) error {
	defer c.http.CloseIdleConnections()
	backoff := c.o.Backoff
	said := ""
	for {
		began := time.Now()
		err := c.follow(ctx)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if text := err.Error(); text != said {
			c.log.Error("no contact with the relay", slog.String("err", text))
			said = text
		}
		c.mu.Lock()
		alive := time.Duration(0)
		if c.lost.IsZero() {
			alive, c.lost, said = time.Since(began), time.Now(), ""
		}
		c.mu.Unlock()
		if alive > 0 {
			backoff.Reset()
		}
		c.declare(err)
		timer := time.NewTimer(backoff.Next(0))
		select {
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		case <-timer.C:
		}
		c.declare(err)
	}
}

// follow makes the contact, brings the relay up to date, and takes in its news until the contact breaks.
func (c *Client) follow(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	dead := time.AfterFunc(requestWait, func() { cancel(ErrUnreachable) })
	defer dead.Stop()
	if err := c.greet(ctx); err != nil {
		return err
	}
	res, err := c.send(ctx, http.MethodGet, "/v1/health", nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(make([]byte, 4096), maxLine)
	fresh := map[string]bool{}
	for lines.Scan() {
		dead.Stop() // the time that OnHealth takes is not the relay's
		l, err := readLine(lines.Bytes())
		if err != nil {
			return err
		}
		c.take(l, fresh)
		if l.Health == nil {
			if err := c.closePending(ctx); err != nil {
				return err
			}
		}
		dead.Reset(deadAfter)
	}
	return fmt.Errorf("%w (%w)", ErrUnreachable, cmp.Or(context.Cause(ctx), lines.Err(), io.EOF))
}

// greet asks the relay who it is and gives it what it missed.
func (c *Client) greet(ctx context.Context) error {
	c.sending.Lock()
	defer c.sending.Unlock()
	var h hello
	if err := c.call(ctx, http.MethodGet, "/v1/hello", nil, &h); err != nil {
		return err
	}
	if h.Version != version {
		return fmt.Errorf("%w (it speaks version %.20q, not %s)", ErrVersion, h.Version, version)
	}
	c.mu.Lock()
	c.hello = h
	wanted := c.wanted
	// It may have been started anew and know of none.
	maps.Copy(c.toClose, c.closed)
	c.mu.Unlock()
	if err := c.closePending(ctx); err != nil {
		return err
	}
	if wanted == nil {
		return nil
	}
	return c.call(ctx, http.MethodPut, "/v1/cameras", wanted, nil)
}

// closePending closes the subjects that could not be closed when they were to be.
func (c *Client) closePending(ctx context.Context) error {
	c.mu.Lock()
	var subjects []string
	for s, until := range c.toClose {
		if time.Now().After(until) {
			delete(c.closed, s)
			delete(c.toClose, s)
			continue
		}
		subjects = append(subjects, s)
	}
	c.mu.Unlock()
	for _, s := range subjects {
		ctx, cancel := context.WithTimeout(ctx, requestWait)
		_, err := c.closeNow(ctx, s)
		cancel()
		if err != nil {
			return err
		}
		c.mu.Lock()
		delete(c.toClose, s)
		c.mu.Unlock()
	}
	return nil
}

// take takes in one line. fresh are the streams told since the contact was made.
func (c *Client) take(l line, fresh map[string]bool) {
	c.mu.Lock()
	switch {
	case l.Health != nil && l.Gone:
		delete(c.healths, l.Health.Camera+"/"+l.Health.Stream)
	case l.Health != nil:
		key := l.Health.Camera + "/" + l.Health.Stream
		fresh[key] = true
		c.healths[key] = *l.Health
	case l.Whole:
		c.lost, c.declared = time.Time{}, false
		for key := range c.healths {
			if !fresh[key] {
				delete(c.healths, key)
			}
		}
	}
	c.mu.Unlock()
	if l.Health != nil && !l.Gone && c.o.OnHealth != nil {
		c.o.OnHealth(l.Health.Camera, *l.Health)
	}
	if l.Whole {
		c.log.Info("contact with the relay")
	}
}

// declare says that nothing is known of any stream once the relay has been away for long.
func (c *Client) declare(why error) {
	c.mu.Lock()
	if c.declared || c.lost.IsZero() || time.Since(c.lost) < unknownAfter {
		c.mu.Unlock()
		return
	}
	c.declared = true
	for key, h := range c.healths {
		c.healths[key] = relay.Health{
			Camera: h.Camera, Stream: h.Stream, Site: h.Site, State: relay.StateNoSignal, Reason: rtsp.ReasonFailed,
			Since: c.lost, Detail: rtsp.Redact(why.Error()), Codec: h.Codec, Width: h.Width, Height: h.Height,
		}
	}
	c.mu.Unlock()
	if c.o.OnHealth != nil {
		for _, h := range c.Health() {
			c.o.OnHealth(h.Camera, h)
		}
	}
}
