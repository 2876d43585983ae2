package cctv

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"iocwall/media/relay"
	"iocwall/media/replay"
	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/blob"
	"iocwall/server/world"
)

const (
	// clipLongest bounds a clip, and clipAhead how far its end may lie ahead.
	clipLongest = 10 * time.Minute
	clipAhead   = 5 * time.Minute
	// clipsAtOnce bounds the clips being written for alerts, and those for
	// people, those that wait for their end among them.
	clipsAtOnce = 32
	// clipsOpen bounds the clips of one person that are under way.
	clipsOpen = 16
	// clipRetry is the pause before a clip is tried again that failed for a
	// reason that may pass.
	clipRetry = 5 * time.Second
	// clipSlack is how long what keeps a clip from being written has to pass.
	clipSlack = 2 * time.Minute
)

var clipPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// clips writes what was asked for: for the clips of the state without an outcome
// there are jobs, until there is one.
type clips struct {
	history History
	store   Store
	relay   Relay
	notes   notes
	log     *slog.Logger
	left    *left

	mu      sync.Mutex
	jobs    map[work]*job
	running map[bool]int // jobs being done, those for alerts apart
	swept   bool
	wg      sync.WaitGroup
}

// job is what is being done about a work.
type job struct {
	running bool
	after   time.Time // not before then
	failing time.Time // since when it fails, zero while it does not
}

func newClips(h History, s Store, r Relay, n notes, log *slog.Logger) *clips {
	return &clips{
		history: h, store: s, relay: r, notes: n, log: log, left: newLeft(s, log),
		jobs: map[work]*job{}, running: map[bool]int{},
	}
}

// SaveClip asks for pictures to be kept for somebody. They are once the event
// clip.saved says so.
func (c *Cameras) SaveClip(ctx context.Context, id auth.Identity, a act.SaveClip) (uint64, error) {
	if err := id.Demand(auth.SaveClip); err != nil {
		return 0, err
	}
	switch {
	case !clipPattern.MatchString(a.ID):
		return 0, refuse("clip.id", "\"{id}\" is not an id of a clip", "id", a.ID)
	case strings.HasPrefix(a.ID, evidencePrefix):
		return 0, refuse("clip.kept", "ids that begin with \"{prefix}\" are those of alerts; give the clip another one", "prefix", evidencePrefix)
	case len(a.Note) > 1000:
		return 0, refuse("note.long", "the note is longer than 1,000 bytes; shorten it")
	case len(a.Alert) > 300 || len(a.Stream) > 64:
		return 0, refuse("clip.long", "the alert or the stream has too long a name")
	}
	return c.o.History.Decide(ctx, "token/"+id.Token, func(now world.Time, st *world.State) ([]world.Observation, error) {
		cam, there := st.Camera(a.Camera)
		if !there || !id.Sees(st, cam.Area) {
			return nil, refuse("camera.unknown", "there is no camera \"{camera}\"", "camera", a.Camera)
		}
		if old, there := st.Clip(a.ID); there {
			if old.By == id.Token && old.Camera == a.Camera && old.From == a.From && old.To == a.To {
				return nil, nil // asked twice
			}
			return nil, refuse("clip.there", "there is a clip \"{clip}\" already; give this one another id", "clip", a.ID)
		}
		if al, there := st.Alert(a.Alert); a.Alert != "" && (!there || !id.Sees(st, al.Area)) {
			return nil, refuse("alert.unknown", "there is no alert \"{alert}\"", "alert", a.Alert)
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
			return nil, refuse("clip.many", "{n} clips of yours are still being written; wait for one of them", "n", open)
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
		return refuse("camera.stream", "the camera {camera} has no stream \"{stream}\"", "camera", cam.Name, "stream", b.Stream)
	case kept <= 0:
		return refuse("camera.noreplay", "the pictures of the camera {camera} are not kept; set \"replay\" for it", "camera", cam.Name)
	case b.From <= 0 || b.To <= b.From:
		return refuse("clip.backwards", "the end of the clip is not after its beginning")
	case b.To.Sub(b.From) > clipLongest:
		return refuse("clip.span", "a clip has at most {span}; ask for two", "span", clipLongest)
	case b.To.Sub(now) > clipAhead:
		return refuse("clip.ahead", "the end of the clip is more than {span} ahead", "span", clipAhead)
	case now.Sub(b.To) > kept:
		return refuse("clip.old", "the pictures of the camera {camera} are kept for {span}; these are older", "camera", cam.Name, "span", kept)
	}
	return nil
}

// work is one piece of pictures. What is asked for it more than once, by the
// alerts of one moment above all, is written once.
type work struct {
	camera, stream string
	from, to       world.Time
}

func workOf(x world.Clip) work { return work{x.Camera, x.Stream, x.From, x.To} }

// task is a work with what is known of it.
type task struct {
	work
	alert bool          // an alert waits for it
	kept  time.Duration // how far back its camera can be replayed
}

// open returns what was asked for and has no outcome, the oldest pictures first:
// they are gone first.
func (c *clips) open(ctx context.Context) ([]task, error) {
	found := map[work]task{}
	if err := c.history.Look(ctx, func(st *world.State) {
		for x := range st.Clips() {
			if x.Done != 0 {
				continue
			}
			w := workOf(x)
			t, there := found[w]
			if !there {
				cam, _ := st.Camera(x.Camera)
				t = task{work: w, kept: time.Duration(cam.Replay) * time.Second}
			}
			t.alert = t.alert || x.By == ""
			found[w] = t
		}
	}); err != nil {
		return nil, err
	}
	return slices.SortedFunc(maps.Values(found), func(a, b task) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.camera, b.camera), cmp.Compare(a.stream, b.stream))
	}), nil
}

