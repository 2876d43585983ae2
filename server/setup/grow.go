package setup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync/atomic"

	"iocwall/server/area"
	"iocwall/server/atomicfile"
	"iocwall/server/auth"
	"iocwall/server/core"
	"iocwall/server/settings"
	"iocwall/server/world"
)

// addedLayer is the layer of the map with the outlines of what people added.
const addedLayer = "areas-added"

var (
	// errUnsure says that the history has begun with it and did not answer in time.
	errUnsure  = errors.New("the history did not answer in time")
	errTooLate = errors.New("nobody waits for it any more")
)

// grow has the server take over what a layer adds to the tree.
func (s *Setup) grow(ctx context.Context, id auth.Identity, p area.Plan, version, from, what string) error {
	switch {
	case from == "":
		return refuse(http.StatusPreconditionRequired, "setup.version.layer", "say in If-Match which version of the layer was looked at")
	case from != version:
		return refuse(http.StatusPreconditionFailed, "setup.version.areas", "the areas, the layer or what is wanted of it are not what was looked at; look at it again, nothing was changed").at(version, nil)
	case p.Changes() == 0:
		return refuse(http.StatusConflict, "setup.same", "the layer changes nothing")
	}
	raw, err := json.Marshal(p.Added)
	if err != nil || len(raw) > MaxLayer {
		return refuse(http.StatusRequestEntityTooLarge, "setup.long.outlines", "all outlines together would be longer than {most} bytes; import a coarser layer", "most", MaxLayer)
	}
	next, problems := s.o.Ground.Set().With("areas", p.Added)
	if len(problems) > 0 {
		return refuse(http.StatusUnprocessableEntity, "setup.problems.areas", "the tree of areas would not hang together: {why}; nothing was changed", "why", problems[0].Message).at("", faultsOf(problems))
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), applyLimit)
	defer cancel()
	note := world.Audited{Who: id.Token, Act: actAreas, Object: clip(what, 200), OK: true, Reason: fmt.Sprintf("+%d ~%d -%d", len(p.New), len(p.Redrawn), len(p.Ending))}
	err = s.exchange(ctx, id, next, raw, note)
	switch {
	case errors.Is(err, errUnsure):
		s.log.Error("a layer of areas is taken over and the history has not answered", "who", id.Name, "what", what, "error", err)
		return refuse(http.StatusServiceUnavailable, "server.slow", "the history did not answer in time; it may still be done").as("slow")
	case err != nil:
		err = refuse(http.StatusConflict, "setup.refused", "{why}; the areas stay as they were", "why", err)
		note.OK, note.Reason = false, clip(err.Error(), 400)
		if lost := s.o.Audit(ctx, id, note); lost != nil {
			s.log.Error("an audit event was not written", "act", actAreas, "error", lost)
		}
		return err
	}
	s.log.Info("a layer of areas was taken over", "who", id.Name, "what", what, "changes", note.Reason)
	return nil
}

// exchange puts another tree in the place of the one in use: for whatever comes in, in
// the file that the next start reads, and with the note in the history and on the map. On
// an error the tree in use stays; on errUnsure the other one does, as the history will say.
func (s *Setup) exchange(ctx context.Context, id auth.Identity, next *area.Set, raw []byte, note world.Audited) error {
	outlines, err := s.outlines(ctx, id, next)
	if err != nil {
		return err
	}
	path, before := s.o.Running().AddedAreas(), s.o.Ground.Set()
	was, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := s.o.Ground.Replace(next); err != nil {
		return err
	}
	var begun atomic.Bool // by the loop, or given up before it came to that
	if err = atomicfile.Write(path, raw, 0o600); err == nil {
		_, err = s.o.Ask(ctx, core.Request{Source: "token/" + id.Token, Decide: func(now world.Time, st *world.State) ([]world.Observation, error) {
			if !begun.CompareAndSwap(false, true) {
				return nil, errTooLate
			}
			out := settings.AreaDefinitions(next, now, st)
			if outlines.SHA256 != "" {
				e, _ := st.Entity(world.NewRef(world.KindLayer, addedLayer))
				old, _ := e.(world.Layer)
				outlines.Version = old.Is.Version + 1
				out = append(out, world.Observation{Time: now, Body: outlines})
			}
			return append(out, world.Observation{Time: now, Body: note}), nil
		}})
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil && !begun.CompareAndSwap(false, true):
		return fmt.Errorf("%w: %w", errUnsure, err)
	}
	err = errors.Join(err, s.o.Ground.Replace(before))
	if was != nil {
		return errors.Join(err, atomicfile.Write(path, was, 0o600))
	}
	if gone := os.Remove(path); !errors.Is(gone, os.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}

// outlines keeps the outlines of what people added as a layer of the map.
func (s *Setup) outlines(ctx context.Context, id auth.Identity, next *area.Set) (world.LayerSaved, error) {
	l := world.LayerSaved{Saved: world.Saved{ID: addedLayer, Name: "Ranh giới đã nhập", By: id.Name}, NameEn: "Imported boundaries", Areas: true}
	list := next.Added().Outlines
	if len(list.Features) == 0 {
		return l, nil
	}
	raw, err := json.Marshal(list)
	if err != nil {
		return l, err
	}
	ids := make([]string, 0, len(next.Areas))
	for _, a := range next.Areas {
		ids = append(ids, a.ID)
	}
	l, err = s.o.Layer(ctx, l, ids, bytes.NewReader(raw))
	if err != nil {
		return l, fmt.Errorf("the outlines were not kept for the map: %w", err)
	}
	return l, nil
}
