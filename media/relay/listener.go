package relay

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"sync/atomic"
	"time"
)

// readerBuffer is the size of the system's send buffer for a reader, in bytes: more would hide for long that a reader is
// too slow.
const readerBuffer = 128 << 10

// metered counts what a connection has taken, so that the relay knows what still waits in the library.
type metered struct {
	net.Conn
	written atomic.Int64
}

// Write implements net.Conn.
func (m *metered) Write(b []byte) (int, error) {
	n, err := m.Conn.Write(b)
	m.written.Add(int64(n))
	return n, err
}

// meteredOf finds the counting connection below what the library made of it; nil if there is none.
func meteredOf(c net.Conn) *metered {
	if t, ok := c.(interface{ NetConn() net.Conn }); ok {
		c = t.NetConn()
	}
	m, _ := c.(*metered)
	return m
}

// taken returns the bytes taken so far.
func (m *metered) taken() int64 {
	if m == nil {
		return 0
	}
	return m.written.Load()
}

// unsent returns how many of the queued bytes the connection has not taken yet. The connection also takes answers,
// reports and what TLS adds, so whenever it has taken all that was queued and more, the count begins anew.
func (m *metered) unsent(queued *int64) int64 {
	if m == nil {
		return 0
	}
	taken := m.written.Load()
	*queued = max(*queued, taken)
	return *queued - taken
}

// patient is a listener that survives passing errors, such as running out of file descriptors: the library would end the
// whole server on the first one.
//
// TLS is here and not the library's business. It would have its readers use SRTP inside TLS, with one key and one roll-over
// counter (RFC 3711, 3.3.1) for all readers of a stream; each has sequence numbers of its own, so one of a dozen could
// read nothing, and every packet was enciphered twice.
type patient struct {
	net.Listener
	tls  *tls.Config // nil for none
	done <-chan struct{}
	log  *slog.Logger
}

// Accept implements net.Listener.
func (p *patient) Accept() (net.Conn, error) {
	pause := 5 * time.Millisecond
	for {
		conn, err := p.Listener.Accept()
		if err == nil {
			if tcp, ok := conn.(*net.TCPConn); ok {
				tcp.SetWriteBuffer(readerBuffer) //nolint:errcheck // the default works too
			}
			if p.tls != nil {
				return tls.Server(&metered{Conn: conn}, p.tls), nil
			}
			return &metered{Conn: conn}, nil
		}
		if errors.Is(err, net.ErrClosed) {
			return nil, err
		}
		p.log.Error("relay cannot accept a reader", slog.String("err", err.Error()))
		select {
		case <-p.done:
			return nil, net.ErrClosed
		case <-time.After(pause):
			pause = min(2*pause, time.Second)
		}
	}
}
