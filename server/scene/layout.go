// Package scene turns a scene into rectangles on screens. It is pure: a wall
// and a scene go in, a plan or a list of problems comes out. Scenes are laid
// out in wall millimetres, so a tile may span any screens of any size, and what
// lies behind a bezel is left out rather than bent around it.
package scene

import (
	"fmt"
	"image"
	"math"
	"slices"

	"iocwall/server/world"
)

// Plan says what every screen of a wall shows.
type Plan struct {
	Screens []ScreenPlan
}

// ScreenPlan is what one screen shows, in the scene's order.
type ScreenPlan struct {
	Screen world.Screen
	Tiles  []Placement
}

// Placement is a tile, or the part of it, on one screen.
type Placement struct {
	Tile world.Tile
	// Visible is the part on this screen, in screen pixels from its top left
	// corner.
	Visible image.Rectangle
	// Whole is where the entire tile would lie in this screen's pixels; it may
	// reach beyond the screen on any side. Content that spans screens is drawn
	// for Whole and cropped to Visible.
	Whole image.Rectangle
	// Column and Row count the screens the tile spans from its top left one,
	// of Columns by Rows.
	Column, Row, Columns, Rows int
}

// Problem is one thing wrong with a wall or a scene.
type Problem struct {
	// Where names the screen or the tile ("tile cam-1", "screen 4").
	Where string
	// What says what is wrong and what to do.
	What string
	// Tile is the place of the tile in its scene, counted from 1; zero for a
	// problem of the wall or the scene. Zone is that of a zone.
	Tile, Zone int
	// code, text and values are those of its refusal: What is the text with the values.
	code, text string
	values     []any
}

// Error returns the problem as one line.
func (p Problem) Error() string { return p.Where + ": " + p.What }

// Refusal returns the problem as a reason why something is not done.
func (p Problem) Refusal() *world.Refusal {
	return world.Refuse(p.code, "{where}: "+p.text, append([]any{"where", p.Where}, p.values...)...)
}

// problem makes one whose words are those of world.Refuse.
func problem(where, code, what string, pairs ...any) Problem {
	return Problem{Where: where, What: world.Refuse(code, what, pairs...).Text, code: code, text: what, values: pairs}
}

// Layout lays the scene out on the wall. Problems of the scene do not stop it:
// a tile that cannot be placed is left out and named.
func Layout(w world.WallDefined, s world.SceneSaved) (Plan, []Problem) {
	problems := append(Check(w), CheckScene(w, s)...)
	plan := Plan{Screens: make([]ScreenPlan, 0, len(w.Screens))}
	for _, sc := range w.Screens {
		sp := ScreenPlan{Screen: sc}
		if drawable(sc) {
			for _, t := range s.Tiles {
				if p, ok := place(w, sc, t); ok {
					sp.Tiles = append(sp.Tiles, p)
				}
			}
		}
		plan.Screens = append(plan.Screens, sp)
	}
	return plan, problems
}

// place returns the part of t on sc.
func place(w world.WallDefined, sc world.Screen, t world.Tile) (Placement, bool) {
	whole, vis, ok := part(sc, t)
	if !ok {
		return Placement{}, false
	}
	p := Placement{Tile: t, Visible: vis, Whole: whole}
	p.Column, p.Columns = rank(w, sc, t, true)
	p.Row, p.Rows = rank(w, sc, t, false)
	return p, true
}

// part returns where t lies in the pixels of sc, entirely and as far as it is
// seen. A part thinner than two pixels counts as none: a tile that merely
// touches a neighbour does not spill on to it.
func part(sc world.Screen, t world.Tile) (whole, visible image.Rectangle, ok bool) {
	kx, ky := float64(sc.PxW)/sc.W, float64(sc.PxH)/sc.H
	whole = image.Rect(
		round((t.X-sc.X)*kx), round((t.Y-sc.Y)*ky),
		round((t.X+t.W-sc.X)*kx), round((t.Y+t.H-sc.Y)*ky))
	visible = whole.Intersect(image.Rect(0, 0, sc.PxW, sc.PxH))
	return whole, visible, visible.Dx() >= 2 && visible.Dy() >= 2
}

// rank returns the place of sc among the distinct columns (or rows) of screens
// that show a part of the tile, and how many there are.
func rank(w world.WallDefined, sc world.Screen, t world.Tile, columns bool) (at, of int) {
	seen := map[int]bool{}
	for _, o := range w.Screens {
		if !drawable(o) {
			continue
		}
		if _, _, ok := part(o, t); !ok {
			continue
		}
		key, mine := round(o.Y), round(sc.Y)
		if columns {
			key, mine = round(o.X), round(sc.X)
		}
		if !seen[key] {
			seen[key] = true
			of++
			if key < mine {
				at++
			}
		}
	}
	return at, of
}

// drawable reports whether the screen has a size, on the wall and in pixels.
func drawable(sc world.Screen) bool { return sc.W > 0 && sc.H > 0 && sc.PxW > 0 && sc.PxH > 0 }

func round(x float64) int { return int(math.Round(x)) }

