package mediatest

import (
	"crypto/tls"
	"fmt"
	"time"

	"github.com/bluenviron/gortsplib/v4"
)

// Fault is a way in which a camera misbehaves.
type Fault string

// The faults. The numbers are issues of other systems in which users report them.
const (
	// FaultNone: all is well.
	FaultNone Fault = ""

	// FaultSilent: the connection stays and answers, all packets stop. A dead picture stays up unnoticed (go2rtc 574).
	FaultSilent Fault = "silent"
	// FaultVideoDead: the video stops; sound, sender reports and keep-alives go on, which keeps time-outs of a
	// connection from seeing anything (go2rtc 574, 1847).
	FaultVideoDead Fault = "video-dead"
	// FaultFreeze: packets and key frames go on, the picture stands still: the sensor or the encoder hangs (go2rtc 574).
	FaultFreeze Fault = "freeze"
	// FaultHang: the camera's processor hangs: connections are taken and stay, nothing is sent and nothing is answered,
	// not even to a new connection. When it ends, only connections made from then on are answered: the others stay deaf
	// for good, as behind a firewall that has forgotten them. No recovery until a restart (go2rtc 762, 1389).
	FaultHang Fault = "hang"

	// FaultRefuse: every request is answered with 401 and readers are thrown out. Cameras lock an account after a few
	// wrong logins.
	FaultRefuse Fault = "refuse"
	// FaultForbid: the same with 403, as cameras answer to users without the right to the stream, or while locked.
	FaultForbid Fault = "forbid"
	// FaultFull: readers are thrown out and new ones answered with 453 (frigate 5983: two sessions at most).
	FaultFull Fault = "full"
	// FaultAudioOnly: readers are thrown out, and the description has no video any more (go2rtc 1847).
	FaultAudioOnly Fault = "audio-only"

	// FaultReset: all connections are reset once; the camera goes on at once.
	FaultReset Fault = "reset"
	// FaultStorm: each session is reset a few pictures after it began, for as long as the fault lasts (mediamtx 4678).
	FaultStorm Fault = "storm"
	// FaultDown: connections are reset and new ones refused until the fault ends.
	FaultDown Fault = "down"

	// FaultLoss: a share of the RTP packets is left out, 5 % unless SetLoss says otherwise (mediamtx 180).
	FaultLoss Fault = "loss"
	// FaultReorder: neighbouring packets are swapped now and then, which only UDP does.
	FaultReorder Fault = "reorder"
	// FaultNoKey: key frames are not made, all else is sent without a gap in the numbers (mediamtx 1327).
	FaultNoKey Fault = "nokey"
	// FaultKeyLost: all packets of key frames are lost on the way, which leaves a gap in the numbers (mediamtx 180).
	FaultKeyLost Fault = "key-lost"
	// FaultCut: some large units end in the middle, without a gap in the numbers, as from an encoder short of memory
	// (mediamtx 1327).
	FaultCut Fault = "cut"
	// FaultTorn: the last packets of some units are never made, which leaves no gap in the numbers either, as from an
	// encoder whose way to the network is full (mediamtx 1327).
	FaultTorn Fault = "torn"
	// FaultSkip: some units that are no key frames are not made, which leaves no gap in the numbers either (mediamtx 1327).
	FaultSkip Fault = "skip"
	// FaultGarbage: packets keep their headers but carry random bytes.
	FaultGarbage Fault = "garbage"

	// FaultCreep: pictures are delivered a fifth slower than they are taken, later and later, until the fault ends and
	// the backlog is thrown away (omxplayer 647).
	FaultCreep Fault = "creep"
	// FaultCrawl: the same at a fifth of the speed, with a backlog that belongs to the session: the pictures of a new one
	// are on time at first.
	FaultCrawl Fault = "crawl"
	// FaultStep: the RTP time stamps jump once by an hour, as when the camera has set its clock (mediamtx 5550).
	FaultStep Fault = "step"
	// FaultStepBack: the RTP time stamps are set back once by ten seconds.
	FaultStepBack Fault = "step-back"
	// FaultSwitch: Options.Then is sent instead of the first clip: another size and other parameter sets.
	FaultSwitch Fault = "switch"
)

