package geo

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"

	"github.com/paulmach/orb"
)

// WriteGeoJSON writes a FeatureCollection (RFC 7946), a line for each feature,
// without holding more than one: ids as text, outer rings counter-clockwise,
// numbers in full, so that what ReadGeoJSON reads back is the same. A feature
// that ReadGeoJSON would reject is an error that names it; what was written by
// then is no whole file.
func WriteGeoJSON(w io.Writer, features iter.Seq[Feature]) error {
	b := bufio.NewWriter(w)
	_, _ = b.WriteString(`{"type":"FeatureCollection","features":[`) // Flush tells its errors
	n := 0
	for f := range features {
		line, err := appendFeature([]byte{'\n'}, f)
		if err != nil {
			return fmt.Errorf("geojson: feature %d (id %q): %w", n, f.ID, err)
		}
		if n > 0 {
			_ = b.WriteByte(',')
		}
		if _, err := b.Write(line); err != nil {
			return fmt.Errorf("geojson: write feature %d: %w", n, err)
		}
		n++
	}
	_, _ = b.WriteString("\n]}\n")
	if err := b.Flush(); err != nil {
		return fmt.Errorf("geojson: write: %w", err)
	}
	return nil
}

func appendFeature(b []byte, f Feature) ([]byte, error) {
	if f.Geometry == nil {
		return nil, errors.New("it has no geometry")
	}
	if err := checkGeometry(f.Geometry); err != nil {
		return nil, err
	}
	properties := []byte("{}")
	if f.Properties != nil {
		var err error
		if properties, err = json.Marshal(f.Properties); err != nil {
			return nil, fmt.Errorf("properties: %w", err)
		}
	}
	b = append(b, `{"type":"Feature",`...)
	if f.ID != "" {
		id, err := json.Marshal(f.ID)
		if err != nil {
			return nil, fmt.Errorf("id: %w", err)
		}
		b = append(append(append(b, `"id":`...), id...), ',')
	}
	b = append(append(append(b, `"properties":`...), properties...), `,"geometry":{"type":"`...)
	b = append(append(b, f.Geometry.GeoJSONType()...), `","coordinates":`...)
	return append(appendCoordinates(b, f.Geometry), '}', '}'), nil
}

func appendCoordinates(b []byte, g orb.Geometry) []byte {
	switch g := g.(type) {
	case orb.Point:
		b = append(b, '[')
		b = strconv.AppendFloat(b, g[0], 'f', -1, 64)
		b = append(b, ',')
		b = strconv.AppendFloat(b, g[1], 'f', -1, 64)
		return append(b, ']')
	case orb.MultiPoint:
		return appendList(b, g, appendPoint)
	case orb.LineString:
		return appendList(b, g, appendPoint)
	case orb.MultiLineString:
		return appendList(b, g, func(b []byte, _ int, line orb.LineString) []byte { return appendCoordinates(b, line) })
	case orb.Polygon:
		return appendList(b, g, appendRing)
	case orb.MultiPolygon:
		return appendList(b, g, func(b []byte, _ int, p orb.Polygon) []byte { return appendCoordinates(b, p) })
	}
	return append(b, "null"...)
}

func appendPoint(b []byte, _ int, p Point) []byte { return appendCoordinates(b, p) }

func appendRing(b []byte, i int, ring orb.Ring) []byte {
	if outer := i == 0; ring.Orientation() == orb.CW == outer {
		ring = ring.Clone()
		ring.Reverse()
	}
	return appendList(b, ring, appendPoint)
}

func appendList[T any](b []byte, list []T, one func(b []byte, i int, v T) []byte) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, i, v)
	}
	return append(b, ']')
}
