package tiles

import (
	"errors"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"iocwall/geo/tiles/archive"
)

// Vector tiles, after https://github.com/mapbox/vector-tile-spec/tree/master/2.1.
// The reader is our own, on the wire format of Google's library: the one of orb
// falls over features without geometry, keeps whole numbers as fractions, and loses
// a whole tile for one bad feature.
const (
	maxDecoded   = 48 << 20 // bytes of one tile in memory, about
	maxReach     = 64       // tiles that a feature may reach beyond its own
	maxProblems  = 4        // bad features of a tile that are told one by one
	bytesPoint   = 24
	bytesTag     = 96
	bytesFeature = 160
	bytesText    = 24
)

// VectorTile is a decoded vector tile.
type VectorTile struct {
	Layers   []VectorLayer
	Bytes    int64   // of it in memory, about
	Rejected int     // features that were broken and are left out
	Problems []error // the first of them, each with layer and index
}

// DecodeVector decodes the vector tile (z, x, y), unpacked. A broken feature is
// left out and told; a tile that breaks off, or that would need more than 48 MiB of
// memory, is an error.
func DecodeVector(tile []byte, z, x, y int) (*VectorTile, error) {
	if !archive.OnMap(z, x, y) {
		return nil, fmt.Errorf("there is no tile %d/%d/%d", z, x, y)
	}
	d := &vectorDecoder{out: &VectorTile{}, side: math.Exp2(-float64(z))}
	d.west, d.north = float64(x)*d.side, float64(y)*d.side
	err := eachField(tile, func(num protowire.Number, f field) error {
		if num != 3 {
			return nil
		}
		return d.layer(f.bytes)
	})
	if err != nil {
		return nil, fmt.Errorf("it is a broken vector tile: %w", err)
	}
	return d.out, nil
}

// field is the value of a field: a number, or the bytes of a text or message.
type field struct {
	number uint64
	bytes  []byte
	packed bool // it has bytes
}

// eachField calls f with the fields of a message, in order.
func eachField(b []byte, f func(protowire.Number, field) error) error {
	for len(b) > 0 {
		num, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
		var v field
		switch kind {
		case protowire.VarintType:
			v.number, n = protowire.ConsumeVarint(b)
		case protowire.Fixed64Type:
			v.number, n = protowire.ConsumeFixed64(b)
		case protowire.Fixed32Type:
			var short uint32
			short, n = protowire.ConsumeFixed32(b)
			v.number = uint64(short)
		case protowire.BytesType:
			v.bytes, n = protowire.ConsumeBytes(b)
			v.packed = true
		default:
			n = protowire.ConsumeFieldValue(num, kind, b)
		}
		if n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
		if err := f(num, v); err != nil {
			return err
		}
	}
	return nil
}

type vectorDecoder struct {
	out               *VectorTile
	west, north, side float64 // of the tile in the unit square

	// Of the layer that is being read.
	keys     []string
	values   []any
	features [][]byte
	extent   uint64
}

// spend counts memory, before it is used.
func (d *vectorDecoder) spend(n int) error {
	if d.out.Bytes += int64(n); d.out.Bytes > maxDecoded {
		return fmt.Errorf("it needs more than %d MiB of memory", maxDecoded>>20)
	}
	return nil
}

func (d *vectorDecoder) layer(b []byte) error {
	d.keys, d.values, d.features, d.extent = nil, nil, nil, 4096
	name := ""
	err := eachField(b, func(num protowire.Number, f field) error {
		switch num {
		case 1:
			name = string(f.bytes)
		case 2:
			d.features = append(d.features, f.bytes)
			return d.spend(bytesFeature)
		case 3:
			d.keys = append(d.keys, string(f.bytes))
			return d.spend(len(f.bytes) + bytesText)
		case 4:
			v, err := decodeValue(f.bytes)
			if err != nil {
				return fmt.Errorf("value %d of layer %q: %w", len(d.values), name, err)
			}
			d.values = append(d.values, v)
			return d.spend(len(f.bytes) + bytesText)
		case 5:
			d.extent = f.number
		}
		return nil
	})
	if err != nil {
		return err
	}
	if d.extent < 1 || d.extent > 1<<20 {
		return fmt.Errorf("layer %q is %d units wide", name, d.extent)
	}
	layer := VectorLayer{Name: name}
	for i, raw := range d.features {
		f, err := d.feature(raw)
		var broken *brokenFeature
		switch {
		case errors.As(err, &broken):
			d.out.Rejected++
			if len(d.out.Problems) < maxProblems {
				d.out.Problems = append(d.out.Problems, fmt.Errorf("layer %q, feature %d: %w", name, i, err))
			}
		case err != nil:
			return err
		case f.Geometry != nil:
			layer.Features = append(layer.Features, f)
		}
	}
	if len(layer.Features) > 0 {
		d.out.Layers = append(d.out.Layers, layer)
	}
	return nil
}

// decodeValue reads the value of a property; one without content is nil.
func decodeValue(b []byte) (v any, err error) {
	err = eachField(b, func(num protowire.Number, f field) error {
		switch num {
		case 1:
			v = string(f.bytes)
		case 2:
			v = float64(math.Float32frombits(uint32(f.number)))
		case 3:
			v = math.Float64frombits(f.number)
		case 4:
			v = int64(f.number)
		case 5:
			v = f.number
		case 6:
			v = protowire.DecodeZigZag(f.number)
		case 7:
			v = f.number != 0
		}
		return nil
	})
	return v, err
}

// brokenFeature is an error that concerns one feature alone.
type brokenFeature struct{ why string }

func (b *brokenFeature) Error() string { return b.why }

func broken(format string, args ...any) error {
	return &brokenFeature{fmt.Sprintf(format, args...)}
}

// feature reads a feature; its geometry is nil if it is of an unknown kind.
func (d *vectorDecoder) feature(b []byte) (VectorFeature, error) {
	var f VectorFeature
	var tags, commands []uint32
	kind := uint64(0)
	err := eachField(b, func(num protowire.Number, v field) error {
		var err error
		switch num {
		case 1:
			f.ID = v.number
		case 2:
			tags, err = appendNumbers(tags, v)
		case 3:
			kind = v.number
		case 4:
			commands, err = appendNumbers(commands, v)
		}
		return err
	})
	if err != nil {
		return f, broken("it cannot be read: %v", err)
	}
	// Commands become points at two numbers a point; tags become entries.
	if err := d.spend(len(commands)/2*bytesPoint + len(tags)/2*bytesTag); err != nil {
		return f, err
	}
	if len(tags)%2 != 0 {
		return f, broken("its tags are no pairs")
	}
	f.Properties = make(map[string]any, len(tags)/2)
	for i := 0; i < len(tags); i += 2 {
		k, v := int64(tags[i]), int64(tags[i+1])
		if k >= int64(len(d.keys)) || v >= int64(len(d.values)) {
			return f, broken("its tag %d points nowhere", i/2)
		}
		if d.values[v] != nil {
			f.Properties[d.keys[k]] = d.values[v]
		}
	}
	f.Geometry, err = d.geometry(kind, commands)
	return f, err
}

// appendNumbers reads numbers that come packed, or one by one.
func appendNumbers(to []uint32, f field) ([]uint32, error) {
	if !f.packed {
		return append(to, uint32(f.number)), nil
	}
	for b := f.bytes; len(b) > 0; {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 {
			return nil, protowire.ParseError(n)
		}
		to = append(to, uint32(v))
		b = b[n:]
	}
	return to, nil
}
