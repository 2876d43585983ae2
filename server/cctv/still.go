package cctv

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/world"
)

const (
	// mostSeen bounds the cameras that a report names, of each kind, and mostSeers
	// the programs whose word on a camera is kept.
	mostSeen, mostSeers = 256, 64
	// seerGone is how long ago a program may have told of itself to count as one that
	// looks: it tells once a minute.
	seerGone = 150 * time.Second
	// unseenFor is how long a picture that stood when it was last seen is still taken
	// to stand: who saw it has turned to something else, a tour has left it out, or is
	// gone.
	unseenFor = 10 * time.Minute
	// A camera that stood still and moved again within calmAfter has to stand for
	// stillWait before that is told again, and each time for twice as long, up to
	// stillWaitMost.
	stillWait, stillWaitMost = 5 * time.Second, 2 * time.Minute
	calmAfter                = 30 * time.Minute
)

// Seen takes in what somebody who decodes pictures sees of cameras; the cameras that
// he may not see are left out of it. Nothing is written down but what it changes.
func (c *Cameras) Seen(ctx context.Context, id auth.Identity, a act.ReportCameras) error {
	if err := id.Demand(auth.WatchCameras); err != nil {
		return err
	}
	switch {
	case a.Program == "" || len(a.Program) > 64:
		return refuse("camera.program", "the name of the program has {n} bytes instead of 1 to 64", "n", len(a.Program))
	case len(a.Still) > mostSeen || len(a.Moving) > mostSeen:
		return refuse("camera.many", "a report names {n} cameras; {most} are the most", "n", max(len(a.Still), len(a.Moving)), "most", mostSeen)
	}
	now := time.Now()
	for _, x := range a.Still {
		if x.Since <= 0 {
			return refuse("camera.since", "a camera stands still since {time}, which is not a time by the server's clock", "time", x.Since)
		}
	}
	if !c.seers.allow(id.Key(), now) {
		return refuse("camera.often", "cameras are reported on too often; what comes more often than each second is left out")
	}
	still, moving, unknown := map[string]world.Time{}, map[string]bool{}, ""
	if err := c.o.History.Look(ctx, func(st *world.State) {
		sees := func(camera string) bool {
			cam, ok := st.Camera(camera)
			if ok = ok && id.Sees(st, cam.Area); !ok {
				unknown = camera
			}
			return ok
		}
		for _, x := range a.Still {
			if sees(x.Camera) {
				still[x.Camera] = x.Since
			}
		}
		for _, camera := range a.Moving {
			if sees(camera) {
				moving[camera] = true
			}
		}
	}); err != nil {
		return err
	}
	if unknown != "" && len(still)+len(moving) == 0 {
		return refuse("camera.unknown", "there is no camera \"{camera}\"", "camera", unknown)
	}
	c.healths.seen(id.Key()+" "+a.Program, id.Name, still, moving)
	return nil
}

// seers bounds how often each identity may tell what it sees. The zero value is ready.
type seers struct {
	mu sync.Mutex
	of map[string]allowance
}

// allowance is how many reports may still come at once, and when that was so.
type allowance struct {
	left float64
	at   time.Time
}

// allow takes one of what an identity may say: ten at once, and then one each second.
func (s *seers) allow(key string, now time.Time) bool {
	const burst = 10.0
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil {
		s.of = map[string]allowance{}
	}
	a, there := s.of[key]
	if !there {
		for other, x := range s.of { // those that have all again
			if now.Sub(x.at).Seconds()+x.left >= burst {
				delete(s.of, other)
			}
		}
		a = allowance{burst, now}
	}
	a.left, a.at = min(burst, a.left+now.Sub(a.at).Seconds()), now
	ok := a.left >= 1
	if ok {
		a.left--
	}
	s.of[key] = a
	return ok
}

// stills is what those who see pictures say of cameras that stand still. It has no
// clock of its own and is used under the lock of healths.
type stills struct {
	of map[string]*stance
}

// stance is what is said of one camera.
type stance struct {
	stands map[string]sighting  // by program
	moves  map[string]time.Time // when a program last said so
	since  time.Time            // since when all that look say it stands, zero when not
	told   bool                 // that it stands is part of the camera's health
	ends   int                  // how often it ended lately
	ended  time.Time            // when it ended last
}

