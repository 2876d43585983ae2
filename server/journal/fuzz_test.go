package journal

import (
	"bytes"
	"encoding/binary"
	"testing"

	"iocwall/server/world"
)

func FuzzDecodeSnapshot(f *testing.F) {
	for _, data := range [][]byte{nil, []byte("state"), bytes.Repeat([]byte("state"), 10_000)} {
		raw, err := encodeSnapshot(Snapshot{Pos: world.Position{Epoch: 3, Seq: 7}, Seen: noon, Data: data})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
		f.Add(raw[:len(raw)/2])
		f.Add(append(raw, 0))
	}
	f.Add([]byte("IWS2"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) >= snapshotHeader { // past the checksum, to the decoder
			raw = bytes.Clone(raw)
			binary.BigEndian.PutUint32(raw[4:], castagnoli(raw[8:]))
		}
		s, err := decodeSnapshot(raw)
		if err != nil {
			return
		}
		again, err := encodeSnapshot(s)
		if err != nil {
			t.Fatal(err)
		}
		back, err := decodeSnapshot(again)
		if err != nil || back.Pos != s.Pos || back.Seen != s.Seen || !bytes.Equal(back.Data, s.Data) {
			t.Fatalf("%v: %+v is not %+v", err, back, s)
		}
	})
}

func FuzzDecodeBlock(f *testing.F) {
	blocks, _, err := encodeBatch(events(1, 300), 9)
	if err != nil {
		f.Fatal(err)
	}
	for _, b := range blocks {
		f.Add(b.data)
	}
	f.Add(blocks[0].data[:100])
	f.Add([]byte(blockMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		if h, ok := parseHeader(data); ok && uint64(len(data)) >= blockHeader+uint64(h.length) {
			data = bytes.Clone(data)
			binary.BigEndian.PutUint32(data[4:], castagnoli(data[8:blockHeader+int(h.length)]))
		}
		es, err := decodeBlock(nil, data)
		if err != nil {
			return
		}
		h, _ := parseHeader(data)
		if uint32(len(es)) != h.count || es[0].Seq != h.first || es[len(es)-1].Seq != h.last() {
			t.Fatalf("%d events from a block of %+v", len(es), h)
		}
	})
}

// Any bytes between and over blocks: what comes out is in order, intact, once.
func FuzzSalvage(f *testing.F) {
	blocks, _, err := encodeBatch(events(1, 300), 9)
	if err != nil {
		f.Fatal(err)
	}
	var raw []byte
	for _, b := range blocks {
		raw = append(raw, b.data...)
	}
	f.Add(raw, 0, []byte{})
	f.Add(raw, 100, []byte("garbage"))
	f.Add(raw, len(raw)-10, bytes.Repeat([]byte(blockMagic), 10))
	f.Fuzz(func(t *testing.T, raw []byte, at int, noise []byte) {
		if at >= 0 && at < len(raw) {
			raw = bytes.Clone(raw)
			copy(raw[at:], noise)
		}
		next := uint64(1)
		for _, b := range salvage(raw, 1, 0) {
			h, _, err := openBlock(b.data)
			if err != nil || h.first < next || h != b.header {
				t.Fatalf("%v: block %+v where %d comes next", err, h, next)
			}
			next = h.last() + 1
		}
	})
}
