package chart

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"iocwall/geo"
	"iocwall/server/auth"
	"iocwall/server/core"
	"iocwall/server/strict"
	"iocwall/server/world"
)

// Looks returns the keys of a layer's look.
func Looks() []string {
	return []string{"dashed", "edge", "fill", "icon", "label", "minzoom", "width"}
}

// CheckLayer returns what is wrong with what is said of a layer, nil when nothing
// is. Its features are not looked at.
func CheckLayer(l world.LayerSaved) error {
	if err := named("layer", l.Saved); err != nil {
		return err
	}
	if slices.Contains(builtIn(), l.ID) {
		return refuse("%q is the name of one of the map's own layers; choose another id", l.ID)
	}
	for what, text := range map[string]string{"the English name": l.NameEn, "the source": l.Source} {
		if len(text) > longestName {
			return refuse("%s of the layer is longer than %d bytes; shorten it", what, longestName)
		}
		if err := sound(what, text); err != nil {
			return err
		}
	}
	for i, p := range l.Look {
		if i > 0 && l.Look[i-1].Key == p.Key {
			return refuse("the look of the layer says %s twice", p.Key)
		}
		if err := lookValue(p.Key, p.Value); err != nil {
			return err
		}
	}
	return nil
}

// builtIn are the layers every map has.
func builtIn() []string {
	return []string{"vessels", "stations", "reports", "cameras", "alerts", "fences", "drawings", "areas"}
}

func lookValue(key, value string) error {
	number := func(high float64) error {
		if v, err := strconv.ParseFloat(value, 64); err != nil || !(v >= 0 && v <= high) {
			return refuse("%s of the layer's look is %.40q; write a number from 0 to %g", key, value, high)
		}
		return nil
	}
	switch key {
	case "fill", "edge":
		hex, ok := strings.CutPrefix(value, "#")
		if _, err := strconv.ParseUint(hex, 16, 64); !ok || err != nil || len(hex) != 6 && len(hex) != 8 {
			return refuse("%s of the layer's look is %.40q; write a colour, as in #3aa0ff or #3aa0ff80", key, value)
		}
	case "width":
		return number(50)
	case "minzoom":
		return number(24)
	case "dashed":
		if value != "yes" && value != "no" {
			return refuse("dashed of the layer's look is %.40q; write yes or no", value)
		}
	case "icon", "label":
		if value == "" || len(value) > longestName {
			return refuse("%s of the layer's look is empty or too long", key)
		}
		return sound(key, value)
	default:
		return refuse("a layer's look has no %.40q; %s", key, strict.Nearest(key, Looks()))
	}
	return nil
}

// fitting returns what a layer's features must be, nil for anything.
func fitting(l world.LayerSaved, areas []string) func(geo.Feature) error {
	if !l.Areas {
		return nil
	}
	known := make(map[string]bool, len(areas))
	for _, id := range areas {
		known[id] = true
	}
	guesses := rejectedShown // looking for what was meant takes long, and few are told
	return func(f geo.Feature) error {
		id, _ := f.Properties["area"].(string)
		switch {
		case id == "":
			return refuse(`it has no property "area" with the id of its area`)
		case !known[id] && guesses > 0 && len(id) <= longestName:
			guesses--
			return refuse("no area %.80q; %s", id, strict.Nearest(id, areas))
		case !known[id]:
			return refuse("no area %.80q", id)
		case f.MultiPolygon() == nil:
			return refuse("the outline of %s is a %s; a Polygon or MultiPolygon is needed", id, f.Geometry.GeoJSONType())
		}
		return nil
	}
}

// Read reads the features of a layer and stores them. What it returns is the
// layer with its file named, to be saved.
func (c *Charts) Read(ctx context.Context, l world.LayerSaved, areas []string, in io.Reader) (world.LayerSaved, Reading, error) {
	if err := CheckLayer(l); err != nil {
		return l, Reading{}, err
	}
	r, err := c.keep(ctx, in, fitting(l, areas))
	if err != nil {
		return l, r, err
	}
	l.SHA256, l.Bytes, l.Features, l.Rejected = r.SHA256, r.Bytes, r.Features, r.Rejected
	return l, r, nil
}

// Again is Read for a file that is known to be as it was when r was read of it. It
// fails when what was kept then is not there any more.
func (c *Charts) Again(l world.LayerSaved, r Reading) (world.LayerSaved, Reading, error) {
	if err := CheckLayer(l); err != nil {
		return l, r, err
	}
	l.SHA256, l.Bytes, l.Features, l.Rejected = r.SHA256, r.Bytes, r.Features, r.Rejected
	file, size, err := c.open(l)
	if err != nil {
		return l, r, err
	}
	if err := file.Close(); err != nil || size != l.Bytes {
		return l, r, fmt.Errorf("chart: layer %s: what was kept has %d bytes instead of %d", l.ID, size, l.Bytes)
	}
	return l, r, nil
}

