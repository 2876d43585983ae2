// Package area reads the tree of administrative areas and finds the area that a
// position lies in.
package area

import (
	"fmt"
	"io"
	"slices"
	"time"

	"iocwall/geo"
	"iocwall/server/calendar"
	"iocwall/server/strict"
	"iocwall/server/world"
)

// file is a file of administrative areas; assets/areas/vietnam.yaml explains
// the fields.
type file struct {
	// Include is "built-in" for a file whose areas come beside those of the
	// built-in tree.
	Include string `yaml:"include"`
	// Outlines is a GeoJSON file, beside this one, with outlines of areas: the
	// property "area" of each feature is the id of its area.
	Outlines string `yaml:"outlines"`
	Areas    []struct {
		ID        string     `yaml:"id"`
		Name      string     `yaml:"name"`
		NameEn    string     `yaml:"name_en"`
		Level     string     `yaml:"level"`
		Kind      string     `yaml:"kind"`
		Parent    string     `yaml:"parent"`
		ValidFrom day        `yaml:"valid_from"`
		ValidTo   day        `yaml:"valid_to"`
		Geometry  string     `yaml:"geometry"`
		Code      string     `yaml:"code"`
		At        *geo.Point `yaml:"at"`
	} `yaml:"areas"`
	Successions []struct {
		From  string  `yaml:"from"`
		To    string  `yaml:"to"`
		At    day     `yaml:"at"`
		Share float64 `yaml:"share"`
	} `yaml:"successions"`
}

// day is a calendar day in Vietnam; its instant is the midnight that begins it.
type day struct{ world.Time }

func (d *day) UnmarshalText(text []byte) error {
	t, err := time.ParseInLocation(time.DateOnly, string(text), calendar.Vietnam())
	if err != nil {
		return fmt.Errorf("%q is not a day; write 2025-07-01", text)
	}
	d.Time = world.TimeOf(t)
	return nil
}

// Set is a checked tree of areas.
type Set struct {
	Areas       []world.AreaDefined
	Successions []world.AreaSucceeded
	// outlines names the outline of an area in the base map.
	outlines map[string]string
	// own are outlines that came with the file.
	own map[string]geo.MultiPolygon
	// added is what people added, and file the tree without that; nil where it is it.
	added Added
	file  *Set
}

// Files are what a file of areas may name.
type Files struct {
	// BuiltIn is the built-in tree, for "include"; nil has none.
	BuiltIn []byte
	// Open opens a file that lies beside the file of areas, for "outlines"; nil
	// has none.
	Open func(name string) (io.ReadCloser, error)
}

// Parse is Read for a file that names no other.
func Parse(name string, src []byte) (*Set, []strict.Problem) { return Read(name, src, Files{}) }

// Read reads a file of areas with the files it names, and checks that the tree
// hangs together.
func Read(name string, src []byte, files Files) (*Set, []strict.Problem) {
	doc, problems := strict.Parse(name, src)
	var f file
	problems = append(problems, doc.Decode(&f)...)
	set := &Set{outlines: map[string]string{}, own: map[string]geo.MultiPolygon{}}
	index := map[string]int{}
	var ids []string
	for _, a := range set.include(doc, &problems, f.Include, files) {
		index[a.ID] = -1
		ids = append(ids, a.ID)
	}
	for i, a := range f.Areas {
		path := fmt.Sprintf("areas[%d]", i)
		if _, there := index[a.ID]; there || a.ID == "" {
			problems = append(problems, doc.Problem(path+".id", fmt.Sprintf("the id %q is empty or used twice", a.ID), ""))
			continue
		}
		index[a.ID] = i
		ids = append(ids, a.ID)
		if a.ValidFrom.Time != 0 && a.ValidTo.Time != 0 && a.ValidTo.Time <= a.ValidFrom.Time {
			problems = append(problems, doc.Problem(path+".valid_to", "is not after valid_from", ""))
		}
		d := world.AreaDefined{ID: a.ID, Name: a.Name, NameEn: a.NameEn, Level: a.Level, Parent: a.Parent, From: a.ValidFrom.Time, Until: a.ValidTo.Time, Code: a.Code}
		if a.At != nil {
			d.Pos, d.Placed = *a.At, true
		}
		if a.Geometry != "" {
			set.outlines[a.ID] = a.Geometry
		}
		set.Areas = append(set.Areas, d)
	}
	for i, a := range f.Areas {
		if _, ok := index[a.Parent]; a.Parent != "" && !ok {
			problems = append(problems, doc.Problem(fmt.Sprintf("areas[%d].parent", i), fmt.Sprintf("no area %q", a.Parent), strict.Nearest(a.Parent, ids)))
		}
	}
	parents := make([][2]string, 0, len(f.Areas))
	for _, a := range f.Areas {
		parents = append(parents, [2]string{a.ID, a.Parent})
	}
	for _, i := range Circles(parents) {
		problems = append(problems, doc.Problem(fmt.Sprintf("areas[%d].parent", i), fmt.Sprintf("leads back to %q", f.Areas[i].ID), "leave out the parent of the topmost area"))
	}
	for i, s := range f.Successions {
		path := fmt.Sprintf("successions[%d]", i)
		for key, id := range map[string]string{"from": s.From, "to": s.To} {
			if _, ok := index[id]; !ok {
				problems = append(problems, doc.Problem(path+"."+key, fmt.Sprintf("no area %q", id), strict.Nearest(id, ids)))
			}
		}
		if s.Share <= 0 || s.Share > 1 || s.At.Time == 0 {
			problems = append(problems, doc.Problem(path, "needs a day (at) and a share above 0 and at most 1", ""))
		}
		set.Successions = append(set.Successions, world.AreaSucceeded{Old: s.From, New: s.To, At: s.At.Time, Share: s.Share})
	}
	problems = append(problems, set.readOutlines(doc, f.Outlines, files.Open)...)
	return set, problems
}