// Faults lists all faults but FaultNone.
func Faults() []Fault {
	return []Fault{
		FaultSilent, FaultVideoDead, FaultFreeze, FaultHang, FaultRefuse, FaultForbid, FaultFull, FaultAudioOnly,
		FaultReset, FaultStorm, FaultDown, FaultLoss, FaultReorder, FaultNoKey, FaultKeyLost, FaultCut, FaultTorn, FaultSkip,
		FaultGarbage,
		FaultCreep, FaultCrawl, FaultStep, FaultStepBack, FaultSwitch,
	}
}

// SetFault makes the camera misbehave from now on; FaultNone heals it. FaultReset, FaultStep and FaultStepBack happen once
// and leave the camera well.
func (c *Camera) SetFault(f Fault) error {
	known := f == FaultNone
	for _, k := range Faults() {
		known = known || f == k
	}
	switch {
	case !known:
		return fmt.Errorf("%w: %q", ErrUnknownFault, f)
	case f == FaultSwitch && c.opts.Then == nil:
		return fmt.Errorf("mediatest: fault %s: the camera has no second clip; set Options.Then", f)
	}
	c.mu.Lock()
	c.fault = f
	switch f {
	case FaultReset:
		c.fault = FaultNone
	case FaultStep:
		c.fault = FaultNone
		c.jump += 3600 * clockRate
	case FaultStepBack:
		c.fault = FaultNone
		c.jump -= 10 * clockRate
	}
	sessions, conns := c.victims(f)
	c.mu.Unlock()
	if c.listener != nil {
		c.listener.hang(f == FaultHang)
	}
	for _, s := range sessions {
		s.Close()
	}
	for _, conn := range conns {
		reset(conn)
	}
	return nil
}

// victims returns what a fault ends as it begins; the caller holds the lock.
func (c *Camera) victims(f Fault) (sessions []*gortsplib.ServerSession, conns []*gortsplib.ServerConn) {
	switch f {
	case FaultRefuse, FaultForbid, FaultFull, FaultAudioOnly:
		for s := range c.sessions {
			sessions = append(sessions, s)
		}
	case FaultHang:
		for s := range c.sessions {
			c.over(s, true)
		}
	case FaultReset, FaultDown, FaultStorm:
		for conn := range c.conns {
			conns = append(conns, conn)
		}
		for s := range c.sessions {
			if c.opts.UDP { // such a session does not end with its connection
				sessions = append(sessions, s)
			}
			c.over(s, false)
		}
	}
	return sessions, conns
}

// over notes that a session does not play any more; the place of one that went without a word may stay taken. The caller
// holds the lock.
func (c *Camera) over(s *gortsplib.ServerSession, polite bool) {
	_, played := c.sessions[s]
	delete(c.sessions, s)
	if played && !polite && c.opts.Linger > 0 {
		c.taken = append(c.taken, time.Now().Add(c.opts.Linger))
	}
}

// SetLoss sets the share of packets, 0 to 1, that FaultLoss leaves out.
func (c *Camera) SetLoss(share float64) {
	c.mu.Lock()
	c.rate = share
	c.mu.Unlock()
}

// SetClock steps the clock in the sender reports: it is so far ahead of the world's from now on.
func (c *Camera) SetClock(ahead time.Duration) {
	c.mu.Lock()
	c.ahead = ahead
	c.mu.Unlock()
}

// reset ends a connection with a TCP reset.
func reset(conn *gortsplib.ServerConn) {
	inner := conn.NetConn()
	if secure, ok := inner.(*tls.Conn); ok {
		inner = secure.NetConn()
	}
	if k, ok := inner.(*link); ok {
		abort(k.tcp)
	}
	conn.NetConn().Close() //nolint:errcheck // a connection that is gone already is as good
}

// stormAfter is how long FaultStorm lets a session live.
const stormAfter = 300 * time.Millisecond

// storm resets the sessions that have lived long enough.
func (c *Camera) storm(now time.Time) {
	c.mu.Lock()
	var due []playing
	for _, p := range c.sessions {
		if now.Sub(p.since) >= stormAfter {
			due = append(due, p)
			c.over(p.session, false)
		}
	}
	c.mu.Unlock()
	for _, p := range due {
		reset(p.conn)
		p.session.Close()
	}
}

// is reports whether a fault is in force.
func (c *Camera) is(f Fault) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fault == f
}

// count changes the counts.
func (c *Camera) count(change func(*Counts)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.counts)
}
