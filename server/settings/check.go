package settings

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"iocwall/geo"
	"iocwall/server/area"
	"iocwall/server/core"
	"iocwall/server/rule"
	"iocwall/server/source"
	"iocwall/server/strict"
	"iocwall/server/world"
)

// checker finds what the YAML alone cannot tell: references, ranges, doubles.
type checker struct {
	doc      *strict.Doc
	config   *Config
	problems []strict.Problem
	// areas are the ids of the areas, once they are needed; nil when their file
	// cannot be read.
	areas func() []string
	// tree is the whole of them.
	tree func() []world.AreaDefined
}

func (k *checker) fail(path, message, suggestion string) {
	k.problems = append(k.problems, k.doc.Problem(path, message, suggestion))
}

func (k *checker) check() {
	c := k.config
	if c.Data == "" {
		k.fail("data", "needs a folder", "write /var/lib/iocwall")
	}
	if c.Patience.MaxEntities < 1 {
		k.fail("patience.max_entities", "is not above 0", "the default is 50000")
	}
	if kept := c.Patience.ReportKept; kept != 0 && kept < 24*time.Hour {
		// What is in Live is what new codes are compared with.
		k.fail("patience.report_kept", "is less than 24h", "the code of a closed report could be given again on the same day; the default is 24h")
	}
	if c.Patience.MaxClips < 1 {
		k.fail("patience.max_clips", "is not above 0", "the default is 1000")
	}
	k.doors()
	k.auth()
	k.files()
	k.cameras()
	k.recording()
	k.stations()
	k.figures()
	k.domains()
	k.services()
	k.agencies()
	k.sources()
	k.wall()
	k.layers()
	k.fences()
}

var idPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// ValidID reports whether the text can be the id of something that people name.
func ValidID(id string) bool { return idPattern.MatchString(id) }

// ids checks the ids of a list and returns what seen it holds.
func (k *checker) id(list string, i int, id string, seen map[string]int) string {
	path := fmt.Sprintf("%s[%d]", list, i)
	switch first, there := seen[id]; {
	case id == "":
		k.fail(path, "needs an id", "")
	case !idPattern.MatchString(id):
		k.fail(path+".id", fmt.Sprintf("%q is not an id", id), "use letters, digits, dots, dashes and underscores, at most 64")
	case there:
		k.fail(path+".id", fmt.Sprintf("%q is used twice", id), fmt.Sprintf("%s[%d] has it already", list, first))
	}
	seen[id] = i
	return path
}

func (k *checker) place(path string, p geo.Point) {
	lon, lat := p[0], p[1]
	switch {
	case lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90 && p != geo.Point{}:
	case lat >= -180 && lat <= 180 && lon >= -90 && lon <= 90 && p != geo.Point{}:
		k.fail(path, "is out of range", "a position is [longitude, latitude]; are they swapped?")
	default:
		k.fail(path, "is not a position", "write [longitude, latitude] in degrees, as in [108.55, 15.45]")
	}
}

// number checks that a number is one and lies between two.
func (k *checker) number(path string, v, low, high float64, unit string) {
	if v >= low && v <= high { // not so for what is no number
		return
	}
	if high == math.MaxFloat64 {
		k.fail(path, fmt.Sprintf("is not a number of %s from %g on", unit, low), "")
		return
	}
	k.fail(path, fmt.Sprintf("is not between %g and %g %s", low, high, unit), "")
}

// area checks that an area is known. Something without an area is seen by those
// who see everything.
func (k *checker) area(path, id string) {
	if id == "" {
		return
	}
	if known := k.areas(); known != nil && !slices.Contains(known, id) {
		k.fail(path+".area", fmt.Sprintf("no area %q", id), strict.Nearest(id, known))
	}
}

func (k *checker) name(path, name string) {
	if strings.TrimSpace(name) == "" {
		k.fail(path, "needs a name", "")
	}
}

func (k *checker) stations() {
	seen := map[string]int{}
	known := []world.StationKind{world.StationAir, world.StationWater, world.StationLevel, world.StationWeather}
	for i, s := range k.config.Stations {
		path := k.id("stations", i, s.ID, seen)
		k.name(path, s.Name)
		k.place(path+".pos", s.Pos)
		k.area(path, s.Area)
		if !slices.Contains(known, s.What) {
			k.fail(path+".what", fmt.Sprintf("%q is no kind of station", s.What), strict.Nearest(string(s.What), []string{"air", "water", "level", "weather"}))
		}
	}
}