// sighting is one program's word that a camera stands still.
type sighting struct {
	by    string
	since world.Time
	seen  time.Time // when it was said last
	looks bool      // that was its newest word
}

func newStills() *stills { return &stills{of: map[string]*stance{}} }

// camera returns what is said of a camera.
func (s *stills) camera(id string) *stance {
	x := s.of[id]
	if x == nil {
		x = &stance{stands: map[string]sighting{}, moves: map[string]time.Time{}}
		s.of[id] = x
	}
	return x
}

// take takes the newest word of a program. What stands since a time to come, by a clock
// that is ahead, stands since that was said first.
func (s *stills) take(program, by string, stand map[string]world.Time, move map[string]bool, now time.Time) {
	for id, since := range stand {
		x := s.camera(id)
		w, said := x.stands[program]
		if since > world.TimeOf(now) {
			if since = world.TimeOf(now); said && w.looks {
				since = w.since
			}
		}
		if !move[id] && (said || len(x.stands) < mostSeers) {
			x.stands[program] = sighting{by: by, since: since, seen: now, looks: true}
		}
	}
	for id, x := range s.of {
		if w, said := x.stands[program]; said && stand[id] == 0 {
			w.looks = false // it has turned to something else
			x.stands[program] = w
		}
		delete(x.moves, program)
	}
	for id := range move {
		x := s.of[id]
		if x == nil {
			continue // nobody says otherwise
		}
		if len(x.moves) < mostSeers {
			x.moves[program] = now
		}
		delete(x.stands, program)
		for other, w := range x.stands { // whoever looks says so himself
			if !w.looks || now.Sub(w.seen) > seerGone {
				delete(x.stands, other)
			}
		}
	}
}

// recall takes over what the history says of a camera after a restart: who said it
// says it again, or it ends.
func (s *stills) recall(h world.CameraHealth, now time.Time) {
	if h.State != world.CameraFrozen {
		return
	}
	x := s.camera(h.Camera)
	x.stands[""] = sighting{by: h.By, since: h.Since, seen: now}
	x.since, x.told = now, true
}

// judge brings up to date what is told of all cameras.
func (s *stills) judge(now time.Time) {
	for id, x := range s.of {
		x.judge(now)
		if !x.told && len(x.stands) == 0 && len(x.moves) == 0 && now.Sub(x.ended) >= calmAfter {
			delete(s.of, id)
		}
	}
}

func (x *stance) judge(now time.Time) {
	for program, w := range x.stands {
		if now.Sub(w.seen) > unseenFor {
			delete(x.stands, program)
		}
	}
	for program, at := range x.moves {
		if now.Sub(at) > seerGone {
			delete(x.moves, program)
		}
	}
	if len(x.stands) == 0 || len(x.moves) > 0 {
		if x.told {
			x.ends, x.ended = x.ends+1, now
		}
		x.told, x.since = false, time.Time{}
		return
	}
	if now.Sub(x.ended) >= calmAfter {
		x.ends = 0
	}
	if x.since.IsZero() {
		x.since = now
	}
	wait := time.Duration(0)
	if x.ends > 0 {
		wait = min(stillWait<<min(x.ends-1, 10), stillWaitMost)
	}
	x.told = x.told || now.Sub(x.since) >= wait
}

// first is the word of who saw it first; there is one at least.
func (x *stance) first() sighting {
	var all []sighting
	for _, w := range x.stands {
		all = append(all, w)
	}
	return slices.MinFunc(all, func(a, b sighting) int { return cmp.Or(cmp.Compare(a.since, b.since), cmp.Compare(a.by, b.by)) })
}

// merge adds to what the relay says of a camera what is seen of it. Where the relay
// gets nothing, that is what is wrong, and what was seen before is of no account.
func (s *stills) merge(h *world.CameraHealth) {
	x := s.of[h.Camera]
	if x == nil {
		return
	}
	switch h.State {
	case world.CameraLive, world.CameraIdle, world.CameraOpening:
		if x.told && len(x.stands) > 0 {
			w := x.first()
			h.State, h.Reason, h.Since, h.By = world.CameraFrozen, "unchanged", w.since, w.by
		}
	default:
		clear(x.stands)
		x.since, x.told = time.Time{}, false
	}
}
