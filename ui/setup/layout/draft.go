package layout

import (
	"slices"

	"iocwall/server/world"
)

// Draft is a wall that is being changed and was not applied yet. The zero value is
// that of no wall.
type Draft struct {
	// Wall is the draft as it is now.
	Wall world.WallDefined
	// From is when the wall it was made from was defined.
	From world.Time

	base  world.WallDefined
	steps []step
}

type step struct {
	name   string
	before world.WallDefined
}

// Begin returns a draft of a wall.
func Begin(w world.WallDefined, defined world.Time) Draft {
	return Draft{Wall: clone(w), From: defined, base: clone(w)}
}

func clone(w world.WallDefined) world.WallDefined {
	w.Screens = slices.Clone(w.Screens)
	return w
}

// mostSteps bounds what can be undone.
const mostSteps = 200

// Do changes the draft; name says what was done. What changes nothing is no step.
func (d *Draft) Do(name string, change func(*world.WallDefined)) bool {
	before := clone(d.Wall)
	next := clone(d.Wall)
	change(&next)
	if same(before, next) {
		return false
	}
	d.steps = append(d.steps, step{name, before})
	d.steps = d.steps[max(0, len(d.steps)-mostSteps):]
	d.Wall = next
	return true
}

// Undo takes the last step back and returns its name; false without one.
func (d *Draft) Undo() (string, bool) {
	n := len(d.steps)
	if n == 0 {
		return "", false
	}
	s := d.steps[n-1]
	d.steps, d.Wall = d.steps[:n-1], s.before
	return s.name, true
}

// Steps is how many steps can be undone.
func (d *Draft) Steps() int { return len(d.steps) }

// Changed reports whether the draft differs from the wall it was made from.
func (d *Draft) Changed() bool { return !same(d.base, d.Wall) }

// Changes counts the screens that differ, were added or taken away, and the wall's own
// name and seats as one.
func (d *Draft) Changes() int {
	n := 0
	for _, s := range d.Wall.Screens {
		if i := Index(d.base.Screens, s.ID); i < 0 || d.base.Screens[i] != s {
			n++
		}
	}
	for _, s := range d.base.Screens {
		if Index(d.Wall.Screens, s.ID) < 0 {
			n++
		}
	}
	if d.base.Name != d.Wall.Name || d.base.Seat != d.Wall.Seat {
		n++
	}
	return n
}

func same(a, b world.WallDefined) bool {
	return a.ID == b.ID && a.Name == b.Name && a.Seat == b.Seat && slices.Equal(a.Screens, b.Screens)
}
