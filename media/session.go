package media

import (
	"context"
	"fmt"
	"hash/maphash"
	"image"
	"sync"
	"time"

	"iocwall/media/rtsp"
)

// session is one connection with its queue and its decoder.
type session struct {
	p      *Player
	cancel context.CancelCauseFunc
	seed   maphash.Seed

	mu      sync.Mutex
	queue   []rtsp.Unit
	bytes   int
	needKey bool
	wake    chan struct{} // of size one

	// The rest belongs to the decoder's goroutine.
	decoder  Decoder
	clock    clock
	recent   [8]uint64 // fingerprints of the last different pictures
	next     int
	lastSize image.Point
	lastMade time.Time
}

// connect plays one session to its end and returns the credentials it used and why it ended.
func (p *Player) connect(ctx context.Context, url string, change <-chan struct{}) (login, error) {
	used, err := p.credentials(ctx)
	if err != nil {
		return used, fmt.Errorf("media: no credentials for the camera: %w", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s := &session{p: p, cancel: cancel, seed: maphash.MakeSeed(), needKey: true, wake: make(chan struct{}, 1)}

	var wg sync.WaitGroup
	wg.Go(func() { s.guard(ctx, change) })
	tracks := make(chan rtsp.Track, 1)
	wg.Go(func() { s.decodeLoop(ctx, tracks) })

	err = p.play(ctx, rtsp.Options{URL: url, User: used.user, Pass: used.pass, TLS: p.opts.TLS}, rtsp.Handler{
		OnTrack: func(t rtsp.Track) {
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

// opened notes that a session delivers.
func (p *Player) opened(t rtsp.Track) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watch.begin(time.Now())
	p.stats.Connections++
	p.stats.Codec = t.Codec
	p.stats.Source = image.Pt(t.Width, t.Height)
}

// guard ends the session when it stalls or when its source is no longer wanted.
func (s *session) guard(ctx context.Context, change <-chan struct{}) {
	tick := time.NewTicker(s.p.opts.Limits.Step)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-change:
			s.cancel(errSource)
			return
		case now := <-tick.C:
			s.p.mu.Lock()
			reason, stalled := s.p.watch.stalled(now, s.p.opts.Limits)
			s.p.mu.Unlock()
			if stalled {
				s.cancel(errStalled{reason})
				return
			}
		}
	}
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

// unit queues an access unit for the decoder. It never blocks: what does not fit is dropped up to the next key frame.
func (s *session) unit(u rtsp.Unit) {
	s.mu.Lock()
	dropped := 0
	if u.Lost > 0 {
		s.needKey = true
	}
	if len(s.queue) >= s.p.opts.QueueUnits || s.bytes+u.Size > s.p.opts.QueueBytes {
		dropped += len(s.queue)
		s.queue, s.bytes, s.needKey = nil, 0, true
	}
	if s.needKey && !u.Key {
		dropped++
	} else {
		s.needKey = false
		s.queue = append(s.queue, u)
		s.bytes += u.Size
	}
	needKey := s.needKey
	s.mu.Unlock()

	p := s.p
	p.mu.Lock()
	p.watch.unit(u.Arrived, u.Key)
	p.watch.needKey = needKey
	p.stats.Dropped += uint64(dropped)
	p.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// take returns the oldest queued unit and how many wait behind it.
func (s *session) take() (u rtsp.Unit, waiting int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 {
		return u, 0, false
	}
	u = s.queue[0]
	s.queue[0] = rtsp.Unit{}
	s.queue = s.queue[1:]
	s.bytes -= u.Size
	return u, len(s.queue), true
}

// restart makes the session wait for a key frame; queued key frames count.
func (s *session) restart() {
	s.mu.Lock()
	dropped, i := 0, 0
	for ; i < len(s.queue) && !s.queue[i].Key; i++ {
		s.bytes -= s.queue[i].Size
		dropped++
	}
	s.queue = s.queue[i:]
	s.needKey = len(s.queue) == 0
	needKey := s.needKey
	s.mu.Unlock()
	s.p.mu.Lock()
	s.p.watch.needKey = needKey
	s.p.stats.Dropped += uint64(dropped)
	s.p.mu.Unlock()
}

// decodeLoop is the camera's decoder goroutine.
func (s *session) decodeLoop(ctx context.Context, tracks <-chan rtsp.Track) {
	var t rtsp.Track
	select {
	case <-ctx.Done():
		return
	case t = <-tracks:
	}
	decoder, err := s.p.opts.Decoder(DecoderOptions{Codec: t.Codec, Parameters: t.Parameters})
	if err != nil {
		s.cancel(fmt.Errorf("media: no decoder for %s: %w", t.Codec, err))
		return
	}
	defer decoder.Close()
	s.decoder = decoder
	for {
		u, waiting, ok := s.take()
		if !ok {
			select {
			case <-ctx.Done():
				return
			case <-s.wake:
			}
			continue
		}
		if ctx.Err() != nil {
			return
		}
		s.decode(u, waiting)
	}
}

// showEvery is how often a picture is made while the decoder works off a queue: often enough to see it catch up.
const showEvery = 100 * time.Millisecond

// decode decodes one unit and publishes the picture unless a newer one is about to come.
func (s *session) decode(u rtsp.Unit, waiting int) {
	p := s.p
	late := s.clock.late(u.Arrived, u.PTS+u.Behind)
	p.mu.Lock()
	target := p.target
	p.mu.Unlock()
	if waiting > 0 && time.Since(s.lastMade) < showEvery {
		target = image.Point{}
	}
	dec, ok, err := s.decoder.Decode(u.NALUs, u.PTS)
	var pic Picture
	if err == nil && ok && target.X > 0 && target.Y > 0 {
		pic, err = s.decoder.Render(View{Size: target})
	}
	now := time.Now()
	if err != nil {
		p.mu.Lock()
		p.stats.DecodeErrors++
		p.stats.Detail = rtsp.Redact(err.Error())
		p.watch.lastError = now
		p.mu.Unlock()
		s.restart()
		return
	}
	if !ok {
		return
	}
	if pic.RGBA != nil {
		s.lastMade = now
	}
	s.publish(u, dec, pic, now, late)
}

// publish makes a picture the newest one.
func (s *session) publish(u rtsp.Unit, dec Decoded, pic Picture, now time.Time, late time.Duration) {
	p := s.p
	changed := s.changed(pic)
	behind := late + u.Behind
	waited := now.Sub(u.Arrived)
	p.mu.Lock()
	if p.target == (image.Point{}) {
		changed = true // nothing to compare: a hidden tile is not called frozen
	}
	p.watch.decoded(now, u.Arrived, behind+waited, u.Behind > 0, changed)
	p.watch.slow = waited > p.opts.Limits.Late
	p.stats.Source = dec.Source
	p.stats.Dropped += uint64(max(0, dec.Frames-1))
	shown := pic.RGBA != nil
	if shown {
		p.stats.Frames++
		p.meter.Frame(now)
		p.frame = Frame{
			Image: pic.RGBA, Seq: p.stats.Frames, PTS: dec.PTS, Arrived: u.Arrived, Decoded: now, Behind: behind,
			Source: dec.Source, Stream: p.stream, Cached: u.Behind > 0,
		}
	} else if p.target != (image.Point{}) {
		p.stats.Dropped++
	}
	p.judge(now)
	p.mu.Unlock()
	if shown {
		p.notify()
	}
}

// changed tells whether the picture differs from those before it. A few past pictures are remembered, because a camera
// that froze goes on encoding its one picture, a little differently at each key frame. Pictures that were not made
// cannot be compared and count as unchanged; so does the first one of another size.
func (s *session) changed(pic Picture) bool {
	if pic.RGBA == nil {
		return false
	}
	print := fingerprint(s.seed, pic.RGBA)
	for _, seen := range s.recent {
		if seen == print {
			return false
		}
	}
	s.recent[s.next%len(s.recent)] = print
	s.next++
	size := pic.RGBA.Rect.Size()
	same := size == s.lastSize
	s.lastSize = size
	return same
}

// fingerprint hashes every other row.
func fingerprint(seed maphash.Seed, img *image.RGBA) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	width := 4 * img.Rect.Dx()
	for y := 0; y < img.Rect.Dy(); y += 2 {
		row := img.Pix[y*img.Stride:]
		h.Write(row[:width]) //nolint:errcheck // never fails
	}
	return h.Sum64()
}
