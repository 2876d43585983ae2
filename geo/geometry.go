package geo

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// parseGeometry reads a GeoJSON geometry. raw is valid JSON.
func parseGeometry(raw []byte) (orb.Geometry, error) {
	var g struct {
		Type        string
		Coordinates json.RawMessage
		Geometries  []json.RawMessage
	}
	if err := json.Unmarshal(raw, &g); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGeometry, err)
	}
	if g.Type == "GeometryCollection" {
		return flatten(g.Geometries)
	}
	c := coordinates{raw: g.Coordinates}
	var out orb.Geometry
	switch g.Type {
	case "Point":
		out = c.position()
	case "MultiPoint":
		out = orb.MultiPoint(c.positions("point"))
	case "LineString":
		out = orb.LineString(c.positions("point"))
	case "MultiLineString":
		out = orb.MultiLineString(c.lines())
	case "Polygon":
		out = c.polygon()
	case "MultiPolygon":
		var mp orb.MultiPolygon
		c.list("polygon", func() { mp = append(mp, c.polygon()) })
		out = mp
	default:
		return nil, fmt.Errorf("%w: %.60q", ErrGeometry, g.Type)
	}
	if c.err != nil {
		return nil, c.err
	}
	return out, nil
}

// flatten makes one geometry of a collection of one kind.
func flatten(list []json.RawMessage) (orb.Geometry, error) {
	var points orb.MultiPoint
	var lines orb.MultiLineString
	var areas orb.MultiPolygon
	for i, raw := range list {
		g, err := parseGeometry(raw)
		if err != nil {
			return nil, fmt.Errorf("geometry %d of the collection: %w", i, err)
		}
		switch g := g.(type) {
		case orb.Point:
			points = append(points, g)
		case orb.MultiPoint:
			points = append(points, g...)
		case orb.LineString:
			lines = append(lines, g)
		case orb.MultiLineString:
			lines = append(lines, g...)
		case orb.Polygon:
			areas = append(areas, g)
		case orb.MultiPolygon:
			areas = append(areas, g...)
		}
	}
	switch {
	case len(areas) > 0 && len(lines)+len(points) == 0:
		return areas, nil
	case len(lines) > 0 && len(areas)+len(points) == 0:
		return lines, nil
	case len(points) > 0 && len(areas)+len(lines) == 0:
		return points, nil
	case len(points)+len(lines)+len(areas) == 0:
		return nil, fmt.Errorf("%w: its collection of geometries is empty", ErrEmpty)
	}
	return nil, fmt.Errorf("%w: its collection mixes points, lines and areas; make a feature of each kind", ErrGeometry)
}

// coordinates reads nested lists of numbers, valid JSON, without making lists of
// any. After an error the rest is passed over.
type coordinates struct {
	raw []byte
	at  int
	err error
}

func (c *coordinates) peek() byte {
	for c.at < len(c.raw) && (c.raw[c.at] == ' ' || c.raw[c.at] == '\n' || c.raw[c.at] == '\t' || c.raw[c.at] == '\r') {
		c.at++
	}
	if c.at == len(c.raw) {
		return 0
	}
	return c.raw[c.at]
}

// list calls one for every element of a list; an error names the element.
func (c *coordinates) list(what string, one func()) {
	if c.err != nil {
		return
	}
	if c.peek() != '[' {
		c.err = fmt.Errorf("%w: they are not nested as its type says", ErrCoordinates)
		return
	}
	c.at++
	for i := 0; c.err == nil; i++ {
		switch c.peek() {
		case ']':
			c.at++
			return
		case ',':
			c.at++
		}
		if one(); c.err != nil {
			c.err = fmt.Errorf("%s %d: %w", what, i, c.err)
		}
	}
}

func (c *coordinates) lines() (out []orb.LineString) {
	c.list("line", func() { out = append(out, c.positions("point")) })
	return out
}

