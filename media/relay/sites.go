package relay

import (
	"cmp"
	"slices"
	"time"

	"iocwall/media/rtsp"
)

// SiteHealth says how many cameras of a site do not deliver, and whether they seem to have one cause.
type SiteHealth struct {
	Site    string
	Cameras int         // of which something is known
	Down    int         // of which the network or the power seems to be gone
	Reason  rtsp.Reason // the most frequent reason of those that failed together; empty while there is no one cause
	Since   time.Time   // when the first of them failed, zero without a reason
}

// A site is named as the one cause when at least oneCause cameras, and more than half of all of it, failed within
// oneWindow: cameras that nobody watches are seen to fail only when they are looked at.
const (
	oneCause  = 3
	oneWindow = 2 * time.Minute
)

// Sites returns how the cameras of each site are, sorted by site; see the function Sites.
func (r *Relay) Sites() []SiteHealth { return Sites(r.Health()) }

// Sites groups healths by site. A site whose cameras failed together has a Reason: then one thing they share is the cause
// rather than each camera. Cameras without a site, and those of which nothing is known yet, count nowhere.
func Sites(all []Health) []SiteHealth {
	sites := map[string]map[string]*condition{}
	for _, h := range all {
		if h.Site == "" {
			continue
		}
		if sites[h.Site] == nil {
			sites[h.Site] = map[string]*condition{}
		}
		c := sites[h.Site][h.Camera]
		if c == nil {
			c = &condition{}
			sites[h.Site][h.Camera] = c
		}
		c.add(h)
	}
	out := make([]SiteHealth, 0, len(sites))
	for site, cameras := range sites {
		out = append(out, judgeSite(site, cameras))
	}
	slices.SortFunc(out, func(a, b SiteHealth) int { return cmp.Compare(a.Site, b.Site) })
	return out
}

// condition is what the streams of one camera say together.
type condition struct {
	known, well bool
	failing     time.Time
	reason      rtsp.Reason
}

func (c *condition) add(h Health) {
	switch {
	case !h.Failing.IsZero():
		c.known = true
		if c.failing.IsZero() || h.Failing.Before(c.failing) {
			c.failing, c.reason = h.Failing, h.Reason
		}
	case h.State == StateLive, h.State == StateRefused, h.State == StateFull:
		c.known, c.well = true, true
	case h.State == StateNoSignal, !h.Probed.IsZero():
		c.known = true
	}
}

func judgeSite(site string, cameras map[string]*condition) SiteHealth {
	s := SiteHealth{Site: site}
	var down []*condition
	for _, c := range cameras {
		if c.known {
			s.Cameras++
		}
		if !c.failing.IsZero() && !c.well {
			down = append(down, c)
		}
	}
	s.Down = len(down)
	slices.SortFunc(down, func(a, b *condition) int {
		return cmp.Or(a.failing.Compare(b.failing), cmp.Compare(a.reason, b.reason))
	})
	together := mostTogether(down)
	if len(together) < oneCause || 2*len(together) <= s.Cameras {
		return s
	}
	s.Since = together[0].failing
	counts := map[rtsp.Reason]int{}
	for _, c := range together {
		counts[c.reason]++
	}
	for _, c := range together {
		if s.Reason == "" || counts[c.reason] > counts[s.Reason] {
			s.Reason = c.reason
		}
	}
	return s
}

// mostTogether returns the longest run, of those sorted by time, that lies within one window.
func mostTogether(down []*condition) []*condition {
	var best []*condition
	first := 0
	for i := range down {
		for down[i].failing.Sub(down[first].failing) > oneWindow {
			first++
		}
		if i+1-first > len(best) {
			best = down[first : i+1]
		}
	}
	return best
}

// ofTransport tells whether a reason points at the network or the power rather than at the camera's settings or pictures.
func ofTransport(r rtsp.Reason) bool {
	switch r {
	case rtsp.ReasonUnreachable, rtsp.ReasonTimeout, rtsp.ReasonDisconnected, rtsp.ReasonNoPackets:
		return true
	}
	return false
}

// fail notes since when the stream fails; while it is being connected anew it still does.
func (h *Health) fail(now time.Time) {
	switch {
	case h.State == StateConnecting:
	case h.State != StateNoSignal || !ofTransport(h.Reason):
		h.Failing = time.Time{}
	case h.Failing.IsZero():
		h.Failing = now
	}
}
