// Package document writes scenes as YAML that people can read,
// compare and bring back. A place is written by screens and cells where it lies on
// the snap grid, and in wall millimetres otherwise. What is read is read strictly:
// every fault is named with its file, line and column, and nothing is guessed.
package document

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"iocwall/server/scene"
	"iocwall/server/strict"
	"iocwall/server/world"
)

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
	return r.scene(d, w), r.done()
}

// scene holds a scene against the wall.
func (r *reader) scene(d sceneDoc, w world.WallDefined) world.SceneSaved {
	out := world.SceneSaved{ID: d.ID, Wall: w.ID, Name: d.Name, Version: d.Version, Preset: d.Preset}
	if d.ID == "" {
		r.fail("id", "a scene needs an id", "")
	}
	if d.Version < 0 {
		r.fail("version", "is less than 0", "leave it out for a new scene")
	}
	if d.Preset < 0 || d.Preset > 9 {
		r.fail("preset", fmt.Sprintf("%d is no key", d.Preset), "write 1 to 9, or leave it out")
	}
	var tiles, zones []string // where they stand
	for i, t := range d.Tiles {
		p := fmt.Sprintf("tiles[%d]", i)
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
		p := fmt.Sprintf("zones[%d]", i)
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
			r.fail("", x.What, "")
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
