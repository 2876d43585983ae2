package archive

import (
	"container/list"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
)

// dirEntry is an entry of a PMTiles directory: run tiles from id on, all of them
// the same length bytes at offset; or with a run of 0 the leaf directory that
// begins at id.
type dirEntry struct {
	id, offset  uint64
	length, run uint32
}

const dirEntryBytes = 24 // of a dirEntry in memory

// decodeDirectory reads an unpacked directory: a count, then the differences of the
// ids, the runs, the lengths and the offsets, where 0 means behind the entry before.
func decodeDirectory(b []byte) ([]dirEntry, error) {
	next := func() (uint64, error) {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return 0, errors.New("it breaks off in a number")
		}
		b = b[n:]
		return v, nil
	}
	count, err := next()
	if err != nil {
		return nil, err
	}
	if count > uint64(len(b)/4) {
		return nil, fmt.Errorf("it claims %d entries in %d bytes", count, len(b))
	}
	entries := make([]dirEntry, count)
	id := uint64(0)
	for i := range entries {
		v, err := next()
		if err != nil {
			return nil, err
		}
		if i > 0 && v == 0 || v > math.MaxUint64-id {
			return nil, fmt.Errorf("entry %d does not follow the one before", i)
		}
		id += v
		entries[i].id = id
	}
	for i := range entries {
		v, err := next()
		if err != nil {
			return nil, err
		}
		if v > math.MaxUint32 {
			return nil, fmt.Errorf("entry %d has a run of %d tiles", i, v)
		}
		entries[i].run = uint32(v)
	}
	for i := range entries {
		v, err := next()
		if err != nil {
			return nil, err
		}
		if v == 0 || v > math.MaxUint32 {
			return nil, fmt.Errorf("entry %d has a length of %d", i, v)
		}
		entries[i].length = uint32(v)
	}
	for i := range entries {
		v, err := next()
		switch {
		case err != nil:
			return nil, err
		case v > 0:
			entries[i].offset = v - 1
		case i == 0:
			return nil, errors.New("its first entry follows none")
		default:
			entries[i].offset = entries[i-1].offset + uint64(entries[i-1].length)
		}
	}
	if len(b) > 0 {
		return nil, fmt.Errorf("%d bytes are left over", len(b))
	}
	return entries, nil
}

// lookUp returns the entry that holds a tile, or the leaf that may.
func lookUp(entries []dirEntry, id uint64) (dirEntry, bool) {
	i, found := slices.BinarySearchFunc(entries, id, func(e dirEntry, id uint64) int {
		switch {
		case e.id < id:
			return -1
		case e.id > id:
			return 1
		}
		return 0
	})
	if !found {
		i--
	}
	if i < 0 {
		return dirEntry{}, false
	}
	e := entries[i]
	return e, e.run == 0 || id-e.id < uint64(e.run)
}

// tileID returns the number of a tile: all coarser ones come first, and within a
// zoom they lie along a Hilbert curve.
func tileID(z, x, y int) uint64 {
	id := (uint64(1)<<(2*z) - 1) / 3
	for s := 1 << z >> 1; s > 0; s >>= 1 {
		rx, ry := 0, 0
		if x&s != 0 {
			rx = 1
		}
		if y&s != 0 {
			ry = 1
		}
		id += uint64(s) * uint64(s) * uint64((3*rx)^ry)
		if ry == 0 {
			if rx == 1 {
				x, y = s-1-x&(s-1), s-1-y&(s-1)
			}
			x, y = y, x
		}
	}
	return id
}

// directories keeps decoded directories, the last used within a budget of bytes.
type directories struct {
	mu     sync.Mutex
	budget int
	used   int
	recent *list.List // of *heldDirectory, last used first
	held   map[section]*list.Element
}

type heldDirectory struct {
	at      section
	entries []dirEntry
}

func newDirectories(budget int) *directories {
	return &directories{budget: budget, recent: list.New(), held: map[section]*list.Element{}}
}

func (d *directories) get(at section) ([]dirEntry, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	e, ok := d.held[at]
	if !ok {
		return nil, false
	}
	d.recent.MoveToFront(e)
	return e.Value.(*heldDirectory).entries, true
}

func (d *directories) put(at section, entries []dirEntry) {
	d.mu.Lock()
	defer d.mu.Unlock()
	size := len(entries) * dirEntryBytes
	if _, ok := d.held[at]; ok || size > d.budget {
		return
	}
	d.used += size
	d.held[at] = d.recent.PushFront(&heldDirectory{at, entries})
	for d.used > d.budget {
		last := d.recent.Back()
		gone := d.recent.Remove(last).(*heldDirectory)
		delete(d.held, gone.at)
		d.used -= len(gone.entries) * dirEntryBytes
	}
}
