package relay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"iocwall/media/replay"
	"iocwall/media/rtsp"
)

// ErrNotKept is wrapped when a stream that keeps nothing is asked for a clip.
var ErrNotKept = errors.New("this stream is not kept for replay")

// clipAhead and clipLength bound what a clip may ask for.
const (
	clipAhead  = 10 * time.Minute
	clipLength = time.Hour
)

// Clip writes what came of a stream between two times as one MP4 file, beginning with the key frame at or before from.
// When to is still to come, by ten minutes at most, it waits for it, and what is there already is written while it
// waits, so that it cannot grow too old. What is missing is told in the summary and in the file, above all while the
// camera is down. A slow writer holds up neither camera nor readers: what it has not taken in time becomes a gap. An
// empty stream name stands for the stream that is kept.
//
// Errors wrap ErrNotKept, replay.ErrNothing, the writer's error or the context's cause. Before the first picture is there
// nothing is written.
func (r *Relay) Clip(ctx context.Context, camera, stream string, from, to time.Time, w io.Writer) (replay.Summary, error) {
	ring, stream := r.replay.ring(camera, stream)
	fail := func(err error) (replay.Summary, error) {
		return replay.Summary{}, fmt.Errorf("relay: clip of camera %s, stream %q: %w", camera, stream, err)
	}
	switch {
	case ring == nil:
		return fail(fmt.Errorf("%w; set how long the camera is kept", ErrNotKept))
	case !from.Before(to):
		return fail(fmt.Errorf("the end %s is not after the beginning %s", to.Format(time.RFC3339), from.Format(time.RFC3339)))
	case to.Sub(from) > clipLength:
		return fail(fmt.Errorf("%v are asked for; ask for an hour at most", to.Sub(from)))
	case time.Until(to) > clipAhead:
		return fail(fmt.Errorf("the end is %v from now; ask for one within ten minutes", time.Until(to).Round(time.Second)))
	default:
		sum, err := ring.Copy(ctx, w, replay.Head{Camera: camera, Stream: stream, From: from, To: to})
		if err != nil {
			return fail(err)
		}
		return sum, nil
	}
}

// keepers are what all streams keep. A ring outlives the sessions and configurations of its stream for as long as the
// stream is to be kept.
type keepers struct {
	mu     sync.Mutex
	most   int64 // bytes of all
	budget *replay.Budget
	rings  map[string]*kept // by path
}

// kept is one ring, and which session fills it.
type kept struct {
	camera, stream string
	ring           *replay.Ring

	// Apart from keepers.mu, under which a stream is never to wait.
	mu    sync.Mutex
	owner *keeper
}

// follow drops what is not to be kept any more, without waiting for a disk, and changes how much is kept of the others.
func (k *keepers) follow(wanted map[string]upstreamConfig, wg *sync.WaitGroup) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for path, have := range k.rings {
		if cfg := wanted[path]; cfg.keep > 0 {
			have.ring.Resize(cfg.keep, cmp.Or(cfg.keepBytes, k.most))
			continue
		}
		delete(k.rings, path)
		wg.Go(func() {
			have.ring.Close() //nolint:errcheck // files that stay are removed at the next start
		})
	}
}

// ring returns the ring of a stream, of any one of the camera's when its name is empty, with the stream's name; nil if it
// is not kept.
func (k *keepers) ring(camera, stream string) (*replay.Ring, string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, have := range k.rings {
		if have.camera == camera && (have.stream == stream || stream == "") {
			return have.ring, have.stream
		}
	}
	return nil, stream
}

// keeper fills the ring of one stream for as long as its configuration lasts. One goroutine uses it.
type keeper struct {
	kept    *kept
	log     *slog.Logger
	playing bool
	missed  uint64    // units that could not be kept, as told last
	told    time.Time // when
}

