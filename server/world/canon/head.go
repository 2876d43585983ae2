package canon

import "encoding/binary"

// The outside of what is written very often is read and written by hand: it is
// the same few heads every time (RFC 8949 section 3), and the general decoder
// would go over the inside twice.
const (
	majorUint  = 0 << 5
	majorNeg   = 1 << 5
	majorText  = 3 << 5
	majorArray = 4 << 5
	majorMask  = 7 << 5
)

// appendHead appends the head of an item in its shortest form.
func appendHead(dst []byte, major byte, n uint64) []byte {
	switch {
	case n < 24:
		return append(dst, major|byte(n))
	case n < 1<<8:
		return append(dst, major|24, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(dst, major|25), uint16(n))
	case n < 1<<32:
		return binary.BigEndian.AppendUint32(append(dst, major|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(dst, major|27), n)
}

// AppendArray appends the head of an array of n elements, which must follow.
func AppendArray(dst []byte, n uint64) []byte { return appendHead(dst, majorArray, n) }

// AppendUint appends a number.
func AppendUint(dst []byte, n uint64) []byte { return appendHead(dst, majorUint, n) }

// AppendInt appends a number that may be below zero.
func AppendInt(dst []byte, n int64) []byte {
	if n < 0 {
		return appendHead(dst, majorNeg, uint64(-1-n))
	}
	return appendHead(dst, majorUint, uint64(n))
}

// AppendText appends a text.
func AppendText(dst []byte, s string) []byte {
	return append(appendHead(dst, majorText, uint64(len(s))), s...)
}

// Reader takes items off the front of Rest. After the first fault Bad is set and
// everything it returns is zero.
type Reader struct {
	Rest []byte
	Bad  bool
}

// head reads a head of the major type and returns its number.
func (r *Reader) head(major byte) uint64 {
	if r.Bad || len(r.Rest) == 0 || r.Rest[0]&majorMask != major {
		r.Bad = true
		return 0
	}
	low := r.Rest[0] &^ majorMask
	r.Rest = r.Rest[1:]
	if low < 24 {
		return uint64(low)
	}
	size := 1 << (low - 24)
	if low > 27 || len(r.Rest) < size {
		r.Bad = true
		return 0
	}
	var n uint64
	for _, b := range r.Rest[:size] {
		n = n<<8 | uint64(b)
	}
	r.Rest = r.Rest[size:]
	return n
}

// Array reads the head of an array and returns how many elements follow.
func (r *Reader) Array() uint64 { return r.head(majorArray) }

// Uint reads a number.
func (r *Reader) Uint() uint64 { return r.head(majorUint) }

// Int reads a number that may be below zero.
func (r *Reader) Int() int64 {
	if len(r.Rest) > 0 && r.Rest[0]&majorMask == majorNeg {
		return -1 - int64(r.head(majorNeg))
	}
	return int64(r.head(majorUint))
}

// Text returns the bytes of a text; they are part of what is read.
func (r *Reader) Text() []byte {
	n := r.head(majorText)
	if r.Bad || n > uint64(len(r.Rest)) {
		r.Bad = true
		return nil
	}
	s := r.Rest[:n]
	r.Rest = r.Rest[n:]
	return s
}
