package ui

import (
	"context"
	"errors"

	"iocwall/server/world"
)

// Assigned is what the monitors of a wall computer are to the wall.
type Assigned struct {
	// Wall is the id of the wall and Generation what of it is shown, zero for a
	// wall that shows its scene as saved.
	Wall       string
	Generation uint64
	// Screens are the wall's screens on the monitors, by the monitor's name; one
	// that shows no screen is left out. Missing are the screens of this computer
	// that no monitor shows.
	Screens map[string]int
	Missing []world.Screen
}

// Assigned returns which screens of the wall the monitors of this computer show, as
// the windows know it. It waits for the toolkit's goroutine and must not be called
// on it. The error is ctx's, or that this is no wall computer.
func (u *UI) Assigned(ctx context.Context) (Assigned, error) {
	n, ok := u.face.(*node)
	if !ok {
		return Assigned{}, errors.New("ui: only a wall computer has screens of the wall")
	}
	type answer struct {
		a   Assigned
		err error
	}
	got := make(chan answer, 1)
	u.o.Do(func() {
		a, err := n.assigned()
		got <- answer{a, err}
	})
	select {
	case g := <-got:
		return g.a, g.err
	case <-ctx.Done():
		return Assigned{}, ctx.Err()
	}
}

func (n *node) assigned() (Assigned, error) {
	monitors, err := n.u.o.Screens.List()
	if err != nil {
		return Assigned{}, err
	}
	w, _, ok, _ := n.u.model.wall(n.u.o.Wall)
	if !ok {
		return Assigned{Screens: map[string]int{}}, nil
	}
	a := Assigned{Wall: w.ID, Generation: n.u.glass.stage.Shown().Generation, Screens: map[string]int{}}
	if c := n.u.glass.change; c != nil {
		a.Generation = c.was // the display does not show the new one yet
	}
	shown := map[int]bool{}
	for i, s := range n.assign(monitors) {
		if s != nil {
			a.Screens[monitors[i].Name], shown[s.ID] = s.ID, true
		}
	}
	for _, s := range w.Screens {
		if s.Node == n.u.o.Name && !shown[s.ID] {
			a.Missing = append(a.Missing, s)
		}
	}
	return a, nil
}
