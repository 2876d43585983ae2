package relay

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/bluenviron/gortsplib/v4"

	"iocwall/media/flow"
	"iocwall/media/rtsp"
)

// errIdle ends a session that nobody needs any more.
var errIdle = errors.New("relay: nobody watches")

// errSilent ends a session whose track has gone silent, or of which nothing can be decoded for want of a key frame.
type errSilent struct{ reason rtsp.Reason }

func (e errSilent) Error() string {
	if e.reason == rtsp.ReasonNoKeyFrame {
		return "the camera delivers video but no key frame; a new session may bring one"
	}
	return "the camera stays connected but delivers no video"
}

// upstream is one stream of one camera: at most one session to the camera, any number of readers.
type upstream struct {
	cfg   upstreamConfig
	relay *Relay
	log   *slog.Logger
	tls   *tls.Config     // for the camera, nil is the system's
	poke  chan struct{}   // of size one: demand has come
	gone  <-chan struct{} // closed when it is taken off the list, or another has its place

	pacing chan struct{} // of size one: a reader has something to wait for
	stamps flow.Stamps   // whether the camera's time stamps follow its time

	mu        sync.Mutex
	watch     watch
	keys      flow.Keys
	barred    bool // the camera refused the login: it is not asked again
	meter     rtsp.Meter
	clock     rtsp.Clock
	probing   bool                    // being looked at although nobody needs it, until the session is over
	looked    time.Time               // when that began
	enough    bool                    // the probe has seen enough, or is to give way
	stop      context.CancelCauseFunc // ends the session, nil while there is none
	over      chan struct{}           // closed when the session is over
	readers   map[*gortsplib.ServerSession]*reader
	waiting   int       // DESCRIBE requests being held
	keepUntil time.Time // the linger after the last demand
	feed      *feed     // nil while nothing can be served
	leaving   bool      // the session is being ended: nobody may begin to read from it
	ready     chan struct{}
	failed    chan struct{} // closed when an attempt fails, then replaced
	health    Health        // counters and what was last judged
	kept      *keeper       // for replay, nil when nothing is kept; never changes
}

func newUpstream(r *Relay, cfg upstreamConfig, gone <-chan struct{}) *upstream {
	return &upstream{
		cfg: cfg, relay: r, tls: cfg.tls(r.opts.CameraTLS), gone: gone, poke: make(chan struct{}, 1), pacing: make(chan struct{}, 1),
		log:     r.log.With(slog.String("camera", cfg.camera), slog.String("stream", cfg.stream)),
		readers: map[*gortsplib.ServerSession]*reader{},
		ready:   make(chan struct{}), failed: make(chan struct{}),
		health: Health{
			Camera: cfg.camera, Stream: cfg.stream, Site: cfg.site,
			State: StateIdle, Reason: rtsp.ReasonStopped, Since: time.Now(),
		},
		kept: newKeeper(r, cfg),
	}
}

// run keeps the camera connected while it is wanted, and for a moment when it is looked at, until ctx ends.
func (u *upstream) run(ctx context.Context) {
	backoff := u.relay.opts.Backoff
	room := 0 // how often a session of our own was ended to make room since the camera last played
	for ctx.Err() == nil {
		if !u.waitWanted(ctx) {
			return
		}
		if u.relay.yield(ctx, u, false) {
			room++
		}
		began := time.Now()
		err := u.session(ctx)
		if ctx.Err() != nil {
			return
		}
		if errors.Is(err, errIdle) {
			u.end(rtsp.ReasonNone, "", 0, time.Time{})
			backoff.Reset()
			continue
		}
		reason, detail, barred := reasonOf(err), rtsp.Redact(err.Error()), isBarred(err)
		if u.onlyProbed(time.Now()) && !barred {
			u.end(reason, detail, backoff.Tries(), time.Time{})
			u.log.Debug("camera does not play", slog.String("reason", string(reason)), slog.String("detail", detail))
			continue
		}
		alive := u.alive(began)
		if alive > 0 {
			room = 0
		}
		if reason == rtsp.ReasonFull && room <= maxRoom && (u.relay.yield(ctx, u, true) || room > 0) {
			// The camera may take a moment to see that the other session is over.
			room++
			sleep(ctx, time.Duration(room)*100*time.Millisecond)
			continue
		}
		pause := backoff.Next(alive)
		if barred {
			// A camera locks its account after a few wrong logins: only a new configuration, which replaces this
			// upstream, may try again.
			u.bar()
			u.end(reason, detail, backoff.Tries(), time.Time{})
			u.log.Error("camera refused the login; correct its user and password", slog.String("detail", detail))
			<-ctx.Done()
			return
		}
		u.end(reason, detail, backoff.Tries(), time.Now().Add(pause))
		u.log.Warn("camera session ended", slog.String("reason", string(reason)), slog.String("detail", detail),
			slog.Int("tries", backoff.Tries()), slog.Duration("pause", pause))
		sleep(ctx, pause)
	}
}

