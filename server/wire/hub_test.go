package wire

import (
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
)

func position(mmsi, area string, x float64) world.VesselPosition {
	return world.VesselPosition{MMSI: mmsi, Pos: geo.Pt(x, 15), Speed: 7, Course: 90, Heading: -1, Status: 15, Area: area}
}

func (c *center) agree(t *testing.T, w *wall, v View) {
	t.Helper()
	var want world.Digest
	if err := c.do(t.Context(), func(s *world.State) { want = filtered(s, v) }); err != nil {
		t.Fatal(err)
	}
	w.look(func(w *wall) {
		if have := w.state.Digest(); !maps.Equal(have, want) {
			t.Errorf("the wall has %v, the server %v", have, want)
		}
		for _, x := range w.wrong {
			t.Error(x)
		}
	})
}

func TestSnapshotThenBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCenter(t, world.New(3), nil)
		c.emit(say(position("1", "a", 108), world.StationDefined{ID: "s", Name: "S"})...)
		w := c.join(Identity{User: "u"}, nil)
		time.Sleep(time.Second)
		c.emit(say(position("1", "a", 109), position("2", "a", 109))...)
		time.Sleep(7 * time.Second)
		c.agree(t, w, View{})
		w.look(func(w *wall) {
			if w.snapshots != 1 || w.checks < 1 || w.state.At() != (world.Position{Epoch: 3, Seq: 4}) {
				t.Errorf("%d snapshots, %d checks, at %v", w.snapshots, w.checks, w.state.At())
			}
			if len(w.links) == 0 || !w.links[0].Up {
				t.Errorf("links %v", w.links)
			}
		})
		st := c.hub.Stats()
		if len(st.Clients) != 1 || st.Clients[0].Acked != 4 || st.Clients[0].Lag != 0 || st.Clients[0].Bytes == 0 {
			t.Errorf("stats %+v", st)
		}
	})
}
