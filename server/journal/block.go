package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"runtime"
	"sync"

	"iocwall/server/world"
)

// A block is some consecutive events with a header of its own (big endian):
//
//	0  magic    "IWB1"
//	4  checksum uint32, CRC-32C of all that follows
//	8  length   uint32, bytes after the header
//	12 count    uint32, events
//	16 first    uint64, number of the first event
//	24 stamp    uint64, rises with every attempt to write; the higher one holds
//	32 seen     int64, Seen of the last event
//	40 events, each as its length (uvarint) and world.EncodeEvent
const (
	blockMagic  = "IWB1"
	blockHeader = 40
	blockTarget = 8 << 10  // bytes after which a block is closed
	maxEvent    = 16 << 20 // bytes of one event
)

var errBlock = errors.New("block is damaged")

// block is a sealed block and its key.
type block struct {
	first uint64
	data  []byte
}

// header is the decoded head of a block.
type header struct {
	length uint32
	count  uint32
	first  uint64
	stamp  uint64
	seen   world.Time
}

func (h header) last() uint64 { return h.first + uint64(h.count) - 1 }

func castagnoli(data []byte) uint32 {
	return crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)) // the table is made once by the library
}

// parseHeader reads the head of a block without checking the checksum.
func parseHeader(data []byte) (header, bool) {
	if len(data) < blockHeader || string(data[:4]) != blockMagic {
		return header{}, false
	}
	h := header{
		length: binary.BigEndian.Uint32(data[8:]),
		count:  binary.BigEndian.Uint32(data[12:]),
		first:  binary.BigEndian.Uint64(data[16:]),
		stamp:  binary.BigEndian.Uint64(data[24:]),
		seen:   world.Time(binary.BigEndian.Uint64(data[32:])),
	}
	return h, h.count > 0 && h.first > 0 && h.count <= h.length
}

// openBlock checks the block at the start of data, which may be longer.
func openBlock(data []byte) (header, []byte, error) {
	h, ok := parseHeader(data)
	if !ok || uint64(len(data)) < blockHeader+uint64(h.length) {
		return header{}, nil, errBlock
	}
	data = data[:blockHeader+int(h.length)]
	if castagnoli(data[8:]) != binary.BigEndian.Uint32(data[4:]) {
		return header{}, nil, fmt.Errorf("%w: wrong checksum at event %d", errBlock, h.first)
	}
	return h, data[blockHeader:], nil
}

// seal fills the head of a block whose events start at blockHeader.
func seal(data []byte, h header) {
	copy(data, blockMagic)
	binary.BigEndian.PutUint32(data[8:], uint32(len(data)-blockHeader))
	binary.BigEndian.PutUint32(data[12:], h.count)
	binary.BigEndian.PutUint64(data[16:], h.first)
	binary.BigEndian.PutUint64(data[24:], h.stamp)
	binary.BigEndian.PutUint64(data[32:], uint64(h.seen))
	binary.BigEndian.PutUint32(data[4:], castagnoli(data[8:]))
}

// eachEvent calls fn with the bytes of each event of a block.
func eachEvent(h header, payload []byte, fn func(seq uint64, data []byte) error) error {
	for i := range uint64(h.count) {
		n, w := binary.Uvarint(payload)
		if w <= 0 || n > uint64(len(payload)-w) {
			return fmt.Errorf("%w: event %d is cut", errBlock, h.first+i)
		}
		if err := fn(h.first+i, payload[w:w+int(n)]); err != nil {
			return err
		}
		payload = payload[w+int(n):]
	}
	if len(payload) > 0 {
		return fmt.Errorf("%w: bytes after event %d", errBlock, h.last())
	}
	return nil
}

// decodeBlock appends the events of the block at the start of data to out.
func decodeBlock(out []world.Event, data []byte) ([]world.Event, error) {
	h, payload, err := openBlock(data)
	if err != nil {
		return out, err
	}
	err = eachEvent(h, payload, func(seq uint64, raw []byte) error {
		e, err := world.DecodeEvent(raw)
		if err != nil {
			return err
		}
		if e.Seq != seq {
			return fmt.Errorf("%w: event %d stands where %d should", errBlock, e.Seq, seq)
		}
		out = append(out, e)
		return nil
	})
	return out, err
}

// encodeBatch turns a batch into blocks, on several cores when it is long, and
// returns the records among its events as well.
func encodeBatch(events []world.Event, stamp uint64) ([]block, []record, error) {
	const share = 256 // fewer events than this are not worth another goroutine
	n := min(runtime.GOMAXPROCS(0), (len(events)+share-1)/share)
	if n <= 1 {
		return encodePart(events, stamp)
	}
	type part struct {
		blocks  []block
		records []record
		err     error
	}
	parts := make([]part, n)
	var wg sync.WaitGroup
	for i := range parts {
		from, to := i*len(events)/n, (i+1)*len(events)/n
		wg.Go(func() {
			p := &parts[i]
			p.blocks, p.records, p.err = encodePart(events[from:to], stamp)
		})
	}
	wg.Wait()
	var blocks []block
	var records []record
	for _, p := range parts {
		if p.err != nil {
			return nil, nil, p.err
		}
		blocks, records = append(blocks, p.blocks...), append(records, p.records...)
	}
	return blocks, records, nil
}

func encodePart(events []world.Event, stamp uint64) (blocks []block, records []record, err error) {
	var data []byte
	h := header{stamp: stamp}
	for i := range events {
		e := &events[i]
		raw, err := world.EncodeEvent(e)
		if err != nil {
			return nil, nil, &EncodeError{Seq: e.Seq, Err: err}
		}
		if len(raw) > maxEvent {
			return nil, nil, &EncodeError{Seq: e.Seq, Err: fmt.Errorf("%s of %d bytes, at most %d are kept", e.Body.Kind(), len(raw), maxEvent)}
		}
		if data == nil {
			data = make([]byte, blockHeader, blockHeader+blockTarget+1024)
			h.first, h.count = e.Seq, 0
		}
		data = binary.AppendUvarint(data, uint64(len(raw)))
		data = append(data, raw...)
		h.count++
		h.seen = e.Seen
		if isRecord(e.Body) {
			records = append(records, record{seq: e.Seq, data: raw})
		}
		if len(data) >= blockTarget || i == len(events)-1 {
			seal(data, h)
			blocks = append(blocks, block{first: h.first, data: data})
			data = nil
		}
	}
	return blocks, records, nil
}
