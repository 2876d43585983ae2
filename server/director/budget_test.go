package director

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"iocwall/server/scene"
	"iocwall/server/world"
)

// measured decodes 20 large streams or 200 small ones.
func measured(node string) world.NodeReported {
	return world.NodeReported{Node: node, Budget: []world.Decoding{
		{Codec: "h264", Width: 1920, Height: 1080, FPS: 25, Streams: 20}, {Codec: "h264", Width: 640, Height: 360, FPS: 25, Streams: 200},
	}}
}

// cameras is a scene with so many cameras on screen 1.
func cameras(id string, n, streams int, bodies []world.Body) []world.Body {
	s := world.SceneSaved{ID: id, Wall: "main", Version: 1, Zones: []world.Zone{zoneAt("z", "7", 0)}}
	r := scene.RectOfScreen(testWall().Screens[0])
	for i, cell := range scene.Share(world.WallDefined{}, r, n) {
		cam := fmt.Sprintf("%s-%02d", id, i)
		c := world.CameraDefined{ID: cam, Streams: []world.CameraStream{{Name: "main", Width: 1920, Height: 1080, FPS: 25}, {Name: "sub", Width: 320, Height: 180, FPS: 25}}[:streams]}
		s.Tiles = append(s.Tiles, cell.Put(world.Tile{ID: cam, Kind: "camera", Important: i == 0, Params: []world.Param{{Key: "camera", Value: cam}}}))
		bodies = append(bodies, c, world.CameraHealth{Camera: cam, State: world.CameraLive, Codec: "h264"})
	}
	return append(bodies, s)
}

func TestBudgets(t *testing.T) {
	var bodies []world.Body
	bodies = append(opening(), nodes(true, allNodes...)...)
	for _, c := range []struct {
		id         string
		n, streams int
	}{{"few", 9, 2}, {"other", 10, 2}, {"many", 16, 2}, {"heavy", 16, 1}, {"heavier", 15, 1}} {
		bodies = cameras(c.id, c.n, c.streams, bodies)
	}
	r := newRig(t, append(bodies, measured("pc-01"))...)
	r.pass(5 * time.Second)
	show := func(id string) Outcome {
		r.outs = nil
		_ = r.show(Ask{Scene: id, By: "Lan"})
		r.pass(5 * time.Second)
		if len(r.outs) != 1 {
			t.Fatalf("%s: outcomes %+v", id, r.outs)
		}
		return r.outs[0]
	}
	small := func() (out []string) {
		for _, p := range r.wall().On.Tiles {
			if p.Param("stream") == "sub" {
				out = append(out, p.ID)
			}
		}
		return out
	}
	if o := show("few"); o.Err != nil || len(small()) != 0 {
		t.Errorf("9 large ones are 45 %%: %+v, small %v", o, small())
	}
	// 16 large ones are 80 %, beside 9 that are open 125 %.
	o := show("many")
	if got := small(); o.Err != nil || len(got) != 6 || got[0] != "many-01" || len(o.Left) != 6 || !strings.Contains(o.Left[0].Why, "80 % of what pc-01 decodes, and 70 % may be used") {
		t.Errorf("%+v, small %v", o, got)
	}
	// A camera that keeps its small stream by the scene's word is told apart.
	edited, _ := r.st.Scene("many")
	edited.SceneSaved.Tiles = slices.Clone(edited.Tiles)
	edited.SceneSaved.Version++
	edited.SceneSaved.Tiles[1].Params = append(slices.Clone(edited.Tiles[1].Params), world.Param{Key: "stream", Value: "sub"})
	r.put(edited.SceneSaved)
	r.pass(5 * time.Second)
	if l := r.wall().On.Left; len(small()) != 3 || len(l) != 2 || small()[0] != "many-01" {
		t.Errorf("small %v, left %+v", small(), l)
	}
	edited.SceneSaved.Version++
	edited.SceneSaved.Tiles = slices.Clone(edited.Tiles)
	edited.SceneSaved.Tiles[1].Params = edited.Tiles[1].Params[:1]
	r.put(edited.SceneSaved)
	r.pass(5 * time.Second)
	if l := r.wall().On.Left; len(small()) != 3 || len(l) != 3 {
		t.Errorf("small %v, left %+v", small(), l)
	}
	was := r.wall().On.Generation
	r.put(world.FigureReported{Figure: "x", Period: "1"}, popup("p", 9, 1), world.PopupClosed{ID: "p"})
	r.pass(time.Minute)
	if g := r.wall().On.Generation; g != was+2 {
		t.Errorf("%d switches for a popup that came and went", g-was)
	}
	// Those with one stream only cannot be made smaller.
	if o := show("heavy"); o.Err == nil || o.Err.Error() != "the server refused: the cameras (16 × 1920×1080) need 80 % of what pc-01 decodes, and 70 % may be used; show fewer of them on its screens, or smaller" {
		t.Errorf("heavy: %v", o.Err)
	} else {
		var why world.Sayable
		code, values := r.wall().Refused.Say()
		if !errors.As(o.Err, &why) || code != "wall.capacity" || values["node"] != "pc-01" || values["need"] != "80" || values["most"] != "70" {
			t.Errorf("who asked and the wall are told %q %v", code, values)
		} else if told, of := why.Say(); told != code || of["list"] != values["list"] {
			t.Errorf("who asked is told %q %v", told, of)
		}
	}
	if w := r.wall(); w.Refused.Node != "" || w.Refused.Reason == "" || w.Shown.Scene != "many" || w.Next.Generation != 0 {
		t.Errorf("refused %+v, shown %s", w.Refused, w.Shown.Scene)
	}
	// A computer that is not measured is not judged.
	r.put(world.NodeReported{Node: "pc-01"})
	if o := show("heavy"); o.Err != nil {
		t.Errorf("not measured: %v", o.Err)
	}
	// Measured late it is too much already: less of it is let through.
	r.put(measured("pc-01"))
	if o := show("heavier"); o.Err != nil {
		t.Errorf("less: %v", o.Err)
	}
	if o := show("heavy"); o.Err == nil {
		t.Error("more was let through")
	}
}

