package cctv

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"sync"
	"time"

	"iocwall/media/relay"
	"iocwall/media/replay"
	"iocwall/server/auth"
	"iocwall/server/world"
)

const (
	// clipLongest bounds a clip, and clipAhead how far its end may lie ahead.
	clipLongest = 10 * time.Minute
	clipAhead   = 5 * time.Minute
	// clipsAtOnce bounds the clips being written, those that wait for their end
	// among them.
	clipsAtOnce = 32
	// clipsOpen bounds the clips of one person that are under way.
	clipsOpen = 16
	// clipRetry is the pause before a clip is tried again that failed for a
	// reason that may pass.
	clipRetry = 5 * time.Second
	// clipSlack is how long after its end a clip may still be finished.
	clipSlack = 2 * time.Minute
)

var clipPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// clips writes what was asked for: for each clip of the state without an outcome
// there is one job, until there is one.
type clips struct {
	history History
	store   Store
	relay   Relay
	log     *slog.Logger

	mu    sync.Mutex
	jobs  map[string]bool
	after map[string]time.Time // not before then
	wg    sync.WaitGroup
}

func newClips(h History, s Store, r Relay, log *slog.Logger) *clips {
	return &clips{history: h, store: s, relay: r, log: log, jobs: map[string]bool{}, after: map[string]time.Time{}}
}

// SaveClip asks for pictures to be kept for somebody. They are once the event
// clip.saved says so.
func (c *Cameras) SaveClip(ctx context.Context, id auth.Identity, a world.SaveClip) (uint64, error) {
	if err := id.Demand(auth.SaveClip); err != nil {
		return 0, err
	}
	switch {
	case !clipPattern.MatchString(a.ID):
		return 0, refuse("%.40q is not an id of a clip", a.ID)
	case len(a.Note) > 1000:
		return 0, refuse("the note is longer than 1,000 bytes; shorten it")
	case len(a.Alert) > 300 || len(a.Stream) > 64:
		return 0, refuse("the alert or the stream has too long a name")
	}
	return c.o.History.Decide(ctx, "token/"+id.Token, func(now world.Time, st *world.State) ([]world.Observation, error) {
		cam, there := st.Camera(a.Camera)
		if !there || !id.Sees(st, cam.Area) {
			return nil, refuse("there is no camera %q", a.Camera)
		}
		if old, there := st.Clip(a.ID); there {
			if old.By == id.Token && old.Camera == a.Camera && old.From == a.From && old.To == a.To {
				return nil, nil // asked twice
			}
			return nil, refuse("there is a clip %q already; give this one another id", a.ID)
		}
		if al, there := st.Alert(a.Alert); a.Alert != "" && (!there || !id.Sees(st, al.Area)) {
			return nil, refuse("there is no alert %q", a.Alert)
		}
		b := world.ClipAsked{
			ID: a.ID, Camera: a.Camera, Stream: a.Stream, From: a.From, To: a.To,
			By: id.Token, Name: id.Name, Alert: a.Alert, Note: a.Note, Area: cam.Area,
		}
		if err := fit(&b, cam, now); err != nil {
			return nil, err
		}
		open := 0
		for x := range st.Clips() {
			if x.By == id.Token && x.Done == 0 {
				open++
			}
		}
		if open >= clipsOpen {
			return nil, refuse("%d clips of yours are still being written; wait for one of them", open)
		}
		return []world.Observation{{Time: now, Body: b}}, nil
	})
}