// maxRoom is how often a camera that is full is asked again at once after a session of our own was ended for it.
const maxRoom = 5

// reasonOf returns why a session ended.
func reasonOf(err error) rtsp.Reason {
	var silent errSilent
	if errors.As(err, &silent) {
		return silent.reason
	}
	return rtsp.ReasonOf(err)
}

// isBarred tells whether the camera refused the login. What a relay says of the camera behind it is news of that camera:
// the relay itself may be asked again, and will know when its configuration has been corrected.
func isBarred(err error) bool {
	var e *rtsp.Error
	return errors.As(err, &e) && e.Reason == rtsp.ReasonLoginRefused && !e.Relay
}

// bar notes that the camera refused the login.
func (u *upstream) bar() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.barred = true
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// alive tells how long a session that began then has delivered.
func (u *upstream) alive(began time.Time) time.Duration {
	u.mu.Lock()
	defer u.mu.Unlock()
	return max(0, u.watch.lastUnit.Sub(began))
}

// end notes that the session is over and lets the readers go.
func (u *upstream) end(r rtsp.Reason, detail string, tries int, next time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.watch.end(r, detail)
	u.keys.End(r)
	u.probing, u.enough = false, false
	u.health.Probed, u.health.Probe = time.Now(), r
	u.health.Retries, u.health.NextTry = tries, next
	if r != rtsp.ReasonNone {
		close(u.failed)
		u.failed = make(chan struct{})
	}
}

// waitWanted blocks until somebody needs the stream; false means that ctx ended first.
func (u *upstream) waitWanted(ctx context.Context) bool {
	for {
		if u.isWanted(time.Now()) {
			return true
		}
		u.mu.Lock()
		u.probing, u.enough = u.probing && !u.enough, false
		u.mu.Unlock()
		select {
		case <-ctx.Done():
			return false
		case <-u.poke:
		}
	}
}

// isWanted tells whether the stream must be connected.
func (u *upstream) isWanted(now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.wantedLocked(now)
}

func (u *upstream) wantedLocked(now time.Time) bool {
	u.watch.wanted = u.demanded(now)
	return u.watch.wanted || u.probing && !u.enough
}

// demanded tells whether somebody needs the stream, apart from a probe; the caller holds the lock.
func (u *upstream) demanded(now time.Time) bool {
	return u.cfg.always || u.cfg.keep > 0 || u.watched() || now.Before(u.keepUntil)
}

// watched tells whether somebody reads the stream or is about to; the caller holds the lock.
func (u *upstream) watched() bool { return len(u.readers) > 0 || u.waiting > 0 }

// session plays the camera once.
func (u *upstream) session(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	u.mu.Lock()
	u.stop, u.over, u.leaving = cancel, make(chan struct{}), false
	u.mu.Unlock()
	defer func() {
		u.mu.Lock()
		u.stop = nil
		close(u.over)
		u.mu.Unlock()
	}()
	var wg sync.WaitGroup
	wg.Go(func() { u.guard(ctx, cancel) })
	wg.Go(func() { u.pacer(ctx) })
	var f *feed
	err := rtsp.Play(ctx, rtsp.Options{
		URL: u.cfg.url, User: u.cfg.user, Pass: u.cfg.pass, Transport: u.cfg.transport,
		TLS: u.tls, Fingerprint: u.cfg.fingerprint, Timeout: u.relay.opts.Timeout,
	}, rtsp.Handler{
		OnTrack: func(t rtsp.Track) {
			f = newFeed(u, t)
			u.opened(t)
			if f.ready() {
				f.open(cancel)
			}
		},
		OnPacket: u.packet,
		OnUnit: func(unit rtsp.Unit) {
			u.unit(unit)
			f.unit(unit, cancel)
		},
	})
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	cancel(err)
	wg.Wait()
	if f != nil {
		f.close()
		u.gap()
	}
	return err
}

