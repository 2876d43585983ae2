package media

import (
	"context"
	"image"
	"sync"
	"time"

	"iocwall/media/flow"
	"iocwall/media/rtsp"
)

// session is one connection with its queue and its decoder.
type session struct {
	p       *Player
	cancel  context.CancelCauseFunc
	queue   *flow.Queue
	present presenter
	intra   bool // every unit is a key frame; belongs to the connection's goroutine
	screen  screen
}

// connect plays one session to its end and returns the source it used and why it ended.
func (p *Player) connect(ctx context.Context, change <-chan struct{}) (source, error) {
	used, err := p.source(ctx)
	if err != nil {
		return used, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s := &session{p: p, cancel: cancel, queue: flow.NewQueue(flow.QueueOptions{
		Units: p.opts.QueueUnits, Bytes: p.opts.QueueBytes, ParkBytes: p.opts.parkBytes, Patience: p.opts.Limits.Late,
	})}
	s.present = presenter{p: p, queue: s.queue, wake: make(chan struct{}, 1)}
	if !p.begin(s, change) {
		return used, errRetry
	}
	defer p.begin(nil, nil)

	var wg sync.WaitGroup
	tracks := make(chan rtsp.Track, 1)
	wg.Go(func() { s.decodeLoop(ctx, tracks) })
	err = p.play(ctx, rtsp.Options{URL: used.url, User: used.user, Pass: used.pass, TLS: p.opts.TLS}, rtsp.Handler{
		OnTrack: func(t rtsp.Track) {
			s.intra = t.Codec == MJPEG
			p.opened(t)
			tracks <- t
		},
		OnPacket: s.packet,
		OnUnit:   s.unit,
	})
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	cancel(err)
	wg.Wait()
	return used, err
}

// begin makes s the player's session, or nil none, and reports whether no retry was asked for meanwhile.
func (p *Player) begin(s *session, change <-chan struct{}) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s != nil {
		select {
		case <-change:
			return false
		default:
		}
		s.queue.Park(p.parked)
	}
	p.session = s
	return true
}

// opened notes that a session delivers.
func (p *Player) opened(t rtsp.Track) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watch.begin(time.Now())
	p.stats.Connections++
	p.stats.Codec = t.Codec
	p.stats.Source = image.Pt(t.Width, t.Height)
	p.stats.ClockOffset, p.stats.ClockKnown = 0, false
	p.unstep()
}

// packet notes an RTP packet.
func (s *session) packet(at time.Time, bytes int, lost uint64) {
	p := s.p
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watch.lastPacket = at
	p.meter.Packet(at, bytes, lost)
	p.stats.Lost += lost
}

// unit queues an access unit for the decoder. It never blocks.
func (s *session) unit(u rtsp.Unit) {
	u.Key = u.Key || s.intra
	dropped, needKey := s.queue.Put(u)
	p := s.p
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watch.unit(u.Arrived, u.Arrived.Add(-u.Behind), u.Key && !s.intra)
	p.watch.needKey = needKey
	p.stats.Dropped += uint64(dropped)
}
