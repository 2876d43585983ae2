package director

import (
	"cmp"

	"iocwall/server/world"
)

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

// request is an Ask and who waits for its end.
type request struct {
	Ask
	done func(Outcome)
}

// end tells who asked how it ended, once.
func (r *request) end(o Outcome) {
	if r == nil || r.done == nil {
		return
	}
	done := r.done
	r.done = nil
	done(o)
}

// Show puts a scene on a wall. What is returned begins it; done is called once,
// on the loop, when the wall has changed or stays as it was, which takes 3.4 s at
// most while the history can be written. While a switch is under way the newest
// wish waits for its end and those before it are turned down. An error is in
// words for people, and done is not called then.
func (d *Director) Show(now world.Time, st *world.State, a Ask, done func(Outcome)) ([]world.Observation, error) {
	d.meet(st)
	s := d.stage(a.Wall)
	w, there := st.Wall(a.Wall)
	if s == nil || !there {
		return nil, world.Refuse("wall.unknown", "there is no wall \"{wall}\"; \"wallsrv wall list\" names them", "wall", a.Wall)
	}
	if a.Undo {
		// What is under way will be there to go back from.
		if _, err := undone(st, w); err != nil && s.now == nil {
			return nil, err
		}
	} else if err := showable(st, a.Scene, a.Wall); err != nil {
		return nil, err
	}
	if s.asked != nil {
		s.asked.end(Outcome{Err: world.Refuse("scene.overtaken", "{who} asked for another scene before this one could be shown", "who", name(a.By))})
	}
	s.asked = &request{a, done}
	return d.settle(now, st), nil
}

// name is what a person is called in a sentence.
func name(by string) string {
	if by == "" {
		return "somebody"
	}
	return by
}

// showable says why a scene cannot be shown on a wall.
func showable(st *world.State, id, wall string) error {
	sc, ok := st.Scene(id)
	if !ok {
		return world.Refuse("scene.unknown", "there is no scene \"{scene}\"; \"wallsrv wall show {wall}\" names them", "scene", id, "wall", wall)
	}
	if sc.Wall != wall {
		return world.Refuse("scene.otherwall", "the scene \"{scene}\" is one of the wall \"{otherwall}\", not of \"{wall}\"", "scene", id, "otherwall", sc.Wall, "wall", wall)
	}
	return nil
}

// undone returns the scene to go back to; those that were removed meanwhile are
// stepped over.
func undone(st *world.State, w world.Wall) (string, error) {
	var gone error
	for i := len(w.Before) - 1; i >= 0; i-- {
		id := w.Before[i].Scene
		err := showable(st, id, w.ID)
		if err == nil && id != w.Shown.Scene {
			return id, nil
		}
		gone = cmp.Or(gone, err)
	}
	if gone != nil {
		return "", gone
	}
	return "", world.Refuse("scene.noundo", "there is nothing to go back to: no other scene was on the wall before")
}

// drop turns down whatever is wanted of a wall.
func (s *stage) drop() {
	o := Outcome{Err: world.Refuse("wall.gone", "the wall is gone")}
	s.asked.end(o)
	if s.now != nil {
		s.now.by.end(o)
	}
	s.asked, s.now, s.report = nil, nil, nil
}

// Follow ends what a person chose: the schedule of the hour has the wall again.
// Without one in force the scene stays.
func (d *Director) Follow(now world.Time, st *world.State, wall string) ([]world.Observation, error) {
	d.meet(st)
	s := d.stage(wall)
	w, ok := st.Wall(wall)
	if s == nil || !ok {
		return nil, world.Refuse("wall.unknown", "there is no wall \"{wall}\"; \"wallsrv wall list\" names them", "wall", wall)
	}
	any := false
	for _, x := range st.Schedules() {
		any = any || x.Is.Wall == wall && !x.Is.Off
	}
	if !any {
		return nil, world.Refuse("schedule.none", "the wall \"{wall}\" has no schedule to follow", "wall", wall)
	}
	t := &turn{d: d, s: s, now: now, st: st, wall: w}
	t.sayAt(max(now, w.Since+1), world.SceneShown{Wall: wall, Scene: w.Shown.Scene, Why: "schedule"})
	d.next = earlier(d.next, s.wake)
	return t.out, nil
}
