// Package document writes scenes, schedules and walls as YAML that people can read,
// compare and bring back. A place is written by screens and cells where it lies on
// the snap grid, and in wall millimetres otherwise. What is read is read strictly:
// every fault is named with its file, line and column, and nothing is guessed.
package document

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

// Set is a wall with its scenes and schedules.
type Set struct {
	Wall      world.WallDefined
	Scenes    []world.SceneSaved
	Schedules []world.ScheduleSaved
}

// MaxBytes bounds a document.
const MaxBytes = 4 << 20

// farthest bounds places and sizes in millimetres: no wall is a kilometre long.
const farthest = 1e6

type sceneDoc struct {
	Wall    string    `yaml:"wall"`
	ID      string    `yaml:"id"`
	Name    string    `yaml:"name"`
	Version int       `yaml:"version"`
	Preset  int       `yaml:"preset"`
	Tiles   []tileDoc `yaml:"tiles"`
	Zones   []zoneDoc `yaml:"zones"`
}

type placeDoc struct {
	At    string      `yaml:"at"`
	Top   int         `yaml:"top"`
	Below int         `yaml:"below"`
	Cell  string      `yaml:"cell"`
	MM    *[4]float64 `yaml:"mm"`
}

type tileDoc struct {
	Place     placeDoc          `yaml:",inline"`
	ID        string            `yaml:"id"`
	Kind      string            `yaml:"kind"`
	Important bool              `yaml:"important"`
	Params    map[string]string `yaml:"params"`
}

type zoneDoc struct {
	Place placeDoc `yaml:",inline"`
	ID    string   `yaml:"id"`
	Name  string   `yaml:"name"`
	Least int      `yaml:"least"`
}

type setDoc struct {
	Wall      wallDoc       `yaml:"wall"`
	Scenes    []sceneDoc    `yaml:"scenes"`
	Schedules []scheduleDoc `yaml:"schedules"`
}

type wallDoc struct {
	ID      string      `yaml:"id"`
	Name    string      `yaml:"name"`
	Seat    float64     `yaml:"seat"`
	Screens []screenDoc `yaml:"screens"`
}

type screenDoc struct {
	ID     int     `yaml:"id"`
	X      float64 `yaml:"x"`
	Y      float64 `yaml:"y"`
	W      float64 `yaml:"w"`
	H      float64 `yaml:"h"`
	PxW    int     `yaml:"px_w"`
	PxH    int     `yaml:"px_h"`
	Node   string  `yaml:"node"`
	Output string  `yaml:"output"`
	Spare  bool    `yaml:"spare"`
}

type scheduleDoc struct {
	ID       string        `yaml:"id"`
	Name     string        `yaml:"name"`
	Version  int           `yaml:"version"`
	Scenes   []string      `yaml:"scenes"`
	Dwell    time.Duration `yaml:"dwell"`
	Days     []string      `yaml:"days"`
	From     string        `yaml:"from"`
	To       string        `yaml:"to"`
	Priority int           `yaml:"priority"`
	Off      bool          `yaml:"off"`
}

// days are what a schedule may name.
func days() []string {
	return []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun", "workday", "holiday"}
}

// reader reads one document.
type reader struct {
	doc      *strict.Doc
	problems []strict.Problem
}

func (r *reader) fail(path, what, hint string) {
	r.problems = append(r.problems, r.doc.Problem(path, what, hint))
}

// open parses and decodes; the caller looks further when there is no problem yet.
func open(file string, src []byte, into any) (*reader, bool) {
	if len(src) > MaxBytes {
		return &reader{problems: []strict.Problem{{File: file, Message: fmt.Sprintf("has %d bytes; at most %d are read", len(src), MaxBytes)}}}, false
	}
	doc, problems := strict.Parse(file, src)
	r := &reader{doc: doc, problems: problems}
	if len(problems) > 0 {
		return r, false
	}
	r.problems = doc.Decode(into)
	return r, true
}

func (r *reader) done() []strict.Problem {
	strict.Sort(r.problems)
	return r.problems
}

// ReadScene reads a scene of the wall. All problems are returned at once; with any
// of them the scene is not to be used. Version is the one it was made from.
func ReadScene(file string, src []byte, w world.WallDefined) (world.SceneSaved, []strict.Problem) {
	var d sceneDoc
	r, ok := open(file, src, &d)
	if !ok {
		return world.SceneSaved{}, r.done()
	}
	switch d.Wall {
	case "", w.ID:
	default:
		r.fail("wall", fmt.Sprintf("the scene is one of the wall %q, not of %q", d.Wall, w.ID), "")
	}
	return r.scene("", d, w), r.done()
}

