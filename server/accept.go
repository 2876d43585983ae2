package server

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"iocwall/geo"
	"iocwall/server/auth"
	"iocwall/server/core"
	"iocwall/server/world"
)

const (
	// longestName bounds what providers may call a thing, longestText what they
	// may write about it: as much as a citizen may.
	longestName = 200
	longestText = 4000
	// maxParts bounds the summands of a total: a tile shows a dozen, a table of
	// communes has a hundred.
	maxParts = 200
)

var mmsiPattern = regexp.MustCompile(`^[0-9]{9}$`)

// acceptable checks what a provider says before it becomes part of the history:
// that it is about something, and that it can be so.
func acceptable(b world.Body) error {
	if err := sound("", reflect.ValueOf(b)); err != nil {
		return err
	}
	switch b := b.(type) {
	case world.VesselPosition:
		if err := vessel(b.MMSI); err != nil {
			return err
		}
		return onEarth(b.Pos)
	case world.VesselStatic:
		return vessel(b.MMSI)
	case world.Reading:
		return named("station", b.Station, "quantity", b.Quantity)
	case world.FigureReported:
		return named("figure", b.Figure, "period", b.Period)
	case world.ReportChanged:
		states := []world.ReportState{world.ReportReceived, world.ReportAccepted, world.ReportDispatched, world.ReportDone, world.ReportRefused}
		if !slices.Contains(states, b.State) {
			return fmt.Errorf("state: %.40q is none of %q", b.State, states)
		}
		return named("id", b.ID)
	}
	return nil
}

// sound checks every text, number and list in a body: what the history once
// holds every wall must be able to read.
func sound(name string, v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); len(s) > longestText {
			return fmt.Errorf("%s has more than %d bytes", name, longestText)
		} else if !utf8.ValidString(s) {
			return fmt.Errorf("%s is not UTF-8", name)
		}
	case reflect.Float64:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Errorf("%s is not a number", name)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return sound(name, v.Elem())
		}
	case reflect.Slice, reflect.Array:
		if v.Len() > maxParts {
			return fmt.Errorf("%s has more than %d entries", name, maxParts)
		}
		for i := range v.Len() {
			if err := sound(fmt.Sprintf("%s[%d]", name, i), v.Index(i)); err != nil {
				return err
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if name != "" {
				key = name + "." + key
			}
			if err := sound(key, v.Field(i)); err != nil {
				return err
			}
		}
	default: // whole numbers and truth values are as they are
	}
	return nil
}

func vessel(mmsi string) error {
	if !mmsiPattern.MatchString(mmsi) {
		return fmt.Errorf("mmsi: %.40q is not nine digits", mmsi)
	}
	return nil
}

func onEarth(p geo.Point) error {
	if lon, lat := p[0], p[1]; lon < -180 || lon > 180 || lat < -90 || lat > 90 || p == (geo.Point{}) {
		return fmt.Errorf("pos: [%g, %g] is not [longitude, latitude] in degrees", lon, lat)
	}
	return nil
}

// named checks pairs of a key and its value.
func named(pairs ...string) error {
	for i := 0; i+1 < len(pairs); i += 2 {
		switch key, value := pairs[i], pairs[i+1]; {
		case value == "":
			return fmt.Errorf("%s is missing", key)
		case len(value) > longestName:
			return fmt.Errorf("%s has more than %d bytes", key, longestName)
		}
	}
	return nil
}

// provide takes in what a program sends with a token. A token with areas may
// speak of what lies in them only.
func (s *Server) provide(ctx context.Context, id auth.Identity, obs []world.Observation) error {
	source := "api/" + id.Token
	if len(id.Areas) == 0 {
		return s.put(ctx, source, obs)
	}
	s.ground.Fill(obs, world.TimeOf(time.Now()))
	_, err := s.loop.Ask(ctx, core.Request{
		Source: source,
		Decide: func(_ world.Time, st *world.State) ([]world.Observation, error) {
			for i, o := range obs {
				if !id.Sees(st, areaOf(st, o.Body)) {
					return nil, refuse("feed.area", "nothing was taken: [{n}]: {kind} is about something outside the areas of this token", "n", i, "kind", o.Body.Kind())
				}
			}
			return obs, nil
		},
	})
	return err
}

// areaOf returns the area of what a body is about, empty for what is not known.
func areaOf(st *world.State, b world.Body) string {
	switch b := b.(type) {
	case world.VesselPosition:
		return b.Area
	case world.VesselStatic:
		v, _ := st.Vessel(b.MMSI)
		return v.In()
	case world.Reading:
		x, _ := st.Station(b.Station)
		return x.Area
	case world.FigureReported:
		x, _ := st.Figure(b.Figure)
		return x.Area
	case world.ReportChanged:
		x, _ := st.Report(b.ID)
		return x.Area
	}
	return ""
}
