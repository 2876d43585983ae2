package wire

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/server/world"
)

// TestSlowConsumer: what replaces each other is merged, nothing else is lost,
// and nobody is cut off for it.
func TestSlowConsumer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCenter(t, world.New(1), nil)
		w := c.join(Identity{User: "u"}, nil)
		time.Sleep(time.Second)
		gate := make(chan struct{})
		w.look(func(w *wall) { w.paused = gate })
		c.emit(say(position("0", "", 0))...) // the consumer is at work on this one
		time.Sleep(time.Second)
		before := 0
		w.look(func(w *wall) { before, w.paused = w.batches, nil })
		for i := range 600 {
			c.emit(say(position("1", "", float64(i)/10), world.AlertRaised{ID: fmt.Sprint(i)})...)
			time.Sleep(100 * time.Millisecond)
		}
		if st := c.hub.Stats(); len(st.Clients) != 1 || st.Clients[0].Lag < 1000 || st.Closed["slow"] != 0 {
			t.Errorf("while the consumer sleeps: %+v", st)
		}
		close(gate)
		time.Sleep(10 * time.Second)
		c.agree(t, w, View{})
		w.look(func(w *wall) {
			if n := w.batches - before; n > 5 {
				t.Errorf("%d batches for the minute the consumer slept", n)
			}
		})
		if st := c.hub.Stats(); st.Clients[0].Lag != 0 || st.Snapshots != 1 {
			t.Errorf("afterwards: %+v", st)
		}
	})
}
