// Package area reads the tree of administrative areas and finds the area that a
// position lies in.
package area

import (
	"fmt"
	"time"

	"iocwall/geo"
	"iocwall/server/calendar"
	"iocwall/server/strict"
	"iocwall/server/world"
)

// file is a file of administrative areas; assets/areas/vietnam.yaml explains
// the fields.
type file struct {
	Areas []struct {
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
}

// Parse reads a file of areas and checks that the tree hangs together.
func Parse(name string, src []byte) (*Set, []strict.Problem) {
	doc, problems := strict.Parse(name, src)
	var f file
	problems = append(problems, doc.Decode(&f)...)
	set := &Set{outlines: map[string]string{}}
	index := map[string]int{}
	var ids []string
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
	return set, problems
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