// newKeeper returns the keeper of a stream, nil when nothing is to be kept.
func newKeeper(r *Relay, cfg upstreamConfig) *keeper {
	if cfg.keep <= 0 {
		return nil
	}
	k := &r.replay
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.rings == nil {
		k.rings, k.budget, k.most = map[string]*kept{}, replay.NewBudget(r.opts.KeepBytes), r.opts.KeepBytes
		if r.opts.KeepDir != "" {
			r.wg.Go(func() { clean(r.opts.KeepDir, r.log) })
		}
	}
	have := k.rings[cfg.path()]
	if have == nil {
		o := replay.RingOptions{Keep: cfg.keep, Bytes: cmp.Or(cfg.keepBytes, k.most), Budget: k.budget}
		if r.opts.KeepDir != "" {
			o.Dir = filepath.Join(r.opts.KeepDir, cfg.camera, cfg.stream)
		}
		ring, err := replay.NewRing(o)
		if err != nil {
			r.log.Error("stream is not kept for replay", slog.String("camera", cfg.camera),
				slog.String("stream", cfg.stream), slog.String("error", err.Error()))
			return nil
		}
		have = &kept{camera: cfg.camera, stream: cfg.stream, ring: ring}
		k.rings[cfg.path()] = have
	}
	keeper := &keeper{
		kept: have, log: r.log.With(slog.String("camera", cfg.camera), slog.String("stream", cfg.stream)),
	}
	have.mu.Lock()
	have.owner = keeper
	have.mu.Unlock()
	return keeper
}

// clean removes what a killed relay has left on disk, of cameras that are gone too. A file that a ring of ours has made
// meanwhile loses its name only: the ring goes on with what it has open.
func clean(dir string, log *slog.Logger) {
	folders, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	for _, f := range folders {
		err = errors.Join(err, replay.Clean(f))
	}
	if err != nil {
		log.Error("old pictures stay on disk", slog.String("error", err.Error()))
	}
}

// add takes the next unit as it came from the camera, with the track as it is described now.
func (k *keeper) add(t rtsp.Track, u rtsp.Unit) {
	k.kept.mu.Lock()
	mine := k.kept.owner == k
	k.kept.mu.Unlock()
	if !mine {
		return // the session of an older configuration is about to end
	}
	if !k.playing {
		k.playing = true
		k.kept.ring.Start(t.Codec, t.Parameters)
	}
	k.kept.ring.Add(u)
	if u.Key {
		k.tell(u.Arrived)
	}
}

// missedEvery folds reports of what could not be kept.
const missedEvery = time.Minute

// tell reports what memory or disk could not take.
func (k *keeper) tell(now time.Time) {
	s := k.kept.ring.Stats()
	if s.Missed <= k.missed || now.Sub(k.told) < missedEvery {
		return
	}
	why := "the disk or the share of memory is too small for this stream"
	if s.Fault != nil {
		why = s.Fault.Error()
	}
	k.log.Warn("pictures are missing in what is kept for replay", slog.Uint64("units", s.Missed-k.missed), slog.String("why", why))
	k.missed, k.told = s.Missed, now
}

// keepOf returns how long a stream of the camera is kept.
func (c Camera) keepOf(stream string) time.Duration {
	if stream == c.KeepStream || c.KeepStream == "" && stream == c.Streams[0].Name {
		return max(0, c.Keep)
	}
	return 0
}

// keep passes a unit on to the keeper.
func (u *upstream) keep(t rtsp.Track, unit rtsp.Unit) {
	if u.kept != nil {
		u.kept.add(t, unit)
	}
}

// gap tells the keeper that the session ended: what follows does not continue what was kept.
func (u *upstream) gap() {
	if u.kept != nil {
		u.kept.stop()
	}
}

// stop notes that the session ended, unless that of a newer configuration has begun.
func (k *keeper) stop() {
	k.playing = false
	k.kept.mu.Lock()
	defer k.kept.mu.Unlock()
	if k.kept.owner == k {
		k.kept.ring.Stop()
	}
}

// held tells how much time the stream can be replayed and what that takes.
func (u *upstream) held() (time.Duration, int64) {
	if u.kept == nil {
		return 0, 0
	}
	s := u.kept.kept.ring.Stats()
	return s.Kept(), s.Bytes
}