// ReadSet reads a wall with scenes and schedules. All problems are returned at
// once; with any of them the set is not to be used.
func ReadSet(file string, src []byte) (Set, []strict.Problem) {
	var d setDoc
	r, ok := open(file, src, &d)
	if !ok {
		return Set{}, r.done()
	}
	out := Set{Wall: r.wall(d.Wall)}
	seen := map[string]bool{}
	for i, s := range d.Scenes {
		path := fmt.Sprintf("scenes[%d]", i)
		if s.Wall != "" && s.Wall != d.Wall.ID {
			r.fail(path+".wall", fmt.Sprintf("the scene is one of the wall %q, not of %q", s.Wall, d.Wall.ID), "")
		}
		r.unique(path, "scene", s.ID, seen)
		out.Scenes = append(out.Scenes, r.scene(path, s, out.Wall))
	}
	seen = map[string]bool{}
	for i, s := range d.Schedules {
		path := fmt.Sprintf("schedules[%d]", i)
		r.unique(path, "schedule", s.ID, seen)
		out.Schedules = append(out.Schedules, r.schedule(path, s, d))
	}
	return out, r.done()
}

func (r *reader) unique(path, what, id string, seen map[string]bool) {
	if id != "" && seen[id] {
		r.fail(path+".id", fmt.Sprintf("there are two %ss %q", what, id), "give each an id of its own")
	}
	seen[id] = true
}

