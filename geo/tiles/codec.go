package tiles

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/paulmach/orb"

	"iocwall/geo"
)

// The base map file is a gzip stream of:
//
//	magic "IOCMAP1\n"
//	arcs     count, then for each: points
//	areas    count, then for each: set, id, name, flags (bit 0: approximate),
//	         polygons: count, rings: count, arcs: count, signed arc numbers
//	outside  count of polygons, rings: count, points
//	lines    count, then for each: class, rank, name, points
//	places   count, then for each: class, rank, name, group, one position
//
// Counts and ranks are unsigned varints; strings are a count of bytes and UTF-8;
// points are a count and then longitude and latitude as signed varints in units
// of 1e-5 degrees, each relative to the point before it (the first to 0, 0).
const (
	basemapMagic = "IOCMAP1\n"
	coordUnit    = 1e5     // units in a degree, about 1.1 m
	maxItems     = 1 << 22 // bound on every count
	maxBytes     = 64 << 20
)

// Encode writes the map in the format above; equal maps give equal bytes.
func (m *Basemap) Encode(w io.Writer) error {
	e := &encoder{}
	e.buf.WriteString(basemapMagic)
	e.count(len(m.Arcs))
	for _, arc := range m.Arcs {
		e.points(arc)
	}
	e.count(len(m.Areas))
	for _, a := range m.Areas {
		e.area(a)
	}
	e.count(len(m.Outside))
	for _, polygon := range m.Outside {
		e.count(len(polygon))
		for _, ring := range polygon {
			e.points(ring)
		}
	}
	e.count(len(m.Lines))
	for _, l := range m.Lines {
		e.text(string(l.Class))
		e.count(l.Rank)
		e.text(l.Name)
		e.points(l.Points)
	}
	e.count(len(m.Places))
	for _, p := range m.Places {
		e.text(string(p.Class))
		e.count(p.Rank)
		e.text(p.Name)
		e.text(p.Group)
		e.points([]geo.Point{p.At})
	}
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return fmt.Errorf("tiles: encode base map: %w", err)
	}
	if _, err := z.Write(e.buf.Bytes()); err != nil {
		return fmt.Errorf("tiles: encode base map: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("tiles: encode base map: %w", err)
	}
	return nil
}

type encoder struct{ buf bytes.Buffer }

func (e *encoder) count(n int)    { e.buf.Write(binary.AppendUvarint(nil, uint64(n))) }
func (e *encoder) signed(n int64) { e.buf.Write(binary.AppendVarint(nil, n)) }

func (e *encoder) text(s string) {
	e.count(len(s))
	e.buf.WriteString(s)
}

func (e *encoder) points(points []geo.Point) {
	e.count(len(points))
	var x, y int64
	for _, p := range points {
		px, py := int64(math.Round(p[0]*coordUnit)), int64(math.Round(p[1]*coordUnit))
		e.signed(px - x)
		e.signed(py - y)
		x, y = px, py
	}
}

func (e *encoder) area(a Area) {
	e.text(string(a.Set))
	e.text(a.ID)
	e.text(a.Name)
	flags := 0
	if a.Approximate {
		flags |= 1
	}
	e.count(flags)
	e.count(len(a.Polygons))
	for _, rings := range a.Polygons {
		e.count(len(rings))
		for _, ring := range rings {
			e.count(len(ring))
			for _, n := range ring {
				e.signed(int64(n))
			}
		}
	}
}

