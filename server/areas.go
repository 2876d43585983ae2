package server

import (
	"fmt"
	"time"

	"iocwall/geo"
	"iocwall/server/strict"
	"iocwall/server/world"
)

// areaFile is a file of administrative areas; assets/areas/vietnam.yaml explains
// the fields.
type areaFile struct {
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

// vietnam is the country's time: UTC+7 without changes since 1975.
var vietnam = time.FixedZone("+07", 7*60*60)

func (d *day) UnmarshalText(text []byte) error {
	t, err := time.ParseInLocation(time.DateOnly, string(text), vietnam)
	if err != nil {
		return fmt.Errorf("%q is not a day; write 2025-07-01", text)
	}
	d.Time = world.TimeOf(t)
	return nil
}

// areaSet is a checked tree of areas.
type areaSet struct {
	areas       []world.AreaDefined
	successions []world.AreaSucceeded
	// outlines names the outline of an area in the base map.
	outlines map[string]string
}

// parseAreas reads a file of areas and checks that the tree hangs together.
func parseAreas(name string, src []byte) (*areaSet, []strict.Problem) {
	doc, problems := strict.Parse(name, src)
	var f areaFile
	problems = append(problems, doc.Decode(&f)...)
	set := &areaSet{outlines: map[string]string{}}
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
		set.areas = append(set.areas, d)
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
	for _, i := range circles(parents) {
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
		set.successions = append(set.successions, world.AreaSucceeded{Old: s.From, New: s.To, At: s.At.Time, Share: s.Share})
	}
	return set, problems
}