func (c *coordinates) polygon() (out orb.Polygon) {
	c.list("ring", func() { out = append(out, c.positions("point")) })
	return out
}

func (c *coordinates) positions(what string) (out []Point) {
	c.list(what, func() { out = append(out, c.position()) })
	return out
}

// position reads longitude and latitude and drops what follows them: heights,
// measures.
func (c *coordinates) position() (p Point) {
	n := 0
	if c.err == nil && c.peek() != '[' {
		c.err = fmt.Errorf("%w: a position is not a list of two numbers", ErrCoordinates)
		return p
	}
	c.at++
	for ; c.err == nil; n++ {
		switch c.peek() {
		case ']':
			c.at++
			if n < 2 {
				c.err = fmt.Errorf("%w: a position has %d numbers, expected longitude and latitude", ErrCoordinates, n)
			}
			return p
		case ',':
			c.at++
		}
		v := c.number()
		if n < 2 {
			p[n] = v
		}
	}
	return p
}

func (c *coordinates) number() float64 {
	c.peek()
	end := c.at
	for end < len(c.raw) && (c.raw[end] >= '0' && c.raw[end] <= '9' || c.raw[end] == '-' || c.raw[end] == '+' || c.raw[end] == '.' || c.raw[end] == 'e' || c.raw[end] == 'E') {
		end++
	}
	v, err := strconv.ParseFloat(string(c.raw[c.at:end]), 64)
	if err != nil {
		c.err = fmt.Errorf("%w: a position is not a list of numbers", ErrCoordinates)
		return 0
	}
	c.at = end
	return v
}

func checkGeometry(g orb.Geometry) error {
	switch g := g.(type) {
	case orb.Point:
		return CheckPoint(g)
	case orb.MultiPoint:
		return checkPoints(g, 1)
	case orb.LineString:
		return checkLine(g)
	case orb.MultiLineString:
		if len(g) == 0 {
			return fmt.Errorf("%w: it has no lines", ErrEmpty)
		}
		for i, line := range g {
			if err := checkLine(line); err != nil {
				return fmt.Errorf("line %d: %w", i, err)
			}
		}
	case orb.Polygon:
		return checkPolygon(g)
	case orb.MultiPolygon:
		return CheckArea(g)
	default:
		return fmt.Errorf("%w: %s", ErrGeometry, g.GeoJSONType())
	}
	return nil
}

func checkPoints(points []Point, least int) error {
	for i, p := range points {
		if err := CheckPoint(p); err != nil {
			return fmt.Errorf("point %d: %w", i, err)
		}
	}
	if len(points) < least {
		return fmt.Errorf("%w: it has %d points, expected at least %d", ErrCoordinates, len(points), least)
	}
	return nil
}

func checkLine(line []Point) error {
	if err := checkPoints(line, 2); err != nil {
		return err
	}
	return checkSpan(line)
}

func checkPolygon(p orb.Polygon) error {
	if len(p) == 0 {
		return fmt.Errorf("%w: a polygon has no rings", ErrEmpty)
	}
	for i, ring := range p {
		err := CheckRing(ring)
		if err == nil {
			err = checkSpan(ring)
		}
		if err != nil {
			return fmt.Errorf("ring %d: %w", i, err)
		}
	}
	return nil
}

// checkSpan refuses an edge that goes around most of the earth, which always
// means the short way across the antimeridian. An edge from one side of the map
// to the other is the border of an area around the earth.
func checkSpan(points []Point) error {
	for i := 1; i < len(points); i++ {
		a, b := points[i-1][0], points[i][0]
		if math.Abs(a-b) > 180 && !(math.Abs(a) == 180 && math.Abs(b) == 180) {
			return fmt.Errorf("edge %d from longitude %g to %g %w; cut it at 180° into two parts (RFC 7946, 3.1.9)", i-1, a, b, ErrAntimeridian)
		}
	}
	return nil
}
