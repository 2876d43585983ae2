//go:build linux && !race

package rtsp

import (
	"io"
	"net"
	"os"
	"syscall"
	"time"
	"unsafe"
)

// gatherTime is how long the rest of a picture is waited for once its first packet is there. Cameras send a picture as a
// burst of packets; taken one by one, each of them wakes a sleeping program, which costs more than the packet.
const gatherTime = time.Millisecond

// gatherRoom holds what arrives at once, in bytes.
const gatherRoom = 64 << 10

// gather reads a connection in few large pieces. One goroutine reads.
type gather struct {
	net.Conn
	raw    syscall.RawConn
	room   []byte
	unread []byte
	frames framing
}

// gathered returns conn with reads gathered, or conn itself where that cannot be done.
func gathered(conn net.Conn) net.Conn {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return conn
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return conn
	}
	return &gather{Conn: conn, raw: raw, room: make([]byte, gatherRoom)}
}

// Read implements net.Conn.
func (g *gather) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(g.unread) == 0 {
		n, err := g.take(g.room, true)
		if err != nil {
			return 0, err
		}
		if !g.frames.whole(g.room[:n]) && n < len(g.room) {
			time.Sleep(gatherTime)
			more, err := g.take(g.room[n:], false)
			if err == nil {
				g.frames.whole(g.room[n : n+more])
				n += more
			} // else the next read meets it again
		}
		g.unread = g.room[:n]
	}
	n := copy(p, g.unread)
	g.unread = g.unread[n:]
	return n, nil
}

// take reads what is there; with wait it waits for something until the connection's deadline. The system call is made
// past the scheduler: it never blocks, and an announced one would wake Go's monitor each time.
func (g *gather) take(p []byte, wait bool) (int, error) {
	var n int
	var errno syscall.Errno
	err := g.raw.Read(func(fd uintptr) bool {
		for {
			var r uintptr
			r, _, errno = syscall.RawSyscall(syscall.SYS_READ, fd, uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)))
			n = int(r)
			if errno != syscall.EINTR {
				return errno != syscall.EAGAIN || !wait
			}
		}
	})
	switch {
	case err != nil:
		return 0, err
	case errno == syscall.EAGAIN:
		return 0, nil
	case errno != 0:
		return 0, &net.OpError{Op: "read", Net: "tcp", Source: g.LocalAddr(), Addr: g.RemoteAddr(), Err: os.NewSyscallError("read", errno)}
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}
