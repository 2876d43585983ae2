package queue

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"

	"iocwall/server/world"
)

func alertItem(seq uint64) world.Item {
	return world.Item{Event: &world.Event{Seq: seq, Observation: world.Observation{Body: world.AlertRaised{ID: fmt.Sprint(seq)}}}}
}

// TestInIsBounded: a full queue stops reading rather than losing anything.
func TestInIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := NewIn(10)
		stored := 0
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() {
			for i := range uint64(25) {
				if in.Put(ctx, world.Batch{From: i, To: i + 1, Items: []world.Item{alertItem(i + 1)}}, "") != nil {
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
			b, err := in.Next(ctx)
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
	in := NewIn(100)
	put := func(b world.Batch) {
		t.Helper()
		if err := in.Put(t.Context(), b, ""); err != nil {
			t.Fatal(err)
		}
	}
	put(world.Batch{Epoch: 1, From: 1, To: 2, Items: []world.Item{alertItem(2)}, Check: world.Digest{"alert": 1}})
	in.Receipts([]world.Receipt{{ID: "kept"}})
	fresh := world.New(2)
	put(world.Batch{Epoch: 2, To: 9, Snapshot: fresh})
	put(world.Batch{Epoch: 2, From: 9, To: 10, Items: []world.Item{alertItem(10)}})
	b, err := in.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if b.Snapshot != fresh || len(b.Items) != 1 || b.To != 10 || b.Check != nil || len(b.Receipts) != 1 {
		t.Errorf("%+v", b)
	}
	if in.Acked() != 0 {
		t.Error("acknowledged before it was applied")
	}
	in.Up(5, 1)
	if _, err := in.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	if in.Acked() != 10 {
		t.Errorf("acknowledged %d", in.Acked())
	}
}
