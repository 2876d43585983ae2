package media

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"iocwall/media/rtsp"
)

// errRetry ends a session because a retry was asked for.
var errRetry = errors.New("media: a retry was asked for")

// errUnasked is that it is not known where to connect or as whom: no request was made.
var errUnasked = errors.New("media: nothing was asked of the camera")

// errStalled ends a session that the watchdogs gave up.
type errStalled struct{ reason Reason }

func (e errStalled) Error() string { return "media: session given up: " + string(e.reason) }

// relayPause bounds the pause before asking a relay of ours again: it shields the camera, so asking is cheap. Only one
// that does not take the token is left alone longer.
const relayPause = 2 * time.Second

// Run plays until ctx ends and returns ctx's cause. Everything it started is gone when it returns. It may be called
// again afterwards, but not twice at once.
func (p *Player) Run(ctx context.Context) error {
	p.mu.Lock()
	if p.running {
		p.mu.Unlock()
		return errors.New("media: the player is running already; make one player for each camera")
	}
	p.running = true
	p.watch = p.watch.afresh(time.Now())
	p.mu.Unlock()
	var wg sync.WaitGroup
	wg.Go(func() { p.watchdog(ctx) })
	p.loop(ctx)
	wg.Wait()
	p.mu.Lock()
	p.running = false
	p.watch.end(ReasonStopped)
	p.mu.Unlock()
	return context.Cause(ctx)
}

// loop opens one session after the other.
func (p *Player) loop(ctx context.Context) {
	backoff := p.opts.Backoff
	for ctx.Err() == nil {
		p.mu.Lock()
		change := p.change
		p.stats.NextTry = time.Time{}
		p.mu.Unlock()

		began := time.Now()
		used, err := p.connect(ctx, change)
		if ctx.Err() != nil {
			return
		}
		if errors.Is(err, errRetry) {
			backoff.Reset()
			continue
		}
		pause := backoff.Next(p.alive(began))
		reason, relay := reasonOf(err)
		if relay && (reason != ReasonNotAdmitted || errors.Is(err, errUnasked)) {
			pause = min(pause, relayPause)
		}
		p.failed(reason, err, backoff.Tries(), pause, relay)
		if reason == ReasonLoginRefused && !relay {
			p.waitRefused(ctx, change, used)
			backoff.Reset()
			continue
		}
		select {
		case <-ctx.Done():
		case <-change:
			backoff.Reset()
		case <-time.After(pause):
		}
	}
}

// alive tells how long the session that began then has shown pictures.
func (p *Player) alive(began time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(0, p.watch.lastDecoded.Sub(began))
}

// failed notes the end of a session.
func (p *Player) failed(reason Reason, err error, tries int, pause time.Duration, relay bool) {
	p.mu.Lock()
	p.watch.end(reason)
	p.stats.Retries = tries
	p.stats.Detail = rtsp.Redact(err.Error())
	p.stats.NextTry = time.Now().Add(pause)
	if reason == ReasonLoginRefused && !relay {
		p.stats.NextTry = time.Time{}
	}
	p.judge(time.Now())
	url := rtsp.Public(p.url)
	p.mu.Unlock()
	p.log.Warn("camera session ended", slog.String("url", url), slog.String("reason", string(reason)),
		slog.String("detail", rtsp.Redact(err.Error())), slog.Int("tries", tries), slog.Duration("pause", pause))
	p.notify()
}

// login is a pair of credentials.
type login struct{ user, pass string }

// source is where to connect and as whom.
type source struct {
	url string
	login
}

// source asks where to connect next and as whom.
func (p *Player) source(ctx context.Context) (source, error) {
	if p.opts.address != nil {
		url, l, err := p.opts.address(ctx)
		if err == nil {
			err = rtsp.Check(url)
		}
		if err != nil {
			return source{}, fmt.Errorf("%w: no address: %w", errUnasked, err)
		}
		p.mu.Lock()
		p.url = url
		p.mu.Unlock()
		return source{url, l}, nil
	}
	p.mu.Lock()
	at := source{url: p.url}
	p.mu.Unlock()
	if p.opts.Credentials == nil {
		return at, nil
	}
	var err error
	if at.user, at.pass, err = p.opts.Credentials(ctx); err != nil {
		return at, fmt.Errorf("%w: no credentials: %w", errUnasked, err)
	}
	return at, nil
}

// waitRefused waits until a retry is asked for or other credentials than the refused ones are to be had. Cameras lock
// accounts after a few wrong logins, so the same ones are never tried again.
func (p *Player) waitRefused(ctx context.Context, change <-chan struct{}, refused source) {
	tick := time.NewTicker(p.opts.RefusedCheck)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-change:
			return
		case <-tick.C:
			if next, err := p.source(ctx); err == nil && next != refused {
				return
			}
		}
	}
}

// reasonOf tells why a session ended and whether a relay said so.
func reasonOf(err error) (Reason, bool) {
	var stalled errStalled
	if errors.As(err, &stalled) {
		return stalled.reason, false
	}
	var e *rtsp.Error
	if errors.As(err, &e) {
		return e.Reason, e.Relay
	}
	return ReasonFailed, false
}

// watchdog judges the track at every step, reports changes, and ends a session that stalls.
func (p *Player) watchdog(ctx context.Context) {
	tick := time.NewTicker(p.opts.Limits.Step)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			p.look(now)
		}
	}
}

// look is one step of the watchdog.
func (p *Player) look(now time.Time) {
	p.mu.Lock()
	changed := p.judge(now)
	v, url := p.verdict, p.url
	if reason, stalled := p.watch.stalled(now, p.opts.Limits); stalled && p.session != nil {
		p.session.cancel(errStalled{reason})
	}
	p.mu.Unlock()
	if !changed {
		return
	}
	p.log.Info("camera state changed", slog.String("url", rtsp.Public(url)),
		slog.String("state", string(v.State)), slog.String("reason", string(v.Reason)))
	p.notify()
}