// opened notes that the camera plays.
func (u *upstream) opened(t rtsp.Track) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.watch.begin(time.Now())
	u.keys.Begin(time.Now())
	u.clock = rtsp.Clock{}
	u.health.Connections++
	u.health.NextTry = time.Time{}
	u.health.Codec, u.health.Width, u.health.Height = t.Codec, t.Width, t.Height
}

// packet notes an RTP packet.
func (u *upstream) packet(at time.Time, bytes int, lost uint64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.watch.lastPacket = at
	u.meter.Packet(at, bytes, lost)
}

// unit notes an access unit.
func (u *upstream) unit(unit rtsp.Unit) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.keys.Unit(unit)
}

// guard ends the session when nobody needs it, when the track is silent for too long, or when it lacks a key frame.
func (u *upstream) guard(ctx context.Context, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(u.relay.opts.Step)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			u.seen(now)
			if err := u.unneeded(now); err != nil {
				cancel(err)
				return
			}
		}
	}
}

// unneeded tells why the session is to end now, nil when it goes on. Who comes after that waits for the next session
// instead of being given one that is about to be gone.
func (u *upstream) unneeded(now time.Time) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	var err error
	if !u.wantedLocked(now) {
		err = errIdle
	} else if reason, silent := u.silent(now); silent {
		err = errSilent{reason}
	} else if u.keys.Missing(now, u.awaited()) {
		err = errSilent{rtsp.ReasonNoKeyFrame}
	}
	if err != nil {
		u.leave()
	}
	return err
}

// leave lets nobody else begin to read from the session, which is about to end; the caller holds the lock.
func (u *upstream) leave() {
	u.leaving = true
	if u.feed != nil {
		u.feed = nil
		u.ready = make(chan struct{})
	}
}

// silent tells whether the session delivers nothing for so long that it should be made anew; the caller holds the lock.
func (u *upstream) silent(now time.Time) (rtsp.Reason, bool) {
	w := &u.watch
	if w.connected.IsZero() {
		return rtsp.ReasonNone, false
	}
	limit := max(u.relay.opts.Stall, w.quiet())
	last := w.connected
	if w.lastUnit.After(last) {
		last = w.lastUnit
	}
	if now.Sub(last) <= limit {
		return rtsp.ReasonNone, false
	}
	if now.Sub(w.lastPacket) > limit {
		return rtsp.ReasonNoPackets, true
	}
	return rtsp.ReasonNoUnits, true
}

// awaited tells whether a reader has not had a key frame yet; the caller holds the lock.
func (u *upstream) awaited() bool {
	for _, r := range u.readers {
		if r.blind {
			return true
		}
	}
	return false
}

// current judges the stream and returns its health.
func (u *upstream) current(now time.Time) Health {
	u.mu.Lock()
	defer u.mu.Unlock()
	h := &u.health
	// What a probe does is no news, what it finds is.
	if !u.probing || u.demanded(now) {
		state, reason := u.watch.judge(now)
		if state != h.State || reason != h.Reason {
			h.State, h.Reason, h.Since = state, reason, now
		}
		h.fail(now)
	}
	if offset, known := u.clock.Offset(); known {
		h.ClockOffset, h.ClockKnown = offset, true
	}
	out := *h
	out.Detail = u.watch.detail
	out.FPS, out.Bitrate, out.Loss = u.meter.Rates(now)
	out.LastPacket, out.LastKey, out.KeyInterval = u.watch.lastPacket, u.watch.lastKey, u.watch.keyEvery
	out.Kept, out.KeptBytes = u.held()
	out.Readers = len(u.readers)
	for _, r := range u.readers {
		out.Skipped += r.skipped
	}
	return out
}
