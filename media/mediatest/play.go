package mediatest

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/pion/rtp"

	"iocwall/media/rtsp"
)

// clockRate is the RTP clock of all video formats here, in Hz.
const clockRate = 90000

// creepShare and crawlShare are how much longer than a frame's time FaultCreep and FaultCrawl take for a frame.
const (
	creepShare = 0.25
	crawlShare = 4
)

// reel is where a camera is in its clips. One goroutine uses it.
type reel struct {
	c      *Camera
	clip   *Clip
	at     int           // unit within clip
	n      int           // pictures since the start
	every  time.Duration // between pictures
	start  time.Time
	lag    time.Duration // how late pictures are delivered
	plays  int           // sessions that began to play
	held   *rtp.Packet   // overtaken by the one after it
	unmade uint16        // packets that have no number
	told   time.Time     // last sender report
	alone  bool          // no reader yet was told a report
}

// orders are what is in force for one picture.
type orders struct {
	fault Fault
	rate  float64
	ahead time.Duration
	jump  uint32
	plays int // sessions that began to play
}

// replay sends the clip in real time until ctx ends.
func (c *Camera) replay(ctx context.Context) {
	loop := c.clip.loop
	r := &reel{
		c: c, clip: c.clip, at: ((c.opts.Start % loop) + loop) % loop, start: time.Now(),
		every: time.Duration(float64(time.Second) / c.opts.Pace),
	}
	tick := time.NewTimer(0)
	defer tick.Stop()
	defer c.listener.release()
	for ; ; r.n++ {
		tick.Reset(time.Until(r.start.Add(time.Duration(r.n)*r.every + r.lag)))
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		r.step(c.orders())
	}
}

// orders returns what is in force now.
func (c *Camera) orders() orders {
	c.mu.Lock()
	defer c.mu.Unlock()
	o := orders{c.fault, c.rate, c.ahead, c.jump + c.opts.Stamp, c.counts.Sessions}
	if o.rate <= 0 {
		o.rate = 0.05
	}
	return o
}

// step sends the next picture and what else is due.
func (r *reel) step(o orders) {
	r.fallBehind(o)
	if wanted := r.wanted(o.fault); wanted != r.clip {
		r.clip, r.at = wanted, 0
	} else {
		r.at = r.clip.follow(r.at, o.fault == FaultFreeze)
	}
	dead := o.fault == FaultSilent || o.fault == FaultHang
	if o.fault == FaultStorm {
		r.c.storm(time.Now())
	}
	r.c.tracks.hum(time.Since(r.start), dead)
	r.send(o, dead || o.fault == FaultVideoDead)
	if !dead {
		r.report(o)
	}
}

// fallBehind makes pictures late, or on time again.
func (r *reel) fallBehind(o orders) {
	fresh := o.plays != r.plays
	r.plays = o.plays
	switch {
	case o.fault == FaultCreep:
		r.lag += time.Duration(float64(r.every) * creepShare)
	case o.fault == FaultCrawl && !fresh:
		r.lag += time.Duration(float64(r.every) * crawlShare)
	case r.lag > 0:
		r.catchUp()
	}
}

// catchUp throws the backlog away: the next picture is a key frame that is on time.
func (r *reel) catchUp() {
	r.lag = 0
	r.n = max(r.n, int(time.Since(r.start)/r.every))
	for range r.clip.loop {
		if r.clip.units[r.clip.follow(r.at, false)].key {
			return
		}
		r.at = r.clip.follow(r.at, false)
	}
}

// wanted returns the clip that is to be shown.
func (r *reel) wanted(f Fault) *Clip {
	if f == FaultSwitch {
		return r.c.opts.Then
	}
	return r.c.clip
}

// stamp turns a time since the start into an RTP time stamp of the camera's clock, which may drift.
func (r *reel) stamp(since time.Duration, jump uint32) uint32 {
	seconds := since.Seconds() * (1 + r.c.opts.Drift/1e6)
	return uint32(int64(seconds*clockRate+.5)) + jump
}

