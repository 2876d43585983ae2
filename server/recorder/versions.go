package recorder

import (
	"context"
	"errors"
	"slices"

	"iocwall/server/world"
)

// Versions returns what is known of the versions of a scene, the newest first; a
// scene that was removed has them still. Errors as those of Log.
func (r *Recorder) Versions(ctx context.Context, wall, scene string) ([]Version, error) {
	if err := r.current(ctx); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []Version
	for _, v := range r.index.scenes[scene] {
		if v.wall == wall {
			out = append(out, v.Version)
		}
	}
	if len(out) == 0 {
		return nil, wrong(true, "the wall %.70q never had a scene %.70q", wall, scene)
	}
	slices.Reverse(out)
	return out, nil
}

// Scene returns one version of a scene, and when it was saved. Errors as those of
// Log.
func (r *Recorder) Scene(ctx context.Context, wall, scene string, number int) (world.SceneSaved, world.Time, error) {
	var out world.SceneSaved
	if err := r.current(ctx); err != nil {
		return out, 0, err
	}
	r.mu.Lock()
	var seq uint64
	for _, v := range r.index.scenes[scene] {
		if v.wall == wall && v.Version.Version == number {
			seq = v.seq // where a number came twice, the later one stands
		}
	}
	r.mu.Unlock()
	if seq == 0 {
		return out, 0, wrong(true, "the scene %.70q of the wall %.70q has no version %d", scene, wall, number)
	}
	var at world.Time
	err := r.load(ctx, []span{{seq, seq}}, func(e world.Event) error {
		if b, ok := e.Body.(world.SceneSaved); ok {
			out, at = b, e.Seen
		}
		return nil
	})
	if err == nil && at == 0 {
		err = wrong(true, "version %d of the scene %.70q cannot be read any more", number, scene)
	}
	return out, at, err
}

// LastVersion returns the number of the last version a scene ever had, zero for
// none. Where the history cannot be read any more it is the last one known: scenes
// can still be saved then. Errors: ErrReading.
func (r *Recorder) LastVersion(ctx context.Context, scene string) (int, error) {
	if err := r.current(ctx); errors.Is(err, ErrReading) {
		return 0, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	last := 0
	for _, v := range r.index.scenes[scene] {
		last = max(last, v.Version.Version)
	}
	return last, nil
}
