package wire

import (
	"encoding/json"
	"maps"
	"testing"

	"pgregory.net/rapid"

	"iocwall/server/wire/message"
	"iocwall/server/world"
)

func markItem(it *world.Item) message.Mark { return message.MarkOf(*it) }

// TestConflateKeepsTheOutcome: what is left leads to the same state, also when
// the list holds late events that had no effect.
func TestConflateKeepsTheOutcome(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		base := world.New(1)
		seq := uint64(0)
		draw := func() world.Event {
			seq++
			return world.Event{Seq: seq, Observation: world.Observation{Time: world.Time(rapid.IntRange(1, 6).Draw(rt, "time")), Body: drawBody(rt)}}
		}
		for range rapid.IntRange(0, 5).Draw(rt, "before") {
			if _, err := base.Apply(draw()); err != nil {
				rt.Fatal(err)
			}
		}
		data, err := base.Snapshot()
		if err != nil {
			rt.Fatal(err)
		}
		var items []world.Item
		for range rapid.IntRange(1, 8).Draw(rt, "events") {
			e := draw()
			items = append(items, world.Item{Event: &e})
			if rapid.IntRange(0, 9).Draw(rt, "crossing") == 0 {
				items = append(items, world.Item{Leave: "vessel/1"})
			}
		}
		whole, err := world.Restore(data)
		if err != nil {
			rt.Fatal(err)
		}
		part, err := world.Restore(data)
		if err != nil {
			rt.Fatal(err)
		}
		if _, err := whole.ApplyBatch(&world.Batch{Items: items}, nil); err != nil {
			rt.Fatal(err)
		}
		kept := message.Conflate(append([]world.Item(nil), items...), markItem)
		if _, err := part.ApplyBatch(&world.Batch{Items: kept}, nil); err != nil {
			rt.Fatal(err)
		}
		if !maps.Equal(whole.Digest(), part.Digest()) {
			for _, it := range items {
				raw, _ := json.Marshal(it)
				rt.Logf("%s", raw)
			}
			rt.Log("kept")
			for _, it := range kept {
				raw, _ := json.Marshal(it)
				rt.Logf("%s", raw)
			}
			rt.Fatal("the outcome differs")
		}
	})
}

func TestConflateDropsOldPositions(t *testing.T) {
	var items []world.Item
	for i := range 100 {
		e := world.Event{Seq: uint64(i + 1), Observation: world.Observation{Time: world.Time(i), Body: world.VesselPosition{MMSI: string('0' + rune(i%4)), Class: "A"}}}
		items = append(items, world.Item{Event: &e})
		if i%25 == 0 {
			items = append(items, world.Item{Event: &world.Event{Observation: world.Observation{Body: world.AlertRaised{ID: "x"}}}})
		}
	}
	if kept := message.Conflate(items, markItem); len(kept) != 8 {
		t.Errorf("%d items left, want 4 positions and 4 alerts", len(kept))
	}
}

// TestItemForm: the form made here is the one package world makes and reads.
func TestItemForm(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		e := world.Event{
			Seq: rapid.Uint64().Draw(rt, "seq"), Seen: world.Time(rapid.Int64().Draw(rt, "seen")), Source: rapid.String().Draw(rt, "source"),
			Observation: world.Observation{Time: world.Time(rapid.Int64().Draw(rt, "time")), Body: drawBody(rt)},
		}
		it := world.Item{Event: &e}
		ours, err := message.AppendItem(nil, it)
		if err != nil {
			rt.Fatal(err)
		}
		theirs, err := json.Marshal(it)
		if err != nil {
			rt.Fatal(err)
		}
		if string(ours) != string(theirs) {
			rt.Fatalf("\n%s\n%s", ours, theirs)
		}
		var w message.Item
		if err := json.Unmarshal(ours, &w); err != nil {
			rt.Fatal(err)
		}
		back, err := w.World()
		if err != nil {
			rt.Fatal(err)
		}
		again, err := message.AppendItem(nil, back)
		if err != nil || string(again) != string(ours) {
			rt.Fatalf("read again, %v:\n%s\n%s", err, ours, again)
		}
	})
}
