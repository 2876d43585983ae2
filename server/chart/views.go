package chart

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/world"
)

const (
	// mostParams bounds the parameters of a view, longestParam each in bytes.
	mostParams   = 64
	longestParam = 2000
	// mostLimits bounds the limits of classes: more shades cannot be told apart.
	mostLimits  = 6
	longestSpan = 7 * 24 * time.Hour
)

// SaveMapView stores the next version of a view of the map for somebody, or
// removes it. It returns the number of the event.
func (c *Charts) SaveMapView(ctx context.Context, id auth.Identity, a act.SaveMapView) (uint64, error) {
	if err := id.Demand(auth.EditMap); err != nil {
		return 0, err
	}
	x := a.View
	x.Params = slices.SortedFunc(slices.Values(x.Params), func(a, b world.Param) int { return strings.Compare(a.Key, b.Key) })
	if len(x.Params) == 0 {
		x.Params = nil
	}
	if err := CheckView(x); err != nil {
		return 0, err
	}
	stored := func(st *world.State) (world.MapView, bool) {
		e, _ := st.Entity(world.NewRef(world.KindMapView, x.ID))
		got, there := e.(world.MapView)
		return got, there
	}
	return c.save(ctx, id, "view", func(st *world.State) (world.Body, error) {
		was, there := stored(st)
		v, err := version("view", x.Saved, was.Is.Version, there)
		if err != nil {
			return nil, err
		}
		if !there && st.Count(world.KindMapView) >= mostStored {
			return nil, refuse("view.many", "there are {most} views already; remove one that is not needed", "most", mostStored)
		}
		if x.Removed {
			x = world.MapViewSaved{Saved: world.Saved{ID: x.ID, Name: was.Is.Name, Removed: true}}
		}
		x.Version, x.By = v, id.Name
		return x, nil
	}, func(st *world.State) (world.Body, string) {
		got, there := stored(st)
		return standing(got.Is.Saved, got.Is, there)
	})
}

// CheckView returns what is wrong with a view and its parameters, nil when
// nothing is. The parameters are those of a map tile; a layer's filter is read by
// the wall, which knows what the layer holds.
func CheckView(x world.MapViewSaved) error {
	if err := named("view", x.Saved); err != nil || x.Removed {
		return err
	}
	if len(x.Params) > mostParams {
		return refuse("view.params", "the view has more than {most} parameters", "most", mostParams)
	}
	for i, p := range x.Params {
		// The key first: what is said of the rest names it.
		if layer, ok := strings.CutPrefix(p.Key, "filter."); !slices.Contains(Params(), p.Key) && !(ok && validID(layer)) {
			return refuse("view.param", "a map has no parameter \"{key}\"; there are {list} and filter.LAYER", "key", p.Key, "list", strings.Join(Params(), ", "))
		}
		switch {
		case i > 0 && x.Params[i-1].Key == p.Key:
			return refuse("view.param.twice", "the parameter {key} of the view is there twice", "key", p.Key)
		case len(p.Value) > longestParam:
			return refuse("view.param.long", "the parameter {key} of the view is longer than {most} bytes", "key", p.Key, "most", longestParam)
		}
		if err := sound("the parameter "+p.Key, p.Value); err != nil {
			return err
		}
		if err := param(p.Key, p.Value); err != nil {
			return err
		}
	}
	return nil
}

// Params returns the parameters of a map, those of layers apart.
func Params() []string {
	return []string{"areas", "bounds", "center", "classes", "cluster", "follow", "home", "layers", "legend", "limit", "title", "trail", "view", "zoom"}
}

// param checks the value of a parameter of a map. Empty is as if it were not there.
func param(key, value string) error {
	if value = strings.TrimSpace(value); value == "" {
		return nil
	}
	bad := func(want string) error {
		return refuse("view.param.value", "the parameter {key} of the view is \"{value}\"; write {hint}", "key", key, "value", value, "hint", want)
	}
	switch key {
	case "center":
		if c, ok := numbers(value); !ok || len(c) != 2 || math.Abs(c[0]) > 90 || math.Abs(c[1]) > 180 {
			return bad(`latitude and longitude in degrees, as in "15.57,108.47"`)
		}
	case "bounds":
		if b, ok := numbers(value); !ok || len(b) != 4 || !(b[0] < b[2] && b[1] < b[3]) || math.Abs(b[0]) > 180 || math.Abs(b[2]) > 180 || math.Abs(b[1]) > 90 || math.Abs(b[3]) > 90 {
			return bad(`west, south, east and north in degrees, as in "107.4,15.0,109.5,16.3"`)
		}
	case "zoom":
		if z, err := strconv.ParseFloat(value, 64); err != nil || !(z >= 0 && z <= 22) {
			return bad("a number from 0 to 22")
		}
	case "trail", "limit":
		if d, ok := span(value); !ok || d < 0 || d > longestSpan || key == "limit" && d == 0 {
			return bad(`minutes, or a time with its unit as in "30m", up to seven days`)
		}
	case "cluster", "legend":
		if value != "no" && value != "yes" {
			return bad(`"no" or "yes"`)
		}
	case "classes":
		limits, ok := numbers(value)
		rising := ok && len(limits) <= mostLimits
		for i := 1; i < len(limits); i++ {
			rising = rising && limits[i-1] < limits[i]
		}
		if value != "quantile" && value != "equal" && !rising {
			return bad(`"quantile", "equal" or at most six limits that rise, as in "50,70,90"`)
		}
	}
	return nil
}

// span reads minutes, or a time with its unit.
func span(value string) (time.Duration, bool) {
	if v, ok := numbers(value); ok && len(v) == 1 {
		return time.Duration(v[0] * float64(time.Minute)), true
	}
	d, err := time.ParseDuration(value)
	return d, err == nil
}

// numbers reads numbers between commas.
func numbers(s string) ([]float64, bool) {
	var out []float64
	for part := range strings.SplitSeq(s, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, false
		}
		out = append(out, v)
	}
	return out, true
}