func (k *checker) figures() {
	seen := map[string]int{}
	for i, f := range k.config.Figures {
		path := k.id("figures", i, f.ID, seen)
		k.name(path, f.Name)
		if f.Decimals < 0 || f.Decimals > 6 {
			k.fail(path+".decimals", "is not between 0 and 6", "")
		}
		k.area(path, f.Area)
		k.parts(path, f)
	}
}

func (k *checker) services() {
	seen := map[string]int{}
	for i, s := range k.config.Services {
		path := fmt.Sprintf("services[%d]", i)
		if s.Code == "" || !idPattern.MatchString(s.Code) {
			k.fail(path, fmt.Sprintf("%q is not a code", s.Code), "use letters, digits and dashes")
		} else if _, there := seen[s.Code]; there {
			k.fail(path+".code", fmt.Sprintf("%q is used twice", s.Code), "")
		}
		seen[s.Code] = i
		k.name(path, s.Name)
	}
}

func (k *checker) agencies() {
	seen := map[string]int{}
	var ids []string
	for i, a := range k.config.Agencies {
		path := k.id("agencies", i, a.ID, seen)
		k.name(path, a.Name)
		k.area(path, a.Area)
		ids = append(ids, a.ID)
	}
	owner := func(path, id string) {
		if _, ok := seen[id]; id != "" && !ok {
			k.fail(path, fmt.Sprintf("no agency %q", id), strict.Nearest(id, ids))
		}
	}
	for i, a := range k.config.Agencies {
		owner(fmt.Sprintf("agencies[%d].parent", i), a.Parent)
	}
	parents := make([][2]string, 0, len(ids))
	for _, a := range k.config.Agencies {
		parents = append(parents, [2]string{a.ID, a.Parent})
	}
	for _, i := range area.Circles(parents) {
		k.fail(fmt.Sprintf("agencies[%d].parent", i), "leads back to "+strconv.Quote(ids[i]), "leave out the parent of the topmost agency")
	}
	for i, x := range k.config.Cameras {
		owner(fmt.Sprintf("cameras[%d].owner", i), x.Owner)
	}
	for i, x := range k.config.Stations {
		owner(fmt.Sprintf("stations[%d].owner", i), x.Owner)
	}
	for i, x := range k.config.Figures {
		owner(fmt.Sprintf("figures[%d].owner", i), x.Owner)
	}
}

func (k *checker) sources() {
	kinds := Kinds()
	var names []string
	for _, kd := range kinds {
		names = append(names, kd.Name)
	}
	seen := map[string]int{}
	for i, s := range k.config.Sources {
		path := fmt.Sprintf("sources[%d]", i)
		if s.Name == "" || !idPattern.MatchString(s.Name) {
			k.fail(path, fmt.Sprintf("%q is not a name of a source", s.Name), "use letters, digits, dots and dashes")
		} else if _, there := seen[s.Name]; there || slices.Contains([]string{core.SourceServer, Source, rule.Source}, s.Name) {
			k.fail(path+".name", fmt.Sprintf("%q is taken", s.Name), "give every source a name of its own")
		}
		seen[s.Name] = i
		j := slices.IndexFunc(kinds, func(kd source.Kind) bool { return kd.Name == s.Kind })
		if j < 0 {
			k.fail(path+".kind", fmt.Sprintf("no kind of source %q", s.Kind), strict.Nearest(s.Kind, names)+`; "wallsrv sources" describes them`)
			continue
		}
		conf := kinds[j].New()
		bad := s.rest.Decode(conf, "name", "kind")
		k.problems = append(k.problems, bad...)
		if len(bad) > 0 {
			continue
		}
		for _, p := range conf.Validate() {
			k.problems = append(k.problems, s.rest.Problem(p.Path, p.Message, p.Suggestion))
		}
		k.config.sources = append(k.config.sources, source.Named{Name: s.Name, Kind: s.Kind, Config: conf})
	}
}
