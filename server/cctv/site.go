package cctv

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"iocwall/media/relay"
	"iocwall/media/rtsp"
	"iocwall/server/world"
)

const (
	// siteWait is how long a site must be named, or not be named, before that is
	// told: cameras do not all notice at the same moment, nor come back so.
	siteWait = 3 * time.Second
	// siteAlert begins the ids of alerts about sites.
	siteAlert = "site/"
)

// trouble is a site whose cameras fail together: one cause rather than many.
type trouble struct {
	Site string `json:"site"`
	// Down of Cameras do not deliver.
	Down    int        `json:"down"`
	Cameras int        `json:"cameras"`
	Reason  string     `json:"reason"`
	Since   world.Time `json:"since"`
	// Failing are the ids of those that do not.
	Failing []string `json:"failing"`
}

// sites remembers which sites fail as a whole. It has no clock of its own and is
// used under the lock of healths.
type sites struct {
	turning map[string]time.Time // since when a site is not as it was told
	down    map[string]trouble
}

func newSites() *sites {
	return &sites{turning: map[string]time.Time{}, down: map[string]trouble{}}
}

// judge brings what is told in line with what the relay says of all streams, and
// returns the cameras whose cause changed.
func (s *sites) judge(now time.Time, all []relay.Health) []string {
	failing := map[string][]string{}
	for _, h := range all {
		if !h.Failing.IsZero() && !slices.Contains(failing[h.Site], h.Camera) {
			failing[h.Site] = append(failing[h.Site], h.Camera)
		}
	}
	before := s.causes()
	there := map[string]bool{}
	for _, x := range relay.Sites(all) {
		there[x.Site] = true
		was, told := s.down[x.Site]
		named := x.Reason != ""
		if named == told {
			delete(s.turning, x.Site)
		} else if s.turning[x.Site].IsZero() {
			s.turning[x.Site] = now
		}
		turned := named != told && now.Sub(s.turning[x.Site]) >= siteWait
		switch {
		case named && (told || turned):
			slices.Sort(failing[x.Site])
			next := trouble{x.Site, x.Down, x.Cameras, string(x.Reason), world.TimeOf(x.Since), failing[x.Site]}
			if told {
				next.Since = was.Since
			}
			s.down[x.Site] = next
		case turned:
			delete(s.down, x.Site)
		}
	}
	for site := range s.down {
		if !there[site] {
			delete(s.down, site)
		}
	}
	after := s.causes()
	var changed []string
	for camera, site := range before {
		if after[camera] != site {
			changed = append(changed, camera)
		}
	}
	for camera := range after {
		if before[camera] == "" {
			changed = append(changed, camera)
		}
	}
	slices.Sort(changed)
	return changed
}

// causes returns the site by camera, of all that fail with their site.
func (s *sites) causes() map[string]string {
	out := map[string]string{}
	for site, x := range s.down {
		for _, camera := range x.Failing {
			out[camera] = site
		}
	}
	return out
}

// cause returns the site that the camera fails with, empty for none.
func (s *sites) cause(camera string) string { return s.causes()[camera] }

func (s *sites) troubles() []trouble {
	out := []trouble{}
	for _, site := range slices.Sorted(maps.Keys(s.down)) {
		out = append(out, s.down[site])
	}
	return out
}

func (h *healths) troubles() []trouble {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.sites.troubles()
}

// alarm brings the alerts about sites in line with what is so. The alerts of the
// history are the memory: after a restart those that are over are resolved.
func (h *healths) alarm(ctx context.Context) {
	h.mu.Lock()
	down := map[string]trouble{}
	for _, x := range h.sites.troubles() {
		down[x.Site] = x
	}
	settled := len(h.streams) > 0 || len(h.known) == 0
	h.mu.Unlock()
	if !settled {
		return // the relay has said nothing yet
	}
	open := map[string]world.Alert{}
	err := h.history.Look(ctx, func(st *world.State) {
		for e := range st.Entities(world.KindAlert) {
			if a, ok := e.(world.Alert); ok && a.Open() && strings.HasPrefix(a.ID, siteAlert) {
				open[siteOf(a.ID)] = a
			}
		}
	})
	if err != nil {
		return
	}
	var obs []world.Observation
	for site, x := range down {
		if _, there := open[site]; !there {
			obs = append(obs, world.Observation{Body: h.raise(x)})
		}
	}
	for site, a := range open {
		if _, still := down[site]; !still && h.over(site) {
			obs = append(obs, world.Observation{Body: world.AlertResolved{ID: a.ID, Reason: "có camera đã kết nối lại"}})
		}
	}
	if len(obs) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, putLimit)
	defer cancel()
	if err := h.history.Put(ctx, Source, obs); err != nil && ctx.Err() == nil {
		h.log.Error("an alert about a site was not written", "error", err)
	}
}

// over reports whether a site is known not to be in trouble: something was heard
// of a camera of it since the start, or it has none any more.
func (h *healths) over(site string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	cameras := 0
	for id, c := range h.known {
		if c.Site != site {
			continue
		}
		cameras++
		for _, r := range h.streams[id] {
			if r.State == relay.StateLive || !r.Probed.IsZero() && r.Probe == rtsp.ReasonNone {
				return true
			}
		}
	}
	return cameras == 0
}

func siteID(x trouble) string {
	return siteAlert + x.Site + "/" + strconv.FormatInt(int64(x.Since), 10)
}

func siteOf(alert string) string {
	name := strings.TrimPrefix(alert, siteAlert)
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		return name[:i]
	}
	return name
}

// raise words the alert about a site, at the middle of its cameras.
func (h *healths) raise(x trouble) world.AlertRaised {
	h.mu.Lock()
	defer h.mu.Unlock()
	b := world.AlertRaised{
		ID: siteID(x), Rule: "site", Severity: world.Severe, Since: x.Since, Called: "Cụm camera mất kết nối", Where: x.Site,
		Title:       fmt.Sprintf("Cụm %s: %d/%d camera mất kết nối cùng lúc", x.Site, x.Down, x.Cameras),
		Instruction: "Kiểm tra nguồn điện, thiết bị mạng và đường truyền của cụm trước khi kiểm tra từng camera.",
	}
	var names []string
	n := len(x.Failing)
	for i, id := range x.Failing {
		c := h.known[id]
		names = append(names, c.Name)
		b.Pos[0] += c.Pos[0] / float64(n)
		b.Pos[1] += c.Pos[1] / float64(n)
		if i == 0 {
			b.Area = c.Area
		}
	}
	const shown = 6
	b.Placed, b.Text = n > 0, strings.Join(names[:min(n, shown)], ", ")
	if n > shown {
		b.Text += fmt.Sprintf(" và %d camera khác", n-shown)
	}
	return b
}
