package core

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"iocwall/server/world"
)

const t0 = world.Time(1_763_690_000_000)

func ptr[T any](v T) *T { return &v }

// tell feeds bodies as events one second apart.
func tell(t testing.TB, s *world.State, bs ...world.Body) {
	t.Helper()
	for _, b := range bs {
		n := s.At().Seq + 1
		at := t0 + world.Time(n)*1000
		if _, err := s.Apply(world.Event{Seq: n, Seen: at, Source: "test", Observation: world.Observation{Time: at, Body: b}}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDue(t *testing.T) {
	p := Patience{VesselLost: time.Minute, VesselGone: time.Hour, Grace: 10 * time.Second, AlertKept: time.Minute, ReportKept: time.Minute}
	s := world.New(1)
	tell(t, s,
		world.VesselPosition{MMSI: "1"},
		world.StationDefined{ID: "s", Every: 60_000}, world.Reading{Station: "s", Quantity: "q"},
		world.FigureDefined{ID: "f", Every: 60_000}, world.FigureReported{Figure: "f", Period: "1", Value: ptr(1.0)},
		world.ReportOpened{ID: "r", Due: t0 + 90_000},
		world.AlertRaised{ID: "a"}, world.AlertResolved{ID: "a"},
	)
	kinds := func(now world.Time) (out []string) {
		for _, o := range due(s, now, p) {
			out = append(out, o.Body.Kind()+" "+dueKey(o.Body))
		}
		return out
	}
	if got := kinds(t0 + 50_000); len(got) != 0 {
		t.Errorf("too early: %v", got)
	}
	want := []string{"entity.gone alert/a", "entity.stale figure/f", "report.overdue report/r", "entity.stale station/s", "entity.stale vessel/1"}
	if got := kinds(t0 + 100_000); !slices.Equal(got, want) {
		t.Errorf("due %v, want %v", got, want)
	}
	for _, o := range due(s, t0+100_000, p) {
		tell(t, s, o.Body)
	}
	if got := kinds(t0 + 100_001); len(got) != 0 {
		t.Errorf("found again: %v", got)
	}
	v, _ := s.Vessel("1")
	if v.Lost == 0 {
		t.Error("the vessel is not marked lost")
	}
	tell(t, s, world.VesselPosition{MMSI: "1"})
	if v, _ := s.Vessel("1"); v.Lost != 0 {
		t.Error("a new position leaves the vessel lost")
	}
	// A finding that knew of older data does not apply.
	tell(t, s, world.EntityStale{Ref: "vessel/1", Last: t0})
	if v, _ := s.Vessel("1"); v.Lost != 0 {
		t.Error("an outdated finding made the vessel lost")
	}
}

func TestLiveIsBounded(t *testing.T) {
	s := world.New(1)
	for i := range 20 {
		tell(t, s, world.VesselPosition{MMSI: strconv.Itoa(100 + i)})
	}
	found := due(s, t0+30_000, Patience{MaxEntities: 15})
	if len(found) != 5 || found[0].Body.(world.EntityGone).Ref != "vessel/100" {
		t.Errorf("due %v, want the five longest silent", found)
	}
}

// What was made up leaves before the fleet does, and by itself when it is silent.
func TestStrangersLeaveFirst(t *testing.T) {
	s := world.New(1)
	tell(t, s, world.VesselPosition{MMSI: "1"}, world.StationDefined{ID: "ours"}, world.Reading{Station: "ours", Quantity: "q"})
	for i := range 20 {
		tell(t, s, world.AidReport{MMSI: strconv.Itoa(100 + i)}, world.Reading{Station: "x" + strconv.Itoa(i), Quantity: "q"})
	}
	for _, o := range due(s, t0+60_000, Patience{MaxEntities: 10}) {
		tell(t, s, o.Body)
	}
	if _, ok := s.Vessel("1"); !ok || s.Count("") != 10 {
		t.Errorf("%d entities, vessel there: %v", s.Count(""), ok)
	}
	for _, o := range due(s, t0+world.Time(48*time.Hour/time.Millisecond), Patience{VesselGone: 24 * time.Hour}) {
		tell(t, s, o.Body)
	}
	if _, ok := s.Station("ours"); !ok || s.Count("") != 1 {
		t.Errorf("%d entities left, ours there: %v", s.Count(""), ok)
	}
}

// Clips under way never leave; of the others the oldest do.
func TestClipsAreBounded(t *testing.T) {
	s := world.New(1)
	for i := range 6 {
		id := strconv.Itoa(i)
		tell(t, s, world.ClipAsked{ID: id, Camera: "c"})
		if i != 0 {
			tell(t, s, world.ClipSaved{ID: id, SHA256: "x"})
		}
	}
	for _, o := range due(s, t0+60_000, Patience{MaxClips: 3}) {
		tell(t, s, o.Body)
	}
	var left []string
	for c := range s.Clips() {
		left = append(left, c.ID)
	}
	if slices.Sort(left); !slices.Equal(left, []string{"0", "3", "4", "5"}) {
		t.Errorf("left %v", left)
	}
}

// A computer of walls that is away and drives nothing is forgotten after a week.
func TestStrayComputersAreForgotten(t *testing.T) {
	s := world.New(1)
	tell(t, s,
		world.WallDefined{ID: "w", Screens: []world.Screen{{ID: 1, Node: "pc-01"}}},
		world.NodeLinked{Node: "pc-01", Up: true}, world.NodeLinked{Node: "pc-01"}, // drives a screen
		world.NodeLinked{Node: "pc-02", Up: true}, // is there
		world.NodeLinked{Node: "pc-3", Up: true}, world.NodeLinked{Node: "pc-3"},
		world.NodeEnrolled{Node: "pc-04"},
	)
	week := t0.Add(7*24*time.Hour) + 10_000
	if got := due(s, week-60_000, DefaultPatience()); len(got) != 0 {
		t.Errorf("too early: %v", got)
	}
	var gone []string
	for _, o := range due(s, week, DefaultPatience()) {
		gone = append(gone, dueKey(o.Body))
		tell(t, s, o.Body)
	}
	if want := []string{"node/pc-04", "node/pc-3"}; !slices.Equal(gone, want) {
		t.Errorf("%v, want %v", gone, want)
	}
	if got := due(s, week+1000, DefaultPatience()); len(got) != 0 {
		t.Errorf("found again: %v", got)
	}
}
