package cctv

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"iocwall/media/relay"
	"iocwall/media/rtsp"
	"iocwall/server/world"
)

const (
	// healthEvery is how often a camera whose state does not change is reported.
	healthEvery = time.Minute
	// putLimit bounds how long a report waits for the history.
	putLimit = time.Second
)

// healths turns what the relay says of streams, and what is seen of them, into events
// about cameras.
type healths struct {
	history History
	log     *slog.Logger

	mu      sync.Mutex
	known   map[string]world.CameraDefined
	streams map[string]map[string]relay.Health
	told    map[string]world.CameraHealth
	at      map[string]time.Time
	sites   *sites
	stills  *stills
}

func newHealths(h History, log *slog.Logger) *healths {
	return &healths{
		history: h, log: log, known: map[string]world.CameraDefined{}, streams: map[string]map[string]relay.Health{},
		told: map[string]world.CameraHealth{}, at: map[string]time.Time{}, sites: newSites(), stills: newStills(),
	}
}

// follow forgets what is not of the list.
func (h *healths) follow(list []Camera) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.known = map[string]world.CameraDefined{}
	for _, x := range list {
		h.known[x.Public.ID] = x.Public
		streams := map[string]bool{}
		for _, s := range x.Private.Streams {
			streams[s.Name] = true
		}
		for name := range h.streams[x.Public.ID] {
			if !streams[name] {
				delete(h.streams[x.Public.ID], name)
			}
		}
	}
	for id := range h.streams {
		if _, there := h.known[id]; !there {
			delete(h.streams, id)
			delete(h.told, id)
			delete(h.at, id)
		}
	}
	for id := range h.stills.of {
		if _, there := h.known[id]; !there {
			delete(h.stills.of, id)
		}
	}
}

// report is called by the relay from a goroutine of its own, one call at a time.
// What comes late about a camera that was removed is dropped.
func (h *healths) report(camera string, r relay.Health) {
	h.mu.Lock()
	if _, there := h.known[camera]; !there {
		h.mu.Unlock()
		return
	}
	if h.streams[camera] == nil {
		h.streams[camera] = map[string]relay.Health{}
	}
	h.streams[camera][r.Stream] = r
	h.mu.Unlock()
	h.tell(context.Background(), camera)
}

// seen takes the word of a program on cameras; what it changes is told with the next
// look.
func (h *healths) seen(program, by string, still map[string]world.Time, moving map[string]bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for id := range still {
		if _, there := h.known[id]; !there {
			delete(still, id)
		}
	}
	h.stills.take(program, by, still, moving, time.Now())
}

// health is what there is to tell of a camera, false while the relay has said nothing.
// The caller holds the lock.
func (h *healths) health(camera string) (world.CameraHealth, bool) {
	streams := h.streams[camera]
	if len(streams) == 0 {
		return world.CameraHealth{}, false
	}
	now := best(streams)
	now.Cause = h.sites.cause(camera)
	h.stills.merge(&now)
	return now, true
}

// tell writes the health of the camera into the history if there is news in it.
// What could not be told, since the loop has ended, a disk is full or the history
// does not know the camera yet, is told with the next report.
func (h *healths) tell(ctx context.Context, camera string) {
	h.mu.Lock()
	now, there := h.health(camera)
	was, before := h.told[camera]
	if !there || was.State == now.State && was.Reason == now.Reason && was.Cause == now.Cause && time.Since(h.at[camera]) < healthEvery {
		h.mu.Unlock()
		return
	}
	h.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, putLimit)
	defer cancel()
	defined := false
	_, err := h.history.Decide(ctx, Source, func(at world.Time, st *world.State) ([]world.Observation, error) {
		var cam world.Camera
		if cam, defined = st.Camera(camera); !defined {
			return nil, nil // a new one, whose definition is on its way
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		if !before {
			h.stills.recall(cam.Health, time.Now())
		}
		// Looked at anew: who tells first is done first.
		if now, there = h.health(camera); !there {
			return nil, nil
		}
		return []world.Observation{{Time: at, Body: now}}, nil
	})
	if err != nil || !defined || !there {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, there := h.known[camera]; there {
		h.told[camera], h.at[camera] = now, time.Now()
	}
}

// look finds out which sites fail as a whole, and says so once instead of for
// every camera, and which cameras stand still.
func (h *healths) look(ctx context.Context) {
	h.mu.Lock()
	var all []relay.Health
	for _, streams := range h.streams {
		for _, r := range streams {
			all = append(all, r)
		}
	}
	changed := h.sites.judge(time.Now(), all)
	h.stills.judge(time.Now())
	for camera := range h.stills.of {
		if now, there := h.health(camera); there && now.State != h.told[camera].State {
			changed = append(changed, camera)
		}
	}
	h.mu.Unlock()
	for _, camera := range changed {
		h.tell(ctx, camera)
	}
	h.alarm(ctx)
}

// best returns the health of a camera: that of its liveliest stream, so that an
// unused sub stream does not make a good camera look idle, nor an idle camera
// that was found well look bad.
func best(streams map[string]relay.Health) world.CameraHealth {
	rank := map[world.CameraState]int{
		world.CameraLive: 6, world.CameraOpening: 5, world.CameraFull: 4, world.CameraRefused: 3, world.CameraSilent: 2, world.CameraIdle: 1,
	}
	var top relay.Health
	var state world.CameraState
	for _, h := range streams {
		s := stateOf(h)
		if rank[s] > rank[state] || (s == state && (h.Bitrate > top.Bitrate || h.Bitrate == top.Bitrate && h.Stream < top.Stream)) {
			top, state = h, s
		}
	}
	reason := top.Reason
	if top.State == relay.StateIdle && top.Probe != rtsp.ReasonNone {
		reason = top.Probe
	}
	return world.CameraHealth{
		Camera: top.Camera, State: state, Reason: string(reason), Since: world.TimeOf(top.Since),
		FPS: top.FPS, Kbps: top.Bitrate / 1000, Loss: top.Loss, Codec: string(top.Codec),
		Width: top.Width, Height: top.Height, Tries: top.Retries, Checked: world.TimeOf(checked(top)),
	}
}

// stateOf returns the state of a stream in the words of the history. An idle
// stream is as it was found when it was last looked at.
func stateOf(h relay.Health) world.CameraState {
	switch h.State {
	case relay.StateConnecting:
		return world.CameraOpening
	case relay.StateLive:
		return world.CameraLive
	case relay.StateNoSignal:
		return world.CameraSilent
	case relay.StateRefused:
		return world.CameraRefused
	case relay.StateFull:
		return world.CameraFull
	case relay.StateIdle:
		switch h.Probe {
		case rtsp.ReasonNone:
			return world.CameraIdle
		case rtsp.ReasonLoginRefused:
			return world.CameraRefused
		case rtsp.ReasonFull:
			return world.CameraFull
		default:
			return world.CameraSilent
		}
	}
	return world.CameraUnknown
}

// checked returns when a stream was last looked at.
func checked(h relay.Health) time.Time {
	if h.LastPacket.After(h.Probed) {
		return h.LastPacket
	}
	return h.Probed
}
