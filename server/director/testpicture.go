package director

import (
	"slices"
	"strconv"

	"iocwall/server/scene"
	"iocwall/server/world"
)

// testing reports whether a test picture has the wall.
func (t *turn) testing() bool {
	x := t.wall.Test
	if x.Picture == "" || t.now >= x.Until {
		return false
	}
	t.wakeAt(x.Until)
	return x.Picture == world.TestIdentify || x.Picture == world.TestPattern
}

// testPicture shows the test picture over all else. Locked tiles, and the others of
// their popups, stay beneath it, so that they are there again afterwards.
func (t *turn) testPicture(p *picture, kept map[string]string, locked []world.Placed) {
	p.left = nil
	for _, x := range t.wall.On.Tiles {
		_, is := t.st.Lock(t.wall.ID, x.ID)
		if i := slices.IndexFunc(locked, func(l world.Placed) bool { return l.ID == x.ID }); i >= 0 {
			p.tiles = append(p.tiles, locked[i])
		} else if x.Layer != world.LayerTest && (is || kept[popupOf(x.ID)] != "") {
			p.tiles = append(p.tiles, x)
		}
	}
	x := t.wall.Test
	add := func(tile world.Tile) {
		p.tiles = append(p.tiles, world.Placed{Tile: tile, Layer: world.LayerTest, By: x.By})
	}
	if x.Picture == world.TestPattern {
		left, top, w, h := scene.Bounds(t.wall.WallDefined)
		add(world.Tile{ID: world.TestPattern, Kind: "pattern", X: left, Y: top, W: w, H: h})
		return
	}
	for _, s := range t.wall.Screens {
		id := strconv.Itoa(s.ID)
		tile := world.Tile{ID: "identify:" + id, Kind: "identify", Params: []world.Param{
			{Key: "node", Value: s.Node}, {Key: "output", Value: s.Output}, {Key: "screen", Value: id},
		}}
		add(scene.RectOfScreen(s).Put(tile))
	}
}
