package director

import (
	"testing"
	"time"

	"iocwall/server/calendar"
	"iocwall/server/world"
)

func sched(id string, scenes []string, from, to int, days ...string) world.ScheduleSaved {
	return world.ScheduleSaved{Saved: world.Saved{ID: id, Version: 1}, Wall: "main", Scenes: scenes, From: from, To: to, Days: days}
}

// scheduleRig starts at 08:00 on the day given.
func scheduleRig(t *testing.T, at time.Time, bodies ...world.Body) *rig {
	t.Helper()
	hours, err := calendar.New(calendar.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, st: world.New(1), now: world.TimeOf(at), slow: map[string]time.Duration{}}
	for _, b := range append(opening(), bodies...) {
		r.apply(world.Observation{Time: r.now, Body: b})
	}
	var out []world.Observation
	r.d, out = New(r.st, r.now, Options{Hours: hours})
	r.run(out)
	return r
}

func TestSchedules(t *testing.T) {
	local := func(s string) time.Time {
		at, err := time.ParseInLocation("2006-01-02 15:04:05", s, calendar.Vietnam())
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	low := sched("all", []string{"plain"}, 0, 0)
	high := sched("night", []string{"night"}, 22*60, 6*60)
	high.Priority = 5
	off := sched("off", []string{"night"}, 0, 0)
	off.Off, off.Priority = true, 9
	turn := sched("turn", []string{"day", "gone", "night", "plain"}, 9*60, 11*60)
	turn.Dwell = 20 * 60_000
	for _, c := range []struct {
		name string
		all  []world.ScheduleSaved
		at   string
		want string
	}{
		{"none", nil, "2026-11-23 08:00:00", "day"},
		{"off", []world.ScheduleSaved{off}, "2026-11-23 08:00:00", "day"},
		{"the whole day", []world.ScheduleSaved{low, off}, "2026-11-23 08:00:00", "plain"},
		{"before its hours", []world.ScheduleSaved{sched("x", []string{"night"}, 480, 600)}, "2026-11-23 07:59:59", "day"},
		{"its first instant", []world.ScheduleSaved{sched("x", []string{"night"}, 480, 600)}, "2026-11-23 08:00:00", "night"},
		{"its last", []world.ScheduleSaved{sched("x", []string{"night"}, 480, 600)}, "2026-11-23 09:59:59", "night"},
		{"over", []world.ScheduleSaved{sched("x", []string{"night"}, 480, 600)}, "2026-11-23 10:00:00", "day"},
		{"the higher one", []world.ScheduleSaved{high, low}, "2026-11-23 22:00:00", "night"},
		{"past midnight", []world.ScheduleSaved{high, low}, "2026-11-24 05:59:00", "night"},
		{"the lower one again", []world.ScheduleSaved{high, low}, "2026-11-24 06:00:00", "plain"},
		{"a weekday", []world.ScheduleSaved{sched("x", []string{"night"}, 0, 0, "mon", "wed")}, "2026-11-25 12:00:00", "night"},
		{"not its weekday", []world.ScheduleSaved{sched("x", []string{"night"}, 0, 0, "mon", "wed")}, "2026-11-24 12:00:00", "day"},
		{"the day its hours began", []world.ScheduleSaved{sched("x", []string{"night"}, 22*60, 6*60, "sun")}, "2026-11-23 05:00:00", "night"},
		{"a workday", []world.ScheduleSaved{sched("x", []string{"night"}, 0, 0, "workday")}, "2026-09-04 12:00:00", "night"},
		{"a holiday is none", []world.ScheduleSaved{sched("x", []string{"night"}, 0, 0, "workday")}, "2026-09-02 12:00:00", "day"},
		{"a holiday", []world.ScheduleSaved{sched("x", []string{"night"}, 0, 0, "holiday")}, "2026-09-02 12:00:00", "night"},
		{"a Saturday is no holiday", []world.ScheduleSaved{sched("x", []string{"night"}, 0, 0, "holiday", "workday")}, "2026-11-28 12:00:00", "day"},
		{"first in turn", []world.ScheduleSaved{turn}, "2026-11-23 09:19:59", "day"},
		{"second in turn, what is gone left out", []world.ScheduleSaved{turn}, "2026-11-23 09:20:00", "night"},
		{"third in turn", []world.ScheduleSaved{turn}, "2026-11-23 09:59:00", "plain"},
		{"first again", []world.ScheduleSaved{turn}, "2026-11-23 10:00:00", "day"},
		{"nothing of it exists", []world.ScheduleSaved{sched("x", []string{"gone"}, 0, 0)}, "2026-11-23 09:00:00", "day"},
	} {
		var bodies []world.Body
		for _, s := range c.all {
			bodies = append(bodies, s)
		}
		r := scheduleRig(t, local(c.at), bodies...)
		if got := r.wall().Shown; got.Scene != c.want {
			t.Errorf("%s: %+v, want %s", c.name, got, c.want)
		}
	}
}

// Hours begin and end by themselves, to the minute, and say why.
func TestSchedulesRun(t *testing.T) {
	turn := sched("turn", []string{"night", "plain"}, 8*60, 9*60)
	turn.Dwell = 90_000
	after := sched("after", []string{"day"}, 9*60, 24*60-1)
	r := scheduleRig(t, monday.Add(-30*time.Second).Std(), turn, after)
	seen := map[string]int{}
	for range 61 * 60 {
		r.pass(time.Second)
		seen[r.wall().Shown.Scene]++
	}
	if seen["night"] != 30*60 || seen["plain"] != 30*60 || seen["day"] != 60 {
		t.Errorf("seconds by scene: %v", seen)
	}
	if s := r.wall().Shown; s.By != "" || s.Why != "schedule/after" {
		t.Errorf("shown %+v", s)
	}
}

// What a person chose holds until hours begin, or the schedule is followed again.
func TestAChoiceHolds(t *testing.T) {
	turn := sched("turn", []string{"day", "night"}, 8*60, 12*60)
	turn.Dwell = 60_000
	noon := sched("noon", []string{"plain"}, 12*60, 13*60)
	r := scheduleRig(t, monday.Add(10*time.Second).Std(), turn, noon)
	_ = r.show(Ask{Scene: "day", By: "Lan"}) // what is there already is a choice, too
	if s := r.wall().Shown; s.By != "Lan" {
		t.Fatalf("shown %+v", s)
	}
	r.pass(30 * time.Minute)
	if r.wall().Shown.Scene != "day" {
		t.Error("the schedule took what a person chose")
	}
	r.start() // and after a restart it is still so
	r.pass(30 * time.Minute)
	if r.wall().Shown.Scene != "day" {
		t.Error("the schedule took it after a restart")
	}
	obs, err := r.d.Follow(r.now, r.st, "main")
	if err != nil {
		t.Fatal(err)
	}
	r.run(obs)
	r.pass(time.Minute)
	first := r.wall().Shown.Scene
	r.pass(time.Minute)
	if second := r.wall().Shown.Scene; second == first {
		t.Errorf("the schedule is not followed: %s twice", first)
	}
	_ = r.show(Ask{Scene: "plain", By: "Lan"})
	_ = r.show(Ask{Scene: "night", By: "Lan"})
	r.pass(3 * time.Hour) // past noon
	if s := r.wall().Shown; s.Scene != "plain" || s.Why != "schedule/noon" {
		t.Errorf("at noon %+v", s)
	}
	if _, err := r.d.Follow(r.now, r.st, "x"); err == nil {
		t.Error("a wall that is not there follows")
	}
	if _, err := newRig(t, opening()...).d.Follow(r.now, r.st, "main"); err != nil {
		t.Error(err)
	}
	if bare := newRig(t, opening()...); true {
		if _, err := bare.d.Follow(bare.now, bare.st, "main"); err == nil {
			t.Error("a wall without a schedule follows one")
		}
	}
}
