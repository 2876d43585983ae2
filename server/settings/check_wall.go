package settings

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

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
	k.spares()
	seen := map[string]int{}
	presets := map[int]string{}
	for i, s := range c.Scenes {
		path := k.id("scenes", i, s.ID, seen)
		k.name(path, s.Name)
		switch other := presets[s.Preset]; {
		case s.Preset < 0 || s.Preset > 9:
			k.fail(path+".preset", fmt.Sprintf("is %d", s.Preset), "the keys of scenes are 1 to 9")
		case s.Preset > 0 && other != "":
			k.fail(path+".preset", fmt.Sprintf("%d is the key of the scene %s", s.Preset, other), "")
		default:
			presets[s.Preset] = s.ID
		}
		c.scenes = append(c.scenes, k.scene(path, s))
	}
	k.schedules()
}

// spares marks the screens that stand in for others.
func (k *checker) spares() {
	w := &k.config.wall
	for i, id := range k.config.Wall.Spare {
		j := slices.IndexFunc(w.Screens, func(s world.Screen) bool { return s.ID == id })
		if j < 0 {
			k.fail(fmt.Sprintf("wall.spare[%d]", i), fmt.Sprintf("there is no screen %d", id), fmt.Sprintf("the screens are 1 to %d", len(w.Screens)))
			continue
		}
		w.Screens[j].Spare = true
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
	out := world.SceneSaved{ID: s.ID, Wall: k.config.Wall.ID, Name: s.Name, By: Source, Preset: s.Preset}
	var from []int // of which tile of the configuration it is
	for j, t := range s.Tiles {
		at := fmt.Sprintf("%s.tiles[%d]", path, j)
		if t.ID == "" {
			t.ID = fmt.Sprintf("%s-%d", t.Kind, j+1)
		}
		if t.Kind != "" && !slices.Contains(world.TileKinds(), t.Kind) {
			k.fail(at+".kind", fmt.Sprintf("no kind of tile %q", t.Kind), strict.Nearest(t.Kind, world.TileKinds()))
		}
		x, y, w, h, ok := k.spot(at, t.PlaceConfig)
		if !ok {
			continue
		}
		tile := world.Tile{ID: t.ID, Kind: t.Kind, X: x, Y: y, W: w, H: h, Important: t.Important}
		for key, v := range t.Params {
			tile.Params = append(tile.Params, world.Param{Key: key, Value: v})
		}
		slices.SortFunc(tile.Params, func(a, b world.Param) int { return strings.Compare(a.Key, b.Key) })
		k.tileRefs(at, t)
		out.Tiles = append(out.Tiles, tile)
		from = append(from, j)
	}
	for j, z := range s.Zones {
		at := fmt.Sprintf("%s.zones[%d]", path, j)
		if x, y, w, h, ok := k.spot(at, z.PlaceConfig); ok {
			out.Zones = append(out.Zones, world.Zone{ID: z.ID, Name: z.Name, X: x, Y: y, W: w, H: h, Least: z.Least})
		}
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

// spot returns where something lies in wall millimetres.
func (k *checker) spot(at string, p PlaceConfig) (x, y, w, h float64, ok bool) {
	if p.Top < 0 || p.Below < 0 {
		k.fail(at, "has a top or a below of less than 0 pixels", "")
	}
	x, y, w, h, err := scene.At{Screens: p.At, Top: p.Top, Below: p.Below, Cell: p.Cell}.Rect(k.config.wall)
	if err != nil {
		k.fail(at, err.Error(), "")
	}
	return x, y, w, h, err == nil
}

// leastDwell is the least time that a scene of several stays.
const leastDwell = 5 * time.Second

func (k *checker) schedules() {
	c := k.config
	var ids []string
	for _, s := range c.Scenes {
		ids = append(ids, s.ID)
	}
	seen := map[string]int{}
	for i, s := range c.Schedules {
		path := k.id("schedules", i, s.ID, seen)
		k.name(path, s.Name)
		out := world.ScheduleSaved{
			Saved: world.Saved{ID: s.ID, Name: s.Name, By: Source}, Wall: c.Wall.ID, Scenes: s.Scenes,
			Dwell: s.Dwell.Milliseconds(), Days: s.Days, From: k.hour(path+".from", s.From), To: k.hour(path+".to", s.To), Priority: s.Priority, Off: s.Off,
		}
		if len(s.Scenes) == 0 {
			k.fail(path+".scenes", "is empty", "name the scenes that are shown")
		}
		for j, id := range s.Scenes {
			if !slices.Contains(ids, id) {
				k.fail(fmt.Sprintf("%s.scenes[%d]", path, j), fmt.Sprintf("no scene %q", id), strict.Nearest(id, ids))
			}
		}
		if s.Dwell < 0 || len(s.Scenes) > 1 && s.Dwell < leastDwell {
			k.fail(path+".dwell", "is too short to see a scene", "write how long each of the scenes stays, 5s at least")
		}
		for j, d := range s.Days {
			if !slices.Contains(world.ScheduleDays(), d) {
				k.fail(fmt.Sprintf("%s.days[%d]", path, j), fmt.Sprintf("no day %q", d), strict.Nearest(d, world.ScheduleDays()))
			}
		}
		c.schedules = append(c.schedules, out)
	}
}

// hour returns the minutes after midnight; an empty text is midnight.
func (k *checker) hour(path, text string) int {
	if text == "" {
		return 0
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		k.fail(path, fmt.Sprintf("%q is not an hour", text), "write it as in \"06:30\"")
	}
	return t.Hour()*60 + t.Minute()
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
