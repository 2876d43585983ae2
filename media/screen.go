package media

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"iocwall/media/flow"
	"iocwall/media/rtsp"
)

// screen is the part of a session that belongs to the decoder's goroutine.
type screen struct {
	track    rtsp.Track
	decoder  Decoder       // nil until the first unit, and after it failed again and again
	opened   bool          // it was made just now: what waits did not wait for a slow decoder
	failures int           // key frames refused in a row
	delay    *flow.Delay   // how late units are
	taken    flow.Lateness // the camera's clock against arrival
	epoch    time.Time
	waiting  [32]shot // units in the decoder, for decoders that hand pictures out later
	next     int
	last     shot // what the newest picture came from
	shown    bool // there is a newest picture
	made     time.Time
	gait     flow.Gait
	timer    *time.Timer
	stepping bool // the presenter runs
}

// shot is what is known of a picture before it is decoded.
type shot struct {
	pts            time.Duration
	arrived, taken time.Time
	relayed        time.Time // zero: to be shown at once
	moment         time.Time // when it is to be shown, zero: at once
	behind         time.Duration
	cached         bool
	source         Decoded
}

// showEvery is how often a picture is made while the decoder works off a queue: often enough to see it catch up.
const showEvery = 100 * time.Millisecond

// decoderPatience is how many attempts in a row a decoder may fail before another one is made, and decoderPause the time
// before that is tried again: hardware decoders fail now and then, and come back.
const (
	decoderPatience = 3
	decoderPause    = time.Second
)

// decodeLoop is the camera's decoder goroutine.
func (s *session) decodeLoop(ctx context.Context, tracks <-chan rtsp.Track) {
	c := &s.screen
	select {
	case <-ctx.Done():
		return
	case c.track = <-tracks:
	}
	defer c.close()
	var presenting sync.WaitGroup
	defer presenting.Wait()
	c.delay = flow.NewDelay(&s.p.opts.memory.stamps)
	for ctx.Err() == nil {
		st := s.p.step.Load()
		if sleep := s.sleep(st); sleep != 0 {
			s.redraw()
			s.doze(ctx, sleep)
			continue
		}
		if !s.open(ctx) {
			continue
		}
		now := time.Now()
		if st != nil {
			now = now.Add(-st.Budget) // so long units wait for no slow decoder
			if !c.stepping {
				c.stepping = true
				presenting.Go(func() { s.present.run(ctx) })
			}
		}
		if u, waiting, out, ok := s.queue.Take(now); ok {
			s.skipped(out.Units, out.Live && !c.opened)
			c.opened = false
			s.decode(st, u, waiting)
		}
	}
}

// close frees the decoder.
func (c *screen) close() {
	if c.decoder != nil {
		c.decoder.Close()
	}
	c.decoder, c.shown = nil, false
}

// skipped notes units left out since newer ones are to be had; slow says that decoding them took too long.
func (s *session) skipped(n int, slow bool) {
	if n == 0 {
		return
	}
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.stats.Dropped += uint64(n)
	if slow {
		s.p.watch.skipped = time.Now()
	}
}

// open makes the decoder if there is none; after a failure it waits a little, while units queue up, and reports false.
func (s *session) open(ctx context.Context) bool {
	c := &s.screen
	if c.decoder != nil {
		return true
	}
	d, err := s.p.opts.Decoder(DecoderOptions{Codec: c.track.Codec, Parameters: c.track.Parameters})
	if err != nil {
		s.failed(fmt.Errorf("media: no decoder for %s: %w", c.track.Codec, err))
		select {
		case <-ctx.Done():
		case <-time.After(decoderPause):
		}
		return false
	}
	c.decoder, c.failures, c.opened = d, 0, true
	s.p.mu.Lock()
	s.p.stats.Decoder = d.Name()
	s.p.mu.Unlock()
	return true
}

// decode decodes one unit and publishes the picture unless a newer one is about to come.
func (s *session) decode(st *flow.Step, u flow.Queued, waiting int) {
	c := &s.screen
	shot := s.time(u)
	if st != nil {
		if shot.moment = c.gait.Begin(time.Now(), st, u); !shot.moment.IsZero() {
			shot.relayed = u.Relayed
		}
	}
	if u.Anew {
		c.decoder.Flush()
	}
	dec, ok, err := c.decoder.Decode(u.NALUs, u.PTS)
	if err != nil {
		s.refused(err)
		return
	}
	c.waiting[c.next%len(c.waiting)] = shot
	c.next++
	if !ok {
		return
	}
	for i := range c.waiting {
		if w := &c.waiting[i]; w.pts == dec.PTS && !w.arrived.IsZero() {
			shot = *w
		}
	}
	shot.source = dec
	c.last, c.shown, c.failures = shot, true, 0
	s.publish(st, waiting > 0 && s.pressed(st) && time.Since(c.made) < showEvery)
}

// time tells how late a unit is and when it was taken. It ends a session that is too late to go on.
func (s *session) time(u flow.Queued) shot {
	c := &s.screen
	late, spent := c.delay.Late(u.Unit)
	if spent {
		s.cancel(errStalled{ReasonLate})
	}
	if !u.Taken.IsZero() {
		// What a relay knows it to be late by is no fault of the camera's clock.
		came := u.Taken.Add(u.Behind + u.Late)
		if c.epoch.IsZero() {
			c.epoch = came
		}
		c.taken.Late(u.Arrived, came.Sub(c.epoch))
	}
	return shot{
		pts: u.PTS, arrived: u.Arrived, taken: u.Taken, behind: late + u.Behind, cached: u.Behind > 0 || u.Held,
	}
}

