package ui

import (
	"context"
	"maps"
	"testing"

	"iocwall/server/world"
	"iocwall/ui/screens"
)

func TestAssignedTellsWhatMonitorsShowAndWhatNoneDoes(t *testing.T) {
	fs := &fakeScreens{changed: make(chan struct{}), list: []screens.Monitor{{Name: "DP-2", W: 100, H: 50}, {Name: "DP-9", W: 100, H: 50}}}
	b := newBench(t, Options{Mode: Node, Name: "pc", Screens: fs})
	n := b.ui.face.(*node)
	if a, err := n.assigned(); err != nil || a.Wall != "" || len(a.Screens) != 0 {
		t.Errorf("before the first state: %+v, %v", a, err)
	}
	s := world.New(1)
	w := world.WallDefined{ID: "w", Screens: []world.Screen{
		{ID: 1, Node: "pc", Output: "DP-1", W: 100, H: 50, PxW: 100, PxH: 50},
		{ID: 2, Node: "pc", Output: "DP-2", W: 100, H: 50, PxW: 100, PxH: 50},
		{ID: 3, Node: "other", W: 100, H: 50, PxW: 100, PxH: 50},
	}}
	for i, body := range []world.Body{w, world.WallPrepared{Wall: "w", Generation: 5}, world.WallCommitted{Wall: "w", Generation: 5}} {
		if _, err := s.Apply(world.Event{Seq: uint64(i + 1), Observation: world.Observation{Time: 1, Body: body}}); err != nil {
			t.Fatal(err)
		}
	}
	b.give(world.Batch{Epoch: 1, To: 3, Snapshot: s})
	a, err := n.assigned()
	if err != nil || a.Wall != "w" || a.Generation != 5 || !maps.Equal(a.Screens, map[string]int{"DP-2": 2}) || len(a.Missing) != 1 || a.Missing[0].ID != 1 {
		t.Errorf("%+v, %v", a, err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	b.ui.o.Do = func(func()) {}
	if _, err := b.ui.Assigned(over); err == nil {
		t.Error("a toolkit that is gone answers")
	}
}
