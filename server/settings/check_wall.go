package settings

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"iocwall/server/scene"
	"iocwall/server/strict"
	"iocwall/server/world"
)

func (k *checker) wall() {
	c := k.config
	w := c.Wall
	switch {
	case w.ID == "":
		k.fail("wall.id", "is empty", "walls have a name in the history; the default is \"main\"")
	case !idPattern.MatchString(w.ID):
		k.fail("wall.id", fmt.Sprintf("%q is not an id", w.ID), "use letters, digits, dots, dashes and underscores, at most 64")
	}
	k.number("wall.seat", w.Seat, 0, math.MaxFloat64, "millimetres")
	if w.Columns < 1 || w.Rows < 1 || w.Columns > 256 || w.Rows > 256 || w.Columns*w.Rows > 256 ||
		!(w.PanelW > 0 && w.PanelH > 0 && w.Bezel >= 0) || w.PxW < 64 || w.PxH < 64 {
		k.fail("wall", "needs columns, rows, panel_w, panel_h in millimetres and px_w, px_h", "a 55-inch panel is 1217.6 by 684.9 mm and 1920 by 1080 px")
		return
	}
	if !k.nodes() {
		return
	}
	c.wall = scene.Grid{
		ID: w.ID, Name: w.Name, Columns: w.Columns, Rows: w.Rows, PanelW: w.PanelW, PanelH: w.PanelH,
		// Between two picture areas lie the bezels of both panels.
		Gap: 2 * w.Bezel, PxW: w.PxW, PxH: w.PxH, Seat: w.Seat, PerNode: w.Nodes, NodeFormat: "pc-%02d",
	}.Wall()
	seen := map[string]int{}
	for i, s := range c.Scenes {
		path := k.id("scenes", i, s.ID, seen)
		k.name(path, s.Name)
		c.scenes = append(c.scenes, k.scene(path, s))
	}
}

// nodes checks that the computers drive every screen of the wall once.
func (k *checker) nodes() bool {
	w := k.config.Wall
	sum, screens := 0, w.Columns*w.Rows
	for i, n := range w.Nodes {
		if n < 1 {
			k.fail(fmt.Sprintf("wall.nodes[%d]", i), "drives no screen", "write the number of screens of each computer")
			return false
		}
		sum += n
	}
	if len(w.Nodes) > 0 && sum != screens {
		k.fail("wall.nodes", fmt.Sprintf("drive %d screens together, the wall has %d", sum, screens),
			fmt.Sprintf(`write the number of screens of each computer, as in "nodes: [%d]", or "nodes: []" while that is open`, screens))
	}
	return true
}

func (k *checker) scene(path string, s SceneConfig) world.SceneSaved {
	out := world.SceneSaved{ID: s.ID, Wall: k.config.Wall.ID, Name: s.Name, By: Source}
	var from []int // of which tile of the configuration it is
	for j, t := range s.Tiles {
		at := fmt.Sprintf("%s.tiles[%d]", path, j)
		if t.ID == "" {
			t.ID = fmt.Sprintf("%s-%d", t.Kind, j+1)
		}
		if t.Top < 0 || t.Below < 0 {
			k.fail(at, "has a top or a below of less than 0 pixels", "")
		}
		if t.Kind != "" && !slices.Contains(world.TileKinds(), t.Kind) {
			k.fail(at+".kind", fmt.Sprintf("no kind of tile %q", t.Kind), strict.Nearest(t.Kind, world.TileKinds()))
		}
		x, y, w, h, err := scene.At{Screens: t.At, Top: t.Top, Below: t.Below, Cell: t.Cell}.Rect(k.config.wall)
		if err != nil {
			k.fail(at, err.Error(), "")
			continue
		}
		tile := world.Tile{ID: t.ID, Kind: t.Kind, X: x, Y: y, W: w, H: h}
		for key, v := range t.Params {
			tile.Params = append(tile.Params, world.Param{Key: key, Value: v})
		}
		slices.SortFunc(tile.Params, func(a, b world.Param) int { return strings.Compare(a.Key, b.Key) })
		k.tileRefs(at, t)
		out.Tiles = append(out.Tiles, tile)
		from = append(from, j)
	}
	for _, p := range scene.CheckScene(k.config.wall, out) {
		at := path
		if p.Tile > 0 {
			at = fmt.Sprintf("%s.tiles[%d]", path, from[p.Tile-1])
		}
		k.fail(at, p.What, "")
	}
	return out
}

// tileRefs checks that a tile shows something the configuration knows.
func (k *checker) tileRefs(at string, t TileConfig) {
	var ids []string
	key := t.Kind
	switch t.Kind {
	case "camera":
		for _, c := range k.config.Cameras {
			ids = append(ids, c.ID)
		}
	case "figure":
		for _, f := range k.config.Figures {
			ids = append(ids, f.ID)
		}
	default:
		return
	}
	if id := t.Params[key]; !slices.Contains(ids, id) {
		k.fail(at+".params."+key, fmt.Sprintf("no %s %q", key, id), strict.Nearest(id, ids))
	}
}