// look begins what was asked for and has no outcome. The end of stop is that of the
// server, the end of ctx that of its patience.
func (c *clips) look(stop, ctx context.Context) {
	open, err := c.open(stop)
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now, there := time.Now(), map[work]bool{}
	for _, t := range open {
		there[t.work] = true
	}
	if !c.swept {
		c.swept = true
		c.notes.sweep(there)
		c.left.sweep(there)
	}
	for _, t := range open {
		x := c.jobs[t.work]
		if x == nil {
			x = &job{}
			c.jobs[t.work] = x
		}
		// What people ask for never takes the place of what alerts do.
		if x.running || now.Before(x.after) || c.running[t.alert] >= clipsAtOnce {
			continue
		}
		x.running = true
		c.running[t.alert]++
		c.wg.Go(func() {
			failed := c.write(stop, ctx, t, x.failing)
			c.mu.Lock()
			defer c.mu.Unlock()
			c.running[t.alert]--
			x.running, x.after = false, time.Now().Add(clipRetry)
			if failed && x.failing.IsZero() {
				x.failing = time.Now()
			}
		})
	}
	for w, x := range c.jobs {
		if !there[w] && !x.running {
			delete(c.jobs, w)
		}
	}
}

// wait returns when no clip is being written.
func (c *clips) wait() { c.wg.Wait() }

// write writes one piece of pictures and says what became of it; failing is since when that fails. It returns whether it is to be tried again. When the server stops
// first, what there is is kept if it is the better part, since a ring in memory
// ends with the server; else nothing is said, and the next start goes on.
func (c *clips) write(stop, ctx context.Context, t task, failing time.Time) (again bool) {
	saved, err := c.record(stop, ctx, t, false)
	if err != nil && stop.Err() == nil && passing(err) && t.over(time.Now(), failing) {
		if files, _ := c.left.of(t.work); len(files) > 0 {
			saved, err = c.record(stop, ctx, t, true)
		}
	}
	if ctx.Err() != nil || err != nil && stop.Err() != nil {
		return false
	}
	if err != nil && passing(err) && !t.over(time.Now(), failing) {
		c.log.Warn("a clip is tried again", "camera", t.camera, "from", t.from.Std(), "error", err)
		return true
	}
	if err != nil {
		c.log.Error("a clip was not saved", "camera", t.camera, "from", t.from.Std(), "error", err)
	}
	if err := c.tell(ctx, t, saved, err); err != nil {
		if ctx.Err() == nil {
			c.log.Error("the outcome of a clip was not written", "camera", t.camera, "from", t.from.Std(), "error", err)
		}
		return true
	}
	c.notes.remove(t.work)
	if files, err := c.left.of(t.work); err == nil {
		c.left.forget(files)
	}
	return false
}