// send sends the current unit. A dead camera makes packets too, so that their numbers tell that some are missing.
func (r *reel) send(o orders, dead bool) {
	u := &r.clip.units[r.at]
	if o.fault == FaultNoKey && u.key || o.fault == FaultSkip && !u.key && rand.IntN(20) == 0 {
		return
	}
	nalus := u.nalus
	if r.c.opts.Params == ParamsSDP && r.clip == r.c.clip {
		nalus = withoutParameters(r.c.opts.codec(), nalus)
	}
	if o.fault == FaultCut && rand.IntN(8) == 0 {
		nalus = cutShort(nalus)
	}
	packets, err := r.c.tracks.encode(nalus)
	if err != nil {
		r.c.log.Error("camera cannot packetise a unit", "err", err)
		return
	}
	// The clip's own order of presentation matters with B-frames; the loop's repetitions follow each other without a gap.
	stamp := r.stamp(time.Duration(r.n+u.pts-r.at)*r.every, o.jump)
	if dead {
		return
	}
	r.c.remember(u.number)
	for _, p := range packets {
		p.SequenceNumber -= r.unmade
	}
	if o.fault == FaultTorn && rand.IntN(6) == 0 {
		made := 1 + rand.IntN(len(packets))
		r.unmade += uint16(len(packets) - made)
		packets = packets[:made]
	}
	for _, p := range packets {
		p.Timestamp = stamp
		switch {
		case o.fault == FaultLoss && rand.Float64() < o.rate, o.fault == FaultKeyLost && u.key:
			continue
		case o.fault == FaultGarbage:
			p = garble(p)
		case o.fault == FaultReorder && r.held == nil && rand.IntN(4) == 0:
			r.held = p
			continue
		}
		r.c.tracks.write(p)
		if r.held != nil {
			r.c.tracks.write(r.held)
			r.held = nil
		}
	}
}

// remember notes that a frame is being sent.
func (c *Camera) remember(number int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts.Frames++
	s := sending{number, time.Now()}
	if len(c.sent) < sentKept {
		c.sent = append(c.sent, s)
		return
	}
	c.sent[c.next%sentKept] = s
	c.next++
}

// report sends a sender report when one is due: soon after the start of each session, then at its distance.
func (r *reel) report(o orders) {
	now := time.Now()
	r.c.mu.Lock()
	alone := len(r.c.sessions) == 0
	r.c.mu.Unlock()
	fresh := r.alone && !alone
	r.alone = alone
	if r.c.opts.ReportEvery < 0 || alone || !fresh && now.Sub(r.told) < r.c.opts.ReportEvery {
		return
	}
	r.told = now
	since := now.Sub(r.start)
	drifted := now.Add(o.ahead + time.Duration(float64(since)*r.c.opts.Drift/1e6))
	r.c.tracks.report(drifted, r.stamp(since, o.jump))
}

// follow returns the unit after at: in the loop, or in the standing picture at its end.
func (c *Clip) follow(at int, frozen bool) int {
	next := at + 1
	switch {
	case frozen && (next < c.loop || next >= len(c.units)):
		return c.loop
	case !frozen && next >= c.loop:
		return 0
	}
	return next
}

// garble replaces the payload, keeping the first two bytes half of the time so that it looks like video.
func garble(p *rtp.Packet) *rtp.Packet {
	q := *p
	q.Payload = make([]byte, len(p.Payload))
	for i := range q.Payload {
		q.Payload[i] = byte(rand.Uint32())
	}
	if rand.IntN(2) == 0 {
		copy(q.Payload, p.Payload[:min(2, len(p.Payload))])
	}
	return &q
}

// cutFrom is how large NAL units are that do not find room, in bytes.
const cutFrom = 1000

// cutShort leaves out the second half of the last NAL unit, if it is large.
func cutShort(nalus [][]byte) [][]byte {
	out := append([][]byte{}, nalus...)
	last := out[len(out)-1]
	if len(last) < cutFrom {
		return out
	}
	out[len(out)-1] = last[:len(last)-len(last)/2]
	return out
}

// withoutParameters drops VPS, SPS and PPS.
func withoutParameters(codec rtsp.Codec, nalus [][]byte) [][]byte {
	if codec == rtsp.MJPEG {
		return nalus
	}
	var out [][]byte
	for _, n := range nalus {
		if !rtsp.IsParameterSet(codec, n) {
			out = append(out, n)
		}
	}
	return out
}
