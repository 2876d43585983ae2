package chart

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"iocwall/geo"
	"iocwall/server/area"
	"iocwall/server/auth"
	"iocwall/server/core"
	"iocwall/server/world"
)

// EncodeFences writes fences as a GeoJSON FeatureCollection, which DecodeFences
// reads back: near and margin in metres, dwell in seconds, from and until as times.
func EncodeFences(fences []world.Fence) ([]byte, error) {
	b := []byte(`{"type":"FeatureCollection","features":[`)
	for i, f := range fences {
		x := f.Is
		props := map[string]any{"id": x.ID, "name": x.Name, "version": x.Version, "by": x.By}
		for key, v := range map[string]float64{"near": x.Near, "margin": x.Margin, "dwell": float64(x.Dwell) / 1000} {
			if v != 0 {
				props[key] = v
			}
		}
		for key, t := range map[string]world.Time{"from": x.From, "until": x.Until} {
			if t != 0 {
				props[key] = t.String()
			}
		}
		if x.Purpose != "" {
			props["purpose"] = x.Purpose
		}
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendFeature(append(b, '\n'), geo.Feature{ID: x.ID, Geometry: x.Polygons, Properties: props}, nil); err != nil {
			return nil, fmt.Errorf("chart: fence %s: %w", x.ID, err)
		}
	}
	return append(b, "\n]}\n"...), nil
}

// fenceRead is a fence of a file.
type fenceRead struct {
	world.FenceSaved
	index int
}

// decodeFences reads fences. Version is the one a fence was exported with.
func decodeFences(in io.Reader) (out []fenceRead, read Reading, err error) {
	seen := map[string]int{}
	err = geo.EachFeature(in, func(f geo.Feature, why *geo.FeatureError) bool {
		if why != nil {
			read.reject(why.Index, why.Err)
			return true
		}
		x, err := fenceOf(f)
		if err == nil {
			err = CheckFence(x)
		}
		if first, there := seen[x.ID]; err == nil && there {
			err = refuse("import.twice", "feature {feature} has the id \"{id}\" already", "feature", first, "id", x.ID)
		}
		if err == nil && len(out) >= mostStored {
			err = refuse("import.many", "there are more than {most} fences", "most", mostStored)
		}
		if err != nil {
			read.reject(f.Index, err)
			return true
		}
		seen[x.ID] = f.Index
		out = append(out, fenceRead{x, f.Index})
		return true
	})
	read.Features = len(out)
	return out, read, err
}

// DecodeFences reads fences from GeoJSON: the outline of each feature, and of its
// properties name, id (made from the name when missing), purpose, near, margin,
// dwell, from and until. All that is wrong is told, with the feature's place.
func DecodeFences(in io.Reader) ([]world.FenceSaved, []error) {
	list, read, err := decodeFences(in)
	var out []world.FenceSaved
	for _, f := range list {
		f.Version = 0
		out = append(out, f.FenceSaved)
	}
	var errs []error
	for _, r := range read.First {
		errs = append(errs, fmt.Errorf("feature %d: %s", r.Index, r.Error))
	}
	if more := read.Rejected - len(read.First); more > 0 {
		errs = append(errs, fmt.Errorf("and %d more features", more))
	}
	if err != nil {
		errs = append(errs, err)
	}
	return out, errs
}

// fenceOf reads one fence.
func fenceOf(f geo.Feature) (world.FenceSaved, error) {
	p := properties{f.Properties, nil}
	x := world.FenceSaved{Purpose: p.text("purpose"), Polygons: f.MultiPolygon(), Near: p.number("near"), Margin: p.number("margin")}
	x.ID, x.Name, x.Version = p.text("id"), p.text("name"), int(p.number("version"))
	x.Dwell = int64(math.Round(p.number("dwell") * 1000))
	x.From, x.Until = p.moment("from"), p.moment("until")
	if x.ID == "" {
		x.ID = f.ID
	}
	if x.ID == "" || !validID(x.ID) && p.text("id") == "" {
		x.ID = area.Slug(x.Name, 64)
	}
	if x.Polygons == nil {
		p.errs = append(p.errs, refuse("import.form", "its geometry is a {form}; a fence is a Polygon or MultiPolygon", "form", f.Geometry.GeoJSONType()))
	}
	return x, errors.Join(p.errs...)
}

