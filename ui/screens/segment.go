package screens

import (
	"encoding/binary"
	"fmt"
	"image"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/shm"
	"golang.org/x/sys/unix"
)

// segment is memory shared with the X server.
type segment struct {
	id  shm.Seg
	mem []byte
}

// newSegment makes a segment, which the X server may only read or may write as
// well. It is marked for removal at once: the system frees
// it when this process and the X server have let go, however they end.
func newSegment(conn *xgb.Conn, bytes int, readOnly bool) (*segment, error) {
	key, err := unix.SysvShmGet(unix.IPC_PRIVATE, bytes, unix.IPC_CREAT|0o600)
	if err != nil {
		return nil, fmt.Errorf("ask the system for %d bytes of shared memory: %w", bytes, err)
	}
	defer unix.SysvShmCtl(key, unix.IPC_RMID, nil) //nolint:errcheck // it is ours and there
	mem, err := unix.SysvShmAttach(key, 0, 0)
	if err != nil {
		return nil, fmt.Errorf("attach shared memory: %w", err)
	}
	id, err := shm.NewSegId(conn)
	if err == nil {
		err = shm.AttachChecked(conn, id, uint32(key), readOnly).Check()
	}
	if err != nil {
		unix.SysvShmDetach(mem) //nolint:errcheck // it was attached above
		return nil, fmt.Errorf("share memory with the display: %w", err)
	}
	return &segment{id: id, mem: mem}, nil
}

// free lets go of the segment. The X server reads what it was told to before.
func (s *segment) free(conn *xgb.Conn) {
	shm.Detach(conn, s.id)
	unix.SysvShmDetach(s.mem) //nolint:errcheck // attached in newSegment
}

// swap writes the top left w×h pixels of an image into dst as the display keeps
// them: blue first, no padding between rows.
func swap(dst []byte, img *image.RGBA, w, h int) {
	for y := range h {
		row := img.Pix[y*img.Stride:][: 4*w : 4*w]
		to := dst[y*4*w:][: 4*w : 4*w]
		for len(row) >= 8 && len(to) >= 8 {
			v := binary.LittleEndian.Uint64(row)
			binary.LittleEndian.PutUint64(to, v&0xff00ff00ff00ff00|v&0xff000000ff<<16|v>>16&0xff000000ff)
			row, to = row[8:], to[8:]
		}
		if len(row) >= 4 {
			v := binary.LittleEndian.Uint32(row)
			binary.LittleEndian.PutUint32(to, v&0xff00ff00|v&0xff<<16|v>>16&0xff)
		}
	}
}