func at(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// scene reads one scene and holds it against the wall.
func (r *reader) scene(path string, d sceneDoc, w world.WallDefined) world.SceneSaved {
	out := world.SceneSaved{ID: d.ID, Wall: w.ID, Name: d.Name, Version: d.Version, Preset: d.Preset}
	if d.ID == "" {
		r.fail(at(path, "id"), "a scene needs an id", "")
	}
	if d.Version < 0 {
		r.fail(at(path, "version"), "is less than 0", "leave it out for a new scene")
	}
	if d.Preset < 0 || d.Preset > 9 {
		r.fail(at(path, "preset"), fmt.Sprintf("%d is no key", d.Preset), "write 1 to 9, or leave it out")
	}
	var tiles, zones []string // where they stand
	for i, t := range d.Tiles {
		p := at(path, fmt.Sprintf("tiles[%d]", i))
		if t.ID == "" {
			t.ID = fmt.Sprintf("%s-%d", t.Kind, i+1)
		}
		if t.Kind != "" && !slices.Contains(world.TileKinds(), t.Kind) {
			r.fail(p+".kind", fmt.Sprintf("no kind of tile %q", t.Kind), strict.Nearest(t.Kind, world.TileKinds()))
		}
		rect, ok := r.place(p, t.Place, w)
		if !ok {
			continue
		}
		tile := rect.Put(world.Tile{ID: t.ID, Kind: t.Kind, Important: t.Important})
		for k, v := range t.Params {
			tile.Params = append(tile.Params, world.Param{Key: k, Value: v})
		}
		slices.SortFunc(tile.Params, func(a, b world.Param) int { return strings.Compare(a.Key, b.Key) })
		out.Tiles, tiles = append(out.Tiles, tile), append(tiles, p)
	}
	for i, z := range d.Zones {
		p := at(path, fmt.Sprintf("zones[%d]", i))
		if rect, ok := r.place(p, z.Place, w); ok {
			out.Zones = append(out.Zones, world.Zone{ID: z.ID, Name: z.Name, X: rect.X, Y: rect.Y, W: rect.W, H: rect.H, Least: z.Least})
			zones = append(zones, p)
		}
	}
	for _, x := range scene.CheckScene(w, out) {
		switch {
		case x.Tile > 0:
			r.fail(tiles[x.Tile-1], x.What, "")
		case x.Zone > 0:
			r.fail(zones[x.Zone-1], x.What, "")
		default:
			r.fail(path, x.What, "")
		}
	}
	return out
}

// place reads where something lies.
func (r *reader) place(path string, d placeDoc, w world.WallDefined) (scene.Rect, bool) {
	words := d.At != "" || d.Top != 0 || d.Below != 0 || d.Cell != ""
	switch {
	case d.MM != nil && words:
		r.fail(path, "has a place in screens and one in millimetres", "keep one of at and mm")
		return scene.Rect{}, false
	case d.MM != nil:
		for _, v := range d.MM {
			if !(math.Abs(v) <= farthest) {
				r.fail(path+".mm", fmt.Sprintf("%g mm is farther than any wall reaches", v), "write left, top, width and height")
				return scene.Rect{}, false
			}
		}
		return scene.Rect{X: d.MM[0], Y: d.MM[1], W: d.MM[2], H: d.MM[3]}, true
	case d.At == "":
		r.fail(path, "does not say where it lies", `write at: "4" or at: "4-24" for screens, or mm: [left, top, width, height]`)
		return scene.Rect{}, false
	case d.Top < 0 || d.Below < 0 || d.Top > 0 && d.Below > 0:
		r.fail(path, "has a strip of less than 0 pixels, or both top and below", "keep one of top and below")
		return scene.Rect{}, false
	}
	x, y, ww, h, err := scene.At{Screens: d.At, Top: d.Top, Below: d.Below, Cell: d.Cell}.Rect(w)
	if err != nil {
		r.fail(path, err.Error(), "")
		return scene.Rect{}, false
	}
	return scene.Rect{X: x, Y: y, W: ww, H: h}, true
}

func (r *reader) wall(d wallDoc) world.WallDefined {
	out := world.WallDefined{ID: d.ID, Name: d.Name, Seat: d.Seat}
	if d.ID == "" {
		r.fail("wall.id", "a wall needs an id", "")
	}
	if !(d.Seat >= 0 && d.Seat <= farthest) {
		r.fail("wall.seat", fmt.Sprintf("%g is no distance in millimetres", d.Seat), "")
	}
	for i, s := range d.Screens {
		path := fmt.Sprintf("wall.screens[%d]", i)
		for _, v := range []float64{s.X, s.Y, s.W, s.H} {
			if !(math.Abs(v) <= farthest) {
				r.fail(path, fmt.Sprintf("%g mm is farther than any wall reaches", v), "")
			}
		}
		if s.PxW > 1<<16 || s.PxH > 1<<16 {
			r.fail(path, "has more than 65,536 pixels in a direction", "")
		}
		out.Screens = append(out.Screens, world.Screen(s))
	}
	for _, p := range scene.Check(out) {
		r.fail("wall", p.Error(), "")
	}
	return out
}

func (r *reader) schedule(path string, d scheduleDoc, set setDoc) world.ScheduleSaved {
	if d.ID == "" {
		r.fail(path+".id", "a schedule needs an id", "")
	}
	if d.Version < 0 {
		r.fail(path+".version", "is less than 0", "leave it out for a new schedule")
	}
	if len(d.Scenes) == 0 {
		r.fail(path+".scenes", "is empty", "name the scenes that are shown")
	}
	var ids []string
	for _, s := range set.Scenes {
		ids = append(ids, s.ID)
	}
	for i, id := range d.Scenes {
		if !slices.Contains(ids, id) {
			r.fail(fmt.Sprintf("%s.scenes[%d]", path, i), fmt.Sprintf("no scene %q", id), strict.Nearest(id, ids))
		}
	}
	for i, day := range d.Days {
		if !slices.Contains(days(), day) {
			r.fail(fmt.Sprintf("%s.days[%d]", path, i), fmt.Sprintf("no day %q", day), strict.Nearest(day, days()))
		}
	}
	if d.Priority < 0 || d.Priority > 100 {
		r.fail(path+".priority", fmt.Sprintf("%d is not between 0 and 100", d.Priority), "")
	}
	return world.ScheduleSaved{
		Saved: world.Saved{ID: d.ID, Name: d.Name, Version: d.Version}, Wall: set.Wall.ID, Scenes: d.Scenes, Dwell: d.Dwell.Milliseconds(), Days: d.Days,
		From: r.hour(path+".from", d.From), To: r.hour(path+".to", d.To), Priority: d.Priority, Off: d.Off,
	}
}

// hour returns the minutes after midnight; an empty text is midnight.
func (r *reader) hour(path, text string) int {
	if text == "" {
		return 0
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		r.fail(path, fmt.Sprintf("%q is not an hour", text), `write it as in "06:30"`)
	}
	return t.Hour()*60 + t.Minute()
}