// properties reads a feature's properties and keeps what is wrong with them.
type properties struct {
	of   map[string]any
	errs []error
}

func (p *properties) text(key string) string {
	switch v := p.of[key].(type) {
	case nil:
	case string:
		return strings.TrimSpace(v)
	default:
		p.errs = append(p.errs, refuse("import.text", "{key} is not a text", "key", key))
	}
	return ""
}

func (p *properties) number(key string) float64 {
	switch v := p.of[key].(type) {
	case nil:
	case float64:
		return v
	default:
		p.errs = append(p.errs, refuse("import.number", "{key} is not a number", "key", key))
	}
	return 0
}

func (p *properties) moment(key string) world.Time {
	text := p.text(key)
	if text == "" {
		return 0
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		p.errs = append(p.errs, refuse("import.time", "{key}: \"{time}\" is no time; write 2026-11-21T10:00:00+07:00", "key", key, "time", text))
	}
	return world.TimeOf(t)
}

// atOnce bounds the fences that are written at once, so that a long list does not
// hold up the history.
const atOnce = 20

// importFences makes each good fence of a file the next version of the one with
// its id.
func (c *Charts) importFences(ctx context.Context, id auth.Identity, in io.Reader) (imported, error) {
	list, read, err := decodeFences(in)
	if err != nil {
		return imported{}, refuse("import.cut", "the file cannot be read to its end, nothing was imported: {why}", "why", area.Misdrawn(err))
	}
	if len(list) == 0 {
		return imported{}, fenceless(read)
	}
	if err := c.take(ctx); err != nil {
		return imported{}, err
	}
	defer func() { <-c.turn }()
	out := imported{}
	for part := range slices.Chunk(list, atOnce) {
		rejected, unchanged := map[int]error{}, 0
		_, err := c.history.Ask(ctx, core.Request{
			Source: person(id),
			Decide: func(now world.Time, st *world.State) (obs []world.Observation, _ error) {
				fresh := 0
				for _, f := range part {
					was, there := st.Fence(f.ID)
					b, same, err := follows(st, f.FenceSaved, id.Name, fresh)
					switch {
					case err != nil:
						rejected[f.index] = err
					case same && was.Is.Version > 0:
						unchanged++
					default:
						if !there {
							fresh++
						}
						obs = append(obs, world.Observation{Time: now, Body: b})
					}
				}
				return obs, nil
			},
		})
		if err != nil {
			return out, fmt.Errorf("%d fences were imported, then: %w", out.Features, err)
		}
		out.Features += len(part) - len(rejected)
		out.Unchanged += unchanged
		for _, index := range slices.Sorted(maps.Keys(rejected)) {
			read.reject(index, rejected[index])
		}
	}
	out.Rejected, out.RejectedCount = orNone(read.First), read.Rejected
	return out, nil
}

// fenceless says why a file has no fence.
func fenceless(r Reading) error {
	if len(r.First) == 0 {
		return refuse("import.nofence", "no feature of the file is a fence")
	}
	return refuse("import.useless", "no feature of the file is a fence; feature {feature}: {why}", "feature", r.First[0].Index, "why", r.First[0].why)
}

// follows returns the fence of a file as the version after what stands, and
// whether it says what stands already. fresh counts new ones before it.
func follows(st *world.State, f world.FenceSaved, by string, fresh int) (world.FenceSaved, bool, error) {
	was, there := st.Fence(f.ID)
	switch {
	case there && f.Version != 0 && f.Version != was.Is.Version:
		return f, false, refuse("import.changed", "the fence was changed since it was exported (version {version}); export it again", "version", was.Is.Version)
	case !there && st.Count(world.KindFence)+fresh >= mostStored:
		return f, false, refuse("fence.many", "there are {most} fences already; remove one that is not needed", "most", mostStored)
	}
	f.Version, f.By = was.Is.Version, was.Is.By
	if there && reflect.DeepEqual(f, was.Is) {
		return f, true, nil
	}
	f.Version, f.By = was.Is.Version+1, by
	return f, false, nil
}
