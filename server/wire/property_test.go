package wire

import (
	"flag"
	"fmt"
	"maps"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"iocwall/server/wire/message"
	"iocwall/server/world"
)

// deed is one step of a random history.
type deed struct {
	obs  []world.Observation
	wait time.Duration
	cut  int // the wall that loses its connection, -1 for none
	come bool
}

func drawBody(t *rapid.T) world.Body {
	id := strconv.Itoa(rapid.IntRange(1, 4).Draw(t, "id"))
	area := rapid.SampledFrom([]string{"", "a", "b", "c", "d"}).Draw(t, "area")
	num := rapid.Float64Range(-80, 80).Draw(t, "num")
	word := rapid.SampledFrom([]string{"", "Quảng Nam", "<&>\"\\\u2028", "x"}).Draw(t, "word")
	switch rapid.IntRange(0, 20).Draw(t, "body") {
	case 0, 1, 2, 3, 4:
		return world.VesselPosition{
			MMSI: id, Pos: [2]float64{num, num}, Speed: num, Area: area,
			Class: rapid.SampledFrom([]string{"", "A", "B"}).Draw(t, "class"),
		}
	case 5:
		return world.VesselStatic{MMSI: id, Name: &world.VesselName{Name: word}}
	case 6:
		return world.StationDefined{ID: id, Name: word, Area: area}
	case 7:
		return world.Reading{Station: id, Quantity: "q" + id, Value: num}
	case 8:
		return world.AreaDefined{ID: rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "of"), Name: word, Parent: area}
	case 9:
		kind := rapid.SampledFrom([]string{world.KindVessel, world.KindStation, world.KindAlert, world.KindCamera}).Draw(t, "kind")
		return world.EntityGone{Ref: world.NewRef(kind, id)}
	case 10:
		return world.CameraDefined{ID: id, Area: area, Name: word, Removed: rapid.IntRange(0, 3).Draw(t, "removed") == 0}
	case 11:
		return world.CameraHealth{Camera: id, FPS: num, State: world.CameraLive}
	case 12:
		return world.AlertRaised{ID: id, Area: area, Title: word, Severity: world.Severe}
	case 13:
		return world.AlertAcknowledged{ID: id, By: word}
	case 14:
		return world.ReportOpened{ID: id, Area: area}
	case 15, 16, 17, 18, 19:
		return drawWall(t, id, word, num)
	}
	return world.ReportChanged{ID: id, State: world.ReportDone, Due: world.Time(rapid.IntRange(0, 3).Draw(t, "due"))}
}

// drawWall is what happens on walls: each event is made of those before.
func drawWall(t *rapid.T, id, word string, num float64) world.Body {
	n := rapid.IntRange(0, 4).Draw(t, "n")
	gen, flag := uint64(n), rapid.Bool().Draw(t, "flag")
	tile := world.Tile{ID: id, Kind: "note", X: num, W: 1, H: 1, Important: flag}
	if flag {
		tile.Params = []world.Param{{Key: "text", Value: word}}
	}
	return rapid.SampledFrom([]world.Body{
		world.WallDefined{ID: "w", Name: word, Screens: []world.Screen{{ID: n, W: num, Node: id, Spare: flag}}},
		world.SceneSaved{ID: id, Wall: "w", Version: n, Removed: flag, Tiles: []world.Tile{tile}, Zones: []world.Zone{{ID: "z", Least: n}}},
		world.SceneShown{Wall: "w", Scene: id, By: word},
		world.WallPrepared{Wall: "w", Generation: gen, Scene: id, Tiles: []world.Placed{{Tile: tile, Layer: world.LayerPopup, Since: 3}}, Left: []world.LeftOut{{Tile: id, Why: word}}, Undo: flag},
		world.WallCommitted{Wall: "w", Generation: gen, At: world.Time(n), Late: []string{word}},
		world.WallRefused{Wall: "w", Generation: gen, Reason: word},
		world.WallSwitched{Wall: "w", Generation: gen, Nodes: []world.NodeSwitch{{Node: id, After: int64(n)}}, Skew: int64(n)},
		world.WallTested{Wall: "w", Picture: word, Until: world.Time(n)},
		world.PopupAsked{ID: id, Wall: "w", Title: word, Tiles: []world.Tile{tile}, Priority: n},
		world.PopupPlaced{ID: id, Zone: word},
		world.PopupClosed{ID: id},
		world.TileLocked{Wall: "w", Tile: id, By: word},
		world.TileUnlocked{Wall: "w", Tile: id},
		world.NodeLinked{Node: id, Up: flag, Reason: word},
		world.NodeReported{Node: id, CPU: num, Memory: int64(n), Problems: []string{word}, Budget: []world.Decoding{{FPS: num}}},
		world.TilesSeen{Node: id, Wall: "w", Generation: gen, Tiles: []world.TileSeen{{Tile: id, State: "live", Reason: word, Since: world.Time(n)}}},
		world.ScheduleSaved{Saved: world.Saved{ID: id, Version: n, Removed: flag}, Wall: "w", Scenes: []string{id}, Days: []string{"mon"}, From: n},
	}).Draw(t, "wall")
}

