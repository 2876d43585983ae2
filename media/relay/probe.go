package relay

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"iocwall/media/rtsp"
)

const (
	// probeKey is how long a probe waits for a key frame once pictures come.
	probeKey = 3 * time.Second
	// firstProbes is the time over which the first probes are spread, unless they come more often anyway.
	firstProbes = 10 * time.Second
	// hurryEvery is the least distance of probing all cameras of a site because some of them failed.
	hurryEvery = 30 * time.Second
	// yieldWait bounds waiting for a session of our own to end.
	yieldWait = 3 * time.Second
	// A probe takes place quarters of one of Options.Probes. One that has waited for an answer for longer than probeAnswer
	// takes a single one: it moves no pictures, and when a storm takes hundreds of cameras along, each of which is waited
	// for until its time-out, all are known in a few minutes.
	place       = 4
	probeAnswer = time.Second
)

// visit is when a camera is looked at next.
type visit struct {
	next  time.Time
	turn  int       // which of its streams
	hurry time.Time // when it was called for because others of its site failed, zero when it was not
}

// probes is what the prober remembers.
type probes struct {
	visits  map[string]*visit    // by camera
	hurried map[string]time.Time // by site
	random  func() float64
}

// probe looks at the cameras that nobody watches, a few at a time, until ctx ends.
func (r *Relay) probe(ctx context.Context) {
	p := probes{visits: map[string]*visit{}, hurried: map[string]time.Time{}, random: rand.Float64}
	tick := time.NewTicker(r.opts.Step)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			p.round(r, now)
		}
	}
}

// round starts the probes that are due.
func (p *probes) round(r *Relay, now time.Time) {
	cameras := map[string][]*upstream{}
	taken := 0
	for _, u := range r.upstreams() {
		cameras[u.cfg.camera] = append(cameras[u.cfg.camera], u)
		taken += u.takes(now)
	}
	for id := range p.visits {
		if cameras[id] == nil {
			delete(p.visits, id)
		}
	}
	p.hurry(r, now, cameras)
	var due []string
	for id, ups := range cameras {
		if p.due(id, ups[0].every(), now) {
			due = append(due, id)
		}
	}
	slices.SortFunc(due, func(a, b string) int { return p.visits[a].before(p.visits[b]) })
	for _, id := range due {
		if taken > place*(r.opts.Probes-1) {
			return
		}
		v, ups := p.visits[id], cameras[id]
		slices.SortFunc(ups, func(a, b *upstream) int { return strings.Compare(a.cfg.stream, b.cfg.stream) })
		if r.look(ups, ups[v.turn%len(ups)], now) {
			v.turn++
			taken += place
		}
		v.next, v.hurry = now.Add(p.around(ups[0].every())), time.Time{}
	}
}

// before orders visits that are due: sites of which some failed come first, one site after the other so that what failed
// together is found out together, then those that have waited longest.
func (v *visit) before(o *visit) int {
	switch {
	case v.hurry.IsZero() != o.hurry.IsZero():
		if o.hurry.IsZero() {
			return -1
		}
		return 1
	case !v.hurry.Equal(o.hurry):
		return v.hurry.Compare(o.hurry)
	}
	return v.next.Compare(o.next)
}

// takes returns how much of a place the stream's probe takes now: nothing once others have taken its session over, for as
// long as they stay.
func (u *upstream) takes(now time.Time) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case !u.probing || u.demanded(now):
		return 0
	case u.watch.connected.IsZero() && now.Sub(u.looked) > probeAnswer:
		return 1
	}
	return place
}

// isProbed tells whether the stream is being looked at.
func (u *upstream) isProbed() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.probing
}

// due tells whether a camera is to be looked at, and plans its first visit.
func (p *probes) due(id string, every time.Duration, now time.Time) bool {
	if every <= 0 {
		delete(p.visits, id)
		return false
	}
	v := p.visits[id]
	if v == nil {
		v = &visit{next: now.Add(time.Duration(p.random() * float64(min(every, firstProbes))))}
		p.visits[id] = v
	}
	return !now.Before(v.next)
}

// around returns a time near d, so that cameras that were started together do not stay together.
func (p *probes) around(d time.Duration) time.Duration {
	return time.Duration((0.75 + 0.5*p.random()) * float64(d))
}