// A wall that a computer, measured late, can hardly show comes back from a test
// picture and from a popup all the same.
func TestBackToWhatIsTooMuch(t *testing.T) {
	r := newRig(t, cameras("heavy", 16, 1, append(opening(), nodes(true, allNodes...)...))...)
	r.pass(5 * time.Second)
	_ = r.show(Ask{Scene: "heavy", By: "Lan"})
	r.pass(5 * time.Second)
	r.put(measured("pc-01"))
	r.pass(5 * time.Second)
	before := r.shows()
	r.put(world.WallTested{Wall: "main", Picture: world.TestPattern, By: "tech", Until: r.now.Add(10 * time.Second)})
	r.pass(5 * time.Second)
	if slices.Equal(r.shows(), before) {
		t.Fatal("there is no test picture")
	}
	r.pass(20 * time.Second)
	if got := r.shows(); !slices.Equal(got, before) {
		t.Errorf("after the test picture: %v, refused %+v", got, r.wall().Refused)
	}
	r.put(popup("p", 50, 1))
	r.pass(5 * time.Second)
	r.put(world.PopupClosed{ID: "p"})
	r.pass(5 * time.Second)
	if got := r.shows(); !slices.Equal(got, before) {
		t.Errorf("after the popup: %v, refused %+v", got, r.wall().Refused)
	}
}

