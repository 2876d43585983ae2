package director

import (
	"slices"
	"time"

	"iocwall/server/calendar"
	"iocwall/server/world"
)

const (
	// leastDwell is how long each scene of a turn is shown at least.
	leastDwell = 5 * time.Second
	// lookBack is how many days ago the hours of a schedule may have begun last:
	// no holidays are longer.
	lookBack = 15
)

// scheduled returns the scene that the schedules give the wall now, and the
// schedule's name in the state. There is none while what a person chose holds, and
// outside all hours.
func (t *turn) scheduled() (sceneID, why string, ok bool) {
	var best *world.ScheduleSaved
	var since time.Time
	var newest time.Time
	any := false
	at := t.now.Std()
	for _, x := range t.st.Schedules() {
		s := x.Is
		if s.Wall != t.wall.ID || s.Off {
			continue
		}
		any = true
		begin, running, found := t.d.begun(s, at)
		if !found {
			continue
		}
		if begin.After(newest) {
			newest = begin
		}
		if running && (best == nil || s.Priority > best.Priority || s.Priority == best.Priority && begin.After(since)) && len(t.scenes(s)) > 0 {
			best, since = &s, begin
		}
	}
	if !any {
		return "", "", false
	}
	t.wakeAt(world.TimeOf(at.Truncate(time.Minute).Add(time.Minute)))
	if t.wall.Shown.By != "" && !newest.After(t.wall.Since.Std()) {
		return "", "", false // a person's choice holds
	}
	if best == nil {
		return "", "", false
	}
	scenes := t.scenes(*best)
	dwell := max(leastDwell, time.Duration(best.Dwell)*time.Millisecond)
	i := 0
	if len(scenes) > 1 && best.Dwell > 0 {
		n := int(at.Sub(since) / dwell)
		i = n % len(scenes)
		t.wakeAt(world.TimeOf(since.Add(time.Duration(n+1) * dwell)))
	}
	return scenes[i], string(world.NewRef(world.KindSchedule, best.ID)), true
}

// scenes returns the scenes of a schedule that there are.
func (t *turn) scenes(s world.ScheduleSaved) []string {
	return slices.DeleteFunc(slices.Clone(s.Scenes), func(id string) bool { return showable(t.st, id, t.wall.ID) != nil })
}

// begun returns when the hours of a schedule began last, and whether they still
// run.
func (d *Director) begun(s world.ScheduleSaved, at time.Time) (begin time.Time, running, ok bool) {
	today := calendar.DayOf(at)
	for day := today; day > today-lookBack; day-- {
		from, to := day.At(time.Duration(s.From)*time.Minute), day.At(time.Duration(s.To)*time.Minute)
		if s.To <= s.From {
			to = (day + 1).At(time.Duration(s.To) * time.Minute)
		}
		if !from.After(at) && d.on(s.Days, day) {
			return from, at.Before(to), true
		}
	}
	return time.Time{}, false, false
}

// on reports whether a schedule's days hold a day.
func (d *Director) on(days []string, day calendar.Day) bool {
	if len(days) == 0 {
		return true
	}
	week := []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	for _, name := range days {
		switch name {
		case "workday":
			if d.works(day) {
				return true
			}
		case "holiday":
			if d.o.Hours != nil {
				if _, off := d.o.Hours.Holiday(day); off {
					return true
				}
			}
		case week[day.Weekday()]:
			return true
		}
	}
	return false
}

func (d *Director) works(day calendar.Day) bool {
	if d.o.Hours == nil {
		w := day.Weekday()
		return w != time.Saturday && w != time.Sunday
	}
	return d.o.Hours.Works(day)
}
