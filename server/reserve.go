package server

import (
	"context"
	"fmt"
	"io"
	"syscall"

	"iocwall/server/cctv"
)

const (
	// reserveMost and reserveShare are how much of a disk evidence leaves free,
	// whichever is less: the history lies on the same disk, and without room for
	// it nothing goes on at all.
	reserveMost  = 2 << 30
	reserveShare = 20 // a twentieth
	// reserveEvery is after how many bytes the disk is looked at again.
	reserveEvery = 16 << 20
)

// reserve is a store that does not take the last of its disk.
type reserve struct {
	cctv.Store
	// space tells how many bytes of the disk are free, and how many it has.
	space func() (free, size uint64, err error)
}

// spaceOf looks at the disk that a folder is on.
func spaceOf(dir string) func() (free, size uint64, err error) {
	return func() (free, size uint64, err error) {
		var s syscall.Statfs_t
		if err := syscall.Statfs(dir, &s); err != nil {
			return 0, 0, fmt.Errorf("server: look at the disk of %s: %w", dir, err)
		}
		return s.Bavail * uint64(s.Bsize), s.Blocks * uint64(s.Bsize), nil
	}
}

// room returns an error while the disk is nearly full. A disk that cannot be
// looked at is taken to have room.
func (s reserve) room() error {
	free, size, err := s.space()
	if least := min(reserveMost, size/reserveShare); err == nil && free < least {
		return fmt.Errorf("the disk for evidence has only %d MB left, which are kept for the history; make room or add a disk", free>>20)
	}
	return nil
}

// Keep stores what write writes, see cctv.Store.
func (s reserve) Keep(ctx context.Context, write func(io.Writer) error) (string, error) {
	if err := s.room(); err != nil {
		return "", err
	}
	return s.Store.Keep(ctx, func(w io.Writer) error { return write(&careful{w: w, room: s.room}) })
}

// careful looks at the disk now and then while it writes.
type careful struct {
	w    io.Writer
	room func() error
	n    int
}

// Write implements io.Writer.
func (c *careful) Write(b []byte) (int, error) {
	if c.n += len(b); c.n >= reserveEvery {
		c.n = 0
		if err := c.room(); err != nil {
			return 0, err
		}
	}
	return c.w.Write(b)
}
