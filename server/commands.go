package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/cctv"
	"iocwall/server/chart"
	"iocwall/server/core"
	"iocwall/server/scene"
	"iocwall/server/settings"
	"iocwall/server/world"
)

// command checks the sender's right, turns the command into events and returns
// when they are durable. Every refusal is audited.
func (s *Server) command(ctx context.Context, id auth.Identity, c act.Command) world.Receipt {
	seq, err := s.act(ctx, id, c.Act)
	if err == nil {
		return world.Receipt{ID: c.ID, OK: true, Seq: seq}
	}
	var refused *refusedError
	var denied *auth.DeniedError
	var camera *cctv.RefusedError
	var drawn *chart.RefusedError
	if errors.As(err, &refused) || errors.As(err, &denied) || errors.As(err, &camera) || errors.As(err, &drawn) {
		s.auditRefused(ctx, id, world.Audited{Who: id.Token, Act: c.Act.Act(), Object: cut(objectOf(c.Act)), Reason: cut(err.Error())})
	}
	return world.Receipt{ID: c.ID, Reason: err.Error()}
}

// refusedError says in words for people why a command was not done.
type refusedError struct{ reason string }

func (e *refusedError) Error() string { return e.reason }

func refuse(format string, args ...any) error {
	return &refusedError{reason: fmt.Sprintf(format, args...)}
}

func (s *Server) act(ctx context.Context, id auth.Identity, a act.Act) (uint64, error) {
	switch a := a.(type) {
	case act.AcknowledgeAlert:
		return s.acknowledge(ctx, id, a)
	case act.ShowScene:
		return s.showScene(ctx, id, a)
	case act.SaveScene:
		return s.saveScene(ctx, id, a)
	case act.ControlCamera:
		return s.cameras.Control(ctx, id, a)
	case act.SaveClip:
		return s.cameras.SaveClip(ctx, id, a)
	case act.SaveFence:
		return s.charts.SaveFence(ctx, id, a)
	case act.SaveDrawing:
		return s.charts.SaveDrawing(ctx, id, a)
	case act.SaveMapView:
		return s.charts.SaveMapView(ctx, id, a)
	}
	return 0, refuse("this server does not do %s", a.Act())
}

// cut bounds what strangers can make the audit keep for ever.
func cut(s string) string {
	if len(s) > 200 {
		return strings.ToValidUTF8(s[:200], "") + "…"
	}
	return s
}

func objectOf(a act.Act) string {
	switch a := a.(type) {
	case act.AcknowledgeAlert:
		return a.Alert
	case act.ShowScene:
		return a.Wall + " " + a.Scene
	case act.SaveScene:
		return a.Scene.ID
	case act.ControlCamera:
		return a.Camera
	case act.SaveClip:
		return a.Camera + " " + a.ID
	case act.SaveFence:
		return a.Fence.ID
	case act.SaveDrawing:
		return a.Drawing.ID
	case act.SaveMapView:
		return a.View.ID
	}
	return ""
}

// person is the source of the events a person's commands become.
func person(id auth.Identity) string { return "token/" + id.Token }

func (s *Server) acknowledge(ctx context.Context, id auth.Identity, a act.AcknowledgeAlert) (uint64, error) {
	if err := id.Demand(auth.AcknowledgeAlert); err != nil {
		return 0, err
	}
	if len(a.Note) > 1000 {
		return 0, refuse("the note is longer than 1,000 bytes; shorten it")
	}
	var taker string
	seq, err := s.loop.Ask(ctx, core.Request{
		Source: person(id),
		Decide: func(now world.Time, st *world.State) ([]world.Observation, error) {
			al, ok := st.Alert(a.Alert)
			switch {
			case !ok || !id.Sees(st, al.Area):
				return nil, refuse("there is no alert %q", a.Alert)
			case al.Taken != 0 && al.TakenBy == id.Token:
				return nil, nil // pressed twice
			case al.Taken != 0:
				return nil, refuse("%s has taken it already", al.Taker)
			}
			return []world.Observation{{Time: now, Body: world.AlertAcknowledged{ID: a.Alert, By: id.Token, Name: id.Name, Note: a.Note}}}, nil
		},
		// Two people may press at once: the first in the history has it.
		After: func(st *world.State) {
			if al, ok := st.Alert(a.Alert); ok && al.TakenBy != id.Token {
				taker = al.Taker
			}
		},
	})
	if err == nil && taker != "" {
		err = refuse("%s was a moment earlier", taker)
	}
	return seq, err
}

