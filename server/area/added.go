package area

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"

	"iocwall/geo"
	"iocwall/server/strict"
	"iocwall/server/world"
)

// Added is what people brought into a tree while the server ran: areas, ends of areas and
// outlines. It stands beside the file of areas, which stays as its author wrote it.
type Added struct {
	// Areas are new ones; one without a name only says when an area of the file ends.
	Areas []world.AreaDefined `json:"areas,omitempty"`
	// Outlines are in the form that a file of areas names under "outlines".
	Outlines Outlines `json:"outlines"`
}

// Outlines are outlines of areas as GeoJSON: the property "area" of each feature is the
// id of its area.
type Outlines struct {
	Type     string    `json:"type"`
	Features []Outline `json:"features"`
}

// Outline is the outline of one area.
type Outline struct {
	Type       string          `json:"type"`
	Properties OutlineOf       `json:"properties"`
	Geometry   json.RawMessage `json:"geometry"`
}

// OutlineOf says whose outline it is.
type OutlineOf struct {
	Area string `json:"area"`
	Name string `json:"name"`
}

// DecodeAdded reads what Added is as JSON.
func DecodeAdded(raw []byte) (Added, error) {
	var a Added
	if err := json.Unmarshal(raw, &a); err != nil {
		return Added{}, fmt.Errorf("area: what was added: %w", err)
	}
	return a, nil
}

// Added is what With put into the set.
func (s *Set) Added() Added { return s.added }

// With returns the tree of the file with what people added to it, and not what was added
// before. What the file says of an area counts before what was added of it; only its end
// and its outline are those that were added. name is where a is kept, for problems.
func (s *Set) With(name string, a Added) (*Set, []strict.Problem) {
	file := s
	if s.file != nil {
		file = s.file
	}
	out := &Set{Areas: slices.Clone(file.Areas), Successions: file.Successions, outlines: file.outlines, own: maps.Clone(file.own), added: a, file: file}
	if out.own == nil {
		out.own = map[string]geo.MultiPolygon{}
	}
	var problems []strict.Problem
	fail := func(format string, args ...any) {
		problems = append(problems, strict.Problem{File: name, Message: fmt.Sprintf(format, args...), Suggestion: "put back what the tree of the configuration lost, or take the file away"})
	}
	index := map[string]int{}
	for i, x := range out.Areas {
		index[x.ID] = i
	}
	for _, x := range a.Areas {
		i, there := index[x.ID]
		switch {
		case there && x.Until != 0:
			out.Areas[i].Until = x.Until
		case there:
		case x.Name != "" && x.ID != "":
			index[x.ID] = len(out.Areas)
			out.Areas = append(out.Areas, x)
		}
	}
	parents := make([][2]string, 0, len(out.Areas))
	for _, x := range out.Areas {
		parents = append(parents, [2]string{x.ID, x.Parent})
		if _, there := index[x.Parent]; x.Parent != "" && !there {
			fail("%s lies in %q, which is no area", x.ID, x.Parent)
		}
		if x.From != 0 && x.Until != 0 && x.Until <= x.From {
			fail("%s ends before it begins", x.ID)
		}
	}
	for _, i := range Circles(parents) {
		fail("what is above %s leads back to it", out.Areas[i].ID)
	}
	if err := out.drawn(a.Outlines, index); err != nil {
		fail("%v", err)
	}
	return out, problems
}

// drawn takes over outlines of areas that there are.
func (s *Set) drawn(o Outlines, index map[string]int) error {
	if len(o.Features) == 0 {
		return nil
	}
	raw, err := json.Marshal(o)
	if err != nil {
		return err
	}
	var bad error
	err = geo.EachFeature(bytes.NewReader(raw), func(f geo.Feature, why *geo.FeatureError) bool {
		id, _ := f.Properties["area"].(string)
		_, there := index[id]
		switch {
		case why != nil:
			bad = why
		case there && f.MultiPolygon() != nil:
			s.own[id] = f.MultiPolygon()
		}
		return bad == nil
	})
	return errors.Join(bad, err)
}