// Decode reads a base map and checks that every arc exists, every ring is
// closed and every position is valid.
func Decode(data []byte) (*Basemap, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("tiles: open base map: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(z, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("tiles: unpack base map: %w", err)
	}
	if len(raw) > maxBytes {
		return nil, fmt.Errorf("tiles: base map is larger than %d bytes", maxBytes)
	}
	if !bytes.HasPrefix(raw, []byte(basemapMagic)) {
		return nil, errors.New("tiles: not a base map file, or a version this program does not know")
	}
	d := &decoder{rest: raw[len(basemapMagic):]}
	m := d.basemap()
	if d.err != nil {
		return nil, fmt.Errorf("tiles: read base map: %w", d.err)
	}
	if len(d.rest) > 0 {
		return nil, fmt.Errorf("tiles: read base map: %d bytes left over", len(d.rest))
	}
	for _, a := range m.Areas {
		if _, err := m.Outline(a); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// decoder keeps its first error and then returns zero values.
type decoder struct {
	rest []byte
	err  error
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf(format, args...)
	}
	d.rest = nil
}

func (d *decoder) basemap() *Basemap {
	m := &Basemap{}
	for range d.count() {
		m.Arcs = append(m.Arcs, d.points())
	}
	for range d.count() {
		m.Areas = append(m.Areas, d.area())
	}
	for range d.count() {
		var polygon orb.Polygon
		for range d.count() {
			polygon = append(polygon, d.points())
		}
		m.Outside = append(m.Outside, polygon)
	}
	for range d.count() {
		m.Lines = append(m.Lines, Line{Class: Class(d.text()), Rank: d.count(), Name: d.text(), Points: d.points()})
	}
	for range d.count() {
		p := Place{Class: Class(d.text()), Rank: d.count(), Name: d.text(), Group: d.text()}
		if at := d.points(); len(at) == 1 {
			p.At = at[0]
		} else {
			d.fail("place %q has %d positions", p.Name, len(at))
		}
		m.Places = append(m.Places, p)
	}
	return m
}

// count returns a number that is never larger than the bytes left, since every
// item takes at least one; ranks and flags are small, so this holds for them too
// except in the last bytes of a file, where places end with their position.
func (d *decoder) count() int {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 {
		d.fail("the file breaks off in a count")
		return 0
	}
	d.rest = d.rest[size:]
	if n > maxItems || n > uint64(len(d.rest)) {
		d.fail("a count of %d with %d bytes left", n, len(d.rest))
		return 0
	}
	return int(n)
}

func (d *decoder) signed() int64 {
	n, size := binary.Varint(d.rest)
	if size <= 0 {
		d.fail("the file breaks off in a number")
		return 0
	}
	d.rest = d.rest[size:]
	return n
}

func (d *decoder) text() string {
	n := d.count()
	if d.err != nil {
		return ""
	}
	s := string(d.rest[:n])
	d.rest = d.rest[n:]
	return s
}

func (d *decoder) points() []geo.Point {
	n := d.count()
	points := make([]geo.Point, 0, min(n, 4096))
	var x, y int64
	for range n {
		x += d.signed()
		y += d.signed()
		p := geo.Point{float64(x) / coordUnit, float64(y) / coordUnit}
		if d.err == nil && !geo.Valid(p) {
			d.fail("position [%g, %g] is out of range", p[0], p[1])
		}
		if d.err != nil {
			return nil
		}
		points = append(points, p)
	}
	return points
}

func (d *decoder) area() Area {
	a := Area{Set: Set(d.text()), ID: d.text(), Name: d.text()}
	a.Approximate = d.count()&1 != 0
	for range d.count() {
		var rings []Ring
		for range d.count() {
			var ring Ring
			for range d.count() {
				n := d.signed()
				if n != int64(int32(n)) {
					d.fail("arc number %d", n)
				}
				ring = append(ring, int32(n))
			}
			rings = append(rings, ring)
		}
		a.Polygons = append(a.Polygons, rings)
	}
	return a
}

// ring joins the arcs of a ring.
func (m *Basemap) ring(a Area, ring Ring) (orb.Ring, error) {
	var out orb.Ring
	for _, n := range ring {
		i, back := n, false
		if n < 0 {
			i, back = ^n, true
		}
		if int(i) >= len(m.Arcs) || len(m.Arcs[i]) < 2 {
			return nil, fmt.Errorf("tiles: area %s uses arc %d, which is missing", a.ID, i)
		}
		arc := m.Arcs[i]
		if len(out) > 0 {
			out = out[:len(out)-1]
		}
		if !back {
			out = append(out, arc...)
			continue
		}
		for k := len(arc) - 1; k >= 0; k-- {
			out = append(out, arc[k])
		}
	}
	if len(out) < 4 || out[0] != out[len(out)-1] {
		return nil, fmt.Errorf("tiles: a ring of area %s is not closed", a.ID)
	}
	return out, nil
}