func (s *Server) showScene(ctx context.Context, id auth.Identity, a act.ShowScene) (uint64, error) {
	if err := id.Demand(auth.ShowScene); err != nil {
		return 0, err
	}
	var shown string
	seq, err := s.loop.Ask(ctx, core.Request{
		Source: person(id),
		Decide: func(now world.Time, st *world.State) ([]world.Observation, error) {
			if _, ok := st.Wall(a.Wall); !ok {
				return nil, refuse("there is no wall %q", a.Wall)
			}
			sc, ok := st.Scene(a.Scene)
			if !ok || sc.Wall != a.Wall {
				return nil, refuse("the wall %s has no scene %q", a.Wall, a.Scene)
			}
			return []world.Observation{{Time: now, Body: world.SceneShown{Wall: a.Wall, Scene: a.Scene, By: id.Name}}}, nil
		},
		After: func(st *world.State) {
			w, _ := st.Wall(a.Wall)
			shown = w.Shown.Scene
		},
	})
	if err == nil && shown != a.Scene {
		err = refuse("the wall was switched to %q at the same moment", shown)
	}
	return seq, err
}

func (s *Server) saveScene(ctx context.Context, id auth.Identity, a act.SaveScene) (uint64, error) {
	if err := id.Demand(auth.SaveScene); err != nil {
		return 0, err
	}
	var stands world.SceneSaved
	seq, err := s.loop.Ask(ctx, core.Request{
		Source: person(id),
		Decide: func(now world.Time, st *world.State) ([]world.Observation, error) {
			sc := a.Scene
			w, ok := st.Wall(sc.Wall)
			if !ok {
				return nil, refuse("there is no wall %q", sc.Wall)
			}
			if sc.ID == "" || !settings.ValidID(sc.ID) {
				return nil, refuse("%q is not an id of a scene", sc.ID)
			}
			for _, t := range sc.Tiles {
				if !slices.Contains(world.TileKinds(), t.Kind) {
					return nil, refuse("no kind of tile %q", t.Kind)
				}
			}
			if ps := scene.CheckScene(w.WallDefined, sc); len(ps) > 0 {
				return nil, refuse("%s", ps[0].Error())
			}
			was, _ := st.Scene(sc.ID)
			if sc.Version != was.Version {
				return nil, refuse("the scene was changed meanwhile (version %d); load it again", was.Version)
			}
			sc.Version, sc.By = was.Version+1, id.Name
			return []world.Observation{{Time: now, Body: sc}}, nil
		},
		// Two people may save at once: the first in the history stands.
		After: func(st *world.State) {
			sc, _ := st.Scene(a.Scene.ID)
			stands = sc.SceneSaved
		},
	})
	if err == nil && (stands.By != id.Name || !slices.EqualFunc(stands.Tiles, a.Scene.Tiles, sameTile)) {
		err = refuse("%s saved the scene a moment earlier; load it again", stands.By)
	}
	return seq, err
}

func sameTile(a, b world.Tile) bool {
	return a.ID == b.ID && a.X == b.X && a.Y == b.Y && a.W == b.W && a.H == b.H
}

// audit writes an audit event; it cannot stop what is audited.
func (s *Server) audit(ctx context.Context, id auth.Identity, a world.Audited) {
	if err := s.writeAudit(ctx, id, a); err != nil {
		s.logger.Error("an audit event was not written", "act", a.Act, "error", err)
	}
}

func (s *Server) writeAudit(ctx context.Context, id auth.Identity, a world.Audited) error {
	return s.loop.Put(ctx, person(id), []world.Observation{{Body: a}})
}

// auditRefused writes down what was refused to somebody: one event for what
// repeats itself within a minute, as a hand on a camera's stick does.
func (s *Server) auditRefused(ctx context.Context, id auth.Identity, a world.Audited) {
	write, others := s.denied.note(id.Token, a.Act+" "+a.Object+" "+a.Reason, time.Now())
	if !write {
		return
	}
	if others > 0 {
		a.Reason += fmt.Sprintf(" (and %d more refusals in the minute before)", others)
	}
	s.audit(ctx, id, a)
}
