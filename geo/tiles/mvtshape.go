package tiles

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
	"google.golang.org/protobuf/encoding/protowire"
)

// Commands of a geometry, and its kinds.
const (
	moveTo    = 1
	lineTo    = 2
	closePath = 7

	kindPoint   = 1
	kindLine    = 2
	kindPolygon = 3
)

// geometry turns commands into shapes in the unit square. The result is nil if the
// kind is one that this program does not know, or if nothing is left of it.
func (d *vectorDecoder) geometry(kind uint64, commands []uint32) (orb.Geometry, error) {
	if kind < kindPoint || kind > kindPolygon {
		return nil, nil
	}
	paths, err := d.paths(kind, commands)
	if err != nil {
		return nil, err
	}
	switch {
	case len(commands) == 0:
		return nil, broken("it has no points")
	case len(paths) == 0:
		return nil, nil
	case kind == kindPolygon:
		unit := d.side / float64(d.extent)
		return polygons(paths, unit*unit), nil
	case kind == kindLine:
		if len(paths) == 1 {
			return orb.LineString(paths[0]), nil
		}
		lines := make(orb.MultiLineString, len(paths))
		for i, p := range paths {
			lines[i] = p
		}
		return lines, nil
	}
	var points orb.MultiPoint
	for _, p := range paths {
		points = append(points, p...)
	}
	if len(points) == 1 {
		return points[0], nil
	}
	return points, nil
}

// paths follows the commands: points, lines or closed rings.
func (d *vectorDecoder) paths(kind uint64, commands []uint32) ([][]orb.Point, error) {
	var paths [][]orb.Point
	var x, y int64
	limit := int64(d.extent) * maxReach
	unit := d.side / float64(d.extent)
	for i := 0; i < len(commands); {
		command, count := commands[i]&7, int(commands[i]>>3)
		i++
		if command == closePath {
			if kind != kindPolygon || len(paths) == 0 || count != 1 {
				return nil, broken("it closes a path that is none")
			}
			last := &paths[len(paths)-1]
			*last = append(*last, (*last)[0])
			continue
		}
		if command != moveTo && command != lineTo || count == 0 {
			return nil, broken("command %d (%d times) is unknown", command, count)
		}
		if count > (len(commands)-i)/2 {
			return nil, broken("it breaks off: %d points are told, %d are there", count, (len(commands)-i)/2)
		}
		if command == moveTo && kind != kindPoint && count != 1 {
			return nil, broken("a path begins at %d points", count)
		}
		if command == moveTo {
			paths = append(paths, nil)
		}
		if len(paths) == 0 || command == lineTo && kind == kindPoint {
			return nil, broken("a line begins nowhere")
		}
		path := &paths[len(paths)-1]
		*path = slices.Grow(*path, count+1)
		for range count {
			x += protowire.DecodeZigZag(uint64(commands[i]))
			y += protowire.DecodeZigZag(uint64(commands[i+1]))
			i += 2
			if x < -limit || x > limit || y < -limit || y > limit {
				return nil, broken("it reaches more than %d tiles away", maxReach)
			}
			*path = append(*path, orb.Point{d.west + float64(x)*unit, d.north + float64(y)*unit})
		}
	}
	return d.whole(kind, paths)
}

// whole leaves out paths too short to be seen and checks that rings are closed.
func (d *vectorDecoder) whole(kind uint64, paths [][]orb.Point) ([][]orb.Point, error) {
	kept := paths[:0]
	for _, p := range paths {
		switch {
		case kind == kindLine && len(p) < 2:
			continue
		case kind == kindPolygon && (len(p) < 2 || p[0] != p[len(p)-1]):
			return nil, broken("a ring is not closed")
		case kind == kindPolygon && len(p) < 4:
			continue
		}
		kept = append(kept, p)
	}
	return kept, nil
}

// polygons groups rings: a ring that turns as the first one does begins a polygon,
// those that turn the other way are holes in it. Rings without area are left out:
// twice an area is at least one square unit of the tile, give or take the rounding.
func polygons(rings [][]orb.Point, unit float64) orb.Geometry {
	var all orb.MultiPolygon
	outer := 0.0
	for _, ring := range rings {
		area := twiceArea(ring)
		if math.Abs(area) < unit/2 {
			continue
		}
		if outer == 0 {
			outer = area
		}
		if len(all) == 0 || math.Signbit(area) == math.Signbit(outer) {
			all = append(all, orb.Polygon{ring})
			continue
		}
		last := len(all) - 1
		all[last] = append(all[last], ring)
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return all
}

// twiceArea returns twice the area of a ring, signed by its direction.
func twiceArea(ring []orb.Point) float64 {
	sum := 0.0
	o := ring[0]
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		sum += (a[0]-o[0])*(b[1]-o[1]) - (b[0]-o[0])*(a[1]-o[1])
	}
	return sum
}
