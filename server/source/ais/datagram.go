package ais

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"

	"iocwall/server/source"
)

const (
	socketBuffer = 4 << 20 // bytes asked of the kernel; it may give less
	queued       = 2048    // datagrams that wait in the process
	maxDatagram  = 8 << 10 // bytes; receivers send one sentence or a few
	maxSenders   = 256     // whose unfinished messages are kept
)

// datagram is what one sender sent.
type datagram struct {
	from netip.AddrPort
	data []byte
}

// datagrams takes what receivers send over UDP. A full queue stops the reading,
// then the socket's buffer fills, and then the kernel drops and counts.
func (f *feed) datagrams(ctx context.Context, sink source.Sink) error {
	lc := net.ListenConfig{Control: countOverflow}
	pc, err := lc.ListenPacket(ctx, "udp", f.config.UDP)
	if err != nil {
		return fmt.Errorf("ais: %w; is the port in use?", err)
	}
	conn, ok := pc.(*net.UDPConn)
	if !ok {
		pc.Close()
		return fmt.Errorf("ais: %s is no UDP address", f.config.UDP)
	}
	if err := conn.SetReadBuffer(socketBuffer); err != nil {
		f.env.Log().Warn("the socket's buffer stays small", "err", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	queue := make(chan datagram, queued)
	var reader sync.WaitGroup
	defer func() {
		cancel(nil)
		stop()
		conn.Close()
		reader.Wait()
	}()
	reader.Go(func() {
		if err := source.Guard(func() error { return f.receive(ctx, conn, queue, sink) }); err != nil {
			cancel(err)
		}
	})
	sink.Ready()
	return f.consume(ctx, queue, sink)
}

// receive moves datagrams from the socket to the queue.
func (f *feed) receive(ctx context.Context, conn *net.UDPConn, queue chan<- datagram, sink source.Sink) error {
	buf, oob := make([]byte, maxDatagram+1), make([]byte, 128)
	allowed := f.config.allowed()
	var dropped uint32
	for {
		n, oobn, _, from, err := conn.ReadMsgUDPAddrPort(buf, oob)
		if err != nil {
			if ctx.Err() != nil {
				return nil //nolint:nilerr // the socket was closed to end this loop
			}
			return fmt.Errorf("ais: read datagrams: %w", err)
		}
		if total, ok := overflow(oob[:oobn]); ok && total != dropped {
			sink.Lost(uint64(total - dropped)) // the counter wraps, the difference does not
			dropped = total
		}
		from = addrOf(from)
		if !allowed(from.Addr()) {
			sink.Reject([]byte(from.String()), errors.New("ais: a sender that allow does not name"))
			continue
		}
		if n > maxDatagram {
			sink.Reject(buf[:maxDatagram], fmt.Errorf("ais: a datagram of more than %d bytes", maxDatagram))
			continue
		}
		select {
		case queue <- datagram{from, bytes.Clone(buf[:n])}:
		case <-ctx.Done():
			return nil
		}
	}
}

// consume reads what is queued and puts what is at hand together.
func (f *feed) consume(ctx context.Context, queue <-chan datagram, sink source.Sink) error {
	senders := map[netip.AddrPort]*stream{}
	shared := f.stream(sink) // holds the batch of all senders
	for {
		var d datagram
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case d = <-queue:
		}
		s := senders[d.from]
		if s == nil {
			if len(senders) >= maxSenders {
				clear(senders)
			}
			s = f.stream(sink)
			senders[d.from] = s
		}
		s.batch = shared.batch
		for line := range bytes.Lines(d.data) {
			s.line(line)
		}
		shared.batch, s.batch = s.batch, nil
		if len(shared.batch) >= source.MaxPut || len(queue) == 0 {
			if err := shared.flush(ctx); err != nil {
				return err
			}
		}
	}
}