// hurry looks soon at the cameras of a site of which some have failed, so that one cause is seen as one. Those that are
// known to fail wait for their turn.
func (p *probes) hurry(r *Relay, now time.Time, cameras map[string][]*upstream) {
	failed, known := map[string]int{}, map[string]bool{}
	for _, h := range r.Health() {
		if h.Failing.IsZero() {
			continue
		}
		known[h.Camera] = true
		if h.Site != "" && now.Sub(h.Failing) < hurryEvery {
			failed[h.Site]++
		}
	}
	for site := range p.hurried {
		if now.Sub(p.hurried[site]) > hurryEvery {
			delete(p.hurried, site)
		}
	}
	for site, n := range failed {
		if _, done := p.hurried[site]; done || n < 2 {
			continue
		}
		p.hurried[site] = now
		for id, ups := range cameras {
			v := p.visits[id]
			if v != nil && v.hurry.IsZero() && ups[0].cfg.site == site && !known[id] && !slices.ContainsFunc(ups, (*upstream).isProbed) {
				v.next, v.hurry = now.Add(time.Duration(p.random()*float64(3*time.Second))), now
			}
		}
	}
}

// every returns how often the camera is looked at, 0 never.
func (u *upstream) every() time.Duration {
	switch every := u.cfg.probeEvery; {
	case every < 0, every == 0 && u.relay.opts.ProbeEvery < 0:
		return 0
	case every == 0:
		return u.relay.opts.ProbeEvery
	default:
		return every
	}
}

// look starts a probe of one stream unless the camera is in use, about to be, or has refused the login on any stream.
func (r *Relay) look(all []*upstream, u *upstream, now time.Time) bool {
	r.gate.Lock()
	defer r.gate.Unlock()
	for _, o := range all {
		o.mu.Lock()
		busy := o.demanded(now) || o.probing || o.stop != nil || o.barred
		o.mu.Unlock()
		if busy {
			return false
		}
	}
	u.mu.Lock()
	u.probing, u.enough, u.looked = true, false, now
	u.mu.Unlock()
	select {
	case u.poke <- struct{}{}:
	default:
	}
	return true
}

// seen ends a probe that has seen enough: a key frame, or pictures for a while.
func (u *upstream) seen(now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	w := &u.watch
	if u.probing && !w.connected.IsZero() && (!w.lastKey.IsZero() || !w.lastUnit.IsZero() && now.Sub(w.connected) > probeKey) {
		u.enough = true
		w.failure, w.detail = rtsp.ReasonNone, ""
	}
}

// onlyProbed tells whether nobody but a probe wanted the session that has just ended.
func (u *upstream) onlyProbed(now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.probing && !u.demanded(now)
}

// yield ends the camera's other sessions that nobody needs before u is connected, and waits until they are gone: some
// cameras serve one session only. Probes always give way; sessions that only linger after their last reader do so when
// the camera is full. It reports whether there were any.
func (r *Relay) yield(ctx context.Context, u *upstream, full bool) bool {
	if u.onlyProbed(time.Now()) {
		return false
	}
	var gone []chan struct{}
	r.gate.Lock()
	for _, o := range r.siblings(u) {
		if over := o.giveWay(full); over != nil {
			gone = append(gone, over)
		}
	}
	r.gate.Unlock()
	timer := time.NewTimer(yieldWait)
	defer timer.Stop()
	for _, over := range gone {
		select {
		case <-over:
		case <-timer.C:
			return true
		case <-ctx.Done():
			return true
		}
	}
	return len(gone) > 0
}

// giveWay ends the session if nobody needs it and returns what is closed when it is over, nil if there is none.
func (u *upstream) giveWay(full bool) chan struct{} {
	u.mu.Lock()
	defer u.mu.Unlock()
	kept := u.cfg.always || u.cfg.keep > 0
	if kept || u.watched() || !full && (!u.probing || u.demanded(time.Now())) {
		return nil
	}
	u.enough, u.keepUntil = true, time.Time{}
	if u.stop == nil {
		return nil
	}
	u.leave()
	u.stop(errIdle)
	return u.over
}
