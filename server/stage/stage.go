// Package stage does what people and wall computers ask of walls: it checks the
// right, who it is that asks, and every bound, and turns what was asked into events
// of the history. What a wall shows is composed by the director alone.
package stage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/core"
	"iocwall/server/director"
	"iocwall/server/world"
)

// History is what the stage needs of the centre's history; core.Loop is one.
type History interface {
	// Ask appends what the request decides and returns the number of the last
	// event once it is durable and applied, zero for none.
	Ask(ctx context.Context, q core.Request) (uint64, error)
	// Direct is Ask for what the director makes; f runs on the loop.
	Direct(ctx context.Context, source string, f func(now world.Time, st *world.State, d *director.Director) ([]world.Observation, error)) (uint64, error)
	// Call shows f the state, which must not be kept. f runs on the loop.
	Call(ctx context.Context, f func(st *world.State)) error
}

// Options make a Stage. All but History may be left out.
type Options struct {
	History History
	// LastVersion returns the last version a scene ever had, zero for none: a scene
	// that was removed and comes again goes on counting. It may block for a moment.
	LastVersion func(ctx context.Context, scene string) (int, error)
	// Logger discards when nil.
	Logger *slog.Logger
}

// Stage does what is asked of walls. Its methods may be called from any goroutine.
type Stage struct {
	history     History
	lastVersion func(context.Context, string) (int, error)
	log         *slog.Logger
	// turn holds one: what people change is changed one after the other, so that
	// each is judged by what the one before it left.
	turn chan struct{}
	pace pace
}

// New makes a Stage.
func New(o Options) (*Stage, error) {
	if o.History == nil {
		return nil, errors.New("stage: a history is needed")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.LastVersion == nil {
		o.LastVersion = func(context.Context, string) (int, error) { return 0, nil }
	}
	return &Stage{history: o.History, lastVersion: o.LastVersion, log: o.Logger, turn: make(chan struct{}, 1)}, nil
}

// Done is what an act became.
type Done struct {
	// Seq is the number of the last event, zero for none.
	Seq uint64
	// Note says in words what whoever asked should know of it, empty for nothing.
	Note string
}

// RefusedError says in words for people why something was not done.
type RefusedError struct{ *world.Refusal }

// Unwrap returns the refusal with its code.
func (e *RefusedError) Unwrap() error { return e.Refusal }

func refuse(code, text string, pairs ...any) error {
	return &RefusedError{world.Refuse(code, text, pairs...)}
}

// Do does one act and returns when it is durable; a switch of scene when the wall
// has changed or could not. Errors: *RefusedError and *auth.DeniedError say why
// something is not to be; those of the history and of ctx.
func (s *Stage) Do(ctx context.Context, id auth.Identity, a act.Act) (Done, error) {
	right := auth.Right(a.Act())
	switch a.(type) {
	case act.ReportReady, act.ReportSwitched, act.ReportNode, act.ReportTiles:
		right = auth.ReportNode
	}
	if err := id.Demand(right); err != nil {
		return Done{}, err
	}
	switch a := a.(type) {
	case act.ShowScene:
		return s.show(ctx, id, director.Ask{Wall: a.Wall, Scene: a.Scene})
	case act.UndoScene:
		return s.show(ctx, id, director.Ask{Wall: a.Wall, Undo: true})
	case act.FollowSchedule:
		return s.follow(ctx, id, a)
	case act.SaveScene:
		return s.saveScene(ctx, id, a.Scene)
	case act.SaveSchedule:
		return s.saveSchedule(ctx, id, a.Schedule)
	case act.SaveWall:
		return s.saveWall(ctx, id, a.Wall, a.From)
	case act.TestWall:
		return s.test(ctx, id, a)
	case act.LockTile:
		return s.lock(ctx, id, a)
	case act.UnlockTile:
		return s.unlock(ctx, id, a)
	case act.OpenPopup:
		return s.openPopup(ctx, id, a.Popup)
	case act.ClosePopup:
		return s.closePopup(ctx, id, a)
	}
	return s.told(ctx, id, a)
}

// Object returns what an act is about, for the audit; empty for an act that is not
// the stage's.
func Object(a act.Act) string {
	switch a := a.(type) {
	case act.ShowScene:
		return a.Wall + " " + a.Scene
	case act.UndoScene:
		return a.Wall
	case act.FollowSchedule:
		return a.Wall
	case act.SaveScene:
		return a.Scene.ID
	case act.SaveSchedule:
		return a.Schedule.ID
	case act.SaveWall:
		return a.Wall.ID
	case act.TestWall:
		return a.Wall + " " + a.Picture
	case act.LockTile:
		return place(a.Wall, a.Tile, a.Screen)
	case act.UnlockTile:
		return place(a.Wall, a.Tile, a.Screen)
	case act.OpenPopup:
		return a.Popup.Wall + " " + a.Popup.ID
	case act.ClosePopup:
		return a.Popup
	case act.ReportReady:
		return a.Wall
	case act.ReportSwitched:
		return a.Wall
	case act.ReportNode:
		return a.Report.Node
	case act.ReportTiles:
		return a.Seen.Node
	}
	return ""
}

// place names a tile or a screen of a wall.
func place(wall, tile string, screen int) string {
	if tile != "" {
		return wall + " " + tile
	}
	return fmt.Sprintf("%s screen %d", wall, screen)
}

// person is the source of the events a person's commands become.
func person(id auth.Identity) string { return "token/" + id.Token }

// change appends what decide makes of the state, after what was changed before.
func (s *Stage) change(ctx context.Context, id auth.Identity, decide func(now world.Time, st *world.State) ([]world.Observation, error), after func(*world.State)) (uint64, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
	return s.history.Ask(ctx, core.Request{Source: person(id), Decide: decide, After: after})
}

// one is a single observation of now.
func one(now world.Time, b world.Body) []world.Observation {
	return []world.Observation{{Time: now, Body: b}}
}

// wallOf returns the wall or says that there is none.
func wallOf(st *world.State, wall string) (world.Wall, error) {
	w, ok := st.Wall(wall)
	if !ok {
		return w, refuse("wall.unknown", "there is no wall \"{wall}\"", "wall", clip(wall))
	}
	return w, nil
}

// patience is how long whoever switches a wall waits to hear of it: the computers
// have a second and a half, and one switch may be before.
const patience = 3500 * time.Millisecond