func drawDeed(t *rapid.T, walls int) deed {
	d := deed{cut: -1}
	for range rapid.IntRange(0, 8).Draw(t, "events") {
		// Times run backwards now and then, as they do.
		d.obs = append(d.obs, world.Observation{Time: world.Time(rapid.IntRange(1, 40).Draw(t, "time")), Body: drawBody(t)})
	}
	d.wait = time.Duration(rapid.SampledFrom([]int{0, 1, 7, 60, 150, 1100, 6000}).Draw(t, "wait")) * time.Millisecond
	if rapid.IntRange(0, 4).Draw(t, "cuts") == 0 {
		d.cut = rapid.IntRange(0, walls-1).Draw(t, "cut")
	}
	d.come = rapid.IntRange(0, 9).Draw(t, "come") == 0
	return d
}

// TestEveryWallHasItsView is the promise of the package: whatever happens in
// whatever order, with whatever interruptions, every client ends with exactly
// what its view holds, and at no heartbeat in between does it differ.
func TestEveryWallHasItsView(t *testing.T) {
	who := []Identity{
		{User: "whole"},
		{User: "kinds", Kinds: []string{world.KindVessel, world.KindAlert}},
		{User: "a", Areas: []string{"a"}},
		{User: "bc", Areas: []string{"c", "b"}, Kinds: []string{world.KindVessel, world.KindStation, world.KindArea, world.KindReport, world.KindCamera}},
	}
	// Each check is a small network with its compressors: fewer will do, unless
	// the command line asks for more.
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		if err := f.Value.Set("40"); err != nil {
			t.Fatal(err)
		}
		defer f.Value.Set(f.DefValue) //nolint:errcheck // it was this value before
	}
	rapid.Check(t, func(rt *rapid.T) {
		script := make([]deed, rapid.IntRange(1, 15).Draw(rt, "steps"))
		for i := range script {
			script[i] = drawDeed(rt, len(who))
		}
		journal := rapid.Bool().Draw(rt, "journal")
		ring := rapid.SampledFrom([]int{1, 2000, 1 << 20}).Draw(rt, "ring")
		var wrong []string
		synctest.Test(t, func(t *testing.T) { wrong = perform(t, who, script, journal, ring) })
		if len(wrong) > 0 {
			for _, d := range script {
				rt.Logf("%+v", d)
			}
			rt.Fatal(wrong)
		}
	})
}

func perform(t *testing.T, who []Identity, script []deed, journal bool, ring int) (wrong []string) {
	c := newCenter(t, world.New(1), func(c *center, o *HubOptions) {
		o.RingBytes = ring
		if journal {
			o.Read = c.read
		}
	})
	var walls []*wall
	for i := range who {
		walls = append(walls, c.join(who[i], nil))
	}
	for _, d := range script {
		if len(d.obs) > 0 {
			c.emit(d.obs...)
		}
		time.Sleep(d.wait)
		if d.cut >= 0 {
			walls[d.cut].cut()
		}
		if d.come {
			id := who[len(walls)%len(who)]
			id.Token = strconv.Itoa(len(walls))
			walls = append(walls, c.join(id, nil))
		}
	}
	time.Sleep(40 * time.Second) // past the longest pause before a reconnection
	for i, w := range walls {
		id := who[i%len(who)]
		v, err := viewOf(id, message.Want{})
		if err != nil {
			t.Fatal(err)
		}
		var expect world.Digest
		if err := c.do(t.Context(), func(s *world.State) { expect = filtered(s, v) }); err != nil {
			t.Fatal(err)
		}
		w.look(func(w *wall) {
			for _, x := range w.wrong {
				wrong = append(wrong, fmt.Sprintf("%s: %s", id.User, x))
			}
			if have := w.state.Digest(); !maps.Equal(have, expect) {
				wrong = append(wrong, fmt.Sprintf("%s ends with %v, not %v", id.User, have, expect))
			}
			if w.checks == 0 {
				wrong = append(wrong, id.User+" was never checked")
			}
		})
	}
	for _, w := range walls {
		w.stop()
	}
	c.stop()
	return wrong
}
