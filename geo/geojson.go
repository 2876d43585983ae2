package geo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/paulmach/orb"
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

// Reasons why a file or a feature of it is refused.
var (
	ErrCRS          = errors.New("coordinates are not in WGS 84")
	ErrAntimeridian = errors.New("crosses the antimeridian")
	ErrTooLarge     = errors.New("feature is too large")
	ErrFeature      = errors.New("not a feature")
	ErrEmpty        = errors.New("it has no geometry")
	ErrGeometry     = errors.New("the geometry is not supported")
	ErrCoordinates  = errors.New("the coordinates do not fit the geometry")
	ErrCut          = errors.New("the file breaks off")
	ErrNotGeoJSON   = errors.New("the file is not GeoJSON")
	ErrUTF16        = errors.New("the file is UTF-16; save it as UTF-8")
	ErrCompressed   = errors.New("the file is compressed; unpack it first")
	ErrGoesOn       = errors.New("something follows the end of the collection")
)

// maxDepth bounds how deeply arrays may nest inside one feature.
const maxDepth = 64

// MaxFeatureBytes is the size in bytes above which a feature is left out without
// being read into memory.
const MaxFeatureBytes = 8 << 20

// ReadGeoJSON reads a FeatureCollection (RFC 7946) feature by feature, so that its
// memory is bounded by what is kept. Features that are broken (crossing or
// unclosed rings, swapped or impossible positions, edges across the antimeridian,
// unknown geometry, not JSON, larger than MaxFeatureBytes) are left out and
// reported in rejected; the others are returned. err is for a file that is not a
// FeatureCollection at all, that breaks off or goes on after its end; the features
// before that place are returned with it. A file that names a coordinate system
// other than WGS 84 gives ErrCRS and no features. Heights are dropped. A single
// Feature or geometry is read as one feature.
func ReadGeoJSON(r io.Reader) (features []Feature, rejected []*FeatureError, err error) {
	err = EachFeature(r, func(f Feature, why *FeatureError) bool {
		if why != nil {
			rejected = append(rejected, why)
		} else {
			features = append(features, f)
		}
		return true
	})
	if errors.Is(err, ErrCRS) {
		features = nil
	}
	return features, rejected, err
}

// EachFeature is ReadGeoJSON without keeping anything: it calls each with every
// feature, or with the reason why it was rejected, until each returns false. A
// coordinate system that is named after the features gives ErrCRS at the end only.
func EachFeature(r io.Reader, each func(Feature, *FeatureError) bool) error {
	s := newScanner(r)
	if err := s.open(); err != nil {
		return err
	}
	rest := map[string]json.RawMessage{} // members of a lone feature or geometry
	seen, index := false, 0
	for {
		key, more, err := s.member()
		if err != nil {
			return err
		}
		switch {
		case !more && seen:
			return s.atEnd()
		case !more:
			if err := s.atEnd(); err != nil {
				return err
			}
			return lone(rest, each)
		case key == "features":
			seen = true
			if stop, err := eachInArray(s, &index, each); stop || err != nil {
				return err
			}
			continue
		}
		raw, err := s.value(key)
		if errors.Is(err, ErrTooLarge) {
			each(Feature{}, &FeatureError{Err: err})
			return nil
		} else if err != nil {
			return fmt.Errorf("member %q: %w", key, err)
		}
		if key == "crs" {
			if err := checkCRS(raw); err != nil {
				return err
			}
		}
		if raw != nil {
			rest[key] = raw
		}
	}
}

// eachInArray reads the array of features; stop means that each wants no more.
func eachInArray(s *scanner, index *int, each func(Feature, *FeatureError) bool) (stop bool, err error) {
	switch c, err := s.next(); {
	case err != nil:
		return false, fmt.Errorf("features: %w", err)
	case c != '[':
		return false, fmt.Errorf("%w: features is not a list at byte %d, expected a list", ErrNotGeoJSON, s.at)
	}
	for first := true; ; first = false {
		more, err := s.element(first)
		if err != nil {
			return false, fmt.Errorf("feature %d: %w", *index, err)
		}
		if !more {
			return false, nil
		}
		raw, err := s.read(MaxFeatureBytes)
		if err != nil && !errors.Is(err, ErrTooLarge) {
			return false, fmt.Errorf("feature %d: %w", *index, err)
		}
		var f Feature
		if err == nil {
			f, err = parseFeature(*index, raw)
		}
		if err != nil {
			stop = !each(Feature{}, &FeatureError{Index: *index, Err: err})
		} else {
			stop = !each(f, nil)
		}
		if *index++; stop {
			return true, nil
		}
	}
}

// lone reads a file that is one feature or one geometry.
func lone(members map[string]json.RawMessage, each func(Feature, *FeatureError) bool) error {
	var kind string
	if err := json.Unmarshal(members["type"], &kind); err != nil {
		return fmt.Errorf(`%w: no "type" and no "features"; expected a FeatureCollection`, ErrNotGeoJSON)
	}
	if kind == "FeatureCollection" {
		return fmt.Errorf(`%w: a FeatureCollection without "features"`, ErrNotGeoJSON)
	}
	whole, err := json.Marshal(members)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotGeoJSON, err)
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

// checkCRS refuses a coordinate system other than WGS 84 with longitude first.
func checkCRS(raw json.RawMessage) error {
	var crs struct {
		Properties struct{ Name string }
	}
	if string(raw) == "null" {
		return nil
	}
	if err := json.Unmarshal(raw, &crs); err != nil {
		return fmt.Errorf("%w: the member crs is not understood: %w", ErrCRS, err)
	}
	name := strings.ToUpper(crs.Properties.Name)
	if strings.HasSuffix(name, "CRS84") || strings.HasSuffix(name, "EPSG::4326") || name == "EPSG:4326" {
		return nil
	}
	return fmt.Errorf("%w but in %.60q; export the file in WGS 84 (EPSG:4326, longitude first), for instance with ogr2ogr -t_srs EPSG:4326",
		ErrCRS, crs.Properties.Name)
}

func parseFeature(index int, raw []byte) (Feature, error) {
	if depth(raw) > maxDepth {
		return Feature{}, fmt.Errorf("%w: lists nest deeper than %d", ErrFeature, maxDepth)
	}
	var f struct {
		Type       string
		ID         json.RawMessage
		Geometry   json.RawMessage
		Properties map[string]any
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		return Feature{}, fmt.Errorf("%w: %w", ErrFeature, err)
	}
	if f.Type != "Feature" {
		return Feature{}, fmt.Errorf("%w: its type is %.60q", ErrFeature, f.Type)
	}
	if len(f.Geometry) == 0 || string(f.Geometry) == "null" {
		return Feature{}, ErrEmpty
	}
	g, err := parseGeometry(f.Geometry)
	if err != nil {
		return Feature{}, err
	}
	if err := checkGeometry(g); err != nil {
		return Feature{}, err
	}
	out := Feature{Index: index, Geometry: g, Properties: f.Properties}
	if err := json.Unmarshal(f.ID, &out.ID); err != nil && string(f.ID) != "null" {
		out.ID = string(f.ID) // a number as written
	}
	out.ID = strings.TrimSpace(out.ID)
	return out, nil
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
