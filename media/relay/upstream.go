package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/pion/rtp"

	"iocwall/media/rtsp"
)

// errIdle ends a session that nobody needs any more.
var errIdle = errors.New("relay: nobody watches")

// errSilent ends a session whose track has gone silent.
type errSilent struct{ reason rtsp.Reason }

func (e errSilent) Error() string { return "the camera stays connected but delivers no video" }

// upstream is one stream of one camera: at most one session to the camera, any number of readers.
type upstream struct {
	cfg   upstreamConfig
	relay *Relay
	log   *slog.Logger
	poke  chan struct{} // of size one: demand has come

	mu        sync.Mutex
	watch     watch
	meter     rtsp.Meter
	readers   map[*gortsplib.ServerSession]*reader
	waiting   int       // DESCRIBE requests being held
	keepUntil time.Time // the linger after the last demand
	feed      *feed     // nil while nothing can be served
	ready     chan struct{}
	failed    chan struct{} // closed when an attempt fails, then replaced
	health    Health        // counters and what was last judged
	kept      *keeper       // for replay, nil when nothing is kept; never changes
}

func newUpstream(r *Relay, cfg upstreamConfig) *upstream {
	return &upstream{
		cfg: cfg, relay: r, poke: make(chan struct{}, 1),
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

// run keeps the camera connected while it is wanted, until ctx ends.
func (u *upstream) run(ctx context.Context) {
	backoff := u.relay.opts.Backoff
	for ctx.Err() == nil {
		if !u.waitWanted(ctx) {
			return
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
		reason := rtsp.ReasonOf(err)
		var silent errSilent
		if errors.As(err, &silent) {
			reason = silent.reason
		}
		pause := backoff.Next(u.alive(began))
		if reason == rtsp.ReasonLoginRefused {
			// A camera locks its account after a few wrong logins: only a new configuration, which replaces this
			// upstream, may try again.
			u.end(reason, rtsp.Redact(err.Error()), backoff.Tries(), time.Time{})
			u.log.Error("camera refused the login; correct its user and password", slog.String("detail", rtsp.Redact(err.Error())))
			<-ctx.Done()
			return
		}
		u.end(reason, rtsp.Redact(err.Error()), backoff.Tries(), time.Now().Add(pause))
		u.log.Warn("camera session ended", slog.String("reason", string(reason)),
			slog.String("detail", rtsp.Redact(err.Error())), slog.Int("tries", backoff.Tries()), slog.Duration("pause", pause))
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
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
	u.watch.end(r, detail)
	u.health.Retries, u.health.NextTry = tries, next
	if r != rtsp.ReasonNone {
		close(u.failed)
		u.failed = make(chan struct{})
	}
	u.mu.Unlock()
}

// waitWanted blocks until somebody needs the stream; false means that ctx ended first.
func (u *upstream) waitWanted(ctx context.Context) bool {
	for {
		if u.isWanted(time.Now()) {
			return true
		}
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
	u.watch.wanted = u.cfg.always || u.cfg.keep > 0 || len(u.readers) > 0 || u.waiting > 0 || now.Before(u.keepUntil)
	return u.watch.wanted
}

// session plays the camera once.
func (u *upstream) session(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	wg.Go(func() { u.guard(ctx, cancel) })
	var f *feed
	err := rtsp.Play(ctx, rtsp.Options{
		URL: u.cfg.url, User: u.cfg.user, Pass: u.cfg.pass, TLS: u.relay.opts.CameraTLS, Timeout: u.relay.opts.Timeout,
	}, rtsp.Handler{
		OnTrack: func(t rtsp.Track) {
			f = newFeed(u, t)
			u.opened(t)
			if len(t.Parameters) > 0 {
				f.open(cancel)
			}
		},
		OnPacket: u.packet,
		OnUnit:   func(unit rtsp.Unit) { f.unit(unit, cancel) },
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

// guard ends the session when nobody needs it or when the track is silent for too long.
func (u *upstream) guard(ctx context.Context, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(u.relay.opts.Step)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			if !u.isWanted(now) {
				cancel(errIdle)
				return
			}
			if reason, silent := u.silent(now); silent {
				cancel(errSilent{reason})
				return
			}
		}
	}
}

// silent tells whether the session delivers nothing for so long that it should be made anew.
func (u *upstream) silent(now time.Time) (rtsp.Reason, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
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

// current judges the stream and returns its health.
func (u *upstream) current(now time.Time) Health {
	u.mu.Lock()
	defer u.mu.Unlock()
	state, reason := u.watch.judge(now)
	h := &u.health
	if state != h.State || reason != h.Reason {
		h.State, h.Reason, h.Since = state, reason, now
	}
	out := *h
	out.Detail = u.watch.detail
	out.FPS, out.Bitrate, out.Loss = u.meter.Rates(now)
	out.LastPacket, out.LastKey, out.KeyInterval = u.watch.lastPacket, u.watch.lastKey, u.watch.keyEvery
	out.Readers = len(u.readers)
	out.Kept, out.KeptBytes = u.held()
	return out
}

// feed is what one upstream session serves: its description, its packetizer and the cached group of pictures.
type feed struct {
	up     *upstream
	track  rtsp.Track
	media  *description.Media
	stream *gortsplib.ServerStream
	encode func([][]byte) ([]*rtp.Packet, error)
	params [][]byte // newest parameter sets
	base   uint32   // RTP time stamp of PTS 0

	// Under upstream.mu.
	gop      []cached
	gopBytes int
	broken   bool // nothing can be started from the cache until the next key frame
}

// cached is one access unit ready to be sent.
type cached struct {
	packets []*rtp.Packet
	arrived time.Time
	lost    uint64
	size    int
}

func newFeed(u *upstream, t rtsp.Track) *feed {
	return &feed{up: u, track: t, params: t.Parameters, broken: true}
}

// open makes the stream available to readers. Without parameter sets in the description it waits for those in-band.
func (f *feed) open(cancel context.CancelCauseFunc) {
	forma, encode, err := packetizer(f.track.Codec, f.params)
	if err == nil {
		f.encode = encode
		f.media = &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{forma}}
		f.stream = &gortsplib.ServerStream{
			Server: f.up.relay.server, Desc: &description.Session{Title: f.up.cfg.camera, Medias: []*description.Media{f.media}},
		}
		err = f.stream.Initialize()
	}
	if err != nil {
		f.stream = nil
		cancel(fmt.Errorf("relay: serve camera %s: %w", f.up.cfg.camera, err))
		return
	}
	f.up.mu.Lock()
	f.up.feed = f
	close(f.up.ready)
	f.up.mu.Unlock()
}

// close ends all readers of this feed.
func (f *feed) close() {
	u := f.up
	u.mu.Lock()
	if u.feed == f {
		u.feed = nil
		u.ready = make(chan struct{})
	}
	u.readers = map[*gortsplib.ServerSession]*reader{}
	u.mu.Unlock()
	if f.stream != nil {
		f.stream.Close()
	}
}

// unit passes an access unit on to all readers and keeps it for those to come.
func (f *feed) unit(unit rtsp.Unit, cancel context.CancelCauseFunc) {
	nalus := f.withParameters(unit)
	f.up.keep(f.track, unit)
	if f.stream == nil {
		if !unit.Key || len(f.params) == 0 {
			f.note(unit)
			return
		}
		if f.open(cancel); f.stream == nil {
			return
		}
	}
	packets, err := f.encode(nalus)
	if err != nil {
		f.note(unit)
		return
	}
	stamp := f.base + uint32(int64(unit.PTS)*90/int64(time.Millisecond))
	for _, p := range packets {
		p.Timestamp = stamp
	}
	c := cached{packets: packets, arrived: unit.Arrived, lost: unit.Lost, size: unit.Size}
	u := f.up
	u.mu.Lock()
	defer u.mu.Unlock()
	f.noteLocked(unit)
	f.keep(c, unit.Key)
	for _, r := range u.readers {
		r.send(c, time.Time{})
	}
}

// note tells the watchdogs about a unit.
func (f *feed) note(unit rtsp.Unit) {
	f.up.mu.Lock()
	defer f.up.mu.Unlock()
	f.noteLocked(unit)
}

func (f *feed) noteLocked(unit rtsp.Unit) {
	u := f.up
	u.watch.unit(unit.Arrived, unit.Key)
	u.meter.Frame(unit.Arrived)
	if unit.Key {
		if w, h, _ := rtsp.Describe(f.track.Codec, f.params); w > 0 {
			u.health.Width, u.health.Height = w, h
		}
	}
}

// keep puts a unit into the cache: everything since the last key frame, unless it is too much or damaged.
func (f *feed) keep(c cached, key bool) {
	if key {
		f.gop, f.gopBytes, f.broken = nil, 0, false
	} else if c.lost > 0 {
		f.broken = true
	}
	f.gopBytes += c.size
	packets := 0
	for _, k := range f.gop {
		packets += len(k.packets)
	}
	if f.gopBytes > f.up.relay.opts.CacheBytes || packets+len(c.packets) > queuePackets*3/4 {
		f.broken = true
	}
	if f.broken {
		f.gop = nil
		return
	}
	f.gop = append(f.gop, c)
}

// withParameters remembers in-band parameter sets and puts the known ones before a key frame that has none, for cameras
// that send them only in the description.
func (f *feed) withParameters(unit rtsp.Unit) [][]byte {
	var sets [][]byte
	for _, n := range unit.NALUs {
		if rtsp.IsParameterSet(f.track.Codec, n) {
			sets = append(sets, n)
		}
	}
	switch {
	case len(sets) > 0 && unit.Key:
		f.params = sets
	case unit.Key && len(f.params) > 0:
		return append(append([][]byte{}, f.params...), unit.NALUs...)
	}
	return unit.NALUs
}

// packetizer returns the description and the RTP encoder for a codec.
func packetizer(codec rtsp.Codec, params [][]byte) (format.Format, func([][]byte) ([]*rtp.Packet, error), error) {
	if codec == rtsp.H265 {
		out := &format.H265{PayloadTyp: 96}
		out.VPS, out.SPS, out.PPS = rtsp.Sets(codec, params)
		enc, err := out.CreateEncoder()
		if err != nil {
			return nil, nil, fmt.Errorf("packetise h265: %w", err)
		}
		return out, enc.Encode, nil
	}
	out := &format.H264{PayloadTyp: 96, PacketizationMode: 1}
	_, out.SPS, out.PPS = rtsp.Sets(codec, params)
	enc, err := out.CreateEncoder()
	if err != nil {
		return nil, nil, fmt.Errorf("packetise h264: %w", err)
	}
	return out, enc.Encode, nil
}
