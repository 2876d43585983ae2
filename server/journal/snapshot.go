package journal

import (
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"iocwall/server/world"
)

// A snapshot file is a head (big endian) and the state, deflated:
//
//	0  magic    "IWS1"
//	4  checksum uint32, CRC-32C of all that follows
//	8  epoch    uint64
//	16 seq      uint64, last event in the state
//	24 seen     int64, when it was learnt
//	32 size     uint64, bytes of the state before deflating
//	40 the state as world.State.Snapshot returned it, RFC 1951
const (
	snapshotMagic  = "IWS1"
	snapshotHeader = 40
	snapshotLimit  = 1 << 30 // bytes of a state that are believed
	snapshotsKept  = 3
)

var errSnapshot = errors.New("snapshot is damaged")

// Snapshot is the state at a place in the history.
type Snapshot struct {
	Pos  world.Position
	Seen world.Time
	// Data is what world.State.Snapshot returned; world.Restore reads it.
	Data []byte
}

// snapshotFile is a snapshot on disk.
type snapshotFile struct {
	path string
	seq  uint64
}

// PutSnapshot stores the state after event pos.Seq; data is what
// world.State.Snapshot returned, seen its Seen. It is durable, whole or not at
// all, when PutSnapshot returns. The newest three are kept, and the first of
// each day as long as that day's events are.
func (l *Log) PutSnapshot(pos world.Position, seen world.Time, data []byte) error {
	if last := l.Position().Seq; pos.Seq > last {
		return fmt.Errorf("journal: snapshot at event %d, but the log ends at %d", pos.Seq, last)
	}
	raw, err := encodeSnapshot(Snapshot{Pos: pos, Seen: seen, Data: data})
	if err != nil {
		return err
	}
	l.snapshots.Lock()
	defer l.snapshots.Unlock()
	if l.isClosed() {
		return ErrClosed
	}
	path := filepath.Join(l.dir, "snapshots", fmt.Sprintf("%016d.snap", pos.Seq))
	if err := writeFile(path, raw); err != nil {
		return fmt.Errorf("journal: snapshot: %w", err)
	}
	return l.pruneSnapshots()
}

// LatestSnapshot returns the newest snapshot that can be read, an older one
// where the newest is torn, ErrNoSnapshot where there is none.
func (l *Log) LatestSnapshot() (Snapshot, error) {
	return l.snapshotWhere(func(Snapshot) bool { return true })
}

// snapshotWhere returns the newest readable snapshot that fits.
func (l *Log) snapshotWhere(fits func(head Snapshot) bool) (Snapshot, error) {
	files, err := l.listSnapshots()
	if err != nil {
		return Snapshot{}, err
	}
	for _, f := range slices.Backward(files) {
		head, err := readSnapshotHead(f.path)
		if err == nil && !fits(head) {
			continue
		}
		var s Snapshot
		if err == nil {
			s, err = readSnapshot(f.path)
		}
		if err == nil {
			return s, nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			l.log.Error("snapshot cannot be read, an older one is used", "path", f.path, "error", err)
		}
	}
	return Snapshot{}, ErrNoSnapshot
}

// newestSnapshot returns the head of the newest snapshot that is whole.
func (l *Log) newestSnapshot() (Snapshot, bool) {
	files, err := l.listSnapshots()
	if err != nil {
		return Snapshot{}, false
	}
	for _, f := range slices.Backward(files) {
		if f.seq <= l.pos.Seq {
			break // it can teach nothing new
		}
		if s, err := readSnapshot(f.path); err == nil {
			return s, true
		}
	}
	return Snapshot{}, false
}

func (l *Log) listSnapshots() ([]snapshotFile, error) {
	dir := filepath.Join(l.dir, "snapshots")
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	var out []snapshotFile
	for _, e := range entries {
		var f snapshotFile
		if n, _ := fmt.Sscanf(e.Name(), "%016d.snap", &f.seq); n == 1 && filepath.Ext(e.Name()) == ".snap" {
			f.path = filepath.Join(dir, e.Name())
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b snapshotFile) int { return cmp.Compare(a.seq, b.seq) })
	return out, nil
}

