package ais

import (
	"encoding/binary"
	"syscall"

	"golang.org/x/sys/unix"
)

// countOverflow asks the kernel to tell with every datagram how many it had to
// drop before it (SO_RXQ_OVFL, socket(7)).
func countOverflow(_, _ string, c syscall.RawConn) error {
	var err error
	if cerr := c.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RXQ_OVFL, 1)
	}); cerr != nil {
		return cerr
	}
	return err
}

// overflow reads that number, which counts since the socket was made.
func overflow(oob []byte) (uint32, bool) {
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return 0, false
	}
	for _, m := range messages {
		if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_RXQ_OVFL && len(m.Data) >= 4 {
			return binary.NativeEndian.Uint32(m.Data), true
		}
	}
	return 0, false
}
