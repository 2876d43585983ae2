// Package sight tells the server what this program sees of cameras that the relay,
// which decodes nothing, cannot know: that their pictures stand still for longer than
// is usual for them, and that they move where somebody else says that they stand.
package sight

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"iocwall/media"
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/camera"
)

const (
	// lookEvery is how often the players are asked; a report goes out when what they
	// say changes, and else every tellEvery while there is something to say.
	lookEvery = time.Second
	tellEvery = time.Minute
	// sure is how often in turn the pictures of a camera that others say stands still
	// must be seen to change: an encoder that hangs may send its one picture a little
	// differently for a few key frames.
	sure = 10
	// most is how many cameras a report may name of each kind.
	most = 256
)

// Player is a place that shows a camera, as *media.Viewer is.
type Player interface {
	camera.Player
	camera.Stepper
}

// Options make a Sight; all are required.
type Options struct {
	// Open returns a place for a camera's pictures, as camera.Cameras does.
	Open func(c media.Camera, notify func()) Player
	// Send queues a command and does not wait; Standing says how the link is.
	Send     func(act.Command) error
	Standing func() world.Link
	// Prefix begins the ids of the commands, whose receipts nobody waits for.
	Prefix string
	Logger *slog.Logger
}

// Sight watches the cameras that are opened through it. Its methods may be called from
// any goroutine.
type Sight struct {
	o       Options
	program string

	mu     sync.Mutex
	open   map[*place]bool
	frozen map[string]bool // what the server says stands still

	// What Run owns.
	still  map[string]world.Time // told, and since when
	moving map[string]bool       // told
	moves  map[string]int        // how often in turn it was seen to change
	count  int
	failed bool
}

// New returns a Sight that tells nothing until Run.
func New(o Options) *Sight {
	name := make([]byte, 8)
	rand.Read(name) //nolint:errcheck // never fails
	return &Sight{
		o: o, program: hex.EncodeToString(name), open: map[*place]bool{}, frozen: map[string]bool{},
		still: map[string]world.Time{}, moving: map[string]bool{}, moves: map[string]int{},
	}
}

// place is a place that shows a camera, and is watched until it is closed.
type place struct {
	Player
	s      *Sight
	camera string
}

// Open is for camera.Cameras.
func (s *Sight) Open(c media.Camera, notify func()) camera.Player {
	p := &place{Player: s.o.Open(c, notify), s: s, camera: c.ID}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[p] = true
	return p
}

// Close ends the place.
func (p *place) Close() {
	p.Player.Close()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	delete(p.s.open, p)
}

// Take notes what of a batch of the feed says which cameras stand still.
func (s *Sight) Take(b *world.Batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	note := func(h world.CameraHealth) {
		if h.State == world.CameraFrozen {
			s.frozen[h.Camera] = true
		} else {
			delete(s.frozen, h.Camera)
		}
	}
	if b.Snapshot != nil {
		clear(s.frozen)
		for _, c := range b.Snapshot.Cameras() {
			note(c.Health)
		}
	}
	for _, it := range b.Items {
		switch {
		case it.Event != nil:
			switch b := it.Event.Body.(type) {
			case world.CameraHealth:
				note(b)
			case world.CameraDefined:
				if b.Removed {
					delete(s.frozen, b.ID)
				}
			}
		case it.Enter != nil:
			if c, ok := it.Enter.(world.Camera); ok {
				note(c.Health)
			}
		case it.Leave.Kind() == world.KindCamera:
			delete(s.frozen, it.Leave.ID())
		}
	}
}

// Run tells until ctx ends: what is new at once, the whole again when the server was
// reached, and once a minute while there is something.
func (s *Sight) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var last act.ReportCameras
	var at time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		link := s.o.Standing()
		s.look(link.Offset)
		if !link.Up {
			at = time.Time{} // it may have forgotten by then
			continue
		}
		r := s.report()
		empty := len(r.Still)+len(r.Moving) == 0
		if reflect.DeepEqual(r, last) && (empty || time.Since(at) < tellEvery) || empty && len(last.Still)+len(last.Moving) == 0 {
			continue
		}
		s.count++
		err := s.o.Send(act.Command{ID: fmt.Sprintf("%s%s-%d", s.o.Prefix, s.program, s.count), Act: r})
		if err != nil && !s.failed {
			s.o.Logger.Warn("what is seen of cameras was not sent", "error", err)
		}
		if s.failed = err != nil; !s.failed {
			last, at = r, time.Now()
		}
	}
}

// look asks the players. Offset is the server's clock minus ours in milliseconds.
func (s *Sight) look(offset int64) {
	s.mu.Lock()
	players := map[string][]Player{}
	for p := range s.open {
		players[p.camera] = append(players[p.camera], p.Player)
	}
	frozen := maps.Clone(s.frozen)
	s.mu.Unlock()
	for id, places := range players {
		st, seen := statsOf(places)
		was, said := s.still[id]
		delete(s.still, id)
		switch {
		case !seen:
			delete(s.moving, id)
			delete(s.moves, id)
		case st.State == media.StateFrozen && st.Reason == media.ReasonUnchanged:
			// How long it stands is told by the monotonic clock: Since is a time of day
			// from before the computer's clock was set.
			since := world.TimeOf(time.Now().Add(-time.Since(st.Since))) + world.Time(offset)
			if said && since.Sub(was).Abs() < 5*time.Second {
				since = was // only the estimate of the server's clock differs
			}
			s.still[id] = since
			delete(s.moving, id)
			delete(s.moves, id)
		case st.State == media.StateLive && st.Unchanged == 0:
			s.moves[id]++
			if said || frozen[id] && s.moves[id] >= sure {
				s.moving[id] = true
			}
		default:
			delete(s.moves, id)
			if !st.Fresh() { // nothing is seen of it
				delete(s.moving, id)
			}
		}
	}
	maps.DeleteFunc(s.still, func(id string, _ world.Time) bool { return players[id] == nil })
	maps.DeleteFunc(s.moving, func(id string, _ bool) bool { return players[id] == nil })
	maps.DeleteFunc(s.moves, func(id string, _ int) bool { return players[id] == nil })
}

// statsOf returns what the player of a camera says, which is the same at all its
// places, and whether it decodes at all.
func statsOf(places []Player) (media.Stats, bool) {
	for _, p := range places {
		if st := p.Stats(); !st.Parked {
			return st, true
		}
	}
	return media.Stats{}, false
}

// report is what there is to say now. What moved where somebody said that it stands is
// said as long as it is seen: he may see another stream, and say so for longer.
func (s *Sight) report() act.ReportCameras {
	r := act.ReportCameras{Program: s.program}
	for _, id := range slices.Sorted(maps.Keys(s.still)) {
		r.Still = append(r.Still, act.StillCamera{Camera: id, Since: s.still[id]})
	}
	r.Moving = slices.Sorted(maps.Keys(s.moving))
	r.Still, r.Moving = r.Still[:min(most, len(r.Still))], r.Moving[:min(most, len(r.Moving))]
	return r
}