// refused notes a unit that the decoder did not take; what follows up to the next key frame must not be shown.
func (s *session) refused(err error) {
	c := &s.screen
	if !errors.Is(err, ErrMissing) {
		if c.failures++; c.failures >= decoderPatience {
			c.close()
		}
		s.failed(err)
	}
	dropped, needKey := s.queue.Restart()
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.watch.needKey = needKey
	s.p.stats.Dropped += uint64(dropped)
}

// failed notes an error of the decoder.
func (s *session) failed(err error) {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.stats.DecodeErrors++
	s.p.stats.Detail = rtsp.Redact(err.Error())
	s.p.watch.lastError = time.Now()
}

// publish makes the newest decoded picture the newest one for each view; hurry says that the next one is about to come,
// so that none is made of this one.
func (s *session) publish(st *flow.Step, hurry bool) {
	p, c := s.p, &s.screen
	p.mu.Lock()
	views := p.views
	p.mu.Unlock()
	var frames []Frame
	if !hurry && len(views) > 0 {
		var err error
		if frames, err = s.render(views); err != nil {
			s.failed(err)
			return
		}
		c.made = time.Now()
	}
	p.opts.memory.still.Picture(c.last.source.Print, c.last.arrived)
	now := time.Now()
	waited := now.Sub(c.last.arrived)
	if st != nil {
		c.gait.Slipped(now, s.present.slipped())
		waited = c.gait.Done(now, c.last.moment, waited)
	}
	p.mu.Lock()
	if st != nil && st == p.step.Load() {
		p.stats.Step = c.gait.Stats()
	}
	p.watch.decoded(now, c.last.arrived, c.last.behind+waited, c.last.cached)
	p.watch.slow = waited > p.opts.Limits.Late
	p.stats.Source = c.last.source.Source
	p.stats.Dropped += uint64(max(0, c.last.source.Frames-1))
	if !c.epoch.IsZero() {
		p.stats.ClockOffset, p.stats.ClockKnown = c.taken.Ahead(c.epoch), true
	}
	later := c.stepping && len(frames) > 0
	switch {
	case later: // after what waits for its moment
	case len(frames) > 0:
		p.show(frames, now)
	case len(views) > 0:
		p.stats.Dropped++
	}
	p.judge(now)
	p.mu.Unlock()
	switch {
	case later:
		s.present.put(frames, c.last.relayed, now)
	case len(frames) > 0:
		p.notify()
	}
}

// render makes a frame of the newest decoded picture for each view.
func (s *session) render(views []View) ([]Frame, error) {
	c := &s.screen
	frames := make([]Frame, 0, len(views))
	for _, v := range views {
		pic, err := c.decoder.Render(v)
		if err != nil {
			return nil, fmt.Errorf("media: make a picture of %d×%d: %w", v.Size.X, v.Size.Y, err)
		}
		frames = append(frames, Frame{
			Image: pic.RGBA, YUV: pic.YUV, View: v, PTS: c.last.pts, Arrived: c.last.arrived, Taken: c.last.taken,
			Behind: c.last.behind, Source: c.last.source.Source, Cached: c.last.cached, Moment: c.last.moment,
		})
	}
	return frames, nil
}

// show publishes frames; the caller holds the lock.
func (p *Player) show(frames []Frame, now time.Time) {
	p.stats.Frames++
	p.meter.Frame(now)
	seq := p.opts.seq.Add(1)
	for i := range frames {
		frames[i].Seq, frames[i].Stream = seq, p.stream
	}
	if frames[0].Decoded.IsZero() {
		for i := range frames {
			frames[i].Decoded = now
		}
	}
	p.frames, p.newest = frames, frames[0]
}

// redraw makes the newest picture again for views that have none yet: those that were resized or came new, while the
// next picture may be far.
func (s *session) redraw() {
	p, c := s.p, &s.screen
	if !c.shown {
		return
	}
	p.mu.Lock()
	missing := slices.DeleteFunc(slices.Clone(p.views), func(v View) bool { return has(p.frames, v) })
	p.mu.Unlock()
	if c.stepping && len(missing) > 0 {
		missing = s.present.lacking(missing)
	}
	if len(missing) == 0 {
		return
	}
	frames, err := s.render(missing)
	if err != nil {
		s.failed(err)
		return
	}
	if c.stepping && s.present.extend(frames) {
		return
	}
	p.mu.Lock()
	for _, f := range p.frames {
		if !has(frames, f.View) && slices.Contains(p.views, f.View) {
			frames = append(frames, f)
		}
	}
	seq := p.opts.seq.Add(1)
	for i := range frames[:len(missing)] {
		frames[i].Seq, frames[i].Decoded, frames[i].Stream = seq, p.newest.Decoded, p.stream
	}
	p.frames, p.newest = frames, frames[0]
	p.mu.Unlock()
	p.notify()
}

// has reports whether there is a frame for a view.
func has(frames []Frame, v View) bool {
	return slices.ContainsFunc(frames, func(f Frame) bool { return f.View == v })
}
