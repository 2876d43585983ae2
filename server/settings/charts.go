package settings

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"iocwall/server/area"
	"iocwall/server/calendar"
	"iocwall/server/strict"
	"iocwall/server/world"
)

// LayerConfig is a file of features for the map. When the file or what is said of
// it changes, a reload shows it.
type LayerConfig struct {
	ID     string `yaml:"id"`
	Name   string `yaml:"name"`
	NameEn string `yaml:"name_en"`
	// File is GeoJSON.
	File string `yaml:"file"`
	// Look says how it is drawn: icon, fill, edge, width, dashed, label, minzoom.
	Look map[string]string `yaml:"look"`
	// Source is whom to name on the map, Dated the day the features are of.
	Source string `yaml:"source"`
	Dated  string `yaml:"dated"`
	// Areas marks outlines of administrative areas: the property "area" of each
	// feature is the id of one.
	Areas bool `yaml:"areas"`
}

// LayerFile is a layer with the file its features are in.
type LayerFile struct {
	world.LayerSaved
	Path string
	// At is where it stands in the configuration, without a message.
	At strict.Problem
}

// LayerFiles returns the layers of the configuration.
func (c *Config) LayerFiles() []LayerFile {
	out := make([]LayerFile, 0, len(c.Layers))
	for i, l := range c.Layers {
		b := world.LayerSaved{Saved: world.Saved{ID: l.ID, Name: l.Name}, NameEn: l.NameEn, Areas: l.Areas, Source: l.Source, Dated: dayOf(l.Dated)}
		for key, v := range l.Look {
			b.Look = append(b.Look, world.Param{Key: key, Value: v})
		}
		slices.SortFunc(b.Look, func(a, b world.Param) int { return strings.Compare(a.Key, b.Key) })
		out = append(out, LayerFile{b, c.Path(l.File), c.layerPlaces[i]})
	}
	return out
}

// FencesFile returns the file of fences, empty for none, and where it stands in
// the configuration.
func (c *Config) FencesFile() (path string, at strict.Problem) {
	return c.Path(c.Fences), c.fencesPlace
}

// dayOf reads a day in Vietnam, zero for none.
func dayOf(text string) world.Time {
	t, err := time.ParseInLocation(time.DateOnly, text, calendar.Vietnam())
	if err != nil {
		return 0
	}
	return world.TimeOf(t)
}

// layers checks the layers; what is in their files is read when they are taken
// over.
func (k *checker) layers() {
	seen := map[string]int{}
	for i, l := range k.config.Layers {
		path := k.id("layers", i, l.ID, seen)
		k.name(path, l.Name)
		if l.Dated != "" && dayOf(l.Dated) == 0 {
			k.fail(path+".dated", fmt.Sprintf("%q is not a day", l.Dated), "write 2026-11-21")
		}
		k.file(path+".file", l.File)
		k.config.layerPlaces = append(k.config.layerPlaces, k.doc.Problem(path, "", ""))
	}
}

// fences checks that there is the file of fences.
func (k *checker) fences() {
	if k.config.Fences != "" {
		k.file("fences", k.config.Fences)
	}
	k.config.fencesPlace = k.doc.Problem("fences", "", "")
}

// file checks that a file of GeoJSON can be opened.
func (k *checker) file(path, name string) {
	const hint = "give the path of a GeoJSON file, relative to the folder of this one"
	if name == "" {
		k.fail(path, "names no file", hint)
		return
	}
	f, err := os.Open(k.config.Path(name))
	if err != nil {
		k.fail(path, err.Error(), hint)
		return
	}
	defer f.Close() //nolint:errcheck // nothing was written
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		k.fail(path, fmt.Sprintf("%q is not a file", name), hint)
	}
}

// PartID returns the id of an indicator's part for one area: the last word of the
// area's id behind a dot.
func PartID(figure, area string) string {
	return figure + "." + area[strings.LastIndex(area, "/")+1:]
}

// parts checks the parts of an indicator. Two indicators of one id, or one of an id
// that cannot be reported, would not be noticed before the map is coloured wrong.
func (k *checker) parts(path string, f FigureConfig) {
	if f.Each == "" {
		if f.EachLevel != "" {
			k.fail(path+".each_level", "says nothing without each", "give the area whose parts are meant as each")
		}
		return
	}
	k.area(path+".each", f.Each)
	if k.areas() == nil || !slices.Contains(k.areas(), f.Each) {
		return
	}
	path += ".each"
	below, first := 0, map[string]world.AreaDefined{}
	for _, a := range k.tree() {
		if a.Parent != f.Each {
			continue
		}
		if below++; f.EachLevel != "" && a.Level != f.EachLevel {
			continue
		}
		id := PartID(f.ID, a.ID)
		b, twice := first[id]
		switch {
		case !ValidID(id):
			k.fail(path, fmt.Sprintf("the part for %q would be %q, which is no id", a.ID, id), "use letters, digits, dots, dashes and underscores, at most 64")
		case twice && (a.Until == 0 || b.From < a.Until) && (b.Until == 0 || a.From < b.Until):
			k.fail(path, fmt.Sprintf("the parts for %q and %q would both be %q", b.ID, a.ID, id), "give one of the areas an id with another last word")
		case slices.ContainsFunc(k.config.Figures, func(x FigureConfig) bool { return x.ID == id }):
			k.fail(path, fmt.Sprintf("the part for %q would be %q, which is an indicator of its own", a.ID, id), "give one of the two another id")
		}
		first[id] = a
	}
	switch {
	case below == 0:
		k.fail(path, fmt.Sprintf("no area is right below %q", f.Each), "name the area above those the indicator is reported for")
	case len(first) == 0:
		k.fail(path, fmt.Sprintf("no area right below %q is of the level %q", f.Each, f.EachLevel), "")
	}
}

// parts returns the parts of an indicator for the areas it is reported for.
func parts(x FigureConfig, whole world.FigureDefined, areas *area.Set, now world.Time) []world.FigureDefined {
	if x.Each == "" {
		return nil
	}
	var out []world.FigureDefined
	for _, a := range areas.Areas {
		if a.Parent != x.Each || !a.ValidAt(now) || x.EachLevel != "" && a.Level != x.EachLevel {
			continue
		}
		b := whole
		b.ID, b.Of, b.Area = PartID(whole.ID, a.ID), whole.ID, a.ID
		b.Name, b.Short = whole.Name+" – "+a.Name, a.Name
		if whole.NameEn != "" {
			b.NameEn = whole.NameEn + " – " + a.Name
		}
		out = append(out, b)
	}
	return out
}
