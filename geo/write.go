package geo

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// AppendGeometry appends a geometry as GeoJSON (RFC 7946) to b: its type, then
// its coordinates, rings as they turn. number appends one coordinate in degrees;
// nil writes all digits, so that EachFeature reads the same back. A geometry that
// EachFeature knows no kind of, and a coordinate that is not finite, are errors;
// b may have grown by then.
func AppendGeometry(b []byte, g orb.Geometry, number func([]byte, float64) []byte) ([]byte, error) {
	if number == nil {
		number = func(b []byte, v float64) []byte { return strconv.AppendFloat(b, v, 'f', -1, 64) }
	}
	if g == nil {
		return b, errors.New("it has no geometry")
	}
	w := geometryWriter{number: number}
	b = append(append(append(b, `{"type":"`...), g.GeoJSONType()...), `","coordinates":`...)
	switch g := g.(type) {
	case orb.Point:
		b = w.point(b, g)
	case orb.MultiPoint:
		b = w.points(b, g)
	case orb.LineString:
		b = w.points(b, g)
	case orb.MultiLineString:
		b = appendList(b, g, func(b []byte, l orb.LineString) []byte { return w.points(b, l) })
	case orb.Polygon:
		b = w.polygon(b, g)
	case orb.MultiPolygon:
		b = appendList(b, g, w.polygon)
	default:
		return b, fmt.Errorf("geometry %s is not supported", g.GeoJSONType())
	}
	return append(b, '}'), w.err
}

type geometryWriter struct {
	number func([]byte, float64) []byte
	err    error
}

func (w *geometryWriter) polygon(b []byte, p orb.Polygon) []byte {
	return appendList(b, p, func(b []byte, r orb.Ring) []byte { return w.points(b, r) })
}

func (w *geometryWriter) points(b []byte, ps []Point) []byte { return appendList(b, ps, w.point) }

func (w *geometryWriter) point(b []byte, p Point) []byte {
	for _, v := range p {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			w.err = fmt.Errorf("%w: [%g, %g]", ErrRange, p[0], p[1])
		}
	}
	b = w.number(append(b, '['), p[0])
	return append(w.number(append(b, ','), p[1]), ']')
}

func appendList[E any](b []byte, list []E, one func([]byte, E) []byte) []byte {
	b = append(b, '[')
	for i, e := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, e)
	}
	return append(b, ']')
}