// The cameras of grids and tours are held against what a computer decodes as those of
// single tiles are, also those that are open for the moment of a change.
func TestBudgetsOfGridsAndTours(t *testing.T) {
	bodies := append(opening(), nodes(true, allNodes...)...)
	var ids []string
	for i := range 36 {
		id := fmt.Sprintf("g-%02d", i)
		ids = append(ids, id)
		c := world.CameraDefined{ID: id, Streams: []world.CameraStream{{Name: "main", Width: 1920, Height: 1080, FPS: 25}}}
		if i < 12 {
			c.Site = "tu-1"
			c.Streams = append(c.Streams, world.CameraStream{Name: "sub", Width: 320, Height: 180, FPS: 25})
		}
		bodies = append(bodies, c, world.CameraHealth{Camera: id, State: world.CameraLive, Codec: "h264"})
	}
	put := func(id string, tiles ...world.Tile) {
		s := world.SceneSaved{ID: id, Wall: "main", Version: 1}
		for i, cell := range scene.Share(world.WallDefined{}, scene.RectOfScreen(testWall().Screens[0]), len(tiles)) {
			tiles[i].ID = fmt.Sprint(i)
			s.Tiles = append(s.Tiles, cell.Put(tiles[i]))
		}
		bodies = append(bodies, s)
	}
	tile := func(kind string, pairs ...string) world.Tile {
		x := world.Tile{Kind: kind}
		for i := 0; i < len(pairs); i += 2 {
			x.Params = append(x.Params, world.Param{Key: pairs[i], Value: pairs[i+1]})
		}
		return x
	}
	put("grid", tile("grid", "cameras", strings.Join(ids, ",")))
	put("all", tile("grid"))
	put("pages", tile("grid", "cameras", strings.Join(ids[12:36], ","), "cells", "9"))
	put("turns", tile("grid", "cameras", strings.Join(ids[12:30], ","), "cells", "9"), tile("grid", "cameras", strings.Join(ids[30:36], ","), "cells", "4"))
	var tours []world.Tile
	for range 12 {
		tours = append(tours, tile("tour", "cameras", ids[len(tours)*2]+","+ids[len(tours)*2+1]))
	}
	put("tours", tours...)
	put("large", tile("grid", "cells", "4", "site", "tu-1"), tile("grid", "cameras", strings.Join(ids[20:32], ",")))
	r := newRig(t, append(bodies, measured("pc-01"))...)
	r.pass(5 * time.Second)
	for _, c := range []struct {
		scene, refused string
		left           int
	}{
		{"grid", "(24 × 1920×1080, 12 × 320×180) need 126 %", 0},
		{"all", "(24 × 1920×1080, 12 × 320×180) need 126 %", 0},
		{"pages", "", 0}, // 45 %, 90 % while they change
		{"turns", "(24 × 1920×1080) need 120 % of what pc-01 decodes, and 100 % may", 0},
		{"tours", "", 3}, // 60 %, 120 % while all change; with three of them small 93 %
		{"large", "", 1},
	} {
		r.outs = nil
		_ = r.show(Ask{Scene: c.scene, By: "Lan"})
		r.pass(5 * time.Second)
		if len(r.outs) != 1 {
			t.Fatalf("%s: outcomes %+v", c.scene, r.outs)
		}
		o := r.outs[0]
		if (o.Err == nil) != (c.refused == "") || o.Err != nil && !strings.Contains(o.Err.Error(), c.refused) || len(o.Left) != c.left {
			t.Errorf("%s: %v, left %+v", c.scene, o.Err, o.Left)
		}
	}
}

// crowded is a look at a wall whose 96 tiles turn through 5,000 cameras, of which
// its computers cannot decode enough at once.
func crowded(t fataler) (*turn, picture) {
	bodies := append([]world.Body{testWall()}, nodes(true, allNodes...)...)
	for _, n := range allNodes {
		bodies = append(bodies, measured(n))
	}
	for i := range 5000 {
		bodies = append(bodies, world.CameraDefined{ID: fmt.Sprintf("c-%04d", i), Site: fmt.Sprint(i % 96), Streams: []world.CameraStream{{Name: "main", Width: 1920, Height: 1080, FPS: 25}, {Name: "sub", Width: 320, Height: 180, FPS: 25}}})
	}
	st := world.New(1)
	for _, b := range bodies {
		if _, err := st.Apply(world.Event{Seq: st.At().Seq + 1, Seen: monday, Observation: world.Observation{Time: monday, Body: b}}); err != nil {
			t.Fatalf("%v", err)
		}
	}
	var p picture
	for _, s := range testWall().Screens {
		for i, cell := range scene.Share(world.WallDefined{}, scene.RectOfScreen(s), 12) {
			p.tiles = append(p.tiles, world.Placed{Tile: cell.Put(world.Tile{ID: fmt.Sprintf("%d-%02d", s.ID, i), Kind: "tour", Params: []world.Param{{Key: "site", Value: fmt.Sprint(len(p.tiles))}}})})
		}
	}
	w, _ := st.Wall("main")
	return &turn{st: st, wall: w, open: slices.Clone(p.tiles)}, p
}

// The loop of the history waits for a check: it reads the cameras once, and reckons
// anew for a candidate with what the candidate changes. To read them for each tile of
// each computer would take gigabytes.
func TestAWallOfToursIsCheckedSoon(t *testing.T) {
	turn, p := crowded(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	turn.budget(&p)
	runtime.ReadMemStats(&after)
	if p.over != nil || len(p.left) != 4 {
		t.Errorf("refused %v, left %v", p.over, p.left)
	}
	if n := (after.TotalAlloc - before.TotalAlloc) >> 20; n > 200 {
		t.Errorf("it took %d MB", n)
	}
}

func BenchmarkBudget(b *testing.B) {
	turn, p := crowded(b)
	was := slices.Clone(p.tiles)
	for b.Loop() {
		p.tiles, p.left, p.over = slices.Clone(was), nil, nil
		turn.budget(&p)
	}
}