// pruneSnapshots deletes what nobody needs: all but the newest ones and the
// first of each day whose events are there.
func (l *Log) pruneSnapshots() error {
	files, err := l.listSnapshots()
	if err != nil {
		return err
	}
	first := l.First()
	days := map[string]bool{}
	for i, f := range files {
		if i >= len(files)-snapshotsKept {
			break
		}
		if head, err := readSnapshotHead(f.path); err == nil && f.seq+1 >= first {
			if day := dayOf(head.Seen); !days[day] {
				days[day] = true
				continue
			}
		}
		if err := os.Remove(f.path); err != nil {
			return fmt.Errorf("journal: %w", err)
		}
	}
	return nil
}

func encodeSnapshot(s Snapshot) ([]byte, error) {
	var buf bytes.Buffer
	buf.Grow(snapshotHeader + len(s.Data)/3)
	buf.Write(make([]byte, snapshotHeader))
	w, err := flate.NewWriter(&buf, flate.BestSpeed)
	if err == nil {
		_, err = w.Write(s.Data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("journal: deflate snapshot: %w", err)
	}
	raw := buf.Bytes()
	copy(raw, snapshotMagic)
	binary.BigEndian.PutUint64(raw[8:], s.Pos.Epoch)
	binary.BigEndian.PutUint64(raw[16:], s.Pos.Seq)
	binary.BigEndian.PutUint64(raw[24:], uint64(s.Seen))
	binary.BigEndian.PutUint64(raw[32:], uint64(len(s.Data)))
	binary.BigEndian.PutUint32(raw[4:], castagnoli(raw[8:]))
	return raw, nil
}

// decodeSnapshot reads what encodeSnapshot made.
func decodeSnapshot(raw []byte) (Snapshot, error) {
	s, size, err := decodeSnapshotHead(raw)
	if err != nil {
		return Snapshot{}, err
	}
	if castagnoli(raw[8:]) != binary.BigEndian.Uint32(raw[4:]) {
		return Snapshot{}, fmt.Errorf("%w: wrong checksum", errSnapshot)
	}
	// Deflate makes at most some 1,032 bytes of one; a size beyond is a lie.
	if size > snapshotLimit || size/1100 > uint64(len(raw)) {
		return Snapshot{}, fmt.Errorf("%w: a state of %d bytes", errSnapshot, size)
	}
	s.Data = make([]byte, size)
	r := flate.NewReader(bytes.NewReader(raw[snapshotHeader:]))
	if _, err := io.ReadFull(r, s.Data); err != nil {
		return Snapshot{}, fmt.Errorf("%w: %w", errSnapshot, err)
	}
	if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		return Snapshot{}, fmt.Errorf("%w: bytes after the state", errSnapshot)
	}
	return s, nil
}

func decodeSnapshotHead(raw []byte) (s Snapshot, size uint64, err error) {
	if len(raw) < snapshotHeader {
		return s, 0, fmt.Errorf("%w: %d bytes", errSnapshot, len(raw))
	}
	if string(raw[:3]) != snapshotMagic[:3] {
		return s, 0, fmt.Errorf("%w: no snapshot", errSnapshot)
	}
	if raw[3] != snapshotMagic[3] {
		return s, 0, fmt.Errorf("%w: format %q, this program reads %q", errSnapshot, raw[3], snapshotMagic[3])
	}
	s.Pos = world.Position{Epoch: binary.BigEndian.Uint64(raw[8:]), Seq: binary.BigEndian.Uint64(raw[16:])}
	s.Seen = world.Time(binary.BigEndian.Uint64(raw[24:]))
	return s, binary.BigEndian.Uint64(raw[32:]), nil
}

func readSnapshot(path string) (Snapshot, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return Snapshot{}, err
	}
	return decodeSnapshot(raw)
}

func readSnapshotHead(path string) (Snapshot, error) {
	f, err := os.Open(path)
	if err != nil {
		return Snapshot{}, err
	}
	defer f.Close()
	raw := make([]byte, snapshotHeader)
	if _, err := io.ReadFull(f, raw); err != nil {
		return Snapshot{}, fmt.Errorf("%w: %w", errSnapshot, err)
	}
	s, _, err := decodeSnapshotHead(raw)
	return s, err
}
