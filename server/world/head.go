package world

import "encoding/binary"

// The outside of an event is read and written by hand: it is the same few heads
// every time (RFC 8949 section 3), and the general decoder would go over the
// body twice.
const (
	cborUint  = 0 << 5
	cborNeg   = 1 << 5
	cborText  = 3 << 5
	cborArray = 4 << 5
	cborMajor = 7 << 5
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

func appendTime(dst []byte, t Time) []byte {
	if t < 0 {
		return appendHead(dst, cborNeg, uint64(-1-t))
	}
	return appendHead(dst, cborUint, uint64(t))
}

func appendText(dst []byte, s string) []byte {
	return append(appendHead(dst, cborText, uint64(len(s))), s...)
}

// reader takes heads off the front of rest; after a fault everything it returns
// is zero.
type reader struct {
	rest []byte
	bad  bool
}

// head reads a head of the major type and returns its number.
func (r *reader) head(major byte) uint64 {
	if r.bad || len(r.rest) == 0 || r.rest[0]&cborMajor != major {
		r.bad = true
		return 0
	}
	low := r.rest[0] &^ cborMajor
	r.rest = r.rest[1:]
	if low < 24 {
		return uint64(low)
	}
	size := 1 << (low - 24)
	if low > 27 || len(r.rest) < size {
		r.bad = true
		return 0
	}
	var n uint64
	for _, b := range r.rest[:size] {
		n = n<<8 | uint64(b)
	}
	r.rest = r.rest[size:]
	return n
}

func (r *reader) time() Time {
	if len(r.rest) > 0 && r.rest[0]&cborMajor == cborNeg {
		return -1 - Time(r.head(cborNeg))
	}
	return Time(r.head(cborUint))
}

// text returns the bytes of a text; they are part of what is read.
func (r *reader) text() []byte {
	n := r.head(cborText)
	if r.bad || n > uint64(len(r.rest)) {
		r.bad = true
		return nil
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}
