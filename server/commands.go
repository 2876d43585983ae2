package server

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/cctv"
	"iocwall/server/chart"
	"iocwall/server/core"
	"iocwall/server/stage"
	"iocwall/server/world"
)

// command checks the sender's right, turns the command into events and returns
// when they are durable. Every refusal is audited.
func (s *Server) command(ctx context.Context, id auth.Identity, c act.Command) world.Receipt {
	done, err := s.act(ctx, id, c.Act)
	if err == nil {
		return world.Receipt{ID: c.ID, OK: true, Seq: done.Seq, Reason: done.Note}
	}
	if isRefusal(err) {
		s.auditRefused(ctx, id, world.Audited{Who: id.Token, Act: c.Act.Act(), Object: cut(objectOf(c.Act)), Reason: cut(err.Error())})
	}
	return world.Refused(c.ID, told(err))
}

// told is an error as its receipt says it: one without a code that means that the server
// is stopping, or has not done it in time, gets the code of that. What has a code keeps
// it, whatever lies behind: a camera that does not answer is not a slow server.
func told(err error) error {
	var said world.Sayable
	if errors.As(err, &said) {
		if code, _ := said.Say(); code != "" {
			return err
		}
	}
	switch {
	case errors.Is(err, core.ErrStopping):
		return world.Refuse("server.stopping", "{why}", "why", err)
	case errors.Is(err, context.DeadlineExceeded):
		return world.Refuse("server.slow", "{why}", "why", err)
	}
	return err
}

// refusedError says in words for people why a command was not done.
type refusedError struct{ *world.Refusal }

// Unwrap returns the refusal with its code.
func (e *refusedError) Unwrap() error { return e.Refusal }

func refuse(code, text string, pairs ...any) error {
	return &refusedError{world.Refuse(code, text, pairs...)}
}

// isRefusal reports whether somebody may not have what was asked for, rather than
// that the server could not do it.
func isRefusal(err error) bool {
	var refused *refusedError
	var denied *auth.DeniedError
	var camera *cctv.RefusedError
	var drawn *chart.RefusedError
	var staged *stage.RefusedError
	return errors.As(err, &refused) || errors.As(err, &denied) || errors.As(err, &camera) || errors.As(err, &drawn) || errors.As(err, &staged)
}

// act does what is asked for; what is not of the alerts, cameras and maps is of the
// walls.
func (s *Server) act(ctx context.Context, id auth.Identity, a act.Act) (done stage.Done, err error) {
	switch a := a.(type) {
	case act.AcknowledgeAlert:
		done.Seq, err = s.acknowledge(ctx, id, a)
	case act.ControlCamera:
		done.Seq, err = s.cameras.Control(ctx, id, a)
	case act.ReportCameras:
		err = s.cameras.Seen(ctx, id, a)
	case act.SaveClip:
		done.Seq, err = s.cameras.SaveClip(ctx, id, a)
	case act.SaveFence:
		done.Seq, err = s.charts.SaveFence(ctx, id, a)
	case act.SaveDrawing:
		done.Seq, err = s.charts.SaveDrawing(ctx, id, a)
	case act.SaveMapView:
		done.Seq, err = s.charts.SaveMapView(ctx, id, a)
	default:
		return s.stage.Do(ctx, id, a)
	}
	return done, err
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
	case act.ControlCamera:
		return a.Camera
	case act.ReportCameras:
		return a.Program
	case act.SaveClip:
		return a.Camera + " " + a.ID
	case act.SaveFence:
		return a.Fence.ID
	case act.SaveDrawing:
		return a.Drawing.ID
	case act.SaveMapView:
		return a.View.ID
	}
	return stage.Object(a)
}

// person is the source of the events a person's commands become.
func person(id auth.Identity) string { return "token/" + id.Token }

func (s *Server) acknowledge(ctx context.Context, id auth.Identity, a act.AcknowledgeAlert) (uint64, error) {
	if err := id.Demand(auth.AcknowledgeAlert); err != nil {
		return 0, err
	}
	if len(a.Note) > 1000 {
		return 0, refuse("note.long", "the note is longer than 1,000 bytes; shorten it")
	}
	var taker string
	seq, err := s.loop.Ask(ctx, core.Request{
		Source: person(id),
		Decide: func(now world.Time, st *world.State) ([]world.Observation, error) {
			al, ok := st.Alert(a.Alert)
			switch {
			case !ok || !id.Sees(st, al.Area):
				return nil, refuse("alert.unknown", "there is no alert \"{alert}\"", "alert", a.Alert)
			case al.Taken != 0 && al.TakenBy == id.Token:
				return nil, nil // pressed twice
			case al.Taken != 0:
				return nil, refuse("alert.taken", "{who} has taken it already", "who", al.Taker)
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
		err = refuse("alert.earlier", "{who} was a moment earlier", "who", taker)
	}
	return seq, err
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
	write, others := s.denied.Note(id.Token, a.Act+" "+a.Object+" "+a.Reason, time.Now())
	if !write {
		return
	}
	if others > 0 {
		a.Reason += fmt.Sprintf(" (and %d more refusals in the minute before)", others)
	}
	s.audit(ctx, id, a)
}