// Plan is what an administrative layer would make of a tree.
type Plan struct {
	// New are areas that the tree does not have, Redrawn those that get another
	// outline, Same those that have it already, Ending those that the layer does not
	// have and that end on its day.
	New, Redrawn, Same, Ending []world.AreaDefined
	// Rejected are the features that cannot be used, each with its place.
	Rejected []error
	// Added is what was added to the tree before and this.
	Added Added
}

// Changes counts what would be another way than before.
func (p Plan) Changes() int { return len(p.New) + len(p.Redrawn) + len(p.Ending) }

// MakePlan reads an administrative layer as Import does and compares it with the tree.
// With end, areas of its level under its parent that are in force on its day and that the
// layer does not have end on that day, and so does all that lies in them.
func MakePlan(in io.Reader, o ImportOptions, end bool) (Plan, error) {
	if end && o.From == "" {
		return Plan{}, world.Refuse("layer.end", "write the day from which the layer is in force; the others end on it")
	}
	var drawn bytes.Buffer
	got, err := Import(in, &drawn, o)
	if err != nil {
		return Plan{}, err
	}
	var outlines Outlines
	if err := json.Unmarshal(drawn.Bytes(), &outlines); err != nil {
		return Plan{}, fmt.Errorf("the outlines: %w", err)
	}
	p := Plan{Rejected: got.Rejected, Added: o.Tree.added.clone()}
	fresh := &Set{own: map[string]geo.MultiPolygon{}}
	index := map[string]int{}
	for i, a := range got.Areas {
		index[a.ID] = i
	}
	if err := fresh.drawn(outlines, index); err != nil {
		return Plan{}, fmt.Errorf("the outlines: %w", err)
	}
	for _, a := range got.Areas {
		was, had := o.Tree.own[a.ID]
		switch {
		case !a.Known:
			p.New = append(p.New, a.AreaDefined)
			p.Added.Areas = append(p.Added.Areas, a.AreaDefined)
		case had && reflect.DeepEqual(was, fresh.own[a.ID]):
			p.Same = append(p.Same, a.AreaDefined)
		default:
			p.Redrawn = append(p.Redrawn, a.AreaDefined)
		}
	}
	p.Added.redraw(outlines.Features)
	if end {
		p.ends(o, index)
	}
	return p, nil
}

func (a Added) clone() Added {
	a.Areas, a.Outlines.Features = slices.Clone(a.Areas), slices.Clone(a.Outlines.Features)
	a.Outlines.Type = "FeatureCollection"
	return a
}

// redraw puts outlines in place of those that the same areas had.
func (a *Added) redraw(list []Outline) {
	index := map[string]int{}
	for i, x := range a.Outlines.Features {
		index[x.Properties.Area] = i
	}
	for _, x := range list {
		if i, there := index[x.Properties.Area]; there {
			a.Outlines.Features[i] = x
			continue
		}
		a.Outlines.Features = append(a.Outlines.Features, x)
	}
}

// ends lets end what the layer does not have.
func (p *Plan) ends(o ImportOptions, have map[string]int) {
	var d day
	if err := d.UnmarshalText([]byte(o.From)); err != nil {
		return // Import has read it
	}
	over := map[string]bool{}
	for more := true; more; {
		more = false
		for _, a := range o.Tree.Areas {
			_, stays := have[a.ID]
			here := a.Level == o.Level && a.Parent == o.Parent && !stays
			if over[a.ID] || !here && !over[a.Parent] || !a.ValidAt(d.Time) || a.From >= d.Time {
				continue
			}
			over[a.ID], more = true, true
			a.Until = d.Time
			p.Ending = append(p.Ending, a)
			p.Added.end(a.ID, d.Time)
		}
	}
}

// end says when an area ends: one that was added, or one of the file.
func (a *Added) end(id string, at world.Time) {
	for i := range a.Areas {
		if a.Areas[i].ID == id {
			a.Areas[i].Until = at
			return
		}
	}
	a.Areas = append(a.Areas, world.AreaDefined{ID: id, Until: at})
}
