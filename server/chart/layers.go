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
		return refuse("layer.own", "\"{layer}\" is the name of one of the map's own layers; choose another id", "layer", l.ID)
	}
	for what, text := range map[string]string{"the English name": l.NameEn, "the source": l.Source} {
		if len(text) > longestName {
			return refuse("layer.long", "{what} of the layer is longer than {most} bytes; shorten it", "what", what, "most", longestName)
		}
		if err := sound(what, text); err != nil {
			return err
		}
	}
	for i, p := range l.Look {
		if i > 0 && l.Look[i-1].Key == p.Key {
			return refuse("layer.look.twice", "the look of the layer says {key} twice", "key", p.Key)
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
			return refuse("layer.look.number", "{key} of the layer's look is \"{value}\"; write a number from 0 to {most}", "key", key, "value", value, "most", high)
		}
		return nil
	}
	switch key {
	case "fill", "edge":
		hex, ok := strings.CutPrefix(value, "#")
		if _, err := strconv.ParseUint(hex, 16, 64); !ok || err != nil || len(hex) != 6 && len(hex) != 8 {
			return refuse("layer.look.colour", "{key} of the layer's look is \"{value}\"; write a colour, as in #3aa0ff or #3aa0ff80", "key", key, "value", value)
		}
	case "width":
		return number(50)
	case "minzoom":
		return number(24)
	case "dashed":
		if value != "yes" && value != "no" {
			return refuse("layer.look.dashed", "dashed of the layer's look is \"{value}\"; write yes or no", "value", value)
		}
	case "icon", "label":
		if value == "" || len(value) > longestName {
			return refuse("layer.look.empty", "{key} of the layer's look is empty or too long", "key", key)
		}
		return sound(key, value)
	default:
		return refuse("layer.look.unknown", "a layer's look has no \"{key}\"; {hint}", "key", key, "hint", strict.Nearest(key, Looks()))
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
			return refuse("layer.noarea", `it has no property "area" with the id of its area`)
		case !known[id] && guesses > 0 && len(id) <= longestName:
			guesses--
			return refuse("layer.area", "no area \"{area}\"; {hint}", "area", id, "hint", strict.Nearest(id, areas))
		case !known[id]:
			return refuse("layer.area.plain", "no area \"{area}\"", "area", id)
		case f.MultiPolygon() == nil:
			return refuse("layer.outline", "the outline of {area} is a {form}; a Polygon or MultiPolygon is needed", "area", id, "form", f.Geometry.GeoJSONType())
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
				return nil, refuse("layer.many", "there are {most} layers already; remove one that is not needed", "most", mostStored)
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
		return l, refuse("layer.earlier", "{who} saved the layer a moment earlier", "who", stands.By)
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
				return nil, refuse("layer.config", "the layer is one of the configuration; take it out there")
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