// include puts the built-in tree before the areas of the file and returns it.
func (s *Set) include(doc *strict.Doc, problems *[]strict.Problem, what string, files Files) []world.AreaDefined {
	switch {
	case what == "":
		return nil
	case what != "built-in" || files.BuiltIn == nil:
		*problems = append(*problems, doc.Problem("include", fmt.Sprintf("%q cannot be included", what), `write "built-in" for the tree of Vietnam`))
		return nil
	}
	tree, bad := Parse("built-in areas", files.BuiltIn)
	*problems = append(*problems, bad...)
	s.Areas, s.Successions, s.outlines = tree.Areas, tree.Successions, tree.outlines
	return tree.Areas
}

// readOutlines reads the outlines of areas. What is wrong with one is told with
// its place in its file.
func (s *Set) readOutlines(doc *strict.Doc, name string, open func(string) (io.ReadCloser, error)) (problems []strict.Problem) {
	if name == "" {
		return nil
	}
	fail := func(message, hint string) { problems = append(problems, doc.Problem("outlines", message, hint)) }
	if open == nil {
		fail(fmt.Sprintf("%q cannot be read from here", name), "")
		return problems
	}
	in, err := open(name)
	if err != nil {
		fail(err.Error(), "give the path of a GeoJSON file, relative to the folder of this one")
		return problems
	}
	defer in.Close() //nolint:errcheck // it was only read
	ids := make([]string, 0, len(s.Areas))
	for _, a := range s.Areas {
		ids = append(ids, a.ID)
	}
	err = geo.EachFeature(in, func(f geo.Feature, why *geo.FeatureError) bool {
		id, _ := f.Properties["area"].(string)
		_, twice := s.own[id]
		switch {
		case why != nil:
			fail(fmt.Sprintf("%s: %v", name, why), "")
		case !slices.Contains(ids, id):
			fail(fmt.Sprintf("%s: feature %d: no area %q", name, f.Index, id), strict.Nearest(id, ids))
		case twice:
			fail(fmt.Sprintf("%s: feature %d: %s has an outline already", name, f.Index, id), "")
		case f.MultiPolygon() == nil:
			fail(fmt.Sprintf("%s: feature %d: the outline of %s is a %s", name, f.Index, id, f.Geometry.GeoJSONType()), "an outline is a Polygon or a MultiPolygon")
		default:
			s.own[id] = f.MultiPolygon()
		}
		return len(problems) < 100
	})
	if err != nil {
		fail(fmt.Sprintf("%s: %v", name, err), "")
	}
	return problems
}

// Circles takes pairs of an id and its parent's id. It goes up from child to parent and returns, for every circle found so,
// the place of one that is in it. Of two with one id the first counts.
func Circles(parents [][2]string) (out []int) {
	index := map[string]int{}
	for i, p := range parents {
		if _, there := index[p[0]]; !there && p[0] != "" {
			index[p[0]] = i
		}
	}
	walk := make([]int, len(parents)) // on which walk it was seen, from 1
	for i := range parents {
		at, ok := i, true
		for ok && walk[at] == 0 {
			walk[at] = i + 1
			at, ok = index[parents[at][1]]
		}
		if ok && walk[at] == i+1 {
			out = append(out, at)
		}
	}
	return out
}