// fit checks what is asked for of a camera's pictures, and fills in the stream.
func fit(b *world.ClipAsked, cam world.Camera, now world.Time) error {
	if b.Stream == "" && len(cam.Streams) > 0 {
		b.Stream = cam.Streams[0].Name
	}
	known := false
	for _, s := range cam.Streams {
		known = known || s.Name == b.Stream
	}
	kept := time.Duration(cam.Replay) * time.Second
	switch {
	case !known:
		return refuse("the camera %s has no stream %q", cam.Name, b.Stream)
	case kept <= 0:
		return refuse("the pictures of the camera %s are not kept; set \"replay\" for it", cam.Name)
	case b.From <= 0 || b.To <= b.From:
		return refuse("the end of the clip is not after its beginning")
	case b.To.Sub(b.From) > clipLongest:
		return refuse("a clip has at most %v; ask for two", clipLongest)
	case b.To.Sub(now) > clipAhead:
		return refuse("the end of the clip is more than %v ahead", clipAhead)
	case now.Sub(b.To) > kept:
		return refuse("the pictures of the camera %s are kept for %v; these are older", cam.Name, kept)
	}
	return nil
}

// look begins what was asked for and has no outcome.
func (c *clips) look(ctx context.Context) {
	var open []world.Clip
	if err := c.history.Look(ctx, func(st *world.State) {
		for x := range st.Clips() {
			if x.Done == 0 {
				open = append(open, x)
			}
		}
	}); err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, x := range open {
		if len(c.jobs) >= clipsAtOnce {
			return
		}
		if c.jobs[x.ID] || time.Now().Before(c.after[x.ID]) {
			continue
		}
		c.jobs[x.ID] = true
		c.wg.Go(func() { c.write(ctx, x) })
	}
}

// wait returns when no clip is being written.
func (c *clips) wait() { c.wg.Wait() }

// write writes one clip and says what became of it. When ctx ends first nothing
// is said: the next start tries again.
func (c *clips) write(ctx context.Context, x world.Clip) {
	var sum replay.Summary
	file, err := c.store.Keep(ctx, func(w io.Writer) (err error) {
		sum, err = c.relay.Clip(ctx, x.Camera, x.Stream, x.From.Std(), x.To.Std(), w)
		return err
	})
	var b world.Body
	switch {
	case ctx.Err() != nil:
	case err == nil && file != hex.EncodeToString(sum.SHA256[:]):
		err = fmt.Errorf("the file on disk differs from what was written")
		fallthrough
	case err != nil:
		if passing(err) && time.Since(x.To.Std()) < clipSlack {
			c.log.Warn("a clip is tried again", "clip", x.ID, "camera", x.Camera, "error", err)
			break
		}
		c.log.Error("a clip was not saved", "clip", x.ID, "camera", x.Camera, "error", err)
		b = world.ClipFailed{ID: x.ID, Camera: x.Camera, Reason: reasonOf(err)}
	default:
		b = world.ClipSaved{
			ID: x.ID, Camera: x.Camera, SHA256: file, Bytes: sum.Bytes, Frames: sum.Frames, Gaps: len(sum.Gaps),
			Missing: sum.Missing().Milliseconds(), From: world.TimeOf(sum.From), To: world.TimeOf(sum.To), By: x.By, Alert: x.Alert,
		}
	}
	if b != nil {
		if err := c.history.Put(ctx, Source, []world.Observation{{Body: b}}); err != nil && ctx.Err() == nil {
			c.log.Error("the outcome of a clip was not written", "clip", x.ID, "error", err)
		} else if err == nil {
			c.log.Info("a clip has an outcome", "clip", x.ID, "camera", x.Camera, "outcome", b.Kind(), "frames", sum.Frames)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.jobs, x.ID)
	for id, at := range c.after {
		if time.Since(at) > time.Minute {
			delete(c.after, id)
		}
	}
	c.after[x.ID] = time.Now().Add(clipRetry)
}

// passing reports whether what went wrong may be over in a moment: nothing that
// the relay itself said about the pictures is.
func passing(err error) bool {
	return !errors.Is(err, relay.ErrNotKept) && !errors.Is(err, replay.ErrNothing)
}

// reasonOf says in words why a clip failed; it stays in the history.
func reasonOf(err error) string {
	const longest = 300
	text := err.Error()
	switch {
	case errors.Is(err, relay.ErrNotKept):
		text = "the camera's pictures are not kept"
	case errors.Is(err, replay.ErrNothing):
		text = "the pictures of that time are not there any more, or the camera was away"
	}
	return text[:min(len(text), longest)]
}
