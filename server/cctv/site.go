package cctv

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"iocwall/server/world"
)

const (
	// siteLeast is how many cameras a site must have to fail as a whole.
	siteLeast = 2
	// siteWait is how long all of them must fail before it is told: they do not
	// all notice at the same moment, nor come back so.
	siteWait = 5 * time.Second
	// siteAlert begins the ids of alerts about sites.
	siteAlert = "site/"
)

// sites finds the one cause behind many cameras that fail. It has no clock of
// its own and is used under the lock of healths.
type sites struct {
	of      map[string]string          // site by camera
	failing map[string]map[string]bool // cameras by site; false for those that work
	since   map[string]time.Time       // since when all cameras of a site fail
	down    map[string]bool
}

func newSites() *sites {
	return &sites{of: map[string]string{}, failing: map[string]map[string]bool{}, since: map[string]time.Time{}, down: map[string]bool{}}
}

func (s *sites) follow(list []Camera) {
	was := s.failing
	s.of, s.failing = map[string]string{}, map[string]map[string]bool{}
	for _, x := range list {
		id, site := x.Public.ID, x.Public.Site
		if site == "" {
			continue
		}
		if s.failing[site] == nil {
			s.failing[site] = map[string]bool{}
		}
		s.of[id], s.failing[site][id] = site, was[site][id]
	}
}

// note takes what is so for a camera.
func (s *sites) note(camera string, h world.CameraHealth) {
	site := s.of[camera]
	if site == "" || h.State == world.CameraOpening || h.State == world.CameraUnknown {
		return // being tried: as it was
	}
	s.failing[site][camera] = h.State == world.CameraSilent
}

func (s *sites) all(site string) bool {
	cameras := s.failing[site]
	if len(cameras) < siteLeast {
		return false
	}
	for _, bad := range cameras {
		if !bad {
			return false
		}
	}
	return true
}

// judge brings down in line with what is so at now and returns the cameras whose
// cause changed.
func (s *sites) judge(now time.Time) []string {
	var changed []string
	for site, cameras := range s.failing {
		bad := s.all(site)
		switch {
		case !bad:
			delete(s.since, site)
		case s.since[site].IsZero():
			s.since[site] = now
		}
		down := bad && now.Sub(s.since[site]) >= siteWait
		if down != s.down[site] {
			s.down[site] = down
			changed = append(changed, slices.Sorted(maps.Keys(cameras))...)
		}
	}
	for site := range s.down {
		if s.failing[site] == nil {
			delete(s.down, site)
			delete(s.since, site)
		}
	}
	return changed
}

// cause returns the site of the camera while all of it fails.
func (s *sites) cause(camera string) string {
	if site := s.of[camera]; s.down[site] {
		return site
	}
	return ""
}

// trouble is a site that fails as a whole.
type trouble struct {
	Site    string     `json:"site"`
	Cameras []string   `json:"cameras"`
	Since   world.Time `json:"since"`
}

func (s *sites) troubles() []trouble {
	out := []trouble{}
	for site, down := range s.down {
		if down {
			out = append(out, trouble{site, slices.Sorted(maps.Keys(s.failing[site])), world.TimeOf(s.since[site])})
		}
	}
	slices.SortFunc(out, func(a, b trouble) int { return strings.Compare(a.Site, b.Site) })
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

// over reports whether a site is known to work: a camera of it does, or it has
// none any more. After a start that is not known at once.
func (h *healths) over(site string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for camera, bad := range h.sites.failing[site] {
		if len(h.streams[camera]) > 0 && !bad && best(h.streams[camera]).State != world.CameraOpening {
			return true
		}
	}
	return len(h.sites.failing[site]) < siteLeast
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
	n := len(x.Cameras)
	b := world.AlertRaised{
		ID: siteID(x), Rule: "site", Severity: world.Severe, Since: x.Since,
		Title:       fmt.Sprintf("Mất kết nối cả cụm %s: %d/%d camera", x.Site, n, n),
		Instruction: "Kiểm tra nguồn điện, thiết bị mạng và đường truyền của cụm trước khi kiểm tra từng camera.",
	}
	var names []string
	for i, id := range x.Cameras {
		c := h.known[id]
		names = append(names, c.Name)
		b.Pos[0] += c.Pos[0] / float64(n)
		b.Pos[1] += c.Pos[1] / float64(n)
		if i == 0 {
			b.Area = c.Area
		}
	}
	const shown = 6
	text := strings.Join(names[:min(n, shown)], ", ")
	if n > shown {
		text += fmt.Sprintf(" và %d camera khác", n-shown)
	}
	b.Placed, b.Text = true, text
	return b
}