// Check returns what is wrong with a wall.
func Check(w world.WallDefined) []Problem {
	var out []Problem
	ids := map[int]bool{}
	for i, s := range w.Screens {
		where := fmt.Sprintf("screen %d", s.ID)
		if ids[s.ID] {
			out = append(out, problem(where, "layout.screen.twice", "its number is used twice; number the screens apart"))
		}
		ids[s.ID] = true
		if s.W <= 0 || s.H <= 0 || s.PxW <= 0 || s.PxH <= 0 {
			out = append(out, problem(where, "layout.screen.size", "needs a width and a height in millimetres and in pixels above zero"))
		}
		for _, o := range w.Screens[:i] {
			if overlap(s.X, s.W, o.X, o.W) > 1 && overlap(s.Y, s.H, o.Y, o.H) > 1 {
				out = append(out, problem(where, "layout.screen.over", "lies over screen {screen}; check its place and bezels", "screen", o.ID))
			}
		}
	}
	if len(w.Screens) == 0 {
		out = append(out, problem("wall "+w.ID, "layout.wall.empty", "has no screens"))
	}
	return out
}

// maxTiles bounds a scene: 27 screens of sixteen cameras each are 432 tiles.
const maxTiles = 500

// CheckScene returns what is wrong with a scene on a wall. A scene of more than
// 500 tiles is not looked at any further.
func CheckScene(w world.WallDefined, s world.SceneSaved) []Problem {
	var out []Problem
	if n := len(s.Tiles); n > maxTiles {
		return []Problem{problem("scene "+s.ID, "layout.tiles", "has {n} tiles; a scene may have {most}", "n", n, "most", maxTiles)}
	}
	ids := map[string]bool{}
	for i, t := range s.Tiles {
		fail := func(code, what string, pairs ...any) {
			p := problem(fmt.Sprintf("tile %d (%s)", i+1, t.ID), code, what, pairs...)
			p.Tile = i + 1
			out = append(out, p)
		}
		switch {
		case t.ID == "":
			fail("layout.id", "needs an id")
		case ids[t.ID]:
			fail("layout.id.twice", "the id \"{id}\" is used twice in this scene", "id", t.ID)
		case KeptID(t.ID):
			fail("layout.id.kept", "the id \"{id}\" is kept for what the server puts on walls; take another", "id", t.ID)
		}
		ids[t.ID] = true
		if t.Kind == "" {
			fail("layout.kind", "needs a kind")
		}
		if !(t.W > 0 && t.H > 0) {
			fail("layout.size", "needs a width and a height above zero")
			continue
		}
		on := false
		for _, sc := range w.Screens {
			on = on || (overlap(t.X, t.W, sc.X, sc.W) > 1 && overlap(t.Y, t.H, sc.Y, sc.H) > 1)
		}
		if !on {
			fail("layout.off", "lies on no screen of the wall {wall}", "wall", w.ID)
		}
		// One is enough: a tile that lies over all others is one mistake.
		if j := slices.IndexFunc(s.Tiles[:i], func(o world.Tile) bool { return covers(t, o) }); j >= 0 {
			fail("layout.over", "lies over {other}; give each a place of its own", "other", fmt.Sprintf("tile %d (%s)", j+1, s.Tiles[j].ID))
		}
	}
	return append(out, checkZones(w, s)...)
}

// maxZones bounds the zones of a scene.
const maxZones = 50

// checkZones returns what is wrong with where something may pop up.
func checkZones(w world.WallDefined, s world.SceneSaved) []Problem {
	var out []Problem
	if n := len(s.Zones); n > maxZones {
		return []Problem{problem("scene "+s.ID, "layout.zones", "has {n} zones; a scene may have {most}", "n", n, "most", maxZones)}
	}
	ids := map[string]bool{}
	for i, z := range s.Zones {
		r := RectOfZone(z)
		fail := func(code, what string, pairs ...any) {
			p := problem(fmt.Sprintf("zone %d (%s)", i+1, z.ID), code, what, pairs...)
			p.Zone = i + 1
			out = append(out, p)
		}
		switch {
		case z.ID == "":
			fail("layout.id", "needs an id")
		case ids[z.ID]:
			fail("layout.id.twice", "the id \"{id}\" is used twice in this scene", "id", z.ID)
		}
		ids[z.ID] = true
		if z.Least < 0 || z.Least > 100 {
			fail("layout.priority", "needs a least priority of 0 to 100")
		}
		if !(z.W > 0 && z.H > 0) {
			fail("layout.size", "needs a width and a height above zero")
			continue
		}
		if !slices.ContainsFunc(w.Screens, func(sc world.Screen) bool { return RectOfScreen(sc).Overlaps(r) }) {
			fail("layout.off", "lies on no screen of the wall {wall}", "wall", w.ID)
		}
		if j := slices.IndexFunc(s.Zones[:i], func(o world.Zone) bool { return RectOfZone(o).Overlaps(r) }); j >= 0 {
			fail("layout.over", "lies over {other}; give each a place of its own", "other", fmt.Sprintf("zone %d (%s)", j+1, s.Zones[j].ID))
		}
	}
	return out
}

// covers reports whether two tiles share a place. A millimetre is no place: it
// is what rounding leaves between neighbours.
func covers(a, b world.Tile) bool { return RectOf(a).Overlaps(RectOf(b)) }

func overlap(a, aw, b, bw float64) float64 { return min(a+aw, b+bw) - max(a, b) }

// Bounds returns the wall's extent in millimetres: the corner of its leftmost
// and topmost picture area, and its width and height.
func Bounds(w world.WallDefined) (x, y, width, height float64) {
	if len(w.Screens) == 0 {
		return 0, 0, 0, 0
	}
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, s := range w.Screens {
		x0, y0 = min(x0, s.X), min(y0, s.Y)
		x1, y1 = max(x1, s.X+s.W), max(y1, s.Y+s.H)
	}
	return x0, y0, x1 - x0, y1 - y0
}
