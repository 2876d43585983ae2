package wire

import (
	"context"
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

func alertItem(seq uint64) world.Item {
	return world.Item{Event: &world.Event{Seq: seq, Observation: world.Observation{Body: world.AlertRaised{ID: fmt.Sprint(seq)}}}}
}

// TestInboxIsBounded: a full inbox stops reading rather than losing anything.
func TestInboxIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := newInbox(10)
		stored := 0
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() {
			for i := range uint64(25) {
				if in.put(ctx, world.Batch{From: i, To: i + 1, Items: []world.Item{alertItem(i + 1)}}, "") != nil {
					return
				}
				stored++
			}
		}()
		synctest.Wait()
		if stored != 10 {
			t.Errorf("%d batches stored before anybody asked", stored)
		}
		var items int
		var at uint64
		for at < 25 {
			b, err := in.next(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if b.From != at {
				t.Errorf("batch from %d, expected %d", b.From, at)
			}
			at, items = b.To, items+len(b.Items)
			synctest.Wait()
		}
		if items != 25 {
			t.Errorf("%d of 25 items", items)
		}
	})
}

func TestSnapshotReplacesWhatWaits(t *testing.T) {
	in := newInbox(100)
	put := func(b world.Batch) {
		t.Helper()
		if err := in.put(t.Context(), b, ""); err != nil {
			t.Fatal(err)
		}
	}
	put(world.Batch{Epoch: 1, From: 1, To: 2, Items: []world.Item{alertItem(2)}, Check: world.Digest{"alert": 1}})
	in.receipts([]world.Receipt{{ID: "kept"}})
	fresh := world.New(2)
	put(world.Batch{Epoch: 2, To: 9, Snapshot: fresh})
	put(world.Batch{Epoch: 2, From: 9, To: 10, Items: []world.Item{alertItem(10)}})
	b, err := in.next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if b.Snapshot != fresh || len(b.Items) != 1 || b.To != 10 || b.Check != nil || len(b.Receipts) != 1 {
		t.Errorf("%+v", b)
	}
	if in.acked() != 0 {
		t.Error("acknowledged before it was applied")
	}
	in.up(5, 1)
	if _, err := in.next(t.Context()); err != nil {
		t.Fatal(err)
	}
	if in.acked() != 10 {
		t.Errorf("acknowledged %d", in.acked())
	}
}
