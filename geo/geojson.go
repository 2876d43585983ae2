package geo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// Feature is one feature of a GeoJSON file that passed every check.
type Feature struct {
	Index      int            // place in the file, from 0
	ID         string         // the feature's id as text; empty if it has none
	Geometry   orb.Geometry   // never nil; polygons have closed rings
	Properties map[string]any // as in the file
}

// MultiPolygon returns the feature's area, or nil if it is a point or a line.
func (f Feature) MultiPolygon() MultiPolygon {
	switch g := f.Geometry.(type) {
	case orb.Polygon:
		return MultiPolygon{g}
	case orb.MultiPolygon:
		return g
	}
	return nil
}

// FeatureError says why one feature was left out.
type FeatureError struct {
	Index int // place of the feature in the file, from 0
	Err   error
}

func (e *FeatureError) Error() string { return fmt.Sprintf("feature %d: %v", e.Index, e.Err) }

// Unwrap returns the reason.
func (e *FeatureError) Unwrap() error { return e.Err }

// maxDepth bounds how deeply arrays may nest inside one feature.
const maxDepth = 64

// ReadGeoJSON reads a FeatureCollection feature by feature, so that its memory
// is bounded by what is kept. Features that are broken (crossing or unclosed
// rings, swapped or impossible positions, unknown geometry) are left out and
// reported in rejected; the others are returned. err is for a file that is not a
// FeatureCollection at all or that breaks off; the features before that place
// are returned with it. A single Feature or geometry is read as one feature.
func ReadGeoJSON(r io.Reader) (features []Feature, rejected []*FeatureError, err error) {
	err = EachFeature(r, func(f Feature, why *FeatureError) bool {
		if why != nil {
			rejected = append(rejected, why)
		} else {
			features = append(features, f)
		}
		return true
	})
	return features, rejected, err
}

// EachFeature is ReadGeoJSON without keeping anything: it calls each with every
// feature, or with the reason why it was rejected, until each returns false.
func EachFeature(r io.Reader, each func(Feature, *FeatureError) bool) error {
	dec := json.NewDecoder(r)
	if tok, err := dec.Token(); err != nil {
		return fmt.Errorf("geojson: read the opening brace: %w", err)
	} else if tok != json.Delim('{') {
		return fmt.Errorf("geojson: the file starts with %v, expected an object", tok)
	}
	rest := map[string]json.RawMessage{} // members of a lone feature or geometry
	seen := false
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return fmt.Errorf("geojson: read a member's name: %w", err)
		}
		if key == "features" {
			seen = true
			if stop, err := eachInArray(dec, each); stop || err != nil {
				return err
			}
			continue
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return fmt.Errorf("geojson: read %q: %w", key, err)
		}
		rest[fmt.Sprint(key)] = value
	}
	if seen {
		return nil
	}
	return lone(rest, each)
}

// eachInArray reads the array of features; stop means that each wants no more.
func eachInArray(dec *json.Decoder, each func(Feature, *FeatureError) bool) (stop bool, err error) {
	if tok, err := dec.Token(); err != nil {
		return false, fmt.Errorf("geojson: read features: %w", err)
	} else if tok != json.Delim('[') {
		return false, fmt.Errorf("geojson: features is %v, expected a list", tok)
	}
	for i := 0; dec.More(); i++ {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return false, fmt.Errorf("geojson: feature %d: %w", i, err)
		}
		if f, err := parseFeature(i, raw); err != nil {
			stop = !each(Feature{}, &FeatureError{Index: i, Err: err})
		} else {
			stop = !each(f, nil)
		}
		if stop {
			return true, nil
		}
	}
	if _, err := dec.Token(); err != nil {
		return false, fmt.Errorf("geojson: read the end of features: %w", err)
	}
	return false, nil
}

func lone(members map[string]json.RawMessage, each func(Feature, *FeatureError) bool) error {
	var kind string
	if err := json.Unmarshal(members["type"], &kind); err != nil {
		return errors.New(`geojson: no "type" and no "features"; expected a FeatureCollection`)
	}
	whole, err := json.Marshal(members)
	if err != nil {
		return fmt.Errorf("geojson: %w", err)
	}
	if kind != "Feature" {
		whole = []byte(`{"type":"Feature","properties":{},"geometry":` + string(whole) + `}`)
	}
	f, err := parseFeature(0, whole)
	if err != nil {
		each(Feature{}, &FeatureError{Err: err})
		return nil //nolint:nilerr // each was told
	}
	each(f, nil)
	return nil
}

func parseFeature(index int, raw []byte) (Feature, error) {
	if depth(raw) > maxDepth {
		return Feature{}, fmt.Errorf("lists nest deeper than %d", maxDepth)
	}
	f, err := geojson.UnmarshalFeature(raw)
	if err != nil {
		return Feature{}, fmt.Errorf("not a feature: %w", err)
	}
	if f.Geometry == nil {
		return Feature{}, errors.New("it has no geometry")
	}
	if err := checkGeometry(f.Geometry); err != nil {
		return Feature{}, err
	}
	out := Feature{Index: index, Geometry: f.Geometry, Properties: f.Properties}
	if f.ID != nil {
		out.ID = strings.TrimSpace(fmt.Sprint(f.ID))
	}
	return out, nil
}

func checkGeometry(g orb.Geometry) error {
	switch g := g.(type) {
	case orb.Point:
		return CheckPoint(g)
	case orb.MultiPoint:
		return checkPoints(g)
	case orb.LineString:
		return checkPoints(g)
	case orb.MultiLineString:
		for i, line := range g {
			if err := checkPoints(line); err != nil {
				return fmt.Errorf("line %d: %w", i, err)
			}
		}
	case orb.Polygon:
		return checkPolygon(g)
	case orb.MultiPolygon:
		for i, polygon := range g {
			if err := checkPolygon(polygon); err != nil {
				return fmt.Errorf("polygon %d: %w", i, err)
			}
		}
	default:
		return fmt.Errorf("geometry %s is not supported", g.GeoJSONType())
	}
	return nil
}

func checkPoints(points []Point) error {
	if len(points) == 0 {
		return errors.New("it has no points")
	}
	for i, p := range points {
		if err := CheckPoint(p); err != nil {
			return fmt.Errorf("point %d: %w", i, err)
		}
	}
	return nil
}

func checkPolygon(p orb.Polygon) error {
	if len(p) == 0 {
		return errors.New("a polygon has no rings")
	}
	for i, ring := range p {
		if err := CheckRing(ring); err != nil {
			return fmt.Errorf("ring %d: %w", i, err)
		}
	}
	return nil
}

// depth returns how deeply brackets and braces nest, strings left out.
func depth(raw []byte) int {
	deepest, now, quoted := 0, 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			now++
			deepest = max(deepest, now)
		case c == ']' || c == '}':
			now--
		}
	}
	return deepest
}