// over reports whether it is of no use to try again: the relay cannot have the
// pictures any more, and there was time enough to reach it.
func (t task) over(now, failing time.Time) bool {
	return now.Sub(t.to.Std()) >= max(clipSlack, t.kept) && !failing.IsZero() && now.Sub(failing) >= clipSlack
}

// record returns what was saved. A file that was stored before a crash, and that
// no event names yet, is taken as it is: its pictures may be nowhere else. With
// alone the relay is not asked for more than what was left before.
func (c *clips) record(stop, ctx context.Context, t task, alone bool) (saved, error) {
	if s, there := c.notes.read(t.work); there {
		if file, size, err := c.store.Open(s.SHA256); err == nil {
			if err := file.Close(); err == nil && size == s.Bytes {
				return s, nil
			}
		}
		c.notes.remove(t.work)
	}
	var s saved
	files, err := c.left.of(t.work)
	if err != nil && !alone {
		return saved{}, err
	}
	folded := false
	file, err := c.store.Keep(ctx, func(w io.Writer) error {
		out := counted{w: w}
		sum, all, err := c.left.fetch(ctx, c.relay, t, files, alone, &out)
		folded = all && !out.failed && out.n > 0
		if err == nil && stop.Err() != nil && !half(sum, t) {
			err = context.Cause(stop)
		}
		if err == nil && !alone && stop.Err() == nil && early(sum, t) {
			err = errRelayEnded
		}
		switch {
		case err != nil && (stop.Err() != nil || ctx.Err() != nil || out.stays(err, files)):
			return fmt.Errorf("%w: %w", blob.ErrUnfinished, err) // the next start, or the next try, goes on from there
		case err != nil:
			return err
		}
		s = saved{
			SHA256: hex.EncodeToString(sum.SHA256[:]), Bytes: sum.Bytes, Frames: sum.Frames, Gaps: len(sum.Gaps),
			Missing: sum.Missing().Milliseconds(), From: world.TimeOf(sum.From), To: world.TimeOf(sum.To),
		}
		return c.notes.write(t.work, s) // before the file has its name
	})
	if errors.Is(err, blob.ErrUnfinished) && folded {
		c.left.forget(files) // what stays has all of them
	}
	if err == nil && file != s.SHA256 {
		err = errors.New("the file on disk differs from what was written")
	}
	return s, err
}

// outcomesAtOnce bounds how many outcomes are written into the history together.
const outcomesAtOnce = 200

// tell writes the outcome for everybody who asked for the work.
func (c *clips) tell(ctx context.Context, t task, s saved, failed error) error {
	var obs []world.Observation
	if err := c.history.Look(ctx, func(st *world.State) {
		for x := range st.Clips() {
			if x.Done != 0 || workOf(x) != t.work {
				continue
			}
			var b world.Body = world.ClipSaved{
				ID: x.ID, Camera: x.Camera, SHA256: s.SHA256, Bytes: s.Bytes, Frames: s.Frames, Gaps: s.Gaps,
				Missing: s.Missing, From: s.From, To: s.To, By: x.By, Alert: x.Alert,
			}
			if failed != nil {
				b = world.ClipFailed{ID: x.ID, Camera: x.Camera, Reason: reasonOf(failed)}
			}
			obs = append(obs, world.Observation{Body: b})
		}
	}); err != nil {
		return err
	}
	for part := range slices.Chunk(obs, outcomesAtOnce) {
		if err := c.history.Put(ctx, Source, part); err != nil {
			return err
		}
	}
	c.log.Info("a clip has an outcome", "camera", t.camera, "from", t.from.Std(), "clips", len(obs), "saved", failed == nil, "frames", s.Frames)
	return nil
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
		text = world.ClipNotKept
	case errors.Is(err, replay.ErrNothing):
		text = world.ClipGone
	}
	return text[:min(len(text), longest)]
}