// Check reads the features of a layer as Read does and stores nothing.
func Check(ctx context.Context, l world.LayerSaved, areas []string, in io.Reader) (Reading, error) {
	if err := CheckLayer(l); err != nil {
		return Reading{}, err
	}
	return normalise(ctx, io.Discard, in, fitting(l, areas))
}

// saveLayer stores the next version of a layer whose features are stored.
func (c *Charts) saveLayer(ctx context.Context, id auth.Identity, l world.LayerSaved) (world.LayerSaved, error) {
	if err := c.take(ctx); err != nil {
		return l, err
	}
	defer func() { <-c.turn }()
	var mine, stands world.LayerSaved
	_, err := c.history.Ask(ctx, core.Request{
		Source: person(id),
		Decide: func(now world.Time, st *world.State) ([]world.Observation, error) {
			was, there := layerOf(st, l.ID)
			if !there && st.Count(world.KindLayer) >= mostStored {
				return nil, refuse("there are %d layers already; remove one that is not needed", mostStored)
			}
			mine = l
			mine.Version, mine.By = was.Version+1, id.Name
			return []world.Observation{{Time: now, Body: mine}}, nil
		},
		After: func(st *world.State) { stands, _ = layerOf(st, l.ID) },
	})
	switch {
	case err != nil:
		return l, err // after giving up, the loop may still write the others
	case !reflect.DeepEqual(stands, mine):
		return l, refuse("%s saved the layer a moment earlier", stands.By)
	}
	return mine, nil
}

// errNoLayer says that there is nothing to remove.
var errNoLayer = errors.New("there is no such layer")

// removeLayer takes a layer off the map; its history and its files stay.
func (c *Charts) removeLayer(ctx context.Context, id auth.Identity, layer string) error {
	if err := c.take(ctx); err != nil {
		return err
	}
	defer func() { <-c.turn }()
	_, err := c.history.Ask(ctx, core.Request{
		Source: person(id),
		Decide: func(now world.Time, st *world.State) ([]world.Observation, error) {
			was, there := layerOf(st, layer)
			switch {
			case !there:
				return nil, errNoLayer
			case was.By == Source:
				return nil, refuse("the layer is one of the configuration; take it out there")
			}
			return []world.Observation{{Time: now, Body: world.LayerSaved{Saved: world.Saved{
				ID: layer, Name: was.Name, Version: was.Version + 1, By: id.Name, Removed: true,
			}}}}, nil
		},
	})
	return err
}

func layerOf(st *world.State, id string) (world.LayerSaved, bool) {
	e, _ := st.Entity(world.NewRef(world.KindLayer, id))
	x, there := e.(world.Layer)
	return x.Is, there
}

// Source is the author of what the configuration keeps on the map.
const Source = "config"

// Definitions returns the events that bring the state in line with what the
// configuration keeps on the map, and nothing for what is so already. Layers
// follow it; those that a person has changed stand. Fences are written only when
// there is none of their id: people go on from there.
func Definitions(now world.Time, st *world.State, layers []world.LayerSaved, fences []world.FenceSaved) []world.Observation {
	var out []world.Observation
	wanted := map[string]bool{}
	for _, l := range layers {
		wanted[l.ID] = true
		was, there := layerOf(st, l.ID)
		if there && was.By != Source {
			continue
		}
		l.Version, l.By = was.Version, Source
		if there && reflect.DeepEqual(was, l) {
			continue
		}
		l.Version++
		out = append(out, world.Observation{Time: now, Body: l})
	}
	for _, old := range st.Layers() {
		if old.Is.By == Source && !wanted[old.Is.ID] {
			out = append(out, world.Observation{Time: now, Body: world.LayerSaved{Saved: world.Saved{
				ID: old.Is.ID, Name: old.Is.Name, Version: old.Is.Version + 1, By: Source, Removed: true,
			}}})
		}
	}
	for _, f := range fences {
		if _, there := st.Fence(f.ID); !there {
			f.Version, f.By = 1, Source
			out = append(out, world.Observation{Time: now, Body: f})
		}
	}
	return out
}

// open opens the features of a layer.
func (c *Charts) open(l world.LayerSaved) (io.ReadCloser, int64, error) {
	file, size, err := c.store.Open(l.SHA256)
	if err != nil {
		return nil, 0, fmt.Errorf("chart: layer %s: %w", l.ID, err)
	}
	return file, size, nil
}
