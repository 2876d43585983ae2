// Package director decides what every wall shows and says so as events: a scene,
// what pops up over it, what is locked, what a lost computer leaves behind. It
// lives in the loop, which tells it what was applied and what time it is; it
// reads no clock, waits for nothing and keeps nothing that the state could not
// give back after a restart.
package director

import (
	"log/slog"

	"iocwall/server/act"
	"iocwall/server/calendar"
	"iocwall/server/world"
)

// Options are what a Director needs beside the state.
type Options struct {
	// Hours knows workdays and holidays for schedules; nil knows weekdays only.
	Hours *calendar.Calendar
	// Logger receives what technicians should know; nil discards it.
	Logger *slog.Logger
}

// Ask is the wish to have a scene on a wall.
type Ask struct {
	Wall, Scene string
	// By is the person who asks, Why the rule or the schedule when no person does.
	By, Why string
	// Undo goes back to the scene before; Scene is not looked at.
	Undo bool
}

// Outcome is how an Ask ended.
type Outcome struct {
	Generation uint64
	Scene      string
	// At is when the wall changes, or did, by the server's clock.
	At world.Time
	// Late names the computers that were not ready in time.
	Late []string
	Left []world.LeftOut
	// Err is why the wall stays as it was, in words for people; nil when it does not.
	Err error
}

// Director composes the walls of a state. It belongs to the loop's goroutine.
type Director struct {
	o Options
}

// New makes a Director for a state at the time now and returns what must happen
// at once, such as the end of a switch that a stop interrupted.
func New(st *world.State, now world.Time, o Options) (*Director, []world.Observation) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Director{o: o}, nil
}

// Note takes notice of an applied event and returns what follows.
func (d *Director) Note(c world.Change, st *world.State) []world.Observation { return nil }

// Tick does what time alone brings about.
func (d *Director) Tick(now world.Time, st *world.State) []world.Observation { return nil }

// Next returns when Tick is needed next, zero for not.
func (d *Director) Next() world.Time { return 0 }

// Show puts a scene on a wall. What is returned begins it; done is called once,
// on the loop, when the wall has changed or stays as it was. An error is in words
// for people, and done is not called then.
func (d *Director) Show(now world.Time, st *world.State, a Ask, done func(Outcome)) ([]world.Observation, error) {
	w, ok := st.Wall(a.Wall)
	if !ok {
		return nil, errNoWall(a.Wall)
	}
	sc, ok := st.Scene(a.Scene)
	if !ok {
		return nil, errNoScene(a.Scene, a.Wall)
	}
	gen := max(w.On.Generation, w.Next.Generation) + 1
	p := world.WallPrepared{Wall: a.Wall, Generation: gen, Scene: sc.ID, Version: sc.Version, By: a.By, Why: a.Why, Deadline: now, Undo: a.Undo}
	for _, t := range sc.Tiles {
		p.Tiles = append(p.Tiles, world.Placed{Tile: t, Layer: world.LayerScene, From: sc.ID, By: a.By, Why: a.Why, Since: now})
	}
	if done != nil {
		done(Outcome{Generation: gen, Scene: sc.ID, At: now})
	}
	return []world.Observation{{Time: now, Body: p}, {Time: now, Body: world.WallCommitted{Wall: a.Wall, Generation: gen, At: now}}}, nil
}

// Follow ends what a person chose: the schedule of the hour has the wall again.
func (d *Director) Follow(now world.Time, st *world.State, wall string) ([]world.Observation, error) {
	return nil, nil
}

// Ready takes a wall computer's answer to what is being prepared.
func (d *Director) Ready(now world.Time, st *world.State, node string, r act.ReportReady) []world.Observation {
	return nil
}

// Switched takes a wall computer's word on when it changed.
func (d *Director) Switched(now world.Time, st *world.State, node string, r act.ReportSwitched) []world.Observation {
	return nil
}
