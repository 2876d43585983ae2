package archive

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"time"
)

// A file of the cache is: magic "IOCTILE1", the seconds since 1970 at which the tile
// was fetched and goes stale (8 bytes each, little endian), the length of its tag (2
// bytes) and of itself (4 bytes), a CRC-32 (IEEE) of all the rest (4 bytes), the
// tag, the tile. A tile without bytes says that the server has none.
const (
	keptMagic  = "IOCTILE1"
	keptHeader = 34
	maxTag     = 1024 // of an entity tag of HTTP
)

// kept is a tile in the cache.
type kept struct {
	fetched, stale time.Time
	tag            string
	tile           []byte
}

func (k kept) encode() []byte {
	if len(k.tag) > maxTag {
		k.tag = ""
	}
	b := make([]byte, 0, keptHeader+len(k.tag)+len(k.tile))
	b = append(b, keptMagic...)
	b = binary.LittleEndian.AppendUint64(b, uint64(k.fetched.Unix()))
	b = binary.LittleEndian.AppendUint64(b, uint64(k.stale.Unix()))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(k.tag)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(k.tile)))
	b = append(b, 0, 0, 0, 0)
	b = append(b, k.tag...)
	b = append(b, k.tile...)
	binary.LittleEndian.PutUint32(b[keptHeader-4:], keptSum(b))
	return b
}

func keptSum(b []byte) uint32 {
	return crc32.Update(crc32.ChecksumIEEE(b[:keptHeader-4]), crc32.IEEETable, b[keptHeader:])
}

func decodeKept(b []byte) (kept, error) {
	if len(b) < keptHeader || string(b[:len(keptMagic)]) != keptMagic {
		return kept{}, errors.New("it is no kept tile")
	}
	tag, size := int(binary.LittleEndian.Uint16(b[24:])), int(binary.LittleEndian.Uint32(b[26:]))
	if tag > maxTag || len(b)-keptHeader != tag+size {
		return kept{}, fmt.Errorf("it says %d + %d bytes and has %d", tag, size, len(b)-keptHeader)
	}
	if keptSum(b) != binary.LittleEndian.Uint32(b[keptHeader-4:]) {
		return kept{}, errors.New("its sum is wrong")
	}
	seconds := func(at int) time.Time { return time.Unix(int64(binary.LittleEndian.Uint64(b[at:])), 0) }
	return kept{
		fetched: seconds(8), stale: seconds(16),
		tag: string(b[keptHeader : keptHeader+tag]), tile: b[keptHeader+tag:],
	}, nil
}

// readBounded reads a file of at most limit bytes.
func readBounded(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(raw)) > limit {
		err = fmt.Errorf("it has more than %d bytes", limit)
	}
	return raw, err
}
