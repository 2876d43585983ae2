// Package canon gives things one form in bytes: CBOR in core deterministic
// encoding (RFC 8949 section 4.2.1). Equal values have equal bytes, which digests
// and sums rely on.
package canon

import (
	"bytes"
	"math"

	"github.com/fxamacker/cbor/v2"
)

var (
	encMode = mustMode(cbor.CoreDetEncOptions().UserBufferEncMode())
	// What is read was written here and is checksummed: it must never be
	// refused for its size or its letters. Doors bound what comes in.
	decMode = mustMode(cbor.DecOptions{
		MaxNestedLevels:  32,
		MaxArrayElements: math.MaxInt32,
		MaxMapPairs:      math.MaxInt32,
		UTF8:             cbor.UTF8DecodeInvalid,
	}.DecMode())
)

func mustMode[M any](m M, err error) M {
	if err != nil {
		panic(err)
	}
	return m
}

// Raw is a value that is coded already.
type Raw = cbor.RawMessage

// Marshal returns the one form of v.
func Marshal(v any) ([]byte, error) { return Append(nil, v) }

// Append appends the one form of v to dst. On an error dst is returned as it was.
func Append(dst []byte, v any) ([]byte, error) {
	buf := bytes.NewBuffer(dst)
	if err := encMode.MarshalToBuffer(v, buf); err != nil {
		return dst, err
	}
	return buf.Bytes(), nil
}

// Unmarshal reads one value into v; it does not share memory with data.
func Unmarshal(data []byte, v any) error { return decMode.Unmarshal(data, v) }

// Wellformed returns nil when data is exactly one value of CBOR, whatever it
// means.
func Wellformed(data []byte) error { return decMode.Wellformed(data) }
